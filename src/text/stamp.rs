//! How does a document get something laid over its first page? In a child process, behind the fences of all that reads
//! documents: it takes a reader of PDF to change one.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::pdf::Unstamped;
use super::places::{Held, Places};
use super::program::{ProgramError, run};
use super::wire::{Setup, read_header, write_header};
use super::{Engines, Pass};
use crate::limits;

/// The argument with which an extraction process lays one page over another, and does nothing else.
pub(super) const STAMP: &str = "stamp";

/// The question: followed by the overlay and by the document.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StampAsk {
    pub overlay: usize,
    pub document: usize,
}

/// The answer: followed by the changed document, unless there is none.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StampAnswer {
    pub refused: Option<Unstamped>,
}

/// Why there is no stamped copy.
#[derive(Debug, thiserror::Error)]
pub enum StampError {
    #[error("the document is larger than is stamped")]
    TooLarge,
    #[error("stamping the document took longer than is allowed")]
    Timeout,
    #[error("the document is protected by a password")]
    Encrypted,
    #[error("the document is damaged, or takes too much memory")]
    Broken,
    #[error("the stamping process could not be started")]
    Start(#[source] std::io::Error),
}

/// Stamps documents, so many at once and no more.
pub struct Stamper {
    program: PathBuf,
    arguments: Vec<OsString>,
    places: Places,
}

impl Stamper {
    /// With the program and its arguments that make an extraction process.
    pub fn new(program: PathBuf, mut arguments: Vec<OsString>) -> Self {
        arguments.push(STAMP.into());
        let wait = Duration::from_secs(limits::STAMP_SECONDS);
        let places = Places::new(limits::STAMP_PROCESSES, limits::RENDER_WAITING_MAX, wait);
        Self { program, arguments, places }
    }

    /// Waits for a place; `None` when too many wait already, or it took too long.
    pub fn place(&self) -> Option<StampPlace<'_>> {
        self.places.take().map(|held| StampPlace { stamper: self, _held: held })
    }
}

/// The right to stamp one document.
pub struct StampPlace<'a> {
    stamper: &'a Stamper,
    _held: Held<'a>,
}

impl StampPlace<'_> {
    /// The document with the one page of `overlay` on its first page.
    pub fn stamp(self, document: &[u8], overlay: &[u8]) -> Result<Vec<u8>, StampError> {
        if document.len() as u64 > limits::STAMP_INPUT_MAX {
            return Err(StampError::TooLarge);
        }
        let question = question(document, overlay).map_err(StampError::Start)?;
        let arguments: Vec<&str> = self.stamper.arguments.iter().filter_map(|argument| argument.to_str()).collect();
        let most = document.len() as u64 + limits::STAMP_ADDED_MAX;
        let deadline = Instant::now() + Duration::from_secs(limits::STAMP_SECONDS);
        let answered = match run(&self.stamper.program, &arguments, &question, most, deadline) {
            Ok(answered) => answered,
            Err(ProgramError::Start(error)) => return Err(StampError::Start(error)),
            Err(ProgramError::Timeout) => return Err(StampError::Timeout),
            Err(ProgramError::TooMuch) => return Err(StampError::Broken),
        };
        // One that crashed has said nothing, or not all.
        let mut rest = answered.output.as_slice();
        let answer = read_header::<StampAnswer>(&mut rest).ok().flatten().filter(|_| answered.success);
        match answer.ok_or(StampError::Broken)?.refused {
            None if rest.starts_with(b"%PDF-") => Ok(rest.to_vec()),
            Some(Unstamped::Encrypted) => Err(StampError::Encrypted),
            None | Some(Unstamped::Broken) => Err(StampError::Broken),
        }
    }
}

fn question(document: &[u8], overlay: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut question = Vec::new();
    let setup = Setup { address_space: limits::EXTRACT_ADDRESS_SPACE, engines: Engines::default(), pass: Pass::First };
    write_header(&mut question, &setup)?;
    write_header(&mut question, &StampAsk { overlay: overlay.len(), document: document.len() })?;
    question.extend_from_slice(overlay);
    question.extend_from_slice(document);
    Ok(question)
}
