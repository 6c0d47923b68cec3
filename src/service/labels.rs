//! The label of an entry: what is stuck on its paper so that everybody sees which entry it is.

use super::Archive;
use super::refusal::Refusal;
use super::register::EntryView;
use crate::clock;
use crate::ids::EntryId;
use crate::model::access::Actor;
use crate::model::register::Direction;
use crate::paper::{self, Label, LabelOn};

impl Archive {
    /// The label as PDF/A.
    pub fn label(&self, actor: &Actor, id: &EntryId, on: LabelOn) -> Result<Vec<u8>, Refusal> {
        let entry = self.entry_view(actor, id)?;
        // Of a confidential entry others know number and date; the mark is on the paper, which is not theirs.
        let details = entry.details.as_ref().ok_or(Refusal::NotFound("entry"))?;
        let registered = clock::in_rome(entry.registered_at.parse().map_err(Refusal::failed)?);
        let direction = details.direction.map(italian);
        let class = details.classification.as_ref().map(ToString::to_string);
        let day = Some(registered.strftime("%d/%m/%Y").to_string());
        let parts: Vec<String> = [day, direction.map(str::to_owned), class].into_iter().flatten().collect();
        let label = Label {
            administration: self.area_name(),
            number: number(&entry),
            details: parts.join(" · "),
            mark: details.mark.clone(),
            registered: (registered.datetime(), hours_ahead(&registered)),
        };
        paper::label(&label, on).map_err(Refusal::failed)
    }
}

fn number(entry: &EntryView) -> String {
    format!("{}/{}", entry.number, entry.year)
}

/// How many hours the clock in Rome is ahead of the world's.
pub(super) fn hours_ahead(time: &jiff::ZonedDateTime) -> i8 {
    i8::try_from(time.offset().seconds() / 3600).unwrap_or(1)
}

/// A direction as it stands on paper.
pub(super) fn italian(direction: &str) -> &'static str {
    match direction {
        word if word == Direction::Incoming.as_str() => Direction::Incoming.italian(),
        word if word == Direction::Outgoing.as_str() => Direction::Outgoing.italian(),
        _ => Direction::Internal.italian(),
    }
}
