//! Does a conversation on `control.sock` do what is asked, and survive what nobody should ask?

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;

use serde_json::json;

use super::*;
use crate::disk::socket;
use crate::model::access::Actor;
use crate::service::{Archive, NewArchive, Options};

struct Town {
    archive: Archive,
    server: Option<Server>,
    folder: tempfile::TempDir,
}

impl Town {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let new = NewArchive {
            organization: "c_x999".into(),
            area: "AOO1".into(),
            name: "Comune di Prova".into(),
            pec: None,
            open: false,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let archive = runtime.block_on(Archive::create(Options::at(folder.path()), new)).unwrap();
        let server = Some(Server::start(&archive, folder.path()).unwrap());
        Self { archive, server, folder }
    }

    fn client(&self) -> Client {
        Client::connect(self.folder.path()).unwrap()
    }

    fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = socket::connect(self.folder.path(), SOCKET).unwrap();
        // The server may have hung up in the middle of nonsense.
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = String::new();
        let _ = BufReader::new(stream).read_line(&mut answer);
        answer
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop();
        }
        self.archive.close();
    }
}

fn import(path: &str, size: usize) -> Request {
    Request::ImportDocument { path: path.into(), size: size as u64, classification: None }
}

#[test]
fn users_offices_and_tokens_are_made_in_one_conversation() {
    let town = Town::new();
    let mut client = town.client();
    let mut ask =
        |request: serde_json::Value| client.ask(&serde_json::from_value(request).unwrap(), &mut std::io::empty());
    let office = json!({"do": "add-office", "office": {"code": "edilizia", "name": "Edilizia privata"}});
    assert_eq!(ask(office.clone()).unwrap()["code"], "edilizia");
    let user = json!({"do": "add-user", "user":
        {"name": "anna", "roles": ["officer"], "offices": ["edilizia"], "password": "quercia-77"}});
    assert_eq!(ask(user).unwrap()["name"], "anna");
    let answer = ask(json!({"do": "add-token", "token": {"user": "anna"}})).unwrap();
    let actor = town.archive.actor_by_token(answer["token"].as_str().unwrap()).unwrap();
    assert_eq!(actor.name.unwrap().as_str(), "anna");
    assert!(town.archive.sign_in("anna", "quercia-77").is_ok());

    // What is refused says so, and the conversation goes on.
    assert_eq!(ask(office).unwrap_err().kind, Kind::Refused);
    let denied = ask(json!({"do": "add-user", "user": {"name": "ugo", "roles": [], "password": "short"}})).unwrap_err();
    let fields: Vec<&str> = denied.fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!((denied.kind, fields), (Kind::Invalid, vec!["roles", "password"]));
    assert!(ask(json!({"do": "add-office", "office": {"code": "x", "name": "X"}})).is_ok());
}

#[test]
fn garbage_is_answered_and_hurts_nobody() {
    let town = Town::new();
    let long = vec![b'x'; limits_line() + 10];
    let cases: [&[u8]; 8] = [
        b"hello\n",
        b"\n",
        b"{\"do\":\"format-the-disk\"}\n",
        b"{\"do\":\"add-office\",\"office\":{\"code\":\"../..\",\"name\":\"x\"}}\n",
        b"{\"do\":\"add-office\",\"office\":{\"code\":\"a\",\"name\":\"x\",\"colour\":1}}\n",
        b"{\"do\":\"add-office\"",
        b"\xff\xfe\x00\n",
        &long,
    ];
    for case in cases {
        let answer = town.raw(case);
        let shown = String::from_utf8_lossy(&case[..case.len().min(60)]).into_owned();
        // Nothing that is not answered may be more than a line too long to be read to its end.
        let Ok(answer) = serde_json::from_str::<Answer>(&answer) else {
            assert!(case.len() > 1_000, "{shown}: {answer}");
            continue;
        };
        assert!(matches!(&answer, Answer::Denied(denial) if denial.kind == Kind::Broken), "{shown}: {answer:?}");
    }
    assert_eq!(town.archive.offices().len(), 0);
    assert!(town.client().ask(&import("a.txt", 1), &mut &b"a"[..]).is_ok());
}

fn limits_line() -> usize {
    usize::try_from(crate::limits::CONTROL_LINE_MAX).unwrap()
}

#[test]
fn contents_arrive_whole_or_not_at_all() {
    let town = Town::new();
    let mut client = town.client();
    // Around the size of a read, and around what goes into a pack.
    for size in [0, 1, 131_071, 131_072, 131_073, 1_048_576, 1_048_577] {
        let bytes = vec![7; size];
        let path = format!("{size}.bin");
        let answer = client.ask(&import(&path, size), &mut &bytes[..]).unwrap();
        assert_eq!(answer["new"], true, "{size}");
        let again = client.ask(&import(&path, size), &mut &bytes[..]).unwrap();
        assert_eq!((&again["new"], &again["id"]), (&json!(false), &answer["id"]), "{size}");
        let id = answer["id"].as_str().unwrap().parse().unwrap();
        let mut read = Vec::new();
        town.archive
            .open_document(&Actor::system(), id, None)
            .unwrap()
            .reader()
            .unwrap()
            .read_to_end(&mut read)
            .unwrap();
        assert!(read == bytes, "{size}");
    }
    let position = town.archive.status().journal_position;
    // Too short, too long, and a fault at the very end: nothing is filed, and the client goes on.
    for (announced, held) in [(200_000, 199_999), (200_000, 200_001), (131_072, 131_073), (1, 0)] {
        let bytes = vec![9; held];
        let denial = client.ask(&import("x", announced), &mut &bytes[..]).unwrap_err();
        assert_eq!(denial.kind, Kind::Contents, "{announced} {held}");
    }
    let mut faulty = (&b"almost"[..]).chain(Faulty);
    assert_eq!(client.ask(&import("x", 6), &mut faulty).unwrap_err().kind, Kind::Contents);
    // One that hangs up in the middle.
    let mut stream: UnixStream = socket::connect(town.folder.path(), SOCKET).unwrap();
    stream.write_all(b"{\"do\":\"import-document\",\"path\":\"y\",\"size\":10}\n12345").unwrap();
    drop(stream);
    assert!(client.ask(&import("z", 1), &mut &b"z"[..]).is_ok());
    assert_eq!(town.archive.status().journal_position, position + 1);
}

struct Faulty;

impl std::io::Read for Faulty {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("a bad sector"))
    }
}

#[test]
fn a_name_that_is_no_file_name_is_refused_even_from_here() {
    let town = Town::new();
    let mut client = town.client();
    for path in ["a/", "a/..", "b\\c", "x\0y", &"n".repeat(256)] {
        assert_eq!(client.ask(&import(path, 1), &mut &b"1"[..]).unwrap_err().kind, Kind::Invalid, "{path:?}");
    }
}

#[test]
fn a_server_that_stops_ends_its_conversations_and_leaves_no_socket() {
    let mut town = Town::new();
    let mut client = town.client();
    assert!(client.ask(&import("a", 1), &mut &b"a"[..]).is_ok());
    town.server.take().unwrap().stop();
    assert_eq!(client.ask(&import("b", 1), &mut &b"b"[..]).unwrap_err().kind, Kind::Broken);
    assert!(!town.folder.path().join(SOCKET).try_exists().unwrap());
}
