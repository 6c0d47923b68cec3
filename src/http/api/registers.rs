//! The registers of the area: which there are, opening one, changing and closing it.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::{List, Paging, created};
use crate::http::body::{Id, Json, Query};
use crate::http::conditional;
use crate::http::guard::{Administer, Allowed, ReadDirectory};
use crate::http::problem::Problem;
use crate::ids::RegisterCode;
use crate::model::registers::{NewRegister, RegisterChange};

/// `GET /api/v1/registers`
pub async fn list(allowed: Allowed<ReadDirectory>, Query(paging): Query<Paging>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(List::page(allowed.archive.register_list(), &paging)?))
}

/// `POST /api/v1/registers`
pub async fn add(allowed: Allowed<Administer>, Json(new): Json<NewRegister>) -> Result<HttpResponse, Problem> {
    let register = allowed.archive.add_register(&allowed.actor, new).await?;
    Ok(created(format!("/api/v1/registers/{}", register.code), &register))
}

/// `GET /api/v1/registers/{register}`
pub async fn show(
    allowed: Allowed<ReadDirectory>,
    Id(code): Id<RegisterCode>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let register = allowed.archive.register_view(&code)?;
    let etag = conditional::etag(register.rules.version);
    if conditional::is_fresh(request.headers(), &etag) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish());
    }
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag)).json(register))
}

/// `PATCH /api/v1/registers/{register}`
pub async fn change(
    allowed: Allowed<Administer>,
    Id(code): Id<RegisterCode>,
    request: HttpRequest,
    Json(change): Json<RegisterChange>,
) -> Result<HttpResponse, Problem> {
    let expected = conditional::expected(request.headers())?;
    let register = allowed.archive.change_register(&allowed.actor, &code, change, expected).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, conditional::etag(register.rules.version))).json(register))
}
