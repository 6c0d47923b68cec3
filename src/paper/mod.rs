//! How does something look on paper? PDF/A with its fonts and its structure inside: registers and labels.
//!
//! Everything here is pure: values come in, bytes go out. What is written is PDF/A-2a and PDF/UA-1, held to both by the
//! library that writes it: it gives no file rather than one that breaks a rule. The words are Italian, for these papers
//! are what Italian law asks for.

mod code;
mod faces;
mod flow;
mod label;
mod register;
mod sheet;
mod stamp;
mod table;

pub use code::{Code, TooLong};
pub use label::{Label, LabelOn, PLACES, label};
pub use register::{Annulled, Change, Head, Period, RegisterPaper, Row, VOLUME_ENTRIES, Volume};
pub use stamp::stamp;

/// Why there is no paper.
#[derive(Debug, thiserror::Error)]
#[error("the PDF/A could not be written: {0}")]
pub struct PaperError(String);
