//! How an export is written: CSV row by row (RFC 4180), or one workbook with its notes on a sheet of their own.

use std::io::Write;

use jiff::civil::DateTime;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::rows::{COLUMNS, Cell, Row};
use super::{ExportFormat, ExportOptions, Language, Separator};
use crate::service::refusal::Refusal;

/// Letters of a cell that a spreadsheet program takes.
const CELL_CHARS_MAX: usize = 32_000;
const TIME_FORMAT: &str = "dd/mm/yyyy hh:mm";

/// A file that is being written.
pub(super) enum Table<'a> {
    Csv(Box<csv::Writer<&'a mut dyn Write>>),
    Xlsx(Box<Sheet<'a>>),
}

pub(super) struct Sheet<'a> {
    out: &'a mut dyn Write,
    language: Language,
    sheet: Worksheet,
    /// Rows written, the heading among them.
    rows: u32,
    time: Format,
}

impl<'a> Table<'a> {
    /// Writes the headings.
    pub fn begin(out: &'a mut dyn Write, options: ExportOptions) -> Result<Self, Refusal> {
        let headings = COLUMNS.map(|(english, italian, _)| match options.language {
            Language::English => english,
            Language::Italian => italian,
        });
        match options.format {
            ExportFormat::Csv => {
                if options.bom {
                    out.write_all("\u{feff}".as_bytes()).map_err(Refusal::failed)?;
                }
                let delimiter = match options.separator {
                    Separator::Comma => b',',
                    Separator::Semicolon => b';',
                };
                let mut csv = csv::WriterBuilder::new();
                let mut csv = csv.delimiter(delimiter).terminator(csv::Terminator::CRLF).from_writer(out);
                csv.write_record(headings).map_err(Refusal::failed)?;
                Ok(Self::Csv(Box::new(csv)))
            }
            ExportFormat::Xlsx => {
                let sheet = Sheet::begin(out, options.language, &headings).map_err(Refusal::failed)?;
                Ok(Self::Xlsx(Box::new(sheet)))
            }
        }
    }

    pub fn row(&mut self, row: &Row) -> Result<(), Refusal> {
        match self {
            Self::Csv(csv) => csv.write_record(row.iter().map(plain)).map_err(Refusal::failed),
            Self::Xlsx(sheet) => sheet.row(row).map_err(Refusal::failed),
        }
    }

    /// Ends the file with what is to be said of it: in a CSV as last rows, each with one cell
    /// that begins with `#`, as no kind of thing does.
    pub fn end(self, query: &str, now: DateTime, notes: &[String]) -> Result<(), Refusal> {
        match self {
            Self::Csv(mut csv) => {
                for note in notes {
                    let mut row = vec![String::new(); COLUMNS.len()];
                    row[0] = format!("# {note}");
                    csv.write_record(row).map_err(Refusal::failed)?;
                }
                csv.flush().map_err(Refusal::failed)
            }
            Self::Xlsx(sheet) => sheet.end(query, now, notes),
        }
    }
}

/// A cell of a CSV.
fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => harmless(text),
        Cell::Number(number) => number.to_string(),
        Cell::Time(time) => time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

/// A text that no spreadsheet takes for a formula: who writes to a town hall chooses the words of a subject, and a clerk
/// opens the file. The full-width signs are taken for the plain ones by some.
pub(in crate::service) fn harmless(text: &str) -> String {
    const BEGINS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    if text.trim_start_matches([' ', '\u{a0}']).starts_with(BEGINS) { format!("'{text}") } else { text.to_owned() }
}

impl<'a> Sheet<'a> {
    fn begin(out: &'a mut dyn Write, language: Language, headings: &[&str]) -> Result<Self, XlsxError> {
        let mut sheet = Worksheet::new();
        let bold = Format::new().set_bold();
        for ((column, heading), (_, _, width)) in (0..).zip(headings).zip(COLUMNS) {
            sheet.write_string_with_format(0, column, *heading, &bold)?;
            sheet.set_column_width(column, width)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_name(if language == Language::Italian { "Risultati" } else { "Results" })?;
        Ok(Self { out, language, sheet, rows: 1, time: Format::new().set_num_format(TIME_FORMAT) })
    }

    fn row(&mut self, row: &Row) -> Result<(), XlsxError> {
        for (column, cell) in (0..).zip(row) {
            match cell {
                Cell::Empty => {}
                // Written as a text, it is one whatever it begins with.
                Cell::Text(text) => {
                    self.sheet.write_string(self.rows, column, fitting(text))?;
                }
                Cell::Number(number) => {
                    self.sheet.write_number(self.rows, column, *number as f64)?;
                }
                Cell::Time(time) => {
                    self.sheet.write_datetime_with_format(self.rows, column, excel(*time)?, &self.time)?;
                }
            }
        }
        self.rows += 1;
        Ok(())
    }

    fn end(mut self, query: &str, now: DateTime, notes: &[String]) -> Result<(), Refusal> {
        let bytes = self.finished(query, now, notes).map_err(Refusal::failed)?;
        self.out.write_all(&bytes).map_err(Refusal::failed)
    }

    fn finished(&mut self, query: &str, now: DateTime, notes: &[String]) -> Result<Vec<u8>, XlsxError> {
        let italian = self.language == Language::Italian;
        let mut about = Worksheet::new();
        about.set_name(if italian { "Note" } else { "Notes" })?;
        about.set_column_width(0, 20)?.set_column_width(1, 80)?;
        about.write_string(0, 0, if italian { "Ricerca" } else { "Query" })?;
        about.write_string(0, 1, fitting(query))?;
        about.write_string(1, 0, if italian { "Data" } else { "Date" })?;
        about.write_datetime_with_format(1, 1, excel(now)?, &self.time)?;
        about.write_string(2, 0, if italian { "Righe" } else { "Rows" })?;
        about.write_number(2, 1, self.rows - 1)?;
        for (row, note) in (3..).zip(notes) {
            about.write_string(row, 1, fitting(note))?;
        }
        let mut results = std::mem::take(&mut self.sheet);
        results.autofilter(0, 0, self.rows.max(2) - 1, COLUMNS.len() as u16 - 1)?;
        let mut book = Workbook::new();
        // Without it, the writer would ask the clock.
        book.set_properties(&DocProperties::new().set_creation_datetime(&excel(now)?));
        book.push_worksheet(results);
        book.push_worksheet(about);
        book.save_to_buffer()
    }
}

fn fitting(text: &str) -> String {
    if text.len() <= CELL_CHARS_MAX {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(CELL_CHARS_MAX / 2).collect();
    short.push('…');
    short
}

fn excel(time: DateTime) -> Result<ExcelDateTime, XlsxError> {
    let part = |number: i8| number.unsigned_abs();
    ExcelDateTime::from_ymd(time.year().unsigned_abs(), part(time.month()), part(time.day()))?.and_hms(
        part(time.hour()).into(),
        part(time.minute()),
        f64::from(part(time.second())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_a_formula() {
        for text in ["=1+1", "+39 011", "-cmd", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        for text in ["Richiesta", "6.3/2026/12", "a=b", "", "12"] {
            assert_eq!(harmless(text), text);
        }
    }

    #[test]
    fn a_cell_is_never_longer_than_a_spreadsheet_takes() {
        for letter in ["a", "è", "𝄞"] {
            let text = letter.repeat(40_000);
            assert!(fitting(&text).encode_utf16().count() <= 32_767, "{letter}");
        }
        assert_eq!(fitting("breve"), "breve");
    }
}
