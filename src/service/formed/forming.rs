//! When is a register formed, and by whom? By the program itself, soon after the time is over; a thread of its own sees
//! to it, so that neither the keeper's duties nor a registration wait for a paper.
//!
//! One day after the other, all registers of a day together: the journal of the day is gone through, the forms are made
//! and staged like uploads, and a command brings them in, several days at a time when there is much to catch up with.
//! The command believes nothing: by the writer's own time the day must be over, no event of the day may have come after
//! the look, and each register must follow on the one before it (number, day, events, fingerprint). Who was quicker, or
//! what came late, makes it refuse, and the next look starts anew; a crash between staging and commit leaves nothing but
//! bytes that nobody refers to.
//!
//! A server that was off, and an archive older than this program, is caught up with in the same way, from the day of the
//! first event, resting as long as it worked; it is resumed where it stood. A closed register has no further days but
//! those on which something happens to it: an entry may be annulled after years.
//!
//! The register of a year is formed when its last day is: one year at a time, volume by volume.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::civil::{Date, date};

use super::forms::{Volumes, Writing};
use super::gather::{Counts, Range, count, position_at, tell};
use crate::blob::{StageError, Upload};
use crate::catalogue::Look as _;
use crate::clock;
use crate::digest::ContentDigests;
use crate::ids::{Position, RegisterCode, UserId};
use crate::limits;
use crate::model::event::{Event, Facts};
use crate::model::formed::{Form, Head, Period, RegisterFormed, RegisterFormedPrivate, Span};
use crate::service::core::Core;
use crate::service::draft::{Command, Decided, Draft, Fact};
use crate::service::refusal::Refusal;
use crate::service::{Archive, Inner};

/// A look at whether it is time, or the end.
const TICK: Duration = Duration::from_millis(50);
/// After a failure.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// What was formed last of a register, and where that event stands.
type Standing = (Position, RegisterFormed);

/// Forms registers until the archive is closed or gone.
pub fn start(archive: &Archive, every: Duration) -> io::Result<JoinHandle<()>> {
    // Weak, so that an archive nobody holds can go.
    let inner = Arc::downgrade(&archive.inner);
    std::thread::Builder::new().name("registers".to_owned()).spawn(move || run(&inner, every))
}

fn run(inner: &Weak<Inner>, every: Duration) {
    let (mut next, mut done) = (Instant::now() + every, None);
    loop {
        std::thread::park_timeout(TICK.min(every));
        let Some(inner) = inner.upgrade() else { return };
        let archive = Archive { inner };
        let core = archive.core();
        if core.stopping() {
            return;
        }
        let today = clock::date_in_rome(core.clock.now());
        let idle = !core.ready() || core.stopped().is_some() || core.full() || archive.is_empty();
        if Instant::now() < next || idle || done == Some(today) {
            continue;
        }
        let began = Instant::now();
        // A paper that cannot be written must not end the only thread that writes them.
        let formed = catch_unwind(AssertUnwindSafe(|| archive.form_some()));
        let formed = formed.unwrap_or_else(|_| Err(Refusal::Failed("a panic while forming a register".into())));
        // Whoever registers meanwhile has as much of the machine as this.
        next = Instant::now() + began.elapsed().clamp(every.min(TICK), AGAIN_AFTER);
        match formed {
            Ok(0) => done = Some(today),
            Ok(count) => tracing::info!(count, "registers formed"),
            // Something came between, or the archive is being closed.
            Err(Refusal::Changed | Refusal::Stopped(_) | Refusal::NotReady(_) | Refusal::Full) => {}
            // So much time has passed that what was staged is forgotten.
            Err(Refusal::BlobUnknown { .. }) => {}
            Err(refusal) => {
                tracing::error!(cause = refusal.causes(), "register not formed; trying again");
                next = Instant::now() + AGAIN_AFTER;
            }
        }
    }
}

impl Archive {
    /// Forms all registers that are due now; gives how many. The program does so by itself.
    pub fn form_registers(&self) -> Result<usize, Refusal> {
        let mut all = 0;
        loop {
            match self.form_some() {
                Ok(0) => return Ok(all),
                Ok(count) => all += count,
                // Something was written while the papers were.
                Err(Refusal::Changed) => {}
                Err(refusal) => return Err(refusal),
            }
        }
    }

    /// Forms some of the registers that are due; none when none is.
    fn form_some(&self) -> Result<usize, Refusal> {
        let _alone = self.inner.forming.lock().unwrap_or_else(PoisonError::into_inner);
        let days = days_due(self.core())?;
        let due = if days.formed.is_empty() { year_due(self.core())? } else { days };
        let count = due.formed.len();
        if count > 0 {
            self.submit_and_wait(due)?;
        }
        Ok(count)
    }
}

fn no_more() -> Refusal {
    Refusal::Stopped("it is being closed".to_owned())
}

/// The last register of each kind, of all registers there are.
pub fn standings(core: &Core, span: Span) -> Result<BTreeMap<RegisterCode, Option<Standing>>, Refusal> {
    let mut all = BTreeMap::new();
    for register in core.directory().registers.keys() {
        let last = core.catalogue.last_formed(register, span)?;
        let last = last.map(|position| Ok::<_, Refusal>((position, formed_at(core, position)?))).transpose()?;
        all.insert(register.clone(), last);
    }
    Ok(all)
}

/// The register that an event formed.
pub fn formed_at(core: &Core, position: Position) -> Result<RegisterFormed, Refusal> {
    match core.recorded(position)?.event {
        Event::RegisterFormed(facts) => Ok(facts.public),
        _ => Err(Refusal::Failed(format!("no register was formed at position {position}").into())),
    }
}

/// The first day that is not formed, and the first event that no register has looked at.
pub fn next_day(
    core: &Core,
    standings: &BTreeMap<RegisterCode, Option<Standing>>,
) -> Result<(Date, Position), Refusal> {
    let days = standings.values().flatten().filter_map(|(_, formed)| match formed.period {
        Period::Day(day) => Some((day, formed.to)),
        Period::Year(_) => None,
    });
    match days.max() {
        Some((day, to)) => Ok((day.tomorrow().map_err(Refusal::failed)?, to)),
        None => Ok((clock::date_in_rome(core.line(0)?.time), 0)),
    }
}

/// The next days that are over, of all registers, as far as one command brings them in.
fn days_due(core: &Core) -> Result<Due, Refusal> {
    let mut standings = standings(core, Span::Day)?;
    let mut due = Due::on(&standings, Span::Day);
    let (mut day, mut from) = next_day(core, &standings)?;
    let today = clock::date_in_rome(core.clock.now());
    let mut bytes = 0;
    while day < today && due.formed.len() < limits::REGISTERS_AT_ONCE && bytes < limits::REGISTER_BYTES_AT_ONCE {
        let period = Period::Day(day);
        let range = Range { from, to: position_at(core, period.end(), from)? };
        let counts = count(core, range, day.year())?;
        for (register, standing) in &mut standings {
            let counts = counts.get(register).copied().unwrap_or_default();
            let last = standing.as_ref().map(|(_, formed)| formed);
            let was_closed = last.is_some_and(|last| last.closed);
            if (last.is_none() && !counts.opened) || (was_closed && !counts.says_something()) {
                continue;
            }
            let mut formed = form(core, register, period, range, &counts, last)?;
            formed.from = last.map_or(range.from, |last| last.to);
            formed.closed = counts.closed.unwrap_or(was_closed);
            bytes += formed.documents.iter().map(|content| content.size).sum::<u64>();
            *standing = Some((0, formed.clone()));
            due.formed.push(formed);
        }
        (day, from) = (day.tomorrow().map_err(Refusal::failed)?, range.to);
    }
    Ok(due)
}

/// A year whose days are all formed.
fn year_due(core: &Core) -> Result<Due, Refusal> {
    let days = standings(core, Span::Day)?;
    let years = standings(core, Span::Year)?;
    let mut due = Due::on(&years, Span::Year);
    let (next, _) = next_day(core, &days)?;
    for (register, last) in &years {
        let last = last.as_ref().map(|(_, formed)| formed);
        let begin = match (last, core.catalogue.first_formed(register, Span::Day)?) {
            (Some(last), _) => last.period.year() + 1,
            (None, Some(position)) => formed_at(core, position)?.period.year(),
            (None, None) => continue,
        };
        for year in begin..next.year() {
            // A register that was closed may have no day in a year.
            let end = Period::Day(date(year + 1, 1, 1));
            let newest = core.catalogue.formed_before(register, Span::Day, Some(end)).next().transpose()?;
            let newest = newest.map(|position| formed_at(core, position)).transpose()?;
            if newest.is_none_or(|newest| newest.period.year() != year) {
                continue;
            }
            let period = Period::Year(year);
            let from = position_at(core, period.begin(), 0)?;
            let range = Range { from, to: position_at(core, period.end(), from)? };
            let counts = count(core, range, year)?.get(register).copied().unwrap_or_default();
            due.formed.push(form(core, register, period, range, &counts, last)?);
            return Ok(due);
        }
    }
    Ok(due)
}

/// Makes and stages the files of a register.
fn form(
    core: &Core,
    register: &RegisterCode,
    period: Period,
    range: Range,
    counts: &Counts,
    last: Option<&RegisterFormed>,
) -> Result<RegisterFormed, Refusal> {
    let number = match last {
        Some(last) if period.span() == Span::Year || last.period.year() == period.year() => last.number + 1,
        _ => 1,
    };
    let previous = last.and_then(|last| last.documents.first()).map(|content| content.sha256);
    let head = Head { previous, ..head(core, register, period, Some(number), counts) };
    let (mut forms, mut documents) = (Vec::new(), Vec::new());
    let mut volume = |pdf: Vec<u8>| {
        if core.stopping() {
            return Err(no_more());
        }
        let mut upload = core.blobs.begin();
        upload.write(&pdf).map_err(staged)?;
        forms.push(Form::Pdf);
        documents.push(upload.finish(UserId::SYSTEM, core.clock.now(), None).map_err(staged)?);
        Ok(())
    };
    let mut volumes = Volumes::begin(&head, &mut volume);
    let others = [Form::Xml, Form::Csv, Form::Json];
    let mut files = Vec::new();
    for form in others {
        files.push(Writing::begin(form, &head, BufWriter::with_capacity(limits::STREAM_CHUNK, Staging::new(core)))?);
    }
    tell(core, register, (range, period.year()), counts, &mut |told| {
        files.iter_mut().try_for_each(|file| file.tell(&told))?;
        volumes.tell(&told)
    })?;
    volumes.end()?;
    for (form, file) in others.into_iter().zip(files) {
        let staging = file.end()?.into_inner().map_err(|error| Refusal::failed(error.into_error()))?;
        forms.push(form);
        documents.push(staging.finish(core)?);
    }
    Ok(RegisterFormed {
        register: register.clone(),
        period,
        id: head.id.unwrap_or_default(),
        number,
        first: counts.first,
        last: counts.last,
        entries: counts.entries,
        annulled: counts.annulled,
        changes: counts.changes,
        from: range.from,
        to: range.to,
        closed: false,
        previous,
        forms,
        documents,
    })
}

/// What stands over a register that is made now.
pub fn head(core: &Core, register: &RegisterCode, period: Period, number: Option<u64>, counts: &Counts) -> Head {
    let directory = core.directory();
    let title = directory.registers.get(register).map(|known| known.title.as_str()).unwrap_or_default();
    Head {
        closed_at: core.clock.now(),
        first: counts.first,
        last: counts.last,
        entries: counts.entries,
        annulled: counts.annulled,
        changes: counts.changes,
        ..Head::new(&directory.area, (register, title), period, number)
    }
}

fn staged(error: StageError) -> Refusal {
    if error.is_full() { Refusal::Full } else { Refusal::failed(error) }
}

/// A file on its way into the staged contents.
struct Staging {
    upload: Upload,
    failed: Option<StageError>,
}

impl Staging {
    fn new(core: &Core) -> Self {
        Self { upload: core.blobs.begin(), failed: None }
    }

    fn finish(self, core: &Core) -> Result<ContentDigests, Refusal> {
        match self.failed {
            Some(error) => Err(staged(error)),
            None => self.upload.finish(UserId::SYSTEM, core.clock.now(), None).map_err(staged),
        }
    }
}

impl Write for Staging {
    /// What cannot be kept is said at the end, by its cause; nothing more is taken after it.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failed.is_none() {
            self.failed = self.upload.write(bytes).err();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Registers that are made and to be brought in, in their order.
struct Due {
    span: Span,
    /// The last of each register when they were made.
    last: BTreeMap<RegisterCode, Option<Position>>,
    formed: Vec<RegisterFormed>,
}

impl Due {
    fn on(standings: &BTreeMap<RegisterCode, Option<Standing>>, span: Span) -> Self {
        let last = standings.iter().map(|(register, last)| (register.clone(), last.as_ref().map(|(at, _)| *at)));
        Self { span, last: last.collect(), formed: Vec::new() }
    }
}

impl Command for Due {
    fn actor(&self) -> UserId {
        UserId::SYSTEM
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let mut last: BTreeMap<&RegisterCode, RegisterFormed> = BTreeMap::new();
        for (register, position) in &self.last {
            if state.catalogue.last_formed(register, self.span)? != *position {
                return Err(Refusal::Changed);
            }
            if let Some(position) = position
                && let Event::RegisterFormed(facts) = state.event(*position)?.event
            {
                last.insert(register, facts.public);
            }
        }
        let mut facts = Vec::new();
        for formed in &self.formed {
            // Over by the clock of the one who writes, and by all that was written.
            let next = formed.to < state.next_position();
            let late = next && state.event(formed.to)?.time < formed.period.end();
            if state.now < formed.period.end() || late || formed.to > state.next_position() {
                return Err(Refusal::Changed);
            }
            formed.follows(last.get(&formed.register)).map_err(|what| Refusal::Failed(what.into()))?;
            for content in &formed.documents {
                state.require_blob("register", content.blake3)?;
            }
            last.insert(&formed.register, formed.clone());
            let private = Some(RegisterFormedPrivate::default());
            let event = Event::RegisterFormed(Facts { public: formed.clone(), private });
            facts.push(Fact { subject: formed.period.path(&formed.register), event });
        }
        Ok(Decided::Commit(facts))
    }
}
