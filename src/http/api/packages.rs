//! A dossier as one file, streamed while it is made: neither memory nor disk holds the whole.

use std::io::{self, Write};
use std::sync::Arc;

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use tokio::sync::mpsc;

use super::content::attachment;
use crate::http::body::Id;
use crate::http::guard::{self, Allowed, ReadPackage};
use crate::http::problem::{Kind, Problem};
use crate::ids::DossierId;
use crate::limits;
use crate::service::Refusal;

/// Pieces that wait for a slow reader, of this size each.
const WAITING: usize = 4;
const PIECE: usize = 256 * limits::KIB as usize;

type Piece = Result<Bytes, Refusal>;

/// `GET /api/v1/dossiers/{id}/package`
pub async fn download(
    allowed: Allowed<ReadPackage>,
    Id(id): Id<DossierId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let places = Arc::clone(&guard::state(&request)?.packages);
    let busy = |_| Problem::of(Kind::Busy).detail("too many packages are being made");
    let place = places.try_acquire_owned().map_err(busy)?;
    let dossier = allowed.block(move |archive, actor| archive.dossier_view(actor, id)).await??;
    let (sender, mut pieces) = mpsc::channel::<Piece>(WAITING);
    let (archive, actor) = (allowed.archive.clone(), allowed.actor.clone());
    let making = move || {
        // Held by the thread that makes the package: its reader may be gone before it ends.
        let _place = place;
        let mut out = Pieces { sender, buffer: Vec::with_capacity(PIECE) };
        let made = archive.write_package(&actor, id, &mut out).and_then(|()| out.hand_over().map_err(Refusal::failed));
        if let Err(refusal) = made {
            // A reader that has gone away needs no answer.
            let _ = out.sender.blocking_send(Err(refusal));
        }
    };
    actix_web::rt::task::spawn_blocking(making);
    // What is wrong from the beginning is still a proper answer.
    let first = pieces.recv().await.ok_or_else(|| Problem::internal("a package without a byte"))??;
    let rest = stream::unfold(pieces, |mut pieces| async move {
        let piece = pieces.recv().await?;
        Some((piece.map_err(broken_off), pieces))
    });
    let whole = stream::StreamExt::chain(stream::iter([Ok(first)]), Box::pin(rest));
    let name = format!("{}.zip", dossier.code.replace('/', "-"));
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((header::CONTENT_DISPOSITION, attachment(&name)))
        .streaming(whole))
}

/// The connection ends before the last chunk, so that the reader sees that something is missing.
fn broken_off(refusal: Refusal) -> io::Error {
    tracing::error!(cause = refusal.causes(), "package broken off");
    io::Error::other("the package could not be finished")
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
