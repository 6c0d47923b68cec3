//! Things at hand: what a person starred, and what he opened lately. His own, and nobody else's business.

use serde::{Deserialize, Serialize};

use super::Archive;
use super::items::{self, Key};
use super::read::permit_in_area;
use super::refusal::Refusal;
use crate::clock;
use crate::index::ItemKind;
use crate::limits;
use crate::model::access::{Action, Actor};
use crate::model::user::Role;

/// An entry, document or dossier, by the kind and id that searches give it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thing {
    pub kind: String,
    pub id: String,
}

/// A thing, and since when it is at hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    pub thing: Thing,
    pub at: String,
}

/// A thing at hand as the API shows it: as it is now.
#[derive(Debug, Clone, Serialize)]
pub struct ThingView {
    pub kind: &'static str,
    pub id: String,
    pub title: String,
    /// The dossier's code or the entry's mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// When it was starred, or opened last.
    pub at: String,
}

impl Thing {
    fn key(&self) -> Result<Key, Refusal> {
        let kind = ItemKind::ALL.into_iter().find(|kind| kind.as_str() == self.kind);
        let kind = kind.filter(|kind| *kind != ItemKind::Case);
        let kind = kind.ok_or_else(|| Refusal::invalid("kind", "one of entry, document, dossier is expected"))?;
        Key::parse(kind, &self.id).ok_or_else(|| Refusal::invalid("id", "not an id of this kind"))
    }
}

impl Archive {
    /// What the actor starred, the newest first, as far as he may read it now.
    pub fn starred(&self, actor: &Actor) -> Result<Vec<ThingView>, Refusal> {
        permit_in_area(actor, Action::KeepDesk)?;
        let kept = self.desk().read(actor.user, |papers| papers.starred.clone())?;
        self.as_they_are(actor, &kept)
    }

    /// Whether the actor starred a thing.
    pub fn is_starred(&self, actor: &Actor, thing: &Thing) -> Result<bool, Refusal> {
        permit_in_area(actor, Action::KeepDesk)?;
        self.desk().read(actor.user, |papers| papers.starred.iter().any(|kept| kept.thing == *thing))
    }

    /// Stars a thing that the actor may read, or takes its star away. Done twice is done once.
    pub fn star(&self, actor: &Actor, thing: Thing, starred: bool) -> Result<(), Refusal> {
        permit_in_area(actor, Action::KeepDesk)?;
        let key = thing.key()?;
        if starred && !self.core().may_read(actor, &key)? {
            return Err(Refusal::NotFound("thing"));
        }
        let at = clock::rfc3339(self.core().clock.now());
        self.desk().change(actor.user, |papers| {
            let there = papers.starred.iter().position(|kept| kept.thing == thing);
            match (there, starred) {
                (None, true) if papers.starred.len() >= limits::STARRED_MAX => {
                    let most = limits::STARRED_MAX;
                    return Err(Refusal::invalid("starred", format!("at most {most} things: take a star away first")));
                }
                (None, true) => papers.starred.push_front(Kept { thing, at }),
                (Some(at), false) => drop(papers.starred.remove(at)),
                _ => {}
            }
            Ok(())
        })
    }

    /// What the actor opened lately, the newest first, as far as he may read it now.
    pub fn opened_lately(&self, actor: &Actor) -> Result<Vec<ThingView>, Refusal> {
        permit_in_area(actor, Action::KeepDesk)?;
        let kept = self.desk().read(actor.user, |papers| papers.opened.clone())?;
        self.as_they_are(actor, &kept)
    }

    /// Puts a thing that a person opened before the others. What programs open is not remembered.
    pub fn note_opened(&self, actor: &Actor, thing: Thing) -> Result<(), Refusal> {
        permit_in_area(actor, Action::KeepDesk)?;
        if !self.core().may_read(actor, &thing.key()?)? {
            return Err(Refusal::NotFound("thing"));
        }
        if actor.is(Role::Service) {
            return Ok(());
        }
        let at = clock::rfc3339(self.core().clock.now());
        self.desk().change_later(actor.user, |papers| {
            papers.opened.retain(|kept| kept.thing != thing);
            papers.opened.push_front(Kept { thing, at });
            papers.opened.truncate(limits::OPENED_MAX);
        })
    }

    /// What may not be read any more is left out, and comes back should it be readable again.
    fn as_they_are<'a>(
        &self,
        actor: &Actor,
        kept: impl IntoIterator<Item = &'a Kept>,
    ) -> Result<Vec<ThingView>, Refusal> {
        let mut views = Vec::new();
        for Kept { thing, at } in kept {
            let Ok(key) = thing.key() else { continue };
            let Some((item, _)) = items::build_if(self.core(), &key, |access| key.readable(actor, access))? else {
                continue;
            };
            views.push(ThingView {
                kind: item.kind.as_str(),
                id: item.id,
                title: item.title,
                code: item.code,
                state: item.state,
                at: at.clone(),
            });
        }
        Ok(views)
    }
}
