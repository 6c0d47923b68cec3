//! The handlers, one file per noun: each reads the request, calls the service, and answers.

use actix_web::HttpResponse;
use actix_web::http::header;
use serde::{Deserialize, Serialize};

use super::problem::Problem;
use crate::limits;
use crate::service::Refusal;

pub mod absences;
pub mod blobs;
pub mod content;
pub mod daily;
pub mod documents;
pub mod dossiers;
pub mod earlier;
pub mod entries;
pub mod events;
pub mod exports;
pub mod filing;
pub mod inbox;
pub mod labels;
pub mod marks;
pub mod messages;
pub mod metadata;
pub mod offices;
pub mod packages;
pub mod people;
pub mod proposals;
pub mod registers;
pub mod renditions;
pub mod running;
pub mod saved_searches;
pub mod schemes;
pub mod search;
pub mod session;
pub mod stamps;
pub mod things;

/// A list as every list is answered.
#[derive(Serialize)]
pub struct List<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// A list without a next page: `limit` has been kept already.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }

    /// A page of a list that lies in memory: the cursor counts what went before.
    pub fn page(items: Vec<T>, paging: &Paging) -> Result<Self, Problem> {
        let from: usize = match paging.cursor.as_deref() {
            None => 0,
            Some(cursor) => cursor.parse().map_err(|_| Refusal::Cursor)?,
        };
        let next = from.saturating_add(rows(paging.limit));
        let next_cursor = (items.len() > next).then(|| next.to_string());
        let items = items.into_iter().take(next).skip(from).collect();
        Ok(Self { items, next_cursor })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn page(cursor: Option<&str>, limit: Option<usize>) -> (usize, Option<String>) {
        let paging = Paging { cursor: cursor.map(str::to_owned), limit };
        List::page((0..120).collect(), &paging).map(|page| (page.items.len(), page.next_cursor)).unwrap()
    }

    #[test]
    fn a_list_is_given_in_pages() {
        let next = |cursor: &str| Some(cursor.to_owned());
        assert_eq!(page(None, None), (50, next("50")));
        assert_eq!(page(Some("50"), None), (50, next("100")));
        assert_eq!(page(Some("100"), None), (20, None));
        assert_eq!(page(None, Some(120)), (120, None), "not one page too many");
        assert_eq!(page(None, Some(0)), (1, next("1")));
        assert_eq!(page(Some("18446744073709551615"), Some(500)), (0, None), "beyond the end");
        let unread = Paging { cursor: Some("x".to_owned()), limit: None };
        assert!(List::page(vec![0], &unread).is_err());
    }
}
