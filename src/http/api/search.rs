//! Finding: searches, recent searches, suggestions, correspondents.

use actix_web::HttpResponse;
use serde::Deserialize;

use super::{List, rows};
use crate::http::body::{Id, Json, Query};
use crate::http::guard::{Allowed, KeepDesk, Search};
use crate::http::problem::Problem;
use crate::http::traffic::Asked;
use crate::ids::{Position, SearchId};
use crate::model::access::Actor;
use crate::service::{Archive, Refusal, SearchQuery};

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

/// `GET /api/v1/search/recent`
pub async fn recent(allowed: Allowed<KeepDesk>) -> Result<HttpResponse, Problem> {
    let recent = allowed.block(|archive, actor| archive.recent_searches(actor)).await??;
    Ok(HttpResponse::Ok().json(List::whole(recent)))
}

/// `DELETE /api/v1/search/recent`
pub async fn forget_all(allowed: Allowed<KeepDesk>) -> Result<HttpResponse, Problem> {
    allowed.block(|archive, actor| archive.forget_searches(actor, None)).await??;
    Ok(HttpResponse::NoContent().finish())
}

/// `DELETE /api/v1/search/recent/{id}`
pub async fn forget(allowed: Allowed<KeepDesk>, Id(id): Id<SearchId>) -> Result<HttpResponse, Problem> {
    allowed.block(move |archive, actor| archive.forget_searches(actor, Some(id))).await??;
    Ok(HttpResponse::NoContent().finish())
}

/// `?kind=&id=&limit=`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Like {
    kind: String,
    id: String,
    limit: Option<usize>,
}

/// `GET /api/v1/search/similar`
pub async fn similar(allowed: Allowed<Search>, Query(like): Query<Like>) -> Result<HttpResponse, Problem> {
    let limit = rows(like.limit);
    let found = allowed.block(move |archive, actor| archive.similar(actor, &like.kind, &like.id, limit)).await??;
    Ok(HttpResponse::Ok().json(found))
}

/// What was typed, by query string or JSON.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Typed {
    q: String,
    limit: Option<usize>,
    min_position: Option<Position>,
}

impl Typed {
    /// Waits until the index has come as far as the answer must know.
    fn wait(&self, archive: &Archive) -> Result<(), Refusal> {
        self.min_position.map_or(Ok(()), |position| archive.wait_for_index(position))
    }
}

/// `GET /api/v1/search/suggestions`
pub async fn suggestions(allowed: Allowed<Search>, Query(typed): Query<Typed>) -> Result<HttpResponse, Problem> {
    suggest(allowed, typed).await
}

/// `POST /api/v1/search/suggestions`: names need not stand in a URL.
pub async fn suggestions_by_body(allowed: Allowed<Search>, Json(typed): Json<Typed>) -> Result<HttpResponse, Problem> {
    suggest(allowed, typed).await
}

async fn suggest(allowed: Allowed<Search>, typed: Typed) -> Result<HttpResponse, Problem> {
    let limit = rows(typed.limit);
    let answer = move |archive: &Archive, actor: &Actor| {
        typed.wait(archive)?;
        archive.suggestions(actor, &typed.q, limit)
    };
    let found = allowed.block(answer).await??;
    Ok(HttpResponse::Ok().json(List::whole(found)))
}

/// `GET /api/v1/correspondents`
pub async fn correspondents(allowed: Allowed<Search>, Query(typed): Query<Typed>) -> Result<HttpResponse, Problem> {
    known(allowed, typed).await
}

/// `POST /api/v1/correspondents`
pub async fn correspondents_by_body(
    allowed: Allowed<Search>,
    Json(typed): Json<Typed>,
) -> Result<HttpResponse, Problem> {
    known(allowed, typed).await
}

async fn known(allowed: Allowed<Search>, typed: Typed) -> Result<HttpResponse, Problem> {
    let limit = rows(typed.limit);
    let answer = move |archive: &Archive, actor: &Actor| {
        typed.wait(archive)?;
        archive.correspondents(actor, &typed.q, limit)
    };
    let found = allowed.block(answer).await??;
    Ok(HttpResponse::Ok().json(List::whole(found)))
}
