//! What helps to register a document before it is: where its content is registered already, and how others like it were
//! classified.

use actix_web::HttpResponse;
use serde::Deserialize;

use super::{List, rows};
use crate::digest::Blake3;
use crate::http::body::{Json, Query};
use crate::http::guard::{Allowed, Search};
use crate::http::problem::Problem;
use crate::ids::Position;
use crate::service::ProposalQuery;

/// `?blake3=&limit=&min_position=`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SameContent {
    blake3: Option<Blake3>,
    limit: Option<usize>,
    min_position: Option<Position>,
}

/// `GET /api/v1/duplicates`
pub async fn duplicates(allowed: Allowed<Search>, Query(same): Query<SameContent>) -> Result<HttpResponse, Problem> {
    let blake3 = same.blake3.ok_or_else(|| Problem::invalid("blake3", "missing"))?;
    let limit = rows(same.limit);
    let found = allowed.block(move |archive, actor| {
        same.min_position.map_or(Ok(()), |position| archive.wait_for_index(position))?;
        archive.duplicates(actor, blake3, limit)
    });
    Ok(HttpResponse::Ok().json(List::whole(found.await??)))
}

/// `POST /api/v1/proposals`: names and tax codes do not stand in a URL.
pub async fn propose(allowed: Allowed<Search>, Json(asked): Json<ProposalQuery>) -> Result<HttpResponse, Problem> {
    let proposal = allowed.block(move |archive, actor| archive.proposal(actor, &asked)).await??;
    Ok(HttpResponse::Ok().json(proposal))
}
