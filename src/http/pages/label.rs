//! The label for a paper: what is stuck on it so that everybody sees which entry it is.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use qrcode::{Color, EcLevel, QrCode};
use serde::Deserialize;

use super::page::{self, Page, Section};
use super::shown;
use crate::clock;
use crate::http::body::{Id, Query};
use crate::http::guard::{Allowed, ReadEntry};
use crate::http::problem::Problem;
use crate::ids::EntryId;

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
    /// With the margin of four squares that readers need.
    fn of(text: &str) -> Result<Self, Problem> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(Problem::internal)?;
        let (width, margin) = (code.width(), 4);
        let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
        let square = |(n, _)| format!("M{} {}h1v1h-1z", n % width + margin, n / width + margin);
        Ok(Self { side: width + 2 * margin, path: dark.map(square).collect() })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_squares_are_those_of_the_mark() {
        let squares = Squares::of("c_x999/AOO1/PG/2026/0000042").unwrap();
        // Version 2: 25 squares a side. The corner begins behind the margin and is seven squares wide.
        assert_eq!(squares.side, 25 + 8);
        assert!(squares.path.starts_with("M4 4h1v1h-1z"));
        assert!(squares.path.contains("M10 4h") && !squares.path.contains("M11 4h"));
    }
}
