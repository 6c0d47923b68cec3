//! The first page: what is there to do, and where things are.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::citizens;
use super::page::{self, Page, Reader, Section};
use super::shown::{self, Row};
use crate::http::guard::{Allowed, SignedIn};
use crate::http::problem::Problem;
use crate::service::{DossierView, DossiersQuery, EntriesQuery, Page as List};

/// Rows of each list.
const ROWS: usize = 10;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Page,
    entries: Vec<Row>,
    dossiers: Vec<DossierView>,
}

/// `GET /`
pub async fn show(allowed: Allowed<SignedIn>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let page = Page::of(&request, &allowed, Section::Home);
    if page.reader.as_ref().is_some_and(Reader::is_guest) {
        return citizens::home(&allowed, &request).await;
    }
    let (entries, dossiers) = allowed
        .block(move |archive, actor| {
            let mut rows = Vec::new();
            for register in archive.register_list() {
                let query = EntriesQuery { limit: Some(ROWS), ..EntriesQuery::default() };
                let list: List<_> = archive.entries(actor, &register.code, &query)?;
                rows.extend(list.items);
            }
            let query = DossiersQuery { limit: Some(ROWS), ..DossiersQuery::default() };
            Ok::<_, crate::service::Refusal>((rows, archive.dossiers(actor, &query)?.items))
        })
        .await??;
    let entries = entries.into_iter().take(ROWS).map(|entry| shown::row(&page, entry)).collect();
    page::show(&HomePage { page, entries, dossiers })
}
