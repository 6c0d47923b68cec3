//! Opening an archive: the two truths first, then the projections, then the threads that carry it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::access_log::{AccessLog, Seal};
use super::audit;
use super::core::{Core, Parts, Projection, ensure_reserve, recorded};
use super::credentials::{Credentials, CredentialsError};
use super::desk::Desk;
use super::formed;
use super::indexing::Indexer;
use super::people::Sessions;
use super::recognising::Recognising;
use super::refusal::Refusal;
use super::renditions::Renditions;
use super::replay::{Found, frontier_of};
use super::rereading::{Rereading, Retries};
use super::sealing::{SealCommand, SealError, Sealer};
use super::stamps::Stamps;
use super::status_note::StatusNote;
use super::texts::{Extracted, Extracting, Reader};
use super::writer::{Message, Writer};
use super::{Archive, Inner};
use crate::blob::{self, PackTail, Store};
use crate::catalogue::{self, Applied, Catalogue};
use crate::clock::{self, Clock};
use crate::disk::{self, Disk, DiskError, FolderLock, LockError};
use crate::index::{self, Index};
use crate::journal::{self, Journal};
use crate::limits;
use crate::model::event::{Event, FORMAT};
use crate::model::stamp::StampText;
use crate::text::{Derived, DerivedError, Engines, Extractor, Fences, Limits, RenderLimits, Renderer, Stamper};

/// How an archive is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data folder.
    pub root: PathBuf,
    /// Where the truths are kept.
    pub disk: Disk,
    /// Where `catalogue/` and `index/` are kept: the data folder itself, but for tests whose disk is in memory.
    pub projections: PathBuf,
    pub clock: Clock,
    /// The program that extracts texts, with its arguments; without one texts stay pending.
    pub extraction: Option<(PathBuf, Vec<OsString>)>,
    /// What else of this machine helps to read documents.
    pub engines: Engines,
    /// The fences around extraction processes that stand on this machine, where that was asked.
    pub fences: Option<Fences>,
    /// The program that draws first pages and its bounds; without one there are no thumbnails.
    pub rendering: Option<(PathBuf, RenderLimits)>,
    /// What is stamped on copies.
    pub stamp_text: StampText,
    /// The program that seals marks; without one they are sealed for trial.
    pub seal: Option<SealCommand>,
    /// Goes on although the clock is behind the last entry.
    pub accept_clock: bool,
    pub blobs: blob::Settings,
    pub journal: journal::Settings,
    /// Memory that the catalogue may use for its pages, in bytes.
    pub catalogue_cache: u64,
    pub pace: Pace,
}

/// How the work is paced that nobody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How long after a reader had bad luck its document is tried again.
    pub retry_after: Duration,
    /// How often the self-audit looks at one thing.
    pub audit_every: Duration,
    /// How often it is looked whether registers are to be formed; never by itself without it.
    pub form_every: Option<Duration>,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            retry_after: Duration::from_secs(limits::TEXT_RETRY_SECONDS),
            audit_every: Duration::from_millis(limits::AUDIT_MS),
            form_every: Some(Duration::from_millis(limits::FORM_MS)),
        }
    }
}

impl Options {
    /// The ordinary way: everything in one folder on the machine's disk.
    pub fn at(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            disk: Disk::real(),
            projections: root.to_owned(),
            clock: Clock::System,
            extraction: None,
            engines: Engines::default(),
            fences: None,
            rendering: None,
            stamp_text: StampText::default(),
            seal: None,
            accept_clock: false,
            blobs: blob::Settings::default(),
            journal: journal::Settings::default(),
            catalogue_cache: limits::CATALOGUE_CACHE,
            pace: Pace::default(),
        }
    }

    fn renderer(&self) -> Option<Renderer> {
        self.rendering.clone().map(|(program, limits)| Renderer::new(program, limits))
    }

    /// The program that reads documents stamps them too.
    fn stamper(&self) -> Option<Stamper> {
        self.extraction.clone().map(|(program, arguments)| Stamper::new(program, arguments))
    }
}

/// Why an archive was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error("there is no archive in {}; `tabularium init` makes one", .0.display())]
    NoArchive(PathBuf),
    #[error("there is an archive in this folder already")]
    NotEmpty,
    #[error(
        "the archive was written by a newer program (format {found}; this one reads up to {FORMAT}): install a newer tabularium"
    )]
    Newer { found: u32 },
    #[error(
        "the clock says {now}, but the last entry is of {last}: set the clock right, or start with --accept-clock if it is"
    )]
    ClockBehind { now: String, last: String },
    #[error("the journal cannot be read")]
    Journal(#[from] journal::OpenError),
    #[error("the blobs cannot be read")]
    Blobs(#[from] blob::OpenError),
    #[error("the catalogue cannot be opened")]
    Catalogue(#[from] catalogue::OpenError),
    #[error("the index cannot be opened")]
    Index(#[from] index::OpenError),
    #[error("the derived texts cannot be opened")]
    Derived(#[from] DerivedError),
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("the archive refused its first event")]
    Refused(#[source] Refusal),
    #[error("a thread could not be started")]
    Thread(#[source] std::io::Error),
}

/// What runs beside the requests, and how it is ended.
#[derive(Default)]
pub struct Threads(Mutex<Option<Running>>);

struct Running {
    writer: JoinHandle<()>,
    indexer: JoinHandle<()>,
    keeper: JoinHandle<()>,
    audit: JoinHandle<()>,
    forming: Option<JoinHandle<()>>,
    stop_keeping: Arc<AtomicBool>,
    texts: Option<Texts>,
    /// Let go last.
    _lock: Option<FolderLock>,
}

impl Threads {
    /// Looks at the work on texts, when there is any here.
    pub fn with_texts<T>(&self, look: impl FnOnce(&Texts) -> T) -> Option<T> {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().and_then(|running| running.texts.as_ref()).map(look)
    }
}

/// All that reads documents.
pub struct Texts {
    /// First to end: it asks the others.
    pub rereading: Rereading,
    _recognising: Recognising,
    pub extracting: Arc<Extracting>,
    pub reader: Arc<Reader>,
    pub fences: Option<Fences>,
}

/// How often, and after how long each, a locked index is tried again: the folder's own lock says that nobody has it.
const INDEX_ATTEMPTS: u32 = 40;
const INDEX_EVERY: Duration = Duration::from_millis(50);

/// How often the access log is synced and old uploads are looked for.
const KEEP_EVERY: Duration = Duration::from_secs(1);

impl Archive {
    /// Opens an archive, or an empty folder that is to become one. Returns at once; what the catalogue lacks is
    /// replayed by the writer, and until then writes are refused. See [`Archive::wait_ready`].
    pub fn open(options: Options) -> Result<Self, OpenError> {
        let Options { root, disk, .. } = &options;
        let lock = if disk.is_real() { Some(FolderLock::take(root)?) } else { None };
        let (catalogue, catalogue_note) = open_catalogue(&options)?;
        let (index, index_note) = open_index(&options)?;
        let applied = catalogue.applied().map_err(|error| OpenError::Refused(error.into()))?;
        let keep = applied.position.max(index.position());
        let (journal, reader, opened) =
            Journal::open(disk.clone(), root, options.journal, frontier_of(&applied), keep)?;
        if opened.cut_bytes > 0 {
            tracing::info!(bytes = opened.cut_bytes, "cut the end of a batch that was never acknowledged");
        }
        check_first_and_last(&options, &reader)?;
        let remembered = PackTail::from_bytes(&applied.tail).filter(|_| applied.position > 0);
        let (store, blobs, members) = Store::open(disk.clone(), root, options.blobs, remembered)?;
        let derived = Derived::open(disk.clone(), root)?;
        let access_log = AccessLog::open(disk.clone(), root)?;
        let credentials = Credentials::open(disk.clone(), root)?;
        let desk = Desk::new(disk.clone(), root);
        let parts = Parts {
            root: root.clone(),
            disk: disk.clone(),
            clock: options.clock.clone(),
            blobs: store,
            journal: reader,
            catalogue,
            index,
            derived,
            projections: options.projections.clone(),
        };
        let core = Arc::new(Core::new(parts, applied.position));
        for note in [catalogue_note, index_note].into_iter().flatten() {
            core.note(note);
        }
        if disk.is_real() && !ensure_reserve(disk, root)? {
            core.note(StatusNote::new("no-reserve", "", "there is no room for the reserve: free some space soon"));
        }
        let (sender, inbox) = channel();
        let mut writer = Writer::new(Arc::clone(&core), blobs, journal, inbox);
        let found = Found { members, remembered };
        let (texts, extracted) = start_texts(&options, &core, &sender)?;
        let writing = spawn("writer", move || {
            writer.start(found, &applied);
            writer.run();
        })?;
        let indexer =
            Indexer::new(Arc::clone(&core), texts.as_ref().map(|texts| Arc::clone(&texts.extracting)), extracted);
        let indexing = spawn("indexer", move || indexer.run())?;
        let sealer = Sealer::open(options.seal.as_ref())?;
        let (sessions, threads) = (Sessions::default(), Threads::default());
        let renditions = Renditions::new(options.renderer());
        let stamps = Stamps::new(options.stamper(), options.stamp_text.clone());
        let inner = Inner {
            core,
            writer: sender,
            credentials,
            sessions,
            access_log,
            desk,
            renditions,
            stamps,
            sealer,
            forming: Mutex::default(),
            threads,
        };
        let archive = Self { inner: Arc::new(inner) };
        archive.run_beside(options.pace, (writing, indexing), (texts, lock))?;
        Ok(archive)
    }

    /// Starts what needs an archive to look at, and remembers all that runs.
    fn run_beside(
        &self,
        pace: Pace,
        (writer, indexer): (JoinHandle<()>, JoinHandle<()>),
        (texts, lock): (Option<Texts>, Option<FolderLock>),
    ) -> Result<(), OpenError> {
        let stop_keeping = Arc::new(AtomicBool::new(false));
        let keeper = self.keep(Arc::clone(&stop_keeping))?;
        let audit = audit::start(self, pace.audit_every).map_err(OpenError::Thread)?;
        let forming = pace.form_every.map(|every| formed::start(self, every));
        let forming = forming.transpose().map_err(OpenError::Thread)?;
        let running = Running { writer, indexer, keeper, audit, forming, stop_keeping, texts, _lock: lock };
        *self.inner.threads.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
        Ok(())
    }

    /// Waits until the catalogue has all that the journal has.
    ///
    /// # Errors
    /// When it cannot be brought there: the reason, for whoever must mend it.
    pub fn wait_ready(&self) -> Result<(), Refusal> {
        loop {
            if let Some(reason) = self.core().stopped() {
                return Err(Refusal::Stopped(reason));
            }
            if self.core().ready() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Ends everything in order: what was taken is finished, projections are made durable. The folder can be opened
    /// again once every clone of this archive is dropped.
    pub fn close(&self) {
        let running = self.inner.threads.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut running) = running else { return };
        running.stop_keeping.store(true, Ordering::Release);
        // First of all: a writer that waits for room goes on waiting until it sees this, and others wait for it.
        self.core().set_stopping();
        if let Some(texts) = &running.texts {
            texts.reader.stop_recognising();
        }
        running.keeper.thread().unpark();
        running.audit.thread().unpark();
        if let Some(forming) = &running.forming {
            forming.thread().unpark();
        }
        if running.keeper.join().is_err() {
            tracing::error!("the keeper panicked");
        }
        if running.audit.join().is_err() {
            tracing::error!("the self-audit panicked");
        }
        if running.forming.take().is_some_and(|forming| forming.join().is_err()) {
            tracing::error!("forming registers panicked");
        }
        // A writer that ended by itself has nothing to finish.
        let _ = self.inner.writer.send(Message::Stop);
        if running.writer.join().is_err() {
            tracing::error!("the writer panicked");
        }
        if running.indexer.join().is_err() {
            tracing::error!("the indexer panicked");
        }
        if let Err(error) = self.inner.access_log.sync() {
            tracing::error!(%error, "access log not synced");
        }
        self.inner.desk.write_waiting();
        if let Some(texts) = running.texts.take() {
            let (progress, reader) = (Arc::clone(&texts.rereading.progress), Arc::clone(&texts.reader));
            // Its threads may keep a text until they have ended.
            drop(texts);
            Rereading::ended(&progress, &reader);
        }
    }

    /// Whether this folder holds an archive, or only an empty journal.
    pub fn is_empty(&self) -> bool {
        self.core().journal.size() == 0
    }

    /// The thread that syncs the access log, forgets old uploads and seals finished days.
    fn keep(&self, stop: Arc<AtomicBool>) -> Result<JoinHandle<()>, OpenError> {
        // Weak, so that an archive nobody holds can go.
        let inner = Arc::downgrade(&self.inner);
        let keeper = move || {
            let mut last = Instant::now();
            while !stop.load(Ordering::Acquire) {
                std::thread::park_timeout(Duration::from_millis(50));
                if last.elapsed() < KEEP_EVERY {
                    continue;
                }
                last = Instant::now();
                let Some(inner) = inner.upgrade() else { return };
                Archive { inner }.keep_once();
            }
        };
        spawn("keeper", keeper)
    }

    fn keep_once(&self) {
        let core = self.core();
        let now = core.clock.now();
        if let Err(error) = self.inner.access_log.sync() {
            tracing::error!(%error, "access log not synced");
        }
        self.inner.desk.keep();
        core.blobs
            .forget_older_than(clock::from_microseconds(now.as_microsecond() - limits::STAGED_SECONDS * 1_000_000));
        if !core.ready() || core.stopped().is_some() || core.full() {
            return;
        }
        if let Err(refusal) = self.seal_access_logs() {
            tracing::error!(cause = refusal.causes(), "access log not sealed");
        }
        self.seal_what_waits();
    }

    /// Puts the digests of finished days' access logs into the journal.
    pub fn seal_access_logs(&self) -> Result<(), Refusal> {
        let core = self.core();
        let today = clock::date_in_rome(core.clock.now());
        let sealed = core.directory().access_log_sealed;
        for day in self.inner.access_log.days()? {
            if day < today && sealed.is_none_or(|sealed| day > sealed) {
                let digest = self.inner.access_log.digest(day)?;
                self.submit_and_wait(Seal(digest))?;
            }
        }
        Ok(())
    }
}

impl Writer {
    /// Replays; when that cannot be done, says why and takes nothing.
    fn start(&mut self, found: Found, applied: &Applied) {
        if let Err(refusal) = self.replay(found) {
            tracing::error!(
                cause = refusal.causes(),
                from = applied.position,
                "the catalogue cannot be brought up to date"
            );
            self.refuse_all(&refusal);
        }
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, OpenError> {
    std::thread::Builder::new().name(name.to_owned()).spawn(run).map_err(OpenError::Thread)
}

/// The catalogue; one that is damaged is thrown away and made again from the journal.
fn open_catalogue(options: &Options) -> Result<(Catalogue, Option<StatusNote>), OpenError> {
    let folder = Projection::Catalogue.folder(&options.projections);
    let marked = take_mark(options, Projection::Catalogue)?;
    let opened = match marked {
        Some(reason) => Err(catalogue::OpenError::Corrupt { path: folder.clone(), reason }),
        None => Catalogue::open(&folder, options.catalogue_cache).and_then(|catalogue| {
            let small = catalogue.size().is_ok_and(|bytes| bytes <= limits::CHECKED_AT_START);
            // How far it has come is looked at in any case: what an older program wrote is not read.
            match catalogue.applied().and_then(|_| if small { catalogue.check() } else { Ok(0) }) {
                Ok(_) => Ok(catalogue),
                Err(error) => Err(catalogue::OpenError::Corrupt { path: folder.clone(), reason: error.to_string() }),
            }
        }),
    };
    match opened {
        Ok(catalogue) => Ok((catalogue, None)),
        Err(catalogue::OpenError::Corrupt { reason, .. }) => {
            disk::remove_tree(&folder)?;
            let catalogue = Catalogue::open(&folder, options.catalogue_cache)?;
            let text = format!("the catalogue was damaged ({reason}) and is rebuilt from the journal");
            Ok((catalogue, Some(StatusNote::new("catalogue-damaged", reason, text))))
        }
        Err(error) => Err(error.into()),
    }
}

/// Why an earlier run found a projection damaged; the mark goes when its folder has gone.
fn take_mark(options: &Options, projection: Projection) -> Result<Option<String>, OpenError> {
    let (disk, mark) = (Disk::real(), projection.mark(&options.projections));
    if !disk.exists(&mark)? {
        return Ok(None);
    }
    let reason = String::from_utf8_lossy(&disk.read(&mark)?).into_owned();
    disk::remove_tree(&projection.folder(&options.projections))?;
    disk.remove(&mark)?;
    Ok(Some(reason))
}

fn open_index(options: &Options) -> Result<(Index, Option<StatusNote>), OpenError> {
    let folder = Projection::Index.folder(&options.projections);
    let open = || -> Result<Index, OpenError> {
        Disk::real().create_dir(&folder)?;
        let mut attempts = 0;
        loop {
            match Index::open(Some(&folder), index::Settings::default()) {
                // The lock of one just closed may live a moment longer, in a child process that is being started.
                Err(index::OpenError::Locked { .. }) if attempts < INDEX_ATTEMPTS => attempts += 1,
                other => return Ok(other?),
            }
            std::thread::sleep(INDEX_EVERY);
        }
    };
    let damaged = |reason: String| {
        let text = format!("the index was damaged ({reason}) and is rebuilt from the journal");
        StatusNote::new("index-damaged", reason, text)
    };
    if let Some(reason) = take_mark(options, Projection::Index)? {
        return Ok((open()?, Some(damaged(reason))));
    }
    let note = match open() {
        Ok(index) => match damage_of(&index) {
            None => return Ok((index, None)),
            Some(what) => damaged(what),
        },
        Err(OpenError::Index(error)) if error.is_cured_by_rebuild() => {
            StatusNote::new("index-damaged", &error, format!("{error}; it is rebuilt from the journal"))
        }
        Err(error) => return Err(error),
    };
    disk::remove_tree(&folder)?;
    Ok((open()?, Some(note)))
}

/// What is wrong with an index that opens. The engine panics on some damage before it looks at a checksum.
fn damage_of(index: &Index) -> Option<String> {
    let looked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| damage_found(index)));
    looked.unwrap_or_else(|_| Some("its columns cannot be read".to_owned()))
}

/// A small index is read whole, against its checksums.
fn damage_found(index: &Index) -> Option<String> {
    match index.stats() {
        Ok(stats) if stats.bytes > limits::CHECKED_AT_START => None,
        Ok(_) => match index.damaged_files() {
            Ok(files) if files.is_empty() => None,
            Ok(files) => Some(format!("{} of its files", files.len())),
            Err(error) => Some(error.to_string()),
        },
        Err(error) => Some(error.to_string()),
    }
}

/// Refuses a folder of a newer format, and a clock that is behind the last entry.
fn check_first_and_last(options: &Options, reader: &journal::Reader) -> Result<(), OpenError> {
    let size = reader.size();
    if size == 0 {
        return Ok(());
    }
    let refused = |refusal: Refusal| OpenError::Refused(refusal);
    let first = reader.line(0).map_err(|error| refused(error.into()))?;
    // Read without the model: a newer format may have a newer first event.
    let public: serde_json::Value = serde_json::from_str(&first.public).map_err(|error| refused(error.into()))?;
    let found = public["format"].as_u64().unwrap_or_default() as u32;
    if found > FORMAT {
        return Err(OpenError::Newer { found });
    }
    match recorded(&first).map_err(refused)?.event {
        Event::ArchiveCreated(_) => {}
        _ => return Err(OpenError::NoArchive(options.root.clone())),
    }
    let last = reader.line(size - 1).map_err(|error| refused(error.into()))?.time;
    let now = options.clock.now();
    let behind = last.as_second() - now.as_second();
    if behind > limits::CLOCK_BEHIND_SECONDS_MAX && !options.accept_clock {
        return Err(OpenError::ClockBehind { now: clock::rfc3339(now), last: clock::rfc3339(last) });
    }
    Ok(())
}

type Extracts = (Option<Texts>, std::sync::mpsc::Receiver<Extracted>);

fn start_texts(options: &Options, core: &Arc<Core>, writer: &Sender<Message>) -> Result<Extracts, OpenError> {
    let (done, extracted) = channel();
    let Some((program, arguments)) = options.extraction.clone() else { return Ok((None, extracted)) };
    let processes = limits::EXTRACT_PROCESSES;
    let extractor = Extractor::start(program, arguments, processes, Limits::default(), options.engines.clone())
        .map_err(OpenError::Thread)?;
    let reader = Arc::new(Reader::new(core, extractor, &options.engines, writer));
    let retries = Arc::new(Retries::new(options.pace.retry_after));
    let extracting = Extracting::start(&reader, processes, &retries, &done).map_err(OpenError::Thread)?;
    let rereading = Rereading::start(&reader, &extracting.queue, &retries, &done).map_err(OpenError::Thread)?;
    let recognising = Recognising::start(&reader, &done).map_err(OpenError::Thread)?;
    let (extracting, fences) = (Arc::new(extracting), options.fences);
    Ok((Some(Texts { rereading, _recognising: recognising, extracting, reader, fences }), extracted))
}
