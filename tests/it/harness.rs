//! A town to test against: an archive in a temporary folder, served on a real port, with a user of every role.
//!
//!     let town = Town::new();
//!     let entry = town.as_("registrar").post("/api/v1/registers/PG/entries", &json!({…})).created();
//!
//! Every answer is held against the published contract on its way.
//!
//! The users are called by their roles: `administrator`, `registrar`, `officer` (works in `edilizia`), `manager` (works
//! in `tributi`), `archivist`, `auditor`, `citizen`, `service`, and `portal`, a service that acts for citizens.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tabularium::http::{self, Settings, Stop};
use tabularium::model::access::Actor;
use tabularium::service::{Archive, NewArchive, Options};
use tabularium::text::RenderLimits;

/// Tax code of the citizen.
pub const TAX_CODE: &str = "RSSMRA80A01C722X";
pub const PASSWORD: &str = "quercia-antica-7";

const USERS: [(&str, &str, &[&str]); 9] = [
    ("administrator", "administrator", &[]),
    ("registrar", "registrar", &[]),
    ("officer", "officer", &["edilizia"]),
    ("manager", "manager", &["tributi"]),
    ("archivist", "archivist", &[]),
    ("auditor", "auditor", &[]),
    ("citizen", "citizen", &[]),
    ("service", "service", &[]),
    ("portal", "service", &[]),
];

/// An archive, its server, and who may use it. Everything ends with it.
pub struct Town {
    pub address: SocketAddr,
    pub archive: Archive,
    tokens: HashMap<&'static str, String>,
    keys: AtomicU64,
    stop: Stop,
    server: Option<JoinHandle<()>>,
    folder: tempfile::TempDir,
}

impl Town {
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    pub fn with(settings: Settings) -> Self {
        Self::with_rendering(settings, None)
    }

    /// A town whose thumbnails are drawn by this program.
    pub fn with_rendering(settings: Settings, rendering: Option<(std::path::PathBuf, RenderLimits)>) -> Self {
        Self::with_options(settings, |options| options.rendering = rendering)
    }

    /// A town whose archive is opened with other options.
    pub fn with_options(settings: Settings, change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options::at(&folder.path().join("data"));
        change(&mut options);
        options.extraction = Some((env!("CARGO_BIN_EXE_tabularium").into(), vec!["extract-worker".into()]));
        let new = NewArchive {
            organization: "c_c722".into(),
            area: "AOO1".into(),
            name: "Comune di Prova".into(),
            pec: None,
            open: false,
        };
        let (archive, tokens) = actix_web::rt::System::new().block_on(async {
            let archive = Archive::create(options, new).await.unwrap();
            let tokens = settle(&archive).await;
            (archive, tokens)
        });
        let settings = Settings { workers: Some(2), signals: false, ..settings };
        let (ready, listening) = mpsc::channel();
        let served = archive.clone();
        let server = std::thread::spawn(move || {
            let ready = move |addresses: &[SocketAddr], stop| ready.send((addresses[0], stop)).unwrap();
            http::serve(served, "127.0.0.1:0", settings, ready).unwrap();
        });
        let (address, stop) = listening.recv_timeout(Duration::from_secs(20)).unwrap();
        Self { address, archive, tokens, keys: AtomicU64::new(1), stop, server: Some(server), folder }
    }

    /// Stops the server as SIGTERM would.
    pub fn stop(&self) {
        self.stop.stop();
    }

    /// The data folder.
    pub fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// A client with the token of the user of this name.
    pub fn as_(&self, user: &str) -> Client<'_> {
        let token = self.token(user);
        Client { town: self, headers: vec![("Authorization".into(), format!("Bearer {token}"))] }
    }

    /// The token of the user of this name.
    pub fn token(&self, user: &str) -> &str {
        self.tokens.get(user).unwrap_or_else(|| panic!("no user {user} in the town"))
    }

    /// The portal, acting for the citizen with this tax code.
    pub fn on_behalf_of(&self, tax_code: &str) -> Client<'_> {
        self.as_("portal").with("On-Behalf-Of", tax_code)
    }

    /// Nobody in particular.
    pub fn anonymous(&self) -> Client<'_> {
        Client { town: self, headers: Vec::new() }
    }

    /// An Idempotency-Key nobody has used.
    pub fn key(&self) -> String {
        format!("key-{}", self.keys.fetch_add(1, Ordering::Relaxed))
    }

    /// Uploads a content as this user; gives its BLAKE3.
    pub fn upload(&self, user: &str, content: &[u8]) -> String {
        let answer = self.as_(user).send("POST", "/api/v1/blobs", content);
        answer.created()["blake3"].as_str().unwrap().to_owned()
    }

    /// Registers an incoming document as the registrar; `more` goes over the usual fields.
    pub fn register(&self, subject: &str, text: &str, more: Value) -> Value {
        let blake3 = self.upload("registrar", text.as_bytes());
        let mut entry = new_entry(subject);
        entry["document"] = json!({"blake3": blake3, "file_name": "istanza.txt"});
        for (name, value) in more.as_object().into_iter().flatten() {
            entry[name] = value.clone();
        }
        let client = self.as_("registrar").with("Idempotency-Key", &self.key());
        client.post("/api/v1/registers/PG/entries", &entry).created()
    }

    /// Waits until searches see everything that was acknowledged.
    pub fn settle_index(&self) {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let status = self.archive.status();
            if status.index_position >= status.journal_position
                && status.texts_waiting == 0
                && status.texts.to_recognise == 0
            {
                return;
            }
            assert!(Instant::now() < until, "the index does not catch up: {status:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        self.stop.abort();
        if let Some(server) = self.server.take() {
            // A test that has failed already needs no second panic.
            let _ = server.join();
        }
        self.archive.close();
    }
}

/// Offices and users; gives each user's token.
async fn settle(archive: &Archive) -> HashMap<&'static str, String> {
    let system = Actor::system();
    let parse = |value: Value| serde_json::from_value(value).unwrap();
    for (code, name) in [("edilizia", "Edilizia privata"), ("tributi", "Tributi")] {
        archive.add_office(&system, parse(json!({"code": code, "name": name}))).await.unwrap();
    }
    // Hashing a password takes its time by design: only one user has one.
    let mut tokens = HashMap::new();
    for (name, role, offices) in USERS {
        let mut user = json!({"name": name, "roles": [role], "offices": offices});
        if role == "citizen" {
            user["tax_code"] = json!(TAX_CODE);
        }
        if name == "registrar" {
            user["password"] = json!(PASSWORD);
        }
        archive.add_user(&system, serde_json::from_value(user).unwrap()).await.unwrap();
        let mut token = json!({"user": name});
        if name == "portal" {
            token["scopes"] = json!(["act-for-citizen"]);
        }
        let token = archive.add_token(&system, serde_json::from_value(token).unwrap()).await.unwrap();
        tokens.insert(name, token.token.unwrap());
    }
    tokens
}

/// The usual fields of an incoming entry, without documents.
pub fn new_entry(subject: &str) -> Value {
    json!({
        "direction": "incoming",
        "subject": subject,
        "correspondents": [{"role": "sender", "kind": "person", "name": "Mario Rossi", "tax_code": TAX_CODE}],
        "received": {"on": "2026-01-02", "channel": "counter"},
        "classification": "6.3",
    })
}

/// Somebody who asks. Every call is a connection of its own.
#[derive(Clone)]
pub struct Client<'town> {
    town: &'town Town,
    headers: Vec<(String, String)>,
}

impl Client<'_> {
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, b"")
    }

    #[track_caller]
    pub fn head(&self, path: &str) -> Answer {
        self.send("HEAD", path, b"")
    }

    #[track_caller]
    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, b"")
    }

    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.json("POST", path, body)
    }

    #[track_caller]
    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.json("PUT", path, body)
    }

    #[track_caller]
    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.json("PATCH", path, body)
    }

    #[track_caller]
    pub fn json(&self, method: &str, path: &str, body: &Value) -> Answer {
        let client = self.clone().with("Content-Type", "application/json");
        client.send(method, path, body.to_string().as_bytes())
    }

    /// A form: name, file name (empty for none) and content of each part.
    #[track_caller]
    pub fn form(&self, path: &str, parts: &[(&str, &str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (name, file_name, content) in parts {
            let file = if file_name.is_empty() { String::new() } else { format!("; filename=\"{file_name}\"") };
            write!(body, "--town\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").unwrap();
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--town--\r\n");
        self.clone().with("Content-Type", "multipart/form-data; boundary=town").send("POST", path, &body)
    }

    #[track_caller]
    pub fn send(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        let mut connection = self.open(method, path, body.len());
        // A server that refuses early may not take all of it.
        let _ = connection.get_mut().write_all(body);
        let answer = read_answer(&mut connection, method == "HEAD");
        crate::contract::check(method, path, &answer);
        answer
    }

    /// Sends the head of a request that announces `length` bytes; the rest is the caller's.
    pub fn open(&self, method: &str, path: &str, length: usize) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(self.town.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: town\r\nConnection: close\r\n");
        if length > 0 || !matches!(method, "GET" | "HEAD") {
            head.push_str(&format!("Content-Length: {length}\r\n"));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        BufReader::new(stream)
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The body had all the bytes it announced, or its last chunk.
    pub whole: bool,
}

impl Answer {
    /// What another client wrote down: the lines before the body, and the body.
    pub fn written_down(head: &str, body: Vec<u8>) -> Self {
        let mut lines = head.trim_end().lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no answer: {head:?}"));
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect();
        Self { status, headers, body, whole: true }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text()))
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// The JSON of a 200.
    #[track_caller]
    pub fn ok(self) -> Value {
        self.expect(200).value()
    }

    /// The JSON of a 201.
    #[track_caller]
    pub fn created(self) -> Value {
        self.expect(201).value()
    }

    /// The end of the `type` of a problem.
    #[track_caller]
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text());
        let value = self.value();
        assert_eq!(value["status"], self.status, "{value}");
        assert_eq!(
            value["instance"].as_str().and_then(|urn| urn.strip_prefix("urn:uuid:")),
            self.header("x-request-id"),
            "{value}"
        );
        let kind = value["type"].as_str().and_then(|urn| urn.strip_prefix("urn:tabularium:problem:"));
        kind.unwrap_or_else(|| panic!("no type of ours: {value}")).to_owned()
    }

    /// The fields that a problem names.
    #[track_caller]
    pub fn fields(&self) -> Vec<String> {
        let errors = self.value()["errors"].clone();
        let errors = errors.as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
    }
}

/// Reads one answer to its end.
pub fn read_answer(connection: &mut BufReader<TcpStream>, head_only: bool) -> Answer {
    let mut line = String::new();
    connection.read_line(&mut line).unwrap();
    let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no answer: {line:?}"));
    let mut headers = Vec::new();
    loop {
        line.clear();
        connection.read_line(&mut line).unwrap();
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.to_owned(), value.trim().to_owned())),
            None => break,
        }
    }
    let mut answer = Answer { status, headers, body: Vec::new(), whole: true };
    if head_only || status == 204 || status == 304 {
        return answer;
    }
    if answer.header("transfer-encoding").is_some_and(|value| value.contains("chunked")) {
        answer.whole = read_chunks(connection, &mut answer.body);
        return answer;
    }
    let announced: Option<usize> = answer.header("content-length").and_then(|value| value.parse().ok());
    // A connection that is broken off is what some tests wait for.
    let _ = connection.read_to_end(&mut answer.body);
    answer.whole = announced.is_none_or(|announced| announced == answer.body.len());
    answer
}

/// Whether the last chunk came.
fn read_chunks(connection: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> bool {
    loop {
        let mut line = String::new();
        if connection.read_line(&mut line).unwrap_or(0) == 0 {
            return false;
        }
        let Ok(size) = usize::from_str_radix(line.trim(), 16) else { return false };
        let mut chunk = vec![0; size + 2];
        if connection.read_exact(&mut chunk).is_err() {
            return false;
        }
        body.extend_from_slice(&chunk[..size]);
        if size == 0 {
            return true;
        }
    }
}

/// One town for all tests that only look or that mind their own things: making one takes its time.
pub fn shared() -> std::sync::MutexGuard<'static, Town> {
    static TOWN: std::sync::LazyLock<Mutex<Town>> = std::sync::LazyLock::new(|| Mutex::new(Town::new()));
    TOWN.lock().unwrap_or_else(PoisonError::into_inner)
}
