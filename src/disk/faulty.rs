//! What would a power cut leave? A file system in memory that fails, dies and forgets as a test tells it.
//!
//! It keeps a *live* image, which the program sees, and a *durable* one. Bytes become durable when their file is
//! synced, names when their folder is. Every mutating operation has a number; a plan says which of them fail.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Access, Disk, FolderEntry};

/// A file behind its names.
pub(super) type Node = usize;

/// What happens at one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It fails (a write in its middle); later ones work.
    Fail(io::ErrorKind),
    /// The process ends: it and everything after fails.
    Die,
}

/// What is left of bytes and names that were not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Survival {
    /// Power cut: nothing of them.
    Nothing,
    /// Power cut just after the disk had written all of them.
    Everything,
    /// Power cut: a pseudo-random part, down to single sectors and names.
    Part(u64),
    /// The process was killed, the machine runs on: all is there, and still unsynced.
    PageCache,
}

#[derive(Debug, Clone)]
enum Change {
    Write { offset: u64, bytes: Vec<u8> },
    SetLen(u64),
}

#[derive(Debug, Clone)]
struct Unsynced {
    change: Change,
    /// A sync of it failed: the kernel believes it written, and no later sync will write it.
    forgotten: bool,
}

#[derive(Debug, Clone, Default)]
struct Inode {
    live: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Unsynced>,
    read_only: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    Folder,
    File(Node),
}

#[derive(Debug, Clone)]
struct State {
    inodes: Vec<Inode>,
    live: BTreeMap<PathBuf, Entry>,
    durable: BTreeMap<PathBuf, Entry>,
    /// Names whose folder's sync failed.
    forgotten: BTreeSet<PathBuf>,
    operations: u64,
    faults: BTreeMap<u64, Fault>,
    dead: bool,
    free: u64,
}

/// A file system in memory; clones are the same one.
#[derive(Clone)]
pub struct Faulty(Arc<Mutex<State>>);

impl Default for Faulty {
    fn default() -> Self {
        Self::new()
    }
}

/// The smallest thing a disk writes whole.
const SECTOR: u64 = 512;

impl Faulty {
    /// Empty, without faults, with room for a tebibyte. The folder `/` exists.
    pub fn new() -> Self {
        let root = BTreeMap::from([(PathBuf::from("/"), Entry::Folder)]);
        Self(Arc::new(Mutex::new(State {
            inodes: Vec::new(),
            live: root.clone(),
            durable: root,
            forgotten: BTreeSet::new(),
            operations: 0,
            faults: BTreeMap::new(),
            dead: false,
            free: 1 << 40,
        })))
    }

    /// This file system as a [`Disk`].
    pub fn disk(&self) -> Disk {
        Disk::faulty(self.clone())
    }

    /// Plans a fault at the `n`-th mutating operation from the beginning, counted from 1.
    pub fn plan(&self, n: u64, fault: Fault) {
        self.state().faults.insert(n, fault);
    }

    /// Mutating operations so far.
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// The process is dead: a planned [`Fault::Die`] has come.
    pub fn is_dead(&self) -> bool {
        self.state().dead
    }

    /// Sets how much may still be written; a write beyond it is cut short with `StorageFull`.
    pub fn set_free_space(&self, bytes: u64) {
        self.state().free = bytes;
    }

    /// Flips one bit of a file, in both images, as a bad disk would.
    ///
    /// # Panics
    /// When there is no such file or bit: a test that flips nothing proves nothing.
    pub fn flip_bit(&self, path: &Path, bit: u64) {
        let mut state = self.state();
        let Some(Entry::File(node)) = state.live.get(path).copied() else { panic!("no file {}", path.display()) };
        let (byte, mask) = ((bit / 8) as usize, 1 << (bit % 8));
        let inode = &mut state.inodes[node];
        inode.live[byte] ^= mask;
        if let Some(durable) = inode.durable.get_mut(byte) {
            *durable ^= mask;
        }
    }

    /// All files and their live bytes, in the order of their names.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let state = self.state();
        let file = |(path, entry): (&PathBuf, &Entry)| match entry {
            Entry::File(node) => Some((path.clone(), state.inodes[*node].live.clone())),
            Entry::Folder => None,
        };
        state.live.iter().filter_map(file).collect()
    }

    /// The file system as the next start finds it. This one is dead from then on; the new one has no faults planned.
    pub fn crash(&self, survival: Survival) -> Self {
        let mut state = self.state();
        state.dead = true;
        let mut next = state.clone();
        drop(state);
        (next.dead, next.operations) = (false, 0);
        next.faults.clear();
        // A name is metadata: what the file system did not get rid of at first it still holds for later.
        next.forgotten.clear();
        let mut random = match survival {
            Survival::PageCache => return Self(Arc::new(Mutex::new(next))),
            Survival::Nothing => Choice::Always(false),
            Survival::Everything => Choice::Always(true),
            Survival::Part(seed) => Choice::Random(Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)),
        };
        for inode in &mut next.inodes {
            inode.crash(&mut random);
        }
        let changed: Vec<PathBuf> = next.live.keys().chain(next.durable.keys()).cloned().collect();
        for path in changed {
            let live = next.live.get(&path).copied();
            if live != next.durable.get(&path).copied() && random.yes() {
                set_name(&mut next.durable, &path, live);
            }
        }
        // A name in a folder that is not there is not there either.
        let names: Vec<PathBuf> = next.durable.keys().cloned().collect();
        for path in names {
            if path.parent().is_some_and(|parent| next.durable.get(parent) != Some(&Entry::Folder)) {
                next.durable.remove(&path);
            }
        }
        next.live = next.durable.clone();
        Self(Arc::new(Mutex::new(next)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn open(&self, path: &Path, access: Access) -> io::Result<Node> {
        let mut state = self.state();
        state.alive()?;
        match (state.live.get(path).copied(), access) {
            (Some(_), Access::New(_)) => Err(io::ErrorKind::AlreadyExists.into()),
            (Some(Entry::Folder), _) => Err(io::ErrorKind::IsADirectory.into()),
            (Some(Entry::File(node)), Access::Write) if state.inodes[node].read_only => {
                Err(io::ErrorKind::PermissionDenied.into())
            }
            (Some(Entry::File(node)), _) => Ok(node),
            (None, Access::Read) => Err(io::ErrorKind::NotFound.into()),
            (None, Access::Write | Access::New(_)) => {
                state.parent_of(path)?;
                state.step()?;
                state.inodes.push(Inode::default());
                let node = state.inodes.len() - 1;
                state.name(path, Some(Entry::File(node)));
                Ok(node)
            }
        }
    }

    pub(super) fn read_at(&self, node: Node, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let state = self.state();
        state.alive()?;
        let live = &state.inodes[node].live;
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(live.len());
        let count = buffer.len().min(live.len() - from);
        buffer[..count].copy_from_slice(&live[from..from + count]);
        Ok(count)
    }

    pub(super) fn write_at(&self, node: Node, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        state.alive()?;
        let stepped = state.step();
        // A write that fails has written something: a program that believes otherwise is wrong.
        let mut count = if stepped.is_err() { bytes.len() / 2 } else { bytes.len() };
        let length = state.inodes[node].live.len() as u64;
        let room = length.saturating_add(state.free).saturating_sub(offset);
        let fits = count as u64 <= room;
        count = count.min(usize::try_from(room).unwrap_or(usize::MAX));
        let written = Change::Write { offset, bytes: bytes[..count].to_vec() };
        state.inodes[node].change(written);
        let grown = state.inodes[node].live.len() as u64 - length;
        state.free -= grown.min(state.free);
        stepped?;
        if fits { Ok(()) } else { Err(io::ErrorKind::StorageFull.into()) }
    }

    pub(super) fn set_len(&self, node: Node, length: u64) -> io::Result<()> {
        let mut state = self.state();
        state.step()?;
        let before = state.inodes[node].live.len() as u64;
        state.inodes[node].change(Change::SetLen(length));
        state.free = state.free.saturating_add(before.saturating_sub(length));
        Ok(())
    }

    pub(super) fn sync_data(&self, node: Node) -> io::Result<()> {
        let mut state = self.state();
        let stepped = state.step();
        let dead = state.dead;
        let inode = &mut state.inodes[node];
        match stepped {
            Ok(()) => inode.sync(),
            // Died on the way: what was unsynced may or may not have arrived.
            Err(_) if dead => {}
            Err(_) => inode.unsynced.iter_mut().for_each(|unsynced| unsynced.forgotten = true),
        }
        stepped
    }

    pub(super) fn len(&self, node: Node) -> io::Result<u64> {
        let state = self.state();
        state.alive()?;
        Ok(state.inodes[node].live.len() as u64)
    }

    pub(super) fn create_dir(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.alive()?;
        if state.live.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        state.parent_of(path)?;
        state.step()?;
        state.name(path, Some(Entry::Folder));
        Ok(())
    }

    pub(super) fn sync_dir(&self, folder: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.alive()?;
        if state.live.get(folder) != Some(&Entry::Folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let stepped = state.step();
        if stepped.is_err() && state.dead {
            return stepped;
        }
        let inside = |path: &&PathBuf| path.parent() == Some(folder);
        let names: BTreeSet<PathBuf> =
            state.live.keys().filter(inside).chain(state.durable.keys().filter(inside)).cloned().collect();
        for path in names {
            let live = state.live.get(&path).copied();
            if live == state.durable.get(&path).copied() || state.forgotten.contains(&path) {
                continue;
            }
            if stepped.is_ok() {
                set_name(&mut state.durable, &path, live);
            } else {
                state.forgotten.insert(path);
            }
        }
        stepped
    }

    pub(super) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.alive()?;
        let entry = state.live.get(from).copied().ok_or(io::ErrorKind::NotFound)?;
        state.parent_of(to)?;
        state.step()?;
        state.name(from, None);
        state.name(to, Some(entry));
        Ok(())
    }

    pub(super) fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.alive()?;
        let entry = state.live.get(from).copied().ok_or(io::ErrorKind::NotFound)?;
        state.parent_of(to)?;
        if state.live.contains_key(to) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        state.step()?;
        state.name(to, Some(entry));
        Ok(())
    }

    pub(super) fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.alive()?;
        if !matches!(state.live.get(path), Some(Entry::File(_))) {
            return Err(io::ErrorKind::NotFound.into());
        }
        state.step()?;
        state.name(path, None);
        Ok(())
    }

    pub(super) fn list(&self, folder: &Path) -> io::Result<Vec<FolderEntry>> {
        let state = self.state();
        state.alive()?;
        if state.live.get(folder) != Some(&Entry::Folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let entry = |(path, entry): (&PathBuf, &Entry)| FolderEntry {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            is_folder: *entry == Entry::Folder,
        };
        Ok(state.live.iter().filter(|(path, _)| path.parent() == Some(folder)).map(entry).collect())
    }

    pub(super) fn exists(&self, path: &Path) -> io::Result<bool> {
        let state = self.state();
        state.alive()?;
        Ok(state.live.contains_key(path))
    }

    pub(super) fn is_dir(&self, path: &Path) -> bool {
        self.state().live.get(path) == Some(&Entry::Folder)
    }

    pub(super) fn set_readonly(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.alive()?;
        let Some(Entry::File(node)) = state.live.get(path).copied() else { return Err(io::ErrorKind::NotFound.into()) };
        state.step()?;
        state.inodes[node].read_only = true;
        Ok(())
    }

    pub(super) fn free_space(&self) -> io::Result<u64> {
        let state = self.state();
        state.alive()?;
        Ok(state.free)
    }
}

impl State {
    fn alive(&self) -> io::Result<()> {
        if self.dead { Err(io::Error::other("the process is dead")) } else { Ok(()) }
    }

    /// Counts a mutating operation and lets its planned fault happen.
    fn step(&mut self) -> io::Result<()> {
        self.alive()?;
        self.operations += 1;
        match self.faults.get(&self.operations) {
            None => Ok(()),
            Some(Fault::Fail(kind)) => Err((*kind).into()),
            Some(Fault::Die) => {
                self.dead = true;
                self.alive()
            }
        }
    }

    fn parent_of(&self, path: &Path) -> io::Result<()> {
        match path.parent().and_then(|parent| self.live.get(parent)) {
            Some(Entry::Folder) => Ok(()),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn name(&mut self, path: &Path, entry: Option<Entry>) {
        self.forgotten.remove(path);
        set_name(&mut self.live, path, entry);
    }
}

fn set_name(names: &mut BTreeMap<PathBuf, Entry>, path: &Path, entry: Option<Entry>) {
    match entry {
        Some(entry) => names.insert(path.to_owned(), entry),
        None => names.remove(path),
    };
}

impl Inode {
    fn change(&mut self, change: Change) {
        apply(&mut self.live, &change);
        self.unsynced.push(Unsynced { change, forgotten: false });
    }

    fn sync(&mut self) {
        let durable = &mut self.durable;
        self.unsynced.retain(|unsynced| {
            if !unsynced.forgotten {
                apply(durable, &unsynced.change);
            }
            unsynced.forgotten
        });
    }

    fn crash(&mut self, choice: &mut Choice) {
        for Unsynced { change, .. } in std::mem::take(&mut self.unsynced) {
            let Change::Write { offset, bytes } = &change else {
                if choice.yes() {
                    apply(&mut self.durable, &change);
                }
                continue;
            };
            if choice.whole() {
                if choice.yes() {
                    apply(&mut self.durable, &change);
                }
                continue;
            }
            let mut at = 0;
            while at < bytes.len() {
                let sector_rest = (SECTOR - (offset + at as u64) % SECTOR) as usize;
                let end = bytes.len().min(at + sector_rest);
                if choice.yes() {
                    let part = Change::Write { offset: offset + at as u64, bytes: bytes[at..end].to_vec() };
                    apply(&mut self.durable, &part);
                }
                at = end;
            }
        }
        self.live = self.durable.clone();
    }
}

fn apply(content: &mut Vec<u8>, change: &Change) {
    match change {
        Change::SetLen(length) => content.resize(*length as usize, 0),
        Change::Write { offset, bytes } => {
            let from = *offset as usize;
            if bytes.is_empty() {
                return;
            }
            if content.len() < from + bytes.len() {
                content.resize(from + bytes.len(), 0);
            }
            content[from..from + bytes.len()].copy_from_slice(bytes);
        }
    }
}

enum Choice {
    Always(bool),
    Random(Random),
}

impl Choice {
    fn yes(&mut self) -> bool {
        match self {
            Self::Always(answer) => *answer,
            Self::Random(random) => random.next() & 1 == 0,
        }
    }

    /// Whether a write survives or not as a whole; otherwise sector by sector.
    fn whole(&mut self) -> bool {
        match self {
            Self::Always(_) => true,
            Self::Random(random) => random.next().is_multiple_of(4),
        }
    }
}

/// xorshift64*: the same seed tears the same bytes, on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> (Faulty, Disk) {
        let faulty = Faulty::new();
        let disk = faulty.disk();
        (faulty, disk)
    }

    #[test]
    fn unsynced_bytes_and_names_are_lost() {
        let (faulty, disk) = start();
        let path = Path::new("/f");
        let file = disk.create_new(path).unwrap();
        file.write_at(0, b"one").unwrap();
        file.sync_data().unwrap();
        assert!(!faulty.crash(Survival::Nothing).disk().exists(path).unwrap(), "the name was not synced");

        let (faulty, disk) = start();
        let file = disk.create_new(path).unwrap();
        file.write_at(0, b"one").unwrap();
        file.sync_data().unwrap();
        disk.sync_dir(Path::new("/")).unwrap();
        file.write_at(3, b"two").unwrap();
        let killed = faulty.crash(Survival::PageCache);
        assert_eq!(killed.disk().read(path).unwrap(), b"onetwo");
        assert_eq!(killed.crash(Survival::Nothing).disk().read(path).unwrap(), b"one");
        assert_eq!(faulty.crash(Survival::Everything).disk().read(path).unwrap(), b"onetwo");
        assert!(disk.read(path).is_err(), "the crashed one is dead");
    }

    #[test]
    fn a_failed_sync_is_not_made_good_by_the_next() {
        let (faulty, disk) = start();
        let path = Path::new("/f");
        let file = disk.create_new(path).unwrap();
        disk.sync_dir(Path::new("/")).unwrap();
        file.write_at(0, b"x").unwrap();
        faulty.plan(faulty.operations() + 1, Fault::Fail(io::ErrorKind::Other));
        assert!(file.sync_data().is_err());
        file.sync_data().unwrap();
        assert_eq!(faulty.crash(Survival::PageCache).crash(Survival::Nothing).disk().read(path).unwrap(), b"");
    }

    #[test]
    fn a_full_disk_cuts_a_write_short() {
        let (faulty, disk) = start();
        let file = disk.create_new(Path::new("/f")).unwrap();
        faulty.set_free_space(4);
        assert!(file.write_at(0, b"123456").unwrap_err().is_full());
        assert_eq!(file.len().unwrap(), 4);
        file.set_len(0).unwrap();
        file.write_at(0, b"1234").unwrap();
        assert_eq!(disk.free_space(Path::new("/")).unwrap(), 0);
    }

    #[test]
    fn parts_survive_by_sector_and_the_same_seed_tears_alike() {
        let (faulty, disk) = start();
        let path = Path::new("/f");
        let file = disk.create_new(path).unwrap();
        disk.sync_dir(Path::new("/")).unwrap();
        file.write_at(0, &[7; 8 * 512]).unwrap();
        let torn = |seed| faulty.crash(Survival::Part(seed)).disk().read(path).unwrap();
        assert_eq!(torn(3), torn(3));
        let mixed = (0..32).map(torn).filter(|bytes| bytes.contains(&0) && bytes.contains(&7)).count();
        assert!(mixed > 8, "only {mixed} of 32 were torn");
    }
}
