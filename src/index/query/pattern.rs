//! Which items hold a word that fits a pattern of `*` and `?`: all of them, however many words that is.
//!
//! A bound on the words that are tried would be used up by words of items the reader may not see: his own would be
//! lost, and to say so would tell of those. Without one a pattern costs what its start with a `*` does.

use tantivy::query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, Score, SegmentReader, TantivyError};

/// Items with a word of a field that fits. The pattern is folded as the words of the field are.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    field: Field,
    /// What every such word begins with.
    start: String,
    signs: Vec<char>,
}

impl Pattern {
    pub fn new(field: Field, pattern: &str) -> Self {
        let start = pattern[..pattern.find(['*', '?']).unwrap_or(pattern.len())].to_owned();
        Self { field, start, signs: pattern.chars().collect() }
    }

    /// `*` stands for any letters, `?` for one; at the end, where people write it after a question, for none as well.
    fn fits(&self, word: &str) -> bool {
        let rest = word.strip_prefix(&self.start);
        let signs = &self.signs[self.start.chars().count()..];
        rest.is_some_and(|rest| {
            fits(signs, rest) || signs.split_last().is_some_and(|(last, before)| *last == '?' && fits(before, rest))
        })
    }
}

fn fits(signs: &[char], word: &str) -> bool {
    let mut letters = word.chars();
    let mut at = 0;
    // Behind the last `*` met, and what it has not swallowed yet.
    let mut again: Option<(usize, std::str::Chars<'_>)> = None;
    loop {
        if signs.get(at) == Some(&'*') {
            at += 1;
            again = Some((at, letters.clone()));
            continue;
        }
        let mut rest = letters.clone();
        match (signs.get(at), rest.next()) {
            (None, None) => return true,
            (Some(sign), Some(letter)) if *sign == '?' || *sign == letter => {
                at += 1;
                letters = rest;
            }
            _ => {
                let Some((behind, swallowed)) = &mut again else { return false };
                if swallowed.next().is_none() {
                    return false;
                }
                at = *behind;
                letters = swallowed.clone();
            }
        }
    }
}

impl Query for Pattern {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(PatternWeight(self.clone())))
    }
}

struct PatternWeight(Pattern);

impl Weight for PatternWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let Pattern { field, start, .. } = &self.0;
        let index = reader.inverted_index(*field)?;
        let end = format!("{start}{}", char::MAX);
        let mut words = index.terms().range().ge(start.as_bytes()).lt(end.as_bytes()).into_stream()?;
        let mut set = BitSet::with_max_value(reader.max_doc());
        while words.advance() {
            if !std::str::from_utf8(words.key()).is_ok_and(|word| self.0.fits(word)) {
                continue;
            }
            let mut postings = index.read_block_postings_from_terminfo(words.value(), IndexRecordOption::Basic)?;
            while !postings.docs().is_empty() {
                for doc in postings.docs() {
                    set.insert(*doc);
                }
                postings.advance();
            }
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(set), boost)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Err(TantivyError::InvalidArgument("all that fits a pattern has the same score".into()))
    }
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
            ("ed*zia", "edziazia", true),
            ("ed*i*a", "edilizia", true),
            ("ed*l?z*a", "edilizia", true),
            ("ca?a", "casa", true),
            ("ca?a", "caa", false),
            ("ca*", "ca", true),
            ("ca*?", "ca", true),
            ("au??", "auto", true),
            ("au??", "aut", true),
            ("au??", "au", false),
            ("citt?", "citt\u{e0}", true),
            ("ed", "edilizia", false),
        ] {
            assert_eq!(Pattern::new(Field::from_field_id(0), pattern).fits(word), expect, "{pattern} {word}");
        }
    }
}
