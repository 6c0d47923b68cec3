//! What does a PDF say? Runs in an extraction process only: the reader below panics by policy of its author.

use std::cell::RefCell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Instant;

use pdf_extract::{ConvertToFmt, Document, MediaBox, OutputDev, OutputError, PlainTextOutput, Transform};

use super::{Extraction, Reason, plain};

/// Forms may contain forms and the reader recurses into each: room for the deep but honest ones. Only what is touched
/// costs memory.
const STACK: usize = 128 * 1024 * 1024;

/// How often the clock is looked at, counted in pieces of text.
const PIECES_PER_LOOK: u32 = 256;

/// Reads all pages until `deadline` or `text_max`; what a damaged page says is lost, what the others say is not.
pub(super) fn extract(content: Vec<u8>, text_max: usize, deadline: Instant) -> Extraction {
    let thread = std::thread::Builder::new().name("pdf".to_owned()).stack_size(STACK);
    match thread.spawn(move || read(&content, text_max, deadline)) {
        Ok(reading) => reading.join().unwrap_or(Extraction::none(Reason::Broken)),
        // The limit on address space leaves no room for the stack.
        Err(_) => Extraction::none(Reason::OutOfMemory),
    }
}

fn read(content: &[u8], text_max: usize, deadline: Instant) -> Extraction {
    let document = match guarded(|| Document::load_mem(content)) {
        Some(Ok(document)) => document,
        Some(Err(error)) => return Extraction::none(refusal(&error)),
        None => return Extraction::none(Reason::Broken),
    };
    // The loader has opened what opens with an empty password; this one asks for a real one.
    if document.is_encrypted() {
        return Extraction::none(Reason::Encrypted);
    }
    let pages = u32::try_from(document.get_pages().len()).unwrap_or(u32::MAX);
    if pages == 0 {
        return Extraction::none(Reason::Broken);
    }
    let collected = Rc::new(RefCell::new(Collected {
        text: String::new(),
        page: 0,
        room: text_max,
        stop: None,
        deadline,
        pieces: 0,
    }));
    let whole = guarded(|| pdf_extract::output_doc(&document, &mut Pages::new(&collected)));
    let mut flaw = None;
    if !matches!(whole, Some(Ok(()))) && collected.borrow().stop.is_none() {
        flaw = Some(Reason::Broken);
        let next = collected.borrow().page + 1;
        for page in next..=pages {
            // A page that fails is told by the flaw already; the next one may be sound.
            let _failed = guarded(|| pdf_extract::output_doc_page(&document, &mut Pages::new(&collected), page));
            if collected.borrow_mut().must_stop() {
                break;
            }
        }
    }
    let collected = collected.borrow();
    plain::finish(&collected.text, text_max, collected.stop.or(flaw), Reason::NoTextLayer)
}

/// `None` when `work` panicked.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    // Unwind safety: after a panic nothing is used but the text collected so far, which is only ever appended to.
    catch_unwind(AssertUnwindSafe(work)).ok()
}

fn refusal(error: &pdf_extract::Error) -> Reason {
    use pdf_extract::Error;
    match error {
        Error::Decryption(_) | Error::InvalidPassword | Error::UnsupportedSecurityHandler(_) => Reason::Encrypted,
        _ => Reason::Broken,
    }
}

/// The text so far, and what bounds it.
struct Collected {
    text: String,
    /// The page that was begun last.
    page: u32,
    room: usize,
    stop: Option<Reason>,
    deadline: Instant,
    pieces: u32,
}

impl Collected {
    fn must_stop(&mut self) -> bool {
        if self.stop.is_none() && Instant::now() >= self.deadline {
            self.stop = Some(Reason::Timeout);
        }
        self.stop.is_some()
    }

    fn push(&mut self, piece: &str) -> fmt::Result {
        self.pieces = self.pieces.wrapping_add(1);
        if self.stop.is_some() || (self.pieces.is_multiple_of(PIECES_PER_LOOK) && self.must_stop()) {
            return Err(fmt::Error);
        }
        if piece.len() > self.room {
            self.stop = Some(Reason::Cut);
            return Err(fmt::Error);
        }
        self.room -= piece.len();
        self.text.push_str(piece);
        Ok(())
    }
}

/// Where the reader writes; refusing a piece is how it is told to stop.
struct Sink(Rc<RefCell<Collected>>);

impl fmt::Write for Sink {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.0.borrow_mut().push(piece)
    }
}

impl ConvertToFmt for Sink {
    type Writer = Self;

    fn convert(self) -> Self {
        self
    }
}

/// The reader's own layout of text, with page breaks.
struct Pages {
    layout: PlainTextOutput<Sink>,
    collected: Rc<RefCell<Collected>>,
}

impl Pages {
    fn new(collected: &Rc<RefCell<Collected>>) -> Self {
        Self { layout: PlainTextOutput::new(Sink(Rc::clone(collected))), collected: Rc::clone(collected) }
    }
}

impl OutputDev for Pages {
    fn begin_page(
        &mut self,
        page: u32,
        media_box: &MediaBox,
        art_box: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        {
            let mut collected = self.collected.borrow_mut();
            // Pages that failed before they began count too, so that a page keeps its number.
            let breaks = page.saturating_sub(collected.page.max(1));
            collected.page = page;
            for _ in 0..breaks {
                collected.push("\u{c}")?;
            }
            if collected.must_stop() {
                return Err(fmt::Error.into());
            }
        }
        self.layout.begin_page(page, media_box, art_box)
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        self.layout.end_page()
    }

    fn output_character(
        &mut self,
        trm: &Transform,
        width: f64,
        spacing: f64,
        font_size: f64,
        char: &str,
    ) -> Result<(), OutputError> {
        self.layout.output_character(trm, width, spacing, font_size, char)
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        self.layout.begin_word()
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        self.layout.end_word()
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        self.layout.end_line()
    }
}
