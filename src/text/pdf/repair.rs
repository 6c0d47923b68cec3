//! How is a PDF opened whose table of objects is wrong? The objects themselves say where they are: by a new table.
//!
//! Many files in the world have such tables: mail gateways change the ends of lines, programs write wrong offsets, people
//! cut and paste. Readers that people use mend them without a word; this does the same for the built-in one.

/// Objects of one file that are looked for.
const OBJECTS_MAX: usize = 500_000;

/// Digits of a number of an object or a generation.
const DIGITS_MAX: usize = 9;

/// Bytes after the keyword in which a trailer names the first object.
const TRAILER_MAX: usize = 4096;

/// The file with a new table at its end; `None` when nothing in it looks like the objects of a document.
pub(super) fn mended(content: &[u8]) -> Option<Vec<u8>> {
    let begin = content.windows(5).take(1024).position(|window| window == b"%PDF-")?;
    // Offsets count from the header on.
    let content = &content[begin..];
    let objects = objects(content);
    let root = named(content, &objects, b"/Root").or_else(|| catalogue(content, &objects))?;
    let mut file = content.to_vec();
    let start = file.len() + 1;
    file.extend_from_slice(b"\nxref\n");
    for (number, generation, at) in &objects {
        file.extend_from_slice(format!("{number} 1\n{at:010} {generation:05} n \n").as_bytes());
    }
    let size = objects.last().map_or(0, |(number, ..)| number + 1);
    let rest = [b"/Encrypt".as_slice(), b"/Info"].into_iter().filter_map(|key| {
        let found = named(content, &objects, key)?;
        Some(format!(" {} {found}", String::from_utf8_lossy(key)))
    });
    let id = identifier(content).map(|id| [b" /ID ", id].concat()).unwrap_or_default();
    let rest: String = rest.collect();
    file.extend_from_slice(format!("trailer\n<< /Size {size} /Root {root}{rest}").as_bytes());
    file.extend_from_slice(&id);
    file.extend_from_slice(format!(" >>\nstartxref\n{start}\n%%EOF\n").as_bytes());
    Some(file)
}

/// Number, generation and place of each object, by number: of several with one number the last is in force.
fn objects(content: &[u8]) -> Vec<(u32, u32, usize)> {
    let mut found = std::collections::BTreeMap::new();
    let mut from = 0;
    while let Some(at) = content[from..].windows(4).position(|window| window == b" obj").map(|at| from + at) {
        from = at + 4;
        let Some((generation, before)) = number_before(content, at) else { continue };
        let Some((number, start)) =
            content[..before].strip_suffix(b" ").and_then(|rest| number_before(content, rest.len()))
        else {
            continue;
        };
        if generation <= 65_535 {
            found.insert(number, (generation, start));
        }
        if found.len() >= OBJECTS_MAX {
            break;
        }
    }
    found.into_iter().map(|(number, (generation, at))| (number, generation, at)).collect()
}

/// The number that ends before `end`, and where it begins.
fn number_before(content: &[u8], end: usize) -> Option<(u32, usize)> {
    let digits = content[..end].iter().rev().take(DIGITS_MAX + 1).take_while(|byte| byte.is_ascii_digit()).count();
    let text = str::from_utf8(&content[end - digits..end]).ok()?;
    (1..=DIGITS_MAX).contains(&digits).then(|| Some((text.parse().ok()?, end - digits)))?
}

/// The object that the last trailer which has the key names, as a reference; one that is not there is none.
fn named(content: &[u8], objects: &[(u32, u32, usize)], key: &[u8]) -> Option<String> {
    let mut end = content.len();
    while let Some(at) = content[..end].windows(key.len()).rposition(|window| window == key) {
        end = at;
        let after = &content[at + key.len()..content.len().min(at + key.len() + 40)];
        let text = String::from_utf8_lossy(after);
        let mut words = text.split_ascii_whitespace();
        let (number, generation, mark) = (words.next(), words.next(), words.next());
        if let (Some(Ok(number)), Some(Ok(generation)), Some(mark)) =
            (number.map(str::parse::<u32>), generation.map(str::parse::<u32>), mark)
            && mark.starts_with('R')
            && objects.binary_search_by_key(&number, |(number, ..)| *number).is_ok()
        {
            return Some(format!("{number} {generation} R"));
        }
    }
    None
}

/// The object that says it is the catalogue, where no trailer tells.
fn catalogue(content: &[u8], objects: &[(u32, u32, usize)]) -> Option<String> {
    let is_catalogue = |at: usize| {
        let body = &content[at..content.len().min(at + 400)];
        let end = body.windows(6).position(|window| window == b"endobj").unwrap_or(body.len());
        body[..end].windows(8).any(|window| window == b"/Catalog")
    };
    let (number, generation, _) = objects.iter().rev().find(|(_, _, at)| is_catalogue(*at))?;
    Some(format!("{number} {generation} R"))
}

/// The file's identifier, which keys are made of: two texts in brackets.
fn identifier(content: &[u8]) -> Option<&[u8]> {
    let at = content.windows(3).rposition(|window| window == b"/ID")? + 3;
    let after = &content[at..content.len().min(at + TRAILER_MAX)];
    let opens = after.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let closes = after.iter().position(|byte| *byte == b']')?;
    (after[opens] == b'[').then(|| &after[opens..=closes])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_found_where_they_are_and_the_last_counts() {
        let content = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n12 0 obj\n(a)\nendobj\n1 0 obj\n<< /Type /Catalog >>\nendobj";
        let found = objects(content);
        assert_eq!(found.iter().map(|(number, ..)| *number).collect::<Vec<_>>(), [1, 12]);
        assert!(content[found[0].2..].starts_with(b"1 0 obj") && found[0].2 > found[1].2);
        let file = mended(&[b"rubbish", content.as_slice()].concat()).unwrap();
        let text = String::from_utf8(file).unwrap();
        assert!(text.starts_with("%PDF-") && text.contains("/Size 13 /Root 1 0 R"), "{text}");
    }

    #[test]
    fn what_is_no_document_is_not_mended() {
        for content in
            [&b""[..], b"%PDF-1.4\n%%EOF", b" obj obj 1 obj", b"%PDF-1.4\n9999999999 0 obj", b"1 0 obj /Catalog"]
        {
            assert_eq!(mended(content), None, "{content:?}");
        }
    }

    #[test]
    fn trailers_name_objects_that_are_there() {
        let content = b"%PDF-1.4\n5 0 obj\nendobj\ntrailer << /Root 5 0 R /ID [<aa> <bb>] >> trailer << /Root 7 0 R >>";
        let text = String::from_utf8(mended(content).unwrap()).unwrap();
        let start = content.len() + 1;
        let end = format!("trailer\n<< /Size 6 /Root 5 0 R /ID [<aa> <bb>] >>\nstartxref\n{start}\n%%EOF\n");
        assert!(text.ends_with(&end) && text[start..].starts_with("xref"), "{text}");
    }
}
