//! Typed identifiers. A number that names one thing cannot be handed over for another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The place of an event in the journal, counted from 0; also its leaf index in the Merkle tree.
pub type Position = u64;

/// A text that is not an identifier of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not {0}")]
pub struct ParseIdError(&'static str);

/// Serialises through `Display` and `FromStr`, so that an id has one spelling in JSON, URLs and keys.
macro_rules! text_form {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Short codes that people choose: letters, digits, `_`, `-`, `.`; at most 32 bytes.
macro_rules! code_type {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let fits = !text.is_empty()
                    && text.len() <= 32
                    && !text.starts_with('.')
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
                if fits { Ok(Self(text.into())) } else { Err(ParseIdError($what)) }
            }
        }

        text_form!($name);
    };
}

code_type! {
    /// A register of the area: `PG` is the general protocol. At most 16 characters by Allegato 6.
    RegisterCode, "a register code (letters, digits, `_`, `-`, `.`)"
}
code_type! {
    /// An office (unità organizzativa).
    OfficeCode, "an office code (letters, digits, `_`, `-`, `.`)"
}
code_type! {
    /// A voice of the classification scheme: `6.3`.
    ClassCode, "a class code such as 6.3"
}
code_type! {
    /// A classification scheme: `comuni-2`.
    SchemeCode, "a scheme code (letters, digits, `_`, `-`, `.`)"
}
code_type! {
    /// The name with which a person or program signs in.
    UserName, "a user name (letters, digits, `_`, `-`, `.`)"
}

/// Counted ids: a letter and a number, opaque to others.
macro_rules! counted_type {
    ($(#[$doc:meta])* $name:ident, $letter:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $letter, self.0)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.strip_prefix($letter).and_then(canonical_number).map(Self).ok_or(ParseIdError($what))
            }
        }

        text_form!($name);
    };
}

counted_type! {
    /// Who acts. Opaque in the journal: the name behind it stands in a `private` object. `u0` is the program itself.
    UserId, 'u', "a user id such as u7"
}
counted_type! {
    /// A token of a program; never the secret itself.
    TokenId, 't', "a token id such as t3"
}

counted_type! {
    /// The days on which somebody is away.
    AbsenceId, 'a', "an absence id such as a3"
}

impl UserId {
    /// The program itself: what it does at `init` or on its own.
    pub const SYSTEM: Self = Self(0);
}

/// One line of a register: register, year, number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    pub register: RegisterCode,
    pub year: i16,
    pub number: u64,
}

impl EntryId {
    /// The `subject` of the entry's events and its path in the API.
    pub fn path(&self) -> String {
        format!("registers/{}/entries/{}/{}", self.register, self.year, self.number)
    }

    pub fn from_path(path: &str) -> Option<Self> {
        let mut parts = path.strip_prefix("registers/")?.split('/');
        let register = parts.next()?.parse().ok()?;
        (parts.next()? == "entries").then_some(())?;
        let year = i16::try_from(canonical_number(parts.next()?)?).ok()?;
        let number = canonical_number(parts.next()?)?;
        parts.next().is_none().then_some(Self { register, year, number })
    }
}

/// `PG/2026/42`.
impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.register, self.year, self.number)
    }
}

impl FromStr for EntryId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let error = ParseIdError("an entry id such as PG/2026/42");
        let (register, rest) = text.split_once('/').ok_or(error.clone())?;
        let (year, number) = rest.split_once('/').ok_or(error.clone())?;
        Ok(Self {
            register: register.parse().map_err(|_| error.clone())?,
            year: canonical_number(year).and_then(|y| i16::try_from(y).ok()).ok_or(error.clone())?,
            number: canonical_number(number).ok_or(error)?,
        })
    }
}

text_form!(EntryId);

/// A document: the position of the event that brought it in, and which of that event's documents it is (0 is the main one).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId {
    pub position: Position,
    pub index: u32,
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.position, self.index)
    }
}

impl FromStr for DocumentId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let parse = || {
            let (position, index) = text.split_once('-')?;
            Some(Self { position: canonical_number(position)?, index: u32::try_from(canonical_number(index)?).ok()? })
        };
        parse().ok_or(ParseIdError("a document id such as 17-0"))
    }
}

text_form!(DocumentId);

/// A dossier, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DossierId(pub Uuid);

impl DossierId {
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The `subject` of the dossier's events and its path in the API.
    pub fn path(&self) -> String {
        format!("dossiers/{self}")
    }
}

impl fmt::Display for DossierId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for DossierId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let id = Uuid::try_parse(text).map_err(|_| ParseIdError("a dossier id"))?;
        if id.hyphenated().to_string() == text { Ok(Self(id)) } else { Err(ParseIdError("a dossier id")) }
    }
}

/// A saved or a recent search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SearchId(Uuid);

impl SearchId {
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl fmt::Display for SearchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for SearchId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let id = Uuid::try_parse(text).map_err(|_| ParseIdError("a search id"))?;
        if id.hyphenated().to_string() == text { Ok(Self(id)) } else { Err(ParseIdError("a search id")) }
    }
}

/// A decimal number in its one spelling: no sign, no leading zero.
fn canonical_number(text: &str) -> Option<u64> {
    let plain = text == "0" || (!text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()));
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_each() {
        let id: EntryId = "PG/2026/42".parse().unwrap();
        assert_eq!(EntryId::from_path(&id.path()), Some(id.clone()));
        for bad in ["PG/2026/042", "PG/2026", "../2026/1", "PG/2026/1/2", "PG/2026/+1", ""] {
            assert!(bad.parse::<EntryId>().is_err(), "{bad}");
        }
        assert_eq!("17-0".parse(), Ok(DocumentId { position: 17, index: 0 }));
        assert!("017-0".parse::<DocumentId>().is_err());
        assert_eq!("u7".parse(), Ok(UserId(7)));
        assert!("7".parse::<UserId>().is_err());
        assert!("..".parse::<OfficeCode>().is_err());
    }
}
