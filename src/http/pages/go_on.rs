//! Before a form is sent for somebody who signed in again: what it does and to what, what stands in it, and as whom.
//!
//! It may have been filled by somebody else at this desk, or in another session: a person looks at it and decides.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::draft::OWN;
use super::form::{CSRF, Fields, LOST, Stale};
use super::names::Names;
use super::page::{self, Page};
use crate::digest::Blake3;
use crate::http::problem::Problem;
use crate::model::access::Actor;
use crate::service::Archive;

/// Where ticks are sent, not texts: they say yes.
const TICKS: &[&str] = &["shown", "confidential", "special", "closed", "active", "starred", "field-required"];

/// Choices, and the list in which their words stand.
const CHOICES: &[(&str, &str)] = &[
    ("direction", "direction"),
    ("who-role", "filing-as"),
    ("who-kind", "filing-kind"),
    ("channel", "filing-channel"),
    ("mode", "mode"),
    ("given-mode", "mode"),
    ("relation", "relation"),
    ("roles", "role"),
    ("scopes", "scope"),
    ("field-shape", "shape"),
    ("of", "annul"),
];

#[derive(Template)]
#[template(path = "go_on.html")]
struct GoOnPage {
    page: Page,
    csrf: String,
    address: String,
    kept: Vec<(String, String)>,
    /// What it does, and to what.
    action: String,
    /// As whom it is sent.
    whom: String,
    /// What was typed or chosen, in words.
    shown: Vec<(String, String)>,
    /// It was filled in another session, which has not ended here.
    stale: bool,
}

/// The page for who has just signed in again.
pub fn signed_in(
    request: &HttpRequest,
    who: (&Archive, &Actor, &str),
    address: String,
    kept: Vec<(String, String)>,
) -> Result<HttpResponse, Problem> {
    page::show(&GoOnPage::of(request, who, address, kept, false))
}

/// The page for who is signed in, and sent a form of another session of his.
pub fn stale(request: &HttpRequest, sent: Stale) -> HttpResponse {
    let Stale { allowed, fields: Fields(mut kept), csrf } = sent;
    kept.retain(|(name, _)| name != CSRF);
    let who = (&allowed.archive, &allowed.actor, csrf.as_str());
    let shown = GoOnPage::of(request, who, request.path().to_owned(), kept, true);
    page::show_as(StatusCode::FORBIDDEN, &shown).unwrap_or_else(|failed| failed.respond(None))
}

impl GoOnPage {
    fn of(
        request: &HttpRequest,
        (archive, actor, csrf): (&Archive, &Actor, &str),
        address: String,
        kept: Vec<(String, String)>,
        stale: bool,
    ) -> Self {
        let page = Page { here: String::new(), ..Page::bare(request, archive.area_name()) };
        let route = request.resource_map().match_pattern(&address).unwrap_or_default();
        let target = target(archive, actor, &route, &address);
        let action = page.told(&key_of(&route), &target).into_owned();
        let names = Names::read(archive, actor);
        let shown = kept.iter().filter_map(|(name, value)| in_words(&page, archive, &names, name, value)).collect();
        let whom = archive.full_name(actor);
        Self { page, csrf: csrf.to_owned(), address, kept, action, whom, shown, stale }
    }
}

/// The key of the text that says what a form does: made of the pattern of its address.
fn key_of(route: &str) -> String {
    format!("sends{}", route.replace('/', "-").replace(['{', '}'], ""))
}

/// What a form is about, as people call it.
fn target(archive: &Archive, actor: &Actor, route: &str, address: &str) -> String {
    let part = |name: &str| {
        let at = route.split('/').position(|part| part == name)?;
        address.split('/').nth(at).map(str::to_owned)
    };
    if let (Some(register), Some(year), Some(number)) = (part("{register}"), part("{year}"), part("{number}")) {
        return format!("{register} {number}/{year}");
    }
    if let (true, Some(Ok(id))) = (route.starts_with("/dossiers/"), part("{id}").map(|id| id.parse())) {
        // Who may not know of it is told no more than he sent.
        return archive.dossier_view(actor, id).map_or_else(|_| id.to_string(), |dossier| dossier.code);
    }
    ["{register}", "{name}", "{id}"].into_iter().find_map(part).unwrap_or_default()
}

/// A field with its label, as far as a person typed or chose it: codes, versions and keys have no label.
fn in_words(page: &Page, archive: &Archive, names: &Names, name: &str, value: &str) -> Option<(String, String)> {
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    if let Some(own) = name.strip_prefix(OWN) {
        let registers = archive.register_list();
        let field = registers.iter().flat_map(|register| &register.own_fields).find(|field| field.name == own);
        return Some((field.map_or_else(|| own.to_owned(), |field| field.title.clone()), value.to_owned()));
    }
    let label = page.words.known(&format!("field-{}", name.replace('.', "-")))?.into_owned();
    let choice = CHOICES.iter().find(|(field, _)| *field == name);
    let said = match (name, value.split_once(':')) {
        ("password", _) => "•••".to_owned(),
        ("to" | "given-to", Some(("office", office))) => names.office(office),
        ("to" | "given-to", Some(("user", user))) => names.person(user),
        ("office" | "offices" | "participants" | "parent", _) => names.office(value),
        ("officer" | "user", _) => names.person(value),
        ("entry", _) => ticked(value),
        _ if TICKS.contains(&name) => page.t(if value == "false" { "no" } else { "yes" }).into_owned(),
        _ => match choice {
            Some((_, list)) => page.word(list, value).into_owned(),
            None => without_digest(value).to_owned(),
        },
    };
    Some((label, said))
}

/// An entry of a list by its number: it was ticked together with the version it had.
fn ticked(value: &str) -> String {
    match value.split('/').collect::<Vec<_>>()[..] {
        [year, number, _] => format!("{number}/{year}"),
        _ => value.to_owned(),
    }
}

/// A file by its name, without the digest or sign before it.
fn without_digest(value: &str) -> &str {
    match value.split_once(' ') {
        Some((digest, name)) if digest.parse::<Blake3>().is_ok() => name,
        _ => value.strip_prefix(LOST).unwrap_or(value),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::super::words::Language;
    use super::*;
    use crate::http::PAGES;

    /// Forms that need no session: nothing of them is kept.
    const ANYBODYS: [&str; 2] = ["/sign-in", "/language"];

    #[test]
    fn what_a_form_does_is_said_in_every_language() {
        let posted = PAGES.iter().filter(|(method, route)| *method == "post" && !ANYBODYS.contains(route));
        let routes: Vec<&str> = posted.map(|(_, route)| *route).collect();
        assert!(routes.len() > 20, "{routes:?}");
        for language in Language::ALL {
            for route in &routes {
                let key = key_of(route);
                assert!(language.words().known(&key).is_some(), "{key} in {}", language.code());
            }
        }
    }

    fn templates(folder: &Path, found: &mut Vec<PathBuf>) {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { templates(&path, found) } else { found.push(path) }
        }
    }

    /// Names of the fields that people type or choose, of all forms that are sent.
    fn fields() -> BTreeSet<String> {
        let mut paths = Vec::new();
        templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http/pages/templates"), &mut paths);
        let mut names = BTreeSet::new();
        // The small page of the emergency register is no page of the desk: nobody signs in there.
        paths.retain(|path| !path.ends_with("emergency.html"));
        for path in paths {
            let text = std::fs::read_to_string(&path).unwrap();
            for form in text.split("<form").filter(|form| !form.contains(r#"method="get""#)) {
                for tag in ["<input", "<select", "<textarea"].iter().flat_map(|tag| form.split(tag).skip(1)) {
                    let tag = &tag[..tag.find('\n').unwrap_or(tag.len())];
                    let name = tag.split_once(r#"name=""#).and_then(|(_, rest)| rest.split('"').next());
                    let tag = tag.split('>').next().unwrap_or_default();
                    let named = name.filter(|name| !name.contains("{{") && !name.is_empty());
                    if !tag.contains(r#"type="hidden""#) && !tag.contains(r#"type="search""#) {
                        names.extend(named.map(str::to_owned));
                    }
                }
            }
        }
        names
    }

    #[test]
    fn whatever_a_person_types_has_a_label() {
        let fields = fields();
        assert!(fields.len() > 40, "{fields:?}");
        // Taken back by the form itself, before it is sent.
        let none = ["gone"];
        for name in fields.iter().filter(|name| !none.contains(&name.as_str())) {
            for language in Language::ALL {
                let key = format!("field-{}", name.replace('.', "-"));
                assert!(language.words().known(&key).is_some(), "{key} in {}", language.code());
            }
        }
    }

    #[test]
    fn what_was_ticked_and_chosen_is_called_as_people_do() {
        assert_eq!(ticked("2026/17/88412"), "17/2026");
        assert_eq!(ticked("42/2026"), "42/2026");
        assert_eq!(without_digest(&format!("{} a b.pdf", Blake3::of(b"x"))), "a b.pdf");
        assert_eq!(without_digest("- a b.pdf"), "a b.pdf");
        assert_eq!(without_digest("Via Roma 1"), "Via Roma 1");
    }
}
