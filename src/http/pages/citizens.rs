//! What does a citizen see? His dossiers, who deals with them, what they show, and a way to take it all home.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::dossiers::{Item, Whole};
use super::names::office_name;
use super::page::{self, Page, Section};
use super::person::{Line, Person};
use super::shown;
use crate::http::guard::Allowed;
use crate::http::problem::Problem;
use crate::ids::OfficeCode;
use crate::service::{DossierView, DossiersQuery, OfficeView};

#[derive(Template)]
#[template(path = "citizens/home.html")]
struct HomePage {
    page: Page,
    dossiers: Vec<DossierView>,
    /// Where the list goes on.
    next: Option<String>,
    offices: Vec<OfficeView>,
    pec: Option<String>,
}

impl HomePage {
    fn day(&self, moment: &str) -> String {
        shown::day_of(moment)
    }

    fn office_name(&self, code: &OfficeCode) -> String {
        office_name(&self.offices, code.as_str())
    }
}

/// `?cursor=`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct From {
    cursor: Option<String>,
}

/// His dossiers, the newest first.
pub async fn home<P>(allowed: &Allowed<P>, request: &HttpRequest) -> Result<HttpResponse, Problem> {
    let page = Page::of(request, allowed, Section::Home);
    let From { cursor } = crate::http::body::parse_query(request.query_string()).unwrap_or_default();
    let query = DossiersQuery { cursor, ..DossiersQuery::default() };
    let found = allowed.block(move |archive, actor| archive.dossiers(actor, &query)).await??;
    let (offices, pec) = (allowed.archive.offices(), allowed.archive.area_pec());
    page::show(&HomePage { page, dossiers: found.items, next: found.next_cursor, offices, pec })
}

/// A line of what a dossier holds.
enum Row {
    Shown(Box<Item>),
    /// Not shown, one or several in a row: only their places are said.
    Withheld {
        first: u32,
        last: u32,
    },
}

fn rows(items: impl IntoIterator<Item = Item>) -> Vec<Row> {
    let mut rows = Vec::new();
    for item in items {
        match rows.last_mut() {
            _ if !item.withheld => rows.push(Row::Shown(Box::new(item))),
            Some(Row::Withheld { last, .. }) if *last + 1 == item.number => *last = item.number,
            _ => rows.push(Row::Withheld { first: item.number, last: item.number }),
        }
    }
    rows
}

#[derive(Template)]
#[template(path = "citizens/dossier.html")]
struct DossierPage {
    page: Page,
    dossier: DossierView,
    rows: Vec<Row>,
    next: Option<u32>,
    /// Those that lie in it and that he may see.
    parts: Vec<DossierView>,
    /// Who deals with it.
    person: Person,
}

impl DossierPage {
    /// Which one is not shown.
    fn not_shown(&self, number: &u32) -> String {
        self.page.n("withheld-one", *number).into_owned()
    }

    /// How many in a row are not shown.
    fn not_shown_together(&self, first: &u32, last: &u32) -> String {
        self.page.n("withheld-many", last - first + 1).into_owned()
    }

    fn day(&self, moment: &str) -> String {
        shown::day_of(moment)
    }
}

/// A dossier for one whom it concerns.
pub fn dossier(page: Page, whole: Whole, pec: Option<String>) -> Result<HttpResponse, Problem> {
    let Whole { dossier, items, family, names, .. } = whole;
    let parts = family.into_iter().map(|(_, one)| one).filter(|one| one.parent == Some(dossier.id)).collect();
    let next = items.next;
    let rows = rows(items.items.into_iter().map(|item| Item::of(&page, &names, item)));
    let office = dossier.office.as_ref().map(|code| names.office(code.as_str()));
    let mut person = match (&dossier.officer_name, office) {
        (Some(name), office) => {
            let mut person = Person::named(name, page.t("officer-in-charge"));
            person.about.extend(office);
            person
        }
        (None, Some(office)) => Person::office(office, page.t("keeping-office")),
        (None, None) => Person::office(&page.area, ""),
    };
    person.lines.extend(pec.as_deref().map(Line::pec));
    page::show(&DossierPage { page, dossier, rows, next, parts, person })
}
