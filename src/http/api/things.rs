//! Things at hand: stars, and what was opened lately.

use actix_web::HttpResponse;
use serde::Deserialize;

use super::List;
use crate::http::body::Json;
use crate::http::guard::{Allowed, KeepDesk};
use crate::http::problem::Problem;
use crate::service::Thing;

/// `PUT /api/v1/starred`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Star {
    kind: String,
    id: String,
    starred: bool,
}

/// `GET /api/v1/starred`
pub async fn starred(allowed: Allowed<KeepDesk>) -> Result<HttpResponse, Problem> {
    let things = allowed.block(|archive, actor| archive.starred(actor)).await??;
    Ok(HttpResponse::Ok().json(List::whole(things)))
}

/// `PUT /api/v1/starred`
pub async fn star(allowed: Allowed<KeepDesk>, Json(star): Json<Star>) -> Result<HttpResponse, Problem> {
    let Star { kind, id, starred } = star;
    allowed.block(move |archive, actor| archive.star(actor, Thing { kind, id }, starred)).await??;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /api/v1/opened`
pub async fn opened(allowed: Allowed<KeepDesk>) -> Result<HttpResponse, Problem> {
    let things = allowed.block(|archive, actor| archive.opened_lately(actor)).await??;
    Ok(HttpResponse::Ok().json(List::whole(things)))
}

/// `POST /api/v1/opened`
pub async fn note_opened(allowed: Allowed<KeepDesk>, Json(thing): Json<Thing>) -> Result<HttpResponse, Problem> {
    allowed.block(move |archive, actor| archive.note_opened(actor, thing)).await??;
    Ok(HttpResponse::NoContent().finish())
}
