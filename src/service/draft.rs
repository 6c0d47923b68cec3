//! A batch in the making: what its commands have decided, on top of what is stored.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::core::recorded;
use super::refusal::Refusal;
use crate::blob::Store;
use crate::catalogue::{Catalogue, Look, Overlay, Write, writes_of};
use crate::clock;
use crate::digest::Blake3;
use crate::ids::{EntryId, Position, RegisterCode, UserId};
use crate::journal::{Line, Reader};
use crate::limits;
use crate::model::directory::Directory;
use crate::model::dossier::DossierState;
use crate::model::event::{Event, Recorded};

/// An event that a command wants recorded, about the thing at the API path `subject`.
pub struct Fact {
    pub subject: String,
    pub event: Event,
}

/// What a command decides.
pub enum Decided {
    /// These happen, in this order, all or none.
    Commit(Vec<Fact>),
    /// It had happened before: the answer is the event at this position.
    Existing(Position),
}

/// A change asked for. It looks, and says what shall happen; the writer makes it happen.
pub trait Command: Send {
    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal>;

    /// Who asks.
    fn actor(&self) -> UserId;
}

/// One event of the batch with what it writes.
pub struct Drafted {
    pub recorded: Recorded,
    pub writes: Vec<Write>,
}

/// The state a command sees.
pub struct Draft<'a> {
    pub catalogue: Overlay<'a>,
    pub directory: Arc<Directory>,
    pub journal: &'a Reader,
    /// The time of every event of the batch.
    pub now: Timestamp,
    blobs: &'a Store,
    base: &'a Catalogue,
    next: Position,
    numbers: HashMap<(RegisterCode, i16), u64>,
    /// The first number of each register and year that the batch gives itself.
    own: HashMap<(RegisterCode, i16), u64>,
    pub(super) drafted: Vec<Drafted>,
    pub(super) lines: Vec<Line>,
    /// Contents that the batch stores, in the order in which they are first referred to.
    pub(super) new_blobs: Vec<Blake3>,
    new_blobs_seen: HashSet<Blake3>,
    new_bytes: u64,
}

impl<'a> Draft<'a> {
    pub fn new(
        base: &'a Catalogue,
        blobs: &'a Store,
        journal: &'a Reader,
        directory: Arc<Directory>,
        now: Timestamp,
        next: Position,
    ) -> Self {
        Self {
            catalogue: Overlay::new(base),
            directory,
            journal,
            now,
            blobs,
            base,
            next,
            numbers: HashMap::new(),
            own: HashMap::new(),
            drafted: Vec::new(),
            lines: Vec::new(),
            new_blobs: Vec::new(),
            new_blobs_seen: HashSet::new(),
            new_bytes: 0,
        }
    }

    /// The day of the batch in Rome.
    pub fn today(&self) -> Date {
        clock::date_in_rome(self.now)
    }

    /// The calendar year of the batch in Rome, which is the year of its registrations.
    pub fn year(&self) -> i16 {
        clock::year_in_rome(self.now)
    }

    /// The position the next event will have.
    pub fn next_position(&self) -> Position {
        self.next
    }

    /// The number the next registration gets: one above the last, whatever the batch has given already.
    pub fn next_number(&self, register: &RegisterCode) -> Result<u64, Refusal> {
        let year = self.year();
        let last = match self.numbers.get(&(register.clone(), year)) {
            Some(last) => *last,
            None => self.base.last_number(register, year)?,
        };
        Ok(last + 1)
    }

    /// Whether the archive gave a lower number itself in that year. Its own stand above all imported ones without a gap,
    /// so the next lower one tells.
    pub fn gave_below(&self, id: &EntryId) -> Result<bool, Refusal> {
        if self.own.get(&(id.register.clone(), id.year)).is_some_and(|own| *own < id.number) {
            return Ok(true);
        }
        let before = self.base.entry_before(&id.register, id.year, id.number)?;
        let Some(before) = before.filter(|before| before.year == id.year) else { return Ok(false) };
        let record = self.base.entry(&before)?.unwrap_or_default();
        let Some(first) = record.positions.first() else { return Ok(false) };
        Ok(matches!(self.event(*first)?.event, Event::EntryRegistered(_)))
    }

    /// Whether another command fits: what a batch stores goes into one pack.
    pub(super) fn has_room(&self) -> bool {
        self.new_blobs.len() < limits::BATCH_CONTENTS && self.new_bytes < limits::BATCH_BYTES
    }

    /// A content that a command refers to must be stored, decided to be stored, or staged.
    pub fn require_blob(&self, field: &str, blake3: Blake3) -> Result<(), Refusal> {
        let present = self.new_blobs_seen.contains(&blake3)
            || self.catalogue.blob(&blake3)?.is_some()
            || self.blobs.is_staged(&blake3);
        if present { Ok(()) } else { Err(Refusal::BlobUnknown { field: field.to_owned(), blake3 }) }
    }

    /// An event that is in the journal or decided in this batch.
    pub fn event(&self, position: Position) -> Result<Recorded, Refusal> {
        let first = self.next - self.drafted.len() as Position;
        match position.checked_sub(first).and_then(|n| self.drafted.get(n as usize)) {
            Some(drafted) => Ok(drafted.recorded.clone()),
            None => recorded(&self.journal.line(position)?),
        }
    }

    /// Whether one of these events is such.
    pub fn has_event(&self, positions: &[Position], such: impl Fn(&Event) -> bool) -> Result<bool, Refusal> {
        // The first made the thing; what changed it comes after.
        for position in positions.iter().skip(1) {
            if such(&self.event(*position)?.event) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a dossier made by these events is open: its last event says.
    pub fn dossier_state(&self, positions: &[Position]) -> Result<DossierState, Refusal> {
        let last = positions.last().ok_or(Refusal::NotFound("dossier"))?;
        let closed = matches!(self.event(*last)?.event, Event::DossierClosed(_));
        Ok(if closed { DossierState::Closed } else { DossierState::Open })
    }

    /// Takes a command's facts into the batch. Fails only when an event contradicts the state, which no command may do.
    pub(super) fn accept(&mut self, actor: UserId, facts: Vec<Fact>) -> Result<(), Refusal> {
        for Fact { subject, event } in facts {
            let recorded = Recorded { position: self.next, time: self.now, actor, subject, event };
            let (public, private) = recorded.event.encode()?;
            self.lines.push(Line {
                time: self.now,
                actor: actor.to_string(),
                kind: recorded.event.kind().to_owned(),
                version: recorded.event.version(),
                subject: recorded.subject.clone(),
                public,
                private,
            });
            let writes = writes_of(&self.catalogue, &recorded)?;
            self.catalogue.add(&writes);
            self.note(&recorded)?;
            self.drafted.push(Drafted { recorded, writes });
            self.next += 1;
        }
        Ok(())
    }

    /// Remembers what the catalogue's overlay does not say.
    fn note(&mut self, recorded: &Recorded) -> Result<(), Refusal> {
        let event = &recorded.event;
        if let Event::EntryRegistered(facts) = event {
            let public = &facts.public;
            let year = (public.register.clone(), public.year);
            self.own.entry(year.clone()).or_insert(public.number);
            self.numbers.insert(year, public.number);
        }
        if let Event::EntryImported(facts) = event {
            let public = &facts.public.registered;
            let year = (public.register.clone(), public.year);
            let last = match self.numbers.get(&year) {
                Some(last) => *last,
                None => self.base.last_number(&public.register, public.year)?,
            };
            self.numbers.insert(year, last.max(public.number));
        }
        if Directory::concerns(event) {
            Arc::make_mut(&mut self.directory).apply(recorded);
        }
        for document in event.documents() {
            if self.catalogue.blob(&document.blake3)?.is_none() && self.new_blobs_seen.insert(document.blake3) {
                self.new_blobs.push(document.blake3);
                if document.size <= limits::PACKED_CONTENT_MAX {
                    self.new_bytes += document.size;
                }
            }
        }
        Ok(())
    }
}
