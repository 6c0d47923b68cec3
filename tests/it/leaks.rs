//! Can anything be found out, by any way of asking, of what one may not see?
//!
//! A town hides things of every kind, each with words of its own in every place where it can be searched. Whoever may
//! not see a thing must be answered exactly as if its words were in no document: each question is asked twice, with the
//! hidden word and with one that was never written, and the answers are compared. Whoever may see it must find it, or
//! the test would prove nothing. A new route must be put among those that are walked, or among those that are no way.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tabularium::http::{PAGES, ROUTES};

use crate::harness::{Answer, Client, TAX_CODE, Town};

const ROLES: [&str; 8] =
    ["administrator", "registrar", "officer", "manager", "archivist", "auditor", "citizen", "service"];

/// Routes that this test asks.
const WALKED: &[(&str, &str)] = &[
    ("get", "/api/v1/registers/{register}/entries"),
    ("get", "/api/v1/registers/{register}/entries/{year}/{number}"),
    ("get", "/api/v1/registers/{register}/entries/{year}/{number}/history"),
    ("get", "/api/v1/registers/{register}/entries/{year}/{number}/label.pdf"),
    ("get", "/api/v1/registers/{register}/daily"),
    ("get", "/api/v1/registers/{register}/daily/{date}"),
    ("get", "/api/v1/registers/{register}/yearly/{year}"),
    ("get", "/api/v1/search"),
    ("post", "/api/v1/search"),
    ("get", "/api/v1/search/suggestions"),
    ("post", "/api/v1/search/suggestions"),
    ("get", "/api/v1/search/similar"),
    ("get", "/api/v1/search/export"),
    ("post", "/api/v1/search/export"),
    ("get", "/api/v1/search/recent"),
    ("delete", "/api/v1/search/recent/{id}"),
    ("get", "/api/v1/starred"),
    ("put", "/api/v1/starred"),
    ("get", "/api/v1/opened"),
    ("post", "/api/v1/opened"),
    ("get", "/api/v1/correspondents"),
    ("post", "/api/v1/correspondents"),
    ("get", "/api/v1/inbox"),
    ("get", "/api/v1/duplicates"),
    ("post", "/api/v1/proposals"),
    ("get", "/api/v1/saved-searches"),
    ("post", "/api/v1/saved-searches"),
    ("get", "/api/v1/saved-searches/notices"),
    ("get", "/api/v1/saved-searches/{id}"),
    ("delete", "/api/v1/saved-searches/{id}"),
    ("get", "/api/v1/saved-searches/{id}/results"),
    ("post", "/api/v1/saved-searches/{id}/seen"),
    ("get", "/api/v1/registers/{register}/entries/{year}/{number}/mark.xml"),
    ("get", "/api/v1/registers/{register}/entries/{year}/{number}/messages"),
    ("get", "/api/v1/registers/{register}/entries/{year}/{number}/messages/{position}"),
    ("get", "/api/v1/registers/{register}/entries/{year}/{number}/metadata.xml"),
    ("get", "/api/v1/documents/{id}/metadata.xml"),
    ("get", "/api/v1/dossiers/{id}/metadata.xml"),
    ("get", "/api/v1/documents/{id}"),
    ("get", "/api/v1/documents/{id}/content"),
    ("head", "/api/v1/documents/{id}/content"),
    ("get", "/api/v1/documents/{id}/text"),
    ("get", "/api/v1/documents/{id}/thumbnail"),
    ("get", "/api/v1/documents/{id}/preview"),
    ("get", "/api/v1/documents/{id}/stamped"),
    ("get", "/api/v1/dossiers"),
    ("get", "/api/v1/dossiers/{id}"),
    ("get", "/api/v1/dossiers/{id}/items"),
    ("get", "/api/v1/dossiers/{id}/items/{item}"),
    ("get", "/api/v1/dossiers/{id}/package"),
    ("get", "/api/v1/events"),
    ("get", "/status"),
    ("get", "/metrics"),
];

/// Routes that answer nothing of entries, documents and dossiers which one has not named oneself: changes, which
/// `access` holds against the table, and what the archive is made of.
const NO_WAY: &[(&str, &str)] = &[
    ("post", "/api/v1/blobs"),
    ("post", "/api/v1/registers/{register}/entries"),
    ("post", "/api/v1/registers/{register}/entries/{year}/{number}/annulment"),
    ("put", "/api/v1/registers/{register}/entries/{year}/{number}/classification"),
    ("put", "/api/v1/registers/{register}/entries/{year}/{number}/assignments"),
    ("post", "/api/v1/registers/{register}/entries/{year}/{number}/assignments/answers"),
    ("post", "/api/v1/inbox/answers"),
    ("post", "/api/v1/registers/{register}/entries/{year}/{number}/documents"),
    ("post", "/api/v1/registers/{register}/entries/{year}/{number}/links"),
    ("post", "/api/v1/registers/{register}/entries/{year}/{number}/messages"),
    ("post", "/api/v1/registers/{register}/entries/{year}/{number}/messages/received"),
    ("post", "/api/v1/marks"),
    ("get", "/api/v1/registers"),
    ("post", "/api/v1/registers"),
    ("get", "/api/v1/registers/{register}"),
    ("post", "/api/v1/registers/{register}/imports"),
    ("post", "/api/v1/registers/{register}/emergency"),
    ("get", "/api/v1/imports"),
    ("patch", "/api/v1/registers/{register}"),
    ("delete", "/api/v1/search/recent"),
    ("put", "/api/v1/saved-searches/{id}"),
    ("post", "/api/v1/documents"),
    ("post", "/api/v1/documents/{id}/versions"),
    ("post", "/api/v1/dossiers"),
    ("post", "/api/v1/dossiers/{id}/items"),
    ("patch", "/api/v1/dossiers/{id}/items/{item}"),
    ("post", "/api/v1/dossiers/{id}/items/{item}/removal"),
    ("post", "/api/v1/dossiers/{id}/closure"),
    ("post", "/api/v1/dossiers/{id}/reopening"),
    ("get", "/api/v1/offices"),
    ("post", "/api/v1/offices"),
    ("get", "/api/v1/offices/{code}"),
    ("patch", "/api/v1/offices/{code}"),
    ("get", "/api/v1/users/{name}/absences"),
    ("post", "/api/v1/users/{name}/absences"),
    ("delete", "/api/v1/users/{name}/absences/{absence}"),
    ("get", "/api/v1/users"),
    ("post", "/api/v1/users"),
    ("get", "/api/v1/users/{name}"),
    ("patch", "/api/v1/users/{name}"),
    ("get", "/api/v1/tokens"),
    ("post", "/api/v1/tokens"),
    ("delete", "/api/v1/tokens/{id}"),
    ("get", "/api/v1/classification-schemes"),
    ("post", "/api/v1/classification-schemes"),
    ("get", "/api/v1/classification-schemes/{scheme}"),
    ("get", "/api/v1/access-log"),
    ("post", "/api/v1/session"),
    ("get", "/api/v1/session"),
    ("delete", "/api/v1/session"),
    ("get", "/api/v1/openapi.json"),
    ("get", "/api/docs"),
    ("get", "/api/docs/{file}"),
];

#[test]
fn every_route_is_walked_or_is_no_way() {
    let known: BTreeSet<_> = WALKED.iter().chain(NO_WAY).collect();
    let ours: BTreeSet<_> = ROUTES.iter().collect();
    let missing: Vec<_> = ours.difference(&known).collect();
    assert!(
        missing.is_empty(),
        "could something show through these? Walk them, or say that they are no way: {missing:?}"
    );
    assert_eq!(known.difference(&ours).count(), 0, "routes that are gone");
    assert_eq!(known.len(), WALKED.len() + NO_WAY.len(), "a route is in both lists");
}

/// Something that some may see and others not.
struct Thing {
    what: &'static str,
    kind: &'static str,
    id: String,
    /// Its address, and the addresses of its documents and items.
    paths: Vec<String>,
    words: Vec<Hidden>,
    /// `+` where a role, in the order of [`ROLES`], may read it.
    seen: &'static str,
    /// Position of its last event.
    position: u64,
}

/// A word that stands in one thing and nowhere else.
struct Hidden {
    /// The field in which it can be asked for; of texts there is none.
    field: Option<&'static str>,
    word: String,
    /// One of the same make, which was never written.
    never: String,
}

/// What everybody who works with entries sees: the office, who registers, who reads all that is open.
const OPEN: &str = "-+-+++-+";
/// The office, who registered it, who audits.
const CONFIDENTIAL: &str = "-+-+-+--";
/// Who wrote it, who audits.
const DRAFT: &str = "---+-+--";

impl Hidden {
    /// Its mirror image was never written.
    fn new(field: Option<&'static str>, word: String) -> Self {
        Self { field, never: word.chars().rev().collect(), word }
    }
}

/// A word of letters that belongs to a thing and a place.
fn word(thing: &str, (place, field): (&str, &'static str)) -> Hidden {
    Hidden::new(Some(field).filter(|field| !field.is_empty()), format!("{place}vz{thing}"))
}

/// Tax codes that differ from each other in every part.
fn tax_code(n: usize) -> Hidden {
    const LETTERS: [&str; 8] = ["BQW", "CXK", "DZJ", "FYH", "GWX", "HKQ", "JPZ", "KVY"];
    let make = |a: &str, b: &str| format!("{a}{b}8{n}A0{n}X999{}", &a[..1]);
    Hidden { field: Some("tax_code"), word: make(LETTERS[n], "TTT"), never: make(LETTERS[7 - n], "SSS") }
}

/// An e-invoice as far as its names go.
fn invoice(supplier: &str, customer: &str, number: &str) -> String {
    let named = |name: &str| {
        format!("<DatiAnagrafici><Anagrafica><Denominazione>{name}</Denominazione></Anagrafica></DatiAnagrafici>")
    };
    format!(
        "<?xml version=\"1.0\"?><p:FatturaElettronica xmlns:p=\"http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2\" \
         versione=\"FPA12\"><FatturaElettronicaHeader><CedentePrestatore>{}</CedentePrestatore>\
         <CessionarioCommittente>{}</CessionarioCommittente></FatturaElettronicaHeader><FatturaElettronicaBody>\
         <DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD01</TipoDocumento><Divisa>EUR</Divisa>\
         <Data>2026-01-02</Data><Numero>{number}</Numero></DatiGeneraliDocumento></DatiGenerali>\
         </FatturaElettronicaBody></p:FatturaElettronica>",
        named(supplier),
        named(customer)
    )
}

struct Hiding<'town> {
    town: &'town Town,
    things: Vec<Thing>,
}

impl Hiding<'_> {
    /// An entry of the office `tributi` with words of its own in every place; `more` goes over the usual fields.
    fn entry(&mut self, what: &'static str, name: &str, seen: &'static str, more: Value) -> Value {
        let n = self.things.len();
        let [subject, sender, file, text, attached] =
            [("ogg", "subject"), ("mitt", "sender"), ("doc", "file"), ("test", ""), ("alleg", "file")]
                .map(|place| word(name, place));
        // What an e-invoice names is found by its field, and as a word of the text.
        let named =
            [("forn", "supplier"), ("clie", "customer"), ("fatt", "invoice_number")].map(|place| word(name, place));
        let [supplier, customer, invoice_number] = &named;
        let code = tax_code(n);
        let attachment =
            self.town.upload("registrar", invoice(&supplier.word, &customer.word, &invoice_number.word).as_bytes());
        let mut entry = json!({
            "assignments": [{"office": "tributi", "mode": "responsible"}],
            "correspondents": [{"role": "sender", "kind": "person", "name": sender.word, "tax_code": code.word}],
            "attachments": [{"blake3": attachment, "file_name": format!("{}.xml", attached.word)}],
            "document": {"blake3": self.town.upload("registrar", format!("Testo con {} dentro", text.word).as_bytes()),
                "file_name": format!("{}.txt", file.word)},
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            entry[name] = value.clone();
        }
        let made = self.town.register(&format!("Pratica {} in corso", subject.word), "", entry);
        let document = |document: &Value| format!("/api/v1/documents/{}", document["id"].as_str().unwrap());
        self.things.push(Thing {
            what,
            kind: "entry",
            id: format!("PG/{}/{}", made["year"], made["number"]),
            paths: vec![
                format!("/api/v1/registers/PG/entries/{}/{}", made["year"], made["number"]),
                document(&made["document"]),
                document(&made["attachments"][0]),
            ],
            words: [subject, sender, file, text, attached, code].into_iter().chain(named).collect(),
            seen,
            position: made["position"].as_u64().unwrap(),
        });
        made
    }

    fn dossier(&mut self, what: &'static str, name: &str, seen: &'static str, parties: Value) -> String {
        let title = word(name, ("titolo", "subject"));
        let body = json!({"title": format!("Fascicolo {}", title.word), "classification": "6.4", "office": "tributi",
            "parties": parties});
        let made = self.town.as_("registrar").post("/api/v1/dossiers", &body).created();
        let id = made["id"].as_str().unwrap().to_owned();
        let code = made["code"].as_str().unwrap().to_owned();
        let (before, _) = code.rsplit_once('/').unwrap();
        let never = format!("{before}/9");
        let mut words = vec![title, Hidden { field: Some("code"), word: code, never }];
        for party in parties.as_array().into_iter().flatten().filter(|party| party["tax_code"] != TAX_CODE) {
            words.push(Hidden::new(Some("name"), party["name"].as_str().unwrap().to_owned()));
        }
        let paths = vec![format!("/api/v1/dossiers/{id}")];
        let position = self.town.archive.journal_size() - 1;
        self.things.push(Thing { what, kind: "dossier", id: id.clone(), paths, words, seen, position });
        id
    }

    fn file(&self, dossier: &str, entry: &Value, shown: bool) {
        let reference = json!({"register": "PG", "year": entry["year"], "number": entry["number"]});
        let item = json!({"entry": reference, "shown": shown});
        self.town.as_("registrar").post(&format!("/api/v1/dossiers/{dossier}/items"), &item).created();
    }

    fn draft(&mut self) {
        let [title, file, text] =
            [("titolo", "subject"), ("doc", "file"), ("test", "")].map(|place| word("kurzschrift", place));
        let blob = self.town.upload("manager", format!("Appunti {}", text.word).as_bytes());
        let draft = json!({"blake3": blob, "file_name": format!("{}.txt", file.word), "title": title.word});
        let made = self.town.as_("manager").post("/api/v1/documents", &draft).created();
        let id = made["id"].as_str().unwrap().to_owned();
        let position = id.split('-').next().unwrap().parse().unwrap();
        let paths = vec![format!("/api/v1/documents/{id}")];
        let words = vec![title, file, text];
        self.things.push(Thing { what: "a draft", kind: "document", id, paths, words, seen: DRAFT, position });
    }
}

/// Hidden things of every kind, and things in plain sight whose answers they could change.
fn hide(town: &Town) -> Vec<Thing> {
    let registrar = town.as_("registrar");
    let mut hiding = Hiding { town, things: Vec::new() };
    let reassigned_from = json!({"assignments": [{"office": "edilizia", "mode": "responsible"}]});
    hiding.entry("an entry of another office", "brumastello", OPEN, json!({}));
    hiding.entry("a confidential entry", "cirrocumulo", CONFIDENTIAL, json!({"confidential": true}));
    let moved = hiding.entry("an entry assigned away", "dulcamara", OPEN, reassigned_from);
    let moved = format!("/api/v1/registers/PG/entries/{}/{}", moved["year"], moved["number"]);
    let away = json!({"assignments": [{"office": "tributi", "mode": "responsible"}]});
    town.settle_index();
    registrar.put(&format!("{moved}/assignments"), &away).ok();
    let annulled = hiding.entry("an annulled entry", "elmofronda", OPEN, json!({}));
    let annulled = format!("/api/v1/registers/PG/entries/{}/{}", annulled["year"], annulled["number"]);
    let reason = json!({"reason": "Doppia", "act": {"number": "1", "date": "2026-01-02"}});
    registrar.post(&format!("{annulled}/annulment"), &reason).ok();
    let party = word("lite", ("parte", "name")).word;
    let others = json!([{"name": party, "tax_code": tax_code(6).word}]);
    let dossier = hiding.dossier("a dossier of another office", "flaviceleste", "-+-+++-+", others);
    let filed = hiding.entry("an entry in a dossier of another office", "gelsomorato", OPEN, json!({}));
    hiding.file(&dossier, &filed, true);
    let own = json!([{"name": "Mario Rossi", "tax_code": TAX_CODE}]);
    let dossier = hiding.dossier("a dossier of the citizen", "hagenberto", "-+-+++++", own);
    let withheld = hiding.entry("an entry not shown in the citizen's dossier", "irbisnevoso", OPEN, json!({}));
    hiding.file(&dossier, &withheld, false);
    hiding.draft();
    let things = hiding.things;
    for n in 0..3 {
        let offices =
            json!([{"office": "edilizia", "mode": "responsible"}, {"office": "tributi", "mode": "information"}]);
        town.register(
            &format!("Pratica palese {n} in corso"),
            &format!("Testo palese {n}"),
            json!({"assignments": offices}),
        );
    }
    town.settle_index();
    things
}

/// Those in plain sight are seen by these.
const PALESE: &str = "-+++++-+";

fn sees(seen: &str, role: usize) -> bool {
    seen.as_bytes()[role] == b'+'
}

/// Ways to ask for a word.
fn forms(word: &str) -> Vec<String> {
    let start: String = word.chars().take(word.chars().count() - 3).collect();
    let middle = word.len() / 2;
    let slip = format!("{}{}", &word[..middle], &word[middle + 1..]);
    let mut forms = vec![
        word.to_owned(),
        format!("\"{word}\""),
        format!("{start}*"),
        slip,
        format!("{}?{}*", &start[..middle], &start[middle + 1..]),
        format!("-{word}"),
        format!("palese OR {word}"),
        format!("palese -{word}"),
        format!("pratica {word}"),
    ];
    let fields = [
        "subject",
        "sender",
        "name",
        "file",
        "tax_code",
        "code",
        "dossier",
        "supplier",
        "customer",
        "invoice_number",
        "signer",
        "digest",
    ];
    forms.extend(fields.iter().map(|field| format!("{field}:{word}")));
    forms
}

/// An answer without the word that was asked for, and without what differs from one question to the next.
fn without(answer: &Answer, word: &str) -> String {
    let mut text = answer.text();
    if let Ok(mut value) = serde_json::from_slice::<Value>(&answer.body) {
        if let Some(fields) = value.as_object_mut() {
            for name in ["took_ms", "instance", "id", "saved_at", "index_position", "journal_position", "seen_position"]
            {
                fields.remove(name);
            }
            // A cursor belongs to its question: only whether there is one may be compared.
            if let Some(cursor) = fields.get_mut("next_cursor") {
                *cursor = json!(!cursor.is_null());
            }
        }
        text = value.to_string();
    }
    // Longest first: the others are parts of it.
    let forms = forms(word);
    let asked = [word, forms[3].as_str(), forms[2].trim_end_matches('*')];
    asked.iter().fold(text.to_lowercase(), |text, form| text.replace(&form.to_lowercase(), "…"))
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { (b as char).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// What is asked with a word, one answer each; not every way with every word, or it would take minutes.
fn asked(client: &Client<'_>, word: &str, field: Option<&str>, in_every_way: bool) -> Vec<(String, Answer)> {
    const FACETS: &str = "office,year,kind,register,direction,classification,state,text_state,language,format,signed";
    let mut answers = Vec::new();
    let mut forms = forms(word);
    let (start, slip) = (forms[2].trim_end_matches('*').to_owned(), forms[3].clone());
    if !in_every_way {
        forms.truncate(4);
        forms.extend(field.map(|field| format!("{field}:{word}")));
    }
    // Beside a slip in a word that one may see, what was meant by both is said. Digits would be marked in what is seen.
    if word.chars().all(char::is_alphabetic) {
        forms.push(format!("palse OR {slip}"));
    }
    for form in &forms {
        let path = format!("/api/v1/search?remember=false&facets={FACETS}&histogram=day&q={}", escaped(form));
        answers.push((format!("search {form}"), client.get(&path)));
    }
    if !in_every_way {
        answers
            .push(("suggest".into(), client.get(&format!("/api/v1/search/suggestions?q=sender:{}", escaped(&start)))));
        answers.push(("known".into(), client.get(&format!("/api/v1/correspondents?q={}", escaped(&start)))));
        return answers;
    }
    for sort in ["newest", "oldest"] {
        let body = json!({"q": word, "sort": sort, "remember": false});
        answers.push((format!("search by {sort}"), client.post("/api/v1/search", &body)));
    }
    for typed in [start.clone(), format!("sender:{start}"), format!("pratica {start}")] {
        answers.push((format!("suggest {typed}"), client.post("/api/v1/search/suggestions", &json!({"q": typed}))));
    }
    answers.push(("suggest".into(), client.get(&format!("/api/v1/search/suggestions?q={}", escaped(&start)))));
    answers.push(("known".into(), client.get(&format!("/api/v1/correspondents?q={}", escaped(&start)))));
    answers.push(("known".into(), client.post("/api/v1/correspondents", &json!({"q": word}))));
    for field in ["subject", "name", "tax_code"] {
        answers.push((format!("proposal by {field}"), client.post("/api/v1/proposals", &json!({field: word}))));
    }
    answers.push(("dossiers".into(), client.get(&format!("/api/v1/dossiers?q={}", escaped(word)))));
    // Whose word stands in an inbox of another office, in whatever state.
    answers.push(("inbox".into(), client.get("/api/v1/inbox?of=office:tributi")));
    answers.push(("export".into(), client.get(&format!("/api/v1/search/export?q={}", escaped(word)))));
    let saved = client.post("/api/v1/saved-searches", &json!({"name": "x", "query": {"q": word}}));
    let path = format!("/api/v1/saved-searches/{}", saved.value()["id"].as_str().unwrap());
    answers.push(("save".into(), saved));
    answers.push(("all unseen".into(), client.post(&format!("{path}/seen"), &json!({"position": 0}))));
    answers.push(("saved".into(), client.get(&path)));
    answers.push(("new results".into(), client.get(&format!("{path}/results?new=true"))));
    let notices = client.get("/api/v1/saved-searches/notices").ok();
    let heard = notices["items"].as_array().unwrap().len();
    answers.push((format!("{heard} notices"), client.delete(&path)));
    answers
}

#[test]
fn a_hidden_word_is_answered_like_one_that_was_never_written() {
    let town = Town::new();
    let things = hide(&town);
    let mut wrong = Vec::new();
    for (number, role) in ROLES.iter().enumerate() {
        let client = town.as_(role);
        for thing in &things {
            for (n, Hidden { field, word, never: other }) in thing.words.iter().enumerate() {
                if sees(thing.seen, number) {
                    let in_field = field.map(|field| format!("{field}:{word}"));
                    for q in in_field.iter().chain([word]) {
                        let found = client.post("/api/v1/search", &json!({"q": q, "remember": false})).ok();
                        let hits = found["items"].as_array().unwrap();
                        // The names of several parties are for who keeps the dossier.
                        if !hits.iter().any(|hit| hit["id"] == json!(thing.id)) {
                            wrong.push(format!("{role} does not find {} by {q}: {found}", thing.what));
                        }
                    }
                    continue;
                }
                let ask = |word: &str| asked(&client, word, *field, n == 0);
                for ((way, hidden), (other_way, never)) in ask(word).into_iter().zip(ask(other)) {
                    let answers = (without(&hidden, word), without(&never, other));
                    let ways = (way.starts_with(char::is_numeric), way == other_way);
                    if answers.0 != answers.1 || hidden.status != never.status || ways == (true, false) {
                        wrong.push(format!("{role}, {}, {way}: {} not {}", thing.what, answers.0, answers.1));
                    }
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} ways:\n{}",
        wrong.len(),
        wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn what_one_may_not_see_is_as_if_it_were_not_there() {
    let town = Town::new();
    let things = hide(&town);
    let mut wrong = Vec::new();
    for (number, role) in ROLES.iter().enumerate() {
        let client = town.as_(role);
        for thing in things.iter().filter(|thing| !sees(thing.seen, number)) {
            // The registry and the archive know the number of what is confidential.
            let stub = thing.seen == CONFIDENTIAL && matches!(*role, "registrar" | "archivist");
            let entry = thing.kind == "entry";
            for (n, path) in thing.paths.iter().enumerate() {
                let inner: &[&str] = match thing.kind {
                    "entry" if n == 0 => {
                        &["", "/history", "/label.pdf", "/mark.xml", "/messages", "/messages/1", "/metadata.xml"]
                    }
                    "dossier" => &["", "/items", "/items/1", "/package", "/metadata.xml"],
                    _ => &["", "/content", "/text", "/preview", "/thumbnail", "/stamped", "/metadata.xml"],
                };
                for part in inner {
                    let answer = client.get(&format!("{path}{part}"));
                    let known = stub && entry && n == 0;
                    let right = answer.status == 404 || (known && matches!(answer.status, 200 | 403));
                    let told = thing.words.iter().any(|hidden| answer.text().contains(&hidden.word));
                    if !right || told {
                        wrong.push(format!("{role} {path}{part}: {} {}", answer.status, answer.text()));
                    }
                }
                if thing.kind == "document" {
                    client.head(&format!("{path}/content")).expect(404);
                }
                // Who knows a content's digest is not told where it is registered.
                if path.starts_with("/api/v1/documents/") {
                    let blake3 = town.as_("auditor").get(path).ok()["blake3"].as_str().unwrap().to_owned();
                    let same = client.get(&format!("/api/v1/duplicates?blake3={blake3}")).ok();
                    if same["items"] != json!([]) {
                        wrong.push(format!("{role} is told where {path} is registered: {same}"));
                    }
                }
            }
            let similar = client.get(&format!("/api/v1/search/similar?kind={}&id={}", thing.kind, thing.id));
            if similar.status != 404 && !(stub && similar.status == 403) {
                wrong.push(format!("{role} is told what is like {}: {}", thing.what, similar.text()));
            }
            let thing_at_hand = json!({"kind": thing.kind, "id": thing.id});
            let mut star = thing_at_hand.clone();
            star["starred"] = json!(true);
            for (method, answer) in [
                ("star", client.put("/api/v1/starred", &star)),
                ("open", client.post("/api/v1/opened", &thing_at_hand)),
            ] {
                // Who acts for others keeps no desk.
                if !matches!(answer.status, 403 | 404) {
                    wrong.push(format!("{role} may {method} {}: {}", thing.what, answer.text()));
                }
            }
            // That the index has come so far says nothing of what stands there.
            let path = format!("/api/v1/search?remember=false&q=vzvz&min_position={}", thing.position);
            assert_eq!(client.get(&path).ok()["total"], 0);
            // Its number is as good as none.
            if entry && !stub {
                let (year, number) = (thing.id.split('/').nth(1).unwrap(), thing.id.split('/').nth(2).unwrap());
                for q in [format!("number:{number}"), format!("{number}/{year}"), thing.id.clone()] {
                    let found = client.post("/api/v1/search", &json!({"q": q, "remember": false})).ok();
                    let shown = found["items"].as_array().unwrap().iter().any(|hit| hit["id"] == json!(thing.id));
                    assert!(!shown, "{role} {q}: {found}");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} answers:\n{}", wrong.len(), wrong.join("\n"));
}

/// Pages about a thing: its own, those of its documents and items, and the forms that change it.
fn pages_about(thing: &Thing) -> Vec<String> {
    let mut pages = Vec::new();
    for (_, route) in PAGES.iter().filter(|(method, _)| *method == "get") {
        let own = match thing.kind {
            "entry" => route.contains("{number}"),
            "dossier" => route.starts_with("/dossiers/{id}"),
            _ => false,
        };
        if own {
            let mut parts = thing.id.split('/');
            let mut page = route.replace("{item}", "1");
            for name in ["{register}", "{year}", "{number}"].iter().filter(|name| route.contains(**name)) {
                page = page.replace(name, parts.next().unwrap());
            }
            pages.push(page.replace("{id}", &thing.id));
        }
        if let Some(rest) = route.strip_prefix("/documents/{id}") {
            let documents = thing.paths.iter().filter(|path| path.contains("/documents/"));
            pages.extend(documents.map(|path| format!("{}{rest}", path.replace("/api/v1", ""))));
        }
    }
    pages
}

/// Pages about nothing in particular.
fn general_pages() -> Vec<String> {
    let plain = PAGES.iter().filter(|(method, route)| *method == "get" && !route.contains('{'));
    let mut pages: Vec<String> = plain.map(|(_, route)| (*route).to_owned()).collect();
    let more = [
        "/registers/PG/entries",
        "/registers/PG/new?key=k",
        "/search?q=pratica",
        "/search?sort=newest",
        "/search?q=palese",
    ];
    pages.extend(more.map(str::to_owned));
    pages
}

#[test]
fn pages_tell_no_more_than_the_api() {
    let town = Town::new();
    let things = hide(&town);
    let mut wrong = Vec::new();
    let mut shown = 0;
    for (number, role) in ROLES.iter().enumerate() {
        let client = town.as_(role).with("Accept", "text/html");
        let hidden: Vec<_> = things.iter().filter(|thing| !sees(thing.seen, number)).collect();
        let told = |text: &str| hidden.iter().flat_map(|thing| &thing.words).any(|one| text.contains(&one.word));
        for page in general_pages() {
            let answer = client.get(&page);
            if answer.status >= 500 || told(&answer.text()) {
                wrong.push(format!("{role} {page}: {}", answer.status));
            }
        }
        for thing in &things {
            for page in pages_about(thing) {
                let answer = client.get(&page);
                let text = answer.text();
                let seen = sees(thing.seen, number);
                // The registry and the archive know the number of what is confidential.
                let stub = thing.seen == CONFIDENTIAL && matches!(*role, "registrar" | "archivist");
                // Whether one may read the log of access at all is decided before the thing is looked for.
                let refused = answer.status == 403 && page.ends_with("/access-log");
                let unknown = answer.status == 404 || refused;
                if answer.status >= 500 || told(&text) || (!seen && !stub && !unknown) {
                    wrong.push(format!("{role} {page} about {}: {}", thing.what, answer.status));
                }
                shown += usize::from(seen && answer.status == 200 && text.contains(&thing.words[0].word));
            }
        }
    }
    assert!(wrong.is_empty(), "{} pages:\n{}", wrong.len(), wrong.join("\n"));
    assert!(shown > 50, "only {shown} pages show what may be seen: nothing is proved");
}

#[test]
fn what_is_at_hand_is_shown_as_long_as_one_may_read_it() {
    let town = Town::new();
    let own = json!({"assignments": [{"office": "edilizia", "mode": "responsible"}]});
    let made = town.register("Pratica da tenere d'occhio", "", own.clone());
    let path = format!("/api/v1/registers/PG/entries/{}/{}", made["year"], made["number"]);
    let thing = json!({"kind": "entry", "id": format!("PG/{}/{}", made["year"], made["number"])});
    let mut star = thing.clone();
    star["starred"] = json!(true);
    let officer = town.as_("officer");
    officer.put("/api/v1/starred", &star).expect(204);
    officer.put("/api/v1/starred", &star).expect(204);
    officer.post("/api/v1/opened", &thing).expect(204);
    let titles = |list: &str| -> Vec<Value> {
        let answer = officer.get(list).ok();
        answer["items"].as_array().unwrap().iter().map(|item| item["title"].clone()).collect()
    };
    for list in ["/api/v1/starred", "/api/v1/opened"] {
        assert_eq!(titles(list), ["Pratica da tenere d'occhio"], "once in {list}");
        assert_eq!(town.as_("registrar").get(list).ok()["items"], json!([]), "another's own");
    }
    let registrar = town.as_("registrar");
    let away = json!({"assignments": [{"office": "tributi", "mode": "responsible"}]});
    registrar.put(&format!("{path}/assignments"), &away).ok();
    assert!(titles("/api/v1/starred").is_empty() && titles("/api/v1/opened").is_empty());
    registrar.put(&format!("{path}/assignments"), &own).ok();
    assert_eq!(titles("/api/v1/starred").len(), 1, "back with the right to read it");
    star["starred"] = json!(false);
    officer.put("/api/v1/starred", &star).expect(204);
    assert!(titles("/api/v1/starred").is_empty());
    for bad in
        [json!({"kind": "case", "id": "1", "starred": true}), json!({"kind": "entry", "id": "?", "starred": true})]
    {
        officer.put("/api/v1/starred", &bad).expect(422);
    }
}

#[test]
fn lists_counts_and_feeds_hold_what_one_may_see_and_nothing_else() {
    let town = Town::new();
    let things = hide(&town);
    let mut kept = 0;
    for (number, role) in ROLES.iter().enumerate() {
        let client = town.as_(role);
        let open = if sees(PALESE, number) { 3 } else { 0 };
        let visible: BTreeSet<&str> =
            things.iter().filter(|thing| sees(thing.seen, number)).map(|thing| thing.id.as_str()).collect();
        let count = visible.len() + open;
        for sort in ["newest", "oldest"] {
            let hits = all_pages(&client, sort);
            assert_eq!(hits.len(), count, "{role} {sort}: {hits:?}");
            assert!(visible.iter().all(|id| hits.contains(*id)), "{role} {sort}: {hits:?}, not {visible:?}");
        }
        let whole = client.get("/api/v1/search?q=&facets=kind,office,year&histogram=year").ok();
        assert_eq!(whole["total"], count, "{role}");
        let sum =
            |values: &Value| values.as_array().unwrap().iter().map(|one| one["count"].as_u64().unwrap()).sum::<u64>();
        assert_eq!(sum(&whole["facets"]["kind"]), count as u64, "{role}: {whole}");
        assert_eq!(sum(&whole["histogram"]["buckets"]), count as u64, "{role}: {whole}");
        let csv = client.get("/api/v1/search/export?q=&sort=newest").expect(200).text();
        assert_eq!(csv.lines().count(), count + 1, "{role}: {csv}");
        let xlsx = client.post("/api/v1/search/export?format=xlsx", &json!({"q": ""})).expect(200);
        let mut book: calamine::Xlsx<_> = calamine::Reader::new(std::io::Cursor::new(xlsx.body)).unwrap();
        let sheet = calamine::Reader::worksheet_range(&mut book, "Results").unwrap();
        assert_eq!(sheet.height(), count + 1, "{role}");

        // Nothing that is handed out whole holds a hidden word.
        let cells: Vec<String> = sheet.rows().flatten().map(ToString::to_string).collect();
        let mut texts = vec![csv, cells.join(" "), whole.to_string()];
        for path in
            ["/api/v1/registers/PG/entries", "/api/v1/dossiers", "/api/v1/events?limit=500", "/status", "/metrics"]
        {
            texts.push(client.get(path).expect(200).text());
        }
        // Who reads registers reads today's as far as it has come; nobody reads there what is confidential.
        let today = tabularium::clock::today();
        let of_today = ["json", "xml", "csv"].map(|form| format!("daily/{today}?format={form}"));
        for path in of_today.into_iter().chain(["daily".to_owned(), format!("yearly/{}", today.year())]) {
            let answer = client.get(&format!("/api/v1/registers/PG/{path}"));
            assert_eq!(answer.status == 200, matches!(*role, "registrar" | "archivist" | "auditor"), "{role}: {path}");
            texts.push(answer.text());
        }
        for thing in things.iter().filter(|thing| sees(thing.seen, number)) {
            let path = format!("/api/v1/search/similar?kind={}&id={}", thing.kind, thing.id);
            texts.push(client.get(&path).expect(200).text());
            if thing.kind == "dossier" {
                texts.push(client.get(&format!("{}/items", thing.paths[0])).expect(200).text());
                texts.push(
                    String::from_utf8_lossy(&client.get(&format!("{}/package", thing.paths[0])).body).into_owned(),
                );
            }
        }
        for thing in things.iter().filter(|thing| !sees(thing.seen, number)) {
            for Hidden { word, .. } in &thing.words {
                let at = texts.iter().position(|text| text.contains(word.as_str()));
                assert_eq!(at, None, "{role} reads {word} of {}: {}", thing.what, texts[at.unwrap_or(0)]);
            }
        }
        // What others look for is theirs: neither listed nor suggested nor forgotten.
        let q = format!("domanda{role}vz");
        client.get(&format!("/api/v1/search?q={q}")).ok();
        let recent = client.get("/api/v1/search/recent").ok();
        let own: Vec<&Value> = recent["items"].as_array().unwrap().iter().map(|one| &one["query"]["q"]).collect();
        // A program's searches are not kept; its own list is empty.
        assert!(own.iter().all(|own| **own == q), "{role}: {own:?}");
        kept += own.len();
        let suggested = client.get("/api/v1/search/suggestions?q=domanda").ok();
        assert_eq!(suggested["items"].as_array().unwrap().len(), own.len(), "{role}: {suggested}");
        if let Some(id) = recent["items"][0]["id"].as_str() {
            for other in ROLES.iter().filter(|other| *other != role) {
                town.as_(other).delete(&format!("/api/v1/search/recent/{id}")).expect(404);
            }
        }
    }
    assert_eq!(kept, ROLES.len() - 1, "every person's, and no program's");
}

/// The ids of all hits, two a page.
fn all_pages(client: &Client<'_>, sort: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut cursor = String::new();
    loop {
        let page = client.get(&format!("/api/v1/search?q=&sort={sort}&limit=2{cursor}")).ok();
        for hit in page["items"].as_array().unwrap() {
            assert!(ids.insert(hit["id"].as_str().unwrap().to_owned()), "twice: {hit}");
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}
