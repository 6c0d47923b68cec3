//! The integration tests, in one binary: on two cores, linking is the price of a test run.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it skips"
)]

mod access;
mod archive;
#[path = "../../benches/figures/client.rs"]
#[allow(dead_code, reason = "the bench uses all of it")]
mod client;
mod clock;
mod concurrency;
mod configuration;
mod contract;
mod contradictions;
mod daily;
mod damage;
mod demo;
mod earlier;
mod emergency;
mod examples;
mod exchange;
mod faults;
mod fixtures;
mod formats;
mod forms;
mod freshness;
mod harness;
mod http;
mod inbox;
mod killed;
mod leaks;
mod limits_of_disk;
mod marks;
mod messages;
mod metadata;
mod model;
mod mutants;
mod offices;
mod old_archive;
mod package;
mod paper;
mod parties;
mod pdf;
mod program;
mod projections;
mod query_language;
mod registers;
mod relevance;
mod renditions;
mod schemes;
mod search_api;
mod sentences;
mod service;
mod shown;
mod sign_in;
mod terminal;
mod text;
mod tidy;
mod verify;
mod workbench;
