//! Users, tokens, and who read what.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use jiff::civil::Date;
use serde::Deserialize;

use super::{List, Paging, created};
use crate::clock;
use crate::http::body::{Id, Json, Query};
use crate::http::conditional;
use crate::http::guard::{Administer, Allowed, ReadAccessLog, ReadUsers};
use crate::http::problem::Problem;
use crate::ids::{TokenId, UserName};
use crate::model::user::{NewToken, NewUser, UserChange};

/// `GET /api/v1/users`
pub async fn users(allowed: Allowed<ReadUsers>, Query(paging): Query<Paging>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(List::page(allowed.archive.users(&allowed.actor)?, &paging)?))
}

/// `POST /api/v1/users`
pub async fn add_user(allowed: Allowed<Administer>, Json(user): Json<NewUser>) -> Result<HttpResponse, Problem> {
    let user = allowed.archive.add_user(&allowed.actor, user).await?;
    Ok(created(format!("/api/v1/users/{}", user.name), &user))
}

/// `GET /api/v1/users/{name}`
pub async fn user(
    allowed: Allowed<Administer>,
    Id(name): Id<UserName>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (version, user) = allowed.archive.user(&allowed.actor, &name)?;
    let etag = conditional::etag(version);
    if conditional::is_fresh(request.headers(), &etag) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish());
    }
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag)).json(user))
}

/// `PATCH /api/v1/users/{name}`
pub async fn change_user(
    allowed: Allowed<Administer>,
    Id(name): Id<UserName>,
    request: HttpRequest,
    Json(change): Json<UserChange>,
) -> Result<HttpResponse, Problem> {
    let expected = conditional::expected(request.headers())?;
    allowed.archive.change_user(&allowed.actor, &name, change, expected).await?;
    let (version, user) = allowed.archive.user(&allowed.actor, &name)?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, conditional::etag(version))).json(user))
}

/// `GET /api/v1/tokens`
pub async fn tokens(allowed: Allowed<Administer>, Query(paging): Query<Paging>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(List::page(allowed.archive.tokens(&allowed.actor)?, &paging)?))
}

/// `POST /api/v1/tokens`
pub async fn add_token(allowed: Allowed<Administer>, Json(token): Json<NewToken>) -> Result<HttpResponse, Problem> {
    let token = allowed.archive.add_token(&allowed.actor, token).await?;
    Ok(created(format!("/api/v1/tokens/{}", token.id), &token))
}

/// `DELETE /api/v1/tokens/{id}`
pub async fn revoke_token(allowed: Allowed<Administer>, Id(id): Id<TokenId>) -> Result<HttpResponse, Problem> {
    allowed.archive.revoke_token(&allowed.actor, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `?date=&cursor=&limit=`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DayQuery {
    date: Option<Date>,
    cursor: Option<String>,
    limit: Option<usize>,
}

/// `GET /api/v1/access-log`: of today without a date.
pub async fn access_log(
    allowed: Allowed<ReadAccessLog>,
    Query(query): Query<DayQuery>,
) -> Result<HttpResponse, Problem> {
    let date = query.date.unwrap_or_else(clock::today);
    let lines = allowed.block(move |archive, actor| archive.access_lines(actor, date)).await??;
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    Ok(HttpResponse::Ok().json(List::page(lines, &paging)?))
}
