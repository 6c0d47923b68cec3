//! Lists: the entries of a register and the dossiers, newest first, with what the index does not have yet.

use std::cmp::Reverse;
use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Archive;
use super::blobs::view_of;
use super::core::Core;
use super::dossiers::{DossierView, dossier_view};
use super::items::Key;
use super::read::permit_in_area;
use super::refusal::Refusal;
use super::register::{EntryView, view as entry_view};
use super::search::{POSITION_WAIT, end_of, find, page_size, start_of, view_for};
use crate::ids::{ClassCode, EntryId, OfficeCode, Position, RegisterCode};
use crate::index::{Filters, ItemKind, Request, Sort, View, after_item, item_before, matches_filters};
use crate::limits;
use crate::model::access::{Action, Actor};
use crate::model::register::Direction;

/// How long a list waits for the tail to take in what was just written.
const TAIL_WAIT: Duration = Duration::from_secs(3);

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

impl Archive {
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
        let view = view_for(actor, &query.q);
        let page = if query.q.trim().is_empty() {
            self.list(&filters, &view, query.cursor.as_deref(), query.limit, query.min_position)?
        } else {
            if let Some(position) = query.min_position {
                self.wait_for_index(position)?;
            }
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
        if let Some(position) = min_position {
            self.check_position(position)?;
            if !core.tail.wait(position + 1, POSITION_WAIT) {
                return Err(Refusal::NotReady("the index has not come so far yet".to_owned()));
            }
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
        before = (id.year, id.number);
        let at = found.thing.registered_at.as_microsecond();
        // Days of an earlier system need not go up with its numbers: within its years each is looked at.
        let (then, first) = (found.thing.imported.is_some(), query.from.map_or(i16::MIN, |day| day.year()));
        if query.year.is_some_and(|year| year != id.year) || id.year < first || (at < from && !then) {
            break;
        }
        if then && (at < from || at >= query.to.map_or(i64::MAX, end_of)) {
            continue;
        }
        let Some(view) = entry_view(core, actor, &found) else { continue };
        if items.len() == limit {
            next_cursor = items.last().map(|last| format!("{register}/{}/{}", last.year, last.number));
            break;
        }
        items.push(view);
    }
    Ok(Page { items, next_cursor })
}

/// The first number of a year that was given here at or after a time: times ascend with these numbers, so it is halved
/// for. Those of an earlier system stand below.
fn first_since(core: &Core, register: &RegisterCode, year: i16, time: i64) -> Result<u64, Refusal> {
    let (mut low, mut high) = (1, core.catalogue.last_number(register, year)? + 1);
    while low < high {
        let number = u64::midpoint(low, high);
        let before = match core.entry(&EntryId { register: register.clone(), year, number })? {
            Some(entry) => entry.thing.imported.is_some() || entry.thing.registered_at.as_microsecond() < time,
            None => true,
        };
        if before { low = number + 1 } else { high = number }
    }
    Ok(low)
}
