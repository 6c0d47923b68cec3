//! What stands in an XML document: its text and the values of its attributes, in order, and nothing from outside it?
//!
//! Entities are never resolved, but for the five of the standard and characters by number: neither bombs nor the files
//! of this machine come in that way; a text that lacks one is not called full. Elements are counted, not called within each other: depth costs no stack.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::{EscapeError, resolve_xml_entity, unescape, unescape_with};
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::encoded::is_encoded;
use crate::text::Reason;
use crate::text::plain;
use crate::text::reading::Reading;

/// So many bytes may stand before the root element when only its name is wanted.
const PROLOGUE_MAX: usize = 64 * 1024;

/// What a walk through a document tells. Names come without their prefixes, which everybody chooses as they like.
pub(super) trait Visit {
    fn open(&mut self, tag: &Tag<'_>, reading: &mut Reading) -> Result<(), Reason>;

    fn close(&mut self, _name: &str, _reading: &mut Reading) -> Result<(), Reason> {
        Ok(())
    }

    fn text(&mut self, _text: &str, _reading: &mut Reading) -> Result<(), Reason> {
        Ok(())
    }
}

/// A start tag.
pub(super) struct Tag<'x>(BytesStart<'x>);

impl Tag<'_> {
    pub fn name(&self) -> &str {
        local(&self.0[..self.0.name().as_ref().len()])
    }

    fn note_unresolved(&self, reading: &mut Reading) {
        if self.0.contains('&') {
            let mut attributes = self.0.attributes();
            attributes.with_checks(false);
            let unresolved = |raw: &str| matches!(unescape(raw), Err(EscapeError::UnrecognizedEntity(..)));
            if attributes.filter_map(Result::ok).any(|attribute| unresolved(&attribute.value)) {
                reading.flaw(UNRESOLVED);
            }
        }
    }

    pub fn attribute(&self, name: &str) -> Option<String> {
        self.attributes().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    /// Local names and values; declarations of namespaces are no content.
    pub fn attributes(&self) -> impl Iterator<Item = (String, String)> + use<'_> {
        let mut attributes = self.0.attributes();
        // Looking for doubles takes the square of their number.
        attributes.with_checks(false);
        attributes.filter_map(Result::ok).filter_map(|attribute| {
            let name: &str = attribute.key.as_ref();
            if name == "xmlns" || name.starts_with("xmlns:") {
                return None;
            }
            Some((local(name).to_owned(), unescaped(&attribute.value).into_owned()))
        })
    }
}

/// An entity that the document names and nobody resolves stands for text that is not told.
const UNRESOLVED: Reason = Reason::Doubtful;

/// Goes through a document; what comes after a place that is not well-formed is lost, and so is said.
pub(super) fn walk(xml: &str, visit: &mut impl Visit, reading: &mut Reading) -> Result<(), Reason> {
    let mut reader = lenient(xml);
    let mut depth = 0_usize;
    loop {
        reading.tick()?;
        match reader.read_event().map_err(|_| Reason::Broken)? {
            Event::Start(start) => {
                depth += 1;
                let tag = Tag(start);
                tag.note_unresolved(reading);
                visit.open(&tag, reading)?;
            }
            Event::Empty(start) => {
                let tag = Tag(start);
                tag.note_unresolved(reading);
                visit.open(&tag, reading)?;
                visit.close(tag.name(), reading)?;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                visit.close(local(end.name().as_ref()), reading)?;
            }
            Event::Text(text) => visit.text(&text, reading)?,
            Event::CData(text) => visit.text(&text, reading)?,
            Event::GeneralRef(entity) => match character(&entity) {
                Some(text) => visit.text(&text, reading)?,
                None => reading.flaw(UNRESOLVED),
            },
            Event::Eof if depth > 0 => return Err(Reason::Broken),
            Event::Eof => return Ok(()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

/// The local name of the root element.
pub(super) fn root(xml: &str) -> Option<String> {
    let head = xml.get(..xml.floor_char_boundary(PROLOGUE_MAX)).unwrap_or(xml);
    let mut reader = lenient(head);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) | Event::Empty(start) => return Some(Tag(start).name().to_owned()),
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// The text of a document, in the encoding that it declares where the bytes themselves do not show another.
pub(super) fn decode(content: &[u8]) -> Cow<'_, str> {
    let head = &content[..content.len().min(200)];
    let declaration = String::from_utf8_lossy(head);
    let declared = declaration.split_once("?>").and_then(|(declaration, _)| declaration.split_once("encoding"));
    let label = declared.and_then(|(_, rest)| rest.split(['"', '\'']).nth(1));
    plain::decode_labelled(content, label)
}

fn lenient(xml: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(xml);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn unescaped(raw: &str) -> Cow<'_, str> {
    unescape_with(raw, |entity| Some(resolve_xml_entity(entity).unwrap_or(""))).unwrap_or(Cow::Borrowed(raw))
}

fn character(reference: &BytesRef<'_>) -> Option<String> {
    match reference.resolve_char_ref() {
        Ok(Some(c)) => Some(c.to_string()),
        _ => resolve_xml_entity(reference).map(str::to_owned),
    }
}

/// Any document: all its text, and what its attributes say.
pub(super) struct Everything;

impl Visit for Everything {
    fn open(&mut self, tag: &Tag<'_>, reading: &mut Reading) -> Result<(), Reason> {
        reading.push(" ")?;
        for (_, value) in tag.attributes().filter(|(_, value)| !is_encoded(value)) {
            reading.push(&value)?;
            reading.push(" ")?;
        }
        Ok(())
    }

    fn close(&mut self, _name: &str, reading: &mut Reading) -> Result<(), Reason> {
        reading.push(" ")
    }

    fn text(&mut self, text: &str, reading: &mut Reading) -> Result<(), Reason> {
        if is_encoded(text) { Ok(()) } else { reading.push(text) }
    }
}

/// A drawing: its attributes are coordinates, so only text counts, and of that none of style and script.
#[derive(Default)]
pub(super) struct Drawing {
    skipped: usize,
}

impl Visit for Drawing {
    fn open(&mut self, tag: &Tag<'_>, reading: &mut Reading) -> Result<(), Reason> {
        self.skipped += usize::from(self.skipped > 0 || matches!(tag.name(), "style" | "script"));
        reading.push(" ")
    }

    fn close(&mut self, _name: &str, reading: &mut Reading) -> Result<(), Reason> {
        self.skipped = self.skipped.saturating_sub(1);
        reading.push(" ")
    }

    fn text(&mut self, text: &str, reading: &mut Reading) -> Result<(), Reason> {
        if self.skipped > 0 { Ok(()) } else { reading.push(text) }
    }
}
