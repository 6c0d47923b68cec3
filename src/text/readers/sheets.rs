//! What do spreadsheets say: XLSX and XLS? Cells with tabs between them, dates as dates, each sheet under its name.
//!
//! XLSX is read here cell by cell: a reader that makes a rectangle of a sheet can be made to ask for any memory by two
//! cells far apart, and one that believes the counts a file states by those.

use std::collections::HashMap;
use std::io::Cursor;

use calamine::{Data, ExcelDateTime, Reader as _, Xls, XlsError};
use jiff::civil::DateTime;

use super::office::{embedded, relations, runs, scans};
use super::packed::Members;
use super::xml::{Tag, Visit, decode, walk};
use crate::text::Reason;
use crate::text::reading::Reading;

const WORKBOOK: &str = "xl/workbook.xml";

/// Formats of numbers that the format itself knows, and that show a date or a time.
const DATE_FORMATS: [std::ops::RangeInclusive<u32>; 3] = [14..=22, 27..=36, 45..=58];

/// Cells of all sheets of an XLS, empty ones among them: one sheet of this format that is used to its last corner.
const XLS_CELLS_MAX: u64 = 65_536 * 256;

pub(super) fn xlsx(content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let mut members = Members::open(content)?;
    let begun = reading.written();
    let targets = relations(&mut members, WORKBOOK, reading)?;
    let mut workbook = Workbook::default();
    let xml = members.get(WORKBOOK, reading)?.ok_or(Reason::Broken)?;
    walk(&decode(&xml), &mut workbook, reading)?;
    let mut strings = Strings::default();
    let xml = members.get("xl/sharedStrings.xml", reading)?.unwrap_or_default();
    let outcome = walk(&decode(&xml), &mut strings, reading);
    reading.survive(outcome)?;
    let mut styles = Styles::default();
    let xml = members.get("xl/styles.xml", reading)?.unwrap_or_default();
    let outcome = walk(&decode(&xml), &mut styles, reading);
    reading.survive(outcome)?;
    for (name, id) in &workbook.sheets {
        reading.push("\n\n")?;
        reading.push(name)?;
        reading.push("\n")?;
        let Some(sheet) = targets.get(id) else { continue };
        let mut cells = Cells::new(&strings, &styles, workbook.since_1904);
        let outcome = match members.get(sheet, reading) {
            Ok(xml) => walk(&decode(&xml.unwrap_or_default()), &mut cells, reading),
            Err(reason) => Err(reason),
        };
        reading.survive(outcome)?;
    }
    for name in members.names() {
        if ["xl/comments", "xl/threadedComments/", "xl/drawings/drawing"].iter().any(|start| name.starts_with(start)) {
            runs(&mut members, &name, reading)?;
        }
    }
    scans(&mut members, "xl/media/", begun, reading)?;
    embedded(&mut members, reading)
}

/// Names of sheets and the relations they are found by.
#[derive(Default)]
struct Workbook {
    sheets: Vec<(String, String)>,
    since_1904: bool,
}

impl Visit for Workbook {
    fn open(&mut self, tag: &Tag<'_>, _reading: &mut Reading) -> Result<(), Reason> {
        match tag.name() {
            "sheet" => {
                if let (Some(name), Some(id)) = (tag.attribute("name"), tag.attribute("id")) {
                    self.sheets.push((name, id));
                }
            }
            "workbookPr" => {
                self.since_1904 = tag.attribute("date1904").is_some_and(|said| matches!(&*said, "1" | "true"));
            }
            _ => {}
        }
        Ok(())
    }
}

/// Strings that cells refer to by number.
#[derive(Default)]
struct Strings {
    all: Vec<String>,
    in_text: bool,
    /// How a word is pronounced, in East Asian files.
    phonetic: bool,
}

impl Visit for Strings {
    fn open(&mut self, tag: &Tag<'_>, _reading: &mut Reading) -> Result<(), Reason> {
        match tag.name() {
            "si" => self.all.push(String::new()),
            "rPh" => self.phonetic = true,
            "t" => self.in_text = !self.phonetic,
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str, _reading: &mut Reading) -> Result<(), Reason> {
        match name {
            "rPh" => self.phonetic = false,
            "t" => self.in_text = false,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str, _reading: &mut Reading) -> Result<(), Reason> {
        if let (true, Some(last)) = (self.in_text, self.all.last_mut()) {
            last.push_str(text);
        }
        Ok(())
    }
}

/// Which of the styles of cells show dates.
#[derive(Default)]
struct Styles {
    own_formats: HashMap<u32, bool>,
    dates: Vec<bool>,
    in_cells: bool,
}

impl Visit for Styles {
    fn open(&mut self, tag: &Tag<'_>, _reading: &mut Reading) -> Result<(), Reason> {
        let number = || tag.attribute("numFmtId").and_then(|number| number.parse().ok());
        match tag.name() {
            "numFmt" => {
                if let (Some(number), Some(code)) = (number(), tag.attribute("formatCode")) {
                    self.own_formats.insert(number, shows_date(&code));
                }
            }
            "cellXfs" => self.in_cells = true,
            "xf" if self.in_cells => {
                let number = number().unwrap_or(0);
                let known = || DATE_FORMATS.iter().any(|formats| formats.contains(&number));
                self.dates.push(self.own_formats.get(&number).copied().unwrap_or_else(known));
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str, _reading: &mut Reading) -> Result<(), Reason> {
        self.in_cells &= name != "cellXfs";
        Ok(())
    }
}

/// A format of numbers has letters for parts of a date outside what it quotes.
fn shows_date(code: &str) -> bool {
    let mut characters = code.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => drop(characters.by_ref().find(|c| *c == '"')),
            '[' => drop(characters.by_ref().find(|c| *c == ']')),
            '\\' | '_' | '*' => drop(characters.next()),
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 'g' | 'a' => return !code.eq_ignore_ascii_case("general"),
            _ => {}
        }
    }
    false
}

struct Cells<'s> {
    strings: &'s Strings,
    styles: &'s Styles,
    since_1904: bool,
    kind: String,
    style: usize,
    value: String,
    in_value: bool,
}

impl<'s> Cells<'s> {
    fn new(strings: &'s Strings, styles: &'s Styles, since_1904: bool) -> Self {
        Self { strings, styles, since_1904, kind: String::new(), style: 0, value: String::new(), in_value: false }
    }

    fn shown(&self) -> String {
        let value = self.value.trim();
        match &*self.kind {
            "s" => value.parse().ok().and_then(|at: usize| self.strings.all.get(at)).cloned().unwrap_or_default(),
            "b" => truth(value == "1").to_owned(),
            "e" => String::new(),
            "" | "n" if self.styles.dates.get(self.style) == Some(&true) => {
                value.parse().ok().and_then(|serial| date(serial, self.since_1904)).unwrap_or_else(|| value.to_owned())
            }
            _ => value.to_owned(),
        }
    }
}

impl Visit for Cells<'_> {
    fn open(&mut self, tag: &Tag<'_>, _reading: &mut Reading) -> Result<(), Reason> {
        match tag.name() {
            "c" => {
                self.kind = tag.attribute("t").unwrap_or_default();
                self.style = tag.attribute("s").and_then(|style| style.parse().ok()).unwrap_or(0);
                self.value.clear();
            }
            "v" | "t" => self.in_value = true,
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str, reading: &mut Reading) -> Result<(), Reason> {
        match name {
            "v" | "t" => self.in_value = false,
            "c" => {
                let shown = self.shown();
                if !shown.is_empty() {
                    reading.push(&shown.replace(['\n', '\r'], " "))?;
                    reading.push("\t")?;
                }
            }
            "row" => reading.push("\n")?,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str, _reading: &mut Reading) -> Result<(), Reason> {
        if self.in_value {
            self.value.push_str(text);
        }
        Ok(())
    }
}

/// As a person reads it in a sheet of this country.
fn truth(value: bool) -> &'static str {
    if value { "VERO" } else { "FALSO" }
}

/// Days since the eve of 1900, with a day too many in that February; or since 1904.
fn date(serial: f64, since_1904: bool) -> Option<String> {
    let days = if since_1904 { serial + 1462.0 } else { serial };
    if !(0.0..2_958_466.0).contains(&days) {
        return None;
    }
    let seconds = (days * 86_400.0).round() as i64;
    let first = DateTime::constant(1899, 12, 30, 0, 0, 0, 0);
    let moment = first.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()?;
    Some(match (seconds % 86_400, seconds < 86_400) {
        (0, false) => moment.date().to_string(),
        (_, true) => moment.time().to_string(),
        _ => format!("{} {}", moment.date(), moment.time()),
    })
}

/// Records of a workbook of old that the check below looks at.
mod record {
    pub const BEGIN: u16 = 0x0809;
    pub const END: u16 = 0x000a;
    pub const SHEET: u16 = 0x0085;
    pub const DIMENSIONS: u16 = 0x0200;
    pub const SEVERAL_NUMBERS: u16 = 0x00bd;
    /// One cell: a number, text in five ways, a truth, a formula.
    pub const CELLS: [u16; 7] = [0x0203, 0x0204, 0x00d6, 0x0205, 0x027e, 0x00fd, 0x0006];
}

/// Kinds and contents, as long as they are whole.
fn records(mut stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (header, rest) = stream.split_first_chunk::<4>()?;
        let [kind, size] = [[header[0], header[1]], [header[2], header[3]]].map(u16::from_le_bytes);
        let (content, rest) = rest.split_at_checked(size.into())?;
        stream = rest;
        Some((kind, content))
    })
}

fn two(content: &[u8], at: usize) -> Option<u16> {
    content.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn four(content: &[u8], at: usize) -> Option<u32> {
    content.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

/// Cells for which the reader makes room in a sheet: as many as it claims to have, and the rectangle that holds all that it
/// has.
fn cells(sheet: &[u8]) -> u64 {
    let (mut depth, mut claimed) = (0_u32, 0);
    let (mut rows, mut columns) = ((u16::MAX, 0), (u16::MAX, 0));
    for (kind, content) in records(sheet) {
        match kind {
            record::BEGIN => depth += 1,
            record::END if depth <= 1 => break,
            record::END => depth -= 1,
            // Of a chart within the sheet.
            _ if depth > 1 => {}
            record::DIMENSIONS => claimed = dimensions(content).unwrap_or(0).max(claimed),
            _ if record::CELLS.contains(&kind) || kind == record::SEVERAL_NUMBERS => {
                let (Some(row), Some(column)) = (two(content, 0), two(content, 2)) else { continue };
                let last = two(content, content.len() - 2).filter(|_| kind == record::SEVERAL_NUMBERS);
                rows = (row.min(rows.0), row.max(rows.1));
                columns = (column.min(columns.0), column.max(columns.1).max(last.unwrap_or(0)));
            }
            _ => {}
        }
    }
    let side = |(first, last): (u16, u16)| u64::from(last.saturating_sub(first)) + 1;
    claimed.max(side(rows) * side(columns))
}

/// Rows times columns as the reader counts them, around zero where the last is before the first.
fn dimensions(content: &[u8]) -> Option<u64> {
    let short = |at| two(content, at).map(u32::from);
    let (first_row, end_row, first, end) = match content.len() {
        10 => (short(0)?, short(2)?, short(4)?, short(6)?),
        _ => (four(content, 0)?, four(content, 4)?, short(8)?, short(10)?),
    };
    let first = if first > 0xff || end < first { 0 } else { first };
    Some(u64::from(end_row.wrapping_sub(first_row)).saturating_mul(u64::from(end.wrapping_sub(first))))
}

/// The reader makes a rectangle of each sheet beforehand: two cells far apart in each of a few sheets would take all memory.
fn check_cells(workbook: &[u8]) -> Result<(), Reason> {
    let places = records(workbook).take_while(|(kind, _)| *kind != record::END);
    let places = places.filter(|(kind, _)| *kind == record::SHEET).filter_map(|(_, content)| four(content, 0));
    let mut left = XLS_CELLS_MAX;
    for place in places {
        let sheet = workbook.get(place as usize..).unwrap_or_default();
        left = left.checked_sub(cells(sheet)).ok_or(Reason::TooLarge)?;
    }
    Ok(())
}

pub(super) fn xls(content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    if let Some(workbook) = super::ole::stream(content, &["Workbook", "Book"])? {
        check_cells(&workbook)?;
    }
    let mut workbook = Xls::new(Cursor::new(content)).map_err(|error| match error {
        XlsError::Password => Reason::Encrypted,
        _ => Reason::Broken,
    })?;
    for name in workbook.sheet_names() {
        reading.push("\n\n")?;
        reading.push(&name)?;
        reading.push("\n")?;
        let Ok(sheet) = workbook.worksheet_range(&name) else {
            reading.flaw(Reason::Broken);
            continue;
        };
        for row in sheet.rows() {
            for cell in row {
                let shown = shown(cell);
                if !shown.is_empty() {
                    reading.push(&shown.replace(['\n', '\r'], " "))?;
                    reading.push("\t")?;
                }
            }
            reading.push("\n")?;
        }
    }
    Ok(())
}

fn shown(cell: &Data) -> String {
    match cell {
        Data::Bool(value) => truth(*value).to_owned(),
        Data::DateTime(moment) => shown_moment(moment),
        Data::Error(_) | Data::Empty => String::new(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
    }
}

/// The reader has already allowed for the workbook's first day.
fn shown_moment(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    match (hour, minute, second) {
        (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_dates() {
        for (serial, since_1904, expected) in [
            (45_000.0, false, Some("2023-03-15")),
            (45_000.5, false, Some("2023-03-15 12:00:00")),
            (43_538.0, true, Some("2023-03-15")),
            (0.75, false, Some("18:00:00")),
            (-1.0, false, None),
            (1e300, false, None),
            (f64::NAN, false, None),
        ] {
            assert_eq!(date(serial, since_1904).as_deref(), expected, "{serial}");
        }
        for (code, expected) in [
            ("dd/mm/yyyy", true),
            ("[$-410]d mmmm yyyy;@", true),
            ("h:mm", true),
            ("General", false),
            ("#,##0.00 \"giorni\"", false),
            ("[Red]0.00", false),
            ("0.00\\d", false),
            ("\"senza fine", false),
        ] {
            assert_eq!(shows_date(code), expected, "{code}");
        }
    }
}
