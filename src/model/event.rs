//! Every fact the journal can hold: a versioned enum. A version once written stays readable for ever.
//!
//! Each event has a `public` part, which a receipt shows and which stays, and a `private` part, which holds names and
//! subjects and is cut out (`None`) when the law says that it must be destroyed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rand::RngExt as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::digest::{ContentDigests, Sha256};
use crate::ids::{
    AbsenceId, ClassCode, DocumentId, DossierId, EntryId, OfficeCode, Position, RegisterCode, TokenId, UserId, UserName,
};
use crate::model::annulment::{Act, FieldsAnew};
use crate::model::assignment::{Answer, Assignee};
use crate::model::classification::Class;
use crate::model::document::FileFacts;
use crate::model::dossier::Party;
use crate::model::earlier::{Earlier, YearOf};
use crate::model::emergency::DayOf;
use crate::model::formed::{RegisterFormed, RegisterFormedPrivate};
use crate::model::link::Link;
use crate::model::message::{EntryMessageKept, MessageFacts};
use crate::model::register::{Assignment, RegistrationFacts};
use crate::model::user::{Role, Scope};

/// The number in `archive-created` that says how everything after it is to be read.
pub const FORMAT: u32 = 1;

/// An event at its place in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub position: Position,
    pub time: Timestamp,
    pub actor: UserId,
    /// The API path of what it is about: `registers/PG/entries/2026/42`.
    pub subject: String,
    pub event: Event,
}

/// The two parts of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts<P, Q> {
    pub public: P,
    /// `None` when it was destroyed.
    pub private: Option<Q>,
}

/// Why a journal line is no event that this program knows.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("event kind {kind} version {version} is newer than this program; install a newer tabularium")]
    Unknown { kind: String, version: u32 },
    #[error("event {kind} version {version} does not hold what it must")]
    Malformed { kind: String, version: u32, source: serde_json::Error },
}

/// Declares the enum, and for each kind its name, version and the types of its two parts.
macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident = $kind:literal, $version:literal, $public:ty, $private:ty;)*) => {
        /// What happened.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Event {
            $($(#[$doc])* $variant(Facts<$public, $private>),)*
        }

        impl Event {
            /// Every kind with its newest version.
            pub const KINDS: &'static [(&'static str, u32)] = &[$(($kind, $version)),*];

            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind,)* }
            }

            pub fn version(&self) -> u32 {
                match self { $(Self::$variant(_) => $version,)* }
            }

            /// Both parts as JSON objects, each beginning with a fresh salt, so that a digest betrays no short content.
            pub fn encode(&self) -> Result<(String, String), serde_json::Error> {
                match self { $(Self::$variant(facts) => Ok((salted(&facts.public)?, salted(&facts.private)?)),)* }
            }

            /// Reads both parts back; a `private` of `None` is one that was destroyed.
            pub fn decode(kind: &str, version: u32, public: &str, private: Option<&str>) -> Result<Self, DecodeError> {
                let malformed = |source| DecodeError::Malformed { kind: kind.to_owned(), version, source };
                match (kind, version) {
                    $(($kind, $version) => decode_parts(public, private).map(Self::$variant).map_err(malformed),)*
                    _ => Err(DecodeError::Unknown { kind: kind.to_owned(), version }),
                }
            }
        }
    };
}

events! {
    /// The first line: which area this is and in which format it is kept.
    ArchiveCreated = "archive-created", 1, ArchiveCreated, ArchiveCreatedPrivate;
    ClassificationSchemeAdopted = "classification-scheme-adopted", 1, ClassificationSchemeAdopted, Nothing;
    RegisterOpened = "register-opened", 1, RegisterOpened, Nothing;
    RegisterChanged = "register-changed", 1, RegisterChanged, RegisterChangedPrivate;
    OfficeAdded = "office-added", 1, OfficeAdded, OfficeAddedPrivate;
    OfficeChanged = "office-changed", 1, OfficeChanged, OfficeChangedPrivate;
    UserAdded = "user-added", 1, UserAdded, UserAddedPrivate;
    UserChanged = "user-changed", 1, UserChanged, UserChangedPrivate;
    AbsenceRecorded = "absence-recorded", 1, AbsenceRecorded, AbsenceRecordedPrivate;
    AbsenceEnded = "absence-ended", 1, AbsenceEnded, Nothing;
    TokenCreated = "token-created", 1, TokenCreated, TokenCreatedPrivate;
    TokenRevoked = "token-revoked", 1, TokenRevoked, Nothing;
    EntryRegistered = "entry-registered", 1, EntryRegistered, RegistrationFacts;
    /// An entry that an earlier system registered, with its number and date of then.
    EntryImported = "entry-imported", 1, EntryImported, EntryImportedPrivate;
    /// An import of earlier entries came to its end.
    RegisterImported = "register-imported", 1, RegisterImported, Nothing;
    /// A file of an emergency register came home, or more of it.
    EmergencyRegisterImported =
        "emergency-register-imported", 1, EmergencyRegisterImported, EmergencyRegisterImportedPrivate;
    EntryAnnulled = "entry-annulled", 1, Nothing, EntryAnnulledPrivate;
    EntryFieldsAnnulled = "entry-fields-annulled", 1, EntryFieldsAnnulled, EntryFieldsAnnulledPrivate;
    EntryLinked = "entry-linked", 1, Link, Nothing;
    EntryClassified = "entry-classified", 1, Nothing, EntryClassifiedPrivate;
    EntryAssigned = "entry-assigned", 1, Nothing, EntryAssignedPrivate;
    AssignmentAnswered = "assignment-answered", 1, Nothing, AssignmentAnsweredPrivate;
    EntryDocumentAdded = "entry-document-added", 1, Documents, FileFacts;
    EntryMarked = "entry-marked", 1, EntryMarked, EntryMarkedPrivate;
    EntryMessageKept = "entry-message-kept", 1, EntryMessageKept, MessageFacts;
    DocumentCreated = "document-created", 1, DocumentCreated, DocumentCreatedPrivate;
    DocumentVersionAdded = "document-version-added", 1, DocumentVersionAdded, DocumentVersionAddedPrivate;
    DossierOpened = "dossier-opened", 1, DossierOpened, DossierOpenedPrivate;
    DossierItemAdded = "dossier-item-added", 1, DossierItemAdded, Nothing;
    DossierItemShown = "dossier-item-shown", 1, DossierItemShown, Nothing;
    DossierItemRemoved = "dossier-item-removed", 1, DossierItemNumber, Reason;
    DossierClosed = "dossier-closed", 1, Nothing, Reason;
    DossierReopened = "dossier-reopened", 1, Nothing, Reason;
    /// The register of a day or a year was formed, and is a document.
    RegisterFormed = "register-formed", 1, RegisterFormed, RegisterFormedPrivate;
    /// The access log of a day was closed: from here on it cannot be altered unseen.
    AccessLogSealed = "access-log-sealed", 1, AccessLogSealed, Nothing;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveCreated {
    /// See [`FORMAT`].
    pub format: u32,
    /// IPA code of the administration.
    pub organization: String,
    /// Code of the area (AOO).
    pub area: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveCreatedPrivate {
    pub name: String,
    pub pec: Option<String>,
    /// Officers read every entry that is not confidential, not only those of their offices.
    #[serde(default)]
    pub open: bool,
}

/// Nothing to say beyond the event itself and its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Nothing {}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassificationSchemeAdopted {
    pub scheme: String,
    pub title: String,
    pub classes: Vec<Class>,
    /// The first day (Rome) on which it is in force; that of the event where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterOpened {
    pub register: RegisterCode,
    pub title: String,
}

/// The whole state after the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterChanged {
    pub register: RegisterCode,
    pub title: String,
    pub special: bool,
    /// JSON Schema of what its entries have beyond the law.
    pub fields: Option<serde_json::Map<String, serde_json::Value>>,
    /// Kinds of document that are not registered there.
    pub exempt: Vec<String>,
    pub closed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterChangedPrivate {
    pub reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeAdded {
    pub office: OfficeCode,
    pub parent: Option<OfficeCode>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeAddedPrivate {
    pub name: String,
}

/// The whole state after the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeChanged {
    pub office: OfficeCode,
    pub parent: Option<OfficeCode>,
    /// First and last day, in Rome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Its code in the index of public administrations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipa: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeChangedPrivate {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pec: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserAdded {
    pub user: UserId,
    pub roles: Vec<Role>,
    pub offices: Vec<OfficeCode>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserAddedPrivate {
    pub name: UserName,
    pub full_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    pub tax_code: Option<String>,
}

/// The whole state after the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserChanged {
    pub user: UserId,
    pub roles: Vec<Role>,
    pub offices: Vec<OfficeCode>,
    pub active: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserChangedPrivate {
    pub full_name: String,
    /// Of these three, what is absent stays as it was, and an empty text takes away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<String>,
}

/// Somebody is away, and somebody may stand in. Why is not recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsenceRecorded {
    pub absence: AbsenceId,
    pub user: UserId,
    pub substitute: Option<UserId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsenceRecordedPrivate {
    /// First and last day, in Rome.
    pub from: Date,
    pub until: Date,
}

/// Ended before its last day was over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsenceEnded {
    pub absence: AbsenceId,
    pub user: UserId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenCreated {
    pub token: TokenId,
    pub user: UserId,
    pub scopes: Vec<Scope>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenCreatedPrivate {
    pub label: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRevoked {
    pub token: TokenId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryRegistered {
    pub register: RegisterCode,
    pub year: i16,
    pub number: u64,
    /// The main document first, then the attachments; empty while the scan of a paper is awaited.
    pub documents: Vec<ContentDigests>,
    /// The first of `documents` is an attachment: the main document is still to come.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_main: bool,
    /// SHA-256 over actor, register and Idempotency-Key.
    pub key: Sha256,
    /// SHA-256 over the parsed request with its digests filled in.
    pub request: Sha256,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryImported {
    /// As of an entry registered here; `key` is over source, register, year and number.
    #[serde(flatten)]
    pub registered: EntryRegistered,
    /// Which system registered it.
    pub source: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryImportedPrivate {
    #[serde(flatten)]
    pub facts: RegistrationFacts,
    /// What is known of it from then.
    pub earlier: Box<Earlier>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterImported {
    pub register: RegisterCode,
    pub source: String,
    /// The day on which it came to its end.
    pub on: Date,
    pub years: Vec<YearOf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyRegisterImported {
    pub register: RegisterCode,
    /// Of the emergency register.
    pub id: Uuid,
    /// Of the file.
    pub sha256: Sha256,
    pub began: Timestamp,
    /// When the archive worked again; absent while the emergency register has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored: Option<Timestamp>,
    pub entries: u64,
    pub days: Vec<DayOf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyRegisterImportedPrivate {
    pub cause: String,
    pub act: Act,
    pub authorised_by: String,
    /// Acts that extended it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Act>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryAnnulledPrivate {
    pub reason: String,
    pub act: Act,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryFieldsAnnulled {
    /// Which facts of the entry are no longer as they were registered.
    pub names: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryFieldsAnnulledPrivate {
    pub reason: String,
    pub act: Act,
    /// What stands there from now on; what stood there is in the events before.
    pub fields: FieldsAnew,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryClassifiedPrivate {
    pub classification: ClassCode,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryAssignedPrivate {
    pub assignments: Vec<Assignment>,
}

/// What an office or user to whom an entry is given says to that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignmentAnsweredPrivate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<OfficeCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserName>,
    pub answer: Answer,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl AssignmentAnsweredPrivate {
    pub fn assignee(&self) -> Assignee {
        Assignee { office: self.office.clone(), user: self.user.clone() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Documents {
    pub documents: Vec<ContentDigests>,
}

/// The sealed mark of an entry, made once: from here on it is these bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryMarked {
    /// The mark, one content.
    pub documents: Vec<ContentDigests>,
    /// Sealed for trial, which is worth nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trial: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryMarkedPrivate {
    /// The dossier that the mark names: only who may read it may read the mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dossier: Option<DossierId>,
    /// The entry whose sender's registration the mark names, since this one answers it: likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<EntryId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentCreated {
    pub documents: Vec<ContentDigests>,
    /// What makes an import that is run again skip what it had done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Sha256>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentCreatedPrivate {
    pub file_name: String,
    pub title: String,
    pub classification: Option<ClassCode>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentVersionAdded {
    pub document: DocumentId,
    pub documents: Vec<ContentDigests>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentVersionAddedPrivate {
    pub file_name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierOpened {
    pub dossier: DossierId,
    /// `6.3/2026/12`; a sub-dossier's goes on from its parent's: `6.3/2026/12/1`.
    pub code: String,
    pub parent: Option<DossierId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierOpenedPrivate {
    pub title: String,
    pub classification: ClassCode,
    pub office: Option<OfficeCode>,
    /// Offices that take part without keeping it.
    #[serde(default)]
    pub participants: Vec<OfficeCode>,
    pub officer: Option<UserId>,
    pub parties: Vec<Party>,
    pub procedure: Option<String>,
    /// The code that it had in an earlier system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_code: Option<String>,
}

/// What a dossier holds: an entry or a document that is not registered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemOf {
    Entry(EntryId),
    Document(DocumentId),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierItemAdded {
    pub dossier: DossierId,
    /// Counted from 1 within the dossier, never reused.
    pub item: u32,
    pub of: ItemOf,
    #[serde(default)]
    pub shown: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierItemShown {
    pub item: u32,
    pub shown: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierItemNumber {
    pub item: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessLogSealed {
    pub date: Date,
    pub sha256: Sha256,
    /// Bytes.
    pub size: u64,
}

impl Event {
    /// Contents this event refers to.
    pub fn documents(&self) -> &[ContentDigests] {
        match self {
            Self::EntryRegistered(facts) => &facts.public.documents,
            Self::EntryImported(facts) => &facts.public.registered.documents,
            Self::EntryDocumentAdded(facts) => &facts.public.documents,
            Self::EntryMarked(facts) => &facts.public.documents,
            Self::EntryMessageKept(facts) => &facts.public.documents,
            Self::DocumentCreated(facts) => &facts.public.documents,
            Self::DocumentVersionAdded(facts) => &facts.public.documents,
            Self::RegisterFormed(facts) => &facts.public.documents,
            _ => &[],
        }
    }
}

/// An object with its salt in front.
#[derive(Serialize)]
struct Salted<'a, T> {
    salt: String,
    #[serde(flatten)]
    rest: &'a T,
}

fn salted<T: Serialize>(part: &T) -> Result<String, serde_json::Error> {
    let salt: [u8; 16] = rand::rng().random();
    serde_json::to_string(&Salted { salt: hex::encode(salt), rest: part })
}

fn decode_parts<P: DeserializeOwned, Q: DeserializeOwned>(
    public: &str,
    private: Option<&str>,
) -> Result<Facts<P, Q>, serde_json::Error> {
    Ok(Facts { public: serde_json::from_str(public)?, private: private.map(serde_json::from_str).transpose()? })
}

/// The fields of an event as the event feed shows them: both parts in one object, without salts and request digests.
pub fn feed_data(
    public: &str,
    private: Option<&str>,
) -> Result<BTreeMap<String, serde_json::Value>, serde_json::Error> {
    let mut fields = BTreeMap::new();
    for part in [Some(public), private].into_iter().flatten() {
        let object: BTreeMap<String, serde_json::Value> = serde_json::from_str(part)?;
        fields.extend(object.into_iter().filter(|(name, _)| !matches!(name.as_str(), "salt" | "key" | "request")));
    }
    Ok(fields)
}
