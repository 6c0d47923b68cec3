//! Does the server keep its published contract? The harness shows every answer of every test to this.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::harness::Answer;

static CONTRACT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../schema/openapi.json")).unwrap());

/// Compiled once for each answer of the contract.
static VALIDATORS: LazyLock<Mutex<HashMap<String, Validator>>> = LazyLock::new(Mutex::default);

/// Fails when an answer is none that the contract announces.
#[track_caller]
pub fn check(method: &str, path: &str, answer: &Answer) {
    let path = path.split('?').next().unwrap_or_default();
    let Some((template, item)) = CONTRACT["paths"].as_object().unwrap().iter().find(|(route, _)| fits(route, path))
    else {
        return;
    };
    let operation = &item[method.to_ascii_lowercase()];
    if operation.is_null() {
        assert_eq!(answer.status, 405, "{method} {path} is not in the contract");
        return;
    }
    let what = format!("{method} {template} {}", answer.status);
    let response = resolve(&operation["responses"][answer.status.to_string()]);
    assert!(!response.is_null(), "{what} is not in the contract: {}", answer.text());
    for name in response["headers"].as_object().into_iter().flat_map(|headers| headers.keys()) {
        assert!(answer.header(name).is_some() || name == "Location", "{what} lacks the header {name}");
    }
    let Some(content) = response["content"].as_object() else { return };
    let sent = answer.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default();
    let announced = content.get(sent).or_else(|| content.get("*/*"));
    let announced = announced.unwrap_or_else(|| panic!("{what} is sent as {sent}, which is not in the contract"));
    if method == "HEAD" || !(sent.ends_with("json")) || content.get(sent).is_none() {
        return;
    }
    let body = answer.value();
    let mut validators = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner);
    let validator = validators.entry(what.clone()).or_insert_with(|| {
        let whole = json!({"components": CONTRACT["components"], "allOf": [announced["schema"]]});
        jsonschema::validator_for(&whole).unwrap()
    });
    let wrong: Vec<String> = validator.iter_errors(&body).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{what}: {wrong:?} in {body:#}");
}

fn fits(route: &str, path: &str) -> bool {
    let (mut parts, mut asked) = (route.split('/'), path.split('/'));
    loop {
        match (parts.next(), asked.next()) {
            (None, None) => return true,
            (Some(part), Some(text)) if part == text || (part.starts_with('{') && !text.is_empty()) => {}
            _ => return false,
        }
    }
}

fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => CONTRACT.pointer(&reference[1..]).unwrap(),
        None => value,
    }
}
