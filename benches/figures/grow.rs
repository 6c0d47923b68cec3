//! Growing an archive in process, through the same service that HTTP calls.

use std::path::Path;
use std::time::Instant;

use futures_util::StreamExt as _;
use tabularium::model::access::Actor;
use tabularium::model::register::NewEntry;
use tabularium::service::{Archive, NewArchive, Options};

/// Registrations under way at once.
const TOGETHER: usize = 256;

pub fn options(data: &Path) -> Options {
    let mut options = Options::at(data);
    // These figures are of filing; those of `registers` are of forming.
    options.pace.form_every = None;
    options.extraction = Some((env!("CARGO_BIN_EXE_tabularium").into(), vec!["extract-worker".into()]));
    options
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

/// Registers entries `from..to`; gives seconds.
pub async fn grow(archive: &Archive, from: u64, to: u64, content: impl Fn(u64) -> (String, Vec<u8>)) -> f64 {
    let begun = Instant::now();
    let actor = Actor::system();
    let register = "PG".parse().expect("a code");
    let template: serde_json::Value = crate::client::entry("");
    let content = &content;
    let (actor, register, template) = (&actor, &register, &template);
    futures_util::stream::iter(from..to)
        .for_each_concurrent(TOGETHER, |n| async move {
            let (file_name, bytes) = content(n);
            let mut upload = archive.begin_upload(actor).expect("room");
            upload.write(&bytes).expect("staged");
            let digests = archive.finish_upload(actor, upload, None).expect("staged");
            let mut entry = template.clone();
            entry["assignments"] = serde_json::json!([]);
            entry["subject"] = format!("Richiesta {n} di {}", crate::load::text_of(n, 40)).into();
            entry["document"] = serde_json::json!({"blake3": digests.blake3, "file_name": file_name});
            let entry: NewEntry = serde_json::from_value(entry).expect("an entry");
            archive.register(actor, register, &format!("k{n}"), entry).await.expect("registered");
        })
        .await;
    begun.elapsed().as_secs_f64()
}
