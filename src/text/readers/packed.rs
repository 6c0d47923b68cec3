//! What do files that hold files say: ZIP, gzip, tar, and envelopes of signatures?

use std::io::Cursor;

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::text::reading::Reading;
use crate::text::{Reason, signed};

/// A ZIP whose members are looked up by name: what office programs write.
pub(super) struct Members<'c> {
    archive: ZipArchive<Cursor<&'c [u8]>>,
}

impl<'c> Members<'c> {
    pub fn open(content: &'c [u8]) -> Result<Self, Reason> {
        Ok(Self { archive: ZipArchive::new(Cursor::new(content)).map_err(|error| reason(&error))? })
    }

    /// All names, in the order of the directory.
    pub fn names(&self) -> Vec<String> {
        self.archive.file_names().filter_map(|name| name.ok().map(std::borrow::Cow::into_owned)).collect()
    }

    pub fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// The bytes of a member; `None` when there is none of that name.
    pub fn get(&mut self, name: &str, reading: &mut Reading) -> Result<Option<Vec<u8>>, Reason> {
        match self.archive.by_name(name) {
            Ok(member) => reading.unpack(member).map(Some),
            Err(ZipError::FileNotFound) => Ok(None),
            Err(error) => Err(reason(&error)),
        }
    }

    fn len(&self) -> usize {
        self.archive.len()
    }
}

fn reason(error: &ZipError) -> Reason {
    match error {
        ZipError::InvalidPassword => Reason::Encrypted,
        ZipError::UnsupportedArchive(what) if *what == ZipError::PASSWORD_REQUIRED => Reason::Encrypted,
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => Reason::FormatNotRead,
        _ => Reason::Broken,
    }
}

/// Every member is a part.
pub(super) fn zip(content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let mut members = Members::open(content)?;
    for index in 0..members.len() {
        let name = members.archive.name_for_index(index).and_then(Result::ok).unwrap_or_default().into_owned();
        let bytes = match members.archive.by_index(index) {
            Ok(member) if member.is_dir() => continue,
            // One that says that it is too large must not use up the room of those after it.
            Ok(member) if !reading.fits(member.size()) => Err(Reason::TooLarge),
            Ok(member) => reading.unpack(member),
            Err(error) => Err(reason(&error)),
        };
        match bytes {
            Ok(bytes) => reading.part(&name, bytes)?,
            Err(Reason::Timeout) => return Err(Reason::Timeout),
            Err(reason) => reading.lost_part(&name, reason)?,
        }
    }
    Ok(())
}

/// One file, which has a name only where it was told.
pub(super) fn gzip(content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let decoder = MultiGzDecoder::new(content);
    let told = decoder.header().and_then(|header| header.filename()).map(crate::text::plain::decode);
    let name = match told {
        Some(name) => name.into_owned(),
        None => without_ending(reading.name(), &[".gz"]).to_owned(),
    };
    let bytes = reading.unpack(decoder)?;
    reading.wrapped(&name, bytes)
}

const TAR_BLOCK: usize = 512;

/// Regular files; names longer than a header has room for are cut as the header has them.
pub(super) fn tar(content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let mut rest = content;
    while let Some((header, after)) = rest.split_at_checked(TAR_BLOCK) {
        if header.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
        let text = |from: usize, to: usize| header[from..to].split(|byte| *byte == 0).next().unwrap_or_default();
        let size = str::from_utf8(text(124, 136)).ok().and_then(|digits| usize::from_str_radix(digits.trim(), 8).ok());
        let size = size.ok_or(Reason::Broken)?;
        let bytes = after.get(..size).ok_or(Reason::Broken)?;
        if matches!(header[156], 0 | b'0') {
            let (folder, name) = (text(345, 500), text(0, 100));
            // Other writers keep something else where the folder stands in the standard's header.
            let folder = if header[257..].starts_with(b"ustar\0") { folder } else { b"" };
            let path = [folder, name].join(&b"/"[..]);
            reading.part(crate::text::plain::decode(&path).trim_start_matches('/'), bytes)?;
        }
        rest = after.get(size.next_multiple_of(TAR_BLOCK)..).unwrap_or_default();
        reading.tick()?;
    }
    Ok(())
}

/// An envelope of signatures, and what was signed.
pub(super) fn envelope(content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let bytes = signed::bytes(content);
    let opened = signed::open(&bytes)?;
    reading.signatures(opened.signatures);
    let name = without_ending(reading.name(), &[".p7m", ".p7s", ".pkcs7", ".b64"]).to_owned();
    match opened.content {
        Some(content) => reading.wrapped(&name, content),
        // A signature that stands apart says who signed, and holds no text.
        None => Ok(()),
    }
}

/// A name without the ending that its wrapper has added.
fn without_ending<'n>(name: &'n str, endings: &[&str]) -> &'n str {
    let lower = name.to_ascii_lowercase();
    let ending = endings.iter().find(|ending| lower.ends_with(*ending));
    ending.map_or(name, |ending| &name[..name.len() - ending.len()])
}
