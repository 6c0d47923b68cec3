//! Is every byte of the store still what was written? Reads packs and large files whole; changes nothing.

use std::fmt;
use std::path::{Path, PathBuf};

use super::pack::{self, Member};
use super::{Layout, Location, MEMBER_HEADER, PackTail, pack_number, scan};
use crate::digest::{Blake3, ContentDigests};
use crate::disk::{Disk, DiskError, File};
use crate::limits;

/// What kind of damage; the spelling of [`fmt::Display`] is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FindingCode {
    PackMissing,
    PackUnreadable,
    PackHeaderDamaged,
    PackDirectoryDamaged,
    PackTrailingBytes,
    ContentDamaged,
    ChecksumDamaged,
    ContentMisplaced,
    ContentUnreferenced,
    LargeUnreadable,
    LargeDamaged,
    UnknownFile,
}

impl FindingCode {
    /// All of them, for the list that is published.
    pub const ALL: [Self; 12] = [
        Self::PackMissing,
        Self::PackUnreadable,
        Self::PackHeaderDamaged,
        Self::PackDirectoryDamaged,
        Self::PackTrailingBytes,
        Self::ContentDamaged,
        Self::ChecksumDamaged,
        Self::ContentMisplaced,
        Self::ContentUnreferenced,
        Self::LargeUnreadable,
        Self::LargeDamaged,
        Self::UnknownFile,
    ];
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PackMissing => "pack-missing",
            Self::PackUnreadable => "pack-unreadable",
            Self::PackHeaderDamaged => "pack-header-damaged",
            Self::PackDirectoryDamaged => "pack-directory-damaged",
            Self::PackTrailingBytes => "pack-trailing-bytes",
            Self::ContentDamaged => "content-damaged",
            Self::ChecksumDamaged => "checksum-damaged",
            Self::ContentMisplaced => "content-misplaced",
            Self::ContentUnreferenced => "content-unreferenced",
            Self::LargeUnreadable => "large-unreadable",
            Self::LargeDamaged => "large-damaged",
            Self::UnknownFile => "unknown-file",
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

/// What the caller knows of a content that was found whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// Something refers to it, and it is looked for here.
    Here,
    /// Something refers to it, but would look elsewhere.
    Elsewhere,
    /// Nothing refers to it.
    None,
}

/// How much there is to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Beside a running server: up to here and no further.
    UpTo(PackTail),
    /// No server is running: to the last byte.
    Whole,
}

/// Reads every byte below `root` that belongs to the store. `check` is called for each content that is whole, with
/// both its digests, so that the caller can also tell which are missing; each damage goes to `finding`.
///
/// # Errors
/// Only when a folder cannot be listed; a file that cannot be read is a finding.
pub fn verify(
    disk: &Disk,
    root: &Path,
    extent: Extent,
    check: &mut dyn FnMut(&ContentDigests, &Location) -> Reference,
    finding: &mut dyn FnMut(Finding),
) -> Result<(), DiskError> {
    let mut scrub = Scrub { disk, layout: Layout::new(root), check, finding };
    scrub.packs(extent)?;
    scrub.large()
}

/// The end of the last member in the packs that is `needed`: how far a check beside a running server may go, for what
/// follows may be half written.
///
/// # Errors
/// When a pack cannot be read.
pub fn needed_tail(disk: &Disk, root: &Path, needed: &dyn Fn(&Blake3) -> bool) -> Result<PackTail, DiskError> {
    let layout = Layout::new(root);
    let mut numbers: Vec<u32> = disk
        .list(&layout.packs())?
        .iter()
        .filter_map(|entry| pack_number(&entry.name).filter(|_| !entry.is_folder))
        .collect();
    numbers.sort_unstable();
    for number in numbers.into_iter().rev() {
        let file = disk.open(&layout.pack(number))?;
        let size = file.len()?;
        let mut tail = PackTail { pack: number, offset: 0, members: 0 };
        let (mut at, mut members) = (0, 0);
        loop {
            let headers = scan::headers(&file, at, size)?;
            for member in &headers.members {
                members += 1;
                if scan::digest_of_name(member).is_some_and(|digest| needed(&digest)) {
                    (tail.offset, tail.members) = (member.end(), members);
                }
            }
            // A damaged header must not hide the members behind it.
            match next_header(&file, headers.end + 1, size)? {
                Some(next) => at = next,
                None => break,
            }
        }
        if tail.offset > 0 {
            return Ok(tail);
        }
    }
    Ok(PackTail { pack: 0, offset: 0, members: 0 })
}

/// Moves a damaged large file to `quarantine/`, under a name that is free; gives its new place.
pub fn quarantine(disk: &Disk, root: &Path, digest: &Blake3) -> Result<PathBuf, DiskError> {
    let layout = Layout::new(root);
    let [_, folder, place] = layout.large(digest);
    let mut target = layout.quarantine().join(digest.to_string());
    let mut attempt = 1;
    while disk.exists(&target)? {
        attempt += 1;
        target = layout.quarantine().join(format!("{digest}.{attempt}"));
    }
    disk.rename(&place, &target)?;
    disk.sync_dir(&layout.quarantine())?;
    disk.sync_dir(&folder)?;
    Ok(target)
}

struct Scrub<'a> {
    disk: &'a Disk,
    layout: Layout,
    check: &'a mut dyn FnMut(&ContentDigests, &Location) -> Reference,
    finding: &'a mut dyn FnMut(Finding),
}

impl Scrub<'_> {
    fn find(&mut self, code: FindingCode, file: &Path, offset: Option<u64>, text: impl Into<String>) {
        (self.finding)(Finding { code, file: file.to_owned(), offset, text: text.into() });
    }

    fn packs(&mut self, extent: Extent) -> Result<(), DiskError> {
        let folder = self.layout.packs();
        let mut last = None;
        let mut there = std::collections::BTreeSet::new();
        for entry in self.disk.list(&folder)? {
            match pack_number(&entry.name).filter(|_| !entry.is_folder) {
                Some(number) => {
                    there.insert(number);
                    last = last.max(Some(number));
                }
                None => self.find(FindingCode::UnknownFile, &folder.join(entry.name), None, "not a pack"),
            }
        }
        let last = match extent {
            Extent::UpTo(tail) => Some(tail.pack),
            Extent::Whole => last,
        };
        for number in 0..last.map_or(0, |last| last + 1) {
            let path = self.layout.pack(number);
            if !there.contains(&number) {
                self.find(FindingCode::PackMissing, &path, None, "the pack is missing");
                continue;
            }
            let upto = match extent {
                Extent::UpTo(tail) if tail.pack == number => Some(tail.offset),
                _ => None,
            };
            let checked = self.disk.open(&path).and_then(|file| self.pack(&file, number, upto, last == Some(number)));
            if let Err(error) = checked {
                self.find(FindingCode::PackUnreadable, &path, None, format!("{error}: {}", error.source));
            }
        }
        Ok(())
    }

    /// Members first, then what follows them: a directory, which only the last pack may lack.
    fn pack(&mut self, file: &File, number: u32, upto: Option<u64>, is_last: bool) -> Result<(), DiskError> {
        let size = file.len()?;
        let limit = upto.unwrap_or(size);
        let mut members = Vec::new();
        let mut at = 0;
        while at < limit {
            let header = file.read_vec(at, MEMBER_HEADER as usize)?;
            let parsed = pack::parse_local_header(&header, at)
                .ok()
                .and_then(|member| Some((scan::digest_of_name(&member)?, member)))
                .filter(|(_, member)| member.end() <= limit);
            if let Some((digest, member)) = parsed {
                self.member(file, number, digest, &member)?;
                at = member.end();
                members.push(member);
                continue;
            }
            let directory_follows = upto.is_none()
                && (header.starts_with(&pack::CENTRAL_SIGNATURE) || header.starts_with(&pack::END_SIGNATURE));
            if directory_follows {
                break;
            }
            let Some(next) = next_header(file, at + 1, limit)? else { break };
            let text = format!("{} bytes are not a member", next - at);
            self.find(FindingCode::PackHeaderDamaged, file.path(), Some(at), text);
            at = next;
        }
        match upto {
            Some(_) if at < limit => {
                let text = format!("{} bytes are not a member", limit - at);
                self.find(FindingCode::PackHeaderDamaged, file.path(), Some(at), text);
            }
            Some(_) => {}
            None => self.after_members(file, &members, at, is_last)?,
        }
        Ok(())
    }

    fn member(&mut self, file: &File, number: u32, digest: Blake3, member: &Member) -> Result<(), DiskError> {
        let check = scan::check_range(file, member.content(), u64::from(member.size))?;
        let at = Some(member.offset);
        if !check.whole || check.content.blake3 != digest {
            let text = format!("the bytes of {digest} are not those it names");
            self.find(FindingCode::ContentDamaged, file.path(), at, text);
            return Ok(());
        }
        if check.crc != member.crc {
            let text = format!("the CRC in the header of {digest} does not match its bytes");
            self.find(FindingCode::ChecksumDamaged, file.path(), at, text);
        }
        let location = Location::Pack { pack: number, offset: member.offset, size: member.size };
        match (self.check)(&check.content, &location) {
            Reference::Here => {}
            Reference::Elsewhere => {
                self.find(FindingCode::ContentMisplaced, file.path(), at, format!("{digest} is looked for elsewhere"));
            }
            Reference::None => {
                self.find(FindingCode::ContentUnreferenced, file.path(), at, format!("nothing refers to {digest}"));
            }
        }
        Ok(())
    }

    fn after_members(&mut self, file: &File, members: &[Member], end: u64, is_last: bool) -> Result<(), DiskError> {
        let rest = file.len()? - end;
        if rest == 0 && is_last {
            return Ok(());
        }
        let expected = pack::directory(members, end);
        if rest == expected.len() as u64 && file.read_vec(end, expected.len())? == expected {
            return Ok(());
        }
        let begins = file.read_vec(end, 4)?;
        let sealed = !is_last || begins == pack::CENTRAL_SIGNATURE || begins == pack::END_SIGNATURE;
        if sealed {
            let text = "the directory is not that of the members";
            self.find(FindingCode::PackDirectoryDamaged, file.path(), Some(end), text);
        } else {
            let text = format!("{rest} bytes after the last whole member");
            self.find(FindingCode::PackTrailingBytes, file.path(), Some(end), text);
        }
        Ok(())
    }

    fn large(&mut self) -> Result<(), DiskError> {
        let root = self.layout.large_root();
        for outer in self.folders(&root)? {
            for inner in self.folders(&root.join(&outer))? {
                let folder = root.join(&outer).join(&inner);
                for entry in self.disk.list(&folder)? {
                    let path = folder.join(&entry.name);
                    let digest = entry
                        .name
                        .parse::<Blake3>()
                        .ok()
                        .filter(|digest| !entry.is_folder && self.layout.large(digest)[2] == path);
                    match digest {
                        Some(digest) => self.large_file(&path, digest),
                        None => self.find(FindingCode::UnknownFile, &path, None, "not a content"),
                    }
                }
            }
        }
        Ok(())
    }

    /// The folders in a folder; anything else there is a finding.
    fn folders(&mut self, folder: &Path) -> Result<Vec<String>, DiskError> {
        let mut names = Vec::new();
        for entry in self.disk.list(folder)? {
            if entry.is_folder {
                names.push(entry.name);
            } else {
                self.find(FindingCode::UnknownFile, &folder.join(entry.name), None, "not a folder of contents");
            }
        }
        Ok(names)
    }

    fn large_file(&mut self, path: &Path, digest: Blake3) {
        let read = self.disk.open(path).and_then(|file| {
            let size = file.len()?;
            Ok((size, scan::check_range(&file, 0, size)?))
        });
        match read {
            Err(error) => self.find(FindingCode::LargeUnreadable, path, None, format!("{error}: {}", error.source)),
            Ok((_, check)) if check.content.blake3 != digest => {
                self.find(FindingCode::LargeDamaged, path, None, "the bytes are not those that the name says");
            }
            Ok((size, check)) => {
                // One that nothing refers to was left by a batch that was not acknowledged.
                if (self.check)(&check.content, &Location::Large { size }) == Reference::Elsewhere {
                    self.find(FindingCode::ContentMisplaced, path, None, format!("{digest} is looked for elsewhere"));
                }
            }
        }
    }
}

/// The next place from `from` that reads as a member's header.
fn next_header(file: &File, from: u64, limit: u64) -> Result<Option<u64>, DiskError> {
    let mut at = from;
    while at < limit {
        let window = file.read_vec(at, limits::STREAM_CHUNK.min((limit - at) as usize))?;
        for (index, _) in window.windows(4).enumerate().filter(|(_, bytes)| *bytes == pack::LOCAL_SIGNATURE) {
            let offset = at + index as u64;
            let header = file.read_vec(offset, MEMBER_HEADER as usize)?;
            let member = pack::parse_local_header(&header, offset).ok();
            if member.is_some_and(|member| scan::digest_of_name(&member).is_some() && member.end() <= limit) {
                return Ok(Some(offset));
            }
        }
        // The last three bytes may begin a signature that the next window completes.
        at += (window.len() as u64).saturating_sub(3).max(1);
    }
    Ok(None)
}
