//! Entries, documents and dossiers in the fields of Allegato 5: what the archive knows stands there, what it does not is
//! told among the findings. Nothing is kept: they are made of what is known now, for whoever may read the thing.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::Archive;
use super::core::Core;
use super::dossiers::{dossier_view, shown_to};
use super::items::Key;
use super::marks::{names, readable};
use super::read::{AnyDocument, Found};
use super::refusal::Refusal;
use super::register::{dossier_links, mark_text};
use super::texts;
use crate::catalogue::ItemRecord;
use crate::clock;
use crate::digest::{ContentDigests, Sha256};
use crate::ids::{ClassCode, DocumentId, DossierId, EntryId, OfficeCode, UserId};
use crate::metadata::{
    Administration, Aggregation, AggregationKind, Assignment, AssignmentKind, Attachment, Body, Change, ChangeKind,
    Classification, Described, Document, Dossier, DossierKind, DossierRole, Flow, Format, Formation, Identity,
    IndexedDocument, IpaCode, Organization, Person, Procedure, Registration, Role, Subject, Verification,
};
use crate::model;
use crate::model::access::{Action, Actor};
use crate::model::annulment::Annulment;
use crate::model::directory::{Area, Directory};
use crate::model::event::ItemOf;
use crate::model::formed::{Period, RegisterFormed};
use crate::model::register::{
    AssignmentMode, Channel, Correspondent, CorrespondentKind, CorrespondentRole, Direction, Entry, EntryDocument,
    RegistrationFacts,
};
use crate::text::{Facts, media};

/// What reading a document's file has shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownFile {
    pub media_type: String,
    /// `None` while it has not been read.
    pub facts: Option<Facts>,
}

/// For whom it is written: who of the staff did what is not for the parties of an affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    Staff,
    Party,
}

impl Archive {
    /// Of the main document of an entry.
    pub fn entry_metadata(&self, actor: &Actor, id: &EntryId) -> Result<Described, Refusal> {
        let found = readable(self.core(), actor, id, "metadata")?;
        let none = "the entry has no document yet: its metadata come with the scan";
        let document = found.thing.document.clone().ok_or(Refusal::NotAvailable(none))?;
        self.registered(actor, &found, &document)
    }

    /// Of any document: the main one of an entry, an attachment, or one that is not registered.
    pub fn document_metadata(&self, actor: &Actor, id: DocumentId) -> Result<Described, Refusal> {
        let core = self.core();
        match core.document_for(actor, id)? {
            AnyDocument::Registered(found, document) => self.registered(actor, &found, &document),
            AnyDocument::Free(found) => {
                let document = &found.thing;
                let mut known = self.known_file(&document.current().content, &document.current().file_name)?;
                let dossiers = dossier_links(core, actor, &found.filed).into_iter().map(|link| link.code);
                let who =
                    Writing { directory: &core.directory(), reader: reader(actor, &found), now: core.clock.now() };
                if let Some(formed) = &document.formed {
                    // What the program wrote it need not read to know.
                    known.facts = Some(Facts::default());
                    known.media_type = formed.form_of(document.id.index).media_type().to_owned();
                    return Ok(who.formed_register(document, formed, &known, dossiers.collect()).describe());
                }
                Ok(who.free_document(document, &known, dossiers.collect()).describe())
            }
        }
    }

    pub fn dossier_metadata(&self, actor: &Actor, id: DossierId) -> Result<Described, Refusal> {
        let core = self.core();
        let found = core.dossier_for(actor, Action::ReadDossier, id)?;
        let mut view = dossier_view(core, actor, &found)?;
        if found.thing.facts.is_none() {
            return Err(Refusal::NotAvailable("what the metadata would say was destroyed"));
        }
        let parent = match view.parent.map(|parent| core.dossier_for(actor, Action::ReadDossier, parent)) {
            Some(Ok(parent)) => Some(parent.thing.code),
            Some(Err(Refusal::NotFound(_) | Refusal::Forbidden)) | None => None,
            Some(Err(other)) => return Err(other),
        };
        let mut held = Held { parent, parties: std::mem::take(&mut view.parties), ..Held::default() };
        for pair in core.catalogue.items(id, 0) {
            let (_, item) = pair?;
            // What was taken out is no part of it.
            if item.removed.is_none() {
                hold(core, actor, &item, view.as_party, &mut held)?;
            }
        }
        let reader = if view.as_party { Reader::Party } else { Reader::Staff };
        let now = core.clock.now();
        Ok(Writing { directory: &core.directory(), reader, now }.dossier(&found.thing, held).describe())
    }

    fn registered(&self, actor: &Actor, found: &Found<Entry>, document: &EntryDocument) -> Result<Described, Refusal> {
        let core = self.core();
        let known = self.known_file(&document.content, &document.file.file_name)?;
        let dossiers = dossier_links(core, actor, &found.filed).into_iter().map(|link| link.code);
        let who = Writing { directory: &core.directory(), reader: reader(actor, found), now: core.clock.now() };
        let made = who.registered_document(&found.thing, document, &known, dossiers.collect());
        Ok(made.map_err(Refusal::NotAvailable)?.describe())
    }

    fn known_file(&self, content: &ContentDigests, file_name: &str) -> Result<KnownFile, Refusal> {
        let facts = match self.core().known_text(&content.blake3)? {
            texts::Known::Done(extraction) => Some(extraction.facts),
            texts::Known::Pending => None,
        };
        Ok(KnownFile { media_type: self.media_type(content, file_name)?, facts })
    }
}

fn reader<T>(actor: &Actor, found: &Found<T>) -> Reader {
    if actor.reads_as_party(&found.access) { Reader::Party } else { Reader::Staff }
}

/// What a dossier holds, as far as its reader may see it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held {
    /// The code of the dossier above it.
    pub parent: Option<String>,
    pub parties: Vec<model::dossier::Party>,
    pub documents: Vec<IndexedDocument>,
    pub awaits_documents: bool,
    pub withholds: bool,
}

fn hold(core: &Core, actor: &Actor, item: &ItemRecord, as_party: bool, held: &mut Held) -> Result<(), Refusal> {
    let visible = if as_party { shown_to(core, actor, item)? } else { core.may_read(actor, &Key::of(&item.of))? };
    if !visible {
        held.withholds = true;
        return Ok(());
    }
    let area = &core.directory().area;
    match &item.of {
        ItemOf::Entry(id) => {
            let Some(found) = core.entry(id)? else { return Ok(()) };
            held.awaits_documents |= found.thing.document.is_none();
            for document in found.thing.documents() {
                let identity = of_entry(area, &found.thing, document);
                held.documents.push(IndexedDocument { identity, registered: true });
            }
        }
        ItemOf::Document(id) => {
            let Some(found) = core.free_document(*id)? else { return Ok(()) };
            let identity = identity(area, *id, found.thing.current().content.sha256, None);
            held.documents.push(IndexedDocument { identity, registered: false });
        }
    }
    Ok(())
}

/// With which names, and for whom.
pub struct Writing<'d> {
    pub directory: &'d Directory,
    pub reader: Reader,
    /// Which retention schedule is in force.
    pub now: Timestamp,
}

impl Writing<'_> {
    /// A document of an entry.
    ///
    /// # Errors
    /// When what it would say was destroyed.
    pub fn registered_document(
        &self,
        entry: &Entry,
        document: &EntryDocument,
        known: &KnownFile,
        dossiers: Vec<String>,
    ) -> Result<Document, &'static str> {
        let facts = entry.facts.as_ref().ok_or("what the metadata would say was destroyed")?;
        let area = &self.directory.area;
        let identity = of_entry(area, entry, document);
        let main = entry.document.as_ref().filter(|main| main.id != document.id);
        let annulment = entry.annulment.as_ref();
        let attachments = match main {
            // An attachment has none of its own.
            Some(_) => Vec::new(),
            None => entry.attachments.iter().map(|one| attachment(area, entry, one)).collect(),
        };
        Ok(Document {
            formation: formation(facts),
            kind: document.file.kind.clone().unwrap_or_default(),
            flow: match facts.direction {
                Direction::Incoming => Flow::Incoming,
                Direction::Outgoing => Flow::Outgoing,
                Direction::Internal => Flow::Internal,
            },
            registration: self.registration(entry),
            roles: self.roles(entry, facts),
            subject: facts.subject.clone(),
            keywords: Vec::new(),
            attachments,
            classification: entry.classification.as_ref().map(|class| self.class(class, entry.classified_at)),
            confidential: facts.confidential,
            format: format(known),
            verification: verification(known),
            aggregations: dossiers.into_iter().map(|code| self.aggregation(&code)).collect(),
            primary: main.map(|main| of_entry(area, entry, main)),
            file_name: document.file.file_name.clone(),
            version: 1,
            annulled: annulment.is_some(),
            change: self.last_change(entry, &identity),
            retention: self.retention(entry.classification.as_ref()),
            note: annulment.map(annulled),
            identity,
        })
    }

    /// A document that is in no register.
    pub fn free_document(
        &self,
        document: &model::document::Document,
        known: &KnownFile,
        dossiers: Vec<String>,
    ) -> Document {
        let area = &self.directory.area;
        let current = document.current();
        let identity_of = |content: &ContentDigests| identity(area, document.id, content.sha256, None);
        let before = document.versions.iter().rev().nth(1);
        let operator = self.staff(document.created_by).map(Role::Operator);
        Document {
            identity: identity_of(&current.content),
            // It came as a file; who wrote it is not known.
            formation: Formation::Acquired,
            kind: String::new(),
            flow: Flow::Internal,
            registration: Registration::None { at: in_rome(document.created_at), number: document.id.to_string() },
            roles: operator.into_iter().collect(),
            subject: document.title.clone(),
            keywords: Vec::new(),
            attachments: Vec::new(),
            classification: document.classification.as_ref().map(|class| self.class(class, document.created_at)),
            confidential: false,
            format: format(known),
            verification: verification(known),
            aggregations: dossiers.into_iter().map(|code| self.aggregation(&code)).collect(),
            primary: None,
            file_name: current.file_name.clone(),
            version: current.number,
            annulled: false,
            change: before.map(|before| {
                self.change(ChangeKind::Correction, current.by, current.time, &identity_of(&before.content))
            }),
            retention: self.retention(document.classification.as_ref()),
            note: None,
        }
    }

    /// The register of a day or a year: grouped from what the archive holds, and kept as it is (AgID guidelines 3.3.3).
    pub fn formed_register(
        &self,
        document: &model::document::Document,
        formed: &RegisterFormed,
        known: &KnownFile,
        dossiers: Vec<String>,
    ) -> Document {
        let kind = match formed.period {
            Period::Day(_) => "Registro giornaliero di protocollo",
            Period::Year(_) => "Registro annuale di protocollo",
        };
        let town = || self.town(None, document.created_at);
        let mut described = self.free_document(document, known, dossiers);
        if document.id.index == 0 {
            described.identity.id.clone_from(&formed.id);
        }
        described.formation = Formation::Generated;
        described.kind = kind.to_owned();
        described.registration = Registration::Repertory {
            at: in_rome(document.created_at),
            number: formed.number.to_string(),
            register: formed.register.to_string(),
        };
        described.roles = vec![
            Role::Registering(town()),
            Role::Author(Subject::Administration(town())),
            Role::Producer(concat!("Tabularium ", env!("CARGO_PKG_VERSION")).to_owned()),
        ];
        described
    }

    pub fn dossier(&self, dossier: &model::dossier::Dossier, held: Held) -> Dossier {
        let facts = dossier.facts.as_ref();
        let closed = dossier.state == model::dossier::DossierState::Closed;
        let changed = dossier.state_changed.as_ref().map(|(at, _, _)| in_rome(*at));
        let until = changed.filter(|_| closed);
        let office = facts.and_then(|facts| facts.office.as_ref());
        let officer = facts.and_then(|facts| facts.officer).and_then(|id| self.directory.users.get(&id));
        let mut roles = vec![DossierRole::Owner(self.town(None, dossier.opened_at))];
        roles.extend(held.parties.iter().map(party));
        // As people call whoever is in charge, parties may know, too.
        roles.extend(officer.map(|user| {
            let person = Person { tax_code: None, ..named(user) };
            DossierRole::Responsible(person, self.town(office, dossier.opened_at))
        }));
        let assigned = |kind: AssignmentKind, office: &OfficeCode| Assignment {
            kind,
            person: None,
            body: self.town(Some(office), dossier.opened_at),
            from: in_rome(dossier.opened_at),
            until,
        };
        let participants = facts.map_or(&[][..], |facts| &facts.participants);
        let mut assignments: Vec<Assignment> =
            office.into_iter().map(|office| assigned(AssignmentKind::Responsible, office)).collect();
        assignments.extend(participants.iter().map(|office| assigned(AssignmentKind::Information, office)));
        let procedure = facts.and_then(|facts| facts.procedure.clone());
        Dossier {
            identity: self.aggregation(&dossier.code),
            // Of others nobody has said what they are.
            kind: procedure.is_some().then_some(DossierKind::Procedure),
            roles,
            assignments,
            opened: in_rome(dossier.opened_at).date(),
            classification: facts.map(|facts| self.class(&facts.classification, dossier.opened_at)),
            ordinal: dossier.code.rsplit('/').next().and_then(|number| number.parse().ok()),
            subject: dossier.title().to_owned(),
            keywords: Vec::new(),
            closed,
            closed_on: until.map(DateTime::date),
            procedure: procedure.map(|name| Procedure { name, ..Procedure::default() }),
            documents: held.documents,
            awaits_documents: held.awaits_documents,
            withholds: held.withholds,
            location: None,
            parent: held.parent.map(|code| self.aggregation(&code)),
            retention: self.retention(facts.map(|facts| &facts.classification)),
            note: None,
        }
    }

    fn registration(&self, entry: &Entry) -> Registration {
        let (at, number, register) = (in_rome(entry.registered_at), entry.number_text(), entry.id.register.to_string());
        if self.directory.registers.get(&entry.id.register).is_some_and(|register| register.special) {
            Registration::Repertory { at, number, register }
        } else {
            Registration::Protocol { at, number, register }
        }
    }

    /// The annulment of the whole, or the last of single facts, which others took the place of.
    fn last_change(&self, entry: &Entry, identity: &Identity) -> Option<Change> {
        // Who annulled it in an earlier system is none of today's users.
        let here = entry.annulment.as_ref().filter(|one| entry.imported.as_ref().is_none_or(|then| one.at >= then.at));
        let whole = here.map(|one| (ChangeKind::Annulment, one.by, one.at));
        let fact = || entry.annulled_fields.last().map(|one| (ChangeKind::Correction, one.by, one.at));
        whole.or_else(fact).map(|(kind, by, at)| self.change(kind, by, at, identity))
    }

    /// Who registers, sends, receives and has to act.
    fn roles(&self, entry: &Entry, facts: &RegistrationFacts) -> Vec<Role> {
        let own = || Subject::Administration(self.town(None, entry.registered_at));
        let all = &facts.correspondents;
        let (senders, mut others): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.role == CorrespondentRole::Sender);
        let mut senders: Vec<Subject> = senders.into_iter().map(subject).collect();
        let mut recipients = Vec::new();
        match facts.direction {
            Direction::Incoming => {
                if senders.is_empty() && !others.is_empty() {
                    // Whatever it was called, it is who stands on the other side.
                    senders.push(subject(others.remove(0)));
                }
                recipients.push(own());
                recipients.extend(others.into_iter().map(subject));
            }
            Direction::Outgoing => {
                recipients.extend(others.into_iter().map(subject));
                if recipients.is_empty() {
                    recipients = std::mem::take(&mut senders);
                }
                senders = vec![own()];
            }
            Direction::Internal => {
                if senders.is_empty() {
                    senders.push(own());
                }
                recipients.extend(others.into_iter().map(subject));
                if recipients.is_empty() {
                    recipients.push(own());
                }
            }
        }
        let mut roles = vec![Role::Registering(self.town(None, entry.registered_at))];
        roles.extend(senders.into_iter().map(Role::Sender));
        roles.extend(recipients.into_iter().map(Role::Recipient));
        roles.extend(entry.assignments.iter().filter_map(|one| self.assignee(one, entry.assigned_at)));
        roles
    }

    /// Whoever must act; who shall only know of it has no role.
    fn assignee(&self, assignment: &model::register::Assignment, at: Timestamp) -> Option<Role> {
        if assignment.mode != AssignmentMode::Responsible {
            return None;
        }
        if let Some(office) = &assignment.office {
            return Some(Role::Assignee(None, self.town(Some(office), at)));
        }
        let user = assignment.user.as_ref().and_then(|name| self.directory.user_named(name))?;
        // Of several offices nobody has said for which.
        let office = if let [one] = user.offices.as_slice() { Some(one) } else { None };
        Some(Role::Assignee(self.staff(user.id), self.town(office, at)))
    }

    fn change(&self, kind: ChangeKind, by: UserId, at: Timestamp, before: &Identity) -> Change {
        Change { kind, by: self.staff(by).unwrap_or_default(), at: in_rome(at), before: before.clone() }
    }

    /// One of the staff, for the staff. Where given and family name are not told apart, none is guessed.
    fn staff(&self, id: UserId) -> Option<Person> {
        let user = self.directory.users.get(&id).filter(|_| self.reader == Reader::Staff)?;
        let body = user.is_staff().then(|| self.town(None, Timestamp::MIN).body);
        Some(Person { body, ..named(user) })
    }

    /// The town, as an office of it or as a whole. An office is called as it was at that moment, and written to where it
    /// is now, if it has an address of its own.
    fn town(&self, office: Option<&OfficeCode>, at: Timestamp) -> Administration {
        let Area { organization, area, name, pec, .. } = &self.directory.area;
        let coded = |code: &str| IpaCode { name: name.clone(), code: Some(code.to_owned()) };
        let known = office.and_then(|code| self.directory.offices.get(code));
        let own = known.into_iter().flat_map(|office| office.pec.iter().chain(&office.email));
        let mut addresses: Vec<String> = own.cloned().collect();
        if addresses.is_empty() {
            addresses.extend(pec.iter().cloned());
        }
        let office = office.map(|code| IpaCode {
            name: known.map_or_else(|| code.to_string(), |office| office.name_at(at).to_owned()),
            code: known.and_then(|office| office.ipa.clone()),
        });
        let body = Body { administration: coded(organization), area: coded(area), office };
        Administration { body, addresses }
    }

    /// A class with the title that it had at a moment.
    fn class(&self, code: &ClassCode, at: Timestamp) -> Classification {
        let class = self.directory.classification.class_at(code, at);
        let name = class.map(|class| class.title.clone()).unwrap_or_default();
        Classification { code: code.to_string(), name, scheme: None }
    }

    /// The years for which it is kept, by the newest version in force that has its class: a retention schedule is a rule
    /// about what there is, not a fact of the day on which it was classified.
    fn retention(&self, code: Option<&ClassCode>) -> Option<u16> {
        self.directory.classification.class_at(code?, self.now)?.retention_years
    }

    fn aggregation(&self, code: &str) -> Aggregation {
        Aggregation { kind: AggregationKind::Dossier, id: everywhere(&self.directory.area, code) }
    }
}

/// What is one within the archive, as one among all administrations.
fn everywhere(area: &Area, id: &str) -> String {
    format!("{}/{}/{id}", area.organization, area.area)
}

fn identity(area: &Area, id: DocumentId, sha256: Sha256, mark: Option<String>) -> Identity {
    Identity { sha256, id: everywhere(area, &id.to_string()), mark }
}

fn of_entry(area: &Area, entry: &Entry, document: &EntryDocument) -> Identity {
    identity(area, document.id, document.content.sha256, Some(mark_text(area, entry)))
}

fn attachment(area: &Area, entry: &Entry, document: &EntryDocument) -> Attachment {
    let file = &document.file;
    let description = file.description.clone().or_else(|| file.kind.clone());
    Attachment {
        identity: of_entry(area, entry, document),
        description: description.unwrap_or_else(|| file.file_name.clone()),
    }
}

fn formation(facts: &RegistrationFacts) -> Formation {
    match (facts.direction, facts.received.as_ref().map(|received| received.channel)) {
        (Direction::Incoming, Some(Channel::Portal)) => Formation::Submitted,
        (Direction::Incoming, _) => Formation::Acquired,
        (Direction::Outgoing | Direction::Internal, _) => Formation::Written,
    }
}

/// `application/pdf; puid="fmt/18"`: by the bytes, and by PRONOM as far as it knows them.
fn format(known: &KnownFile) -> Format {
    let puid = known.facts.as_ref().and_then(|facts| facts.puid.as_ref());
    let name = match puid {
        Some(puid) => format!("{}; puid=\"{puid}\"", known.media_type),
        None => known.media_type.clone(),
    };
    Format { name, software: None }
}

fn verification(known: &KnownFile) -> Verification {
    let Some(facts) = &known.facts else { return Verification::default() };
    // Signatures of what lies within it are not its own.
    let own = || facts.signatures.iter().filter(|one| one.part.is_none());
    // A body seals: its certificate has the body's VAT number where a person's has the tax code.
    let (seals, signatures): (Vec<_>, Vec<_>) =
        own().partition(|one| one.serial_number.as_deref().is_some_and(|number| number.starts_with("VAT")));
    let wrapped = known.media_type == media::SIGNED && seals.is_empty();
    Verification {
        signed: Some(!signatures.is_empty() || wrapped),
        sealed: Some(!seals.is_empty()),
        // No time stamp is looked for in what a signature wraps: none was found.
        time_stamped: Some(false),
        conforming_copy: false,
    }
}

/// A user by the names that are known of him; the whole name is the family name where they are not told apart.
fn named(user: &model::user::User) -> Person {
    let family_name = user.family_name.clone().unwrap_or_else(|| user.full_name.clone());
    let given_name = user.family_name.as_ref().and(user.given_name.clone()).unwrap_or_default();
    Person { family_name, given_name, tax_code: user.tax_code.clone(), ..Person::default() }
}

fn subject(correspondent: &Correspondent) -> Subject {
    let Correspondent { kind, name, tax_code, email, pec, ipa, .. } = correspondent;
    let addresses: Vec<String> = pec.iter().chain(email).cloned().collect();
    let organization =
        || Organization { name: name.clone(), tax_code: tax_code.clone(), office: None, addresses: addresses.clone() };
    match kind {
        CorrespondentKind::Person => {
            let (given_name, family_name) = names(correspondent);
            Subject::Person(Person { family_name, given_name, tax_code: tax_code.clone(), body: None, addresses })
        }
        CorrespondentKind::Business => Subject::Organization(organization()),
        CorrespondentKind::Administration => match ipa {
            Some(ipa) => {
                let coded = |code: Option<&String>| IpaCode { name: name.clone(), code: code.cloned() };
                let office = ipa.unit.as_ref().map(|unit| coded(Some(unit)));
                let (administration, area) = (coded(Some(&ipa.administration)), coded(ipa.area.as_ref()));
                Subject::Administration(Administration { body: Body { administration, area, office }, addresses })
            }
            None => Subject::Unlisted(organization()),
        },
    }
}

/// Eleven digits are of a business, sixteen characters of a person; without them nobody has said which it is.
fn party(party: &model::dossier::Party) -> DossierRole {
    let (name, tax_code) = (party.name.clone(), party.tax_code.clone());
    match tax_code.as_deref().map(str::len) {
        Some(11) => DossierRole::LegalPerson(Organization { name, tax_code, ..Organization::default() }),
        Some(_) => DossierRole::Person(Person { family_name: name, tax_code, ..Person::default() }),
        None => DossierRole::Unknown,
    }
}

fn annulled(annulment: &Annulment) -> String {
    let Annulment { reason, act, .. } = annulment;
    match act {
        Some(act) => format!("Annullata: {reason} Provvedimento {} del {}.", act.number, act.date),
        None => format!("Annullata: {reason}").trim_end_matches([':', ' ']).to_owned(),
    }
}

/// As the wall clock in Rome showed it.
fn in_rome(time: Timestamp) -> DateTime {
    clock::in_rome(time).datetime()
}
