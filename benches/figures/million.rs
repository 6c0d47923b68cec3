//! At a million entries: cost of one more, start, memory, reading, rebuild.

use std::path::Path;
use std::time::{Duration, Instant};

use tabularium::service::Archive;

use crate::client::Client;
use crate::disk;
use crate::grow::{grow, new_archive, options};
use crate::results::{Results, quantiles};
use crate::server::{Server, run as program};

/// Registrations over which a cost is taken.
const WINDOW: u64 = 40_000;

pub fn run(base: &Path, results: &mut Results) {
    let goal = std::env::var("TABULARIUM_BENCH_ENTRIES").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000_u64);
    let data = base.join("million");
    let _ = std::fs::remove_dir_all(&data);
    let system = actix_web::rt::System::new();
    let archive = system.block_on(Archive::create(options(&data), new_archive())).expect("created");
    let content = |n: u64| ("dati.bin".to_owned(), disk::random(300, n));
    // Sustained cost: everything that a registration sets in motion, to the last commit of the index.
    let sustained = |from: u64, to: u64| {
        settle(&archive);
        let (begun, cpu) = (Instant::now(), processor_seconds());
        let answered = system.block_on(grow(&archive, from, to, content));
        settle(&archive);
        let each = |seconds: f64| seconds * 1e3 / (to - from) as f64;
        (each(begun.elapsed().as_secs_f64()), each(answered), each(processor_seconds() - cpu))
    };
    system.block_on(grow(&archive, 0, 10_000, content));
    let early = sustained(10_000, 10_000 + WINDOW);
    let mut at = 10_000 + WINDOW;
    while at < goal - WINDOW {
        let to = (at + 50_000).min(goal - WINDOW);
        let seconds = system.block_on(grow(&archive, at, to, content));
        let anonymous = anonymous_memory() / (1 << 20);
        println!("  {to} entries, {:.0} a second, {anonymous} MiB of anonymous memory", (to - at) as f64 / seconds);
        at = to;
    }
    let late = sustained(goal - WINDOW, goal);
    archive.close();
    drop(archive);
    let compare = |late: f64, early: f64| format!("{:.2} ({late:.3} ms / {early:.3} ms)", late / early);
    let figure = "million: cost of a registration against that at 10,000";
    results.set(figure, compare(late.0, early.0), "at most 1.3");
    results.set(&format!("{figure}, until answered only"), compare(late.1, early.1), "-");
    results.set(&format!("{figure}, processor time"), compare(late.2, early.2), "-");
    serve(&data, goal, results);
    rebuild(&data, goal, "million: rebuild, entries a second, without text", "at least 4,000", results);
}

/// Anonymous memory of this process, in bytes.
fn anonymous_memory() -> u64 {
    crate::server::memory_of(std::process::id()).0
}

/// Processor time this process has used, in seconds: what a registration costs whatever the neighbours do.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").expect("the process lives");
    let fields: Vec<&str> = text.rsplit(')').next().expect("a command").split_whitespace().collect();
    // Fields 14 and 15 of proc(5), in hundredths of a second.
    let ticks = |n: usize| fields[n - 3].parse::<f64>().expect("a number");
    (ticks(14) + ticks(15)) / 100.0
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

pub fn settle(archive: &Archive) {
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
