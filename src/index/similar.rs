//! What is like an item: which of its words matter, and which other items hold most of them.

use std::collections::HashMap;

use tantivy::Term;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::IndexRecordOption;

use super::ItemKind;
use super::deadline::Deadline;
use super::filters::{View, term_query};
use super::open::Index;
use super::query::is_commonplace;
use super::search::{Hit, Pass, Request, SearchError, Sort};
use super::words::{Words, is_stop_word};
use crate::limits::{SIMILAR_TEXT_BYTES, SIMILAR_WORDS};

/// The item to which others are like.
#[derive(Debug, Clone, Copy)]
pub struct Model<'a> {
    pub kind: ItemKind,
    pub id: &'a str,
    pub title: &'a str,
    pub text: &'a str,
}

/// What is like it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Similar {
    pub hits: Vec<Hit>,
    /// The words that were looked for, as the item has them; those that matter most first.
    pub words: Vec<String>,
}

/// Shorter words say little.
const LETTERS_MIN: usize = 4;
/// Of a word met often in a text, so many count.
const TIMES_MAX: f32 = 9.0;
const TITLE_WEIGHT: f32 = 4.0;
const COMMONPLACE_WEIGHT: f32 = 0.1;
/// Beside so many others, words that every office writes are left out: sharing those makes no two papers alike.
const TELLING_ENOUGH: usize = 4;

/// A word of the item and how much it matters.
struct Weighed {
    word: String,
    weight: f32,
    first: usize,
}

fn start_of(text: &str) -> &str {
    let mut end = text.len().min(SIMILAR_TEXT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The words that matter, those that matter most first.
fn weighed(title: &str, text: &str) -> Vec<Weighed> {
    let mut words = Words::exact();
    let mut times: HashMap<String, (f32, f32, usize)> = HashMap::new();
    for (of_title, list) in [(true, words.list(title)), (false, words.list(start_of(text)))] {
        for word in list {
            let says = word.chars().count() >= LETTERS_MIN && !is_stop_word(&word);
            // Years and amounts are in every paper; longer numbers and codes name a thing.
            let digits = word.bytes().filter(u8::is_ascii_digit).count();
            if !says || (digits > 0 && word.len() < 6) {
                continue;
            }
            let order = times.len();
            let (titles, texts, _) = times.entry(word).or_insert((0.0, 0.0, order));
            *(if of_title { titles } else { texts }) += 1.0;
        }
    }
    let weigh = |(word, (titles, texts, first)): (String, (f32, f32, usize))| {
        let times = texts.min(TIMES_MAX).sqrt() + if titles > 0.0 { TITLE_WEIGHT } else { 0.0 };
        let long = word.chars().count().min(12) as f32 / 12.0;
        let plain = if is_commonplace(&word) { COMMONPLACE_WEIGHT } else { 1.0 };
        Weighed { word, weight: times * (0.5 + long) * plain, first }
    };
    let mut all: Vec<Weighed> = times.into_iter().map(weigh).collect();
    all.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.first.cmp(&b.first)));
    let telling = |one: &Weighed| !is_commonplace(&one.word);
    if all.iter().filter(|one| telling(one)).count() >= TELLING_ENOUGH {
        all.retain(telling);
    }
    all.truncate(SIMILAR_WORDS);
    all
}

impl Index {
    /// Items that share the most of another's words that matter; never that one itself.
    pub fn similar(&self, model: &Model<'_>, view: &View, limit: usize) -> Result<Similar, SearchError> {
        let chosen = weighed(model.title, model.text);
        if chosen.is_empty() {
            return Ok(Similar::default());
        }
        let fields = &self.fields;
        let mut stemmed = Words::stemmed();
        let mut any: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for Weighed { word, weight, .. } in &chosen {
            let of_field = |field, weight: f32, stem: &str| -> Box<dyn Query> {
                let term = TermQuery::new(Term::from_field_text(field, stem), IndexRecordOption::WithFreqs);
                Box::new(BoostQuery::new(Box::new(term), weight))
            };
            for stem in stemmed.list(word) {
                let both = vec![
                    (Occur::Must, of_field(fields.all, *weight, &stem)),
                    (Occur::Should, of_field(fields.title, *weight, &stem)),
                ];
                any.push((Occur::Should, Box::new(BooleanQuery::new(both))));
            }
        }
        // One word in common is chance.
        let shared = (any.len() / 4).clamp(1, 3).max(any.len().min(2));
        let must = BooleanQuery::new(vec![
            (Occur::Must, Box::new(BooleanQuery::with_minimum_required_clauses(any, shared)) as Box<dyn Query>),
            (Occur::MustNot, term_query(fields.key_term(model.kind, model.id))),
        ]);
        let searcher = self.searcher();
        let request = Request { limit, ..Request::default() };
        let deadline = Deadline::after(self.settings.patience);
        let (request, sort, after) = (&request, Sort::Relevance, None);
        let seen = &self.seen(&searcher, view)?;
        let pass = Pass { index: self, searcher: &searcher, request, view, seen, sort, after, deadline };
        let page = pass.run(Some(Box::new(must)), Vec::new())?;
        let hits = page.best.iter().take(limit).map(|best| self.hit(&searcher, best)).collect::<Result<_, _>>()?;
        Ok(Similar { hits, words: chosen.into_iter().map(|one| one.word).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_every_office_writes_matter_least() {
        let chosen = weighed("Richiesta di occupazione suolo", "Il sottoscritto chiede i dehors. Via Roma 12.");
        let words: Vec<&str> = chosen.iter().map(|one| one.word.as_str()).collect();
        assert_eq!(&words[..2], ["occupazione", "suolo"]);
        assert!(words.contains(&"dehors") && !words.contains(&"sottoscritto"), "{words:?}");
        // Better than nothing where there is nothing else.
        let plain: Vec<String> = weighed("Richiesta", "").into_iter().map(|one| one.word).collect();
        assert_eq!(plain, ["richiesta"]);
        assert!(weighed("", "").is_empty() && weighed("a di il", "12 2026").is_empty());
    }

    #[test]
    fn a_long_text_gives_no_more_words_than_the_bound() {
        let text: String = (0..100_000).map(|n| format!("parola{n} ")).collect();
        assert_eq!(weighed("città", &text).len(), SIMILAR_WORDS);
        assert_eq!(start_of(&"è".repeat(SIMILAR_TEXT_BYTES)).len(), SIMILAR_TEXT_BYTES);
        assert_eq!(start_of(&format!("a{}", "è".repeat(SIMILAR_TEXT_BYTES))).len(), SIMILAR_TEXT_BYTES - 1);
    }
}
