//! Projections that are deleted or damaged: every answer is the same, or it is rebuilt and then the same.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tabularium::disk::Disk;
use tabularium::model::access::Actor;
use tabularium::service::{Archive, EntriesQuery, OpenError, Options, SearchQuery};

use crate::workbench::*;

/// What the archive answers, also from its index, once that has followed.
fn answers(archive: &Archive, case: &str) -> Value {
    let began = Instant::now();
    while archive.status().index_position < archive.status().journal_position {
        assert!(began.elapsed() < Duration::from_secs(20), "{case}: the index does not follow: {:?}", archive.status());
        std::thread::sleep(Duration::from_millis(5));
    }
    let actor = Actor::system();
    let query = EntriesQuery { limit: Some(500), ..EntriesQuery::default() };
    let listed = archive.entries(&actor, &pg(), &query).unwrap_or_else(|error| panic!("{case}: {}", error.causes()));
    let numbers: Vec<u64> = listed.items.iter().map(|entry| entry.number).collect();
    let mut found = Vec::new();
    for q in ["richiesta", "k17", "class:6.4", "richiesta k3*"] {
        let query =
            SearchQuery { q: q.into(), limit: Some(500), facets: Some("year".into()), ..SearchQuery::default() };
        let answer = archive.search(&actor, &query);
        let answer = answer.unwrap_or_else(|error| panic!("{case}: {q}: {}", error.causes()));
        let mut ids: Vec<String> = answer.items.iter().map(|hit| hit.id.clone()).collect();
        ids.sort();
        found.push(json!([q, answer.total, ids]));
    }
    json!([everything(archive), numbers, found])
}

const ENTRIES: u64 = 40;

/// An archive with some of everything, closed; and what it answers.
fn filled(options: &Options) -> Value {
    let archive = create(options.clone());
    let actor = Actor::system();
    block_on(async {
        for n in 1..=ENTRIES {
            let key = format!("k{n}");
            register(&archive, &key, &[bytes(&key, 3_000), bytes("shared", 100)]).await.unwrap();
            if n % 10 == 0 {
                let dossier = json!({"title": format!("Fascicolo {n}"), "classification": "6.3"});
                let id = archive.open_dossier(&actor, serde_json::from_value(dossier).unwrap()).await.unwrap();
                let item = json!({"entry": {"register": "PG", "year": 2026, "number": n}});
                archive.file_item(&actor, id, serde_json::from_value(item).unwrap()).await.unwrap();
                archive.classify(&actor, &entry_id(2026, n), "6.4".parse().unwrap(), None).await.unwrap();
                // So that sled's log and the index have several parts.
                tokio::time::sleep(Duration::from_millis(1_100)).await;
            }
        }
    });
    let expected = answers(&archive, "before");
    assert_eq!(expected[1].as_array().unwrap().len() as u64, ENTRIES);
    assert_eq!(expected[2][0][1], ENTRIES, "{}", expected[2]);
    close(archive);
    expected
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copied(&entry.path(), &target);
        } else if entry.file_name() != "reserve" && entry.file_name() != "control.sock" {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// A number that looks random, the same for the same seed.
fn random(seed: u64, turn: u64) -> u64 {
    let hash = blake3::hash(&[seed.to_le_bytes(), turn.to_le_bytes()].concat());
    u64::from_le_bytes(*hash.as_bytes().first_chunk().unwrap())
}

/// Damages one file of a folder; says how.
fn damage(folder: &Path, seed: u64) -> String {
    let files = files(folder);
    let files: Vec<_> = files.iter().filter(|file| file.metadata().unwrap().len() > 0).collect();
    let file = files[seed as usize % files.len()];
    let mut bytes = std::fs::read(file).unwrap();
    // Not in the zeros that sled keeps ready: a flip there changes nothing anybody reads.
    let used: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
    let at = used[random(seed, 1) as usize % used.len()];
    let how = match random(seed, 2) % 4 {
        0 | 1 => {
            bytes[at] ^= 1 << (random(seed, 3) % 8);
            "a bit flipped"
        }
        2 => {
            bytes.truncate(at);
            "cut"
        }
        _ => {
            let end = (at + 512).min(bytes.len());
            bytes[at..end].fill(0);
            "a sector of zeros"
        }
    };
    std::fs::write(file, &bytes).unwrap();
    format!("seed {seed}: {how} at {at} in {}", file.display())
}

fn damaged(which: &str, seeds: std::ops::Range<u64>) {
    let folder = scratch();
    let root = folder.path().join("whole");
    let expected = filled(&options(&root));
    let archive = open(options(&root));
    assert_eq!(archive.status().notes, [], "nothing is rebuilt that is whole");
    close(archive);
    let mut rebuilt = 0;
    let (mut seen, total) = (0, seeds.end - seeds.start);
    for seed in seeds {
        let root_of_case = folder.path().join(format!("case {seed}"));
        copied(&root, &root_of_case);
        let case = damage(&root_of_case.join(which), seed);
        let with = options(&root_of_case);
        let archive = match Archive::open(with.clone()) {
            Ok(archive) => archive,
            Err(error) => panic!("{case}: {error:?}"),
        };
        archive.wait_ready().unwrap_or_else(|error| panic!("{case}: {}", error.causes()));
        rebuilt += u32::from(archive.status().notes.iter().any(|note| note.text.contains("rebuilt")));
        assert_eq!(answers(&archive, &case), expected, "{case}");
        let next = block_on(register(&archive, "next", &[bytes("next", 50)])).unwrap();
        assert_eq!(next.number, ENTRIES + 1, "{case}");
        let all = answers(&archive, &case);
        close(archive);
        let archive = open(with);
        assert_eq!(answers(&archive, &case), all, "{case}, again");
        close(archive);
        std::fs::remove_dir_all(&root_of_case).unwrap();
        seen += 1;
    }
    println!("{which}: {rebuilt} of {seen} were rebuilt");
    assert_eq!(seen, total);
    assert!(rebuilt > 0, "damage is noticed");
}

#[test]
fn a_damaged_catalogue_gives_the_same_answers() {
    damaged("catalogue", 0..24);
}

#[test]
fn a_damaged_index_gives_the_same_answers() {
    damaged("index", 0..16);
}

#[test]
fn projections_are_deleted_one_by_one_and_together() {
    let folder = scratch();
    let with = options(&folder.path().join("data"));
    let expected = filled(&with);
    for gone in [&["catalogue"][..], &["index"], &["catalogue", "index"], &["catalogue", "index", "derived"]] {
        for projection in gone {
            std::fs::remove_dir_all(with.root.join(projection)).unwrap();
        }
        let archive = open(with.clone());
        assert_eq!(answers(&archive, &format!("{gone:?}")), expected);
        close(archive);
    }
}

/// Rewrites the first line of a journal by the format's own rules.
fn rewritten(root: &Path, change: impl Fn(&str) -> String) {
    use sha2::{Digest as _, Sha256};
    let path = root.join("journal/000000000000.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let first = text.lines().next().unwrap();
    let object = |name: &str| {
        let from = first.find(&format!("\"{name}\":{{")).unwrap() + name.len() + 3;
        let to = match name {
            "public" => first.find(",\"private\":").unwrap(),
            _ => first.len() - 1,
        };
        first[from..to].to_owned()
    };
    let (public, private) = (object("public"), object("private"));
    let changed = change(&public);
    assert_ne!(changed, public);
    let digest = |text: &str| hex::encode(Sha256::digest(text.as_bytes()));
    let head = first[..first.find(",\"public\":").unwrap()].replace(&digest(&public), &digest(&changed));
    // A journal of this one line.
    let line = format!("{head},\"public\":{changed},\"private\":{private}}}\n");
    let leaf = format!("{head}}}");
    let root_hash = hex::encode(Sha256::digest([&[0], leaf.as_bytes()].concat()));
    let end = format!("{{\"size\":1,\"root\":\"{root_hash}\",\"batch\":\"{}\"}}\n", digest(&line));
    std::fs::write(&path, format!("{line}{end}")).unwrap();
}

#[test]
fn a_folder_of_a_newer_version_is_refused() {
    let folder = scratch();
    let with = options(&folder.path().join("data"));
    close(create(with.clone()));
    rewritten(&with.root, |public| public.replace("\"format\":1", "\"format\":2"));
    for projection in ["catalogue", "index"] {
        Disk::real().exists(&with.root.join(projection)).unwrap();
        std::fs::remove_dir_all(with.root.join(projection)).unwrap();
    }
    let refused = Archive::open(with.clone()).map(|_| ()).unwrap_err();
    assert!(matches!(refused, OpenError::Newer { found: 2 }), "{refused:?}");
    assert!(refused.to_string().contains("install a newer"), "{refused}");
}

#[test]
fn an_event_of_a_newer_version_stops_writes_and_not_reads() {
    for (kind, version) in [("entry-sealed-in-wax", 1), ("entry-registered", 99)] {
        let folder = scratch();
        let with = options(&folder.path().join("data"));
        let archive = create(with.clone());
        block_on(register(&archive, "k1", &[bytes("a", 100)])).unwrap();
        close(archive);
        let settings = tabularium::journal::Settings::default();
        let opened = tabularium::journal::Journal::open(Disk::real(), &with.root, settings, None, 0);
        let (mut journal, ..) = opened.unwrap();
        let line = tabularium::journal::Line {
            time: monday(),
            actor: "u0".into(),
            kind: kind.into(),
            version,
            subject: "registers/PG/entries/2026/1".into(),
            public: r#"{"salt":"00","wax":"red"}"#.into(),
            private: r#"{"salt":"11"}"#.into(),
        };
        journal.append(&[line]).unwrap();
        drop(journal);
        let archive = Archive::open(with).unwrap();
        let refused = archive.wait_ready().unwrap_err().to_string();
        assert!(refused.contains(kind) || refused.contains("version"), "{refused}");
        assert!(archive.status().notes.iter().any(|note| note.text.contains("until a restart")));
        let refused = block_on(archive.annul(
            &Actor::system(),
            &entry_id(2026, 1),
            serde_json::from_value(json!({"reason": "x", "act": {"number": "7", "date": "2026-01-03"}})).unwrap(),
            None,
        ));
        assert!(matches!(refused, Err(tabularium::service::Refusal::Stopped(_))), "{refused:?}");
        let view = archive.entry_view(&Actor::system(), &entry_id(2026, 1)).unwrap();
        assert_eq!(contents_of(&archive, &view), [bytes("a", 100)], "reads go on");
        close(archive);
    }
}
