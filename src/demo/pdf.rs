//! What does a letter of the sample town look like: sets a paper on A4 pages, the same bytes every time.

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::paper::{Block, Paper, TOWN_PEC};

mod fields;

use fields::Field;

const PAGE_WIDTH: f32 = 595.0;
const PAGE_HEIGHT: f32 = 842.0;
const MARGIN: f32 = 68.0;
const TEXT_WIDTH: f32 = PAGE_WIDTH - 2.0 * MARGIN;
/// Below this the next line goes to the next page; the page number stands under it.
const FOOT: f32 = 84.0;
const SIZE: f32 = 11.0;
const LEADING: f32 = 15.0;
/// What a signature takes, with the space above it.
const SIGNATURE: f32 = 62.0;

/// Widths of Helvetica in thousandths of its size, from the space to the tilde.
const PLAIN_WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];

/// The same of Helvetica-Bold.
const BOLD_WIDTHS: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611,
    556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389,
    280, 389, 584,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Face {
    Plain,
    Bold,
}

#[derive(Debug, Clone, Copy)]
enum Align {
    Left,
    Centre,
    /// In the right half of the page, as Italian letters place addressee and signature.
    Half,
}

/// The paper as a PDF file: A4, Helvetica, WinAnsiEncoding, no dates inside.
pub fn render(paper: &Paper) -> Vec<u8> {
    let mut sheet = Sheet::new();
    set_head(&mut sheet, paper);
    set_address(&mut sheet, paper);
    // Rows and fields stand close to each other, but not to the text below.
    let mut close = false;
    for (index, paragraph) in paper.paragraphs.iter().enumerate() {
        if index + 1 == paper.paragraphs.len() {
            // A signature never stands alone on a page.
            let height = lines(paragraph, Face::Plain, SIZE, TEXT_WIDTH).iter().map(|_| LEADING).sum::<f32>();
            sheet.keep_together((height + SIGNATURE).min(PAGE_HEIGHT / 3.0));
        }
        let block = Block::of(paragraph);
        if matches!(block, Block::Text(_)) && close {
            sheet.space(8.0);
        }
        close = matches!(block, Block::Row(_) | Block::Field(..));
        set_block(&mut sheet, &block);
    }
    if !paper.signature.is_empty() {
        sheet.space(24.0);
        sheet.block(&paper.signature, Face::Plain, SIZE, Align::Half);
    }
    write_file(sheet.pages, &sheet.fields, paper)
}

fn set_block(sheet: &mut Sheet, block: &Block) {
    match block {
        Block::Heading(text) => {
            sheet.space(8.0);
            sheet.block(text, Face::Bold, 12.0, Align::Left);
            sheet.space(5.0);
        }
        Block::Item(item) => sheet.item(item),
        Block::Row(cells) => sheet.row(cells),
        Block::Field(label, value) => sheet.field(label, value),
        Block::Text(text) => {
            sheet.block(text, Face::Plain, SIZE, Align::Left);
            sheet.space(7.0);
        }
    }
}

fn set_head(sheet: &mut Sheet, paper: &Paper) {
    let head = paper.head();
    let (name, rest) = head.split_first().map_or(("", &[][..]), |(name, rest)| (name.as_str(), rest));
    if paper.author.is_none() {
        sheet.block(name, Face::Bold, 17.0, Align::Centre);
        sheet.block(&rest.join(" · "), Face::Plain, 9.0, Align::Centre);
        sheet.block(TOWN_PEC, Face::Plain, 9.0, Align::Centre);
        sheet.space(6.0);
        sheet.rule();
    } else {
        sheet.block(name, Face::Bold, 12.0, Align::Left);
        for line in rest {
            sheet.block(line, Face::Plain, 9.5, Align::Left);
        }
    }
    sheet.space(22.0);
}

fn set_address(sheet: &mut Sheet, paper: &Paper) {
    sheet.block(
        &paper.place_and_date(),
        Face::Plain,
        SIZE,
        if paper.addressee.is_empty() { Align::Left } else { Align::Half },
    );
    sheet.space(14.0);
    for line in &paper.addressee {
        sheet.block(line, Face::Plain, SIZE, Align::Half);
    }
    if paper.addressee.is_empty() {
        sheet.block(&paper.subject, Face::Bold, 14.0, Align::Left);
    } else {
        sheet.space(20.0);
        sheet.block(&paper.title(), Face::Bold, SIZE, Align::Left);
    }
    sheet.space(14.0);
}

/// Pages that fill from the top.
struct Sheet {
    pages: Vec<Vec<Operation>>,
    /// The baseline of the last line set.
    y: f32,
    fields: Vec<Field>,
}

impl Sheet {
    fn new() -> Self {
        Self { pages: vec![Vec::new()], y: PAGE_HEIGHT - MARGIN, fields: Vec::new() }
    }

    fn space(&mut self, points: f32) {
        self.y -= points;
    }

    fn keep_together(&mut self, points: f32) {
        if self.y - points < FOOT {
            self.turn();
        }
    }

    fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = PAGE_HEIGHT - MARGIN;
    }

    fn block(&mut self, text: &str, face: Face, size: f32, align: Align) {
        let (left, width) = match align {
            Align::Left | Align::Centre => (MARGIN, TEXT_WIDTH),
            Align::Half => (MARGIN + TEXT_WIDTH * 0.52, TEXT_WIDTH * 0.48),
        };
        self.column(text, face, size, left, width, matches!(align, Align::Centre));
    }

    fn item(&mut self, text: &str) {
        self.keep_together(LEADING);
        let y = self.y - LEADING;
        self.set("•", Face::Plain, SIZE, MARGIN + 8.0, y);
        self.column(text, Face::Plain, SIZE, MARGIN + 22.0, TEXT_WIDTH - 22.0, false);
        self.space(3.0);
    }

    /// Columns of one width; the first has twice as much.
    fn row(&mut self, cells: &[&str]) {
        let unit = TEXT_WIDTH / (cells.len() + 1) as f32;
        let place = |n: usize| if n == 0 { (0.0, 2.0 * unit) } else { ((n + 1) as f32 * unit, unit) };
        let rows = |(n, cell): (usize, &&str)| lines(cell, Face::Plain, 9.5, place(n).1 - 6.0).len();
        self.keep_together(LEADING * cells.iter().enumerate().map(rows).max().unwrap_or(1) as f32);
        let (top, mut lowest) = (self.y, self.y);
        for (n, cell) in cells.iter().enumerate() {
            let (left, width) = place(n);
            self.y = top;
            self.column(cell, Face::Plain, 9.5, MARGIN + left, width - 6.0, false);
            lowest = lowest.min(self.y);
        }
        self.y = lowest;
    }

    /// A label and beside it a field that is filled in.
    fn field(&mut self, label: &str, value: &str) {
        self.keep_together(LEADING + 8.0);
        self.y -= LEADING + 6.0;
        let y = self.y;
        self.set(label, Face::Plain, 9.5, MARGIN, y);
        let left = MARGIN + TEXT_WIDTH * 0.38;
        let field = Field {
            page: self.pages.len() - 1,
            place: [left, y - 5.0, PAGE_WIDTH - MARGIN, y + 12.0],
            label: label.to_owned(),
            value: value.to_owned(),
        };
        self.fields.push(field);
    }

    fn column(&mut self, text: &str, face: Face, size: f32, left: f32, width: f32, centred: bool) {
        for line in lines(text, face, size, width) {
            self.keep_together(LEADING);
            self.y -= size.max(SIZE) + LEADING - SIZE;
            let x = if centred { left + (width - measure(&line, face, size)) / 2.0 } else { left };
            let y = self.y;
            self.set(&line, face, size, x, y);
        }
    }

    fn set(&mut self, text: &str, face: Face, size: f32, x: f32, y: f32) {
        let font = match face {
            Face::Plain => "F1",
            Face::Bold => "F2",
        };
        self.draw([
            Operation::new("BT", vec![]),
            Operation::new("Tf", vec![font.into(), size.into()]),
            Operation::new("Td", vec![x.into(), y.into()]),
            Operation::new("Tj", vec![Object::string_literal(win_ansi(text))]),
            Operation::new("ET", vec![]),
        ]);
    }

    fn rule(&mut self) {
        let y = self.y;
        self.draw([
            Operation::new("w", vec![0.7.into()]),
            Operation::new("m", vec![MARGIN.into(), y.into()]),
            Operation::new("l", vec![(PAGE_WIDTH - MARGIN).into(), y.into()]),
            Operation::new("S", vec![]),
        ]);
    }

    fn draw(&mut self, operations: impl IntoIterator<Item = Operation>) {
        if let Some(page) = self.pages.last_mut() {
            page.extend(operations);
        }
    }
}

fn lines(text: &str, face: Face, size: f32, width: f32) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last().map_or("", String::as_str);
        let longer = if last.is_empty() { word.to_owned() } else { format!("{last} {word}") };
        if !last.is_empty() && measure(&longer, face, size) > width {
            lines.push(word.to_owned());
        } else if let Some(last) = lines.last_mut() {
            *last = longer;
        }
    }
    lines
}

fn measure(text: &str, face: Face, size: f32) -> f32 {
    let widths = if face == Face::Bold { &BOLD_WIDTHS } else { &PLAIN_WIDTHS };
    let width = |c: char| {
        let slot = (base_letter(c) as usize).checked_sub(32).and_then(|index| widths.get(index));
        f32::from(slot.copied().unwrap_or(556))
    };
    text.chars().map(width).sum::<f32>() * size / 1000.0
}

/// An accented letter is as wide as its plain one (but for ì, which is as wide as the stop).
fn base_letter(c: char) -> char {
    match c {
        'à' | 'á' | 'â' => 'a',
        'è' | 'é' | 'ê' => 'e',
        'ì' | 'í' | '·' | '’' => '.',
        'ò' | 'ó' | 'ô' => 'o',
        'ù' | 'ú' | 'ü' => 'u',
        'À' => 'A',
        'È' | 'É' => 'E',
        'Ì' => 'I',
        'Ò' => 'O',
        'Ù' => 'U',
        other => other,
    }
}

/// The code that WinAnsiEncoding gives a character; a question mark for what it lacks (a test sees that no paper has such).
fn win_ansi(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| match c {
            '€' => 0x80,
            '…' => 0x85,
            '‘' => 0x91,
            '’' => 0x92,
            '“' => 0x93,
            '”' => 0x94,
            '•' => 0x95,
            '–' => 0x96,
            '—' => 0x97,
            ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(c)).unwrap_or(b'?'),
            _ => b'?',
        })
        .collect()
}

fn write_file(pages: Vec<Vec<Operation>>, fields: &[Field], paper: &Paper) -> Vec<u8> {
    let mut file = Document::with_version("1.5");
    let pages_id = file.new_object_id();
    let plain = font(&mut file, "Helvetica");
    let fonts = dictionary! { "F1" => plain, "F2" => font(&mut file, "Helvetica-Bold") };
    let resources = file.add_object(dictionary! { "Font" => fonts });
    let count = pages.len();
    let mut kids: Vec<Object> = Vec::new();
    let mut widgets: Vec<Object> = Vec::new();
    for (index, mut operations) in pages.into_iter().enumerate() {
        if count > 1 {
            operations.extend(page_number(index + 1, count));
        }
        let content = Content { operations }.encode().expect("writing operations to memory cannot fail");
        let content = file.add_object(Stream::new(Dictionary::new(), content));
        let mut page = dictionary! { "Type" => "Page", "Parent" => pages_id, "Contents" => content };
        let here = fields.iter().filter(|field| field.page == index);
        let here: Vec<Object> = here.map(|field| fields::widget(&mut file, field, plain).into()).collect();
        if !here.is_empty() {
            page.set("Annots", here.clone());
            widgets.extend(here);
        }
        kids.push(file.add_object(page).into());
    }
    let tree = dictionary! {
        "Type" => "Pages",
        "Kids" => kids,
        "Count" => i64::try_from(count).unwrap_or(i64::MAX),
        "Resources" => resources,
        "MediaBox" => vec![0.into(), 0.into(), PAGE_WIDTH.into(), PAGE_HEIGHT.into()],
    };
    file.objects.insert(pages_id, tree.into());
    let mut catalog =
        dictionary! { "Type" => "Catalog", "Pages" => pages_id, "Lang" => Object::string_literal("it-IT") };
    if !widgets.is_empty() {
        catalog.set("AcroForm", fields::form(widgets, plain));
    }
    let catalog = file.add_object(catalog);
    let information = file.add_object(dictionary! {
        "Title" => lopdf::text_string(&paper.subject),
        "Author" => lopdf::text_string(paper.head().first().map_or("", String::as_str)),
        "Producer" => Object::string_literal("Tabularium, sample town"),
    });
    file.trailer.set("Root", catalog);
    file.trailer.set("Info", information);
    file.compress();
    let mut bytes = Vec::new();
    file.save_to(&mut bytes).expect("writing to memory cannot fail");
    bytes
}

fn page_number(number: usize, count: usize) -> [Operation; 5] {
    let text = format!("pagina {number} di {count}");
    let x = (PAGE_WIDTH - measure(&text, Face::Plain, 9.0)) / 2.0;
    [
        Operation::new("BT", vec![]),
        Operation::new("Tf", vec!["F1".into(), 9.into()]),
        Operation::new("Td", vec![x.into(), 46.into()]),
        Operation::new("Tj", vec![Object::string_literal(win_ansi(&text))]),
        Operation::new("ET", vec![]),
    ]
}

fn font(file: &mut Document, name: &str) -> ObjectId {
    file.add_object(dictionary! {
        "Type" => "Font",
        "Subtype" => "Type1",
        "BaseFont" => name,
        "Encoding" => "WinAnsiEncoding",
    })
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use jiff::civil::date;

    use super::*;
    use crate::demo::paper::Form;
    use crate::demo::town::town;

    fn papers() -> Vec<Paper> {
        let entries = town(date(2026, 11, 23)).registrations;
        let all = entries.into_iter().flat_map(|entry| {
            let attached = entry.attachments.into_iter().map(|attachment| attachment.paper);
            std::iter::once(entry.document.paper).chain(attached)
        });
        all.filter(|paper| paper.form == Form::Pdf).collect()
    }

    fn words(text: &str) -> Vec<&str> {
        text.split_whitespace().collect()
    }

    /// Paragraph by paragraph, so that page numbers and columns between them do not matter.
    fn assert_says(read: &str, paper: &Paper) {
        let read = format!(" {} ", words(read).join(" "));
        let texts = paper.paragraphs.iter().filter(|p| !p.starts_with(['|', '?']));
        let Some(paragraph) = texts.max_by_key(|p| p.matches(['à', 'è', 'ì', 'ò', 'ù']).count()) else { return };
        let start =
            words(paragraph.trim_start_matches(['-', '#', ' '])).into_iter().take(12).collect::<Vec<_>>().join(" ");
        assert!(read.contains(&start), "{}: not found: {start}", paper.subject);
    }

    #[test]
    fn the_same_paper_gives_the_same_bytes() {
        let papers = papers();
        assert!(papers.len() > 45);
        for paper in &papers {
            assert_eq!(render(paper), render(paper));
        }
    }

    #[test]
    fn our_reader_gives_back_the_words() {
        for paper in papers().iter().step_by(7) {
            let text = pdf_extract::extract_text_from_mem(&render(paper)).unwrap();
            assert_says(&text, paper);
        }
    }

    #[test]
    fn every_character_has_a_code() {
        for paper in papers() {
            for text in paper.paragraphs.iter().chain(&paper.head()).chain([&paper.subject, &paper.signature]) {
                let asked = text.matches('?').count();
                let got = win_ansi(text).iter().filter(|byte| **byte == b'?').count();
                assert_eq!(asked, got, "{text}");
            }
        }
    }

    #[test]
    fn no_line_leaves_its_column_and_long_papers_turn_the_page() {
        for paper in papers() {
            let texts = paper.paragraphs.iter().filter(|p| !p.starts_with('|'));
            for line in texts.flat_map(|p| lines(p, Face::Plain, SIZE, TEXT_WIDTH)) {
                assert!(measure(&line, Face::Plain, SIZE) <= TEXT_WIDTH, "{line}");
            }
        }
        let most = papers().iter().map(|paper| Document::load_mem(&render(paper)).unwrap().get_pages().len()).max();
        assert!(most >= Some(2), "{most:?}");
    }

    #[test]
    fn poppler_gives_back_the_words() {
        if Command::new("pdftotext").arg("-v").stderr(Stdio::null()).status().is_err() {
            eprintln!("skipped: pdftotext is not installed");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        for paper in papers().iter().step_by(5) {
            let file = folder.path().join("paper.pdf");
            std::fs::write(&file, render(paper)).unwrap();
            let out = Command::new("pdftotext").arg(&file).arg("-").output().unwrap();
            assert!(out.status.success() && out.stderr.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
            assert_says(&String::from_utf8(out.stdout).unwrap(), paper);
            let facts = Command::new("pdfinfo").arg(&file).output().unwrap();
            let facts = String::from_utf8(facts.stdout).unwrap();
            assert!(facts.contains("A4") && facts.contains(&paper.subject), "{facts}");
        }
    }
}
