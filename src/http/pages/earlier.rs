//! The page of what was registered elsewhere: by earlier systems, and in emergency registers. From which, when, how many
//! entries, which gaps.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::page::{self, Page, Section};
use super::shown;
use crate::http::guard::{Administer, Allowed};
use crate::http::problem::Problem;
use crate::model::earlier::{Gap, YearOf};
use crate::model::emergency::DayOf;
use crate::model::event::EmergencyRegisterImported;
use crate::service::ImportView;

#[derive(Template)]
#[template(path = "administration/imports.html")]
struct ImportsPage {
    page: Page,
    part: &'static str,
    imports: Vec<ImportView>,
    emergencies: Vec<EmergencyRegisterImported>,
}

/// Gaps that are named; of more it is said how many.
const GAPS_SHOWN: usize = 10;

impl ImportsPage {
    fn day(&self, import: &ImportView) -> String {
        shown::day(import.on)
    }

    fn when(&self, at: &jiff::Timestamp) -> String {
        shown::when(&crate::clock::rfc3339(*at))
    }

    fn on(&self, day: &jiff::civil::Date) -> String {
        shown::day(*day)
    }

    fn of_day(&self, day: &DayOf) -> u64 {
        day.entries
    }

    fn count(&self, year: &YearOf) -> u64 {
        year.entries
    }

    fn gaps(&self, year: &YearOf) -> String {
        let one =
            |gap: &Gap| if gap.from == gap.to { gap.from.to_string() } else { format!("{}-{}", gap.from, gap.to) };
        let mut told = year.gaps.iter().take(GAPS_SHOWN).map(one).collect::<Vec<_>>().join(", ");
        if year.gaps.len() > GAPS_SHOWN {
            told.push_str(&format!(", … ({})", year.gaps.len()));
        }
        told
    }
}

/// `GET /imports`
pub async fn list(allowed: Allowed<Administer>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let page = Page::of(&request, &allowed, Section::Administration);
    let imports = allowed.archive.imports(&allowed.actor)?;
    let emergencies = allowed.archive.emergencies();
    page::show(&ImportsPage { page, part: "imports", imports, emergencies })
}
