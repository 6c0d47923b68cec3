//! The one seam to the file system: everything that must survive a power cut is written through here.
//!
//! Synchronous and small. [`Disk`] is the machine's file system or, in tests, [`faulty::Faulty`]: one in memory that
//! forgets what was not synced. Every error names the path and the operation, so that nobody above wraps paths again.

use std::fmt;
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub mod faulty;
mod folder;
mod handles;
pub mod socket;

pub use faulty::Faulty;
pub use folder::{FolderLock, LockError, remove_tree};
pub use handles::OpenFiles;

/// What was being done when the disk said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    Open,
    Create,
    Read,
    Write,
    SetLength,
    Sync,
    CreateFolder,
    SyncFolder,
    Rename,
    Link,
    Remove,
    List,
    Inspect,
    SetMode,
    FreeSpace,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Create => "create",
            Self::Read => "read",
            Self::Write => "write",
            Self::SetLength => "set the length of",
            Self::Sync => "sync",
            Self::CreateFolder => "create the folder",
            Self::SyncFolder => "sync the folder",
            Self::Rename => "rename",
            Self::Link => "link",
            Self::Remove => "remove",
            Self::List => "list",
            Self::Inspect => "inspect",
            Self::SetMode => "set the mode of",
            Self::FreeSpace => "ask the free space of",
        })
    }
}

/// An operation on a path that failed.
#[derive(Debug, thiserror::Error)]
#[error("could not {operation} {}", path.display())]
pub struct DiskError {
    pub path: PathBuf,
    pub operation: Operation,
    pub source: io::Error,
}

impl DiskError {
    fn at(path: &Path, operation: Operation) -> impl FnOnce(io::Error) -> Self {
        move |source| Self { path: path.to_owned(), operation, source }
    }

    /// No space, or a quota reached: worth trying again when somebody has made room.
    pub fn is_full(&self) -> bool {
        matches!(self.source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
    }

    pub fn is_not_found(&self) -> bool {
        self.source.kind() == io::ErrorKind::NotFound
    }

    pub fn already_exists(&self) -> bool {
        self.source.kind() == io::ErrorKind::AlreadyExists
    }
}

/// What a folder holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FolderEntry {
    pub name: String,
    pub is_folder: bool,
}

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    /// Read and write; created when missing.
    Write,
    /// Read and write; fails when the name is taken. The mode it gets.
    New(u32),
}

/// Where files live. Cheap to clone.
#[derive(Clone)]
pub struct Disk(Kind);

#[derive(Clone)]
enum Kind {
    Real,
    Faulty(Faulty),
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Real => "Disk::Real",
            Kind::Faulty(_) => "Disk::Faulty",
        })
    }
}

/// Files are the group's to read, never the world's.
const FILE_MODE: u32 = 0o640;
const PRIVATE_MODE: u32 = 0o600;
const READ_ONLY_MODE: u32 = 0o440;
const FOLDER_MODE: u32 = 0o750;

impl Disk {
    /// The machine's file system.
    pub fn real() -> Self {
        Self(Kind::Real)
    }

    /// A file system in memory that fails as told.
    pub fn faulty(faulty: Faulty) -> Self {
        Self(Kind::Faulty(faulty))
    }

    /// Whether this is the machine's file system, which other processes see too.
    pub fn is_real(&self) -> bool {
        matches!(self.0, Kind::Real)
    }

    /// Opens an existing file for reading.
    pub fn open(&self, path: &Path) -> Result<File, DiskError> {
        self.open_as(path, Access::Read, Operation::Open)
    }

    /// Opens a file for reading and writing; creates it (name not yet durable) when it is missing.
    pub fn open_write(&self, path: &Path) -> Result<File, DiskError> {
        self.open_as(path, Access::Write, Operation::Open)
    }

    /// Creates a file that did not exist. Its name is durable only after [`Disk::sync_dir`].
    pub fn create_new(&self, path: &Path) -> Result<File, DiskError> {
        self.open_as(path, Access::New(FILE_MODE), Operation::Create)
    }

    /// Like [`Disk::create_new`], readable by nobody else (0600) from its first moment.
    pub fn create_private(&self, path: &Path) -> Result<File, DiskError> {
        self.open_as(path, Access::New(PRIVATE_MODE), Operation::Create)
    }

    fn open_as(&self, path: &Path, access: Access, operation: Operation) -> Result<File, DiskError> {
        let handle = match &self.0 {
            Kind::Real => {
                let mut options = std::fs::OpenOptions::new();
                options.read(true);
                match access {
                    Access::Read => &mut options,
                    Access::Write => options.write(true).create(true).mode(FILE_MODE),
                    Access::New(mode) => options.write(true).create_new(true).mode(mode),
                };
                options.open(path).map(Handle::Real)
            }
            Kind::Faulty(faulty) => faulty.open(path, access).map(|node| Handle::Faulty(faulty.clone(), node)),
        }
        .map_err(DiskError::at(path, operation))?;
        Ok(File { path: path.into(), handle })
    }

    /// The whole of a (small) file.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, DiskError> {
        let file = self.open(path)?;
        file.read_vec(0, usize::try_from(file.len()?).unwrap_or(usize::MAX))
    }

    /// Creates a folder; one that exists is fine. Durable after [`Disk::sync_dir`] of its parent.
    pub fn create_dir(&self, path: &Path) -> Result<(), DiskError> {
        let made = match &self.0 {
            Kind::Real => std::fs::DirBuilder::new().mode(FOLDER_MODE).create(path),
            Kind::Faulty(faulty) => faulty.create_dir(path),
        };
        match made {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && self.is_dir(path) => Ok(()),
            other => other.map_err(DiskError::at(path, Operation::CreateFolder)),
        }
    }

    /// Makes the names in a folder durable.
    pub fn sync_dir(&self, path: &Path) -> Result<(), DiskError> {
        match &self.0 {
            Kind::Real => std::fs::File::open(path).and_then(|folder| folder.sync_all()),
            Kind::Faulty(faulty) => faulty.sync_dir(path),
        }
        .map_err(DiskError::at(path, Operation::SyncFolder))
    }

    /// Gives a file another name, in place of what had that name.
    pub fn rename(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        match &self.0 {
            Kind::Real => std::fs::rename(from, to),
            Kind::Faulty(faulty) => faulty.rename(from, to),
        }
        .map_err(DiskError::at(from, Operation::Rename))
    }

    /// Gives a file a second name; fails when that name is taken.
    pub fn link(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        match &self.0 {
            Kind::Real => std::fs::hard_link(from, to),
            Kind::Faulty(faulty) => faulty.link(from, to),
        }
        .map_err(DiskError::at(to, Operation::Link))
    }

    /// Removes the name of a file.
    pub fn remove(&self, path: &Path) -> Result<(), DiskError> {
        match &self.0 {
            Kind::Real => std::fs::remove_file(path),
            Kind::Faulty(faulty) => faulty.remove(path),
        }
        .map_err(DiskError::at(path, Operation::Remove))
    }

    /// The names in a folder, sorted. A name that is no UTF-8 is shown with replacement characters.
    pub fn list(&self, path: &Path) -> Result<Vec<FolderEntry>, DiskError> {
        let mut entries = match &self.0 {
            Kind::Real => list_real(path),
            Kind::Faulty(faulty) => faulty.list(path),
        }
        .map_err(DiskError::at(path, Operation::List))?;
        entries.sort();
        Ok(entries)
    }

    pub fn exists(&self, path: &Path) -> Result<bool, DiskError> {
        match &self.0 {
            Kind::Real => path.try_exists(),
            Kind::Faulty(faulty) => faulty.exists(path),
        }
        .map_err(DiskError::at(path, Operation::Inspect))
    }

    fn is_dir(&self, path: &Path) -> bool {
        match &self.0 {
            Kind::Real => path.is_dir(),
            Kind::Faulty(faulty) => faulty.is_dir(path),
        }
    }

    /// Takes away everybody's right to write (0440). A reminder for people and programs, not a defence.
    pub fn set_readonly(&self, path: &Path) -> Result<(), DiskError> {
        match &self.0 {
            Kind::Real => std::fs::set_permissions(path, std::fs::Permissions::from_mode(READ_ONLY_MODE)),
            Kind::Faulty(faulty) => faulty.set_readonly(path),
        }
        .map_err(DiskError::at(path, Operation::SetMode))
    }

    /// Bytes that an ordinary user may still write on the file system of `path`.
    pub fn free_space(&self, path: &Path) -> Result<u64, DiskError> {
        match &self.0 {
            Kind::Real => rustix::fs::statvfs(path)
                .map(|status| status.f_bavail.saturating_mul(status.f_frsize))
                .map_err(io::Error::from),
            Kind::Faulty(faulty) => faulty.free_space(),
        }
        .map_err(DiskError::at(path, Operation::FreeSpace))
    }

    /// All bytes of the file system of `path`, free or not.
    pub fn total_space(&self, path: &Path) -> Result<u64, DiskError> {
        match &self.0 {
            Kind::Real => rustix::fs::statvfs(path)
                .map(|status| status.f_blocks.saturating_mul(status.f_frsize))
                .map_err(io::Error::from),
            // It has no end but the one that a test sets.
            Kind::Faulty(faulty) => faulty.free_space(),
        }
        .map_err(DiskError::at(path, Operation::FreeSpace))
    }

    /// Replaces a small file whole: after a crash it is the old or the new one, and on return durably the new one.
    pub fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        self.replace_as(path, bytes, FILE_MODE)
    }

    /// [`Disk::replace`] for secrets: the file is 0600 from its first moment.
    pub fn replace_private(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        self.replace_as(path, bytes, PRIVATE_MODE)
    }

    fn replace_as(&self, path: &Path, bytes: &[u8], mode: u32) -> Result<(), DiskError> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let temporary = path.with_file_name(name);
        // What a crash left of an earlier attempt is nobody's.
        match self.remove(&temporary) {
            Err(error) if !error.is_not_found() => return Err(error),
            _ => {}
        }
        let file = self.open_as(&temporary, Access::New(mode), Operation::Create)?;
        file.write_at(0, bytes)?;
        file.sync_data()?;
        self.rename(&temporary, path)?;
        self.sync_dir(path.parent().unwrap_or(Path::new(".")))
    }
}

fn list_real(path: &Path) -> io::Result<Vec<FolderEntry>> {
    std::fs::read_dir(path)?
        .map(|entry| {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            Ok(FolderEntry { name, is_folder: entry.file_type()?.is_dir() })
        })
        .collect()
}

enum Handle {
    Real(std::fs::File),
    Faulty(Faulty, faulty::Node),
}

/// An open file. Reading and writing name their place: there is no cursor to share.
pub struct File {
    path: Arc<Path>,
    handle: Handle,
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "File({})", self.path.display())
    }
}

impl File {
    /// The name under which it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn at(&self, operation: Operation) -> impl FnOnce(io::Error) -> DiskError {
        DiskError::at(&self.path, operation)
    }

    /// Reads as much of `buffer` as the file has from `offset`; less than asked only at its end.
    pub fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, DiskError> {
        match &self.handle {
            Handle::Real(file) => read_fully(file, offset, buffer),
            Handle::Faulty(faulty, node) => faulty.read_at(*node, offset, buffer),
        }
        .map_err(self.at(Operation::Read))
    }

    /// Fills `buffer`, or fails with `UnexpectedEof`.
    pub fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), DiskError> {
        if self.read_at(offset, buffer)? == buffer.len() {
            Ok(())
        } else {
            Err(self.at(Operation::Read)(io::ErrorKind::UnexpectedEof.into()))
        }
    }

    /// Up to `length` bytes from `offset`; fewer at the file's end.
    pub fn read_vec(&self, offset: u64, length: usize) -> Result<Vec<u8>, DiskError> {
        let mut bytes = vec![0; length];
        let read = self.read_at(offset, &mut bytes)?;
        bytes.truncate(read);
        Ok(bytes)
    }

    /// Writes all of `bytes` at `offset`. After an error any part of them may stand there.
    pub fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        match &self.handle {
            Handle::Real(file) => file.write_all_at(bytes, offset),
            Handle::Faulty(faulty, node) => faulty.write_at(*node, offset, bytes),
        }
        .map_err(self.at(Operation::Write))
    }

    /// Cuts or extends the file.
    pub fn set_len(&self, length: u64) -> Result<(), DiskError> {
        match &self.handle {
            Handle::Real(file) => file.set_len(length),
            Handle::Faulty(faulty, node) => faulty.set_len(*node, length),
        }
        .map_err(self.at(Operation::SetLength))
    }

    /// Makes content and length durable (fdatasync). After a failure the kernel may forget the bytes and say "done" the
    /// next time: who gets an error here must not write on.
    pub fn sync_data(&self) -> Result<(), DiskError> {
        match &self.handle {
            Handle::Real(file) => file.sync_data(),
            Handle::Faulty(faulty, node) => faulty.sync_data(*node),
        }
        .map_err(self.at(Operation::Sync))
    }

    /// Its length in bytes.
    pub fn len(&self) -> Result<u64, DiskError> {
        match &self.handle {
            Handle::Real(file) => file.metadata().map(|metadata| metadata.len()),
            Handle::Faulty(faulty, node) => faulty.len(*node),
        }
        .map_err(self.at(Operation::Inspect))
    }

    pub fn is_empty(&self) -> Result<bool, DiskError> {
        Ok(self.len()? == 0)
    }

    /// Writes the bytes of a range over themselves: what a killed process left in the page cache only becomes dirty
    /// again, so that the next [`File::sync_data`] really writes it.
    pub fn rewrite(&self, from: u64, to: u64) -> Result<(), DiskError> {
        const CHUNK: u64 = 1024 * 1024;
        let mut at = from;
        while at < to {
            let bytes = self.read_vec(at, (to - at).min(CHUNK) as usize)?;
            if bytes.is_empty() {
                return Err(self.at(Operation::Read)(io::ErrorKind::UnexpectedEof.into()));
            }
            self.write_at(at, &bytes)?;
            at += bytes.len() as u64;
        }
        Ok(())
    }

    /// Reads from `offset` to the end, front to back, and tells the kernel so.
    pub fn sequential(&self, offset: u64) -> Sequential<'_> {
        if let Handle::Real(file) = &self.handle {
            // Only a hint: without it the bytes are the same, a little later.
            let _hint = rustix::fs::fadvise(file, offset, None, rustix::fs::Advice::Sequential);
        }
        Sequential { file: self, offset }
    }
}

fn read_fully(file: &std::fs::File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match file.read_at(&mut buffer[read..], offset + read as u64) {
            Ok(0) => break,
            Ok(count) => read += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

/// A file read front to back; see [`File::sequential`].
pub struct Sequential<'a> {
    file: &'a File,
    offset: u64,
}

impl Read for Sequential<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read =
            self.file.read_at(self.offset, buffer).map_err(|error| io::Error::new(error.source.kind(), error))?;
        self.offset += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One suite for both kinds: what the code above relies on must hold on the real one and on the fake.
    fn behaves(disk: &Disk, root: &Path) {
        let folder = root.join("a");
        disk.create_dir(&folder).unwrap();
        disk.create_dir(&folder).unwrap();
        let path = folder.join("one");
        assert!(disk.open(&path).unwrap_err().is_not_found());
        let file = disk.create_new(&path).unwrap();
        assert!(disk.create_new(&path).unwrap_err().already_exists());
        file.write_at(0, b"hello world").unwrap();
        file.write_at(6, b"WORLD").unwrap();
        file.rewrite(0, 11).unwrap();
        file.sync_data().unwrap();
        disk.sync_dir(&folder).unwrap();
        assert_eq!(disk.read(&path).unwrap(), b"hello WORLD");
        file.set_len(5).unwrap();
        assert_eq!(file.len().unwrap(), 5);
        assert_eq!(file.read_vec(3, 100).unwrap(), b"lo");
        assert!(file.read_exact_at(3, &mut [0; 3]).is_err());
        let other = folder.join("two");
        disk.link(&path, &other).unwrap();
        assert!(disk.link(&path, &other).unwrap_err().already_exists());
        disk.remove(&path).unwrap();
        let mut text = String::new();
        disk.open(&other).unwrap().sequential(1).read_to_string(&mut text).unwrap();
        assert_eq!(text, "ello");
        disk.rename(&other, &path).unwrap();
        assert!(disk.exists(&path).unwrap() && !disk.exists(&other).unwrap());
        disk.replace(&path, b"new").unwrap();
        disk.replace_private(&folder.join("secret"), b"s").unwrap();
        assert_eq!(disk.read(&path).unwrap(), b"new");
        let names: Vec<_> =
            disk.list(&folder).unwrap().into_iter().map(|entry| (entry.name, entry.is_folder)).collect();
        assert_eq!(names, [("one".to_owned(), false), ("secret".to_owned(), false)]);
        assert_eq!(disk.list(root).unwrap(), [FolderEntry { name: "a".to_owned(), is_folder: true }]);
        assert!(disk.free_space(root).unwrap() > 0);
        assert!(disk.total_space(root).unwrap() >= disk.free_space(root).unwrap());
        disk.set_readonly(&path).unwrap();
        assert_eq!(disk.read(&path).unwrap(), b"new");
    }

    #[test]
    fn both_kinds_behave_alike() {
        let root = tempfile::tempdir().unwrap();
        behaves(&Disk::real(), root.path());
        let mode =
            |name: &str| std::fs::metadata(root.path().join("a").join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("one"), mode("secret")), (0o440, 0o600));
        let faulty = Disk::faulty(Faulty::new());
        faulty.create_dir(Path::new("/data")).unwrap();
        behaves(&faulty, Path::new("/data"));
    }

    #[test]
    fn an_error_names_path_and_operation() {
        let error = Disk::real().open(Path::new("/nowhere/at/all")).unwrap_err();
        assert_eq!(error.to_string(), "could not open /nowhere/at/all");
        assert!(!error.is_full());
    }
}
