//! Who has signed a PDF, when, and is what was signed still the whole file?

use super::structure::Signed;
use crate::text::{Signature, SignedContent, signed as envelope};

/// Time stamps are signatures of a machine over a moment: nobody has signed the document with them.
const TIME_STAMP: &str = "ETSI.RFC3161";

/// An old kind: the envelope holds a digest of the pieces, and only that is signed.
const DIGEST_ONLY: &str = "adbe.pkcs7.sha1";

/// Bytes that may follow the signed part: the ends of lines that some programs add.
const TAIL_MAX: usize = 16;

/// The signatures as people are shown them.
pub(super) fn checked(content: &[u8], signed: &[Signed]) -> Vec<Signature> {
    signed.iter().filter(|signed| signed.kind != TIME_STAMP).flat_map(|signed| check(content, signed)).collect()
}

fn check(content: &[u8], signed: &Signed) -> Vec<Signature> {
    let end = signed.pieces.iter().map(|(from, length)| from + length).max().unwrap_or(0);
    let after = content.get(end..).unwrap_or_default();
    let covers_all = after.len() <= TAIL_MAX && after.iter().all(u8::is_ascii_whitespace);
    let pieces: Vec<_> = signed.pieces.iter().filter_map(|(from, length)| content.get(*from..from + length)).collect();
    let mut found = envelope::signatures(&signed.cms, Some(&pieces));
    if found.is_empty() {
        // A signature that cannot be read is one all the same.
        let content = SignedContent::Unchecked;
        found.push(Signature {
            signer: None,
            serial_number: None,
            issuer: None,
            signed_at: None,
            content,
            covers_all: None,
            part: None,
        });
    }
    for signature in &mut found {
        if signed.kind == DIGEST_ONLY {
            signature.content = SignedContent::Unchecked;
        }
        signature.covers_all = Some(covers_all);
        signature.signer = signature.signer.take().or_else(|| signed.name.clone());
        // The newer profiles have the moment beside the envelope rather than in it.
        signature.signed_at = signature.signed_at.take().or_else(|| signed.at.as_deref().and_then(moment));
    }
    found
}

/// `D:20260102103000+01'00'` as RFC 3339.
fn moment(text: &str) -> Option<String> {
    let text = text.strip_prefix("D:").unwrap_or(text);
    let (digits, zone) = text.split_at_checked(14)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let zone: String = zone.chars().filter(|c| *c != '\'').collect();
    let zone = match zone.as_bytes() {
        [] | [b'Z', ..] => "Z".to_owned(),
        [b'+' | b'-', rest @ ..] if rest.len() == 4 && rest.iter().all(u8::is_ascii_digit) => {
            format!("{}:{}", &zone[..3], &zone[3..])
        }
        _ => return None,
    };
    let [date, time] = [&digits[..8], &digits[8..]];
    Some(format!("{}-{}-{}T{}:{}:{}{zone}", &date[..4], &date[4..6], &date[6..], &time[..2], &time[2..4], &time[4..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_the_file_writes_them() {
        for (text, expected) in [
            ("D:20260102103000+01'00'", Some("2026-01-02T10:30:00+01:00")),
            ("D:20260102103000Z00'00'", Some("2026-01-02T10:30:00Z")),
            ("20260102103000", Some("2026-01-02T10:30:00Z")),
            ("D:2026", None),
            ("D:20260102103000+1", None),
            ("D:2026010210300è", None),
        ] {
            assert_eq!(moment(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_comes_after_the_signed_part_is_noticed() {
        let signed = Signed { pieces: vec![(0, 4), (6, 4)], ..Signed::default() };
        let covers = |content: &[u8]| checked(content, std::slice::from_ref(&signed))[0].covers_all;
        assert_eq!(covers(b"aaaa<>bbbb\r\n"), Some(true));
        assert_eq!(covers(b"aaaa<>bbbb1 0 obj"), Some(false));
        let stamp = Signed { kind: TIME_STAMP.to_owned(), ..Signed::default() };
        assert_eq!(checked(b"", &[stamp]), []);
    }
}
