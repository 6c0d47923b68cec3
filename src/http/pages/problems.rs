//! How does the archive say no on a page? The API's problems, in words, with what to do and the request's id.

use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use askama::Template;

use super::form::{CSRF, Fields, Unfinished};
use super::page::{self, Page, Section};
use super::session;
use crate::http::problem::{Kind, Problem};
use crate::model::field::FieldError;

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    page: Page,
    kind: Kind,
    detail: Option<&'a str>,
    errors: &'a [FieldError],
    /// The request's id, which stands in the log too.
    instance: &'a str,
}

impl ProblemPage<'_> {
    fn title(&self) -> String {
        self.page.word("problem", self.kind.name()).into_owned()
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
    let page = Page { section: Section::None, ..Page::bare(request, page::area_of(request)) };
    let shown =
        ProblemPage { page, kind: problem.kind, detail: problem.said(), errors: problem.errors(), instance: id };
    let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
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
}
