//! Who is away and who stands in: each of the staff for himself, an administrator for anyone.

use actix_web::HttpResponse;

use super::{List, Paging, created};
use crate::http::body::{Id, Json, Query};
use crate::http::guard::{Allowed, SignedIn};
use crate::http::problem::{Kind, Problem};
use crate::ids::{AbsenceId, UserName};
use crate::model::absence::NewAbsence;
use crate::service::Refusal;

/// `GET /api/v1/users/{name}/absences`
pub async fn list(
    allowed: Allowed<SignedIn>,
    Id(name): Id<UserName>,
    Query(paging): Query<Paging>,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(List::page(allowed.archive.absences(&allowed.actor, &name).map_err(told)?, &paging)?))
}

/// `POST /api/v1/users/{name}/absences`
pub async fn record(
    allowed: Allowed<SignedIn>,
    Id(name): Id<UserName>,
    Json(absence): Json<NewAbsence>,
) -> Result<HttpResponse, Problem> {
    let absence = allowed.archive.record_absence(&allowed.actor, &name, absence).await.map_err(told)?;
    Ok(created(format!("/api/v1/users/{name}/absences/{}", absence.id), &absence))
}

/// `DELETE /api/v1/users/{name}/absences/{absence}`: it ends now, and stays in the list.
pub async fn end(
    allowed: Allowed<SignedIn>,
    Id((name, absence)): Id<(UserName, AbsenceId)>,
) -> Result<HttpResponse, Problem> {
    allowed.archive.end_absence(&allowed.actor, &name, absence).await.map_err(told)?;
    Ok(HttpResponse::NoContent().finish())
}

/// For whom absences are.
fn told(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Forbidden => {
            Problem::of(Kind::Forbidden).detail("absences are the person's own business, and the administrators'")
        }
        other => other.into(),
    }
}
