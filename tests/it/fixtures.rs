//! What was written once stays readable for ever: one line of every event kind, a whole archive, and their schemas.
//!
//! The fixtures were written by the tests marked `ignored` here, which never overwrite one: a new version of an event
//! gets a new file beside the old.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tabularium::disk::Disk;
use tabularium::journal::{Journal, Line, RawLine, Settings};
use tabularium::model::event::Event;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn names(folder: &Path) -> BTreeSet<String> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn schema(kind: &str) -> jsonschema::Validator {
    let text = std::fs::read_to_string(folder("schema/events").join(format!("{kind}.json"))).unwrap();
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

const DOSSIER: &str = "0192f0c1-2222-4333-8444-555566667777";

/// Subject, kind, public and private part of each kind with everything in it that it may hold.
fn full() -> Vec<(String, &'static str, Value, Value)> {
    let digest = |n: u8| hex::encode([n; 32]);
    let content = |n: u8| json!({"blake3": digest(n), "sha256": digest(n + 1), "size": 4711});
    let dossier = || format!("dossiers/{DOSSIER}");
    let entry = || "registers/PG/entries/2026/42".to_owned();
    let assignments =
        json!([{"office": "edilizia", "mode": "responsible"}, {"user": "m.bianchi", "mode": "information"}]);
    let mut all = area();
    all.extend([
        (
            entry(),
            "entry-registered",
            json!({"register": "PG", "year": 2026, "number": 42, "documents": [content(1), content(3)],
                "without_main": true, "key": digest(5), "request": digest(6)}),
            json!({"direction": "incoming", "subject": "Istanza di occupazione \"suolo\"\u{2028}è",
                "correspondents": [{"role": "sender", "kind": "person", "name": "Ada Verdi", "given_name": "Ada",
                    "family_name": "Verdi", "tax_code": "VRDDAA70A41H501X", "email": "ada@example.org",
                    "pec": "ada@pec.example.org", "address": "Via Roma 1"},
                    {"role": "copy", "kind": "business", "name": "Gamma Srl"},
                    {"role": "recipient", "kind": "administration", "name": "Regione",
                    "ipa": {"administration": "r_prova", "area": "AOO1", "unit": "UFX7K2"}}],
                "received": {"on": "2026-01-02", "channel": "pec", "number": "7/A", "date": "2026-01-01",
                    "deferred_reason": "guasto"},
                "classification": "6.3", "assignments": assignments, "confidential": true,
                "files": [{"file_name": "istanza.pdf", "kind": "Istanza", "description": "firmata"},
                    {"file_name": "pianta.dwg"}],
                "location": "Armadio 3", "fields": {"organ": "Giunta", "amount": 12.5},
                "links": [{"relation": "answers", "entry": "PG/2026/7"}], "emergency": {"register": DOSSIER, "number": 3,
                    "at": "2026-01-02T08:30:00Z", "operator": "Ugo Neri"}}),
        ),
        (
            "registers/PG/entries/2019/42".to_owned(),
            "entry-imported",
            json!({"register": "PG", "year": 2019, "number": 42, "documents": [content(1)], "key": digest(5),
                "request": digest(6), "without_main": true, "source": "Protocollo Arcadia"}),
            json!({"direction": "incoming", "subject": "Istanza", "correspondents": [], "classification": "6.3",
                "confidential": false, "files": [{"file_name": "istanza.pdf"}],
                "earlier": {"registered": "2019-03-04T10:15:00", "author": "Ada Verdi", "annulment": {"on": "2019-03-05",
                    "by": "Ugo Neri", "reason": "doppia", "act": {"number": "7", "date": "2019-03-05"}},
                    "classification": "VI/3", "assigned": "Ufficio di allora", "dossier": "12/2019",
                    "received": "del 2019-03-01", "id": "A-77", "notes": "registro cartaceo"}}),
        ),
        (
            "registers/PG".to_owned(),
            "register-imported",
            json!({"register": "PG", "source": "Protocollo Arcadia", "on": "2026-01-10", "years": [{"year": 2019,
                "entries": 41, "first": 1, "last": 42, "gaps": [{"from": 7, "to": 7}]}]}),
            json!({}),
        ),
        (
            "registers/PG".to_owned(),
            "emergency-register-imported",
            json!({"register": "PG", "id": DOSSIER, "sha256": digest(1), "began": "2026-01-02T08:00:00Z",
                "restored": "2026-01-02T17:00:00Z", "entries": 3, "days": [{"day": "2026-01-02", "entries": 3}]}),
            json!({"cause": "Guasto", "act": {"number": "12", "date": "2026-01-02"}, "authorised_by": "Ada Verdi",
                "extensions": [{"number": "13", "date": "2026-01-03"}]}),
        ),
        (
            entry(),
            "entry-annulled",
            json!({}),
            json!({"reason": "doppia registrazione", "act": {"number": "12", "date": "2026-01-05"}}),
        ),
        (
            entry(),
            "entry-fields-annulled",
            json!({"names": ["subject", "correspondents", "received"]}),
            json!({"reason": "errore", "act": {"number": "13", "date": "2026-01-06"}, "fields": {
                "subject": "Istanza di concessione", "correspondents": [{"role": "sender", "kind": "person", "name": "Ada Verdi"}],
                "received": {"on": "2026-01-02", "channel": "post"}}}),
        ),
        (entry(), "entry-linked", json!({"relation": "corrected-by", "entry": "PG/2026/43"}), json!({})),
        (entry(), "entry-classified", json!({}), json!({"classification": "6.5"})),
        (entry(), "entry-assigned", json!({}), json!({"assignments": assignments})),
        (
            entry(),
            "assignment-answered",
            json!({}),
            json!({"office": "edilizia", "answer": "returned", "reason": "spetta ai tributi"}),
        ),
        (
            entry(),
            "entry-document-added",
            json!({"documents": [content(7)]}),
            json!({"file_name": "scansione.pdf", "kind": "Scansione", "description": "fronte e retro"}),
        ),
        (entry(), "entry-marked", json!({"documents": [content(15)], "trial": true}), json!({"dossier": DOSSIER})),
        (
            entry(),
            "entry-message-kept",
            json!({"way": "received", "documents": [content(17)]}),
            json!({"message": "exception", "identifier": "c_x999/AOO1/PG/0000123/2026-01-09",
                "anomaly": "002_AnomaliaImpronte", "text": "non corrisponde", "act": "n. 3 del 2026-01-08"}),
        ),
        (
            "documents/13-0".to_owned(),
            "document-created",
            json!({"documents": [content(9)], "key": digest(11)}),
            json!({"file_name": "bozza.odt", "title": "Bozza", "classification": "6.3"}),
        ),
        (
            "documents/13-0".to_owned(),
            "document-version-added",
            json!({"document": "13-0", "documents": [content(12)]}),
            json!({"file_name": "bozza 2.odt"}),
        ),
        (
            dossier(),
            "dossier-opened",
            json!({"dossier": DOSSIER, "code": "6.3/2026/12/1", "parent": "0192f0c1-2222-4333-8444-555566667776"}),
            json!({"title": "Dehors", "classification": "6.3", "office": "edilizia", "participants": ["polizia"],
                "officer": "u7", "parties": [{"name": "Ada Verdi", "tax_code": "VRDDAA70A41H501X", "role": "istante"}],
                "procedure": "occupazione-suolo"}),
        ),
        (
            dossier(),
            "dossier-item-added",
            json!({"dossier": DOSSIER, "item": 3, "of": {"entry": "PG/2026/42"}, "shown": true}),
            json!({}),
        ),
        (dossier(), "dossier-item-shown", json!({"item": 3, "shown": false}), json!({})),
        (dossier(), "dossier-item-removed", json!({"item": 3}), json!({"reason": "fascicolo sbagliato"})),
        (dossier(), "dossier-closed", json!({}), json!({"reason": "concluso"})),
        (dossier(), "dossier-reopened", json!({}), json!({"reason": "ricorso"})),
        (
            "registers/PG/daily/2026-05-28".to_owned(),
            "register-formed",
            json!({"register": "PG", "period": "2026-05-28", "id": "c_x999AOO1-20260528-148", "number": 148,
                "first": 41, "last": 57, "entries": 17, "annulled": 1, "changes": 2, "from": 120, "to": 160,
                "closed": true, "previous": digest(16), "forms": ["pdf", "xml", "csv", "json"],
                "documents": [content(17), content(19), content(21), content(23)]}),
            json!({"responsible": "Mara Bianchi"}),
        ),
        (
            "access/2026-01-02".to_owned(),
            "access-log-sealed",
            json!({"date": "2026-01-02", "sha256": digest(14), "size": 123}),
            json!({}),
        ),
    ]);
    all
}

/// The kinds that make the area, its people and its schemes.
fn area() -> Vec<(String, &'static str, Value, Value)> {
    let row = |subject: &str, kind, public, private| (subject.to_owned(), kind, public, private);
    vec![
        row(
            "archive",
            "archive-created",
            json!({"format": 1, "organization": "c_x999", "area": "AOO1"}),
            json!({"name": "Comune di Prova", "pec": "protocollo@pec.comune.example", "open": true}),
        ),
        row(
            "classification-schemes/comuni",
            "classification-scheme-adopted",
            json!({"scheme": "comuni", "title": "Titolario", "classes": [{"code": "6", "title": "Territorio"},
                {"code": "6.3", "title": "Edilizia", "retention_years": 9999, "notes": "anche abusi"}],
                "valid_from": "2027-01-01"}),
            json!({}),
        ),
        row("registers/PG", "register-opened", json!({"register": "PG", "title": "Protocollo generale"}), json!({})),
        row(
            "registers/DEC",
            "register-changed",
            json!({"register": "DEC", "title": "Decreti", "special": true, "fields": {"type": "object",
                "properties": {"organ": {"enum": ["Sindaco"]}}}, "exempt": ["gazzetta"], "closed": true}),
            json!({"reason": "fine dell'uso"}),
        ),
        row(
            "offices/edilizia",
            "office-added",
            json!({"office": "edilizia", "parent": "tecnico"}),
            json!({"name": "Edilizia privata"}),
        ),
        row(
            "offices/edilizia",
            "office-changed",
            json!({"office": "edilizia", "parent": "tecnico", "valid_from": "2026-01-01", "valid_until": "2026-12-31",
                "ipa": "UFX7K2"}),
            json!({"name": "Sportello edilizia", "email": "edilizia@example.org", "pec": "edilizia@pec.example.org"}),
        ),
        row(
            "users/u7/absences/a3",
            "absence-recorded",
            json!({"absence": "a3", "user": "u7", "substitute": "u8"}),
            json!({"from": "2026-08-10", "until": "2026-08-21"}),
        ),
        row("users/u7/absences/a3", "absence-ended", json!({"absence": "a3", "user": "u7"}), json!({})),
        row(
            "users/u7",
            "user-added",
            json!({"user": "u7", "roles": ["officer", "registrar"], "offices": ["edilizia"]}),
            json!({"name": "m.bianchi", "full_name": "Mara Bianchi", "given_name": "Mara", "family_name": "Bianchi",
                "tax_code": "BNCMRA80A41H501X"}),
        ),
        row(
            "users/u7",
            "user-changed",
            json!({"user": "u7", "roles": ["manager"], "offices": ["edilizia"], "active": false}),
            json!({"full_name": "Mara Bianchi", "given_name": "Mara", "family_name": "Bianchi",
                "tax_code": "BNCMRA80A41H501X"}),
        ),
        row(
            "tokens/t3",
            "token-created",
            json!({"token": "t3", "user": "u7", "scopes": ["read", "register", "dossiers", "act-for-citizen"]}),
            json!({"label": "portale"}),
        ),
        row("tokens/t3", "token-revoked", json!({"token": "t3"}), json!({})),
    ]
}

/// The kinds that have something to leave out, without it.
fn bare() -> Vec<(&'static str, Value, Value)> {
    let digest = hex::encode([1; 32]);
    vec![
        (
            "archive-created",
            json!({"format": 1, "organization": "c", "area": "a"}),
            json!({"name": "n", "pec": null, "open": false}),
        ),
        (
            "classification-scheme-adopted",
            json!({"scheme": "s", "title": "t", "classes": [{"code": "1", "title": "t"}]}),
            json!({}),
        ),
        ("office-added", json!({"office": "a", "parent": null}), json!({"name": "n"})),
        ("office-changed", json!({"office": "a", "parent": null}), json!({"name": "n"})),
        (
            "absence-recorded",
            json!({"absence": "a1", "user": "u1", "substitute": null}),
            json!({"from": "2026-08-10", "until": "2026-08-10"}),
        ),
        ("user-changed", json!({"user": "u1", "roles": [], "offices": [], "active": true}), json!({"full_name": "n"})),
        (
            "user-added",
            json!({"user": "u1", "roles": [], "offices": []}),
            json!({"name": "a", "full_name": "", "tax_code": null}),
        ),
        (
            "entry-registered",
            json!({"register": "PG", "year": 2026, "number": 1, "documents": [], "key": digest, "request": digest}),
            json!({"direction": "outgoing", "subject": "s", "correspondents": [], "classification": "1",
                "confidential": false, "files": []}),
        ),
        (
            "register-changed",
            json!({"register": "PG", "title": "t", "special": false, "fields": null, "exempt": [], "closed": false}),
            json!({"reason": null}),
        ),
        (
            "entry-fields-annulled",
            json!({"names": ["subject"]}),
            json!({"reason": "r", "act": {"number": "1", "date": "2026-01-06"}, "fields": {"subject": "s"}}),
        ),
        ("entry-document-added", json!({"documents": []}), json!({"file_name": "a"})),
        ("entry-marked", json!({"documents": [{"blake3": digest, "sha256": digest, "size": 1}]}), json!({})),
        (
            "entry-message-kept",
            json!({"way": "written", "documents": [{"blake3": digest, "sha256": digest, "size": 1}]}),
            json!({"message": "confirmation"}),
        ),
        (
            "register-formed",
            json!({"register": "PG", "period": "2026", "id": "a", "number": 1, "first": null, "last": null,
                "entries": 0, "annulled": 0, "changes": 0, "from": 0, "to": 3, "forms": ["pdf"],
                "documents": [{"blake3": digest, "sha256": digest, "size": 1}]}),
            json!({}),
        ),
        ("document-created", json!({"documents": []}), json!({"file_name": "a", "title": "", "classification": null})),
        (
            "dossier-opened",
            json!({"dossier": DOSSIER, "code": "1/2026/1", "parent": null}),
            json!({"title": "t", "classification": "1", "office": null, "participants": [], "officer": null,
                "parties": [{"name": "n"}], "procedure": null}),
        ),
        (
            "dossier-item-added",
            json!({"dossier": DOSSIER, "item": 1, "of": {"document": "1-0"}, "shown": false}),
            json!({}),
        ),
    ]
}

fn event(kind: &str, public: &Value, private: &Value) -> Event {
    Event::decode(kind, 1, &public.to_string(), Some(&private.to_string())).unwrap()
}

fn without_salt(text: &str) -> Value {
    let mut value: Value = serde_json::from_str(text).unwrap();
    assert!(text.starts_with("{\"salt\":\""), "the salt comes first: {text}");
    assert_eq!(value.as_object_mut().unwrap().remove("salt").unwrap().as_str().unwrap().len(), 32);
    value
}

#[test]
fn every_kind_has_its_schema_and_its_fixture_and_nothing_else_has() {
    let kinds = |ending: &dyn Fn(&str, u32) -> String| -> BTreeSet<String> {
        Event::KINDS.iter().map(|(kind, version)| ending(kind, *version)).collect()
    };
    assert_eq!(names(&folder("schema/events")), kinds(&|kind, _| format!("{kind}.json")));
    assert_eq!(names(&folder("fixtures/events")), kinds(&|kind, version| format!("{kind}-v{version}.json")));
}

/// Read and written again, nothing is lost: a field that was renamed or dropped would be.
#[test]
fn every_line_ever_written_is_read_back_whole() {
    for name in names(&folder("fixtures/events")) {
        let text = std::fs::read_to_string(folder("fixtures/events").join(&name)).unwrap();
        let line = RawLine::parse(text.trim_end_matches('\n').as_bytes()).unwrap_or_else(|e| panic!("{name}: {e}"));
        line.check().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(format!("{}-v{}.json", line.kind, line.version), name);
        let private = line.private.as_deref().unwrap();
        let event = Event::decode(&line.kind, line.version, &line.public, Some(private)).unwrap();
        let (public_again, private_again) = event.encode().unwrap();
        assert_eq!(without_salt(&public_again), without_salt(&line.public), "{name}");
        assert_eq!(without_salt(&private_again), without_salt(private), "{name}");
        Event::decode(&line.kind, line.version, &line.public, None).expect("readable without its private part");
    }
}

#[test]
fn schemas_accept_what_is_written_and_nothing_more() {
    let full = full();
    let written: BTreeSet<_> = full.iter().map(|(_, kind, _, _)| (*kind).to_owned()).collect();
    assert_eq!(written, Event::KINDS.iter().map(|(kind, _)| (*kind).to_owned()).collect());
    let fresh = full.into_iter().map(|(_, kind, public, private)| (kind, public, private)).chain(bare());
    for (kind, public, private) in fresh {
        let (public_text, private_text) = event(kind, &public, &private).encode().unwrap();
        assert_eq!(without_salt(&public_text), public, "{kind}");
        assert_eq!(without_salt(&private_text), private, "{kind}");
        accept(kind, &public_text, &private_text);
    }
    for name in names(&folder("fixtures/events")) {
        let text = std::fs::read_to_string(folder("fixtures/events").join(&name)).unwrap();
        let line = RawLine::parse(text.trim_end().as_bytes()).unwrap();
        accept(&line.kind, &line.public, line.private.as_deref().unwrap());
    }
}

/// The schema takes the two parts, also with the private one destroyed, and no part with a field more or less.
fn accept(kind: &str, public: &str, private: &str) {
    let schema = schema(kind);
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let whole = json!({"public": parse(public), "private": parse(private)});
    if let Err(error) = schema.validate(&whole) {
        panic!("{kind}: {error} at {}: {whole:#}", error.instance_path());
    }
    assert!(schema.is_valid(&json!({"public": parse(public), "private": null})), "{kind}, destroyed");
    for part in ["public", "private"] {
        let mut more = whole.clone();
        more[part]["unknown"] = json!(1);
        assert!(!schema.is_valid(&more), "{kind} takes an unknown field in {part}");
        let mut less = whole.clone();
        less[part].as_object_mut().unwrap().remove("salt");
        assert!(!schema.is_valid(&less), "{kind} does without a salt in {part}");
    }
}

#[test]
#[ignore = "writes the fixtures that are missing"]
fn write_missing_event_fixtures() {
    let scratch = tempfile::tempdir().unwrap();
    let (mut journal, _, _) = Journal::open(Disk::real(), scratch.path(), Settings::default(), None, 0).unwrap();
    let time = "2026-01-02T09:00:00.123456Z".parse().unwrap();
    for (subject, kind, public, private) in full() {
        let event = event(kind, &public, &private);
        let (public, private) = event.encode().unwrap();
        let (actor, kind) = ("u7".to_owned(), kind.to_owned());
        journal.append(&[Line { time, actor, kind, version: event.version(), subject, public, private }]).unwrap();
    }
    let lines = std::fs::read_to_string(scratch.path().join("journal/000000000000.jsonl")).unwrap();
    for line in lines.lines().filter(|line| line.starts_with("{\"position\":")) {
        let raw = RawLine::parse(line.as_bytes()).unwrap();
        let path = folder("fixtures/events").join(format!("{}-v{}.json", raw.kind, raw.version));
        if !std::fs::exists(&path).unwrap() {
            std::fs::write(path, format!("{line}\n")).unwrap();
        }
    }
}
