//! What has every page? Who reads it, in which language, the frame around it, and the headers that keep it safe.

use std::borrow::Cow;

use actix_web::cookie::Cookie;
use actix_web::http::header;
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::assets;
use super::words::{Language, Words};
use crate::http::PAGES;
use crate::http::guard::{self, Allowed, Credential};
use crate::http::problem::Problem;
use crate::model::access::Actor;
use crate::model::user::Role;

/// Which language a reader chose.
pub const LANGUAGE_COOKIE: &str = "tabularium_language";

/// What pages may do: load from here alone, run no script and style in place, and be framed by nobody.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                      font-src 'self'; connect-src 'self'; worker-src 'self'; frame-src 'self'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'self'";

/// Who reads.
pub struct Reader {
    pub name: String,
    /// With which he signs in.
    pub user: String,
    pub roles: Vec<Role>,
    /// For every form.
    pub csrf: String,
}

impl Reader {
    fn of(name: String, actor: &Actor, credential: &Credential) -> Self {
        Self {
            name,
            user: actor.name.as_ref().map(ToString::to_string).unwrap_or_default(),
            roles: actor.roles.clone(),
            csrf: match credential {
                Credential::Session { csrf_token, .. } => csrf_token.clone(),
                Credential::Token => String::new(),
            },
        }
    }

    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    pub fn is_staff(&self) -> bool {
        self.roles.iter().any(|role| !matches!(role, Role::Citizen | Role::Service))
    }

    pub fn registers(&self) -> bool {
        self.is(Role::Registrar) || self.works_in_offices()
    }

    pub fn works_in_offices(&self) -> bool {
        self.is(Role::Officer) || self.is(Role::Manager)
    }

    /// The registers of days and years.
    pub fn reads_registers(&self) -> bool {
        self.is(Role::Registrar) || self.is(Role::Archivist) || self.is(Role::Auditor)
    }

    pub fn administers(&self) -> bool {
        self.is(Role::Administrator)
    }

    /// Whether there is anything for him in lists and searches: administrators as such see no content.
    pub fn sees_content(&self) -> bool {
        self.roles.iter().any(|role| *role != Role::Administrator)
    }

    /// A citizen and nothing else.
    pub fn is_guest(&self) -> bool {
        self.roles.iter().all(|role| *role == Role::Citizen)
    }

    /// The letters in the circle beside the name.
    pub fn initials(&self) -> String {
        let parts = self.name.split(['.', '-', '_', ' ']).filter_map(|part| part.chars().next());
        parts.take(2).flat_map(char::to_uppercase).collect()
    }
}

/// The part of the desk that the menu shows as open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Home,
    Inbox,
    File,
    Register,
    Dossiers,
    Search,
    Administration,
    None,
}

impl Section {
    const fn name(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Inbox => "inbox",
            Self::File => "file",
            Self::Register => "register",
            Self::Dossiers => "dossiers",
            Self::Search => "search",
            Self::Administration => "administration",
            Self::None => "",
        }
    }
}

/// From so many on, a menu says that there are many.
const MANY: u64 = 100;

/// The frame of a page.
pub struct Page {
    pub words: &'static Words,
    pub language: Language,
    pub section: Section,
    pub reader: Option<Reader>,
    /// How much waits for him, up to [`MANY`].
    pub waiting: u64,
    /// Path and query, to come back to; empty where what was typed would be lost by it.
    pub here: String,
    /// The page answers a form, and may show again what was typed.
    pub answers: bool,
    /// The name of the administration.
    pub area: String,
    pub assets: String,
}

impl Page {
    /// The frame for somebody who signed in.
    pub fn of<P>(request: &HttpRequest, allowed: &Allowed<P>, section: Section) -> Self {
        let area = allowed.archive.area_name();
        let name = allowed.archive.full_name(&allowed.actor);
        let reader = Reader::of(name, &allowed.actor, &allowed.credential);
        // An index that is not there yet keeps no page from being shown.
        let count = || allowed.archive.inbox_waiting(&allowed.actor, MANY).unwrap_or_default();
        let waiting = if reader.registers() { count() } else { 0 };
        Self { reader: Some(reader), section, waiting, ..Self::bare(request, area) }
    }

    /// The frame for anybody.
    pub fn bare(request: &HttpRequest, area: String) -> Self {
        let language = language(request);
        Self {
            words: language.words(),
            language,
            section: Section::None,
            reader: None,
            waiting: 0,
            here: here(request),
            answers: sent(request),
            area,
            assets: assets::folder(),
        }
    }

    /// A text.
    pub fn t(&self, key: &str) -> Cow<'_, str> {
        self.words.text(key)
    }

    /// A text with `{ $count }` in it.
    pub fn n(&self, key: &str, count: impl Into<u64>) -> Cow<'_, str> {
        self.words.with(key, "count", count.into())
    }

    /// A text with `{ $value }` in it.
    pub fn told(&self, key: &str, value: &str) -> Cow<'_, str> {
        self.words.with(key, "value", value.to_owned())
    }

    /// The word for a value of a closed list: `role-registrar`, `state-open`; the value itself where there is none.
    pub fn word(&self, list: &str, value: &str) -> Cow<'_, str> {
        self.words.known(&format!("{list}-{value}")).unwrap_or_else(|| Cow::Owned(value.to_owned()))
    }

    pub fn other_language(&self) -> Language {
        match self.language {
            Language::Italian => Language::English,
            Language::English => Language::Italian,
        }
    }

    /// What the menu says of what waits.
    pub fn waiting_text(&self) -> String {
        if self.waiting < MANY { self.waiting.to_string() } else { format!("{}+", MANY - 1) }
    }

    /// What an open menu item carries.
    pub fn current(&self, section: &str) -> &'static str {
        if self.section.name() == section { "page" } else { "false" }
    }
}

/// The page that a template makes.
pub fn show(template: &impl Template) -> Result<HttpResponse, Problem> {
    show_as(StatusCode::OK, template)
}

pub fn show_as(status: StatusCode, template: &impl Template) -> Result<HttpResponse, Problem> {
    let text = template.render().map_err(Problem::internal)?;
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .body(text))
}

/// Goes on at another address of ours.
pub fn go_to(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}

/// An address to come back to, if it is one of ours: what begins with two slashes is another host's. Browsers take a
/// backslash for a slash and leave tabs and line breaks away, so `/<tab>/host` is another host's too.
pub fn ours(path: &str) -> Option<&str> {
    let plain = path.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    let own = plain && path.starts_with('/') && !path.starts_with("//");
    own.then_some(path)
}

/// The language of a request: as chosen, else Italian.
pub fn language(request: &HttpRequest) -> Language {
    let chosen: Option<Cookie<'_>> = request.cookie(LANGUAGE_COOKIE);
    chosen.and_then(|cookie| Language::from_code(cookie.value())).unwrap_or(Language::Italian)
}

fn here(request: &HttpRequest) -> String {
    if sent(request) {
        return request.match_pattern().map_or_else(|| "/".to_owned(), |route| form_at(&route, request.path()));
    }
    request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned()
}

/// Whether a form was sent, and the page answers it.
fn sent(request: &HttpRequest) -> bool {
    !matches!(*request.method(), Method::GET | Method::HEAD)
}

/// Where the form is that is sent to an address: that is read with GET, and may lead elsewhere or nowhere.
fn form_at(route: &str, path: &str) -> String {
    let shown = |route: &str| PAGES.contains(&("get", route));
    let above = |path: &str| path.rsplit_once('/').map_or("", |(above, _)| above).to_owned();
    let (route_above, path_above) = (above(route), above(path));
    if !route.ends_with('}') {
        for (route, path) in [(route, path), (&route_above, &path_above)] {
            if shown(&format!("{route}/new")) {
                return format!("{path}/new");
            }
        }
    }
    let (mut route, mut path) = (route.to_owned(), path.to_owned());
    while !shown(&route) && !route.is_empty() {
        (route, path) = (above(&route), above(&path));
    }
    if path.is_empty() { "/".to_owned() } else { path }
}

/// Whether an address belongs to the pages, and not to programs.
pub fn is_page(path: &str) -> bool {
    !["/api", "/status", "/metrics", "/assets"]
        .iter()
        .any(|other| path.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// The name of the administration, as far as the request's state is known.
pub fn area_of(request: &HttpRequest) -> String {
    guard::state(request).map(|state| guard::area_name(state)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_addresses_are_come_back_to() {
        for good in ["/", "/search?q=a%20b", "/registers/PG/entries/2026/1"] {
            assert_eq!(ours(good), Some(good));
        }
        for bad in [
            "",
            "https://example.org/",
            "//example.org",
            "/\\example.org",
            "/\t/example.org",
            "/\n/example.org",
            "/ /example.org",
            "/\u{a0}/example.org",
            "search",
            "/a\r\nSet-Cookie: x",
        ] {
            assert_eq!(ours(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn after_a_form_one_comes_back_to_where_the_form_is() {
        for (route, path, form) in [
            ("/dossiers", "/dossiers", "/dossiers/new"),
            ("/dossiers/{id}/items", "/dossiers/7-0/items", "/dossiers/7-0/items/new"),
            ("/dossiers/{id}/items/{item}", "/dossiers/7-0/items/2", "/dossiers/7-0"),
            ("/dossiers/{id}/closure", "/dossiers/7-0/closure", "/dossiers/7-0/closure"),
            ("/registers", "/registers", "/registers/new"),
            ("/registers/{register}", "/registers/PG", "/registers/PG"),
            ("/registers/{register}/entries", "/registers/PG/entries", "/registers/PG/new"),
            ("/users/{name}", "/users/anna", "/users/anna"),
            ("/offices", "/offices", "/offices"),
            ("/documents/{id}/versions", "/documents/17-0/versions", "/documents/17-0"),
            ("/sign-in", "/sign-in", "/sign-in"),
            ("/sign-out", "/sign-out", "/"),
        ] {
            assert_eq!(form_at(route, path), form, "{route}");
        }
        let entry = "/registers/{register}/entries/{year}/{number}/annulment";
        let path = "/registers/PG/entries/2026/7/annulment";
        assert_eq!(form_at(entry, path), path);
    }

    #[test]
    fn pages_are_what_is_not_for_programs() {
        assert!(is_page("/") && is_page("/search") && is_page("/apis") && is_page("/statuses"));
        assert!(
            !is_page("/api/v1/search") && !is_page("/status") && !is_page("/metrics") && !is_page("/assets/x/y.js")
        );
    }
}
