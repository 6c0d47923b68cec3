//! Dossiers: opening, filing into, showing, taking out, closing and reopening.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::{List, Paging, created, rows};
use crate::http::body::{Id, Json, Query};
use crate::http::conditional;
use crate::http::guard::{
    self, Allowed, ChangeDossierItem, CloseDossier, FileIntoDossier, OpenDossier, Permission, ReadDossier,
    ReopenDossier,
};
use crate::http::problem::Problem;
use crate::ids::DossierId;
use crate::model::dossier::{Because, ItemChange, NewDossier, NewItem};
use crate::service::{DossierView, DossiersQuery, ItemView, Refusal};

/// `GET /api/v1/dossiers`
pub async fn list(allowed: Allowed<guard::List>, Query(query): Query<DossiersQuery>) -> Result<HttpResponse, Problem> {
    let page = allowed.block(move |archive, actor| archive.dossiers(actor, &query)).await??;
    Ok(HttpResponse::Ok().json(page))
}

/// `POST /api/v1/dossiers`
pub async fn open(allowed: Allowed<OpenDossier>, Json(dossier): Json<NewDossier>) -> Result<HttpResponse, Problem> {
    let id = allowed.archive.open_dossier(&allowed.actor, dossier).await?;
    let (etag, dossier) = read(&allowed, id).await?;
    let location = format!("/api/v1/{}", id.path());
    let headers = ((header::LOCATION, location), (header::ETAG, etag));
    Ok(HttpResponse::Created().insert_header(headers.0).insert_header(headers.1).json(dossier))
}

/// `GET /api/v1/dossiers/{id}`
pub async fn show(
    allowed: Allowed<ReadDossier>,
    Id(id): Id<DossierId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (etag, dossier) = read(&allowed, id).await?;
    if conditional::is_fresh(request.headers(), &etag) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish());
    }
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag)).json(dossier))
}

/// `GET /api/v1/dossiers/{id}/items`
pub async fn items(
    allowed: Allowed<ReadDossier>,
    Id(id): Id<DossierId>,
    Query(paging): Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let after = match paging.cursor.as_deref() {
        None => 0,
        Some(cursor) => cursor.parse().map_err(|_| Refusal::Cursor)?,
    };
    let limit = rows(paging.limit);
    let page = allowed.block(move |archive, actor| archive.dossier_items(actor, id, after, limit)).await??;
    let next_cursor = page.next.map(|next| next.to_string());
    Ok(HttpResponse::Ok().json(List { items: page.items, next_cursor }))
}

/// `POST /api/v1/dossiers/{id}/items`
pub async fn file(
    allowed: Allowed<FileIntoDossier>,
    Id(id): Id<DossierId>,
    Json(item): Json<NewItem>,
) -> Result<HttpResponse, Problem> {
    let number = allowed.archive.file_item(&allowed.actor, id, item).await?;
    let view = item_view(&allowed, id, number).await?;
    Ok(created(format!("/api/v1/{}/items/{number}", id.path()), &view))
}

/// `GET /api/v1/dossiers/{id}/items/{item}`
pub async fn item(
    allowed: Allowed<ReadDossier>,
    Id((id, number)): Id<(DossierId, u32)>,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(item_view(&allowed, id, number).await?))
}

/// `PATCH /api/v1/dossiers/{id}/items/{item}`
pub async fn change_item(
    allowed: Allowed<ChangeDossierItem>,
    Id((id, number)): Id<(DossierId, u32)>,
    Json(change): Json<ItemChange>,
) -> Result<HttpResponse, Problem> {
    allowed.archive.show_item(&allowed.actor, id, number, change.shown).await?;
    Ok(HttpResponse::Ok().json(item_view(&allowed, id, number).await?))
}

/// `POST /api/v1/dossiers/{id}/items/{item}/removal`
pub async fn remove_item(
    allowed: Allowed<ChangeDossierItem>,
    Id((id, number)): Id<(DossierId, u32)>,
    request: HttpRequest,
    Json(why): Json<Because>,
) -> Result<HttpResponse, Problem> {
    let expected = conditional::expected(request.headers())?;
    allowed.archive.remove_item(&allowed.actor, id, number, why, expected).await?;
    Ok(HttpResponse::Ok().json(item_view(&allowed, id, number).await?))
}

/// `POST /api/v1/dossiers/{id}/closure`
pub async fn close(
    allowed: Allowed<CloseDossier>,
    Id(id): Id<DossierId>,
    request: HttpRequest,
    Json(why): Json<Because>,
) -> Result<HttpResponse, Problem> {
    let expected = conditional::expected(request.headers())?;
    allowed.archive.close_dossier(&allowed.actor, id, why, expected).await?;
    let (etag, dossier) = read(&allowed, id).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag)).json(dossier))
}

/// `POST /api/v1/dossiers/{id}/reopening`
pub async fn reopen(
    allowed: Allowed<ReopenDossier>,
    Id(id): Id<DossierId>,
    request: HttpRequest,
    Json(why): Json<Because>,
) -> Result<HttpResponse, Problem> {
    let expected = conditional::expected(request.headers())?;
    allowed.archive.reopen_dossier(&allowed.actor, id, why, expected).await?;
    let (etag, dossier) = read(&allowed, id).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag)).json(dossier))
}

/// A dossier with its version, which is read first: should it change in between, the ETag is too old, never too new.
async fn read<P: Permission>(allowed: &Allowed<P>, id: DossierId) -> Result<(String, DossierView), Problem> {
    let read = allowed.block(move |archive, actor| {
        let version = archive.dossier_version(id)?;
        archive.dossier_view(actor, id).map(|dossier| (conditional::etag(version), dossier))
    });
    Ok(read.await??)
}

async fn item_view<P: Permission>(allowed: &Allowed<P>, id: DossierId, number: u32) -> Result<ItemView, Problem> {
    Ok(allowed.block(move |archive, actor| archive.dossier_item(actor, id, number)).await??)
}
