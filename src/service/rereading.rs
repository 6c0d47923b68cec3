//! Which documents are worth reading again, and when? Those that something new here could read better, and those whose
//! reader had bad luck; one at a time, behind everything that waits for its first text.
//!
//! What is kept says what made it, so there is no list of what is still to be done: after a restart the kept texts are
//! looked through again, and those that are as good as can be are passed over.

use std::collections::VecDeque;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::core::Core;
use super::items::{self, Key};
use super::refusal::Refusal;
use super::texts::{Extracted, Known, Queue, Reader};
use crate::catalogue::Look;
use crate::digest::Blake3;
use crate::disk::{Disk, DiskError};
use crate::index::{Request, Sort, View};
use crate::limits;
use crate::text::{DerivedLocation, EXTRACTOR_VERSION, Extraction, Kept};

/// How often it is looked whether the way is free.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How long after a failure the kept texts are looked through again.
const TROUBLE_WAIT: Duration = Duration::from_secs(1);

/// Texts read again between two notes of how far the index has them.
const NOTED_EVERY: u64 = 256;

/// Contents to be tried again, each when its time has come.
pub struct Retries {
    /// After the first try; after each further one twice as long.
    after: Duration,
    waiting: Mutex<VecDeque<Retry>>,
}

struct Retry {
    blake3: Blake3,
    due: Instant,
    /// How often it has been tried in vain.
    tried: u32,
}

impl Retries {
    pub fn new(after: Duration) -> Self {
        Self { after, waiting: Mutex::default() }
    }

    /// Puts off another try. What finds no room is found again at the next start.
    pub fn add(&self, blake3: Blake3, tried: u32) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if tried <= limits::TEXT_RETRIES_MAX && waiting.len() < limits::TEXT_RETRIES_HELD {
            let due = Instant::now() + self.after * 2_u32.saturating_pow(tried.saturating_sub(1));
            waiting.push_back(Retry { blake3, due, tried });
        }
    }

    pub fn waiting(&self) -> usize {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// One whose time has come.
    fn take(&self) -> Option<Retry> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let at = waiting.iter().position(|retry| retry.due <= now)?;
        waiting.remove(at)
    }
}

/// How far the looking through has come.
#[derive(Default)]
pub struct Progress {
    pub done: AtomicU64,
    /// 0 when there is nothing to be read again.
    pub of: AtomicU64,
    /// Documents read again since the start, for whatever reason.
    pub read: AtomicU64,
    /// Nothing is missing of what a run before this one noted.
    complete: AtomicBool,
}

/// Stands while a run lasts. Found at a start, it is of a run that was cut off: what that noted last in the catalogue may
/// be lost, though the index has it and asks for nothing.
fn mark_of_run(root: &Path) -> PathBuf {
    root.join("derived/running")
}

/// Says of the kept texts up to which engines they are as good as can be. Lost, they are looked through again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Mark {
    version: u32,
    engines: String,
    done: bool,
    /// What was read again before this moment (microseconds UTC) the index has.
    indexed: i64,
}

/// What was read again before this moment (microseconds UTC) the index has for sure.
pub(super) fn told_to_the_index(disk: &Disk, root: &Path) -> i64 {
    Mark::read(disk, root).indexed
}

impl Mark {
    fn path(root: &Path) -> PathBuf {
        root.join("derived/read-again.json")
    }

    fn read(disk: &Disk, root: &Path) -> Self {
        // What cannot be read says nothing: then all is looked through.
        serde_json::from_slice(&disk.read(&Self::path(root)).unwrap_or_default()).unwrap_or_default()
    }
}

/// The thread and what is seen of it.
pub struct Rereading {
    pub progress: Arc<Progress>,
    pub retries: Arc<Retries>,
    thread: Option<JoinHandle<()>>,
}

impl Rereading {
    pub fn start(
        reader: &Arc<Reader>,
        queue: &Arc<Queue>,
        retries: &Arc<Retries>,
        done: &Sender<Extracted>,
    ) -> std::io::Result<Self> {
        let progress = Arc::new(Progress::default());
        let (disk, mark) = (&reader.core.disk, mark_of_run(&reader.core.root));
        let cut_off = disk.exists(&mark).unwrap_or(true);
        progress.complete.store(!cut_off, Ordering::Release);
        if let (false, Err(error)) = (cut_off, disk.replace(&mark, b"")) {
            tracing::warn!(%error, "should this run be cut off, the next one will not know");
        }
        let again = Again {
            reader: Arc::clone(reader),
            queue: Arc::clone(queue),
            retries: Arc::clone(retries),
            progress: Arc::clone(&progress),
            done: done.clone(),
        };
        let thread = std::thread::Builder::new().name("rereading".to_owned()).spawn(move || again.run())?;
        Ok(Self { progress, retries: Arc::clone(retries), thread: Some(thread) })
    }

    /// Notes that a run has ended in order, unless the next one has to look for what is missing all the same.
    pub fn ended(progress: &Progress, reader: &Reader) {
        if !progress.complete.load(Ordering::Acquire) || reader.unnoted.load(Ordering::Acquire) {
            return;
        }
        if let Err(error) = reader.core.disk.remove(&mark_of_run(&reader.core.root)) {
            tracing::warn!(%error, "the next start looks for texts that are missing");
        }
    }
}

impl Drop for Rereading {
    fn drop(&mut self) {
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that reads documents again panicked");
        }
    }
}

struct Again {
    reader: Arc<Reader>,
    queue: Arc<Queue>,
    retries: Arc<Retries>,
    progress: Arc<Progress>,
    done: Sender<Extracted>,
}

impl Again {
    fn core(&self) -> &Core {
        &self.reader.core
    }

    fn run(self) {
        while self.wait_for_the_others() {
            match self.look_for_lost().and_then(|()| self.worth_a_try()).and_then(|()| self.look_through()) {
                Ok(()) => break,
                Err(refusal) => tracing::warn!(cause = refusal.causes(), "kept texts not looked through; trying again"),
            }
            std::thread::sleep(TROUBLE_WAIT);
        }
        while !self.core().stopping() {
            if let Some(retry) = self.retries.take() {
                self.try_again(&retry);
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// Waits until nobody waits for a first text and the index has followed. False when the archive is being closed.
    fn wait_for_the_others(&self) -> bool {
        let core = self.core();
        while !core.stopping() {
            let behind = core.index.position() < core.journal.size();
            let many = core.renewals.load(Ordering::Acquire) >= limits::TEXTS_RENEWED_AT_ONCE;
            if core.ready() && !behind && !many && !core.full() && self.queue.waiting() == 0 {
                return true;
            }
            std::thread::sleep(LOOK_EVERY);
        }
        false
    }

    fn try_again(&self, retry: &Retry) {
        if !self.wait_for_the_others() {
            return;
        }
        let before = match self.core().kept_text(&retry.blake3) {
            Ok(before) => before,
            Err(refusal) => return tracing::warn!(cause = refusal.causes(), "text not tried again"),
        };
        if before.as_ref().is_some_and(|kept| !self.deserves_a_try(kept)) {
            return;
        }
        match self.read(&retry.blake3, before.as_ref()) {
            Some(extraction) => self.tell(retry.blake3, extraction),
            // Nothing came of it: pending as before, until the last try.
            None if before.is_none() => self.retries.add(retry.blake3, retry.tried + 1),
            None => {}
        }
    }

    /// Its reader had bad luck, or it waits for letters that nothing recognises here any more. Where they are recognised,
    /// who does that finds by himself what an earlier run has left.
    fn deserves_a_try(&self, kept: &Kept) -> bool {
        kept.maker.may_try_again(kept.extraction.state)
            || (kept.extraction.state.awaits_recognition() && !self.reader.recognises)
    }

    fn read(&self, blake3: &Blake3, before: Option<&Kept>) -> Option<Extraction> {
        self.progress.read.fetch_add(1, Ordering::Relaxed);
        self.reader.again(blake3, before)
    }

    fn tell(&self, blake3: Blake3, extraction: Extraction) {
        self.core().renewals.fetch_add(1, Ordering::AcqRel);
        // The indexer may have ended before us at a stop; the next start tells it.
        let _ = self.done.send(Extracted { blake3, extraction: Arc::new(extraction), again: true });
    }

    /// After a run that was cut off: reads what has no text in force, and has recognised what only lacks its letters. By
    /// the contents themselves, since the index may say that it has the text.
    fn look_for_lost(&self) -> Result<(), Refusal> {
        if self.progress.complete.load(Ordering::Acquire) {
            return Ok(());
        }
        let core = self.core();
        for blake3 in core.catalogue.contents() {
            if core.stopping() {
                return Ok(());
            }
            let blake3 = blake3?;
            match core.catalogue.text(&blake3)?.as_deref().and_then(DerivedLocation::from_bytes) {
                Some(place) => {
                    let line = core.derived.line(&blake3, place).map_err(Refusal::failed)?;
                    if self.reader.recognises && line.is_some_and(|line| line.state.awaits_recognition()) {
                        self.reader.to_recognise.add(blake3);
                    }
                }
                None if core.unread(&blake3)?.is_none() => {
                    if !self.wait_for_the_others() {
                        return Ok(());
                    }
                    match self.read(&blake3, None) {
                        Some(extraction) => self.tell(blake3, extraction),
                        None => self.retries.add(blake3, 1),
                    }
                }
                None => {}
            }
        }
        self.progress.complete.store(true, Ordering::Release);
        Ok(())
    }

    /// What the index says was unlucky, waits for a recogniser that is gone, or is of a format that nothing could read:
    /// the first two are tried again, the third asked for when there is a reader now.
    fn worth_a_try(&self) -> Result<(), Refusal> {
        let text = "text:crashed OR text:out-of-memory OR text:timeout OR text:format-not-read OR \
                    text:awaiting-recognition";
        let text = text.to_owned();
        let mut request = Request { text, sort: Sort::Oldest, limit: limits::PAGE_MAX, ..Request::default() };
        loop {
            let found = self.core().index.search(&request, &View::ALL).map_err(Refusal::failed)?;
            for hit in &found.hits {
                if self.core().stopping() {
                    return Ok(());
                }
                if let Some(key) = Key::parse(hit.kind, &hit.id) {
                    self.look_at(key)?;
                }
            }
            match found.next_cursor {
                Some(cursor) => request.cursor = Some(cursor),
                None => return Ok(()),
            }
        }
    }

    fn look_at(&self, key: Key) -> Result<(), Refusal> {
        let Some((_, contents)) = items::build(self.core(), &key)? else { return Ok(()) };
        let mut stands = false;
        for blake3 in &contents {
            let extraction = match (self.core().kept_text(blake3)?, self.core().known_text(blake3)?) {
                (Some(kept), _) => {
                    if self.deserves_a_try(&kept) {
                        self.retries.add(*blake3, 1);
                    }
                    kept.extraction
                }
                (None, Known::Done(extraction)) => extraction,
                // There is a reader for it now: the indexer asks for the text when it puts the item.
                (None, Known::Pending) => {
                    self.core().index_again(key);
                    return Ok(());
                }
            };
            let reason = extraction.state.reason();
            stands |= extraction.state.awaits_recognition();
            stands |= reason.is_some_and(|reason| reason.may_be_bad_luck() || !reason.was_read());
        }
        if !stands {
            // It was read again, and the program ended before the index had that.
            self.core().index_again(key);
        }
        Ok(())
    }

    /// Reads again what could be read better by now. What the index was not told of is told to it.
    fn look_through(&self) -> Result<(), Refusal> {
        let mut mark = Mark::read(&self.core().disk, &self.core().root);
        let now = Mark { version: EXTRACTOR_VERSION, engines: self.reader.engines.clone(), ..mark.clone() };
        if mark == now && mark.done {
            return Ok(());
        }
        // Read again by an earlier run, perhaps without the index being told.
        let untold = mark.indexed..self.core().clock.now().as_microsecond();
        mark = Mark { done: false, ..now };
        let sealed = self.core().derived.open_pack();
        let started = Instant::now();
        let mut of = 0;
        self.each_to_read(&untold, &mut |_, _, _| {
            of += 1;
            Ok(true)
        })?;
        let ms = started.elapsed().as_millis() as u64;
        tracing::info!(outdone = of, ms, "kept texts looked through: these are read again, or told to the index");
        if of > 0 {
            self.progress.of.store(of, Ordering::Relaxed);
            self.each_to_read(&untold, &mut |blake3, place, outdone| {
                if !self.wait_for_the_others() {
                    return Ok(false);
                }
                let kept = self.core().derived.get(&blake3, place).map_err(Refusal::failed)?;
                let better = if outdone { self.read(&blake3, kept.as_ref()) } else { kept.map(|kept| kept.extraction) };
                if let Some(extraction) = better {
                    self.tell(blake3, extraction);
                }
                let done = self.progress.done.fetch_add(1, Ordering::Relaxed) + 1;
                if done.is_multiple_of(NOTED_EVERY) {
                    self.note(&mut mark)?;
                }
                Ok(true)
            })?;
        }
        if self.core().stopping() {
            return Ok(());
        }
        mark.done = true;
        self.note(&mut mark)?;
        self.progress.of.store(0, Ordering::Relaxed);
        self.progress.done.store(0, Ordering::Relaxed);
        self.let_go(sealed)
    }

    /// Calls back for each text in force that is to be read again (`true`) or only told to the index; goes on while
    /// that says so.
    fn each_to_read(
        &self,
        untold: &Range<i64>,
        each: &mut dyn FnMut(Blake3, DerivedLocation, bool) -> Result<bool, Refusal>,
    ) -> Result<(), Refusal> {
        let core = self.core();
        let mut failed = None;
        let scanned = core.derived.scan(&mut |blake3, place| {
            let outcome = match self.is_to_read(&blake3, place, untold) {
                Ok(Some(outdone)) => each(blake3, place, outdone),
                other => other.map(|_| true),
            };
            match outcome {
                Ok(true) if !core.stopping() => ControlFlow::Continue(()),
                Ok(_) => ControlFlow::Break(()),
                Err(refusal) => {
                    failed = Some(refusal);
                    ControlFlow::Break(())
                }
            }
        });
        failed.map_or_else(|| scanned.map_err(Refusal::failed), Err)
    }

    /// `None` for a text that is no longer in force, or as good as can be and known to the index.
    fn is_to_read(
        &self,
        blake3: &Blake3,
        place: DerivedLocation,
        untold: &Range<i64>,
    ) -> Result<Option<bool>, Refusal> {
        let core = self.core();
        if core.catalogue.text(blake3)?.as_deref() != Some(place.to_bytes().as_slice()) {
            return Ok(None);
        }
        let Some(line) = core.derived.line(blake3, place).map_err(Refusal::failed)? else { return Ok(Some(true)) };
        if line.maker.is_outdone_by(&self.reader.engines, line.state, &line.facts) {
            return Ok(Some(true));
        }
        Ok((line.maker.again && untold.contains(&line.maker.at)).then_some(false))
    }

    /// Removes packs, sealed before `sealed` was begun, that hold nothing in force any more.
    fn let_go(&self, sealed: u32) -> Result<(), Refusal> {
        let core = self.core();
        let in_force = &mut |blake3: &Blake3, place: DerivedLocation| match core.catalogue.text(blake3) {
            Ok(kept) => kept.as_deref() == Some(place.to_bytes().as_slice()),
            Err(_) => true,
        };
        let removed = core.derived.sweep(sealed, in_force).map_err(Refusal::failed)?;
        if removed > 0 {
            tracing::info!(removed, "packs of texts that were all read again are gone");
        }
        Ok(())
    }

    /// Writes down how far the index has what was read again, when it has that.
    fn note(&self, mark: &mut Mark) -> Result<(), DiskError> {
        let core = self.core();
        let now = core.clock.now().as_microsecond();
        while core.renewals.load(Ordering::Acquire) > 0 {
            if core.stopping() {
                return Ok(());
            }
            std::thread::sleep(LOOK_EVERY);
        }
        mark.indexed = now;
        let bytes = serde_json::to_vec(mark).expect("a mark has a JSON form");
        core.disk.replace(&Mark::path(&core.root), &bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_come_when_they_are_due_and_are_bounded() {
        let soon = Retries::new(Duration::ZERO);
        let content = |n: u32| Blake3::of(&n.to_le_bytes());
        soon.add(content(1), 1);
        soon.add(content(2), limits::TEXT_RETRIES_MAX + 1);
        assert_eq!(soon.take().map(|retry| retry.blake3), Some(content(1)));
        assert!(soon.take().is_none(), "tried often enough");
        let later = Retries::new(Duration::from_secs(3600));
        for n in 0..limits::TEXT_RETRIES_HELD as u32 + 5 {
            later.add(content(n), 1);
        }
        assert_eq!(later.waiting(), limits::TEXT_RETRIES_HELD);
        assert!(later.take().is_none(), "not yet");
    }
}
