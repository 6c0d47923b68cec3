//! How are count, facets and the best page taken in one pass over what a query matches.
//!
//! For each segment: the *mask* (what the reader may see, is not deleted and passes the filters), then the matches
//! within it as a set of bits. Count and facets are read off the bits; an order by date walks the segment's own order
//! and stops when the page is full; only an order by relevance scores each match.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use tantivy::query::{EnableScoring, Query, Scorer, Weight};
use tantivy::{
    COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, Executor, Score, Searcher, SeekDangerResult, SegmentOrdinal,
    SegmentReader, TERMINATED,
};

use super::bits::Bits;
use super::cursor::Place;
use super::deadline::Deadline;
use super::facets::{Counts, FacetField};
use super::filters::View;
use super::histogram::{DayCounts, Interval, count_dates};
use super::open::Index;
use super::query::{Boost, FixedWeights};
use super::ranking::Ranking;
use super::search::Sort;
use super::segments::Segment;

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
    /// Time was up before all was looked at: the total is what was met until then.
    pub cut: bool,
}

/// What is wanted of a pass.
pub(super) struct Wanted<'a> {
    /// What must hold; without it, everything matches.
    pub must: Option<Box<dyn Query>>,
    /// What raises a hit, where the order is by relevance.
    pub boosts: Vec<Boost>,
    pub filters: Vec<Box<dyn Query>>,
    pub view: &'a View,
    pub sort: Sort,
    pub after: Option<Place>,
    pub limit: usize,
    pub facets: &'a [FacetField],
    pub histogram: Option<Interval>,
    /// When to end with what there is.
    pub deadline: Deadline,
    pub ranking: Ranking,
}

/// How far sums of the same scores may lie apart.
const ROUNDING: Score = 1e-3;

/// Documents between two looks at the time; the first is at the first document.
const LOOK: u32 = 4096;

/// A match is looked for from the mask where the words' list is so many times longer than it.
const SPARSE: u64 = 16;

/// A smaller index is gone through by who asks, for handing the work round takes longer than doing it.
const SHARED_FROM: u64 = 50_000;

/// The words and what raises a hit, ready for any segment.
struct Weights {
    must: Option<Box<dyn Weight>>,
    /// What worth most first.
    boosts: Vec<(Box<dyn Weight>, Score)>,
}

/// What raises a hit in one segment, asked about the matches alone: a union would look at all documents that hold any
/// of it, and nearness of words is dear.
struct Raising {
    scorer: Box<dyn Scorer>,
    most: Score,
    /// No document before this one is raised.
    next: DocId,
    /// The scorer stands on the next one.
    met: bool,
}

impl Raising {
    /// None where nothing in the segment is raised.
    fn new(scorer: Box<dyn Scorer>, most: Score) -> Option<Self> {
        let next = scorer.doc();
        (next != TERMINATED).then_some(Self { next, scorer, most, met: true })
    }

    fn of(&mut self, doc: DocId) -> Score {
        if self.next > doc {
            return 0.0;
        }
        if self.next < doc || !self.met {
            (self.next, self.met) = match self.scorer.seek_danger(doc) {
                SeekDangerResult::Found => (doc, true),
                SeekDangerResult::SeekLowerBound(bound) => (bound, false),
            };
        }
        if self.met && self.next == doc { self.scorer.score() } else { 0.0 }
    }
}

/// The pass over one segment.
struct Pass<'a> {
    wanted: &'a Wanted<'a>,
    ordinal: SegmentOrdinal,
    reader: &'a SegmentReader,
    segment: &'a Segment,
    best: BinaryHeap<Reverse<Best>>,
    cut: bool,
    /// Documents until the next look at the time.
    patience: u32,
}

/// Runs a pass over all segments, as many at a time as there are cores.
pub(super) fn collect(index: &Index, searcher: &Searcher, wanted: &Wanted<'_>) -> tantivy::Result<Page> {
    let statistics = FixedWeights { fields: &index.fields, common_words: wanted.ranking.common_words };
    let plain = EnableScoring::disabled_from_searcher(searcher);
    let scored = EnableScoring::enabled_from_statistics_provider(&statistics, searcher);
    let by_score = wanted.sort == Sort::Relevance;
    let words_scored = if by_score { scored } else { plain };
    let boosts = if by_score { wanted.boosts.as_slice() } else { &[] };
    let must = wanted.must.as_ref().map(|must| must.weight(words_scored)).transpose()?;
    let weigh = |boost: &Boost| Ok((boost.query.weight(scored)?, boost.most));
    let mut boosts = boosts.iter().map(weigh).collect::<tantivy::Result<Vec<_>>>()?;
    boosts.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let weights = Weights { must, boosts };
    let one = |(ordinal, reader): (SegmentOrdinal, &SegmentReader)| {
        let segment = index.segments.of(reader)?;
        let mask = mask(index, searcher, reader, wanted)?;
        let (best, cut, patience) = (BinaryHeap::new(), false, 0);
        Pass { wanted, ordinal, reader, segment: &segment, best, cut, patience }.run(&weights, mask)
    };
    let segments = (0..).zip(searcher.segment_readers());
    let small = searcher.num_docs() < SHARED_FROM || searcher.segment_readers().len() < 2;
    let executor = if small { &Executor::SingleThread } else { index.executor()? };
    let mut all = Page::default();
    for page in executor.map(one, segments)? {
        all.total += page.total;
        all.cut |= page.cut;
        all.best.extend(page.best);
        for (day, count) in page.days {
            *all.days.entry(day).or_default() += count;
        }
        for (field, counts) in page.facets {
            let sums = all.facets.entry(field).or_default();
            for (value, count) in counts {
                *sums.entry(value).or_default() += count;
            }
        }
    }
    all.best.sort_unstable_by(|a, b| b.cmp(a));
    all.best.truncate(wanted.limit);
    Ok(all)
}

/// What of a segment may match at all; `None` where that is everything.
fn mask(
    index: &Index,
    searcher: &Searcher,
    reader: &SegmentReader,
    wanted: &Wanted<'_>,
) -> tantivy::Result<Option<Bits>> {
    let view = index.segments.view(searcher, reader, &index.fields, wanted.view)?;
    let mut mask = view.map(|view| Bits::clone(&view));
    let mut meet = |bits: &Bits| match &mut mask {
        Some(mask) => mask.meet(bits),
        None => mask = Some(bits.clone()),
    };
    if let Some(alive) = reader.alive_bitset() {
        meet(&Bits::of(reader.max_doc(), alive.iter_alive()));
    }
    for filter in &wanted.filters {
        let admitted = index.segments.filter(searcher, reader, filter.as_ref())?;
        meet(&admitted);
    }
    Ok(mask)
}

impl Pass<'_> {
    fn run(mut self, weights: &Weights, mask: Option<Bits>) -> tantivy::Result<Page> {
        let by_score = self.wanted.sort == Sort::Relevance;
        let matches = match &weights.must {
            None => mask.unwrap_or_else(|| Bits::all(self.reader.max_doc())),
            Some(must) => {
                let scorer = must.scorer(self.reader, 1.0)?;
                let mut raising = Vec::new();
                for (boost, most) in weights.boosts.iter().filter(|_| by_score) {
                    raising.extend(Raising::new(boost.scorer(self.reader, 1.0)?, *most));
                }
                // Gathering the words of a pattern may have been ended, perhaps with none: said also where nothing is met.
                self.is_over(0);
                if by_score { self.score(scorer, raising, mask.as_ref()) } else { self.matches(scorer, mask) }
            }
        };
        let total = matches.count();
        if !by_score || weights.must.is_none() {
            self.choose_by_date(&matches, total);
        }
        let mut days = DayCounts::new();
        if let Some(interval) = self.wanted.histogram {
            days.extend(count_dates(interval, matches.iter().map(|doc| self.segment.date.get_val(doc))));
        }
        let mut facets = BTreeMap::new();
        for field in self.wanted.facets.iter().filter(|_| total > 0) {
            facets.insert(*field, self.segment.values(self.reader, *field)?.count(&matches));
        }
        let best = self.best.into_iter().map(|Reverse(best)| best).collect();
        Ok(Page { total, best, facets, days, cut: self.cut })
    }

    /// Whether time is up, looked at now and then.
    fn is_over(&mut self, looked_at: u32) -> bool {
        if self.patience > looked_at {
            self.patience -= looked_at;
        } else {
            self.patience = LOOK;
            self.cut |= self.wanted.deadline.is_over();
        }
        self.cut
    }

    /// The matches within the mask.
    fn matches(&mut self, mut scorer: Box<dyn Scorer>, mask: Option<Bits>) -> Bits {
        let mut found = Bits::none(self.reader.max_doc());
        if let Some(mask) = mask.as_ref().filter(|mask| is_led_by(mask, scorer.as_ref())) {
            self.within(scorer.as_mut(), mask, |_, doc, _| found.insert(doc));
            return found;
        }
        let mut buffer = [0; COLLECT_BLOCK_BUFFER_LEN];
        while !self.is_over(buffer.len() as u32) {
            let count = scorer.fill_buffer(&mut buffer);
            buffer[..count].iter().for_each(|doc| found.insert(*doc));
            if count < buffer.len() {
                break;
            }
        }
        if let Some(mask) = &mask {
            found.meet(mask);
        }
        found
    }

    /// Gives the matches within the mask, asking only about documents of the mask.
    fn within(
        &mut self,
        scorer: &mut dyn Scorer,
        mask: &Bits,
        mut each: impl FnMut(&mut Self, DocId, &mut dyn Scorer),
    ) {
        let mut met = scorer.doc();
        let mut candidate = mask.next(met);
        while let Some(doc) = candidate {
            if self.is_over(1) {
                return;
            }
            let from = if doc == met {
                each(self, doc, scorer);
                doc + 1
            } else {
                match scorer.seek_danger(doc) {
                    SeekDangerResult::Found => {
                        met = doc;
                        each(self, doc, scorer);
                        doc + 1
                    }
                    SeekDangerResult::SeekLowerBound(TERMINATED) => return,
                    SeekDangerResult::SeekLowerBound(bound) => bound.max(doc + 1),
                }
            };
            candidate = mask.next(from);
        }
    }

    /// The matches within the mask, each offered by its score.
    fn score(&mut self, mut scorer: Box<dyn Scorer>, mut raising: Vec<Raising>, mask: Option<&Bits>) -> Bits {
        let mut found = Bits::none(self.reader.max_doc());
        let newest = self.segment.by_date().last().map_or(0, |doc| self.segment.date.get_val(*doc));
        let date_most = self.wanted.ranking.of_date(newest);
        let most = date_most + raising.iter().map(|one| one.most).sum::<Score>();
        let mut offer = |pass: &mut Self, doc: DocId, scorer: &mut dyn Scorer| {
            found.insert(doc);
            let (mut score, mut most) = (scorer.score(), most);
            let needed = pass.needed_score();
            for one in &mut raising {
                if score + most < needed {
                    return;
                }
                most -= one.most;
                score += one.of(doc);
            }
            // The date is read of those hits alone that it could lift into the page.
            if score + date_most >= needed {
                pass.offer_scored(doc, score);
            }
        };
        if let Some(mask) = mask.filter(|mask| is_led_by(mask, scorer.as_ref())) {
            self.within(scorer.as_mut(), mask, offer);
            return found;
        }
        let mut doc = scorer.doc();
        while doc != TERMINATED && !self.is_over(1) {
            if mask.is_none_or(|mask| mask.contains(doc)) {
                offer(self, doc, scorer.as_mut());
            }
            doc = scorer.advance();
        }
        found
    }

    /// Who scores less is not on the page; a little less than true, since sums of floats depend on their order.
    fn needed_score(&self) -> Score {
        match self.best.peek() {
            Some(Reverse(worst)) if self.best.len() >= self.wanted.limit => worst.score - ROUNDING,
            _ => 0.0,
        }
    }

    fn offer_scored(&mut self, doc: DocId, score: Score) {
        let score = score + self.wanted.ranking.of_date(self.segment.date.get_val(doc));
        let place = Place::by_score(score, self.segment.position.get_val(doc), self.segment.tie.get_val(doc));
        self.offer(Best { place, segment: self.ordinal, doc, score });
    }

    fn floor(&self) -> Option<Place> {
        if self.best.len() < self.wanted.limit { None } else { self.best.peek().map(|Reverse(worst)| worst.place) }
    }

    /// Takes a hit if it is among the best so far; false where it stands too low.
    fn offer(&mut self, best: Best) -> bool {
        if self.wanted.limit == 0 {
            return false;
        }
        if self.wanted.after.is_some_and(|after| best.place >= after) {
            return true;
        }
        if self.best.len() >= self.wanted.limit {
            if self.floor().is_some_and(|floor| best.place <= floor) {
                return false;
            }
            self.best.pop();
        }
        self.best.push(Reverse(best));
        true
    }

    /// The segment's order is walked from where the page begins, until it is full. Where that would pass by many more
    /// documents than match, each match is looked at instead.
    fn choose_by_date(&mut self, matches: &Bits, count: u64) {
        let (sort, segment, ordinal) = (self.wanted.sort, self.segment, self.ordinal);
        let place_of = |doc: DocId| {
            let (date, position, tie) = segment.moment(doc);
            Place::by_date(sort, date, position, tie)
        };
        let ordered = segment.by_date();
        let walk = (self.wanted.limit as u64).saturating_mul(ordered.len() as u64) / count.max(1);
        if walk > count {
            for doc in matches.iter() {
                self.offer(Best { place: place_of(doc), segment: ordinal, doc, score: 0.0 });
            }
            return;
        }
        let after = self.wanted.after;
        let oldest_first = sort == Sort::Oldest;
        let passed = |doc: &DocId| after.is_some_and(|after| place_of(*doc) >= after);
        let begin = ordered.partition_point(|doc| if oldest_first { passed(doc) } else { !passed(doc) });
        let mut rest: Box<dyn Iterator<Item = &DocId>> =
            if oldest_first { Box::new(ordered[begin..].iter()) } else { Box::new(ordered[..begin].iter().rev()) };
        for doc in rest.by_ref().copied().filter(|doc| matches.contains(*doc)) {
            if !self.offer(Best { place: place_of(doc), segment: ordinal, doc, score: 0.0 }) {
                return;
            }
        }
    }
}

/// Whether it costs less to ask the words about each document of the mask than to go through the words' own list:
/// where the mask is much shorter, or where the words are slow to go through (phrases).
fn is_led_by(mask: &Bits, scorer: &dyn Scorer) -> bool {
    let (hits, cost) = (u64::from(scorer.size_hint()), scorer.cost());
    cost > hits.saturating_mul(2) || mask.count().saturating_mul(SPARSE) < hits
}
