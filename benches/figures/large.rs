//! One gigabyte up and down: the server's memory must not grow with it.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::client::entry;
use crate::disk;
use crate::results::Results;
use crate::server::{Server, create};

const SIZE: u64 = 1 << 30;
const CHUNK: usize = 1 << 20;

pub fn run(base: &Path, results: &mut Results) {
    let data = base.join("large");
    let token = create(&data);
    let server = Arc::new(Server::start(&data, &token));
    let mut client = server.client();
    // Warm: code and buffers that every server has.
    client.get("/status");
    let before = server.memory().0;
    let peak = Arc::new(AtomicU64::new(0));
    let stop = Arc::new(AtomicBool::new(false));
    let watcher = {
        let (server, peak, stop) = (Arc::clone(&server), Arc::clone(&peak), Arc::clone(&stop));
        std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                peak.fetch_max(server.memory().0, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(20));
            }
        })
    };
    let chunk = disk::random(CHUNK, 7);
    let begun = Instant::now();
    client.head("POST", "/api/v1/blobs", "", SIZE).expect("sent");
    for n in 0..SIZE / CHUNK as u64 {
        let mut piece = chunk.clone();
        piece[..8].copy_from_slice(&n.to_le_bytes());
        client.body(&piece).expect("sent");
    }
    let answer = client.answer().expect("answered");
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    let blob = answer.json();
    let mut request = entry("Un gigabyte");
    request["document"] = serde_json::json!({"blake3": blob["blake3"], "file_name": "rilievo.bin"});
    let headers = "Idempotency-Key: large\r\nContent-Type: application/json\r\n";
    let answer = client.send("POST", "/api/v1/registers/PG/entries", headers, request.to_string().as_bytes());
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    let up = begun.elapsed().as_secs_f64();
    let grown_up = peak.load(Ordering::Relaxed).saturating_sub(before);
    let id = answer.json()["document"]["id"].as_str().expect("an id").to_owned();

    let begun = Instant::now();
    client.head("GET", &format!("/api/v1/documents/{id}/content"), "", 0).expect("sent");
    let (status, length) = client.answer_head().expect("answered");
    assert_eq!((status, length), (200, Some(SIZE)));
    let mut hasher = blake3::Hasher::new();
    let (mut left, mut buffer) = (SIZE, vec![0; CHUNK]);
    while left > 0 {
        let count = client.reader().read(&mut buffer[..left.min(CHUNK as u64) as usize]).expect("content");
        assert!(count > 0, "the download was cut");
        hasher.update(&buffer[..count]);
        left -= count as u64;
    }
    assert_eq!(hasher.finalize().to_hex().as_str(), blob["blake3"], "the same bytes come back");
    let down = begun.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    watcher.join().expect("the watcher");
    let grown = peak.load(Ordering::Relaxed).saturating_sub(before);
    let mib = |bytes: u64| bytes as f64 / (1 << 20) as f64;
    let text = format!("{:.1} MiB / {:.1} MiB", mib(grown_up), mib(grown));
    results.set("large: growth of anonymous memory, 1 GiB up / up and down", text, "under 64 MiB");
    let text = format!("{:.0} MiB/s / {:.0} MiB/s", 1024.0 / up, 1024.0 / down);
    results.set("large: speed up (durable) / down", text, "-");
}
