//! Saved searches: a query under a name, and how many results it has that its owner has not seen yet.
//!
//! A result is new when it was registered, assigned, classified, given a document, annulled or filed since the search
//! was seen: any of these may be why the owner finds it now and did not before. What one had seen and is changed so
//! is told again, once; that is better than an entry that came to one's office unheard.

use serde::{Deserialize, Serialize};

use super::Archive;
use super::conditions::Conditions;
use super::desk::Papers;
use super::read::permit_in_area;
use super::refusal::Refusal;
use super::search::{NoteView, SearchAnswer, SearchQuery, find, request_of, view_for};
use crate::clock;
use crate::ids::{Position, SearchId};
use crate::index::{Request, Sort};
use crate::limits;
use crate::model::access::{Action, Actor};
use crate::model::field::Fields;

const NAME_CHARS_MAX: usize = 200;

/// As it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedSearch {
    id: SearchId,
    name: String,
    query: Conditions,
    saved_at: String,
    /// Raised with each change of name or query.
    version: usize,
    /// What is of this position or later has not been seen.
    seen: Position,
}

/// What is sent to save one, or to replace it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSavedSearch {
    pub name: String,
    pub query: Conditions,
}

/// As its owner sees it.
#[derive(Debug, Clone, Serialize)]
pub struct SavedSearchView {
    pub id: SearchId,
    pub name: String,
    pub query: Conditions,
    pub saved_at: String,
    /// The index's position up to which its results have been seen.
    pub seen_position: Position,
    /// Results since then that the owner may see now.
    pub new: u64,
    #[serde(skip)]
    pub version: usize,
}

#[derive(Debug, Clone, Serialize)]
pub struct SavedSearchList {
    pub items: Vec<SavedSearchView>,
    pub notes: Vec<NoteView>,
    pub next_cursor: Option<String>,
}

/// A saved search that has results its owner has not seen.
#[derive(Debug, Clone, Serialize)]
pub struct Notice {
    pub id: SearchId,
    pub name: String,
    pub new: u64,
}

#[derive(Debug, Clone, Serialize)]
pub struct NoticePage {
    pub items: Vec<Notice>,
    /// What to pass as `after` to hear only of what comes then.
    pub next: Position,
}

/// `GET /api/v1/saved-searches/{id}/results`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResultsQuery {
    /// Only what has not been seen.
    pub new: Option<bool>,
    pub facets: Option<String>,
    pub histogram: Option<String>,
    pub cursor: Option<String>,
    pub limit: Option<usize>,
}

impl NewSavedSearch {
    fn check(&self) -> Result<(), Refusal> {
        let mut fields = Fields::default();
        fields.text("name", &self.name, NAME_CHARS_MAX);
        if self.query.q.chars().count() > limits::TEXT_CHARS_MAX {
            fields.refuse("query.q", format!("at most {} characters", limits::TEXT_CHARS_MAX));
        }
        fields.finish()?;
        self.query.request().map(drop).map_err(|refusal| match refusal {
            Refusal::Invalid(mut errors) => {
                errors.iter_mut().for_each(|error| error.field.insert_str(0, "query."));
                Refusal::Invalid(errors)
            }
            other => other,
        })
    }
}

impl Archive {
    /// How far the index is: what a reader has seen when a search has been answered.
    pub fn index_position(&self) -> Position {
        self.core().index.position()
    }

    pub fn saved_searches(&self, actor: &Actor) -> Result<SavedSearchList, Refusal> {
        let mut items = Vec::new();
        for saved in self.all_saved(actor)? {
            items.push(self.saved_view(actor, saved)?);
        }
        let lost = self.desk().was_lost(actor.user)?.then(|| NoteView {
            query: None,
            code: "desk-lost",
            text: "the file of your saved and recent searches was damaged: it was set aside, and they begin anew"
                .into(),
        });
        Ok(SavedSearchList { items, notes: lost.into_iter().collect(), next_cursor: None })
    }

    pub fn saved_search(&self, actor: &Actor, id: SearchId) -> Result<SavedSearchView, Refusal> {
        let saved = self.one_saved(actor, id)?;
        self.saved_view(actor, saved)
    }

    /// Saves a search. What it finds at this moment is taken for seen.
    pub fn save_search(&self, actor: &Actor, new: NewSavedSearch) -> Result<SavedSearchView, Refusal> {
        permit_in_area(actor, Action::KeepDesk)?;
        new.check()?;
        let saved = SavedSearch {
            id: SearchId::random(),
            name: new.name,
            query: new.query,
            saved_at: clock::rfc3339(self.core().clock.now()),
            version: 1,
            seen: self.index_position(),
        };
        let kept = self.desk().change(actor.user, |papers| {
            if papers.saved.len() >= limits::SAVED_SEARCHES_MAX {
                let text = format!("there are {} saved searches already: delete one first", papers.saved.len());
                return Err(Refusal::invalid("(body)", text));
            }
            papers.saved.push(saved.clone());
            Ok(saved)
        })?;
        self.saved_view(actor, kept)
    }

    /// Gives it another name or query. `expected` is the version the caller had read (`If-Match`).
    pub fn replace_search(
        &self,
        actor: &Actor,
        id: SearchId,
        new: NewSavedSearch,
        expected: Option<usize>,
    ) -> Result<SavedSearchView, Refusal> {
        permit_in_area(actor, Action::KeepDesk)?;
        new.check()?;
        let position = self.index_position();
        let saved = self.desk().change(actor.user, |papers| {
            let saved = saved_in(papers, id, expected)?;
            if saved.query != new.query {
                saved.seen = position;
            }
            (saved.name, saved.query) = (new.name, new.query);
            saved.version += 1;
            Ok(saved.clone())
        })?;
        self.saved_view(actor, saved)
    }

    pub fn delete_search(&self, actor: &Actor, id: SearchId, expected: Option<usize>) -> Result<(), Refusal> {
        permit_in_area(actor, Action::KeepDesk)?;
        self.desk().change(actor.user, |papers| {
            saved_in(papers, id, expected)?;
            papers.saved.retain(|saved| saved.id != id);
            Ok(())
        })
    }

    /// Takes its results up to a position of the index for seen; all of them without one.
    pub fn see_search(
        &self,
        actor: &Actor,
        id: SearchId,
        position: Option<Position>,
    ) -> Result<SavedSearchView, Refusal> {
        permit_in_area(actor, Action::KeepDesk)?;
        let now = self.index_position();
        let position = position.unwrap_or(now);
        if position > now {
            return Err(Refusal::invalid("position", "the index has not come so far"));
        }
        let saved = self.desk().change(actor.user, |papers| {
            let saved = saved_in(papers, id, None)?;
            saved.seen = position;
            Ok(saved.clone())
        })?;
        self.saved_view(actor, saved)
    }

    /// A page of what it finds.
    pub fn saved_results(&self, actor: &Actor, id: SearchId, page: ResultsQuery) -> Result<SearchAnswer, Refusal> {
        let saved = self.one_saved(actor, id)?;
        let ResultsQuery { new, facets, histogram, cursor, limit } = page;
        let page = SearchQuery { facets, histogram, cursor, limit, ..SearchQuery::default() };
        let kept = saved.query.request()?;
        let mut request = Request { text: kept.text, filters: kept.filters, sort: kept.sort, ..request_of(&page)? };
        if new == Some(true) {
            request.filters.since = Some(saved.seen);
            // Else other spellings would be shown for want of new results of this one.
            request.as_written = true;
        }
        self.answer(actor, &request)
    }

    /// The saved searches with results that were not seen, counting those after a position where one is given.
    pub fn notices(&self, actor: &Actor, after: Option<Position>) -> Result<NoticePage, Refusal> {
        // Before anything is counted: what comes meanwhile is told twice rather than never.
        let next = self.index_position();
        let mut items = Vec::new();
        for saved in self.all_saved(actor)? {
            if self.count_since(actor, &saved.query, saved.seen.max(after.unwrap_or(0)))? > 0 {
                let new = self.count_since(actor, &saved.query, saved.seen)?;
                items.push(Notice { id: saved.id, name: saved.name, new });
            }
        }
        Ok(NoticePage { items, next })
    }

    fn all_saved(&self, actor: &Actor) -> Result<Vec<SavedSearch>, Refusal> {
        permit_in_area(actor, Action::KeepDesk)?;
        self.desk().read(actor.user, |papers| papers.saved.clone())
    }

    fn one_saved(&self, actor: &Actor, id: SearchId) -> Result<SavedSearch, Refusal> {
        let saved = self.all_saved(actor)?.into_iter().find(|saved| saved.id == id);
        saved.ok_or(Refusal::NotFound("saved search"))
    }

    fn saved_view(&self, actor: &Actor, saved: SavedSearch) -> Result<SavedSearchView, Refusal> {
        let new = self.count_since(actor, &saved.query, saved.seen)?;
        let SavedSearch { id, name, query, saved_at, version, seen } = saved;
        Ok(SavedSearchView { id, name, query, saved_at, seen_position: seen, new, version })
    }

    /// Results as written whose items began or were changed at or after a position, as far as the actor may see them
    /// now.
    fn count_since(&self, actor: &Actor, query: &Conditions, since: Position) -> Result<u64, Refusal> {
        let core = self.core();
        if since >= core.index.position() {
            return Ok(0);
        }
        let mut request = Request { as_written: true, sort: Sort::Newest, limit: 0, ..query.request()? };
        request.filters.since = Some(since);
        Ok(find(core, &request, &view_for(actor, &query.q))?.total)
    }
}

/// One of a user's saved searches, in the version that is expected.
fn saved_in(papers: &mut Papers, id: SearchId, expected: Option<usize>) -> Result<&mut SavedSearch, Refusal> {
    let saved = papers.saved.iter_mut().find(|saved| saved.id == id).ok_or(Refusal::NotFound("saved search"))?;
    if expected.is_some_and(|expected| expected != saved.version) {
        return Err(Refusal::Changed);
    }
    Ok(saved)
}
