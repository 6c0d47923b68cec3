//! Does every search that the demo recommends find what it promises, over everything that the town has filed?

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tabularium::demo::TOUR;

use crate::program::{Place, Server, welcome};

/// For recognising the letters of some twenty pages on a busy machine.
const PATIENCE: Duration = Duration::from_secs(400);

fn json(server: &Server, path: &str, token: &str) -> Value {
    let answer = server.get(path, Some(token));
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    // A streamed answer would have lengths between; these come whole.
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{path}: {error}: {body}"))
}

fn wait_for_texts(server: &Server, token: &str) -> Value {
    let start = Instant::now();
    loop {
        let status = json(server, "/status", token);
        let texts = &status["texts"];
        let open = ["being_read", "to_recognise"].map(|name| texts[name].as_u64().unwrap()).iter().sum::<u64>();
        let pending = texts["items"]["pending"].as_u64().unwrap_or(0) + status["texts_waiting"].as_u64().unwrap();
        if open + pending == 0 && status["index_lag_seconds"] == 0.0 {
            return status;
        }
        assert!(start.elapsed() < PATIENCE, "texts are not read: {status}");
        std::thread::sleep(Duration::from_millis(500));
    }
}

fn encoded(query: &str) -> String {
    query
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[test]
fn every_search_of_the_tour_finds_what_it_promises() {
    let place = Place::empty();
    let mut server = Server::start(&["demo", "--data", &place.data(), "--listen", "127.0.0.1:0"]);
    let welcome = welcome(&mut server);
    let token = welcome.lines().find_map(|line| line.trim().strip_prefix("TOKEN=")).unwrap().to_owned();
    let letters =
        Command::new("tesseract").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    let status = wait_for_texts(&server, &token);
    eprintln!("texts: {}", status["texts"]);
    let mut misses = Vec::new();
    for search in TOUR {
        assert!(welcome.contains(&format!("q={} ", search.query)), "not shown: {}", search.query);
        if search.image && !letters {
            eprintln!("skipped: tesseract is not installed: {}", search.query);
            continue;
        }
        let answer = json(&server, &format!("/api/v1/search?limit=5&q={}", encoded(search.query)), &token);
        let items = answer["items"].as_array().unwrap();
        let subjects = items.iter().map(|item| item.to_string()).collect::<Vec<_>>();
        // A field that is not known is read as words, and might find the same by chance.
        let known = !answer["notes"].to_string().contains("unknown-field");
        if !known || !subjects.iter().any(|item| item.contains(&format!(":\"{}", search.finds))) {
            misses.push(format!("{}: {} hits, {} {subjects:?}", search.query, answer["total"], answer["notes"]));
        }
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
    assert_eq!(server.stop().0, Some(0));
}
