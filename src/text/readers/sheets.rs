//! What do spreadsheets say: XLSX? Cells as they are shown, with tabs between them, each sheet under its name.
//!
//! They are read cell by cell: a reader that makes a rectangle of a sheet can be made to ask for any memory by two
//! cells far apart, and one that believes the counts a file states by those.

use std::collections::HashMap;

use super::number_format::{NumberFormat, day};
use super::office::{embedded, relations, runs, scans};
use super::packed::Members;
use super::xml::{Tag, Visit, decode, walk};
use crate::text::Reason;
use crate::text::reading::Reading;

const WORKBOOK: &str = "xl/workbook.xml";

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

/// How the styles of cells show numbers.
#[derive(Default)]
pub(super) struct Styles {
    formats: HashMap<u32, NumberFormat>,
    /// The number of each style's format.
    cells: Vec<u32>,
    in_cells: bool,
}

impl Styles {
    pub fn add_format(&mut self, number: u32, code: &str) {
        self.formats.insert(number, NumberFormat::of(code));
    }

    /// The next style of cells.
    pub fn add_style(&mut self, format: u32) {
        self.formats.entry(format).or_insert_with(|| NumberFormat::built_in(format));
        self.cells.push(format);
    }

    pub fn format(&self, style: usize) -> &NumberFormat {
        self.cells.get(style).and_then(|format| self.formats.get(format)).unwrap_or(&NumberFormat::Plain)
    }
}

impl Visit for Styles {
    fn open(&mut self, tag: &Tag<'_>, _reading: &mut Reading) -> Result<(), Reason> {
        let number = || tag.attribute("numFmtId").and_then(|number| number.parse().ok());
        match tag.name() {
            "numFmt" => {
                if let (Some(number), Some(code)) = (number(), tag.attribute("formatCode")) {
                    self.add_format(number, &code);
                }
            }
            "cellXfs" => self.in_cells = true,
            "xf" if self.in_cells => self.add_style(number().unwrap_or(0)),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str, _reading: &mut Reading) -> Result<(), Reason> {
        self.in_cells &= name != "cellXfs";
        Ok(())
    }
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
            "" | "n" => match value.parse() {
                Ok(number) => self.styles.format(self.style).shown(number, self.since_1904),
                Err(_) => value.to_owned(),
            },
            "d" => value.parse().map_or_else(|_| value.to_owned(), day),
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
pub(super) fn truth(value: bool) -> &'static str {
    if value { "VERO" } else { "FALSO" }
}
