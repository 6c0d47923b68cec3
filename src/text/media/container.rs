//! What does a container hold: is a ZIP a letter, is an OLE file a workbook?

use std::path::Path;

use super::{DOC, DOCM, DOCX, EPUB, MSG, ODG, ODP, ODS, ODT, OLE, PPT, PPTM, PPTX, XLS, XLSM, XLSX, ZIP};

pub(super) const OLE_MARK: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

const LOCAL_MARK: &[u8] = b"PK\x03\x04";
const CENTRAL_MARK: &[u8] = b"PK\x01\x02";

/// Where the name begins, and its length stands, in the two kinds of headers.
const LOCAL_NAME: (usize, usize) = (30, 26);
const CENTRAL_NAME: (usize, usize) = (46, 28);

/// The first member of what office programs write.
const OFFICE_FIRST: [&str; 6] = ["[Content_Types].xml", "_rels/", "docProps/", "customXml/", "word/", "xl/"];

/// The media type of a ZIP from its beginning; the name helps only where it begins as office files do.
pub(super) fn zip(head: &[u8], file_name: &str) -> &'static str {
    let mut names = names(head, LOCAL_MARK, LOCAL_NAME);
    let Some(first) = names.next() else { return ZIP };
    if first == "mimetype" {
        return open_document(head).unwrap_or(ZIP);
    }
    if !OFFICE_FIRST.iter().chain(&["ppt/"]).any(|start| first.starts_with(start)) {
        return ZIP;
    }
    let by_members = std::iter::once(first).chain(names).find_map(|name| by_member(&name));
    by_members.or_else(|| by_ending(file_name, &ZIPPED)).unwrap_or(ZIP)
}

/// The media type of a ZIP that is there in full, from its directory; nothing when it is no office document.
pub(super) fn zip_whole(content: &[u8]) -> Option<&'static str> {
    let all: Vec<String> = directory(content)?.collect();
    if !all.iter().any(|name| name == "[Content_Types].xml") {
        return None;
    }
    let macros = all.iter().any(|name| name.ends_with("/vbaProject.bin"));
    let found = all.iter().find_map(|name| by_member(name))?;
    Some(match found {
        DOCX if macros => DOCM,
        XLSX if macros => XLSM,
        PPTX if macros => PPTM,
        found => found,
    })
}

fn by_member(name: &str) -> Option<&'static str> {
    [("word/document", DOCX), ("xl/workbook.xml", XLSX), ("ppt/presentation", PPTX)]
        .iter()
        .find_map(|(start, media_type)| name.starts_with(start).then_some(*media_type))
}

const ZIPPED: [(&str, &str); 6] =
    [("docx", DOCX), ("docm", DOCM), ("xlsx", XLSX), ("xlsm", XLSM), ("pptx", PPTX), ("pptm", PPTM)];

fn by_ending(file_name: &str, known: &[(&str, &'static str)]) -> Option<&'static str> {
    let ending = Path::new(file_name).extension()?.to_str()?;
    known.iter().find(|(known, _)| known.eq_ignore_ascii_case(ending)).map(|(_, media_type)| *media_type)
}

/// The first member is the media type itself, not packed.
fn open_document(head: &[u8]) -> Option<&'static str> {
    let said = head.get(LOCAL_NAME.0 + "mimetype".len()..)?;
    // Templates and masters are read as what they are templates of.
    [ODT, ODS, ODP, ODG, EPUB].into_iter().find(|kind| said.starts_with(kind.as_bytes()))
}

fn names<'b>(bytes: &'b [u8], mark: &'b [u8], (name, length): (usize, usize)) -> impl Iterator<Item = String> + 'b {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let at = rest.windows(mark.len()).position(|window| window == mark)?;
        rest = &rest[at..];
        let size = rest.get(length..length + 2).and_then(|two| two.try_into().ok()).map(u16::from_le_bytes)?;
        let (found, after) = rest.get(name..)?.split_at_checked(size.into())?;
        // Names that lie over each other would take a thousand times the memory of the file.
        rest = after;
        Some(String::from_utf8_lossy(found).into_owned())
    })
}

/// The names in the directory at the end of a ZIP.
fn directory(content: &[u8]) -> Option<impl Iterator<Item = String> + '_> {
    // The end record is 22 bytes and a comment of at most 65,535.
    let tail = content.len().saturating_sub(22 + 65_535);
    let end = content[tail..].windows(4).rposition(|window| window == b"PK\x05\x06")? + tail;
    let size = content.get(end + 12..end + 16)?.try_into().ok().map(u32::from_le_bytes)?;
    let start = end.checked_sub(usize::try_from(size).ok()?)?;
    Some(names(&content[start..end], CENTRAL_MARK, CENTRAL_NAME))
}

const OLD: [(&str, &str); 5] = [("doc", DOC), ("dot", DOC), ("xls", XLS), ("ppt", PPT), ("msg", MSG)];

/// The media type of an OLE file from the names of its streams as far as they are there; else from its name.
pub(super) fn ole(bytes: &[u8], file_name: &str) -> &'static str {
    let found = ole_streams(bytes).find_map(|name| match &*name {
        "WordDocument" => Some(DOC),
        "Workbook" | "Book" => Some(XLS),
        "PowerPoint Document" => Some(PPT),
        "__properties_version1.0" => Some(MSG),
        _ => None,
    });
    found.or_else(|| by_ending(file_name, &OLD)).unwrap_or(OLE)
}

/// Names in the directory of an OLE file, wherever its sectors lie.
pub(in crate::text) fn ole_streams(bytes: &[u8]) -> impl Iterator<Item = String> + '_ {
    // An entry has 128 bytes: up to 32 units of a name, the size of the name with its zero, and its kind.
    bytes.get(512..).unwrap_or_default().chunks_exact(128).filter_map(|entry| {
        let size = usize::from(u16::from_le_bytes([entry[64], entry[65]]));
        let is_named = (4..=64).contains(&size) && size.is_multiple_of(2) && matches!(entry[66], 1 | 2 | 5);
        let units = entry[..64].as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
        is_named.then(|| String::from_utf16_lossy(&units.take(size / 2 - 1).collect::<Vec<_>>()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lie_over_each_other_take_no_more_memory_than_the_file() {
        let entry = [CENTRAL_MARK, &[0; 24], &u16::MAX.to_le_bytes(), &[0; 16]].concat();
        let entries = entry.repeat(3000);
        let size = u32::try_from(entries.len()).unwrap().to_le_bytes();
        let content = [&entries, &b"PK\x05\x06"[..], &[0; 8], &size, &[0; 6]].concat();
        let names: usize = directory(&content).unwrap().map(|name| name.len()).sum();
        // What is no text is three times as long as text.
        assert!(names > 0 && names <= content.len() * 3, "{names}");
    }
}
