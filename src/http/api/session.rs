//! Signing in and out, and who one is.

use std::time::Instant;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use crate::http::body::Json;
use crate::http::guard::{self, Accessed, Allowed, COOKIE, Credential, Public, SignedIn, State};
use crate::http::password_checks::CheckError;
use crate::http::problem::{Kind, Problem};
use crate::ids::{OfficeCode, UserId};
use crate::model::access::Actor;
use crate::model::user::{Role, Scope};
use crate::service::{self, AbsenceView, Archive, Refusal};

/// `POST /api/v1/session`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    name: String,
    password: String,
}

/// Who is signed in.
#[derive(Serialize)]
struct SessionView {
    user: String,
    roles: Vec<Role>,
    offices: Vec<OfficeCode>,
    /// In whose place the user works today.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stands_in_for: Vec<AbsenceView>,
    scopes: Vec<Scope>,
    /// The citizen for whom a program acts.
    on_behalf_of: Option<String>,
    /// To be sent as `X-CSRF-Token` with whatever changes something; only with a session.
    csrf_token: Option<String>,
}

/// `POST /api/v1/session`
pub async fn sign_in(
    public: Public,
    request: HttpRequest,
    Json(credentials): Json<Credentials>,
) -> Result<HttpResponse, Problem> {
    let Credentials { name, password } = credentials;
    let (actor, signed_in) = begin(&public, &request, name, password).await?;
    let cookie = cookie(guard::state(&request)?, &signed_in);
    let view = view(&actor, Some(signed_in.csrf_token));
    Ok(HttpResponse::Created().cookie(cookie).json(view))
}

/// Checks name and password, as often as that may be tried, and begins a session.
pub async fn begin(
    public: &Public,
    request: &HttpRequest,
    name: String,
    password: String,
) -> Result<(Actor, service::SignedIn), Problem> {
    let state = guard::state(request)?;
    let from = request.peer_addr().map(|address| address.ip());
    state.throttle.begin(&name, from, Instant::now()).map_err(too_many)?;
    let archive = public.archive.clone();
    let tried = name.clone();
    let checked = state.passwords.run(move || archive.sign_in(&tried, &password)).await;
    let checked = checked.map_err(|error| {
        state.throttle.give_back(&name, from);
        match error {
            CheckError::QueueFull => queue_full(),
            CheckError::Ended => Problem::internal(error),
        }
    })?;
    match checked {
        Ok(signed_in) => {
            state.throttle.succeeded(&name, from);
            note(request, signed_in.user.to_string(), "sign-in");
            let actor = public.archive.actor_of(signed_in.user).ok_or_else(|| Problem::of(Kind::SignInRefused))?;
            Ok((actor, signed_in))
        }
        Err(Refusal::Forbidden) => {
            note(request, known(public, &name), "sign-in-refused");
            Err(Problem::of(Kind::SignInRefused))
        }
        Err(other) => {
            state.throttle.give_back(&name, from);
            Err(other.into())
        }
    }
}

/// `GET /api/v1/session`
pub async fn show(allowed: Allowed<SignedIn>) -> HttpResponse {
    let csrf_token = match &allowed.credential {
        Credential::Session { csrf_token, .. } => Some(csrf_token.clone()),
        Credential::Token => None,
    };
    let mut view = view(&allowed.actor, csrf_token);
    if allowed.actor.through.is_none() {
        view.stands_in_for = allowed.archive.stands_in_for(&allowed.actor);
    }
    if allowed.actor.name.is_none() {
        // A citizen's actor has no name of its own: the program's is meant.
        view.user = name_of(&allowed.archive, allowed.actor.user).unwrap_or(view.user);
    }
    HttpResponse::Ok().json(view)
}

/// `DELETE /api/v1/session`
pub async fn sign_out(allowed: Allowed<SignedIn>) -> HttpResponse {
    HttpResponse::NoContent().cookie(end(&allowed)).finish()
}

/// Ends the session; gives the cookie that takes the browser's away.
pub fn end(allowed: &Allowed<SignedIn>) -> Cookie<'static> {
    if let Credential::Session { id, .. } = &allowed.credential {
        allowed.archive.sessions().end(id);
    }
    let mut gone = Cookie::new(COOKIE, "");
    gone.set_path("/");
    gone.make_removal();
    gone
}

fn name_of(archive: &Archive, id: UserId) -> Option<String> {
    let users = archive.users(&Actor::system()).unwrap_or_default();
    users.iter().find(|user| user.id == id).map(|user| user.name.to_string())
}

/// The cookie of a session. Links from other sites lead to pages as they do everywhere: what changes something needs a
/// token besides.
pub fn cookie(state: &State, signed_in: &service::SignedIn) -> Cookie<'static> {
    Cookie::build(COOKIE, signed_in.session.clone())
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(state.settings.secure_cookies)
        .finish()
}

fn view(actor: &Actor, csrf_token: Option<String>) -> SessionView {
    SessionView {
        user: actor.name.as_ref().map_or_else(|| actor.user.to_string(), ToString::to_string),
        roles: actor.roles.clone(),
        offices: actor.offices.clone(),
        stands_in_for: Vec::new(),
        scopes: actor.scopes.clone(),
        on_behalf_of: actor.through.and(actor.tax_code.clone()),
        csrf_token,
    }
}

fn note(request: &HttpRequest, by: String, what: &'static str) {
    request.extensions_mut().insert(Accessed { by, on_behalf_of: None, what });
}

/// The id of the user whose name was tried. What is no user's name may be a password typed into the wrong field, and
/// is written nowhere.
fn known(public: &Public, name: &str) -> String {
    let users = public.archive.users(&Actor::system()).unwrap_or_default();
    users.iter().find(|user| user.name.as_str() == name).map_or_else(|| "-".to_owned(), |user| user.id.to_string())
}

/// Seconds in which even a slow machine has worked off the queue.
const QUEUE_SECONDS: u32 = 2;

fn queue_full() -> Problem {
    let detail = format!("too many are signing in at this moment: try again in {QUEUE_SECONDS} seconds");
    Problem::of(Kind::TooManyAttempts).retry_after(QUEUE_SECONDS).detail(detail)
}

fn too_many(seconds: u32) -> Problem {
    use actix_web::http::header::{HeaderName, HeaderValue};
    let header = |name: &'static str, value: u32| (HeaderName::from_static(name), HeaderValue::from(value));
    let tries = crate::limits::SIGN_IN_TRIES_PER_MINUTE;
    let detail =
        format!("{tries} tries for this name from this address failed within a minute: wait {seconds} seconds");
    let mut problem = Problem::of(Kind::TooManyAttempts).retry_after(seconds).detail(detail);
    for (name, value) in [
        header("x-ratelimit-limit", crate::limits::SIGN_IN_TRIES_PER_MINUTE),
        header("x-ratelimit-remaining", 0),
        header("x-ratelimit-reset", seconds),
    ] {
        problem = problem.header(name, value);
    }
    problem
}
