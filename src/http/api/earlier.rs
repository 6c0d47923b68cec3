//! Registers of earlier systems: importing entries with their numbers of then, and which imports there were.

use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt as _;
use serde::Deserialize;

use super::{List, Paging};
use crate::http::body::{self, Id, Query};
use crate::http::guard::{Administer, Allowed, RegisterEntry};
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
    allowed.archive.register_view(&register)?;
    let lines = lines(&request, &mut payload, limits::EARLIER_BODY_MAX).await?;
    let into = EarlierRegister { register, source, classification };
    let report = allowed.archive.import_earlier_file(&allowed.actor, &into, &lines, check).await?;
    Ok(HttpResponse::Ok().json(report))
}

/// A body of JSON Lines, whole.
async fn lines(request: &HttpRequest, payload: &mut web::Payload, most: usize) -> Result<web::BytesMut, Problem> {
    body::refuse_encoding(request.headers())?;
    if body::media_type(request.headers()) != "application/x-ndjson" {
        let takes = "this address takes application/x-ndjson: one entry a line";
        return Err(Problem::of(Kind::UnsupportedMediaType).detail(takes));
    }
    let mut lines = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        lines.extend_from_slice(&chunk.map_err(body::truncated)?);
        if lines.len() > most {
            return Err(Problem::of(Kind::TooLarge).detail(format!("at most {most} bytes: send fewer lines at once")));
        }
    }
    Ok(lines)
}

/// `?classification=`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Otherwise {
    classification: Option<ClassCode>,
}

/// `POST /api/v1/registers/{register}/emergency`
pub async fn import_emergency(
    allowed: Allowed<RegisterEntry>,
    Id(register): Id<RegisterCode>,
    Query(Otherwise { classification }): Query<Otherwise>,
    request: HttpRequest,
    mut payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    allowed.archive.may_import_emergency(&allowed.actor)?;
    let lines = lines(&request, &mut payload, limits::EMERGENCY_FILE_MAX as usize).await?;
    let (archive, actor) = (&allowed.archive, &allowed.actor);
    let outcome = archive.import_emergency(actor, &register, &lines, classification.as_ref()).await?;
    Ok(HttpResponse::Ok().json(outcome))
}

/// `GET /api/v1/imports`
pub async fn list(allowed: Allowed<Administer>, Query(paging): Query<Paging>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(List::page(allowed.archive.imports(&allowed.actor)?, &paging)?))
}
