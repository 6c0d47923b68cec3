//! What does a citizen see of what he is a party of? Himself, the others by name, and the house by its offices.

use serde_json::{Value, json};

use crate::harness::{TAX_CODE, Town, shared};

/// What belongs to another party, and to people who work here.
const OTHERS: [&str; 5] = ["VRDLGI80A01C722Z", "luigi@example.org", "Via dei Tigli 9", "registrar", "officer"];

/// A letter to the citizen and to somebody else, given to an office and to one of its people.
fn letter(town: &Town) -> Value {
    let body = json!({
        "direction": "outgoing",
        "received": null,
        "correspondents": [
            {"role": "recipient", "kind": "person", "name": "Mario Rossi", "tax_code": TAX_CODE, "email": "m@example.org"},
            {"role": "recipient", "kind": "person", "name": "Luigi Verdi", "tax_code": "VRDLGI80A01C722Z",
             "email": "luigi@example.org", "address": "Via dei Tigli 9"},
        ],
        "assignments": [{"office": "edilizia", "mode": "responsible"}, {"user": "officer", "mode": "information"}],
    });
    town.register("Convocazione delle parti", "testo", body)
}

/// A dossier of the citizen and of somebody else, and what it holds, shown or not.
fn dossier(town: &Town, items: &[(&Value, bool)]) {
    let opened = json!({"title": "Lite fra vicini", "classification": "6.3", "office": "edilizia",
        "officer": "officer", "parties": parties()});
    let registrar = town.as_("registrar");
    let id = registrar.post("/api/v1/dossiers", &opened).created()["id"].as_str().unwrap().to_owned();
    for (entry, shown) in items {
        let reference = json!({"register": "PG", "year": entry["year"], "number": entry["number"]});
        let item = json!({"entry": reference, "shown": shown});
        registrar.post(&format!("/api/v1/dossiers/{id}/items"), &item).created();
    }
}

fn parties() -> Value {
    json!([{"name": "Mario Rossi", "tax_code": TAX_CODE}, {"name": "Luigi Verdi", "tax_code": "VRDLGI80A01C722Z"}])
}

#[track_caller]
fn nothing_of_others(told: &Value) {
    let text = told.to_string();
    for word in OTHERS {
        assert!(!text.contains(word), "{word} in {told:#}");
    }
}

#[test]
fn an_entry_tells_a_party_of_others_no_more_than_their_names() {
    let town = shared();
    let entry = letter(&town);
    dossier(&town, &[(&entry, true)]);
    let path = format!("/api/v1/registers/PG/entries/{}/{}", entry["year"], entry["number"]);
    let registrar = town.as_("registrar");
    registrar.put(&format!("{path}/classification"), &json!({"classification": "6.4"})).ok();
    let other = json!({"assignments": [{"user": "officer", "mode": "responsible"}]});
    registrar.put(&format!("{path}/assignments"), &other).ok();
    for citizen in [town.as_("citizen"), town.on_behalf_of(TAX_CODE)] {
        let seen = citizen.get(&path).ok();
        nothing_of_others(&seen);
        assert_eq!(seen["correspondents"][0]["email"], "m@example.org", "his own he sees");
        let other = json!({"role": "recipient", "kind": "person", "name": "Luigi Verdi"});
        assert_eq!(seen["correspondents"][1], other);
        assert_eq!(seen["assignments"], json!([]), "given to a person");
        assert!(seen.get("registered_by").is_none(), "{seen:#}");
        let history = citizen.get(&format!("{path}/history")).ok();
        nothing_of_others(&history);
        let kinds: Vec<_> = history["items"].as_array().unwrap().iter().map(|item| item["kind"].clone()).collect();
        assert_eq!(kinds, ["entry-registered", "entry-classified"]);
        assert!(history["items"][0].get("by").is_none(), "{history:#}");
        assert_eq!(history["items"][0]["data"]["subject"], "Convocazione delle parti");
    }
    let whole = registrar.get(&path).ok();
    assert_eq!(
        (&whole["registered_by"], &whole["correspondents"][1]["email"]),
        (&json!("registrar"), &json!("luigi@example.org"))
    );
    let history = registrar.get(&format!("{path}/history")).ok();
    assert_eq!((history["items"].as_array().unwrap().len(), &history["items"][2]["by"]), (3, &json!("registrar")));
}

#[test]
fn what_was_annulled_tells_a_party_no_more_either() {
    let town = shared();
    let entry = letter(&town);
    dossier(&town, &[(&entry, true)]);
    let path = format!("/api/v1/registers/PG/entries/{}/{}", entry["year"], entry["number"]);
    let mut anew = entry["correspondents"].clone();
    anew[0]["name"] = json!("Mario Rossi fu Carlo");
    let annulment = json!({"reason": "Nome errato", "act": {"number": "1", "date": "2026-01-02"},
        "fields": {"correspondents": anew}});
    town.as_("registrar").post(&format!("{path}/annulment"), &annulment).ok();
    let seen = town.as_("citizen").get(&path).ok();
    nothing_of_others(&seen);
    let was = &seen["annulled_fields"][0];
    assert_eq!((&was["was"][1]["name"], &was["reason"]), (&json!("Luigi Verdi"), &json!("Nome errato")));
    let history = town.as_("citizen").get(&format!("{path}/history")).ok();
    nothing_of_others(&history);
    assert_eq!(history["items"][1]["data"]["fields"]["correspondents"][0]["name"], "Mario Rossi fu Carlo");
}

#[test]
fn events_tell_a_party_what_the_thing_shows_him() {
    let town = shared();
    let before = town.archive.journal_size() - 1;
    let entry = letter(&town);
    let withheld = town.register("Appunto trattenuto", "testo", json!({}));
    dossier(&town, &[(&entry, true), (&withheld, false)]);
    let registrar = town.as_("registrar");
    let path = format!("/api/v1/registers/PG/entries/{}/{}", entry["year"], entry["number"]);
    let other = json!({"assignments": [{"user": "officer", "mode": "responsible"}]});
    registrar.put(&format!("{path}/assignments"), &other).ok();
    let events = format!("/api/v1/events?after={before}&limit=200");
    for citizen in [town.as_("citizen"), town.on_behalf_of(TAX_CODE)] {
        let told = citizen.get(&events).ok();
        nothing_of_others(&told);
        let items = told["items"].as_array().unwrap();
        let of = |kind: &str| items.iter().filter(|event| event["kind"] == kind).collect::<Vec<_>>();
        let opened = of("dossier-opened")[0];
        assert_eq!(opened["data"]["parties"], json!([{"name": "Mario Rossi", "tax_code": TAX_CODE}]));
        assert!(opened["data"].get("officer").is_none() && opened.get("actor").is_none(), "{opened:#}");
        assert_eq!(opened["data"]["office"], "edilizia", "as the dossier shows it");
        assert_eq!(of("dossier-item-added").len(), 1, "what is withheld is not told of: {told:#}");
        assert!(of("entry-assigned").is_empty(), "{told:#}");
    }
    let whole = registrar.get(&events).ok();
    let whole = whole["items"].as_array().unwrap();
    let opened = whole.iter().find(|event| event["kind"] == "dossier-opened").unwrap();
    assert_eq!((&opened["actor"], &opened["data"]["parties"]), (&json!("registrar"), &parties()));
    let count = |kind: &str| whole.iter().filter(|event| event["kind"] == kind).count();
    assert_eq!((count("dossier-item-added"), count("entry-assigned")), (2, 1));
}

/// What is done in a town with a draft of the house in the citizen's dossier.
fn draft_in_a_dossier(town: &Town) -> (String, String) {
    let officer = town.as_("officer");
    let blake3 = town.upload("officer", b"Bozza della relazione");
    let new = json!({"blake3": blake3, "file_name": "bozza.txt", "title": "Relazione"});
    let document = officer.post("/api/v1/documents", &new).created()["id"].as_str().unwrap().to_owned();
    let opened = json!({"title": "Lite fra vicini", "classification": "6.3", "office": "edilizia",
        "officer": "manager", "parties": parties()});
    let dossier = officer.post("/api/v1/dossiers", &opened).created()["id"].as_str().unwrap().to_owned();
    let item = json!({"document": document, "shown": true});
    officer.post(&format!("/api/v1/dossiers/{dossier}/items"), &item).created();
    (format!("/api/v1/documents/{document}"), format!("/api/v1/dossiers/{dossier}"))
}

#[test]
fn documents_and_dossiers_tell_a_party_nobody_who_works_here_but_who_is_in_charge() {
    let town = shared();
    let entry = letter(&town);
    dossier(&town, &[(&entry, true)]);
    let registered = format!("/api/v1/documents/{}", entry["document"]["id"].as_str().unwrap());
    let (draft, dossier) = draft_in_a_dossier(&town);
    for citizen in [town.as_("citizen"), town.on_behalf_of(TAX_CODE)] {
        for document in [&registered, &draft] {
            let seen = citizen.get(document).ok();
            nothing_of_others(&seen);
            assert_eq!((seen.get("created_by"), seen["versions"][0].get("by")), (None, None), "{seen:#}");
        }
        for mut seen in [citizen.get(&dossier).ok(), citizen.get("/api/v1/dossiers").ok()["items"][0].clone()] {
            assert_eq!((seen.get("opened_by"), &seen["officer"]), (None, &json!("manager")), "the law wants it said");
            seen.as_object_mut().unwrap().retain(|name, _| !name.starts_with("officer"));
            nothing_of_others(&seen);
        }
        nothing_of_others(&citizen.get(&format!("{dossier}/items")).ok());
    }
    let officer = town.as_("officer");
    let whole = officer.get(&draft).ok();
    assert_eq!((&whole["created_by"], &whole["versions"][0]["by"]), (&json!("officer"), &json!("officer")));
    assert_eq!(officer.get(&dossier).ok()["opened_by"], "officer");
}

#[test]
fn a_mark_names_every_recipient_and_is_not_for_a_party() {
    let town = shared();
    let entry = letter(&town);
    dossier(&town, &[(&entry, true)]);
    let path = format!("/api/v1/registers/PG/entries/{}/{}/mark.xml", entry["year"], entry["number"]);
    for made in [false, true] {
        for citizen in [town.as_("citizen"), town.on_behalf_of(TAX_CODE)] {
            assert_eq!(citizen.get(&path).expect(404).problem(), "not-found", "made before: {made}");
        }
        let mark = town.as_("registrar").get(&path).expect(200).text();
        assert!(mark.contains("VRDLGI80A01C722Z"), "what a party must not read: {mark}");
    }
}
