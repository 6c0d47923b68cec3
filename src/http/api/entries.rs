//! Entries of the registers: listing, reading, and the few things that may still happen to one.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{List, Paging};
use crate::http::body::{Id, Json, Query};
use crate::http::conditional;
use crate::http::guard::{
    self, AddEntryDocument, Allowed, AnnulEntry, AnswerAssignment, AssignEntry, ClassifyEntry, LinkEntry, Permission,
    ReadEntry,
};
use crate::http::problem::Problem;
use crate::ids::{ClassCode, EntryId, RegisterCode};
use crate::model::annulment::NewAnnulment;
use crate::model::assignment::{Assignment, NewAnswer};
use crate::model::link::NewLink;
use crate::model::register::NewFile;
use crate::service::EntriesQuery;
use crate::service::EntryView;

/// `GET /api/v1/registers/{register}/entries`
pub async fn list(
    allowed: Allowed<guard::List>,
    Id(register): Id<RegisterCode>,
    Query(query): Query<EntriesQuery>,
) -> Result<HttpResponse, Problem> {
    let page = allowed.block(move |archive, actor| archive.entries(actor, &register, &query)).await??;
    Ok(HttpResponse::Ok().json(page))
}

/// `GET /api/v1/registers/{register}/entries/{year}/{number}`
pub async fn show(
    allowed: Allowed<ReadEntry>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (version, entry) = allowed
        .block(move |archive, actor| {
            // The version first: should the entry change in between, its ETag is too old, never too new.
            let version = archive.entry_version(&id)?;
            archive.entry_view(actor, &id).map(|entry| (version, entry))
        })
        .await??;
    let etag = conditional::etag(version);
    if conditional::is_fresh(request.headers(), &etag) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish());
    }
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag)).json(entry))
}

/// `GET …/history`
pub async fn history(
    allowed: Allowed<ReadEntry>,
    Id(id): Id<EntryId>,
    Query(paging): Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let events = allowed.block(move |archive, actor| archive.entry_history(actor, &id)).await??;
    Ok(HttpResponse::Ok().json(List::page(events, &paging)?))
}

/// `POST …/annulment`
pub async fn annul(
    allowed: Allowed<AnnulEntry>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
    Json(annulment): Json<NewAnnulment>,
) -> Result<HttpResponse, Problem> {
    let expected = conditional::expected(request.headers())?;
    let entry = allowed.archive.annul(&allowed.actor, &id, annulment, expected).await?;
    changed(&allowed, &id, &entry, HttpResponse::Ok())
}

/// `PUT …/classification`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewClassification {
    classification: ClassCode,
}

/// `PUT …/classification`
pub async fn classify(
    allowed: Allowed<ClassifyEntry>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
    Json(new): Json<NewClassification>,
) -> Result<HttpResponse, Problem> {
    let expected = conditional::expected(request.headers())?;
    let entry = allowed.archive.classify(&allowed.actor, &id, new.classification, expected).await?;
    changed(&allowed, &id, &entry, HttpResponse::Ok())
}

/// `PUT …/assignments`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAssignments {
    assignments: Vec<Assignment>,
}

/// `PUT …/assignments`
pub async fn assign(
    allowed: Allowed<AssignEntry>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
    Json(new): Json<NewAssignments>,
) -> Result<HttpResponse, Problem> {
    let expected = conditional::expected(request.headers())?;
    let entry = allowed.archive.assign(&allowed.actor, &id, new.assignments, expected).await?;
    changed(&allowed, &id, &entry, HttpResponse::Ok())
}

/// `POST …/assignments/answers`
pub async fn answer(
    allowed: Allowed<AnswerAssignment>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
    Json(answer): Json<NewAnswer>,
) -> Result<HttpResponse, Problem> {
    let expected = conditional::expected(request.headers())?;
    let entry = allowed.archive.answer_assignment(&allowed.actor, &id, answer, expected).await?;
    changed(&allowed, &id, &entry, HttpResponse::Ok())
}

/// `POST …/links`
pub async fn link(
    allowed: Allowed<LinkEntry>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
    Json(link): Json<NewLink>,
) -> Result<HttpResponse, Problem> {
    let expected = conditional::expected(request.headers())?;
    let entry = allowed.archive.link(&allowed.actor, &id, link, expected).await?;
    changed(&allowed, &id, &entry, HttpResponse::Created())
}

/// `POST …/documents`
pub async fn add_document(
    allowed: Allowed<AddEntryDocument>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
    Json(file): Json<NewFile>,
) -> Result<HttpResponse, Problem> {
    let expected = conditional::expected(request.headers())?;
    let entry = allowed.archive.add_document(&allowed.actor, &id, file, expected).await?;
    changed(&allowed, &id, &entry, HttpResponse::Created())
}

/// An entry that has just changed, with its new version.
fn changed<P: Permission>(
    allowed: &Allowed<P>,
    id: &EntryId,
    entry: &EntryView,
    mut response: actix_web::HttpResponseBuilder,
) -> Result<HttpResponse, Problem> {
    let etag = conditional::etag(allowed.archive.entry_version(id)?);
    response.insert_header((header::ETAG, etag)).insert_header((header::LOCATION, location(id)));
    Ok(response.json(entry))
}

/// The address of an entry.
pub fn location(id: &EntryId) -> String {
    format!("/api/v1/{}", id.path())
}
