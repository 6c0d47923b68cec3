//! What can a check find? One published code for each kind of damage, whoever found it.

use std::fmt;
use std::path::PathBuf;

use serde::{Serialize, Serializer};

use crate::{blob, journal};

/// One damage: what it is, where it is, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub code: FindingCode,
    pub file: PathBuf,
    /// Bytes from the file's beginning.
    pub offset: Option<u64>,
    pub text: String,
}

/// What kind of damage; the spelling of [`fmt::Display`] is published in `schema/findings.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FindingCode {
    Blob(blob::FindingCode),
    Journal(journal::FindingCode),
    Facts(FactCode),
}

/// What contradicts itself although every byte may be as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FactCode {
    EventUnreadable,
    EventOutOfPlace,
    EventBaseless,
    SubjectWrong,
    TimeBackwards,
    YearWrong,
    NumberWrong,
    RegisterOutOfOrder,
    ContentMissing,
    ContentMismatch,
    ContentOutOfOrder,
    AccessLogMissing,
    AccessLogAltered,
    CredentialsUnusable,
    CatalogueUnreadable,
    CatalogueAhead,
    CatalogueDiffers,
    IndexUnreadable,
    IndexAhead,
    IndexDamaged,
    IndexDiffers,
    IndexMisses,
    TextDiffers,
}

impl FactCode {
    /// All of them, for the list that is published.
    pub const ALL: [Self; 23] = [
        Self::EventUnreadable,
        Self::EventOutOfPlace,
        Self::EventBaseless,
        Self::SubjectWrong,
        Self::TimeBackwards,
        Self::YearWrong,
        Self::NumberWrong,
        Self::RegisterOutOfOrder,
        Self::ContentMissing,
        Self::ContentMismatch,
        Self::ContentOutOfOrder,
        Self::AccessLogMissing,
        Self::AccessLogAltered,
        Self::CredentialsUnusable,
        Self::CatalogueUnreadable,
        Self::CatalogueAhead,
        Self::CatalogueDiffers,
        Self::IndexUnreadable,
        Self::IndexAhead,
        Self::IndexDamaged,
        Self::IndexDiffers,
        Self::IndexMisses,
        Self::TextDiffers,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::EventUnreadable => "event-unreadable",
            Self::EventOutOfPlace => "event-out-of-place",
            Self::EventBaseless => "event-baseless",
            Self::SubjectWrong => "subject-wrong",
            Self::TimeBackwards => "time-backwards",
            Self::YearWrong => "year-wrong",
            Self::NumberWrong => "number-wrong",
            Self::RegisterOutOfOrder => "register-out-of-order",
            Self::ContentMissing => "content-missing",
            Self::ContentMismatch => "content-mismatch",
            Self::ContentOutOfOrder => "content-out-of-order",
            Self::AccessLogMissing => "access-log-missing",
            Self::AccessLogAltered => "access-log-altered",
            Self::CredentialsUnusable => "credentials-unusable",
            Self::CatalogueUnreadable => "catalogue-unreadable",
            Self::CatalogueAhead => "catalogue-ahead",
            Self::CatalogueDiffers => "catalogue-differs",
            Self::IndexUnreadable => "index-unreadable",
            Self::IndexAhead => "index-ahead",
            Self::IndexDamaged => "index-damaged",
            Self::IndexDiffers => "index-differs",
            Self::IndexMisses => "index-misses",
            Self::TextDiffers => "text-differs",
        }
    }
}

impl FindingCode {
    /// Every code there is.
    pub fn all() -> impl Iterator<Item = Self> {
        let blobs = blob::FindingCode::ALL.into_iter().map(Self::Blob);
        let lines = journal::FindingCode::ALL.into_iter().map(Self::Journal);
        blobs.chain(lines).chain(FactCode::ALL.into_iter().map(Self::Facts))
    }
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blob(code) => code.fmt(f),
            Self::Journal(code) => code.fmt(f),
            Self::Facts(code) => f.write_str(code.as_str()),
        }
    }
}

impl Serialize for FindingCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// For a person: the code, the place, and what is wrong.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.file.display())?;
        if let Some(offset) = self.offset {
            write!(f, " at byte {offset}")?;
        }
        write!(f, ": {}", self.text)
    }
}

impl From<blob::Finding> for Finding {
    fn from(found: blob::Finding) -> Self {
        Self { code: FindingCode::Blob(found.code), file: found.file, offset: found.offset, text: found.text }
    }
}

impl From<journal::Finding> for Finding {
    fn from(found: journal::Finding) -> Self {
        Self { code: FindingCode::Journal(found.code), file: found.file, offset: found.offset, text: found.text }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_published_once_and_no_other_is() {
        let published: serde_json::Value = serde_json::from_str(include_str!("../../../schema/findings.json")).unwrap();
        let rows = published["findings"].as_array().unwrap();
        let codes: BTreeSet<String> = rows.iter().map(|row| row["code"].as_str().unwrap().to_owned()).collect();
        assert_eq!(codes.len(), rows.len(), "a code is listed twice");
        assert_eq!(codes, FindingCode::all().map(|code| code.to_string()).collect());
        assert_eq!(FindingCode::all().count(), rows.len(), "two kinds share a code");
        for row in rows {
            assert!(row["meaning"].as_str().unwrap().ends_with('.'), "{row}");
        }
    }
}
