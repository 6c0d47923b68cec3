//! Is any text a query, and its answer within bounds? The text is cut at its first zero: filters follow.

#![no_main]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tabularium::index::{Filters, Index, Item, ItemKind, Request, Settings, Sort, View};

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let index = Index::open(None, Settings::default()).expect("an index in memory");
    for (n, title) in (0..).zip([
        "Richiesta di occupazione suolo pubblico",
        "Autorizzazione edilizia",
        "Verbale dell'assemblea del 12/03/2026",
        "Fattura 1.250,00 euro",
    ]) {
        let item = Item {
            register: Some("PG".into()),
            number: Some(n),
            year: Some(2026),
            title: title.into(),
            texts: vec!["il sottoscritto chiede e-mail RSSMRA80A01X999X AB 123 CD".into()],
            text_states: vec!["full".into()],
            audience: vec![if n == 3 { "secret" } else { "open" }.into()],
            ..Item::new(ItemKind::Entry, format!("PG/2026/{n}"), n, 0)
        };
        index.put(&item).expect("put");
        index.commit(n + 1).expect("committed");
    }
    index
});

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (text, rest) = text.split_once('\0').unwrap_or((&text, ""));
    let view = View { audience: Some(vec!["open".into()]) };
    let sort = if rest.starts_with('n') { Sort::Newest } else { Sort::Relevance };
    let filters = Filters { register: (!rest.is_empty()).then(|| rest.to_owned()), ..Filters::default() };
    // Fewer than there are, so that pages are turned.
    let mut request = Request { text: text.to_owned(), filters, sort, limit: 2, ..Request::default() };
    let mut seen = BTreeSet::new();
    loop {
        let found = INDEX.search(&request, &view).expect("an answer");
        assert!(found.notes.len() < 200);
        for hit in found.hits {
            assert_ne!(hit.id, "PG/2026/3", "hidden: {text:?}");
            assert!(seen.insert(hit.id), "shown twice: {text:?}");
        }
        request.cursor = found.next_cursor;
        if request.cursor.is_none() {
            break;
        }
    }
    let suggested = INDEX.suggest(text, &view, 10).expect("an answer");
    assert!(suggested.iter().all(|hit| hit.id != "PG/2026/3"), "suggested: {text:?}");
    let highlighter = INDEX.highlighter(text);
    for shown in [text, "Richiesta di occupazione suolo pubblico"] {
        let marked = [highlighter.snippet(shown, 80), Some(highlighter.title(shown))];
        let mark = |word: &str, marked: &str| marked.matches(word).count();
        assert!(marked.iter().flatten().all(|html| mark("<mark>", html) == mark("</mark>", html)), "{text:?}");
    }
});
