//! How is a line of the journal spelled? One spelling each, so that hashes over exact bytes mean something.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::merkle::leaf_hash;
use crate::clock;
use crate::digest::Sha256;
use crate::ids::Position;

/// A line before it has a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub time: Timestamp,
    /// An opaque id, as all of the public part is.
    pub actor: String,
    pub kind: String,
    pub version: u32,
    pub subject: String,
    /// A JSON object on one line, its first field the salt.
    pub public: String,
    /// The same, for what may have to be destroyed one day.
    pub private: String,
}

/// A line as it stands in a segment; both objects keep their exact bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawLine {
    pub position: Position,
    pub time: Timestamp,
    pub actor: Box<str>,
    pub kind: Box<str>,
    pub version: u32,
    pub subject: Box<str>,
    pub public_digest: Sha256,
    pub private_digest: Sha256,
    pub public: Box<str>,
    /// `None` when it was destroyed, as the law may order.
    pub private: Option<Box<str>>,
}

/// Bytes that are no line of this journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the line is garbled at its {field}")]
pub struct GarbledLine {
    pub field: &'static str,
}

/// The unnumbered line that ends a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BatchEnd {
    /// Positions in the journal up to here.
    pub size: Position,
    pub root: Sha256,
    /// SHA-256 of the batch's lines, newlines included.
    pub batch: Sha256,
}

pub(super) const POSITION_KEY: &[u8] = b"{\"position\":";
pub(super) const SIZE_KEY: &[u8] = b"{\"size\":";

impl Line {
    /// Appends the line with its newline to `out`; gives the hash of its leaf.
    pub(super) fn render(&self, position: Position, out: &mut String) -> Sha256 {
        let start = out.len();
        let infallible = "writing to a String cannot fail";
        write!(out, "{{\"position\":{position},\"time\":\"{}\",\"actor\":", clock::rfc3339(self.time))
            .expect(infallible);
        put_text(out, &self.actor);
        out.push_str(",\"kind\":");
        put_text(out, &self.kind);
        write!(out, ",\"version\":{},\"subject\":", self.version).expect(infallible);
        put_text(out, &self.subject);
        let (public, private) = (Sha256::of(self.public.as_bytes()), Sha256::of(self.private.as_bytes()));
        write!(out, ",\"public_digest\":\"{public}\",\"private_digest\":\"{private}\"").expect(infallible);
        // The leaf closes here; the line goes on.
        out.push('}');
        let leaf = leaf_hash(&out.as_bytes()[start..]);
        out.pop();
        write!(out, ",\"public\":{},\"private\":{}}}", self.public, self.private).expect(infallible);
        out.push('\n');
        leaf
    }

    /// Both objects are JSON objects on one line.
    pub(super) fn check(&self) -> Result<(), GarbledLine> {
        for (text, field) in [(&self.public, "public"), (&self.private, "private")] {
            let object = text.starts_with('{') && text.ends_with('}') && !text.contains(['\n', '\r']);
            // Whoever reads the line back must find the same bytes to be one value.
            let value = object && serde_json::from_str::<&RawValue>(text).is_ok_and(|value| value.get() == text);
            if !value {
                return Err(GarbledLine { field });
            }
        }
        Ok(())
    }
}

fn put_text(out: &mut String, text: &str) {
    out.push_str(&serde_json::to_string(text).expect("a string is always JSON"));
}

impl RawLine {
    /// Reads a line, without its newline.
    pub fn parse(bytes: &[u8]) -> Result<Self, GarbledLine> {
        let text = std::str::from_utf8(bytes).map_err(|_| GarbledLine { field: "encoding" })?;
        let mut cursor = Cursor { rest: text };
        let line = Self {
            position: cursor.number("{\"position\":", "position")?,
            time: cursor.time()?,
            actor: cursor.text(",\"actor\":", "actor")?,
            kind: cursor.text(",\"kind\":", "kind")?,
            version: cursor.number(",\"version\":", "version")?,
            subject: cursor.text(",\"subject\":", "subject")?,
            public_digest: cursor.digest(",\"public_digest\":\"", "public_digest")?,
            private_digest: cursor.digest(",\"private_digest\":\"", "private_digest")?,
            public: cursor.value(",\"public\":", "public")?.into(),
            private: match cursor.value(",\"private\":", "private")? {
                "null" => None,
                value => Some(value.into()),
            },
        };
        let objects = line.public.starts_with('{') && line.private.as_ref().is_none_or(|text| text.starts_with('{'));
        if objects && cursor.rest == "}" { Ok(line) } else { Err(GarbledLine { field: "end" }) }
    }

    /// Both objects are those that the leaf commits to; a private one that was destroyed cannot be asked.
    pub fn check(&self) -> Result<(), GarbledLine> {
        if Sha256::of(self.public.as_bytes()) != self.public_digest {
            return Err(GarbledLine { field: "public" });
        }
        match &self.private {
            Some(private) if Sha256::of(private.as_bytes()) != self.private_digest => {
                Err(GarbledLine { field: "private" })
            }
            _ => Ok(()),
        }
    }
}

/// The leaf of a line: its bytes up to the end of `private_digest`'s value, closed by `}`.
pub fn leaf_of(line: &[u8]) -> Result<Vec<u8>, GarbledLine> {
    // Cannot stand inside a text before it: a quote there would be escaped.
    let key = b",\"public\":";
    let end = line.windows(key.len()).position(|window| window == key).ok_or(GarbledLine { field: "public" })?;
    let mut leaf = Vec::with_capacity(end + 1);
    leaf.extend_from_slice(&line[..end]);
    leaf.push(b'}');
    Ok(leaf)
}

impl BatchEnd {
    pub(super) fn render(&self) -> String {
        format!("{{\"size\":{},\"root\":\"{}\",\"batch\":\"{}\"}}\n", self.size, self.root, self.batch)
    }

    /// Reads an end, without its newline.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, GarbledLine> {
        let text = std::str::from_utf8(bytes).map_err(|_| GarbledLine { field: "encoding" })?;
        let mut cursor = Cursor { rest: text };
        let end = Self {
            size: cursor.number("{\"size\":", "size")?,
            root: cursor.digest(",\"root\":\"", "root")?,
            batch: cursor.digest(",\"batch\":\"", "batch")?,
        };
        if cursor.rest == "}" { Ok(end) } else { Err(GarbledLine { field: "end" }) }
    }
}

/// The position at the start of `bytes`, or, at a batch end, that of the line after it.
pub(super) fn key(bytes: &[u8]) -> Option<Key> {
    let number = |rest: &[u8]| {
        let digits = rest.iter().position(|byte| !byte.is_ascii_digit())?;
        std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()
    };
    match bytes.strip_prefix(POSITION_KEY) {
        Some(rest) => number(rest).map(Key::Line),
        None => bytes.strip_prefix(SIZE_KEY).and_then(number).map(Key::End),
    }
}

/// What stands at a line's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Line(Position),
    End(Position),
}

struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    fn skip(&mut self, expected: &str, field: &'static str) -> Result<(), GarbledLine> {
        self.rest = self.rest.strip_prefix(expected).ok_or(GarbledLine { field })?;
        Ok(())
    }

    fn take(&mut self, length: usize, field: &'static str) -> Result<&'a str, GarbledLine> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(GarbledLine { field })?;
        self.rest = rest;
        Ok(taken)
    }

    fn number<T: std::str::FromStr>(&mut self, before: &str, field: &'static str) -> Result<T, GarbledLine> {
        self.skip(before, field)?;
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let digits = self.take(length, field)?;
        let canonical = digits == "0" || !digits.starts_with('0');
        digits.parse().ok().filter(|_| canonical).ok_or(GarbledLine { field })
    }

    fn time(&mut self) -> Result<Timestamp, GarbledLine> {
        let field = "time";
        self.skip(",\"time\":\"", field)?;
        let length = self.rest.find('"').ok_or(GarbledLine { field })?;
        let text = self.take(length, field)?;
        self.skip("\"", field)?;
        text.parse().map_err(|_| GarbledLine { field })
    }

    fn text(&mut self, before: &str, field: &'static str) -> Result<Box<str>, GarbledLine> {
        let raw = self.value(before, field)?;
        match raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(plain) if !plain.contains('\\') => Ok(plain.into()),
            _ => serde_json::from_str(raw).map_err(|_| GarbledLine { field }),
        }
    }

    fn digest(&mut self, before: &str, field: &'static str) -> Result<Sha256, GarbledLine> {
        self.skip(before, field)?;
        let digest = self.take(64, field)?.parse().map_err(|_| GarbledLine { field })?;
        self.skip("\"", field)?;
        Ok(digest)
    }

    /// The exact bytes of the next JSON value.
    fn value(&mut self, before: &str, field: &'static str) -> Result<&'a str, GarbledLine> {
        self.skip(before, field)?;
        if self.rest.starts_with([' ', '\t', '\r', '\n']) {
            return Err(GarbledLine { field });
        }
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<&RawValue>();
        match values.next() {
            Some(Ok(value)) => self.take(value.get().len(), field),
            _ => Err(GarbledLine { field }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_published_spelling() {
        let line = Line {
            time: "2026-11-23T09:00:00.123456Z".parse().unwrap(),
            actor: "u7".to_owned(),
            kind: "entry-registered".to_owned(),
            version: 1,
            subject: "registers/PG/entries/2026/42".to_owned(),
            public: r#"{"salt":"00"}"#.to_owned(),
            private: r#"{"salt":"11"}"#.to_owned(),
        };
        let mut out = String::new();
        let leaf = line.render(17, &mut out);
        let (public, private) = (Sha256::of(line.public.as_bytes()), Sha256::of(line.private.as_bytes()));
        let head = format!(
            r#"{{"position":17,"time":"2026-11-23T09:00:00.123456Z","actor":"u7","kind":"entry-registered","version":1,"subject":"registers/PG/entries/2026/42","public_digest":"{public}","private_digest":"{private}""#
        );
        assert_eq!(out, format!("{head},\"public\":{{\"salt\":\"00\"}},\"private\":{{\"salt\":\"11\"}}}}\n"));
        assert_eq!(leaf, Sha256::of(format!("\0{head}}}").as_bytes()));
        assert_eq!(leaf_of(out.as_bytes()).unwrap(), format!("{head}}}").into_bytes());
    }

    proptest! {
        /// Whatever the texts hold, and whatever keys the objects hide.
        #[test]
        fn a_line_reads_back(actor in ".{0,20}", subject in ".{0,60}", inner in ".{0,60}", position: u64, redact: bool) {
            let object = serde_json::json!({"salt": "x", "private": inner, "nest": {"public": {"private": null}}}).to_string();
            let line = Line {
                time: Timestamp::UNIX_EPOCH, actor, kind: "k".to_owned(), version: 3, subject,
                public: object.clone(), private: object.clone(),
            };
            line.check().unwrap();
            let mut out = String::new();
            let leaf = line.render(position, &mut out);
            prop_assert_eq!(out.matches('\n').count(), 1);
            let mut bytes = out.trim_end_matches('\n').to_owned();
            if redact {
                bytes.truncate(bytes.len() - object.len() - 1);
                bytes.push_str("null}");
            }
            let raw = RawLine::parse(bytes.as_bytes()).unwrap();
            raw.check().unwrap();
            prop_assert_eq!(leaf_hash(&leaf_of(bytes.as_bytes()).unwrap()), leaf);
            prop_assert_eq!((&*raw.actor, &*raw.subject, &*raw.public), (&*line.actor, &*line.subject, &*object));
            prop_assert_eq!(raw.private.as_deref(), (!redact).then_some(&*object));
            prop_assert_eq!(key(bytes.as_bytes()), Some(Key::Line(position)));
        }
    }

    #[test]
    fn objects_on_one_line_only() {
        let line = |public: &str| Line {
            time: Timestamp::UNIX_EPOCH,
            actor: String::new(),
            kind: String::new(),
            version: 1,
            subject: String::new(),
            public: public.to_owned(),
            private: "{}".to_owned(),
        };
        for bad in ["", "null", "{}{}", "{\n}", "{} ", "{\"a\":}"] {
            assert_eq!(line(bad).check(), Err(GarbledLine { field: "public" }), "{bad:?}");
        }
    }
}
