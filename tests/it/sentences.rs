//! Is each sentence of the contract true? Those that no example shows, tried one by one.

use serde_json::{Value, json};

use crate::harness::{TAX_CODE, Town, new_entry};

const ENTRIES: &str = "/api/v1/registers/PG/entries";

fn registered(town: &Town, entry: &Value) -> crate::harness::Answer {
    town.as_("registrar").with("Idempotency-Key", &town.key()).post(ENTRIES, entry)
}

#[test]
fn what_may_be_absent_may_be_null() {
    let town = Town::new();
    let mut entry = new_entry("Lettera");
    for name in ["assignments", "confidential", "document", "attachments", "location", "dossier"] {
        entry[name] = Value::Null;
    }
    for name in ["given_name", "family_name", "tax_code", "email", "pec", "address"] {
        entry["correspondents"][0][name] = Value::Null;
    }
    for name in ["number", "date", "deferred_reason"] {
        entry["received"][name] = Value::Null;
    }
    let made = registered(&town, &entry).created();
    assert_eq!((&made["confidential"], &made["attachments"]), (&json!(false), &json!([])));
    let dossier = json!({"title": "Pratica", "classification": "6.3", "parent": null, "office": null,
        "participants": null, "officer": null, "parties": null, "procedure": null});
    let dossier = town.as_("registrar").post("/api/v1/dossiers", &dossier).created();
    let reference = json!({"register": "PG", "year": made["year"], "number": made["number"]});
    let item = json!({"entry": reference, "document": null, "shown": null});
    let items = format!("/api/v1/dossiers/{}/items", dossier["id"].as_str().unwrap());
    assert_eq!(town.as_("registrar").post(&items, &item).created()["shown"], false);
    let user = json!({"name": "gino", "roles": ["officer"], "offices": ["edilizia"], "full_name": null, "tax_code": null,
        "password": null});
    town.as_("administrator").post("/api/v1/users", &user).expect(201);
    let token = json!({"user": "gino", "name": null, "scopes": null});
    town.as_("administrator").post("/api/v1/tokens", &token).expect(201);
    let all = json!({"q": null, "kind": null, "register": null, "year": null, "direction": null, "office": null,
        "classification": null, "from": null, "to": null, "sort": null, "facets": null, "cursor": null, "limit": null,
        "min_position": made["position"]});
    assert_eq!(town.as_("registrar").post("/api/v1/search", &all).ok()["total"], 2);
    // What is required is not.
    entry["subject"] = Value::Null;
    assert_eq!(registered(&town, &entry).expect(422).fields(), ["subject"]);
}

#[test]
fn every_value_that_the_contract_lists_is_taken() {
    let town = Town::new();
    let blake3 = town.upload("registrar", b"Contenuto.");
    let document = json!({"blake3": blake3, "file_name": "a.txt"});
    for channel in ["counter", "post", "email", "pec", "portal", "interoperability", "internal"] {
        let mut entry = new_entry("Lettera");
        entry["received"]["channel"] = json!(channel);
        let paper = ["counter", "post"].contains(&channel);
        let answer = registered(&town, &entry);
        assert_eq!(answer.status, if paper { 201 } else { 422 }, "{channel}: {}", answer.text());
        if !paper {
            assert_eq!(answer.fields(), ["document"]);
        }
        entry["document"] = document.clone();
        assert_eq!(registered(&town, &entry).created()["received"]["channel"], channel);
    }
    for direction in ["outgoing", "internal"] {
        for (role, kind) in [("sender", "person"), ("recipient", "business"), ("copy", "administration")] {
            let mut entry = new_entry("Nota");
            entry.as_object_mut().unwrap().remove("received");
            entry["direction"] = json!(direction);
            entry["document"] = document.clone();
            entry["correspondents"] = json!([{"role": role, "kind": kind, "name": "Qualcuno"}]);
            let made = registered(&town, &entry).created();
            assert_eq!((&made["direction"], &made["correspondents"]), (&json!(direction), &entry["correspondents"]));
            entry["direction"] = json!("incoming");
            assert_eq!(registered(&town, &entry).expect(422).fields(), ["received"]);
        }
    }
    for missing in ["direction", "subject", "correspondents", "classification"] {
        let mut entry = new_entry("Lettera");
        entry.as_object_mut().unwrap().remove(missing);
        assert_eq!(registered(&town, &entry).expect(422).fields(), [missing]);
    }
    for sort in ["relevance", "newest", "oldest"] {
        town.as_("registrar").get(&format!("/api/v1/search?q=lettera&sort={sort}")).expect(200);
    }
    for kind in ["entry", "document", "dossier", "case"] {
        town.as_("registrar").get(&format!("/api/v1/search?q=&kind={kind}")).expect(200);
    }
}

#[test]
fn a_list_gives_fifty_and_never_more_than_five_hundred() {
    let town = Town::new();
    // As many as tell 500 from more.
    for n in 0..501 {
        let office = json!({"code": format!("ufficio-{n}"), "name": "Ufficio"});
        let office = serde_json::from_value(office).unwrap();
        let system = tabularium::model::access::Actor::system();
        actix_web::rt::System::new().block_on(town.archive.add_office(&system, office)).unwrap();
    }
    let page = |path: &str| town.as_("administrator").get(path).ok();
    let rows = |page: &Value| page["items"].as_array().unwrap().len();
    let first = page("/api/v1/offices");
    assert_eq!(rows(&first), 50);
    let most = page("/api/v1/offices?limit=1000");
    assert_eq!(rows(&most), 500);
    let rest = page(&format!("/api/v1/offices?limit=500&cursor={}", most["next_cursor"].as_str().unwrap()));
    assert_eq!((rows(&rest), &rest["next_cursor"]), (3, &Value::Null));
    assert_eq!(rows(&page("/api/v1/events")), 50);
    assert_eq!(rows(&page("/api/v1/events?limit=1000")), 500);
    let wrong = town.as_("administrator").get("/api/v1/offices?cursor=x").expect(422);
    assert_eq!(wrong.fields(), ["cursor"]);
}

#[test]
fn a_key_belongs_to_who_sends_it_and_to_the_register() {
    let town = Town::new();
    let paper = new_entry("Lettera");
    let send = |user: &str| town.as_(user).with("Idempotency-Key", "la-stessa").post(ENTRIES, &paper);
    let (registrar, again) = (send("registrar").created(), send("registrar").ok());
    assert_eq!(registrar["number"], again["number"]);
    let user = json!({"name": "seconda", "roles": ["registrar"]});
    town.as_("administrator").post("/api/v1/users", &user).expect(201);
    let token = town.as_("administrator").post("/api/v1/tokens", &json!({"user": "seconda"})).created();
    let bearer = format!("Bearer {}", token["token"].as_str().unwrap());
    let second = town.anonymous().with("Authorization", &bearer).with("Idempotency-Key", "la-stessa");
    assert_eq!(second.post(ENTRIES, &paper).created()["number"], registrar["number"].as_u64().unwrap() + 1);
    let elsewhere = town.as_("registrar").with("Idempotency-Key", "la-stessa");
    let elsewhere = elsewhere.post("/api/v1/registers/NO/entries", &paper).expect(404);
    assert_eq!(elsewhere.problem(), "not-found");
}

#[test]
fn officers_register_what_goes_out_and_citizens_see_their_own_dossier() {
    let town = Town::new();
    let blake3 = town.upload("officer", b"Nota.");
    let mut note = new_entry("Nota");
    note["document"] = json!({"blake3": blake3, "file_name": "nota.txt"});
    let send = |note: &Value| town.as_("officer").with("Idempotency-Key", &town.key()).post(ENTRIES, note);
    assert_eq!(send(&note).expect(403).problem(), "forbidden");
    note.as_object_mut().unwrap().remove("received");
    for direction in ["outgoing", "internal"] {
        note["direction"] = json!(direction);
        send(&note).expect(201);
    }
    let party = json!([{"name": "Mario Rossi", "tax_code": TAX_CODE}]);
    let dossier = json!({"title": "Pratica", "classification": "6.3", "parties": party});
    let dossier = town.as_("registrar").post("/api/v1/dossiers", &dossier).created();
    let address = format!("/api/v1/dossiers/{}", dossier["id"].as_str().unwrap());
    assert_eq!(town.as_("citizen").get(&address).ok()["code"], dossier["code"]);
    assert_eq!(town.as_("manager").get(&address).expect(404).problem(), "not-found");
    let closure = |user: &str| town.as_(user).post(&format!("{address}/closure"), &json!({"reason": "x"}));
    assert_eq!(closure("citizen").expect(403).problem(), "forbidden");
    assert_eq!(closure("archivist").ok()["state"], "closed");
}

#[test]
fn a_place_that_the_journal_has_not_reached_is_no_place_to_follow_from() {
    let town = Town::new();
    let last = town.register("Ultimo", "testo", json!({}))["position"].as_u64().unwrap();
    let registrar = town.as_("registrar");
    assert_eq!(registrar.get(&format!("/api/v1/events?after={last}")).ok()["items"], json!([]));
    for after in [last + 1, u64::MAX - 1, u64::MAX] {
        let answer = registrar.get(&format!("/api/v1/events?after={after}&wait=1")).expect(422);
        assert_eq!(answer.fields(), ["after"]);
    }
}

#[test]
fn a_title_is_one_line_that_says_something() {
    let town = Town::new();
    for text in ["due\nrighe", "due\tcolonne", "\u{200b}\u{feff}"] {
        assert_eq!(registered(&town, &new_entry(text)).expect(422).fields(), ["subject"], "{text:?}");
        let dossier = json!({"title": text, "classification": "6.3"});
        assert_eq!(town.as_("registrar").post("/api/v1/dossiers", &dossier).expect(422).fields(), ["title"]);
        let mut entry = new_entry("Lettera");
        let blake3 = town.upload("registrar", b"Contenuto.");
        entry["document"] = json!({"blake3": blake3, "file_name": format!("{text}\r.pdf")});
        assert_eq!(registered(&town, &entry).expect(422).fields(), ["document.file_name"], "{text:?}");
    }
    // Reasons and addresses may go over several lines.
    let mut entry = new_entry("Lettera");
    entry["correspondents"][0]["address"] = json!("Via Roma 1\n10100 Torino");
    entry["received"]["deferred_reason"] = json!("Sciopero.\nPoi neve.");
    registered(&town, &entry).expect(201);
}

#[test]
fn each_is_assigned_once_and_only_staff() {
    let town = Town::new();
    let refused = |assignments: Value| {
        let mut entry = new_entry("Lettera");
        entry["assignments"] = assignments.clone();
        let at_once = registered(&town, &entry).expect(422).fields();
        let made = registered(&town, &new_entry("Lettera")).created();
        let path = format!("{ENTRIES}/{}/{}/assignments", made["year"], made["number"]);
        let later = town.as_("registrar").put(&path, &json!({"assignments": assignments})).expect(422).fields();
        assert_eq!(at_once, later);
        later
    };
    let office = |mode: &str| json!({"office": "edilizia", "mode": mode});
    let user = |name: &str| json!({"user": name, "mode": "information"});
    assert_eq!(refused(json!([office("responsible"), office("information")])), ["assignments[1]"]);
    assert_eq!(refused(json!([user("officer"), office("responsible"), user("officer")])), ["assignments[2]"]);
    for nobody in ["citizen", "service"] {
        assert_eq!(refused(json!([user(nobody)])), ["assignments[0].user"]);
    }
    let mut entry = new_entry("Lettera");
    entry["assignments"] =
        json!([office("responsible"), user("officer"), {"office": "tributi", "mode": "responsible"}]);
    registered(&town, &entry).expect(201);
}

#[test]
fn offices_and_citizens_are_not_there_twice() {
    let town = Town::new();
    let administrator = town.as_("administrator");
    let shouted = json!({"code": "EDILIZIA", "name": "Edilizia"});
    assert_eq!(administrator.post("/api/v1/offices", &shouted).expect(409).problem(), "already-exists");
    let twin = json!({"name": "mario", "roles": ["citizen"], "tax_code": TAX_CODE.to_lowercase()});
    assert_eq!(administrator.post("/api/v1/users", &twin).expect(409).problem(), "already-exists");
    // One who is blocked makes room for another, and then does not come back beside him.
    administrator.patch("/api/v1/users/citizen", &json!({"active": false})).ok();
    administrator.post("/api/v1/users", &twin).expect(201);
    let back = administrator.patch("/api/v1/users/citizen", &json!({"active": true}));
    assert_eq!(back.expect(409).problem(), "already-exists");
    // An officer may have the tax code of a citizen: it opens nothing to him.
    let officer = json!({"name": "gino", "roles": ["officer"], "offices": ["edilizia"], "tax_code": TAX_CODE});
    administrator.post("/api/v1/users", &officer).expect(201);
}

#[test]
fn a_cursor_goes_on_in_the_list_it_came_from_only() {
    let town = Town::new();
    for n in 0..3 {
        town.register(&format!("Lettera {n}"), &format!("testo {n}"), json!({}));
    }
    let registrar = town.as_("registrar");
    let first = registrar.get(&format!("{ENTRIES}?limit=1")).ok();
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(registrar.get(&format!("{ENTRIES}?limit=2&cursor={cursor}")).ok()["items"].as_array().unwrap().len(), 2);
    let others = [
        format!("{ENTRIES}?direction=incoming&cursor={cursor}"),
        format!("/api/v1/dossiers?cursor={cursor}"),
        format!("/api/v1/search?q=lettera&sort=newest&cursor={cursor}"),
    ];
    for other in others {
        assert_eq!(registrar.get(&other).expect(422).fields(), ["cursor"], "{other}");
    }
}
