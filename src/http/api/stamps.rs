//! Stamped copies: the registered document as it is handed to people, with its mark.

use actix_web::HttpResponse;

use super::content;
use crate::http::body::Id;
use crate::http::guard::{Allowed, ReadContent};
use crate::http::problem::Problem;
use crate::ids::DocumentId;

/// `GET /api/v1/documents/{id}/stamped`
pub async fn show(allowed: Allowed<ReadContent>, Id(id): Id<DocumentId>) -> Result<HttpResponse, Problem> {
    let copy = allowed.block(move |archive, actor| archive.stamped_copy(actor, id)).await??;
    Ok(content::pdf_attached(&copy.file_name, copy.pdf))
}
