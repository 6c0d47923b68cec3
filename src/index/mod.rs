//! How is something found: full text, filters, facets, lists and snippets, as a projection that can be thrown away.
//!
//! One tantivy document stands for one [`Item`]: an entry with the texts of all its documents, a document that is not
//! registered, a dossier or a case. Nothing is stored but what filters, sorts and names a hit; the service turns hits
//! into what people see, and checks each again. The reader's [`View`] is part of every query, so that totals, facets,
//! suggestions and forgiven slips speak only of what that reader may see.

mod bits;
mod collect;
mod cursor;
mod dates;
mod deadline;
mod facets;
mod fields;
mod filters;
mod highlight;
mod histogram;
mod inbox;
mod merging;
mod open;
mod ordered;
mod query;
mod ranking;
mod search;
mod segments;
mod similar;
mod spelling;
mod stems;
#[cfg(test)]
mod tests;
mod words;
mod write;

use std::fmt;
use std::str::FromStr;

pub use cursor::{after_item, item_before};
pub use facets::FacetField;
pub use filters::{Filters, View, matches_filters};
pub use highlight::Highlighter;
pub use histogram::{Bucket, Histogram, Interval};
pub use inbox::{InboxPlace, InboxRequest, InboxWord};
pub use open::{Index, OpenError, Settings, Stats};
pub use ranking::Ranking;
pub use search::{Found, Hit, Request, SearchError, Sort};
pub use similar::{Model, Similar};
pub use write::WriteError;

use crate::digest::Blake3;
use crate::ids::Position;
use crate::text::Facts;

/// What an item is. Its words are those of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    Entry,
    Document,
    Dossier,
    Case,
}

impl ItemKind {
    pub const ALL: [Self; 4] = [Self::Entry, Self::Document, Self::Dossier, Self::Case];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Document => "document",
            Self::Dossier => "dossier",
            Self::Case => "case",
        }
    }
}

impl fmt::Display for ItemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no kind of item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an item is an entry, a document, a dossier or a case")]
pub struct ParseKindError;

impl FromStr for ItemKind {
    type Err = ParseKindError;

    fn from_str(text: &str) -> Result<Self, ParseKindError> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(ParseKindError)
    }
}

/// What a correspondent is to the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Sender,
    Recipient,
    Copy,
    Party,
}

/// Who sent, received or takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correspondent {
    pub role: Role,
    pub name: String,
    pub tax_code: Option<String>,
}

/// Everything the index knows of one thing that can be found. A later `put` of the same kind and id replaces it whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub kind: ItemKind,
    /// Unique within the kind: `PG/2026/42`, `17-0`, the dossier's UUID.
    pub id: String,
    /// Position of its first event: decides the order of items of one date.
    pub position: Position,
    /// Position of the last event that changed what it is or who may see it.
    pub changed: Position,
    /// Microseconds UTC.
    pub date: i64,
    pub register: Option<String>,
    pub year: Option<i16>,
    pub number: Option<u64>,
    /// incoming, outgoing, internal
    pub direction: Option<String>,
    pub offices: Vec<String>,
    pub users: Vec<String>,
    /// Dotted code; a filter for `6` finds `6.3` too.
    pub classification: Option<String>,
    pub dossiers: Vec<String>,
    /// open, closed, annulled, …
    pub state: Option<String>,
    pub title: String,
    /// The dossier's code or the entry's mark, found whole and by its parts.
    pub code: Option<String>,
    pub correspondents: Vec<Correspondent>,
    pub file_names: Vec<String>,
    pub digests: Vec<Blake3>,
    /// Extracted texts. Searched, never stored.
    pub texts: Vec<String>,
    /// For each document pending, full, partial or none, and beside it the code of the reason where there is one.
    pub text_states: Vec<String>,
    /// What is known of its documents beside their words.
    pub facts: Vec<Facts>,
    /// Values of its own that are asked for by name: `imported:`.
    pub named: Vec<(String, String)>,
    pub confidential: bool,
    /// Its assignments, each where it stands in an inbox.
    pub inbox: Vec<InboxWord>,
    /// Access terms, opaque here: a reader sees the item when one of these is among his.
    pub audience: Vec<String>,
}

impl Item {
    /// An item with nothing but its name, place and date: the start for the caller, who fills in what there is.
    pub fn new(kind: ItemKind, id: impl Into<String>, position: Position, date: i64) -> Self {
        Self {
            kind,
            id: id.into(),
            position,
            changed: position,
            date,
            register: None,
            year: None,
            number: None,
            direction: None,
            offices: Vec::new(),
            users: Vec::new(),
            classification: None,
            dossiers: Vec::new(),
            state: None,
            title: String::new(),
            code: None,
            correspondents: Vec::new(),
            file_names: Vec::new(),
            digests: Vec::new(),
            texts: Vec::new(),
            text_states: Vec::new(),
            facts: Vec::new(),
            named: Vec::new(),
            confidential: false,
            inbox: Vec::new(),
            audience: Vec::new(),
        }
    }

    /// All that a plain word is looked for in.
    fn searched(&self) -> impl Iterator<Item = &str> {
        let names = self.correspondents.iter().flat_map(|one| [Some(&one.name), one.tax_code.as_ref()]).flatten();
        let signers = self.facts.iter().flat_map(|facts| &facts.signatures).filter_map(|one| one.signer.as_ref());
        let all = [&self.title].into_iter().chain(names).chain(&self.file_names).chain(&self.code).chain(&self.texts);
        all.chain(signers).map(String::as_str)
    }
}

/// Something the searcher should know about how his words were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Stable, for programs: `unknown-field`, `bad-value`, `query-bounded`, `prefix-too-short`, `nothing-to-search`,
    /// `read-as`, `query-rewritten`, `words-missing`, `did-you-mean`, `synonyms`, `texts-missing`, `facet-cut`,
    /// `histogram-coarsened`.
    pub code: &'static str,
    /// English, for people.
    pub text: String,
    /// A query that may be asked instead, ready to run.
    pub query: Option<String>,
}

impl Note {
    pub(super) fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), query: None }
    }
}
