//! A classification scheme as a file: CSV for spreadsheets, XML for programs. What is written can be read again and is
//! the same; what is read may come from a spreadsheet of another's making.
//!
//! **CSV** (RFC 4180): a heading, then a line for each class. `code` and `title` must be there, `retention_years`
//! (1 to 9999, 9999 for ever) and `notes` may be; Italian headings (`codice`, `voce` or `titolo`, `anni` or
//! `conservazione`, `note`) are understood, the order is free, other columns are refused rather than lost. Cells are
//! parted by `,`, `;` or tabs, whichever the heading has most of. UTF-8, UTF-16 with its mark, or Windows-1252, which
//! spreadsheets on Italian machines write.
//!
//! **XML**: `schema/classification/scheme.xsd`, which we publish, since no other schema for this is in use.

use std::borrow::Cow;
use std::fmt;

use jiff::civil::Date;

use super::canonical::Canonical;
use super::tree::{self, Node};
use crate::ids::ClassCode;
use crate::limits;
use crate::model::classification::{Class, NewClass, RETENTION_FOR_EVER, Scheme};
use crate::model::field::{FieldError, Fields};

/// The namespace of our schema.
pub const SCHEME_NAMESPACE: &str = "urn:tabularium:classification-scheme:1";

const COLUMNS: [&str; 4] = ["code", "title", "retention_years", "notes"];

/// A file that was read: what it says besides its classes, a CSV cannot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchemeFile {
    pub code: Option<String>,
    pub title: Option<String>,
    pub valid_from: Option<Date>,
    pub classes: Vec<NewClass>,
}

/// Writes a scheme as CSV, each line ended by CRLF. `separator` is `,` or `;`.
///
/// # Errors
/// Only if memory cannot be written to.
pub fn write_scheme_csv(scheme: &Scheme, separator: u8) -> Result<Vec<u8>, csv::Error> {
    let mut builder = csv::WriterBuilder::new();
    let mut csv = builder.delimiter(separator).terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    csv.write_record(COLUMNS)?;
    for Class { code, title, retention_years, notes } in &scheme.classes {
        let years = retention_years.map(|years| years.to_string()).unwrap_or_default();
        csv.write_record([code.as_str(), title, &years, notes.as_deref().unwrap_or_default()])?;
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}

/// Writes a version of a scheme as XML.
pub fn write_scheme_xml(scheme: &Scheme, version: usize, valid_from: Date) -> String {
    let mut xml = Canonical::default();
    let (version, valid_from) = (version.to_string(), valid_from.to_string());
    let attributes = [
        ("xmlns", SCHEME_NAMESPACE),
        ("code", scheme.code.as_str()),
        ("title", &scheme.title),
        ("valid-from", &valid_from),
        ("version", &version),
    ];
    xml.element("scheme", &attributes, |xml| {
        for Class { code, title, retention_years, notes } in &scheme.classes {
            let years = retention_years.map(|years| years.to_string());
            let mut attributes = vec![("code", code.as_str())];
            attributes.extend(years.as_deref().map(|years| ("retention-years", years)));
            attributes.push(("title", title));
            xml.element("class", &attributes, |xml| xml.optional("notes", notes.as_deref()));
        }
    });
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", xml.finish())
}

/// Reads a file: XML when it begins like that, else CSV.
///
/// # Errors
/// All that is wrong, each with the class (counted from 0) or line where it is.
pub fn read_scheme(bytes: &[u8]) -> Result<SchemeFile, Vec<FieldError>> {
    if bytes.len() > limits::SCHEME_BYTES_MAX {
        return Err(one("(body)", format!("at most {} bytes", limits::SCHEME_BYTES_MAX)));
    }
    if looks_like_xml(bytes) { read_xml(bytes) } else { read_csv(bytes) }
}

fn one(field: &str, message: impl Into<String>) -> Vec<FieldError> {
    vec![FieldError { field: field.to_owned(), message: message.into() }]
}

fn looks_like_xml(bytes: &[u8]) -> bool {
    // In UTF-16 there is a zero beside each letter.
    let mut seen = bytes.iter().filter(|byte| !matches!(byte, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff));
    seen.find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

/// The text of a CSV. What is no UTF-8 is Windows-1252, unless it began as UTF-8: then it is broken, and guessing would
/// keep wrong letters for ever.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Vec<FieldError>> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, _, failed) = encoding.decode(bytes);
        return if failed {
            Err(one("(body)", "its letters are not written in the encoding it begins with"))
        } else {
            Ok(text)
        };
    }
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(error) => error,
    };
    let broken = || {
        one("(body)", format!("its letters are no UTF-8 from byte {} on: save it again as UTF-8", error.valid_up_to()))
    };
    if !bytes[..error.valid_up_to()].is_ascii() {
        return Err(broken());
    }
    match encoding_rs::WINDOWS_1252.decode_without_bom_handling_and_without_replacement(bytes) {
        // Places of that encoding where no letter is.
        Some(text) if !text.chars().any(|c| ('\u{80}'..='\u{9f}').contains(&c)) => Ok(text),
        _ => Err(broken()),
    }
}

fn read_csv(bytes: &[u8]) -> Result<SchemeFile, Vec<FieldError>> {
    let text = decode(bytes)?;
    let text = text.trim_start_matches('\u{feff}');
    let mut builder = csv::ReaderBuilder::new();
    let mut csv = builder.delimiter(separator(text)).has_headers(false).from_reader(text.as_bytes());
    let mut records = csv.records();
    let mut fields = Fields::default();
    let heading = match records.next() {
        Some(Ok(heading)) => heading,
        _ => return Err(one("(body)", "no heading: the first line names the columns")),
    };
    let columns: Vec<Option<usize>> = heading.iter().map(column).collect();
    for (cell, column) in heading.iter().zip(&columns) {
        if column.is_none() {
            fields.refuse(
                "(body)",
                format!("no column is called {:?}: code, title, retention_years, notes", cell.trim()),
            );
        }
    }
    for (n, name) in COLUMNS.iter().enumerate() {
        match columns.iter().filter(|column| **column == Some(n)).count() {
            0 if n < 2 => fields.refuse("(body)", format!("the column {name} is missing")),
            0 | 1 => {}
            _ => fields.refuse("(body)", format!("the column {name} is there twice")),
        }
    }
    fields.finish()?;
    let mut fields = Fields::default();
    let mut classes = Vec::new();
    for record in records {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                fields.refuse("(body)", format!("line {line} has another number of cells than the heading"));
                break;
            }
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if classes.len() > limits::SCHEME_CLASSES_MAX {
            break;
        }
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |n: usize| {
            let at = columns.iter().position(|column| *column == Some(n));
            at.and_then(|at| record.get(at)).unwrap_or_default().trim()
        };
        let raw = Raw { code: cell(0), title: cell(1), years: cell(2), notes: cell(3) };
        classes.extend(raw.class(&mut fields, classes.len(), &At::Line(line)));
    }
    fields.finish()?;
    Ok(SchemeFile { classes, ..SchemeFile::default() })
}

/// Which of the three the heading has most of; cells of a heading have none of them inside.
fn separator(text: &str) -> u8 {
    let heading = text.lines().next().unwrap_or_default();
    let count = |separator: u8| heading.bytes().filter(|byte| *byte == separator).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// Which column a heading names.
fn column(heading: &str) -> Option<usize> {
    match heading.trim().to_lowercase().replace([' ', '-'], "_").as_str() {
        "code" | "codice" | "class" | "indice" => Some(0),
        "title" | "voce" | "titolo" | "descrizione" | "denominazione" => Some(1),
        "retention_years"
        | "anni"
        | "conservazione"
        | "anni_di_conservazione"
        | "anni_conservazione"
        | "tempo_di_conservazione" => Some(2),
        "notes" | "note" => Some(3),
        _ => None,
    }
}

/// Where in a file something stands.
enum At {
    Line(u64),
    Class,
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}: "),
            Self::Class => Ok(()),
        }
    }
}

/// A class as it stands in a file.
struct Raw<'a> {
    code: &'a str,
    title: &'a str,
    years: &'a str,
    notes: &'a str,
}

impl Raw<'_> {
    fn class(&self, fields: &mut Fields, n: usize, at: &At) -> Option<NewClass> {
        let code = self.code.parse::<ClassCode>();
        if code.is_err() {
            fields.refuse(format!("classes[{n}].code"), format!("{at}not a class code such as 6.3"));
        }
        let years = years(self.years);
        if years.is_err() {
            fields
                .refuse(format!("classes[{n}].retention_years"), format!("{at}a whole number of years, 9999 for ever"));
        }
        Some(NewClass {
            code: code.ok()?,
            title: self.title.to_owned(),
            retention_years: years.ok()?,
            notes: Some(self.notes).filter(|notes| !notes.is_empty()).map(str::to_owned),
        })
    }
}

fn years(text: &str) -> Result<Option<u32>, ()> {
    match text.trim().to_lowercase().as_str() {
        "" => Ok(None),
        "permanente" | "illimitato" | "illimitata" | "permanent" => Ok(Some(RETENTION_FOR_EVER.into())),
        number => number.parse().map(Some).map_err(|_| ()),
    }
}

fn read_xml(bytes: &[u8]) -> Result<SchemeFile, Vec<FieldError>> {
    let document = tree::parse(bytes).map_err(|error| one("(body)", error.to_string()))?;
    let root = document.root;
    if root.name != "scheme" || root.namespace != SCHEME_NAMESPACE {
        return Err(one("(body)", format!("no scheme in the namespace {SCHEME_NAMESPACE}, but {}", root.name)));
    }
    let mut fields = Fields::default();
    let attribute = |node: &Node, name: &str| node.attribute(name).map(|attribute| attribute.value.clone());
    refuse_unknown(&mut fields, &root, "(body)", &["code", "title", "valid-from", "version"], "class");
    let valid_from = attribute(&root, "valid-from").map(|day| day.parse::<Date>());
    if matches!(valid_from, Some(Err(_))) {
        fields.refuse("valid_from", "not a day such as 2027-01-01");
    }
    let mut classes = Vec::new();
    for (n, node) in root.children.iter().enumerate().take(limits::SCHEME_CLASSES_MAX + 1) {
        refuse_unknown(&mut fields, node, &format!("classes[{n}]"), &["code", "title", "retention-years"], "notes");
        let text = |name: &str| attribute(node, name).unwrap_or_default();
        let (code, title, years) = (text("code"), text("title"), text("retention-years"));
        let notes = node.child("notes").map(Node::words).unwrap_or_default();
        let raw = Raw { code: code.trim(), title: title.trim(), years: &years, notes };
        classes.extend(raw.class(&mut fields, n, &At::Class));
    }
    fields.finish()?;
    let valid_from = valid_from.and_then(Result::ok);
    Ok(SchemeFile { code: attribute(&root, "code"), title: attribute(&root, "title"), valid_from, classes })
}

/// What the schema does not know would be lost without a word.
fn refuse_unknown(fields: &mut Fields, node: &Node, at: &str, attributes: &[&str], child: &str) {
    for attribute in node.attributes.iter().filter(|one| !one.qualified && !attributes.contains(&one.name.as_str())) {
        fields.refuse(at, format!("unknown attribute {}", attribute.name));
    }
    for other in node.children.iter().filter(|other| other.name != child) {
        fields.refuse(at, format!("unknown element {}", other.name));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn class(code: &str, title: &str, years: Option<u32>, notes: Option<&str>) -> NewClass {
        NewClass {
            code: code.parse().unwrap(),
            title: title.to_owned(),
            retention_years: years,
            notes: notes.map(str::to_owned),
        }
    }

    fn fields_of(bytes: &[u8]) -> Vec<String> {
        let errors = read_scheme(bytes).err().unwrap_or_default();
        errors.into_iter().map(|error| format!("{}: {}", error.field, error.message)).collect()
    }

    #[test]
    fn spreadsheets_of_others_are_read() {
        let expected = vec![
            class("1", "Attività, \"varie\"", Some(9999), None),
            class("1.1", "Città", Some(10), Some("due\nrighe")),
        ];
        let text = "Codice;Voce;Anni;Note\r\n1;\"Attività, \"\"varie\"\"\";permanente;\r\n;;;\r\n1.1;Città;10;\"due\nrighe\"\r\n";
        let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(text);
        let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let bom = format!("\u{feff}{text}");
        for bytes in [text.as_bytes(), &windows, &utf16, bom.as_bytes()] {
            assert_eq!(read_scheme(bytes).unwrap().classes, expected);
        }
        let tabs = "notes\ttitle\tcode\nx\tUno\t1\n";
        assert_eq!(read_scheme(tabs.as_bytes()).unwrap().classes, [class("1", "Uno", None, Some("x"))]);
    }

    #[test]
    fn broken_letters_are_not_guessed() {
        let broken = [b"code,title\n1,Attivit\xc3\xa0\n2,Citt\xc3\n".as_slice(), b"code,title\n1,x\x81\n"];
        for bytes in broken {
            assert!(fields_of(bytes)[0].contains("no UTF-8"), "{:?}", fields_of(bytes));
        }
        assert!(fields_of(b"\xff\xfec\0o\0d\0e\0,\0t\0i\0t\0l\0e\0\n\0\x00\xd8").len() == 1, "half a letter");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        assert_eq!(fields_of(b""), ["(body): no heading: the first line names the columns"]);
        assert_eq!(
            fields_of(b"code,name\n"),
            [
                "(body): no column is called \"name\": code, title, retention_years, notes",
                "(body): the column title is missing"
            ]
        );
        assert_eq!(fields_of(b"code,title,codice\n"), ["(body): the column code is there twice"]);
        assert_eq!(
            fields_of(b"code,title,retention_years\n1 1,x,\n2,y,dieci\n"),
            [
                "classes[0].code: line 2: not a class code such as 6.3",
                "classes[0].retention_years: line 3: a whole number of years, 9999 for ever"
            ]
        );
        assert_eq!(fields_of(b"code,title\n1,x\n2\n"), ["(body): line 3 has another number of cells than the heading"]);
        assert_eq!(fields_of(b"<a/>").len(), 1);
        assert_eq!(fields_of(b"<!DOCTYPE x [<!ENTITY a \"b\">]><x/>").len(), 1);
        let unknown = format!(
            "<scheme xmlns='{SCHEME_NAMESPACE}' colour='red'><class code='1' title='x'><note/></class></scheme>"
        );
        assert_eq!(
            fields_of(unknown.as_bytes()),
            ["(body): unknown attribute colour", "classes[0]: unknown element note"]
        );
        let long = vec![b' '; limits::SCHEME_BYTES_MAX + 1];
        assert_eq!(fields_of(&long).len(), 1);
    }

    fn scheme() -> impl Strategy<Value = Scheme> {
        let class = (
            "[0-9A-Z]{1,3}(\\.[0-9]{1,2}){0,2}",
            "\\PC{0,12}[^\\s\\pC]",
            prop::option::of(1_u16..=9999),
            prop::option::of("[^\\s\\pC][\\PC\n]{0,12}[^\\s\\pC]"),
        );
        let class = class.prop_map(|(code, title, retention_years, notes)| Class {
            code: code.parse().unwrap(),
            title: title.trim().to_owned(),
            retention_years,
            notes,
        });
        let classes = prop::collection::vec(class, 0..8);
        ("[a-z]{1,8}", "[^\\s\\pC]\\PC{0,12}[^\\s\\pC]", classes).prop_map(|(code, title, classes)| Scheme {
            code,
            title,
            classes,
        })
    }

    proptest! {
        /// Whatever is written is read again as it was, by either format.
        #[test]
        fn files_go_out_and_come_back(scheme in scheme()) {
            let same = |read: &[NewClass]| {
                let classes: Vec<Class> = read.iter().map(|class| Class {
                    code: class.code.clone(),
                    title: class.title.clone(),
                    retention_years: class.retention_years.map(|years| u16::try_from(years).unwrap()),
                    notes: class.notes.clone(),
                }).collect();
                classes == scheme.classes
            };
            for separator in [b',', b';'] {
                let csv = write_scheme_csv(&scheme, separator).unwrap();
                prop_assert!(same(&read_scheme(&csv).unwrap().classes), "{}", String::from_utf8_lossy(&csv));
            }
            let day = Date::constant(2027, 1, 1);
            let xml = write_scheme_xml(&scheme, 2, day);
            let read = read_scheme(xml.as_bytes()).unwrap();
            prop_assert!(same(&read.classes), "{xml}");
            prop_assert_eq!(read.code, Some(scheme.code.clone()));
            prop_assert_eq!(read.title, Some(scheme.title.clone()));
            prop_assert_eq!(read.valid_from, Some(day));
        }

        #[test]
        fn no_file_breaks_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = read_scheme(&bytes);
        }
    }
}
