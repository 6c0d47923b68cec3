//! What was sent? Bodies, queries and ids of paths, each mistake answered with a problem that names it.

use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::field_path;
use super::problem::{Kind, Problem};
use super::wording;
use crate::ids::{
    AbsenceId, DocumentId, DossierId, EntryId, OfficeCode, Position, RegisterCode, SchemeCode, SearchId, TokenId,
    UserName,
};
use crate::limits;
use crate::model::formed::{Period, Span};

/// A JSON body of at most [`limits::JSON_BODY_MAX`] bytes.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = media_type(request.headers());
        let plain = refuse_encoding(request.headers());
        let mut payload = payload.take();
        Box::pin(async move {
            plain?;
            if !is_json(&kind) {
                return Err(Problem::of(Kind::UnsupportedMediaType).detail("this address takes application/json"));
            }
            let body = whole(&mut payload, limits::JSON_BODY_MAX).await?.ok_or_else(too_much_json)?;
            parse(&body).map(Self)
        })
    }
}

/// An XML body of at most [`limits::MARK_BYTES_MAX`] bytes, unread.
pub struct Xml(pub web::BytesMut);

impl FromRequest for Xml {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = media_type(request.headers());
        let plain = refuse_encoding(request.headers());
        let mut payload = payload.take();
        Box::pin(async move {
            plain?;
            if !matches!(kind.as_str(), "application/xml" | "text/xml") {
                return Err(Problem::of(Kind::UnsupportedMediaType).detail("this address takes application/xml"));
            }
            let too_much =
                || Problem::of(Kind::TooLarge).detail(format!("a mark has at most {} bytes", limits::MARK_BYTES_MAX));
            whole(&mut payload, limits::MARK_BYTES_MAX).await?.ok_or_else(too_much).map(Self)
        })
    }
}

/// A classification scheme as JSON, CSV or XML, of at most [`limits::SCHEME_BYTES_MAX`] bytes, unread.
pub struct SchemeBody {
    pub json: bool,
    pub bytes: web::BytesMut,
}

impl FromRequest for SchemeBody {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = media_type(request.headers());
        let plain = refuse_encoding(request.headers());
        let mut payload = payload.take();
        Box::pin(async move {
            plain?;
            let json = is_json(&kind);
            if !json && !matches!(kind.as_str(), "text/csv" | "application/xml" | "text/xml") {
                let detail = "this address takes application/json, text/csv and application/xml";
                return Err(Problem::of(Kind::UnsupportedMediaType).detail(detail));
            }
            let detail = format!("a scheme has at most {} bytes", limits::SCHEME_BYTES_MAX);
            let too_much = || Problem::of(Kind::TooLarge).detail(detail);
            let bytes = whole(&mut payload, limits::SCHEME_BYTES_MAX).await?.ok_or_else(too_much)?;
            Ok(Self { json, bytes })
        })
    }
}

/// A whole body; nothing when it is longer than `most` bytes, which ends the reading.
async fn whole(payload: &mut Payload, most: usize) -> Result<Option<web::BytesMut>, Problem> {
    let mut body = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        body.extend_from_slice(&chunk.map_err(truncated)?);
        if body.len() > most {
            return Ok(None);
        }
    }
    Ok(Some(body))
}

/// Media type of a request without its parameters, in lower case.
pub fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

/// A body that was encoded for the way would be taken for the content itself.
pub fn refuse_encoding(headers: &HeaderMap) -> Result<(), Problem> {
    let encoded =
        headers.get(CONTENT_ENCODING).is_some_and(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"));
    if encoded {
        return Err(Problem::of(Kind::UnsupportedMediaType).detail("send the body without Content-Encoding"));
    }
    Ok(())
}

pub fn too_much_json() -> Problem {
    Problem::of(Kind::TooLarge).detail(format!("a JSON body has at most {} bytes", limits::JSON_BODY_MAX))
}

/// The connection ended, or broke its own framing, before the body was whole.
pub fn truncated(error: actix_web::error::PayloadError) -> Problem {
    tracing::debug!(cause = error.to_string(), "body not whole");
    Problem::of(Kind::UploadTruncated).detail("the connection ended before the whole body had come")
}

/// Reads a JSON object; what does not fit names the field.
pub fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Problem> {
    let malformed = |error: serde_json::Error| Problem::of(Kind::MalformedJson).detail(error.to_string());
    // An array would do for a struct too, field by field in their order; nobody shall come to rely on that.
    let is_object = text.trim_ascii_start().starts_with(b"{");
    let read = if is_object { serde_json::from_slice(text).map_err(Some) } else { Err(None) };
    read.or_else(|error| {
        // Reading stops at the first field that does not fit, perhaps before the text ceases to be JSON.
        serde_json::from_slice::<Value>(text).map_err(malformed)?;
        Err(match error {
            Some(error) => misfit(text, &error),
            None => Problem::invalid("(body)", "not an object: { … } is expected"),
        })
    })
}

/// JSON that is not what is asked for: which field, and what is wrong with it.
fn misfit(text: &[u8], error: &serde_json::Error) -> Problem {
    let full = error.to_string();
    let message = full.rfind(" at line ").map_or(full.as_str(), |place| &full[..place]);
    let before: usize = text.split(|byte| *byte == b'\n').take(error.line() - 1).map(|line| line.len() + 1).sum();
    let offset = before + error.column();
    let path = field_path::path_at(text, offset);
    // These messages name a field of the object in which reading stopped.
    for start in ["missing field `", "unknown field `", "duplicate field `"] {
        if let Some((name, _)) = message.strip_prefix(start).and_then(|rest| rest.split_once('`')) {
            let object = if start == "missing field `" {
                object_ending_at(text, offset)
            } else {
                field_path::parent(&path).to_owned()
            };
            let rest = message.split_once("`, ").map(|(_, rest)| rest);
            let message = match (start, rest) {
                ("missing field `", _) => "missing".to_owned(),
                ("duplicate field `", _) => "stands there twice".to_owned(),
                (_, Some(rest)) => format!("unknown field: {rest}"),
                (_, None) => "unknown field".to_owned(),
            };
            return Problem::invalid(field_path::join(&object, name), message);
        }
    }
    Problem::invalid(if path.is_empty() { "(body)".to_owned() } else { path }, wording::in_words(message))
}

/// The path of the object whose closing brace was the last byte read.
fn object_ending_at(text: &[u8], offset: usize) -> String {
    let path = field_path::path_at(text, offset);
    // The scanner still stands at the object's last field, if it has any.
    let close = offset.saturating_sub(1);
    let body = text.get(..close).unwrap_or_default().trim_ascii_end();
    if body.ends_with(b"{") { path } else { field_path::parent(&path).to_owned() }
}

/// A query string read as `T`.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(parse_query(request.query_string()).map(Self))
    }
}

/// A query string read as `T`; what does not fit is named.
pub fn parse_query<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    web::Query::<T>::from_query(text).map(web::Query::into_inner).map_err(|error| {
        // All parameters may be absent, so the one that is refused alone is the one that is wrong.
        let guilty = text.split('&').find(|pair| web::Query::<T>::from_query(pair).is_err());
        let name = guilty.map_or("(query)", |pair| pair.split('=').next().unwrap_or_default());
        let message = match &error {
            actix_web::error::QueryPayloadError::Deserialize(cause) => cause.to_string(),
            other => other.to_string(),
        };
        Problem::invalid(name, wording::in_words(&message))
    })
}

/// An id in the path. One that cannot exist names nothing: 404.
pub struct Id<T>(pub T);

/// What names a thing in a path.
pub trait InPath: Sized {
    const WHAT: &'static str;
    fn read(request: &HttpRequest) -> Option<Self>;
}

impl<T: InPath + 'static> FromRequest for Id<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(T::read(request).map(Self).ok_or_else(|| Problem::not_found(T::WHAT)))
    }
}

fn part<T: FromStr>(request: &HttpRequest, name: &str) -> Option<T> {
    request.match_info().get(name)?.parse().ok()
}

macro_rules! in_path {
    ($($type:ty = $part:literal, $what:literal;)*) => {
        $(impl InPath for $type {
            const WHAT: &'static str = $what;

            fn read(request: &HttpRequest) -> Option<Self> {
                part(request, $part)
            }
        })*
    };
}

in_path! {
    RegisterCode = "register", "register";
    DocumentId = "id", "document";
    DossierId = "id", "dossier";
    TokenId = "id", "token";
    SearchId = "id", "search";
    UserName = "name", "user";
    OfficeCode = "code", "office";
    SchemeCode = "scheme", "classification scheme";
}

/// A register and a day (`{date}`) or a year (`{year}`).
impl InPath for (RegisterCode, Period) {
    const WHAT: &'static str = "register of this time";

    fn read(request: &HttpRequest) -> Option<Self> {
        let day = || part::<Period>(request, "date").filter(|period| period.span() == Span::Day);
        let year = || part::<Period>(request, "year").filter(|period| period.span() == Span::Year);
        Some((part(request, "register")?, day().or_else(year)?))
    }
}

impl InPath for EntryId {
    const WHAT: &'static str = "entry";

    fn read(request: &HttpRequest) -> Option<Self> {
        let part = |name| request.match_info().get(name);
        format!("{}/{}/{}", part("register")?, part("year")?, part("number")?).parse().ok()
    }
}

impl InPath for (EntryId, Position) {
    const WHAT: &'static str = "message";

    fn read(request: &HttpRequest) -> Option<Self> {
        Some((EntryId::read(request)?, part(request, "position")?))
    }
}

impl InPath for (DossierId, u32) {
    const WHAT: &'static str = "item";

    fn read(request: &HttpRequest) -> Option<Self> {
        Some((part(request, "id")?, part(request, "item")?))
    }
}

impl InPath for (UserName, AbsenceId) {
    const WHAT: &'static str = "absence";

    fn read(request: &HttpRequest) -> Option<Self> {
        Some((part(request, "name")?, part(request, "absence")?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::register::NewEntry;
    use crate::service::SearchQuery;
    use serde::Deserialize;

    fn problem_of<T>(result: Result<T, Problem>) -> (Kind, Value) {
        let problem = result.err().unwrap();
        let body = actix_web::body::to_bytes(problem.respond(None).into_body());
        let body = futures_util::future::FutureExt::now_or_never(body).unwrap().unwrap();
        (problem.kind, serde_json::from_slice(&body).unwrap())
    }

    fn field_of(text: &str) -> String {
        let (kind, body) = problem_of(parse::<NewEntry>(text.as_bytes()));
        assert_eq!(kind, Kind::Invalid, "{text}");
        body["errors"][0]["field"].as_str().unwrap().to_owned()
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (text, field) in [
            (r#"{"direction":"incoming","subject":7}"#, "subject"),
            (r#"{"direction":"sideways"}"#, "direction"),
            ("{\n  \"direction\": \"incoming\",\n  \"subjekt\": \"x\"}", "subjekt"),
            (r#"{"direction":"incoming"}"#, "subject"),
            ("{}", "direction"),
            (
                r#"{"direction":"incoming","subject":"x","correspondents":[{"role":"sender"}]}"#,
                "correspondents[0].kind",
            ),
            (
                r#"{"subject":"x","correspondents":[{"role":"sender","kind":"person","name":"a"},{"role":"x"}]}"#,
                "correspondents[1].role",
            ),
            (r#"{"correspondents":[{"role":"sender","kindd":"person"}]}"#, "correspondents[0].kindd"),
            (r#"{"correspondents":{"role":"sender"}}"#, "correspondents"),
            (r#"{"received":{"on":"2026-02-30"}}"#, "received.on"),
            (r#"{"received":{}}"#, "received.on"),
            (r#"{"direction":5}"#, "direction"),
            (r#"{"direction":null}"#, "direction"),
            (r#"{"direction":[]}"#, "direction"),
            (r#"{"direction":{"incoming":null}}"#, "direction"),
            (r#"{"correspondents":[{"role":null}]}"#, "correspondents[0].role"),
            (r#"{"correspondents":[{"role":"sender","kind":{}}]}"#, "correspondents[0].kind"),
            (r#"{"assignments":[{"office":"a","mode":7}]}"#, "assignments[0].mode"),
            (r#"{"received":{"on":"2026-01-02","channel":null}}"#, "received.channel"),
            (r#"{"document":{"blake3":"xyz","file_name":"a"}}"#, "document.blake3"),
            (r#"{"subject":"x","subject":"y"}"#, "subject"),
            ("[]", "(body)"),
            ("7", "(body)"),
        ] {
            assert_eq!(field_of(text), field, "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_told_apart() {
        for text in ["", "{", "not json", "{\"a\":}", "\u{0}"] {
            assert_eq!(problem_of(parse::<NewEntry>(text.as_bytes())).0, Kind::MalformedJson, "{text:?}");
        }
    }

    #[test]
    fn a_query_names_the_parameter() {
        let field = |text: &str| problem_of(parse_query::<SearchQuery>(text)).1["errors"][0]["field"].clone();
        assert_eq!(field("q=x&year=last"), "year");
        assert_eq!(field("q=x&limit=-1"), "limit");
        assert_eq!(field("q=x&colour=red"), "colour");
        assert_eq!(field("from=2026-13-01"), "from");
        assert!(parse_query::<SearchQuery>("q=a%20b&year=2026&facets=office,year").is_ok());
    }

    #[derive(Debug, Deserialize)]
    struct Nested {
        #[expect(dead_code, reason = "only read to be refused")]
        a: Vec<Vec<u8>>,
    }

    #[test]
    fn arrays_of_arrays_have_paths_too() {
        let (_, body) = problem_of(parse::<Nested>(br#"{"a":[[1],[2,"x"]]}"#));
        assert_eq!(body["errors"][0]["field"], "a[1][1]");
    }
}
