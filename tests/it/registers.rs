//! Several registers, fields of their own, single facts annulled and given anew, links between entries.

use serde_json::{Value, json};

use crate::harness::{Town, new_entry};

const REGISTERS: &str = "/api/v1/registers";

fn decrees() -> Value {
    json!({"code": "DEC", "title": "Decreti del sindaco", "special": true, "exempt": ["Gazzetta  ufficiale"],
        "fields": {"type": "object", "required": ["adopted_on"], "properties": {
            "adopted_on": {"type": "string", "format": "date", "title": "Adottato il"},
            "amount": {"type": "number", "minimum": 0}}}})
}

/// An internal document without senders and recipients, as a repertorio takes it.
fn decree(town: &Town, fields: Value) -> Value {
    let blake3 = town.upload("registrar", b"decreta");
    json!({"direction": "internal", "subject": "Nomina dell'assessore", "correspondents": [], "classification": "2.3",
        "document": {"blake3": blake3, "file_name": "decreto.txt"}, "fields": fields})
}

fn path(entry: &Value) -> String {
    format!("{REGISTERS}/{}/entries/{}/{}", entry["register"].as_str().unwrap(), entry["year"], entry["number"])
}

fn wrong(answer: &crate::harness::Answer) -> Vec<String> {
    let errors = answer.value()["errors"].clone();
    errors.as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_special_register_numbers_by_itself_and_asks_for_its_own_fields() {
    let town = Town::new();
    let opened = town.as_("administrator").post(REGISTERS, &decrees()).created();
    assert_eq!((&opened["state"], &opened["special"]), (&json!("open"), &json!(true)));
    assert_eq!(opened["exempt"], json!(["gazzetta ufficiale"]));
    let entries = format!("{REGISTERS}/DEC/entries");
    let registrar = town.as_("registrar");
    let post = |body: &Value| registrar.clone().with("Idempotency-Key", &town.key()).post(&entries, body);

    town.register("Prima nel protocollo", "testo", json!({}));
    let first = post(&decree(&town, json!({"adopted_on": "2026-01-02", "amount": 12.5}))).created();
    assert_eq!(
        (&first["number"], &first["mark"]),
        (&json!(1), &json!(format!("c_c722/AOO1/DEC/{}/0000001", first["year"])))
    );
    assert_eq!(first["fields"], json!({"adopted_on": "2026-01-02", "amount": 12.5}));
    assert_eq!(post(&decree(&town, json!({"adopted_on": "2026-01-03"}))).created()["number"], 2);

    for (fields, field) in [
        (json!({}), "fields.adopted_on"),
        (json!({"adopted_on": "2026-02-30"}), "fields.adopted_on"),
        (json!({"adopted_on": "2026-01-02", "amount": -1}), "fields.amount"),
        (json!({"adopted_on": "2026-01-02", "other": 1}), "fields.other"),
    ] {
        assert_eq!(wrong(&post(&decree(&town, fields)).expect(422)), [field]);
    }
    let mut exempt = decree(&town, json!({"adopted_on": "2026-01-02"}));
    exempt["document"]["kind"] = json!("GAZZETTA ufficiale");
    assert_eq!(wrong(&post(&exempt).expect(422)), ["document.kind"]);
    // The general register has none of this, and wants a correspondent.
    let mut general = decree(&town, json!({"adopted_on": "2026-01-02"}));
    let to_general = |body: &Value| {
        let client = town.as_("registrar").with("Idempotency-Key", &town.key());
        client.post(&format!("{REGISTERS}/PG/entries"), body).expect(422)
    };
    assert_eq!(wrong(&to_general(&general)), ["correspondents", "fields"]);
    general["fields"] = json!({});
    assert_eq!(wrong(&to_general(&general)), ["correspondents"]);

    // What the fields say is found.
    town.settle_index();
    let found = town.as_("registrar").get("/api/v1/search?q=%2212.5%22&kind=entry").ok();
    assert_eq!(found["items"][0]["id"], json!(format!("DEC/{}/1", first["year"])), "{found:#}");
}

#[test]
fn a_register_is_changed_by_who_saw_it_and_closed_with_a_reason() {
    let town = Town::new();
    let administrator = town.as_("administrator");
    administrator.post(REGISTERS, &decrees()).created();
    assert_eq!(
        administrator.post(REGISTERS, &json!({"code": "dec", "title": "x"})).expect(409).problem(),
        "already-exists"
    );
    for bad in [
        json!({"code": "X", "title": ""}),
        json!({"code": "A2345678901234567", "title": "x"}),
        json!({"code": "X", "title": "x", "fields": {"type": "array"}}),
    ] {
        administrator.post(REGISTERS, &bad).expect(422);
    }
    let one = format!("{REGISTERS}/DEC");
    let etag = administrator.get(&one).header("etag").unwrap().to_owned();
    let change = json!({"title": "Decreti"});
    let changed = administrator.clone().with("If-Match", &etag).patch(&one, &change).ok();
    assert_eq!((&changed["title"], &changed["special"]), (&json!("Decreti"), &json!(true)), "the rest stays");
    assert_eq!(administrator.clone().with("If-Match", &etag).patch(&one, &change).expect(412).problem(), "changed");
    assert_eq!(wrong(&administrator.patch(&one, &json!({"closed": true})).expect(422)), ["reason"]);
    administrator.patch(&one, &json!({"closed": true, "reason": "fine dell'uso"})).ok();

    let registrar = town.as_("registrar").with("Idempotency-Key", &town.key());
    let late = registrar.post(&format!("{one}/entries"), &decree(&town, json!({"adopted_on": "2026-01-02"})));
    assert_eq!(late.expect(409).problem(), "register-closed");
    administrator.patch(&one, &json!({"closed": false, "reason": "serve ancora", "fields": {}})).ok();
    let entry = decree(&town, json!({}));
    assert_eq!(registrar.post(&format!("{one}/entries"), &entry).created()["number"], 1, "no number was lost");
}

#[test]
fn single_facts_are_annulled_and_given_anew_and_what_they_were_stays_readable() {
    let town = Town::new();
    let entry = town.register("Richiesta di ocupazione", "testo", json!({}));
    let path = path(&entry);
    let registrar = town.as_("registrar");
    let act = json!({"number": "7", "date": "2026-01-05"});
    let annul = |fields: Value| {
        registrar.post(&format!("{path}/annulment"), &json!({"reason": "errore", "act": act, "fields": fields}))
    };
    let after = annul(json!({"subject": "Richiesta di occupazione"})).ok();
    assert_eq!((&after["subject"], &after["annulled"]), (&json!("Richiesta di occupazione"), &json!(null)));
    let was = &after["annulled_fields"][0];
    assert_eq!((&was["field"], &was["was"]), (&json!("subject"), &json!("Richiesta di ocupazione")));
    assert_eq!((&was["by"], &was["act"]), (&json!("registrar"), &act));

    let sender = json!([{"role": "sender", "kind": "person", "name": "Maria Rossi", "tax_code": "rssmra80a41c722f"}]);
    let after = annul(json!({"correspondents": sender})).ok();
    assert_eq!(after["correspondents"][0]["tax_code"], "RSSMRA80A41C722F");
    assert_eq!(after["annulled_fields"][1]["was"][0]["name"], "Mario Rossi");
    for (fields, field) in [
        (json!({}), "fields"),
        (json!({"subject": "Richiesta di occupazione"}), "fields.subject"),
        (json!({"correspondents": []}), "fields.correspondents"),
        (json!({"received": {"on": "2999-01-01", "channel": "pec"}}), "fields.received.on"),
    ] {
        assert_eq!(wrong(&annul(fields).expect(422)), [field]);
    }

    // Found by what it is now; both stand in its history.
    town.settle_index();
    let total = |word: &str| registrar.get(&format!("/api/v1/search?q=%22{word}%22")).ok()["total"].clone();
    assert_eq!((total("occupazione"), total("ocupazione")), (json!(1), json!(0)));
    let history = registrar.get(&format!("{path}/history")).ok();
    let kinds: Vec<&Value> = history["items"].as_array().unwrap().iter().map(|item| &item["kind"]).collect();
    assert_eq!(kinds, ["entry-registered", "entry-fields-annulled", "entry-fields-annulled"]);
    assert_eq!(history["items"][0]["data"]["subject"], "Richiesta di ocupazione");

    registrar.post(&format!("{path}/annulment"), &json!({"reason": "doppia", "act": act})).ok();
    assert_eq!(annul(json!({"subject": "Ancora"})).expect(409).problem(), "entry-annulled");
}

#[test]
fn two_entries_that_are_linked_both_say_so() {
    let town = Town::new();
    let request = town.register("Istanza", "testo", json!({}));
    let reference = |entry: &Value| json!({"register": "PG", "year": entry["year"], "number": entry["number"]});
    let answer =
        town.register("Risposta", "altro", json!({"links": [{"relation": "answers", "entry": reference(&request)}]}));
    let registrar = town.as_("registrar");
    let links = |entry: &Value| registrar.get(&path(entry)).ok()["links"].clone();
    assert_eq!(
        links(&answer),
        json!([{"relation": "answers", "entry": reference(&request), "number_text": "0000001"}])
    );
    assert_eq!(
        links(&request),
        json!([{"relation": "answered-by", "entry": reference(&answer), "number_text": "0000002"}])
    );

    let link = |from: &Value, relation: &str, to: &Value| {
        registrar.post(&format!("{}/links", path(from)), &json!({"relation": relation, "entry": to}))
    };
    assert_eq!(link(&answer, "answers", &reference(&request)).expect(409).problem(), "already-exists");
    assert_eq!(wrong(&link(&answer, "follows", &reference(&answer)).expect(422)), ["entry"], "itself");
    let nothing = json!({"register": "PG", "year": 2026, "number": 99});
    assert_eq!(wrong(&link(&answer, "follows", &nothing).expect(422)), ["entry"]);
    let mut unknown = new_entry("Con collegamento");
    unknown["links"] = json!([{"relation": "corrects", "entry": nothing}]);
    let client = registrar.clone().with("Idempotency-Key", &town.key());
    assert_eq!(wrong(&client.post(&format!("{REGISTERS}/PG/entries"), &unknown).expect(422)), ["links[0].entry"]);

    // What corrects an annulled entry can still say so; who may not know of the other is told of no link.
    let act = json!({"reason": "doppia", "act": {"number": "1", "date": "2026-01-05"}});
    registrar.post(&format!("{}/annulment", path(&request)), &act).ok();
    link(&answer, "corrects", &reference(&request)).created();
    let given = json!({"assignments": [{"office": "edilizia", "mode": "responsible"}]});
    registrar.put(&format!("{}/assignments", path(&answer)), &given).ok();
    let seen = town.as_("officer").get(&path(&answer)).ok();
    assert_eq!(seen["links"], json!(null), "{seen:#}");
}
