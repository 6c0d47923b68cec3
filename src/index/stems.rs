//! Which stem does a word have, and how frequent is it? Remembered, for a town uses few words often.

use tantivy::tokenizer::{Language, RawTokenizer, Stemmer, TextAnalyzer, TokenStream as _};

use super::query::is_common;
use super::words::is_stop_word;

/// How a word takes part in *pairs*: two words side by side, or two common ones with a filler between, that are indexed as
/// one more word, so that a phrase of words that stand in every other text is not looked for by reading where each of them
/// stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Frequency {
    /// No pair: where it stands is quickly read.
    #[default]
    Rare,
    /// Of the list of common words, in any form.
    Common,
    /// An article or the like. Two of them are no pair.
    Filler,
}

impl Frequency {
    pub fn pairs_with(self, next: Self) -> bool {
        self != Self::Rare && next != Self::Rare && (self, next) != (Self::Filler, Self::Filler)
    }
}

/// Bytes of a word and its stem that are remembered together.
const SLOT_LETTERS: usize = 61;

/// A word, its stem behind it and how frequent it is, in one line of the processor's cache.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Slot {
    letters: [u8; SLOT_LETTERS],
    word: u8,
    both: u8,
    frequency: Frequency,
}

impl Slot {
    const EMPTY: Self = Self { letters: [0; SLOT_LETTERS], word: 0, both: 0, frequency: Frequency::Rare };

    /// None for a word that is too long to be remembered.
    fn new(word: &str, stem: &str, frequency: Frequency) -> Option<Self> {
        let mut slot = Self { frequency, ..Self::EMPTY };
        slot.letters.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
        slot.letters.get_mut(word.len()..word.len() + stem.len())?.copy_from_slice(stem.as_bytes());
        slot.word = word.len() as u8;
        slot.both = (word.len() + stem.len()) as u8;
        Some(slot)
    }

    fn word(&self) -> &[u8] {
        &self.letters[..usize::from(self.word)]
    }

    fn stem(&self) -> &[u8] {
        &self.letters[usize::from(self.word)..usize::from(self.both)]
    }
}

/// Brings words to their stems, without remembering any.
pub(super) struct Stemming(TextAnalyzer);

impl Stemming {
    pub fn new() -> Self {
        Self(TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(Language::Italian)).build())
    }

    /// The stem of a folded word.
    pub fn stem(&mut self, word: &str) -> String {
        if word.len() < STEMMED_LETTERS_MIN {
            return word.to_owned();
        }
        let mut stream = self.0.token_stream(word);
        let stem = if stream.advance() { stream.token().text.clone() } else { String::new() };
        if stem.is_empty() { word.to_owned() } else { stem }
    }
}

/// Shorter words have no endings.
const STEMMED_LETTERS_MIN: usize = 3;

/// Folded word to stem. The stemmer costs 43 % of indexing, and a town uses few words often: each word has one place
/// where it may be remembered, and whichever came last is.
pub(super) struct StemCache {
    slots: Box<[Slot]>,
    stemming: Stemming,
}

impl StemCache {
    pub fn new(slots: usize) -> Self {
        Self { slots: vec![Slot::EMPTY; slots].into(), stemming: Stemming::new() }
    }

    /// Brings a word of ASCII letters to its stem.
    pub fn stem(&mut self, word: &mut String) -> Frequency {
        // FNV-1a: a few letters, and nothing hangs on who collides with whom.
        let hash = word
            .bytes()
            .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
        let count = self.slots.len() as u64;
        let slot = &mut self.slots[((hash ^ hash >> 32) % count) as usize];
        if slot.word() != word.as_bytes() {
            let stem = self.stemming.stem(word);
            let frequency = match word.as_str() {
                filler if is_stop_word(filler) => Frequency::Filler,
                _ if is_common(&stem) => Frequency::Common,
                _ => Frequency::Rare,
            };
            let Some(new) = Slot::new(word, &stem, frequency) else {
                *word = stem;
                return frequency;
            };
            *slot = new;
        }
        word.clear();
        word.extend(slot.stem().iter().map(|byte| char::from(*byte)));
        slot.frequency
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_changes_no_stem() {
        // One place for all: each word drives the one before it out.
        let (mut one, mut many) = (StemCache::new(1), StemCache::new(1 << 10));
        let long = "precipitevolissimevolmente".repeat(2);
        for word in ["richieste", "della", "di", "dehors", "richieste", &long, "richieste"] {
            let stem = Stemming::new().stem(word);
            for cache in [&mut one, &mut many] {
                let mut own = word.to_owned();
                cache.stem(&mut own);
                assert_eq!(own, stem);
            }
        }
        let mut frequency = |word: &str| one.stem(&mut word.to_owned());
        assert_eq!(frequency("richieste"), Frequency::Common);
        assert_eq!(frequency("della"), Frequency::Filler);
        assert_eq!(frequency("dehors"), Frequency::Rare);
    }
}
