//! What holds for any items, filters and queries, compared with plain evaluations.

use proptest::prelude::*;

use super::{ask, entry, filled, ids, index, town};
use crate::digest::Blake3;
use crate::index::{Filters, Item, ItemKind, Request, Sort, View, matches_filters};

fn some_of(values: &[&'static str]) -> impl Strategy<Value = Vec<String>> + use<> {
    proptest::sample::subsequence(values.to_vec(), 0..=values.len())
        .prop_map(|values| values.into_iter().map(str::to_owned).collect())
}

fn one_of(values: &[&'static str]) -> impl Strategy<Value = Option<String>> + use<> {
    proptest::option::of(proptest::sample::select(values.to_vec()).prop_map(str::to_owned))
}

const CLASSES: [&str; 6] = ["6", "6.3", "6.3.1", "63", "1", "A.b"];

prop_compose! {
    fn any_item()(
        kind in proptest::sample::select(ItemKind::ALL.to_vec()),
        register in one_of(&["PG", "DEC"]),
        year in proptest::option::of(2025..2027_i16),
        direction in one_of(&["incoming", "outgoing"]),
        (offices, users, dossiers) in (some_of(&["Edilizia", "tributi"]), some_of(&["u1", "u2"]), some_of(&["d1", "d2"])),
        classification in one_of(&CLASSES),
        date in 0..6_i64,
        state in one_of(&["open", "annulled"]),
        digest in proptest::option::of(0..3_u8),
        audience in some_of(&["a", "b", "B"]),
    ) -> Item {
        Item {
            register, year, direction, offices, users, dossiers, classification, state, audience,
            digests: digest.map(|byte| Blake3::from_bytes([byte; 32])).into_iter().collect(),
            ..Item::new(kind, "", 0, date)
        }
    }
}

prop_compose! {
    fn any_filters()(
        kind in proptest::option::weighted(0.2, proptest::sample::select(ItemKind::ALL.to_vec())),
        register in proptest::option::weighted(0.2, proptest::sample::select(vec!["PG", "pg", "DEC"])),
        year in proptest::option::weighted(0.2, 2025..2027_i16),
        direction in proptest::option::weighted(0.2, proptest::sample::select(vec!["incoming", "outgoing"])),
        office in proptest::option::weighted(0.2, proptest::sample::select(vec!["edilizia", "Tributi", "x"])),
        classification in proptest::option::weighted(0.3, proptest::sample::select(vec!["6", "6.3", "63", "a", "A.b", "6.", ""])),
        (from, to) in (proptest::option::weighted(0.3, -1..7_i64), proptest::option::weighted(0.3, -1..7_i64)),
        (user, dossier) in (proptest::option::weighted(0.1, Just("u1")), proptest::option::weighted(0.1, proptest::sample::select(vec!["d1", "D1"]))),
        state in proptest::option::weighted(0.2, proptest::sample::select(vec!["open", "Annulled"])),
        digest in proptest::option::weighted(0.1, 0..3_u8),
        (text_state, since, item) in (
            proptest::option::weighted(0.1, proptest::sample::select(vec!["none", "full"])),
            proptest::option::weighted(0.1, 0..7_u64),
            proptest::option::weighted(0.1, proptest::sample::select(vec!["0", "1", "7"])),
        ),
    ) -> Filters {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Filters {
            kind, register: own(register), year, direction: own(direction), office: own(office),
            classification: own(classification), from, to, user: own(user), dossier: own(dossier), state: own(state),
            text_state: own(text_state), since,
            digest: digest.map(|byte| Blake3::from_bytes([byte; 32])),
            item: item.map(|id| (ItemKind::Entry, id.to_owned())),
        }
    }
}

/// Words that are their own stems, are no letter from each other, and are too short for a slip.
const ALPHABET: [&str; 5] = ["qa1", "qb2", "qc3", "qd4", "qe5"];

#[derive(Debug, Clone)]
enum Condition {
    Word(usize),
    Phrase(usize, usize),
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
}

impl Condition {
    fn holds(&self, text: &[usize]) -> bool {
        match self {
            Self::Word(word) => text.contains(word),
            Self::Phrase(first, second) => text.windows(2).any(|pair| pair == [*first, *second]),
            Self::And(all) => all.iter().all(|one| one.holds(text)),
            Self::Or(any) => any.iter().any(|one| one.holds(text)),
            Self::Not(one) => !one.holds(text),
        }
    }

    fn text(&self) -> String {
        let joined =
            |list: &[Self], by: &str| format!("({})", list.iter().map(Self::text).collect::<Vec<_>>().join(by));
        match self {
            Self::Word(word) => ALPHABET[*word].to_owned(),
            Self::Phrase(first, second) => format!("\"{} {}\"", ALPHABET[*first], ALPHABET[*second]),
            Self::And(all) => joined(all, " "),
            Self::Or(any) => joined(any, " OR "),
            Self::Not(one) => format!("-({})", one.text()),
        }
    }
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        (0..5_usize).prop_map(Condition::Word),
        (0..5_usize, 0..5_usize).prop_map(|(first, second)| Condition::Phrase(first, second)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Condition::And),
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Condition::Or),
            inner.prop_map(|one| Condition::Not(Box::new(one))),
        ]
    })
}

/// Fillers, common words and one rare word, side by side.
fn spoken(most: usize) -> impl Strategy<Value = Vec<&'static str>> {
    proptest::collection::vec(proptest::sample::select(vec!["di", "per", "ufficio", "permesso", "dehors"]), 0..=most)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(12) })]

    /// The tail of uncommitted items is filtered in memory: it must be by the same decision.
    #[test]
    fn filters_in_memory_agree_with_the_index(
        mut items in proptest::collection::vec(any_item(), 1..30),
        asked in proptest::collection::vec((any_filters(), proptest::option::of(some_of(&["a", "b", "c"]))), 30),
    ) {
        for (n, item) in items.iter_mut().enumerate() {
            item.id = format!("{n:03}");
        }
        let index = filled(&items);
        for (filters, audience) in asked {
            let view = View { audience };
            let request = Request { filters: filters.clone(), sort: Sort::Oldest, ..ask("") };
            let found = index.search(&request, &view).unwrap();
            let mut by_index: Vec<&str> = ids(&found);
            by_index.sort_unstable();
            let in_memory: Vec<&str> =
                items.iter().filter(|item| matches_filters(item, &filters, &view)).map(|item| item.id.as_str()).collect();
            prop_assert_eq!(by_index, in_memory, "{:?} {:?}", filters, view);
        }
    }

    /// Frequent words are looked for by pairs, others by their places: a phrase means the same whichever they are.
    #[test]
    fn a_phrase_finds_what_holds_its_words_side_by_side(
        texts in proptest::collection::vec(proptest::collection::vec(spoken(8), 0..3), 1..30),
        asked in proptest::collection::vec(spoken(4), 40),
    ) {
        let items: Vec<Item> = texts.iter().enumerate().map(|(n, parts)| {
            let texts = parts.iter().map(|part| part.join(" ")).collect();
            Item { id: n.to_string(), texts, ..Item::new(ItemKind::Entry, "", 0, 0) }
        }).collect();
        let index = filled(&items);
        for phrase in asked.iter().filter(|phrase| !phrase.is_empty()) {
            let text = format!("\"{}\"", phrase.join(" "));
            let request = Request { as_written: true, ..ask(&text) };
            let found = index.search(&request, &View::ALL).unwrap();
            let mut found: Vec<usize> = ids(&found).iter().map(|id| id.parse().unwrap()).collect();
            found.sort_unstable();
            let holds = |parts: &Vec<Vec<&str>>| parts.iter().any(|part| part.windows(phrase.len()).any(|some| some == phrase));
            let expected: Vec<usize> = (0..texts.len()).filter(|n| holds(&texts[*n])).collect();
            prop_assert_eq!(found, expected, "{}", text);
        }
    }

    /// Conditions nested at will mean what they say: compared with a plain evaluation over each item's words.
    #[test]
    fn nested_conditions_mean_what_they_say(
        texts in proptest::collection::vec(proptest::collection::vec(0..5_usize, 0..6), 1..40),
        asked in proptest::collection::vec(condition(), 40),
        commit_each in 1..20_usize,
    ) {
        let index = index();
        for (n, text) in texts.iter().enumerate() {
            let words: Vec<&str> = text.iter().map(|at| ALPHABET[*at]).collect();
            index.put(&Item { texts: vec![words.join(" ")], ..entry(n as u64, "") }).unwrap();
            if n % commit_each == 0 {
                index.commit(n as u64).unwrap();
            }
        }
        index.commit(texts.len() as u64).unwrap();
        for condition in asked {
            let expect: Vec<u64> = (0..).zip(&texts).filter(|(_, text)| condition.holds(text)).map(|(n, _)| n).collect();
            for sort in [Sort::Relevance, Sort::Oldest] {
                let view = View { audience: Some(vec!["all".into(), "other".into()]) };
                let found = index.search(&Request { sort, ..ask(&condition.text()) }, &view).unwrap();
                // Said where nothing holds all of the words, and only there.
                if found.notes.iter().any(|note| note.code == "words-missing") {
                    prop_assert!(expect.is_empty());
                    continue;
                }
                let mut positions: Vec<u64> = found.hits.iter().map(|hit| hit.position).collect();
                positions.sort_unstable();
                prop_assert_eq!(&positions, &expect, "{}", condition.text());
                prop_assert_eq!(found.total, expect.len() as u64);
            }
        }
    }

    #[test]
    fn no_query_is_an_error(
        texts in proptest::collection::vec(any::<String>(), 10),
        signs in proptest::collection::vec(
            proptest::collection::vec(
                proptest::sample::select(vec![
                    "(", ")", "-", "\"", " OR ", " ", "*", "date:", "suolo", "number:", "year:", "2026", "/", "-suolo ", "di",
                    "is:open", "class:", "subject:", "..", "code:a*",
                ]),
                0..12,
            ),
            30,
        ),
    ) {
        let index = town();
        for text in texts.into_iter().chain(signs.into_iter().map(|signs| signs.concat())) {
            let answer = index.search(&ask(&text), &View::ALL);
            prop_assert!(answer.is_ok(), "{:?}: {:?}", text, answer);
        }
    }
}
