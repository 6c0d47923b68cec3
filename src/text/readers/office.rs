//! What do the documents of Microsoft's XML formats say: DOCX, PPTX, and the drawings within all of them?

use std::collections::HashMap;

use super::packed::Members;
use super::xml::{Tag, Visit, decode, walk};
use crate::text::reading::Reading;
use crate::text::{Reason, ocr};

/// The parts of a letter that hold text, in the order in which they are told.
const LETTER_PARTS: [&str; 7] = [
    "word/document",
    "word/footnotes",
    "word/endnotes",
    "word/comments",
    "word/header",
    "word/footer",
    "word/glossary",
];

/// Bytes of text of a document that is no more than what was scanned into it: a heading, a footer.
const SCAN_TEXT_MAX: usize = 200;

/// Runs of text within paragraphs: letters, slides, text boxes and comments write them alike.
#[derive(Default)]
pub(super) struct Runs {
    /// Depth within an element whose text is not the document's.
    skipped: usize,
    in_text: bool,
}

impl Visit for Runs {
    fn open(&mut self, tag: &Tag<'_>, reading: &mut Reading) -> Result<(), Reason> {
        let name = tag.name();
        // Properties hold tab stops and codes of fields; a fallback repeats what stands beside it, and what was moved
        // stands where it was moved to. What was deleted is not in the document, though the file remembers it.
        if self.skipped > 0
            || matches!(name, "pPr" | "rPr" | "Fallback" | "instrText" | "delInstrText" | "delText" | "moveFrom")
        {
            self.skipped += 1;
            return Ok(());
        }
        match name {
            "t" | "text" => self.in_text = true,
            "tab" => reading.push("\t")?,
            "br" | "cr" => reading.push("\n")?,
            "noBreakHyphen" => reading.push("-")?,
            "docPr" | "cNvPr" => {
                if let Some(words) = tag.attribute("descr") {
                    reading.push(&words)?;
                    reading.push("\n")?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str, reading: &mut Reading) -> Result<(), Reason> {
        if self.skipped > 0 {
            self.skipped -= 1;
            return Ok(());
        }
        match name {
            "t" | "text" => self.in_text = false,
            "p" | "si" | "comment" => reading.push("\n")?,
            "tc" => reading.push("\t")?,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str, reading: &mut Reading) -> Result<(), Reason> {
        if self.in_text && self.skipped == 0 { reading.push(text) } else { Ok(()) }
    }
}

/// The runs of one member, if it is there; what is wrong with it does not touch the others.
pub(super) fn runs(members: &mut Members<'_>, name: &str, reading: &mut Reading) -> Result<(), Reason> {
    let outcome = match members.get(name, reading) {
        Ok(Some(xml)) => walk(&decode(&xml), &mut Runs::default(), reading),
        Ok(None) => Ok(()),
        Err(reason) => Err(reason),
    };
    reading.survive(outcome)?;
    reading.push("\n")
}

/// Whole documents that are kept within: sheets in a letter, pages that were pasted.
pub(super) fn embedded(members: &mut Members<'_>, reading: &mut Reading) -> Result<(), Reason> {
    for name in members.names() {
        if !name.contains("/embeddings/") && !name.starts_with("word/afchunk") {
            continue;
        }
        match members.get(&name, reading) {
            Ok(Some(bytes)) => reading.part(name.rsplit('/').next().unwrap_or_default(), bytes)?,
            Ok(None) => {}
            Err(reason) => reading.survive(Err(reason))?,
        }
    }
    Ok(())
}

pub(super) fn letter(content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let mut members = Members::open(content)?;
    let names = members.names();
    let begun = reading.written();
    if !names.iter().any(|name| name.starts_with(LETTER_PARTS[0])) {
        return Err(Reason::Broken);
    }
    pages(&mut members, "Pages", reading)?;
    for part in LETTER_PARTS {
        for name in names.iter().filter(|name| is_numbered(name, part)) {
            runs(&mut members, name, reading)?;
        }
    }
    scans(&mut members, "word/media/", begun, reading)?;
    embedded(&mut members, reading)
}

/// The images of a document that has hardly any text: it was made to hold scans. Elsewhere they are logos and photos.
pub(super) fn scans(
    members: &mut Members<'_>,
    folder: &str,
    begun: usize,
    reading: &mut Reading,
) -> Result<(), Reason> {
    if reading.written() - begun > SCAN_TEXT_MAX {
        return Ok(());
    }
    for name in members.names().iter().filter(|name| name.starts_with(folder)) {
        match members.get(name, reading) {
            Ok(Some(bytes)) if ocr::may_be_scan(&bytes) => {
                reading.untitled_part(name.rsplit('/').next().unwrap_or_default(), bytes)?;
            }
            Ok(_) => {}
            Err(reason) => reading.survive(Err(reason))?,
        }
    }
    Ok(())
}

/// `word/header2.xml` is one of `word/header`.
fn is_numbered(name: &str, part: &str) -> bool {
    let number = name.strip_prefix(part).and_then(|rest| rest.strip_suffix(".xml"));
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()) || number == "/document")
}

/// How many pages the program that wrote the document has counted.
fn pages(members: &mut Members<'_>, element: &'static str, reading: &mut Reading) -> Result<(), Reason> {
    let mut properties = Value { element, inside: false, text: String::new() };
    if let Ok(Some(xml)) = members.get("docProps/app.xml", reading) {
        let outcome = walk(&decode(&xml), &mut properties, reading);
        // Properties are no text: when they are broken, none is missing.
        if let Err(reason @ (Reason::Cut | Reason::Timeout)) = outcome {
            return Err(reason);
        }
    }
    let pages = properties.text.trim().parse().ok().filter(|pages| *pages > 0);
    if let Some(own) = reading.own_facts() {
        own.pages = pages;
    }
    Ok(())
}

/// The text of the elements of one name.
struct Value {
    element: &'static str,
    inside: bool,
    text: String,
}

impl Visit for Value {
    fn open(&mut self, tag: &Tag<'_>, _reading: &mut Reading) -> Result<(), Reason> {
        self.inside = tag.name() == self.element;
        Ok(())
    }

    fn close(&mut self, _name: &str, _reading: &mut Reading) -> Result<(), Reason> {
        self.inside = false;
        Ok(())
    }

    fn text(&mut self, text: &str, _reading: &mut Reading) -> Result<(), Reason> {
        if self.inside {
            self.text.push_str(text);
        }
        Ok(())
    }
}

pub(super) fn slides(content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let mut members = Members::open(content)?;
    let begun = reading.written();
    let slides = slides_in_order(&mut members, reading)?;
    if slides.is_empty() {
        return Err(if members.has("ppt/presentation.xml") { Reason::Empty } else { Reason::Broken });
    }
    if let Some(own) = reading.own_facts() {
        own.pages = u32::try_from(slides.len()).ok();
    }
    for (number, slide) in slides.iter().enumerate() {
        if number > 0 {
            reading.push("\u{c}")?;
        }
        runs(&mut members, slide, reading)?;
        // Notes of the speaker, comments, and the words of diagrams.
        let related = relations(&mut members, slide, reading)?;
        for target in related.values().filter(|target| {
            ["ppt/notesSlides/", "ppt/comments/", "ppt/diagrams/data"].iter().any(|folder| target.starts_with(folder))
        }) {
            runs(&mut members, target, reading)?;
        }
    }
    scans(&mut members, "ppt/media/", begun, reading)?;
    embedded(&mut members, reading)
}

fn slides_in_order(members: &mut Members<'_>, reading: &mut Reading) -> Result<Vec<String>, Reason> {
    let main = "ppt/presentation.xml";
    let targets = relations(members, main, reading)?;
    let mut order = Identifiers { element: "sldId", found: Vec::new() };
    if let Some(xml) = members.get(main, reading)? {
        walk(&decode(&xml), &mut order, reading)?;
    }
    let mut slides: Vec<String> = order.found.iter().filter_map(|id| targets.get(id).cloned()).collect();
    if slides.is_empty() {
        slides = members.names().into_iter().filter(|name| is_numbered(name, "ppt/slides/slide")).collect();
        slides.sort_by_key(|name| (name.len(), name.clone()));
    }
    Ok(slides)
}

/// What a member refers to within the file: paths by their identifiers, in no order.
pub(super) fn relations(
    members: &mut Members<'_>,
    of: &str,
    reading: &mut Reading,
) -> Result<std::collections::BTreeMap<String, String>, Reason> {
    let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
    let mut found = Relations::default();
    if let Some(xml) = members.get(&format!("{folder}/_rels/{file}.rels"), reading)? {
        let outcome = walk(&decode(&xml), &mut found, reading);
        reading.survive(outcome)?;
    }
    Ok(found.0.into_iter().map(|(id, target)| (id, resolved(folder, &target))).collect())
}

/// `../notesSlides/notesSlide1.xml` from `ppt/slides`.
fn resolved(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut path: Vec<&str> = folder.split('/').collect();
    for step in target.split('/') {
        match step {
            ".." => drop(path.pop()),
            "." => {}
            _ => path.push(step),
        }
    }
    path.join("/")
}

#[derive(Default)]
struct Relations(HashMap<String, String>);

impl Visit for Relations {
    fn open(&mut self, tag: &Tag<'_>, _reading: &mut Reading) -> Result<(), Reason> {
        if tag.attribute("TargetMode").as_deref() != Some("External")
            && let (Some(id), Some(target)) = (tag.attribute("Id"), tag.attribute("Target"))
        {
            self.0.insert(id, target);
        }
        Ok(())
    }
}

/// The identifiers of relations that elements of one name carry, in order.
struct Identifiers {
    element: &'static str,
    found: Vec<String>,
}

impl Visit for Identifiers {
    fn open(&mut self, tag: &Tag<'_>, _reading: &mut Reading) -> Result<(), Reason> {
        if tag.name() == self.element {
            // The element has an `id` of its own, and one of the relation.
            self.found.extend(tag.attributes().filter(|(name, _)| name == "id").map(|(_, value)| value));
        }
        Ok(())
    }
}
