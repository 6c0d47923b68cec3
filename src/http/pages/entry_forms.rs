//! What may be done with an entry, each as a form at an address of its own.
//!
//! A form carries the version it shows. When the entry changed meanwhile, the form comes again with what was typed,
//! says so, and shows the entry as it is now.

use actix_web::{HttpRequest, HttpResponse, ResponseError as _};
use askama::Template;
use serde::Deserialize;

use super::anew;
use super::asked::Asked;
use super::chosen_dossier;
use super::dossier_forms::entry_named;
use super::entries::assignment;
use super::entry::{self, Change, Read};
use super::filing::CHANNELS;
use super::form::{Fields, SentFile, Submitted};
use super::page::{self, Page, Section};
use super::said;
use crate::clock;
use crate::http::body::Id;
use crate::http::guard::{
    AddEntryDocument, Allowed, AnnulEntry, AnswerAssignment, AssignEntry, ClassifyEntry, FileIntoDossier, LinkEntry,
    Permission,
};
use crate::http::problem::{Kind, Problem};
use crate::ids::{ClassCode, EntryId};
use crate::model::annulment::{Act, NewAnnulment};
use crate::model::assignment::{Answer, Assignee, NewAnswer};
use crate::model::dossier::{EntryReference, NewItem};
use crate::model::link::{NewLink, Relation};
use crate::model::register::{Assignment, Direction, NewFile};
use crate::service::{DossierView, EntryOffers, Refusal};

/// Empty rows below the assignments that there are.
const EMPTY_ROWS: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Assign,
    Classify,
    Annul,
    Add,
    Link,
    File,
    /// To send an assignment back, with a reason.
    Answer,
}

impl Form {
    /// The end of its address, and of the keys of its texts.
    const fn name(self) -> &'static str {
        match self {
            Self::Assign => "assignments",
            Self::Classify => "classification",
            Self::Annul => "annulment",
            Self::Add => "documents",
            Self::Link => "links",
            Self::File => "dossiers",
            Self::Answer => "answers",
        }
    }

    const fn offered(self, offers: &EntryOffers) -> bool {
        match self {
            Self::Assign => offers.assign,
            Self::Classify => offers.classify,
            Self::Annul => offers.annul,
            Self::Add => offers.add_document,
            Self::Link => offers.link,
            Self::File => offers.file,
            // What may be answered is decided for each assignment: see [`FormPage::offered`].
            Self::Answer => true,
        }
    }
}

/// A row of the form to assign: the choice to whom, for what, by when, and what is to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct RowGiven {
    to: String,
    mode: String,
    due: String,
    note: String,
}

#[derive(Template)]
#[template(path = "entries/form.html")]
struct FormPage {
    page: Page,
    read: Read,
    form: Form,
    fields: Fields,
    version: usize,
    problem: Option<Problem>,
    /// What happened last, when it happened since the form was opened.
    last: Option<Change>,
    /// To whom it is given: the choice, and for what.
    rows: Vec<RowGiven>,
    dossiers: Vec<DossierView>,
    /// What stands in the place of what is annulled.
    anew: anew::Anew,
}

impl FormPage {
    fn is(&self, name: &str) -> bool {
        self.form.name() == name
    }

    fn title(&self) -> String {
        if self.form == Form::Annul && !self.anew.of.is_empty() {
            return self.page.word("do-annulment", &self.anew.of).into_owned();
        }
        self.page.word("do", self.form.name()).into_owned()
    }

    fn address(&self) -> String {
        let below = if self.form == Form::Answer { "assignments/" } else { "" };
        format!("{}/{below}{}", self.read.path(), self.form.name())
    }

    fn offered(&self) -> bool {
        self.form.offered(&self.read.offers) && (self.form != Form::Answer || self.may_return())
    }

    /// Whether the assignment that the form is about may be sent back now.
    fn may_return(&self) -> bool {
        let of = Assignee::parse(self.fields.text("given-to"));
        let offer = self.read.answers.iter().find(|offer| Some(&offer.of) == of.as_ref());
        offer.is_some_and(|offer| offer.answers.contains(&Answer::Returned))
    }

    /// To whom the assignment that the form is about is given.
    fn about(&self) -> String {
        let given = self.read.assignments().iter().find(|one| one.assignee().text() == self.fields.text("given-to"));
        given.map_or_else(String::new, |one| self.read.names.assigned(one))
    }

    fn changed(&self) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.kind == Kind::Changed)
    }

    /// What is wrong as a whole, where no field can be named.
    fn told(&self) -> Option<String> {
        let problem = self.problem.as_ref().filter(|problem| problem.kind != Kind::Changed)?;
        // What is there already is said better by what the archive says of it.
        let detail = problem.said().map(|detail| said::in_words(&self.page, detail)).filter(|told| !told.english);
        if let Some(detail) = detail.filter(|_| problem.kind == Kind::AlreadyExists) {
            return Some(detail.text);
        }
        let advice = self.page.word("advice", problem.kind.name());
        Some(format!("{}. {advice}", self.page.word("problem", problem.kind.name())))
    }

    /// What is wrong with a field, in the reader's words where there are some.
    fn wrong(&self, field: &str) -> Option<String> {
        let errors = self.problem.as_ref().map_or(&[][..], Problem::errors);
        let error = errors.iter().find(|error| error.field.starts_with(field))?;
        let known = said::by_words(&self.page, &error.message);
        let known =
            known.or_else(|| Some(self.page.words.known(&format!("wrong-{}", field.replace('.', "-")))?.into_owned()));
        Some(known.unwrap_or_else(|| error.message.clone()))
    }

    /// What is wrong with a fact that is given anew, wherever in it.
    fn wrong_anew(&self) -> Option<String> {
        self.wrong(&format!("fields.{}", self.anew.of)).or_else(|| self.wrong("fields"))
    }

    fn relations(&self) -> impl Iterator<Item = &'static str> {
        Relation::CHOSEN.iter().map(|relation| relation.as_str())
    }

    fn wrong_at_code(&self) -> &'static str {
        if self.wrong("code").is_some() { "wrong-code" } else { "" }
    }

    /// The class chosen, or the one that there is.
    fn is_class(&self, code: &ClassCode) -> bool {
        let now = self.read.details().and_then(|details| details.classification.as_ref());
        match self.fields.some("classification") {
            Some(chosen) => chosen == code.as_str(),
            None => now == Some(code),
        }
    }

    /// The file that need not be sent again.
    fn kept(&self) -> Option<SentFile<'_>> {
        self.fields.file()
    }
}

macro_rules! asks {
    ($($name:ident = $permission:ident, $form:expr, $what:literal;)*) => {
        $(#[doc = concat!("`GET …/", $what, "`")]
        pub async fn $name(
            allowed: Allowed<$permission>,
            Id(id): Id<EntryId>,
            request: HttpRequest,
        ) -> Result<HttpResponse, Problem> {
            ask(&allowed, &request, id, $form).await
        })*
    };
}

asks! {
    ask_assign = AssignEntry, Form::Assign, "assignments";
    ask_classify = ClassifyEntry, Form::Classify, "classification";
    ask_add = AddEntryDocument, Form::Add, "documents";
    ask_link = LinkEntry, Form::Link, "links";
    ask_file = FileIntoDossier, Form::File, "dossiers";
}

/// `?of=`: what of the entry is annulled; the whole of it without.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Of {
    of: String,
}

/// `GET …/annulment`
pub async fn ask_annul(
    allowed: Allowed<AnnulEntry>,
    Id(id): Id<EntryId>,
    Asked(Of { of }): Asked<Of>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let fields = Fields(vec![("of".to_owned(), of)]);
    ask_with(&allowed, &request, id, Form::Annul, fields).await
}

/// `?of=`: the office or user whose assignment is sent back.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OfAssignee {
    of: String,
}

/// `GET …/assignments/answers`
pub async fn ask_answer(
    allowed: Allowed<AnswerAssignment>,
    Id(id): Id<EntryId>,
    Asked(OfAssignee { of }): Asked<OfAssignee>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let fields = vec![("given-to".to_owned(), of), ("answer".to_owned(), Answer::Returned.as_str().to_owned())];
    let read = entry::read(&allowed, id).await?;
    let form = form_page(&allowed, &request, read, Form::Answer, (Fields(fields), None)).await?;
    if !form.may_return() {
        return Err(Problem::of(Kind::Forbidden));
    }
    page::show(&form)
}

/// `POST …/assignments/answers`
pub async fn answer_one(
    submitted: Submitted<AnswerAssignment>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let said = Answer::ALL.into_iter().find(|answer| answer.as_str() == fields.text("answer"));
    let done = match (said, Assignee::parse(fields.text("given-to"))) {
        (Some(said), Some(Assignee { office, user })) => {
            let reason = fields.some("reason").map(str::to_owned);
            let new = NewAnswer { office, user, answer: said, reason };
            allowed.archive.answer_assignment(&allowed.actor, &id, new, fields.version()?).await.map(drop)
        }
        _ => Err(Refusal::invalid("answer", "missing")),
    };
    answer(&allowed, &request, id, Form::Answer, fields, done).await
}

/// `POST …/links`
pub async fn link(
    submitted: Submitted<LinkEntry>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let relation = Relation::CHOSEN.into_iter().find(|relation| relation.as_str() == fields.text("relation"));
    let done = match (relation, entry_named(fields.text("entry"), id.register.as_str(), clock::today())) {
        (Some(relation), Some(entry)) => {
            let link = NewLink { relation, entry };
            allowed.archive.link(&allowed.actor, &id, link, fields.version()?).await.map(drop)
        }
        (None, _) => Err(Refusal::invalid("relation", "missing")),
        (_, None) => Err(Refusal::invalid("entry", "not a number")),
    };
    answer(&allowed, &request, id, Form::Link, fields, done).await
}

/// `POST …/assignments`
pub async fn assign(
    submitted: Submitted<AssignEntry>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let done = match assigned(&typed_rows(&fields)) {
        Err(refusal) => Err(refusal),
        Ok(rows) => allowed.archive.assign(&allowed.actor, &id, rows, fields.version()?).await.map(drop),
    };
    answer(&allowed, &request, id, Form::Assign, fields, done).await
}

/// `POST …/classification`
pub async fn classify(
    submitted: Submitted<ClassifyEntry>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let done = match fields.text("classification").parse() {
        Ok(class) => allowed.archive.classify(&allowed.actor, &id, class, fields.version()?).await.map(drop),
        Err(_) => Err(Refusal::invalid("classification", "missing")),
    };
    answer(&allowed, &request, id, Form::Classify, fields, done).await
}

/// `POST …/annulment`
pub async fn annul(
    submitted: Submitted<AnnulEntry>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let incoming = fields.ticked("incoming");
    let direction = if incoming { Direction::Incoming } else { Direction::Outgoing };
    let done = match (fields.text("act.date").parse(), anew::read(&fields, direction)) {
        (Ok(date), Ok(anew)) => {
            let act = Act { number: fields.text("act.number").to_owned(), date };
            let annulment = NewAnnulment { reason: fields.text("reason").to_owned(), act, fields: anew };
            allowed.archive.annul(&allowed.actor, &id, annulment, fields.version()?).await.map(drop)
        }
        (_, Err(refusal)) => Err(refusal),
        (Err(_), _) => Err(Refusal::invalid("act.date", "missing")),
    };
    answer(&allowed, &request, id, Form::Annul, fields, done).await
}

/// `POST …/documents`
pub async fn add(
    submitted: Submitted<AddEntryDocument>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let done = match fields.file() {
        Some(SentFile { blake3, name }) => {
            let description = fields.some("description").map(str::to_owned);
            let file = NewFile { blake3: Some(blake3), file_name: name.to_owned(), kind: None, description };
            allowed.archive.add_document(&allowed.actor, &id, file, fields.version()?).await.map(drop)
        }
        None => Err(Refusal::invalid("file", "missing")),
    };
    answer(&allowed, &request, id, Form::Add, fields, done).await
}

/// `POST …/dossiers`: files the entry into the dossier with this code.
pub async fn file(
    submitted: Submitted<FileIntoDossier>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let code = fields.text("code").to_owned();
    let done =
        match allowed.block(move |archive, actor| chosen_dossier::with_code(archive, actor, "code", &code)).await? {
            Ok(dossier) => {
                let entry = EntryReference { register: id.register.clone(), year: id.year, number: id.number };
                let item = NewItem { entry: Some(entry), document: None, shown: fields.ticked("shown") };
                allowed.archive.file_item(&allowed.actor, dossier.id, item).await.map(drop)
            }
            Err(refusal) => Err(refusal),
        };
    answer(&allowed, &request, id, Form::File, fields, done).await
}

async fn ask<P: Permission>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    id: EntryId,
    form: Form,
) -> Result<HttpResponse, Problem> {
    ask_with(allowed, request, id, form, Fields::default()).await
}

async fn ask_with<P: Permission>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    id: EntryId,
    form: Form,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    let read = entry::read(allowed, id).await?;
    if !form.offered(&read.offers) {
        let annulled = read.details().is_some_and(|details| details.annulled.is_some());
        return Err(Problem::of(if annulled { Kind::EntryAnnulled } else { Kind::Forbidden }));
    }
    page::show(&form_page(allowed, request, read, form, (fields, None)).await?)
}

async fn form_page<P: Permission>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    read: Read,
    form: Form,
    (fields, problem): (Fields, Option<Problem>),
) -> Result<FormPage, Problem> {
    let page = Page::of(request, allowed, Section::Register);
    let mut dossiers = Vec::new();
    if form == Form::File {
        dossiers = allowed.block(chosen_dossier::offered).await??;
    }
    let mut rows = typed_rows(&fields);
    if form == Form::Assign && fields.0.is_empty() {
        rows = read.assignments().iter().map(chosen).collect();
    }
    rows.resize(rows.len() + EMPTY_ROWS, Default::default());
    let changed = problem.as_ref().is_some_and(|problem| problem.kind == Kind::Changed);
    let last = if changed { read.changes(&page).into_iter().next() } else { None };
    let version = fields.version_again(changed, read.offers.version);
    let anew = anew::Anew::of(&fields, read.details());
    Ok(FormPage { page, read, form, fields, version, problem, last, rows, dossiers, anew })
}

/// An assignment as the choice of a form.
fn chosen(one: &Assignment) -> RowGiven {
    RowGiven {
        to: one.assignee().text(),
        mode: one.mode.as_str().to_owned(),
        due: one.due.map(|due| due.to_string()).unwrap_or_default(),
        note: one.note.clone().unwrap_or_default(),
    }
}

/// Rows as they were sent, without those that name nobody.
fn typed_rows(fields: &Fields) -> Vec<RowGiven> {
    let (mut modes, mut dues, mut notes) = (fields.all("mode"), fields.all("due"), fields.all("note"));
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let rows = fields.all("to").map(|to| RowGiven {
        to: to.to_owned(),
        mode: text(modes.next()),
        due: text(dues.next()),
        note: text(notes.next()),
    });
    rows.filter(|row| !row.to.is_empty()).collect()
}

/// The assignments that these rows name.
fn assigned(rows: &[RowGiven]) -> Result<Vec<Assignment>, Refusal> {
    let one = |(n, row): (usize, &RowGiven)| {
        let nobody = || Refusal::invalid(format!("assignments[{n}]"), "names an office or a user, one of the two");
        let given = assignment(&row.to, &row.mode).ok_or_else(nobody)?;
        let due = match row.due.as_str() {
            "" => None,
            day => Some(day.parse().map_err(|_| Refusal::invalid(format!("assignments[{n}].due"), "not a day"))?),
        };
        Ok(Assignment { due, note: Some(row.note.clone()).filter(|note| !note.is_empty()), ..given })
    };
    rows.iter().enumerate().map(one).collect()
}

/// Goes on to the entry, or shows the form again with what was typed and what is wrong.
async fn answer<P: Permission>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    id: EntryId,
    form: Form,
    fields: Fields,
    done: Result<(), Refusal>,
) -> Result<HttpResponse, Problem> {
    let Err(refusal) = done else {
        let (list, path) = (format!("/registers/{}/entries", id.register), id.path());
        let seen = allowed.block(move |archive, actor| archive.entry_view(actor, &id).map(drop)).await?;
        let part = form == Form::Annul && fields.some("of").is_some();
        let done = if part { "annulment-of-part" } else { form.name() };
        // Who gives an entry away may no longer see it.
        return Ok(page::go_to(&seen.map_or(list, |()| format!("/{path}?done={done}"))));
    };
    let problem = Problem::from(refusal);
    if !matches!(
        problem.kind,
        Kind::Invalid | Kind::Changed | Kind::BlobUnknown | Kind::AlreadyExists | Kind::AssignmentState
    ) {
        return Err(problem);
    }
    let status = problem.status_code();
    let read = entry::read(allowed, id).await?;
    page::show_as(status, &form_page(allowed, request, read, form, (fields, Some(problem))).await?)
}
