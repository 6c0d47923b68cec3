//! What stands in the place of single facts that are annulled: the part of the annulment's form for subject, senders and
//! recipients, or how it came.

use super::draft::{Draft, Who, correspondent};
use super::form::Fields;
use crate::clock;
use crate::model::annulment::FieldsAnew;
use crate::model::register::{Correspondent, Direction, Received};
use crate::service::{EntryDetails, Refusal};

/// What can be annulled by itself.
pub const PARTS: [&str; 3] = ["subject", "correspondents", "received"];

/// The facts as the form shows them.
pub struct Anew {
    /// One of [`PARTS`]; empty when the whole entry is annulled.
    pub of: String,
    pub draft: Draft,
    pub incoming: bool,
}

impl Anew {
    /// As typed, or as the entry has them when the form is shown for the first time.
    pub fn of(fields: &Fields, details: Option<&EntryDetails>) -> Self {
        let of = PARTS.iter().find(|part| **part == fields.text("of")).map(ToString::to_string).unwrap_or_default();
        let incoming = details.is_some_and(|details| details.direction == Some(Direction::Incoming.as_str()));
        let draft = match details {
            Some(details) if fields.0.len() < 2 => shown(details),
            _ => Draft::read(fields),
        };
        Self { of, draft, incoming }
    }

    pub fn is(&self, part: &str) -> bool {
        self.of == part
    }

    /// The parts that this entry has.
    pub fn parts(&self) -> impl Iterator<Item = &'static str> {
        let incoming = self.incoming;
        PARTS.into_iter().filter(move |part| incoming || *part != "received")
    }
}

fn shown(details: &EntryDetails) -> Draft {
    let list = serde_json::from_value::<Vec<Correspondent>>(details.correspondents.clone()).unwrap_or_default();
    let who = list.into_iter().map(|one| Who {
        role: one.role.as_str().to_owned(),
        kind: one.kind.as_str().to_owned(),
        name: one.name,
        tax_code: one.tax_code.unwrap_or_default(),
        email: one.email.unwrap_or_default(),
        pec: one.pec.unwrap_or_default(),
        address: one.address.unwrap_or_default(),
        ipa_body: one.ipa.as_ref().map(|ipa| ipa.administration.clone()).unwrap_or_default(),
        ipa_area: one.ipa.as_ref().and_then(|ipa| ipa.area.clone()).unwrap_or_default(),
        ipa_unit: one.ipa.and_then(|ipa| ipa.unit).unwrap_or_default(),
    });
    let mut draft =
        Draft { subject: details.subject.clone().unwrap_or_default(), who: who.collect(), ..Draft::default() };
    if let Ok(received) = serde_json::from_value::<Received>(details.received.clone()) {
        draft.received_on = received.on.to_string();
        draft.channel = received.channel.as_str().to_owned();
        draft.received_number = received.number.unwrap_or_default();
        draft.received_date = received.date.map(|date| date.to_string()).unwrap_or_default();
        draft.deferred_reason = received.deferred_reason.unwrap_or_default();
    }
    draft
}

/// What was typed; nothing when the whole entry is annulled.
pub fn read(fields: &Fields, direction: Direction) -> Result<Option<FieldsAnew>, Refusal> {
    let draft = Draft::read(fields);
    Ok(match fields.text("of") {
        "subject" => Some(FieldsAnew { subject: Some(draft.subject), ..FieldsAnew::default() }),
        "correspondents" => {
            let list = draft.who.iter().map(|who| correspondent(who, direction)).collect();
            Some(FieldsAnew { correspondents: Some(list), ..FieldsAnew::default() })
        }
        "received" => {
            let received = draft.received_alone(clock::today()).map_err(|errors| {
                Refusal::Invalid(
                    errors
                        .into_iter()
                        .map(|mut error| {
                            error.field = format!("fields.{}", error.field);
                            error
                        })
                        .collect(),
                )
            })?;
            Some(FieldsAnew { received: Some(received), ..FieldsAnew::default() })
        }
        _ => None,
    })
}
