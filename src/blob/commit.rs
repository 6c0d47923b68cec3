//! How do staged contents become durable? One writer appends a batch to the open pack, links large files, and syncs.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::pack::{self, Member};
use super::stage::{Body, Staged, Temporary, digest_of_file};
use super::{Inner, Location, MEMBER_HEADER, PackTail, scan};
use crate::digest::Blake3;
use crate::disk::{DiskError, File};

/// Why a batch of contents was not committed. Nothing of it is in the store, except after [`CommitError::Poisoned`].
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    #[error("content {digest} is not staged")]
    NotStaged { digest: Blake3 },
    #[error("a batch of {members} contents and {bytes} bytes does not fit into one pack")]
    BatchTooLarge { members: usize, bytes: u64 },
    #[error("only {free} bytes are free on the disk, {needed} are needed")]
    Full { free: u64, needed: u64 },
    #[error(transparent)]
    Disk(DiskError),
    /// A sync failed, now or earlier: what the disk holds is uncertain, so nothing more is written until a restart.
    #[error("a write to the packs could not be made certain; nothing more is written until a restart")]
    Poisoned(#[source] Option<DiskError>),
}

impl CommitError {
    /// There is no room: worth trying again later.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Full { .. } => true,
            Self::Disk(error) => error.is_full(),
            Self::NotStaged { .. } | Self::BatchTooLarge { .. } | Self::Poisoned(_) => false,
        }
    }

    pub fn is_poisoned(&self) -> bool {
        matches!(self, Self::Poisoned(_))
    }
}

/// Written at once; a batch is seldom larger.
const WRITE_CHUNK: usize = 8 * 1024 * 1024;

/// The one handle that writes to the store.
pub struct Writer {
    pub(super) inner: Arc<Inner>,
    pub(super) number: u32,
    pub(super) file: File,
    /// End of the last member.
    pub(super) end: u64,
    pub(super) members: u32,
    /// The last members of the open pack, as many as this process has seen; sealing reads the headers of those before.
    pub(super) known: Vec<Member>,
    batch: Option<Batch>,
    poisoned: bool,
    /// Folders whose names this process has made durable.
    synced: HashSet<PathBuf>,
    buffer: Vec<u8>,
}

/// What is needed to take a batch back.
struct Batch {
    end: u64,
    members: u32,
    known: usize,
    digests: Vec<Blake3>,
}

/// Failed before or at a sync: the first can be taken back, the second not.
enum Failure {
    Write(DiskError),
    Sync(DiskError),
}

impl Writer {
    pub(super) fn new(inner: Arc<Inner>, number: u32, file: File, end: u64, members: u32) -> Self {
        let (known, buffer) = (Vec::new(), Vec::new());
        Self { inner, number, file, end, members, known, batch: None, poisoned: false, synced: HashSet::new(), buffer }
    }

    /// Writes the staged contents `digests` and makes them durable: on return they survive a power cut. Which of them
    /// are stored already the caller knows, and leaves out.
    ///
    /// They stay staged until [`Writer::confirm`] (or the next call), so that [`Writer::roll_back`] loses nothing.
    pub fn append(&mut self, digests: &[Blake3]) -> Result<Vec<(Blake3, Location)>, CommitError> {
        self.check_poison()?;
        self.confirm();
        let (small, large) = self.collect(digests)?;
        let bytes: u64 = small.iter().map(|staged| MEMBER_HEADER + staged.digests.size).sum();
        self.make_room(small.len(), bytes)?;
        self.batch =
            Some(Batch { end: self.end, members: self.members, known: self.known.len(), digests: digests.to_vec() });
        let written = self.write_large(&large).and_then(|mut locations| {
            locations.extend(self.write_small(&small)?);
            Ok(locations)
        });
        match written {
            Ok(locations) => Ok(locations),
            Err(Failure::Write(error)) => {
                self.roll_back()?;
                Err(CommitError::Disk(error))
            }
            Err(Failure::Sync(error)) => {
                self.poisoned = true;
                Err(CommitError::Poisoned(Some(error)))
            }
        }
    }

    /// The journal refers to the last batch now: its staging is given back.
    pub fn confirm(&mut self) {
        if let Some(batch) = self.batch.take() {
            self.inner.unstage(&batch.digests);
        }
    }

    /// Takes the last, unconfirmed batch back out of the pack, because the journal did not take it. Its contents stay
    /// staged; large files stay too, and are no harm.
    ///
    /// Not for a journal that is poisoned: its sync failed, its lines may be on disk all the same, and the next start
    /// would find them without their contents.
    pub fn roll_back(&mut self) -> Result<(), CommitError> {
        let Some(batch) = self.batch.take() else { return Ok(()) };
        self.check_poison()?;
        if let Err(error) = self.file.set_len(batch.end) {
            self.poisoned = true;
            return Err(CommitError::Poisoned(Some(error)));
        }
        (self.end, self.members) = (batch.end, batch.members);
        self.known.truncate(batch.known);
        Ok(())
    }

    /// How far the packs go.
    pub fn tail(&self) -> PackTail {
        PackTail { pack: self.number, offset: self.end, members: self.members }
    }

    /// Seals the open pack and begins the next one when it is full. Call it between batches.
    ///
    /// # Errors
    /// A full disk leaves the pack open, to be sealed another time.
    pub fn seal_if_full(&mut self) -> Result<(), CommitError> {
        let settings = &self.inner.settings;
        if self.end >= settings.pack_size || self.members as usize >= settings.pack_members {
            self.confirm();
            self.seal()?;
        }
        Ok(())
    }

    /// Cuts the open pack to `end`, where the last member ends that an acknowledged line needs. Only at start.
    pub fn cut_open_pack(&mut self, end: u64) -> Result<(), CommitError> {
        self.check_poison()?;
        self.known.retain(|member| member.end() <= end);
        if end < self.end {
            self.members = match self.known.first() {
                Some(first) if first.offset == 0 => self.known.len() as u32,
                _ => {
                    // What this process has not seen is counted again.
                    self.known = scan::headers(&self.file, 0, end).map_err(CommitError::Disk)?.members;
                    self.known.len() as u32
                }
            };
            self.end = end;
        }
        self.file.set_len(end).map_err(CommitError::Disk)?;
        self.sync_file()
    }

    /// Writes the bytes from `from` to the end over themselves and syncs file and folders: what a killed process left
    /// in the page cache must not be answered from before it is on disk. Only at start.
    ///
    /// Packs before the open one were synced before it was begun.
    pub fn rewrite_tail(&mut self, from: PackTail) -> Result<(), CommitError> {
        self.check_poison()?;
        let start = if from.pack == self.number { from.offset.min(self.end) } else { 0 };
        self.file.rewrite(start, self.end).map_err(CommitError::Disk)?;
        self.sync_file()?;
        for folder in [self.inner.layout.packs(), self.inner.layout.blobs(), self.inner.layout.root.clone()] {
            self.poison(self.inner.disk.sync_dir(&folder))?;
        }
        Ok(())
    }

    fn check_poison(&self) -> Result<(), CommitError> {
        if self.poisoned { Err(CommitError::Poisoned(None)) } else { Ok(()) }
    }

    fn poison<T>(&mut self, result: Result<T, DiskError>) -> Result<T, CommitError> {
        result.map_err(|error| {
            self.poisoned = true;
            CommitError::Poisoned(Some(error))
        })
    }

    fn sync_file(&mut self) -> Result<(), CommitError> {
        let synced = self.file.sync_data();
        self.poison(synced)
    }

    /// The staged contents by size, each once.
    fn collect(&self, digests: &[Blake3]) -> Result<(Vec<Staged>, Vec<Staged>), CommitError> {
        let mut seen = HashSet::new();
        let (mut small, mut large) = (Vec::new(), Vec::new());
        for digest in digests.iter().filter(|digest| seen.insert(**digest)) {
            let staged = self.inner.staged_content(digest).ok_or(CommitError::NotStaged { digest: *digest })?;
            let packed = staged.digests.size <= self.inner.settings.packed_content_max;
            if packed { small.push(staged) } else { large.push(staged) }
        }
        Ok((small, large))
    }

    /// A batch is refused before it touches a disk that is almost full, and never spans two packs.
    fn make_room(&mut self, members: usize, bytes: u64) -> Result<(), CommitError> {
        let needed = bytes + self.inner.settings.free_space_min;
        let free = self.inner.disk.free_space(&self.inner.layout.root).map_err(CommitError::Disk)?;
        if free < needed {
            return Err(CommitError::Full { free, needed });
        }
        let fits = |end: u64, count: usize| end + bytes <= pack::SIZE_MAX / 2 && count + members <= pack::MEMBERS_MAX;
        if !fits(0, 0) {
            return Err(CommitError::BatchTooLarge { members, bytes });
        }
        if fits(self.end, self.members as usize) { Ok(()) } else { self.seal() }
    }

    /// One contiguous write (for any usual batch), one sync.
    fn write_small(&mut self, contents: &[Staged]) -> Result<Vec<(Blake3, Location)>, Failure> {
        if contents.is_empty() {
            return Ok(Vec::new());
        }
        let mut locations = Vec::with_capacity(contents.len());
        let mut at = self.end;
        self.buffer.clear();
        for staged in contents {
            let digest = staged.digests.blake3;
            let name: Box<str> = digest.to_string().into();
            // At most `packed_content_max`, far below 32 bits.
            let size = staged.digests.size as u32;
            let offset = at + self.buffer.len() as u64;
            pack::put_local_header(&mut self.buffer, &name, staged.crc, size);
            match &staged.body {
                Body::Memory(held) => self.buffer.extend_from_slice(&held.bytes),
                Body::File(temporary) => {
                    let bytes = temporary.read(staged.digests.size).map_err(Failure::Write)?;
                    self.buffer.extend_from_slice(&bytes);
                }
            }
            self.known.push(Member { name, crc: staged.crc, size, offset });
            locations.push((digest, Location::Pack { pack: self.number, offset, size }));
            if self.buffer.len() >= WRITE_CHUNK {
                self.file.write_at(at, &self.buffer).map_err(Failure::Write)?;
                at += self.buffer.len() as u64;
                self.buffer.clear();
            }
        }
        self.file.write_at(at, &self.buffer).map_err(Failure::Write)?;
        at += self.buffer.len() as u64;
        self.file.sync_data().map_err(Failure::Sync)?;
        self.end = at;
        self.members += contents.len() as u32;
        // One giant batch must not hold its memory for ever.
        self.buffer.shrink_to(WRITE_CHUNK);
        Ok(locations)
    }

    fn write_large(&mut self, contents: &[Staged]) -> Result<Vec<(Blake3, Location)>, Failure> {
        let mut locations = Vec::with_capacity(contents.len());
        for staged in contents {
            // What is larger than a pack member was never held in memory.
            if let Body::File(temporary) = &staged.body {
                self.link_large(staged.digests.blake3, temporary)?;
            }
            locations.push((staged.digests.blake3, Location::Large { size: staged.digests.size }));
        }
        Ok(locations)
    }

    /// Syncs the uploaded file and gives it its place, whose folders are durable when this returns.
    fn link_large(&mut self, digest: Blake3, temporary: &Temporary) -> Result<(), Failure> {
        let disk = self.inner.disk.clone();
        let [outer, inner, place] = self.inner.layout.large(&digest);
        self.folder(&outer)?;
        self.folder(&inner)?;
        temporary.file.sync_data().map_err(Failure::Sync)?;
        match disk.link(&temporary.path, &place) {
            Err(error) if error.already_exists() => self.settle_taken(digest, temporary, &place)?,
            other => other.map_err(Failure::Write)?,
        }
        disk.set_readonly(&place).map_err(Failure::Write)?;
        disk.sync_dir(&inner).map_err(Failure::Sync)
    }

    /// The name is taken: by the same bytes, left by a batch that was not acknowledged, or by damaged ones.
    fn settle_taken(&self, digest: Blake3, temporary: &Temporary, place: &Path) -> Result<(), Failure> {
        let disk = &self.inner.disk;
        let there = disk.open(place).map_err(Failure::Write)?;
        if digest_of_file(&there).map_err(Failure::Write)? == digest {
            // The bytes may be in the page cache only.
            return there.sync_data().map_err(Failure::Sync);
        }
        super::quarantine(disk, &self.inner.layout.root, &digest).map_err(Failure::Write)?;
        disk.link(&temporary.path, place).map_err(Failure::Write)
    }

    /// Makes a folder and its name durable; once per process is enough.
    fn folder(&mut self, folder: &Path) -> Result<(), Failure> {
        if !self.synced.contains(folder) {
            self.inner.disk.create_dir(folder).map_err(Failure::Write)?;
            let parent = folder.parent().unwrap_or(Path::new("/"));
            self.inner.disk.sync_dir(parent).map_err(Failure::Sync)?;
            self.synced.insert(folder.to_owned());
        }
        Ok(())
    }

    /// Writes the directory, makes it durable, begins the next pack, and only then makes the old one read-only: until
    /// the next one exists, a restart must be able to write this one again.
    fn seal(&mut self) -> Result<(), CommitError> {
        self.check_poison()?;
        let unseen = self.known.first().map_or(self.end, |first| first.offset);
        if unseen > 0 {
            let mut members = scan::headers(&self.file, 0, unseen).map_err(CommitError::Disk)?.members;
            members.append(&mut self.known);
            self.known = members;
        }
        let directory = pack::directory(&self.known, self.end);
        if let Err(error) = self.file.write_at(self.end, &directory) {
            let cut = self.file.set_len(self.end);
            self.poison(cut)?;
            return Err(CommitError::Disk(error));
        }
        self.sync_file()?;
        let begun = self.begin_pack(self.number + 1);
        if matches!(begun, Err(CommitError::Disk(_))) {
            // Without a next pack this one goes on, and members follow members.
            let cut = self.file.set_len(self.end);
            self.poison(cut)?;
        }
        begun
    }

    /// Begins pack `number`, after the present one, which is whole.
    pub(super) fn begin_pack(&mut self, number: u32) -> Result<(), CommitError> {
        let disk = self.inner.disk.clone();
        let sealed = self.file.path().to_owned();
        // Not `create_new`: an earlier attempt may have come as far as this name.
        let file = disk.open_write(&self.inner.layout.pack(number)).map_err(CommitError::Disk)?;
        let synced = disk.sync_dir(&self.inner.layout.packs());
        self.poison(synced)?;
        (self.number, self.file, self.end, self.members) = (number, file, 0, 0);
        self.known.clear();
        if let Err(error) = disk.set_readonly(&sealed) {
            // Nothing depends on it.
            tracing::warn!(error = %error, cause = %error.source, "a sealed pack stays writable");
        }
        Ok(())
    }
}
