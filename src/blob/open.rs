//! What does a start find in the store? It makes the folders, empties `incoming/`, and lists members not yet remembered.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::pack::Member;
use super::stage::Staging;
use super::{CommitError, Inner, Layout, Location, PackTail, Settings, Store, Writer, pack_number, scan};
use crate::digest::Blake3;
use crate::disk::{Disk, DiskError, File, OpenFiles};
use crate::limits;

/// Why a store does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("the pack {} is missing", file.display())]
    MissingPack { file: PathBuf },
    #[error("the pack {} is damaged at byte {offset}: {what}", file.display())]
    Damaged { file: PathBuf, offset: u64, what: &'static str },
    #[error("the pack {} could not be sealed", file.display())]
    Seal { file: PathBuf, source: CommitError },
}

type Found = Vec<(Blake3, Location)>;

impl Store {
    /// Opens the store below the data folder `root`, which exists; folders that are missing are made.
    ///
    /// `remembered` is how far the caller's map from digests to locations goes; the members after it come back, the
    /// whole ones only (of the open pack, those whose bytes match their name). Without it all are listed, the large
    /// files too.
    pub fn open(
        disk: Disk,
        root: &Path,
        settings: Settings,
        remembered: Option<PackTail>,
    ) -> Result<(Self, Writer, Found), OpenError> {
        let layout = Layout::new(root);
        prepare_folders(&disk, &layout)?;
        let packs = OpenFiles::new(disk.clone(), limits::OPEN_FILES);
        let staging = Mutex::new(Staging::default());
        let inner = Arc::new(Inner { disk, layout, settings, staging, packs });
        let mut found = Vec::new();
        if remembered.is_none() {
            list_large(&inner, &mut found)?;
        }
        let writer = open_packs(&inner, remembered, &mut found)?;
        Ok((Self { inner }, writer, found))
    }
}

/// Makes what is missing, and makes all names durable: an earlier process may have been killed before it did.
fn prepare_folders(disk: &Disk, layout: &Layout) -> Result<(), DiskError> {
    for folder in [layout.blobs(), layout.packs(), layout.large_root(), layout.incoming(), layout.quarantine()] {
        disk.create_dir(&folder)?;
    }
    disk.sync_dir(&layout.blobs())?;
    disk.sync_dir(&layout.root)?;
    // Nobody remembers who sent these.
    for entry in disk.list(&layout.incoming())? {
        disk.remove(&layout.incoming().join(entry.name))?;
    }
    Ok(())
}

fn list_large(inner: &Inner, found: &mut Found) -> Result<(), DiskError> {
    let root = inner.layout.large_root();
    for outer in inner.disk.list(&root)?.into_iter().filter(|entry| entry.is_folder) {
        let outer = root.join(outer.name);
        for middle in inner.disk.list(&outer)?.into_iter().filter(|entry| entry.is_folder) {
            let folder = outer.join(middle.name);
            for entry in inner.disk.list(&folder)? {
                // Anything else here is for `verify` to name.
                if let Ok(digest) = entry.name.parse::<Blake3>() {
                    let size = inner.disk.open(&folder.join(&entry.name))?.len()?;
                    found.push((digest, Location::Large { size }));
                }
            }
        }
    }
    Ok(())
}

fn open_packs(inner: &Arc<Inner>, remembered: Option<PackTail>, found: &mut Found) -> Result<Writer, OpenError> {
    let folder = inner.layout.packs();
    let mut numbers: Vec<u32> = inner.disk.list(&folder)?.iter().filter_map(|entry| pack_number(&entry.name)).collect();
    numbers.sort_unstable();
    let from = remembered.unwrap_or(PackTail { pack: 0, offset: 0, members: 0 });
    let last = numbers.last().copied().unwrap_or(0);
    let remembers_some = from.pack > 0 || from.offset > 0;
    let missing = (0..=last.max(from.pack)).zip(numbers.iter().map(Some).chain(std::iter::repeat(None)));
    for (number, there) in missing {
        if there != Some(&number) && (!numbers.is_empty() || remembers_some) {
            return Err(OpenError::MissingPack { file: inner.layout.pack(number) });
        }
    }
    for number in from.pack..last {
        let start = if number == from.pack { from } else { PackTail { pack: number, offset: 0, members: 0 } };
        closed_pack(inner, start, found)?;
    }
    let start = if last == from.pack { from } else { PackTail { pack: last, offset: 0, members: 0 } };
    let writer = last_pack(inner, start, found)?;
    inner.disk.sync_dir(&folder)?;
    Ok(writer)
}

/// A pack that is not the last one: by its directory, or, when the process ended while sealing, by its headers, and
/// then it is sealed now.
fn closed_pack(inner: &Arc<Inner>, from: PackTail, found: &mut Found) -> Result<(), OpenError> {
    let path = inner.layout.pack(from.pack);
    let file = inner.disk.open(&path)?;
    if let Ok((members, _)) = scan::directory(&file)? {
        return report(&path, from, &members, found);
    }
    let scanned = scan::headers(&file, 0, file.len()?)?;
    // Headers end at the torn directory's first record, or where the file ends; anything else is damage.
    let rest = file.read_vec(scanned.end, 4)?;
    let torn_directory = super::pack::CENTRAL_SIGNATURE.starts_with(&rest) || rest == super::pack::END_SIGNATURE;
    if !torn_directory {
        return Err(OpenError::Damaged { file: path, offset: scanned.end, what: "neither a member nor the directory" });
    }
    let file = inner.disk.open_write(&path)?;
    let directory = super::pack::directory(&scanned.members, scanned.end);
    file.write_at(scanned.end, &directory)?;
    file.set_len(scanned.end + directory.len() as u64)?;
    file.sync_data()?;
    inner.disk.set_readonly(&path)?;
    report(&path, from, &scanned.members, found)
}

fn report(path: &Path, from: PackTail, members: &[Member], found: &mut Found) -> Result<(), OpenError> {
    for member in members.iter().filter(|member| member.offset >= from.offset) {
        let digest = scan::digest_of_name(member).ok_or_else(|| OpenError::Damaged {
            file: path.to_owned(),
            offset: member.offset,
            what: "a member's name is no digest",
        })?;
        found.push((digest, Location::Pack { pack: from.pack, offset: member.offset, size: member.size }));
    }
    Ok(())
}

/// The last pack: open as a rule; sealed when the process ended before it could begin the next.
fn last_pack(inner: &Arc<Inner>, from: PackTail, found: &mut Found) -> Result<Writer, OpenError> {
    let path = inner.layout.pack(from.pack);
    let file = inner.disk.open_write(&path)?;
    let size = file.len()?;
    if size < from.offset {
        return Err(OpenError::Damaged { file: path, offset: size, what: "shorter than it was" });
    }
    if let Some((members, end)) = sealed(&file, size)? {
        report(&path, from, &members, found)?;
        // Its directory may never have left the page cache.
        file.rewrite(end, size)?;
        file.sync_data()?;
        let mut writer = Writer::new(inner.clone(), from.pack, file, end, members.len() as u32);
        writer.begin_pack(from.pack + 1).map_err(|source| OpenError::Seal { file: path, source })?;
        return Ok(writer);
    }
    let scanned = scan::headers(&file, from.offset, size)?;
    report(&path, from, &whole_members(&file, &scanned.members)?, found)?;
    let members = from.members + scanned.members.len() as u32;
    let mut writer = Writer::new(inner.clone(), from.pack, file, scanned.end, members);
    writer.known = scanned.members;
    Ok(writer)
}

/// Members and end of a pack that is really sealed. An end record alone proves nothing: it may be the last bytes of a
/// content that somebody made to look like one. The headers tell where contents end.
fn sealed(file: &File, size: u64) -> Result<Option<(Vec<Member>, u64)>, DiskError> {
    if size == 0 {
        return Ok(None);
    }
    match scan::directory(file)? {
        Ok((members, end)) if scan::headers(file, 0, size)?.end == end => Ok(Some((members, end))),
        _ => Ok(None),
    }
}

/// Those whose bytes are what their name says: after a crash the header of the last ones may be all there is of them.
fn whole_members(file: &File, members: &[Member]) -> Result<Vec<Member>, DiskError> {
    let mut whole = Vec::with_capacity(members.len());
    for member in members {
        let check = scan::check_range(file, member.content(), u64::from(member.size))?;
        if check.whole && scan::digest_of_name(member) == Some(check.content.blake3) {
            whole.push(member.clone());
        }
    }
    Ok(whole)
}
