//! How are count, facets and the best page taken in one pass over what a query matches.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::ColumnValues;
use tantivy::query::Weight;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::cursor::Place;
use super::facets::{Counts, FacetField, count_segment};
use super::histogram::{DayCounts, Interval, count_segment as count_days};
use super::search::Sort;

/// One of the best hits so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Best {
    pub place: Place,
    pub segment: SegmentOrdinal,
    pub doc: DocId,
    pub score: Score,
}

impl PartialEq for Best {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Best {}

impl PartialOrd for Best {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Best {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.place, self.segment, self.doc).cmp(&(other.place, other.segment, other.doc))
    }
}

/// What one pass yields.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub total: u64,
    /// Best first.
    pub best: Vec<Best>,
    pub facets: BTreeMap<FacetField, Counts>,
    pub days: DayCounts,
}

/// The pass: everything is counted, and the best after a place are kept.
pub(super) struct PageCollector {
    pub sort: Sort,
    pub after: Option<Place>,
    pub limit: usize,
    pub facets: Vec<FacetField>,
    pub histogram: Option<Interval>,
}

/// The columns that place a hit.
struct Columns {
    date: Arc<dyn ColumnValues<i64>>,
    position: Arc<dyn ColumnValues<u64>>,
    tie: Arc<dyn ColumnValues<u64>>,
}

/// The pass over one segment.
pub(super) struct SegmentPage {
    sort: Sort,
    after: Option<Place>,
    limit: usize,
    facets: Vec<FacetField>,
    histogram: Option<Interval>,
    segment: SegmentOrdinal,
    reader: SegmentReader,
    columns: Columns,
    total: u64,
    /// Kept where an order by date or a facet wants them: four bytes a hit.
    docs: Vec<DocId>,
    best: BinaryHeap<Reverse<Best>>,
}

impl SegmentPage {
    fn keeps_docs(&self) -> bool {
        self.sort != Sort::Relevance || !self.facets.is_empty() || self.histogram.is_some()
    }

    fn floor(&self) -> Option<Place> {
        if self.best.len() < self.limit { None } else { self.best.peek().map(|Reverse(worst)| worst.place) }
    }

    fn offer(&mut self, best: Best) {
        if self.limit == 0 || self.after.is_some_and(|after| best.place >= after) {
            return;
        }
        if self.best.len() < self.limit {
            self.best.push(Reverse(best));
        } else if self.floor().is_some_and(|floor| best.place > floor) {
            self.best.pop();
            self.best.push(Reverse(best));
        }
    }

    /// Items come in nearly by date, so newest first is looked for from the end: the page fills at once, and each
    /// further document costs one comparison. Forward, every document would displace another.
    fn choose_by_date(&mut self) {
        const CHUNK: usize = 256;
        let docs = std::mem::take(&mut self.docs);
        let mut dates = [0_i64; CHUNK];
        let chunks: Box<dyn Iterator<Item = &[DocId]>> =
            if self.sort == Sort::Oldest { Box::new(docs.chunks(CHUNK)) } else { Box::new(docs.rchunks(CHUNK)) };
        for chunk in chunks {
            let dates = &mut dates[..chunk.len()];
            self.columns.date.get_vals(chunk, dates);
            for (doc, date) in chunk.iter().zip(dates) {
                let date = tantivy::i64_to_u64(*date);
                let rank = if self.sort == Sort::Oldest { !date } else { date };
                if self.floor().is_some_and(|floor| rank < floor.rank) {
                    continue;
                }
                let (position, tie) = (self.columns.position.get_val(*doc), self.columns.tie.get_val(*doc));
                let place = Place::by_date(self.sort, date, position, tie);
                self.offer(Best { place, segment: self.segment, doc: *doc, score: 0.0 });
            }
        }
        self.docs = docs;
    }
}

impl SegmentCollector for SegmentPage {
    type Fruit = tantivy::Result<Page>;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.total += 1;
        if self.keeps_docs() {
            self.docs.push(doc);
        }
        if self.sort == Sort::Relevance {
            let rank = Place::by_score(score, 0, 0).rank;
            if self.floor().is_some_and(|floor| rank < floor.rank) {
                return;
            }
            let place = Place::by_score(score, self.columns.position.get_val(doc), self.columns.tie.get_val(doc));
            self.offer(Best { place, segment: self.segment, doc, score });
        }
    }

    fn collect_block(&mut self, docs: &[DocId]) {
        self.total += docs.len() as u64;
        self.docs.extend_from_slice(docs);
    }

    fn harvest(mut self) -> Self::Fruit {
        if self.sort != Sort::Relevance {
            self.choose_by_date();
        }
        let mut facets = BTreeMap::new();
        for field in &self.facets {
            facets.insert(*field, count_segment(&self.reader, *field, &self.docs)?);
        }
        let days = self.histogram.map(|interval| count_days(interval, &*self.columns.date, &self.docs));
        let best = self.best.into_iter().map(|Reverse(best)| best).collect();
        Ok(Page { total: self.total, best, facets, days: days.unwrap_or_default() })
    }
}

impl Collector for PageCollector {
    type Fruit = Page;
    type Child = SegmentPage;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentPage> {
        let fast = reader.fast_fields();
        Ok(SegmentPage {
            sort: self.sort,
            after: self.after,
            limit: self.limit,
            facets: self.facets.clone(),
            histogram: self.histogram,
            segment,
            reader: reader.clone(),
            columns: Columns {
                date: fast.column_first_or_default("date")?,
                position: fast.column_first_or_default("position")?,
                tie: fast.column_first_or_default("tie")?,
            },
            total: 0,
            docs: Vec::new(),
            best: BinaryHeap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.sort == Sort::Relevance
    }

    fn collect_segment(
        &self,
        weight: &dyn Weight,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<tantivy::Result<Page>> {
        let mut page = self.for_segment(segment, reader)?;
        let alive = reader.alive_bitset();
        let is_alive = |doc: DocId| alive.is_none_or(|alive| alive.is_alive(doc));
        if self.requires_scoring() {
            weight.for_each(reader, &mut |doc, score| {
                if is_alive(doc) {
                    page.collect(doc, score);
                }
            })?;
        } else {
            // By blocks even where there are deletions, which tantivy's own loop does not do.
            let mut living = Vec::new();
            weight.for_each_no_score(reader, &mut |docs| {
                living.clear();
                living.extend(docs.iter().copied().filter(|doc| is_alive(*doc)));
                page.collect_block(&living);
            })?;
        }
        Ok(page.harvest())
    }

    fn merge_fruits(&self, pages: Vec<tantivy::Result<Page>>) -> tantivy::Result<Page> {
        let mut all = Page::default();
        for page in pages {
            let page = page?;
            all.total += page.total;
            all.best.extend(page.best);
            for (field, counts) in page.facets {
                let sums = all.facets.entry(field).or_default();
                for (value, count) in counts {
                    *sums.entry(value).or_default() += count;
                }
            }
            for (day, count) in page.days {
                *all.days.entry(day).or_default() += count;
            }
        }
        all.best.sort_unstable_by(|a, b| b.cmp(a));
        all.best.truncate(self.limit);
        Ok(all)
    }
}
