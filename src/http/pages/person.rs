//! Who is it? A person or an office as a small card: the name, as what, where, and how to reach.

use serde_json::Value;

use super::names::office_name;
use super::page::Page;
use crate::model::dossier::Party;
use crate::service::{OfficeView, UserView};

/// A card, as `parts/person.html` shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    pub icon: &'static str,
    pub name: String,
    /// Where the name leads.
    pub href: Option<String>,
    /// As what, and where; a line each.
    pub about: Vec<String>,
    /// Whoever may not sign in any more, in a word.
    pub off: Option<String>,
    pub lines: Vec<Line>,
}

/// A tax code, or a way to reach somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub icon: &'static str,
    pub text: String,
    /// One can write there.
    pub mail: bool,
}

impl Line {
    pub fn pec(address: &str) -> Self {
        Self { icon: "it-mail", text: address.to_owned(), mail: true }
    }
}

impl Person {
    /// Somebody of whom no more is known.
    pub fn named(name: impl Into<String>, about: impl Into<String>) -> Self {
        Self { icon: "it-user", name: name.into(), about: vec![about.into()], ..Self::default() }
    }

    pub fn office(name: impl Into<String>, about: impl Into<String>) -> Self {
        Self { icon: "it-pa", ..Self::named(name, about) }
    }

    /// A user with what he is and where he works.
    pub fn user(page: &Page, offices: &[OfficeView], user: &UserView, about: impl Into<String>) -> Self {
        let roles: Vec<_> = user.roles.iter().map(|role| page.word("role", role.as_str()).into_owned()).collect();
        let places: Vec<_> = user.offices.iter().map(|code| office_name(offices, code.as_str())).collect();
        let parts = [roles.join(", "), places.join(", ")].into_iter().filter(|part| !part.is_empty());
        let mut person = Self::named(&user.full_name, about);
        person.about.push(parts.collect::<Vec<_>>().join(" · "));
        person.off = (!user.active).then(|| page.t("switched-off").into_owned());
        person
    }

    pub fn party(party: &Party) -> Self {
        let code = party.tax_code.iter().map(|code| Line { icon: "it-card", text: code.clone(), mail: false });
        Self {
            icon: "it-user",
            name: party.name.clone(),
            about: party.role.iter().cloned().collect(),
            lines: code.collect(),
            ..Self::default()
        }
    }

    /// Who sent or receives an entry.
    pub fn correspondent(page: &Page, one: &Value) -> Self {
        let text = |name: &str| one[name].as_str().map(str::to_owned);
        let word = |list: &str, name: &str| page.word(list, one[name].as_str().unwrap_or_default()).into_owned();
        let known = [
            ("it-card", "tax_code", false),
            ("it-mail", "pec", true),
            ("it-mail-open", "email", true),
            ("it-map-marker", "address", false),
        ];
        let lines = known.into_iter().filter_map(|(icon, name, mail)| Some(Line { icon, text: text(name)?, mail }));
        let person = one["kind"].as_str().is_none_or(|kind| kind == "person");
        Self {
            icon: if person { "it-user" } else { "it-pa" },
            name: text("name").unwrap_or_default(),
            about: vec![format!("{} · {}", word("correspondent", "role"), word("correspondent-kind", "kind"))],
            lines: lines.collect(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::user::Role;

    fn page() -> Page {
        Page::bare(&actix_web::test::TestRequest::default().to_http_request(), String::new())
    }

    #[test]
    fn a_user_is_shown_with_what_he_is_and_where() {
        let office = |code: &str, name: &str| OfficeView::plain(code.parse().unwrap(), name.to_owned());
        let offices = [office("edilizia", "Edilizia privata"), office("suap", "Sportello unico")];
        let mut user = UserView {
            id: crate::ids::UserId(7),
            name: "marta".parse().unwrap(),
            full_name: "Marta Prova".to_owned(),
            given_name: None,
            family_name: None,
            roles: vec![Role::Officer],
            offices: vec!["suap".parse().unwrap(), "edilizia".parse().unwrap()],
            active: true,
            tax_code: None,
        };
        let shown = Person::user(&page(), &offices, &user, "responsabile del procedimento");
        assert_eq!(shown.about, ["responsabile del procedimento", "operatore · Sportello unico, Edilizia privata"]);
        assert_eq!((shown.icon, shown.off), ("it-user", None));
        user.active = false;
        assert_eq!(Person::user(&page(), &offices, &user, "").off.as_deref(), Some("disattivato"));
    }

    #[test]
    fn one_can_write_to_a_correspondent_who_has_an_address() {
        let one = json!({"role": "sender", "kind": "business", "name": "Prova srl", "tax_code": "01234567890",
            "pec": "prova@pec.example"});
        let shown = Person::correspondent(&page(), &one);
        assert_eq!((shown.icon, shown.name.as_str()), ("it-pa", "Prova srl"));
        assert_eq!(shown.about, ["mittente · impresa"]);
        let lines: Vec<_> = shown.lines.iter().map(|line| (line.text.as_str(), line.mail)).collect();
        assert_eq!(lines, [("01234567890", false), ("prova@pec.example", true)]);
    }
}
