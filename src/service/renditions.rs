//! What of a document can be looked at without downloading it: a preview, and a small picture of its first page.
//!
//! Pictures are kept in memory alone, a few megabytes of them: drawing one again takes some twenty milliseconds, less
//! than a place in `derived/` and its key in the catalogue would be worth. A page that could not be drawn is remembered
//! for some minutes, so that a document made to hang its reader does so once.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Archive;
use super::documents::OpenDocument;
use super::refusal::Refusal;
use super::texts::Known;
use crate::digest::Blake3;
use crate::ids::DocumentId;
use crate::limits;
use crate::model::access::Actor;
use crate::text::{Reason, RenderError, Renderer, TextState, media};

/// What a browser shows of a document.
pub enum Preview {
    /// The content itself: no browser runs anything in it.
    Content(OpenDocument),
    /// The words in it.
    Text(String),
}

/// A picture of a first page.
#[derive(Debug, Clone)]
pub struct Thumbnail {
    pub png: Arc<[u8]>,
    /// Of the picture, not of the document.
    pub blake3: Blake3,
}

impl Archive {
    /// The newest content of a document as it can be shown.
    pub fn preview(&self, actor: &Actor, id: DocumentId) -> Result<Preview, Refusal> {
        let document = self.open_document(actor, id, None)?;
        if is_shown_as_it_is(&document.media_type) {
            return Ok(Preview::Content(document));
        }
        let known = self.core().known_text(&document.content.blake3)?;
        words_or_why(known).map(Preview::Text).map_err(Refusal::NotAvailable)
    }

    /// A small picture of the first page of a document's newest content.
    pub fn thumbnail(&self, actor: &Actor, id: DocumentId) -> Result<Thumbnail, Refusal> {
        let document = self.open_document(actor, id, None)?;
        if document.media_type != media::PDF {
            return Err(Refusal::NotAvailable("thumbnails are made of PDF documents only"));
        }
        self.inner.renditions.thumbnail(&document)
    }
}

/// Whether browsers show it, and none of them can be made to run anything by it. SVG and HTML can hold scripts.
fn is_shown_as_it_is(media_type: &str) -> bool {
    matches!(media_type, media::PDF | "image/png" | "image/jpeg" | "image/gif" | "image/webp")
}

/// The text of a document, or why there is none to show.
fn words_or_why(known: Known) -> Result<String, &'static str> {
    match known {
        Known::Pending => Err("its text has not been extracted yet: ask again in a while"),
        Known::Done(extraction) => match extraction.state {
            TextState::Full | TextState::Partial(_) => Ok(extraction.text),
            TextState::None(reason) => Err(Reason::text(reason)),
        },
    }
}

/// Draws thumbnails and keeps the last of them.
pub struct Renditions {
    /// None where the program that draws is not installed.
    renderer: Option<Renderer>,
    kept: Mutex<Kept>,
}

impl Renditions {
    pub fn new(renderer: Option<Renderer>) -> Self {
        Self { renderer, kept: Mutex::default() }
    }

    fn kept(&self, blake3: &Blake3) -> Option<Outcome> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(blake3, Instant::now())
    }

    fn thumbnail(&self, document: &OpenDocument) -> Result<Thumbnail, Refusal> {
        let blake3 = &document.content.blake3;
        if let Some(kept) = self.kept(blake3) {
            return kept.map_err(Refusal::NotAvailable);
        }
        let missing = "no thumbnails are made here: the program pdftoppm (poppler-utils) is not installed";
        let renderer = self.renderer.as_ref().ok_or(Refusal::NotAvailable(missing))?;
        let place = renderer.place().ok_or(Refusal::Busy("too many thumbnails are being made"))?;
        // Who had the place before may have drawn the same, or have failed to.
        if let Some(kept) = self.kept(blake3) {
            return kept.map_err(Refusal::NotAvailable);
        }
        let mut content = document.reader()?;
        let outcome = match place.first_page(content.remaining(), &mut content) {
            Ok(png) => Ok(Thumbnail { blake3: Blake3::of(&png), png: png.into() }),
            Err(RenderError::Content(error)) => return Err(Refusal::failed(error)),
            Err(RenderError::Start(error)) => {
                tracing::error!(%error, "drawing process not started");
                return Err(Refusal::NotAvailable("the program that draws thumbnails could not be started"));
            }
            Err(RenderError::TooLarge) => Err("the document is larger than thumbnails are made of"),
            Err(RenderError::Timeout) => Err("drawing the first page took longer than is allowed"),
            Err(RenderError::NoPicture) => Err(
                "the first page cannot be drawn: the file is damaged, asks for a password, or takes too much memory",
            ),
        };
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).put(*blake3, outcome.clone(), Instant::now());
        outcome.map_err(Refusal::NotAvailable)
    }
}

/// A picture, or why there is none.
type Outcome = Result<Thumbnail, &'static str>;

/// The last outcomes, within bounds; the oldest goes first.
#[derive(Default)]
struct Kept {
    outcomes: HashMap<Blake3, (Outcome, Instant)>,
    /// Oldest first, each of [`Kept::outcomes`] once.
    order: VecDeque<Blake3>,
    bytes: usize,
}

/// What an outcome takes beside its picture, roughly.
const OVERHEAD: usize = 256;

fn weight(outcome: &Outcome) -> usize {
    OVERHEAD + outcome.as_ref().map_or(0, |thumbnail| thumbnail.png.len())
}

impl Kept {
    fn get(&self, blake3: &Blake3, now: Instant) -> Option<Outcome> {
        let (outcome, since) = self.outcomes.get(blake3)?;
        let retry = Duration::from_secs(limits::THUMBNAIL_RETRY_SECONDS);
        (outcome.is_ok() || now.duration_since(*since) < retry).then(|| outcome.clone())
    }

    fn put(&mut self, blake3: Blake3, outcome: Outcome, now: Instant) {
        self.bytes += weight(&outcome);
        match self.outcomes.insert(blake3, (outcome, now)) {
            Some((before, _)) => self.bytes -= weight(&before),
            None => self.order.push_back(blake3),
        }
        while self.bytes > limits::THUMBNAILS_KEPT {
            let Some(oldest) = self.order.pop_front() else { return };
            if let Some((gone, _)) = self.outcomes.remove(&oldest) {
                self.bytes -= weight(&gone);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Extraction;

    #[test]
    fn what_is_shown_as_it_is() {
        for shown in [media::PDF, "image/png", "image/jpeg", "image/gif", "image/webp"] {
            assert!(is_shown_as_it_is(shown), "{shown}");
        }
        // Scripts; downloads; what browsers guess about; what they do not show.
        for other in [
            media::SVG,
            media::HTML,
            media::XML,
            media::PLAIN,
            media::EMAIL,
            media::SIGNED,
            media::BINARY,
            "image/tiff",
            "image/svg+xml; charset=utf-8",
            "application/zip",
            "",
        ] {
            assert!(!is_shown_as_it_is(other), "{other}");
        }
    }

    #[test]
    fn words_or_the_reason_why_there_are_none() {
        let with = |state, text: &str| {
            words_or_why(Known::Done(Extraction { state, text: text.into(), facts: crate::text::Facts::default() }))
        };
        assert_eq!(with(TextState::Full, "ciao").unwrap(), "ciao");
        assert_eq!(with(TextState::Partial(Reason::Cut), "cia").unwrap(), "cia");
        for reason in Reason::ALL {
            assert_eq!(with(TextState::None(reason), "").unwrap_err(), reason.text());
        }
        assert!(words_or_why(Known::Pending).unwrap_err().contains("not been extracted yet"));
    }

    fn picture(bytes: usize) -> Outcome {
        Ok(Thumbnail { png: vec![0; bytes].into(), blake3: Blake3::of(b"") })
    }

    fn digest(n: usize) -> Blake3 {
        Blake3::of(&n.to_be_bytes())
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_goes_first() {
        let (mut kept, now) = (Kept::default(), Instant::now());
        let each = 1024 * 1024 - OVERHEAD;
        (0..8).for_each(|n| kept.put(digest(n), picture(each), now));
        assert!((0..8).all(|n| kept.get(&digest(n), now).is_some()), "exactly what fits");
        kept.put(digest(8), picture(0), now);
        assert!(kept.get(&digest(0), now).is_none() && kept.get(&digest(1), now).is_some());
        (0..100_000).for_each(|n| kept.put(digest(n), Err("no"), now));
        assert!(kept.bytes <= limits::THUMBNAILS_KEPT && kept.outcomes.len() == kept.order.len());
        assert_eq!(kept.bytes, kept.outcomes.values().map(|(outcome, _)| weight(outcome)).sum::<usize>());
    }

    #[test]
    fn a_failure_is_tried_again_after_a_while_and_a_picture_stays() {
        let (mut kept, now) = (Kept::default(), Instant::now());
        let later = now + Duration::from_secs(limits::THUMBNAIL_RETRY_SECONDS);
        kept.put(digest(1), Err("no"), now);
        kept.put(digest(2), picture(10), now);
        assert!(kept.get(&digest(1), now).is_some_and(|outcome| outcome.is_err()));
        assert!(kept.get(&digest(1), later).is_none());
        assert!(kept.get(&digest(2), later).is_some_and(|outcome| outcome.is_ok()));
        kept.put(digest(1), picture(20), later);
        assert_eq!((kept.order.len(), kept.bytes), (2, 30 + 2 * OVERHEAD));
    }
}
