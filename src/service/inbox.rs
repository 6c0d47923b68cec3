//! The inbox of each office and person: what is given to them, and what is done with much of it at once.
//!
//! An inbox is read from the index, whose words are made of the folded entry (`index/inbox.rs`), so it costs the same
//! among a million entries; each hit is read back and decided again. What was sent back stands in the inbox of the
//! registry, and in that of who gave it. A citizen who also works here sees what he reads at work alone: who works on
//! his own affair is not told him here either.

use std::collections::HashSet;
use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Archive;
use super::blobs::view_of;
use super::core::Core;
use super::items::Key;
use super::read::permit_in_area;
use super::refusal::Refusal;
use super::register::{EntryView, ProgressView, version_of, view as entry_view};
use super::search::{POSITION_WAIT, guarded, page_size};
use crate::clock;
use crate::ids::{EntryId, OfficeCode, Position, UserName};
use crate::index::{Filters, InboxPlace, InboxRequest, InboxWord, Item, View, matches_filters};
use crate::limits;
use crate::model::access::{Action, Actor};
use crate::model::assignment::{Answer, Assignee, Assignment, AssignmentState, NewAnswer, check_assignments, given_on};
use crate::model::dossier::EntryReference;
use crate::model::field::{Fields, read_from_word};
use crate::model::register::Entry;
use crate::model::user::Role;

/// How long an inbox waits for the tail to take in what was just written.
const TAIL_WAIT: Duration = Duration::from_secs(3);
/// Days that `due=week` looks ahead, today among them.
const WEEK_DAYS: i64 = 7;
/// What comes back to those who keep the register.
const REGISTRY: &str = "registry";

/// Whose inbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum InboxOf {
    /// One's own and those of one's offices.
    #[default]
    Me,
    Office(OfficeCode),
}

impl InboxOf {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "me" => Some(Self::Me),
            other => Some(Self::Office(other.strip_prefix("office:")?.parse().ok()?)),
        }
    }
}

/// By when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DueIn {
    /// The day is over.
    Overdue,
    /// Today or one of the six days after.
    Week,
}

read_from_word!(DueIn { Overdue = "overdue", Week = "week" });

impl DueIn {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Week => "week",
        }
    }
}

/// `GET /api/v1/inbox`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InboxQuery {
    /// `me`, which it is without, or `office:CODE`.
    pub of: Option<String>,
    /// `waiting` without.
    pub state: Option<AssignmentState>,
    pub due: Option<DueIn>,
    pub cursor: Option<String>,
    pub limit: Option<usize>,
    pub min_position: Option<Position>,
}

/// A page of an inbox.
#[derive(Debug, Clone, Serialize)]
pub struct InboxPage {
    pub counts: InboxCounts,
    /// By the day they are due, then the oldest first; those without a day last.
    pub items: Vec<InboxItem>,
    pub next_cursor: Option<String>,
}

/// How many there are in all, whatever is asked for by day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct InboxCounts {
    pub waiting: u64,
    pub accepted: u64,
    pub returned: u64,
    pub done: u64,
    /// Of those that wait or are worked on.
    pub overdue: u64,
}

impl InboxCounts {
    pub const fn of(&self, state: &AssignmentState) -> u64 {
        match state {
            AssignmentState::Waiting => self.waiting,
            AssignmentState::Accepted => self.accepted,
            AssignmentState::Returned => self.returned,
            AssignmentState::Done => self.done,
        }
    }
}

/// An entry and one assignment of it.
#[derive(Debug, Clone, Serialize)]
pub struct InboxItem {
    pub entry: EntryView,
    pub assignment: Assignment,
    pub progress: ProgressView,
    /// The entry's, for `If-Match`.
    pub etag: String,
}

/// `POST /api/v1/inbox/answers`: one thing done with many.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InboxWork {
    pub items: Vec<WorkItem>,
    pub answer: Option<Answer>,
    pub reason: Option<String>,
    /// Instead of an answer: to whom each is given in place of whom it was given to.
    pub assign: Option<Assignment>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkItem {
    pub entry: EntryReference,
    #[serde(default)]
    pub office: Option<OfficeCode>,
    #[serde(default)]
    pub user: Option<UserName>,
    /// The entry's ETag as it was read.
    #[serde(default)]
    pub if_match: Option<String>,
}

impl WorkItem {
    fn id(&self) -> EntryId {
        let EntryReference { register, year, number } = self.entry.clone();
        EntryId { register, year, number }
    }
}

/// An inbox word for each place at which an entry's assignments stand. An annulled entry is nobody's work.
pub(super) fn inbox_words(entry: &Entry) -> Vec<InboxWord> {
    if entry.annulment.is_some() {
        return Vec::new();
    }
    let mut words = Vec::new();
    for (assignment, progress) in entry.assigned() {
        let of = assignment.assignee().text();
        let mut inboxes = vec![of.clone()];
        if progress.state == AssignmentState::Returned {
            inboxes.extend([REGISTRY.to_owned(), format!("by:{}", progress.assigned_by)]);
        }
        let word =
            |inbox: String| InboxWord { list: list(&inbox, progress.state), due: assignment.due, of: of.clone() };
        words.extend(inboxes.into_iter().map(word));
    }
    words
}

fn list(inbox: &str, state: AssignmentState) -> String {
    format!("{inbox}/{}", state.as_str())
}

/// The lists that an inbox is made of.
fn lists(actor: &Actor, of: &InboxOf, state: AssignmentState) -> Vec<String> {
    let inboxes: Vec<String> = match of {
        InboxOf::Office(office) => vec![format!("office:{office}")],
        // What came back: to the registry, or to who had given it.
        InboxOf::Me if state == AssignmentState::Returned => {
            vec![if actor.is(Role::Registrar) { REGISTRY.to_owned() } else { format!("by:{}", actor.user) }]
        }
        InboxOf::Me => {
            let persons = actor.names().map(|name| format!("user:{name}"));
            persons.chain(actor.offices.iter().map(|office| format!("office:{office}"))).collect()
        }
    };
    inboxes.iter().map(|inbox| list(inbox, state)).collect()
}

/// What inboxes are read from, at one moment.
struct Reading<'a> {
    core: &'a Core,
    view: View,
    /// Entries that the index does not have as they are now.
    tail: Vec<(EntryId, std::sync::Arc<Item>)>,
    without: HashSet<Position>,
}

impl<'a> Reading<'a> {
    fn new(core: &'a Core, at_work: &Actor) -> Self {
        let entries = core.tail.items().into_iter().filter_map(|(key, item)| match key {
            Key::Entry(id) => Some((id, item)),
            Key::Document(_) | Key::Dossier(_) => None,
        });
        let tail: Vec<_> = entries.collect();
        let without = tail.iter().map(|(_, item)| item.position).collect();
        Self { core, view: view_of(at_work.audience()), tail, without }
    }

    /// How many there are, and the first of them with the ids of their entries.
    fn read(&self, mut request: InboxRequest) -> Result<(u64, Vec<(InboxPlace, EntryId)>), Refusal> {
        request.without.clone_from(&self.without);
        let found = guarded(|| self.core.index.inbox(&request, &self.view))?;
        let mut total = found.total;
        let mut hits: Vec<(InboxPlace, EntryId)> =
            found.hits.into_iter().filter_map(|(place, id)| Some((place, id.parse().ok()?))).collect();
        for (id, item) in &self.tail {
            if !matches_filters(item, &Filters::default(), &self.view) {
                continue;
            }
            for word in item.inbox.iter().filter(|word| request.takes(word)) {
                total += 1;
                let place = InboxPlace::new(word, item.position);
                if request.limit > 0 && request.after.as_ref().is_none_or(|after| place > *after) {
                    hits.push((place, id.clone()));
                }
            }
        }
        hits.sort();
        Ok((total, hits))
    }

    fn count(&self, lists: Vec<String>, before: Option<Date>, enough: Option<u64>) -> Result<u64, Refusal> {
        Ok(self.read(InboxRequest { lists, before, enough, ..InboxRequest::default() })?.0)
    }
}

impl Archive {
    /// What is given to somebody, and what became of it.
    pub fn inbox(&self, actor: &Actor, query: &InboxQuery) -> Result<InboxPage, Refusal> {
        permit_in_area(actor, Action::ReadInbox)?;
        let core = self.core();
        let of = query.of.as_deref().map_or(Some(InboxOf::Me), InboxOf::parse);
        let of = of.ok_or_else(|| Refusal::invalid("of", "`me` or `office:` and a code"))?;
        if let InboxOf::Office(office) = &of
            && !core.directory().offices.contains_key(office)
        {
            return Err(Refusal::NotFound("office"));
        }
        let after = query.cursor.as_deref().map(|cursor| InboxPlace::of_cursor(cursor).ok_or(Refusal::Cursor));
        let after = after.transpose()?;
        if let Some(position) = query.min_position {
            self.check_position(position)?;
            if !core.tail.wait(position + 1, POSITION_WAIT) {
                return Err(Refusal::NotReady("the index has not come so far yet".to_owned()));
            }
        }
        if !core.tail.wait(core.applied(), TAIL_WAIT) {
            return Err(Refusal::NotReady("the index is being brought up to date".to_owned()));
        }
        let at_work = actor.at_work();
        let state = query.state.unwrap_or(AssignmentState::Waiting);
        let today = clock::date_in_rome(core.clock.now());
        let (from, before) = match query.due {
            None => (None, None),
            Some(DueIn::Overdue) => (None, Some(today)),
            Some(DueIn::Week) => (Some(today), Some(days_after(today, WEEK_DAYS))),
        };
        let limit = page_size(query.limit);
        let reading = Reading::new(core, &at_work);
        let lists = lists(&at_work, &of, state);
        let request = InboxRequest { lists, from, before, after, limit, ..InboxRequest::default() };
        let (_, mut hits) = reading.read(request)?;
        let more = hits.len() > limit;
        hits.truncate(limit);
        let next_cursor = hits.last().filter(|_| more).map(|(place, _)| place.cursor());
        let mut items = Vec::new();
        for (place, id) in hits {
            items.extend(item(core, &at_work, &id, place.of(), state)?);
        }
        Ok(InboxPage { counts: counts(&reading, &at_work, &of, today)?, items, next_cursor })
    }

    /// How much waits for somebody, up to a bound: for a menu, on every page.
    pub fn inbox_waiting(&self, actor: &Actor, enough: u64) -> Result<u64, Refusal> {
        permit_in_area(actor, Action::ReadInbox)?;
        let (core, at_work) = (self.core(), actor.at_work());
        let mut states = vec![AssignmentState::Waiting];
        if actor.is(Role::Registrar) {
            states.push(AssignmentState::Returned);
        }
        let lists = states.iter().flat_map(|state| lists(&at_work, &InboxOf::Me, *state)).collect();
        Ok(Reading::new(core, &at_work).count(lists, None, Some(enough))?.min(enough))
    }

    /// Does one thing with many assignments, each by itself: what is refused keeps no other back. The answers stand in
    /// the order of the items.
    pub async fn work_on_inbox(&self, actor: &Actor, work: &InboxWork) -> Result<Vec<Result<(), Refusal>>, Refusal> {
        permit_in_area(actor, Action::ReadInbox)?;
        check_work(work)?;
        // Handed to the writer together, in their order: it makes batches of them.
        let all = work.items.iter().map(|item| self.work_on(actor, item, work));
        Ok(futures_util::future::join_all(all).await)
    }

    async fn work_on(&self, actor: &Actor, item: &WorkItem, work: &InboxWork) -> Result<(), Refusal> {
        let id = item.id();
        let expected = match item.if_match.as_deref().map(version_of_etag) {
            None => None,
            Some(None) => return Err(Refusal::Changed),
            Some(version) => version,
        };
        let (office, user) = (item.office.clone(), item.user.clone());
        if let Some(answer) = work.answer {
            let answer = NewAnswer { office, user, answer, reason: work.reason.clone() };
            return self.answer_assignment(actor, &id, answer, expected).await.map(drop);
        }
        let Some(to) = &work.assign else { return Err(Refusal::invalid("answer", "missing")) };
        // The version first: should the entry change in between, it is too old, never too new.
        let version = self.entry_version(&id)?;
        let found = self.core().entry_for(actor, Action::AssignEntry, &id)?;
        let after = given_on(&found.thing.assignments, &Assignee { office, user }, to);
        self.assign(actor, &id, after, expected.or(Some(version))).await.map(drop)
    }
}

fn check_work(work: &InboxWork) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    if work.items.is_empty() || work.items.len() > limits::INBOX_WORK_MAX {
        fields.refuse("items", format!("1 to {} at once", limits::INBOX_WORK_MAX));
    }
    for (n, item) in work.items.iter().enumerate() {
        if item.office.is_some() == item.user.is_some() {
            fields.refuse(format!("items[{n}]"), "names an office or a user, one of the two");
        }
    }
    match (work.answer, &work.assign) {
        (Some(Answer::Returned), None) if work.reason.is_none() => fields.refuse("reason", "missing"),
        (Some(_), None) => fields.optional_long("reason", work.reason.as_deref()),
        (None, Some(assignment)) => check_assignments(&mut fields, std::slice::from_ref(assignment)),
        _ => fields.refuse("answer", "an answer, or to whom it is given: one of the two"),
    }
    Ok(fields.finish()?)
}

fn counts(reading: &Reading<'_>, actor: &Actor, of: &InboxOf, today: Date) -> Result<InboxCounts, Refusal> {
    use AssignmentState::{Accepted, Done, Returned, Waiting};
    let count = |state, before| reading.count(lists(actor, of, state), before, None);
    Ok(InboxCounts {
        waiting: count(Waiting, None)?,
        accepted: count(Accepted, None)?,
        returned: count(Returned, None)?,
        done: count(Done, None)?,
        overdue: count(Waiting, Some(today))? + count(Accepted, Some(today))?,
    })
}

/// A hit as it is now; none where it changed since, or may not be read.
fn item(
    core: &Core,
    actor: &Actor,
    id: &EntryId,
    of: &str,
    state: AssignmentState,
) -> Result<Option<InboxItem>, Refusal> {
    let etag = format!("\"{}\"", version_of(&core.catalogue, id)?);
    let Some(found) = core.entry(id)? else { return Ok(None) };
    let place = found
        .thing
        .assigned()
        .position(|(assignment, progress)| assignment.assignee().text() == of && progress.state == state);
    let (Some(at), Some(entry)) = (place, entry_view(core, actor, &found)) else { return Ok(None) };
    let Some(details) = entry.details.as_ref().filter(|details| !details.as_party) else { return Ok(None) };
    let (assignment, progress) = (details.assignments.get(at).cloned(), details.progress.get(at).cloned());
    Ok(assignment.zip(progress).map(|(assignment, progress)| InboxItem { entry, assignment, progress, etag }))
}

/// The version in an ETag of ours.
fn version_of_etag(etag: &str) -> Option<usize> {
    etag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

fn days_after(day: Date, days: i64) -> Date {
    day.checked_add(jiff::Span::new().days(days)).unwrap_or(Date::MAX)
}
