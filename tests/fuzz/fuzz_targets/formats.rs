//! Does a reader of documents survive any bytes, within its bounds? FUZZ_FORMAT says which one; see `scripts/fuzz`.
//!
//! What is inside a ZIP is fuzzed without the ZIP around it, which would hide nearly every change behind a checksum.

#![no_main]

use std::io::{Cursor, Write as _};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use tabularium::text::{Bounds, TextState, media, read_here};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Text that one document may have here: small, so that the bound is met.
const TEXT_MAX: usize = 64 * 1024;

static FORMAT: LazyLock<String> = LazyLock::new(|| std::env::var("FUZZ_FORMAT").unwrap_or_default());

fuzz_target!(|data: &[u8]| {
    let (content, media_type) = document(&FORMAT, data);
    let bounds = Bounds { text_max: TEXT_MAX, deadline: Instant::now() + Duration::from_secs(5) };
    let extraction = read_here(content, media_type, &bounds);
    assert!(extraction.text.len() <= TEXT_MAX);
    assert_eq!(extraction.text.is_empty(), matches!(extraction.state, TextState::None(_)));
    extraction.facts.bounded();
});

fn document(format: &str, data: &[u8]) -> (Vec<u8>, &'static str) {
    match format {
        "eml" => (data.to_vec(), media::EMAIL),
        "gz" => (data.to_vec(), media::GZIP),
        "html" => (data.to_vec(), media::HTML),
        "json" => (data.to_vec(), media::JSON),
        "p7m" => (data.to_vec(), media::SIGNED),
        "rtf" => (data.to_vec(), media::RTF),
        "svg" => (data.to_vec(), media::SVG),
        "tar" => (data.to_vec(), media::TAR),
        "xls" => (data.to_vec(), media::XLS),
        "xml" => (data.to_vec(), media::XML),
        "zip" => (data.to_vec(), media::ZIP),
        "docx" => (zipped(data, &["word/document.xml"]), media::DOCX),
        "odt" => (zipped(data, &["content.xml", "styles.xml", "meta.xml"]), media::ODT),
        "pptx" => {
            let members = ["ppt/slides/slide1.xml", "ppt/presentation.xml", "ppt/_rels/presentation.xml.rels"];
            (zipped(data, &members), media::PPTX)
        }
        "xlsx" => {
            let members = ["xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"];
            (workbook(data, &members), media::XLSX)
        }
        // Whatever the bytes say they are.
        _ => (data.to_vec(), media::media_type(data, "")),
    }
}

/// A ZIP of the pieces between zeros, under these names.
fn zipped(data: &[u8], names: &[&str]) -> Vec<u8> {
    let pieces: Vec<&[u8]> = data.split(|byte| *byte == 0).collect();
    write(names.iter().copied().zip(pieces))
}

fn workbook(data: &[u8], names: &[&str]) -> Vec<u8> {
    let sheets = br#"<workbook><sheets><sheet name="a" r:id="r1"/></sheets></workbook>"#;
    let relations = br#"<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let fixed = [("xl/workbook.xml", &sheets[..]), ("xl/_rels/workbook.xml.rels", &relations[..])];
    let pieces: Vec<&[u8]> = data.split(|byte| *byte == 0).collect();
    write(fixed.into_iter().chain(names.iter().copied().zip(pieces)))
}

fn write<'d>(members: impl Iterator<Item = (&'d str, &'d [u8])>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in members {
        zip.start_file(name, stored).expect("a name");
        zip.write_all(content).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}
