//! Is what the server shows still what the journal says? A thread that looks at one thing after another, in no order,
//! as long as the archive is open, and disturbs nobody.
//!
//! A thing that looks wrong is looked at again when the index has had time to follow. What the index has otherwise is
//! put anew and looked at once more; a catalogue that is wrong is rebuilt at the next start; a content that is damaged
//! is said, and nothing more can be done about it here.

use std::collections::{BTreeSet, VecDeque};
use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::core::{Core, Projection};
use super::items::{self, Key};
use super::probe::{finds, probes_of};
use super::refusal::Refusal;
use super::status_note::StatusNote;
use super::{Archive, Inner};
use crate::catalogue::{Look, Record};
use crate::digest::Blake3;
use crate::ids::{EntryId, Position};
use crate::index::{Item, View};
use crate::limits;
use crate::model::access::Audience;
use crate::model::document::Document;
use crate::model::event::{Event, Recorded};

/// How often it is looked whether the archive is being closed.
const TICK: Duration = Duration::from_millis(50);
/// A busy archive is not audited …
const BUSY: Duration = Duration::from_secs(60);
/// … for so long at most; and this is how long the index may take to follow before a second look.
const PATIENCE: Duration = Duration::from_secs(5);
/// Events drawn until one is of a thing that can be looked at.
const DRAWS: u64 = 64;

/// What was found, since the start.
#[derive(Default)]
pub struct Figures {
    pub checked: AtomicU64,
    /// Things that the index had not, or otherwise, or showed to strangers.
    pub index: AtomicU64,
    /// Of those, how many were right after they were put anew.
    pub mended: AtomicU64,
    pub catalogue: AtomicU64,
    pub content: AtomicU64,
    /// Microseconds UTC of the last look; 0 before the first.
    pub last: AtomicI64,
}

impl Figures {
    pub fn failed(&self) -> u64 {
        [&self.index, &self.catalogue, &self.content].iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// What an administrator should know. No names and numbers: everybody may read them.
    pub fn notes(&self) -> Vec<StatusNote> {
        let [index, mended, catalogue, content] =
            [&self.index, &self.mended, &self.catalogue, &self.content].map(|count| count.load(Ordering::Relaxed));
        let mut notes = Vec::new();
        if index > 0 {
            let text = format!(
                "the self-audit found {index} items that the index had otherwise than the journal; {mended} of them are \
                 right since they were indexed again (the log names them)"
            );
            notes.push(StatusNote::new("audit-index", index, text));
        }
        if catalogue > 0 {
            let text = format!(
                "the self-audit found {catalogue} things that the catalogue has otherwise than the journal; it is rebuilt \
                 at the next start (the log names them)"
            );
            notes.push(StatusNote::new("audit-catalogue", catalogue, text));
        }
        if content > 0 {
            let text = format!(
                "the self-audit found {content} damaged contents (the log names them): run `tabularium verify`, and put \
                 back a copy"
            );
            notes.push(StatusNote::new("audit-content", content, text));
        }
        notes
    }
}

/// Something that is not as the journal says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fault {
    Catalogue(String),
    Content(String),
    Index(String),
}

/// A thing put anew, to be looked at once more.
struct Suspect {
    key: Key,
    position: Position,
    due: Instant,
}

/// Looks on until the archive is closed or gone.
pub(super) fn start(archive: &Archive, every: Duration) -> std::io::Result<JoinHandle<()>> {
    // Weak, so that an archive nobody holds can go.
    let audit = Audit { inner: Arc::downgrade(&archive.inner), every, drawn: 0, suspects: VecDeque::new() };
    std::thread::Builder::new().name("audit".to_owned()).spawn(move || audit.run())
}

struct Audit {
    inner: Weak<Inner>,
    every: Duration,
    drawn: u64,
    suspects: VecDeque<Suspect>,
}

impl Audit {
    fn run(mut self) {
        let (mut last, mut free) = (Instant::now(), Instant::now());
        loop {
            std::thread::park_timeout(TICK.min(self.every));
            let Some(inner) = self.inner.upgrade() else { return };
            let archive = Archive { inner };
            if archive.core().stopping() {
                return;
            }
            if last.elapsed() < self.every || !archive.core().ready() {
                continue;
            }
            last = Instant::now();
            if is_busy(&archive) && free.elapsed() < BUSY {
                continue;
            }
            free = Instant::now();
            // What tantivy or sled panic on is what this is for.
            let looked = catch_unwind(AssertUnwindSafe(|| self.look(&archive)));
            match looked {
                Ok(Ok(())) => {}
                Ok(Err(refusal)) if archive.core().stopping() => drop(refusal),
                Ok(Err(refusal)) => tracing::warn!(cause = refusal.causes(), "self-audit could not look"),
                Err(_) => tracing::error!("a panic in the self-audit"),
            }
        }
    }

    fn look(&mut self, archive: &Archive) -> Result<(), Refusal> {
        let core = archive.core();
        let due = self.suspects.front().is_some_and(|suspect| suspect.due <= Instant::now());
        if due && let Some(suspect) = self.suspects.pop_front() {
            let faults = look_at(archive, &suspect.key, suspect.position)?;
            if faults.iter().any(|fault| matches!(fault, Fault::Index(_))) {
                tracing::error!(key = ?suspect.key, ?faults, "indexed again, and still not right: rebuild the index");
            } else {
                core.audit.mended.fetch_add(1, Ordering::Relaxed);
                tracing::info!(key = ?suspect.key, "indexed again, and right now");
            }
            return Ok(());
        }
        let Some((key, position)) = self.draw(core)? else { return Ok(()) };
        let mut faults = look_at(archive, &key, position)?;
        if !faults.is_empty() && settle(core) {
            // It may have changed while it was looked at.
            faults = look_at(archive, &key, position)?;
        }
        core.audit.checked.fetch_add(1, Ordering::Relaxed);
        core.audit.last.store(core.clock.now().as_microsecond(), Ordering::Relaxed);
        if !faults.is_empty() && !core.stopping() {
            self.say(core, key, position, &faults);
        }
        Ok(())
    }

    fn say(&mut self, core: &Core, key: Key, position: Position, faults: &[Fault]) {
        tracing::error!(?key, position, ?faults, "self-audit: not as the journal says");
        let any = |of: fn(&Fault) -> bool| faults.iter().any(of);
        if any(|fault| matches!(fault, Fault::Catalogue(_))) {
            core.audit.catalogue.fetch_add(1, Ordering::Relaxed);
            core.mark_damaged(Projection::Catalogue, &format!("the self-audit found: {faults:?}"));
        }
        if any(|fault| matches!(fault, Fault::Content(_))) {
            core.audit.content.fetch_add(1, Ordering::Relaxed);
        }
        if any(|fault| matches!(fault, Fault::Index(_))) && !self.suspects.iter().any(|suspect| suspect.key == key) {
            core.audit.index.fetch_add(1, Ordering::Relaxed);
            core.index_again(key.clone());
            self.suspects.push_back(Suspect { key, position, due: Instant::now() + PATIENCE });
        }
    }

    /// A thing that some event of the journal is about: who has many events is drawn more often.
    fn draw(&mut self, core: &Core) -> Result<Option<(Key, Position)>, Refusal> {
        let size = core.journal.size();
        for _ in 0..DRAWS.min(size) {
            self.drawn += 1;
            let seed = [core.clock.now().as_microsecond().to_le_bytes(), self.drawn.to_le_bytes()].concat();
            let Some(first) = Blake3::of(&seed).as_bytes().first_chunk().copied() else { break };
            let position = u64::from_le_bytes(first) % size;
            if let Some(key) = items::touched(core, &core.recorded(position)?)?.into_iter().next() {
                return Ok(Some((key, position)));
            }
        }
        Ok(None)
    }
}

/// Somebody waits for a text, or the index for its turn.
fn is_busy(archive: &Archive) -> bool {
    let core = archive.core();
    core.full() || core.index.position() < core.journal.size() || archive.texts_waiting() > 0
}

/// Waits until the index has all that the journal has. False when it does not get there soon.
fn settle(core: &Core) -> bool {
    let (until, size) = (Instant::now() + PATIENCE, core.journal.size());
    while core.index.position() < size || core.renewals.load(Ordering::Acquire) > 0 {
        if Instant::now() >= until || core.stopping() {
            return false;
        }
        std::thread::sleep(TICK);
    }
    true
}

/// What is wrong with a thing that the event at `position` is about.
fn look_at(archive: &Archive, key: &Key, position: Position) -> Result<Vec<Fault>, Refusal> {
    let core = archive.core();
    let size = core.journal.size();
    let mut faults = Vec::new();
    let built = match catalogue(core, key, position)? {
        Some(fault) => {
            faults.push(fault);
            None
        }
        None => items::build(core, key)?,
    };
    let Some((item, contents)) = built else { return Ok(faults) };
    for blake3 in &contents {
        faults.extend(content(core, blake3));
    }
    // An index that has not come so far is late, which is said elsewhere.
    if core.index.position() >= size {
        let texts = texts(core, &contents)?;
        faults.extend(index(archive, &item, &texts)?);
    }
    Ok(faults)
}

/// The catalogue's list of events must hold this one, in order, and no other thing's.
fn catalogue(core: &Core, key: &Key, position: Position) -> Result<Option<Fault>, Refusal> {
    let (record, subject): (Option<Record>, String) = match key {
        Key::Entry(id) => (core.catalogue.entry(id)?, EntryId::path(id)),
        Key::Document(id) => (core.catalogue.document(*id)?, Document::path(*id)),
        Key::Dossier(id) => (core.catalogue.dossier(*id)?, format!("dossiers/{id}")),
    };
    let fault = |text: &str| Ok(Some(Fault::Catalogue(format!("{subject}: {text}"))));
    let Some(record) = record else { return fault("it is not there") };
    let told = core.recorded(position)?;
    let of_its_own = told.subject == subject && !is_of_an_item(&told.event);
    if of_its_own && !record.positions.contains(&position) {
        return fault(&format!("the event at {position} is not among its own"));
    }
    if !record.positions.is_sorted() {
        return fault("its events are out of order");
    }
    for other in &record.positions {
        // A formed register is a document by another name.
        let fits = |told: Recorded| told.subject == subject || matches!(told.event, Event::RegisterFormed(_));
        if *other >= core.journal.size() || !fits(core.recorded(*other)?) {
            return fault(&format!("the event at {other} is none of its own"));
        }
    }
    Ok(None)
}

/// Events that stand under a dossier's name and are kept with what it holds.
fn is_of_an_item(event: &Event) -> bool {
    matches!(event, Event::DossierItemAdded(_) | Event::DossierItemShown(_) | Event::DossierItemRemoved(_))
}

/// A content must be whole; of a large one at least the beginning must be there.
fn content(core: &Core, blake3: &Blake3) -> Option<Fault> {
    let outcome = core.location(blake3).and_then(|place| {
        if place.size() > limits::AUDIT_CONTENT_MAX {
            return core.head(blake3, limits::KIB).map(drop);
        }
        let mut content = core.content(blake3)?;
        let mut buffer = vec![0; limits::STREAM_CHUNK];
        loop {
            match content.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(Refusal::failed(error)),
            }
        }
    });
    outcome.err().map(|refusal| Fault::Content(format!("{blake3}: {}", refusal.causes())))
}

/// The texts that the index should have.
fn texts(core: &Core, contents: &[Blake3]) -> Result<Vec<String>, Refusal> {
    let mut texts = Vec::new();
    for blake3 in contents {
        texts.extend(core.kept_text(blake3)?.map(|kept| kept.extraction.text));
    }
    Ok(texts)
}

/// The index must find the item for those who may read it, by all it has, and for nobody else.
fn index(archive: &Archive, item: &Item, texts: &[String]) -> Result<Option<Fault>, Refusal> {
    let index = &archive.core().index;
    let ask = |query: &str, view: &View| finds(index, item.kind, &item.id, query, view).map_err(Refusal::failed);
    let fault = |text: String| Ok(Some(Fault::Index(format!("{} {}: {text}", item.kind, item.id))));
    if !ask("", &View::ALL)? {
        return fault("it is not there".to_owned());
    }
    let own = View { audience: Some(item.audience.clone()) };
    if !item.audience.is_empty() && !ask("", &own)? {
        return fault("those who may read it do not find it".to_owned());
    }
    let strangers = View { audience: Some(strangers(archive, item).into_iter().collect()) };
    if ask("", &strangers)? {
        return fault("those who may not read it find it".to_owned());
    }
    for probe in probes_of(item, texts) {
        if !ask(&probe.query, &View::ALL)? {
            return fault(format!("it is not found by {}", probe.by));
        }
    }
    Ok(None)
}

/// Everything by which somebody of this archive may read things, but what opens this one.
fn strangers(archive: &Archive, item: &Item) -> BTreeSet<String> {
    let users: Vec<_> = archive.core().directory().users.keys().copied().collect();
    let mut terms = BTreeSet::new();
    for actor in users.into_iter().filter_map(|user| archive.actor_of(user)) {
        if let Audience::Terms(own) = actor.audience() {
            terms.extend(own);
        }
    }
    terms.retain(|term| !item.audience.contains(term));
    terms
}
