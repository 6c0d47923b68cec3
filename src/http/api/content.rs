//! Contents on their way out: whole and checked, or in part; streamed, so that memory stays flat.

use std::io::Read as _;

use actix_web::body::{BodySize, BoxBody, MessageBody, SizedStream};
use actix_web::http::Method;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use futures_util::stream;
use serde::Deserialize;

use crate::blob::Content;
use crate::http::body::{Id, Query};
use crate::http::conditional::{self, Part};
use crate::http::digest_field;
use crate::http::guard::{Allowed, ReadContent};
use crate::http::problem::{Kind, Problem};
use crate::ids::DocumentId;
use crate::service::OpenDocument;
use crate::text::media;

/// Bytes read and sent at once.
const CHUNK: u64 = 256 * crate::limits::KIB;

/// `?version=`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VersionQuery {
    /// The newest without it.
    version: Option<u32>,
}

/// `GET` and `HEAD /api/v1/documents/{id}/content`
pub async fn show(
    allowed: Allowed<ReadContent>,
    Id(id): Id<DocumentId>,
    Query(query): Query<VersionQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let document = allowed.block(move |archive, actor| archive.open_document(actor, id, query.version)).await??;
    send(document, &request, Shown::Attachment).await
}

/// How a browser is to take a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Kept as a file, and never shown as if it came from us.
    Attachment,
    /// In place: only for what runs nothing.
    Inline,
}

/// Answers with a content, whole or the part that is asked for, or with nothing when the client has it.
pub async fn send(document: OpenDocument, request: &HttpRequest, shown: Shown) -> Result<HttpResponse, Problem> {
    let (size, etag) = (document.content.size, conditional::etag(document.content.blake3));
    if conditional::is_fresh(request.headers(), &etag) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish());
    }
    // Ranges are for GET alone (RFC 9110, 14.2).
    let head = *request.method() == Method::HEAD;
    let part = if head { Part::Whole } else { conditional::part(request.headers(), &etag, size) };
    match part {
        Part::Outside => {
            let range = header::HeaderValue::from_str(&format!("bytes */{size}")).map_err(Problem::internal)?;
            Err(Problem::of(Kind::RangeNotSatisfiable).header(header::CONTENT_RANGE, range))
        }
        Part::Whole => {
            let mut response = HttpResponse::Ok();
            describe(&mut response, &document, &etag, shown);
            if head {
                return Ok(response.body(HeadOnly(size)));
            }
            let reader = web::block(move || document.reader()).await??;
            Ok(response.body(streamed(reader, size).await?))
        }
        Part::Range { first, length } => {
            let mut response = HttpResponse::PartialContent();
            describe(&mut response, &document, &etag, shown);
            let last = first + length - 1;
            response.insert_header((header::CONTENT_RANGE, format!("bytes {first}-{last}/{size}")));
            let reader = web::block(move || document.range(first, length)).await??;
            Ok(response.body(streamed(reader, length).await?))
        }
    }
}

/// Whatever the bytes are, a browser must neither guess nor run them.
const POLICY_ATTACHMENT: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

/// Pictures and plain text in place, also in a frame of our own pages. Browsers style the page around a picture inline.
pub const POLICY_INLINE: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// A PDF in place. No `sandbox`: Chromium does not start its PDF viewer under it, whatever it allows, and Safari shows
/// an empty page. The viewer is an `<embed>` (`object-src`) with inline styles in a page that the browser makes. It is
/// safe without: `nosniff` makes of the bytes a PDF or nothing, never a page of ours; viewers run the scripts of a PDF
/// apart from the origin's cookies and pages; no script, request, form or frame of this answer is allowed at all.
const POLICY_PDF: &str = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; \
                          form-action 'none'; frame-ancestors 'self'";

/// Headers of the content, whole or in part.
fn describe(response: &mut HttpResponseBuilder, document: &OpenDocument, etag: &str, shown: Shown) {
    let (disposition, policy) = match shown {
        Shown::Attachment => (attachment(&document.file_name), POLICY_ATTACHMENT),
        Shown::Inline if document.media_type == media::PDF => (disposition("inline", &document.file_name), POLICY_PDF),
        Shown::Inline => (disposition("inline", &document.file_name), POLICY_INLINE),
    };
    response
        .insert_header((header::CONTENT_TYPE, document.media_type.as_str()))
        .insert_header((header::ETAG, etag))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header(("repr-digest", digest_field::header_value(&document.content.sha256)))
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy));
}

/// `Content-Disposition` of what is to be kept as a file.
pub fn attachment(file_name: &str) -> String {
    disposition("attachment", file_name)
}

/// A PDF that was made here, to be looked at and printed.
pub fn pdf_in_place(file_name: &str, pdf: Vec<u8>) -> HttpResponse {
    made(disposition("inline", file_name), POLICY_PDF, pdf)
}

/// A PDF that was made here of somebody's document, to be kept as a file.
pub fn pdf_attached(file_name: &str, pdf: Vec<u8>) -> HttpResponse {
    made(attachment(file_name), POLICY_ATTACHMENT, pdf)
}

fn made(disposition: String, policy: &'static str, pdf: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(media::PDF)
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .body(pdf)
}

/// A `Content-Disposition` whose name survives any client (RFC 6266, RFC 8187).
fn disposition(how: &str, file_name: &str) -> String {
    let plain: String = file_name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' })
        .collect();
    if plain == file_name {
        return format!("{how}; filename=\"{plain}\"");
    }
    let mut exact = String::new();
    for byte in file_name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            exact.push(char::from(byte));
        } else {
            exact.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

/// The first piece is read before the answer begins, so that a small damaged content is an error and no broken answer;
/// a large one is broken off, and its reader sees that.
async fn streamed(reader: Content, size: u64) -> Result<BoxBody, Problem> {
    let (first, reader) = web::block(move || next_piece(reader)).await?.map_err(Problem::internal)?;
    if size <= first.len() as u64 {
        return Ok(BoxBody::new(first));
    }
    let rest = stream::try_unfold(Some(reader), |reader| async move {
        let Some(reader) = reader else { return Ok(None) };
        if reader.remaining() == 0 {
            return Ok(None);
        }
        let read = web::block(move || next_piece(reader)).await.map_err(std::io::Error::other)?;
        let (piece, reader) = read.inspect_err(|error| {
            tracing::error!(cause = error.to_string(), "download broken off: content not readable");
        })?;
        Ok::<_, std::io::Error>(Some((piece, Some(reader))))
    });
    let whole = stream::StreamExt::chain(stream::iter([Ok(first)]), rest);
    Ok(BoxBody::new(SizedStream::new(size, Box::pin(whole))))
}

/// Reads the next bytes, also of an empty content: only a read checks it.
fn next_piece(mut reader: Content) -> std::io::Result<(Bytes, Content)> {
    let length = reader.remaining().min(CHUNK) as usize;
    let mut piece = vec![0; length.max(1)];
    let mut filled = 0;
    loop {
        filled += reader.read(&mut piece[filled..])?;
        if filled >= length {
            piece.truncate(length);
            return Ok((Bytes::from(piece), reader));
        }
    }
}

/// The body of an answer to HEAD: a size and no bytes.
struct HeadOnly(u64);

impl MessageBody for HeadOnly {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.0)
    }

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Bytes, Self::Error>>> {
        std::task::Poll::Ready(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive() {
        assert_eq!(attachment("istanza 1.pdf"), "attachment; filename=\"istanza 1.pdf\"");
        assert_eq!(
            attachment("perizia è.pdf"),
            "attachment; filename=\"perizia _.pdf\"; filename*=UTF-8''perizia%20%C3%A8.pdf"
        );
        let hostile = attachment("a\"; x=\"\r\nSet-Cookie: y");
        assert!(!hostile.contains('\r') && !hostile.contains('\n') && hostile.matches('"').count() == 2, "{hostile}");
        assert!(attachment("50%.pdf").contains("filename=\"50_.pdf\""));
    }
}
