//! Stars on pages: one button, and back to where it was pressed.

use actix_web::{HttpRequest, HttpResponse};

use super::form::Submitted;
use super::page;
use crate::http::guard::{Allowed, KeepDesk, Permission};
use crate::http::problem::Problem;
use crate::model::access::Actor;
use crate::service::{Archive, Refusal, Thing};

/// `POST /starred`: `kind`, `id`, `starred` where a star is given, and `then`.
pub async fn star(submitted: Submitted<KeepDesk>) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let thing = Thing { kind: fields.text("kind").to_owned(), id: fields.text("id").to_owned() };
    let starred = fields.ticked("starred");
    allowed.block(move |archive, actor| archive.star(actor, thing, starred)).await??;
    Ok(page::go_to(page::ours(fields.text("then")).unwrap_or("/")))
}

/// Notes that a thing's page was opened, and tells whether it is starred. Beside a list it is looked at, not opened. What
/// is at hand may be lost, and keeps no page from being shown.
pub async fn opened<P: Permission>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    kind: &str,
    id: String,
) -> Result<bool, Problem> {
    let (thing, glance) = (Thing { kind: kind.to_owned(), id }, request.headers().contains_key("HX-Request"));
    let work = move |archive: &Archive, actor: &Actor| {
        if !glance {
            archive.note_opened(actor, thing.clone())?;
        }
        archive.is_starred(actor, &thing)
    };
    match allowed.block(work).await? {
        // Who may see a number and a date, or acts for somebody else, keeps nothing at hand.
        Err(Refusal::Forbidden | Refusal::NotFound(_)) => Ok(false),
        Err(refusal) => {
            tracing::warn!(cause = refusal.causes(), "what is at hand is not known");
            Ok(false)
        }
        Ok(is_starred) => Ok(is_starred),
    }
}

/// The page of a thing.
pub fn address(kind: &str, id: &str) -> String {
    match kind {
        "entry" => {
            let (register, rest) = id.split_once('/').unwrap_or((id, ""));
            format!("/registers/{register}/entries/{rest}")
        }
        "dossier" => format!("/dossiers/{id}"),
        _ => format!("/documents/{id}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_have_the_addresses_of_the_api() {
        assert_eq!(address("entry", "PG/2026/42"), "/registers/PG/entries/2026/42");
        assert_eq!(address("document", "17-0"), "/documents/17-0");
        assert_eq!(address("dossier", "0c2f"), "/dossiers/0c2f");
    }
}
