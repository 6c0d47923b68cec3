//! Offices (unità organizzative): a tree with validity in time. An office is moved, renamed and ended, never deleted:
//! what it has stays its own, and it may be opened again.
//!
//! No office outlives the one above it, so an ended office has nothing open below it. Codes never change; names do, and
//! the earlier ones are kept with the moment from which each was used, so that what was assigned can show the name of
//! its time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::OfficeCode;
use crate::limits;
use crate::model::field::{FieldError, Fields, check_address, check_ipa_code, given};

/// An office and the one above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    pub code: OfficeCode,
    pub name: String,
    pub parent: Option<OfficeCode>,
    /// The first day (Rome); `None` is always.
    pub valid_from: Option<Date>,
    /// The last day (Rome); `None` while no end is known.
    pub valid_until: Option<Date>,
    /// Its code in the index of public administrations (codice univoco ufficio).
    pub ipa: Option<String>,
    pub email: Option<String>,
    pub pec: Option<String>,
    /// Every name it had, each with the moment from which it was used, oldest first.
    pub names: Vec<(Timestamp, String)>,
    /// Changes with every change, for `If-Match`: the position of the last event.
    pub version: usize,
}

/// How an office stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OfficeState {
    /// Its first day has not come.
    Future,
    Open,
    Ended,
}

impl OfficeState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Future => "future",
            Self::Open => "open",
            Self::Ended => "ended",
        }
    }
}

impl Office {
    pub fn state(&self, day: Date) -> OfficeState {
        if self.valid_until.is_some_and(|until| until < day) {
            OfficeState::Ended
        } else if self.valid_from.is_some_and(|from| from > day) {
            OfficeState::Future
        } else {
            OfficeState::Open
        }
    }

    /// Whether it takes new assignments, dossiers and people on that day.
    pub fn is_open(&self, day: Date) -> bool {
        self.state(day) == OfficeState::Open
    }

    /// The name it had at a moment.
    pub fn name_at(&self, time: Timestamp) -> &str {
        let then = self.names.iter().rev().find(|(from, _)| *from <= time).or(self.names.first());
        then.map_or(self.name.as_str(), |(_, name)| name)
    }

    /// Takes a name that it has from a moment on.
    pub(super) fn rename(&mut self, from: Timestamp, name: String) {
        if self.names.last().is_none_or(|(_, last)| *last != name) {
            self.names.retain(|(earlier, _)| *earlier < from);
            self.names.push((from, name.clone()));
        }
        self.name = name;
    }
}

/// `POST /api/v1/offices`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOffice {
    pub code: OfficeCode,
    pub name: String,
    #[serde(default)]
    pub parent: Option<OfficeCode>,
    #[serde(default)]
    pub valid_from: Option<Date>,
    #[serde(default)]
    pub valid_until: Option<Date>,
    #[serde(default)]
    pub ipa: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub pec: Option<String>,
}

impl NewOffice {
    /// An office of which no more is said.
    pub fn named(code: OfficeCode, name: String, parent: Option<OfficeCode>) -> Self {
        Self { code, name, parent, valid_from: None, valid_until: None, ipa: None, email: None, pec: None }
    }

    /// As it will be; the moment and version are the writer's to give.
    pub fn office(&self) -> Office {
        let Self { code, name, parent, valid_from, valid_until, ipa, email, pec } = self.clone();
        let name = name.trim().to_owned();
        Office { code, name, parent, valid_from, valid_until, ipa, email, pec, names: Vec::new(), version: 0 }
    }
}

/// `PATCH /api/v1/offices/{code}`, a JSON Merge Patch (RFC 7396): what is absent stays, `null` takes away.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OfficeChange {
    pub name: Option<String>,
    #[serde(deserialize_with = "given")]
    pub parent: Option<Option<OfficeCode>>,
    #[serde(deserialize_with = "given")]
    pub valid_from: Option<Option<Date>>,
    #[serde(deserialize_with = "given")]
    pub valid_until: Option<Option<Date>>,
    #[serde(deserialize_with = "given")]
    pub ipa: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    pub email: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    pub pec: Option<Option<String>>,
}

impl OfficeChange {
    /// The office as it will be.
    pub fn apply(&self, now: &Office) -> Office {
        let kept =
            |change: &Option<Option<String>>, now: &Option<String>| change.clone().unwrap_or_else(|| now.clone());
        Office {
            name: self.name.as_deref().map_or_else(|| now.name.clone(), |name| name.trim().to_owned()),
            parent: self.parent.clone().unwrap_or_else(|| now.parent.clone()),
            valid_from: self.valid_from.unwrap_or(now.valid_from),
            valid_until: self.valid_until.unwrap_or(now.valid_until),
            ipa: kept(&self.ipa, &now.ipa),
            email: kept(&self.email, &now.email),
            pec: kept(&self.pec, &now.pec),
            ..now.clone()
        }
    }
}

/// All that is wrong with an office as it shall be, among the offices there are.
pub fn check(office: &Office, offices: &BTreeMap<OfficeCode, Office>) -> Result<(), Vec<FieldError>> {
    let mut fields = Fields::default();
    fields.text("name", &office.name, limits::TEXT_CHARS_MAX);
    check_ipa_code(&mut fields, "ipa", office.ipa.as_deref());
    check_address(&mut fields, "email", office.email.as_deref());
    check_address(&mut fields, "pec", office.pec.as_deref());
    if office.valid_from.zip(office.valid_until).is_some_and(|(from, until)| until < from) {
        fields.refuse("valid_until", "before the first day");
    }
    check_place(&mut fields, office, offices);
    let below = offices.values().filter(|other| other.parent.as_ref() == Some(&office.code));
    let outliving: Vec<String> = below.filter(|other| outlives(other, office)).map(|o| o.code.to_string()).collect();
    if !outliving.is_empty() {
        let codes = outliving.join(", ");
        fields.refuse("valid_until", format!("end or move first what is below it and ends later or never: {codes}"));
    }
    fields.finish()
}

fn check_place(fields: &mut Fields, office: &Office, offices: &BTreeMap<OfficeCode, Office>) {
    let Some(code) = &office.parent else { return };
    let Some(parent) = offices.get(code) else {
        fields.refuse("parent", format!("no office {code}"));
        return;
    };
    let mut above = Some(code);
    // As many steps as there are offices: more would go round in a circle that was there before.
    for _ in 0..=offices.len() {
        match above {
            Some(code) if *code == office.code => {
                fields.refuse("parent", "an office cannot stand below itself");
                return;
            }
            Some(code) => above = offices.get(code).and_then(|office| office.parent.as_ref()),
            None => break,
        }
    }
    if outlives(office, parent) {
        let until = parent.valid_until.map(|day| day.to_string()).unwrap_or_default();
        fields.refuse("parent", format!("ends on {until}, before this office: choose another"));
    }
}

fn outlives(office: &Office, other: &Office) -> bool {
    match (office.valid_until, other.valid_until) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(own), Some(others)) => own > others,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn office(code: &str, parent: Option<&str>, until: Option<&str>) -> Office {
        let mut office = NewOffice::named(code.parse().unwrap(), code.to_owned(), parent.map(|p| p.parse().unwrap()));
        office.valid_until = until.map(|day| day.parse().unwrap());
        office.office()
    }

    fn town() -> BTreeMap<OfficeCode, Office> {
        let all = [office("a", None, None), office("b", Some("a"), None), office("c", Some("b"), None)];
        let ended = office("old", None, Some("2026-01-31"));
        all.into_iter().chain([ended]).map(|office| (office.code.clone(), office)).collect()
    }

    fn wrong(office: &Office) -> Vec<String> {
        check(office, &town()).err().unwrap_or_default().into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn no_office_stands_below_itself_nor_below_one_that_ends_before_it() {
        assert_eq!(wrong(&office("a", Some("a"), None)), ["parent"]);
        assert_eq!(wrong(&office("a", Some("c"), None)), ["parent"]);
        assert_eq!(wrong(&office("c", Some("a"), None)), [""; 0]);
        assert_eq!(wrong(&office("c", Some("old"), None)), ["parent"]);
        assert_eq!(wrong(&office("c", Some("old"), Some("2026-01-31"))), [""; 0]);
        assert_eq!(wrong(&office("c", Some("nobody"), None)), ["parent"]);
        assert_eq!(wrong(&office("b", Some("a"), Some("2026-12-31"))), ["valid_until"], "c would be left over");
        assert_eq!(wrong(&office("c", Some("b"), Some("2026-12-31"))), [""; 0]);
    }

    #[test]
    fn it_is_open_from_its_first_day_to_its_last() {
        let mut one = office("a", None, Some("2026-06-30"));
        one.valid_from = Some("2026-01-01".parse().unwrap());
        let state = |day: &str| one.state(day.parse().unwrap());
        assert_eq!(state("2025-12-31"), OfficeState::Future);
        assert_eq!(state("2026-01-01"), OfficeState::Open);
        assert_eq!(state("2026-06-30"), OfficeState::Open);
        assert_eq!(state("2026-07-01"), OfficeState::Ended);
    }

    #[test]
    fn names_are_kept_with_their_time() {
        let at = |time: &str| time.parse::<Timestamp>().unwrap();
        let mut one = office("a", None, None);
        one.rename(at("2026-01-01T00:00:00Z"), "Ufficio tecnico".into());
        one.rename(at("2026-05-01T00:00:00Z"), "Edilizia".into());
        one.rename(at("2026-06-01T00:00:00Z"), "Edilizia".into());
        assert_eq!(one.names.len(), 2);
        assert_eq!(one.name_at(at("2026-04-30T23:59:59Z")), "Ufficio tecnico");
        assert_eq!(one.name_at(at("2026-05-01T00:00:00Z")), "Edilizia");
        assert_eq!(one.name_at(at("2020-01-01T00:00:00Z")), "Ufficio tecnico");
    }

    #[test]
    fn null_takes_away_and_absence_keeps() {
        let now = Office { ipa: Some("UFX7K2".into()), ..office("b", Some("a"), Some("2026-12-31")) };
        let change = |text: &str| serde_json::from_str::<OfficeChange>(text).unwrap().apply(&now);
        assert_eq!(change("{}"), now);
        let moved = change(r#"{"parent":null,"valid_until":null,"name":" Nuovo "}"#);
        assert_eq!((moved.parent, moved.valid_until, moved.name.as_str()), (None, None, "Nuovo"));
        assert_eq!(moved.ipa, now.ipa);
    }

    proptest! {
        /// Whatever is moved and ended in whatever order, what the check lets through is a tree in which nothing
        /// outlives what stands above it.
        #[test]
        fn checked_offices_are_a_tree(steps in prop::collection::vec((0_usize..6, 0_usize..7, 0_i8..4), 0..60)) {
            let code = |n: usize| format!("o{n}").parse::<OfficeCode>().unwrap();
            let mut offices: BTreeMap<OfficeCode, Office> =
                (0..6).map(|n| (code(n), office(&format!("o{n}"), None, None))).collect();
            for (which, parent, until) in steps {
                let mut changed = offices[&code(which)].clone();
                changed.parent = (parent < 6).then(|| code(parent));
                changed.valid_until = (until > 0).then(|| Date::constant(2026, 1, until));
                if check(&changed, &offices).is_ok() {
                    offices.insert(code(which), changed);
                }
            }
            for office in offices.values() {
                let (mut at, mut steps) = (office, 0);
                while let Some(parent) = &at.parent {
                    prop_assert!(!outlives(at, &offices[parent]));
                    (at, steps) = (&offices[parent], steps + 1);
                    prop_assert!(steps < 6, "a circle");
                }
            }
        }
    }
}
