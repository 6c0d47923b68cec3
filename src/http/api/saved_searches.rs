//! Saved searches: keeping them, what they find, and waiting for something new.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::created;
use crate::http::body::{Id, Json, Query};
use crate::http::conditional;
use crate::http::guard::{self, Allowed, KeepDesk, ReadSavedResults};
use crate::http::problem::Problem;
use crate::ids::{Position, SearchId};
use crate::limits;
use crate::service::{NewSavedSearch, ResultsQuery, SavedSearchView};

/// How often a waiting reader looks whether the index has grown: it holds no thread meanwhile, and the archive counts
/// for it no oftener than so.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// `GET /api/v1/saved-searches`
pub async fn list(allowed: Allowed<KeepDesk>) -> Result<HttpResponse, Problem> {
    let saved = allowed.block(|archive, actor| archive.saved_searches(actor)).await??;
    Ok(HttpResponse::Ok().json(saved))
}

/// `POST /api/v1/saved-searches`
pub async fn save(allowed: Allowed<KeepDesk>, Json(new): Json<NewSavedSearch>) -> Result<HttpResponse, Problem> {
    let saved = allowed.block(move |archive, actor| archive.save_search(actor, new)).await??;
    let mut response = created(format!("/api/v1/saved-searches/{}", saved.id), &saved);
    if let Ok(etag) = header::HeaderValue::from_str(&conditional::etag(saved.version)) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    Ok(response)
}

/// `GET /api/v1/saved-searches/{id}`
pub async fn show(allowed: Allowed<KeepDesk>, Id(id): Id<SearchId>) -> Result<HttpResponse, Problem> {
    let saved = allowed.block(move |archive, actor| archive.saved_search(actor, id)).await??;
    Ok(with_version(&saved))
}

/// `PUT /api/v1/saved-searches/{id}`
pub async fn replace(
    allowed: Allowed<KeepDesk>,
    Id(id): Id<SearchId>,
    request: HttpRequest,
    Json(new): Json<NewSavedSearch>,
) -> Result<HttpResponse, Problem> {
    let expected = conditional::expected(request.headers())?;
    let saved = allowed.block(move |archive, actor| archive.replace_search(actor, id, new, expected)).await??;
    Ok(with_version(&saved))
}

/// `DELETE /api/v1/saved-searches/{id}`
pub async fn delete(
    allowed: Allowed<KeepDesk>,
    Id(id): Id<SearchId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let expected = conditional::expected(request.headers())?;
    allowed.block(move |archive, actor| archive.delete_search(actor, id, expected)).await??;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /api/v1/saved-searches/{id}/results`
pub async fn results(
    allowed: Allowed<ReadSavedResults>,
    Id(id): Id<SearchId>,
    Query(page): Query<ResultsQuery>,
) -> Result<HttpResponse, Problem> {
    let found = allowed.block(move |archive, actor| archive.saved_results(actor, id, page)).await??;
    Ok(HttpResponse::Ok().json(found))
}

/// What has been seen: `index_position` of the answer that was looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Seen {
    position: Option<Position>,
}

/// `POST /api/v1/saved-searches/{id}/seen`
pub async fn seen(
    allowed: Allowed<KeepDesk>,
    Id(id): Id<SearchId>,
    Json(seen): Json<Seen>,
) -> Result<HttpResponse, Problem> {
    let saved = allowed.block(move |archive, actor| archive.see_search(actor, id, seen.position)).await??;
    Ok(with_version(&saved))
}

fn with_version(saved: &SavedSearchView) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ETAG, conditional::etag(saved.version))).json(saved)
}

/// `?after=&wait=`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoticesQuery {
    after: Option<Position>,
    /// Seconds.
    wait: Option<u64>,
}

/// `GET /api/v1/saved-searches/notices`
pub async fn notices(
    allowed: Allowed<KeepDesk>,
    Query(query): Query<NoticesQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let state = guard::state(&request)?.clone();
    let until = Instant::now() + Duration::from_secs(query.wait.unwrap_or(0).min(limits::EVENT_WAIT_SECONDS_MAX));
    let after = query.after;
    loop {
        let page = allowed.block(move |archive, actor| archive.notices(actor, after)).await??;
        let over = || Instant::now() >= until || state.ending.load(Ordering::Relaxed);
        if !page.items.is_empty() || over() {
            return Ok(HttpResponse::Ok().json(page));
        }
        loop {
            let left = until.saturating_duration_since(Instant::now());
            actix_web::rt::time::sleep(left.min(LOOK_EVERY)).await;
            if allowed.archive.index_position() > page.next || over() {
                break;
            }
        }
    }
}
