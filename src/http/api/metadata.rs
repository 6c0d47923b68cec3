//! The metadata of Allegato 5, of an entry's main document, of any document, of a dossier.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::digest::Blake3;
use crate::http::body::Id;
use crate::http::conditional;
use crate::http::guard::{Allowed, ReadDocument, ReadDossier, ReadEntry};
use crate::http::problem::Problem;
use crate::ids::{DocumentId, DossierId, EntryId};
use crate::metadata::{Described, Finding, Tree};
use crate::service::Refusal;

/// By `Accept: application/json`.
#[derive(Serialize)]
struct View<'d> {
    metadata: &'d Tree,
    findings: &'d [Finding],
}

/// `GET …/entries/{year}/{number}/metadata.xml`
pub async fn of_entry(
    allowed: Allowed<ReadEntry>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let name = format!("{}-{}-{}", id.register, id.year, id.number);
    let described = allowed.block(move |archive, actor| archive.entry_metadata(actor, &id)).await??;
    answer(&request, &described, &name)
}

/// `GET /api/v1/documents/{id}/metadata.xml`
pub async fn of_document(
    allowed: Allowed<ReadDocument>,
    Id(id): Id<DocumentId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let described = allowed.block(move |archive, actor| archive.document_metadata(actor, id)).await??;
    answer(&request, &described, &id.to_string())
}

/// `GET /api/v1/dossiers/{id}/metadata.xml`
pub async fn of_dossier(
    allowed: Allowed<ReadDossier>,
    Id(id): Id<DossierId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let described = allowed.block(move |archive, actor| archive.dossier_metadata(actor, id)).await??;
    answer(&request, &described, &id.to_string())
}

fn answer(request: &HttpRequest, described: &Described, name: &str) -> Result<HttpResponse, Problem> {
    let Described { tree, findings } = described;
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let json = accept.trim_start().starts_with("application/json");
    let (body, content_type, ending) = if json {
        let view = View { metadata: tree, findings };
        (serde_json::to_string(&view).map_err(Refusal::failed)?, "application/json", "json")
    } else {
        (tree.xml(), "application/xml", "xml")
    };
    let etag = conditional::etag(Blake3::of(body.as_bytes()));
    let common = ((header::ETAG, etag.clone()), (header::VARY, "Accept"));
    if conditional::is_fresh(request.headers(), &etag) {
        return Ok(HttpResponse::NotModified().insert_header(common.0).insert_header(common.1).finish());
    }
    Ok(HttpResponse::Ok()
        .content_type(content_type)
        .insert_header(common.0)
        .insert_header(common.1)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"Metadati-{name}.{ending}\"")))
        .insert_header(("Metadata-Findings", findings.len().to_string()))
        .body(body))
}
