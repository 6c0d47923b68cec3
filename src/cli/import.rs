//! `tabularium import`: every file of a folder or ZIP becomes a document that is not registered.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};

use clap::Args;

use super::archive::{Hand, Way, options};
use super::failure::Failure;
use super::progress::Progress;
use super::tree;
use super::zip_file::{self, Zip, ZipLimits};
use super::{Data, Outcome, print};
use crate::config::Config;
use crate::control::{Denial, Kind, Request};
use crate::ids::ClassCode;
use crate::limits;

/// File every file of a folder (with the folders in it) or of a ZIP as a document that is not registered
///
/// A file is known by its path within the folder and its content: run it again after an interruption, or after files
/// were added, and only what is missing is filed. Hidden files, links and devices are left out and named; so are files
/// whose names or sizes cannot be, and then the exit code is 1. A ZIP is never unpacked to disk; one that is a bomb is
/// refused. With a running server the files go through it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabularium import /mnt/scans --data /srv/archive
  tabularium import delibere-2019.zip --classification 1.6 --data /srv/archive")]
pub struct Import {
    /// A folder or a ZIP
    #[arg(value_name = "FOLDER|ZIP")]
    what: PathBuf,
    /// The class of all these documents, such as 6.3
    #[arg(long, value_name = "CODE")]
    classification: Option<ClassCode>,
    #[command(flatten)]
    data: Data,
}

/// A file that can be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Within the folder or ZIP, parted by `/`.
    pub path: String,
    pub size: u64,
    /// Its place in a ZIP.
    pub number: usize,
}

/// Something that is not imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub path: String,
    pub why: String,
    /// Somebody may miss it: the exit code says so.
    pub fault: bool,
}

impl LeftOut {
    pub fn fine(path: impl Into<String>, why: impl Into<String>) -> Self {
        Self { path: path.into(), why: why.into(), fault: false }
    }

    pub fn fault(path: impl Into<String>, why: impl Into<String>) -> Self {
        Self { path: path.into(), why: why.into(), fault: true }
    }

    /// For a terminal, whatever the name holds.
    fn line(&self) -> String {
        let mut path: String =
            self.path.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).take(200).collect();
        if self.path.chars().count() > 200 {
            path.push('…');
        }
        format!("left out {path}: {}", self.why)
    }
}

#[derive(Debug, Default)]
pub struct Listing {
    pub pieces: Vec<Piece>,
    pub left_out: Vec<LeftOut>,
}

/// Where the files are read from. Each thread has its own.
#[derive(Clone)]
enum Source {
    Tree(PathBuf),
    Zip(Zip),
}

/// What became of a piece.
enum Filed {
    New,
    Existing,
    LeftOut(LeftOut),
}

#[derive(Default)]
struct Count {
    new: u64,
    existing: u64,
    left_out: u64,
    faults: u64,
}

impl Import {
    pub fn run(self, config: &Config) -> Result<Outcome, Failure> {
        let refuse = |message: String| Failure::Import { path: self.what.clone(), message };
        let kind = std::fs::metadata(&self.what).map_err(|error| refuse(error.to_string()))?;
        let (source, listing) = if kind.is_dir() {
            (Source::Tree(self.what.clone()), tree::list(&self.what, &self.data.folder))
        } else {
            let opened = zip_file::open(&self.what).and_then(|mut zip| {
                let listing = zip_file::list(&mut zip, ZipLimits::default())?;
                Ok((Source::Zip(zip), listing))
            });
            opened.map_err(|error| refuse(Denial::because(Kind::Refused, &error).message))?
        };
        let way = Way::to(options(&self.data.folder, config))?;
        let count = import(&way, &self.what, &source, listing, self.classification.as_ref());
        way.close();
        let count = count?;
        print(&format!("{} new, {} already there, {} left out", count.new, count.existing, count.left_out))?;
        Ok(if count.faults == 0 { Outcome::Yes } else { Outcome::No })
    }
}

/// Several files are under way at the same time, so that the writer makes many durable at once.
fn import(
    way: &Way,
    what: &Path,
    source: &Source,
    listing: Listing,
    classification: Option<&ClassCode>,
) -> Result<Count, Failure> {
    let mut progress = Progress::new("importing");
    let mut count = Count::default();
    for left in listing.left_out {
        count.leave(&left, &progress);
    }
    let total = listing.pieces.len();
    let pieces = Arc::new(listing.pieces);
    let (next, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let (report, reports) = channel();
    let mut threads = Vec::new();
    for _ in 0..limits::IMPORT_AT_ONCE.min(total) {
        let worker = Worker {
            hand: way.hand()?,
            source: source.clone(),
            what: what.to_owned(),
            pieces: Arc::clone(&pieces),
            next: Arc::clone(&next),
            stop: Arc::clone(&stop),
            classification: classification.cloned(),
        };
        let report = report.clone();
        let run = move || worker.run(&report);
        threads.push(std::thread::Builder::new().name("import".to_owned()).spawn(run).map_err(Failure::Thread)?);
    }
    drop(report);
    let mut failure = None;
    for (done, filed) in reports.iter().enumerate() {
        match filed {
            Ok(Filed::New) => count.new += 1,
            Ok(Filed::Existing) => count.existing += 1,
            Ok(Filed::LeftOut(left)) => count.leave(&left, &progress),
            Err(error) => {
                stop.store(true, Ordering::Release);
                failure.get_or_insert(error);
            }
        }
        progress.set(done as u64 + 1, total as u64);
    }
    for thread in threads {
        if thread.join().is_err() {
            tracing::error!("an import thread panicked");
        }
    }
    match failure {
        None => Ok(count),
        Some(failure) => {
            progress.say(&format!("stopped: {} were filed before, and are found again next time", count.new));
            Err(failure)
        }
    }
}

impl Count {
    fn leave(&mut self, left: &LeftOut, progress: &Progress) {
        self.left_out += 1;
        self.faults += u64::from(left.fault);
        progress.say(&left.line());
    }
}

struct Worker {
    hand: Hand,
    source: Source,
    what: PathBuf,
    pieces: Arc<Vec<Piece>>,
    next: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    classification: Option<ClassCode>,
}

/// How often a file is tried that another import of the same bytes came in between of.
const ATTEMPTS: usize = 20;

impl Worker {
    fn run(mut self, report: &Sender<Result<Filed, Failure>>) {
        let pieces = Arc::clone(&self.pieces);
        while !self.stop.load(Ordering::Acquire) {
            let Some(piece) = pieces.get(self.next.fetch_add(1, Ordering::AcqRel)) else { return };
            if report.send(self.file(piece)).is_err() {
                return;
            }
        }
    }

    fn file(&mut self, piece: &Piece) -> Result<Filed, Failure> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let (asked, over) = match self.try_to_file(piece) {
                Ok(asked) => asked,
                Err(error) => {
                    let why = format!("it cannot be read: {error}");
                    return Ok(Filed::LeftOut(LeftOut::fault(&piece.path, why)));
                }
            };
            let denial = match asked {
                Ok(true) => return Ok(Filed::New),
                Ok(false) => return Ok(Filed::Existing),
                Err(denial) => denial,
            };
            match denial.kind {
                Kind::Again if attempt < ATTEMPTS => {}
                Kind::Contents if over && matches!(self.source, Source::Zip(_)) => return Err(self.bomb(piece)),
                Kind::Invalid if denial.fields.iter().any(|field| field.field == "classification") => {
                    return Err(denial.into());
                }
                Kind::Contents | Kind::Invalid | Kind::Refused => {
                    let details = denial.fields.iter().map(|field| format!("; {}: {}", field.field, field.message));
                    let why = details.fold(denial.message.clone(), |why, detail| why + &detail);
                    return Ok(Filed::LeftOut(LeftOut::fault(&piece.path, why)));
                }
                Kind::Again | Kind::Unable | Kind::Broken => return Err(denial.into()),
            }
        }
    }

    /// Whether it was new, and whether it held more than it had said.
    fn try_to_file(&mut self, piece: &Piece) -> io::Result<(Result<bool, Denial>, bool)> {
        let request = Request::ImportDocument {
            path: piece.path.clone(),
            size: piece.size,
            classification: self.classification.clone(),
        };
        let ask = |contents: &mut dyn Read| {
            let mut contents = Measured { contents, left: piece.size, over: false };
            let answer = self.hand.ask(request, &mut contents);
            let new = answer.map(|answer| answer.get("new").and_then(serde_json::Value::as_bool).unwrap_or(true));
            (new, contents.over)
        };
        match &mut self.source {
            Source::Tree(root) => Ok(ask(&mut tree::open(root, piece)?)),
            Source::Zip(zip) => Ok(ask(&mut zip.by_index(piece.number).map_err(io::Error::other)?)),
        }
    }

    fn bomb(&self, piece: &Piece) -> Failure {
        let bomb = format!(
            "it is a bomb: {} unpacks to more than the {} bytes it is said to have. Nothing of that was filed",
            piece.path, piece.size
        );
        Failure::Bomb { path: self.what.clone(), bomb }
    }
}

/// Notices contents that go on after their announced end.
struct Measured<'a> {
    contents: &'a mut dyn Read,
    left: u64,
    over: bool,
}

impl Read for Measured<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.contents.read(buffer);
        // The ZIP's reader notices it too, and has no kind of its own for it: a test watches the words.
        self.over |= read.as_ref().is_err_and(|error| error.to_string().contains("larger than its declared"));
        let count = read?;
        self.over |= count as u64 > self.left;
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}
