//! A dossier as one file.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::content::attachment;
use crate::http::body::Id;
use crate::http::guard::{self, Allowed, ReadPackage};
use crate::http::problem::{Kind, Problem};
use crate::http::streamed::streamed;
use crate::ids::DossierId;

/// `GET /api/v1/dossiers/{id}/package`
pub async fn download(
    allowed: Allowed<ReadPackage>,
    Id(id): Id<DossierId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let places = Arc::clone(&guard::state(&request)?.packages);
    let busy = |_| Problem::of(Kind::Busy).detail("too many packages are being made");
    let place = places.try_acquire_owned().map_err(busy)?;
    let dossier = allowed.block(move |archive, actor| archive.dossier_view(actor, id)).await??;
    let (archive, actor) = (allowed.archive.clone(), allowed.actor.clone());
    let whole = streamed(place, move |out| archive.write_package(&actor, id, out)).await?;
    let name = format!("{}.zip", dossier.code.replace('/', "-"));
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((header::CONTENT_DISPOSITION, attachment(&name)))
        .streaming(whole))
}
