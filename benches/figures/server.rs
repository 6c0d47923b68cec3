//! The real program, started on a fresh or given data folder, ended by its process id.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::client::Client;

const PROGRAM: &str = env!("CARGO_BIN_EXE_tabularium");

pub struct Server {
    child: Child,
    pub address: SocketAddr,
    pub token: String,
    /// From start to "listening".
    pub started_in: Duration,
}

/// A new archive with an administrator, a registrar and an office; gives the registrar's token.
pub fn create(data: &Path) -> String {
    let _ = std::fs::remove_dir_all(data);
    run(&["init", "--organization", "c_x999", "--area", "AOO1", "--name", "Comune di Prova"], data, "");
    run(&["user", "add", "root", "--role", "administrator"], data, "quercia-antica-7\n");
    run(&["office", "add", "edilizia", "Edilizia privata"], data, "");
    run(&["user", "add", "anna", "--role", "registrar"], data, "quercia-antica-8\n");
    let token = run(&["token", "create", "--user", "anna"], data, "");
    token.trim().to_owned()
}

pub fn run(arguments: &[&str], data: &Path, input: &str) -> String {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).arg("--data").arg(data).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{arguments:?} failed");
    String::from_utf8(output.stdout).expect("text")
}

impl Server {
    pub fn start(data: &Path, token: &str) -> Self {
        let begun = Instant::now();
        let mut command = Command::new(PROGRAM);
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "error", "--data"]).arg(data);
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the program runs");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let address = loop {
            let line = lines.next().expect("it says that it listens").expect("text");
            if let Some(address) = line.split("http://").nth(1) {
                break address.trim().trim_end_matches('/').parse().expect("an address");
            }
        };
        let started_in = begun.elapsed();
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address, token: token.to_owned(), started_in }
    }

    pub fn client(&self) -> Client {
        Client::connect(self.address, &self.token)
    }

    /// Anonymous and peak memory, in bytes.
    pub fn memory(&self) -> (u64, u64) {
        memory_of(self.child.id())
    }
}

/// Anonymous and peak memory of a process, in bytes.
pub fn memory_of(process: u32) -> (u64, u64) {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).expect("the process lives");
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).expect("a known field");
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).expect("a number") * 1024
    };
    (field("RssAnon:"), field("VmHWM:"))
}

impl Drop for Server {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.child.wait();
    }
}
