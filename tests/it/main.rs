//! The integration tests, in one binary: on two cores, linking is the price of a test run.

mod archive;
mod contradictions;
mod fixtures;
mod old_archive;
mod package;
mod service;
mod text;
mod tidy;
mod verify;
