//! How high do known items stand? Each query of the collection was typed for one item that its writer had seen before.

use std::collections::BTreeMap;

use tabularium::index::{Index, Ranking, Request, Settings, View};

use super::town::Town;

const QUERIES: &str = include_str!("queries.tsv");
/// Ranks beyond this count as not found.
const DEPTH: usize = 20;

/// Queries of one kind or one half: how many, and the sum of their reciprocal ranks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Score {
    pub queries: usize,
    sum: f64,
    pub first: usize,
}

impl Score {
    pub fn mean(self) -> f64 {
        self.sum / self.queries.max(1) as f64
    }

    fn add(&mut self, rank: Option<usize>) {
        self.queries += 1;
        self.sum += rank.map_or(0.0, |rank| 1.0 / rank as f64);
        self.first += usize::from(rank == Some(1));
    }
}

/// What a run over the collection gave.
#[derive(Debug, Default)]
pub struct Judgement {
    pub tuning: Score,
    pub held_out: Score,
    pub by_kind: BTreeMap<&'static str, Score>,
    /// Query, item and rank, of those that did not come first.
    pub missed: Vec<(&'static str, u64, Option<usize>)>,
}

/// Fills an index with the first items of the town.
pub fn index(items: u64) -> Index {
    let (town, index) = (Town::new(), Index::open(None, Settings::default()).expect("an index in memory"));
    for n in 0..items {
        index.add(&town.item(n)).expect("added");
    }
    index.commit(items).expect("committed");
    index
}

/// Runs all queries. Every other one is held out: no weight and no word of the tables was chosen by it.
pub fn judge(index: &Index, ranking: Ranking) -> Judgement {
    let mut judgement = Judgement::default();
    let view = View { audience: Some(vec!["open".into()]) };
    let lines = QUERIES.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    for (at, line) in lines.enumerate() {
        let mut columns = line.split('\t');
        let mut column = || columns.next().expect("kind, item and query");
        let (kind, item, query) = (column(), column(), column());
        let item: u64 = item.parse().expect("the number of an item");
        let request = Request { text: query.into(), limit: DEPTH, ranking, ..Request::default() };
        let found = index.search(&request, &view).expect("searched");
        let rank = found.hits.iter().position(|hit| hit.position == item + 1).map(|at| at + 1);
        let half = if at % 2 == 0 { &mut judgement.tuning } else { &mut judgement.held_out };
        half.add(rank);
        judgement.by_kind.entry(kind).or_default().add(rank);
        if rank != Some(1) {
            judgement.missed.push((query, item, rank));
        }
    }
    judgement
}
