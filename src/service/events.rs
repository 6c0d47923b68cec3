//! The event feed: the journal as others may follow it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::Archive;
use super::core::{Core, recorded};
use super::items::{self, Key};
use super::party;
use super::read::permit_in_area;
use super::refusal::Refusal;
use crate::clock;
use crate::ids::{EntryId, Position};
use crate::journal::RawLine;
use crate::limits;
use crate::model::access::{Action, Actor};
use crate::model::event::{Event, Recorded, feed_data};
use crate::model::user::Role;

#[derive(Debug, Clone, Serialize)]
pub struct EventView {
    pub position: Position,
    pub time: String,
    pub kind: String,
    pub subject: String,
    /// Who did it; a party is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    pub data: BTreeMap<String, Value>,
}

#[derive(Debug, Clone, Serialize)]
pub struct EventPage {
    pub items: Vec<EventView>,
    /// What to pass as `after` for the next page: the last position looked at, seen or not.
    pub next: Option<Position>,
}

/// Lines looked at for one page, so that a reader who may see little is answered all the same.
const LOOK_AT_MOST: u64 = 5_000;

impl Archive {
    /// Events after a position (from the beginning without one), as far as the actor may see them.
    pub fn events(
        &self,
        actor: &Actor,
        after: Option<Position>,
        kinds: &[String],
        limit: usize,
    ) -> Result<EventPage, Refusal> {
        permit_in_area(actor, Action::Look)?;
        let core = self.core();
        let limit = limit.clamp(1, limits::PAGE_MAX);
        if after.is_some_and(|after| after >= core.journal.size()) {
            return Err(Refusal::invalid("after", "the journal has not come so far"));
        }
        let from = after.map_or(0, |after| after + 1);
        // The catalogue decides who may see an event, so only what it has applied is shown.
        let to = core.applied().min(from.saturating_add(LOOK_AT_MOST));
        let mut page = EventPage { items: Vec::new(), next: after };
        let mut failure = None;
        core.journal.scan(from, to, &mut |line| {
            if page.items.len() == limit {
                return ControlFlow::Break(());
            }
            page.next = Some(line.position);
            if !kinds.is_empty() && !kinds.iter().any(|kind| **kind == *line.kind) {
                return ControlFlow::Continue(());
            }
            match event_view(core, actor, &line) {
                Ok(view) => page.items.extend(view),
                Err(refusal) => {
                    failure = Some(refusal);
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        })?;
        failure.map_or(Ok(page), Err)
    }

    /// Waits until there may be events after a position.
    pub fn wait_for_events(&self, after: Option<Position>, timeout: Duration) {
        self.core().wait_applied(after.map_or(0, |after| after.saturating_add(1)), timeout);
    }

    /// Positions in the journal.
    pub fn journal_size(&self) -> Position {
        self.core().applied()
    }
}

fn event_view(core: &Core, actor: &Actor, line: &RawLine) -> Result<Option<EventView>, Refusal> {
    let event = recorded(line)?;
    let as_party = match reads(core, actor, &event)? {
        Reads::Nothing => return Ok(None),
        Reads::AsParty => true,
        Reads::All => false,
    };
    let mut data = feed_data(&line.public, line.private.as_deref())?;
    if as_party {
        party::cut_data(&mut data, actor);
    }
    Ok(Some(EventView {
        position: line.position,
        time: clock::rfc3339(line.time),
        kind: line.kind.to_string(),
        subject: line.subject.to_string(),
        actor: (!as_party).then(|| core.directory().name_of(event.actor)),
        data,
    }))
}

/// How much of an event somebody reads.
enum Reads {
    Nothing,
    /// What the thing itself shows to its parties.
    AsParty,
    All,
}

fn reads(core: &Core, actor: &Actor, event: &Recorded) -> Result<Reads, Refusal> {
    let staff = actor.roles.iter().any(|role| !matches!(role, Role::Citizen | Role::Service));
    let trusted = actor.is(Role::Administrator) || actor.is(Role::Auditor);
    let all = |may: bool| Ok(if may { Reads::All } else { Reads::Nothing });
    let keys = match &event.event {
        Event::ArchiveCreated(_)
        | Event::ClassificationSchemeAdopted(_)
        | Event::RegisterOpened(_)
        | Event::RegisterImported(_)
        | Event::EmergencyRegisterImported(_)
        | Event::OfficeAdded(_)
        | Event::OfficeChanged(_) => return all(staff || actor.is(Role::Service)),
        Event::UserAdded(_)
        | Event::UserChanged(_)
        | Event::AbsenceRecorded(_)
        | Event::AbsenceEnded(_)
        | Event::TokenCreated(_)
        | Event::TokenRevoked(_)
        | Event::AccessLogSealed(_) => return all(trusted),
        // A mark may name the dossier and the letter that it answers: who may not know of them gets nothing.
        Event::EntryMarked(facts) => {
            let dossier = facts.private.as_ref().and_then(|private| private.dossier).map(Key::Dossier);
            let answers = facts.private.as_ref().and_then(|private| private.answers.clone()).map(Key::Entry);
            let entry = EntryId::from_path(&event.subject).map(Key::Entry);
            Vec::from_iter(entry.into_iter().chain(dossier).chain(answers))
        }
        // What happens inside a dossier speaks of both the dossier and the thing: both must be readable.
        Event::DossierItemAdded(_) | Event::DossierItemShown(_) | Event::DossierItemRemoved(_) => {
            let dossier = event.subject.strip_prefix("dossiers/").and_then(|id| id.parse().ok()).map(Key::Dossier);
            let mut keys = items::touched(core, event)?;
            keys.extend(dossier);
            keys
        }
        _ => items::touched(core, event)?,
    };
    let mut as_party = false;
    for key in &keys {
        let Some(access) = core.access_for(actor, key)? else { return Ok(Reads::Nothing) };
        as_party |= actor.reads_as_party(&access);
    }
    if keys.is_empty() || (as_party && !party::hears_of(core, actor, event)?) {
        return Ok(Reads::Nothing);
    }
    Ok(if as_party { Reads::AsParty } else { Reads::All })
}
