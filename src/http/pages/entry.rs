//! The page of an entry: what was registered, what became of it, and what may be done with it.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::asked::Asked;
use super::assignments::Given;
use super::documents::DocumentShown;
use super::names::Names;
use super::page::{self, Page, Section};
use super::person::Person;
use super::{shown, things};
use crate::clock;
use crate::http::body::Id;
use crate::http::guard::{Allowed, Permission, ReadEntry};
use crate::http::problem::Problem;
use crate::ids::EntryId;
use crate::model::register::Assignment;
use crate::service::{
    AnnulmentView, Archive, AssignmentOffer, DocumentDetails, EntryDetails, EntryOffers, EntryView, HistoryItem,
    ImportedView, Refusal,
};

/// A fact as it was before it was annulled.
pub struct Past {
    pub field: &'static str,
    pub was: String,
    pub at: String,
    pub by: String,
    pub act_number: String,
    pub act_day: String,
    pub reason: String,
}

/// A line of the history, in words.
pub struct Change {
    pub moment: String,
    pub when: String,
    pub by: String,
    pub what: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// An entry as it is read now, with all that its pages show of it.
pub struct Read {
    pub id: EntryId,
    pub entry: EntryView,
    pub offers: EntryOffers,
    pub names: Names,
    pub answers: Vec<AssignmentOffer>,
    history: Vec<HistoryItem>,
    documents: Vec<DocumentDetails>,
}

/// Reads an entry for the person who asks.
pub async fn read<P: Permission>(allowed: &Allowed<P>, id: EntryId) -> Result<Read, Problem> {
    let work = move |archive: &Archive, actor: &_| {
        let offers = archive.entry_offers(actor, &id)?;
        let entry = archive.entry_view(actor, &id)?;
        let answers = archive.assignment_offers(actor, &id)?;
        let (mut history, mut documents) = (Vec::new(), Vec::new());
        if let Some(details) = &entry.details {
            history = archive.entry_history(actor, &id)?;
            for document in details.document.iter().chain(&details.attachments) {
                documents.push(archive.document_details(actor, document.id)?);
            }
        }
        Ok::<_, Refusal>(Read { id, entry, offers, names: Names::read(archive, actor), answers, history, documents })
    };
    Ok(allowed.block(work).await??)
}

impl Read {
    pub fn number(&self) -> String {
        format!("{}/{}", self.id.number, self.id.year)
    }

    pub fn path(&self) -> String {
        format!("/{}", self.id.path())
    }

    pub fn details(&self) -> Option<&EntryDetails> {
        self.entry.details.as_ref()
    }

    pub fn subject(&self) -> &str {
        self.details().and_then(|details| details.subject.as_deref()).unwrap_or_default()
    }

    pub fn classification(&self) -> String {
        let code = self.details().and_then(|details| details.classification.as_ref());
        let title = self.details().and_then(|details| details.classification_title.as_deref());
        match (code, title) {
            (Some(code), Some(title)) => format!("{code} {title}"),
            (Some(code), None) => self.names.class(code.as_str()),
            (None, _) => String::new(),
        }
    }

    /// Who did something, unless the reader is not told.
    pub fn by(&self, name: &Option<String>) -> String {
        name.as_deref().map_or_else(String::new, |name| self.names.person(name))
    }

    pub fn assignments(&self) -> &[Assignment] {
        self.details().map_or(&[], |details| &details.assignments)
    }

    /// To whom it is given, with what became of that.
    pub fn given(&self, page: &Page) -> Vec<Given> {
        let Some(details) = self.details() else { return Vec::new() };
        let (names, today) = (&self.names, clock::today());
        let offer = |one: &Assignment| self.answers.iter().find(|offer| one.is_of(&offer.of));
        let given = details.assignments.iter().enumerate();
        let at = &details.assigned_at;
        given.map(|(n, one)| Given::new((page, names), (one, at), details.progress.get(n), offer(one), today)).collect()
    }

    /// Facts that were annulled one by one, as they were.
    fn past(&self, page: &Page) -> Vec<Past> {
        let annulled = self.details().map(|details| details.annulled_fields.as_slice()).unwrap_or_default();
        let past = annulled.iter().map(|one| {
            let was = match &one.was {
                Value::String(text) => text.clone(),
                Value::Array(list) => {
                    let name = |who: &Value| who["name"].as_str().map(str::to_owned);
                    list.iter().filter_map(name).collect::<Vec<_>>().join(", ")
                }
                other => received(page, other).into_iter().map(|(_, value)| value).collect::<Vec<_>>().join(", "),
            };
            let AnnulmentView { at, by, reason, act } = one.annulment.clone();
            let (act_number, act_day) = act.map(|act| (act.number, shown::day(act.date))).unwrap_or_default();
            Past { field: one.field, was, at, by: self.by(&by), act_number, act_day, reason }
        });
        past.collect()
    }

    /// Everything that happened, the newest first.
    pub fn changes(&self, page: &Page) -> Vec<Change> {
        let (mut class, mut given) = (None, None);
        let mut changes: Vec<Change> =
            self.history.iter().map(|item| self.change(page, item, &mut class, &mut given)).collect();
        changes.reverse();
        changes
    }

    /// One event in words; what it replaced is remembered from one to the next.
    fn change(
        &self,
        page: &Page,
        item: &HistoryItem,
        class: &mut Option<String>,
        given: &mut Option<String>,
    ) -> Change {
        let text = |name: &str| item.data.get(name).and_then(Value::as_str).map(str::to_owned);
        let at = item.time.parse().unwrap_or_default();
        let new_class = text("classification").map(|code| self.names.class_then(&code, at));
        let new_given = item.data.get("assignments").map(|list| self.all_assigned(page, list, at));
        let (old, new) = match item.kind.as_str() {
            "entry-classified" => (class.clone(), new_class.clone()),
            "entry-assigned" => (given.clone(), new_given.clone()),
            "entry-annulled" | "entry-fields-annulled" => (None, text("reason")),
            "entry-linked" => {
                let relation = text("relation").unwrap_or_default();
                let other = text("entry").unwrap_or_default();
                let other =
                    other.parse::<EntryId>().map_or(other, |id| format!("{} {}/{}", id.register, id.number, id.year));
                (None, Some(format!("{} {other}", page.word("relation", &relation))))
            }
            "assignment-answered" => (None, Some(self.answered(page, &text))),
            "entry-document-added" => (None, text("file_name")),
            "entry-message-kept" => {
                let said = |list: &str, name: &str| page.word(list, &text(name).unwrap_or_default()).into_owned();
                (None, Some(format!("{} ({})", said("message", "message"), said("message-way", "way"))))
            }
            "entry-imported" => (None, text("source")),
            _ => (None, None),
        };
        *class = new_class.or(class.take());
        *given = new_given.or(given.take());
        Change {
            when: shown::when(&item.time),
            moment: item.time.clone(),
            by: self.by(&item.by),
            what: page.word("history", &item.kind).into_owned(),
            old,
            new,
        }
    }

    /// `Edilizia privata: restituita, «non è nostra»`
    fn answered(&self, page: &Page, text: &impl Fn(&str) -> Option<String>) -> String {
        let office = text("office").map(|office| self.names.office(&office));
        let who = office.or_else(|| text("user").map(|user| self.names.person(&user))).unwrap_or_default();
        let answer = page.word("answered", &text("answer").unwrap_or_default()).into_owned();
        let reason = text("reason").map_or_else(String::new, |reason| format!(". {reason}"));
        format!("{who}: {answer}{reason}")
    }

    fn all_assigned(&self, page: &Page, list: &Value, at: Timestamp) -> String {
        let list: Vec<Assignment> = serde_json::from_value(list.clone()).unwrap_or_default();
        if list.is_empty() {
            return page.t("assigned-to-nobody").into_owned();
        }
        let one = |one: &Assignment| {
            let due = one.due.map_or_else(String::new, |due| format!(", {}", page.told("due-on", &shown::day(due))));
            let note = one.note.as_deref().map_or_else(String::new, |note| format!(": {note}"));
            let whom = self.names.assigned_then(page, one, at);
            format!("{whom} ({}{due}){note}", page.word("mode", one.mode.as_str()))
        };
        list.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

#[derive(Template)]
#[template(path = "entries/entry.html")]
struct EntryPage {
    page: Page,
    read: Read,
    cards: Vec<Person>,
    given: Vec<Given>,
    received: Vec<(&'static str, String)>,
    /// What an earlier system had of it, and how it came here.
    then: Vec<(&'static str, String)>,
    documents: Vec<DocumentShown>,
    changes: Vec<Change>,
    /// What the register asked for beyond the law: titles and values.
    own: Vec<(String, String)>,
    annulled_fields: Vec<Past>,
    is_starred: bool,
    /// What has just been done with it.
    done: Option<String>,
}

impl EntryPage {
    fn when(&self, moment: &str) -> String {
        shown::when(moment)
    }

    fn day(&self, date: &jiff::civil::Date) -> String {
        shown::day(*date)
    }

    fn may_change(&self) -> bool {
        let offers = &self.read.offers;
        offers.assign || offers.classify || offers.annul || offers.add_document || offers.link || offers.file
    }
}

/// `?done=`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Done {
    done: Option<String>,
}

/// `GET /registers/{register}/entries/{year}/{number}`
pub async fn show(
    allowed: Allowed<ReadEntry>,
    Id(id): Id<EntryId>,
    Asked(Done { done }): Asked<Done>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let page = Page::of(&request, &allowed, Section::Register);
    let is_starred = things::opened(&allowed, &request, "entry", id.to_string()).await?;
    let read = read(&allowed, id).await?;
    // What was done is told once.
    let page = Page { here: read.path(), ..page };
    let documents = read.documents.iter().map(|one| DocumentShown::of(&page, one)).collect();
    let correspondents = read.details().and_then(|details| details.correspondents.as_array());
    let cards = correspondents.into_iter().flatten().map(|one| Person::correspondent(&page, one)).collect();
    let received = received(&page, read.details().map_or(&Value::Null, |details| &details.received));
    let then = read.details().and_then(|details| details.imported.as_deref());
    let then: Vec<_> = then.map(|one| imported(&page, &read, one)).unwrap_or_default();
    let emergency = read.details().and_then(|details| details.emergency.as_ref());
    let first = emergency.map(|one| {
        let at = shown::when(&crate::clock::rfc3339(one.at));
        ("emergency-number", format!("{} {} {at}", one.number_text(), page.t("of-day")))
    });
    let then = first.into_iter().chain(then).collect();
    let changes = read.changes(&page);
    let given = read.given(&page);
    let own = own_fields(&page, &allowed.archive, &read);
    let annulled_fields = read.past(&page);
    // Nothing but our own words is shown for what stands in an address.
    let done = done.filter(|done| page.words.known(&format!("done-{done}")).is_some());
    page::show(&EntryPage {
        page,
        cards,
        given,
        received,
        then,
        documents,
        changes,
        own,
        annulled_fields,
        is_starred,
        done,
        read,
    })
}

/// The register's own fields as their schema calls them; by their bare names where it does not know them any more.
fn own_fields(page: &Page, archive: &Archive, read: &Read) -> Vec<(String, String)> {
    let Some(details) = read.details().filter(|details| !details.fields.is_empty()) else { return Vec::new() };
    let known = archive.register_view(&read.id.register).map(|register| register.own_fields).unwrap_or_default();
    let mut values = details.fields.clone();
    let in_order = known.into_iter().filter_map(|field| Some((field.title, values.remove(&field.name)?)));
    let mut own: Vec<(String, Value)> = in_order.collect();
    own.extend(values);
    let said = |value: Value| match value {
        Value::Bool(yes) => page.t(if yes { "yes" } else { "no" }).into_owned(),
        Value::String(text) => text.parse().map(shown::day).unwrap_or(text),
        other => other.to_string().replace('.', ","),
    };
    own.into_iter().map(|(title, value)| (title, said(value))).collect()
}

/// From where it was imported and when, and what stands there of then beside today's facts.
fn imported(page: &Page, read: &Read, imported: &ImportedView) -> Vec<(&'static str, String)> {
    let by = read.by(&imported.by);
    let by = if by.is_empty() { by } else { format!(", {by}") };
    let how = format!("{} {} {}{by}", imported.source, page.t("of-day"), shown::when(&imported.at));
    let mut facts = vec![("imported-from", Some(how))];
    if let Some(earlier) = imported.earlier.clone() {
        facts.extend([
            ("imported-class", earlier.classification),
            ("imported-assigned", earlier.assigned),
            ("imported-dossier", earlier.dossier),
            ("imported-received", earlier.received),
            ("imported-id", earlier.id),
            ("imported-notes", earlier.notes),
        ]);
    }
    facts.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

/// How it came: pairs of a text's key and a value.
fn received(page: &Page, received: &Value) -> Vec<(&'static str, String)> {
    let day = |name: &str| received[name].as_str().and_then(|text| text.parse().ok()).map(shown::day);
    let text = |name: &str| received[name].as_str().map(str::to_owned);
    let channel = received["channel"].as_str().map(|channel| page.word("channel", channel).into_owned());
    let facts = [
        ("received-on", day("on")),
        ("received-channel", channel),
        ("received-number", text("number")),
        ("received-date", day("date")),
        ("received-deferred", text("deferred_reason")),
    ];
    facts.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}
