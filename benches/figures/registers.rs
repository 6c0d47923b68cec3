//! How long does it take to form the register of a day of 2,000 entries and of a year of 100,000, and in how much
//! memory, while registration goes on?

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use jiff::Timestamp;
use tabularium::clock::Clock;
use tabularium::model::access::Actor;
use tabularium::model::formed::{Form, Period, Span};
use tabularium::service::{Archive, FormedView, Options};

use crate::grow::{grow, new_archive};
use crate::results::{Results, quantiles};

const DAY: u64 = 2_000;
const YEAR: u64 = 100_000;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// What this process has taken of memory at most since [`forget_peak`], in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1024
}

fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn newest(archive: &Archive, span: Span) -> FormedView {
    let register = "PG".parse().expect("a code");
    let page = archive.formed_registers(&Actor::system(), (&register, span), None, 1).expect("listed");
    page.items.into_iter().next().expect("formed")
}

pub fn run(base: &Path, results: &mut Results) {
    let data = base.join("registers");
    let _ = std::fs::remove_dir_all(&data);
    let clock = Clock::manual(at("2026-01-02T07:00:00Z"));
    let mut options = Options::at(&data);
    options.clock = clock.clone();
    options.pace.form_every = None;
    let system = actix_web::rt::System::new();
    let archive = system.block_on(Archive::create(options, new_archive())).expect("created");
    let content = |n: u64| (format!("{n}.txt"), format!("Documento {n}").into_bytes());
    system.block_on(grow(&archive, 0, YEAR - DAY, content));
    clock.set(at("2026-01-05T07:00:00Z"));
    archive.form_registers().expect("formed");
    system.block_on(grow(&archive, YEAR - DAY, YEAR, content));

    clock.set(at("2026-01-05T23:30:00Z"));
    let (took, slowest, memory) = formed_beside_registration(&archive, YEAR);
    let day = newest(&archive, Span::Day);
    assert_eq!((day.period, day.entries), (Period::Day(jiff::civil::date(2026, 1, 5)), DAY));
    let size = day.file(Form::Pdf, None).expect("a PDF").content.size / 1024;
    let text = format!("{took:.2} s, {memory} MiB, PDF {size} KiB; registering meanwhile p99 {slowest:.0} ms");
    results.set("registers: a day of 2,000 entries formed in four forms, peak of the process", text, "under 2 s");

    clock.set(at("2026-12-31T22:59:59Z"));
    let begun = Instant::now();
    let days = archive.form_registers().expect("formed");
    let each = begun.elapsed().as_secs_f64() * 1e3 / days as f64;
    let files = newest(&archive, Span::Day).files;
    let size = files.iter().map(|file| file.content.size).sum::<u64>() / 1024;
    results.set("registers: an empty day, all forms", format!("{each:.1} ms, {size} KiB"), "-");

    clock.set(at("2026-12-31T23:00:01Z"));
    let (took, slowest, memory) = formed_beside_registration(&archive, YEAR * 2);
    let year = newest(&archive, Span::Year);
    assert!(year.entries >= YEAR && year.volumes() >= 5);
    let text = format!(
        "{took:.1} s, {memory} MiB, {} volumes of PDF; registering meanwhile p99 {slowest:.0} ms",
        year.volumes()
    );
    results.set(
        "registers: a year of 100,000 entries formed in four forms, peak of the process",
        text,
        "under 60 s, 300 MB",
    );
    archive.close();
    drop(archive);
    let _ = std::fs::remove_dir_all(&data);
}

/// Forms what is due while somebody registers one entry after the other: seconds, how long the slowest of a hundred
/// registrations took in milliseconds, and the peak of the process in MiB.
fn formed_beside_registration(archive: &Archive, from: u64) -> (f64, f64, u64) {
    let (done, beside) = (Arc::new(AtomicBool::new(false)), archive.clone());
    let ended = Arc::clone(&done);
    let registering = std::thread::spawn(move || {
        let (mut times, mut n) = (Vec::new(), from);
        let system = actix_web::rt::System::new();
        while !ended.load(Ordering::Relaxed) {
            let begun = Instant::now();
            let content = |n: u64| (format!("{n}.txt"), format!("Nuovo documento {n}").into_bytes());
            system.block_on(grow(&beside, n, n + 1, content));
            times.push(begun.elapsed().as_secs_f64() * 1e3);
            n += 1;
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        quantiles(&mut times).1
    });
    forget_peak();
    let begun = Instant::now();
    archive.form_registers().expect("formed");
    let (took, memory) = (begun.elapsed().as_secs_f64(), peak());
    done.store(true, Ordering::Relaxed);
    (took, registering.join().expect("registered"), memory)
}
