//! What surrounds every request: its id, its line in the log, its line in the access log, and the shape of its errors.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest};

use super::guard::{self, Accessed, Known, Wanted};
use super::pages::{page, problems};
use super::problem::{Kind, Problem};
use super::traffic::Asked;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const INDEX_POSITION: HeaderName = HeaderName::from_static("tabularium-index-position");
const JOURNAL_POSITION: HeaderName = HeaderName::from_static("tabularium-journal-position");

/// Wraps all routes.
pub async fn every_request(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let id = uuid::Uuid::new_v4().hyphenated().to_string();
    let state = guard::state(request.request())?.clone();
    // The request itself cannot be kept: the router wants it undivided.
    let (method, path) = (request.method().clone(), request.path().to_owned());
    let running = state.traffic.begin();
    // Before the answer is made: it may know more than we say, never less.
    let known = guard::known(&state);
    let response = match guarded(next.call(request)).await {
        Ok(Ok(response)) => response.map_into_boxed_body(),
        Ok(Err(error)) => return Err(without_request(error, &id)),
        Err(panic) => return Err(without_request(Problem::internal(panic).into(), &id)),
    };
    let mut response = shaped(response, &id);
    let status = response.status().as_u16();
    let accessed = response.request().extensions_mut().remove::<Accessed>();
    if let Some(accessed) = accessed {
        // A page and the API's answer about a thing are the same thing read.
        let subject = path.strip_prefix("/api/v1/").or_else(|| path.strip_prefix('/')).unwrap_or(&path).to_owned();
        guard::note_access(&state, accessed, subject, status, id.clone()).await;
    }
    finish_headers(&mut response, &id);
    let took = started.elapsed();
    state.traffic.answered(status, took);
    if let Some(asked) = asked_of_index(&response) {
        state.traffic.searched(asked, took);
        say_what_is_known(&mut response, known);
    }
    drop(running);
    let ms = took.as_millis() as u64;
    // Without the query: it may name persons.
    tracing::info!(%method, path, status, ms, request = id, "answered");
    Ok(response)
}

/// An error of the framework, or a panic, that took the request with it.
fn without_request(error: Error, id: &str) -> Error {
    let cause = error.as_error::<Problem>().and_then(|problem| problem.cause().map(str::to_owned));
    tracing::error!(request = id, cause = cause.unwrap_or_else(|| error.to_string()), "request failed");
    let problem = Problem::of_status(error.as_response_error().status_code()).instance(id);
    match HeaderValue::from_str(id) {
        Ok(value) => problem.header(REQUEST_ID, value).into(),
        Err(_) => problem.into(),
    }
}

/// A handler that panics ends its request, with an answer, and nothing else.
async fn guarded<F: Future>(future: F) -> Result<F::Output, String> {
    let mut future = pin!(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            Poll::Ready(Err(format!("a handler panicked: {}", text.unwrap_or_default())))
        }
    })
    .await
}

/// Every error becomes a problem that carries the request's id; causes go to the log.
fn shaped(response: ServiceResponse<BoxBody>, id: &str) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let as_page = page::is_page(response.request().path()) && wants_page(response.request());
    let who_may = response.request().extensions().get::<Wanted>().map(|wanted| wanted.who_may());
    let error = response.response().error();
    let of_ours = match error.and_then(|error| error.as_error::<Problem>()) {
        Some(problem) => {
            if let Some(cause) = problem.cause() {
                tracing::error!(request = id, problem = problem.kind.name(), cause, "request failed");
            }
            Some(match as_page {
                true => problems::respond(problem, response.request(), id),
                false => problem.respond_or_say(id, who_may),
            })
        }
        None => {
            let kind = response.headers().get(header::CONTENT_TYPE).map_or(&[][..], HeaderValue::as_bytes);
            if kind.starts_with(b"application/problem+json") || kind.starts_with(b"text/html") {
                None
            } else {
                let problem = Problem::of_status(status);
                if problem.kind == Kind::Internal {
                    let cause = error.map(ToString::to_string).unwrap_or_default();
                    tracing::error!(request = id, cause, "request failed");
                }
                Some(match as_page {
                    true => problems::respond(&problem, response.request(), id),
                    false => problem.respond(Some(id)),
                })
            }
        }
    };
    match of_ours {
        Some(answer) => response.into_response(answer),
        None => response,
    }
}

/// Whether a browser asked, or something else that reads pages.
fn wants_page(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(header::ACCEPT).map_or(&[][..], HeaderValue::as_bytes);
    accepted.windows(9).any(|part| part == b"text/html")
}

/// What an answer has asked of the index, when it was given one.
fn asked_of_index(response: &ServiceResponse<BoxBody>) -> Option<Asked> {
    let request = response.request();
    let asked = Asked::at(request.match_pattern()?.as_str())?;
    let reads = request.method() == Method::GET || asked != Asked::List;
    let class = response.response().extensions().get::<Asked>().copied();
    (reads && response.status().is_success()).then(|| class.unwrap_or(asked))
}

/// Every answer that comes from the index says up to which event it knows everything, and how many there are.
fn say_what_is_known(response: &mut ServiceResponse<BoxBody>, known: Known) {
    let headers = response.headers_mut();
    headers.insert(INDEX_POSITION, HeaderValue::from(known.index));
    headers.insert(JOURNAL_POSITION, HeaderValue::from(known.journal));
}

fn finish_headers(response: &mut ServiceResponse<BoxBody>, id: &str) {
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Other sites hear nothing of where somebody was; to us his forms say that they come from here.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
        headers.insert(header::CONTENT_SECURITY_POLICY, nothing);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn a_panic_becomes_an_error_that_says_what_it_was() {
        let calm = guarded(async { 7 }).now_or_never().unwrap();
        assert_eq!(calm, Ok(7));
        let number = 3;
        let panics = guarded(async move { assert!(number > 4, "only {number}") }).now_or_never().unwrap();
        assert_eq!(panics, Err("a handler panicked: only 3".to_owned()));
    }
}
