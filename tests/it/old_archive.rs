//! An archive of version 1 of the format, written by the first program that could: every later one opens it and finds
//! in it what was put there; and its hashes come out the same from a few lines that know nothing of our code.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use tabularium::clock::Clock;
use tabularium::service::{Archive, Options, SearchQuery, verify};

use crate::archive::{self, copy, files, holder};

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/archive-v1")
}

fn options(root: &Path) -> Options {
    let mut options = Options::at(root);
    options.clock = Clock::manual("2026-03-01T09:00:00Z".parse().unwrap());
    options
}

#[test]
#[ignore = "writes the fixture if it is missing"]
fn write_the_archive() {
    if std::fs::exists(fixture()).unwrap() {
        return;
    }
    let scratch = tempfile::tempdir().unwrap();
    let root = scratch.path().join("data");
    let mut options = archive::options(&root);
    options.blobs.pack_size = 200;
    options.blobs.packed_content_max = 300;
    let clock = options.clock.clone();
    let run = actix_web::rt::System::new();
    let archive = archive::create(&run, options);
    let actor = holder();
    run.block_on(async {
        let user = r#"{"name": "m.bianchi", "full_name": "Mara Bianchi", "roles": ["registrar"], "password": "quercia-antica-7"}"#;
        archive.add_user(&actor, serde_json::from_str(user).unwrap()).await.unwrap();
        let new = serde_json::json!({"title": "Occupazione suolo pubblico", "classification": "6.3"});
        let dossier = archive::open_dossier(&archive, &actor, new).await;
        let sub = serde_json::json!({"title": "Integrazioni", "classification": "6.3", "parent": dossier});
        archive::open_dossier(&archive, &actor, sub).await;
        let plan = archive::noise(3, 500);
        for (subject, file, bytes) in [
            ("Istanza di occupazione suolo", "istanza.txt", b"Chiedo di occupare il suolo.".as_slice()),
            ("Planimetria", "pianta.bin", plan.as_slice()),
            ("Sollecito", "sollecito.txt", b"Sollecito una risposta."),
        ] {
            let none = serde_json::json!({});
            let entry = archive::register(&archive, &actor, subject, &[(file, bytes)], none).await;
            archive::file_entry(&archive, &actor, dossier, &entry, entry.number == 1).await;
        }
        let annulment = r#"{"reason": "doppia", "act": {"number": "12", "date": "2026-02-03"}}"#;
        let third = "PG/2026/3".parse().unwrap();
        archive.annul(&actor, &third, serde_json::from_str(annulment).unwrap(), None).await.unwrap();
        let draft = archive::upload(&archive, &actor, b"Bozza di concessione.");
        let new = serde_json::json!({"blake3": draft.blake3, "file_name": "bozza.txt", "title": "Bozza"});
        archive.create_document(&actor, serde_json::from_value(new).unwrap(), None).await.unwrap();
    });
    archive::seal_a_day(&archive, &clock);
    archive.close();
    for part in ["journal", "blobs", "access"] {
        copy(&root.join(part), &fixture().join(part));
    }
    for file in ["README.txt", "credentials.json"] {
        std::fs::copy(root.join(file), fixture().join(file)).unwrap();
    }
}

#[test]
fn it_opens_verifies_and_gives_back_what_was_put_there() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("data");
    copy(&fixture(), &root);
    let mut found = Vec::new();
    let report = verify(&options(&root), false, &mut |finding| found.push(finding), &mut |_| {}).unwrap();
    assert_eq!(found, []);
    assert_eq!((report.entries, report.contents), (3, 4));
    let archive = Archive::open(options(&root)).unwrap();
    archive.wait_ready().unwrap();
    let actor = holder();
    let entry = archive.entry_view(&actor, &"PG/2026/1".parse().unwrap()).unwrap();
    assert_eq!(entry.registered_at, "2026-02-03T09:00:00.000000Z");
    let details = entry.details.unwrap();
    assert_eq!(details.subject.as_deref(), Some("Istanza di occupazione suolo"));
    let document = archive.open_document(&actor, details.document.unwrap().id, None).unwrap();
    let text = std::io::read_to_string(document.reader().unwrap()).unwrap();
    assert_eq!((document.file_name.as_str(), text.as_str()), ("istanza.txt", "Chiedo di occupare il suolo."));
    // It holds the archive, as whoever still downloads does.
    drop(document);
    let dossier = archive.dossier_view(&actor, details.dossiers[0].id).unwrap();
    assert_eq!((dossier.code.as_str(), dossier.items, dossier.sub_dossiers.len()), ("6.3/2026/1", 3, 1));
    let annulled = archive.entry_view(&actor, &"PG/2026/3".parse().unwrap()).unwrap().details.unwrap().annulled;
    assert_eq!(annulled.unwrap().reason, "doppia");
    assert!(archive.sign_in("m.bianchi", "quercia-antica-7").is_ok());
    let position = archive.status().journal_position - 1;
    let query = SearchQuery { q: "occupazione".into(), min_position: Some(position), ..SearchQuery::default() };
    let mut hits = Vec::new();
    for _ in 0..100 {
        hits = archive.search(&actor, &query).unwrap().items.into_iter().map(|hit| hit.id).collect();
        if !hits.is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    hits.sort();
    let mut expected = [dossier.id.to_string(), "PG/2026/1".to_owned()];
    expected.sort();
    assert_eq!(hits, expected);
    archive.close();
    drop(archive);
    let report = verify(&options(&root), false, &mut |finding| panic!("{finding}"), &mut |_| {}).unwrap();
    assert_eq!(report.skipped, [""; 0], "now with its projections");
}

/// A line as DESIGN.md section 2 spells it; the two parts as they stand.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelled<'a> {
    position: usize,
    time: String,
    actor: String,
    kind: String,
    version: u32,
    subject: String,
    public_digest: String,
    private_digest: String,
    #[serde(borrow)]
    public: &'a RawValue,
    #[serde(borrow)]
    private: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    size: usize,
    root: String,
    batch: String,
}

fn hash(parts: &[&[u8]]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().to_vec()
}

/// RFC 6962, section 2.1.
fn tree(leaves: &[Vec<u8>]) -> Vec<u8> {
    match leaves {
        [] => hash(&[]),
        [leaf] => hash(&[&[0], leaf]),
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            hash(&[&[1], &tree(left), &tree(right)])
        }
    }
}

#[test]
fn a_few_lines_that_know_only_the_published_format_come_to_the_same_hashes() {
    let mut leaves: Vec<Vec<u8>> = Vec::new();
    let mut contents = std::collections::BTreeMap::new();
    let mut root = String::new();
    for path in files(&fixture().join("journal")) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        assert_eq!(name, format!("{:012}.jsonl", leaves.len()), "named by its first position");
        let text = std::fs::read_to_string(&path).unwrap();
        let mut batch = Sha256::new();
        for line in text.split_inclusive('\n') {
            if line.starts_with("{\"size\":") {
                let end: End = serde_json::from_str(line).unwrap();
                assert_eq!(end.batch, hex::encode(batch.finalize_reset()));
                assert_eq!((end.size, &end.root), (leaves.len(), &hex::encode(tree(&leaves))));
                root = end.root;
                continue;
            }
            batch.update(line);
            let spelled: Spelled<'_> = serde_json::from_str(line).unwrap();
            assert_eq!(spelled.position, leaves.len());
            assert_eq!(hex::encode(hash(&[spelled.public.get().as_bytes()])), spelled.public_digest);
            assert_eq!(hex::encode(hash(&[spelled.private.get().as_bytes()])), spelled.private_digest);
            assert!(spelled.time.ends_with('Z') && spelled.time.len() == "2026-02-03T09:00:00.000000Z".len());
            assert!(spelled.actor.starts_with('u') && spelled.version == 1);
            assert!(!spelled.kind.is_empty() && !spelled.subject.is_empty());
            let end = line.find(",\"public\":").unwrap();
            leaves.push(format!("{}}}", &line[..end]).into_bytes());
            let public: serde_json::Value = serde_json::from_str(spelled.public.get()).unwrap();
            for document in public["documents"].as_array().into_iter().flatten() {
                contents.insert(document["blake3"].as_str().unwrap().to_owned(), document.clone());
            }
        }
    }
    assert_eq!(leaves.len(), 15);
    // Once published, for ever: whoever changes how a line is hashed fails here.
    assert_eq!(root, include_str!("../../fixtures/archive-v1.root").trim());
    for path in files(&fixture().join("blobs")) {
        let bytes = std::fs::read(&path).unwrap();
        let mut found = vec![(path.file_name().unwrap().to_str().unwrap().to_owned(), bytes.clone())];
        if path.extension().is_some_and(|extension| extension == "zip") {
            found = stored(&bytes);
        }
        for (name, bytes) in found {
            let stated = contents.remove(&name).unwrap_or_else(|| panic!("{name} is not referred to"));
            assert_eq!(blake3::hash(&bytes).to_hex().as_str(), name);
            assert_eq!(stated["sha256"], hex::encode(hash(&[&bytes])));
            assert_eq!(stated["size"], bytes.len());
        }
    }
    assert!(contents.is_empty(), "{contents:#?}");
}

/// Members of a ZIP by their local headers: the open pack has no directory yet.
fn stored(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
    let (mut members, mut at) = (Vec::new(), 0);
    while zip[at..].starts_with(b"PK\x03\x04") {
        let size = u32::from_le_bytes(zip[at + 18..at + 22].try_into().unwrap()) as usize;
        let name = String::from_utf8(zip[at + 30..at + 94].to_vec()).unwrap();
        members.push((name, zip[at + 94..at + 94 + size].to_vec()));
        at += 94 + size;
    }
    members
}

/// The same in another language, as anyone might write it.
const PYTHON: &str = r#"
import hashlib, pathlib, sys
sha = lambda b: hashlib.sha256(b).digest()
def tree(leaves):
    if len(leaves) == 1: return sha(b"\0" + leaves[0])
    k = 1
    while k * 2 < len(leaves): k *= 2
    return sha(b"\1" + tree(leaves[:k]) + tree(leaves[k:]))
leaves = []
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.jsonl")):
    for line in path.read_bytes().splitlines():
        if line.startswith(b'{"position":'):
            leaves.append(line[:line.index(b',"public":')] + b"}")
print(tree(leaves).hex())
"#;

#[test]
fn python_comes_to_the_same_root() {
    let journal = fixture().join("journal");
    let Ok(output) = Command::new("python3").args(["-c", PYTHON]).arg(journal).output() else {
        println!("skipped: python3 is not installed");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let root = include_str!("../../fixtures/archive-v1.root");
    assert_eq!(String::from_utf8_lossy(&output.stdout), root);
}
