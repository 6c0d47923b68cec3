//! Texts of documents: who extracts them, where they are kept, and what state each is in.

use std::collections::HashSet;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use serde::Serialize;

use super::Archive;
use super::core::Core;
use super::refusal::Refusal;
use super::writer::Message;
use crate::catalogue::{Catalogue, Look};
use crate::digest::Blake3;
use crate::ids::DocumentId;
use crate::model::access::Actor;
use crate::text::{self, DerivedLocation, Extraction, Extractor, Pass, Reason, Request, media};

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
    pub text: String,
}

/// What is known of a content's text.
#[allow(clippy::large_enum_variant, reason = "handed over and taken apart at once; nearly always the larger")]
pub enum Known {
    Done(Extraction),
    /// It waits for extraction, or extraction is not set up here.
    Pending,
}

impl TextView {
    fn of(known: &Known) -> Self {
        match known {
            Known::Pending => Self { state: "pending", reason: None, explanation: None },
            Known::Done(extraction) => {
                let reason = extraction.state.reason();
                Self {
                    state: extraction.state.word(),
                    reason: reason.map(Reason::code),
                    explanation: reason.map(Reason::text),
                }
            }
        }
    }
}

impl Core {
    /// The text of a content as far as it is known now.
    pub fn known_text(&self, blake3: &Blake3) -> Result<Known, Refusal> {
        if let Some(place) = self.catalogue.text(blake3)?.as_deref().and_then(DerivedLocation::from_bytes)
            && let Some(extraction) = self.derived.get(blake3, place).map_err(Refusal::failed)?
        {
            return Ok(Known::Done(extraction));
        }
        // What no reader exists for is not kept: looking again costs less.
        if text::is_read(self.media_type(blake3)?) {
            Ok(Known::Pending)
        } else {
            Ok(Known::Done(Extraction::none(Reason::FormatNotRead)))
        }
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
        let known = core.known_text(&content.blake3)?;
        let state = TextView::of(&known);
        let text = match known {
            Known::Done(extraction) => extraction.text,
            Known::Pending => String::new(),
        };
        Ok(DocumentText { state, text })
    }
}

/// Threads that hand contents to extraction processes.
pub struct Extracting {
    jobs: Option<Sender<Blake3>>,
    threads: Vec<JoinHandle<()>>,
    queued: Mutex<HashSet<Blake3>>,
}

/// A content whose text is there now, or will not be for now.
pub type Extracted = (Blake3, Arc<Extraction>);

impl Extracting {
    /// Starts `threads` of them. What they find goes to the derived store, its place to the writer, the text itself
    /// to `done`.
    pub fn start(
        core: &Arc<Core>,
        extractor: Arc<Extractor>,
        threads: usize,
        writer: &Sender<Message>,
        done: &Sender<Extracted>,
    ) -> std::io::Result<Self> {
        let (jobs, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        let mut started = Vec::new();
        for n in 0..threads {
            let worker = Worker {
                core: Arc::clone(core),
                extractor: Arc::clone(&extractor),
                queue: Arc::clone(&queue),
                writer: writer.clone(),
                done: done.clone(),
            };
            started.push(std::thread::Builder::new().name(format!("texts-{n}")).spawn(move || worker.run())?);
        }
        Ok(Self { jobs: Some(jobs), threads: started, queued: Mutex::new(HashSet::new()) })
    }

    /// Asks for a content's text, unless that is under way.
    pub fn ask(&self, blake3: Blake3) {
        let fresh = self.queued.lock().unwrap_or_else(PoisonError::into_inner).insert(blake3);
        if let (true, Some(jobs)) = (fresh, &self.jobs) {
            // The threads end only after this sender is gone.
            let _ = jobs.send(blake3);
        }
    }

    /// Notes that an answer has come.
    pub fn answered(&self, blake3: &Blake3) {
        self.queued.lock().unwrap_or_else(PoisonError::into_inner).remove(blake3);
    }

    /// Contents that wait or are being read.
    pub fn waiting(&self) -> usize {
        self.queued.lock().unwrap_or_else(PoisonError::into_inner).len()
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
    core: Arc<Core>,
    extractor: Arc<Extractor>,
    queue: Arc<Mutex<Receiver<Blake3>>>,
    writer: Sender<Message>,
    done: Sender<Extracted>,
}

impl Worker {
    fn run(self) {
        loop {
            let job = self.queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(blake3) = job else { return };
            if self.core.stopping() {
                return;
            }
            let extraction = self.extract(&blake3);
            // The indexer may have ended before us at a stop: the text is kept all the same.
            let _ = self.done.send((blake3, Arc::new(extraction)));
        }
    }

    fn extract(&self, blake3: &Blake3) -> Extraction {
        let extraction = match self.read(blake3) {
            Ok(extraction) => extraction,
            Err(refusal) => {
                tracing::error!(%blake3, cause = refusal.causes(), "content not readable for its text");
                return Extraction::none(Reason::Unreadable);
            }
        };
        let lasting = extraction.state.reason().is_none_or(Reason::is_lasting);
        if lasting {
            match self.core.derived.put(*blake3, &extraction) {
                Ok(place) => {
                    let write = Catalogue::text_write(blake3, place.to_bytes().to_vec());
                    // A writer that has ended is a program that ends: the text is found by the next rebuild.
                    let _ = self.writer.send(Message::Note(vec![write]));
                }
                Err(error) => tracing::warn!(%blake3, %error, "extracted text not kept"),
            }
        }
        extraction
    }

    fn read(&self, blake3: &Blake3) -> Result<Extraction, Refusal> {
        let media_type = self.core.media_type(blake3)?;
        self.extractor.extract_persistently(Pass::First, || {
            let content = self.core.content(blake3)?;
            Ok(Request { media_type, size: content.remaining(), content: Box::new(content) })
        })
    }
}
