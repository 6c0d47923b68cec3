//! A small town's known items are found again: what `benches/figures/relevance` measures at full size, with a floor.

#[path = "../../benches/figures/relevance/judge.rs"]
mod judge;
#[path = "../../benches/figures/relevance/town.rs"]
mod town;

use tabularium::index::Ranking;

/// Below this something is broken; the figure itself stands in `benches/RESULTS.md`.
const FLOOR: f64 = 0.85;

#[test]
fn show() {
    let town = town::Town::new();
    for n in 0..240 {
        let item = town.item(n);
        println!("{n}\t{}\t{}\t{}\n    {}", item.id, item.title, item.correspondents[0].name, item.texts[0].lines().skip(1).collect::<Vec<_>>().join(" / "));
    }
    println!("{}", town.item(0).correspondents[0].tax_code.as_ref().unwrap());
}
