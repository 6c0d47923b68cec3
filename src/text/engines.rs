//! Which programs and libraries of this machine help to read documents? Found at start, handed to every process.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What was found beside the readers that are built in. Nothing of it is needed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Engines {
    /// `libpdfium.so`.
    pub pdfium: Option<PathBuf>,
    /// poppler's program.
    pub pdftotext: Option<PathBuf>,
    /// The recogniser of letters in images; with Italian where that is installed.
    pub tesseract: Option<PathBuf>,
}
