//! What may still happen to an entry: annulment, whole or of single facts, classification, assignment, what was missing,
//! links to others. What DPR 445/2000 art. 53 fixes stays readable beside it.

use super::Archive;
use super::blobs::resolve;
use super::core::Core;
use super::draft::{Command, Decided, Draft, Fact};
use super::offices::check_assigned;
use super::refusal::Refusal;
use super::register::{EntryView, LinkView, stub, version_of};
use super::schemes::check_class;
use crate::catalogue::Look;
use crate::clock;
use crate::ids::{ClassCode, EntryId, Position, UserId};
use crate::model::access::{Action, Actor, Decision, Target, ThingAccess, decide};
use crate::model::annulment::{FieldsAnew, NewAnnulment};
use crate::model::assignment::{
    Answer, Assignee, Assignment, AssignmentMode, AssignmentState, NewAnswer, check_assignments,
};
use crate::model::dossier::EntryReference;
use crate::model::event::{
    AssignmentAnsweredPrivate, Documents, EntryAnnulledPrivate, EntryAssignedPrivate, EntryClassifiedPrivate,
    EntryFieldsAnnulled, EntryFieldsAnnulledPrivate, Event, Facts, Nothing,
};
use crate::model::field::{Fields, check_file_name};
use crate::model::link::{Link, NewLink};
use crate::model::register::{Entry, NewFile};

impl Archive {
    pub async fn annul(
        &self,
        actor: &Actor,
        id: &EntryId,
        annulment: NewAnnulment,
        expected: Option<usize>,
    ) -> Result<EntryView, Refusal> {
        self.core().entry_for(actor, Action::AnnulEntry, id)?;
        annulment.check(clock::date_in_rome(self.core().clock.now()))?;
        let NewAnnulment { reason, act, fields } = annulment;
        let event = match fields.map(FieldsAnew::normal) {
            None => {
                let private = EntryAnnulledPrivate { reason, act };
                Event::EntryAnnulled(Facts { public: Nothing {}, private: Some(private) })
            }
            Some(fields) => {
                let public = EntryFieldsAnnulled { names: fields.names().into_iter().map(str::to_owned).collect() };
                let private = EntryFieldsAnnulledPrivate { reason, act, fields };
                Event::EntryFieldsAnnulled(Facts { public, private: Some(private) })
            }
        };
        self.change_entry(actor, id, expected, event).await
    }

    /// Links an entry to another that the actor may read; both say so from then on.
    pub async fn link(
        &self,
        actor: &Actor,
        id: &EntryId,
        link: NewLink,
        expected: Option<usize>,
    ) -> Result<EntryView, Refusal> {
        let core = self.core();
        core.entry_for(actor, Action::LinkEntry, id)?;
        let link = link.link();
        linkable(core, actor, "entry", &link.entry)?;
        if link.entry == *id {
            return Err(Refusal::invalid("entry", "is this entry itself"));
        }
        let found = core.entry(id)?.ok_or(Refusal::NotFound("entry"))?;
        if found.thing.links.contains(&link) {
            return Err(Refusal::AlreadyExists("the two are linked so already".to_owned()));
        }
        let event = Event::EntryLinked(Facts { public: link, private: Some(Nothing {}) });
        self.change_entry(actor, id, expected, event).await
    }

    pub async fn classify(
        &self,
        actor: &Actor,
        id: &EntryId,
        classification: ClassCode,
        expected: Option<usize>,
    ) -> Result<EntryView, Refusal> {
        self.core().entry_for(actor, Action::ClassifyEntry, id)?;
        let private = EntryClassifiedPrivate { classification };
        let event = Event::EntryClassified(Facts { public: Nothing {}, private: Some(private) });
        self.change_entry(actor, id, expected, event).await
    }

    pub async fn assign(
        &self,
        actor: &Actor,
        id: &EntryId,
        assignments: Vec<Assignment>,
        expected: Option<usize>,
    ) -> Result<EntryView, Refusal> {
        self.core().entry_for(actor, Action::AssignEntry, id)?;
        let mut fields = Fields::default();
        check_assignments(&mut fields, &assignments);
        fields.finish()?;
        let event =
            Event::EntryAssigned(Facts { public: Nothing {}, private: Some(EntryAssignedPrivate { assignments }) });
        self.change_entry(actor, id, expected, event).await
    }

    /// Says what becomes of an assignment: taken on, sent back with a reason, done, or to be done again. For those to
    /// whom or to whose office it is given; who may assign may have it done again too.
    pub async fn answer_assignment(
        &self,
        actor: &Actor,
        id: &EntryId,
        answer: NewAnswer,
        expected: Option<usize>,
    ) -> Result<EntryView, Refusal> {
        let core = self.core();
        let found = core.entry_for(actor, Action::AnswerAssignment, id)?;
        let mut fields = Fields::default();
        answer.check(&mut fields);
        fields.finish()?;
        if !may_answer(actor, &found.access, &answer.assignee(), answer.answer) {
            return Err(Refusal::Forbidden);
        }
        let NewAnswer { office, user, answer, reason } = answer;
        let private = AssignmentAnsweredPrivate { office, user, answer, reason };
        let event = Event::AssignmentAnswered(Facts { public: Nothing {}, private: Some(private) });
        self.change_entry(actor, id, expected, event).await
    }

    /// Adds what was missing, such as the scan of a paper; never replaces.
    pub async fn add_document(
        &self,
        actor: &Actor,
        id: &EntryId,
        file: NewFile,
        expected: Option<usize>,
    ) -> Result<EntryView, Refusal> {
        let core = self.core();
        core.entry_for(actor, Action::AddEntryDocument, id)?;
        let mut fields = Fields::default();
        check_file_name(&mut fields, "file_name", &file.file_name);
        fields.finish()?;
        let blake3 = file.blake3.ok_or_else(|| Refusal::invalid("blake3", "missing: upload the content first"))?;
        let content = resolve(core, actor, "blake3", blake3)?;
        let public = Documents { documents: vec![content] };
        let event = Event::EntryDocumentAdded(Facts { public, private: Some(file.facts()) });
        self.change_entry(actor, id, expected, event).await
    }

    /// The version of an entry for `ETag`.
    pub fn entry_version(&self, id: &EntryId) -> Result<usize, Refusal> {
        version_of(&self.core().catalogue, id)
    }

    /// `expected` is the version the caller had read (`If-Match`).
    pub(super) async fn change_entry(
        &self,
        actor: &Actor,
        id: &EntryId,
        expected: Option<usize>,
        event: Event,
    ) -> Result<EntryView, Refusal> {
        self.submit(ChangeEntry { actor: actor.user, id: id.clone(), expected, event }).await?;
        match self.entry_view(actor, id) {
            // Who gives an entry away may no longer see it: the change stands, and the answer says no more than that.
            Err(Refusal::NotFound(_)) => {
                let found = self.core().entry(id)?.ok_or(Refusal::NotFound("entry"))?;
                Ok(stub(&found.thing))
            }
            other => other,
        }
    }
}

/// Whether an entry that these events made is annulled, here or in the system that it was imported from.
fn is_annulled(state: &Draft<'_>, positions: &[Position]) -> Result<bool, Refusal> {
    let first = positions.first().map(|first| state.event(*first)).transpose()?;
    let then = first.is_some_and(|first| match first.event {
        Event::EntryImported(facts) => facts.private.is_some_and(|private| private.earlier.annulment.is_some()),
        _ => false,
    });
    Ok(then || state.has_event(positions, |event| matches!(event, Event::EntryAnnulled(_)))?)
}

struct ChangeEntry {
    actor: UserId,
    id: EntryId,
    expected: Option<usize>,
    event: Event,
}

impl Command for ChangeEntry {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let record = state.catalogue.entry(&self.id)?.ok_or(Refusal::NotFound("entry"))?;
        if let Some(expected) = self.expected
            && expected != version_of(&state.catalogue, &self.id)?
        {
            return Err(Refusal::Changed);
        }
        // A link changes no fact of an entry, and often is why one was annulled: what stands in its place corrects it.
        // Nor does a message, and one of them says that it was annulled.
        let beside = matches!(self.event, Event::EntryLinked(_) | Event::EntryMessageKept(_));
        if !beside && is_annulled(state, &record.positions)? {
            return Err(Refusal::EntryAnnulled);
        }
        let mut facts = vec![Fact { subject: self.id.path(), event: self.event.clone() }];
        match &self.event {
            Event::EntryClassified(facts) => {
                let code = facts.private.as_ref().map(|private| &private.classification);
                code.map_or(Ok(()), |code| check_class(state, code))?;
            }
            Event::EntryAssigned(facts) => {
                let assignments = facts.private.as_ref().map(|private| private.assignments.as_slice());
                let before = entry_of(state, &record.positions)?.assignments;
                check_assigned(state, assignments.unwrap_or_default(), &before)?;
            }
            Event::AssignmentAnswered(facts) => {
                let entry = entry_of(state, &record.positions)?;
                facts.private.as_ref().map_or(Ok(()), |answer| answerable(&entry, answer, self.actor))?;
            }
            Event::EntryFieldsAnnulled(anew) => {
                let entry = entry_of(state, &record.positions)?;
                if let (Some(anew), Some(now)) = (&anew.private, &entry.facts) {
                    anew.fields.check_against(now)?;
                }
            }
            Event::EntryLinked(link) => facts.push(linked_from_there(&self.id, &link.public)),
            Event::EntryDocumentAdded(_) | Event::EntryMessageKept(_) => {
                for content in self.event.documents() {
                    state.require_blob("blake3", content.blake3)?;
                }
            }
            _ => {}
        }
        Ok(Decided::Commit(facts))
    }
}

/// Whether somebody may say this of what is given to an office or user.
pub(super) fn may_answer(actor: &Actor, access: &ThingAccess, of: &Assignee, answer: Answer) -> bool {
    let gives = || decide(actor, Action::AssignEntry, Target::Thing(access)) == Decision::Allowed;
    actor.answers_for(of) || (answer == Answer::Reopened && gives())
}

/// Whether an assignment stands so that it can be answered like this.
fn answerable(entry: &Entry, answer: &AssignmentAnsweredPrivate, by: UserId) -> Result<(), Refusal> {
    let of = answer.assignee();
    let Some((assignment, progress)) = entry.assigned().find(|(one, _)| one.is_of(&of)) else {
        let field = if of.office.is_some() { "office" } else { "user" };
        return Err(Refusal::invalid(field, "the entry is not assigned to it"));
    };
    if answer.answer.fits(assignment.mode, progress, by) {
        return Ok(());
    }
    Err(Refusal::AssignmentState(match (assignment.mode, progress.state) {
        (_, AssignmentState::Done) => "it is done",
        (AssignmentMode::Information, _) => "it is given to be known, and can be taken note of alone",
        (_, AssignmentState::Waiting) => "it waits already",
        (_, AssignmentState::Accepted) => "it is taken on already",
        (_, AssignmentState::Returned) => "it was sent back",
    }))
}

/// The entry that these events made.
fn entry_of(state: &Draft<'_>, positions: &[u64]) -> Result<Entry, Refusal> {
    let mut entry = None;
    for position in positions {
        let event = state.event(*position)?;
        entry = Entry::fold(entry, event.position, event.time, event.actor, &event.event);
    }
    entry.ok_or(Refusal::NotFound("entry"))
}

/// What the other entry of a link says of it.
pub(super) fn linked_from_there(here: &EntryId, link: &Link) -> Fact {
    let back = Link { relation: link.relation.seen_from_there(), entry: here.clone() };
    Fact { subject: link.entry.path(), event: Event::EntryLinked(Facts { public: back, private: Some(Nothing {}) }) }
}

/// Whoever links to an entry must be able to read it.
pub(super) fn linkable(core: &Core, actor: &Actor, field: &str, id: &EntryId) -> Result<(), Refusal> {
    match core.entry_for(actor, Action::ReadEntry, id) {
        Ok(_) => Ok(()),
        Err(Refusal::NotFound(_) | Refusal::Forbidden) => Err(Refusal::invalid(field, "no such entry")),
        Err(other) => Err(other),
    }
}

/// The links of an entry, as far as the reader may know of the others.
pub(super) fn link_views(core: &Core, actor: &Actor, entry: &Entry) -> Vec<LinkView> {
    let known = entry.links.iter().filter(|link| core.entry_for(actor, Action::ReadEntry, &link.entry).is_ok());
    known
        .map(|link| {
            let EntryId { register, year, number } = link.entry.clone();
            let number_text = format!("{number:07}");
            LinkView { relation: link.relation, entry: EntryReference { register, year, number }, number_text }
        })
        .collect()
}
