//! The API over a real connection: what is sent is kept and given back, what is wrong is named, nobody sees too much.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};

use crate::harness::{PASSWORD, TAX_CODE, Town, new_entry, read_answer, shared};

const ENTRIES: &str = "/api/v1/registers/PG/entries";

fn digest_header(bytes: &[u8]) -> String {
    let sha256 = tabularium::digest::Sha256::of(bytes);
    format!("sha-256=:{}:", base64::engine::general_purpose::STANDARD.encode(sha256.as_bytes()))
}

#[test]
fn a_document_is_uploaded_registered_and_read_back() {
    let town = shared();
    let text = "Il sottoscritto chiede l'occupazione del suolo pubblico.";
    let uploaded = town.as_("registrar").with("Repr-Digest", &digest_header(text.as_bytes()));
    let blob = uploaded.send("POST", "/api/v1/blobs", text.as_bytes()).created();
    assert_eq!(blob["size"], text.len());
    let mut entry = new_entry("Richiesta di occupazione suolo pubblico");
    entry["document"] = json!({"blake3": blob["blake3"], "file_name": "istanza è.txt"});
    let client = town.as_("registrar").with("Idempotency-Key", &town.key());
    let first = client.post(ENTRIES, &entry).expect(201);
    let registered = first.value();
    let address = first.header("location").unwrap().to_owned();
    assert_eq!(address, format!("{ENTRIES}/{}/{}", registered["year"], registered["number"]));
    assert_eq!(registered["document"]["sha256"], blob["sha256"]);

    // The same again is the same; another body with the key is refused; no key at all too.
    let again = client.post(ENTRIES, &entry).ok();
    assert_eq!((&again["number"], &again["position"]), (&registered["number"], &registered["position"]));
    entry["subject"] = json!("Altro");
    let reused = client.post(ENTRIES, &entry).expect(422);
    assert_eq!(reused.problem(), "idempotency-key-reused");
    assert_eq!(town.as_("registrar").post(ENTRIES, &entry).expect(400).problem(), "idempotency-key-missing");

    let shown = town.as_("registrar").get(&address).expect(200);
    assert_eq!(shown.header("cache-control"), Some("no-store"));
    let etag = shown.header("etag").unwrap().to_owned();
    assert_eq!(town.as_("registrar").with("If-None-Match", &etag).get(&address).status, 304);

    let id = registered["document"]["id"].as_str().unwrap();
    let content = format!("/api/v1/documents/{id}/content");
    let whole = town.as_("registrar").get(&content).expect(200);
    assert_eq!(whole.text(), text);
    assert_eq!(whole.header("content-type"), Some("text/plain"));
    assert_eq!(whole.header("repr-digest"), Some(digest_header(text.as_bytes()).as_str()));
    assert!(whole.header("content-disposition").unwrap().ends_with("filename*=UTF-8''istanza%20%C3%A8.txt"));
    assert_eq!(whole.header("x-content-type-options"), Some("nosniff"));
    assert!(whole.header("content-security-policy").unwrap().starts_with("sandbox"));
    let head = town.as_("registrar").head(&content).expect(200);
    assert_eq!(head.header("content-length"), Some(text.len().to_string().as_str()));
    assert_eq!(head.header("etag"), whole.header("etag"));
    let fresh = town.as_("registrar").with("If-None-Match", whole.header("etag").unwrap());
    assert_eq!(fresh.get(&content).status, 304);
    let part = town.as_("registrar").with("Range", "bytes=3-14").get(&content).expect(206);
    assert_eq!(part.text(), text[3..15]);
    assert_eq!(part.header("content-range"), Some(format!("bytes 3-14/{}", text.len()).as_str()));
    let outside = town.as_("registrar").with("Range", "bytes=1000-").get(&content).expect(416);
    assert_eq!(outside.problem(), "range-not-satisfiable");
    assert_eq!(outside.header("content-range"), Some(format!("bytes */{}", text.len()).as_str()));
    assert_eq!(town.as_("registrar").with("Range", "bytes=0-1,4-5").get(&content).expect(200).text(), text);
    let document = town.as_("registrar").get(&format!("/api/v1/documents/{id}")).ok();
    assert_eq!(document["media_type"], "text/plain");
    let thumbnail = town.as_("registrar").get(&format!("/api/v1/documents/{id}/thumbnail")).expect(404);
    assert_eq!(thumbnail.problem(), "not-available");
}

#[test]
fn sizes_around_the_boundaries_come_back_whole() {
    let town = shared();
    const MIB: usize = 1024 * 1024;
    // Nothing; a piece of a download; what is held in memory; what goes off the thread; some pieces and a rest.
    for size in [0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, MIB, MIB + 1, 2 * MIB + 1, 5 * MIB + 7] {
        let bytes: Vec<u8> = (0..size).map(|n| (n.wrapping_mul(2_654_435_761) >> 7) as u8).collect();
        let blob = town.as_("registrar").send("POST", "/api/v1/blobs", &bytes).created();
        let document = json!({"blake3": blob["blake3"], "file_name": "x.bin"});
        let document = town.as_("registrar").post("/api/v1/documents", &document).created();
        let content = format!("/api/v1/documents/{}/content", document["id"].as_str().unwrap());
        let whole = town.as_("registrar").get(&content).expect(200);
        assert!(whole.whole && whole.body == bytes, "{size} bytes");
        if size > 2 {
            let range = format!("bytes={}-{}", 1, size - 2);
            let part = town.as_("registrar").with("Range", &range).get(&content).expect(206);
            assert!(part.whole && part.body == bytes[1..size - 1], "{size} bytes in part");
        }
    }
}

#[test]
fn a_form_files_a_document_with_its_attachments_in_one_call() {
    let town = shared();
    let entry = new_entry("Permesso di costruire").to_string();
    let (main, plan) = (b"testo dell'istanza".as_slice(), vec![7_u8; 1_500_000]);
    let client = town.as_("registrar").with("Idempotency-Key", &town.key());
    // The JSON may come last.
    let parts: [(&str, &str, &[u8]); 3] =
        [("document", "istanza.txt", main), ("attachment", "pianta.bin", &plan), ("entry", "", entry.as_bytes())];
    let filed = client.form(ENTRIES, &parts).created();
    assert_eq!(filed["document"]["file_name"], "istanza.txt");
    assert_eq!(filed["attachments"][0]["size"], plan.len());
    assert_eq!(client.form(ENTRIES, &parts).ok()["number"], filed["number"]);

    let fresh = || town.as_("registrar").with("Idempotency-Key", &town.key());
    let unknown = fresh().form(ENTRIES, &[("entry", "", entry.as_bytes()), ("scan", "a", b"x")]).expect(422);
    assert_eq!(unknown.fields(), ["scan"]);
    assert_eq!(fresh().form(ENTRIES, &[("document", "a", b"x")]).expect(422).fields(), ["entry"]);
    let mut listed = new_entry("x");
    listed["attachments"] = json!([{"file_name": "a"}, {"file_name": "b"}]);
    let uneven = [("entry", "", listed.to_string()), ("attachment", "a", "1".into())];
    let uneven: Vec<_> = uneven.iter().map(|(name, file, text)| (*name, *file, text.as_bytes())).collect();
    assert_eq!(fresh().form(ENTRIES, &uneven).expect(422).fields(), ["attachments"]);
    let broken = fresh().with("Content-Type", "multipart/form-data; boundary=town");
    let cut = broken.send("POST", ENTRIES, b"--town\r\nContent-Disposition: form-data; name=\"document\"\r\n\r\nabc");
    assert_eq!(cut.expect(400).problem(), "upload-truncated");
    let hostile = [("entry", "", entry.as_bytes()), ("document", "../../etc/passwd", b"x")];
    assert_eq!(fresh().form(ENTRIES, &hostile).expect(422).fields(), ["document.file_name"]);
}

#[test]
fn what_is_wrong_with_a_request_is_named() {
    let town = shared();
    let registrar = || town.as_("registrar").with("Idempotency-Key", &town.key());
    let mut entry = new_entry("x");
    entry["subjekt"] = json!("y");
    let unknown = registrar().post(ENTRIES, &entry).expect(422);
    assert_eq!((unknown.problem().as_str(), unknown.fields()), ("invalid", vec!["subjekt".to_owned()]));
    let no_json = registrar().with("Content-Type", "application/json").send("POST", ENTRIES, b"{\"a\":");
    assert_eq!(no_json.expect(400).problem(), "malformed-json");
    let empty = registrar().post(
        ENTRIES,
        &json!({"direction": "incoming", "subject": " ", "correspondents": [],
        "received": {"on": "2999-01-01", "channel": "pec"}, "classification": "6.3"}),
    );
    assert_eq!(empty.expect(422).fields(), ["subject", "correspondents", "received.on", "document"]);
    let forgotten = json!({"document": {"blake3": "0".repeat(64), "file_name": "a"}});
    let mut entry = new_entry("x");
    entry["document"] = forgotten["document"].clone();
    let forgotten = registrar().post(ENTRIES, &entry).expect(422);
    assert_eq!(
        (forgotten.problem().as_str(), forgotten.fields()),
        ("blob-unknown", vec!["document.blake3".to_owned()])
    );
    let large = registrar().with("Content-Type", "application/json");
    let large = large.send("POST", ENTRIES, &vec![b' '; 10 * 1024 * 1024]);
    assert_eq!(large.expect(413).problem(), "too-large");
    assert_eq!(registrar().send("POST", ENTRIES, b"<x/>").expect(415).problem(), "unsupported-media-type");
    let query = town.as_("registrar").get("/api/v1/search?q=x&colour=red").expect(422);
    assert_eq!(query.fields(), ["colour"]);
    let method = town.as_("registrar").delete(ENTRIES).expect(405);
    assert_eq!((method.problem().as_str(), method.header("allow")), ("method-not-allowed", Some("POST, GET")));
    for nowhere in ["/api/v1/nothing", "/nothing", "/api/v1/documents/017-0", "/api/v1/registers/PG/entries/2026/042"] {
        assert_eq!(town.as_("registrar").get(nowhere).expect(404).problem(), "not-found", "{nowhere}");
    }
    let foreign = town.as_("registrar").with("Content-Encoding", "gzip").send("POST", "/api/v1/blobs", b"x");
    assert_eq!(foreign.expect(415).problem(), "unsupported-media-type");
}

#[test]
fn uploads_that_are_not_whole_or_not_right_leave_nothing() {
    let town = shared();
    let wrong = town.as_("registrar").with("Repr-Digest", &digest_header(b"other"));
    assert_eq!(wrong.send("POST", "/api/v1/blobs", b"never kept 1").expect(422).problem(), "digest-mismatch");
    let malformed = town.as_("registrar").with("Repr-Digest", "sha-256=abc");
    assert_eq!(malformed.send("POST", "/api/v1/blobs", b"x").expect(400).problem(), "malformed-digest");
    // The sender goes away after half of it.
    let mut connection = town.as_("registrar").open("POST", "/api/v1/blobs", 24);
    connection.get_mut().write_all(b"never kept 2").unwrap();
    connection.get_mut().shutdown(Shutdown::Write).unwrap();
    let mut rest = Vec::new();
    let _ = connection.read_to_end(&mut rest);
    assert!(!rest.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&rest));
    for content in [b"never kept 1", b"never kept 2"] {
        let blake3 = tabularium::digest::Blake3::of(content);
        let document = town.as_("registrar").post("/api/v1/documents", &json!({"blake3": blake3, "file_name": "a"}));
        assert_eq!(document.expect(422).problem(), "blob-unknown");
    }
    // Somebody else's upload is nobody else's.
    let blake3 = town.upload("registrar", b"mine alone");
    let document = town.as_("officer").post("/api/v1/documents", &json!({"blake3": blake3, "file_name": "a"}));
    assert_eq!(document.expect(422).problem(), "blob-unknown");
}

#[test]
fn nobody_learns_what_is_not_for_him() {
    let town = shared();
    let entry = town.register("Riservato", "testo", json!({"confidential": true}));
    let address = format!("{ENTRIES}/{}/{}", entry["year"], entry["number"]);
    let document = format!("/api/v1/documents/{}/content", entry["document"]["id"].as_str().unwrap());
    for user in ["officer", "manager", "citizen", "administrator", "service"] {
        assert_eq!(town.as_(user).get(&address).expect(404).problem(), "not-found", "{user}");
        assert_eq!(town.as_(user).get(&document).expect(404).problem(), "not-found", "{user}");
    }
    let stub = town.as_("archivist").get(&address).ok();
    assert_eq!((&stub["confidential"], stub.get("subject")), (&json!(true), None));
    assert_eq!(town.as_("auditor").get(&address).ok()["subject"], "Riservato");
    assert_eq!(town.as_("officer").get("/api/v1/access-log?date=2026-01-01").expect(403).problem(), "forbidden");
    assert_eq!(town.as_("citizen").send("POST", "/api/v1/blobs", b"x").expect(403).problem(), "forbidden");
    let why = town.as_("officer").get("/api/v1/access-log").expect(403).value();
    assert_eq!(why["detail"], "the access log is for auditors");
    assert!(town.as_("auditor").get("/api/v1/access-log").ok()["items"].is_array(), "of today");
    let facets = town.as_("auditor").get("/api/v1/search?q=testo&facets=office,%20year,office").ok();
    assert_eq!(facets["facets"].as_object().unwrap().len(), 2);
    assert_eq!(town.on_behalf_of(TAX_CODE).get("/api/v1/session").ok()["on_behalf_of"], TAX_CODE);
    let user = town.on_behalf_of(TAX_CODE).get("/api/v1/session").ok()["user"].as_str().unwrap().to_owned();
    assert!(user.parse::<tabularium::ids::UserId>().is_err(), "{user} is a name");
    let nobody = town.anonymous().get(&address).expect(401);
    assert_eq!((nobody.problem().as_str(), nobody.header("www-authenticate")), ("unauthenticated", Some("Bearer")));
    let wrong = town.anonymous().with("Authorization", "Bearer tab_00").get(&address).expect(401);
    assert_eq!(wrong.problem(), "unauthenticated");
}

#[test]
fn a_portal_sees_what_its_citizen_may_and_the_log_names_both() {
    let town = Town::new();
    let entry = town.register("Domanda di Rossi", "testo", json!({}));
    let address = format!("{ENTRIES}/{}/{}", entry["year"], entry["number"]);
    assert_eq!(town.on_behalf_of(TAX_CODE).get(&address).status, 404, "no dossier shows it yet");
    let dossier =
        json!({"title": "Rossi", "classification": "6.3", "parties": [{"name": "Rossi", "tax_code": TAX_CODE}]});
    let dossier = town.as_("registrar").post("/api/v1/dossiers", &dossier).created();
    let items = format!("/api/v1/dossiers/{}/items", dossier["id"].as_str().unwrap());
    let reference = json!({"register": "PG", "year": entry["year"], "number": entry["number"]});
    let item = town.as_("registrar").post(&items, &json!({"entry": reference})).created();
    assert_eq!(town.on_behalf_of(TAX_CODE).get(&address).status, 404, "the dossier does not show it");
    let shown = town.as_("registrar").patch(&format!("{items}/{}", item["item"]), &json!({"shown": true})).ok();
    assert_eq!(shown["shown"], true);
    assert_eq!(town.on_behalf_of(&TAX_CODE.to_lowercase()).get(&address).ok()["number"], entry["number"]);
    assert_eq!(town.as_("citizen").get(&address).ok()["number"], entry["number"]);
    assert_eq!(town.on_behalf_of("VRDDAA80A41X999X").get(&address).status, 404);
    assert_eq!(town.on_behalf_of("nonsense").get(&address).expect(422).fields(), ["On-Behalf-Of"]);
    let other = town.as_("service").with("On-Behalf-Of", TAX_CODE).get(&address).expect(403);
    assert_eq!(other.problem(), "forbidden");
    let registrar = town.as_("registrar").with("On-Behalf-Of", TAX_CODE).get(&address);
    assert_eq!(registrar.expect(403).problem(), "forbidden");

    let today = tabularium::clock::date_in_rome(tabularium::clock::Clock::System.now());
    let log = town.as_("auditor").get(&format!("/api/v1/access-log?date={today}&limit=500")).ok();
    let subject = address.trim_start_matches("/api/v1/");
    let read = |line: &serde_json::Value| {
        line["what"] == "read"
            && line["on_behalf_of"] == TAX_CODE
            && line["subject"] == subject
            && line["outcome"] == 200
    };
    let lines = log["items"].as_array().unwrap();
    assert!(lines.iter().any(read), "{log:#}");
    assert!(lines.iter().any(|line| line["on_behalf_of"] == "VRDDAA80A41X999X" && line["outcome"] == 404), "{log:#}");
}

#[test]
fn a_session_is_begun_guarded_and_ended() {
    let town = Town::new();
    let sign_in =
        |password: &str| town.anonymous().post("/api/v1/session", &json!({"name": "registrar", "password": password}));
    let refused = sign_in("wrong-password").expect(401);
    assert_eq!(refused.problem(), "sign-in-refused");
    let signed_in = sign_in(PASSWORD).expect(201);
    let cookie = signed_in.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let csrf = signed_in.value()["csrf_token"].as_str().unwrap().to_owned();
    let session = || town.anonymous().with("Cookie", &cookie);
    assert_eq!(session().get("/api/v1/session").ok()["user"], "registrar");
    assert_eq!(session().send("POST", "/api/v1/blobs", b"x").expect(403).problem(), "csrf-token");
    let wrong = session().with("X-CSRF-Token", "0").send("POST", "/api/v1/blobs", b"x");
    assert_eq!(wrong.expect(403).problem(), "csrf-token");
    session().with("X-CSRF-Token", &csrf).send("POST", "/api/v1/blobs", b"x").expect(201);
    session().with("X-CSRF-Token", &csrf).delete("/api/v1/session").expect(204);
    assert_eq!(session().get("/api/v1/session").expect(401).problem(), "unauthenticated");
    // Ten failed tries, then not even the right password.
    (0..10).for_each(|_| drop(sign_in("wrong-password").expect(401)));
    let held = sign_in(PASSWORD).expect(429);
    assert_eq!(held.problem(), "too-many-attempts");
    assert!(held.header("retry-after").unwrap().parse::<u32>().unwrap() <= 61);
}

#[test]
fn two_who_change_the_same_entry_do_not_overwrite_each_other() {
    let town = shared();
    let entry = town.register("Da classificare", "testo", json!({}));
    let address = format!("{ENTRIES}/{}/{}", entry["year"], entry["number"]);
    let etag = town.as_("registrar").get(&address).header("etag").unwrap().to_owned();
    let classify = |code: &str| {
        let client = town.as_("registrar").with("If-Match", &etag);
        client.put(&format!("{address}/classification"), &json!({"classification": code}))
    };
    let changed = classify("6.4").expect(200);
    assert_ne!(changed.header("etag"), Some(etag.as_str()));
    assert_eq!(changed.value()["classification"], "6.4");
    assert_eq!(classify("6.5").expect(412).problem(), "changed");
    assert_eq!(classify("99.99").expect(412).problem(), "changed");
    let history = town.as_("registrar").get(&format!("{address}/history")).ok();
    assert_eq!(history["items"].as_array().unwrap().len(), 2);
    let annulment = json!({"reason": "doppia", "act": {"number": "1", "date": "2026-01-02"}});
    let annulled = town.as_("registrar").post(&format!("{address}/annulment"), &annulment).ok();
    assert_eq!(annulled["annulled"]["reason"], "doppia");
    let late = town.as_("registrar").put(&format!("{address}/classification"), &json!({"classification": "6.4"}));
    assert_eq!(late.expect(409).problem(), "entry-annulled");
}

#[test]
fn events_are_polled_waited_for_and_streamed() {
    let town = Town::new();
    let all = town.as_("auditor").get("/api/v1/events?limit=500").ok();
    assert_eq!(all["items"][0]["position"], 0);
    let next = all["next"].as_u64().unwrap();
    let kinds = town.as_("auditor").get("/api/v1/events?kinds=office-added,register-opened").ok();
    assert_eq!(kinds["items"].as_array().unwrap().len(), 3);
    assert_eq!(town.as_("auditor").get("/api/v1/events?after=x").expect(422).fields(), ["after"]);
    let empty = town.as_("auditor").get(&format!("/api/v1/events?after={next}")).ok();
    assert_eq!((empty["items"].as_array().map(Vec::len), &empty["next"]), (Some(0), &json!(next)));

    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let started = Instant::now();
            let page = town.as_("auditor").get(&format!("/api/v1/events?after={next}&wait=20")).ok();
            (started.elapsed(), page)
        });
        let streaming = scope.spawn(|| {
            let client = town.as_("auditor").with("Accept", "text/event-stream");
            let mut stream = client.with("Last-Event-ID", &next.to_string()).open("GET", "/api/v1/events?after=0", 0);
            let (mut text, mut bytes) = (String::new(), [0; 4096]);
            while !text.contains("\"subject\":\"Seguito\"") {
                let count = stream.read(&mut bytes).unwrap();
                assert!(count > 0, "the stream ended: {text}");
                text.push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
            text
        });
        std::thread::sleep(Duration::from_millis(300));
        let entry = town.register("Seguito", "testo", json!({}));
        let (took, page) = waiting.join().unwrap();
        assert_eq!(page["items"][0]["subject"], format!("registers/PG/entries/{}/1", entry["year"]));
        assert!(took < Duration::from_secs(10), "{took:?}");
        let text = streaming.join().unwrap();
        assert!(text.contains("content-type: text/event-stream"), "{text}");
        assert!(text.contains(&format!("id: {}\nevent: entry-registered\ndata: {{", entry["position"])), "{text}");
        assert!(!text.contains("id: 0\n"), "Last-Event-ID goes before after: {text}");
    });
    // What one may not see is left out, and passed over.
    let citizen = town.as_("citizen").get("/api/v1/events?limit=500").ok();
    assert_eq!(citizen["items"], json!([]));
    assert!(citizen["next"].as_u64() > Some(next));
}

#[test]
fn it_says_how_much_was_registered_on_each_day() {
    let town = Town::new();
    let today = |town: &Town| town.anonymous().get("/status").ok()["registered_by_day"][27].clone();
    let before = today(&town)["count"].as_u64().unwrap();
    town.register("Uno", "", json!({}));
    town.register("Due, riservato", "", json!({"confidential": true}));
    town.settle_index();
    assert_eq!(today(&town)["count"], before + 2);
}

#[test]
fn it_says_how_it_is_and_how_it_is_used() {
    let town = shared();
    let status = town.anonymous().get("/status").expect(200);
    assert_eq!(status.header("content-type"), Some("application/problem+json"));
    assert_eq!((&status.value()["healthy"], &status.value()["status"]), (&json!(true), &json!(200)));
    let days = status.value()["registered_by_day"].as_array().unwrap().clone();
    assert_eq!(days.len(), 28, "four weeks, those without entries too");
    assert!(days.windows(2).all(|pair| pair[0]["day"].as_str() < pair[1]["day"].as_str()), "{days:?}");
    let metrics = town.anonymous().get("/metrics").expect(200).text();
    assert!(metrics.contains("tabularium_journal_position ") && metrics.contains("tabularium_http_requests_total"));
    let contract = town.anonymous().get("/api/v1/openapi.json").expect(200);
    assert_eq!(contract.value()["openapi"], "3.1.0");
    let page = town.anonymous().get("/api/docs").expect(200);
    assert!(page.header("content-security-policy").unwrap().contains("script-src 'self'"));
    for file in page.text().split("/api/docs/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        let answer = town.anonymous().get(&format!("/api/docs/{file}")).expect(200);
        let again = town.anonymous().with("If-None-Match", answer.header("etag").unwrap());
        assert_eq!(again.get(&format!("/api/docs/{file}")).status, 304, "{file}");
    }
    assert_eq!(town.anonymous().get("/api/docs/..%2F..%2Fetc").expect(404).problem(), "not-found");
}

#[test]
fn figures_are_for_the_configured_networks_alone() {
    let settings = tabularium::http::Settings { metrics_from: Vec::new(), ..tabularium::http::Settings::default() };
    let town = Town::with(settings);
    let spoofed = town.anonymous().with("X-Forwarded-For", "127.0.0.1").with("Forwarded", "for=127.0.0.1");
    assert_eq!(spoofed.get("/metrics").expect(403).problem(), "forbidden");
}

#[test]
fn damage_is_an_error_and_never_wrong_bytes() {
    let town = Town::new();
    let large: Vec<u8> = (0..700_000_u32).map(|n| (n >> 3) as u8).collect();
    let mut contents = Vec::new();
    for bytes in [b"a small content that will be damaged".as_slice(), &large] {
        let blob = town.as_("registrar").send("POST", "/api/v1/blobs", bytes).created();
        let document = json!({"blake3": blob["blake3"], "file_name": "a.bin"});
        let document = town.as_("registrar").post("/api/v1/documents", &document).created();
        contents.push(format!("/api/v1/documents/{}/content", document["id"].as_str().unwrap()));
    }
    let pack = town.data().join("blobs/packs/000001.zip");
    let pack = if pack.is_file() { pack } else { town.data().join("blobs/packs/000000.zip") };
    let mut bytes = std::fs::read(&pack).unwrap();
    let small = bytes.windows(7).position(|window| window == b"a small").unwrap();
    bytes[small] ^= 1;
    let last = bytes.windows(64).rposition(|window| window == &large[large.len() - 64..]).unwrap();
    bytes[last] ^= 1;
    std::fs::write(&pack, &bytes).unwrap();
    let answer = town.as_("registrar").get(&contents[0]).expect(500);
    assert_eq!(answer.problem(), "internal");
    assert!(!answer.text().contains("packs"), "no place in the answer");
    let answer = town.as_("registrar").get(&contents[1]);
    assert!(!answer.whole && answer.body.len() < large.len(), "{} bytes", answer.body.len());
}

#[test]
fn a_dossier_is_opened_filled_packed_closed_and_reopened() {
    let town = shared();
    let new = json!({"title": "Occupazione di via Roma", "classification": "6.3", "office": "edilizia"});
    let opened = town.as_("registrar").post("/api/v1/dossiers", &new).expect(201);
    let dossier = opened.value();
    let address = opened.header("location").unwrap().to_owned();
    assert_eq!(dossier["state"], "open");
    let missing = town.as_("registrar").post("/api/v1/dossiers", &json!({"title": "x", "classification": "99"}));
    assert_eq!(missing.expect(422).fields(), ["classification"]);

    let items = format!("{address}/items");
    let mut last = json!(null);
    for n in 0..3 {
        let entry = town.register(&format!("Carta {n}"), &format!("testo {n}"), json!({}));
        let entry = json!({"entry": {"register": "PG", "year": entry["year"], "number": entry["number"]}});
        assert_eq!(town.as_("registrar").post(&items, &entry).created()["item"], n + 1);
        assert_eq!(town.as_("registrar").post(&items, &entry).expect(409).problem(), "already-exists");
        last = entry;
    }
    let first = town.as_("officer").get(&format!("{items}?limit=2")).ok();
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = town.as_("officer").get(&format!("{items}?limit=2&cursor={cursor}")).ok();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &json!(null)));
    assert_eq!(town.as_("officer").get(&format!("{items}?cursor=x")).expect(422).fields(), ["cursor"]);
    let (removal, why) = (format!("{items}/2/removal"), json!({"reason": "altrove"}));
    let early = town.as_("registrar").with("If-Match", "\"1\"").post(&removal, &why).expect(412);
    assert_eq!(early.problem(), "changed");
    let etag = || town.as_("registrar").get(&address).header("etag").unwrap().to_owned();
    let before = etag();
    town.as_("registrar").patch(&format!("{items}/1"), &json!({"shown": true})).ok();
    assert_eq!(town.as_("registrar").with("If-Match", &before).post(&removal, &why).expect(412).problem(), "changed");
    let seen = etag();
    let removed = town.as_("registrar").with("If-Match", &seen).post(&removal, &why).ok();
    assert_eq!(removed["removed"]["reason"], "altrove");
    assert_ne!(etag(), seen, "what was taken out counts as well");
    assert_eq!(town.as_("registrar").get(&format!("{items}/9")).expect(404).problem(), "not-found");

    let package = town.as_("officer").get(&format!("{address}/package")).expect(200);
    assert!(package.whole);
    assert!(package.header("content-disposition").unwrap().contains("6.3-"), "named by the dossier's code");
    let mut bag = zip::ZipArchive::new(std::io::Cursor::new(&package.body)).unwrap();
    let mut texts = Vec::new();
    for n in 0..bag.len() {
        let mut text = Vec::new();
        bag.by_index(n).unwrap().read_to_end(&mut text).unwrap();
        texts.push(text);
    }
    assert!(texts.iter().any(|text| text == b"testo 0") && texts.iter().any(|text| text == b"testo 2"));
    for (user, path) in [("citizen", "/package"), ("manager", "/package"), ("citizen", ""), ("citizen", "/items")] {
        assert_eq!(town.as_(user).get(&format!("{address}{path}")).expect(404).problem(), "not-found", "{user} {path}");
    }

    let why = json!({"reason": "concluso"});
    assert_eq!(town.as_("archivist").post(&format!("{address}/closure"), &why).ok()["state"], "closed");
    let closed = town.as_("archivist").post(&format!("{address}/closure"), &why).expect(409);
    assert_eq!(closed.problem(), "dossier-closed");
    assert_eq!(town.as_("registrar").post(&items, &last).expect(409).problem(), "already-exists");
    let hide = town.as_("registrar").patch(&format!("{items}/1"), &json!({"shown": true})).expect(409);
    assert_eq!(hide.problem(), "dossier-closed");
    assert_eq!(town.as_("archivist").post(&format!("{address}/reopening"), &why).ok()["state"], "open");
    let open = town.as_("archivist").post(&format!("{address}/reopening"), &why).expect(409);
    assert_eq!(open.problem(), "dossier-open");
    let listed = town.as_("officer").get("/api/v1/dossiers?office=edilizia&limit=1").ok();
    assert_eq!(listed["items"][0]["id"], dossier["id"]);
}

#[test]
fn what_is_filed_is_found_by_whoever_may_read_it() {
    let town = Town::new();
    let text = "Si chiede l'autorizzazione allo scavo presso la fontana monumentale.";
    let assigned = json!({"assignments": [{"office": "edilizia", "mode": "responsible"}]});
    let entry = town.register("Scavo in piazza", text, assigned);
    town.settle_index();
    let query = json!({"q": "fontana monumentale", "facets": "office,year", "min_position": entry["position"]});
    for (user, total) in [("registrar", 1), ("officer", 1), ("manager", 0), ("citizen", 0), ("auditor", 1)] {
        let found = town.as_(user).post("/api/v1/search", &query).ok();
        assert_eq!(found["total"], total, "{user}");
    }
    let found = town.as_("officer").get("/api/v1/search?q=fontana&limit=5").ok();
    assert!(found["items"][0]["snippet"].as_str().unwrap().contains("<mark>fontana</mark>"), "{found:#}");
    let typed = town.as_("registrar").get("/api/v1/search/suggestions?q=scav").ok();
    assert_eq!(typed["items"][0]["title"], "Scavo in piazza");
    let known = town.as_("registrar").get("/api/v1/correspondents?q=ross").ok();
    assert_eq!(known["items"][0]["name"], "Mario Rossi");
    let list = town.as_("registrar").get(&format!("{ENTRIES}?year={}&limit=1", entry["year"])).ok();
    assert_eq!(list["items"][0]["number"], entry["number"]);
    assert_eq!(town.as_("registrar").get("/api/v1/registers/XX/entries").expect(404).problem(), "not-found");
    let id = entry["document"]["id"].as_str().unwrap();
    let extracted = town.as_("registrar").get(&format!("/api/v1/documents/{id}/text")).ok();
    assert_eq!(extracted["text"].as_str().map(str::trim), Some(text));
    let plain = town.as_("registrar").with("Accept", "text/plain").get(&format!("/api/v1/documents/{id}/text"));
    assert_eq!(plain.expect(200).text().trim(), text);
}

#[test]
fn administrators_add_people_and_take_their_tokens_back() {
    let town = Town::new();
    let administrator = || town.as_("administrator");
    administrator().post("/api/v1/offices", &json!({"code": "anagrafe", "name": "Anagrafe"})).expect(201);
    let twice = administrator().post("/api/v1/offices", &json!({"code": "anagrafe", "name": "Anagrafe"}));
    assert_eq!(twice.expect(409).problem(), "already-exists");
    let carla = json!({"name": "carla", "roles": ["officer"], "offices": ["anagrafe"], "password": PASSWORD});
    administrator().post("/api/v1/users", &carla).expect(201);
    let weak = json!({"name": "dario", "roles": ["citizen"], "password": "short"});
    assert_eq!(administrator().post("/api/v1/users", &weak).expect(422).fields(), ["tax_code", "password"]);
    let token = administrator().post("/api/v1/tokens", &json!({"user": "carla"})).expect(201);
    let (address, token) = (token.header("location").unwrap().to_owned(), token.value());
    let secret = format!("Bearer {}", token["token"].as_str().unwrap());
    let carla = || town.anonymous().with("Authorization", &secret);
    assert_eq!(carla().get("/api/v1/session").ok()["offices"], json!(["anagrafe"]));
    assert!(!administrator().get("/api/v1/tokens").expect(200).text().contains("tab_"), "secrets are shown once");
    administrator().delete(&address).expect(204);
    assert_eq!(carla().get("/api/v1/session").expect(401).problem(), "unauthenticated");
    assert_eq!(administrator().delete("/api/v1/tokens/t999").expect(404).problem(), "not-found");
    assert_eq!(administrator().patch("/api/v1/users/carla", &json!({"active": false})).ok()["active"], false);
    let out = town.anonymous().post("/api/v1/session", &json!({"name": "carla", "password": PASSWORD}));
    assert_eq!(out.expect(401).problem(), "sign-in-refused");
    for (user, path) in
        [("registrar", "/api/v1/users"), ("registrar", "/api/v1/tokens"), ("auditor", "/api/v1/offices")]
    {
        assert_eq!(town.as_(user).post(path, &json!({"x": 1})).expect(403).problem(), "forbidden", "{user} {path}");
    }
    assert_eq!(town.as_("citizen").get("/api/v1/users").expect(403).problem(), "forbidden");
    assert_eq!(town.as_("citizen").get("/api/v1/registers").ok()["items"][0]["code"], "PG");
    let schemes = town.as_("citizen").get("/api/v1/classification-schemes").ok();
    assert!(schemes["items"][0]["classes"].as_array().unwrap().len() > 14);
    assert!(town.as_("registrar").get("/api/v1/users").ok()["items"].as_array().unwrap().len() > 9);
}

#[test]
fn the_second_administrator_is_told_of_what_the_first_changed() {
    let town = Town::new();
    let administrator = || town.as_("administrator");
    let carla = json!({"name": "carla", "roles": ["officer"], "offices": ["edilizia"], "password": PASSWORD});
    administrator().post("/api/v1/users", &carla).expect(201);
    let read = || {
        let answer = administrator().get("/api/v1/users/carla").expect(200);
        answer.header("etag").unwrap().to_owned()
    };
    let change =
        |seen: &str, change: Value| administrator().with("If-Match", seen).patch("/api/v1/users/carla", &change);
    let seen = read();
    administrator().with("If-None-Match", &seen).get("/api/v1/users/carla").expect(304);
    let first = change(&seen, json!({"full_name": "Carla Neri"})).expect(200);
    let now = first.header("etag").unwrap().to_owned();
    assert_eq!((first.value()["full_name"].as_str(), &now), (Some("Carla Neri"), &read()));
    let second = change(&seen, json!({"roles": ["registrar"]})).expect(412);
    assert_eq!(second.problem(), "changed");
    assert_eq!(administrator().get("/api/v1/users/carla").ok()["roles"], json!(["officer"]), "nothing of it was done");
    // A password that somebody else gave is a change too, and the answer to it has the version of the new one.
    let given = change(&now, json!({"password": "un'altra quercia"})).expect(200).header("etag").unwrap().to_owned();
    assert_eq!(given, read());
    change(&now, json!({"password": "la mia quercia"})).expect(412);
    change(&given, json!({"roles": ["registrar"]})).expect(200);
    change("*", json!({"active": false})).expect(200);
    for who in ["registrar", "auditor", "citizen"] {
        assert_eq!(town.as_(who).get("/api/v1/users/carla").expect(403).problem(), "forbidden", "{who}");
    }
}

#[test]
fn a_server_that_is_stopped_finishes_what_it_has_begun_and_lets_go_who_waits() {
    let town = Town::new();
    let next = town.as_("auditor").get("/api/v1/events?limit=500").ok()["next"].as_u64().unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| town.as_("auditor").get(&format!("/api/v1/events?after={next}&wait=60")).ok());
        let mut stream = town.as_("auditor").with("Accept", "text/event-stream").open("GET", "/api/v1/events", 0);
        let mut upload = town.as_("registrar").open("POST", "/api/v1/blobs", 6);
        upload.get_mut().write_all(b"abc").unwrap();
        std::thread::sleep(Duration::from_millis(500));
        let started = Instant::now();
        town.stop();
        std::thread::sleep(Duration::from_millis(200));
        upload.get_mut().write_all(b"def").unwrap();
        assert_eq!(read_answer(&mut upload, false).created()["size"], 6);
        assert_eq!(waiting.join().unwrap()["items"], json!([]));
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        assert!(text.ends_with("0\r\n\r\n"), "the stream ends as it should");
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    });
}
