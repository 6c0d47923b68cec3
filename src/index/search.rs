//! What does a search answer: total, one page of hits, facets, notes and where the next page begins.

use std::collections::BTreeMap;
use std::sync::Arc;

use tantivy::columnar::StrColumn;
use tantivy::query::{BooleanQuery, Query};
use tantivy::{Searcher, TantivyError, Term};

use super::bits::Bits;
use super::collect::{Best, Page, Wanted, collect};
use super::cursor::{Asked, Place, decode, encode};
use super::deadline::Deadline;
use super::facets::{FacetField, sorted};
use super::filters::{Filters, View, keyword_query, term_query};
use super::histogram::{Histogram, Interval, without_gaps};
use super::open::Index;
use super::query::{Boost, Compiler, Node, Parsed, Reading, Seen, Span, parse};
use super::ranking::Ranking;
use super::{ItemKind, Note, words};
use crate::ids::Position;
use crate::limits::PAGE_MAX;

/// In which order hits come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The best match first; newest first where no words are searched.
    #[default]
    Relevance,
    Newest,
    Oldest,
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// In the query language; empty for a list.
    pub text: String,
    pub filters: Filters,
    pub sort: Sort,
    pub facets: Vec<FacetField>,
    pub histogram: Option<Interval>,
    /// Nothing is looked for in another spelling where nothing is found.
    pub as_written: bool,
    /// `next_cursor` of the page before, of the same request.
    pub cursor: Option<String>,
    /// At most `PAGE_MAX` are given.
    pub limit: usize,
    pub ranking: Ranking,
}

impl Request {
    /// What a cursor of this request stands for.
    fn asked(&self) -> Asked {
        Asked::of(&self.text, &self.filters)
    }
}

/// An item found. The service fetches the rest and checks it again.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub kind: ItemKind,
    pub id: String,
    pub position: Position,
    pub date: i64,
    /// 0 unless sorted by relevance.
    pub score: f32,
}

/// What was found, all of it within the reader's view.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Of the whole request, not of the page.
    pub total: u64,
    /// False where time was up before all was looked at: there may be more, and better ones.
    pub total_is_exact: bool,
    pub hits: Vec<Hit>,
    /// By the field's name; the most frequent value first.
    pub facets: BTreeMap<&'static str, Vec<(String, u64)>>,
    /// Where one was asked for.
    pub histogram: Option<Histogram>,
    /// None on the last page.
    pub next_cursor: Option<String>,
    pub notes: Vec<Note>,
    pub index_position: Position,
}

/// Why a search has no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    #[error("the cursor is none of ours, or belongs to another request")]
    BadCursor,
    #[error("the index could not be read")]
    Engine(#[from] TantivyError),
}

impl Index {
    /// Answers a request as a reader of this view may see it.
    pub fn search(&self, request: &Request, view: &View) -> Result<Found, SearchError> {
        // Before the searcher: it may see more than we say, never less.
        let index_position = self.position();
        let searcher = self.searcher();
        let Parsed { node, mut notes, plain } = parse(&request.text);
        let has_words = !request.text.trim().is_empty();
        let sort = if request.sort == Sort::Relevance && !has_words { Sort::Newest } else { request.sort };
        let after = match &request.cursor {
            Some(text) => Some(decode(sort, request.asked(), text).ok_or(SearchError::BadCursor)?),
            None => None,
        };
        let deadline = Deadline::after(self.settings.patience);
        let seen = &self.seen(&searcher, view)?;
        let pass = Pass { index: self, searcher: &searcher, request, view, seen, sort, after, deadline };
        let page = match &node {
            None if !has_words => pass.run(None, Vec::new())?,
            None => {
                notes.push(nothing_to_search());
                Page::default()
            }
            Some(node) => {
                let page = pass.answer(node, &mut notes)?;
                // What was ended early may hold the words after all.
                if !request.as_written && (page.1 != Reading::Written || page.0.total == 0) && !page.0.cut {
                    notes.extend(pass.did_you_mean(&plain, page.1)?);
                }
                page.0
            }
        };
        // Said once, and of words alone: a filter by date misses nothing for want of a text.
        if request.cursor.is_none() && !request.as_written && node.as_ref().is_some_and(Node::looks_into_texts) {
            notes.extend(pass.texts_missing()?);
        }
        pass.found(page, notes, index_position)
    }

    /// Items whose title completes what was typed, newest first. Confidential ones are never among them.
    pub fn suggest(&self, typed: &str, view: &View, limit: usize) -> Result<Vec<Hit>, SearchError> {
        let mut before = words::Words::exact().list(typed);
        let Some(last) = before.pop() else { return Ok(Vec::new()) };
        let searcher = self.searcher();
        let field = self.fields.title_exact;
        let deadline = Deadline::after(self.settings.patience);
        let mut must: Vec<Box<dyn Query>> = vec![Box::new(Span::starting(field, &last, deadline))];
        must.extend(before.iter().map(|word| term_query(Term::from_field_text(field, word))));
        must.push(term_query(Term::from_field_bool(self.fields.confidential, false)));
        let request = Request { limit, ..Request::default() };
        let (request, sort, after) = (&request, Sort::Newest, None);
        let seen = &self.seen(&searcher, view)?;
        let pass = Pass { index: self, searcher: &searcher, request, view, seen, sort, after, deadline };
        let page = pass.run(Some(Box::new(BooleanQuery::intersection(must))), Vec::new())?;
        page.best.iter().take(limit).map(|best| self.hit(&searcher, best)).collect()
    }

    /// Items with a document whose text is still to be extracted, oldest first: where work goes on after a restart.
    pub fn pending_texts(&self, limit: usize) -> Result<Vec<(ItemKind, String)>, SearchError> {
        let searcher = self.searcher();
        let wanted = Wanted {
            must: Some(keyword_query(self.fields.text_state, "pending")),
            boosts: Vec::new(),
            filters: Vec::new(),
            view: &View::ALL,
            sort: Sort::Oldest,
            after: None,
            limit,
            facets: &[],
            histogram: None,
            deadline: Deadline::NEVER,
            ranking: Ranking::default(),
        };
        let page = collect(self, &searcher, &wanted)?;
        page.best.iter().map(|best| self.hit(&searcher, best).map(|hit| (hit.kind, hit.id))).collect()
    }

    /// The documents of each segment that a view admits.
    pub(super) fn seen(&self, searcher: &Searcher, view: &View) -> tantivy::Result<Vec<Option<Arc<Bits>>>> {
        let of = |reader| self.segments.view(searcher, reader, &self.fields, view);
        searcher.segment_readers().iter().map(of).collect()
    }

    pub(super) fn hit(&self, searcher: &Searcher, best: &Best) -> Result<Hit, SearchError> {
        let segment = self.segments.of(searcher.segment_reader(best.segment))?;
        let text = |column: &StrColumn| -> Result<String, SearchError> {
            let missing = || TantivyError::InternalError("an item without kind or id".into());
            let ordinal = column.ords().first(best.doc).ok_or_else(missing)?;
            let mut text = String::new();
            column.ord_to_str(ordinal, &mut text).map_err(TantivyError::from)?;
            Ok(text)
        };
        let kind = text(&segment.kind)?.parse().map_err(|error| TantivyError::InternalError(format!("{error}")))?;
        Ok(Hit {
            kind,
            id: text(&segment.id)?,
            position: segment.position.get_val(best.doc),
            date: segment.date.get_val(best.doc),
            score: best.score,
        })
    }
}

fn nothing_to_search() -> Note {
    Note::new("nothing-to-search", "there is no word in the query that could be searched")
}

/// One request on one state of the index.
pub(super) struct Pass<'a> {
    pub index: &'a Index,
    pub searcher: &'a Searcher,
    pub request: &'a Request,
    pub view: &'a View,
    pub seen: &'a Seen,
    pub sort: Sort,
    pub after: Option<Place>,
    pub deadline: Deadline,
}

impl Pass<'_> {
    /// The answer to the words as written; where nothing holds those, to similar spellings, and at last to most of them.
    fn answer(&self, node: &Node, notes: &mut Vec<Note>) -> Result<(Page, Reading), SearchError> {
        let Some((page, said)) = self.words(node, Reading::Written)? else {
            notes.push(nothing_to_search());
            return Ok((Page::default(), Reading::Written));
        };
        // Who excludes words knows them: `suolo -suolo` has no answer, not that of a similar word.
        if page.total == 0 && !page.cut && !node.excludes() && !self.request.as_written {
            for (reading, code, text) in [
                (Reading::Similar, "query-rewritten", "nothing was found as written; similar spellings were included"),
                (
                    Reading::Most,
                    "words-missing",
                    "no item holds all of these words; those that hold most of them are shown",
                ),
            ] {
                let ranking = &self.request.ranking;
                if !(if reading == Reading::Similar { ranking.forgiving } else { ranking.most_words }) {
                    continue;
                }
                if let Some((page, said)) = self.words(node, reading)?
                    && page.total > 0
                {
                    notes.push(Note::new(code, text));
                    notes.extend(said);
                    return Ok((page, reading));
                }
            }
        }
        notes.extend(said);
        Ok((page, Reading::Written))
    }

    /// None where the words come to nothing.
    fn words(&self, node: &Node, reading: Reading) -> Result<Option<(Page, Vec<Note>)>, SearchError> {
        let compiled = {
            let (fields, ranking, offices) = (&self.index.fields, self.request.ranking, self.index.offices());
            Compiler::new(fields, self.searcher, self.seen, &offices, reading, ranking, self.deadline).compile(node)?
        };
        let Some(must) = compiled.must else { return Ok(None) };
        Ok(Some((self.run(Some(must), compiled.boosts)?, compiled.notes)))
    }

    /// Whether the words as written are met by anything.
    pub fn finds_as_written(&self) -> Result<bool, SearchError> {
        let Some(node) = parse(&self.request.text).node else { return Ok(false) };
        Ok(self.words(&node, Reading::Written)?.is_some_and(|(page, _)| page.total > 0))
    }

    /// Runs words under filters and view. This is the only way from a request to documents.
    pub fn run(&self, must: Option<Box<dyn Query>>, boosts: Vec<Boost>) -> Result<Page, SearchError> {
        let wanted = Wanted {
            must,
            boosts,
            filters: self.request.filters.queries(&self.index.fields),
            view: self.view,
            sort: self.sort,
            after: self.after,
            // One more than the page: whether there is a next one.
            limit: self.request.limit.min(PAGE_MAX) + 1,
            facets: &self.request.facets,
            histogram: self.request.histogram,
            deadline: self.deadline,
            ranking: self.request.ranking,
        };
        Ok(collect(self.index, self.searcher, &wanted)?)
    }

    fn found(&self, mut page: Page, mut notes: Vec<Note>, index_position: Position) -> Result<Found, SearchError> {
        if page.cut {
            let text = "the query takes too long: it was ended early, and there may be more and better hits";
            notes.push(Note::new("query-bounded", text));
        }
        let limit = self.request.limit.min(PAGE_MAX);
        let is_last = page.best.len() <= limit;
        page.best.truncate(limit);
        let next_cursor = if is_last { None } else { page.best.last() };
        let next_cursor = next_cursor.map(|last| encode(self.sort, self.request.asked(), last.place));
        let hits = page.best.iter().map(|best| self.index.hit(self.searcher, best)).collect::<Result<_, _>>()?;
        let mut facets = BTreeMap::new();
        for field in &self.request.facets {
            let (values, cut) = sorted(page.facets.remove(field).unwrap_or_default());
            if cut {
                let text = format!("only the {} most frequent values of `{}` are given", values.len(), field.as_str());
                notes.push(Note::new("facet-cut", text));
            }
            facets.insert(field.as_str(), values);
        }
        let histogram = self.request.histogram.map(|asked| {
            let (histogram, longer) = without_gaps(asked, &page.days);
            if longer {
                let (asked, given) = (asked.as_str(), histogram.interval.as_str());
                let text = format!("there are too many of a {asked} each: the histogram is by {given}");
                notes.push(Note::new("histogram-coarsened", text));
            }
            histogram
        });
        Ok(Found {
            total: page.total,
            total_is_exact: !page.cut,
            hits,
            facets,
            histogram,
            next_cursor,
            notes,
            index_position,
        })
    }
}
