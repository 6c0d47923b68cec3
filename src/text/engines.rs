//! Which programs and libraries of this machine help to read documents? Found at start, handed to every process.

use std::path::{Path, PathBuf};

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

impl Engines {
    /// What is there, in few words with spaces between them: a word that was not there before may read more.
    pub fn fingerprint(&self) -> String {
        let named = [("pdfium", &self.pdfium), ("pdftotext", &self.pdftotext), ("tesseract", &self.tesseract)];
        let file = |path: &Path| path.file_name().map(|name| name.to_string_lossy().replace(' ', "_"));
        let there = named.iter().filter_map(|(name, path)| {
            let file = file(path.as_deref()?)?;
            Some(if file == *name { file } else { format!("{name}-{file}") })
        });
        there.collect::<Vec<_>>().join(" ")
    }
}
