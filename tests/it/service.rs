//! The archive without HTTP: what is registered is found again, by number, by word, after a restart, after a rebuild.

use std::time::Duration;

use tabularium::ids::UserId;
use tabularium::model::access::Actor;
use tabularium::model::register::NewEntry;
use tabularium::service::{Archive, EntriesQuery, Options, Registered, SearchQuery};

use crate::workbench::new_archive;

fn options(root: &std::path::Path) -> Options {
    let mut options = Options::at(root);
    options.extraction = Some((env!("CARGO_BIN_EXE_tabularium").into(), vec!["extract-worker".into()]));
    options
}

async fn register(archive: &Archive, actor: &Actor, key: &str, text: &str) -> u64 {
    let mut upload = archive.begin_upload(actor).unwrap();
    upload.write(text.as_bytes()).unwrap();
    let content = archive.finish_upload(actor, upload, None).unwrap();
    let entry: NewEntry = serde_json::from_value(serde_json::json!({
        "direction": "incoming",
        "subject": format!("Richiesta {key}"),
        "correspondents": [{"role": "sender", "kind": "person", "name": "Ada Verdi"}],
        "received": {"on": "2026-01-02", "channel": "counter"},
        "classification": "6.3",
        "document": {"blake3": content.blake3, "file_name": "istanza.txt"},
    }))
    .unwrap();
    match archive.register(actor, &"PG".parse().unwrap(), key, entry).await.unwrap() {
        Registered::New(view) | Registered::Existing(view) => view.number,
    }
}

#[test]
fn what_is_registered_is_found_after_a_restart_and_after_a_rebuild() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("data");
    let actor = Actor { user: UserId(0), ..Actor::system() };
    let run = actix_web::rt::System::new();
    let archive = run.block_on(Archive::create(options(&root), new_archive())).unwrap();
    run.block_on(async {
        for n in 1..=30_u64 {
            assert_eq!(register(&archive, &actor, &format!("k{n}"), &format!("occupazione suolo numero{n}")).await, n);
        }
        // The same key and body: the same entry.
        assert_eq!(register(&archive, &actor, "k7", "occupazione suolo numero7").await, 7);
    });
    let state = look(&archive, &actor);
    assert_eq!(state.0.len(), 30);
    assert_eq!(state.1, ["PG/2026/17"]);
    archive.close();
    drop(archive);

    let archive = Archive::open(options(&root)).unwrap();
    archive.wait_ready().unwrap();
    assert_eq!(look(&archive, &actor), state);
    archive.close();
    drop(archive);

    for projection in ["catalogue", "index", "derived"] {
        std::fs::remove_dir_all(root.join(projection)).unwrap();
    }
    let archive = Archive::open(options(&root)).unwrap();
    archive.wait_ready().unwrap();
    assert_eq!(look(&archive, &actor), state);
    archive.close();
}

fn look(archive: &Archive, actor: &Actor) -> (Vec<u64>, Vec<String>) {
    let position = archive.status().journal_position - 1;
    let list = archive.entries(actor, &"PG".parse().unwrap(), &EntriesQuery::default()).unwrap();
    let numbers = list.items.iter().map(|entry| entry.number).collect();
    let query = SearchQuery { q: "numero17".into(), min_position: Some(position), ..SearchQuery::default() };
    for _ in 0..100 {
        let found = archive.search(actor, &query).unwrap();
        if found.total > 0 {
            return (numbers, found.items.iter().map(|hit| hit.id.clone()).collect());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    (numbers, Vec::new())
}
