//! What do poppler's programs see in a PDF? The second reader, and the drawer of pages, where libpdfium is not there.

use std::path::Path;
use std::time::Instant;

use super::{PageText, Reading};
use crate::limits;
use crate::text::Reason;
use crate::text::program::{ProgramError, run_alone};

/// Pixels on the longer side of a drawn page: A4 with 300 points to the inch.
const SIDE: &str = "3508";

/// A page so drawn, a byte a point, with its header.
const DRAWN_MAX: u64 = 3508 * 3508 + 1024;

/// The texts of all pages, by `pdftotext`.
pub(super) fn read(program: &Path, content: &[u8], text_max: usize, deadline: Instant) -> Reading {
    let refused = |reason| Reading { refused: Some(reason), ..Reading::default() };
    let most = u64::try_from(text_max).unwrap_or(u64::MAX).saturating_mul(2);
    let answered = match run_alone(program, &["-q", "-enc", "UTF-8", "-", "-"], content, most, deadline) {
        Ok(answered) => answered,
        Err(ProgramError::Timeout) => return refused(Reason::Timeout),
        Err(ProgramError::TooMuch) => return refused(Reason::Cut),
        Err(ProgramError::Start(_)) => return refused(Reason::NotStarted),
    };
    if !answered.success {
        let encrypted = answered.complaints.contains("assword");
        return refused(if encrypted { Reason::Encrypted } else { Reason::Broken });
    }
    let text = String::from_utf8_lossy(&answered.output);
    // Each page ends with a form feed, the last one too: without any there was none that could be opened.
    if text.is_empty() {
        return refused(Reason::Broken);
    }
    let text = text.strip_suffix('\u{c}').unwrap_or(&text);
    let pages: Vec<_> = text.split('\u{c}').map(PageText::of).collect();
    Reading { total: pages.len(), pages, stop: None, refused: None }
}

/// One page, counted from 1, as a PGM.
pub(super) fn draw(program: &Path, content: &[u8], page: usize, deadline: Instant) -> Option<Vec<u8>> {
    let page = page.to_string();
    let arguments = ["-q", "-gray", "-scale-to", SIDE, "-f", &page, "-l", &page, "-"];
    let answered = run_alone(program, &arguments, content, DRAWN_MAX, deadline).ok()?;
    (answered.success && answered.output.len() as u64 > limits::KIB).then_some(answered.output)
}
