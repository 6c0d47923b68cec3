//! What does a letter look like as word processors save it: DOCX and ODT, the least that all of them open.

use std::fmt::Write as _;

use super::paper::{Block, Paper};
use super::zipped::{escaped, zip};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

const DOCX_TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
<Default Extension=\"xml\" ContentType=\"application/xml\"/>\
<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>\
<Override PartName=\"/word/header1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml\"/>\
<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>\
</Types>";

const DOCX_RELATIONS: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>\
<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>\
</Relationships>";

const DOCX_PARTS: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/header\" Target=\"header1.xml\"/>\
</Relationships>";

const WORD: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

/// The letterhead stands in the header, as it does in the models of most offices.
pub fn docx(paper: &Paper) -> Vec<u8> {
    let letterhead: String = paper.head().iter().map(|line| word_paragraph(line, "<w:b/>")).collect();
    let header = format!("{HEAD}<w:hdr {WORD}>{letterhead}</w:hdr>");
    let document = format!(
        "{HEAD}<w:document {WORD}><w:body>{}<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId1\"/>\
         <w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1701\" w:right=\"1134\" w:bottom=\"1134\" w:left=\"1134\" \
         w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>",
        word_body(paper),
    );
    let core = format!(
        "{HEAD}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title><dc:creator>{}</dc:creator>\
         <dc:language>it-IT</dc:language></cp:coreProperties>",
        escaped(&paper.subject),
        escaped(&paper.head()[0]),
    );
    let (types, relations) = (format!("{HEAD}{DOCX_TYPES}"), format!("{HEAD}{DOCX_RELATIONS}"));
    let parts = format!("{HEAD}{DOCX_PARTS}");
    zip(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", relations.as_bytes()),
        ("word/document.xml", document.as_bytes()),
        ("word/_rels/document.xml.rels", parts.as_bytes()),
        ("word/header1.xml", header.as_bytes()),
        ("docProps/core.xml", core.as_bytes()),
    ])
}

fn word_body(paper: &Paper) -> String {
    let mut body = word_paragraph(&paper.place_and_date(), "");
    for line in &paper.addressee {
        body.push_str(&word_paragraph(line, ""));
    }
    body.push_str(&word_paragraph(&paper.title(), "<w:b/>"));
    let mut rows = String::new();
    for block in paper.blocks() {
        if !matches!(block, Block::Row(_)) {
            body.push_str(&word_table(&std::mem::take(&mut rows)));
        }
        match block {
            Block::Heading(text) => body.push_str(&word_paragraph(text, "<w:b/><w:sz w:val=\"28\"/>")),
            Block::Item(text) => body.push_str(&word_paragraph(&format!("– {text}"), "")),
            Block::Field(label, value) => body.push_str(&word_paragraph(&format!("{label}: {value}"), "")),
            Block::Text(text) => body.push_str(&word_paragraph(text, "")),
            Block::Row(cells) => {
                let cell = |text: &&str| {
                    format!(
                        "<w:tc><w:tcPr><w:tcW w:w=\"2400\" w:type=\"dxa\"/></w:tcPr>{}</w:tc>",
                        word_paragraph(text, "")
                    )
                };
                let _ = write!(rows, "<w:tr>{}</w:tr>", cells.iter().map(cell).collect::<String>());
            }
        }
    }
    body.push_str(&word_table(&rows));
    body + &word_paragraph(&paper.signature, "<w:i/>")
}

fn word_paragraph(text: &str, style: &str) -> String {
    let run = format!(
        "<w:r><w:rPr>{style}<w:lang w:val=\"it-IT\"/></w:rPr><w:t xml:space=\"preserve\">{}</w:t></w:r>",
        escaped(text)
    );
    format!("<w:p><w:pPr><w:spacing w:after=\"120\"/></w:pPr>{run}</w:p>")
}

fn word_table(rows: &str) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let grid = "<w:gridCol w:w=\"2400\"/>".repeat(4);
    format!("<w:tbl><w:tblPr><w:tblW w:w=\"0\" w:type=\"auto\"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>")
}

/// The namespaces of the parts of an OpenDocument that the town writes.
pub const OPEN_DOCUMENT: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
xmlns:meta=\"urn:oasis:names:tc:opendocument:xmlns:meta:1.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" office:version=\"1.2\"";

pub fn odt(paper: &Paper) -> Vec<u8> {
    let mut body = String::new();
    for line in paper.head().iter().chain([&paper.place_and_date()]).chain(&paper.addressee) {
        body.push_str(&open_paragraph(line));
    }
    body.push_str(&open_heading(&paper.title()));
    let mut rows = String::new();
    for block in paper.blocks() {
        if !matches!(block, Block::Row(_)) {
            body.push_str(&open_table(&std::mem::take(&mut rows)));
        }
        match block {
            Block::Heading(text) => body.push_str(&open_heading(text)),
            Block::Item(text) => {
                let _ =
                    write!(body, "<text:list><text:list-item>{}</text:list-item></text:list>", open_paragraph(text));
            }
            Block::Field(label, value) => body.push_str(&open_paragraph(&format!("{label}: {value}"))),
            Block::Text(text) => body.push_str(&open_paragraph(text)),
            Block::Row(cells) => {
                let cell = |text: &&str| format!("<table:table-cell>{}</table:table-cell>", open_paragraph(text));
                let _ =
                    write!(rows, "<table:table-row>{}</table:table-row>", cells.iter().map(cell).collect::<String>());
            }
        }
    }
    body.push_str(&open_table(&rows));
    body.push_str(&open_paragraph(&paper.signature));
    open_document("application/vnd.oasis.opendocument.text", "text", &body, &paper.subject)
}

/// An OpenDocument of one body: `kind` is text or spreadsheet.
pub fn open_document(media_type: &str, kind: &str, body: &str, title: &str) -> Vec<u8> {
    let content = format!(
        "{HEAD}<office:document-content {OPEN_DOCUMENT}><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    );
    let meta = format!(
        "{HEAD}<office:document-meta {OPEN_DOCUMENT}><office:meta><dc:title>{}</dc:title><dc:language>it-IT</dc:language></office:meta></office:document-meta>",
        escaped(title),
    );
    let manifest = format!(
        "{HEAD}<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.2\">\
         <manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"{media_type}\"/>\
         <manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>\
         <manifest:file-entry manifest:full-path=\"meta.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>"
    );
    zip(&[
        ("mimetype", media_type.as_bytes()),
        ("content.xml", content.as_bytes()),
        ("meta.xml", meta.as_bytes()),
        ("META-INF/manifest.xml", manifest.as_bytes()),
    ])
}

fn open_paragraph(text: &str) -> String {
    format!("<text:p>{}</text:p>", escaped(text))
}

fn open_heading(text: &str) -> String {
    format!("<text:h text:outline-level=\"1\">{}</text:h>", escaped(text))
}

fn open_table(rows: &str) -> String {
    if rows.is_empty() { String::new() } else { format!("<table:table>{rows}</table:table>") }
}
