//! Annulments: of a whole entry, or of single facts of it that are given anew (DPR 445/2000 art. 54; AgID guidelines
//! 3.1.5). What was annulled stays readable, with reason, act, author and time.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::clock;
use crate::ids::UserId;
use crate::limits;
use crate::model::field::{FieldError, Fields};
use crate::model::register::{
    Correspondent, Direction, Received, RegistrationFacts, check_correspondents, normal_correspondents,
};

/// The act by which an annulment is authorised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    pub number: String,
    pub date: Date,
}

/// Facts that can be annulled one by one, with what stands in their place from then on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldsAnew {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correspondents: Option<Vec<Correspondent>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Received>,
}

/// A field of an entry as it was before it was annulled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnnulledField {
    pub field: &'static str,
    pub was: Value,
    #[serde(serialize_with = "as_rfc3339")]
    pub at: Timestamp,
    pub by: UserId,
    pub reason: String,
    pub act: Act,
}

impl Eq for AnnulledField {}

/// An annulment on its way into an entry.
pub struct AnnulmentOf<'a> {
    pub at: Timestamp,
    pub by: UserId,
    pub reason: &'a str,
    pub act: &'a Act,
}

impl FieldsAnew {
    /// The names of the fields it is about.
    pub fn names(&self) -> Vec<&'static str> {
        let given = [
            ("subject", self.subject.is_some()),
            ("correspondents", self.correspondents.is_some()),
            ("received", self.received.is_some()),
        ];
        given.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect()
    }

    fn check(&self, fields: &mut Fields, today: Date) {
        if self.names().is_empty() {
            fields.refuse("fields", "name at least one field: subject, correspondents or received");
        }
        if let Some(subject) = &self.subject {
            fields.text("fields.subject", subject, limits::SUBJECT_CHARS_MAX);
        }
        if let Some(correspondents) = &self.correspondents {
            if correspondents.is_empty() {
                fields.refuse("fields.correspondents", "at least one sender or recipient");
            }
            check_correspondents(fields, "fields.correspondents", correspondents);
        }
        if let Some(received) = &self.received {
            received.check(fields, "fields.received", today);
        }
    }

    /// The same with tax codes in the one spelling.
    pub fn normal(mut self) -> Self {
        self.subject = self.subject.map(|subject| subject.trim().to_owned());
        self.correspondents = self.correspondents.as_deref().map(normal_correspondents);
        self
    }

    /// What is wrong with them for an entry that holds these facts.
    pub fn check_against(&self, facts: &RegistrationFacts) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::default();
        if self.received.is_some() && facts.direction != Direction::Incoming {
            fields.refuse("fields.received", "only an incoming entry is received");
        }
        let same = "is as it was: only what is wrong is annulled";
        if self.subject.as_ref() == Some(&facts.subject) {
            fields.refuse("fields.subject", same);
        }
        if self.correspondents.as_ref() == Some(&facts.correspondents) {
            fields.refuse("fields.correspondents", same);
        }
        if self.received.is_some() && self.received == facts.received {
            fields.refuse("fields.received", same);
        }
        fields.finish()
    }

    /// Puts what is new into the facts; gives what stood there.
    pub fn put_into(&self, facts: Option<&mut RegistrationFacts>, past: &AnnulmentOf<'_>) -> Vec<AnnulledField> {
        let Some(facts) = facts else { return Vec::new() };
        let mut annulled = Vec::new();
        let mut note = |field, was: Value| {
            let (at, by, reason, act) = (past.at, past.by, past.reason.to_owned(), past.act.clone());
            annulled.push(AnnulledField { field, was, at, by, reason, act });
        };
        if let Some(subject) = &self.subject {
            note("subject", Value::String(std::mem::replace(&mut facts.subject, subject.clone())));
        }
        if let Some(correspondents) = &self.correspondents {
            let was = std::mem::replace(&mut facts.correspondents, correspondents.clone());
            note("correspondents", serde_json::to_value(was).unwrap_or_default());
        }
        if let Some(received) = &self.received {
            let was = facts.received.replace(received.clone());
            note("received", serde_json::to_value(was).unwrap_or_default());
        }
        annulled
    }
}

/// `POST …/annulment`: of the whole entry, or of `fields` alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAnnulment {
    pub reason: String,
    pub act: Act,
    /// With it the entry stays in force, and these facts are as given here.
    #[serde(default)]
    pub fields: Option<FieldsAnew>,
}

impl NewAnnulment {
    pub fn check(&self, today: Date) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::default();
        fields.long_text("reason", &self.reason, limits::TEXT_CHARS_MAX);
        fields.text("act.number", &self.act.number, limits::TEXT_CHARS_MAX);
        if self.act.date > today {
            fields.refuse("act.date", "a day that has not come yet");
        }
        if let Some(anew) = &self.fields {
            anew.check(&mut fields, today);
        }
        fields.finish()
    }
}

/// A visible annulment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annulment {
    #[serde(serialize_with = "as_rfc3339")]
    pub at: Timestamp,
    pub by: UserId,
    pub reason: String,
    /// Of one that an earlier system made, only if it was written down.
    pub act: Option<Act>,
}

fn as_rfc3339<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&clock::rfc3339(*time))
}
