//! Labels of entries, ready to print.

use actix_web::HttpResponse;
use serde::Deserialize;

use super::content;
use crate::http::body::{Id, Query};
use crate::http::guard::{Allowed, ReadEntry};
use crate::http::problem::Problem;
use crate::ids::EntryId;
use crate::paper::{LabelOn, PLACES};

/// `?format=` and `&place=`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Asked {
    format: Format,
    /// On a sheet, from 1.
    place: Option<usize>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Format {
    #[default]
    Roll,
    A4,
}

impl Asked {
    fn on(&self) -> Result<LabelOn, Problem> {
        match (self.format, self.place) {
            (Format::Roll, None) => Ok(LabelOn::Roll),
            (Format::Roll, Some(_)) => Err(Problem::invalid("place", "only a sheet has places: add format=a4")),
            (Format::A4, place) => match place.unwrap_or(1) {
                place if (1..=PLACES).contains(&place) => Ok(LabelOn::Sheet { place }),
                _ => Err(Problem::invalid("place", format!("a place of the sheet, from 1 to {PLACES}, row by row"))),
            },
        }
    }
}

/// `GET …/label.pdf`
pub async fn show(
    allowed: Allowed<ReadEntry>,
    Id(id): Id<EntryId>,
    Query(asked): Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let on = asked.on()?;
    let name = format!("etichetta {} {}-{}.pdf", id.register, id.number, id.year);
    let pdf = allowed.block(move |archive, actor| archive.label(actor, &id, on)).await??;
    Ok(content::pdf_in_place(&name, pdf))
}
