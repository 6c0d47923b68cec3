//! What is done to the ticked entries of a list together: each by itself, so that one which changed keeps no other back.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::entries::{self, assignment};
use super::form::{Fields, Submitted};
use super::page::{self, Page, Section};
use super::{asked, chosen_dossier, said};
use crate::http::body::Id;
use crate::http::guard::{Allowed, AssignEntry, FileIntoDossier, Permission};
use crate::http::problem::Problem;
use crate::ids::{DossierId, EntryId, RegisterCode};
use crate::model::assignment::{Assignment, given};
use crate::model::dossier::{EntryReference, NewItem};
use crate::service::{Archive, DossierView, Refusal};

/// What is wrong with the choice: the id of its field, and the text.
type Wrong = (&'static str, String);

enum Doing {
    Assign(Assignment),
    File { dossier: Box<DossierView>, shown: bool },
}

/// What became of one ticked entry.
struct Outcome {
    number: String,
    path: String,
    /// None when it was done.
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "entries/outcome.html")]
struct OutcomePage {
    page: Page,
    /// To whom they were given; none when they were filed.
    to: Option<String>,
    /// Into what they were filed.
    dossier: Option<DossierView>,
    done: u64,
    outcomes: Vec<Outcome>,
    back: String,
}

impl OutcomePage {
    fn failed(&self) -> u64 {
        self.outcomes.len() as u64 - self.done
    }
}

/// `POST /registers/{register}/assignments`
pub async fn assign(
    submitted: Submitted<AssignEntry>,
    Id(register): Id<RegisterCode>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let doing = assignment(fields.text("to"), fields.text("mode")).map(Doing::Assign).ok_or(("to", "nobody-chosen"));
    let page = Page::of(&request, &allowed, Section::Register);
    let doing = doing.map_err(|(id, why)| (id, page.word("assign", why).into_owned()));
    together(&allowed, &request, page, register, &fields, doing).await
}

/// `POST /registers/{register}/dossiers`: files the ticked ones into the dossier with this code.
pub async fn file(
    submitted: Submitted<FileIntoDossier>,
    Id(register): Id<RegisterCode>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let page = Page::of(&request, &allowed, Section::Register);
    let (code, shown) = (fields.text("code").to_owned(), fields.ticked("shown"));
    let found = allowed.block(move |archive, actor| chosen_dossier::with_code(archive, actor, "code", &code)).await?;
    let doing = match found {
        Ok(dossier) => Ok(Doing::File { dossier: Box::new(dossier), shown }),
        Err(Refusal::Invalid(errors)) => {
            let texts: Vec<String> = errors.iter().map(|error| said::told(&page, error).text).collect();
            Err((
                "code",
                if fields.text("code").is_empty() { page.t("no-dossier-named").into() } else { texts.join("; ") },
            ))
        }
        Err(refusal) => return Err(refusal.into()),
    };
    together(&allowed, &request, page, register, &fields, doing).await
}

async fn together<P: Permission>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    page: Page,
    register: RegisterCode,
    fields: &Fields,
    doing: Result<Doing, Wrong>,
) -> Result<HttpResponse, Problem> {
    let ticked: Vec<&str> = fields.all("entry").filter(|tick| !tick.is_empty()).collect();
    let doing = if ticked.is_empty() { Err(("", page.word("assign", "nothing-ticked").into_owned())) } else { doing };
    let doing = match doing {
        Ok(doing) => doing,
        Err(wrong) => return show_again(allowed, request, register, fields, wrong).await,
    };
    let mut outcomes = Vec::new();
    for tick in ticked {
        outcomes.push(one(allowed, &page, &register, tick, &doing).await?);
    }
    let done = outcomes.iter().filter(|outcome| outcome.problem.is_none()).count() as u64;
    let back = list_of(&register, fields);
    let page = Page { here: back.clone(), ..page };
    let (to, dossier) = match doing {
        Doing::Assign(to) => (Some(allowed.block(super::names::Names::read).await?.assigned(&to)), None),
        Doing::File { dossier, .. } => (None, Some(*dossier)),
    };
    page::show(&OutcomePage { page, to, dossier, done, outcomes, back })
}

/// The list in which they were ticked.
fn list_of(register: &RegisterCode, fields: &Fields) -> String {
    page::ours(fields.text("then")).map_or_else(|| format!("/registers/{register}/entries"), str::to_owned)
}

/// The list once more with what was ticked and chosen, and what is missing.
async fn show_again<P: Permission>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    register: RegisterCode,
    fields: &Fields,
    wrong: Wrong,
) -> Result<HttpResponse, Problem> {
    let then = page::ours(fields.text("then")).unwrap_or_default().to_owned();
    let filters = asked::read(then.split_once('?').map_or("", |(_, query)| query))?;
    let mut list = entries::read(allowed, request, register, filters).await?;
    list.again(then, fields, wrong);
    page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &list)
}

async fn one<P>(
    allowed: &Allowed<P>,
    page: &Page,
    register: &RegisterCode,
    tick: &str,
    doing: &Doing,
) -> Result<Outcome, Problem> {
    let (id, version) = of_tick(register, tick).ok_or_else(|| Problem::invalid("entry", "not a tick of the list"))?;
    let done = match doing {
        Doing::Assign(to) => assign_one(allowed, &id, version, to).await?,
        Doing::File { dossier, shown } => file_one(allowed, &id, dossier.id, *shown).await,
    };
    let problem = done.err().map(|refusal| match refusal {
        Refusal::AlreadyExists(_) => page.t("filed-before").into_owned(),
        other => page.word("problem", Problem::from(other).kind.name()).into_owned(),
    });
    Ok(Outcome { number: format!("{}/{}", id.number, id.year), path: format!("/{}", id.path()), problem })
}

async fn assign_one<P>(
    allowed: &Allowed<P>,
    id: &EntryId,
    version: usize,
    to: &Assignment,
) -> Result<Result<(), Refusal>, Problem> {
    let (read, new) = (id.clone(), to.clone());
    let work = move |archive: &Archive, actor: &_| {
        let details = archive.entry_view(actor, &read)?.details.ok_or(Refusal::Forbidden)?;
        Ok::<_, Refusal>(given(&details.assignments, &new))
    };
    Ok(match allowed.block(work).await? {
        Ok(assignments) => allowed.archive.assign(&allowed.actor, id, assignments, Some(version)).await.map(drop),
        Err(refusal) => Err(refusal),
    })
}

/// What changed meanwhile does not matter here: a dossier holds an entry as it is.
async fn file_one<P>(allowed: &Allowed<P>, id: &EntryId, dossier: DossierId, shown: bool) -> Result<(), Refusal> {
    let entry = EntryReference { register: id.register.clone(), year: id.year, number: id.number };
    let item = NewItem { entry: Some(entry), document: None, shown };
    allowed.archive.file_item(&allowed.actor, dossier, item).await.map(drop)
}

/// An entry and the version of it that was ticked.
fn of_tick(register: &RegisterCode, tick: &str) -> Option<(EntryId, usize)> {
    let (id, version) = tick.rsplit_once('/')?;
    Some((format!("{register}/{id}").parse().ok()?, version.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_and_ticks_are_read_back() {
        assert_eq!(assignment("office:", "responsible"), None);
        assert_eq!(assignment("edilizia", "responsible"), None);
        let register: RegisterCode = "PG".parse().unwrap();
        let (id, version) = of_tick(&register, "2026/42/7").unwrap();
        assert_eq!((id.path().as_str(), version), ("registers/PG/entries/2026/42", 7));
        assert_eq!(of_tick(&register, "2026/x/7"), None);
    }
}
