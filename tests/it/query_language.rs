//! Does every example of the page on the query language (`schema/query-language.md`) find what it says?

use std::collections::BTreeSet;

use tabularium::index::{Correspondent, Index, Item, ItemKind, Request, Role, Settings, View};
use tabularium::text::{Facts, NamedField, Signature, SignedContent};

const PAGE: &str = include_str!("../../schema/query-language.md");

fn entry(position: u64, number: u64, day: &str, direction: &str, title: &str) -> Item {
    let at: jiff::Timestamp = format!("{day}T10:00:00Z").parse().unwrap();
    let year = day[..4].parse().unwrap();
    Item {
        register: Some("PG".into()),
        year: Some(year),
        number: Some(number),
        direction: Some(direction.into()),
        title: title.into(),
        text_states: vec!["full".into()],
        audience: vec!["open".into()],
        ..Item::new(ItemKind::Entry, format!("PG/{year}/{number}"), position, at.as_microsecond())
    }
}

fn person(role: Role, name: &str, tax_code: Option<&str>) -> Vec<Correspondent> {
    vec![Correspondent { role, name: name.into(), tax_code: tax_code.map(str::to_owned) }]
}

/// The items of the page.
fn items() -> Vec<Item> {
    let signature = Signature {
        signer: Some("Anna Bianchi".into()),
        serial_number: None,
        issuer: None,
        signed_at: None,
        content: SignedContent::Intact,
        covers_all: None,
        part: None,
    };
    let field = |(name, value): (&str, &str)| NamedField { name: name.into(), value: value.into() };
    let invoice = [
        ("invoice_number", "88/A"),
        ("invoice_date", "2026-05-28"),
        ("invoice_total", "610.00"),
        ("supplier", "Edilnova srl"),
        ("supplier_tax_code", "01234567890"),
    ];
    let at: jiff::Timestamp = "2026-07-01T10:00:00Z".parse().unwrap();
    vec![
        Item {
            correspondents: person(Role::Sender, "Mario Rossi", Some("RSSMRA80A01X999X")),
            texts: vec![
                "chiede di occupare l'area davanti al bar; perché l'attività apre. Inviare una e-mail. \
                 Importo: 1.250,00 euro, targa AB 123 CD"
                    .into(),
            ],
            ..entry(1, 123, "2026-03-12", "incoming", "Richiesta di occupazione suolo pubblico")
        },
        Item {
            correspondents: person(Role::Recipient, "Anna Bianchi", None),
            texts: vec!["risposta alla nota del 12 marzo 2026 sulle richieste autoriz-\nzate".into()],
            offices: vec!["edilizia".into()],
            facts: vec![Facts {
                pages: Some(2),
                language: Some("en".into()),
                puid: Some("fmt/477".into()),
                declares: Some("PDF/A-2b".into()),
                signatures: vec![signature],
                ..Facts::default()
            }],
            ..entry(2, 124, "2026-04-02", "outgoing", "Autorizzazioni edilizie in via D'Angelo")
        },
        Item {
            text_states: vec!["none".into(), "encrypted".into()],
            confidential: true,
            ..entry(3, 45, "2025-05-20", "internal", "Verbale dell'assemblea")
        },
        Item {
            title: "Dehors di piazza Cavour".into(),
            code: Some("6.3/2026/12".into()),
            classification: Some("6.3".into()),
            state: Some("open".into()),
            audience: vec!["open".into()],
            ..Item::new(ItemKind::Dossier, "4", 4, at.as_microsecond())
        },
        Item {
            file_names: vec!["fattura.xml".into()],
            texts: vec!["Fornitore Edilnova srl IT01234567890".into()],
            facts: vec![Facts { fields: invoice.into_iter().map(field).collect(), ..Facts::default() }],
            ..entry(5, 7, "2026-06-03", "incoming", "Fattura edilnova")
        },
    ]
}

#[test]
fn every_example_finds_what_the_page_says() {
    let index = Index::open(None, Settings::default()).unwrap();
    for item in items() {
        index.put(&item).unwrap();
    }
    index.commit(5).unwrap();
    index.name_offices([("edilizia", "Edilizia privata")].into_iter());
    let view = View { audience: Some(vec!["open".into()]) };
    let mut examples = 0;
    for line in PAGE.lines().filter(|line| line.starts_with("| `")) {
        let columns: Vec<&str> = line.trim_matches('|').rsplitn(2, '|').collect();
        let [finds, rest] = columns.as_slice() else { panic!("{line}") };
        let query = rest.trim_start().trim_start_matches('`').split('`').next().unwrap();
        let expect: BTreeSet<u64> = finds.split_whitespace().map(|number| number.parse().unwrap()).collect();
        let request = Request { text: query.into(), limit: 10, ..Request::default() };
        let found = index.search(&request, &view).unwrap();
        let positions: BTreeSet<u64> = found.hits.iter().map(|hit| hit.position).collect();
        assert_eq!(positions, expect, "{query}: {:?}", found.notes);
        for code in ["query-rewritten", "words-missing"].into_iter().filter(|code| rest.contains(&format!("`{code}`")))
        {
            assert!(found.notes.iter().any(|note| note.code == code), "{query}: {:?}", found.notes);
        }
        examples += 1;
    }
    assert!(examples > 60, "{examples} examples were read");
}

#[test]
fn every_note_has_a_place_on_the_page() {
    let source = include_str!("../../src/index/mod.rs");
    let list = source.split("Stable, for programs:").nth(1).and_then(|rest| rest.split("pub code").next()).unwrap();
    let codes: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
    assert!(codes.len() > 10, "{codes:?}");
    for code in codes {
        assert!(PAGE.contains(&format!("`{code}`")), "{code} is not explained");
    }
}

/// Inputs that once were a question or that a fuzzer likes (`tests/fuzz/fuzz_targets/query.rs` begins with them).
#[test]
fn no_saved_query_fails_or_shows_what_is_hidden() {
    let index = Index::open(None, Settings::default()).unwrap();
    for item in items() {
        index.put(&item).unwrap();
    }
    let hidden = Item { audience: vec!["secret".into()], ..entry(9, 9, "2026-03-12", "incoming", "Suolo riservato") };
    index.put(&hidden).unwrap();
    index.commit(9).unwrap();
    let view = View { audience: Some(vec!["open".into()]) };
    for query in include_str!("../../fixtures/queries/hostile.txt").split('\n') {
        for half in [query, &query.repeat(3), &format!("suolo {query}"), &format!("({query}) OR bar")] {
            let found = index.search(&Request { text: half.into(), limit: 10, ..Request::default() }, &view).unwrap();
            assert!(found.hits.iter().all(|hit| hit.position != 9), "{half}");
            let highlighter = index.highlighter(half);
            let _ = (highlighter.snippet("Suolo pubblico, n. 123", 40), highlighter.title(half));
        }
    }
}
