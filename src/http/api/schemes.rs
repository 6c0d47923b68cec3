//! The classification scheme: its versions, as JSON, CSV or XML; checking a new one and adopting it.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use jiff::civil::Date;
use serde::Deserialize;

use super::content::attachment;
use super::{List, Paging, created};
use crate::http::body::{self, Id, Query, SchemeBody};
use crate::http::conditional;
use crate::http::guard::{Administer, Allowed, ReadDirectory};
use crate::http::problem::Problem;
use crate::ids::SchemeCode;
use crate::model::classification::NewScheme;
use crate::model::field::read_from_word;
use crate::service::{AboutScheme, Refusal, WhichVersion, scheme_of_file};

/// `GET /api/v1/classification-schemes`: the one in force first.
pub async fn list(allowed: Allowed<ReadDirectory>, Query(paging): Query<Paging>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(List::page(allowed.archive.schemes(), &paging)?))
}

/// What a version is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Csv,
    Xml,
}

read_from_word!(Format { Json = "json", Csv = "csv", Xml = "xml" });

impl Format {
    /// What is asked for by `Accept`, where nothing else says it.
    fn accepted(request: &HttpRequest) -> Self {
        let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        match accept.split([',', ';']).next().unwrap_or_default().trim() {
            "text/csv" => Self::Csv,
            "application/xml" | "text/xml" => Self::Xml,
            _ => Self::Json,
        }
    }
}

/// What stands between the cells of a CSV.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Separator {
    #[default]
    Comma,
    /// With a byte order mark: what a spreadsheet expects where the comma is in numbers, as in Italy.
    Semicolon,
}

read_from_word!(Separator { Comma = "comma", Semicolon = "semicolon" });

/// `?on=&version=&format=&separator=`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Which {
    on: Option<Date>,
    version: Option<usize>,
    format: Option<Format>,
    separator: Separator,
}

/// `GET /api/v1/classification-schemes/{scheme}`, as JSON, CSV or XML by `format` or `Accept`.
pub async fn show(
    allowed: Allowed<ReadDirectory>,
    Id(code): Id<SchemeCode>,
    Query(asked): Query<Which>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let which = match (asked.on, asked.version) {
        (None, None) => WhichVersion::InForce,
        (Some(day), None) => WhichVersion::On(day),
        (None, Some(number)) => WhichVersion::Number(number),
        (Some(_), Some(_)) => {
            return Err(Refusal::invalid("version", "names a version or a day, one of the two").into());
        }
    };
    let view = allowed.archive.scheme(code.as_str(), which)?;
    let format = asked.format.unwrap_or_else(|| Format::accepted(&request));
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::VARY, "Accept"));
    let separator = match format {
        Format::Json => return Ok(answer.insert_header((header::ETAG, conditional::etag(view.tag))).json(view)),
        Format::Csv if asked.separator == Separator::Semicolon => Some(b';'),
        Format::Csv => Some(b','),
        Format::Xml => None,
    };
    let mut file = allowed.archive.scheme_file(code.as_str(), WhichVersion::Number(view.version), separator)?;
    if separator == Some(b';') {
        file.splice(0..0, "\u{feff}".bytes());
    }
    let (kind, ending) =
        if separator.is_some() { ("text/csv; charset=utf-8", "csv") } else { ("application/xml", "xml") };
    let name = format!("{code}-{}.{ending}", view.version);
    Ok(answer.content_type(kind).insert_header((header::CONTENT_DISPOSITION, attachment(&name))).body(file))
}

/// `?check=&code=&title=&valid_from=`: what a CSV has no place for.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Adoption {
    check: bool,
    code: Option<String>,
    title: Option<String>,
    valid_from: Option<Date>,
}

/// `POST /api/v1/classification-schemes`: with `check=true` only what would change.
pub async fn adopt(
    allowed: Allowed<Administer>,
    Query(Adoption { check, code, title, valid_from }): Query<Adoption>,
    request: HttpRequest,
    SchemeBody { json, bytes }: SchemeBody,
) -> Result<HttpResponse, Problem> {
    let new: NewScheme = if json {
        let said = body::parse::<NewScheme>(&bytes)?;
        let valid_from = valid_from.unwrap_or(said.valid_from);
        NewScheme { code: code.or(said.code), title: title.or(said.title), valid_from, ..said }
    } else {
        scheme_of_file(&bytes, AboutScheme { code, title, valid_from })?
    };
    if check {
        let checked = allowed.archive.check_scheme(&allowed.actor, &new)?;
        return Ok(HttpResponse::Ok().insert_header((header::ETAG, conditional::etag(checked.newest))).json(checked));
    }
    let expected = conditional::expected(request.headers())?;
    let view = allowed.archive.adopt_scheme(&allowed.actor, new, expected).await?;
    let address = format!("/api/v1/classification-schemes/{}?version={}", view.code, view.version);
    Ok(created(address, &view))
}
