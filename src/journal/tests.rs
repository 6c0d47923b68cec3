//! Is everything there that was acknowledged? Every fault at every operation, every flipped bit, every place to start from.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::blob::{self, Extent, Location, PackTail, Reference, Store};
use crate::digest::{Blake3, ContentDigests, Sha256};
use crate::disk::faulty::{Fault, Survival};
use crate::disk::{Disk, Faulty};
use crate::ids::UserId;

const ROOT: &str = "/data";

fn start() -> (Faulty, Disk) {
    let faulty = Faulty::new();
    let disk = faulty.disk();
    disk.create_dir(Path::new(ROOT)).unwrap();
    disk.sync_dir(Path::new("/")).unwrap();
    (faulty, disk)
}

fn line(text: &str) -> Line {
    Line {
        time: Timestamp::UNIX_EPOCH,
        actor: "u7".to_owned(),
        kind: "tested".to_owned(),
        version: 1,
        subject: format!("subject \"{text}\""),
        public: format!(r#"{{"salt":"00","text":"{text}"}}"#),
        private: format!(r#"{{"salt":"11","name":"{text}"}}"#),
    }
}

const SMALL: Settings = Settings { segment_size: 2_500, line_max: 100_000 };

type Opening = Result<(Journal, Reader, Opened), OpenError>;

fn open(disk: &Disk, from: Option<Frontier>, keep: u64) -> Opening {
    Journal::open(disk.clone(), Path::new(ROOT), SMALL, from, keep)
}

/// Batches of 1, 2, 3, 1, 2, 3, … lines; gives the tree after each line.
fn filled(disk: &Disk, batches: usize) -> (Journal, Reader, Vec<Frontier>) {
    let (mut journal, reader, _) = open(disk, None, 0).unwrap();
    for batch in 0..batches {
        let lines: Vec<_> = (0..batch % 3 + 1).map(|n| line(&format!("{batch}-{n}"))).collect();
        journal.append(&lines).unwrap();
    }
    let mut frontier = Frontier::default();
    let mut frontiers = vec![frontier.clone()];
    reader
        .scan(0, u64::MAX, &mut |raw| {
            raw.check().unwrap();
            frontier.push(leaf_hash(&leaf_of(rendered(&raw).as_bytes()).unwrap()));
            frontiers.push(frontier.clone());
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(&frontier, journal.frontier());
    (journal, reader, frontiers)
}

fn rendered(raw: &RawLine) -> String {
    let line = Line {
        time: raw.time,
        actor: raw.actor.to_string(),
        kind: raw.kind.to_string(),
        version: raw.version,
        subject: raw.subject.to_string(),
        public: raw.public.to_string(),
        private: raw.private.as_deref().unwrap_or("null").to_owned(),
    };
    let mut out = String::new();
    line.render(raw.position, &mut out);
    out
}

fn findings(disk: &Disk) -> Vec<Finding> {
    let mut found = Vec::new();
    verify(disk, Path::new(ROOT), crate::journal::Extent::Whole, &mut |_, _, _| {}, &mut |finding| found.push(finding))
        .unwrap();
    found
}

fn last_segment(faulty: &Faulty) -> (std::path::PathBuf, Vec<u8>) {
    faulty.files().into_iter().rfind(|(path, _)| path.starts_with("/data/journal")).unwrap()
}

#[test]
fn every_position_is_found_in_its_segment() {
    let (faulty, disk) = start();
    let (mut journal, reader, frontiers) = filled(&disk, 60);
    assert!(faulty.files().len() > 10);
    // Large lines beside small ones: bisection lands inside them.
    journal.append(&[line(&"x".repeat(30_000)), line("y"), line(&"z".repeat(10_000))]).unwrap();
    let size = reader.size();
    for position in 0..size {
        assert_eq!(reader.line(position).unwrap().position, position);
        let mut seen = Vec::new();
        reader
            .scan(position, position + 3, &mut |raw| {
                seen.push(raw.position);
                ControlFlow::Continue(())
            })
            .unwrap();
        assert_eq!(seen, (position..size.min(position + 3)).collect::<Vec<_>>());
    }
    assert!(matches!(reader.line(size), Err(ReadError::Beyond { .. })));
    assert_eq!(frontiers.len() as u64, size - 2);
    assert_eq!(reader.wait_beyond(size, Duration::from_millis(1)), size);
    let waiting = reader.clone();
    let waiter = std::thread::spawn(move || waiting.wait_beyond(size, Duration::from_secs(20)));
    journal.append(&[line("new")]).unwrap();
    assert_eq!(waiter.join().unwrap(), size + 1);
    let mut lines = 0;
    let tree = reader.verify(&disk, &mut |_, _, _| lines += 1, &mut |finding| panic!("{finding:?}"));
    assert_eq!((&tree, lines), (journal.frontier(), size + 1));
}

/// A large segment, so that bisection has many steps.
#[test]
fn bisection_in_one_long_segment() {
    let (_, disk) = start();
    let settings = Settings::default();
    let (mut journal, reader, _) = Journal::open(disk, Path::new(ROOT), settings, None, 0).unwrap();
    for batch in 0..400u64 {
        let lines: Vec<_> = (0..batch % 7 + 1).map(|n| line(&"t".repeat((batch * n) as usize))).collect();
        journal.append(&lines).unwrap();
    }
    for position in 0..reader.size() {
        assert_eq!(reader.line(position).unwrap().position, position);
    }
}

#[test]
fn it_opens_from_every_position() {
    let (_, disk) = start();
    let (journal, _, frontiers) = filled(&disk, 20);
    let root = journal.frontier().root();
    drop(journal);
    for frontier in frontiers {
        let (journal, _, opened) = open(&disk, Some(frontier.clone()), 0).unwrap();
        assert_eq!((journal.frontier().root(), opened.cut_bytes), (root, 0), "from {}", frontier.size());
        assert_eq!(opened.last_batch_first, opened.size - 2);
        let mut wrong = frontier.clone();
        wrong.push(Sha256::of(b"not the line that stands here"));
        assert!(matches!(open(&disk, Some(wrong), 0), Err(OpenError::Damaged { .. })));
    }
}

/// Whatever is left of the last batch, only it goes; and nothing that has been applied.
#[test]
fn a_torn_tail_is_cut_and_nothing_else() {
    let (faulty, disk) = start();
    let (mut journal, _, frontiers) = filled(&disk, 16);
    let before = journal.size();
    let (path, whole) = last_segment(&faulty);
    journal.append(&[line("torn"), line("too")]).unwrap();
    let (same, bytes) = last_segment(&faulty);
    assert_eq!(path, same, "the batch began no segment");
    for cut in (whole.len()..bytes.len()).step_by(3) {
        for garbage in [&b""[..], &[0; 40_000], b"#\n{\"size\":1}\n"] {
            let file = disk.open_write(&path).unwrap();
            file.set_len(0).unwrap();
            file.write_at(0, &[&bytes[..cut], garbage].concat()).unwrap();
            let from = Some(frontiers[(before - 1) as usize].clone());
            let kept = open(&disk, from.clone(), before + 1);
            assert!(matches!(kept, Err(OpenError::Damaged { .. })), "below what was applied");
            let (journal, _, opened) = open(&disk, from, before).unwrap();
            assert_eq!((journal.size(), opened.cut_bytes as usize), (before, cut + garbage.len() - whole.len()));
            assert_eq!(findings(&disk), []);
        }
    }
}

#[test]
fn damage_before_a_valid_batch_is_refused_with_its_place() {
    let (faulty, disk) = start();
    let (journal, ..) = filled(&disk, 12);
    drop(journal);
    let segments: Vec<_> = faulty.files().into_iter().filter(|(path, _)| path.starts_with("/data/journal")).collect();
    let (path, bytes) = &segments[0];
    for bit in (0..bytes.len() as u64 * 8).step_by(11) {
        faulty.flip_bit(path, bit);
        let opened = open(&disk, None, 0);
        assert!(matches!(opened, Err(OpenError::Damaged { file, .. }) if file == *path), "bit {bit}");
        faulty.flip_bit(path, bit);
    }
    disk.rename(&segments[1].0, Path::new("/data/away")).unwrap();
    assert!(matches!(open(&disk, None, 0), Err(OpenError::Damaged { .. })), "a segment is missing");
    assert_eq!(findings(&disk)[0].code.to_string(), "segment-missing");
}

#[test]
fn every_flipped_bit_is_found() {
    let (faulty, disk) = start();
    let (journal, ..) = filled(&disk, 5);
    drop(journal);
    assert_eq!(findings(&disk), []);
    assert!(faulty.files().len() > 1);
    for (path, bytes) in faulty.files() {
        // All eight bits of a byte, at places that walk through everything.
        for bit in (0..bytes.len() as u64 * 8).step_by(3) {
            faulty.flip_bit(&path, bit);
            let found = findings(&disk);
            assert!(found.iter().any(|finding| finding.file == path), "bit {bit} of {}: {found:?}", path.display());
            faulty.flip_bit(&path, bit);
        }
    }
    let (path, bytes) = last_segment(&faulty);
    disk.open_write(&path).unwrap().write_at(bytes.len() as u64, b"{\"position\":").unwrap();
    assert_eq!(findings(&disk)[0].code, FindingCode::JournalTrailingBytes);
}

/// What the law has destroyed: the line stays, its number, digests and root too; the batch's digest is a new one.
#[test]
fn a_redacted_line_reads_and_verifies() {
    let (_, disk) = start();
    let settings = Settings::default();
    let (mut journal, _, _) = Journal::open(disk.clone(), Path::new(ROOT), settings, None, 0).unwrap();
    let root = journal.append(&[line("a"), line("b")]).unwrap().root;
    drop(journal);
    let path = Path::new("/data/journal/000000000000.jsonl");
    let text = String::from_utf8(disk.read(path).unwrap()).unwrap();
    let redacted = text.replace(&line("a").private, "null");
    let lines = &redacted[..redacted.rfind("{\"size\":").unwrap()];
    let end = line::BatchEnd { size: 2, root, batch: Sha256::of(lines.as_bytes()) };
    disk.replace(path, format!("{lines}{}", end.render()).as_bytes()).unwrap();
    assert_eq!(findings(&disk), []);
    let (journal, reader, _) = Journal::open(disk, Path::new(ROOT), settings, None, 0).unwrap();
    assert_eq!(journal.frontier().root(), root);
    assert_eq!((reader.line(0).unwrap().private, reader.line(1).unwrap().private.is_some()), (None, true));
}

#[test]
fn a_failed_write_is_cut_back_and_a_failed_sync_ends_it() {
    let (faulty, disk) = start();
    let (mut journal, reader, _) = filled(&disk, 1);
    faulty.plan(faulty.operations() + 1, Fault::Fail(ErrorKind::StorageFull));
    assert!(journal.append(&[line("full")]).unwrap_err().is_full());
    assert_eq!(findings(&disk), []);
    journal.append(&[line("room again")]).unwrap();
    faulty.plan(faulty.operations() + 2, Fault::Fail(ErrorKind::Other));
    assert!(journal.append(&[line("x")]).unwrap_err().is_poisoned());
    assert!(journal.append(&[line("x")]).unwrap_err().is_poisoned());
    assert_eq!(reader.size(), 2);
    assert!(matches!(open(&disk, None, 0).unwrap().0.append(&[]), Err(AppendError::EmptyBatch)));
}

// ---- Blobs and journal together, as the service uses them.

fn blob_settings() -> blob::Settings {
    let default = blob::Settings::default();
    blob::Settings { pack_size: 2_500, packed_content_max: 1_000, staged_memory_max: 1_500, ..default }
}

const JOURNAL: Settings = Settings { segment_size: 1_200, line_max: 100_000 };

fn content(batch: usize, n: usize) -> Vec<u8> {
    let size = [0, 1, 600, 1_000, 1_001, 1_700][(batch * 2 + n * 3) % 6];
    blake3::hash(format!("{}", batch / 2).as_bytes()).as_bytes().iter().copied().cycle().take(size).collect()
}

/// What was acknowledged: the position, its digests.
type Acknowledged = Vec<(u64, Vec<Blake3>)>;

/// Files batches until the end or until the process is dead.
fn script(disk: &Disk, stored: &mut BTreeMap<Blake3, Location>) -> Option<Acknowledged> {
    let mut acknowledged = Vec::new();
    let root = Path::new(ROOT);
    let Ok((mut journal, ..)) = Journal::open(disk.clone(), root, JOURNAL, None, 0) else { return None };
    let Ok((store, mut writer, _)) = Store::open(disk.clone(), root, blob_settings(), None) else { return None };
    for batch in 0..6 {
        let staged: Result<Vec<_>, _> =
            (0..2).map(|n| store.stage(&content(batch, n)[..], UserId(1), Timestamp::UNIX_EPOCH, None)).collect();
        let Ok(staged) = staged else { continue };
        let digests: Vec<_> = staged.iter().map(|digests| digests.blake3).collect();
        let new: Vec<_> = digests.iter().filter(|digest| !stored.contains_key(digest)).copied().collect();
        let Ok(locations) = writer.append(&new) else { continue };
        let text = digests.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        match journal.append(&[line(&text)]) {
            Ok(committed) => {
                writer.confirm();
                stored.extend(locations);
                acknowledged.push((committed.first, digests));
                // A failure here leaves the pack open; the next batch says so if it must.
                let _sealed = writer.seal_if_full();
            }
            // The lines may be on disk, and then they need their contents: nothing is taken back.
            Err(error) if error.is_poisoned() => break,
            Err(_) => {
                let _taken_back = writer.roll_back();
            }
        }
    }
    Some(acknowledged)
}

fn digests_of(raw: &RawLine) -> Vec<Blake3> {
    let public: serde_json::Value = serde_json::from_str(&raw.public).unwrap();
    public["text"].as_str().unwrap().split(' ').map(|digest| digest.parse().unwrap()).collect()
}

/// Starts as the service does, and holds everything against what was acknowledged; gives the size of the journal.
fn recover(disk: &Disk, acknowledged: &Acknowledged, case: &str) -> u64 {
    let root = Path::new(ROOT);
    let keep = acknowledged.len() as u64;
    let (_journal, reader, _) =
        Journal::open(disk.clone(), root, JOURNAL, None, keep).unwrap_or_else(|error| panic!("{case}: {error}"));
    let (store, mut writer, found) =
        Store::open(disk.clone(), root, blob_settings(), None).unwrap_or_else(|error| panic!("{case}: {error}"));
    let found: BTreeMap<_, _> = found.into_iter().collect();
    let mut needed = BTreeMap::new();
    reader
        .scan(0, u64::MAX, &mut |raw| {
            for digest in digests_of(&raw) {
                needed.insert(digest, *found.get(&digest).unwrap_or_else(|| panic!("{case}: {digest} is lost")));
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    let open = writer.tail().pack;
    writer.cut_open_pack(needed.values().filter_map(|location| location.end_in(open)).max().unwrap_or(0)).unwrap();
    writer.rewrite_tail(PackTail { pack: open, offset: 0, members: 0 }).unwrap();
    for (position, digests) in acknowledged {
        assert_eq!(&digests_of(&reader.line(*position).unwrap()), digests, "{case}");
    }
    for (digest, location) in &needed {
        assert_eq!(Blake3::of(&store.read_all(digest, location).unwrap()), *digest);
    }
    assert_eq!(findings(disk), [], "{case}");
    let mut check = |content: &ContentDigests, location: &Location| match needed.get(&content.blake3) {
        Some(there) if there == location => Reference::Here,
        _ => Reference::None,
    };
    blob::verify(disk, root, Extent::Whole, &mut check, &mut |finding| panic!("{case}: {finding:?}")).unwrap();
    reader.size()
}

/// Runs the script with a fault at operation `n`; `false` when it has fewer.
fn one_fault(n: u64, fault: Fault, survivals: &[Survival]) -> bool {
    for survival in survivals {
        let (faulty, disk) = start();
        let before = faulty.operations();
        faulty.plan(before + n, fault);
        let acknowledged = script(&disk, &mut BTreeMap::new()).unwrap_or_default();
        if faulty.operations() < before + n {
            return false;
        }
        let case = format!("operation {n}, {fault:?}, {survival:?}");
        let next = faulty.crash(*survival);
        let shown = recover(&next.disk(), &acknowledged, &case);
        // What the start has shown is on disk: a power cut right after it takes nothing away.
        let left = recover(&next.crash(Survival::Nothing).disk(), &acknowledged, &case);
        assert_eq!(left, shown, "{case}");
    }
    true
}

#[test]
fn whatever_fails_at_whatever_operation_nothing_acknowledged_is_lost() {
    let survivals = [
        Survival::Nothing,
        Survival::Everything,
        Survival::PageCache,
        Survival::Part(1),
        Survival::Part(2),
        Survival::Part(3),
    ];
    let mut n = 1;
    while one_fault(n, Fault::Die, &survivals) {
        one_fault(n, Fault::Fail(ErrorKind::Other), &survivals[..4]);
        one_fault(n, Fault::Fail(ErrorKind::StorageFull), &survivals[..4]);
        n += 1;
    }
    assert!(n > 60, "the script has only {n} operations");
    let (_, disk) = start();
    assert_eq!(script(&disk, &mut BTreeMap::new()).unwrap().len(), 6, "without a fault all are acknowledged");
}

/// A start that a fault may interrupt.
fn attempt(disk: &Disk) -> Option<()> {
    let root = Path::new(ROOT);
    let (_, reader, _) = Journal::open(disk.clone(), root, JOURNAL, None, 0).ok()?;
    let (_, mut writer, found) = Store::open(disk.clone(), root, blob_settings(), None).ok()?;
    let found: BTreeMap<_, _> = found.into_iter().collect();
    let open = writer.tail().pack;
    let mut end = 0;
    let mut each = |raw: RawLine| {
        let ends = digests_of(&raw).into_iter().filter_map(|digest| found[&digest].end_in(open));
        end = ends.max().unwrap_or(0).max(end);
        ControlFlow::Continue(())
    };
    reader.scan(0, u64::MAX, &mut each).ok()?;
    writer.cut_open_pack(end).ok()?;
    writer.rewrite_tail(PackTail { pack: open, offset: 0, members: 0 }).ok()
}

/// A process that is killed, or a machine that stops, while it recovers must not make it worse.
#[test]
fn a_fault_during_recovery_costs_nothing() {
    let (faulty, disk) = start();
    let before = faulty.operations();
    faulty.plan(before + 60, Fault::Die);
    let acknowledged = script(&disk, &mut BTreeMap::new()).unwrap();
    assert!(!acknowledged.is_empty());
    for survival in [Survival::Everything, Survival::PageCache, Survival::Part(5)] {
        for n in 1.. {
            let first = faulty.crash(survival);
            first.plan(n, Fault::Die);
            let disk = first.disk();
            let went_well = attempt(&disk).is_some();
            assert_eq!(went_well, !first.is_dead());
            if went_well {
                break;
            }
            for again in [Survival::Nothing, Survival::PageCache, Survival::Part(n)] {
                let case = format!("{survival:?}, operation {n}, {again:?}");
                recover(&first.crash(again).disk(), &acknowledged, &case);
            }
        }
    }
}
