//! At a million entries: cost of one more, start, memory, reading, rebuild.

use std::path::Path;
use std::time::{Duration, Instant};

use tabularium::service::Archive;

use crate::client::Client;
use crate::disk;
use crate::grow::{grow, new_archive, options};
use crate::results::{Results, quantiles};
use crate::server::{Server, run as program};

const WINDOW: u64 = 5_000;

pub fn run(base: &Path, results: &mut Results) {
    let goal = std::env::var("TABULARIUM_BENCH_ENTRIES").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000_u64);
    let data = base.join("million");
    let _ = std::fs::remove_dir_all(&data);
    let system = actix_web::rt::System::new();
    let archive = system.block_on(Archive::create(options(&data), new_archive())).expect("created");
    let content = |n: u64| ("dati.bin".to_owned(), disk::random(300, n));
    // The cost of one is compared between windows with the same file system age: first and last, each after a rest.
    system.block_on(grow(&archive, 0, 10_000 - WINDOW, content));
    settle(&archive);
    let early = system.block_on(grow(&archive, 10_000 - WINDOW, 10_000, content));
    let mut at = 10_000;
    while at < goal - WINDOW {
        let to = (at + 50_000).min(goal - WINDOW);
        let seconds = system.block_on(grow(&archive, at, to, content));
        println!("  {to} entries, {:.0} a second", (to - at) as f64 / seconds);
        at = to;
    }
    settle(&archive);
    let late = system.block_on(grow(&archive, goal - WINDOW, goal, content));
    archive.close();
    drop(archive);
    let text =
        format!("{:.2} ({:.2} ms / {:.2} ms)", late / early, late * 1e3 / WINDOW as f64, early * 1e3 / WINDOW as f64);
    results.set("million: cost of a registration against that at 10,000", text, "at most 1.3");
    serve(&data, goal, results);
    rebuild(&data, goal, "million: rebuild, entries a second, without text", "at least 4,000", results);
}

/// Rebuild of an archive whose documents have 2 KiB of text each.
pub fn texts(base: &Path, results: &mut Results) {
    let data = base.join("texts");
    let _ = std::fs::remove_dir_all(&data);
    let system = actix_web::rt::System::new();
    let archive = system.block_on(Archive::create(options(&data), new_archive())).expect("created");
    let entries = 60_000;
    let content = |n: u64| ("relazione.txt".to_owned(), crate::load::text_of(n, 2048).into_bytes());
    let begun = Instant::now();
    system.block_on(grow(&archive, 0, entries, content));
    settle(&archive);
    let rate = entries as f64 / begun.elapsed().as_secs_f64();
    results.set("texts: registered and searchable, 2 KiB texts, a second", format!("{rate:.0}"), "-");
    archive.close();
    drop(archive);
    rebuild(&data, entries, "texts: rebuild, entries a second, with 2 KiB of text", "at least 2,000", results);
}

fn rebuild(data: &Path, entries: u64, figure: &str, goal: &str, results: &mut Results) {
    let begun = Instant::now();
    program(&["rebuild"], data, "");
    results.set(figure, format!("{:.0}", entries as f64 / begun.elapsed().as_secs_f64()), goal);
}

fn settle(archive: &Archive) {
    loop {
        let status = archive.status();
        if status.index_position == status.journal_position && status.texts_waiting == 0 {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn serve(data: &Path, entries: u64, results: &mut Results) {
    program(&["user", "add", "root", "--role", "administrator"], data, "quercia-antica-7\n");
    program(&["user", "add", "anna", "--role", "registrar"], data, "quercia-antica-8\n");
    let token = program(&["token", "create", "--user", "anna"], data, "");
    let server = Server::start(data, token.trim());
    results.set("million: start until listening", format!("{:.2} s", server.started_in.as_secs_f64()), "under 3 s");
    let mut client = server.client();
    let year = client.get("/api/v1/registers/PG/entries?limit=1").json()["items"][0]["year"].to_string();
    let dossier = make_dossier(&mut client, &year, entries);
    let mut measure = |what: &str, path: &dyn Fn(u64) -> String| {
        let mut samples = Vec::new();
        for n in 0..400_u64 {
            let path = path(n);
            let begun = Instant::now();
            let answer = client.get(&path);
            samples.push(begun.elapsed().as_secs_f64() * 1e3);
            assert_eq!(answer.status, 200, "{path}");
        }
        let (median, p99) = quantiles(&mut samples);
        results.set(&format!("million: {what}, median / p99"), format!("{median:.2} ms / {p99:.2} ms"), "under 20 ms");
    };
    let any = |n: u64| 1 + n.wrapping_mul(2_654_435_761) % entries;
    measure("an entry by number", &|n| format!("/api/v1/registers/PG/entries/{year}/{}", any(n)));
    measure("a page of the register", &|_| format!("/api/v1/registers/PG/entries?year={year}&limit=50"));
    measure("a dossier", &|_| format!("/api/v1/dossiers/{dossier}"));
    measure("a dossier's items", &|_| format!("/api/v1/dossiers/{dossier}/items"));
    measure("a search for two words", &|n| format!("/api/v1/search?q=richiesta+{}", any(n)));
    let memory = server.memory().0 as f64 / f64::from(1 << 20);
    results.set("million: anonymous memory while serving", format!("{memory:.0} MiB"), "under 400 MB");
}

/// A dossier of 50 entries.
fn make_dossier(client: &mut Client, year: &str, entries: u64) -> String {
    let json = "Content-Type: application/json\r\n";
    let body = serde_json::json!({"title": "Cinquanta atti", "classification": "6.3"}).to_string();
    let answer = client.send("POST", "/api/v1/dossiers", json, body.as_bytes());
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    let id = answer.json()["id"].as_str().expect("an id").to_owned();
    for n in 0..50 {
        let number = 1 + n * (entries / 50);
        let year: i16 = year.parse().expect("a year");
        let body = serde_json::json!({"entry": {"register": "PG", "year": year, "number": number}}).to_string();
        let answer = client.send("POST", &format!("/api/v1/dossiers/{id}/items"), json, body.as_bytes());
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    }
    id
}
