//! Completing what is being typed: titles, and correspondents for filling in the next entry.

use serde::Serialize;

use super::Archive;
use super::blobs::view_of;
use super::items::Key;
use super::read::permit_in_area;
use super::refusal::Refusal;
use super::search::{find, readable};
use crate::index::{Filters, ItemKind, Request, Sort};
use crate::limits;
use crate::model::access::{Action, Actor};
use crate::model::register::CorrespondentKind;

#[derive(Debug, Clone, Serialize)]
pub struct Suggestion {
    pub kind: &'static str,
    pub id: String,
    pub title: String,
}

/// `GET /api/v1/correspondents`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnownCorrespondent {
    pub name: String,
    pub kind: CorrespondentKind,
    pub tax_code: Option<String>,
    pub email: Option<String>,
    pub pec: Option<String>,
    pub address: Option<String>,
}

impl Archive {
    /// Titles that complete what was typed; never of what is confidential.
    pub fn suggestions(&self, actor: &Actor, typed: &str, limit: usize) -> Result<Vec<Suggestion>, Refusal> {
        permit_in_area(actor, Action::Look)?;
        let core = self.core();
        let limit = limit.clamp(1, limits::PAGE_MAX);
        let hits = core.index.suggest(typed, &view_of(actor.audience()), limit).map_err(Refusal::failed)?;
        let mut suggestions = Vec::new();
        for hit in hits {
            if let Some(item) = readable(core, actor, &hit)? {
                suggestions.push(Suggestion { kind: hit.kind.as_str(), id: hit.id, title: item.title });
            }
        }
        Ok(suggestions)
    }

    /// Correspondents of entries that the actor may read whose names begin so: for filling in the next one.
    pub fn correspondents(&self, actor: &Actor, typed: &str, limit: usize) -> Result<Vec<KnownCorrespondent>, Refusal> {
        permit_in_area(actor, Action::Look)?;
        let core = self.core();
        let words: Vec<String> = typed.split_whitespace().map(|word| format!("name:{}*", plain(word))).collect();
        let filters = Filters { kind: Some(ItemKind::Entry), ..Filters::default() };
        let request = Request {
            text: words.join(" "),
            filters,
            sort: Sort::Newest,
            limit: limits::PAGE_MAX,
            ..Request::default()
        };
        let found = find(core, &request, &view_of(actor.audience()))?;
        let typed: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
        let mut known: Vec<KnownCorrespondent> = Vec::new();
        for hit in &found.hits {
            let Some(Key::Entry(id)) = Key::parse(hit.kind, &hit.id) else { continue };
            let Ok(entry) = core.entry_for(actor, Action::ReadEntry, &id) else { continue };
            for correspondent in entry.thing.facts.iter().flat_map(|facts| &facts.correspondents) {
                let name = correspondent.name.to_lowercase();
                let fits = typed.iter().all(|word| name.split_whitespace().any(|part| part.starts_with(word)));
                let one = KnownCorrespondent {
                    name: correspondent.name.clone(),
                    kind: correspondent.kind,
                    tax_code: correspondent.tax_code.clone(),
                    email: correspondent.email.clone(),
                    pec: correspondent.pec.clone(),
                    address: correspondent.address.clone(),
                };
                if fits && !known.contains(&one) {
                    known.push(one);
                }
            }
            if known.len() >= limit {
                break;
            }
        }
        known.truncate(limit);
        Ok(known)
    }
}

/// Letters and digits only: what is typed into a field is no query.
fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).collect()
}
