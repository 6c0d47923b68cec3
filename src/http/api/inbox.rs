//! Inboxes, and one thing done with many assignments.

use actix_web::HttpResponse;
use serde::Serialize;

use super::List;
use crate::http::body::{Json, Query};
use crate::http::guard::{Allowed, ReadInbox, WorkOnInbox};
use crate::http::problem::Problem;
use crate::model::dossier::EntryReference;
use crate::service::{InboxQuery, InboxWork};

/// `GET /api/v1/inbox`
pub async fn show(allowed: Allowed<ReadInbox>, Query(query): Query<InboxQuery>) -> Result<HttpResponse, Problem> {
    let page = allowed.block(move |archive, actor| archive.inbox(actor, &query)).await??;
    Ok(HttpResponse::Ok().json(page))
}

/// What became of one item.
#[derive(Serialize)]
struct Outcome {
    entry: EntryReference,
    outcome: &'static str,
    /// Why it was refused, as the answer to this alone would have said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Because>,
}

#[derive(Serialize)]
struct Because {
    r#type: String,
    title: &'static str,
    status: u16,
}

/// `POST /api/v1/inbox/answers`
pub async fn work(allowed: Allowed<WorkOnInbox>, Json(work): Json<InboxWork>) -> Result<HttpResponse, Problem> {
    let outcomes = allowed.archive.work_on_inbox(&allowed.actor, &work).await?;
    let outcome = |(done, item): (Result<(), _>, &crate::service::WorkItem)| {
        let problem = done.err().map(|refusal| {
            let kind = Problem::from(refusal).kind;
            Because { r#type: kind.urn(), title: kind.title(), status: kind.status() }
        });
        let outcome = if problem.is_some() { "refused" } else { "done" };
        Outcome { entry: item.entry.clone(), outcome, problem }
    };
    let outcomes = outcomes.into_iter().zip(&work.items).map(outcome).collect();
    Ok(HttpResponse::Ok().json(List::whole(outcomes)))
}
