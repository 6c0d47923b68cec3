//! The first page: what is there to do for this person, and what is at hand.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::asked::address;
use super::citizens;
use super::inbox::Line;
use super::names::Names;
use super::page::{self, Page, Reader, Section};
use super::shown::{self, Row};
use super::things;
use crate::http::guard::{Allowed, SignedIn};
use crate::http::problem::Problem;
use crate::model::access::Actor;
use crate::model::user::Role;
use crate::service::{
    AbsenceView, Archive, DossierView, DossiersQuery, EntriesQuery, EntryView, InboxCounts, InboxPage, InboxQuery,
    Refusal, SearchQuery, ThingView,
};

/// Rows of each list.
const ROWS: usize = 10;
/// Of what is to be taken on.
const URGENT: usize = 5;
/// Things at hand, of each kind.
const AT_HAND: usize = 6;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Page,
    /// In whose place the reader works today, and until when.
    standing_in: Vec<AbsenceView>,
    /// What is assigned to the reader or an office of his: newest first, how many there are, and the search that
    /// shows all.
    assigned: Option<Assigned>,
    /// What is to be taken on, the most urgent first, and how much there is in each state.
    inbox: Option<(Vec<Line>, InboxCounts)>,
    entries: Vec<Row>,
    dossiers: Vec<DossierView>,
    starred: Vec<ThingView>,
    opened: Vec<ThingView>,
    names: Names,
}

impl HomePage {
    fn address(&self, thing: &ThingView) -> String {
        things::address(thing.kind, &thing.id)
    }

    fn day(&self, day: &jiff::civil::Date) -> String {
        shown::day(*day)
    }
}

struct Assigned {
    rows: Vec<Row>,
    total: u64,
    all: String,
}

/// What the page is made of.
struct Gathered {
    assigned: Option<(Vec<EntryView>, u64, String)>,
    inbox: Option<InboxPage>,
    entries: Vec<EntryView>,
    dossiers: Vec<DossierView>,
    starred: Vec<ThingView>,
    opened: Vec<ThingView>,
    names: Names,
}

/// `GET /`
pub async fn show(allowed: Allowed<SignedIn>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let page = Page::of(&request, &allowed, Section::Home);
    if page.reader.as_ref().is_some_and(Reader::is_guest) {
        return citizens::home(&allowed, &request).await;
    }
    let found = allowed.block(gather).await??;
    // Numbers of several registers stand in one list: each says of which it is.
    let several = allowed.archive.register_list().len() > 1;
    let row = |entry: EntryView| {
        let register = entry.register.clone();
        let row = shown::row(&page, entry);
        if several { Row { number: format!("{register} {}", row.number), ..row } } else { row }
    };
    let assigned = found.assigned.map(|(entries, total, all)| Assigned {
        rows: entries.into_iter().map(row).collect(),
        total,
        all,
    });
    let inbox = found.inbox.map(|inbox| {
        let lines = inbox.items.into_iter().map(|item| Line::of(&page, &found.names, item)).collect();
        (lines, inbox.counts)
    });
    let entries = found.entries.into_iter().map(row).collect();
    let (dossiers, starred, opened, names) = (found.dossiers, found.starred, found.opened, found.names);
    let standing_in = allowed.archive.stands_in_for(&allowed.actor);
    page::show(&HomePage { page, standing_in, names, assigned, inbox, entries, dossiers, starred, opened })
}

fn gather(archive: &Archive, actor: &Actor) -> Result<Gathered, Refusal> {
    let mut entries = Vec::new();
    // Who handles what is assigned is shown that; who keeps the register, or watches over it, is shown the register.
    let assigned = assigned(archive, actor)?;
    if assigned.is_none() || actor.is(Role::Registrar) {
        for register in archive.register_list() {
            let query = EntriesQuery { limit: Some(ROWS), ..EntriesQuery::default() };
            entries.extend(archive.entries(actor, &register.code, &query)?.items);
        }
        entries.sort_by(|a, b| b.registered_at.cmp(&a.registered_at));
        entries.truncate(ROWS);
    }
    let query = DossiersQuery { limit: Some(ROWS), ..DossiersQuery::default() };
    let dossiers = archive.dossiers(actor, &query)?.items;
    let inbox = if actor.is(Role::Registrar) || actor.is(Role::Officer) || actor.is(Role::Manager) {
        let query = InboxQuery { limit: Some(URGENT), ..InboxQuery::default() };
        Some(archive.inbox(actor, &query)?)
    } else {
        None
    };
    let mut starred = archive.starred(actor)?;
    starred.truncate(AT_HAND);
    let mut opened = archive.opened_lately(actor)?;
    opened.truncate(AT_HAND);
    Ok(Gathered { assigned, inbox, entries, dossiers, starred, opened, names: Names::read(archive, actor) })
}

/// Found as anybody would: by a search for the person and the offices.
fn assigned(archive: &Archive, actor: &Actor) -> Result<Option<(Vec<EntryView>, u64, String)>, Refusal> {
    if !actor.is(Role::Officer) && !actor.is(Role::Manager) {
        return Ok(None);
    }
    let user = actor.names().map(|name| format!("user:{name}"));
    let who: Vec<String> = user.chain(actor.offices.iter().map(|office| format!("office:{office}"))).collect();
    let q = who.join(" OR ");
    let query = SearchQuery {
        q: q.clone(),
        kind: Some("entry".to_owned()),
        sort: Some("newest".to_owned()),
        limit: Some(ROWS),
        remember: Some(false),
        ..SearchQuery::default()
    };
    let found = archive.search(actor, &query)?;
    let mut entries = Vec::new();
    for hit in &found.items {
        let Ok(id) = hit.id.parse() else { continue };
        entries.extend(archive.entry_view(actor, &id).ok());
    }
    let pairs = [("q", q.as_str()), ("kind", "entry"), ("sort", "newest")];
    let all = address("/search", &pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    Ok(Some((entries, found.total, all)))
}
