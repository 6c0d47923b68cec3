//! What is shown is what the journal says, and what can be read better is: re-reading, retries, the self-audit.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tabularium::catalogue::Catalogue;
use tabularium::clock::Clock;
use tabularium::digest::Blake3;
use tabularium::disk::Disk;
use tabularium::index::{Index, Item, ItemKind, Settings};
use tabularium::model::access::Actor;
use tabularium::service::{Archive, Options, Pace, SearchQuery, StatusView, verify, verify_deep};
use tabularium::text::engines::Choices;
use tabularium::text::{
    Derived, DerivedLocation, EXTRACTOR_VERSION, Engines, Extraction, Facts, Maker, Reason, TextState,
};

use crate::harness::Town;
use crate::workbench::*;

/// With extraction, and in a hurry with what nobody waits for.
fn hasty(root: &Path) -> Options {
    let mut options = options(root);
    options.clock = Clock::System;
    options.extraction = Some((env!("CARGO_BIN_EXE_tabularium").into(), vec!["extract-worker".into()]));
    options.pace =
        Pace { retry_after: Duration::from_millis(50), audit_every: Duration::from_millis(5), ..Pace::default() };
    options
}

#[track_caller]
fn until(archive: &Archive, what: &str, is_so: impl Fn(&StatusView) -> bool) -> StatusView {
    within(Duration::from_secs(30), archive, what, is_so)
}

#[track_caller]
fn within(time: Duration, archive: &Archive, what: &str, is_so: impl Fn(&StatusView) -> bool) -> StatusView {
    let began = Instant::now();
    loop {
        let status = archive.status();
        if is_so(&status) {
            return status;
        }
        assert!(began.elapsed() < time, "not {what}: {status:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn caught_up(archive: &Archive) -> StatusView {
    until(archive, "caught up", |status| status.index_position >= status.journal_position && status.texts_waiting == 0)
}

fn total(archive: &Archive, q: &str) -> u64 {
    let query = SearchQuery { q: q.to_owned(), ..SearchQuery::default() };
    let answer = archive.search(&Actor::system(), &query).unwrap();
    if answer.notes.iter().any(|note| note.code == "query-rewritten") { 0 } else { answer.total }
}

/// A text as some other reader would have left it.
fn leave(root: &Path, blake3: Blake3, state: TextState, text: &str, maker: &Maker) -> DerivedLocation {
    let derived = Derived::open(Disk::real(), root).unwrap();
    let extraction = Extraction { state, text: text.to_owned(), facts: Facts::default() };
    derived.put(blake3, &extraction, maker).unwrap()
}

/// Whether it is written down that the kept texts are as good as can be.
fn is_marked(root: &Path) -> bool {
    root.join("derived/read-again.json").try_exists().unwrap()
}

fn counter(archive: &Archive, name: &str) -> f64 {
    let metrics = archive.metrics();
    let line = metrics.lines().find(|line| line.split(' ').next() == Some(name));
    let line = line.unwrap_or_else(|| panic!("no {name} in {metrics}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

/// Registers texts `prima<n> nuova`, closes, and leaves for each an older text that lacks the second word.
fn filled_with_old_texts(root: &Path, count: usize) {
    let archive = create(hasty(root));
    let contents: Vec<Vec<u8>> = (0..count).map(|n| format!("prima{n} nuova parola").into_bytes()).collect();
    block_on(async {
        for (n, content) in contents.iter().enumerate() {
            register(&archive, &format!("k{n}"), std::slice::from_ref(content)).await.unwrap();
        }
    });
    caught_up(&archive);
    assert_eq!(total(&archive, "nuova"), count as u64);
    assert_eq!(archive.status().texts.items, [("full", count as u64)].into());
    close(archive);
    for (n, content) in contents.iter().enumerate() {
        leave(root, Blake3::of(content), TextState::Full, &format!("prima{n} antica"), &Maker::default());
    }
    // It may say already that all was looked through.
    let _ = std::fs::remove_file(root.join("derived/read-again.json"));
    // Without these the last texts kept are in force, and the index is made of them.
    for projection in ["catalogue", "index"] {
        std::fs::remove_dir_all(root.join(projection)).unwrap();
    }
}

#[test]
fn kept_texts_survive_a_rebuild_and_are_not_read_again() {
    let folder = scratch();
    let root = folder.path().join("data");
    let archive = create(hasty(&root));
    block_on(register(&archive, "k", &[b"una parola sola".to_vec()])).unwrap();
    caught_up(&archive);
    close(archive);
    for projection in ["catalogue", "index"] {
        std::fs::remove_dir_all(root.join(projection)).unwrap();
    }
    let archive = open(hasty(&root));
    caught_up(&archive);
    assert_eq!(total(&archive, "sola"), 1);
    assert_eq!(counter(&archive, "tabularium_texts_read_seconds_count"), 0.0);
    close(archive);
}

#[test]
fn a_rebuild_drops_the_texts_when_asked_to() {
    let folder = scratch();
    let root = folder.path().join("data");
    let archive = create(hasty(&root));
    let content = b"una parola sola".to_vec();
    block_on(register(&archive, "k", std::slice::from_ref(&content))).unwrap();
    caught_up(&archive);
    close(archive);
    leave(&root, Blake3::of(&content), TextState::Full, "una parola sbagliata", &Maker::default());
    let program = std::process::Command::new(env!("CARGO_BIN_EXE_tabularium"))
        .args(["rebuild", "--texts", "--data"])
        .arg(&root)
        .output()
        .unwrap();
    assert!(program.status.success(), "{program:?}");
    let archive = open(hasty(&root));
    until(&archive, "read", |_| total(&archive, "sola") == 1);
    assert_eq!(total(&archive, "sbagliata"), 0);
    close(archive);
}

#[test]
fn what_an_older_reader_left_is_found_until_the_newer_text_is_there() {
    let folder = scratch();
    let root = folder.path().join("data");
    filled_with_old_texts(&root, 20);
    let mut waits = hasty(&root);
    // Nothing reads here: the older texts stay.
    waits.extraction = None;
    let archive = open(waits);
    caught_up(&archive);
    assert_eq!((total(&archive, "antica"), total(&archive, "nuova")), (20, 0));
    close(archive);

    let archive = open(hasty(&root));
    until(&archive, "read again", |_| total(&archive, "nuova") == 20);
    let status = until(&archive, "done", |status| status.texts.read_again.is_none());
    assert_eq!(total(&archive, "antica"), 0);
    assert_eq!(status.texts_waiting, 0, "nobody waited");
    assert_eq!(counter(&archive, "tabularium_texts_read_again_total"), 20.0);
    close(archive);

    let archive = open(hasty(&root));
    caught_up(&archive);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(counter(&archive, "tabularium_texts_read_again_total"), 0.0, "it is remembered that all is done");
    close(archive);
    std::fs::remove_file(root.join("derived/read-again.json")).unwrap();
    let archive = open(hasty(&root));
    until(&archive, "looked through", |_| is_marked(&root));
    until(&archive, "done", |status| status.texts.read_again.is_none());
    assert_eq!(counter(&archive, "tabularium_texts_read_again_total"), 0.0, "what is kept says that it is new");
    assert_eq!(total(&archive, "nuova"), 20);
    close(archive);
}

#[test]
fn reading_again_goes_on_after_a_restart_where_it_was() {
    let folder = scratch();
    let root = folder.path().join("data");
    const COUNT: usize = 250;
    filled_with_old_texts(&root, COUNT);
    let mut interrupted = 0;
    while read_again(&root) < COUNT {
        let before = read_again(&root);
        let archive = open(hasty(&root));
        let began = Instant::now();
        while counter(&archive, "tabularium_texts_read_again_total") < 7.0 {
            assert!(
                began.elapsed() < Duration::from_secs(30) || before + 7 > COUNT,
                "nothing is read again: {:?}",
                archive.status()
            );
            if before + 7 > COUNT {
                until(&archive, "done", |_| is_marked(&root));
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        close(archive);
        interrupted += 1;
    }
    assert!(interrupted > 1, "it was never interrupted");
    let archive = open(hasty(&root));
    caught_up(&archive);
    until(&archive, "told to the index", |_| total(&archive, "nuova") == COUNT as u64);
    assert_eq!(total(&archive, "antica"), 0);
    close(archive);
    // The one that was being read as the archive was closed may have been kept without its place being noted.
    let read = read_again(&root);
    assert!((COUNT..=COUNT + interrupted).contains(&read), "{read} for {COUNT} texts in {interrupted} runs");
}

/// Texts that took the place of others.
fn read_again(root: &Path) -> usize {
    let derived = Derived::open(Disk::real(), root).unwrap();
    let mut count = 0;
    let each = &mut |blake3, place| {
        count += usize::from(derived.line(&blake3, place).unwrap().is_some_and(|line| line.maker.again));
        std::ops::ControlFlow::Continue(())
    };
    derived.scan(each).unwrap();
    count
}

/// Kept before a crash, and the index never heard of it.
#[test]
fn the_index_is_told_of_what_was_read_again_just_before_a_crash() {
    let folder = scratch();
    let root = folder.path().join("data");
    let archive = create(hasty(&root));
    let content = b"qualcosa nel documento".to_vec();
    block_on(register(&archive, "k", std::slice::from_ref(&content))).unwrap();
    caught_up(&archive);
    until(&archive, "done", |_| is_marked(&root));
    close(archive);
    let now = Clock::System.now().as_microsecond();
    let maker = Maker { version: EXTRACTOR_VERSION, at: now, again: true, ..Maker::default() };
    let place = leave(&root, Blake3::of(&content), TextState::Full, "qualcosa di migliore", &maker);
    let catalogue = Catalogue::open(&root.join("catalogue"), 8 << 20).unwrap();
    catalogue.write(&[Catalogue::text_write(&Blake3::of(&content), place.to_bytes().to_vec())]).unwrap();
    catalogue.sync().unwrap();
    drop(catalogue);
    // A reading that was under way says so.
    let mark = root.join("derived/read-again.json");
    let mut said: Value = serde_json::from_slice(&std::fs::read(&mark).unwrap()).unwrap();
    said["done"] = json!(false);
    std::fs::write(&mark, said.to_string()).unwrap();
    let archive = open(hasty(&root));
    until(&archive, "told", |_| total(&archive, "migliore") == 1);
    assert_eq!(counter(&archive, "tabularium_texts_read_again_total"), 0.0);
    close(archive);
}

#[test]
fn a_reader_that_had_bad_luck_gets_a_second_try_and_not_a_third() {
    let folder = scratch();
    let root = folder.path().join("data");
    let archive = create(hasty(&root));
    let contents = [b"letto al secondo tentativo".to_vec(), b"letto mai, tentato due volte".to_vec()];
    block_on(register(&archive, "a", &contents[..1])).unwrap();
    block_on(register(&archive, "b", &contents[1..])).unwrap();
    caught_up(&archive);
    close(archive);
    let _ = std::fs::remove_file(root.join("derived/read-again.json"));
    for (content, tries) in contents.iter().zip([1, 2]) {
        let maker = Maker { version: EXTRACTOR_VERSION, tries, ..Maker::default() };
        leave(&root, Blake3::of(content), TextState::None(Reason::Timeout), "", &maker);
    }
    for projection in ["catalogue", "index"] {
        std::fs::remove_dir_all(root.join(projection)).unwrap();
    }
    let archive = open(hasty(&root));
    until(&archive, "tried again", |_| total(&archive, "tentativo") == 1);
    caught_up(&archive);
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!((total(&archive, "tentato"), total(&archive, "text:timeout")), (0, 1));
    assert_eq!(archive.status().texts.items, [("full", 1), ("none", 1), ("timeout", 1)].into());
    assert_eq!(counter(&archive, "tabularium_texts_read_again_total"), 1.0);
    close(archive);
}

/// What cannot be started at the moment is pending, not given up.
#[test]
fn a_failure_of_the_moment_is_pending_until_it_is_over() {
    let folder = scratch();
    let root = folder.path().join("data");
    let program = folder.path().join("worker");
    let mut options = hasty(&root);
    options.extraction = Some((program.clone(), vec!["extract-worker".into()]));
    let archive = create(options);
    block_on(register(&archive, "k", &[b"aspetta il suo turno".to_vec()])).unwrap();
    caught_up(&archive);
    assert_eq!((total(&archive, "text:pending"), total(&archive, "aspetta")), (1, 0));
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_tabularium"), &program).unwrap();
    until(&archive, "read", |_| total(&archive, "aspetta") == 1);
    assert_eq!(total(&archive, "text:pending"), 0);
    close(archive);
}

/// An item deleted from the index behind its back.
#[test]
fn the_audit_finds_what_the_index_lost_says_it_and_mends_it() {
    let folder = scratch();
    let root = folder.path().join("data");
    let archive = create(hasty(&root));
    block_on(async {
        for n in 0..12 {
            register(&archive, &format!("k{n}"), &[format!("contenuto numero {n}").into_bytes()]).await.unwrap();
        }
    });
    caught_up(&archive);
    let status = until(&archive, "audited", |status| status.audit.checked > 40);
    assert_eq!((status.audit.failed, status.notes), (0, vec![]), "nothing is wrong where nothing is");
    close(archive);

    let index = Index::open(Some(&root.join("index")), Settings::default()).unwrap();
    let position = index.position();
    index.remove(ItemKind::Entry, "PG/2026/7").unwrap();
    index.commit(position).unwrap();
    assert!(!index.contains(ItemKind::Entry, "PG/2026/7").unwrap());
    index.close().unwrap();
    drop(index);

    let archive = open(hasty(&root));
    caught_up(&archive);
    let status = until(&archive, "found", |status| status.audit.failed == 1);
    assert!(status.notes.iter().any(|note| note.text.contains("self-audit found 1 item")), "{status:?}");
    assert_eq!(counter(&archive, "tabularium_audit_failed_total{in=\"index\"}"), 1.0);
    until(&archive, "put anew", |_| total(&archive, "number:7") == 1);
    let status = until(&archive, "mended", |status| status.audit.mended == 1);
    assert_eq!(status.audit.failed, 1);
    close(archive);
}

#[test]
fn the_audit_finds_a_damaged_content() {
    let folder = scratch();
    let root = folder.path().join("data");
    let archive = create(hasty(&root));
    let content = b"un contenuto che si guasta".to_vec();
    block_on(register(&archive, "k", std::slice::from_ref(&content))).unwrap();
    caught_up(&archive);
    close(archive);
    let mut packs = std::fs::read_dir(root.join("blobs/packs")).unwrap();
    let pack = packs.next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&pack).unwrap();
    let at = bytes.windows(content.len()).position(|window| window == content).unwrap();
    bytes[at + 3] ^= 1;
    std::fs::write(&pack, bytes).unwrap();
    let archive = open(hasty(&root));
    let status = until(&archive, "found", |status| status.audit.failed > 0);
    assert!(status.notes.iter().any(|note| note.text.contains("damaged contents")), "{status:?}");
    assert!(counter(&archive, "tabularium_audit_failed_total{in=\"content\"}") > 0.0);
    close(archive);
}

#[test]
fn a_text_tells_what_read_it_and_the_status_what_there_is() {
    let town = Town::new();
    let entry = town.register("Letto", "un testo da leggere", json!({}));
    town.settle_index();
    let path = format!("/api/v1/documents/{}/text", entry["document"]["id"].as_str().unwrap());
    let text = town.as_("registrar").get(&path).ok();
    assert_eq!((text["state"].as_str(), text["text"].as_str()), (Some("full"), Some("un testo da leggere")));
    assert_eq!(text["read"]["extractor_version"], EXTRACTOR_VERSION);
    assert!(text["read"]["at"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok(), "{text}");
    let status = town.anonymous().get("/status").ok();
    assert_eq!(status["texts"]["items"]["full"], 1, "{status}");
    assert!(status["texts"]["last_read_seconds"].as_f64().unwrap() < 60.0, "{status}");
    let metrics = town.anonymous().get("/metrics").text();
    for line in ["tabularium_texts_items{state=\"full\"} 1", "tabularium_texts_read_total{state=\"full\"} 1"] {
        assert!(metrics.lines().any(|other| other == line), "{line} in {metrics}");
    }
    well_formed(&metrics);
}

/// Every line of `/metrics` is one that Prometheus reads, and each metric is announced once, before its lines.
fn well_formed(metrics: &str) {
    let mut kinds = HashMap::new();
    for line in metrics.lines() {
        if let Some(announced) = line.strip_prefix("# TYPE ") {
            let (name, kind) = announced.split_once(' ').unwrap();
            assert!(kinds.insert(name, kind).is_none(), "{name} is announced twice");
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').unwrap();
            let name = name.split('{').next().unwrap();
            assert!(value.parse::<f64>().is_ok(), "{line}");
            let of_histogram = ["_bucket", "_sum", "_count"]
                .iter()
                .find_map(|end| name.strip_suffix(end).filter(|name| kinds.get(name) == Some(&"histogram")));
            assert!(kinds.contains_key(name) || of_histogram.is_some(), "{line} is not announced");
        }
    }
}

#[test]
fn every_answer_from_the_index_says_how_much_it_knows() {
    let town = Town::new();
    town.register("Suolo pubblico", "dehors", json!({}));
    town.settle_index();
    let journal = town.archive.status().journal_position.to_string();
    let registrar = town.as_("registrar");
    let lists = ["registers/PG/entries", "dossiers", "dossiers?q=suolo", "correspondents?q=ma"];
    let searches = ["search?q=suolo", "search", "search?q=%22suolo%20pubblico%22", "search/suggestions?q=su"];
    for path in lists.iter().chain(&searches) {
        let answer = registrar.get(&format!("/api/v1/{path}"));
        assert_eq!(answer.status, 200, "{path}");
        for header in ["Tabularium-Index-Position", "Tabularium-Journal-Position"] {
            assert_eq!(answer.header(header), Some(journal.as_str()), "{header} of {path}");
        }
    }
    let waiting =
        ["search?q=suolo&", "dossiers?", "dossiers?q=suolo&", "search/suggestions?q=su&", "correspondents?q=ma&"];
    for path in waiting {
        let position = |position: &str| registrar.get(&format!("/api/v1/{path}min_position={position}")).status;
        assert_eq!((position("1"), position(&journal)), (200, 422), "{path}");
    }
    let posted = registrar.post("/api/v1/search", &json!({"q": "suolo", "facets": "year"}));
    assert_eq!(posted.header("Tabularium-Index-Position"), Some(journal.as_str()));
    for (path, why) in [("registers", "comes from no index"), ("search?cursor=x", "is no answer")] {
        let answer = registrar.get(&format!("/api/v1/{path}"));
        assert_eq!(answer.header("Tabularium-Index-Position"), None, "{path} {why}");
    }
    let metrics = town.anonymous().get("/metrics").text();
    for (class, count) in [("words", 2), ("all", 1), ("phrase", 1), ("facets", 1), ("suggestions", 4), ("list", 5)] {
        let line = format!("tabularium_search_seconds_count{{class=\"{class}\"}} {count}");
        assert!(metrics.lines().any(|other| other == line), "{line} in {metrics}");
    }
    well_formed(&metrics);
}

/// A scan is found by what is printed on it, once there has been time for that; the first to see it says what it waits for.
#[test]
fn letters_in_a_scan_are_recognised_behind_everything_else() {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let engines = Engines::find(&Choices::default(), &path);
    if engines.tesseract.is_none() {
        eprintln!("skipped: no tesseract here");
        return;
    }
    let scan = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/bollettino.png")).unwrap();
    let folder = scratch();
    let root = folder.path().join("data");
    let mut options = hasty(&root);
    options.engines = engines;
    let archive = create(options.clone());
    block_on(register(&archive, "k", &[scan])).unwrap();
    caught_up(&archive);
    // Closed while it waits, as like as not: the next start goes on.
    close(archive);
    let archive = open(options);
    let status = archive.status();
    let waits = status.texts.items.get("awaiting-recognition").copied().unwrap_or(0);
    assert_eq!(status.texts.to_recognise, waits, "said at once after a start: {status:?}");
    // On a busy machine its time may run out once, and then it is tried again.
    within(Duration::from_secs(180), &archive, "recognised", |_| total(&archive, "versamento loculo") == 1);
    let status = until(&archive, "told so", |status| status.texts.to_recognise == 0);
    assert_eq!(status.texts.items.get("awaiting-recognition"), None, "{status:?}");
    assert_eq!(total(&archive, "text:full OR text:partial"), 1);
    close(archive);
}

/// An index that holds an item without its words, and a text that no reader would give.
#[test]
fn verify_finds_by_sample_what_counts_do_not_show() {
    let folder = scratch();
    let root = folder.path().join("data");
    let archive = create(hasty(&root));
    let contents: Vec<Vec<u8>> = (0..3).map(|n| format!("documento con parole {n}").into_bytes()).collect();
    block_on(async {
        for (n, content) in contents.iter().enumerate() {
            register(&archive, &format!("k{n}"), std::slice::from_ref(content)).await.unwrap();
        }
    });
    caught_up(&archive);
    close(archive);
    let found = |deep: bool| {
        let mut found = Vec::new();
        let finding =
            &mut |finding: tabularium::service::Finding| found.push(format!("{}: {}", finding.code, finding.text));
        let report = match deep {
            true => verify_deep(&hasty(&root), finding, &mut |_| {}).unwrap(),
            false => verify(&hasty(&root), false, finding, &mut |_| {}).unwrap(),
        };
        assert_eq!(report.skipped, [""; 0]);
        found
    };
    assert_eq!((found(false), found(true)), (vec![], vec![]), "nothing is wrong where nothing is");

    // As many as before, but the second has lost its subject and its text.
    let index = Index::open(Some(&root.join("index")), Settings::default()).unwrap();
    let position = index.position();
    let mut item = Item::new(ItemKind::Entry, "PG/2026/2", 4, 0);
    (item.register, item.year, item.number) = (Some("PG".into()), Some(2026), Some(2));
    index.put(&item).unwrap();
    index.commit(position).unwrap();
    index.close().unwrap();
    drop(index);
    let by = ["a word of its subject", "a correspondent", "a word of its text"];
    assert_eq!(found(false), by.map(|by| format!("index-misses: entry PG/2026/2 is not found by {by}")));

    // One year's entries fewer, and another item in their stead.
    let index = Index::open(Some(&root.join("index")), Settings::default()).unwrap();
    index.remove(ItemKind::Entry, "PG/2026/2").unwrap();
    index.put(&Item::new(ItemKind::Dossier, "nobody", 4, 0)).unwrap();
    index.commit(position).unwrap();
    index.close().unwrap();
    drop(index);
    let said = found(false);
    for what in ["2 entry items", "1 dossier items", "2 entries of PG/2026", "entry PG/2026/2 is not in it"] {
        assert!(said.iter().any(|said| said.starts_with("index-differs") && said.contains(what)), "{what}: {said:?}");
    }
    std::fs::remove_dir_all(root.join("index")).unwrap();
    close_after_catching_up(&root);
    assert_eq!(found(false), [""; 0], "rebuilt");

    let maker = Maker { version: EXTRACTOR_VERSION, media_type: "text/plain".into(), ..Maker::default() };
    let place = leave(&root, Blake3::of(&contents[1]), TextState::Full, "documento con parole 1 e altre", &maker);
    let catalogue = Catalogue::open(&root.join("catalogue"), 8 << 20).unwrap();
    catalogue.write(&[Catalogue::text_write(&Blake3::of(&contents[1]), place.to_bytes().to_vec())]).unwrap();
    catalogue.sync().unwrap();
    drop(catalogue);
    for deep in [false, true] {
        let said = found(deep);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(
            said[0].starts_with("text-differs") && said[0].ends_with("is not what a fresh reading gives"),
            "{said:?}"
        );
    }
}

fn close_after_catching_up(root: &Path) {
    let archive = open(hasty(root));
    caught_up(&archive);
    close(archive);
}

/// What a start costs that finds a million kept texts and a new engine: run with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement: takes minutes and 500 MB of disk"]
fn a_million_kept_texts_are_looked_through_without_slowing_the_start() {
    const COUNT: u64 = 1_000_000;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("data");
    close(create(hasty(&root)));
    let maker = Maker { version: EXTRACTOR_VERSION, media_type: "text/plain".into(), ..Maker::default() };
    let extraction = Extraction { state: TextState::Full, text: "parola ".repeat(20), facts: Facts::default() };
    let derived = Derived::open(Disk::real(), &root).unwrap();
    let catalogue = Catalogue::open(&root.join("catalogue"), 64 << 20).unwrap();
    for n in 0..COUNT {
        let blake3 = Blake3::of(&n.to_le_bytes());
        let place = derived.put(blake3, &extraction, &maker).unwrap();
        catalogue.write(&[Catalogue::text_write(&blake3, place.to_bytes().to_vec())]).unwrap();
    }
    catalogue.sync().unwrap();
    drop((derived, catalogue));
    let _ = std::fs::remove_file(root.join("derived/read-again.json"));
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap().trim().to_owned();
        line.trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    };
    // Time of the processor, in hundredths: the machine may have other things to do.
    let spent = || {
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        (fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()) as f64 / 100.0
    };
    let mut options = hasty(&root);
    options.pace = Pace::default();
    options.catalogue_cache = 64 << 20;
    let spent_before = spent();
    let (began, before) = (Instant::now(), resident());
    let archive = open(options);
    let ready = began.elapsed();
    while !is_marked(&root) {
        assert!(began.elapsed() < Duration::from_secs(900));
        std::thread::sleep(Duration::from_millis(100));
    }
    let (looked, after) = (began.elapsed(), resident());
    let spent = spent() - spent_before;
    eprintln!("{COUNT} kept texts: ready after {ready:?}, looked through after {looked:?} and {spent} s of processor");
    eprintln!("from {before} to {after} MiB");
    assert!(after.saturating_sub(before) < 300, "they are not held in memory");
    close(archive);
}
