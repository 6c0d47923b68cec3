//! What happened in a register within some events of the journal? Counted, and told line by line in one order: entries
//! by number, then what was done to earlier ones by time.
//!
//! Nothing is kept of it but positions: the journal is gone through once to count, once for the entries and once for the
//! changes, so a year of a hundred thousand entries takes no more memory than a day. What an entry was at the end of the
//! time comes from its events before `to`, whatever has happened to it since.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use jiff::Timestamp;

use crate::catalogue::Look as _;
use crate::digest::Sha256;
use crate::ids::{EntryId, Position, RegisterCode};
use crate::journal::RawLine;
use crate::model::annulment::{Act, FieldsAnew};
use crate::model::directory::Directory;
use crate::model::event::{Event, Recorded};
use crate::model::formed::{Annulled, Assigned, ChangeKind, ChangeLine, EntryLine, Named};
use crate::model::register::{Assignment, AssignmentMode, Correspondent, Entry};
use crate::service::core::{Core, recorded};
use crate::service::refusal::Refusal;

/// What is told of a register.
pub enum Told {
    Entry(Box<EntryLine>),
    Change(Box<ChangeLine>),
}

/// What of the journal is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub from: Position,
    /// Before here.
    pub to: Position,
}

/// What happened in a register.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub first: Option<u64>,
    pub last: Option<u64>,
    pub entries: u64,
    /// Of these.
    pub annulled: u64,
    /// To earlier entries.
    pub changes: u64,
    /// It was opened, for the first time.
    pub opened: bool,
    /// What its last change said.
    pub closed: Option<bool>,
}

impl Counts {
    /// Whether anything was done in it, or to it.
    pub fn says_something(&self) -> bool {
        *self != Self::default()
    }

    /// Whether an entry was registered within the time.
    fn holds(&self, year: i16, id: &EntryId) -> bool {
        id.year == year && self.first.is_some_and(|first| id.number >= first) && self.last >= Some(id.number)
    }
}

/// Lines between two looks at whether the archive is being closed.
const LOOK_EVERY: u64 = 500;

/// Counts what happened in each register; `year` is that of all these events.
pub fn count(core: &Core, range: Range, year: i16) -> Result<BTreeMap<RegisterCode, Counts>, Refusal> {
    let mut all: BTreeMap<RegisterCode, Counts> = BTreeMap::new();
    scan(core, range, &mut |line| {
        if let Some(id) = EntryId::from_path(&line.subject) {
            let counts = all.entry(id.register.clone()).or_default();
            match what_of(&line.kind) {
                What::Registration => {
                    counts.first = counts.first.or(Some(id.number));
                    counts.last = Some(id.number);
                    counts.entries += 1;
                }
                What::Change if !counts.holds(year, &id) => counts.changes += 1,
                What::Change => counts.annulled += u64::from(&*line.kind == "entry-annulled"),
                What::Nothing => {}
            }
        } else if matches!(&*line.kind, "register-opened" | "register-changed") {
            match recorded(&line)?.event {
                Event::RegisterOpened(facts) => all.entry(facts.public.register).or_default().opened = true,
                Event::RegisterChanged(facts) => {
                    all.entry(facts.public.register).or_default().closed = Some(facts.public.closed);
                }
                _ => {}
            }
        }
        Ok(())
    })?;
    Ok(all)
}

/// Tells a register line by line.
pub fn tell(
    core: &Core,
    register: &RegisterCode,
    (range, year): (Range, i16),
    counts: &Counts,
    each: &mut dyn FnMut(Told) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let directory = core.directory();
    let teller = Teller { core, directory: &directory, to: range.to };
    let of_register = |line: &RawLine| EntryId::from_path(&line.subject).filter(|id| id.register == *register);
    if counts.entries > 0 {
        scan(core, range, &mut |line| {
            if of_register(&line).is_some()
                && what_of(&line.kind) == What::Registration
                && let Some(entry) = teller.entry(&recorded(&line)?)?
            {
                each(Told::Entry(Box::new(entry)))?;
            }
            Ok(())
        })?;
    }
    if counts.changes > 0 {
        scan(core, range, &mut |line| {
            if let Some(id) = of_register(&line)
                && what_of(&line.kind) == What::Change
                && !counts.holds(year, &id)
                && let Some(change) = teller.change(&id, line.position)?
            {
                each(Told::Change(Box::new(change)))?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// The position of the first event at or after a time, within what is applied.
pub fn position_at(core: &Core, time: Timestamp, from: Position) -> Result<Position, Refusal> {
    let (mut low, mut high) = (from, core.applied());
    while low < high {
        let middle = low + (high - low) / 2;
        if core.line(middle)?.time < time {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Registration,
    Change,
    /// Nothing of the entry is another by it.
    Nothing,
}

/// What an event about an entry is to its register. A kind that came later than this list is a change: rather one line
/// too many than one that is missing.
fn what_of(kind: &str) -> What {
    match kind {
        "entry-registered" => What::Registration,
        // What an earlier system registered stands in the registers of then; what becomes of an assignment and what
        // registries write each other changes nothing that is registered.
        "entry-imported" | "entry-marked" | "entry-message-kept" | "assignment-answered" => What::Nothing,
        _ => What::Change,
    }
}

fn scan(core: &Core, range: Range, each: &mut dyn FnMut(RawLine) -> Result<(), Refusal>) -> Result<(), Refusal> {
    let mut failure = None;
    core.journal.scan(range.from, range.to, &mut |line| {
        if line.position % LOOK_EVERY == 0 && core.stopping() {
            failure = Some(Refusal::Stopped("it is being closed".to_owned()));
            return ControlFlow::Break(());
        }
        match each(line) {
            Ok(()) => ControlFlow::Continue(()),
            Err(refusal) => {
                failure = Some(refusal);
                ControlFlow::Break(())
            }
        }
    })?;
    failure.map_or(Ok(()), Err)
}

struct Teller<'a> {
    core: &'a Core,
    directory: &'a Directory,
    /// What has happened from here on is not told.
    to: Position,
}

impl Teller<'_> {
    fn entry(&self, event: &Recorded) -> Result<Option<EntryLine>, Refusal> {
        let Some(mut entry) = Entry::fold(None, event.position, event.time, event.actor, &event.event) else {
            return Ok(None);
        };
        let record = self.core.catalogue.entry(&entry.id)?.unwrap_or_default();
        let mut changes = Vec::new();
        let since = record.positions.iter().copied().filter(|at| (event.position + 1..self.to).contains(at));
        for position in since {
            let event = self.core.recorded(position)?;
            let (after, change) = self.step(entry, &event);
            // An annulment is told of the entry itself.
            changes.extend(change.filter(|change| change.what != ChangeKind::Annulled));
            entry = after;
        }
        Ok(Some(self.line(&entry, changes)))
    }

    /// What the event at a position did to an entry.
    fn change(&self, id: &EntryId, position: Position) -> Result<Option<ChangeLine>, Refusal> {
        let record = self.core.catalogue.entry(id)?.unwrap_or_default();
        let mut entry = None;
        for before in record.positions.iter().filter(|at| **at < position) {
            let event = self.core.recorded(*before)?;
            entry = Entry::fold(entry, event.position, event.time, event.actor, &event.event);
        }
        let Some(entry) = entry else { return Ok(None) };
        Ok(self.step(entry, &self.core.recorded(position)?).1)
    }

    /// The entry after an event, and what that did; nothing when it is no change of it.
    fn step(&self, before: Entry, event: &Recorded) -> (Entry, Option<ChangeLine>) {
        if what_of(event.event.kind()) != What::Change {
            return (before, None);
        }
        let after = Entry::fold(Some(before.clone()), event.position, event.time, event.actor, &event.event)
            .unwrap_or_else(|| before.clone());
        let told = if before.confidential() { Words::default() } else { words(&before, &after, &event.event) };
        let shown = !before.confidential();
        let change = ChangeLine {
            year: before.id.year,
            number: before.id.number,
            number_text: before.number_text(),
            at: event.time,
            confidential: !shown,
            what: kind_of(&event.event),
            by: shown.then(|| self.directory.name_of(event.actor)),
            before: told.before,
            after: told.after,
            reason: told.reason,
            act: told.act,
        };
        (after, Some(change))
    }

    fn line(&self, entry: &Entry, changes: Vec<ChangeLine>) -> EntryLine {
        let shown = !entry.confidential();
        let facts = entry.facts.as_ref().filter(|_| shown);
        let received = facts.and_then(|facts| facts.received.as_ref());
        EntryLine {
            year: entry.id.year,
            number: entry.id.number,
            number_text: entry.number_text(),
            registered_at: entry.registered_at,
            confidential: !shown,
            direction: facts.map(|facts| facts.direction),
            subject: facts.map(|facts| facts.subject.clone()),
            correspondents: facts.map(|facts| named(&facts.correspondents)).unwrap_or_default(),
            sender_number: received.and_then(|received| received.number.clone()),
            sender_date: received.and_then(|received| received.date),
            received_on: received.map(|received| received.on),
            deferred_reason: received.and_then(|received| received.deferred_reason.clone()),
            classification: entry.classification.clone().filter(|_| shown),
            assignments: if shown { assigned(&entry.assignments) } else { Vec::new() },
            document: entry.document.as_ref().map(|document| document.content.sha256).filter(|_| shown),
            attachments: if shown { fingerprints(entry) } else { Vec::new() },
            annulment: entry.annulment.as_ref().map(|annulment| Annulled {
                at: annulment.at,
                by: shown.then(|| self.directory.name_of(annulment.by)),
                reason: shown.then(|| annulment.reason.clone()),
                act: annulment.act.clone().filter(|_| shown),
            }),
            changes,
        }
    }
}

fn named(correspondents: &[Correspondent]) -> Vec<Named> {
    correspondents.iter().map(|one| Named { role: one.role, name: one.name.clone() }).collect()
}

fn assigned(assignments: &[Assignment]) -> Vec<Assigned> {
    let to = |one: &Assignment| {
        let office = one.office.as_ref().map(ToString::to_string);
        office.or_else(|| one.user.as_ref().map(ToString::to_string)).unwrap_or_default()
    };
    assignments.iter().map(|one| Assigned { to: to(one), mode: one.mode }).collect()
}

fn fingerprints(entry: &Entry) -> Vec<Sha256> {
    entry.attachments.iter().map(|attachment| attachment.content.sha256).collect()
}

fn kind_of(event: &Event) -> ChangeKind {
    match event {
        Event::EntryAnnulled(_) => ChangeKind::Annulled,
        Event::EntryFieldsAnnulled(_) => ChangeKind::FactsAnnulled,
        Event::EntryClassified(_) => ChangeKind::Classified,
        Event::EntryAssigned(_) => ChangeKind::Assigned,
        Event::EntryDocumentAdded(_) => ChangeKind::DocumentAdded,
        Event::EntryLinked(_) => ChangeKind::Linked,
        _ => ChangeKind::Other,
    }
}

/// What a change says beyond that it happened.
#[derive(Default)]
struct Words {
    before: Option<String>,
    after: Option<String>,
    reason: Option<String>,
    act: Option<Act>,
}

fn words(before: &Entry, after: &Entry, event: &Event) -> Words {
    let plain = |before: String, after: String| Words {
        before: Some(before).filter(|text| !text.is_empty()),
        after: Some(after).filter(|text| !text.is_empty()),
        ..Words::default()
    };
    let class = |entry: &Entry| entry.classification.as_ref().map(ToString::to_string).unwrap_or_default();
    match event {
        Event::EntryAnnulled(facts) => {
            let subject = before.facts.as_ref().map(|facts| facts.subject.clone());
            let private = facts.private.as_ref();
            Words {
                before: subject,
                after: None,
                reason: private.map(|private| private.reason.clone()),
                act: private.map(|private| private.act.clone()),
            }
        }
        Event::EntryFieldsAnnulled(facts) => {
            let Some(private) = &facts.private else { return Words::default() };
            Words {
                reason: Some(private.reason.clone()),
                act: Some(private.act.clone()),
                ..plain(facts_told(before, &private.fields), facts_told(after, &private.fields))
            }
        }
        Event::EntryClassified(_) => plain(class(before), class(after)),
        Event::EntryAssigned(_) => plain(assignments_told(&before.assignments), assignments_told(&after.assignments)),
        Event::EntryDocumentAdded(facts) => {
            let name = facts.private.as_ref().map(|file| file.file_name.clone()).unwrap_or_default();
            let prints = facts.public.documents.iter().map(|content| content.sha256.to_string());
            plain(String::new(), std::iter::once(name).chain(prints).collect::<Vec<_>>().join(" "))
        }
        Event::EntryLinked(facts) => {
            let link = &facts.public;
            plain(String::new(), format!("{} {}", relation(link.relation.as_str()), link.entry))
        }
        other => plain(String::new(), other.kind().to_owned()),
    }
}

fn relation(word: &str) -> &str {
    match word {
        "answers" => "risponde a",
        "answered-by" => "ha risposta in",
        "follows" => "fa seguito a",
        "followed-by" => "ha seguito in",
        "corrects" => "corregge",
        "corrected-by" => "è corretta da",
        other => other,
    }
}

/// The facts that an annulment is about, as an entry has them.
fn facts_told(entry: &Entry, fields: &FieldsAnew) -> String {
    let Some(facts) = &entry.facts else { return String::new() };
    let mut told = Vec::new();
    for name in fields.names() {
        told.push(match name {
            "subject" => format!("Oggetto: {}", facts.subject),
            "correspondents" => {
                let names: Vec<&str> = facts.correspondents.iter().map(|one| one.name.as_str()).collect();
                format!("Corrispondenti: {}", names.join("; "))
            }
            _ => match &facts.received {
                Some(received) => {
                    let number = received.number.as_ref().map(|number| format!(", n. {number}")).unwrap_or_default();
                    let date = received.date.map(|date| format!(" del {}", italian(date))).unwrap_or_default();
                    format!("Ricevuto il {}{number}{date}", italian(received.on))
                }
                None => "Ricevuto: -".to_owned(),
            },
        });
    }
    told.join(". ")
}

fn italian(day: jiff::civil::Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

fn assignments_told(assignments: &[Assignment]) -> String {
    let mode = |mode| if mode == AssignmentMode::Responsible { "competenza" } else { "conoscenza" };
    let told = assigned(assignments).into_iter().map(|one| format!("{} ({})", one.to, mode(one.mode)));
    told.collect::<Vec<_>>().join("; ")
}
