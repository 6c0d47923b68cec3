//! What do the documents of OpenDocument say: ODT, ODS, ODP?

use super::number_format::day;
use super::office;
use super::packed::Members;
use super::xml::{Tag, Visit, decode, walk};
use crate::text::Reason;
use crate::text::media::{self, ODP, ODS, ODT};
use crate::text::reading::Reading;

pub(super) fn read(content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let mut members = Members::open(content)?;
    let manifest = members.get("META-INF/manifest.xml", reading)?.unwrap_or_default();
    if manifest.windows(15).any(|window| window == b"encryption-data") {
        return Err(Reason::Encrypted);
    }
    let begun = reading.written();
    let body = members.get("content.xml", reading)?.ok_or(Reason::Broken)?;
    let mut paragraphs = Paragraphs::default();
    let outcome = walk(&decode(&body), &mut paragraphs, reading);
    let (version, drawn) = (paragraphs.version, paragraphs.pages);
    let pages = if drawn > 0 { Some(drawn) } else { counted_pages(&mut members, reading)? };
    if let Some(own) = reading.own_facts() {
        own.pages = pages;
        own.puid = version.and_then(|version| puid(own.puid.as_deref(), &version));
    }
    reading.survive(outcome)?;
    // Headers and footers are part of the style of a page.
    let styles = members.get("styles.xml", reading)?.unwrap_or_default();
    reading.push("\n\n")?;
    let outcome = walk(&decode(&styles), &mut Paragraphs { only_headers: true, ..Paragraphs::default() }, reading);
    reading.survive(outcome)?;
    office::scans(&mut members, "Pictures/", begun, reading)
}

/// The registry has a number for each version; the one for the newest is given when only the kind is known.
fn puid(kind: Option<&str>, version: &str) -> Option<String> {
    let kind = kind?;
    let media_type = [ODP, ODS, ODT].into_iter().find(|media_type| media::puid(media_type) == Some(kind))?;
    media::puid_of_version(media_type, version).map(str::to_owned)
}

fn counted_pages(members: &mut Members<'_>, reading: &mut Reading) -> Result<Option<u32>, Reason> {
    let meta = members.get("meta.xml", reading)?.unwrap_or_default();
    let mut statistic = Statistic(None);
    match walk(&decode(&meta), &mut statistic, reading) {
        Err(reason @ (Reason::Cut | Reason::Timeout)) => Err(reason),
        // Statistics are no text: when they are broken, none is missing.
        _ => Ok(statistic.0.filter(|pages| *pages > 0)),
    }
}

struct Statistic(Option<u32>);

impl Visit for Statistic {
    fn open(&mut self, tag: &Tag<'_>, _reading: &mut Reading) -> Result<(), Reason> {
        if tag.name() == "document-statistic" {
            self.0 = tag.attribute("page-count").and_then(|pages| pages.parse().ok());
        }
        Ok(())
    }
}

/// Paragraphs wherever they stand: in the body, cells, notes, comments, frames.
#[derive(Default)]
struct Paragraphs {
    only_headers: bool,
    /// Depth within elements whose text is meant.
    inside: usize,
    cells: usize,
    /// Of a cell that holds one, until its text has come: many show the year by two digits, and nobody types it so.
    day: Option<String>,
    /// Depth within what was deleted, which the file remembers and the document does not show.
    deleted: usize,
    /// Pages of a presentation.
    pages: u32,
    version: Option<String>,
}

impl Paragraphs {
    /// A cell is told in one line, however many it has.
    fn line_end(&self) -> &'static str {
        if self.cells > 0 { " " } else { "\n" }
    }
}

impl Visit for Paragraphs {
    fn open(&mut self, tag: &Tag<'_>, reading: &mut Reading) -> Result<(), Reason> {
        let name = tag.name();
        if self.inside > 0 {
            self.inside += 1;
        }
        if self.deleted > 0 || name == "deletion" {
            self.deleted += 1;
            return Ok(());
        }
        match name {
            "document-content" => self.version = tag.attribute("version"),
            "body" if !self.only_headers => self.inside = self.inside.max(1),
            "master-styles" if self.only_headers => self.inside = self.inside.max(1),
            "tab" => reading.push("\t")?,
            "s" => reading.push(" ")?,
            "line-break" => reading.push(self.line_end())?,
            "table-cell" | "covered-table-cell" => {
                self.cells += 1;
                self.day = tag.attribute("date-value").and_then(|moment| moment.parse().ok()).map(day);
            }
            "page" if self.inside > 0 => {
                if self.pages > 0 {
                    reading.push("\u{c}")?;
                }
                self.pages += 1;
            }
            // The sheets of a workbook have names that people gave them.
            "table" if self.inside > 0 && self.cells == 0 => {
                if let Some(name) = tag.attribute("name") {
                    reading.push("\n\n")?;
                    reading.push(&name)?;
                    reading.push("\n")?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str, reading: &mut Reading) -> Result<(), Reason> {
        self.inside = self.inside.saturating_sub(1);
        if self.deleted > 0 {
            self.deleted -= 1;
            return Ok(());
        }
        match name {
            "p" | "h" | "title" | "desc" | "creator" => reading.push(self.line_end()),
            "table-cell" | "covered-table-cell" => {
                self.cells = self.cells.saturating_sub(1);
                self.day = None;
                reading.push("\t")
            }
            "table-row" => reading.push(self.line_end()),
            _ => Ok(()),
        }
    }

    fn text(&mut self, text: &str, reading: &mut Reading) -> Result<(), Reason> {
        // What stands between the elements is how the file is laid out.
        if self.inside == 0 || self.deleted > 0 {
            return Ok(());
        }
        let in_figures = text.contains(|c: char| c.is_ascii_digit()) && !text.contains(char::is_alphabetic);
        match self.day.take_if(|_| in_figures) {
            Some(day) => reading.push(&day),
            None => reading.push(&text.replace(['\n', '\r'], " ")),
        }
    }
}
