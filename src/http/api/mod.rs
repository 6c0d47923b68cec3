//! The handlers, one file per noun: each reads the request, calls the service, and answers.

use actix_web::HttpResponse;
use actix_web::http::header;
use serde::{Deserialize, Serialize};

use crate::limits;

pub mod blobs;
pub mod content;
pub mod documents;
pub mod dossiers;
pub mod entries;
pub mod events;
pub mod filing;
pub mod packages;
pub mod people;
pub mod renditions;
pub mod running;
pub mod search;
pub mod session;

/// A list as every list is answered.
#[derive(Serialize)]
pub struct List<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// A list that is always given whole.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }
}

/// `?cursor=&limit=`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Paging {
    pub cursor: Option<String>,
    pub limit: Option<usize>,
}

/// Rows of a page: what was asked for, within bounds.
pub fn rows(limit: Option<usize>) -> usize {
    limit.unwrap_or(limits::PAGE_DEFAULT).clamp(1, limits::PAGE_MAX)
}

/// 201 with the address of what was made.
pub fn created(location: String, body: &impl Serialize) -> HttpResponse {
    HttpResponse::Created().insert_header((header::LOCATION, location)).json(body)
}
