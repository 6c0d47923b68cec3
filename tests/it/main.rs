//! The integration tests, in one binary: on two cores, linking is the price of a test run.

mod access;
mod archive;
#[path = "../../benches/figures/client.rs"]
mod client;
mod contract;
mod contradictions;
mod fixtures;
mod harness;
mod http;
mod killed;
mod old_archive;
mod package;
mod program;
mod service;
mod text;
mod tidy;
mod verify;
