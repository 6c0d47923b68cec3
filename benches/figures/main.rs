//! The figures that the product promises, measured on the real program: `make bench`, or `cargo bench -- load fresh`.
//!
//! Writes `benches/RESULTS.md`. Ratios are taken in one run, since this machine's neighbours are noisy. Sections:
//! `load` (durable registrations over HTTP against raw appends), `fresh` (time until found), `large` (1 GiB up and
//! down), `million` (grows an archive to a million entries, then starts, reads and rebuilds it), `texts` (rebuild with
//! texts), `search` (every kind of query at a million entries with texts, in process and over HTTP), `curve` (the same in
//! process at sizes up to `TABULARIUM_BENCH_CURVE`), `pages` (time and bytes of each page of the desk, on the archive of
//! `search`), `relevance` (known items found again by what people type), `registers` (daily and
//! yearly registers formed), `pdf`
//! (words found in PDF files, and pages a second). `TABULARIUM_BENCH_DIR` says where data goes (a disk with 40 GB of room),
//! `TABULARIUM_BENCH_ENTRIES` how far `million` grows.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench talks to whoever started it")]

mod classes;
mod client;
mod corpus;
#[path = "../../tests/it/damage.rs"]
mod damage;
mod disk;
mod grow;
mod large;
mod load;
mod million;
mod pages;
mod pdf;
mod registers;
mod relevance;
mod results;
mod search;
mod server;

use std::path::PathBuf;

use results::Results;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|w| w == name);
    let base =
        std::env::var_os("TABULARIUM_BENCH_DIR").map_or_else(|| PathBuf::from("target/bench-data"), PathBuf::from);
    std::fs::create_dir_all(&base).expect("the bench folder can be made");
    let mut results = Results::read();
    if wants("load") {
        load::run(&base, &mut results);
    }
    if wants("fresh") {
        load::freshness(&base, &mut results);
    }
    if wants("large") {
        large::run(&base, &mut results);
    }
    if wants("texts") {
        million::texts(&base, &mut results);
    }
    if wants("search") {
        search::run(&base, &mut results);
    }
    if wants("pages") {
        pages::run(&base, &mut results);
    }
    if wants("curve") {
        search::curve(&base, &mut results);
    }
    if wants("pdf") {
        pdf::run(&mut results);
    }
    if wants("registers") {
        registers::run(&base, &mut results);
    }
    if wants("relevance") {
        relevance::run(&mut results);
    }
    if wants("million") {
        million::run(&base, &mut results);
    }
    results.write();
}
