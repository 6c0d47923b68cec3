//! What registries write each other about an entry: what came, what is answered.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::entries::location;
use crate::http::body::{Id, Json, Xml};
use crate::http::conditional;
use crate::http::guard::{AddEntryDocument, Allowed, ReadEntry};
use crate::http::problem::Problem;
use crate::ids::{EntryId, Position};
use crate::service::NewMessage;

/// `GET …/messages`
pub async fn list(allowed: Allowed<ReadEntry>, Id(id): Id<EntryId>) -> Result<HttpResponse, Problem> {
    let messages = allowed.block(move |archive, actor| archive.correspondence(actor, &id)).await??;
    Ok(HttpResponse::Ok().json(messages))
}

/// `POST …/messages`: writes one, and answers it.
pub async fn write(
    allowed: Allowed<AddEntryDocument>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
    Json(new): Json<NewMessage>,
) -> Result<HttpResponse, Problem> {
    let expected = conditional::expected(request.headers())?;
    let xml = allowed.archive.write_message(&allowed.actor, &id, new, expected).await?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("{}/messages", location(&id))))
        .content_type("application/xml")
        .body(xml))
}

/// `POST …/messages/received`: keeps one that came.
pub async fn keep(
    allowed: Allowed<AddEntryDocument>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
    Xml(body): Xml,
) -> Result<HttpResponse, Problem> {
    let expected = conditional::expected(request.headers())?;
    let messages = allowed.archive.keep_message(&allowed.actor, &id, &body, expected).await?;
    Ok(HttpResponse::Created().insert_header((header::LOCATION, format!("{}/messages", location(&id)))).json(messages))
}

/// `GET …/messages/{position}`: the XML as it was received or written.
pub async fn show(
    allowed: Allowed<ReadEntry>,
    Id((id, position)): Id<(EntryId, Position)>,
) -> Result<HttpResponse, Problem> {
    let name = format!("attachment; filename=\"Messaggio-{}-{}-{}-{position}.xml\"", id.register, id.year, id.number);
    let xml = allowed.block(move |archive, actor| archive.message_content(actor, &id, position)).await??;
    Ok(HttpResponse::Ok().content_type("application/xml").insert_header((header::CONTENT_DISPOSITION, name)).body(xml))
}
