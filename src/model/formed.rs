//! Registers of a day and of a year as documents: what is formed when the time is over (DPR 445/2000 art. 53 c. 2).
//!
//! A formed register lists what was registered, and after it what was done to earlier entries, old and new side by side
//! (AgID guidelines 3.1.5). Four forms are written of the same lines: PDF/A for people and for conservation, XML, CSV and
//! JSON for programs. What is confidential stands there with number and time alone, for everybody who reads registers.
//!
//! Numbers: the registers of days are counted from 1 in each year, as entries are, which three digits of the persistent
//! id hold (`c_c722AOO1-20260528-148`); those of years are counted on, from the first.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::clock;
use crate::digest::{ContentDigests, Sha256};
use crate::ids::{ClassCode, EntryId, Position, RegisterCode};
use crate::model::annulment::Act;
use crate::model::directory::Area;
use crate::model::field::read_from_word;
use crate::model::register::{AssignmentMode, CorrespondentRole, Direction};

/// Of which time a register tells, on the calendar of Rome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    Day(Date),
    Year(i16),
}

/// Registers that follow on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    Day,
    Year,
}

impl Period {
    pub const fn span(self) -> Span {
        match self {
            Self::Day(_) => Span::Day,
            Self::Year(_) => Span::Year,
        }
    }

    pub fn year(self) -> i16 {
        match self {
            Self::Day(day) => day.year(),
            Self::Year(year) => year,
        }
    }

    /// Its first moment. A day of Rome has 23, 24 or 25 hours.
    pub fn begin(self) -> Timestamp {
        match self {
            Self::Day(day) => clock::start_of_day(day),
            Self::Year(year) => clock::start_of_day(date(year, 1, 1)),
        }
    }

    /// The first moment after it.
    pub fn end(self) -> Timestamp {
        let next = match self {
            Self::Day(day) => day.tomorrow(),
            Self::Year(year) => Date::new(year.saturating_add(1), 1, 1),
        };
        next.map_or(Timestamp::MAX, clock::start_of_day)
    }

    /// The `subject` of the event, and the path in the API.
    pub fn path(self, register: &RegisterCode) -> String {
        match self {
            Self::Day(day) => format!("registers/{register}/daily/{day}"),
            Self::Year(year) => format!("registers/{register}/yearly/{year}"),
        }
    }
}

/// `2026-05-28`, or `2026`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Year(year) => write!(f, "{year:04}"),
        }
    }
}

/// A text that is neither a day nor a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a day such as 2026-05-28, or a year such as 2026")]
pub struct ParsePeriodError;

impl FromStr for Period {
    type Err = ParsePeriodError;

    fn from_str(text: &str) -> Result<Self, ParsePeriodError> {
        let period = if text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) {
            text.parse().ok().filter(|year| (1000..9999).contains(year)).map(Self::Year)
        } else {
            text.parse().ok().map(Self::Day)
        };
        // One spelling only.
        period.filter(|period| period.to_string() == text).ok_or(ParsePeriodError)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// How a register is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    Pdf,
    Xml,
    Csv,
    Json,
}

read_from_word!(Form { Pdf = "pdf", Xml = "xml", Csv = "csv", Json = "json" });

impl Form {
    pub const ALL: [Self; 4] = [Self::Pdf, Self::Xml, Self::Csv, Self::Json];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Xml => "xml",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Xml => "application/xml",
            Self::Csv => "text/csv",
            Self::Json => "application/json",
        }
    }
}

/// What an event `register-formed` shows: the register of a day or a year, which is a document from then on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterFormed {
    pub register: RegisterCode,
    pub period: Period,
    /// The one that never changes (`{codIPA}{AOO}-{yyyymmdd}-{nnn}`).
    pub id: String,
    /// Gap-free: of days within their year, of years from the first.
    pub number: u64,
    /// The first and the last number registered; none where nothing was.
    pub first: Option<u64>,
    pub last: Option<u64>,
    pub entries: u64,
    /// Of these, annulled by the end of the time.
    pub annulled: u64,
    /// What was done to earlier entries.
    pub changes: u64,
    /// The events looked at, from here …
    pub from: Position,
    /// … to before here.
    pub to: Position,
    /// The register was closed at the end of the time: days on which nothing happens in it are left out after this one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
    /// The fingerprint of the one before, of its first file: they make a chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Sha256>,
    /// What each of `documents` is: the volumes of the PDF first, in their order.
    pub forms: Vec<Form>,
    pub documents: Vec<ContentDigests>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterFormedPrivate {
    /// Who is responsible for document management, as far as the archive was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responsible: Option<String>,
}

impl RegisterFormed {
    /// Whether it comes next after the one before it, or is the first.
    ///
    /// # Errors
    /// What of it does not follow.
    pub fn follows(&self, previous: Option<&Self>) -> Result<(), &'static str> {
        let same_span = previous.is_none_or(|one| one.period.span() == self.period.span());
        if !same_span || previous.is_some_and(|one| one.register != self.register) {
            return Err("it is of another kind or register than the one before it");
        }
        let number = match previous {
            Some(one) if self.period.span() == Span::Year || one.period.year() == self.period.year() => one.number + 1,
            _ => 1,
        };
        if self.number != number {
            return Err("its number is not the next");
        }
        let next = |one: &Self| match (one.period, self.period) {
            (Period::Day(before), Period::Day(day)) => {
                before.tomorrow().is_ok_and(|next| next == day) || (one.closed && day > before)
            }
            (before, period) => before < period,
        };
        if previous.is_some_and(|one| !next(one)) {
            return Err("a day is missing before it, or stands twice");
        }
        let gap = |one: &Self| match self.period {
            Period::Day(_) => self.from != one.to,
            Period::Year(_) => self.from < one.to,
        };
        if self.to < self.from || previous.is_some_and(gap) {
            return Err("the events that it covers do not follow on those before");
        }
        let before = previous.and_then(|one| one.documents.first()).map(|content| content.sha256);
        if self.previous != before {
            return Err("it names another fingerprint than that of the one before it");
        }
        let counted = match (self.first, self.last) {
            (None, None) => self.entries == 0,
            (Some(first), Some(last)) => last >= first && self.entries == last - first + 1,
            _ => false,
        };
        if !counted || self.annulled > self.entries {
            return Err("its numbers and what is counted do not agree");
        }
        if self.forms.len() != self.documents.len() || self.forms.first() != Some(&Form::Pdf) {
            return Err("it does not say what each of its files is");
        }
        Ok(())
    }

    /// How it is called: `Registro giornaliero di protocollo PG del 28/05/2026`.
    pub fn title(&self) -> String {
        title(&self.register, self.period)
    }

    /// What its files are called, in the order of `documents`.
    pub fn file_name(&self, index: usize) -> String {
        let form = self.forms.get(index).copied().unwrap_or(Form::Pdf);
        let volumes = self.volumes();
        let volume = match form {
            Form::Pdf if volumes > 1 => format!("-{}", index + 1),
            _ => String::new(),
        };
        format!("{}{volume}.{}", self.id, form.as_str())
    }

    /// What one of its files is.
    pub fn form_of(&self, index: u32) -> Form {
        usize::try_from(index).ok().and_then(|index| self.forms.get(index)).copied().unwrap_or(Form::Pdf)
    }

    /// Files of the PDF.
    pub fn volumes(&self) -> usize {
        self.forms.iter().filter(|form| **form == Form::Pdf).count()
    }

    /// Where among `documents` a form stands; of the PDF the volume, counted from 1.
    pub fn place_of(&self, form: Form, volume: usize) -> Option<usize> {
        let mut places = self.forms.iter().enumerate().filter(|(_, each)| **each == form).map(|(place, _)| place);
        places.nth(volume.checked_sub(1)?)
    }
}

pub fn title(register: &RegisterCode, period: Period) -> String {
    match period {
        Period::Day(day) => format!("Registro giornaliero di protocollo {register} del {}", day.strftime("%d/%m/%Y")),
        Period::Year(year) => format!("Registro annuale di protocollo {register} dell’anno {year}"),
    }
}

/// The general protocol has the id as the rules spell it; other registers of the area say which they are, for their
/// numbers are the same.
pub fn persistent_id(area: &Area, register: &RegisterCode, period: Period, number: u64) -> String {
    let Area { organization, area, .. } = area;
    let which = if register.as_str() == "PG" { String::new() } else { format!("-{register}") };
    match period {
        Period::Day(day) => format!("{organization}{area}{which}-{}-{number:03}", day.strftime("%Y%m%d")),
        Period::Year(year) => format!("{organization}{area}{which}-{year}-{number:03}"),
    }
}

/// What stands at the beginning of each form: the metadata that the rules ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Head {
    /// The persistent id; none while it is provisional.
    pub id: Option<String>,
    /// `formed`, or `open` while the time is not over or the register is still to be formed.
    pub state: &'static str,
    pub register: Code,
    /// By its code in the index of public administrations.
    pub administration: Code,
    pub area: String,
    pub period: Period,
    pub subject: String,
    pub number: Option<u64>,
    /// When it was made (data di chiusura).
    #[serde(serialize_with = "as_rfc3339")]
    pub closed_at: Timestamp,
    /// What made it.
    pub operator: &'static str,
    pub responsible: Option<String>,
    pub first: Option<u64>,
    pub last: Option<u64>,
    pub entries: u64,
    pub annulled: u64,
    pub changes: u64,
    pub previous: Option<Sha256>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Code {
    pub code: String,
    pub title: String,
}

impl Head {
    /// Of a register with this number; without one it is provisional.
    pub fn new(area: &Area, (register, title_of): (&RegisterCode, &str), period: Period, number: Option<u64>) -> Self {
        Self {
            id: number.map(|number| persistent_id(area, register, period, number)),
            state: if number.is_some() { "formed" } else { "open" },
            register: Code { code: register.to_string(), title: title_of.to_owned() },
            administration: Code { code: area.organization.clone(), title: area.name.clone() },
            area: area.area.clone(),
            period,
            subject: title(register, period),
            number,
            closed_at: Timestamp::UNIX_EPOCH,
            operator: concat!("Tabularium ", env!("CARGO_PKG_VERSION"), " (automatico)"),
            responsible: None,
            first: None,
            last: None,
            entries: 0,
            annulled: 0,
            changes: 0,
            previous: None,
        }
    }
}

/// An entry in a register. Of a confidential one number, time and annulment are told, and no word of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryLine {
    pub year: i16,
    pub number: u64,
    pub number_text: String,
    #[serde(serialize_with = "as_rfc3339")]
    pub registered_at: Timestamp,
    pub confidential: bool,
    /// None also where the law had the facts destroyed; so is the rest.
    pub direction: Option<Direction>,
    pub subject: Option<String>,
    pub correspondents: Vec<Named>,
    pub sender_number: Option<String>,
    pub sender_date: Option<Date>,
    pub received_on: Option<Date>,
    /// Why it was registered later than it came.
    pub deferred_reason: Option<String>,
    pub classification: Option<ClassCode>,
    pub assignments: Vec<Assigned>,
    /// The fingerprint of the main document.
    pub document: Option<Sha256>,
    /// The fingerprints of the attachments.
    pub attachments: Vec<Sha256>,
    pub annulment: Option<Annulled>,
    /// What else was done to it within the time.
    pub changes: Vec<ChangeLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    pub role: CorrespondentRole,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assigned {
    /// Code of an office, or name of a user.
    pub to: String,
    pub mode: AssignmentMode,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annulled {
    #[serde(serialize_with = "as_rfc3339")]
    pub at: Timestamp,
    /// None of a confidential entry; so are the others.
    pub by: Option<String>,
    pub reason: Option<String>,
    pub act: Option<Act>,
}

/// What was done to an entry, with what stood there and what stands there now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeLine {
    pub year: i16,
    pub number: u64,
    pub number_text: String,
    #[serde(serialize_with = "as_rfc3339")]
    pub at: Timestamp,
    pub confidential: bool,
    pub what: ChangeKind,
    pub by: Option<String>,
    pub before: Option<String>,
    pub after: Option<String>,
    pub reason: Option<String>,
    pub act: Option<Act>,
}

/// What can be done to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    Annulled,
    FactsAnnulled,
    Classified,
    Assigned,
    DocumentAdded,
    Linked,
    /// Something that this list has no word for.
    Other,
}

impl ChangeKind {
    pub const ALL: [Self; 7] = [
        Self::Annulled,
        Self::FactsAnnulled,
        Self::Classified,
        Self::Assigned,
        Self::DocumentAdded,
        Self::Linked,
        Self::Other,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Annulled => "annulled",
            Self::FactsAnnulled => "facts-annulled",
            Self::Classified => "classified",
            Self::Assigned => "assigned",
            Self::DocumentAdded => "document-added",
            Self::Linked => "linked",
            Self::Other => "other",
        }
    }

    /// As it stands on paper.
    pub const fn italian(self) -> &'static str {
        match self {
            Self::Annulled => "Annullamento",
            Self::FactsAnnulled => "Annullamento di dati",
            Self::Classified => "Classificazione",
            Self::Assigned => "Assegnazione",
            Self::DocumentAdded => "Documento aggiunto",
            Self::Linked => "Collegamento",
            Self::Other => "Altra operazione",
        }
    }
}

impl ChangeLine {
    pub fn entry(&self, register: &RegisterCode) -> EntryId {
        EntryId { register: register.clone(), year: self.year, number: self.number }
    }
}

fn as_rfc3339<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&clock::rfc3339(*time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_years_have_one_spelling() {
        assert_eq!("2026-05-28".parse(), Ok(Period::Day(date(2026, 5, 28))));
        assert_eq!("2026".parse(), Ok(Period::Year(2026)));
        for bad in ["", "26", "2026-5-28", "2026-02-30", "20260528", "0000", "+2026", "2026-05-28T00:00", "99999"] {
            assert!(bad.parse::<Period>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_day_of_rome_has_23_24_or_25_hours_and_a_year_ends_where_the_next_begins() {
        let hours = |day| {
            let period = Period::Day(day);
            period.end().duration_since(period.begin()).as_hours()
        };
        assert_eq!(hours(date(2026, 3, 28)), 24);
        assert_eq!(hours(date(2026, 3, 29)), 23);
        assert_eq!(hours(date(2026, 10, 25)), 25);
        assert_eq!(Period::Year(2026).end(), Period::Day(date(2027, 1, 1)).begin());
        assert_eq!(Period::Day(date(2026, 12, 31)).end(), Period::Year(2027).begin());
    }

    #[test]
    fn the_persistent_id_is_as_the_rules_spell_it() {
        let area = Area { organization: "c_c722".into(), area: "AOO1".into(), ..Area::default() };
        let id = |register: &str, period, number| persistent_id(&area, &register.parse().unwrap(), period, number);
        assert_eq!(id("PG", Period::Day(date(2026, 5, 28)), 148), "c_c722AOO1-20260528-148");
        assert_eq!(id("DEC", Period::Day(date(2026, 1, 2)), 2), "c_c722AOO1-DEC-20260102-002");
        assert_eq!(id("PG", Period::Year(2026), 1), "c_c722AOO1-2026-001");
    }
}
