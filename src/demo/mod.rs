//! What does one see on trying the program: a small invented town with its offices, people, dossiers and post.
//!
//! Pure data, the same on every run of the same day: no names, codes or addresses here belong to anybody. The command
//! `demo` files it through the same services as everything else.

mod papers;
mod pdf;
mod town;

pub use papers::{Attachment, Direction, Document, Filing, Form, Paper, Received, Registration};
pub use pdf::render_pdf;
pub use town::{Assignment, Correspondent, Dossier, Office, Person, Town, town};
