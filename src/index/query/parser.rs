//! Which conditions does a query's text stand for, and what is to be said about it.

use std::ops::Range;

use super::codes::{self, number};
use super::lexer::{Piece, Text, pieces};
use super::names::{fact_named, format_named, quality, scope_named, text_state, value_named, whole_named};
use super::{Node, Parsed, Whole, Words};
use crate::index::Note;
use crate::index::dates::{day, stretch};
use crate::index::ordered::ordered_range;
use crate::limits::{QUERY_DEPTH_MAX, QUERY_LEAVES_MAX, QUERY_PREFIX_LETTERS_MIN, QUERY_SLOP_MAX, TEXT_CHARS_MAX};

/// Reads a query. Never fails, never panics.
pub(in crate::index) fn parse(text: &str) -> Parsed {
    let mut parser = Parser::default();
    let end = text.char_indices().nth(TEXT_CHARS_MAX).map_or(text.len(), |(at, _)| at);
    if end < text.len() {
        parser.bounded();
    }
    parser.pieces = pieces(&text[..end]);
    let mut nodes = Vec::new();
    // A closing parenthesis too many ends nothing.
    while parser.at < parser.pieces.len() {
        nodes.extend(parser.alternatives(0));
        parser.at += 1;
    }
    Parsed { node: all_of(nodes), notes: parser.notes, plain: parser.plain }
}

#[derive(Default)]
struct Parser {
    pieces: Vec<Piece>,
    at: usize,
    leaves: usize,
    notes: Vec<Note>,
    plain: Vec<(Range<usize>, String)>,
}

fn all_of(mut nodes: Vec<Node>) -> Option<Node> {
    if nodes.len() > 1 { Some(Node::And(nodes)) } else { nodes.pop() }
}

fn is_wild(letter: char) -> bool {
    letter == '*' || letter == '?'
}

impl Parser {
    fn note(&mut self, code: &'static str, text: String) {
        let note = Note::new(code, text);
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn bounded(&mut self) {
        self.note("query-bounded", "the query is too long; its end was not searched".into());
    }

    /// Up to a closing parenthesis, which is left there.
    fn alternatives(&mut self, depth: usize) -> Option<Node> {
        let mut alternatives = Vec::new();
        loop {
            alternatives.extend(self.all(depth));
            if self.pieces.get(self.at) != Some(&Piece::Or) {
                break;
            }
            self.at += 1;
        }
        if alternatives.len() > 1 { Some(Node::Or(alternatives)) } else { alternatives.pop() }
    }

    fn all(&mut self, depth: usize) -> Option<Node> {
        let mut nodes = Vec::new();
        while let Some(piece) = self.pieces.get(self.at) {
            if matches!(piece, Piece::Or | Piece::Close) {
                break;
            }
            nodes.extend(self.one(depth));
        }
        all_of(nodes)
    }

    fn one(&mut self, depth: usize) -> Option<Node> {
        let mut negated = false;
        while self.pieces.get(self.at) == Some(&Piece::Minus) {
            negated = !negated;
            self.at += 1;
        }
        let node = match self.pieces.get(self.at)? {
            Piece::Open if depth < QUERY_DEPTH_MAX => {
                self.at += 1;
                let inside = self.alternatives(depth + 1);
                self.at += 1;
                inside
            }
            Piece::Text(_) => self.text(negated),
            Piece::Open => {
                self.at += 1;
                self.bounded();
                None
            }
            // A minus before these means nothing; who called deals with the sign itself.
            Piece::Or | Piece::Close | Piece::Minus => None,
        };
        if negated { node.map(|node| Node::Not(Box::new(node))) } else { node }
    }

    /// The words here, and those after them that say something only together.
    fn text(&mut self, negated: bool) -> Option<Node> {
        let code = codes::read(&self.pieces[self.at..]);
        let taken = code.as_ref().map_or(1, |code| code.pieces);
        let first = self.pieces[self.at].clone();
        let places = &self.pieces[self.at..self.at + taken];
        let place =
            places.first().map_or(0, |piece| piece.place().start)..places.last().map_or(0, |piece| piece.place().end);
        self.at += taken;
        if self.leaves >= QUERY_LEAVES_MAX {
            self.bounded();
            return None;
        }
        self.leaves += 1;
        if let Some(code) = code {
            if let Some(said) = code.said {
                self.note("read-as", said);
            }
            return Some(code.node);
        }
        let Piece::Text(text) = first else { return None };
        match &text.field {
            None => {
                let words = self.words(&text);
                if let (Words::Word(word), false) = (&words, negated) {
                    self.plain.push((place, word.clone()));
                }
                Some(Node::Words(words))
            }
            Some(field) => Some(self.of_field(field, &text)),
        }
    }

    fn words(&mut self, text: &Text) -> Words {
        let value = text.value.as_str();
        if text.quoted {
            let slop = text.slop.unwrap_or(0);
            if slop > QUERY_SLOP_MAX {
                let said = format!("between the words of a phrase {QUERY_SLOP_MAX} others may stand, and no more");
                self.note("query-bounded", said);
            }
            return Words::Phrase(value.to_owned(), slop.min(QUERY_SLOP_MAX));
        }
        let Some(first) = value.find(is_wild) else { return Words::Word(value.to_owned()) };
        if !value.contains(char::is_alphanumeric) {
            return Words::Word(value.to_owned());
        }
        let letters = value[..first].chars().rev().take_while(|letter| letter.is_alphanumeric()).count();
        let (before, after) = value.split_at(first);
        if letters < QUERY_PREFIX_LETTERS_MIN {
            let said = format!(
                "before `*` and `?` a word needs {QUERY_PREFIX_LETTERS_MIN} letters: `{value}` was searched without them"
            );
            self.note("prefix-too-short", said);
            return Words::Word(value.replace(is_wild, " "));
        }
        if after.chars().all(|letter| letter == '*') {
            Words::Prefix(before.to_owned())
        } else {
            Words::Wild(value.to_owned())
        }
    }

    fn of_field(&mut self, field: &str, text: &Text) -> Node {
        let value = text.value.as_str();
        if let Some(scope) = scope_named(field) {
            return Node::In(scope, self.words(text));
        }
        let start = value.strip_suffix('*').filter(|start| start.chars().count() >= QUERY_PREFIX_LETTERS_MIN);
        let prefix = start.is_some() && !text.quoted;
        if let Some(whole) = whole_named(field) {
            if whole == Whole::Format && !value.contains("fmt/") {
                if let Some(format) = format_named(value) {
                    return format;
                }
                let said =
                    format!("`{value}` is no value of `{field}`: pdf, docx and the like are, and PRONOM's numbers");
                self.note("bad-value", said);
            }
            let value = value_named(whole, if prefix { start.unwrap_or(value) } else { value });
            return Node::Whole { field: whole, value, prefix };
        }
        let (base, rest) = field.split_once(':').unwrap_or((field, ""));
        if let Some(name) = fact_named(base) {
            if !text.quoted && (value.starts_with(['<', '>']) || value.contains("..")) {
                if let Some((from, to)) = ordered_range(name, value) {
                    return Node::FactRange { from, to };
                }
                self.note("bad-value", format!("`{value}` is no range of `{field}`: it was compared as it stands"));
            }
            return fact(name, rest, if prefix { start.unwrap_or(value) } else { value }, prefix);
        }
        let read = match field {
            "number" | "numero" => number(value).or_else(|| range(value).map(|(from, to)| Node::Numbers(from, to))),
            "pages" | "pagine" => range(value).map(|(from, to)| Node::Pages(from, to)),
            "year" | "anno" => years(value),
            "date" | "data" => stretch(value).map(|(from, to)| Node::Dates(from, to)),
            "text" | "testo" => text_state(value),
            "is" => Some(quality(value)),
            _ => {
                self.note("unknown-field", format!("unknown field `{field}` was searched as words"));
                return Node::Words(Words::Phrase(format!("{field} {value}"), 0));
            }
        };
        read.unwrap_or_else(|| {
            self.note("bad-value", format!("`{value}` is no value of `{field}`; it was searched as words"));
            Node::Words(Words::Phrase(value.to_owned(), 0))
        })
    }
}

/// `form:nome:verdi` asks for one field of a form, `form:verdi` for any; days are compared as the files write them.
fn fact(name: &str, rest: &str, value: &str, prefix: bool) -> Node {
    let (field, value) = match value.split_once(':') {
        Some((field, value)) if name == "form" && rest.is_empty() && !value.is_empty() => (field, value),
        _ => (rest, value),
    };
    let name = if field.is_empty() { name.to_owned() } else { format!("{name}:{field}") };
    let value = day(value).map_or_else(|| value.to_owned(), |day| day.to_string());
    Node::Fact { name, value, prefix }
}

fn years(value: &str) -> Option<Node> {
    let (from, to) = value.split_once("..").unwrap_or((value, value));
    let year = |text: &str, open| if text.is_empty() { Some(open) } else { text.parse::<i16>().ok() };
    Some(Node::Years(year(from, i16::MIN)?, year(to, i16::MAX)?)).filter(|_| value != "..")
}

/// `100..200`, `100..`, `..200`, `>10`, `>=10`, `<10`, `<=10`, `10`: both ends included.
fn range(value: &str) -> Option<(u64, u64)> {
    let number = |text: &str| text.trim().parse::<u64>().ok();
    for (sign, reach) in [(">=", 0), ("<=", 0), (">", 1), ("<", 1)] {
        if let Some(rest) = value.strip_prefix(sign) {
            let bound = number(rest)?;
            return Some(if sign.starts_with('>') {
                (bound.checked_add(reach)?, u64::MAX)
            } else {
                (0, bound.checked_sub(reach)?)
            });
        }
    }
    let Some((from, to)) = value.split_once("..") else { return number(value).map(|one| (one, one)) };
    let end = |text: &str, open| if text.is_empty() { Some(open) } else { number(text) };
    Some((end(from, 0)?, end(to, u64::MAX)?)).filter(|_| value != "..")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Scope;
    use super::*;

    fn word(text: &str) -> Node {
        Node::Words(Words::Word(text.into()))
    }

    fn codes(text: &str) -> Vec<&'static str> {
        parse(text).notes.iter().map(|note| note.code).collect()
    }

    #[test]
    fn the_language_reads_as_people_write_it() {
        let phrase = |text: &str| Node::Words(Words::Phrase(text.into(), 0));
        let whole = |field, value: &str| Node::Whole { field, value: value.into(), prefix: false };
        let fact = |name: &str, value: &str| Node::Fact { name: name.into(), value: value.into(), prefix: false };
        for (text, node) in [
            ("suolo pubblico", Node::And(vec![word("suolo"), word("pubblico")])),
            ("\"suolo pubblico\"", phrase("suolo pubblico")),
            ("\"richiesta suolo\"~3", Node::Words(Words::Phrase("richiesta suolo".into(), 3))),
            ("\"senza fine", phrase("senza fine")),
            ("a1 OR b1 c1", Node::Or(vec![word("a1"), Node::And(vec![word("b1"), word("c1")])])),
            ("-(a1 OR b1)", Node::Not(Box::new(Node::Or(vec![word("a1"), word("b1")])))),
            ("NOT a1", Node::Not(Box::new(word("a1")))),
            ("ediliz*", Node::Words(Words::Prefix("ediliz".into()))),
            ("ediliz?", Node::Words(Words::Wild("ediliz?".into()))),
            ("ed*zia", Node::Words(Words::Wild("ed*zia".into()))),
            ("subject:suolo", Node::In(Scope::Subject, Words::Word("suolo".into()))),
            ("mittente:\"Mario Rossi\"", Node::In(Scope::Sender, Words::Phrase("Mario Rossi".into(), 0))),
            ("Oggetto: richiesta", Node::And(vec![word("Oggetto:"), word("richiesta")])),
            ("a1 ) b1", Node::And(vec![word("a1"), word("b1")])),
            ("a1 - b1", Node::And(vec![word("a1"), word("b1")])),
            ("number:0000123", Node::Number { register: None, number: 123, year: None }),
            ("numero:100..200", Node::Numbers(100, 200)),
            ("pages:>10", Node::Pages(11, u64::MAX)),
            ("is:riservato", Node::Confidential),
            ("year:2024..2026", Node::Years(2024, 2026)),
            ("verso:entrata", whole(Whole::Direction, "incoming")),
            ("tax_code:IT01234567890", whole(Whole::TaxCode, "01234567890")),
            ("text:encrypted", whole(Whole::TextState, "encrypted")),
            ("fornitore:bianchi", fact("supplier", "bianchi")),
            ("invoice_date:12/03/2026", fact("invoice_date", "2026-03-12")),
            ("form:nome:verdi", fact("form:nome", "verdi")),
            ("form:nome:\"ada verdi\"", fact("form:nome", "ada verdi")),
        ] {
            let parsed = parse(text);
            assert_eq!((parsed.node, parsed.notes), (Some(node), vec![]), "{text}");
        }
        for nothing in ["", " ", "()", "OR", "((", "))", "- ", "-", "OR OR", "-OR"] {
            assert_eq!(parse(nothing).node, None, "{nothing}");
        }
    }

    #[test]
    fn what_is_not_meant_so_is_said() {
        assert_eq!(codes("foo:bar"), ["unknown-field"]);
        assert_eq!(codes("date:ieri"), ["bad-value"]);
        assert_eq!(codes("a*"), ["prefix-too-short"]);
        assert_eq!(codes("*zione"), ["prefix-too-short"]);
        assert_eq!(codes("text:forse"), ["bad-value"]);
        assert_eq!(codes("importo:>1000 invoice_date:2026-01-01..2026-02-01"), Vec::<&str>::new());
        assert_eq!(codes("importo:>molto"), ["bad-value"]);
        assert_eq!(codes("fornitore:a..b"), ["bad-value"]);
        assert_eq!(codes("fattura:31/PA format:fmt/18"), Vec::<&str>::new());
        assert_eq!(codes("format:pdf formato:DOCX format:.p7m format:PDF/A-2b"), Vec::<&str>::new());
        assert_eq!(codes("format:pergamena"), ["bad-value"]);
        assert_eq!(codes("\"a b\"~99999999999"), ["query-bounded"]);
        assert_eq!(codes("n. 123"), ["read-as"]);
        assert_eq!(codes("text:none text:Encrypted text:no-text-layer"), Vec::<&str>::new());
        assert_eq!(codes(&"parola ".repeat(QUERY_LEAVES_MAX)), Vec::<&str>::new());
        assert_eq!(codes(&"parola ".repeat(QUERY_LEAVES_MAX + 1)), ["query-bounded"]);
        assert_eq!(codes(&"(".repeat(QUERY_DEPTH_MAX + 1)), ["query-bounded"]);
        assert_eq!(codes(&"x".repeat(TEXT_CHARS_MAX + 1)), ["query-bounded"]);
    }

    #[test]
    fn the_words_that_may_be_respelled_have_their_place() {
        let text = "  ocupazione (suolo OR \"area verde\") -via subject:x";
        let plain = parse(text).plain;
        let found: Vec<&str> = plain.iter().map(|(place, _)| &text[place.clone()]).collect();
        assert_eq!(found, ["ocupazione", "suolo"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(
            text in any::<String>(),
            signs in proptest::collection::vec(
                proptest::sample::select(vec![
                    "(", ")", "-", "\"", "OR", " ", ":", "*", "?", "~3", "~", "date:", "à", "number:", "«", "'", "..",
                    "1/2", "year:", "n. ", "prot. ", "del ", "2026", "12/03/2026", " marzo ", "AB 123 CD", "form:", ">",
                    "pages:", "IT", "\u{AD}", "n°", "l\u{2019}",
                ]),
                0..40,
            ),
        ) {
            for text in [text, signs.concat()] {
                let parsed = parse(&text);
                let mut leaves = 0;
                if let Some(node) = &parsed.node {
                    node.each_wanted(&mut |_| leaves += 1);
                }
                // A code stands for up to three spellings of itself.
                prop_assert!(leaves <= 3 * QUERY_LEAVES_MAX);
                for (place, _) in &parsed.plain {
                    prop_assert!(text.get(place.clone()).is_some_and(|word| !word.is_empty()));
                }
            }
        }
    }
}
