//! What the tests of the archive share: a folder or a disk in memory, contents, entries, and everything it answers.

use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};
use tabularium::clock::Clock;
use tabularium::digest::Blake3;
use tabularium::disk::Faulty;
use tabularium::ids::{EntryId, RegisterCode};
use tabularium::model::access::Actor;
use tabularium::model::register::NewEntry;
use tabularium::service::{Archive, EntryView, NewArchive, Options, Refusal, Registered};
use tabularium::{blob, journal};

/// A folder that is gone after the test, in memory where there is such a place: these tests open thousands of archives.
pub fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

pub fn new_archive() -> NewArchive {
    NewArchive {
        organization: "c_x999".into(),
        area: "AOO1".into(),
        name: "Comune di Prova".into(),
        pec: None,
        open: false,
    }
}

/// A Monday morning.
pub fn monday() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

/// Without extraction, with a clock that stands.
pub fn options(root: &Path) -> Options {
    let mut options = Options::at(root);
    options.clock = Clock::manual(monday());
    options.catalogue_cache = 8 * 1024 * 1024;
    // Tests that move the clock count events; those of registers ask for them.
    options.pace.form_every = None;
    options
}

/// The truths in memory, the projections in a folder; packs and segments so small that a script fills several.
pub fn faulty_options(faulty: &Faulty, projections: &Path) -> Options {
    let mut options = options(Path::new("/data"));
    options.disk = faulty.disk();
    options.projections = projections.to_owned();
    let default = blob::Settings::default();
    options.blobs = blob::Settings { pack_size: 2_500, packed_content_max: 1_000, staged_memory_max: 1_500, ..default };
    options.journal = journal::Settings { segment_size: 4_000, ..journal::Settings::default() };
    options
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

pub fn create(options: Options) -> Archive {
    block_on(Archive::create(options, new_archive())).unwrap()
}

pub fn open(options: Options) -> Archive {
    let archive = Archive::open(options).unwrap();
    archive.wait_ready().unwrap();
    archive
}

/// Ends an archive so that its folder can be opened again.
pub fn close(archive: Archive) {
    archive.close();
    drop(archive);
}

pub fn pg() -> RegisterCode {
    "PG".parse().unwrap()
}

pub fn entry_id(year: i16, number: u64) -> EntryId {
    EntryId { register: pg(), year, number }
}

/// Bytes that are the same for the same name, and of this size.
pub fn bytes(name: &str, size: usize) -> Vec<u8> {
    blake3::hash(name.as_bytes()).as_bytes().iter().copied().cycle().take(size).collect()
}

pub fn upload(archive: &Archive, actor: &Actor, content: &[u8]) -> Result<Blake3, Refusal> {
    let mut upload = archive.begin_upload(actor)?;
    upload.write(content).map_err(Refusal::failed)?;
    Ok(archive.finish_upload(actor, upload, None).map_err(Refusal::failed)?.blake3)
}

/// An entry with these contents: the first is its document, the others are attached.
pub fn entry(subject: &str, contents: &[Blake3]) -> NewEntry {
    let file = |(n, blake3): (usize, &Blake3)| json!({"blake3": blake3, "file_name": format!("{n}.txt")});
    let mut files = contents.iter().enumerate().map(file);
    let mut entry = json!({
        "direction": "incoming",
        "subject": subject,
        "correspondents": [{"role": "sender", "kind": "person", "name": "Ada Verdi"}],
        "received": {"on": "2026-01-02", "channel": "counter"},
        "classification": "6.3",
    });
    if let Some(document) = files.next() {
        entry["document"] = document;
        entry["attachments"] = files.collect();
    }
    serde_json::from_value(entry).unwrap()
}

/// Uploads the contents and registers them.
pub async fn register(archive: &Archive, key: &str, contents: &[Vec<u8>]) -> Result<EntryView, Refusal> {
    let actor = Actor::system();
    let mut digests = Vec::new();
    for content in contents {
        digests.push(upload(archive, &actor, content)?);
    }
    match archive.register(&actor, &pg(), key, entry(&format!("Richiesta {key}"), &digests)).await? {
        Registered::New(view) | Registered::Existing(view) => Ok(*view),
    }
}

/// The bytes of every document of an entry, in order.
pub fn contents_of(archive: &Archive, view: &EntryView) -> Vec<Vec<u8>> {
    let details = view.details.as_ref().unwrap();
    let read = |document: &tabularium::service::DocumentView| {
        let mut bytes = Vec::new();
        let open = archive.open_document(&Actor::system(), document.id, None).unwrap();
        open.reader().unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    details.document.iter().chain(&details.attachments).map(read).collect()
}

/// Everything the archive answers without its index: each event, each entry with its history, each dossier with items.
pub fn everything(archive: &Archive) -> Value {
    let actor = Actor::system();
    let (mut events, mut after) = (Vec::new(), None);
    loop {
        let page = archive.events(&actor, after, &[], 500).unwrap();
        if page.items.is_empty() && page.next.is_none_or(|next| next + 1 >= archive.status().journal_position) {
            break;
        }
        after = page.next;
        events.extend(page.items);
    }
    let (mut entries, mut dossiers) = (Vec::new(), Vec::new());
    for (n, event) in events.iter().enumerate() {
        assert_eq!(event.position, n as u64, "positions are contiguous");
        match event.kind.as_str() {
            "entry-registered" => {
                let id = EntryId::from_path(&event.subject).unwrap();
                let view = archive.entry_view(&actor, &id).unwrap();
                entries.push(json!([view, archive.entry_history(&actor, &id).unwrap()]));
            }
            "dossier-opened" => {
                let id = event.subject.strip_prefix("dossiers/").unwrap().parse().unwrap();
                let items = archive.dossier_items(&actor, id, 0, 500).unwrap().items;
                dossiers.push(json!([archive.dossier_view(&actor, id).unwrap(), items]));
            }
            _ => {}
        }
    }
    assert_eq!(events.len() as u64, archive.status().journal_position);
    json!({"events": events, "entries": entries, "dossiers": dossiers})
}

/// Numbers of the entries of a year, in the order of their registration.
pub fn numbers(everything: &Value, year: i16) -> Vec<u64> {
    let entries = everything["entries"].as_array().unwrap().iter().map(|entry| &entry[0]);
    entries.filter(|entry| entry["year"] == year).map(|entry| entry["number"].as_u64().unwrap()).collect()
}
