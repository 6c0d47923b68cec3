//! What kind of content is this? The bytes decide; the name only tells apart kinds of text that look alike.

use std::path::Path;

mod container;
mod pronom;

pub(super) use container::ole_streams;
pub use pronom::{Nickname, nickname};
pub(super) use pronom::{puid, puid_of_version};

/// So much of a content is enough for [`media_type`].
pub const HEAD_SIZE: usize = 8 * 1024;

pub const BINARY: &str = "application/octet-stream";
pub const CALENDAR: &str = "text/calendar";
pub const CARD: &str = "text/vcard";
pub const CSV: &str = "text/csv";
pub const DOC: &str = "application/msword";
pub const DOCM: &str = "application/vnd.ms-word.document.macroEnabled.12";
pub const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
pub const EMAIL: &str = "message/rfc822";
pub const EPUB: &str = "application/epub+zip";
pub const GZIP: &str = "application/gzip";
pub const HTML: &str = "text/html";
pub const JPEG: &str = "image/jpeg";
pub const JSON: &str = "application/json";
pub const MARKDOWN: &str = "text/markdown";
pub const MSG: &str = "application/vnd.ms-outlook";
pub const ODG: &str = "application/vnd.oasis.opendocument.graphics";
pub const ODP: &str = "application/vnd.oasis.opendocument.presentation";
pub const ODS: &str = "application/vnd.oasis.opendocument.spreadsheet";
pub const ODT: &str = "application/vnd.oasis.opendocument.text";
/// The container of Microsoft's old formats, which in itself says little.
pub const OLE: &str = "application/x-ole-storage";
pub const PDF: &str = "application/pdf";
pub const PLAIN: &str = "text/plain";
pub const PNG: &str = "image/png";
pub const PPT: &str = "application/vnd.ms-powerpoint";
pub const PPTM: &str = "application/vnd.ms-powerpoint.presentation.macroEnabled.12";
pub const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
pub const RTF: &str = "application/rtf";
pub const SIGNED: &str = "application/pkcs7-mime";
pub const SVG: &str = "image/svg+xml";
pub const TAR: &str = "application/x-tar";
pub const TIFF: &str = "image/tiff";
pub const TSV: &str = "text/tab-separated-values";
pub const XLS: &str = "application/vnd.ms-excel";
pub const XLSM: &str = "application/vnd.ms-excel.sheet.macroEnabled.12";
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub const XML: &str = "application/xml";
pub const ZIP: &str = "application/zip";

/// The header fields that people's own programs write into a message. One with others beside them may be any list of
/// names and values; those for programs begin with `X-`.
const MAIL_FIELDS: [&str; 22] = [
    "from",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "sender",
    "reply-to",
    "in-reply-to",
    "references",
    "comments",
    "keywords",
    "importance",
    "priority",
    "organization",
    "user-agent",
    "content-type",
    "content-transfer-encoding",
    "content-language",
    "disposition-notification-to",
    "thread-topic",
    "thread-index",
];

/// Mailboxes put a line of their own before each message.
const STORED: &str = "From ";

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Readers of PDF accept rubbish before the header, up to this many bytes.
const PDF_HEADER_WITHIN: usize = 1024;

/// `signedData` (1.2.840.113549.1.7.2): what a file signed in CAdES (`.p7m`) begins with, after its length …
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
/// … and `envelopedData`, which goes by the same media type and is encrypted.
const ENVELOPED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03";

/// The media type of a content from its first [`HEAD_SIZE`] bytes.
///
/// A name never makes a content what its bytes are not: a ZIP called `.pdf` is a ZIP, an HTML page called `.txt` HTML.
pub fn media_type(head: &[u8], file_name: &str) -> &'static str {
    let head = &head[..head.len().min(HEAD_SIZE)];
    let start = head.trim_ascii_start();
    if start.starts_with(b"%PDF-") {
        return PDF;
    }
    if start.starts_with(b"{\\rtf") {
        return RTF;
    }
    if is_envelope(head) {
        return SIGNED;
    }
    if head.starts_with(b"PK\x03\x04") {
        return container::zip(head, file_name);
    }
    if head.starts_with(container::OLE_MARK) {
        return container::ole(head, file_name);
    }
    // Text before magic numbers: those of some formats are two letters, and "BMW" is no bitmap.
    if is_text(head) {
        return text_type(head, file_name);
    }
    if let Some(found) = infer::get(head) {
        return found.mime_type();
    }
    let early = &head[..head.len().min(PDF_HEADER_WITHIN)];
    if early.windows(5).any(|window| window == b"%PDF-") { PDF } else { BINARY }
}

/// The media type of a content that is there in full.
pub(super) fn of_whole(content: &[u8], file_name: &str) -> &'static str {
    by_contents(media_type(content, file_name), content)
}

/// The same type, or a more exact one where only all the bytes can tell what a container holds.
pub(super) fn by_contents<'t>(media_type: &'t str, content: &[u8]) -> &'t str {
    match media_type {
        ZIP | DOCX | XLSX | PPTX => container::zip_whole(content).unwrap_or(media_type),
        OLE => container::ole(content, ""),
        _ => media_type,
    }
}

/// An envelope of signatures: as bytes, or wrapped in base64 with or without the lines of PEM.
fn is_envelope(head: &[u8]) -> bool {
    let begins = |bytes: &[u8]| {
        bytes.starts_with(b"\x30")
            && bytes[..bytes.len().min(32)].windows(SIGNED_DATA.len()).any(|w| w == SIGNED_DATA || w == ENVELOPED_DATA)
    };
    let start = head.trim_ascii_start();
    let pem = [&b"-----BEGIN PKCS7-----"[..], b"-----BEGIN CMS-----"].iter().any(|line| start.starts_with(line));
    // What begins with the tag of a sequence begins with these letters in base64.
    begins(head) || pem || (start.starts_with(b"MI") && begins(&super::signed::bytes(&start[..start.len().min(60)])))
}

/// UTF-8, UTF-16 with its mark, or Windows-1252 as people write it; and no byte that text does not have.
fn is_text(head: &[u8]) -> bool {
    if head.is_empty() {
        return false;
    }
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        let text = super::plain::decode(&head[..head.len() & !1]);
        let odd = text.chars().filter(|c| is_odd(*c)).count();
        // The head may end between the halves of a pair.
        return odd <= 1 && text.chars().any(char::is_alphanumeric);
    }
    if head.iter().any(|byte| is_odd(char::from(*byte)) && *byte < 0x80) {
        return false;
    }
    match str::from_utf8(head) {
        Ok(_) => true,
        // Cut off within the last character.
        Err(error) if error.error_len().is_none() => true,
        Err(_) => {
            let high = head.iter().filter(|byte| **byte >= 0x80).count();
            let undefined = head.iter().any(|byte| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d));
            // A third of accents is more than any language written in this encoding has.
            !undefined && high * 3 <= head.len()
        }
    }
}

/// Characters that no text has. Escape (old terminals) and form feed do occur.
fn is_odd(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{1b}'))
        || c == char::REPLACEMENT_CHARACTER
}

fn text_type(head: &[u8], file_name: &str) -> &'static str {
    let text = super::plain::decode(head);
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let lower = start.get(..start.floor_char_boundary(2048)).unwrap_or(start).to_ascii_lowercase();
    let extension = Path::new(file_name).extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();

    if lower.starts_with("<?xml") || lower.starts_with("<svg") {
        return if lower.contains("<svg") {
            SVG
        } else if lower.contains("<!doctype html") || lower.contains("<html") {
            HTML
        } else {
            XML
        };
    }
    if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        return HTML;
    }
    // Before the looser look for HTML, which takes `<a` and `<p` for its own.
    if start.starts_with('<') && extension == "xml" {
        return XML;
    }
    if infer::text::is_html(start.as_bytes()) {
        return HTML;
    }
    if start.starts_with(['{', '[']) && (extension == "json" || is_json(start)) {
        return JSON;
    }
    if lower.starts_with("begin:vcalendar") {
        return CALENDAR;
    }
    if lower.starts_with("begin:vcard") {
        return CARD;
    }
    match extension.as_str() {
        "eml" if mail_headers(start).any => EMAIL,
        _ if mail_headers(start).certain => EMAIL,
        "csv" => CSV,
        "tsv" => TSV,
        "md" | "markdown" => MARKDOWN,
        _ => PLAIN,
    }
}

/// A whole JSON text, which a short head may hold; a note in square brackets is none.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

struct MailHeaders {
    /// The first lines are header fields, among them one that every message has.
    any: bool,
    /// They are such as only programs write: a letter may begin with "From:" and "Date:", too.
    certain: bool,
}

/// A message from its header on: what programs that stored it have put before that is not the sender's.
pub(super) fn message(content: &[u8]) -> &[u8] {
    let start = content.strip_prefix(UTF8_MARK).unwrap_or(content).trim_ascii_start();
    let head = String::from_utf8_lossy(&start[..start.len().min(HEAD_SIZE)]);
    if !mail_headers(&head).any {
        return content;
    }
    let line = start.starts_with(STORED.as_bytes()).then(|| start.iter().position(|byte| *byte == b'\n')).flatten();
    line.map_or(start, |end| &start[end + 1..])
}

fn mail_headers(text: &str) -> MailHeaders {
    let none = MailHeaders { any: false, certain: false };
    let (mut usual, mut technical) = (0, 0);
    // A letter says who writes to whom in words, a message in addresses.
    let (mut addressed, mut about, mut strange) = (false, false, false);
    let lines = text.lines().skip(usize::from(text.starts_with(STORED)));
    for line in lines.take_while(|line| !line.is_empty()) {
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((name, value)) = line.split_once(':') else { break };
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()) {
            return none;
        }
        let name = name.to_ascii_lowercase();
        addressed |= name == "from" && value.contains('@');
        about |= matches!(name.as_str(), "subject" | "to");
        strange |= !MAIL_FIELDS.contains(&name.as_str()) && !name.starts_with("x-");
        match name.as_str() {
            "from" | "date" => usual += 1,
            "received" | "return-path" | "message-id" | "mime-version" => technical += 1,
            "content-type" if value.contains('/') => technical += 1,
            _ => {}
        }
    }
    MailHeaders {
        any: usual + technical > 0,
        certain: technical > 1
            || (technical == 1 && usual > 0)
            || (addressed && about && !strange)
            || technical_first(text),
    }
}

/// The content of a signed message begins with its type.
fn technical_first(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default().to_ascii_lowercase();
    first.strip_prefix("content-type:").is_some_and(|kind| kind.contains('/'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bytes_decide_and_the_name_only_tells_texts_apart() {
        let utf16 = b"\xff\xfeC\0i\0t\0t\0\xe0\0";
        let signed = b"\x30\x82\x0b\x10\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x82";
        for (head, name, expected) in [
            (&b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"[..], "atto.txt", PDF),
            (b"\0\0rubbish before\n%PDF-1.4\n", "a.pdf", PDF),
            (b"PK\x03\x04\x14\0\0\0\x08\0", "a.pdf", "application/zip"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "firma.pdf", "image/png"),
            (b"MZ\x90\0\x03\0\0\0", "fattura.pdf", "application/vnd.microsoft.portable-executable"),
            (signed, "contratto.pdf.p7m", SIGNED),
            (b"MIIGMwYJKoZIhvcNAQcCoIIGJDCCBiACAQExDzANBglghkgBZQMEAgEFADALBgkq\nhkiG9w0B", "a", SIGNED),
            (b"-----BEGIN PKCS7-----\nMIIGMwYJKoZIhvcNAQcC", "a.p7m", SIGNED),
            (b"MIIGMwYJKoZIhvcNAQE", "a.p7m", PLAIN),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.DOC", DOC),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a", OLE),
            (b"\x1f\x8b\x08\x08\0\0\0\0", "a.xml.gz", GZIP),
            (b"{\\rtf1\\ansi ciao}", "a.doc", RTF),
            (b"BMW del sindaco", "nota.bmp", PLAIN),
            (b"MZ e altre sigle", "nota.exe", PLAIN),
            ("Città".as_bytes(), "nota", PLAIN),
            (b"Citt\xe0 di Forl\xec", "nota.txt", PLAIN),
            (utf16, "nota.txt", PLAIN),
            (b"\xef\xbb\xbfciao", "nota.txt", PLAIN),
            (b"<!DOCTYPE html><p>", "nota.txt", HTML),
            (b"  <html lang=\"it\">", "nota.txt", HTML),
            (b"<?xml version=\"1.0\"?><FatturaElettronica/>", "fattura.pdf", XML),
            (b"\xef\xbb\xbf<?xml version=\"1.0\"?><a/>", "a.xml", XML),
            (b"<a xmlns=\"urn:b\"/>", "a.xml", XML),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "a.png", SVG),
            (b"{\"a\": [1, 2]}", "a.txt", JSON),
            (b"[{\"a\": 1}, ", "a.json", JSON),
            (b"[bozza] da rivedere", "a.txt", PLAIN),
            (b"nome;cognome\nAda;Rossi\n", "elenco.csv", CSV),
            (b"nome;cognome\nAda;Rossi\n", "ELENCO.CSV", CSV),
            (b"nome;cognome\nAda;Rossi\n", "elenco", PLAIN),
            (b"# Titolo\n", "LEGGIMI.md", MARKDOWN),
            (b"From: a@example.it\r\nSubject: prova\r\n\r\nCiao", "posta.eml", EMAIL),
            // No name is told to those who read it.
            (b"From: a@example.it\r\nSubject: prova\r\n\r\nCiao", "", EMAIL),
            (b"From: Ada <a@example.it>\nTo: b@example.it\nDate: Mon, 12 Jan 2026\nX-Nota: 1\n\nCiao", "", EMAIL),
            (b"From: a@example.it\nSubject: prova\nPratica: 12\n\nCiao", "", PLAIN),
            (b"From: a@example.it\n\nCiao", "", PLAIN),
            (b"Subject: promemoria\nFrom: io\n\nCiao", "", PLAIN),
            (b"From: a@example.it\r\nMessage-ID: <1@example.it>\r\n\r\nCiao", "", EMAIL),
            (b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a", "", EMAIL),
            (b"\r\n\r\nFrom: a@example.it\r\nSubject: prova\r\n\r\nCiao", "", EMAIL),
            (b"\xef\xbb\xbfFrom: a@example.it\r\nSubject: prova\r\n\r\nCiao", "", EMAIL),
            (b"\nFrom a@example.it Mon Jan 12 2026\nFrom: a@example.it\nSubject: prova\n\nCiao", "", EMAIL),
            (b"\n\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a", "", EMAIL),
            (b"From noon till night\n\nCiao", "posta.eml", PLAIN),
            (b"From: il sindaco\nDate: oggi\n\nCaro collega", "", PLAIN),
            (b"<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0\"><html>", "a.xml", HTML),
            (b"Ciao, nessuna intestazione", "posta.eml", PLAIN),
            (b"BEGIN:VCARD\r\nVERSION:3.0", "x", "text/vcard"),
            (b"", "vuoto.txt", BINARY),
            (b"\0\x01\x02\x03", "a.txt", BINARY),
            (b"\xe8\xe9\xe0\xec", "a.txt", BINARY),
        ] {
            assert_eq!(media_type(head, name), expected, "{:?} {name}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn a_character_cut_at_the_end_of_the_head_is_still_text() {
        // "è" is two bytes: with one byte before, the head ends within the last one.
        let text = format!("a{}", "è".repeat(HEAD_SIZE));
        assert_eq!(media_type(text.as_bytes(), "a.txt"), PLAIN);
        let utf16: Vec<u8> = std::iter::once(0xfeff_u16)
            .chain("𝄞a".repeat(HEAD_SIZE).encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        for cut in HEAD_SIZE - 4..=HEAD_SIZE {
            assert_eq!(media_type(&utf16[..cut], "a.txt"), PLAIN, "{cut}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_and_no_name_make_it_panic(head in proptest::collection::vec(any::<u8>(), 0..300), name in "\\PC{0,20}") {
            let found = media_type(&head, &name);
            prop_assert!(found.contains('/'));
            // A binary content never becomes something extraction reads as text, whatever it is called.
            if head.contains(&0) && !head.starts_with(b"\xff\xfe") && !head.starts_with(b"\xfe\xff") {
                for text_name in ["a.txt", "a.csv", "a.md", "a.eml", "a.json"] {
                    prop_assert_eq!(media_type(&head, text_name), media_type(&head, ""));
                    prop_assert!(media_type(&head, text_name) != PLAIN);
                }
            }
        }
    }
}
