//! The classification scheme in time: versions that wait and come into force by the day, files in and out, and entries
//! that keep the class and the title they had.

use std::process::Command;

use serde_json::{Value, json};
use tabularium::clock::Clock;

use crate::harness::{Answer, Client, Town, new_entry};

const SCHEMES: &str = "/api/v1/classification-schemes";

/// The last evening of the year in Rome.
const EVENING: &str = "2026-12-31T20:00:00Z";
/// Half an hour into the new year in Rome, and still the old one in UTC.
const NEW_YEAR: &str = "2026-12-31T23:30:00Z";

fn town(clock: &Clock) -> Town {
    let clock = clock.clone();
    Town::with_options(Default::default(), |options| options.clock = clock)
}

fn clock() -> Clock {
    Clock::manual(EVENING.parse().unwrap())
}

fn class(code: &str, title: &str, years: Option<u16>) -> Value {
    let mut class = json!({"code": code, "title": title});
    if let Some(years) = years {
        class["retention_years"] = json!(years);
    }
    class
}

/// Two titles with a class each; `6.3` is called otherwise than before.
fn next_year() -> Value {
    json!({"valid_from": "2027-01-01", "classes": [
        class("6", "Territorio", Some(9999)), class("6.3", "Edilizia e abusi", Some(10)),
        class("15", "Transizione digitale", None), class("15.1", "Servizi in rete", Some(5))]})
}

fn fields(answer: &Answer) -> Vec<String> {
    answer.fields()
}

fn in_force(client: &Client<'_>) -> Value {
    client.get(SCHEMES).ok()["items"][0].clone()
}

fn register(town: &Town, class: &str) -> Answer {
    let blake3 = town.upload("registrar", b"istanza");
    let mut entry = new_entry("Istanza");
    entry["received"]["on"] = json!("2026-12-31");
    entry["classification"] = json!(class);
    entry["document"] = json!({"blake3": blake3, "file_name": "istanza.txt"});
    town.as_("registrar").with("Idempotency-Key", &town.key()).post("/api/v1/registers/PG/entries", &entry)
}

fn path(entry: &Value) -> String {
    format!("/api/v1/registers/PG/entries/{}/{}", entry["year"], entry["number"])
}

#[test]
fn a_version_waits_comes_into_force_at_midnight_in_rome_and_old_entries_keep_their_titles() {
    let clock = clock();
    let town = town(&clock);
    let administrator = town.as_("administrator");
    let before = in_force(&administrator);
    let old = register(&town, "6.3").created();
    assert_eq!(old["classification_title"], "Edilizia privata");
    let dossier = json!({"title": "Pratica", "classification": "6.3"});
    let dossier = town.as_("registrar").post("/api/v1/dossiers", &dossier).created();

    let adopted = administrator.post(SCHEMES, &next_year()).created();
    assert_eq!((&adopted["version"], &adopted["valid_from"]), (&json!(2), &json!("2027-01-01")));
    assert_eq!(adopted["versions"][0]["state"], "waiting");
    assert_eq!(adopted["versions"][1]["valid_until"], "2026-12-31");
    assert_eq!(in_force(&administrator)["classes"], before["classes"], "nothing has changed yet");
    assert_eq!(fields(&register(&town, "15.1").expect(422)), ["classification"], "not yet");
    assert_eq!(register(&town, "6.1").created()["classification"], "6.1");

    clock.set(NEW_YEAR.parse().unwrap());
    let now = in_force(&administrator);
    assert_eq!((&now["version"], now["classes"].as_array().unwrap().len()), (&json!(2), 4));
    assert_eq!(now["versions"][0]["state"], "in-force");
    assert_eq!(now["versions"][1]["state"], "past");
    assert_eq!(fields(&register(&town, "6.1").expect(422)), ["classification"], "withdrawn");
    let new = register(&town, "6.3").created();
    assert_eq!(new["classification_title"], "Edilizia e abusi");
    assert_eq!(register(&town, "15.1").created()["classification_title"], "Servizi in rete");
    let withdrawn = town.as_("registrar").post("/api/v1/dossiers", &json!({"title": "x", "classification": "6.1"}));
    assert_eq!(fields(&withdrawn.expect(422)), ["classification"]);

    // What was classified before keeps its class and what it was called; classified anew it has today's title.
    let registrar = town.as_("registrar");
    assert_eq!(registrar.get(&path(&old)).ok()["classification_title"], "Edilizia privata");
    let dossier = format!("/api/v1/dossiers/{}", dossier["id"].as_str().unwrap());
    assert_eq!(registrar.get(&dossier).ok()["classification_title"], "Edilizia privata");
    town.settle_index();
    let found = registrar.get("/api/v1/search?classification=6.1&kind=entry").ok();
    assert_eq!(found["total"], 1, "a withdrawn class is still searched for");
    registrar.put(&format!("{}/classification", path(&old)), &json!({"classification": "6.3"})).ok();
    assert_eq!(registrar.get(&path(&old)).ok()["classification_title"], "Edilizia e abusi");
}

#[test]
fn retention_years_stand_in_the_metadata() {
    let clock = clock();
    let town = town(&clock);
    let entry = register(&town, "6.3").created();
    town.settle_index();
    let metadata = |town: &Town| town.as_("registrar").get(&format!("{}/metadata.xml", path(&entry))).text();
    assert!(!metadata(&town).contains("TempoDiConservazione"));
    town.as_("administrator").post(SCHEMES, &next_year()).created();
    clock.set(NEW_YEAR.parse().unwrap());
    let now = metadata(&town);
    assert!(now.contains("TempoDiConservazione>10<"), "{now}");
    assert!(now.contains("Edilizia privata"), "the title of its time: {now}");
}

#[test]
fn a_check_tells_what_would_change_and_keeps_nothing() {
    let clock = clock();
    let town = town(&clock);
    let administrator = town.as_("administrator");
    let count = in_force(&administrator)["classes"].as_array().unwrap().len();
    let check = format!("{SCHEMES}?check=true");
    let checked = administrator.post(&check, &next_year()).ok();
    assert_eq!(
        checked["added"].as_array().unwrap().iter().map(|c| c["code"].clone()).collect::<Vec<_>>(),
        ["15", "15.1"]
    );
    assert_eq!(checked["withdrawn"].as_array().unwrap().len(), count - 2);
    assert_eq!(checked["retitled"][1]["was"], "Edilizia privata");
    assert_eq!(checked["retention_changed"][1], json!({"code": "6.3", "was": null, "retention_years": 10}));
    assert_eq!(in_force(&administrator)["versions"].as_array().unwrap().len(), 1, "nothing is kept");

    let wrong = json!({"valid_from": "2026-12-30", "classes": [
        class("1", "Uno", None), class("1", "", Some(5)), class("2.1", "Due", None),
        {"code": "3", "title": "Tre", "retention_years": 10_000}]});
    let expected =
        ["valid_from", "classes[1].code", "classes[1].title", "classes[2].code", "classes[3].retention_years"];
    assert_eq!(fields(&administrator.post(&check, &wrong).expect(422)), expected);
    assert_eq!(fields(&administrator.post(SCHEMES, &wrong).expect(422)), expected);
}

#[test]
fn who_adopts_what_another_has_changed_meanwhile_is_told() {
    let clock = clock();
    let town = town(&clock);
    let administrator = town.as_("administrator");
    let checked = administrator.post(&format!("{SCHEMES}?check=true"), &next_year());
    let etag = checked.header("etag").unwrap().to_owned();
    let mut other = next_year();
    other["title"] = json!("Titolario nuovo");
    administrator.post(SCHEMES, &other).created();
    let late = administrator.clone().with("If-Match", &etag).post(SCHEMES, &next_year());
    assert_eq!(late.expect(412).problem(), "changed");
    // Sent twice, it is adopted once; another for the same day takes its place.
    assert_eq!(administrator.post(SCHEMES, &other).expect(409).problem(), "already-exists");
    let third = administrator.post(SCHEMES, &next_year()).created();
    let states: Vec<_> = third["versions"].as_array().unwrap().iter().map(|v| v["state"].clone()).collect();
    assert_eq!(states, ["waiting", "replaced", "in-force"]);
    clock.set(NEW_YEAR.parse().unwrap());
    assert_eq!(in_force(&administrator)["title"], in_force(&administrator)["versions"][0]["title"]);
    assert_eq!(in_force(&administrator)["version"], 3);
}

#[test]
fn a_scheme_goes_out_as_a_file_and_comes_back_the_same() {
    let clock = clock();
    let town = town(&clock);
    let administrator = town.as_("administrator");
    let mut new = next_year();
    new["valid_from"] = json!("2026-12-31");
    new["classes"][1]["notes"] = json!("vedi \"abusi\"; anche\nsanatorie");
    let adopted = administrator.post(SCHEMES, &new).created();
    let code = adopted["code"].as_str().unwrap();
    let one = format!("{SCHEMES}/{code}");
    for (accept, query, kind) in [
        ("text/csv", "", "text/csv"),
        ("application/json", "?format=csv&separator=semicolon", "text/csv"),
        ("application/xml", "", "application/xml"),
        ("", "?format=xml", "application/xml"),
    ] {
        let file = administrator.clone().with("Accept", accept).get(&format!("{one}{query}"));
        assert_eq!(file.status, 200);
        let sent = file.header("content-type").unwrap().split(';').next().unwrap().to_owned();
        assert_eq!(sent, kind, "{accept} {query}");
        let check = format!("{SCHEMES}?check=true&valid_from=2027-01-01");
        let checked = administrator.clone().with("Content-Type", kind).send("POST", &check, &file.body).ok();
        for part in ["added", "withdrawn", "retitled", "retention_changed", "notes_changed"] {
            assert_eq!(checked[part], json!([]), "{part} by {kind}");
        }
        if kind == "application/xml" {
            valid(&file.body);
        }
    }
    // Of each version, and of the day.
    assert_eq!(administrator.get(&format!("{one}?version=1")).ok()["version"], 1);
    assert_eq!(administrator.get(&format!("{one}?on=2027-06-01")).ok()["version"], 2);
    administrator.get(&format!("{one}?version=9")).expect(404);
    administrator.get(&format!("{one}?on=2020-01-01")).expect(404);
    assert_eq!(fields(&administrator.get(&format!("{one}?on=2027-01-01&version=1")).expect(422)), ["version"]);
    administrator.get(&format!("{SCHEMES}/nowhere")).expect(404);
    // Only the built-in one is valid, too.
    let first = administrator.get(&format!("{one}?version=1&format=xml"));
    valid(&first.body);
}

/// Against our own schema, by a program of others.
fn valid(xml: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scheme.xml");
    std::fs::write(&file, xml).unwrap();
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/classification/scheme.xsd");
    let output = Command::new("xmllint").args(["--noout", "--nonet", "--schema", schema]).arg(&file).output();
    let Ok(output) = output else {
        assert!(std::env::var_os("CI").is_none(), "xmllint is missing");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn files_that_cannot_be_read_say_where() {
    let clock = clock();
    let town = town(&clock);
    let administrator = town.as_("administrator");
    let check = format!("{SCHEMES}?check=true&valid_from=2027-01-01");
    let send =
        |kind: &str, path: &str, body: &[u8]| administrator.clone().with("Content-Type", kind).send("POST", path, body);
    let csv = b"codice;voce;anni\r\n6;Territorio;permanente\r\n6.3;Edilizia \xe8 altro;10\r\n";
    let checked = send("text/csv", &check, csv).ok();
    assert_eq!(checked["retitled"][1]["title"], "Edilizia è altro", "as spreadsheets in Italy write it");
    assert_eq!(fields(&send("text/csv", SCHEMES, csv).expect(422)), ["valid_from"]);
    assert_eq!(fields(&send("text/csv", &check, b"code,title\n1,Citt\xc3\xa0 e citt\xc3\n").expect(422)), ["(body)"]);
    assert_eq!(fields(&send("text/csv", &check, b"code,title\n1 1,x\n").expect(422)), ["classes[0].code"]);
    assert_eq!(fields(&send("application/xml", &check, b"<a>").expect(422)), ["(body)"]);
    send("text/plain", &check, csv).expect(415);
    send("text/csv", &check, &vec![b'x'; 1024 * 1024 + 1]).expect(413);
}
