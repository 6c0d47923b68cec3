//! Dossiers: the documents of one affair, person or procedure, and who takes part in it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ClassCode, DocumentId, DossierId, EntryId, OfficeCode, Position, UserId, UserName};
use crate::limits;
use crate::model::event::{DossierOpenedPrivate, Event, ItemOf};
use crate::model::field::{FieldError, Fields, absent_or_null, normal_tax_code};

/// A person or business that a dossier concerns; with a tax code it can follow the dossier on the portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// `POST /api/v1/dossiers`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDossier {
    pub title: String,
    pub classification: ClassCode,
    #[serde(default)]
    pub parent: Option<DossierId>,
    #[serde(default)]
    pub office: Option<OfficeCode>,
    #[serde(default, deserialize_with = "absent_or_null")]
    pub participants: Vec<OfficeCode>,
    #[serde(default)]
    pub officer: Option<UserName>,
    #[serde(default, deserialize_with = "absent_or_null")]
    pub parties: Vec<Party>,
    #[serde(default)]
    pub procedure: Option<String>,
}

impl NewDossier {
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::default();
        fields.text("title", &self.title, limits::SUBJECT_CHARS_MAX);
        fields.count("parties", &self.parties);
        fields.count("participants", &self.participants);
        for (n, party) in self.parties.iter().enumerate() {
            fields.text(&format!("parties[{n}].name"), &party.name, limits::TEXT_CHARS_MAX);
            fields.optional(&format!("parties[{n}].role"), party.role.as_deref());
            if party.tax_code.as_deref().is_some_and(|code| normal_tax_code(code).is_none()) {
                let advice = "16 letters and digits for a person, 11 digits for a business";
                fields.refuse(format!("parties[{n}].tax_code"), advice);
            }
        }
        fields.optional("procedure", self.procedure.as_deref());
        fields.finish()
    }

    /// The parties with their tax codes in the one spelling.
    pub fn normal_parties(&self) -> Vec<Party> {
        let mut parties = self.parties.clone();
        for party in &mut parties {
            party.tax_code = party.tax_code.as_deref().and_then(normal_tax_code);
        }
        parties
    }
}

/// An entry as a dossier's item names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryReference {
    pub register: crate::ids::RegisterCode,
    pub year: i16,
    pub number: u64,
}

/// `POST …/items`: an entry or a document, one of the two.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewItem {
    #[serde(default)]
    pub entry: Option<EntryReference>,
    #[serde(default)]
    pub document: Option<DocumentId>,
    #[serde(default, deserialize_with = "absent_or_null")]
    pub shown: bool,
}

impl NewItem {
    /// What it names.
    pub fn of(&self) -> Result<ItemOf, Vec<FieldError>> {
        match (&self.entry, self.document) {
            (Some(entry), None) => {
                let EntryReference { register, year, number } = entry.clone();
                Ok(ItemOf::Entry(EntryId { register, year, number }))
            }
            (None, Some(document)) => Ok(ItemOf::Document(document)),
            _ => Err(vec![FieldError {
                field: "entry".into(),
                message: "name an entry or a document, one of the two".into(),
            }]),
        }
    }
}

/// `PATCH …/items/{item}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemChange {
    pub shown: bool,
}

/// Closing, reopening, removing: each says why.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Because {
    pub reason: String,
}

impl Because {
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::default();
        fields.long_text("reason", &self.reason, limits::TEXT_CHARS_MAX);
        fields.finish()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DossierState {
    Open,
    Closed,
}

impl DossierState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// A dossier as its events have made it; its items stand on their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    pub id: DossierId,
    pub code: String,
    pub parent: Option<DossierId>,
    pub position: Position,
    pub opened_at: Timestamp,
    pub opened_by: UserId,
    /// `None` when it was destroyed.
    pub facts: Option<DossierOpenedPrivate>,
    pub state: DossierState,
    /// When and why it was last closed or reopened.
    pub state_changed: Option<(Timestamp, UserId, String)>,
}

impl Dossier {
    /// Folds one event; the first must be `dossier-opened`.
    pub fn fold(state: Option<Self>, position: Position, time: Timestamp, by: UserId, event: &Event) -> Option<Self> {
        match (state, event) {
            (None, Event::DossierOpened(facts)) => Some(Self {
                id: facts.public.dossier,
                code: facts.public.code.clone(),
                parent: facts.public.parent,
                position,
                opened_at: time,
                opened_by: by,
                facts: facts.private.clone(),
                state: DossierState::Open,
                state_changed: None,
            }),
            (Some(mut dossier), Event::DossierClosed(facts) | Event::DossierReopened(facts)) => {
                let closed = matches!(event, Event::DossierClosed(_));
                dossier.state = if closed { DossierState::Closed } else { DossierState::Open };
                let reason = facts.private.as_ref().map(|private| private.reason.clone()).unwrap_or_default();
                dossier.state_changed = Some((time, by, reason));
                Some(dossier)
            }
            (state, _) => state,
        }
    }

    pub fn title(&self) -> &str {
        self.facts.as_ref().map_or("", |facts| &facts.title)
    }

    /// Tax codes of those whom it concerns.
    pub fn party_codes(&self) -> impl Iterator<Item = &str> {
        self.facts.iter().flat_map(|facts| &facts.parties).filter_map(|party| party.tax_code.as_deref())
    }

    /// Offices that keep it or take part in it.
    pub fn offices(&self) -> impl Iterator<Item = &OfficeCode> {
        self.facts.iter().flat_map(|facts| facts.office.iter().chain(&facts.participants))
    }
}
