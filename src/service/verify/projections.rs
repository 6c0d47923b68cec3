//! Do catalogue and index say what the journal says? Key by key, and item by item.

use std::path::Path;

use super::VerifyError;
use super::findings::{FactCode, Finding, FindingCode};
use super::ledger::Ledger;
use super::samples::{self, Texts};
use super::scratch::Scratch;
use crate::catalogue::{self, Catalogue};
use crate::digest::Blake3;
use crate::disk::Disk;
use crate::ids::EntryId;
use crate::index::{self, Filters, Index, ItemKind, Request, View};
use crate::service::open::Options;
use crate::text::derived::DerivedLocation;

/// Items of one kind that are each looked up in the index; of more, every so-manyth is.
const ITEMS_LOOKED_UP: u64 = 50_000;
/// Differences that are named one by one; what is rebuilt anyway needs no longer list.
const NAMED_MAX: usize = 20;

/// What a comparison found, and why it was not made if it was not.
pub struct Compared<'a> {
    pub finding: &'a mut dyn FnMut(Finding),
    pub skipped: &'a mut Vec<String>,
}

impl Compared<'_> {
    pub fn find(&mut self, code: FactCode, file: &Path, text: impl Into<String>) {
        let code = FindingCode::Facts(code);
        (self.finding)(Finding { code, file: file.to_owned(), offset: None, text: text.into() });
    }
}

/// The catalogue against the replay and the places where the contents were found.
pub fn catalogue(options: &Options, ledger: &Ledger, out: &mut Compared<'_>) -> Result<(), VerifyError> {
    let folder = options.projections.join("catalogue");
    // Opening makes what is not there.
    if !Disk::real().exists(&folder)? {
        out.skipped.push("the catalogue is not there: the next start makes it".to_owned());
        return Ok(());
    }
    let stored = match Catalogue::open(&folder, options.catalogue_cache) {
        Ok(stored) => stored,
        Err(error @ catalogue::OpenError::Corrupt { .. }) => {
            out.find(FactCode::CatalogueUnreadable, &folder, error.to_string());
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    let applied = match stored.applied() {
        Ok(applied) => applied.position,
        Err(error) => {
            out.find(FactCode::CatalogueUnreadable, &folder, error.to_string());
            return Ok(());
        }
    };
    if applied > ledger.events {
        let text = format!("it has applied {applied} events, the journal has {}", ledger.events);
        out.find(FactCode::CatalogueAhead, &folder, text);
        return Ok(());
    }
    if applied < ledger.events {
        let events = ledger.events;
        out.skipped.push(format!("the catalogue is at {applied} of {events} and catches up at the next start"));
        return Ok(());
    }
    let Some(replay) = ledger.replay.as_ref().filter(|_| !ledger.replay_broken) else {
        out.skipped.push("the catalogue: the journal could not be replayed whole".to_owned());
        return Ok(());
    };
    if let Err(error) = keys(&folder, &stored, replay, ledger, out) {
        out.find(FactCode::CatalogueUnreadable, &folder, error.to_string());
    }
    Ok(())
}

/// Walks both in step.
fn keys(
    folder: &Path,
    stored: &Catalogue,
    replay: &Scratch,
    ledger: &Ledger,
    out: &mut Compared<'_>,
) -> Result<(), catalogue::CatalogueError> {
    let mut differences = 0_usize;
    let mut differs = |out: &mut Compared<'_>, key: &[u8], what: &str| {
        differences += 1;
        if differences <= NAMED_MAX {
            let text = format!("key {} {what}", key.escape_ascii());
            out.find(FactCode::CatalogueDiffers, folder, text);
        }
    };
    let mut expected = replay.dump().peekable();
    let mut places = 0_u64;
    for pair in stored.dump() {
        let (key, value) = pair?;
        match key.first() {
            Some(b'b') => match place_fits(&key, &value, ledger) {
                true => places += 1,
                false => differs(out, &key, "gives a place where the content was not found"),
            },
            // Texts are extracted when there is time for it: only their shape can be checked.
            Some(b't') => {
                if key.len() != 33 || DerivedLocation::from_bytes(&value).is_none() {
                    differs(out, &key, "gives no place of a text");
                }
            }
            _ => {
                while let Some(Ok((missing, _))) = expected.next_if(|next| next.as_ref().is_ok_and(|n| n.0 < key)) {
                    differs(out, &missing, "is missing");
                }
                match expected.next_if(|next| next.as_ref().map_or(true, |next| next.0 == key)).transpose()? {
                    Some((_, right)) if right == value => {}
                    Some(_) => differs(out, &key, "has another value than the replay gives it"),
                    None => differs(out, &key, "does not come of the journal"),
                }
            }
        }
    }
    for pair in expected {
        differs(out, &pair?.0, "is missing");
    }
    let needed = ledger.needed.len() as u64;
    if places < needed {
        differs(out, b"b", &format!("stands for {places} contents of {needed}"));
    }
    if differences > NAMED_MAX {
        let text = format!("and {} more keys", differences - NAMED_MAX);
        out.find(FactCode::CatalogueDiffers, folder, text);
    }
    Ok(())
}

fn place_fits(key: &[u8], value: &[u8], ledger: &Ledger) -> bool {
    let Ok(digest) = <[u8; 32]>::try_from(&key[1..]) else { return false };
    let found = ledger.needed.get(&Blake3::from_bytes(digest)).and_then(|needed| needed.place);
    found.is_some_and(|place| place.to_bytes() == value)
}

/// The index: its files against their checksums, its position, and every item that it must have.
pub fn index(options: &Options, ledger: &Ledger, out: &mut Compared<'_>) -> Result<(), VerifyError> {
    let folder = options.projections.join("index");
    if !Disk::real().exists(&folder.join("meta.json"))? {
        out.skipped.push("the index is not there: the next start makes it".to_owned());
        return Ok(());
    }
    let stored = match Index::open(Some(&folder), index::Settings::default()) {
        Ok(stored) => stored,
        Err(error) if error.is_cured_by_rebuild() => {
            out.find(FactCode::IndexUnreadable, &folder, error.to_string());
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    let damaged = stored.damaged_files()?;
    for file in &damaged {
        out.find(FactCode::IndexDamaged, &folder.join(file), "the bytes do not match their checksum");
    }
    if !damaged.is_empty() {
        // What cannot be trusted is not asked.
        return Ok(());
    }
    let position = stored.position();
    if position > ledger.events {
        let text = format!("it has seen {position} events, the journal has {}", ledger.events);
        out.find(FactCode::IndexAhead, &folder, text);
        return Ok(());
    }
    if position < ledger.items_end {
        out.skipped.push(format!("the index is at {position} of {} and catches up at the next start", ledger.events));
        return Ok(());
    }
    items(&folder, &stored, ledger, out)?;
    let texts = Texts::open(options)?;
    samples::found_by_words(&folder, &stored, ledger, &texts, out)
}

fn items(folder: &Path, stored: &Index, ledger: &Ledger, out: &mut Compared<'_>) -> Result<(), VerifyError> {
    let entries = ledger.entries();
    let (documents, dossiers) = (ledger.documents.len() as u64, ledger.dossiers.len() as u64);
    let expected = entries + documents + dossiers;
    let kinds = [(ItemKind::Entry, entries), (ItemKind::Document, documents), (ItemKind::Dossier, dossiers)];
    let kinds =
        kinds.map(|(kind, made)| (Filters { kind: Some(kind), ..Filters::default() }, format!("{kind} items"), made));
    let numbered = ledger.numbers.iter().map(|((register, year), numbers)| {
        let (kind, code) = (Some(ItemKind::Entry), Some(register.to_string()));
        let filters = Filters { kind, register: code, year: Some(*year), ..Filters::default() };
        (filters, format!("entries of {register}/{year}"), numbers.count())
    });
    let whole = (Filters::default(), "items".to_owned(), expected);
    for (filters, what, made) in [whole].into_iter().chain(kinds).chain(numbered) {
        let holds = stored.search(&Request { filters, ..Request::default() }, &View::ALL)?.total;
        if holds != made {
            out.find(FactCode::IndexDiffers, folder, format!("it holds {holds} {what}, the journal made {made}"));
        }
    }
    let step = usize::try_from(expected.div_ceil(ITEMS_LOOKED_UP).max(1)).unwrap_or(usize::MAX);
    if step > 1 {
        out.skipped.push(format!("of the index every {step}th item was looked up"));
    }
    let numbered = ledger.numbers.iter().flat_map(|((register, year), numbers)| {
        numbers.all().map(|number| EntryId { register: register.clone(), year: *year, number })
    });
    let all = numbered
        .map(|id| (ItemKind::Entry, id.to_string()))
        .chain(ledger.documents.iter().map(|id| (ItemKind::Document, id.to_string())))
        .chain(ledger.dossiers.iter().map(|id| (ItemKind::Dossier, id.to_string())));
    let mut absent = 0;
    for (kind, id) in all.step_by(step) {
        if !stored.contains(kind, &id)? {
            absent += 1;
            if absent <= NAMED_MAX {
                out.find(FactCode::IndexDiffers, folder, format!("{kind} {id} is not in it"));
            }
        }
    }
    Ok(())
}
