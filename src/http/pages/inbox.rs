//! The inbox: what is given to oneself and one's offices, by state and by day, and one thing done with what is ticked.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::asked::{Asked, address};
use super::assignments::{Due, standing};
use super::entries::assignment;
use super::form::{Fields, Submitted};
use super::names::Names;
use super::page::{self, Page, Section};
use super::shown::{self, Row};
use crate::clock;
use crate::http::guard::{Allowed, Permission, ReadInbox, WorkOnInbox};
use crate::http::problem::{Kind, Problem};
use crate::ids::OfficeCode;
use crate::model::access::Actor;
use crate::model::assignment::{Answer, Assignee, AssignmentState};
use crate::model::dossier::EntryReference;
use crate::service::{Archive, DueIn, InboxCounts, InboxItem, InboxPage, InboxQuery, InboxWork, Refusal, WorkItem};

/// Rows of a page.
const ROWS: usize = 30;

/// What the form above the list asks.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    of: Option<String>,
    state: Option<AssignmentState>,
    due: Option<DueIn>,
    cursor: Option<String>,
}

impl Filters {
    fn state(&self) -> AssignmentState {
        self.state.unwrap_or(AssignmentState::Waiting)
    }

    fn query(&self) -> InboxQuery {
        InboxQuery {
            of: self.of.clone(),
            state: self.state,
            due: self.due,
            cursor: self.cursor.clone(),
            limit: Some(ROWS),
            min_position: None,
        }
    }

    fn pairs(&self, state: AssignmentState) -> Vec<(String, String)> {
        let pairs = [
            ("of", self.of.clone()),
            ("state", Some(state.as_str().to_owned())),
            ("due", self.due.map(|due| due.as_str().to_owned())),
        ];
        pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

/// An assignment in the list.
pub struct Line {
    pub row: Row,
    pub due: Option<Due>,
    pub note: Option<String>,
    pub reason: Option<String>,
    pub standing: String,
    /// The entry with the assignee and the version, as a tick sends it.
    tick: String,
    ticked: bool,
}

impl Line {
    pub fn of(page: &Page, names: &Names, item: InboxItem) -> Self {
        let InboxItem { entry, assignment, progress, etag } = item;
        let (id, of) = (entry.id(), assignment.assignee().text());
        let mut row = shown::row(page, entry);
        row.assigned = vec![assignment.clone()];
        Self {
            due: Due::of(page, &assignment, progress.state, clock::today()),
            note: assignment.note,
            reason: progress.reason.clone(),
            standing: standing(page, names, &progress),
            tick: format!("{}/{}/{}/{of}/{}", id.register, id.year, id.number, etag.trim_matches('"')),
            ticked: false,
            row,
        }
    }
}

#[derive(Template)]
#[template(path = "inbox/show.html")]
struct ListPage {
    page: Page,
    names: Names,
    filters: Filters,
    counts: InboxCounts,
    lines: Vec<Line>,
    next: Option<String>,
    /// Offices whose inbox one may choose beside one's own.
    offices: Vec<OfficeCode>,
    /// The choice to whom it is given, and the reason, as they were sent.
    to: String,
    reason: String,
    /// What is wrong: the id of its field, and the text.
    wrong: Option<(&'static str, String)>,
}

impl ListPage {
    fn states(&self) -> impl Iterator<Item = &'static AssignmentState> {
        AssignmentState::ALL.iter()
    }

    fn is_state(&self, state: &AssignmentState) -> bool {
        self.filters.state() == *state
    }

    fn address(&self, state: &AssignmentState) -> String {
        address("/inbox", &self.filters.pairs(*state))
    }

    fn first(&self) -> String {
        self.address(&self.filters.state())
    }

    fn is_of(&self, office: &OfficeCode) -> bool {
        self.filters.of.as_deref().and_then(|of| of.strip_prefix("office:")) == Some(office.as_str())
    }

    fn is_due(&self, due: &str) -> bool {
        self.filters.due.map(DueIn::as_str) == Some(due)
    }

    fn wrong_at(&self, id: &str) -> bool {
        self.wrong.as_ref().is_some_and(|(wrong, _)| *wrong == id)
    }

    /// What may be said of what stands in this state.
    fn offers(&self, answer: &str) -> bool {
        use AssignmentState::{Accepted, Done, Returned, Waiting};
        match answer {
            "accepted" => self.filters.state() == Waiting,
            "done" | "returned" => matches!(self.filters.state(), Waiting | Accepted),
            "reopened" => matches!(self.filters.state(), Done | Returned),
            _ => self.filters.state() != Done,
        }
    }
}

/// `GET /inbox`
pub async fn show(
    allowed: Allowed<ReadInbox>,
    Asked(filters): Asked<Filters>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    page::show(&read(&allowed, &request, filters).await?)
}

async fn read<P: Permission>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    filters: Filters,
) -> Result<ListPage, Problem> {
    let page = Page::of(request, allowed, Section::Inbox);
    let query = filters.query();
    let work = move |archive: &Archive, actor: &Actor| {
        let found = archive.inbox(actor, &query)?;
        // Who reads all that is open may look into every inbox.
        let mut offices = actor.offices.clone();
        if actor.reads_what_is_open() {
            offices = archive.offices().into_iter().map(|office| office.code).collect();
        }
        Ok::<_, Refusal>((found, offices, Names::read(archive, actor)))
    };
    let (InboxPage { counts, items, next_cursor }, offices, names) = allowed.block(work).await??;
    let next = next_cursor.map(|cursor| {
        let mut pairs = filters.pairs(filters.state());
        pairs.push(("cursor".to_owned(), cursor));
        address("/inbox", &pairs)
    });
    let lines = items.into_iter().map(|item| Line::of(&page, &names, item)).collect();
    let (to, reason) = (String::new(), String::new());
    Ok(ListPage { page, names, filters, counts, lines, next, offices, to, reason, wrong: None })
}

/// What became of one ticked assignment.
struct Outcome {
    number: String,
    path: String,
    /// None when it was done.
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "inbox/outcome.html")]
struct OutcomePage {
    page: Page,
    done: u64,
    outcomes: Vec<Outcome>,
    back: String,
}

impl OutcomePage {
    fn failed(&self) -> u64 {
        self.outcomes.len() as u64 - self.done
    }
}

/// `POST /inbox/answers`
pub async fn work(submitted: Submitted<WorkOnInbox>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let page = Page::of(&request, &allowed, Section::Inbox);
    let work = match asked_for(&fields) {
        Ok(work) => work,
        Err((id, why)) => {
            let wrong = (id, page.t(why).into_owned());
            return show_again(&allowed, &request, &fields, wrong).await;
        }
    };
    let done = match allowed.archive.work_on_inbox(&allowed.actor, &work).await {
        Ok(done) => done,
        Err(refusal) => {
            let problem = Problem::from(refusal);
            if problem.kind != Kind::Invalid {
                return Err(problem);
            }
            let wrong = ("reason", page.t("inbox-work-invalid").into_owned());
            return show_again(&allowed, &request, &fields, wrong).await;
        }
    };
    let outcome = |(item, done): (&WorkItem, Result<(), Refusal>)| {
        let EntryReference { register, year, number } = &item.entry;
        let said = |refusal| page.word("problem", Problem::from(refusal).kind.name()).into_owned();
        Outcome {
            number: format!("{register} {number}/{year}"),
            path: format!("/registers/{register}/entries/{year}/{number}"),
            problem: done.err().map(said),
        }
    };
    let outcomes: Vec<Outcome> = work.items.iter().zip(done).map(outcome).collect();
    let done = outcomes.iter().filter(|outcome| outcome.problem.is_none()).count() as u64;
    let back = page::ours(fields.text("then")).unwrap_or("/inbox").to_owned();
    let page = Page { here: back.clone(), ..page };
    page::show(&OutcomePage { page, done, outcomes, back })
}

/// What the form asks for; otherwise the id of what is missing and the key of its text.
fn asked_for(fields: &Fields) -> Result<InboxWork, (&'static str, &'static str)> {
    let ticks = fields.all("entry").filter(|tick| !tick.is_empty());
    let items: Option<Vec<WorkItem>> = ticks.map(of_tick).collect();
    let items = items.filter(|items| !items.is_empty()).ok_or(("", "inbox-nothing-ticked"))?;
    let reason = fields.some("reason").map(str::to_owned);
    if fields.text("answer") == "reassigned" {
        let to = assignment(fields.text("to"), "responsible").ok_or(("to", "inbox-nobody-chosen"))?;
        return Ok(InboxWork { items, assign: Some(to), ..InboxWork::default() });
    }
    let answer = Answer::ALL.into_iter().find(|answer| answer.as_str() == fields.text("answer"));
    let answer = answer.ok_or(("", "inbox-nothing-chosen"))?;
    match answer {
        Answer::Returned if reason.is_none() => Err(("reason", "inbox-no-reason")),
        Answer::Returned => Ok(InboxWork { items, answer: Some(answer), reason, assign: None }),
        _ => Ok(InboxWork { items, answer: Some(answer), ..InboxWork::default() }),
    }
}

/// `PG/2026/42/office:edilizia/8812`
fn of_tick(tick: &str) -> Option<WorkItem> {
    let parts: Vec<&str> = tick.split('/').collect();
    let [register, year, number, of, version] = parts[..] else { return None };
    let entry =
        EntryReference { register: register.parse().ok()?, year: year.parse().ok()?, number: number.parse().ok()? };
    let Assignee { office, user } = Assignee::parse(of)?;
    let version: usize = version.parse().ok()?;
    Some(WorkItem { entry, office, user, if_match: Some(format!("\"{version}\"")) })
}

/// The list once more with what was ticked and typed, and what is missing.
async fn show_again<P: Permission>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    fields: &Fields,
    wrong: (&'static str, String),
) -> Result<HttpResponse, Problem> {
    let then = page::ours(fields.text("then")).unwrap_or("/inbox").to_owned();
    let filters = super::asked::read(then.split_once('?').map_or("", |(_, query)| query))?;
    let mut list = read(allowed, request, filters).await?;
    list.page.here = then;
    list.wrong = Some(wrong);
    list.to = fields.text("to").to_owned();
    list.reason = fields.text("reason").to_owned();
    for line in &mut list.lines {
        line.ticked = fields.all("entry").any(|tick| tick == line.tick);
    }
    page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_is_read_back_and_nothing_else_is() {
        let item = of_tick("PG/2026/42/office:edilizia/8812").unwrap();
        assert_eq!((item.entry.number, item.if_match.as_deref()), (42, Some("\"8812\"")));
        assert_eq!(item.office.map(|office| office.to_string()).as_deref(), Some("edilizia"));
        for bad in ["", "PG/2026/42", "PG/2026/42/edilizia/1", "PG/2026/x/office:edilizia/1", "PG/2026/42/user:a/-1"] {
            assert!(of_tick(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn what_is_missing_is_said_before_anything_is_done() {
        let fields = |pairs: &[(&str, &str)]| {
            Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        let tick = ("entry", "PG/2026/42/office:edilizia/8812");
        let wrong = |pairs: &[(&str, &str)]| asked_for(&fields(pairs)).err().map(|(id, _)| id);
        assert_eq!(wrong(&[("answer", "done")]), Some(""));
        assert_eq!(wrong(&[tick, ("answer", "returned"), ("reason", " ")]), Some("reason"));
        assert_eq!(wrong(&[tick, ("answer", "reassigned"), ("to", "")]), Some("to"));
        assert_eq!(wrong(&[tick, ("answer", "else")]), Some(""));
        assert_eq!(wrong(&[tick, ("answer", "accepted"), ("reason", "x")]), None);
    }
}
