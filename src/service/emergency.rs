//! Bringing an emergency register home: each of its lines gets its ordinary number, once, and keeps its own beside it.

use serde::Serialize;
use uuid::Uuid;

use super::Archive;
use super::draft::{Command, Decided, Draft, Fact};
use super::read::permit_in_area;
use super::refusal::Refusal;
use super::schemes::check_class;
use super::writer::Done;
use crate::catalogue::Look;
use crate::digest::Sha256;
use crate::ids::{ClassCode, EntryId, RegisterCode, UserId};
use crate::model::access::{Action, Actor};
use crate::model::emergency::{Book, DayOf, key_of, number_text};
use crate::model::event::{EmergencyRegisterImported, EmergencyRegisterImportedPrivate, EntryRegistered, Event, Facts};
use crate::model::field::FieldError;
use crate::model::register::{Direction, RegistrationFacts};

/// What became of an emergency register.
#[derive(Debug, Clone, Serialize)]
pub struct EmergencyOutcome {
    pub id: Uuid,
    pub register: RegisterCode,
    pub new: u64,
    pub existing: u64,
    pub entries: Vec<Correlation>,
    pub days: Vec<DayOf>,
    /// It has no end yet: more may come.
    pub open: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// An emergency number and the ordinary one.
#[derive(Debug, Clone, Serialize)]
pub struct Correlation {
    pub emergency: String,
    pub register: RegisterCode,
    pub year: i16,
    pub number: u64,
    pub number_text: String,
}

impl Archive {
    /// Whether somebody may bring an emergency register home: who registers what comes in.
    pub fn may_import_emergency(&self, actor: &Actor) -> Result<(), Refusal> {
        permit_in_area(actor, Action::RegisterEntry(Direction::Incoming))
    }

    /// Registers the lines of an emergency register that are not registered yet.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] names the line when the file was altered, and says when it is of another area or register.
    pub async fn import_emergency(
        &self,
        actor: &Actor,
        register: &RegisterCode,
        bytes: &[u8],
        otherwise: Option<&ClassCode>,
    ) -> Result<EmergencyOutcome, Refusal> {
        let book = Book::read(bytes).map_err(|altered| Refusal::invalid("file", altered.to_string()))?;
        let warnings = self.check_emergency(actor, register, &book)?;
        let (mut commands, mut wrong) = (Vec::new(), Vec::new());
        for one in &book.entries {
            match one.facts(book.opening.id, otherwise) {
                Ok(facts) => commands.push(RegisterLate {
                    actor: actor.user,
                    register: register.clone(),
                    key: key_of(book.opening.id, one.entry.number),
                    request: one.digest,
                    facts,
                }),
                Err(error) => wrong.push(error),
            }
        }
        if !wrong.is_empty() {
            return Err(Refusal::Invalid(wrong));
        }
        let mut outcome = EmergencyOutcome {
            id: book.opening.id,
            register: register.clone(),
            new: 0,
            existing: 0,
            entries: Vec::new(),
            days: book.days(),
            open: book.closing.is_none(),
            warnings,
        };
        let mut waiting = Vec::new();
        for command in commands {
            waiting.push(self.send(command)?);
        }
        for (answered, one) in waiting.into_iter().zip(&book.entries) {
            let subject = match answered.await.map_err(|_| Refusal::Stopped("it is being closed".to_owned()))?? {
                Done::Committed(events) => {
                    outcome.new += 1;
                    events.into_iter().next().map(|event| event.subject)
                }
                Done::Existing(position) => {
                    outcome.existing += 1;
                    Some(self.core().recorded(position)?.subject)
                }
            };
            let id = subject.as_deref().and_then(EntryId::from_path).ok_or(Refusal::NotFound("entry"))?;
            let EntryId { register, year, number } = id;
            let (emergency, number_text) = (number_text(one.entry.number), format!("{number:07}"));
            outcome.entries.push(Correlation { emergency, register, year, number, number_text });
        }
        self.note_emergency(actor, &book, register, Sha256::of(&bytes[..book.size as usize])).await?;
        Ok(outcome)
    }

    /// Emergency registers that came home.
    pub fn emergencies(&self) -> Vec<EmergencyRegisterImported> {
        self.core().directory().emergencies.values().rev().cloned().collect()
    }

    fn check_emergency(&self, actor: &Actor, register: &RegisterCode, book: &Book) -> Result<Vec<String>, Refusal> {
        self.may_import_emergency(actor)?;
        for one in &book.entries {
            permit_in_area(actor, Action::RegisterEntry(one.entry.direction))?;
        }
        let core = self.core();
        let directory = core.directory();
        let opening = &book.opening;
        let ours = &directory.area;
        if (&opening.organization, &opening.area) != (&ours.organization, &ours.area) {
            let text = format!(
                "it is of {}/{}, and this is {}/{}",
                opening.organization, opening.area, ours.organization, ours.area
            );
            return Err(Refusal::invalid("file", text));
        }
        if opening.register != *register {
            return Err(Refusal::invalid("file", format!("its lines belong into the register {}", opening.register)));
        }
        let rules = directory.registers.get(register).ok_or(Refusal::NotFound("register"))?;
        if rules.closed {
            return Err(Refusal::RegisterClosed);
        }
        for one in &book.entries {
            let Some(position) = core.catalogue.by_key(&key_of(opening.id, one.entry.number))? else { continue };
            let same = match core.recorded(position)?.event {
                Event::EntryRegistered(facts) => facts.public.request == one.digest,
                _ => false,
            };
            if !same {
                let number = number_text(one.entry.number);
                let text = format!(
                    "line {}: {number} said something else when it came home before: the file was altered",
                    one.line
                );
                return Err(Refusal::invalid("file", text));
            }
        }
        let end = |restored: Option<jiff::Timestamp>| restored.unwrap_or(jiff::Timestamp::MAX);
        let ended = end(book.closing.as_ref().map(|closing| closing.restored));
        let others = directory.emergencies.values().filter(|other| other.id != opening.id);
        let overlapping = others.filter(|other| other.began < ended && opening.began < end(other.restored));
        Ok(overlapping
            .map(|other| {
                format!("its time overlaps that of the emergency register {}, which came home before", other.id)
            })
            .collect())
    }

    async fn note_emergency(
        &self,
        actor: &Actor,
        book: &Book,
        register: &RegisterCode,
        sha256: Sha256,
    ) -> Result<(), Refusal> {
        let opening = book.opening.clone();
        let known = self.core().directory().emergencies.get(&opening.id).cloned();
        // A copy from before says nothing new.
        if known.is_some_and(|known| known.sha256 == sha256 || known.entries > book.entries.len() as u64) {
            return Ok(());
        }
        let public = EmergencyRegisterImported {
            register: register.clone(),
            id: opening.id,
            sha256,
            began: opening.began,
            restored: book.closing.as_ref().map(|closing| closing.restored),
            entries: book.entries.len() as u64,
            days: book.days(),
        };
        let extensions = book.extensions.iter().map(|extension| extension.act.clone()).collect();
        let (cause, act, authorised_by) = (opening.cause, opening.act, opening.authorised_by);
        let private = EmergencyRegisterImportedPrivate { cause, act, authorised_by, extensions };
        let event = Event::EmergencyRegisterImported(Facts { public, private: Some(private) });
        self.submit(Note { actor: actor.user, subject: format!("registers/{register}"), event }).await.map(|_| ())
    }
}

struct RegisterLate {
    actor: UserId,
    register: RegisterCode,
    key: Sha256,
    request: Sha256,
    facts: RegistrationFacts,
}

impl Command for RegisterLate {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        if let Some(position) = state.catalogue.by_key(&self.key)? {
            return Ok(Decided::Existing(position));
        }
        if state.directory.registers.get(&self.register).is_none_or(|register| register.closed) {
            return Err(Refusal::RegisterClosed);
        }
        check_class(state, &self.facts.classification).map_err(|refusal| match (refusal, &self.facts.emergency) {
            (Refusal::Invalid(errors), Some(emergency)) => {
                let named = errors.into_iter().map(|FieldError { field, message }| FieldError {
                    field: format!("{}.{field}", emergency.number_text()),
                    message,
                });
                Refusal::Invalid(named.collect())
            }
            (other, _) => other,
        })?;
        let number = state.next_number(&self.register)?;
        let id = EntryId { register: self.register.clone(), year: state.year(), number };
        let public = EntryRegistered {
            register: id.register.clone(),
            year: id.year,
            number,
            documents: Vec::new(),
            without_main: false,
            key: self.key,
            request: self.request,
        };
        let event = Event::EntryRegistered(Facts { public, private: Some(self.facts.clone()) });
        Ok(Decided::Commit(vec![Fact { subject: id.path(), event }]))
    }
}

struct Note {
    actor: UserId,
    subject: String,
    event: Event,
}

impl Command for Note {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, _: &Draft<'_>) -> Result<Decided, Refusal> {
        Ok(Decided::Commit(vec![Fact { subject: self.subject.clone(), event: self.event.clone() }]))
    }
}
