//! What is stamped on a copy of a registered document, and from which template?

use std::fmt::Write as _;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

/// Characters of a template.
const CHARS_MAX: usize = 300;

/// What the template of a stamp may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Area,
    Class,
    Date,
    Direction,
    Mark,
    Number,
    Register,
    Time,
    Year,
}

const FIELDS: [(&str, Field); 9] = [
    ("name", Field::Area),
    ("class", Field::Class),
    ("date", Field::Date),
    ("direction", Field::Direction),
    ("mark", Field::Mark),
    ("number", Field::Number),
    ("register", Field::Register),
    ("time", Field::Time),
    ("year", Field::Year),
];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(Field),
}

/// Text with the names of fields in braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampText(Vec<Part>);

/// What an entry says in the fields.
#[derive(Debug, Clone)]
pub struct Stamp {
    pub name: String,
    pub class: String,
    pub date: String,
    pub direction: String,
    pub mark: String,
    pub number: String,
    pub register: String,
    pub time: String,
    pub year: String,
}

/// Why a template is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseStampError {
    #[error(
        "{{{0}}} is no field of an entry: there are {{name}}, {{class}}, {{date}}, {{direction}}, {{mark}}, {{number}}, {{register}}, {{time}} and {{year}}"
    )]
    Unknown(String),
    #[error("a brace is opened and not closed, or closed and not opened")]
    Brace,
    #[error("it must name the entry: {{number}} or {{mark}}")]
    Nameless,
    #[error("longer than {CHARS_MAX} characters")]
    TooLong,
}

impl StampText {
    pub fn fill(&self, stamp: &Stamp) -> String {
        let mut text = String::new();
        for part in &self.0 {
            let written = match part {
                Part::Text(part) => part,
                Part::Field(field) => stamp.field(*field),
            };
            // Writing into a string does not fail.
            let _written = text.write_str(written);
        }
        text
    }
}

impl Stamp {
    fn field(&self, field: Field) -> &str {
        match field {
            Field::Area => &self.name,
            Field::Class => &self.class,
            Field::Date => &self.date,
            Field::Direction => &self.direction,
            Field::Mark => &self.mark,
            Field::Number => &self.number,
            Field::Register => &self.register,
            Field::Time => &self.time,
            Field::Year => &self.year,
        }
    }
}

impl Default for StampText {
    fn default() -> Self {
        let text = |text: &str| Part::Text(text.to_owned());
        Self(vec![
            Part::Field(Field::Area),
            text(" - Prot. n. "),
            Part::Field(Field::Number),
            text(" del "),
            Part::Field(Field::Date),
            text(" - "),
            Part::Field(Field::Direction),
            text(" - Cl. "),
            Part::Field(Field::Class),
        ])
    }
}

impl FromStr for StampText {
    type Err = ParseStampError;

    fn from_str(text: &str) -> Result<Self, ParseStampError> {
        if text.chars().count() > CHARS_MAX {
            return Err(ParseStampError::TooLong);
        }
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some(brace) = rest.find(['{', '}']) {
            let (before, after) = rest.split_at(brace);
            let inner = after.strip_prefix('{').ok_or(ParseStampError::Brace)?;
            let (name, after) = inner.split_once('}').ok_or(ParseStampError::Brace)?;
            let field = FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| *field);
            let field = field.ok_or_else(|| ParseStampError::Unknown(name.to_owned()))?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Field(field));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        let named = |part: &Part| matches!(part, Part::Field(Field::Number | Field::Mark));
        if parts.iter().any(named) { Ok(Self(parts)) } else { Err(ParseStampError::Nameless) }
    }
}

impl<'de> Deserialize<'de> for StampText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp() -> Stamp {
        let text = str::to_owned;
        Stamp {
            name: text("Comune di Prova"),
            class: text("VI.3"),
            date: text("24/11/2026"),
            direction: text("Arrivo"),
            mark: text("c_x999/AOO1/PG/2026/0000042"),
            number: text("0000042"),
            register: text("PG"),
            time: text("09:05"),
            year: text("2026"),
        }
    }

    #[test]
    fn templates_are_filled() {
        let filled = |text: &str| text.parse::<StampText>().map(|template| template.fill(&stamp()));
        assert_eq!(filled("n. {number}").unwrap(), "n. 0000042");
        assert_eq!(filled("{register}{year}{mark}!").unwrap(), "PG2026c_x999/AOO1/PG/2026/0000042!");
        let usual = "Comune di Prova - Prot. n. 0000042 del 24/11/2026 - Arrivo - Cl. VI.3";
        assert_eq!(StampText::default().fill(&stamp()), usual);
        let written = "{name} - Prot. n. {number} del {date} - {direction} - Cl. {class}";
        assert_eq!(written.parse::<StampText>().unwrap(), StampText::default());
        assert_eq!(filled("{number} {foo}").unwrap_err(), ParseStampError::Unknown("foo".into()));
        for open in ["{number", "number}", "{number} }", "{number}{"] {
            assert_eq!(filled(open).unwrap_err(), ParseStampError::Brace, "{open}");
        }
        for nameless in ["", "Comune", "{date}"] {
            assert_eq!(filled(nameless).unwrap_err(), ParseStampError::Nameless, "{nameless}");
        }
        assert_eq!(filled(&format!("{{number}}{}", "x".repeat(300))).unwrap_err(), ParseStampError::TooLong);
    }
}
