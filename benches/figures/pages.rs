//! Every page of the desk at a million entries: time at the server's door, bytes sent, and the first page after a start.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::classes::encoded;
use crate::client::{Client, register};
use crate::corpus::{Corpus, OFFICES, Random};
use crate::results::{Results, quantiles};
use crate::search::{fixture, wait_for_index};
use crate::server::{Server, run as program};

/// How often each page is asked for. The first tenth fills caches that every server has.
const SAMPLES: usize = 100;
/// What lies in the dossier that is shown.
const ITEMS: u64 = 300;
const CITIZEN: &str = "VRDDAA80A41X999X";
const FORM: &str = "Content-Type: application/json\r\n";

pub fn run(base: &Path, results: &mut Results) {
    let corpus = Corpus::new();
    let data = fixture(base, &corpus, results);
    let kept = base.join("pages.tokens");
    if !kept.try_exists().expect("looked for") {
        program(&["user", "add", "ada", "--role", "citizen", "--tax-code", CITIZEN], &data, "quercia-antica-6\n");
        let tokens =
            ["anna", "marta", "root", "ada"].map(|name| program(&["token", "create", "--user", name], &data, ""));
        std::fs::write(&kept, tokens.concat()).expect("written");
    }
    let tokens = std::fs::read_to_string(&kept).expect("kept");
    let tokens: Vec<&str> = tokens.lines().collect();
    let [anna, marta, root, ada] = tokens[..] else { panic!("{} holds four tokens", kept.display()) };

    let server = Server::start(&data, anna);
    let listening = Instant::now();
    let mut client = Client::connect(server.address, "");
    assert_eq!(client.get("/sign-in").status, 200);
    let text = format!("{:.0} ms", listening.elapsed().as_secs_f64() * 1e3);
    results.set("pages: first page after \"listening\"", text, "under 2 s");

    wait_for_index(&server);
    client.act_with(anna);
    let dossier = dossier(&mut client);
    client.act_with(anna);
    let mut random = Random::new(5);
    let entries: Vec<String> = (0..SAMPLES).map(|_| entry_address(&mut client, &corpus, &mut random)).collect();
    let document = document_address(&mut client, &entries[0]);

    let mut measure = |who: &str, token: &str, name: &str, address: &mut dyn FnMut(usize) -> String| {
        client.act_with(token);
        let (mut times, mut sizes) = (Vec::new(), Vec::new());
        for n in 0..SAMPLES {
            let address = address(n);
            let begun = Instant::now();
            let answer = client.get(&address);
            let took = begun.elapsed().as_secs_f64() * 1e3;
            assert_eq!(answer.status, 200, "{address}: {}", String::from_utf8_lossy(&answer.body));
            sizes.push(answer.body.len() as f64 / 1024.0);
            if n >= SAMPLES / 10 {
                times.push(took);
            }
        }
        let ((median, p99), largest) = (quantiles(&mut times), sizes.iter().copied().fold(0.0, f64::max));
        let text = format!("{median:.1} ms / {p99:.1} ms, {largest:.0} KiB");
        results.set(&format!("pages: {who}, {name}, median / p99, at most"), text, "under 50 ms, 150 KB");
    };
    let at = |address: &str| {
        let address = address.to_owned();
        move |_: usize| address.clone()
    };
    let word = |n: usize| encoded(corpus.content_word(n % 60));
    let list = "/registers/PG/entries";

    for (who, token) in [("desk", anna), ("officer", marta)] {
        measure(who, token, "first page", &mut at("/"));
        measure(who, token, "register list", &mut at(list));
        measure(who, token, "register list, one office", &mut |n| format!("{list}?office={}", OFFICES[n % 20]));
        measure(who, token, "register list, outgoing", &mut at(&format!("{list}?direction=outgoing")));
        measure(who, token, "register list, one day", &mut |n| {
            let day = format!("2025-{:02}-{:02}", 1 + n % 12, 1 + n % 28);
            format!("{list}?from={day}&to={day}")
        });
        measure(who, token, "search, a common word", &mut |n| format!("/search?q={}", word(n)));
        measure(who, token, "search, a year by date", &mut at("/search?year=2024&sort=newest"));
        measure(who, token, "inbox", &mut at("/inbox"));
        measure(who, token, "inbox of an office", &mut at("/inbox?of=office:edilizia"));
        measure(who, token, "dossiers", &mut at("/dossiers"));
        measure(who, token, "dossier of 300 items", &mut at(&dossier));
    }
    measure("desk", anna, "filing form", &mut at("/registers/PG/new?key=figures"));
    measure("desk", anna, "entry", &mut |n| entries[n].clone());
    measure("desk", anna, "assignment of an entry", &mut |n| format!("{}/assignments", entries[n]));
    measure("desk", anna, "label", &mut |n| format!("{}/label", entries[n]));
    for part in ["classification", "annulment", "links", "documents", "dossiers", "metadata", "messages"] {
        measure("desk", anna, &format!("entry, {part}"), &mut |n| format!("{}/{part}", entries[n]));
    }
    measure("desk", anna, "entry, annulment of one fact", &mut |n| format!("{}/annulment?of=subject", entries[n]));
    measure("desk", anna, "registers of days", &mut at("/registers/PG/daily"));
    measure("desk", anna, "register of a day", &mut |n| {
        format!("/registers/PG/daily/2025-{:02}-{:02}", 1 + n % 12, 1 + n % 28)
    });
    measure("desk", anna, "register of a year", &mut at("/registers/PG/yearly/2024"));
    measure("desk", anna, "document", &mut at(&document));
    measure("desk", anna, "document, metadata", &mut at(&format!("{document}/metadata")));
    measure("desk", anna, "draft", &mut at("/documents/new?key=figures"));
    measure("desk", anna, "filing into a dossier", &mut at(&format!("{dossier}/items/new")));
    measure("desk", anna, "new dossier", &mut at("/dossiers/new"));
    measure("officer", marta, "dossier of 300 items, metadata", &mut at(&format!("{dossier}/metadata")));
    measure("officer", marta, "dossier of 300 items, closure", &mut at(&format!("{dossier}/closure")));
    measure("administrator", root, "health", &mut at("/administration"));
    measure("administrator", root, "users", &mut at("/users"));
    measure("administrator", root, "offices", &mut at("/offices"));
    measure("administrator", root, "user", &mut at("/users/marta"));
    measure("administrator", root, "tokens", &mut at("/tokens"));
    measure("administrator", root, "registers", &mut at("/registers"));
    measure("administrator", root, "new register", &mut at("/registers/new"));
    measure("administrator", root, "register", &mut at("/registers/PG"));
    measure("administrator", root, "classification scheme", &mut at("/classification-schemes"));
    measure("administrator", root, "new version of the scheme", &mut at("/classification-schemes/new"));
    measure("administrator", root, "office", &mut at("/offices/edilizia"));
    measure("administrator", root, "imports", &mut at("/imports"));
    measure("citizen", ada, "first page", &mut at("/"));
    measure("citizen", ada, "dossier of 300 items", &mut at(&dossier));
}

/// A dossier as full as they come, of a citizen who sees every second thing in it.
fn dossier(client: &mut Client) -> String {
    let new = json!({"title": "Ampliamento del fabbricato in via dei Tigli 8", "classification": "6.3",
        "office": "edilizia", "parties": [{"name": "Ada Verdi", "tax_code": CITIZEN}]});
    let answer = client.send("POST", "/api/v1/dossiers", FORM, new.to_string().as_bytes());
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    let address = format!("/dossiers/{}", answer.json()["id"].as_str().expect("an id"));
    for n in 0..ITEMS {
        let key = format!("pages-{address}-{n}");
        let subject = format!("Integrazione {n} alla richiesta di permesso di costruire");
        let made = register(client, &key, &subject, "integrazione.txt", format!("Allegato {n}").as_bytes());
        let item = json!({"entry": {"register": "PG", "year": made["year"], "number": made["number"]},
            "shown": n % 2 == 0});
        let path = format!("/api/v1{address}/items");
        let answer = client.send("POST", &path, FORM, item.to_string().as_bytes());
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    }
    // What was just filed shall be found as everything else is.
    std::thread::sleep(Duration::from_secs(2));
    address
}

/// An entry somewhere in the register, as who looks for a word comes upon it.
fn entry_address(client: &mut Client, corpus: &Corpus, random: &mut Random) -> String {
    let word = encoded(corpus.content_word(random.below(1_500)));
    let found = client.get(&format!("/api/v1/search?q={word}&kind=entry&limit=20")).json();
    let items = found["items"].as_array().expect("a list");
    let one = &items[random.below(items.len())];
    format!("/registers/PG/entries/{}/{}", one["year"], one["number"])
}

fn document_address(client: &mut Client, entry: &str) -> String {
    let entry = client.get(&format!("/api/v1{entry}")).json();
    format!("/documents/{}", entry["document"]["id"].as_str().expect("an id"))
}
