//! What helps to register a document: where the same content is registered already, and how others like it were
//! classified and assigned. Both tell a reader no more than he may read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Archive;
use super::blobs::view_of;
use super::items::Key;
use super::read::permit_in_area;
use super::refusal::Refusal;
use super::register::{EntryView, view};
use super::search::{find, readable_content, view_for};
use crate::clock;
use crate::digest::Blake3;
use crate::ids::{ClassCode, EntryId, OfficeCode, Position};
use crate::index::{Filters, ItemKind, Request, Sort};
use crate::model::access::{Action, Actor};
use crate::model::field::normal_tax_code;
use crate::model::register::{Assignment, AssignmentMode, Entry};

/// Entries that are looked at for a proposal, by subject and by correspondent.
const LOOKED_AT: usize = 20;
/// Words of a subject that are looked for, and the letters they have at least: shorter ones are articles.
const WORDS_MAX: usize = 12;
const WORD_CHARS_MIN: usize = 4;
/// What an entry must be worth to be followed: half of the words of the subject, or the same correspondent.
const LIKENESS_MIN: u32 = 50;

/// `POST /api/v1/proposals`: what is known of a document that is about to be registered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProposalQuery {
    pub subject: Option<String>,
    pub name: Option<String>,
    pub tax_code: Option<String>,
    pub min_position: Option<Position>,
}

/// How earlier entries like it were classified and assigned; all empty when there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Proposal {
    pub classification: Option<ClassCode>,
    /// The office that was responsible.
    pub assignments: Vec<Assignment>,
    /// The entry that is followed.
    pub like: Option<Like>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Like {
    pub register: crate::ids::RegisterCode,
    pub year: i16,
    pub number: u64,
}

impl Archive {
    /// Entries in which the same content is registered, newest first, as far as the actor may read them.
    pub fn duplicates(&self, actor: &Actor, blake3: Blake3, limit: usize) -> Result<Vec<EntryView>, Refusal> {
        permit_in_area(actor, Action::Look)?;
        let core = self.core();
        let request = Request {
            filters: Filters { kind: Some(ItemKind::Entry), digest: Some(blake3), ..Filters::default() },
            sort: Sort::Newest,
            limit,
            ..Request::default()
        };
        let mut entries = Vec::new();
        for hit in &find(core, &request, &view_of(actor.audience()))?.hits {
            // A party of a dossier reads some documents of an entry, not of each which there are.
            if readable_content(core, actor, hit, &blake3)?.is_none() {
                continue;
            }
            if let Some(Key::Entry(id)) = Key::parse(hit.kind, &hit.id)
                && let Some(found) = core.entry(&id)?
            {
                entries.extend(view(core, actor, &found));
            }
        }
        Ok(entries)
    }

    /// Class and office for a document, from entries with a like subject or the same correspondent.
    pub fn proposal(&self, actor: &Actor, asked: &ProposalQuery) -> Result<Proposal, Refusal> {
        permit_in_area(actor, Action::Look)?;
        if let Some(position) = asked.min_position {
            self.wait_for_index(position)?;
        }
        let known = Known::of(asked);
        let mut seen: BTreeMap<EntryId, (Entry, u32)> = BTreeMap::new();
        for request in known.requests() {
            for hit in &find(self.core(), &request, &view_for(actor, &request.text))?.hits {
                let Some(Key::Entry(id)) = Key::parse(hit.kind, &hit.id) else { continue };
                let Ok(found) = self.core().entry_for(actor, Action::ReadEntry, &id) else { continue };
                let worth = known.likeness(&found.thing);
                if worth >= LIKENESS_MIN && found.thing.annulment.is_none() {
                    seen.insert(id, (found.thing, worth));
                }
            }
        }
        let (directory, now) = (self.core().directory(), self.core().clock.now());
        // What is withdrawn or has ended would only be refused.
        let in_force = directory.classification.at(now);
        let classes = |code: &ClassCode| in_force.is_some_and(|version| version.scheme.class(code).is_some());
        seen.retain(|_, (entry, _)| entry.classification.as_ref().is_some_and(classes));
        let mut proposal = most(seen.into_values().collect());
        let open = |code: &OfficeCode| {
            directory.offices.get(code).is_some_and(|office| office.is_open(clock::date_in_rome(now)))
        };
        proposal.assignments.retain(|assignment| assignment.office.as_ref().is_none_or(open));
        Ok(proposal)
    }
}

/// The class that is worth most among entries, and the newest of the likest of them.
fn most(entries: Vec<(Entry, u32)>) -> Proposal {
    let mut worths: BTreeMap<&ClassCode, u32> = BTreeMap::new();
    for (entry, worth) in &entries {
        entry.classification.iter().for_each(|class| *worths.entry(class).or_default() += worth);
    }
    let Some((class, _)) = worths.into_iter().max_by_key(|(_, worth)| *worth) else { return Proposal::default() };
    let of_class = entries.iter().filter(|(entry, _)| entry.classification.as_ref() == Some(class));
    let Some((like, _)) = of_class.max_by_key(|(entry, worth)| (*worth, entry.position)) else {
        return Proposal::default();
    };
    let responsible = |one: &&Assignment| one.mode == AssignmentMode::Responsible && one.office.is_some();
    let EntryId { register, year, number } = like.id.clone();
    Proposal {
        classification: Some(class.clone()),
        assignments: like.assignments.iter().filter(responsible).take(1).cloned().collect(),
        like: Some(Like { register, year, number }),
    }
}

/// What is known, brought to a form that can be compared.
struct Known {
    words: Vec<String>,
    name: Vec<String>,
    tax_code: Option<String>,
}

impl Known {
    fn of(asked: &ProposalQuery) -> Self {
        let mut words = words_of(asked.subject.as_deref().unwrap_or_default());
        words.retain(|word| word.chars().count() >= WORD_CHARS_MIN);
        words.truncate(WORDS_MAX);
        Self {
            words,
            name: words_of(asked.name.as_deref().unwrap_or_default()),
            tax_code: asked.tax_code.as_deref().and_then(normal_tax_code),
        }
    }

    fn requests(&self) -> Vec<Request> {
        let any: Vec<String> = self.words.iter().map(|word| format!("subject:{word}")).collect();
        let all: Vec<String> = self.name.iter().map(|word| format!("name:{word}")).collect();
        let by_code = self.tax_code.iter().map(|code| format!("tax_code:{code}"));
        let asked = [(any.join(" OR "), Sort::Relevance), (all.join(" "), Sort::Newest)];
        let asked = asked.into_iter().chain(by_code.map(|text| (text, Sort::Newest)));
        let filters = Filters { kind: Some(ItemKind::Entry), ..Filters::default() };
        let request =
            |(text, sort)| Request { text, sort, filters: filters.clone(), limit: LOOKED_AT, ..Request::default() };
        asked.filter(|(text, _)| !text.is_empty()).map(request).collect()
    }

    /// Up to 100 for the words that the subjects share, and 50 more for the same correspondent.
    fn likeness(&self, entry: &Entry) -> u32 {
        let Some(facts) = &entry.facts else { return 0 };
        let theirs = words_of(&facts.subject);
        let shared = self.words.iter().filter(|word| theirs.contains(word)).count() as u32;
        let by_subject = (100 * shared).checked_div(self.words.len() as u32).unwrap_or(0);
        let same = facts.correspondents.iter().any(|one| {
            let code = one.tax_code.as_deref().and_then(normal_tax_code);
            (code.is_some() && code == self.tax_code) || (!self.name.is_empty() && words_of(&one.name) == self.name)
        });
        by_subject + if same { 50 } else { 0 }
    }
}

/// Words in lower case: letters and digits only, so that nothing in them is read as a query.
fn words_of(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_typed_is_read_as_a_query() {
        let asked = ProposalQuery {
            subject: Some("OR kind:dossier -(suolo) \"pubblico\"".to_owned()),
            name: Some("Rossi* OR is:confidential".to_owned()),
            ..ProposalQuery::default()
        };
        let texts: Vec<String> = Known::of(&asked).requests().into_iter().map(|request| request.text).collect();
        let by_name = "name:rossi name:or name:is name:confidential";
        assert_eq!(texts, ["subject:kind OR subject:dossier OR subject:suolo OR subject:pubblico", by_name]);
        assert!(Known::of(&ProposalQuery::default()).requests().is_empty(), "nothing known, nothing asked");
    }
}
