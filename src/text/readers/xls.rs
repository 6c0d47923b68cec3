//! What do spreadsheets of old say: XLS? Cells as they are shown, with tabs between them, each sheet under its name.
//!
//! The reader gives values; how they are shown is looked up beside it, and what it would take memory for is checked before.

use std::collections::HashMap;
use std::io::Cursor;

use calamine::{Data, Reader as _, Xls, XlsError};

use super::number_format::NumberFormat;
use super::sheets::{Styles, truth};
use crate::text::reading::Reading;
use crate::text::{Reason, plain};

/// Cells of all sheets of an XLS, empty ones among them: one sheet of this format that is used to its last corner.
const XLS_CELLS_MAX: u64 = 65_536 * 256;

/// What the eighth version says at its beginning.
const VERSION_8: u16 = 0x0600;

/// A moment whose format is not found.
const MOMENT: u32 = 22;

/// Records of a workbook that are looked at here.
mod record {
    pub const BEGIN: u16 = 0x0809;
    pub const END: u16 = 0x000a;
    pub const SHEET: u16 = 0x0085;
    pub const DIMENSIONS: u16 = 0x0200;
    pub const SEVERAL_NUMBERS: u16 = 0x00bd;
    pub const STYLE: u16 = 0x00e0;
    pub const FORMAT: u16 = 0x041e;
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

/// Where the sheets begin, in their order.
fn sheets(workbook: &[u8]) -> impl Iterator<Item = &[u8]> {
    let globals = records(workbook).take_while(|(kind, _)| *kind != record::END);
    let places = globals.filter(|(kind, _)| *kind == record::SHEET).filter_map(|(_, content)| four(content, 0));
    places.map(|place| workbook.get(place as usize..).unwrap_or_default())
}

/// The records of a sheet itself, not of the charts within it.
fn own_records(sheet: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut depth = 0_u32;
    let own = records(sheet).map_while(move |(kind, content)| {
        match kind {
            record::BEGIN => depth += 1,
            record::END if depth <= 1 => return None,
            record::END => depth -= 1,
            _ => {}
        }
        Some((depth <= 1).then_some((kind, content)))
    });
    own.flatten()
}

/// Cells for which the reader makes room in a sheet: as many as it claims to have, and the rectangle that holds all that it
/// has.
fn cells(sheet: &[u8]) -> u64 {
    let mut claimed = 0;
    let (mut rows, mut columns) = ((u16::MAX, 0), (u16::MAX, 0));
    for (kind, content) in own_records(sheet) {
        match kind {
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
    let mut left = XLS_CELLS_MAX;
    for sheet in sheets(workbook) {
        left = left.checked_sub(cells(sheet)).ok_or(Reason::TooLarge)?;
    }
    Ok(())
}

/// The formats of all cells.
fn styles(workbook: &[u8]) -> Styles {
    let mut styles = Styles::default();
    // The format changed how it writes text with its eighth version, which has had all pages of letters since.
    let mut is_wide = true;
    for (kind, content) in records(workbook).take_while(|(kind, _)| *kind != record::END) {
        match kind {
            record::BEGIN => is_wide = two(content, 0) == Some(VERSION_8),
            record::STYLE => styles.add_style(two(content, 2).unwrap_or(0).into()),
            record::FORMAT => {
                if let (Some(number), Some(code)) = (two(content, 0), format_code(content, is_wide)) {
                    styles.add_format(number.into(), &code);
                }
            }
            _ => {}
        }
    }
    styles
}

fn format_code(content: &[u8], is_wide: bool) -> Option<String> {
    if !is_wide {
        return Some(plain::decode(content.get(3..)?).into_owned());
    }
    let text = content.get(5..)?;
    Some(match content.get(4)? & 1 {
        0 => text.iter().copied().map(char::from).collect(),
        _ => String::from_utf16_lossy(
            &text.as_chunks::<2>().0.iter().map(|two| u16::from_le_bytes(*two)).collect::<Vec<_>>(),
        ),
    })
}

/// The style of each cell of a sheet that has one.
fn cell_styles(sheet: &[u8]) -> HashMap<(u16, u16), u16> {
    let mut styles = HashMap::new();
    for (kind, content) in own_records(sheet) {
        let (Some(row), Some(column)) = (two(content, 0), two(content, 2)) else { continue };
        if record::CELLS.contains(&kind) {
            styles.extend(two(content, 4).map(|style| ((row, column), style)));
        } else if kind == record::SEVERAL_NUMBERS {
            // Each with its style; the number of the last column follows them.
            let cells = content.get(4..content.len() - 2).unwrap_or_default().as_chunks::<6>().0;
            styles.extend(cells.iter().zip(column..).filter_map(|(cell, column)| Some(((row, column), two(cell, 0)?))));
        }
    }
    styles
}

pub(super) fn xls(content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let stream = super::ole::stream(content, &["Workbook", "Book"])?.unwrap_or_default();
    check_cells(&stream)?;
    let mut workbook = Xls::new(Cursor::new(content)).map_err(|error| match error {
        XlsError::Password => Reason::Encrypted,
        _ => Reason::Broken,
    })?;
    let styles = styles(&stream);
    let mut sheets = sheets(&stream);
    for name in workbook.sheet_names() {
        reading.push("\n\n")?;
        reading.push(&name)?;
        reading.push("\n")?;
        let cell_styles = sheets.next().map(cell_styles).unwrap_or_default();
        let Ok(sheet) = workbook.worksheet_range(&name) else {
            reading.flaw(Reason::Broken);
            continue;
        };
        let (first_row, first_column) = sheet.start().unwrap_or_default();
        for (row, cells) in (first_row..).zip(sheet.rows()) {
            for (column, cell) in (first_column..).zip(cells) {
                let place = u16::try_from(row).ok().zip(u16::try_from(column).ok());
                let style = place.and_then(|place| cell_styles.get(&place));
                let format = style.map(|style| styles.format((*style).into()));
                let shown = shown(cell, format.unwrap_or(&NumberFormat::Plain), workbook.has_1904_epoch());
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

fn shown(cell: &Data, format: &NumberFormat, since_1904: bool) -> String {
    match (cell, format) {
        (Data::Bool(value), _) => truth(*value).to_owned(),
        (Data::DateTime(moment), NumberFormat::Moment(_)) => format.shown(moment.as_f64(), since_1904),
        (Data::DateTime(moment), _) => NumberFormat::built_in(MOMENT).shown(moment.as_f64(), since_1904),
        (Data::Error(_) | Data::Empty, _) => String::new(),
        (Data::Int(number), _) => format.shown(*number as f64, since_1904),
        (Data::Float(number), _) => format.shown(*number, since_1904),
        (Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text), _) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, content: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &u16::try_from(content.len()).unwrap().to_le_bytes(), content].concat()
    }

    #[test]
    fn styles_of_cells_stand_alone_or_several_in_a_row() {
        let begin = record(record::BEGIN, &[0, 6, 0x10, 0]);
        let end = record(record::END, &[]);
        let alone = record(0x0203, &[&[3, 0, 1, 0, 21, 0][..], &[0; 8]].concat());
        let several = [4, 0, 5, 0, 22, 0, 0, 0, 0, 0, 23, 0, 0, 0, 0, 0, 6, 0];
        let several = record(record::SEVERAL_NUMBERS, &several);
        // Of a chart within, and of the next sheet.
        let others = [&begin[..], &alone, &end, &end, &record(0x0203, &[9; 14])].concat();
        let sheet = [begin, alone, several, record(record::SEVERAL_NUMBERS, &[0; 4]), others].concat();
        let mut styles: Vec<_> = cell_styles(&sheet).into_iter().collect();
        styles.sort_unstable();
        assert_eq!(styles, [((3, 1), 21), ((4, 5), 22), ((4, 6), 23)]);
    }

    #[test]
    fn formats_are_written_in_two_ways() {
        let style = |format: u8| record(record::STYLE, &[0, 0, format, 0]);
        let wide = |flag: u8, text: &[u8]| record(record::FORMAT, &[&[164, 0, 4, 0, flag][..], text].concat());
        let narrow = record(record::FORMAT, b"\xa4\0\x060.00 \x80");
        for (version, format) in
            [(6, wide(0, b"0.00 \"\xa3\"")), (6, wide(1, b"0\0.\x000\x000\0 \0\xac\x20")), (5, narrow)]
        {
            let begin = record(record::BEGIN, &[0, version, 5, 0]);
            let styles = styles(&[begin, format, style(164), style(9), record(record::END, &[]), style(9)].concat());
            let shown = |style| styles.format(style).shown(1.5, false);
            assert!(["1,50 £", "1,50 €"].contains(&&*shown(0)), "{}", shown(0));
            assert_eq!((&*shown(1), &*shown(2)), ("150%", "1,5"));
        }
    }
}
