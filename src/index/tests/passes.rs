//! Every shortcut of a pass against the plain way: totals, order, facets and pages over segments with deletions and
//! views; what is kept of segments follows commits; a search that may take no time says so.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use tantivy::query::{AllQuery, BooleanQuery, EnableScoring, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{TERMINATED, Term};

use super::{ask, entry, ids, index};
use crate::index::collect::{Page, Wanted, collect};
use crate::index::cursor::Place;
use crate::index::deadline::Deadline;
use crate::index::facets::{FacetField, sorted};
use crate::index::query::{Boost, Dictionary, FixedWeights, Span};
use crate::index::ranking::Ranking;
use crate::index::search::Sort;
use crate::index::{Filters, Index, Item, Request, Settings, View};

const WORDS: [&str; 4] = ["qa1", "qb2", "qc3", "qd4"];
const OFFICES: [&str; 3] = ["edilizia", "tributi", "scuola"];

/// An item in short: its number (twice the same replaces it), its text, title, offices, day, readers.
#[derive(Debug, Clone)]
struct Made {
    number: u64,
    text: Vec<usize>,
    title: Option<usize>,
    offices: Vec<&'static str>,
    day: i64,
    audience: Vec<&'static str>,
}

prop_compose! {
    fn made()(
        number in 0..60_u64,
        text in proptest::collection::vec(0..4_usize, 0..8),
        title in proptest::option::of(0..4_usize),
        offices in proptest::sample::subsequence(OFFICES.to_vec(), 0..=2),
        day in 0..9_i64,
        audience in proptest::sample::subsequence(vec!["a", "b", "c"], 0..=2),
    ) -> Made {
        Made { number, text, title, offices, day, audience }
    }
}

fn item(made: &Made) -> Item {
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let text: Vec<&str> = made.text.iter().map(|at| WORDS[*at]).collect();
    Item {
        texts: vec![text.join(" ")],
        offices: owned(&made.offices),
        audience: owned(&made.audience),
        date: made.day,
        year: Some(2020 + (made.day % 3) as i16),
        ..entry(made.number, made.title.map_or("", |at| WORDS[at]))
    }
}

/// What is looked for, as queries of tantivy.
#[derive(Debug, Clone)]
enum Look {
    All,
    Word(usize),
    Both(usize, usize),
    Either(usize, usize),
    Phrase(usize, usize),
    Without(usize),
}

fn look() -> impl Strategy<Value = Look> {
    let at = || 0..4_usize;
    prop_oneof![
        Just(Look::All),
        at().prop_map(Look::Word),
        (at(), at()).prop_map(|(a, b)| Look::Both(a, b)),
        (at(), at()).prop_map(|(a, b)| Look::Either(a, b)),
        (at(), at()).prop_map(|(a, b)| Look::Phrase(a, b)),
        at().prop_map(Look::Without),
    ]
}

fn word(field: Field, at: usize) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, WORDS[at]), IndexRecordOption::WithFreqs))
}

impl Look {
    fn must(&self, index: &Index) -> Option<Box<dyn Query>> {
        let all = index.fields.all;
        Some(match self {
            Self::All => return None,
            Self::Word(at) => word(all, *at),
            Self::Both(a, b) => Box::new(BooleanQuery::intersection(vec![word(all, *a), word(all, *b)])),
            Self::Either(a, b) => Box::new(BooleanQuery::union(vec![word(all, *a), word(all, *b)])),
            Self::Phrase(a, b) => {
                Box::new(PhraseQuery::new([a, b].map(|at| Term::from_field_text(all, WORDS[*at])).into()))
            }
            Self::Without(at) => Box::new(BooleanQuery::new(vec![
                (Occur::Must, Box::new(AllQuery) as Box<dyn Query>),
                (Occur::MustNot, word(all, *at)),
            ])),
        })
    }

    fn boosts(&self, index: &Index) -> Vec<Boost> {
        let (Self::Word(at) | Self::Both(at, _) | Self::Either(at, _)) = self else { return Vec::new() };
        let statistics = FixedWeights { fields: &index.fields, common_words: true };
        let boost = |at: usize, by| Boost::words(&statistics, index.fields.title, &[WORDS[at].to_owned()], 0, by);
        boost(*at, 2.0).into_iter().chain(boost(0, 1.5)).collect()
    }
}

/// What a pass must yield.
struct Plain {
    places: Vec<Place>,
    facets: BTreeMap<FacetField, Vec<(String, u64)>>,
}

/// The plain way: one boolean query, every living document asked, everything sorted.
fn plainly(index: &Index, look: &Look, sort: Sort, filters: &Filters, view: &View) -> Plain {
    let searcher = index.searcher();
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    clauses.push((Occur::Must, look.must(index).unwrap_or_else(|| Box::new(AllQuery))));
    let silent = |query| Box::new(tantivy::query::ConstScoreQuery::new(query, 0.0)) as Box<dyn Query>;
    let conditions = filters.queries(&index.fields).into_iter().chain(view.query(&index.fields));
    clauses.extend(conditions.map(|query| (Occur::Must, silent(query))));
    clauses.extend(look.boosts(index).into_iter().map(|boost| (Occur::Should, boost.query)));
    let ranking = Ranking::default();
    let weights = FixedWeights { fields: &index.fields, common_words: ranking.common_words };
    let scoring = EnableScoring::enabled_from_statistics_provider(&weights, &searcher);
    let weight = BooleanQuery::new(clauses).weight(scoring).unwrap();
    let (mut places, mut facets) = (Vec::new(), BTreeMap::<FacetField, BTreeMap<String, u64>>::new());
    for reader in searcher.segment_readers() {
        let fast = reader.fast_fields();
        let column = |name: &str| fast.u64(name).unwrap();
        let mut scorer = weight.scorer(reader, 1.0).unwrap();
        let mut doc = scorer.doc();
        while doc != TERMINATED {
            if reader.alive_bitset().is_none_or(|alive| alive.is_alive(doc)) {
                let (position, tie) = (column("position").first(doc).unwrap(), column("tie").first(doc).unwrap());
                let day = fast.i64("date").unwrap().first(doc).unwrap();
                let date = tantivy::i64_to_u64(day);
                places.push(match sort {
                    Sort::Relevance => Place::by_score(scorer.score() + ranking.of_date(day), position, tie),
                    sort => Place::by_date(sort, date, position, tie),
                });
                let year = fast.i64("year").unwrap().first(doc).unwrap().to_string();
                *facets.entry(FacetField::Year).or_default().entry(year).or_default() += 1;
                let Some(offices) = fast.str("office").unwrap() else { continue };
                for ordinal in offices.ords().values_for_doc(doc) {
                    let mut office = String::new();
                    offices.ord_to_str(ordinal, &mut office).unwrap();
                    *facets.entry(FacetField::Office).or_default().entry(office).or_default() += 1;
                }
            }
            doc = scorer.advance();
        }
    }
    places.sort_unstable_by(|a, b| b.cmp(a));
    Plain { places, facets: facets.into_iter().map(|(field, counts)| (field, counts.into_iter().collect())).collect() }
}

fn by_pass(index: &Index, look: &Look, sort: Sort, filters: &Filters, view: &View, after: Option<Place>) -> Page {
    let wanted = Wanted {
        must: look.must(index),
        boosts: look.boosts(index),
        filters: filters.queries(&index.fields),
        view,
        sort,
        after,
        limit: 7,
        facets: &[FacetField::Office, FacetField::Year],
        histogram: None,
        deadline: Deadline::NEVER,
        ranking: Ranking::default(),
    };
    collect(index, &index.searcher(), &wanted).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn a_pass_is_the_plain_way_made_short(
        batches in proptest::collection::vec(proptest::collection::vec(made(), 1..25), 1..6),
        asked in proptest::collection::vec(
            (look(), 0..3_usize, proptest::option::of(proptest::sample::subsequence(vec!["a", "b", "x"], 0..=2)),
             proptest::option::weighted(0.3, 0..3_usize), proptest::option::weighted(0.3, 2020..2023_i16)),
            12,
        ),
    ) {
        let index = index();
        for (n, batch) in (1..).zip(&batches) {
            batch.iter().for_each(|made| index.put(&item(made)).unwrap());
            index.commit(n).unwrap();
            for (look, sort, audience, office, year) in &asked {
                // Without words there is nothing to score.
                let sort = match (look, sort) {
                    (Look::All, 0) | (_, 1) => Sort::Newest,
                    (_, 0) => Sort::Relevance,
                    _ => Sort::Oldest,
                };
                let view = View { audience: audience.as_ref().map(|terms| terms.iter().map(ToString::to_string).collect()) };
                let filters = Filters { office: office.map(|at| OFFICES[at].to_uppercase()), year: *year, ..Filters::default() };
                let plain = plainly(&index, look, sort, &filters, &view);
                let mut after = None;
                let mut pages = Vec::new();
                loop {
                    let page = by_pass(&index, look, sort, &filters, &view, after);
                    prop_assert_eq!(page.total, plain.places.len() as u64, "{:?}", look);
                    for (field, counts) in page.facets {
                        let mut counts = sorted(counts).0;
                        counts.sort_unstable();
                        prop_assert_eq!(counts, plain.facets.get(&field).cloned().unwrap_or_default());
                    }
                    pages.extend(page.best.iter().map(|best| best.place));
                    let Some(last) = page.best.last() else { break };
                    after = Some(last.place);
                }
                // The same score for all, but in the plain way one that tantivy gives by segment: so by position.
                let flat = |places: Vec<Place>| match look {
                    Look::Without(_) => places.into_iter().map(|place| Place { rank: 0, ..place }).collect(),
                    _ => places,
                };
                let mut expected = flat(plain.places);
                if sort == Sort::Relevance {
                    expected.sort_unstable_by(|a, b| b.cmp(a));
                }
                prop_assert_eq!(flat(pages), expected, "{:?} {:?}", look, sort);
            }
        }
    }
}

#[test]
fn a_cursor_goes_on_where_it_was_while_items_come_in() {
    let index = index();
    (1..30).for_each(|n| index.put(&entry(n, "suolo")).unwrap());
    index.commit(30).unwrap();
    for sort in [Sort::Newest, Sort::Oldest] {
        let mut request = Request { sort, limit: 4, ..ask("suolo") };
        let (mut seen, mut later) = (BTreeSet::new(), 100);
        loop {
            let page = index.search(&request, &View::ALL).unwrap();
            for id in ids(&page) {
                assert!(seen.insert(id.to_owned()), "{id} twice");
            }
            // An item is put again and a new one comes while the pages are turned.
            index.put(&entry(10, "suolo")).unwrap();
            index.put(&entry(later, "suolo")).unwrap();
            index.commit(later).unwrap();
            later += 1;
            let Some(cursor) = page.next_cursor else { break };
            if later > 200 {
                break;
            }
            request.cursor = Some(cursor);
        }
        assert!((1..30).all(|n| seen.contains(&format!("PG/2026/{n}"))), "{sort:?}: {seen:?}");
    }
}

#[test]
fn what_is_kept_of_segments_follows_what_is_put_and_removed() {
    let index = index();
    let view = View { audience: Some(vec!["all".into()]) };
    for n in 1..40 {
        index.put(&entry(n, "suolo")).unwrap();
        index.commit(n).unwrap();
        assert_eq!(index.search(&ask("suolo"), &view).unwrap().total, n);
    }
    for n in 1..20 {
        let gone = Item { audience: vec!["others".into()], ..entry(n, "suolo") };
        index.put(&gone).unwrap();
        index.commit(40 + n).unwrap();
        assert_eq!(index.search(&ask("suolo"), &view).unwrap().total, 39 - n);
    }
}

#[test]
fn many_small_commits_leave_few_segments_and_few_ghosts() {
    let index = index();
    for n in 1..150_u64 {
        index.put(&entry(1 + n % 60, "suolo pubblico")).unwrap();
        index.commit(n).unwrap();
    }
    let folder_settles = || index.stats().unwrap().segments <= 8;
    for position in 150..250 {
        if folder_settles() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
        index.commit(position).unwrap();
    }
    let stats = index.stats().unwrap();
    assert!(stats.segments <= 8, "{stats:?}");
    let searcher = index.searcher();
    let ghosts: u32 = searcher.segment_readers().iter().map(|reader| reader.num_deleted_docs()).sum();
    assert!(stats.items == 60 && ghosts <= 60, "{ghosts} ghosts, {stats:?}");
    assert_eq!(index.search(&ask("suolo"), &View::ALL).unwrap().total, 60);
}

#[test]
fn a_search_without_time_gives_what_it_has_and_says_so() {
    let hasty = Settings { heap_bytes: 0, patience: Duration::ZERO };
    let index = Index::open(None, hasty).unwrap();
    (1..30).for_each(|n| index.put(&entry(n, "suolo")).unwrap());
    index.commit(30).unwrap();
    for text in ["suolo", "\"suolo\" -strada", "suol*", "s?olo", "subject:suol*", "strad*", "strada"] {
        let found = index.search(&ask(text), &View::ALL).unwrap();
        assert!(!found.total_is_exact && found.total < 29, "{text}: {found:?}");
        assert!(found.notes.iter().any(|note| note.code == "query-bounded"), "{text}: {found:?}");
    }
    assert_eq!(index.pending_texts(10).unwrap(), []);
}

#[test]
fn words_are_gathered_no_longer_than_there_is_time() {
    let index = index();
    (1..30).for_each(|n| index.put(&entry(n, "suolo")).unwrap());
    index.commit(30).unwrap();
    let (searcher, word) = (index.searcher(), index.fields.word);
    for (deadline, expected) in [(Deadline::NEVER, 29), (Deadline::after(Duration::ZERO), 0)] {
        for span in [
            Span::starting(word, "suol", deadline),
            Span::between(word, "suola", "suolz", deadline),
            Span::fitting(word, "s?ol*", deadline),
        ] {
            let weight = span.weight(EnableScoring::disabled_from_searcher(&searcher)).unwrap();
            let met: u32 = searcher.segment_readers().iter().map(|reader| weight.count(reader).unwrap()).sum();
            assert_eq!(met, expected, "{span:?}");
        }
        let seen = vec![None; searcher.segment_readers().len()];
        let similar = Dictionary { searcher: &searcher, field: word, seen: &seen, deadline }.similar("suollo").unwrap();
        assert_eq!(similar.near.len(), usize::from(expected > 0));
    }
}
