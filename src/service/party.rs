//! What hears whoever reads something only as one of its parties? Of people about himself, of others no more than that
//! they take part; of the house its offices, not who works there.

use std::collections::BTreeMap;

use serde_json::Value;

use super::core::Core;
use super::dossiers::shown_to;
use super::items::Key;
use super::refusal::Refusal;
use crate::model::access::Actor;
use crate::model::event::{Event, Recorded};
use crate::model::register::Assignment;

/// What is said of a correspondent who is somebody else.
const OF_OTHERS: [&str; 3] = ["role", "kind", "name"];

/// Whether an event of what he reads is for a party too: it says nothing that the thing itself does not show him.
pub(super) fn hears_of(core: &Core, actor: &Actor, event: &Recorded) -> Result<bool, Refusal> {
    use crate::catalogue::Look;
    let item = match &event.event {
        Event::EntryAssigned(_) | Event::AssignmentAnswered(_) | Event::EntryMessageKept(_) => return Ok(false),
        Event::EntryLinked(facts) => return core.may_read(actor, &Key::Entry(facts.public.entry.clone())),
        Event::DossierItemAdded(facts) => facts.public.item,
        Event::DossierItemShown(facts) => facts.public.item,
        Event::DossierItemRemoved(facts) => facts.public.item,
        _ => return Ok(true),
    };
    let dossier = event.subject.strip_prefix("dossiers/").and_then(|id| id.parse().ok());
    let item = dossier.map(|id| core.catalogue.item(id, item)).transpose()?.flatten();
    item.map_or(Ok(false), |item| shown_to(core, actor, &item))
}

/// Takes out of an event's data what is not for a party.
pub(super) fn cut_data(data: &mut BTreeMap<String, Value>, actor: &Actor) {
    for inside in ["assignments", "officer", "links", "earlier", "emergency"] {
        data.remove(inside);
    }
    if let Some(Value::Array(parties)) = data.get_mut("parties") {
        parties.retain(|party| is(actor, party));
    }
    if let Some(list) = data.get_mut("correspondents") {
        cut_correspondents(list, actor);
    }
    // What stands in place of facts that were annulled.
    if let Some(list) = data.get_mut("fields").and_then(|fields| fields.get_mut("correspondents")) {
        cut_correspondents(list, actor);
    }
}

/// Takes out what others said of themselves: tax codes and addresses. Anything else than a list stays as it is.
pub(super) fn cut_correspondents(list: &mut Value, actor: &Actor) {
    for one in list.as_array_mut().into_iter().flatten().filter(|one| !is(actor, one)) {
        if let Some(facts) = one.as_object_mut() {
            facts.retain(|name, _| OF_OTHERS.contains(&name.as_str()));
        }
    }
}

/// The offices that have it; who of them has it, what they are to do and until when is the house's own business.
pub(super) fn cut_assignments(assignments: &mut Vec<Assignment>) {
    assignments.retain(|assignment| assignment.office.is_some());
    for assignment in assignments {
        (assignment.due, assignment.note) = (None, None);
    }
}

fn is(actor: &Actor, person: &Value) -> bool {
    let code = person["tax_code"].as_str();
    code.is_some() && code == actor.tax_code.as_deref()
}
