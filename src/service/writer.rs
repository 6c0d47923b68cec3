//! The one writer of an area: a thread that takes commands in batches, makes each batch durable, applies it, answers.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::core::{Core, Projection};
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
/// How often a full disk is looked at.
const ROOM_EVERY: Duration = Duration::from_millis(250);

pub struct Writer {
    pub core: Arc<Core>,
    pub blobs: BlobWriter,
    pub journal: Journal,
    /// The time of the last event.
    pub last_time: Timestamp,
    /// Why nothing more is written until a restart.
    pub stopped: Option<String>,
    inbox: Receiver<Message>,
    /// Commands taken from the inbox and not yet decided.
    queue: VecDeque<Asked>,
    /// Told to stop while it was waiting for room.
    stop: bool,
    /// When the catalogue was last made durable, and what has been written since: a catalogue whose disk was full has
    /// lost it.
    synced: Instant,
    unsynced: Vec<Vec<Write>>,
    unsynced_applied: Option<Applied>,
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
    pub fn new(core: Arc<Core>, blobs: BlobWriter, journal: Journal, inbox: Receiver<Message>) -> Self {
        Self {
            core,
            blobs,
            journal,
            inbox,
            last_time: Timestamp::MIN,
            stopped: None,
            queue: VecDeque::new(),
            stop: false,
            synced: Instant::now(),
            unsynced: Vec::new(),
            unsynced_applied: None,
        }
    }

    /// Runs until told to stop or until nobody is left to send.
    pub fn run(mut self) {
        while !self.stop {
            let first = match self.inbox.recv_timeout(SYNC_EVERY) {
                Ok(message) => Some(message),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let mut message = first;
            while let Some(current) = message {
                match current {
                    Message::Command { command, answer } => self.queue.push_back((command, answer)),
                    // What is lost of these is found out again.
                    Message::Note(writes) => drop(self.write(writes)),
                    Message::Stop => self.stop = true,
                }
                let more = self.queue.len() < limits::BATCH_COMMANDS && !self.stop;
                message = if more { self.inbox.try_recv().ok() } else { None };
            }
            self.let_the_index_follow();
            while !self.queue.is_empty() {
                self.run_batch();
            }
            if self.synced.elapsed() >= SYNC_EVERY {
                self.sync_catalogue();
                self.retry_when_there_is_room();
            }
        }
        self.sync_catalogue();
    }

    /// A batch waits a little while the index is behind, so that what is registered is found within seconds also under
    /// full load. An index that is far behind is being rebuilt: waiting for that would help nobody.
    fn let_the_index_follow(&self) {
        let behind = self.journal.size().saturating_sub(self.core.index.position());
        if !self.queue.is_empty() && (limits::INDEX_BEHIND..limits::INDEX_REBUILDING).contains(&behind) {
            let wait = (behind - limits::INDEX_BEHIND) / limits::INDEX_BEHIND_EVENTS_PER_MS;
            std::thread::sleep(Duration::from_millis(wait.min(limits::INDEX_WAIT_MS_MAX)));
        }
    }

    /// Decides commands in turn, as many as one pack can take; makes them durable, applies them, and answers all.
    fn run_batch(&mut self) {
        let core = Arc::clone(&self.core);
        let now = core.clock.now().max(self.last_time);
        let next = self.journal.size();
        let mut draft = Draft::new(&core.catalogue, &core.blobs, &core.journal, core.directory(), now, next);
        let mut taken = Vec::with_capacity(self.queue.len());
        while draft.has_room()
            && let Some((command, answer)) = self.queue.pop_front()
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
                if self.apply(&drafted, &locations) {
                    core.set_directory(directory);
                    None
                } else {
                    // It is in the journal, and asking again with the same key says so.
                    Some(Refusal::Stopped("it is being closed while the disk is full".to_owned()))
                }
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

    /// Applies a durable batch. What cannot be applied now is replayed at start: never is a line un-said. Says whether
    /// all is applied.
    fn apply(&mut self, drafted: &[Option<Drafted>], locations: &[(Blake3, Location)]) -> bool {
        let locations: HashMap<Blake3, Location> = locations.iter().copied().collect();
        for drafted in drafted.iter().flatten() {
            let mut writes = drafted.writes.clone();
            for document in drafted.recorded.event.documents() {
                if let Some(location) = locations.get(&document.blake3) {
                    writes.push(Catalogue::blob_write(&document.blake3, location.to_bytes()));
                }
            }
            if !self.write(writes) {
                return false;
            }
        }
        self.remember()
    }

    /// Notes in the catalogue how far it has come.
    pub(super) fn remember(&mut self) -> bool {
        let applied = Applied {
            position: self.journal.size(),
            tail: self.blobs.tail().to_bytes(),
            frontier: self.journal.frontier().to_bytes(),
        };
        let done = self.until_there_is_room(|catalogue| catalogue.set_applied(&applied));
        if done {
            self.core.set_applied(applied.position);
            self.unsynced_applied = Some(applied);
        }
        done
    }

    /// Writes the keys of one event.
    pub(super) fn write(&mut self, writes: Vec<Write>) -> bool {
        let done = self.until_there_is_room(|catalogue| catalogue.write(&writes));
        self.unsynced.push(writes);
        done
    }

    /// A full disk under the catalogue releases the reserve, stops writes and is retried; anything else ends the
    /// process, which replays at start. Meanwhile nobody waits in vain: what is asked is refused. False when the
    /// archive is closed before there is room.
    fn until_there_is_room(&mut self, write: impl Fn(&Catalogue) -> Result<(), CatalogueError>) -> bool {
        let core = Arc::clone(&self.core);
        let mut outcome = write(&core.catalogue);
        while let Err(error) = outcome {
            if !error.is_full() {
                if error.is_damage() {
                    core.mark_damaged(Projection::Catalogue, &error.to_string());
                }
                fatal("the catalogue cannot be written", &Refusal::from(error).causes());
            }
            core.release_reserve(Projection::Catalogue);
            self.refuse_waiting();
            if self.stop || core.stopping() {
                // What is in the journal and not in the catalogue is replayed at the next start.
                return false;
            }
            std::thread::sleep(ROOM_EVERY);
            outcome = if core.has_room(Projection::Catalogue) {
                let reopened = core.catalogue.reopen(&self.unsynced, self.unsynced_applied.as_ref());
                reopened.and_then(|()| write(&core.catalogue))
            } else {
                Err(error)
            };
        }
        true
    }

    /// Answers those who wait in the queue and the inbox: there is no room.
    fn refuse_waiting(&mut self) {
        let mut notes = Vec::new();
        while let Ok(message) = self.inbox.try_recv() {
            match message {
                Message::Command { command, answer } => self.queue.push_back((command, answer)),
                Message::Note(writes) => notes.push(writes),
                Message::Stop => self.stop = true,
            }
        }
        // Written when the catalogue is opened again, like all that it may have lost.
        self.unsynced.append(&mut notes);
        for (_, answer) in self.queue.drain(..) {
            // Who asked may have gone away.
            let _ = answer.send(Err(Refusal::Full));
        }
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
        if self.core.is_full(Projection::Catalogue) {
            self.core.restore_reserve(Projection::Catalogue);
        }
    }

    pub(super) fn sync_catalogue(&mut self) {
        let written = !self.unsynced.is_empty() || self.unsynced_applied.is_some();
        if written && self.until_there_is_room(Catalogue::sync) {
            self.unsynced.clear();
            self.unsynced_applied = None;
        }
        self.synced = Instant::now();
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
