//! How does a tree of conditions become tantivy's queries.

use std::ops::Bound;

use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, FuzzyTermQuery, InvertedIndexRangeQuery, Occur, PhraseQuery, Query, RangeQuery,
    TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::unwanted::Unwanted;
use super::{Node, Scope, Whole, Words, number};
use crate::index::fields::{Fields, keyword};
use crate::index::filters::{date_query, keyword_query, term_query};
use crate::index::words::{self, is_stop_word};
use crate::limits::QUERY_SPELLINGS_MAX;

/// Letters a word must have before another spelling is tried for it.
const SPELLED_LETTERS_MIN: usize = 4;

type Boxed = Box<dyn Query>;

/// What a tree became.
pub(in crate::index) struct Compiled {
    /// What must hold. None: no word that could be searched.
    pub must: Option<Boxed>,
    /// What makes a hit stand higher: the word in the subject, in a name, in just this form.
    pub boosts: Vec<Boxed>,
}

/// The one who does it, for one searcher.
pub(in crate::index) struct Compiler<'a> {
    fields: &'a Fields,
    searcher: &'a Searcher,
    stemmed: words::Words,
    exact: words::Words,
    /// Whether similar spellings count.
    similar: bool,
    boosts: Vec<Boxed>,
}

fn any_of(mut queries: Vec<Boxed>) -> Option<Boxed> {
    if queries.len() > 1 { Some(Box::new(BooleanQuery::union(queries))) } else { queries.pop() }
}

fn all_of(mut queries: Vec<Boxed>) -> Option<Boxed> {
    if queries.len() > 1 { Some(Box::new(BooleanQuery::intersection(queries))) } else { queries.pop() }
}

fn without(query: Boxed) -> Boxed {
    Box::new(BooleanQuery::new(vec![(Occur::Must, Box::new(AllQuery) as Boxed), (Occur::MustNot, query)]))
}

/// All terms of a field that begin so.
fn starting(field: Field, start: &str) -> Boxed {
    let end = format!("{start}{}", char::MAX);
    let bound = |text: &str| Term::from_field_text(field, text);
    Box::new(InvertedIndexRangeQuery::new(Bound::Included(bound(start)), Bound::Excluded(bound(&end))))
}

fn scored(term: Term) -> Boxed {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

impl<'a> Compiler<'a> {
    pub fn new(fields: &'a Fields, searcher: &'a Searcher, similar: bool) -> Self {
        Self {
            fields,
            searcher,
            stemmed: words::Words::stemmed(),
            exact: words::Words::exact(),
            similar,
            boosts: Vec::new(),
        }
    }

    pub fn compile(mut self, node: &Node) -> tantivy::Result<Compiled> {
        let must = self.node(node)?;
        Ok(Compiled { must, boosts: self.boosts })
    }

    fn node(&mut self, node: &Node) -> tantivy::Result<Option<Boxed>> {
        Ok(match node {
            Node::Words(words) => self.everywhere(words)?,
            Node::In(scope, words) => self.within(*scope, words)?,
            Node::Whole { field, value, prefix } => Some(self.whole(*field, value, *prefix)),
            Node::Number { register, number, year } => Some(self.number(register.as_deref(), *number, *year)),
            Node::Years(from, to) => {
                let term = |year: i16| Term::from_field_i64(self.fields.year, year.into());
                Some(Box::new(RangeQuery::new(Bound::Included(term(*from)), Bound::Included(term(*to)))))
            }
            Node::Dates(from, to) => date_query(self.fields, *from, *to),
            Node::Confidential => Some(term_query(Term::from_field_bool(self.fields.confidential, true))),
            Node::And(nodes) => self.and(nodes)?,
            Node::Or(nodes) => {
                let mut queries = Vec::new();
                for node in nodes {
                    queries.extend(self.node(node)?);
                }
                any_of(queries)
            }
            Node::Not(node) => self.unwanted(node)?.map(without),
        })
    }

    /// A word that must be missing raises nothing, and only its own spelling is meant.
    fn unwanted(&mut self, node: &Node) -> tantivy::Result<Option<Boxed>> {
        let boosts = self.boosts.len();
        let similar = std::mem::replace(&mut self.similar, false);
        let query = self.node(node)?;
        self.similar = similar;
        self.boosts.truncate(boosts);
        Ok(query.map(|query| Box::new(Unwanted(query)) as Boxed))
    }

    fn and(&mut self, nodes: &[Node]) -> tantivy::Result<Option<Boxed>> {
        let says_something =
            |exact: &mut words::Words, node: &Node| !matches!(node, Node::Not(_)) && !is_filler(exact, node);
        let insist = !nodes.iter().any(|node| says_something(&mut self.exact, node));
        let mut clauses: Vec<(Occur, Boxed)> = Vec::new();
        for node in nodes {
            if let Node::Not(node) = node {
                clauses.extend(self.unwanted(node)?.map(|query| (Occur::MustNot, query)));
            } else if insist || !is_filler(&mut self.exact, node) {
                clauses.extend(self.node(node)?.map(|query| (Occur::Must, query)));
            }
        }
        if clauses.is_empty() {
            return Ok(None);
        }
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        Ok(Some(Box::new(BooleanQuery::new(clauses))))
    }

    fn whole(&self, field: Whole, value: &str, prefix: bool) -> Boxed {
        let fields = self.fields;
        let field = match field {
            Whole::Kind => fields.kind,
            Whole::Register => fields.register,
            Whole::Direction => fields.direction,
            Whole::Office => fields.office,
            Whole::User => fields.user,
            Whole::Classification => fields.classification,
            Whole::Dossier => fields.dossier,
            Whole::State => fields.state,
            Whole::TaxCode => fields.tax_code,
            Whole::Code => fields.code,
            Whole::Digest => fields.digest,
            Whole::TextState => fields.text_state,
        };
        if prefix { starting(field, &keyword(value)) } else { keyword_query(field, value) }
    }

    fn number(&self, register: Option<&str>, number: u64, year: Option<i16>) -> Boxed {
        let mut queries = vec![term_query(Term::from_field_u64(self.fields.number, number))];
        queries.extend(year.map(|year| term_query(Term::from_field_i64(self.fields.year, year.into()))));
        queries.extend(register.map(|register| keyword_query(self.fields.register, register)));
        Box::new(BooleanQuery::intersection(queries))
    }

    /// Words that may stand anywhere.
    fn everywhere(&mut self, words: &Words) -> tantivy::Result<Option<Boxed>> {
        match words {
            Words::Phrase(text) => {
                let tokens = self.stemmed.list(text);
                self.boost(&tokens, text);
                Ok(phrase(self.fields.all, &tokens))
            }
            Words::Prefix(text) => Ok(self.anywhere_starting(text)),
            Words::Word(text) => {
                let tokens = self.stemmed.list(text);
                self.boost(&tokens, text);
                let mut queries: Vec<Boxed> = Vec::new();
                queries.extend(match tokens.as_slice() {
                    [token] if self.similar => self.similar_to(self.fields.all, text, token)?,
                    tokens => phrase(self.fields.all, tokens),
                });
                if let Some(Node::Number { register, number, year }) = number(text) {
                    queries.push(Box::new(BoostQuery::new(self.number(register.as_deref(), number, year), 4.0)));
                }
                Ok(any_of(queries))
            }
        }
    }

    /// The dictionary of all words holds stems, and a start may be longer than the stem of what it stands for: then
    /// that stem is looked for, and with it the other forms of the word. Titles and names are met by their words.
    fn anywhere_starting(&mut self, text: &str) -> Option<Boxed> {
        let mut before = self.exact.list(text);
        let last = before.pop()?;
        let shorter = self.stemmed.stems_of_start(&last);
        let mut queries = vec![
            starting(self.fields.all, &last),
            starting(self.fields.title_exact, &last),
            starting(self.fields.name, &last),
        ];
        queries.extend(shorter.iter().map(|stem| scored(Term::from_field_text(self.fields.all, stem))));
        let mut all: Vec<Boxed> = vec![Box::new(BooleanQuery::union(queries))];
        for mut word in before {
            self.stemmed.stem(&mut word);
            all.push(scored(Term::from_field_text(self.fields.all, &word)));
        }
        all_of(all)
    }

    fn within(&mut self, scope: Scope, words: &Words) -> tantivy::Result<Option<Boxed>> {
        let fields = self.fields;
        let (field, by_start) = match scope {
            Scope::Subject => (fields.title, fields.title_exact),
            Scope::Sender => (fields.sender, fields.sender),
            Scope::Recipient => (fields.recipient, fields.recipient),
            Scope::Name => (fields.name, fields.name),
            Scope::File => (fields.file, fields.file),
        };
        let analyzer = if scope == Scope::Subject { &mut self.stemmed } else { &mut self.exact };
        match words {
            Words::Phrase(text) => Ok(phrase(field, &analyzer.list(text))),
            Words::Prefix(text) => {
                let mut before = self.exact.list(text);
                let Some(last) = before.pop() else { return Ok(None) };
                let mut all = vec![starting(by_start, &last)];
                all.extend(before.iter().map(|word| scored(Term::from_field_text(by_start, word))));
                Ok(all_of(all))
            }
            Words::Word(text) => match analyzer.list(text).as_slice() {
                [token] if self.similar => self.similar_to(field, text, token),
                tokens => Ok(phrase(field, tokens)),
            },
        }
    }

    fn boost(&mut self, stems: &[String], text: &str) {
        let fields = self.fields;
        let exact = self.exact.list(text);
        for (field, tokens, by) in [
            (fields.title, stems, 2.0),
            (fields.title_exact, &exact, 2.0),
            (fields.name, &exact, 3.0),
            (fields.file, &exact, 1.0),
        ] {
            let boosted = phrase(field, tokens).map(|query| Box::new(BoostQuery::new(query, by)) as Boxed);
            self.boosts.extend(boosted);
        }
    }

    /// The word and those one letter off that begin as it does. Terms come from the dictionary, which knows hidden
    /// items too: they go into a query under the reader's view, and nowhere else.
    fn similar_to(&self, field: Field, word: &str, token: &str) -> tantivy::Result<Option<Boxed>> {
        let itself = Term::from_field_text(field, token);
        let first = token.chars().next();
        let letters = word.chars().filter(|letter| letter.is_alphabetic()).count();
        let (Some(first), true) = (first, letters >= SPELLED_LETTERS_MIN && token.chars().all(char::is_alphabetic))
        else {
            return Ok(Some(scored(itself)));
        };
        let start = first.to_string();
        let end = format!("{first}{}", char::MAX);
        let spelled = FuzzyTermQuery::new(itself.clone(), 1, true);
        let mut terms = vec![itself];
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let automaton = spelled.automaton()?;
            let range = index.terms().search(automaton).ge(start.as_bytes()).lt(end.as_bytes());
            let mut stream = range.into_stream()?;
            while terms.len() < QUERY_SPELLINGS_MAX && stream.advance() {
                if let Ok(text) = std::str::from_utf8(stream.key()) {
                    terms.push(Term::from_field_text(field, text));
                }
            }
        }
        Ok(Some(Box::new(TermSetQuery::new(terms))))
    }
}

fn phrase(field: Field, tokens: &[String]) -> Option<Boxed> {
    match tokens {
        [] => None,
        [token] => Some(scored(Term::from_field_text(field, token))),
        tokens => {
            let terms = tokens.iter().map(|token| Term::from_field_text(field, token)).collect();
            Some(Box::new(PhraseQuery::new(terms)))
        }
    }
}

/// Whether a condition is only an article or the like, which beside others need not be met.
fn is_filler(exact: &mut words::Words, node: &Node) -> bool {
    match node {
        Node::Words(Words::Word(text)) => exact.list(text).iter().all(|word| is_stop_word(word)),
        _ => false,
    }
}
