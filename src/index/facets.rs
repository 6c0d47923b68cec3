//! How many hits fall on each value of a field, counted by ordinals without touching a string per hit.

use std::collections::HashMap;

use tantivy::columnar::{Column, ColumnValues, StrColumn};
use tantivy::{DocId, SegmentReader};

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
}

impl FacetField {
    pub const ALL: [Self; 8] = [
        Self::Office,
        Self::Year,
        Self::Kind,
        Self::Register,
        Self::Direction,
        Self::Classification,
        Self::State,
        Self::TextState,
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
        }
    }

    /// The field of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }
}

/// Values and how often each was met.
pub(super) type Counts = HashMap<String, u64>;

/// Documents counted at a time: their rows and values stay in the nearest cache.
const CHUNK: usize = 1024;

fn count(column: &Column<u64>, docs: &[DocId], mut each: impl FnMut(u64)) {
    let (mut docs_of_rows, mut rows, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for chunk in docs.chunks(CHUNK) {
        docs_of_rows.clear();
        rows.clear();
        column.row_ids_for_docs(chunk, &mut docs_of_rows, &mut rows);
        values.resize(rows.len(), 0);
        column.values.get_vals(&rows, &mut values);
        values.iter().copied().for_each(&mut each);
    }
}

fn count_texts(column: StrColumn, docs: &[DocId]) -> tantivy::Result<Counts> {
    let mut dense = vec![0_u64; column.dictionary().num_terms()];
    let mut counts = Counts::new();
    let mut value = String::new();
    count(column.ords(), docs, |ordinal| {
        if let Some(count) = usize::try_from(ordinal).ok().and_then(|at| dense.get_mut(at)) {
            *count += 1;
        }
    });
    for (ordinal, count) in (0..).zip(dense).filter(|(_, count)| *count > 0) {
        if column.ord_to_str(ordinal, &mut value)? {
            counts.insert(value.clone(), count);
        }
    }
    Ok(counts)
}

fn count_years(column: Column<i64>, docs: &[DocId]) -> Counts {
    // Years are few, so a map by number costs one look-up for each hit and no string.
    let mut years: HashMap<u64, u64> = HashMap::new();
    count(&column.to_u64_monotonic(), docs, |year| *years.entry(year).or_default() += 1);
    years.into_iter().map(|(year, count)| (tantivy::u64_to_i64(year).to_string(), count)).collect()
}

/// The counts of one field over the documents of one segment.
pub(super) fn count_segment(segment: &SegmentReader, field: FacetField, docs: &[DocId]) -> tantivy::Result<Counts> {
    let columns = segment.fast_fields();
    if field == FacetField::Year {
        return Ok(columns.column_opt::<i64>("year")?.map(|column| count_years(column, docs)).unwrap_or_default());
    }
    columns.str(field.as_str())?.map_or_else(|| Ok(Counts::new()), |column| count_texts(column, docs))
}

/// The most frequent first; values of one frequency in their own order. Says whether some were left out.
pub(super) fn sorted(counts: Counts) -> (Vec<(String, u64)>, bool) {
    let mut values: Vec<_> = counts.into_iter().collect();
    values.sort_unstable_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
    let cut = values.len() > FACET_VALUES_MAX;
    values.truncate(FACET_VALUES_MAX);
    (values, cut)
}
