//! What is kept in memory of each segment, so that no query opens or decodes it again: columns, order, facets, sets.
//!
//! A segment never changes but for deletions, which are no part of what is kept here.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tantivy::columnar::{ColumnValues, StrColumn};
use tantivy::index::SegmentId;
use tantivy::query::{EnableScoring, Query};
use tantivy::{DocId, Searcher, SearcherGeneration, SegmentReader, TantivyError, Warmer};

use super::bits::Bits;
use super::facets::{FacetField, Values};
use super::fields::Fields;
use super::filters::View;
use crate::limits::{INDEX_SETS_BYTES, INDEX_SETS_MAX};

/// One segment's columns, opened once: tantivy reads a column's whole table of blocks each time it opens it.
pub(super) struct Segment {
    pub date: Arc<dyn ColumnValues<i64>>,
    pub position: Arc<dyn ColumnValues<u64>>,
    pub tie: Arc<dyn ColumnValues<u64>>,
    pub kind: StrColumn,
    pub id: StrColumn,
    /// All documents, oldest first: merged segments are not in the order of time.
    by_date: OnceLock<Box<[DocId]>>,
    values: Mutex<BTreeMap<FacetField, Arc<Values>>>,
}

impl Segment {
    fn open(reader: &SegmentReader) -> tantivy::Result<Self> {
        let fast = reader.fast_fields();
        let text = |name: &str| {
            let missing = || TantivyError::InternalError(format!("a segment without {name}"));
            fast.str(name)?.ok_or_else(missing)
        };
        Ok(Self {
            date: fast.column_first_or_default("date")?,
            position: fast.column_first_or_default("position")?,
            tie: fast.column_first_or_default("tie")?,
            kind: text("kind")?,
            id: text("id")?,
            by_date: OnceLock::new(),
            values: Mutex::default(),
        })
    }

    /// Date, then position, then tie.
    pub fn moment(&self, doc: DocId) -> (u64, u64, u64) {
        (tantivy::i64_to_u64(self.date.get_val(doc)), self.position.get_val(doc), self.tie.get_val(doc))
    }

    /// All documents, oldest first.
    pub fn by_date(&self) -> &[DocId] {
        self.by_date.get_or_init(|| {
            let mut docs: Vec<_> = (0..self.date.num_vals()).map(|doc| (self.moment(doc), doc)).collect();
            // Stable sorting takes the runs of merged segments as they are.
            docs.sort();
            docs.into_iter().map(|(_, doc)| doc).collect()
        })
    }

    /// The values of a facet, document by document.
    pub fn values(&self, reader: &SegmentReader, field: FacetField) -> tantivy::Result<Arc<Values>> {
        let mut kept = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(values) = kept.get(&field) {
            return Ok(Arc::clone(values));
        }
        let values = Arc::new(Values::read(reader, field)?);
        kept.insert(field, Arc::clone(&values));
        Ok(values)
    }
}

/// A segment and a condition in words that no other condition has.
type SetKey = (SegmentId, String);

/// The documents of a segment that meet a condition, and when they were asked for last.
struct KeptSet {
    bits: Arc<Bits>,
    used: u64,
}

/// Conditions that come with every query: what a reader sees, an office, a year.
#[derive(Default)]
struct Sets {
    kept: HashMap<SetKey, KeptSet>,
    bytes: usize,
    clock: u64,
}

impl Sets {
    fn get(&mut self, key: &SetKey) -> Option<Arc<Bits>> {
        self.clock += 1;
        let clock = self.clock;
        let found = self.kept.get_mut(key)?;
        found.used = clock;
        Some(Arc::clone(&found.bits))
    }

    fn put(&mut self, key: SetKey, bits: Arc<Bits>) {
        self.bytes += bits.bytes();
        let used = self.clock;
        if let Some(before) = self.kept.insert(key, KeptSet { bits, used }) {
            self.bytes -= before.bits.bytes();
        }
        while self.bytes > INDEX_SETS_BYTES || self.kept.len() > INDEX_SETS_MAX {
            let Some(oldest) = self.kept.iter().min_by_key(|(_, set)| set.used).map(|(key, _)| key.clone()) else {
                return;
            };
            self.remove(&oldest);
        }
    }

    fn remove(&mut self, key: &SetKey) {
        if let Some(gone) = self.kept.remove(key) {
            self.bytes -= gone.bits.bytes();
        }
    }
}

/// The segments that readers see.
#[derive(Default)]
pub(super) struct Segments {
    open: Mutex<HashMap<SegmentId, Arc<Segment>>>,
    sets: Mutex<Sets>,
}

impl Segments {
    /// A segment's columns.
    pub fn of(&self, reader: &SegmentReader) -> tantivy::Result<Arc<Segment>> {
        let id = reader.segment_id();
        if let Some(segment) = self.open.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Ok(Arc::clone(segment));
        }
        let segment = Arc::new(Segment::open(reader)?);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(open.entry(id).or_insert(segment)))
    }

    /// Reads a segment ahead of the first query.
    fn read(&self, reader: &SegmentReader) -> tantivy::Result<()> {
        let segment = self.of(reader)?;
        segment.by_date();
        FacetField::ALL.into_iter().try_for_each(|field| segment.values(reader, field).map(drop))
    }

    /// The documents that a view admits, deleted ones among them; `None` where it admits all.
    pub fn view(
        &self,
        searcher: &Searcher,
        reader: &SegmentReader,
        fields: &Fields,
        view: &View,
    ) -> tantivy::Result<Option<Arc<Bits>>> {
        let (Some(query), Some(terms)) = (view.query(fields), &view.audience) else { return Ok(None) };
        self.set(searcher, reader, format!("view {terms:?}"), query.as_ref()).map(Some)
    }

    /// The documents that meet a filter, deleted ones among them.
    pub fn filter(
        &self,
        searcher: &Searcher,
        reader: &SegmentReader,
        filter: &dyn Query,
    ) -> tantivy::Result<Arc<Bits>> {
        // A query's debug form names its fields and terms whole.
        self.set(searcher, reader, format!("filter {filter:?}"), filter)
    }

    fn set(
        &self,
        searcher: &Searcher,
        reader: &SegmentReader,
        words: String,
        query: &dyn Query,
    ) -> tantivy::Result<Arc<Bits>> {
        let key = (reader.segment_id(), words);
        if let Some(bits) = self.sets.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(bits);
        }
        let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
        let mut bits = Bits::none(reader.max_doc());
        weight.for_each_no_score(reader, &mut |docs| docs.iter().for_each(|doc| bits.insert(*doc)))?;
        let bits = Arc::new(bits);
        self.sets.lock().unwrap_or_else(PoisonError::into_inner).put(key, Arc::clone(&bits));
        Ok(bits)
    }
}

impl Warmer for Segments {
    /// Makes ready what readers of a new state will ask for, before they see it, and forgets what it has no more.
    fn warm(&self, searcher: &Searcher) -> tantivy::Result<()> {
        for reader in searcher.segment_readers() {
            if let Err(error) = self.read(reader) {
                // A damaged segment: the search that needs it says so, and the check of the files names it.
                tracing::warn!(%error, "a segment of the index was not read ahead");
            }
        }
        let seen: Vec<SegmentId> = searcher.segment_readers().iter().map(SegmentReader::segment_id).collect();
        self.open.lock().unwrap_or_else(PoisonError::into_inner).retain(|id, _| seen.contains(id));
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        let gone: Vec<SetKey> = sets.kept.keys().filter(|(id, _)| !seen.contains(id)).cloned().collect();
        gone.iter().for_each(|key| sets.remove(key));
        Ok(())
    }

    fn garbage_collect(&self, _: &[&SearcherGeneration]) {
        // Done while warming: a reader of an older state opens what it needs again.
    }
}
