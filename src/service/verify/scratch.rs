//! A catalogue replayed only to be compared: in memory while it is small, else in a folder beside the archive that goes away.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::catalogue::{Catalogue, CatalogueError, Look, OpenError, Write};
use crate::disk;

/// A journal of more bytes is replayed on disk: in memory it would take some hundred bytes an event.
const IN_MEMORY_JOURNAL_MAX: u64 = 256 * 1024 * 1024;
/// Memory for the pages of a replay on disk.
const CACHE: u64 = 256 * 1024 * 1024;

pub enum Scratch {
    Memory(BTreeMap<Vec<u8>, Vec<u8>>),
    Folder { catalogue: Catalogue, _folder: Passing },
}

/// A folder that is removed when it is let go.
pub struct Passing(PathBuf);

impl Drop for Passing {
    fn drop(&mut self) {
        if let Err(error) = disk::remove_tree(&self.0) {
            tracing::warn!(%error, "a passing folder was left behind");
        }
    }
}

type Pair = Result<(Vec<u8>, Vec<u8>), CatalogueError>;

impl Scratch {
    /// For a journal of so many bytes. A large one gets a folder beside the data folder `root`, which lies on the same
    /// file system, or where that may not be written, in the folder for temporary files.
    pub fn new(root: &Path, journal_bytes: u64) -> Result<Self, OpenError> {
        if journal_bytes <= IN_MEMORY_JOURNAL_MAX {
            return Ok(Self::Memory(BTreeMap::new()));
        }
        let name = format!("tabularium-verify-{}", std::process::id());
        let beside = root.parent().map(|parent| parent.join(&name));
        let elsewhere = std::env::temp_dir().join(&name);
        let mut last = None;
        for folder in beside.into_iter().chain([elsewhere]) {
            match Catalogue::open(&folder, CACHE) {
                Ok(catalogue) => return Ok(Self::Folder { catalogue, _folder: Passing(folder) }),
                Err(error) => last = Some(error),
            }
        }
        Err(last.expect("at least one folder was tried"))
    }

    pub fn write(&mut self, writes: Vec<Write>) -> Result<(), CatalogueError> {
        match self {
            Self::Folder { catalogue, .. } => catalogue.write(&writes),
            Self::Memory(map) => {
                for (key, value) in writes {
                    match value {
                        Some(value) => map.insert(key, value),
                        None => map.remove(&key),
                    };
                }
                Ok(())
            }
        }
    }

    /// Every key and value, ascending.
    pub fn dump(&self) -> Box<dyn Iterator<Item = Pair> + '_> {
        match self {
            Self::Memory(map) => Box::new(map.iter().map(|(key, value)| Ok((key.clone(), value.clone())))),
            Self::Folder { catalogue, .. } => Box::new(catalogue.dump()),
        }
    }
}

impl Look for Scratch {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, CatalogueError> {
        match self {
            Self::Memory(map) => Ok(map.get(key).cloned()),
            Self::Folder { catalogue, .. } => catalogue.get(key),
        }
    }
}
