//! Which members does a pack hold? By its headers one after the other, or by its directory when it is sealed.

use super::pack::{self, FormatError, Member};
use crate::digest::{Blake3, ContentDigests, ContentHasher};
use crate::disk::{DiskError, File};
use crate::limits;

/// Members found by their headers, and where the last whole one ends.
pub(super) struct Headers {
    pub members: Vec<Member>,
    pub end: u64,
}

/// Follows the headers from `from` until one is torn, reaches past `to`, or is no member's.
pub(super) fn headers(file: &File, from: u64, to: u64) -> Result<Headers, DiskError> {
    let mut found = Headers { members: Vec::new(), end: from };
    let mut header = [0; super::MEMBER_HEADER as usize];
    while found.end < to {
        let count = file.read_at(found.end, &mut header)?;
        let Ok(member) = pack::parse_local_header(&header[..count], found.end) else { break };
        if digest_of_name(&member).is_none() || member.end() > to {
            break;
        }
        found.end = member.end();
        found.members.push(member);
    }
    Ok(found)
}

/// The members of a sealed pack and where they end; `Err` inside when it has no directory that reads as one.
pub(super) fn directory(file: &File) -> Result<Result<(Vec<Member>, u64), FormatError>, DiskError> {
    let size = file.len()?;
    let at = size.saturating_sub(pack::END_RECORD as u64);
    let end = match pack::parse_end(&file.read_vec(at, pack::END_RECORD)?, size) {
        Ok(end) => end,
        Err(error) => return Ok(Err(error)),
    };
    let from = u64::from(end.directory_offset);
    let bytes = file.read_vec(from, end.directory_size as usize)?;
    Ok(pack::parse_directory(&bytes, &end).map(|members| (members, from)))
}

/// The digest that a member is named by.
pub(super) fn digest_of_name(member: &Member) -> Option<Blake3> {
    member.name.parse().ok()
}

/// Digests and CRC of a range of a file, all from one reading, and whether it was all there.
pub(super) struct RangeCheck {
    pub content: ContentDigests,
    pub crc: u32,
    pub whole: bool,
}

/// Reads a range and hashes it, in bounded memory.
pub(super) fn check_range(file: &File, from: u64, size: u64) -> Result<RangeCheck, DiskError> {
    let (mut hasher, mut crc) = (ContentHasher::default(), crc32fast::Hasher::new());
    let mut buffer = vec![0; size.min(limits::STREAM_CHUNK as u64) as usize];
    let mut done = 0;
    while done < size {
        let length = (size - done).min(buffer.len() as u64) as usize;
        let count = file.read_at(from + done, &mut buffer[..length])?;
        hasher.update(&buffer[..count]);
        crc.update(&buffer[..count]);
        done += count as u64;
        if count < length {
            break;
        }
    }
    Ok(RangeCheck { content: hasher.finish(), crc: crc.finalize(), whole: done == size })
}
