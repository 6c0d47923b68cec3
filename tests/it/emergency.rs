//! A day without the archive: what is registered by hand comes home whole, once, with both its numbers.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};
use tabularium::clock;

use crate::harness::Town;
use crate::program::{Place, Server, fine, run};

fn act() -> Vec<String> {
    ["--act-number", "12", "--act-date", &clock::today().to_string()].map(str::to_owned).to_vec()
}

fn emergency(place: &Place, command: &str, more: &[&str]) -> (i32, String, String) {
    let file = place.text_path("day.jsonl");
    run(&[&["emergency", command, &file], more].concat())
}

fn open(place: &Place, organization: &str) {
    let act = act();
    let act: Vec<&str> = act.iter().map(String::as_str).collect();
    let what = ["--organization", organization, "--area", "AOO1", "--cause", "Guasto", "--authorised-by", "Ada Verdi"];
    let (code, out, err) = emergency(place, "open", &[&what[..], &act].concat());
    assert_eq!(code, 0, "{out}{err}");
}

fn register(place: &Place, subject: &str, more: &[&str]) -> (i32, String, String) {
    let what = [
        "--direction",
        "incoming",
        "--subject",
        subject,
        "--sender",
        "Verdi Ada [VRDDAA70A41H501X]",
        "--operator",
        "Ugo Neri",
        "--location",
        "Faldone rosso",
    ];
    emergency(place, "register", &[&what[..], more].concat())
}

#[test]
fn a_day_is_registered_by_hand_and_brought_home_once() {
    let place = Place::settled();
    open(&place, "c_x999");
    assert_ne!(register(&place, " ", &[]).0, 0, "without a subject nothing gets a number");
    for (n, class) in [(1, "6.3"), (2, "1.6")] {
        let (code, out, err) = register(&place, &format!("Istanza {n}"), &["--classification", class]);
        assert_eq!((code, out.trim()), (0, format!("E-{n:07}").as_str()), "{err}");
    }
    // The power went in the middle of a line: nobody was told of it.
    let path = place.path("day.jsonl");
    let whole = std::fs::read(&path).unwrap();
    place.write("day.jsonl", &[&whole[..], b"{\"before\":\"00"].concat());
    let (code, out, err) = register(&place, "Istanza 3", &["--classification", "6.3", "--by-post"]);
    assert_eq!((code, out.trim()), (0, "E-0000003"), "{err}");

    let (data, file) = (place.data(), place.text_path("day.jsonl"));
    let home = ["emergency", "import", &file, "--data", &data];
    let out = fine(&home);
    assert!(out.contains("E-0000003\tPG 0000003/") && out.contains("3 new, 0 already there"), "{out}");
    // It went on meanwhile; the longer copy brings what is new.
    assert_eq!(register(&place, "Istanza 4", &["--classification", "6.3"]).0, 0);
    let (code, out, _) = emergency(&place, "close", &[]);
    assert!(code == 0 && out.contains(&format!("{}: 4", clock::today())), "{out}");
    assert_ne!(register(&place, "Istanza 5", &["--classification", "6.3"]).0, 0, "what is closed takes nothing");
    assert!(fine(&home).contains("1 new, 3 already there"));
    assert!(fine(&home).contains("0 new, 4 already there"));
    place.write("day.jsonl", &whole);
    assert!(fine(&home).contains("0 new, 2 already there"), "an older copy is the same register");
    let out = fine(&["verify", "--data", &data]);
    assert!(out.contains("4 entries"), "{out}");
    fine(&["rebuild", "--data", &data]);
    fine(&["verify", "--data", &data]);
}

#[test]
fn an_altered_file_is_refused_with_its_line() {
    let place = Place::settled();
    open(&place, "c_x999");
    for n in 1..=3 {
        assert_eq!(register(&place, &format!("Istanza {n}"), &["--classification", "6.3"]).0, 0);
    }
    let text = String::from_utf8(std::fs::read(place.path("day.jsonl")).unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let data = place.data();
    let without = |n: usize| {
        let kept = lines.iter().enumerate().filter(|(at, _)| *at != n).map(|(_, line)| format!("{line}\n"));
        kept.collect::<String>()
    };
    let cases = [
        ("changed", text.replace("Istanza 2", "Istanza 9"), "line 4"),
        ("cause changed", text.replace("Guasto", "Gelosia"), "line 2"),
        ("taken out", without(2), "line 3"),
        ("first gone", without(0), "line 1"),
        ("turned round", format!("{}\n{}\n{}\n{}\n", lines[0], lines[2], lines[1], lines[3]), "line 2"),
        ("doubled", format!("{text}{}\n", lines[3]), "line 5"),
        ("empty", String::new(), "line 1"),
        ("rubbish", "ciao\n".to_owned(), "line 1"),
    ];
    for (what, altered, line) in cases {
        place.write("altered.jsonl", altered.as_bytes());
        let (code, out, err) = run(&["emergency", "import", &place.text_path("altered.jsonl"), "--data", &data]);
        assert!(code != 0 && err.contains(line), "{what}: {out}{err}");
        assert_eq!(run(&["emergency", "list", &place.text_path("altered.jsonl")]).0, 1, "{what}");
    }
    // Nothing of these came in; the right one does.
    let home = fine(&["emergency", "import", &place.text_path("day.jsonl"), "--data", &data]);
    assert!(home.contains("3 new"), "{home}");
}

#[test]
fn after_a_day_a_further_act_is_needed_for_a_week_at_most() {
    use tabularium::model::annulment::Act;
    use tabularium::model::emergency::{Book, EmergencyEntry, Refused};
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    let act = || Act { number: "12".to_owned(), date: "2026-01-02".parse().unwrap() };
    let opening =
        serde_json::from_value(json!({"id": "0192f0c1-2222-4333-8444-555566667777", "organization": "c_x999",
        "area": "AOO1", "register": "PG", "cause": "Guasto", "began": "2026-01-02T07:00:00Z", "act": act(),
        "authorised_by": "Ada Verdi"}));
    let (mut book, first) = Book::open(opening.unwrap(), at("2026-01-02T08:00:00Z")).unwrap();
    let entry: EmergencyEntry = serde_json::from_value(json!({"number": 0, "direction": "internal", "subject": "Nota",
        "correspondents": [{"role": "recipient", "kind": "person", "name": "Ada Verdi"}], "operator": "Ugo Neri"}))
    .unwrap();
    let mut text = first + &book.register(entry.clone(), at("2026-01-03T07:59:00Z")).unwrap();
    let late = at("2026-01-03T08:01:00Z");
    assert!(matches!(book.register(entry.clone(), late), Err(Refused::Over { .. })));
    assert!(matches!(book.extend(8, act(), late), Err(Refused::Invalid(_))));
    text += &book.extend(7, act(), late).unwrap();
    text += &book.register(entry.clone(), at("2026-01-10T08:00:00Z")).unwrap();
    assert!(matches!(book.register(entry.clone(), at("2026-01-10T08:02:00Z")), Err(Refused::Over { .. })));
    assert!(matches!(book.register(entry, at("2026-01-09T08:00:00Z")), Err(Refused::Clock { .. })));
    text += &book.close(at("2026-01-10T09:00:00Z"), at("2026-01-10T10:00:00Z")).unwrap();
    let days: Vec<String> = book.days().iter().map(|day| format!("{} {}", day.day, day.entries)).collect();
    assert_eq!(days, ["2026-01-03 1", "2026-01-10 1"]);
    assert_eq!(Book::read(text.as_bytes()).unwrap(), book, "what was written reads back as it was");
}

#[test]
fn programs_bring_it_home_too_and_both_numbers_are_shown_and_found() {
    let (place, town) = (Place::empty(), Town::new());
    open(&place, "c_c722");
    for n in 1..=2 {
        assert_eq!(register(&place, &format!("Carta {n}"), &["--classification", "6.3"]).0, 0);
    }
    assert_eq!(register(&place, "Senza classe", &[]).0, 0);
    let file = std::fs::read(place.path("day.jsonl")).unwrap();
    let path = "/api/v1/registers/PG/emergency";
    let post =
        |user: &str, path: &str| town.as_(user).with("Content-Type", "application/x-ndjson").send("POST", path, &file);
    for (user, status) in [("citizen", 403), ("auditor", 403), ("registrar", 422)] {
        assert_eq!(post(user, path).status, status, "{user}");
    }
    town.register("Ordinaria", "testo", json!({}));
    let made = post("registrar", &format!("{path}?classification=1.6")).ok();
    assert_eq!((&made["new"], &made["open"]), (&json!(3), &json!(true)));
    let numbers: Vec<&Value> = made["entries"].as_array().unwrap().iter().map(|one| &one["number"]).collect();
    assert_eq!(numbers, [2, 3, 4]);
    assert_eq!(post("registrar", &format!("{path}?classification=1.6")).ok()["existing"], 3);
    post("registrar", "/api/v1/registers/NO/emergency?classification=1.6").expect(422);

    let one = format!("/api/v1/registers/PG/entries/{}/3", made["entries"][1]["year"]);
    let entry = town.as_("registrar").get(&one).ok();
    assert_eq!((&entry["subject"], &entry["emergency"]["number"]), (&json!("Carta 2"), &json!(2)));
    assert_eq!(entry["emergency"]["operator"], "Ugo Neri");
    assert_eq!(entry["emergency"]["register"], made["id"]);
    town.settle_index();
    for query in ["emergency:E-0000002", "emergenza:2", "E-0000002"] {
        let found = town.as_("registrar").get(&format!("/api/v1/search?q={query}")).ok();
        let ids: Vec<&Value> = found["items"].as_array().unwrap().iter().map(|hit| &hit["title"]).collect();
        assert_eq!(ids, ["Carta 2"], "{query}: {found:#}");
    }
    // Another register of the same hours is told.
    let other = Place::empty();
    open(&other, "c_c722");
    assert_eq!(register(&other, "Altra", &["--classification", "6.3"]).0, 0);
    let file = std::fs::read(other.path("day.jsonl")).unwrap();
    let made = town.as_("registrar").with("Content-Type", "application/x-ndjson").send("POST", path, &file).ok();
    assert!(made["warnings"][0].as_str().unwrap().contains("overlaps"), "{made}");
    let elsewhere = Place::empty();
    open(&elsewhere, "c_z000");
    let file = std::fs::read(elsewhere.path("day.jsonl")).unwrap();
    town.as_("registrar").with("Content-Type", "application/x-ndjson").send("POST", path, &file).expect(422);
}

/// Status line and page.
fn send(server: &Server, host: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let length = body.len();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_small_page_registers_for_this_machine_alone() {
    let place = Place::empty();
    open(&place, "c_x999");
    let file = place.text_path("day.jsonl");
    let server = Server::start(&["emergency", "serve", &file, "--port", "0"]);
    let page = server.get("/", None);
    assert!(page.contains("Guasto") && page.contains("Ancora nulla"), "{page}");
    assert!(server.get("/style.css", None).starts_with("HTTP/1.1 200"));
    let (_, rest) = page.split_once("name=\"word\" value=\"").unwrap();
    let word = &rest[..32];
    let form = format!(
        "word={word}&direction=incoming&subject=Istanza+%3Cb%3E&sender=Verdi+Ada&operator=Ugo+Neri&classification=6.3"
    );
    assert!(send(&server, "evil.example", &form).starts_with("HTTP/1.1 403"), "another name leads nowhere");
    assert!(send(&server, "localhost", &form.replace(word, "x")).starts_with("HTTP/1.1 403"), "a form of another page");
    let wrong = send(&server, "localhost", &form.replace("Verdi+Ada", ""));
    assert!(wrong.contains("Indica almeno un mittente") && wrong.contains("Istanza &#60;b&#62;"), "{wrong}");
    let done = send(&server, "localhost", &form);
    assert!(done.contains("<strong data-given>E-0000001</strong>"), "{done}");
    assert!(done.contains("Istanza &#60;b&#62;") && !done.contains("<b>"), "{done}");
    // A window of the command line beside it: numbers go on.
    let (code, out, err) = register(&place, "Seconda", &[]);
    assert_eq!((code, out.trim()), (0, "E-0000002"), "{err}");
    assert!(server.get("/", None).contains("E-0000002"));
}
