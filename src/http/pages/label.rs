//! The label for a paper: what is stuck on it so that everybody sees which entry it is.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::page::{self, Page, Section};
use super::shown;
use crate::clock;
use crate::http::body::{Id, Query};
use crate::http::guard::{Allowed, ReadEntry};
use crate::http::problem::Problem;
use crate::ids::EntryId;
use crate::paper::{Code, PLACES};

/// `?paper=`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    paper: String,
}

#[derive(Template)]
#[template(path = "filing/label.html")]
struct LabelPage {
    page: Page,
    path: String,
    number: String,
    mark: String,
    day: String,
    moment: String,
    direction: &'static str,
    classification: String,
    annulled: bool,
    /// On a sheet of A4 instead of a roll of 62 mm.
    sheet: bool,
    code: Squares,
}

/// A QR code as one path of squares.
struct Squares {
    side: usize,
    path: String,
}

impl Squares {
    fn of(text: &str) -> Result<Self, Problem> {
        let Code { side, dark } = Code::of(text).map_err(Problem::internal)?;
        let path = dark.into_iter().map(|(column, row)| format!("M{column} {row}h1v1h-1z")).collect();
        Ok(Self { side, path })
    }
}

/// `GET /registers/{register}/entries/{year}/{number}/label`
pub async fn show(
    allowed: Allowed<ReadEntry>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
    Query(asked): Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let page = Page::of(&request, &allowed, Section::File);
    let path = format!("/{}", id.path());
    let entry = allowed.block(move |archive, actor| archive.entry_view(actor, &id)).await??;
    // Of a confidential entry others know number and date; the mark is on the paper, which is not theirs.
    let details = entry.details.ok_or_else(|| Problem::not_found("entry"))?;
    let day = shown::moment(&entry.registered_at).map(|at| shown::day(clock::date_in_rome(at)));
    page::show(&LabelPage {
        path,
        number: format!("{}/{}", entry.number, entry.year),
        code: Squares::of(&details.mark)?,
        mark: details.mark,
        day: day.unwrap_or_default(),
        moment: entry.registered_at,
        direction: details.direction.unwrap_or_default(),
        classification: details.classification.map(|class| class.to_string()).unwrap_or_default(),
        annulled: details.annulled.is_some(),
        sheet: asked.paper == "a4",
        page,
    })
}
