//! A file that is streamed while it is made: neither memory nor disk holds the whole.

use std::io::{self, Write};

use actix_web::web::Bytes;
use futures_util::stream::{self, Stream};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::problem::Problem;
use crate::limits;
use crate::service::Refusal;

/// Pieces that wait for a slow reader, of this size each.
const WAITING: usize = 4;
const PIECE: usize = 256 * limits::KIB as usize;

type Piece = Result<Bytes, Refusal>;

/// What `write` writes, as it is written. What is wrong before the first piece is still a proper answer; later the
/// connection ends before the last chunk, so that the reader sees that something is missing.
pub async fn streamed(
    place: OwnedSemaphorePermit,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Refusal> + Send + 'static,
) -> Result<impl Stream<Item = io::Result<Bytes>> + 'static, Problem> {
    let (sender, mut pieces) = mpsc::channel::<Piece>(WAITING);
    let making = move || {
        // Held by the thread that makes the file: its reader may be gone before it ends.
        let _place = place;
        let mut out = Pieces { sender, buffer: Vec::with_capacity(PIECE) };
        let made = write(&mut out).and_then(|()| out.hand_over().map_err(Refusal::failed));
        if let Err(refusal) = made {
            // A reader that has gone away needs no answer.
            let _ = out.sender.blocking_send(Err(refusal));
        }
    };
    actix_web::rt::task::spawn_blocking(making);
    let first = pieces.recv().await.ok_or_else(|| Problem::internal("a file without a byte"))??;
    let rest = stream::unfold(pieces, |mut pieces| async move {
        let piece = pieces.recv().await?;
        Some((piece.map_err(broken_off), pieces))
    });
    Ok(stream::StreamExt::chain(stream::iter([Ok(first)]), Box::pin(rest)))
}

fn broken_off(refusal: Refusal) -> io::Error {
    tracing::error!(cause = refusal.causes(), "file broken off");
    io::Error::other("the file could not be finished")
}

/// Hands what is written to the connection, piece by piece.
struct Pieces {
    sender: mpsc::Sender<Piece>,
    buffer: Vec<u8>,
}

impl Pieces {
    fn hand_over(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.buffer, Vec::with_capacity(PIECE));
        let gone = |_| io::Error::new(io::ErrorKind::BrokenPipe, "the reader has gone away");
        self.sender.blocking_send(Ok(piece.into())).map_err(gone)
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PIECE {
            self.hand_over()?;
        }
        Ok(bytes.len())
    }

    /// Whole pieces go as they are full; the last when all is written.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
