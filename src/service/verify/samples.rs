//! Does the index find what it holds, and do the kept texts say what the documents say? A sample of both, drawn anew with
//! every event of the journal.

use std::path::Path;

use super::VerifyError;
use super::findings::FactCode;
use super::ledger::Ledger;
use super::projections::Compared;
use crate::blob::{Location, MEMBER_HEADER};
use crate::catalogue::{Catalogue, Look};
use crate::digest::Blake3;
use crate::disk::{Disk, DiskError};
use crate::ids::{EntryId, Position};
use crate::index::{Index, ItemKind, View};
use crate::service::open::Options;
use crate::service::probe::{finds, probes};
use crate::service::rereading::told_to_the_index;
use crate::text::{
    DerivedLocation, EXTRACTOR_VERSION, Extraction, Extractor, Kept, Limits, Pass, Reason, Request, derived, media,
};

/// Entries that are looked for by their words.
const ENTRIES_SAMPLED: usize = 200;
/// Texts that are compared with a fresh reading, unless all are asked for.
const TEXTS_SAMPLED: usize = 20;

/// An entry as its registration states it.
pub struct Sampled {
    pub id: EntryId,
    pub subject: String,
    pub names: Vec<String>,
    pub contents: Vec<Blake3>,
}

/// So many of all the entries that pass by, each with the same chance.
pub struct Sample {
    /// Another one draws others.
    seed: u64,
    seen: u64,
    pub entries: Vec<Sampled>,
}

impl Sample {
    pub fn new(seed: u64) -> Self {
        Self { seed, seen: 0, entries: Vec::new() }
    }

    pub fn offer(&mut self, position: Position, make: impl FnOnce() -> Sampled) {
        self.seen += 1;
        if self.entries.len() < ENTRIES_SAMPLED {
            return self.entries.push(make());
        }
        let drawn = Blake3::of(&[self.seed.to_le_bytes(), position.to_le_bytes()].concat());
        let drawn = drawn.as_bytes().first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes)) % self.seen;
        if let Some(place) = usize::try_from(drawn).ok().and_then(|at| self.entries.get_mut(at)) {
            *place = make();
        }
    }
}

impl Sample {
    /// Facts of an entry were annulled and given anew: it is found by what is right now.
    pub fn renew(&mut self, id: &EntryId, subject: Option<&str>, names: Option<Vec<String>>) {
        if let Some(sampled) = self.entries.iter_mut().find(|sampled| sampled.id == *id) {
            sampled.subject = subject.map_or_else(|| std::mem::take(&mut sampled.subject), str::to_owned);
            sampled.names = names.unwrap_or_else(|| std::mem::take(&mut sampled.names));
        }
    }
}

/// The kept texts, read beside whatever else is open.
pub struct Texts<'a> {
    options: &'a Options,
    catalogue: Option<Catalogue>,
}

impl<'a> Texts<'a> {
    /// Without a catalogue that opens nobody knows where the texts are.
    pub fn open(options: &'a Options) -> Result<Self, DiskError> {
        let folder = options.projections.join("catalogue");
        let there = Disk::real().exists(&folder)?;
        let catalogue = if there { Catalogue::open(&folder, options.catalogue_cache).ok() } else { None };
        Ok(Self { options, catalogue })
    }

    fn of(&self, blake3: &Blake3) -> Result<Option<Kept>, VerifyError> {
        let place = self.catalogue.as_ref().and_then(|catalogue| catalogue.text(blake3).ok().flatten());
        let Some(place) = place.as_deref().and_then(DerivedLocation::from_bytes) else { return Ok(None) };
        Ok(derived::read(&self.options.disk, &self.options.root, blake3, place)?)
    }
}

/// Looks for each entry of the sample by its number, a word of its subject, a correspondent and a word of each text.
pub fn found_by_words(
    folder: &Path,
    stored: &Index,
    ledger: &Ledger,
    texts: &Texts<'_>,
    out: &mut Compared<'_>,
) -> Result<(), VerifyError> {
    let told = told_to_the_index(&texts.options.disk, &texts.options.root);
    for Sampled { id, subject, names, contents } in &ledger.sample.entries {
        let key = id.to_string();
        let has = |query: &str| finds(stored, ItemKind::Entry, &key, query, &View::ALL);
        // What it does not hold at all has been said.
        if !has("")? {
            continue;
        }
        let mut words = Vec::new();
        // A text may be kept and the program ended before the index had it.
        if !has("text:pending OR text:awaiting-recognition")? {
            for blake3 in contents {
                let kept = texts.of(blake3)?.filter(|kept| !kept.maker.again || kept.maker.at < told);
                words.extend(kept.map(|kept| kept.extraction.text));
            }
        }
        let number = Some((id.register.as_str(), id.year, id.number));
        let (names, words) = (names.iter().map(String::as_str), words.iter().map(String::as_str));
        for probe in probes(number, subject, names, words) {
            if !has(&probe.query)? {
                out.find(FactCode::IndexMisses, folder, format!("entry {key} is not found by {}", probe.by));
            }
        }
    }
    Ok(())
}

/// Reads documents again and compares what comes of it with what is kept: a sample, or all.
pub fn fresh_texts(
    options: &Options,
    ledger: &Ledger,
    all: bool,
    out: &mut Compared<'_>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), VerifyError> {
    let Some((program, arguments)) = options.extraction.clone() else { return Ok(()) };
    let (limits, engines) = (Limits::default(), options.engines.clone());
    let fingerprint = engines.fingerprint();
    let extractor = Extractor::start(program, arguments, 1, limits, engines).map_err(VerifyError::Extraction)?;
    let texts = Texts::open(options)?;
    let contents: Vec<&Blake3> = match all {
        true => ledger.needed.keys().collect(),
        false => ledger.sample.entries.iter().flat_map(|entry| &entry.contents).collect(),
    };
    let of = if all { contents.len() } else { contents.len().min(TEXTS_SAMPLED) } as u64;
    let (mut read, mut left_out) = (0, 0_u64);
    for blake3 in contents {
        if read >= of {
            break;
        }
        let Some(kept) = texts.of(blake3)? else { continue };
        // What another reader made may well be other.
        let same = kept.maker.version == EXTRACTOR_VERSION && kept.maker.engines == fingerprint;
        let place = ledger.needed.get(blake3).and_then(|needed| needed.place);
        let bytes = match place.filter(|_| same) {
            Some(place) => content(options, &place)?,
            None => None,
        };
        let Some(bytes) = bytes else {
            left_out += 1;
            continue;
        };
        read += 1;
        progress(read, of);
        if let Some(what) = difference(&extractor, &kept.extraction, &bytes) {
            let file = options.root.join("derived/packs");
            out.find(FactCode::TextDiffers, &file, format!("the text of {blake3} {what}"));
        }
    }
    if all && left_out > 0 {
        out.skipped.push(format!("{left_out} texts: they were made by another reader, or the document is large"));
    }
    Ok(())
}

/// A content that lies in a pack; larger ones are not read twice.
fn content(options: &Options, place: &Location) -> Result<Option<Vec<u8>>, DiskError> {
    let Location::Pack { pack, offset, size } = place else { return Ok(None) };
    let file = options.disk.open(&options.root.join(format!("blobs/packs/{pack:06}.zip")))?;
    Ok(Some(file.read_vec(offset + MEMBER_HEADER, *size as usize)?))
}

/// In what a fresh reading differs, as far as one reading can tell.
fn difference(extractor: &Extractor, kept: &Extraction, bytes: &[u8]) -> Option<&'static str> {
    let media_type = media::media_type(&bytes[..bytes.len().min(media::HEAD_SIZE)], "");
    let open = || {
        Ok::<_, std::convert::Infallible>(Request { media_type, size: bytes.len() as u64, content: Box::new(bytes) })
    };
    let Ok(fresh) = extractor.extract_persistently(Pass::First, open);
    // The moment's fault, or left to a slower pass.
    let unsure = |extraction: &Extraction| {
        extraction.state.reason().is_some_and(|reason| {
            !reason.is_lasting() || reason.may_be_bad_luck() || reason == Reason::AwaitingRecognition
        })
    };
    if unsure(&fresh) || unsure(kept) {
        return None;
    }
    match (fresh.state == kept.state, fresh.text == kept.text) {
        (true, true) => None,
        (false, _) => Some("is kept as of another state than a fresh reading gives it"),
        (true, false) => Some("is not what a fresh reading gives"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_bounded_and_each_seed_draws_its_own() {
        let drawn = |seed: u64, of: u64| {
            let mut sample = Sample::new(seed);
            for number in 1..=of {
                let id = EntryId { register: "PG".parse().unwrap(), year: 2026, number };
                sample.offer(number, || Sampled { id, subject: String::new(), names: vec![], contents: vec![] });
            }
            let mut numbers: Vec<u64> = sample.entries.iter().map(|entry| entry.id.number).collect();
            numbers.sort_unstable();
            numbers
        };
        assert_eq!(drawn(1, 50), (1..=50).collect::<Vec<_>>());
        let many = drawn(1, 5_000);
        assert_eq!((many.len(), &many), (ENTRIES_SAMPLED, &drawn(1, 5_000)));
        assert_ne!(many, drawn(2, 5_000));
        let late = many.iter().filter(|number| **number > 2_500).count();
        assert!((60..140).contains(&late), "{late} of the later half");
    }
}
