//! What an archive is made of, as values and pure rules: no I/O, no clock.

pub mod access;
pub mod annulment;
pub mod classification;
pub mod directory;
pub mod document;
pub mod dossier;
pub mod earlier;
pub mod emergency;
pub mod event;
pub mod field;
pub mod link;
pub mod register;
pub mod registers;
pub mod stamp;
pub mod user;
