//! What every part of the service shares: the two truths, the projections, and the small state in memory.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::indexing::Tail;
use super::refusal::Refusal;
use crate::blob::{Content, Location, Store};
use crate::catalogue::{Catalogue, Look};
use crate::clock::Clock;
use crate::digest::Blake3;
use crate::disk::Disk;
use crate::ids::{Position, UserId};
use crate::index::Index;
use crate::journal::{RawLine, Reader};
use crate::limits;
use crate::model::directory::Directory;
use crate::model::event::{Event, Recorded};
use crate::text::derived::Derived;

pub struct Core {
    pub root: PathBuf,
    pub disk: Disk,
    pub clock: Clock,
    pub blobs: Store,
    pub journal: Reader,
    pub catalogue: Catalogue,
    pub index: Index,
    pub derived: Derived,
    directory: RwLock<Arc<Directory>>,
    /// Items not yet in the index.
    pub tail: Tail,
    /// Events applied to the catalogue.
    applied: AtomicU64,
    applied_grown: (Mutex<()>, Condvar),
    /// Replay at start is over: commands are taken.
    ready: AtomicBool,
    /// The archive is being closed.
    stopping: AtomicBool,
    full: AtomicBool,
    stopped: Mutex<Option<String>>,
    /// What a start found that an administrator should know.
    notes: Mutex<Vec<String>>,
}

/// The parts that a core is made of.
pub struct Parts {
    pub root: PathBuf,
    pub disk: Disk,
    pub clock: Clock,
    pub blobs: Store,
    pub journal: Reader,
    pub catalogue: Catalogue,
    pub index: Index,
    pub derived: Derived,
}

impl Core {
    pub fn new(parts: Parts, applied: Position) -> Self {
        let Parts { root, disk, clock, blobs, journal, catalogue, index, derived } = parts;
        Self {
            root,
            disk,
            clock,
            blobs,
            journal,
            catalogue,
            index,
            derived,
            directory: RwLock::new(Arc::new(Directory::default())),
            tail: Tail::default(),
            applied: AtomicU64::new(applied),
            applied_grown: (Mutex::new(()), Condvar::new()),
            ready: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            full: AtomicBool::new(false),
            stopped: Mutex::new(None),
            notes: Mutex::new(Vec::new()),
        }
    }

    /// Events applied to the catalogue.
    pub fn applied(&self) -> Position {
        self.applied.load(Ordering::Acquire)
    }

    pub(super) fn set_applied(&self, position: Position) {
        let _held = self.applied_grown.0.lock().unwrap_or_else(PoisonError::into_inner);
        self.applied.store(position, Ordering::Release);
        self.applied_grown.1.notify_all();
    }

    /// Waits until more than `position` events are applied, or the time is over; gives how many are.
    pub fn wait_applied(&self, position: Position, timeout: Duration) -> Position {
        let until = Instant::now() + timeout;
        let mut held = self.applied_grown.0.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let applied = self.applied();
            let left = until.saturating_duration_since(Instant::now());
            if applied > position || left.is_zero() {
                return applied;
            }
            held = self.applied_grown.1.wait_timeout(held, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Whether the replay at start is over.
    pub fn ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    pub(super) fn set_ready(&self) {
        self.ready.store(true, Ordering::Release);
    }

    pub fn stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    pub(super) fn set_stopping(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    pub fn notes(&self) -> Vec<String> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn note(&self, text: String) {
        tracing::warn!("{text}");
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    }

    pub fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.directory.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn set_directory(&self, directory: Arc<Directory>) {
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = directory;
    }

    /// Whether writes wait for room on the disk.
    pub fn full(&self) -> bool {
        self.full.load(Ordering::Acquire)
    }

    /// Why nothing is written until a restart, when that is so.
    pub fn stopped(&self) -> Option<String> {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_stopped(&self, reason: &str) {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.to_owned());
    }

    fn reserve_path(&self) -> PathBuf {
        self.root.join("reserve")
    }

    /// Gives the reserve back to a full disk, so that what is decided can still be applied.
    pub(super) fn release_reserve(&self) {
        self.full.store(true, Ordering::Release);
        if let Err(error) = self.disk.remove(&self.reserve_path())
            && !error.is_not_found()
        {
            tracing::error!(%error, "reserve not released");
        }
    }

    /// Takes the reserve again when there is room for it; writes go on from then.
    pub(super) fn restore_reserve(&self) {
        match ensure_reserve(&self.disk, &self.root) {
            Ok(true) => {
                self.full.store(false, Ordering::Release);
                tracing::info!("there is room on the disk again: writes go on");
            }
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "reserve not restored"),
        }
    }

    /// The journal's line at a position.
    pub fn line(&self, position: Position) -> Result<RawLine, Refusal> {
        Ok(self.journal.line(position)?)
    }

    /// The event at a position.
    pub fn recorded(&self, position: Position) -> Result<Recorded, Refusal> {
        recorded(&self.line(position)?)
    }

    /// Where a content lies.
    pub fn location(&self, blake3: &Blake3) -> Result<Location, Refusal> {
        let stored = self.catalogue.blob(blake3)?.ok_or(Refusal::NotFound("content"))?;
        Location::from_bytes(&stored).ok_or_else(|| Refusal::Failed(format!("place of {blake3} unreadable").into()))
    }

    /// The first bytes of a content, at most `length`.
    pub fn head(&self, blake3: &Blake3, length: u64) -> Result<Vec<u8>, Refusal> {
        let location = self.location(blake3)?;
        let mut range = self.blobs.open_range(blake3, &location, 0, length.min(location.size()))?;
        let mut head = Vec::new();
        range.read_to_end(&mut head).map_err(Refusal::failed)?;
        Ok(head)
    }

    /// A stored content, checked against its digest when it is read to the end.
    pub fn content(&self, blake3: &Blake3) -> Result<Content, Refusal> {
        Ok(self.blobs.open_content(blake3, &self.location(blake3)?)?)
    }
}

/// Makes the reserve if it is missing and there is plenty of room. Says whether it is there.
pub(super) fn ensure_reserve(disk: &Disk, root: &Path) -> Result<bool, crate::disk::DiskError> {
    let path = root.join("reserve");
    if disk.exists(&path)? {
        return Ok(true);
    }
    if disk.free_space(root)? < limits::RESERVE + 2 * limits::FREE_SPACE_MIN {
        return Ok(false);
    }
    let file = disk.create_new(&path)?;
    // Written, not only sized: a hole would give nothing back.
    let block = vec![0_u8; limits::MIB as usize];
    for n in 0..limits::RESERVE / limits::MIB {
        file.write_at(n * limits::MIB, &block)?;
    }
    Ok(true)
}

/// A journal line as an event.
pub(super) fn recorded(line: &RawLine) -> Result<Recorded, Refusal> {
    let actor: UserId = line.actor.parse().map_err(Refusal::failed)?;
    Ok(Recorded {
        position: line.position,
        time: line.time,
        actor,
        subject: line.subject.to_string(),
        event: Event::decode(&line.kind, line.version, &line.public, line.private.as_deref())?,
    })
}
