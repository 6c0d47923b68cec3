//! What does a PDF say? Two readers are asked, page by page the better text wins, and who read what is told.
//!
//! No reader of PDF reads them all, and what one loses it loses in silence: a second opinion is the only check. The
//! second reader is libpdfium, or else poppler, where one of them is installed; the built-in one always is there.

mod attached;
mod builtin;
mod pdfium;
mod picture;
mod poppler;
mod repair;
mod signatures;
mod stamped;
mod structure;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::ocr::{Recognised, recognise};
use super::tools::{Pass, Readers, Recognition, Tools};
use super::worth::Worth;
use super::{Extraction, Facts, ReadBy, Reason, plain};
use crate::limits;
pub(super) use attached::{Attached, Packing};
use builtin::{Bounds, BuiltIn};
pub(super) use pdfium::Pdfium;
use pdfium::{Document, Gray, Marks, Refused};
pub use stamped::Unstamped;
pub(super) use stamped::stamped;

/// Points to the inch at which letters are recognised best.
const DENSITY: f32 = 300.0;

/// Letters from which a page is no scan with a stamp on it …
const STAMP_LETTERS_MAX: usize = 200;

/// … and the part of it that an image covers if it is one.
const SCAN_SHARE_MIN: f32 = 0.4;

/// What the built-in reader is called where it is told who read what.
const BUILT_IN: &str = "built-in";

/// And the recogniser.
pub(super) const RECOGNISED: &str = "tesseract";

/// Where a whole file has its last lines.
const END_WITHIN: usize = 2048;

/// One page as one reader sees it.
#[derive(Debug, Default, Clone)]
struct PageText {
    text: String,
    /// The reader gave up on it.
    failed: bool,
    /// Signs it saw on the page, and those of them whose meaning it does not know; 0 for readers that do not tell.
    signs: usize,
    unnamed: usize,
}

impl PageText {
    fn of(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

/// All pages as one reader sees them.
#[derive(Debug, Default)]
struct Reading {
    /// As far as it came.
    pages: Vec<PageText>,
    /// Pages that the file has.
    total: usize,
    /// Why it did not come to the end.
    stop: Option<Reason>,
    /// Why it did not begin.
    refused: Option<Reason>,
}

/// Reads all pages until `deadline` or `text_max`; what a damaged page says is lost, what the others say is not. The files
/// within are handed out as they are: to whoever counts what is unpacked.
pub(super) fn extract(
    content: Vec<u8>,
    text_max: usize,
    deadline: Instant,
    tools: &Tools,
) -> (Extraction, Vec<Attached>) {
    let content = Arc::new(content);
    let document = tools.pdfium.as_ref().filter(|_| tools.readers() != Readers::OnlyBuiltIn);
    let document = document.map(|pdfium| pdfium.open(&content));
    let mut opened = None;
    let second = match document {
        Some(Ok(document)) => {
            let read = read_pdfium(&document, text_max, deadline);
            opened = Some(document);
            Some(("pdfium", read.0, read.1))
        }
        Some(Err(Refused::Password)) => Some(("pdfium", refused(Reason::Encrypted), Vec::new())),
        Some(Err(Refused::Broken)) => Some(("pdfium", refused(Reason::Broken), Vec::new())),
        None => {
            let poppler = tools.engines.pdftotext.as_ref().filter(|_| tools.readers() != Readers::OnlyBuiltIn);
            poppler.map(|engine| ("pdftotext", poppler::read(&engine.path, &content, text_max, deadline), Vec::new()))
        }
    };
    let mut built_in = match (&second, tools.readers()) {
        (_, Readers::OnlySecond) => BuiltIn::default(),
        (second, _) => {
            let is_read = second.as_ref().is_some_and(|(_, read, _)| read.refused.is_none() && read.stop.is_none());
            // A second opinion is worth some time, not all there is.
            let patience = Instant::now() + Duration::from_secs(limits::EXTRACT_SECOND_OPINION_SECONDS);
            let deadline = if is_read { deadline.min(patience) } else { deadline };
            let images = tools.pass == Pass::Recognising && opened.is_none() && tools.engines.pdftoppm.is_none();
            builtin::read(&content, Bounds { text_max, deadline, images })
        }
    };
    if built_in.left_behind {
        tools.note_spent();
    }
    let attached = std::mem::take(&mut built_in.structure.attached);
    let (engine, second, marks) = match second {
        Some((engine, read, marks)) => (engine, Some(read), marks),
        None => ("", None, Vec::new()),
    };
    let sources = Sources { content: &content, document: opened.as_ref(), built_in, engine, second, marks };
    (sources.outcome(text_max, deadline, tools), attached)
}

fn refused(reason: Reason) -> Reading {
    Reading { refused: Some(reason), ..Reading::default() }
}

fn read_pdfium(document: &Document<'_>, text_max: usize, deadline: Instant) -> (Reading, Vec<Marks>) {
    let mut reading = Reading { total: document.pages(), ..Reading::default() };
    let mut marks = Vec::new();
    let mut room = text_max;
    for index in 0..reading.total {
        if Instant::now() >= deadline {
            reading.stop = Some(Reason::Timeout);
            break;
        }
        let page = document.page(index);
        let text = page.as_ref().and_then(pdfium::Page::text);
        marks.push(page.map(|page| page.marks()).unwrap_or_default());
        let failed = text.is_none();
        let text = text.unwrap_or_default();
        let Some(left) = room.checked_sub(text.len()) else {
            reading.stop = Some(Reason::Cut);
            break;
        };
        room = left;
        reading.pages.push(PageText { text, failed, ..PageText::default() });
    }
    if reading.total == 0 {
        reading.refused = Some(Reason::Broken);
    }
    (reading, marks)
}

/// All that the readers have brought.
struct Sources<'a> {
    content: &'a [u8],
    document: Option<&'a Document<'a>>,
    built_in: BuiltIn,
    engine: &'static str,
    second: Option<Reading>,
    marks: Vec<Marks>,
}

/// The text of one page that won.
struct Chosen {
    text: String,
    by: &'static str,
    worth: Worth,
    /// Signs were seen that nobody could name, or most of it is rubbish.
    doubtful: bool,
    /// Why its reader broke off within it.
    stop: Option<Reason>,
}

impl Chosen {
    /// Letters that were recognised on the drawn page: beside what little was there, or in the place of rubbish.
    fn add_recognised(&mut self, text: &str) {
        let worth = Worth::of(text);
        let doubtful = worth.is_misread();
        if self.doubtful && !doubtful && worth.good > self.worth.good {
            *self = Self { text: text.to_owned(), by: RECOGNISED, worth, doubtful: false, stop: self.stop };
        } else if !self.doubtful && worth.good + worth.odd > 0 {
            self.text = format!("{}\n\n{text}", self.text);
            self.by = RECOGNISED;
            self.doubtful = doubtful;
        }
    }
}

impl Sources<'_> {
    fn outcome(mut self, text_max: usize, deadline: Instant, tools: &Tools) -> Extraction {
        let second = self.second.as_ref().filter(|read| read.refused.is_none());
        let total = second.map_or(self.built_in.reading.total, |read| read.total).min(limits::PAGES_COUNTED_MAX);
        let mut facts = self.facts(total);
        if total == 0 {
            return Extraction { facts, ..Extraction::none(self.refusal()) };
        }
        let mut flaws = Flaws::default();
        let mut texts = Vec::new();
        let mut recognised = 0;
        let mut by: Vec<(usize, &'static str)> = Vec::new();
        for index in 0..total {
            let Some(mut page) = self.choose(index) else {
                flaws.add(self.missing(index));
                texts.push(String::new());
                continue;
            };
            let scan = self.is_scan(index, &page);
            if page.doubtful || scan {
                match self.recognise(index, &mut recognised, deadline, tools) {
                    Ok(text) => page.add_recognised(&text),
                    // Rubbish is no image: that it might be read better is a pity, and no loss.
                    Err(Reason::NoTextLayer) if !scan => {}
                    Err(reason) => flaws.add(Some(reason)),
                }
            }
            flaws.add(page.stop.or(page.doubtful.then_some(Reason::Doubtful)));
            if !page.text.trim().is_empty() {
                by.push((index + 1, page.by));
            }
            texts.push(page.text);
        }
        facts.read_by = ReadBy::of_pages(&by);
        let mut raw = texts.join("\u{c}");
        flaws.add(self.add_what_stands_beside(&mut raw, deadline).err());
        let empty = if flaws.worst().is_none() { Reason::NoText } else { Reason::NoTextLayer };
        flaws.add(self.built_in.structure.cut.then_some(Reason::Cut));
        flaws.add(self.is_cut_off().then_some(Reason::Broken));
        let outcome = plain::finish(&raw, text_max, flaws.worst(), empty);
        Extraction { facts, ..outcome }
    }

    /// Neither has opened it: whoever saw a lock knows more than who saw damage.
    fn refusal(&self) -> Reason {
        let second = self.second.as_ref().and_then(|read| read.refused);
        let built_in = self.built_in.reading.refused.or(self.built_in.reading.stop);
        match (second, built_in) {
            (Some(Reason::Encrypted), _) | (_, Some(Reason::Encrypted)) => Reason::Encrypted,
            (second, built_in) => built_in.or(second).unwrap_or(Reason::Broken),
        }
    }

    /// The better reading of a page; `None` when nobody has read it.
    fn choose(&self, index: usize) -> Option<Chosen> {
        let theirs = self.second.as_ref().and_then(|read| read.pages.get(index)).filter(|page| !page.failed);
        let ours = self.built_in.reading.pages.get(index).filter(|page| !page.failed);
        let value = |page: &PageText| {
            let text = rejoined(&page.text).into_owned();
            (Worth::of(&text), text)
        };
        let (theirs, ours) = (theirs.map(value), ours.map(|page| (value(page), page)));
        let (worth, text, by, unnamed) = match (theirs, ours) {
            (Some((worth, text)), None) => (worth, text, self.engine, false),
            (Some((worth, text)), Some(((other, _), _))) if !other.beats(worth) => (worth, text, self.engine, false),
            // Alone, it must say what it could not name.
            (None, Some(((worth, text), page))) => {
                let drawn = self.marks(index).image < SCAN_SHARE_MIN;
                let silent = drawn && page.signs == 0 && self.built_in.structure.fonts.get(index) == Some(&true);
                (worth, text, BUILT_IN, silent || page.unnamed * 10 > page.signs)
            }
            (_, Some(((worth, text), _))) => (worth, text, BUILT_IN, false),
            (None, None) => return None,
        };
        let reading = self.second.as_ref().filter(|_| by != BUILT_IN).unwrap_or(&self.built_in.reading);
        let stop = reading.stop.filter(|_| index + 1 == reading.pages.len());
        Some(Chosen { doubtful: unnamed || worth.is_doubtful(), text, by, worth, stop })
    }

    /// Why nobody has read a page.
    fn missing(&self, index: usize) -> Option<Reason> {
        let failed = |read: &Reading| read.pages.get(index).is_some_and(|page| page.failed);
        let built_in = &self.built_in.reading;
        let broken = failed(built_in) || self.second.as_ref().is_some_and(failed);
        let stop = self.second.as_ref().and_then(|read| read.stop).or(built_in.stop);
        // Once a reader was told to stop, pages it had not begun are no damage.
        Some(if broken { Reason::Broken } else { stop.unwrap_or(Reason::Broken) })
    }

    fn marks(&self, index: usize) -> Marks {
        self.marks.get(index).or(self.built_in.structure.marks.get(index)).copied().unwrap_or_default()
    }

    /// The page is a picture of text rather than text.
    fn is_scan(&self, index: usize, page: &Chosen) -> bool {
        let marks = self.marks(index);
        match page.worth.good {
            0 => marks.any && page.worth.odd == 0,
            letters => letters < STAMP_LETTERS_MAX && marks.image >= SCAN_SHARE_MIN,
        }
    }

    /// The letters on a drawn page, or why there are none.
    fn recognise(&self, index: usize, count: &mut usize, deadline: Instant, tools: &Tools) -> Result<String, Reason> {
        match tools.recognition(deadline) {
            Recognition::Now => {}
            Recognition::Later => return Err(Reason::NoTextLayer),
            Recognition::Never if Instant::now() >= deadline => return Err(Reason::Timeout),
            Recognition::Never => return Err(Reason::NoTextLayer),
        }
        if *count >= limits::RECOGNISE_PAGES_MAX {
            return Err(Reason::PagesLeftOut);
        }
        *count += 1;
        let image = self.draw(index, deadline, tools).ok_or(Reason::NoTextLayer)?;
        match recognise(tools, &image, None, deadline) {
            Recognised::Text(text) => Ok(text.replace('\u{c}', "\n")),
            Recognised::Failed => Err(Reason::NoTextLayer),
            Recognised::Timeout => Err(Reason::Timeout),
        }
    }

    /// The page as an image file, by whoever can draw it.
    fn draw(&self, index: usize, deadline: Instant, tools: &Tools) -> Option<Cow<'_, [u8]>> {
        if let Some(document) = self.document {
            let drawn = document.page(index)?.draw(DENSITY, limits::RECOGNISE_POINTS_MAX as f32)?;
            return Some(Cow::Owned(pgm(&drawn)));
        }
        if let Some(engine) = &tools.engines.pdftoppm {
            return poppler::draw(&engine.path, self.content, index + 1, deadline).map(Cow::Owned);
        }
        self.built_in.structure.pictures.get(&(index + 1)).map(|picture| Cow::Borrowed(picture.as_slice()))
    }

    fn facts(&mut self, total: usize) -> Facts {
        let declares = self.built_in.structure.declares.take();
        Facts {
            pages: (total > 0).then(|| u32::try_from(total).unwrap_or(u32::MAX)),
            puid: structure::puid(self.content, declares.as_deref()).map(str::to_owned),
            declares,
            fields: self.built_in.structure.fields.clone(),
            signatures: signatures::checked(self.content, &self.built_in.structure.signatures),
            ..Facts::default()
        }
    }

    /// Values of a form, and notes, are text too; most readers leave them out. Each is looked for in all of the text,
    /// which takes its time where both are many.
    fn add_what_stands_beside(&self, raw: &mut String, deadline: Instant) -> Result<(), Reason> {
        let structure = &self.built_in.structure;
        let values = structure.fields.iter().map(|field| &field.value);
        let known = words(raw);
        for text in values.chain(&structure.notes) {
            if Instant::now() >= deadline {
                return Err(Reason::Timeout);
            }
            if !known.contains(&words(text)) {
                raw.push('\n');
                raw.push_str(text);
            }
        }
        Ok(())
    }

    /// The file ends before its end: what follows is missing, whoever could open the rest.
    fn is_cut_off(&self) -> bool {
        let end = &self.content[self.content.len().saturating_sub(END_WITHIN)..];
        !end.windows(5).any(|window| window == b"%%EOF")
    }
}

/// Words with one space before, between and after, to be looked for in each other.
fn words(text: &str) -> String {
    let mut spaced = String::from(" ");
    for word in text.split_whitespace() {
        spaced.push_str(word);
        spaced.push(' ');
    }
    spaced
}

/// What is wrong with a text, the worst first: what is lost weighs more than what is doubtful.
#[derive(Default)]
struct Flaws(Option<Reason>);

impl Flaws {
    fn add(&mut self, flaw: Option<Reason>) {
        let weight = |reason: &Reason| match reason {
            Reason::Doubtful => 1,
            Reason::PagesLeftOut => 2,
            Reason::NoTextLayer => 3,
            Reason::Cut => 4,
            _ => 5,
        };
        self.0 = [self.0, flaw].into_iter().flatten().reduce(
            |worst, next| {
                if weight(&next) > weight(&worst) { next } else { worst }
            },
        );
    }

    fn worst(&self) -> Option<Reason> {
        self.0
    }
}

/// Words that were parted at the end of a line made whole again, so that they are found.
fn rejoined(text: &str) -> Cow<'_, str> {
    if !text.contains(['-', '\u{2}', '\u{fffe}', '\u{ad}']) {
        return Cow::Borrowed(text);
    }
    let mut joined = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['-', '\u{2}', '\u{fffe}', '\u{ad}']) {
        let (before, from) = rest.split_at(at);
        let sign = from.chars().next().map_or(1, char::len_utf8);
        let after = &from[sign..];
        let next = after.trim_start_matches([' ', '\r']);
        let next = next.strip_prefix('\n').map(|next| next.trim_start_matches(' '));
        let parted =
            before.ends_with(char::is_alphabetic) && next.is_some_and(|next| next.starts_with(char::is_lowercase));
        joined.push_str(before);
        // A hyphen within a line is the writer's own.
        if parted || !from.starts_with('-') {
            rest = next.filter(|_| parted).unwrap_or(after);
        } else {
            joined.push('-');
            rest = after;
        }
    }
    joined.push_str(rest);
    Cow::Owned(joined)
}

fn pgm(drawn: &Gray) -> Vec<u8> {
    [format!("P5\n{} {}\n255\n", drawn.width, drawn.height).as_bytes(), &drawn.points].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_parted_at_the_end_of_a_line_are_made_whole() {
        for (parted, whole) in [
            ("il proce-\ndimento", "il procedimento"),
            ("il proce- \r\n  dimento", "il procedimento"),
            ("il proce\u{2}\r\ndimento", "il procedimento"),
            ("il proce\u{fffe}dimento", "il procedimento"),
            ("socio-economico", "socio-economico"),
            ("n. 12-\n13 e Roma-\nMilano", "n. 12-\n13 e Roma-\nMilano"),
            ("-\n- voce", "-\n- voce"),
            ("è", "è"),
        ] {
            assert_eq!(rejoined(parted), whole, "{parted:?}");
        }
    }

    #[test]
    fn the_worst_flaw_is_told() {
        let mut flaws = Flaws::default();
        for (flaw, worst) in [
            (None, None),
            (Some(Reason::Doubtful), Some(Reason::Doubtful)),
            (Some(Reason::Broken), Some(Reason::Broken)),
            (Some(Reason::NoTextLayer), Some(Reason::Broken)),
        ] {
            flaws.add(flaw);
            assert_eq!(flaws.worst(), worst);
        }
    }
}
