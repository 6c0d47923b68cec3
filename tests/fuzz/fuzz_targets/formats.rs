//! Does a reader of documents survive any bytes, within its bounds? FUZZ_FORMAT says which one; see `scripts/fuzz`.
//!
//! What is inside a ZIP is fuzzed without the ZIP around it, which would hide nearly every change behind a checksum.

#![no_main]

use std::collections::BTreeSet;
use std::io::{Cursor, Write as _};
use std::panic::PanicHookInfo;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use tabularium::text::{Bounds, Reason, TextState, media, read_here};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Text that one document may have here: small, so that the bound is met.
const TEXT_MAX: usize = 64 * 1024;

/// No document of the size that is tried here is worth more, on a machine with other things to do.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where sources lie that are not ours.
const LIBRARIES: [&str; 3] = ["/registry/src/", "/git/checkouts/", "/vendor/"];

static FORMAT: LazyLock<String> = LazyLock::new(|| std::env::var("FUZZ_FORMAT").unwrap_or_default());

fuzz_target!(init: forgive_libraries(), |data: &[u8]| {
    let (content, media_type) = document(&FORMAT, data);
    let bounds = Bounds { text_max: TEXT_MAX, deadline: Instant::now() + PATIENCE };
    let extraction = read_here(content, media_type, &bounds);
    assert!(extraction.text.len() <= TEXT_MAX);
    assert_eq!(extraction.text.is_empty(), matches!(extraction.state, TextState::None(_)));
    assert_ne!(extraction.state.reason(), Some(Reason::Timeout), "small, and yet it takes too long");
    extraction.facts.bounded();
});

/// Readers are fenced in against panics of libraries, which are told once each; one in our own code is what is looked
/// for, and ends the run as every panic would otherwise.
fn forgive_libraries() {
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let end = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic: &PanicHookInfo<'_>| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        if !LIBRARIES.iter().any(|folder| place.contains(folder)) {
            end(panic);
        } else if TOLD.lock().unwrap_or_else(PoisonError::into_inner).insert(place) {
            eprintln!("library: {}", panic.to_string().replace('\n', " "));
        }
    }));
}

fn document(format: &str, data: &[u8]) -> (Vec<u8>, &'static str) {
    match format {
        "csv" => (data.to_vec(), media::CSV),
        "eml" => (data.to_vec(), media::EMAIL),
        "gz" => (data.to_vec(), media::GZIP),
        "html" => (data.to_vec(), media::HTML),
        "image" => (data.to_vec(), media::TIFF),
        "json" => (data.to_vec(), media::JSON),
        "ole" => (data.to_vec(), media::OLE),
        "p7m" => (data.to_vec(), media::SIGNED),
        "pdf" => (data.to_vec(), media::PDF),
        "rtf" => (data.to_vec(), media::RTF),
        "svg" => (data.to_vec(), media::SVG),
        "tar" => (data.to_vec(), media::TAR),
        "xls" => (data.to_vec(), media::XLS),
        "invoice" | "xml" => (data.to_vec(), media::XML),
        "zip" => (data.to_vec(), media::ZIP),
        "docx" => {
            let members = ["word/document.xml", "word/comments.xml", "docProps/app.xml"];
            (zipped(data, &members), media::DOCX)
        }
        "odt" => {
            let members = ["content.xml", "styles.xml", "meta.xml", "META-INF/manifest.xml"];
            (zipped(data, &members), media::ODT)
        }
        "pptx" => {
            let members = ["ppt/slides/slide1.xml", "ppt/presentation.xml", "ppt/_rels/presentation.xml.rels"];
            (zipped(data, &members), media::PPTX)
        }
        "xlsx" => {
            let members = ["xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"];
            (workbook(data, &members), media::XLSX)
        }
        "any" => (data.to_vec(), media::media_type(data, "")),
        format => panic!("FUZZ_FORMAT={format} is none"),
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
