//! How is each format read? One file for each family; all push into the same [`Reading`].

mod encoded;
mod html;
mod invoice;
mod json;
mod mail;
mod number_format;
mod office;
mod ole;
mod opendocument;
mod packed;
mod rtf;
mod sheets;
mod xls;
mod xml;
mod xml_signed;

use super::plain::decode;
use super::reading::Reading;
use super::{Format, Reason};

/// Reads a content of a format that is read here: all but PDF and images.
pub(super) fn read(format: Format, content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    match format {
        Format::Gzip => packed::gzip(content, reading),
        Format::Html => html::read(content, reading),
        Format::Json => json::read(content, reading),
        Format::Letter => office::letter(content, reading),
        Format::Mail => mail::read(content, reading),
        Format::Ole => container(content),
        Format::OpenDocument => opendocument::read(content, reading),
        Format::Image | Format::Pdf => Err(Reason::FormatNotRead),
        Format::Plain => reading.push(&decode(content)),
        Format::Rtf => rtf::read(content, reading),
        Format::Sheets => sheets::xlsx(content, reading),
        Format::Signed => packed::envelope(content, reading),
        Format::Slides => office::slides(content, reading),
        Format::Svg => xml::walk(&xml::decode(content), &mut xml::Drawing::default(), reading),
        Format::Tar => packed::tar(content, reading),
        Format::Xls => xls::xls(content, reading),
        Format::Xml => markup(content, reading),
        Format::Zip => packed::zip(content, reading),
    }
}

fn markup(content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let text = xml::decode(content);
    xml_signed::note(&text, reading)?;
    match xml::root(&text) {
        Some(root) if invoice::ROOTS.contains(&&*root) => xml::walk(&text, &mut invoice::Invoice::default(), reading),
        Some(root) if root == "html" => html::page(&text, reading),
        Some(root) if root == "svg" => xml::walk(&text, &mut xml::Drawing::default(), reading),
        _ => xml::walk(&text, &mut xml::Everything, reading),
    }
}

/// Of the old container only spreadsheets are read; the new formats lie in it when they are encrypted.
fn container(content: &[u8]) -> Result<(), Reason> {
    let encrypted = super::media::ole_streams(content).any(|name| name == "EncryptedPackage");
    Err(if encrypted { Reason::Encrypted } else { Reason::FormatNotRead })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::time::{Duration, Instant};

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use zip::write::{SimpleFileOptions, ZipWriter};

    use crate::text::ber;
    use crate::text::media::{self, media_type};
    use crate::text::{Bounds, Extraction, Reason, SignedContent, TextState, read_here};

    fn read(content: &[u8]) -> Extraction {
        let bounds = Bounds { text_max: 64 * 1024, deadline: Instant::now() + Duration::from_secs(20) };
        read_here(content.to_vec(), media_type(content, ""), &bounds)
    }

    fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, content) in members {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn what_follows_a_member_that_is_too_large_is_read() {
        let archive = zipped(&[("a.txt", &vec![0; 40 << 20]), ("b.txt", b"la seconda")]);
        let extraction = read(&archive);
        assert_eq!(extraction.state, TextState::Partial(Reason::TooLarge));
        assert_eq!(extraction.text, "a.txt\n\nb.txt\nla seconda");
        let states: Vec<_> = extraction.facts.parts.iter().map(|part| (&*part.path, part.state)).collect();
        assert_eq!(states, [("a.txt", TextState::None(Reason::TooLarge)), ("b.txt", TextState::Full)]);
    }

    #[test]
    fn an_entity_that_is_not_resolved_leaves_a_gap_that_is_told() {
        let declared = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x \"dieci\">]>";
        for (body, text, state) in [
            ("<a>prima &x; dopo</a>", "prima dopo", TextState::Partial(Reason::Doubtful)),
            ("<a b='&x;'>prima</a>", "prima", TextState::Partial(Reason::Doubtful)),
            ("<a b='1&amp;2'>uno &lt; &#100;ue</a>", "1&2 uno < due", TextState::Full),
        ] {
            let extraction = read(format!("{declared}{body}").as_bytes());
            assert_eq!((extraction.text.as_str(), extraction.state), (text, state), "{body}");
        }
    }

    #[test]
    fn an_xml_document_that_is_signed_says_by_whom_and_when() {
        let (envelope, _) = ber::first(include_bytes!("../../../fixtures/signed/rsa.p7m")).unwrap();
        let data = envelope.member(ber::context(0)).and_then(|wrapper| wrapper.member(ber::SEQUENCE)).unwrap();
        let certificate = data.member(ber::context(0)).and_then(|set| set.members().next()).unwrap();
        let certificate = STANDARD.encode(certificate.whole);
        let signature = |inside: &str| {
            format!(
                "<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:SignedInfo/><ds:KeyInfo><ds:X509Data>\
                 <ds:X509Certificate>{certificate}</ds:X509Certificate><ds:X509Certificate>QUJD</ds:X509Certificate>\
                 </ds:X509Data></ds:KeyInfo><ds:Object><xades:SigningTime>2026-01-02T10:30:00+01:00</xades:SigningTime>\
                 {inside}</ds:Object></ds:Signature>"
            )
        };
        let extraction = read(format!("<?xml version='1.0'?><doc>atto{}</doc>", signature("")).as_bytes());
        let [found] = &extraction.facts.signatures[..] else { panic!("{:?}", extraction.facts) };
        assert_eq!(found.signed_at.as_deref(), Some("2026-01-02T10:30:00+01:00"));
        assert_eq!((found.signer.as_deref(), found.content), (Some("Teresa Bianchi"), SignedContent::Unchecked));
        let countersigned = format!("<?xml version='1.0'?><doc>atto{}</doc>", signature(&signature("")));
        assert_eq!(read(countersigned.as_bytes()).facts.signatures.len(), 2);
        let named =
            "<?xml version='1.0'?><doc about='http://www.w3.org/2000/09/xmldsig#'><Signature>Ada</Signature></doc>";
        assert!(read(named.as_bytes()).facts.signatures.is_empty());
    }

    const BODY: &str = "<w:document xmlns:w='urn:w'><w:body><w:p>BODY</w:p></w:body></w:document>";

    /// As large as the page of a letter, as far as its header says.
    const SCAN: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\0\0\0\x04\0\x08\0\0\0\0";

    fn letter(body: &str) -> Extraction {
        let body = BODY.replace("BODY", body);
        read(&zipped(&[
            ("[Content_Types].xml", b"<Types/>"),
            ("word/document.xml", body.as_bytes()),
            ("word/media/image1.png", SCAN),
        ]))
    }

    #[test]
    fn a_letter_that_only_holds_a_scan_lacks_a_text_layer() {
        let scan = letter("");
        assert_eq!(scan.state, TextState::None(Reason::NoTextLayer), "{scan:?}");
        assert_eq!(scan.facts.parts[0].path, "image1.png");
        let with_logo = letter(&format!("<w:r><w:t>{}</w:t></w:r>", "parole di una lettera ".repeat(20)));
        assert_eq!((with_logo.state, with_logo.facts.parts.len()), (TextState::Full, 0));
    }

    #[test]
    fn sheets_and_slides_that_only_hold_a_scan_lack_a_text_layer() {
        let slide = |words: &str| {
            let slide = format!("<p:sld xmlns:p='urn:p' xmlns:a='urn:a'><a:p><a:t>{words}</a:t></a:p></p:sld>");
            read(&zipped(&[
                ("[Content_Types].xml", b"<Types/>"),
                ("ppt/presentation.xml", b"<presentation/>"),
                ("ppt/slides/slide1.xml", slide.as_bytes()),
                ("ppt/media/image1.png", SCAN),
            ]))
        };
        let sheet = |words: &str| {
            let sheet = format!("<worksheet><c t='inlineStr'><is><t>{words}</t></is></c></worksheet>");
            read(&zipped(&[
                ("[Content_Types].xml", b"<Types/>"),
                ("xl/workbook.xml", b"<workbook xmlns:r='urn:r'><sheet name='Uno' r:id='1'/></workbook>"),
                ("xl/_rels/workbook.xml.rels", b"<Relationships><Relationship Id='1' Target='s.xml'/></Relationships>"),
                ("xl/s.xml", sheet.as_bytes()),
                ("xl/media/image1.png", SCAN),
            ]))
        };
        let open_document = |media_type: &str, words: &str| {
            let body = format!("<document-content><body><p>{words}</p></body></document-content>");
            let drawing = zipped(&[
                ("META-INF/manifest.xml", b"<manifest/>"),
                ("content.xml", body.as_bytes()),
                ("styles.xml", b"<styles/>"),
                ("Pictures/1.png", SCAN),
            ]);
            // Its type does not stand first as office programs write it, so it is said here.
            let bounds = Bounds { text_max: 1024, deadline: Instant::now() + Duration::from_secs(20) };
            read_here(drawing, media_type, &bounds)
        };
        let many = "parole di una tabella ".repeat(20);
        let pairs = [("slide", slide(""), slide(&many)), ("sheet", sheet(""), sheet(&many))];
        let open = [media::ODT, media::ODP, media::ODS];
        let open = open.map(|kind| (kind, open_document(kind, ""), open_document(kind, &many)));
        for (case, scan, with_logo) in pairs.into_iter().chain(open) {
            assert_eq!(scan.state.reason(), Some(Reason::NoTextLayer), "{case}: {scan:?}");
            assert_eq!(scan.facts.parts.len(), 1, "{case}");
            assert_eq!((with_logo.state, with_logo.facts.parts.len()), (TextState::Full, 0), "{case}: {with_logo:?}");
        }
    }

    #[test]
    fn a_day_in_a_cell_has_its_whole_year() {
        let cell = |attributes: &str, shown: &str| format!("<table-cell {attributes}>{shown}</table-cell>");
        let dated = "date-value='2026-03-01'";
        let note = "<annotation><date>2026-03-02T10:00:00</date></annotation>";
        for (cell, text) in [
            (cell(dated, "<p>01/03/26</p>"), "01/03/2026"),
            (cell("date-value='2026-03-01T10:30:00'", "<p>01/03/26 10:30</p>"), "01/03/2026 10:30"),
            (cell(dated, &format!("{note}<p>01/03/26</p>")), "2026-03-02T10:00:0001/03/2026"),
            (cell(dated, "<p>domenica 1 marzo 2026</p>"), "domenica 1 marzo 2026"),
            (cell("", "<p>1.250,50 €</p>"), "1.250,50 €"),
            (cell(dated, "") + &cell("", "<p>12</p>"), "12"),
        ] {
            let body = format!("<document-content><body>{cell}</body></document-content>");
            let sheet = zipped(&[("META-INF/manifest.xml", b"<manifest/>"), ("content.xml", body.as_bytes())]);
            let bounds = Bounds { text_max: 1024, deadline: Instant::now() + Duration::from_secs(20) };
            assert_eq!(read_here(sheet, media::ODS, &bounds).text, text, "{cell}");
        }
    }

    #[test]
    fn what_was_deleted_or_moved_away_is_not_in_a_letter() {
        let runs = "<w:r><w:t>resta</w:t></w:r><w:del><w:r><w:delText>tolta</w:delText></w:r></w:del>\
                    <w:moveFrom><w:r><w:t>spostata</w:t></w:r></w:moveFrom><w:r><w:t> e poi </w:t></w:r>\
                    <w:moveTo><w:r><w:t>spostata</w:t></w:r></w:moveTo>";
        assert!(letter(runs).text.starts_with("resta e poi spostata"), "{:?}", letter(runs).text);
        let rtf = read(br"{\rtf1\ansi resta {\deleted tolta\par} e {\b poi} \deleted tolta\deleted0 spostata}");
        assert_eq!(rtf.text, "resta\ne poi spostata");
    }
}
