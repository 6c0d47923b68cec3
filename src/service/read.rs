//! Reading things back: the catalogue says which events made them, the journal says what these were.

use super::core::Core;
use super::items::Key;
use super::refusal::Refusal;
use crate::catalogue::{Look, Record};
use crate::ids::{DocumentId, DossierId, EntryId, Position};
use crate::model::access::{Action, Actor, Decision, FiledIn, Target, ThingAccess, decide};
use crate::model::document::Document;
use crate::model::dossier::Dossier;
use crate::model::event::Event;
use crate::model::register::{Entry, EntryDocument};

/// A thing with who may read it and where it is filed.
pub struct Found<T> {
    pub thing: T,
    pub access: ThingAccess,
    /// The dossiers that hold it, with its item number and whether its parties see it.
    pub filed: Vec<Filed>,
    /// The last event that changed it, or filed it where it is filed.
    pub changed: Position,
}

/// A dossier that holds a thing.
pub struct Filed {
    pub dossier: Dossier,
    pub item: u32,
    pub shown: bool,
    /// The event that filed it.
    pub added: Position,
}

/// What a document id names: a document of an entry, or one that is not registered.
pub enum AnyDocument {
    Registered(Box<Found<Entry>>, EntryDocument),
    Free(Box<Found<Document>>),
}

impl Core {
    pub fn entry(&self, id: &EntryId) -> Result<Option<Found<Entry>>, Refusal> {
        let Some(record) = self.catalogue.entry(id)? else { return Ok(None) };
        let (mut entry, mut answers) = (None, Vec::new());
        for position in &record.positions {
            let event = self.recorded(*position)?;
            if matches!(event.event, Event::AssignmentAnswered(_)) {
                answers.push(*position);
            }
            entry = Entry::fold(entry, event.position, event.time, event.actor, &event.event);
        }
        let Some(entry) = entry else { return Ok(None) };
        let filed = self.filed(&record)?;
        let access = ThingAccess::of_entry(&entry, &places(&filed));
        // Nobody finds it for how far the work on it is: a party who follows a search must not hear of that.
        let positions = record.positions.iter().copied().filter(|position| !answers.contains(position));
        let changed = last_change(&Record { positions: positions.collect(), ..record }, &filed);
        Ok(Some(Found { thing: entry, access, filed, changed }))
    }

    pub fn dossier(&self, id: DossierId) -> Result<Option<Found<Dossier>>, Refusal> {
        let Some(record) = self.catalogue.dossier(id)? else { return Ok(None) };
        let Some(dossier) = self.bare_dossier(&record)? else { return Ok(None) };
        let directory = self.directory();
        let officer = dossier.facts.as_ref().and_then(|facts| facts.officer);
        let officer = officer.and_then(|id| directory.users.get(&id)).map(|user| &user.name);
        let access = ThingAccess::of_dossier(&dossier, officer);
        Ok(Some(Found { thing: dossier, access, filed: Vec::new(), changed: last_change(&record, &[]) }))
    }

    fn bare_dossier(&self, record: &Record) -> Result<Option<Dossier>, Refusal> {
        let mut dossier = None;
        for position in &record.positions {
            let event = self.recorded(*position)?;
            dossier = Dossier::fold(dossier, event.position, event.time, event.actor, &event.event);
        }
        Ok(dossier)
    }

    /// A document that is not registered.
    pub fn free_document(&self, id: DocumentId) -> Result<Option<Found<Document>>, Refusal> {
        // The files of a formed register are one thing with several contents: each is read by an id of its own.
        let first = DocumentId { index: 0, ..id };
        let Some(record) = self.catalogue.document(first)? else { return Ok(None) };
        let mut document = None;
        for position in &record.positions {
            let event = self.recorded(*position)?;
            document = Document::fold(document, id, event.time, event.actor, &event.event);
        }
        let Some(document) = document.filter(|document| id == first || document.formed.is_some()) else {
            return Ok(None);
        };
        let filed = self.filed(&record)?;
        let access = match &document.formed {
            Some(_) => ThingAccess::of_register(),
            None => ThingAccess::of_document(document.created_by, &places(&filed)),
        };
        let changed = last_change(&record, &filed);
        Ok(Some(Found { thing: document, access, filed, changed }))
    }

    /// Any document by its id.
    pub fn document(&self, id: DocumentId) -> Result<Option<AnyDocument>, Refusal> {
        if let Some(found) = self.free_document(id)? {
            return Ok(Some(AnyDocument::Free(Box::new(found))));
        }
        if id.position >= self.journal.size() {
            return Ok(None);
        }
        let Some(entry) = EntryId::from_path(&self.line(id.position)?.subject) else { return Ok(None) };
        let Some(found) = self.entry(&entry)? else { return Ok(None) };
        let document = found.thing.documents().find(|document| document.id == id).cloned();
        Ok(document.map(|document| AnyDocument::Registered(Box::new(found), document)))
    }

    fn filed(&self, record: &Record) -> Result<Vec<Filed>, Refusal> {
        let mut filed = Vec::new();
        for (dossier, item) in &record.dossiers {
            let (Some(holder), Some(state)) =
                (self.catalogue.dossier(*dossier)?, self.catalogue.item(*dossier, *item)?)
            else {
                continue;
            };
            if let Some(dossier) = self.bare_dossier(&holder)? {
                filed.push(Filed { dossier, item: *item, shown: state.shown, added: state.added });
            }
        }
        Ok(filed)
    }

    /// An entry that the actor may act on so; otherwise the refusal that says no more than one may know.
    pub fn entry_for(&self, actor: &Actor, action: Action, id: &EntryId) -> Result<Found<Entry>, Refusal> {
        let found = self.entry(id)?.ok_or(Refusal::NotFound("entry"))?;
        permit(actor, action, &found.access, "entry")?;
        Ok(found)
    }

    pub fn dossier_for(&self, actor: &Actor, action: Action, id: DossierId) -> Result<Found<Dossier>, Refusal> {
        let found = self.dossier(id)?.ok_or(Refusal::NotFound("dossier"))?;
        permit(actor, action, &found.access, "dossier")?;
        Ok(found)
    }

    pub fn document_for(&self, actor: &Actor, id: DocumentId) -> Result<AnyDocument, Refusal> {
        let document = self.document(id)?.ok_or(Refusal::NotFound("document"))?;
        match &document {
            AnyDocument::Registered(found, _) => match decide(actor, Action::ReadEntry, Target::Thing(&found.access)) {
                Decision::Allowed => {}
                // A stub shows a number and a date, not that there are documents.
                _ => return Err(Refusal::NotFound("document")),
            },
            AnyDocument::Free(found) => permit(actor, Action::ReadDocument, &found.access, "document")?,
        }
        Ok(document)
    }

    /// Whether the actor may read an entry, document or dossier as it is now; what is not there nobody may.
    pub fn may_read(&self, actor: &Actor, key: &Key) -> Result<bool, Refusal> {
        Ok(self.access_for(actor, key)?.is_some())
    }

    /// Who may read a thing as it is now, if the actor may.
    pub fn access_for(&self, actor: &Actor, key: &Key) -> Result<Option<ThingAccess>, Refusal> {
        let access = match key {
            Key::Entry(id) => self.entry(id)?.map(|found| found.access),
            Key::Document(id) => self.free_document(*id)?.map(|found| found.access),
            Key::Dossier(id) => self.dossier(*id)?.map(|found| found.access),
        };
        Ok(access.filter(|access| key.readable(actor, access)))
    }
}

impl AnyDocument {
    /// The content it has now, and what the file is called.
    pub fn current(&self) -> (crate::digest::ContentDigests, &str) {
        match self {
            Self::Registered(_, document) => (document.content, &document.file.file_name),
            Self::Free(found) => (found.thing.current().content, &found.thing.current().file_name),
        }
    }
}

/// Turns a decision about one thing into what a caller may hear.
pub fn permit(actor: &Actor, action: Action, access: &ThingAccess, what: &'static str) -> Result<(), Refusal> {
    match decide(actor, action, Target::Thing(access)) {
        Decision::Allowed => Ok(()),
        Decision::Stub | Decision::Forbidden => Err(Refusal::Forbidden),
        Decision::Hidden => Err(Refusal::NotFound(what)),
    }
}

/// Turns a decision about the area into what a caller may hear.
pub fn permit_in_area(actor: &Actor, action: Action) -> Result<(), Refusal> {
    match decide(actor, action, Target::Area) {
        Decision::Allowed => Ok(()),
        _ => Err(Refusal::Forbidden),
    }
}

fn last_change(record: &Record, filed: &[Filed]) -> Position {
    record.positions.iter().copied().chain(filed.iter().map(|place| place.added)).max().unwrap_or_default()
}

fn places(filed: &[Filed]) -> Vec<FiledIn<'_>> {
    filed.iter().map(|place| FiledIn { dossier: &place.dossier, shown: place.shown }).collect()
}
