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
use super::core::Core;
use super::items::{self, Key};
use super::read::permit_in_area;
use super::refusal::Refusal;
use super::texts::Known;
use crate::clock;
use crate::digest::{Blake3, ContentDigests};
use crate::ids::{ClassCode, OfficeCode, Position, RegisterCode};
use crate::index::{FacetField, Filters, Found, Highlighter, Hit, Item, ItemKind, Request, SearchError, Sort, View};
use crate::limits;
use crate::model::access::{Action, Actor, Decision, Target, decide};
use crate::model::field::absent_or_null;
use crate::model::register::Direction;

/// How long an answer waits for the index when it is asked for a position.
pub(super) const POSITION_WAIT: Duration = Duration::from_secs(10);
/// Events by which the index may be behind without a word.
pub(super) const BEHIND_SAID: Position = 100;
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
    /// First day, in Rome.
    pub from: Option<Date>,
    /// Last day, in Rome.
    pub to: Option<Date>,
    /// `relevance`, `newest` or `oldest`.
    pub sort: Option<String>,
    /// Names of facets, with commas between them.
    pub facets: Option<String>,
    pub cursor: Option<String>,
    pub limit: Option<usize>,
    pub min_position: Option<Position>,
}

#[derive(Debug, Clone, Serialize)]
pub struct SearchAnswer {
    pub total: u64,
    pub items: Vec<SearchHit>,
    pub facets: BTreeMap<&'static str, Vec<FacetValue>>,
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
pub struct NoteView {
    pub code: &'static str,
    pub text: String,
}

impl Archive {
    pub fn search(&self, actor: &Actor, query: &SearchQuery) -> Result<SearchAnswer, Refusal> {
        let started = Instant::now();
        permit_in_area(actor, Action::Look)?;
        let core = self.core();
        if let Some(position) = query.min_position {
            self.wait_for_index(position)?;
        }
        let request = request_of(query)?;
        let found = find(core, &request, &view_of(actor.audience()))?;
        let highlighter = core.index.highlighter(&query.q);
        let mut items = Vec::new();
        for hit in &found.hits {
            items.extend(search_hit(core, actor, hit, &highlighter)?);
        }
        let mut notes: Vec<NoteView> =
            found.notes.into_iter().map(|note| NoteView { code: note.code, text: note.text }).collect();
        let behind = core.journal.size().saturating_sub(found.index_position);
        if behind > BEHIND_SAID {
            let text =
                format!("the {behind} newest events cannot be searched yet: the index is being brought up to date");
            notes.push(NoteView { code: "index-behind", text });
        }
        let facet = |(name, values): (&'static str, Vec<(String, u64)>)| {
            (name, values.into_iter().map(|(value, count)| FacetValue { value, count }).collect())
        };
        Ok(SearchAnswer {
            total: found.total,
            items,
            facets: found.facets.into_iter().map(facet).collect(),
            notes,
            index_position: found.index_position,
            journal_position: core.journal.size(),
            took_ms: started.elapsed().as_millis() as u64,
            next_cursor: found.next_cursor,
        })
    }

    /// Waits until the index holds everything before and at `position`.
    pub fn wait_for_index(&self, position: Position) -> Result<(), Refusal> {
        let core = self.core();
        if position >= core.journal.size() {
            return Err(Refusal::invalid("min_position", "the journal has not come so far"));
        }
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

/// Asks the index; a panic on damage that came after it was opened is a failure like others.
pub(super) fn find(core: &Core, request: &Request, view: &View) -> Result<Found, Refusal> {
    let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| core.index.search(request, view)));
    match asked {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(SearchError::BadCursor)) => Err(Refusal::Cursor),
        Ok(Err(error)) => Err(Refusal::failed(error)),
        Err(_) => Err(Refusal::Failed("the index cannot be read: rebuild it".into())),
    }
}

fn request_of(query: &SearchQuery) -> Result<Request, Refusal> {
    let kind = query.kind.as_deref().map(str::parse).transpose();
    let kind: Option<ItemKind> = kind.map_err(|_| Refusal::invalid("kind", "entry, document, dossier or case"))?;
    let sort = match query.sort.as_deref() {
        None | Some("relevance") => Sort::Relevance,
        Some("newest") => Sort::Newest,
        Some("oldest") => Sort::Oldest,
        Some(_) => return Err(Refusal::invalid("sort", "relevance, newest or oldest")),
    };
    let mut facets = Vec::new();
    for name in query.facets.iter().flat_map(|names| names.split(',')).map(str::trim).filter(|name| !name.is_empty()) {
        match FacetField::from_name(name) {
            Some(field) if facets.contains(&field) => {}
            Some(field) => facets.push(field),
            None => return Err(Refusal::invalid("facets", format!("no facet {name}"))),
        }
    }
    let filters = Filters {
        kind,
        register: query.register.as_ref().map(ToString::to_string),
        year: query.year,
        direction: query.direction.map(|direction| direction.as_str().to_owned()),
        office: query.office.as_ref().map(ToString::to_string),
        classification: query.classification.as_ref().map(ToString::to_string),
        from: query.from.map(start_of),
        to: query.to.map(end_of),
        ..Filters::default()
    };
    Ok(Request {
        text: query.q.clone(),
        filters,
        sort,
        facets,
        cursor: query.cursor.clone(),
        limit: page_size(query.limit),
    })
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

fn search_hit(core: &Core, actor: &Actor, hit: &Hit, highlighter: &Highlighter) -> Result<Option<SearchHit>, Refusal> {
    let Some((item, contents)) = readable_with_contents(core, actor, hit)? else { return Ok(None) };
    let mut snippet = None;
    for blake3 in &contents {
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
