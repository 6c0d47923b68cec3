//! Which number has a format in PRONOM, the registry of the (British) National Archives?
//!
//! Only where the media type leaves no doubt, or its reader finds the version: a wrong number is worse than none.
//! So the old formats of Microsoft have none: of each there are several, which look alike from outside.

use super::{
    CALENDAR, CSV, DOCM, DOCX, EMAIL, GZIP, HTML, JSON, MARKDOWN, ODP, ODS, ODT, OLE, PLAIN, PPTM, PPTX, TAR, TSV,
    XLSM, XLSX, XML, ZIP,
};

/// Media type, number, and what the registry calls it.
const NUMBERS: [(&str, &str, &str); 22] = [
    (CALENDAR, "fmt/388", "Internet Calendar and Scheduling format"),
    (CSV, "x-fmt/18", "Comma Separated Values"),
    (DOCM, "fmt/523", "Microsoft Word Macro enabled Document 2007 onwards"),
    (DOCX, "fmt/412", "Microsoft Word for Windows 2007 onwards"),
    (EMAIL, "fmt/278", "Internet Message Format"),
    (GZIP, "x-fmt/266", "GZIP Format"),
    (HTML, "fmt/96", "Hypertext Markup Language"),
    (JSON, "fmt/817", "JSON Data Interchange Format"),
    (MARKDOWN, "fmt/1149", "Markdown"),
    (ODP, "fmt/293", "OpenDocument Presentation 1.2"),
    (ODS, "fmt/295", "OpenDocument Spreadsheet 1.2"),
    (ODT, "fmt/291", "OpenDocument Text 1.2"),
    (OLE, "fmt/111", "OLE2 Compound Document Format"),
    (PLAIN, "x-fmt/111", "Plain Text File"),
    (PPTM, "fmt/487", "Microsoft PowerPoint Macro-Enabled Presentation 2007 onwards"),
    (PPTX, "fmt/215", "Microsoft PowerPoint for Windows 2007 onwards"),
    (TAR, "x-fmt/265", "Tape Archive Format"),
    (TSV, "x-fmt/13", "Tab-separated values"),
    (XLSM, "fmt/445", "Microsoft Excel Macro-Enabled 2007 onwards"),
    (XLSX, "fmt/214", "Microsoft Excel for Windows 2007 onwards"),
    (XML, "fmt/101", "Extensible Markup Language"),
    (ZIP, "x-fmt/263", "ZIP Format"),
];

/// The number of a media type.
pub(in crate::text) fn puid(media_type: &str) -> Option<&'static str> {
    NUMBERS.iter().find(|(known, _, _)| *known == media_type).map(|(_, number, _)| *number)
}
