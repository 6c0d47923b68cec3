//! Signing in when somebody storms the door: memory stays bounded, and who is refused is told when to come back.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::program::Place;

/// Memory of a process that is no file's, in KiB.
fn anonymous_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn try_password(address: &str, name: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let body = format!(r#"{{"name":"{name}","password":"wrong"}}"#);
    let length = body.len();
    let head =
        "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json";
    write!(stream, "{head}\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_storm_of_wrong_passwords_costs_little_memory_and_hears_when_to_come_back() {
    let place = Place::settled();
    let server = place.serve();
    let before = anonymous_kib(server.child.id());
    let answers: Vec<String> = std::thread::scope(|scope| {
        // Each under a name of its own, so that no count of a name holds them back.
        let tries: Vec<_> = (0..300)
            .map(|n| {
                let address = &server.address;
                scope.spawn(move || try_password(address, &format!("nobody-{n}")))
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let after = anonymous_kib(server.child.id());
    // Two checks of 19 MiB, and the connections.
    assert!(after < before + 100 * 1024, "{before} KiB before, {after} KiB after");
    let (wrong, held): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.starts_with("HTTP/1.1 401"));
    assert!(!wrong.is_empty(), "{held:?}");
    for answer in &held {
        assert!(answer.starts_with("HTTP/1.1 429") && answer.contains("retry-after: 2\r\n"), "{answer}");
        assert!(answer.contains("try again in 2 seconds"), "{answer}");
    }

    // One name, all at once: ten are tried, the rest is not.
    let answers: Vec<String> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..30).map(|_| scope.spawn(|| try_password(&server.address, "elena"))).collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let tried = answers.iter().filter(|answer| answer.starts_with("HTTP/1.1 401")).count();
    assert!((1..=10).contains(&tried), "{tried} were tried");
    assert!(answers.iter().any(|answer| answer.contains("from this address failed within a minute: wait ")));
}
