//! What is wrong with a field, in the words of whoever sent it? What parsers say is made of their own types and names.

/// How what is said of a field that is not known begins.
pub const UNKNOWN: &str = "unknown: expected ";
const DATE: &str = "a date such as 2026-11-20 is expected";
/// What the messages of the date parser have in them.
const DATE_PARSER: [&str; 7] = ["date", "jiff", "parameter '", "year", "month", "day", "0-9 but got"];
const NUMBER: &str = "a whole number is expected";

/// A parser's message, said so that it helps. What is not known says no more than that it does not fit.
pub fn in_words(message: &str) -> String {
    if let Some((_, expected)) = message.rsplit_once(", expected ") {
        if message.starts_with("unknown field `") {
            return format!("{UNKNOWN}{expected}");
        }
        if let Some(words) = expected_in_words(expected) {
            return words;
        }
    }
    // Ids, codes and digests speak for themselves.
    if message.starts_with("not a") || message.starts_with("a digest") {
        return message.to_owned();
    }
    let says = |part: &str| message.contains(part);
    if says("UUID") {
        "a dossier id is expected, as the archive gave it".to_owned()
    } else if says("invalid digit found") || says("parse integer from") || says("number too") {
        NUMBER.to_owned()
    } else if says("duplicate field") {
        "stands there twice".to_owned()
    } else if says("true") {
        "true or false is expected".to_owned()
    } else if DATE_PARSER.iter().any(|part| says(part)) {
        DATE.to_owned()
    } else {
        "not of the form that the API description shows".to_owned()
    }
}

fn expected_in_words(expected: &str) -> Option<String> {
    let known = match expected {
        "a string" | "a borrowed string" => "a text is expected",
        "a boolean" => "true or false is expected",
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => NUMBER,
        _ if expected.starts_with("one of") => return Some(format!("{expected} is expected")),
        _ if expected.starts_with("struct ") || expected == "a map" => "an object is expected: { … }",
        _ if expected.contains("sequence") || expected.contains("array") => "a list is expected: [ … ]",
        _ if expected.contains("date") || expected.contains("jiff") => DATE,
        _ if expected.contains("UUID") => "a dossier id is expected, as the archive gave it",
        _ => return None,
    };
    Some(known.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::annulment::NewAnnulment;
    use crate::model::dossier::NewDossier;
    use crate::model::register::NewEntry;
    use crate::service::SearchQuery;

    fn said<T: serde::de::DeserializeOwned>(value: Value) -> String {
        let full = serde_json::from_value::<T>(value).err().unwrap().to_string();
        in_words(&full)
    }

    #[test]
    fn no_parser_speaks_to_clients() {
        for date in ["2026-02-30", "yesterday", "", "2026-13-01", "20/11/2026", "2026-11-20T10:00:00Z"] {
            assert_eq!(said::<SearchQuery>(json!({"from": date})), DATE, "{date}");
        }
        assert_eq!(said::<SearchQuery>(json!({"from": 5})), DATE);
        assert_eq!(said::<SearchQuery>(json!({"limit": "x"})), NUMBER);
        assert_eq!(said::<SearchQuery>(json!({"limit": -1})), NUMBER);
        assert_eq!(said::<SearchQuery>(json!({"year": 99_999})), NUMBER);
        assert_eq!(said::<SearchQuery>(json!({"q": 7})), "a text is expected");
        assert_eq!(
            said::<SearchQuery>(json!({"register": "a b"})),
            "not a register code (letters, digits, `_`, `-`, `.`)"
        );
        assert_eq!(said::<NewAnnulment>(json!({"reason": "x", "act": 1})), "an object is expected: { … }");
        let entry = |more: Value| said::<NewEntry>(more);
        assert_eq!(entry(json!({"correspondents": 1})), "a list is expected: [ … ]");
        assert_eq!(entry(json!({"confidential": "x"})), "true or false is expected");
        for direction in [json!("sideways"), json!(5), json!(null), json!([]), json!({"incoming": null})] {
            let words = entry(json!({"direction": direction}));
            assert_eq!(words, "one of incoming, outgoing, internal is expected", "{direction}");
        }
        let parent = json!({"title": "x", "classification": "6.3", "parent": "xyz"});
        assert_eq!(said::<NewDossier>(parent), "a dossier id is expected, as the archive gave it");
    }

    #[test]
    fn queries_are_answered_in_words_too() {
        for (message, words) in [
            ("invalid digit found in string", NUMBER),
            ("cannot parse integer from empty string", NUMBER),
            ("number too large to fit in target type", NUMBER),
            ("provided string was not `true` or `false`", "true or false is expected"),
            ("expected value", "not of the form that the API description shows"),
        ] {
            assert_eq!(in_words(message), words, "{message}");
        }
    }
}
