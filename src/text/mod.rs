//! What words does a document hold? Extraction in child processes under limits, and where its outcome is kept.
//!
//! Extraction never runs in the server's address space: a document is the work of strangers, and readers of formats
//! crash, hang and eat memory. Whatever happens in a child costs one document its text, and is a state that staff
//! can see and search for; it never fails a registration.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

mod ber;
pub mod child;
pub mod derived;
pub mod engines;
pub mod facts;
mod language;
pub mod maker;
pub mod media;
mod ocr;
mod pdf;
mod places;
mod plain;
pub mod pool;
pub mod program;
mod readers;
mod reading;
pub mod render;
mod sandbox;
pub mod signed;
pub mod stamp;
mod tools;
mod wire;
mod worth;

pub use derived::{Derived, DerivedError, DerivedLocation, Kept};
pub use engines::Engines;
pub use facts::{Facts, NamedField, Part, ReadBy, Signature, SignedContent};
pub use maker::Maker;
pub use pool::{Extractor, Limits, Request};
pub use reading::{Bounds, read_here};
pub use render::{RenderError, RenderLimits, Renderer};
pub use sandbox::Fences;
pub use stamp::{StampError, Stamper};
pub use tools::Pass;

/// Raised whenever the same bytes would give another text: what is kept in `derived/` is then read again.
pub const EXTRACTOR_VERSION: u32 = 4;

/// Text of a document as far as it could be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extraction {
    pub state: TextState,
    /// Clean: one kind of line end, no control characters, a form feed between pages. Empty unless full or partial.
    pub text: String,
    pub facts: Facts,
}

impl Extraction {
    /// No text, and why.
    pub fn none(reason: Reason) -> Self {
        Self { state: TextState::None(reason), text: String::new(), facts: Facts::default() }
    }
}

/// How much of a document's text there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "state", content = "reason", rename_all = "kebab-case")]
pub enum TextState {
    Full,
    Partial(Reason),
    None(Reason),
}

impl TextState {
    /// The word that the API and the query language use: `text:none`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Partial(_) => "partial",
            Self::None(_) => "none",
        }
    }

    /// What the index knows of it: the word, and beside it the reason's code. What failed for a reason of the moment is
    /// tried again, so it is still pending.
    pub fn searched(self) -> impl Iterator<Item = &'static str> {
        let reason = self.reason();
        let passing = reason.is_some_and(|reason| !reason.is_lasting());
        let word = if passing { "pending" } else { self.word() };
        [word].into_iter().chain(reason.filter(|_| !passing).map(Reason::code))
    }

    /// Pages are images whose letters the second pass is to recognise.
    pub fn awaits_recognition(self) -> bool {
        self.reason() == Some(Reason::AwaitingRecognition)
    }

    /// Why the text is not all there.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::Full => None,
            Self::Partial(reason) | Self::None(reason) => Some(reason),
        }
    }
}

/// Why a text is missing or not whole. The code is published; the words explain it to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    AwaitingRecognition,
    Broken,
    Crashed,
    Cut,
    Doubtful,
    Empty,
    Encrypted,
    FormatNotRead,
    NestedTooDeeply,
    NoText,
    NoTextLayer,
    NotStarted,
    OutOfMemory,
    PagesLeftOut,
    Timeout,
    TooLarge,
    Unreadable,
}

impl Reason {
    pub const ALL: [Self; 17] = [
        Self::AwaitingRecognition,
        Self::Broken,
        Self::Crashed,
        Self::Cut,
        Self::Doubtful,
        Self::Empty,
        Self::Encrypted,
        Self::FormatNotRead,
        Self::NestedTooDeeply,
        Self::NoText,
        Self::NoTextLayer,
        Self::NotStarted,
        Self::OutOfMemory,
        Self::PagesLeftOut,
        Self::Timeout,
        Self::TooLarge,
        Self::Unreadable,
    ];

    /// The published code.
    pub fn code(self) -> &'static str {
        self.words().0
    }

    /// The reason in English, without a full stop.
    pub fn text(self) -> &'static str {
        self.words().1
    }

    /// Says something about the document rather than about the moment: only then is the outcome worth keeping.
    pub fn is_lasting(self) -> bool {
        !matches!(self, Self::NotStarted | Self::Unreadable)
    }

    /// Says that a reader had a look at the document at all.
    pub fn was_read(self) -> bool {
        !matches!(self, Self::FormatNotRead | Self::NotStarted | Self::Unreadable)
    }

    /// Befell the reader, perhaps because the machine was busy: worth a second try.
    pub fn may_be_bad_luck(self) -> bool {
        matches!(self, Self::Crashed | Self::OutOfMemory | Self::Timeout)
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::AwaitingRecognition => {
                ("awaiting-recognition", "pages are images, and wait for their letters to be recognised")
            }
            Self::Broken => ("broken", "the file is damaged, or is not what it says it is"),
            Self::Crashed => ("crashed", "the reader of this format crashed on the file"),
            Self::Cut => ("cut", "the text is longer than the archive keeps for search"),
            Self::Doubtful => ("doubtful", "some of the text is perhaps not what the pages show"),
            Self::Empty => ("empty", "the document holds no text"),
            Self::Encrypted => ("encrypted", "the file asks for a password"),
            Self::FormatNotRead => ("format-not-read", "the archive does not read this format yet"),
            Self::NestedTooDeeply => {
                ("nested-too-deeply", "parts of the file contain each other too deeply or without end")
            }
            Self::NoText => ("no-text", "no letters were found on the pages"),
            Self::NoTextLayer => ("no-text-layer", "the pages are images without a text layer"),
            Self::NotStarted => ("not-started", "the extraction process could not be started"),
            Self::OutOfMemory => ("out-of-memory", "reading the file took more memory than is allowed"),
            Self::PagesLeftOut => {
                ("pages-left-out", "the letters of the first pages were recognised, those of the others were not")
            }
            Self::Timeout => ("timeout", "reading the file took longer than is allowed"),
            Self::TooLarge => ("too-large", "the file is larger than extraction takes on"),
            Self::Unreadable => ("unreadable", "the content could not be read from the store"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let found = Self::ALL.into_iter().find(|reason| reason.code() == code);
        found.ok_or_else(|| serde::de::Error::custom("not a reason for a missing text"))
    }
}

/// A format that extraction reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Gzip,
    Html,
    Image,
    Json,
    Letter,
    Mail,
    Ole,
    OpenDocument,
    Pdf,
    Plain,
    Rtf,
    Sheets,
    Signed,
    Slides,
    Svg,
    Tar,
    Xls,
    Xml,
    Zip,
}

impl Format {
    fn of(media_type: &str) -> Option<Self> {
        Some(match media_type {
            media::PLAIN | media::CSV | media::TSV | media::MARKDOWN | media::CALENDAR | media::CARD => Self::Plain,
            media::DOCX | media::DOCM => Self::Letter,
            media::EMAIL => Self::Mail,
            media::GZIP => Self::Gzip,
            media::HTML => Self::Html,
            media::JPEG | media::PNG | media::TIFF => Self::Image,
            media::JSON => Self::Json,
            media::ODT | media::ODS | media::ODP | media::ODG => Self::OpenDocument,
            // What is a letter or a presentation of old is not read, but may be said to be encrypted.
            media::OLE | media::DOC | media::PPT | media::MSG => Self::Ole,
            media::PDF => Self::Pdf,
            media::PPTX | media::PPTM => Self::Slides,
            media::RTF => Self::Rtf,
            media::SIGNED => Self::Signed,
            media::SVG => Self::Svg,
            media::TAR => Self::Tar,
            media::XLS => Self::Xls,
            media::XLSX | media::XLSM => Self::Sheets,
            media::XML => Self::Xml,
            media::ZIP | media::EPUB => Self::Zip,
            _ => return None,
        })
    }
}

/// Why contents of this media type and size are not read at all; `None` when there is a reader for them.
pub fn unread(media_type: &str, size: u64) -> Option<Reason> {
    match Format::of(media_type) {
        Some(_) => None,
        // Nothing has no format.
        None if size == 0 => Some(Reason::Empty),
        None => Some(Reason::FormatNotRead),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_the_moment_is_searched_as_pending() {
        let searched = |state: TextState| state.searched().collect::<Vec<_>>();
        assert_eq!(searched(TextState::Full), ["full"]);
        assert_eq!(searched(TextState::Partial(Reason::Cut)), ["partial", "cut"]);
        assert_eq!(searched(TextState::None(Reason::Timeout)), ["none", "timeout"]);
        assert_eq!(searched(TextState::None(Reason::NotStarted)), ["pending"]);
    }

    #[test]
    fn reasons_have_distinct_codes_and_states_one_spelling() {
        let mut codes: Vec<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Reason::ALL.len());
        for reason in Reason::ALL {
            assert!(reason.code().bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{reason}");
            assert!(!reason.text().ends_with('.'), "{reason}");
            for state in [TextState::Full, TextState::Partial(reason), TextState::None(reason)] {
                let json = serde_json::to_string(&state).unwrap();
                assert_eq!(serde_json::from_str::<TextState>(&json).unwrap(), state);
            }
        }
        assert_eq!(
            serde_json::to_string(&TextState::Partial(Reason::Cut)).unwrap(),
            r#"{"state":"partial","reason":"cut"}"#
        );
        assert_eq!(serde_json::to_string(&TextState::Full).unwrap(), r#"{"state":"full"}"#);
    }
}
