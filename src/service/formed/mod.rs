//! The registers of days and years (registro giornaliero e annuale di protocollo): read, listed, and told before they
//! are formed.
//!
//! They are documents that the event which forms them makes: one thing with several files, each read under an id of its
//! own, none of which ever changes. They hold the subjects of every office, so who reads registers reads them and nobody
//! else, whatever dossier they are filed in; of what is confidential they hold no word for anybody.

mod forming;
mod forms;
mod gather;

use std::io::Write;

use jiff::civil::Date;
use serde::Serialize;

use self::forms::{Volumes, Writing};
use self::gather::{Counts, Range, count, position_at, tell};
use super::Archive;
use super::core::Core;
use super::documents::OpenDocument;
use super::lists::Page;
use super::read::permit_in_area;
use super::refusal::Refusal;
use crate::catalogue::Look as _;
use crate::clock;
use crate::digest::ContentDigests;
use crate::ids::{DocumentId, Position, RegisterCode};
use crate::model::access::{Action, Actor};
use crate::model::event::Event;
use crate::model::formed::{ChangeLine, EntryLine, Form, Head, Period, RegisterFormed, Span};

pub(super) use self::forming::start;
pub(super) use self::gather::Told;

/// A formed register as the API lists it.
#[derive(Debug, Clone, Serialize)]
pub struct FormedView {
    pub register: RegisterCode,
    pub period: Period,
    pub number: u64,
    /// The persistent id.
    pub id: String,
    pub title: String,
    pub formed_at: String,
    pub first: Option<u64>,
    pub last: Option<u64>,
    pub entries: u64,
    pub annulled: u64,
    pub changes: u64,
    /// As a document: its first file.
    pub document: DocumentId,
    pub files: Vec<FormedFile>,
    /// The events it covers.
    #[serde(skip)]
    pub range: (Position, Position),
}

/// One file of a formed register.
#[derive(Debug, Clone, Serialize)]
pub struct FormedFile {
    pub form: Form,
    /// Of the PDF, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<usize>,
    pub document: DocumentId,
    pub file_name: String,
    #[serde(flatten)]
    pub content: ContentDigests,
}

impl FormedView {
    fn of(core: &Core, position: Position) -> Result<Self, Refusal> {
        let recorded = core.recorded(position)?;
        let Event::RegisterFormed(facts) = recorded.event else {
            return Err(Refusal::Failed(format!("no register was formed at position {position}").into()));
        };
        let public = facts.public;
        let file = |(index, content): (usize, &ContentDigests)| {
            let form = public.forms.get(index).copied().unwrap_or(Form::Pdf);
            FormedFile {
                form,
                volume: (form == Form::Pdf).then_some(index + 1),
                document: DocumentId { position, index: u32::try_from(index).unwrap_or(u32::MAX) },
                file_name: public.file_name(index),
                content: *content,
            }
        };
        Ok(Self {
            files: public.documents.iter().enumerate().map(file).collect(),
            title: public.title(),
            formed_at: clock::rfc3339(recorded.time),
            document: DocumentId { position, index: 0 },
            range: (public.from, public.to),
            register: public.register,
            period: public.period,
            number: public.number,
            id: public.id,
            first: public.first,
            last: public.last,
            entries: public.entries,
            annulled: public.annulled,
            changes: public.changes,
        })
    }

    /// The file of a form; of the PDF a volume, the first without one.
    pub fn file(&self, form: Form, volume: Option<usize>) -> Option<&FormedFile> {
        self.files.iter().find(|file| {
            file.form == form && volume.is_none_or(|volume| form != Form::Pdf || file.volume == Some(volume))
        })
    }

    pub fn volumes(&self) -> usize {
        self.files.iter().filter(|file| file.form == Form::Pdf).count()
    }
}

/// The register of a day or a year: formed for good, or as far as it has come.
pub enum RegisterOf {
    Formed(Box<FormedView>),
    Open(Box<OpenRegister>),
}

/// A register that is not formed yet.
pub struct OpenRegister {
    pub head: Head,
    register: RegisterCode,
    range: Range,
    counts: Counts,
}

impl OpenRegister {
    /// Another one when there may be more to tell.
    pub fn version(&self) -> String {
        format!("{}-{}", self.range.from, self.range.to)
    }
}

/// A year as a page shows it.
#[derive(Debug)]
pub struct YearSoFar {
    pub formed: Option<FormedView>,
    /// The first and the last.
    pub numbers: Option<(u64, u64)>,
}

/// What a page shows of a register.
#[derive(Debug, Default)]
pub struct Lines {
    pub entries: Vec<EntryLine>,
    pub changes: Vec<ChangeLine>,
    /// There are more entries after the last shown.
    pub more: bool,
}

impl Archive {
    /// The day that it is in Rome.
    pub fn today(&self) -> Date {
        clock::date_in_rome(self.core().clock.now())
    }

    /// The formed registers of days or of years, newest first; `before` is the last period of the page before.
    pub fn formed_registers(
        &self,
        actor: &Actor,
        (register, span): (&RegisterCode, Span),
        before: Option<Period>,
        limit: usize,
    ) -> Result<Page<FormedView>, Refusal> {
        permit_in_area(actor, Action::ReadRegister)?;
        let core = self.core();
        known(core, register)?;
        let mut positions = core.catalogue.formed_before(register, span, before);
        let mut items = Vec::new();
        while items.len() < limit
            && let Some(position) = positions.next()
        {
            items.push(FormedView::of(core, position?)?);
        }
        let more = positions.next().is_some();
        let next_cursor = items.last().filter(|_| more).map(|last| last.period.to_string());
        Ok(Page { items, next_cursor })
    }

    /// The register of a year when it is formed, else its first and last number so far: what was annulled in it would take
    /// a look at each of its events, and that is for whoever wants the whole.
    pub fn year_so_far(&self, actor: &Actor, register: &RegisterCode, period: Period) -> Result<YearSoFar, Refusal> {
        permit_in_area(actor, Action::ReadRegister)?;
        let core = self.core();
        known(core, register)?;
        if let Some(position) = core.catalogue.formed(register, period)? {
            let formed = FormedView::of(core, position)?;
            let numbers = formed.first.zip(formed.last);
            return Ok(YearSoFar { formed: Some(formed), numbers });
        }
        may_come(core, register, period)?;
        let first = core.catalogue.first_number(register, period.year())?;
        let last = core.catalogue.last_number(register, period.year())?;
        Ok(YearSoFar { formed: None, numbers: first.map(|first| (first, last)) })
    }

    /// The register of a day or a year.
    pub fn register_of(&self, actor: &Actor, register: &RegisterCode, period: Period) -> Result<RegisterOf, Refusal> {
        permit_in_area(actor, Action::ReadRegister)?;
        let core = self.core();
        known(core, register)?;
        if let Some(position) = core.catalogue.formed(register, period)? {
            return FormedView::of(core, position).map(Box::new).map(RegisterOf::Formed);
        }
        may_come(core, register, period)?;
        let from = position_at(core, period.begin(), 0)?;
        let range = Range { from, to: position_at(core, period.end(), from)? };
        let counts = count(core, range, period.year())?.get(register).copied().unwrap_or_default();
        let head = forming::head(core, register, period, None, &counts);
        Ok(RegisterOf::Open(Box::new(OpenRegister { head, register: register.clone(), range, counts })))
    }

    /// A file of a formed register.
    pub fn formed_file(&self, actor: &Actor, file: &FormedFile) -> Result<OpenDocument, Refusal> {
        let mut open = self.open_document(actor, file.document, None)?;
        // What was written is known better than what its first bytes look like.
        open.media_type = file.form.media_type().to_owned();
        Ok(open)
    }

    /// Writes a register as far as it has come.
    pub fn write_open_register(&self, open: &OpenRegister, form: Form, out: &mut dyn Write) -> Result<(), Refusal> {
        let (core, OpenRegister { head, register, range, counts }) = (self.core(), open);
        let within = (*range, head.period.year());
        if form != Form::Pdf {
            let mut file = Writing::begin(form, head, out)?;
            tell(core, register, within, counts, &mut |told| file.tell(&told))?;
            return file.end()?.flush().map_err(Refusal::failed);
        }
        let mut whole = |pdf: Vec<u8>| out.write_all(&pdf).map_err(Refusal::failed);
        let mut volumes = Volumes::begin(head, &mut whole);
        tell(core, register, within, counts, &mut |told| volumes.tell(&told))?;
        volumes.end()
    }

    /// What a page shows of a register: so many entries with numbers after `after`, and with the last of them the
    /// changes.
    pub fn register_lines(
        &self,
        actor: &Actor,
        (register, period): (&RegisterCode, Period),
        after: u64,
        most: usize,
    ) -> Result<Lines, Refusal> {
        let core = self.core();
        let range = match self.register_of(actor, register, period)? {
            RegisterOf::Open(open) => open.range,
            RegisterOf::Formed(formed) => Range { from: formed.range.0, to: formed.range.1 },
        };
        let counts = count(core, range, period.year())?.get(register).copied().unwrap_or_default();
        let mut lines = Lines::default();
        tell(core, register, (range, period.year()), &counts, &mut |told| {
            match told {
                Told::Entry(entry) if entry.number <= after => {}
                Told::Entry(entry) if lines.entries.len() < most => lines.entries.push(*entry),
                Told::Entry(_) => lines.more = true,
                Told::Change(change) => lines.changes.push(*change),
            }
            Ok(())
        })?;
        Ok(lines)
    }

    /// The last day that is formed of each register, and the first that is due and not formed.
    pub(super) fn forming_view(&self) -> Result<FormingView, Refusal> {
        let core = self.core();
        if core.journal.size() == 0 {
            return Ok(FormingView::default());
        }
        let standings = forming::standings(core, Span::Day)?;
        let (next, _) = forming::next_day(core, &standings)?;
        let open = core.directory().registers.values().any(|register| !register.closed);
        let due = (open && next < clock::date_in_rome(core.clock.now())).then_some(next);
        let last = standings.into_iter().filter_map(|(register, last)| {
            let (_, formed) = last?;
            let Period::Day(day) = formed.period else { return None };
            Some(LastFormed { register, day, number: formed.number })
        });
        Ok(FormingView { registers: last.collect(), due })
    }
}

/// How far the daily registers have come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FormingView {
    pub registers: Vec<LastFormed>,
    /// The first day that is over and not formed.
    pub due: Option<Date>,
}

/// The newest daily register of a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastFormed {
    pub register: RegisterCode,
    pub day: Date,
    pub number: u64,
}

fn known(core: &Core, register: &RegisterCode) -> Result<(), Refusal> {
    core.directory().registers.get(register).map(|_| ()).ok_or(Refusal::NotFound("register"))
}

/// Whether a time that is not formed has come, and was not left out: before the register was opened, after it was closed.
fn may_come(core: &Core, register: &RegisterCode, period: Period) -> Result<(), Refusal> {
    let none = || Err(Refusal::NotFound("register of this time"));
    let last = core.catalogue.last_formed(register, period.span())?;
    let last: Option<RegisterFormed> = last.map(|position| forming::formed_at(core, position)).transpose()?;
    let opened = match &last {
        Some(last) if last.period >= period => return none(),
        Some(last) => last.period.begin(),
        None => opened_at(core, register)?,
    };
    if period.begin() > core.clock.now() || period.end() <= opened { none() } else { Ok(()) }
}

fn opened_at(core: &Core, register: &RegisterCode) -> Result<jiff::Timestamp, Refusal> {
    for position in core.catalogue.directory_positions()? {
        let recorded = core.recorded(position)?;
        if matches!(&recorded.event, Event::RegisterOpened(facts) if facts.public.register == *register) {
            return Ok(recorded.time);
        }
    }
    Err(Refusal::NotFound("register"))
}
