//! What does one see on trying the program: a small invented town with its offices, people, dossiers and post.
//!
//! Pure data, the same on every run of the same day: no names, codes or addresses here belong to anybody. The command
//! `demo` files it through the same services as everything else.

mod book;
mod dossiers;
mod invoice;
mod mail;
mod markup;
mod office;
mod paper;
mod papers;
mod pdf;
mod slides;
mod tables;
#[cfg(test)]
mod tests;
mod tour;
mod town;
mod zipped;

pub use book::Correspondent;
pub use dossiers::{Dossier, Turn};
pub use paper::{Enclosed, Form, Paper};
pub use papers::{Attachment, Direction, Document, Filing, Later, Received, Registration, WorkingPaper};
pub use tour::{Search, TOUR};
pub use town::{Assignment, Office, Person, Town, town};
