//! The classification scheme: which versions there are, what a new one would change, and adopting it.

use jiff::civil::Date;
use serde::Serialize;

use super::Archive;
use super::draft::{Command, Decided, Draft, Fact};
use super::read::permit_in_area;
use super::refusal::Refusal;
use crate::clock;
use crate::exchange::{self, SchemeFile};
use crate::ids::{ClassCode, UserId};
use crate::limits;
use crate::model::access::{Action, Actor};
use crate::model::classification::{Class, Differences, NewScheme, Scheme, Version, VersionState};
use crate::model::directory::Directory;
use crate::model::event::{ClassificationSchemeAdopted, Event, Facts, Nothing};

/// A scheme as the API shows it: a version of it with its classes, and what versions there are.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SchemeView {
    pub code: String,
    pub title: String,
    /// In the order in which people read them.
    pub classes: Vec<Class>,
    /// Which version these classes are of.
    pub version: usize,
    pub valid_from: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Newest first.
    pub versions: Vec<VersionView>,
    /// For `ETag`: it changes with every adoption, and when a version comes into force.
    #[serde(skip)]
    pub tag: usize,
}

#[derive(Debug, Clone, Serialize)]
pub struct VersionView {
    pub version: usize,
    pub title: String,
    pub adopted_at: String,
    pub valid_from: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    pub state: VersionState,
    /// How many classes it has.
    pub classes: usize,
}

/// What adopting a version would change.
#[derive(Debug, Clone, Serialize)]
pub struct SchemeCheck {
    pub code: String,
    pub title: String,
    pub valid_from: Date,
    /// The version it is held against: the one in force on its first day.
    pub against: usize,
    pub classes: usize,
    #[serde(flatten)]
    pub differences: Differences,
    /// The newest version that there is: who adopts what he has checked names it, so that nobody's work is lost.
    #[serde(skip)]
    pub newest: usize,
}

/// Which version of a scheme is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhichVersion {
    InForce,
    On(Date),
    Number(usize),
}

/// What is said of a scheme beside a file of its classes; it stands above what the file says.
#[derive(Debug, Clone, Default)]
pub struct AboutScheme {
    pub code: Option<String>,
    pub title: Option<String>,
    pub valid_from: Option<Date>,
}

/// A version out of a CSV or XML file.
pub fn scheme_of_file(bytes: &[u8], about: AboutScheme) -> Result<NewScheme, Refusal> {
    let SchemeFile { code, title, valid_from, classes } = exchange::read_scheme(bytes)?;
    let Some(valid_from) = about.valid_from.or(valid_from) else {
        return Err(Refusal::invalid("valid_from", "missing: from which day is it in force?"));
    };
    Ok(NewScheme { code: about.code.or(code), title: about.title.or(title), valid_from, classes })
}

impl Archive {
    /// The scheme in force now.
    pub fn classification(&self) -> SchemeView {
        let directory = self.core().directory();
        let now = self.core().clock.now();
        directory.classification.at(now).map(|version| self.scheme_view_of(&directory, version)).unwrap_or_default()
    }

    /// Every class that there ever was, for what was classified long ago.
    pub fn every_class(&self) -> Vec<Class> {
        self.core().directory().classification.every_class(self.core().clock.now())
    }

    /// The scheme in force first, then others that were or will be, each as it is now or was last.
    pub fn schemes(&self) -> Vec<SchemeView> {
        let directory = self.core().directory();
        let in_force = self.classification();
        let mut views = vec![in_force];
        for version in directory.classification.all().iter().rev() {
            if views.iter().all(|view| view.code != version.scheme.code) {
                views.push(self.scheme_view_of(&directory, version));
            }
        }
        views
    }

    pub fn scheme(&self, code: &str, which: WhichVersion) -> Result<SchemeView, Refusal> {
        let directory = self.core().directory();
        self.scheme_version(&directory, code, which).map(|version| self.scheme_view_of(&directory, version))
    }

    /// A version as a file; `separator` is of a CSV, `None` asks for XML.
    pub fn scheme_file(&self, code: &str, which: WhichVersion, separator: Option<u8>) -> Result<Vec<u8>, Refusal> {
        let directory = self.core().directory();
        let Version { number, valid_from, scheme, .. } = self.scheme_version(&directory, code, which)?;
        match separator {
            Some(separator) => exchange::write_scheme_csv(scheme, separator).map_err(Refusal::failed),
            None => Ok(exchange::write_scheme_xml(scheme, *number, *valid_from).into_bytes()),
        }
    }

    fn scheme_version<'d>(
        &self,
        directory: &'d Directory,
        code: &str,
        which: WhichVersion,
    ) -> Result<&'d Version, Refusal> {
        let versions = &directory.classification;
        let mut of_code = versions.all().iter().filter(|version| version.scheme.code == code).peekable();
        if of_code.peek().is_none() {
            return Err(Refusal::NotFound("classification scheme"));
        }
        let version = match which {
            WhichVersion::Number(number) => of_code.find(|version| version.number == number),
            WhichVersion::On(day) => versions.on(day).filter(|version| version.scheme.code == code),
            // Another may have taken its place: then it is shown as it was last.
            WhichVersion::InForce => match versions.at(self.core().clock.now()) {
                Some(version) if version.scheme.code == code => Some(version),
                _ => of_code.last(),
            },
        };
        version.ok_or(Refusal::NotFound("version"))
    }

    fn scheme_view_of(&self, directory: &Directory, version: &Version) -> SchemeView {
        let now = self.core().clock.now();
        let versions = &directory.classification;
        let of_code = versions.all().iter().rev().filter(|one| one.scheme.code == version.scheme.code);
        let view = |one: &Version| {
            let (state, valid_until) = versions.standing(one, now);
            VersionView {
                version: one.number,
                title: one.scheme.title.clone(),
                adopted_at: clock::rfc3339(one.adopted_at),
                valid_from: one.valid_from,
                valid_until,
                state,
                classes: one.scheme.classes.len(),
            }
        };
        SchemeView {
            code: version.scheme.code.clone(),
            title: version.scheme.title.clone(),
            classes: version.scheme.classes.clone(),
            version: version.number,
            valid_from: Some(version.valid_from),
            valid_until: versions.standing(version, now).1,
            versions: of_code.map(view).collect(),
            tag: versions.all().len(),
        }
    }

    /// What is wrong with a version, or what it would change. Nothing is kept.
    pub fn check_scheme(&self, actor: &Actor, new: &NewScheme) -> Result<SchemeCheck, Refusal> {
        permit_in_area(actor, Action::Administer)?;
        let directory = self.core().directory();
        let today = clock::date_in_rome(self.core().clock.now());
        checked(&directory, new, today).map(|(check, _)| check)
    }

    /// Adopts a version, from its day on. `expected` is the number of versions that the caller knew (`If-Match`).
    pub async fn adopt_scheme(
        &self,
        actor: &Actor,
        new: NewScheme,
        expected: Option<usize>,
    ) -> Result<SchemeView, Refusal> {
        let code = self.check_scheme(actor, &new)?.code;
        self.submit(Adopt { actor: actor.user, new, expected }).await?;
        let newest = self.core().directory().classification.all().len();
        self.scheme(&code, WhichVersion::Number(newest))
    }
}

/// Checks a version against what there is.
fn checked(directory: &Directory, new: &NewScheme, today: Date) -> Result<(SchemeCheck, Scheme), Refusal> {
    let versions = &directory.classification;
    let none = Scheme::default();
    let in_force = versions.on(today);
    let scheme = new.check(today, in_force.map_or(&none, |version| &version.scheme))?;
    // It becomes one line of the journal.
    if serde_json::to_vec(&scheme)?.len() > limits::SCHEME_BYTES_MAX {
        return Err(Refusal::invalid("classes", format!("at most {} bytes", limits::SCHEME_BYTES_MAX)));
    }
    let before = versions.on(new.valid_from);
    let check = SchemeCheck {
        code: scheme.code.clone(),
        title: scheme.title.clone(),
        valid_from: new.valid_from,
        against: before.map_or(0, |version| version.number),
        classes: scheme.classes.len(),
        differences: Differences::between(before.map_or(&none, |version| &version.scheme), &scheme),
        newest: versions.all().len(),
    };
    Ok((check, scheme))
}

struct Adopt {
    actor: UserId,
    new: NewScheme,
    expected: Option<usize>,
}

impl Command for Adopt {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let versions = &state.directory.classification;
        if self.expected.is_some_and(|expected| expected != versions.all().len()) {
            return Err(Refusal::Changed);
        }
        // The day may have ended since it was checked.
        let (_, scheme) = checked(&state.directory, &self.new, state.today())?;
        // Sent again, or by two at once: it is there, and a second would only hide the first.
        if versions.on(self.new.valid_from).is_some_and(|version| *version.scheme == scheme) {
            return Err(Refusal::AlreadyExists("the scheme is so already on that day".to_owned()));
        }
        let subject = format!("classification-schemes/{}", scheme.code);
        let Scheme { code, title, classes } = scheme;
        let valid_from = Some(self.new.valid_from);
        let public = ClassificationSchemeAdopted { scheme: code, title, classes, valid_from };
        let event = Event::ClassificationSchemeAdopted(Facts { public, private: Some(Nothing {}) });
        Ok(Decided::Commit(vec![Fact { subject, event }]))
    }
}

/// What is classified now has a class of the version in force now.
pub(super) fn check_class(state: &Draft<'_>, code: &ClassCode) -> Result<(), Refusal> {
    let in_force = state.directory.classification.at(state.now);
    if in_force.is_some_and(|version| version.scheme.class(code).is_some()) {
        return Ok(());
    }
    let scheme = in_force.map_or("", |version| &version.scheme.code);
    Err(Refusal::invalid("classification", format!("no class {code} in the classification scheme {scheme}")))
}
