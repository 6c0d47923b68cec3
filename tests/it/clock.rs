//! What does the clock do to numbers: the turn of the year, jumps, and the days on which an hour is missing or doubled.

use jiff::{SignedDuration, Timestamp};
use tabularium::model::access::Actor;
use tabularium::service::{Archive, OpenError, Options};

use crate::workbench::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

async fn numbered(archive: &Archive, key: &str) -> (i16, u64) {
    let view = register(archive, key, &[]).await.unwrap();
    (view.year, view.number)
}

/// Times of all events, in order.
fn times(archive: &Archive) -> Vec<Timestamp> {
    let events = archive.events(&Actor::system(), None, &[], 500).unwrap().items;
    events.iter().map(|event| at(&event.time)).collect()
}

fn never_backwards(times: &[Timestamp]) {
    assert!(times.windows(2).all(|pair| pair[0] <= pair[1]), "{times:?}");
}

fn in_folder(test: impl FnOnce(Options)) {
    let folder = scratch();
    test(options(&folder.path().join("data")));
}

#[test]
fn numbers_begin_again_at_new_year_in_rome_by_themselves() {
    in_folder(|options| {
        let clock = options.clock.clone();
        clock.set(at("2026-12-31T22:59:59.9Z"));
        let archive = create(options.clone());
        block_on(async {
            assert_eq!(numbered(&archive, "a").await, (2026, 1));
            assert_eq!(numbered(&archive, "b").await, (2026, 2));
            clock.set(at("2026-12-31T22:59:59.999999Z"));
            assert_eq!(numbered(&archive, "c").await, (2026, 3));
            clock.set(at("2026-12-31T23:00:00Z"));
            assert_eq!(numbered(&archive, "d").await, (2027, 1));
            assert_eq!(numbered(&archive, "e").await, (2027, 2));
            // The key still finds last year's entry.
            assert_eq!(numbered(&archive, "a").await, (2026, 1));
        });
        let all = everything(&archive);
        close(archive);
        let archive = open(options);
        assert_eq!(everything(&archive), all);
        assert_eq!(block_on(numbered(&archive, "f")), (2027, 3));
        close(archive);
    });
}

/// While the year turns, many at once: every batch is of one year, and each year's numbers have no gap.
#[test]
fn the_year_turns_under_a_queue() {
    in_folder(|options| {
        let clock = options.clock.clone();
        let midnight = at("2026-12-31T23:00:00Z");
        clock.set(midnight - SignedDuration::from_millis(40));
        let archive = create(options);
        block_on(async {
            let ask = |n: usize| {
                let (archive, clock) = (archive.clone(), clock.clone());
                tokio::spawn(async move {
                    clock.set(midnight + SignedDuration::from_millis(n as i64 - 40));
                    register(&archive, &format!("k{n}"), &[]).await.unwrap()
                })
            };
            let asked: Vec<_> = (0..80).map(ask).collect();
            for asked in asked {
                asked.await.unwrap();
            }
        });
        assert_eq!(block_on(numbered(&archive, "last")).0, 2027);
        let all = everything(&archive);
        let (before, after) = (numbers(&all, 2026), numbers(&all, 2027));
        assert_eq!(before.len() + after.len(), 81);
        assert_eq!(before, (1..=before.len() as u64).collect::<Vec<_>>());
        assert_eq!(after, (1..=after.len() as u64).collect::<Vec<_>>());
        never_backwards(&times(&archive));
        close(archive);
    });
}

#[test]
fn a_clock_that_jumps_back_over_new_year_changes_neither_time_nor_year() {
    in_folder(|options| {
        let clock = options.clock.clone();
        clock.set(at("2026-12-31T23:00:01Z"));
        let archive = create(options);
        assert_eq!(block_on(numbered(&archive, "a")), (2027, 1));
        for (n, back) in
            ["2026-12-31T22:59:00Z", "2026-06-01T00:00:00Z", "2026-12-31T23:00:00.999999Z"].iter().enumerate()
        {
            clock.set(at(back));
            assert_eq!(block_on(numbered(&archive, back)), (2027, n as u64 + 2));
        }
        clock.set(at("2026-12-31T23:00:02Z"));
        assert_eq!(block_on(numbered(&archive, "z")), (2027, 5));
        let times = times(&archive);
        never_backwards(&times);
        assert_eq!(times.last(), Some(&at("2026-12-31T23:00:02Z")));
        close(archive);
    });
}

#[test]
fn a_clock_that_is_behind_at_start_is_refused_unless_accepted() {
    in_folder(|mut options| {
        let clock = options.clock.clone();
        let last = at("2027-01-01T10:00:00Z");
        clock.set(last);
        let archive = create(options.clone());
        assert_eq!(block_on(numbered(&archive, "a")), (2027, 1));
        close(archive);
        clock.set(last - SignedDuration::from_secs(301));
        let refused = Archive::open(options.clone()).map(|_| ()).unwrap_err();
        assert!(matches!(refused, OpenError::ClockBehind { .. }), "{refused:?}");
        assert!(refused.to_string().contains("--accept-clock"), "{refused}");
        clock.set(last - SignedDuration::from_secs(300));
        close(open(options.clone()));
        // Somebody has looked and says that it is right; times still never go back.
        clock.set(at("2026-03-01T10:00:00Z"));
        options.accept_clock = true;
        let archive = open(options);
        assert_eq!(block_on(numbered(&archive, "b")), (2027, 2));
        assert_eq!(times(&archive).last(), Some(&last));
        close(archive);
    });
}

#[test]
fn days_with_a_missing_or_a_doubled_hour() {
    in_folder(|options| {
        let clock = options.clock.clone();
        clock.set(at("2026-03-28T22:30:00Z"));
        let archive = create(options);
        // 29 March 2026 has 23 hours in Rome, 25 October 25; midnight to midnight, none is missing from the list.
        let moments = [
            ("2026-03-28T22:59:59.999999Z", "2026-03-28"),
            ("2026-03-28T23:00:00Z", "2026-03-29"),
            ("2026-03-29T00:59:59Z", "2026-03-29"),
            ("2026-03-29T01:00:00Z", "2026-03-29"),
            ("2026-03-29T21:59:59.999999Z", "2026-03-29"),
            ("2026-03-29T22:00:00Z", "2026-03-30"),
            ("2026-10-24T22:00:00Z", "2026-10-25"),
            ("2026-10-25T00:30:00Z", "2026-10-25"),
            ("2026-10-25T01:30:00Z", "2026-10-25"),
            ("2026-10-25T22:59:59.999999Z", "2026-10-25"),
            ("2026-10-25T23:00:00Z", "2026-10-26"),
        ];
        for (n, (moment, _)) in moments.iter().enumerate() {
            clock.set(at(moment));
            assert_eq!(block_on(numbered(&archive, moment)), (2026, n as u64 + 1));
        }
        never_backwards(&times(&archive));
        for day in ["2026-03-28", "2026-03-29", "2026-03-30", "2026-10-25", "2026-10-26"] {
            let query: tabularium::service::EntriesQuery =
                serde_json::from_value(serde_json::json!({"from": day, "to": day})).unwrap();
            let mut found: Vec<_> =
                archive.entries(&Actor::system(), &pg(), &query).unwrap().items.iter().map(|e| e.number).collect();
            found.sort_unstable();
            let expected = moments.iter().enumerate().filter(|(_, (_, on))| *on == day).map(|(n, _)| n as u64 + 1);
            assert_eq!(found, expected.collect::<Vec<_>>(), "{day}");
        }
        close(archive);
    });
}
