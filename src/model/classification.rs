//! The classification scheme: a tree of titles, classes and subclasses, each with a code such as `6.3`; its versions,
//! and which of them is in force when.
//!
//! A version is in force from its day on (Rome) until one with a later day, or one of the same day adopted later, takes
//! its place. Nothing is ever changed in a version: what was classified under it shows the titles that it had, and a
//! class that is not in a newer version is withdrawn by that alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::ids::{ClassCode, Position, SchemeCode};
use crate::limits;
use crate::model::event::ClassificationSchemeAdopted;
use crate::model::field::{FieldError, Fields};

/// The scheme of Italian municipalities, our own data file, loaded by `init`.
const MUNICIPALITIES: &str = include_str!("../../schema/classification/comuni.json");

/// As many years as `TempoDiConservazione` takes; by Allegato 5 it means for ever.
pub const RETENTION_FOR_EVER: u16 = 9999;

/// A scheme as its file and its event hold it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scheme {
    pub code: String,
    pub title: String,
    /// In the order in which people read them.
    pub classes: Vec<Class>,
}

/// One voice of a scheme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    pub code: ClassCode,
    pub title: String,
    /// Years for which what is classified so is kept, 1 to 9999 ([`RETENTION_FOR_EVER`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_years: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

impl Scheme {
    /// The scheme of Italian municipalities: 14 titles and their classes.
    pub fn municipalities() -> Self {
        serde_json::from_str(MUNICIPALITIES).expect("the built-in scheme is tested")
    }

    pub fn titles(&self) -> BTreeMap<&ClassCode, &str> {
        self.classes.iter().map(|class| (&class.code, class.title.as_str())).collect()
    }

    pub fn class(&self, code: &ClassCode) -> Option<&Class> {
        self.classes.iter().find(|class| class.code == *code)
    }
}

/// The codes from the title down to the class itself: `6`, `6.3`.
pub fn ancestors(code: &ClassCode) -> impl Iterator<Item = &str> {
    let text = code.as_str();
    text.match_indices('.').map(|(at, _)| &text[..at]).chain(std::iter::once(text))
}

/// The code of the class above.
fn above(code: &ClassCode) -> Option<&str> {
    code.as_str().rsplit_once('.').map(|(above, _)| above)
}

/// A class of a version that somebody wants adopted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewClass {
    pub code: ClassCode,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_years: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

/// `POST /api/v1/classification-schemes`: a whole version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewScheme {
    /// Of the scheme in force where it is absent, and so the title.
    #[serde(default)]
    pub code: Option<String>,
    #[serde(default)]
    pub title: Option<String>,
    /// The first day in Rome on which it is in force: today or later.
    pub valid_from: Date,
    pub classes: Vec<NewClass>,
}

impl NewScheme {
    /// All that is wrong with it, and otherwise the scheme: each class behind the one above it, else in the order in
    /// which they came. `before` is the scheme in force.
    pub fn check(&self, today: Date, before: &Scheme) -> Result<Scheme, Vec<FieldError>> {
        let mut fields = Fields::default();
        let code = self.code.as_deref().map_or(before.code.as_str(), str::trim).to_owned();
        let title = self.title.as_deref().map_or(before.title.as_str(), str::trim).to_owned();
        // It stands in addresses.
        if code.parse::<SchemeCode>().is_err() {
            fields.refuse("code", "not a code: letters, digits, `_`, `-`, `.`, at most 32");
        }
        fields.text("title", &title, limits::TEXT_CHARS_MAX);
        if self.valid_from < today {
            fields.refuse("valid_from", "a day that is over: a version is in force from today or a later day on");
        }
        if self.classes.is_empty() {
            fields.refuse("classes", "missing: a scheme has at least one class");
        }
        if self.classes.len() > limits::SCHEME_CLASSES_MAX {
            fields.refuse("classes", format!("at most {} classes", limits::SCHEME_CLASSES_MAX));
        }
        self.check_classes(&mut fields);
        fields.finish()?;
        Ok(Scheme { code, title, classes: self.in_order() })
    }

    fn check_classes(&self, fields: &mut Fields) {
        let known: BTreeSet<String> = self.classes.iter().map(|class| comparable(class.code.as_str())).collect();
        let mut seen = BTreeSet::new();
        for (n, class) in self.classes.iter().enumerate() {
            let code = &class.code;
            if !seen.insert(comparable(code.as_str())) {
                fields.refuse(format!("classes[{n}].code"), format!("is there twice: {code}"));
            }
            if let Some(above) = above(code).filter(|above| !known.contains(&comparable(above))) {
                fields.refuse(format!("classes[{n}].code"), format!("the class above it is missing: {above}"));
            }
            fields.text(&format!("classes[{n}].title"), &class.title, limits::TEXT_CHARS_MAX);
            if class.retention_years.is_some_and(|years| !(1..=u32::from(RETENTION_FOR_EVER)).contains(&years)) {
                fields.refuse(format!("classes[{n}].retention_years"), "1 to 9999 years; 9999 means for ever");
            }
            fields.optional_long(&format!("classes[{n}].notes"), class.notes.as_deref());
        }
    }

    /// What stands under a class follows it, for lists and trees are written in this order.
    fn in_order(&self) -> Vec<Class> {
        let mut below: BTreeMap<Option<String>, Vec<&NewClass>> = BTreeMap::new();
        for class in &self.classes {
            below.entry(above(&class.code).map(comparable)).or_default().push(class);
        }
        let mut open: Vec<&NewClass> = below.remove(&None).unwrap_or_default();
        open.reverse();
        let mut ordered = Vec::with_capacity(self.classes.len());
        while let Some(class) = open.pop() {
            ordered.push(class.normal());
            let own = below.remove(&Some(comparable(class.code.as_str()))).unwrap_or_default();
            open.extend(own.into_iter().rev());
        }
        ordered
    }
}

impl NewClass {
    fn normal(&self) -> Class {
        Class {
            code: self.code.clone(),
            title: self.title.trim().to_owned(),
            retention_years: self.retention_years.and_then(|years| u16::try_from(years).ok()),
            notes: self.notes.as_deref().map(|notes| notes.replace("\r\n", "\n").trim().to_owned()),
        }
    }
}

/// Filters compare codes without regard to case: two that differ in nothing else would be one to them.
fn comparable(code: &str) -> String {
    code.to_ascii_lowercase()
}

/// What a version has otherwise than the one before it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Differences {
    pub added: Vec<Class>,
    /// No longer to be chosen; what has such a class keeps it.
    pub withdrawn: Vec<Class>,
    pub retitled: Vec<Retitled>,
    pub retention_changed: Vec<RetentionChanged>,
    /// Classes of which only the notes are others.
    pub notes_changed: Vec<ClassCode>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Retitled {
    pub code: ClassCode,
    pub was: String,
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetentionChanged {
    pub code: ClassCode,
    pub was: Option<u16>,
    pub retention_years: Option<u16>,
}

impl Differences {
    pub fn between(before: &Scheme, after: &Scheme) -> Self {
        let index = |scheme: &'_ Scheme| -> BTreeMap<ClassCode, Class> {
            scheme.classes.iter().map(|class| (class.code.clone(), class.clone())).collect()
        };
        let (old, new) = (index(before), index(after));
        let mut differences = Self {
            withdrawn: before.classes.iter().filter(|class| !new.contains_key(&class.code)).cloned().collect(),
            ..Self::default()
        };
        for class in &after.classes {
            let Some(was) = old.get(&class.code) else {
                differences.added.push(class.clone());
                continue;
            };
            let code = || class.code.clone();
            if was.title != class.title {
                let (was, title) = (was.title.clone(), class.title.clone());
                differences.retitled.push(Retitled { code: code(), was, title });
            }
            if was.retention_years != class.retention_years {
                let (was, retention_years) = (was.retention_years, class.retention_years);
                differences.retention_changed.push(RetentionChanged { code: code(), was, retention_years });
            }
            if was.notes != class.notes {
                differences.notes_changed.push(code());
            }
        }
        differences
    }
}

/// A scheme as it was adopted once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Counted from 1 in the order of adoption.
    pub number: usize,
    /// Of the event that adopted it.
    pub position: Position,
    pub adopted_at: Timestamp,
    pub valid_from: Date,
    pub scheme: Arc<Scheme>,
}

impl Version {
    fn rank(&self) -> (Date, usize) {
        (self.valid_from, self.number)
    }
}

/// How a version stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum VersionState {
    Waiting,
    InForce,
    Past,
    /// Another of the same day took its place.
    Replaced,
}

impl VersionState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::InForce => "in-force",
            Self::Past => "past",
            Self::Replaced => "replaced",
        }
    }
}

/// All versions of the area's scheme, in the order of adoption.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Versions(Vec<Version>);

impl Versions {
    /// Takes a version in; the same event again changes nothing. One without a day of its own is in force from the day
    /// it was adopted.
    pub fn adopt(&mut self, position: Position, time: Timestamp, adopted: &ClassificationSchemeAdopted) {
        if self.0.iter().any(|version| version.position == position) {
            return;
        }
        let ClassificationSchemeAdopted { scheme: code, title, classes, valid_from } = adopted.clone();
        self.0.push(Version {
            number: self.0.len() + 1,
            position,
            adopted_at: time,
            valid_from: valid_from.unwrap_or_else(|| clock::date_in_rome(time)),
            scheme: Arc::new(Scheme { code, title, classes }),
        });
    }

    pub fn all(&self) -> &[Version] {
        &self.0
    }

    /// The version in force at a moment, by what had been adopted then.
    pub fn at(&self, time: Timestamp) -> Option<&Version> {
        let day = clock::date_in_rome(time);
        let adopted = self.0.iter().filter(|version| version.adopted_at <= time && version.valid_from <= day);
        // A clock that was set back knows of the first at least.
        adopted.max_by_key(|version| version.rank()).or(self.0.first())
    }

    /// The version in force at the end of a day, past or to come, by what is adopted now.
    pub fn on(&self, day: Date) -> Option<&Version> {
        self.0.iter().filter(|version| version.valid_from <= day).max_by_key(|version| version.rank())
    }

    /// A class as the version in force at a moment has it; failing that, as the newest that has it.
    pub fn class_at(&self, code: &ClassCode, time: Timestamp) -> Option<&Class> {
        let then = self.at(time).and_then(|version| version.scheme.class(code));
        then.or_else(|| self.0.iter().rev().find_map(|version| version.scheme.class(code)))
    }

    /// Every class that there ever was, with the title that it has now or had last.
    pub fn every_class(&self, now: Timestamp) -> Vec<Class> {
        let now = self.at(now);
        let mut classes: Vec<Class> = now.map(|version| version.scheme.classes.clone()).unwrap_or_default();
        let mut known: BTreeSet<ClassCode> = classes.iter().map(|class| class.code.clone()).collect();
        for version in self.0.iter().rev() {
            for class in &version.scheme.classes {
                if known.insert(class.code.clone()) {
                    classes.push(class.clone());
                }
            }
        }
        classes
    }

    /// How a version stands at a moment, and the last day on which it is in force, where that is known.
    pub fn standing(&self, version: &Version, now: Timestamp) -> (VersionState, Option<Date>) {
        let next = self.0.iter().filter(|other| other.rank() > version.rank()).min_by_key(|other| other.rank());
        if next.is_some_and(|next| next.valid_from == version.valid_from) {
            return (VersionState::Replaced, None);
        }
        let until = next.and_then(|next| next.valid_from.yesterday().ok());
        let today = clock::date_in_rome(now);
        let state = if version.valid_from > today {
            VersionState::Waiting
        } else if until.is_some_and(|until| until < today) {
            VersionState::Past
        } else {
            VersionState::InForce
        };
        (state, until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fourteen_titles_and_every_class_has_its_parent() {
        let scheme = Scheme::municipalities();
        let titles = scheme.titles();
        assert_eq!(titles.len(), scheme.classes.len(), "codes are unique");
        assert_eq!(scheme.classes.iter().filter(|class| !class.code.as_str().contains('.')).count(), 14);
        for class in &scheme.classes {
            for ancestor in ancestors(&class.code) {
                assert!(titles.contains_key(&ancestor.parse::<ClassCode>().unwrap()), "{ancestor}");
            }
        }
    }

    fn class(code: &str, title: &str, years: Option<u32>) -> NewClass {
        NewClass { code: code.parse().unwrap(), title: title.to_owned(), retention_years: years, notes: None }
    }

    fn new(classes: Vec<NewClass>) -> NewScheme {
        NewScheme { code: None, title: None, valid_from: Date::constant(2027, 1, 1), classes }
    }

    fn check(new: &NewScheme) -> Result<Scheme, Vec<FieldError>> {
        let before = Scheme { code: "prova".into(), title: "Titolario".into(), classes: Vec::new() };
        new.check(Date::constant(2026, 12, 1), &before)
    }

    #[test]
    fn every_mistake_is_told_where_it_is() {
        let wrong = [
            class("1", " ", Some(0)),
            class("1", "Due volte", Some(10_000)),
            class("7.2", "Senza titolo sopra", None),
            class("A", "a", None),
            class("a", "A", Some(9999)),
        ];
        let errors = check(&new(wrong.to_vec())).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "classes[0].title",
                "classes[0].retention_years",
                "classes[1].code",
                "classes[1].retention_years",
                "classes[2].code",
                "classes[4].code"
            ]
        );
        let past = NewScheme { valid_from: Date::constant(2026, 11, 30), ..new(vec![class("1", "Uno", None)]) };
        assert_eq!(check(&past).unwrap_err()[0].field, "valid_from");
        assert_eq!(check(&new(Vec::new())).unwrap_err()[0].field, "classes");
    }

    #[test]
    fn what_stands_under_a_class_follows_it() {
        let mixed = [("2", "b"), ("1.2", "d"), ("1", "a"), ("1.10", "e"), ("1.2.1", "f")];
        let scheme = check(&new(mixed.map(|(code, title)| class(code, title, None)).to_vec())).unwrap();
        let codes: Vec<_> = scheme.classes.iter().map(|class| class.code.to_string()).collect();
        assert_eq!(codes, ["2", "1", "1.2", "1.2.1", "1.10"]);
        assert_eq!((scheme.code.as_str(), scheme.title.as_str()), ("prova", "Titolario"), "as the one in force");
    }

    #[test]
    fn differences_are_told_by_kind() {
        let of = |classes: &[NewClass]| check(&new(classes.to_vec())).unwrap();
        let before = of(&[class("1", "Uno", Some(5)), class("2", "Due", None), class("3", "Tre", None)]);
        let after = of(&[class("1", "Primo", Some(9999)), class("3", "Tre", None), class("4", "Quattro", None)]);
        let differences = Differences::between(&before, &after);
        assert_eq!(differences.added, [after.classes[2].clone()]);
        assert_eq!(differences.withdrawn, [before.classes[1].clone()]);
        assert_eq!(differences.retitled[0].was, "Uno");
        let RetentionChanged { was, retention_years, .. } = &differences.retention_changed[0];
        assert_eq!((*was, *retention_years), (Some(5), Some(RETENTION_FOR_EVER)));
        assert_eq!(Differences::between(&after, &after), Differences::default());
    }

    fn adopt(versions: &mut Versions, position: u64, time: &str, valid_from: Option<&str>, title: &str) {
        let class = Class { code: "1".parse().unwrap(), title: title.to_owned(), retention_years: None, notes: None };
        let adopted = ClassificationSchemeAdopted {
            scheme: "prova".to_owned(),
            title: "Titolario".to_owned(),
            classes: vec![class],
            valid_from: valid_from.map(|day| day.parse().unwrap()),
        };
        versions.adopt(position, time.parse().unwrap(), &adopted);
    }

    #[test]
    fn a_version_comes_into_force_at_midnight_in_rome_and_what_was_classified_keeps_its_title() {
        let mut versions = Versions::default();
        adopt(&mut versions, 1, "2026-01-10T09:00:00Z", None, "Prima");
        adopt(&mut versions, 5, "2026-11-20T09:00:00Z", Some("2027-01-01"), "Sbagliata");
        adopt(&mut versions, 6, "2026-11-21T09:00:00Z", Some("2027-01-01"), "Seconda");
        adopt(&mut versions, 6, "2026-11-21T09:00:00Z", Some("2027-01-01"), "Seconda");
        assert_eq!(versions.all().len(), 3, "applying an event again changes nothing");
        let code = "1".parse().unwrap();
        let title = |time: &str| versions.class_at(&code, time.parse().unwrap()).unwrap().title.clone();
        assert_eq!(title("2026-12-31T22:59:59Z"), "Prima");
        assert_eq!(title("2026-12-31T23:00:00Z"), "Seconda");
        assert_eq!(title("2025-01-01T00:00:00Z"), "Prima", "by a clock that was set back");
        let standing = |n: usize, now: &str| versions.standing(&versions.all()[n], now.parse().unwrap());
        let last = Some(Date::constant(2026, 12, 31));
        assert_eq!(standing(0, "2026-12-01T00:00:00Z"), (VersionState::InForce, last));
        assert_eq!(standing(0, "2027-01-01T00:00:00Z"), (VersionState::Past, last));
        assert_eq!(standing(1, "2027-01-01T00:00:00Z").0, VersionState::Replaced);
        assert_eq!(standing(2, "2026-12-01T00:00:00Z"), (VersionState::Waiting, None));
        assert_eq!(versions.on(Date::constant(2028, 1, 1)).unwrap().number, 3);
        assert!(versions.on(Date::constant(2025, 1, 1)).is_none());
    }

    #[test]
    fn a_version_of_the_same_day_counts_from_when_it_was_adopted() {
        let mut versions = Versions::default();
        adopt(&mut versions, 1, "2026-01-10T09:00:00Z", None, "Prima");
        adopt(&mut versions, 2, "2026-01-10T12:00:00Z", Some("2026-01-10"), "Seconda");
        let code = "1".parse().unwrap();
        let title = |time: &str| versions.class_at(&code, time.parse().unwrap()).unwrap().title.clone();
        assert_eq!(title("2026-01-10T11:00:00Z"), "Prima");
        assert_eq!(title("2026-01-10T12:00:00Z"), "Seconda");
    }
}
