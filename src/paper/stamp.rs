//! What is laid over the first page of a copy? The mark in a box, on a page that is as large as the box.

use krilla::outline::Outline;
use krilla::tagging::{ArtifactType, TagTree};

use super::PaperError;
use super::faces::{Faces, Style, clean};
use super::sheet::{Paper, Pen};

const SIZE: f32 = 8.5;
const LEADING: f32 = 11.0;
const PADDING: f32 = 5.0;

/// Wider than this no box is; longer texts break into lines.
const WIDTH_MAX: f32 = 260.0;

/// The box with its text as a PDF of one page. It carries no structure: what it is laid over has its own.
pub fn stamp(text: &str) -> Result<Vec<u8>, PaperError> {
    let mut paper = Paper::without_structure()?;
    let text = clean(text).into_owned();
    let lines = balanced(&paper.faces, &text, WIDTH_MAX / SIZE);
    let lines: Vec<String> = lines.into_iter().map(|line| line.trim_end().to_owned()).collect();
    let widest = lines.iter().map(|line| paper.faces.width(line, Style::Plain)).fold(0.0, f32::max);
    let (width, height) = (widest * SIZE + 2.0 * PADDING, lines.len() as f32 * LEADING + 2.0 * PADDING - 2.0);
    paper.page((width, height), |pen| draw(pen, &lines, (width, height)))?;
    paper.finish(TagTree::new(), Outline::new())
}

/// No more lines than are needed, and none much longer than the others.
fn balanced<'t>(faces: &Faces, text: &'t str, most: f32) -> Vec<&'t str> {
    let lines = faces.lines(text, Style::Plain, most);
    let narrowest = faces.width(text, Style::Plain) / lines.len() as f32;
    let widths = (0..20).map(|step| narrowest + (most - narrowest) * step as f32 / 20.0);
    let tried = widths.map(|width| faces.lines(text, Style::Plain, width)).find(|tried| tried.len() == lines.len());
    tried.unwrap_or(lines)
}

fn draw(pen: &mut Pen<'_, '_>, lines: &[String], (width, height): (f32, f32)) {
    // White under it: on a scan or a letterhead it must stay readable.
    pen.decorate(255, &[(0.0, 0.0, width, height)]);
    let line = 0.7;
    let sides = [
        (0.0, 0.0, width, line),
        (0.0, height - line, width, line),
        (0.0, 0.0, line, height),
        (width - line, 0.0, line, height),
    ];
    pen.decorate(0, &sides);
    for (n, line) in lines.iter().enumerate() {
        let y = PADDING + SIZE - 1.0 + n as f32 * LEADING;
        pen.repeat(ArtifactType::Other, (PADDING, y), SIZE, Style::Plain, line);
    }
}
