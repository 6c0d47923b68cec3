//! What was wrong with a form that is shown again, with what was typed?

use actix_web::http::StatusCode;

use super::form::{Fields, SentFile};
use super::page::Page;
use super::said::{self, Told};
use crate::http::problem::{Kind, Problem};
use crate::model::field::FieldError;

/// What the sender of a form can mend in it; nothing when it is shown for the first time.
#[derive(Debug, Default)]
pub struct Refused {
    kind: Option<Kind>,
    /// What the service says besides, in English.
    detail: Option<String>,
    errors: Vec<FieldError>,
}

impl Refused {
    /// Any other problem is no matter of the form, and a page of its own.
    pub fn of(problem: impl Into<Problem>) -> Result<Self, Problem> {
        let problem = problem.into();
        let mendable = [Kind::Invalid, Kind::AlreadyExists, Kind::Changed, Kind::DossierClosed, Kind::DossierOpen];
        if !mendable.contains(&problem.kind) {
            return Err(problem);
        }
        let detail = problem.said().map(str::to_owned);
        Ok(Self { kind: Some(problem.kind), detail, errors: problem.errors().to_vec() })
    }

    /// What the page itself found wrong.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self { kind: Some(Kind::Invalid), detail: None, errors }
    }

    pub fn status(&self) -> StatusCode {
        let status = self.kind.map_or(200, Kind::status);
        StatusCode::from_u16(status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY)
    }

    pub fn is_change(&self) -> bool {
        self.kind == Some(Kind::Changed)
    }

    pub fn said(&self, page: &Page) -> Option<String> {
        self.kind.map(|kind| page.word("problem", kind.name()).into_owned())
    }

    pub fn advice(&self, page: &Page) -> Option<String> {
        // What is there already is told by the detail; another name is no advice for what has none.
        let told = self.kind == Some(Kind::AlreadyExists) && self.detail(page).is_some_and(|told| !told.english);
        // The form is shown again beside what is now: there is nowhere to go back to.
        let key = |kind: Kind| if kind == Kind::Changed { "changed-here" } else { kind.name() };
        self.kind.filter(|_| !told).map(|kind| page.word("advice", key(kind)).into_owned())
    }

    /// What is said besides, in the reader's language if it is known in it.
    pub fn detail(&self, page: &Page) -> Option<Told> {
        self.detail.as_deref().map(|detail| said::in_words(page, detail))
    }

    /// The file that was sent with a form and need not be sent again, unless it is what is wrong.
    pub fn kept<'a>(&self, fields: &'a Fields) -> Option<SentFile<'a>> {
        fields.file().filter(|_| self.errors.iter().all(|error| error.field != "file"))
    }

    /// What is wrong with one field.
    pub fn at(&self, page: &Page, field: &str) -> Option<String> {
        self.messages(page, |error| error.field == field)
    }

    /// What is wrong with a field or anything in it.
    pub fn within(&self, page: &Page, field: &str) -> Option<String> {
        self.messages(page, |error| error.field.split(['.', '[']).next() == Some(field))
    }

    fn messages(&self, page: &Page, such: impl Fn(&FieldError) -> bool) -> Option<String> {
        let messages = self.errors.iter().filter(|error| such(error));
        let messages: Vec<String> = messages.map(|error| said::told(page, error).text).collect();
        (!messages.is_empty()).then(|| messages.join("; "))
    }
}
