//! Texts of documents: who extracts them, where they are kept, and what state each is in.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::Archive;
use super::core::Core;
use super::figures::Histogram;
use super::recognising::ToRecognise;
use super::refusal::Refusal;
use super::rereading::Retries;
use super::writer::Message;
use crate::catalogue::{Catalogue, Look};
use crate::clock;
use crate::digest::Blake3;
use crate::ids::DocumentId;
use crate::limits;
use crate::model::access::Actor;
use crate::text::{
    self, DerivedLocation, EXTRACTOR_VERSION, Engines, Extraction, Extractor, Kept, Maker, Pass, ReadBy, Reason,
    Request, TextState, media,
};

/// What is said of a document's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextView {
    /// `pending`, `full`, `partial` or `none`.
    pub state: &'static str,
    /// A published code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// The reason in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<&'static str>,
}

/// `GET /api/v1/documents/{id}/text`.
#[derive(Debug, Clone, Serialize)]
pub struct DocumentText {
    #[serde(flatten)]
    pub state: TextView,
    /// What read it, and when; absent while it waits, and for a format that nothing here reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<ReadView>,
    pub text: String,
}

/// When and with which means a document was last read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadView {
    pub at: String,
    /// Of the readers that are built in.
    pub extractor_version: u32,
    /// Engines of the machine that were at hand then.
    pub engines: Vec<String>,
    /// Which reader gave which pages, for formats that have several.
    pub by: Vec<ReadBy>,
}

/// What is known of a content's text.
#[allow(clippy::large_enum_variant, reason = "handed over and taken apart at once; nearly always the larger")]
pub enum Known {
    Done(Extraction),
    /// It waits for extraction, or extraction is not set up here.
    Pending,
}

impl TextView {
    /// Of the registers of days and years.
    pub(super) const NOT_SEARCHED: Self = Self {
        state: "none",
        reason: None,
        explanation: Some("what stands in a register is found by its entries: the register itself is not searched"),
    };

    fn of(known: &Known) -> Self {
        match known {
            Known::Pending => Self { state: "pending", reason: None, explanation: None },
            Known::Done(extraction) => {
                // Kept whole, but not searched whole.
                let cut = extraction.text.len() > limits::INDEX_TEXT_MAX && extraction.state == TextState::Full;
                let state = if cut { TextState::Partial(Reason::Cut) } else { extraction.state };
                let reason = state.reason();
                Self { state: state.word(), reason: reason.map(Reason::code), explanation: reason.map(Reason::text) }
            }
        }
    }
}

impl Core {
    /// The text of a content as far as it is known now.
    pub fn known_text(&self, blake3: &Blake3) -> Result<Known, Refusal> {
        if let Some(kept) = self.kept_text(blake3)? {
            return Ok(Known::Done(kept.extraction));
        }
        // What no reader exists for is not kept: looking again costs less.
        match self.unread(blake3)? {
            None => Ok(Known::Pending),
            Some(reason) => Ok(Known::Done(Extraction::none(reason))),
        }
    }

    /// The text in force, with what made it.
    pub fn kept_text(&self, blake3: &Blake3) -> Result<Option<Kept>, Refusal> {
        match self.catalogue.text(blake3)?.as_deref().and_then(DerivedLocation::from_bytes) {
            Some(place) => self.derived.get(blake3, place).map_err(Refusal::failed),
            None => Ok(None),
        }
    }

    /// Why a content is not read at all; `None` when there is a reader for it.
    pub(super) fn unread(&self, blake3: &Blake3) -> Result<Option<Reason>, Refusal> {
        let head = self.head(blake3, media::HEAD_SIZE as u64)?;
        Ok(text::unread(media::media_type(&head, ""), head.len() as u64))
    }

    fn media_type(&self, blake3: &Blake3) -> Result<&'static str, Refusal> {
        let head = self.head(blake3, media::HEAD_SIZE as u64)?;
        Ok(media::media_type(&head, ""))
    }
}

impl Archive {
    /// How much of a content's text there is, and what else its file says of itself.
    pub(super) fn text_and_facts(&self, blake3: &Blake3) -> Result<(TextView, text::Facts), Refusal> {
        let known = self.core().known_text(blake3)?;
        let view = TextView::of(&known);
        Ok(match known {
            Known::Done(extraction) => (view, extraction.facts),
            Known::Pending => (view, text::Facts::default()),
        })
    }

    /// The extracted text of a document.
    pub fn text_of(&self, actor: &Actor, id: DocumentId) -> Result<DocumentText, Refusal> {
        let core = self.core();
        let (content, _) = core.document_for(actor, id)?.current();
        let Some(Kept { extraction, maker }) = core.kept_text(&content.blake3)? else {
            let (state, _) = self.text_and_facts(&content.blake3)?;
            return Ok(DocumentText { state, read: None, text: String::new() });
        };
        let state = TextView::of(&Known::Done(extraction.clone()));
        // Texts of the first version do not say.
        let read = (maker.version > 0).then(|| ReadView {
            at: clock::rfc3339(clock::from_microseconds(maker.at)),
            extractor_version: maker.version,
            engines: maker.engines.split_whitespace().map(str::to_owned).collect(),
            by: extraction.facts.read_by.clone(),
        });
        Ok(DocumentText { state, read, text: extraction.text })
    }
}

/// A content whose text is there now, or will not be for now.
pub struct Extracted {
    pub blake3: Blake3,
    pub extraction: Arc<Extraction>,
    /// It had a text before: nobody waits for this one.
    pub again: bool,
}

/// What was read so far, how it went and how long it took.
#[derive(Default)]
pub struct Figures {
    pub full: AtomicU64,
    pub partial: AtomicU64,
    pub none: AtomicU64,
    pub seconds: Histogram,
    pub being_read: AtomicUsize,
    /// Microseconds UTC of the last document read; 0 before the first.
    pub last: AtomicI64,
}

/// Reads contents and keeps what comes of it.
pub struct Reader {
    pub core: Arc<Core>,
    extractor: Arc<Extractor>,
    /// The engines at hand, as [`Engines::fingerprint`] names them.
    pub engines: String,
    /// Letters in images can be recognised here.
    pub recognises: bool,
    /// Contents whose letters are to be recognised.
    pub to_recognise: ToRecognise,
    writer: Sender<Message>,
    /// A text was kept whose place the catalogue was not told: the writer had ended.
    pub unnoted: AtomicBool,
    pub figures: Figures,
}

impl Reader {
    pub fn new(core: &Arc<Core>, extractor: Extractor, engines: &Engines, writer: &Sender<Message>) -> Self {
        Self {
            core: Arc::clone(core),
            extractor: Arc::new(extractor),
            engines: engines.fingerprint(),
            recognises: engines.tesseract.is_some(),
            to_recognise: ToRecognise::default(),
            writer: writer.clone(),
            unnoted: AtomicBool::new(false),
            figures: Figures::default(),
        }
    }

    /// Reads a content that has no text yet.
    fn first(&self, blake3: &Blake3) -> Extraction {
        let (extraction, media_type) = self.read(blake3, Pass::First);
        if extraction.state.reason().is_none_or(Reason::is_lasting) {
            self.keep(blake3, &extraction, self.maker(media_type, extraction.state, 0));
        }
        extraction
    }

    /// Reads a content once more, now with the letters in its images. `None` when nothing came of it that can be kept.
    pub fn recognised(&self, blake3: &Blake3, before: &Kept) -> Option<Extraction> {
        let (mut extraction, media_type) = self.read(blake3, Pass::Recognising);
        let reason = extraction.state.reason();
        if reason.is_some_and(|reason| !reason.is_lasting()) {
            return None;
        }
        if let Some(reason) = reason.filter(|reason| reason.may_be_bad_luck()) {
            // What the first pass has read stands; only the letters are lost.
            let state = match before.extraction.state {
                TextState::None(_) => TextState::None(reason),
                _ => TextState::Partial(reason),
            };
            extraction = Extraction { state, ..before.extraction.clone() };
        }
        self.renewed(blake3, Some(before), extraction, media_type)
    }

    /// Keeps what takes the place of another text; gives it when it says something else.
    fn renewed(
        &self,
        blake3: &Blake3,
        before: Option<&Kept>,
        extraction: Extraction,
        media_type: &str,
    ) -> Option<Extraction> {
        let mut maker = self.maker(media_type, extraction.state, before.map_or(0, |kept| kept.maker.tries));
        maker.again = true;
        self.keep(blake3, &extraction, maker);
        before.is_none_or(|kept| kept.extraction != extraction).then_some(extraction)
    }

    /// Reads a content again. `None` when what was kept before stays in force: a failure, perhaps of the moment, is no
    /// reason to lose it, and what is the same again needs no indexing.
    pub fn again(&self, blake3: &Blake3, before: Option<&Kept>) -> Option<Extraction> {
        let (mut extraction, media_type) = self.read(blake3, Pass::First);
        if extraction.state.awaits_recognition() {
            // Without its letters it would be less than what is kept.
            extraction = self.read(blake3, Pass::Recognising).0;
        }
        let unlucky = |reason: Reason| !reason.is_lasting() || reason.may_be_bad_luck();
        let had_text = before.is_some_and(|kept| !kept.extraction.text.is_empty());
        if extraction.state.reason().is_some_and(|reason| !reason.is_lasting())
            || (had_text && extraction.text.is_empty() && extraction.state.reason().is_some_and(unlucky))
        {
            return None;
        }
        self.renewed(blake3, before, extraction, media_type)
    }

    /// Breaks off the second pass, which may take minutes; what it had in hand waits for it again.
    pub fn stop_recognising(&self) {
        self.extractor.stop_recognising();
    }

    fn maker(&self, media_type: &str, state: TextState, tries: u32) -> Maker {
        let unlucky = state.reason().is_some_and(Reason::may_be_bad_luck);
        Maker {
            version: EXTRACTOR_VERSION,
            engines: self.engines.clone(),
            media_type: media_type.to_owned(),
            at: self.core.clock.now().as_microsecond(),
            tries: tries + u32::from(unlucky),
            again: false,
        }
    }

    fn keep(&self, blake3: &Blake3, extraction: &Extraction, maker: Maker) {
        match self.core.derived.put(*blake3, extraction, &maker) {
            Ok(place) => {
                let write = Catalogue::text_write(blake3, place.to_bytes().to_vec());
                // A writer that has ended is a program that ends: the next start reads it again.
                if self.writer.send(Message::Note(vec![write])).is_err() {
                    self.unnoted.store(true, Ordering::Release);
                }
            }
            Err(error) => tracing::warn!(%blake3, %error, "extracted text not kept"),
        }
    }

    fn read(&self, blake3: &Blake3, pass: Pass) -> (Extraction, &'static str) {
        let figures = &self.figures;
        let started = Instant::now();
        figures.being_read.fetch_add(1, Ordering::Relaxed);
        let outcome = self.extract(blake3, pass);
        figures.being_read.fetch_sub(1, Ordering::Relaxed);
        figures.seconds.took(started.elapsed());
        figures.last.store(self.core.clock.now().as_microsecond(), Ordering::Relaxed);
        let outcome = outcome.unwrap_or_else(|refusal| {
            tracing::error!(%blake3, cause = refusal.causes(), "content not readable for its text");
            (Extraction::none(Reason::Unreadable), media::BINARY)
        });
        let counter = match outcome.0.state {
            TextState::Full => &figures.full,
            TextState::Partial(_) => &figures.partial,
            TextState::None(_) => &figures.none,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        outcome
    }

    fn extract(&self, blake3: &Blake3, pass: Pass) -> Result<(Extraction, &'static str), Refusal> {
        let media_type = self.core.media_type(blake3)?;
        let extraction = self.extractor.extract_persistently(pass, || {
            let content = self.core.content(blake3)?;
            Ok::<_, Refusal>(Request { media_type, size: content.remaining(), content: Box::new(content) })
        })?;
        Ok((extraction, media_type))
    }
}

/// Contents that wait for their first text or are being read, since when.
#[derive(Default)]
pub struct Queue(Mutex<Queued>);

#[derive(Default)]
struct Queued {
    since: HashMap<Blake3, Instant>,
    /// In the order in which they came; those answered meanwhile are still in it.
    order: VecDeque<(Blake3, Instant)>,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Queued> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn waiting(&self) -> usize {
        self.lock().since.len()
    }

    /// How long the oldest has been waiting.
    pub fn oldest(&self) -> Option<Duration> {
        let mut queued = self.lock();
        let Queued { since, order } = &mut *queued;
        while order.front().is_some_and(|(blake3, at)| since.get(blake3) != Some(at)) {
            order.pop_front();
        }
        order.front().map(|(_, at)| at.elapsed())
    }

    /// Whether it was not there.
    fn add(&self, blake3: Blake3) -> bool {
        let mut queued = self.lock();
        let Queued { since, order } = &mut *queued;
        let fresh = !since.contains_key(&blake3);
        if fresh {
            let now = Instant::now();
            since.insert(blake3, now);
            order.push_back((blake3, now));
        }
        fresh
    }

    fn remove(&self, blake3: &Blake3) {
        let mut queued = self.lock();
        queued.since.remove(blake3);
        // When nobody asks for the oldest, what was answered is let go here.
        if queued.order.len() > 2 * queued.since.len() + ORDER_SLACK {
            let Queued { since, order } = &mut *queued;
            order.retain(|(blake3, at)| since.get(blake3) == Some(at));
        }
    }
}

/// Answered contents that a queue may still hold in its order.
const ORDER_SLACK: usize = 1_000;

/// Threads that hand new contents to extraction processes.
pub struct Extracting {
    jobs: Option<Sender<Blake3>>,
    threads: Vec<JoinHandle<()>>,
    pub queue: Arc<Queue>,
}

impl Extracting {
    /// Starts `threads` of them. What they find goes to the derived store, its place to the writer, the text itself
    /// to `done`, and what is worth another try to `retries`.
    pub fn start(
        reader: &Arc<Reader>,
        threads: usize,
        retries: &Arc<Retries>,
        done: &Sender<Extracted>,
    ) -> std::io::Result<Self> {
        let (jobs, inbox) = channel();
        let inbox = Arc::new(Mutex::new(inbox));
        let mut started = Vec::new();
        for n in 0..threads {
            let worker = Worker {
                reader: Arc::clone(reader),
                inbox: Arc::clone(&inbox),
                retries: Arc::clone(retries),
                done: done.clone(),
            };
            started.push(std::thread::Builder::new().name(format!("texts-{n}")).spawn(move || worker.run())?);
        }
        Ok(Self { jobs: Some(jobs), threads: started, queue: Arc::default() })
    }

    /// Asks for a content's text, unless that is under way.
    pub fn ask(&self, blake3: Blake3) {
        if let (true, Some(jobs)) = (self.queue.add(blake3), &self.jobs) {
            // The threads end only after this sender is gone.
            let _ = jobs.send(blake3);
        }
    }

    /// Notes that an answer has come.
    pub fn answered(&self, blake3: &Blake3) {
        self.queue.remove(blake3);
    }
}

impl Drop for Extracting {
    /// Ends after the documents now being read; what waits is asked for again at the next start.
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a text thread panicked");
            }
        }
    }
}

struct Worker {
    reader: Arc<Reader>,
    inbox: Arc<Mutex<Receiver<Blake3>>>,
    retries: Arc<Retries>,
    done: Sender<Extracted>,
}

impl Worker {
    fn run(self) {
        loop {
            let job = self.inbox.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(blake3) = job else { return };
            if self.reader.core.stopping() {
                return;
            }
            let extraction = self.reader.first(&blake3);
            if extraction.state.reason().is_some_and(|reason| !reason.is_lasting() || reason.may_be_bad_luck()) {
                self.retries.add(blake3, 1);
            }
            let awaits = extraction.state.awaits_recognition();
            // The indexer may have ended before us at a stop: the text is kept all the same.
            let _ = self.done.send(Extracted { blake3, extraction: Arc::new(extraction), again: false });
            // Only now: the indexer is to hear of the second reading after the first.
            if awaits {
                self.reader.to_recognise.add(blake3);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_knows_its_oldest_and_forgets_what_was_answered() {
        let queue = Queue::default();
        assert_eq!(queue.oldest(), None);
        let content = |n: usize| Blake3::of(&n.to_le_bytes());
        assert!(queue.add(content(0)) && queue.add(content(1)) && !queue.add(content(0)));
        let before = queue.oldest().unwrap();
        queue.remove(&content(0));
        assert_eq!(queue.waiting(), 1);
        assert!(queue.oldest().unwrap() <= before + Duration::from_secs(5));
        // Asked for again: it stands at the end now, and only once.
        assert!(queue.add(content(0)));
        queue.remove(&content(1));
        assert!(queue.oldest().is_some());
        queue.remove(&content(0));
        assert_eq!((queue.waiting(), queue.oldest()), (0, None));
        for n in 0..10 * ORDER_SLACK {
            queue.add(content(n));
            queue.remove(&content(n));
        }
        assert!(queue.lock().order.len() <= ORDER_SLACK + 1);
    }
}
