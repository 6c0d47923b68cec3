//! How do items get into the index: put, remove, commit with a position, recover after a failure.

use std::io;
use std::path::PathBuf;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::indexer::IndexWriterOptions;
use tantivy::{IndexWriter, TantivyError};

use super::merging::BySize;
use super::open::{Index, Settings, payload, position_of};
use super::{Item, ItemKind};
use crate::ids::Position;

/// Why the index did not take a change. After either, call `recover` and put again what follows `position`.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("no space left for the index {path}")]
    Full { path: PathBuf, source: TantivyError },
    #[error("writing the index {path} failed")]
    Failed { path: PathBuf, source: TantivyError },
    #[error("the index {path} awaits recovery from an earlier failure")]
    Halted { path: PathBuf },
}

/// What tantivy accepts for one thread.
const HEAP_MIN: usize = 15_000_000;
const HEAP_MAX: usize = 4_000_000_000;

/// One thread for indexing and one for merging leave the machine's other cores to those who wait for an answer.
pub(super) fn open_writer(index: &tantivy::Index, settings: &Settings) -> tantivy::Result<IndexWriter> {
    let options = IndexWriterOptions::builder()
        .num_worker_threads(1)
        .num_merge_threads(1)
        .memory_budget_per_thread(settings.heap_bytes.clamp(HEAP_MIN, HEAP_MAX))
        .build();
    let writer = index.writer_with_options(options)?;
    writer.set_merge_policy(Box::new(BySize));
    // tantivy counts on from the last commit and gives that number again. A removal under it is taken for a part of
    // that commit by a merge that begins before the next one, and then for done in segments where it was not: what was
    // put would stand beside what it replaces. So nobody gets that number.
    writer.run(Vec::new())?;
    Ok(writer)
}

impl Index {
    /// Puts an item in the place of any other of its kind and id. Seen by readers after the next commit.
    pub fn put(&self, item: &Item) -> Result<(), WriteError> {
        let document = self.fields.document(item);
        self.with_writer(|writer| {
            writer.delete_term(self.fields.key_term(item.kind, &item.id));
            writer.add_document(document).map(drop)
        })
    }

    /// Adds an item that the index has never held: looking for one to replace costs a search of every segment.
    pub fn add(&self, item: &Item) -> Result<(), WriteError> {
        let document = self.fields.document(item);
        self.with_writer(|writer| writer.add_document(document).map(drop))
    }

    /// Takes an item out. Seen by readers after the next commit.
    pub fn remove(&self, kind: ItemKind, id: &str) -> Result<(), WriteError> {
        self.with_writer(|writer| {
            writer.delete_term(self.fields.key_term(kind, id));
            Ok(())
        })
    }

    /// Makes all changes so far durable, together with the position they lead to, and visible to readers.
    pub fn commit(&self, position: Position) -> Result<(), WriteError> {
        self.with_writer(|writer| {
            let mut prepared = writer.prepare_commit()?;
            prepared.set_payload(&payload(position));
            prepared.commit()?;
            self.reader.reload()
        })?;
        self.position.store(position, Ordering::Release);
        Ok(())
    }

    /// Drops what was not committed and takes a fresh writer: after a failure, once there is a reason to try again.
    pub fn recover(&self) -> Result<(), WriteError> {
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        // The old writer holds the lock of the folder: it goes first.
        drop(slot.take());
        let failed = |error| self.write_error(error);
        let writer = open_writer(&self.inner, &self.settings).map_err(failed)?;
        // A commit may have become durable and failed only afterwards.
        self.reader.reload().map_err(failed)?;
        let payload = self.inner.load_metas().map_err(failed)?.payload;
        if let Some(position) = position_of(payload.as_deref()) {
            self.position.store(position, Ordering::Release);
        }
        *slot = Some(writer);
        Ok(())
    }

    /// Waits for merges that are under way, then lets the folder go. What was not committed is gone.
    pub fn close(&self) -> Result<(), WriteError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        match writer {
            Some(writer) => writer.wait_merging_threads().map_err(|error| self.write_error(error)),
            None => Ok(()),
        }
    }

    fn with_writer<T>(&self, act: impl FnOnce(&mut IndexWriter) -> tantivy::Result<T>) -> Result<T, WriteError> {
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(writer) = slot.as_mut() else { return Err(WriteError::Halted { path: self.path.clone() }) };
        let error = match act(writer) {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        // A document is refused because the thread died before; why, it says to who prepares a commit.
        let cause = match io_cause(&error) {
            Some(_) => error,
            None => match writer.prepare_commit() {
                Err(cause) if io_cause(&cause).is_some() => cause,
                _ => error,
            },
        };
        // A writer that failed may have lost documents it had accepted: it must not commit a position over them.
        drop(slot.take());
        Err(self.write_error(cause))
    }

    fn write_error(&self, source: TantivyError) -> WriteError {
        let path = self.path.clone();
        match io_cause(&source) {
            Some(error) if error.kind() == io::ErrorKind::StorageFull => WriteError::Full { path, source },
            _ => WriteError::Failed { path, source },
        }
    }
}

fn io_cause(error: &TantivyError) -> Option<&io::Error> {
    match error {
        TantivyError::IoError(error)
        | TantivyError::LockFailure(LockError::IoError(error), _)
        | TantivyError::OpenDirectoryError(
            OpenDirectoryError::IoError { io_error: error, .. } | OpenDirectoryError::FailedToCreateTempDir(error),
        )
        | TantivyError::OpenReadError(OpenReadError::IoError { io_error: error, .. })
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: error, .. }) => Some(error),
        _ => None,
    }
}

/// Whether the machine is to blame, not what is written on its disk.
pub(super) fn is_io(error: &TantivyError) -> bool {
    use io::ErrorKind::{InvalidData, NotFound, UnexpectedEof};
    if matches!(error, TantivyError::SystemError(_) | TantivyError::ErrorInThread(_) | TantivyError::Poisoned) {
        return true;
    }
    io_cause(error).is_some_and(|error| !matches!(error.kind(), InvalidData | NotFound | UnexpectedEof))
}
