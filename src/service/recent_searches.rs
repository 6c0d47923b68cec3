//! Recent searches: what a person looked for lately, for that person alone.

use serde::{Deserialize, Serialize};

use super::Archive;
use super::conditions::Conditions;
use super::read::permit_in_area;
use super::refusal::Refusal;
use crate::clock;
use crate::ids::SearchId;
use crate::limits;
use crate::model::access::{Action, Actor, Decision, Target, decide};
use crate::model::user::Role;

/// A search as it was run last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecentSearch {
    pub id: SearchId,
    pub at: String,
    pub query: Conditions,
}

impl RecentSearch {
    pub(super) fn of(query: Conditions, at: String) -> Self {
        Self { id: SearchId::random(), at, query }
    }
}

impl Archive {
    /// The actor's recent searches, the newest first.
    pub fn recent_searches(&self, actor: &Actor) -> Result<Vec<RecentSearch>, Refusal> {
        permit_in_area(actor, Action::KeepDesk)?;
        self.desk().read(actor.user, |papers| papers.recent.iter().cloned().collect())
    }

    /// Forgets one of them, or all.
    pub fn forget_searches(&self, actor: &Actor, id: Option<SearchId>) -> Result<(), Refusal> {
        permit_in_area(actor, Action::KeepDesk)?;
        // Written at once: what shall be forgotten must not come back after a crash.
        self.desk().change(actor.user, |papers| {
            let before = papers.recent.len();
            papers.recent.retain(|recent| id.is_some_and(|id| recent.id != id));
            if id.is_some() && papers.recent.len() == before {
                return Err(Refusal::NotFound("recent search"));
            }
            Ok(())
        })
    }

    /// Puts a search that a person ran before the others. What programs ask is not remembered, and nothing that is
    /// asked for somebody else.
    pub(super) fn remember(&self, actor: &Actor, mut query: Conditions) {
        let keeps = decide(actor, Action::KeepDesk, Target::Area) == Decision::Allowed;
        let short = query.q.chars().count() <= limits::RECENT_SEARCH_CHARS_MAX;
        if !keeps || !short || actor.is(Role::Service) || !query.say_something() {
            return;
        }
        query.q = query.q.trim().to_owned();
        let at = clock::rfc3339(self.core().clock.now());
        let remembered = self.desk().change_later(actor.user, |papers| {
            papers.recent.retain(|recent| !recent.query.look_for_the_same(&query));
            papers.recent.push_front(RecentSearch::of(query, at));
            papers.recent.truncate(limits::RECENT_SEARCHES_MAX);
        });
        if let Err(refusal) = remembered {
            // A search is answered all the same.
            tracing::warn!(cause = refusal.causes(), "search not remembered");
        }
    }
}
