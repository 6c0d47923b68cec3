//! Feeding the index: a thread that follows the journal and keeps the index as little behind as pays.
//!
//! Items touched and not yet committed stand in the *tail*, so that lists show what was just written.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::core::{Core, Projection, recorded};
use super::items::{self, Key};
use super::refusal::Refusal;
use super::texts::{Extracted, Extracting, Known};
use crate::digest::Blake3;
use crate::ids::Position;
use crate::index::{Filters, Item, ItemKind, Request, View, WriteError};
use crate::limits;
use crate::text::{Extraction, Reason, TextState};

/// A commit follows this long after things went quiet …
const QUIET: Duration = Duration::from_millis(50);
/// … and at the latest this long after the first change.
const LATEST: Duration = Duration::from_millis(700);
/// A short wait for texts that are being read, so that a document is indexed once …
const TEXT_WAIT: Duration = Duration::from_millis(250);
/// … and while much comes in, when they take longer. Its double is within `LATEST`, give or take: what was left for the
/// next commit is not left once more.
const TEXT_WAIT_BUSY: Duration = Duration::from_millis(300);
/// A look at whether what is durable is applied by now.
const APPLY_WAIT: Duration = Duration::from_millis(1);
/// Changes gathered before a commit while catching up.
const DIRTY_MAX: usize = 20_000;
/// Events read in one go.
const STEP: u64 = 2_000;
/// Texts just extracted and not yet indexed, in bytes; beyond this they are read back from the derived store.
const TEXTS_HELD: usize = 64 * 1024 * 1024;

/// An item with the contents whose texts belong to it.
struct Built {
    item: Item,
    /// Its first event is not in the index, so the index cannot hold it.
    new: bool,
    texts: Vec<Text>,
}

/// A content and its text, once that is known.
type Text = (Blake3, Option<Arc<Extraction>>);

/// An item to put.
struct Dirty {
    /// As it was when it changed, unless it has to be built from the catalogue.
    built: Option<Built>,
    since: Instant,
}

/// What readers see of the work.
#[derive(Default)]
pub struct Tail {
    items: RwLock<BTreeMap<Key, Arc<Item>>>,
    /// Events whose items stand in the index or here; while catching up, only what is committed.
    seen: AtomicU64,
    seen_changed: (Mutex<()>, Condvar),
}

impl Tail {
    pub fn seen(&self) -> Position {
        self.seen.load(Ordering::Acquire)
    }

    /// Waits until events before `position` are in the index or the tail.
    pub fn wait(&self, position: Position, timeout: Duration) -> bool {
        let until = Instant::now() + timeout;
        let mut held = self.seen_changed.0.lock().unwrap_or_else(PoisonError::into_inner);
        while self.seen() < position {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            held = self.seen_changed.1.wait_timeout(held, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Items that the index does not have yet, or not as they are now.
    pub fn items(&self) -> BTreeMap<Key, Arc<Item>> {
        self.items.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_seen(&self, position: Position) {
        let _held = self.seen_changed.0.lock().unwrap_or_else(PoisonError::into_inner);
        self.seen.store(position, Ordering::Release);
        self.seen_changed.1.notify_all();
    }

    fn put(&self, key: &Key, item: &Item) {
        self.items.write().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), Arc::new(item.clone()));
    }

    fn retain(&self, stays: impl Fn(&Key) -> bool) {
        self.items.write().unwrap_or_else(PoisonError::into_inner).retain(|key, _| stays(key));
    }
}

/// Gives an item what is searched of a document's text. What is cut is said of the item, whatever else is.
fn add_text(item: &mut Item, extraction: &Extraction, room: &mut usize) {
    let Extraction { text, state, facts } = extraction;
    let searched = &text[..text.floor_char_boundary(limits::INDEX_TEXT_MIN.max(*room))];
    *room = room.saturating_sub(searched.len());
    let cut = searched.len() < text.len();
    let own = (*state != TextState::Full || !cut).then_some(*state);
    let states = own.into_iter().chain(cut.then_some(TextState::Partial(Reason::Cut)));
    item.text_states.extend(states.flat_map(TextState::searched).map(str::to_owned));
    if !searched.is_empty() {
        item.texts.push(searched.to_owned());
    }
    item.facts.push(facts.clone());
}

fn refused(error: WriteError) -> Refusal {
    match error {
        WriteError::Full { .. } => Refusal::Full,
        // It follows an error that has been said, and goes on once that is over.
        other => Refusal::failed(other),
    }
}

pub struct Indexer {
    core: Arc<Core>,
    texts: Option<Arc<Extracting>>,
    extracted: Receiver<Extracted>,
    dirty: HashMap<Key, Dirty>,
    first_change: Option<Instant>,
    last_change: Instant,
    seen: Position,
    /// Items wait for a commit that are not in the tail: the catching up is too fast for that.
    unseen: bool,
    /// Contents whose text has come for items not yet committed.
    answered: Vec<Blake3>,
    /// Texts that were pending when the index was opened are asked for.
    asked_again: bool,
    /// Items that wait for a content's text.
    waiting: HashMap<Blake3, HashSet<Key>>,
    /// Contents that were read again: what holds them is looked for once all is committed …
    renewed: Vec<Blake3>,
    /// … and put anew with the next commit.
    renewing: Vec<Blake3>,
    held: HashMap<Blake3, Arc<Extraction>>,
    held_order: VecDeque<Blake3>,
    held_bytes: usize,
}

impl Indexer {
    pub fn new(core: Arc<Core>, texts: Option<Arc<Extracting>>, extracted: Receiver<Extracted>) -> Self {
        let seen = core.index.position();
        core.tail.set_seen(seen);
        Self {
            core,
            texts,
            extracted,
            dirty: HashMap::new(),
            first_change: None,
            last_change: Instant::now(),
            seen,
            unseen: false,
            answered: Vec::new(),
            asked_again: false,
            waiting: HashMap::new(),
            renewed: Vec::new(),
            renewing: Vec::new(),
            held: HashMap::new(),
            held_order: VecDeque::new(),
            held_bytes: 0,
        }
    }

    /// Runs until the archive stops. A failure is said, and tried again from what the index has.
    pub fn run(mut self) {
        while !self.core.stopping() {
            // tantivy panics on some damaged files; that must not end the only thread that feeds it.
            let outcome = catch_unwind(AssertUnwindSafe(|| self.step()));
            let outcome = outcome.unwrap_or_else(|_| Err(Refusal::Failed("a panic while indexing".into())));
            if let Err(refusal) = outcome {
                if matches!(refusal, Refusal::Full) {
                    self.core.release_reserve(Projection::Index);
                }
                tracing::error!(cause = refusal.causes(), "index not written; trying again");
                self.start_again();
                continue;
            }
            let caught_up = self.seen >= self.core.applied() && self.dirty.is_empty();
            if caught_up && self.core.is_full(Projection::Index) {
                self.core.restore_reserve(Projection::Index);
            }
            // Not before the catalogue can tell what the items are.
            let followed = self.seen >= self.core.journal.size() && self.core.applied() >= self.seen;
            if !self.asked_again && followed && self.dirty.is_empty() {
                self.asked_again = true;
                self.ask_again();
            }
        }
        if let Err(refusal) = self.finish() {
            tracing::warn!(cause = refusal.causes(), "the index catches up at the next start");
        }
        if let Err(error) = self.core.index.close() {
            tracing::warn!(%error, "index not closed");
        }
    }

    /// Commits what is left, so that the next start has nothing to catch up with.
    fn finish(&mut self) -> Result<(), Refusal> {
        while self.seen < self.core.applied() && self.core.applied() - self.seen < STEP {
            self.read_events(self.core.applied())?;
        }
        self.take_texts();
        self.take_renewed()?;
        if self.first_change.is_some() { self.flush(Duration::ZERO) } else { Ok(()) }
    }

    fn step(&mut self) -> Result<(), Refusal> {
        let patience = if self.dirty.is_empty() && self.waiting.is_empty() { 200 } else { 10 };
        // The catalogue is applied before an answer is given, and items are built from it.
        let applied = self.core.wait_applied(self.seen, Duration::from_millis(patience));
        if applied > self.seen {
            self.read_events(applied.min(self.seen + STEP))?;
        } else if self.core.journal.size() > self.seen {
            // Durable and not applied yet, which takes long when the catalogue waits for room.
            std::thread::sleep(APPLY_WAIT);
        }
        self.take_texts();
        self.take_renewed()?;
        match self.is_time() {
            // While catching up, what matters is to be done.
            true if self.unseen => self.flush(Duration::ZERO),
            true if self.is_quiet() => self.flush(TEXT_WAIT),
            true => self.flush(TEXT_WAIT_BUSY),
            false => Ok(()),
        }
    }

    fn read_events(&mut self, to: Position) -> Result<(), Refusal> {
        let mut events = Vec::new();
        let core = Arc::clone(&self.core);
        core.journal.scan(self.seen, to, &mut |line| {
            events.push(recorded(&line));
            ControlFlow::Continue(())
        })?;
        let live = core.journal.size() - self.seen < STEP;
        for event in events {
            let event = event?;
            if let Some((key, item, contents)) = items::of_new_entry(&core, &event)? {
                let texts = self.texts_of(&key, &contents)?;
                self.change(key, Some(Built { item, new: true, texts }), live);
                continue;
            }
            for key in items::touched(&core, &event)? {
                let built = if live { self.build(&key)? } else { None };
                self.change(key, built, live);
            }
        }
        // Also events that touch no item move the position that readers may wait for.
        self.last_change = Instant::now();
        self.first_change.get_or_insert(self.last_change);
        self.seen = to;
        self.unseen |= !live;
        if !self.unseen {
            core.tail.set_seen(to);
        }
        Ok(())
    }

    /// Marks an item. While following closely it is in the tail at once.
    fn change(&mut self, key: Key, built: Option<Built>, live: bool) {
        if let (true, Some(built)) = (live, &built) {
            self.core.tail.put(&key, &built.item);
        }
        let since = self.dirty.get(&key).map_or_else(Instant::now, |before| before.since);
        self.dirty.insert(key, Dirty { built, since });
    }

    /// Marks an item that no event has changed: the index holds it and its text is another.
    fn renew(&mut self, key: Key) {
        self.dirty.insert(key, Dirty { built: None, since: Instant::now() });
        self.first_change.get_or_insert_with(Instant::now);
    }

    fn build(&mut self, key: &Key) -> Result<Option<Built>, Refusal> {
        let Some((item, contents)) = items::build(&self.core, key)? else { return Ok(None) };
        let texts = self.texts_of(key, &contents)?;
        Ok(Some(Built { item, new: false, texts }))
    }

    fn texts_of(&mut self, key: &Key, contents: &[Blake3]) -> Result<Vec<Text>, Refusal> {
        contents.iter().map(|blake3| Ok((*blake3, self.text_of(blake3, key)?))).collect()
    }

    fn take_texts(&mut self) {
        while let Ok(Extracted { blake3, extraction, again }) = self.extracted.try_recv() {
            let waiting = self.waiting.remove(&blake3).unwrap_or_default();
            match &self.texts {
                // It counts as waiting until a search finds it.
                Some(_) if !waiting.is_empty() => self.answered.push(blake3),
                Some(texts) => texts.answered(&blake3),
                None => {}
            }
            if again {
                self.renewed.push(blake3);
            }
            for key in waiting {
                if !self.dirty.contains_key(&key) {
                    self.renew(key);
                }
            }
            self.hold(blake3, extraction);
        }
    }

    /// Puts again what holds a content that was read again, and what an audit asked for. The index tells who holds it,
    /// so everything must be committed before it is asked.
    fn take_renewed(&mut self) -> Result<(), Refusal> {
        let mut keys: Vec<Key> = self.core.take_again().into_iter().collect();
        if self.dirty.is_empty() {
            for blake3 in &self.renewed {
                keys.extend(self.holders(blake3)?);
            }
            self.renewing.append(&mut self.renewed);
        }
        for key in keys {
            self.renew(key);
        }
        if !self.renewing.is_empty() {
            self.first_change.get_or_insert_with(Instant::now);
        }
        Ok(())
    }

    /// What holds a content, as far as it is committed.
    fn holders(&self, blake3: &Blake3) -> Result<Vec<Key>, Refusal> {
        let filters = Filters { digest: Some(*blake3), ..Filters::default() };
        let mut request = Request { filters, limit: limits::PAGE_MAX, ..Request::default() };
        let mut keys = Vec::new();
        loop {
            let found = self.core.index.search(&request, &View::ALL).map_err(Refusal::failed)?;
            keys.extend(found.hits.iter().filter_map(|hit| Key::parse(hit.kind, &hit.id)));
            match found.next_cursor {
                Some(cursor) => request.cursor = Some(cursor),
                None => return Ok(keys),
            }
        }
    }

    fn hold(&mut self, blake3: Blake3, extraction: Arc<Extraction>) {
        self.held_bytes += extraction.text.len();
        if let Some(before) = self.held.insert(blake3, extraction) {
            self.held_bytes -= before.text.len();
        } else {
            self.held_order.push_back(blake3);
        }
        while self.held_bytes > TEXTS_HELD {
            let Some(oldest) = self.held_order.pop_front() else { break };
            if let Some(extraction) = self.held.remove(&oldest) {
                self.held_bytes -= extraction.text.len();
            }
        }
    }

    fn is_time(&self) -> bool {
        let Some(first) = self.first_change else { return false };
        if first.elapsed() >= LATEST || self.dirty.len() >= DIRTY_MAX {
            return true;
        }
        let expected = !self.waiting.is_empty() && first.elapsed() < TEXT_WAIT;
        self.is_quiet() && !expected
    }

    fn is_quiet(&self) -> bool {
        self.last_change.elapsed() >= QUIET
    }

    /// The text of a content: held, kept, or asked for on behalf of an item.
    fn text_of(&mut self, blake3: &Blake3, key: &Key) -> Result<Option<Arc<Extraction>>, Refusal> {
        if let Some(extraction) = self.held.get(blake3) {
            return Ok(Some(Arc::clone(extraction)));
        }
        match self.core.known_text(blake3)? {
            Known::Done(extraction) => Ok(Some(Arc::new(extraction))),
            Known::Pending => {
                if let Some(texts) = &self.texts {
                    self.waiting.entry(*blake3).or_default().insert(key.clone());
                    texts.ask(*blake3);
                }
                Ok(None)
            }
        }
    }

    /// Whether a text of a new item is still being read, and has been for less than so long.
    fn waits(&self, dirty: &Dirty, patience: Duration) -> bool {
        let reads = |(blake3, text): &Text| text.is_none() && self.waiting.contains_key(blake3);
        dirty.since.elapsed() < patience
            && dirty.built.as_ref().is_some_and(|built| built.new && built.texts.iter().any(reads))
    }

    /// Commits what there is up to the first new item that is worth waiting for: put now, it would be put again with
    /// its text in a moment. New items after it wait too, since the index holds all or nothing from a position on.
    fn flush(&mut self, patience: Duration) -> Result<(), Refusal> {
        let position = |dirty: &Dirty| dirty.built.as_ref().filter(|built| built.new).map(|built| built.item.position);
        let first = self.dirty.values().filter(|dirty| self.waits(dirty, patience)).filter_map(position).min();
        let to = first.unwrap_or(self.seen);
        let (stay, go): (HashMap<Key, Dirty>, HashMap<Key, Dirty>) = std::mem::take(&mut self.dirty)
            .into_iter()
            .partition(|(_, dirty)| position(dirty).is_some_and(|at| at >= to));
        self.dirty = stay;
        for (key, Dirty { built, .. }) in go {
            let built = match built {
                Some(built) => Some(built),
                None => self.build(&key)?,
            };
            if let Some(built) = built {
                self.put(&key, built)?;
            }
        }
        self.core.index.commit(to).map_err(refused)?;
        self.core.tail.retain(|key| self.dirty.contains_key(key));
        self.unseen = false;
        self.core.tail.set_seen(self.seen);
        self.let_go_of_answered();
        self.core.renewals.fetch_sub(self.renewing.len(), Ordering::AcqRel);
        self.renewing.clear();
        self.first_change = self.dirty.values().map(|dirty| dirty.since).min();
        // Texts are held for items on their way; what stays is read back when it is needed again.
        if self.dirty.is_empty() && self.waiting.is_empty() && self.renewed.is_empty() {
            self.held.clear();
            self.held_order.clear();
            self.held_bytes = 0;
        }
        Ok(())
    }

    fn put(&mut self, key: &Key, built: Built) -> Result<(), Refusal> {
        let Built { mut item, new, texts } = built;
        let mut room = limits::INDEX_TEXT_MAX;
        for (blake3, text) in texts {
            let text = match text {
                None if !self.waiting.contains_key(&blake3) => self.text_of(&blake3, key)?,
                text => text,
            };
            match text {
                Some(extraction) => add_text(&mut item, &extraction, &mut room),
                None => item.text_states.push("pending".to_owned()),
            }
        }
        let put = if new { self.core.index.add(&item) } else { self.core.index.put(&item) };
        put.map_err(refused)
    }

    /// Contents are no longer waited for once what holds them is committed with their text.
    fn let_go_of_answered(&mut self) {
        let built = self.dirty.values().filter_map(|dirty| dirty.built.as_ref());
        let on_their_way: HashSet<Blake3> = built.flat_map(|built| &built.texts).map(|(blake3, _)| *blake3).collect();
        self.answered.retain(|blake3| {
            let stays = on_their_way.contains(blake3);
            if let (false, Some(texts)) = (stays, &self.texts) {
                texts.answered(blake3);
            }
            stays
        });
    }

    /// After a failure: what the index has is the ground, the journal gives the rest again.
    fn start_again(&mut self) {
        let until = Instant::now() + LATEST;
        while Instant::now() < until && !self.core.stopping() {
            std::thread::sleep(QUIET);
        }
        if let Err(error) = self.core.index.recover() {
            tracing::warn!(%error, "index not recovered yet");
            return;
        }
        self.dirty.clear();
        self.renewed.append(&mut self.renewing);
        // Items that were to be put again for their text are among those whose text is pending in the index.
        self.let_go_of_answered();
        self.waiting.clear();
        self.asked_again = false;
        self.first_change = None;
        self.unseen = true;
        self.seen = self.core.index.position();
    }

    /// Texts that were pending when the program last ended.
    fn ask_again(&mut self) {
        match self.core.index.pending_texts(usize::MAX) {
            Ok(pending) => {
                let keys = pending.iter().filter_map(|(kind, id): &(ItemKind, String)| Key::parse(*kind, id));
                for key in keys.collect::<Vec<_>>() {
                    self.renew(key);
                }
            }
            Err(error) => tracing::warn!(%error, "pending texts not listed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Facts;

    #[test]
    fn of_endless_texts_the_beginning_is_searched_and_that_is_said() {
        let text = |length, state| Extraction { text: "\u{e8}".repeat(length / 2), state, facts: Facts::default() };
        let searched = |texts: &[Extraction]| {
            let mut item = Item::new(ItemKind::Entry, "PG/2026/1", 0, 0);
            let mut room = limits::INDEX_TEXT_MAX;
            texts.iter().for_each(|text| add_text(&mut item, text, &mut room));
            assert_eq!(item.facts.len(), texts.len());
            (item.texts.iter().map(String::len).collect::<Vec<_>>(), item.text_states)
        };
        let (most, least) = (limits::INDEX_TEXT_MAX, limits::INDEX_TEXT_MIN);
        let full = |length| text(length, TextState::Full);
        assert_eq!(searched(&[full(most)]), (vec![most], vec!["full".to_owned()]));
        let (lengths, states) = searched(&[full(most + 2)]);
        assert_eq!((lengths, states.as_slice()), (vec![most], &["partial".to_owned(), "cut".to_owned()][..]));
        let (lengths, states) = searched(&[full(most - 2), full(0), full(least), full(least + 2)]);
        assert_eq!(lengths, [most - 2, least, least]);
        assert_eq!(states, ["full", "full", "full", "partial", "cut"]);
        let (_, states) = searched(&[text(most + 2, TextState::Partial(Reason::Broken))]);
        assert_eq!(states, ["partial", "broken", "partial", "cut"]);
    }
}
