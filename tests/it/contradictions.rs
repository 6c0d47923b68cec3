//! Journals whose every hash is right and whose facts are not: `verify` names the line that contradicts the others.

use serde_json::{Value, json};
use tabularium::disk::Disk;
use tabularium::journal::{Journal, Line, Settings};
use tabularium::service::{Finding, verify};
use tabularium::{blob, journal};

use crate::archive::options;

const DOSSIER: &str = "0192f0c1-2222-4333-8444-555566667777";

struct Row {
    time: &'static str,
    subject: String,
    kind: &'static str,
    public: Value,
    private: Value,
}

fn row(subject: &str, kind: &'static str, public: Value, private: Value) -> Row {
    Row { time: "2026-02-03T09:00:00Z", subject: subject.to_owned(), kind, public, private }
}

fn created() -> Row {
    let public = json!({"format": 1, "organization": "c", "area": "a"});
    row("archive", "archive-created", public, json!({"name": "n", "pec": null, "open": false}))
}

fn opened() -> Row {
    row("registers/PG", "register-opened", json!({"register": "PG", "title": "Protocollo"}), json!({}))
}

fn registered(year: i16, number: u64) -> Row {
    let digest = hex::encode([number as u8; 32]);
    let public =
        json!({"register": "PG", "year": year, "number": number, "documents": [], "key": digest, "request": digest});
    let private = json!({"direction": "outgoing", "subject": "s", "correspondents": [], "classification": "1",
        "confidential": false, "files": []});
    row(&format!("registers/PG/entries/{year}/{number}"), "entry-registered", public, private)
}

fn with_document(mut entry: Row, sha256: &str, size: u64) -> Row {
    let blake3 = blake3::hash(b"contenuto").to_hex().to_string();
    entry.public["documents"] = json!([{"blake3": blake3, "sha256": sha256, "size": size}]);
    entry.private["files"] = json!([{"file_name": "a.txt"}]);
    entry
}

/// What is found in a journal of these events, with the content that they may need in its place.
fn found(rows: Vec<Row>) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let disk = Disk::real();
    let needs = rows.iter().any(|row| row.public["documents"].as_array().is_some_and(|all| !all.is_empty()));
    let (store, mut writer, _) = blob::Store::open(disk.clone(), root, blob::Settings::default(), None).unwrap();
    if needs {
        let mut upload = store.begin();
        upload.write(b"contenuto").unwrap();
        let now = "2026-02-03T09:00:00Z".parse().unwrap();
        let content = upload.finish(tabularium::ids::UserId(0), now, None).unwrap();
        writer.append(&[content.blake3]).unwrap();
        writer.confirm();
    }
    let (mut journal, _, _) = Journal::open(disk, root, Settings::default(), None, 0).unwrap();
    for row in rows {
        let salted = |part: &Value| {
            let text = part.to_string();
            let rest = if text == "{}" { "}".to_owned() } else { format!(",{}", &text[1..]) };
            format!("{{\"salt\":\"00112233445566778899aabbccddeeff\"{rest}")
        };
        let line = Line {
            time: row.time.parse().unwrap(),
            actor: "u0".to_owned(),
            kind: row.kind.to_owned(),
            version: 1,
            subject: row.subject,
            public: salted(&row.public),
            private: salted(&row.private),
        };
        journal.append(&[line]).unwrap();
    }
    let mut found = Vec::new();
    verify(&options(root), false, &mut |finding| found.push(finding), &mut |_| {}).unwrap();
    found
}

#[track_caller]
fn assert_codes(rows: Vec<Row>, expected: &[&str]) {
    let found = found(rows);
    let codes: Vec<String> = found.iter().map(|finding| finding.code.to_string()).collect();
    assert_eq!(codes, expected, "{found:#?}");
    for finding in found.iter().filter(|finding| !finding.file.ends_with("000000.zip")) {
        assert!(finding.file.ends_with("journal/000000000000.jsonl") && finding.offset.is_some(), "{finding:?}");
    }
}

#[test]
fn what_agrees_is_not_found() {
    assert_codes(vec![created(), opened(), registered(2026, 1), registered(2026, 2)], &[]);
    let (sha256, size) = (hex::encode(<sha2::Sha256 as sha2::Digest>::digest(b"contenuto")), 9);
    let entry = || with_document(registered(2026, 1), &sha256, size);
    assert_codes(vec![created(), opened(), entry()], &[]);
    // The year ends at midnight in Rome, an hour before it does in Greenwich.
    let turn = Row { time: "2026-12-31T23:00:00Z", ..registered(2027, 1) };
    assert_codes(vec![created(), opened(), registered(2026, 1), turn], &[]);
}

#[test]
fn numbers_years_and_times_that_are_wrong() {
    assert_codes(vec![created(), opened(), registered(2026, 2)], &["number-wrong"]);
    assert_codes(vec![created(), opened(), registered(2026, 1), registered(2026, 1)], &["number-wrong"]);
    assert_codes(vec![created(), opened(), registered(2026, 1), registered(2026, 3)], &["number-wrong"]);
    assert_codes(vec![created(), opened(), registered(2027, 1)], &["year-wrong"]);
    let before = Row { time: "2026-02-03T08:59:59.999999Z", ..registered(2026, 1) };
    assert_codes(vec![created(), opened(), before], &["time-backwards"]);
}

/// The register of a day, with a file that lies where it should.
fn formed(day: &str, number: u64, (first, last): (Option<u64>, Option<u64>), (from, to): (u64, u64)) -> Row {
    let (blake3, sha256) =
        (blake3::hash(b"contenuto").to_hex().to_string(), <sha2::Sha256 as sha2::Digest>::digest(b"contenuto"));
    let entries = first.zip(last).map_or(0, |(first, last)| last + 1 - first);
    let mut public = json!({"register": "PG", "period": day, "id": "x", "number": number, "first": first, "last": last,
        "entries": entries, "annulled": 0, "changes": 0, "from": from, "to": to, "forms": ["pdf"],
        "documents": [{"blake3": blake3, "sha256": hex::encode(sha256), "size": 9}]});
    if number > 1 {
        public["previous"] = json!(hex::encode(sha256));
    }
    let row = row(&format!("registers/PG/daily/{day}"), "register-formed", public, json!({}));
    Row { time: "2026-02-10T09:00:00Z", ..row }
}

#[test]
fn daily_registers_that_do_not_follow_on_each_other() {
    let all = |formed: Vec<Row>| {
        let entries = [created(), opened(), registered(2026, 1), registered(2026, 2)];
        entries.into_iter().chain(formed).collect::<Vec<_>>()
    };
    let (some, none) = ((Some(1), Some(2)), (None, None));
    let first = || formed("2026-02-03", 1, some, (0, 4));
    assert_codes(all(vec![first(), formed("2026-02-04", 2, none, (4, 4))]), &[]);
    let wrong = &["register-out-of-order"];
    assert_codes(all(vec![formed("2026-02-03", 2, some, (0, 4))]), wrong);
    assert_codes(all(vec![formed("2026-02-03", 1, (Some(1), Some(3)), (0, 4))]), wrong);
    assert_codes(all(vec![formed("2026-02-03", 1, (Some(2), Some(2)), (0, 4))]), wrong);
    assert_codes(all(vec![formed("2026-02-10", 1, some, (0, 4))]), wrong);
    for second in [
        formed("2026-02-05", 2, none, (4, 4)),
        formed("2026-02-03", 2, none, (4, 4)),
        formed("2026-02-04", 3, none, (4, 4)),
        formed("2026-02-04", 2, none, (3, 4)),
        formed("2026-02-04", 2, (Some(2), Some(2)), (4, 4)),
    ] {
        assert_codes(all(vec![first(), second]), wrong);
    }
    let mut unchained = formed("2026-02-04", 2, none, (4, 4));
    unchained.public["previous"] = json!(hex::encode([7; 32]));
    assert_codes(all(vec![first(), unchained]), wrong);
}

#[test]
fn events_out_of_place_about_nothing_or_not_readable() {
    assert_codes(vec![opened()], &["event-out-of-place"]);
    assert_codes(vec![created(), created()], &["event-out-of-place"]);
    assert_codes(vec![created(), registered(2026, 1)], &["event-baseless"]);
    let class = row("registers/PG/entries/2026/9", "entry-classified", json!({}), json!({"classification": "1"}));
    assert_codes(vec![created(), opened(), class], &["event-baseless"]);
    let closed = row(&format!("dossiers/{DOSSIER}"), "dossier-closed", json!({}), json!({"reason": "r"}));
    assert_codes(vec![created(), closed], &["event-baseless"]);
    let unknown = row("archive", "archive-dissolved", json!({}), json!({}));
    assert_codes(vec![created(), unknown], &["event-unreadable"]);
    let short = row("registers/PG", "register-opened", json!({"register": "PG"}), json!({}));
    assert_codes(vec![created(), short], &["event-unreadable"]);
}

#[test]
fn subjects_that_are_not_those_of_the_facts() {
    let elsewhere = |row: Row, subject: &str| Row { subject: subject.to_owned(), ..row };
    assert_codes(vec![created(), elsewhere(opened(), "registers/XX")], &["subject-wrong"]);
    let entry = elsewhere(registered(2026, 1), "registers/PG/entries/2026/2");
    assert_codes(vec![created(), opened(), entry], &["subject-wrong"]);
    assert_codes(vec![elsewhere(created(), "archives")], &["subject-wrong"]);
}

#[test]
fn contents_that_are_not_as_stated() {
    let sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(b"contenuto"));
    let of = |number, sha256: &str, size| with_document(registered(2026, number), sha256, size);
    let wrong = hex::encode([7; 32]);
    assert_codes(vec![created(), opened(), of(1, &wrong, 9)], &["content-mismatch"]);
    assert_codes(vec![created(), opened(), of(1, &sha256, 10)], &["content-mismatch"]);
    assert_codes(vec![created(), opened(), of(1, &sha256, 9), of(2, &wrong, 9)], &["content-mismatch"]);
}

/// The published list, against codes that tests provoke by name.
#[test]
fn the_list_of_codes_is_the_programs() {
    let published: Value = serde_json::from_str(include_str!("../../schema/findings.json")).unwrap();
    let codes = published["findings"].as_array().unwrap().len();
    assert_eq!(codes, tabularium::service::FindingCode::all().count());
    assert!(codes > blob::FindingCode::ALL.len() + journal::FindingCode::ALL.len());
}
