//! Entries, documents and dossiers as the index holds them.

use super::core::Core;
use super::inbox::inbox_words;
use super::read::Found;
use super::refusal::Refusal;
use super::register::mark_text;
use crate::clock;
use crate::digest::Blake3;
use crate::ids::{DocumentId, DossierId, EntryId};
use crate::index::{Correspondent, Item, ItemKind, Role};
use crate::model::access::{Action, Actor, Decision, Target, ThingAccess, decide};
use crate::model::document::Document;
use crate::model::dossier::Dossier;
use crate::model::earlier::Earlier;
use crate::model::emergency::{Emergency, number_text};
use crate::model::event::{Event, ItemOf, Recorded};
use crate::model::register::{CorrespondentRole, Entry};

/// What an item is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    Entry(EntryId),
    Document(DocumentId),
    Dossier(DossierId),
}

impl Key {
    pub fn parse(kind: ItemKind, id: &str) -> Option<Self> {
        match kind {
            ItemKind::Entry => id.parse().ok().map(Self::Entry),
            ItemKind::Document => id.parse().ok().map(Self::Document),
            ItemKind::Dossier => id.parse().ok().map(Self::Dossier),
            ItemKind::Case => None,
        }
    }

    /// Whether an actor may read the thing of this key, when its access is this.
    pub fn readable(&self, actor: &Actor, access: &ThingAccess) -> bool {
        let action = match self {
            Self::Entry(_) => Action::ReadEntry,
            Self::Document(_) => Action::ReadDocument,
            Self::Dossier(_) => Action::ReadDossier,
        };
        decide(actor, action, Target::Thing(access)) == Decision::Allowed
    }

    pub fn of(item: &ItemOf) -> Self {
        match item {
            ItemOf::Entry(id) => Self::Entry(id.clone()),
            ItemOf::Document(id) => Self::Document(*id),
        }
    }
}

/// The items that an event changes.
pub fn touched(core: &Core, recorded: &Recorded) -> Result<Vec<Key>, Refusal> {
    let dossier = || recorded.subject.strip_prefix("dossiers/").and_then(|id| id.parse().ok());
    let held = |item: u32| -> Result<Vec<Key>, Refusal> {
        use crate::catalogue::Look;
        let Some(id) = dossier() else { return Ok(Vec::new()) };
        Ok(core.catalogue.item(id, item)?.map(|item| Key::of(&item.of)).into_iter().collect())
    };
    Ok(match &recorded.event {
        Event::EntryRegistered(_)
        | Event::EntryImported(_)
        | Event::EntryAnnulled(_)
        | Event::EntryFieldsAnnulled(_)
        | Event::EntryLinked(_)
        | Event::EntryMessageKept(_)
        | Event::EntryClassified(_)
        | Event::EntryAssigned(_)
        | Event::AssignmentAnswered(_)
        | Event::EntryDocumentAdded(_) => EntryId::from_path(&recorded.subject).map(Key::Entry).into_iter().collect(),
        Event::DocumentCreated(_) | Event::RegisterFormed(_) => {
            vec![Key::Document(DocumentId { position: recorded.position, index: 0 })]
        }
        Event::DocumentVersionAdded(facts) => vec![Key::Document(facts.public.document)],
        Event::DossierOpened(_) | Event::DossierClosed(_) | Event::DossierReopened(_) => {
            dossier().map(Key::Dossier).into_iter().collect()
        }
        Event::DossierItemAdded(facts) => vec![Key::of(&facts.public.of)],
        Event::DossierItemShown(facts) => held(facts.public.item)?,
        Event::DossierItemRemoved(facts) => held(facts.public.item)?,
        _ => Vec::new(),
    })
}

/// The item as it is now, without its texts, and the contents whose texts belong to it.
pub fn build(core: &Core, key: &Key) -> Result<Option<(Item, Vec<Blake3>)>, Refusal> {
    build_if(core, key, |_| true)
}

/// [`build`], for what a reader of it is admitted to: the thing is read once for both.
pub fn build_if(
    core: &Core,
    key: &Key,
    admits: impl Fn(&ThingAccess) -> bool,
) -> Result<Option<(Item, Vec<Blake3>)>, Refusal> {
    match key {
        Key::Entry(id) => Ok(core.entry(id)?.filter(|found| admits(&found.access)).map(|found| of_entry(core, &found))),
        Key::Document(id) => {
            Ok(core.free_document(*id)?.filter(|found| admits(&found.access)).map(|found| of_document(&found)))
        }
        Key::Dossier(id) => {
            let found = core.dossier(*id)?.filter(|found| admits(&found.access));
            Ok(found.map(|found| (of_dossier(core, &found), Vec::new())))
        }
    }
}

/// A registration that nothing has changed since and no dossier holds: built from its event, without reading it again.
pub fn of_new_entry(core: &Core, recorded: &Recorded) -> Result<Option<(Key, Item, Vec<Blake3>)>, Refusal> {
    use crate::catalogue::Look;
    if !matches!(recorded.event, Event::EntryRegistered(_) | Event::EntryImported(_)) {
        return Ok(None);
    }
    let Recorded { position, time, actor, event, .. } = recorded;
    let Some(entry) = Entry::fold(None, *position, *time, *actor, event) else { return Ok(None) };
    let record = core.catalogue.entry(&entry.id)?.unwrap_or_default();
    if record.positions.as_slice() != [*position] || !record.dossiers.is_empty() {
        return Ok(None);
    }
    let key = Key::Entry(entry.id.clone());
    let access = ThingAccess::of_entry(&entry, &[]);
    let (item, contents) = of_entry(core, &Found { thing: entry, access, filed: Vec::new(), changed: *position });
    Ok(Some((key, item, contents)))
}

fn of_entry(core: &Core, found: &Found<Entry>) -> (Item, Vec<Blake3>) {
    let entry = &found.thing;
    let date = entry.registered_at.as_microsecond();
    let mut item = Item::new(ItemKind::Entry, entry.id.to_string(), entry.position, date);
    item.register = Some(entry.id.register.to_string());
    item.year = Some(entry.id.year);
    item.number = Some(entry.id.number);
    item.offices = entry.assignments.iter().filter_map(|a| a.office.as_ref().map(ToString::to_string)).collect();
    item.users = entry.assignments.iter().filter_map(|a| a.user.as_ref().map(ToString::to_string)).collect();
    item.inbox = inbox_words(entry);
    item.classification = entry.classification.as_ref().map(ToString::to_string);
    item.state = entry.annulment.as_ref().map(|_| "annulled".to_owned());
    item.code = Some(mark_text(&core.directory().area, entry));
    if let Some(facts) = &entry.facts {
        if let Some(Emergency { number, .. }) = &facts.emergency {
            item.named.push(("emergency".to_owned(), format!("{} {number}", number_text(*number))));
            item.texts.push(number_text(*number));
        }
        item.direction = Some(facts.direction.as_str().to_owned());
        item.title = facts.subject.clone();
        item.correspondents = facts
            .correspondents
            .iter()
            .map(|correspondent| Correspondent {
                role: match correspondent.role {
                    CorrespondentRole::Sender => Role::Sender,
                    CorrespondentRole::Recipient => Role::Recipient,
                    CorrespondentRole::Copy => Role::Copy,
                },
                name: correspondent.name.clone(),
                tax_code: correspondent.tax_code.clone(),
            })
            .collect();
        // Who answers names the letter by the number that it has at the sender's.
        item.texts.extend(facts.received.as_ref().and_then(|received| received.number.clone()));
        let own = facts.fields.values().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let own: Vec<String> = own.collect();
        if !own.is_empty() {
            item.texts.push(own.join("\n"));
        }
    }
    if let Some(imported) = &entry.imported {
        item.named.push(("imported".to_owned(), imported.source.clone()));
        item.texts.extend(imported.earlier.as_ref().map(earlier_words));
    }
    item.file_names = entry.documents().map(|document| document.file.file_name.clone()).collect();
    let digests: Vec<Blake3> = entry.documents().map(|document| document.content.blake3).collect();
    item.digests.clone_from(&digests);
    share(&mut item, found);
    (item, digests)
}

/// What an earlier system had beside: its own numbers are asked for, and what its people wrote.
fn earlier_words(earlier: &Earlier) -> String {
    let Earlier { author, classification, assigned, dossier, received, id, notes, registered: _, annulment: _ } =
        earlier;
    let all = [author, classification, assigned, dossier, received, id, notes];
    all.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("\n")
}

fn of_document(found: &Found<Document>) -> (Item, Vec<Blake3>) {
    let document = &found.thing;
    let date = document.created_at.as_microsecond();
    let mut item = Item::new(ItemKind::Document, document.id.to_string(), document.id.position, date);
    item.title = document.title.clone();
    item.year = Some(clock::year_in_rome(document.created_at));
    item.classification = document.classification.as_ref().map(ToString::to_string);
    item.file_names = vec![document.current().file_name.clone()];
    item.digests = document.versions.iter().map(|version| version.content.blake3).collect();
    share(&mut item, found);
    // What stands in a register is found by its entries, and would be found twice: it is found by what it is called.
    let Some(formed) = &document.formed else { return (item, vec![document.current().content.blake3]) };
    item.register = Some(formed.register.to_string());
    item.year = Some(formed.period.year());
    item.code = Some(formed.id.clone());
    (item, Vec::new())
}

fn of_dossier(core: &Core, found: &Found<Dossier>) -> Item {
    let dossier = &found.thing;
    let date = dossier.opened_at.as_microsecond();
    let mut item = Item::new(ItemKind::Dossier, dossier.id.to_string(), dossier.position, date);
    item.title = dossier.title().to_owned();
    item.year = Some(clock::year_in_rome(dossier.opened_at));
    item.code = Some(dossier.code.clone());
    item.state = Some(dossier.state.as_str().to_owned());
    item.offices = dossier.offices().map(ToString::to_string).collect();
    if let Some(facts) = &dossier.facts {
        item.classification = Some(facts.classification.to_string());
        item.texts.extend(facts.previous_code.clone());
        item.users = facts.officer.map(|officer| core.directory().name_of(officer)).into_iter().collect();
        item.correspondents = facts
            .parties
            .iter()
            .map(|party| Correspondent {
                role: Role::Party,
                name: party.name.clone(),
                tax_code: party.tax_code.clone(),
            })
            .collect();
    }
    share(&mut item, found);
    item
}

/// What every kind has: who may see it, what holds it and when that changed.
fn share<T>(item: &mut Item, found: &Found<T>) {
    item.changed = found.changed;
    item.confidential = found.access.confidential;
    item.audience = found.access.terms().into_iter().collect();
    item.dossiers = found.filed.iter().map(|place| place.dossier.id.to_string()).collect();
}
