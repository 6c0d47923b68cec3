//! Tokens: what programs sign in with. A secret is shown once, when it is made.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::{Fields, Submitted};
use super::page::{self, Page, Section};
use super::refused::Refused;
use crate::http::body::Id;
use crate::http::guard::{Administer, Allowed};
use crate::http::problem::Problem;
use crate::ids::TokenId;
use crate::model::user::{NewToken, Scope};
use crate::service::{Refusal, TokenView, UserView};

/// A token as it was typed.
#[derive(Debug, Default)]
struct Typed {
    user: String,
    name: String,
    scopes: Vec<String>,
}

impl Typed {
    fn of(fields: &Fields) -> Self {
        let scopes = fields.all("scopes").map(str::to_owned).collect();
        Self { user: fields.text("user").to_owned(), name: fields.text("name").to_owned(), scopes }
    }

    fn read(&self) -> Result<NewToken, Refusal> {
        let user = self.user.parse().map_err(|_| Refusal::invalid("user", "missing"))?;
        let scopes = Scope::ALL.into_iter().filter(|scope| self.scopes.iter().any(|word| word == scope.as_str()));
        Ok(NewToken { user, name: Some(self.name.clone()).filter(|name| !name.is_empty()), scopes: scopes.collect() })
    }
}

#[derive(Template)]
#[template(path = "administration/tokens.html")]
struct TokensPage {
    page: Page,
    part: &'static str,
    tokens: Vec<TokenView>,
    users: Vec<UserView>,
    typed: Typed,
    refused: Refused,
    /// The one just made, with its secret.
    made: Option<TokenView>,
}

impl TokensPage {
    fn of(
        request: &HttpRequest,
        allowed: &Allowed<Administer>,
        typed: Typed,
        refused: Refused,
    ) -> Result<Self, Problem> {
        let page = Page::of(request, allowed, Section::Administration);
        let mut tokens = allowed.archive.tokens(&allowed.actor)?;
        tokens.reverse();
        let mut users = allowed.archive.users(&allowed.actor)?;
        users.retain(|user| user.active);
        users.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { page, part: "tokens", tokens, users, typed, refused, made: None })
    }

    fn scopes(&self) -> Vec<&'static str> {
        Scope::ALL.iter().map(|scope| scope.as_str()).collect()
    }

    fn has_scope(&self, scope: &str) -> bool {
        self.typed.scopes.iter().any(|word| word == scope)
    }

    fn is_user(&self, user: &UserView) -> bool {
        self.typed.user == user.name.as_str()
    }
}

/// `GET /tokens`
pub async fn list(allowed: Allowed<Administer>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    page::show(&TokensPage::of(&request, &allowed, Typed::default(), Refused::default())?)
}

/// `POST /tokens`: answers with the page itself, for the secret is told this once.
pub async fn add(submitted: Submitted<Administer>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let typed = Typed::of(&fields);
    let made = match typed.read() {
        Ok(token) => allowed.archive.add_token(&allowed.actor, token).await,
        Err(refusal) => Err(refusal),
    };
    match made {
        Ok(made) => {
            let shown = TokensPage::of(&request, &allowed, Typed::default(), Refused::default())?;
            page::show(&TokensPage { made: Some(made), ..shown })
        }
        Err(refusal) => {
            let refused = Refused::of(refusal)?;
            page::show_as(refused.status(), &TokensPage::of(&request, &allowed, typed, refused)?)
        }
    }
}

#[derive(Template)]
#[template(path = "administration/revocation.html")]
struct RevocationPage {
    page: Page,
    part: &'static str,
    token: TokenView,
}

/// `GET /tokens/{id}/revocation`
pub async fn ask_revocation(
    allowed: Allowed<Administer>,
    Id(id): Id<TokenId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let page = Page::of(&request, &allowed, Section::Administration);
    let tokens = allowed.archive.tokens(&allowed.actor)?;
    let token = tokens.into_iter().find(|token| token.id == id).ok_or(Refusal::NotFound("token"))?;
    page::show(&RevocationPage { page, part: "tokens", token })
}

/// `POST /tokens/{id}/revocation`
pub async fn revoke(submitted: Submitted<Administer>, Id(id): Id<TokenId>) -> Result<HttpResponse, Problem> {
    submitted.allowed.archive.revoke_token(&submitted.allowed.actor, id).await?;
    Ok(page::go_to("/tokens"))
}
