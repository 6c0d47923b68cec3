//! What did the searcher ask for: the query language, from text to a tree of conditions to tantivy's queries.
//!
//! Nothing a person types is an error. What cannot be read as meant is searched as words, and a note says so.

mod compile;
mod lexer;
mod parser;
mod unwanted;

pub(super) use compile::Compiler;
pub(super) use parser::parse;

use super::Note;

/// Where words of a field are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Subject,
    Sender,
    Recipient,
    Name,
    File,
}

/// A field of whole values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    Kind,
    Register,
    Direction,
    Office,
    User,
    Classification,
    Dossier,
    State,
    TaxCode,
    Code,
    Digest,
    TextState,
}

/// Words as typed; how they are split and folded is for the words of the field they are looked for in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Words {
    /// One run between spaces.
    Word(String),
    /// A run whose last word may go on.
    Prefix(String),
    Phrase(String),
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Words(Words),
    In(Scope, Words),
    Whole { field: Whole, value: String, prefix: bool },
    Number { register: Option<String>, number: u64, year: Option<i16> },
    Years(i16, i16),
    Dates(Option<i64>, Option<i64>),
    Confidential,
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
}

/// A query as read, with what is to be said about it. No node: the text asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parsed {
    pub node: Option<Node>,
    pub notes: Vec<Note>,
}

impl Node {
    /// Calls back for all words that are looked for, not for those that must be missing.
    pub fn each_wanted<'a>(&'a self, see: &mut impl FnMut(&'a Words)) {
        match self {
            Self::Words(words) | Self::In(_, words) => see(words),
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().for_each(|node| node.each_wanted(see)),
            _ => {}
        }
    }

    /// Whether something must be missing.
    pub fn excludes(&self) -> bool {
        match self {
            Self::Not(_) => true,
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().any(Self::excludes),
            _ => false,
        }
    }
}

/// A number as people write it: `123`, `0000123`, `123/2026`, `PG/2026/123`.
pub(super) fn number(text: &str) -> Option<Node> {
    let digits = |text: &str| -> Option<u64> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        text.parse().ok()
    };
    let year_of =
        |text: &str| if text.len() == 4 { digits(text).and_then(|year| i16::try_from(year).ok()) } else { None };
    let parts: Vec<&str> = text.split('/').collect();
    match parts.as_slice() {
        [number] => Some(Node::Number { register: None, number: digits(number)?, year: None }),
        [number, year] => Some(Node::Number { register: None, number: digits(number)?, year: Some(year_of(year)?) }),
        [register, year, number] if register.starts_with(|letter: char| letter.is_alphabetic()) => Some(Node::Number {
            register: Some((*register).to_owned()),
            number: digits(number)?,
            year: Some(year_of(year)?),
        }),
        _ => None,
    }
}
