//! What do pages load? Style, scripts, icons and fonts, compiled in, at an address that carries the digest of them all.

use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::http::guard::Public;
use crate::http::problem::Problem;

struct File {
    name: &'static str,
    bytes: &'static [u8],
    brotli: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The folder of this build's files, for links.
pub fn folder() -> String {
    format!("/assets/{DIGEST}")
}

/// The style of all pages, for the small page of the emergency register.
pub fn style() -> &'static [u8] {
    FILES.iter().find(|file| file.name == "desk.css").map_or(&[], |file| file.bytes)
}

/// `GET /assets/{digest}/{file}`: never another content at the same address, so browsers may keep it for ever.
pub async fn file(_: Public, request: HttpRequest, path: web::Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (digest, name) = path.into_inner();
    let file = FILES.iter().find(|file| file.name == name && digest == DIGEST);
    let file = file.ok_or_else(|| Problem::not_found("file"))?;
    let mut response = HttpResponse::Ok();
    response.content_type(media_type(file.name));
    response.insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
    response.insert_header((header::VARY, "Accept-Encoding"));
    // The icons are read by <use>: nothing in them may load anything else. A worker loads its decoders, and no more.
    if file.name.ends_with(".mjs") {
        response.insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; script-src 'self'"));
    }
    Ok(match file.brotli.filter(|_| takes_brotli(request.headers())) {
        Some(brotli) => response.insert_header((header::CONTENT_ENCODING, "br")).body(brotli),
        None => response.body(file.bytes),
    })
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let value = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(',').any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim().eq_ignore_ascii_case("br") && quality.trim() != "q=0"
    })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("wasm") => "application/wasm",
        Some("ttf") => "font/ttf",
        // Character maps of pdf.js: a form of its own.
        Some("bcmap") => "application/vnd.mozilla.bcmap",
        Some("pfb") => "application/x-font-type1",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn every_file_has_a_kind_and_is_not_empty() {
        assert!(FILES.iter().any(|file| file.name == "desk.css") && FILES.iter().any(|file| file.name == "desk.js"));
        for file in FILES {
            assert!(!file.bytes.is_empty(), "{}", file.name);
            assert_ne!(media_type(file.name), "application/octet-stream", "{}", file.name);
            assert!(file.brotli.is_none_or(|brotli| brotli.len() < file.bytes.len()), "{}", file.name);
        }
    }

    #[test]
    fn brotli_is_sent_to_who_takes_it() {
        let takes = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            takes_brotli(&headers)
        };
        assert!(takes("gzip, deflate, br, zstd") && takes("br;q=1.0") && takes("BR"));
        assert!(!takes("gzip") && !takes("br;q=0") && !takes("") && !takes_brotli(&HeaderMap::new()));
    }
}
