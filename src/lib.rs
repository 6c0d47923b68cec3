//! Tabularium: the document archive that a town hall can trust with everything it receives.
//!
//! ARCHITECTURE.md is the map. Modules stand in ranks and imports only go down; `tests/it/tidy.rs` keeps it so.

pub mod blob;
pub mod catalogue;
pub mod cli;
pub mod clock;
pub mod config;
pub mod control;
pub mod demo;
pub mod digest;
pub mod disk;
pub mod exchange;
pub mod http;
pub mod ids;
pub mod index;
pub mod journal;
pub mod limits;
pub mod metadata;
pub mod model;
pub mod paper;
pub mod service;
pub mod text;
