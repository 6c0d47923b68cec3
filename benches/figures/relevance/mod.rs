//! How well is a thing found again that somebody has seen? A town of 20,000 items, queries typed from memory.

mod judge;
mod town;

use tabularium::index::Ranking;

use crate::results::Results;

const ITEMS: u64 = 20_000;

pub fn run(results: &mut Results) {
    let index = judge::index(ITEMS);
    let judged = judge::judge(&index, Ranking::default());
    let all = judged.tuning.queries + judged.held_out.queries;
    let goal = "at least 0.85";
    let half = |score: judge::Score| format!("{:.3} ({} of {} first)", score.mean(), score.first, score.queries);
    let figure = format!("relevance: mean reciprocal rank of {all} known items among {ITEMS}");
    results.set(&format!("{figure}, held out half"), half(judged.held_out), goal);
    results.set(&format!("{figure}, half used for tuning"), half(judged.tuning), "-");
    for (kind, score) in &judged.by_kind {
        results.set(&format!("relevance: {kind}"), half(*score), "-");
    }
    for (query, item, rank) in &judged.missed {
        println!("  {rank:?} for item {item}: {query}");
    }
    let default = Ranking::default();
    let without = |what: &str, ranking: Ranking| {
        let judged = judge::judge(&index, ranking);
        println!("  without {what}: {:.3} / {:.3}", judged.tuning.mean(), judged.held_out.mean());
        (judged.tuning.mean(), judged.held_out.mean())
    };
    for (what, ranking) in [
        ("anything but the words", Ranking { common_words: false, forgiving: false, most_words: false, ..NONE }),
        ("the subject above the text", Ranking { in_title: 0.0, in_title_exact: 0.0, ..default }),
        ("names above the text", Ranking { in_name: 0.0, ..default }),
        ("the very form above others", Ranking { exact_form: 0.0, in_title_exact: 0.0, ..default }),
        ("nearness in subject and name", Ranking { pair_in_title: 0.0, pair_in_name: 0.0, ..default }),
        ("the whole subject", Ranking { whole_title: 0.0, ..default }),
        ("the list of common words", Ranking { common_words: false, ..default }),
        ("numbers at the top", Ranking { exact_number: 1.0, ..default }),
        ("synonyms", Ranking { synonym: 0.0, ..default }),
        ("forgiven slips", Ranking { forgiving: false, ..default }),
        ("most of the words", Ranking { most_words: false, ..default }),
        ("recency", Ranking { year_later: 0.0, ..default }),
    ] {
        let (_, held_out) = without(what, ranking);
        results.set(&format!("relevance: held out half without {what}"), format!("{held_out:.3}"), "-");
    }
    if std::env::var_os("TABULARIUM_BENCH_TRY").is_some() {
        tried(default, &without);
    }
}

/// Other worths, for who tunes them: on the first half.
fn tried(default: Ranking, without: &dyn Fn(&str, Ranking) -> (f64, f64)) {
    for by in [0.5, 2.0] {
        let times = |what: &str, ranking: Ranking| {
            let _ = without(&format!("change but {what} × {by}"), ranking);
        };
        times("in_title", Ranking { in_title: default.in_title * by, ..default });
        times("in_title_exact", Ranking { in_title_exact: default.in_title_exact * by, ..default });
        times("in_name", Ranking { in_name: default.in_name * by, ..default });
        times("in_file", Ranking { in_file: default.in_file * by, ..default });
        times("exact_form", Ranking { exact_form: default.exact_form * by, ..default });
        times("pair_in_title", Ranking { pair_in_title: default.pair_in_title * by, ..default });
        times("pair_in_name", Ranking { pair_in_name: default.pair_in_name * by, ..default });
        times("one_slip", Ranking { one_slip: default.one_slip * by, ..default });
        times("slip_in_title", Ranking { slip_in_title: default.slip_in_title * by, ..default });
        times("slip_in_name", Ranking { slip_in_name: default.slip_in_name * by, ..default });
        times("slip_of_none", Ranking { slip_of_none: default.slip_of_none * by, ..default });
        times("synonym", Ranking { synonym: default.synonym * by, ..default });
        times("synonym_in_title", Ranking { synonym_in_title: default.synonym_in_title * by, ..default });
        times("year_later", Ranking { year_later: default.year_later * by, ..default });
    }
}

/// Words, and nothing above them.
const NONE: Ranking = Ranking {
    exact_number: 1.0,
    whole_title: 0.0,
    in_title: 0.0,
    in_title_exact: 0.0,
    in_name: 0.0,
    in_file: 0.0,
    exact_form: 0.0,
    pair_in_title: 0.0,
    pair_in_name: 0.0,
    one_slip: 2.0,
    slip_in_title: 0.0,
    slip_in_name: 0.0,
    slip_of_none: 0.0,
    synonym: 0.0,
    synonym_in_title: 0.0,
    office: 0.0,
    year_later: 0.0,
    common_words: false,
    forgiving: false,
    most_words: false,
};
