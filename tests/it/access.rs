//! Who may do what: every route for every role, held against API.md's table. Nothing here may be left out: a route
//! without a line fails the test.

use serde_json::{Value, json};
use tabularium::http::ROUTES;

use crate::harness::{TAX_CODE, Town, new_entry};

const ROLES: [&str; 8] =
    ["administrator", "registrar", "officer", "manager", "archivist", "auditor", "citizen", "service"];

/// One route: what is sent, and what each role is answered, in the order of [`ROLES`].
///
/// `+` it is done, `f` 403, `n` 404, `.` it has nothing to do with permission what comes (only not 401 or 403), `s` the
/// stub of a confidential entry: number and date.
struct Line {
    method: &'static str,
    route: String,
    path: String,
    body: Value,
    expected: &'static str,
}

/// Everything below is about things of the office `edilizia`, where the officer works and the manager does not; the
/// dossier's party is the citizen, to whom it shows one entry of two.
struct Things {
    entry: String,
    shown: String,
    confidential: String,
    document: String,
    draft: String,
    dossier: String,
    blob: String,
}

fn things(town: &Town) -> Things {
    let path = |entry: &Value| format!("/api/v1/registers/PG/entries/{}/{}", entry["year"], entry["number"]);
    let assigned = json!([{"office": "edilizia", "mode": "responsible"}]);
    let entry = town.register("Assegnato", "testo uno", json!({"assignments": assigned}));
    let shown = town.register("Mostrato", "testo due", json!({"assignments": assigned}));
    let confidential = town.register("Riservato", "testo tre", json!({"confidential": true}));
    let officer = town.as_("officer");
    let blob = town.upload("officer", b"bozza");
    let draft = officer.post("/api/v1/documents", &json!({"blake3": blob, "file_name": "bozza.txt"})).created();
    let dossier = json!({"title": "Pratica", "classification": "6.3", "office": "edilizia",
        "parties": [{"name": "Mario Rossi", "tax_code": TAX_CODE}]});
    let dossier = town.as_("registrar").post("/api/v1/dossiers", &dossier).created();
    let dossier = format!("/api/v1/dossiers/{}", dossier["id"].as_str().unwrap());
    for (thing, is_shown) in [(&entry, false), (&shown, true)] {
        let reference = json!({"register": "PG", "year": thing["year"], "number": thing["number"]});
        let item = json!({"entry": reference, "shown": is_shown});
        town.as_("registrar").post(&format!("{dossier}/items"), &item).created();
    }
    // A preview of what has not been read yet is there for nobody.
    town.settle_index();
    Things {
        document: format!("/api/v1/documents/{}", entry["document"]["id"].as_str().unwrap()),
        draft: format!("/api/v1/documents/{}", draft["id"].as_str().unwrap()),
        entry: path(&entry),
        shown: path(&shown),
        confidential: path(&confidential),
        dossier,
        blob,
    }
}

/// API.md's table, route by route. Columns: administrator, registrar, officer, manager, archivist, auditor, citizen,
/// service (with the scopes read, register and dossiers).
fn table(things: &Things) -> Vec<Line> {
    let mut lines = readings(things);
    lines.extend(searches(things));
    lines.extend(changes(things));
    lines.extend(directory());
    lines
}

fn line(method: &'static str, route: &str, path: String, body: Value, expected: &'static str) -> Line {
    Line { method, route: route.to_owned(), path, body, expected }
}

const ENTRIES: &str = "/api/v1/registers/{register}/entries";
const ENTRY: &str = "/api/v1/registers/{register}/entries/{year}/{number}";
const DOSSIER: &str = "/api/v1/dossiers/{id}";

fn readings(things: &Things) -> Vec<Line> {
    let read = |route: &str, path: String, expected| line("get", route, path, json!(null), expected);
    let (entry, document, dossier) = (&things.entry, &things.document, &things.dossier);
    vec![
        read(ENTRIES, "/api/v1/registers/PG/entries".into(), "++++++++"),
        read(ENTRY, entry.clone(), "n++n++n+"),
        read(ENTRY, things.shown.clone(), "n++n++++"),
        read(ENTRY, things.confidential.clone(), "n+nns+nn"),
        read(&format!("{ENTRY}/label.pdf"), format!("{entry}/label.pdf"), "n++n++n+"),
        read(&format!("{ENTRY}/label.pdf"), format!("{}/label.pdf", things.confidential), "n+nnn+nn"),
        read(&format!("{ENTRY}/history"), format!("{entry}/history"), "n++n++n+"),
        // A mark is for those who may read all of the entry, and the dossier that it names; it tells of every recipient.
        read(&format!("{ENTRY}/mark.xml"), format!("{entry}/mark.xml"), "n++n++n+"),
        read(&format!("{ENTRY}/mark.xml"), format!("{}/mark.xml", things.shown), "n++n++n+"),
        read(&format!("{ENTRY}/mark.xml"), format!("{}/mark.xml", things.confidential), "n+nnn+nn"),
        read(&format!("{ENTRY}/messages"), format!("{entry}/messages"), "n++n++n+"),
        // What registries write each other is not for the parties.
        read(&format!("{ENTRY}/messages"), format!("{}/messages", things.shown), "n++n++n+"),
        read(&format!("{ENTRY}/messages"), format!("{}/messages", things.confidential), "n+nnn+nn"),
        read(&format!("{ENTRY}/messages/{{position}}"), format!("{entry}/messages/999999"), "nnnnnnnn"),
        read(&format!("{ENTRY}/metadata.xml"), format!("{entry}/metadata.xml"), "n++n++n+"),
        read(&format!("{ENTRY}/metadata.xml"), format!("{}/metadata.xml", things.shown), "n++n++++"),
        read(&format!("{ENTRY}/metadata.xml"), format!("{}/metadata.xml", things.confidential), "n+nnn+nn"),
        read("/api/v1/documents/{id}/metadata.xml", format!("{document}/metadata.xml"), "n++n++n+"),
        read("/api/v1/documents/{id}/metadata.xml", format!("{}/metadata.xml", things.draft), "nn+nn+nn"),
        read("/api/v1/dossiers/{id}/metadata.xml", format!("{dossier}/metadata.xml"), "n++n++++"),
        read("/api/v1/documents/{id}", document.clone(), "n++n++n+"),
        read("/api/v1/documents/{id}", things.draft.clone(), "nn+nn+nn"),
        read("/api/v1/documents/{id}/content", format!("{document}/content"), "n++n++n+"),
        line("head", "/api/v1/documents/{id}/content", format!("{document}/content"), json!(null), "n++n++n+"),
        read("/api/v1/documents/{id}/text", format!("{document}/text"), "n++n++n+"),
        // The document is a text: its preview is that, and a thumbnail or a stamped copy there is for nobody.
        read("/api/v1/documents/{id}/thumbnail", format!("{document}/thumbnail"), "nnnnnnnn"),
        read("/api/v1/documents/{id}/stamped", format!("{document}/stamped"), "nnnnnnnn"),
        read("/api/v1/documents/{id}/preview", format!("{document}/preview"), "n++n++n+"),
        read("/api/v1/dossiers", "/api/v1/dossiers".into(), "++++++++"),
        read("/api/v1/dossiers/{id}", dossier.clone(), "n++n++++"),
        read("/api/v1/dossiers/{id}/items", format!("{dossier}/items"), "n++n++++"),
        // The first is not shown to the citizen, the second is: of the first he hears that it is there.
        read("/api/v1/dossiers/{id}/items/{item}", format!("{dossier}/items/1"), "n++n++++"),
        read("/api/v1/dossiers/{id}/items/{item}", format!("{dossier}/items/2"), "n++n++++"),
        read("/api/v1/dossiers/{id}/package", format!("{dossier}/package"), "n++n++++"),
        read("/api/v1/search", "/api/v1/search?q=testo".into(), "++++++++"),
        line("post", "/api/v1/search", "/api/v1/search".into(), json!({"q": "testo"}), "++++++++"),
        read("/api/v1/search/suggestions", "/api/v1/search/suggestions?q=ass".into(), "++++++++"),
        read("/api/v1/correspondents", "/api/v1/correspondents?q=rossi".into(), "++++++++"),
        read("/api/v1/inbox", "/api/v1/inbox".into(), "f+++++f+"),
        read("/api/v1/inbox", "/api/v1/inbox?of=office:edilizia&state=done".into(), "f+++++f+"),
        read("/api/v1/events", "/api/v1/events".into(), "++++++++"),
    ]
}

/// What is asked of the index, and what everybody keeps of it for himself.
fn searches(things: &Things) -> Vec<Line> {
    const SAVED: &str = "/api/v1/saved-searches";
    let nobodys = "5f0c2c1e-1a54-4f0e-9a1b-2f4d1c3b5a11";
    let read = |route: &str, path: String, expected| line("get", route, path, json!(null), expected);
    let like = |kind: &str, thing: &str| {
        let id = thing.trim_start_matches("/api/v1/registers/").trim_start_matches("/api/v1/documents/");
        let id = id.trim_start_matches("/api/v1/dossiers/").replace("/entries", "");
        read(
            "/api/v1/search/similar",
            format!("/api/v1/search/similar?kind={kind}&id={id}"),
            kind_row(kind, things, thing),
        )
    };
    let typed = json!({"q": "sender:ros"});
    let query = json!({"q": "testo"});
    let saved = json!({"name": "Prova", "query": query});
    let opened = json!({"kind": "dossier", "id": things.dossier.trim_start_matches("/api/v1/dossiers/")});
    let mut star = opened.clone();
    star["starred"] = json!(true);
    let one = format!("{SAVED}/{{id}}");
    let of_nobody = format!("{SAVED}/{nobodys}");
    vec![
        like("entry", &things.entry),
        like("entry", &things.shown),
        like("entry", &things.confidential),
        like("document", &things.document),
        like("document", &things.draft),
        like("dossier", &things.dossier),
        read("/api/v1/search/export", "/api/v1/search/export?q=testo&format=csv".into(), "++++++++"),
        line("post", "/api/v1/search/export", "/api/v1/search/export?format=xlsx".into(), query, "++++++++"),
        line("post", "/api/v1/search/suggestions", "/api/v1/search/suggestions".into(), typed.clone(), "++++++++"),
        line("post", "/api/v1/correspondents", "/api/v1/correspondents".into(), typed, "++++++++"),
        read("/api/v1/duplicates", format!("/api/v1/duplicates?blake3={}", things.blob), "++++++++"),
        line("post", "/api/v1/proposals", "/api/v1/proposals".into(), json!({"subject": "Assegnato"}), "++++++++"),
        read("/api/v1/search/recent", "/api/v1/search/recent".into(), "++++++++"),
        line("delete", "/api/v1/search/recent", "/api/v1/search/recent".into(), json!(null), "++++++++"),
        line(
            "delete",
            "/api/v1/search/recent/{id}",
            format!("/api/v1/search/recent/{nobodys}"),
            json!(null),
            "nnnnnnnn",
        ),
        read("/api/v1/starred", "/api/v1/starred".into(), "++++++++"),
        line("put", "/api/v1/starred", "/api/v1/starred".into(), star, kind_row("dossier", things, &things.dossier)),
        read("/api/v1/opened", "/api/v1/opened".into(), "++++++++"),
        line("post", "/api/v1/opened", "/api/v1/opened".into(), opened, kind_row("dossier", things, &things.dossier)),
        read(SAVED, SAVED.into(), "++++++++"),
        line("post", SAVED, SAVED.into(), saved.clone(), "++++++++"),
        read(&format!("{SAVED}/notices"), format!("{SAVED}/notices"), "++++++++"),
        read(&one, of_nobody.clone(), "nnnnnnnn"),
        line("put", &one, of_nobody.clone(), saved, "nnnnnnnn"),
        line("delete", &one, of_nobody.clone(), json!(null), "nnnnnnnn"),
        read(&format!("{one}/results"), format!("{of_nobody}/results"), "nnnnnnnn"),
        line("post", &format!("{one}/seen"), format!("{of_nobody}/seen"), json!({}), "nnnnnnnn"),
    ]
}

/// Who may ask for more like a thing: who may read it, and nobody else hears that it is there. Of a confidential entry
/// registrars and archivists know the number already.
fn kind_row(kind: &str, things: &Things, thing: &str) -> &'static str {
    match kind {
        "entry" if thing == things.shown => "n++n++++",
        "entry" if thing == things.confidential => "n+nnf+nn",
        "document" if thing == things.draft => "nn+nn+nn",
        "dossier" => "n++n++++",
        _ => "n++n++n+",
    }
}

fn changes(things: &Things) -> Vec<Line> {
    let (entry, dossier, blob) = (&things.entry, &things.dossier, &things.blob);
    let file = json!({"blake3": blob, "file_name": "a.txt"});
    let why = json!({"reason": "prova"});
    let paper = new_entry("Carta allo sportello");
    let mut outgoing = new_entry("Risposta");
    outgoing["direction"] = json!("outgoing");
    outgoing["received"] = json!(null);
    let registers = "/api/v1/registers/PG/entries".to_owned();
    let act = json!({"reason": "prova", "act": {"number": "1", "date": "2026-01-02"}});
    let assignments = json!({"assignments": [{"office": "edilizia", "mode": "responsible"}]});
    let nothing = json!({"entry": {"register": "PG", "year": 2026, "number": 999_999}, "office": "edilizia"});
    let answers = json!({"items": [nothing], "answer": "done"});
    let class = json!({"classification": "6.4"});
    let number: u64 = things.shown.rsplit('/').next().unwrap().parse().unwrap();
    let year: i16 = things.shown.rsplit('/').nth(1).unwrap().parse().unwrap();
    let link = json!({"relation": "follows", "entry": {"register": "PG", "year": year, "number": number}});
    let dossier_new = json!({"title": "Altra", "classification": "6.3"});
    vec![
        line("post", "/api/v1/blobs", "/api/v1/blobs".into(), json!("bytes"), "f+++fff+"),
        // JSON is no mark, but that is not for want of permission.
        line("post", "/api/v1/marks", "/api/v1/marks".into(), json!("{}"), "f...fff."),
        line("post", ENTRIES, registers.clone(), paper, "f+fffff+"),
        // Without a document it is refused, but not for want of permission.
        line("post", ENTRIES, registers, outgoing, "f...fff."),
        line("put", &format!("{ENTRY}/classification"), format!("{entry}/classification"), class, "n++n+fnf"),
        line("put", &format!("{ENTRY}/assignments"), format!("{entry}/assignments"), assignments, "n++n+fnf"),
        line(
            "post",
            &format!("{ENTRY}/assignments/answers"),
            format!("{entry}/assignments/answers"),
            json!({"office": "edilizia", "answer": "done"}),
            "nf+nffnf",
        ),
        line("post", "/api/v1/inbox/answers", "/api/v1/inbox/answers".into(), answers, "f+++++f+"),
        line("post", &format!("{ENTRY}/documents"), format!("{entry}/documents"), file.clone(), "n..nffnf"),
        line("post", &format!("{ENTRY}/links"), format!("{entry}/links"), link, "n..nffnf"),
        line(
            "post",
            &format!("{ENTRY}/messages"),
            format!("{entry}/messages"),
            json!({"message": "annulment"}),
            "n..nffnf",
        ),
        line(
            "post",
            &format!("{ENTRY}/messages/received"),
            format!("{entry}/messages/received"),
            json!("<ConfermaRicezione/>"),
            "n..nffnf",
        ),
        line(
            "post",
            &format!("{ENTRY}/annulment"),
            format!("{}/annulment", things.confidential),
            act.clone(),
            "n+nnffnn",
        ),
        line("post", &format!("{ENTRY}/annulment"), format!("{entry}/annulment"), act, "n.fnffnf"),
        line("post", "/api/v1/documents", "/api/v1/documents".into(), file.clone(), "f...fff."),
        line("post", "/api/v1/documents/{id}/versions", format!("{}/versions", things.draft), file, "nn+nnfnn"),
        line("post", "/api/v1/dossiers", "/api/v1/dossiers".into(), dossier_new, "f+++fff+"),
        line(
            "post",
            &format!("{DOSSIER}/items"),
            format!("{dossier}/items"),
            json!({"document": "999999-0"}),
            "n..nfff.",
        ),
        line(
            "patch",
            &format!("{DOSSIER}/items/{{item}}"),
            format!("{dossier}/items/2"),
            json!({"shown": true}),
            "n++nfff+",
        ),
        line(
            "post",
            &format!("{DOSSIER}/items/{{item}}/removal"),
            format!("{dossier}/items/99/removal"),
            why.clone(),
            "n..nfff.",
        ),
        line("post", &format!("{DOSSIER}/closure"), format!("{dossier}/closure"), why.clone(), "nf.n.fff"),
        line("post", &format!("{DOSSIER}/reopening"), format!("{dossier}/reopening"), why, "nf.n.fff"),
    ]
}

/// Far away, so that it is no absence yet.
fn absence() -> Value {
    json!({"from": "2099-01-01", "until": "2099-01-02"})
}

fn directory() -> Vec<Line> {
    let read = |route: &str, expected| line("get", route, route.to_owned(), json!(null), expected);
    // What is sent is refused for what it is, once it is clear that one may.
    let nothing = || json!({});
    let today = tabularium::clock::today();
    vec![
        read("/api/v1/registers", "++++++++"),
        line("get", "/api/v1/registers/{register}/daily", "/api/v1/registers/PG/daily".into(), json!(null), "f+ff++ff"),
        line(
            "get",
            "/api/v1/registers/{register}/daily/{date}",
            format!("/api/v1/registers/PG/daily/{today}"),
            json!(null),
            "f+ff++ff",
        ),
        line(
            "get",
            "/api/v1/registers/{register}/yearly/{year}",
            format!("/api/v1/registers/PG/yearly/{}", today.year()),
            json!(null),
            "f+ff++ff",
        ),
        line("post", "/api/v1/registers", "/api/v1/registers".into(), nothing(), ".fffffff"),
        line("get", "/api/v1/registers/{register}", "/api/v1/registers/PG".into(), json!(null), "++++++++"),
        line("patch", "/api/v1/registers/{register}", "/api/v1/registers/NO".into(), nothing(), ".fffffff"),
        line(
            "post",
            "/api/v1/registers/{register}/imports",
            "/api/v1/registers/PG/imports?source=x".into(),
            json!(""),
            ".fffffff",
        ),
        line(
            "post",
            "/api/v1/registers/{register}/emergency",
            "/api/v1/registers/PG/emergency".into(),
            json!("{}\n"),
            "f.fffff.",
        ),
        read("/api/v1/imports", "+fffffff"),
        read("/api/v1/offices", "++++++++"),
        line("post", "/api/v1/offices", "/api/v1/offices".into(), nothing(), ".fffffff"),
        // An office by code is there for all, as in the list; one that is not, for nobody.
        line("get", "/api/v1/offices/{code}", "/api/v1/offices/edilizia".into(), json!(null), "++++++++"),
        line("patch", "/api/v1/offices/{code}", "/api/v1/offices/nowhere".into(), nothing(), ".fffffff"),
        read("/api/v1/users", "++++++ff"),
        line("post", "/api/v1/users", "/api/v1/users".into(), nothing(), ".fffffff"),
        line("get", "/api/v1/users/{name}", "/api/v1/users/nobody".into(), json!(null), "nfffffff"),
        line("patch", "/api/v1/users/{name}", "/api/v1/users/nobody".into(), nothing(), ".fffffff"),
        // His own, and an administrator anyone's; who may not know the users is told that there is none.
        line("get", "/api/v1/users/{name}/absences", "/api/v1/users/officer/absences".into(), json!(null), "+f+fffnn"),
        line("post", "/api/v1/users/{name}/absences", "/api/v1/users/officer/absences".into(), absence(), "+f.fffnn"),
        line(
            "delete",
            "/api/v1/users/{name}/absences/{absence}",
            "/api/v1/users/officer/absences/a99".into(),
            nothing(),
            "nfnfffnn",
        ),
        read("/api/v1/tokens", "+fffffff"),
        line("post", "/api/v1/tokens", "/api/v1/tokens".into(), nothing(), ".fffffff"),
        line("delete", "/api/v1/tokens/{id}", "/api/v1/tokens/t999".into(), nothing(), ".fffffff"),
        read("/api/v1/classification-schemes", "++++++++"),
        line("post", "/api/v1/classification-schemes", "/api/v1/classification-schemes".into(), nothing(), ".fffffff"),
        line(
            "get",
            "/api/v1/classification-schemes/{scheme}",
            "/api/v1/classification-schemes/nowhere".into(),
            json!(null),
            "nnnnnnnn",
        ),
        line("get", "/api/v1/access-log", "/api/v1/access-log?date=2026-01-02".into(), json!(null), "fffff+ff"),
        read("/api/v1/session", "++++++++"),
        line("delete", "/api/v1/session", "/api/v1/session".into(), nothing(), "........"),
    ]
}

/// Routes that ask nobody who he is.
const PUBLIC: [&str; 7] =
    ["/api/v1/session", "/status", "/metrics", "/api/v1/openapi.json", "/", "/api/docs", "/api/docs/{file}"];

#[test]
fn every_route_answers_every_role_as_the_table_says() {
    let town = Town::new();
    let things = things(&town);
    let mut wrong = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for line in table(&things) {
        let route = ROUTES.iter().find(|(method, route)| *method == line.method && *route == line.route);
        seen.insert(*route.unwrap_or_else(|| panic!("no route {} {}", line.method, line.route)));
        let anonymous = ask(&town.anonymous(), &line, "anonymous");
        if anonymous.0 != 401 {
            wrong.push(format!("{} {} anonymous: {}", line.method, line.path, anonymous.0));
        }
        for (role, expected) in ROLES.iter().zip(line.expected.chars()) {
            let (status, stub) = ask(&town.as_(role), &line, &town.key());
            let right = match expected {
                '+' => (200..300).contains(&status) && !stub,
                's' => status == 200 && stub,
                'f' => status == 403,
                'n' => status == 404,
                _ => status != 401 && status != 403,
            };
            if !right {
                wrong.push(format!("{} {} {role}: {status}, not {expected}", line.method, line.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{} answers differ:\n{}", wrong.len(), wrong.join("\n"));
    let left: Vec<_> = ROUTES.iter().filter(|route| !seen.contains(*route) && !PUBLIC.contains(&route.1)).collect();
    assert!(left.is_empty(), "no line for {left:?}");
}

/// Status, and whether an entry was answered as a stub.
fn ask(client: &crate::harness::Client<'_>, line: &Line, key: &str) -> (u16, bool) {
    let client = client.clone().with("Idempotency-Key", key);
    let method = line.method.to_ascii_uppercase();
    let answer = match &line.body {
        Value::Null => client.send(&method, &line.path, b""),
        Value::String(text) if text.starts_with('<') => {
            client.with("Content-Type", "application/xml").send(&method, &line.path, text.as_bytes())
        }
        Value::String(text) => client.send(&method, &line.path, text.as_bytes()),
        body => client.json(&method, &line.path, body),
    };
    let stub = line.route.ends_with("{number}") && answer.status == 200 && answer.value().get("subject").is_none();
    (answer.status, stub)
}

#[test]
fn a_party_hears_of_what_is_not_shown_to_it_that_it_is_there_and_nothing_else() {
    let town = Town::new();
    let dossier = json!({"title": "Pratica", "classification": "6.3", "office": "edilizia",
        "parties": [{"name": "Mario Rossi", "tax_code": TAX_CODE}]});
    let registrar = town.as_("registrar");
    let made = registrar.post("/api/v1/dossiers", &dossier).created();
    let dossier = format!("/api/v1/dossiers/{}", made["id"].as_str().unwrap());
    let assigned = json!([{"office": "edilizia", "mode": "responsible"}]);
    // 1 and 4 are shown, 5 was shown and taken out, 6 is confidential and somebody else's.
    for (n, shown) in [(1, true), (2, false), (3, false), (4, true), (5, true)] {
        let entry = town.register(&format!("Carta {n}"), &format!("testo {n}"), json!({"assignments": assigned}));
        let reference = json!({"register": "PG", "year": entry["year"], "number": entry["number"]});
        registrar.post(&format!("{dossier}/items"), &json!({"entry": reference, "shown": shown})).created();
    }
    registrar.post(&format!("{dossier}/items/5/removal"), &json!({"reason": "sbagliato"})).expect(200);
    let secret = town.register("Riservato", "segreto", json!({"confidential": true}));
    let reference = json!({"register": "PG", "year": secret["year"], "number": secret["number"]});
    let item = json!({"entry": reference, "shown": false});
    registrar.post(&format!("{dossier}/items"), &item).created();
    town.settle_index();
    let stub = |item: u32| json!({"item": item, "withheld": true});
    for citizen in [town.as_("citizen"), town.on_behalf_of(TAX_CODE)] {
        assert_eq!(citizen.get(&dossier).ok()["items"], 2);
        assert_eq!(citizen.get("/api/v1/dossiers").ok()["items"][0]["items"], 2);
        // Page by page, and no page after the last.
        let first = citizen.get(&format!("{dossier}/items?limit=1")).ok();
        let next = first["next_cursor"].as_str().unwrap();
        let second = citizen.get(&format!("{dossier}/items?limit=1&cursor={next}")).ok();
        assert_eq!((&first["items"][0]["item"], &second["items"][0]), (&json!(1), &stub(2)));
        let rest = citizen.get(&format!("{dossier}/items?limit=3&cursor=3")).ok();
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next_cursor"]), (2, &Value::Null), "{rest}");
        let all = citizen.get(&format!("{dossier}/items")).ok();
        let all = all["items"].as_array().unwrap();
        let shown: Vec<_> = all.iter().filter(|item| item["withheld"] == false).map(|item| &item["item"]).collect();
        assert_eq!(shown, [1, 4], "{all:?}");
        assert!(all.iter().all(|item| item.get("added_by").is_none()), "{all:?}");
        let withheld: Vec<_> = all.iter().filter(|item| item["withheld"] == true).cloned().collect();
        assert_eq!(withheld, [stub(2), stub(3), stub(6)]);
        for hidden in [2, 3, 6] {
            assert_eq!(citizen.get(&format!("{dossier}/items/{hidden}")).ok(), stub(hidden));
        }
        // What was taken out is no part of the affair any more.
        for gone in [5, 7] {
            citizen.get(&format!("{dossier}/items/{gone}")).expect(404);
        }
    }
    // Staff who may read the dossier, but not that entry, hear its place and no more.
    for who in ["officer", "archivist", "service"] {
        assert_eq!(town.as_(who).get(&dossier).ok()["items"], 6, "{who}");
        assert_eq!(town.as_(who).get(&format!("{dossier}/items/6")).ok(), stub(6), "{who}");
    }
    assert_eq!(registrar.get(&format!("{dossier}/items/5")).ok()["removed"]["reason"], "sbagliato");
}
