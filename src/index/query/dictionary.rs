//! Which words of the index are spelled like one that was typed, or fit a pattern.
//!
//! The dictionary knows the words of hidden items too: what comes from here goes into queries under the reader's view,
//! and is shown only after it was found there.

use std::collections::BTreeSet;

use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use crate::limits::{QUERY_SPELLINGS_MAX, QUERY_WILD_WORDS_EXAMINED, QUERY_WILD_WORDS_MAX};

/// Letters a word must have before another spelling is tried for it, one with another first letter, or one two slips off.
pub(in crate::index) const SPELLED_LETTERS_MIN: usize = 4;
const FIRST_LETTER_MIN: usize = 5;
const TWO_SLIPS_LETTERS_MIN: usize = 7;

/// The words of one field.
pub(in crate::index) struct Dictionary<'a> {
    pub searcher: &'a Searcher,
    pub field: Field,
}

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

    /// Words a letter missing, added, changed or swapped away; of a long word also those two such slips away that begin
    /// alike. At most so many, in the order of the alphabet.
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
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(self.field)?;
            let found = index.terms().search(fuzzy.automaton()?).ge(first.as_bytes()).lt(end.as_bytes());
            let mut stream = found.into_stream()?;
            let mut count = 0;
            while count < QUERY_SPELLINGS_MAX && stream.advance() {
                if let Ok(text) = std::str::from_utf8(stream.key())
                    && text != word
                {
                    words.insert(text.to_owned());
                    count += 1;
                }
            }
        }
        Ok(words.into_iter().take(QUERY_SPELLINGS_MAX).collect())
    }

    /// Words that fit a pattern of `*` and `?`, and whether there are more than are given.
    pub fn fitting(&self, pattern: &str) -> tantivy::Result<(Vec<String>, bool)> {
        let start = &pattern[..pattern.find(['*', '?']).unwrap_or(pattern.len())];
        let end = format!("{start}{}", char::MAX);
        let pattern: Vec<char> = pattern.chars().collect();
        let (mut words, mut cut) = (BTreeSet::new(), false);
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(self.field)?;
            let mut stream = index.terms().range().ge(start.as_bytes()).lt(end.as_bytes()).into_stream()?;
            let mut examined = 0;
            while stream.advance() {
                examined += 1;
                if words.len() >= QUERY_WILD_WORDS_MAX || examined > QUERY_WILD_WORDS_EXAMINED {
                    cut = true;
                    break;
                }
                if let Ok(text) = std::str::from_utf8(stream.key())
                    && fits(&pattern, text)
                {
                    words.insert(text.to_owned());
                }
            }
        }
        Ok((words.into_iter().collect(), cut))
    }
}

/// `*` stands for any letters, `?` for one; at the end, where people write it after a question, for none as well.
fn fits(pattern: &[char], word: &str) -> bool {
    // The states the pattern may be in after each letter.
    let mut states: BTreeSet<usize> = BTreeSet::from([0]);
    let rest = |states: &mut BTreeSet<usize>| {
        for (at, sign) in pattern.iter().enumerate() {
            if states.contains(&at) && *sign == '*' {
                states.insert(at + 1);
            }
        }
    };
    rest(&mut states);
    for letter in word.chars() {
        let mut next = BTreeSet::new();
        for at in states {
            match pattern.get(at) {
                Some('*') => drop(next.insert(at)),
                Some('?') => drop(next.insert(at + 1)),
                Some(own) if *own == letter => drop(next.insert(at + 1)),
                _ => {}
            }
        }
        rest(&mut next);
        states = next;
    }
    let questions = pattern.iter().rev().take_while(|sign| **sign == '?').count().min(1);
    states.iter().any(|at| at + questions >= pattern.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_in_any_shell() {
        for (pattern, word, expect) in [
            ("ediliz?", "edilizi", true),
            ("ediliz?", "ediliz", true),
            ("ediliz?", "edilizia", false),
            ("ed*zia", "edilizia", true),
            ("ed*zia", "edilizie", false),
            ("ed*i*a", "edilizia", true),
            ("ca?a", "casa", true),
            ("ca?a", "caa", false),
            ("ca*", "ca", true),
            ("au??", "auto", true),
        ] {
            let signs: Vec<char> = pattern.chars().collect();
            assert_eq!(fits(&signs, word), expect, "{pattern} {word}");
        }
    }
}
