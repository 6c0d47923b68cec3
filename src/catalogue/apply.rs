//! What an event changes in the catalogue: a pure function from event and present state to keys written.

use super::{CatalogueError, ItemRecord, Look, Record, Write, keys};
use crate::ids::{DocumentId, DossierId, EntryId, Position};
use crate::model::directory::Directory;
use crate::model::event::{DossierItemAdded, DossierOpened, EntryImported, Event, Facts, ItemOf, Recorded};

/// The keys an event writes. Applying it again, to a state that has it already, writes the same.
///
/// Where contents lie is not the event's to say: the blob store's answer is written beside these.
pub fn writes_of(state: &impl Look, recorded: &Recorded) -> Result<Vec<Write>, CatalogueError> {
    let position = recorded.position;
    match &recorded.event {
        event if Directory::concerns(event) => Ok(vec![(keys::directory(position), Some(Vec::new()))]),
        Event::EntryRegistered(Facts { public, .. })
        | Event::EntryImported(Facts { public: EntryImported { registered: public, .. }, .. }) => {
            let id = EntryId { register: public.register.clone(), year: public.year, number: public.number };
            let record = Record { positions: vec![position], ..state.entry(&id)?.unwrap_or_default() };
            Ok(vec![
                (keys::entry(&id), Some(record.to_bytes())),
                (keys::idempotency(&public.key), Some(position.to_le_bytes().to_vec())),
            ])
        }
        Event::EntryAnnulled(_)
        | Event::EntryFieldsAnnulled(_)
        | Event::EntryLinked(_)
        | Event::EntryClassified(_)
        | Event::EntryAssigned(_)
        | Event::EntryMessageKept(_)
        | Event::AssignmentAnswered(_)
        | Event::EntryDocumentAdded(_) => {
            let id = EntryId::from_path(&recorded.subject).ok_or_else(|| CatalogueError::subject(recorded))?;
            let mut record = state.entry(&id)?.ok_or_else(|| CatalogueError::subject(recorded))?;
            record.add(position);
            Ok(vec![(keys::entry(&id), Some(record.to_bytes()))])
        }
        // Not among the events of the entry: a mark changes nothing of it, and nobody's work on it is to be refused.
        Event::EntryMarked(_) => {
            let id = EntryId::from_path(&recorded.subject).ok_or_else(|| CatalogueError::subject(recorded))?;
            state.entry(&id)?.ok_or_else(|| CatalogueError::subject(recorded))?;
            Ok(vec![(keys::mark(&id), Some(position.to_le_bytes().to_vec()))])
        }
        Event::DocumentCreated(facts) => {
            let id = DocumentId { position, index: 0 };
            let record = Record { positions: vec![position], ..state.document(id)?.unwrap_or_default() };
            let mut writes = vec![(keys::document(id), Some(record.to_bytes()))];
            if let Some(key) = &facts.public.key {
                writes.push((keys::idempotency(key), Some(position.to_le_bytes().to_vec())));
            }
            Ok(writes)
        }
        Event::RegisterFormed(facts) => {
            let (id, public) = (DocumentId { position, index: 0 }, &facts.public);
            let record = Record { positions: vec![position], ..state.document(id)?.unwrap_or_default() };
            let here = position.to_le_bytes().to_vec();
            Ok(vec![
                (keys::document(id), Some(record.to_bytes())),
                (keys::formed(&public.register, public.period), Some(here.clone())),
                (keys::last_formed(&public.register, public.period.span()), Some(here)),
            ])
        }
        Event::DocumentVersionAdded(facts) => {
            let id = facts.public.document;
            let mut record = state.document(id)?.ok_or_else(|| CatalogueError::subject(recorded))?;
            record.add(position);
            Ok(vec![(keys::document(id), Some(record.to_bytes()))])
        }
        _ => dossier_writes(state, recorded),
    }
}

fn dossier_writes(state: &impl Look, recorded: &Recorded) -> Result<Vec<Write>, CatalogueError> {
    let position = recorded.position;
    match &recorded.event {
        Event::DossierOpened(facts) => opened(state, position, &facts.public),
        Event::DossierItemAdded(facts) => item_added(state, recorded, &facts.public),
        Event::DossierItemShown(facts) => {
            item_changed(state, recorded, facts.public.item, |item| item.shown = facts.public.shown)
        }
        Event::DossierItemRemoved(facts) => {
            let mut writes = item_changed(state, recorded, facts.public.item, |item| item.removed = Some(position))?;
            let dossier = dossier_of(recorded)?;
            let item = state.item(dossier, facts.public.item)?.ok_or_else(|| CatalogueError::subject(recorded))?;
            writes.push(filed(state, recorded, &item.of, |places| {
                places.retain(|place| *place != (dossier, facts.public.item));
            })?);
            Ok(writes)
        }
        Event::DossierClosed(_) | Event::DossierReopened(_) => {
            let dossier = dossier_of(recorded)?;
            let mut record = state.dossier(dossier)?.ok_or_else(|| CatalogueError::subject(recorded))?;
            record.add(position);
            Ok(vec![(keys::dossier(dossier), Some(record.to_bytes()))])
        }
        _ => Ok(Vec::new()),
    }
}

fn opened(state: &impl Look, position: Position, public: &DossierOpened) -> Result<Vec<Write>, CatalogueError> {
    let record = Record { positions: vec![position], ..state.dossier(public.dossier)?.unwrap_or_default() };
    let mut writes = vec![(keys::dossier(public.dossier), Some(record.to_bytes()))];
    if let Some((sequence, number)) = public.code.rsplit_once('/')
        && let Ok(number) = number.parse::<u64>()
    {
        let last = state.counter(sequence)?.max(number);
        writes.push((keys::counter(sequence), Some(last.to_le_bytes().to_vec())));
    }
    if let Some(parent) = public.parent {
        writes.push((keys::child(parent, public.dossier), Some(Vec::new())));
    }
    Ok(writes)
}

fn item_added(state: &impl Look, recorded: &Recorded, public: &DossierItemAdded) -> Result<Vec<Write>, CatalogueError> {
    let present = state.item(public.dossier, public.item)?;
    let item = present.unwrap_or(ItemRecord {
        of: public.of.clone(),
        added: recorded.position,
        shown: public.shown,
        removed: None,
    });
    let mut dossier = state.dossier(public.dossier)?.ok_or_else(|| CatalogueError::subject(recorded))?;
    dossier.last_item = dossier.last_item.max(public.item);
    let place = (public.dossier, public.item);
    Ok(vec![
        (keys::item(public.dossier, public.item), Some(item.to_bytes())),
        (keys::dossier(public.dossier), Some(dossier.to_bytes())),
        filed(state, recorded, &public.of, |places| {
            if !places.contains(&place) {
                places.push(place);
            }
        })?,
    ])
}

fn item_changed(
    state: &impl Look,
    recorded: &Recorded,
    number: u32,
    change: impl FnOnce(&mut ItemRecord),
) -> Result<Vec<Write>, CatalogueError> {
    let dossier = dossier_of(recorded)?;
    let mut item = state.item(dossier, number)?.ok_or_else(|| CatalogueError::subject(recorded))?;
    change(&mut item);
    let mut record = state.dossier(dossier)?.ok_or_else(|| CatalogueError::subject(recorded))?;
    record.items_changed = record.items_changed.max(recorded.position);
    Ok(vec![(keys::item(dossier, number), Some(item.to_bytes())), (keys::dossier(dossier), Some(record.to_bytes()))])
}

/// Changes the list of dossiers that hold a thing.
fn filed(
    state: &impl Look,
    recorded: &Recorded,
    of: &ItemOf,
    change: impl FnOnce(&mut Vec<(DossierId, u32)>),
) -> Result<Write, CatalogueError> {
    let key = match of {
        ItemOf::Entry(id) => keys::entry(id),
        ItemOf::Document(id) => keys::document(*id),
    };
    let mut record = state.record(&key)?.ok_or_else(|| CatalogueError::subject(recorded))?;
    change(&mut record.dossiers);
    Ok((key, Some(record.to_bytes())))
}

fn dossier_of(recorded: &Recorded) -> Result<DossierId, CatalogueError> {
    let id = recorded.subject.strip_prefix("dossiers/").and_then(|id| id.parse().ok());
    id.ok_or_else(|| CatalogueError::subject(recorded))
}
