//! The page of the metadata of a thing: what is missing in them, in the words of whoever could see to it, and the file.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::page::{self, Page, Section};
use crate::http::body::Id;
use crate::http::guard::{Allowed, Permission, ReadDocument, ReadDossier, ReadEntry};
use crate::http::problem::Problem;
use crate::ids::{DocumentId, DossierId, EntryId};
use crate::metadata::{Described, Finding, FindingCode};
use crate::service::Refusal;

#[derive(Template)]
#[template(path = "metadata/show.html")]
struct MetadataPage {
    page: Page,
    /// Of the thing, without a host.
    path: String,
    name: String,
    missing: Vec<Found>,
    left_out: Vec<Found>,
}

/// What was found, with the fields that it is about.
struct Found {
    code: FindingCode,
    places: Vec<String>,
}

/// `GET /registers/{register}/entries/{year}/{number}/metadata`
pub async fn of_entry(
    allowed: Allowed<ReadEntry>,
    Id(id): Id<EntryId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (path, name) = (id.path(), format!("{} {}/{}", id.register, id.number, id.year));
    let described = allowed.block(move |archive, actor| archive.entry_metadata(actor, &id)).await??;
    show(&request, &allowed, path, name, described)
}

/// `GET /documents/{id}/metadata`
pub async fn of_document(
    allowed: Allowed<ReadDocument>,
    Id(id): Id<DocumentId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (described, name) = allowed
        .block(move |archive, actor| {
            let described = archive.document_metadata(actor, id)?;
            Ok::<_, Refusal>((described, archive.document_details(actor, id)?.file_name))
        })
        .await??;
    show(&request, &allowed, format!("documents/{id}"), name, described)
}

/// `GET /dossiers/{id}/metadata`
pub async fn of_dossier(
    allowed: Allowed<ReadDossier>,
    Id(id): Id<DossierId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (described, name) = allowed
        .block(move |archive, actor| {
            let described = archive.dossier_metadata(actor, id)?;
            let dossier = archive.dossier_view(actor, id)?;
            Ok::<_, Refusal>((described, format!("{} {}", dossier.code, dossier.title)))
        })
        .await??;
    show(&request, &allowed, id.path(), name, described)
}

fn show<P: Permission>(
    request: &HttpRequest,
    allowed: &Allowed<P>,
    path: String,
    name: String,
    described: Described,
) -> Result<HttpResponse, Problem> {
    let section = match path.split('/').next() {
        Some("dossiers") => Section::Dossiers,
        Some("registers") => Section::Register,
        _ => Section::None,
    };
    let (missing, left_out): (Vec<_>, Vec<_>) = described.findings.into_iter().partition(|found| found.mandatory);
    let page = Page::of(request, allowed, section);
    page::show(&MetadataPage { page, path, name, missing: together(missing), left_out: together(left_out) })
}

/// What is said of several fields is said once.
fn together(findings: Vec<Finding>) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    for Finding { code, place, .. } in findings {
        match all.iter_mut().find(|found| found.code == code) {
            Some(found) => found.places.push(place),
            None => all.push(Found { code, places: vec![place] }),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::pages::words::Language;

    #[test]
    fn every_finding_has_its_words_in_both_languages() {
        for language in [Language::Italian, Language::English] {
            let words = language.words();
            for code in FindingCode::ALL {
                let key = format!("metadata-{}", code.name());
                assert!(words.known(&key).is_some(), "{key} in {language:?}");
            }
        }
    }
}
