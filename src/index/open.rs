//! How is an index opened, and what is wrong with one that does not open.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, Weak};
use std::time::Duration;

use tantivy::collector::Count;
use tantivy::directory::error::{LockError, OpenDirectoryError};
use tantivy::directory::{Directory, MmapDirectory, RamDirectory};
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::{Executor, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyError, Warmer};

use super::fields::{Fields, SCHEMA_VERSION, schema, tokenizers};
use super::filters::keyword_query;
use super::query::Offices;
use super::search::SearchError;
use super::segments::Segments;
use super::write::{is_io, open_writer};
use super::{Highlighter, ItemKind};
use crate::ids::Position;
use crate::limits::{INDEX_HEAP, QUERY_MILLISECONDS_MAX, SEARCH_THREADS_PER_CORE};

/// What the caller may choose.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Memory for items not yet written to a segment; less than 15 MB is taken as 15 MB.
    pub heap_bytes: usize,
    /// How long one search may take before it ends with what it has.
    pub patience: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { heap_bytes: INDEX_HEAP, patience: Duration::from_millis(QUERY_MILLISECONDS_MAX) }
    }
}

/// Why an index did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the index folder {path} does not exist")]
    Missing { path: PathBuf },
    #[error("the index {path} is in use by another process")]
    Locked { path: PathBuf },
    #[error("the index {path} was written by another version ({found}): rebuild it")]
    Stale { path: PathBuf, found: String },
    #[error("the index {path} is damaged: rebuild it")]
    Corrupt { path: PathBuf, source: TantivyError },
    #[error("the index {path} cannot be read or written")]
    Io { path: PathBuf, source: TantivyError },
}

impl OpenError {
    /// Whether deleting the folder's content and building it again from the journal is the cure.
    pub fn is_cured_by_rebuild(&self) -> bool {
        matches!(self, Self::Stale { .. } | Self::Corrupt { .. })
    }

    fn of(path: &Path, source: TantivyError) -> Self {
        let path = path.to_path_buf();
        match &source {
            TantivyError::LockFailure(LockError::LockBusy, _) => Self::Locked { path },
            TantivyError::OpenDirectoryError(
                OpenDirectoryError::DoesNotExist(_) | OpenDirectoryError::NotADirectory(_),
            ) => Self::Missing { path },
            error if is_io(error) => Self::Io { path, source },
            _ => Self::Corrupt { path, source },
        }
    }
}

/// How large the index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    pub items: u64,
    pub segments: usize,
    pub bytes: u64,
}

/// The index of one area. Shared freely: readers never wait, and the writer is behind a lock that only feeders take.
pub struct Index {
    pub(super) path: PathBuf,
    pub(super) inner: tantivy::Index,
    pub(super) fields: Fields,
    pub(super) reader: IndexReader,
    pub(super) segments: Arc<Segments>,
    /// Threads that share the segments of one search; started with the first that is worth it.
    executor: OnceLock<Executor>,
    pub(super) settings: Settings,
    /// None between a failed write and `recover`.
    pub(super) writer: Mutex<Option<IndexWriter>>,
    pub(super) position: AtomicU64,
    offices: RwLock<Arc<Offices>>,
}

impl Index {
    /// Opens the index in a folder that exists (an empty one gets a new index at position 0), or a passing one in
    /// memory.
    pub fn open(folder: Option<&Path>, settings: Settings) -> Result<Self, OpenError> {
        let path = folder.map_or_else(|| PathBuf::from("(memory)"), Path::to_path_buf);
        // tantivy panics on some damaged files; for the caller that is damage like any other.
        let opened = std::panic::catch_unwind(AssertUnwindSafe(|| Self::open_unfenced(folder, &path, settings)));
        opened.unwrap_or_else(|_| {
            Err(OpenError::Corrupt { path, source: TantivyError::InternalError("a panic while opening".into()) })
        })
    }

    fn open_unfenced(folder: Option<&Path>, path: &Path, settings: Settings) -> Result<Self, OpenError> {
        let directory: Box<dyn Directory> = match folder {
            Some(folder) => Box::new(MmapDirectory::open(folder).map_err(|error| OpenError::of(path, error.into()))?),
            None => Box::new(RamDirectory::create()),
        };
        Self::open_in(directory, path, settings)
    }

    pub(super) fn open_in(directory: Box<dyn Directory>, path: &Path, settings: Settings) -> Result<Self, OpenError> {
        let failed = |error: TantivyError| OpenError::of(path, error);
        let (schema, fields) = schema();
        let exists = tantivy::Index::exists(directory.as_ref()).map_err(|error| failed(error.into()))?;
        let builder = tantivy::Index::builder().schema(schema.clone()).tokenizers(tokenizers());
        let inner = if exists {
            let mut index = tantivy::Index::open(directory).map_err(failed)?;
            index.set_tokenizers(tokenizers());
            index
        } else {
            builder.open_or_create(directory).map_err(failed)?
        };
        let payload = inner.load_metas().map_err(failed)?.payload;
        let position = position_of(payload.as_deref());
        let position = match position {
            Some(position) if inner.schema() == schema => position,
            _ => {
                let found = payload.unwrap_or_else(|| "no version".into());
                return Err(OpenError::Stale { path: path.to_path_buf(), found });
            }
        };
        let segments = Arc::new(Segments::default());
        let warmer: Weak<dyn Warmer> = Arc::downgrade(&(Arc::clone(&segments) as Arc<dyn Warmer>));
        let builder = inner.reader_builder().reload_policy(ReloadPolicy::Manual).warmers(vec![warmer]);
        let reader = builder.try_into().map_err(failed)?;
        let writer = open_writer(&inner, &settings).map_err(failed)?;
        Ok(Self {
            path: path.to_path_buf(),
            inner,
            fields,
            reader,
            segments,
            executor: OnceLock::new(),
            settings,
            writer: Mutex::new(Some(writer)),
            position: AtomicU64::new(position),
            offices: RwLock::default(),
        })
    }

    /// The journal position of the last commit: what a reader sees is what was put before it. 0 when never committed.
    pub fn position(&self) -> Position {
        self.position.load(Ordering::Acquire)
    }

    /// Tells which names the offices have, by their codes: who types one means what is assigned there.
    pub fn name_offices<'a>(&self, offices: impl Iterator<Item = (&'a str, &'a str)>) {
        *self.offices.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Offices::new(offices));
    }

    pub(super) fn offices(&self) -> Arc<Offices> {
        Arc::clone(&self.offices.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    pub(super) fn executor(&self) -> tantivy::Result<&Executor> {
        if let Some(executor) = self.executor.get() {
            return Ok(executor);
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let executor = Executor::multi_thread(cores * SEARCH_THREADS_PER_CORE, "search-")?;
        Ok(self.executor.get_or_init(|| executor))
    }

    /// Number of committed items.
    pub fn count(&self) -> u64 {
        self.searcher().num_docs()
    }

    /// Whether an item is there, committed: for checks against the journal.
    pub fn contains(&self, kind: ItemKind, id: &str) -> Result<bool, SearchError> {
        let query = TermQuery::new(self.fields.key_term(kind, id), IndexRecordOption::Basic);
        Ok(self.searcher().search(&query, &Count)? > 0)
    }

    /// Another one whenever readers see something else.
    pub fn generation(&self) -> u64 {
        self.searcher().generation().generation_id()
    }

    /// Number of items with a document whose text is in this state or for this reason: `none`, `encrypted`.
    pub fn count_with_text(&self, state: &str) -> Result<u64, SearchError> {
        let query = keyword_query(self.fields.text_state, state);
        Ok(self.searcher().search(&query, &Count)? as u64)
    }

    /// How large the index is, as its readers see it.
    pub fn stats(&self) -> Result<Stats, SearchError> {
        let searcher = self.searcher();
        let usage = searcher.space_usage().map_err(TantivyError::from)?;
        Ok(Stats {
            items: searcher.num_docs(),
            segments: searcher.segment_readers().len(),
            bytes: usage.total().get_bytes(),
        })
    }

    /// Reads every file against its checksum and names those that are damaged.
    pub fn damaged_files(&self) -> Result<Vec<PathBuf>, SearchError> {
        let mut files: Vec<_> = self.inner.validate_checksum()?.into_iter().collect();
        files.sort();
        Ok(files)
    }

    /// What marks the words of a request in a text.
    pub fn highlighter(&self, text: &str) -> Highlighter {
        Highlighter::new(text)
    }
}

/// What a commit says of itself: the version of the schema and the position.
pub(super) fn payload(position: Position) -> String {
    let text = format!("{SCHEMA_VERSION} {position}");
    // tantivy keeps no checksum of the file that holds this, and a wrong position would hide events for ever.
    format!("{text} {:08x}", crc32fast::hash(text.as_bytes()))
}

/// None for another version. An index without any commit holds nothing, so its version does not matter.
pub(super) fn position_of(payload: Option<&str>) -> Option<Position> {
    let Some(payload) = payload else { return Some(0) };
    let (text, check) = payload.rsplit_once(' ')?;
    if check != format!("{:08x}", crc32fast::hash(text.as_bytes())) {
        return None;
    }
    let (version, position) = text.split_once(' ')?;
    if version != SCHEMA_VERSION.to_string() {
        return None;
    }
    position.parse().ok()
}
