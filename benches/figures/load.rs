//! Durable registrations over HTTP, alone and with 64 clients; how soon they are found.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::client::{Client, register};
use crate::disk;
use crate::results::{Results, quantiles};
use crate::server::{Server, create};

const CLIENTS: u64 = 64;
const SECONDS: u64 = 12;

pub fn run(base: &Path, results: &mut Results) {
    let data = base.join("load");
    let token = create(&data);
    let server = Server::start(&data, &token);
    // Before and after, since the disk changes its mind.
    let raw_before = disk::raw_appends(base, 4);
    let sync = disk::fdatasync(base);
    let mut alone = Vec::new();
    let mut client = server.client();
    for n in 0..300 {
        let content = disk::random(24 * 1024, 1_000_000 + n);
        let begun = Instant::now();
        register(&mut client, &format!("alone-{n}"), "Uno alla volta", "istanza.bin", &content);
        alone.push(begun.elapsed().as_secs_f64());
    }
    let sync = sync.min(disk::fdatasync(base));
    let (median, p99) = quantiles(&mut alone);
    let rate = many(&server, "load", |n| (format!("Richiesta {n}"), "istanza.bin".into(), disk::random(24 * 1024, n)));
    let raw_after = disk::raw_appends(base, 4);
    let raw = f64::midpoint(raw_before, raw_after);
    results.set("load: registrations a second, 64 clients, 24 KiB", format!("{:.0}", rate.0), "at least 1,500");
    let latency = format!("{:.1} ms / {:.1} ms", rate.1 * 1e3, rate.2 * 1e3);
    results.set("load: latency with 64 clients, median / p99", latency, "-");
    results.set("load: raw appends a second, one fdatasync per 64", format!("{raw:.0}"), "-");
    results.set("load: registrations per raw append", format!("{:.2}", rate.0 / raw), "at least 0.12 (aim 0.4)");
    results.set("load: fdatasync of this disk, median", format!("{:.2} ms", sync * 1e3), "-");
    let alone = format!("{:.2} ms / {:.2} ms", median * 1e3, p99 * 1e3);
    results.set("load: one client alone, median / p99", alone, "-");
    results.set("load: one client alone, in fdatasyncs", format!("{:.1}", median / sync), "under 6");
}

/// Registrations a second of 64 clients, with the median and the 99th percentile of their seconds.
fn many(
    server: &Server,
    label: &str,
    make: impl Fn(u64) -> (String, String, Vec<u8>) + Send + Sync + 'static,
) -> (f64, f64, f64) {
    let make = Arc::new(make);
    let next = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let threads: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (make, next, mut client) = (Arc::clone(&make), Arc::clone(&next), server.client());
            let label = label.to_owned();
            std::thread::spawn(move || {
                let mut samples = Vec::new();
                while begun.elapsed() < Duration::from_secs(SECONDS) {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let (subject, file_name, content) = make(n);
                    let sent = Instant::now();
                    register(&mut client, &format!("{label}-{n}"), &subject, &file_name, &content);
                    samples.push(sent.elapsed().as_secs_f64());
                }
                samples
            })
        })
        .collect();
    let mut samples: Vec<f64> = threads.into_iter().flat_map(|thread| thread.join().expect("a client")).collect();
    let rate = samples.len() as f64 / begun.elapsed().as_secs_f64();
    let (median, p99) = quantiles(&mut samples);
    (rate, median, p99)
}

pub fn freshness(base: &Path, results: &mut Results) {
    let data = base.join("fresh");
    let token = create(&data);
    let server = Server::start(&data, &token);
    let mut quiet: Vec<f64> = (0..30).map(|n| until_found(&server, n)).collect();
    let (median, _) = quantiles(&mut quiet);
    let worst = quiet.iter().copied().fold(0.0, f64::max);
    let text = format!("{median:.2} s / {worst:.2} s");
    results.set("fresh: found after the answer when quiet, median / worst", text, "within 0.5 s");

    let stop = Arc::new(AtomicBool::new(false));
    let prober = {
        let (stop, server_address, token) = (Arc::clone(&stop), server.address, token.clone());
        std::thread::spawn(move || {
            let mut samples = Vec::new();
            std::thread::sleep(Duration::from_secs(3));
            let mut n = 1_000;
            while !stop.load(Ordering::Relaxed) {
                n += 1;
                samples.push(found_after(&mut Client::connect(server_address, &token), n));
            }
            samples
        })
    };
    let rate =
        many(&server, "fresh", |n| (format!("Relazione {n}"), "relazione.txt".into(), text_of(n, 2048).into_bytes()));
    stop.store(true, Ordering::Relaxed);
    let mut busy = prober.join().expect("the prober");
    let (median, _) = quantiles(&mut busy);
    let worst = busy.iter().copied().fold(0.0, f64::max);
    let text = format!("{median:.2} s / {worst:.2} s at {:.0} a second", rate.0);
    results.set("fresh: found after the answer at full ingest of 2 KiB texts, median / worst", text, "within 2.5 s");
}

fn until_found(server: &Server, n: u64) -> f64 {
    std::thread::sleep(Duration::from_millis(150));
    found_after(&mut server.client(), n)
}

fn found_after(client: &mut Client, n: u64) -> f64 {
    let word = format!("parolarara{n}x{}", std::process::id());
    let content = format!("{} {word} {}", text_of(n, 500), text_of(n + 1, 500));
    register(client, &format!("fresh-{word}"), "Una relazione", "relazione.txt", content.as_bytes());
    let answered = Instant::now();
    loop {
        let answer = client.get(&format!("/api/v1/search?q={word}")).json();
        if answer["total"] == 1 {
            return answered.elapsed().as_secs_f64();
        }
        assert!(answered.elapsed() < Duration::from_secs(60), "never found: {answer}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Italian-looking prose of about `length` bytes, from some 30,000 words.
pub fn text_of(seed: u64, length: usize) -> String {
    const ROOTS: [&str; 30] = [
        "richiest",
        "permess",
        "edific",
        "strad",
        "comun",
        "uffici",
        "citadin",
        "pratic",
        "document",
        "terren",
        "progett",
        "lavor",
        "autorizz",
        "contratt",
        "pagament",
        "delibera",
        "verbal",
        "cantier",
        "sopralluog",
        "fabbricat",
        "particell",
        "catast",
        "regolament",
        "tribut",
        "scuol",
        "ambient",
        "rifiut",
        "acquedott",
        "illumin",
        "segnal",
    ];
    const ENDS: [&str; 10] = ["o", "a", "i", "e", "azione", "amento", "ato", "ante", "abile", "are"];
    let mut random = blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof();
    let mut text = String::with_capacity(length + 16);
    let mut bytes = [0; 4];
    while text.len() < length {
        random.fill(&mut bytes);
        let n = u32::from_le_bytes(bytes) as usize;
        text.push_str(ROOTS[n % 30]);
        text.push_str(["", "in", "ett", "on"][(n / 30) % 4]);
        text.push_str(ENDS[(n / 120) % 10]);
        // A tail of rarer words.
        if n.is_multiple_of(17) {
            text.push_str(&format!(" n{}", n % 25_000));
        }
        text.push(' ');
    }
    text
}
