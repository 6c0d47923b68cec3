//! The command line's side of `control.sock`.

use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Answer, Denial, Kind, Request, SOCKET};
use crate::disk::{DiskError, socket};
use crate::limits;

/// A conversation with the server that holds a data folder; taken up again when it broke off.
pub struct Client {
    folder: PathBuf,
    stream: Option<BufReader<UnixStream>>,
}

/// Why the contents of a request did not go through.
enum Cut {
    /// The file could not be read as announced.
    Here(Denial),
    /// The server stopped listening; it may have said why.
    There(io::Error),
}

impl Client {
    pub fn connect(folder: &Path) -> Result<Self, DiskError> {
        let stream = BufReader::new(socket::connect(folder, SOCKET)?);
        Ok(Self { folder: folder.to_owned(), stream: Some(stream) })
    }

    /// Asks, and waits for the answer. `contents` must have exactly the bytes that the request announces.
    pub fn ask(&mut self, request: &Request, contents: &mut dyn Read) -> Result<Value, Denial> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = socket::connect(&self.folder, SOCKET);
                BufReader::new(stream.map_err(|error| Denial::because(Kind::Broken, &error))?)
            }
        };
        let broken = |error: io::Error| Denial::because(Kind::Broken, &error);
        let mut line = serde_json::to_vec(request).map_err(|error| broken(error.into()))?;
        line.push(b'\n');
        let sent = stream.get_mut().write_all(&line).map_err(Cut::There);
        let sent = sent.and_then(|()| send(stream.get_mut(), request.contents(), contents));
        if let Err(Cut::Here(denial)) = sent {
            // The stream is dropped with the contents half sent: the server throws away what it got.
            return Err(denial);
        }
        let mut answer = Vec::new();
        let read = (&mut stream).take(limits::CONTROL_LINE_MAX).read_until(b'\n', &mut answer);
        match (read, sent) {
            (Ok(1..), sent) => {
                let answer = serde_json::from_slice(&answer).map_err(|error| broken(error.into()))?;
                if sent.is_ok() && matches!(answer, Answer::Done(_)) {
                    self.stream = Some(stream);
                }
                match answer {
                    Answer::Done(view) => Ok(view),
                    Answer::Denied(denial) => Err(denial),
                }
            }
            (Err(error), _) | (_, Err(Cut::There(error))) => Err(broken(error)),
            (Ok(_), _) => Err(Denial::new(Kind::Broken, "the server ended the conversation without an answer")),
        }
    }
}

/// Sends exactly `size` bytes. The last of them go only when the contents have been read to their end without a fault,
/// so that the server never takes for whole what is not.
fn send(stream: &mut UnixStream, size: u64, contents: &mut dyn Read) -> Result<(), Cut> {
    if size == 0 {
        return Ok(());
    }
    let unreadable = |error: &io::Error| {
        let message = format!("it could not be read: {error}");
        Cut::Here(Denial::new(Kind::Contents, message))
    };
    let differs = || {
        let message = format!("it holds more or less than the {size} bytes it was said to have");
        Cut::Here(Denial::new(Kind::Contents, message))
    };
    let mut buffers = [vec![0; limits::STREAM_CHUNK / 8], vec![0; limits::STREAM_CHUNK / 8]];
    let (mut held, mut total) = (0, 0_u64);
    loop {
        let [ready, next] = &mut buffers;
        let count = match contents.read(next) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(unreadable(&error)),
        };
        total += count as u64;
        if total > size || (count == 0 && total < size) {
            return Err(differs());
        }
        stream.write_all(&ready[..held]).map_err(Cut::There)?;
        if count == 0 {
            return Ok(());
        }
        held = count;
        buffers.swap(0, 1);
    }
}
