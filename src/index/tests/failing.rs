//! A full disk under the index: said as such, nothing committed over what was lost, and life goes on afterwards.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tantivy::Directory;
use tantivy::directory::error::{DeleteError, OpenReadError, OpenWriteError};
use tantivy::directory::{FileHandle, RamDirectory, WatchCallback, WatchHandle, WritePtr};

use super::{entry, found};
use crate::index::{Index, Settings, WriteError};

#[derive(Debug, Clone)]
struct Filling {
    inner: RamDirectory,
    full: Arc<AtomicBool>,
}

impl Filling {
    fn room(&self) -> io::Result<()> {
        if self.full.load(Ordering::SeqCst) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

impl Directory for Filling {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.inner.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.room().map_err(|error| OpenWriteError::wrap_io_error(error, path.to_path_buf()))?;
        self.inner.open_write(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.inner.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.room()?;
        self.inner.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.inner.sync_directory()
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

#[test]
fn a_full_disk_is_said_and_overcome() {
    let full = Arc::new(AtomicBool::new(false));
    let directory = Filling { inner: RamDirectory::create(), full: full.clone() };
    let index = Index::open_in(Box::new(directory), Path::new("index"), Settings::default()).unwrap();
    index.put(&entry(1, "suolo")).unwrap();
    index.commit(1).unwrap();

    full.store(true, Ordering::SeqCst);
    let refused = index.put(&entry(2, "suolo")).and_then(|()| index.commit(2));
    assert!(matches!(refused, Err(WriteError::Full { .. })), "{refused:?}");
    assert!(matches!(index.commit(2), Err(WriteError::Halted { .. })), "it must not go on by itself");
    assert_eq!((index.position(), found(&index, "suolo").len()), (1, 1), "readers go on");

    full.store(false, Ordering::SeqCst);
    index.recover().unwrap();
    index.put(&entry(2, "suolo")).unwrap();
    index.commit(2).unwrap();
    assert_eq!((index.position(), found(&index, "suolo").len()), (2, 2));
}
