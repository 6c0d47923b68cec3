//! How do bytes become text, and how is text made clean?

use std::borrow::Cow;

use super::{Extraction, Facts, Reason, TextState};

/// What the bytes 0x80 to 0x9F mean in Windows-1252; the five that mean nothing become U+FFFD.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}', '\u{fffd}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
];

/// The outcome for a raw text: cleaned, cut at `text_max`, and called partial when `flaw` or the cut says so.
/// `empty` is the reason to give when there was no flaw and yet nothing to read.
pub(super) fn finish(raw: &str, text_max: usize, flaw: Option<Reason>, empty: Reason) -> Extraction {
    let (text, cut) = clean(raw, text_max);
    if !text.chars().any(char::is_alphanumeric) {
        return Extraction::none(flaw.unwrap_or(if cut { Reason::Cut } else { empty }));
    }
    let state = match flaw.or(cut.then_some(Reason::Cut)) {
        Some(reason) => TextState::Partial(reason),
        None => TextState::Full,
    };
    Extraction { state, text, facts: Facts::default() }
}

/// UTF-8, UTF-16 with a byte order mark, and Windows-1252 for all the rest: what an Italian office has on its disks.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes).into(),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes).into(),
        _ => match str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => bytes.iter().map(|byte| windows_1252(*byte)).collect::<String>().into(),
        },
    }
}

/// In the encoding that goes by a label, unless the bytes begin with a mark of another; labels that lie are overruled.
pub(super) fn decode_labelled<'b>(bytes: &'b [u8], label: Option<&str>) -> Cow<'b, str> {
    let labelled = label.and_then(|label| encoding_rs::Encoding::for_label(label.trim().as_bytes()));
    match (bytes, labelled) {
        ([0xef, 0xbb, 0xbf, ..] | [0xff, 0xfe, ..] | [0xfe, 0xff, ..], _) | (_, None) => decode(bytes),
        // What is UTF-8 only by its label is read as what it is.
        (_, Some(encoding)) if encoding == encoding_rs::UTF_8 => decode(bytes),
        // Whoever reads a declaration byte by byte does not read UTF-16.
        (_, Some(encoding)) if encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE => decode(bytes),
        (_, Some(encoding)) => encoding.decode_without_bom_handling(bytes).0,
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let lost = (!rest.is_empty()).then_some(char::REPLACEMENT_CHARACTER);
    let units = pairs.iter().map(|pair| unit(*pair));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).chain(lost).collect()
}

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// What stands between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    Nothing,
    Space,
    Line,
    Paragraph,
}

/// Text fit for index and snippet, made piece by piece: spaces run together, at most one empty line, form feeds exactly
/// one for each page break before the last word (pages keep their numbers), control and invisible characters out,
/// ligatures of old fonts spelled out.
pub(super) struct Clean {
    text: String,
    max: usize,
    gap: Gap,
    /// Page breaks since the last word.
    pages: usize,
    after_return: bool,
    cut: bool,
}

impl Clean {
    /// At most `max` bytes of it.
    pub fn new(max: usize) -> Self {
        Self { text: String::new(), max, gap: Gap::Nothing, pages: 0, after_return: false, cut: false }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn into_string(self) -> String {
        self.text
    }

    /// Bytes that still fit.
    pub fn room(&self) -> usize {
        self.max - self.text.len()
    }

    /// Something did not fit: what follows is refused, too.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    pub fn push(&mut self, raw: &str) {
        if self.cut {
            return;
        }
        self.text.reserve(raw.len().min(self.room()));
        for c in raw.chars() {
            let after_return = std::mem::replace(&mut self.after_return, c == '\r');
            match c {
                '\n' if after_return => {}
                '\u{c}' => self.pages += 1,
                '\n' | '\r' | '\u{b}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                    self.gap = if self.gap < Gap::Line { Gap::Line } else { Gap::Paragraph };
                }
                _ if c.is_whitespace() => self.gap = self.gap.max(Gap::Space),
                _ if c.is_control() || is_invisible(c) => {}
                _ => {
                    let mut buffer = [0; 4];
                    let visible = ligature(c).unwrap_or_else(|| c.encode_utf8(&mut buffer));
                    if !self.put(visible) {
                        return;
                    }
                }
            }
        }
    }

    /// Appends what is seen, after the gap before it; false when it does not fit.
    fn put(&mut self, visible: &str) -> bool {
        let between = match self.gap {
            _ if self.pages > 0 || self.text.is_empty() => "",
            Gap::Nothing => "",
            Gap::Space => " ",
            Gap::Line => "\n",
            Gap::Paragraph => "\n\n",
        };
        self.cut = self.pages + between.len() + visible.len() > self.room();
        if !self.cut {
            self.text.extend(std::iter::repeat_n('\u{c}', self.pages));
            self.text.push_str(between);
            self.text.push_str(visible);
            (self.gap, self.pages) = (Gap::Nothing, 0);
        }
        !self.cut
    }
}

/// A whole text made clean, at most `max` bytes of it, and whether something was cut off.
pub(super) fn clean(raw: &str, max: usize) -> (String, bool) {
    let mut clean = Clean::new(max);
    clean.push(raw);
    (clean.text, clean.cut)
}

/// Soft hyphens, marks of byte order and direction, non-characters: they split words unseen or turn a snippet around.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}')
}

fn ligature(c: char) -> Option<&'static str> {
    Some(match c {
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' | 'ﬆ' => "st",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn encodings_of_an_italian_office() {
        let text = "Città di Forlì – perché €";
        let utf16 = |swap: bool| -> Vec<u8> {
            let bytes = |unit: u16| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() };
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect()
        };
        let with_mark = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        let windows = b"Citt\xe0 di Forl\xec \x96 perch\xe9 \x80".to_vec();
        for bytes in [text.as_bytes().to_vec(), with_mark, utf16(false), utf16(true), windows] {
            assert_eq!(decode(&bytes), text, "{bytes:x?}");
        }
        assert_eq!(decode(b"\xff\xfeA\0B"), "A\u{fffd}", "an odd byte at the end is told, not hidden");
    }

    #[test]
    fn what_clean_makes_of_dirt() {
        for (raw, expected) in [
            ("a\r\nb\rc\n\n\n\nd", "a\nb\nc\n\nd"),
            ("  a \t\u{a0} b  \n  c  ", "a b\nc"),
            ("a\0b\u{7}c\u{ad}d\u{202e}e", "abcde"),
            ("a \n\u{c}\n b", "a\u{c}b"),
            ("\u{c}\u{c}terza pagina\u{c}\u{c}", "\u{c}\u{c}terza pagina"),
            ("uﬃcio ﬁrma", "ufficio firma"),
            ("", ""),
        ] {
            assert_eq!(clean(raw, 1000), (expected.to_owned(), false), "{raw:?}");
        }
    }

    #[test]
    fn cut_at_a_character_never_within_one() {
        // "è" takes two bytes: 3 is the size at which the second one just does not fit.
        assert_eq!(clean("èè", 4), ("èè".to_owned(), false));
        assert_eq!(clean("èè", 3), ("è".to_owned(), true));
        assert_eq!(clean("èè", 1), (String::new(), true));
        assert_eq!(clean("a\n\n\nb", 3), ("a".to_owned(), true), "no separator without what it separates");
        assert_eq!(finish("uno due", 5, None, Reason::Empty).state, TextState::Partial(Reason::Cut));
    }

    #[test]
    fn a_text_without_words_is_none() {
        for empty in [&b""[..], b" \r\n\t", b"\xef\xbb\xbf", b"---\n***", b"\0\0\0"] {
            assert_eq!(finish(&decode(empty), 100, None, Reason::Empty), Extraction::none(Reason::Empty), "{empty:?}");
        }
        assert_eq!(finish("", 100, Some(Reason::Broken), Reason::Empty), Extraction::none(Reason::Broken));
        assert_eq!(finish("protocollo n. 42", 100, None, Reason::Empty).state, TextState::Full);
    }

    proptest! {
        #[test]
        fn clean_is_idempotent_bounded_and_keeps_every_letter(raw in "(\\PC|[ \\t\\r\\n\\x0c\\x00\u{ad}ﬁ]){0,200}", max in 0usize..300) {
            let (text, cut) = clean(&raw, max);
            prop_assert!(text.len() <= max);
            let dirty = text.chars().any(|c| c.is_control() && c != '\n' && c != '\u{c}');
            prop_assert!(!dirty);
            prop_assert_eq!(clean(&text, max), (text.clone(), false));
            let letters = |s: &str| {
                let spelled = s.chars().flat_map(|c| ligature(c).map_or_else(|| c.to_string(), str::to_owned).into_bytes());
                String::from_utf8(spelled.collect()).unwrap().chars().filter(|c| c.is_alphanumeric()).collect::<String>()
            };
            if !cut {
                prop_assert_eq!(letters(&text), letters(&raw));
            }
            let (whole, never) = clean(&raw, usize::MAX);
            prop_assert!(!never && whole.starts_with(&text));
            prop_assert_eq!(cut, whole.len() > text.len());
            let mut piecewise = Clean::new(max);
            raw.split_inclusive(['\r', ' ', 'a']).for_each(|piece| piecewise.push(piece));
            prop_assert_eq!((piecewise.as_str(), piecewise.is_cut()), (text.as_str(), cut));
        }

        #[test]
        fn any_bytes_become_some_text(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let extraction = finish(&decode(&bytes), 100, None, Reason::Empty);
            prop_assert!(extraction.text.len() <= 100);
            prop_assert_eq!(extraction.text.is_empty(), matches!(extraction.state, TextState::None(_)));
        }
    }
}
