//! What is known of a document beside its words: pages, language, format, signatures, named fields, parts.
//!
//! All of it is what the file says of itself, as read by a process that does not trust it: shown to people as the
//! file's words, never as the archive's. Everything is bounded by [`Facts::bounded`].

use serde::{Deserialize, Serialize};

/// Entries that one list of facts keeps, and characters of one value.
const LIST_MAX: usize = 100;
const VALUE_CHARS_MAX: usize = 200;

/// Facts of one document. What is not known is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    /// ISO 639-1, as guessed from the words: `it`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The format in the PRONOM registry of the (British) National Archives: `fmt/18`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub puid: Option<String>,
    /// The profile the file declares, which nobody has checked: `PDF/A-2b`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declares: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<Signature>,
    /// Values with a name: of an e-invoice, of the header of a message, of the fields of a form.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<NamedField>,
    /// Documents within the document: attachments of a message, members of a ZIP, what a signature wraps.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// Which reader gave which pages: known for formats that have several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub read_by: Vec<ReadBy>,
}

/// A reader and the pages whose text it gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadBy {
    /// `built-in`, `pdfium`, `pdftotext` or `tesseract`.
    pub engine: String,
    /// `1-3, 7`.
    pub pages: String,
}

/// A signature as the file holds it. Whether the signer may sign, and whether the certificate was valid, is not asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Common name of the certificate's subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// The subject's serial number, in Italy usually the tax code: `TINIT-…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    /// Common name of the certificate's issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// RFC 3339, as the signer claims it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<String>,
    pub content: SignedContent,
    /// Nothing was added to the file after this signature; known for signatures within a PDF. What follows may be a
    /// further signature or a change: both are allowed by the format, and neither was signed by this signer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covers_all: Option<bool>,
    /// The part that is signed, by its path; absent where it is the document itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
}

/// What comparing the signed digest with the content, and the signature with the certificate's key, has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignedContent {
    Intact,
    Altered,
    /// An algorithm that is not known here, or a signature without its content.
    Unchecked,
}

/// A value by its name, in the file's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedField {
    pub name: String,
    pub value: String,
}

/// A document within a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Names from the outside in, with slashes between them: `postacert.eml/istanza.pdf.p7m/istanza.pdf`.
    pub path: String,
    pub media_type: String,
    #[serde(flatten)]
    pub state: super::TextState,
}

impl Facts {
    /// Nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// No list longer and no value larger than is kept: a file may say whatever it likes, but not at any length.
    pub fn bounded(mut self) -> Self {
        let cut = |text: &mut String| {
            if let Some((at, _)) = text.char_indices().nth(VALUE_CHARS_MAX) {
                text.truncate(at);
            }
        };
        self.signatures.truncate(LIST_MAX);
        self.fields.truncate(LIST_MAX);
        self.parts.truncate(LIST_MAX);
        for text in [&mut self.language, &mut self.puid, &mut self.declares].into_iter().flatten() {
            cut(text);
        }
        for signature in &mut self.signatures {
            let Signature { signer, serial_number, issuer, signed_at, content: _, covers_all: _, part } = signature;
            [signer, serial_number, issuer, signed_at, part].into_iter().flatten().for_each(cut);
        }
        for NamedField { name, value } in &mut self.fields {
            cut(name);
            cut(value);
        }
        for part in &mut self.parts {
            cut(&mut part.path);
            cut(&mut part.media_type);
        }
        self.read_by.truncate(LIST_MAX);
        for ReadBy { engine, pages } in &mut self.read_by {
            cut(engine);
            cut(pages);
        }
        self
    }
}

impl ReadBy {
    /// From pages in their order, each with its reader.
    pub fn of_pages(pages: &[(usize, &str)]) -> Vec<Self> {
        let mut found: Vec<(&str, Vec<(usize, usize)>)> = Vec::new();
        for (page, engine) in pages {
            let at = found.iter().position(|(known, _)| known == engine).unwrap_or_else(|| {
                found.push((engine, Vec::new()));
                found.len() - 1
            });
            match found[at].1.last_mut() {
                Some((_, last)) if *last + 1 == *page => *last = *page,
                _ => found[at].1.push((*page, *page)),
            }
        }
        let span = |(from, to): &(usize, usize)| if from == to { from.to_string() } else { format!("{from}-{to}") };
        let told = |(engine, spans): (&str, Vec<_>)| Self {
            engine: engine.to_owned(),
            pages: spans.iter().map(span).collect::<Vec<_>>().join(", "),
        };
        found.into_iter().map(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_are_told_with_their_pages() {
        let pages = [(1, "pdfium"), (2, "pdfium"), (3, "tesseract"), (4, "pdfium"), (6, "pdfium")];
        let told: Vec<_> =
            ReadBy::of_pages(&pages).into_iter().map(|by| format!("{} {}", by.engine, by.pages)).collect();
        assert_eq!(told, ["pdfium 1-2, 4, 6", "tesseract 3"]);
    }

    #[test]
    fn what_a_file_says_of_itself_has_bounds() {
        let field = NamedField { name: "à".repeat(5000), value: "\u{1f600}".repeat(5000) };
        let part = Part { path: "\n".repeat(5000), media_type: "x".repeat(5000), state: crate::text::TextState::Full };
        let facts = Facts { fields: vec![field; 500], parts: vec![part; 500], ..Facts::default() }.bounded();
        assert_eq!((facts.fields.len(), facts.parts.len()), (LIST_MAX, LIST_MAX));
        assert_eq!(facts.fields[0].value.chars().count(), VALUE_CHARS_MAX);
        assert_eq!(serde_json::to_string(&Facts::default()).unwrap(), "{}");
    }
}
