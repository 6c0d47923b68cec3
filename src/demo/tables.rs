//! What does a table look like as spreadsheets save it: XLSX, ODS, CSV.

use std::fmt::Write as _;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::office::open_document;
use super::paper::{Block, Paper, hundredths};
use super::zipped::escaped;

/// Sheets by name: a heading begins one; rows before the first stand in `Foglio1`.
fn sheets(paper: &Paper) -> Vec<(&str, Vec<Vec<&str>>)> {
    let mut sheets: Vec<(&str, Vec<Vec<&str>>)> = Vec::new();
    for block in paper.blocks() {
        let row = match block {
            Block::Heading(name) => {
                sheets.push((name, Vec::new()));
                continue;
            }
            Block::Row(cells) => cells,
            Block::Field(label, value) => vec![label, value],
            Block::Item(text) | Block::Text(text) => vec![text],
        };
        match sheets.last_mut() {
            Some((_, rows)) => rows.push(row),
            None => sheets.push(("Foglio1", vec![row])),
        }
    }
    sheets
}

/// What a cell that reads as a number is worth.
fn number(cell: &str) -> Option<f64> {
    if let Some(hundredths) = hundredths(cell) {
        // Amounts of a town fit into the 53 bits of a number without loss.
        return Some(hundredths as f64 / 100.0);
    }
    // A leading zero belongs to a code.
    if cell.len() > 1 && cell.starts_with('0') { None } else { cell.parse::<u32>().ok().map(f64::from) }
}

pub fn xlsx(paper: &Paper) -> Vec<u8> {
    written(paper).expect("names and sizes of the sample are within what a workbook takes")
}

fn written(paper: &Paper) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The same bytes every time: without it the moment of writing stands in the file.
    let when = ExcelDateTime::from_ymd(2025, 1, 7)?;
    book.set_properties(&DocProperties::new().set_title(&paper.subject).set_creation_datetime(&when));
    let (bold, amount) = (Format::new().set_bold(), Format::new().set_num_format("#,##0.00"));
    for (name, rows) in sheets(paper) {
        let sheet = book.add_worksheet();
        sheet.set_name(name)?;
        for (y, row) in (0u32..).zip(rows) {
            for (x, cell) in (0u16..).zip(row) {
                match (y, number(cell)) {
                    (0, _) => sheet.write_string_with_format(y, x, cell, &bold)?,
                    (_, Some(value)) if cell.contains(',') => sheet.write_number_with_format(y, x, value, &amount)?,
                    (_, Some(value)) => sheet.write_number(y, x, value)?,
                    (_, None) => sheet.write_string(y, x, cell)?,
                };
            }
        }
    }
    book.save_to_buffer()
}

pub fn ods(paper: &Paper) -> Vec<u8> {
    let mut body = String::new();
    for (name, rows) in sheets(paper) {
        let _ = write!(body, "<table:table table:name=\"{}\">", escaped(name));
        for row in rows {
            body.push_str("<table:table-row>");
            for cell in row {
                let kind = match number(cell) {
                    Some(value) => format!("office:value-type=\"float\" office:value=\"{value}\""),
                    None => "office:value-type=\"string\"".to_owned(),
                };
                let _ = write!(body, "<table:table-cell {kind}><text:p>{}</text:p></table:table-cell>", escaped(cell));
            }
            body.push_str("</table:table-row>");
        }
        body.push_str("</table:table>");
    }
    open_document("application/vnd.oasis.opendocument.spreadsheet", "spreadsheet", &body, &paper.subject)
}

/// As Italian spreadsheets export it: semicolons between, quotes only where they must be.
pub fn csv(paper: &Paper) -> String {
    let quoted = |cell: &str| {
        if cell.contains([';', '"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
    };
    let mut text = String::new();
    for (_, rows) in sheets(paper) {
        for row in rows {
            let cells: Vec<String> = row.into_iter().map(quoted).collect();
            text.push_str(&cells.join(";"));
            text.push_str("\r\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_codes() {
        assert_eq!(number("1.250,50"), Some(1250.5));
        assert_eq!(number("17"), Some(17.0));
        assert_eq!(number("0"), Some(0.0));
        for no in ["0042", "12/2026", "", "via Roma 3", "-4"] {
            assert_eq!(number(no), None, "{no}");
        }
    }
}
