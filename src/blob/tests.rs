//! Does the store keep what it was given? Sizes at the boundaries, every flipped bit, other programs as readers.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::*;
use crate::digest::{ContentDigests, Sha256};
use crate::disk::Faulty;
use crate::ids::UserId;

const ROOT: &str = "/data";
const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const USER: UserId = UserId(7);

fn start() -> (Faulty, Disk) {
    let faulty = Faulty::new();
    let disk = faulty.disk();
    disk.create_dir(Path::new(ROOT)).unwrap();
    disk.sync_dir(Path::new("/")).unwrap();
    (faulty, disk)
}

fn small() -> Settings {
    Settings { pack_size: 2_000, packed_content_max: 1_000, staged_memory_max: 4_000, ..Settings::default() }
}

fn open(disk: &Disk, settings: Settings) -> (Store, Writer, BTreeMap<Blake3, Location>) {
    let (store, writer, found) = Store::open(disk.clone(), Path::new(ROOT), settings, None).unwrap();
    (store, writer, found.into_iter().collect())
}

fn content(seed: u64, size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

fn stage(store: &Store, bytes: &[u8]) -> ContentDigests {
    store.stage(bytes, USER, NOW, None).unwrap()
}

fn file(store: &Store, writer: &mut Writer, bytes: &[u8]) -> (Blake3, Location) {
    let digest = stage(store, bytes).blake3;
    let locations = writer.append(&[digest]).unwrap();
    writer.confirm();
    assert!(!store.is_staged(&digest));
    locations[0]
}

fn findings(disk: &Disk, extent: Extent, known: &BTreeMap<Blake3, Location>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut check = |content: &ContentDigests, location: &Location| match known.get(&content.blake3) {
        Some(there) if there == location => Reference::Here,
        Some(_) => Reference::Elsewhere,
        None => Reference::None,
    };
    verify(disk, Path::new(ROOT), extent, &mut check, &mut |finding| found.push(finding)).unwrap();
    found
}

/// Nothing, one byte, the last size that goes into a pack, the first that does not.
#[test]
fn sizes_at_the_boundary_on_the_real_disk() {
    let root = tempfile::tempdir().unwrap();
    let open = |remembered| Store::open(Disk::real(), root.path(), Settings::default(), remembered).unwrap();
    let (store, mut writer, _) = open(None);
    let mut kept = Vec::new();
    for (seed, size) in [0, 1, 1 << 20, (1 << 20) + 1].into_iter().enumerate() {
        let bytes = content(seed as u64, size);
        let (digest, location) = file(&store, &mut writer, &bytes);
        assert_eq!(matches!(location, Location::Large { .. }), size > 1 << 20);
        assert_eq!(Location::from_bytes(&location.to_bytes()), Some(location));
        kept.push((digest, location, bytes));
    }
    let tail = writer.tail();
    assert_eq!(PackTail::from_bytes(&tail.to_bytes()), Some(tail));
    drop(writer);
    let (_, _, after_tail) = open(Some(tail));
    assert_eq!(after_tail, []);
    let (store, writer, found) = open(None);
    assert_eq!(writer.tail(), tail);
    let found: BTreeMap<_, _> = found.into_iter().collect();
    for (digest, location, bytes) in &kept {
        assert_eq!(found.get(digest), Some(location));
        assert_eq!(&store.read_all(digest, location).unwrap(), bytes);
        let mut streamed = Vec::new();
        store.open_content(digest, location).unwrap().read_to_end(&mut streamed).unwrap();
        assert_eq!(&streamed, bytes);
        let half = bytes.len() / 2;
        let mut range = store.open_range(digest, location, half as u64, (bytes.len() - half) as u64).unwrap();
        streamed.clear();
        range.read_to_end(&mut streamed).unwrap();
        assert_eq!(&streamed, &bytes[half..]);
        assert!(matches!(store.open_range(digest, location, 1, location.size()), Err(ReadError::OutOfRange)));
    }
    assert_eq!(store.locate_large(&kept[3].0).unwrap(), Some(kept[3].1));
    assert_eq!(store.locate_large(&kept[0].0).unwrap(), None);
    assert!(std::fs::read_dir(root.path().join("incoming")).unwrap().next().is_none());
}

#[test]
fn staging_says_what_is_wrong_and_whose_it_is() {
    let (faulty, disk) = start();
    let settings = Settings { upload_max: 5_000, ..small() };
    let (store, mut writer, _) = open(&disk, settings);
    let expected = Sha256::of(b"b");
    let wrong = store.stage(&b"a"[..], USER, NOW, Some(expected));
    assert!(matches!(wrong, Err(StageError::WrongDigest { expected: said, .. }) if said == expected));
    let too_large = store.stage(&content(1, 5_001)[..], USER, NOW, None);
    assert!(matches!(too_large, Err(StageError::TooLarge { limit: 5_000 })));
    let digests = store.stage(&b"b"[..], USER, NOW, Some(expected)).unwrap();
    assert_eq!(store.staged(&digests.blake3, USER), Some(digests));
    assert_eq!(store.staged(&digests.blake3, UserId(8)), None, "somebody else's");
    let unknown = Blake3::of(b"never sent");
    assert!(matches!(writer.append(&[unknown]), Err(CommitError::NotStaged { digest }) if digest == unknown));
    store.forget_older_than("1970-01-01T00:00:01Z".parse().unwrap());
    assert!(!store.is_staged(&digests.blake3));
    faulty.set_free_space(0);
    assert!(store.stage(&content(2, 1_500)[..], USER, NOW, None).unwrap_err().is_full());
    let digest = stage(&store, b"small").blake3;
    assert!(writer.append(&[digest]).unwrap_err().is_full());
    faulty.set_free_space(1 << 40);
    writer.append(&[digest]).unwrap();
}

/// Memory is bounded: what has no room waits in a file, comes out of it the same, and leaves no file behind.
#[test]
fn staged_memory_spills() {
    let (_, disk) = start();
    let (store, mut writer, _) = open(&disk, small());
    let contents: Vec<_> = (0..10).map(|seed| content(seed, 900)).collect();
    let digests: Vec<_> = contents.iter().map(|bytes| stage(&store, bytes).blake3).collect();
    assert_eq!(store.staged_memory(), 4 * 900);
    let waiting = || disk.list(Path::new("/data/incoming")).unwrap().len();
    assert_eq!(waiting(), 6);
    for (location, bytes) in writer.append(&digests).unwrap().into_iter().zip(&contents) {
        assert_eq!(&store.read_all(&location.0, &location.1).unwrap(), bytes);
    }
    writer.confirm();
    assert_eq!((store.staged_memory(), waiting()), (0, 0));
    let mut dropped = store.begin();
    dropped.write(&content(11, 1_500)).unwrap();
    assert_eq!(waiting(), 1);
    drop(dropped);
    assert_eq!(waiting(), 0);
}

#[test]
fn a_batch_taken_back_stays_staged_and_leaves_no_byte() {
    let (faulty, disk) = start();
    let (store, mut writer, _) = open(&disk, small());
    let kept = file(&store, &mut writer, &content(1, 100));
    let tail = writer.tail();
    let digest = stage(&store, &content(2, 100)).blake3;
    writer.append(&[digest]).unwrap();
    writer.roll_back().unwrap();
    assert_eq!(writer.tail(), tail);
    assert_eq!(findings(&disk, Extent::Whole, &BTreeMap::from([kept])), []);
    faulty.plan(faulty.operations() + 1, crate::disk::faulty::Fault::Fail(std::io::ErrorKind::StorageFull));
    assert!(writer.append(&[digest]).unwrap_err().is_full());
    assert_eq!(findings(&disk, Extent::Whole, &BTreeMap::from([kept])), []);
    faulty.plan(faulty.operations() + 2, crate::disk::faulty::Fault::Fail(std::io::ErrorKind::Other));
    assert!(writer.append(&[digest]).unwrap_err().is_poisoned());
    assert!(writer.append(&[digest]).unwrap_err().is_poisoned(), "a failed sync is never tried again");
}

/// Seals three packs and leaves a fourth open, with a large file beside them.
fn filled(disk: &Disk) -> (Store, Writer, BTreeMap<Blake3, Location>) {
    let (store, mut writer, _) = open(disk, small());
    let mut known = BTreeMap::new();
    for seed in 0..11 {
        known.extend([file(&store, &mut writer, &content(seed, 40 + 73 * seed as usize))]);
        writer.seal_if_full().unwrap();
    }
    known.extend([file(&store, &mut writer, &content(99, 1_001))]);
    (store, writer, known)
}

#[test]
fn every_flipped_bit_is_found() {
    let (faulty, disk) = start();
    let (_, writer, known) = filled(&disk);
    assert!(writer.tail().pack >= 2 && writer.tail().offset > 0, "{:?}", writer.tail());
    assert_eq!(findings(&disk, Extent::Whole, &known), []);
    assert_eq!(findings(&disk, Extent::UpTo(writer.tail()), &known), []);
    let files: Vec<_> = faulty.files();
    let sealed = Path::new("/data/blobs/packs/000001.zip");
    let open = PathBuf::from(format!("/data/blobs/packs/{:06}.zip", writer.tail().pack));
    let mut flips = 0;
    for (path, bytes) in &files {
        let is_large = path.starts_with("/data/blobs/large");
        // A bit of every byte everywhere, all eight in headers and directories of one sealed and the open pack.
        let step = if path == sealed || *path == open { 1 } else { 7 };
        for bit in (0..bytes.len() as u64 * 8).step_by(if is_large { 13 } else { step * 5 }) {
            faulty.flip_bit(path, bit);
            let found = findings(&disk, Extent::Whole, &known);
            assert!(found.iter().any(|finding| finding.file == *path), "bit {bit} of {}: {found:?}", path.display());
            if is_large || *path == open {
                assert_ne!(findings(&disk, Extent::UpTo(writer.tail()), &known), []);
            }
            faulty.flip_bit(path, bit);
            flips += 1;
        }
    }
    assert!(flips > 4_000, "{flips}");
    assert_eq!(findings(&disk, Extent::Whole, &known), []);
}

#[test]
fn findings_name_what_is_missing_strange_or_unreferenced() {
    let (_, disk) = start();
    let (_, writer, mut known) = filled(&disk);
    let codes = |known: &BTreeMap<_, _>| {
        findings(&disk, Extent::Whole, known).iter().map(|finding| finding.code.to_string()).collect::<Vec<_>>()
    };
    let (digest, location) =
        known.iter().find(|(_, l)| matches!(l, Location::Pack { .. })).map(|(d, l)| (*d, *l)).unwrap();
    known.remove(&digest);
    assert_eq!(codes(&known), ["content-unreferenced"]);
    known.insert(digest, Location::Pack { pack: 9, offset: 0, size: 1 });
    assert_eq!(codes(&known), ["content-misplaced"]);
    known.insert(digest, location);
    disk.create_new(Path::new("/data/blobs/large/notes.txt")).unwrap();
    assert_eq!(codes(&known), ["unknown-file"]);
    disk.remove(Path::new("/data/blobs/large/notes.txt")).unwrap();
    let open = disk.open_write(&PathBuf::from(format!("/data/blobs/packs/{:06}.zip", writer.tail().pack))).unwrap();
    open.write_at(writer.tail().offset, b"PK\x03\x04 half a header").unwrap();
    assert_eq!(codes(&known), ["pack-trailing-bytes"]);
    assert_eq!(findings(&disk, Extent::UpTo(writer.tail()), &known), []);
    open.set_len(writer.tail().offset).unwrap();
    disk.remove(Path::new("/data/blobs/packs/000001.zip")).unwrap();
    assert_eq!(codes(&known), ["pack-missing"]);
    let opened = Store::open(disk.clone(), Path::new(ROOT), small(), None);
    assert!(matches!(opened, Err(OpenError::MissingPack { file }) if file.ends_with("000001.zip")));
    let codes: std::collections::BTreeSet<_> = FindingCode::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(codes.len(), FindingCode::ALL.len());
}

#[test]
fn damaged_bytes_are_not_handed_out() {
    let (faulty, disk) = start();
    let (store, mut writer, _) = open(&disk, small());
    for size in [900, 1_500] {
        let bytes = content(size, size as usize);
        let (digest, location) = file(&store, &mut writer, &bytes);
        let path = faulty.files().into_iter().map(|(path, _)| path).find(|path| match location {
            Location::Large { .. } => path.ends_with(digest.to_string()),
            Location::Pack { .. } => path.extension().is_some(),
        });
        faulty.flip_bit(&path.clone().unwrap(), 3_000);
        assert!(
            matches!(store.read_all(&digest, &location), Err(ReadError::Damaged { file, .. }) if Some(&file) == path.as_ref())
        );
        let mut read = Vec::new();
        let error = store.open_content(&digest, &location).unwrap().read_to_end(&mut read).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
        assert!(read.len() < bytes.len(), "the last bytes are kept back");
        if let Location::Large { .. } = location {
            // Sent again, the damaged file makes room and is not lost.
            file_again(&store, &mut writer, &bytes, location);
            assert_eq!(disk.list(Path::new("/data/quarantine")).unwrap().len(), 1);
        }
    }
}

fn file_again(store: &Store, writer: &mut Writer, bytes: &[u8], location: Location) {
    let (digest, again) = file(store, writer, bytes);
    assert_eq!(again, location);
    assert_eq!(store.read_all(&digest, &again).unwrap(), bytes);
}

/// A crash while sealing leaves any part of the directory; whatever it is, the next start has all members.
#[test]
fn sealing_is_finished_by_the_next_start() {
    let (_, disk) = start();
    let (_, writer, known) = filled(&disk);
    drop(writer);
    let path = Path::new("/data/blobs/packs/000000.zip");
    let bytes = disk.read(path).unwrap();
    let members = known.values().filter_map(|location| location.end_in(0)).max().unwrap() as usize;
    for cut in members..=bytes.len() {
        let (_, disk) = start();
        drop(open(&disk, small()));
        let file = disk.open_write(path).unwrap();
        file.write_at(0, &bytes[..cut]).unwrap();
        let (store, mut writer, found) = open(&disk, small());
        assert!(found.iter().all(|(digest, location)| known.get(digest) == Some(location)));
        assert_eq!(found.len(), known.values().filter(|location| location.end_in(0).is_some()).count());
        writer.cut_open_pack(writer.tail().offset).unwrap();
        writer.seal_if_full().unwrap();
        assert_eq!(writer.tail(), PackTail { pack: 1, offset: 0, members: 0 });
        assert_eq!(disk.read(path).unwrap(), bytes, "cut at {cut}");
        drop(store);
    }
}

/// A start that remembers how far its map went is told of exactly what came after, over sealed packs too.
#[test]
fn a_remembered_place_spares_what_lies_before_it() {
    let (_, disk) = start();
    let (store, mut writer, _) = open(&disk, small());
    let (mut tails, mut filed) = (vec![writer.tail()], Vec::new());
    for seed in 0..12 {
        filed.push(file(&store, &mut writer, &content(seed, 300)));
        tails.push(writer.tail());
        writer.seal_if_full().unwrap();
    }
    let end = writer.tail();
    assert!(end.pack > 1);
    drop(writer);
    for (count, tail) in tails.into_iter().enumerate() {
        let (_, writer, found) = Store::open(disk.clone(), Path::new(ROOT), small(), Some(tail)).unwrap();
        assert_eq!((found.as_slice(), writer.tail()), (&filed[count..], end));
    }
    let beyond = PackTail { offset: end.offset + 1, ..end };
    assert!(matches!(Store::open(disk, Path::new(ROOT), small(), Some(beyond)), Err(OpenError::Damaged { .. })));
}

/// Whoever uploads a content that ends like a sealed pack must not make the next start believe it.
#[test]
fn a_content_that_looks_like_the_end_of_a_pack() {
    let (_, disk) = start();
    let (store, mut writer, _) = open(&disk, small());
    let mut crafted = Vec::new();
    let end = pack::End { members: 0, directory_size: 0, directory_offset: MEMBER_HEADER as u32 };
    pack::put_end(&mut crafted, &end);
    let kept = file(&store, &mut writer, &crafted);
    let tail = writer.tail();
    drop(writer);
    let (_, writer, found) = open(&disk, small());
    assert_eq!((writer.tail(), found), (tail, BTreeMap::from([kept])));
    assert_eq!(findings(&disk, Extent::Whole, &BTreeMap::from([kept])), []);
}

#[test]
fn other_programs_open_a_sealed_pack() {
    let root = tempfile::tempdir().unwrap();
    let (store, mut writer, _) = Store::open(Disk::real(), root.path(), small(), None).unwrap();
    let bytes: Vec<_> = (0..4).map(|seed| content(seed, 700)).collect();
    for bytes in &bytes {
        file(&store, &mut writer, bytes);
    }
    writer.seal_if_full().unwrap();
    let path = root.path().join("blobs/packs/000000.zip");
    let python =
        "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(len(z.namelist()))";
    let runs: [(&str, Vec<&str>); 2] = [("unzip", vec!["-t"]), ("python3", vec!["-c", python])];
    for (program, arguments) in runs {
        match std::process::Command::new(program).args(arguments).arg(&path).output() {
            Ok(output) => assert!(output.status.success(), "{program}: {output:?}"),
            // Not on every machine; the ZIP crate reads one in the tests of `pack`.
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{program}"),
        }
    }
}
