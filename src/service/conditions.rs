//! What is looked for, apart from which page of it: the part of a search that can be kept and asked again.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use super::search::{end_of, start_of};
use crate::ids::{ClassCode, OfficeCode, RegisterCode};
use crate::index::{FacetField, Filters, ItemKind, Request, Sort};
use crate::model::field::absent_or_null;
use crate::model::register::Direction;
use crate::text::Reason;

/// A query with its filters and its order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    #[serde(deserialize_with = "absent_or_null")]
    pub q: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register: Option<RegisterCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub office: Option<OfficeCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classification: Option<ClassCode>,
    /// `open`, `closed` or `annulled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// `pending`, `full`, `partial`, `none`, or a reason such as `encrypted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_state: Option<String>,
    /// First day, in Rome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Last day, in Rome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// `relevance`, `newest` or `oldest`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
}

impl Conditions {
    /// Whether they ask for anything but everything.
    pub fn say_something(&self) -> bool {
        let nothing = Self { sort: self.sort.clone(), ..Self::default() };
        Self { q: self.q.trim().to_owned(), ..self.clone() } != nothing
    }

    /// Whether they look for the same, in whatever order it is shown.
    pub fn look_for_the_same(&self, other: &Self) -> bool {
        Self { sort: None, ..self.clone() } == Self { sort: None, ..other.clone() }
    }

    /// As the index is asked.
    pub fn request(&self) -> Result<Request, Refusal> {
        let kind = self.kind.as_deref().map(str::parse).transpose();
        let kind: Option<ItemKind> = kind.map_err(|_| Refusal::invalid("kind", "entry, document, dossier or case"))?;
        let sort = match self.sort.as_deref() {
            None | Some("relevance") => Sort::Relevance,
            Some("newest") => Sort::Newest,
            Some("oldest") => Sort::Oldest,
            Some(_) => return Err(Refusal::invalid("sort", "relevance, newest or oldest")),
        };
        let filters = Filters {
            kind,
            register: self.register.as_ref().map(ToString::to_string),
            year: self.year,
            direction: self.direction.map(|direction| direction.as_str().to_owned()),
            office: self.office.as_ref().map(ToString::to_string),
            classification: self.classification.as_ref().map(ToString::to_string),
            state: one_of("state", self.state.as_deref(), &["open", "closed", "annulled"])?,
            text_state: self.text_state()?,
            from: self.from.map(start_of),
            to: self.to.map(end_of),
            ..Filters::default()
        };
        Ok(Request { text: self.q.clone(), filters, sort, ..Request::default() })
    }
}

impl Conditions {
    /// How much of a text there is, or why there is no more: both stand in the index.
    fn text_state(&self) -> Result<Option<String>, Refusal> {
        let reason = |value: &str| Reason::ALL.iter().any(|reason| reason.code() == value);
        match self.text_state.as_deref() {
            Some(value) if reason(value) => Ok(Some(value.to_owned())),
            other => one_of("text_state", other, &["pending", "full", "partial", "none"]),
        }
    }
}

fn one_of(field: &str, value: Option<&str>, known: &[&str]) -> Result<Option<String>, Refusal> {
    match value {
        Some(value) if !known.contains(&value) => Err(Refusal::invalid(field, format!("one of {}", known.join(", ")))),
        other => Ok(other.map(str::to_owned)),
    }
}

/// Takes away the filter on a facet's own field; gives its value when there was one.
pub(super) fn take_filter(filters: &mut Filters, field: FacetField) -> Option<String> {
    match field {
        FacetField::Office => filters.office.take(),
        FacetField::Year => filters.year.take().map(|year| year.to_string()),
        FacetField::Kind => filters.kind.take().map(|kind| kind.to_string()),
        FacetField::Register => filters.register.take(),
        FacetField::Direction => filters.direction.take(),
        FacetField::Classification => filters.classification.take(),
        FacetField::State => filters.state.take(),
        FacetField::TextState => filters.text_state.take(),
        // Asked for in the query alone: `language:en`, `format:fmt/18`, `signed:yes`.
        FacetField::Language | FacetField::Format | FacetField::Signed => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_in_some_order_is_nothing_to_keep() {
        let of = |text: &str| serde_json::from_str::<Conditions>(text).unwrap().say_something();
        assert!(!of("{}") && !of(r#"{"q":" ","sort":"newest"}"#));
        assert!(of(r#"{"q":"suolo"}"#) && of(r#"{"year":2026}"#));
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let text = r#"{"q":"suolo","office":"edilizia","from":"2026-01-02","sort":"newest"}"#;
        let conditions: Conditions = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&conditions).unwrap(), text);
        assert!(serde_json::from_str::<Conditions>(r#"{"cursor":"x"}"#).is_err());
    }
}
