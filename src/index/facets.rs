//! How many hits fall on each value of a field, counted by short numbers without touching a string per hit.

use std::collections::HashMap;

use tantivy::columnar::Column;
use tantivy::error::DataCorruption;
use tantivy::{DocId, SegmentReader, TantivyError};

use super::bits::Bits;
use crate::limits::FACET_VALUES_MAX;

/// A field whose values can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FacetField {
    Office,
    Year,
    Kind,
    Register,
    Direction,
    /// Each class counts what is filed below it too.
    Classification,
    State,
    /// How much of the documents' texts could be read.
    TextState,
    /// Of the documents, as far as their text tells.
    Language,
    /// PUIDs of the documents.
    Format,
    /// Whether documents are signed, and as they were signed.
    Signed,
}

impl FacetField {
    pub const ALL: [Self; 11] = [
        Self::Office,
        Self::Year,
        Self::Kind,
        Self::Register,
        Self::Direction,
        Self::Classification,
        Self::State,
        Self::TextState,
        Self::Language,
        Self::Format,
        Self::Signed,
    ];

    /// Its name in requests, answers and the index.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::Year => "year",
            Self::Kind => "kind",
            Self::Register => "register",
            Self::Direction => "direction",
            Self::Classification => "classification",
            Self::State => "state",
            Self::TextState => "text_state",
            Self::Language => "language",
            Self::Format => "format",
            Self::Signed => "signed",
        }
    }

    /// The field of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }
}

/// Values and how often each was met.
pub(super) type Counts = HashMap<String, u64>;

/// Marks a document without a value, and bounds the values that are told apart by a short number.
const NO_VALUE: u16 = u16::MAX;

/// One field of one segment as a query counts it: a short number for each value, document by document.
pub(super) struct Values {
    /// The value of each number.
    names: Vec<String>,
    numbers: Numbers,
}

enum Numbers {
    One(Box<[u16]>),
    /// Where the numbers of each document begin, and one more.
    Many(Box<[u32]>, Box<[u16]>),
    /// More values than a short number can tell apart: counted from the column, which is slower.
    Wide(Column<u64>),
}

impl Values {
    /// Reads a field of a segment whole.
    pub fn read(segment: &SegmentReader, field: FacetField) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        let none = || Self { names: Vec::new(), numbers: Numbers::One(Box::default()) };
        if field == FacetField::Year {
            return Ok(columns.column_opt::<i64>("year")?.map_or_else(none, |column| Self::of_years(segment, &column)));
        }
        let Some(column) = columns.str(field.as_str())? else { return Ok(none()) };
        // No room is made beforehand: in a damaged file the number of values is any number.
        let mut names = Vec::new();
        let mut name = String::new();
        for ordinal in 0..column.num_terms() as u64 {
            if !column.ord_to_str(ordinal, &mut name)? {
                let missing = format!("{} holds no value {ordinal}", field.as_str());
                return Err(TantivyError::DataCorruption(DataCorruption::comment_only(missing)));
            }
            names.push(name.clone());
        }
        if names.len() >= usize::from(NO_VALUE) {
            return Ok(Self { names, numbers: Numbers::Wide(column.ords().clone()) });
        }
        let each = |doc: DocId| column.ords().values_for_doc(doc).map(|ordinal| ordinal as u16);
        Ok(Self { names, numbers: Numbers::of(segment.max_doc(), each) })
    }

    fn of_years(segment: &SegmentReader, column: &Column<i64>) -> Self {
        let mut years: Vec<i64> = column.values.iter().collect();
        years.sort_unstable();
        years.dedup();
        years.truncate(usize::from(NO_VALUE) - 1);
        let number = |year: i64| years.binary_search(&year).ok().map(|at| at as u16);
        let numbers = Numbers::of(segment.max_doc(), |doc| column.values_for_doc(doc).filter_map(number));
        Self { names: years.iter().map(ToString::to_string).collect(), numbers }
    }

    /// How often each value is met in a set of documents.
    pub fn count(&self, docs: &Bits) -> Counts {
        let mut counts = vec![0_u64; self.names.len()];
        let mut add = |number: usize| {
            if let Some(count) = counts.get_mut(number) {
                *count += 1;
            }
        };
        match &self.numbers {
            Numbers::One(numbers) => {
                docs.iter().for_each(|doc| add(numbers.get(doc as usize).copied().unwrap_or(NO_VALUE).into()));
            }
            Numbers::Many(starts, numbers) => docs.iter().for_each(|doc| {
                let (from, to) = (starts[doc as usize] as usize, starts[doc as usize + 1] as usize);
                numbers[from..to].iter().for_each(|number| add((*number).into()));
            }),
            Numbers::Wide(column) => {
                docs.iter().for_each(|doc| column.values_for_doc(doc).for_each(|ordinal| add(ordinal as usize)));
            }
        }
        self.names.iter().zip(counts).filter(|(_, count)| *count > 0).map(|(name, n)| (name.clone(), n)).collect()
    }
}

impl Numbers {
    fn of<I: Iterator<Item = u16>>(max_doc: DocId, each: impl Fn(DocId) -> I) -> Self {
        if (0..max_doc).all(|doc| each(doc).count() < 2) {
            return Self::One((0..max_doc).map(|doc| each(doc).next().unwrap_or(NO_VALUE)).collect());
        }
        let (mut starts, mut numbers) = (vec![0], Vec::new());
        for doc in 0..max_doc {
            numbers.extend(each(doc));
            starts.push(numbers.len() as u32);
        }
        Self::Many(starts.into(), numbers.into())
    }
}

/// The most frequent first; values of one frequency in their own order. Says whether some were left out.
pub(super) fn sorted(counts: Counts) -> (Vec<(String, u64)>, bool) {
    let mut values: Vec<_> = counts.into_iter().collect();
    values.sort_unstable_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
    let cut = values.len() > FACET_VALUES_MAX;
    values.truncate(FACET_VALUES_MAX);
    (values, cut)
}
