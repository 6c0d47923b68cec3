//! The archive: the single commit path, and one file for each noun it deals in.

mod absences;
mod access_log;
mod audit;
mod blobs;
mod conditions;
mod core;
mod create;
mod credentials;
mod desk;
mod directory;
mod documents;
mod dossiers;
mod draft;
mod earlier;
mod emergency;
mod entry_changes;
mod events;
mod export;
pub mod figures;
mod filing;
mod formed;
mod imports;
mod inbox;
mod indexing;
mod items;
mod labels;
mod lists;
mod marks;
mod messages;
mod metadata;
mod offers;
mod offices;
mod open;
mod package;
mod party;
mod password_check;
mod people;
mod probe;
mod read;
mod recent_searches;
mod recognising;
mod refusal;
mod register;
mod registers;
mod renditions;
mod replay;
mod rereading;
mod saved_searches;
mod schemes;
mod sealing;
mod search;
mod similar;
mod stamps;
mod status;
mod status_note;
mod suggestions;
mod texts;
mod things;
mod verify;
mod writer;

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};

use tokio::sync::oneshot::Receiver;

pub use absences::AbsenceView;
pub use access_log::{AccessLine, AccessLog};
pub use conditions::Conditions;
pub use create::NewArchive;
pub use directory::Then;
pub use documents::{DocumentDetails, OpenDocument};
pub use dossiers::{DossierView, ItemPage, ItemView};
pub use earlier::{EarlierRegister, EarlierReport, ImportView};
pub use emergency::{Correlation, EmergencyOutcome};
pub use events::{EventPage, EventView};
pub use export::{Export, ExportFormat, ExportOptions, Language};
pub use filing::{Like, Proposal, ProposalQuery};
pub use formed::{
    FormedFile, FormedView, FormingView, LastFormed, Lines as RegisterLines, OpenRegister, RegisterOf, YearSoFar,
};
pub use imports::{ImportError, Imported};
pub use inbox::{DueIn, InboxCounts, InboxItem, InboxOf, InboxPage, InboxQuery, InboxWork, WorkItem};
pub use lists::{DossiersQuery, EntriesQuery, Page};
pub use marks::{KeptMark, Known as KnownDocument, NewMark, mark_of};
pub use messages::{
    Correspondence, MarkReading, MarkedState, MessageView, NewMessage, ReceivedMark, SealState, SealView,
};
pub use metadata::{Held, KnownFile, Reader, Writing};
pub use offers::{AssignmentOffer, EntryOffers};
pub use offices::{FormerName, OfficeDetails, OfficeHolds, OfficeView};
pub use open::{OpenError, Options, Pace};
pub use people::{Sessions, SignedIn, TokenView, UserView};
pub use recent_searches::RecentSearch;
pub use refusal::Refusal;
pub use register::{
    AnnulledFieldView, AnnulmentView, DocumentView, EntryDetails, EntryView, HistoryItem, ImportedView, LinkView,
    ProgressView, Registered,
};
pub use registers::RegisterView;
pub use renditions::{Preview, Thumbnail};
pub use saved_searches::{NewSavedSearch, Notice, NoticePage, ResultsQuery, SavedSearchList, SavedSearchView};
pub use schemes::{AboutScheme, SchemeCheck, SchemeView, VersionView, WhichVersion, scheme_of_file};
pub use sealing::{SealCommand, SealError};
pub use search::{BucketView, FacetValue, HistogramView, NoteView, SearchAnswer, SearchHit, SearchQuery};
pub use similar::SimilarAnswer;
pub use stamps::StampedCopy;
pub use status::{DayView, Progress, SizesView, StatusView};
pub use status_note::StatusNote;
pub use suggestions::{KnownCorrespondent, Suggestion};
pub use texts::{DocumentText, ReadView, TextView};
pub use things::{Thing, ThingView};
pub use verify::{Finding, FindingCode, Report, Step, VerifyError, verify, verify_deep, verify_truths};

use self::core::Core;
use self::credentials::Credentials;
use self::desk::Desk;
use self::draft::Command;
use self::open::Threads;
use self::renditions::Renditions;
use self::sealing::Sealer;
use self::stamps::Stamps;
use self::writer::{Done, Message};

/// An open archive. Cheap to clone; any number of threads may use it.
#[derive(Clone)]
pub struct Archive {
    inner: Arc<Inner>,
}

struct Inner {
    core: Arc<Core>,
    writer: Sender<Message>,
    credentials: Credentials,
    sessions: Sessions,
    access_log: AccessLog,
    desk: Desk,
    renditions: Renditions,
    sealer: Sealer,
    stamps: Stamps,
    /// Held by whoever forms registers.
    forming: Mutex<()>,
    threads: Threads,
}

impl Drop for Inner {
    /// An archive that nobody closed ends all the same; the next start catches up.
    fn drop(&mut self) {
        self.core.set_stopping();
    }
}

impl Archive {
    pub(crate) fn core(&self) -> &Core {
        &self.inner.core
    }

    fn credentials(&self) -> &Credentials {
        &self.inner.credentials
    }

    pub fn sessions(&self) -> &Sessions {
        &self.inner.sessions
    }

    pub fn access_log(&self) -> &AccessLog {
        &self.inner.access_log
    }

    fn desk(&self) -> &Desk {
        &self.inner.desk
    }

    fn texts_waiting(&self) -> usize {
        self.inner.threads.with_texts(|texts| texts.extracting.queue.waiting()).unwrap_or(0)
    }

    /// Hands a command to the writer and waits until its batch is durable and applied.
    async fn submit(&self, command: impl Command + 'static) -> Result<Done, Refusal> {
        self.send(command)?.await.map_err(|_| Refusal::Stopped("it is being closed".to_owned()))?
    }

    /// Whether the catalogue has all that the journal has. Before, nobody is known here, and nothing can be said of anybody.
    pub fn has_started(&self) -> Result<(), Refusal> {
        if self.core().ready() {
            return Ok(());
        }
        let reason = self.core().stopped();
        Err(reason.map_or_else(|| Refusal::NotReady("it is still starting".to_owned()), Refusal::Stopped))
    }

    /// Hands a command to the writer; many may be under way before the first is answered.
    fn send(&self, command: impl Command + 'static) -> Result<Receiver<Result<Done, Refusal>>, Refusal> {
        self.has_started()?;
        // The writer may be waiting for room: nobody shall wait behind it.
        if self.core().full() {
            return Err(Refusal::Full);
        }
        let (answer, answered) = tokio::sync::oneshot::channel();
        let message = Message::Command { command: Box::new(command), answer };
        let gone = |_| Refusal::Stopped("it is being closed".to_owned());
        self.inner.writer.send(message).map_err(gone)?;
        Ok(answered)
    }

    /// The same for a thread that serves nobody and may wait.
    fn submit_and_wait(&self, command: impl Command + 'static) -> Result<Done, Refusal> {
        self.send(command)?.blocking_recv().map_err(|_| Refusal::Stopped("it is being closed".to_owned()))?
    }
}
