//! Previews and thumbnails: what a page can show of a document in place.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::content::{self, Shown};
use crate::digest::Blake3;
use crate::http::body::Id;
use crate::http::conditional;
use crate::http::guard::{Allowed, ReadDocument};
use crate::http::problem::Problem;
use crate::ids::DocumentId;
use crate::service::Preview;

/// `GET /api/v1/documents/{id}/preview`
pub async fn preview(
    allowed: Allowed<ReadDocument>,
    Id(id): Id<DocumentId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    match allowed.block(move |archive, actor| archive.preview(actor, id)).await?? {
        Preview::Content(document) => content::send(document, &request, Shown::Inline).await,
        Preview::Text(text) => {
            let etag = conditional::etag(Blake3::of(text.as_bytes()));
            Ok(inline(&request, etag, "text/plain; charset=utf-8", text.into_bytes()))
        }
    }
}

/// `GET /api/v1/documents/{id}/thumbnail`
pub async fn thumbnail(
    allowed: Allowed<ReadDocument>,
    Id(id): Id<DocumentId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let thumbnail = allowed.block(move |archive, actor| archive.thumbnail(actor, id)).await??;
    let etag = conditional::etag(thumbnail.blake3);
    Ok(inline(&request, etag, "image/png", thumbnail.png.to_vec()))
}

/// What was made here, whole, unless the client has it.
fn inline(request: &HttpRequest, etag: String, media_type: &str, bytes: Vec<u8>) -> HttpResponse {
    if conditional::is_fresh(request.headers(), &etag) {
        return HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish();
    }
    HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((header::ETAG, etag))
        .insert_header((header::CONTENT_DISPOSITION, "inline"))
        .insert_header((header::CONTENT_SECURITY_POLICY, content::POLICY_INLINE))
        .body(bytes)
}
