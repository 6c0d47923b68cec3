//! What does a talk look like as presentation programs save it: the least PPTX that all of them open.

use std::fmt::Write as _;

use super::paper::{Block, Paper};
use super::zipped::{escaped, zip};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const NAMES: &str = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"";
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const CONTENT: &str = "application/vnd.openxmlformats-officedocument";
const NO_SHAPES: &str = "<p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>";

/// A heading begins a slide; the subject is the first.
pub fn pptx(paper: &Paper) -> Vec<u8> {
    let mut slides = vec![(paper.subject.as_str(), vec![paper.place_and_date(), paper.head()[0].clone()])];
    for block in paper.blocks() {
        let line = match block {
            Block::Heading(title) => {
                slides.push((title, Vec::new()));
                continue;
            }
            Block::Item(text) | Block::Text(text) => text.to_owned(),
            Block::Field(label, value) => format!("{label}: {value}"),
            Block::Row(cells) => cells.join(" · "),
        };
        if let Some((_, lines)) = slides.last_mut() {
            lines.push(line);
        }
    }
    let mut parts: Vec<(String, String)> = vec![
        ("[Content_Types].xml".to_owned(), content_types(slides.len())),
        ("_rels/.rels".to_owned(), relations(&[("officeDocument", "ppt/presentation.xml")])),
        ("ppt/presentation.xml".to_owned(), presentation(slides.len())),
    ];
    let targets: Vec<String> = (1..=slides.len()).map(|n| format!("slides/slide{n}.xml")).collect();
    let mut related = vec![("slideMaster", "slideMasters/slideMaster1.xml")];
    related.extend(targets.iter().map(|target| ("slide", target.as_str())));
    parts.push(("ppt/_rels/presentation.xml.rels".to_owned(), relations(&related)));
    for (n, (title, lines)) in (1..).zip(&slides) {
        parts.push((format!("ppt/slides/slide{n}.xml"), slide(title, lines)));
        let layout = [("slideLayout", "../slideLayouts/slideLayout1.xml")];
        parts.push((format!("ppt/slides/_rels/slide{n}.xml.rels"), relations(&layout)));
    }
    parts.extend(master_and_theme());
    let members: Vec<(&str, &[u8])> = parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zip(&members)
}

fn content_types(slides: usize) -> String {
    let mut text = format!(
        "{HEAD}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    );
    let mut part = |name: &str, kind: &str| {
        let _ = write!(text, "<Override PartName=\"/ppt/{name}.xml\" ContentType=\"{CONTENT}.{kind}+xml\"/>");
    };
    part("presentation", "presentationml.presentation.main");
    part("slideMasters/slideMaster1", "presentationml.slideMaster");
    part("slideLayouts/slideLayout1", "presentationml.slideLayout");
    part("theme/theme1", "theme");
    for n in 1..=slides {
        part(&format!("slides/slide{n}"), "presentationml.slide");
    }
    text + "</Types>"
}

fn relations(related: &[(&str, &str)]) -> String {
    let mut text =
        format!("{HEAD}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">");
    for (n, (kind, target)) in (1..).zip(related) {
        let _ = write!(text, "<Relationship Id=\"rId{n}\" Type=\"{RELATION}/{kind}\" Target=\"{target}\"/>");
    }
    text + "</Relationships>"
}

fn presentation(slides: usize) -> String {
    let ids: String = (0..slides).map(|n| format!("<p:sldId id=\"{}\" r:id=\"rId{}\"/>", 256 + n, 2 + n)).collect();
    format!(
        "{HEAD}<p:presentation {NAMES}><p:sldMasterIdLst><p:sldMasterId id=\"2147483648\" r:id=\"rId1\"/></p:sldMasterIdLst>\
         <p:sldIdLst>{ids}</p:sldIdLst><p:sldSz cx=\"9144000\" cy=\"6858000\"/><p:notesSz cx=\"6858000\" cy=\"9144000\"/></p:presentation>"
    )
}

fn slide(title: &str, lines: &[String]) -> String {
    let lines: String = lines.iter().map(|line| paragraph(line)).collect();
    format!(
        "{HEAD}<p:sld {NAMES}><p:cSld><p:spTree>{NO_SHAPES}{}{}</p:spTree></p:cSld></p:sld>",
        shape(2, "title", 457_200, 914_400, &paragraph(title)),
        shape(3, "body", 1_600_200, 4_525_963, &lines),
    )
}

fn paragraph(text: &str) -> String {
    format!("<a:p><a:r><a:rPr lang=\"it-IT\"/><a:t>{}</a:t></a:r></a:p>", escaped(text))
}

fn shape(id: u32, kind: &str, y: u32, height: u32, paragraphs: &str) -> String {
    let text = if paragraphs.is_empty() { "<a:p/>" } else { paragraphs };
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{kind}\"/><p:cNvSpPr/><p:nvPr><p:ph type=\"{kind}\"/></p:nvPr></p:nvSpPr>\
         <p:spPr><a:xfrm><a:off x=\"457200\" y=\"{y}\"/><a:ext cx=\"8229600\" cy=\"{height}\"/></a:xfrm></p:spPr>\
         <p:txBody><a:bodyPr/><a:lstStyle/>{text}</p:txBody></p:sp>"
    )
}

/// What every presentation must have behind its slides, as plain as can be.
fn master_and_theme() -> Vec<(String, String)> {
    let map = "<p:clrMap bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" accent1=\"accent1\" accent2=\"accent2\" accent3=\"accent3\" \
               accent4=\"accent4\" accent5=\"accent5\" accent6=\"accent6\" hlink=\"hlink\" folHlink=\"folHlink\"/>";
    let master = format!(
        "{HEAD}<p:sldMaster {NAMES}><p:cSld><p:spTree>{NO_SHAPES}</p:spTree></p:cSld>{map}\
         <p:sldLayoutIdLst><p:sldLayoutId id=\"2147483649\" r:id=\"rId1\"/></p:sldLayoutIdLst></p:sldMaster>"
    );
    let layout = format!("{HEAD}<p:sldLayout {NAMES}><p:cSld><p:spTree>{NO_SHAPES}</p:spTree></p:cSld></p:sldLayout>");
    let colour = |(name, value): (&str, &str)| format!("<a:{name}><a:srgbClr val=\"{value}\"/></a:{name}>");
    let colours: String = [
        ("dk1", "000000"),
        ("lt1", "FFFFFF"),
        ("dk2", "1F3B2D"),
        ("lt2", "EEF3EE"),
        ("accent1", "2E7D4F"),
        ("accent2", "8A5A2B"),
        ("accent3", "476A8F"),
        ("accent4", "B3872E"),
        ("accent5", "7B4B6A"),
        ("accent6", "5D6B5D"),
        ("hlink", "1A4FA0"),
        ("folHlink", "6A3F8F"),
    ]
    .map(colour)
    .concat();
    let letters = "<a:latin typeface=\"Arial\"/><a:ea typeface=\"\"/><a:cs typeface=\"\"/>";
    let fill = "<a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill>".repeat(3);
    let line = "<a:ln><a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill></a:ln>".repeat(3);
    let effect = "<a:effectStyle><a:effectLst/></a:effectStyle>".repeat(3);
    let theme = format!(
        "{HEAD}<a:theme xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" name=\"Roccaverde\"><a:themeElements>\
         <a:clrScheme name=\"Roccaverde\">{colours}</a:clrScheme><a:fontScheme name=\"Roccaverde\"><a:majorFont>{letters}</a:majorFont>\
         <a:minorFont>{letters}</a:minorFont></a:fontScheme><a:fmtScheme name=\"Roccaverde\"><a:fillStyleLst>{fill}</a:fillStyleLst>\
         <a:lnStyleLst>{line}</a:lnStyleLst><a:effectStyleLst>{effect}</a:effectStyleLst><a:bgFillStyleLst>{fill}</a:bgFillStyleLst>\
         </a:fmtScheme></a:themeElements></a:theme>"
    );
    let to_layout = [("slideLayout", "../slideLayouts/slideLayout1.xml"), ("theme", "../theme/theme1.xml")];
    [
        ("ppt/slideMasters/slideMaster1.xml", master),
        ("ppt/slideMasters/_rels/slideMaster1.xml.rels", relations(&to_layout)),
        ("ppt/slideLayouts/slideLayout1.xml", layout),
        (
            "ppt/slideLayouts/_rels/slideLayout1.xml.rels",
            relations(&[("slideMaster", "../slideMasters/slideMaster1.xml")]),
        ),
        ("ppt/theme/theme1.xml", theme),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into()
}
