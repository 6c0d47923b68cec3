//! What is done to the ticked entries of a list together: each by itself, so that one which changed keeps no other back.
//! The answer leads back to the list, whose address says what was done: to load that again does nothing.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::asked::address;
use super::entries::{self, assignment};
use super::form::{Fields, Submitted};
use super::names::Names;
use super::page::{self, Page, Section};
use super::{asked, chosen_dossier, said};
use crate::http::body::Id;
use crate::http::guard::{Allowed, AssignEntry, FileIntoDossier, Permission};
use crate::http::problem::Problem;
use crate::ids::{DossierId, EntryId, RegisterCode};
use crate::limits;
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
    id: EntryId,
    /// The name of the problem; none when it was done.
    problem: Option<&'static str>,
}

/// What was done, as the address of the list says it: `?did=assigned&whom=office:edilizia&done=2026-3.2026-4&not=…`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Did {
    did: Option<What>,
    /// To whom they were given, or the dossier's id.
    whom: String,
    /// Year and number of each, joined by dots.
    done: String,
    /// The same with the name of the problem.
    not: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum What {
    Assigned,
    Filed,
}

/// What was done, in words.
pub struct Told {
    pub said: String,
    /// To whom they were given, or the code and title of the dossier.
    pub whom: String,
    pub dossier: Option<DossierId>,
    /// Numbers and paths.
    pub done: Vec<(String, String)>,
    /// How many were not done, in words.
    pub failed: String,
    pub not: Vec<(String, String, String)>,
}

impl Did {
    /// Nothing when the address says nothing of it, or nothing that this reader may know.
    pub fn told(
        &self,
        page: &Page,
        names: &Names,
        dossier: Option<DossierView>,
        register: &RegisterCode,
    ) -> Option<Told> {
        let (said, failed) = match self.did? {
            What::Assigned => ("assigned-count", "not-assigned-count"),
            What::Filed => ("filed-count", "not-filed-count"),
        };
        let whom = match (self.did?, &dossier) {
            (What::Filed, dossier) => dossier.as_ref().map(|one| format!("{} {}", one.code, one.title))?,
            (What::Assigned, _) => names.assigned(&assignment(&self.whom, "")?),
        };
        let done: Vec<_> = self.done.split('.').filter_map(|one| named(register, one)).collect();
        let not = self.not.split('.').filter_map(|one| {
            let (one, problem) = one.rsplit_once(':')?;
            let (number, path) = named(register, one)?;
            let known = page.words.known(&format!("problem-{problem}")).or_else(|| page.words.known(problem));
            Some((number, path, known?.into_owned()))
        });
        let not: Vec<_> = not.collect();
        Some(Told {
            said: page.n(said, done.len() as u64).into_owned(),
            failed: page.n(failed, not.len() as u64).into_owned(),
            dossier: dossier.map(|dossier| dossier.id),
            whom,
            done,
            not,
        })
    }

    /// The dossier into which they were filed.
    pub fn dossier(&self) -> Option<DossierId> {
        self.whom.parse().ok().filter(|_| self.did == Some(What::Filed))
    }
}

/// An entry of this register by year and number: its number and path.
fn named(register: &RegisterCode, one: &str) -> Option<(String, String)> {
    let (year, number) = one.split_once('-')?;
    let id: EntryId = format!("{register}/{year}/{number}").parse().ok()?;
    Some((format!("{}/{}", id.number, id.year), format!("/{}", id.path())))
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
    if ticked.len() > limits::PAGE_MAX {
        return Err(Problem::invalid("entry", format!("at most {} items", limits::PAGE_MAX)));
    }
    let mut outcomes = Vec::new();
    for tick in ticked {
        outcomes.push(one(allowed, &register, tick, &doing).await?);
    }
    Ok(page::go_to(&said_at(&list_of(&register, fields), fields, &doing, &outcomes)))
}

/// The address of the list that says what was done.
fn said_at(list: &str, fields: &Fields, doing: &Doing, outcomes: &[Outcome]) -> String {
    let (path, query) = list.split_once('?').unwrap_or((list, ""));
    let mut pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let (did, whom) = match doing {
        Doing::Assign(_) => ("assigned", fields.text("to").to_owned()),
        Doing::File { dossier, .. } => ("filed", dossier.id.to_string()),
    };
    let one = |outcome: &Outcome| {
        let id = format!("{}-{}", outcome.id.year, outcome.id.number);
        outcome.problem.map_or_else(|| id.clone(), |problem| format!("{id}:{problem}"))
    };
    let all = |done: bool| {
        let such = outcomes.iter().filter(|outcome| outcome.problem.is_none() == done);
        such.map(one).collect::<Vec<_>>().join(".")
    };
    let (done, not) = (all(true), all(false));
    let said = [("did", did.to_owned()), ("whom", whom), ("done", done), ("not", not)];
    pairs.extend(said.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name.to_owned(), value)));
    address(path, &pairs)
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
    let mut list = entries::read(allowed, request, register, filters, Did::default()).await?;
    list.again(fields, wrong);
    page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &list)
}

async fn one<P>(allowed: &Allowed<P>, register: &RegisterCode, tick: &str, doing: &Doing) -> Result<Outcome, Problem> {
    let (id, version) = of_tick(register, tick).ok_or_else(|| Problem::invalid("entry", "not a tick of the list"))?;
    let done = match doing {
        Doing::Assign(to) => assign_one(allowed, &id, version, to).await?,
        Doing::File { dossier, shown } => file_one(allowed, &id, dossier.id, *shown).await,
    };
    let problem = done.err().map(|refusal| match refusal {
        Refusal::AlreadyExists(_) => "filed-before",
        other => Problem::from(other).kind.name(),
    });
    Ok(Outcome { id, problem })
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
pub(super) fn of_tick(register: &RegisterCode, tick: &str) -> Option<(EntryId, usize)> {
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
