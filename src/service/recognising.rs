//! Who recognises the letters in scans, and when? One thread, one document at a time: it takes minutes where reading
//! takes milliseconds, so nobody who has words to show waits for it.
//!
//! There is no list to survive a stop: what waits says so in its kept text, and is found there at the next start.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::refusal::Refusal;
use super::texts::{Extracted, Reader};
use crate::digest::Blake3;
use crate::text::Kept;

/// How often, and after how long each, it is looked whether the first text has been kept.
const KEPT_LOOKS: u32 = 100;
const KEPT_EVERY: Duration = Duration::from_millis(50);

/// Where first readers leave what the second pass is to look at.
#[derive(Clone)]
pub struct Entrance {
    jobs: Sender<Blake3>,
    waiting: Arc<AtomicUsize>,
}

impl Entrance {
    pub fn ask(&self, blake3: Blake3) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        // The thread may have ended at a stop: the next start finds it.
        let _ = self.jobs.send(blake3);
    }
}

/// The thread, and the way in.
pub struct Recognising {
    entrance: Mutex<Option<Entrance>>,
    waiting: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Recognising {
    /// What it finds is kept, and told to `done`.
    pub fn start(reader: &Arc<Reader>, done: &Sender<Extracted>) -> std::io::Result<Self> {
        let (jobs, inbox) = channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let entrance = Entrance { jobs, waiting: Arc::clone(&waiting) };
        let (reader, done, left) = (Arc::clone(reader), done.clone(), Arc::clone(&waiting));
        let run = move || recognise(&reader, &inbox, &left, &done);
        let thread = std::thread::Builder::new().name("recognising".to_owned()).spawn(run)?;
        Ok(Self { entrance: Mutex::new(Some(entrance)), waiting, thread: Some(thread) })
    }

    /// For those who are to be done before this is dropped.
    pub fn entrance(&self) -> Option<Entrance> {
        self.entrance.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Documents that wait for their letters, or are being looked at.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

impl Drop for Recognising {
    /// Ends after the document now being looked at.
    fn drop(&mut self) {
        *self.entrance.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that recognises letters panicked");
        }
    }
}

fn recognise(reader: &Reader, inbox: &Receiver<Blake3>, waiting: &AtomicUsize, done: &Sender<Extracted>) {
    while let Ok(blake3) = inbox.recv() {
        if reader.core.stopping() {
            return;
        }
        match first_text(reader, &blake3) {
            Ok(Some(kept)) if kept.extraction.state.awaits_recognition() => {
                if let Some(extraction) = reader.recognise(&blake3, &kept) {
                    reader.core.renewals.fetch_add(1, Ordering::AcqRel);
                    // The indexer may have ended before us at a stop; the next start tells it.
                    let _ = done.send(Extracted { blake3, extraction: Arc::new(extraction), again: true });
                }
            }
            // Read again by others meanwhile, or not kept: the next start finds it.
            Ok(_) => {}
            Err(refusal) => tracing::warn!(%blake3, cause = refusal.causes(), "letters not recognised for now"),
        }
        waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The text of the first pass, which the writer is perhaps about to note.
fn first_text(reader: &Reader, blake3: &Blake3) -> Result<Option<Kept>, Refusal> {
    for _ in 0..KEPT_LOOKS {
        let kept = reader.core.kept_text(blake3)?;
        if kept.is_some() || reader.core.stopping() {
            return Ok(kept);
        }
        std::thread::sleep(KEPT_EVERY);
    }
    Ok(None)
}
