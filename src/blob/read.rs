//! How are contents read back? Through one wrapper, which checks the digest before it hands out the last bytes.

use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use super::{Inner, Location, MEMBER_HEADER, Store, pack, scan};
use crate::digest::Blake3;
use crate::disk::{DiskError, File};

/// Why a content was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("content {digest} is damaged in {} at byte {offset}", file.display())]
    Damaged { digest: Blake3, file: PathBuf, offset: u64 },
    #[error("the range is not inside the content")]
    OutOfRange,
}

/// A content or a part of it, as a stream. A whole content is checked: when its bytes are not those that its digest
/// names, the last read fails with [`ReadError::Damaged`] inside, instead of giving the last bytes.
pub struct Content {
    digest: Blake3,
    file: Arc<File>,
    /// Of the first byte, for messages.
    start: u64,
    at: u64,
    remaining: u64,
    /// `None` for a range, whose bytes alone prove nothing.
    hasher: Option<blake3::Hasher>,
}

impl Store {
    /// A content as a checked stream.
    pub fn open_content(&self, digest: &Blake3, location: &Location) -> Result<Content, ReadError> {
        let (file, start) = self.inner.place(digest, location)?;
        let hasher = Some(blake3::Hasher::new());
        Ok(Content { digest: *digest, file, start, at: start, remaining: location.size(), hasher })
    }

    /// `length` bytes from `from` of a content. Only whole contents can be checked against their digest; of a member
    /// at least the header is.
    pub fn open_range(
        &self,
        digest: &Blake3,
        location: &Location,
        from: u64,
        length: u64,
    ) -> Result<Content, ReadError> {
        if from.checked_add(length).is_none_or(|end| end > location.size()) {
            return Err(ReadError::OutOfRange);
        }
        let (file, start) = self.inner.place(digest, location)?;
        Ok(Content { digest: *digest, file, start, at: start + from, remaining: length, hasher: None })
    }

    /// The whole of a content that the caller knows to be small; checked.
    pub fn read_all(&self, digest: &Blake3, location: &Location) -> Result<Vec<u8>, ReadError> {
        let mut content = self.open_content(digest, location)?;
        let mut bytes = vec![0; usize::try_from(location.size()).unwrap_or(usize::MAX)];
        let mut filled = 0;
        // At least one round, so that an empty content is checked too.
        loop {
            filled += content.next_bytes(&mut bytes[filled..])?;
            if content.remaining == 0 {
                return Ok(bytes);
            }
        }
    }

    /// Where a large content lies, if there is one: its location needs no map.
    pub fn locate_large(&self, digest: &Blake3) -> Result<Option<Location>, DiskError> {
        let [_, _, place] = self.inner.layout.large(digest);
        match self.inner.disk.open(&place) {
            Ok(file) => Ok(Some(Location::Large { size: file.len()? })),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Inner {
    /// The file of a content and where in it the content begins; a member's header must name the digest.
    fn place(&self, digest: &Blake3, location: &Location) -> Result<(Arc<File>, u64), ReadError> {
        match location {
            Location::Large { .. } => {
                let [_, _, place] = self.layout.large(digest);
                Ok((Arc::new(self.disk.open(&place)?), 0))
            }
            Location::Pack { pack, offset, size } => {
                let file = self.packs.get(u64::from(*pack), || self.layout.pack(*pack))?;
                let header = file.read_vec(*offset, MEMBER_HEADER as usize)?;
                let named = pack::parse_local_header(&header, *offset)
                    .is_ok_and(|member| member.size == *size && scan::digest_of_name(&member) == Some(*digest));
                if named {
                    Ok((file, offset + MEMBER_HEADER))
                } else {
                    let file = file.path().to_owned();
                    Err(ReadError::Damaged { digest: *digest, file, offset: *offset })
                }
            }
        }
    }
}

impl Content {
    /// Bytes not yet read.
    pub fn remaining(&self) -> u64 {
        self.remaining
    }

    fn damaged(&self) -> ReadError {
        ReadError::Damaged { digest: self.digest, file: self.file.path().to_owned(), offset: self.start }
    }

    fn next_bytes(&mut self, buffer: &mut [u8]) -> Result<usize, ReadError> {
        let length = usize::try_from(self.remaining).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.file.read_at(self.at, &mut buffer[..length])?;
        if count < length {
            return Err(self.damaged());
        }
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&buffer[..count]);
        }
        self.at += count as u64;
        self.remaining -= count as u64;
        if self.remaining == 0
            && let Some(hasher) = self.hasher.take()
            && hasher.finalize().as_bytes() != self.digest.as_bytes()
        {
            return Err(self.damaged());
        }
        Ok(count)
    }
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        self.next_bytes(buffer).map_err(|error| match error {
            ReadError::Disk(error) => io::Error::new(error.source.kind(), error),
            other => io::Error::new(io::ErrorKind::InvalidData, other),
        })
    }
}
