//! Finding: searches, suggestions, correspondents.

use actix_web::HttpResponse;
use serde::Deserialize;

use super::{List, rows};
use crate::http::body::{Json, Query};
use crate::http::guard::{Allowed, Search};
use crate::http::problem::Problem;
use crate::http::traffic::Asked;
use crate::service::SearchQuery;

/// `GET /api/v1/search`
pub async fn by_query(allowed: Allowed<Search>, Query(query): Query<SearchQuery>) -> Result<HttpResponse, Problem> {
    answer(allowed, query).await
}

/// `POST /api/v1/search`: the same as JSON, for what must not stand in a URL.
pub async fn by_body(allowed: Allowed<Search>, Json(query): Json<SearchQuery>) -> Result<HttpResponse, Problem> {
    answer(allowed, query).await
}

async fn answer(allowed: Allowed<Search>, query: SearchQuery) -> Result<HttpResponse, Problem> {
    let asked = Asked::of_search(&query.q, query.facets.is_some());
    let found = allowed.block(move |archive, actor| archive.search(actor, &query)).await??;
    let mut response = HttpResponse::Ok().json(found);
    response.extensions_mut().insert(asked);
    Ok(response)
}

/// `?q=&limit=`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Typed {
    q: String,
    limit: Option<usize>,
}

/// `GET /api/v1/search/suggestions`
pub async fn suggestions(allowed: Allowed<Search>, Query(typed): Query<Typed>) -> Result<HttpResponse, Problem> {
    let limit = rows(typed.limit);
    let found = allowed.block(move |archive, actor| archive.suggestions(actor, &typed.q, limit)).await??;
    Ok(HttpResponse::Ok().json(List::whole(found)))
}

/// `GET /api/v1/correspondents`
pub async fn correspondents(allowed: Allowed<Search>, Query(typed): Query<Typed>) -> Result<HttpResponse, Problem> {
    let limit = rows(typed.limit);
    let found = allowed.block(move |archive, actor| archive.correspondents(actor, &typed.q, limit)).await??;
    Ok(HttpResponse::Ok().json(List::whole(found)))
}
