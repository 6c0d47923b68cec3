//! How does a batch of lines become durable? One write, one sync, by the one handle there is.

use std::path::PathBuf;
use std::sync::Arc;

use super::line::{BatchEnd, GarbledLine, Line};
use super::merkle::Frontier;
use super::read::Shared;
use super::{Settings, segment_path};
use crate::digest::Sha256;
use crate::disk::{Disk, DiskError, File};
use crate::ids::Position;

/// A batch that is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The position of its first line.
    pub first: Position,
    /// Positions in the journal now.
    pub size: Position,
    /// The Merkle root over all of them.
    pub root: Sha256,
}

/// Why a batch was not appended. Nothing of it is acknowledged; after anything but `Poisoned` the next may be tried.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    #[error("line {index} of the batch cannot be written")]
    BadLine { index: usize, source: GarbledLine },
    #[error("line {index} of the batch has {size} bytes, more than {limit}")]
    LineTooLong { index: usize, size: usize, limit: usize },
    #[error("a batch has at least one line")]
    EmptyBatch,
    #[error(transparent)]
    Disk(DiskError),
    /// A sync failed, now or earlier: what the disk holds is uncertain, so nothing more is written until a restart.
    #[error("a write to the journal could not be made certain; nothing more is written until a restart")]
    Poisoned(#[source] Option<DiskError>),
}

impl AppendError {
    /// There is no room: worth trying again later.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Disk(error) if error.is_full())
    }

    pub fn is_poisoned(&self) -> bool {
        matches!(self, Self::Poisoned(_))
    }
}

/// The one handle that writes to the journal.
pub struct Journal {
    pub(super) disk: Disk,
    pub(super) folder: PathBuf,
    pub(super) settings: Settings,
    pub(super) shared: Arc<Shared>,
    /// The last segment and its length.
    pub(super) file: File,
    pub(super) length: u64,
    pub(super) frontier: Frontier,
    pub(super) poisoned: bool,
    pub(super) buffer: String,
}

/// A buffer larger than this is given back after its batch.
const BUFFER_KEPT: usize = 4 * 1024 * 1024;

impl Journal {
    /// Appends a batch: on return it survives a power cut, and readers see it.
    pub fn append(&mut self, batch: &[Line]) -> Result<Committed, AppendError> {
        if self.poisoned {
            return Err(AppendError::Poisoned(None));
        }
        let (frontier, root) = self.render(batch)?;
        self.begin_segment_if_full()?;
        if let Err(error) = self.file.write_at(self.length, self.buffer.as_bytes()) {
            if let Err(error) = self.file.set_len(self.length) {
                self.poisoned = true;
                return Err(AppendError::Poisoned(Some(error)));
            }
            return Err(AppendError::Disk(error));
        }
        if let Err(error) = self.file.sync_data() {
            self.poisoned = true;
            return Err(AppendError::Poisoned(Some(error)));
        }
        let first = self.frontier.size();
        self.length += self.buffer.len() as u64;
        self.frontier = frontier;
        self.buffer.clear();
        self.buffer.shrink_to(BUFFER_KEPT);
        self.shared.grow(self.frontier.size(), self.length);
        Ok(Committed { first, size: self.frontier.size(), root })
    }

    /// Positions in the journal.
    pub fn size(&self) -> Position {
        self.frontier.size()
    }

    /// The Merkle tree as far as it has grown.
    pub fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// Puts the bytes of the batch into the buffer; gives the tree as it will be.
    fn render(&mut self, batch: &[Line]) -> Result<(Frontier, Sha256), AppendError> {
        if batch.is_empty() {
            return Err(AppendError::EmptyBatch);
        }
        self.buffer.clear();
        let mut frontier = self.frontier.clone();
        for (index, line) in batch.iter().enumerate() {
            line.check().map_err(|source| AppendError::BadLine { index, source })?;
            let before = self.buffer.len();
            let leaf = line.render(frontier.size(), &mut self.buffer);
            let (size, limit) = (self.buffer.len() - before, self.settings.line_max);
            if size > limit {
                return Err(AppendError::LineTooLong { index, size, limit });
            }
            frontier.push(leaf);
        }
        let root = frontier.root();
        let end = BatchEnd { size: frontier.size(), root, batch: Sha256::of(self.buffer.as_bytes()) };
        self.buffer.push_str(&end.render());
        Ok((frontier, root))
    }

    /// A segment begins only between batches, and its name is durable before a line relies on it.
    fn begin_segment_if_full(&mut self) -> Result<(), AppendError> {
        if self.length < self.settings.segment_size {
            return Ok(());
        }
        let first = self.frontier.size();
        // Not `create_new`: an earlier attempt may have come as far as this name.
        let file = self.disk.open_write(&segment_path(&self.folder, first)).map_err(AppendError::Disk)?;
        if let Err(error) = self.disk.sync_dir(&self.folder) {
            self.poisoned = true;
            return Err(AppendError::Poisoned(Some(error)));
        }
        (self.file, self.length) = (file, 0);
        self.shared.begin_segment(first);
        Ok(())
    }
}
