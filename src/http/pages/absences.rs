//! Who is away, on a page for each of the staff: his own, and for administrators anyone's.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::{Fields, Submitted};
use super::names::may_be_given;
use super::page::{self, Page, Section};
use super::refused::Refused;
use super::shown;
use crate::http::body::Id;
use crate::http::guard::{Allowed, Permission, SignedIn};
use crate::http::problem::Problem;
use crate::ids::{AbsenceId, UserName};
use crate::model::absence::{AbsenceState, NewAbsence};
use crate::model::field::{FieldError, Fields as Checked};
use crate::service::{AbsenceView, UserView};

/// An absence as it was typed.
#[derive(Debug, Default)]
struct Typed {
    from: String,
    until: String,
    substitute: String,
}

impl Typed {
    fn of(fields: &Fields) -> Self {
        let text = |name| fields.text(name).to_owned();
        Self { from: text("away_from"), until: text("away_until"), substitute: text("substitute") }
    }

    fn read(&self) -> Result<NewAbsence, Vec<FieldError>> {
        let mut wrong = Checked::default();
        let mut day = |field: &str, text: &str| match text.parse() {
            Ok(day) => Some(day),
            Err(_) => {
                wrong.refuse(field, if text.is_empty() { "missing" } else { "not a day" });
                None
            }
        };
        let days = day("from", &self.from).zip(day("until", &self.until));
        wrong.finish()?;
        let (from, until) = days.unwrap_or_default();
        Ok(NewAbsence { from, until, substitute: self.substitute.parse().ok() })
    }
}

#[derive(Template)]
#[template(path = "people/absences.html")]
struct AbsencesPage {
    page: Page,
    part: &'static str,
    user: UserName,
    /// The reader looks at his own.
    own: bool,
    administers: bool,
    absences: Vec<AbsenceView>,
    /// Who may stand in.
    staff: Vec<UserView>,
    typed: Typed,
    refused: Refused,
}

impl AbsencesPage {
    fn of<P: Permission>(
        request: &HttpRequest,
        allowed: &Allowed<P>,
        user: UserName,
        typed: Typed,
        refused: Refused,
    ) -> Result<Self, Problem> {
        let absences = allowed.archive.absences(&allowed.actor, &user)?;
        let own = allowed.actor.name.as_ref() == Some(&user);
        let section = if own { Section::None } else { Section::Administration };
        let page = Page { here: format!("/users/{user}/absences"), ..Page::of(request, allowed, section) };
        let administers = page.reader.as_ref().is_some_and(page::Reader::administers) && !own;
        let mut staff = allowed.archive.users(&allowed.actor)?;
        staff.retain(|one| may_be_given(one) && one.name != user);
        staff.sort_by(|a, b| a.full_name.cmp(&b.full_name));
        Ok(Self { page, part: "users", user, own, administers, absences, staff, typed, refused })
    }

    fn title(&self) -> String {
        let key = if self.own { "own-absences" } else { "absences-of" };
        self.page.told(key, self.user.as_str()).into_owned()
    }

    fn day(&self, day: &jiff::civil::Date) -> String {
        shown::day(*day)
    }

    fn is_substitute(&self, user: &UserView) -> bool {
        self.typed.substitute == user.name.as_str()
    }

    fn can_end(&self, absence: &AbsenceView) -> bool {
        absence.state != AbsenceState::Over
    }
}

/// `GET /users/{name}/absences`
pub async fn list(
    allowed: Allowed<SignedIn>,
    Id(name): Id<UserName>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    page::show(&AbsencesPage::of(&request, &allowed, name, Typed::default(), Refused::default())?)
}

/// `POST /users/{name}/absences`
pub async fn record(
    submitted: Submitted<SignedIn>,
    Id(name): Id<UserName>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let typed = Typed::of(&fields);
    let recorded = match typed.read() {
        Ok(absence) => allowed.archive.record_absence(&allowed.actor, &name, absence).await,
        Err(errors) => Err(errors.into()),
    };
    match recorded {
        Ok(absence) => Ok(page::go_to(&format!("/users/{name}/absences#absence-{}", absence.id))),
        Err(refusal) => {
            let refused = Refused::of(refusal)?;
            page::show_as(refused.status(), &AbsencesPage::of(&request, &allowed, name, typed, refused)?)
        }
    }
}

/// `POST /users/{name}/absences/{absence}`: ends it.
pub async fn end(
    submitted: Submitted<SignedIn>,
    Id((name, absence)): Id<(UserName, AbsenceId)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, .. } = submitted;
    match allowed.archive.end_absence(&allowed.actor, &name, absence).await {
        Ok(()) => Ok(page::go_to(&format!("/users/{name}/absences#absence-{absence}"))),
        Err(refusal) => {
            let refused = Refused::of(refusal)?;
            page::show_as(refused.status(), &AbsencesPage::of(&request, &allowed, name, Typed::default(), refused)?)
        }
    }
}
