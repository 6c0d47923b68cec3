//! Who and what is meant by a code? Offices, people and classes by the names under which people know them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::page::Page;
use super::person::Person;
use crate::model::access::Actor;
use crate::model::classification::Class;
use crate::model::register::Assignment;
use crate::model::user::Role;
use crate::service::{Archive, OfficeView, Then, UserView};

/// Every name that a page may have to tell to this reader.
pub struct Names {
    pub offices: Vec<OfficeView>,
    /// Those of the staff who can be given something; empty for who may not know them.
    pub staff: Vec<UserView>,
    /// Classes of the version in force: those that can be chosen.
    pub classes: Vec<Class>,
    /// Every class that there ever was.
    known_classes: Vec<Class>,
    then: Then,
    people: BTreeMap<String, String>,
}

impl Names {
    pub fn read(archive: &Archive, actor: &Actor) -> Self {
        let mut offices = archive.offices();
        offices.sort_by(|a, b| a.name.cmp(&b.name));
        // Who may not read the list of users sees the names with which people sign in, as the API shows them.
        let mut staff = archive.users(actor).unwrap_or_default();
        let people = staff.iter().map(|user| (user.name.to_string(), user.full_name.clone())).collect();
        staff.retain(may_be_given);
        staff.sort_by(|a, b| a.full_name.cmp(&b.full_name));
        let (classes, known_classes) = (archive.classification().classes, archive.every_class());
        Self { offices, staff, classes, known_classes, then: archive.then(), people }
    }

    pub fn office(&self, code: &str) -> String {
        office_name(&self.offices, code)
    }

    pub fn person(&self, name: &str) -> String {
        self.people.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }

    /// `6.3 Edilizia privata`
    pub fn class(&self, code: &str) -> String {
        format!("{code} {}", class_title(&self.known_classes, code)).trim_end().to_owned()
    }

    /// A class with the title that it had at a moment.
    pub fn class_then(&self, code: &str, at: Timestamp) -> String {
        self.then.class_title(code, at).map_or_else(|| self.class(code), |title| format!("{code} {title}"))
    }

    /// Offices that take something new today.
    pub fn open_offices(&self) -> impl Iterator<Item = &OfficeView> {
        self.offices.iter().filter(|office| office.is_open())
    }

    /// Whom it was given to, by the name that an office had: `Ufficio tecnico (ora: Edilizia)`.
    pub fn assigned_then(&self, page: &Page, assignment: &Assignment, at: Timestamp) -> String {
        let office = assignment.office.as_ref().and_then(|office| self.then.office_names(office.as_str(), at));
        match office {
            Some((then, now)) if then != now => format!("{then} ({})", page.told("called-now", &now)),
            _ => self.assigned(assignment),
        }
    }

    /// Whether the choice of a form is this office or person.
    pub fn chosen(&self, choice: &str, kind: &str, code: &impl std::fmt::Display) -> bool {
        choice == format!("{kind}:{code}")
    }

    /// To whom it is given, and for what.
    pub fn card(&self, page: &Page, assignment: &Assignment, at: &Timestamp) -> Person {
        let mode = page.word("mode", assignment.mode.as_str());
        let user = self.staff.iter().find(|user| Some(&user.name) == assignment.user.as_ref());
        match (&assignment.office, user) {
            (Some(_), _) => Person::office(self.assigned_then(page, assignment, *at), mode),
            (None, Some(user)) => Person::user(page, &self.offices, user, mode),
            (None, None) => Person::named(self.assigned(assignment), mode),
        }
    }

    pub fn assigned(&self, assignment: &Assignment) -> String {
        match (&assignment.office, &assignment.user) {
            (Some(office), _) => self.office(office.as_str()),
            (None, Some(user)) => self.person(user.as_str()),
            (None, None) => String::new(),
        }
    }
}

/// An office by its name; by its code where it has none.
pub fn office_name(offices: &[OfficeView], code: &str) -> String {
    let office = offices.iter().find(|office| office.code.as_str() == code);
    office.map_or_else(|| code.to_owned(), |office| office.name.clone())
}

/// A class by its title alone; nothing where there is none.
pub fn class_title(classes: &[Class], code: &str) -> String {
    classes.iter().find(|class| class.code.as_str() == code).map(|class| class.title.clone()).unwrap_or_default()
}

/// Whether somebody is of the staff, and there to be given something.
pub fn may_be_given(user: &UserView) -> bool {
    user.active && user.roles.iter().any(|role| !matches!(role, Role::Citizen | Role::Service))
}
