//! Which signs and words does a query's text consist of.

/// A piece of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Open,
    Close,
    Or,
    Minus,
    Text { field: Option<String>, value: String, quoted: bool },
}

/// Cuts a text into pieces. Total: a quote without its other half runs to the end.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (piece, after) = match first {
            '(' => (Some(Piece::Open), &rest[1..]),
            ')' => (Some(Piece::Close), &rest[1..]),
            '-' => (minus(rest), &rest[1..]),
            _ => text_piece(rest),
        };
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
    matches!(letter, '"' | '\u{201C}' | '\u{201D}' | '\u{AB}' | '\u{BB}')
}

fn quoted(rest: &str) -> (String, &str) {
    let inside = rest.trim_start_matches(is_quote);
    match inside.find(is_quote) {
        Some(end) => (inside[..end].to_owned(), inside[end..].trim_start_matches(is_quote)),
        None => (inside.to_owned(), ""),
    }
}

fn text_piece(rest: &str) -> (Option<Piece>, &str) {
    if rest.starts_with(is_quote) {
        let (value, after) = quoted(rest);
        return (Some(Piece::Text { field: None, value, quoted: true }), after);
    }
    let end = rest.find(|c: char| c.is_whitespace() || is_quote(c) || c == '(' || c == ')').unwrap_or(rest.len());
    let (run, after) = rest.split_at(end);
    match run {
        "OR" | "|" | "||" => return (Some(Piece::Or), after),
        "AND" | "&&" | "&" => return (None, after),
        "NOT" => return (after.trim_start().chars().next().map(|_| Piece::Minus), after),
        _ => {}
    }
    if let Some((field, value)) = run.split_once(':')
        && !field.is_empty()
        && field.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '_')
    {
        let field = Some(field.to_lowercase());
        if !value.is_empty() {
            return (Some(Piece::Text { field, value: value.to_owned(), quoted: false }), after);
        }
        if after.starts_with(is_quote) {
            let (value, after) = quoted(after);
            return (Some(Piece::Text { field, value, quoted: true }), after);
        }
    }
    // `Oggetto: richiesta`, pasted from a letter, is words.
    (Some(Piece::Text { field: None, value: run.to_owned(), quoted: false }), after)
}
