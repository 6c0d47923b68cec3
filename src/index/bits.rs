//! Which documents of a segment are in a set: one bit each, in words that can be met with another set's.

use tantivy::DocId;

/// A set of documents of one segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bits {
    words: Box<[u64]>,
}

const WORD: u32 = u64::BITS;

impl Bits {
    pub fn none(max_doc: DocId) -> Self {
        Self { words: vec![0; max_doc.div_ceil(WORD) as usize].into() }
    }

    pub fn all(max_doc: DocId) -> Self {
        let mut words = vec![u64::MAX; max_doc.div_ceil(WORD) as usize];
        if let (Some(last), rest @ 1..) = (words.last_mut(), max_doc % WORD) {
            *last = (1 << rest) - 1;
        }
        Self { words: words.into() }
    }

    pub fn of(max_doc: DocId, docs: impl IntoIterator<Item = DocId>) -> Self {
        let mut bits = Self::none(max_doc);
        docs.into_iter().for_each(|doc| bits.insert(doc));
        bits
    }

    pub fn insert(&mut self, doc: DocId) {
        if let Some(word) = self.words.get_mut((doc / WORD) as usize) {
            *word |= 1 << (doc % WORD);
        }
    }

    pub fn contains(&self, doc: DocId) -> bool {
        self.words.get((doc / WORD) as usize).is_some_and(|word| word >> (doc % WORD) & 1 == 1)
    }

    /// Leaves only what the other holds too.
    pub fn meet(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    pub fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    pub fn bytes(&self) -> usize {
        size_of_val(&*self.words)
    }

    /// The first document of the set at or after one.
    pub fn next(&self, from: DocId) -> Option<DocId> {
        let at = (from / WORD) as usize;
        let first = self.words.get(at)? & (u64::MAX << (from % WORD));
        let rest = self.words.get(at + 1..)?.iter().copied();
        let (offset, word) = std::iter::once(first).chain(rest).enumerate().find(|(_, word)| *word != 0)?;
        Some((at + offset) as DocId * WORD + word.trailing_zeros())
    }

    pub fn iter(&self) -> impl Iterator<Item = DocId> + '_ {
        (0..).zip(&self.words).flat_map(|(at, word): (DocId, &u64)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                // Takes the lowest bit away.
                left &= left.checked_sub(1)?;
                Some(at * WORD + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_set_is_what_was_put_into_it(
            max in 0..300_u32,
            (one, other) in (proptest::collection::btree_set(0..300_u32, 0..80), proptest::collection::btree_set(0..300_u32, 0..80)),
        ) {
            let within = |docs: &BTreeSet<u32>| docs.iter().copied().filter(|doc| *doc < max).collect::<BTreeSet<u32>>();
            let (one, other) = (within(&one), within(&other));
            let mut bits = Bits::of(max, one.iter().copied());
            prop_assert_eq!(bits.count(), one.len() as u64);
            prop_assert!(bits.iter().eq(one.iter().copied()));
            for doc in 0..=max + 70 {
                prop_assert_eq!(bits.contains(doc), one.contains(&doc));
                prop_assert_eq!(bits.next(doc), one.range(doc..).next().copied());
            }
            prop_assert!(Bits::all(max).iter().eq(0..max));
            bits.meet(&Bits::of(max, other.iter().copied()));
            prop_assert!(bits.iter().eq(one.intersection(&other).copied()));
        }
    }
}
