//! The small state that everything is checked against: offices, users, absences, tokens, registers, the classification
//! scheme with its versions.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::ids::{AbsenceId, OfficeCode, RegisterCode, TokenId, UserId, UserName};
use crate::model::absence::Absence;
use crate::model::classification::Versions;
use crate::model::event::{EmergencyRegisterImported, Event, Recorded, RegisterChanged, RegisterImported};
use crate::model::office::{NewOffice, Office};
use crate::model::registers::Register;
use crate::model::user::{Token, User};

/// The area itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Area {
    pub organization: String,
    pub area: String,
    pub name: String,
    pub pec: Option<String>,
    /// Officers read every entry that is not confidential.
    pub open: bool,
}

/// All of it, folded from the events that make it; held whole in memory (thousands of rows at most).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Directory {
    pub area: Area,
    pub registers: BTreeMap<RegisterCode, Register>,
    pub classification: Versions,
    pub offices: BTreeMap<OfficeCode, Office>,
    pub users: BTreeMap<UserId, User>,
    pub names: BTreeMap<UserName, UserId>,
    pub absences: BTreeMap<AbsenceId, Absence>,
    pub tokens: BTreeMap<TokenId, Token>,
    /// Imports of earlier entries that came to their end, oldest first.
    pub imports: Vec<RegisterImported>,
    /// Emergency registers that came home, as they last came.
    pub emergencies: BTreeMap<uuid::Uuid, EmergencyRegisterImported>,
    /// The last day whose access log the journal holds the digest of.
    pub access_log_sealed: Option<jiff::civil::Date>,
}

impl Directory {
    /// Whether an event changes the directory.
    pub fn concerns(event: &Event) -> bool {
        matches!(
            event,
            Event::ArchiveCreated(_)
                | Event::ClassificationSchemeAdopted(_)
                | Event::RegisterOpened(_)
                | Event::RegisterChanged(_)
                | Event::RegisterImported(_)
                | Event::EmergencyRegisterImported(_)
                | Event::OfficeAdded(_)
                | Event::OfficeChanged(_)
                | Event::UserAdded(_)
                | Event::UserChanged(_)
                | Event::AbsenceRecorded(_)
                | Event::AbsenceEnded(_)
                | Event::TokenCreated(_)
                | Event::TokenRevoked(_)
                | Event::AccessLogSealed(_)
        )
    }

    /// Applies one event; applying it again changes nothing.
    pub fn apply(&mut self, recorded: &Recorded) {
        let Recorded { position, time, event, .. } = recorded;
        match event {
            Event::ArchiveCreated(facts) => {
                self.area.organization = facts.public.organization.clone();
                self.area.area = facts.public.area.clone();
                if let Some(private) = &facts.private {
                    self.area.name = private.name.clone();
                    self.area.pec = private.pec.clone();
                    self.area.open = private.open;
                }
            }
            Event::ClassificationSchemeAdopted(facts) => self.classification.adopt(*position, *time, &facts.public),
            Event::RegisterOpened(facts) => {
                let register = Register { title: facts.public.title.clone(), ..Register::default() };
                self.registers.insert(facts.public.register.clone(), register);
            }
            Event::RegisterChanged(facts) => {
                let RegisterChanged { register, title, special, fields, exempt, closed } = facts.public.clone();
                let version = self.registers.get(&register).map_or(0, |known| known.version) + 1;
                self.registers.insert(register, Register { title, special, fields, exempt, closed, version });
            }
            Event::EmergencyRegisterImported(facts) => {
                self.emergencies.insert(facts.public.id, facts.public.clone());
            }
            Event::RegisterImported(facts) => {
                if !self.imports.contains(&facts.public) {
                    self.imports.push(facts.public.clone());
                }
            }
            Event::OfficeAdded(_) | Event::OfficeChanged(_) => self.apply_to_offices(recorded),
            Event::TokenCreated(facts) => {
                let public = facts.public.clone();
                let label = facts.private.as_ref().map(|private| private.label.clone()).unwrap_or_default();
                let token = Token { id: public.token, user: public.user, label, scopes: public.scopes, revoked: false };
                self.tokens.insert(public.token, token);
            }
            Event::TokenRevoked(facts) => {
                if let Some(token) = self.tokens.get_mut(&facts.public.token) {
                    token.revoked = true;
                }
            }
            Event::AccessLogSealed(facts) => self.access_log_sealed = Some(facts.public.date),
            event => self.apply_to_users(*time, event),
        }
    }

    fn apply_to_offices(&mut self, Recorded { position, time, event, .. }: &Recorded) {
        let version = *position as usize;
        match event {
            Event::OfficeAdded(facts) => {
                let name = facts.private.as_ref().map(|private| private.name.clone()).unwrap_or_default();
                let new = NewOffice::named(facts.public.office.clone(), name.clone(), facts.public.parent.clone());
                let mut office = Office { version, ..new.office() };
                office.rename(*time, name);
                self.offices.insert(office.code.clone(), office);
            }
            Event::OfficeChanged(facts) => {
                let public = facts.public.clone();
                let Some(office) = self.offices.get_mut(&public.office) else { return };
                office.parent = public.parent;
                office.valid_from = public.valid_from;
                office.valid_until = public.valid_until;
                office.ipa = public.ipa;
                office.version = version;
                if let Some(private) = facts.private.clone() {
                    office.rename(*time, private.name);
                    office.email = private.email;
                    office.pec = private.pec;
                }
            }
            _ => {}
        }
    }

    fn apply_to_users(&mut self, time: Timestamp, event: &Event) {
        match event {
            Event::UserAdded(facts) => {
                let Some(private) = &facts.private else { return };
                let user = User {
                    id: facts.public.user,
                    name: private.name.clone(),
                    full_name: private.full_name.clone(),
                    given_name: private.given_name.clone(),
                    family_name: private.family_name.clone(),
                    tax_code: private.tax_code.clone(),
                    roles: facts.public.roles.clone(),
                    offices: facts.public.offices.clone(),
                    active: true,
                };
                self.names.insert(user.name.clone(), user.id);
                self.users.insert(user.id, user);
            }
            Event::UserChanged(facts) => {
                if let Some(user) = self.users.get_mut(&facts.public.user) {
                    user.roles = facts.public.roles.clone();
                    user.offices = facts.public.offices.clone();
                    user.active = facts.public.active;
                    if let Some(private) = &facts.private {
                        user.full_name = private.full_name.clone();
                        for (now, change) in [
                            (&mut user.given_name, &private.given_name),
                            (&mut user.family_name, &private.family_name),
                            (&mut user.tax_code, &private.tax_code),
                        ] {
                            if let Some(text) = change {
                                *now = Some(text.clone()).filter(|text| !text.is_empty());
                            }
                        }
                    }
                }
            }
            Event::AbsenceRecorded(facts) => {
                // Without its days nobody is away.
                let Some(private) = &facts.private else { return };
                let (id, user, substitute) = (facts.public.absence, facts.public.user, facts.public.substitute);
                let (from, until) = (private.from, private.until);
                self.absences.insert(id, Absence { id, user, substitute, from, until, ended: None });
            }
            Event::AbsenceEnded(facts) => {
                if let Some(absence) = self.absences.get_mut(&facts.public.absence) {
                    absence.ended = Some(time);
                }
            }
            _ => {}
        }
    }

    pub fn user_named(&self, name: &UserName) -> Option<&User> {
        self.names.get(name).and_then(|id| self.users.get(id))
    }

    /// How a user is shown: the sign-in name, `system` for the program itself, the id when unknown.
    pub fn name_of(&self, id: UserId) -> String {
        match self.users.get(&id) {
            Some(user) => user.name.to_string(),
            None if id == UserId::SYSTEM => "system".to_owned(),
            None => id.to_string(),
        }
    }

    pub fn next_user(&self) -> UserId {
        UserId(self.users.keys().next_back().map_or(1, |last| last.0 + 1))
    }

    pub fn next_token(&self) -> TokenId {
        TokenId(self.tokens.keys().next_back().map_or(1, |last| last.0 + 1))
    }

    /// The offices given and all below them: who belongs to an office belongs to those below it.
    pub fn with_descendants(&self, offices: &[OfficeCode]) -> Vec<OfficeCode> {
        let mut all: Vec<OfficeCode> = offices.to_vec();
        let mut next = 0;
        while next < all.len() {
            let below = self.offices.values().filter(|office| office.parent.as_ref() == Some(&all[next]));
            let fresh: Vec<OfficeCode> = below.map(|office| office.code.clone()).filter(|c| !all.contains(c)).collect();
            all.extend(fresh);
            next += 1;
        }
        all
    }
}
