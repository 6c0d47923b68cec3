//! Bringing an emergency register home: the file is chosen, and each of its numbers is told with the ordinary one.
//!
//! The outcome is the answer to what was sent: sent again it registers nothing and tells the same.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};
use askama::Template;

use super::form::{Fields, Submitted};
use super::names::Names;
use super::page::{self, Page, Section};
use super::{said, shown};
use crate::http::body::Id;
use crate::http::guard::{Allowed, Permission, RegisterEntry};
use crate::http::problem::{Kind, Problem};
use crate::ids::{ClassCode, RegisterCode};
use crate::limits;
use crate::model::emergency::DayOf;
use crate::model::field::FieldError;
use crate::service::{EmergencyOutcome, Refusal};

#[derive(Template)]
#[template(path = "filing/emergency.html")]
struct EmergencyPage {
    page: Page,
    register: RegisterCode,
    names: Names,
    fields: Fields,
    outcome: Option<EmergencyOutcome>,
    /// What is wrong with the file, each with its line or number, and whether it is said in English.
    wrong: Vec<(String, bool)>,
}

impl EmergencyPage {
    fn day(&self, day: &DayOf) -> String {
        shown::day(day.day)
    }

    fn count(&self, day: &DayOf) -> u64 {
        day.entries
    }

    fn is_class(&self, code: &ClassCode) -> bool {
        self.fields.text("classification") == code.as_str()
    }
}

/// `GET /registers/{register}/emergency`
pub async fn ask(
    allowed: Allowed<RegisterEntry>,
    Id(register): Id<RegisterCode>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    allowed.archive.may_import_emergency(&allowed.actor)?;
    allowed.archive.register_view(&register)?;
    page::show(&emergency_page(&allowed, &request, register, Fields::default()).await?)
}

/// `POST /registers/{register}/emergency`
pub async fn import(
    submitted: Submitted<RegisterEntry>,
    Id(register): Id<RegisterCode>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let (archive, actor) = (&allowed.archive, &allowed.actor);
    archive.may_import_emergency(actor)?;
    let otherwise = fields.some("classification").and_then(|code| code.parse().ok());
    let file = match fields.file() {
        Some(file) => archive.uploaded_bytes(actor, file.blake3, limits::EMERGENCY_FILE_MAX),
        None => Err(Refusal::invalid("file", "missing")),
    };
    let done = match file {
        Ok(bytes) => archive.import_emergency(actor, &register, &bytes, otherwise.as_ref()).await,
        Err(refusal) => Err(refusal),
    };
    let page = emergency_page(&allowed, &request, register, fields).await?;
    match done {
        Ok(outcome) => page::show(&EmergencyPage { outcome: Some(outcome), ..page }),
        Err(refusal) => {
            let problem = Problem::from(refusal);
            if problem.kind != Kind::Invalid {
                return Err(problem);
            }
            let wrong = problem.errors().iter().map(|error| told(&page.page, error)).collect();
            page::show_as(status_of(&problem), &EmergencyPage { wrong, ..page })
        }
    }
}

fn status_of(problem: &Problem) -> StatusCode {
    problem.status_code()
}

/// What is wrong, after the number of the line in the emergency register where it is about one.
fn told(page: &Page, error: &FieldError) -> (String, bool) {
    let said = said::told(page, error);
    let of_line = error.field.split_once('.').map(|(number, _)| number).filter(|_| error.field != "file");
    (of_line.map_or_else(String::new, |number| format!("{number}: ")) + &said.text, said.english)
}

async fn emergency_page<P: Permission>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    register: RegisterCode,
    fields: Fields,
) -> Result<EmergencyPage, Problem> {
    let page = Page::of(request, allowed, Section::Register);
    let names = allowed.block(Names::read).await?;
    Ok(EmergencyPage { page, register, names, fields, outcome: None, wrong: Vec::new() })
}
