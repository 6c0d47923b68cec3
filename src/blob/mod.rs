//! Where are the bytes that were received? Content-addressed and immutable: packs for the small, a file for each large one.
//!
//! Contents are *staged* first ([`Store::begin`]) and become durable in the batch that refers to them
//! ([`Writer::append`]). The map from digest to [`Location`] is the caller's to keep; this module hands locations out
//! and takes them back. Digests are checked on every full read ([`Content`]) and by [`verify`], nowhere else.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::digest::Blake3;
use crate::disk::{Disk, OpenFiles};
use crate::limits;

mod commit;
mod open;
pub mod pack;
mod read;
mod scan;
mod scrub;
mod stage;
#[cfg(test)]
mod tests;

pub use commit::{CommitError, Writer};
pub use open::OpenError;
pub use read::{Content, ReadError};
pub use scrub::{Extent, Finding, FindingCode, Reference, needed_tail, quarantine, verify};
pub use stage::{StageError, Upload};

/// Bytes from a member's local header to its content: every name has 64 characters.
pub const MEMBER_HEADER: u64 = (pack::LOCAL_HEADER + 64) as u64;

/// Where a content lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// In a pack; `offset` is that of the member's local header.
    Pack { pack: u32, offset: u64, size: u32 },
    /// A file of its own, found by its digest.
    Large { size: u64 },
}

impl Location {
    /// Bytes of the content.
    pub fn size(&self) -> u64 {
        match self {
            Self::Pack { size, .. } => u64::from(*size),
            Self::Large { size } => *size,
        }
    }

    /// Compact form for the catalogue: a version byte, then big-endian numbers.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(17);
        match self {
            Self::Pack { pack, offset, size } => {
                bytes.push(1);
                bytes.extend_from_slice(&pack.to_be_bytes());
                bytes.extend_from_slice(&offset.to_be_bytes());
                bytes.extend_from_slice(&size.to_be_bytes());
            }
            Self::Large { size } => {
                bytes.push(2);
                bytes.extend_from_slice(&size.to_be_bytes());
            }
        }
        bytes
    }

    /// Reads what [`Location::to_bytes`] wrote; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        match version {
            1 if rest.len() == 16 => Some(Self::Pack {
                pack: u32::from_be_bytes(rest[..4].try_into().ok()?),
                offset: u64::from_be_bytes(rest[4..12].try_into().ok()?),
                size: u32::from_be_bytes(rest[12..].try_into().ok()?),
            }),
            2 => Some(Self::Large { size: u64::from_be_bytes(rest.try_into().ok()?) }),
            _ => None,
        }
    }

    /// The place right behind it when it lies in pack `number`.
    pub fn end_in(&self, number: u32) -> Option<u64> {
        match self {
            Self::Pack { pack, offset, size } if *pack == number => Some(offset + MEMBER_HEADER + u64::from(*size)),
            _ => None,
        }
    }
}

/// How far the packs go: the open one, the end of its last member, and how many members it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackTail {
    pub pack: u32,
    pub offset: u64,
    pub members: u32,
}

impl PackTail {
    /// Form for the catalogue, which remembers it to spare the next start a scan.
    pub fn to_bytes(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&self.pack.to_be_bytes());
        bytes[4..12].copy_from_slice(&self.offset.to_be_bytes());
        bytes[12..].copy_from_slice(&self.members.to_be_bytes());
        bytes
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == 16).then_some(())?;
        Some(Self {
            pack: u32::from_be_bytes(bytes[..4].try_into().ok()?),
            offset: u64::from_be_bytes(bytes[4..12].try_into().ok()?),
            members: u32::from_be_bytes(bytes[12..].try_into().ok()?),
        })
    }
}

/// Bounds of a store; tests make them small.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub pack_size: u64,
    pub pack_members: usize,
    pub packed_content_max: u64,
    pub staged_memory_max: u64,
    pub upload_max: u64,
    pub free_space_min: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pack_size: limits::PACK_SIZE,
            pack_members: limits::PACK_MEMBERS,
            packed_content_max: limits::PACKED_CONTENT_MAX,
            staged_memory_max: limits::STAGED_MEMORY_MAX,
            upload_max: limits::UPLOAD_MAX,
            free_space_min: limits::FREE_SPACE_MIN,
        }
    }
}

/// The one place that knows how files of a store are named.
#[derive(Debug, Clone)]
struct Layout {
    root: PathBuf,
}

impl Layout {
    fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    fn blobs(&self) -> PathBuf {
        self.root.join("blobs")
    }

    fn packs(&self) -> PathBuf {
        self.root.join("blobs/packs")
    }

    fn pack(&self, number: u32) -> PathBuf {
        self.packs().join(format!("{number:06}.zip"))
    }

    fn large_root(&self) -> PathBuf {
        self.root.join("blobs/large")
    }

    /// The two folders and the file of a large content.
    fn large(&self, digest: &Blake3) -> [PathBuf; 3] {
        let hex = digest.to_string();
        let outer = self.large_root().join(&hex[..2]);
        let inner = outer.join(&hex[2..4]);
        let file = inner.join(hex);
        [outer, inner, file]
    }

    fn incoming(&self) -> PathBuf {
        self.root.join("incoming")
    }

    fn quarantine(&self) -> PathBuf {
        self.root.join("quarantine")
    }
}

/// The number in a pack's name, if it is one.
fn pack_number(name: &str) -> Option<u32> {
    let number = name.strip_suffix(".zip")?.parse().ok()?;
    (format!("{number:06}.zip") == name).then_some(number)
}

/// Stages and reads contents. Cheap to clone; any number of threads may use it while the one [`Writer`] commits.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    disk: Disk,
    layout: Layout,
    settings: Settings,
    staging: Mutex<stage::Staging>,
    packs: OpenFiles,
}
