//! A small town's known items are found again: what `benches/figures/relevance` measures at full size, with a floor.

#[path = "../../benches/figures/relevance/judge.rs"]
mod judge;
#[path = "../../benches/figures/relevance/town.rs"]
mod town;

use tabularium::index::Ranking;

/// Below this something is broken; the figure itself stands in `benches/RESULTS.md`.
const FLOOR: f64 = 0.85;
const ITEMS: u64 = 2_000;

#[test]
fn known_items_are_found_again() {
    let judged = judge::judge(&judge::index(ITEMS), Ranking::default());
    let queries = judged.tuning.queries + judged.held_out.queries;
    assert!(queries >= 200, "{queries}");
    for half in [judged.tuning, judged.held_out] {
        assert!(half.mean() > FLOOR, "{:.3}; not first: {:#?}", half.mean(), judged.missed);
        assert!(half.first <= half.queries);
    }
    // No kind is carried by the others.
    for (kind, score) in &judged.by_kind {
        assert!(score.mean() > FLOOR - 0.2, "{kind}: {:.3}", score.mean());
    }
}
