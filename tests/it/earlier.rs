//! Registers of earlier systems: what comes in is what was written there, each line once, and nothing when one is wrong.

use std::time::{Duration, Instant};

use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use tabularium::ids::EntryId;
use tabularium::model::access::Actor;
use tabularium::service::{Archive, Options, Registered};

use crate::harness::{Town, new_entry};
use crate::program::{Place, fine, program, run};

const HEADING: &str = "anno;numero;data;ora;verso;oggetto;mittente;destinatario;classifica;assegnatario;riservato;documento;\
                       allegati;fascicolo;titolo_fascicolo;operatore;annullato_il;motivo_annullamento;provvedimento;\
                       data_provvedimento;identificativo;note\n";

fn import(place: &Place, file: &str, more: &[&str]) -> (i32, String, String) {
    let (file, data) = (place.text_path(file), place.data());
    let fixed = ["import-register", &file, "--register", "PG", "--source", "Protocollo Arcadia", "--data", &data];
    run(&[&fixed, more].concat())
}

fn open(place: &Place) -> Archive {
    let archive = Archive::open(Options::at(&place.path("data"))).unwrap();
    archive.wait_ready().unwrap();
    archive
}

/// Closes it, and lets go of the catalogue, which the program wants next.
fn shut(archive: Archive) {
    archive.close();
    drop(archive);
}

fn entry(archive: &Archive, id: &str) -> Value {
    let id: EntryId = id.parse().unwrap();
    serde_json::to_value(archive.entry_view(&Actor::system(), &id).unwrap()).unwrap()
}

fn register(archive: &Archive) -> u64 {
    let mut new = new_entry("Prima di qui");
    new["received"]["channel"] = json!("post");
    let new = serde_json::from_value(new).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (system, general) = (Actor::system(), "PG".parse().unwrap());
    let made = archive.register(&system, &general, "one", new);
    match runtime.block_on(made).unwrap() {
        Registered::New(view) => view.number,
        Registered::Existing(_) => panic!("it is new"),
    }
}

#[test]
fn a_register_comes_in_with_numbers_days_annulments_documents_and_dossiers() {
    let place = Place::settled();
    place.write("old/carte/istanza.txt", b"Chiede il passo carrabile");
    place.write("old/carte/pianta.txt", b"Pianta in scala");
    let rows = "2019;1;04/03/2019;10:15;arrivo;Istanza di passo;Verdi Ada [VRDDAA70A41H501X];;6.3;Ufficio Strade;;\
                carte/istanza.txt;carte/pianta.txt;12/2019;Passi carrabili;neri.ugo;;;;;A-77;\n\
                2019;2;05/03/2019;;partenza;Risposta;;Gamma Srl;VI/3;;;;;12/2019;;;06/03/2019;Doppia;D 9;06/03/2019;;\n\
                2019;5;07/03/2019;;interno;Riservata;;;6.3;;si;;;;;;;;;;;scaffale 4\n";
    place.write("old/registro.csv", format!("{HEADING}{rows}").as_bytes());

    let (code, out, err) = import(&place, "old/registro.csv", &["--check"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("2019: no line has 3 to 4"), "{out}");
    assert!(out.contains("Ufficio Strade is no office of today"), "{out}");
    assert!(out.contains("3 can be imported, 0 already there"), "{out}");

    let (code, out, err) = import(&place, "old/registro.csv", &[]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("3 new, 0 already there"), "{out}");
    assert!(out.contains("2019: 3 entries, numbers 1 to 5, 2 missing"), "{out}");
    let (code, out, err) = import(&place, "old/registro.csv", &[]);
    assert_eq!((code, out.contains("0 new, 3 already there")), (0, true), "{out}{err}");

    let archive = open(&place);
    let first = entry(&archive, "PG/2019/1");
    assert_eq!(first["registered_at"], "2019-03-04T09:15:00.000000Z");
    assert_eq!(first["registered_by"], "neri.ugo");
    assert_eq!(first["mark"], "c_x999/AOO1/PG/2019/0000001");
    assert_eq!(first["imported"]["source"], "Protocollo Arcadia");
    assert_eq!((&first["imported"]["id"], &first["imported"]["assigned"]), (&json!("A-77"), &json!("Ufficio Strade")));
    assert_eq!(
        (&first["document"]["file_name"], first["attachments"].as_array().unwrap().len()),
        (&json!("istanza.txt"), 1)
    );
    assert_eq!(first["dossiers"][0]["title"], "Passi carrabili");
    let second = entry(&archive, "PG/2019/2");
    assert_eq!(second["annulled"]["act"], json!({"number": "D 9", "date": "2019-03-06"}));
    assert_eq!((&second["classification"], &second["imported"]["classification"]), (&json!("VI.3"), &json!("VI/3")));
    assert_eq!(second["dossiers"][0]["id"], first["dossiers"][0]["id"], "one dossier of then is one of today");
    assert_eq!((&entry(&archive, "PG/2019/5")["confidential"], &second.get("registered_by")), (&json!(true), &None));
    // The archive's own first number: the year of today has no imported entries.
    assert_eq!(register(&archive), 1);
    shut(archive);
    let out = fine(&["verify", "--data", &place.data()]);
    assert!(out.contains("4 entries"), "{out}");
    fine(&["rebuild", "--data", &place.data()]);
    fine(&["verify", "--data", &place.data()]);
}

#[test]
fn the_current_year_goes_on_after_the_last_imported_number() {
    let place = Place::settled();
    let today = tabularium::clock::today();
    let line = |number: u64, subject: &str| {
        json!({"year": today.year(), "number": number, "registered": format!("{}-01-01", today.year()),
            "direction": "internal", "subject": subject, "classification": "1.6"})
    };
    place.write("a.jsonl", format!("{}\n{}\n", line(3, "tre"), line(41, "quarantuno")).as_bytes());
    assert_eq!(import(&place, "a.jsonl", &[]).0, 0);
    let archive = open(&place);
    assert_eq!(register(&archive), 42);
    shut(archive);
    // What was forgotten still comes in below, and nothing behind the archive's own.
    place.write("b.jsonl", format!("{}\n", line(7, "sette")).as_bytes());
    let (code, out, err) = import(&place, "b.jsonl", &[]);
    assert_eq!((code, out.contains("1 new")), (0, true), "{out}{err}");
    place.write("c.jsonl", format!("{}\n{}\n{}\n", line(42, "x"), line(43, "y"), line(3, "altro")).as_bytes());
    let (code, out, err) = import(&place, "c.jsonl", &[]);
    assert_eq!(code, 1, "{out}{err}");
    for told in [
        "line 1, number: error: number 42/",
        "line 2, number: error: number 43/",
        "line 3, number: error: it was imported before",
    ] {
        assert!(out.contains(told), "{told}: {out}");
    }
    fine(&["verify", "--data", &place.data()]);
}

#[test]
fn what_is_wrong_is_told_line_by_line_and_then_nothing_comes_in() {
    let place = Place::settled();
    let good = r#"{"year":2019,"number":1,"registered":"2019-01-02","direction":"internal","subject":"Uno","classification":"1.6"}"#;
    let with = |from: &str, to: &str| good.replace("\"number\":1", "\"number\":2").replace(from, to);
    let cases: &[(&str, String, &str)] = &[
        ("impossible day", with("2019-01-02", "2019-02-30"), "line 2, registered: error"),
        ("day of another year", with("2019-01-02", "2018-12-31"), "line 2, registered: error"),
        ("day to come", with("2019", "2999"), "line 2, registered: error: a day that has not come yet"),
        ("number nought", with("\"number\":2", "\"number\":0"), "line 2, number: error"),
        ("two of one number", good.replace("Uno", "Due"), "line 2, number: error: number 1/2019 stands in line 1 too"),
        ("no subject", with("Uno", " "), "line 2, subject: error"),
        ("no class", with(",\"classification\":\"1.6\"", ""), "line 2, classification: error"),
        (
            "annulled before",
            with("\"subject\"", "\"annulled\":{\"on\":\"2019-01-01\"},\"subject\""),
            "line 2, annulled.on: error",
        ),
        (
            "act without day",
            with("\"subject\"", "\"annulled\":{\"on\":\"2019-01-03\",\"act_number\":\"7\"},\"subject\""),
            "line 2, annulled.act_number: error",
        ),
        (
            "missing file",
            with("\"subject\"", "\"document\":{\"path\":\"no.pdf\"},\"subject\""),
            "line 2, files: error: no.pdf is missing",
        ),
        (
            "file outside",
            with("\"subject\"", "\"document\":{\"path\":\"../x\"},\"subject\""),
            "line 2, files: error: ../x leads out",
        ),
        ("unknown field", with("\"subject\"", "\"colour\":1,\"subject\""), "line 2: error: unknown field `colour`"),
        ("cut off", "{\"year\":2019,".to_owned(), "line 2: error"),
    ];
    for (what, line, told) in cases {
        place.write("wrong.jsonl", format!("{good}\n{line}\n").as_bytes());
        let (code, out, err) = import(&place, "wrong.jsonl", &[]);
        assert_eq!(code, 1, "{what}: {out}{err}");
        assert!(out.contains(told) && out.contains("nothing was imported"), "{what}: {out}{err}");
    }
    place.write("latin.csv", b"anno;numero;data;verso;oggetto;classifica\n2019;1;2019-01-02;interno;Attivit\xe0;1.6\n");
    let (code, out, _) = import(&place, "latin.csv", &[]);
    assert!(code == 1 && out.contains("line 2: error: it is not UTF-8"), "{out}");
    for empty in [&b""[..], b"\n \n"] {
        place.write("empty.csv", empty);
        assert_eq!(import(&place, "empty.csv", &[]).0, 1);
    }
    assert_eq!(import(&place, "nowhere.csv", &[]).0, 3);
    let archive = open(&place);
    assert!(archive.entry_view(&Actor::system(), &"PG/2019/1".parse().unwrap()).is_err(), "nothing came in");
    shut(archive);
    // Said how it is written, the same comes in; twice the same line once.
    let (code, out, err) = import(&place, "latin.csv", &["--encoding", "windows-1252"]);
    assert_eq!(code, 0, "{out}{err}");
    let archive = open(&place);
    assert_eq!(entry(&archive, "PG/2019/1")["subject"], "Attività");
    shut(archive);
    place.write("twice.jsonl", format!("{0}\n{0}\n", with("x", "x")).as_bytes());
    let (code, out, err) = import(&place, "twice.jsonl", &[]);
    assert_eq!((code, out.contains("the same as line 1"), out.contains("1 new")), (0, true, true), "{out}{err}");
}

/// Entries as a table and as JSON Lines.
fn random(seed: u64) -> (String, String) {
    let mut rng = rand::rngs::StdRng::seed_from_u64(seed);
    let words = ["Istanza", "tettoia", "città", "\"suolo\"", "a;b", "è, però", "n. 7/A"];
    let (mut table, mut lines) = (HEADING.to_owned(), String::new());
    let mut number = 0;
    for _ in 0..30 {
        number += rng.random_range(1..4);
        let subject: Vec<&str> = (0..rng.random_range(1..5)).map(|_| words[rng.random_range(0..words.len())]).collect();
        let subject = subject.join(" ");
        let (day, month) = (rng.random_range(1..29), rng.random_range(1..13));
        let (word, direction) =
            [("arrivo", "incoming"), ("P", "outgoing"), ("interno", "internal")][rng.random_range(0..3)];
        let quoted = format!("\"{}\"", subject.replace('"', "\"\""));
        let (annulled, reason) = if rng.random_bool(0.2) { ("31/12/2018", "Errore") } else { ("", "") };
        table.push_str(&format!(
            "2018;{number};{day}/{month}/2018;08:30;{word};{quoted};Verdi Ada [VRDDAA70A41H501X];Gamma S.p.A.;2.{day};;no;;;F {month};;;{annulled};{reason};;;id-{number};\n"
        ));
        let mut line = json!({"year": 2018, "number": number, "registered": format!("2018-{month:02}-{day:02}T08:30"),
            "direction": direction, "subject": subject, "classification": format!("2.{day}"),
            "correspondents": [{"role": "sender", "kind": "person", "name": "Verdi Ada", "tax_code": "VRDDAA70A41H501X"},
                {"role": "recipient", "kind": "business", "name": "Gamma S.p.A."}],
            "dossier": {"code": format!("F {month}")}, "id": format!("id-{number}")});
        if !annulled.is_empty() {
            line["annulled"] = json!({"on": "2018-12-31", "reason": reason});
        }
        lines.push_str(&format!("{line}\n"));
    }
    (table, lines)
}

#[test]
fn a_table_and_json_lines_of_the_same_make_the_same_entries() {
    for seed in 0..2 {
        let (table, lines) = random(seed);
        let entries = [("r.csv", table), ("r.jsonl", lines)].map(|(name, text)| {
            let place = Place::settled();
            place.write(name, text.as_bytes());
            let (code, out, err) = import(&place, name, &[]);
            assert_eq!(code, 0, "{name} of {seed}: {out}{err}");
            let archive = open(&place);
            let made: Vec<Value> = (1..120)
                .filter_map(|number| {
                    let id = format!("PG/2018/{number}").parse().unwrap();
                    let mut view = serde_json::to_value(archive.entry_view(&Actor::system(), &id).ok()?).unwrap();
                    view["position"] = Value::Null;
                    view["imported"]["at"] = Value::Null;
                    Some(view)
                })
                .collect();
            shut(archive);
            fine(&["verify", "--data", &place.data()]);
            made
        });
        assert_eq!(entries[0].len(), 30);
        assert_eq!(entries[0], entries[1], "of {seed}");
    }
}

fn many(count: u64) -> String {
    let line = |number: u64| {
        format!(
            "{}\n",
            json!({"year": 2017, "number": number, "registered": "2017-05-06", "direction": "incoming",
                "subject": format!("Comunicazione {number} della ditta"), "classification": "6.3",
                "correspondents": [{"role": "sender", "kind": "business", "name": "Gamma Srl"}]})
        )
    };
    (1..=count).map(line).collect()
}

#[test]
fn an_import_that_was_killed_goes_on_where_it_stopped() {
    let place = Place::settled();
    place.write("many.jsonl", many(6_000).as_bytes());
    let (file, data) = (place.text_path("many.jsonl"), place.data());
    let arguments = ["import-register", &file, "--register", "PG", "--source", "Protocollo Arcadia", "--data", &data];
    let mut child = program().args(arguments).spawn().unwrap();
    // Until the first segment grows: then it is in the middle.
    let segment = place.path("data/journal/000000000000.jsonl");
    let until = Instant::now() + Duration::from_secs(120);
    while std::fs::metadata(&segment).unwrap().len() < 600_000 {
        assert!(Instant::now() < until, "the import does not begin");
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let (code, out, err) = run(&arguments);
    assert_eq!(code, 0, "{out}{err}");
    let told = out.lines().find(|line| line.contains(" new, ")).unwrap();
    let numbers: Vec<u64> = told.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
    assert_eq!(numbers[0] + numbers[1], 6_000, "{told}");
    assert!(numbers[0] > 0 && numbers[1] > 0, "it was killed in the middle: {told}");
    let out = fine(&["verify", "--data", &data]);
    assert!(out.contains("6000 entries"), "{out}");
}

/// `cargo test --release … -- --ignored --nocapture` for the figure that is promised.
#[test]
#[ignore = "measures"]
fn two_thousand_entries_a_second() {
    let place = Place::settled();
    place.write("many.jsonl", many(40_000).as_bytes());
    let begun = Instant::now();
    let (code, out, err) = import(&place, "many.jsonl", &[]);
    assert_eq!(code, 0, "{out}{err}");
    let rate = 40_000.0 / begun.elapsed().as_secs_f64();
    println!("{rate:.0} entries a second, with the check and the opening of the archive");
    assert!(rate > 2_000.0, "{rate:.0}");
}

#[test]
fn programs_import_too_and_what_came_is_found_listed_and_refused_a_new_mark() {
    let town = Town::new();
    let blake3 = town.upload("registrar", b"x");
    let lines = [3, 1].map(|number| {
        format!(
            "{}\n",
            json!({"year": 2016, "number": number, "registered": "2016-02-03", "direction": "incoming",
            "subject": format!("Vecchia istanza {number}"), "classification": "6.3", "author": "Neri Ugo",
            "assigned": "Edilizia privata|Ufficio che fu", "notes": "faldone zanzibar",
            "correspondents": [{"role": "sender", "kind": "person", "name": "Ada Verdi"}]})
        )
    });
    let path = "/api/v1/registers/PG/imports?source=Protocollo%20Arcadia";
    let post = |path: &str, body: &str| {
        town.as_("administrator").with("Content-Type", "application/x-ndjson").send("POST", path, body.as_bytes())
    };
    let checked = post(&format!("{path}&check=true"), &lines.concat()).ok();
    assert_eq!((&checked["new"], &checked["years"][0]["gaps"]), (&json!(2), &json!([{"from": 2, "to": 2}])));
    assert_eq!(post(path, &lines.concat()).ok()["new"], 2);
    assert_eq!(post(path, &lines.concat()).ok()["existing"], 2);
    let foreign = lines[0]
        .replace("\"assigned\"", &format!("\"document\":{{\"blake3\":\"{blake3}\",\"file_name\":\"a\"}},\"assigned\""));
    assert_eq!(post(path, &foreign.replace(":3,", ":2,")).status, 422, "a digest gives nobody a content");
    post(path, &lines[0].replace("istanza", "domanda")).expect(422);
    post(path, "{").expect(422);
    post("/api/v1/registers/NO/imports?source=x", &lines[0]).expect(404);
    let imports = town.as_("administrator").get("/api/v1/imports").ok();
    assert_eq!((&imports["items"][0]["source"], &imports["items"][1]), (&json!("Protocollo Arcadia"), &Value::Null));

    let registrar = town.as_("registrar");
    let one = "/api/v1/registers/PG/entries/2016/3";
    let entry = registrar.get(one).ok();
    assert_eq!(entry["assignments"], json!([{"office": "edilizia", "mode": "responsible"}]));
    assert_eq!(registrar.get(&format!("{one}/history")).ok()["items"][0]["kind"], "entry-imported");
    registrar.get(&format!("{one}/mark.xml")).expect(404);
    registrar.get(&format!("{one}/label.pdf")).expect(200);
    town.settle_index();
    for query in ["imported:arcadia", "importata:arcadia number:3", "zanzibar", "neri ugo", "date:2016-02"] {
        let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let found = registrar.get(&format!("/api/v1/search?q={query}")).ok();
        assert!(found["items"].as_array().unwrap().iter().any(|hit| hit["id"] == "PG/2016/3"), "{query}: {found:#}");
    }
    let listed = registrar.get("/api/v1/registers/PG/entries?year=2016").ok();
    let numbers: Vec<_> = listed["items"].as_array().unwrap().iter().map(|item| item["number"].clone()).collect();
    assert_eq!(numbers, [3, 1]);
    for (range, count) in [("from=2016-02-03&to=2016-02-03", 2), ("from=2016-02-04", 0), ("to=2016-02-02", 0)] {
        let listed = registrar.get(&format!("/api/v1/registers/PG/entries?{range}")).ok();
        assert_eq!(listed["items"].as_array().unwrap().len(), count, "{range}");
    }
    let page = town.as_("registrar").get("/registers/PG/entries/2016/3");
    assert!(page.status == 200 || page.status == 303, "{}", page.status);
    registrar.get("/api/v1/imports").expect(403);
}
