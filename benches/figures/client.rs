//! A plain HTTP/1.1 client over one kept connection: cheap, so that the load does not measure itself.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
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
        Self::try_connect(address, token).expect("the server listens")
    }

    pub fn try_connect(address: SocketAddr, token: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::with_capacity(64 * 1024, stream), token: token.to_owned() })
    }

    /// The same connection, another reader.
    pub fn act_with(&mut self, token: &str) {
        token.clone_into(&mut self.token);
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "", &[])
    }

    /// One call: headers end with CRLF each.
    pub fn send(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
        self.try_send(method, path, headers, body).expect("answered")
    }

    /// The same against a server that may go away.
    pub fn try_send(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) -> io::Result<Answer> {
        self.head(method, path, headers, body.len() as u64)?;
        self.body(body)?;
        self.answer()
    }

    /// Sends the head of a request whose body follows by [`Client::body`].
    pub fn head(&mut self, method: &str, path: &str, headers: &str, length: u64) -> io::Result<()> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nContent-Length: {length}\r\n{headers}\r\n",
            self.token
        );
        self.stream.get_mut().write_all(head.as_bytes())
    }

    pub fn body(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// Reads status and headers; gives the length of the body that follows.
    pub fn answer_head(&mut self) -> io::Result<(u16, Option<u64>)> {
        let line = self.line()?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(ErrorKind::InvalidData)?;
        let mut length = None;
        loop {
            let line = self.line()?;
            if line.trim().is_empty() {
                return Ok((status, length));
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().ok();
            }
        }
    }

    pub fn answer(&mut self) -> io::Result<Answer> {
        let (status, length) = self.answer_head()?;
        let mut body = Vec::new();
        match length {
            Some(length) => {
                body.resize(length as usize, 0);
                self.stream.read_exact(&mut body)?;
            }
            None => self.read_chunks(&mut body)?,
        }
        Ok(Answer { status, body })
    }

    fn read_chunks(&mut self, body: &mut Vec<u8>) -> io::Result<()> {
        loop {
            let size = usize::from_str_radix(self.line()?.trim(), 16).map_err(|_| ErrorKind::InvalidData)?;
            let at = body.len();
            body.resize(at + size + 2, 0);
            self.stream.read_exact(&mut body[at..])?;
            body.truncate(at + size);
            if size == 0 {
                return Ok(());
            }
        }
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line)? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(line),
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
