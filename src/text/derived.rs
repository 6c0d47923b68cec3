//! Where is an extracted text kept, and how is it found again? `derived/packs/`: append-only packs that may be lost.
//!
//! Nothing here is ever synced: a text can always be extracted again. So every byte read is doubted, and what is not
//! whole, or was made by another version of the extractor, is simply not there.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::{EXTRACTOR_VERSION, Extraction, Facts, TextState};
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

/// The first line of a member; the text follows it.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    state: TextState,
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    facts: Facts,
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
    pub fn put(&self, blake3: Blake3, extraction: &Extraction) -> Result<DerivedLocation, DerivedError> {
        if extraction.text.len() > limits::TEXT_MAX {
            return Err(DerivedError::TooLong(extraction.text.len()));
        }
        let line =
            Line { state: extraction.state, facts: extraction.facts.clone().bounded(), size: extraction.text.len() };
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

    /// The outcome kept at a place; `None` when it is damaged, gone, or of another version, and must be made again.
    pub fn get(&self, blake3: &Blake3, location: DerivedLocation) -> Result<Option<Extraction>, DerivedError> {
        let name = member_name(blake3);
        let Some(file) = self.file(location.pack)? else { return Ok(None) };
        let header = pack::LOCAL_HEADER + name.len();
        let size = location.size as usize;
        if size > MEMBER_MAX {
            return Ok(None);
        }
        let bytes = file.read_vec(location.offset, header + size)?;
        let member = match pack::parse_local_header(&bytes, location.offset) {
            Ok(member) if *member.name == *name && member.size == location.size => member,
            _ => return Ok(None),
        };
        let content = &bytes[header..];
        if content.len() != size || pack::crc32(content) != member.crc {
            return Ok(None);
        }
        Ok(parse_content(content))
    }

    /// Tells of every text of this version, in the order in which they were kept: of one digest the last is in force.
    pub fn scan(&self, found: &mut dyn FnMut(Blake3, DerivedLocation, TextState)) -> Result<(), DerivedError> {
        let (open, open_members) = {
            let open = self.lock();
            (open.number, open.members.clone())
        };
        for number in pack_numbers(&self.disk, &self.folder)? {
            // Begun after we looked: its texts are told to whoever keeps them.
            if number > open {
                break;
            }
            let Some(file) = self.file(number)? else { continue };
            let members = match number == open {
                true => open_members.clone(),
                false => match sealed_members(&file)? {
                    Some(members) => members,
                    None => chained_members(&file)?,
                },
            };
            for member in members {
                let Some(blake3) = digest_of(&member.name) else { continue };
                let Some(line) = read_line(&file, &member)? else { continue };
                found(blake3, DerivedLocation { pack: number, offset: member.offset, size: member.size }, line.state);
            }
        }
        Ok(())
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

fn member_name(blake3: &Blake3) -> String {
    format!("{blake3}-v{EXTRACTOR_VERSION}.json")
}

/// The digest in the name of a member of this version.
fn digest_of(name: &str) -> Option<Blake3> {
    let (digest, version) = name.strip_suffix(".json")?.split_once("-v")?;
    if version != EXTRACTOR_VERSION.to_string() {
        return None;
    }
    digest.parse().ok()
}

fn parse_content(content: &[u8]) -> Option<Extraction> {
    let (line, text) = parse_line(content)?;
    let text = str::from_utf8(text).ok()?;
    (text.len() == line.size).then(|| Extraction { state: line.state, text: text.to_owned(), facts: line.facts })
}

/// The line of a member without its text. Most lines are short; what a long one needs is read in a second step.
fn read_line(file: &File, member: &Member) -> Result<Option<Line>, DerivedError> {
    for most in [LINE_USUAL, LINE_MAX] {
        let start = file.read_vec(member.content(), (member.size as usize).min(most))?;
        if let Some((line, _)) = parse_line(&start) {
            return Ok(Some(line));
        }
    }
    Ok(None)
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
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::disk::Faulty;
    use crate::disk::faulty::{Fault, Survival};
    use crate::text::Reason;

    const ROOT: &str = "/data";

    /// Big enough for about three of the small texts below: packs are sealed often.
    const SMALL_PACK: u64 = 500;

    fn open(faulty: &Faulty) -> Derived {
        faulty.disk().create_dir(Path::new(ROOT)).unwrap();
        Derived::with_pack_size(faulty.disk(), Path::new(ROOT), SMALL_PACK).unwrap()
    }

    fn sample(n: u64) -> (Blake3, Extraction) {
        let state = match n % 3 {
            0 => TextState::Full,
            1 => TextState::Partial(Reason::Cut),
            _ => TextState::None(Reason::Encrypted),
        };
        let text = if n % 3 == 2 { String::new() } else { format!("delibera n. {n}\nperché sì") };
        (Blake3::of(&n.to_le_bytes()), Extraction { state, text, facts: Facts::default() })
    }

    fn scanned(derived: &Derived) -> Vec<(Blake3, DerivedLocation, TextState)> {
        let mut all = Vec::new();
        derived.scan(&mut |blake3, location, state| all.push((blake3, location, state))).unwrap();
        all
    }

    #[test]
    fn what_is_put_is_got_scanned_and_readable_by_other_tools() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Derived::with_pack_size(Disk::real(), folder.path(), SMALL_PACK).unwrap();
        let derived = open();
        let kept: Vec<_> = (0..10).map(|n| (n, derived.put(sample(n).0, &sample(n).1).unwrap())).collect();
        for derived in [derived, open()] {
            for (n, location) in &kept {
                let (blake3, extraction) = sample(*n);
                assert_eq!(derived.get(&blake3, *location).unwrap(), Some(extraction));
                assert_eq!(DerivedLocation::from_bytes(&location.to_bytes()), Some(*location));
                assert_eq!(derived.get(&sample(n + 1).0, *location).unwrap(), None, "another content's place");
            }
            let expected: Vec<_> = kept.iter().map(|(n, place)| (sample(*n).0, *place, sample(*n).1.state)).collect();
            assert_eq!(scanned(&derived), expected);
        }
        assert_eq!(DerivedLocation::from_bytes(&[0; 15]), None);

        let sealed = std::fs::File::open(folder.path().join("derived/packs/000001.zip")).unwrap();
        let mut archive = zip::ZipArchive::new(sealed).unwrap();
        let mut member = String::new();
        std::io::Read::read_to_string(&mut archive.by_index(0).unwrap(), &mut member).unwrap();
        assert_eq!(member, "{\"state\":\"full\",\"size\":25}\ndelibera n. 0\nperché sì");
        assert!(kept.last().unwrap().1.pack > 2, "packs were sealed on the way");
    }

    #[test]
    fn a_torn_tail_is_cut_and_written_over() {
        let whole = Faulty::new();
        let first = open(&whole).put(sample(0).0, &sample(0).1).unwrap();
        let second = open(&whole).put(sample(1).0, &sample(1).1).unwrap();
        let pack = Path::new(ROOT).join("derived/packs/000001.zip");
        let length = whole.disk().open(&pack).unwrap().len().unwrap();
        for cut in second.offset..length {
            let faulty = whole.crash(Survival::PageCache);
            faulty.disk().open_write(&pack).unwrap().set_len(cut).unwrap();
            let derived = open(&faulty);
            assert_eq!(derived.get(&sample(0).0, first).unwrap(), Some(sample(0).1), "cut at {cut}");
            assert_eq!(derived.get(&sample(1).0, second).unwrap(), None, "cut at {cut}");
            assert_eq!(scanned(&derived).len(), 1);
            let again = derived.put(sample(2).0, &sample(2).1).unwrap();
            assert_eq!(again.offset, second.offset);
            assert_eq!(derived.get(&sample(2).0, again).unwrap(), Some(sample(2).1));
            assert_eq!(derived.get(&sample(1).0, second).unwrap(), None, "its place is another's now");
        }
    }

    #[test]
    fn a_flipped_bit_hides_a_text_and_never_changes_one() {
        let whole = Faulty::new();
        let derived = open(&whole);
        let kept: Vec<_> = (0..4).map(|n| (n, derived.put(sample(n).0, &sample(n).1).unwrap())).collect();
        let pack = Path::new(ROOT).join("derived/packs/000001.zip");
        let length = whole.disk().open(&pack).unwrap().len().unwrap();
        for bit in 0..length * 8 {
            let faulty = whole.crash(Survival::PageCache);
            faulty.flip_bit(&pack, bit);
            let derived = open(&faulty);
            let mut lost = 0;
            for (n, location) in &kept {
                let (blake3, extraction) = sample(*n);
                match derived.get(&blake3, *location).unwrap() {
                    None => lost += 1,
                    Some(got) => assert_eq!(got, extraction, "bit {bit}"),
                }
            }
            assert!(lost <= 1, "bit {bit} cost {lost} texts");
        }
    }

    /// Whatever operation fails or is the last: what is got is what was put, and putting goes on.
    #[test]
    fn faults_and_power_cuts() {
        for n in 1.. {
            let faulty = Faulty::new();
            faulty.disk().create_dir(Path::new(ROOT)).unwrap();
            let before = faulty.operations();
            faulty.plan(before + n, Fault::Fail(std::io::ErrorKind::StorageFull));
            let mut kept = Vec::new();
            let mut failures = 0;
            let derived = match Derived::with_pack_size(faulty.disk(), Path::new(ROOT), SMALL_PACK) {
                Ok(derived) => derived,
                Err(error) => {
                    assert!(error.is_full());
                    failures += 1;
                    open(&faulty)
                }
            };
            for n in 0..8 {
                let (blake3, extraction) = sample(n);
                match derived.put(blake3, &extraction) {
                    Ok(location) => kept.push((n, location)),
                    Err(error) => {
                        assert!(error.is_full());
                        failures += 1;
                        kept.push((n, derived.put(blake3, &extraction).unwrap()));
                    }
                }
            }
            let check = |derived: &Derived, all: bool| {
                for (n, location) in &kept {
                    let got = derived.get(&sample(*n).0, *location).unwrap();
                    assert!(got == Some(sample(*n).1) || (got.is_none() && !all), "{got:?}");
                }
            };
            check(&derived, true);
            assert_eq!(scanned(&derived).len(), kept.len());
            check(&open(&faulty.crash(Survival::PageCache)), true);
            for survival in [Survival::Nothing, Survival::Everything, Survival::Part(n)] {
                let after = faulty.crash(survival);
                let derived = open(&after);
                check(&derived, false);
                let (blake3, extraction) = sample(99);
                let location = derived.put(blake3, &extraction).unwrap();
                assert_eq!(derived.get(&blake3, location).unwrap(), Some(extraction));
            }
            if failures == 0 {
                assert!(n > 10, "the script did not reach the disk");
                return;
            }
        }
    }

    #[test]
    fn another_version_and_strange_names_are_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let derived = Derived::open(Disk::real(), folder.path()).unwrap();
        let (blake3, extraction) = sample(0);
        let location = derived.put(blake3, &extraction).unwrap();
        drop(derived);
        let path = folder.path().join("derived/packs/000001.zip");
        let mut bytes = std::fs::read(&path).unwrap();
        let name = member_name(&blake3);
        let other = name.replace(&format!("-v{EXTRACTOR_VERSION}"), &format!("-v{}", EXTRACTOR_VERSION + 1));
        bytes[pack::LOCAL_HEADER..][..name.len()].copy_from_slice(other.as_bytes());
        std::fs::write(&path, bytes).unwrap();
        std::fs::write(path.with_file_name("1.zip"), "not ours").unwrap();
        let derived = Derived::open(Disk::real(), folder.path()).unwrap();
        assert_eq!(derived.get(&blake3, location).unwrap(), None);
        assert_eq!(scanned(&derived), []);
        let elsewhere = DerivedLocation { pack: 77, ..location };
        assert_eq!(derived.get(&blake3, elsewhere).unwrap(), None);
        assert_eq!(derived.get(&blake3, DerivedLocation { size: u32::MAX, ..location }).unwrap(), None);
        let again = derived.put(blake3, &extraction).unwrap();
        assert!(again.offset > location.offset, "what another version kept stays");
        assert_eq!(scanned(&derived), [(blake3, again, extraction.state)]);
        let long =
            Extraction { state: TextState::Full, text: "a".repeat(limits::TEXT_MAX + 1), facts: Facts::default() };
        assert!(matches!(derived.put(blake3, &long), Err(DerivedError::TooLong(_))));
    }

    proptest! {
        #[test]
        fn locations_come_back_and_sort_as_they_lie(a: (u32, u64, u32), b: (u32, u64, u32)) {
            let place = |(pack, offset, size)| DerivedLocation { pack, offset, size };
            let (a, b) = (place(a), place(b));
            prop_assert_eq!(DerivedLocation::from_bytes(&a.to_bytes()), Some(a));
            prop_assert_eq!(a.cmp(&b), a.to_bytes().cmp(&b.to_bytes()));
        }
    }
}
