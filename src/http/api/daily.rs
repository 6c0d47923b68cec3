//! The registers of days and years: listed, and each in the form that is asked for.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::content::{self, Shown, attachment};
use super::{List, Paging, rows};
use crate::http::body::{Id, Query};
use crate::http::conditional;
use crate::http::guard::{self, Allowed, ReadRegister};
use crate::http::problem::{Kind, Problem};
use crate::http::streamed::streamed;
use crate::ids::RegisterCode;
use crate::model::formed::{Form, Period, Span};
use crate::service::{FormedView, RegisterOf};

/// `?format=` instead of an `Accept` that a link cannot send, `&volume=` of a PDF in several.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Asked {
    format: Option<Form>,
    volume: Option<usize>,
}

/// `GET /api/v1/registers/{register}/daily`
pub async fn list(
    allowed: Allowed<ReadRegister>,
    Id(register): Id<RegisterCode>,
    Query(paging): Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let before = paging.cursor.as_deref().map(|cursor| match cursor.parse() {
        Ok(period @ Period::Day(_)) => Ok(period),
        _ => Err(Problem::from(crate::service::Refusal::Cursor)),
    });
    let before = before.transpose()?;
    let limit = rows(paging.limit);
    let page = allowed
        .block(move |archive, actor| archive.formed_registers(actor, (&register, Span::Day), before, limit))
        .await??;
    Ok(HttpResponse::Ok().json(List { items: page.items, next_cursor: page.next_cursor }))
}

/// `GET /api/v1/registers/{register}/daily/{date}`
pub async fn of_day(
    allowed: Allowed<ReadRegister>,
    Id((register, period)): Id<(RegisterCode, Period)>,
    Query(asked): Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    show(allowed, register, period, (asked, request)).await
}

/// `GET /api/v1/registers/{register}/yearly/{year}`
pub async fn of_year(
    allowed: Allowed<ReadRegister>,
    Id((register, period)): Id<(RegisterCode, Period)>,
    Query(asked): Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    show(allowed, register, period, (asked, request)).await
}

async fn show(
    allowed: Allowed<ReadRegister>,
    register: RegisterCode,
    period: Period,
    (asked, request): (Asked, HttpRequest),
) -> Result<HttpResponse, Problem> {
    let form = asked.format.unwrap_or_else(|| accepted(request.headers()));
    if asked.volume.is_some() && form != Form::Pdf {
        return Err(Problem::invalid("volume", "only the PDF has volumes"));
    }
    let found = allowed.block(move |archive, actor| archive.register_of(actor, &register, period)).await??;
    let mut response = match found {
        RegisterOf::Formed(formed) => send(&allowed, &formed, form, asked.volume, &request).await?,
        RegisterOf::Open(_) if period.span() == Span::Year && form == Form::Pdf => {
            let detail = "the PDF of a year is made when the year is over; the other forms are there before";
            return Err(Problem::of(Kind::NotAvailable).detail(detail));
        }
        RegisterOf::Open(open) => {
            // Weak: what it tells is the same, the moment at which it was made is another.
            let etag = format!("W/{}", conditional::etag(open.version()));
            if conditional::is_fresh(request.headers(), etag.trim_start_matches("W/")) {
                return Ok(HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish());
            }
            let places = std::sync::Arc::clone(&guard::state(&request)?.exports);
            let busy = |_| Problem::of(Kind::Busy).detail("too many exports are being made");
            let place = places.try_acquire_owned().map_err(busy)?;
            let archive = allowed.archive.clone();
            let name = format!("provvisorio-{}-{period}.{}", open.head.register.code, form.as_str());
            let whole = streamed(place, move |out| archive.write_open_register(&open, form, out)).await?;
            HttpResponse::Ok()
                .content_type(form.media_type())
                .insert_header((header::ETAG, etag))
                .insert_header((header::CONTENT_LOCATION, request.path()))
                .insert_header((header::CONTENT_DISPOSITION, attachment(&name)))
                .streaming(whole)
        }
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept"));
    Ok(response)
}

/// A file of a formed register, by the rules of every content. Where it lies as a document is said beside it.
async fn send(
    allowed: &Allowed<ReadRegister>,
    formed: &FormedView,
    form: Form,
    volume: Option<usize>,
    request: &HttpRequest,
) -> Result<HttpResponse, Problem> {
    let file = formed.file(form, volume);
    let file = file.ok_or_else(|| Problem::invalid("volume", format!("from 1 to {}", formed.volumes())))?.clone();
    let at = format!("/api/v1/documents/{}/content", file.document);
    let document = allowed.block(move |archive, actor| archive.formed_file(actor, &file)).await??;
    let mut response = content::send(document, request, Shown::Attachment).await?;
    response.headers_mut().insert(header::CONTENT_LOCATION, HeaderValue::from_str(&at).map_err(Problem::internal)?);
    Ok(response)
}

/// The form that an `Accept` likes best; JSON where it likes all or none of them.
fn accepted(headers: &HeaderMap) -> Form {
    let values = headers.get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    let mut best = (0.0, Form::Json);
    for range in values.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
        let form = match name.as_str() {
            "text/xml" => Some(Form::Xml),
            name => Form::ALL.into_iter().find(|form| form.media_type() == name),
        };
        if let (Some(form), Some(weight)) = (form, weight)
            && weight > best.0
        {
            best = (weight, form);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_the_one_that_is_liked_best() {
        let form = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
            accepted(&headers)
        };
        for (accept, expected) in [
            ("application/pdf", Form::Pdf),
            ("text/csv", Form::Csv),
            ("text/xml", Form::Xml),
            ("application/xml;q=0.5, text/csv;q=0.8", Form::Csv),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Form::Xml),
            ("application/pdf;q=0, application/json", Form::Json),
            ("*/*", Form::Json),
            ("image/png", Form::Json),
            ("", Form::Json),
        ] {
            assert_eq!(form(accept), expected, "{accept}");
        }
        assert_eq!(accepted(&HeaderMap::new()), Form::Json);
    }
}
