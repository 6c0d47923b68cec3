//! The index as its callers use it: finding, paging, facets, what a reader must not see, reopening and damage.

mod commits;
mod failing;
mod inbox;
mod passes;
mod properties;

use std::collections::BTreeSet;

use super::*;

const DAY: i64 = 86_400_000_000;

fn index() -> Index {
    Index::open(None, Settings { heap_bytes: 0, ..Settings::default() }).unwrap()
}

fn entry(number: u64, title: &str) -> Item {
    Item {
        register: Some("PG".into()),
        year: Some(2026),
        number: Some(number),
        direction: Some("incoming".into()),
        title: title.into(),
        audience: vec!["all".into()],
        ..Item::new(ItemKind::Entry, format!("PG/2026/{number}"), number, 1_790_000_000_000_000 + number as i64 * DAY)
    }
}

fn filled(items: &[Item]) -> Index {
    let index = index();
    for item in items {
        index.put(item).unwrap();
    }
    index.commit(items.len() as u64).unwrap();
    index
}

fn ask(text: &str) -> Request {
    Request { text: text.into(), limit: 100, ..Request::default() }
}

fn ids(found: &Found) -> Vec<&str> {
    found.hits.iter().map(|hit| hit.id.as_str()).collect()
}

fn found(index: &Index, text: &str) -> BTreeSet<u64> {
    let found = index.search(&ask(text), &View::ALL).unwrap();
    assert_eq!(found.total, found.hits.len() as u64);
    found.hits.iter().map(|hit| hit.position).collect()
}

fn town() -> Index {
    let person =
        |role, name: &str, tax_code: &str| Correspondent { role, name: name.into(), tax_code: Some(tax_code.into()) };
    filled(&[
        Item {
            correspondents: vec![person(Role::Sender, "Mario Rossi", "RSSMRA80A01C722X")],
            texts: vec!["Il sottoscritto chiede l'autorizzazione per la città.".into()],
            text_states: vec!["full".into()],
            file_names: vec!["istanza_suolo.pdf".into()],
            offices: vec!["edilizia".into()],
            classification: Some("6.3".into()),
            ..entry(1, "Richiesta di occupazione suolo pubblico")
        },
        Item {
            correspondents: vec![person(Role::Recipient, "Anna Bianchi", "BNCNNA80A41C722Y")],
            text_states: vec!["none".into()],
            state: Some("annulled".into()),
            code: Some("c_c722/AOO1/PG/2026/0000002".into()),
            ..entry(2, "Autorizzazioni edilizie")
        },
        Item {
            text_states: vec!["pending".into()],
            texts: vec!["pubblico occupazione suolo".into()],
            year: Some(2025),
            classification: Some("63".into()),
            ..entry(3, "Verbale dell'assemblea")
        },
        Item {
            code: Some("6.3/2026/12".into()),
            classification: Some("6.3.1".into()),
            confidential: true,
            audience: vec!["secret".into()],
            register: None,
            number: None,
            ..Item { kind: ItemKind::Dossier, id: "d4".into(), ..entry(4, "Fascicolo riservato") }
        },
    ])
}

#[test]
fn the_query_language_finds_what_it_says() {
    let index = town();
    for (text, expect) in [
        ("autorizzazione", vec![1, 2]),
        ("\"occupazione suolo\"", vec![1, 3]),
        ("\"suolo occupazione\"", vec![]),
        ("suolo pubblico", vec![1, 3]),
        ("suolo pubblico -richiesta", vec![3]),
        ("-suolo", vec![2, 4]),
        ("-suolo -autorizzazioni", vec![4]),
        ("assemblea OR edilizia", vec![2, 3]),
        ("(assemblea OR edilizia) -verbale", vec![2]),
        ("richiesta per la occupazione", vec![1]),
        ("citta", vec![1]),
        ("CITTA'", vec![1]),
        ("autorizzaz*", vec![1, 2]),
        ("assemble*", vec![3]),
        ("edilizie*", vec![2]),
        ("subject:suolo", vec![1]),
        ("subject:\"suolo pubblico\"", vec![1]),
        ("sender:rossi", vec![1]),
        ("sender:bianchi", vec![]),
        ("recipient:bianchi", vec![2]),
        ("name:\"Mario Rossi\"", vec![1]),
        ("tax_code:rssmra80a01c722x", vec![1]),
        ("tax_code:RSSMRA*", vec![1]),
        ("RSSMRA80A01C722X", vec![1]),
        ("number:2", vec![2]),
        ("0000002", vec![2]),
        ("2/2026", vec![2]),
        ("PG/2026/2", vec![2]),
        ("3/2025", vec![3]),
        ("9/2026", vec![]),
        ("text:none", vec![2]),
        ("text:pending", vec![3]),
        ("office:EDILIZIA", vec![1]),
        ("class:6", vec![1, 4]),
        ("class:6.3", vec![1, 4]),
        ("class:63", vec![3]),
        ("register:pg year:2025", vec![3]),
        ("year:2025..2026 -class:6", vec![2, 3]),
        ("kind:dossier", vec![4]),
        ("code:6.3/2026/12", vec![4]),
        ("6.3/2026/12", vec![4]),
        ("file:suolo", vec![1]),
        ("is:annulled", vec![2]),
        ("is:confidential", vec![4]),
        ("date:2026-09-23", vec![2]),
        ("date:>=2026-09-24", vec![3, 4]),
        ("date:2026-09", vec![1, 2, 3, 4]),
        ("l'assemblea", vec![3]),
        ("!!!", vec![]),
    ] {
        let expect: BTreeSet<u64> = expect.into_iter().collect();
        assert_eq!(found(&index, text), expect, "{text}");
    }
}

#[test]
fn subjects_and_exact_forms_stand_above_texts() {
    let index = filled(&[
        Item { texts: vec!["una richiesta".into()], ..entry(1, "Altro") },
        entry(2, "Richieste"),
        entry(3, "Richiesta"),
    ]);
    assert_eq!(ids(&index.search(&ask("richiesta"), &View::ALL).unwrap()), ["PG/2026/3", "PG/2026/2", "PG/2026/1"]);
}

#[test]
fn slips_are_forgiven_and_said() {
    let index = town();
    for (text, expect, codes, meant) in [
        ("ocupazione", vec![1, 3], vec!["query-rewritten", "did-you-mean"], Some("occupazione")),
        ("sender:rosi", vec![1], vec!["query-rewritten"], None),
        ("zuolo", vec![1, 3], vec!["query-rewritten", "did-you-mean"], Some("suolo")),
        ("asemblea -suloo", vec![], vec!["did-you-mean"], Some("assemblea -suloo")),
        ("Ocupazzione  suolo", vec![1, 3], vec!["query-rewritten", "did-you-mean"], Some("occupazione  suolo")),
        ("occupazionesuolo", vec![1, 3], vec!["query-rewritten"], None),
        ("citta verbale", vec![1, 3], vec!["words-missing"], None),
        ("xyzxyz", vec![], vec![], None),
    ] {
        let answer = index.search(&ask(text), &View::ALL).unwrap();
        let positions: BTreeSet<_> = answer.hits.iter().map(|hit| hit.position).collect();
        let notes: Vec<_> = answer.notes.iter().filter(|note| note.code != "texts-missing").collect();
        assert_eq!(positions, expect.iter().copied().collect(), "{text}");
        assert_eq!(notes.iter().map(|note| note.code).collect::<Vec<_>>(), codes, "{text}");
        assert_eq!(notes.iter().find_map(|note| note.query.as_deref()), meant, "{text}");
    }
    let exact = index.search(&ask("occupazione"), &View::ALL).unwrap();
    assert_eq!(exact.notes.iter().map(|note| note.code).collect::<Vec<_>>(), ["texts-missing"]);
    assert!(exact.notes[0].text.contains("1 have a document whose text could not be read"), "{:?}", exact.notes);
    assert!(index.search(&ask("office:edilizia"), &View::ALL).unwrap().notes.is_empty(), "no text is looked into");
    let nothing = index.search(&ask("!!!"), &View::ALL).unwrap();
    assert_eq!(nothing.notes[0].code, "nothing-to-search");
}

#[test]
fn a_hidden_item_is_met_on_no_way() {
    let secret = Item {
        confidential: true,
        audience: vec!["office:legale".into()],
        offices: vec!["legale".into()],
        classification: Some("9.9".into()),
        register: Some("RIS".into()),
        year: Some(1999),
        direction: Some("internal".into()),
        texts: vec!["zanzibar".into()],
        correspondents: vec![Correspondent { role: Role::Party, name: "Ignoto".into(), tax_code: Some("IGN".into()) }],
        text_states: vec!["none".into()],
        ..entry(7, "Procedimento disciplinare Zanzibar")
    };
    let open = entry(1, "Procedura aperta");
    let (with, without) = (filled(&[open.clone(), secret.clone()]), filled(&[open.clone(), open]));
    for audience in [vec![], vec!["all".to_owned()], vec!["all".to_owned(), "office:altro".to_owned()]] {
        let view = View { audience: Some(audience) };
        for text in [
            "",
            "zanzibar",
            "zanzibra",
            "zanz*",
            "-aperta",
            "procedimento OR procedura",
            "name:ignoto",
            "tax_code:ign",
            "tax_code:ig*",
            "text:none",
            "is:confidential",
            "kind:entry",
            "7/1999",
            "number:7",
            "class:9",
            "office:legale",
            "date:>=2020",
            "\"procedimento disciplinare\"",
            "procedur*",
            "prcedura",
            "foo:zanzibar",
        ] {
            for sort in [Sort::Relevance, Sort::Newest, Sort::Oldest] {
                let request = Request { sort, facets: FacetField::ALL.to_vec(), ..ask(text) };
                let (a, b) = (with.search(&request, &view).unwrap(), without.search(&request, &view).unwrap());
                // Equal to the answers of an index that never held it: scores and notes included.
                assert_eq!((a.total, &a.hits, &a.facets, &a.notes), (b.total, &b.hits, &b.facets, &b.notes), "{text}");
            }
        }
        for typed in ["zanz", "proc", "procedimento disc"] {
            assert_eq!(with.suggest(typed, &view, 10).unwrap(), without.suggest(typed, &view, 10).unwrap());
        }
        let of_seven = Request { filters: Filters { year: Some(1999), ..Filters::default() }, ..ask("") };
        assert_eq!(with.search(&of_seven, &view).unwrap().total, 0);
    }
    // Who may see it finds it, but not by suggestion.
    let legal = View { audience: Some(vec!["office:legale".into()]) };
    assert_eq!(ids(&with.search(&ask("zanzibar"), &legal).unwrap()), ["PG/2026/7"]);
    assert!(with.suggest("zanz", &legal, 10).unwrap().is_empty());
    assert!(with.suggest("zanz", &View::ALL, 10).unwrap().is_empty());
}

#[test]
fn suggestions_complete_titles() {
    let index = town();
    let of = |typed: &str| -> Vec<String> {
        index.suggest(typed, &View::ALL, 10).unwrap().into_iter().map(|hit| hit.id).collect()
    };
    assert_eq!(of("occupazione suo"), ["PG/2026/1"]);
    assert_eq!(of("l'assem"), ["PG/2026/3"]);
    assert_eq!(of("fasc"), Vec::<String>::new());
    assert_eq!(of(""), Vec::<String>::new());
    assert_eq!(index.suggest("a", &View::ALL, 1).unwrap().len(), 1);
}

#[test]
fn pages_are_complete_and_without_doubles() {
    let index = index();
    // Several segments, deletions, and dates and positions that are alike.
    for n in 0..50_u64 {
        let title = if n % 3 == 0 { "suolo suolo pubblico" } else { "suolo" };
        let mut item = entry(n, title);
        item.date = (n % 7) as i64;
        item.position = n % 5;
        index.put(&item).unwrap();
        if n % 20 == 19 {
            index.remove(ItemKind::Entry, &format!("PG/2026/{}", n - 3)).unwrap();
            index.commit(n).unwrap();
        }
    }
    index.commit(50).unwrap();
    for (sort, text) in [(Sort::Relevance, "suolo"), (Sort::Newest, ""), (Sort::Oldest, "suolo"), (Sort::Relevance, "")]
    {
        let whole = index.search(&Request { sort, ..ask(text) }, &View::ALL).unwrap();
        assert_eq!((whole.total, whole.hits.len(), &whole.next_cursor), (48, 48, &None));
        for limit in [1, 7, 48] {
            let (mut pages, mut cursor) = (Vec::new(), None);
            loop {
                let request = Request { sort, limit, cursor, facets: vec![FacetField::Kind], ..ask(text) };
                let page = index.search(&request, &View::ALL).unwrap();
                assert_eq!((page.total, &page.facets["kind"]), (48, &vec![("entry".to_owned(), 48)]));
                assert!(page.hits.len() <= limit);
                pages.extend(page.hits);
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(pages, whole.hits, "{sort:?} by {limit}");
        }
    }
    let dates = |sort| -> Vec<(i64, u64)> {
        index
            .search(&Request { sort, ..ask("") }, &View::ALL)
            .unwrap()
            .hits
            .iter()
            .map(|hit| (hit.date, hit.position))
            .collect()
    };
    assert!(dates(Sort::Oldest).is_sorted());
    assert!(dates(Sort::Newest).iter().rev().is_sorted());
}

#[test]
fn a_cursor_of_another_order_is_refused() {
    let index = town();
    let first = index.search(&Request { sort: Sort::Newest, limit: 1, ..ask("") }, &View::ALL).unwrap();
    for (sort, cursor) in [
        (Sort::Oldest, first.next_cursor.clone()),
        (Sort::Newest, Some("x".into())),
        (Sort::Newest, Some(String::new())),
    ] {
        let answer = index.search(&Request { sort, cursor, ..ask("") }, &View::ALL);
        assert!(matches!(answer, Err(SearchError::BadCursor)), "{answer:?}");
    }
    let nothing = index.search(&Request { limit: 0, ..ask("") }, &View::ALL).unwrap();
    assert_eq!((nothing.total, nothing.hits.len()), (4, 0));
}

#[test]
fn a_cursor_of_another_question_is_refused() {
    let index = town();
    let asked = |text: &str, year: Option<i16>, cursor: Option<String>| {
        let filters = Filters { year, ..Filters::default() };
        index.search(&Request { filters, limit: 1, cursor, ..ask(text) }, &View::ALL)
    };
    let cursor = asked("", Some(2026), None).unwrap().next_cursor;
    assert!(cursor.is_some());
    assert_eq!(asked("", Some(2026), cursor.clone()).unwrap().hits.len(), 1);
    for (text, year) in [("", None), ("", Some(2025)), ("year:2026", Some(2026))] {
        let answer = asked(text, year, cursor.clone());
        assert!(matches!(answer, Err(SearchError::BadCursor)), "{text} {year:?}: {answer:?}");
    }
}

#[test]
fn a_contradiction_has_no_answer_not_even_a_similar_one() {
    let near = |n, title: &str| entry(n, title);
    let index = filled(&[near(1, "Occupazione suolo"), near(2, "Occupazione suoli"), near(3, "Occupazione solo")]);
    for text in ["suolo -suolo", "occupazione suollo -suolo"] {
        let found = index.search(&ask(text), &View::ALL).unwrap();
        assert_eq!((found.total, found.notes.len()), (0, 0), "{text}: {:?}", found.notes);
    }
    assert!(
        index.search(&ask("suollo"), &View::ALL).unwrap().total > 0,
        "slips are forgiven where nothing is excluded"
    );
}

#[test]
fn facets_count_hits_by_value() {
    let index = town();
    let request = Request { facets: FacetField::ALL.to_vec(), ..ask("") };
    let facets = index.search(&request, &View::ALL).unwrap().facets;
    let of = |name: &str| facets[name].iter().map(|(value, count)| (value.as_str(), *count)).collect::<Vec<_>>();
    assert_eq!(of("classification"), [("6", 2), ("6.3", 2), ("6.3.1", 1), ("63", 1)]);
    assert_eq!(of("year"), [("2026", 3), ("2025", 1)]);
    assert_eq!(of("kind"), [("entry", 3), ("dossier", 1)]);
    assert_eq!(of("register"), [("PG", 3)]);
    assert_eq!(of("office"), [("edilizia", 1)]);
    assert_eq!(of("direction"), [("incoming", 4)]);
    assert_eq!(of("state"), [("annulled", 1)]);
    assert_eq!(of("text_state"), [("full", 1), ("none", 1), ("pending", 1)]);
    let many: Vec<Item> = (0..300).map(|n| Item { offices: vec![format!("o{n:03}")], ..entry(n, "x") }).collect();
    let answer = filled(&many).search(&Request { facets: vec![FacetField::Office], ..ask("") }, &View::ALL).unwrap();
    assert_eq!(answer.facets["office"].len(), crate::limits::FACET_VALUES_MAX);
    assert_eq!(answer.notes[0].code, "facet-cut");
}

#[test]
fn an_item_with_two_documents_of_one_language_counts_once() {
    let italian = || crate::text::Facts { language: Some("it".into()), ..crate::text::Facts::default() };
    let index = filled(&[Item { facts: vec![italian(), italian()], ..entry(1, "suolo") }]);
    let request = Request { facets: vec![FacetField::Language, FacetField::Signed], ..ask("") };
    let facets = index.search(&request, &View::ALL).unwrap().facets;
    assert_eq!(facets["language"], [("it".to_owned(), 1)]);
    assert_eq!(facets["signed"], [("no".to_owned(), 1)]);
}

#[test]
fn hits_are_counted_by_their_days_in_rome() {
    let index = filled(&[entry(1, "suolo"), entry(2, "suolo"), entry(40, "suolo"), entry(3, "altro")]);
    let by = |text: &str, interval| {
        let request = Request { histogram: Some(interval), limit: 1, ..ask(text) };
        let found = index.search(&request, &View::ALL).unwrap();
        let histogram = found.histogram.unwrap();
        assert_eq!(histogram.buckets.iter().map(|bucket| bucket.count).sum::<u64>(), found.total, "not of the page");
        histogram.buckets.iter().map(|bucket| bucket.count).collect::<Vec<_>>()
    };
    assert_eq!(by("suolo", Interval::Year), [3]);
    assert_eq!(by("suolo", Interval::Day).len(), 40);
    assert_eq!(by("suolo", Interval::Day)[..3], [1, 1, 0]);
    assert_eq!(by("nessuno", Interval::Month), Vec::<u64>::new());
    assert!(index.search(&ask("suolo"), &View::ALL).unwrap().histogram.is_none());
}

#[test]
fn what_is_asked_as_written_is_not_looked_for_otherwise() {
    let index = town();
    let written = |text: &str| Request { as_written: true, ..ask(text) };
    assert!(index.search(&ask("suollo"), &View::ALL).unwrap().total > 0);
    let found = index.search(&written("suollo"), &View::ALL).unwrap();
    assert_eq!((found.total, found.notes), (0, vec![]));
    assert!(index.search(&written("suolo"), &View::ALL).unwrap().total > 0);
}

#[test]
fn what_began_or_was_changed_since_a_position_is_told_from_the_rest() {
    let changed = Item { changed: 5, ..entry(1, "suolo") };
    let index = filled(&[changed, entry(2, "suolo"), entry(3, "suolo")]);
    for (since, total) in [(0, 3), (3, 2), (4, 1), (6, 0)] {
        let filters = Filters { since: Some(since), ..Filters::default() };
        assert_eq!(index.search(&Request { filters, ..ask("suolo") }, &View::ALL).unwrap().total, total);
    }
}

#[test]
fn a_slip_beside_a_word_of_other_items_is_forgiven_before_it_is_left_out() {
    let index = filled(&[
        entry(1, "Lampione spento in via Roma"),
        entry(2, "Vetro rotto in via Po"),
        entry(3, "Vetro rotto"),
        entry(4, "Altro"),
    ]);
    let found = index.search(&ask("lampionne rotto"), &View::ALL).unwrap();
    assert_eq!(ids(&found)[0], "PG/2026/1");
    assert_eq!(found.total, 3);
    let said: Vec<(&str, Option<&str>)> = found.notes.iter().map(|note| (note.code, note.query.as_deref())).collect();
    assert_eq!(said, [("words-missing", None), ("did-you-mean", Some("lampione rotto"))]);
}

#[test]
fn the_name_of_an_office_stands_for_what_is_assigned_there() {
    let of = |number, office: &str, title: &str, text: &str| Item {
        offices: vec![office.into()],
        texts: vec![text.into()],
        ..entry(number, title)
    };
    let index = filled(&[
        of(1, "ut", "Permesso di costruire", ""),
        of(2, "tributi", "Permesso di costruire", "sentito l'ufficio tecnico"),
        of(3, "ut", "Verbale", ""),
        of(4, "tributi", "Permesso sui tributi", ""),
        of(5, "ut", "Permesso sui tributi", ""),
    ]);
    assert_eq!(found(&index, "ufficio tecnico permesso"), [2].into());
    index.name_offices([("ut", "Ufficio Tecnico"), ("tributi", "Tributi")].into_iter());
    assert_eq!(found(&index, "permesso ufficio tecnico"), [1, 2, 5].into());
    assert_eq!(found(&index, "ufficio tecnico"), [1, 2, 3, 5].into());
    // As written, and what must be missing, are words.
    assert_eq!(found(&index, "permesso \"ufficio tecnico\""), [2].into());
    assert_eq!(found(&index, "permesso -(ufficio tecnico)"), [1, 4, 5].into());
    let answer = index.search(&ask("ufficio tecnico permesso"), &View::ALL).unwrap();
    let note = answer.notes.iter().find(|note| note.code == "synonyms").unwrap();
    assert!(note.text.contains("`ufficio tecnico`") && note.text.contains("office:ut"), "{note:?}");
    // A name of one word raises what holds the word, and finds nothing more.
    let answer = index.search(&ask("tributi permesso"), &View::ALL).unwrap();
    assert_eq!(ids(&answer), ["PG/2026/4", "PG/2026/5"]);
}

/// Patterns and spellings were once tried up to a bound, which words of hidden items used up.
#[test]
fn words_of_hidden_items_keep_nothing_from_being_found() {
    let fitting: Vec<String> = (0..3_000).map(|n| format!("w9a1{n}")).collect();
    let changed = |at: usize, skipped: usize| {
        let (before, after) = ("zebru"[..at].to_owned(), &"zebru"[at + skipped..]);
        ('a'..='z').chain('0'..='9').map(move |one| format!("{before}{one}{after}"))
    };
    let near = (0..5).flat_map(|at| changed(at, 1)).chain((0..6).flat_map(|at| changed(at, 0)));
    let near: Vec<String> = near.filter(|word| word != "zebru" && word != "zebruz").collect();
    let texts = vec![fitting.join(" "), near.join(" ")];
    let hidden = Item { texts, audience: vec!["other".into()], ..entry(1, "nascosto") };
    let own = Item { texts: vec!["la zebruz e il w9z1zebra".into()], ..entry(2, "palese") };
    let view = View { audience: Some(vec!["all".into()]) };
    let (beside, alone) = (filled(&[hidden, own.clone()]), filled(&[own]));
    for text in ["w9?1*", "w9*z?bra", "subject:pal?se w9?1*", "zebru", "-w9?1*"] {
        let (among, by_itself) = (beside.search(&ask(text), &view).unwrap(), alone.search(&ask(text), &view).unwrap());
        assert_eq!((ids(&among), &among.notes), (ids(&by_itself), &by_itself.notes), "{text}");
        assert_eq!(among.total, u64::from(!text.starts_with('-')), "{text}");
    }
}

#[test]
fn similar_items_share_words_and_are_never_the_item_itself() {
    let index = filled(&[
        entry(1, "Occupazione suolo pubblico per dehors"),
        entry(2, "Dehors e suolo pubblico: occupazione temporanea"),
        entry(3, "Occupazione di alloggio popolare"),
        Item { audience: vec!["office:legale".into()], ..entry(4, "Dehors su suolo pubblico, occupazione abusiva") },
    ]);
    let model =
        Model { kind: ItemKind::Entry, id: "PG/2026/1", title: "Occupazione suolo pubblico per dehors", text: "" };
    let ids = |view: &View| -> Vec<String> {
        index.similar(&model, view, 10).unwrap().hits.into_iter().map(|hit| hit.id).collect()
    };
    assert_eq!(ids(&View { audience: Some(vec!["all".into()]) }), ["PG/2026/2"], "one word in common is chance");
    assert_eq!(ids(&View::ALL).len(), 2);
    assert!(ids(&View { audience: Some(vec![]) }).is_empty());
    assert!(index.similar(&Model { title: "", ..model }, &View::ALL, 10).unwrap().hits.is_empty());
}

#[test]
fn putting_again_replaces_and_removing_removes() {
    let index = filled(&[entry(1, "vecchio titolo")]);
    index.put(&entry(1, "nuovo titolo")).unwrap();
    assert_eq!(index.search(&ask("vecchio"), &View::ALL).unwrap().total, 1, "before the commit nothing changes");
    index.commit(2).unwrap();
    assert_eq!(index.search(&ask("vecchio"), &View::ALL).unwrap().total, 0);
    assert_eq!((index.search(&ask("nuovo"), &View::ALL).unwrap().total, index.count()), (1, 1));
    assert!(index.contains(ItemKind::Entry, "PG/2026/1").unwrap());
    assert!(!index.contains(ItemKind::Dossier, "PG/2026/1").unwrap());
    index.remove(ItemKind::Entry, "PG/2026/1").unwrap();
    index.commit(3).unwrap();
    assert!(!index.contains(ItemKind::Entry, "PG/2026/1").unwrap());
    assert_eq!((index.count(), index.position()), (0, 3));
}

#[test]
fn pending_texts_are_named_oldest_first() {
    let pending = |n| Item { text_states: vec!["full".into(), "pending".into()], ..entry(n, "x") };
    let index = filled(&[pending(3), entry(2, "x"), pending(1)]);
    let named = |limit| index.pending_texts(limit).unwrap().into_iter().map(|(_, id)| id).collect::<Vec<_>>();
    assert_eq!(named(10), ["PG/2026/1", "PG/2026/3"]);
    assert_eq!(named(1), ["PG/2026/1"]);
}

#[test]
fn position_and_items_survive_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Index::open(Some(folder.path()), Settings::default());
    let index = open().unwrap();
    assert_eq!(index.position(), 0);
    index.put(&entry(1, "suolo")).unwrap();
    index.commit(17).unwrap();
    index.put(&entry(2, "mai confermato")).unwrap();
    assert!(matches!(open(), Err(OpenError::Locked { .. })));
    index.close().unwrap();
    assert!(matches!(index.put(&entry(3, "x")), Err(WriteError::Halted { .. })));
    drop(index);
    let index = open().unwrap();
    assert_eq!((index.position(), index.count()), (17, 1));
    assert_eq!(index.search(&ask("suolo"), &View::ALL).unwrap().index_position, 17);
    assert_eq!(index.damaged_files().unwrap(), Vec::<std::path::PathBuf>::new());
    let stats = index.stats().unwrap();
    assert!(stats.items == 1 && stats.segments == 1 && stats.bytes > 0, "{stats:?}");
    index.put(&entry(4, "perduto")).unwrap();
    index.recover().unwrap();
    index.put(&entry(5, "suolo")).unwrap();
    index.commit(18).unwrap();
    assert_eq!((index.count(), found(&index, "perduto").len()), (2, 0));
}

#[test]
fn damage_and_other_versions_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let open = |path: &std::path::Path| Index::open(Some(path), Settings::default());
    assert!(matches!(open(&folder.path().join("none")), Err(OpenError::Missing { .. })));
    let index = open(folder.path()).unwrap();
    index.put(&entry(1, "suolo")).unwrap();
    index.commit(1).unwrap();
    index.close().unwrap();
    drop(index);
    let meta = folder.path().join("meta.json");
    let good = std::fs::read_to_string(&meta).unwrap();
    let change = |text: &str| std::fs::write(&meta, text).unwrap();
    let error = || open(folder.path()).err().expect("it must not open");

    change("{");
    let damaged = error();
    assert!(matches!(damaged, OpenError::Corrupt { .. }) && damaged.is_cured_by_rebuild(), "{damaged:?}");
    let older = good.replace(&format!("\"{} 1 ", fields::SCHEMA_VERSION), "\"1 1 ");
    assert_ne!(older, good);
    change(&older);
    assert!(matches!(error(), OpenError::Stale { .. }));
    change(&good.replace("\"tie\"", "\"tye\""));
    assert!(error().is_cured_by_rebuild());

    change(&good);
    for file in std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()) {
        if file.extension().is_some_and(|kind| kind == "term" || kind == "fast") {
            std::fs::remove_file(file).unwrap();
        }
    }
    assert!(matches!(error(), OpenError::Corrupt { .. }));
    // Deleted and made anew, it begins at the beginning.
    std::fs::remove_dir_all(folder.path()).unwrap();
    assert!(matches!(error(), OpenError::Missing { .. }));
    std::fs::create_dir(folder.path()).unwrap();
    assert_eq!(open(folder.path()).unwrap().position(), 0);
}
