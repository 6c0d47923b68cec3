//! Search at a million entries with texts of 2 KiB: over HTTP in an open loop, and in process.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use tabularium::clock::{Clock, from_microseconds};
use tabularium::index::{Index, Settings, View};
use tabularium::model::access::Actor;
use tabularium::service::Archive;

use crate::classes::{Asked, CLASSES, Class};
use crate::client::Client;
use crate::corpus::{Corpus, OFFICES, Random};
use crate::grow::{new_archive, options};
use crate::million::settle;
use crate::results::{Results, quantiles};
use crate::server::{Server, run as program};

/// Queries a second of the open loop.
const RATE: u32 = 50;
/// Seconds of it. Each class comes some 300 times.
const SECONDS: u32 = 90;
const CONNECTIONS: usize = 16;
/// Queries of each class in process.
const SAMPLES: u64 = 200;
/// Registrations under way at once: the hand-moved clock goes on by less than a day meanwhile.
const TOGETHER: usize = 128;
/// The offices of the officer who asks.
const OWN_OFFICES: [&str; 3] = ["edilizia", "polizia", "cultura"];

fn entries() -> u64 {
    std::env::var("TABULARIUM_BENCH_ENTRIES").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000)
}

/// What the two who ask by turns see in the index: an officer of some offices a fifth of the post, the desk all that
/// is not confidential.
fn views() -> [View; 2] {
    let terms = OWN_OFFICES.iter().map(|office| format!("office:{office}"));
    let officer = terms.chain(["own:99".to_owned(), "user:marta".to_owned()]).collect();
    [View { audience: Some(officer) }, View { audience: Some(vec!["open".into(), "own:98".into()]) }]
}

/// All classes, or for a profile the one named by `TABULARIUM_BENCH_CLASS`.
fn asked_for() -> Vec<&'static Class> {
    let only = std::env::var("TABULARIUM_BENCH_CLASS").ok();
    CLASSES.iter().filter(|class| only.as_ref().is_none_or(|only| only == class.name)).collect()
}

/// The archive, grown once and kept for later runs.
pub fn fixture(base: &Path, corpus: &Corpus, results: &mut Results) -> PathBuf {
    let data = base.join(format!("search-{}", entries()));
    let ready = base.join(format!("search-{}.token", entries()));
    if ready.try_exists().expect("looked for") {
        return data;
    }
    let _ = std::fs::remove_dir_all(&data);
    let mut options = options(&data);
    let clock = Clock::manual(from_microseconds(corpus.paper(0).date));
    options.clock = clock.clone();
    let system = actix_web::rt::System::new();
    let archive = system.block_on(Archive::create(options, new_archive())).expect("created");
    let begun = Instant::now();
    system.block_on(async {
        for office in OFFICES {
            let office =
                serde_json::from_value(serde_json::json!({"code": office, "name": office})).expect("an office");
            archive.add_office(&Actor::system(), office).await.expect("added");
        }
        let mut at = 0;
        while at < entries() {
            let to = (at + 50_000).min(entries());
            grow(&archive, corpus, &clock, at, to).await;
            at = to;
            println!("  {at} entries, {:.0} a second", at as f64 / begun.elapsed().as_secs_f64());
        }
    });
    settle(&archive);
    let took = begun.elapsed().as_secs_f64();
    let text = format!("{:.0}, {} in {took:.0} s", entries() as f64 / took, entries());
    results.set("search: filed with 2 KiB texts and searchable, a second", text, "at least 2,500");
    archive.close();
    drop(archive);
    program(&["user", "add", "root", "--role", "administrator"], &data, "quercia-antica-7\n");
    program(&["user", "add", "anna", "--role", "registrar"], &data, "quercia-antica-8\n");
    let own = OWN_OFFICES.join(",");
    program(&["user", "add", "marta", "--role", "officer", "--office", &own], &data, "quercia-antica-9\n");
    let tokens = ["marta", "anna"].map(|name| program(&["token", "create", "--user", name], &data, ""));
    std::fs::write(ready, tokens.concat()).expect("written");
    data
}

async fn grow(archive: &Archive, corpus: &Corpus, clock: &Clock, from: u64, to: u64) {
    let (actor, register) = (&Actor::system(), &"PG".parse().expect("a code"));
    futures_util::stream::iter(from..to)
        .for_each_concurrent(TOGETHER, |n| async move {
            let paper = corpus.paper(n);
            clock.set(from_microseconds(paper.date));
            let mut upload = archive.begin_upload(actor).expect("room");
            upload.write(paper.text.as_bytes()).expect("staged");
            let digests = archive.finish_upload(actor, upload, None).expect("staged");
            archive.register(actor, register, &format!("s{n}"), paper.entry(digests.blake3)).await.expect("registered");
        })
        .await;
}

pub fn run(base: &Path, results: &mut Results) {
    let corpus = Arc::new(Corpus::new());
    let data = fixture(base, &corpus, results);
    in_process(&data, &corpus, results);
    if asked_for().len() == CLASSES.len() {
        over_http(base, &data, &corpus, results);
    }
}

/// Median and 99th percentile of each class, one after the other.
pub fn in_process(data: &Path, corpus: &Corpus, results: &mut Results) {
    let index = Index::open(Some(&data.join("index")), Settings::default()).expect("opened");
    let views = views();
    let stats = index.stats().expect("read");
    let text = format!("{} / {:.0} MiB", stats.segments, stats.bytes as f64 / f64::from(1 << 20));
    results.set("search: segments / size of the index", text, "-");
    for class in asked_for() {
        let (median, p99, total) = measure(&index, &views, class, corpus, stats.items);
        let text = format!("{median:.2} ms / {p99:.2} ms, {total:.0} hits");
        results.set(&format!("search: in process, {}, median / p99", class.name), text, "under 5 ms / 20 ms");
    }
}

/// Milliseconds, and how many hits there are in the middle.
pub fn measure(index: &Index, views: &[View; 2], class: &Class, corpus: &Corpus, entries: u64) -> (f64, f64, f64) {
    let (mut samples, mut totals) = (Vec::new(), Vec::new());
    for n in 0..SAMPLES {
        // Both readers ask the same.
        let mut own = Random::new(n / 2);
        let asked = (class.ask)(corpus, &mut own, entries);
        let begun = Instant::now();
        let total = asked.in_process(index, &views[n as usize % 2]);
        // The first ones fill caches that every server has.
        if n >= SAMPLES / 10 {
            samples.push(begun.elapsed().as_secs_f64() * 1e3);
            totals.push(total as f64);
        }
    }
    let (median, p99) = quantiles(&mut samples);
    (median, p99, quantiles(&mut totals).0)
}

/// Every query begins at its time, whether those before it are answered or not, and is timed from then.
fn over_http(base: &Path, data: &Path, corpus: &Arc<Corpus>, results: &mut Results) {
    let tokens = std::fs::read_to_string(base.join(format!("search-{}.token", entries()))).expect("kept");
    let tokens: Vec<String> = tokens.lines().map(str::to_owned).collect();
    let server = Server::start(data, &tokens[0]);
    wait_for_index(&server);
    let cursors: Vec<Vec<String>> =
        tokens.iter().map(|token| cursors(&mut Client::connect(server.address, token))).collect();
    let mut random = Random::new(11);
    let mut schedule: Vec<(usize, usize, String)> = Vec::new();
    for n in 0..(RATE * SECONDS) as usize {
        let (class, reader) = (random.below(CLASSES.len()), n % 2);
        let path = match (CLASSES[class].ask)(corpus, &mut random, entries()) {
            Asked::Page => cursors[reader][random.below(cursors[reader].len())].clone(),
            asked => asked.path(),
        };
        schedule.push((class, reader, path));
    }
    let samples = open_loop(&server, &tokens, &Arc::new(schedule));
    let memory = server.memory().0 as f64 / f64::from(1 << 20);
    results.set("search: anonymous memory of the server", format!("{memory:.0} MiB"), "under 400 MB");
    for (class, mut samples) in CLASSES.iter().zip(samples) {
        let (median, p99) = quantiles(&mut samples);
        let text = format!("{median:.1} ms / {p99:.1} ms");
        let figure = format!("search: over HTTP at {RATE} a second, {}, median / p99", class.name);
        results.set(&figure, text, "p99 under 50 ms");
    }
}

pub fn wait_for_index(server: &Server) {
    let mut client = server.client();
    loop {
        // Until its catalogue is whole the server knows nobody, and says so.
        let answer = client.get("/api/v1/search?limit=1");
        if answer.status == 200 && answer.json()["index_position"] == answer.json()["journal_position"] {
            return;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// Pages far down: of all by date, and of common words by relevance.
fn cursors(client: &mut Client) -> Vec<String> {
    let mut paths = Vec::new();
    for base in ["/api/v1/search?sort=newest", "/api/v1/search?q=richiesta", "/api/v1/search?q=permesso&sort=newest"] {
        let mut path = base.to_owned();
        for _ in 0..20 {
            let Some(cursor) = client.get(&path).json()["next_cursor"].as_str().map(str::to_owned) else { break };
            path = format!("{base}&cursor={cursor}");
        }
        paths.push(path);
    }
    paths
}

fn open_loop(server: &Server, tokens: &[String], schedule: &Arc<Vec<(usize, usize, String)>>) -> Vec<Vec<f64>> {
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now() + Duration::from_millis(100);
    let threads: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (next, schedule, tokens) = (Arc::clone(&next), Arc::clone(schedule), tokens.to_vec());
            // One connection for both readers: one of its own might wait unused until the server gives it up (408).
            let mut client = Client::connect(server.address, &tokens[0]);
            std::thread::spawn(move || {
                let mut samples = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let Some((class, reader, path)) = schedule.get(n) else { return samples };
                    let intended = begun + Duration::from_secs(1) / RATE * n as u32;
                    std::thread::sleep(intended.saturating_duration_since(Instant::now()));
                    client.act_with(&tokens[*reader]);
                    let answer = client.get(path);
                    samples.push((*class, intended.elapsed().as_secs_f64() * 1e3));
                    assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
                }
            })
        })
        .collect();
    let mut by_class: Vec<Vec<f64>> = CLASSES.iter().map(|_| Vec::new()).collect();
    for (class, sample) in threads.into_iter().flat_map(|thread| thread.join().expect("a client")) {
        by_class[class].push(sample);
    }
    by_class
}

/// How the cost grows: an index alone, filled through its own door, at sizes up to three million.
pub fn curve(base: &Path, results: &mut Results) {
    let corpus = Corpus::new();
    let most = std::env::var("TABULARIUM_BENCH_CURVE").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000_u64);
    let folder = base.join("curve");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("made");
    let index = Index::open(Some(&folder), Settings::default()).expect("opened");
    let (mut at, mut seconds) = (0, 0.0);
    for size in [10_000, 100_000, 300_000, 1_000_000, 3_000_000] {
        if size > most {
            break;
        }
        let begun = Instant::now();
        while at < size {
            for n in at..(at + 10_000).min(size) {
                index.add(&corpus.paper(n).item()).expect("added");
            }
            at = (at + 10_000).min(size);
            index.commit(at).expect("committed");
        }
        seconds += begun.elapsed().as_secs_f64();
        let stats = index.stats().expect("read");
        let text = format!("{:.0}, {} segments, {} MiB", at as f64 / seconds, stats.segments, stats.bytes >> 20);
        results.set(&format!("curve: {:>7} entries, added a second", size), text, "-");
        for class in CLASSES {
            let (median, p99, _) = measure(&index, &views(), class, &corpus, size);
            let figure = format!("curve: {:>7} entries, {}, median / p99", size, class.name);
            results.set(&figure, format!("{median:.2} ms / {p99:.2} ms"), "-");
        }
    }
    index.close().expect("closed");
    let _ = std::fs::remove_dir_all(&folder);
}
