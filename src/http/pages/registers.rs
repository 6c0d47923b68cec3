//! The registers on pages: which there are, opening one, changing what it takes, closing it.
//!
//! The fields that a register asks for beyond the law are rows of the form; what their schema says besides (a pattern, a
//! least value) was said through the API and stays.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::{Map, Value, json};

use super::form::{Fields, Submitted};
use super::page::{self, Page, Section};
use super::people::code;
use super::refused::Refused;
use crate::http::body::Id;
use crate::http::guard::{Administer, Allowed};
use crate::http::problem::Problem;
use crate::ids::RegisterCode;
use crate::model::registers::{NewRegister, OwnField, RegisterChange, Shape};
use crate::service::RegisterView;

/// Empty rows below the fields that there are.
const EMPTY_ROWS: usize = 2;
/// What a field takes, as a form names it.
const SHAPES: [&str; 6] = ["text", "date", "integer", "number", "yes-or-no", "choice"];

#[derive(Template)]
#[template(path = "administration/registers.html")]
struct RegistersPage {
    page: Page,
    part: &'static str,
    registers: Vec<RegisterView>,
}

impl RegistersPage {
    fn count_of(&self, register: &RegisterView) -> u64 {
        register.own_fields.len() as u64
    }
}

/// `GET /registers`
pub async fn list(allowed: Allowed<Administer>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let page = Page::of(&request, &allowed, Section::Administration);
    let registers = allowed.archive.register_list();
    page::show(&RegistersPage { page, part: "registers", registers })
}

/// A field of a register as a row of the form.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct FieldRow {
    /// Empty for a new one: it is made of the title.
    name: String,
    title: String,
    shape: String,
    /// Words to choose from, parted by commas.
    choices: String,
    required: bool,
}

impl FieldRow {
    fn of(field: &OwnField) -> Self {
        let (shape, choices) = match &field.shape {
            Shape::Text => ("text", String::new()),
            Shape::Date => ("date", String::new()),
            Shape::Integer => ("integer", String::new()),
            Shape::Number => ("number", String::new()),
            Shape::YesOrNo => ("yes-or-no", String::new()),
            Shape::Choice(words) => ("choice", words.join(", ")),
        };
        let (name, title) = (field.name.clone(), field.title.clone());
        Self { name, title, shape: shape.to_owned(), choices, required: field.required }
    }

    /// The property of the schema, on top of what it said before.
    fn property(&self, before: Option<&Value>) -> Value {
        let mut property = before.and_then(Value::as_object).cloned().unwrap_or_default();
        for key in ["type", "enum", "format"] {
            property.remove(key);
        }
        let shape = match self.shape.as_str() {
            "date" => json!({"type": "string", "format": "date"}),
            "integer" | "number" => json!({"type": self.shape}),
            "yes-or-no" => json!({"type": "boolean"}),
            "choice" => {
                let words = self.choices.split(',').map(str::trim).filter(|word| !word.is_empty());
                json!({"enum": words.collect::<Vec<_>>()})
            }
            _ => json!({"type": "string"}),
        };
        property.extend(shape.as_object().cloned().unwrap_or_default());
        property.insert("title".to_owned(), Value::String(self.title.clone()));
        Value::Object(property)
    }
}

/// A register as it was typed.
#[derive(Debug, Default)]
struct Typed {
    code: String,
    title: String,
    special: bool,
    closed: bool,
    exempt: String,
    reason: String,
    rows: Vec<FieldRow>,
}

impl Typed {
    fn of(fields: &Fields) -> Self {
        let text = |name| fields.text(name).to_owned();
        let list = |name| fields.all(name).map(str::to_owned).collect::<Vec<_>>();
        let [names, titles, shapes, choices] = ["field-name", "field-title", "field-shape", "field-choices"].map(list);
        let required = list("field-required");
        let of = |list: &[String], n: usize| list.get(n).cloned().unwrap_or_default();
        let rows = titles.iter().enumerate().filter(|(_, title)| !title.is_empty()).map(|(n, title)| FieldRow {
            name: of(&names, n),
            title: title.clone(),
            shape: of(&shapes, n),
            choices: of(&choices, n),
            required: required.contains(&n.to_string()),
        });
        Self {
            code: text("code"),
            title: text("title"),
            special: fields.ticked("special"),
            closed: fields.ticked("closed"),
            exempt: text("exempt"),
            reason: text("reason"),
            rows: rows.collect(),
        }
    }

    fn of_register(register: &RegisterView) -> Self {
        Self {
            code: register.code.to_string(),
            title: register.title.clone(),
            special: register.special,
            closed: !register.is_open(),
            exempt: register.exempt.join("\n"),
            reason: String::new(),
            rows: register.own_fields.iter().map(FieldRow::of).collect(),
        }
    }

    fn exempt(&self) -> Vec<String> {
        self.exempt.lines().map(str::trim).filter(|kind| !kind.is_empty()).map(str::to_owned).collect()
    }

    /// The schema of the rows, on top of the one there was; an empty one without rows.
    fn schema(&self, before: Option<&Map<String, Value>>) -> Map<String, Value> {
        if self.rows.is_empty() {
            return Map::new();
        }
        let known = before.and_then(|schema| schema.get("properties"));
        let (mut properties, mut order, mut required) = (Map::new(), Vec::new(), Vec::new());
        for row in &self.rows {
            let name = if row.name.is_empty() { free_name(&row.title, &properties) } else { row.name.clone() };
            properties.insert(name.clone(), row.property(known.and_then(|known| known.get(&name))));
            if row.required {
                required.push(name.clone());
            }
            order.push(name);
        }
        let mut schema = before.cloned().unwrap_or_default();
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), Value::Object(properties));
        schema.insert("required".to_owned(), json!(required));
        schema.insert("x-order".to_owned(), json!(order));
        schema
    }
}

/// A name that the schema does not have yet, made of a title: small letters without accents.
fn free_name(title: &str, taken: &Map<String, Value>) -> String {
    let mut name = String::new();
    for c in title.to_lowercase().chars() {
        match c {
            'a'..='z' | '0'..='9' => name.push(c),
            'à' | 'á' => name.push('a'),
            'è' | 'é' => name.push('e'),
            'ì' | 'í' => name.push('i'),
            'ò' | 'ó' => name.push('o'),
            'ù' | 'ú' => name.push('u'),
            _ if !name.is_empty() && !name.ends_with('_') => name.push('_'),
            _ => {}
        }
    }
    name.truncate(36);
    let name = name.trim_end_matches('_');
    let name = if name.starts_with(|c: char| c.is_ascii_lowercase()) { name.to_owned() } else { format!("f{name}") };
    let numbered = (2..).map(|n| format!("{name}_{n}"));
    std::iter::once(name.clone()).chain(numbered).find(|name| !taken.contains_key(name)).unwrap_or(name)
}

#[derive(Template)]
#[template(path = "administration/register.html")]
struct RegisterPage {
    page: Page,
    part: &'static str,
    typed: Typed,
    /// The register that is changed, and the version shown of it; none when one is opened.
    existing: Option<RegisterView>,
    refused: Refused,
}

impl RegisterPage {
    fn of(
        request: &HttpRequest,
        allowed: &Allowed<Administer>,
        (mut typed, existing): (Typed, Option<RegisterView>),
        refused: Refused,
    ) -> Self {
        let here =
            existing.as_ref().map_or_else(|| "/registers/new".to_owned(), |one| format!("/registers/{}", one.code));
        let page = Page { here, ..Page::of(request, allowed, Section::Administration) };
        typed.rows.resize(typed.rows.len() + EMPTY_ROWS, FieldRow::default());
        Self { page, part: "registers", typed, existing, refused }
    }

    fn title(&self) -> String {
        let key = if self.existing.is_some() { "change-register" } else { "open-register" };
        self.page.told(key, &self.typed.code).into_owned()
    }

    /// What is wrong with the rows of fields, wherever in the schema it is.
    fn wrong_fields(&self) -> Option<String> {
        self.refused.within(&self.page, "fields")
    }
}

/// `GET /registers/new`
pub async fn ask_add(allowed: Allowed<Administer>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let typed = Typed { special: true, ..Typed::default() };
    page::show(&RegisterPage::of(&request, &allowed, (typed, None), Refused::default()))
}

/// `POST /registers`
pub async fn add(submitted: Submitted<Administer>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let typed = Typed::of(&fields);
    let added = match code("code", &typed.code) {
        Ok(code) => {
            let new = NewRegister {
                code,
                title: typed.title.clone(),
                special: typed.special,
                fields: Some(typed.schema(None)),
                exempt: typed.exempt(),
            };
            allowed.archive.add_register(&allowed.actor, new).await
        }
        Err(errors) => Err(errors.into()),
    };
    match added {
        Ok(_) => Ok(page::go_to("/registers")),
        Err(refusal) => {
            let refused = Refused::of(refusal)?;
            page::show_as(refused.status(), &RegisterPage::of(&request, &allowed, (typed, None), refused))
        }
    }
}

/// `GET /registers/{register}`
pub async fn ask_change(
    allowed: Allowed<Administer>,
    Id(code): Id<RegisterCode>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let register = allowed.archive.register_view(&code)?;
    let typed = Typed::of_register(&register);
    page::show(&RegisterPage::of(&request, &allowed, (typed, Some(register)), Refused::default()))
}

/// `POST /registers/{register}`
pub async fn change(
    submitted: Submitted<Administer>,
    Id(code): Id<RegisterCode>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let now = allowed.archive.register_view(&code)?;
    let typed = Typed { code: code.to_string(), special: now.special, ..Typed::of(&fields) };
    let change = RegisterChange {
        title: Some(typed.title.clone()),
        fields: Some(typed.schema(now.fields.as_ref())),
        exempt: Some(typed.exempt()),
        closed: Some(typed.closed).filter(|closed| *closed == now.is_open()),
        reason: Some(typed.reason.clone()).filter(|reason| !reason.is_empty()),
    };
    match allowed.archive.change_register(&allowed.actor, &code, change, fields.version()?).await {
        Ok(_) => Ok(page::go_to("/registers")),
        Err(refusal) => {
            let refused = Refused::of(refusal)?;
            // Read again: what is sent next names the version that is shown now.
            let now = allowed.archive.register_view(&code)?;
            page::show_as(refused.status(), &RegisterPage::of(&request, &allowed, (typed, Some(now)), refused))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(title: &str, shape: &str) -> FieldRow {
        FieldRow { title: title.to_owned(), shape: shape.to_owned(), ..FieldRow::default() }
    }

    #[test]
    fn rows_make_a_schema_and_keep_what_it_says_besides() {
        let required = FieldRow { required: true, ..row("Adottato il", "date") };
        let choice = FieldRow { choices: "Giunta, Sindaco,".to_owned(), ..row("Organo", "choice") };
        let typed = Typed { rows: vec![required, choice, row("Organo", "text")], ..Typed::default() };
        let schema = typed.schema(None);
        assert_eq!(schema["x-order"], json!(["adottato_il", "organo", "organo_2"]));
        assert_eq!(schema["required"], json!(["adottato_il"]));
        assert_eq!(schema["properties"]["organo"], json!({"enum": ["Giunta", "Sindaco"], "title": "Organo"}));

        let mut before = schema.clone();
        before["properties"]["adottato_il"]["description"] = json!("data dell'atto");
        let named = FieldRow { name: "adottato_il".to_owned(), ..row("Data", "date") };
        let again = Typed { rows: vec![named], ..Typed::default() }.schema(Some(&before));
        let kept = json!({"type": "string", "format": "date", "title": "Data", "description": "data dell'atto"});
        assert_eq!(again["properties"], json!({"adottato_il": kept}));
        assert!(Typed::default().schema(Some(&before)).is_empty());
    }

    #[test]
    fn a_title_becomes_a_name() {
        let none = Map::new();
        for (title, name) in
            [("Unità di misura", "unita_di_misura"), ("2° lotto", "f2_lotto"), ("Città (è)", "citta_e")]
        {
            assert_eq!(free_name(title, &none), name);
        }
    }
}
