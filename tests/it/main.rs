//! The integration tests, in one binary: on two cores, linking is the price of a test run.

#[path = "../../benches/figures/client.rs"]
mod client;
mod killed;
mod service;
mod text;
mod tidy;
