//! How does the sample town make ZIP files, the same bytes every time: those of office programs, and those that people send.

use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

use super::paper::Paper;

/// Members in their order. `mimetype`, by which an OpenDocument is known, is stored as it is.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let method = if *name == "mimetype" { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::DEFAULT);
        writer.start_file(*name, options).expect("names and sizes of the sample are within what a ZIP takes");
        writer.write_all(bytes).expect("writing to memory cannot fail");
    }
    writer.finish().expect("writing to memory cannot fail").into_inner()
}

/// What somebody packed before sending it.
pub fn archive(paper: &Paper) -> Vec<u8> {
    let contents: Vec<(&str, Vec<u8>)> =
        paper.enclosed.iter().map(|file| (file.file_name, file.paper.content())).collect();
    let members: Vec<(&str, &[u8])> = contents.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    zip(&members)
}

/// Text as it stands in XML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
