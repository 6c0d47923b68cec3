//! What is wrong with a field, in the reader's language. The archive says it in English, and that is known here by its
//! words; anything else is shown as it is.

use super::draft;
use super::page::Page;
use crate::model::field::FieldError;

/// Messages of a registration, and the keys of the texts that say the same. Those of other forms have keys that are made
/// of their words.
const MESSAGES: &[(&str, &str)] = &[
    (draft::MISSING, "refused-missing"),
    (draft::NO_DATE, "refused-date"),
    (draft::NO_CLASS, "refused-class"),
    (draft::SEVERAL_CLASSES, "refused-classes"),
    (draft::FILE_LOST, "refused-file-lost"),
    ("must not be empty", "refused-missing"),
    ("must be one line, without line breaks and tabs", "refused-lines"),
    ("must not hold control characters", "refused-control"),
    ("must be a file name without a path", "refused-file-name"),
    ("missing: upload the content first, or send it as a part of this request", "refused-file-lost"),
    ("at least one sender or recipient", "refused-nobody"),
    ("16 letters and digits for a person, 11 digits for a business", "refused-tax-code"),
    ("missing: an incoming entry says when and how it was received", "refused-missing"),
    ("only an incoming entry is received", "refused-received"),
    ("a day that has not come yet", "refused-future"),
    ("before 1900", "refused-past"),
    ("the sender's date is after the day of receipt", "refused-after-receipt"),
    ("missing: only paper from counter or post may be registered before its scan", "refused-no-document"),
    ("a whole number is expected", "refused-number"),
    ("not a cursor of this list: take it from next_cursor", "refused-cursor"),
    ("this address takes forms", "refused-forms"),
    ("not a code of the IPA: letters, digits, `_`, `-`, `.`", "refused-ipa"),
    ("1 to 9999 years; 9999 means for ever", "refused-retention"),
    ("names an office or a user, one of the two", "refused-assignment"),
    ("is assigned above already: name each office and user once", "refused-assigned-twice"),
];

/// Messages with something in them: how they begin and end.
const PATTERNS: &[(&str, &str, &str)] = &[
    ("at most ", " characters", "refused-long"),
    ("at most ", " items", "refused-many"),
    ("", " is not of the staff", "refused-staff"),
    ("content ", " is not known here: upload it again", "refused-forgotten"),
    ("one of ", " is expected", "refused-one-of"),
    ("it knows ", "", "refused-methods"),
    ("end or move first what is below it and ends later or never: ", "", "refused-outlived"),
    ("takes nothing new, for it has ended: ", "", "refused-office-ended"),
    ("takes nothing yet, for it has not begun: ", "", "refused-office-future"),
    ("is there twice: ", "", "refused-class-twice"),
    ("the class above it is missing: ", "", "refused-class-above"),
    ("no column is called ", ": code, title, retention_years, notes", "refused-no-column"),
    ("the column ", " is there twice", "refused-column-twice"),
    ("the column ", " is missing", "refused-column-missing"),
    ("there is a user ", " already", "refused-user-there"),
    ("there is an office ", " already", "refused-office-there"),
    ("", " has this tax code already", "refused-tax-code-there"),
    ("the dossier holds it already, as item ", "", "refused-item-there"),
    ("there are ", " saved searches already: delete one first", "refused-searches-full"),
];

/// A message for a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub text: String,
    /// Not in the reader's language.
    pub english: bool,
}

pub fn told(page: &Page, error: &FieldError) -> Told {
    in_words(page, &error.message)
}

/// What the archive says, of a field or as a whole.
pub fn in_words(page: &Page, message: &str) -> Told {
    let known = key_of(message).map(|(key, value)| page.told(key, value).into_owned());
    match known.or_else(|| by_words(page, message)) {
        Some(text) => Told { text, english: false },
        None => Told { text: message.to_owned(), english: true },
    }
}

/// A text under `wrong-` and the words of the message, `n` for one with digits in it, which is told as `value`. So is a
/// name at the end, which is left out.
pub fn by_words(page: &Page, message: &str) -> Option<String> {
    let said = |words: &str, name: &str| {
        let key = format!("wrong-{}", slug(words));
        let number = words.split_whitespace().find(|word| word.contains(|c: char| c.is_ascii_digit()));
        let text = page.told(&key, number.unwrap_or(name)).into_owned();
        (text != key).then_some(text)
    };
    said(message, "").or_else(|| message.rsplit_once(' ').and_then(|(words, name)| said(words, name)))
}

/// Words joined by `-`, those with digits as `n`.
fn slug(text: &str) -> String {
    let words = text.split_whitespace().map(|word| match word.contains(|c: char| c.is_ascii_digit()) {
        true => "n".to_owned(),
        false => word.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), ""),
    });
    words.collect::<Vec<String>>().join("-")
}

/// The key for a message, and what it tells.
fn key_of(message: &str) -> Option<(&'static str, &str)> {
    if let Some((_, key)) = MESSAGES.iter().find(|(known, _)| *known == message) {
        return Some((key, ""));
    }
    PATTERNS.iter().find_map(|(start, end, key)| {
        let value = message.strip_prefix(start)?.strip_suffix(end)?;
        (!value.is_empty()).then_some((*key, value))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::words::Language;
    use super::*;
    use crate::model::register::NewEntry;

    #[test]
    fn all_that_can_be_wrong_with_a_registration_is_said_in_every_language() {
        let long = "x".repeat(5000);
        let everything = json!({
            "direction": "incoming", "subject": "a\nb", "classification": "6.3",
            "correspondents": [{"role": "sender", "kind": "person", "name": " ", "tax_code": "x", "email": long,
                                "pec": "\u{1b}"}],
            "received": {"on": "2999-01-01", "channel": "pec", "date": "2999-01-02", "number": "a\tb"},
            "assignments": [{"mode": "responsible"}, {"office": "a", "mode": "responsible"},
                            {"office": "a", "mode": "information"}],
            "attachments": [{"file_name": "a/b"}], "location": "",
        });
        let nothing = json!({"direction": "incoming", "subject": "", "classification": "6.3", "correspondents": []});
        let mut early = everything.clone();
        early["received"]["on"] = json!("1800-01-01");
        let mut internal = everything.clone();
        internal["direction"] = json!("internal");
        internal["attachments"] = vec![json!({"file_name": "a"}); 501].into();
        for entry in [everything, nothing, early, internal] {
            let entry: NewEntry = serde_json::from_value(entry).unwrap();
            let errors = entry.check(jiff::civil::date(2026, 11, 24), false).unwrap_err();
            assert!(errors.len() > 3);
            for error in errors {
                assert!(key_of(&error.message).is_some(), "{}: {}", error.field, error.message);
            }
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_the_reader_s_language() {
        let page = Page::bare(&actix_web::test::TestRequest::default().to_http_request(), String::new());
        let said = |message: &str| told(&page, &FieldError { field: "x".to_owned(), message: message.to_owned() });
        assert_eq!(said("at most 4000 characters").text, "Al massimo 4000 caratteri.");
        assert_eq!(said("at least 8 characters").text, "Almeno 8 caratteri", "by its words");
        assert_eq!(said("no office verde").text, "Non c\u{2019}\u{e8} l\u{2019}ufficio verde");
        let class = said("no class 9.99 in the classification scheme comuni-2");
        assert_eq!(class.text, "Nel titolario non c\u{2019}\u{e8} la voce 9.99");
        assert_eq!(said("not a year").text, "Scrivi l\u{2019}anno con quattro cifre");
        let twice = in_words(&page, "there is a user anna already").text;
        assert_eq!(twice, "C\u{2019}\u{e8} gi\u{e0} un utente anna: scegli un altro nome.");
        let filed = in_words(&page, "the dossier holds it already, as item 12").text;
        assert_eq!(filed, "\u{c8} gi\u{e0} nel fascicolo, al numero 12.");
        for what in ["dossier", "entry", "document", "register", "user", "token", "item", "saved search", "address"] {
            assert!(!in_words(&page, &format!("no such {what}")).english, "{what}");
        }
        let unmet = "something that no page has met";
        assert_eq!(said(unmet), Told { text: unmet.to_owned(), english: true });
    }

    #[test]
    fn every_key_has_its_text() {
        let keys = MESSAGES.iter().map(|(_, key)| *key).chain(PATTERNS.iter().map(|(_, _, key)| *key));
        for key in keys.collect::<std::collections::BTreeSet<_>>() {
            for language in Language::ALL {
                let text = language.words().with(key, "value", "7");
                assert_ne!(text, key, "{}", language.code());
            }
        }
        assert_eq!(key_of("at most 4000 characters"), Some(("refused-long", "4000")));
        assert_eq!(key_of("something new"), None);
    }
}
