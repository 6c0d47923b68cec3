//! Does every example of the contract run as written? Each is asked with `curl`, as a client's programmer would.
//!
//! What was asked is held against the document itself where it lies beside the program: an example that nobody runs,
//! or a field of the contract that no request or answer had, fails.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use base64::Engine as _;
use serde_json::{Value, json};

use crate::contract;
use crate::harness::{Answer, TAX_CODE, Town};
use crate::shown::{self, names_of, shows};

const ENTRIES: &str = "/api/v1/registers/PG/entries";
const JSON: &str = "Content-Type: application/json";

/// Whoever sits at a terminal and types.
struct Desk {
    town: Town,
    folder: tempfile::TempDir,
    /// Of those whom the examples make.
    tokens: HashMap<String, String>,
    /// Method and path, without the query.
    asked: Vec<(String, String)>,
    /// Every name in a JSON object that was sent or answered.
    names: BTreeSet<String>,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { town: Town::new(), folder, tokens: HashMap::new(), asked: Vec::new(), names: BTreeSet::new() }
    }

    /// A file beside the terminal, to be sent with `@`.
    fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn run(&self, who: &str, arguments: &[&str], path: &str) -> (Output, PathBuf, PathBuf) {
        let (head, body) = (self.folder.path().join("head"), self.folder.path().join("body"));
        let _ = std::fs::remove_file(&body);
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--dump-header"]).arg(&head).arg("--output").arg(&body);
        if !who.is_empty() {
            let token = self.tokens.get(who).map_or_else(|| self.town.token(who), String::as_str);
            curl.args(["-H", &format!("Authorization: Bearer {token}")]);
        }
        curl.args(arguments).arg(format!("http://{}{path}", self.town.address));
        (curl.output().unwrap(), head, body)
    }

    /// `curl -X METHOD … URL`
    #[track_caller]
    fn curl(&mut self, who: &str, method: &str, path: &str, arguments: &[&str]) -> Answer {
        let mut all = match method {
            "HEAD" => vec!["--head"],
            method => vec!["-X", method],
        };
        all.extend(arguments);
        let (output, head, body) = self.run(who, &all, path);
        assert!(output.status.success(), "{method} {path}: {}", String::from_utf8_lossy(&output.stderr));
        let head = std::fs::read_to_string(head).unwrap();
        // After `100 Continue` comes the answer itself.
        let head = head.trim_end().rsplit("\r\n\r\n").next().unwrap().to_owned();
        let body = if method == "HEAD" { Vec::new() } else { std::fs::read(body).unwrap_or_default() };
        let answer = Answer::written_down(&head, body);
        contract::check(method, path, &answer);
        self.asked.push((method.to_owned(), path.split('?').next().unwrap().to_owned()));
        if let Ok(value) = serde_json::from_slice(&answer.body) {
            assert!(!matches!(value, Value::Array(_)), "a bare array: {method} {path}");
            // The names in a description of the API are not ours to shape.
            if !path.ends_with("openapi.json") {
                names_of(&value, &mut self.names);
            }
        }
        if (200..300).contains(&answer.status) && path.starts_with("/api/") {
            assert!(answer.header("x-request-id").is_some(), "{method} {path}");
        }
        answer
    }

    #[track_caller]
    fn get(&mut self, who: &str, path: &str) -> Answer {
        self.curl(who, "GET", path, &[])
    }

    #[track_caller]
    fn post(&mut self, who: &str, path: &str, body: Value) -> Answer {
        self.json(who, "POST", path, body, &[])
    }

    #[track_caller]
    fn json(&mut self, who: &str, method: &str, path: &str, body: Value, more: &[&str]) -> Answer {
        names_of(&body, &mut self.names);
        let body = body.to_string();
        let mut arguments = vec!["-H", JSON, "--data", &body];
        arguments.extend(more);
        self.curl(who, method, path, &arguments)
    }

    /// Registers with this Idempotency-Key.
    #[track_caller]
    fn register(&mut self, who: &str, key: &str, entry: &Value) -> Answer {
        self.json(who, "POST", ENTRIES, entry.clone(), &["-H", &format!("Idempotency-Key: {key}")])
    }

    #[track_caller]
    fn upload(&mut self, who: &str, content: &[u8]) -> Value {
        let file = self.file("upload", content);
        let arguments = ["-H", "Content-Type: application/octet-stream", "--data-binary", &format!("@{file}")];
        self.curl(who, "POST", "/api/v1/blobs", &arguments).created()
    }

    /// The items of a list, which every list gives in the same way.
    #[track_caller]
    fn list(&mut self, who: &str, path: &str) -> Vec<Value> {
        let answer = self.get(who, path).expect(200);
        assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
        let value = answer.value();
        assert!(value.get("next_cursor").is_some(), "{path}: {value}");
        value["items"].as_array().unwrap_or_else(|| panic!("{path}: {value}")).clone()
    }
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents").join(name)).unwrap()
}

fn no_curl() -> bool {
    let missing = Command::new("curl").arg("--version").output().is_err();
    if missing {
        println!("skipped: curl is not installed");
    }
    missing
}

#[test]
fn every_example_of_the_contract_runs_from_curl() {
    if no_curl() {
        return;
    }
    let mut desk = Desk::new();
    people(&mut desk);
    let blob = blobs(&mut desk);
    free_documents(&mut desk, &blob);
    let dossier = dossiers(&mut desk);
    let entry = registers(&mut desk, &blob, &dossier);
    registered_documents(&mut desk, &entry);
    a_form(&mut desk);
    entry_changes(&mut desk, &entry);
    dossier_items(&mut desk, &dossier);
    search(&mut desk, &entry);
    events(&mut desk, &entry);
    on_behalf_of(&mut desk, &entry);
    running(&mut desk);
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/API.md");
    match std::fs::read_to_string(&contract) {
        Ok(text) => shown::hold_against(&text, &desk.asked, &desk.names),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => println!("skipped: API.md is not here"),
        Err(error) => panic!("{}: {error}", contract.display()),
    }
}

fn people(desk: &mut Desk) {
    let office = json!({"code": "suap", "name": "Sportello unico", "parent": "edilizia"});
    shows(&desk.post("administrator", "/api/v1/offices", office.clone()).created(), &office);
    let edilizia =
        desk.post("administrator", "/api/v1/offices", json!({"code": "edilizia", "name": "Edilizia privata"}));
    assert_eq!(edilizia.expect(409).problem(), "already-exists");
    let offices = desk.list("officer", "/api/v1/offices");
    let listed = offices.iter().find(|listed| listed["code"] == "suap").unwrap();
    shows(listed, &office);

    let anna = json!({"name": "anna", "roles": ["registrar", "officer"], "offices": ["edilizia"]});
    let made = desk.post("administrator", "/api/v1/users", anna.clone()).expect(201);
    assert_eq!(made.header("location"), Some("/api/v1/users/anna"));
    shows(&made.value(), &anna);
    assert!(desk.list("administrator", "/api/v1/users").iter().any(|user| user["name"] == "anna"));

    let token = desk.post("administrator", "/api/v1/tokens", json!({"user": "anna", "name": "sportello"})).created();
    shows(&token, &json!({"user": "anna", "name": "sportello", "token": ""}));
    desk.tokens.insert("anna".into(), token["token"].as_str().unwrap().to_owned());
    let tokens = desk.list("administrator", "/api/v1/tokens");
    let listed = tokens.iter().find(|other| other["id"] == token["id"]).unwrap();
    assert!(listed.get("token").is_none_or(Value::is_null), "a token is shown once: {listed}");

    let schemes = desk.list("officer", "/api/v1/classification-schemes");
    shows(&schemes[0], &json!({"code": "", "title": ""}));
}

fn blobs(desk: &mut Desk) -> Value {
    let content = fixture("delibera.pdf");
    let sha256 = tabularium::digest::Sha256::of(&content);
    let digest = base64::engine::general_purpose::STANDARD.encode(sha256.as_bytes());
    let file = desk.file("istanza.pdf", &content);
    let (header, data) = (format!("Repr-Digest: sha-256=:{digest}:"), format!("@{file}"));
    let blob = desk.curl("anna", "POST", "/api/v1/blobs", &["-H", &header, "--data-binary", &data]).expect(201);
    let value = blob.value();
    let blake3 = tabularium::digest::Blake3::of(&content);
    assert_eq!(value, json!({"blake3": blake3, "sha256": sha256, "size": content.len()}));
    let again = desk.curl("anna", "POST", "/api/v1/blobs", &["--data-binary", &data]);
    assert_eq!(again.created(), value, "always 201");
    let wrong = format!("Repr-Digest: sha-256=:{}:", digest.chars().rev().collect::<String>());
    let wrong = desk.curl("anna", "POST", "/api/v1/blobs", &["-H", &wrong, "--data-binary", &data]);
    assert!(matches!(wrong.problem().as_str(), "digest-mismatch" | "malformed-digest"));
    // A digest gives nobody the content.
    let stolen = json!({"blake3": value["blake3"], "file_name": "a.pdf"});
    assert_eq!(desk.post("officer", "/api/v1/documents", stolen).expect(422).problem(), "blob-unknown");
    value
}

fn free_documents(desk: &mut Desk, blob: &Value) {
    let new = json!({"blake3": blob["blake3"], "file_name": "bozza.pdf", "title": "Bozza di ordinanza",
        "classification": "6.3"});
    let made = desk.post("anna", "/api/v1/documents", new.clone()).expect(201);
    shows(&made.value(), &new);
    let address = made.header("location").unwrap().to_owned();
    let next = desk.upload("anna", b"Seconda stesura.");
    let version = json!({"blake3": next["blake3"], "file_name": "bozza-2.txt"});
    let shown = desk.get("anna", &address).expect(200);
    let etag = format!("If-Match: {}", shown.header("etag").unwrap());
    let versions = format!("{address}/versions");
    let added = desk.json("anna", "POST", &versions, version.clone(), &["-H", &etag]).expect(201);
    assert_ne!(added.header("etag"), shown.header("etag"));
    shows(&added.value(), &json!({"file_name": "bozza-2.txt", "versions": [{"number": 1}, {"number": 2}]}));
    let late = desk.json("anna", "POST", &versions, version, &["-H", &etag]);
    assert_eq!(late.expect(412).problem(), "changed");
    let first = desk.get("anna", &format!("{address}/content?version=1")).expect(200);
    assert_eq!(first.body.len(), blob["size"]);
}

fn dossiers(desk: &mut Desk) -> Value {
    let mut new = json!({"title": "Occupazione di suolo pubblico", "classification": "6.3", "office": "edilizia",
        "officer": "anna", "parties": [{"name": "Mario Rossi", "tax_code": TAX_CODE}], "procedure": "suolo-pubblico"});
    let made = desk.post("anna", "/api/v1/dossiers", new.clone()).expect(201);
    let dossier = made.value();
    shows(&dossier, &new);
    let year = &dossier["opened_at"].as_str().unwrap()[..4];
    shows(&dossier, &json!({"id": "", "code": format!("6.3/{year}/1"), "state": "open"}));
    let address = format!("/api/v1/dossiers/{}", dossier["id"].as_str().unwrap());
    assert_eq!(made.header("location"), Some(address.as_str()));
    let before = desk.get("anna", &address).expect(200);
    new["parent"] = dossier["id"].clone();
    let part = desk.post("anna", "/api/v1/dossiers", new).created();
    shows(&part, &json!({"parent": dossier["id"], "code": format!("6.3/{year}/1/1")}));
    let after = desk.get("anna", &address).expect(200);
    shows(&after.value(), &json!({"sub_dossiers": [part["id"]]}));
    assert_ne!(before.header("etag"), after.header("etag"), "the answer is another");
    let missing = desk.post("anna", "/api/v1/dossiers", json!({"title": "x"})).expect(422);
    assert_eq!(missing.fields(), ["classification"]);
    desk.town.settle_index();
    let found = desk.list("anna", "/api/v1/dossiers?q=suolo&classification=6.3&office=edilizia&state=open&limit=1");
    assert_eq!(found.len(), 1);
    dossier
}

/// The entry of the contract, word for word; digests, what stands as "…", and the dossier are filled in.
fn the_entry(blob: &Value, plan: &Value, dossier: &Value) -> Value {
    json!({
        "direction": "incoming",
        "subject": "Richiesta di occupazione suolo pubblico",
        "correspondents": [{"role": "sender", "kind": "person", "name": "Mario Rossi", "given_name": "Mario",
            "family_name": "Rossi", "tax_code": "RSSMRA80A01C722X", "email": "mario@example.it",
            "pec": "mario@pec.example.it", "address": "Via Roma 1, Ciriè"}],
        "received": {"on": "2026-11-20", "channel": "counter", "number": "123/A", "date": "2026-11-19",
            "deferred_reason": "Sportello chiuso"},
        "classification": "6.3",
        "assignments": [{"office": "edilizia", "mode": "responsible"}],
        "confidential": false,
        "document": {"blake3": blob["blake3"], "file_name": "istanza.pdf", "kind": "istanza"},
        "attachments": [{"blake3": plan["blake3"], "file_name": "pianta.pdf", "description": "Planimetria"}],
        "location": "Armadio 3, faldone 12",
        "dossier": dossier["id"],
    })
}

fn registers(desk: &mut Desk, blob: &Value, dossier: &Value) -> Value {
    assert!(desk.list("anna", "/api/v1/registers").iter().any(|register| register["code"] == "PG"));
    let plan = desk.upload("anna", b"Una planimetria.");
    let entry = the_entry(blob, &plan, dossier);
    let made = desk.register("anna", "istanza-1", &entry).expect(201);
    assert_eq!(made.header("content-type"), Some("application/json"));
    let value = made.value();
    let address = format!("{ENTRIES}/{}/1", value["year"]);
    assert_eq!(made.header("location"), Some(address.as_str()));
    shows(
        &value,
        &json!({"register": "PG", "year": null, "number": 1, "number_text": "0000001", "registered_at": "",
        "registered_by": "anna", "mark": format!("c_c722/AOO1/PG/{}/0000001", value["year"]), "position": null,
        "document": {"id": "", "sha256": blob["sha256"], "size": blob["size"]}}),
    );
    assert!(value["registered_at"].as_str().unwrap().ends_with('Z') && value["position"].is_u64());
    assert_eq!(value["annulled"], Value::Null);
    // All of the above; the dossier with its code and title, among those that hold the entry.
    let mut above = entry.clone();
    above.as_object_mut().unwrap().remove("dossier");
    shows(&value, &above);
    shows(&value, &json!({"dossiers": [{"id": dossier["id"], "code": dossier["code"]}]}));

    let again = desk.register("anna", "istanza-1", &entry).ok();
    assert_eq!((&again["number"], &again["position"]), (&value["number"], &value["position"]));
    let mut other = entry.clone();
    other["subject"] = json!("Altro");
    other["document"]["blake3"] = json!("0".repeat(64));
    let reused = desk.register("anna", "istanza-1", &other).expect(422);
    assert_eq!(reused.problem(), "idempotency-key-reused", "the key is looked at before the blobs are");
    assert_eq!(desk.register("anna", "istanza-2", &other).expect(422).problem(), "blob-unknown");
    assert_eq!(desk.post("anna", ENTRIES, entry).expect(400).problem(), "idempotency-key-missing");
    let empty = desk.register("anna", "istanza-3", &json!({"direction": "incoming"})).expect(422);
    assert_eq!(empty.problem(), "invalid");
    shows(&desk.get("anna", &address).ok(), &above);
    value
}

fn registered_documents(desk: &mut Desk, entry: &Value) {
    let id = entry["document"]["id"].as_str().unwrap();
    let address = format!("/api/v1/documents/{id}");
    desk.town.settle_index();
    let document = desk.get("anna", &address).ok();
    shows(
        &document,
        &json!({"media_type": "application/pdf", "versions": [{"number": 1}], "text": {"state": "full"},
        "entry": {"register": "PG", "year": entry["year"], "number": entry["number"]},
        "dossiers": [{"id": entry["dossiers"][0]["id"]}]}),
    );
    let version = json!({"blake3": entry["document"]["blake3"], "file_name": "a.pdf"});
    let refused = desk.post("anna", &format!("{address}/versions"), version).expect(409);
    assert_eq!(refused.problem(), "document-registered");

    let content = format!("{address}/content");
    let whole = desk.get("anna", &content).expect(200);
    assert_eq!(whole.header("content-type"), Some("application/pdf"));
    assert_eq!(whole.header("content-disposition"), Some("attachment; filename=\"istanza.pdf\""));
    assert!(whole.header("repr-digest").unwrap().starts_with("sha-256=:"));
    assert_eq!(whole.body, fixture("delibera.pdf"));
    let head = desk.curl("anna", "HEAD", &content, &[]).expect(200);
    for name in ["etag", "content-length", "repr-digest", "content-disposition"] {
        assert_eq!(head.header(name), whole.header(name), "{name}");
    }
    let part = desk.curl("anna", "GET", &content, &["--range", "0-4"]).expect(206);
    assert_eq!(part.body, whole.body[..5]);
    let fresh = format!("If-None-Match: {}", whole.header("etag").unwrap());
    desk.curl("anna", "GET", &content, &["-H", &fresh]).expect(304);

    let text = desk.get("anna", &format!("{address}/text")).ok();
    assert!(text["state"] == "full" && text["text"].as_str().unwrap().contains("Roccaverde"), "{text}");
    let plain = desk.curl("anna", "GET", &format!("{address}/text"), &["-H", "Accept: text/plain"]).expect(200);
    assert_eq!(plain.text(), text["text"].as_str().unwrap());
    let preview = desk.get("anna", &format!("{address}/preview")).expect(200);
    assert_eq!((preview.header("content-type"), &preview.body), (Some("application/pdf"), &whole.body));
    // Drawn by a program that may not be installed.
    let thumbnail = desk.get("anna", &format!("{address}/thumbnail"));
    match thumbnail.status {
        200 => assert_eq!(thumbnail.header("content-type"), Some("image/png")),
        _ => assert_eq!(thumbnail.expect(404).problem(), "not-available"),
    }
    let draft =
        desk.post("citizen", "/api/v1/documents", json!({"blake3": entry["document"]["blake3"], "file_name": "a"}));
    assert_eq!(draft.expect(403).problem(), "forbidden");
}

fn a_form(desk: &mut Desk) {
    let entry = json!({"direction": "incoming", "subject": "Permesso di costruire", "classification": "6.3",
        "correspondents": [{"role": "sender", "kind": "business", "name": "Edil Nord srl"}],
        "received": {"on": "2026-11-20", "channel": "pec"}});
    let (document, plan) =
        (desk.file("istanza.pdf", &fixture("delibera.pdf")), desk.file("pianta.txt", b"Una pianta."));
    let form = [
        "-H".to_owned(),
        "Idempotency-Key: modulo-1".to_owned(),
        "-F".to_owned(),
        format!("entry={entry};type=application/json"),
        "-F".to_owned(),
        format!("document=@{document}"),
        "-F".to_owned(),
        format!("attachment=@{plan}"),
    ];
    let form: Vec<&str> = form.iter().map(String::as_str).collect();
    let filed = desk.curl("anna", "POST", ENTRIES, &form).created();
    shows(&filed, &json!({"document": {"file_name": "istanza.pdf"}, "attachments": [{"file_name": "pianta.txt"}]}));
    assert_eq!(desk.curl("anna", "POST", ENTRIES, &form).ok()["number"], filed["number"]);
}

fn entry_changes(desk: &mut Desk, entry: &Value) {
    let address = format!("{ENTRIES}/{}/{}", entry["year"], entry["number"]);
    let read = desk.get("anna", &address).expect(200);
    let etag = format!("If-Match: {}", read.header("etag").unwrap());
    let class = format!("{address}/classification");
    let changed = desk.json("anna", "PUT", &class, json!({"classification": "6.4"}), &["-H", &etag]);
    assert_eq!(changed.ok()["classification"], "6.4");
    let late = desk.json("anna", "PUT", &class, json!({"classification": "6.5"}), &["-H", &etag]);
    assert_eq!(late.expect(412).problem(), "changed");
    desk.json("anna", "PUT", &class, json!({"classification": "6.3"}), &[]).expect(200);
    let assignments = json!({"assignments": [{"office": "edilizia", "mode": "responsible"},
        {"user": "anna", "mode": "information"}]});
    let assigned = desk.json("anna", "PUT", &format!("{address}/assignments"), assignments.clone(), &[]).ok();
    shows(&assigned, &assignments);
    let kinds: Vec<Value> =
        desk.list("anna", &format!("{address}/history")).iter().map(|e| e["kind"].clone()).collect();
    assert_eq!(kinds, ["entry-registered", "entry-classified", "entry-classified", "entry-assigned"]);

    // Paper from the counter needs no document; its scan follows.
    let paper = json!({"direction": "incoming", "subject": "Lettera", "classification": "6.3",
        "correspondents": [{"role": "sender", "kind": "person", "name": "Mario Rossi"}],
        "received": {"on": "2026-11-20", "channel": "post"}});
    let made = desk.register("anna", "lettera-1", &paper).created();
    let letter = format!("{ENTRIES}/{}/{}", made["year"], made["number"]);
    let scan = desk.upload("anna", &fixture("scansione.pdf"));
    let scan = json!({"blake3": scan["blake3"], "file_name": "scansione.pdf"});
    shows(&desk.post("anna", &format!("{letter}/documents"), scan.clone()).created(), &json!({"document": scan}));
    let more =
        desk.post("anna", &format!("{letter}/documents"), json!({"blake3": scan["blake3"], "file_name": "retro.pdf"}));
    shows(&more.created(), &json!({"document": scan, "attachments": [{"file_name": "retro.pdf"}]}));
    let reason = json!({"reason": "Registrata due volte", "act": {"number": "12", "date": "2026-11-20"}});
    let annulled = desk.post("anna", &format!("{letter}/annulment"), reason.clone()).ok();
    shows(&annulled["annulled"], &reason);

    desk.town.settle_index();
    let year = &entry["year"];
    let query = format!("{ENTRIES}?year={year}&from=2026-01-01&to=2999-12-31&direction=incoming&limit=2");
    let first = desk.get("anna", &query).ok();
    let numbers =
        |page: &Value| page["items"].as_array().unwrap().iter().map(|e| e["number"].clone()).collect::<Vec<_>>();
    assert_eq!(numbers(&first), [json!(3), json!(2)], "newest first");
    let next = desk.get("anna", &format!("{query}&cursor={}", first["next_cursor"].as_str().unwrap())).ok();
    assert_eq!((numbers(&next), &next["next_cursor"]), (vec![json!(1)], &Value::Null));
    let here = desk.list("anna", &format!("{ENTRIES}?office=edilizia&min_position={}", entry["position"]));
    assert_eq!(here[0]["number"], entry["number"]);
}

fn dossier_items(desk: &mut Desk, dossier: &Value) {
    let address = format!("/api/v1/dossiers/{}", dossier["id"].as_str().unwrap());
    let items = format!("{address}/items");
    let held = desk.list("anna", &items);
    shows(&held[0], &json!({"item": 1, "shown": false, "removed": null, "entry": {"number": 1}}));
    let year = held[0]["entry"]["year"].clone();
    let entry = format!("{ENTRIES}/{year}/2");
    let etag = |desk: &mut Desk| desk.get("anna", &entry).expect(200).header("etag").unwrap().to_owned();
    let outside = etag(desk);
    let filed = desk.post("anna", &items, json!({"entry": {"register": "PG", "year": year, "number": 2}})).created();
    let inside = etag(desk);
    let class = format!("{entry}/classification");
    let late =
        desk.json("anna", "PUT", &class, json!({"classification": "6.4"}), &["-H", &format!("If-Match: {outside}")]);
    assert_eq!(late.expect(412).problem(), "changed", "its answer shows the dossier");
    let blob = desk.upload("anna", b"Una nota interna.");
    let note =
        desk.post("anna", "/api/v1/documents", json!({"blake3": blob["blake3"], "file_name": "nota.txt"})).created();
    let second = desk.post("anna", &items, json!({"document": note["id"]})).created();
    let item = format!("{items}/{}", second["item"]);
    assert_eq!(desk.json("anna", "PATCH", &item, json!({"shown": true}), &[]).ok()["shown"], true);
    assert_eq!(desk.json("anna", "PATCH", &item, json!({"shown": false}), &[]).ok()["shown"], false);
    let taken = desk.post("anna", &format!("{items}/{}/removal", filed["item"]), json!({"reason": "Per errore"})).ok();
    assert_eq!(taken["removed"]["reason"], "Per errore");
    let out = etag(desk);
    assert!(outside != inside && inside != out, "{outside} {inside} {out}");
    assert_eq!(desk.list("anna", &items).len(), 3, "taken out, visibly");
    let page = desk.get("anna", &format!("{items}?limit=1")).ok();
    let rest = format!("{items}?cursor={}", page["next_cursor"].as_str().unwrap());
    assert_eq!(desk.list("anna", &rest).len(), 2);

    let package = desk.get("anna", &format!("{address}/package")).expect(200);
    assert_eq!(package.header("content-type"), Some("application/zip"));
    assert!(package.body.starts_with(b"PK"));
    let (closure, why) = (format!("{address}/closure"), json!({"reason": "Concluso"}));
    let early = desk.json("archivist", "POST", &closure, why.clone(), &["-H", "If-Match: \"1\""]);
    assert_eq!(early.expect(412).problem(), "changed");
    let read = desk.get("archivist", &address).expect(200);
    let etag = format!("If-Match: {}", read.header("etag").unwrap());
    let closed = desk.json("archivist", "POST", &closure, why, &["-H", &etag]).ok();
    assert_eq!(closed["state"], "closed");
    let late = desk.post("anna", &items, json!({"entry": {"register": "PG", "year": year, "number": 3}}));
    assert_eq!(late.expect(409).problem(), "dossier-closed");
    let open = desk.post("archivist", &format!("{address}/reopening"), json!({"reason": "Nuovi atti"})).ok();
    assert_eq!(open["state"], "open");
}

fn search(desk: &mut Desk, entry: &Value) {
    let position = &entry["position"];
    let all = format!(
        "/api/v1/search?q=suolo&kind=entry&register=PG&year={}&direction=incoming&office=edilizia&classification=6.3\
         &from=2026-01-01&to=2999-12-31&sort=newest&facets=office,year&limit=1&min_position={position}",
        entry["year"]
    );
    let found = desk.get("anna", &all).ok();
    shows(
        &found,
        &json!({"total": 1, "total_is": "", "items": [{"kind": "entry", "id": "", "title": "", "snippet": "", "date": "",
        "score": null}], "facets": {"office": [{"value": "edilizia", "count": 1}], "year": [{"count": 1}]},
        "notes": [], "index_position": null, "journal_position": null, "took_ms": null, "next_cursor": null}),
    );
    assert!(found["items"][0]["snippet"].as_str().unwrap().contains("<mark>suolo</mark>"), "{found:#}");
    assert!(found["items"][0]["score"].is_number() && found["took_ms"].is_u64());
    assert!(found["index_position"].as_u64() > position.as_u64());
    // The same as JSON, for what must not stand in a URL.
    let names = json!({"q": "tax_code:RSSMRA80A01C722X", "kind": "entry", "register": "PG", "year": entry["year"],
        "direction": "incoming", "office": "edilizia", "classification": "6.3", "from": "2026-01-01",
        "to": "2999-12-31", "sort": "oldest", "facets": "office,year", "limit": 1, "min_position": position});
    let posted = desk.post("anna", "/api/v1/search", names).ok();
    assert_eq!((&posted["total"], &posted["items"][0]["id"]), (&json!(1), &found["items"][0]["id"]));
    for (q, numbers) in [
        ("\"suolo pubblico\" subject:richiesta", &[1][..]),
        ("planimetria", &[1]),
        ("subject:lettera OR subject:permesso", &[2, 3]),
        ("Roccaverde -richiesta", &[2]),
        ("occupaz* subject:suolo", &[1]),
        ("subject:permessi", &[2]),
        ("sender:rossi", &[1, 3]),
        ("number:2", &[2]),
        ("tax_code:RSSMRA80A01C722X", &[1]),
        ("text:none", &[3]),
        ("Roccaverde", &[1, 2]),
        ("planimetrie", &[1]),
    ] {
        let arguments = ["--get", "--data-urlencode", &format!("q={q}"), "--data", "kind=entry"];
        let found = desk.curl("anna", "GET", "/api/v1/search", &arguments).ok();
        let hits = found["items"].as_array().unwrap();
        let found: BTreeSet<_> = hits.iter().filter_map(|hit| hit["number"].as_u64()).collect();
        assert_eq!(found, numbers.iter().copied().collect(), "{q}");
    }
    let slip = desk.get("anna", "/api/v1/search?q=planimetrja").ok();
    shows(&slip["notes"], &json!([{"code": "query-rewritten", "text": ""}]));
    let first = desk.get("anna", "/api/v1/search?q=&limit=1").ok();
    let next = format!("/api/v1/search?q=&limit=1&cursor={}", first["next_cursor"].as_str().unwrap());
    assert_ne!(desk.get("anna", &next).ok()["items"][0]["id"], first["items"][0]["id"]);
    assert!(desk.get("anna", "/api/v1/search?q=&sort=random").expect(422).fields().contains(&"sort".to_owned()));
    assert!(!desk.list("anna", "/api/v1/search/suggestions?q=rich").is_empty());
    let known = desk.list("anna", "/api/v1/correspondents?q=ross");
    assert!(known.iter().any(|one| one["tax_code"] == TAX_CODE), "{known:?}");
}

fn events(desk: &mut Desk, entry: &Value) {
    let before = entry["position"].as_u64().unwrap() - 1;
    let path = format!("/api/v1/events?after={before}&kinds=entry-registered&limit=1&wait=30");
    let page = desk.get("anna", &path).ok();
    let subject = format!("registers/PG/entries/{}/{}", entry["year"], entry["number"]);
    shows(
        &page,
        &json!({"items": [{"position": entry["position"], "time": "", "kind": "entry-registered",
        "subject": subject, "data": {}}], "next": entry["position"]}),
    );
    let beginning = desk.get("auditor", "/api/v1/events").ok();
    assert_eq!(beginning["items"][0]["position"], 0, "from the beginning without `after`");
    assert!(beginning["items"].as_array().unwrap().len() <= 50, "50 without `limit`");
    // A stream goes on until its reader has seen enough.
    let follow = ["--no-buffer", "--max-time", "2", "-H", "Accept: text/event-stream"];
    let (output, head, body) = desk.run("anna", &follow, &path);
    assert_eq!(output.status.code(), Some(28), "cut off by its reader");
    let (head, body) = (std::fs::read_to_string(head).unwrap(), std::fs::read_to_string(body).unwrap());
    assert!(head.contains("content-type: text/event-stream"), "{head}");
    assert!(body.contains(&format!("id: {}\nevent: entry-registered\ndata: {{", entry["position"])), "{body}");
}

fn on_behalf_of(desk: &mut Desk, entry: &Value) {
    let address = format!("{ENTRIES}/{}/{}", entry["year"], entry["number"]);
    let rossi = ["-H", &format!("On-Behalf-Of: {TAX_CODE}")];
    desk.curl("portal", "GET", &address, &rossi).expect(404);
    let items = format!("/api/v1/dossiers/{}/items/1", entry["dossiers"][0]["id"].as_str().unwrap());
    desk.json("anna", "PATCH", &items, json!({"shown": true}), &[]).expect(200);
    assert_eq!(desk.curl("portal", "GET", &address, &rossi).ok()["number"], entry["number"]);
    assert_eq!(desk.curl("service", "GET", &address, &rossi).expect(403).problem(), "forbidden");
    // What one may not know of answers 404, not 403.
    assert_eq!(desk.get("manager", &address).expect(404).problem(), "not-found");
    assert_eq!(desk.get("citizen", &format!("{ENTRIES}/{}/2", entry["year"])).expect(404).problem(), "not-found");
    assert_eq!(desk.get("", &address).expect(401).problem(), "unauthenticated");
}

fn running(desk: &mut Desk) {
    let status = desk.get("", "/status").expect(200);
    assert_eq!(status.header("content-type"), Some("application/problem+json"));
    shows(&status.value(), &json!({"journal_position": null, "catalogue_position": null, "index_position": null}));
    let metrics = desk.get("", "/metrics").expect(200);
    assert!(metrics.header("content-type").unwrap().starts_with("text/plain"));
    assert!(metrics.text().contains("# TYPE "), "{}", metrics.text());
    let openapi = desk.get("", "/api/v1/openapi.json").ok();
    assert!(openapi["openapi"].as_str().unwrap().starts_with("3.1"));
    for path in openapi["paths"].as_object().unwrap().keys() {
        assert!(!path.contains('_') && path.to_ascii_lowercase() == *path, "not kebab-case: {path}");
    }
    let lists = ["/api/v1/offices", "/api/v1/users", "/api/v1/registers"];
    for list in lists {
        let page = desk.get("administrator", &format!("{list}?limit=1")).ok();
        assert_eq!(page["items"].as_array().unwrap().len(), 1, "{list}");
    }
    assert_eq!(desk.get("anna", "/api/v1/search?q=&colour=red").expect(422).fields(), ["colour"]);
}
