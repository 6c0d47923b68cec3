//! Which number has a format in PRONOM, the registry of the (British) National Archives, and what do people call it?
//!
//! Only where the media type leaves no doubt, or its reader finds the version: a wrong number is worse than none.
//! So the old formats of Microsoft have none: of each there are several, which look alike from outside.

use super::{
    CALENDAR, CARD, CSV, DOC, DOCM, DOCX, EMAIL, EPUB, GZIP, HTML, JPEG, JSON, MARKDOWN, MSG, ODG, ODP, ODS, ODT, OLE,
    PDF, PLAIN, PNG, PPT, PPTM, PPTX, RTF, SIGNED, SVG, TAR, TIFF, TSV, XLS, XLSM, XLSX, XML, ZIP,
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

/// Media type, version or profile as its reader finds it in the file, and number.
const VERSIONS: [(&str, &str, &str); 33] = [
    (JPEG, "1.00", "fmt/42"),
    (JPEG, "1.01", "fmt/43"),
    (JPEG, "1.02", "fmt/44"),
    (ODP, "1.0", "fmt/138"),
    (ODP, "1.1", "fmt/292"),
    (ODP, "1.2", "fmt/293"),
    (ODS, "1.0", "fmt/137"),
    (ODS, "1.1", "fmt/294"),
    (ODS, "1.2", "fmt/295"),
    (ODT, "1.0", "fmt/136"),
    (ODT, "1.1", "fmt/290"),
    (ODT, "1.2", "fmt/291"),
    (PDF, "1.0", "fmt/14"),
    (PDF, "1.1", "fmt/15"),
    (PDF, "1.2", "fmt/16"),
    (PDF, "1.3", "fmt/17"),
    (PDF, "1.4", "fmt/18"),
    (PDF, "1.5", "fmt/19"),
    (PDF, "1.6", "fmt/20"),
    (PDF, "1.7", "fmt/276"),
    (PDF, "2.0", "fmt/1129"),
    (PDF, "PDF/A-1a", "fmt/95"),
    (PDF, "PDF/A-1b", "fmt/354"),
    (PDF, "PDF/A-2a", "fmt/476"),
    (PDF, "PDF/A-2b", "fmt/477"),
    (PDF, "PDF/A-2u", "fmt/478"),
    (PDF, "PDF/A-3a", "fmt/479"),
    (PDF, "PDF/A-3b", "fmt/480"),
    (PDF, "PDF/A-3u", "fmt/481"),
    (PNG, "1.0", "fmt/11"),
    (PNG, "1.1", "fmt/12"),
    (PNG, "1.2", "fmt/13"),
    (TIFF, "6", "fmt/353"),
];

/// What people call formats, which is how the names of their files end; and the media types that they mean by it.
const NICKNAMES: [(&[&str], &[&str]); 33] = [
    (&["csv"], &[CSV]),
    (&["doc"], &[DOC]),
    (&["docm"], &[DOCM]),
    (&["docx"], &[DOCX, DOCM]),
    (&["eml"], &[EMAIL]),
    (&["epub"], &[EPUB]),
    (&["gz"], &[GZIP]),
    (&["html", "htm"], &[HTML]),
    (&["ics"], &[CALENDAR]),
    (&["jpg", "jpeg"], &[JPEG]),
    (&["json"], &[JSON]),
    (&["md"], &[MARKDOWN]),
    (&["msg"], &[MSG]),
    (&["odg"], &[ODG]),
    (&["odp"], &[ODP]),
    (&["ods"], &[ODS]),
    (&["odt"], &[ODT]),
    (&["p7m"], &[SIGNED]),
    (&["pdf"], &[PDF]),
    (&["png"], &[PNG]),
    (&["ppt"], &[PPT]),
    (&["pptx"], &[PPTX, PPTM]),
    (&["rtf"], &[RTF]),
    (&["svg"], &[SVG]),
    (&["tar"], &[TAR]),
    (&["tif", "tiff"], &[TIFF]),
    (&["tsv"], &[TSV]),
    (&["txt"], &[PLAIN]),
    (&["vcf"], &[CARD]),
    (&["xls"], &[XLS]),
    (&["xlsx"], &[XLSX, XLSM]),
    (&["xml"], &[XML]),
    (&["zip"], &[ZIP]),
];

/// The number of a media type.
pub(in crate::text) fn puid(media_type: &str) -> Option<&'static str> {
    NUMBERS.iter().find(|(known, _, _)| *known == media_type).map(|(_, number, _)| *number)
}

/// The number of one version or profile of a media type.
pub(in crate::text) fn puid_of_version(media_type: &str, version: &str) -> Option<&'static str> {
    VERSIONS.iter().find(|(of, known, _)| (*of, *known) == (media_type, version)).map(|(_, _, number)| *number)
}

/// A format as people speak of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nickname {
    /// The numbers that documents of it get here. None for formats whose kinds look alike from outside.
    pub numbers: Vec<&'static str>,
    /// How the names of its files end.
    pub endings: &'static [&'static str],
}

/// What is meant by `pdf`, `jpeg` or `.odt`, in any case of letters.
pub fn nickname(text: &str) -> Option<Nickname> {
    let lower = text.trim_start_matches('.').to_lowercase();
    let (endings, media_types) = NICKNAMES.iter().find(|(names, _)| names.contains(&lower.as_str()))?;
    let mut numbers: Vec<_> = media_types.iter().filter_map(|media_type| puid(media_type)).collect();
    let of_versions = VERSIONS.iter().filter(|(of, _, _)| media_types.contains(of)).map(|(_, _, number)| *number);
    numbers.extend(of_versions);
    numbers.sort_unstable();
    numbers.dedup();
    Some(Nickname { numbers, endings })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nickname_means_every_number_that_its_documents_get() {
        let numbers = |name: &str| nickname(name).unwrap().numbers;
        assert!(["fmt/18", "fmt/95", "fmt/1129"].iter().all(|number| numbers("PDF").contains(number)));
        assert_eq!((numbers("odt"), numbers(".odt")), (vec!["fmt/136", "fmt/290", "fmt/291"], numbers("ODT")));
        assert_eq!(numbers("tiff"), ["fmt/353"]);
        assert_eq!(numbers("xlsx"), ["fmt/214", "fmt/445"]);
        // Of these nobody can tell from outside which of several they are.
        assert_eq!((numbers("doc"), numbers("p7m")), (vec![], vec![]));
        assert_eq!(nickname("jpeg"), nickname("jpg"));
        assert_eq!((nickname("fmt/18"), nickname(""), nickname("pd")), (None, None, None));
    }

    #[test]
    fn whatever_has_a_number_can_be_asked_for_by_name() {
        let all = NUMBERS.iter().map(|(of, number, _)| (of, number));
        let all = all.chain(VERSIONS.iter().map(|(of, _, number)| (of, number)));
        // A container of Microsoft's with none of the known formats in it has no name among people.
        for (media_type, number) in all.filter(|(of, _)| **of != OLE) {
            let named = NICKNAMES.iter().filter(|(_, media_types)| media_types.contains(media_type));
            let named: Vec<_> =
                named.filter(|(names, _)| nickname(names[0]).unwrap().numbers.contains(number)).collect();
            assert!(!named.is_empty(), "{media_type}, {number}");
        }
    }
}
