//! Which items hold a word of a stretch of the dictionary: one that begins so, that lies between two others, that fits a
//! pattern of `*` and `?`. All of them, however many words that is.
//!
//! A bound on the words that are tried would be used up by words of items the reader may not see: his own would be
//! lost, and to say so would tell of those. What bounds them is the search's time.

use tantivy::query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, Score, SegmentReader, TantivyError};

use crate::index::deadline::Deadline;

/// Items with a word of a field from one, included, to another, excluded.
#[derive(Debug, Clone)]
pub(in crate::index) struct Span {
    field: Field,
    from: String,
    to: String,
    /// What of these words is meant, unless all of them are.
    pattern: Option<Pattern>,
    deadline: Deadline,
}

/// Words between two looks at the time.
const LOOK: usize = 16;

impl Span {
    pub fn between(field: Field, from: &str, to: &str, deadline: Deadline) -> Self {
        Self { field, from: from.to_owned(), to: to.to_owned(), pattern: None, deadline }
    }

    /// All words that begin so.
    pub fn starting(field: Field, start: &str, deadline: Deadline) -> Self {
        Self::between(field, start, &format!("{start}{}", char::MAX), deadline)
    }

    /// The pattern is folded as the words of the field are.
    pub fn fitting(field: Field, pattern: &str, deadline: Deadline) -> Self {
        let pattern = Pattern::new(pattern);
        Self { pattern: Some(pattern.clone()), ..Self::starting(field, &pattern.start, deadline) }
    }

    fn means(&self, word: &[u8]) -> bool {
        let fits = |pattern: &Pattern| std::str::from_utf8(word).is_ok_and(|word| pattern.fits(word));
        self.pattern.as_ref().is_none_or(fits)
    }
}

#[derive(Debug, Clone)]
struct Pattern {
    /// What every such word begins with.
    start: String,
    signs: Vec<char>,
}

impl Pattern {
    fn new(pattern: &str) -> Self {
        let start = pattern[..pattern.find(['*', '?']).unwrap_or(pattern.len())].to_owned();
        Self { start, signs: pattern.chars().collect() }
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

impl Query for Span {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(SpanWeight(self.clone())))
    }
}

struct SpanWeight(Span);

impl Weight for SpanWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let Span { field, from, to, deadline, .. } = &self.0;
        let index = reader.inverted_index(*field)?;
        let mut words = index.terms().range().ge(from.as_bytes()).lt(to.as_bytes()).into_stream()?;
        let mut set = BitSet::with_max_value(reader.max_doc());
        let mut met = 0;
        while (met % LOOK != 0 || !deadline.is_over()) && words.advance() {
            met += 1;
            if !self.0.means(words.key()) {
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
        Err(TantivyError::InvalidArgument("all that holds a word of the stretch has the same score".into()))
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
            assert_eq!(Pattern::new(pattern).fits(word), expect, "{pattern} {word}");
        }
    }
}
