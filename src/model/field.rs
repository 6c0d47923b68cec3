//! Checking what others send, field by field, so that an answer can name every mistake at once.

use serde::{Deserialize, Deserializer, Serialize};

use crate::limits;

/// One thing wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Path in the request's JSON: `correspondents[0].name`.
    pub field: String,
    /// What is wrong and what to do, for a person.
    pub message: String,
}

/// Reads a field that may be absent: `null` is then the same as not sending it.
pub fn absent_or_null<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

/// Reads a field of a merge patch: `null` was given, and is told from what was not.
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// Reads an enum that is one of a few words: from a text, and from nothing else that serde would take for a variant.
macro_rules! read_from_word {
    ($type:ident { $($variant:ident = $word:literal),* }) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Word;

                impl serde::de::Visitor<'_> for Word {
                    type Value = $type;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(f, "one of {}", [$($word),*].join(", "))
                    }

                    fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<$type, E> {
                        match word {
                            $($word => Ok($type::$variant),)*
                            other => Err(E::invalid_value(serde::de::Unexpected::Str(other), &self)),
                        }
                    }
                }

                from.deserialize_str(Word)
            }
        }
    };
}
pub(crate) use read_from_word;

/// Collects [`FieldError`]s.
#[derive(Debug, Default)]
pub struct Fields {
    errors: Vec<FieldError>,
}

impl Fields {
    pub fn refuse(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.errors.push(FieldError { field: field.into(), message: message.into() });
    }

    /// A text of one line that must say something, within `max` characters.
    pub fn text(&mut self, field: &str, text: &str, max: usize) {
        self.long_text(field, text, max);
        if text.contains(LINE_ENDS) {
            self.refuse(field, "must be one line, without line breaks and tabs");
        }
    }

    /// A text that must say something and may go over several lines: a reason, a description.
    pub fn long_text(&mut self, field: &str, text: &str, max: usize) {
        if !says_something(text) {
            self.refuse(field, "must not be empty");
        }
        self.length(field, text, max);
    }

    /// A text of several lines that may be absent but not too long.
    pub fn optional_long(&mut self, field: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.long_text(field, text, limits::TEXT_CHARS_MAX);
        }
    }

    /// A text of one line that may be absent but not too long; nothing but white space counts as a mistake.
    pub fn optional(&mut self, field: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(field, text, limits::TEXT_CHARS_MAX);
        }
    }

    pub fn count<T>(&mut self, field: &str, items: &[T]) {
        if items.len() > limits::LIST_ITEMS_MAX {
            self.refuse(field, format!("at most {} items", limits::LIST_ITEMS_MAX));
        }
    }

    fn length(&mut self, field: &str, text: &str, max: usize) {
        if text.chars().count() > max {
            self.refuse(field, format!("at most {max} characters"));
        }
        if text.chars().any(|c| c.is_control() && !LINE_ENDS.contains(&c)) {
            self.refuse(field, "must not hold control characters");
        }
    }

    pub fn finish(self) -> Result<(), Vec<FieldError>> {
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors) }
    }
}

/// What parts a text into lines or columns. Other control characters are refused everywhere.
const LINE_ENDS: [char; 5] = ['\n', '\r', '\t', '\u{2028}', '\u{2029}'];

/// Whether a person would see anything. Characters without width or ink are a text to a program only.
fn says_something(text: &str) -> bool {
    let unseen = |c: char| {
        matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
    };
    text.chars().any(|c| !c.is_whitespace() && !c.is_control() && !unseen(c))
}

/// A name under which a file is kept: what a path would hide is refused.
pub fn check_file_name(fields: &mut Fields, field: &str, name: &str) {
    fields.text(field, name, 255);
    if name.contains(['/', '\\']) || name == "." || name == ".." {
        fields.refuse(field, "must be a file name without a path");
    }
}

/// A code of the index of public administrations (IPA), of a body, an area or an office: `c_c722`, `AOO1`, `UFX7K2`.
pub fn check_ipa_code(fields: &mut Fields, field: &str, code: Option<&str>) {
    let fits = |code: &str| {
        (1..=limits::IPA_CODE_CHARS_MAX).contains(&code.len())
            && code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
    };
    if code.is_some_and(|code| !fits(code)) {
        fields.refuse(field, "not a code of the IPA: letters, digits, `_`, `-`, `.`");
    }
}

/// An e-mail address that a program can write to, as far as its shape tells.
pub fn check_address(fields: &mut Fields, field: &str, address: Option<&str>) {
    let fits = |address: &str| {
        let (name, place) = address.rsplit_once('@').unwrap_or_default();
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | ',' | ';' | '"');
        !name.is_empty() && place.contains('.') && address.chars().count() <= 254 && address.chars().all(plain)
    };
    if address.is_some_and(|address| !fits(address)) {
        fields.refuse(field, "not an e-mail address");
    }
}

/// A tax code as people type it: upper case, no blanks. `None` when it can be none.
pub fn normal_tax_code(text: &str) -> Option<String> {
    let code: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let person = code.len() == 16 && code.bytes().all(|b| b.is_ascii_alphanumeric());
    let business = code.len() == 11 && code.bytes().all(|b| b.is_ascii_digit());
    (person || business).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(check: impl FnOnce(&mut Fields)) -> bool {
        let mut fields = Fields::default();
        check(&mut fields);
        fields.finish().is_err()
    }

    #[test]
    fn a_title_is_one_line_a_reason_may_be_several() {
        for text in ["due\nrighe", "due\rrighe", "due\tcolonne", "due\u{2028}righe"] {
            assert!(refused(|fields| fields.text("subject", text, 100)), "{text:?}");
            assert!(refused(|fields| fields.optional("procedure", Some(text))), "{text:?}");
            assert!(refused(|fields| check_file_name(fields, "file_name", text)), "{text:?}");
            assert!(!refused(|fields| fields.long_text("reason", text, 100)), "{text:?}");
        }
        for text in ["con\0nulla", "con\u{1b}[31m", "con\u{85}"] {
            assert!(refused(|fields| fields.long_text("reason", text, 100)), "{text:?}");
            assert!(refused(|fields| check_file_name(fields, "file_name", text)), "{text:?}");
        }
    }

    #[test]
    fn what_nobody_can_see_is_empty() {
        for text in ["", " ", "\u{200b}", "\u{feff}\u{200d} ", "\u{2060}\u{ad}", "\u{3164}", "\u{a0}"] {
            assert!(refused(|fields| fields.text("subject", text, 100)), "{text:?}");
            assert!(refused(|fields| fields.long_text("reason", text, 100)), "{text:?}");
        }
        // Inside words such characters have their use.
        for text in ["x", "\u{200e}\u{5d0}", "a\u{200d}b"] {
            assert!(!refused(|fields| fields.text("subject", text, 100)), "{text:?}");
        }
    }
}
