//! Who holds a data folder, and folders that are thrown away whole: for the machine's file system alone.

use std::path::{Path, PathBuf};

use super::{DiskError, Operation};

/// Holds a data folder for one process, until dropped or until the process ends, however it ends.
#[derive(Debug)]
pub struct FolderLock {
    file: std::fs::File,
}

impl Drop for FolderLock {
    /// Said, not left to closing the file: a child process that another thread is just starting holds a copy of the
    /// open file until it has begun its own program, and with it the lock.
    fn drop(&mut self) {
        if let Err(error) = self.file.unlock() {
            tracing::warn!(%error, "the data folder is let go when the process ends");
        }
    }
}

/// Why a folder could not be held.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it; its id, if it left it.
    #[error("the folder {} is in use{}", path.display(), holder.map(|id| format!(" by process {id}")).unwrap_or_default())]
    Held { path: PathBuf, holder: Option<u32> },
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl FolderLock {
    /// Takes the lock of a folder that exists, or says who has it.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        use std::io::{Read as _, Write as _};
        let path = folder.join("lock");
        let mut options = std::fs::OpenOptions::new();
        let opened = options.read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.map_err(DiskError::at(&path, Operation::Open))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => {
                let mut text = String::new();
                let holder = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
                return Err(LockError::Held { path: folder.to_owned(), holder });
            }
            Err(std::fs::TryLockError::Error(source)) => {
                return Err(DiskError { path, operation: Operation::Open, source }.into());
            }
        }
        // For the message of who comes second; the lock itself needs no content.
        let written = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
        written.map_err(DiskError::at(&path, Operation::Write))?;
        Ok(Self { file })
    }
}

/// Removes a folder with all that is in it; one that is missing is fine. For projections, which can be made again.
pub fn remove_tree(path: &Path) -> Result<(), DiskError> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other.map_err(DiskError::at(path, Operation::Remove)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_once_and_again_when_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let lock = FolderLock::take(folder.path()).unwrap();
        match FolderLock::take(folder.path()) {
            Err(LockError::Held { holder, .. }) => assert_eq!(holder, Some(std::process::id())),
            other => panic!("{other:?}"),
        }
        drop(lock);
        FolderLock::take(folder.path()).unwrap();
    }
}
