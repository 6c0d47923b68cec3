//! Tabularium: the document archive that a town hall can trust with everything it receives.
//!
//! ARCHITECTURE.md is the map. Modules stand in ranks and imports only go down; `tests/it/tidy.rs` keeps it so.

pub mod clock;
pub mod digest;
pub mod ids;
pub mod index;
pub mod limits;
