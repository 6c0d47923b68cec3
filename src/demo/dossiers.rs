//! What is the sample town busy with: its dossiers, read from `papers/dossiers.txt`.
//!
//! One line each: key, class, office, officer in charge, parties, title; parted by `|`. Indented lines below say more:
//! `under key` makes it a sub-dossier, `closed reason` and `reopened reason` what became of it, in their order.

use super::book::{Correspondent, correspondent};

const LINES: &str = include_str!("papers/dossiers.txt");

#[derive(Debug, Clone)]
pub struct Dossier {
    /// What registrations call it by; not an identifier of the archive.
    pub key: &'static str,
    pub title: &'static str,
    pub classification: &'static str,
    pub office: &'static str,
    /// A user of the town.
    pub officer: &'static str,
    pub parties: Vec<Correspondent>,
    /// The key of a dossier that stands before.
    pub parent: Option<&'static str>,
    /// Once everything is in it.
    pub turns: Vec<Turn>,
}

/// What becomes of a dossier, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Closed(&'static str),
    Reopened(&'static str),
}

pub fn dossiers() -> Vec<Dossier> {
    let mut dossiers: Vec<Dossier> = Vec::new();
    for line in LINES.lines() {
        if let Some(more) = line.strip_prefix("  ") {
            let last = dossiers.last_mut().expect("a test reads every dossier");
            read_more(last, more).expect("a test reads every dossier");
        } else if line.contains('|') {
            dossiers.push(read(line).expect("a test reads every dossier"));
        }
    }
    dossiers
}

fn read(line: &'static str) -> Option<Dossier> {
    let columns: Vec<&'static str> = line.split('|').map(str::trim).collect();
    let [key, classification, office, officer, parties, title] = columns.try_into().ok()?;
    let parties =
        parties.split(' ').filter(|key| *key != "-").map(|key| correspondent(key, "sender")).collect::<Option<_>>()?;
    Some(Dossier { key, title, classification, office, officer, parties, parent: None, turns: Vec::new() })
}

fn read_more(dossier: &mut Dossier, line: &'static str) -> Option<()> {
    match line.split_once(' ')? {
        ("under", parent) => dossier.parent = Some(parent),
        ("closed", reason) => dossier.turns.push(Turn::Closed(reason)),
        ("reopened", reason) => dossier.turns.push(Turn::Reopened(reason)),
        _ => return None,
    }
    Some(())
}
