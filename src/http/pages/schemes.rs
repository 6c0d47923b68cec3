//! The classification scheme on pages: its versions as trees, and a new one from a file, with a look at what it changes
//! before it is adopted.
//!
//! Between the look and the adoption the classes travel in the form, as they were read: what is adopted is what was
//! shown, and nothing of it is kept meanwhile.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use serde::Deserialize;

use super::form::{Fields, SMALL_FILE, Submitted};
use super::page::{self, Page, Section};
use super::refused::Refused;
use super::said;
use super::shown;
use super::tree::{self, Tree};
use crate::http::body::Query;
use crate::http::guard::{Administer, Allowed};
use crate::http::problem::Problem;
use crate::model::classification::{Class, NewScheme, RETENTION_FOR_EVER, ancestors};
use crate::model::field::FieldError;
use crate::service::{AboutScheme, Refusal, SchemeCheck, SchemeView, VersionView, WhichVersion, scheme_of_file};

#[derive(Template)]
#[template(path = "administration/scheme.html")]
struct SchemePage {
    page: Page,
    part: &'static str,
    scheme: SchemeView,
    q: String,
    count: usize,
    classes: Tree<Class>,
}

impl SchemePage {
    fn years(&self, years: &Option<u16>) -> String {
        in_words(&self.page, *years)
    }

    fn day(&self, day: &Date) -> String {
        shown::day(*day)
    }

    fn is_shown(&self, version: &VersionView) -> bool {
        version.version == self.scheme.version
    }
}

/// For how long something is kept; nothing where nobody has said it.
fn in_words(page: &Page, years: Option<u16>) -> String {
    match years {
        None => String::new(),
        Some(RETENTION_FOR_EVER) => page.t("kept-for-ever").into_owned(),
        Some(years) => page.n("kept-years", u64::from(years)).into_owned(),
    }
}

/// `?q=&scheme=&version=`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    scheme: String,
    version: Option<usize>,
}

/// `GET /classification-schemes`: the scheme as a tree, or what of it has words in it.
pub async fn show(
    allowed: Allowed<Administer>,
    Query(Asked { q, scheme, version }): Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let page = Page::of(&request, &allowed, Section::Administration);
    let scheme = match version {
        None => allowed.archive.classification(),
        Some(number) => allowed.archive.scheme(&scheme, WhichVersion::Number(number))?,
    };
    let kept = with_words(&scheme.classes, &q);
    let count = kept.len();
    let rows = kept.into_iter().map(|class| (class.code.as_str().matches('.').count(), class));
    let classes = tree::nest(rows);
    page::show(&SchemePage { page, part: "scheme", scheme, q, count, classes })
}

/// The classes that have the words in them, with those above and below.
fn with_words(classes: &[Class], words: &str) -> Vec<Class> {
    let words = words.trim().to_lowercase();
    let found = |class: &Class| format!("{} {}", class.code, class.title).to_lowercase().contains(&words);
    let hits: Vec<String> = classes.iter().filter(|class| found(class)).map(|class| class.code.to_string()).collect();
    let above_or_below = |class: &&Class| {
        let up = ancestors(&class.code).any(|code| hits.iter().any(|hit| hit == code));
        up || hits.iter().any(|hit| hit.strip_prefix(class.code.as_str()).is_some_and(|rest| rest.starts_with('.')))
    };
    classes.iter().filter(above_or_below).cloned().collect()
}

/// A new version as it was typed.
#[derive(Debug, Default)]
struct Typed {
    title: String,
    valid_from: String,
}

/// A version that can be adopted: what it changes, and what the form carries on.
struct Checked {
    check: SchemeCheck,
    /// The whole of it as JSON.
    scheme: String,
    first_day: String,
}

#[derive(Template)]
#[template(path = "administration/scheme_new.html")]
struct NewPage {
    page: Page,
    part: &'static str,
    typed: Typed,
    checked: Option<Checked>,
    /// What is wrong with the file, a line for each class.
    wrong: Vec<String>,
    refused: Refused,
}

impl NewPage {
    fn of(request: &HttpRequest, allowed: &Allowed<Administer>, typed: Typed) -> Self {
        let page = Page {
            here: "/classification-schemes/new".to_owned(),
            ..Page::of(request, allowed, Section::Administration)
        };
        Self { page, part: "scheme", typed, checked: None, wrong: Vec::new(), refused: Refused::default() }
    }

    fn refused(self, refusal: Refusal) -> Result<Self, Problem> {
        let problem = Problem::from(refusal);
        let of_file = |error: &&FieldError| error.field.starts_with("classes") || error.field == "(body)";
        let told = |error: &FieldError| {
            // Classes are counted from 0, and people count from 1.
            let at = error.field.strip_prefix("classes[").and_then(|rest| rest.split(']').next()?.parse::<u64>().ok());
            let at = at.map(|n| format!("{}: ", self.page.n("class-number", n + 1))).unwrap_or_default();
            format!("{at}{}", said::told(&self.page, error).text)
        };
        let wrong = problem.errors().iter().filter(of_file).map(told).collect();
        Ok(Self { wrong, refused: Refused::of(problem)?, ..self })
    }

    fn years(&self, years: &Option<u16>) -> String {
        match years {
            None => self.page.t("kept-unsaid").into_owned(),
            years => in_words(&self.page, *years),
        }
    }

    fn counted(&self, key: &str, count: usize) -> String {
        self.page.n(key, count as u64).into_owned()
    }
}

/// `GET /classification-schemes/new`
pub async fn ask(allowed: Allowed<Administer>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let title = allowed.archive.classification().title;
    page::show(&NewPage::of(&request, &allowed, Typed { title, ..Typed::default() }))
}

/// The version in a form: a file that was chosen, or what was looked at before.
fn version_of(fields: &Fields, typed: &Typed) -> Result<NewScheme, Refusal> {
    if let Some(scheme) = fields.some("scheme") {
        return serde_json::from_str(scheme).map_err(|_| Refusal::invalid("(body)", "choose the file again"));
    }
    let sent =
        fields.some(SMALL_FILE).and_then(|file| file.split(' ').next()).and_then(|text| STANDARD.decode(text).ok());
    let file = sent.ok_or_else(|| Refusal::invalid("(body)", "choose a file"))?;
    let valid_from = match typed.valid_from.parse::<Date>() {
        Ok(day) => Some(day),
        Err(_) if typed.valid_from.is_empty() => None,
        Err(_) => return Err(Refusal::invalid("valid_from", "not a day")),
    };
    let title = Some(typed.title.clone()).filter(|title| !title.is_empty());
    // Under which code another keeps it is his; here it goes on under ours.
    let new = scheme_of_file(&file, AboutScheme { code: None, title, valid_from })?;
    Ok(NewScheme { code: None, ..new })
}

/// `POST /classification-schemes`: shows what a file would change, and adopts what was shown.
pub async fn adopt(submitted: Submitted<Administer>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let typed = Typed { title: fields.text("title").to_owned(), valid_from: fields.text("valid_from").to_owned() };
    let confirmed = fields.some("scheme").is_some();
    let done = match version_of(&fields, &typed) {
        Err(refusal) => Err(refusal),
        Ok(new) if confirmed => {
            allowed.archive.adopt_scheme(&allowed.actor, new, fields.version()?).await.map(|_| None)
        }
        Ok(new) => allowed.archive.check_scheme(&allowed.actor, &new).map(|check| Some((new, check))),
    };
    let shown = NewPage::of(&request, &allowed, typed);
    match done {
        Ok(None) => Ok(page::go_to("/classification-schemes")),
        Ok(Some((new, check))) => {
            let scheme = serde_json::to_string(&new).map_err(Problem::internal)?;
            let first_day = shown::day(check.valid_from);
            page::show(&NewPage { checked: Some(Checked { check, scheme, first_day }), ..shown })
        }
        Err(refusal) => {
            let shown = shown.refused(refusal)?;
            page::show_as(shown.refused.status(), &shown)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_found_with_what_stands_around_it() {
        let class = |code: &str, title: &str| Class {
            code: code.parse().unwrap(),
            title: title.to_owned(),
            retention_years: None,
            notes: None,
        };
        let all = [
            class("6", "Territorio"),
            class("6.1", "Urbanistica"),
            class("6.3", "Edilizia privata"),
            class("6.3.1", "Tettoie"),
            class("7", "Scuola"),
        ];
        let codes = |words: &str| with_words(&all, words).iter().map(|c| c.code.to_string()).collect::<Vec<_>>();
        assert_eq!(codes("edilizia"), ["6", "6.3", "6.3.1"]);
        assert_eq!(codes("6.1"), ["6", "6.1"]);
        assert_eq!(codes(" "), ["6", "6.1", "6.3", "6.3.1", "7"]);
        assert_eq!(codes("mare"), [""; 0]);
    }
}
