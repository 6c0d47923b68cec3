//! The list of a register: what is looked for stands in the address; ticked entries are assigned together.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::asked::{self, Asked, address};
use super::form::{Fields, Submitted};
use super::names::Names;
use super::page::{self, Page, Section};
use super::shown::{self, Row};
use crate::http::body::Id;
use crate::http::guard::{self, Allowed, AssignEntry, Permission};
use crate::http::problem::Problem;
use crate::ids::{EntryId, OfficeCode, RegisterCode};
use crate::model::register::{Assignment, AssignmentMode, Direction};
use crate::service::{Archive, EntriesQuery, Refusal, RegisterView};

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
    /// Year, number and version; none where this reader may not assign it.
    tick: Option<String>,
    ticked: bool,
}

#[derive(Template)]
#[template(path = "entries/list.html")]
struct ListPage {
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
    wrong: Option<&'static str>,
}

impl ListPage {
    fn title(&self) -> &str {
        self.registers.iter().find(|one| one.code == self.register).map_or("", |one| one.title.as_str())
    }

    fn may_tick(&self) -> bool {
        self.lines.iter().any(|line| line.tick.is_some())
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

async fn read<P: Permission>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    register: RegisterCode,
    filters: Filters,
) -> Result<ListPage, Problem> {
    let page = Page::of(request, allowed, Section::Register);
    let (query, code) = (filters.query(), register.clone());
    let work = move |archive: &Archive, actor: &_| {
        let found = archive.entries(actor, &code, &query)?;
        let mut ticks = Vec::new();
        for entry in &found.items {
            let id = entry.id();
            let offers = archive.entry_offers(actor, &id)?;
            ticks.push(offers.assign.then(|| format!("{}/{}/{}", id.year, id.number, offers.version)));
        }
        Ok::<_, Refusal>((found, ticks, Names::read(archive, actor)))
    };
    let (found, ticks, names) = allowed.block(work).await??;
    let rows = found.items.into_iter().map(|entry| shown::row(&page, entry));
    let lines = rows.zip(ticks).map(|(row, tick)| Line { row, tick, ticked: false }).collect();
    let next = found.next_cursor.map(|cursor| {
        let mut pairs = filters.pairs();
        pairs.push(("cursor".to_owned(), cursor));
        address(&format!("/registers/{register}/entries"), &pairs)
    });
    let (to, mode) = (String::new(), AssignmentMode::Responsible.as_str().to_owned());
    let registers = allowed.archive.register_list();
    Ok(ListPage { page, register, registers, names, filters, lines, next, to, mode, wrong: None })
}

/// What became of one ticked entry.
struct Outcome {
    number: String,
    path: String,
    /// None when it was assigned.
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "entries/assigned.html")]
struct AssignedPage {
    page: Page,
    to: String,
    done: u64,
    outcomes: Vec<Outcome>,
    back: String,
}

impl AssignedPage {
    fn count(&self) -> String {
        self.page.n("assigned-count", self.done).into_owned()
    }

    fn failed(&self) -> u64 {
        self.outcomes.len() as u64 - self.done
    }
}

/// `POST /registers/{register}/assignments`: each ticked entry by itself, so that one which changed keeps no other back.
pub async fn assign(
    submitted: Submitted<AssignEntry>,
    Id(register): Id<RegisterCode>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let ticked: Vec<&str> = fields.all("entry").filter(|tick| !tick.is_empty()).collect();
    let to = assignment(fields.text("to"), fields.text("mode"));
    let wrong = match &to {
        _ if ticked.is_empty() => Some("nothing-ticked"),
        None => Some("nobody-chosen"),
        Some(_) => None,
    };
    let (Some(to), None) = (to, wrong) else {
        return show_again(&allowed, &request, register, &fields, wrong.unwrap_or_default()).await;
    };
    let page = Page::of(&request, &allowed, Section::Register);
    let mut outcomes = Vec::new();
    for tick in ticked {
        outcomes.push(assign_one(&allowed, &page, &register, tick, &to).await?);
    }
    let names = allowed.block(Names::read).await?;
    let done = outcomes.iter().filter(|outcome| outcome.problem.is_none()).count() as u64;
    let back = page::ours(fields.text("then")).map_or_else(|| format!("/registers/{register}/entries"), str::to_owned);
    page::show(&AssignedPage { page, to: names.assigned(&to), done, outcomes, back })
}

/// The list once more with what was ticked and chosen, and what is missing.
async fn show_again(
    allowed: &Allowed<AssignEntry>,
    request: &HttpRequest,
    register: RegisterCode,
    fields: &Fields,
    wrong: &'static str,
) -> Result<HttpResponse, Problem> {
    let then = page::ours(fields.text("then")).unwrap_or_default().to_owned();
    let filters = asked::read(then.split_once('?').map_or("", |(_, query)| query))?;
    let mut list = read(allowed, request, register, filters).await?;
    list.page.here = then;
    list.wrong = Some(wrong);
    list.to = fields.text("to").to_owned();
    list.mode = fields.text("mode").to_owned();
    for line in &mut list.lines {
        line.ticked = fields.all("entry").any(|tick| Some(tick) == line.tick.as_deref());
    }
    page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &list)
}

async fn assign_one(
    allowed: &Allowed<AssignEntry>,
    page: &Page,
    register: &RegisterCode,
    tick: &str,
    to: &Assignment,
) -> Result<Outcome, Problem> {
    let (id, version) = of_tick(register, tick).ok_or_else(|| Problem::invalid("entry", "not a tick of the list"))?;
    let (read, new) = (id.clone(), to.clone());
    let work = move |archive: &Archive, actor: &_| {
        let details = archive.entry_view(actor, &read)?.details.ok_or(Refusal::Forbidden)?;
        Ok::<_, Refusal>(given(&details.assignments, &new))
    };
    let done = match allowed.block(work).await? {
        Ok(assignments) => allowed.archive.assign(&allowed.actor, &id, assignments, Some(version)).await.map(drop),
        Err(refusal) => Err(refusal),
    };
    let number = format!("{}/{}", id.number, id.year);
    let problem = done.err().map(|refusal| page.word("problem", Problem::from(refusal).kind.name()).into_owned());
    Ok(Outcome { number, path: format!("/{}", id.path()), problem })
}

/// An entry and the version of it that was ticked.
fn of_tick(register: &RegisterCode, tick: &str) -> Option<(EntryId, usize)> {
    let (id, version) = tick.rsplit_once('/')?;
    Some((format!("{register}/{id}").parse().ok()?, version.parse().ok()?))
}

/// `office:edilizia` or `user:marta`, as the choice of a form sends it.
pub(super) fn assignment(to: &str, mode: &str) -> Option<Assignment> {
    let mode = match mode {
        "information" => AssignmentMode::Information,
        _ => AssignmentMode::Responsible,
    };
    match to.split_once(':')? {
        ("office", code) => Some(Assignment { office: Some(code.parse().ok()?), user: None, mode }),
        ("user", name) => Some(Assignment { office: None, user: Some(name.parse().ok()?), mode }),
        _ => None,
    }
}

/// Assignments with a further one: who must act takes the place of who had to, who must know comes beside.
fn given(before: &[Assignment], new: &Assignment) -> Vec<Assignment> {
    let same = |one: &Assignment| one.office == new.office && one.user == new.user;
    let replaced =
        |one: &Assignment| new.mode == AssignmentMode::Responsible && one.mode == AssignmentMode::Responsible;
    let mut after: Vec<Assignment> = before.iter().filter(|one| !same(one) && !replaced(one)).cloned().collect();
    after.insert(0, new.clone());
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_must_act_takes_the_place_of_who_had_to() {
        let to = |to, mode| assignment(to, mode).unwrap();
        let before = [to("office:protocollo", "responsible"), to("user:marta", "information")];
        assert_eq!(
            given(&before, &to("office:edilizia", "responsible")),
            [to("office:edilizia", "responsible"), to("user:marta", "information")]
        );
        assert_eq!(
            given(&before, &to("user:marta", "responsible")),
            [to("user:marta", "responsible")],
            "one stands there once"
        );
        assert_eq!(given(&before, &to("office:edilizia", "information")).len(), 3);
    }

    #[test]
    fn choices_and_ticks_are_read_back() {
        assert_eq!(assignment("office:", "responsible"), None);
        assert_eq!(assignment("edilizia", "responsible"), None);
        let register: RegisterCode = "PG".parse().unwrap();
        let (id, version) = of_tick(&register, "2026/42/7").unwrap();
        assert_eq!((id.path().as_str(), version), ("registers/PG/entries/2026/42", 7));
        assert_eq!(of_tick(&register, "2026/x/7"), None);
    }

    #[test]
    fn words_are_searched_with_the_same_filters() {
        let filters: Filters = asked::read("q=suolo&year=2026&from=").unwrap();
        assert_eq!(filters.search(&"PG".parse().unwrap()), "/search?q=suolo&kind=entry&register=PG&year=2026");
    }
}
