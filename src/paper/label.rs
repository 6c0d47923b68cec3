//! What does the label look like that is stuck on a paper? On a roll of labels, or at one place of a sheet of them.

use std::num::NonZeroU16;

use jiff::civil::DateTime;
use krilla::destination::XyzDestination;
use krilla::geom::{Point, Rect};
use krilla::outline::{Outline, OutlineNode};
use krilla::tagging::{BBox, Node, Tag, TagGroup, TagTree};

use super::faces::{Style, clean};
use super::sheet::{A4, Line, MM, Paper, Pen, Title};
use super::{Code, PaperError};

/// The label of a roll, as most label printers have it.
const ROLL: (f32, f32) = (62.0 * MM, 29.0 * MM);

/// A sheet of A4 with three labels side by side, eight rows of them: 70 by 37 millimetres each.
const COLUMNS: usize = 3;
const ROWS: usize = 8;
const OF_SHEET: (f32, f32) = (A4.0 / COLUMNS as f32, A4.1 / ROWS as f32);

/// Labels on a sheet.
pub const PLACES: usize = COLUMNS * ROWS;

/// From a label's edge to what is on it: printers do not hit the edge.
const MARGIN: f32 = 3.0 * MM;

/// A code that a telephone still reads.
const CODE: f32 = 22.0 * MM;

/// What stands on a label.
#[derive(Debug, Clone)]
pub struct Label {
    pub administration: String,
    /// With its year.
    pub number: String,
    /// Day, direction and class.
    pub details: String,
    pub mark: String,
    /// When the entry was registered, by the clock in Rome, and the hours that this is ahead.
    pub registered: (DateTime, i8),
}

/// What it is printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelOn {
    Roll,
    /// From 1 to [`PLACES`], row by row.
    Sheet {
        place: usize,
    },
}

/// The label as PDF/A.
pub fn label(label: &Label, on: LabelOn) -> Result<Vec<u8>, PaperError> {
    let code = Code::of(&label.mark).map_err(|error| PaperError(error.to_string()))?;
    let title = Title {
        title: format!("Etichetta {}", label.number),
        subject: label.mark.clone(),
        author: &label.administration,
        written: label.registered,
        id: format!("{}#etichetta", label.mark),
    };
    let mut paper = Paper::new(title)?;
    let (page, corner, size) = match on {
        LabelOn::Roll => (ROLL, (0.0, 0.0), ROLL),
        LabelOn::Sheet { place } => {
            let place = place.clamp(1, PLACES) - 1;
            let (column, row) = (place % COLUMNS, place / COLUMNS);
            (A4, (column as f32 * OF_SHEET.0, row as f32 * OF_SHEET.1), OF_SHEET)
        }
    };
    let mut tags = TagTree::new();
    paper.page(page, |pen| draw(pen, label, &code, (corner, size), &mut tags))?;
    let mut outline = Outline::new();
    let place = XyzDestination::new(0, Point::from_xy(corner.0, corner.1));
    outline.push_child(OutlineNode::new(label.number.clone(), place));
    paper.finish(tags, outline)
}

fn draw(
    pen: &mut Pen<'_, '_>,
    label: &Label,
    code: &Code,
    ((left, top), (width, height)): ((f32, f32), (f32, f32)),
    tags: &mut TagTree,
) {
    let (code_left, code_top) = (left + MARGIN, top + (height - CODE) / 2.0);
    let square = CODE / code.side as f32;
    let boxes = code.dark.iter().map(|(column, row)| {
        // A hair wider than they are: no printer shall show a gap between two.
        let side = square * 1.02;
        (code_left + *column as f32 * square, code_top + *row as f32 * square, side, side)
    });
    let drawn = pen.picture(&boxes.collect::<Vec<_>>());
    let figure = Tag::Figure(Some(format!("Codice QR della segnatura {}", label.mark)));
    let around = Rect::from_xywh(code_left, code_top, CODE, CODE).map(|rect| BBox::new(0, rect));
    tags.push(TagGroup::with_children(figure.with_bbox(around), vec![drawn]));

    let x = code_left + CODE + 1.5 * MM;
    let room = left + width - MARGIN - x;
    let lines = [
        (&label.administration, 7.5, Style::Strong, 2),
        (&label.number, 19.0, Style::Strong, 1),
        (&label.details, 7.5, Style::Plain, 1),
        (&label.mark, 6.5, Style::Plain, 1),
    ];
    let fitted = |(text, size, style, most): (&String, _, _, _)| Fitted::of(pen, text, size, style, (most, room));
    let set: Vec<_> = lines.into_iter().map(fitted).collect();
    let mut y = top + (height - set.iter().map(Fitted::height).sum::<f32>()) / 2.0;
    for (n, fitted) in set.iter().enumerate() {
        let mut said: Vec<Node> = Vec::new();
        let lines = fitted.lines.iter().enumerate().map(|(n, text)| {
            let at = (x, y + fitted.size * (1.0 + n as f32 * SPACING));
            Line { at, style: fitted.style, text }
        });
        pen.say(&mut said, fitted.size, &lines.collect::<Vec<_>>());
        y += fitted.height();
        if n == 1 {
            tags.push(TagGroup::with_children(Tag::Hn(NonZeroU16::MIN, Some(label.number.clone())), said));
        } else if !said.is_empty() {
            tags.push(TagGroup::with_children(Tag::P, said));
        }
    }
}

/// From one line to the next, in parts of the letters' size.
const SPACING: f32 = 1.25;

/// Letters are made no smaller than this, and lines then no more than so many: what does not fit is on the paper
/// itself, and in the code.
const SIZE_MIN: f32 = 5.0;
const LINES_MAX: usize = 3;

/// Text in letters so small that its lines are few enough.
struct Fitted {
    lines: Vec<String>,
    size: f32,
    style: Style,
}

impl Fitted {
    fn of(pen: &Pen<'_, '_>, text: &str, size: f32, style: Style, (most, room): (usize, f32)) -> Self {
        let text = clean(text);
        let mut size = size;
        loop {
            let lines = pen.faces.lines(&text, style, room / size);
            if lines.len() <= most || size <= SIZE_MIN {
                return Self { lines: lines.into_iter().take(LINES_MAX).map(str::to_owned).collect(), size, style };
            }
            size -= 0.5;
        }
    }

    fn height(&self) -> f32 {
        self.lines.len() as f32 * self.size * SPACING
    }
}
