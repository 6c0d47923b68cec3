//! What does a plain word of a query look for, and what makes an item with it stand higher than another.

use tantivy::Term;
use tantivy::query::PhraseQuery;

use super::codes::number;
use super::compile::{Boost, Boxed, Compiler, Reading, all_of, any_of, any_term, phrase, scored, worth};
use super::offices::Named;
use super::synonyms::Meant;
use super::{Node, Span, Words};
use crate::index::Note;
use crate::index::fields::whole_title;
use crate::index::filters::{keyword_query, term_query};
use crate::index::ranking::Ranking;
use crate::limits::QUERY_PAIRS_MAX;

/// A word as two, or two as one.
const REJOINED: f32 = 2.0;

/// Words that may stand between two of the query that are near each other.
const PAIR_SLOP: u32 = 3;
/// Letters of the halves that a word without its space is taken apart into.
const HALF_LETTERS_MIN: usize = 3;
/// Letters of a word that two may be.
const JOINED_LETTERS_MAX: usize = 30;

impl Compiler<'_> {
    /// One run of letters and signs that may stand anywhere, between two others.
    pub(super) fn word(
        &mut self,
        text: &str,
        before: Option<&str>,
        after: Option<&str>,
    ) -> tantivy::Result<Option<Boxed>> {
        let fields = self.fields;
        let (stems, exact) = (self.stemmed.list(text), self.exact.list(text));
        let mut queries: Vec<Boxed> = self.anywhere(text, 0).into_iter().collect();
        if let Some(Node::Number { register, number, year }) = number(text) {
            queries.push(worth(self.number(register.as_deref(), number, year), self.ranking.exact_number));
        }
        if text.contains('/') {
            queries.push(worth(keyword_query(fields.code, text), self.ranking.exact_number));
        }
        if self.unwanted {
            return Ok(any_of(queries));
        }
        self.raise(&stems, &exact);
        // `e-mail` for `email`; `e mail` for both.
        let joined = [
            (exact.len() > 1).then(|| exact.concat()),
            before.map(|before| self.exact.list(before).concat() + &exact.concat()),
            after.map(|after| exact.concat() + &self.exact.list(after).concat()),
        ];
        for mut joined in joined.into_iter().flatten().filter(|word| is_plain(word)) {
            self.stemmed.stem(&mut joined);
            if self.dictionary(fields.all).knows(&joined)? {
                queries.push(scored(fields.all, &joined));
            }
        }
        if let ([word], true) = (exact.as_slice(), self.reading > Reading::Written) {
            queries.extend(self.respelled(word)?);
        }
        Ok(any_of(queries))
    }

    /// Words side by side, or with so many others between them, in whatever is looked through for a plain word.
    fn anywhere(&mut self, text: &str, slop: u32) -> Option<Boxed> {
        let all = self.fields.all;
        if slop > 0 {
            return phrase(all, &self.stemmed.list(text), slop);
        }
        let placed = self.stemmed.phrase(text);
        if let [] | [_] = placed.as_slice() {
            return placed.first().map(|(_, word)| scored(all, word));
        }
        let terms = placed.iter().map(|(at, word)| (*at, Term::from_field_text(all, word))).collect();
        Some(Box::new(PhraseQuery::new_with_offset(terms)))
    }

    /// What makes a hit stand higher: where the word is, and whether it is in this form.
    fn raise(&mut self, stems: &[String], exact: &[String]) {
        let fields = self.fields;
        for (field, tokens, by) in [
            (fields.title, stems, self.ranking.in_title),
            (fields.title_exact, exact, self.ranking.in_title_exact),
            (fields.name, exact, self.ranking.in_name),
            (fields.file, exact, self.ranking.in_file),
        ] {
            self.raise_by(field, tokens, 0, by);
        }
        // Where form and stem are one, the stem has said it already.
        if let ([_], true) = (exact, stems != exact) {
            self.raise_by(fields.word, exact, 0, self.ranking.exact_form);
        }
    }

    fn respelled(&mut self, word: &str) -> tantivy::Result<Vec<Boxed>> {
        let fields = self.fields;
        let dictionary = self.dictionary(fields.word);
        let similar = dictionary.similar(word)?;
        let mut queries = Vec::new();
        // Where some words may be missing, one that no item holds is rather a slip than one of those.
        let of_none = self.reading == Reading::Most && !dictionary.holds(word)?;
        for (spellings, share) in [(&similar.near, 1.0), (&similar.far, 0.5)] {
            if spellings.is_empty() {
                continue;
            }
            let Ranking { one_slip, slip_in_title, slip_in_name, slip_of_none, .. } = self.ranking;
            // Two slips are too many to be sure of.
            let score = if of_none && share == 1.0 { slip_of_none } else { one_slip * share };
            queries.push(worth(any_term(fields.word, spellings), score));
            self.boosts.push(Boost::worth(any_term(fields.title_exact, spellings), slip_in_title * share));
            self.boosts.push(Boost::worth(any_term(fields.name, spellings), slip_in_name * share));
        }
        // `suolopubblico`: the space was forgotten.
        let ends = word
            .char_indices()
            .map(|(at, _)| at)
            .filter(|at| *at >= HALF_LETTERS_MIN && word.len() - at >= HALF_LETTERS_MIN);
        for at in ends {
            let (first, second) = word.split_at(at);
            if is_plain(word) && dictionary.knows(first)? && dictionary.knows(second)? {
                let halves = self.anywhere(&format!("{first} {second}"), 0);
                queries.extend(halves.map(|query| worth(query, REJOINED)));
            }
        }
        Ok(queries)
    }

    /// Words of the query that stand together, and all of them as a title.
    pub(super) fn together(&mut self, words: &[&str]) {
        let fields = self.fields;
        for pair in words.windows(2).take(QUERY_PAIRS_MAX) {
            let (stems, exact) = (self.stemmed.list(&pair.join(" ")), self.exact.list(&pair.join(" ")));
            for (field, tokens, by) in
                [(fields.title, &stems, self.ranking.pair_in_title), (fields.name, &exact, self.ranking.pair_in_name)]
            {
                // A word beside itself is no pair.
                if let [first, second] = tokens.as_slice()
                    && first != second
                {
                    self.raise_by(field, tokens, PAIR_SLOP, by);
                }
            }
        }
        if let Some(title) = whole_title(&words.join(" ")) {
            let query = term_query(Term::from_field_u64(fields.whole_title, title));
            self.boosts.push(Boost::worth(query, self.ranking.whole_title));
        }
    }

    /// The words themselves, or what means the same, at lower worth.
    pub(super) fn or_synonyms(&mut self, text: &str, own: Option<Boxed>, meant: Option<Meant>) -> Option<Boxed> {
        let Some(meant) = meant else { return own };
        let fields = self.fields;
        let mut queries: Vec<Boxed> = own.into_iter().collect();
        for other in &meant.others {
            let stems = self.stemmed.list(other);
            queries.extend(self.anywhere(other, 1).map(|query| worth(query, self.ranking.synonym)));
            self.boosts.extend(
                phrase(fields.title, &stems, 1).map(|query| Boost::worth(query, self.ranking.synonym_in_title)),
            );
        }
        let said = if meant.words > 1 { meant.said.as_str() } else { text };
        self.note(Note::new("synonyms", format!("`{said}` was also looked for as: {}", meant.others.join(", "))));
        any_of(queries)
    }

    /// The office that these conditions begin with, unless what is meant is what must be missing.
    pub(super) fn named_office(&self, nodes: &[Node]) -> Option<Named> {
        if self.unwanted || self.ranking.office == 0.0 { None } else { self.offices.named(nodes) }
    }

    /// The words themselves, or that the item is assigned to the office of this name. A name of one word says more than
    /// the office (`tributi`, `scuola`): that only raises what holds the word.
    pub(super) fn or_office(&mut self, own: Option<Boxed>, named: &Named) -> Option<Boxed> {
        let office = |code: &String| keyword_query(self.fields.office, code);
        let assigned = worth(any_of(named.codes.iter().map(office).collect())?, self.ranking.office);
        if named.words < 2 {
            self.boosts.push(Boost { query: assigned, most: self.ranking.office });
            return own;
        }
        let codes: Vec<String> = named.codes.iter().map(|code| format!("office:{code}")).collect();
        let text = format!("`{}` was also looked for as: {}", named.said, codes.join(", "));
        self.note(Note::new("synonyms", text));
        any_of(own.into_iter().chain([assigned]).collect())
    }

    /// Phrases, starts and patterns that may stand anywhere.
    pub(super) fn other_words(&mut self, words: &Words) -> tantivy::Result<Option<Boxed>> {
        let fields = self.fields;
        match words {
            Words::Word(text) => self.word(text, None, None),
            Words::Phrase(text, slop) => {
                let (stems, exact) = (self.stemmed.list(text), self.exact.list(text));
                if !self.unwanted {
                    self.raise(&stems, &exact);
                }
                let mut all: Vec<Boxed> = self.anywhere(text, *slop).into_iter().collect();
                // In quotes the form counts: it is met, though perhaps elsewhere in the item.
                if self.reading == Reading::Written {
                    let forms = exact.iter().filter(|form| !stems.contains(form));
                    all.extend(forms.map(|form| worth(term_query(Term::from_field_text(fields.word, form)), 0.0)));
                }
                Ok(all_of(all))
            }
            Words::Prefix(text) => {
                let mut before = self.exact.list(text);
                let Some(last) = before.pop() else { return Ok(None) };
                for field in [fields.title_exact, fields.name] {
                    self.boosts.push(Boost::worth(self.starting(field, &last), 2.0));
                }
                let mut all = vec![self.starting(fields.word, &last)];
                all.extend(before.iter().map(|word| scored(fields.word, word)));
                Ok(all_of(all))
            }
            Words::Wild(pattern) => Ok(Some(self.wild(fields.word, pattern))),
        }
    }

    /// Words of a field that fit a pattern.
    pub(super) fn wild(&mut self, field: tantivy::schema::Field, pattern: &str) -> Boxed {
        Box::new(Span::fitting(field, &self.exact.pattern(pattern), self.deadline))
    }
}

fn is_plain(word: &str) -> bool {
    word.len() <= JOINED_LETTERS_MAX && word.chars().all(char::is_alphabetic)
}
