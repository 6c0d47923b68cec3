//! Which files are open for reading: a bounded number, the least recently used one closed first.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Disk, DiskError, File};

/// Read handles by number (of a pack, of a segment), at most `limit` of them.
pub struct OpenFiles {
    disk: Disk,
    limit: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Counts uses: the smallest is the longest unused.
    uses: u64,
    files: HashMap<u64, (Arc<File>, u64)>,
}

impl OpenFiles {
    pub fn new(disk: Disk, limit: usize) -> Self {
        Self { disk, limit: limit.max(1), state: Mutex::default() }
    }

    /// The file `number`, opened from `path()` when it is not open.
    pub fn get(&self, number: u64, path: impl FnOnce() -> PathBuf) -> Result<Arc<File>, DiskError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.uses += 1;
        let uses = state.uses;
        if let Some((file, used)) = state.files.get_mut(&number) {
            *used = uses;
            return Ok(file.clone());
        }
        let file = Arc::new(self.disk.open(&path())?);
        if state.files.len() >= self.limit {
            let oldest = state.files.iter().min_by_key(|(_, (_, used))| *used).map(|(number, _)| *number);
            oldest.and_then(|number| state.files.remove(&number));
        }
        state.files.insert(number, (file.clone(), uses));
        Ok(file)
    }

    /// Closes a file whose name now means other bytes.
    pub fn forget(&self, number: u64) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).files.remove(&number);
    }
}
