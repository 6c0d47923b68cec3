//! Which version, which part? `ETag`, `If-Match`, `If-None-Match`, `If-Range` and `Range` (RFC 9110, 13 and 14).

use actix_web::http::header::{self, HeaderMap, HeaderName};

use super::problem::{Kind, Problem};
use crate::service::Refusal;

/// A strong entity tag.
pub fn etag(version: impl std::fmt::Display) -> String {
    format!("\"{version}\"")
}

/// Whether the client has this version already (`If-None-Match`).
pub fn is_fresh(headers: &HeaderMap, etag: &str) -> bool {
    let tags = values(headers, header::IF_NONE_MATCH);
    // Comparison is weak here: a prefix W/ does not count.
    tags.iter().any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// The version that `If-Match` asks for; `None` without the header or with `*`.
pub fn expected(headers: &HeaderMap) -> Result<Option<usize>, Problem> {
    let tags = values(headers, header::IF_MATCH);
    match tags.as_slice() {
        [] => Ok(None),
        [any] if any == "*" => Ok(None),
        [tag] => match tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).and_then(|n| n.parse().ok()) {
            Some(version) => Ok(Some(version)),
            // A tag that is none of ours, or a weak one, matches nothing.
            None => Err(Refusal::Changed.into()),
        },
        _ => Err(Problem::of(Kind::MalformedRequest).detail("If-Match: send one ETag")),
    }
}

fn values(headers: &HeaderMap, name: HeaderName) -> Vec<String> {
    let texts = headers.get_all(name).filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect()
}

/// What of a content is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Whole,
    Range {
        first: u64,
        length: u64,
    },
    /// Nothing of it lies inside the content.
    Outside,
}

/// The part that `Range` asks for, of a content of `size` bytes. Several ranges, other units and what cannot be
/// understood are answered with the whole, as the RFC allows; so is a range of another version (`If-Range`).
pub fn part(headers: &HeaderMap, etag: &str, size: u64) -> Part {
    let Some(range) = headers.get(header::RANGE).and_then(|value| value.to_str().ok()) else { return Part::Whole };
    let same = headers.get(header::IF_RANGE).is_none_or(|value| value.as_bytes() == etag.as_bytes());
    if !same {
        return Part::Whole;
    }
    parse_range(range, size).unwrap_or(Part::Whole)
}

fn parse_range(range: &str, size: u64) -> Option<Part> {
    let (unit, set) = range.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = set.trim().split_once('-')?;
    let number = |text: &str| match text.trim() {
        digits if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            // A number beyond all sizes is as good as the largest.
            Some(digits.parse().unwrap_or(u64::MAX))
        }
        _ => None,
    };
    if first.trim().is_empty() {
        let length = number(last)?.min(size);
        return Some(if length == 0 { Part::Outside } else { Part::Range { first: size - length, length } });
    }
    let first = number(first)?;
    let last = if last.trim().is_empty() { u64::MAX } else { number(last)? };
    if last < first {
        return None;
    }
    if first >= size {
        return Some(Part::Outside);
    }
    Some(Part::Range { first, length: last.min(size - 1) - first + 1 })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.parse().unwrap(), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn ranges_of_ten_bytes() {
        let range = |first, length| Part::Range { first, length };
        for (text, expected) in [
            ("bytes=0-0", range(0, 1)),
            ("bytes=0-9", range(0, 10)),
            ("bytes=0-", range(0, 10)),
            ("bytes=9-", range(9, 1)),
            ("bytes=3-100", range(3, 7)),
            ("bytes=-1", range(9, 1)),
            ("bytes=-100", range(0, 10)),
            ("Bytes= 2 - 3", range(2, 2)),
            ("bytes=10-", Part::Outside),
            ("bytes=10-20", Part::Outside),
            ("bytes=-0", Part::Outside),
            ("bytes=0-99999999999999999999999", range(0, 10)),
            ("bytes=99999999999999999999999-", Part::Outside),
            ("bytes=5-4", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("items=0-1", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("", Part::Whole),
        ] {
            assert_eq!(part(&headers(&[("range", text)]), "\"x\"", 10), expected, "{text}");
        }
        assert_eq!(part(&headers(&[("range", "bytes=0-")]), "\"x\"", 0), Part::Outside, "nothing to give");
    }

    #[test]
    fn a_range_of_another_version_is_the_whole() {
        let ask = |tag: &str| part(&headers(&[("range", "bytes=1-2"), ("if-range", tag)]), "\"x\"", 10);
        assert_eq!(ask("\"x\""), Part::Range { first: 1, length: 2 });
        for other in ["\"y\"", "W/\"x\"", "Mon, 23 Nov 2026 09:00:00 GMT"] {
            assert_eq!(ask(other), Part::Whole, "{other}");
        }
    }

    #[test]
    fn versions_are_compared() {
        assert!(is_fresh(&headers(&[("if-none-match", "\"a\", W/\"x\"")]), "\"x\""));
        assert!(is_fresh(&headers(&[("if-none-match", "*")]), "\"x\""));
        assert!(!is_fresh(&headers(&[("if-none-match", "\"a\"")]), "\"x\""));
        assert!(!is_fresh(&headers(&[]), "\"x\""));
        let expected = |value: &str| expected(&headers(&[("if-match", value)])).map_err(|problem| problem.kind);
        assert_eq!(expected("\"3\""), Ok(Some(3)));
        assert_eq!(expected("*"), Ok(None));
        assert_eq!(expected("W/\"3\""), Err(Kind::Changed));
        assert_eq!(expected("\"old\""), Err(Kind::Changed));
        assert_eq!(expected("\"1\", \"2\""), Err(Kind::MalformedRequest));
        assert_eq!(super::expected(&headers(&[])).ok(), Some(None));
    }

    proptest! {
        #[test]
        fn a_range_lies_inside(text in "bytes=[0-9]{0,3}-[0-9]{0,3}", size in 0_u64..300) {
            if let Part::Range { first, length } = part(&headers(&[("range", &text)]), "\"x\"", size) {
                prop_assert!(length > 0 && first + length <= size);
            }
        }
    }
}
