//! What has been uploaded and is not referred to yet? Hashed once, held in bounded memory or in `incoming/`.

use std::collections::{BTreeSet, HashMap};
use std::io::Read;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::{Inner, Store};
use crate::digest::{Blake3, ContentDigests, ContentHasher, Sha256};
use crate::disk::{Disk, DiskError, File};
use crate::ids::UserId;
use crate::limits;

/// Why a content was not staged.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    #[error("the content's SHA-256 is {found}, announced was {expected}")]
    WrongDigest { expected: Sha256, found: Sha256 },
    #[error("the content is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("only {free} bytes are free on the disk")]
    Full { free: u64 },
    #[error("an earlier part of this content could not be stored")]
    Incomplete,
    #[error("the sender's bytes could not be read")]
    Source(#[source] std::io::Error),
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl StageError {
    /// There is no room: worth trying again later.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Full { .. } => true,
            Self::Disk(error) => error.is_full(),
            Self::WrongDigest { .. } | Self::TooLarge { .. } | Self::Incomplete | Self::Source(_) => false,
        }
    }
}

/// The staged contents, and who sent each.
#[derive(Default)]
pub(super) struct Staging {
    contents: HashMap<Blake3, Staged>,
    memory: Arc<AtomicU64>,
}

#[derive(Clone)]
pub(super) struct Staged {
    pub digests: ContentDigests,
    pub crc: u32,
    pub body: Body,
    uploaders: BTreeSet<UserId>,
    since: Timestamp,
}

/// Where a staged content waits; the last clone to go gives memory or file back.
#[derive(Clone)]
pub(super) enum Body {
    Memory(Arc<Held>),
    File(Arc<Temporary>),
}

/// Bytes in memory, counted against the bound.
pub(super) struct Held {
    pub bytes: Vec<u8>,
    _reserved: Reservation,
}

/// A share of the memory that all staged contents may take.
struct Reservation {
    used: Arc<AtomicU64>,
    bytes: u64,
}

impl Reservation {
    /// Takes `more`; `false` when that is more than there is.
    fn grow(&mut self, more: u64, limit: u64) -> bool {
        let taken = self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            used.checked_add(more).filter(|total| *total <= limit)
        });
        if taken.is_ok() {
            self.bytes += more;
        }
        taken.is_ok()
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// A file in `incoming/` that goes when nobody holds it any more.
pub(super) struct Temporary {
    disk: Disk,
    pub path: PathBuf,
    pub file: File,
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Err(error) = self.disk.remove(&self.path) {
            // Harmless: the next start empties the folder.
            tracing::warn!(error = %error, cause = %error.source, "an upload's temporary file stays behind");
        }
    }
}

/// A content on its way in. Dropped unfinished, it leaves nothing behind.
pub struct Upload {
    inner: Arc<Inner>,
    hasher: ContentHasher,
    crc: crc32fast::Hasher,
    size: u64,
    memory: Vec<u8>,
    reserved: Reservation,
    spilled: Option<Temporary>,
    /// The size at which free space is asked for again.
    check_at: u64,
}

impl Store {
    /// Begins to receive a content.
    pub fn begin(&self) -> Upload {
        let used = self.inner.staging().memory.clone();
        Upload {
            inner: self.inner.clone(),
            hasher: ContentHasher::default(),
            crc: crc32fast::Hasher::new(),
            size: 0,
            memory: Vec::new(),
            reserved: Reservation { used, bytes: 0 },
            spilled: None,
            check_at: 0,
        }
    }

    /// Receives all of `source`.
    pub fn stage(
        &self,
        mut source: impl Read,
        uploader: UserId,
        now: Timestamp,
        expect: Option<Sha256>,
    ) -> Result<ContentDigests, StageError> {
        let mut upload = self.begin();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match source.read(&mut buffer) {
                Ok(0) => return upload.finish(uploader, now, expect),
                Ok(count) => upload.write(&buffer[..count])?,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(StageError::Source(error)),
            }
        }
    }

    /// The digests of a staged content, if `by` is among those who sent it.
    pub fn staged(&self, digest: &Blake3, by: UserId) -> Option<ContentDigests> {
        let staging = self.inner.staging();
        staging.contents.get(digest).filter(|staged| staged.uploaders.contains(&by)).map(|staged| staged.digests)
    }

    /// The bytes of a staged content of at most `most`, if `by` is among those who sent it.
    ///
    /// # Errors
    /// When the file in which it waits cannot be read.
    pub fn staged_bytes(&self, digest: &Blake3, by: UserId, most: u64) -> Result<Option<Vec<u8>>, DiskError> {
        let staged = self.inner.staging().contents.get(digest).cloned();
        let staged = staged.filter(|staged| staged.uploaders.contains(&by) && staged.digests.size <= most);
        staged
            .map(|staged| match &staged.body {
                Body::Memory(held) => Ok(held.bytes.clone()),
                Body::File(temporary) => temporary.file.read_vec(0, staged.digests.size as usize),
            })
            .transpose()
    }

    pub fn is_staged(&self, digest: &Blake3) -> bool {
        self.inner.staging().contents.contains_key(digest)
    }

    /// Bytes that staged contents and running uploads hold in memory.
    pub fn staged_memory(&self) -> u64 {
        self.inner.staging().memory.load(Ordering::Relaxed)
    }

    /// Forgets what was sent before `time` and that nothing has referred to.
    pub fn forget_older_than(&self, time: Timestamp) {
        let mut staging = self.inner.staging();
        let old: Vec<Blake3> =
            staging.contents.iter().filter(|(_, staged)| staged.since < time).map(|(digest, _)| *digest).collect();
        let gone: Vec<_> = old.iter().filter_map(|digest| staging.contents.remove(digest)).collect();
        // Files are removed after the table is free again.
        drop(staging);
        drop(gone);
    }
}

impl Upload {
    /// Takes the next bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StageError> {
        let size = self.size + bytes.len() as u64;
        let limit = self.inner.settings.upload_max;
        if size > limit {
            return Err(StageError::TooLarge { limit });
        }
        self.hasher.update(bytes);
        self.crc.update(bytes);
        if self.spilled.is_none() {
            let settings = &self.inner.settings;
            let fits = size <= settings.packed_content_max
                && self.reserved.grow(bytes.len() as u64, settings.staged_memory_max);
            if fits {
                self.memory.extend_from_slice(bytes);
                self.size = size;
                return Ok(());
            }
            self.spill()?;
        }
        self.put_in_file(bytes)
    }

    /// Moves what is in memory to a file, where the rest will follow.
    fn spill(&mut self) -> Result<(), StageError> {
        let disk = &self.inner.disk;
        let path = self.inner.layout.incoming().join(format!("{:032x}", rand::random::<u128>()));
        let file = disk.create_new(&path)?;
        self.spilled = Some(Temporary { disk: disk.clone(), path, file });
        self.size = 0;
        let memory = std::mem::take(&mut self.memory);
        self.put_in_file(&memory)?;
        self.reserved = Reservation { used: self.reserved.used.clone(), bytes: 0 };
        Ok(())
    }

    fn put_in_file(&mut self, bytes: &[u8]) -> Result<(), StageError> {
        if self.size >= self.check_at {
            let needed = self.inner.settings.free_space_min;
            let free = self.inner.disk.free_space(&self.inner.layout.root)?;
            if free < needed {
                return Err(StageError::Full { free });
            }
            // Asked often enough that uploads at once do not eat the margin.
            self.check_at = self.size + needed / 16;
        }
        if let Some(spilled) = &self.spilled {
            spilled.file.write_at(self.size, bytes)?;
        }
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// The address that the content would have if it ended here.
    pub fn blake3(&self) -> Blake3 {
        self.hasher.blake3()
    }

    /// Ends the content and puts it among the staged ones. `now` is when its 24 hours begin.
    pub fn finish(
        self,
        uploader: UserId,
        now: Timestamp,
        expect: Option<Sha256>,
    ) -> Result<ContentDigests, StageError> {
        let digests = self.hasher.finish();
        if digests.size != self.size {
            return Err(StageError::Incomplete);
        }
        if let Some(expected) = expect.filter(|expected| *expected != digests.sha256) {
            return Err(StageError::WrongDigest { expected, found: digests.sha256 });
        }
        let body = match self.spilled {
            Some(temporary) => Body::File(Arc::new(temporary)),
            None => {
                let mut bytes = self.memory;
                bytes.shrink_to_fit();
                Body::Memory(Arc::new(Held { bytes, _reserved: self.reserved }))
            }
        };
        let new = Staged { digests, crc: self.crc.finalize(), body, uploaders: BTreeSet::new(), since: now };
        let mut staging = self.inner.staging();
        let (kept, spare) = match staging.contents.remove(&digests.blake3) {
            Some(old) => (old, Some(new)),
            None => (new, None),
        };
        let staged = staging.contents.entry(digests.blake3).or_insert(kept);
        staged.uploaders.insert(uploader);
        staged.since = now;
        drop(staging);
        // A second copy of the same content is given back only now, off the lock.
        drop(spare);
        Ok(digests)
    }
}

impl Inner {
    pub(super) fn staging(&self) -> MutexGuard<'_, Staging> {
        self.staging.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn staged_content(&self, digest: &Blake3) -> Option<Staged> {
        self.staging().contents.get(digest).cloned()
    }

    /// Forgets contents that are committed now.
    pub(super) fn unstage(&self, digests: &[Blake3]) {
        let mut staging = self.staging();
        let gone: Vec<_> = digests.iter().filter_map(|digest| staging.contents.remove(digest)).collect();
        drop(staging);
        drop(gone);
    }
}

impl Temporary {
    /// The whole content, for one that is small but had no room in memory.
    pub(super) fn read(&self, size: u64) -> Result<Vec<u8>, DiskError> {
        self.file.read_vec(0, usize::try_from(size).unwrap_or(usize::MAX))
    }
}

/// The digest of a file's bytes.
pub(super) fn digest_of_file(file: &File) -> Result<Blake3, DiskError> {
    let mut hasher = ContentHasher::default();
    let (mut offset, mut buffer) = (0, vec![0; limits::STREAM_CHUNK]);
    loop {
        let count = file.read_at(offset, &mut buffer)?;
        if count == 0 {
            return Ok(hasher.finish().blake3);
        }
        hasher.update(&buffer[..count]);
        offset += count as u64;
    }
}
