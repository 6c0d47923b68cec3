//! What a search finds, as a table to take along.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::content::attachment;
use crate::clock;
use crate::http::body::{Json, Query, parse_query};
use crate::http::guard::{self, Allowed, Export};
use crate::http::problem::{Kind, Problem};
use crate::http::streamed::streamed;
use crate::service::{self, Conditions, ExportOptions};

/// The parameters that say how the file is to be; the others say what is looked for.
const OPTIONS: [&str; 4] = ["format", "language", "bom", "separator"];

/// `GET /api/v1/search/export`
pub async fn by_query(allowed: Allowed<Export>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let is_option = |pair: &&str| OPTIONS.contains(&pair.split('=').next().unwrap_or_default());
    let (options, conditions): (Vec<&str>, Vec<&str>) = request.query_string().split('&').partition(is_option);
    let (options, conditions) = (parse_query(&options.join("&"))?, parse_query(&conditions.join("&"))?);
    export(allowed, conditions, options, &request).await
}

/// `POST /api/v1/search/export`: what is looked for as JSON, for what must not stand in a URL.
pub async fn by_body(
    allowed: Allowed<Export>,
    Query(options): Query<ExportOptions>,
    request: HttpRequest,
    Json(conditions): Json<Conditions>,
) -> Result<HttpResponse, Problem> {
    export(allowed, conditions, options, &request).await
}

async fn export(
    allowed: Allowed<Export>,
    conditions: Conditions,
    options: ExportOptions,
    request: &HttpRequest,
) -> Result<HttpResponse, Problem> {
    let export = service::Export::new(&conditions, options)?;
    let places = Arc::clone(&guard::state(request)?.exports);
    let busy = |_| Problem::of(Kind::Busy).detail("too many exports are being made");
    let place = places.try_acquire_owned().map_err(busy)?;
    let (archive, actor) = (allowed.archive.clone(), allowed.actor.clone());
    let whole = streamed(place, move |out| archive.write_export(&actor, export, out)).await?;
    let today = clock::today();
    let name = format!("search-{today}.{}", options.format.as_str());
    Ok(HttpResponse::Ok()
        .content_type(options.format.media_type())
        .insert_header((header::CONTENT_DISPOSITION, attachment(&name)))
        .streaming(whole))
}
