//! Are the texts of the sample town well written, and do they hang together?

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;

use super::*;
use crate::demo::dossiers::Turn;
use crate::demo::town::{Town, town};

fn sample() -> Town {
    town(date(2026, 11, 23))
}

#[test]
fn every_paper_reads() {
    for block in TEXTS.iter().flat_map(|text| text.split("\n=== ").skip(1)) {
        let post = parse(block, date(2026, 11, 23)).unwrap();
        let Post::Entry(registration) = post else { continue };
        let paper = &registration.document.paper;
        let words: usize = paper.paragraphs.iter().map(|p| p.split(' ').count()).sum();
        let bare = matches!(paper.form, Form::Kept(_) | Form::Zip);
        assert!((12..=700).contains(&words) || bare, "{}: {words} words", registration.subject);
        assert_eq!(paper.form == Form::Zip, bare && !paper.enclosed.is_empty(), "{}", registration.subject);
        assert!(!paper.paragraphs.iter().any(|p| p.starts_with(['+', '=', '@'])), "{}", registration.subject);
    }
}

/// Every file of the town that has a place of its own, with its name.
fn files(town: &Town) -> Vec<(&'static str, Vec<u8>)> {
    let entries = town.registrations.iter().flat_map(|entry| {
        let attached = entry.attachments.iter().map(|file| (file.file_name, &file.paper));
        std::iter::once((entry.document.file_name, &entry.document.paper)).chain(attached)
    });
    let papers = town.papers.iter().flat_map(|paper| &paper.versions).map(|file| (file.file_name, &file.paper));
    entries.chain(papers).map(|(name, paper)| (name, paper.content())).collect()
}

#[test]
fn there_are_three_hundred_documents_of_all_formats_and_no_two_are_equal() {
    let town = sample();
    assert_eq!((town.documents(), town.dossiers.len()), (300, 60));
    let files = files(&town);
    let mut formats: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, _) in &files {
        *formats.entry(name.rsplit_once('.').unwrap().1).or_insert(0) += 1;
    }
    let wanted = [
        ("pdf", 100),
        ("txt", 30),
        ("docx", 12),
        ("odt", 12),
        ("rtf", 4),
        ("xlsx", 12),
        ("ods", 10),
        ("csv", 12),
        ("pptx", 3),
        ("html", 5),
        ("md", 4),
        ("eml", 15),
        ("xml", 10),
        ("zip", 3),
        ("p7m", 7),
        ("tif", 3),
        ("png", 3),
        ("jpg", 2),
        ("doc", 1),
        ("xls", 1),
    ];
    for (format, least) in wanted {
        assert!(formats.get(format).is_some_and(|count| *count >= least), "{format}: {formats:?}");
    }
    let contents: BTreeSet<&[u8]> = files.iter().map(|(_, bytes)| bytes.as_slice()).collect();
    assert_eq!(contents.len(), files.len());
    let again = self::files(&sample());
    assert!(files == again, "the same bytes on every run of the same day");
}

#[test]
fn what_is_not_understood_is_named() {
    for bad in [
        "Oggetto\nfly 3\n\ntesto",
        "Oggetto\nincoming x portal\n\ntesto",
        "Oggetto\nfrom nobody\n\ntesto",
        "Oggetto\nclass 1.1\n\ntesto",
    ] {
        assert!(parse(bad, date(2026, 1, 1)).unwrap_err().to_string().contains("Oggetto"), "{bad}");
    }
}

#[test]
fn codes_that_are_used_exist() {
    let scheme: serde_json::Value =
        serde_json::from_str(include_str!("../../../schema/classification/comuni.json")).unwrap();
    let classes: BTreeSet<&str> =
        scheme["classes"].as_array().unwrap().iter().map(|class| class["code"].as_str().unwrap()).collect();
    let town = sample();
    let offices: BTreeSet<&str> = town.offices.iter().map(|office| office.code).collect();
    let users: BTreeSet<&str> = town.people.iter().map(|person| person.user).collect();
    let dossiers: BTreeSet<&str> = town.dossiers.iter().map(|dossier| dossier.key).collect();
    assert_eq!((town.dossiers.len(), dossiers.len()), (60, 60));
    for dossier in &town.dossiers {
        assert!(classes.contains(dossier.classification), "{}", dossier.key);
        assert!(offices.contains(dossier.office) && users.contains(dossier.officer), "{}", dossier.key);
        assert!(
            town.registrations.iter().filter(|r| r.filing.is_some_and(|f| f.dossier == dossier.key)).count() >= 2,
            "{} is thin",
            dossier.key
        );
    }
    for entry in &town.registrations {
        let subject = entry.subject;
        assert!(classes.contains(entry.classification) && entry.classification.contains('.'), "{subject}");
        assert!(!entry.assignments.is_empty() && !entry.correspondents.is_empty(), "{subject}");
        assert!(entry.assignments.iter().all(|a| offices.contains(a.office)), "{subject}");
        assert!(entry.filing.is_none_or(|f| dossiers.contains(f.dossier)), "{subject}");
        assert_eq!(entry.received.is_some(), entry.direction == Direction::Incoming, "{subject}");
        let channels = ["counter", "post", "email", "pec", "portal", "interoperability", "internal"];
        assert!(entry.received.as_ref().is_none_or(|r| channels.contains(&r.channel)), "{subject}");
        let wanted = if entry.direction == Direction::Incoming { "sender" } else { "recipient" };
        assert!(entry.correspondents.iter().any(|who| who.role == wanted), "{subject}");
    }
}

#[test]
fn the_sample_is_varied_enough_to_try_things_on() {
    let town = sample();
    let count = |test: &dyn Fn(&&Registration) -> bool| town.registrations.iter().filter(test).count();
    assert!(count(&|r| r.filing.is_some()) >= 48);
    assert!(count(&|r| r.filing.is_some_and(|f| f.shown)) >= 12);
    assert!(count(&|r| !r.attachments.is_empty()) >= 14);
    assert!(count(&|r| r.document.paper.form == Form::Text) >= 5);
    for direction in [Direction::Incoming, Direction::Outgoing, Direction::Internal] {
        assert!(count(&|r| r.direction == direction) >= 5, "{direction:?}");
    }
    assert!(count(&|r| r.confidential) >= 15);
    assert!(count(&|r| r.received.as_ref().is_some_and(|r| r.on.year() == 2025)) >= 30);
    assert!(count(&|r| r.received.as_ref().is_some_and(|r| r.deferred_reason.is_some())) >= 1);
    let becomes =
        |test: &dyn Fn(&Later) -> bool| town.registrations.iter().flat_map(|r| &r.later).filter(|l| test(l)).count();
    assert!(becomes(&|later| matches!(later, Later::Annulled { .. })) >= 2);
    assert!(becomes(&|later| matches!(later, Later::Classified(_))) >= 4);
    assert!(becomes(&|later| matches!(later, Later::Assigned(_))) >= 2);
    assert!(becomes(&|later| *later == Later::Withheld) >= 1);
    assert!(becomes(&|later| matches!(later, Later::Removed(_))) >= 1);
    let turned = |test: &dyn Fn(&Turn) -> bool| town.dossiers.iter().filter(|d| d.turns.iter().any(test)).count();
    assert!(
        turned(&|turn| matches!(turn, Turn::Closed(_))) >= 5 && turned(&|turn| matches!(turn, Turn::Reopened(_))) >= 1
    );
    let mut before = BTreeSet::new();
    for dossier in &town.dossiers {
        assert!(dossier.parent.is_none_or(|parent| before.contains(parent)), "{}", dossier.key);
        before.insert(dossier.key);
    }
    assert!(town.dossiers.iter().filter(|d| d.parent.is_some()).count() >= 2);
    let mut subjects = BTreeMap::new();
    town.registrations.iter().for_each(|r| *subjects.entry(r.subject).or_insert(0) += 1);
    assert!(subjects.values().all(|count| *count == 1), "{subjects:?}");
    for citizen in town.people.iter().filter(|person| person.tax_code.is_some()) {
        let party = town.dossiers.iter().find(|d| d.parties.iter().any(|p| p.tax_code == citizen.tax_code)).unwrap();
        let shown = |r: &&Registration| r.filing.is_some_and(|f| f.dossier == party.key && f.shown);
        assert!(count(&shown) > 0, "{} sees nothing", citizen.user);
    }
}

#[test]
fn lines_become_paragraphs() {
    let read = paragraphs("uno\ndue\n- tre\n- quattro\ncinque\nsei\n\n\nsette\n", date(2026, 1, 1));
    assert_eq!(read, ["uno due", "- tre", "- quattro", "cinque sei", "sette"]);
}

#[test]
fn dates_count_from_today() {
    assert_eq!(with_dates("dal {-22} al {+8}.", date(2026, 11, 23)), "dal 1° novembre 2026 al 1° dicembre 2026.");
    assert_eq!(with_dates("{x} {", date(2026, 11, 23)), "{x} {");
    let town = sample();
    let days: Vec<Date> = town.registrations.iter().filter_map(|r| r.received.as_ref()).map(|r| r.on).collect();
    assert!(days.is_sorted() && *days.last().unwrap() <= date(2026, 11, 23));
    let text = |town: &Town| format!("{town:?}");
    assert_eq!(text(&town), text(&sample()));
    assert!(!town.registrations.iter().any(|r| r.document.paper.paragraphs.iter().any(|p| p.contains(['{', '}']))));
}
