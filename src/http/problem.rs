//! How does the archive say no over HTTP? With RFC 9457 problems from a closed list. Causes go to the log, not to clients.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use crate::blob::StageError;
use crate::model::field::FieldError;
use crate::service::Refusal;

/// What an administrator can do about a full disk.
const FULL: &str = "the disk of the data folder is full: make room on it; the server goes on by itself then, and until \
                    then reading works. 64 MiB are kept back for what must still be written";

/// What the `type` of every problem begins with.
const URN: &str = "urn:tabularium:problem:";

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $status:literal, $title:literal, $advice:literal;)*) => {
        /// Every problem there is. The list is published in `schema/problems.json`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($(#[$doc])* $variant,)*
        }

        impl Kind {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The end of its `type`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// What a caller can do about it.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$variant => $advice,)* }
            }
        }
    };
}

kinds! {
    MalformedRequest = "malformed-request", 400, "The request cannot be understood",
        "Correct what `detail` names.";
    MalformedJson = "malformed-json", 400, "The body is not JSON",
        "Send one JSON value in UTF-8; `detail` says where reading stopped.";
    MalformedDigest = "malformed-digest", 400, "The digest header cannot be understood",
        "Send `Repr-Digest: sha-256=:<base64>:` (RFC 9530), or leave the header out.";
    UploadTruncated = "upload-truncated", 400, "The body ended before it was whole",
        "Nothing was kept. Send it again.";
    KeyMissing = "idempotency-key-missing", 400, "The header Idempotency-Key is missing or not valid",
        "Send a key of 1 to 255 visible ASCII characters, the same when you repeat the request: a number is then given only once.";
    Unauthenticated = "unauthenticated", 401, "Nobody is signed in",
        "Send `Authorization: Bearer <token>`, or sign in at /api/v1/session.";
    SignInRefused = "sign-in-refused", 401, "Name or password is wrong",
        "Check both. An administrator can set a new password.";
    Forbidden = "forbidden", 403, "You may not do this",
        "Ask somebody whose role allows it.";
    CsrfToken = "csrf-token", 403, "The header X-CSRF-Token is missing or wrong",
        "With a session, send the `csrf_token` of /api/v1/session with everything that changes something.";
    NotFound = "not-found", 404, "There is no such thing",
        "Check the address. What one may not know of is answered like this too.";
    NotAvailable = "not-available", 404, "There is no such rendition",
        "Read the content itself.";
    NotStampable = "not-stampable", 404, "There is no copy with the mark",
        "Print the label of the entry instead (…/label.pdf), and stick it on the paper.";
    MethodNotAllowed = "method-not-allowed", 405, "This address does not know the method",
        "Use one of the methods in the header Allow.";
    RegisterClosed = "register-closed", 409, "The register is closed",
        "Register in another register, or have an administrator open it again.";
    DossierClosed = "dossier-closed", 409, "The dossier is closed",
        "Reopen the dossier first, with a reason.";
    DossierOpen = "dossier-open", 409, "The dossier is open already",
        "Nothing needs to be done.";
    EntryAnnulled = "entry-annulled", 409, "The entry is annulled",
        "An annulled entry stays readable and never changes. Register a new one.";
    AssignmentState = "assignment-state", 409, "The assignment does not stand so",
        "Read the entry again: somebody may have answered before you.";
    AlreadyExists = "already-exists", 409, "It exists already",
        "Use what exists, or choose another name.";
    Registered = "document-registered", 409, "A registered document gets no new versions",
        "Register the new version as an entry of its own.";
    Changed = "changed", 412, "It was changed since you read it",
        "Read it again and decide again; send the new ETag in If-Match.";
    TooLarge = "too-large", 413, "The body is too large",
        "Send less; `detail` names the limit.";
    UnsupportedMediaType = "unsupported-media-type", 415, "The body is of another kind than this address takes",
        "Send the media type that the API description names, without Content-Encoding.";
    RangeNotSatisfiable = "range-not-satisfiable", 416, "The range lies outside the content",
        "Content-Range tells the size.";
    Invalid = "invalid", 422, "Something in the request is not valid",
        "`errors` names every field and what is wrong with it.";
    KeyReused = "idempotency-key-reused", 422, "The Idempotency-Key was used for another request",
        "A new request needs a new key; a repeated one must be the same to the last field.";
    BlobUnknown = "blob-unknown", 422, "The content is not known here",
        "Upload it again, then repeat the request. A digest gives nobody a content.";
    DigestMismatch = "digest-mismatch", 422, "The content is not what its digest announced",
        "Nothing was kept. Send it again, and check the digest if this repeats.";
    TooManyAttempts = "too-many-attempts", 429, "Too many tries to sign in",
        "Wait for the seconds in Retry-After.";
    Internal = "internal", 500, "The archive failed",
        "Try again; if it repeats, tell the administrator the `instance`, which stands in the log too.";
    Stopped = "stopped", 503, "The archive takes no changes until it is restarted",
        "Tell the administrator: a write to the disk failed. Reading works.";
    NotReady = "not-ready", 503, "The archive is not ready yet",
        "Wait for the seconds in Retry-After. /status shows the progress.";
    Busy = "busy", 503, "Too much of this is going on already",
        "Wait for the seconds in Retry-After.";
    SealAway = "seal-away", 503, "The mark cannot be sealed at the moment",
        "The entry stands, and nothing is lost. Ask for its mark again after the seconds in Retry-After; if this repeats, tell the administrator that the signer does not answer.";
    DiskFull = "disk-full", 507, "The disk is full",
        "Tell the administrator. Nothing is lost; writing goes on by itself when there is room.";
}

impl Kind {
    pub fn urn(self) -> String {
        format!("{URN}{}", self.name())
    }
}

/// An answer that says what was wrong and what to do.
#[derive(Debug)]
pub struct Problem {
    pub kind: Kind,
    /// Apart, so that a result is small where nothing went wrong.
    more: Box<More>,
}

#[derive(Debug, Default)]
struct More {
    detail: Option<String>,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
    instance: Option<String>,
    cause: Option<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
}

impl Problem {
    pub fn of(kind: Kind) -> Self {
        let problem = Self { kind, more: Box::default() };
        match kind {
            Kind::Unauthenticated | Kind::SignInRefused => {
                problem.header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
            }
            Kind::NotReady | Kind::Busy | Kind::SealAway => problem.retry_after(5),
            Kind::DiskFull => problem.retry_after(60).detail(FULL),
            Kind::Stopped => problem.retry_after(60),
            _ => problem,
        }
    }

    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.more.detail = Some(detail.into());
        self
    }

    /// A detail where nobody gave one.
    pub fn respond_or_say(&self, instance: &str, otherwise: Option<&'static str>) -> HttpResponse {
        let says_nothing = self.more.detail.is_none() && self.kind == Kind::Forbidden;
        match otherwise.filter(|_| says_nothing) {
            Some(detail) => Self::of(self.kind).detail(detail).respond(Some(instance)),
            None => self.respond(Some(instance)),
        }
    }

    /// What is wrong with one field of the request.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::of(Kind::Invalid).field(field, message)
    }

    pub fn field(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.more.errors.push(FieldError { field: field.into(), message: message.into() });
        self
    }

    pub fn not_found(what: &str) -> Self {
        Self::of(Kind::NotFound).detail(format!("no such {what}"))
    }

    /// A failure of the archive itself: the cause is for the log.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::of(Kind::Internal).caused_by(cause)
    }

    fn caused_by(mut self, cause: impl fmt::Display) -> Self {
        self.more.cause = Some(cause.to_string());
        self
    }

    /// What was said besides the title.
    pub fn said(&self) -> Option<&str> {
        self.more.detail.as_deref()
    }

    pub fn errors(&self) -> &[FieldError] {
        &self.more.errors
    }

    pub fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.more.headers
    }

    /// What is behind it, for the log alone.
    pub fn cause(&self) -> Option<&str> {
        self.more.cause.as_deref()
    }

    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.more.headers.push((name, value));
        self
    }

    pub fn retry_after(self, seconds: u32) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// The request's id, where nobody adds it later.
    pub fn instance(mut self, id: &str) -> Self {
        self.more.instance = Some(id.to_owned());
        self
    }

    /// The nearest problem to a status that the framework chose.
    pub fn of_status(status: StatusCode) -> Self {
        let kind = match status.as_u16() {
            401 => Kind::Unauthenticated,
            403 => Kind::Forbidden,
            404 => Kind::NotFound,
            405 => Kind::MethodNotAllowed,
            413 => Kind::TooLarge,
            415 => Kind::UnsupportedMediaType,
            416 => Kind::RangeNotSatisfiable,
            422 => Kind::Invalid,
            429 => Kind::TooManyAttempts,
            503 => Kind::NotReady,
            400..=499 => Kind::MalformedRequest,
            _ => Kind::Internal,
        };
        Self::of(kind)
    }

    /// The answer; `instance` is the request's id.
    pub fn respond(&self, instance: Option<&str>) -> HttpResponse {
        let status = StatusCode::from_u16(self.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = Body {
            r#type: self.kind.urn(),
            title: self.kind.title(),
            status: self.kind.status(),
            detail: self.more.detail.as_deref(),
            instance: instance.map(|id| format!("urn:uuid:{id}")),
            errors: &self.more.errors,
        };
        let mut response = HttpResponse::build(status);
        response.content_type("application/problem+json");
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        for (name, value) in &self.more.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        // The body is made of texts and numbers: it always becomes JSON.
        response.body(serde_json::to_vec(&body).unwrap_or_default())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.title())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        self.respond(self.more.instance.as_deref())
    }
}

/// The one mapping from what the archive refuses to what a client is told.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Invalid(errors) => {
                let problem = Self::of(Kind::Invalid);
                errors.into_iter().fold(problem, |problem, error| problem.field(error.field, error.message))
            }
            Refusal::NotFound(what) => Self::not_found(what),
            Refusal::Forbidden => Self::of(Kind::Forbidden),
            Refusal::BlobUnknown { field, blake3 } => {
                Self::of(Kind::BlobUnknown).field(field, format!("content {blake3} is not known here: upload it again"))
            }
            Refusal::KeyReused => Self::of(Kind::KeyReused),
            Refusal::RegisterClosed => Self::of(Kind::RegisterClosed),
            Refusal::DossierClosed => Self::of(Kind::DossierClosed),
            Refusal::DossierOpen => Self::of(Kind::DossierOpen),
            Refusal::EntryAnnulled => Self::of(Kind::EntryAnnulled),
            Refusal::AssignmentState(why) => Self::of(Kind::AssignmentState).detail(why),
            Refusal::AlreadyExists(what) => Self::of(Kind::AlreadyExists).detail(what),
            Refusal::Changed => Self::of(Kind::Changed),
            Refusal::Registered => Self::of(Kind::Registered),
            Refusal::Cursor => Self::invalid("cursor", "not a cursor of this list: take it from next_cursor"),
            Refusal::Full => Self::of(Kind::DiskFull),
            Refusal::Stopped(reason) => Self::of(Kind::Stopped).caused_by(reason),
            Refusal::NotAvailable(why) => Self::of(Kind::NotAvailable).detail(why),
            Refusal::NotStampable(why) => Self::of(Kind::NotStampable).detail(why),
            Refusal::SealAway => Self::of(Kind::SealAway),
            Refusal::Busy(why) => Self::of(Kind::Busy).detail(why),
            Refusal::NotReady(why) => Self::of(Kind::NotReady).detail(why),
            failed @ Refusal::Failed(_) => Self::internal(failed.causes()),
        }
    }
}

impl From<StageError> for Problem {
    fn from(error: StageError) -> Self {
        if error.is_full() {
            return Self::of(Kind::DiskFull);
        }
        match error {
            StageError::WrongDigest { .. } => Self::of(Kind::DigestMismatch).detail(error.to_string()),
            StageError::TooLarge { .. } => Self::of(Kind::TooLarge).detail(error.to_string()),
            StageError::Full { .. } => Self::of(Kind::DiskFull),
            StageError::Incomplete | StageError::Source(_) | StageError::Disk(_) => {
                Self::internal(Refusal::failed(error).causes())
            }
        }
    }
}

/// A task on the blocking pool ended without an answer: it panicked, or the server is going down.
impl From<actix_web::error::BlockingError> for Problem {
    fn from(error: actix_web::error::BlockingError) -> Self {
        Self::internal(error)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::digest::{Blake3, Sha256};

    fn kind_of(refusal: Refusal) -> Kind {
        Problem::from(refusal).kind
    }

    #[test]
    fn every_refusal_has_its_problem() {
        let blob = Refusal::BlobUnknown { field: "document.blake3".into(), blake3: Blake3::of(b"") };
        let expected = [
            (Refusal::invalid("subject", "must not be empty"), Kind::Invalid, 422),
            (Refusal::NotFound("entry"), Kind::NotFound, 404),
            (Refusal::Forbidden, Kind::Forbidden, 403),
            (blob, Kind::BlobUnknown, 422),
            (Refusal::KeyReused, Kind::KeyReused, 422),
            (Refusal::RegisterClosed, Kind::RegisterClosed, 409),
            (Refusal::DossierClosed, Kind::DossierClosed, 409),
            (Refusal::DossierOpen, Kind::DossierOpen, 409),
            (Refusal::EntryAnnulled, Kind::EntryAnnulled, 409),
            (Refusal::AssignmentState("it is done"), Kind::AssignmentState, 409),
            (Refusal::AlreadyExists("there is an office".into()), Kind::AlreadyExists, 409),
            (Refusal::Changed, Kind::Changed, 412),
            (Refusal::Registered, Kind::Registered, 409),
            (Refusal::Cursor, Kind::Invalid, 422),
            (Refusal::Full, Kind::DiskFull, 507),
            (Refusal::Stopped("fdatasync failed".into()), Kind::Stopped, 503),
            (Refusal::NotReady("replaying".into()), Kind::NotReady, 503),
            (Refusal::NotAvailable("no reader"), Kind::NotAvailable, 404),
            (Refusal::NotStampable("a password"), Kind::NotStampable, 404),
            (Refusal::Busy("too many"), Kind::Busy, 503),
            (Refusal::SealAway, Kind::SealAway, 503),
            (Refusal::Failed("secret path".into()), Kind::Internal, 500),
        ];
        for (refusal, kind, status) in expected {
            let shown = refusal.to_string();
            assert_eq!(kind_of(refusal), kind, "{shown}");
            assert_eq!(kind.status(), status, "{shown}");
        }
    }

    #[test]
    fn what_failed_inside_is_for_the_log_alone() {
        for refusal in [Refusal::Failed("/srv/data/packs".into()), Refusal::Stopped("/srv/data/packs".into())] {
            let problem = Problem::from(refusal);
            assert!(problem.cause().is_some_and(|cause| cause.contains("/srv/data/packs")));
            let body = actix_web::body::to_bytes(problem.respond(Some("7")).into_body());
            let body = futures_util::future::FutureExt::now_or_never(body).unwrap().unwrap();
            assert!(!String::from_utf8_lossy(&body).contains("/srv"), "no cause in the answer");
        }
    }

    #[test]
    fn staging_errors_are_told_apart() {
        let wrong = StageError::WrongDigest { expected: Sha256::of(b"a"), found: Sha256::of(b"b") };
        assert_eq!(Problem::from(wrong).kind, Kind::DigestMismatch);
        assert_eq!(Problem::from(StageError::TooLarge { limit: 1 }).kind, Kind::TooLarge);
        assert_eq!(Problem::from(StageError::Full { free: 1 }).kind, Kind::DiskFull);
        assert_eq!(Problem::from(StageError::Incomplete).kind, Kind::Internal);
    }

    #[test]
    fn the_published_list_is_the_list() {
        let published: Value = serde_json::from_str(include_str!("../../schema/problems.json")).unwrap();
        let list: Vec<Value> = Kind::ALL
            .iter()
            .map(|kind| {
                json!({"type": kind.urn(), "title": kind.title(), "status": kind.status(), "what_to_do": kind.advice()})
            })
            .collect();
        assert_eq!(published["problems"], Value::from(list), "schema/problems.json says what Kind says");
    }

    #[test]
    fn waiting_is_told_in_seconds() {
        for kind in Kind::ALL.iter().filter(|kind| matches!(kind.status(), 503 | 507)) {
            assert!(Problem::of(*kind).respond(None).headers().contains_key(header::RETRY_AFTER), "{kind:?}");
        }
        let response = Problem::of(Kind::Unauthenticated).respond(None);
        assert_eq!(response.headers().get(header::WWW_AUTHENTICATE).unwrap(), "Bearer");
    }
}
