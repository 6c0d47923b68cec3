//! How is a content read that may hold others? One walk with one budget, whatever lies inside what.
//!
//! A reader of a format is a function that pushes text and facts into the [`Reading`] and hands it the documents
//! inside. What it pushed before it broke off counts; why it broke off is what it returns. No reader bounds itself:
//! text, time, depth, parts and unpacked bytes are counted here, for all of them together.

use std::borrow::Cow;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use flate2::read::ZlibDecoder;

use super::pdf::{Attached, Packing};
use super::plain::Clean;
use super::tools::Tools;
use super::{
    Extraction, Facts, Format, NamedField, Part, Reason, Signature, TextState, language, media, ocr, pdf, readers,
};
use crate::limits;

/// How often the clock is looked at, counted in pieces of text.
const PIECES_PER_LOOK: u32 = 64;

/// Bytes unpacked between two looks at the clock.
const UNPACK_CHUNK: usize = 256 * 1024;

/// The name of a part is a heading: a longer one is none.
const NAME_CHARS_MAX: usize = 200;

/// What one extraction may take.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// Bytes of text.
    pub text_max: usize,
    /// When the reader should give what it has.
    pub deadline: Instant,
}

/// Reads a content in this process, without any engine: for tests that want to see a reader crash.
pub fn read_here(content: Vec<u8>, media_type: &str, bounds: &Bounds) -> Extraction {
    read_with(content, media_type, bounds, &Arc::new(Tools::none()))
}

/// Reads a content in this process: for extraction processes.
pub(super) fn read_with(content: Vec<u8>, media_type: &str, bounds: &Bounds, tools: &Arc<Tools>) -> Extraction {
    // Its first bytes may not have been enough to tell.
    let media_type = media::by_contents(media_type, &content);
    let Some(format) = Format::of(media_type) else { return Extraction::none(Reason::FormatNotRead) };
    let reading = Reading::new(content.len(), bounds, tools);
    match format {
        // No recursion here, and a thread of its own there.
        Format::Plain | Format::Pdf | Format::Image => reading.whole(content, media_type),
        _ => {
            let thread = std::thread::Builder::new().name("reading".to_owned()).stack_size(limits::EXTRACT_STACK);
            let media_type = media_type.to_owned();
            match thread.spawn(move || reading.whole(content, &media_type)) {
                Ok(reading) => reading.join().unwrap_or(Extraction::none(Reason::Broken)),
                // The limit on address space leaves no room for the stack.
                Err(_) => Extraction::none(Reason::OutOfMemory),
            }
        }
    }
}

/// Text and facts so far, and what may still be spent.
pub(super) struct Reading {
    text: Clean,
    /// Of the document as a whole: signatures, fields and parts of all depths stand in one list each.
    pub facts: Facts,
    /// The worst reason for which text is missing in the content now being read.
    flaw: Option<Reason>,
    deadline: Instant,
    tools: Arc<Tools>,
    pieces: u32,
    parts: usize,
    unpacked: u64,
    /// Names from the outside in.
    path: Vec<String>,
    /// How many of the outermost contents are mere wrappers, whose content the facts are about.
    wrappers: usize,
}

impl Reading {
    fn new(size: usize, bounds: &Bounds, tools: &Arc<Tools>) -> Self {
        let by_ratio = (size as u64).saturating_mul(limits::EXTRACT_RATIO_MAX).max(limits::EXTRACT_RATIO_FROM);
        Self {
            text: Clean::new(bounds.text_max),
            facts: Facts::default(),
            flaw: None,
            deadline: bounds.deadline,
            tools: Arc::clone(tools),
            pieces: 0,
            parts: limits::EXTRACT_PARTS_MAX,
            unpacked: by_ratio.min(limits::EXTRACT_UNPACKED_MAX),
            path: Vec::new(),
            wrappers: 0,
        }
    }

    fn whole(mut self, content: Vec<u8>, media_type: &str) -> Extraction {
        let state = self.content(content.into(), media_type);
        let Self { text, mut facts, .. } = self;
        facts.language = language::of(text.as_str());
        match state {
            TextState::None(_) => Extraction { state, text: String::new(), facts },
            _ => Extraction { state, text: text.into_string(), facts },
        }
    }

    /// Appends text; refuses when there is no more room or time, and then the reader should break off.
    pub fn push(&mut self, text: &str) -> Result<(), Reason> {
        self.tick()?;
        self.text.push(text);
        if self.text.is_cut() { Err(Reason::Cut) } else { Ok(()) }
    }

    /// Bytes of text so far, for a reader to see how much its own content has given.
    pub fn written(&self) -> usize {
        self.text.as_str().len()
    }

    /// What readers say now and then where they push nothing for long.
    pub fn tick(&mut self) -> Result<(), Reason> {
        self.pieces = self.pieces.wrapping_add(1);
        if self.pieces.is_multiple_of(PIECES_PER_LOOK) { self.in_time() } else { Ok(()) }
    }

    /// What readers say before something that takes long.
    pub fn in_time(&self) -> Result<(), Reason> {
        if Instant::now() < self.deadline { Ok(()) } else { Err(Reason::Timeout) }
    }

    /// Notes that something of the content could not be read; the reader goes on.
    pub fn flaw(&mut self, reason: Reason) {
        self.flaw = worst(self.flaw, Some(reason));
    }

    /// Goes on after a failure that concerns one piece only; passes on one that concerns all that follows.
    pub fn survive(&mut self, outcome: Result<(), Reason>) -> Result<(), Reason> {
        match outcome {
            Err(reason @ (Reason::Cut | Reason::Timeout)) => Err(reason),
            Err(reason) => {
                self.flaw(reason);
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// A named value, unless it is empty or known.
    pub fn field(&mut self, name: &str, value: &str) {
        let value = value.trim();
        let field = NamedField { name: name.to_owned(), value: value.to_owned() };
        let fields = &mut self.facts.fields;
        if !value.is_empty() && fields.len() < limits::EXTRACT_PARTS_MAX && !fields.contains(&field) {
            fields.push(field);
        }
    }

    /// Signatures of the content now being read.
    pub fn signatures(&mut self, signatures: Vec<Signature>) {
        let part = (!self.path.is_empty()).then(|| self.path.join("/"));
        let room = limits::EXTRACT_PARTS_MAX.saturating_sub(self.facts.signatures.len());
        let found = signatures.into_iter().take(room);
        self.facts.signatures.extend(found.map(|signature| Signature { part: part.clone(), ..signature }));
    }

    /// The facts that only the document itself may state, not a part of it.
    pub fn own_facts(&mut self) -> Option<&mut Facts> {
        (self.path.len() == self.wrappers).then_some(&mut self.facts)
    }

    /// The name of the content now being read; empty for the outermost, whose name is not told.
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// All that a source of packed bytes gives.
    pub fn unpack(&mut self, source: impl Read) -> Result<Vec<u8>, Reason> {
        let mut bytes = Vec::new();
        let mut source = source.take(self.unpacked.saturating_add(1));
        loop {
            self.in_time()?;
            let got = io::Read::by_ref(&mut source).take(UNPACK_CHUNK as u64).read_to_end(&mut bytes);
            match got {
                Ok(0) => break,
                Ok(_) if bytes.len() as u64 > self.unpacked => {
                    self.unpacked = 0;
                    return Err(Reason::TooLarge);
                }
                Ok(_) => {}
                Err(_) => {
                    self.unpacked = self.unpacked.saturating_sub(bytes.len() as u64);
                    return Err(Reason::Broken);
                }
            }
        }
        self.unpacked -= bytes.len() as u64;
        Ok(bytes)
    }

    /// Whether there is room left to unpack so many bytes.
    pub fn fits(&self, size: u64) -> bool {
        size <= self.unpacked
    }

    /// A document within the document: its name becomes a heading, its text follows. Fails only when all must end.
    pub fn part<'c>(&mut self, name: &str, content: impl Into<Cow<'c, [u8]>>) -> Result<(), Reason> {
        let content = content.into();
        let media_type = media::of_whole(&content, name);
        self.headed(name, content, media_type)
    }

    /// A part whose name nobody has chosen: it is listed, and no word of the text.
    pub fn untitled_part(&mut self, name: &str, content: Vec<u8>) -> Result<(), Reason> {
        let media_type = media::of_whole(&content, name);
        self.push("\n\n")?;
        self.nested(clean_name(name), content.into(), media_type)
    }

    fn headed(&mut self, name: &str, content: Cow<'_, [u8]>, media_type: &'static str) -> Result<(), Reason> {
        let name = clean_name(name);
        if !name.is_empty() {
            self.push("\n\n")?;
            self.push(&name)?;
            self.push("\n")?;
        }
        self.nested(name, content, media_type)
    }

    /// A message within the document, which is one whatever its first lines look like.
    pub fn message(&mut self, name: &str, content: &[u8]) -> Result<(), Reason> {
        self.headed(name, content.into(), media::EMAIL)
    }

    /// A part that is there and yet cannot be had: it asks for a password, or its bytes are damaged.
    pub fn lost_part(&mut self, name: &str, reason: Reason) -> Result<(), Reason> {
        let name = clean_name(name);
        self.push("\n\n")?;
        self.push(&name)?;
        self.push("\n")?;
        self.list_part(name, media::BINARY, TextState::None(reason));
        self.flaw(reason);
        Ok(())
    }

    /// The beginning of a part whose rest is lost: however well it reads, it is not whole.
    pub fn damaged_part(&mut self, name: &str, content: Vec<u8>) -> Result<(), Reason> {
        if content.is_empty() {
            return self.lost_part(name, Reason::Broken);
        }
        let at = self.facts.parts.len();
        self.part(name, content)?;
        self.flaw(Reason::Broken);
        if let Some(part) = self.facts.parts.get_mut(at).filter(|part| part.state == TextState::Full) {
            part.state = TextState::Partial(Reason::Broken);
        }
        Ok(())
    }

    /// What the content now being read is only a wrapper of: the facts are about what it holds, and it has no heading.
    pub fn wrapped<'c>(&mut self, name: &str, content: impl Into<Cow<'c, [u8]>>) -> Result<(), Reason> {
        let content = content.into();
        let name = clean_name(name);
        let media_type = media::of_whole(&content, &name);
        let outermost = self.path.len() == self.wrappers;
        self.wrappers += usize::from(outermost);
        let outcome = self.nested(name, content, media_type);
        self.wrappers -= usize::from(outermost);
        outcome
    }

    fn nested(&mut self, name: String, content: Cow<'_, [u8]>, media_type: &'static str) -> Result<(), Reason> {
        let refused = match () {
            () if self.parts == 0 => Some(Reason::TooLarge),
            () if self.path.len() >= limits::EXTRACT_DEPTH_MAX => Some(Reason::NestedTooDeeply),
            () => None,
        };
        // One that has no name is known by its number.
        let name = if name.is_empty() { self.number() } else { name };
        // Listed before the parts that it has itself.
        let listed = self.list_part(name.clone(), media_type, TextState::None(refused.unwrap_or(Reason::Empty)));
        if let Some(reason) = refused {
            self.flaw(reason);
            return Ok(());
        }
        self.parts -= 1;
        self.path.push(name);
        let state = self.content(content, media_type);
        self.path.pop();
        if let Some(part) = listed.and_then(|at| self.facts.parts.get_mut(at)) {
            part.state = state;
        }
        match state.reason() {
            Some(reason @ (Reason::Cut | Reason::Timeout)) => Err(reason),
            _ => Ok(()),
        }
    }

    /// Where in the list it stands; more parts than are read at all are not listed either.
    fn list_part(&mut self, name: String, media_type: &str, state: TextState) -> Option<usize> {
        let at = self.facts.parts.len();
        if at >= limits::EXTRACT_PARTS_MAX {
            return None;
        }
        self.path.push(name);
        self.facts.parts.push(Part { path: self.path.join("/"), media_type: media_type.to_owned(), state });
        self.path.pop();
        Some(at)
    }

    fn number(&self) -> String {
        let outer = self.path.join("/");
        let siblings =
            self.facts.parts.iter().filter(|part| part.path.rsplit_once('/').map_or("", |(outer, _)| outer) == outer);
        (siblings.count() + 1).to_string()
    }

    /// Reads one content; says what became of its own text, and adds its flaws to those of what it lies in.
    fn content(&mut self, content: Cow<'_, [u8]>, media_type: &str) -> TextState {
        let begun = self.text.as_str().len();
        let outer = self.flaw.take();
        // Unwind safety: text and facts are only ever appended to, and the path is set right below.
        let depth = self.path.len();
        let outcome = catch_unwind(AssertUnwindSafe(|| self.by_format(content, media_type)));
        self.path.truncate(depth);
        let ended = outcome.unwrap_or(Err(Reason::Broken)).err();
        let flaw = worst(self.flaw, ended.filter(|reason| *reason != Reason::Empty));
        self.flaw = worst(outer, flaw);
        let words = self.text.as_str()[begun..].chars().any(char::is_alphanumeric);
        match (words, flaw) {
            (true, None) => TextState::Full,
            (true, Some(reason)) => TextState::Partial(reason),
            (false, flaw) => TextState::None(flaw.unwrap_or(Reason::Empty)),
        }
    }

    fn by_format(&mut self, content: Cow<'_, [u8]>, media_type: &str) -> Result<(), Reason> {
        let puid = media::puid(media_type).map(str::to_owned);
        if self.path.is_empty() {
            self.facts.puid = puid;
        }
        if content.is_empty() {
            return Err(Reason::Empty);
        }
        match Format::of(media_type) {
            Some(Format::Pdf) => {
                let (extraction, attached) =
                    pdf::extract(content.into_owned(), self.text.room(), self.deadline, &self.tools);
                let outcome = self.absorb(extraction);
                self.survive(outcome)?;
                if attached.is_empty() { Ok(()) } else { self.all_attached(attached) }
            }
            Some(Format::Image) => {
                let extraction = ocr::extract(&content, self.text.room(), self.deadline, &self.tools);
                self.absorb(extraction)
            }
            Some(format) => readers::read(format, &content, self),
            None => Err(Reason::FormatNotRead),
        }
    }

    /// The files that lie within a PDF, which may be of formats that are read in a thread with a deeper stack.
    fn all_attached(&mut self, files: Vec<Attached>) -> Result<(), Reason> {
        let has_stack = !self.path.is_empty();
        let read = || files.into_iter().try_for_each(|file| self.attached(file));
        if has_stack {
            return read();
        }
        let thread = std::thread::Builder::new().name("attached".to_owned()).stack_size(limits::EXTRACT_STACK);
        std::thread::scope(|scope| match thread.spawn_scoped(scope, read) {
            Ok(reading) => reading.join().unwrap_or(Err(Reason::Broken)),
            Err(_) => Err(Reason::OutOfMemory),
        })
    }

    /// A file that lies within a PDF.
    fn attached(&mut self, file: Attached) -> Result<(), Reason> {
        let bytes = match file.packing {
            Packing::Plain => Ok(file.bytes),
            Packing::Deflated => self.unpack(ZlibDecoder::new(&file.bytes[..])),
            Packing::Other => Err(Reason::FormatNotRead),
        };
        match bytes {
            Ok(bytes) => self.part(&file.name, bytes),
            Err(Reason::Timeout) => Err(Reason::Timeout),
            Err(reason) => self.lost_part(&file.name, reason),
        }
    }

    /// Takes over what a reader with a walk of its own has found.
    fn absorb(&mut self, extraction: Extraction) -> Result<(), Reason> {
        let Extraction { state, text, facts } = extraction;
        self.signatures(facts.signatures);
        self.facts.fields.extend(facts.fields);
        if let Some(own) = self.own_facts() {
            (own.pages, own.declares, own.read_by) = (facts.pages, facts.declares, facts.read_by);
        }
        if self.path.is_empty() {
            self.facts.puid = facts.puid.or(self.facts.puid.take());
        }
        self.push(&text)?;
        state.reason().map_or(Ok(()), Err)
    }
}

/// The one of two reasons that a person should hear of first.
fn worst(one: Option<Reason>, other: Option<Reason>) -> Option<Reason> {
    let rank = |reason: Reason| match reason {
        Reason::Timeout | Reason::OutOfMemory | Reason::Crashed => 6,
        Reason::Encrypted => 5,
        Reason::Broken => 4,
        Reason::NestedTooDeeply | Reason::TooLarge => 3,
        Reason::Cut => 2,
        Reason::FormatNotRead => 0,
        _ => 1,
    };
    // Of equals the first one found.
    match (one, other) {
        (Some(one), Some(other)) => Some(if rank(other) > rank(one) { other } else { one }),
        (one, other) => one.or(other),
    }
}

fn clean_name(name: &str) -> String {
    let (name, _) = super::plain::clean(name, NAME_CHARS_MAX * 4);
    name.replace(['\n', '\u{c}'], " ").chars().take(NAME_CHARS_MAX).collect()
}
