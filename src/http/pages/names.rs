//! Who and what is meant by a code? Offices, people and classes by the names under which people know them.

use std::collections::BTreeMap;

use crate::model::access::Actor;
use crate::model::classification::Class;
use crate::model::register::Assignment;
use crate::model::user::Role;
use crate::service::{Archive, OfficeView, UserView};

/// Every name that a page may have to tell to this reader.
pub struct Names {
    pub offices: Vec<OfficeView>,
    /// Those of the staff who can be given something; empty for who may not know them.
    pub staff: Vec<UserView>,
    pub classes: Vec<Class>,
    people: BTreeMap<String, String>,
}

impl Names {
    pub fn read(archive: &Archive, actor: &Actor) -> Self {
        let mut offices = archive.offices();
        offices.sort_by(|a, b| a.name.cmp(&b.name));
        // Who may not read the list of users sees the names with which people sign in, as the API shows them.
        let mut staff = archive.users(actor).unwrap_or_default();
        let people = staff.iter().map(|user| (user.name.to_string(), user.full_name.clone())).collect();
        staff
            .retain(|user| user.active && user.roles.iter().any(|role| !matches!(role, Role::Citizen | Role::Service)));
        staff.sort_by(|a, b| a.full_name.cmp(&b.full_name));
        Self { offices, staff, classes: archive.classification().classes, people }
    }

    pub fn office(&self, code: &str) -> String {
        let office = self.offices.iter().find(|office| office.code.as_str() == code);
        office.map_or_else(|| code.to_owned(), |office| office.name.clone())
    }

    pub fn person(&self, name: &str) -> String {
        self.people.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }

    /// `6.3 Edilizia privata`
    pub fn class(&self, code: &str) -> String {
        match self.classes.iter().find(|class| class.code.as_str() == code) {
            Some(class) => format!("{code} {}", class.title),
            None => code.to_owned(),
        }
    }

    /// Whether the choice of a form is this office or person.
    pub fn chosen(&self, choice: &str, kind: &str, code: &impl std::fmt::Display) -> bool {
        choice == format!("{kind}:{code}")
    }

    pub fn assigned(&self, assignment: &Assignment) -> String {
        match (&assignment.office, &assignment.user) {
            (Some(office), _) => self.office(office.as_str()),
            (None, Some(user)) => self.person(user.as_str()),
            (None, None) => String::new(),
        }
    }
}
