//! How much does a word tell? By fixed statistics, which know nothing of the items of this archive.
//!
//! A word's true frequency tells of items the reader may not see, and changes under a reader who turns pages. What words
//! are common in any town hall is no secret: those of a list that ships with the program tell less, all others the same.

use std::collections::HashMap;
use std::sync::LazyLock;

use tantivy::Term;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::Field;

use crate::index::fields::Fields;
use crate::index::stems::Stemming;
use crate::index::words::Words;

/// Of a thousand items of which we speak, how many hold a word: one of the first and of the second part of the list,
/// and any other.
const IN_MOST: u64 = 400;
const IN_MANY: u64 = 150;
const IN_FEW: u64 = 40;

const LIST: &str = include_str!("common_words.txt");

/// Forms and stems of common words.
static COMMON: LazyLock<HashMap<String, u64>> = LazyLock::new(|| {
    // Not by `Words::stemmed`, which asks here how frequent each word is.
    let (mut exact, mut stemming) = (Words::exact(), Stemming::new());
    let mut common = HashMap::new();
    let (most, many) = LIST.split_once("\n\n").unwrap_or((LIST, ""));
    for (part, items) in [(many, IN_MANY), (most, IN_MOST)] {
        for word in exact.list(part) {
            common.insert(stemming.stem(&word), items);
            common.insert(word, items);
        }
    }
    common
});

/// Whether a form or stem is one of the list.
pub(in crate::index) fn is_common(word: &str) -> bool {
    COMMON.contains_key(word)
}

/// The statistics of the list.
pub(in crate::index) struct FixedWeights<'a> {
    pub fields: &'a Fields,
    pub common_words: bool,
}

/// True of a word that nearly every paper of an office holds, as the first part of the list has it.
pub(in crate::index) fn is_commonplace(word: &str) -> bool {
    items_with(word) == IN_MOST
}

fn items_with(word: &str) -> u64 {
    let digits = word.bytes().all(|byte| byte.is_ascii_digit());
    match COMMON.get(word) {
        Some(items) => *items,
        // Years, days and house numbers.
        None if digits && (word.len() < 3 || word.len() == 4 && word.starts_with("20")) => IN_MANY,
        None => IN_FEW,
    }
}

impl Bm25StatisticsProvider for FixedWeights<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        // Words a field has on average, times the thousand items.
        let fields = self.fields;
        Ok(if field == fields.all {
            300_000
        } else if field == fields.title || field == fields.title_exact {
            8_000
        } else if field == fields.word {
            1_000
        } else {
            4_000
        })
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(1000)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        Ok(term.value().as_str().filter(|_| self.common_words).map_or(IN_FEW, items_with))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_tell_less_in_any_form() {
        assert_eq!((items_with("richiesta"), items_with("richiest")), (IN_MOST, IN_MOST));
        assert_eq!((items_with("permesso"), items_with("2026"), items_with("7")), (IN_MANY, IN_MANY, IN_MANY));
        assert!(is_commonplace("richiesta") && !is_commonplace("permesso") && !is_commonplace("rossi"));
        assert_eq!((items_with("rossi"), items_with("1234")), (IN_FEW, IN_FEW));
    }
}
