//! Which words of a query are the name of an office?
//!
//! Items hold codes of offices. Names are looked up when a query comes: one that changes costs no item its place.

use super::Node;
use super::synonyms::{stems, taken, typed};

/// Stems of the names of offices, and their codes.
#[derive(Debug, Default)]
pub(in crate::index) struct Offices(Vec<(Vec<String>, String)>);

/// The name of an office at the beginning of a query.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// Conditions of the query it takes, and how many of them say something.
    pub taken: usize,
    pub words: usize,
    /// As it was typed.
    pub said: String,
    /// Several offices may have one name.
    pub codes: Vec<String>,
}

impl Offices {
    /// From codes and names.
    pub fn new<'a>(offices: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let office = |(code, name): (&str, &str)| (stems(name), code.to_owned());
        Self(offices.map(office).filter(|(name, _)| !name.is_empty()).collect())
    }

    /// The longest name that these conditions begin with.
    pub(super) fn named(&self, nodes: &[Node]) -> Option<Named> {
        let words = typed(nodes);
        let first = stems(words.first()?);
        // Most words begin no name: then the others need no stems.
        if !self.0.iter().any(|(name, _)| name.starts_with(&first)) {
            return None;
        }
        let stemmed: Vec<_> = words.iter().map(|word| stems(word)).collect();
        let matches = self.0.iter().filter_map(|(name, code)| Some((taken(&stemmed, name)?, name.len(), code)));
        let (longest, stems, _) = matches.clone().max_by_key(|(taken, ..)| *taken)?;
        let codes = matches.filter(|(taken, ..)| *taken == longest).map(|(_, _, code)| code.clone()).collect();
        Some(Named { taken: longest, words: stems, said: words[..longest].join(" "), codes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::query::Words;

    #[test]
    fn the_longest_name_counts_in_any_form_and_whole() {
        let offices = Offices::new(
            [("ut", "Ufficio tecnico"), ("utc", "Ufficio tecnico comunale"), ("at", "Ufficio Tecnico"), ("x", "di")]
                .into_iter(),
        );
        let named = |text: &str| {
            let nodes: Vec<Node> = text.split(' ').map(|word| Node::Words(Words::Word(word.into()))).collect();
            offices.named(&nodes).map(|named| (named.taken, named.words, named.codes.join(" ")))
        };
        assert_eq!(named("ufficio tecnico permesso"), Some((2, 2, "ut at".to_owned())));
        assert_eq!(named("uffici tecnici"), Some((2, 2, "ut at".to_owned())));
        assert_eq!(named("ufficio di tecnico"), Some((3, 2, "ut at".to_owned())));
        assert_eq!(named("ufficio tecnico comunale"), Some((3, 3, "utc".to_owned())));
        assert_eq!(named("tecnico"), None);
        assert_eq!(named("permesso ufficio tecnico"), None, "not at the beginning");
        assert_eq!(named("di"), None);
    }
}
