//! Marks of protocol: that of an entry, and reading one that came with a message.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::header;

use crate::http::body::{Id, Xml};
use crate::http::conditional;
use crate::http::guard::{Allowed, ReadEntry, Upload};
use crate::http::problem::Problem;
use crate::ids::EntryId;

/// `GET …/mark.xml`
pub async fn show(
    allowed: Allowed<ReadEntry>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let wanted = id.clone();
    let made = allowed.block(move |archive, actor| archive.make_mark(actor, &wanted)).await??;
    if let Some(mark) = made {
        allowed.archive.keep_mark(mark).await?;
    }
    let name = format!("attachment; filename=\"Segnatura-{}-{}-{}.xml\"", id.register, id.year, id.number);
    let mark = allowed.block(move |archive, actor| archive.kept_mark(actor, &id)).await??;
    let etag = conditional::etag(mark.blake3);
    if conditional::is_fresh(request.headers(), &etag) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish());
    }
    Ok(HttpResponse::Ok()
        .content_type("application/xml")
        .insert_header((header::ETAG, etag))
        .insert_header((header::CONTENT_DISPOSITION, name))
        .insert_header(("Seal", if mark.trial { "trial" } else { "configured" }))
        .body(mark.xml))
}

/// `POST /api/v1/marks`: what a mark or a message says, which rules it breaks, what its seal is worth, and which entries
/// it is about. Nothing is kept.
pub async fn read(allowed: Allowed<Upload>, Xml(body): Xml) -> Result<HttpResponse, Problem> {
    let reading = allowed.block(move |archive, actor| archive.read_mark(actor, &body)).await??;
    Ok(HttpResponse::Ok().json(reading))
}
