//! The stamped copy of a registered document: its first page bears the mark. The original stays as it came.

use std::io::Read as _;

use super::Archive;
use super::documents::OpenDocument;
use super::labels::italian;
use super::read::AnyDocument;
use super::refusal::Refusal;
use crate::clock;
use crate::ids::DocumentId;
use crate::limits;
use crate::model::access::Actor;
use crate::model::register::Entry;
use crate::model::stamp::{Stamp, StampText};
use crate::paper;
use crate::text::{StampError, Stamper, media};

/// What stamps copies, and with which words.
pub struct Stamps {
    /// None where no extraction processes are started.
    stamper: Option<Stamper>,
    text: StampText,
}

/// A copy that bears its mark.
pub struct StampedCopy {
    pub file_name: String,
    pub pdf: Vec<u8>,
}

impl Stamps {
    pub fn new(stamper: Option<Stamper>, text: StampText) -> Self {
        Self { stamper, text }
    }
}

const NO_ROOM: &str = "it is larger than is stamped";

impl Archive {
    /// A copy of a registered PDF with the mark on its first page.
    pub fn stamped_copy(&self, actor: &Actor, id: DocumentId) -> Result<StampedCopy, Refusal> {
        let AnyDocument::Registered(found, _) = self.core().document_for(actor, id)? else {
            return Err(Refusal::NotStampable("it is not registered, so it has no mark"));
        };
        let document = self.open_document(actor, id, None)?;
        if document.media_type != media::PDF {
            return Err(Refusal::NotStampable("the mark is stamped on PDF documents only"));
        }
        let stamps = &self.inner.stamps;
        let none = Refusal::NotStampable("no process that reads documents is started here");
        let stamper = stamps.stamper.as_ref().ok_or(none)?;
        let overlay = paper::stamp(&stamps.text.fill(&self.stamp_of(&found.thing))).map_err(Refusal::failed)?;
        let place = stamper.place().ok_or(Refusal::Busy("too many documents are being stamped"))?;
        let content = whole(&document)?;
        let pdf = place.stamp(&content, &overlay).map_err(|error| match error {
            StampError::Start(error) => {
                tracing::error!(%error, "stamping process not started");
                Refusal::NotStampable("the process that stamps could not be started")
            }
            StampError::TooLarge => Refusal::NotStampable(NO_ROOM),
            StampError::Timeout => Refusal::NotStampable("stamping it took longer than is allowed"),
            StampError::Encrypted => Refusal::NotStampable("it is protected by a password"),
            StampError::Broken => Refusal::NotStampable("it is damaged, or takes too much memory"),
        })?;
        let stem = document.file_name.strip_suffix(".pdf").unwrap_or(&document.file_name);
        Ok(StampedCopy { file_name: format!("{stem} (prot. {}).pdf", found.thing.number_text()), pdf })
    }

    fn stamp_of(&self, entry: &Entry) -> Stamp {
        let at = clock::in_rome(entry.registered_at);
        let area = &self.core().directory().area;
        let number = entry.number_text();
        Stamp {
            name: area.name.clone(),
            class: entry.classification.as_ref().map(ToString::to_string).unwrap_or_default(),
            date: at.strftime("%d/%m/%Y").to_string(),
            direction: entry.facts.as_ref().map_or("", |facts| italian(facts.direction.as_str())).to_owned(),
            mark: super::register::mark_text(area, entry),
            number,
            register: entry.id.register.to_string(),
            time: at.strftime("%H:%M").to_string(),
            year: entry.id.year.to_string(),
        }
    }
}

/// The bytes of a document that is small enough to be stamped.
fn whole(document: &OpenDocument) -> Result<Vec<u8>, Refusal> {
    if document.content.size > limits::STAMP_INPUT_MAX {
        return Err(Refusal::NotStampable(NO_ROOM));
    }
    let mut content = Vec::new();
    document.reader()?.read_to_end(&mut content).map_err(Refusal::failed)?;
    Ok(content)
}
