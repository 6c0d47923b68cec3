//! The desk: pages for the registry office, staff and citizens, over the same services as the API.
//!
//! A page's address is that of the API without `/api/v1`. Templates stand in `templates/`, all words in `texts/`, one
//! file a language. Every page works without scripts; what scripts add they find by `data-` attributes.

pub mod absences;
pub mod administration;
mod anew;
mod asked;
pub mod assets;
mod assignments;
pub mod bulk;
mod chosen_dossier;
mod citizens;
pub mod daily;
pub mod document_forms;
pub mod documents;
pub mod dossier_forms;
pub mod dossiers;
mod draft;
pub mod earlier;
pub mod emergency;
pub mod entries;
pub mod entry;
pub mod entry_forms;
pub mod filing;
pub mod form;
mod go_on;
pub mod home;
pub mod inbox;
pub mod label;
pub mod messages;
pub mod metadata;
mod names;
pub mod offices;
pub mod page;
pub mod people;
mod person;
pub mod problems;
mod refused;
pub mod registers;
mod said;
pub mod schemes;
pub mod search;
pub mod session;
mod shown;
pub mod things;
pub mod tokens;
mod tree;
mod words;
