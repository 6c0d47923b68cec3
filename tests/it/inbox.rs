//! The inbox of each office and person: who sees it, who may answer, and what comes back to whom.

use serde_json::{Value, json};

use crate::harness::{Answer, TAX_CODE, Town};

const INBOX: &str = "/api/v1/inbox";

fn to(office: &str) -> Value {
    json!([{"office": office, "mode": "responsible"}])
}

fn given(town: &Town, subject: &str, assignments: Value) -> Value {
    town.register(subject, subject, json!({"assignments": assignments}))
}

fn path(entry: &Value) -> String {
    format!("/api/v1/registers/{}/entries/{}/{}", entry["register"].as_str().unwrap(), entry["year"], entry["number"])
}

fn answer(town: &Town, who: &str, entry: &Value, body: &Value) -> Answer {
    town.as_(who).post(&format!("{}/assignments/answers", path(entry)), body)
}

fn subjects(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["entry"]["subject"].as_str().unwrap().to_owned()).collect()
}

/// What stands in an inbox: by the tail, and once more when the index has it.
fn inbox(town: &Town, who: &str, query: &str) -> Value {
    let read = || town.as_(who).get(&format!("{INBOX}?{query}")).ok();
    let fresh = read();
    town.settle_index();
    let settled = read();
    assert_eq!(fresh, settled, "the index says what the tail said");
    settled
}

#[test]
fn what_is_given_waits_until_somebody_of_the_office_takes_it_on() {
    let town = Town::new();
    let entry = given(&town, "Permesso per un balcone", to("edilizia"));
    assert_eq!(entry["progress"][0]["state"], "waiting");
    let page = inbox(&town, "officer", "");
    assert_eq!(subjects(&page), ["Permesso per un balcone"]);
    assert_eq!(page["counts"], json!({"waiting": 1, "accepted": 0, "returned": 0, "done": 0, "overdue": 0}));
    assert_eq!(page["items"][0]["progress"]["by"], "registrar");

    let accepted = json!({"office": "edilizia", "answer": "accepted"});
    // A stranger to the entry does not know of it; who assigns does not answer for others.
    assert_eq!(answer(&town, "manager", &entry, &accepted).expect(404).problem(), "not-found");
    assert_eq!(answer(&town, "registrar", &entry, &accepted).expect(403).problem(), "forbidden");
    assert_eq!(answer(&town, "auditor", &entry, &accepted).expect(403).problem(), "forbidden");
    let elsewhere = json!({"office": "tributi", "answer": "accepted"});
    answer(&town, "officer", &entry, &elsewhere).expect(403);
    assert_eq!(subjects(&inbox(&town, "manager", "")), Vec::<String>::new());
    assert_eq!(subjects(&inbox(&town, "manager", "of=office:edilizia")), Vec::<String>::new(), "nor by its name");
    assert_eq!(inbox(&town, "manager", "of=office:edilizia")["counts"]["waiting"], 0, "nor by counting");
    assert_eq!(subjects(&inbox(&town, "registrar", "of=office:edilizia")).len(), 1, "the registry sees all");

    let now = answer(&town, "officer", &entry, &accepted).ok();
    let progress = &now["progress"][0];
    assert_eq!((&progress["state"], &progress["worker"]), (&json!("accepted"), &json!("officer")));
    assert_eq!(answer(&town, "officer", &entry, &accepted).expect(409).problem(), "assignment-state");
    assert!(subjects(&inbox(&town, "officer", "")).is_empty());
    assert_eq!(subjects(&inbox(&town, "officer", "state=accepted")).len(), 1);
    answer(&town, "officer", &entry, &json!({"office": "edilizia", "answer": "done"})).ok();
    let done = inbox(&town, "officer", "state=done");
    assert_eq!((subjects(&done).len(), &done["counts"]["done"]), (1, &json!(1)));

    let history = town.as_("officer").get(&format!("{}/history", path(&entry))).ok();
    let said: Vec<_> = history["items"].as_array().unwrap().iter().map(|one| (&one["kind"], &one["by"])).collect();
    let (kind, officer) = (json!("assignment-answered"), json!("officer"));
    assert_eq!(said[1..], [(&kind, &officer), (&kind, &officer)]);

    // Annulled, it is nobody's work.
    let act = json!({"reason": "Doppia", "act": {"number": "1", "date": "2026-01-02"}});
    town.as_("registrar").post(&format!("{}/annulment", path(&entry)), &act).ok();
    assert!(subjects(&inbox(&town, "officer", "state=done")).is_empty());
    answer(&town, "officer", &entry, &json!({"office": "edilizia", "answer": "reopened"})).expect(409);
}

#[test]
fn what_is_sent_back_comes_to_the_registry_and_goes_on_to_another_office() {
    let town = Town::new();
    let assignments = json!([{"office": "edilizia", "mode": "responsible", "due": "2030-05-02", "note": "Parere"}]);
    let entry = given(&town, "Avviso di accertamento", assignments);
    let back = json!({"office": "edilizia", "answer": "returned"});
    assert_eq!(answer(&town, "officer", &entry, &back).expect(422).fields(), ["reason"]);
    let back = json!({"office": "edilizia", "answer": "returned", "reason": "  "});
    assert_eq!(answer(&town, "officer", &entry, &back).expect(422).fields(), ["reason"]);
    let back = json!({"office": "edilizia", "answer": "returned", "reason": "Spetta ai Tributi"});
    answer(&town, "officer", &entry, &back).ok();
    let page = inbox(&town, "registrar", "state=returned");
    assert_eq!((subjects(&page).len(), &page["counts"]["returned"]), (1, &json!(1)));
    let item = &page["items"][0];
    assert_eq!(
        (&item["progress"]["reason"], &item["progress"]["by"]),
        (&json!("Spetta ai Tributi"), &json!("officer"))
    );
    assert!(subjects(&inbox(&town, "officer", "state=returned")).is_empty(), "he did not assign it");
    assert_eq!(subjects(&inbox(&town, "officer", "of=office:edilizia&state=returned")).len(), 1);

    let item = json!({"entry": {"register": "PG", "year": entry["year"], "number": entry["number"]},
        "office": "edilizia", "if_match": item["etag"]});
    let work = json!({"items": [item], "assign": {"office": "tributi", "mode": "responsible"}});
    let done = town.as_("registrar").post("/api/v1/inbox/answers", &work).ok();
    assert_eq!(done["items"][0]["outcome"], "done", "{done}");
    let again = town.as_("registrar").post("/api/v1/inbox/answers", &work).ok();
    assert_eq!(again["items"][0]["problem"]["status"], 412, "it is another version now");
    assert!(subjects(&inbox(&town, "registrar", "state=returned")).is_empty());
    assert!(subjects(&inbox(&town, "officer", "of=office:edilizia&state=returned")).is_empty());
    let page = inbox(&town, "manager", "");
    assert_eq!(subjects(&page).len(), 1);
    let assignment = &page["items"][0]["assignment"];
    assert_eq!((&assignment["due"], &assignment["note"]), (&json!("2030-05-02"), &json!("Parere")), "goes along");

    // An officer who gives on what he has gets back what does not fit.
    let own = given(&town, "Passa di mano", to("edilizia"));
    let user = json!([{"user": "manager", "mode": "responsible"}, {"office": "edilizia", "mode": "information"}]);
    town.as_("officer").put(&format!("{}/assignments", path(&own)), &json!({"assignments": user})).ok();
    let back = json!({"user": "manager", "answer": "returned", "reason": "Sono in ferie"});
    answer(&town, "officer", &own, &back).expect(403);
    answer(&town, "manager", &own, &back).ok();
    assert_eq!(subjects(&inbox(&town, "officer", "state=returned")), ["Passa di mano"]);
    // Who may assign may have it done after all.
    let reopened = json!({"user": "manager", "answer": "reopened", "reason": "Serve la sua firma"});
    answer(&town, "registrar", &own, &reopened).ok();
    assert_eq!(subjects(&inbox(&town, "manager", "")).len(), 2);
}

#[test]
fn of_two_who_accept_at_once_the_second_is_told() {
    let town = Town::new();
    let entry = given(&town, "In due", to("edilizia"));
    let etag = town.as_("officer").get(&path(&entry)).expect(200).header("ETag").unwrap().to_owned();
    let accepted = json!({"office": "edilizia", "answer": "accepted"});
    let at = format!("{}/assignments/answers", path(&entry));
    let client = || town.as_("officer").with("If-Match", &etag);
    client().post(&at, &accepted).ok();
    assert_eq!(client().post(&at, &accepted).expect(412).problem(), "changed");
}

#[test]
fn others_keep_where_they_were_when_an_entry_is_given_to_more() {
    let town = Town::new();
    let entry = given(&town, "A molti", to("edilizia"));
    answer(&town, "officer", &entry, &json!({"office": "edilizia", "answer": "done"})).ok();
    let more = json!({"assignments": [{"office": "edilizia", "mode": "responsible"},
        {"office": "tributi", "mode": "information"}]});
    let now = town.as_("registrar").put(&format!("{}/assignments", path(&entry)), &more).ok();
    let states: Vec<_> = now["progress"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!(states, ["done", "waiting"]);
    // What is given to be known is taken note of, and no more.
    for (said, status) in [("accepted", 409), ("done", 200), ("done", 409)] {
        answer(&town, "manager", &entry, &json!({"office": "tributi", "answer": said})).expect(status);
    }
    answer(&town, "officer", &entry, &json!({"office": "polizia", "answer": "done"})).expect(403);
    answer(&town, "officer", &entry, &json!({"answer": "done"})).expect(422);
}

#[test]
fn what_is_due_first_stands_first() {
    let town = Town::new();
    let due = |day: &str| json!([{"office": "edilizia", "mode": "responsible", "due": day}]);
    given(&town, "senza termine, vecchia", to("edilizia"));
    given(&town, "fra molto", due("2999-01-01"));
    given(&town, "scaduta", due("2020-02-29"));
    given(&town, "senza termine, nuova", to("edilizia"));
    given(&town, "scaduta lo stesso giorno", due("2020-02-29"));
    let today = tabularium::clock::today();
    given(&town, "oggi", due(&today.to_string()));
    let order =
        ["scaduta", "scaduta lo stesso giorno", "oggi", "fra molto", "senza termine, vecchia", "senza termine, nuova"];
    let page = inbox(&town, "officer", "");
    assert_eq!(subjects(&page), order);
    assert_eq!((&page["counts"]["waiting"], &page["counts"]["overdue"]), (&json!(6), &json!(2)));
    assert_eq!(subjects(&inbox(&town, "officer", "due=overdue")), order[..2]);
    assert_eq!(subjects(&inbox(&town, "officer", "due=week")), order[2..3]);
    // Page by page, nothing is lost or shown twice.
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = inbox(&town, "officer", &format!("limit=2{cursor}"));
        seen.extend(subjects(&page));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, order);
    for (query, field) in [("of=edilizia", "of"), ("state=lost", "state"), ("due=soon", "due"), ("cursor=x", "cursor")]
    {
        assert_eq!(town.as_("officer").get(&format!("{INBOX}?{query}")).expect(422).fields(), [field], "{query}");
    }
    town.as_("officer").get(&format!("{INBOX}?of=office:nessuno")).expect(404);
    let wrong = json!({"assignments": [{"office": "edilizia", "mode": "responsible", "due": "0001-01-01"}]});
    let entry = given(&town, "giorno impossibile", to("edilizia"));
    let refused = town.as_("registrar").put(&format!("{}/assignments", path(&entry)), &wrong).expect(422);
    assert_eq!(refused.fields(), ["assignments[0].due"]);
}

#[test]
fn much_is_done_at_once_and_what_is_refused_keeps_no_other_back() {
    let town = Town::new();
    let entries: Vec<Value> = (0..5).map(|n| given(&town, &format!("Carta {n}"), to("edilizia"))).collect();
    let foreign = given(&town, "Di altri", to("tributi"));
    answer(&town, "officer", &entries[1], &json!({"office": "edilizia", "answer": "done"})).ok();
    let page = inbox(&town, "officer", "");
    let reference = |entry: &Value| json!({"register": "PG", "year": entry["year"], "number": entry["number"]});
    let item = |entry: &Value, office: &str| json!({"entry": reference(entry), "office": office});
    let mut items: Vec<Value> = entries.iter().map(|entry| item(entry, "edilizia")).collect();
    items.push(item(&foreign, "tributi"));
    items[0]["if_match"] = page["items"][0]["etag"].clone();
    items[2]["if_match"] = json!("\"1\"");
    let bulk = |work: &Value| town.as_("officer").post("/api/v1/inbox/answers", work);
    let done = bulk(&json!({"items": items, "answer": "accepted"})).ok();
    let said: Vec<_> = done["items"].as_array().unwrap().iter().map(|one| one["problem"]["status"].as_u64()).collect();
    assert_eq!(said, [None, Some(409), Some(412), None, None, Some(404)], "{done}");
    assert_eq!(inbox(&town, "officer", "")["counts"]["accepted"], 3);
    for (work, field) in [
        (json!({"items": [], "answer": "done"}), "items"),
        (json!({"items": vec![items[3].clone(); 201], "answer": "done"}), "items"),
        (json!({"items": [items[3]]}), "answer"),
        (
            json!({"items": [items[3]], "answer": "done", "assign": {"office": "tributi", "mode": "responsible"}}),
            "answer",
        ),
        (json!({"items": [items[3]], "answer": "returned"}), "reason"),
        (json!({"items": [{"entry": reference(&entries[3])}], "answer": "done"}), "items[0]"),
    ] {
        assert_eq!(bulk(&work).expect(422).fields(), [field], "{work}");
    }
}

#[test]
fn a_party_hears_nothing_of_who_works_on_it() {
    let town = Town::new();
    let assignments =
        json!([{"office": "edilizia", "mode": "responsible", "due": "2030-01-02", "note": "segretissimo"}]);
    let entry = given(&town, "Istanza del cittadino", assignments);
    let dossier = json!({"title": "Pratica", "classification": "6.3", "office": "edilizia",
        "parties": [{"name": "Mario Rossi", "tax_code": TAX_CODE}]});
    let dossier = town.as_("registrar").post("/api/v1/dossiers", &dossier).created();
    let reference = json!({"register": "PG", "year": entry["year"], "number": entry["number"]});
    let items = format!("/api/v1/dossiers/{}/items", dossier["id"].as_str().unwrap());
    town.as_("registrar").post(&items, &json!({"entry": reference, "shown": true})).created();
    town.settle_index();
    let citizen = town.as_("citizen");
    let saved = citizen.post("/api/v1/saved-searches", &json!({"name": "mia", "query": {"q": "istanza"}})).created();
    let saved = format!("/api/v1/saved-searches/{}", saved["id"].as_str().unwrap());
    let back = json!({"office": "edilizia", "answer": "returned", "reason": "motivo riservatissimo"});
    answer(&town, "officer", &entry, &back).ok();
    town.settle_index();

    citizen.get(INBOX).expect(403);
    citizen.get(&format!("{INBOX}?of=office:edilizia&state=returned")).expect(403);
    answer(&town, "citizen", &entry, &json!({"office": "edilizia", "answer": "done"})).expect(403);
    let seen = citizen.get(&path(&entry)).ok();
    assert_eq!(seen["assignments"], to("edilizia"), "the offices that have it, and no more");
    let whole = [
        seen.to_string(),
        citizen.get(&format!("{}/history", path(&entry))).ok().to_string(),
        citizen.get(&items).ok().to_string(),
        citizen.get("/api/v1/events?after=0&limit=200").ok().to_string(),
        citizen.get("/api/v1/search?q=istanza").ok().to_string(),
        citizen.get("/api/v1/search/export?q=istanza").text(),
    ];
    for told in whole {
        for word in ["riservatissimo", "segretissimo", "2030-01-02", "assignment-answered", "returned", "progress"] {
            assert!(!told.contains(word), "{word} in {told}");
        }
    }
    assert_eq!(citizen.get(&format!("{saved}/results?new=true")).ok()["items"], json!([]), "nothing new for him");
    let events = town.as_("officer").get("/api/v1/events?after=0&limit=200").ok();
    assert!(events.to_string().contains("assignment-answered"), "{events}");
}
