//! How is the journal read while it grows? By position through bisection, or in order in large reads; never past what is durable.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::line::{Key, RawLine, key};
use super::segment_path;
use crate::disk::{Disk, DiskError, File, OpenFiles};
use crate::ids::Position;
use crate::limits;

/// Why a line was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("the journal has no position {position} yet")]
    Beyond { position: Position },
    #[error("the journal is damaged in {} at byte {offset}: {what}", file.display())]
    Damaged { file: PathBuf, offset: u64, what: String },
}

/// A segment: its first position and how many of its bytes are durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    pub first: Position,
    pub length: u64,
}

/// What the writer tells the readers.
pub(super) struct Shared {
    pub folder: PathBuf,
    pub files: OpenFiles,
    state: Mutex<State>,
    grown: Condvar,
}

struct State {
    size: Position,
    segments: Vec<Segment>,
}

impl Shared {
    pub(super) fn new(disk: &Disk, folder: PathBuf, size: Position, segments: Vec<Segment>) -> Self {
        let files = OpenFiles::new(disk.clone(), limits::OPEN_FILES);
        Self { folder, files, state: Mutex::new(State { size, segments }), grown: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin_segment(&self, first: Position) {
        self.state().segments.push(Segment { first, length: 0 });
    }

    pub(super) fn grow(&self, size: Position, length: u64) {
        let mut state = self.state();
        state.size = size;
        if let Some(last) = state.segments.last_mut() {
            last.length = length;
        }
        drop(state);
        self.grown.notify_all();
    }
}

/// Reads what is durable. Cheap to clone; any number of threads may read while the one [`super::Journal`] appends.
#[derive(Clone)]
pub struct Reader {
    pub(super) shared: Arc<Shared>,
}

/// A first look at a line: long enough for most.
const LINE_WINDOW: usize = 4 * 1024;
/// Below this the lines are read in order.
const SCAN_WINDOW: u64 = 8 * 1024;

impl Reader {
    /// Positions that are durable.
    pub fn size(&self) -> Position {
        self.shared.state().size
    }

    /// Waits until the journal has more than `position` positions, or the time is over; gives its size.
    pub fn wait_beyond(&self, position: Position, timeout: Duration) -> Position {
        let until = Instant::now() + timeout;
        let mut state = self.shared.state();
        while state.size <= position {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.shared.grown.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.size
    }

    /// The line at a position, found by bisection: positions ascend, and no index is kept.
    pub fn line(&self, position: Position) -> Result<RawLine, ReadError> {
        let (file, segment) = self.segment_of(position)?;
        let offset = find(&file, position, segment.length)?;
        let bytes = line_at(&file, offset, segment.length)?;
        RawLine::parse(&bytes).map_err(|error| damaged(&file, offset, error.to_string()))
    }

    /// Hands the lines from `from` to before `to` (and what is durable) to `each`, in order, until it breaks off.
    /// Digests are not checked; see [`RawLine::check`].
    pub fn scan(
        &self,
        from: Position,
        to: Position,
        each: &mut dyn FnMut(RawLine) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        let to = to.min(self.size());
        let mut at = from;
        while at < to {
            let (file, segment) = self.segment_of(at)?;
            let mut offset = find(&file, at, segment.length)?;
            let mut lines = Lines::new(&file, offset, segment.length);
            while let Some(bytes) = lines.next()? {
                let garbled = |what: String| damaged(&file, offset, what);
                match key(bytes) {
                    Some(Key::Line(position)) if position >= to => return Ok(()),
                    Some(Key::Line(position)) if position == at => {
                        let line = RawLine::parse(bytes).map_err(|error| garbled(error.to_string()))?;
                        at += 1;
                        if each(line).is_break() {
                            return Ok(());
                        }
                    }
                    Some(Key::End(size)) if size == at => {}
                    _ => return Err(garbled(format!("position {at} should stand here"))),
                }
                offset = lines.offset;
            }
        }
        Ok(())
    }

    /// All segments as they are durable now.
    pub(super) fn segments(&self) -> (Position, Vec<Segment>) {
        let state = self.shared.state();
        (state.size, state.segments.clone())
    }

    fn segment_of(&self, position: Position) -> Result<(Arc<File>, Segment), ReadError> {
        let state = self.shared.state();
        if position >= state.size {
            return Err(ReadError::Beyond { position });
        }
        let after = state.segments.partition_point(|segment| segment.first <= position);
        let segment = after.checked_sub(1).and_then(|index| state.segments.get(index)).copied();
        drop(state);
        let segment = segment.ok_or(ReadError::Beyond { position })?;
        let file = self.shared.files.get(segment.first, || segment_path(&self.shared.folder, segment.first))?;
        Ok((file, segment))
    }
}

fn damaged(file: &File, offset: u64, what: String) -> ReadError {
    ReadError::Damaged { file: file.path().to_owned(), offset, what }
}

/// Where the line of `position` starts in a segment of `length` bytes that holds it.
pub(super) fn find(file: &File, position: Position, length: u64) -> Result<u64, ReadError> {
    // The line starts in `low..=high`, and `low` is a line's start.
    let (mut low, mut high) = (0, length);
    while high - low > SCAN_WINDOW {
        let middle = low + (high - low) / 2;
        match line_start_after(file, middle, length)? {
            None => high = middle,
            Some((start, found)) => match found {
                Key::Line(there) if there == position => return Ok(start),
                Key::Line(there) | Key::End(there) if there <= position => low = start,
                Key::Line(_) | Key::End(_) => high = middle,
            },
        }
    }
    let mut lines = Lines::new(file, low, length);
    let mut start = low;
    while let Some(bytes) = lines.next()? {
        match key(bytes) {
            Some(Key::Line(there)) if there == position => return Ok(start),
            Some(Key::Line(there)) if there < position => {}
            Some(Key::End(there)) if there <= position => {}
            _ => break,
        }
        start = lines.offset;
    }
    Err(damaged(file, start, format!("position {position} is not where it should be")))
}

/// The first line that starts after `offset`, and what it is; `None` when there is none.
fn line_start_after(file: &File, offset: u64, length: u64) -> Result<Option<(u64, Key)>, ReadError> {
    let mut at = offset;
    while at < length {
        let window = file.read_vec(at, LINE_WINDOW.min((length - at) as usize))?;
        let Some(newline) = window.iter().position(|byte| *byte == b'\n') else {
            at += window.len().max(1) as u64;
            continue;
        };
        let start = at + newline as u64 + 1;
        if start >= length {
            return Ok(None);
        }
        // `{"position":` and 20 digits, and what ends them.
        let found = match key(&window[newline + 1..]) {
            Some(found) => Some(found),
            None => key(&file.read_vec(start, 40)?),
        };
        // What is neither a line nor an end stands behind every line that is: a torn tail, before it is cut.
        return Ok(found.map(|found| (start, found)));
    }
    Ok(None)
}

fn line_at(file: &File, offset: u64, length: u64) -> Result<Vec<u8>, ReadError> {
    let mut window = LINE_WINDOW;
    loop {
        let mut bytes = file.read_vec(offset, window.min((length - offset) as usize))?;
        if let Some(newline) = bytes.iter().position(|byte| *byte == b'\n') {
            bytes.truncate(newline);
            return Ok(bytes);
        }
        if bytes.len() < window {
            return Err(damaged(file, offset, "the line does not end".to_owned()));
        }
        window *= 8;
    }
}

/// The lines of a file one after the other, without their newlines, in large reads.
pub(super) struct Lines<'a> {
    file: &'a File,
    /// Where the next line starts.
    pub offset: u64,
    end: u64,
    buffer: Vec<u8>,
    /// Of the buffer: what has been handed out, and where its first byte stands in the file.
    used: usize,
    base: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn new(file: &'a File, offset: u64, end: u64) -> Self {
        Self { file, offset, end, buffer: Vec::new(), used: 0, base: offset }
    }

    /// The next line; `None` at the end and before a last line that has no newline.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, DiskError> {
        let mut searched = self.used;
        loop {
            if let Some(found) = self.buffer[searched..].iter().position(|byte| *byte == b'\n') {
                let (start, newline) = (self.used, searched + found);
                self.used = newline + 1;
                self.offset = self.base + self.used as u64;
                return Ok(Some(&self.buffer[start..newline]));
            }
            self.buffer.drain(..self.used);
            self.base += self.used as u64;
            self.used = 0;
            searched = self.buffer.len();
            let at = self.base + searched as u64;
            // Small first, so that looking for one line does not read a megabyte.
            let chunk = if at == self.offset && searched == 0 { SCAN_WINDOW as usize } else { limits::STREAM_CHUNK };
            let want = usize::try_from(self.end.saturating_sub(at)).unwrap_or(usize::MAX).min(chunk);
            self.buffer.resize(searched + want, 0);
            let count = self.file.read_at(at, &mut self.buffer[searched..])?;
            self.buffer.truncate(searched + count);
            if count == 0 {
                return Ok(None);
            }
        }
    }
}
