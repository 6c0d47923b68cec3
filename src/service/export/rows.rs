//! What one row of an export says: an entry, a document or a dossier as this reader may see it.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::Value;

use super::Language;
use crate::clock;
use crate::ids::{DocumentId, DossierId, EntryId};
use crate::index::Hit;
use crate::model::access::{Action, Actor};
use crate::service::core::Core;
use crate::service::dossiers::dossier_view;
use crate::service::items::Key;
use crate::service::read::AnyDocument;
use crate::service::refusal::Refusal;
use crate::service::register::{dossier_links, view as entry_view};

/// English and Italian headings, and how wide a column is in letters.
pub(super) const COLUMNS: [(&str, &str, f64); 15] = [
    ("kind", "tipo", 12.0),
    ("register", "registro", 9.0),
    ("number", "numero", 9.0),
    ("year", "anno", 6.0),
    ("date", "data", 17.0),
    ("direction", "verso", 11.0),
    ("subject", "oggetto", 60.0),
    ("senders", "mittenti", 30.0),
    ("recipients", "destinatari", 30.0),
    ("classification", "classifica", 11.0),
    ("offices", "uffici", 20.0),
    ("dossiers", "fascicoli", 20.0),
    ("state", "stato", 11.0),
    ("documents", "documenti", 40.0),
    ("id", "id", 20.0),
];

/// The archive's own words.
const WORDS: [(&str, &str); 10] = [
    ("entry", "registrazione"),
    ("document", "documento"),
    ("dossier", "fascicolo"),
    ("case", "pratica"),
    ("incoming", "in arrivo"),
    ("outgoing", "in partenza"),
    ("internal", "interno"),
    ("open", "aperto"),
    ("closed", "chiuso"),
    ("annulled", "annullata"),
];

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    Number(u64),
    /// On the wall clock in Rome.
    Time(DateTime),
}

pub(super) type Row = [Cell; COLUMNS.len()];

impl Cell {
    /// About the bytes it takes in memory or in the file.
    pub fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len() + 16,
            _ => 16,
        }
    }

    fn list(texts: impl IntoIterator<Item = String>) -> Self {
        let texts: Vec<String> = texts.into_iter().collect();
        if texts.is_empty() { Self::Empty } else { Self::Text(texts.join("; ")) }
    }

    fn text(text: Option<impl ToString>) -> Self {
        text.map_or(Self::Empty, |text| Self::Text(text.to_string()))
    }

    fn time(time: Timestamp) -> Self {
        // Microseconds are of no use to who reads a table.
        let at = clock::in_rome(time).datetime();
        Self::Time(at.with().subsec_nanosecond(0).build().unwrap_or(at))
    }
}

/// A word of the archive in a language.
pub(super) fn word(language: Language, word: &str) -> Cell {
    let known = WORDS.iter().find(|(english, _)| *english == word && language == Language::Italian);
    Cell::Text(known.map_or(word, |(_, italian)| italian).to_owned())
}

/// The row of a hit; none where the actor may not read it now.
pub(super) fn row_of(core: &Core, actor: &Actor, hit: &Hit, language: Language) -> Result<Option<Row>, Refusal> {
    match Key::parse(hit.kind, &hit.id) {
        Some(Key::Entry(id)) => of_entry(core, actor, &id, language),
        Some(Key::Document(id)) => of_document(core, actor, id, language),
        Some(Key::Dossier(id)) => of_dossier(core, actor, id, language),
        None => Ok(None),
    }
}

fn of_entry(core: &Core, actor: &Actor, id: &EntryId, language: Language) -> Result<Option<Row>, Refusal> {
    let Some(found) = core.entry(id)? else { return Ok(None) };
    let Some(entry) = entry_view(core, actor, &found) else { return Ok(None) };
    // A number and a date are no row: what else there is was not found for this reader.
    let Some(details) = entry.details else { return Ok(None) };
    let named = |roles: &[&str]| {
        let all = details.correspondents.as_array().into_iter().flatten();
        let of_role = all.filter(|one| one["role"].as_str().is_some_and(|role| roles.contains(&role)));
        Cell::list(of_role.filter_map(|one| Value::as_str(&one["name"]).map(str::to_owned)))
    };
    let documents = details.document.iter().chain(&details.attachments);
    Ok(Some([
        word(language, "entry"),
        Cell::Text(entry.register.to_string()),
        Cell::Number(entry.number),
        Cell::Number(u64::try_from(entry.year).unwrap_or_default()),
        Cell::time(found.thing.registered_at),
        details.direction.map_or(Cell::Empty, |direction| word(language, direction)),
        Cell::text(details.subject.clone()),
        named(&["sender"]),
        named(&["recipient", "copy"]),
        Cell::text(details.classification.clone()),
        Cell::list(details.assignments.iter().filter_map(|one| one.office.as_ref().map(ToString::to_string))),
        Cell::list(details.dossiers.iter().map(|link| link.code.clone())),
        details.annulled.as_ref().map_or(Cell::Empty, |_| word(language, "annulled")),
        Cell::list(documents.map(|document| document.file.file_name.clone())),
        Cell::Text(id.to_string()),
    ]))
}

fn of_document(core: &Core, actor: &Actor, id: DocumentId, language: Language) -> Result<Option<Row>, Refusal> {
    let Ok(AnyDocument::Free(found)) = core.document_for(actor, id) else { return Ok(None) };
    let document = &found.thing;
    Ok(Some([
        word(language, "document"),
        Cell::Empty,
        Cell::Empty,
        Cell::Number(u64::try_from(clock::year_in_rome(document.created_at)).unwrap_or_default()),
        Cell::time(document.created_at),
        Cell::Empty,
        Cell::Text(document.title.clone()),
        Cell::Empty,
        Cell::Empty,
        Cell::text(document.classification.clone()),
        Cell::Empty,
        Cell::list(dossier_links(core, actor, &found.filed).into_iter().map(|link| link.code)),
        Cell::Empty,
        Cell::Text(document.current().file_name.clone()),
        Cell::Text(id.to_string()),
    ]))
}

fn of_dossier(core: &Core, actor: &Actor, id: DossierId, language: Language) -> Result<Option<Row>, Refusal> {
    let Ok(found) = core.dossier_for(actor, Action::ReadDossier, id) else { return Ok(None) };
    let dossier = dossier_view(core, actor, &found)?;
    Ok(Some([
        word(language, "dossier"),
        Cell::Empty,
        Cell::Empty,
        Cell::Number(u64::try_from(clock::year_in_rome(found.thing.opened_at)).unwrap_or_default()),
        Cell::time(found.thing.opened_at),
        Cell::Empty,
        Cell::Text(dossier.title),
        Cell::list(dossier.parties.into_iter().map(|party| party.name)),
        Cell::Empty,
        Cell::text(dossier.classification),
        Cell::list(dossier.office.iter().chain(&dossier.participants).map(ToString::to_string)),
        Cell::Text(dossier.code),
        word(language, dossier.state),
        Cell::Empty,
        Cell::Text(id.to_string()),
    ]))
}
