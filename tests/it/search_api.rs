//! Finding, as a page would use it: facets, histograms, searches that are kept, exports, more like this, suggestions.

use std::io::Cursor;
use std::time::{Duration, Instant};

use calamine::{Data, Reader as _, Xlsx};
use serde_json::{Value, json};
use tabularium::model::access::Actor;
use tabularium::service::{
    Archive, Conditions, Export, ExportFormat, ExportOptions, NewSavedSearch, Refusal, ResultsQuery, SearchQuery,
};

use crate::harness::{Client, TAX_CODE, Town};
use crate::workbench::{self, block_on, close, create, entry, open, options, pg, scratch};

const SAVED: &str = "/api/v1/saved-searches";

fn assigned(office: &str) -> Value {
    json!({"assignments": [{"office": office, "mode": "responsible"}]})
}

fn ids(found: &Value) -> Vec<String> {
    found["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// A query in a URL.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[test]
fn the_name_of_an_office_finds_what_is_assigned_to_it() {
    let town = Town::new();
    let office = json!({"code": "utc", "name": "Ufficio tecnico"});
    town.as_("administrator").post("/api/v1/offices", &office).created();
    town.register("Permesso di costruire", "a1", assigned("utc"));
    town.register("Permesso di sosta", "a2", assigned("tributi"));
    town.settle_index();
    let asked = "/api/v1/search?q=permesso+ufficio+tecnico";
    let found = town.as_("registrar").get(asked).ok();
    assert_eq!((&found["total"], &found["items"][0]["title"]), (&json!(1), &json!("Permesso di costruire")));
    assert_eq!(found["notes"][0]["code"], "synonyms");
    // Who works elsewhere learns nothing by it.
    assert_eq!(town.as_("officer").get(asked).ok()["total"], 0);
}

#[test]
fn a_facet_counts_what_its_own_filter_leaves_out() {
    let town = Town::new();
    town.register("Suolo uno", "a1", assigned("edilizia"));
    town.register("Suolo due", "a2", assigned("edilizia"));
    town.register("Suolo tre", "a3", assigned("tributi"));
    town.register("Altro", "a4", assigned("tributi"));
    town.settle_index();
    let registrar = town.as_("registrar");
    let found = registrar.get("/api/v1/search?q=suolo&office=edilizia&facets=office,kind,text_state").ok();
    assert_eq!(found["total"], 2);
    let both = json!([{"value": "edilizia", "count": 2}, {"value": "tributi", "count": 1}]);
    assert_eq!(found["facets"]["office"], both, "another office can be chosen");
    assert_eq!(found["facets"]["kind"], json!([{"value": "entry", "count": 2}]), "others count within the filter");
    assert_eq!(found["facets"]["text_state"], json!([{"value": "full", "count": 2}]));
    // What is chosen is shown even where it counts nothing.
    let none = registrar.get("/api/v1/search?q=altro&office=edilizia&facets=office").ok();
    let chosen = json!([{"value": "tributi", "count": 1}, {"value": "edilizia", "count": 0}]);
    assert_eq!((&none["total"], &none["facets"]["office"]), (&json!(0), &chosen));
    // And only what the reader may see, beside the filter as within it.
    let officer = town.as_("officer").get("/api/v1/search?q=suolo&office=edilizia&facets=office").ok();
    assert_eq!(officer["facets"]["office"], json!([{"value": "edilizia", "count": 2}]));
    assert_eq!(registrar.get("/api/v1/search?q=&facets=colour").expect(422).fields(), ["facets"]);
    assert_eq!(registrar.get("/api/v1/search?q=&state=forse").expect(422).fields(), ["state"]);
    assert_eq!(registrar.get("/api/v1/search?q=&text_state=none").ok()["total"], 0);
    assert_eq!(registrar.get("/api/v1/search?q=&text_state=encrypted").ok()["total"], 0);
    assert_eq!(registrar.get("/api/v1/search?q=&text_state=forse").expect(422).fields(), ["text_state"]);
}

#[test]
fn hits_are_counted_by_date() {
    let town = Town::new();
    town.register("Suolo uno", "a1", json!({}));
    town.register("Suolo due", "a2", json!({}));
    town.settle_index();
    let registrar = town.as_("registrar");
    for interval in ["year", "month", "week", "day"] {
        let found = registrar.get(&format!("/api/v1/search?q=suolo&histogram={interval}&limit=1")).ok();
        let histogram = &found["histogram"];
        assert_eq!(histogram["interval"], interval);
        let buckets = histogram["buckets"].as_array().unwrap();
        assert_eq!(buckets.iter().map(|bucket| bucket["count"].as_u64().unwrap()).sum::<u64>(), 2);
        assert!(buckets[0]["from"].as_str() <= buckets[0]["to"].as_str());
    }
    assert_eq!(registrar.get("/api/v1/search?q=suolo").ok().get("histogram"), None);
    assert_eq!(registrar.get("/api/v1/search?q=&histogram=hour").expect(422).fields(), ["histogram"]);
}

#[test]
fn a_saved_search_says_what_is_new() {
    let town = Town::new();
    town.register("Suolo uno", "a1", assigned("edilizia"));
    town.settle_index();
    let officer = town.as_("officer");
    let query = json!({"name": "Suolo", "query": {"q": "suolo", "sort": "newest"}});
    let answer = officer.post(SAVED, &query).expect(201);
    let saved = answer.value();
    let path = format!("{SAVED}/{}", saved["id"].as_str().unwrap());
    assert_eq!(answer.header("location"), Some(path.as_str()));
    assert_eq!((&saved["new"], &saved["query"]), (&json!(0), &query["query"]));
    assert_eq!(officer.get(&format!("{SAVED}/notices")).ok()["items"], json!([]));

    // Of three new ones the officer may see one; a slip of another word is no result of this one.
    town.register("Suolo due", "a2", assigned("edilizia"));
    town.register("Suolo tre", "a3", assigned("tributi"));
    town.register("Suollo", "a4", assigned("edilizia"));
    town.settle_index();
    assert_eq!(officer.get(&path).ok()["new"], 1);
    assert_eq!(officer.get(SAVED).ok()["items"][0]["new"], 1);
    let notice = json!([{"id": saved["id"], "name": "Suolo", "new": 1}]);
    let notices = officer.get(&format!("{SAVED}/notices")).ok();
    assert_eq!(notices["items"], notice);
    let heard = format!("{SAVED}/notices?after={}", notices["next"]);
    assert_eq!(officer.get(&heard).ok()["items"], json!([]), "what was heard of is not told again");
    let new = officer.get(&format!("{path}/results?new=true")).ok();
    assert_eq!(ids(&new).len(), 1);
    let all = officer.get(&format!("{path}/results?limit=1&facets=office&histogram=year")).ok();
    assert_eq!((&all["total"], all["facets"]["office"][0]["count"].as_u64()), (&json!(2), Some(2)));
    let second = officer.get(&format!("{path}/results?limit=1&cursor={}", all["next_cursor"].as_str().unwrap())).ok();
    assert_ne!(ids(&second), ids(&all));

    let seen = officer.post(&format!("{path}/seen"), &json!({"position": new["index_position"]})).ok();
    assert_eq!((&seen["new"], &seen["seen_position"]), (&json!(0), &new["index_position"]));
    assert_eq!(officer.get(&format!("{path}/results?new=true")).ok()["total"], 0);
    assert_eq!(officer.post(&format!("{path}/seen"), &json!({"position": 9_999})).expect(422).fields(), ["position"]);
    assert_eq!(officer.post(&format!("{path}/seen"), &json!({})).ok()["new"], 0);
}

/// The ordinary way: the protocol office registers, and assigns later.
#[test]
fn what_becomes_visible_or_fits_later_is_new_to_a_saved_search() {
    let town = Town::new();
    let officer = town.as_("officer");
    let save = |query: Value| {
        let saved = officer.post(SAVED, &json!({"name": "Suolo", "query": query})).created();
        format!("{SAVED}/{}", saved["id"].as_str().unwrap())
    };
    let path = save(json!({"q": "suolo"}));
    let entry = town.register("Suolo uno", "a1", json!({}));
    town.settle_index();
    let heard = officer.post(&format!("{path}/seen"), &json!({})).ok();
    assert_eq!(heard["new"], 0, "it is nobody's yet");
    let change = |what: &str, body: &Value| {
        let at = format!("/api/v1/registers/PG/entries/{}/{}", entry["year"], entry["number"]);
        let registrar = town.as_("registrar");
        let etag = registrar.get(&at).header("etag").unwrap().to_owned();
        registrar.with("If-Match", &etag).put(&format!("{at}/{what}"), body).expect(200);
        town.settle_index();
    };
    change("assignments", &assigned("edilizia"));
    assert_eq!(officer.get(&path).ok()["new"], 1);
    assert_eq!(officer.get(&format!("{path}/results?new=true")).ok()["total"], 1);
    let notices = officer.get(&format!("{SAVED}/notices?after={}", heard["seen_position"])).ok();
    assert_eq!(notices["items"][0]["new"], 1, "{notices}");
    assert_eq!(officer.post(&format!("{path}/seen"), &json!({})).ok()["new"], 0);

    // And a search for a class hears of what is moved into it.
    let of_class = save(json!({"q": "", "classification": "6.5"}));
    assert_eq!(officer.get(&of_class).ok()["new"], 0);
    change("classification", &json!({"classification": "6.5"}));
    assert_eq!(officer.get(&of_class).ok()["new"], 1);
}

#[test]
fn a_saved_search_changes_only_in_the_version_that_was_read() {
    let town = Town::new();
    let officer = town.as_("officer");
    let saved = officer.post(SAVED, &json!({"name": "Suolo", "query": {"q": "suolo"}})).expect(201);
    let path = saved.header("location").unwrap().to_owned();
    let etag = saved.header("etag").unwrap().to_owned();
    let other = json!({"name": "Tributi", "query": {"q": "tributi", "year": 2026}});
    let changed = officer.clone().with("If-Match", &etag).put(&path, &other).expect(200);
    assert_ne!(changed.header("etag"), Some(etag.as_str()));
    assert_eq!(officer.clone().with("If-Match", &etag).put(&path, &other).expect(412).problem(), "changed");
    assert_eq!(officer.clone().with("If-Match", &etag).delete(&path).expect(412).problem(), "changed");
    assert_eq!(officer.get(&path).ok()["name"], "Tributi");
    let wrong = json!({"name": " ", "query": {"q": "x", "sort": "best"}});
    assert_eq!(officer.post(SAVED, &wrong).expect(422).fields(), ["name"]);
    let wrong = json!({"name": "x", "query": {"q": "x", "sort": "best"}});
    assert_eq!(officer.post(SAVED, &wrong).expect(422).fields(), ["query.sort"]);
    let wrong = json!({"name": "x", "query": {"cursor": "x"}});
    assert_eq!(officer.post(SAVED, &wrong).expect(422).fields(), ["query.cursor"]);
    // Nobody else hears of it.
    for other in ["manager", "auditor", "administrator"] {
        town.as_(other).get(&path).expect(404);
        town.as_(other).delete(&path).expect(404);
        assert_eq!(town.as_(other).get(SAVED).ok()["items"], json!([]));
    }
    assert_eq!(officer.delete(&path).expect(204).body, b"");
    officer.get(&path).expect(404);
}

#[test]
fn who_waits_hears_of_a_new_result() {
    let town = Town::new();
    let officer = town.as_("officer");
    officer.post(SAVED, &json!({"name": "Suolo", "query": {"q": "suolo"}})).created();
    let asked = Instant::now();
    assert_eq!(officer.get(&format!("{SAVED}/notices?wait=1")).ok()["items"], json!([]));
    assert!(asked.elapsed() >= Duration::from_secs(1), "it waits as long as it was asked to");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| town.as_("officer").get(&format!("{SAVED}/notices?wait=30")).ok());
        std::thread::sleep(Duration::from_millis(300));
        let asked = Instant::now();
        town.register("Suolo pubblico", "a1", assigned("edilizia"));
        let heard = waiting.join().unwrap();
        assert_eq!(heard["items"][0]["new"], 1, "{heard}");
        assert!(asked.elapsed() < Duration::from_secs(20), "long before its time was over");
    });
}

#[test]
fn an_index_that_lacks_the_newest_event_says_so() {
    let town = Town::new();
    let registrar = town.as_("registrar");
    let is_behind = |found: &Value| {
        let notes = found["notes"].as_array().unwrap();
        let said = notes.iter().any(|note| note["code"] == "index-behind");
        let (index, journal) = (found["index_position"].as_u64(), found["journal_position"].as_u64());
        assert_eq!(said, index < journal, "{found}");
        said
    };
    let mut behind = 0;
    for n in 0..8 {
        let entry = town.register(&format!("Suolo {n}"), "a", json!({}));
        behind += usize::from(is_behind(&registrar.get("/api/v1/search?q=suolo").ok()));
        let waited = registrar.get(&format!("/api/v1/search?q=suolo&min_position={}", entry["position"])).ok();
        assert!(!is_behind(&waited));
        assert_eq!(waited["total"], n + 1);
    }
    assert!(behind > 0, "the index is never that quick");
}

#[test]
fn what_a_person_asked_lately_is_remembered_for_that_person() {
    let town = Town::new();
    let officer = town.as_("officer");
    let recent = |client: &Client<'_>| -> Vec<String> {
        let list = client.get("/api/v1/search/recent").ok();
        list["items"].as_array().unwrap().iter().map(|one| one["query"]["q"].as_str().unwrap().to_owned()).collect()
    };
    for q in ["suolo", "tributi", "suolo"] {
        officer.get(&format!("/api/v1/search?q={q}")).ok();
    }
    officer.post("/api/v1/search", &json!({"q": "tributi ", "sort": "newest"})).ok();
    officer.get("/api/v1/search?q=suolo&sort=oldest").ok();
    officer.post("/api/v1/search", &json!({"q": "mario rossi", "kind": "entry"})).ok();
    officer.get("/api/v1/search?q=segreto&remember=false").ok();
    officer.get("/api/v1/search?q=").ok();
    assert_eq!(recent(&officer), ["mario rossi", "suolo", "tributi"], "each once, the newest first");
    // Programs, and who is acted for, are not remembered; others hear nothing.
    for client in [town.as_("service"), town.as_("portal")] {
        client.get("/api/v1/search?q=programma").ok();
        assert_eq!(recent(&client), Vec::<String>::new());
    }
    let citizen = town.on_behalf_of(TAX_CODE);
    citizen.get("/api/v1/search?q=cittadino").ok();
    assert_eq!(citizen.get("/api/v1/search/recent").expect(403).problem(), "forbidden");
    assert_eq!(citizen.post(SAVED, &json!({"name": "x", "query": {}})).expect(403).problem(), "forbidden");
    assert_eq!(recent(&town.as_("manager")), Vec::<String>::new());
    // Suggestions begin with them.
    let suggested = officer.get("/api/v1/search/suggestions?q=tri").ok();
    assert_eq!(
        (&suggested["items"][0]["kind"], &suggested["items"][0]["query"]),
        (&json!("recent"), &json!("tributi"))
    );
    let list = officer.get("/api/v1/search/recent").ok();
    let one = format!("/api/v1/search/recent/{}", list["items"][1]["id"].as_str().unwrap());
    officer.delete(&one).expect(204);
    officer.delete(&one).expect(404);
    assert_eq!(recent(&officer), ["mario rossi", "tributi"]);
    officer.delete("/api/v1/search/recent").expect(204);
    assert_eq!(recent(&officer), Vec::<String>::new());
    for n in 0..60 {
        officer.get(&format!("/api/v1/search?q=parola{n}")).ok();
    }
    assert_eq!((recent(&officer).len(), &*recent(&officer)[0]), (50, "parola59"));
}

#[test]
fn what_is_kept_is_there_after_a_restart_and_a_damaged_file_is_said() {
    let folder = scratch();
    let archive = create(options(folder.path()));
    // The program itself: the one user there is.
    let actor = Actor::system();
    let query = Conditions { q: "suolo".into(), ..Conditions::default() };
    let new = NewSavedSearch { name: "Suolo".into(), query: query.clone() };
    // Roles of a program would not be remembered.
    let mut person = actor.clone();
    person.roles.retain(|role| *role != tabularium::model::user::Role::Service);
    let saved = archive.save_search(&person, new.clone()).unwrap();
    archive.search(&person, &SearchQuery { q: "suolo".into(), ..SearchQuery::default() }).unwrap();
    close(archive);

    let archive = open(options(folder.path()));
    assert_eq!(archive.saved_search(&person, saved.id).unwrap().name, "Suolo");
    assert_eq!(archive.recent_searches(&person).unwrap()[0].query, query);
    assert!(archive.saved_searches(&person).unwrap().notes.is_empty());
    close(archive);

    let file = folder.path().join("desk").join(format!("{}.json", person.user));
    let kept = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, &kept[..kept.len() / 2]).unwrap();
    let archive = open(options(folder.path()));
    let list = archive.saved_searches(&person).unwrap();
    assert!(list.items.is_empty());
    assert_eq!(list.notes[0].code, "desk-lost");
    assert!(matches!(archive.saved_search(&person, saved.id), Err(Refusal::NotFound(_))));
    archive.save_search(&person, new).unwrap();
    assert_eq!(std::fs::read_to_string(file.with_extension("json.damaged")).unwrap(), kept[..kept.len() / 2]);
    let journal = workbench::everything(&archive).to_string();
    assert!(!journal.contains("suolo"), "who looks for what is not in the journal");
    close(archive);
}

#[test]
fn nobody_saves_searches_without_end() {
    let folder = scratch();
    let archive = create(options(folder.path()));
    let new = NewSavedSearch { name: "Suolo".into(), query: Conditions::default() };
    for _ in 0..tabularium::limits::SAVED_SEARCHES_MAX {
        archive.save_search(&Actor::system(), new.clone()).unwrap();
    }
    assert!(matches!(archive.save_search(&Actor::system(), new), Err(Refusal::Invalid(_))));
    let page = ResultsQuery { limit: Some(1), ..ResultsQuery::default() };
    let first = archive.saved_searches(&Actor::system()).unwrap().items[0].id;
    assert_eq!(archive.saved_results(&Actor::system(), first, page).unwrap().total, 0);
    close(archive);
}

/// The rows of a CSV, the heading first.
fn csv_rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn results_are_taken_along_as_a_table() {
    let town = Town::new();
    let formula = "=HYPERLINK(\"http://example.it\";\"suolo\")";
    let first = town.register("Suolo, \"dehors\" e altro", "a1", assigned("edilizia"));
    town.register(formula, "suolo a2", assigned("edilizia"));
    town.register("Suolo riservato", "a3", json!({"confidential": true}));
    let dossier = json!({"title": "Fascicolo del suolo", "classification": "6.3", "office": "edilizia"});
    let dossier = town.as_("registrar").post("/api/v1/dossiers", &dossier).created();
    let reference = json!({"register": "PG", "year": first["year"], "number": first["number"]});
    let items = format!("/api/v1/dossiers/{}/items", dossier["id"].as_str().unwrap());
    town.as_("registrar").post(&items, &json!({"entry": reference})).created();
    town.settle_index();
    let officer = town.as_("officer");
    let answer = officer.get("/api/v1/search/export?q=suolo&sort=oldest&format=csv&bom=true").expect(200);
    assert!(answer.header("content-disposition").unwrap().ends_with(".csv\""), "{answer:?}");
    let text = answer.body.strip_prefix("\u{feff}".as_bytes()).expect("a byte order mark");
    assert!(answer.text().contains("\"Suolo, \"\"dehors\"\" e altro\"") && answer.text().ends_with("\r\n"));
    let rows = csv_rows(text);
    assert_eq!(rows.len(), 4, "the confidential one is not the officer's: {rows:#?}");
    assert_eq!(&rows[0][..7], ["kind", "register", "number", "year", "date", "direction", "subject"]);
    let column = |name: &str| rows[0].iter().position(|heading| heading == name).unwrap();
    assert_eq!(rows[1][column("subject")], "Suolo, \"dehors\" e altro");
    assert_eq!(rows[1][column("senders")], "Mario Rossi");
    assert_eq!(rows[1][column("offices")], "edilizia");
    assert_eq!(rows[1][column("dossiers")], dossier["code"].as_str().unwrap());
    assert_eq!(rows[1][column("documents")], "istanza.txt");
    assert_eq!(rows[2][column("subject")], format!("'{formula}"), "no formula for who opens it");
    assert_eq!(rows[3][column("kind")], "dossier");
    let date = &rows[1][column("date")];
    assert!(date.len() == 19 && date.starts_with(&first["year"].to_string()), "{date}");

    let italian = json!({"q": "suolo", "kind": "entry", "sort": "newest"});
    let answer = officer.post("/api/v1/search/export?format=xlsx&language=it", &italian).expect(200);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(answer.body)).unwrap();
    assert_eq!(book.sheet_names(), ["Risultati", "Note"]);
    let sheet = book.worksheet_range("Risultati").unwrap();
    assert_eq!(sheet.height(), 3);
    assert_eq!(sheet.get_value((0, 6)), Some(&Data::String("oggetto".into())));
    assert_eq!(sheet.get_value((1, 6)), Some(&Data::String(formula.into())), "a text is a text there");
    assert_eq!(sheet.get_value((1, 5)), Some(&Data::String("in arrivo".into())));
    assert!(matches!(sheet.get_value((1, 4)), Some(Data::DateTime(_))), "{:?}", sheet.get_value((1, 4)));
    assert_eq!(sheet.get_value((2, 2)), Some(&Data::Float(1.0)));
    let notes = book.worksheet_range("Note").unwrap();
    assert_eq!(notes.get_value((0, 1)), Some(&Data::String("suolo".into())));

    // For a spreadsheet in Italian; what is said of the search is no row of it.
    let path = "/api/v1/search/export?q=suollo&kind=entry&sort=oldest&language=it&separator=semicolon";
    let answer = officer.get(path).expect(200).text();
    let lines: Vec<&str> = answer.lines().collect();
    assert!(lines[0].starts_with("tipo;registro;numero;"), "{answer}");
    assert!(lines[1].starts_with("registrazione;PG;"), "{answer}");
    let said: Vec<&&str> = lines.iter().filter(|line| line.starts_with("# ")).collect();
    assert!(said[0].starts_with("# nessun risultato con le parole scritte: sono incluse grafie simili;"), "{answer}");
    assert!(said.iter().any(|line| line.starts_with("# forse si cercava: suolo;")), "{answer}");
    assert_eq!(lines.len(), 1 + 2 + said.len(), "{answer}");
    assert_eq!(
        officer.get("/api/v1/search/export?q=x&format=xlsx&separator=semicolon").expect(422).fields(),
        ["separator"]
    );

    assert_eq!(officer.get("/api/v1/search/export?q=x&format=pdf").expect(422).fields(), ["format"]);
    assert_eq!(officer.get("/api/v1/search/export?q=x&cursor=y").expect(422).fields(), ["cursor"]);
    assert_eq!(officer.get("/api/v1/search/export?q=x&format=xlsx&bom=true").expect(422).fields(), ["bom"]);
    // Who took what along stands in the access log.
    let today = tabularium::clock::date_in_rome(tabularium::clock::Clock::System.now());
    let log = town.as_("auditor").get(&format!("/api/v1/access-log?date={today}&limit=500")).ok();
    let exports = log["items"].as_array().unwrap().iter().filter(|line| line["what"] == "export");
    assert_eq!(exports.filter(|line| line["subject"] == "search/export" && line["outcome"] == 200).count(), 3);
}

#[test]
fn an_export_that_is_cut_says_so() {
    const ROWS: usize = tabularium::limits::EXPORT_ROWS_MAX;
    let folder = scratch();
    let archive = create(options(folder.path()));
    let system = Actor::system();
    block_on(async {
        let keys: Vec<String> = (0..ROWS + 3).map(|n| format!("k{n}")).collect();
        for some in keys.chunks(250) {
            let pg = pg();
            let all = some.iter().map(|key| archive.register(&system, &pg, key, entry("Suolo", &[])));
            for done in futures_util::future::join_all(all).await {
                done.unwrap();
            }
        }
    });
    archive.wait_for_index((ROWS + 3) as u64).unwrap();
    let conditions = Conditions { q: "suolo".into(), sort: Some("oldest".into()), ..Conditions::default() };
    let written = |format| exported(&archive, &system, &conditions, format);
    let rows = csv_rows(&written(ExportFormat::Csv));
    assert_eq!(rows.len(), 1 + ROWS + 1);
    assert_eq!((&*rows[1][2], &*rows[ROWS][2]), ("1", &*ROWS.to_string()), "page after page, none twice");
    assert_eq!(rows[ROWS + 1][0], format!("# cut: {ROWS} of {} rows are here; ask for less", ROWS + 3));
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(written(ExportFormat::Xlsx))).unwrap();
    assert_eq!(book.worksheet_range("Results").unwrap().height(), 1 + ROWS);
    let notes = book.worksheet_range("Notes").unwrap();
    let said = notes.get_value((3, 1)).map(ToString::to_string).unwrap_or_default();
    assert!(said.starts_with("cut: "), "{said}");
    close(archive);
}

fn exported(archive: &Archive, actor: &Actor, conditions: &Conditions, format: ExportFormat) -> Vec<u8> {
    let export = Export::new(conditions, ExportOptions { format, ..ExportOptions::default() }).unwrap();
    let mut out = Vec::new();
    archive.write_export(actor, export, &mut out).unwrap();
    out
}

#[test]
fn more_like_a_thing_is_found_by_the_words_that_matter() {
    let town = Town::new();
    let letter = "Il sottoscritto chiede di occupare il marciapiede con tavolini e ombrelloni per il dehors estivo.";
    let one = town.register("Dehors estivo con tavolini", letter, assigned("edilizia"));
    let two = town.register("Tavolini sul marciapiede: dehors", "ombrelloni e tavolini", assigned("edilizia"));
    town.register("Richiesta di accesso agli atti", "Il sottoscritto chiede copia degli atti.", assigned("edilizia"));
    let hidden = town.register("Dehors con tavolini e ombrelloni", letter, assigned("tributi"));
    let dossier = json!({"title": "Dehors e tavolini in piazza", "classification": "6.3", "office": "edilizia"});
    let dossier = town.as_("registrar").post("/api/v1/dossiers", &dossier).created();
    town.settle_index();
    let officer = town.as_("officer");
    let id = |entry: &Value| format!("PG/{}/{}", entry["year"], entry["number"]);
    let like =
        |client: &Client<'_>, kind: &str, id: &str| client.get(&format!("/api/v1/search/similar?kind={kind}&id={id}"));
    let found = like(&officer, "entry", &id(&one)).ok();
    let mut expected = [id(&two), dossier["id"].as_str().unwrap().to_owned()];
    let mut given = ids(&found);
    assert_eq!(given[0], expected[0], "{found:#}");
    expected.sort();
    given.sort();
    assert_eq!(given, expected);
    assert!(found["words"].as_array().unwrap().contains(&json!("tavolini")), "{found:#}");
    assert!(found["items"][0]["snippet"].as_str().unwrap().contains("<mark>"), "{found:#}");
    // The same of its document, and of the dossier.
    let document = one["document"]["id"].as_str().unwrap();
    assert!(ids(&like(&officer, "document", document).ok()).contains(&id(&two)));
    assert!(!ids(&like(&officer, "document", document).ok()).contains(&id(&one)), "not the entry that holds it");
    assert!(ids(&like(&officer, "dossier", dossier["id"].as_str().unwrap()).ok()).contains(&id(&one)));
    assert!(ids(&like(&town.as_("registrar"), "entry", &id(&one)).ok()).contains(&id(&hidden)));
    like(&officer, "entry", &id(&hidden)).expect(404);
    like(&officer, "entry", "PG/2026/9999").expect(404);
    like(&officer, "entry", "nonsense").expect(404);
    assert_eq!(like(&officer, "mountain", "x").expect(422).fields(), ["kind"]);
}

#[test]
fn a_content_that_is_registered_already_is_told_to_those_who_may_know() {
    let town = Town::new();
    let first = town.register("Planimetria del dehors", "la stessa pianta", assigned("edilizia"));
    let again = town.register("Ancora la planimetria", "la stessa pianta", assigned("tributi"));
    let secret = town.register("Riservata", "la stessa pianta", json!({"confidential": true}));
    town.settle_index();
    let blake3 = first["document"]["blake3"].as_str().unwrap().to_owned();
    let numbers = |role: &str| -> Vec<Value> {
        let found = town.as_(role).get(&format!("/api/v1/duplicates?blake3={blake3}")).ok();
        found["items"].as_array().unwrap().iter().map(|entry| entry["number"].clone()).collect()
    };
    let [first, again, secret] = [first, again, secret].map(|entry| entry["number"].clone());
    assert_eq!(numbers("registrar"), [secret, again.clone(), first.clone()], "newest first");
    assert_eq!(numbers("archivist"), [again.clone(), first.clone()]);
    assert_eq!(numbers("officer"), [first], "what another office has is not theirs to know");
    assert_eq!(numbers("manager"), [again]);
    assert_eq!(numbers("administrator"), Vec::<Value>::new());
    let registrar = town.as_("registrar");
    assert_eq!(registrar.get("/api/v1/duplicates").expect(422).fields(), ["blake3"]);
    assert_eq!(registrar.get("/api/v1/duplicates?blake3=x").expect(422).fields(), ["blake3"]);
    let nobodys = "0".repeat(64);
    assert_eq!(registrar.get(&format!("/api/v1/duplicates?blake3={nobodys}&min_position=1")).ok()["items"], json!([]));
}

#[test]
fn class_and_office_are_proposed_as_they_were_for_others_like_it() {
    let town = Town::new();
    let classed = |class: &str, office: &str| json!({"classification": class, "assignments": [{"office": office, "mode": "responsible"}]});
    let stand = town.register("Richiesta di occupazione di suolo pubblico", "a", classed("6.7", "edilizia"));
    let of_rossi =
        json!([{"role": "sender", "kind": "business", "name": "Forno Rossi srl", "tax_code": "01234567890"}]);
    let mut bread = classed("8.4", "tributi");
    bread["correspondents"] = of_rossi;
    let bread = town.register("Orari del forno", "b", bread);
    town.settle_index();
    let ask = |role: &str, asked: Value| town.as_(role).post("/api/v1/proposals", &asked).ok();
    let like = |entry: &Value| json!({"register": "PG", "year": entry["year"], "number": entry["number"]});
    let by_subject = ask("registrar", json!({"subject": "Nuova richiesta: occupazione suolo"}));
    let office = json!([{"office": "edilizia", "mode": "responsible"}]);
    assert_eq!(by_subject, json!({"classification": "6.7", "assignments": office, "like": like(&stand)}));
    for asked in
        [json!({"name": "FORNO ROSSI SRL"}), json!({"tax_code": "0123456 7890", "min_position": bread["position"]})]
    {
        let found = ask("registrar", asked);
        assert_eq!((&found["classification"], &found["like"]), (&json!("8.4"), &like(&bread)));
    }
    let nothing = json!({"classification": null, "assignments": [], "like": null});
    for asked in [json!({}), json!({"subject": "suolo di tutt'altro argomento e genere"}), json!({"name": "Rossi"})] {
        assert_eq!(ask("registrar", asked.clone()), nothing, "{asked}");
    }
    assert_eq!(ask("officer", json!({"name": "Forno Rossi srl"})), nothing, "of another office");
    assert_eq!(ask("officer", json!({"subject": "Occupazione di suolo"}))["like"], like(&stand));
}

#[test]
fn suggestions_complete_fields_values_names_and_titles() {
    let town = Town::new();
    town.register("Richiesta di occupazione", "a1", assigned("edilizia"));
    let secret = json!([{"role": "sender", "kind": "person", "name": "Romualdo Segreti"}]);
    town.register("Riservata", "a2", json!({"confidential": true, "correspondents": secret}));
    town.settle_index();
    let registrar = town.as_("registrar");
    let suggested = |typed: &str| -> Vec<(String, String)> {
        let posted = registrar.post("/api/v1/search/suggestions", &json!({"q": typed, "limit": 20})).ok();
        let got = registrar.get(&format!("/api/v1/search/suggestions?limit=20&q={}", escaped(typed))).ok();
        assert_eq!(posted, got, "{typed}");
        let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
        posted["items"].as_array().unwrap().iter().map(|one| (text(one, "kind"), text(one, "query"))).collect()
    };
    let pair = |kind: &str, query: &str| (kind.to_owned(), query.to_owned());
    assert_eq!(suggested("suolo mitt"), [pair("field", "suolo mittente:")]);
    assert_eq!(suggested("ufficio:priv"), [pair("value", "ufficio:edilizia")]);
    assert_eq!(suggested("suolo direction:inc"), [pair("value", "suolo direction:incoming")]);
    assert_eq!(suggested("sender:ros"), [pair("correspondent", "sender:\"Mario Rossi\"")]);
    assert_eq!(suggested("recipient:ros"), [], "he sent it");
    assert_eq!(suggested("richiesta occ"), [pair("entry", "\"Richiesta di occupazione\"")]);
    // The registrar may read it, and yet it is not suggested; for the next entry, it is known.
    assert_eq!(suggested("sender:romu"), []);
    let known = registrar.post("/api/v1/correspondents", &json!({"q": "romu"})).ok();
    assert_eq!(known["items"][0]["name"], "Romualdo Segreti");
    // Every completed query says what it says: none of its fields is unknown.
    for field in [
        "subject:x",
        "mittente:x",
        "classifica:6.3",
        "stato:annulled",
        "text:none",
        "codice_fiscale:x",
        "firmatario:x",
        "fattura:1",
        "pagine:2",
        "formato:fmt/18",
        "signed:yes",
        "data:2026",
    ] {
        let found = registrar.get(&format!("/api/v1/search?remember=false&q={}", escaped(field))).ok();
        let codes: Vec<&Value> = found["notes"].as_array().unwrap().iter().map(|note| &note["code"]).collect();
        assert!(!codes.contains(&&json!("unknown-field")), "{field}: {codes:?}");
    }
}

/// One party of several sees a dossier, but not who the others are: nor may a search by their names tell.
#[test]
fn a_party_cannot_find_out_by_searching_who_the_others_are() {
    let town = Town::new();
    let dossier = json!({"title": "Lite di confine", "classification": "6.3", "office": "edilizia", "parties": [
        {"name": "Mario Rossi", "tax_code": TAX_CODE}, {"name": "Zelinda Vicini", "tax_code": "VCNZND70A41X999K"}]});
    town.as_("registrar").post("/api/v1/dossiers", &dossier).created();
    let alone = json!({"title": "Lite di condominio", "classification": "6.3", "office": "edilizia",
        "parties": [{"name": "Mario Rossi", "tax_code": TAX_CODE}]});
    town.as_("registrar").post("/api/v1/dossiers", &alone).created();
    town.settle_index();
    assert_eq!(town.as_("officer").get("/api/v1/search?q=zelinda").ok()["total"], 1);
    for citizen in [town.as_("citizen"), town.on_behalf_of(TAX_CODE)] {
        assert_eq!(citizen.get("/api/v1/dossiers").ok()["items"].as_array().unwrap().len(), 2);
        assert_eq!(citizen.get("/api/v1/search?q=").ok()["total"], 2);
        assert_eq!(citizen.get("/api/v1/search?q=lite").ok()["total"], 1);
        for q in ["zelinda", "VCNZND70A41X999K", "name:vicini", "tax_code:VCNZND70A41X999K", "zelind*", "-zelinda"] {
            let found = citizen.post("/api/v1/search", &json!({"q": q})).ok();
            let shared = found["items"].as_array().unwrap().iter().any(|item| item["title"] == "Lite di confine");
            assert!(!shared, "{q}: {found:#}");
            let listed = citizen.get(&format!("/api/v1/dossiers?q={}", escaped(q))).ok();
            let shared = listed["items"].as_array().unwrap().iter().any(|item| item["title"] == "Lite di confine");
            assert!(!shared, "{q}: {listed:#}");
        }
    }
}
