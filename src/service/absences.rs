//! Who is away and who stands in: recording it, ending it, and telling both.

use jiff::civil::Date;
use serde::Serialize;

use super::Archive;
use super::draft::{Command, Decided, Draft, Fact};
use super::refusal::Refusal;
use super::writer::Done;
use crate::clock;
use crate::ids::{AbsenceId, UserId, UserName};
use crate::model::absence::{Absence, AbsenceState, NewAbsence};
use crate::model::access::{Action, Actor};
use crate::model::directory::Directory;
use crate::model::event::{AbsenceEnded, AbsenceRecorded, AbsenceRecordedPrivate, Event, Facts, Nothing};
use crate::model::user::{Role, User};
use crate::service::read::permit_in_area;

/// An absence as the API shows it.
#[derive(Debug, Clone, Serialize)]
pub struct AbsenceView {
    pub id: AbsenceId,
    pub user: UserName,
    /// The name that people call the absent person by.
    pub full_name: String,
    pub from: Date,
    pub until: Date,
    pub substitute: Option<UserName>,
    pub substitute_full_name: Option<String>,
    pub state: AbsenceState,
    /// When it was ended before its last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
}

fn view(directory: &Directory, absence: &Absence, today: Date) -> Option<AbsenceView> {
    let user = directory.users.get(&absence.user)?;
    let substitute = absence.substitute.and_then(|id| directory.users.get(&id));
    Some(AbsenceView {
        id: absence.id,
        user: user.name.clone(),
        full_name: user.full_name.clone(),
        from: absence.from,
        until: absence.until,
        substitute: substitute.map(|user| user.name.clone()),
        substitute_full_name: substitute.map(|user| user.full_name.clone()),
        state: absence.state(today),
        ended_at: absence.ended.map(clock::rfc3339),
    })
}

impl Archive {
    /// The absences of a user, newest first: for himself and for administrators.
    pub fn absences(&self, actor: &Actor, name: &UserName) -> Result<Vec<AbsenceView>, Refusal> {
        let directory = self.core().directory();
        let user = whose(&directory, actor, name)?;
        let today = clock::date_in_rome(self.core().clock.now());
        let mut views: Vec<AbsenceView> =
            directory.absences_of(user.id).filter_map(|absence| view(&directory, absence, today)).collect();
        views.sort_by_key(|view| std::cmp::Reverse((view.from, view.id)));
        Ok(views)
    }

    /// For whom the actor stands in today.
    pub fn stands_in_for(&self, actor: &Actor) -> Vec<AbsenceView> {
        let directory = self.core().directory();
        let today = clock::date_in_rome(self.core().clock.now());
        let absent = directory.stand_ins(actor.user, today);
        let active = absent.filter(|absence| directory.users.get(&absence.user).is_some_and(|user| user.active));
        active.filter_map(|absence| view(&directory, absence, today)).collect()
    }

    /// Records that somebody is away: each of the staff for himself, an administrator for anyone.
    pub async fn record_absence(
        &self,
        actor: &Actor,
        name: &UserName,
        absence: NewAbsence,
    ) -> Result<AbsenceView, Refusal> {
        let user = whose(&self.core().directory(), actor, name)?.id;
        let Done::Committed(events) = self.submit(Record { actor: actor.user, user, absence }).await? else {
            return Err(Refusal::NotFound("absence"));
        };
        let id = events.first().and_then(|recorded| match &recorded.event {
            Event::AbsenceRecorded(facts) => Some(facts.public.absence),
            _ => None,
        });
        let made = self.absences(actor, name)?.into_iter().find(|view| Some(view.id) == id);
        made.ok_or(Refusal::NotFound("absence"))
    }

    /// Ends an absence at once, or takes back one that has not begun.
    pub async fn end_absence(&self, actor: &Actor, name: &UserName, id: AbsenceId) -> Result<(), Refusal> {
        let user = whose(&self.core().directory(), actor, name)?.id;
        self.submit(End { actor: actor.user, user, id }).await.map(|_| ())
    }
}

/// The user of a path, for himself and for administrators. Others of the staff, who know that he is there, are told
/// that they may not; everybody else, that there is no such user.
fn whose<'d>(directory: &'d Directory, actor: &Actor, name: &UserName) -> Result<&'d User, Refusal> {
    let found = directory.user_named(name).ok_or(Refusal::NotFound("user"));
    if actor.is(Role::Administrator) {
        return found;
    }
    permit_in_area(actor, Action::ReadUsers).map_err(|_| Refusal::NotFound("user"))?;
    if found.as_ref().is_ok_and(|user| user.id != actor.user) {
        return Err(Refusal::Forbidden);
    }
    found
}

/// The path of an absence, which its events have as their subject.
pub(super) fn absence_path(user: UserId, absence: AbsenceId) -> String {
    format!("users/{user}/absences/{absence}")
}

struct Record {
    actor: UserId,
    user: UserId,
    absence: NewAbsence,
}

impl Command for Record {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let directory = &state.directory;
        let user = directory.users.get(&self.user).ok_or(Refusal::NotFound("user"))?;
        if !user.is_staff() {
            return Err(Refusal::invalid("user", format!("{} is not of the staff", user.name)));
        }
        let substitute = self.absence.check(directory, user, state.today())?;
        let absence = directory.next_absence();
        let public = AbsenceRecorded { absence, user: user.id, substitute };
        let private = AbsenceRecordedPrivate { from: self.absence.from, until: self.absence.until };
        let event = Event::AbsenceRecorded(Facts { public, private: Some(private) });
        Ok(Decided::Commit(vec![Fact { subject: absence_path(user.id, absence), event }]))
    }
}

struct End {
    actor: UserId,
    user: UserId,
    id: AbsenceId,
}

impl Command for End {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let absence = state.directory.absences.get(&self.id).filter(|absence| absence.user == self.user);
        let absence = absence.ok_or(Refusal::NotFound("absence"))?;
        if absence.state(state.today()) == AbsenceState::Over {
            return Err(Refusal::AlreadyExists("the absence is over already".to_owned()));
        }
        let public = AbsenceEnded { absence: self.id, user: self.user };
        let event = Event::AbsenceEnded(Facts { public, private: Some(Nothing {}) });
        Ok(Decided::Commit(vec![Fact { subject: absence_path(self.user, self.id), event }]))
    }
}
