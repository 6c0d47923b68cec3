//! Offices: adding one, changing, moving and ending it, and what it still has.

use jiff::civil::Date;
use serde::Serialize;

use super::Archive;
use super::draft::{Command, Decided, Draft, Fact};
use super::read::permit_in_area;
use super::refusal::Refusal;
use crate::clock;
use crate::ids::{OfficeCode, UserId};
use crate::index::{Filters, ItemKind, Request, View};
use crate::model::access::{Action, Actor};
use crate::model::assignment::Assignment;
use crate::model::directory::Directory;
use crate::model::event::{Event, Facts, OfficeAdded, OfficeAddedPrivate, OfficeChanged, OfficeChangedPrivate};
use crate::model::field::Fields;
use crate::model::office::{self, NewOffice, Office, OfficeChange, OfficeState};

/// An office as the API shows it.
#[derive(Debug, Clone, Serialize)]
pub struct OfficeView {
    pub code: OfficeCode,
    pub name: String,
    pub parent: Option<OfficeCode>,
    /// Whether it takes new work today.
    pub state: OfficeState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Its code in the index of public administrations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipa: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pec: Option<String>,
    /// Names it had before, each with the moment until which it was used; newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub former_names: Vec<FormerName>,
    /// For `ETag`.
    #[serde(skip)]
    pub version: usize,
}

#[derive(Debug, Clone, Serialize)]
pub struct FormerName {
    pub name: String,
    pub until: String,
}

impl OfficeView {
    pub(super) fn of(office: &Office, today: Date) -> Self {
        let Office { code, name, parent, valid_from, valid_until, ipa, email, pec, names, version } = office.clone();
        // Each was used until the next began.
        let former = names.iter().zip(names.iter().skip(1)).rev();
        let former =
            former.map(|((_, name), (until, _))| FormerName { name: name.clone(), until: clock::rfc3339(*until) });
        let (state, former_names) = (office.state(today), former.collect());
        Self { code, name, parent, state, valid_from, valid_until, ipa, email, pec, former_names, version }
    }

    /// An office of which no more is said.
    pub fn plain(code: OfficeCode, name: String) -> Self {
        Self::of(&NewOffice::named(code, name, None).office(), Date::MIN)
    }

    pub fn is_open(&self) -> bool {
        self.state == OfficeState::Open
    }
}

/// What an office still has: counts, and nothing of the things themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct OfficeHolds {
    /// Entries assigned to it that are not annulled.
    pub entries: u64,
    /// Open dossiers that it keeps or takes part in.
    pub dossiers: u64,
    /// Users who belong to it and may sign in.
    pub users: u64,
    /// Offices right below it that have not ended.
    pub offices: u64,
}

/// An office with what it has, for who keeps the offices.
#[derive(Debug, Clone, Serialize)]
pub struct OfficeDetails {
    #[serde(flatten)]
    pub office: OfficeView,
    /// For administrators alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holds: Option<OfficeHolds>,
}

impl Archive {
    pub fn offices(&self) -> Vec<OfficeView> {
        let today = clock::date_in_rome(self.core().clock.now());
        self.core().directory().offices.values().map(|office| OfficeView::of(office, today)).collect()
    }

    /// An office, and for an administrator what it has.
    pub fn office(&self, actor: &Actor, code: &OfficeCode) -> Result<OfficeDetails, Refusal> {
        permit_in_area(actor, Action::ReadDirectory)?;
        let core = self.core();
        let directory = core.directory();
        let today = clock::date_in_rome(core.clock.now());
        let office = directory.offices.get(code).ok_or(Refusal::NotFound("office"))?;
        let keeps = permit_in_area(actor, Action::Administer).is_ok();
        let holds = if keeps { Some(self.held_by(&directory, code, today)?) } else { None };
        Ok(OfficeDetails { office: OfficeView::of(office, today), holds })
    }

    /// Numbers alone: an administrator reads none of it, but must know what an office that ends would leave behind.
    fn held_by(&self, directory: &Directory, code: &OfficeCode, today: Date) -> Result<OfficeHolds, Refusal> {
        let count = |kind: ItemKind, state: Option<&str>| -> Result<u64, Refusal> {
            let (office, state) = (Some(code.to_string()), state.map(str::to_owned));
            let filters = Filters { kind: Some(kind), office, state, ..Filters::default() };
            let request = Request { filters, limit: 1, ..Request::default() };
            Ok(self.core().index.search(&request, &View::ALL).map_err(Refusal::failed)?.total)
        };
        // Entries have no state but that of being annulled.
        let entries = count(ItemKind::Entry, None)?.saturating_sub(count(ItemKind::Entry, Some("annulled"))?);
        let users = directory.users.values().filter(|user| user.active && user.offices.contains(code));
        let below = directory.offices.values().filter(|office| office.parent.as_ref() == Some(code));
        Ok(OfficeHolds {
            entries,
            dossiers: count(ItemKind::Dossier, Some("open"))?,
            users: users.count() as u64,
            offices: below.filter(|office| office.state(today) != OfficeState::Ended).count() as u64,
        })
    }

    pub async fn add_office(&self, actor: &Actor, office: NewOffice) -> Result<OfficeView, Refusal> {
        permit_in_area(actor, Action::Administer)?;
        let code = office.code.clone();
        self.submit(AddOffice { actor: actor.user, office }).await?;
        Ok(self.office(actor, &code)?.office)
    }

    /// Renames, moves, ends or opens an office again. `expected` is the version the caller had read (`If-Match`).
    pub async fn change_office(
        &self,
        actor: &Actor,
        code: &OfficeCode,
        change: OfficeChange,
        expected: Option<usize>,
    ) -> Result<OfficeDetails, Refusal> {
        permit_in_area(actor, Action::Administer)?;
        self.submit(ChangeOffice { actor: actor.user, code: code.clone(), change, expected }).await?;
        self.office(actor, code)
    }
}

struct AddOffice {
    actor: UserId,
    office: NewOffice,
}

impl Command for AddOffice {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let new = &self.office;
        let offices = &state.directory.offices;
        // Filters compare codes without regard to case: two that differ in nothing else would be one to them.
        let same = |code: &&OfficeCode| code.to_string().eq_ignore_ascii_case(&new.code.to_string());
        if let Some(code) = offices.keys().find(same) {
            return Err(Refusal::AlreadyExists(format!("there is an office {code} already")));
        }
        let office = new.office();
        office::check(&office, offices)?;
        let public = OfficeAdded { office: new.code.clone(), parent: new.parent.clone() };
        let private = OfficeAddedPrivate { name: office.name.clone() };
        let event = Event::OfficeAdded(Facts { public, private: Some(private) });
        let mut facts = vec![Fact { subject: path(&new.code), event }];
        if NewOffice::named(new.code.clone(), new.name.clone(), new.parent.clone()).office() != office {
            facts.push(changed(office));
        }
        Ok(Decided::Commit(facts))
    }
}

struct ChangeOffice {
    actor: UserId,
    code: OfficeCode,
    change: OfficeChange,
    expected: Option<usize>,
}

impl Command for ChangeOffice {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let offices = &state.directory.offices;
        let now = offices.get(&self.code).ok_or(Refusal::NotFound("office"))?;
        if self.expected.is_some_and(|expected| expected != now.version) {
            return Err(Refusal::Changed);
        }
        let office = self.change.apply(now);
        office::check(&office, offices)?;
        Ok(Decided::Commit(vec![changed(office)]))
    }
}

fn changed(office: Office) -> Fact {
    let Office { code, name, parent, valid_from, valid_until, ipa, email, pec, names: _, version: _ } = office;
    let subject = path(&code);
    let public = OfficeChanged { office: code, parent, valid_from, valid_until, ipa };
    let private = OfficeChangedPrivate { name, email, pec };
    Fact { subject, event: Event::OfficeChanged(Facts { public, private: Some(private) }) }
}

fn path(code: &OfficeCode) -> String {
    format!("offices/{code}")
}

/// Refuses an office that is not there, or takes nothing new on that day.
pub(super) fn check_open(fields: &mut Fields, field: &str, directory: &Directory, code: &OfficeCode, day: Date) {
    match directory.offices.get(code) {
        None => fields.refuse(field, format!("no office {code}")),
        Some(office) => match office.state(day) {
            OfficeState::Open => {}
            OfficeState::Ended => fields.refuse(field, format!("takes nothing new, for it has ended: {code}")),
            OfficeState::Future => fields.refuse(field, format!("takes nothing yet, for it has not begun: {code}")),
        },
    }
}

/// Offices and people to whom something shall be given; what stood there before may stay, whatever became of them.
pub(super) fn check_assigned(
    state: &Draft<'_>,
    assignments: &[Assignment],
    before: &[Assignment],
) -> Result<(), Refusal> {
    let directory = &state.directory;
    let mut fields = Fields::default();
    for (n, assignment) in assignments.iter().enumerate() {
        if let Some(office) = &assignment.office
            && before.iter().all(|kept| kept.office.as_ref() != Some(office))
        {
            check_open(&mut fields, &format!("assignments[{n}].office"), directory, office, state.today());
        }
        if let Some(user) = &assignment.user {
            match directory.user_named(user).filter(|user| user.active) {
                None => fields.refuse(format!("assignments[{n}].user"), format!("no user {user}")),
                Some(found) if !found.is_staff() => {
                    fields.refuse(format!("assignments[{n}].user"), format!("{user} is not of the staff"));
                }
                Some(_) => {}
            }
        }
    }
    Ok(fields.finish()?)
}
