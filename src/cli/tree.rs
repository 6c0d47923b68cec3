//! What a folder holds that can be imported, and what is left out and why.

use std::fs::{File, FileType};
use std::io;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};

use super::import::{LeftOut, Listing, Piece};
use crate::limits;

/// All files below `root`, sorted by path. `archive` is the data folder, which is never imported into itself.
pub fn list(root: &Path, archive: &Path) -> Listing {
    let mut listing = Listing::default();
    // A folder that cannot be resolved is not the one being listed.
    let archive = archive.canonicalize().ok();
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        if archive.is_some() && folder.canonicalize().ok() == archive {
            listing.left_out.push(LeftOut::fine(prefix, "it is the archive itself"));
            continue;
        }
        if let Err(error) = list_folder(&folder, &prefix, &mut listing, &mut folders) {
            let path = if prefix.is_empty() { root.display().to_string() } else { prefix };
            listing.left_out.push(LeftOut::fault(path, format!("it cannot be read: {error}")));
        }
    }
    listing.pieces.sort_by(|one, two| one.path.cmp(&two.path));
    listing.left_out.sort_by(|one, two| one.path.cmp(&two.path));
    listing
}

fn list_folder(
    folder: &Path,
    prefix: &str,
    listing: &mut Listing,
    folders: &mut Vec<(PathBuf, String)>,
) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let path = format!("{prefix}{}", name.to_string_lossy());
        let kind = entry.file_type()?;
        if let Some(why) = passed_over(&name.to_string_lossy(), kind) {
            listing.left_out.push(LeftOut::fine(path, why));
        } else if name.to_str().is_none() {
            listing.left_out.push(LeftOut::fault(path, "its name is no UTF-8: rename it"));
        } else if let Some(why) = hostile_name(&name.to_string_lossy()) {
            listing.left_out.push(LeftOut::fault(path, why));
        } else if path.len() > limits::IMPORT_PATH_BYTES_MAX {
            listing.left_out.push(LeftOut::fault(path, "its path is too long"));
        } else if kind.is_dir() {
            folders.push((entry.path(), format!("{path}/")));
        } else {
            let size = entry.metadata()?.len();
            listing.pieces.push(Piece { path, size, number: 0 });
        }
    }
    Ok(())
}

/// What nobody expects to be imported.
fn passed_over(name: &str, kind: FileType) -> Option<&'static str> {
    if name.starts_with('.') {
        Some("it is hidden")
    } else if kind.is_symlink() {
        Some("it is a symbolic link")
    } else if kind.is_fifo() || kind.is_socket() || kind.is_block_device() || kind.is_char_device() {
        Some("it is no file but a pipe, socket or device")
    } else {
        None
    }
}

/// A name under which no document is kept.
pub fn hostile_name(name: &str) -> Option<&'static str> {
    if name.chars().any(char::is_control) {
        Some("its name holds control characters")
    } else if name.contains('\\') {
        Some("its name holds a backslash")
    } else if name.chars().count() > 255 {
        Some("its name is longer than 255 characters")
    } else if name.trim().is_empty() {
        Some("its name is empty")
    } else {
        None
    }
}

/// Opens a file that was listed.
pub fn open(root: &Path, piece: &Piece) -> io::Result<File> {
    let file = File::open(root.join(&piece.path))?;
    // What was a file when it was listed may be a pipe by now, which would be waited for.
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no file any more")) }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    use super::*;

    #[test]
    fn files_are_found_in_order_and_what_is_left_out_is_named() {
        let base = tempfile::tempdir().unwrap();
        let root = base.path();
        for folder in ["b/c", ".git", "archive", "empty"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        for file in ["z.txt", "b/2.txt", "b/c/1.txt", "b/.hidden", ".git/config", "archive/x", "back\\slash", "tab\t"] {
            std::fs::write(root.join(file), file).unwrap();
        }
        std::fs::write(root.join(OsStr::from_bytes(b"latin\xe0.txt")), "x").unwrap();
        std::os::unix::fs::symlink(root, root.join("loop")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(root.join("s")).unwrap();
        let listing = list(root, &root.join("b/../archive"));
        let paths: Vec<_> = listing.pieces.iter().map(|piece| (piece.path.as_str(), piece.size)).collect();
        assert_eq!(paths, [("b/2.txt", 7), ("b/c/1.txt", 9), ("z.txt", 5)]);
        let left: Vec<_> = listing.left_out.iter().map(|left| (left.path.as_str(), left.fault)).collect();
        let expected = [
            (".git", false),
            ("archive/", false),
            ("b/.hidden", false),
            ("back\\slash", true),
            ("latin\u{fffd}.txt", true),
            ("loop", false),
            ("s", false),
            ("tab\t", true),
        ];
        assert_eq!(left, expected);
    }

    #[test]
    fn names_at_the_boundary() {
        assert_eq!(hostile_name(&"é".repeat(255)), None);
        assert!(hostile_name(&"é".repeat(256)).is_some());
        assert!(hostile_name(" ").is_some() && hostile_name("a\0b").is_some());
        assert_eq!(hostile_name("Delibera n. 12 (bozza).pdf"), None);
    }
}
