//! The list of a register: what is looked for stands in the address; what is ticked is assigned or filed together.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::asked::{Asked, address};
use super::chosen_dossier;
use super::form::Fields;
use super::names::Names;
use super::page::{self, Page, Section};
use super::shown::{self, Row};
use crate::http::body::Id;
use crate::http::guard::{self, Allowed, Permission};
use crate::http::problem::Problem;
use crate::ids::{OfficeCode, RegisterCode};
use crate::model::assignment::Assignee;
use crate::model::register::{Assignment, AssignmentMode, Direction};
use crate::service::{Archive, DossierView, EntriesQuery, Refusal, RegisterView};

/// Rows of a page.
const ROWS: usize = 30;

/// What the form above the list asks.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    /// Words are for the search.
    q: String,
    year: Option<i16>,
    from: Option<jiff::civil::Date>,
    to: Option<jiff::civil::Date>,
    direction: Option<Direction>,
    office: Option<OfficeCode>,
    cursor: Option<String>,
}

impl Filters {
    fn query(&self) -> EntriesQuery {
        EntriesQuery {
            year: self.year,
            from: self.from,
            to: self.to,
            direction: self.direction,
            office: self.office.clone(),
            cursor: self.cursor.clone(),
            limit: Some(ROWS),
            min_position: None,
        }
    }

    fn pairs(&self) -> Vec<(String, String)> {
        let pairs = [
            ("year", self.year.map(|year| year.to_string())),
            ("from", self.from.map(|from| from.to_string())),
            ("to", self.to.map(|to| to.to_string())),
            ("direction", self.direction.map(|direction| direction.as_str().to_owned())),
            ("office", self.office.as_ref().map(ToString::to_string)),
        ];
        pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    /// The search for the same with words.
    fn search(&self, register: &RegisterCode) -> String {
        let mut pairs = vec![("q".to_owned(), self.q.clone()), ("kind".to_owned(), "entry".to_owned())];
        pairs.push(("register".to_owned(), register.to_string()));
        pairs.extend(self.pairs());
        address("/search", &pairs)
    }

    fn text(value: Option<&impl ToString>) -> String {
        value.map(ToString::to_string).unwrap_or_default()
    }
}

/// An entry that may be ticked.
struct Line {
    row: Row,
    /// Year, number and version; none where this reader may do nothing with it.
    tick: Option<String>,
    ticked: bool,
}

#[derive(Template)]
#[template(path = "entries/list.html")]
pub(super) struct ListPage {
    page: Page,
    register: RegisterCode,
    registers: Vec<RegisterView>,
    names: Names,
    filters: Filters,
    lines: Vec<Line>,
    /// The address of the next page.
    next: Option<String>,
    /// To whom the ticked ones go, as it was chosen.
    to: String,
    mode: String,
    /// Some of them may be assigned, or filed, by this reader.
    may_assign: bool,
    may_file: bool,
    /// Those into which one may want to file, and what was typed.
    dossiers: Vec<DossierView>,
    code: String,
    shown: bool,
    /// What is wrong: the id of its field, and the text.
    wrong: Option<(&'static str, String)>,
}

impl ListPage {
    fn title(&self) -> &str {
        self.registers.iter().find(|one| one.code == self.register).map_or("", |one| one.title.as_str())
    }

    fn may_tick(&self) -> bool {
        self.may_assign || self.may_file
    }

    /// The id of what says that the field of this id is wrong.
    fn wrong_at(&self, id: &str) -> &'static str {
        if self.wrong.as_ref().is_some_and(|(wrong, _)| *wrong == id) { "wrong" } else { "" }
    }

    /// As it was sent, with what is wrong.
    pub fn again(&mut self, then: String, fields: &Fields, wrong: (&'static str, String)) {
        self.page.here = then;
        self.wrong = Some(wrong);
        self.to = fields.text("to").to_owned();
        self.mode = fields.text("mode").to_owned();
        self.code = fields.text("code").to_owned();
        self.shown = fields.ticked("shown");
        for line in &mut self.lines {
            line.ticked = fields.all("entry").any(|tick| Some(tick) == line.tick.as_deref());
        }
    }

    fn list(&self) -> String {
        format!("/registers/{}/entries", self.register)
    }

    fn first(&self) -> String {
        address(&self.list(), &self.filters.pairs())
    }

    fn is_office(&self, code: &OfficeCode) -> bool {
        self.filters.office.as_ref() == Some(code)
    }

    fn is_direction(&self, direction: &str) -> bool {
        self.filters.direction.map(Direction::as_str) == Some(direction)
    }

    fn is_filtered(&self) -> bool {
        !self.filters.pairs().is_empty()
    }

    fn year(&self) -> String {
        Filters::text(self.filters.year.as_ref())
    }

    fn from(&self) -> String {
        Filters::text(self.filters.from.as_ref())
    }

    fn until(&self) -> String {
        Filters::text(self.filters.to.as_ref())
    }
}

/// `GET /registers/{register}/entries`
pub async fn list(
    allowed: Allowed<guard::List>,
    Id(register): Id<RegisterCode>,
    Asked(filters): Asked<Filters>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if !filters.q.is_empty() {
        return Ok(page::go_to(&filters.search(&register)));
    }
    page::show(&read(&allowed, &request, register, filters).await?)
}

pub(super) async fn read<P: Permission>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    register: RegisterCode,
    filters: Filters,
) -> Result<ListPage, Problem> {
    let page = Page::of(request, allowed, Section::Register);
    let (query, code) = (filters.query(), register.clone());
    let work = move |archive: &Archive, actor: &_| {
        let found = archive.entries(actor, &code, &query)?;
        let (mut ticks, mut may_assign, mut may_file) = (Vec::new(), false, false);
        for entry in &found.items {
            let id = entry.id();
            let offers = archive.entry_offers(actor, &id)?;
            may_assign |= offers.assign;
            may_file |= offers.file;
            ticks.push((offers.assign || offers.file).then(|| format!("{}/{}/{}", id.year, id.number, offers.version)));
        }
        let dossiers = if may_file { chosen_dossier::offered(archive, actor)? } else { Vec::new() };
        Ok::<_, Refusal>((found, (ticks, may_assign, may_file), dossiers, Names::read(archive, actor)))
    };
    let (found, (ticks, may_assign, may_file), dossiers, names) = allowed.block(work).await??;
    let rows = found.items.into_iter().map(|entry| shown::row(&page, entry));
    let lines = rows.zip(ticks).map(|(row, tick)| Line { row, tick, ticked: false }).collect();
    let next = found.next_cursor.map(|cursor| {
        let mut pairs = filters.pairs();
        pairs.push(("cursor".to_owned(), cursor));
        address(&format!("/registers/{register}/entries"), &pairs)
    });
    let (to, mode) = (String::new(), AssignmentMode::Responsible.as_str().to_owned());
    let registers = allowed.archive.register_list();
    Ok(ListPage {
        page,
        register,
        registers,
        names,
        filters,
        lines,
        next,
        to,
        mode,
        may_assign,
        may_file,
        dossiers,
        code: String::new(),
        shown: false,
        wrong: None,
    })
}

/// `office:edilizia` or `user:marta`, as the choice of a form sends it.
pub(super) fn assignment(to: &str, mode: &str) -> Option<Assignment> {
    let mode = match mode {
        "information" => AssignmentMode::Information,
        _ => AssignmentMode::Responsible,
    };
    let Assignee { office, user } = Assignee::parse(to)?;
    Some(Assignment { office, user, mode, due: None, note: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_searched_with_the_same_filters() {
        let filters: Filters = super::super::asked::read("q=suolo&year=2026&from=").unwrap();
        assert_eq!(filters.search(&"PG".parse().unwrap()), "/search?q=suolo&kind=entry&register=PG&year=2026");
    }
}
