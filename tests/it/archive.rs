//! A small archive that holds some of everything, for tests that look at its files.

use std::path::Path;
use std::time::Duration;

use tabularium::clock::Clock;
use tabularium::digest::ContentDigests;
use tabularium::ids::{DossierId, EntryId, UserId};
use tabularium::model::access::Actor;
use tabularium::model::dossier::{NewDossier, NewItem};
use tabularium::model::register::NewEntry;
use tabularium::service::{AccessLine, Archive, NewArchive, Options, Registered};
use tabularium::{blob, journal};

/// Who holds the data folder.
pub fn holder() -> Actor {
    Actor { user: UserId(0), ..Actor::system() }
}

/// Small packs and segments, and a clock that stands still.
pub fn options(root: &Path) -> Options {
    let mut options = Options::at(root);
    options.clock = Clock::manual("2026-02-03T09:00:00Z".parse().unwrap());
    // Contents are counted, and the clock is moved past midnight: the tests of registers ask for them.
    options.pace.form_every = None;
    options.blobs = blob::Settings { pack_size: 8_000, packed_content_max: 3_000, ..blob::Settings::default() };
    options.journal = journal::Settings { segment_size: 9_000, ..journal::Settings::default() };
    options
}

pub fn create(run: &actix_web::rt::SystemRunner, options: Options) -> Archive {
    let new = NewArchive {
        organization: "c_x999".into(),
        area: "AOO1".into(),
        name: "Comune di Prova".into(),
        pec: Some("protocollo@pec.comune.prova.example".into()),
        open: false,
    };
    run.block_on(Archive::create(options, new)).unwrap()
}

pub fn upload(archive: &Archive, actor: &Actor, bytes: &[u8]) -> ContentDigests {
    let mut upload = archive.begin_upload(actor).unwrap();
    upload.write(bytes).unwrap();
    archive.finish_upload(actor, upload, None).unwrap()
}

/// Registers contents; the first is the main document.
pub async fn register(
    archive: &Archive,
    actor: &Actor,
    subject: &str,
    files: &[(&str, &[u8])],
    more: serde_json::Value,
) -> EntryId {
    let named = |(name, bytes): &(&str, &[u8])| {
        let content = upload(archive, actor, bytes);
        serde_json::json!({"blake3": content.blake3, "file_name": name})
    };
    let files: Vec<_> = files.iter().map(named).collect();
    let mut entry = serde_json::json!({
        "direction": "incoming",
        "subject": subject,
        "correspondents": [
            {"role": "sender", "kind": "person", "name": "Ada Verdi", "tax_code": "VRDDAA70A41H501X"},
        ],
        "received": {"on": "2026-02-01", "channel": "counter"},
        "classification": "6.3",
    });
    entry["document"] = files[0].clone();
    entry["attachments"] = files[1..].into();
    entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let entry: NewEntry = serde_json::from_value(entry).unwrap();
    match archive.register(actor, &"PG".parse().unwrap(), subject, entry).await.unwrap() {
        Registered::New(view) | Registered::Existing(view) => {
            EntryId { register: view.register.clone(), year: view.year, number: view.number }
        }
    }
}

pub async fn open_dossier(archive: &Archive, actor: &Actor, dossier: serde_json::Value) -> DossierId {
    let dossier: NewDossier = serde_json::from_value(dossier).unwrap();
    archive.open_dossier(actor, dossier).await.unwrap()
}

pub async fn file_entry(archive: &Archive, actor: &Actor, dossier: DossierId, entry: &EntryId, shown: bool) -> u32 {
    let item = serde_json::json!({
        "entry": {"register": entry.register, "year": entry.year, "number": entry.number}, "shown": shown,
    });
    let item: NewItem = serde_json::from_value(item).unwrap();
    archive.file_item(actor, dossier, item).await.unwrap()
}

/// Bytes that do not repeat, the same each time.
pub fn noise(seed: u64, size: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    (0..size).map(|_| next()).collect()
}

/// Several packs, a large content, several segments, a dossier, a document with two versions, a sealed access log.
pub fn fill(run: &actix_web::rt::SystemRunner, archive: &Archive, clock: &Clock) {
    let actor = holder();
    run.block_on(async {
        let dossier = serde_json::json!({"title": "Occupazione suolo", "classification": "6.3"});
        let dossier = open_dossier(archive, &actor, dossier).await;
        for n in 0..16 {
            let bytes = noise(n, 700 + 100 * n as usize);
            let (subject, none) = (format!("Istanza {n}"), serde_json::json!({}));
            let entry = register(archive, &actor, &subject, &[("a.bin", &bytes)], none).await;
            if n % 5 == 0 {
                file_entry(archive, &actor, dossier, &entry, n == 0).await;
            }
        }
        let large = noise(99, 9_000);
        register(archive, &actor, "Progetto", &[("grande.bin", &large)], serde_json::json!({})).await;
        let first = upload(archive, &actor, b"prima stesura");
        let new = serde_json::json!({"blake3": first.blake3, "file_name": "bozza.txt"});
        let id = archive.create_document(&actor, serde_json::from_value(new).unwrap(), None).await.unwrap();
        let second = upload(archive, &actor, b"seconda stesura");
        let version = serde_json::json!({"blake3": second.blake3, "file_name": "bozza.txt"});
        archive.add_version(&actor, id, serde_json::from_value(version).unwrap(), None).await.unwrap();
    });
    seal_a_day(archive, clock);
}

/// Notes something in the access log and lets the day end; the keeper seals it within a second.
pub fn seal_a_day(archive: &Archive, clock: &Clock) {
    let now = clock.now();
    let line = AccessLine {
        time: tabularium::clock::rfc3339(now),
        actor: "u0".into(),
        on_behalf_of: None,
        what: "read".into(),
        subject: "registers/PG/entries/2026/1".into(),
        outcome: 200,
        request: None,
    };
    archive.access_log().note(now, &line);
    let before = archive.status().journal_position;
    clock.set("2026-02-04T09:00:00Z".parse().unwrap());
    for _ in 0..200 {
        if archive.status().journal_position > before {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the day was not sealed");
}

/// A copy of a folder; `reserve` stays behind, for its size.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else if entry.file_name() != "reserve" {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The files below a folder, in order.
pub fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}
