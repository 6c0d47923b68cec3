//! Where on which page does what stand? First all places are found, for each page says how many there are; then pages
//! are drawn one after the other.

use std::num::NonZeroU16;

use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::outline::{Outline, OutlineNode};
use krilla::tagging::{ArtifactType, Node, TableHeaderScope, Tag, TagGroup, TagTree};

use super::PaperError;
use super::faces::{Faces, Style, clean};
use super::sheet::{A4, Line, Paper, Pen, Title};
use super::table::{LEADING, Look, PADDING, SIZE, Table};

/// A4, lying.
const PAGE: (f32, f32) = (A4.1, A4.0);
const MARGIN: f32 = 28.0;
/// Where the text of a page begins and ends.
const TOP: f32 = 48.0;
const BOTTOM: f32 = PAGE.1 - 40.0;
const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;

/// A row that is longer than the rest of the page goes to the next one, unless it has more lines than this.
const KEPT_TOGETHER: usize = 20;

const TEXT_LEADING: f32 = 13.0;
const TEXT_SIZE: f32 = 9.5;

/// What a paper consists of, from top to bottom.
pub(super) enum Block {
    /// With its level.
    Heading(u16, String),
    Text(String),
    Table(Table),
}

/// Something in its place.
struct Placed {
    page: usize,
    y: f32,
    what: What,
}

enum What {
    /// Line by line.
    Text {
        block: usize,
    },
    Head {
        block: usize,
        again: bool,
    },
    /// Lines of a row.
    Part {
        block: usize,
        row: usize,
        from: usize,
        to: usize,
    },
}

/// Heading's letters and the room that it takes.
fn heading(level: u16) -> (f32, f32) {
    if level == 1 { (17.0, 26.0) } else { (12.0, 26.0) }
}

/// The whole document. `running` stands at the top of every page.
pub(super) fn write(title: Title<'_>, running: (&str, &str), blocks: &[Block]) -> Result<Vec<u8>, PaperError> {
    let mut paper = Paper::new(title)?;
    let placed = place(blocks, &paper.faces);
    let pages = placed.last().map_or(1, |last| last.page + 1);
    let (mut tags, mut outline) = (Tags::default(), Outline::new());
    for of_page in placed.chunk_by(|one, another| one.page == another.page) {
        paper.page(PAGE, |pen| {
            for placed in of_page {
                draw(pen, blocks, placed, &mut tags, &mut outline);
            }
            let number = of_page.first().map_or(1, |first| first.page + 1);
            frame(pen, running, &format!("pagina {number} di {pages}"));
        })?;
    }
    paper.finish(tags.finish(), outline)
}

/// Finds the places of all blocks.
fn place(blocks: &[Block], faces: &Faces) -> Vec<Placed> {
    let (mut placed, mut page, mut y) = (Vec::new(), 0, TOP);
    for (n, block) in blocks.iter().enumerate() {
        match block {
            Block::Heading(level, _) => {
                let (_, room) = heading(*level);
                // Not without something under it.
                if y + room + 6.0 * LEADING > BOTTOM {
                    (page, y) = (page + 1, TOP);
                }
                placed.push(Placed { page, y, what: What::Text { block: n } });
                y += room;
            }
            Block::Text(text) => {
                let lines = faces.lines(&clean(text), Style::Plain, WIDTH / TEXT_SIZE).len() as f32;
                if y + lines * TEXT_LEADING > BOTTOM {
                    (page, y) = (page + 1, TOP);
                }
                placed.push(Placed { page, y, what: What::Text { block: n } });
                y += lines * TEXT_LEADING;
            }
            Block::Table(table) => (page, y) = place_table(&mut placed, (n, table), faces, (page, y)),
        }
    }
    placed
}

fn head_height(table: &Table, faces: &Faces) -> f32 {
    let lines = table.head(faces).iter().map(Vec::len).max().unwrap_or(1);
    lines as f32 * LEADING + 2.0 * PADDING
}

fn place_table(
    placed: &mut Vec<Placed>,
    (block, table): (usize, &Table),
    faces: &Faces,
    (mut page, mut y): (usize, f32),
) -> (usize, f32) {
    let head = head_height(table, faces);
    let fitting = |y: f32| ((BOTTOM - y - 2.0 * PADDING) / LEADING).floor().max(0.0) as usize;
    placed.push(Placed { page, y, what: What::Head { block, again: false } });
    y += head;
    for row in 0..table.rows.len() {
        let lines = table.height(row, faces);
        let mut from = 0;
        while from < lines {
            let fits = fitting(y);
            let rest = lines - from;
            if rest > fits && (rest <= KEPT_TOGETHER || fits < 3) {
                (page, y) = (page + 1, TOP);
                placed.push(Placed { page, y, what: What::Head { block, again: true } });
                y += head;
                continue;
            }
            let to = from + rest.min(fits);
            placed.push(Placed { page, y, what: What::Part { block, row, from, to } });
            y += (to - from) as f32 * LEADING + 2.0 * PADDING;
            from = to;
        }
    }
    (page, y + LEADING)
}

fn draw(pen: &mut Pen<'_, '_>, blocks: &[Block], placed: &Placed, tags: &mut Tags, outline: &mut Outline) {
    match placed.what {
        What::Text { block } => match blocks.get(block) {
            Some(Block::Heading(level, text)) => {
                let (size, room) = heading(*level);
                let mut said = Vec::new();
                let at = (MARGIN, placed.y + room - 10.0);
                pen.say(&mut said, size, &[Line { at, style: Style::Strong, text: &clean(text) }]);
                let tag = Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), Some(text.clone()));
                tags.push(TagGroup::with_children(tag, said));
                let place = XyzDestination::new(placed.page, Point::from_xy(MARGIN, placed.y));
                outline.push_child(OutlineNode::new(text.clone(), place));
            }
            Some(Block::Text(text)) => {
                let (text, mut said) = (clean(text), Vec::new());
                let lines = pen.faces.lines(&text, Style::Plain, WIDTH / TEXT_SIZE).into_iter().enumerate();
                let lines = lines.map(|(n, text)| {
                    let at = (MARGIN, placed.y + n as f32 * TEXT_LEADING + TEXT_SIZE);
                    Line { at, style: Style::Plain, text }
                });
                pen.say(&mut said, TEXT_SIZE, &lines.collect::<Vec<_>>());
                tags.push(TagGroup::with_children(Tag::P, said));
            }
            _ => {}
        },
        What::Head { block, again } => {
            if let Some(Block::Table(table)) = blocks.get(block) {
                draw_head(pen, table, placed.y, again, tags);
            }
        }
        What::Part { block, row, from, to } => {
            if let Some(Block::Table(table)) = blocks.get(block) {
                draw_part(pen, table, (row, from, to), placed.y, tags);
            }
        }
    }
}

fn draw_head(pen: &mut Pen<'_, '_>, table: &Table, y: f32, again: bool, tags: &mut Tags) {
    let height = head_height(table, pen.faces);
    pen.decorate(225, &[(MARGIN, y, WIDTH, height)]);
    let (mut x, mut cells) = (MARGIN, Vec::new());
    for (lines, column) in table.head(pen.faces).into_iter().zip(table.columns) {
        let mut said = Vec::new();
        let at = |n: usize| (x + PADDING, y + PADDING + n as f32 * LEADING + SIZE - 1.0);
        let lines = lines.into_iter().enumerate().map(|(n, text)| Line { at: at(n), style: Style::Strong, text });
        if again {
            lines.for_each(|line| pen.repeat(ArtifactType::PaginationOther, line.at, SIZE, line.style, line.text));
        } else {
            pen.say(&mut said, SIZE, &lines.collect::<Vec<_>>());
        }
        cells.push(Node::Group(TagGroup::with_children(Tag::TH(TableHeaderScope::Column), said)));
        x += column.width;
    }
    if !again {
        tags.begin_table(cells);
    }
}

fn draw_part(pen: &mut Pen<'_, '_>, table: &Table, (row, from, to): (usize, usize, usize), y: f32, tags: &mut Tags) {
    if from == 0 {
        tags.begin_row(table.columns.len());
    }
    let (faces, mut x, mut struck) = (pen.faces, MARGIN, Vec::new());
    for (n, (lines, column)) in table.lines(row, faces).into_iter().zip(table.columns).enumerate() {
        let shown = lines.get(from..to.min(lines.len())).unwrap_or_default();
        let at = |line: usize| (x + PADDING, y + PADDING + line as f32 * LEADING + SIZE - 1.0);
        let said = shown.iter().enumerate();
        let said = said.map(|(line, (look, text))| Line { at: at(line), style: look.style(), text });
        pen.say(tags.cell(n), SIZE, &said.collect::<Vec<_>>());
        for (line, (_, text)) in shown.iter().enumerate().filter(|(_, (look, _))| *look == Look::Struck) {
            let ((x, y), width) = (at(line), faces.width(text.trim_end(), Style::Plain) * SIZE);
            struck.push((x, y - 0.3 * SIZE, width, 0.5));
        }
        x += column.width;
    }
    pen.decorate(60, &struck);
    let bottom = y + (to - from) as f32 * LEADING + 2.0 * PADDING;
    pen.decorate(190, &[(MARGIN, bottom - 0.25, WIDTH, 0.5)]);
}

/// What stands around every page.
fn frame(pen: &mut Pen<'_, '_>, (left, right): (&str, &str), number: &str) {
    let (top, foot) = (MARGIN + SIZE, PAGE.1 - 22.0);
    let width = |text: &str, style| pen.faces.width(text, style) * SIZE;
    let (right_x, number_x) = (width(right, Style::Plain), width(number, Style::Plain));
    pen.repeat(ArtifactType::Header, (MARGIN, top), SIZE, Style::Strong, left);
    pen.repeat(ArtifactType::Header, (PAGE.0 - MARGIN - right_x, top), SIZE, Style::Plain, right);
    pen.repeat(ArtifactType::PageNumber, (PAGE.0 - MARGIN - number_x, foot), SIZE, Style::Plain, number);
    pen.decorate(120, &[(MARGIN, top + 4.0, WIDTH, 0.5)]);
}

/// The structure of what was drawn so far.
#[derive(Default)]
struct Tags {
    all: Vec<Node>,
    table: Option<OpenTable>,
}

#[derive(Default)]
struct OpenTable {
    head: Vec<Node>,
    body: Vec<Node>,
    /// The cells of the row in hand.
    row: Vec<Vec<Node>>,
}

impl OpenTable {
    fn end_row(&mut self) {
        let cells = std::mem::take(&mut self.row).into_iter().enumerate().map(|(n, cell)| match n {
            // Its number is what a row is called by.
            0 => TagGroup::with_children(Tag::TH(TableHeaderScope::Row), cell).into(),
            _ => TagGroup::with_children(Tag::TD, cell).into(),
        });
        let cells: Vec<Node> = cells.collect();
        if !cells.is_empty() {
            self.body.push(TagGroup::with_children(Tag::TR, cells).into());
        }
    }
}

impl Tags {
    fn push(&mut self, group: TagGroup) {
        self.end_table();
        self.all.push(group.into());
    }

    fn begin_table(&mut self, head: Vec<Node>) {
        self.end_table();
        self.table = Some(OpenTable { head, ..OpenTable::default() });
    }

    fn begin_row(&mut self, columns: usize) {
        if let Some(table) = &mut self.table {
            table.end_row();
            table.row.resize_with(columns, Vec::new);
        }
    }

    /// Where the marks of a cell's text go; of a row that was begun.
    fn cell(&mut self, n: usize) -> &mut Vec<Node> {
        let row = &mut self.table.get_or_insert_default().row;
        if row.len() <= n {
            row.resize_with(n + 1, Vec::new);
        }
        &mut row[n]
    }

    fn end_table(&mut self) {
        let Some(mut table) = self.table.take() else { return };
        table.end_row();
        let head = TagGroup::with_children(Tag::TR, table.head).into();
        let mut parts = vec![TagGroup::with_children(Tag::THead, vec![head]).into()];
        if !table.body.is_empty() {
            parts.push(TagGroup::with_children(Tag::TBody, table.body).into());
        }
        self.all.push(TagGroup::with_children(Tag::Table, parts).into());
    }

    fn finish(mut self) -> TagTree {
        self.end_table();
        self.all.into()
    }
}
