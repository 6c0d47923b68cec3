//! Dossiers: the list, one dossier with all that is in it, and who saw it.

use std::str::FromStr;

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::civil::Date;
use serde::Deserialize;

use super::asked::address;
use super::citizens;
use super::names::{Names, office_name};
use super::page::{self, Page, Reader, Section};
use super::person::Person;
use super::refused::Refused;
use super::shown::{self, Row};
use super::things;
use super::tree::{self, Tree};
use crate::clock;
use crate::http::body::{Id, Query};
use crate::http::guard::{self, Allowed, ReadAccessLog, ReadDossier};
use crate::http::problem::Problem;
use crate::ids::{DocumentId, DossierId, OfficeCode};
use crate::limits;
use crate::model::access::{Action, Actor, Decision, Target, decide};
use crate::model::classification::Class;
use crate::model::field::FieldError;
use crate::service::{
    AccessLine, Archive, DossierView, DossiersQuery, ItemPage, ItemView, OfficeView, Refusal, UserView,
};

/// Sub-dossiers that a page shows at most: a tree of more is no help.
const BELOW_MAX: usize = 200;

/// What the list is narrowed to, as it stands in the address; a form sends empty fields too.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filters {
    q: String,
    classification: String,
    office: String,
    state: String,
    year: String,
    cursor: String,
}

impl Filters {
    /// What is wrong is not asked: the list is shown without it, and the field says why.
    fn query(&self) -> (DossiersQuery, Vec<FieldError>) {
        let mut errors = Vec::new();
        let query = DossiersQuery {
            q: self.q.trim().to_owned(),
            classification: read(&mut errors, "classification", &self.classification, "not a class code"),
            office: read(&mut errors, "office", &self.office, "not an office"),
            state: Some(self.state.clone()).filter(|state| !state.is_empty()),
            year: read(&mut errors, "year", &self.year, "not a year"),
            cursor: Some(self.cursor.clone()).filter(|cursor| !cursor.is_empty()),
            ..DossiersQuery::default()
        };
        (query, errors)
    }

    /// Whether anything is asked for besides the newest.
    fn any(&self) -> bool {
        [&self.q, &self.classification, &self.office, &self.state, &self.year].into_iter().any(|text| !text.is_empty())
    }

    /// The same list from another place on.
    fn address(&self, cursor: &str) -> String {
        let fields = [
            ("q", self.q.as_str()),
            ("classification", &self.classification),
            ("office", &self.office),
            ("state", &self.state),
            ("year", &self.year),
            ("cursor", cursor),
        ];
        let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<_> = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        address("/dossiers", &pairs)
    }
}

/// A field that may be left empty; a class may be typed with its title behind it.
pub fn read<T: FromStr>(errors: &mut Vec<FieldError>, field: &str, text: &str, wrong: &str) -> Option<T> {
    let text = text.split_whitespace().next()?;
    let value = text.parse().ok();
    if value.is_none() {
        errors.push(FieldError { field: field.to_owned(), message: wrong.to_owned() });
    }
    value
}

#[derive(Template)]
#[template(path = "dossiers/list.html")]
struct ListPage {
    page: Page,
    filters: Filters,
    refused: Refused,
    dossiers: Vec<DossierView>,
    next: Option<String>,
    offices: Vec<OfficeView>,
    classes: Vec<Class>,
    may_open: bool,
}

impl ListPage {
    fn day(&self, moment: &str) -> String {
        shown::day_of(moment)
    }

    fn office_name(&self, code: &OfficeCode) -> String {
        office_name(&self.offices, code.as_str())
    }

    fn is_office(&self, office: &OfficeView) -> bool {
        self.filters.office == office.code.as_str()
    }
}

/// `GET /dossiers`
pub async fn list(
    allowed: Allowed<guard::List>,
    Query(filters): Query<Filters>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let page = Page::of(&request, &allowed, Section::Dossiers);
    if page.reader.as_ref().is_some_and(Reader::is_guest) {
        return citizens::home(&allowed, &request).await;
    }
    let (query, errors) = filters.query();
    let refused = if errors.is_empty() { Refused::default() } else { Refused::invalid(errors) };
    let found = allowed.block(move |archive, actor| archive.dossiers(actor, &query)).await??;
    let may_open = decide(&allowed.actor, Action::OpenDossier, Target::Area) == Decision::Allowed;
    let (offices, classes) = (allowed.archive.offices(), allowed.archive.every_class());
    let next = found.next_cursor.map(|cursor| filters.address(&cursor));
    let status = refused.status();
    let dossiers = found.items;
    page::show_as(status, &ListPage { page, filters, refused, dossiers, next, offices, classes, may_open })
}

/// A document that can be downloaded.
pub struct File {
    pub id: DocumentId,
    pub name: String,
    pub size: String,
}

/// An item as a page shows it.
pub struct Item {
    pub number: u32,
    pub withheld: bool,
    pub shown: bool,
    pub added: String,
    pub added_at: String,
    pub added_by: Option<String>,
    /// Day, by whom and why it was taken out.
    pub removed: Option<(String, String, String)>,
    pub entry: Option<Row>,
    /// `PG 42/2026`.
    pub label: String,
    /// A document without a number: which, and its title.
    pub document: Option<DocumentId>,
    pub title: String,
    pub files: Vec<File>,
}

impl Item {
    pub fn of(page: &Page, names: &Names, item: ItemView) -> Self {
        let mut files = Vec::new();
        let (mut label, mut title) = (String::new(), String::new());
        if let Some(entry) = &item.entry {
            label = format!("{} {}/{}", entry.register, entry.number, entry.year);
            let documents =
                entry.details.iter().flat_map(|details| details.document.iter().chain(&details.attachments));
            files.extend(documents.map(|document| File {
                id: document.id,
                name: document.file.file_name.clone(),
                size: shown::size(document.content.size, page.language),
            }));
        }
        let document = item.document.as_ref().map(|document| document.id);
        if let Some(document) = item.document {
            title = document.title;
            let size = shown::size(document.content.size, page.language);
            files.push(File { id: document.id, name: document.file_name, size });
        }
        let added_at = item.added_at.unwrap_or_default();
        let removed = item.removed.flatten();
        Self {
            number: item.item,
            withheld: item.withheld,
            shown: item.shown.unwrap_or_default(),
            added: shown::day_of(&added_at),
            added_at,
            added_by: item.added_by.map(|by| names.person(&by)),
            removed: removed.map(|removed| (shown::day_of(&removed.at), names.person(&removed.by), removed.reason)),
            entry: item.entry.map(|entry| shown::row(page, entry)),
            label,
            document,
            title,
            files,
        }
    }
}

/// What the reader may do with a dossier as it is now.
#[derive(Debug, Clone, Copy)]
pub struct Rights {
    pub file: bool,
    pub change: bool,
    pub close: bool,
    pub reopen: bool,
    pub open_sub: bool,
    pub create: bool,
    pub read_log: bool,
}

impl Rights {
    pub fn of(archive: &Archive, actor: &Actor, dossier: &DossierView) -> Result<Self, Refusal> {
        let actions = archive.dossier_actions(actor, dossier.id)?;
        let in_area = |action| decide(actor, action, Target::Area) == Decision::Allowed;
        let open = dossier.state == "open";
        let file = open && actions.contains(&Action::FileIntoDossier);
        Ok(Self {
            file,
            change: open && actions.contains(&Action::ChangeDossierItem),
            close: open && actions.contains(&Action::CloseDossier),
            reopen: !open && actions.contains(&Action::ReopenDossier),
            open_sub: file && in_area(Action::OpenDossier),
            create: file && in_area(Action::CreateDocument),
            read_log: in_area(Action::ReadAccessLog),
        })
    }
}

/// All that a page about a dossier knows of it.
pub struct Whole {
    pub dossier: DossierView,
    pub rights: Rights,
    pub items: ItemPage,
    /// Those that it lies in and those that lie in it, with their depths.
    pub family: Vec<(usize, DossierView)>,
    pub names: Names,
    pub class_title: String,
    pub officer: Option<UserView>,
}

fn whole(archive: &Archive, actor: &Actor, id: DossierId, after: u32) -> Result<Whole, Refusal> {
    let dossier = archive.dossier_view(actor, id)?;
    let mut above = Vec::new();
    let mut parent = dossier.parent;
    while let Some(view) = parent.and_then(|parent| archive.dossier_view(actor, parent).ok()) {
        parent = view.parent;
        above.push(view);
    }
    let depth = above.len();
    let mut family: Vec<_> = above.into_iter().rev().enumerate().collect();
    family.push((depth, dossier.clone()));
    for child in dossier.sub_dossiers.iter().take(BELOW_MAX) {
        family.push((depth + 1, archive.dossier_view(actor, *child)?));
    }
    let users = archive.users(actor).unwrap_or_default();
    Ok(Whole {
        rights: Rights::of(archive, actor, &dossier)?,
        items: archive.dossier_items(actor, id, after, limits::PAGE_DEFAULT)?,
        family,
        names: Names::read(archive, actor),
        class_title: dossier.classification_title.clone().unwrap_or_default(),
        officer: users.into_iter().find(|user| Some(user.name.as_str()) == dossier.officer.as_deref()),
        dossier,
    })
}

#[derive(Template)]
#[template(path = "dossiers/show.html")]
struct ShowPage {
    page: Page,
    dossier: DossierView,
    rights: Rights,
    items: Vec<Item>,
    next: Option<u32>,
    first: bool,
    family: Tree<DossierView>,
    class_title: String,
    opened_by: String,
    /// The officer, the office that keeps it, and those that take part.
    in_charge: Vec<Person>,
    parties: Vec<Person>,
    is_starred: bool,
}

impl ShowPage {
    fn day(&self, moment: &str) -> String {
        shown::day_of(moment)
    }

    /// It lies in another, or others lie in it.
    fn has_family(&self) -> bool {
        self.family.branches.len() > 1
    }
}

/// `?after=`: items with higher numbers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct After {
    after: u32,
}

/// `GET /dossiers/{id}`
pub async fn show(
    allowed: Allowed<ReadDossier>,
    Id(id): Id<DossierId>,
    Query(After { after }): Query<After>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let page = Page::of(&request, &allowed, Section::Dossiers);
    let whole = allowed.block(move |archive, actor| whole(archive, actor, id, after)).await??;
    let is_starred = things::opened(&allowed, &request, "dossier", id.to_string()).await?;
    if whole.dossier.as_party {
        return citizens::dossier(page, whole, allowed.archive.area_pec());
    }
    let in_charge = in_charge(&page, &whole);
    let Whole { dossier, rights, items, names, family, class_title, .. } = whole;
    let next = items.next;
    let items = items.items.into_iter().map(|item| Item::of(&page, &names, item)).collect();
    let opened_by = dossier.opened_by.as_deref().map_or_else(String::new, |name| names.person(name));
    let (family, first) = (tree::nest(family), after == 0);
    let parties = dossier.parties.iter().map(Person::party).collect();
    page::show(&ShowPage {
        page,
        dossier,
        rights,
        items,
        next,
        first,
        family,
        class_title,
        opened_by,
        in_charge,
        parties,
        is_starred,
    })
}

fn in_charge(page: &Page, whole: &Whole) -> Vec<Person> {
    let (dossier, offices) = (&whole.dossier, &whole.names.offices);
    let officer = dossier.officer_name.as_ref().map(|name| match &whole.officer {
        Some(user) => Person::user(page, offices, user, page.t("officer-in-charge")),
        None => Person::named(name, page.t("officer-in-charge")),
    });
    let office = |code: &OfficeCode, about: &str| Person::office(office_name(offices, code.as_str()), page.t(about));
    let keeping = dossier.office.iter().map(|code| office(code, "keeping-office"));
    let others = dossier.participants.iter().map(|code| office(code, "taking-part"));
    officer.into_iter().chain(keeping).chain(others).collect()
}

/// A line of the access log about one dossier.
struct Seen {
    at: String,
    time: String,
    who: String,
    what: String,
}

#[derive(Template)]
#[template(path = "dossiers/access_log.html")]
struct AccessPage {
    page: Page,
    dossier: DossierView,
    date: Date,
    /// As people write it.
    day: String,
    seen: Vec<Seen>,
}

/// `?date=`: of today without it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Day {
    date: String,
}

/// `GET /dossiers/{id}/access-log`: who saw it on a day.
pub async fn access_log(
    allowed: Allowed<ReadAccessLog>,
    Id(id): Id<DossierId>,
    Query(day): Query<Day>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let page = Page::of(&request, &allowed, Section::Dossiers);
    let date = day.date.parse().unwrap_or_else(|_| clock::today());
    let read = move |archive: &Archive, actor: &Actor| {
        let dossier = archive.dossier_view(actor, id)?;
        Ok::<_, Refusal>((dossier, archive.access_lines(actor, date)?, archive.users(actor)?))
    };
    let (dossier, lines, users) = allowed.block(read).await??;
    let (path, below) = (id.path(), format!("{}/", id.path()));
    let about = |line: &AccessLine| line.outcome < 400 && (line.subject == path || line.subject.starts_with(&below));
    let lines = lines.into_iter().rev().filter(about);
    let seen = lines.map(|line| seen(&page, &users, line)).collect();
    page::show(&AccessPage { page, dossier, date, day: shown::day(date), seen })
}

fn seen(page: &Page, users: &[UserView], line: AccessLine) -> Seen {
    let user = users.iter().find(|user| user.id.to_string() == line.actor);
    let mut who = user.map_or(line.actor, |user| user.full_name.clone());
    if let Some(citizen) = line.on_behalf_of {
        who = format!("{who} ({citizen})");
    }
    let time = shown::moment(&line.time).map(|at| clock::in_rome(at).strftime("%H:%M").to_string());
    Seen { at: line.time, time: time.unwrap_or_default(), who, what: page.word("access", &line.what).into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_stand_in_the_address_and_empty_ones_do_not() {
        let filters = Filters { q: "tigli & C".to_owned(), year: "2026".to_owned(), ..Filters::default() };
        assert_eq!(filters.address("x1"), "/dossiers?q=tigli+%26+C&year=2026&cursor=x1");
        assert_eq!(Filters::default().address(""), "/dossiers");
        assert!(filters.any() && !Filters::default().any());
        let (query, _) = filters.query();
        assert_eq!((query.q.as_str(), query.year, query.office, query.state), ("tigli & C", Some(2026), None, None));
    }

    #[test]
    fn a_class_is_read_with_its_title_and_what_is_none_is_named() {
        let filters = |classification: &str, year: &str| Filters {
            classification: classification.to_owned(),
            year: year.to_owned(),
            ..Filters::default()
        };
        let (query, _) = filters(" 6.3 Edilizia privata", "").query();
        assert_eq!(query.classification.unwrap().as_str(), "6.3");
        let (query, errors) = filters("sei!", "ieri").query();
        assert_eq!((query.classification, query.year), (None, None), "what is wrong is not asked");
        assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["classification", "year"]);
    }
}
