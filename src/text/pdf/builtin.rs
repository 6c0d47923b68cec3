//! What does the reader that is built in see in a PDF? It panics by policy of its author, and may loop or recurse
//! without end: it runs on a thread of its own, is listened to while it reads, and left behind when its time is over.

use std::fmt;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use flate2::read::ZlibDecoder;
use pdf_extract::{
    ConvertToFmt, Document, MediaBox, Object, ObjectId, OutputDev, OutputError, PlainTextOutput, Transform,
};

use super::structure::Structure;
use super::{PageText, Reading, repair};
use crate::text::Reason;

/// Forms may contain forms and the reader recurses into each: room for the deep but honest ones. Only what is touched
/// costs memory.
const STACK: usize = 128 * 1024 * 1024;

/// Bytes that the drawing of a page may have unpacked; pages full of vectors have a tenth of it.
const CONTENT_MAX: u64 = 128 * 1024 * 1024;

/// How much longer what is packed once can be (RFC 1951: two bits for 258 letters).
const DEFLATED_TIMES_MAX: u64 = 1032;

/// How often the clock is looked at, counted in pieces of text.
const PIECES_PER_LOOK: u32 = 256;

/// A reader that is told to stop does so within this time, or does not listen.
const GRACE: Duration = Duration::from_millis(100);

/// The built-in reader's view of a document.
#[derive(Debug, Default)]
pub(super) struct BuiltIn {
    pub reading: Reading,
    /// What the file says beside its pages.
    pub structure: Structure,
    /// Its thread could not be stopped.
    pub left_behind: bool,
}

/// What is asked of the reader.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub text_max: usize,
    pub deadline: Instant,
    /// The images of pages are wanted too.
    pub images: bool,
}

/// Reads all pages until the deadline or the bound on text; what a damaged page says is lost, what the others say is
/// not.
pub(super) fn read(content: &Arc<Vec<u8>>, bounds: Bounds) -> BuiltIn {
    let collected = Arc::new(Mutex::new(Collected::new(bounds)));
    let (tell, told) = sync_channel(1);
    let thread = std::thread::Builder::new().name("pdf".to_owned()).stack_size(STACK);
    let (theirs, bytes) = (Arc::clone(&collected), Arc::clone(content));
    let started = thread.spawn(move || {
        read_document(&bytes, &theirs, bounds.images);
        // Whoever listened may have given up.
        let _ = tell.send(());
    });
    if started.is_err() {
        // The limit on address space leaves no room for the stack.
        let reading = Reading { refused: Some(Reason::OutOfMemory), ..Reading::default() };
        return BuiltIn { reading, ..BuiltIn::default() };
    }
    let wait = bounds.deadline.saturating_duration_since(Instant::now()) + GRACE;
    let left_behind = told.recv_timeout(wait) == Err(RecvTimeoutError::Timeout);
    let mut collected = lock(&collected);
    if left_behind {
        collected.reading.stop.get_or_insert(Reason::Timeout);
    }
    BuiltIn {
        reading: std::mem::take(&mut collected.reading),
        structure: std::mem::take(&mut collected.structure),
        left_behind,
    }
}

fn read_document(content: &[u8], collected: &Arc<Mutex<Collected>>, images: bool) {
    let document = match load(content) {
        Ok(document) => document,
        Err(reason) => return lock(collected).refuse(reason),
    };
    // The loader has opened what opens with an empty password; this one asks for a real one.
    if document.is_encrypted() {
        return lock(collected).refuse(Reason::Encrypted);
    }
    let pages = document.get_pages().len();
    if pages == 0 {
        return lock(collected).refuse(Reason::Broken);
    }
    if document.get_pages().into_values().any(|page| is_bomb(&document, page)) {
        // The reader would take what little it could unpack for the page, and find no letters on it.
        return lock(collected).refuse(Reason::OutOfMemory);
    }
    let structure = guarded(|| Structure::of(&document, content, images)).unwrap_or_default();
    {
        let mut collected = lock(collected);
        collected.structure = structure;
        collected.reading.total = pages;
    }
    let whole = guarded(|| pdf_extract::output_doc(&document, &mut Pages::new(collected)));
    if !matches!(whole, Some(Ok(()))) && lock(collected).reading.stop.is_none() {
        let begun = lock(collected).page;
        lock(collected).fail(begun);
        for page in begun + 1..=pages {
            let number = u32::try_from(page).unwrap_or(u32::MAX);
            let read = guarded(|| pdf_extract::output_doc_page(&document, &mut Pages::new(collected), number));
            let mut collected = lock(collected);
            if collected.must_stop() {
                break;
            }
            if !matches!(read, Some(Ok(()))) {
                collected.fail(page);
            }
        }
    }
}

/// The document with pages in it; one whose table of objects is wrong is mended first.
fn load(content: &[u8]) -> Result<Document, Reason> {
    let load = |content: &[u8]| match guarded(|| Document::load_mem(content)) {
        Some(Ok(document)) if document.is_encrypted() || !document.get_pages().is_empty() => Ok(document),
        Some(Err(error)) => Err(refusal(&error)),
        Some(Ok(_)) | None => Err(Reason::Broken),
    };
    match load(content) {
        Err(Reason::Broken) => match repair::mended(content) {
            Some(mended) => load(&mended),
            None => Err(Reason::Broken),
        },
        outcome => outcome,
    }
}

/// Whether the drawing of a page unpacks to more than any page needs.
fn is_bomb(document: &Document, page: ObjectId) -> bool {
    document.get_page_contents(page).into_iter().any(|id| {
        let Ok(stream) = document.get_object(id).and_then(Object::as_stream) else { return false };
        let packed = stream.filters().unwrap_or_default().iter().filter(|filter| **filter == b"FlateDecode").count();
        let most = stream.content.len() as u64 * DEFLATED_TIMES_MAX;
        if packed == 0 || (packed == 1 && most <= CONTENT_MAX) {
            return false;
        }
        let mut unpacked: Box<dyn Read> = Box::new(&stream.content[..]);
        for _ in 0..packed {
            unpacked = Box::new(ZlibDecoder::new(unpacked));
        }
        io::copy(&mut unpacked.take(CONTENT_MAX + 1), &mut io::sink()).is_ok_and(|bytes| bytes > CONTENT_MAX)
    })
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

/// The lock is held for moments, and what it guards stays whole when its holder panics.
fn lock(collected: &Mutex<Collected>) -> MutexGuard<'_, Collected> {
    collected.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What has been read so far, and what bounds it.
struct Collected {
    reading: Reading,
    structure: Structure,
    /// The number of the page that was begun last.
    page: usize,
    room: usize,
    deadline: Instant,
    pieces: u32,
}

impl Collected {
    fn new(bounds: Bounds) -> Self {
        Self {
            reading: Reading::default(),
            structure: Structure::default(),
            page: 0,
            room: bounds.text_max,
            deadline: bounds.deadline,
            pieces: 0,
        }
    }

    fn refuse(&mut self, reason: Reason) {
        self.reading.refused = Some(reason);
    }

    fn page(&mut self, number: usize) -> &mut PageText {
        let pages = &mut self.reading.pages;
        if pages.len() < number {
            pages.resize_with(number, PageText::default);
        }
        &mut pages[number - 1]
    }

    /// Counts from 1; before the first page nothing can fail.
    fn fail(&mut self, number: usize) {
        if number > 0 {
            self.page(number).failed = true;
        }
    }

    fn must_stop(&mut self) -> bool {
        if self.reading.stop.is_none() && Instant::now() >= self.deadline {
            self.reading.stop = Some(Reason::Timeout);
        }
        self.reading.stop.is_some()
    }

    fn push(&mut self, piece: &str) -> fmt::Result {
        self.pieces = self.pieces.wrapping_add(1);
        if self.reading.stop.is_some() || (self.pieces.is_multiple_of(PIECES_PER_LOOK) && self.must_stop()) {
            return Err(fmt::Error);
        }
        if piece.len() > self.room {
            self.reading.stop = Some(Reason::Cut);
            return Err(fmt::Error);
        }
        self.room -= piece.len();
        let page = self.page.max(1);
        self.page(page).text.push_str(piece);
        Ok(())
    }
}

/// Where the reader writes; refusing a piece is how it is told to stop.
struct Sink(Arc<Mutex<Collected>>);

impl fmt::Write for Sink {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        lock(&self.0).push(piece)
    }
}

impl ConvertToFmt for Sink {
    type Writer = Self;

    fn convert(self) -> Self {
        self
    }
}

/// The reader's own layout of text, page by page, and how many signs of each it could not name.
struct Pages {
    layout: PlainTextOutput<Sink>,
    collected: Arc<Mutex<Collected>>,
}

impl Pages {
    fn new(collected: &Arc<Mutex<Collected>>) -> Self {
        Self { layout: PlainTextOutput::new(Sink(Arc::clone(collected))), collected: Arc::clone(collected) }
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
            let mut collected = lock(&self.collected);
            let number = usize::try_from(page).unwrap_or(usize::MAX);
            collected.page = number;
            if number > collected.reading.total || collected.must_stop() {
                return Err(fmt::Error.into());
            }
            collected.page(number);
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
        {
            let mut collected = lock(&self.collected);
            let number = collected.page.max(1);
            let page = collected.page(number);
            page.signs += 1;
            page.unnamed += usize::from(char.is_empty() || char.starts_with(['\0', '\u{fffd}']));
        }
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
