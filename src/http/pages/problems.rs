//! How does the archive say no on a page? The API's problems, in words, with what to do and the request's id.

use actix_web::http::{Method, header};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, ResponseError as _};
use askama::Template;

use super::form::{CSRF, Fields, Stale, Unfinished};
use super::go_on;
use super::page::{self, Page, Section};
use super::said::{self, Told};
use super::session;
use crate::http::guard::Wanted;
use crate::http::problem::{Kind, Problem};
use crate::model::field::FieldError;

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    page: Page,
    kind: Kind,
    detail: Option<Told>,
    /// Who may do what was asked for, when it was refused.
    who_may: Option<String>,
    errors: &'a [FieldError],
    /// The request's id, which stands in the log too.
    instance: &'a str,
}

impl ProblemPage<'_> {
    fn title(&self) -> String {
        self.page.word("problem", self.kind.name()).into_owned()
    }

    fn message(&self, error: &FieldError) -> String {
        said::told(&self.page, error).text
    }

    fn advice(&self) -> String {
        self.page.word("advice", self.kind.name()).into_owned()
    }
}

/// The page for a problem. Who is not signed in is asked to, and comes back to where he wanted to go.
pub fn respond(problem: &Problem, request: &HttpRequest, id: &str) -> HttpResponse {
    if problem.kind == Kind::Unauthenticated {
        return sign_in_first(request);
    }
    let stale = request.extensions_mut().remove::<Stale>();
    if let Some(stale) = stale {
        return go_on::stale(request, stale);
    }
    let page = Page { section: Section::None, ..Page::bare(request, page::area_of(request)) };
    let wanted = request.extensions().get::<Wanted>().copied();
    let who_may = wanted.filter(|_| problem.kind == Kind::Forbidden);
    let who_may = who_may.map(|wanted| page.word("who-may", wanted.name()).into_owned());
    let detail = problem.said().map(|detail| said::in_words(&page, detail));
    let (kind, errors) = (problem.kind, problem.errors());
    let shown = ProblemPage { page, kind, detail, who_may, errors, instance: id };
    let status = problem.status_code();
    let mut response = page::show_as(status, &shown).unwrap_or_else(|failed| failed.respond(Some(id)));
    for (name, value) in problem.headers() {
        response.headers_mut().insert(name.clone(), value.clone());
    }
    response.headers_mut().remove(header::WWW_AUTHENTICATE);
    response
}

fn sign_in_first(request: &HttpRequest) -> HttpResponse {
    let unfinished = request.extensions_mut().remove::<Unfinished>();
    match unfinished {
        Some(Unfinished(Fields(mut kept))) => {
            kept.retain(|(name, _)| name != CSRF);
            session::ask_again(request, request.path().to_owned(), kept)
        }
        None if *request.method() == Method::GET => {
            let wanted = request.uri().path_and_query().map_or("/", |path| path.as_str());
            let then: String = form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
            page::go_to(&if wanted == "/" { "/sign-in".to_owned() } else { format!("/sign-in?then={then}") })
        }
        None => page::go_to("/sign-in"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::Language;
    use super::*;
    use crate::model::access::Action;
    use crate::model::register::Direction;

    #[test]
    fn every_problem_is_told_in_every_language() {
        for language in Language::ALL {
            for kind in Kind::ALL {
                for list in ["problem", "advice"] {
                    let key = format!("{list}-{}", kind.name());
                    assert!(language.words().known(&key).is_some(), "{key} in {}", language.code());
                }
            }
        }
    }

    #[test]
    fn whoever_is_refused_is_told_who_may() {
        use Action::*;
        let things = [ReadEntry, AnnulEntry, ClassifyEntry, AssignEntry, AddEntryDocument, ReadDocument, ReadDossier];
        let more = [CreateDocument, AddDocumentVersion, OpenDossier, FileIntoDossier, ChangeDossierItem, CloseDossier];
        let rest = [ReopenDossier, Upload, Look, KeepDesk, ReadDirectory, ReadUsers, Administer, ReadAccessLog];
        let registering = [RegisterEntry(Direction::Incoming)];
        for action in things.into_iter().chain(more).chain(rest).chain(registering) {
            for language in Language::ALL {
                let key = format!("who-may-{}", Wanted(action).name());
                assert!(language.words().known(&key).is_some(), "{key} in {}", language.code());
            }
        }
    }
}
