//! Which signs and words does a query's text consist of.

use std::ops::Range;

/// A piece of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Open,
    Close,
    Or,
    Minus,
    Text(Text),
}

/// Words, as far as spaces and quotes keep them together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Text {
    pub field: Option<String>,
    pub value: String,
    pub quoted: bool,
    /// `~3` after a phrase: words that may stand between its own.
    pub slop: Option<u32>,
    /// `~abc` after a phrase: no number of words.
    pub no_slop: Option<String>,
    /// The bytes of the query it was read from.
    pub at: Range<usize>,
}

impl Piece {
    /// The run of letters of a piece that is nothing but that.
    pub fn plain(&self) -> Option<&str> {
        match self {
            Self::Text(Text { field: None, value, quoted: false, .. }) => Some(value),
            _ => None,
        }
    }

    /// The bytes of the query that hold its words.
    pub fn place(&self) -> Range<usize> {
        if let Self::Text(text) = self { text.at.clone() } else { 0..0 }
    }
}

/// Cuts a text into pieces. Total: a quote without its other half runs to the end.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let start = text.len() - rest.len();
        let (mut piece, after) = match first {
            '(' => (Some(Piece::Open), &rest[1..]),
            ')' => (Some(Piece::Close), &rest[1..]),
            '-' => (minus(rest), &rest[1..]),
            _ => text_piece(rest),
        };
        if let Some(Piece::Text(piece)) = &mut piece {
            piece.at = start..text.len() - after.len();
        }
        pieces.extend(piece);
        rest = after.trim_start();
    }
    pieces
}

/// A minus with nothing behind it is a dash.
fn minus(rest: &str) -> Option<Piece> {
    rest[1..].starts_with(|next: char| !next.is_whitespace() && next != '-' && next != ')').then_some(Piece::Minus)
}

fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{AB}' | '\u{BB}')
}

fn quoted(rest: &str, field: Option<String>) -> (Option<Piece>, &str) {
    let inside = rest.trim_start_matches(is_quote);
    let (value, after) = match inside.find(is_quote) {
        Some(end) => (&inside[..end], inside[end..].trim_start_matches(is_quote)),
        None => (inside, ""),
    };
    let (slop, after) = slop(after);
    let end = after.find(|c: char| c.is_whitespace() || is_quote(c) || c == '(' || c == ')').unwrap_or(after.len());
    let (run, rest) = after.split_at(end);
    let (no_slop, after) = if run.starts_with('~') { (Some(run.to_owned()), rest) } else { (None, after) };
    (Some(Piece::Text(Text { field, value: value.to_owned(), quoted: true, slop, no_slop, at: 0..0 })), after)
}

/// `~3` with nothing but a space or a parenthesis behind it.
fn slop(rest: &str) -> (Option<u32>, &str) {
    let Some(number) = rest.strip_prefix('~') else { return (None, rest) };
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    let ends = number[end..].chars().next().is_none_or(|next| next.is_whitespace() || next == ')');
    match number[..end].parse() {
        Ok(slop) if ends => (Some(slop), &number[end..]),
        // A number beyond all bounds is bounded like any other that is too large.
        Err(_) if ends && end > 0 => (Some(u32::MAX), &number[end..]),
        _ => (None, rest),
    }
}

fn text_piece(rest: &str) -> (Option<Piece>, &str) {
    if rest.starts_with(is_quote) {
        return quoted(rest, None);
    }
    let end = rest.find(|c: char| c.is_whitespace() || is_quote(c) || c == '(' || c == ')').unwrap_or(rest.len());
    let (run, after) = rest.split_at(end);
    match run {
        "OR" | "|" | "||" => return (Some(Piece::Or), after),
        "AND" | "&&" | "&" => return (None, after),
        "NOT" => return (after.trim_start().chars().next().map(|_| Piece::Minus), after),
        _ => {}
    }
    let plain = |field, value: &str| Some(Piece::Text(Text { field, value: value.to_owned(), ..Text::default() }));
    if let Some((field, value)) = run.split_once(':')
        && !field.is_empty()
        && field.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '_')
    {
        let field = Some(field.to_lowercase());
        // `form:nome:"Ada Verdi"`: the name of the field goes on to the last colon.
        if let (Some(name), true) = (value.strip_suffix(':'), after.starts_with(is_quote)) {
            return quoted(after, field.map(|field| format!("{field}:{name}")));
        }
        if !value.is_empty() {
            return (plain(field, value), after);
        }
        if after.starts_with(is_quote) {
            return quoted(after, field);
        }
    }
    // `Oggetto: richiesta`, pasted from a letter, is words.
    (plain(None, run), after)
}
