//! Which numbers, days and codes does a query hold, as people write them: over several words, with and without signs.

use jiff::civil::Date;

use super::lexer::Piece;
use super::{Node, Words};
use crate::clock::ITALIAN_MONTHS;
use crate::index::dates::{day, has_short_year, stretch};

/// Words that announce a number and say nothing else. With a number behind them only.
const NUMBER_WORDS: [&str; 14] =
    ["n", "n.", "nr", "nr.", "num", "num.", "numero", "n°", "nº", "n.ro", "prot", "prot.", "protocollo", "prot.n."];

/// Words that lead from a number to its year or day.
const OF_WORDS: [&str; 4] = ["del", "anno", "dell'anno", "dell\u{2019}anno"];

/// Pieces that one code may be spread over: an IBAN has seven groups.
const PIECES_MAX: usize = 8;

/// What some pieces of a query say together.
pub(super) struct Code {
    /// Pieces it takes.
    pub pieces: usize,
    pub node: Node,
    /// How it was read, where that is not plain to see.
    pub said: Option<String>,
}

/// A number as people write it: `123`, `0000123`, `123/2026`, `2026/123`, `PG/2026/123`, `PG/123/2026`.
pub(super) fn number(text: &str) -> Option<Node> {
    let digits = |text: &str| -> Option<u64> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        text.parse().ok()
    };
    let year_of =
        |text: &str| if text.len() == 4 { digits(text).and_then(|year| i16::try_from(year).ok()) } else { None };
    let is_register = |text: &str| text.starts_with(|letter: char| letter.is_alphabetic());
    let parts: Vec<&str> = text.split('/').collect();
    let (register, number, year) = match parts.as_slice() {
        [number] => (None, digits(number)?, None),
        [number, year] if year_of(year).is_some() => (None, digits(number)?, year_of(year)),
        [year, number] => (None, digits(number)?, Some(year_of(year)?)),
        [register, year, number] if is_register(register) && year_of(year).is_some() => {
            (Some((*register).to_owned()), digits(number)?, year_of(year))
        }
        [register, number, year] if is_register(register) => {
            (Some((*register).to_owned()), digits(number)?, Some(year_of(year)?))
        }
        _ => return None,
    };
    Some(Node::Number { register, number, year })
}

fn word(text: &str) -> Node {
    Node::Words(Words::Word(text.to_owned()))
}

fn phrase(text: String, slop: u32) -> Node {
    Node::Words(Words::Phrase(text, slop))
}

/// What the next pieces say together, if that is more than each alone.
pub(super) fn read(pieces: &[Piece]) -> Option<Code> {
    let trimmed = |text: &'_ str| text.trim_end_matches([',', ';', ':']).to_owned();
    let words: Vec<String> = pieces.iter().map_while(Piece::plain).take(PIECES_MAX).map(trimmed).collect();
    if words.is_empty() {
        return None;
    }
    announced(&words).or_else(|| dashed(&words)).or_else(|| of_a_day(&words)).or_else(|| spread(&words))
}

/// `n. 123`, `prot. n. 123 del 2026`, `123 del 12/03/2026`, `n.123`.
fn announced(words: &[String]) -> Option<Code> {
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let announcing = lower.iter().take_while(|word| NUMBER_WORDS.contains(&word.as_str())).count();
    let at = lower.get(announcing)?;
    // `n.123` in one run.
    let stuck = NUMBER_WORDS.iter().filter(|word| !word.ends_with(char::is_alphabetic));
    let shown = stuck.filter_map(|word| at.strip_prefix(word)).min_by_key(|rest| rest.len()).unwrap_or(at);
    let Node::Number { register, number: value, year } = number(shown)? else { return None };
    let after = &lower[announcing + 1..];
    let follows = match after {
        [of, when, ..] if year.is_none() && OF_WORDS.contains(&of.as_str()) => {
            let named = when.parse::<i16>().ok().filter(|year| when.len() == 4 && (1900..2200).contains(year));
            named.map(|year| (year, year.to_string())).or_else(|| day(when).map(|day| (day.year(), digits_of(day))))
        }
        _ => None,
    };
    let Some((year, rest)) = follows else {
        if announcing == 0 && shown.len() == at.len() {
            return None;
        }
        let said = (register.is_none() && year.is_none())
            .then(|| format!("`{}` was read as the number {value}", words[..=announcing].join(" ")));
        return Some(Code { pieces: announcing + 1, node: word(shown), said });
    };
    let pieces = announcing + 3;
    let said = format!("`{}` was read as the number {value}/{year}", words[..pieces].join(" "));
    let node = Node::Or(vec![word(&format!("{value}/{year}")), phrase(format!("{value} {rest}"), 2)]);
    Some(Code { pieces, node, said: Some(said) })
}

/// `123-2026`, as some write `123/2026`.
fn dashed(words: &[String]) -> Option<Code> {
    let typed = words.first()?;
    let shown = typed.replacen('-', "/", 1);
    let (_, year) = shown.split_once('/').filter(|_| typed.contains('-'))?;
    if !(year.starts_with("19") || year.starts_with("20"))
        || !matches!(number(&shown)?, Node::Number { register: None, .. })
    {
        return None;
    }
    let said = format!("`{typed}` was read as the number {shown}");
    Some(Code { pieces: 1, node: word(&shown), said: Some(said) })
}

fn digits_of(day: Date) -> String {
    format!("{} {} {}", day.day(), day.month(), day.year())
}

/// `12/03/2026`, `12/03/26`, `2026-03-12`, `12 marzo 2026`: the day of registration, or written so or so in a text.
fn of_a_day(words: &[String]) -> Option<Code> {
    let month_of = |name: &str| ITALIAN_MONTHS.iter().position(|month| *month == name.to_lowercase());
    let (pieces, day) = match words {
        [number, month, year, ..] if month_of(month).is_some() => {
            let number = number.trim_end_matches(['°', 'º']);
            (3, day(&format!("{number}/{}/{year}", month_of(month)? + 1))?)
        }
        [one, ..] => (1, day(one)?),
        [] => return None,
    };
    let name = ITALIAN_MONTHS.get(usize::try_from(day.month()).ok()?.checked_sub(1)?)?;
    let (from, to) = stretch(&day.to_string())?;
    let mut spellings = vec![
        phrase(digits_of(day), 0),
        phrase(format!("{} {} {}", day.year(), day.month(), day.day()), 0),
        phrase(format!("{} {name} {}", day.day(), day.year()), 0),
        Node::Dates(from, to),
    ];
    // `12/03/26` in a text.
    if let Some((typed, true)) = words.first().map(|typed| (typed, pieces == 1 && has_short_year(typed))) {
        spellings.push(phrase(typed.clone(), 0));
    }
    let node = Node::Or(spellings);
    let said = format!("`{}` was read as a day: of registration, or in a text", words[..pieces].join(" "));
    Some(Code { pieces, node, said: Some(said) })
}

/// Letter classes of codes: `a` a letter, `9` a digit, `d` a digit or the letter that stands for it among people of
/// one name and birth, `x` either; and the lengths of the groups that people write them in.
const SHAPES: [(&str, &[usize]); 4] = [
    ("aaaaaaddaddaddda", &[3, 3, 5, 5]),
    ("aa99a9999999999xxxxxxxxxxxx", &[4, 4, 4, 4, 4, 4, 3]),
    ("aa999aa", &[2, 3, 2]),
    ("99999999999", &[11]),
];

fn has_shape(code: &str, shape: &str) -> bool {
    code.len() == shape.len()
        && code.bytes().zip(shape.bytes()).all(|(byte, class)| match class {
            b'a' => byte.is_ascii_alphabetic(),
            b'9' => byte.is_ascii_digit(),
            b'd' => byte.is_ascii_digit() || b"LMNPQRSTUV".contains(&byte.to_ascii_uppercase()),
            _ => byte.is_ascii_alphanumeric(),
        })
}

/// Tax codes, IBANs, plates and VAT numbers, in one run or in groups, as both may stand in a text.
fn spread(words: &[String]) -> Option<Code> {
    for pieces in (1..=words.len()).rev() {
        if !words[..pieces].iter().all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric())) {
            continue;
        }
        let joined = words[..pieces].concat();
        let Some((_, groups)) = SHAPES.iter().find(|(shape, _)| has_shape(&joined, shape)) else { continue };
        if groups.len() == 1 && pieces == 1 {
            continue;
        }
        let mut nodes = vec![word(&joined)];
        if groups.len() > 1 {
            let mut rest = joined.as_str();
            let mut parts = Vec::new();
            for length in *groups {
                let (part, after) = rest.split_at(*length);
                parts.push(part);
                rest = after;
            }
            nodes.push(phrase(parts.join(" "), 0));
        }
        if pieces > 1 {
            nodes.push(phrase(words[..pieces].join(" "), 0));
            nodes.dedup();
        }
        let said = (pieces > 1).then(|| format!("`{}` was read as one code: {joined}", words[..pieces].join(" ")));
        return Some(Code { pieces, node: Node::Or(nodes), said });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::lexer::pieces;
    use super::*;

    #[test]
    fn numbers_and_codes_are_read_over_several_words() {
        for (text, taken, expect) in [
            ("n. 123 rossi", 2, "123"),
            ("n.123", 1, "123"),
            ("prot. n. 0000123/2026", 3, "0000123/2026"),
            ("prot.n. 45", 2, "45"),
            ("123-2026 rossi", 1, "123/2026"),
            ("123 del 2026", 3, "123/2026"),
            ("Prot. 123 del 12/03/2026", 4, "123/2026"),
            ("RSS MRA 80A01 X999X", 4, "RSSMRA80A01X999X"),
            ("AB 123 CD", 3, "AB123CD"),
            ("IT60 X054 2811 1010 0000 0123 456", 7, "IT60X0542811101000000123456"),
            ("012 34567 890", 3, "01234567890"),
        ] {
            let code = read(&pieces(text)).unwrap_or_else(|| panic!("{text}"));
            let first = match &code.node {
                Node::Or(nodes) => &nodes[0],
                node => node,
            };
            assert_eq!((code.pieces, first), (taken, &word(expect)), "{text}");
        }
        for plain in [
            "protocollo d'intesa",
            "123",
            "123/2026",
            "del 2026",
            "n. civico",
            "01234567890",
            "casa AB",
            "12-34",
            "a-2026",
        ] {
            assert!(read(&pieces(plain)).is_none(), "{plain}");
        }
    }

    #[test]
    fn a_day_has_three_spellings_and_one_meaning() {
        let nodes: Vec<Node> = ["12/03/2026", "2026-03-12", "12 marzo 2026", "12.3.2026", "12-03-2026"]
            .iter()
            .map(|text| read(&pieces(text)).unwrap_or_else(|| panic!("{text}")).node)
            .collect();
        assert!(nodes.windows(2).all(|pair| pair[0] == pair[1]), "{nodes:?}");
        // With a year of two digits it is what was typed as well.
        let Node::Or(mut short) = read(&pieces("12/03/26")).unwrap().node else { panic!("several spellings") };
        assert_eq!(short.pop(), Some(phrase("12/03/26".into(), 0)));
        assert_eq!(Node::Or(short), nodes[0]);
        assert!(read(&pieces("6.3.12")).is_none(), "a class");
        assert!(read(&pieces("30/02/2026")).is_none());
        assert!(read(&pieces("marzo 2026")).is_none());
    }
}
