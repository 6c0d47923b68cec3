//! The list of a register: what is looked for stands in the address; what is ticked is assigned or filed together.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::asked::{Asked, address};
use super::bulk::{Did, Told, of_tick};
use super::dossiers::read as read_field;
use super::form::Fields;
use super::names::Names;
use super::page::{self, Page, Section};
use super::refused::Refused;
use super::shown::{self, Row};
use super::{chosen_dossier, draft};
use crate::http::body::Id;
use crate::http::guard::{self, Allowed, Permission};
use crate::http::problem::Problem;
use crate::ids::{OfficeCode, RegisterCode};
use crate::model::assignment::Assignee;
use crate::model::field::FieldError;
use crate::model::register::{Assignment, AssignmentMode, Direction};
use crate::service::{Archive, DossierView, EntriesQuery, Refusal, RegisterView};

/// Rows of a page.
const ROWS: usize = 30;

/// What the form above the list asks, as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    /// Words are for the search.
    q: String,
    year: String,
    from: String,
    to: String,
    direction: String,
    office: String,
    cursor: String,
}

impl Filters {
    /// What is wrong is not asked: the list is shown without it, and the field says why.
    fn query(&self) -> (EntriesQuery, Vec<FieldError>) {
        let mut errors = Vec::new();
        let direction = |text: &str| {
            [Direction::Incoming, Direction::Outgoing, Direction::Internal].into_iter().find(|one| one.as_str() == text)
        };
        let query = EntriesQuery {
            year: read_field(&mut errors, "year", &self.year, "not a year").filter(|year| *year > 0),
            from: read_field(&mut errors, "from", &self.from, draft::NO_DATE),
            to: read_field(&mut errors, "to", &self.to, draft::NO_DATE),
            direction: direction(&self.direction),
            office: read_field(&mut errors, "office", &self.office, "not an office"),
            cursor: Some(self.cursor.clone()).filter(|cursor| !cursor.is_empty()),
            limit: Some(ROWS),
            min_position: None,
        };
        (query, errors)
    }

    fn pairs(&self) -> Vec<(String, String)> {
        let pairs = [
            ("year", &self.year),
            ("from", &self.from),
            ("to", &self.to),
            ("direction", &self.direction),
            ("office", &self.office),
        ];
        let said = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        said.map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    /// The list from a place on.
    fn address(&self, register: &RegisterCode, cursor: &str) -> String {
        let cursor = Some(("cursor".to_owned(), cursor.to_owned())).filter(|(_, cursor)| !cursor.is_empty());
        let pairs: Vec<_> = self.pairs().into_iter().chain(cursor).collect();
        address(&format!("/registers/{register}/entries"), &pairs)
    }

    /// The search for the same with words.
    fn search(&self, register: &RegisterCode) -> String {
        let mut pairs = vec![("q".to_owned(), self.q.clone()), ("kind".to_owned(), "entry".to_owned())];
        pairs.push(("register".to_owned(), register.to_string()));
        pairs.extend(self.pairs());
        address("/search", &pairs)
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
    /// What is wrong with the filters.
    refused: Refused,
    /// What was done a moment ago with entries of the list.
    told: Option<Told>,
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

    /// As it was sent, with what is wrong. A tick keeps the version that the list showed when it was made: what another
    /// changed since then is still told.
    pub fn again(&mut self, fields: &Fields, wrong: (&'static str, String)) {
        self.wrong = Some(wrong);
        self.to = fields.text("to").to_owned();
        self.mode = fields.text("mode").to_owned();
        self.code = fields.text("code").to_owned();
        self.shown = fields.ticked("shown");
        for line in &mut self.lines {
            let Some(offered) = line.tick.as_deref().and_then(|tick| of_tick(&self.register, tick)) else { continue };
            let same = |tick: &&str| of_tick(&self.register, tick).is_some_and(|(id, _)| id == offered.0);
            if let Some(sent) = fields.all("entry").find(same) {
                line.tick = Some(sent.to_owned());
                line.ticked = true;
            }
        }
    }

    fn list(&self) -> String {
        format!("/registers/{}/entries", self.register)
    }

    fn first(&self) -> String {
        self.filters.address(&self.register, "")
    }

    fn is_office(&self, code: &OfficeCode) -> bool {
        self.filters.office == code.as_str()
    }

    fn is_direction(&self, direction: &str) -> bool {
        self.filters.direction == direction
    }

    fn is_filtered(&self) -> bool {
        !self.filters.pairs().is_empty()
    }
}

/// `GET /registers/{register}/entries`
pub async fn list(
    allowed: Allowed<guard::List>,
    Id(register): Id<RegisterCode>,
    Asked(filters): Asked<Filters>,
    Asked(did): Asked<Did>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if !filters.q.is_empty() {
        return Ok(page::go_to(&filters.search(&register)));
    }
    let shown = read(&allowed, &request, register, filters, did).await?;
    page::show_as(shown.refused.status(), &shown)
}

pub(super) async fn read<P: Permission>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    register: RegisterCode,
    filters: Filters,
    did: Did,
) -> Result<ListPage, Problem> {
    // What was done is told once.
    let here = filters.address(&register, &filters.cursor);
    let page = Page { here, ..Page::of(request, allowed, Section::Register) };
    let ((query, errors), code, into) = (filters.query(), register.clone(), did.dossier());
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
        let into = into.and_then(|id| archive.dossier_view(actor, id).ok());
        Ok::<_, Refusal>((found, (ticks, may_assign, may_file), (dossiers, into), Names::read(archive, actor)))
    };
    let (found, (ticks, may_assign, may_file), (dossiers, into), names) = allowed.block(work).await??;
    let told = did.told(&page, &names, into, &register);
    let rows = found.items.into_iter().map(|entry| shown::row(&page, entry));
    let lines = rows.zip(ticks).map(|(row, tick)| Line { row, tick, ticked: false }).collect();
    let next = found.next_cursor.map(|cursor| filters.address(&register, &cursor));
    let (to, mode) = (String::new(), AssignmentMode::Responsible.as_str().to_owned());
    let registers = allowed.archive.register_list();
    Ok(ListPage {
        page,
        register,
        registers,
        names,
        filters,
        refused: if errors.is_empty() { Refused::default() } else { Refused::invalid(errors) },
        told,
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

    #[test]
    fn what_is_wrong_is_said_and_not_asked() {
        let filters: Filters = super::super::asked::read("year=venti&from=ieri&direction=outgoing&did=filed").unwrap();
        let (query, errors) = filters.query();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!((query.year, query.from, query.direction), (None, None, Some(Direction::Outgoing)));
        assert_eq!(fields, ["year", "from"]);
        assert_eq!(
            filters.address(&"PG".parse().unwrap(), ""),
            "/registers/PG/entries?year=venti&from=ieri&direction=outgoing"
        );
    }
}
