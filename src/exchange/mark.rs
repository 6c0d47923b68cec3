//! A mark (segnatura di protocollo): which registration a message carries, from whom, to whom, and which documents.
//!
//! One model for all generations. What only older ones say and nobody here needs (fax numbers, roles, page counts) is
//! left behind when they are read.

use jiff::civil::{Date, Time};
use serde::Serialize;

use super::fingerprint::Fingerprint;

/// The whole of a mark but for its seal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Mark {
    pub identifier: Identifier,
    /// The first registration of a message that is sent on, where it is another.
    pub first_registration: Option<Identifier>,
    pub subject: String,
    pub classification: Option<Classification>,
    pub dossier: Option<DossierReference>,
    pub confidential: bool,
    pub confidential_note: Option<String>,
    /// The received messages that this one answers; at most one in 2021.
    pub references: Vec<Reference>,
    pub sender: Option<Party>,
    pub recipients: Vec<Recipient>,
    /// The primary document.
    pub document: Option<MarkedDocument>,
    pub attachments: Vec<MarkedDocument>,
}

/// A code of the IPA, with what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Code {
    pub code: String,
    pub description: Option<String>,
}

impl From<&str> for Code {
    fn from(code: &str) -> Self {
        Self { code: code.to_owned(), description: None }
    }
}

/// One registration anywhere in Italy.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Identifier {
    pub administration: Code,
    pub area: Code,
    pub register: String,
    /// At least seven digits.
    pub number: String,
    /// The day in Rome; absent when what stood there is none.
    pub date: Option<Date>,
    /// The time of day in Rome.
    pub time: Option<Time>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Classification {
    pub name: String,
    /// `6.3`; levels that were given one by one are joined by a full stop.
    pub code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct DossierReference {
    pub name: String,
    pub code: String,
}

/// A message that was received before.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Reference {
    /// Absent where an old mark only describes the message.
    pub identifier: Option<Identifier>,
    pub first_registration: Option<Identifier>,
    /// In old marks the description of a message without registration.
    pub subject: String,
    pub classification: Option<Classification>,
    pub dossier: Option<DossierReference>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recipient {
    pub party: Party,
    /// The sender asks for a confirmation.
    pub confirm: bool,
    /// Per conoscenza.
    pub copy: bool,
}

/// Who sends or receives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Party {
    Administration {
        name: String,
        tax_code: Option<String>,
        /// Its IPA code; old marks may leave it out.
        code: Option<Code>,
        area: Option<Code>,
        unit: Option<Code>,
        contacts: Contacts,
        people: Vec<Person>,
    },
    /// A business, an association, a body without an IPA code.
    Organization {
        name: String,
        tax_code: Option<String>,
        contacts: Contacts,
        people: Vec<Person>,
    },
    Person(Person),
    ForeignAdministration {
        name: String,
        office: Option<String>,
        contacts: Contacts,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Person {
    pub given_name: String,
    /// The whole name where the two are not told apart.
    pub family_name: String,
    pub title: Option<String>,
    pub tax_code: Option<String>,
    pub contacts: Contacts,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Contacts {
    /// Read, never written: the schema of 2021 refuses every real Italian postcode.
    pub postal: Vec<PostalAddress>,
    pub electronic: Vec<ElectronicAddress>,
    pub phones: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct PostalAddress {
    /// `Via Roma`, or the whole address where it was given as one.
    pub street: String,
    pub number: Option<String>,
    pub postcode: Option<String>,
    pub municipality: Option<String>,
    pub province: Option<String>,
    pub country: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ElectronicAddress {
    /// `smtp`, `url` or `other`.
    pub kind: String,
    pub address: String,
    pub note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct MarkedDocument {
    pub file_name: String,
    pub media_type: String,
    pub description: Option<String>,
    /// Old marks give none to documents that are sent along.
    pub fingerprint: Option<Fingerprint>,
    /// Where it is to be fetched, when it is not sent along.
    pub location: Option<String>,
    pub signed: Option<Signed>,
    pub sealed: Option<Signed>,
    pub time_stamped: Option<Signed>,
}

/// Where the signature is: within the file when none is named.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Signed {
    pub detached: Vec<Detached>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Detached {
    pub file_name: String,
    pub media_type: Option<String>,
    pub order: i64,
}
