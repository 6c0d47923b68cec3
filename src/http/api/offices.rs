//! Offices: which there are, adding one, changing, moving and ending it.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::{List, Paging, created};
use crate::http::body::{Id, Json, Query};
use crate::http::conditional;
use crate::http::guard::{Administer, Allowed, ReadDirectory};
use crate::http::problem::Problem;
use crate::ids::OfficeCode;
use crate::model::office::{NewOffice, OfficeChange};

/// `GET /api/v1/offices`
pub async fn list(allowed: Allowed<ReadDirectory>, Query(paging): Query<Paging>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(List::page(allowed.archive.offices(), &paging)?))
}

/// `POST /api/v1/offices`
pub async fn add(allowed: Allowed<Administer>, Json(office): Json<NewOffice>) -> Result<HttpResponse, Problem> {
    let office = allowed.archive.add_office(&allowed.actor, office).await?;
    Ok(created(format!("/api/v1/offices/{}", office.code), &office))
}

/// `GET /api/v1/offices/{code}`: what it holds changes with everything that is assigned, so the tag is of the office
/// alone, and nothing is answered with 304.
pub async fn show(allowed: Allowed<ReadDirectory>, Id(code): Id<OfficeCode>) -> Result<HttpResponse, Problem> {
    let shown = allowed.block(move |archive, actor| archive.office(actor, &code)).await??;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, conditional::etag(shown.office.version))).json(shown))
}

/// `PATCH /api/v1/offices/{code}`
pub async fn change(
    allowed: Allowed<Administer>,
    Id(code): Id<OfficeCode>,
    request: HttpRequest,
    Json(change): Json<OfficeChange>,
) -> Result<HttpResponse, Problem> {
    let expected = conditional::expected(request.headers())?;
    let changed = allowed.archive.change_office(&allowed.actor, &code, change, expected).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, conditional::etag(changed.office.version))).json(changed))
}
