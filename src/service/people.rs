//! Users and tokens: adding and changing them, and who it is that signs in.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rand::RngExt as _;
use serde::Serialize;

use super::Archive;
use super::draft::{Command, Decided, Draft, Fact};
use super::offices::check_open;
use super::read::permit_in_area;
use super::refusal::Refusal;
use super::register::version_number;
use super::writer::Done;
use crate::clock;
use crate::digest::Sha256;
use crate::ids::{OfficeCode, TokenId, UserId, UserName};
use crate::model::absence::with_reach;
use crate::model::access::{Action, Actor};
use crate::model::directory::Directory;
use crate::model::event::{
    Event, Facts, Nothing, TokenCreated, TokenCreatedPrivate, TokenRevoked, UserAdded, UserAddedPrivate, UserChanged,
    UserChangedPrivate,
};
use crate::model::field::{Fields, normal_tax_code};
use crate::model::user::{NewToken, NewUser, Role, Scope, User, UserChange};

/// A user as the API shows it.
#[derive(Debug, Clone, Serialize)]
pub struct UserView {
    pub id: UserId,
    pub name: UserName,
    pub full_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    pub roles: Vec<Role>,
    pub offices: Vec<OfficeCode>,
    pub active: bool,
    /// For administrators alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct TokenView {
    pub id: TokenId,
    pub user: String,
    pub name: String,
    pub scopes: Vec<Scope>,
    pub revoked: bool,
    /// Only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// Passwords shorter than this are refused.
const PASSWORD_CHARS_MIN: usize = 8;

impl Archive {
    pub async fn add_user(&self, actor: &Actor, user: NewUser) -> Result<UserView, Refusal> {
        permit_in_area(actor, Action::Administer)?;
        let mut fields = Fields::default();
        if user.roles.is_empty() {
            fields.refuse("roles", "at least one role");
        }
        if user.tax_code.as_deref().is_some_and(|code| normal_tax_code(code).is_none()) {
            fields.refuse("tax_code", "16 letters and digits for a person, 11 digits for a business");
        }
        if user.roles.contains(&Role::Citizen) && user.tax_code.is_none() {
            fields.refuse("tax_code", "missing: a citizen is known by the tax code");
        }
        let officer = user.roles.contains(&Role::Officer) || user.roles.contains(&Role::Manager);
        if officer && user.offices.is_empty() {
            fields.refuse("offices", "missing: an officer works in at least one office");
        }
        fields.optional("full_name", user.full_name.as_deref());
        fields.optional("given_name", user.given_name.as_deref());
        fields.optional("family_name", user.family_name.as_deref());
        check_password(&mut fields, user.password.as_deref());
        fields.finish()?;
        let password = user.password.clone();
        let name = user.name.clone();
        self.submit(AddUser { actor: actor.user, user }).await?;
        let directory = self.core().directory();
        let added = directory.user_named(&name).ok_or(Refusal::NotFound("user"))?;
        self.store_password(added.id, password).await?;
        Ok(user_view(added, true))
    }

    /// `expected` is the version the caller had read (`If-Match`).
    pub async fn change_user(
        &self,
        actor: &Actor,
        name: &UserName,
        change: UserChange,
        expected: Option<usize>,
    ) -> Result<UserView, Refusal> {
        permit_in_area(actor, Action::Administer)?;
        let mut fields = Fields::default();
        if change.roles.as_ref().is_some_and(Vec::is_empty) {
            fields.refuse("roles", "at least one role");
        }
        fields.optional("full_name", change.full_name.as_deref());
        for (field, text) in [("given_name", &change.given_name), ("family_name", &change.family_name)] {
            fields.optional(field, text.as_deref().filter(|text| !text.is_empty()));
        }
        let tax_code = change.tax_code.as_deref().filter(|code| !code.is_empty());
        if tax_code.is_some_and(|code| normal_tax_code(code).is_none()) {
            fields.refuse("tax_code", "16 letters and digits for a person, 11 digits for a business");
        }
        check_password(&mut fields, change.password.as_deref());
        fields.finish()?;
        let password = change.password.clone();
        let known = self.core().directory().user_named(name).map(|user| user.id).ok_or(Refusal::NotFound("user"))?;
        let stamp = self.credentials().password_stamp(known);
        self.submit(ChangeUser { actor: actor.user, name: name.clone(), change, expected, stamp }).await?;
        let directory = self.core().directory();
        let user = directory.user_named(name).ok_or(Refusal::NotFound("user"))?;
        self.store_password(user.id, password).await?;
        if !user.active {
            self.sessions().end_all_of(user.id);
        }
        Ok(user_view(user, true))
    }

    async fn store_password(&self, user: UserId, password: Option<String>) -> Result<(), Refusal> {
        let Some(password) = password else { return Ok(()) };
        // Slow by design: not on a thread that serves others.
        let archive = self.clone();
        let stored = tokio::task::spawn_blocking(move || archive.credentials().set_password(user, &password));
        stored.await.map_err(Refusal::failed)?
    }

    /// Makes a token; its secret is in the answer, this once.
    pub async fn add_token(&self, actor: &Actor, token: NewToken) -> Result<TokenView, Refusal> {
        permit_in_area(actor, Action::Administer)?;
        let mut fields = Fields::default();
        fields.optional("name", token.name.as_deref());
        fields.finish()?;
        let Done::Committed(events) = self.submit(AddToken { actor: actor.user, token }).await? else {
            return Err(Refusal::NotFound("token"));
        };
        let id = match events.first().map(|event| &event.event) {
            Some(Event::TokenCreated(facts)) => facts.public.token,
            _ => return Err(Refusal::Failed("a token without its event".into())),
        };
        let secret = self.credentials().add_token(id)?;
        let mut view = self.token_view(id)?;
        view.token = Some(secret);
        Ok(view)
    }

    pub async fn revoke_token(&self, actor: &Actor, id: TokenId) -> Result<(), Refusal> {
        permit_in_area(actor, Action::Administer)?;
        self.token_view(id)?;
        self.credentials().forget_token(id)?;
        self.submit(RevokeToken { actor: actor.user, id }).await.map(|_| ())
    }

    /// A user, with the version for `ETag`.
    pub fn user(&self, actor: &Actor, name: &UserName) -> Result<(usize, UserView), Refusal> {
        permit_in_area(actor, Action::Administer)?;
        let directory = self.core().directory();
        let user = directory.user_named(name).ok_or(Refusal::NotFound("user"))?;
        Ok((version_of(user, self.credentials().password_stamp(user.id)), user_view(user, true)))
    }

    pub fn users(&self, actor: &Actor) -> Result<Vec<UserView>, Refusal> {
        permit_in_area(actor, Action::ReadUsers)?;
        let administrator = actor.is(Role::Administrator);
        Ok(self.core().directory().users.values().map(|user| user_view(user, administrator)).collect())
    }

    pub fn tokens(&self, actor: &Actor) -> Result<Vec<TokenView>, Refusal> {
        permit_in_area(actor, Action::Administer)?;
        let directory = self.core().directory();
        directory.tokens.keys().map(|id| self.token_view(*id)).collect()
    }

    fn token_view(&self, id: TokenId) -> Result<TokenView, Refusal> {
        let directory = self.core().directory();
        let token = directory.tokens.get(&id).ok_or(Refusal::NotFound("token"))?;
        Ok(TokenView {
            id,
            user: directory.name_of(token.user),
            name: token.label.clone(),
            scopes: token.scopes.clone(),
            revoked: token.revoked,
            token: None,
        })
    }

    /// Whether somebody can sign in who may administer.
    pub fn has_administrator(&self) -> bool {
        let directory = self.core().directory();
        directory.users.values().any(|user| user.active && user.roles.contains(&Role::Administrator))
    }

    /// Who holds this token; `None` when nobody does any more.
    pub fn actor_by_token(&self, secret: &str) -> Option<Actor> {
        let id = self.credentials().token_of(secret)?;
        let directory = self.core().directory();
        let token = directory.tokens.get(&id).filter(|token| !token.revoked)?;
        actor(&directory, token.user, &token.scopes, self.core().clock.now())
    }

    /// The actor of a user who signed in.
    pub fn actor_of(&self, user: UserId) -> Option<Actor> {
        actor(&self.core().directory(), user, &[], self.core().clock.now())
    }

    /// The citizen for whom a program acts. He need not have an account: the portal knows who he is.
    pub fn on_behalf_of(&self, program: &Actor, tax_code: &str) -> Result<Actor, Refusal> {
        let allowed = program.is(Role::Service) && program.scopes.contains(&Scope::ActForCitizen);
        if !allowed {
            return Err(Refusal::Forbidden);
        }
        let Some(tax_code) = normal_tax_code(tax_code) else {
            return Err(Refusal::invalid("On-Behalf-Of", "a tax code: 16 letters and digits, or 11 digits"));
        };
        Ok(Actor {
            user: program.user,
            name: None,
            roles: vec![Role::Citizen],
            offices: Vec::new(),
            stands_in_for: Vec::new(),
            tax_code: Some(tax_code),
            scopes: Vec::new(),
            area_open: false,
            through: Some(program.user),
        })
    }

    /// Signs a person in. The same answer whether the name or the password was wrong.
    pub fn sign_in(&self, name: &str, password: &str) -> Result<SignedIn, Refusal> {
        let directory = self.core().directory();
        let user = name.parse().ok().and_then(|name: UserName| directory.user_named(&name).cloned());
        let user = user.filter(|user| user.active);
        if !self.credentials().check_password(user.as_ref().map(|user| user.id), password) {
            self.has_started()?;
            return Err(Refusal::Forbidden);
        }
        let user = user.ok_or(Refusal::Forbidden)?;
        Ok(self.sessions().begin(user.id))
    }
}

fn check_password(fields: &mut Fields, password: Option<&str>) {
    if password.is_some_and(|password| password.chars().count() < PASSWORD_CHARS_MIN) {
        fields.refuse("password", format!("at least {PASSWORD_CHARS_MIN} characters"));
    }
}

/// A user as he may act at this moment: for whom he stands in is asked anew each time, so that it ends by itself.
fn actor(directory: &Directory, user: UserId, scopes: &[Scope], now: Timestamp) -> Option<Actor> {
    let user = directory.users.get(&user).filter(|user| user.active)?;
    let absent = directory.stands_in_for(user.id, clock::date_in_rome(now));
    let absent: Vec<&User> = with_reach(absent).collect();
    let offices: Vec<OfficeCode> = absent.iter().flat_map(|user| &user.offices).chain(&user.offices).cloned().collect();
    Some(Actor {
        user: user.id,
        name: Some(user.name.clone()),
        roles: user.roles.clone(),
        offices: directory.with_descendants(&offices),
        stands_in_for: absent.iter().map(|user| user.name.clone()).collect(),
        tax_code: user.tax_code.clone(),
        scopes: scopes.to_vec(),
        area_open: directory.area.open,
        through: None,
    })
}

fn user_view(user: &User, administrator: bool) -> UserView {
    UserView {
        id: user.id,
        name: user.name.clone(),
        full_name: user.full_name.clone(),
        given_name: user.given_name.clone(),
        family_name: user.family_name.clone(),
        roles: user.roles.clone(),
        offices: user.offices.clone(),
        active: user.active,
        tax_code: user.tax_code.clone().filter(|_| administrator),
    }
}

/// A session just begun.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub user: UserId,
    /// For the cookie.
    pub session: String,
    /// What forms and scripts must send along with anything that changes something.
    pub csrf_token: String,
}

struct Session {
    user: UserId,
    csrf_token: String,
    used: Instant,
}

/// Who is signed in, in memory: a restart signs everybody out.
#[derive(Default)]
pub struct Sessions(Mutex<HashMap<String, Session>>);

/// A session that is not used for so long ends.
const SESSION_IDLE: Duration = Duration::from_secs(8 * 3600);

impl Sessions {
    fn begin(&self, user: UserId) -> SignedIn {
        let random = || hex::encode(rand::rng().random::<[u8; 32]>());
        let (session, csrf_token) = (random(), random());
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, session| session.used.elapsed() < SESSION_IDLE);
        sessions.insert(session.clone(), Session { user, csrf_token: csrf_token.clone(), used: Instant::now() });
        SignedIn { user, session, csrf_token }
    }

    /// The user of a session and its CSRF token.
    pub fn find(&self, session: &str) -> Option<(UserId, String)> {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = sessions.get_mut(session).filter(|session| session.used.elapsed() < SESSION_IDLE)?;
        found.used = Instant::now();
        Some((found.user, found.csrf_token.clone()))
    }

    pub fn end(&self, session: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(session);
    }

    fn end_all_of(&self, user: UserId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, session| session.user != user);
    }
}

/// The event that adds a user, for a name that is free and offices that exist.
struct AddUser {
    actor: UserId,
    user: NewUser,
}

impl Command for AddUser {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let new = &self.user;
        if state.directory.names.contains_key(&new.name) {
            return Err(Refusal::AlreadyExists(format!("there is a user {} already", new.name)));
        }
        check_offices(state, &new.offices, &[])?;
        let tax_code = new.tax_code.as_deref().and_then(normal_tax_code);
        if new.roles.contains(&Role::Citizen) {
            check_tax_code_is_free(&state.directory, None, tax_code.as_deref())?;
        }
        let id = state.directory.next_user();
        let public = UserAdded { user: id, roles: new.roles.clone(), offices: new.offices.clone() };
        let private = UserAddedPrivate {
            name: new.name.clone(),
            full_name: new.full_name.clone().unwrap_or_else(|| new.name.to_string()),
            given_name: new.given_name.clone(),
            family_name: new.family_name.clone(),
            tax_code,
        };
        let event = Event::UserAdded(Facts { public, private: Some(private) });
        Ok(Decided::Commit(vec![Fact { subject: format!("users/{id}"), event }]))
    }
}

/// A number that changes with all that an administrator can change of a user, and so with the password.
fn version_of(user: &User, stamp: Option<Sha256>) -> usize {
    version_number(format!("{user:?} {stamp:?}").as_bytes())
}

struct ChangeUser {
    actor: UserId,
    name: UserName,
    change: UserChange,
    /// The version the caller had read (`If-Match`).
    expected: Option<usize>,
    /// Of the password as it is.
    stamp: Option<Sha256>,
}

impl Command for ChangeUser {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let user = state.directory.user_named(&self.name).ok_or(Refusal::NotFound("user"))?;
        if self.expected.is_some_and(|expected| expected != version_of(user, self.stamp)) {
            return Err(Refusal::Changed);
        }
        let change = &self.change;
        check_offices(state, change.offices.as_deref().unwrap_or_default(), &user.offices)?;
        let tax_code = change.tax_code.as_deref().map(|code| normal_tax_code(code).unwrap_or_default());
        let code_then = tax_code.as_deref().or(user.tax_code.as_deref()).filter(|code| !code.is_empty());
        let public = UserChanged {
            user: user.id,
            roles: change.roles.clone().unwrap_or_else(|| user.roles.clone()),
            offices: change.offices.clone().unwrap_or_else(|| user.offices.clone()),
            active: change.active.unwrap_or(user.active),
        };
        if public.roles.contains(&Role::Citizen) && code_then.is_none() && tax_code.is_some() {
            return Err(Refusal::invalid("tax_code", "missing: a citizen is known by the tax code"));
        }
        if public.active && public.roles.contains(&Role::Citizen) {
            check_tax_code_is_free(&state.directory, Some(user.id), code_then)?;
        }
        let others = state.directory.users.values().filter(|other| other.id != user.id);
        let administers = |roles: &[Role], active: bool| active && roles.contains(&Role::Administrator);
        if administers(&user.roles, user.active)
            && !administers(&public.roles, public.active)
            && !others.into_iter().any(|other| administers(&other.roles, other.active))
        {
            return Err(Refusal::invalid("roles", "the last administrator must stay one"));
        }
        let full_name = change.full_name.clone().unwrap_or_else(|| user.full_name.clone());
        let subject = format!("users/{}", user.id);
        let (given_name, family_name) = (change.given_name.clone(), change.family_name.clone());
        let private = UserChangedPrivate { full_name, given_name, family_name, tax_code };
        let event = Event::UserChanged(Facts { public, private: Some(private) });
        Ok(Decided::Commit(vec![Fact { subject, event }]))
    }
}

/// Offices that a user shall belong to; those he belonged to before he may keep, whatever became of them.
fn check_offices(state: &Draft<'_>, offices: &[OfficeCode], before: &[OfficeCode]) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    for office in offices.iter().filter(|office| !before.contains(office)) {
        check_open(&mut fields, "offices", &state.directory, office, state.today());
    }
    Ok(fields.finish()?)
}

/// Two citizens with one tax code would be one person with two accounts: blocking one would leave the other open.
fn check_tax_code_is_free(directory: &Directory, own: Option<UserId>, code: Option<&str>) -> Result<(), Refusal> {
    let same = |user: &&User| {
        user.active && user.roles.contains(&Role::Citizen) && user.tax_code.as_deref() == code && Some(user.id) != own
    };
    match directory.users.values().find(same).filter(|_| code.is_some()) {
        Some(user) => Err(Refusal::AlreadyExists(format!("{} has this tax code already", user.name))),
        None => Ok(()),
    }
}

struct AddToken {
    actor: UserId,
    token: NewToken,
}

impl Command for AddToken {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let user = state.directory.user_named(&self.token.user).filter(|user| user.active);
        let user = user.ok_or_else(|| Refusal::invalid("user", format!("no user {}", self.token.user)))?;
        let service = user.roles.contains(&Role::Service);
        let scopes = match self.token.scopes.as_slice() {
            // A program's token lists what it may do; acting for citizens is never given by default.
            [] if service => vec![Scope::Read, Scope::Register, Scope::Dossiers],
            [] => Vec::new(),
            _ if !service => {
                return Err(Refusal::invalid("scopes", "a person's token may do what the person may: leave them out"));
            }
            scopes => scopes.to_vec(),
        };
        let id = state.directory.next_token();
        let public = TokenCreated { token: id, user: user.id, scopes };
        let private = TokenCreatedPrivate { label: self.token.name.clone().unwrap_or_default() };
        let event = Event::TokenCreated(Facts { public, private: Some(private) });
        Ok(Decided::Commit(vec![Fact { subject: format!("tokens/{id}"), event }]))
    }
}

struct RevokeToken {
    actor: UserId,
    id: TokenId,
}

impl Command for RevokeToken {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, _: &Draft<'_>) -> Result<Decided, Refusal> {
        let event = Event::TokenRevoked(Facts { public: TokenRevoked { token: self.id }, private: Some(Nothing {}) });
        Ok(Decided::Commit(vec![Fact { subject: format!("tokens/{}", self.id), event }]))
    }
}
