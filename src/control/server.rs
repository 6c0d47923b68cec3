//! The server's side of `control.sock`: one thread listens, one serves each conversation.

use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{Answer, Denial, Desk, Kind, Request, SOCKET};
use crate::disk::{Disk, DiskError, socket};
use crate::limits;
use crate::service::Archive;

/// Why the command line will not be able to talk to this server.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("control.sock cannot be made")]
    Socket(#[from] DiskError),
    #[error("a thread could not be started")]
    Thread(#[source] io::Error),
}

/// Listens until stopped.
pub struct Server {
    folder: PathBuf,
    stop: Arc<AtomicBool>,
    talks: Arc<Talks>,
    listening: JoinHandle<()>,
}

/// The conversations under way, so that they can be ended.
#[derive(Default)]
struct Talks(Mutex<(u64, HashMap<u64, UnixStream>)>);

impl Server {
    /// Begins to listen in the data folder, whose lock the archive holds.
    pub fn start(archive: &Archive, folder: &Path) -> Result<Self, StartError> {
        let listener = socket::listen(folder, SOCKET)?;
        let (stop, talks) = (Arc::new(AtomicBool::new(false)), Arc::new(Talks::default()));
        let listening = {
            let (archive, stop, talks) = (archive.clone(), Arc::clone(&stop), Arc::clone(&talks));
            let listen = move || accept(&listener, &archive, &stop, &talks);
            std::thread::Builder::new().name("control".to_owned()).spawn(listen).map_err(StartError::Thread)?
        };
        Ok(Self { folder: folder.to_owned(), stop, talks, listening })
    }

    /// Takes no more conversations and ends those under way; what was answered stays answered.
    pub fn stop(self) {
        self.stop.store(true, Ordering::Release);
        // The listening thread is woken by one last visitor.
        match socket::connect(&self.folder, SOCKET) {
            Ok(_) => {
                if self.listening.join().is_err() {
                    tracing::error!("the control thread panicked");
                }
            }
            Err(error) => tracing::warn!(%error, "control.sock is gone"),
        }
        for talk in self.talks.lock().1.values() {
            // One that has just ended by itself needs no end.
            let _ended = talk.shutdown(Shutdown::Both);
        }
        if let Err(error) = Disk::real().remove(&self.folder.join(SOCKET)) {
            tracing::warn!(%error, "control.sock not removed");
        }
    }
}

impl Talks {
    fn lock(&self) -> std::sync::MutexGuard<'_, (u64, HashMap<u64, UnixStream>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None` when there are too many.
    fn begin(&self, stream: &UnixStream) -> io::Result<Option<u64>> {
        let mut talks = self.lock();
        if talks.1.len() >= limits::CONTROL_CONVERSATIONS {
            return Ok(None);
        }
        talks.0 += 1;
        let number = talks.0;
        talks.1.insert(number, stream.try_clone()?);
        Ok(Some(number))
    }

    fn end(&self, number: u64) {
        self.lock().1.remove(&number);
    }
}

fn accept(listener: &UnixListener, archive: &Archive, stop: &AtomicBool, talks: &Arc<Talks>) {
    for stream in listener.incoming() {
        if stop.load(Ordering::Acquire) {
            return;
        }
        let begun = stream.and_then(|stream| begin(stream, archive, talks));
        if let Err(error) = begun {
            tracing::warn!(%error, "a visitor of control.sock could not be served");
            // Out of descriptors or threads: trying again at once would only burn the processor.
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

fn begin(mut stream: UnixStream, archive: &Archive, talks: &Arc<Talks>) -> io::Result<()> {
    let Some(number) = talks.begin(&stream)? else {
        let busy = Denial::new(Kind::Unable, "the server is talking to too many others: try again later");
        return answer(&mut stream, &Answer::Denied(busy));
    };
    let (archive, ours) = (archive.clone(), Arc::clone(talks));
    let talk = move || {
        if let Err(error) = converse(stream, archive) {
            tracing::debug!(%error, "a conversation on control.sock was cut off");
        }
        ours.end(number);
    };
    let started = std::thread::Builder::new().name("control-talk".to_owned()).spawn(talk);
    if started.is_err() {
        talks.end(number);
    }
    started.map(|_| ())
}

/// Answers one request after another until the other side is done or cannot be understood.
fn converse(mut stream: UnixStream, archive: Archive) -> io::Result<()> {
    let desk = Desk::new(archive)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut line = Vec::new();
        (&mut reader).take(limits::CONTROL_LINE_MAX).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(());
        }
        let request: Request = match parse(&line) {
            Ok(request) => request,
            // Where the next request would begin is anybody's guess.
            Err(denial) => return answer(&mut stream, &Answer::Denied(denial)),
        };
        let mut contents = (&mut reader).take(request.contents());
        let outcome = match desk.carry_out(request, &mut contents) {
            Ok(view) => Answer::Done(view),
            Err(denial) => Answer::Denied(denial),
        };
        let left = contents.limit();
        answer(&mut stream, &outcome)?;
        if left > 0 {
            // The rest would be taken for a request.
            return Ok(());
        }
    }
}

fn parse(line: &[u8]) -> Result<Request, Denial> {
    if line.last() != Some(&b'\n') {
        return Err(Denial::new(Kind::Broken, "a request is one line of JSON"));
    }
    serde_json::from_slice(line).map_err(|error| Denial::because(Kind::Broken, &error))
}

fn answer(stream: &mut UnixStream, answer: &Answer) -> io::Result<()> {
    let mut line = serde_json::to_vec(answer)?;
    line.push(b'\n');
    stream.write_all(&line)
}
