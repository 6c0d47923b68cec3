//! Contents on their way in, taken as they come: memory stays flat whatever the size.

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::{Stream, StreamExt as _};

use crate::blob;
use crate::digest::{ContentDigests, Sha256};
use crate::http::body;
use crate::http::digest_field;
use crate::http::guard::{Allowed, Permission, Upload};
use crate::http::problem::{Kind, Problem};
use crate::limits;

/// `POST /api/v1/blobs`
pub async fn upload(
    allowed: Allowed<Upload>,
    request: HttpRequest,
    mut payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    body::refuse_encoding(request.headers())?;
    let announced = digest_field::announced(request.headers())?;
    let length = request.headers().get("content-length").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > limits::UPLOAD_MAX) {
        return Err(Problem::of(Kind::TooLarge).detail(format!("a content has at most {} bytes", limits::UPLOAD_MAX)));
    }
    let digests = receive(&allowed, &mut payload, announced, body::truncated).await?;
    Ok(HttpResponse::Created().json(digests))
}

/// Stages a stream of bytes. Whatever ends it before its end leaves nothing behind.
///
/// Small contents are hashed where they arrive; of larger ones each mebibyte is handed to the blocking pool, so that
/// one upload holds up nobody else.
pub async fn receive<P: Permission, E>(
    allowed: &Allowed<P>,
    source: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin),
    announced: Option<Sha256>,
    broken: impl Fn(E) -> Problem,
) -> Result<ContentDigests, Problem> {
    let mut upload = allowed.archive.begin_upload(&allowed.actor)?;
    let (mut size, mut waiting) = (0, Vec::new());
    while let Some(chunk) = source.next().await {
        let chunk = chunk.map_err(&broken)?;
        size += chunk.len() as u64;
        if size <= limits::PACKED_CONTENT_MAX {
            upload.write(&chunk)?;
            continue;
        }
        waiting.extend_from_slice(&chunk);
        if waiting.len() >= limits::STREAM_CHUNK {
            (upload, waiting) = write_off_thread(upload, waiting).await?;
        }
    }
    if !waiting.is_empty() {
        (upload, _) = write_off_thread(upload, waiting).await?;
    }
    Ok(allowed.archive.finish_upload(&allowed.actor, upload, announced)?)
}

async fn write_off_thread(mut upload: blob::Upload, mut bytes: Vec<u8>) -> Result<(blob::Upload, Vec<u8>), Problem> {
    let written = web::block(move || {
        upload.write(&bytes)?;
        bytes.clear();
        Ok::<_, blob::StageError>((upload, bytes))
    });
    Ok(written.await??)
}
