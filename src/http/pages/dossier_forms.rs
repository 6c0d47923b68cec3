//! What is done to dossiers: opening, filing into, showing, taking out, closing and reopening, each a form of its own.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::civil::Date;
use serde::Deserialize;

use super::dossiers::Item;
use super::form::{Fields, Submitted};
use super::names::Names;
use super::page::{self, Page, Section};
use super::refused::Refused;
use crate::clock;
use crate::http::body::{Id, Query};
use crate::http::guard::{
    Allowed, ChangeDossierItem, CloseDossier, FileIntoDossier, OpenDossier, Permission, ReopenDossier,
};
use crate::http::problem::{Kind, Problem};
use crate::ids::{DossierId, RegisterCode};
use crate::limits;
use crate::model::classification::Class;
use crate::model::dossier::{Because, DossierState, EntryReference, NewDossier, NewItem, Party};
use crate::model::field::FieldError;
use crate::model::user::Role;
use crate::service::{DossierView, OfficeView, Refusal, UserView};

/// Rows for parties beyond those that are filled in.
const EMPTY_ROWS: usize = 2;

/// A dossier to be opened, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Typed {
    title: String,
    classification: String,
    office: String,
    officer: String,
    procedure: String,
    parent: String,
    participants: Vec<String>,
    parties: Vec<TypedParty>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct TypedParty {
    name: String,
    tax_code: String,
    role: String,
}

impl Typed {
    fn of(fields: &Fields) -> Self {
        let names = fields.all("party_name").zip(fields.all("party_tax_code")).zip(fields.all("party_role"));
        let parties = names.map(|((name, tax_code), role)| TypedParty {
            name: name.to_owned(),
            tax_code: tax_code.to_owned(),
            role: role.to_owned(),
        });
        let text = |name| fields.text(name).to_owned();
        Self {
            title: text("title"),
            classification: text("classification"),
            office: text("office"),
            officer: text("officer"),
            procedure: text("procedure"),
            parent: text("parent"),
            participants: fields.all("participants").map(str::to_owned).collect(),
            parties: parties.filter(|party| *party != TypedParty::default()).collect(),
        }
    }

    fn read(&self) -> Result<NewDossier, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut refuse = |field: &str, message: &str| {
            errors.push(FieldError { field: field.to_owned(), message: message.to_owned() });
        };
        // It may stand there with its title behind it.
        let class = self.classification.split_whitespace().next();
        let classification = class.and_then(|code| code.parse().ok());
        if classification.is_none() {
            refuse("classification", if class.is_none() { "missing" } else { "not a class code" });
        }
        let mut code = |field: &str, text: &str| -> Option<String> {
            let fits = text.parse::<crate::ids::OfficeCode>().is_ok();
            if !fits && !text.is_empty() {
                refuse(field, "not a code");
            }
            fits.then(|| text.to_owned())
        };
        let office = code("office", &self.office).and_then(|code| code.parse().ok());
        let officer = code("officer", &self.officer).and_then(|code| code.parse().ok());
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let party = |party: &TypedParty| Party {
            name: party.name.clone(),
            tax_code: some(&party.tax_code),
            role: some(&party.role),
        };
        match classification.filter(|_| errors.is_empty()) {
            Some(classification) => Ok(NewDossier {
                title: self.title.clone(),
                classification,
                parent: self.parent.parse().ok(),
                office,
                participants: self.participants.iter().filter_map(|code| code.parse().ok()).collect(),
                officer,
                parties: self.parties.iter().map(party).collect(),
                procedure: some(&self.procedure),
            }),
            None => Err(errors),
        }
    }
}

#[derive(Template)]
#[template(path = "dossiers/new.html")]
struct OpenPage {
    page: Page,
    typed: Typed,
    refused: Refused,
    parent: Option<DossierView>,
    offices: Vec<OfficeView>,
    /// Those for which the reader may open dossiers.
    own_offices: Vec<OfficeView>,
    officers: Vec<UserView>,
    classes: Vec<Class>,
}

impl OpenPage {
    fn of(
        request: &HttpRequest,
        allowed: &Allowed<OpenDossier>,
        mut typed: Typed,
        refused: Refused,
    ) -> Result<Self, Problem> {
        let page = Page::of(request, allowed, Section::Dossiers);
        let (archive, actor) = (&allowed.archive, &allowed.actor);
        let parent = match typed.parent.parse() {
            Ok(parent) => Some(archive.dossier_view(actor, parent)?),
            Err(_) => None,
        };
        let mut offices = archive.offices();
        offices.retain(OfficeView::is_open);
        let desk = actor.is(Role::Registrar) || actor.is(Role::Service);
        let mut own_offices = offices.clone();
        own_offices.retain(|office| desk || actor.offices.contains(&office.code));
        let mut officers = archive.users(actor)?;
        officers
            .retain(|user| user.active && user.roles.iter().any(|role| matches!(role, Role::Officer | Role::Manager)));
        officers.sort_by(|a, b| a.full_name.cmp(&b.full_name));
        typed.parties.resize(typed.parties.len() + EMPTY_ROWS, TypedParty::default());
        let classes = archive.classification().classes;
        Ok(Self { page, typed, refused, parent, offices, own_offices, officers, classes })
    }

    fn takes_part(&self, office: &OfficeView) -> bool {
        self.typed.participants.iter().any(|code| code == office.code.as_str())
    }

    fn is_office(&self, office: &OfficeView) -> bool {
        self.typed.office == office.code.as_str()
    }

    fn is_officer(&self, user: &UserView) -> bool {
        self.typed.officer == user.name.as_str()
    }

    /// What is wrong with a party.
    fn party_wrong(&self, n: &usize) -> Option<String> {
        let at = |part: &str| self.refused.at(&self.page, &format!("parties[{n}].{part}"));
        let wrong: Vec<String> = ["name", "tax_code", "role"].into_iter().filter_map(at).collect();
        (!wrong.is_empty()).then(|| wrong.join("; "))
    }
}

/// `?parent=`: the dossier in which the new one shall lie.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Within {
    parent: String,
}

/// `GET /dossiers/new`
pub async fn ask_open(
    allowed: Allowed<OpenDossier>,
    Query(within): Query<Within>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let mut typed = Typed { parent: within.parent, ..Typed::default() };
    if let Ok(parent) = typed.parent.parse() {
        let parent = allowed.archive.dossier_view(&allowed.actor, parent)?;
        // A sub-dossier is mostly kept as the whole is.
        typed.classification = parent.classification.map(|class| class.to_string()).unwrap_or_default();
        typed.office = parent.office.map(|office| office.to_string()).unwrap_or_default();
        typed.officer = parent.officer.unwrap_or_default();
    }
    page::show(&OpenPage::of(&request, &allowed, typed, Refused::default())?)
}

/// `POST /dossiers`
pub async fn open(submitted: Submitted<OpenDossier>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let typed = Typed::of(&fields);
    if fields.ticked("more") {
        return page::show(&OpenPage::of(&request, &allowed, typed, Refused::default())?);
    }
    let opened = match typed.read() {
        Ok(dossier) => allowed.archive.open_dossier(&allowed.actor, dossier).await,
        Err(errors) => Err(errors.into()),
    };
    match opened {
        Ok(id) => Ok(page::go_to(&format!("/{}", id.path()))),
        Err(refusal) => {
            let refused = Refused::of(refusal)?;
            page::show_as(refused.status(), &OpenPage::of(&request, &allowed, typed, refused)?)
        }
    }
}

#[derive(Template)]
#[template(path = "dossiers/file.html")]
struct FilePage {
    page: Page,
    dossier: DossierView,
    what: String,
    shown: bool,
    refused: Refused,
}

/// `?what=`: a number that is known already.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct What {
    what: String,
}

/// `GET /dossiers/{id}/items/new`
pub async fn ask_file(
    allowed: Allowed<FileIntoDossier>,
    Id(id): Id<DossierId>,
    Query(What { what }): Query<What>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (page, dossier, _) = frame(&request, &allowed, id)?;
    expect_state(&dossier, DossierState::Open)?;
    page::show(&FilePage { page, dossier, what, shown: false, refused: Refused::default() })
}

/// `POST /dossiers/{id}/items`
pub async fn file(
    submitted: Submitted<FileIntoDossier>,
    Id(id): Id<DossierId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let (what, shown) = (fields.text("what").to_owned(), fields.ticked("shown"));
    let today = clock::today();
    let filed = match item_named(&what, today) {
        Some(item) => allowed.archive.file_item(&allowed.actor, id, NewItem { shown, ..item }).await,
        None => Err(Refusal::invalid("what", if what.is_empty() { "missing" } else { "not a number" })),
    };
    match filed {
        Ok(number) => Ok(page::go_to(&place_of(id, number))),
        Err(refusal) => {
            let refused = Refused::of(refusal)?;
            let (page, dossier, _) = frame(&request, &allowed, id)?;
            page::show_as(refused.status(), &FilePage { page, dossier, what, shown, refused })
        }
    }
}

/// What a person names: an entry as [`entry_named`] reads it, or the id of a document.
fn item_named(text: &str, today: Date) -> Option<NewItem> {
    let item = |entry, document| NewItem { entry, document, shown: false };
    match text.parse() {
        Ok(document) => Some(item(None, Some(document))),
        Err(_) => Some(item(Some(entry_named(text, GENERAL_REGISTER, today)?), None)),
    }
}

/// An entry as people write it: `42/2026`, `PG 42/2026`, `PG/2026/42`, the mark, or `42` of this year; of the register
/// `here` where they name none.
pub fn entry_named(text: &str, here: &str, today: Date) -> Option<EntryReference> {
    let entry = |register: &str, year: &str, number: &str| {
        let register: RegisterCode = register.parse().ok()?;
        let (year, number) = (year.trim().parse().ok()?, number.trim().parse().ok()?);
        Some(EntryReference { register, year, number })
    };
    let (register, rest) = match text.split_once(char::is_whitespace) {
        Some((register, rest)) if !register.contains('/') => (register, rest.trim()),
        _ => (here, text),
    };
    let parts: Vec<&str> = rest.split('/').collect();
    match parts.as_slice() {
        [number] => entry(register, &today.year().to_string(), number),
        [number, year] => entry(register, year, number),
        [.., register, year, number] => entry(register, year, number),
        [] => None,
    }
}

/// The register that is meant where none is named: the general protocol.
const GENERAL_REGISTER: &str = "PG";

/// Where an item stands on its dossier's pages.
pub fn place_of(id: DossierId, number: u32) -> String {
    let rows = limits::PAGE_DEFAULT as u32;
    match (number.saturating_sub(1) / rows) * rows {
        0 => format!("/{}#item-{number}", id.path()),
        after => format!("/{}?after={after}#item-{number}", id.path()),
    }
}

/// `POST /dossiers/{id}/items/{item}`: lets the parties see it, or no longer.
pub async fn show_item(
    submitted: Submitted<ChangeDossierItem>,
    Id((id, item)): Id<(DossierId, u32)>,
) -> Result<HttpResponse, Problem> {
    let shown = submitted.fields.text("shown") == "true";
    let allowed = submitted.allowed;
    allowed.archive.show_item(&allowed.actor, id, item, shown).await?;
    Ok(page::go_to(&place_of(id, item)))
}

/// A form that asks for a reason and nothing else.
#[derive(Template)]
#[template(path = "dossiers/reason.html")]
struct ReasonPage {
    page: Page,
    dossier: DossierView,
    /// `close`, `reopen` or `remove`: what the texts call it.
    doing: &'static str,
    address: String,
    version: usize,
    item: Option<Item>,
    reason: String,
    refused: Refused,
}

fn reason_page<P: Permission>(
    request: &HttpRequest,
    allowed: &Allowed<P>,
    (doing, id, item): (&'static str, DossierId, Option<u32>),
    (fields, refused): (&Fields, Refused),
) -> Result<HttpResponse, Problem> {
    let (page, dossier, now) = frame(request, allowed, id)?;
    let version = fields.version_again(refused.is_change(), now);
    let reason = fields.text("reason").to_owned();
    let address = match (doing, item) {
        (_, Some(item)) => format!("/{}/items/{item}/removal", id.path()),
        ("close", _) => format!("/{}/closure", id.path()),
        _ => format!("/{}/reopening", id.path()),
    };
    let item = item.map(|item| allowed.archive.dossier_item(&allowed.actor, id, item)).transpose()?;
    let item = item.map(|item| Item::of(&page, &Names::read(&allowed.archive, &allowed.actor), item));
    page::show_as(refused.status(), &ReasonPage { page, dossier, doing, address, version, item, reason, refused })
}

/// A form for what cannot be done to a dossier as it is would only be refused when it is sent.
fn expect_state(dossier: &DossierView, state: DossierState) -> Result<(), Problem> {
    match (dossier.state == state.as_str(), state) {
        (true, _) => Ok(()),
        (false, DossierState::Open) => Err(Problem::of(Kind::DossierClosed)),
        (false, DossierState::Closed) => Err(Problem::of(Kind::DossierOpen)),
    }
}

fn because(fields: &Fields) -> Because {
    Because { reason: fields.text("reason").to_owned() }
}

/// Goes on to the dossier, or asks for the reason again with what was typed and what is wrong.
fn after_reason<P: Permission>(
    request: &HttpRequest,
    allowed: &Allowed<P>,
    (doing, id, item): (&'static str, DossierId, Option<u32>),
    fields: &Fields,
    done: Result<(), Refusal>,
) -> Result<HttpResponse, Problem> {
    match done {
        Ok(()) => Ok(page::go_to(&item.map_or_else(|| format!("/{}", id.path()), |item| place_of(id, item)))),
        Err(refusal) => reason_page(request, allowed, (doing, id, item), (fields, Refused::of(refusal)?)),
    }
}

/// The frame for a form about a dossier that the sender may change in this way.
fn frame<P: Permission>(
    request: &HttpRequest,
    allowed: &Allowed<P>,
    id: DossierId,
) -> Result<(Page, DossierView, usize), Problem> {
    let (archive, actor) = (&allowed.archive, &allowed.actor);
    // Read first: should it change in between, the form is refused, never taken wrongly.
    let version = archive.dossier_version(id)?;
    let dossier = archive.dossier_view(actor, id)?;
    if !archive.dossier_actions(actor, id)?.contains(&P::ACTION) {
        return Err(Refusal::Forbidden.into());
    }
    let page = Page::of(request, allowed, Section::Dossiers);
    Ok((page, dossier, version))
}

/// `GET /dossiers/{id}/items/{item}/removal`
pub async fn ask_removal(
    allowed: Allowed<ChangeDossierItem>,
    Id((id, item)): Id<(DossierId, u32)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    reason_page(&request, &allowed, ("remove", id, Some(item)), (&Fields::default(), Refused::default()))
}

/// `POST /dossiers/{id}/items/{item}/removal`
pub async fn remove_item(
    submitted: Submitted<ChangeDossierItem>,
    Id((id, item)): Id<(DossierId, u32)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let done = allowed.archive.remove_item(&allowed.actor, id, item, because(&fields), fields.version()?).await;
    after_reason(&request, &allowed, ("remove", id, Some(item)), &fields, done)
}

/// `GET /dossiers/{id}/closure`
pub async fn ask_closure(
    allowed: Allowed<CloseDossier>,
    Id(id): Id<DossierId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    expect_state(&allowed.archive.dossier_view(&allowed.actor, id)?, DossierState::Open)?;
    reason_page(&request, &allowed, ("close", id, None), (&Fields::default(), Refused::default()))
}

/// `POST /dossiers/{id}/closure`
pub async fn close(
    submitted: Submitted<CloseDossier>,
    Id(id): Id<DossierId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let done = allowed.archive.close_dossier(&allowed.actor, id, because(&fields), fields.version()?).await;
    after_reason(&request, &allowed, ("close", id, None), &fields, done)
}

/// `GET /dossiers/{id}/reopening`
pub async fn ask_reopening(
    allowed: Allowed<ReopenDossier>,
    Id(id): Id<DossierId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    expect_state(&allowed.archive.dossier_view(&allowed.actor, id)?, DossierState::Closed)?;
    reason_page(&request, &allowed, ("reopen", id, None), (&Fields::default(), Refused::default()))
}

/// `POST /dossiers/{id}/reopening`
pub async fn reopen(
    submitted: Submitted<ReopenDossier>,
    Id(id): Id<DossierId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let done = allowed.archive.reopen_dossier(&allowed.actor, id, because(&fields), fields.version()?).await;
    after_reason(&request, &allowed, ("reopen", id, None), &fields, done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_named_as_people_do() {
        let today = Date::constant(2026, 11, 24);
        let entry = |text: &str| {
            let entry = item_named(text, today)?.entry?;
            Some((entry.register.to_string(), entry.year, entry.number))
        };
        let general = |year, number| Some(("PG".to_owned(), year, number));
        assert_eq!(entry("42/2025"), general(2025, 42));
        assert_eq!(entry("0000042/2025"), general(2025, 42));
        assert_eq!(entry("42"), general(2026, 42));
        assert_eq!(entry("PG 42/2025"), general(2025, 42));
        assert_eq!(entry("EM 7 / 2025"), Some(("EM".to_owned(), 2025, 7)));
        assert_eq!(entry("PG/2025/42"), general(2025, 42));
        assert_eq!(entry("c_x999/AOO1/PG/2025/0000042"), general(2025, 42));
        assert!(item_named("17-0", today).unwrap().document.is_some());
        for none in ["", "quarantadue", "PG", "/", "42/", "1/2/3/x"] {
            assert!(item_named(none, today).is_none(), "{none}");
        }
    }

    #[test]
    fn an_item_stands_on_its_page() {
        let id = DossierId::random();
        assert_eq!(place_of(id, 50), format!("/dossiers/{id}#item-50"));
        assert_eq!(place_of(id, 51), format!("/dossiers/{id}?after=50#item-51"));
    }

    #[test]
    fn what_was_typed_becomes_a_dossier_or_says_what_is_wrong() {
        let sent = |pairs: &[(&str, &str)]| {
            Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        let rows = [
            ("title", "Tettoia"),
            ("classification", "6.3 Edilizia privata"),
            ("party_name", ""),
            ("party_tax_code", ""),
            ("party_role", ""),
            ("party_name", "Ines Bellacqua"),
            ("party_tax_code", ""),
            ("party_role", "richiedente"),
        ];
        let dossier = Typed::of(&sent(&rows)).read().unwrap();
        assert_eq!((dossier.classification.as_str(), dossier.parties.len()), ("6.3", 1), "an empty row is no party");
        assert_eq!((dossier.parties[0].tax_code.as_deref(), dossier.office), (None, None));
        let errors = Typed::of(&sent(&[("office", "via Roma")])).read().unwrap_err();
        assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["classification", "office"]);
    }
}
