//! Before a form is sent for somebody who signed in again: what it does and to what, what stands in it, and as whom.
//!
//! It may have been filled by somebody else at this desk, or in another session: a person looks at it and decides.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::draft::OWN;
use super::form::{CSRF, Fields, LOST, SMALL_FILE, Stale};
use super::names::Names;
use super::page::{self, Page};
use super::shown;
use crate::digest::Blake3;
use crate::http::problem::Problem;
use crate::model::access::Actor;
use crate::model::register::Direction;
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
    ("message", "message"),
    ("anomaly", "anomaly"),
    ("roles", "role"),
    ("scopes", "scope"),
    ("field-shape", "shape"),
    ("of", "annul"),
];

/// Fields that are preset, and the field beside them without which they say nothing.
const PRESETS: &[(&str, &str)] = &[
    ("given-mode", "given-to"),
    ("mode", "to"),
    ("who-kind", "who-name"),
    ("who-role", "who-name"),
    ("field-shape", "field-title"),
    ("relation", "linked"),
];

/// What is said of what arrives alone; the form carries it along for other directions.
const ARRIVAL: &[&str] = &["received-on", "channel", "received-number", "received-date", "deferred-reason"];

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
    /// A file was chosen that did not arrive.
    lost: bool,
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
        let told = kept.iter().enumerate().filter(|(at, _)| !says_nothing(&kept, *at));
        let shown = told.filter_map(|(_, (name, value))| in_words(&page, archive, &names, name, value)).collect();
        let whom = archive.full_name(actor);
        let lost = kept.iter().any(|(_, value)| value.starts_with(LOST));
        Self { page, csrf: csrf.to_owned(), address, kept, action, whom, shown, lost, stale }
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
    if let Some(register) = part("{register}") {
        let known = archive.register_list().into_iter().find(|one| one.code.as_str() == register);
        return known.map_or(register, |one| one.title);
    }
    ["{name}", "{id}", "{code}"].into_iter().find_map(part).unwrap_or_default()
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
        return Some((field.map_or_else(|| own.to_owned(), |field| field.title.clone()), as_people_write(value)));
    }
    let label = page.words.known(&format!("field-{}", name.replace('.', "-")))?.into_owned();
    let choice = CHOICES.iter().find(|(field, _)| *field == name);
    let said = match (name, value.split_once(':')) {
        ("password", _) => "•••".to_owned(),
        ("to" | "given-to", Some(("office", office))) => names.office(office),
        ("to" | "given-to", Some(("user", user))) => names.person(user),
        ("office" | "offices" | "participants" | "parent", _) => names.office(value),
        ("officer" | "user" | "substitute", _) => names.person(value),
        ("entry", _) => ticked(value),
        ("class" | "classification", _) => class(names, value),
        (SMALL_FILE, _) => value.split_once(' ').map_or_else(String::new, |(_, name)| name.to_owned()),
        _ if TICKS.contains(&name) => page.t(if value == "false" { "no" } else { "yes" }).into_owned(),
        _ => match choice {
            Some((_, list)) => page.word(list, value).into_owned(),
            None if value.starts_with(LOST) => page.told("choose-again", without_digest(value)).into_owned(),
            None => as_people_write(without_digest(value)),
        },
    };
    Some((label, said))
}

/// Whether the field at this place stands as the form had it, beside one that was left empty.
fn says_nothing(kept: &[(String, String)], at: usize) -> bool {
    let name = kept[at].0.as_str();
    let direction = kept.iter().find(|(name, _)| name == "direction").map(|(_, value)| value.as_str());
    if ARRIVAL.contains(&name) && direction.is_some_and(|direction| direction != Direction::Incoming.as_str()) {
        return true;
    }
    let Some((_, beside)) = PRESETS.iter().find(|(preset, _)| *preset == name) else { return false };
    let nth = kept[..at].iter().filter(|(other, _)| other == name).count();
    let mut values = kept.iter().filter(|(other, _)| other == beside).map(|(_, value)| value);
    values.nth(nth).is_some_and(|value| value.trim().is_empty())
}

/// A day as a field for days sends it becomes one that people read; anything else stays as it was typed.
fn as_people_write(value: &str) -> String {
    value.parse().map_or_else(|_| value.to_owned(), shown::day)
}

/// A class with its title; as it was typed where there is none with this code.
fn class(names: &Names, value: &str) -> String {
    let code = value.split_whitespace().next().unwrap_or_default();
    if names.classes.iter().any(|class| class.code.as_str() == code) { names.class(code) } else { value.to_owned() }
}

/// An entry of a list by its number: it was ticked together with the version it had.
fn ticked(value: &str) -> String {
    match value.split('/').collect::<Vec<_>>()[..] {
        [year, number, _] => format!("{number}/{year}"),
        [register, year, number, _, _] => format!("{register} {number}/{year}"),
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
    fn presets_beside_what_was_left_empty_are_not_told() {
        let kept = [
            ("direction", "outgoing"),
            ("who-role", "recipient"),
            ("who-name", "Livia Manfrotto"),
            ("who-kind", "person"),
            ("who-role", "copy"),
            ("who-name", " "),
            ("who-kind", "person"),
            ("given-to", ""),
            ("given-mode", "responsible"),
            ("received-on", "2026-12-01"),
            ("channel", "counter"),
            ("linked", ""),
            ("relation", "follows"),
        ];
        let kept = kept.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let told = (0..kept.len()).filter(|at| !says_nothing(&kept, *at)).map(|at| kept[at].0.as_str());
        let names = ["direction", "who-role", "who-name", "who-kind", "who-name", "given-to", "linked"];
        assert_eq!(told.collect::<Vec<_>>(), names);
        let alone = [("relation".to_owned(), "follows".to_owned()), ("entry".to_owned(), "1".to_owned())];
        assert!(!says_nothing(&alone, 0), "the form of a link has no other field");
    }

    #[test]
    fn what_was_ticked_and_chosen_is_called_as_people_do() {
        assert_eq!(as_people_write("2026-12-01"), "01/12/2026");
        assert_eq!(as_people_write("42/2026"), "42/2026");
        assert_eq!(ticked("2026/17/88412"), "17/2026");
        assert_eq!(ticked("PG/2026/17/office:edilizia/88412"), "PG 17/2026");
        assert_eq!(ticked("42/2026"), "42/2026");
        assert_eq!(without_digest(&format!("{} a b.pdf", Blake3::of(b"x"))), "a b.pdf");
        assert_eq!(without_digest("- a b.pdf"), "a b.pdf");
        assert_eq!(without_digest("Via Roma 1"), "Via Roma 1");
    }
}
