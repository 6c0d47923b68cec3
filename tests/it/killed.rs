//! The server killed at random moments under load: what it has acknowledged is there, numbers have no gap.
//!
//! The page cache survives a SIGKILL, a power cut does not: that is `faults.rs`. Here the real program, its threads and
//! its files are what is tested.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use crate::archive::copy;
use crate::client::{Client, multipart};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tabularium");
const ROUNDS: u64 = 20;
const CLIENTS: u64 = 8;
const ACKNOWLEDGED_MIN: usize = 50;

struct Server {
    child: Child,
    address: std::net::SocketAddr,
}

impl Server {
    fn start(data: &Path) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "error", "--data"]).arg(data);
        let child = command.stderr(Stdio::piped()).spawn().unwrap();
        // In its guard from the first moment.
        let mut server = Self { child, address: ([127, 0, 0, 1], 0).into() };
        let mut lines = BufReader::new(server.child.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        loop {
            let Some(line) = lines.next() else { panic!("the server did not start: {said:?}") };
            let line = line.unwrap();
            if let Some(address) = line.split("http://").nth(1) {
                std::thread::spawn(move || lines.for_each(drop));
                server.address = address.trim().trim_end_matches('/').parse().unwrap();
                return server;
            }
            said.push(line);
        }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone in the usual case.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program(arguments: &[&str], data: &Path, input: &str) -> String {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).arg("--data").arg(data).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stdout).unwrap()
}

/// An archive in a folder, and a token of the one who keeps its register.
fn new_archive(folder: &Path) -> (PathBuf, String) {
    let data = folder.join("data");
    program(&["init", "--organization", "c_x999", "--area", "AOO1", "--name", "Comune di Prova"], &data, "");
    program(&["user", "add", "anna", "--role", "administrator,registrar"], &data, "quercia-antica-7\n");
    let token = program(&["token", "create", "--user", "anna"], &data, "");
    (data, token.trim().to_owned())
}

fn entry(subject: &str) -> serde_json::Value {
    serde_json::json!({
        "direction": "incoming",
        "subject": subject,
        "correspondents": [{"role": "sender", "kind": "person", "name": "Ada Verdi"}],
        "received": {"on": "2026-01-02", "channel": "counter"},
        "classification": "6.3",
    })
}

/// Registers until the connection breaks; says each acknowledgement: key, number, SHA-256 of the document.
fn register_until_killed(
    address: std::net::SocketAddr,
    token: &str,
    name: &str,
    said: &std::sync::mpsc::Sender<(String, u64, String)>,
) {
    let Ok(mut client) = Client::try_connect(address, token) else { return };
    for n in 0.. {
        let key = format!("{name}-{n}");
        let content = format!("documento {key} ").repeat(200);
        let headers = format!("Idempotency-Key: {key}\r\nContent-Type: multipart/form-data; boundary=bench\r\n");
        let body = multipart(&entry(&key), "istanza.txt", content.as_bytes());
        let Ok(answer) = client.try_send("POST", "/api/v1/registers/PG/entries", &headers, &body) else { return };
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        let answer = answer.json();
        let sha256 = answer["document"]["sha256"].as_str().unwrap().to_owned();
        said.send((key, answer["number"].as_u64().unwrap(), sha256)).unwrap();
    }
}

#[test]
fn what_was_acknowledged_survives_twenty_kills() {
    let folder = tempfile::tempdir().unwrap();
    let (data, token) = new_archive(folder.path());
    let token = token.as_str();
    let mut known: BTreeMap<u64, (String, String)> = BTreeMap::new();
    for round in 0..ROUNDS {
        let server = Server::start(&data);
        let (said, heard) = channel();
        let threads: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (said, token, address) = (said.clone(), token.to_owned(), server.address);
                let name = format!("giro{round}-sportello{client}");
                std::thread::spawn(move || register_until_killed(address, &token, &name, &said))
            })
            .collect();
        drop(said);
        let mut acknowledged = Vec::new();
        while acknowledged.len() < ACKNOWLEDGED_MIN {
            acknowledged.push(heard.recv_timeout(Duration::from_secs(60)).expect("the server answers"));
        }
        // A moment that differs from round to round, in the middle of whatever is under way.
        std::thread::sleep(Duration::from_micros((round * 7_919) % 40_000));
        server.kill();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        acknowledged.extend(heard.try_iter());
        for (key, number, sha256) in acknowledged {
            assert_eq!(known.insert(number, (key, sha256)), None, "number {number} was given twice");
        }
    }
    let server = Server::start(&data);
    let mut client = Client::connect(server.address, token);
    let year = client.get("/api/v1/registers/PG/entries?limit=1").json()["items"][0]["year"].to_string();
    let last = client.get("/api/v1/registers/PG/entries?limit=1").json()["items"][0]["number"].as_u64().unwrap();
    for number in 1..=last {
        let answer = client.get(&format!("/api/v1/registers/PG/entries/{year}/{number}"));
        assert_eq!(answer.status, 200, "number {number} of {last} is missing");
        if let Some((key, sha256)) = known.get(&number) {
            let entry = answer.json();
            assert_eq!(
                (&entry["subject"], &entry["document"]["sha256"]),
                (&key.clone().into(), &sha256.clone().into())
            );
        }
    }
    assert!(known.keys().all(|number| *number <= last));
    server.kill();
    let report = program(&["verify", "--json"], &data, "");
    assert!(report.contains("\"findings\":[]"), "{report}");
}

/// The catalogue is made durable after the index: a cut may leave it without the place of a text that the index has.
#[test]
fn a_text_that_only_the_index_knows_of_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let (data, token) = new_archive(folder.path());
    let token = token.as_str();
    let (catalogue, before) = (data.join("catalogue"), folder.path().join("before"));
    copy(&catalogue, &before);

    let server = Server::start(&data);
    let mut client = Client::connect(server.address, token);
    let headers = "Idempotency-Key: uno\r\nContent-Type: multipart/form-data; boundary=bench\r\n";
    let body = multipart(&entry("Relazione"), "relazione.txt", b"le betulle del viale");
    let answer = client.send("POST", "/api/v1/registers/PG/entries", headers, &body);
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    let document = answer.json()["document"]["id"].as_str().unwrap().to_owned();
    let found = |client: &mut Client| client.get("/api/v1/search?q=betulle%20text:full").json()["total"] == 1;
    within_a_minute("searchable", || found(&mut client));
    server.kill();
    std::fs::remove_dir_all(&catalogue).unwrap();
    copy(&before, &catalogue);

    let server = Server::start(&data);
    let mut client = Client::connect(server.address, token);
    let path = format!("/api/v1/documents/{document}/text");
    within_a_minute("read again", || client.get(&path).json()["state"] == "full");
    within_a_minute("searchable again", || found(&mut client));
    server.kill();
}

fn within_a_minute(what: &str, mut holds: impl FnMut() -> bool) {
    let until = std::time::Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(std::time::Instant::now() < until, "not {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
