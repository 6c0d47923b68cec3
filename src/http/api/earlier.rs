//! Registers of earlier systems: importing entries with their numbers of then, and which imports there were.

use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt as _;
use serde::Deserialize;

use super::{List, Paging};
use crate::http::body::{self, Id, Query};
use crate::http::guard::{Administer, Allowed};
use crate::http::problem::{Kind, Problem};
use crate::ids::{ClassCode, RegisterCode};
use crate::limits;
use crate::service::EarlierRegister;

/// `?source=&classification=&check=`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct From {
    source: String,
    classification: Option<ClassCode>,
    #[serde(default)]
    check: bool,
}

/// `POST /api/v1/registers/{register}/imports`
pub async fn import(
    allowed: Allowed<Administer>,
    Id(register): Id<RegisterCode>,
    Query(From { source, classification, check }): Query<From>,
    request: HttpRequest,
    mut payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    body::refuse_encoding(request.headers())?;
    if body::media_type(request.headers()) != "application/x-ndjson" {
        let takes = "this address takes application/x-ndjson: one entry a line";
        return Err(Problem::of(Kind::UnsupportedMediaType).detail(takes));
    }
    allowed.archive.register_view(&register)?;
    let mut lines = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        lines.extend_from_slice(&chunk.map_err(body::truncated)?);
        if lines.len() > limits::EARLIER_BODY_MAX {
            let most = format!("at most {} bytes: send the lines in several requests", limits::EARLIER_BODY_MAX);
            return Err(Problem::of(Kind::TooLarge).detail(most));
        }
    }
    let into = EarlierRegister { register, source, classification };
    let report = allowed.archive.import_earlier_file(&allowed.actor, &into, &lines, check).await?;
    Ok(HttpResponse::Ok().json(report))
}

/// `GET /api/v1/imports`
pub async fn list(allowed: Allowed<Administer>, Query(paging): Query<Paging>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(List::page(allowed.archive.imports(&allowed.actor)?, &paging)?))
}
