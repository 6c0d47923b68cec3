//! The ordered store under the catalogue: sled 0.34.7, used as measured (DESIGN.md section 1).
//!
//! One tree, one committer thread, no background flush; an fdatasync of our own, since sled's `flush` is none. To put
//! another ordered store here, this file is the one to change.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use super::{Applied, ItemRecord, Look, RecordError, Write, keys, records};
use crate::digest::Blake3;
use crate::ids::{DossierId, EntryId, Position, RegisterCode};
use crate::model::event::Recorded;
use crate::model::formed::{Period, Span};

/// Why the catalogue could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Delete it and replay the journal.
    #[error("the catalogue in {path} is damaged: {reason}")]
    Corrupt { path: PathBuf, reason: String },
    #[error("the catalogue in {path} cannot be opened")]
    Io { path: PathBuf, source: std::io::Error },
}

/// Why a look-up or write failed.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    #[error("the catalogue's disk is full")]
    Full(#[source] sled::Error),
    /// Between a failure of its disk and its reopening.
    #[error("the catalogue waits for room on its disk")]
    Away,
    /// Delete it and replay the journal.
    #[error("the catalogue is damaged: {reason}")]
    Damaged { reason: String },
    #[error("the catalogue failed")]
    Store(#[source] sled::Error),
    #[error("the catalogue cannot be made durable")]
    Sync(#[source] std::io::Error),
    #[error("catalogue key {key}")]
    Value { key: String, source: RecordError },
    #[error("event {kind} at {position} speaks of {subject}, which the catalogue does not know")]
    Subject { kind: &'static str, position: Position, subject: String },
}

impl CatalogueError {
    pub(super) fn value(key: &[u8], source: RecordError) -> Self {
        Self::Value { key: key.escape_ascii().to_string(), source }
    }

    pub(super) fn subject(recorded: &Recorded) -> Self {
        Self::Subject { kind: recorded.event.kind(), position: recorded.position, subject: recorded.subject.clone() }
    }

    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full(_) | Self::Away)
    }

    /// Whether what is stored cannot be trusted: the cure is a rebuild.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged { .. } | Self::Value { .. } | Self::Subject { .. } => true,
            Self::Store(error) => !matches!(error, sled::Error::Io(_)),
            Self::Full(_) | Self::Away | Self::Sync(_) => false,
        }
    }
}

impl From<sled::Error> for CatalogueError {
    fn from(error: sled::Error) -> Self {
        match &error {
            sled::Error::Io(io) if io.kind() == std::io::ErrorKind::StorageFull => Self::Full(error),
            _ => Self::Store(error),
        }
    }
}

/// The catalogue on disk. Reads from any thread; writes from one.
pub struct Catalogue {
    /// None while it is being reopened.
    tree: RwLock<Option<sled::Db>>,
    folder: PathBuf,
    cache: u64,
}

/// How often, and how long after each other, a locked catalogue is tried again.
const OPEN_ATTEMPTS: u32 = 200;
const OPEN_EVERY: Duration = Duration::from_millis(10);

impl Catalogue {
    /// Opens or creates it. `cache` is the memory sled may use for pages, in bytes.
    pub fn open(folder: &Path, cache: u64) -> Result<Self, OpenError> {
        let tree = open_tree(folder, cache)?;
        let catalogue = Self { tree: RwLock::new(Some(tree)), folder: folder.to_owned(), cache };
        let applied = fenced(|| catalogue.applied());
        applied.map_err(|error| OpenError::Corrupt { path: folder.to_owned(), reason: error.to_string() })?;
        Ok(catalogue)
    }

    /// Opens it again after its disk was full: sled takes nothing more once a write has failed. What was written after
    /// the last [`Catalogue::sync`] may be gone, so it is given again before anybody looks.
    pub fn reopen(&self, lost: &[Vec<Write>], applied: Option<&Applied>) -> Result<(), CatalogueError> {
        let mut held = self.tree.write().unwrap_or_else(PoisonError::into_inner);
        drop(held.take());
        let tree = match open_tree(&self.folder, self.cache) {
            Ok(tree) => tree,
            Err(OpenError::Corrupt { reason, .. }) => return Err(CatalogueError::Damaged { reason }),
            Err(OpenError::Io { source, .. }) => return Err(CatalogueError::from(sled::Error::Io(source))),
        };
        fenced(|| {
            lost.iter().try_for_each(|writes| write_to(&tree, writes))?;
            applied.map_or(Ok(()), |applied| Ok(tree.insert(keys::APPLIED, applied.to_bytes()).map(drop)?))
        })?;
        *held = Some(tree);
        Ok(())
    }

    /// The tree, for one look or write.
    fn tree(&self) -> Result<sled::Db, CatalogueError> {
        self.tree.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or(CatalogueError::Away)
    }

    /// Reads every key and value, as sled and as this catalogue understand them.
    ///
    /// # Errors
    /// [`CatalogueError::is_damage`] when one cannot be read.
    pub fn check(&self) -> Result<u64, CatalogueError> {
        fenced(|| {
            let mut keys = 0;
            let mut before: Option<Vec<u8>> = None;
            for pair in self.tree()?.iter() {
                let (key, _) = pair?;
                if before.as_deref().is_some_and(|before| before >= key.as_ref()) {
                    return Err(CatalogueError::Damaged { reason: "keys out of order".to_owned() });
                }
                before = Some(key.to_vec());
                keys += 1;
            }
            Ok(keys)
        })
    }

    /// How far it has come; the beginning when it is new.
    pub fn applied(&self) -> Result<Applied, CatalogueError> {
        let stored = self.get(keys::APPLIED)?;
        let applied = stored.map(|bytes| Applied::from_bytes(&bytes)).transpose();
        Ok(applied.map_err(|error| CatalogueError::value(keys::APPLIED, error))?.unwrap_or_default())
    }

    /// Writes the keys of one event. A crash between two of them is mended by applying the event again.
    pub fn write(&self, writes: &[Write]) -> Result<(), CatalogueError> {
        fenced(|| write_to(&self.tree()?, writes))
    }

    /// Remembers how far it has come; to be called after the keys up to there are written.
    pub fn set_applied(&self, applied: &Applied) -> Result<(), CatalogueError> {
        fenced(|| Ok(self.tree()?.insert(keys::APPLIED, applied.to_bytes()).map(drop)?))
    }

    /// Makes what was written durable.
    pub fn sync(&self) -> Result<(), CatalogueError> {
        fenced(|| Ok(self.tree()?.flush().map(drop)?))?;
        let synced = File::open(self.folder.join("db")).and_then(|file| file.sync_data());
        synced.map_err(|source| match source.kind() {
            std::io::ErrorKind::StorageFull => CatalogueError::Full(sled::Error::Io(source)),
            _ => CatalogueError::Sync(source),
        })
    }

    /// The last number given in a register's year; 0 when none.
    pub fn last_number(&self, register: &RegisterCode, year: i16) -> Result<u64, CatalogueError> {
        let prefix = keys::entries_of_year(register, year);
        let Some(last) = self.tree()?.scan_prefix(&prefix).keys().next_back() else { return Ok(0) };
        let key = last?;
        number_at_end(&key).ok_or_else(|| CatalogueError::value(&key, RecordError))
    }

    /// The first number of a register's year; none when there is no entry in it.
    pub fn first_number(&self, register: &RegisterCode, year: i16) -> Result<Option<u64>, CatalogueError> {
        let prefix = keys::entries_of_year(register, year);
        let Some(first) = self.tree()?.scan_prefix(&prefix).keys().next() else { return Ok(None) };
        let key = first?;
        number_at_end(&key).map(Some).ok_or_else(|| CatalogueError::value(&key, RecordError))
    }

    /// The entry of a register that comes just before this year and number.
    pub fn entry_before(
        &self,
        register: &RegisterCode,
        year: i16,
        number: u64,
    ) -> Result<Option<EntryId>, CatalogueError> {
        let bound = keys::entry(&EntryId { register: register.clone(), year, number });
        let Some((key, _)) = fenced(|| Ok(self.tree()?.get_lt(bound)?))? else { return Ok(None) };
        let Some(rest) = key.strip_prefix(keys::entries(register).as_slice()) else { return Ok(None) };
        let wrong = || CatalogueError::value(&key, RecordError);
        let (year, number) = rest.split_first_chunk::<2>().ok_or_else(wrong)?;
        let number = number_at_end(number).ok_or_else(wrong)?;
        Ok(Some(EntryId { register: register.clone(), year: i16::from_be_bytes(*year), number }))
    }

    /// Where the events stand that formed a register's registers of days or of years, before this one, newest first.
    pub fn formed_before(
        &self,
        register: &RegisterCode,
        span: Span,
        before: Option<Period>,
    ) -> impl Iterator<Item = Result<Position, CatalogueError>> + use<> {
        let from = keys::formed_of(register, span);
        // No year begins with these bytes.
        let to = before.map_or_else(|| [from.as_slice(), &[0xff]].concat(), |period| keys::formed(register, period));
        self.pairs_back(from..to).map(|pair| {
            let (key, value) = pair?;
            records::number(&value).map_err(|error| CatalogueError::value(&key, error))
        })
    }

    /// Where the event stands that formed the first of them.
    pub fn first_formed(&self, register: &RegisterCode, span: Span) -> Result<Option<Position>, CatalogueError> {
        let from = keys::formed_of(register, span);
        let Some(pair) = self.pairs(|tree| tree.scan_prefix(&from)).next() else { return Ok(None) };
        let (key, value) = pair?;
        records::number(&value).map(Some).map_err(|error| CatalogueError::value(&key, error))
    }

    fn pairs_back(
        &self,
        range: std::ops::Range<Vec<u8>>,
    ) -> impl Iterator<Item = Result<(sled::IVec, sled::IVec), CatalogueError>> + use<> {
        let mut left = Some(self.tree().map(|tree| tree.range(range)));
        std::iter::from_fn(move || match left.take()? {
            Ok(mut iter) => match fenced(|| iter.next_back().transpose().map_err(CatalogueError::from)) {
                Ok(pair) => {
                    left = Some(Ok(iter));
                    pair.map(Ok)
                }
                Err(error) => Some(Err(error)),
            },
            Err(error) => Some(Err(error)),
        })
    }

    /// Items of a dossier with numbers above `after`, ascending.
    pub fn items(
        &self,
        dossier: DossierId,
        after: u32,
    ) -> impl Iterator<Item = Result<(u32, ItemRecord), CatalogueError>> {
        let from = keys::item(dossier, after.saturating_add(1));
        let to = keys::item(dossier, u32::MAX);
        self.pairs(|tree| tree.range(from..=to)).map(|pair| {
            let (key, value) = pair?;
            let item = ItemRecord::from_bytes(&value).map_err(|error| CatalogueError::value(&key, error))?;
            let number = key.last_chunk().map(|bytes| u32::from_be_bytes(*bytes)).unwrap_or_default();
            Ok((number, item))
        })
    }

    /// A range of the tree; a look at a tree that is away, or that sled gives up on, ends it with an error.
    fn pairs<R: FnOnce(&sled::Db) -> sled::Iter>(
        &self,
        range: R,
    ) -> impl Iterator<Item = Result<(sled::IVec, sled::IVec), CatalogueError>> + use<R> {
        let mut left = Some(self.tree().map(|tree| range(&tree)));
        std::iter::from_fn(move || match left.take()? {
            Ok(mut iter) => match fenced(|| iter.next().transpose().map_err(CatalogueError::from)) {
                Ok(pair) => {
                    left = Some(Ok(iter));
                    pair.map(Ok)
                }
                Err(error) => Some(Err(error)),
            },
            Err(error) => Some(Err(error)),
        })
    }

    /// All contents, by their digests.
    pub fn contents(&self) -> impl Iterator<Item = Result<Blake3, CatalogueError>> {
        self.pairs(|tree| tree.scan_prefix(keys::BLOBS)).map(|pair| {
            let (key, _) = pair?;
            let digest = key.last_chunk::<32>().ok_or_else(|| CatalogueError::value(&key, RecordError))?;
            Ok(Blake3::from_bytes(*digest))
        })
    }

    /// Sub-dossiers of a dossier.
    pub fn children(&self, parent: DossierId) -> Result<Vec<DossierId>, CatalogueError> {
        let mut children = Vec::new();
        for key in self.tree()?.scan_prefix(keys::children(parent)).keys() {
            let key = key?;
            let id = key.last_chunk::<16>().ok_or_else(|| CatalogueError::value(&key, RecordError))?;
            children.push(DossierId(uuid::Uuid::from_bytes(*id)));
        }
        Ok(children)
    }

    /// Positions of the events that make the directory, ascending.
    pub fn directory_positions(&self) -> Result<Vec<Position>, CatalogueError> {
        let mut positions = Vec::new();
        for key in self.tree()?.scan_prefix(keys::DIRECTORY).keys() {
            let key = key?;
            positions.push(number_at_end(&key).ok_or_else(|| CatalogueError::value(&key, RecordError))?);
        }
        Ok(positions)
    }

    /// The key under which a content's place is kept, with that place.
    pub fn blob_write(digest: &Blake3, location: Vec<u8>) -> Write {
        (keys::blob(digest), Some(location))
    }

    /// The key under which a content's extracted text is kept, with its place.
    pub fn text_write(digest: &Blake3, location: Vec<u8>) -> Write {
        (keys::text(digest), Some(location))
    }

    /// Every key and value but how far it has come, ascending: what `verify` compares with a replay.
    pub fn dump(&self) -> impl Iterator<Item = Result<(Vec<u8>, Vec<u8>), CatalogueError>> {
        self.pairs(|tree| tree.iter()).filter(|pair| pair.as_ref().map_or(true, |(key, _)| key != keys::APPLIED)).map(
            |pair| {
                let (key, value) = pair?;
                Ok((key.to_vec(), value.to_vec()))
            },
        )
    }

    /// Bytes on disk.
    pub fn size(&self) -> Result<u64, CatalogueError> {
        Ok(self.tree()?.size_on_disk()?)
    }
}

impl Look for Catalogue {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, CatalogueError> {
        fenced(|| Ok(self.tree()?.get(key)?.map(|value| value.to_vec())))
    }
}

/// Key by key: a batch of sled's costs five times as much (100 µs against 17 µs for three keys) for an atomicity that
/// nobody needs here. What a crash leaves of an event is before the position that is written last, and the event is
/// applied again.
fn write_to(tree: &sled::Db, writes: &[Write]) -> Result<(), CatalogueError> {
    for (key, value) in writes {
        match value {
            Some(value) => tree.insert(key.as_slice(), value.as_slice())?,
            None => tree.remove(key.as_slice())?,
        };
    }
    Ok(())
}

/// Opens sled's files. One that was let go a moment ago may still be locked by a reader or by sled's own threads, which
/// end when they please.
fn open_tree(folder: &Path, cache: u64) -> Result<sled::Db, OpenError> {
    for _ in 0..OPEN_ATTEMPTS {
        match open_tree_once(folder, cache) {
            Err(OpenError::Io { source, .. }) if source.to_string().contains("acquire lock") => {
                std::thread::sleep(OPEN_EVERY);
            }
            other => return other,
        }
    }
    open_tree_once(folder, cache)
}

fn open_tree_once(folder: &Path, cache: u64) -> Result<sled::Db, OpenError> {
    let config = sled::Config::new().path(folder).cache_capacity(cache).flush_every_ms(None);
    // sled panics on some damage instead of returning an error.
    let opened = catch_unwind(AssertUnwindSafe(|| config.open()));
    let corrupt = |reason: String| OpenError::Corrupt { path: folder.to_owned(), reason };
    match opened {
        Ok(Ok(tree)) => Ok(tree),
        Ok(Err(sled::Error::Io(source))) => Err(OpenError::Io { path: folder.to_owned(), source }),
        Ok(Err(error)) => Err(corrupt(error.to_string())),
        Err(_) => Err(corrupt("it cannot be read".to_owned())),
    }
}

/// sled panics on some damage it meets later, too.
fn fenced<T>(act: impl FnOnce() -> Result<T, CatalogueError>) -> Result<T, CatalogueError> {
    let damaged = |_| Err(CatalogueError::Damaged { reason: "sled gave up on what it read".to_owned() });
    catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(damaged)
}

fn number_at_end(key: &[u8]) -> Option<u64> {
    key.last_chunk().map(|bytes| u64::from_be_bytes(*bytes))
}
