//! What every part of the service shares: the two truths, the projections, and the small state in memory.

use std::collections::{BTreeMap, HashSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::audit;
use super::blobs::Uploaded;
use super::indexing::Tail;
use super::items::Key;
use super::refusal::Refusal;
use super::status::DayView;
use super::status_note::StatusNote;
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
    /// Where `catalogue/` and `index/` are.
    projections: PathBuf,
    directory: RwLock<Arc<Directory>>,
    /// Who uploaded what lately.
    pub(super) uploaded: Uploaded,
    /// Items not yet in the index.
    pub tail: Tail,
    /// Items that are to be indexed again although nothing has happened to them.
    again: Mutex<HashSet<Key>>,
    /// Contents read again whose new text the index does not have yet.
    pub(super) renewals: AtomicUsize,
    /// What was registered on each of the last days, as this generation of the index has it.
    pub(super) days_counted: Mutex<Option<(u64, Vec<DayView>)>>,
    /// Items by the state of their texts, in this generation of the index.
    pub(super) texts_counted: Mutex<Option<(u64, BTreeMap<&'static str, u64>)>>,
    /// What the self-audit has found.
    pub audit: audit::Figures,
    /// Events applied to the catalogue.
    applied: AtomicU64,
    applied_grown: (Mutex<()>, Condvar),
    /// Replay at start is over: commands are taken.
    ready: AtomicBool,
    /// The archive is being closed.
    stopping: AtomicBool,
    /// Which projections wait for room on their disk.
    full: AtomicU8,
    stopped: Mutex<Option<String>>,
    /// What a start found that an administrator should know.
    notes: Mutex<Vec<StatusNote>>,
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
    pub projections: PathBuf,
}

impl Core {
    pub fn new(parts: Parts, applied: Position) -> Self {
        let Parts { root, disk, clock, blobs, journal, catalogue, index, derived, projections } = parts;
        Self {
            root,
            disk,
            clock,
            blobs,
            journal,
            catalogue,
            index,
            derived,
            projections,
            uploaded: Uploaded::default(),
            directory: RwLock::new(Arc::new(Directory::default())),
            tail: Tail::default(),
            again: Mutex::default(),
            renewals: AtomicUsize::new(0),
            days_counted: Mutex::default(),
            texts_counted: Mutex::default(),
            audit: audit::Figures::default(),
            applied: AtomicU64::new(applied),
            applied_grown: (Mutex::new(()), Condvar::new()),
            ready: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            full: AtomicU8::new(0),
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

    pub fn notes(&self) -> Vec<StatusNote> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn note(&self, note: StatusNote) {
        tracing::warn!("{note}");
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(note);
    }

    /// Asks the indexer to put an item anew.
    pub(super) fn index_again(&self, key: Key) {
        self.again.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
    }

    /// Items that somebody asked to have put anew.
    pub(super) fn take_again(&self) -> HashSet<Key> {
        std::mem::take(&mut *self.again.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.directory.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn set_directory(&self, directory: Arc<Directory>) {
        let mut before = self.directory.write().unwrap_or_else(PoisonError::into_inner);
        if before.offices != directory.offices {
            let offices = directory.offices.values();
            self.index.name_offices(offices.map(|office| (office.code.as_str(), office.name.as_str())));
        }
        *before = directory;
    }

    /// Whether writes wait for room on the disk.
    pub fn full(&self) -> bool {
        self.full.load(Ordering::Acquire) != 0
    }

    pub(super) fn is_full(&self, projection: Projection) -> bool {
        self.full.load(Ordering::Acquire) & projection as u8 != 0
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
    pub(super) fn release_reserve(&self, projection: Projection) {
        let before = self.full.fetch_or(projection as u8, Ordering::AcqRel);
        if before & projection as u8 == 0 {
            tracing::error!(?projection, "disk full: nothing is taken until there is room");
        }
        if let Err(error) = self.disk.remove(&self.reserve_path())
            && !error.is_not_found()
        {
            tracing::error!(%error, "reserve not released");
        }
    }

    /// Takes the reserve again when there is room for it; writes go on from then.
    pub(super) fn restore_reserve(&self, projection: Projection) {
        match ensure_reserve(&self.disk, &self.root) {
            Ok(true) => {
                self.full.fetch_and(!(projection as u8), Ordering::AcqRel);
                tracing::info!(?projection, "there is room on the disk again");
            }
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "reserve not restored"),
        }
    }

    /// Whether the disk of a projection has room to try again.
    pub(super) fn has_room(&self, projection: Projection) -> bool {
        let free = Disk::real().free_space(&projection.folder(&self.projections));
        free.is_ok_and(|free| free >= limits::PROJECTION_ROOM)
    }

    /// Says that a projection cannot be trusted: it is rebuilt at the next start.
    pub(super) fn mark_damaged(&self, projection: Projection, reason: &str) {
        if let Err(error) = mark_damaged(&self.projections, projection, reason) {
            tracing::error!(%error, ?projection, "a damaged projection could not be marked: delete its folder");
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

/// What can be thrown away and made again from the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Projection {
    Catalogue = 1,
    Index = 2,
}

impl Projection {
    pub(super) fn folder(self, projections: &Path) -> PathBuf {
        projections.join(match self {
            Self::Catalogue => "catalogue",
            Self::Index => "index",
        })
    }

    /// The file that says, beside the folder, that it is to be rebuilt.
    pub(super) fn mark(self, projections: &Path) -> PathBuf {
        self.folder(projections).with_extension("damaged")
    }
}

pub(super) fn mark_damaged(
    projections: &Path,
    projection: Projection,
    reason: &str,
) -> Result<(), crate::disk::DiskError> {
    Disk::real().replace(&projection.mark(projections), reason.as_bytes())
}

/// Makes the reserve if it is missing and there is plenty of room. Says whether it is there.
pub(super) fn ensure_reserve(disk: &Disk, root: &Path) -> Result<bool, crate::disk::DiskError> {
    let path = root.join("reserve");
    // One that is cut short, because the disk filled up meanwhile, would give too little back.
    if disk.exists(&path)? && disk.open(&path)?.len()? >= limits::RESERVE {
        return Ok(true);
    }
    if disk.free_space(root)? < limits::RESERVE + 2 * limits::FREE_SPACE_MIN {
        return Ok(false);
    }
    let file = disk.open_write(&path)?;
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
