//! Inboxes: their order over segments, what a reader's view hides, what a later state takes away, and how fast they are.

use std::collections::HashSet;
use std::time::Instant;

use super::*;

fn word(state: &str, due: Option<&str>) -> InboxWord {
    InboxWord {
        list: format!("office:edilizia/{state}"),
        due: due.map(|due| due.parse().unwrap()),
        of: "office:edilizia".into(),
    }
}

fn given(number: u64, state: &str, due: Option<&str>) -> Item {
    Item { inbox: vec![word(state, due)], ..entry(number, "Permesso") }
}

fn asked(state: &str, limit: usize) -> InboxRequest {
    InboxRequest { lists: vec![format!("office:edilizia/{state}")], limit, ..InboxRequest::default() }
}

fn numbers(found: &[(InboxPlace, String)]) -> Vec<&str> {
    found.iter().map(|(_, id)| id.trim_start_matches("PG/2026/")).collect()
}

#[test]
fn what_is_due_stands_first_over_all_segments_and_what_is_hidden_does_not_count() {
    let index = index();
    let days = [None, Some("2026-12-09"), Some("2026-12-01"), None, Some("2026-12-01")];
    for (number, due) in (1..).zip(days) {
        index.put(&given(number, "waiting", due)).unwrap();
        // A segment each.
        index.commit(number).unwrap();
    }
    let hidden = Item { audience: vec!["others".into()], ..given(9, "waiting", Some("2026-11-01")) };
    index.put(&hidden).unwrap();
    index.commit(9).unwrap();
    let view = View { audience: Some(vec!["all".into()]) };
    let all = index.inbox(&asked("waiting", 10), &view).unwrap();
    assert_eq!((all.total, numbers(&all.hits)), (5, vec!["3", "5", "2", "1", "4"]));
    assert_eq!(numbers(&index.inbox(&asked("waiting", 10), &View::ALL).unwrap().hits)[0], "9");
    // One more than asked for says that there are more; what comes after a place begins behind it.
    let page = index.inbox(&asked("waiting", 2), &view).unwrap();
    assert_eq!((page.total, numbers(&page.hits)), (5, vec!["3", "5", "2"]));
    let after = Some(page.hits[1].0.clone());
    let rest = index.inbox(&InboxRequest { after, ..asked("waiting", 10) }, &view).unwrap();
    assert_eq!((rest.total, numbers(&rest.hits)), (5, vec!["2", "1", "4"]));
    let without = InboxRequest { without: HashSet::from([5, 1]), ..asked("waiting", 10) };
    assert_eq!(numbers(&index.inbox(&without, &view).unwrap().hits), ["3", "2", "4"]);
    // Done, it stands there no more.
    index.put(&given(3, "done", Some("2026-12-01"))).unwrap();
    index.commit(10).unwrap();
    let now = index.inbox(&asked("waiting", 10), &view).unwrap();
    assert_eq!((now.total, numbers(&now.hits)), (4, vec!["5", "2", "1", "4"]));
    assert_eq!(numbers(&index.inbox(&asked("done", 10), &view).unwrap().hits), ["3"]);
    let enough = InboxRequest { enough: Some(2), ..asked("waiting", 0) };
    assert_eq!(index.inbox(&enough, &view).unwrap().hits, []);
    assert!(index.inbox(&enough, &view).unwrap().total >= 2);
}

/// `INBOX_ITEMS=1000000 cargo test --release --lib index::tests::inbox -- --ignored --nocapture`
#[test]
#[ignore = "a figure, not a test"]
#[allow(clippy::print_stdout, reason = "it says a figure")]
fn how_long_a_page_of_an_inbox_takes() {
    let items: u64 = std::env::var("INBOX_ITEMS").ok().and_then(|items| items.parse().ok()).unwrap_or(100_000);
    let index = Index::open(None, Settings::default()).unwrap();
    for number in 1..=items {
        let due = format!("2026-{:02}-{:02}", number % 12 + 1, number % 28 + 1);
        let due = (number % 4 == 0).then_some(due.as_str());
        let state = if number % 10 == 0 { "waiting" } else { "done" };
        index.put(&given(number, state, due)).unwrap();
    }
    index.commit(items).unwrap();
    let view = View { audience: Some(vec!["all".into()]) };
    for round in 0..3 {
        for (state, limit) in [("waiting", 50), ("done", 50), ("done", 0)] {
            let started = Instant::now();
            let found = index.inbox(&asked(state, limit), &view).unwrap();
            println!("{round}: {state}, {limit} of {}: {:?}", found.total, started.elapsed());
        }
    }
}
