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

/// Each file of an index cut in half, and each with one bit turned: found at opening or by the check, and never a
/// panic that reaches the caller.
#[test]
fn no_damaged_file_goes_unnoticed() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Index::open(Some(folder.path()), Settings::default());
    let index = open().unwrap();
    for number in 1..20 {
        index.put(&entry(number, "suolo pubblico")).unwrap();
    }
    index.commit(20).unwrap();
    index.close().unwrap();
    drop(index);
    let files = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
    let segments: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|kind| kind != "json" && kind != "lock"))
        .filter(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')))
        .collect();
    assert!(segments.len() >= 5, "{segments:?}");
    for path in segments {
        let good = std::fs::read(&path).unwrap();
        let mut turned = good.clone();
        turned[good.len() / 3] ^= 1;
        for damaged in [&good[..good.len() / 2], &turned] {
            std::fs::write(&path, damaged).unwrap();
            let noticed = match open() {
                Err(error) => error.is_cured_by_rebuild(),
                Ok(index) => index.damaged_files().map_or(true, |files| !files.is_empty()),
            };
            assert!(noticed, "{} with {} of {} bytes", path.display(), damaged.len(), good.len());
        }
        std::fs::write(&path, &good).unwrap();
    }
    assert_eq!(open().unwrap().count(), 19);
}

/// What was killed while it merged merges at the next start, and the first thing put then replaces what it should.
#[test]
fn what_is_put_first_after_a_start_replaces_its_old_form_in_a_merge() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Index::open(Some(folder.path()), Settings::default()).unwrap();
    let index = open();
    index.writer.lock().unwrap().as_ref().unwrap().set_merge_policy(Box::new(tantivy::merge_policy::NoMergePolicy));
    for first in [0, 3, 6, 9] {
        (first..first + 3).for_each(|number| index.add(&entry(number, "Vecchia")).unwrap());
        index.commit(first).unwrap();
    }
    // The last commit before takes something out of the segment that 4 is in.
    index.put(&entry(5, "Vecchia")).unwrap();
    index.commit(12).unwrap();
    index.close().unwrap();
    drop(index);

    let index = open();
    index.put(&entry(4, "Nuova")).unwrap();
    index.commit(13).unwrap();
    index.close().unwrap();
    drop(index);
    let index = open();
    assert_eq!((index.count(), found(&index, "vecchia").len(), found(&index, "nuova").len()), (12, 11, 1));
    assert!(index.stats().unwrap().segments < 5, "they were merged");
}
