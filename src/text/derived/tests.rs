//! Texts come back as they were kept, whatever befalls the packs.

use proptest::prelude::*;

use super::*;
use crate::disk::Faulty;
use crate::disk::faulty::{Fault, Survival};
use crate::text::Reason;

const ROOT: &str = "/data";

/// Big enough for about three of the small texts below: packs are sealed often.
const SMALL_PACK: u64 = 700;

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

fn scanned(derived: &Derived) -> Vec<(Blake3, DerivedLocation)> {
    let mut all = Vec::new();
    let each = &mut |blake3, location| {
        all.push((blake3, location));
        ControlFlow::Continue(())
    };
    derived.scan(each).unwrap();
    all
}

/// Keeps the text of a number as its own maker would.
fn put(derived: &Derived, n: u64) -> Result<DerivedLocation, DerivedError> {
    derived.put(sample(n).0, &sample(n).1, &maker(n))
}

fn maker(n: u64) -> Maker {
    Maker { version: EXTRACTOR_VERSION, at: n as i64, ..Maker::default() }
}

fn kept(n: u64) -> Kept {
    Kept { extraction: sample(n).1, maker: maker(n) }
}

#[test]
fn what_is_put_is_got_scanned_and_readable_by_other_tools() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Derived::with_pack_size(Disk::real(), folder.path(), SMALL_PACK).unwrap();
    let derived = open();
    let places: Vec<_> = (0..10).map(|n| (n, put(&derived, n).unwrap())).collect();
    for derived in [derived, open()] {
        for (n, location) in &places {
            let (blake3, _) = sample(*n);
            assert_eq!(derived.get(&blake3, *location).unwrap(), Some(kept(*n)));
            assert_eq!(derived.line(&blake3, *location).unwrap().unwrap().maker, maker(*n));
            assert_eq!(DerivedLocation::from_bytes(&location.to_bytes()), Some(*location));
            assert_eq!(derived.get(&sample(n + 1).0, *location).unwrap(), None, "another content's place");
        }
        let expected: Vec<_> = places.iter().map(|(n, place)| (sample(*n).0, *place)).collect();
        assert_eq!(scanned(&derived), expected);
    }
    assert_eq!(DerivedLocation::from_bytes(&[0; 15]), None);

    let sealed = std::fs::File::open(folder.path().join("derived/packs/000001.zip")).unwrap();
    let mut archive = zip::ZipArchive::new(sealed).unwrap();
    let mut member = String::new();
    std::io::Read::read_to_string(&mut archive.by_index(0).unwrap(), &mut member).unwrap();
    let maker = serde_json::to_string(&maker(0)).unwrap();
    assert_eq!(member, format!("{{\"state\":\"full\",\"maker\":{maker},\"size\":25}}\ndelibera n. 0\nperché sì"));
    assert!(places.last().unwrap().1.pack > 2, "packs were sealed on the way");
}

#[test]
fn a_torn_tail_is_cut_and_written_over() {
    let whole = Faulty::new();
    let first = put(&open(&whole), 0).unwrap();
    let second = put(&open(&whole), 1).unwrap();
    let pack = Path::new(ROOT).join("derived/packs/000001.zip");
    let length = whole.disk().open(&pack).unwrap().len().unwrap();
    for cut in second.offset..length {
        let faulty = whole.crash(Survival::PageCache);
        faulty.disk().open_write(&pack).unwrap().set_len(cut).unwrap();
        let derived = open(&faulty);
        assert_eq!(derived.get(&sample(0).0, first).unwrap(), Some(kept(0)), "cut at {cut}");
        assert_eq!(derived.get(&sample(1).0, second).unwrap(), None, "cut at {cut}");
        assert_eq!(scanned(&derived).len(), 1);
        let again = put(&derived, 2).unwrap();
        assert_eq!(again.offset, second.offset);
        assert_eq!(derived.get(&sample(2).0, again).unwrap(), Some(kept(2)));
        assert_eq!(derived.get(&sample(1).0, second).unwrap(), None, "its place is another's now");
    }
}

#[test]
fn a_flipped_bit_hides_a_text_and_never_changes_one() {
    let whole = Faulty::new();
    let derived = open(&whole);
    let places: Vec<_> = (0..4).map(|n| (n, put(&derived, n).unwrap())).collect();
    let pack = Path::new(ROOT).join("derived/packs/000001.zip");
    let length = whole.disk().open(&pack).unwrap().len().unwrap();
    for bit in 0..length * 8 {
        let faulty = whole.crash(Survival::PageCache);
        faulty.flip_bit(&pack, bit);
        let derived = open(&faulty);
        let mut lost = 0;
        for (n, location) in &places {
            match derived.get(&sample(*n).0, *location).unwrap() {
                None => lost += 1,
                Some(got) => assert_eq!(got, kept(*n), "bit {bit}"),
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
        let mut places = Vec::new();
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
            match put(&derived, n) {
                Ok(location) => places.push((n, location)),
                Err(error) => {
                    assert!(error.is_full());
                    failures += 1;
                    places.push((n, put(&derived, n).unwrap()));
                }
            }
        }
        let check = |derived: &Derived, all: bool| {
            for (n, location) in &places {
                let got = derived.get(&sample(*n).0, *location).unwrap();
                assert!(got == Some(kept(*n)) || (got.is_none() && !all), "{got:?}");
            }
        };
        check(&derived, true);
        assert_eq!(scanned(&derived).len(), places.len());
        check(&open(&faulty.crash(Survival::PageCache)), true);
        for survival in [Survival::Nothing, Survival::Everything, Survival::Part(n)] {
            let after = faulty.crash(survival);
            let derived = open(&after);
            check(&derived, false);
            let location = put(&derived, 99).unwrap();
            assert_eq!(derived.get(&sample(99).0, location).unwrap(), Some(kept(99)));
        }
        if failures == 0 {
            assert!(n > 10, "the script did not reach the disk");
            return;
        }
    }
}

#[test]
fn a_text_of_another_version_is_there_and_strange_names_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let derived = Derived::open(Disk::real(), folder.path()).unwrap();
    let (blake3, extraction) = sample(0);
    let location = put(&derived, 0).unwrap();
    drop(derived);
    let path = folder.path().join("derived/packs/000001.zip");
    let mut bytes = std::fs::read(&path).unwrap();
    let name = member_name(&blake3);
    let renamed = |to: &str, bytes: &mut Vec<u8>| {
        bytes[pack::LOCAL_HEADER..][..name.len()].copy_from_slice(to.as_bytes());
        std::fs::write(&path, bytes).unwrap();
        Derived::open(Disk::real(), folder.path()).unwrap()
    };
    let other = name.replace(&format!("-v{EXTRACTOR_VERSION}"), &format!("-v{}", EXTRACTOR_VERSION + 1));
    let derived = renamed(&other, &mut bytes);
    assert_eq!(derived.get(&blake3, location).unwrap(), Some(kept(0)));
    assert_eq!(scanned(&derived), [(blake3, location)]);
    std::fs::write(path.with_file_name("1.zip"), "not ours").unwrap();
    let derived = renamed(&name.replace(".json", ".jpeg"), &mut bytes);
    assert_eq!(derived.get(&blake3, location).unwrap(), None);
    assert_eq!(scanned(&derived), []);
    let elsewhere = DerivedLocation { pack: 77, ..location };
    assert_eq!(derived.get(&blake3, elsewhere).unwrap(), None);
    assert_eq!(derived.get(&blake3, DerivedLocation { size: u32::MAX, ..location }).unwrap(), None);
    let again = put(&derived, 0).unwrap();
    assert!(again.offset > location.offset, "what is not ours stays");
    assert_eq!(scanned(&derived), [(blake3, again)]);
    let long = Extraction { text: "a".repeat(limits::TEXT_MAX + 1), ..extraction };
    assert!(matches!(derived.put(blake3, &long, &maker(0)), Err(DerivedError::TooLong(_))));
}

/// Texts that say nothing of their maker were kept by the first version of this program.
#[test]
fn a_line_without_a_maker_is_read() {
    let kept = parse_content("{\"state\":\"full\",\"size\":4}\nciao".as_bytes()).unwrap();
    assert_eq!((kept.extraction.text.as_str(), kept.maker), ("ciao", Maker::default()));
}

#[test]
fn packs_without_a_text_in_force_are_swept_away() {
    let folder = tempfile::tempdir().unwrap();
    let derived = Derived::with_pack_size(Disk::real(), folder.path(), SMALL_PACK).unwrap();
    let old: Vec<_> = (0..10).map(|n| put(&derived, n).unwrap()).collect();
    let new: Vec<_> = (1..10).map(|n| put(&derived, n).unwrap()).collect();
    let in_force = |blake3: &Blake3, place: DerivedLocation| {
        let n = (0..10).find(|n| sample(*n).0 == *blake3).unwrap() as usize;
        place == if n == 0 { old[0] } else { new[n - 1] }
    };
    let removed = derived.sweep(u32::MAX, &mut |blake3, place| in_force(blake3, place)).unwrap();
    assert!(removed > 0);
    assert_eq!(derived.get(&sample(0).0, old[0]).unwrap(), Some(kept(0)), "its pack has one that is in force");
    assert_eq!(derived.get(&sample(5).0, old[5]).unwrap(), None);
    assert_eq!(derived.get(&sample(5).0, new[4]).unwrap(), Some(kept(5)));
    assert_eq!(derived.sweep(u32::MAX, &mut |blake3, place| in_force(blake3, place)).unwrap(), 0);
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
