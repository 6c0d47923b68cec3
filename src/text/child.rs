//! What does an extraction process do? It gives up its rights, then answers questions until its pipe is closed.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::net::UdpSocket;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::{Signal, set_parent_process_death_signal};
use serde::{Deserialize, Serialize};

use super::pdf::stamped;
use super::program::{ALONE, OURSELVES, run as run_program, run_alone};
use super::reading::read_with;
use super::sandbox::{self, Fences};
use super::stamp::{STAMP, StampAnswer, StampAsk};
use super::tools::{Left, Tools};
use super::wire::{Answer, Ask, Setup, read_header, write_header};
use super::{Bounds, Engines, Extraction, Pass, Reason, TextState};
use crate::limits;

/// The exit code of a process that was spoken to in a way it does not understand, or could not limit itself.
const EXIT_REFUSED: u8 = 70;

/// The argument with which a process only tells what it could do.
const CHECK: &str = "check";

/// The argument with which it tries to start another, and does nothing else.
const START: &str = "start";

/// What an extraction process says when it is asked, with its fences up, what it still can do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Check {
    /// The library was found to be libpdfium, and is ready.
    pub pdfium: bool,
    pub fences: Fences,
    /// What it tried and could do all the same: `socket`, `read`, `write`, `start`, `start from a program`.
    pub could: Vec<String>,
}

/// The body of the hidden subcommand. Not for people: it speaks the pool's language on its standard pipes.
pub fn run() -> ExitCode {
    // A panic is an answer here, and its message may quote the document.
    std::panic::set_hook(Box::new(|_| {}));
    let mode = std::env::args_os().nth(2).unwrap_or_default();
    if mode == ALONE {
        return become_program();
    }
    if mode == START {
        return try_to_start();
    }
    let body = match mode.to_str() {
        Some(CHECK) => answer_check,
        Some(STAMP) => answer_stamp,
        _ => serve,
    };
    match give_up_rights().map_err(io::Error::from).and_then(|()| body()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(EXIT_REFUSED),
    }
}

/// Becomes the program that the other arguments name, which can then start no process. Only called from within the
/// fences, whose limits and rules it keeps.
fn become_program() -> ExitCode {
    let mut arguments = std::env::args_os().skip(3);
    if let Some(program) = arguments.next() {
        // A kernel without the filter was told of at start.
        let _fenced = sandbox::forbid_processes();
        // Returns only when that failed, and then there is nobody to tell.
        let _failed = Command::new(program).args(arguments).exec();
    }
    ExitCode::from(EXIT_REFUSED)
}

/// Asks a process of `program` what it could do with these engines; `None` when it does not say.
pub fn check(program: &Path, arguments: &[OsString], engines: &Engines, pass: Pass) -> Option<Check> {
    let setup = Setup { address_space: limits::EXTRACT_ADDRESS_SPACE, engines: engines.clone(), pass };
    let mut question = Vec::new();
    write_header(&mut question, &setup).ok()?;
    let mut arguments: Vec<_> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    arguments.push(CHECK);
    let deadline = Instant::now() + Duration::from_secs(limits::ENGINE_ANSWER_SECONDS);
    let answered = run_program(program, &arguments, &question, limits::MIB, deadline).ok()?;
    serde_json::from_slice(&answered.output).ok()
}

/// Before the first byte of a stranger's document is read.
fn give_up_rights() -> rustix::io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    sandbox::limit_resources()
}

/// Loads what the engines need, then raises the fences.
fn set_up(setup: Setup) -> io::Result<(Arc<Tools>, Fences)> {
    sandbox::limit_memory(setup.address_space)?;
    let tools = Tools::new(setup.engines, setup.pass);
    let fences = sandbox::enter(&tools.engines, setup.pass);
    Ok((Arc::new(tools), fences))
}

fn answer_check() -> io::Result<()> {
    let Some(setup) = read_header::<Setup>(&mut io::stdin().lock())? else { return Ok(()) };
    let (tools, fences) = set_up(setup)?;
    let tried = [
        ("socket", UdpSocket::bind("127.0.0.1:0").is_ok()),
        ("read", File::open("/etc/passwd").is_ok()),
        ("write", rustix::fs::mkdir("/tmp/tabularium-check", rustix::fs::Mode::RWXU).is_ok()),
        ("start", Command::new("/bin/true").status().is_ok()),
        ("start from a program", starts_from_a_program()),
    ];
    let could = tried.iter().filter(|(_, could)| *could).map(|(what, _)| (*what).to_owned()).collect();
    let check = Check { pdfium: tools.pdfium.is_some(), fences, could };
    io::stdout().lock().write_all(&serde_json::to_vec(&check)?)
}

/// Lays one page over another, once.
fn answer_stamp() -> io::Result<()> {
    let mut question = io::stdin().lock();
    let Some(setup) = read_header::<Setup>(&mut question)? else { return Ok(()) };
    let (_tools, _fences) = set_up(setup)?;
    let Some(ask) = read_header::<StampAsk>(&mut question)? else { return Ok(()) };
    let mut read = |size: usize| {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(size).map_err(|_| io::ErrorKind::OutOfMemory)?;
        let got = (&mut question).take(size as u64).read_to_end(&mut bytes)?;
        if got == size { Ok(bytes) } else { Err(io::Error::from(io::ErrorKind::UnexpectedEof)) }
    };
    let (overlay, document) = (read(ask.overlay)?, read(ask.document)?);
    let (refused, bytes) = match stamped(document, &overlay) {
        Ok(bytes) => (None, bytes),
        Err(refused) => (Some(refused), Vec::new()),
    };
    let mut answer = io::stdout().lock();
    write_header(&mut answer, &StampAnswer { refused })?;
    answer.write_all(&bytes)?;
    answer.flush()
}

/// Whether a program that the pass has started could itself start another; this very program stands for it.
fn starts_from_a_program() -> bool {
    let deadline = Instant::now() + Duration::from_secs(limits::ENGINE_ANSWER_SECONDS);
    let asked = run_alone(Path::new(OURSELVES), &["extract-worker", START], b"", limits::KIB, deadline);
    asked.is_ok_and(|answered| answered.success)
}

/// See [`starts_from_a_program`]: well ended when it could.
fn try_to_start() -> ExitCode {
    match Command::new(OURSELVES).arg("--version").status() {
        Ok(_) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(EXIT_REFUSED),
    }
}

fn serve() -> io::Result<()> {
    let mut questions = BufReader::with_capacity(64 * 1024, io::stdin().lock());
    let mut answers = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let Some(setup) = read_header::<Setup>(&mut questions)? else { return Ok(()) };
    let (tools, _fences) = set_up(setup)?;
    while let Some(ask) = read_header::<Ask>(&mut questions)? {
        tools.begin(ask.readers);
        let extraction = answer(&ask, &mut questions, &tools)?;
        let Left { spent, awaits } = tools.left();
        let Extraction { state, text, facts } = extraction;
        let state = if awaits { awaiting(state) } else { state };
        write_header(&mut answers, &Answer { state, facts: facts.bounded(), size: text.len(), spent })?;
        answers.write_all(text.as_bytes())?;
        answers.flush()?;
    }
    Ok(())
}

/// Letters in images come later: until then the text is not all there, whatever else there is to say.
fn awaiting(state: TextState) -> TextState {
    match state {
        TextState::Full | TextState::Partial(_) => TextState::Partial(Reason::AwaitingRecognition),
        TextState::None(_) => TextState::None(Reason::AwaitingRecognition),
    }
}

/// Reads the content that follows the question, whole in any case, so that the next question is found.
fn answer(ask: &Ask, questions: &mut impl Read, tools: &Arc<Tools>) -> io::Result<Extraction> {
    let deadline = Instant::now() + Duration::from_millis(ask.milliseconds);
    let mut content = Vec::new();
    let fits = usize::try_from(ask.size).is_ok_and(|size| content.try_reserve_exact(size).is_ok());
    let mut rest = questions.take(ask.size);
    if !fits {
        io::copy(&mut rest, &mut io::sink())?;
        return Ok(Extraction::none(Reason::OutOfMemory));
    }
    if rest.read_to_end(&mut content)? as u64 != ask.size {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let bounds = Bounds { text_max: ask.text_max, deadline };
    Ok(read_with(content, &ask.media_type, &bounds, tools))
}
