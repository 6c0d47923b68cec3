//! Finding: what a search is asked, and what it answers.
//!
//! The index filters by what the reader may see; every hit is then decided again on the catalogue's state, since the
//! index may lag behind a reassignment.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Archive;
use super::blobs::view_of;
use super::conditions::{Conditions, take_filter};
use super::core::Core;
use super::items::{self, Key};
use super::read::permit_in_area;
use super::refusal::Refusal;
use super::texts::Known;
use crate::clock;
use crate::digest::{Blake3, ContentDigests};
use crate::ids::{ClassCode, OfficeCode, Position, RegisterCode};
use crate::index::{FacetField, Found, Highlighter, Histogram, Hit, Interval, Item, Request, SearchError, View};
use crate::limits;
use crate::model::access::{Action, Actor, Decision, Target, decide};
use crate::model::field::absent_or_null;
use crate::model::register::Direction;

/// How long an answer waits for the index when it is asked for a position.
pub(super) const POSITION_WAIT: Duration = Duration::from_secs(10);
const SNIPPET_CHARS: usize = 240;

/// What may be asked of `/api/v1/search`, by query string or JSON.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SearchQuery {
    #[serde(deserialize_with = "absent_or_null")]
    pub q: String,
    pub kind: Option<String>,
    pub register: Option<RegisterCode>,
    pub year: Option<i16>,
    pub direction: Option<Direction>,
    pub office: Option<OfficeCode>,
    pub classification: Option<ClassCode>,
    /// `open`, `closed` or `annulled`.
    pub state: Option<String>,
    /// `pending`, `full`, `partial` or `none`.
    pub text_state: Option<String>,
    /// First day, in Rome.
    pub from: Option<Date>,
    /// Last day, in Rome.
    pub to: Option<Date>,
    /// `relevance`, `newest` or `oldest`.
    pub sort: Option<String>,
    /// Names of facets, with commas between them.
    pub facets: Option<String>,
    /// `year`, `month`, `week` or `day`.
    pub histogram: Option<String>,
    /// Whether the search goes among the recent ones of who asks; true without it.
    pub remember: Option<bool>,
    pub cursor: Option<String>,
    pub limit: Option<usize>,
    pub min_position: Option<Position>,
}

impl SearchQuery {
    /// What is looked for, without which page of it.
    pub fn conditions(&self) -> Conditions {
        Conditions {
            q: self.q.clone(),
            kind: self.kind.clone(),
            register: self.register.clone(),
            year: self.year,
            direction: self.direction,
            office: self.office.clone(),
            classification: self.classification.clone(),
            state: self.state.clone(),
            text_state: self.text_state.clone(),
            from: self.from,
            to: self.to,
            sort: self.sort.clone(),
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct SearchAnswer {
    pub total: u64,
    /// `exact`, or `at-least` where the search was ended early.
    pub total_is: &'static str,
    pub items: Vec<SearchHit>,
    pub facets: BTreeMap<&'static str, Vec<FacetValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub histogram: Option<HistogramView>,
    pub notes: Vec<NoteView>,
    pub index_position: Position,
    pub journal_position: Position,
    pub took_ms: u64,
    pub next_cursor: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct SearchHit {
    pub kind: &'static str,
    pub id: String,
    pub title: String,
    /// HTML: escaped text with `<mark>` around what matched.
    pub snippet: String,
    pub date: String,
    pub score: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classification: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    pub offices: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct FacetValue {
    pub value: String,
    pub count: u64,
}

#[derive(Debug, Clone, Serialize)]
pub struct HistogramView {
    pub interval: &'static str,
    pub buckets: Vec<BucketView>,
}

#[derive(Debug, Clone, Serialize)]
pub struct BucketView {
    /// First day, in Rome.
    pub from: Date,
    /// Last day, in Rome.
    pub to: Date,
    pub count: u64,
}

#[derive(Debug, Clone, Serialize)]
pub struct NoteView {
    pub code: &'static str,
    pub text: String,
    /// What may be asked instead, ready to run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
}

impl Archive {
    pub fn search(&self, actor: &Actor, query: &SearchQuery) -> Result<SearchAnswer, Refusal> {
        permit_in_area(actor, Action::Look)?;
        if let Some(position) = query.min_position {
            self.wait_for_index(position)?;
        }
        let request = request_of(query)?;
        let answer = self.answer(actor, &request)?;
        // A further page is no further search.
        if query.cursor.is_none() && query.remember != Some(false) {
            self.remember(actor, query.conditions());
        }
        Ok(answer)
    }

    /// Answers a request as this reader may see it: each hit is decided again.
    pub(super) fn answer(&self, actor: &Actor, request: &Request) -> Result<SearchAnswer, Refusal> {
        let started = Instant::now();
        let (core, view) = (self.core(), view_for(actor, &request.text));
        // Before anything is looked for: what is written meanwhile nobody could expect here.
        let journal = core.journal.size();
        let mut found = find(core, request, &view)?;
        facets_beside(core, request, &view, &mut found)?;
        let highlighter = core.index.highlighter(&request.text);
        let mut items = Vec::new();
        for hit in &found.hits {
            items.extend(search_hit(core, actor, hit, &highlighter)?);
        }
        let mut notes: Vec<NoteView> = found
            .notes
            .into_iter()
            .map(|note| NoteView { code: note.code, text: note.text, query: note.query })
            .collect();
        notes.extend(behind(journal, found.index_position));
        let facet = |(name, values): (&'static str, Vec<(String, u64)>)| {
            (name, values.into_iter().map(|(value, count)| FacetValue { value, count }).collect())
        };
        Ok(SearchAnswer {
            total: found.total,
            total_is: if found.total_is_exact { "exact" } else { "at-least" },
            items,
            facets: found.facets.into_iter().map(facet).collect(),
            histogram: found.histogram.as_ref().map(histogram_view),
            notes,
            index_position: found.index_position,
            journal_position: journal.max(found.index_position),
            took_ms: started.elapsed().as_millis() as u64,
            next_cursor: found.next_cursor,
        })
    }

    /// Refuses to wait for what has not happened.
    pub(super) fn check_position(&self, position: Position) -> Result<(), Refusal> {
        if position >= self.core().journal.size() {
            return Err(Refusal::invalid("min_position", "the journal has not come so far"));
        }
        Ok(())
    }

    /// Waits until the index holds everything before and at `position`.
    pub fn wait_for_index(&self, position: Position) -> Result<(), Refusal> {
        let core = self.core();
        self.check_position(position)?;
        let until = Instant::now() + POSITION_WAIT;
        while core.index.position() <= position {
            if Instant::now() >= until || core.stopping() {
                return Err(Refusal::NotReady("the index has not come so far yet".to_owned()));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

/// What is said where events are missing that were there when the search began: just after a registration too.
fn behind(journal: Position, index: Position) -> Option<NoteView> {
    let missing = match journal.saturating_sub(index) {
        0 => return None,
        1 => "the newest event".to_owned(),
        more => format!("the {more} newest events"),
    };
    let text = format!("{missing} cannot be searched yet: `min_position` waits for the index");
    Some(NoteView { query: None, code: "index-behind", text })
}

fn histogram_view(histogram: &Histogram) -> HistogramView {
    let buckets = histogram.buckets.iter();
    HistogramView {
        interval: histogram.interval.as_str(),
        buckets: buckets.map(|bucket| BucketView { from: bucket.from, to: bucket.to, count: bucket.count }).collect(),
    }
}

/// What the index is told of a reader who looks for these words.
pub(super) fn view_for(actor: &Actor, words: &str) -> View {
    let audience = actor.audience();
    view_of(if words.trim().is_empty() { audience } else { audience.by_words() })
}

pub(super) fn find(core: &Core, request: &Request, view: &View) -> Result<Found, Refusal> {
    guarded(|| core.index.search(request, view))
}

/// Asks the index; a panic on damage that came after it was opened is a failure like others.
pub(super) fn guarded<T>(ask: impl FnOnce() -> Result<T, SearchError>) -> Result<T, Refusal> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(ask)) {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(SearchError::BadCursor)) => Err(Refusal::Cursor),
        Ok(Err(error)) => Err(Refusal::failed(error)),
        Err(_) => Err(Refusal::Failed("the index cannot be read: rebuild it".into())),
    }
}

/// What the index is asked for one page.
pub(super) fn request_of(query: &SearchQuery) -> Result<Request, Refusal> {
    let mut facets = Vec::new();
    for name in query.facets.iter().flat_map(|names| names.split(',')).map(str::trim).filter(|name| !name.is_empty()) {
        match FacetField::from_name(name) {
            Some(field) if facets.contains(&field) => {}
            Some(field) => facets.push(field),
            None => {
                let known: Vec<&str> = FacetField::ALL.iter().map(|field| field.as_str()).collect();
                return Err(Refusal::invalid("facets", format!("no facet {name}: there are {}", known.join(", "))));
            }
        }
    }
    let histogram = query
        .histogram
        .as_deref()
        .map(|name| Interval::from_name(name).ok_or_else(|| Refusal::invalid("histogram", "year, month, week or day")));
    Ok(Request {
        facets,
        histogram: histogram.transpose()?,
        cursor: query.cursor.clone(),
        limit: page_size(query.limit),
        ..query.conditions().request()?
    })
}

/// A facet whose field is filtered by counts what that filter leaves out too, so that another value can be chosen; the
/// chosen one is always among them.
fn facets_beside(core: &Core, request: &Request, view: &View, found: &mut Found) -> Result<(), Refusal> {
    for field in &request.facets {
        let mut filters = request.filters.clone();
        let Some(chosen) = take_filter(&mut filters, *field) else { continue };
        let beside =
            Request { filters, facets: vec![*field], histogram: None, cursor: None, limit: 0, ..request.clone() };
        let mut values = find(core, &beside, view)?.facets.remove(field.as_str()).unwrap_or_default();
        if !values.iter().any(|(value, _)| value.eq_ignore_ascii_case(&chosen)) {
            values.push((chosen, found.total));
        }
        found.facets.insert(field.as_str(), values);
    }
    Ok(())
}

pub(super) fn page_size(asked: Option<usize>) -> usize {
    asked.unwrap_or(limits::PAGE_DEFAULT).clamp(1, limits::PAGE_MAX)
}

/// Microseconds of the first moment of a day in Rome.
pub(super) fn start_of(date: Date) -> i64 {
    clock::start_of_day(date).as_microsecond()
}

/// Microseconds of the first moment after a day in Rome.
pub(super) fn end_of(date: Date) -> i64 {
    date.tomorrow().map_or(i64::MAX, start_of)
}

/// The item of a hit as it is now, if the actor may read it now.
pub(super) fn readable(core: &Core, actor: &Actor, hit: &Hit) -> Result<Option<Item>, Refusal> {
    Ok(readable_with_contents(core, actor, hit)?.map(|(item, _)| item))
}

fn readable_with_contents(core: &Core, actor: &Actor, hit: &Hit) -> Result<Option<(Item, Vec<Blake3>)>, Refusal> {
    let Some(key) = Key::parse(hit.kind, &hit.id) else { return Ok(None) };
    items::build_if(core, &key, |access| key.readable(actor, access))
}

/// The content with this digest in the item of a hit, if the actor may read it.
pub(super) fn readable_content(
    core: &Core,
    actor: &Actor,
    hit: &Hit,
    blake3: &Blake3,
) -> Result<Option<ContentDigests>, Refusal> {
    let Some(key) = Key::parse(hit.kind, &hit.id) else { return Ok(None) };
    Ok(match key {
        Key::Entry(id) => core.entry_for(actor, Action::ReadEntry, &id).ok().and_then(|found| {
            found.thing.documents().map(|document| document.content).find(|content| content.blake3 == *blake3)
        }),
        Key::Document(id) => core
            .free_document(id)?
            .filter(|found| decide(actor, Action::ReadDocument, Target::Thing(&found.access)) == Decision::Allowed)
            .and_then(|found| {
                found.thing.versions.iter().map(|version| version.content).find(|content| content.blake3 == *blake3)
            }),
        Key::Dossier(_) => None,
    })
}

pub(super) fn search_hit(
    core: &Core,
    actor: &Actor,
    hit: &Hit,
    highlighter: &Highlighter,
) -> Result<Option<SearchHit>, Refusal> {
    let Some((item, contents)) = readable_with_contents(core, actor, hit)? else { return Ok(None) };
    let mut snippet = None;
    for blake3 in contents.iter().filter(|_| !highlighter.is_empty()) {
        if let Known::Done(extraction) = core.known_text(blake3)? {
            snippet = highlighter.snippet(&extraction.text, SNIPPET_CHARS);
        }
        if snippet.is_some() {
            break;
        }
    }
    Ok(Some(SearchHit {
        kind: hit.kind.as_str(),
        id: hit.id.clone(),
        snippet: snippet.unwrap_or_else(|| highlighter.title(&item.title)),
        title: item.title,
        date: clock::rfc3339(clock::from_microseconds(hit.date)),
        score: hit.score,
        register: item.register,
        year: item.year,
        number: item.number,
        code: item.code,
        classification: item.classification,
        direction: item.direction,
        state: item.state,
        offices: item.offices,
    }))
}
