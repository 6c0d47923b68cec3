//! The mark of an entry as other administrations read it: made from the registration, sealed once, kept for ever.
//!
//! It is made when somebody first asks for it, for most entries are never sent to an administration. From then on it is
//! the same bytes: content and journal hold it like a document, so that what was sent can be shown in twenty years. A
//! signer that does not answer delays the mark, never the registration.

use std::io::Read as _;

use super::Archive;
use super::core::Core;
use super::draft::{Command, Decided, Draft, Fact};
use super::messages::received_mark;
use super::read::Found;
use super::refusal::Refusal;
use crate::blob::StageError;
use crate::catalogue::Look;
use crate::clock;
use crate::digest::Blake3;
use crate::exchange::{
    Carrier, Classification, Code, Contacts, DossierReference, ElectronicAddress, Identifier, Mark, MarkedDocument,
    Party, Person, Recipient, Reference, Signed,
};
use crate::ids::{DossierId, EntryId, UserId};
use crate::limits;
use crate::model::access::{Action, Actor};
use crate::model::directory::{Area, Directory};
use crate::model::dossier::Dossier;
use crate::model::event::{EntryMarked, EntryMarkedPrivate, Event, Facts};
use crate::model::link::Relation;
use crate::model::register::{
    Correspondent, CorrespondentKind, CorrespondentRole, Direction, Entry, EntryDocument, IpaReference,
};
use crate::text::media;

/// A mark that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptMark {
    pub blake3: Blake3,
    pub xml: Vec<u8>,
    /// Sealed for trial, which is worth nothing.
    pub trial: bool,
}

/// A mark that was sealed just now and is to be kept.
pub struct NewMark {
    id: EntryId,
    event: Event,
}

/// What is to be known of a document beside its registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub media_type: String,
    /// A signature was found in it.
    pub signed: bool,
}

impl Archive {
    /// Makes the mark of an entry and seals it, unless it has one. Blocks as long as the signer takes.
    pub fn make_mark(&self, actor: &Actor, id: &EntryId) -> Result<Option<NewMark>, Refusal> {
        let core = self.core();
        let found = of_the_house(core, actor, id, "mark")?;
        if core.catalogue.mark(id)?.is_some() {
            return Ok(None);
        }
        if found.thing.annulment.is_some() {
            return Err(Refusal::NotAvailable("the entry was annulled before it had a mark"));
        }
        if found.thing.imported.is_some() {
            return Err(Refusal::NotAvailable(
                "an earlier system registered it: the mark that it made then is the mark",
            ));
        }
        let dossier = found.filed.first().map(|place| &place.dossier);
        let answered = self.answered(&found.thing)?;
        may_know(core, actor, dossier.map(|dossier| dossier.id), answered.as_ref().map(|(id, _)| id))?;
        let mut known = Vec::new();
        for document in found.thing.documents() {
            known.push(self.known_of(document)?);
        }
        let named = dossier
            .map(|dossier: &Dossier| DossierReference { name: dossier.title().to_owned(), code: dossier.code.clone() });
        let mut mark = mark_of(&core.directory(), &found.thing, named, &known).map_err(Refusal::NotAvailable)?;
        let (answers, reference) = answered.unzip();
        mark.references.extend(reference);
        let unsealed = mark.write(Carrier::Cooperation).map_err(Refusal::failed)?;
        let now = core.clock.now();
        let sealed = self.inner.sealer.seal(&unsealed, now).inspect_err(|refusal| {
            if matches!(refusal, Refusal::SealAway) {
                self.inner.sealer.remember(id);
            }
        })?;
        let staged = |error: StageError| if error.is_full() { Refusal::Full } else { Refusal::failed(error) };
        let mut upload = core.blobs.begin();
        upload.write(sealed.xml.as_bytes()).map_err(staged)?;
        let content = upload.finish(UserId::SYSTEM, now, None).map_err(staged)?;
        let public = EntryMarked { documents: vec![content], trial: sealed.trial };
        let private = EntryMarkedPrivate { dossier: dossier.map(|dossier| dossier.id), answers };
        let event = Event::EntryMarked(Facts { public, private: Some(private) });
        Ok(Some(NewMark { id: id.clone(), event }))
    }

    /// Keeps a mark that was made, unless another was quicker.
    pub async fn keep_mark(&self, mark: NewMark) -> Result<(), Refusal> {
        self.submit(Keep(mark)).await.map(|_| ())
    }

    /// Seals what waits for its seal since the signer was away, in a thread of its own: the signer may take its time.
    pub(super) fn seal_what_waits(&self) {
        let Some(first) = self.inner.sealer.take_waiting() else { return };
        let archive = self.clone();
        let sealing = move || {
            let mut next = Some(first);
            while let Some(id) = next {
                let made = archive.make_mark(&Actor::system(), &id);
                match made.and_then(|made| made.map(|mark| archive.submit_and_wait(Keep(mark))).transpose()) {
                    Ok(_) => {}
                    // One that waits for room or the signer is tried again; the signer's was remembered already.
                    Err(Refusal::Full | Refusal::Busy(_)) => archive.inner.sealer.remember(&id),
                    Err(Refusal::SealAway) => {}
                    Err(refusal) => tracing::warn!(entry = %id, cause = refusal.causes(), "mark not sealed later"),
                }
                archive.inner.sealer.taken();
                next = if archive.core().stopping() { None } else { archive.inner.sealer.take_waiting() };
            }
        };
        if let Err(error) = std::thread::Builder::new().name("sealing".to_owned()).spawn(sealing) {
            self.inner.sealer.taken();
            tracing::error!(%error, "no thread for what waits for its seal");
        }
    }

    /// Entries that wait for a signer that is away.
    pub(super) fn seals_waiting(&self) -> usize {
        self.inner.sealer.waiting_count()
    }

    /// The mark of an entry that has one.
    pub fn kept_mark(&self, actor: &Actor, id: &EntryId) -> Result<KeptMark, Refusal> {
        let core = self.core();
        of_the_house(core, actor, id, "mark")?;
        let position = core.catalogue.mark(id)?.ok_or(Refusal::NotFound("mark"))?;
        let Event::EntryMarked(facts) = core.recorded(position)?.event else {
            return Err(Refusal::Failed(format!("no mark at position {position}").into()));
        };
        let (dossier, answers) = facts.private.map_or((None, None), |private| (private.dossier, private.answers));
        may_know(core, actor, dossier, answers.as_ref())?;
        let content = facts.public.documents.first().ok_or(Refusal::NotFound("mark"))?;
        let mut xml = Vec::new();
        core.content(&content.blake3)?.read_to_end(&mut xml).map_err(Refusal::failed)?;
        Ok(KeptMark { blake3: content.blake3, xml, trial: facts.public.trial })
    }

    /// The letter that an entry answers, as its sender has registered it: where its mark came along.
    fn answered(&self, entry: &Entry) -> Result<Option<(EntryId, Reference)>, Refusal> {
        let core = self.core();
        for link in entry.links.iter().filter(|link| link.relation == Relation::Answers) {
            let Some(found) = core.entry(&link.entry)? else { continue };
            if let Some((_, mark)) = received_mark(core, &found.thing)? {
                let Mark { identifier, first_registration, subject, classification, dossier, .. } = mark;
                let identifier = Some(identifier);
                let reference = Reference { identifier, first_registration, subject, classification, dossier };
                // What the sender wrote badly cannot be repeated, and a mark is worth more than what it answers.
                if reference.is_writable() {
                    return Ok(Some((link.entry.clone(), reference)));
                }
            }
        }
        Ok(None)
    }

    fn known_of(&self, document: &EntryDocument) -> Result<Known, Refusal> {
        let media_type = self.media_type(&document.content, &document.file.file_name)?;
        let kept = self.core().kept_text(&document.content.blake3)?;
        // Signatures of what lies within it are not its own.
        let found = kept.is_some_and(|kept| kept.extraction.facts.signatures.iter().any(|one| one.part.is_none()));
        Ok(Known { signed: found || media_type == media::SIGNED, media_type })
    }
}

/// An entry of which this reader may read all; of one that shows him its number alone he gets nothing.
pub(super) fn readable(core: &Core, actor: &Actor, id: &EntryId, what: &'static str) -> Result<Found<Entry>, Refusal> {
    core.entry_for(actor, Action::ReadEntry, id).map_err(|refusal| match refusal {
        Refusal::Forbidden => Refusal::NotFound(what),
        other => other,
    })
}

/// An entry of which this reader may have the mark. It names every recipient with tax code and address, also as they
/// were before they were corrected, and nothing can be left out of what is sealed: who reads only as a party has none.
pub(super) fn of_the_house(
    core: &Core,
    actor: &Actor,
    id: &EntryId,
    what: &'static str,
) -> Result<Found<Entry>, Refusal> {
    let found = readable(core, actor, id, what)?;
    if actor.reads_as_party(&found.access) { Err(Refusal::NotFound(what)) } else { Ok(found) }
}

/// A mark names the dossier, and the letter that it answers: it is for those who may know of both.
fn may_know(core: &Core, actor: &Actor, dossier: Option<DossierId>, answers: Option<&EntryId>) -> Result<(), Refusal> {
    let hidden = |refusal| match refusal {
        Refusal::NotFound(_) | Refusal::Forbidden => Refusal::NotFound("mark"),
        other => other,
    };
    if let Some(dossier) = dossier {
        core.dossier_for(actor, Action::ReadDossier, dossier).map_err(hidden)?;
    }
    if let Some(answers) = answers {
        core.entry_for(actor, Action::ReadEntry, answers).map_err(hidden)?;
    }
    Ok(())
}

struct Keep(NewMark);

impl Command for Keep {
    fn actor(&self) -> UserId {
        UserId::SYSTEM
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let Keep(NewMark { id, event }) = self;
        if let Some(position) = state.catalogue.mark(id)? {
            return Ok(Decided::Existing(position));
        }
        let record = state.catalogue.entry(id)?.ok_or(Refusal::NotFound("entry"))?;
        if state.has_event(&record.positions, |event| matches!(event, Event::EntryAnnulled(_)))? {
            return Err(Refusal::EntryAnnulled);
        }
        for content in event.documents() {
            state.require_blob("mark", content.blake3)?;
        }
        Ok(Decided::Commit(vec![Fact { subject: id.path(), event: event.clone() }]))
    }
}

/// What the schema of 2021 can say of an entry; what it cannot is left out, never bent. `known` is of its documents in
/// their order.
///
/// # Errors
/// When there can be no mark: the schema asks for a document with its fingerprint, and for a short register code.
pub fn mark_of(
    directory: &Directory,
    entry: &Entry,
    dossier: Option<DossierReference>,
    known: &[Known],
) -> Result<Mark, &'static str> {
    let facts = entry.facts.as_ref().ok_or("what the mark would say was destroyed")?;
    if entry.document.is_none() {
        return Err("the entry has no document yet: its mark comes with the scan");
    }
    if entry.id.register.as_str().len() > limits::MARK_REGISTER_CHARS_MAX {
        return Err("the code of the register is longer than the 16 characters that a mark takes");
    }
    let area = &directory.area;
    let registered = clock::in_rome(entry.registered_at);
    let mut documents = entry.documents().zip(known).map(|(document, known)| marked(document, known));
    let class = &facts.classification;
    let (sender, recipients) = parties(area, facts.direction, &facts.correspondents);
    Ok(Mark {
        identifier: Identifier {
            administration: Code { code: area.organization.clone(), description: Some(area.name.clone()) },
            area: area.area.as_str().into(),
            register: entry.id.register.to_string(),
            number: entry.number_text(),
            date: Some(registered.date()),
            // Whole seconds, as a register shows them.
            time: jiff::civil::Time::new(registered.hour(), registered.minute(), registered.second(), 0).ok(),
        },
        subject: facts.subject.clone(),
        classification: Some(Classification {
            name: directory
                .classification
                .class_at(class, entry.registered_at)
                .map(|class| class.title.clone())
                .unwrap_or_default(),
            code: class.to_string(),
        }),
        dossier,
        confidential: facts.confidential,
        sender: Some(sender),
        recipients,
        document: documents.next(),
        attachments: documents.collect(),
        ..Mark::default()
    })
}

fn marked(document: &EntryDocument, known: &Known) -> MarkedDocument {
    let file = &document.file;
    MarkedDocument {
        file_name: file.file_name.clone(),
        media_type: known.media_type.clone(),
        description: file.description.clone().or_else(|| file.kind.clone()),
        fingerprint: Some(document.content.sha256.into()),
        signed: known.signed.then(Signed::default),
        ..MarkedDocument::default()
    }
}

/// Who sends and who receives. One of both is the town itself, where the correspondents do not say.
fn parties(area: &Area, direction: Direction, correspondents: &[Correspondent]) -> (Party, Vec<Recipient>) {
    let ours = || Recipient { party: town(area), confirm: false, copy: false };
    let senders = || correspondents.iter().filter(|one| one.role == CorrespondentRole::Sender);
    let received = correspondents.iter().filter(|one| one.role != CorrespondentRole::Sender);
    let mut recipients: Vec<Recipient> = received.map(recipient).collect();
    let sender = match direction {
        // The schema takes one sender: the first.
        Direction::Incoming => {
            recipients.insert(0, ours());
            senders().next().or(correspondents.first()).map_or_else(|| town(area), party)
        }
        Direction::Outgoing => {
            if recipients.is_empty() {
                // Whatever it was called, it is who stands on the other side.
                recipients.extend(correspondents.iter().map(recipient));
            }
            town(area)
        }
        Direction::Internal => senders().next().map_or_else(|| town(area), party),
    };
    if recipients.is_empty() {
        recipients.push(ours());
    }
    (sender, recipients)
}

/// The town as an administration of the IPA.
fn town(area: &Area) -> Party {
    let pec = area.pec.iter().map(|address| electronic(address, Some("PEC")));
    Party::Administration {
        name: area.name.clone(),
        tax_code: None,
        code: Some(area.organization.as_str().into()),
        area: Some(area.area.as_str().into()),
        unit: None,
        contacts: Contacts { electronic: pec.collect(), ..Contacts::default() },
        people: Vec::new(),
    }
}

fn recipient(correspondent: &Correspondent) -> Recipient {
    Recipient {
        party: party(correspondent),
        // Only administrations have programs that confirm.
        confirm: correspondent.kind == CorrespondentKind::Administration,
        copy: correspondent.role == CorrespondentRole::Copy,
    }
}

fn party(correspondent: &Correspondent) -> Party {
    let Correspondent { kind, name, tax_code, email, pec, ipa, .. } = correspondent;
    let addresses = pec.iter().map(|address| electronic(address, Some("PEC")));
    let contacts = Contacts {
        electronic: addresses.chain(email.iter().map(|address| electronic(address, None))).collect(),
        ..Contacts::default()
    };
    let code = |fits: fn(&str) -> bool| tax_code.clone().filter(|code| fits(code));
    match kind {
        CorrespondentKind::Person => {
            let (given_name, family_name) = names(correspondent);
            let tax_code = code(crate::exchange::is_personal_tax_code);
            Party::Person(Person { given_name, family_name, title: None, tax_code, contacts })
        }
        CorrespondentKind::Administration if ipa.is_some() => {
            let known = |of: fn(&IpaReference) -> Option<&str>| ipa.as_ref().and_then(of).map(Code::from);
            Party::Administration {
                name: name.clone(),
                tax_code: code(crate::exchange::is_vat_number),
                code: known(|ipa| Some(&ipa.administration)),
                area: known(|ipa| ipa.area.as_deref()),
                unit: known(|ipa| ipa.unit.as_deref()),
                contacts,
                people: Vec::new(),
            }
        }
        // An administration needs its IPA code: where nobody has said that, it is a body with a name, too.
        CorrespondentKind::Business | CorrespondentKind::Administration => Party::Organization {
            name: name.clone(),
            tax_code: code(crate::exchange::is_vat_number),
            contacts,
            people: Vec::new(),
        },
    }
}

/// Given and family name. Where they are not told apart the whole name is the family name: none is guessed.
pub(super) fn names(correspondent: &Correspondent) -> (String, String) {
    let Correspondent { name, given_name, family_name, .. } = correspondent;
    match (given_name, family_name) {
        (Some(given), Some(family)) => (given.clone(), family.clone()),
        (None, Some(family)) => (without(name, family), family.clone()),
        (Some(given), None) => {
            (given.clone(), Some(without(name, given)).filter(|rest| !rest.is_empty()).unwrap_or_else(|| name.clone()))
        }
        (None, None) => (String::new(), name.clone()),
    }
}

/// What is left of a whole name without one of the two, which stands first or last; nothing when it does neither.
fn without(name: &str, part: &str) -> String {
    let rest = name.strip_prefix(part).filter(|rest| rest.starts_with(' '));
    let rest = rest.or_else(|| name.strip_suffix(part).filter(|rest| rest.ends_with(' ')));
    rest.unwrap_or_default().trim().to_owned()
}

fn electronic(address: &str, note: Option<&str>) -> ElectronicAddress {
    ElectronicAddress { kind: "smtp".to_owned(), address: address.to_owned(), note: note.map(str::to_owned) }
}
