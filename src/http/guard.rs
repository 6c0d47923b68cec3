//! Who may pass? A handler gets the archive only through a guard that names a permission: without one it does not compile.

use std::future::{Ready, ready};
use std::io;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use tokio::sync::Semaphore;

use super::Settings;
use super::password_checks::PasswordChecks;
use super::problem::{Kind, Problem};
use super::throttle::Throttle;
use super::traffic::Traffic;
use crate::ids::{Position, UserId};
use crate::limits;
use crate::model::access::{Action, Actor, Decision, Target, decide};
use crate::service::{AccessLine, Archive, Refusal};

/// The session's cookie.
pub const COOKIE: &str = "tabularium_session";

/// What all handlers share. The archive in it is private to this file: only guards hand it out.
pub struct State {
    archive: Archive,
    pub settings: Settings,
    pub throttle: Throttle,
    pub passwords: PasswordChecks,
    pub packages: Arc<Semaphore>,
    pub exports: Arc<Semaphore>,
    pub traffic: Traffic,
    /// The server is going down: who waits or follows is let go.
    pub ending: AtomicBool,
}

impl State {
    /// Fails only when no threads can be had.
    pub fn new(archive: Archive, settings: Settings) -> io::Result<Self> {
        Ok(Self {
            archive,
            settings,
            throttle: Throttle::default(),
            passwords: PasswordChecks::start()?,
            packages: Arc::new(Semaphore::new(limits::PACKAGES_AT_ONCE)),
            exports: Arc::new(Semaphore::new(limits::EXPORTS_AT_ONCE)),
            traffic: Traffic::default(),
            ending: AtomicBool::new(false),
        })
    }
}

/// An action that a route needs allowed.
pub trait Permission: 'static {
    const ACTION: Action;
    /// It concerns the area as a whole and is decided here. Otherwise it concerns one thing, and the service decides
    /// when it has found it.
    const AREA: bool;
    /// What the access log says of the request, when it says something.
    const LOGGED: Option<&'static str>;
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $action:expr, $area:literal, $logged:expr;)*) => {
        $($(#[$doc])*
        pub struct $name;

        impl Permission for $name {
            const ACTION: Action = $action;
            const AREA: bool = $area;
            const LOGGED: Option<&'static str> = $logged;
        })*
    };
}

permissions! {
    ReadEntry = Action::ReadEntry, false, Some("read");
    /// Decided by the service, which knows the direction when it has read the body.
    RegisterEntry = Action::RegisterEntry(crate::model::register::Direction::Incoming), false, None;
    AnnulEntry = Action::AnnulEntry, false, None;
    ClassifyEntry = Action::ClassifyEntry, false, None;
    AssignEntry = Action::AssignEntry, false, None;
    AnswerAssignment = Action::AnswerAssignment, false, None;
    ReadInbox = Action::ReadInbox, true, Some("list");
    /// Decided for each of them by the service.
    WorkOnInbox = Action::ReadInbox, true, None;
    AddEntryDocument = Action::AddEntryDocument, false, None;
    LinkEntry = Action::LinkEntry, false, None;
    ReadDocument = Action::ReadDocument, false, Some("read");
    ReadContent = Action::ReadDocument, false, Some("download");
    CreateDocument = Action::CreateDocument, true, None;
    AddDocumentVersion = Action::AddDocumentVersion, false, None;
    ReadDossier = Action::ReadDossier, false, Some("read");
    ReadPackage = Action::ReadDossier, false, Some("download");
    OpenDossier = Action::OpenDossier, true, None;
    FileIntoDossier = Action::FileIntoDossier, false, None;
    ChangeDossierItem = Action::ChangeDossierItem, false, None;
    CloseDossier = Action::CloseDossier, false, None;
    ReopenDossier = Action::ReopenDossier, false, None;
    Upload = Action::Upload, true, None;
    Search = Action::Look, true, Some("search");
    List = Action::Look, true, Some("list");
    Follow = Action::Look, true, None;
    KeepDesk = Action::KeepDesk, true, None;
    ReadSavedResults = Action::KeepDesk, true, Some("search");
    Export = Action::Look, true, Some("export");
    /// To know oneself.
    SignedIn = Action::Look, true, None;
    ReadDirectory = Action::ReadDirectory, true, None;
    ReadUsers = Action::ReadUsers, true, None;
    Administer = Action::Administer, true, None;
    ReadRegister = Action::ReadRegister, true, Some("read");
    ReadAccessLog = Action::ReadAccessLog, true, Some("access-log");
}

/// How somebody proved who he is.
#[derive(Debug, Clone)]
pub enum Credential {
    Token,
    Session { id: String, csrf_token: String },
}

/// The archive, for somebody who signed in and may do `P`.
pub struct Allowed<P> {
    pub archive: Archive,
    pub actor: Actor,
    pub credential: Credential,
    permission: PhantomData<P>,
}

impl<P> Allowed<P> {
    /// Runs what may block, off the threads that serve connections.
    pub async fn block<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Archive, &Actor) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let (archive, actor) = (self.archive.clone(), self.actor.clone());
        Ok(web::block(move || work(&archive, &actor)).await?)
    }
}

/// The archive, for a route that asks nobody who he is: signing in, and how the program is.
pub struct Public {
    pub archive: Archive,
}

/// What the request is about, so that a refusal can say who may do it.
#[derive(Clone, Copy)]
pub struct Wanted(pub Action);

impl Wanted {
    /// What the texts of the pages call those who may do it: `who-may-` stands before it.
    pub const fn name(self) -> &'static str {
        match self.0 {
            Action::ReadEntry | Action::ReadDocument | Action::ReadDossier => "read",
            Action::RegisterEntry(_) => "register",
            Action::AnnulEntry => "annul",
            Action::ClassifyEntry | Action::AssignEntry => "classify",
            Action::AnswerAssignment => "answer",
            Action::ReadInbox => "read-inbox",
            Action::AddEntryDocument | Action::LinkEntry => "add-document",
            Action::AddDocumentVersion => "add-version",
            Action::CreateDocument | Action::Upload => "bring-in",
            Action::OpenDossier | Action::FileIntoDossier | Action::ChangeDossierItem => "keep-dossiers",
            Action::CloseDossier | Action::ReopenDossier => "close-dossiers",
            Action::KeepDesk => "keep-desk",
            Action::Look | Action::ReadDirectory => "look",
            Action::ReadUsers => "read-users",
            Action::Administer => "administer",
            Action::ReadAccessLog => "read-access-log",
            Action::ReadRegister => "read-registers",
        }
    }

    /// Who may do this: what everybody may read in the API description, and nothing about the thing.
    pub fn who_may(self) -> &'static str {
        match self.0 {
            Action::ReadEntry | Action::ReadDocument | Action::ReadDossier => {
                "reading this is for those to whom it is assigned or shown"
            }
            Action::RegisterEntry(_) => {
                "registering incoming documents is for registrars, outgoing and internal ones for officers too; a \
                 program needs the scope register"
            }
            Action::AnnulEntry => "annulling entries is for registrars",
            Action::ClassifyEntry | Action::AssignEntry => {
                "classifying and assigning is for registrars, archivists and officers to whom the entry is assigned"
            }
            Action::AnswerAssignment => {
                "answering an assignment is for those to whom, or to whose office, the entry is assigned"
            }
            Action::ReadInbox => "inboxes are for those who work here; a program needs the scope read",
            Action::AddEntryDocument | Action::LinkEntry => {
                "adding documents to an entry and linking it to others is for registrars and officers to whom it is assigned"
            }
            Action::AddDocumentVersion => "new versions are for officers at work on the document and who created it",
            Action::CreateDocument | Action::Upload => {
                "bringing in documents is for registrars and officers; a program needs a scope for it"
            }
            Action::OpenDossier | Action::FileIntoDossier | Action::ChangeDossierItem => {
                "keeping dossiers is for registrars and officers of the offices that keep them; a program needs the \
                 scope dossiers"
            }
            Action::CloseDossier | Action::ReopenDossier => {
                "closing and reopening dossiers is for archivists and officers who keep them"
            }
            Action::KeepDesk => {
                "saved and recent searches are kept for users themselves, not for whom a program acts for"
            }
            Action::Look | Action::ReadDirectory => "this is for all who signed in",
            Action::ReadUsers => "reading the list of users is for those who work here",
            Action::Administer => "this is for administrators",
            Action::ReadAccessLog => "the access log is for auditors",
            Action::ReadRegister => "the registers of days and years are for registrars, archivists and auditors",
        }
    }
}

/// What the access log is told when the answer is known.
pub struct Accessed {
    pub by: String,
    pub on_behalf_of: Option<String>,
    pub what: &'static str,
}

impl<P: Permission> FromRequest for Allowed<P> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(allow::<P>(request))
    }
}

impl FromRequest for Public {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(state(request).map(|state| Self { archive: state.archive.clone() }))
    }
}

pub fn state(request: &HttpRequest) -> Result<&web::Data<State>, Problem> {
    request.app_data::<web::Data<State>>().ok_or_else(|| Problem::internal("the server was set up without its state"))
}

/// The name of the administration, which everybody may read.
pub fn area_name(state: &State) -> String {
    state.archive.area_name()
}

/// How far index and journal have come at a moment.
#[derive(Clone, Copy)]
pub struct Known {
    pub index: Position,
    pub journal: Position,
}

/// What an answer that begins now knows at least.
pub fn known(state: &State) -> Known {
    let (index, journal) = state.archive.positions();
    Known { index, journal }
}

/// Writes a line of the access log about a request that has been answered.
pub async fn note_access(state: &web::Data<State>, accessed: Accessed, subject: String, outcome: u16, request: String) {
    let archive = state.archive.clone();
    let line = AccessLine {
        time: String::new(),
        actor: accessed.by,
        on_behalf_of: accessed.on_behalf_of,
        what: accessed.what.to_owned(),
        subject,
        outcome,
        request: Some(request),
    };
    let write = move || archive.note_access(line);
    if web::block(write).await.is_err() {
        tracing::error!("access log not written: the task ended");
    }
}

/// For a form: what it carries in place of the header that scripts send.
pub fn allow_form<P: Permission>(request: &HttpRequest, csrf_token: &str) -> Result<Allowed<P>, Problem> {
    allow_with::<P>(request, csrf_token.as_bytes())
}

/// Who is signed in, and the token of his forms, whatever token this one carries: to show it to him again, and to
/// change nothing.
pub fn in_session(request: &HttpRequest) -> Result<(Allowed<SignedIn>, String), Problem> {
    let state = state(request)?;
    let (actor, credential) = authenticate(state, request)?;
    let Credential::Session { csrf_token, .. } = &credential else { return Err(Problem::of(Kind::CsrfToken)) };
    let csrf = csrf_token.clone();
    Ok((Allowed { archive: state.archive.clone(), actor, credential, permission: PhantomData }, csrf))
}

fn allow<P: Permission>(request: &HttpRequest) -> Result<Allowed<P>, Problem> {
    let sent = request.headers().get("X-CSRF-Token").map_or(&[][..], |value| value.as_bytes());
    allow_with::<P>(request, sent)
}

fn allow_with<P: Permission>(request: &HttpRequest, csrf_token: &[u8]) -> Result<Allowed<P>, Problem> {
    let state = state(request)?;
    let (caller, credential) = authenticate(state, request)?;
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    if let Credential::Session { csrf_token: own, .. } = &credential
        && !safe
        && !same(csrf_token, own.as_bytes())
    {
        return Err(Problem::of(Kind::CsrfToken));
    }
    let actor = on_behalf_of(&state.archive, request, caller)?;
    request.extensions_mut().insert(Wanted(P::ACTION));
    if let Some(what) = P::LOGGED {
        let on_behalf_of = actor.through.and(actor.tax_code.clone());
        request.extensions_mut().insert(Accessed { by: name_of(actor.user), on_behalf_of, what });
    }
    if P::AREA && decide(&actor, P::ACTION, Target::Area) != Decision::Allowed {
        return Err(Problem::of(Kind::Forbidden));
    }
    Ok(Allowed { archive: state.archive.clone(), actor, credential, permission: PhantomData })
}

fn name_of(user: UserId) -> String {
    user.to_string()
}

fn authenticate(state: &State, request: &HttpRequest) -> Result<(Actor, Credential), Problem> {
    let nobody = || Problem::of(Kind::Unauthenticated);
    if let Some(value) = request.headers().get(AUTHORIZATION) {
        let secret = value.to_str().ok().and_then(bearer).ok_or_else(nobody)?;
        // While the archive starts it may know nobody yet: who is told so comes again, and throws no token away.
        let unknown = || state.archive.has_started().map_or_else(Problem::from, |()| nobody());
        let actor = state.archive.actor_by_token(secret).ok_or_else(unknown)?;
        return Ok((actor, Credential::Token));
    }
    let cookie = request.cookie(COOKIE).ok_or_else(nobody)?;
    let (user, csrf_token) = state.archive.sessions().find(cookie.value()).ok_or_else(nobody)?;
    let actor = state.archive.actor_of(user).ok_or_else(nobody)?;
    Ok((actor, Credential::Session { id: cookie.value().to_owned(), csrf_token }))
}

/// The token of `Bearer <token>`; the scheme's case does not matter (RFC 9110, 11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Whether two secrets are equal, in a time that does not tell how far they are.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (x, y)| difference | (x ^ y)) == 0
}

/// Who acts: the caller, or the citizen for whom a program acts.
fn on_behalf_of(archive: &Archive, request: &HttpRequest, caller: Actor) -> Result<Actor, Problem> {
    let Some(value) = request.headers().get("On-Behalf-Of") else { return Ok(caller) };
    let code = value.to_str().map_err(|_| Problem::invalid("On-Behalf-Of", "not a tax code"))?;
    archive.on_behalf_of(&caller, code).map_err(|refusal| match refusal {
        Refusal::Forbidden => Problem::of(Kind::Forbidden)
            .detail("acting for a citizen is for programs whose token has the scope act-for-citizen"),
        other => other.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bearer_tokens_are_read_as_the_rfc_says() {
        assert_eq!(bearer("Bearer tab_1"), Some("tab_1"));
        assert_eq!(bearer("bearer  tab_1 "), Some("tab_1"));
        for bad in ["Basic YTpi", "Bearer", "Bearer ", "tab_1", ""] {
            assert_eq!(bearer(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn secrets_are_equal_only_when_they_are() {
        assert!(same(b"abc", b"abc"));
        assert!(!same(b"abc", b"abd") && !same(b"", b"a") && !same(b"ab", b"abc"));
    }
}
