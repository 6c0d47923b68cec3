//! What does a PDF say beside its pages: version, declared profile, values of its form, signatures, images of pages?

use std::collections::BTreeMap;

use pdf_extract::{Dictionary, Document, Object, ObjectId};

use super::attached::{self, Attached};
use super::pdfium::Marks;
use super::picture;
use crate::limits;
use crate::text::NamedField;
use crate::text::media::{PDF, puid_of_version};

/// Forms within forms, and fields of one form.
const FIELD_DEPTH_MAX: usize = 16;
const FIELDS_MAX: usize = 2_000;

/// A field is called by its own name after those of the fields it lies in: so many bytes, and none of what is longer.
const FIELD_NAME_MAX: usize = 1_000;

/// Bytes of values, notes and signatures together. One long value may stand for thousands of fields, one note on
/// thousands of pages: a file of a megabyte could take any memory.
const BESIDE_MAX: usize = 4 * limits::MIB as usize;

/// Signatures of a file that are checked: each is over all of it.
const SIGNATURES_MAX: usize = 100;

/// Where readers look for the header.
const HEADER_WITHIN: usize = 1024;

/// Points of an image that may be a scanned page; a logo has fewer.
const PICTURE_POINTS_MIN: i64 = 400 * 400;

/// A signature takes its part of the file and leaves out itself: that makes two pieces.
const PIECES_MAX: usize = 16;

/// All of it is the file's own word.
#[derive(Debug, Default)]
pub(super) struct Structure {
    /// Bytes that are kept of values, notes and signatures.
    kept: usize,
    /// Not all of them are.
    pub cut: bool,
    /// The profile that the metadata declare.
    pub declares: Option<String>,
    /// Values of the form, in its order.
    pub fields: Vec<NamedField>,
    /// Notes written on the pages.
    pub notes: Vec<String>,
    pub signatures: Vec<Signed>,
    pub attached: Vec<Attached>,
    /// By page, from the first.
    pub marks: Vec<Marks>,
    /// By page: it names fonts, so that it should have words.
    pub fonts: Vec<bool>,
    /// By page from 1: the one image that is the page, as a file of its own.
    pub pictures: BTreeMap<usize, Vec<u8>>,
}

/// A signature field that has been signed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Signed {
    /// The CMS structure, with whatever fills its place up.
    pub cms: Vec<u8>,
    /// Kind of the structure: `adbe.pkcs7.detached`.
    pub kind: String,
    /// First byte and length of what was signed, in bytes of the file.
    pub pieces: Vec<(usize, usize)>,
    pub name: Option<String>,
    /// As the file says it: `D:20260102103000+01'00'`.
    pub at: Option<String>,
}

impl Structure {
    /// Whether so many bytes more are kept; after the first that are not, none are.
    fn keeps(&mut self, bytes: usize) -> bool {
        self.cut |= self.kept + bytes > BESIDE_MAX;
        self.kept += if self.cut { 0 } else { bytes };
        !self.cut
    }

    pub(super) fn of(document: &Document, content: &[u8], images: bool) -> Self {
        let mut structure = Self { declares: declared(document), ..Self::default() };
        let mut fields = Fields { document, content, structure: &mut structure, left: FIELDS_MAX };
        fields.of_form();
        let pages = document.get_pages();
        structure.attached = attached::files(document, pages.values());
        for (page, id) in pages {
            for note in notes(document, id) {
                if structure.cut {
                    break;
                }
                if structure.keeps(note.len()) {
                    structure.notes.push(note);
                }
            }
            structure.marks.push(marks(document, id));
            structure.fonts.push(document.get_page_fonts(id).is_ok_and(|fonts| !fonts.is_empty()));
            if images
                && structure.pictures.len() < limits::RECOGNISE_PAGES_MAX
                && let Some(picture) = picture::of_page(document, id)
            {
                structure.pictures.insert(usize::try_from(page).unwrap_or(usize::MAX), picture);
            }
        }
        structure
    }
}

/// The format's number in PRONOM's registry, by declared profile or else by the version in the header.
pub(super) fn puid(content: &[u8], declares: Option<&str>) -> Option<&'static str> {
    if let Some(profile) = declares {
        // One that is not in the table is known, but not under which number.
        return puid_of_version(PDF, profile);
    }
    let head = &content[..content.len().min(HEADER_WITHIN)];
    let at = head.windows(5).position(|window| window == b"%PDF-")? + 5;
    puid_of_version(PDF, str::from_utf8(head.get(at..at + 3)?).ok()?)
}

/// The profile for preservation in the metadata: `PDF/A-2b`.
fn declared(document: &Document) -> Option<String> {
    let metadata = resolve(document, document.catalog().ok()?, b"Metadata")?.as_stream().ok()?;
    let bytes = metadata.decompressed_content().ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let part = xmp_value(&text, "pdfaid:part")?;
    let level = xmp_value(&text, "pdfaid:conformance").unwrap_or_default().to_ascii_lowercase();
    let known = matches!(part, "1" | "2" | "3" | "4") && matches!(level.as_str(), "" | "a" | "b" | "u" | "e" | "f");
    known.then(|| format!("PDF/A-{part}{level}"))
}

/// A value of one word, written as an element or as an attribute.
fn xmp_value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let after = &text[text.find(name)? + name.len()..];
    let value = after.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '=' | '"' | '\'' | '>'));
    let end = value.find(|c: char| !c.is_ascii_alphanumeric())?;
    Some(&value[..end])
}

/// What a key leads to, behind any reference.
pub(super) fn resolve<'a>(document: &'a Document, dictionary: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    dictionary.get_deref(key, document).ok()
}

pub(super) fn text_of(object: &Object) -> Option<String> {
    let bytes = object.as_str().ok()?;
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return Some(String::from_utf8_lossy(rest).into_owned());
    }
    pdf_extract::decode_text_string(object).ok()
}

/// Walks the tree of a form's fields.
struct Fields<'a> {
    document: &'a Document,
    content: &'a [u8],
    structure: &'a mut Structure,
    left: usize,
}

/// What a field has from the ones above it.
#[derive(Clone, Default)]
struct Inherited<'a> {
    name: String,
    kind: Option<&'a [u8]>,
    value: Option<&'a Object>,
}

impl<'a> Fields<'a> {
    fn of_form(&mut self) {
        let form = self.document.catalog().ok().and_then(|catalog| resolve(self.document, catalog, b"AcroForm"));
        let Some(form) = form.and_then(|form| form.as_dict().ok()) else { return };
        if let Some(Object::Array(roots)) = resolve(self.document, form, b"Fields") {
            roots.iter().for_each(|root| self.of_field(root, &Inherited::default(), 0));
        }
    }

    fn of_field(&mut self, field: &'a Object, above: &Inherited<'a>, depth: usize) {
        let document = self.document;
        let Ok((_, Object::Dictionary(field))) = document.dereference(field) else { return };
        if depth >= FIELD_DEPTH_MAX || self.left == 0 || self.structure.cut {
            return;
        }
        self.left -= 1;
        let mut here = above.clone();
        if let Some(name) = resolve(document, field, b"T").and_then(text_of)
            && here.name.len() + name.len() < FIELD_NAME_MAX
        {
            let dot = if here.name.is_empty() { "" } else { "." };
            here.name = format!("{}{dot}{name}", here.name);
        }
        here.kind = resolve(document, field, b"FT").and_then(|kind| kind.as_name().ok()).or(here.kind);
        here.value = resolve(document, field, b"V").or(here.value);
        let kids = match resolve(document, field, b"Kids") {
            Some(Object::Array(kids)) => kids.as_slice(),
            _ => &[],
        };
        // Children without a name of their own are only places where this field is drawn.
        let fields = |kid: &&Object| {
            let kid = document.dereference(kid).ok().and_then(|(_, kid)| kid.as_dict().ok());
            kid.is_some_and(|kid| kid.has(b"T") || kid.has(b"Kids"))
        };
        let mut kids = kids.iter().filter(fields).peekable();
        if kids.peek().is_none() {
            return self.take(here);
        }
        kids.for_each(|kid| self.of_field(kid, &here, depth + 1));
    }

    fn take(&mut self, field: Inherited<'a>) {
        let Some(value) = field.value else { return };
        if field.kind == Some(b"Sig") {
            let room = self.structure.signatures.len() < SIGNATURES_MAX;
            let signed = value.as_dict().ok().filter(|_| room).and_then(|value| self.signed(value));
            let kept = signed.filter(|signed| self.structure.keeps(signed.cms.len()));
            self.structure.signatures.extend(kept);
            return;
        }
        let value = match value {
            Object::Array(values) => values.iter().filter_map(text_of).collect::<Vec<_>>().join(", "),
            // A box that is not ticked says nothing.
            Object::Name(name) if name != b"Off" => String::from_utf8_lossy(name).into_owned(),
            other => text_of(other).unwrap_or_default(),
        };
        if !value.trim().is_empty() && self.structure.keeps(value.len() + field.name.len()) {
            self.structure.fields.push(NamedField { name: format!("form:{}", field.name), value });
        }
    }

    fn signed(&self, value: &Dictionary) -> Option<Signed> {
        let document = self.document;
        let Object::Array(range) = resolve(document, value, b"ByteRange")? else { return None };
        let numbers: Option<Vec<usize>> =
            range.iter().map(|n| n.as_i64().ok().and_then(|n| usize::try_from(n).ok())).collect();
        let (pieces, _) = numbers.as_deref()?.as_chunks::<2>();
        let pieces: Vec<_> = pieces.iter().take(PIECES_MAX).map(|[from, length]| (*from, *length)).collect();
        let inside =
            |(from, length): &(usize, usize)| from.checked_add(*length).is_some_and(|end| end <= self.content.len());
        // Pieces that lie over each other are no honest signature's, and may be many times the file.
        let sum = pieces.iter().fold(0_usize, |sum, (_, length)| sum.saturating_add(*length));
        if pieces.is_empty() || !pieces.iter().all(inside) || sum > self.content.len() {
            return None;
        }
        let kind = resolve(document, value, b"SubFilter").and_then(|kind| kind.as_name().ok()).unwrap_or_default();
        Some(Signed {
            cms: resolve(document, value, b"Contents")?.as_str().ok()?.to_vec(),
            kind: String::from_utf8_lossy(kind).into_owned(),
            pieces,
            name: resolve(document, value, b"Name").and_then(text_of).filter(|name| !name.trim().is_empty()),
            at: resolve(document, value, b"M").and_then(text_of),
        })
    }
}

/// Text typed over a page, and comments: drawn by the viewer, and no part of the page's content.
fn notes(document: &Document, page: ObjectId) -> impl Iterator<Item = String> {
    let annotations = document.get_page_annotations(page).unwrap_or_default();
    let kind = |annotation: &Dictionary| annotation.get(b"Subtype").and_then(Object::as_name).ok().map(<[u8]>::to_vec);
    annotations
        .into_iter()
        .filter(move |annotation| {
            matches!(kind(annotation).as_deref(), Some(b"FreeText" | b"Text" | b"Stamp" | b"Highlight"))
        })
        .filter_map(|annotation| resolve(document, annotation, b"Contents").and_then(text_of))
        .filter(|text| !text.trim().is_empty())
}

/// What is painted on a page, as far as its resources say: an image large enough is taken to cover it.
fn marks(document: &Document, page: ObjectId) -> Marks {
    let images = picture::images(document, page);
    let large = images.iter().any(|image| picture::points(image) >= PICTURE_POINTS_MIN);
    let any = !images.is_empty() || document.get_page_contents(page).iter().any(|id| is_painted(document, *id));
    Marks { any, image: if large { 1.0 } else { 0.0 } }
}

/// A content stream that is more than white space.
fn is_painted(document: &Document, id: ObjectId) -> bool {
    let stream = document.get_object(id).and_then(Object::as_stream);
    stream.is_ok_and(|stream| stream.content.iter().filter(|byte| !byte.is_ascii_whitespace()).count() > 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_profiles_have_their_numbers() {
        assert_eq!(puid(b"%PDF-1.4\n", None), Some("fmt/18"));
        assert_eq!(puid(b"rubbish\n%PDF-2.0\n", None), Some("fmt/1129"));
        assert_eq!(puid(b"%PDF-1.7\n", Some("PDF/A-2b")), Some("fmt/477"));
        assert_eq!(puid(b"%PDF-2.0\n", Some("PDF/A-4")), None, "the version alone would be the wrong number");
        for none in [&b"%PDF-3.7"[..], b"%PDF-1", b"PDF", b""] {
            assert_eq!(puid(none, None), None, "{none:?}");
        }
    }

    #[test]
    fn metadata_say_the_profile_in_two_ways() {
        let element = "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>";
        let attribute = "<rdf:Description pdfaid:part=\"3\" pdfaid:conformance = 'U'/>";
        assert_eq!(
            (xmp_value(element, "pdfaid:part"), xmp_value(element, "pdfaid:conformance")),
            (Some("2"), Some("B"))
        );
        assert_eq!(
            (xmp_value(attribute, "pdfaid:part"), xmp_value(attribute, "pdfaid:conformance")),
            (Some("3"), Some("U"))
        );
        assert_eq!(xmp_value("pdfaid:part", "pdfaid:part"), None);
    }

    #[test]
    fn one_note_on_all_pages_is_kept_as_often_as_there_is_room() {
        let mut file = format!("%PDF-1.4\n1 0 obj\n({})\nendobj\n", "a".repeat(200_000));
        file += "2 0 obj\n<< /Subtype /Text /Contents 1 0 R >>\nendobj\n";
        let pages = 5..105;
        for number in pages.clone() {
            file += &format!("{number} 0 obj\n<< /Type /Page /Parent 3 0 R /Annots [2 0 R] >>\nendobj\n");
        }
        let kids: String = pages.map(|number| format!("{number} 0 R ")).collect();
        file += &format!("3 0 obj\n<< /Type /Pages /Kids [{kids}] >>\nendobj\n");
        file += "4 0 obj\n<< /Type /Catalog /Pages 3 0 R >>\nendobj\ntrailer << /Root 4 0 R >>\n%%EOF\n";
        let mended = crate::text::pdf::repair::mended(file.as_bytes()).unwrap();
        let structure = Structure::of(&Document::load_mem(&mended).unwrap(), &mended, false);
        assert!(structure.cut && structure.notes.len() == BESIDE_MAX / 200_000, "{}", structure.notes.len());
    }
}
