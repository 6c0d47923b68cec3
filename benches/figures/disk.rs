//! What this disk can do: the measure for all that is durable.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::results::quantiles;

/// Median seconds of an fdatasync after an append of 24 KiB.
pub fn fdatasync(base: &Path) -> f64 {
    let file = File::create(base.join("fdatasync")).expect("created");
    let content = random(24 * 1024, 1);
    let mut samples = Vec::new();
    for n in 0..300_u64 {
        file.write_all_at(&content, n * content.len() as u64).expect("written");
        let begun = Instant::now();
        file.sync_data().expect("synced");
        samples.push(begun.elapsed().as_secs_f64());
    }
    quantiles(&mut samples).0
}

/// Contents of 24 KiB a second appended to one file, with one fdatasync per 64.
pub fn raw_appends(base: &Path, seconds: u64) -> f64 {
    let file = File::create(base.join("appends")).expect("created");
    let contents: Vec<Vec<u8>> = (0..64).map(|n| random(24 * 1024, n)).collect();
    let (begun, mut count, mut offset) = (Instant::now(), 0_u64, 0);
    while begun.elapsed() < Duration::from_secs(seconds) {
        let group = contents.concat();
        file.write_all_at(&group, offset).expect("written");
        file.sync_data().expect("synced");
        offset += group.len() as u64;
        count += 64;
    }
    let rate = count as f64 / begun.elapsed().as_secs_f64();
    let _ = std::fs::remove_file(base.join("appends"));
    rate
}

/// Bytes that do not repeat and cannot be compressed.
pub fn random(length: usize, seed: u64) -> Vec<u8> {
    let mut reader = blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof();
    let mut bytes = vec![0; length];
    reader.fill(&mut bytes);
    bytes
}
