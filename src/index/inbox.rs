//! What stands in an inbox: by the day it is due, then by age, with how many there are.
//!
//! Each assignment of an entry is one word: the inbox and state, the day, and whom it names
//! (`office:edilizia/waiting 2026-12-05 office:edilizia`). So the words of one inbox stand together in the dictionary,
//! in the order of their days, and an inbox is a walk over a stretch of it: no column of days, which could hold but one
//! for each entry. A reader's view is asked for each document, as everywhere.

use std::collections::{BinaryHeap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use tantivy::schema::IndexRecordOption;
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet as _, SegmentOrdinal};

use super::collect::Best;
use super::cursor::Place;
use super::filters::View;
use super::open::Index;
use super::search::{SearchError, Sort};
use crate::ids::Position;

/// Stands for no day: behind all days.
const UNDATED: &str = "~";

/// One assignment of an item, as the index holds it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InboxWord {
    /// Inbox and state.
    pub list: String,
    pub due: Option<Date>,
    /// Whom the assignment names.
    pub of: String,
}

impl InboxWord {
    pub(super) fn text(&self) -> String {
        format!("{} {} {}", self.list, day_text(self.due), self.of)
    }
}

fn day_text(due: Option<Date>) -> String {
    due.map_or_else(|| UNDATED.to_owned(), |due| due.to_string())
}

/// The place of a hit in an inbox, and the cursor after it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InboxPlace {
    day: Arc<str>,
    position: Position,
    of: Arc<str>,
}

impl InboxPlace {
    pub fn new(word: &InboxWord, position: Position) -> Self {
        Self { day: day_text(word.due).into(), position, of: word.of.as_str().into() }
    }

    pub fn cursor(&self) -> String {
        format!("{}/{}/{}", self.day, self.position, self.of)
    }

    pub fn of_cursor(text: &str) -> Option<Self> {
        let (day, rest) = text.split_once('/')?;
        let (position, of) = rest.split_once('/')?;
        let known = day == UNDATED || day.parse::<Date>().is_ok();
        known.then_some(Self { day: day.into(), position: position.parse().ok()?, of: of.into() })
    }

    /// Whom the assignment names.
    pub fn of(&self) -> &str {
        &self.of
    }
}

/// What is asked of inboxes.
#[derive(Debug, Clone, Default)]
pub struct InboxRequest {
    /// Inboxes and states, all together.
    pub lists: Vec<String>,
    /// Due on this day or later; what is not due on any day is not asked for then.
    pub from: Option<Date>,
    /// Due before this day.
    pub before: Option<Date>,
    pub after: Option<InboxPlace>,
    /// So many are given, and one more where there are more; 0 to count alone.
    pub limit: usize,
    /// Counting ends there.
    pub enough: Option<u64>,
    /// Items by the positions of their first events that stand elsewhere as they are now.
    pub without: HashSet<Position>,
}

impl InboxRequest {
    /// The same decision for an item that the index does not have yet.
    pub fn takes(&self, word: &InboxWord) -> bool {
        let day = |due: Date| self.from.is_none_or(|from| due >= from) && self.before.is_none_or(|end| due < end);
        let asks = self.from.is_some() || self.before.is_some();
        self.lists.contains(&word.list) && word.due.map_or(!asks, day)
    }

    /// The stretch of the dictionary that a list asks for.
    fn stretch(&self, list: &str) -> (String, String) {
        let from = self.from.map(|day| day.to_string()).unwrap_or_default();
        let end = match (self.before, self.from) {
            (Some(day), _) => day.to_string(),
            (None, Some(_)) => UNDATED.to_owned(),
            (None, None) => char::MAX.to_string(),
        };
        (format!("{list} {from}"), format!("{list} {end}"))
    }
}

/// What was found, within the reader's view.
#[derive(Debug, Clone, Default)]
pub struct InboxFound {
    /// Of the whole request, not of the page.
    pub total: u64,
    /// In order, each with the id of its entry.
    pub hits: Vec<(InboxPlace, String)>,
}

type Found = (InboxPlace, SegmentOrdinal, DocId);

impl Index {
    /// Reads inboxes.
    pub fn inbox(&self, request: &InboxRequest, view: &View) -> Result<InboxFound, SearchError> {
        let searcher = self.searcher();
        let seen = self.seen(&searcher, view)?;
        let mut first: BinaryHeap<Found> = BinaryHeap::new();
        let mut total = 0;
        let is_enough = |total: u64| request.enough.is_some_and(|enough| total >= enough);
        for (ordinal, (reader, seen)) in (0..).zip(searcher.segment_readers().iter().zip(&seen)) {
            let segment = self.segments.of(reader)?;
            let inverted = reader.inverted_index(self.fields.inbox)?;
            for list in &request.lists {
                let (from, end) = request.stretch(list);
                let words = inverted.terms().range().ge(from.as_bytes()).lt(end.as_bytes());
                let mut stream = words.into_stream().map_err(tantivy::TantivyError::from)?;
                while stream.advance() && !is_enough(total) {
                    let Some((day, of)) = split(stream.key(), list) else { continue };
                    let info = stream.value();
                    let mut postings = inverted
                        .read_postings_from_terminfo(info, IndexRecordOption::Basic)
                        .map_err(tantivy::TantivyError::from)?;
                    let mut buffer = [0; COLLECT_BLOCK_BUFFER_LEN];
                    loop {
                        let count = postings.fill_buffer(&mut buffer);
                        for doc in &buffer[..count] {
                            let is_seen = seen.as_ref().is_none_or(|seen| seen.contains(*doc));
                            if !is_seen || reader.is_deleted(*doc) {
                                continue;
                            }
                            let position = segment.position.get_val(*doc);
                            if request.without.contains(&position) {
                                continue;
                            }
                            total += 1;
                            offer(&mut first, request, (&day, position, &of), (ordinal, *doc));
                        }
                        if count < buffer.len() || is_enough(total) {
                            break;
                        }
                    }
                }
            }
        }
        let mut hits = Vec::new();
        for (place, segment, doc) in first.into_sorted_vec() {
            let by = Place::by_date(Sort::Oldest, 0, place.position, 0);
            let hit = self.hit(&searcher, &Best { place: by, segment, doc, score: 0.0 })?;
            hits.push((place, hit.id));
        }
        Ok(InboxFound { total, hits })
    }
}

/// Takes a hit if it is among the first so far.
fn offer(
    first: &mut BinaryHeap<Found>,
    request: &InboxRequest,
    (day, position, of): (&Arc<str>, Position, &Arc<str>),
    (segment, doc): (SegmentOrdinal, DocId),
) {
    if request.limit == 0 {
        return;
    }
    let key = (&**day, position, &**of);
    let of_place = |place: &InboxPlace| key.cmp(&(&place.day, place.position, &place.of));
    if request.after.as_ref().is_some_and(|after| of_place(after).is_le()) {
        return;
    }
    if first.len() > request.limit {
        if first.peek().is_some_and(|(last, ..)| of_place(last).is_ge()) {
            return;
        }
        first.pop();
    }
    first.push((InboxPlace { day: Arc::clone(day), position, of: Arc::clone(of) }, segment, doc));
}

/// Day and name of a word.
fn split(key: &[u8], list: &str) -> Option<(Arc<str>, Arc<str>)> {
    let rest = std::str::from_utf8(key).ok()?.strip_prefix(list)?.strip_prefix(' ')?;
    let (day, of) = rest.split_once(' ')?;
    Some((day.into(), of.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_places_stand_in_order() {
        let word = |due: Option<&str>, of: &str| InboxWord {
            list: "office:edilizia/waiting".to_owned(),
            due: due.map(|due| due.parse().unwrap()),
            of: of.to_owned(),
        };
        let places = [
            InboxPlace::new(&word(Some("2026-12-05"), "office:edilizia"), 9),
            InboxPlace::new(&word(Some("2026-12-06"), "office:edilizia"), 2),
            InboxPlace::new(&word(None, "office:edilizia"), 1),
            InboxPlace::new(&word(None, "user:marta"), 1),
            InboxPlace::new(&word(None, "office:edilizia"), 10),
        ];
        assert!(places.is_sorted());
        for place in &places {
            assert_eq!(InboxPlace::of_cursor(&place.cursor()).as_ref(), Some(place));
        }
        for bad in ["", "2026-12-05", "2026-13-05/1/office:a", "~/x/office:a"] {
            assert_eq!(InboxPlace::of_cursor(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_stretch_holds_the_days_it_names() {
        let list = "office:edilizia/waiting".to_owned();
        let day = |text: &str| Some(text.parse().unwrap());
        let request =
            |from, before| InboxRequest { lists: vec![list.clone()], from, before, ..InboxRequest::default() };
        for (asked, taken) in [
            (request(None, None), [true, true, true]),
            (request(None, day("2026-12-06")), [true, false, false]),
            (request(day("2026-12-06"), None), [false, true, false]),
        ] {
            for (due, expected) in [day("2026-12-05"), day("2026-12-06"), None].into_iter().zip(taken) {
                let word = InboxWord { list: list.clone(), due, of: "office:edilizia".to_owned() };
                assert_eq!(asked.takes(&word), expected, "{due:?}");
                let (from, end) = asked.stretch(&list);
                assert_eq!(from <= word.text() && word.text() < end, expected, "{due:?}");
            }
        }
    }
}
