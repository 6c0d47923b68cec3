//! Entries of a register: what is asked for, what is recorded for ever, and what they have become.
//!
//! What DPR 445/2000 art. 53 fixes never changes; only classification and assignment do, with old and new side by side
//! in the history (AgID guidelines 3.1.5); an annulment leaves everything readable (art. 54).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::digest::{Blake3, ContentDigests};
use crate::ids::{ClassCode, DocumentId, DossierId, EntryId, Position, UserId};
use crate::limits;
pub use crate::model::assignment::{Assignment, AssignmentMode, check_assignments};

use crate::model::annulment::{Act, AnnulledField, Annulment, AnnulmentOf};
use crate::model::assignment::{AssignmentState, Progress};
use crate::model::document::FileFacts;
use crate::model::earlier::Imported;
use crate::model::emergency::Emergency;
use crate::model::event::{EntryImported, EntryImportedPrivate, EntryRegistered, Event, Facts};
use crate::model::field::{
    FieldError, Fields, absent_or_null, check_file_name, check_ipa_code, normal_tax_code, read_from_word,
};
use crate::model::link::{Link, NewLink, check_links};
use crate::model::message::EntryMessage;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    Incoming,
    Outgoing,
    Internal,
}

read_from_word!(Direction { Incoming = "incoming", Outgoing = "outgoing", Internal = "internal" });

impl Direction {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::Outgoing => "outgoing",
            Self::Internal => "internal",
        }
    }

    /// As it stands on paper: in marks, labels and registers.
    pub const fn italian(self) -> &'static str {
        match self {
            Self::Incoming => "Arrivo",
            Self::Outgoing => "Partenza",
            Self::Internal => "Interno",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CorrespondentRole {
    Sender,
    Recipient,
    Copy,
}

read_from_word!(CorrespondentRole { Sender = "sender", Recipient = "recipient", Copy = "copy" });

impl CorrespondentRole {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Copy => "copy",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CorrespondentKind {
    Person,
    Business,
    Administration,
}

read_from_word!(CorrespondentKind { Person = "person", Business = "business", Administration = "administration" });

impl CorrespondentKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Business => "business",
            Self::Administration => "administration",
        }
    }
}

/// Who sent or receives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correspondent {
    pub role: CorrespondentRole,
    pub kind: CorrespondentKind,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pec: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Only of an administration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipa: Option<IpaReference>,
}

/// An administration in the index of public administrations (IPA), as far as its codes are known: marks and Allegato 5
/// name administrations by them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IpaReference {
    /// Codice IPA: `c_c722`.
    pub administration: String,
    /// Codice univoco AOO.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// Codice univoco ufficio, of an office (UO).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    Counter,
    Post,
    Email,
    Pec,
    Portal,
    Interoperability,
    Internal,
}

read_from_word!(Channel { Counter = "counter", Post = "post", Email = "email", Pec = "pec", Portal = "portal", Interoperability = "interoperability", Internal = "internal" });

impl Channel {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Post => "post",
            Self::Email => "email",
            Self::Pec => "pec",
            Self::Portal => "portal",
            Self::Interoperability => "interoperability",
            Self::Internal => "internal",
        }
    }
}

/// When and how an incoming document came, and the sender's own number and date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Received {
    pub on: Date,
    pub channel: Channel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Why it is registered later than the day it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferred_reason: Option<String>,
}

impl Received {
    /// `at` is where it stands in the request; `today` is the day in Rome.
    pub fn check(&self, fields: &mut Fields, at: &str, today: Date) {
        if self.on > today {
            fields.refuse(format!("{at}.on"), "a day that has not come yet");
        }
        if self.on.year() < 1900 {
            fields.refuse(format!("{at}.on"), "before 1900");
        }
        if self.date.is_some_and(|date| date > self.on) {
            fields.refuse(format!("{at}.date"), "the sender's date is after the day of receipt");
        }
        fields.optional(&format!("{at}.number"), self.number.as_deref());
        fields.optional_long(&format!("{at}.deferred_reason"), self.deferred_reason.as_deref());
    }
}

/// A file of an entry as a request names it: content by digest, or filled in from a part of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewFile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blake3: Option<Blake3>,
    pub file_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl NewFile {
    pub fn facts(&self) -> FileFacts {
        FileFacts { file_name: self.file_name.clone(), kind: self.kind.clone(), description: self.description.clone() }
    }

    fn check(&self, fields: &mut Fields, at: &str) {
        check_file_name(fields, &format!("{at}.file_name"), &self.file_name);
        fields.optional(&format!("{at}.kind"), self.kind.as_deref());
        fields.optional_long(&format!("{at}.description"), self.description.as_deref());
        if self.blake3.is_none() {
            fields.refuse(
                format!("{at}.blake3"),
                "missing: upload the content first, or send it as a part of this request",
            );
        }
    }
}

/// `POST /api/v1/registers/{register}/entries`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewEntry {
    pub direction: Direction,
    pub subject: String,
    pub correspondents: Vec<Correspondent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Received>,
    pub classification: ClassCode,
    #[serde(default, deserialize_with = "absent_or_null", skip_serializing_if = "Vec::is_empty")]
    pub assignments: Vec<Assignment>,
    #[serde(default, deserialize_with = "absent_or_null")]
    pub confidential: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<NewFile>,
    #[serde(default, deserialize_with = "absent_or_null", skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<NewFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dossier: Option<DossierId>,
    /// What the register asks for beyond the law (see [`crate::model::registers`]).
    #[serde(default, deserialize_with = "absent_or_null", skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Value>,
    /// Earlier entries that this one answers, follows or corrects.
    #[serde(default, deserialize_with = "absent_or_null", skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<NewLink>,
}

impl NewEntry {
    /// Everything that can be said without the archive; what the register adds to it, [`crate::model::registers`] says.
    /// A special register takes entries without senders and recipients. `today` is the day in Rome.
    pub fn check(&self, today: Date, special: bool) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::default();
        fields.text("subject", &self.subject, limits::SUBJECT_CHARS_MAX);
        if self.correspondents.is_empty() && !special {
            fields.refuse("correspondents", "at least one sender or recipient");
        }
        check_correspondents(&mut fields, "correspondents", &self.correspondents);
        self.check_received(&mut fields, today);
        check_links(&mut fields, &self.links);
        check_assignments(&mut fields, &self.assignments);
        let paper = self.received.as_ref().is_some_and(|r| matches!(r.channel, Channel::Counter | Channel::Post));
        if self.document.is_none() && !paper {
            fields.refuse("document", "missing: only paper from counter or post may be registered before its scan");
        }
        if let Some(document) = &self.document {
            document.check(&mut fields, "document");
        }
        fields.count("attachments", &self.attachments);
        for (n, attachment) in self.attachments.iter().enumerate() {
            attachment.check(&mut fields, &format!("attachments[{n}]"));
        }
        fields.optional("location", self.location.as_deref());
        fields.finish()
    }

    fn check_received(&self, fields: &mut Fields, today: Date) {
        let Some(received) = &self.received else {
            if self.direction == Direction::Incoming {
                fields.refuse("received", "missing: an incoming entry says when and how it was received");
            }
            return;
        };
        if self.direction != Direction::Incoming {
            fields.refuse("received", "only an incoming entry is received");
        }
        received.check(fields, "received", today);
    }

    /// The contents asked for, main document first.
    pub fn files(&self) -> impl Iterator<Item = &NewFile> {
        self.document.iter().chain(&self.attachments)
    }

    /// What is recorded beside the digests. Tax codes are brought to their one spelling, so that they can be compared.
    pub fn facts(&self) -> RegistrationFacts {
        RegistrationFacts {
            direction: self.direction,
            subject: self.subject.trim().to_owned(),
            correspondents: normal_correspondents(&self.correspondents),
            received: self.received.clone(),
            classification: self.classification.clone(),
            assignments: self.assignments.clone(),
            confidential: self.confidential,
            files: self.files().map(NewFile::facts).collect(),
            location: self.location.clone(),
            fields: self.fields.clone(),
            links: self.links.iter().map(NewLink::link).collect(),
            emergency: None,
        }
    }
}

/// Senders and recipients with their tax codes in the one spelling, so that they can be compared.
pub fn normal_correspondents(correspondents: &[Correspondent]) -> Vec<Correspondent> {
    let mut correspondents = correspondents.to_vec();
    for correspondent in &mut correspondents {
        correspondent.tax_code = correspondent.tax_code.as_deref().and_then(normal_tax_code);
    }
    correspondents
}

/// Each sender and recipient; whether there must be one, the register says.
pub fn check_correspondents(fields: &mut Fields, list: &str, correspondents: &[Correspondent]) {
    fields.count(list, correspondents);
    for (n, correspondent) in correspondents.iter().enumerate() {
        let at = format!("{list}[{n}]");
        fields.text(&format!("{at}.name"), &correspondent.name, limits::TEXT_CHARS_MAX);
        let rest = [
            ("given_name", &correspondent.given_name),
            ("family_name", &correspondent.family_name),
            ("email", &correspondent.email),
            ("pec", &correspondent.pec),
        ];
        for (name, text) in rest {
            fields.optional(&format!("{at}.{name}"), text.as_deref());
        }
        // As it stands on an envelope.
        fields.optional_long(&format!("{at}.address"), correspondent.address.as_deref());
        if correspondent.tax_code.as_deref().is_some_and(|code| normal_tax_code(code).is_none()) {
            fields.refuse(format!("{at}.tax_code"), "16 letters and digits for a person, 11 digits for a business");
        }
        if let Some(ipa) = &correspondent.ipa {
            if correspondent.kind != CorrespondentKind::Administration {
                fields.refuse(format!("{at}.ipa"), "only an administration has codes of the IPA");
            }
            check_ipa_code(fields, &format!("{at}.ipa.administration"), Some(&ipa.administration));
            check_ipa_code(fields, &format!("{at}.ipa.area"), ipa.area.as_deref());
            check_ipa_code(fields, &format!("{at}.ipa.unit"), ipa.unit.as_deref());
        }
    }
}

/// What an `entry-registered` event keeps in its private part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationFacts {
    pub direction: Direction,
    pub subject: String,
    pub correspondents: Vec<Correspondent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Received>,
    pub classification: ClassCode,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assignments: Vec<Assignment>,
    #[serde(default)]
    pub confidential: bool,
    /// One for each of the event's documents, in their order.
    pub files: Vec<FileFacts>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// What the register asked for beyond the law.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// The line of an emergency register that it was first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Emergency>,
}

/// A content of an entry with what was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryDocument {
    pub id: DocumentId,
    pub content: ContentDigests,
    pub file: FileFacts,
}

/// An entry as its events have made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: EntryId,
    pub position: Position,
    pub registered_at: Timestamp,
    pub registered_by: UserId,
    pub registered: EntryRegistered,
    /// `None` when it was destroyed: number and digests stay.
    /// What was annulled since and given anew stands here as it is now.
    pub facts: Option<RegistrationFacts>,
    /// The class it has now.
    pub classification: Option<ClassCode>,
    /// When it got that: the version of the scheme in force then has its title.
    pub classified_at: Timestamp,
    /// To whom it is given now.
    pub assignments: Vec<Assignment>,
    /// When it was given so: offices are called as they were then.
    pub assigned_at: Timestamp,
    /// What became of each of them, in their order.
    pub progress: Vec<Progress>,
    pub annulment: Option<Annulment>,
    /// An earlier system registered it: `registered_at` is the day of then, and `registered_by` who imported it.
    pub imported: Option<Box<Imported>>,
    /// Fields that were annulled one by one, as they had been, oldest first.
    pub annulled_fields: Vec<AnnulledField>,
    pub links: Vec<Link>,
    /// What registries have written each other about it, oldest first.
    pub messages: Vec<EntryMessage>,
    /// The main document; absent while a scan is awaited.
    pub document: Option<EntryDocument>,
    pub attachments: Vec<EntryDocument>,
}

impl Entry {
    /// Folds one event; the first must be `entry-registered` or `entry-imported`.
    pub fn fold(state: Option<Self>, position: Position, time: Timestamp, by: UserId, event: &Event) -> Option<Self> {
        match (state, event) {
            (None, Event::EntryRegistered(facts)) => {
                Some(Self::registered(position, time, by, &facts.public, facts.private.as_ref()))
            }
            (None, Event::EntryImported(facts)) => Some(Self::imported(position, time, by, facts)),
            (Some(mut entry), event) => {
                entry.change(position, time, by, event);
                Some(entry)
            }
            (None, _) => None,
        }
    }

    fn registered(
        position: Position,
        time: Timestamp,
        by: UserId,
        public: &EntryRegistered,
        private: Option<&RegistrationFacts>,
    ) -> Self {
        let mut documents = public.documents.iter().enumerate().map(|(n, content)| EntryDocument {
            id: DocumentId { position, index: n as u32 },
            content: *content,
            file: private.and_then(|facts| facts.files.get(n).cloned()).unwrap_or_else(unnamed),
        });
        let document = if public.without_main { None } else { documents.next() };
        Self {
            id: EntryId { register: public.register.clone(), year: public.year, number: public.number },
            position,
            registered_at: time,
            registered_by: by,
            document,
            attachments: documents.collect(),
            registered: public.clone(),
            classification: private.map(|facts| facts.classification.clone()),
            assignments: private.map(|facts| facts.assignments.clone()).unwrap_or_default(),
            classified_at: time,
            assigned_at: time,
            progress: private.map(|facts| Progress::of_new(&facts.assignments, time, by)).unwrap_or_default(),
            annulment: None,
            imported: None,
            annulled_fields: Vec::new(),
            links: private.map(|facts| facts.links.clone()).unwrap_or_default(),
            messages: Vec::new(),
            facts: private.cloned(),
        }
    }

    fn imported(
        position: Position,
        time: Timestamp,
        by: UserId,
        facts: &Facts<EntryImported, EntryImportedPrivate>,
    ) -> Self {
        let Facts { public, private } = facts;
        let mut entry =
            Self::registered(position, time, by, &public.registered, private.as_ref().map(|private| &private.facts));
        let earlier = private.as_ref().map(|private| (*private.earlier).clone());
        // Years of letters that somebody saw to long ago are nobody's work of today.
        for progress in &mut entry.progress {
            progress.state = AssignmentState::Done;
        }
        match &earlier {
            Some(earlier) => {
                entry.registered_at = earlier.registered.timestamp();
                entry.annulment = earlier.annulment.as_ref().map(|annulment| Annulment {
                    at: annulment.on.timestamp(),
                    by,
                    reason: annulment.reason.clone().unwrap_or_default(),
                    act: annulment.act.clone(),
                });
            }
            // The day was destroyed; the year is for ever.
            None => {
                entry.registered_at = Date::new(public.registered.year, 1, 1).map_or(time, crate::clock::start_of_day);
            }
        }
        entry.imported = Some(Box::new(Imported { at: time, by, source: public.source.clone(), earlier }));
        entry
    }

    fn change(&mut self, position: Position, time: Timestamp, by: UserId, event: &Event) {
        match event {
            Event::EntryAnnulled(facts) => {
                let (reason, act) = match &facts.private {
                    Some(private) => (private.reason.clone(), private.act.clone()),
                    None => (String::new(), Act { number: String::new(), date: Date::constant(1970, 1, 1) }),
                };
                self.annulment = Some(Annulment { at: time, by, reason, act: Some(act) });
            }
            Event::EntryFieldsAnnulled(facts) => {
                if let Some(private) = &facts.private {
                    let past = AnnulmentOf { at: time, by, reason: &private.reason, act: &private.act };
                    self.annulled_fields.extend(private.fields.put_into(self.facts.as_mut(), &past));
                }
            }
            Event::EntryLinked(facts) => self.links.push(facts.public.clone()),
            Event::EntryMessageKept(facts) => self.messages.extend(facts.public.documents.first().map(|content| {
                let (way, facts) = (facts.public.way, facts.private.clone());
                EntryMessage { position, at: time, by, way, content: *content, facts }
            })),
            Event::EntryClassified(facts) => {
                self.classification = facts.private.as_ref().map(|private| private.classification.clone());
                self.classified_at = time;
            }
            Event::EntryAssigned(facts) => {
                let now = facts.private.as_ref().map(|p| p.assignments.clone()).unwrap_or_default();
                self.progress = Progress::carried_over((&self.assignments, &self.progress), &now, time, by);
                self.assignments = now;
                self.assigned_at = time;
            }
            Event::AssignmentAnswered(facts) => {
                let Some(private) = &facts.private else { return };
                let at = self.assignments.iter().position(|one| one.is_of(&private.assignee()));
                if let Some(progress) = at.and_then(|at| self.progress.get_mut(at)) {
                    progress.answered(private.answer, private.reason.clone(), time, by);
                }
            }
            Event::EntryDocumentAdded(facts) => {
                for (n, content) in facts.public.documents.iter().enumerate() {
                    let added = EntryDocument {
                        id: DocumentId { position, index: n as u32 },
                        content: *content,
                        file: facts.private.clone().unwrap_or_else(unnamed),
                    };
                    if self.document.is_none() {
                        self.document = Some(added);
                    } else {
                        self.attachments.push(added);
                    }
                }
            }
            _ => {}
        }
    }

    /// The main document, then the attachments.
    pub fn documents(&self) -> impl Iterator<Item = &EntryDocument> {
        self.document.iter().chain(&self.attachments)
    }

    /// To whom it is given, and what became of that.
    pub fn assigned(&self) -> impl Iterator<Item = (&Assignment, &Progress)> {
        self.assignments.iter().zip(&self.progress)
    }

    pub fn confidential(&self) -> bool {
        // What was destroyed is treated as what it may have been.
        self.facts.as_ref().is_none_or(|facts| facts.confidential)
    }

    /// The number with at least seven digits (DPR 445/2000 art. 57).
    pub fn number_text(&self) -> String {
        format!("{:07}", self.id.number)
    }
}

fn unnamed() -> FileFacts {
    FileFacts { file_name: String::new(), kind: None, description: None }
}
