//! How does a tree of conditions become tantivy's queries.

use std::ops::Bound;

use tantivy::query::{
    AllQuery, Bm25Weight, BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery,
    TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Score, Searcher, Term};

use super::dictionary::{Dictionary, Seen};
use super::offices::{Named, Offices};
use super::unwanted::Unwanted;
use super::{FixedWeights, Node, Scope, Span, Whole, Words, synonyms};
use crate::index::Note;
use crate::index::deadline::Deadline;
use crate::index::fields::{Fields, fact_words, keyword};
use crate::index::filters::{date_query, keyword_query, term_query};
use crate::index::ranking::Ranking;
use crate::index::words::{self, is_stop_word};

pub(super) type Boxed = Box<dyn Query>;

/// How far the words of a query are followed to the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::index) enum Reading {
    /// All of them, in any form.
    Written,
    /// All of them, and for each what is spelled nearly so.
    Similar,
    /// Most of them, and what is spelled nearly so.
    Most,
}

/// What raises a hit, and by how much at most: who cannot reach the page by all that is left is asked no further.
pub(in crate::index) struct Boost {
    pub query: Boxed,
    pub most: Score,
}

impl Boost {
    /// Just so much, for whatever meets it.
    pub fn worth(query: Boxed, score: Score) -> Self {
        Self { query: worth(query, score), most: score }
    }

    /// Words side by side or with so many between them, by what they tell times a factor.
    pub fn words(statistics: &FixedWeights<'_>, field: Field, tokens: &[String], slop: u32, by: Score) -> Option<Self> {
        let query = phrase(field, tokens, slop)?;
        let terms: Vec<Term> = tokens.iter().map(|token| Term::from_field_text(field, token)).collect();
        let most = Bm25Weight::for_terms(statistics, &terms).map_or(Score::INFINITY, |weight| weight.max_score());
        Some(Self { query: Box::new(BoostQuery::new(query, by)), most: most * by })
    }
}

/// What a tree became.
pub(in crate::index) struct Compiled {
    /// What must hold. None: no word that could be searched.
    pub must: Option<Boxed>,
    /// What makes a hit stand higher: the word in the subject, in a name, in just this form.
    pub boosts: Vec<Boost>,
    pub notes: Vec<Note>,
}

/// The one who does it, for one searcher.
pub(in crate::index) struct Compiler<'a> {
    pub(super) fields: &'a Fields,
    pub(super) searcher: &'a Searcher,
    pub(super) seen: &'a Seen,
    pub(super) offices: &'a Offices,
    pub(super) stemmed: words::Words,
    pub(super) exact: words::Words,
    pub(super) reading: Reading,
    pub(super) ranking: Ranking,
    pub(super) deadline: Deadline,
    pub(super) boosts: Vec<Boost>,
    pub(super) notes: Vec<Note>,
    /// Within what must be missing: only what is written is meant.
    pub(super) unwanted: bool,
}

pub(super) fn any_of(mut queries: Vec<Boxed>) -> Option<Boxed> {
    if queries.len() > 1 { Some(Box::new(BooleanQuery::union(queries))) } else { queries.pop() }
}

pub(super) fn all_of(mut queries: Vec<Boxed>) -> Option<Boxed> {
    if queries.len() > 1 { Some(Box::new(BooleanQuery::intersection(queries))) } else { queries.pop() }
}

fn without(query: Boxed) -> Boxed {
    Box::new(BooleanQuery::new(vec![(Occur::Must, Box::new(AllQuery) as Boxed), (Occur::MustNot, query)]))
}

pub(super) fn scored(field: Field, text: &str) -> Boxed {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

/// The same worth for every item, whatever the words' own.
pub(super) fn worth(query: Boxed, score: f32) -> Boxed {
    Box::new(ConstScoreQuery::new(query, score))
}

pub(super) fn any_term(field: Field, texts: &[String]) -> Boxed {
    Box::new(TermSetQuery::new(texts.iter().map(|text| Term::from_field_text(field, text))))
}

pub(super) fn phrase(field: Field, tokens: &[String], slop: u32) -> Option<Boxed> {
    match tokens {
        [] => None,
        [token] => Some(scored(field, token)),
        tokens => {
            let terms = tokens.iter().map(|token| Term::from_field_text(field, token)).collect();
            let mut phrase = PhraseQuery::new(terms);
            phrase.set_slop(slop);
            Some(Box::new(phrase))
        }
    }
}

fn numbers(field: Field, from: u64, to: u64) -> Boxed {
    let term = |number| Term::from_field_u64(field, number);
    if from > to {
        return Box::new(tantivy::query::EmptyQuery);
    }
    Box::new(RangeQuery::new(Bound::Included(term(from)), Bound::Included(term(to))))
}

impl<'a> Compiler<'a> {
    pub fn new(
        fields: &'a Fields,
        searcher: &'a Searcher,
        seen: &'a Seen,
        offices: &'a Offices,
        reading: Reading,
        ranking: Ranking,
        deadline: Deadline,
    ) -> Self {
        Self {
            fields,
            searcher,
            seen,
            offices,
            stemmed: words::Words::stemmed(),
            exact: words::Words::exact(),
            reading,
            ranking,
            deadline,
            boosts: Vec::new(),
            notes: Vec::new(),
            unwanted: false,
        }
    }

    pub fn compile(mut self, node: &Node) -> tantivy::Result<Compiled> {
        let must = self.node(node)?;
        Ok(Compiled { must, boosts: self.boosts, notes: self.notes })
    }

    /// Has hits stand higher that hold these words.
    pub(super) fn raise_by(&mut self, field: Field, tokens: &[String], slop: u32, by: Score) {
        let statistics = FixedWeights { fields: self.fields, common_words: self.ranking.common_words };
        self.boosts.extend(Boost::words(&statistics, field, tokens, slop, by));
    }

    pub(super) fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    pub(super) fn dictionary(&self, field: Field) -> Dictionary<'a> {
        Dictionary { searcher: self.searcher, field, seen: self.seen, deadline: self.deadline }
    }

    /// Items with a word of a field that begins so.
    pub(super) fn starting(&self, field: Field, start: &str) -> Boxed {
        Box::new(Span::starting(field, start, self.deadline))
    }

    fn node(&mut self, node: &Node) -> tantivy::Result<Option<Boxed>> {
        Ok(match node {
            Node::Words(_) => self.and(std::slice::from_ref(node))?,
            Node::In(scope, words) => self.within(*scope, words)?,
            Node::Fact { name, value, prefix } => self.fact(name, value, *prefix),
            Node::FactRange { from, to } => Some(Box::new(Span::between(self.fields.fact, from, to, self.deadline))),
            Node::Whole { field, value, prefix } => Some(self.whole(*field, value, *prefix)),
            Node::Format { numbers, endings } => {
                let either = vec![any_term(self.fields.format, numbers), any_term(self.fields.file, endings)];
                any_of(either).map(|format| worth(format, 1.0))
            }
            Node::Number { register, number, year } => Some(self.number(register.as_deref(), *number, *year)),
            Node::Numbers(from, to) => Some(numbers(self.fields.number, *from, *to)),
            Node::Pages(from, to) => Some(numbers(self.fields.pages, *from, *to)),
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
        let reading = std::mem::replace(&mut self.reading, Reading::Written);
        let unwanted = std::mem::replace(&mut self.unwanted, true);
        let query = self.node(node)?;
        self.reading = reading;
        self.unwanted = unwanted;
        self.boosts.truncate(boosts);
        Ok(query.map(|query| Box::new(Unwanted(query)) as Boxed))
    }

    fn and(&mut self, nodes: &[Node]) -> tantivy::Result<Option<Boxed>> {
        let says_something =
            |exact: &mut words::Words, node: &Node| !matches!(node, Node::Not(_)) && !is_filler(exact, node);
        let insist = !nodes.iter().any(|node| says_something(&mut self.exact, node));
        let mut clauses: Vec<(Occur, Boxed)> = Vec::new();
        // Words that a slip of memory may have put there, which most of them are enough for.
        let (mut words, mut told): (Vec<Boxed>, Vec<&str>) = (Vec::new(), Vec::new());
        // Where the name of an office ends, and from where on the words are of it.
        let mut office: Option<(usize, usize, Named)> = None;
        let mut at = 0;
        while at < nodes.len() {
            let node = &nodes[at];
            let (before, after) = (at.checked_sub(1).and_then(|at| nodes.get(at)), nodes.get(at + 1));
            match node {
                Node::Not(node) => clauses.extend(self.unwanted(node)?.map(|query| (Occur::MustNot, query))),
                _ if !insist && is_filler(&mut self.exact, node) => {}
                Node::Words(Words::Word(text)) => {
                    if office.is_none() {
                        office = self.named_office(&nodes[at..]).map(|named| (at + named.taken, words.len(), named));
                    }
                    let meant =
                        if self.unwanted || self.ranking.synonym == 0.0 { None } else { synonyms::meant(&nodes[at..]) };
                    let taken = meant.as_ref().map_or(1, |meant| meant.words);
                    let mut own = Vec::new();
                    for (offset, node) in nodes[at..at + taken].iter().enumerate() {
                        let Node::Words(Words::Word(text)) = node else { continue };
                        if offset > 0 && is_filler(&mut self.exact, node) {
                            continue;
                        }
                        told.push(text);
                        own.extend(self.word(text, plain(before), plain(after))?);
                    }
                    words.extend(self.or_synonyms(text, all_of(own), meant));
                    at += taken - 1;
                }
                Node::Words(other) => words.extend(self.other_words(other)?),
                node => clauses.extend(self.node(node)?.map(|query| (Occur::Must, query))),
            }
            at += 1;
            if let Some((end, from, named)) = office.take_if(|(end, ..)| *end <= at)
                // Not where its last word is one with the next.
                && end == at
            {
                let own = all_of(words.split_off(from));
                words.extend(self.or_office(own, &named));
            }
        }
        if !self.unwanted {
            self.together(&told);
        }
        if self.reading == Reading::Most && words.len() > 1 {
            let enough = words.len().div_ceil(2);
            let words = words.into_iter().map(|query| (Occur::Should, query)).collect();
            let most = BooleanQuery::with_minimum_required_clauses(words, enough);
            clauses.push((Occur::Must, Box::new(most)));
        } else {
            clauses.extend(words.into_iter().map(|query| (Occur::Must, query)));
        }
        if clauses.is_empty() {
            return Ok(None);
        }
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        if clauses.len() == 1 {
            return Ok(clauses.pop().map(|(_, query)| query));
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
            Whole::Language => fields.language,
            Whole::Format => fields.format,
            Whole::Signed => fields.signed,
        };
        if prefix { self.starting(field, &keyword(value)) } else { keyword_query(field, value) }
    }

    pub(super) fn number(&self, register: Option<&str>, number: u64, year: Option<i16>) -> Boxed {
        let mut queries = vec![term_query(Term::from_field_u64(self.fields.number, number))];
        queries.extend(year.map(|year| term_query(Term::from_field_i64(self.fields.year, year.into()))));
        queries.extend(register.map(|register| keyword_query(self.fields.register, register)));
        Box::new(BooleanQuery::intersection(queries))
    }

    fn fact(&mut self, name: &str, value: &str, prefix: bool) -> Option<Boxed> {
        let field = self.fields.fact;
        let mut tokens = fact_words(&mut self.exact, name, value);
        if !prefix {
            return phrase(field, &tokens, 0);
        }
        let last = tokens.pop()?;
        let mut all = vec![self.starting(field, &last)];
        all.extend(tokens.iter().map(|word| scored(field, word)));
        all_of(all)
    }

    fn within(&mut self, scope: Scope, words: &Words) -> tantivy::Result<Option<Boxed>> {
        let fields = self.fields;
        let (field, written) = match scope {
            Scope::Subject => (fields.title, fields.title_exact),
            Scope::Sender => (fields.sender, fields.sender),
            Scope::Recipient => (fields.recipient, fields.recipient),
            Scope::Name => (fields.name, fields.name),
            Scope::File => (fields.file, fields.file),
        };
        match words {
            Words::Phrase(text, slop) => Ok(phrase(written, &self.exact.list(text), *slop)),
            Words::Prefix(text) => {
                let mut before = self.exact.list(text);
                let Some(last) = before.pop() else { return Ok(None) };
                let mut all = vec![self.starting(written, &last)];
                all.extend(before.iter().map(|word| scored(written, word)));
                Ok(all_of(all))
            }
            Words::Wild(pattern) => Ok(Some(self.wild(written, pattern))),
            Words::Word(text) => {
                let exact = self.exact.list(text);
                let tokens = if scope == Scope::Subject { self.stemmed.list(text) } else { exact.clone() };
                let own = phrase(field, &tokens, 0);
                let [word] = exact.as_slice() else { return Ok(own) };
                let mut queries: Vec<Boxed> = own.into_iter().collect();
                if self.reading > Reading::Written {
                    let similar = self.dictionary(written).similar(word)?;
                    queries.extend(
                        [similar.near, similar.far]
                            .iter()
                            .filter(|some| !some.is_empty())
                            .map(|some| any_term(written, some)),
                    );
                }
                Ok(any_of(queries))
            }
        }
    }
}

fn plain(node: Option<&Node>) -> Option<&str> {
    match node {
        Some(Node::Words(Words::Word(text))) => Some(text),
        _ => None,
    }
}

/// Whether a condition is only an article or the like, which beside others need not be met.
fn is_filler(exact: &mut words::Words, node: &Node) -> bool {
    match node {
        Node::Words(Words::Word(text)) => exact.list(text).iter().all(|word| is_stop_word(word)),
        _ => false,
    }
}
