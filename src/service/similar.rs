//! More like this: what shares the words that matter with an entry, a document or a dossier.

use serde::Serialize;

use super::Archive;
use super::blobs::view_of;
use super::core::Core;
use super::items::Key;
use super::read::{AnyDocument, permit_in_area};
use super::refusal::Refusal;
use super::search::{SearchHit, guarded, search_hit};
use super::texts::Known;
use crate::digest::Blake3;
use crate::ids::DossierId;
use crate::index::{ItemKind, Model};
use crate::limits;
use crate::model::access::{Action, Actor};

/// Items of a dossier whose titles say what it is about.
const ITEMS_READ: usize = 20;

#[derive(Debug, Clone, Serialize)]
pub struct SimilarAnswer {
    /// Those that are most like it first.
    pub items: Vec<SearchHit>,
    /// The words of it that were looked for.
    pub words: Vec<String>,
    pub next_cursor: Option<String>,
}

/// What is known of the thing that others are to be like.
struct Like {
    kind: ItemKind,
    id: String,
    title: String,
    text: String,
}

impl Archive {
    /// Items like one that the actor may read, among those that he may read.
    pub fn similar(&self, actor: &Actor, kind: &str, id: &str, limit: usize) -> Result<SimilarAnswer, Refusal> {
        permit_in_area(actor, Action::Look)?;
        let core = self.core();
        let kind: ItemKind = kind.parse().map_err(|_| Refusal::invalid("kind", "entry, document or dossier"))?;
        let key = Key::parse(kind, id).ok_or(Refusal::NotFound("item"))?;
        let like = self.described(actor, &key)?;
        let model = Model { kind: like.kind, id: &like.id, title: &like.title, text: &like.text };
        let limit = limit.clamp(1, limits::PAGE_MAX);
        let view = view_of(actor.audience().by_words());
        let similar = guarded(|| core.index.similar(&model, &view, limit))?;
        let highlighter = core.index.highlighter(&similar.words.join(" "));
        let mut items = Vec::new();
        for hit in &similar.hits {
            items.extend(search_hit(core, actor, hit, &highlighter)?);
        }
        Ok(SimilarAnswer { items, words: similar.words, next_cursor: None })
    }

    /// Title and text of what a key names, if the actor may read it. A document of an entry speaks for itself, but what
    /// is like it is looked for beside its entry.
    fn described(&self, actor: &Actor, key: &Key) -> Result<Like, Refusal> {
        let core = self.core();
        match key {
            Key::Entry(id) => {
                let found = core.entry_for(actor, Action::ReadEntry, id)?;
                let contents: Vec<Blake3> = found.thing.documents().map(|document| document.content.blake3).collect();
                let title = found.thing.facts.map(|facts| facts.subject).unwrap_or_default();
                Ok(Like { kind: ItemKind::Entry, id: id.to_string(), title, text: text_of(core, &contents)? })
            }
            Key::Document(id) => match core.document_for(actor, *id)? {
                AnyDocument::Registered(found, document) => Ok(Like {
                    kind: ItemKind::Entry,
                    id: found.thing.id.to_string(),
                    title: found.thing.facts.map(|facts| facts.subject).unwrap_or_default(),
                    text: text_of(core, &[document.content.blake3])?,
                }),
                AnyDocument::Free(found) => Ok(Like {
                    kind: ItemKind::Document,
                    id: id.to_string(),
                    title: found.thing.title.clone(),
                    text: text_of(core, &[found.thing.current().content.blake3])?,
                }),
            },
            Key::Dossier(id) => self.described_dossier(actor, *id),
        }
    }

    fn described_dossier(&self, actor: &Actor, id: DossierId) -> Result<Like, Refusal> {
        let dossier = self.dossier_view(actor, id)?;
        let items = self.dossier_items(actor, id, 0, ITEMS_READ)?.items;
        let of_entry = items.iter().filter_map(|item| item.entry.as_ref()?.details.as_ref()?.subject.clone());
        let of_document = items.iter().filter_map(|item| Some(item.document.as_ref()?.title.clone()));
        let titles: Vec<String> = of_entry.chain(of_document).collect();
        Ok(Like { kind: ItemKind::Dossier, id: id.to_string(), title: dossier.title, text: titles.join("\n") })
    }
}

/// As much of the texts as is looked at.
fn text_of(core: &Core, contents: &[Blake3]) -> Result<String, Refusal> {
    let mut text = String::new();
    for blake3 in contents {
        if text.len() >= limits::SIMILAR_TEXT_BYTES {
            break;
        }
        if let Known::Done(extraction) = core.known_text(blake3)? {
            text.push_str(&extraction.text);
            text.push('\n');
        }
    }
    Ok(text)
}
