//! Is everything still what was written? Every byte of both truths, every fact against the others, both projections
//! against a replay.
//!
//! Nothing is cut, mended or moved, and no truth is written to. Beside a running server only the truths are read, up to
//! where they stood at the beginning.

use std::path::{Path, PathBuf};

use serde::Serialize;

use self::findings::FactCode;
use self::ledger::Ledger;
use self::projections::Compared;
use self::scratch::Scratch;
use super::credentials::{Credentials, Damage};
use super::open::Options;
use crate::blob::{self, Location, Reference};
use crate::catalogue::{self, CatalogueError};
use crate::digest::{ContentDigests, ContentHasher, Sha256};
use crate::disk::{Disk, DiskError, FolderLock, LockError};
use crate::index;
use crate::journal;
use crate::limits;
use crate::model::event::AccessLogSealed;
use crate::text::DerivedError;

mod findings;
mod ledger;
mod projections;
mod samples;
mod scratch;

pub use findings::{Finding, FindingCode};

/// What was read, and how much of it was wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Entries of all registers.
    pub entries: u64,
    pub events: u64,
    /// Contents that events refer to.
    pub contents: u64,
    /// Of those contents that were found whole.
    pub bytes: u64,
    pub findings: u64,
    /// What was not checked, and why, for a person.
    pub skipped: Vec<String>,
}

/// How far a check has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// `journal`, `contents`, `catalogue`, `index` or `texts`.
    pub what: &'static str,
    /// Bytes, or documents, of so many.
    pub done: u64,
    pub of: u64,
}

/// Why a check was not made. What is wrong with the archive is never an error but a [`Finding`].
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error("there is no archive in {}", .0.display())]
    NoArchive(PathBuf),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("the catalogue cannot be opened")]
    Catalogue(#[from] catalogue::OpenError),
    #[error("the journal cannot be replayed")]
    Replay(#[from] CatalogueError),
    #[error("the index cannot be opened")]
    Index(#[from] index::OpenError),
    #[error("the index cannot be searched")]
    Search(#[from] index::SearchError),
    #[error("the kept texts cannot be read")]
    Texts(#[from] DerivedError),
    #[error("documents cannot be read again")]
    Extraction(#[source] std::io::Error),
}

/// How much is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// A server is running on the folder.
    Beside,
    /// Both truths, no projection.
    Truths,
    Whole,
    /// And every document is read again.
    Deep,
}

/// Checks an archive. `beside` says that a server is running on the folder: then only the truths are read, up to where
/// they stand now. Without one the folder is held, so that none starts meanwhile.
///
/// # Errors
/// When the check could not be made; damage goes to `finding`.
pub fn verify(
    options: &Options,
    beside: bool,
    finding: &mut dyn FnMut(Finding),
    progress: &mut dyn FnMut(Step),
) -> Result<Report, VerifyError> {
    let extent = if beside { Extent::Beside } else { Extent::Whole };
    run(options, extent, finding, progress)
}

/// As [`verify`] of an archive that nobody holds, and every document is read again, to compare its text with the kept
/// one: of a large archive it takes as long as reading it has taken.
///
/// # Errors
/// As [`verify`].
pub fn verify_deep(
    options: &Options,
    finding: &mut dyn FnMut(Finding),
    progress: &mut dyn FnMut(Step),
) -> Result<Report, VerifyError> {
    run(options, Extent::Deep, finding, progress)
}

/// Checks both truths to the last byte and leaves the projections out, which can be rebuilt at any time.
///
/// # Errors
/// As [`verify`].
pub fn verify_truths(options: &Options, finding: &mut dyn FnMut(Finding)) -> Result<Report, VerifyError> {
    run(options, Extent::Truths, finding, &mut |_| {})
}

fn run(
    options: &Options,
    extent: Extent,
    finding: &mut dyn FnMut(Finding),
    progress: &mut dyn FnMut(Step),
) -> Result<Report, VerifyError> {
    let Options { root, disk, .. } = options;
    if !disk.exists(&root.join("journal"))? {
        return Err(VerifyError::NoArchive(root.clone()));
    }
    let _lock = if extent != Extent::Beside && disk.is_real() { Some(FolderLock::take(root)?) } else { None };
    let mut report = Report::default();
    let mut count = 0;
    let mut finding = |found: Finding| {
        count += 1;
        finding(found);
    };
    let mut ledger = read_journal(options, extent, &mut finding, progress)?;
    read_blobs(options, extent, &mut ledger, &mut report, &mut finding, progress)?;
    for sealed in &ledger.sealed {
        access_log(disk, root, sealed, &mut finding);
    }
    match Credentials::damage(disk, root)? {
        None => {}
        // A crash between the event of the first token and its hash leaves just this, so it is no damage by itself.
        Some(Damage::Missing) if ledger.tokens => report.skipped.push(format!("credentials.json: {}", Damage::Missing)),
        Some(Damage::Missing) => {}
        Some(damage) => {
            let (code, file) = (FindingCode::Facts(FactCode::CredentialsUnusable), root.join("credentials.json"));
            finding(Finding { code, file, offset: None, text: damage.to_string() });
        }
    }
    let mut compared = Compared { finding: &mut finding, skipped: &mut report.skipped };
    match extent {
        Extent::Whole | Extent::Deep => {
            progress(Step { what: "catalogue", done: 0, of: 0 });
            projections::catalogue(options, &ledger, &mut compared)?;
            progress(Step { what: "index", done: 0, of: 0 });
            projections::index(options, &ledger, &mut compared)?;
            let read = &mut |done, of| progress(Step { what: "texts", done, of });
            samples::fresh_texts(options, &ledger, extent == Extent::Deep, &mut compared, read)?;
        }
        Extent::Truths => compared.skipped.push("catalogue and index: only the truths were asked for".to_owned()),
        Extent::Beside => {
            let why = "catalogue and index, and what was written since the check began: a server is running";
            compared.skipped.push(why.to_owned());
        }
    }
    report.entries = ledger.entries();
    report.events = ledger.events;
    report.contents = ledger.needed.len() as u64;
    report.findings = count;
    Ok(report)
}

fn read_journal(
    options: &Options,
    extent: Extent,
    finding: &mut dyn FnMut(Finding),
    progress: &mut dyn FnMut(Step),
) -> Result<Ledger, VerifyError> {
    let Options { root, disk, .. } = options;
    let folder = root.join("journal");
    let mut of = 0;
    for entry in disk.list(&folder)?.iter().filter(|entry| !entry.is_folder) {
        of += disk.open(&folder.join(&entry.name))?.len()?;
    }
    let replay = if matches!(extent, Extent::Whole | Extent::Deep) { Some(Scratch::new(root, of)?) } else { None };
    // The journal grows with every event, and so every check draws another sample.
    let mut ledger = Ledger::new(replay, of);
    let settled = if extent == Extent::Beside { journal::Extent::Settled } else { journal::Extent::Whole };
    let (mut failed, mut before) = (None, 0);
    let mut current = PathBuf::new();
    let mut last = 0;
    let findings = std::cell::RefCell::new(finding);
    let mut each = |file: &Path, offset: u64, line: journal::RawLine| {
        if failed.is_some() {
            return;
        }
        if current != file {
            (before, current) = (before + last, file.to_owned());
        }
        last = offset;
        progress(Step { what: "journal", done: before + offset, of });
        let mut find = |found: Finding| (*findings.borrow_mut())(found);
        failed = ledger.take(file, offset, &line, &mut find).err();
    };
    journal::verify(disk, root, settled, &mut each, &mut |found| (*findings.borrow_mut())(found.into()))?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(ledger),
    }
}

fn read_blobs(
    options: &Options,
    extent: Extent,
    ledger: &mut Ledger,
    report: &mut Report,
    finding: &mut dyn FnMut(Finding),
    progress: &mut dyn FnMut(Step),
) -> Result<(), VerifyError> {
    let Options { root, disk, .. } = options;
    let of = ledger.needed.values().map(|needed| needed.size).sum();
    let upto = match extent {
        Extent::Beside => {
            blob::Extent::UpTo(blob::needed_tail(disk, root, &|digest| ledger.needed.contains_key(digest))?)
        }
        Extent::Truths | Extent::Whole | Extent::Deep => blob::Extent::Whole,
    };
    let findings = std::cell::RefCell::new(finding);
    let find = |code, place: &Location, text: String| {
        let (file, offset) = place_of(root, place);
        (*findings.borrow_mut())(Finding { code: FindingCode::Facts(code), file, offset, text });
    };
    let mut done = 0;
    // The pack being read, and the rank of its last content.
    let (mut last_rank, mut disordered) = (None, None);
    let mut check = |content: &ContentDigests, place: &Location| {
        let Some(needed) = ledger.needed.get_mut(&content.blake3) else { return Reference::None };
        if needed.place.is_some() {
            return Reference::Elsewhere;
        }
        needed.place = Some(*place);
        done += content.size;
        progress(Step { what: "contents", done, of });
        if (needed.sha256, needed.size) != (content.sha256, content.size) {
            let text =
                format!("{} is not of the SHA-256 and size that position {} states", content.blake3, needed.position);
            find(FactCode::ContentMismatch, place, text);
        }
        if let Location::Pack { pack, .. } = place {
            // One finding a pack: after the first, its others are seldom in order either.
            if last_rank.is_some_and(|last| needed.rank < last) && disordered != Some(*pack) {
                disordered = Some(*pack);
                find(
                    FactCode::ContentOutOfOrder,
                    place,
                    "it was referred to before contents that lie before it".to_owned(),
                );
            }
            last_rank = last_rank.max(Some(needed.rank));
        }
        Reference::Here
    };
    blob::verify(disk, root, upto, &mut check, &mut |found| (*findings.borrow_mut())(found.into()))?;
    report.bytes = done;
    for found in ledger::missing(&ledger.needed, root.join("blobs")) {
        (*findings.borrow_mut())(found);
    }
    Ok(())
}

/// The file of a place and where in it; a large content's file is named by its digest, which the text gives.
fn place_of(root: &Path, place: &Location) -> (PathBuf, Option<u64>) {
    match place {
        Location::Pack { pack, offset, .. } => (root.join(format!("blobs/packs/{pack:06}.zip")), Some(*offset)),
        Location::Large { .. } => (root.join("blobs/large"), None),
    }
}

/// A finished day's access log must be the one whose digest stands in the journal.
fn access_log(disk: &Disk, root: &Path, sealed: &AccessLogSealed, finding: &mut dyn FnMut(Finding)) {
    let file = root.join(format!("access/{}.jsonl", sealed.date));
    let (code, text) = match digest_of(disk, &file) {
        Ok((sha256, size)) if sha256 == sealed.sha256 && size == sealed.size => return,
        Ok((_, size)) => {
            (FactCode::AccessLogAltered, format!("{size} bytes, not the {} that were sealed", sealed.size))
        }
        Err(error) if error.is_not_found() => (FactCode::AccessLogMissing, "it was sealed and is gone".to_owned()),
        Err(error) => (FactCode::AccessLogMissing, format!("{error}: {}", error.source)),
    };
    finding(Finding { code: FindingCode::Facts(code), file, offset: None, text });
}

fn digest_of(disk: &Disk, path: &Path) -> Result<(Sha256, u64), DiskError> {
    let file = disk.open(path)?;
    let mut hasher = ContentHasher::default();
    let mut buffer = vec![0; limits::STREAM_CHUNK];
    let mut at = 0;
    loop {
        let count = file.read_at(at, &mut buffer)?;
        if count == 0 {
            break;
        }
        hasher.update(&buffer[..count]);
        at += count as u64;
    }
    let digests = hasher.finish();
    Ok((digests.sha256, digests.size))
}
