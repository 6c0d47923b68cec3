//! What an archive is made of, as values and pure rules: no I/O, no clock.

pub mod absence;
pub mod access;
pub mod annulment;
pub mod assignment;
pub mod classification;
pub mod directory;
pub mod document;
pub mod dossier;
pub mod earlier;
pub mod emergency;
pub mod event;
pub mod field;
pub mod formed;
pub mod link;
pub mod message;
pub mod office;
pub mod register;
pub mod registers;
pub mod stamp;
pub mod user;
