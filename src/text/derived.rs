//! Where is an extracted text kept, and how is it found again? `derived/packs/`: append-only packs that may be lost.
//!
//! Nothing here is ever synced: a text can always be extracted again. So every byte read is doubted, and what is not
//! whole is simply not there. Each text says what made it: one that could be better stays in force until the better one
//! is kept behind it.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::{EXTRACTOR_VERSION, Extraction, Facts, Maker, TextState};
use crate::blob::pack::{self, Member};
use crate::digest::Blake3;
use crate::disk::{Disk, DiskError, File, OpenFiles};
use crate::limits;

/// Packs open for reading at the same time.
const OPEN_PACKS: usize = 16;

/// The line before a text is usually shorter than this …
const LINE_USUAL: usize = 1024;

/// … and always shorter than this.
const LINE_MAX: usize = 1024 * 1024;

/// A text, its line and its header, at most: a location that claims more is damaged.
const MEMBER_MAX: usize = limits::TEXT_MAX + LINE_MAX;

/// `<blake3>-v<version>.json` is no longer than this.
const NAME_MAX: usize = 64 + "-v4294967295.json".len();

/// A text that could not be kept, or a pack that could not be read. Never a reason to fail a request.
#[derive(Debug, thiserror::Error)]
pub enum DerivedError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("an extracted text of {0} bytes is more than the limit on texts allows")]
    TooLong(usize),
}

impl DerivedError {
    /// No space: worth trying again when somebody has made room.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Disk(error) if error.is_full())
    }
}

/// The place of a kept text: pack, offset of its local header, size of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DerivedLocation {
    pub pack: u32,
    pub offset: u64,
    pub size: u32,
}

impl DerivedLocation {
    /// Bytes of [`DerivedLocation::to_bytes`].
    pub const SIZE: usize = 16;

    /// Big endian, so that keys and values sort as the places lie.
    pub fn to_bytes(self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        bytes[..4].copy_from_slice(&self.pack.to_be_bytes());
        bytes[4..12].copy_from_slice(&self.offset.to_be_bytes());
        bytes[12..].copy_from_slice(&self.size.to_be_bytes());
        bytes
    }

    /// `None` when the length is not that of a location.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (pack, rest) = bytes.split_first_chunk()?;
        let (offset, rest) = rest.split_first_chunk()?;
        let size = rest.try_into().ok()?;
        Some(Self {
            pack: u32::from_be_bytes(*pack),
            offset: u64::from_be_bytes(*offset),
            size: u32::from_be_bytes(size),
        })
    }
}

/// An outcome of extraction, and what made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub extraction: Extraction,
    pub maker: Maker,
}

/// The first line of a member; the text follows it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Line {
    #[serde(flatten)]
    pub state: TextState,
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub facts: Facts,
    #[serde(default)]
    pub maker: Maker,
    /// Bytes of text.
    size: usize,
}

/// The kept texts of an area. Shared: one thread appends at a time, any number read.
pub struct Derived {
    disk: Disk,
    folder: PathBuf,
    /// A pack is sealed when it has reached this size.
    pack_size: u64,
    open: Mutex<OpenPack>,
    files: OpenFiles,
}

/// The pack that is appended to.
struct OpenPack {
    number: u32,
    file: File,
    members: Vec<Member>,
    end: u64,
}

impl Derived {
    /// Opens or creates `derived/packs` below the data folder `root`; what a crash left torn is cut off.
    pub fn open(disk: Disk, root: &Path) -> Result<Self, DerivedError> {
        Self::with_pack_size(disk, root, limits::PACK_SIZE)
    }

    fn with_pack_size(disk: Disk, root: &Path, pack_size: u64) -> Result<Self, DerivedError> {
        let derived = root.join("derived");
        disk.create_dir(&derived)?;
        let folder = derived.join("packs");
        disk.create_dir(&folder)?;
        let last = pack_numbers(&disk, &folder)?.last().copied();
        let open = match last {
            None => OpenPack::create(&disk, &folder, 1)?,
            Some(number) if is_sealed(&disk, &folder, number)? => OpenPack::create(&disk, &folder, number + 1)?,
            Some(number) => OpenPack::reopen(&disk, &folder, number)?,
        };
        let files = OpenFiles::new(disk.clone(), OPEN_PACKS);
        Ok(Self { disk, folder, pack_size, open: Mutex::new(open), files })
    }

    /// Keeps the outcome of an extraction. Once kept it is readable at the place returned, but not durable.
    pub fn put(&self, blake3: Blake3, extraction: &Extraction, maker: &Maker) -> Result<DerivedLocation, DerivedError> {
        if extraction.text.len() > limits::TEXT_MAX {
            return Err(DerivedError::TooLong(extraction.text.len()));
        }
        let line = Line {
            state: extraction.state,
            facts: extraction.facts.clone().bounded(),
            maker: maker.clone(),
            size: extraction.text.len(),
        };
        let mut content = serde_json::to_vec(&line).expect("a line of two words and a number has a JSON form");
        content.push(b'\n');
        content.extend_from_slice(extraction.text.as_bytes());
        let name = member_name(&blake3);
        let size = u32::try_from(content.len()).map_err(|_| DerivedError::TooLong(content.len()))?;
        let crc = pack::crc32(&content);
        let mut bytes = Vec::with_capacity(pack::LOCAL_HEADER + name.len() + content.len());
        pack::put_local_header(&mut bytes, &name, crc, size);
        bytes.extend_from_slice(&content);

        let mut open = self.lock();
        let full = open.end > 0 && open.end + bytes.len() as u64 > self.pack_size;
        if full || open.members.len() >= limits::PACK_MEMBERS {
            self.seal(&mut open)?;
        }
        let offset = open.end;
        open.write(&bytes)?;
        open.end = offset + bytes.len() as u64;
        open.members.push(Member { name: name.into(), crc, size, offset });
        Ok(DerivedLocation { pack: open.number, offset, size })
    }

    /// The outcome kept at a place; `None` when it is damaged or gone, and must be made again.
    pub fn get(&self, blake3: &Blake3, location: DerivedLocation) -> Result<Option<Kept>, DerivedError> {
        self.file(location.pack)?.map_or(Ok(None), |file| kept_in(&file, blake3, location))
    }

    /// What is said of the text at a place, which a scan told of, without the text itself.
    pub fn line(&self, blake3: &Blake3, location: DerivedLocation) -> Result<Option<Line>, DerivedError> {
        let Some(file) = self.file(location.pack)? else { return Ok(None) };
        // Header and line in one: this is asked of a million texts in a row.
        let bytes = file.read_vec(location.offset, pack::LOCAL_HEADER + NAME_MAX + LINE_USUAL)?;
        let member = match pack::parse_local_header(&bytes, location.offset) {
            Ok(member) if digest_of(&member.name) == Some(*blake3) => member,
            _ => return Ok(None),
        };
        match bytes.get(pack::LOCAL_HEADER + member.name.len()..).and_then(parse_line) {
            Some((line, _)) => Ok(Some(line)),
            None => read_long_line(&file, &member),
        }
    }

    /// Tells of every text in the order in which they were kept: of one digest the last is in force. What is kept
    /// meanwhile may be told of or not.
    pub fn scan(&self, found: &mut dyn FnMut(Blake3, DerivedLocation) -> ControlFlow<()>) -> Result<(), DerivedError> {
        for number in self.packs()? {
            for (blake3, location) in self.texts_in(number)? {
                if found(blake3, location).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The pack that is appended to.
    pub fn open_pack(&self) -> u32 {
        self.lock().number
    }

    /// Removes those of the packs before this one that hold no text in force any more; says how many.
    pub fn sweep(
        &self,
        before: u32,
        in_force: &mut dyn FnMut(&Blake3, DerivedLocation) -> bool,
    ) -> Result<usize, DerivedError> {
        let before = before.min(self.open_pack());
        let mut removed = 0;
        for number in self.packs()?.into_iter().filter(|number| *number < before) {
            let texts = self.texts_in(number)?;
            if texts.is_empty() || texts.iter().any(|(blake3, location)| in_force(blake3, *location)) {
                continue;
            }
            self.disk.remove(&self.folder.join(pack_name(number)))?;
            self.files.forget(number.into());
            removed += 1;
        }
        Ok(removed)
    }

    /// The packs there are, in order.
    fn packs(&self) -> Result<Vec<u32>, DerivedError> {
        pack_numbers(&self.disk, &self.folder)
    }

    fn texts_in(&self, number: u32) -> Result<Vec<(Blake3, DerivedLocation)>, DerivedError> {
        let open = {
            let open = self.lock();
            (open.number == number).then(|| open.members.clone())
        };
        let members = match (open, self.file(number)?) {
            (Some(members), _) => members,
            (None, None) => Vec::new(),
            (None, Some(file)) => match sealed_members(&file)? {
                Some(members) => members,
                None => chained_members(&file)?,
            },
        };
        let place = |member: &Member| DerivedLocation { pack: number, offset: member.offset, size: member.size };
        Ok(members.iter().filter_map(|member| Some((digest_of(&member.name)?, place(member)))).collect())
    }

    /// Writes the directory, so that any tool opens the pack, and begins the next one.
    fn seal(&self, open: &mut OpenPack) -> Result<(), DerivedError> {
        let directory = pack::directory(&open.members, open.end);
        open.write(&directory)?;
        // The end record must be the last thing in the file, also when a failed write left more behind it.
        open.file.set_len(open.end + directory.len() as u64)?;
        *open = OpenPack::create(&self.disk, &self.folder, open.number + 1)?;
        Ok(())
    }

    fn file(&self, number: u32) -> Result<Option<std::sync::Arc<File>>, DerivedError> {
        match self.files.get(number.into(), || self.folder.join(pack_name(number))) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, OpenPack> {
        // Every change of the pack's state comes after the write it tells of.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenPack {
    fn create(disk: &Disk, folder: &Path, number: u32) -> Result<Self, DerivedError> {
        // One that exists already is what a failure between creating and using it left: empty, or cut to be.
        let file = disk.open_write(&folder.join(pack_name(number)))?;
        file.set_len(0)?;
        Ok(Self { number, file, members: Vec::new(), end: 0 })
    }

    /// Continues after the last member that is there in full.
    fn reopen(disk: &Disk, folder: &Path, number: u32) -> Result<Self, DerivedError> {
        let file = disk.open_write(&folder.join(pack_name(number)))?;
        let members = chained_members(&file)?;
        let end = members.last().map_or(0, Member::end);
        file.set_len(end)?;
        Ok(Self { number, file, members, end })
    }

    /// Writes at the end without moving it; a write that failed is taken back as far as the disk lets us.
    fn write(&self, bytes: &[u8]) -> Result<(), DerivedError> {
        self.file.write_at(self.end, bytes).map_err(|error| {
            if let Err(stuck) = self.file.set_len(self.end) {
                tracing::warn!(error = %stuck, "half a text is left in a pack; the next one overwrites it");
            }
            error.into()
        })
    }
}

/// The outcome kept at a place, read beside whoever may have the texts of this data folder open.
pub fn read(
    disk: &Disk,
    root: &Path,
    blake3: &Blake3,
    location: DerivedLocation,
) -> Result<Option<Kept>, DerivedError> {
    match disk.open(&root.join("derived/packs").join(pack_name(location.pack))) {
        Ok(file) => kept_in(&file, blake3, location),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn kept_in(file: &File, blake3: &Blake3, location: DerivedLocation) -> Result<Option<Kept>, DerivedError> {
    let size = location.size as usize;
    if size > MEMBER_MAX {
        return Ok(None);
    }
    let bytes = file.read_vec(location.offset, pack::LOCAL_HEADER + NAME_MAX + size)?;
    let member = match pack::parse_local_header(&bytes, location.offset) {
        Ok(member) if digest_of(&member.name) == Some(*blake3) && member.size == location.size => member,
        _ => return Ok(None),
    };
    let start = pack::LOCAL_HEADER + member.name.len();
    let Some(content) = bytes.get(start..start + size) else { return Ok(None) };
    Ok(if pack::crc32(content) == member.crc { parse_content(content) } else { None })
}

fn member_name(blake3: &Blake3) -> String {
    format!("{blake3}-v{EXTRACTOR_VERSION}.json")
}

/// The digest in the name of a member, whatever version made it.
fn digest_of(name: &str) -> Option<Blake3> {
    let (digest, version) = name.strip_suffix(".json")?.split_once("-v")?;
    version.parse::<u32>().ok()?;
    digest.parse().ok()
}

fn parse_content(content: &[u8]) -> Option<Kept> {
    let (line, text) = parse_line(content)?;
    let text = str::from_utf8(text).ok()?;
    let Line { state, facts, maker, size } = line;
    let whole = text.len() == size;
    whole.then(|| Kept { extraction: Extraction { state, text: text.to_owned(), facts }, maker })
}

/// The line of a member without its text, where it is longer than most.
fn read_long_line(file: &File, member: &Member) -> Result<Option<Line>, DerivedError> {
    let start = file.read_vec(member.content(), (member.size as usize).min(LINE_MAX))?;
    Ok(parse_line(&start).map(|(line, _)| line))
}

fn parse_line(content: &[u8]) -> Option<(Line, &[u8])> {
    let end = content.iter().take(LINE_MAX).position(|byte| *byte == b'\n')?;
    Some((serde_json::from_slice(&content[..end]).ok()?, &content[end + 1..]))
}

fn pack_name(number: u32) -> String {
    format!("{number:06}.zip")
}

/// The packs in a folder, in order. What has another name is not ours.
fn pack_numbers(disk: &Disk, folder: &Path) -> Result<Vec<u32>, DerivedError> {
    let entries = disk.list(folder)?;
    let number =
        |name: &str| name.strip_suffix(".zip")?.parse::<u32>().ok().filter(|number| pack_name(*number) == name);
    let mut numbers: Vec<u32> = entries.iter().filter_map(|entry| number(&entry.name)).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

fn is_sealed(disk: &Disk, folder: &Path, number: u32) -> Result<bool, DerivedError> {
    Ok(sealed_members(&disk.open(&folder.join(pack_name(number)))?)?.is_some())
}

/// What the directory of a sealed pack lists; `None` when there is no directory, or none that can be read.
fn sealed_members(file: &File) -> Result<Option<Vec<Member>>, DerivedError> {
    let length = file.len()?;
    let Some(end_at) = length.checked_sub(pack::END_RECORD as u64) else { return Ok(None) };
    let Ok(end) = pack::parse_end(&file.read_vec(end_at, pack::END_RECORD)?, length) else { return Ok(None) };
    let directory = file.read_vec(end.directory_offset.into(), end.directory_size as usize)?;
    Ok(pack::parse_directory(&directory, &end).ok())
}

/// The members from the beginning as far as one whole member follows the other.
fn chained_members(file: &File) -> Result<Vec<Member>, DerivedError> {
    let length = file.len()?;
    let (mut members, mut at) = (Vec::new(), 0);
    loop {
        let bytes = file.read_vec(at, pack::LOCAL_HEADER + NAME_MAX)?;
        match pack::parse_local_header(&bytes, at) {
            Ok(member) if member.end() <= length => {
                at = member.end();
                members.push(member);
            }
            _ => return Ok(members),
        }
    }
}

#[cfg(test)]
mod tests;
