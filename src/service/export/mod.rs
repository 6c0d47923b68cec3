//! Exporting what a search finds: all of it up to a bound, in the order asked, each row decided like a hit.

mod notes;
mod rows;
mod table;

use std::io::Write;

use serde::Deserialize;

use self::notes::said;
use self::rows::{Cell, row_of};
use self::table::Table;
pub(super) use self::table::harmless;
use super::Archive;
use super::conditions::Conditions;
use super::read::permit_in_area;
use super::refusal::Refusal;
use super::search::{find, view_for};
use crate::clock;
use crate::index::Request;
use crate::limits;
use crate::model::access::{Action, Actor};
use crate::model::field::read_from_word;

/// What the file is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ExportFormat {
    #[default]
    Csv,
    Xlsx,
}

read_from_word!(ExportFormat { Csv = "csv", Xlsx = "xlsx" });

/// In which language headings, and the words of the archive itself, are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    English,
    Italian,
}

read_from_word!(Language { English = "en", Italian = "it" });

/// What stands between the cells of a CSV.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Separator {
    #[default]
    Comma,
    /// What a spreadsheet expects where the comma is in numbers, as in Italy.
    Semicolon,
}

read_from_word!(Separator { Comma = "comma", Semicolon = "semicolon" });

/// What is asked for beside the query.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExportOptions {
    pub format: ExportFormat,
    pub language: Language,
    /// Whether a CSV begins with a byte order mark, by which spreadsheets know UTF-8.
    pub bom: bool,
    /// Only of a CSV.
    pub separator: Separator,
}

/// A file about to be written.
pub struct Export {
    request: Request,
    options: ExportOptions,
}

impl ExportFormat {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

impl Export {
    pub fn new(conditions: &Conditions, options: ExportOptions) -> Result<Self, Refusal> {
        if options.bom && options.format != ExportFormat::Csv {
            return Err(Refusal::invalid("bom", "only a CSV begins with one"));
        }
        if options.separator != Separator::default() && options.format != ExportFormat::Csv {
            return Err(Refusal::invalid("separator", "only a CSV has one"));
        }
        Ok(Self { request: Request { limit: limits::PAGE_MAX, ..conditions.request()? }, options })
    }
}

impl Archive {
    /// Writes what is found. Where it is cut, the file's end says so.
    pub fn write_export(&self, actor: &Actor, export: Export, out: &mut dyn Write) -> Result<(), Refusal> {
        permit_in_area(actor, Action::Look)?;
        let (core, Export { mut request, options }) = (self.core(), export);
        let view = view_for(actor, &request.text);
        let mut table = Table::begin(out, options)?;
        let (mut rows, mut bytes) = (0, 0);
        let mut notes = Vec::new();
        let total = loop {
            let found = find(core, &request, &view)?;
            if request.cursor.is_none() {
                notes.extend(found.notes.into_iter().map(|note| said(options.language, note)));
            }
            let mut full = false;
            for hit in &found.hits {
                let Some(row) = row_of(core, actor, hit, options.language)? else { continue };
                bytes += row.iter().map(Cell::size).sum::<usize>();
                full = rows == limits::EXPORT_ROWS_MAX || bytes > limits::EXPORT_BYTES_MAX;
                if full {
                    break;
                }
                table.row(&row)?;
                rows += 1;
            }
            request.cursor = found.next_cursor;
            if full || request.cursor.is_none() {
                break found.total;
            }
        };
        if (rows as u64) < total && (request.cursor.is_some() || rows == limits::EXPORT_ROWS_MAX) {
            notes.push(cut(options.language, rows, total));
        }
        table.end(&request.text, clock::in_rome(core.clock.now()).datetime(), &notes)
    }
}

fn cut(language: Language, rows: usize, total: u64) -> String {
    match language {
        Language::English => format!("cut: {rows} of {total} rows are here; ask for less"),
        Language::Italian => format!("elenco troncato: {rows} righe di {total}; restringere la ricerca"),
    }
}
