//! How do things look on a page? Days, moments, sizes, and the rows of lists.

use jiff::Timestamp;
use jiff::civil::Date;

use super::page::Page;
use super::words::Language;
use crate::clock;
use crate::model::register::Assignment;
use crate::service::EntryView;
use crate::text::media;

/// An entry in a list.
pub struct Row {
    pub path: String,
    pub number: String,
    pub day: String,
    /// For `datetime`.
    pub moment: String,
    pub subject: String,
    pub correspondents: String,
    pub direction: &'static str,
    pub classification: String,
    pub assigned: Vec<Assignment>,
    pub confidential: bool,
    pub annulled: bool,
}

pub fn row(page: &Page, entry: EntryView) -> Row {
    let day = moment(&entry.registered_at).map(|at| day(clock::date_in_rome(at))).unwrap_or_default();
    let path = format!("/{}", entry.id().path());
    let number = format!("{}/{}", entry.number, entry.year);
    let Some(details) = entry.details else {
        return Row {
            path,
            number,
            day,
            moment: entry.registered_at,
            subject: page.t("confidential-entry").into_owned(),
            correspondents: String::new(),
            direction: "",
            classification: String::new(),
            assigned: Vec::new(),
            confidential: true,
            annulled: false,
        };
    };
    let names = details.correspondents.as_array().into_iter().flatten();
    let names: Vec<&str> = names.filter_map(|one| one["name"].as_str()).collect();
    Row {
        path,
        number,
        day,
        moment: entry.registered_at,
        subject: details.subject.unwrap_or_default(),
        correspondents: names.join(", "),
        direction: details.direction.unwrap_or_default(),
        classification: details.classification.map(|class| class.to_string()).unwrap_or_default(),
        assigned: details.assignments,
        confidential: entry.confidential,
        annulled: details.annulled.is_some(),
    }
}

/// A moment as the API writes it.
pub fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// `24/11/2026`, as people here write it in both languages.
pub fn day(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

/// The day of a moment as the API writes it, as people here write it.
pub fn day_of(text: &str) -> String {
    moment(text).map(|at| day(clock::date_in_rome(at))).unwrap_or_default()
}

/// `24/11/2026, 09:05`, by the clock in Rome.
pub fn when(text: &str) -> String {
    let time = |at| clock::in_rome(at).strftime("%d/%m/%Y, %H:%M").to_string();
    moment(text).map_or_else(|| text.to_owned(), time)
}

/// `1,2 MB`: people count in thousands.
pub fn size(bytes: u64, language: Language) -> String {
    let (mut value, mut unit) = (bytes as f64, "byte");
    for larger in ["KB", "MB", "GB", "TB"] {
        if value < 1000.0 {
            break;
        }
        (value, unit) = (value / 1000.0, larger);
    }
    if unit == "byte" {
        return format!("{bytes} byte");
    }
    let text = if value < 10.0 { format!("{value:.1}") } else { format!("{value:.0}") };
    let text = if language == Language::Italian { text.replace('.', ",") } else { text };
    format!("{text} {unit}")
}

/// A format as people call it.
pub fn format(media_type: &str) -> String {
    let known = match media_type {
        media::DOC => "Word (DOC)",
        media::DOCM => "Word (DOCM)",
        media::DOCX => "Word (DOCX)",
        media::XLS => "Excel (XLS)",
        media::XLSM => "Excel (XLSM)",
        media::XLSX => "Excel (XLSX)",
        media::PPT => "PowerPoint (PPT)",
        media::PPTM => "PowerPoint (PPTM)",
        media::PPTX => "PowerPoint (PPTX)",
        media::OLE => "Microsoft Office",
        media::MSG => "Outlook (MSG)",
        media::ODT => "OpenDocument (ODT)",
        media::ODS => "OpenDocument (ODS)",
        media::ODP => "OpenDocument (ODP)",
        media::ODG => "OpenDocument (ODG)",
        media::SIGNED => "P7M",
        media::EMAIL => "EML",
        media::EPUB => "EPUB",
        media::PLAIN => "TXT",
        media::SVG => "SVG",
        media::TSV => "TSV",
        media::CARD => "VCF",
        media::CALENDAR => "ICS",
        media::BINARY => "?",
        other => {
            let short = other.rsplit(['/', '+', '.']).next().unwrap_or(other);
            return short.strip_prefix("x-").unwrap_or(short).to_uppercase();
        }
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_as_people_count() {
        let told = |bytes| (size(bytes, Language::Italian), size(bytes, Language::English));
        assert_eq!(told(999), ("999 byte".to_owned(), "999 byte".to_owned()));
        assert_eq!(told(1234), ("1,2 KB".to_owned(), "1.2 KB".to_owned()));
        assert_eq!(told(56_700_000).0, "57 MB");
    }

    #[test]
    fn formats_have_the_names_that_people_know() {
        assert_eq!(format("application/pdf"), "PDF");
        assert_eq!(format("image/jpeg"), "JPEG");
        assert_eq!(format("application/x-tar"), "TAR");
        assert_eq!(format("application/msword"), "Word (DOC)");
        assert_eq!(format("application/vnd.ms-excel.sheet.macroEnabled.12"), "Excel (XLSM)");
        assert_eq!(format("application/rtf"), "RTF");
        assert_eq!(format("application/vnd.oasis.opendocument.text"), "OpenDocument (ODT)");
    }

    #[test]
    fn a_moment_is_told_by_the_clock_in_rome() {
        assert_eq!(when("2026-11-24T08:05:00.000000Z"), "24/11/2026, 09:05");
        assert_eq!(when("?"), "?");
    }
}
