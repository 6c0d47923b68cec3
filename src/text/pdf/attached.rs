//! Which files lie within a PDF? Those in its list of attachments, those that a note on a page holds, and those that
//! belong to the document: invoices and portfolios say everything that way.

use pdf_extract::{Dictionary, Document, Object, ObjectId};

use super::structure::{resolve, text_of};
use crate::limits;

/// The list is a tree.
const DEPTH_MAX: usize = 16;

/// A file within the document, as it is stored.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::text) struct Attached {
    pub name: String,
    pub bytes: Vec<u8>,
    pub packing: Packing,
}

/// How the bytes are packed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(in crate::text) enum Packing {
    #[default]
    Plain,
    Deflated,
    /// In a way in which no program packs files.
    Other,
}

/// All of them, each once, however many ways lead to it.
pub(super) fn files<'p>(document: &Document, pages: impl Iterator<Item = &'p ObjectId>) -> Vec<Attached> {
    let mut found = Found { document, seen: Vec::new(), files: Vec::new(), left: limits::EXTRACT_PARTS_MAX };
    let catalog = document.catalog().ok();
    let names = catalog.and_then(|catalog| dictionary(document, catalog, b"Names"));
    if let Some(tree) = names.and_then(|names| dictionary(document, names, b"EmbeddedFiles")) {
        found.of_tree(tree, 0);
    }
    if let Some(Object::Array(own)) = catalog.and_then(|catalog| resolve(document, catalog, b"AF")) {
        own.iter().for_each(|file| found.of_file(file, None));
    }
    for page in pages {
        for note in document.get_page_annotations(*page).unwrap_or_default() {
            if let Ok(file) = note.get(b"FS") {
                found.of_file(file, None);
            }
        }
    }
    found.files
}

fn dictionary<'a>(document: &'a Document, within: &'a Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
    resolve(document, within, key)?.as_dict().ok()
}

struct Found<'a> {
    document: &'a Document,
    seen: Vec<ObjectId>,
    files: Vec<Attached>,
    /// Nodes and files that are still looked at.
    left: usize,
}

impl<'a> Found<'a> {
    fn of_tree(&mut self, node: &'a Dictionary, depth: usize) {
        if depth >= DEPTH_MAX || self.left == 0 {
            return;
        }
        self.left -= 1;
        if let Some(Object::Array(pairs)) = resolve(self.document, node, b"Names") {
            for pair in pairs.chunks_exact(2) {
                self.of_file(&pair[1], Some(&pair[0]));
            }
        }
        if let Some(Object::Array(kids)) = resolve(self.document, node, b"Kids") {
            for kid in kids {
                if let Ok((_, Object::Dictionary(kid))) = self.document.dereference(kid) {
                    self.of_tree(kid, depth + 1);
                }
            }
        }
    }

    /// A file by what describes it; its key in the list is its name where it has no better one.
    fn of_file(&mut self, description: &'a Object, key: Option<&Object>) {
        let document = self.document;
        let Ok((_, Object::Dictionary(description))) = document.dereference(description) else { return };
        let Some(embedded) = dictionary(document, description, b"EF") else { return };
        let Some(place) = [b"UF".as_slice(), b"F"].into_iter().find_map(|key| embedded.get(key).ok()) else { return };
        let Ok((id, Object::Stream(stream))) = document.dereference(place) else { return };
        if self.left == 0 || id.is_some_and(|id| self.seen.contains(&id)) {
            return;
        }
        self.left -= 1;
        self.seen.extend(id);
        let name = [b"UF".as_slice(), b"F"].into_iter().find_map(|key| text_of(resolve(document, description, key)?));
        let packing = match stream.filters().unwrap_or_default()[..] {
            [] => Packing::Plain,
            [b"FlateDecode"] => Packing::Deflated,
            _ => Packing::Other,
        };
        let name = name.or_else(|| text_of(key?)).unwrap_or_default();
        self.files.push(Attached { name, bytes: stream.content.clone(), packing });
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::time::{Duration, Instant};

    use flate2::write::ZlibEncoder;

    use crate::text::{Bounds, Extraction, Reason, TextState, read_here};

    /// A page that says nothing, with one file in the list, another in a note, and one way more to the first.
    fn read(filter: &str, packed: &[u8]) -> Extraction {
        let stream = |head: &str, bytes: &[u8]| {
            let head = format!("<</Type/EmbeddedFile/Length {}{head}>>stream\n", bytes.len());
            [head.as_bytes(), bytes, b"\nendstream"].concat()
        };
        let catalog = "<</Type/Catalog/Pages 2 0 R/AF[4 0 R]/Names<</EmbeddedFiles<</Kids[5 0 R]>>>>>>";
        let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Annots[8 0 R]>>";
        let objects = [
            catalog.as_bytes().to_vec(),
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
            page.as_bytes().to_vec(),
            b"<</Type/Filespec/F(vecchio.txt)/UF(elenco.txt)/EF<</F 6 0 R>>>>".to_vec(),
            b"<</Names[(chiave)4 0 R]>>".to_vec(),
            stream(filter, packed),
            stream("", b"nota a margine"),
            b"<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS<</F(nota.txt)/EF<</F 7 0 R>>>>>>".to_vec(),
        ];
        let mut file = b"%PDF-1.7\n".to_vec();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
        for (number, object) in (1..).zip(&objects) {
            table += &format!("{:010} 00000 n \n", file.len());
            file.extend([format!("{number} 0 obj\n").as_bytes(), object, b"\nendobj\n"].concat());
        }
        let start = file.len();
        file.extend(table.bytes());
        file.extend(format!("trailer<</Size 9/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").bytes());
        let bounds = Bounds { text_max: 64 * 1024, deadline: Instant::now() + Duration::from_secs(20) };
        read_here(file, "application/pdf", &bounds)
    }

    #[test]
    fn files_within_a_pdf_are_its_parts_each_once() {
        let mut deflated = ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        deflated.write_all(b"i tigli del viale").unwrap();
        for (filter, packed) in
            [("", b"i tigli del viale".to_vec()), ("/Filter/FlateDecode", deflated.finish().unwrap())]
        {
            let read = read(filter, &packed);
            assert_eq!(read.text, "elenco.txt\ni tigli del viale\n\nnota.txt\nnota a margine", "{filter}");
            let parts: Vec<_> = read.facts.parts.iter().map(|part| (&*part.path, part.state)).collect();
            assert_eq!(parts, [("elenco.txt", TextState::Full), ("nota.txt", TextState::Full)], "{filter}");
        }
        let damaged = read("/Filter/FlateDecode", b"no");
        assert_eq!(damaged.state, TextState::Partial(Reason::Broken), "{damaged:?}");
        assert_eq!(damaged.facts.parts[0].state, TextState::None(Reason::Broken));
    }
}
