//! `verify` finds nothing in an archive that is whole, and names file and kind of whatever is done to it.

use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use tabularium::catalogue::Catalogue;
use tabularium::service::{Finding, Report, verify, verify_truths};

use crate::archive::{self, copy, create, files, fill, noise, options};

/// An archive that was closed in order, made once; each test works on a copy.
static WHOLE: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let run = actix_web::rt::System::new();
    let options = options(&folder.path().join("data"));
    let clock = options.clock.clone();
    let archive = create(&run, options);
    fill(&run, &archive, &clock);
    archive.close();
    folder
});

struct Copy {
    _folder: tempfile::TempDir,
    root: PathBuf,
}

fn whole() -> Copy {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("data");
    copy(&WHOLE.path().join("data"), &root);
    Copy { _folder: folder, root }
}

fn check(root: &Path) -> (Vec<Finding>, Report) {
    let mut found = Vec::new();
    let report = verify(&options(root), false, &mut |finding| found.push(finding), &mut |_| {}).unwrap();
    (found, report)
}

fn truths(root: &Path) -> Vec<Finding> {
    let mut found = Vec::new();
    verify_truths(&options(root), &mut |finding| found.push(finding)).unwrap();
    found
}

fn codes(found: &[Finding]) -> Vec<String> {
    let mut codes: Vec<_> = found.iter().map(|finding| finding.code.to_string()).collect();
    codes.sort();
    codes.dedup();
    codes
}

/// Names the file, with one of these codes among the findings about it.
#[track_caller]
fn assert_finds(found: &[Finding], file: &Path, code: &str) {
    let named = found.iter().any(|finding| finding.file == file && finding.code.to_string() == code);
    assert!(named, "no {code} for {} in {found:#?}", file.display());
}

#[test]
fn a_whole_archive_has_no_findings_and_is_left_as_it_was() {
    let copy = whole();
    let before: Vec<_> = ["blobs", "journal", "access"]
        .iter()
        .flat_map(|folder| files(&copy.root.join(folder)))
        .map(|path| (std::fs::read(&path).unwrap(), std::fs::metadata(&path).unwrap().modified().unwrap(), path))
        .collect();
    assert!(files(&copy.root.join("blobs/packs")).len() >= 3, "several packs");
    assert!(files(&copy.root.join("journal")).len() >= 3, "several segments");
    let (found, report) = check(&copy.root);
    assert_eq!(found, []);
    assert_eq!((report.entries, report.findings), (17, 0));
    assert_eq!(report.contents, 19);
    assert_eq!(report.bytes, (0..16).map(|n| 700 + 100 * n).sum::<u64>() + 9_000 + 13 + 15);
    assert_eq!(report.skipped, [""; 0]);
    for (bytes, time, path) in before {
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), time, "{}", path.display());
    }
}

/// One bit at a time, anywhere in what must last.
#[test]
fn a_thousand_flipped_bits_are_each_found_in_their_file() {
    let copy = whole();
    let targets: Vec<(PathBuf, u64)> = ["blobs", "journal"]
        .iter()
        .flat_map(|folder| files(&copy.root.join(folder)))
        .map(|path| {
            let length = std::fs::metadata(&path).unwrap().len();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
            (path, length)
        })
        .filter(|(_, length)| *length > 0)
        .collect();
    let all: u64 = targets.iter().map(|(_, length)| length).sum();
    let random = noise(7, 8_000);
    for (n, bytes) in random.as_chunks::<8>().0.iter().enumerate() {
        let mut place = u64::from_le_bytes(*bytes) % (all * 8);
        let (path, _) = targets
            .iter()
            .find(|(_, length)| {
                let here = place < length * 8;
                if !here {
                    place -= length * 8;
                }
                here
            })
            .unwrap();
        let file = std::fs::File::options().read(true).write(true).open(path).unwrap();
        let mut byte = [0];
        file.read_exact_at(&mut byte, place / 8).unwrap();
        file.write_all_at(&[byte[0] ^ (1 << (place % 8))], place / 8).unwrap();
        let found = truths(&copy.root);
        let named = found.iter().any(|finding| finding.file == *path);
        assert!(named, "flip {n}: bit {place} of {}: {found:#?}", path.display());
        file.write_all_at(&byte, place / 8).unwrap();
    }
    assert_eq!(truths(&copy.root), []);
}

#[test]
fn every_file_that_is_removed_or_cut_is_found() {
    let copy = whole();
    let all: Vec<_> = ["blobs", "journal", "access"].iter().flat_map(|folder| files(&copy.root.join(folder))).collect();
    for path in all {
        let bytes = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(!truths(&copy.root).is_empty(), "{} removed", path.display());
        if !bytes.is_empty() {
            std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
            let found = truths(&copy.root);
            assert!(found.iter().any(|finding| finding.file == path), "{} cut: {found:#?}", path.display());
        }
        std::fs::write(&path, &bytes).unwrap();
    }
    assert_eq!(truths(&copy.root), []);
    let (pack, first) = (copy.root.join("blobs/packs/000000.zip"), copy.root.join("journal/000000000000.jsonl"));
    std::fs::remove_file(&pack).unwrap();
    let found = truths(&copy.root);
    assert_finds(&found, &pack, "pack-missing");
    assert_finds(&found, &copy.root.join("blobs"), "content-missing");
    std::fs::remove_file(&first).unwrap();
    assert_finds(&truths(&copy.root), &first, "segment-missing");
}

/// The whole last segment gone: the truths alone look like an older archive; what had applied it knows better.
#[test]
fn lines_lost_from_the_end_are_known_to_the_projections() {
    let copy = whole();
    let last = files(&copy.root.join("journal")).pop().unwrap();
    std::fs::remove_file(last).unwrap();
    let (found, _) = check(&copy.root);
    assert_finds(&found, &copy.root.join("catalogue"), "catalogue-ahead");
    assert_finds(&found, &copy.root.join("index"), "index-ahead");
}

#[test]
fn members_and_files_that_do_not_belong_are_found() {
    let copy = whole();
    let pack = files(&copy.root.join("blobs/packs")).pop().unwrap();
    let mut bytes = std::fs::read(&pack).unwrap();
    let length = bytes.len();
    let extra = b"nobody asked for this";
    let name = blake3::hash(extra).to_hex();
    tabularium::blob::pack::put_local_header(&mut bytes, &name, crc32fast::hash(extra), extra.len() as u32);
    bytes.extend_from_slice(extra);
    std::fs::write(&pack, &bytes).unwrap();
    assert_finds(&truths(&copy.root), &pack, "content-unreferenced");
    // A second copy of a content that is there already.
    bytes.truncate(length);
    let member = std::fs::read(copy.root.join("blobs/packs/000000.zip")).unwrap();
    let size = u32::from_le_bytes(member[18..22].try_into().unwrap()) as usize;
    bytes.extend_from_slice(&member[..30 + 64 + size]);
    std::fs::write(&pack, &bytes).unwrap();
    assert_finds(&truths(&copy.root), &pack, "content-misplaced");
    bytes.truncate(length);
    std::fs::write(&pack, &bytes).unwrap();
    for (file, code) in [
        ("blobs/packs/note.txt", "unknown-file"),
        ("blobs/large/note.txt", "unknown-file"),
        ("journal/note.txt", "journal-unknown-file"),
    ] {
        let path = copy.root.join(file);
        std::fs::write(&path, "?").unwrap();
        assert_finds(&truths(&copy.root), &path, code);
        std::fs::remove_file(path).unwrap();
    }
}

/// Each pack is whole in itself, and the contents are named by their digests: only their order tells.
#[test]
fn two_packs_exchanged_are_found() {
    let copy = whole();
    let [a, b, c] = ["000000", "000001", "x"].map(|name| copy.root.join(format!("blobs/packs/{name}.zip")));
    std::fs::rename(&a, &c).unwrap();
    std::fs::rename(&b, &a).unwrap();
    std::fs::rename(&c, &b).unwrap();
    assert_finds(&truths(&copy.root), &b, "content-out-of-order");
    let (found, _) = check(&copy.root);
    assert_finds(&found, &copy.root.join("catalogue"), "catalogue-differs");
}

#[test]
fn an_altered_catalogue_is_found_key_by_key() {
    let copy = whole();
    let folder = copy.root.join("catalogue");
    for kind in [b'e', b'b', b'k', b'd', b'i', b'v', b'x'] {
        let alter = |value: Option<Vec<u8>>| {
            let catalogue = Catalogue::open(&folder, 10_000_000).unwrap();
            let (key, before) = catalogue.dump().map(Result::unwrap).find(|(key, _)| key[0] == kind).unwrap();
            catalogue.write(&[(key.clone(), value)]).unwrap();
            catalogue.sync().unwrap();
            (key, before)
        };
        for value in [None, Some(b"\x01wrong".to_vec())] {
            let (key, before) = alter(value);
            let (found, _) = check(&copy.root);
            assert_finds(&found, &folder, "catalogue-differs");
            let catalogue = Catalogue::open(&folder, 10_000_000).unwrap();
            catalogue.write(&[(key, Some(before))]).unwrap();
            catalogue.sync().unwrap();
        }
    }
    let catalogue = Catalogue::open(&folder, 10_000_000).unwrap();
    catalogue.write(&[(b"ePG\0more".to_vec(), Some(vec![1]))]).unwrap();
    catalogue.sync().unwrap();
    drop(catalogue);
    let (found, _) = check(&copy.root);
    assert_eq!(codes(&found), ["catalogue-differs"]);
}

#[test]
fn an_index_that_lacks_an_item_or_is_damaged_is_found() {
    use tabularium::index::{Index, ItemKind, Settings};
    let copy = whole();
    let folder = copy.root.join("index");
    let index = Index::open(Some(&folder), Settings::default()).unwrap();
    let position = index.position();
    index.remove(ItemKind::Entry, "PG/2026/7").unwrap();
    index.commit(position).unwrap();
    drop(index);
    let (found, _) = check(&copy.root);
    assert_eq!(codes(&found), ["index-differs"]);
    assert!(found.iter().any(|finding| finding.text.contains("PG/2026/7")), "{found:#?}");
    let segment = files(&folder).into_iter().find(|path| path.extension().is_some_and(|e| e == "idx")).unwrap();
    let mut bytes = std::fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    assert!(codes(&check(&copy.root).0).iter().all(|code| code == "index-damaged" || code == "index-unreadable"));
    assert!(!check(&copy.root).0.is_empty());
}

#[test]
fn an_access_log_that_was_altered_or_taken_away_is_found() {
    let copy = whole();
    let log = copy.root.join("access/2026-02-03.jsonl");
    let bytes = std::fs::read(&log).unwrap();
    std::fs::write(&log, String::from_utf8(bytes).unwrap().replace("u0", "u1")).unwrap();
    assert_finds(&truths(&copy.root), &log, "access-log-altered");
    std::fs::remove_file(&log).unwrap();
    assert_finds(&truths(&copy.root), &log, "access-log-missing");
}

#[test]
fn what_is_not_there_yet_is_said_and_no_finding() {
    let copy = whole();
    std::fs::remove_dir_all(copy.root.join("catalogue")).unwrap();
    std::fs::remove_dir_all(copy.root.join("index")).unwrap();
    let (found, report) = check(&copy.root);
    assert_eq!(found, []);
    assert_eq!(report.skipped.len(), 2, "{:?}", report.skipped);
    assert!(!std::fs::exists(copy.root.join("catalogue")).unwrap(), "nothing was made");
}

/// Beside a server that registers all the while: only what stood there at the beginning is looked at.
#[test]
fn beside_a_running_server_nothing_is_found_and_damage_is() {
    let copy = whole();
    let run = actix_web::rt::System::new();
    let opened = tabularium::service::Archive::open({
        let options = options(&copy.root);
        options.clock.set("2026-02-05T09:00:00Z".parse().unwrap());
        options
    });
    let archive = opened.unwrap();
    archive.wait_ready().unwrap();
    let held = verify(&options(&copy.root), false, &mut |_| {}, &mut |_| {});
    assert!(held.is_err(), "without a word about the server the folder must be free");
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut checks = 0;
            while checks < 5 || !done.load(std::sync::atomic::Ordering::SeqCst) {
                let mut found = Vec::new();
                let options = options(&copy.root);
                let report = verify(&options, true, &mut |finding| found.push(finding), &mut |_| {}).unwrap();
                assert_eq!(found, []);
                assert!(report.entries >= 17 && report.skipped.len() == 1);
                checks += 1;
            }
        });
        let actor = archive::holder();
        run.block_on(async {
            for n in 0..30 {
                let (subject, bytes) = (format!("Altra {n}"), noise(1_000 + n, 500 + 150 * n as usize));
                archive::register(&archive, &actor, &subject, &[("b.bin", &bytes)], serde_json::json!({})).await;
            }
        });
        done.store(true, std::sync::atomic::Ordering::SeqCst);
    });
    let pack = copy.root.join("blobs/packs/000000.zip");
    let file = std::fs::File::options().write(true).open(&pack).unwrap();
    file.write_all_at(b"!", 200).unwrap();
    let mut found = Vec::new();
    verify(&options(&copy.root), true, &mut |finding| found.push(finding), &mut |_| {}).unwrap();
    assert_finds(&found, &pack, "content-damaged");
    archive.close();
}

#[test]
fn a_folder_without_an_archive_is_refused_and_stays_empty() {
    let folder = tempfile::tempdir().unwrap();
    assert!(verify(&options(folder.path()), false, &mut |_| {}, &mut |_| {}).is_err());
    assert_eq!(files(folder.path()), [PathBuf::new(); 0]);
}
