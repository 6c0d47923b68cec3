//! Which other words mean what was asked for: a reviewed table of administrative Italian.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Node, Words as Asked};
use crate::index::words::{Words, is_stop_word};

const TABLE: &str = include_str!("synonyms.txt");

/// Words by which an entry of the table is known, without articles and the like.
type Stems = Vec<String>;

struct Table {
    groups: Vec<Vec<(Stems, &'static str)>>,
    /// Group and entry, by the first stem of the entry.
    by_first: HashMap<String, Vec<(usize, usize)>>,
}

static KNOWN: LazyLock<Table> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let entry = |text: &'static str| (stems(text), text.trim());
    let groups: Vec<Vec<(Stems, &str)>> = lines.map(|line| line.split(',').map(entry).collect()).collect();
    let mut by_first: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
    for (group, entries) in groups.iter().enumerate() {
        for (at, (stems, _)) in entries.iter().enumerate() {
            if let Some(first) = stems.first() {
                by_first.entry(first.clone()).or_default().push((group, at));
            }
        }
    }
    Table { groups, by_first }
});

pub(super) fn stems(text: &str) -> Stems {
    let stemmer = Words::stemmed();
    let mut words = Words::exact().list(text);
    words.retain(|word| !is_stop_word(word));
    words.iter_mut().for_each(|word| stemmer.stem(word));
    words
}

/// What the first words of a query mean.
pub(in crate::index) struct Meant {
    /// Conditions of the query it takes.
    pub words: usize,
    /// As they were typed.
    pub said: String,
    /// Other words for the same.
    pub others: Vec<&'static str>,
}

/// The plain words that these conditions begin with, as far as a name may go.
pub(super) fn typed(nodes: &[Node]) -> Vec<String> {
    let word = |node: &Node| match node {
        Node::Words(Asked::Word(text)) => Some(text.clone()),
        _ => None,
    };
    nodes.iter().map_while(word).take(8).collect()
}

/// The longest beginning of these conditions that the table knows.
pub(in crate::index) fn meant(nodes: &[Node]) -> Option<Meant> {
    let mut stemmer = Words::stemmed();
    let words = typed(nodes);
    let first = stemmer.list(words.first()?).into_iter().next()?;
    let candidates = KNOWN.by_first.get(&first)?;
    let stemmed: Vec<Stems> = words.iter().map(|word| stems(word)).collect();
    let matches = candidates.iter().filter_map(|(group, at)| {
        let (wanted, _) = &KNOWN.groups[*group][*at];
        taken(&stemmed, wanted).map(|count| (count, *group, *at))
    });
    let (words_taken, ..) = matches.clone().max_by_key(|(count, ..)| *count)?;
    let mut others = Vec::new();
    for (_, group, at) in matches.filter(|(count, ..)| *count == words_taken) {
        let own = &KNOWN.groups[group][at].0;
        // A word whose forms stand in one group leads there once for each.
        for (_, text) in KNOWN.groups[group].iter().filter(|(stems, _)| stems != own) {
            if !others.contains(text) {
                others.push(*text);
            }
        }
    }
    Some(Meant { words: words_taken, said: words[..words_taken].join(" "), others })
}

/// The synonyms of all words that a query looks for.
pub(in crate::index) fn of(node: &Node) -> Vec<&'static str> {
    match node {
        Node::Words(_) => meant(std::slice::from_ref(node)).map(|meant| meant.others).unwrap_or_default(),
        Node::Or(nodes) => nodes.iter().flat_map(of).collect(),
        Node::And(nodes) => {
            let inside = nodes.iter().filter(|node| matches!(node, Node::And(_) | Node::Or(_))).flat_map(of);
            let (mut others, mut at): (Vec<_>, usize) = (inside.collect(), 0);
            while at < nodes.len() {
                let meant = meant(&nodes[at..]);
                at += meant.as_ref().map_or(1, |meant| meant.words);
                others.extend(meant.into_iter().flat_map(|meant| meant.others));
            }
            others
        }
        _ => Vec::new(),
    }
}

/// How many words it takes to say these stems, in their order and with nothing but articles between them.
pub(super) fn taken(words: &[Stems], wanted: &[String]) -> Option<usize> {
    let mut left = wanted;
    for (at, word) in words.iter().enumerate() {
        left = left.strip_prefix(word.as_slice())?;
        if left.is_empty() {
            return Some(at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn others(text: &str) -> (usize, Vec<&'static str>) {
        let nodes: Vec<Node> = text.split(' ').map(|word| Node::Words(Asked::Word(word.into()))).collect();
        meant(&nodes).map_or((0, Vec::new()), |meant| (meant.words, meant.others))
    }

    #[test]
    fn words_and_groups_of_words_have_synonyms() {
        assert!(others("multe rossi").1.contains(&"contravvenzione"));
        assert_eq!(others("tassa sui rifiuti rossi").0, 3);
        assert!(others("tassa sui rifiuti rossi").1.contains(&"tari"));
        assert_eq!(others("tassa di soggiorno").0, 0);
        assert_eq!(others("carta d'identità").0, 2);
        assert_eq!(others("rossi").0, 0);
        assert_eq!(others("cane"), (1, vec!["animali d'affezione"]));
    }

    #[test]
    fn each_group_has_two_entries_that_say_something() {
        for group in &KNOWN.groups {
            assert!(group.len() > 1 && group.iter().all(|(stems, _)| !stems.is_empty()), "{:?}", group[0].1);
        }
    }
}
