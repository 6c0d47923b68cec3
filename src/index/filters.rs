//! Which items does a list or a reader ask for: filters and views, as queries and as a plain test on one item.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{EmptyQuery, Query, RangeQuery, TermQuery, TermSetQuery};
use tantivy::schema::{Field, IndexRecordOption};

use super::fields::{Fields, keyword, with_ancestors};
use super::{Item, ItemKind};
use crate::digest::Blake3;
use crate::ids::Position;

/// Conditions that all must hold; what is None asks nothing. Codes and states are compared without regard to case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    pub kind: Option<ItemKind>,
    pub register: Option<String>,
    pub year: Option<i16>,
    pub direction: Option<String>,
    pub office: Option<String>,
    /// The class itself or any below it.
    pub classification: Option<String>,
    /// Microseconds UTC, this one included.
    pub from: Option<i64>,
    /// Microseconds UTC, this one excluded.
    pub to: Option<i64>,
    pub user: Option<String>,
    pub dossier: Option<String>,
    pub state: Option<String>,
    /// A document of it has its text so: pending, full, partial or none.
    pub text_state: Option<String>,
    /// Items of which an event stands at this position or later: new ones, and those that were changed.
    pub since: Option<Position>,
    pub digest: Option<Blake3>,
    /// This one item: for checks of what the index knows of it.
    pub item: Option<(ItemKind, String)>,
}

/// What a reader may see: items whose audience meets his. None sees all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    pub audience: Option<Vec<String>>,
}

impl View {
    /// The view of who may see everything.
    pub const ALL: Self = Self { audience: None };

    fn admits(&self, item: &Item) -> bool {
        self.audience.as_ref().is_none_or(|mine| mine.iter().any(|term| item.audience.contains(term)))
    }

    /// The view as a condition inside a query. Nobody's audience sees nothing.
    pub(super) fn query(&self, fields: &Fields) -> Option<Box<dyn Query>> {
        let terms = self.audience.as_ref()?;
        let term = |text: &String| Term::from_field_text(fields.audience, text);
        Some(match terms.as_slice() {
            [] => Box::new(EmptyQuery),
            [one] => Box::new(TermQuery::new(term(one), IndexRecordOption::Basic)),
            many => Box::new(TermSetQuery::new(many.iter().map(term))),
        })
    }
}

/// The same decision as the index's own, for items it has not committed yet.
pub fn matches_filters(item: &Item, filters: &Filters, view: &View) -> bool {
    let one = |wanted: &Option<String>, value: &Option<String>| {
        wanted.as_ref().is_none_or(|wanted| value.as_ref().is_some_and(|value| keyword(value) == keyword(wanted)))
    };
    let any = |wanted: &Option<String>, values: &[String]| {
        wanted.as_ref().is_none_or(|wanted| values.iter().any(|value| keyword(value) == keyword(wanted)))
    };
    view.admits(item)
        && filters.kind.is_none_or(|kind| kind == item.kind)
        && filters.year.is_none_or(|year| item.year == Some(year))
        && filters.from.is_none_or(|from| item.date >= from)
        && filters.to.is_none_or(|to| item.date < to)
        && filters.digest.is_none_or(|digest| item.digests.contains(&digest))
        && filters.dossier.as_ref().is_none_or(|dossier| item.dossiers.contains(dossier))
        && filters.item.as_ref().is_none_or(|(kind, id)| *kind == item.kind && *id == item.id)
        && filters.since.is_none_or(|since| item.changed >= since)
        && one(&filters.register, &item.register)
        && one(&filters.direction, &item.direction)
        && one(&filters.state, &item.state)
        && any(&filters.office, &item.offices)
        && any(&filters.user, &item.users)
        && any(&filters.text_state, &item.text_states)
        && filters.classification.as_ref().is_none_or(|wanted| {
            let wanted = keyword(wanted);
            item.classification.iter().flat_map(|code| with_ancestors(code)).any(|code| keyword(code) == wanted)
        })
}

pub(super) fn term_query(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

pub(super) fn keyword_query(field: Field, value: &str) -> Box<dyn Query> {
    term_query(Term::from_field_text(field, &keyword(value)))
}

/// Dates from the first, included, to the second, excluded.
pub(super) fn date_query(fields: &Fields, from: Option<i64>, to: Option<i64>) -> Option<Box<dyn Query>> {
    let term = |at| Term::from_field_i64(fields.date, at);
    let lower = from.map_or(Bound::Unbounded, |at| Bound::Included(term(at)));
    let upper = to.map_or(Bound::Unbounded, |at| Bound::Excluded(term(at)));
    match (from, to) {
        (None, None) => None,
        // An empty range asks for nothing; tantivy's answer to one turned round is not ours to rely on.
        (Some(from), Some(to)) if from >= to => Some(Box::new(EmptyQuery)),
        _ => Some(Box::new(RangeQuery::new(lower, upper))),
    }
}

impl Filters {
    /// The filters as conditions that all must hold.
    pub(super) fn queries(&self, fields: &Fields) -> Vec<Box<dyn Query>> {
        let mut queries = Vec::new();
        let kind = self.kind.map(|kind| kind.as_str().to_owned());
        for (field, value) in [
            (fields.kind, &kind),
            (fields.register, &self.register),
            (fields.direction, &self.direction),
            (fields.office, &self.office),
            (fields.classification, &self.classification),
            (fields.user, &self.user),
            (fields.state, &self.state),
            (fields.text_state, &self.text_state),
        ] {
            queries.extend(value.as_ref().map(|value| keyword_query(field, value)));
        }
        queries.extend(self.year.map(|year| term_query(Term::from_field_i64(fields.year, year.into()))));
        let dossier = self.dossier.as_ref().map(|id| Term::from_field_text(fields.dossier, id));
        let digest = self.digest.map(|digest| Term::from_field_text(fields.digest, &digest.to_string()));
        let item = self.item.as_ref().map(|(kind, id)| fields.key_term(*kind, id));
        queries.extend(dossier.into_iter().chain(digest).chain(item).map(term_query));
        queries.extend(date_query(fields, self.from, self.to));
        let since = self.since.map(|position| Bound::Included(Term::from_field_u64(fields.changed, position)));
        queries.extend(since.map(|since| Box::new(RangeQuery::new(since, Bound::Unbounded)) as Box<dyn Query>));
        queries
    }
}
