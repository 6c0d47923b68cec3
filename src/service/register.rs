//! The register: registering, annulling, classifying, assigning, adding what was missing; entries as others see them.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::Archive;
use super::blobs::resolve;
use super::core::{Core, recorded};
use super::draft::{Command, Decided, Draft, Fact};
use super::entry_changes::{link_views, linkable, linked_from_there};
use super::offices::check_assigned;
use super::party;
use super::read::{Filed, Found, permit_in_area};
use super::refusal::Refusal;
use super::schemes::check_class;
use super::writer::Done;
use crate::catalogue::Look;
use crate::clock;
use crate::digest::{ContentDigests, Sha256};
use crate::ids::{ClassCode, DossierId, EntryId, RegisterCode, UserId};
use crate::model::access::{Action, Actor, Decision, Target, decide};
use crate::model::annulment::Act;
use crate::model::assignment::{Assignee, AssignmentState, Progress};
use crate::model::directory::{Area, Directory};
use crate::model::document::FileFacts;
use crate::model::dossier::{DossierState, EntryReference};
use crate::model::earlier::{Earlier, Imported};
use crate::model::emergency::Emergency;
use crate::model::event::{DossierItemAdded, EntryRegistered, Event, Facts, ItemOf, Nothing, Recorded, feed_data};
use crate::model::link::Relation;
use crate::model::register::{Assignment, Entry, EntryDocument, NewEntry};

/// An entry as the API shows it.
#[derive(Debug, Clone, Serialize)]
pub struct EntryView {
    pub register: RegisterCode,
    pub year: i16,
    pub number: u64,
    pub number_text: String,
    pub registered_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered_by: Option<String>,
    pub confidential: bool,
    /// Everything else; absent when only number and date may be known.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub details: Option<EntryDetails>,
}

impl EntryView {
    pub fn id(&self) -> EntryId {
        EntryId { register: self.register.clone(), year: self.year, number: self.number }
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct EntryDetails {
    pub mark: String,
    pub position: u64,
    pub annulled: Option<AnnulmentView>,
    pub direction: Option<&'static str>,
    pub subject: Option<String>,
    pub correspondents: Value,
    pub received: Value,
    pub classification: Option<ClassCode>,
    /// As the class was called when it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classification_title: Option<String>,
    pub assignments: Vec<Assignment>,
    /// When it was given so: offices are called as they were then.
    #[serde(skip)]
    pub assigned_at: Timestamp,
    /// What became of each of them, in their order; a party is not told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub progress: Vec<ProgressView>,
    pub document: Option<DocumentView>,
    pub attachments: Vec<DocumentView>,
    pub location: Option<String>,
    /// The first of `dossiers`.
    pub dossier: Option<DossierId>,
    pub dossiers: Vec<DossierLink>,
    /// What the register asked for beyond the law.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub fields: serde_json::Map<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annulled_fields: Vec<AnnulledFieldView>,
    /// The line of an emergency register that it was first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Emergency>,
    /// An earlier system registered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported: Option<Box<ImportedView>>,
    /// As far as the reader may know of the other entry.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<LinkView>,
    /// The reader is a party and nothing else: who works on it is not said, nor more of others than their names.
    #[serde(skip)]
    pub as_party: bool,
}

/// What became of an assignment.
#[derive(Debug, Clone, Serialize)]
pub struct ProgressView {
    #[serde(flatten)]
    pub of: Assignee,
    pub state: AssignmentState,
    pub since: String,
    /// Who brought it there.
    pub by: String,
    /// Who took it on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl ProgressView {
    fn of(directory: &Directory, assignment: &Assignment, progress: &Progress) -> Self {
        Self {
            of: assignment.assignee(),
            state: progress.state,
            since: clock::rfc3339(progress.since),
            by: directory.name_of(progress.by),
            worker: progress.worker.map(|worker| directory.name_of(worker)),
            reason: progress.reason.clone(),
        }
    }
}

/// What a field was before it was annulled.
#[derive(Debug, Clone, Serialize)]
pub struct AnnulledFieldView {
    pub field: &'static str,
    pub was: Value,
    #[serde(flatten)]
    pub annulment: AnnulmentView,
}

/// What an earlier system had of an entry, and how it came here.
#[derive(Debug, Clone, Serialize)]
pub struct ImportedView {
    pub at: String,
    /// A party is not told, nor what the house wrote for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    pub source: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<Earlier>,
}

/// Another entry and how it stands to this one.
#[derive(Debug, Clone, Serialize)]
pub struct LinkView {
    pub relation: Relation,
    pub entry: EntryReference,
    pub number_text: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct AnnulmentView {
    pub at: String,
    /// A party is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    pub reason: String,
    /// Of one that an earlier system made, only if it was written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<Act>,
}

#[derive(Debug, Clone, Serialize)]
pub struct DocumentView {
    pub id: crate::ids::DocumentId,
    #[serde(flatten)]
    pub content: ContentDigests,
    #[serde(flatten)]
    pub file: FileFacts,
}

#[derive(Debug, Clone, Serialize)]
pub struct DossierLink {
    pub id: DossierId,
    pub code: String,
    pub title: String,
    pub item: u32,
    pub shown: bool,
}

/// A line of an entry's history.
#[derive(Debug, Clone, Serialize)]
pub struct HistoryItem {
    pub position: u64,
    pub time: String,
    /// A party is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    pub kind: String,
    pub data: std::collections::BTreeMap<String, Value>,
}

/// Whether a registration made an entry or found the one its key had made.
pub enum Registered {
    New(Box<EntryView>),
    Existing(Box<EntryView>),
}

impl Archive {
    /// Registers a document: gives it its number, for ever.
    pub async fn register(
        &self,
        actor: &Actor,
        register: &RegisterCode,
        key: &str,
        entry: NewEntry,
    ) -> Result<Registered, Refusal> {
        permit_in_area(actor, Action::RegisterEntry(entry.direction))?;
        let core = self.core();
        let directory = core.directory();
        let rules = directory.registers.get(register).ok_or(Refusal::NotFound("register"))?;
        let key = key_digest(actor.user, register, key);
        let request = Sha256::of(&serde_json::to_vec(&entry)?);
        // The key is looked at before anything else: a repeated request is answered even when its uploads are forgotten.
        if let Some(position) = core.catalogue.by_key(&key)? {
            return existing(core, actor, position, &request);
        }
        if rules.closed {
            return Err(Refusal::RegisterClosed);
        }
        let checked = [entry.check(clock::date_in_rome(core.clock.now()), rules.special), rules.check(&entry)];
        let wrong: Vec<_> = checked.into_iter().filter_map(Result::err).flatten().collect();
        if !wrong.is_empty() {
            return Err(Refusal::Invalid(wrong));
        }
        for (n, link) in entry.links.iter().enumerate() {
            linkable(core, actor, &format!("links[{n}].entry"), &link.link().entry)?;
        }
        if let Some(dossier) = entry.dossier {
            core.dossier_for(actor, Action::FileIntoDossier, dossier).map_err(|refusal| match refusal {
                Refusal::NotFound(_) => Refusal::invalid("dossier", "no such dossier"),
                other => other,
            })?;
        }
        let mut contents = Vec::new();
        for (n, file) in entry.files().enumerate() {
            let at = file_field(&entry, n);
            let blake3 = file.blake3.ok_or_else(|| Refusal::invalid(format!("{at}.blake3"), "missing"))?;
            contents.push(resolve(core, actor, &format!("{at}.blake3"), blake3)?);
        }
        let command = Register { actor: actor.user, register: register.clone(), key, request, entry, contents };
        match self.submit(command).await? {
            Done::Existing(position) => existing(core, actor, position, &request),
            Done::Committed(events) => {
                let mut entry = None;
                for event in events.iter().take(1) {
                    if let Event::EntryRegistered(facts) = &event.event
                        && facts.public.request != request
                    {
                        return Err(Refusal::KeyReused);
                    }
                    entry = Entry::fold(entry, event.position, event.time, event.actor, &event.event);
                }
                let entry = entry.ok_or_else(|| Refusal::Failed("a registration without its event".into()))?;
                let view = if events.len() == 1 {
                    full_view(&directory, &entry, Vec::new(), Vec::new())
                } else {
                    self.entry_view(actor, &entry.id)?
                };
                Ok(Registered::New(Box::new(view)))
            }
        }
    }

    /// What was registered with this key before, so that a form which was sent already can say so.
    pub fn registered_with(
        &self,
        actor: &Actor,
        register: &RegisterCode,
        key: &str,
    ) -> Result<Option<EntryView>, Refusal> {
        let core = self.core();
        match core.catalogue.by_key(&key_digest(actor.user, register, key))? {
            Some(position) => Ok(Some(registered_at(core, actor, &core.recorded(position)?)?)),
            None => Ok(None),
        }
    }

    /// An entry as this reader may see it.
    pub fn entry_view(&self, actor: &Actor, id: &EntryId) -> Result<EntryView, Refusal> {
        let found = self.core().entry(id)?.ok_or(Refusal::NotFound("entry"))?;
        view(self.core(), actor, &found).ok_or(Refusal::NotFound("entry"))
    }

    /// Every event of an entry, oldest first: old and new values side by side. A party gets what the entry shows him.
    pub fn entry_history(&self, actor: &Actor, id: &EntryId) -> Result<Vec<HistoryItem>, Refusal> {
        let core = self.core();
        let as_party = actor.reads_as_party(&core.entry_for(actor, Action::ReadEntry, id)?.access);
        let record = core.catalogue.entry(id)?.ok_or(Refusal::NotFound("entry"))?;
        let directory = core.directory();
        let mut history = Vec::new();
        for position in record.positions {
            let line = core.line(position)?;
            let event = recorded(&line)?;
            let mut data = feed_data(&line.public, line.private.as_deref())?;
            if as_party {
                if !party::hears_of(core, actor, &event)? {
                    continue;
                }
                party::cut_data(&mut data, actor);
            }
            history.push(HistoryItem {
                position,
                time: clock::rfc3339(line.time),
                by: (!as_party).then(|| directory.name_of(event.actor)),
                kind: line.kind.to_string(),
                data,
            });
        }
        Ok(history)
    }
}

/// A number that changes with every event of an entry, and with the dossiers that hold it: its answer shows them.
pub(super) fn version_of(state: &impl Look, id: &EntryId) -> Result<usize, Refusal> {
    let record = state.entry(id)?.ok_or(Refusal::NotFound("entry"))?;
    let mut seen = Vec::new();
    for position in &record.positions {
        seen.extend(position.to_le_bytes());
    }
    for (dossier, item) in &record.dossiers {
        let shown = state.item(*dossier, *item)?.is_some_and(|item| item.shown);
        seen.extend(format!(" {dossier} {item} {shown}").into_bytes());
    }
    Ok(version_number(&seen))
}

/// The version of a thing that looks so.
pub(super) fn version_number(seen: &[u8]) -> usize {
    let [a, b, c, d, e, f, g, h, ..] = *Sha256::of(seen).as_bytes();
    u64::from_le_bytes([a, b, c, d, e, f, g, h]) as usize
}

/// Digest of an Idempotency-Key in its scope: actor and register.
fn key_digest(actor: UserId, register: &RegisterCode, key: &str) -> Sha256 {
    Sha256::of_parts(&[actor.to_string().as_bytes(), b"\0", register.as_str().as_bytes(), b"\0", key.as_bytes()])
}

fn existing(core: &Core, actor: &Actor, position: u64, request: &Sha256) -> Result<Registered, Refusal> {
    let recorded = core.recorded(position)?;
    let Event::EntryRegistered(facts) = &recorded.event else { return Err(Refusal::KeyReused) };
    if facts.public.request != *request {
        return Err(Refusal::KeyReused);
    }
    Ok(Registered::Existing(Box::new(registered_at(core, actor, &recorded)?)))
}

/// The entry that this event made.
fn registered_at(core: &Core, actor: &Actor, recorded: &Recorded) -> Result<EntryView, Refusal> {
    let id = EntryId::from_path(&recorded.subject).ok_or(Refusal::NotFound("entry"))?;
    let found = core.entry(&id)?.ok_or(Refusal::NotFound("entry"))?;
    Ok(view(core, actor, &found).unwrap_or_else(|| stub(&found.thing)))
}

fn file_field(entry: &NewEntry, n: usize) -> String {
    match (&entry.document, n) {
        (Some(_), 0) => "document".to_owned(),
        (Some(_), n) => format!("attachments[{}]", n - 1),
        (None, n) => format!("attachments[{n}]"),
    }
}

/// What this reader may see of an entry; `None` when he may not know of it.
pub fn view(core: &Core, actor: &Actor, found: &Found<Entry>) -> Option<EntryView> {
    match decide(actor, Action::ReadEntry, Target::Thing(&found.access)) {
        Decision::Allowed => {
            let links = dossier_links(core, actor, &found.filed);
            let mut view = full_view(&core.directory(), &found.thing, links, link_views(core, actor, &found.thing));
            if actor.reads_as_party(&found.access) {
                cut_for_party(&mut view, actor);
            }
            Some(view)
        }
        Decision::Stub => Some(stub(&found.thing)),
        Decision::Hidden | Decision::Forbidden => None,
    }
}

/// Takes out of an entry what is not for its parties.
fn cut_for_party(view: &mut EntryView, actor: &Actor) {
    view.registered_by = None;
    let Some(details) = &mut view.details else { return };
    details.as_party = true;
    party::cut_correspondents(&mut details.correspondents, actor);
    party::cut_assignments(&mut details.assignments);
    details.progress.clear();
    if let Some(annulment) = &mut details.annulled {
        annulment.by = None;
    }
    // The number is on his receipt; who registered is the house's own business.
    if let Some(emergency) = &mut details.emergency {
        emergency.operator.clear();
    }
    if let Some(imported) = &mut details.imported {
        (imported.by, imported.earlier) = (None, None);
    }
    for field in &mut details.annulled_fields {
        field.annulment.by = None;
        party::cut_correspondents(&mut field.was, actor);
    }
}

/// The dossiers that hold a thing, as far as this reader may know of them.
pub(super) fn dossier_links(core: &Core, actor: &Actor, filed: &[Filed]) -> Vec<DossierLink> {
    let seen = filed.iter().filter(|place| core.dossier_for(actor, Action::ReadDossier, place.dossier.id).is_ok());
    seen.map(|place| DossierLink {
        id: place.dossier.id,
        code: place.dossier.code.clone(),
        title: place.dossier.title().to_owned(),
        item: place.item,
        shown: place.shown,
    })
    .collect()
}

pub(super) fn stub(entry: &Entry) -> EntryView {
    EntryView {
        register: entry.id.register.clone(),
        year: entry.id.year,
        number: entry.id.number,
        number_text: entry.number_text(),
        registered_at: clock::rfc3339(entry.registered_at),
        registered_by: None,
        confidential: entry.confidential(),
        details: None,
    }
}

fn full_view(directory: &Directory, entry: &Entry, dossiers: Vec<DossierLink>, links: Vec<LinkView>) -> EntryView {
    let facts = entry.facts.as_ref();
    let annulment = |at, by, reason: &str, act: Option<&Act>| AnnulmentView {
        at: clock::rfc3339(at),
        by,
        reason: reason.to_owned(),
        act: act.cloned(),
    };
    let imported = entry.imported.as_deref();
    let earlier = imported.and_then(|imported| imported.earlier.as_ref());
    let annulled = entry.annulment.as_ref().map(|one| {
        // Who did it in an earlier system is known by name alone, if at all.
        let then = earlier.and_then(|earlier| earlier.annulment.as_ref());
        let by = then.map_or_else(|| Some(directory.name_of(one.by)), |then| then.by.clone());
        annulment(one.at, by, &one.reason, one.act.as_ref())
    });
    let annulled_fields = entry.annulled_fields.iter().map(|one| AnnulledFieldView {
        field: one.field,
        was: one.was.clone(),
        annulment: annulment(one.at, Some(directory.name_of(one.by)), &one.reason, Some(&one.act)),
    });
    let class = entry.classification.as_ref();
    let class = class.and_then(|code| directory.classification.class_at(code, entry.classified_at));
    let title = class.map(|class| class.title.clone());
    let by = match imported {
        None => Some(directory.name_of(entry.registered_by)),
        Some(_) => earlier.and_then(|earlier| earlier.author.clone()),
    };
    let json = |value: Option<Value>| value.unwrap_or(Value::Null);
    EntryView {
        registered_by: by,
        details: Some(EntryDetails {
            mark: mark_text(&directory.area, entry),
            position: entry.position,
            annulled,
            direction: facts.map(|facts| facts.direction.as_str()),
            subject: facts.map(|facts| facts.subject.clone()),
            correspondents: json(facts.and_then(|facts| serde_json::to_value(&facts.correspondents).ok())),
            received: json(facts.and_then(|facts| serde_json::to_value(&facts.received).ok())),
            classification: entry.classification.clone(),
            classification_title: title,
            assignments: entry.assignments.clone(),
            assigned_at: entry.assigned_at,
            progress: entry.assigned().map(|(one, progress)| ProgressView::of(directory, one, progress)).collect(),
            document: entry.document.as_ref().map(document_view),
            attachments: entry.attachments.iter().map(document_view).collect(),
            location: facts.and_then(|facts| facts.location.clone()),
            dossier: dossiers.first().map(|link| link.id),
            dossiers,
            fields: facts.map(|facts| facts.fields.clone()).unwrap_or_default(),
            annulled_fields: annulled_fields.collect(),
            emergency: facts.and_then(|facts| facts.emergency.clone()),
            imported: imported.map(|one| Box::new(imported_view(directory, one))),
            links,
            as_party: false,
        }),
        ..stub(entry)
    }
}

fn imported_view(directory: &Directory, imported: &Imported) -> ImportedView {
    let Imported { at, by, source, earlier } = imported;
    let by = Some(directory.name_of(*by));
    ImportedView { at: clock::rfc3339(*at), by, source: source.clone(), earlier: earlier.clone() }
}

/// The mark in one line, as it is printed and searched for: what is permanently tied to a document to say which entry it
/// is.
pub(super) fn mark_text(area: &Area, entry: &Entry) -> String {
    let EntryId { register, year, .. } = &entry.id;
    format!("{}/{}/{register}/{year}/{}", area.organization, area.area, entry.number_text())
}

pub fn document_view(document: &EntryDocument) -> DocumentView {
    DocumentView { id: document.id, content: document.content, file: document.file.clone() }
}

struct Register {
    actor: UserId,
    register: RegisterCode,
    key: Sha256,
    request: Sha256,
    entry: NewEntry,
    /// Of `entry.files()`, in their order.
    contents: Vec<ContentDigests>,
}

impl Command for Register {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        if let Some(position) = state.catalogue.by_key(&self.key)? {
            return Ok(Decided::Existing(position));
        }
        if state.directory.registers.get(&self.register).is_none_or(|register| register.closed) {
            return Err(Refusal::RegisterClosed);
        }
        check_class(state, &self.entry.classification)?;
        check_assigned(state, &self.entry.assignments, &[])?;
        let mut seen = HashSet::new();
        for (n, content) in self.contents.iter().enumerate() {
            if seen.insert(content.blake3) {
                state.require_blob(&format!("{}.blake3", file_field(&self.entry, n)), content.blake3)?;
            }
        }
        let number = state.next_number(&self.register)?;
        let id = EntryId { register: self.register.clone(), year: state.year(), number };
        let public = EntryRegistered {
            register: id.register.clone(),
            year: id.year,
            number,
            documents: self.contents.clone(),
            without_main: self.entry.document.is_none() && !self.contents.is_empty(),
            key: self.key,
            request: self.request,
        };
        let event = Event::EntryRegistered(Facts { public, private: Some(self.entry.facts()) });
        let mut facts = vec![Fact { subject: id.path(), event }];
        facts.extend(self.entry.links.iter().map(|link| linked_from_there(&id, &link.link())));
        if let Some(dossier) = self.entry.dossier {
            facts.push(file_into(state, dossier, ItemOf::Entry(id), false)?);
        }
        Ok(Decided::Commit(facts))
    }
}

/// The event that files a thing into an open dossier.
pub(super) fn file_into(state: &Draft<'_>, dossier: DossierId, of: ItemOf, shown: bool) -> Result<Fact, Refusal> {
    let record = state.catalogue.dossier(dossier)?.ok_or(Refusal::NotFound("dossier"))?;
    if state.dossier_state(&record.positions)? == DossierState::Closed {
        return Err(Refusal::DossierClosed);
    }
    let public = DossierItemAdded { dossier, item: record.last_item + 1, of, shown };
    Ok(Fact { subject: dossier.path(), event: Event::DossierItemAdded(Facts { public, private: Some(Nothing {}) }) })
}
