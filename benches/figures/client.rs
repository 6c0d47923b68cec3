//! A plain HTTP/1.1 client over one kept connection: cheap, so that the load does not measure itself.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

pub struct Client {
    stream: BufReader<TcpStream>,
    token: String,
}

pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&self.body)))
    }
}

impl Client {
    pub fn connect(address: SocketAddr, token: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("TCP_NODELAY");
        Self { stream: BufReader::with_capacity(64 * 1024, stream), token: token.to_owned() }
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "", &[])
    }

    /// One call: headers end with CRLF each.
    pub fn send(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
        self.head(method, path, headers, body.len() as u64);
        self.stream.get_mut().write_all(body).expect("sent");
        self.answer()
    }

    /// Sends the head of a request whose body follows by [`Client::body`].
    pub fn head(&mut self, method: &str, path: &str, headers: &str, length: u64) {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nContent-Length: {length}\r\n{headers}\r\n",
            self.token
        );
        self.stream.get_mut().write_all(head.as_bytes()).expect("sent");
    }

    pub fn body(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).expect("sent");
    }

    /// Reads status and headers; gives the length of the body that follows.
    pub fn answer_head(&mut self) -> (u16, Option<u64>) {
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("answered");
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_else(|| panic!("{line:?}"));
        let mut length = None;
        loop {
            line.clear();
            self.stream.read_line(&mut line).expect("answered");
            if line.trim().is_empty() {
                return (status, length);
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().ok();
            }
        }
    }

    pub fn answer(&mut self) -> Answer {
        let (status, length) = self.answer_head();
        let mut body = Vec::new();
        match length {
            Some(length) => {
                body.resize(length as usize, 0);
                self.stream.read_exact(&mut body).expect("a whole body");
            }
            None => self.read_chunks(&mut body),
        }
        Answer { status, body }
    }

    fn read_chunks(&mut self, body: &mut Vec<u8>) {
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).expect("a chunk");
            let size = usize::from_str_radix(line.trim(), 16).expect("a chunk's size");
            let at = body.len();
            body.resize(at + size + 2, 0);
            self.stream.read_exact(&mut body[at..]).expect("a whole chunk");
            body.truncate(at + size);
            if size == 0 {
                return;
            }
        }
    }

    pub fn reader(&mut self) -> &mut impl Read {
        &mut self.stream
    }
}

/// A registration with its document in one call.
pub fn multipart(entry: &serde_json::Value, file_name: &str, content: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(content.len() + 1024);
    let part = |body: &mut Vec<u8>, head: &str, bytes: &[u8]| {
        body.extend(b"--bench\r\n");
        body.extend(head.as_bytes());
        body.extend(b"\r\n\r\n");
        body.extend(bytes);
        body.extend(b"\r\n");
    };
    let json = "Content-Disposition: form-data; name=\"entry\"\r\nContent-Type: application/json";
    part(&mut body, json, entry.to_string().as_bytes());
    let file = format!(
        "Content-Disposition: form-data; name=\"document\"; filename=\"{file_name}\"\r\nContent-Type: application/octet-stream"
    );
    part(&mut body, &file, content);
    body.extend(b"--bench--\r\n");
    body
}

pub fn entry(subject: &str) -> serde_json::Value {
    serde_json::json!({
        "direction": "incoming",
        "subject": subject,
        "correspondents": [{"role": "sender", "kind": "person", "name": "Ada Verdi", "tax_code": "VRDDAA80A41X999X"}],
        "received": {"on": "2026-01-02", "channel": "counter"},
        "classification": "6.3",
        "assignments": [{"office": "edilizia", "mode": "responsible"}],
    })
}

/// Registers one document; gives the entry.
pub fn register(client: &mut Client, key: &str, subject: &str, file_name: &str, content: &[u8]) -> serde_json::Value {
    let headers = format!("Idempotency-Key: {key}\r\nContent-Type: multipart/form-data; boundary=bench\r\n");
    let body = multipart(&entry(subject), file_name, content);
    let answer = client.send("POST", "/api/v1/registers/PG/entries", &headers, &body);
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}
