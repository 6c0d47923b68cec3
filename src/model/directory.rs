//! The small state that everything is checked against: offices, users, tokens, registers, the classification scheme.

use std::collections::BTreeMap;

use crate::ids::{ClassCode, OfficeCode, RegisterCode, TokenId, UserId, UserName};
use crate::model::event::{EmergencyRegisterImported, Event, RegisterChanged, RegisterImported};
use crate::model::registers::Register;
use crate::model::user::{Token, User};

/// An office and the one above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    pub code: OfficeCode,
    pub name: String,
    pub parent: Option<OfficeCode>,
}

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
    pub scheme: String,
    pub scheme_title: String,
    pub classes: BTreeMap<ClassCode, String>,
    /// Class codes in the order of the scheme.
    pub class_order: Vec<ClassCode>,
    pub offices: BTreeMap<OfficeCode, Office>,
    pub users: BTreeMap<UserId, User>,
    pub names: BTreeMap<UserName, UserId>,
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
                | Event::UserAdded(_)
                | Event::UserChanged(_)
                | Event::TokenCreated(_)
                | Event::TokenRevoked(_)
                | Event::AccessLogSealed(_)
        )
    }

    /// Applies one event; applying it again changes nothing.
    pub fn apply(&mut self, event: &Event) {
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
            Event::ClassificationSchemeAdopted(facts) => {
                self.scheme = facts.public.scheme.clone();
                self.scheme_title = facts.public.title.clone();
                self.class_order = facts.public.classes.iter().map(|class| class.code.clone()).collect();
                self.classes = facts.public.classes.iter().map(|c| (c.code.clone(), c.title.clone())).collect();
            }
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
            Event::OfficeAdded(facts) => {
                let code = facts.public.office.clone();
                let name = facts.private.as_ref().map(|private| private.name.clone()).unwrap_or_default();
                let parent = facts.public.parent.clone();
                self.offices.insert(code.clone(), Office { code, name, parent });
            }
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
            event => self.apply_to_users(event),
        }
    }

    fn apply_to_users(&mut self, event: &Event) {
        match event {
            Event::UserAdded(facts) => {
                let Some(private) = &facts.private else { return };
                let user = User {
                    id: facts.public.user,
                    name: private.name.clone(),
                    full_name: private.full_name.clone(),
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
                    }
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
