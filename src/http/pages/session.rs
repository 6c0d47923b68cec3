//! Signing in and out on pages, and choosing a language.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};
use askama::Template;
use serde::Deserialize;

use super::form::{Plain, Submitted};
use super::go_on;
use super::page::{self, LANGUAGE_COOKIE, Page};
use super::words::Language;
use crate::http::api::session;
use crate::http::body::Query;
use crate::http::guard::{self, Public, SignedIn};
use crate::http::problem::{Kind, Problem};

/// Fields of a form that was sent after its session had ended travel through signing in under these names.
const KEPT: &str = "kept.";
const KEPT_ADDRESS: &str = "kept-address";

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    page: Page,
    name: String,
    then: String,
    refused: Option<Problem>,
    /// Where the kept fields belong, if there are any.
    address: Option<String>,
    kept: Vec<(String, String)>,
}

impl SignInPage {
    fn why(&self) -> Option<String> {
        self.refused.as_ref().map(|problem| self.page.word("problem", problem.kind.name()).into_owned())
    }
}

/// `?then=`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Then {
    then: String,
}

/// `GET /sign-in`
pub async fn ask(public: Public, request: HttpRequest, Query(then): Query<Then>) -> Result<HttpResponse, Problem> {
    let page = Page::bare(&request, public.archive.area_name());
    page::show(&SignInPage {
        page,
        name: String::new(),
        then: page::ours(&then.then).unwrap_or_default().to_owned(),
        refused: None,
        address: None,
        kept: Vec::new(),
    })
}

/// Asks who it is whose session ended while a form was being filled, and keeps what was typed.
pub fn ask_again(request: &HttpRequest, address: String, kept: Vec<(String, String)>) -> HttpResponse {
    let page = Page { here: String::new(), ..Page::bare(request, page::area_of(request)) };
    let (name, then) = (String::new(), String::new());
    let asked = SignInPage { page, name, then, refused: None, address: Some(address), kept };
    page::show_as(StatusCode::UNAUTHORIZED, &asked).unwrap_or_else(|failed| failed.respond(None))
}

/// `POST /sign-in`
pub async fn sign_in(public: Public, request: HttpRequest, Plain(fields): Plain) -> Result<HttpResponse, Problem> {
    let (name, password) = (fields.text("name").to_owned(), fields.raw("password"));
    let then = page::ours(fields.text("then")).unwrap_or_default().to_owned();
    let address = page::ours(fields.text(KEPT_ADDRESS)).map(str::to_owned);
    let kept = fields.0.iter().filter_map(|(name, value)| Some((name.strip_prefix(KEPT)?.to_owned(), value.clone())));
    let kept: Vec<(String, String)> = kept.collect();
    let mut page = Page::bare(&request, public.archive.area_name());
    if address.is_some() {
        page.here = String::new();
    }
    match session::begin(&public, &request, name.clone(), password).await {
        Ok((actor, signed_in)) => {
            let mut response = match address {
                Some(address) => {
                    let who = (&public.archive, &actor, signed_in.csrf_token.as_str());
                    go_on::signed_in(&request, who, address, kept)?
                }
                None => page::go_to(if then.is_empty() { "/" } else { &then }),
            };
            let cookie = session::cookie(guard::state(&request)?, &signed_in);
            response.add_cookie(&cookie).map_err(Problem::internal)?;
            Ok(response)
        }
        Err(problem) if matches!(problem.kind, Kind::SignInRefused | Kind::TooManyAttempts) => {
            let status = problem.status_code();
            page::show_as(status, &SignInPage { page, name, then, refused: Some(problem), address, kept })
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /sign-out`
pub async fn sign_out(submitted: Submitted<SignedIn>) -> Result<HttpResponse, Problem> {
    let mut response = page::go_to("/sign-in");
    response.add_cookie(&session::end(&submitted.allowed)).map_err(Problem::internal)?;
    Ok(response)
}

/// `POST /language`: keeps the choice for a year, and goes back.
pub async fn choose_language(_: Public, Plain(fields): Plain) -> Result<HttpResponse, Problem> {
    let language = Language::from_code(fields.text("language"));
    let language = language.ok_or_else(|| Problem::invalid("language", "one of it, en is expected"))?;
    let cookie = Cookie::build(LANGUAGE_COOKIE, language.code())
        .path("/")
        .same_site(SameSite::Lax)
        .max_age(actix_web::cookie::time::Duration::days(365))
        .finish();
    let mut response = page::go_to(page::ours(fields.text("then")).unwrap_or("/"));
    response.add_cookie(&cookie).map_err(Problem::internal)?;
    Ok(response)
}
