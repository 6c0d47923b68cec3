//! What does a start find in the journal? Valid batches up to some place; only what follows the last one may be cut.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::Digest as _;

use super::line::{BatchEnd, Key, RawLine, SIZE_KEY, key, leaf_of};
use super::merkle::{Frontier, leaf_hash};
use super::read::{Lines, ReadError, Segment, Shared, find};
use super::{Journal, Reader, Settings, folder, segment_first, segment_path};
use crate::digest::Sha256;
use crate::disk::{Disk, DiskError, File};
use crate::ids::Position;

/// What was found, and what was done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Positions in the journal.
    pub size: Position,
    /// Bytes after the last valid batch end, which are gone now: nobody was told of them.
    pub cut_bytes: u64,
    /// The first position of the last batch; the size when there is none.
    pub last_batch_first: Position,
}

/// Why a journal does not open. Damage is never repaired here: the archive must be looked at.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("the journal is damaged in {} at byte {offset}: {what}", file.display())]
    Damaged { file: PathBuf, offset: u64, what: String },
}

impl From<ReadError> for OpenError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Disk(error) => Self::Disk(error),
            ReadError::Damaged { file, offset, what } => Self::Damaged { file, offset, what },
            ReadError::Beyond { position } => {
                Self::Damaged { file: PathBuf::new(), offset: 0, what: format!("position {position} is missing") }
            }
        }
    }
}

/// A batch that is whole: where it is.
#[derive(Debug, Clone, Copy)]
struct Place {
    segment: usize,
    start: u64,
    end: u64,
    first: Position,
}

impl Journal {
    /// Opens the journal below the data folder `root`, or begins one.
    ///
    /// `from` is how far the caller has applied it, with the tree at that size: what lies before is not read. Nothing
    /// below `keep_at_least` is ever cut. The last batch is written over itself and synced before this returns.
    pub fn open(
        disk: Disk,
        root: &Path,
        settings: Settings,
        from: Option<Frontier>,
        keep_at_least: Position,
    ) -> Result<(Self, Reader, Opened), OpenError> {
        let folder = folder(root);
        disk.create_dir(&folder)?;
        let mut segments = list_segments(&disk, &folder)?;
        let frontier = from.unwrap_or_default();
        if segments.is_empty() {
            refuse_loss(&segment_path(&folder, 0), 0, 0, keep_at_least.max(frontier.size()))?;
            disk.create_new(&segment_path(&folder, 0))?;
            segments.push(Segment { first: 0, length: 0 });
        }
        let keep = keep_at_least.max(frontier.size());
        let mut scan = Scan { disk: &disk, folder: &folder, segments: &segments, frontier, last: None, bad: None };
        scan.run()?;
        let Scan { frontier, last, .. } = scan;
        let size = frontier.size();
        let (index, length) = end_of(&segments, last, size);
        let path = segment_path(&folder, segments[index].first);
        refuse_loss(&path, length, size, keep)?;
        let mut cut_bytes = 0;
        for (at, segment) in segments.iter_mut().enumerate().skip(index) {
            let keep = if at == index { length } else { 0 };
            if segment.length > keep {
                cut_bytes += segment.length - keep;
                disk.open_write(&segment_path(&folder, segment.first))?.set_len(keep)?;
                segment.length = keep;
            }
        }
        make_certain(&disk, root, &folder, &segments, last)?;
        let Some(open) = segments.last().copied() else { unreachable!("there is at least one segment") };
        let file = disk.open_write(&segment_path(&folder, open.first))?;
        let shared = Arc::new(Shared::new(&disk, folder.clone(), size, segments));
        let opened = Opened { size, cut_bytes, last_batch_first: last.map_or(size, |place| place.first) };
        let reader = Reader { shared: shared.clone() };
        let (length, buffer) = (open.length, String::new());
        Ok((Self { disk, folder, settings, shared, file, length, frontier, poisoned: false, buffer }, reader, opened))
    }
}

/// The segments by their names, in order, with their lengths.
pub(super) fn list_segments(disk: &Disk, folder: &Path) -> Result<Vec<Segment>, DiskError> {
    let mut segments = Vec::new();
    for entry in disk.list(folder)? {
        if let Some(first) = segment_first(&entry.name) {
            let length = disk.open(&segment_path(folder, first))?.len()?;
            segments.push(Segment { first, length });
        }
    }
    segments.sort_by_key(|segment| segment.first);
    Ok(segments)
}

/// Something has been built on a position that is not here any more.
fn refuse_loss(path: &Path, offset: u64, size: Position, keep: Position) -> Result<(), OpenError> {
    if size >= keep {
        return Ok(());
    }
    let what = format!("it ends at position {size}, but {keep} positions have been applied");
    Err(OpenError::Damaged { file: path.to_owned(), offset, what })
}

/// The segment that holds the end of what is valid, and that end. An empty segment that begins there counts.
fn end_of(segments: &[Segment], last: Option<Place>, size: Position) -> (usize, u64) {
    let (index, end) = last.map_or((0, 0), |place| (place.segment, place.end));
    match segments.get(index + 1) {
        Some(next) if next.first == size => (index + 1, 0),
        _ => (index, end),
    }
}

/// Writes the last batch over itself, and syncs its file, the cut one, and all folders: what a killed process left in
/// the page cache must not be answered from before it is on disk.
fn make_certain(
    disk: &Disk,
    root: &Path,
    folder: &Path,
    segments: &[Segment],
    last: Option<Place>,
) -> Result<(), DiskError> {
    if let Some(place) = last {
        let file = disk.open_write(&segment_path(folder, segments[place.segment].first))?;
        file.rewrite(place.start, place.end)?;
        file.sync_data()?;
    }
    if let Some(open) = segments.last() {
        disk.open_write(&segment_path(folder, open.first))?.sync_data()?;
    }
    disk.sync_dir(folder)?;
    disk.sync_dir(root)
}

/// Reads on from a place, batch by batch.
struct Scan<'a> {
    disk: &'a Disk,
    folder: &'a Path,
    segments: &'a [Segment],
    frontier: Frontier,
    last: Option<Place>,
    /// The first place that is no valid batch.
    bad: Option<(PathBuf, u64, String)>,
}

/// The batch being read.
struct Open {
    start: u64,
    first: Option<Position>,
    hasher: sha2::Sha256,
    frontier: Frontier,
    /// Positions read so far, counting also those that the frontier had already.
    next: Position,
    /// Its first lines may be ones that the frontier has.
    overlaps: bool,
}

impl Scan<'_> {
    fn run(&mut self) -> Result<(), OpenError> {
        let first = self.segments[0].first;
        if first != 0 {
            return Err(self.damage(0, 0, "the segments before it are missing".to_owned()));
        }
        // The batch that holds the last applied position is read whole: its digest covers all of it.
        let target = self.frontier.size().saturating_sub(1);
        let index = self.segments.partition_point(|segment| segment.first <= target).saturating_sub(1);
        let start = if self.frontier.size() == 0 { 0 } else { self.batch_start(index, target)? };
        self.segment(index, start)?;
        for next in index + 1..self.segments.len() {
            let first = self.segments[next].first;
            // Everything before a segment was durable when it was begun.
            if self.bad.is_none() && first != self.frontier.size() {
                let what = format!("a segment is missing or cut before it: {} was expected", self.frontier.size());
                return Err(self.damage(next, 0, what));
            }
            if let Some((file, offset, what)) = self.bad.take_if(|_| first > 0) {
                return Err(OpenError::Damaged { file, offset, what });
            }
            self.segment(next, 0)?;
        }
        Ok(())
    }

    fn damage(&self, index: usize, offset: u64, what: String) -> OpenError {
        OpenError::Damaged { file: segment_path(self.folder, self.segments[index].first), offset, what }
    }

    /// The start of the batch that holds `position`: behind the batch end before it, or the segment's start.
    fn batch_start(&self, index: usize, position: Position) -> Result<u64, OpenError> {
        let segment = self.segments[index];
        let file = self.disk.open(&segment_path(self.folder, segment.first))?;
        let mut high = find(&file, position, segment.length)?;
        let mut window = 64 * 1024;
        // A text cannot hold a newline, so what follows one is a line's start.
        let marker = [b"\n", SIZE_KEY].concat();
        while high > 0 {
            let low = high.saturating_sub(window);
            let bytes = file.read_vec(low, (high - low) as usize)?;
            if let Some(at) = bytes.windows(marker.len()).rposition(|window| window == marker) {
                let end = at + 1;
                let newline = bytes[end..].iter().position(|byte| *byte == b'\n');
                return Ok(low + end as u64 + newline.map_or(0, |newline| newline as u64 + 1));
            }
            if low == 0 {
                break;
            }
            // The marker may lie across the windows; an end is short, so the next one overlaps by more than it.
            high = low + 256;
            window *= 2;
        }
        Ok(0)
    }

    fn segment(&mut self, index: usize, start: u64) -> Result<(), OpenError> {
        let segment = self.segments[index];
        let path = segment_path(self.folder, segment.first);
        let file = self.disk.open(&path)?;
        let mut lines = Lines::new(&file, start, segment.length);
        let mut at = start;
        let mut open = Open::new(&self.frontier, at, self.last.is_none() && self.bad.is_none());
        while let Some(bytes) = lines.next()? {
            let taken = match key(bytes) {
                Some(Key::End(_)) => self.end(&open, bytes).map(Some),
                _ => open.line(bytes).map(|()| None),
            };
            let is_end = bytes.starts_with(SIZE_KEY);
            let valid_hash = is_end && open.matches(bytes);
            let next = lines.offset;
            match taken {
                Ok(None) => {}
                Ok(Some(())) if self.bad.is_none() => {
                    let first = open.first.unwrap_or(open.next);
                    self.frontier = open.frontier.clone();
                    self.last = Some(Place { segment: index, start: open.start, end: next, first });
                }
                Ok(Some(())) => {}
                Err(what) => self.bad = self.bad.take().or(Some((path.clone(), at, what))),
            }
            if valid_hash && let Some((file, offset, what)) = self.bad.take() {
                return Err(OpenError::Damaged { file, offset, what });
            }
            at = next;
            if is_end {
                open = Open::new(&self.frontier, at, false);
            }
        }
        // A batch without its end, or half a line.
        let cut = self.last.filter(|place| place.segment == index).map_or(start, |place| place.end);
        if self.bad.is_none() && cut < segment.length {
            self.bad = Some((path, cut, "the batch has no end".to_owned()));
        }
        Ok(())
    }

    /// An end is valid when digest, size and root are those of what was read.
    fn end(&self, open: &Open, bytes: &[u8]) -> Result<(), String> {
        let end = BatchEnd::parse(bytes).map_err(|error| error.to_string())?;
        if !open.matches(bytes) {
            return Err("the batch's digest is not that of its lines".to_owned());
        }
        if end.size != open.next || open.first.is_none() || end.size != open.frontier.size() {
            return Err(format!("the batch ends at {}, not at {}", open.next, end.size));
        }
        if end.root != open.frontier.root() {
            return Err("the root is not that of the lines".to_owned());
        }
        Ok(())
    }
}

impl Open {
    fn new(frontier: &Frontier, start: u64, overlaps: bool) -> Self {
        Self {
            start,
            first: None,
            hasher: sha2::Sha256::new(),
            frontier: frontier.clone(),
            next: frontier.size(),
            overlaps,
        }
    }

    fn line(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.hasher.update(bytes);
        self.hasher.update(b"\n");
        let line = RawLine::parse(bytes).map_err(|error| error.to_string())?;
        line.check().map_err(|error| error.to_string())?;
        let expected = match self.first {
            None if self.overlaps && line.position <= self.next => line.position,
            _ => self.next,
        };
        if line.position != expected {
            return Err(format!("position {} stands where {expected} should", line.position));
        }
        self.first = self.first.or(Some(line.position));
        self.next = line.position + 1;
        if line.position == self.frontier.size() {
            self.frontier.push(leaf_hash(&leaf_of(bytes).map_err(|error| error.to_string())?));
        }
        Ok(())
    }

    /// Whether an end's digest is that of the lines read since the last end.
    fn matches(&self, bytes: &[u8]) -> bool {
        let digest = Sha256::from_bytes(self.hasher.clone().finalize().into());
        BatchEnd::parse(bytes).is_ok_and(|end| end.batch == digest)
    }
}

/// The read handle of a segment, for a check that has no reader.
pub(super) fn open_segment(disk: &Disk, folder: &Path, first: Position) -> Result<File, DiskError> {
    disk.open(&segment_path(folder, first))
}
