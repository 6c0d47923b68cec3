//! Users: who works here and where, kept by administrators.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::form::{Fields, Submitted};
use super::names::office_name;
use super::page::{self, Page, Section};
use super::person::Person;
use super::refused::Refused;
use crate::http::body::{Id, Query};
use crate::http::guard::{Administer, Allowed};
use crate::http::problem::Problem;
use crate::ids::{OfficeCode, UserName};
use crate::limits;
use crate::model::field::FieldError;
use crate::model::user::{NewUser, Role, UserChange};
use crate::service::{OfficeView, UserView};

#[derive(Template)]
#[template(path = "administration/users.html")]
struct UsersPage {
    page: Page,
    part: &'static str,
    q: String,
    found: u64,
    users: Vec<UserView>,
    /// Where the list goes on.
    next: Option<String>,
    offices: Vec<OfficeView>,
}

impl UsersPage {
    fn card(&self, user: &UserView) -> Person {
        let href = Some(format!("/users/{}", user.name));
        Person { href, ..Person::user(&self.page, &self.offices, user, user.name.to_string()) }
    }
}

/// `?q=&from=`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    q: String,
    from: usize,
}

/// `GET /users`
pub async fn users(
    allowed: Allowed<Administer>,
    Query(Which { q, from }): Query<Which>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let page = Page::of(&request, &allowed, Section::Administration);
    let words = q.trim().to_lowercase();
    let mut users = allowed.archive.users(&allowed.actor)?;
    users.retain(|user| {
        let roles = user.roles.iter().map(|role| page.word("role", role.as_str())).collect::<Vec<_>>().join(" ");
        format!("{} {} {roles}", user.name, user.full_name).to_lowercase().contains(&words)
    });
    users.sort_by(|a, b| a.name.cmp(&b.name));
    let found = users.len();
    let next = from.saturating_add(limits::PAGE_DEFAULT);
    let users = users.into_iter().take(next).skip(from).collect();
    let offices = allowed.archive.offices();
    let words: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
    let next = (next < found).then(|| format!("/users?q={words}&from={next}"));
    page::show(&UsersPage { page, part: "users", q, found: found as u64, users, next, offices })
}

/// A user as it was typed.
#[derive(Debug, Default)]
struct TypedUser {
    name: String,
    full_name: String,
    given_name: String,
    family_name: String,
    tax_code: String,
    roles: Vec<String>,
    offices: Vec<String>,
    active: bool,
}

impl TypedUser {
    fn of(fields: &Fields) -> Self {
        let text = |name| fields.text(name).to_owned();
        Self {
            name: text("name"),
            full_name: text("full_name"),
            given_name: text("given_name"),
            family_name: text("family_name"),
            tax_code: text("tax_code"),
            roles: fields.all("roles").map(str::to_owned).collect(),
            offices: fields.all("offices").map(str::to_owned).collect(),
            active: fields.ticked("active"),
        }
    }

    fn of_user(user: &UserView) -> Self {
        Self {
            name: user.name.to_string(),
            full_name: user.full_name.clone(),
            given_name: user.given_name.clone().unwrap_or_default(),
            family_name: user.family_name.clone().unwrap_or_default(),
            tax_code: user.tax_code.clone().unwrap_or_default(),
            roles: user.roles.iter().map(|role| role.as_str().to_owned()).collect(),
            offices: user.offices.iter().map(ToString::to_string).collect(),
            active: user.active,
        }
    }

    fn chosen_roles(&self) -> Vec<Role> {
        Role::ALL.into_iter().filter(|role| self.roles.iter().any(|word| word == role.as_str())).collect()
    }

    fn chosen_offices(&self) -> Vec<OfficeCode> {
        self.offices.iter().filter_map(|code| code.parse().ok()).collect()
    }

    fn read(&self, password: String) -> Result<NewUser, Vec<FieldError>> {
        Ok(NewUser {
            name: code("name", &self.name)?,
            full_name: Some(self.full_name.clone()),
            given_name: Some(self.given_name.clone()).filter(|name| !name.is_empty()),
            family_name: Some(self.family_name.clone()).filter(|name| !name.is_empty()),
            roles: self.chosen_roles(),
            offices: self.chosen_offices(),
            tax_code: Some(self.tax_code.clone()).filter(|code| !code.is_empty()),
            password: Some(password).filter(|password| !password.is_empty()),
        })
    }

    fn change(&self, password: String) -> UserChange {
        UserChange {
            full_name: Some(self.full_name.clone()),
            given_name: Some(self.given_name.clone()),
            family_name: Some(self.family_name.clone()),
            tax_code: Some(self.tax_code.clone()),
            roles: Some(self.chosen_roles()),
            offices: Some(self.chosen_offices()),
            active: Some(self.active),
            password: Some(password).filter(|password| !password.is_empty()),
        }
    }
}

/// A code that people choose.
pub(super) fn code<T: std::str::FromStr>(field: &str, text: &str) -> Result<T, Vec<FieldError>> {
    let message = if text.is_empty() { "missing" } else { "not a code" };
    text.parse().map_err(|_| vec![FieldError { field: field.to_owned(), message: message.to_owned() }])
}

/// The user that a form changes.
struct Existing {
    /// The version that the form shows.
    version: usize,
    /// As it is now.
    user: UserView,
}

#[derive(Template)]
#[template(path = "administration/user.html")]
struct UserPage {
    page: Page,
    part: &'static str,
    typed: TypedUser,
    /// Who is changed; nobody when somebody is added.
    existing: Option<Existing>,
    offices: Vec<OfficeView>,
    refused: Refused,
}

impl UserPage {
    fn of(
        request: &HttpRequest,
        allowed: &Allowed<Administer>,
        (typed, existing): (TypedUser, Option<Existing>),
        refused: Refused,
    ) -> Self {
        let here = existing.as_ref().map_or_else(|| "/users/new".to_owned(), |one| format!("/users/{}", one.user.name));
        let page = Page { here, ..Page::of(request, allowed, Section::Administration) };
        Self { page, part: "users", typed, existing, offices: allowed.archive.offices(), refused }
    }

    fn roles(&self) -> Vec<&'static str> {
        Role::ALL.iter().map(|role| role.as_str()).collect()
    }

    fn has_role(&self, role: &str) -> bool {
        self.typed.roles.iter().any(|word| word == role)
    }

    fn office_name(&self, code: &OfficeCode) -> String {
        office_name(&self.offices, code.as_str())
    }

    fn works_in(&self, office: &OfficeView) -> bool {
        self.typed.offices.iter().any(|code| code == office.code.as_str())
    }
}

/// `GET /users/new`
pub async fn ask_add_user(allowed: Allowed<Administer>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let typed = TypedUser { active: true, ..TypedUser::default() };
    page::show(&UserPage::of(&request, &allowed, (typed, None), Refused::default()))
}

/// `POST /users`
pub async fn add_user(submitted: Submitted<Administer>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let typed = TypedUser::of(&fields);
    let added = match typed.read(fields.raw("password")) {
        Ok(user) => allowed.archive.add_user(&allowed.actor, user).await,
        Err(errors) => Err(errors.into()),
    };
    match added {
        Ok(user) => Ok(page::go_to(&format!("/users?q={}", user.name))),
        Err(refusal) => {
            let refused = Refused::of(refusal)?;
            page::show_as(refused.status(), &UserPage::of(&request, &allowed, (typed, None), refused))
        }
    }
}

/// `GET /users/{name}`
pub async fn ask_change_user(
    allowed: Allowed<Administer>,
    Id(name): Id<UserName>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (version, user) = allowed.archive.user(&allowed.actor, &name)?;
    let shown = (TypedUser::of_user(&user), Some(Existing { version, user }));
    page::show(&UserPage::of(&request, &allowed, shown, Refused::default()))
}

/// `POST /users/{name}`
pub async fn change_user(
    submitted: Submitted<Administer>,
    Id(name): Id<UserName>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let (typed, seen) = (TypedUser::of(&fields), fields.version()?);
    match allowed.archive.change_user(&allowed.actor, &name, typed.change(fields.raw("password")), seen).await {
        Ok(user) => Ok(page::go_to(&format!("/users?q={}", user.name))),
        Err(refusal) => {
            let refused = Refused::of(refusal)?;
            let (now, user) = allowed.archive.user(&allowed.actor, &name)?;
            let version = fields.version_again(refused.is_change(), now);
            let shown = (typed, Some(Existing { version, user }));
            page::show_as(refused.status(), &UserPage::of(&request, &allowed, shown, refused))
        }
    }
}
