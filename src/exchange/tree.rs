//! A small XML document as a tree, taken from strangers: bounded in every way, and nothing from outside it.
//!
//! A `DOCTYPE` that only names the definition of 2001 is passed over, and nothing is fetched; one that declares
//! anything is refused, and so is every entity but the five of the standard. What stands in a seal is passed over: it
//! is for who verifies it.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

use super::canonical::in_xml;
use crate::limits;

const SIGNATURES: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Why something is no mark and no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("it is larger than {} bytes", limits::MARK_BYTES_MAX)]
    TooLarge,
    #[error("its encoding is unknown, or it is not written in it")]
    Encoding,
    #[error("it is no well-formed XML: reading stopped at byte {0}")]
    Broken(u64),
    #[error("it declares things of its own in a DOCTYPE, which is never resolved")]
    Declarations,
    #[error("it names the entity {0}, which is never resolved")]
    Entity(String),
    #[error("it has more elements, attributes or levels than any mark")]
    TooMuch,
    #[error("it is no mark or message of a known generation, but {root} in the namespace {namespace:?}")]
    UnknownGeneration { root: String, namespace: String },
}

#[derive(Debug, Default)]
pub(super) struct Node {
    pub name: String,
    pub namespace: String,
    pub attributes: Vec<Attribute>,
    pub children: Vec<Node>,
    /// All text directly in it.
    pub text: String,
}

#[derive(Debug)]
pub(super) struct Attribute {
    pub name: String,
    pub qualified: bool,
    pub value: String,
}

impl Node {
    pub fn children<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text without the white space around it.
    pub fn words(&self) -> &str {
        self.text.trim()
    }

    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// A document and whether a signature was passed over in it.
#[derive(Debug)]
pub(super) struct Document {
    pub root: Node,
    pub signed: bool,
    pub doctype: bool,
}

pub(super) fn parse(bytes: &[u8]) -> Result<Document, ReadError> {
    let text = decode(bytes)?;
    Parser::new(&text).run()
}

/// The text, in the encoding that the bytes show or declare.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    if bytes.len() > limits::MARK_BYTES_MAX {
        return Err(ReadError::TooLarge);
    }
    let encoding = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => match declared(bytes) {
            Some(label) => encoding_rs::Encoding::for_label(label.as_bytes()).ok_or(ReadError::Encoding)?,
            None => encoding_rs::UTF_8,
        },
    };
    let (text, _, failed) = encoding.decode(bytes);
    if failed { Err(ReadError::Encoding) } else { Ok(text) }
}

/// What the declaration calls the encoding.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let declaration = head.trim_start().strip_prefix("<?xml")?.split_once("?>")?.0;
    let (_, rest) = declaration.split_once("encoding")?;
    Some(rest.split(['"', '\'']).nth(1)?.to_owned())
}

struct Parser<'x> {
    reader: NsReader<&'x [u8]>,
    elements: usize,
    /// From the root to the element that is open.
    open: Vec<Node>,
    /// Levels within a signature.
    passing: usize,
    document: Document,
    done: bool,
}

impl<'x> Parser<'x> {
    fn new(text: &'x str) -> Self {
        let mut reader = NsReader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        let document = Document { root: Node::default(), signed: false, doctype: false };
        Self { reader, elements: 0, open: Vec::new(), passing: 0, document, done: false }
    }

    fn run(mut self) -> Result<Document, ReadError> {
        loop {
            let event = self.reader.read_event().map_err(|_| self.broken())?;
            match event {
                Event::Start(start) => self.start(&start)?,
                Event::End(_) if self.passing > 0 => self.passing -= 1,
                Event::End(_) => self.end(),
                Event::Text(text) => self.text(&text)?,
                Event::CData(text) => self.text(&text)?,
                Event::GeneralRef(entity) => {
                    let character = entity.resolve_char_ref().map_err(|_| self.broken())?;
                    match (character, quick_xml::escape::resolve_xml_entity(&entity)) {
                        (Some(c), _) => self.text(c.encode_utf8(&mut [0; 4]))?,
                        (None, Some(text)) => self.text(text)?,
                        (None, None) => return Err(ReadError::Entity(short(&entity))),
                    }
                }
                Event::DocType(doctype) if doctype.contains('[') => return Err(ReadError::Declarations),
                Event::DocType(_) => self.document.doctype = true,
                Event::Eof if self.done && self.open.is_empty() => return Ok(self.document),
                Event::Eof => return Err(self.broken()),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    fn broken(&self) -> ReadError {
        ReadError::Broken(self.reader.error_position().max(self.reader.buffer_position()))
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), ReadError> {
        self.elements += 1;
        let depth = self.open.len() + self.passing;
        if self.elements > limits::MARK_ELEMENTS_MAX || depth >= limits::MARK_DEPTH_MAX {
            return Err(ReadError::TooMuch);
        }
        if self.passing > 0 {
            self.passing += 1;
            return Ok(());
        }
        if self.done {
            // A second root.
            return Err(self.broken());
        }
        let (namespace, name) = self.reader.resolver().resolve_element(start.name());
        let (namespace, name) = (uri(&namespace), name.as_ref().to_owned());
        if namespace == SIGNATURES && name == "Signature" && !self.open.is_empty() {
            self.document.signed = true;
            self.passing = 1;
            return Ok(());
        }
        let attributes = self.attributes(start)?;
        self.open.push(Node { name, namespace, attributes, ..Node::default() });
        Ok(())
    }

    fn attributes(&self, start: &BytesStart<'_>) -> Result<Vec<Attribute>, ReadError> {
        let mut attributes = Vec::new();
        for (n, attribute) in start.attributes().enumerate() {
            if n >= limits::MARK_ATTRIBUTES_MAX {
                return Err(ReadError::TooMuch);
            }
            let attribute = attribute.map_err(|_| self.broken())?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let (namespace, name) = self.reader.resolver().resolve_attribute(attribute.key);
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|_| ReadError::Entity(short(&attribute.value)))?;
            attributes.push(Attribute {
                name: name.as_ref().to_owned(),
                qualified: matches!(namespace, ResolveResult::Bound(_)),
                value: value.chars().map(in_xml).collect(),
            });
        }
        Ok(attributes)
    }

    fn text(&mut self, text: &str) -> Result<(), ReadError> {
        match self.open.last_mut() {
            _ if self.passing > 0 => {}
            // Some programs write what no XML may hold.
            Some(node) => node.text.extend(text.chars().map(in_xml)),
            None if text.trim_start_matches('\u{feff}').trim().is_empty() => {}
            None => return Err(self.broken()),
        }
        Ok(())
    }

    fn end(&mut self) {
        let Some(node) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => {
                self.document.root = node;
                self.done = true;
            }
        }
    }
}

fn uri(namespace: &ResolveResult<'_>) -> String {
    match namespace {
        ResolveResult::Bound(namespace) => namespace.0.to_owned(),
        ResolveResult::Unbound | ResolveResult::Unknown(_) => String::new(),
    }
}

/// The beginning of what a stranger wrote, for a message.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}
