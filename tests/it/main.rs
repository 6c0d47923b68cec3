//! The integration tests, in one binary: on two cores, linking is the price of a test run.

mod access;
mod archive;
mod contract;
mod contradictions;
mod fixtures;
mod harness;
mod http;
mod old_archive;
mod package;
mod service;
mod text;
mod tidy;
mod verify;
