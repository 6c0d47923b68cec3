//! Filling in the form: fields in their order, each with its official name, and what is found missing on the way.

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::finding::{Finding, FindingCode};
use crate::exchange::Canonical;

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Text(String),
    Flag(bool),
    Number(u32),
    Group(Vec<(&'static str, Value)>),
    /// A field that may stand there several times.
    List(Vec<Value>),
}

/// The fields as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    root: &'static str,
    value: Value,
}

/// A thing in the fields of Allegato 5, and what they lack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    pub tree: Tree,
    pub findings: Vec<Finding>,
}

impl Tree {
    pub(super) fn fill(root: &'static str, filled: impl FnOnce(&mut Form<'_>)) -> Described {
        let mut findings = Vec::new();
        let mut form = Form { fields: Vec::new(), at: String::new(), findings: &mut findings };
        filled(&mut form);
        let value = Value::Group(form.fields);
        Described { tree: Self { root, value }, findings }
    }

    /// XML without a declaration, so that a package can hold it as a part.
    pub fn xml(&self) -> String {
        let mut xml = Canonical::default();
        self.value.write(&mut xml, self.root);
        xml.finish()
    }
}

impl Value {
    fn write(&self, xml: &mut Canonical, name: &str) {
        match self {
            Self::Text(text) => xml.text(name, &[], text),
            Self::Flag(flag) => xml.text(name, &[], if *flag { "true" } else { "false" }),
            Self::Number(number) => xml.text(name, &[], &number.to_string()),
            Self::Group(fields) => {
                xml.element(name, &[], |xml| fields.iter().for_each(|(name, value)| value.write(xml, name)));
            }
            Self::List(values) => values.iter().for_each(|value| value.write(xml, name)),
        }
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.root, &self.value)?;
        map.end()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => serializer.serialize_u32(*number),
            Self::Group(fields) => serializer.collect_map(fields.iter().map(|(name, value)| (name, value))),
            Self::List(values) => serializer.collect_seq(values),
        }
    }
}

/// One group of fields being filled in. What is blank does not stand there.
pub(super) struct Form<'f> {
    fields: Vec<(&'static str, Value)>,
    at: String,
    findings: &'f mut Vec<Finding>,
}

impl Form<'_> {
    /// A text that the rules ask for.
    pub fn text(&mut self, name: &'static str, text: &str, otherwise: FindingCode) {
        if blank(text) {
            self.missing(name, otherwise);
        } else {
            self.put(name, Value::Text(text.to_owned()));
        }
    }

    /// A text that is always there.
    pub fn fixed(&mut self, name: &'static str, text: impl ToString) {
        self.put(name, Value::Text(text.to_string()));
    }

    pub fn optional(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text.filter(|text| !blank(text)) {
            self.fixed(name, text);
        }
    }

    /// An optional text with a form of its own, without which it is left out.
    pub fn fitting(&mut self, name: &'static str, text: Option<&str>, fits: fn(&str) -> bool, otherwise: FindingCode) {
        match text.filter(|text| !blank(text)) {
            Some(text) if fits(text) => self.fixed(name, text),
            Some(_) => self.left_out(name, otherwise),
            None => {}
        }
    }

    pub fn flag(&mut self, name: &'static str, flag: bool) {
        self.put(name, Value::Flag(flag));
    }

    pub fn number(&mut self, name: &'static str, number: u32) {
        self.put(name, Value::Number(number));
    }

    /// Texts that may be several.
    pub fn texts<'t>(&mut self, name: &'static str, texts: impl IntoIterator<Item = &'t String>) {
        let texts: Vec<Value> =
            texts.into_iter().filter(|text| !blank(text)).map(|text| Value::Text(text.clone())).collect();
        if !texts.is_empty() {
            self.put(name, Value::List(texts));
        }
    }

    pub fn group(&mut self, name: &'static str, filled: impl FnOnce(&mut Form<'_>)) {
        let group = self.within(name, filled);
        self.put(name, group);
    }

    /// Groups that may be several.
    pub fn each<T>(
        &mut self,
        name: &'static str,
        items: impl IntoIterator<Item = T>,
        mut filled: impl FnMut(&mut Form<'_>, T),
    ) {
        let mut list = Vec::new();
        for item in items {
            list.push(self.within(name, |form| filled(form, item)));
        }
        if !list.is_empty() {
            self.put(name, Value::List(list));
        }
    }

    /// What the rules ask for is not there.
    pub fn missing(&mut self, name: &str, code: FindingCode) {
        self.find(name, code, true);
    }

    /// What is known has no place.
    pub fn left_out(&mut self, name: &str, code: FindingCode) {
        self.find(name, code, false);
    }

    fn find(&mut self, name: &str, code: FindingCode, mandatory: bool) {
        let finding = Finding { code, place: self.place(name), mandatory, meaning: code.meaning() };
        // However many lack it, it is said once.
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    fn put(&mut self, name: &'static str, value: Value) {
        self.fields.push((name, value));
    }

    fn within(&mut self, name: &str, filled: impl FnOnce(&mut Form<'_>)) -> Value {
        let at = self.place(name);
        let mut form = Form { fields: Vec::new(), at, findings: self.findings };
        filled(&mut form);
        Value::Group(form.fields)
    }

    fn place(&self, name: &str) -> String {
        if self.at.is_empty() { name.to_owned() } else { format!("{}/{name}", self.at) }
    }
}

fn blank(text: &str) -> bool {
    text.trim().is_empty()
}
