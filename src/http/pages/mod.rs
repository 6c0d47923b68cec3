//! The desk: pages for the registry office, staff and citizens, over the same services as the API.
//!
//! A page's address is that of the API without `/api/v1`. Templates stand in `templates/`, all words in `texts/`, one
//! file a language. Every page works without scripts; what scripts add they find by `data-` attributes.

mod asked;
pub mod assets;
pub mod documents;
pub mod entries;
pub mod entry;
pub mod entry_forms;
pub mod form;
pub mod home;
mod names;
pub mod page;
pub mod problems;
pub mod search;
pub mod session;
mod shown;
pub mod things;
mod words;
