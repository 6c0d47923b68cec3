//! The registry office's form: a document gets its number, and the next form is ready with what usually stays.

use super::asked::address;
use super::chosen_dossier;
use super::draft::{self, Draft, Given, Who};
use super::form::Submitted;
use super::names::may_be_given;
use super::page::{self, Page, Section};
use super::said::{self, Told};
use crate::clock;
use crate::http::body::{Id, Query};
use crate::http::guard::{Allowed, RegisterEntry};
use crate::http::problem::{Kind, Problem};
use crate::ids::{EntryId, RegisterCode};
use crate::limits;
use crate::model::access::{Action, Actor, Decision, Target, decide};
use crate::model::classification::Class;
use crate::model::link::Relation;
use crate::model::register::{Channel, Direction};
use crate::model::registers::Shape;
use crate::service::{
    Archive, DossierView, EntryView, OfficeView, ProposalQuery, Refusal, RegisterView, Registered, UserView,
};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};
use askama::Template;
use jiff::civil::Date;
use serde::Deserialize;

/// How a document comes, the usual ones first.
pub const CHANNELS: [&str; 7] = ["counter", "pec", "post", "email", "portal", "interoperability", "internal"];
const KINDS: [&str; 3] = ["person", "business", "administration"];
/// Classes among which one chooses when several have the same words.
const CLASSES_OFFERED: usize = 12;
const DIRECTIONS: [Direction; 3] = [Direction::Incoming, Direction::Outgoing, Direction::Internal];

#[derive(Template)]
#[template(path = "filing/new.html")]
struct FilingPage {
    page: Page,
    register: RegisterView,
    registers: Vec<RegisterView>,
    /// Those that the reader may register.
    directions: Vec<Direction>,
    direction: Direction,
    draft: Draft,
    classes: Vec<Class>,
    /// Those that have the words which were typed, where there are several.
    fitting: Vec<Class>,
    dossiers: Vec<DossierView>,
    offices: Vec<OfficeView>,
    users: Vec<UserView>,
    /// The id of a form's field, and what is wrong with it.
    wrong: Vec<(String, Told)>,
    refused: Option<Problem>,
    /// The entry that whose class is proposed.
    proposed_like: Option<String>,
    just: Option<Just>,
    /// What this form was sent for before: who goes back and sends it again shall know.
    already: Option<Just>,
}

/// What was registered a moment ago.
struct Just {
    path: String,
    /// As people say it; the seven digits that the law asks for stand in the mark.
    number: String,
    mark: String,
    subject: String,
}

impl FilingPage {
    async fn of(
        mut page: Page,
        allowed: &Allowed<RegisterEntry>,
        register: &RegisterCode,
        draft: Draft,
    ) -> Result<Self, Problem> {
        let archive = &allowed.archive;
        let registers = archive.register_list();
        let register = registers.iter().find(|one| one.code == *register).cloned();
        let register = register.ok_or_else(|| Problem::not_found("register"))?;
        // Others that are closed are no choice.
        let registers = registers.into_iter().filter(|one| one.is_open() || one.code == register.code).collect();
        let directions = directions_of(&allowed.actor);
        let first = *directions.first().ok_or_else(|| Problem::of(Kind::Forbidden))?;
        let mut users = archive.users(&allowed.actor).unwrap_or_default();
        users.retain(may_be_given);
        let direction = draft.direction.filter(|direction| directions.contains(direction)).unwrap_or(first);
        if page.here == "/" {
            page.here = format!("/registers/{}/new?direction={}", register.code, direction.as_str());
        }
        let dossiers = allowed.block(chosen_dossier::offered).await??;
        Ok(Self {
            register,
            registers,
            direction,
            directions,
            draft,
            classes: archive.classification().classes,
            fitting: Vec::new(),
            dossiers,
            offices: archive.offices().into_iter().filter(OfficeView::is_open).collect(),
            users,
            wrong: Vec::new(),
            refused: None,
            proposed_like: None,
            just: None,
            already: None,
            page,
        })
    }

    fn title(&self) -> String {
        self.page.word("filing-file", self.direction.as_str()).into_owned()
    }

    fn incoming(&self) -> bool {
        self.direction == Direction::Incoming
    }

    /// Who may stand in a row, the usual one first.
    fn roles(&self) -> &'static [&'static str] {
        match self.direction {
            Direction::Incoming => &["sender"],
            Direction::Outgoing => &["recipient", "copy"],
            Direction::Internal => &["recipient", "sender", "copy"],
        }
    }

    /// What is wrong with the field of this id.
    fn said<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Told> {
        self.wrong.iter().filter(move |(at, _)| at == id).map(|(_, told)| told)
    }

    fn is_wrong(&self, id: &str) -> bool {
        self.said(id).next().is_some()
    }

    /// Where one begins: at the first mistake, else where files are chosen.
    fn begins_at(&self, id: &str) -> bool {
        self.wrong.first().map_or(id == "document", |(first, _)| first == id)
    }

    /// The id of a field in a row.
    fn row_id(&self, list: &str, n: &str, field: &str) -> String {
        format!("{list}-{n}{field}")
    }

    /// Whether something is wrong in the part of a row that is folded away.
    fn row_is_wrong(&self, n: &str) -> bool {
        ["-tax-code", "-email", "-pec", "-address"]
            .iter()
            .any(|field| self.is_wrong(&self.row_id("correspondents", n, field)))
    }

    fn received_more_is_wrong(&self) -> bool {
        ["received-number", "received-date", "received-deferred-reason"].iter().any(|id| self.is_wrong(id))
    }

    /// The id of a field that the register asks for.
    fn own_id(&self, name: &str) -> String {
        format!("fields-{}", name.replace('_', "-"))
    }

    fn own_is(&self, name: &str, value: &str) -> bool {
        self.draft.own_value(name) == value
    }

    fn relations(&self) -> impl Iterator<Item = &'static str> {
        Relation::CHOSEN.iter().map(|relation| relation.as_str())
    }

    fn relation_is(&self, relation: &str) -> bool {
        self.draft.relation == relation
    }

    fn is_register(&self, other: &RegisterView) -> bool {
        self.register.code == other.code
    }

    /// The id of what says that the code of the dossier is wrong.
    fn wrong_at_dossier(&self) -> &'static str {
        if self.is_wrong("dossier") { "dossier-wrong" } else { "" }
    }

    fn given_is(&self, row: &Given, kind: &str, code: &str) -> bool {
        row.to.split_once(':') == Some((kind, code))
    }

    fn no_one(&self) -> Who {
        Who::default()
    }

    fn nothing_given(&self) -> Given {
        Given::default()
    }

    /// What a field is called where it is far away.
    fn label(&self, id: &str) -> String {
        if let Some(own) = self.register.own_fields.iter().find(|own| self.own_id(&own.name) == id) {
            return own.title.clone();
        }
        let known = match id {
            "linked" => return self.page.t("filing-linked").into_owned(),
            "dossier" => return self.page.t("dossier").into_owned(),
            "subject" => return self.page.t("subject").into_owned(),
            "classification" => "class-of-scheme",
            "received-channel" => "channel",
            "received-number" => "their-number",
            "received-date" => "their-date",
            "received-deferred-reason" => "deferred-reason",
            "location" => "location-of-paper",
            _ if id.starts_with("assignments") => "assignments",
            _ if id.ends_with("-name") => "who-name",
            _ if id.ends_with("-tax-code") => "tax-code",
            _ if id.ends_with("-email") => "email",
            _ if id.ends_with("-pec") => "pec",
            _ if id.ends_with("-address") => "address",
            _ if id.contains("-ipa-") => "ipa",
            _ => id,
        };
        self.page.t(&format!("filing-{known}")).into_owned()
    }

    fn why(&self) -> Option<(String, String)> {
        let kind = self.refused.as_ref()?.kind.name();
        Some((self.page.word("problem", kind).into_owned(), self.page.word("advice", kind).into_owned()))
    }

    fn refuse(&mut self, problem: Problem) {
        self.wrong =
            problem.errors().iter().map(|error| (id_of(&error.field), said::told(&self.page, error))).collect();
        // In the order of the form.
        self.wrong.sort_by_key(|(id, _)| PLACES.iter().position(|place| id.starts_with(place)));
        self.refused = Some(problem);
    }
}

/// The beginnings of the fields' ids, in the order of the form.
const PLACES: [&str; 12] = [
    "document",
    "attachments",
    "received-on",
    "received",
    "correspondents",
    "subject",
    "classification",
    "fields",
    "assignments",
    "dossier",
    "linked",
    "location",
];

/// The id of the form's field for a field of the API.
fn id_of(field: &str) -> String {
    let plain = field.replace("].", "-").replace(['.', '['], "-").replace(['_', ']'], "-");
    let plain = plain.trim_end_matches('-');
    match plain {
        "received" => "received-on".to_owned(),
        "correspondents" => "correspondents-0-name".to_owned(),
        _ if plain.starts_with("links") => "linked".to_owned(),
        _ if plain.starts_with("document") => "document".to_owned(),
        _ if plain.starts_with("attachments") => "attachments".to_owned(),
        "assignments" => "assignments-0".to_owned(),
        _ if plain.starts_with("assignments") => plain.trim_end_matches("-office").trim_end_matches("-user").to_owned(),
        _ => plain.to_owned(),
    }
}

fn directions_of(actor: &Actor) -> Vec<Direction> {
    let may =
        |direction: &Direction| decide(actor, Action::RegisterEntry(*direction), Target::Area) == Decision::Allowed;
    DIRECTIONS.into_iter().filter(may).collect()
}

/// `?direction=&channel=&on=&just=&key=`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    direction: Option<Direction>,
    channel: Option<Channel>,
    on: Option<Date>,
    just: Option<String>,
    key: String,
}

/// `GET /registers/{register}/new`: the address holds the form's key, so that going back leads to the same form. Another
/// one would register what the browser put into it a second time.
pub async fn ask(
    allowed: Allowed<RegisterEntry>,
    Id(register): Id<RegisterCode>,
    request: HttpRequest,
    Query(asked): Query<Asked>,
) -> Result<HttpResponse, Problem> {
    if !is_key(&asked.key) {
        return Ok(page::go_to(&with_key(&request)));
    }
    let page = Page::of(&request, &allowed, Section::File);
    let draft = Draft::fresh(asked.key, asked.direction, asked.channel, asked.on.unwrap_or_else(clock::today));
    let mut shown = FilingPage::of(page, &allowed, &register, draft).await?;
    shown.already = already(&allowed, register.clone(), shown.draft.key.clone()).await?;
    let just: Option<EntryId> = asked.just.and_then(|just| format!("{register}/{just}").parse().ok());
    if let Some(id) = just {
        let found = allowed.block(move |archive, actor| archive.entry_view(actor, &id)).await?;
        shown.just = found.ok().and_then(just_registered);
    }
    page::show(&shown)
}

/// The address that was asked for, with a key for its form.
pub fn with_key(request: &HttpRequest) -> String {
    let pairs = form_urlencoded::parse(request.query_string().as_bytes()).into_owned();
    let pairs = pairs.filter(|(name, _)| name != "key").chain([("key".to_owned(), draft::new_key())]);
    address(request.path(), &pairs.collect::<Vec<_>>())
}

/// Whether it can be an Idempotency-Key.
pub fn is_key(key: &str) -> bool {
    !key.is_empty() && key.len() <= limits::IDEMPOTENCY_KEY_MAX
}

/// What the form with this key was sent for before.
async fn already(
    allowed: &Allowed<RegisterEntry>,
    register: RegisterCode,
    key: String,
) -> Result<Option<Just>, Problem> {
    let found = allowed.block(move |archive, actor| archive.registered_with(actor, &register, &key)).await??;
    Ok(found.and_then(just_registered))
}

fn just_registered(entry: EntryView) -> Option<Just> {
    let path = format!("/{}", entry.id().path());
    let details = entry.details?;
    let (mark, subject) = (details.mark, details.subject.unwrap_or_default());
    let number = format!("{}/{}", entry.number, entry.year);
    Some(Just { path, number, mark, subject })
}

/// `POST /registers/{register}/entries`
pub async fn file(
    submitted: Submitted<RegisterEntry>,
    Id(register): Id<RegisterCode>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let page = Page::of(&request, &allowed, Section::File);
    let draft = Draft::read(&fields);
    if let Some(more) = fields.some("more") {
        return page::show(&FilingPage::of(page, &allowed, &register, draft.once_more(more)).await?);
    }
    match registered(&allowed, &register, &draft).await {
        Ok(entry) => Ok(page::go_to(&next_form(&entry, &draft))),
        Err(problem) if matches!(problem.kind, Kind::Forbidden | Kind::NotFound | Kind::KeyMissing) => Err(problem),
        Err(problem) => {
            let status = problem.status_code();
            let mut shown = FilingPage::of(page, &allowed, &register, draft.once_more("")).await?;
            if problem.kind == Kind::KeyReused {
                shown.already = already(&allowed, register, shown.draft.key).await?;
                // Whoever sends it once more means another document.
                shown.draft.key = draft::new_key();
            }
            shown.refuse(problem);
            let fitting = shown.draft.classes_among(&shown.classes);
            if fitting.len() > 1 {
                shown.fitting = fitting.into_iter().take(CLASSES_OFFERED).cloned().collect();
            }
            if shown.draft.class.is_empty() {
                shown.propose(&allowed).await?;
            }
            page::show_as(status, &shown)
        }
    }
}

async fn registered(
    allowed: &Allowed<RegisterEntry>,
    register: &RegisterCode,
    draft: &Draft,
) -> Result<EntryView, Problem> {
    if !is_key(&draft.key) {
        return Err(Problem::of(Kind::KeyMissing));
    }
    let code = draft.dossier.clone();
    let find = move |archive: &Archive, actor: &Actor| chosen_dossier::with_code(archive, actor, "dossier", &code);
    let dossier = match draft.dossier.is_empty() {
        true => Ok(None),
        false => match allowed.block(find).await? {
            Ok(dossier) => Ok(Some(dossier.id)),
            Err(Refusal::Invalid(errors)) => Err(errors),
            Err(refusal) => return Err(refusal.into()),
        },
    };
    let classes = allowed.archive.classification().classes;
    let view = allowed.archive.register_view(register)?;
    let rules = (register.as_str(), &view.rules);
    let entry = draft.entry(rules, &classes, dossier, clock::today()).map_err(Refusal::Invalid)?;
    Ok(match allowed.archive.register(&allowed.actor, register, &draft.key, entry).await? {
        Registered::New(entry) | Registered::Existing(entry) => *entry,
    })
}

/// Where the next form is: with what usually stays.
fn next_form(entry: &EntryView, draft: &Draft) -> String {
    let mut pairs = Vec::new();
    let mut say = |name: &str, value: &str| pairs.push((name.to_owned(), value.to_owned()));
    if let Some(direction) = draft.direction {
        say("direction", direction.as_str());
    }
    if draft.direction == Some(Direction::Incoming) {
        say("channel", &draft.channel);
        if draft.received_on != clock::today().to_string() {
            say("on", &draft.received_on);
        }
    }
    say("just", &format!("{}/{}", entry.year, entry.number));
    say("key", &draft::new_key());
    address(&format!("/registers/{}/new", entry.register), &pairs)
}

impl FilingPage {
    /// Puts the class and office of entries like it where none was chosen; the reader says whether they are right.
    async fn propose(&mut self, allowed: &Allowed<RegisterEntry>) -> Result<(), Problem> {
        let who = self.draft.who.first().cloned().unwrap_or_default();
        let asked = ProposalQuery {
            subject: Some(self.draft.subject.clone()),
            name: Some(who.name),
            tax_code: Some(who.tax_code),
            min_position: None,
        };
        let ask = move |archive: &Archive, actor: &Actor| archive.proposal(actor, &asked);
        let proposal = allowed.block(ask).await??;
        let Some(code) = proposal.classification else { return Ok(()) };
        let Some(class) = self.classes.iter().find(|class| class.code == code) else { return Ok(()) };
        self.draft.class = class_value(class);
        self.proposed_like = proposal.like.map(|like| format!("{}/{}", like.number, like.year));
        if let (Some(row), Some(office)) = (self.draft.given.first_mut(), proposal.assignments.first())
            && row.to.is_empty()
        {
            row.to = office.office.as_ref().map(|code| format!("office:{code}")).unwrap_or_default();
        }
        Ok(())
    }
}

/// How a class stands in its field.
fn class_value(class: &Class) -> String {
    format!("{} {}", class.code, class.title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_api_has_its_place_in_the_form() {
        for (field, id) in [
            ("subject", "subject"),
            ("document.blake3", "document"),
            ("attachments[2].file_name", "attachments"),
            ("received", "received-on"),
            ("received.deferred_reason", "received-deferred-reason"),
            ("correspondents", "correspondents-0-name"),
            ("correspondents[1].tax_code", "correspondents-1-tax-code"),
            ("classification", "classification"),
            ("assignments[0]", "assignments-0"),
            ("assignments[1].office", "assignments-1"),
            ("location", "location"),
            ("dossier", "dossier"),
        ] {
            assert_eq!(id_of(field), id, "{field}");
            assert!(PLACES.iter().any(|place| id.starts_with(place)), "{id}");
        }
    }
}
