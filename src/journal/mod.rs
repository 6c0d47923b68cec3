//! What happened, in order? An append-only log of lines in segments, hashed as one Merkle tree (RFC 6962).
//!
//! It knows bytes, not events. [`Journal`] is the one writer; [`Reader`]s read only what is durable. A batch is a few
//! lines and an end that holds its digest and the tree's root; what follows the last valid end was never acknowledged.

use std::path::{Path, PathBuf};

mod append;
mod line;
mod merkle;
mod read;
mod recover;
#[cfg(test)]
mod tests;
mod verify;

pub use append::{AppendError, Committed, Journal};
pub use line::{GarbledLine, Line, RawLine, leaf_of};
pub use merkle::{Frontier, leaf_hash, node_hash};
pub use read::{ReadError, Reader};
pub use recover::{OpenError, Opened};
pub use verify::{Each, Extent, Finding, FindingCode, verify};

use crate::ids::Position;
use crate::limits;

/// Bounds of a journal; tests make them small.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub segment_size: u64,
    pub line_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { segment_size: limits::SEGMENT_SIZE, line_max: limits::LINE_MAX }
    }
}

/// The folder of the segments below the data folder.
fn folder(root: &Path) -> PathBuf {
    root.join("journal")
}

/// The file of the segment whose first line is `first`.
fn segment_path(folder: &Path, first: Position) -> PathBuf {
    folder.join(format!("{first:012}.jsonl"))
}

/// The first position in a segment's name, if it is one.
fn segment_first(name: &str) -> Option<Position> {
    let first = name.strip_suffix(".jsonl")?.parse().ok()?;
    (format!("{first:012}.jsonl") == name).then_some(first)
}
