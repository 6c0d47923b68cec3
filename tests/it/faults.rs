//! Whatever fails at whatever operation: is what was acknowledged there, once, whole, and does everything go on?

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde_json::{Value, json};
use tabularium::digest::Sha256;
use tabularium::disk::Faulty;
use tabularium::disk::faulty::{Fault, Survival};
use tabularium::ids::{DocumentId, DossierId};
use tabularium::model::access::Actor;
use tabularium::service::{Archive, OpenError, Refusal, verify_truths};

use crate::workbench::*;

/// What the archive has acknowledged.
#[derive(Debug, Default, Clone)]
struct Told {
    /// Key, number and contents of each entry.
    entries: BTreeMap<String, (u64, Vec<Vec<u8>>)>,
    dossier: Option<DossierId>,
    document: Option<DocumentId>,
    /// The version of the entry to be classified, as it was read before.
    version: Option<usize>,
    /// Steps done, by name.
    done: BTreeSet<&'static str>,
}

/// The contents of an entry by its key: none, small ones, at the limit of a pack member, large ones, one twice.
fn contents(key: &str) -> Vec<Vec<u8>> {
    match key {
        "k1" => vec![bytes("a", 600), bytes("b", 1_700)],
        "k2" => vec![bytes("c", 1_000)],
        "k3" => vec![bytes("d", 1_001), bytes("a", 600)],
        "k4" => vec![],
        "k5" => vec![bytes("e", 0), bytes("f", 900), bytes("g", 3_000)],
        _ => vec![bytes("h", 700)],
    }
}

impl Told {
    /// Notes a step's outcome. `such` refusals say that it had been done before, unacknowledged.
    fn note<T>(
        &mut self,
        step: &'static str,
        outcome: Result<T, Refusal>,
        such: impl Fn(&Refusal) -> bool,
    ) -> Option<T> {
        match outcome {
            Ok(value) => {
                self.done.insert(step);
                Some(value)
            }
            Err(refusal) => {
                if such(&refusal) {
                    self.done.insert(step);
                }
                None
            }
        }
    }

    fn lacks(&self, step: &str) -> bool {
        !self.done.contains(step)
    }
}

fn exists(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::AlreadyExists(_))
}

fn never(_: &Refusal) -> bool {
    false
}

/// Does what is not done yet; asks for each entry again with the same key.
async fn script(archive: &Archive, told: &mut Told) {
    let actor = Actor::system();
    if told.lacks("office") {
        let office = serde_json::from_value(json!({"code": "segreteria", "name": "Segreteria"})).unwrap();
        let added = archive.add_office(&actor, office).await;
        told.note("office", added, exists);
    }
    if told.lacks("user") {
        let user = serde_json::from_value(json!({"name": "ada", "roles": ["registrar"]})).unwrap();
        let added = archive.add_user(&actor, user).await;
        told.note("user", added, exists);
    }
    if told.lacks("token") && !told.lacks("user") {
        let token = serde_json::from_value(json!({"user": "ada", "name": "prova"})).unwrap();
        let added = archive.add_token(&actor, token).await;
        told.note("token", added, never);
    }
    entries(archive, told, &["k1"]).await;
    // Several at once, one of them twice.
    entries(archive, told, &["k2", "k3", "k4", "k2"]).await;
    if told.dossier.is_none() {
        let dossier = serde_json::from_value(json!({"title": "Piazza", "classification": "6.3"})).unwrap();
        let opened = archive.open_dossier(&actor, dossier).await;
        told.dossier = told.note("dossier", opened, never);
    }
    if let Some(dossier) = told.dossier {
        dossier_steps(archive, told, dossier).await;
    }
    entry_steps(archive, told).await;
    entries(archive, told, &["k5", "k6", "k1"]).await;
}

async fn entries(archive: &Archive, told: &mut Told, keys: &[&'static str]) {
    let one = |key: &'static str| {
        let archive = archive.clone();
        tokio::spawn(async move { (key, register(&archive, key, &contents(key)).await) })
    };
    let running: Vec<_> = keys.iter().map(|key| one(key)).collect();
    for running in running {
        let (key, outcome) = running.await.unwrap();
        if let Some(view) = told.note(key, outcome, never) {
            let before = told.entries.insert(key.to_owned(), (view.number, contents(key)));
            assert!(before.is_none_or(|before| before.0 == view.number), "{key} has two numbers");
        }
    }
}

async fn dossier_steps(archive: &Archive, told: &mut Told, dossier: DossierId) {
    let actor = Actor::system();
    if let (true, Some((number, _))) = (told.lacks("file"), told.entries.get("k1")) {
        let item = json!({"entry": {"register": "PG", "year": 2026, "number": number}});
        let filed = archive.file_item(&actor, dossier, serde_json::from_value(item).unwrap()).await;
        told.note("file", filed, exists);
    }
    if told.lacks("show") && !told.lacks("file") {
        let shown = archive.show_item(&actor, dossier, 1, true).await;
        told.note("show", shown, never);
    }
    if told.document.is_none() {
        let created = async {
            let blake3 = upload(archive, &actor, &bytes("free", 800))?;
            let new = serde_json::from_value(json!({"blake3": blake3, "file_name": "nota.txt"})).unwrap();
            archive.create_document(&actor, new, Some(Sha256::of(b"document"))).await
        };
        told.document = told.note("document", created.await, never);
    }
    let Some(document) = told.document else { return };
    if told.lacks("version") {
        let added = async {
            let blake3 = upload(archive, &actor, &bytes("free 2", 1_200))?;
            let new = serde_json::from_value(json!({"blake3": blake3, "file_name": "nota.txt"})).unwrap();
            archive.add_version(&actor, document, new, Some(1)).await
        };
        told.note("version", added.await, |refusal| matches!(refusal, Refusal::Changed));
    }
    if told.lacks("file document") {
        let item = serde_json::from_value(json!({"document": document})).unwrap();
        let filed = archive.file_item(&actor, dossier, item).await;
        told.note("file document", filed, exists);
    }
    if told.lacks("close") && !told.lacks("file document") && !told.lacks("show") {
        let why = serde_json::from_value(json!({"reason": "finito"})).unwrap();
        let closed = archive.close_dossier(&actor, dossier, why, None).await;
        told.note("close", closed, |refusal| matches!(refusal, Refusal::DossierClosed));
    }
}

async fn entry_steps(archive: &Archive, told: &mut Told) {
    let actor = Actor::system();
    if let (true, Some((number, _))) = (told.lacks("annul"), told.entries.get("k2")) {
        let act = json!({"reason": "errore", "act": {"number": "7", "date": "2026-01-03"}});
        let id = entry_id(2026, *number);
        let annulled = archive.annul(&actor, &id, serde_json::from_value(act).unwrap(), None).await;
        told.note("annul", annulled, |refusal| matches!(refusal, Refusal::EntryAnnulled));
    }
    if let (true, Some((number, _))) = (told.lacks("classify"), told.entries.get("k3")) {
        let id = entry_id(2026, *number);
        // Who tries again sends the version that he read first.
        told.version = told.version.or_else(|| archive.entry_version(&id).ok());
        let classified = archive.classify(&actor, &id, "6.4".parse().unwrap(), told.version).await;
        told.note("classify", classified, |refusal| matches!(refusal, Refusal::Changed));
    }
}

const STEPS: usize = 18;

/// Holds an open archive against what was told, and gives all it answers.
fn check(archive: &Archive, told: &Told, case: &str) -> Value {
    let all = everything(archive);
    let numbers = numbers(&all, 2026);
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "{case}: numbers have no gap");
    let actor = Actor::system();
    // What was not acknowledged is there whole or not at all: every content of every entry can be read.
    for number in &numbers {
        let view = archive.entry_view(&actor, &entry_id(2026, *number)).unwrap();
        let key = view.details.as_ref().unwrap().subject.clone().unwrap();
        let key = key.strip_prefix("Richiesta ").unwrap();
        assert_eq!(contents_of(archive, &view), contents(key), "{case}: {key}");
        if let Some((told, _)) = told.entries.get(key) {
            assert_eq!(number, told, "{case}: {key} was told another number");
        }
    }
    for (key, (number, _)) in &told.entries {
        let view = archive.entry_view(&actor, &entry_id(2026, *number));
        let view = view.unwrap_or_else(|error| panic!("{case}: {key} is lost: {error}"));
        let details = view.details.unwrap();
        assert_eq!(details.subject.unwrap(), format!("Richiesta {key}"), "{case}");
        if !told.lacks("annul") && key == "k2" {
            assert!(details.annulled.is_some(), "{case}: the annulment is lost");
        }
        if !told.lacks("classify") && key == "k3" {
            assert_eq!(details.classification.unwrap().to_string(), "6.4", "{case}");
        }
    }
    if let Some(dossier) = told.dossier {
        let view = archive.dossier_view(&actor, dossier).unwrap_or_else(|error| panic!("{case}: dossier: {error}"));
        assert!(told.lacks("close") || view.state == "closed", "{case}");
        assert!(view.items >= u32::from(!told.lacks("file")) + u32::from(!told.lacks("file document")), "{case}");
        assert!(told.lacks("show") || archive.dossier_item(&actor, dossier, 1).unwrap().shown == Some(true), "{case}");
    }
    if let Some(document) = told.document {
        let versions = archive.document_details(&actor, document).unwrap().versions.len();
        assert!(versions > usize::from(!told.lacks("version")), "{case}");
    }
    all
}

/// Reads every byte of a disk on which nothing runs.
fn verify(faulty: &Faulty, case: &str) {
    let options = faulty_options(faulty, Path::new("/nowhere"));
    verify_truths(&options, &mut |finding| panic!("{case}: {finding}")).unwrap();
}

/// Opens what is there, or creates what is not there yet; or says what came in the way.
fn start(faulty: &Faulty, projections: &Path) -> Result<Archive, String> {
    match block_on(Archive::create(faulty_options(faulty, projections), new_archive())) {
        Ok(archive) => Ok(archive),
        Err(OpenError::NotEmpty) => {
            let opened = Archive::open(faulty_options(faulty, projections));
            let archive = opened.map_err(|error| format!("{error:?}"))?;
            match archive.wait_ready() {
                Ok(()) => Ok(archive),
                Err(refusal) => {
                    close(archive);
                    Err(refusal.causes())
                }
            }
        }
        Err(error) => Err(format!("{error:?}")),
    }
}

/// Starts on what is left, holds it against what was told, finishes the script, and looks again.
fn recover(left: &Faulty, projections: &Path, told: &Told, without: bool, twice: bool, case: &str) {
    let mut told = told.clone();
    if without {
        for projection in ["catalogue", "index"] {
            let _there_or_not = std::fs::remove_dir_all(projections.join(projection));
        }
    }
    let mut archive = start(left, projections).unwrap_or_else(|why| panic!("{case}: {why}"));
    check(&archive, &told, case);
    if twice {
        // As it is right after a start, before anything is added.
        close(archive);
        verify(left, case);
        archive = open(faulty_options(left, projections));
    }
    block_on(script(&archive, &mut told));
    assert_eq!(told.done.len(), STEPS, "{case}: {:?}", told.done);
    let all = check(&archive, &told, case);
    assert_eq!(numbers(&all, 2026).len(), 6, "{case}: each key one entry");
    close(archive);
    verify(left, case);
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copied(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Runs the script until operation `n` fails; `false` when it has fewer.
fn one_fault(n: u64, fault: Fault) -> bool {
    let folder = scratch();
    let live = folder.path().join("live");
    std::fs::create_dir(&live).unwrap();
    let faulty = Faulty::new();
    faulty.plan(n, fault);
    let mut told = Told::default();
    if let Ok(archive) = start(&faulty, &live) {
        block_on(script(&archive, &mut told));
        let stopped = archive.status().notes.iter().any(|note| note.text.contains("until a restart"));
        if !faulty.is_dead() && !stopped {
            // One thing failed, and the program goes on: so must the work.
            block_on(script(&archive, &mut told));
            assert_eq!(told.done.len(), STEPS, "{n} {fault:?}: {:?}", told.done);
        }
        if !faulty.is_dead() {
            check(&archive, &told, &format!("operation {n}, {fault:?}, still running"));
        }
        close(archive);
    }
    if faulty.operations() < n {
        assert_eq!(told.done.len(), STEPS, "without a fault all is done");
        return false;
    }
    let even = n.is_multiple_of(2);
    let survivals = match fault {
        Fault::Die => {
            vec![Survival::Nothing, if even { Survival::Everything } else { Survival::PageCache }, Survival::Part(n)]
        }
        Fault::Fail(_) => vec![if even { Survival::PageCache } else { Survival::Nothing }],
    };
    for (at, survival) in survivals.iter().enumerate() {
        // Each way of dying meets projections as they were left and none, in turn.
        let without = (n as usize + at).is_multiple_of(3);
        let projections = folder.path().join(format!("after {at}"));
        copied(&live, &projections);
        let case = format!("operation {n}, {fault:?}, {survival:?}, without projections: {without}");
        recover(&faulty.crash(*survival), &projections, &told, without, (n as usize + at).is_multiple_of(4), &case);
    }
    true
}

/// Most of a case is waiting for threads to end, so several run at once.
const AT_ONCE: u64 = 8;

#[test]
fn whatever_fails_at_whatever_operation_nothing_acknowledged_is_lost() {
    let began = Instant::now();
    let first = std::env::var("FIRST_OPERATION").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let (next, end) = (AtomicU64::new(first), AtomicU64::new(u64::MAX));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= end.load(Ordering::Relaxed) {
                        return;
                    }
                    let faults = [Fault::Die, Fault::Fail(ErrorKind::Other), Fault::Fail(ErrorKind::StorageFull)];
                    let came = faults.iter().filter(|fault| one_fault(n, **fault)).count();
                    if came == 0 {
                        end.fetch_min(n, Ordering::Relaxed);
                        return;
                    }
                }
            });
        }
    });
    let covered = end.load(Ordering::Relaxed) - 1;
    println!("{covered} operations, each failing and dying, in {:.1} s", began.elapsed().as_secs_f64());
    assert!(covered > 100, "the script has only {covered} operations");
}

#[test]
fn a_start_that_dies_in_its_middle_costs_nothing() {
    let folder = scratch();
    let live = folder.path().join("live");
    std::fs::create_dir(&live).unwrap();
    let faulty = Faulty::new();
    let mut told = Told::default();
    let archive = start(&faulty, &live).unwrap();
    block_on(script(&archive, &mut told));
    close(archive);
    for survival in [Survival::PageCache, Survival::Part(3)] {
        for n in 1.. {
            let first = faulty.crash(survival);
            first.plan(n, Fault::Die);
            let projections = folder.path().join(format!("{survival:?} {n}"));
            if n % 2 == 0 {
                copied(&live, &projections);
            } else {
                std::fs::create_dir(&projections).unwrap();
            }
            if let Ok(archive) = Archive::open(faulty_options(&first, &projections)) {
                let _came_or_not = archive.wait_ready();
                close(archive);
            }
            if !first.is_dead() {
                break;
            }
            let case = format!("start, {survival:?}, operation {n}");
            recover(&first.crash(Survival::Part(n)), &projections, &told, false, n.is_multiple_of(2), &case);
        }
    }
}
