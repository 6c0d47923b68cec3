//! Offices on pages: the tree, adding one, and a page for each to rename, move, end or open it again.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::{Fields, Submitted};
use super::page::{self, Page, Section};
use super::people::code;
use super::refused::Refused;
use super::shown;
use super::tree::{self, Tree};
use crate::http::body::Id;
use crate::http::guard::{Administer, Allowed};
use crate::http::problem::Problem;
use crate::ids::OfficeCode;
use crate::model::field::{FieldError, Fields as Checked};
use crate::model::office::{NewOffice, OfficeChange};
use crate::service::{FormerName, OfficeDetails, OfficeView};

/// An office as it was typed.
#[derive(Debug, Default)]
struct Typed {
    code: String,
    name: String,
    parent: String,
    valid_from: String,
    valid_until: String,
    ipa: String,
    email: String,
    pec: String,
}

impl Typed {
    fn of(fields: &Fields) -> Self {
        let text = |name| fields.text(name).to_owned();
        Self {
            code: text("code"),
            name: text("name"),
            parent: text("parent"),
            valid_from: text("valid_from"),
            valid_until: text("valid_until"),
            ipa: text("ipa"),
            email: text("email"),
            pec: text("pec"),
        }
    }

    fn of_office(office: &OfficeView) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        Self {
            code: office.code.to_string(),
            name: office.name.clone(),
            parent: office.parent.as_ref().map(ToString::to_string).unwrap_or_default(),
            valid_from: day(office.valid_from),
            valid_until: day(office.valid_until),
            ipa: text(&office.ipa),
            email: text(&office.email),
            pec: text(&office.pec),
        }
    }

    /// The whole state, as the form shows it.
    fn change(&self) -> Result<OfficeChange, Vec<FieldError>> {
        let mut wrong = Checked::default();
        let mut day = |field: &str, text: &str| match text.parse() {
            _ if text.is_empty() => None,
            Ok(day) => Some(day),
            Err(_) => {
                wrong.refuse(field, "not a day");
                None
            }
        };
        let (valid_from, valid_until) = (day("valid_from", &self.valid_from), day("valid_until", &self.valid_until));
        wrong.finish()?;
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Ok(OfficeChange {
            name: Some(self.name.clone()),
            parent: Some(self.parent.parse().ok()),
            valid_from: Some(valid_from),
            valid_until: Some(valid_until),
            ipa: Some(some(&self.ipa)),
            email: Some(some(&self.email)),
            pec: Some(some(&self.pec)),
        })
    }
}

#[derive(Template)]
#[template(path = "administration/offices.html")]
struct OfficesPage {
    page: Page,
    part: &'static str,
    offices: Vec<OfficeView>,
    tree: Tree<OfficeView>,
    typed: Typed,
    refused: Refused,
}

impl OfficesPage {
    fn of(request: &HttpRequest, allowed: &Allowed<Administer>, typed: Typed, refused: Refused) -> Self {
        let page = Page::of(request, allowed, Section::Administration);
        let all = allowed.archive.offices();
        let offices = all.iter().filter(|office| office.is_open()).cloned().collect();
        let rows = tree::order(all, |one| one.code.clone(), |one| one.parent.clone());
        Self { page, part: "offices", offices, tree: tree::nest(rows), typed, refused }
    }

    fn is_parent(&self, office: &OfficeView) -> bool {
        self.typed.parent == office.code.as_str()
    }
}

/// `GET /offices`
pub async fn list(allowed: Allowed<Administer>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    page::show(&OfficesPage::of(&request, &allowed, Typed::default(), Refused::default()))
}

/// `POST /offices`
pub async fn add(submitted: Submitted<Administer>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let typed = Typed::of(&fields);
    let added = match code("code", &typed.code) {
        Ok(code) => {
            let office = NewOffice::named(code, typed.name.clone(), typed.parent.parse().ok());
            allowed.archive.add_office(&allowed.actor, office).await
        }
        Err(errors) => Err(errors.into()),
    };
    match added {
        Ok(office) => Ok(page::go_to(&format!("/offices#office-{}", office.code))),
        Err(refusal) => {
            let refused = Refused::of(refusal)?;
            page::show_as(refused.status(), &OfficesPage::of(&request, &allowed, typed, refused))
        }
    }
}

#[derive(Template)]
#[template(path = "administration/office.html")]
struct OfficePage {
    page: Page,
    part: &'static str,
    typed: Typed,
    /// As it is now.
    now: OfficeDetails,
    /// The version that the form carries.
    version: usize,
    /// Under which it may stand: all but itself and what is below it.
    parents: Vec<OfficeView>,
    refused: Refused,
}

impl OfficePage {
    async fn of(
        request: &HttpRequest,
        allowed: &Allowed<Administer>,
        office: OfficeCode,
        sent: Option<(Typed, Refused, &Fields)>,
    ) -> Result<Self, Problem> {
        let page = Page { here: format!("/offices/{office}"), ..Page::of(request, allowed, Section::Administration) };
        let wanted = office.clone();
        let now = allowed.block(move |archive, actor| archive.office(actor, &wanted)).await??;
        let offices = allowed.archive.offices();
        let parents = offices.iter().filter(|one| !is_within(&offices, one, &office)).cloned().collect();
        let newest = now.office.version;
        let (typed, refused, version) = match sent {
            None => (Typed::of_office(&now.office), Refused::default(), newest),
            Some((typed, refused, fields)) => {
                let version = fields.version_again(refused.is_change(), newest);
                (typed, refused, version)
            }
        };
        Ok(Self { page, part: "offices", typed, now, version, parents, refused })
    }

    fn is_parent(&self, office: &OfficeView) -> bool {
        self.typed.parent == office.code.as_str()
    }

    fn until(&self, former: &FormerName) -> String {
        shown::day_of(&former.until)
    }

    fn day(&self, day: &jiff::civil::Date) -> String {
        shown::day(*day)
    }

    fn parent_name(&self) -> String {
        let parent = self.now.office.parent.as_ref().map(ToString::to_string).unwrap_or_default();
        super::names::office_name(&self.parents, &parent)
    }
}

/// Whether an office is another, or stands somewhere below it.
fn is_within(offices: &[OfficeView], office: &OfficeView, top: &OfficeCode) -> bool {
    let mut at = Some(office);
    for _ in 0..=offices.len() {
        match at {
            Some(one) if one.code == *top => return true,
            Some(one) => at = offices.iter().find(|other| Some(&other.code) == one.parent.as_ref()),
            None => return false,
        }
    }
    true
}

/// `GET /offices/{code}`
pub async fn show(
    allowed: Allowed<Administer>,
    Id(code): Id<OfficeCode>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    page::show(&OfficePage::of(&request, &allowed, code, None).await?)
}

/// `POST /offices/{code}`
pub async fn change(
    submitted: Submitted<Administer>,
    Id(code): Id<OfficeCode>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let typed = Typed::of(&fields);
    let changed = match typed.change() {
        Ok(change) => allowed.archive.change_office(&allowed.actor, &code, change, fields.version()?).await,
        Err(errors) => Err(errors.into()),
    };
    match changed {
        Ok(_) => Ok(page::go_to(&format!("/offices#office-{code}"))),
        Err(refusal) => {
            let refused = Refused::of(refusal)?;
            let status = refused.status();
            page::show_as(status, &OfficePage::of(&request, &allowed, code, Some((typed, refused, &fields))).await?)
        }
    }
}
