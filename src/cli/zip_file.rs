//! What a ZIP holds that can be imported. It is never unpacked to disk: members are read one by one, under limits.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

use zip::ZipArchive;
use zip::result::ZipError;

use super::import::{LeftOut, Listing, Piece};
use super::tree::hostile_name;
use crate::limits;

/// Why a whole ZIP is refused, before anything of it is filed.
#[derive(Debug, thiserror::Error)]
pub enum ZipRefused {
    #[error("it cannot be read")]
    Read(#[from] io::Error),
    #[error("it is no ZIP, or a damaged one")]
    Zip(#[from] ZipError),
    #[error("it has {found} members, at most {} are taken: split it", limits::IMPORT_MEMBERS_MAX)]
    Members { found: usize },
    #[error("it is a bomb: its members share the same bytes. Nothing of it was filed")]
    Overlap,
    #[error("it is a bomb: {packed} bytes would unpack to {unpacked}. Nothing of it was filed")]
    Ratio { packed: u64, unpacked: u64 },
}

/// What a ZIP may ask of us.
#[derive(Debug, Clone, Copy)]
pub struct ZipLimits {
    pub members: usize,
    pub member: u64,
    pub ratio: u64,
    pub ratio_from: u64,
}

impl Default for ZipLimits {
    fn default() -> Self {
        Self {
            members: limits::IMPORT_MEMBERS_MAX,
            member: limits::IMPORT_MEMBER_MAX,
            ratio: limits::IMPORT_RATIO_MAX,
            ratio_from: limits::IMPORT_RATIO_FROM,
        }
    }
}

/// An open ZIP. Cheap to clone: each thread reads with its own.
pub type Zip = ZipArchive<Shared>;

pub fn open(path: &Path) -> Result<Zip, ZipRefused> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    Ok(ZipArchive::new(Shared { file: Arc::new(file), at: 0, length })?)
}

/// The members that can be imported, in the order of the directory.
///
/// # Errors
/// When the whole is refused: a bomb is known by what it says of itself, and what lies is caught when it is read.
pub fn list(zip: &mut Zip, limits: ZipLimits) -> Result<Listing, ZipRefused> {
    if zip.len() > limits.members {
        return Err(ZipRefused::Members { found: zip.len() });
    }
    if zip.has_overlapping_files()? {
        return Err(ZipRefused::Overlap);
    }
    let mut listing = Listing::default();
    if zip.has_duplicate_names() {
        let why = "several members have the same name, of which only one is seen: unpack it and import the folder";
        listing.left_out.push(LeftOut::fault("(some members)", why));
    }
    let (mut packed, mut unpacked) = (0_u64, 0_u64);
    for number in 0..zip.len() {
        let member = zip.by_index_data(number)?;
        let path = match member.name() {
            Ok(name) => name.into_owned(),
            Err(_) => String::from_utf8_lossy(member.name_raw()).into_owned(),
        };
        if member.is_dir() {
            continue;
        }
        if let Some(why) = hostile_path(&path) {
            listing.left_out.push(LeftOut::fault(path, why));
        } else if hidden(&path) {
            listing.left_out.push(LeftOut::fine(path, "it is hidden"));
        } else if let Some(why) = no_file(member.unix_mode()) {
            listing.left_out.push(LeftOut::fine(path, why));
        } else if member.encrypted() {
            listing.left_out.push(LeftOut::fault(path, "it is encrypted"));
        } else if member.size() > limits.member {
            let why = format!("it says it has {} bytes, at most {} are taken", member.size(), limits.member);
            listing.left_out.push(LeftOut::fault(path, why));
        } else {
            packed = packed.saturating_add(member.compressed_size());
            unpacked = unpacked.saturating_add(member.size());
            listing.pieces.push(Piece { path, size: member.size(), number });
        }
    }
    if unpacked > limits.ratio_from && unpacked / limits.ratio > packed {
        return Err(ZipRefused::Ratio { packed, unpacked });
    }
    Ok(listing)
}

/// A path that leads somewhere else on some machine, or under which no document is kept.
fn hostile_path(path: &str) -> Option<&'static str> {
    if path.len() > limits::IMPORT_PATH_BYTES_MAX {
        return Some("its path is too long");
    }
    let drive = path.as_bytes().get(1) == Some(&b':');
    if path.starts_with('/') || path.starts_with('\\') || drive {
        return Some("its path is absolute");
    }
    path.split('/').find_map(|part| match part {
        ".." | "." => Some("its path leads elsewhere"),
        part => hostile_name(part),
    })
}

fn hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
}

/// A member that stands for no file on the machine it came from.
fn no_file(mode: Option<u32>) -> Option<&'static str> {
    const KIND: u32 = 0o170_000;
    match mode.map_or(0, |mode| mode & KIND) {
        0 | 0o100_000 => None,
        0o120_000 => Some("it is a symbolic link"),
        _ => Some("it is no file but a pipe, socket or device"),
    }
}

/// A file read at places of its own, so that threads can share it.
#[derive(Debug, Clone)]
pub struct Shared {
    file: Arc<File>,
    at: u64,
    length: u64,
}

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(buffer, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    fn stored() -> SimpleFileOptions {
        SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored)
    }

    fn zip_of(members: &[(&str, &[u8])], options: SimpleFileOptions) -> (tempfile::NamedTempFile, Zip) {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut writer = ZipWriter::new(file.reopen().unwrap());
        for (name, bytes) in members {
            writer.start_file(*name, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap();
        let zip = open(file.path()).unwrap();
        (file, zip)
    }

    #[test]
    fn hostile_paths_are_named_and_the_rest_is_found() {
        let long = format!("{}/x", "d".repeat(256));
        let deep = "d/".repeat(2_001) + "x";
        let members: Vec<(&str, &[u8])> = vec![
            ("a/good.txt", b"1"),
            ("../x", b"2"),
            ("a/../../x", b"2"),
            ("/etc/passwd", b"3"),
            ("C:/x", b"3"),
            ("a\\..\\x", b"4"),
            ("nul\0.txt", b"5"),
            ("a//b", b"6"),
            ("./x", b"6"),
            (&long, b"7"),
            (&deep, b"8"),
            (".DS_Store", b"9"),
            ("__MACOSX/a", b"9"),
            ("perché.pdf", b"10"),
        ];
        let (_file, mut zip) = zip_of(&members, stored());
        let listing = list(&mut zip, ZipLimits::default()).unwrap();
        let paths: Vec<&str> = listing.pieces.iter().map(|piece| piece.path.as_str()).collect();
        assert_eq!(paths, ["a/good.txt", "perché.pdf"]);
        let (faults, fine): (Vec<&LeftOut>, Vec<&LeftOut>) = listing.left_out.iter().partition(|left| left.fault);
        assert_eq!((faults.len(), fine.len()), (10, 2), "{faults:?}");
    }

    #[test]
    fn links_and_folders_are_no_documents() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut writer = ZipWriter::new(file.reopen().unwrap());
        writer.add_directory("folder/", stored()).unwrap();
        writer.add_symlink("link", "/etc/passwd", stored()).unwrap();
        writer.finish().unwrap();
        let listing = list(&mut open(file.path()).unwrap(), ZipLimits::default()).unwrap();
        assert!(listing.pieces.is_empty());
        assert_eq!(listing.left_out, [LeftOut::fine("link", "it is a symbolic link")]);
    }

    #[test]
    fn a_bomb_is_known_by_what_it_says_of_itself() {
        let zeros = vec![0; 1 << 20];
        let (_file, mut zip) = zip_of(&[("zeros", &zeros)], SimpleFileOptions::default());
        assert_eq!(list(&mut zip, ZipLimits::default()).unwrap().pieces.len(), 1, "small enough to be no bomb");
        let strict = ZipLimits { ratio_from: 1 << 19, ..ZipLimits::default() };
        assert!(matches!(list(&mut zip, strict), Err(ZipRefused::Ratio { unpacked: 1_048_576, .. })));
        // At the boundary: not more than allowed.
        assert!(list(&mut zip, ZipLimits { ratio_from: 1 << 20, ..strict }).is_ok());
        let few = ZipLimits { members: 0, ..ZipLimits::default() };
        assert!(matches!(list(&mut zip, few), Err(ZipRefused::Members { found: 1 })));
        let small = ZipLimits { member: (1 << 20) - 1, ..ZipLimits::default() };
        let listing = list(&mut zip, small).unwrap();
        assert!(listing.pieces.is_empty() && listing.left_out[0].fault);
    }

    #[test]
    fn members_that_share_bytes_are_a_bomb() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut writer = ZipWriter::new(file.reopen().unwrap());
        writer.start_file("one", stored()).unwrap();
        writer.write_all(b"the kernel of it").unwrap();
        writer.shallow_copy_file("one", "two").unwrap();
        writer.finish().unwrap();
        assert!(matches!(list(&mut open(file.path()).unwrap(), ZipLimits::default()), Err(ZipRefused::Overlap)));
    }

    #[test]
    fn what_is_no_zip_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(open(file.path()), Err(ZipRefused::Zip(_))));
        std::fs::write(file.path(), vec![b'x'; 100_000]).unwrap();
        assert!(matches!(open(file.path()), Err(ZipRefused::Zip(_))));
        assert!(matches!(open(Path::new("/nowhere")), Err(ZipRefused::Read(_))));
    }
}
