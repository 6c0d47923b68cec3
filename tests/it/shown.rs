//! What does the contract show? Its text is read for calls and fields, and held against what a test has asked.

use std::collections::BTreeSet;

use serde_json::Value;

/// Fails when the contract shows what nobody asked for, or a field that nobody sent or was answered.
#[track_caller]
pub fn hold_against(contract: &str, asked: &[(String, String)], names: &BTreeSet<String>) {
    let examples = examples(contract);
    let lines: Vec<&str> = examples.iter().map(String::as_str).collect();
    let calls = calls(&lines);
    assert!(calls.len() > 30, "the contract was not read: {calls:?}");
    let ran = |method: &str, path: &str| asked.iter().any(|asked| fits(method, path, asked));
    let open: Vec<_> = calls.iter().filter(|(method, path)| !ran(method, path)).collect();
    assert!(open.is_empty(), "examples that nobody ran: {open:?}");
    let shown = lines.iter().flat_map(|line| names_in(line));
    let unseen: BTreeSet<_> = shown.filter(|name| !names.contains(name)).collect();
    assert!(unseen.is_empty(), "fields that were neither sent nor answered: {unseen:?}");
}

/// The lines of the contract's code blocks, without what is of later.
fn examples(contract: &str) -> Vec<String> {
    let mut later = false;
    let mut lines = Vec::new();
    for line in contract.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            later = title.starts_with("Later") || title.starts_with("Program");
        }
        let Some(code) = line.strip_prefix("    ") else { continue };
        if !later && !code.contains("(later)") {
            lines.push(code.split("(later:").next().unwrap_or_default().trim().to_owned());
        }
    }
    lines
}

/// Method (empty for any) and path of every call; `…` is the path before it, or a part of that.
fn calls(lines: &[&str]) -> Vec<(String, String)> {
    let verb = |word: &str| ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].contains(&word);
    let mut calls = Vec::new();
    let mut whole = String::new();
    for line in lines {
        // A line that begins with a path names things, not calls; in prose only what has a method is a call.
        let named = line.starts_with('/');
        let mut method = None;
        for word in line.split_whitespace() {
            let path = word.split('?').next().unwrap_or_default().trim_end_matches([':', ',', '…']);
            if verb(word) {
                method = Some(word);
            }
            let Some(method) = method.filter(|_| !named).or(named.then_some("")) else { continue };
            if path.starts_with('/') {
                whole = path.to_owned();
                calls.push((method.to_owned(), whole.clone()));
            } else if let Some(end) = path.strip_prefix("…/") {
                let before: Vec<&str> = whole.split('/').take(4).collect();
                calls.push((method.to_owned(), format!("{}/…/{end}", before.join("/"))));
            }
        }
    }
    calls
}

/// Whether a call of the contract was asked so; `…` stands for any number of parts.
fn fits(method: &str, path: &str, asked: &(String, String)) -> bool {
    let same = |ours: &[&str], theirs: &[&str]| {
        ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(our, their)| our == their || our.starts_with('{'))
    };
    let theirs: Vec<&str> = asked.1.split('/').collect();
    let fits = match path.split_once("/…/") {
        None => same(&path.split('/').collect::<Vec<_>>(), &theirs),
        Some((begin, end)) => {
            let (begin, end): (Vec<_>, Vec<_>) = (begin.split('/').collect(), end.split('/').collect());
            theirs.len() > begin.len() + end.len()
                && same(&begin, &theirs[..begin.len()])
                && same(&end, &theirs[theirs.len() - end.len()..])
        }
    };
    fits && (method.is_empty() || method == asked.0)
}

/// Names in the JSON of a line: `"name":`.
fn names_in(line: &str) -> Vec<String> {
    let parts: Vec<&str> = line.split('"').collect();
    let named = parts.windows(2).filter(|pair| pair[1].starts_with(':') && !pair[0].is_empty());
    named.map(|pair| pair[0].to_owned()).collect()
}

/// Collects the names of all fields, which are snake_case.
#[track_caller]
pub fn names_of(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let shaped = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
                assert!(shaped || name.contains('-') || name.contains('.'), "not snake_case: {name}");
                names.insert(name.clone());
                names_of(value, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names_of(item, names)),
        _ => {}
    }
}

/// Every field of `shape` is in `value`, and equal where the shape is not null; `""` asks for some text.
#[track_caller]
pub fn shows(value: &Value, shape: &Value) {
    match (shape, value) {
        (Value::Object(fields), Value::Object(_)) => {
            for (name, part) in fields {
                let field = value.get(name).unwrap_or_else(|| panic!("{name} is missing in {value:#}"));
                shows(field, part);
            }
        }
        (Value::Array(parts), Value::Array(items)) => {
            assert!(items.len() >= parts.len(), "{shape} is not in {value:#}");
            parts.iter().zip(items).for_each(|(part, item)| shows(item, part));
        }
        (Value::Null, _) => {}
        (Value::String(text), Value::String(some)) if text.is_empty() => assert!(!some.is_empty()),
        _ => assert_eq!(value, shape),
    }
}

#[test]
fn what_the_contract_shows_is_found_in_it() {
    let text = "## Some\n\n    POST /api/v1/things   {\"a\":1}\n      201 {\"b_c\":\"…\"}\n    GET …/{id}/parts  …/whole   (later: …/more)\n    and so on. PUT /api/v1/x?q=\n\
                \n    GET /api/v1/late   (later)\n## Later\n    GET /api/v1/later\n";
    let lines = examples(text);
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let call = |method: &str, path: &str| (method.to_owned(), path.to_owned());
    let expected = [
        call("POST", "/api/v1/things"),
        call("GET", "/api/v1/things/…/{id}/parts"),
        call("GET", "/api/v1/things/…/whole"),
        call("PUT", "/api/v1/x"),
    ];
    assert_eq!(calls(&lines), expected);
    assert_eq!(lines.iter().flat_map(|line| names_in(line)).collect::<Vec<_>>(), ["a", "b_c"]);
    assert!(fits("GET", "/api/v1/things/…/whole", &call("GET", "/api/v1/things/7/whole")));
    assert!(!fits("GET", "/api/v1/things/…/whole", &call("POST", "/api/v1/things/7/whole")));
    assert!(!fits("GET", "/api/v1/things/…/whole", &call("GET", "/api/v1/others/7/whole")));
    assert!(fits("", "/api/v1/things/{id}", &call("PUT", "/api/v1/things/7")));
}
