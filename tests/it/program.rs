//! The program as people start it: exit codes, what it says, and what it leaves behind.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tabularium::clock::Clock;
use tabularium::disk::Disk;
use tabularium::journal::{self, Journal, Line};
use tabularium::service::{Archive, NewArchive, Options};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tabularium");
const PASSWORD: &str = "quercia-antica-7";

pub fn program() -> Command {
    let mut command = Command::new(PROGRAM);
    command.env_remove("TABULARIUM_LOG").env_remove("TABULARIUM_CONFIG").stdin(Stdio::null());
    command
}

/// Runs it to its end, with a line on standard input.
fn run_with(input: &str, arguments: &[&str]) -> Output {
    let mut command = program();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Who does not read it has ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Exit code, standard output, standard error.
pub fn run(arguments: &[&str]) -> (i32, String, String) {
    said(run_with("", arguments))
}

pub fn said(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// Runs it, and it is fine.
pub fn fine(arguments: &[&str]) -> String {
    let (code, out, err) = run(arguments);
    assert_eq!(code, 0, "{arguments:?}: {out}{err}");
    out
}

/// A folder to try things in.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With an archive that nobody can administer.
    fn new() -> Self {
        let place = Self::empty();
        let data = place.data();
        fine(&["init", "--data", &data, "--organization", "c_x999", "--area", "AOO1", "--name", "Comune di Prova"]);
        place
    }

    /// With an administrator.
    pub fn settled() -> Self {
        let place = Self::new();
        let output = run_with(&format!("{PASSWORD}\n"), &place.user("elena", &["--role", "administrator"]));
        assert!(output.status.success(), "{output:?}");
        place
    }

    pub fn data(&self) -> String {
        self.path("data").to_str().unwrap().to_owned()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn text_path(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn user<'a>(&self, name: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let data: &'static str = self.data().leak();
        [&["user", "add", name, "--data", data], more].concat()
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub fn serve(&self) -> Server {
        Server::start(&["serve", "--data", &self.data(), "--listen", "127.0.0.1:0"])
    }
}

/// A running server; ends with the test.
pub struct Server {
    pub child: Child,
    pub address: String,
    errors: mpsc::Receiver<String>,
}

impl Server {
    pub fn start(arguments: &[&str]) -> Self {
        let mut command = program();
        let mut child = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (say, errors) = mpsc::channel();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        std::thread::spawn(move || {
            // Read to the end, so that the server never waits for us.
            for line in lines.map_while(Result::ok) {
                let _ = say.send(line);
            }
        });
        let mut server = Self { child, address: String::new(), errors };
        let mut before = Vec::new();
        loop {
            match server.errors.recv_timeout(Duration::from_secs(60)) {
                Ok(line) => match line.strip_prefix("listening on http://") {
                    Some(address) => break server.address = address.to_owned(),
                    None => before.push(line),
                },
                Err(_) => panic!("the server did not say that it listens: {before:?}"),
            }
        }
        server
    }

    /// Status line and body of an answer.
    pub fn get(&self, path: &str, token: Option<&str>) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let bearer = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n{bearer}Connection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// SIGTERM, as a service manager sends it; gives the exit code and the last lines.
    pub fn stop(mut self) -> (Option<i32>, Vec<String>) {
        let pid = i32::try_from(self.child.id()).unwrap();
        let kill = Command::new("kill").args(["-TERM", &pid.to_string()]).status().unwrap();
        assert!(kill.success());
        let code = self.child.wait().unwrap().code();
        (code, self.errors.iter().collect())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn help_teaches_and_mistakes_are_usage() {
    let out = fine(&["--help"]);
    for command in ["demo", "init", "user", "office", "token", "serve", "import", "verify", "rebuild"] {
        assert!(out.contains(&format!("\n  {command} ")), "{command}: {out}");
        let help = fine(&[command, "--help"]);
        let nested = matches!(command, "user" | "office" | "token");
        assert!(nested || help.contains("Example"), "{command} shows no example: {help}");
    }
    assert!(!out.contains("extract-worker"));
    assert!(out.contains("Exit codes"));
    let serve_help = fine(&["serve", "--help"]);
    let example = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/config/example.toml"));
    for line in example.unwrap().lines().filter(|line| line.contains(" = ") && !line.starts_with('#')) {
        assert!(serve_help.contains(line), "serve --help does not show: {line}");
    }
    for wrong in [
        &["frobnicate"] as &[&str],
        &[],
        &["init", "--data", "/x"],
        &["serve"],
        &["user", "add", "anna", "--role", "king", "--data", "/x"],
        &["user", "add", "an na", "--role", "officer", "--data", "/x"],
        &["token", "create", "--user", "anna", "--scope", "everything", "--data", "/x"],
        &["init", "--data", "/x", "--organization", "a/b", "--area", "A", "--name", "N"],
        &["--log", "loud", "verify", "--data", "/x"],
    ] {
        assert_eq!(run(wrong).0, 2, "{wrong:?}");
    }
}

#[test]
fn without_an_archive_nothing_is_made_and_everything_says_so() {
    let place = Place::empty();
    place.write("data/note.txt", b"somebody's");
    let data = place.data();
    for command in ["serve", "rebuild", "verify"] {
        let (code, _, err) = run(&[command, "--data", &data]);
        assert_eq!(code, 3, "{command}: {err}");
        assert!(err.contains("there is no archive in") && err.contains(&data), "{command}: {err}");
    }
    let output = run_with("long-enough\n", &place.user("anna", &["--role", "auditor"]));
    assert_eq!(output.status.code(), Some(3));
    let names: Vec<_> =
        std::fs::read_dir(place.path("data")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["note.txt"]);
}

#[test]
fn an_archive_is_made_once_and_needs_an_administrator() {
    let place = Place::new();
    let data = place.data();
    let (code, _, err) =
        run(&["init", "--data", &data, "--organization", "c_x999", "--area", "AOO1", "--name", "Altro"]);
    assert_eq!(code, 3);
    assert!(err.contains("already"), "{err}");
    let (code, _, err) = run(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 3);
    assert!(err.contains("tabularium user add NAME --role administrator --data") && err.contains(&data), "{err}");

    // A password is needed, and a good one; nothing of a refused request happens.
    let administrator = place.user("elena", &["--role", "administrator"]);
    assert_eq!(said(run_with("", &administrator)).0, 2);
    let (code, _, err) = said(run_with("short\n", &administrator));
    assert_eq!(code, 2);
    assert!(err.contains("password: at least"), "{err}");
    let (code, _, err) = said(run_with("long-enough\n", &place.user("ugo", &["--role", "officer", "--office", "boh"])));
    assert_eq!(code, 2);
    assert!(err.contains("no office boh"), "{err}");
    let (code, out, err) = said(run_with("quercia-antica-7\r\n", &administrator));
    assert_eq!((code, out.as_str()), (0, "added user elena\n"), "{err}");
    assert!(!err.contains("quercia"), "a password is never logged: {err}");
    let (code, _, err) = said(run_with("quercia-antica-7\n", &administrator));
    assert_eq!(code, 3);
    assert!(err.contains("there is a user elena already"), "{err}");

    let server = place.serve();
    assert!(server.get("/status", None).starts_with("HTTP/1.1 200"));
    let (code, lines) = server.stop();
    assert_eq!(code, Some(0), "{lines:?}");
    assert!(lines.last().unwrap().contains("stopped"), "{lines:?}");
    assert!(!place.path("data/control.sock").try_exists().unwrap());
}

#[test]
fn a_running_server_is_asked_and_holds_its_folder() {
    let place = Place::settled();
    let data = place.data();
    let server = place.serve();
    let process = format!("in use by process {}", server.child.id());
    for command in [&["serve", "--listen", "127.0.0.1:0"] as &[&str], &["rebuild"]] {
        let (code, _, err) = run(&[command, &["--data", &data]].concat());
        assert_eq!(code, 3, "{command:?}");
        assert!(err.contains(&process), "{command:?}: {err}");
    }
    fine(&["office", "add", "tecnica", "Area tecnica", "--data", &data]);
    fine(&["office", "add", "edilizia", "Edilizia privata", "--parent", "tecnica", "--data", &data]);
    let officer = ["--role", "officer,registrar", "--office", "edilizia", "--full-name", "Marta Ghirlandi"];
    let output = run_with("quercia-antica-8\n", &place.user("marta", &officer));
    assert!(output.status.success(), "{output:?}");
    let (code, _, err) = said(run_with("quercia-antica-8\n", &place.user("marta", &officer)));
    assert_eq!(code, 3);
    assert!(err.contains("there is a user marta already"), "{err}");
    let token = fine(&["token", "create", "--user", "marta", "--name", "prova", "--data", &data]);
    assert!(token.starts_with("tab_") && token.ends_with('\n') && token.lines().count() == 1, "the token alone");
    let answer = server.get("/api/v1/registers", Some(token.trim()));
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("PG"), "{answer}");

    place.write("scans/a/1.txt", b"delibera del consiglio");
    let scans = place.text_path("scans");
    assert_eq!(fine(&["import", &scans, "--data", &data]), "1 new, 0 already there, 0 left out\n");
    assert_eq!(fine(&["import", &scans, "--data", &data]), "0 new, 1 already there, 0 left out\n");
    assert!(fine(&["verify", "--data", &data]).contains("all is as it was written"));
    let (code, lines) = server.stop();
    assert_eq!(code, Some(0));
    assert!(!lines.iter().any(|line| line.contains("Ghirlandi") || line.contains("tab_")), "{lines:?}");
    // What was done through the server stays done without it.
    assert_eq!(fine(&["import", &scans, "--data", &data]), "0 new, 1 already there, 0 left out\n");
}

#[test]
fn a_socket_that_a_killed_server_left_is_no_hindrance() {
    let place = Place::settled();
    drop(place.serve());
    assert!(place.path("data/control.sock").try_exists().unwrap());
    fine(&["office", "add", "tecnica", "Area tecnica", "--data", &place.data()]);
    let server = place.serve();
    fine(&["office", "add", "edilizia", "Edilizia", "--data", &place.data()]);
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn a_folder_held_by_something_silent_is_said() {
    let place = Place::settled();
    let lock = tabularium::disk::FolderLock::take(&place.path("data")).unwrap();
    let (code, _, err) = run(&["office", "add", "tecnica", "Area tecnica", "--data", &place.data()]);
    assert_eq!(code, 3);
    assert!(err.contains("does not answer on control.sock") && err.contains("by process"), "{err}");
    drop(lock);
}

#[test]
fn an_import_says_what_it_leaves_out_and_takes_up_where_it_stopped() {
    let place = Place::new();
    let data = place.data();
    for n in 0..100 {
        // Every third file has the same bytes: the same content under many names.
        place.write(&format!("in/{}/{n}.txt", n % 7), format!("file {}", if n % 3 == 0 { 0 } else { n }).as_bytes());
    }
    place.write("in/empty.bin", b"");
    place.write("in/large.bin", &vec![3; 1024 * 1024 + 1]);
    place.write("in/.hidden", b"x");
    std::os::unix::fs::symlink("/etc/passwd", place.path("in/link")).unwrap();
    let folder = place.text_path("in");
    let (code, out, err) = run(&["import", &folder, "--classification", "6.3", "--data", &data]);
    assert_eq!((code, out.as_str()), (0, "102 new, 0 already there, 2 left out\n"), "{err}");
    assert!(err.contains("left out .hidden: it is hidden") && err.contains("left out link: it is a symbolic link"));

    place.write("in/0/0.txt", b"changed");
    place.write("in/new.txt", b"new");
    place.write("in/back\\slash.txt", b"no");
    let (code, out, err) = run(&["import", &folder, "--classification", "6.3", "--data", &data]);
    assert_eq!((code, out.as_str()), (1, "2 new, 101 already there, 3 left out\n"), "{err}");
    assert!(err.contains("left out back\\slash.txt: its name holds a backslash"), "{err}");

    let (code, out, err) = run(&["import", &folder, "--data", &data]);
    assert_eq!((code, out.as_str()), (1, "0 new, 103 already there, 3 left out\n"), "{err}");
}

#[test]
fn an_import_that_cannot_be_is_refused_at_once() {
    let place = Place::new();
    let data = place.data();
    place.write("in/a.txt", b"a");
    let (code, _, err) = run(&["import", &place.text_path("in"), "--classification", "99.99", "--data", &data]);
    assert_eq!(code, 2);
    assert!(err.contains("classification: no class 99.99"), "{err}");
    let (code, _, err) = run(&["import", &place.text_path("nowhere"), "--data", &data]);
    assert_eq!(code, 3);
    assert!(err.contains("nowhere"), "{err}");
    let (code, _, err) = run(&["import", &place.text_path("in/a.txt"), "--data", &data]);
    assert_eq!(code, 3);
    assert!(err.contains("it is no ZIP"), "{err}");
    // The archive in the folder that is imported is left alone.
    let (code, out, err) = run(&["import", place.folder.path().to_str().unwrap(), "--data", &data]);
    assert_eq!((code, out.as_str()), (0, "1 new, 0 already there, 1 left out\n"), "{err}");
    assert!(err.contains("it is the archive itself"), "{err}");
}

fn zip(place: &Place, name: &str, members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    place.write(name, &bytes);
    bytes
}

/// The ZIP with another uncompressed size for its member `name` in the directory.
fn with_size(bytes: &[u8], name: &str, size: u32) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let header = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, window)| *window == b"PK\x01\x02")
        .map(|(place, _)| place)
        .find(|place| bytes[place + 46..].starts_with(name.as_bytes()))
        .unwrap();
    bytes[header + 24..header + 28].copy_from_slice(&size.to_le_bytes());
    bytes
}

#[test]
fn a_zip_is_imported_and_a_hostile_one_hurts_nobody() {
    let place = Place::new();
    let data = place.data();
    let good: &[(&str, &[u8])] = &[("a/1.txt", b"one"), ("a/2.txt", b"two"), ("3.txt", b"one")];
    zip(&place, "good.zip", good);
    assert_eq!(
        fine(&["import", &place.text_path("good.zip"), "--data", &data]),
        "3 new, 0 already there, 0 left out\n"
    );
    assert_eq!(
        fine(&["import", &place.text_path("good.zip"), "--data", &data]),
        "0 new, 3 already there, 0 left out\n"
    );

    zip(&place, "hostile.zip", &[("../../etc/x", b"1"), ("/y", b"2"), ("z\\..\\z", b"3"), ("fine.txt", b"4")]);
    let (code, out, err) = run(&["import", &place.text_path("hostile.zip"), "--data", &data]);
    assert_eq!((code, out.as_str()), (1, "1 new, 0 already there, 3 left out\n"), "{err}");
    assert!(err.contains("left out ../../etc/x: its path leads elsewhere"), "{err}");
    assert!(!place.path("etc").try_exists().unwrap() && !Path::new("/y").try_exists().unwrap());

    let zeros = vec![0; 300_000];
    let bytes = zip(&place, "bomb.zip", &[("zeros.bin", &zeros)]);
    place.write("bomb.zip", &with_size(&bytes, "zeros.bin", 3 << 30));
    let (code, out, err) = run(&["import", &place.text_path("bomb.zip"), "--data", &data]);
    assert_eq!((code, out.as_str()), (3, ""), "{err}");
    assert!(err.contains("it is a bomb"), "{err}");
    // It says little and holds much.
    place.write("liar.zip", &with_size(&bytes, "zeros.bin", 1_000));
    let (code, _, err) = run(&["import", &place.text_path("liar.zip"), "--data", &data]);
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("it is a bomb: zeros.bin"), "{err}");
    let mut damaged = zip(&place, "damaged.zip", &[("ok.txt", b"fine"), ("bad.txt", b"bytes that will not be these")]);
    let at = damaged.windows(7).position(|window| window == b"bad.txt").unwrap() + 12;
    damaged[at] ^= 0x10;
    place.write("damaged.zip", &damaged);
    let (code, out, err) = run(&["import", &place.text_path("damaged.zip"), "--data", &data]);
    assert_eq!((code, out.as_str()), (1, "1 new, 0 already there, 1 left out\n"), "{err}");
    assert!(err.contains("left out bad.txt"), "{err}");
    // one, two, 4, fine: nothing of the bombs.
    assert!(fine(&["verify", "--data", &data]).contains("4 contents"));
}

#[test]
fn verify_names_damage_and_rebuild_makes_projections_again() {
    let place = Place::new();
    let data = place.data();
    for n in 0..30 {
        place.write(&format!("in/{n}.txt"), format!("delibera numero {n}").as_bytes());
    }
    fine(&["import", &place.text_path("in"), "--data", &data]);
    let out = fine(&["verify", "--data", &data]);
    assert!(out.contains("30 contents") && out.contains("all is as it was written"), "{out}");
    for projection in ["catalogue", "index"] {
        std::fs::remove_dir_all(place.path("data").join(projection)).unwrap();
    }
    assert!(fine(&["rebuild", "--data", &data]).contains("events"));
    fine(&["rebuild", "--data", &data]);
    fine(&["verify", "--data", &data]);

    let pack = place.path("data/blobs/packs").read_dir().unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&pack).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    std::fs::write(&pack, bytes).unwrap();
    let (code, out, err) = run(&["verify", "--data", &data]);
    assert_eq!(code, 1, "{out}{err}");
    assert!(out.contains(pack.file_name().unwrap().to_str().unwrap()) && out.contains("finding"), "{out}");
    let (code, out, _) = run(&["verify", "--data", &data, "--json"]);
    assert_eq!(code, 1);
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["report"]["findings"], answer["findings"].as_array().unwrap().len());
    assert!(answer["findings"][0]["code"].is_string(), "{out}");
}

#[test]
fn a_folder_of_a_newer_program_is_refused() {
    let place = Place::empty();
    let data = place.path("data");
    std::fs::create_dir(&data).unwrap();
    {
        let (mut journal, _, _) = Journal::open(Disk::real(), &data, journal::Settings::default(), None, 0).unwrap();
        let salt = "0".repeat(32);
        journal
            .append(&[Line {
                time: "2026-01-02T03:04:05Z".parse().unwrap(),
                actor: "u0".into(),
                kind: "archive-created".into(),
                version: 2,
                subject: "archive".into(),
                public: format!("{{\"salt\":\"{salt}\",\"format\":2,\"shape\":\"new\"}}"),
                private: format!("{{\"salt\":\"{salt}\"}}"),
            }])
            .unwrap();
    }
    let (code, _, err) = run(&["serve", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 3);
    assert!(err.contains("newer program (format 2") && err.contains("install a newer"), "{err}");
}

#[test]
fn a_clock_that_went_back_is_asked_about() {
    let place = Place::empty();
    let data = place.path("data");
    let mut options = Options::at(&data);
    options.clock = Clock::manual("2099-12-31T23:00:00Z".parse().unwrap());
    let new = NewArchive {
        organization: "c_x999".into(),
        area: "AOO1".into(),
        name: "Comune di Prova".into(),
        pec: None,
        open: false,
    };
    actix_web::rt::System::new().block_on(Archive::create(options, new)).unwrap().close();
    let arguments = ["serve", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"];
    let (code, _, err) = run(&arguments);
    assert_eq!(code, 3);
    assert!(err.contains("2099-12-31") && err.contains("--accept-clock"), "{err}");
    // Accepted, it goes on to the next question: who administers?
    let (code, _, err) = run(&[&arguments as &[&str], &["--accept-clock"]].concat());
    assert_eq!(code, 3);
    assert!(err.contains("administer"), "{err}");
}

#[test]
fn the_demo_serves_a_town_and_serves_it_again() {
    let place = Place::empty();
    let data = place.data();
    let arguments = ["demo", "--data", &data, "--listen", "127.0.0.1:0"];
    let mut server = Server::start(&arguments);
    let welcome = welcome(&mut server);
    assert!(welcome.contains("237 entries with 300 documents, 60 dossiers, 10 offices, 21 people"), "{welcome}");
    let token = welcome.lines().find_map(|line| line.trim().strip_prefix("TOKEN=")).unwrap().to_owned();
    let list = server.get("/api/v1/registers/PG/entries?limit=500", Some(&token));
    assert_eq!(list.matches("\"registered_at\":").count(), 237, "{list}");
    assert!(list.contains("\"registered_at\":\"2025-01-12T"), "each paper on its day: {list}");
    let package = welcome.lines().find(|line| line.contains("/package'")).unwrap();
    let path = package.split(&server.address).nth(1).unwrap().trim_end_matches('\'');
    let answer = {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    };
    assert!(answer.starts_with(b"HTTP/1.1 200") && answer.windows(4).any(|window| window == b"PK\x03\x04"));
    assert_eq!(server.stop().0, Some(0));
    assert!(fine(&["verify", "--data", &data]).contains("237 entries"));

    let mut again = Server::start(&arguments);
    assert!(self::welcome(&mut again).contains("237 entries"));
    assert_eq!(again.stop().0, Some(0));
    // Somebody's own archive is not taken for the town.
    let own = Place::settled();
    let (code, _, err) = run(&["demo", "--data", &own.data(), "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 3);
    assert!(err.contains("no sample"), "{err}");
}

/// What the demo prints, to its last line.
pub fn welcome(server: &mut Server) -> String {
    let mut text = String::new();
    for line in BufReader::new(server.child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        text.push_str(&line);
        text.push('\n');
        if line.starts_with("Ctrl-C ends it") {
            break;
        }
    }
    text
}

#[test]
fn a_demo_without_a_folder_leaves_none() {
    let place = Place::empty();
    let mut command = program();
    let temporary = place.folder.path().to_owned();
    command.args(["demo", "--listen", "127.0.0.1:0"]).env("TMPDIR", &temporary);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let out = child.stdout.take().unwrap();
    for line in BufReader::new(out).lines() {
        if line.unwrap().starts_with("Ctrl-C ends it") {
            break;
        }
    }
    assert_eq!(temporary.read_dir().unwrap().count(), 1);
    let mut server = Server { child, address: String::new(), errors: mpsc::channel().1 };
    let kill = Command::new("kill").args(["-INT", &server.child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    assert_eq!(temporary.read_dir().unwrap().count(), 0, "the town is gone");
}
