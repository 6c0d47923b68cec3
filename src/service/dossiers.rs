//! Dossiers: opening, filing into, showing, taking out, closing and reopening; dossiers as others see them.

use serde::Serialize;

use super::Archive;
use super::core::Core;
use super::draft::{Command, Decided, Draft, Fact};
use super::items::Key;
use super::offices::check_open;
use super::read::{Found, permit_in_area};
use super::refusal::Refusal;
use super::register::{EntryView, file_into, version_number, view as entry_view};
use super::schemes::check_class;
use super::writer::Done;
use crate::catalogue::{ItemRecord, Look, Record};
use crate::clock;
use crate::ids::{ClassCode, DocumentId, DossierId, OfficeCode, Position, UserId};
use crate::limits;
use crate::model::access::{Action, Actor, Decision, Target, decide};
use crate::model::dossier::{Because, Dossier, DossierState, NewDossier, NewItem, Party};
use crate::model::event::{
    DossierItemNumber, DossierItemShown, DossierOpened, DossierOpenedPrivate, Event, Facts, ItemOf, Nothing, Reason,
    Recorded,
};
use crate::model::field::Fields;
use crate::model::user::Role;

/// A dossier as the API shows it.
#[derive(Debug, Clone, Serialize)]
pub struct DossierView {
    pub id: DossierId,
    pub code: String,
    pub state: &'static str,
    pub title: String,
    pub classification: Option<ClassCode>,
    /// As the class was called when the dossier was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classification_title: Option<String>,
    pub parent: Option<DossierId>,
    pub office: Option<OfficeCode>,
    pub participants: Vec<OfficeCode>,
    pub officer: Option<String>,
    /// As people call the officer: the one thing about a user that a party may know.
    pub officer_name: Option<String>,
    pub parties: Vec<Party>,
    pub procedure: Option<String>,
    /// The code that it had in an earlier system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_code: Option<String>,
    pub opened_at: String,
    /// Not for who reads it only as a party.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_by: Option<String>,
    pub closed_at: Option<String>,
    /// Why it was last closed or reopened.
    pub reason: Option<String>,
    /// Items ever filed, also those taken out since; for a party those that are shown.
    pub items: u32,
    pub sub_dossiers: Vec<DossierId>,
    /// The reader is a party and nothing else: of what is not shown to him only the place is said.
    #[serde(skip)]
    pub as_party: bool,
}

/// A page of a dossier's items, and where the next one begins.
pub struct ItemPage {
    pub items: Vec<ItemView>,
    pub next: Option<u32>,
}

/// One item, as far as this reader may see it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ItemView {
    pub item: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added_at: Option<String>,
    /// Not for a party: who of the staff filed it is no part of the affair.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added_by: Option<String>,
    /// Withheld, or whether and how it was taken out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed: Option<Option<RemovalView>>,
    /// The reader may not see what it is: that something is withheld is said, nothing else.
    pub withheld: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<FreeDocumentView>,
}

#[derive(Debug, Clone, Serialize)]
pub struct RemovalView {
    pub at: String,
    pub by: String,
    pub reason: String,
}

/// A document that is not registered, in a list.
#[derive(Debug, Clone, Serialize)]
pub struct FreeDocumentView {
    pub id: DocumentId,
    pub title: String,
    pub file_name: String,
    #[serde(flatten)]
    pub content: crate::digest::ContentDigests,
}

impl Archive {
    pub async fn open_dossier(&self, actor: &Actor, mut dossier: NewDossier) -> Result<DossierId, Refusal> {
        permit_in_area(actor, Action::OpenDossier)?;
        dossier.check()?;
        let desk = actor.is(Role::Registrar) || actor.is(Role::Service);
        if !desk {
            // An officer keeps dossiers for an office of his own.
            let office = dossier.office.get_or_insert_with(|| actor.offices[0].clone());
            if !actor.offices.contains(office) {
                return Err(Refusal::Forbidden);
            }
        }
        if let Some(parent) = dossier.parent {
            self.core().dossier_for(actor, Action::FileIntoDossier, parent).map_err(|refusal| match refusal {
                Refusal::NotFound(_) => Refusal::invalid("parent", "no such dossier"),
                other => other,
            })?;
        }
        let id = DossierId::random();
        match self.submit(Open { actor: actor.user, id, dossier }).await? {
            Done::Committed(_) | Done::Existing(_) => Ok(id),
        }
    }

    pub fn dossier_view(&self, actor: &Actor, id: DossierId) -> Result<DossierView, Refusal> {
        let core = self.core();
        let found = core.dossier_for(actor, Action::ReadDossier, id)?;
        dossier_view(core, actor, &found)
    }

    /// What this reader may do with a dossier, so that nobody is offered more.
    pub fn dossier_actions(&self, actor: &Actor, id: DossierId) -> Result<Vec<Action>, Refusal> {
        let found = self.core().dossier_for(actor, Action::ReadDossier, id)?;
        let mut actions =
            vec![Action::FileIntoDossier, Action::ChangeDossierItem, Action::CloseDossier, Action::ReopenDossier];
        actions.retain(|action| decide(actor, *action, Target::Thing(&found.access)) == Decision::Allowed);
        Ok(actions)
    }

    /// The version of a dossier for `ETag`: it changes with its events, its items and its sub-dossiers.
    pub fn dossier_version(&self, id: DossierId) -> Result<usize, Refusal> {
        let core = self.core();
        let record = core.catalogue.dossier(id)?.ok_or(Refusal::NotFound("dossier"))?;
        version_of(&core.catalogue, &record, |first| core.recorded(first))
    }

    /// Items with numbers above `after`.
    pub fn dossier_items(&self, actor: &Actor, id: DossierId, after: u32, limit: usize) -> Result<ItemPage, Refusal> {
        let core = self.core();
        let as_party = actor.reads_as_party(&core.dossier_for(actor, Action::ReadDossier, id)?.access);
        let mut page = ItemPage { items: Vec::new(), next: None };
        for pair in core.catalogue.items(id, after) {
            let (number, item) = pair?;
            if as_party && item.removed.is_some() {
                continue;
            }
            if page.items.len() == limit.min(limits::PAGE_MAX) {
                page.next = page.items.last().map(|last: &ItemView| last.item);
                break;
            }
            page.items.push(item_view(core, actor, number, &item, as_party)?);
        }
        Ok(page)
    }

    pub fn dossier_item(&self, actor: &Actor, id: DossierId, number: u32) -> Result<ItemView, Refusal> {
        let core = self.core();
        let as_party = actor.reads_as_party(&core.dossier_for(actor, Action::ReadDossier, id)?.access);
        let item = core.catalogue.item(id, number)?.ok_or(Refusal::NotFound("item"))?;
        // What was taken out of the affair is no part of it.
        if as_party && item.removed.is_some() {
            return Err(Refusal::NotFound("item"));
        }
        item_view(core, actor, number, &item, as_party)
    }

    /// Files an entry or document into an open dossier; the answer is the item's number.
    pub async fn file_item(&self, actor: &Actor, id: DossierId, item: NewItem) -> Result<u32, Refusal> {
        let core = self.core();
        core.dossier_for(actor, Action::FileIntoDossier, id)?;
        let of = item.of()?;
        if !core.may_read(actor, &Key::of(&of))? {
            let field = if matches!(of, ItemOf::Entry(_)) { "entry" } else { "document" };
            return Err(Refusal::invalid(field, format!("no such {field}")));
        }
        let command = File { actor: actor.user, id, of, shown: item.shown };
        let Done::Committed(events) = self.submit(command).await? else { return Err(Refusal::NotFound("item")) };
        match events.first().map(|event| &event.event) {
            Some(Event::DossierItemAdded(facts)) => Ok(facts.public.item),
            _ => Err(Refusal::Failed("an item without its event".into())),
        }
    }

    /// Lets the parties see an item, or no longer.
    pub async fn show_item(&self, actor: &Actor, id: DossierId, item: u32, shown: bool) -> Result<(), Refusal> {
        self.core().dossier_for(actor, Action::ChangeDossierItem, id)?;
        let public = DossierItemShown { item, shown };
        let event = Event::DossierItemShown(Facts { public, private: Some(Nothing {}) });
        self.submit(ChangeItem { actor: actor.user, id, item, event, expected: None }).await.map(|_| ())
    }

    /// Takes an item out, visibly.
    pub async fn remove_item(
        &self,
        actor: &Actor,
        id: DossierId,
        item: u32,
        why: Because,
        expected: Option<usize>,
    ) -> Result<(), Refusal> {
        self.core().dossier_for(actor, Action::ChangeDossierItem, id)?;
        why.check()?;
        let public = DossierItemNumber { item };
        let event = Event::DossierItemRemoved(Facts { public, private: Some(Reason { reason: why.reason }) });
        self.submit(ChangeItem { actor: actor.user, id, item, event, expected }).await.map(|_| ())
    }

    pub async fn close_dossier(
        &self,
        actor: &Actor,
        id: DossierId,
        why: Because,
        expected: Option<usize>,
    ) -> Result<(), Refusal> {
        self.core().dossier_for(actor, Action::CloseDossier, id)?;
        self.set_dossier_state(actor, id, DossierState::Closed, why, expected).await
    }

    pub async fn reopen_dossier(
        &self,
        actor: &Actor,
        id: DossierId,
        why: Because,
        expected: Option<usize>,
    ) -> Result<(), Refusal> {
        self.core().dossier_for(actor, Action::ReopenDossier, id)?;
        self.set_dossier_state(actor, id, DossierState::Open, why, expected).await
    }

    async fn set_dossier_state(
        &self,
        actor: &Actor,
        id: DossierId,
        to: DossierState,
        why: Because,
        expected: Option<usize>,
    ) -> Result<(), Refusal> {
        why.check()?;
        self.submit(SetState { actor: actor.user, id, to, reason: why.reason, expected }).await.map(|_| ())
    }
}

pub(super) fn dossier_view(core: &Core, actor: &Actor, found: &Found<Dossier>) -> Result<DossierView, Refusal> {
    let directory = core.directory();
    let dossier = &found.thing;
    let facts = dossier.facts.as_ref();
    let officer = facts.and_then(|facts| facts.officer);
    let record = core.catalogue.dossier(dossier.id)?.unwrap_or_default();
    let mut sub_dossiers = core.catalogue.children(dossier.id)?;
    sub_dossiers.retain(|child| core.dossier_for(actor, Action::ReadDossier, *child).is_ok());
    let closed = dossier.state_changed.as_ref().filter(|_| dossier.state == DossierState::Closed);
    let as_party = actor.reads_as_party(&found.access);
    let items = if as_party { count_shown(core, actor, dossier.id)? } else { record.last_item };
    // A party sees who is in charge, and of the parties only itself.
    let parties = facts.map(|facts| facts.parties.clone()).unwrap_or_default();
    let parties = parties.into_iter().filter(|party| !as_party || party.tax_code == actor.tax_code).collect();
    Ok(DossierView {
        id: dossier.id,
        code: dossier.code.clone(),
        state: dossier.state.as_str(),
        title: dossier.title().to_owned(),
        classification: facts.map(|facts| facts.classification.clone()),
        classification_title: facts.and_then(|facts| {
            let directory = core.directory();
            let class = directory.classification.class_at(&facts.classification, dossier.opened_at);
            class.map(|class| class.title.clone())
        }),
        parent: dossier.parent,
        office: facts.and_then(|facts| facts.office.clone()),
        participants: facts.map(|facts| facts.participants.clone()).unwrap_or_default(),
        officer: officer.map(|officer| directory.name_of(officer)),
        officer_name: officer.and_then(|id| directory.users.get(&id)).map(|user| user.full_name.clone()),
        parties,
        procedure: facts.and_then(|facts| facts.procedure.clone()),
        previous_code: facts.and_then(|facts| facts.previous_code.clone()),
        opened_at: clock::rfc3339(dossier.opened_at),
        opened_by: (!as_party).then(|| directory.name_of(dossier.opened_by)),
        closed_at: closed.map(|(at, _, _)| clock::rfc3339(*at)),
        reason: dossier.state_changed.as_ref().map(|(_, _, reason)| reason.clone()),
        items,
        sub_dossiers,
        as_party,
    })
}

/// Whether a party may see what an item is: it is shown, still there, and readable.
pub(super) fn shown_to(core: &Core, actor: &Actor, item: &ItemRecord) -> Result<bool, Refusal> {
    Ok(item.shown && item.removed.is_none() && core.may_read(actor, &Key::of(&item.of))?)
}

fn count_shown(core: &Core, actor: &Actor, id: DossierId) -> Result<u32, Refusal> {
    let mut count = 0;
    for pair in core.catalogue.items(id, 0) {
        count += u32::from(shown_to(core, actor, &pair?.1)?);
    }
    Ok(count)
}

fn item_view(core: &Core, actor: &Actor, number: u32, item: &ItemRecord, as_party: bool) -> Result<ItemView, Refusal> {
    let visible = if as_party { shown_to(core, actor, item)? } else { core.may_read(actor, &Key::of(&item.of))? };
    if !visible {
        // When, by whom and why it came or went may tell what it is; even its entry's number is not said here, for
        // who sees that number elsewhere does not see there in which dossier it is.
        return Ok(ItemView { item: number, withheld: true, ..ItemView::default() });
    }
    let directory = core.directory();
    let added = core.recorded(item.added)?;
    let removed = item.removed.map(|position| core.recorded(position)).transpose()?;
    let removed = removed.map(|event| RemovalView {
        at: clock::rfc3339(event.time),
        by: directory.name_of(event.actor),
        reason: match &event.event {
            Event::DossierItemRemoved(facts) => facts.private.as_ref().map(|p| p.reason.clone()).unwrap_or_default(),
            _ => String::new(),
        },
    });
    let mut view = ItemView {
        item: number,
        shown: Some(item.shown),
        added_at: Some(clock::rfc3339(added.time)),
        added_by: (!as_party).then(|| directory.name_of(added.actor)),
        removed: Some(removed),
        withheld: false,
        entry: None,
        document: None,
    };
    match &item.of {
        ItemOf::Entry(id) => view.entry = core.entry(id)?.and_then(|found| entry_view(core, actor, &found)),
        ItemOf::Document(id) => {
            view.document = core.free_document(*id)?.map(|found| FreeDocumentView {
                id: *id,
                title: found.thing.title.clone(),
                file_name: found.thing.current().file_name.clone(),
                content: found.thing.current().content,
            });
        }
    }
    Ok(view)
}

/// The code of the dossier that these events made.
fn code_of(record: &Record, read: impl Fn(Position) -> Result<Recorded, Refusal>) -> Result<String, Refusal> {
    let first = record.positions.first().ok_or(Refusal::NotFound("dossier"))?;
    match read(*first)?.event {
        Event::DossierOpened(facts) => Ok(facts.public.code),
        _ => Err(Refusal::NotFound("dossier")),
    }
}

/// A number that changes with a dossier's events, its items and its sub-dossiers: its answer shows them.
fn version_of(
    state: &impl Look,
    record: &Record,
    read: impl Fn(Position) -> Result<Recorded, Refusal>,
) -> Result<usize, Refusal> {
    let parts = state.counter(&code_of(record, read)?)?;
    let Record { positions, last_item, items_changed, .. } = record;
    Ok(version_number(format!("{positions:?} {last_item} {items_changed} {parts}").as_bytes()))
}

/// Refuses what was decided over another version than the dossier has now.
fn expect(state: &Draft<'_>, record: &Record, expected: Option<usize>) -> Result<(), Refusal> {
    match expected {
        Some(expected) if expected != version_of(&state.catalogue, record, |first| state.event(first))? => {
            Err(Refusal::Changed)
        }
        _ => Ok(()),
    }
}

struct Open {
    actor: UserId,
    id: DossierId,
    dossier: NewDossier,
}

impl Command for Open {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let new = &self.dossier;
        check_class(state, &new.classification)?;
        let mut fields = Fields::default();
        for (field, office) in
            new.office.iter().map(|o| ("office", o)).chain(new.participants.iter().map(|o| ("participants", o)))
        {
            check_open(&mut fields, field, &state.directory, office, state.today());
        }
        fields.finish()?;
        let officer = match &new.officer {
            None => None,
            Some(name) => match state.directory.user_named(name).filter(|user| user.active) {
                Some(user) => Some(user.id),
                None => return Err(Refusal::invalid("officer", format!("no user {name}"))),
            },
        };
        let public = DossierOpened { dossier: self.id, code: self.code(state)?, parent: new.parent };
        let private = DossierOpenedPrivate {
            title: new.title.trim().to_owned(),
            classification: new.classification.clone(),
            office: new.office.clone(),
            participants: new.participants.clone(),
            officer,
            parties: new.normal_parties(),
            procedure: new.procedure.clone(),
            previous_code: None,
        };
        let event = Event::DossierOpened(Facts { public, private: Some(private) });
        Ok(Decided::Commit(vec![Fact { subject: self.id.path(), event }]))
    }
}

impl Open {
    /// `6.3/2026/12`, counted within class and year; within its parent for a sub-dossier.
    fn code(&self, state: &Draft<'_>) -> Result<String, Refusal> {
        let sequence = match self.dossier.parent {
            None => format!("{}/{}", self.dossier.classification, state.year()),
            Some(parent) => {
                let record = state.catalogue.dossier(parent)?.ok_or(Refusal::NotFound("dossier"))?;
                if state.dossier_state(&record.positions)? == DossierState::Closed {
                    return Err(Refusal::DossierClosed);
                }
                code_of(&record, |first| state.event(first))?
            }
        };
        let number = state.catalogue.counter(&sequence)? + 1;
        Ok(format!("{sequence}/{number}"))
    }
}

struct File {
    actor: UserId,
    id: DossierId,
    of: ItemOf,
    shown: bool,
}

impl Command for File {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let holders = match &self.of {
            ItemOf::Entry(id) => state.catalogue.entry(id)?,
            ItemOf::Document(id) => state.catalogue.document(*id)?,
        };
        let holders = holders.ok_or(Refusal::NotFound("item"))?.dossiers;
        if let Some((_, item)) = holders.iter().find(|(dossier, _)| *dossier == self.id) {
            return Err(Refusal::AlreadyExists(format!("the dossier holds it already, as item {item}")));
        }
        Ok(Decided::Commit(vec![file_into(state, self.id, self.of.clone(), self.shown)?]))
    }
}

struct ChangeItem {
    actor: UserId,
    id: DossierId,
    item: u32,
    event: Event,
    /// The version of the dossier that the caller had read (`If-Match`).
    expected: Option<usize>,
}

impl Command for ChangeItem {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let record = state.catalogue.dossier(self.id)?.ok_or(Refusal::NotFound("dossier"))?;
        expect(state, &record, self.expected)?;
        let item = state.catalogue.item(self.id, self.item)?.ok_or(Refusal::NotFound("item"))?;
        if item.removed.is_some() {
            return Err(Refusal::AlreadyExists("the item was taken out of the dossier".to_owned()));
        }
        if state.dossier_state(&record.positions)? == DossierState::Closed {
            return Err(Refusal::DossierClosed);
        }
        Ok(Decided::Commit(vec![Fact { subject: self.id.path(), event: self.event.clone() }]))
    }
}

struct SetState {
    actor: UserId,
    id: DossierId,
    to: DossierState,
    reason: String,
    /// The version the caller had read (`If-Match`).
    expected: Option<usize>,
}

impl Command for SetState {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let record = state.catalogue.dossier(self.id)?.ok_or(Refusal::NotFound("dossier"))?;
        expect(state, &record, self.expected)?;
        let facts = Facts { public: Nothing {}, private: Some(Reason { reason: self.reason.clone() }) };
        let event = match (state.dossier_state(&record.positions)?, self.to) {
            (DossierState::Open, DossierState::Closed) => Event::DossierClosed(facts),
            (DossierState::Closed, DossierState::Open) => Event::DossierReopened(facts),
            (DossierState::Closed, DossierState::Closed) => return Err(Refusal::DossierClosed),
            (DossierState::Open, DossierState::Open) => return Err(Refusal::DossierOpen),
        };
        Ok(Decided::Commit(vec![Fact { subject: self.id.path(), event }]))
    }
}
