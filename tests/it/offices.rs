//! Offices in time, and who stands in for whom: ended offices keep what they have, a substitute's reach begins and ends
//! by the day in Rome.

use serde_json::{Value, json};
use tabularium::clock::Clock;

use crate::harness::{Answer, Town, new_entry};

const OFFICES: &str = "/api/v1/offices";
const EVENING: &str = "2026-08-09T20:00:00Z";

fn town(clock: &Clock) -> Town {
    let clock = clock.clone();
    Town::with_options(Default::default(), |options| options.clock = clock)
}

fn clock() -> Clock {
    Clock::manual(EVENING.parse().unwrap())
}

fn errors(answer: &Answer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = answer.value()["errors"].as_array().unwrap().clone();
    errors.iter().map(|error| (text(&error["field"]), text(&error["message"]))).collect()
}

fn fields(answer: &Answer) -> Vec<String> {
    answer.fields()
}

fn register(town: &Town, more: Value) -> Answer {
    let blake3 = town.upload("registrar", b"istanza");
    let mut entry = new_entry("Istanza");
    entry["document"] = json!({"blake3": blake3, "file_name": "istanza.txt"});
    for (name, value) in more.as_object().into_iter().flatten() {
        entry[name] = value.clone();
    }
    town.as_("registrar").with("Idempotency-Key", &town.key()).post("/api/v1/registers/PG/entries", &entry)
}

fn path(entry: &Value) -> String {
    format!("/api/v1/registers/PG/entries/{}/{}", entry["year"], entry["number"])
}

fn to(office: &str) -> Value {
    json!([{"office": office, "mode": "responsible"}])
}

#[test]
fn an_office_is_moved_renamed_and_ended_by_who_saw_it() {
    let clock = clock();
    let town = town(&clock);
    let administrator = town.as_("administrator");
    let made = administrator.post(OFFICES, &json!({"code": "tecnica", "name": "Area tecnica", "ipa": "UFX7K2"}));
    assert_eq!(made.header("location"), Some("/api/v1/offices/tecnica"));
    assert_eq!(made.created()["ipa"], "UFX7K2");
    let one = format!("{OFFICES}/edilizia");
    let etag = administrator.get(&one).header("etag").unwrap().to_owned();
    let moved = administrator.clone().with("If-Match", &etag).patch(&one, &json!({"parent": "tecnica"})).ok();
    assert_eq!((&moved["parent"], &moved["name"]), (&json!("tecnica"), &json!("Edilizia privata")));
    let late = administrator.clone().with("If-Match", &etag).patch(&one, &json!({"name": "Edilizia"}));
    assert_eq!(late.expect(412).problem(), "changed");
    clock.set("2026-08-10T08:00:00Z".parse().unwrap());
    let renamed = administrator.patch(&one, &json!({"name": "Edilizia", "pec": "edilizia@pec.example.it"})).ok();
    assert_eq!(renamed["former_names"][0]["name"], "Edilizia privata");

    let circle = administrator.patch(&format!("{OFFICES}/tecnica"), &json!({"parent": "edilizia"}));
    assert_eq!(errors(&circle.expect(422)), [("parent".into(), "an office cannot stand below itself".into())]);
    let early = administrator.patch(&format!("{OFFICES}/tecnica"), &json!({"valid_until": "2026-08-01"}));
    assert_eq!(fields(&early.expect(422)), ["valid_until"], "edilizia would be left over");
    for (bad, field) in [
        (json!({"parent": "nowhere"}), "parent"),
        (json!({"name": " "}), "name"),
        (json!({"ipa": "a b"}), "ipa"),
        (json!({"pec": "nobody"}), "pec"),
        (json!({"valid_from": "2026-08-02", "valid_until": "2026-08-01"}), "valid_until"),
    ] {
        assert_eq!(fields(&administrator.patch(&one, &bad).expect(422)), [field], "{bad}");
    }
    administrator.patch(&format!("{OFFICES}/nowhere"), &json!({})).expect(404);

    // Who belongs to an office belongs to those below it, by the tree as it is now.
    let entry = register(&town, json!({"assignments": to("edilizia")})).created();
    town.as_("manager").get(&path(&entry)).expect(404);
    administrator.patch(&one, &json!({"parent": "tributi"})).ok();
    town.as_("manager").get(&path(&entry)).ok();
    administrator.patch(&one, &json!({"parent": null})).ok();
    town.as_("manager").get(&path(&entry)).expect(404);
}

#[test]
fn an_ended_office_takes_nothing_new_keeps_what_it_has_and_may_be_opened_again() {
    let clock = clock();
    let town = town(&clock);
    let administrator = town.as_("administrator");
    let entry = register(&town, json!({"assignments": to("edilizia")})).created();
    let dossier = json!({"title": "Pratica", "classification": "6.3", "office": "edilizia"});
    town.as_("registrar").post("/api/v1/dossiers", &dossier).created();
    town.settle_index();
    let one = format!("{OFFICES}/edilizia");
    let holds = administrator.get(&one).ok()["holds"].clone();
    assert_eq!(holds, json!({"entries": 1, "dossiers": 1, "users": 1, "offices": 0}));
    assert!(town.as_("officer").get(&one).ok().get("holds").is_none(), "numbers are for who keeps the offices");

    let ending = administrator.patch(&one, &json!({"valid_until": "2026-08-09"})).ok();
    assert_eq!(ending["state"], "open", "to the end of its last day");
    register(&town, json!({"assignments": to("edilizia")})).created();
    // Midnight in Rome, ten in the evening in UTC.
    clock.set("2026-08-09T22:00:00Z".parse().unwrap());
    assert_eq!(administrator.get(&one).ok()["state"], "ended");
    let refused = register(&town, json!({"assignments": to("edilizia")}));
    let said = "takes nothing new, for it has ended: edilizia";
    assert_eq!(errors(&refused.expect(422)), [("assignments[0].office".into(), said.into())]);
    let refused = town.as_("registrar").post("/api/v1/dossiers", &dossier);
    assert_eq!(fields(&refused.expect(422)), ["office"]);
    let user = json!({"name": "nuova", "roles": ["officer"], "offices": ["edilizia"]});
    assert_eq!(fields(&administrator.post("/api/v1/users", &user).expect(422)), ["offices"]);
    administrator.patch("/api/v1/users/officer", &json!({"offices": ["edilizia"], "full_name": "Ugo"})).ok();
    let below = json!({"code": "condoni", "name": "Condoni", "parent": "edilizia"});
    assert_eq!(fields(&administrator.post(OFFICES, &below).expect(422)), ["parent"]);

    // What it has stays its own, also when another is assigned besides.
    let officer = town.as_("officer");
    officer.get(&path(&entry)).ok();
    let both = json!({"assignments": [{"office": "edilizia", "mode": "information"}, {"office": "tributi", "mode": "responsible"}]});
    town.as_("registrar").put(&format!("{}/assignments", path(&entry)), &both).ok();
    administrator.patch(&one, &json!({"valid_until": null})).ok();
    register(&town, json!({"assignments": to("edilizia")})).created();
}

#[test]
fn an_office_that_has_not_begun_takes_nothing_yet() {
    let clock = clock();
    let town = town(&clock);
    let new = json!({"code": "verde", "name": "Verde", "valid_from": "2026-08-10"});
    assert_eq!(town.as_("administrator").post(OFFICES, &new).created()["state"], "future");
    assert_eq!(fields(&register(&town, json!({"assignments": to("verde")})).expect(422)), ["assignments[0].office"]);
    clock.set("2026-08-09T22:00:00Z".parse().unwrap());
    register(&town, json!({"assignments": to("verde")})).created();
}

#[test]
fn metadata_name_the_office_as_it_was_with_its_code() {
    let clock = clock();
    let town = town(&clock);
    let administrator = town.as_("administrator");
    let entry = register(
        &town,
        json!({"assignments": to("edilizia"), "correspondents": [
        {"role": "sender", "kind": "administration", "name": "Comune di Altrove", "pec": "altrove@pec.example.it",
         "ipa": {"administration": "c_x998", "area": "A1B2C3D"}}]}),
    )
    .created();
    clock.set("2026-08-12T08:00:00Z".parse().unwrap());
    let change = json!({"name": "Sportello edilizia", "ipa": "UFX7K2", "pec": "edilizia@pec.example.it"});
    administrator.patch(&format!("{OFFICES}/edilizia"), &change).ok();
    let person = json!({"given_name": "Ada", "family_name": "Neri", "tax_code": "NREDAA80A41C722B"});
    let changed = administrator.patch("/api/v1/users/registrar", &person).ok();
    assert_eq!((&changed["family_name"], &changed["tax_code"]), (&json!("Neri"), &json!("NREDAA80A41C722B")));
    town.settle_index();
    let metadata = town.as_("registrar").get(&format!("{}/metadata.xml", path(&entry))).text();
    for part in ["Edilizia privata", ">UFX7K2<", "edilizia@pec.example.it", ">c_x998<", ">A1B2C3D<"] {
        assert!(metadata.contains(part), "{part} in {metadata}");
    }
    assert!(!metadata.contains("Sportello edilizia"), "it was called otherwise then");
}

#[test]
fn codes_of_the_ipa_are_for_administrations() {
    let town = town(&clock());
    let with = |kind: &str, ipa: Value| {
        register(&town, json!({"correspondents": [{"role": "sender", "kind": kind, "name": "Ente", "ipa": ipa}]}))
    };
    let made = with("administration", json!({"administration": "c_x998"})).created();
    assert_eq!(made["correspondents"][0]["ipa"]["administration"], "c_x998");
    let person = with("person", json!({"administration": "c_x998"}));
    assert_eq!(fields(&person.expect(422)), ["correspondents[0].ipa"]);
    let bad = with("administration", json!({"administration": "c x", "unit": ""}));
    assert_eq!(fields(&bad.expect(422)), ["correspondents[0].ipa.administration", "correspondents[0].ipa.unit"]);
}

const ABSENCES: &str = "/api/v1/users/officer/absences";

#[test]
fn a_substitute_reaches_what_the_absent_would_from_the_first_day_to_the_last() {
    let clock = clock();
    let town = town(&clock);
    let office = register(&town, json!({"assignments": to("edilizia")})).created();
    let person = json!([{"user": "officer", "mode": "responsible"}]);
    let own = register(&town, json!({"assignments": person, "confidential": true})).created();
    let manager = town.as_("manager");
    let absence = json!({"from": "2026-08-10", "until": "2026-08-11", "substitute": "manager"});
    let made = town.as_("officer").post(ABSENCES, &absence);
    assert_eq!(made.header("location"), Some("/api/v1/users/officer/absences/a1"));
    assert_eq!(made.created()["state"], "coming");
    town.settle_index();
    let reach = |expected: bool, when: &str| {
        clock.set(when.parse().unwrap());
        for entry in [&office, &own] {
            let status = if expected { 200 } else { 404 };
            assert_eq!(manager.get(&path(entry)).status, status, "{when}: {}", path(entry));
        }
        let found = manager.get("/api/v1/search?q=istanza&kind=entry").ok();
        assert_eq!(found["total"], if expected { 2 } else { 0 }, "{when}");
        let session = manager.get("/api/v1/session").ok();
        assert_eq!(session.get("stands_in_for").is_some(), expected, "{when}: {session}");
        assert_eq!(session["roles"], json!(["manager"]), "roles stay his own");
        let inbox = manager.get("/api/v1/inbox").ok();
        assert_eq!(inbox["items"].as_array().unwrap().len(), if expected { 2 } else { 0 }, "{when}: {inbox}");
    };
    reach(false, "2026-08-09T21:59:59Z");
    reach(true, "2026-08-09T22:00:00Z");
    // What he does is done under his own name.
    manager.put(&format!("{}/classification", path(&office)), &json!({"classification": "6.1"})).ok();
    let history = town.as_("officer").get(&format!("{}/history", path(&office))).ok();
    assert_eq!(history["items"][1]["by"], "manager");
    reach(true, "2026-08-11T21:59:59Z");
    // The absent one's own work is taken on in his place.
    let taken = json!({"user": "officer", "answer": "accepted"});
    manager.post(&format!("{}/assignments/answers", path(&own)), &taken).expect(200);
    reach(false, "2026-08-11T22:00:00Z");
    assert_eq!(town.as_("officer").get(ABSENCES).ok()["items"][0]["state"], "over");
}

#[test]
fn an_absence_is_ended_at_once_by_himself_or_an_administrator() {
    let clock = clock();
    let town = town(&clock);
    let entry = register(&town, json!({"assignments": to("edilizia")})).created();
    let absence = json!({"from": "2026-08-01", "until": "2026-08-31", "substitute": "manager"});
    let made = town.as_("administrator").post(ABSENCES, &absence).created();
    let one = format!("{ABSENCES}/{}", made["id"].as_str().unwrap());
    town.as_("manager").get(&path(&entry)).ok();
    town.as_("manager").delete(&one).expect(403);
    town.as_("manager").get(ABSENCES).expect(403);
    town.as_("officer").delete(&one).expect(204);
    town.as_("manager").get(&path(&entry)).expect(404);
    assert!(town.as_("officer").get(ABSENCES).ok()["items"][0]["ended_at"].is_string());
    assert_eq!(town.as_("officer").delete(&one).expect(409).problem(), "already-exists");
    town.as_("administrator").delete("/api/v1/users/manager/absences/a1").expect(404);
}

#[test]
fn a_substitute_is_there_can_do_the_work_and_passes_nothing_on() {
    let clock = clock();
    let town = town(&clock);
    let administrator = town.as_("administrator");
    let august = |user: &str, substitute: Value| {
        let absence = json!({"from": "2026-08-10", "until": "2026-08-20", "substitute": substitute});
        administrator.post(&format!("/api/v1/users/{user}/absences"), &absence)
    };
    for nobody in ["officer", "registrar", "citizen", "nobody"] {
        assert_eq!(fields(&august("officer", json!(nobody)).expect(422)), ["substitute"], "{nobody}");
    }
    assert_eq!(fields(&august("citizen", json!(null)).expect(422)), ["user"]);
    let third = json!({"name": "terza", "roles": ["officer"], "offices": ["tributi"]});
    administrator.post("/api/v1/users", &third).created();
    august("manager", json!("terza")).created();
    assert_eq!(fields(&august("officer", json!("manager")).expect(422)), ["substitute"], "away himself");
    august("officer", json!("terza")).created();
    assert_eq!(fields(&august("officer", json!(null)).expect(422)), ["from"], "away already");
    for (from, until, field) in [("2026-09-02", "2026-09-01", "until"), ("2026-08-01", "2026-08-02", "until")] {
        let absence = json!({"from": from, "until": until});
        assert_eq!(fields(&town.as_("officer").post(ABSENCES, &absence).expect(422)), [field]);
    }
    // Who is switched off has nothing to stand in for.
    clock.set("2026-08-12T08:00:00Z".parse().unwrap());
    let token = administrator.post("/api/v1/tokens", &json!({"user": "terza"})).created();
    let third = town.anonymous().with("Authorization", &format!("Bearer {}", token["token"].as_str().unwrap()));
    let absent = |n: usize| assert_eq!(third.get("/api/v1/session").ok()["stands_in_for"].as_array().unwrap().len(), n);
    absent(2);
    administrator.patch("/api/v1/users/officer", &json!({"active": false})).ok();
    absent(1);
}
