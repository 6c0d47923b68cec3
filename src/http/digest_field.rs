//! Which digest was announced? The headers `Repr-Digest` and `Content-Digest` (RFC 9530).

use actix_web::http::header::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::problem::{Kind, Problem};
use crate::digest::Sha256;

/// The SHA-256 that the sender announced. A digest that cannot be checked is refused: who sends one wants it checked.
pub fn announced(headers: &HeaderMap) -> Result<Option<Sha256>, Problem> {
    let mut announced: Option<Sha256> = None;
    for name in ["repr-digest", "content-digest"] {
        let mut texts = Vec::new();
        for value in headers.get_all(name) {
            texts.push(value.to_str().map_err(|_| malformed("not ASCII"))?);
        }
        if texts.is_empty() {
            continue;
        }
        let digest = sha256(&texts.join(","))?;
        if announced.is_some_and(|other| other != digest) {
            return Err(malformed("Repr-Digest and Content-Digest differ"));
        }
        announced = Some(digest);
    }
    Ok(announced)
}

/// The header of a content that we send.
pub fn header_value(digest: &Sha256) -> String {
    format!("sha-256=:{}:", STANDARD.encode(digest.as_bytes()))
}

/// The member `sha-256` of a dictionary such as `sha-512=:…:, sha-256=:…:`.
fn sha256(text: &str) -> Result<Sha256, Problem> {
    let mut found = None;
    for member in text.split(',') {
        let (key, value) = member.trim().split_once('=').ok_or_else(|| malformed("not `algorithm=:base64:`"))?;
        let inner = value.strip_prefix(':').and_then(|value| value.strip_suffix(':'));
        let bytes = inner.and_then(|inner| STANDARD.decode(inner).ok()).ok_or_else(|| malformed("not `:base64:`"))?;
        if key == "sha-256" {
            let bytes = bytes.try_into().map_err(|_| malformed("a SHA-256 has 32 bytes"))?;
            found = Some(Sha256::from_bytes(bytes));
        }
    }
    found.ok_or_else(|| malformed("only sha-256 is checked here"))
}

fn malformed(why: &str) -> Problem {
    Problem::of(Kind::MalformedDigest).detail(why)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Option<Sha256>, Kind> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.parse().unwrap(), HeaderValue::from_str(value).unwrap());
        }
        announced(&headers).map_err(|problem| problem.kind)
    }

    #[test]
    fn the_example_of_the_rfc_and_our_own_spelling() {
        // RFC 9530, appendix B.1: `{"hello": "world"}` and a newline.
        let digest = Sha256::of(b"{\"hello\": \"world\"}\n");
        let value = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
        assert_eq!(header_value(&digest), value);
        assert_eq!(read(&[("repr-digest", value)]), Ok(Some(digest)));
        assert_eq!(read(&[("content-digest", &format!("sha-512=:AAAA:, {value}"))]), Ok(Some(digest)));
        assert_eq!(read(&[("repr-digest", value), ("content-digest", value)]), Ok(Some(digest)));
        assert_eq!(read(&[]), Ok(None));
    }

    #[test]
    fn what_cannot_be_checked_is_refused() {
        let other = header_value(&Sha256::of(b"other"));
        let good = header_value(&Sha256::of(b""));
        for bad in ["", "sha-256", "sha-256=abc", "sha-256=:abc", "sha-256=:AAAA:", "md5=:AAAA:", "sha-256=:%%:"] {
            assert_eq!(read(&[("repr-digest", bad)]), Err(Kind::MalformedDigest), "{bad:?}");
        }
        assert_eq!(read(&[("repr-digest", &good), ("content-digest", &other)]), Err(Kind::MalformedDigest));
    }
}
