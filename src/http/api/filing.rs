//! Registering a document: as JSON that refers to uploaded contents, or as one form with everything in it.

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt as _;

use super::{blobs, entries};
use crate::digest::ContentDigests;
use crate::http::body::{self, Id};
use crate::http::conditional;
use crate::http::digest_field;
use crate::http::guard::{Allowed, RegisterEntry};
use crate::http::problem::{Kind, Problem};
use crate::ids::RegisterCode;
use crate::limits;
use crate::model::register::{NewEntry, NewFile};
use crate::service::Registered;

/// `POST /api/v1/registers/{register}/entries`
pub async fn register(
    allowed: Allowed<RegisterEntry>,
    Id(register): Id<RegisterCode>,
    request: HttpRequest,
    mut payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let key = idempotency_key(&request)?;
    body::refuse_encoding(request.headers())?;
    let entry = match body::media_type(request.headers()).as_str() {
        "application/json" => {
            let mut text = web::BytesMut::new();
            while let Some(chunk) = payload.next().await {
                text.extend_from_slice(&chunk.map_err(body::truncated)?);
                if text.len() > limits::JSON_BODY_MAX {
                    return Err(body::too_much_json());
                }
            }
            body::parse(&text)?
        }
        "multipart/form-data" => from_form(&allowed, Multipart::new(request.headers(), payload)).await?,
        _ => {
            let takes = "this address takes application/json or multipart/form-data";
            return Err(Problem::of(Kind::UnsupportedMediaType).detail(takes));
        }
    };
    let registered = allowed.archive.register(&allowed.actor, &register, &key, entry).await?;
    let (mut response, entry) = match registered {
        Registered::New(entry) => (HttpResponse::Created(), entry),
        Registered::Existing(entry) => (HttpResponse::Ok(), entry),
    };
    let id = entry.id();
    let etag = conditional::etag(allowed.archive.entry_version(&id)?);
    response.insert_header((header::LOCATION, entries::location(&id))).insert_header((header::ETAG, etag));
    Ok(response.json(entry))
}

fn idempotency_key(request: &HttpRequest) -> Result<String, Problem> {
    let missing = || Problem::of(Kind::KeyMissing);
    let value = request.headers().get("idempotency-key").ok_or_else(missing)?;
    let key = value.to_str().map_err(|_| missing().detail("the key has other characters than visible ASCII"))?;
    if key.is_empty() || key.len() > limits::IDEMPOTENCY_KEY_MAX {
        return Err(missing().detail(format!("a key has 1 to {} characters", limits::IDEMPOTENCY_KEY_MAX)));
    }
    Ok(key.to_owned())
}

/// A file that came as a part of the form.
struct Part {
    name: Option<String>,
    content: ContentDigests,
}

/// Reads the parts in whatever order they come and fills their digests into the entry.
async fn from_form(allowed: &Allowed<RegisterEntry>, mut form: Multipart) -> Result<NewEntry, Problem> {
    let (mut entry, mut document, mut attachments) = (None, None, Vec::new());
    while let Some(field) = form.next().await {
        let mut field = field.map_err(broken)?;
        match field.name().unwrap_or_default() {
            "entry" if entry.is_none() => entry = Some(json_part(&mut field).await?),
            "document" if document.is_none() => document = Some(file_part(allowed, field).await?),
            "attachment" if attachments.len() < limits::LIST_ITEMS_MAX => {
                attachments.push(file_part(allowed, field).await?);
            }
            "attachment" => {
                return Err(Problem::invalid("attachment", format!("at most {} parts", limits::LIST_ITEMS_MAX)));
            }
            name @ ("entry" | "document") => return Err(Problem::invalid(name, "only one such part")),
            other => {
                return Err(Problem::invalid(other, "unknown part: there are entry, document and attachment"));
            }
        }
    }
    let mut entry: NewEntry = entry.ok_or_else(|| Problem::invalid("entry", "missing: the part with the JSON"))?;
    fill(&mut entry, document, attachments)?;
    Ok(entry)
}

async fn json_part(field: &mut Field) -> Result<NewEntry, Problem> {
    let text = field.bytes(limits::JSON_BODY_MAX).await.map_err(|_| body::too_much_json())?;
    body::parse(&text.map_err(broken)?)
}

async fn file_part(allowed: &Allowed<RegisterEntry>, mut field: Field) -> Result<Part, Problem> {
    let announced = digest_field::announced(field.headers())?;
    let name = field.content_disposition().and_then(|disposition| disposition.get_filename()).map(str::to_owned);
    let content = blobs::receive(allowed, &mut field, announced, broken).await?;
    Ok(Part { name, content })
}

/// A form that cannot be read to its end.
pub fn broken(error: MultipartError) -> Problem {
    let kind = match &error {
        MultipartError::Incomplete | MultipartError::Payload(_) => Kind::UploadTruncated,
        _ => Kind::MalformedRequest,
    };
    tracing::debug!(cause = error.to_string(), "form not readable");
    Problem::of(kind).detail(match kind {
        Kind::UploadTruncated => "the form ended before its last part was whole",
        _ => "the form cannot be read: send multipart/form-data with a boundary and a name for each part (RFC 7578)",
    })
}

/// Puts what came as parts where the JSON left it open; a file that the JSON does not list is made from its part.
fn fill(entry: &mut NewEntry, document: Option<Part>, attachments: Vec<Part>) -> Result<(), Problem> {
    if let Some(part) = document {
        match &mut entry.document {
            Some(file) => fill_file(file, &part, "document")?,
            none => *none = Some(made_from(part, "document")),
        }
    }
    if entry.attachments.is_empty() {
        let named = attachments.into_iter().enumerate();
        entry.attachments = named.map(|(n, part)| made_from(part, &format!("attachment-{}", n + 1))).collect();
        return Ok(());
    }
    if attachments.is_empty() {
        return Ok(());
    }
    if entry.attachments.len() != attachments.len() {
        let (listed, sent) = (entry.attachments.len(), attachments.len());
        let message = format!("{listed} are listed, {sent} parts were sent: one part for each, in the same order");
        return Err(Problem::invalid("attachments", message));
    }
    for (n, (file, part)) in entry.attachments.iter_mut().zip(&attachments).enumerate() {
        fill_file(file, part, &format!("attachments[{n}]"))?;
    }
    Ok(())
}

fn fill_file(file: &mut NewFile, part: &Part, at: &str) -> Result<(), Problem> {
    if file.blake3.is_some_and(|digest| digest != part.content.blake3) {
        return Err(Problem::invalid(format!("{at}.blake3"), "not the digest of the part that was sent"));
    }
    file.blake3 = Some(part.content.blake3);
    Ok(())
}

fn made_from(part: Part, otherwise: &str) -> NewFile {
    let file_name = part.name.filter(|name| !name.is_empty()).unwrap_or_else(|| otherwise.to_owned());
    NewFile { blake3: Some(part.content.blake3), file_name, kind: None, description: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::ContentHasher;

    fn part(name: Option<&str>, bytes: &[u8]) -> Part {
        let mut hasher = ContentHasher::default();
        hasher.update(bytes);
        Part { name: name.map(str::to_owned), content: hasher.finish() }
    }

    fn entry(rest: &str) -> NewEntry {
        let text =
            format!(r#"{{"direction":"internal","subject":"x","correspondents":[],"classification":"6.3"{rest}}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn parts_fill_what_the_json_lists_in_its_order() {
        let listed = r#","document":{"file_name":"a"},"attachments":[{"file_name":"b"},{"file_name":"c"}]"#;
        let mut entry = entry(listed);
        let parts = [part(None, b"a"), part(None, b"b"), part(Some("ignored"), b"c")];
        let expected: Vec<_> = parts.iter().map(|part| Some(part.content.blake3)).collect();
        let [document, b, c] = parts;
        fill(&mut entry, Some(document), vec![b, c]).unwrap();
        assert_eq!(entry.files().map(|file| file.blake3).collect::<Vec<_>>(), expected);
        assert_eq!(entry.files().map(|file| file.file_name.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn what_the_json_does_not_list_is_made_from_the_parts() {
        let mut entry = entry("");
        let attachments = vec![part(Some("pianta.pdf"), b"b"), part(None, b"c")];
        fill(&mut entry, Some(part(Some("istanza.pdf"), b"a")), attachments).unwrap();
        let names: Vec<_> = entry.files().map(|file| file.file_name.as_str()).collect();
        assert_eq!(names, ["istanza.pdf", "pianta.pdf", "attachment-2"]);
    }

    #[test]
    fn what_does_not_match_is_refused() {
        let mut uneven = entry(r#","attachments":[{"file_name":"b"},{"file_name":"c"}]"#);
        assert_eq!(fill(&mut uneven, None, vec![part(None, b"b")]).err().unwrap().kind, Kind::Invalid);
        let digest = part(None, b"other").content.blake3;
        let mut other = entry(&format!(r#","document":{{"file_name":"a","blake3":"{digest}"}}"#));
        assert_eq!(fill(&mut other, Some(part(None, b"a")), Vec::new()).err().unwrap().kind, Kind::Invalid);
    }
}
