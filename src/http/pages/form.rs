//! What was sent by a form? Its fields and files, once it is known that the form was ours.

use std::future::Future;
use std::pin::Pin;

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt as _;

use crate::digest::Blake3;
use crate::http::api::{blobs, filing};
use crate::http::body;
use crate::http::guard::{self, Allowed, Permission, SignedIn};
use crate::http::problem::{Kind, Problem};
use crate::limits;

/// The hidden field that proves a form to be ours.
pub const CSRF: &str = "csrf";

/// A field for a small file that is read and not kept: its bytes as base64, a blank, its name. It travels like a text.
pub const SMALL_FILE: &str = "scheme-file";

/// What the value of a field for files begins with when the file was not taken in, because its sender was not signed
/// in any more: whoever reads the form later knows that there was one.
pub const LOST: &str = "- ";

/// A file that was taken in with a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentFile<'a> {
    pub blake3: Blake3,
    pub name: &'a str,
}

/// Fields as they were sent, in their order; a name may come several times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The field's text without blanks around it; empty when it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// The field as it was typed: blanks may belong to a password.
    pub fn raw(&self, name: &str) -> String {
        self.0.iter().find(|(key, _)| key == name).map_or_else(String::new, |(_, value)| value.clone())
    }

    /// The field's text, unless it is blank.
    pub fn some(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// All values of a name, in their order, blank ones too: rows of a form stay in line.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    }

    /// Whether a box was ticked.
    pub fn ticked(&self, name: &str) -> bool {
        self.some(name).is_some()
    }

    /// The file that was sent as `file`, or with the form before this one; none if that did not arrive.
    pub fn file(&self) -> Option<SentFile<'_>> {
        let (blake3, name) = self.some("file").or_else(|| self.some("uploaded"))?.split_once(' ')?;
        Some(SentFile { blake3: blake3.parse().ok()?, name })
    }

    /// The version that the form showed of what it changes, as `If-Match` would say it.
    pub fn version(&self) -> Result<Option<usize>, Problem> {
        let version = self.text("version").parse();
        version.map(Some).map_err(|_| Problem::invalid("version", "missing: the form carries the version it shows"))
    }

    /// The version that a form carries on when it is shown again, so that no change made meanwhile is overwritten
    /// without a word: only who was told of a change, and is shown what is now, goes on from there.
    pub fn version_again(&self, told_of_change: bool, now: usize) -> usize {
        self.text("version").parse().ok().filter(|_| !told_of_change).unwrap_or(now)
    }

    fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }
}

/// From where a form was sent, as far as the browser tells. Other sites cannot change what it says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sender {
    /// A page of ours.
    Ours,
    /// A program, or a browser of old: neither says it.
    Silent,
    /// Perhaps a page of ours: a proxy may call our host otherwise.
    Unclear,
    /// A page of somebody else's.
    Elsewhere,
}

impl Sender {
    fn of(headers: &HeaderMap) -> Self {
        // Browsers say it where the connection is safe; elsewhere they name at least where the page came from.
        if let Some(site) = headers.get("Sec-Fetch-Site") {
            return match site.as_bytes() {
                b"same-origin" => Self::Ours,
                b"cross-site" => Self::Elsewhere,
                _ => Self::Unclear,
            };
        }
        let Some(origin) = headers.get(header::ORIGIN) else { return Self::Silent };
        let named = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host.as_bytes());
        let host = headers.get(header::HOST).map(HeaderValue::as_bytes);
        if named.is_some() && named == host { Self::Ours } else { Self::Unclear }
    }

    /// Who sent it, unless that is another site: it sends nothing for a person, signed in or not.
    fn but_not_elsewhere(headers: &HeaderMap) -> Result<Self, Problem> {
        Some(Self::of(headers)).filter(|sender| *sender != Self::Elsewhere).ok_or_else(|| Problem::of(Kind::CsrfToken))
    }
}

/// A form that somebody sent who may do `P`.
pub struct Submitted<P> {
    pub allowed: Allowed<P>,
    pub fields: Fields,
}

/// The fields of a form whose sender was not signed in any more: the page that asks him to sign in hands them on.
pub struct Unfinished(pub Fields);

/// A form from a page of ours whose token is another session's, and who is signed in now, with the token of his forms.
pub struct Stale {
    pub allowed: Allowed<SignedIn>,
    pub fields: Fields,
    pub csrf: String,
}

impl<P: Permission> FromRequest for Submitted<P> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let sender = Sender::but_not_elsewhere(request.headers())?;
            body::refuse_encoding(request.headers())?;
            let mut reading = Reading { request, sender, allowed: None, fields: Fields::default(), bytes: 0 };
            match body::media_type(reading.request.headers()).as_str() {
                "application/x-www-form-urlencoded" => reading.fields = plain(payload).await?,
                "multipart/form-data" => reading.parts(payload).await?,
                _ => return Err(Problem::of(Kind::UnsupportedMediaType).detail("this address takes forms")),
            }
            let allowed = reading.who()?;
            Ok(Self { allowed, fields: reading.fields })
        })
    }
}

/// A form that anybody may send, signed in or not: signing in, choosing a language. Other sites may not send it for him.
pub struct Plain(pub Fields);

impl FromRequest for Plain {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let sender = Sender::but_not_elsewhere(request.headers());
        let payload = payload.take();
        Box::pin(async move {
            sender?;
            Ok(Self(plain(payload).await?))
        })
    }
}

/// A form without files.
async fn plain(mut payload: Payload) -> Result<Fields, Problem> {
    let mut text = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        text.extend_from_slice(&chunk.map_err(body::truncated)?);
        if text.len() > limits::JSON_BODY_MAX {
            return Err(too_much());
        }
    }
    Ok(Fields::parse(&text))
}

/// A form on its way in.
struct Reading<P> {
    request: HttpRequest,
    sender: Sender,
    /// Known once the field that proves the form to be ours has come.
    allowed: Option<Result<Allowed<P>, Problem>>,
    fields: Fields,
    bytes: usize,
}

impl<P: Permission> Reading<P> {
    async fn parts(&mut self, payload: Payload) -> Result<(), Problem> {
        let mut form = Multipart::new(self.request.headers(), payload);
        while let Some(field) = form.next().await {
            let mut field = field.map_err(filing::broken)?;
            let name = field.name().unwrap_or_default().to_owned();
            let disposition = field.content_disposition();
            let Some(file) = disposition.and_then(|disposition| disposition.get_filename()).map(str::to_owned) else {
                let text = field.bytes(limits::JSON_BODY_MAX - self.bytes).await.map_err(|_| too_much())?;
                let text = text.map_err(filing::broken)?;
                self.bytes += text.len();
                self.fields.0.push((name, String::from_utf8_lossy(&text).into_owned()));
                continue;
            };
            if name == SMALL_FILE {
                let bytes = field.bytes(limits::JSON_BODY_MAX - self.bytes).await.map_err(|_| too_much())?;
                let bytes = bytes.map_err(filing::broken)?;
                self.bytes += bytes.len();
                self.fields.0.push((name, format!("{} {file}", STANDARD.encode(&bytes))));
                continue;
            }
            self.file(name, file, field).await?;
        }
        Ok(())
    }

    /// Takes a file in, if it comes from somebody who may send one. From others it is read past: what they typed after
    /// it is still wanted.
    async fn file(&mut self, name: String, file: String, mut field: Field) -> Result<(), Problem> {
        if self.allowed.is_none() {
            self.allowed = Some(guard::allow_form(&self.request, self.fields.text(CSRF)));
        }
        match &self.allowed {
            // A box for files in which none was chosen.
            Some(Ok(allowed)) if !file.is_empty() => {
                let content = blobs::receive(allowed, &mut field, None, filing::broken).await?;
                self.fields.0.push((name, format!("{} {file}", content.blake3)));
            }
            _ => {
                while field.next().await.transpose().map_err(filing::broken)?.is_some() {}
                if !file.is_empty() {
                    self.fields.0.push((name, format!("{LOST}{file}")));
                }
            }
        }
        Ok(())
    }

    fn who(&mut self) -> Result<Allowed<P>, Problem> {
        let allowed = self.allowed.take();
        let allowed = allowed.unwrap_or_else(|| guard::allow_form(&self.request, self.fields.text(CSRF)));
        // What is kept is sent with a token when he has said so: it must be what was typed on a page of ours.
        match allowed.as_ref().err().map(|problem| problem.kind) {
            Some(Kind::Unauthenticated) if self.sender == Sender::Unclear => Err(Problem::of(Kind::CsrfToken)),
            Some(Kind::Unauthenticated) => {
                self.request.extensions_mut().insert(Unfinished(self.fields.clone()));
                allowed
            }
            Some(Kind::CsrfToken) if self.sender == Sender::Ours => {
                let (now, csrf) = guard::in_session(&self.request)?;
                self.request.extensions_mut().insert(Stale { allowed: now, fields: self.fields.clone(), csrf });
                allowed
            }
            _ => allowed,
        }
    }
}

fn too_much() -> Problem {
    Problem::of(Kind::TooLarge).detail(format!("the texts of a form have at most {} bytes", limits::JSON_BODY_MAX))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderName;

    use super::*;

    #[test]
    fn a_form_is_ours_when_the_browser_says_so() {
        let of = |said: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in [("host", "archivio.example:8080")].iter().chain(said) {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            Sender::of(&headers)
        };
        let (site, origin) = ("sec-fetch-site", "origin");
        assert_eq!(of(&[(site, "same-origin"), (origin, "null")]), Sender::Ours);
        assert_eq!(of(&[(site, "cross-site"), (origin, "http://archivio.example:8080")]), Sender::Elsewhere);
        assert_eq!(of(&[(site, "same-site")]), Sender::Unclear, "another host of the same name");
        assert_eq!(of(&[(site, "none")]), Sender::Unclear);
        assert_eq!(of(&[]), Sender::Silent);
        assert_eq!(of(&[(origin, "http://archivio.example:8080")]), Sender::Ours);
        for other in ["null", "http://archivio.example", "https://evil.example", "archivio.example:8080", ""] {
            assert_eq!(of(&[(origin, other)]), Sender::Unclear, "{other:?}");
        }
    }

    #[test]
    fn a_form_carries_its_version_on_until_a_change_was_told() {
        let fields = Fields::parse(b"version=7&reason=");
        assert_eq!((fields.version_again(false, 9), fields.version_again(true, 9)), (7, 9));
        assert_eq!(Fields::default().version_again(false, 9), 9, "the first time it is what is now");
    }

    #[test]
    fn fields_are_read_as_browsers_send_them() {
        let fields = Fields::parse(b"subject=Richiesta+di+occupazione+%C3%A8&name=a&name=&name=c&box=on&empty=");
        assert_eq!(fields.text("subject"), "Richiesta di occupazione \u{e8}");
        assert_eq!(fields.all("name").collect::<Vec<_>>(), ["a", "", "c"]);
        assert!(fields.ticked("box") && !fields.ticked("empty") && !fields.ticked("other"));
        assert_eq!(fields.some("empty"), None);
        assert_eq!(Fields::parse(b"a=%ZZ&b=%ff").0.len(), 2, "what is wrongly encoded loses nothing else");
    }
}
