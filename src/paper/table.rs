//! What stands in the cells of a table, and into which lines does it break?

use super::faces::{Faces, Style, clean};

/// Points from one line to the next, and the size of the letters.
pub(super) const LEADING: f32 = 9.0;
pub(super) const SIZE: f32 = 7.5;

/// Between a cell's text and its borders.
pub(super) const PADDING: f32 = 3.0;

#[derive(Debug)]
pub(super) struct Column {
    pub head: &'static str,
    /// In points, with the padding.
    pub width: f32,
}

/// How a paragraph of a cell looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    Strong,
    /// Struck through and yet readable: it was annulled.
    Struck,
}

impl Look {
    pub fn style(self) -> Style {
        if self == Self::Strong { Style::Strong } else { Style::Plain }
    }
}

/// One row, packed: a year has a hundred thousand of them.
#[derive(Debug, Default)]
pub(super) struct Cells(String);

/// Between cells, and before a paragraph of each look: signs that no clean text holds.
const CELL: char = '\u{1f}';
const LOOKS: [(char, Look); 3] = [('\u{1}', Look::Plain), ('\u{2}', Look::Strong), ('\u{3}', Look::Struck)];

impl Cells {
    /// A paragraph of the cell in hand; an empty one is none.
    pub fn say(&mut self, look: Look, text: &str) {
        let text = clean(text);
        if !text.is_empty() {
            self.0.extend(LOOKS.iter().filter(|(_, each)| *each == look).map(|(sign, _)| sign));
            self.0.push_str(&text);
        }
    }

    /// The cell in hand is full.
    pub fn next(&mut self) {
        self.0.push(CELL);
    }

    pub fn pack(mut self) -> Self {
        self.0.shrink_to_fit();
        self
    }

    /// The lines of each cell.
    fn lines<'c>(&'c self, columns: &'c [Column], faces: &'c Faces) -> impl Iterator<Item = Vec<(Look, &'c str)>> {
        let cells = columns.iter().zip(self.0.split(CELL));
        cells.map(|(column, cell)| {
            let most = (column.width - 2.0 * PADDING) / SIZE;
            let looks = cell.chars().filter_map(|c| LOOKS.iter().find(|(sign, _)| *sign == c)).map(|(_, look)| *look);
            let texts = cell.split(|c| LOOKS.iter().any(|(sign, _)| *sign == c)).skip(1);
            let lines = looks.zip(texts).flat_map(|(look, text)| {
                faces.lines(text, look.style(), most).into_iter().map(move |line| (look, line))
            });
            lines.collect()
        })
    }
}

/// A table with all its rows.
pub(super) struct Table {
    pub columns: &'static [Column],
    pub rows: Vec<Cells>,
}

impl Table {
    /// How many lines its longest cell has.
    pub fn height(&self, row: usize, faces: &Faces) -> usize {
        let cells = self.rows.get(row).into_iter().flat_map(|cells| cells.lines(self.columns, faces));
        cells.map(|lines| lines.len()).max().unwrap_or(0).max(1)
    }

    pub fn lines<'t>(&'t self, row: usize, faces: &'t Faces) -> Vec<Vec<(Look, &'t str)>> {
        self.rows.get(row).map(|cells| cells.lines(self.columns, faces).collect()).unwrap_or_default()
    }

    /// The lines of the head's cells.
    pub fn head(&self, faces: &Faces) -> Vec<Vec<&'static str>> {
        let lines = |column: &Column| faces.lines(column.head, Style::Strong, (column.width - 2.0 * PADDING) / SIZE);
        self.columns.iter().map(lines).collect()
    }
}
