//! How the archive is: what `/status` and `/metrics` say.

use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Serialize;

use super::Archive;
use super::core::Core;
use super::figures::{heading, line};
use super::formed::FormingView;
use super::open::Texts;
use super::refusal::Refusal;
use super::status_note::StatusNote;
use crate::clock;
use crate::ids::Position;
use crate::index::{Filters, Interval, ItemKind, Request, View};
use crate::limits;
use crate::model::formed::Period;
use crate::text::{Fences, Reason};

/// Days of which it is told how much was registered: four weeks.
const DAYS_SHOWN: i64 = 28;
/// Events by which the index may be behind before that is called a rebuild.
const BEHIND_MAX: Position = 100;

/// `GET /status`.
#[derive(Debug, Clone, Serialize)]
pub struct StatusView {
    pub healthy: bool,
    /// What is wrong or late, in words; empty when all is well.
    pub notes: Vec<StatusNote>,
    pub version: &'static str,
    pub format: u32,
    pub journal_position: Position,
    pub catalogue_position: Position,
    pub index_position: Position,
    /// Age of the oldest event that searches do not know yet; 0 when they know all.
    pub index_lag_seconds: f64,
    /// Contents whose text waits to be extracted.
    pub texts_waiting: usize,
    pub texts: TextsView,
    pub audit: AuditView,
    /// The daily registers.
    pub daily_registers: FormingView,
    /// The last weeks day by day, the oldest first, today last. No more than the numbers on two letters tell.
    pub registered_by_day: Vec<DayView>,
    /// Present while a projection is being rebuilt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rebuild: Option<Progress>,
}

/// Entries registered on a day, of Rome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DayView {
    pub day: Date,
    pub count: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    pub done: Position,
    pub of: Position,
}

/// The texts of documents: what there is, what is still to come, and who reads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TextsView {
    /// Items with a document whose text is in this state, and for what reason it is missing or not whole; those that
    /// there are.
    pub items: BTreeMap<&'static str, u64>,
    /// How long the oldest that waits for its first text has waited.
    pub oldest_waiting_seconds: Option<f64>,
    pub being_read: usize,
    /// Documents that were read but for the letters in their images, which are being recognised. Until those of an
    /// earlier run are listed, and while there are very many, as many as the index has items with such a document.
    pub to_recognise: u64,
    /// Documents that will be tried again, since their reader had bad luck.
    pub to_try_again: usize,
    /// Present while documents are read again that something new here may read better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_again: Option<Progress>,
    /// Since the last document was read; absent before the first since the start.
    pub last_read_seconds: Option<f64>,
    pub extractor_version: u32,
    /// Engines of this machine that help to read.
    pub engines: Vec<String>,
    /// What of the fences around the processes that read stands on this kernel; absent where that was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fences: Option<Fences>,
}

/// How much there is, for those who run it; absent where it cannot be told at the moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SizesView {
    pub disk_free_bytes: Option<u64>,
    pub disk_total_bytes: Option<u64>,
    pub catalogue_bytes: Option<u64>,
    pub index_bytes: Option<u64>,
    pub index_segments: Option<usize>,
    pub index_items: u64,
    /// Uploads held in memory.
    pub staged_bytes: u64,
}

/// What the self-audit has seen since the start.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AuditView {
    pub checked: u64,
    pub failed: u64,
    /// Of those that failed in the index, the ones that are right by now.
    pub mended: u64,
    pub last_seconds: Option<f64>,
}

/// The words for the state of a text.
const TEXT_STATES: [&str; 4] = ["pending", "full", "partial", "none"];

impl Archive {
    /// Events that the index knows, and all there are.
    pub fn positions(&self) -> (Position, Position) {
        // In this order: the index is never said to be ahead.
        let index = self.core().index.position();
        (index, self.core().journal.size())
    }

    pub fn status(&self) -> StatusView {
        let core = self.core();
        let journal = core.journal.size();
        let (catalogue, index) = (core.applied(), core.index.position());
        let stopped = core.stopped();
        let room = core.disk.free_space(&core.root).map_or(true, |free| free >= limits::FREE_SPACE_MIN);
        let full = core.full() || !room;
        let replaying = catalogue < journal && !core.ready();
        let late = index + BEHIND_MAX < journal;
        let rebuild = if replaying {
            Some(Progress { done: catalogue, of: journal })
        } else if late {
            Some(Progress { done: index, of: journal })
        } else {
            None
        };
        // Before the notes: what is counted is said.
        let audit = audit_view(core);
        let mut notes = Vec::new();
        if let Some(reason) = &stopped {
            let text = format!("nothing is written until a restart: {reason}");
            notes.push(StatusNote::new("stopped", reason, text));
        }
        if full {
            let keep = limits::FREE_SPACE_MIN / limits::MIB;
            let text =
                format!("the disk is full (the last {keep} MiB are kept back): nothing is written until there is room");
            notes.push(StatusNote::new("disk-full", keep, text));
        }
        if replaying {
            notes.push(StatusNote::new("catalogue-rebuilt", "", "the catalogue is being rebuilt"));
        }
        if late {
            let behind = journal - index;
            let text = format!("the index is {behind} events behind and is being brought up to date");
            notes.push(StatusNote::new("index-behind", behind, text));
        }
        let texts = self.texts_view();
        let missing = texts.fences.into_iter().flat_map(Fences::missing);
        notes.extend(missing.map(|fence| {
            let text = format!("documents are read without {fence}, which this kernel does not have");
            StatusNote::new("fence-missing", fence, text)
        }));
        let unsealed = self.seals_waiting();
        if unsealed > 0 {
            let text = format!("{unsealed} marks wait for their seal: the signer does not answer");
            notes.push(StatusNote::new("seal-away", unsealed, text));
        }
        let daily_registers =
            if core.ready() { self.forming_view().unwrap_or_default() } else { FormingView::default() };
        notes.extend(late_register(core, &daily_registers));
        notes.extend(core.notes());
        notes.extend(core.audit.notes());
        StatusView {
            healthy: stopped.is_none() && !full && core.ready(),
            notes,
            version: env!("CARGO_PKG_VERSION"),
            format: crate::model::event::FORMAT,
            journal_position: journal,
            catalogue_position: catalogue,
            index_position: index,
            index_lag_seconds: lag(core, index, journal),
            texts_waiting: self.texts_waiting(),
            texts,
            audit,
            daily_registers,
            registered_by_day: registered_by_day(core).unwrap_or_default(),
            rebuild,
        }
    }

    fn texts_view(&self) -> TextsView {
        let core = self.core();
        let mut view = TextsView {
            items: texts_by_state(core).unwrap_or_default(),
            oldest_waiting_seconds: None,
            being_read: 0,
            to_recognise: 0,
            to_try_again: 0,
            read_again: None,
            last_read_seconds: None,
            extractor_version: crate::text::EXTRACTOR_VERSION,
            engines: Vec::new(),
            fences: None,
        };
        self.inner.threads.with_texts(|texts| {
            let figures = &texts.reader.figures;
            let progress = &texts.rereading.progress;
            let of = progress.of.load(Ordering::Relaxed);
            view.oldest_waiting_seconds = texts.extracting.queue.oldest().map(|waited| waited.as_secs_f64());
            view.being_read = figures.being_read.load(Ordering::Relaxed);
            let in_index = view.items.get(Reason::AwaitingRecognition.code());
            view.to_recognise = texts.reader.to_recognise.count(in_index.copied().unwrap_or(0));
            view.to_try_again = texts.rereading.retries.waiting();
            view.read_again = (of > 0).then(|| Progress { done: progress.done.load(Ordering::Relaxed), of });
            view.last_read_seconds = since(core, figures.last.load(Ordering::Relaxed));
            view.fences = texts.fences;
            view.engines = texts.reader.engines.split_whitespace().map(str::to_owned).collect();
        });
        view
    }

    pub fn sizes(&self) -> SizesView {
        let core = self.core();
        let stats = core.index.stats().ok();
        SizesView {
            disk_free_bytes: core.disk.free_space(&core.root).ok(),
            disk_total_bytes: core.disk.total_space(&core.root).ok(),
            catalogue_bytes: core.catalogue.size().ok(),
            index_bytes: stats.as_ref().map(|stats| stats.bytes),
            index_segments: stats.as_ref().map(|stats| stats.segments),
            index_items: core.index.count(),
            staged_bytes: core.blobs.staged_memory(),
        }
    }

    /// Prometheus text format.
    pub fn metrics(&self) -> String {
        let core = self.core();
        let status = self.status();
        let mut out = String::new();
        let mut gauge = |name: &str, help: &str, value: f64| {
            heading(&mut out, name, "gauge", help);
            line(&mut out, name, "", value);
        };
        gauge("healthy", "1 when the archive takes writes.", f64::from(u8::from(status.healthy)));
        gauge("journal_position", "Events in the journal.", status.journal_position as f64);
        gauge("catalogue_position", "Events applied to the catalogue.", status.catalogue_position as f64);
        gauge("index_position", "Events visible to searches.", status.index_position as f64);
        let behind = status.journal_position.saturating_sub(status.index_position);
        gauge("index_lag_events", "Events that searches do not know yet.", behind as f64);
        gauge("index_lag_seconds", "Age of the oldest event that searches do not know yet.", status.index_lag_seconds);
        gauge("texts_waiting", "Contents whose text waits to be extracted.", status.texts_waiting as f64);
        let sizes = self.sizes();
        gauge("index_items", "Items in the index.", sizes.index_items as f64);
        gauge("staged_bytes", "Uploads held in memory.", sizes.staged_bytes as f64);
        let known = [
            ("disk_free_bytes", "Free space of the data folder.", sizes.disk_free_bytes),
            ("disk_total_bytes", "All space of the data folder's file system.", sizes.disk_total_bytes),
            ("catalogue_bytes", "Size of the catalogue on disk.", sizes.catalogue_bytes),
            ("index_bytes", "Size of the index on disk.", sizes.index_bytes),
            ("index_segments", "Segments of the index.", sizes.index_segments.map(|segments| segments as u64)),
        ];
        for (name, help, value) in known {
            if let Some(value) = value {
                gauge(name, help, value as f64);
            }
        }
        text_metrics(&mut out, &status.texts);
        self.inner.threads.with_texts(|texts| reading_metrics(&mut out, texts));
        audit_metrics(&mut out, core);
        out
    }
}

/// Items by the state of their texts and the reasons, as the index knows them.
fn texts_by_state(core: &Core) -> Result<BTreeMap<&'static str, u64>, Refusal> {
    // Everybody may ask how the archive is, as often as he likes: counting goes through every segment.
    let mut counted = core.texts_counted.lock().unwrap_or_else(PoisonError::into_inner);
    let generation = core.index.generation();
    if let Some((_, items)) = counted.as_ref().filter(|(of, _)| *of == generation) {
        return Ok(items.clone());
    }
    let mut items = BTreeMap::new();
    for word in TEXT_STATES.into_iter().chain(Reason::ALL.iter().map(|reason| reason.code())) {
        let count = core.index.count_with_text(word).map_err(Refusal::failed)?;
        if count > 0 {
            items.insert(word, count);
        }
    }
    *counted = Some((generation, items.clone()));
    Ok(items)
}

/// Entries of the last weeks by day, as the index knows them; counted once for each of its generations and each day.
fn registered_by_day(core: &Core) -> Result<Vec<DayView>, Refusal> {
    let mut counted = core.days_counted.lock().unwrap_or_else(PoisonError::into_inner);
    let (generation, today) = (core.index.generation(), clock::date_in_rome(core.clock.now()));
    let fresh =
        |(of, days): &&(u64, Vec<DayView>)| *of == generation && days.last().is_some_and(|day| day.day == today);
    if let Some((_, days)) = counted.as_ref().filter(fresh) {
        return Ok(days.clone());
    }
    let first = today.checked_sub((DAYS_SHOWN - 1).days()).map_err(Refusal::failed)?;
    let from = Some(clock::start_of_day(first).as_microsecond());
    let filters = Filters { kind: Some(ItemKind::Entry), from, ..Filters::default() };
    let request = Request { filters, histogram: Some(Interval::Day), ..Request::default() };
    let buckets = core.index.search(&request, &View::ALL).map_err(Refusal::failed)?.histogram;
    let buckets = buckets.map(|histogram| histogram.buckets).unwrap_or_default();
    let count = |day: Date| buckets.iter().find(|bucket| bucket.from == day).map_or(0, |bucket| bucket.count);
    let days: Vec<DayView> =
        first.series(1.day()).take_while(|day| *day <= today).map(|day| DayView { day, count: count(day) }).collect();
    *counted = Some((generation, days.clone()));
    Ok(days)
}

fn audit_view(core: &Core) -> AuditView {
    AuditView {
        checked: core.audit.checked.load(Ordering::Relaxed),
        failed: core.audit.failed(),
        mended: core.audit.mended.load(Ordering::Relaxed),
        last_seconds: since(core, core.audit.last.load(Ordering::Relaxed)),
    }
}

/// A day is to be formed soon after midnight.
fn late_register(core: &Core, forming: &FormingView) -> Option<StatusNote> {
    let day = forming.due?;
    let over = Period::Day(day).end().as_second();
    (core.clock.now().as_second() >= over + limits::REGISTER_LATE_SECONDS).then(|| {
        let text =
            format!("the daily registers of {day} and later are not formed yet; they are formed in the background");
        StatusNote::new("register-late", day.strftime("%d/%m/%Y"), text)
    })
}

/// Seconds since a moment in microseconds; none since 0, which is no moment.
fn since(core: &Core, moment: i64) -> Option<f64> {
    (moment > 0).then(|| (core.clock.now().as_microsecond() - moment).max(0) as f64 / 1e6)
}

/// Age of the first event that the index lacks.
fn lag(core: &Core, index: Position, journal: Position) -> f64 {
    let waiting = (index < journal).then(|| core.line(index).ok()).flatten();
    waiting.and_then(|line| since(core, line.time.as_microsecond())).unwrap_or(0.0)
}

fn text_metrics(out: &mut String, texts: &TextsView) {
    let name = "texts_items";
    heading(
        out,
        name,
        "gauge",
        "Items by the state of their texts, and by the reason why one is missing or not whole.",
    );
    for (word, count) in &texts.items {
        line(out, name, &format!("{{state=\"{word}\"}}"), count);
    }
    let mut gauge = |name: &str, help: &str, value: f64| {
        heading(out, name, "gauge", help);
        line(out, name, "", value);
    };
    let oldest = texts.oldest_waiting_seconds.unwrap_or(0.0);
    gauge("texts_oldest_waiting_seconds", "How long the oldest content has waited for its first text.", oldest);
    gauge("texts_being_read", "Contents that are being read now.", texts.being_read as f64);
    gauge("texts_to_recognise", "Contents read but for the letters in their images.", texts.to_recognise as f64);
    gauge("texts_to_try_again", "Contents whose reader had bad luck, to be tried again.", texts.to_try_again as f64);
    let left = texts.read_again.map_or(0, |progress| progress.of.saturating_sub(progress.done));
    gauge("texts_to_read_again", "Contents that something new here may read better.", left as f64);
    if let Some(seconds) = texts.last_read_seconds {
        gauge("texts_last_read_seconds", "Since a content was last read.", seconds);
    }
}

fn reading_metrics(out: &mut String, texts: &Texts) {
    let figures = &texts.reader.figures;
    heading(out, "texts_read_total", "counter", "Contents read, by the state of the text that came of it.");
    for (state, counter) in [("full", &figures.full), ("partial", &figures.partial), ("none", &figures.none)] {
        line(out, "texts_read_total", &format!("{{state=\"{state}\"}}"), counter.load(Ordering::Relaxed));
    }
    heading(out, "texts_read_again_total", "counter", "Of those, contents that had been read before.");
    line(out, "texts_read_again_total", "", texts.rereading.progress.read.load(Ordering::Relaxed));
    heading(out, "texts_read_seconds", "histogram", "Time that reading a content took.");
    figures.seconds.write(out, "texts_read_seconds", "");
}

fn audit_metrics(out: &mut String, core: &Core) {
    let audit = &core.audit;
    heading(out, "audit_checked_total", "counter", "Things that the self-audit looked at.");
    line(out, "audit_checked_total", "", audit.checked.load(Ordering::Relaxed));
    heading(out, "audit_failed_total", "counter", "Things that were not as the journal says, by where.");
    for (place, counter) in [("index", &audit.index), ("catalogue", &audit.catalogue), ("content", &audit.content)] {
        line(out, "audit_failed_total", &format!("{{in=\"{place}\"}}"), counter.load(Ordering::Relaxed));
    }
    heading(out, "audit_mended_total", "counter", "Of those in the index, the ones that were put right.");
    line(out, "audit_mended_total", "", audit.mended.load(Ordering::Relaxed));
    if let Some(seconds) = since(core, audit.last.load(Ordering::Relaxed)) {
        heading(out, "audit_last_seconds", "gauge", "Since the self-audit last looked at something.");
        line(out, "audit_last_seconds", "", seconds);
    }
}
