//! Is every byte of the journal still what was written? Reads each line, digest, leaf, batch and root; changes nothing.

use std::fmt;
use std::path::{Path, PathBuf};

use sha2::Digest as _;

use super::line::{BatchEnd, Key, RawLine, key, leaf_of};
use super::merkle::{Frontier, leaf_hash};
use super::read::{Lines, Segment};
use super::recover::{list_segments, open_segment};
use super::{Reader, folder, segment_first, segment_path};
use crate::digest::Sha256;
use crate::disk::{Disk, DiskError};
use crate::ids::Position;

/// What kind of damage; the spelling of [`fmt::Display`] is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FindingCode {
    SegmentMissing,
    SegmentUnreadable,
    LineGarbled,
    LineMisplaced,
    LineDigestWrong,
    BatchDigestWrong,
    BatchSizeWrong,
    RootWrong,
    JournalTrailingBytes,
    JournalUnknownFile,
}

impl FindingCode {
    /// All of them, for the list that is published.
    pub const ALL: [Self; 10] = [
        Self::SegmentMissing,
        Self::SegmentUnreadable,
        Self::LineGarbled,
        Self::LineMisplaced,
        Self::LineDigestWrong,
        Self::BatchDigestWrong,
        Self::BatchSizeWrong,
        Self::RootWrong,
        Self::JournalTrailingBytes,
        Self::JournalUnknownFile,
    ];
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SegmentMissing => "segment-missing",
            Self::SegmentUnreadable => "segment-unreadable",
            Self::LineGarbled => "line-garbled",
            Self::LineMisplaced => "line-misplaced",
            Self::LineDigestWrong => "line-digest-wrong",
            Self::BatchDigestWrong => "batch-digest-wrong",
            Self::BatchSizeWrong => "batch-size-wrong",
            Self::RootWrong => "root-wrong",
            Self::JournalTrailingBytes => "journal-trailing-bytes",
            Self::JournalUnknownFile => "journal-unknown-file",
        })
    }
}

/// One damage: where it is, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub code: FindingCode,
    pub file: PathBuf,
    pub offset: Option<u64>,
    pub text: String,
}

/// Is handed each whole line, with its segment's file and where it begins in it.
pub type Each<'a> = &'a mut dyn FnMut(&Path, u64, RawLine);

/// How much there is to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// A server is running in another process: to the last batch end that stands there when the check begins.
    Settled,
    /// No server is running: to the last byte.
    Whole,
}

impl Reader {
    /// Checks all that is durable now, beside a running writer; each whole line goes to `each`.
    pub fn verify(&self, disk: &Disk, each: Each<'_>, finding: &mut dyn FnMut(Finding)) -> Frontier {
        let (size, segments) = self.segments();
        let mut check = Check::new(disk, &self.shared.folder, each, finding);
        check.segments(&segments);
        check.expect_size(size);
        check.frontier
    }
}

/// Checks the journal below `root`. While no server runs, bytes after the last batch end are a finding.
/// Each whole line goes to `each`; the tree comes back.
///
/// # Errors
/// Only when the folder cannot be listed; a segment that cannot be read is a finding.
pub fn verify(
    disk: &Disk,
    root: &Path,
    extent: Extent,
    each: Each<'_>,
    finding: &mut dyn FnMut(Finding),
) -> Result<Frontier, DiskError> {
    let folder = folder(root);
    let mut segments = list_segments(disk, &folder)?;
    if extent == Extent::Settled {
        settle(disk, &folder, &mut segments)?;
    }
    let mut check = Check::new(disk, &folder, each, finding);
    for entry in disk.list(&folder)? {
        if entry.is_folder || segment_first(&entry.name).is_none() {
            check.find(FindingCode::JournalUnknownFile, folder.join(entry.name), None, "not a segment");
        }
    }
    check.segments(&segments);
    Ok(check.frontier)
}

/// Takes from the last segment what may still be in the making: all that follows its last batch end. Its bytes are
/// written in order, so whoever sees the end sees the lines before it.
fn settle(disk: &Disk, folder: &Path, segments: &mut Vec<Segment>) -> Result<(), DiskError> {
    let Some(last) = segments.last_mut() else { return Ok(()) };
    let file = open_segment(disk, folder, last.first)?;
    let mut lines = Lines::new(&file, 0, last.length);
    let mut settled = 0;
    while let Some(bytes) = lines.next()? {
        if BatchEnd::parse(bytes).is_ok() {
            settled = lines.offset;
        }
    }
    last.length = settled;
    if settled == 0 && segments.len() > 1 {
        segments.pop();
    }
    Ok(())
}

struct Check<'a> {
    disk: &'a Disk,
    folder: &'a Path,
    each: Each<'a>,
    finding: &'a mut dyn FnMut(Finding),
    frontier: Frontier,
    next: Position,
    /// A line could not be hashed: roots from here on would all be wrong, and one finding is enough.
    tree_broken: bool,
}

impl<'a> Check<'a> {
    fn new(disk: &'a Disk, folder: &'a Path, each: Each<'a>, finding: &'a mut dyn FnMut(Finding)) -> Self {
        Self { disk, folder, each, finding, frontier: Frontier::default(), next: 0, tree_broken: false }
    }

    fn find(&mut self, code: FindingCode, file: PathBuf, offset: Option<u64>, text: impl Into<String>) {
        (self.finding)(Finding { code, file, offset, text: text.into() });
    }

    fn expect_size(&mut self, size: Position) {
        if self.next != size {
            let text = format!("{} positions were read, {size} are known", self.next);
            self.find(FindingCode::SegmentMissing, self.folder.to_owned(), None, text);
        }
    }

    fn segments(&mut self, segments: &[Segment]) {
        if segments.is_empty() {
            self.find(FindingCode::SegmentMissing, segment_path(self.folder, 0), None, "there is no segment");
        }
        for segment in segments {
            let path = segment_path(self.folder, segment.first);
            if segment.first != self.next {
                let missing = segment_path(self.folder, self.next);
                let text = format!("position {} should begin a segment, not {}", self.next, segment.first);
                self.find(FindingCode::SegmentMissing, missing, None, text);
                (self.tree_broken, self.next) = (true, segment.first);
            }
            if let Err(error) = self.segment(segment) {
                let text = format!("{error}: {}", error.source);
                self.find(FindingCode::SegmentUnreadable, path, None, text);
                self.tree_broken = true;
            }
        }
    }

    fn segment(&mut self, segment: &Segment) -> Result<(), DiskError> {
        let file = open_segment(self.disk, self.folder, segment.first)?;
        let path = file.path().to_owned();
        let mut lines = Lines::new(&file, 0, segment.length);
        let (mut at, mut batch_start) = (0, 0);
        let mut hasher = sha2::Sha256::new();
        while let Some(bytes) = lines.next()? {
            if let Some(Key::End(_)) = key(bytes) {
                let digest = Sha256::from_bytes(hasher.finalize_reset().into());
                self.end(&path, at, batch_start == at, digest, bytes);
                batch_start = at + bytes.len() as u64 + 1;
            } else {
                hasher.update(bytes);
                hasher.update(b"\n");
                self.line(&path, at, bytes);
            }
            at = lines.offset;
        }
        if batch_start < segment.length {
            let text = format!("{} bytes after the last batch end", segment.length - batch_start);
            self.find(FindingCode::JournalTrailingBytes, path, Some(batch_start), text);
        }
        Ok(())
    }

    fn line(&mut self, path: &Path, at: u64, bytes: &[u8]) {
        let parsed = RawLine::parse(bytes).and_then(|line| Ok((line, leaf_of(bytes)?)));
        let (line, leaf) = match parsed {
            Ok(parsed) => parsed,
            Err(error) => {
                self.find(FindingCode::LineGarbled, path.to_owned(), Some(at), error.to_string());
                (self.tree_broken, self.next) = (true, self.next + 1);
                return;
            }
        };
        if line.position != self.next {
            let text = format!("position {} stands where {} should", line.position, self.next);
            self.find(FindingCode::LineMisplaced, path.to_owned(), Some(at), text);
            self.tree_broken = true;
        }
        self.next = line.position.saturating_add(1);
        self.frontier.push(leaf_hash(&leaf));
        match line.check() {
            Ok(()) => (self.each)(path, at, line),
            Err(error) => self.find(FindingCode::LineDigestWrong, path.to_owned(), Some(at), error.to_string()),
        }
    }

    fn end(&mut self, path: &Path, at: u64, is_empty: bool, digest: Sha256, bytes: &[u8]) {
        let end = match BatchEnd::parse(bytes) {
            Ok(end) => end,
            Err(error) => return self.find(FindingCode::LineGarbled, path.to_owned(), Some(at), error.to_string()),
        };
        if end.batch != digest {
            let text = "the batch's digest is not that of its lines";
            self.find(FindingCode::BatchDigestWrong, path.to_owned(), Some(at), text);
        }
        if end.size != self.next || is_empty {
            let text = format!("the batch ends at {}, not at {}", self.next, end.size);
            self.find(FindingCode::BatchSizeWrong, path.to_owned(), Some(at), text);
        }
        if !self.tree_broken && end.root != self.frontier.root() {
            self.find(FindingCode::RootWrong, path.to_owned(), Some(at), "the root is not that of the lines");
            self.tree_broken = true;
        }
    }
}
