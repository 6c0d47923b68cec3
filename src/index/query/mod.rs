//! What did the searcher ask for: the query language, from text to a tree of conditions to tantivy's queries.
//!
//! Nothing a person types is an error. What cannot be read as meant is searched as words, and a note says so.

mod codes;
mod compile;
mod dictionary;
mod lexer;
mod names;
mod offices;
mod parser;
mod span;
pub(super) mod synonyms;
mod unwanted;
mod weights;
mod words;

use std::ops::Range;

pub(super) use compile::{Boost, Compiler, Reading};
pub(super) use dictionary::{Dictionary, Seen};
pub(super) use offices::Offices;
pub(super) use parser::parse;
pub(super) use span::Span;
pub(super) use weights::{FixedWeights, is_common, is_commonplace};

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
    Language,
    Format,
    Signed,
}

/// Words as typed; how they are split and folded is for the words of the field they are looked for in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Words {
    /// One run between spaces.
    Word(String),
    /// A run whose last word may go on.
    Prefix(String),
    /// A run with `*` for any letters and `?` for one.
    Wild(String),
    /// In these forms and in this order, with so many other words between them.
    Phrase(String, u32),
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Words(Words),
    In(Scope, Words),
    /// Words of a named value.
    Fact {
        name: String,
        value: String,
        prefix: bool,
    },
    /// Named values that have an order, as the index writes them: from the first word, included, to the second.
    FactRange {
        from: String,
        to: String,
    },
    Whole {
        field: Whole,
        value: String,
        prefix: bool,
    },
    /// A document with one of these numbers of formats, or whose file's name has such an end.
    Format {
        numbers: Vec<String>,
        endings: Vec<String>,
    },
    Number {
        register: Option<String>,
        number: u64,
        year: Option<i16>,
    },
    Numbers(u64, u64),
    Pages(u64, u64),
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
    /// The words that are looked for anywhere, with their bytes of the query.
    pub plain: Vec<(Range<usize>, String)>,
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

    /// Whether its words may stand in the texts of documents.
    pub fn looks_into_texts(&self) -> bool {
        match self {
            Self::Words(_) => true,
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().any(Self::looks_into_texts),
            _ => false,
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
