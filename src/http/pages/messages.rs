//! What registries have written each other about an entry: the mark that came with it and what is wrong with it,
//! messages received and written, and the forms for the next.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::asked::Asked;
use super::entry::{self, Read};
use super::form::{Fields, SentFile, Submitted};
use super::page::{self, Page, Section};
use super::refused::Refused;
use super::shown;
use crate::exchange::Anomaly;
use crate::http::body::Id;
use crate::http::guard::{AddEntryDocument, Allowed, Permission, ReadEntry};
use crate::http::problem::Problem;
use crate::ids::EntryId;
use crate::limits;
use crate::model::message::{MessageKind, MessageWay};
use crate::service::{Correspondence, MarkedState, NewMessage, Refusal, SealState};

#[derive(Template)]
#[template(path = "entries/messages.html")]
struct MessagesPage {
    page: Page,
    read: Read,
    said: Correspondence,
    fields: Fields,
    refused: Refused,
    done: Option<String>,
}

impl MessagesPage {
    fn when(&self, moment: &str) -> String {
        shown::when(moment)
    }

    fn seal(&self, state: &SealState) -> &'static str {
        match *state {
            SealState::Missing => "missing",
            SealState::Intact => "intact",
            SealState::Altered => "altered",
            SealState::Unchecked => "unchecked",
        }
    }

    fn file(&self, state: &MarkedState) -> &'static str {
        match *state {
            MarkedState::Matches => "matches",
            MarkedState::Differs => "differs",
            MarkedState::Missing => "missing",
            MarkedState::Unchecked => "unchecked",
        }
    }

    fn way(&self, way: &MessageWay) -> &'static str {
        match *way {
            MessageWay::Received => "received",
            MessageWay::Written => "written",
        }
    }

    /// What can be written about this entry.
    fn kinds(&self) -> Vec<&'static str> {
        let details = self.read.details();
        let incoming = details.is_some_and(|details| details.direction == Some("incoming"));
        let annulled = details.is_some_and(|details| details.annulled.is_some());
        let answers = [MessageKind::Confirmation, MessageKind::Update, MessageKind::Exception];
        let answers = answers.into_iter().filter(|_| incoming);
        answers.chain(annulled.then_some(MessageKind::Annulment)).map(MessageKind::as_str).collect()
    }

    fn codes(&self) -> impl Iterator<Item = &'static str> {
        Anomaly::ALL.iter().map(|anomaly| anomaly.code())
    }

    /// The kind that stands chosen: an exception where something is wrong.
    fn is_kind(&self, kind: &str) -> bool {
        let wrong = self.said.received_mark.as_ref().is_some_and(|mark| !mark.anomalies.is_empty());
        self.fields.some("message").unwrap_or(if wrong { "exception" } else { "" }) == kind
    }

    fn is_code(&self, code: &str) -> bool {
        let first = self.said.received_mark.as_ref().and_then(|mark| mark.anomalies.first());
        let found = first.map(|anomaly| anomaly.code()).filter(|_| self.fields.0.is_empty());
        found.or(self.fields.some("anomaly")) == Some(code)
    }

    fn may_write(&self) -> bool {
        self.read.offers.link
    }
}

/// `?done=`: what has just been done.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Done {
    done: String,
}

/// `GET /registers/{register}/entries/{year}/{number}/messages`
pub async fn show(
    allowed: Allowed<ReadEntry>,
    Id(id): Id<EntryId>,
    Asked(Done { done }): Asked<Done>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let done = Some(done).filter(|done| ["written", "received"].contains(&done.as_str()));
    page::show(&messages_page(&allowed, &request, id, Default::default(), done).await?)
}

/// `POST …/messages`
pub async fn write(
    submitted: Submitted<AddEntryDocument>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let message = match fields.text("message") {
        "confirmation" => Some(MessageKind::Confirmation),
        "update" => Some(MessageKind::Update),
        "exception" => Some(MessageKind::Exception),
        "annulment" => Some(MessageKind::Annulment),
        _ => None,
    };
    let done = match message {
        Some(message) => {
            // Only an exception has them; what stands in the form for another is not meant.
            let of_exception = |name: &str| fields.some(name).filter(|_| message == MessageKind::Exception);
            let (anomaly, text) = (of_exception("anomaly"), of_exception("text"));
            let new = NewMessage { message, anomaly: anomaly.map(str::to_owned), text: text.map(str::to_owned) };
            allowed.archive.write_message(&allowed.actor, &id, new, None).await.map(drop)
        }
        None => Err(Refusal::invalid("message", "missing")),
    };
    answer(&allowed, &request, id, fields, done, "written").await
}

/// `POST …/messages/received`
pub async fn keep(
    submitted: Submitted<AddEntryDocument>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let xml = match fields.file() {
        Some(SentFile { blake3, .. }) => {
            allowed.archive.uploaded_bytes(&allowed.actor, blake3, limits::MARK_BYTES_MAX as u64)
        }
        None => Err(Refusal::invalid("file", "missing")),
    };
    let done = match xml {
        Ok(xml) => allowed.archive.keep_message(&allowed.actor, &id, &xml, None).await.map(drop),
        Err(refusal) => Err(refusal),
    };
    let done = done.map_err(|refusal| match refusal {
        Refusal::Invalid(mut errors) => {
            errors.iter_mut().for_each(|error| error.field = "file".to_owned());
            Refusal::Invalid(errors)
        }
        other => other,
    });
    answer(&allowed, &request, id, fields, done, "received").await
}

async fn answer<P: Permission>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    id: EntryId,
    fields: Fields,
    done: Result<(), Refusal>,
    what: &'static str,
) -> Result<HttpResponse, Problem> {
    let Err(refusal) = done else { return Ok(page::go_to(&format!("/{}/messages?done={what}", id.path()))) };
    let refused = Refused::of(refusal)?;
    page::show_as(refused.status(), &messages_page(allowed, request, id, (fields, refused), None).await?)
}

async fn messages_page<P: Permission>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    id: EntryId,
    (fields, refused): (Fields, Refused),
    done: Option<String>,
) -> Result<MessagesPage, Problem> {
    let wanted = id.clone();
    let said = allowed.block(move |archive, actor| archive.correspondence(actor, &wanted)).await??;
    let read = entry::read(allowed, id).await?;
    let page = Page::of(request, allowed, Section::Register);
    Ok(MessagesPage { page, read, said, fields, refused, done })
}
