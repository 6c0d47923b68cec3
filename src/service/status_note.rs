//! What is wrong or late with the archive: said in words to programs, and by its code in the language of a page.

use std::fmt;

use serde::Serialize;

/// One thing that whoever keeps the archive should know. The API says its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct StatusNote {
    pub code: &'static str,
    /// What is told in it: a number, or a cause in the words of what failed.
    pub value: String,
    pub text: String,
}

impl StatusNote {
    pub fn new(code: &'static str, value: impl ToString, text: impl Into<String>) -> Self {
        Self { code, value: value.to_string(), text: text.into() }
    }

    /// Every code, each with a text in every language of the pages.
    pub const CODES: [&'static str; 15] = [
        "stopped",
        "disk-full",
        "no-reserve",
        "catalogue-rebuilt",
        "catalogue-behind",
        "catalogue-damaged",
        "index-behind",
        "index-damaged",
        "fence-missing",
        "register-late",
        "credentials-damaged",
        "seal-away",
        "audit-index",
        "audit-catalogue",
        "audit-content",
    ];
}

impl fmt::Display for StatusNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<StatusNote> for String {
    fn from(note: StatusNote) -> Self {
        note.text
    }
}
