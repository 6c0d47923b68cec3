//! Who recognises the letters in images? One thread beside the others, since a page takes seconds: a scan is found by
//! its number and subject at once, and by its words a little later.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::items::{self, Key};
use super::refusal::Refusal;
use super::texts::{Extracted, Reader};
use crate::digest::Blake3;
use crate::ids::Position;
use crate::index::{Request, Sort, View};
use crate::limits;

/// How often it is looked whether there is something to do.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The place of what the first pass has just kept is noted by then, or was not kept.
const NOTED_WITHIN: Duration = Duration::from_secs(5);

/// Contents whose letters are to be recognised, in the order in which they came.
#[derive(Default)]
pub struct ToRecognise(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    order: VecDeque<Blake3>,
    known: HashSet<Blake3>,
    /// Some found no room, or are of an earlier run: the index knows which.
    more: bool,
    /// The index is being asked for these.
    asking: bool,
}

impl ToRecognise {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn add(&self, blake3: Blake3) {
        let mut waiting = self.lock();
        if waiting.order.len() >= limits::RECOGNISE_HELD {
            waiting.more = true;
        } else if waiting.known.insert(blake3) {
            waiting.order.push_back(blake3);
        }
    }

    /// Those that wait, with the one in hand. While others are known to the index alone, it says how many: by items,
    /// and as of its last commit.
    pub fn count(&self, in_index: u64) -> u64 {
        let waiting = self.lock();
        let known = waiting.known.len() as u64;
        if waiting.more || waiting.asking { known.max(in_index) } else { known }
    }

    fn next(&self) -> Option<Blake3> {
        self.lock().order.pop_front()
    }

    fn done(&self, blake3: &Blake3) {
        self.lock().known.remove(blake3);
    }

    /// Whether there are others that only the index knows, now that there is room for them.
    fn take_more(&self) -> bool {
        let mut waiting = self.lock();
        waiting.asking = waiting.order.is_empty() && std::mem::take(&mut waiting.more);
        waiting.asking
    }

    fn asked(&self) {
        self.lock().asking = false;
    }
}

/// The thread.
pub struct Recognising(Option<JoinHandle<()>>);

impl Recognising {
    pub fn start(reader: &Arc<Reader>, done: &Sender<Extracted>) -> std::io::Result<Self> {
        if !reader.recognises {
            return Ok(Self(None));
        }
        // Those of an earlier run.
        reader.to_recognise.lock().more = true;
        let (before, done) = (reader.core.journal.size(), done.clone());
        let recogniser = Recogniser { reader: Arc::clone(reader), done, before };
        let thread = std::thread::Builder::new().name("recognising".to_owned()).spawn(move || recogniser.run())?;
        Ok(Self(Some(thread)))
    }
}

impl Drop for Recognising {
    fn drop(&mut self) {
        if self.0.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that recognises letters panicked");
        }
    }
}

struct Recogniser {
    reader: Arc<Reader>,
    done: Sender<Extracted>,
    /// Where the journal ended at the start: what an earlier run left stands before.
    before: Position,
}

impl Recogniser {
    fn run(self) {
        let (core, waiting) = (&self.reader.core, &self.reader.to_recognise);
        while !core.stopping() {
            // An index that is being made again does not know yet.
            if core.ready() && core.index.position() >= self.before && waiting.take_more() {
                if let Err(refusal) = self.ask_the_index() {
                    tracing::warn!(cause = refusal.causes(), "scans without their letters not listed; trying again");
                    waiting.lock().more = true;
                    std::thread::sleep(Duration::from_secs(1));
                }
                waiting.asked();
            }
            let Some(blake3) = waiting.next() else {
                std::thread::sleep(LOOK_EVERY);
                continue;
            };
            if let Err(refusal) = self.recognise(&blake3) {
                tracing::warn!(cause = refusal.causes(), "letters not recognised");
            }
            waiting.done(&blake3);
        }
    }

    fn recognise(&self, blake3: &Blake3) -> Result<(), Refusal> {
        let core = &self.reader.core;
        let began = Instant::now();
        let mut before = core.kept_text(blake3)?;
        while before.is_none() && !core.stopping() && began.elapsed() < NOTED_WITHIN {
            std::thread::sleep(LOOK_EVERY);
            before = core.kept_text(blake3)?;
        }
        let Some(before) = before.filter(|kept| kept.extraction.state.awaits_recognition()) else { return Ok(()) };
        if let Some(extraction) = self.reader.recognised(blake3, &before) {
            core.renewals.fetch_add(1, Ordering::AcqRel);
            // The indexer may have ended before us at a stop; the next start tells it.
            let _ = self.done.send(Extracted { blake3: *blake3, extraction: Arc::new(extraction), again: true });
        }
        Ok(())
    }

    /// Scans whose letters an earlier run has not recognised, or for which there was no room.
    fn ask_the_index(&self) -> Result<(), Refusal> {
        let core = &self.reader.core;
        let text = "text:awaiting-recognition".to_owned();
        let mut request = Request { text, sort: Sort::Oldest, limit: limits::PAGE_MAX, ..Request::default() };
        loop {
            let found = core.index.search(&request, &View::ALL).map_err(Refusal::failed)?;
            for key in found.hits.iter().filter_map(|hit| Key::parse(hit.kind, &hit.id)) {
                let Some((_, contents)) = items::build(core, &key)? else { continue };
                let mut awaits = false;
                for blake3 in contents {
                    let kept = core.kept_text(&blake3)?;
                    if kept.is_some_and(|kept| kept.extraction.state.awaits_recognition()) {
                        self.reader.to_recognise.add(blake3);
                        awaits = true;
                    }
                }
                if !awaits {
                    // They were recognised, and the program ended before the index had that.
                    core.index_again(key);
                }
            }
            match found.next_cursor {
                Some(cursor) if !core.stopping() && !self.reader.to_recognise.lock().more => {
                    request.cursor = Some(cursor);
                }
                _ => return Ok(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_finds_no_room_is_asked_for_once_there_is_some() {
        let waiting = ToRecognise::default();
        let content = |n: usize| Blake3::of(&n.to_le_bytes());
        for n in 0..limits::RECOGNISE_HELD + 2 {
            waiting.add(content(n));
            waiting.add(content(0));
        }
        let held = limits::RECOGNISE_HELD as u64;
        assert_eq!((waiting.count(0), waiting.count(held + 2)), (held, held + 2));
        assert!(!waiting.take_more(), "not while others wait");
        while let Some(next) = waiting.next() {
            waiting.done(&next);
        }
        assert_eq!(waiting.count(2), 2, "those without room are not forgotten");
        assert!(waiting.take_more());
        assert_eq!(waiting.count(2), 2, "nor while they are asked for");
        waiting.asked();
        // The index may not have heard yet that they are done.
        assert_eq!(waiting.count(2), 0);
        assert!(!waiting.take_more());
    }
}
