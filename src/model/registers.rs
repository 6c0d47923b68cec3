//! The registers of the area: what each of them takes beyond what the law fixes, what it does not take, and whether it
//! is open.
//!
//! The general protocol takes everything that DPR 445/2000 art. 53 c. 5 does not exempt; a special register
//! (repertorio: decrees, resolutions, contracts) numbers documents of one kind and asks for fields of its own.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ids::RegisterCode;
use crate::limits;
use crate::model::field::{FieldError, Fields, absent_or_null};
use crate::model::register::NewEntry;

/// A register as the events about it have made it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Register {
    pub title: String,
    /// A repertorio: its entries need no correspondents.
    pub special: bool,
    /// JSON Schema of `fields` of its entries; none without it. See [`check_schema`] for what it may hold.
    pub fields: Option<Map<String, Value>>,
    /// Kinds of document that are not registered here, as [`plain`] spells them.
    pub exempt: Vec<String>,
    /// It numbers nothing any more; what it holds stays.
    pub closed: bool,
    /// How often it was changed: what `If-Match` names.
    pub version: usize,
}

/// `POST /api/v1/registers`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRegister {
    pub code: RegisterCode,
    pub title: String,
    #[serde(default, deserialize_with = "absent_or_null")]
    pub special: bool,
    #[serde(default)]
    pub fields: Option<Map<String, Value>>,
    #[serde(default, deserialize_with = "absent_or_null")]
    pub exempt: Vec<String>,
}

/// `PATCH /api/v1/registers/{register}`: what is absent stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterChange {
    #[serde(default)]
    pub title: Option<String>,
    /// An empty schema takes the fields away.
    #[serde(default)]
    pub fields: Option<Map<String, Value>>,
    #[serde(default)]
    pub exempt: Option<Vec<String>>,
    #[serde(default)]
    pub closed: Option<bool>,
    /// Why; must be said where it is closed or opened again.
    #[serde(default)]
    pub reason: Option<String>,
}

impl NewRegister {
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::default();
        if self.code.as_str().len() > limits::REGISTER_CODE_MAX {
            fields.refuse("code", format!("at most {} characters", limits::REGISTER_CODE_MAX));
        }
        fields.text("title", &self.title, limits::TEXT_CHARS_MAX);
        check_exempt(&mut fields, &self.exempt);
        check_schema(&mut fields, self.fields.as_ref());
        fields.finish()
    }

    pub fn register(&self) -> Register {
        Register {
            title: self.title.trim().to_owned(),
            special: self.special,
            fields: self.fields.clone().filter(|schema| !schema.is_empty()),
            exempt: self.exempt.iter().map(|kind| plain(kind)).collect(),
            closed: false,
            version: 0,
        }
    }
}

impl RegisterChange {
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::default();
        if let Some(title) = &self.title {
            fields.text("title", title, limits::TEXT_CHARS_MAX);
        }
        check_exempt(&mut fields, self.exempt.as_deref().unwrap_or_default());
        check_schema(&mut fields, self.fields.as_ref());
        fields.optional_long("reason", self.reason.as_deref());
        if self.closed.is_some() && self.reason.is_none() {
            fields.refuse("reason", "missing: say why the register is closed or opened again");
        }
        fields.finish()
    }

    /// The register after the change.
    pub fn apply(&self, now: &Register) -> Register {
        Register {
            title: self.title.as_ref().map_or_else(|| now.title.clone(), |title| title.trim().to_owned()),
            special: now.special,
            fields: self.fields.clone().or_else(|| now.fields.clone()).filter(|schema| !schema.is_empty()),
            exempt: self
                .exempt
                .as_ref()
                .map_or_else(|| now.exempt.clone(), |kinds| kinds.iter().map(|k| plain(k)).collect()),
            closed: self.closed.unwrap_or(now.closed),
            version: now.version,
        }
    }
}

impl Register {
    /// What this register has to say against an entry beyond what every entry must be.
    pub fn check(&self, entry: &NewEntry) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::default();
        let kind = entry.document.as_ref().and_then(|document| document.kind.as_deref());
        if let Some(kind) = kind.filter(|kind| self.exempt.contains(&plain(kind))) {
            fields.refuse("document.kind", format!("{kind} is exempt from registration here: keep it as a document"));
        }
        match &self.fields {
            Some(schema) => check_values(&mut fields, schema, &entry.fields),
            None if entry.fields.is_empty() => {}
            None => fields.refuse("fields", "this register has no fields of its own"),
        }
        fields.finish()
    }

    /// The register's own fields, in the order in which a form asks for them.
    pub fn own_fields(&self) -> Vec<OwnField> {
        self.fields.as_ref().map(own_fields).unwrap_or_default()
    }
}

/// A kind of document as it is compared: small letters, single blanks.
pub fn plain(kind: &str) -> String {
    kind.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A field as a form shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnField {
    pub name: String,
    pub title: String,
    pub hint: Option<String>,
    pub shape: Shape,
    pub required: bool,
}

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    Text,
    Date,
    Integer,
    Number,
    YesOrNo,
    Choice(Vec<String>),
}

impl Shape {
    fn of(property: &Map<String, Value>) -> Option<Self> {
        if let Some(choice) = property.get("enum") {
            let words = choice.as_array()?.iter().map(|word| word.as_str().map(str::to_owned));
            return words.collect::<Option<Vec<_>>>().filter(|words| !words.is_empty()).map(Self::Choice);
        }
        match property.get("type")?.as_str()? {
            "string" if property.get("format").and_then(Value::as_str) == Some("date") => Some(Self::Date),
            "string" => Some(Self::Text),
            "integer" => Some(Self::Integer),
            "number" => Some(Self::Number),
            "boolean" => Some(Self::YesOrNo),
            _ => None,
        }
    }

    /// What was typed into a form, as the API takes it; what is none of the shape stays a text, and is refused as such.
    pub fn read(&self, typed: &str) -> Value {
        let number = |typed: &str| typed.replace(',', ".").parse::<serde_json::Number>().ok().map(Value::Number);
        match self {
            Self::Integer | Self::Number => number(typed).unwrap_or_else(|| Value::String(typed.to_owned())),
            Self::YesOrNo => Value::Bool(typed == "yes"),
            Self::Text | Self::Date | Self::Choice(_) => Value::String(typed.to_owned()),
        }
    }
}

/// Keywords that a property may have: those of flat values, so that a form can be made of every schema.
const KEYWORDS: [&str; 14] = [
    "type",
    "title",
    "description",
    "enum",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "default",
];

/// Keywords of the schema as a whole. `x-order` names the fields in the order in which people read them.
const WHOLE: [&str; 8] =
    ["$schema", "title", "description", "type", "properties", "required", "additionalProperties", "x-order"];

/// A register's schema describes one flat object (JSON Schema 2020-12): properties that are texts, dates, numbers, yes
/// or no, or one of some words.
pub fn check_schema(fields: &mut Fields, schema: Option<&Map<String, Value>>) {
    let Some(schema) = schema.filter(|schema| !schema.is_empty()) else { return };
    let text = Value::Object(schema.clone()).to_string();
    if text.len() > limits::REGISTER_SCHEMA_MAX {
        fields.refuse("fields", format!("at most {} bytes", limits::REGISTER_SCHEMA_MAX));
        return;
    }
    for key in schema.keys().filter(|key| !WHOLE.contains(&key.as_str())) {
        fields.refuse("fields", format!("a register's schema has no `{key}`"));
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    if schema.get("type").and_then(Value::as_str) != Some("object") || properties.is_none_or(Map::is_empty) {
        fields.refuse("fields", "expected a schema of type object with `properties`");
        return;
    }
    let properties = properties.into_iter().flatten();
    let names: Vec<&String> = properties.clone().map(|(name, _)| name).collect();
    for (name, property) in properties {
        let at = format!("fields.properties.{name}");
        let plain_name = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.len() <= 40
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !plain_name {
            fields.refuse(&at, "a name has small letters, digits and `_`, at most 40, and begins with a letter");
        }
        let Some(property) = property.as_object() else {
            fields.refuse(&at, "expected an object");
            continue;
        };
        if Shape::of(property).is_none() {
            fields.refuse(&at, "a field is a string, integer, number or boolean, or has an `enum` of words");
        }
        for key in property.keys().filter(|key| !KEYWORDS.contains(&key.as_str())) {
            fields.refuse(&at, format!("a field has no `{key}` here"));
        }
    }
    for list in ["required", "x-order"] {
        let named = schema.get(list).and_then(Value::as_array).into_iter().flatten();
        for name in named.filter(|name| !names.iter().any(|known| name.as_str() == Some(known))) {
            fields.refuse(format!("fields.{list}"), format!("{name} is none of the properties"));
        }
    }
    if let Err(error) = validator(schema) {
        fields.refuse("fields", format!("no JSON Schema: {error}"));
    }
}

fn validator(schema: &Map<String, Value>) -> Result<jsonschema::Validator, Box<jsonschema::ValidationError<'static>>> {
    let mut whole = schema.clone();
    // What the schema does not know was meant for another register.
    whole.insert("additionalProperties".to_owned(), Value::Bool(false));
    jsonschema::draft202012::options()
        // In time that grows with the text alone, whatever pattern was written.
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .should_validate_formats(true)
        .build(&Value::Object(whole))
        .map_err(Box::new)
}

/// Whether `fields` of an entry are what the schema asks for.
fn check_values(fields: &mut Fields, schema: &Map<String, Value>, values: &Map<String, Value>) {
    let validator = match validator(schema) {
        Ok(validator) => validator,
        Err(error) => return fields.refuse("fields", format!("the register's schema is none: {error}")),
    };
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let missing: Vec<&str> = required.filter(|name| values.get(*name).is_none_or(says_nothing)).collect();
    for name in &missing {
        fields.refuse(format!("fields.{name}"), "missing");
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, value) in values {
        let at = format!("fields.{name}");
        if properties.is_none_or(|properties| !properties.contains_key(name)) {
            fields.refuse(at, "this register has no such field");
        } else if let Some(text) = value.as_str().filter(|_| !missing.contains(&name.as_str())) {
            fields.text(&at, text, limits::TEXT_CHARS_MAX);
        }
    }
    let whole = Value::Object(values.clone());
    for error in validator.iter_errors(&whole) {
        let path = error.instance_path().to_string();
        let name = path.trim_start_matches('/');
        if !name.is_empty() && !missing.contains(&name) {
            fields.refuse(format!("fields.{name}"), error.to_string());
        }
    }
}

fn says_nothing(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn own_fields(schema: &Map<String, Value>) -> Vec<OwnField> {
    let names = |list: &str| -> Vec<&str> {
        schema.get(list).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let (order, required) = (names("x-order"), names("required"));
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let mut fields: Vec<OwnField> = properties
        .filter_map(|(name, property)| {
            let property = property.as_object()?;
            let word = |key: &str| property.get(key).and_then(Value::as_str).map(str::to_owned);
            Some(OwnField {
                name: name.clone(),
                title: word("title").unwrap_or_else(|| name.replace('_', " ")),
                hint: word("description"),
                shape: Shape::of(property)?,
                required: required.contains(&name.as_str()),
            })
        })
        .collect();
    let place = |name: &str| order.iter().position(|one| *one == name).unwrap_or(order.len());
    fields.sort_by_key(|field| place(&field.name));
    fields
}

fn check_exempt(fields: &mut Fields, exempt: &[String]) {
    fields.count("exempt", exempt);
    for (n, kind) in exempt.iter().enumerate() {
        fields.text(&format!("exempt[{n}]"), kind, limits::TEXT_CHARS_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn decrees() -> Map<String, Value> {
        object(json!({
            "type": "object",
            "required": ["organ", "adopted_on"],
            "x-order": ["organ", "adopted_on", "amount"],
            "properties": {
                "adopted_on": {"type": "string", "format": "date", "title": "Adottato il"},
                "amount": {"type": "number", "minimum": 0, "title": "Importo"},
                "organ": {"enum": ["Sindaco", "Giunta"], "title": "Organo"},
                "note": {"type": "string", "pattern": "^[A-Z]", "maxLength": 20},
                "urgent": {"type": "boolean"},
            }
        }))
    }

    fn refused(schema: Value) -> Vec<String> {
        let mut fields = Fields::default();
        check_schema(&mut fields, schema.as_object());
        fields.finish().err().unwrap_or_default().into_iter().map(|e| format!("{}: {}", e.field, e.message)).collect()
    }

    fn wrong(values: Value) -> Vec<String> {
        let mut fields = Fields::default();
        check_values(&mut fields, &decrees(), &object(values));
        let mut wrong: Vec<_> = fields.finish().err().unwrap_or_default().into_iter().map(|e| e.field).collect();
        wrong.dedup();
        wrong
    }

    #[test]
    fn a_schema_is_flat_so_that_a_form_can_be_made_of_it() {
        assert_eq!(refused(Value::Object(decrees())), Vec::<String>::new());
        assert_eq!(refused(json!({})), Vec::<String>::new());
        for bad in [
            json!({"type": "object"}),
            json!({"type": "array", "properties": {"a": {"type": "string"}}}),
            json!({"type": "object", "properties": {"a": {"type": "object"}}}),
            json!({"type": "object", "properties": {"A b": {"type": "string"}}}),
            json!({"type": "object", "properties": {"a": {"type": "string", "$ref": "#/x"}}}),
            json!({"type": "object", "properties": {"a": {"type": "string", "pattern": "("}}}),
            json!({"type": "object", "properties": {"a": {"enum": []}}}),
            json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"]}),
            json!({"type": "object", "properties": {"a": {"type": "string"}}, "allOf": []}),
            json!({"type": "object", "properties": {"a": true}}),
        ] {
            assert!(!refused(bad.clone()).is_empty(), "{bad}");
        }
    }

    #[test]
    fn values_are_held_against_the_schema_and_each_mistake_names_its_field() {
        let nothing: Vec<String> = Vec::new();
        assert_eq!(wrong(json!({"organ": "Giunta", "adopted_on": "2026-02-28", "amount": 12.5})), nothing);
        assert_eq!(wrong(json!({})), ["fields.organ", "fields.adopted_on"]);
        assert_eq!(wrong(json!({"organ": "Re", "adopted_on": "2026-02-30"})), ["fields.adopted_on", "fields.organ"]);
        let rest =
            json!({"organ": "Giunta", "adopted_on": "2026-02-28", "note": "minuscola", "other": 1, "amount": -1});
        let mut fields = wrong(rest);
        fields.sort();
        assert_eq!(fields, ["fields.amount", "fields.note", "fields.other"]);
    }

    #[test]
    fn a_form_asks_in_the_order_that_the_schema_names() {
        let register = Register { fields: Some(decrees()), ..Register::default() };
        let fields = register.own_fields();
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["organ", "adopted_on", "amount", "note", "urgent"]);
        assert!(fields[0].required && !fields[2].required);
        assert_eq!(fields[1].shape, Shape::Date);
        assert_eq!(fields[2].shape.read("12,5"), json!(12.5));
        assert_eq!(fields[2].shape.read("molto"), json!("molto"));
        assert_eq!(fields[4].shape.read("yes"), json!(true));
    }

    #[test]
    fn kinds_are_compared_as_people_write_them() {
        let register = Register { exempt: vec![plain("  Gazzetta  ufficiale ")], ..Register::default() };
        assert_eq!(register.exempt, ["gazzetta ufficiale"]);
    }
}
