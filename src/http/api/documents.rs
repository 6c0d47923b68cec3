//! Documents: creating those that are not registered, their versions, and what is known of any of them.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use crate::http::body::{Id, Json};
use crate::http::conditional;
use crate::http::guard::{AddDocumentVersion, Allowed, CreateDocument, Permission, ReadDocument};
use crate::http::problem::Problem;
use crate::ids::DocumentId;
use crate::model::document::{NewDocument, NewVersion};
use crate::service::DocumentDetails;

/// `POST /api/v1/documents`
pub async fn create(
    allowed: Allowed<CreateDocument>,
    Json(document): Json<NewDocument>,
) -> Result<HttpResponse, Problem> {
    let id = allowed.archive.create_document(&allowed.actor, document, None).await?;
    let (etag, details) = read(&allowed, id).await?;
    let location = (header::LOCATION, format!("/api/v1/documents/{id}"));
    Ok(HttpResponse::Created().insert_header(location).insert_header((header::ETAG, etag)).json(details))
}

/// `GET /api/v1/documents/{id}`
pub async fn show(allowed: Allowed<ReadDocument>, Id(id): Id<DocumentId>) -> Result<HttpResponse, Problem> {
    let (etag, details) = read(&allowed, id).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag)).json(details))
}

/// `POST /api/v1/documents/{id}/versions`
pub async fn add_version(
    allowed: Allowed<AddDocumentVersion>,
    Id(id): Id<DocumentId>,
    request: HttpRequest,
    Json(version): Json<NewVersion>,
) -> Result<HttpResponse, Problem> {
    let expected = conditional::expected(request.headers())?;
    allowed.archive.add_version(&allowed.actor, id, version, expected).await?;
    let (etag, details) = read(&allowed, id).await?;
    let location = (header::LOCATION, format!("/api/v1/documents/{id}"));
    Ok(HttpResponse::Created().insert_header(location).insert_header((header::ETAG, etag)).json(details))
}

/// `GET /api/v1/documents/{id}/text`: JSON with the text's state, or the text alone by `Accept: text/plain`.
pub async fn text(
    allowed: Allowed<ReadDocument>,
    Id(id): Id<DocumentId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let text = allowed.block(move |archive, actor| archive.text_of(actor, id)).await??;
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.trim_start().starts_with("text/plain") {
        return Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text.text));
    }
    Ok(HttpResponse::Ok().json(text))
}

/// A document with its version, for `If-Match` alone: what is said of its text changes without one.
async fn read<P: Permission>(allowed: &Allowed<P>, id: DocumentId) -> Result<(String, DocumentDetails), Problem> {
    let details = allowed.block(move |archive, actor| archive.document_details(actor, id)).await??;
    Ok((conditional::etag(details.versions.len()), details))
}
