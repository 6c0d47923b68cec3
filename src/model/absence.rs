//! Who is away, and who stands in meanwhile?
//!
//! From the first day to the last (Rome) a substitute reaches what the absent person would as an officer: the offices he
//! belongs to and what is assigned to him. That is computed from the day of each request, so it begins and ends by
//! itself. Roles stay the substitute's own; he must be an officer himself to stand in for one. What he does is recorded
//! under his own name.
//!
//! There are no chains: a substitute gets what is the absent person's own, never what that person stands in for. Whoever
//! is away cannot be named as a substitute; who falls ill later stays one, for he may be asked all the same.
//!
//! Why somebody is away is not recorded: the journal keeps for ever, and an illness is nobody's business (GDPR, art. 9).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{AbsenceId, UserId, UserName};
use crate::limits;
use crate::model::directory::Directory;
use crate::model::field::{FieldError, Fields};
use crate::model::user::{Role, User};

/// The days on which somebody is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    pub id: AbsenceId,
    pub user: UserId,
    pub substitute: Option<UserId>,
    /// First and last day, in Rome.
    pub from: Date,
    pub until: Date,
    /// When it was ended before its last day was over.
    pub ended: Option<Timestamp>,
}

/// How an absence stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AbsenceState {
    Coming,
    Now,
    Over,
}

impl AbsenceState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Coming => "coming",
            Self::Now => "now",
            Self::Over => "over",
        }
    }
}

impl Absence {
    pub fn state(&self, day: Date) -> AbsenceState {
        if self.ended.is_some() || self.until < day {
            AbsenceState::Over
        } else if self.from > day {
            AbsenceState::Coming
        } else {
            AbsenceState::Now
        }
    }

    /// Whether both are away on some day.
    fn meets(&self, from: Date, until: Date) -> bool {
        self.ended.is_none() && self.from <= until && from <= self.until
    }
}

/// `POST /api/v1/users/{name}/absences`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAbsence {
    /// The first day, in Rome.
    pub from: Date,
    /// The last day.
    pub until: Date,
    #[serde(default)]
    pub substitute: Option<UserName>,
}

impl NewAbsence {
    /// All that is wrong with it for this user; otherwise who stands in.
    pub fn check(&self, directory: &Directory, user: &User, today: Date) -> Result<Option<UserId>, Vec<FieldError>> {
        let mut fields = Fields::default();
        if self.until < self.from {
            fields.refuse("until", "before the first day");
        } else if self.until < today {
            fields.refuse("until", "a day that is over");
        } else if (self.until - self.from).get_days() >= limits::ABSENCE_DAYS_MAX {
            fields.refuse("until", format!("at most {} days", limits::ABSENCE_DAYS_MAX));
        }
        if let Some(other) = directory.absences_of(user.id).find(|other| other.meets(self.from, self.until)) {
            let Absence { from, until, .. } = other;
            fields.refuse("from", format!("away already from {from} to {until}: end that first"));
        }
        let substitute = self.substitute.as_ref().and_then(|name| self.standing_in(&mut fields, directory, user, name));
        fields.finish()?;
        Ok(substitute)
    }

    fn standing_in(&self, fields: &mut Fields, directory: &Directory, user: &User, name: &UserName) -> Option<UserId> {
        let Some(substitute) = directory.user_named(name).filter(|user| user.active) else {
            fields.refuse("substitute", format!("no user {name}"));
            return None;
        };
        if substitute.id == user.id {
            fields.refuse("substitute", "nobody stands in for himself");
        } else if !substitute.is_staff() {
            fields.refuse("substitute", format!("{name} is not of the staff"));
        } else if is_officer(user) && !is_officer(substitute) {
            fields.refuse("substitute", "is no officer, and cannot do an officer's work");
        }
        if let Some(away) = directory.absences_of(substitute.id).find(|away| away.meets(self.from, self.until)) {
            let Absence { from, until, .. } = away;
            fields.refuse("substitute", format!("is away from {from} to {until}: choose another"));
        }
        Some(substitute.id)
    }
}

fn is_officer(user: &User) -> bool {
    user.roles.contains(&Role::Officer) || user.roles.contains(&Role::Manager)
}

impl Directory {
    /// The absences of a user, oldest first.
    pub fn absences_of(&self, user: UserId) -> impl Iterator<Item = &Absence> {
        self.absences.values().filter(move |absence| absence.user == user)
    }

    /// The absences, on a day in Rome, in which this user stands in.
    pub fn stand_ins(&self, substitute: UserId, day: Date) -> impl Iterator<Item = &Absence> {
        self.absences
            .values()
            .filter(move |absence| absence.substitute == Some(substitute) && absence.state(day) == AbsenceState::Now)
    }

    /// For whom this user stands in on a day in Rome. Who may not work here any more has nothing to stand in for.
    pub fn stands_in_for(&self, substitute: UserId, day: Date) -> Vec<&User> {
        let absent = self.stand_ins(substitute, day).filter_map(|absence| self.users.get(&absence.user));
        absent.filter(|user| user.active).collect()
    }

    /// The absence that a user has on a day.
    pub fn absence_on(&self, user: UserId, day: Date) -> Option<&Absence> {
        self.absences_of(user).find(|absence| absence.state(day) == AbsenceState::Now)
    }

    pub fn next_absence(&self) -> AbsenceId {
        AbsenceId(self.absences.keys().next_back().map_or(1, |last| last.0 + 1))
    }
}

/// Those of the absent whose work as officers a substitute reaches: nobody gets more than the absent person had.
pub fn with_reach<'d>(absent: impl IntoIterator<Item = &'d User>) -> impl Iterator<Item = &'d User> {
    absent.into_iter().filter(|user| is_officer(user))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: u64, name: &str, role: Role) -> User {
        User {
            id: UserId(id),
            name: name.parse().unwrap(),
            full_name: name.to_owned(),
            given_name: None,
            family_name: None,
            tax_code: None,
            roles: vec![role],
            offices: Vec::new(),
            active: true,
        }
    }

    fn town() -> Directory {
        let mut directory = Directory::default();
        for user in [
            user(1, "anna", Role::Officer),
            user(2, "bruno", Role::Officer),
            user(3, "carla", Role::Registrar),
            user(4, "dino", Role::Citizen),
        ] {
            directory.names.insert(user.name.clone(), user.id);
            directory.users.insert(user.id, user);
        }
        directory
    }

    fn absence(id: u64, user: u64, substitute: u64, from: &str, until: &str) -> Absence {
        Absence {
            id: AbsenceId(id),
            user: UserId(user),
            substitute: Some(UserId(substitute)),
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
            ended: None,
        }
    }

    fn wrong(directory: &Directory, user: u64, from: &str, until: &str, substitute: Option<&str>) -> Vec<String> {
        let new = NewAbsence {
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
            substitute: substitute.map(|name| name.parse().unwrap()),
        };
        let checked = new.check(directory, &directory.users[&UserId(user)], Date::constant(2026, 8, 1));
        checked.err().unwrap_or_default().into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn a_substitute_is_there_and_can_do_the_work() {
        let mut town = town();
        let of = |town: &Directory, substitute| wrong(town, 1, "2026-08-10", "2026-08-20", Some(substitute));
        assert_eq!(of(&town, "bruno"), [""; 0]);
        for name in ["anna", "carla", "dino", "nobody"] {
            assert_eq!(of(&town, name), ["substitute"], "{name}");
        }
        town.absences.insert(AbsenceId(1), absence(1, 2, 1, "2026-08-20", "2026-08-25"));
        assert_eq!(of(&town, "bruno"), ["substitute"], "he is away on the last day");
        town.absences.get_mut(&AbsenceId(1)).unwrap().ended = Some(Timestamp::UNIX_EPOCH);
        assert_eq!(of(&town, "bruno"), [""; 0]);
    }

    #[test]
    fn days_must_be_to_come_in_order_and_not_twice() {
        let mut town = town();
        assert_eq!(wrong(&town, 1, "2026-08-10", "2026-08-09", None), ["until"]);
        assert_eq!(wrong(&town, 1, "2026-07-10", "2026-07-31", None), ["until"]);
        assert_eq!(wrong(&town, 1, "2026-07-10", "2026-08-01", None), [""; 0]);
        assert_eq!(wrong(&town, 1, "2026-08-10", "2226-08-10", None), ["until"]);
        town.absences.insert(AbsenceId(1), absence(1, 1, 2, "2026-08-20", "2026-08-25"));
        assert_eq!(wrong(&town, 1, "2026-08-25", "2026-08-30", None), ["from"]);
    }

    #[test]
    fn a_substitute_stands_in_from_the_first_day_to_the_last_and_passes_nothing_on() {
        let mut town = town();
        town.absences.insert(AbsenceId(1), absence(1, 1, 2, "2026-08-10", "2026-08-20"));
        town.absences.insert(AbsenceId(2), absence(2, 2, 3, "2026-08-15", "2026-08-16"));
        let names = |user: u64, day: &str| -> Vec<String> {
            town.stands_in_for(UserId(user), day.parse().unwrap()).iter().map(|user| user.name.to_string()).collect()
        };
        assert_eq!(names(2, "2026-08-09"), [""; 0]);
        assert_eq!(names(2, "2026-08-10"), ["anna"]);
        assert_eq!(names(2, "2026-08-20"), ["anna"]);
        assert_eq!(names(2, "2026-08-21"), [""; 0]);
        assert_eq!(names(3, "2026-08-15"), ["bruno"], "and not anna, for whom bruno stands in");
    }
}
