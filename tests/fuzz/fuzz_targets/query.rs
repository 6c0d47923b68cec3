//! Is any text a query, and its answer within bounds? The text is cut at its first zero: filters follow.

#![no_main]

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
    let request = Request { text: text.to_owned(), filters, sort, limit: 10, ..Request::default() };
    let found = INDEX.search(&request, &view).expect("an answer");
    assert!(found.hits.iter().all(|hit| hit.id != "PG/2026/3"), "hidden: {text:?}");
    assert!(found.notes.len() < 200);
    let highlighter = INDEX.highlighter(text);
    let _ = (highlighter.snippet(text, 80), highlighter.title("Richiesta di occupazione suolo pubblico"));
});
