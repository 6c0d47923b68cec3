//! Following the archive: pages of events, long polls, and streams (server-sent events).

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::stream;
use serde::Deserialize;

use super::rows;
use crate::http::body::Query;
use crate::http::guard::{self, Allowed, Follow, State};
use crate::http::problem::Problem;
use crate::ids::Position;
use crate::limits;
use crate::service::{EventPage, EventView};

/// How often a waiting reader looks whether the journal has grown: it holds no thread meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// `?after=&kinds=&limit=&wait=`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventsQuery {
    after: Option<Position>,
    /// With commas between them.
    kinds: Option<String>,
    limit: Option<usize>,
    /// Seconds.
    wait: Option<u64>,
}

/// `GET /api/v1/events`
pub async fn follow(
    allowed: Allowed<Follow>,
    Query(query): Query<EventsQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let kinds = query.kinds.iter().flat_map(|kinds| kinds.split(',')).map(str::trim).filter(|kind| !kind.is_empty());
    let kinds: Vec<String> = kinds.map(str::to_owned).collect();
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let state = guard::state(&request)?.clone();
    let mut reader = Reader { allowed, state, kinds, after: query.after, limit: rows(query.limit) };
    if accept.contains("text/event-stream") {
        let seen = request.headers().get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
        reader.after = seen.or(reader.after);
        // The first page is asked for before the answer begins: a refusal is still a proper answer.
        let first = reader.page().await?;
        return Ok(streamed(reader, first));
    }
    let until = Instant::now() + Duration::from_secs(query.wait.unwrap_or(0).min(limits::EVENT_WAIT_SECONDS_MAX));
    loop {
        let page = reader.page().await?;
        let may_go_on = reader.grown() || Instant::now() < until;
        if !page.items.is_empty() || !may_go_on || reader.ending() {
            return Ok(HttpResponse::Ok().json(page));
        }
        reader.wait(until).await;
    }
}

struct Reader {
    allowed: Allowed<Follow>,
    state: web::Data<State>,
    kinds: Vec<String>,
    /// The last position looked at.
    after: Option<Position>,
    limit: usize,
}

impl Reader {
    async fn page(&mut self) -> Result<EventPage, Problem> {
        let (after, kinds, limit) = (self.after, self.kinds.clone(), self.limit);
        let page = self.allowed.block(move |archive, actor| archive.events(actor, after, &kinds, limit)).await??;
        self.after = page.next;
        Ok(page)
    }

    /// Whether the journal has positions that were not looked at.
    fn grown(&self) -> bool {
        self.allowed.archive.journal_size() > self.after.map_or(0, |after| after + 1)
    }

    fn ending(&self) -> bool {
        self.state.ending.load(Ordering::Relaxed)
    }

    async fn wait(&self, until: Instant) {
        while !self.grown() && !self.ending() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            actix_web::rt::time::sleep(left.min(LOOK_EVERY)).await;
        }
    }
}

struct Streaming {
    reader: Reader,
    waiting: VecDeque<EventView>,
    /// Ends then: whoever follows comes back and is asked again who he is.
    ends: Instant,
}

fn streamed(reader: Reader, first: EventPage) -> HttpResponse {
    let ends = Instant::now() + Duration::from_secs(limits::EVENT_STREAM_SECONDS_MAX);
    let streaming = Streaming { reader, waiting: first.items.into(), ends };
    // The comment lets the reader know at once that the stream stands.
    let hello = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b": following\n\n"))]);
    let events = stream::unfold(Some(streaming), |streaming| async move {
        let mut streaming = streaming?;
        let piece = streaming.next().await?;
        Some((Ok(piece), Some(streaming)))
    });
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream::StreamExt::chain(hello, Box::pin(events)))
}

impl Streaming {
    /// The next events, or a sign of life; nothing when the stream ends.
    async fn next(&mut self) -> Option<Bytes> {
        if self.waiting.is_empty() {
            let beat = Instant::now() + Duration::from_secs(limits::EVENT_HEARTBEAT_SECONDS);
            while self.waiting.is_empty() {
                if Instant::now() >= self.ends || self.reader.ending() {
                    return None;
                }
                self.reader.wait(beat.min(self.ends)).await;
                if !self.reader.grown() && !self.reader.ending() {
                    return Some(Bytes::from_static(b": alive\n\n"));
                }
                match self.reader.page().await {
                    Ok(page) => self.waiting.extend(page.items),
                    Err(problem) => {
                        let cause = problem.cause().unwrap_or_default();
                        tracing::error!(cause, "event stream ended: events not readable");
                        return None;
                    }
                }
            }
        }
        let mut text = String::new();
        for event in self.waiting.drain(..) {
            text.push_str(&spelled(&event));
        }
        Some(text.into())
    }
}

/// One event of a stream. JSON has no line breaks of its own, so one `data` line holds it.
fn spelled(event: &EventView) -> String {
    // Texts, numbers and maps with text keys always become JSON.
    let data = serde_json::to_string(event).unwrap_or_default();
    format!("id: {}\nevent: {}\ndata: {data}\n\n", event.position, event.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_block_whatever_it_holds() {
        let data = [("subject".to_owned(), serde_json::json!("a\nb\r\nevent: x"))].into();
        let event = EventView {
            position: 18,
            time: "2026-11-23T09:00:00.000000Z".to_owned(),
            kind: "entry-registered".to_owned(),
            subject: "registers/PG/entries/2026/42".to_owned(),
            actor: Some("anna".to_owned()),
            data,
        };
        let text = spelled(&event);
        assert!(text.starts_with("id: 18\nevent: entry-registered\ndata: {"), "{text}");
        assert_eq!(text.lines().count(), 4, "{text}");
        assert!(text.ends_with("}\n\n"));
    }
}
