//! The classification scheme: a tree of titles, classes and subclasses, each with a code such as `6.3`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::ClassCode;

/// The scheme of Italian municipalities, our own data file, loaded by `init`.
const MUNICIPALITIES: &str = include_str!("../../schema/classification/comuni.json");

/// A scheme as its file and its event hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheme {
    pub code: String,
    pub title: String,
    /// In the order in which people read them.
    pub classes: Vec<Class>,
}

/// One voice of a scheme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    pub code: ClassCode,
    pub title: String,
}

impl Scheme {
    /// The scheme of Italian municipalities: 14 titles and their classes.
    pub fn municipalities() -> Self {
        serde_json::from_str(MUNICIPALITIES).expect("the built-in scheme is tested")
    }

    pub fn titles(&self) -> BTreeMap<&ClassCode, &str> {
        self.classes.iter().map(|class| (&class.code, class.title.as_str())).collect()
    }
}

/// The codes from the title down to the class itself: `6`, `6.3`.
pub fn ancestors(code: &ClassCode) -> impl Iterator<Item = &str> {
    let text = code.as_str();
    text.match_indices('.').map(|(at, _)| &text[..at]).chain(std::iter::once(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fourteen_titles_and_every_class_has_its_parent() {
        let scheme = Scheme::municipalities();
        let titles = scheme.titles();
        assert_eq!(titles.len(), scheme.classes.len(), "codes are unique");
        assert_eq!(scheme.classes.iter().filter(|class| !class.code.as_str().contains('.')).count(), 14);
        for class in &scheme.classes {
            for ancestor in ancestors(&class.code) {
                assert!(titles.contains_key(&ancestor.parse::<ClassCode>().unwrap()), "{ancestor}");
            }
        }
    }
}
