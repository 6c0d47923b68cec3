//! The one writer of an area: a thread that takes commands in batches, makes each batch durable, applies it, answers.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::core::Core;
use super::draft::{Command, Decided, Draft, Drafted};
use super::refusal::Refusal;
use crate::blob::{Location, Writer as BlobWriter};
use crate::catalogue::{Applied, Catalogue, CatalogueError, Write};
use crate::digest::Blake3;
use crate::ids::Position;
use crate::journal::{Journal, Line};
use crate::limits;
use crate::model::event::Recorded;

/// What the writer answers: the events a command made, or the one it had made before.
#[derive(Debug)]
pub enum Done {
    Committed(Vec<Recorded>),
    Existing(Position),
}

/// A message to the writer.
pub enum Message {
    Command {
        command: Box<dyn Command>,
        answer: tokio::sync::oneshot::Sender<Result<Done, Refusal>>,
    },
    /// Catalogue keys that no event explains: where extracted texts lie.
    Note(Vec<Write>),
    /// Finish what was taken and end.
    Stop,
}

/// How long after a batch the catalogue's file is made durable.
const SYNC_EVERY: Duration = Duration::from_secs(1);

pub struct Writer {
    pub core: Arc<Core>,
    pub blobs: BlobWriter,
    pub journal: Journal,
    /// The time of the last event.
    pub last_time: Timestamp,
    /// Why nothing more is written until a restart.
    pub stopped: Option<String>,
    /// When the catalogue was last made durable, and whether it has been written since.
    synced: (Instant, bool),
}

type Asked = (Box<dyn Command>, tokio::sync::oneshot::Sender<Result<Done, Refusal>>);

struct Taken {
    answer: tokio::sync::oneshot::Sender<Result<Done, Refusal>>,
    outcome: Outcome,
}

enum Outcome {
    Answer(Result<Done, Refusal>),
    /// The event that the same key has made, perhaps in this very batch.
    Existing(Position),
    /// Events `from..to` of the batch.
    Events(usize, usize),
}

impl Writer {
    pub fn new(core: Arc<Core>, blobs: BlobWriter, journal: Journal, last_time: Timestamp) -> Self {
        Self { core, blobs, journal, last_time, stopped: None, synced: (Instant::now(), false) }
    }

    /// Runs until told to stop or until nobody is left to send.
    pub fn run(mut self, inbox: &Receiver<Message>) {
        let mut stop = false;
        while !stop {
            let first = match inbox.recv_timeout(SYNC_EVERY) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => {
                    self.sync_catalogue();
                    self.retry_when_there_is_room();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let mut commands = VecDeque::new();
            let mut message = Some(first);
            while let Some(current) = message {
                match current {
                    Message::Command { command, answer } => commands.push_back((command, answer)),
                    Message::Note(writes) => self.note(&writes),
                    Message::Stop => stop = true,
                }
                message = if commands.len() < limits::BATCH_COMMANDS && !stop { inbox.try_recv().ok() } else { None };
            }
            while !commands.is_empty() {
                self.run_batch(&mut commands);
            }
            if self.synced.0.elapsed() >= SYNC_EVERY {
                self.sync_catalogue();
            }
        }
        self.sync_catalogue();
    }

    /// Decides commands in turn, as many as one pack can take; makes them durable, applies them, and answers all.
    fn run_batch(&mut self, commands: &mut VecDeque<Asked>) {
        let core = Arc::clone(&self.core);
        let now = core.clock.now().max(self.last_time);
        let next = self.journal.size();
        let mut draft = Draft::new(&core.catalogue, &core.blobs, &core.journal, core.directory(), now, next);
        let mut taken = Vec::with_capacity(commands.len());
        while draft.has_room()
            && let Some((command, answer)) = commands.pop_front()
        {
            let outcome = self.decide(&mut draft, command.as_ref());
            taken.push(Taken { answer, outcome });
        }
        let (lines, new_blobs, directory) = (draft.lines, draft.new_blobs, draft.directory);
        let mut drafted: Vec<Option<Drafted>> = draft.drafted.into_iter().map(Some).collect();
        if lines.is_empty() {
            return answer_all(taken, &mut drafted, None);
        }
        let failure = match self.make_durable(&new_blobs, &lines) {
            Ok(locations) => {
                self.last_time = now;
                self.apply(&drafted, &locations);
                core.set_directory(directory);
                None
            }
            Err(refusal) => {
                tracing::error!(cause = refusal.causes(), commands = taken.len(), "batch not written");
                Some(refusal)
            }
        };
        answer_all(taken, &mut drafted, failure.as_ref());
        self.between_batches();
    }

    fn decide(&self, draft: &mut Draft<'_>, command: &dyn Command) -> Outcome {
        if let Some(reason) = &self.stopped {
            return Outcome::Answer(Err(Refusal::Stopped(reason.clone())));
        }
        if self.core.full() {
            return Outcome::Answer(Err(Refusal::Full));
        }
        let from = draft.drafted.len();
        match command.decide(draft) {
            Ok(Decided::Existing(position)) => Outcome::Existing(position),
            Ok(Decided::Commit(facts)) => match draft.accept(command.actor(), facts) {
                Ok(()) => Outcome::Events(from, draft.drafted.len()),
                // What a command decided contradicts the catalogue: neither can be trusted any more.
                Err(refusal) => fatal("a decided event cannot be applied", &refusal.causes()),
            },
            Err(refusal) => Outcome::Answer(Err(refusal)),
        }
    }

    /// Contents first, then lines: on disk when this returns.
    fn make_durable(&mut self, new_blobs: &[Blake3], lines: &[Line]) -> Result<Vec<(Blake3, Location)>, Refusal> {
        let free = self.core.disk.free_space(&self.core.root)?;
        if free < limits::FREE_SPACE_MIN {
            return Err(Refusal::Full);
        }
        let locations = match self.blobs.append(new_blobs) {
            Ok(locations) => locations,
            Err(error) if error.is_full() => return Err(Refusal::Full),
            Err(error) if error.is_poisoned() => return Err(self.stop(&error)),
            Err(error) => return Err(Refusal::failed(error)),
        };
        match self.journal.append(lines) {
            Ok(_) => {
                self.blobs.confirm();
                Ok(locations)
            }
            // The lines may be on disk: their contents must stay where they are, and the next start decides.
            Err(error) if error.is_poisoned() => Err(self.stop(&error)),
            Err(error) => {
                let refusal = if error.is_full() { Refusal::Full } else { Refusal::failed(error) };
                if let Err(error) = self.blobs.roll_back() {
                    self.stop(&error);
                }
                Err(refusal)
            }
        }
    }

    /// Takes nothing until a restart, for this reason.
    pub(super) fn refuse_all(&mut self, reason: &Refusal) {
        let reason = match reason {
            Refusal::Stopped(reason) => reason.clone(),
            other => other.causes(),
        };
        self.core.set_stopped(&reason);
        self.stopped = Some(reason);
    }

    /// A failed sync: what is on disk is unknown, so nothing more is written until a restart has looked.
    fn stop(&mut self, error: &dyn std::error::Error) -> Refusal {
        let reason = error.to_string();
        self.stopped = Some(reason.clone());
        self.core.set_stopped(&reason);
        Refusal::Stopped(reason)
    }

    /// Applies a durable batch. What cannot be applied now is replayed at start: never is a line un-said.
    fn apply(&mut self, drafted: &[Option<Drafted>], locations: &[(Blake3, Location)]) {
        let locations: HashMap<Blake3, Location> = locations.iter().copied().collect();
        for drafted in drafted.iter().flatten() {
            let mut writes = drafted.writes.clone();
            for document in drafted.recorded.event.documents() {
                if let Some(location) = locations.get(&document.blake3) {
                    writes.push(Catalogue::blob_write(&document.blake3, location.to_bytes()));
                }
            }
            self.until_there_is_room(|catalogue| catalogue.write(&writes));
        }
        self.remember();
    }

    /// Notes in the catalogue how far it has come.
    pub(super) fn remember(&mut self) {
        let applied = Applied {
            position: self.journal.size(),
            tail: self.blobs.tail().to_bytes(),
            frontier: self.journal.frontier().to_bytes(),
        };
        self.until_there_is_room(|catalogue| catalogue.set_applied(&applied));
        self.core.set_applied(applied.position);
        self.synced.1 = true;
    }

    /// A full disk under the catalogue releases the reserve, stops writes and is retried; anything else ends the
    /// process, which replays at start.
    pub(super) fn until_there_is_room(&self, write: impl Fn(&Catalogue) -> Result<(), CatalogueError>) {
        loop {
            match write(&self.core.catalogue) {
                Ok(()) => return,
                Err(error) if error.is_full() => {
                    self.core.release_reserve();
                    tracing::error!("disk full under the catalogue; waiting for room");
                    std::thread::sleep(Duration::from_millis(500));
                }
                Err(error) => fatal("the catalogue cannot be written", &Refusal::from(error).causes()),
            }
        }
    }

    fn note(&mut self, writes: &[Write]) {
        self.until_there_is_room(|catalogue| catalogue.write(writes));
        self.synced.1 = true;
    }

    /// Packs are sealed and segments begun only between batches.
    fn between_batches(&mut self) {
        if self.stopped.is_some() {
            return;
        }
        match self.blobs.seal_if_full() {
            Ok(()) => {}
            Err(error) if error.is_poisoned() => {
                tracing::error!(%error, "pack not sealed");
                self.stop(&error);
            }
            // The pack stays open and is sealed another time.
            Err(error) => tracing::warn!(%error, "pack not sealed yet"),
        }
    }

    fn retry_when_there_is_room(&mut self) {
        if self.core.full() {
            self.core.restore_reserve();
        }
    }

    pub(super) fn sync_catalogue(&mut self) {
        if self.synced.1 {
            self.until_there_is_room(Catalogue::sync);
            self.synced = (Instant::now(), false);
        }
    }
}

fn answer_all(taken: Vec<Taken>, drafted: &mut [Option<Drafted>], failure: Option<&Refusal>) {
    for Taken { answer, outcome } in taken {
        let result = match (outcome, failure) {
            (Outcome::Answer(result), _) => result,
            (Outcome::Events(..) | Outcome::Existing(_), Some(refusal)) => Err(refusal.again()),
            (Outcome::Existing(position), None) => Ok(Done::Existing(position)),
            (Outcome::Events(from, to), None) => {
                let events = drafted[from..to].iter_mut().filter_map(Option::take).map(|d| d.recorded).collect();
                Ok(Done::Committed(events))
            }
        };
        // Who asked may have gone away; what was decided stands all the same.
        let _ = answer.send(result);
    }
}

/// Ends the process: the journal is whole, and the next start replays it.
fn fatal(what: &str, cause: &str) -> ! {
    tracing::error!(cause, "{what}; the program ends and will replay the journal at its next start");
    std::process::abort()
}
