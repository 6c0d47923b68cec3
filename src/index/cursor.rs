//! Where does the next page begin: the last hit's place in the order, as text for a URL.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::filters::Filters;
use super::search::Sort;
use crate::digest::Blake3;
use crate::ids::Position;

/// A hit's place: the larger stands first. No two items have the same, so a page begins exactly after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub rank: u64,
    pub position: u64,
    pub tie: u64,
}

impl Place {
    /// The place of an item in an order by date.
    pub fn by_date(sort: Sort, date: u64, position: u64, tie: u64) -> Self {
        match sort {
            Sort::Oldest => Self { rank: !date, position: !position, tie },
            Sort::Newest | Sort::Relevance => Self { rank: date, position, tie },
        }
    }

    /// The place of an item in an order by score. Bits of floats that are not negative sort as the floats do.
    pub fn by_score(score: f32, position: u64, tie: u64) -> Self {
        Self { rank: score.max(0.0).to_bits().into(), position, tie }
    }
}

const fn mark_of(sort: Sort) -> u8 {
    match sort {
        Sort::Relevance => b'r',
        Sort::Newest => b'n',
        Sort::Oldest => b'o',
    }
}

/// What was asked, shortened: in the middle of the answer to another question a cursor would skip or repeat silently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked([u8; 8]);

impl Asked {
    pub fn of(text: &str, filters: &Filters) -> Self {
        let digest = Blake3::of(format!("{text:?} {filters:?}").as_bytes());
        let mut short = [0; 8];
        short.copy_from_slice(&digest.as_bytes()[..8]);
        Self(short)
    }
}

/// The order's mark, what was asked, and the three numbers of a place.
const LENGTH: usize = 1 + 8 + 3 * 8;

/// A place as an opaque text.
pub(super) fn encode(sort: Sort, asked: Asked, place: Place) -> String {
    let mut bytes = [0; LENGTH];
    bytes[0] = mark_of(sort);
    bytes[1..9].copy_from_slice(&asked.0);
    for (to, number) in bytes[9..].chunks_exact_mut(8).zip([place.rank, place.position, place.tie]) {
        to.copy_from_slice(&number.to_be_bytes());
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The place a text stands for; None for what we did not write, or wrote for another request.
pub(super) fn decode(sort: Sort, asked: Asked, text: &str) -> Option<Place> {
    let bytes: [u8; LENGTH] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    if bytes[0] != mark_of(sort) || bytes[1..9] != asked.0 {
        return None;
    }
    let mut numbers = [0; 3];
    for (number, from) in numbers.iter_mut().zip(bytes[9..].chunks_exact(8)) {
        *number = u64::from_be_bytes(from.try_into().ok()?);
    }
    let [rank, position, tie] = numbers;
    Some(Place { rank, position, tie })
}

/// The cursor after an item of a list (newest first): for lists that mix in items not committed yet.
pub fn after_item(filters: &Filters, date: i64, position: Position) -> String {
    // The least tie: every item of this date and position has been shown.
    encode(Sort::Newest, Asked::of("", filters), Place { rank: tantivy::i64_to_u64(date), position, tie: 0 })
}

/// Date and position of the item after which a list goes on.
pub fn item_before(filters: &Filters, cursor: &str) -> Option<(i64, Position)> {
    decode(Sort::Newest, Asked::of("", filters), cursor).map(|place| (tantivy::u64_to_i64(place.rank), place.position))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_comes_back_and_only_for_its_request(rank in any::<u64>(), position in any::<u64>(), tie in any::<u64>()) {
            let place = Place { rank, position, tie };
            let asked = Asked::of("suolo", &Filters::default());
            let text = encode(Sort::Newest, asked, place);
            prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
            prop_assert_eq!(decode(Sort::Newest, asked, &text), Some(place));
            prop_assert_eq!(decode(Sort::Oldest, asked, &text), None);
            let year = Filters { year: Some(2026), ..Filters::default() };
            for other in [Asked::of("suoli", &Filters::default()), Asked::of("suolo", &year)] {
                prop_assert_eq!(decode(Sort::Newest, other, &text), None);
            }
        }

        #[test]
        fn any_text_is_read_without_panic(text in any::<String>()) {
            let _ = decode(Sort::Relevance, Asked::of("", &Filters::default()), &text);
        }
    }
}
