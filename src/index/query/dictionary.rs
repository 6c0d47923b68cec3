//! Which words of the index are spelled like one that was typed.
//!
//! The dictionary knows the words of hidden items too. What is tried for a word are spellings in items of the reader's
//! view: others would use up the bound on them.

use std::collections::BTreeSet;
use std::sync::Arc;

use tantivy::postings::BlockSegmentPostings;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use crate::index::bits::Bits;
use crate::index::deadline::Deadline;
use crate::limits::QUERY_SPELLINGS_MAX;

/// Letters a word must have before another spelling is tried for it, one with another first letter, or one two slips off.
pub(in crate::index) const SPELLED_LETTERS_MIN: usize = 4;
const FIRST_LETTER_MIN: usize = 5;
const TWO_SLIPS_LETTERS_MIN: usize = 7;

/// The words of one field.
pub(in crate::index) struct Dictionary<'a> {
    pub searcher: &'a Searcher,
    pub field: Field,
    pub seen: &'a Seen,
    pub deadline: Deadline,
}

/// The documents of each segment that a reader may see; none where that is all of them.
pub(in crate::index) type Seen = [Option<Arc<Bits>>];

/// Other spellings of a word: one slip off, and two.
#[derive(Debug, Default)]
pub(in crate::index) struct Similar {
    pub near: Vec<String>,
    pub far: Vec<String>,
}

impl Dictionary<'_> {
    pub fn knows(&self, word: &str) -> tantivy::Result<bool> {
        Ok(self.searcher.doc_freq(&Term::from_field_text(self.field, word))? > 0)
    }

    /// Whether an item of the view holds the word in this form.
    pub fn holds(&self, word: &str) -> tantivy::Result<bool> {
        let term = Term::from_field_text(self.field, word);
        for (segment, seen) in self.searcher.segment_readers().iter().zip(self.seen) {
            let postings = segment.inverted_index(self.field)?.read_block_postings(&term, IndexRecordOption::Basic)?;
            if postings.is_some_and(|postings| holds(postings, seen)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Words a letter missing, added, changed or swapped away; of a long word also those two such slips away that begin
    /// alike. At most so many, in the order of the alphabet, and those alone that are met in time.
    pub fn similar(&self, word: &str) -> tantivy::Result<Similar> {
        let letters = word.chars().count();
        if letters < SPELLED_LETTERS_MIN || !word.chars().all(char::is_alphabetic) {
            return Ok(Similar::default());
        }
        let near = self.within(word, 1, letters < FIRST_LETTER_MIN)?;
        let mut far = if letters >= TWO_SLIPS_LETTERS_MIN { self.within(word, 2, true)? } else { Vec::new() };
        far.retain(|other| !near.contains(other));
        Ok(Similar { near, far })
    }

    fn within(&self, word: &str, slips: u8, alike: bool) -> tantivy::Result<Vec<String>> {
        let fuzzy = FuzzyTermQuery::new(Term::from_field_text(self.field, word), slips, true);
        let first = word.chars().next().filter(|_| alike).map(String::from).unwrap_or_default();
        let end = format!("{first}{}", char::MAX);
        let mut words = BTreeSet::new();
        for (segment, seen) in self.searcher.segment_readers().iter().zip(self.seen) {
            let index = segment.inverted_index(self.field)?;
            let found = index.terms().search(fuzzy.automaton()?).ge(first.as_bytes()).lt(end.as_bytes());
            let mut stream = found.into_stream()?;
            let mut count = 0;
            while count < QUERY_SPELLINGS_MAX && !self.deadline.is_over() && stream.advance() {
                if let Ok(text) = std::str::from_utf8(stream.key())
                    && text != word
                    && holds(index.read_block_postings_from_terminfo(stream.value(), IndexRecordOption::Basic)?, seen)
                {
                    words.insert(text.to_owned());
                    count += 1;
                }
            }
        }
        Ok(words.into_iter().take(QUERY_SPELLINGS_MAX).collect())
    }
}

/// Whether a word stands in a document that is seen.
fn holds(mut postings: BlockSegmentPostings, seen: &Option<Arc<Bits>>) -> bool {
    let Some(seen) = seen else { return true };
    while !postings.docs().is_empty() {
        if postings.docs().iter().any(|doc| seen.contains(*doc)) {
            return true;
        }
        postings.advance();
    }
    false
}
