//! Finding: searches, suggestions, and the lists of entries and dossiers.
//!
//! The index filters by what the reader may see; every hit is then decided again on the catalogue's state, since the
//! index may lag behind a reassignment.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Archive;
use super::blobs::view_of;
use super::core::Core;
use super::dossiers::{DossierView, dossier_view};
use super::items::{self, Key};
use super::read::permit_in_area;
use super::refusal::Refusal;
use super::register::{EntryView, view as entry_view};
use super::texts::Known;
use crate::clock;
use crate::digest::{Blake3, ContentDigests};
use crate::ids::{ClassCode, EntryId, OfficeCode, Position, RegisterCode};
use crate::index::{
    FacetField, Filters, Found, Highlighter, Hit, Item, ItemKind, Request, SearchError, Sort, View, after_item,
    item_before, matches_filters,
};
use crate::limits;
use crate::model::access::{Action, Actor, Decision, Target, decide};
use crate::model::field::absent_or_null;
use crate::model::register::Direction;

/// How long an answer waits for the index when it is asked for a position.
const POSITION_WAIT: Duration = Duration::from_secs(10);
/// How long a list waits for the tail to take in what was just written.
const TAIL_WAIT: Duration = Duration::from_secs(3);
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
    /// `exact`, or `at-least` where the search was ended early.
    pub total_is: &'static str,
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

#[derive(Debug, Clone, Serialize)]
pub struct Suggestion {
    pub kind: &'static str,
    pub id: String,
    pub title: String,
}

/// A page of a list.
#[derive(Debug, Clone, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

/// `GET /api/v1/registers/{register}/entries`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EntriesQuery {
    pub year: Option<i16>,
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub direction: Option<Direction>,
    pub office: Option<OfficeCode>,
    pub cursor: Option<String>,
    pub limit: Option<usize>,
    pub min_position: Option<Position>,
}

/// `GET /api/v1/dossiers`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DossiersQuery {
    pub q: String,
    pub classification: Option<ClassCode>,
    pub office: Option<OfficeCode>,
    pub state: Option<String>,
    pub year: Option<i16>,
    pub cursor: Option<String>,
    pub limit: Option<usize>,
    pub min_position: Option<Position>,
}

/// `GET /api/v1/correspondents`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnownCorrespondent {
    pub name: String,
    pub kind: crate::model::register::CorrespondentKind,
    pub tax_code: Option<String>,
    pub email: Option<String>,
    pub pec: Option<String>,
    pub address: Option<String>,
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
            total_is: if found.total_is_exact { "exact" } else { "at-least" },
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

    /// Titles that complete what was typed; never of what is confidential.
    pub fn suggestions(&self, actor: &Actor, typed: &str, limit: usize) -> Result<Vec<Suggestion>, Refusal> {
        permit_in_area(actor, Action::Look)?;
        let core = self.core();
        let limit = limit.clamp(1, limits::PAGE_MAX);
        let hits = core.index.suggest(typed, &view_of(actor.audience()), limit).map_err(Refusal::failed)?;
        let mut suggestions = Vec::new();
        for hit in hits {
            if let Some(item) = readable(core, actor, &hit)? {
                suggestions.push(Suggestion { kind: hit.kind.as_str(), id: hit.id, title: item.title });
            }
        }
        Ok(suggestions)
    }

    /// A register's entries, newest first. Who sees numbers and dates of confidential ones sees them here too.
    pub fn entries(
        &self,
        actor: &Actor,
        register: &RegisterCode,
        query: &EntriesQuery,
    ) -> Result<Page<EntryView>, Refusal> {
        permit_in_area(actor, Action::Look)?;
        let core = self.core();
        if !core.directory().registers.contains_key(register) {
            return Err(Refusal::NotFound("register"));
        }
        let filters = Filters {
            kind: Some(ItemKind::Entry),
            register: Some(register.to_string()),
            year: query.year,
            direction: query.direction.map(|direction| direction.as_str().to_owned()),
            office: query.office.as_ref().map(ToString::to_string),
            from: query.from.map(start_of),
            to: query.to.map(end_of),
            ..Filters::default()
        };
        // Who sees (nearly) all of a register is given it by number, from the catalogue: whole whatever the index does.
        // Numbers and dates of what is confidential are shown here only, where no filter could tell more of it.
        let plain = query.direction.is_none() && query.office.is_none();
        if plain && actor.reads_what_is_open() {
            return entries_by_number(core, actor, register, query);
        }
        let view = view_of(actor.audience());
        let page = self.list(&filters, &view, query.cursor.as_deref(), query.limit, query.min_position)?;
        let mut items = Vec::new();
        for key in page.items {
            if let Key::Entry(id) = key
                && let Some(found) = core.entry(&id)?
            {
                items.extend(entry_view(core, actor, &found));
            }
        }
        Ok(Page { items, next_cursor: page.next_cursor })
    }

    /// Dossiers, newest first; with words, the best match first.
    pub fn dossiers(&self, actor: &Actor, query: &DossiersQuery) -> Result<Page<DossierView>, Refusal> {
        permit_in_area(actor, Action::Look)?;
        let core = self.core();
        let filters = Filters {
            kind: Some(ItemKind::Dossier),
            year: query.year,
            classification: query.classification.as_ref().map(ToString::to_string),
            office: query.office.as_ref().map(ToString::to_string),
            state: query.state.clone(),
            ..Filters::default()
        };
        let view = view_of(actor.audience());
        let page = if query.q.trim().is_empty() {
            self.list(&filters, &view, query.cursor.as_deref(), query.limit, query.min_position)?
        } else {
            let limit = page_size(query.limit);
            let request =
                Request { text: query.q.clone(), filters, cursor: query.cursor.clone(), limit, ..Request::default() };
            let found = find(core, &request, &view)?;
            let keys = found.hits.iter().filter_map(|hit| Key::parse(hit.kind, &hit.id)).collect();
            Page { items: keys, next_cursor: found.next_cursor }
        };
        let mut items = Vec::new();
        for key in page.items {
            if let Key::Dossier(id) = key
                && let Ok(found) = core.dossier_for(actor, Action::ReadDossier, id)
            {
                items.push(dossier_view(core, actor, &found)?);
            }
        }
        Ok(Page { items, next_cursor: page.next_cursor })
    }

    /// Correspondents of entries that the actor may read whose names begin so: for filling in the next one.
    pub fn correspondents(&self, actor: &Actor, typed: &str, limit: usize) -> Result<Vec<KnownCorrespondent>, Refusal> {
        permit_in_area(actor, Action::Look)?;
        let core = self.core();
        let words: Vec<String> = typed.split_whitespace().map(|word| format!("name:{}*", plain(word))).collect();
        let filters = Filters { kind: Some(ItemKind::Entry), ..Filters::default() };
        let request = Request {
            text: words.join(" "),
            filters,
            sort: Sort::Newest,
            limit: limits::PAGE_MAX,
            ..Request::default()
        };
        let found = find(core, &request, &view_of(actor.audience()))?;
        let typed: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
        let mut known: Vec<KnownCorrespondent> = Vec::new();
        for hit in &found.hits {
            let Some(Key::Entry(id)) = Key::parse(hit.kind, &hit.id) else { continue };
            let Ok(entry) = core.entry_for(actor, Action::ReadEntry, &id) else { continue };
            for correspondent in entry.thing.facts.iter().flat_map(|facts| &facts.correspondents) {
                let name = correspondent.name.to_lowercase();
                let fits = typed.iter().all(|word| name.split_whitespace().any(|part| part.starts_with(word)));
                let one = KnownCorrespondent {
                    name: correspondent.name.clone(),
                    kind: correspondent.kind,
                    tax_code: correspondent.tax_code.clone(),
                    email: correspondent.email.clone(),
                    pec: correspondent.pec.clone(),
                    address: correspondent.address.clone(),
                };
                if fits && !known.contains(&one) {
                    known.push(one);
                }
            }
            if known.len() >= limit {
                break;
            }
        }
        known.truncate(limit);
        Ok(known)
    }

    /// A list by conditions alone, newest first: what the index has, and before it what it does not have yet.
    fn list(
        &self,
        filters: &Filters,
        view: &View,
        cursor: Option<&str>,
        limit: Option<usize>,
        min_position: Option<Position>,
    ) -> Result<Page<Key>, Refusal> {
        let core = self.core();
        if let Some(position) = min_position
            && !core.tail.wait(position + 1, POSITION_WAIT)
        {
            return Err(Refusal::NotReady("the index has not come so far yet".to_owned()));
        }
        if !core.tail.wait(core.applied(), TAIL_WAIT) {
            // Better no list than one that lacks what was registered.
            return Err(Refusal::NotReady("the index is being brought up to date".to_owned()));
        }
        let limit = page_size(limit);
        // Taken before the index is asked: an item committed in between is in both and shown once.
        let tail = core.tail.items();
        let request = Request {
            filters: filters.clone(),
            sort: Sort::Newest,
            cursor: cursor.map(str::to_owned),
            limit: (limit + tail.len()).min(limits::PAGE_MAX),
            ..Request::default()
        };
        let found = find(core, &request, view)?;
        let before = cursor.and_then(|cursor| item_before(filters, cursor));
        let fresh = tail.iter().filter(|(_, item)| {
            matches_filters(item, filters, view) && before.is_none_or(|before| (item.date, item.position) < before)
        });
        let mut keys: Vec<(i64, Position, Key)> =
            fresh.map(|(key, item)| (item.date, item.position, key.clone())).collect();
        for hit in &found.hits {
            if let Some(key) = Key::parse(hit.kind, &hit.id)
                && !tail.contains_key(&key)
            {
                keys.push((hit.date, hit.position, key));
            }
        }
        keys.sort_by_key(|(date, position, _)| Reverse((*date, *position)));
        let more = found.next_cursor.is_some() || keys.len() > limit;
        keys.truncate(limit);
        let next_cursor = keys.last().filter(|_| more).map(|(date, position, _)| after_item(filters, *date, *position));
        Ok(Page { items: keys.into_iter().map(|(_, _, key)| key).collect(), next_cursor })
    }
}

/// A register's entries by number, the highest first.
fn entries_by_number(
    core: &Core,
    actor: &Actor,
    register: &RegisterCode,
    query: &EntriesQuery,
) -> Result<Page<EntryView>, Refusal> {
    let limit = page_size(query.limit);
    let mut before = match &query.cursor {
        Some(cursor) => {
            let id: EntryId = cursor.parse().map_err(|_| Refusal::Cursor)?;
            if id.register != *register {
                return Err(Refusal::Cursor);
            }
            (id.year, id.number)
        }
        None => (query.year.unwrap_or(i16::MAX), u64::MAX),
    };
    if let Some(to) = query.to {
        before = before.min((to.year(), first_since(core, register, to.year(), end_of(to))?));
    }
    let from = query.from.map_or(i64::MIN, start_of);
    let mut items: Vec<EntryView> = Vec::new();
    let mut next_cursor = None;
    while let Some(id) = core.catalogue.entry_before(register, before.0, before.1)? {
        let found = core.entry(&id)?.ok_or(Refusal::NotFound("entry"))?;
        let left = query.year.is_some_and(|year| year != id.year);
        if left || found.thing.registered_at.as_microsecond() < from {
            break;
        }
        before = (id.year, id.number);
        let Some(view) = entry_view(core, actor, &found) else { continue };
        if items.len() == limit {
            next_cursor = items.last().map(|last| format!("{register}/{}/{}", last.year, last.number));
            break;
        }
        items.push(view);
    }
    Ok(Page { items, next_cursor })
}

/// The first number of a year registered at or after a time: times ascend with numbers, so it is halved for.
fn first_since(core: &Core, register: &RegisterCode, year: i16, time: i64) -> Result<u64, Refusal> {
    let (mut low, mut high) = (1, core.catalogue.last_number(register, year)? + 1);
    while low < high {
        let number = u64::midpoint(low, high);
        let entry = core.entry(&EntryId { register: register.clone(), year, number })?;
        let entry = entry.ok_or(Refusal::NotFound("entry"))?;
        if entry.thing.registered_at.as_microsecond() < time { low = number + 1 } else { high = number }
    }
    Ok(low)
}

/// Asks the index; a panic on damage that came after it was opened is a failure like others.
fn find(core: &Core, request: &Request, view: &View) -> Result<Found, Refusal> {
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

fn page_size(asked: Option<usize>) -> usize {
    asked.unwrap_or(limits::PAGE_DEFAULT).clamp(1, limits::PAGE_MAX)
}

/// Letters and digits only: what is typed into a field is no query.
fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Microseconds of the first moment of a day in Rome.
fn start_of(date: Date) -> i64 {
    clock::start_of_day(date).as_microsecond()
}

/// Microseconds of the first moment after a day in Rome.
fn end_of(date: Date) -> i64 {
    date.tomorrow().map_or(i64::MAX, start_of)
}

/// The item of a hit as it is now, if the actor may read it now.
fn readable(core: &Core, actor: &Actor, hit: &Hit) -> Result<Option<Item>, Refusal> {
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
