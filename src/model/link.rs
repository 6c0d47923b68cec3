//! Links between entries: which of them answers, follows or corrects which. Each of the two says so, in its own words.

use serde::{Deserialize, Serialize};

use crate::ids::EntryId;
use crate::model::dossier::EntryReference;
use crate::model::field::{Fields, read_from_word};

/// How one entry stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    Answers,
    AnsweredBy,
    Follows,
    FollowedBy,
    Corrects,
    CorrectedBy,
}

read_from_word!(Relation { Answers = "answers", AnsweredBy = "answered-by", Follows = "follows", FollowedBy = "followed-by", Corrects = "corrects", CorrectedBy = "corrected-by" });

impl Relation {
    /// What a person chooses; the others are said of the other side.
    pub const CHOSEN: [Self; 3] = [Self::Answers, Self::Follows, Self::Corrects];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::AnsweredBy => "answered-by",
            Self::Follows => "follows",
            Self::FollowedBy => "followed-by",
            Self::Corrects => "corrects",
            Self::CorrectedBy => "corrected-by",
        }
    }

    /// The same, said of the other entry.
    pub const fn seen_from_there(self) -> Self {
        match self {
            Self::Answers => Self::AnsweredBy,
            Self::AnsweredBy => Self::Answers,
            Self::Follows => Self::FollowedBy,
            Self::FollowedBy => Self::Follows,
            Self::Corrects => Self::CorrectedBy,
            Self::CorrectedBy => Self::Corrects,
        }
    }
}

/// A link as an event and an entry hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub relation: Relation,
    pub entry: EntryId,
}

/// A link asked for: `POST …/links`, and in a registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// `answers`, `follows` or `corrects`, or one of these seen from the other side.
    pub relation: Relation,
    pub entry: EntryReference,
}

impl NewLink {
    pub fn link(&self) -> Link {
        let EntryReference { register, year, number } = self.entry.clone();
        Link { relation: self.relation, entry: EntryId { register, year, number } }
    }
}

/// Each link is named once.
pub fn check_links(fields: &mut Fields, links: &[NewLink]) {
    fields.count("links", links);
    for (n, link) in links.iter().enumerate() {
        if links[..n].contains(link) {
            fields.refuse(format!("links[{n}]"), "is named above already");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_says_it_in_its_own_words() {
        for relation in Relation::CHOSEN {
            assert_ne!(relation.seen_from_there(), relation);
            assert_eq!(relation.seen_from_there().seen_from_there(), relation);
        }
    }
}
