//! Which conditions does a query's text stand for, and what is to be said about it.

use super::lexer::{Piece, pieces};
use super::{Node, Parsed, Scope, Whole, Words, number};
use crate::index::Note;
use crate::index::dates::stretch;
use crate::limits::{QUERY_DEPTH_MAX, QUERY_LEAVES_MAX, QUERY_PREFIX_LETTERS_MIN, TEXT_CHARS_MAX};
use crate::text::Reason;

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
    Parsed { node: all_of(nodes), notes: parser.notes }
}

#[derive(Default)]
struct Parser {
    pieces: Vec<Piece>,
    at: usize,
    leaves: usize,
    notes: Vec<Note>,
}

fn all_of(mut nodes: Vec<Node>) -> Option<Node> {
    if nodes.len() > 1 { Some(Node::And(nodes)) } else { nodes.pop() }
}

impl Parser {
    fn note(&mut self, code: &'static str, text: String) {
        let note = Note { code, text };
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
            Piece::Text { .. } => {
                let piece = self.pieces[self.at].clone();
                self.at += 1;
                self.leaf(piece)
            }
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

    fn leaf(&mut self, piece: Piece) -> Option<Node> {
        let Piece::Text { field, value, quoted } = piece else { return None };
        if self.leaves >= QUERY_LEAVES_MAX {
            self.bounded();
            return None;
        }
        self.leaves += 1;
        match field {
            None => Some(Node::Words(self.words(&value, quoted))),
            Some(field) => Some(self.of_field(&field, &value, quoted)),
        }
    }

    fn words(&mut self, value: &str, quoted: bool) -> Words {
        if quoted {
            return Words::Phrase(value.to_owned());
        }
        let Some(start) = value.strip_suffix('*') else { return Words::Word(value.to_owned()) };
        let start = start.trim_end_matches('*');
        let letters = start.chars().rev().take_while(|letter| letter.is_alphanumeric()).count();
        if letters < QUERY_PREFIX_LETTERS_MIN {
            let text = format!("a prefix needs {QUERY_PREFIX_LETTERS_MIN} letters: `{value}` was searched as a word");
            self.note("prefix-too-short", text);
            return Words::Word(start.to_owned());
        }
        Words::Prefix(start.to_owned())
    }

    fn of_field(&mut self, field: &str, value: &str, quoted: bool) -> Node {
        if let Some(scope) = scope_named(field) {
            return Node::In(scope, self.words(value, quoted));
        }
        if let Some(whole) = whole_named(field) {
            let prefix = value.strip_suffix('*').filter(|start| start.chars().count() >= QUERY_PREFIX_LETTERS_MIN);
            return Node::Whole {
                field: whole,
                value: prefix.unwrap_or(value).to_owned(),
                prefix: prefix.is_some() && !quoted,
            };
        }
        let read = match field {
            "number" | "numero" => number(value),
            "year" | "anno" => years(value),
            "date" | "data" => stretch(value).map(|(from, to)| Node::Dates(from, to)),
            "text" | "testo" => text_state(value),
            "is" => Some(match value.to_lowercase().as_str() {
                "confidential" | "riservato" => Node::Confidential,
                state => Node::Whole { field: Whole::State, value: state.to_owned(), prefix: false },
            }),
            _ => {
                self.note("unknown-field", format!("unknown field `{field}` was searched as words"));
                return Node::Words(Words::Phrase(format!("{field} {value}")));
            }
        };
        read.unwrap_or_else(|| {
            self.note("bad-value", format!("`{value}` is no value of `{field}`; it was searched as words"));
            Node::Words(Words::Phrase(value.to_owned()))
        })
    }
}

fn years(value: &str) -> Option<Node> {
    let (from, to) = value.split_once("..").unwrap_or((value, value));
    let year = |text: &str, open| if text.is_empty() { Some(open) } else { text.parse::<i16>().ok() };
    Some(Node::Years(year(from, i16::MIN)?, year(to, i16::MAX)?)).filter(|_| value != "..")
}

fn text_state(value: &str) -> Option<Node> {
    let value = value.to_lowercase();
    let known = matches!(value.as_str(), "none" | "partial" | "full" | "pending")
        || Reason::ALL.iter().any(|reason| reason.code() == value);
    known.then_some(Node::Whole { field: Whole::TextState, value, prefix: false })
}

fn scope_named(name: &str) -> Option<Scope> {
    Some(match name {
        "subject" | "title" | "oggetto" | "titolo" => Scope::Subject,
        "sender" | "mittente" => Scope::Sender,
        "recipient" | "destinatario" => Scope::Recipient,
        "name" | "correspondent" | "nome" => Scope::Name,
        "file" => Scope::File,
        _ => return None,
    })
}

fn whole_named(name: &str) -> Option<Whole> {
    Some(match name {
        "kind" | "tipo" => Whole::Kind,
        "register" | "registro" => Whole::Register,
        "direction" | "verso" => Whole::Direction,
        "office" | "ufficio" => Whole::Office,
        "user" | "utente" => Whole::User,
        "class" | "classification" | "classifica" => Whole::Classification,
        "dossier" | "fascicolo" => Whole::Dossier,
        "state" | "stato" => Whole::State,
        "tax_code" | "codice_fiscale" => Whole::TaxCode,
        "code" | "codice" => Whole::Code,
        "digest" => Whole::Digest,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn word(text: &str) -> Node {
        Node::Words(Words::Word(text.into()))
    }

    fn codes(text: &str) -> Vec<&'static str> {
        parse(text).notes.iter().map(|note| note.code).collect()
    }

    #[test]
    fn the_language_reads_as_people_write_it() {
        let phrase = |text: &str| Node::Words(Words::Phrase(text.into()));
        for (text, node) in [
            ("suolo pubblico", Node::And(vec![word("suolo"), word("pubblico")])),
            ("\"suolo pubblico\"", phrase("suolo pubblico")),
            ("\"senza fine", phrase("senza fine")),
            ("a1 OR b1 c1", Node::Or(vec![word("a1"), Node::And(vec![word("b1"), word("c1")])])),
            ("-(a1 OR b1)", Node::Not(Box::new(Node::Or(vec![word("a1"), word("b1")])))),
            ("ediliz*", Node::Words(Words::Prefix("ediliz".into()))),
            ("subject:suolo", Node::In(Scope::Subject, Words::Word("suolo".into()))),
            ("mittente:\"Mario Rossi\"", Node::In(Scope::Sender, Words::Phrase("Mario Rossi".into()))),
            ("Oggetto: richiesta", Node::And(vec![word("Oggetto:"), word("richiesta")])),
            ("a1 ) b1", Node::And(vec![word("a1"), word("b1")])),
            ("a1 - b1", Node::And(vec![word("a1"), word("b1")])),
            ("number:0000123", Node::Number { register: None, number: 123, year: None }),
            ("is:riservato", Node::Confidential),
            ("year:2024..2026", Node::Years(2024, 2026)),
        ] {
            let parsed = parse(text);
            assert_eq!(parsed, Parsed { node: Some(node), notes: vec![] }, "{text}");
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
        assert_eq!(codes("text:forse"), ["bad-value"]);
        assert_eq!(codes("text:none text:Encrypted text:no-text-layer"), Vec::<&str>::new());
        assert_eq!(codes(&"parola ".repeat(QUERY_LEAVES_MAX)), Vec::<&str>::new());
        assert_eq!(codes(&"parola ".repeat(QUERY_LEAVES_MAX + 1)), ["query-bounded"]);
        assert_eq!(codes(&"(".repeat(QUERY_DEPTH_MAX + 1)), ["query-bounded"]);
        assert_eq!(codes(&"x".repeat(TEXT_CHARS_MAX + 1)), ["query-bounded"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(
            text in any::<String>(),
            signs in proptest::collection::vec(
                proptest::sample::select(vec![
                    "(", ")", "-", "\"", "OR", " ", ":", "*", "date:", "à", "number:", "«", "'", "..", "1/2", "year:",
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
                prop_assert!(leaves <= QUERY_LEAVES_MAX);
            }
        }
    }
}
