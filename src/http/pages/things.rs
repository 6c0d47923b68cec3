//! Stars on pages: one button, and back to where it was pressed.

use actix_web::HttpResponse;

use super::form::Submitted;
use super::page;
use crate::http::guard::KeepDesk;
use crate::http::problem::Problem;
use crate::service::Thing;

/// `POST /starred`: `kind`, `id`, `starred` where a star is given, and `then`.
pub async fn star(submitted: Submitted<KeepDesk>) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let thing = Thing { kind: fields.text("kind").to_owned(), id: fields.text("id").to_owned() };
    let starred = fields.ticked("starred");
    allowed.block(move |archive, actor| archive.star(actor, thing, starred)).await??;
    Ok(page::go_to(page::ours(fields.text("then")).unwrap_or("/")))
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
