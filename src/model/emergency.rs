//! The emergency register: what is registered by hand while the archive cannot be reached (DPR 445/2000 art. 63).
//!
//! A file of JSON Lines that needs no archive. Each line holds the SHA-256 of the bytes of the one before, so that none
//! can be changed, taken out or put in between unseen; numbers go from 1 without gap. When the archive is back, each
//! line gets its ordinary number there, and the two stay together for ever.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock;
use crate::digest::Sha256;
use crate::ids::{ClassCode, RegisterCode};
use crate::limits;
use crate::model::annulment::Act;
use crate::model::field::{FieldError, Fields};
use crate::model::register::{
    Correspondent, Direction, Received, RegistrationFacts, check_correspondents, normal_correspondents,
};

/// Without a further act an emergency register is used for a day.
const FIRST_PERIOD: SignedDuration = SignedDuration::from_hours(24);
/// An act extends it by a week at most.
pub const EXTENSION_DAYS_MAX: i64 = 7;

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// SHA-256 of the line before, without its line end; absent in the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Sha256>,
    at: Timestamp,
    what: Record,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Record {
    Opened(Opening),
    Registered(EmergencyEntry),
    Extended(Extension),
    Closed(Closing),
}

/// Why and by which authority the register is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Tells this register from every other.
    pub id: Uuid,
    /// IPA code of the administration.
    pub organization: String,
    /// Code of the area (AOO), in which numbers are unique.
    pub area: String,
    /// The register in which its lines get their ordinary numbers.
    pub register: RegisterCode,
    pub cause: String,
    /// Beginning of the interruption.
    pub began: Timestamp,
    pub act: Act,
    /// The head of the protocol service, who authorises it.
    pub authorised_by: String,
}

/// A further period, for an exceptional cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    pub until: Timestamp,
    pub act: Act,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// When the archive worked again.
    pub restored: Timestamp,
    pub days: Vec<DayOf>,
}

/// How much was registered on a day in Italy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayOf {
    pub day: Date,
    pub entries: u64,
}

/// A document registered by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmergencyEntry {
    pub number: u64,
    pub direction: Direction,
    pub subject: String,
    pub correspondents: Vec<Correspondent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Received>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classification: Option<ClassCode>,
    pub operator: String,
    /// Where the paper lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

/// What an entry keeps of the emergency register that it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    pub register: Uuid,
    pub number: u64,
    /// When it was registered there.
    pub at: Timestamp,
    /// Who registered it; a party is not told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub operator: String,
}

impl Emergency {
    pub fn number_text(&self) -> String {
        number_text(self.number)
    }
}

/// How a number of an emergency register is written, so that none is taken for an ordinary one.
pub fn number_text(number: u64) -> String {
    format!("E-{number:07}")
}

/// A registered line with what tells whether it is still the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    pub line: u64,
    pub at: Timestamp,
    pub entry: EmergencyEntry,
    pub digest: Sha256,
}

/// A whole file that holds together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    pub opening: Opening,
    pub opened: Timestamp,
    pub entries: Vec<Registered>,
    pub extensions: Vec<Extension>,
    pub closing: Option<Closing>,
    /// Bytes of the lines that are whole: what a power cut left behind them was never told to anybody.
    pub size: u64,
    last: Timestamp,
    digest: Sha256,
}

/// Why a file is no emergency register, or no longer what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Altered {
    pub line: u64,
    pub why: String,
}

/// Why nothing can be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("it is closed: open another one")]
    Closed,
    #[error("it was authorised until {until}: extend it by a further act first (DPR 445/2000, art. 63)")]
    Over { until: Timestamp },
    #[error("the clock of this machine stands before the last line ({last}): set it right first")]
    Clock { last: Timestamp },
    #[error("what is to be written is not valid")]
    Invalid(Vec<FieldError>),
    #[error("it cannot be written as JSON")]
    Json,
}

impl Book {
    /// The first line, and the book that it begins.
    pub fn open(opening: Opening, now: Timestamp) -> Result<(Self, String), Refused> {
        let mut fields = Fields::default();
        for (field, text) in [
            ("organization", &opening.organization),
            ("area", &opening.area),
            ("authorised_by", &opening.authorised_by),
            ("act.number", &opening.act.number),
        ] {
            fields.text(field, text, limits::TEXT_CHARS_MAX);
        }
        fields.long_text("cause", &opening.cause, limits::TEXT_CHARS_MAX);
        if opening.began > now {
            fields.refuse("began", "a moment that has not come yet");
        }
        if opening.act.date > clock::date_in_rome(now) {
            fields.refuse("act.date", "a day that has not come yet");
        }
        fields.finish().map_err(Refused::Invalid)?;
        let line = Line { before: None, at: now, what: Record::Opened(opening.clone()) };
        let text = serde_json::to_string(&line).map_err(|_| Refused::Json)?;
        let book = Self {
            opening,
            opened: now,
            entries: Vec::new(),
            extensions: Vec::new(),
            closing: None,
            size: text.len() as u64 + 1,
            last: now,
            digest: Sha256::of(text.as_bytes()),
        };
        Ok((book, text + "\n"))
    }

    /// Reads a file.
    pub fn read(bytes: &[u8]) -> Result<Self, Altered> {
        let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let mut book: Option<Self> = None;
        for (text, n) in bytes[..end].split(|byte| *byte == b'\n').zip(1..).filter(|(text, _)| !text.is_empty()) {
            let altered = |why: String| Altered { line: n, why };
            let line: Line =
                serde_json::from_slice(text).map_err(|error| altered(format!("it is no line: {error}")))?;
            let digest = Sha256::of(text);
            match &mut book {
                None => {
                    let Record::Opened(opening) = line.what else {
                        return Err(altered("an emergency register begins with its cause and act".to_owned()));
                    };
                    let (opened, _) = Self::open(opening, line.at).map_err(|why| altered(why.to_string()))?;
                    book = Some(Self { digest, size: text.len() as u64 + 1, ..opened });
                }
                Some(book) => {
                    if line.before != Some(book.digest) {
                        return Err(altered(
                            "the line before it is not the one that was written: it was altered".to_owned(),
                        ));
                    }
                    book.take(n, line.at, line.what, digest).map_err(altered)?;
                    book.size += text.len() as u64 + 1;
                }
            }
        }
        book.ok_or(Altered { line: 1, why: "there is no line in it".to_owned() })
    }

    fn take(&mut self, line: u64, at: Timestamp, what: Record, digest: Sha256) -> Result<(), String> {
        if self.closing.is_some() {
            return Err("it stands behind the end of the register".to_owned());
        }
        if at < self.last {
            return Err("its time is before that of the line before it".to_owned());
        }
        match what {
            Record::Opened(_) => return Err("a register begins once".to_owned()),
            Record::Registered(entry) => {
                let next = self.next_number();
                if entry.number != next {
                    return Err(format!("number {} stands where {next} should", entry.number));
                }
                self.entries.push(Registered { line, at, entry, digest });
            }
            Record::Extended(extension) => self.extensions.push(extension),
            Record::Closed(closing) if closing.days != self.days() => {
                return Err("its counts by day are not those of the lines".to_owned());
            }
            Record::Closed(closing) => self.closing = Some(closing),
        }
        (self.last, self.digest) = (at, digest);
        Ok(())
    }

    /// The next line, which is to be on disk before anybody is told of it.
    fn add(&mut self, what: Record, now: Timestamp) -> Result<String, Refused> {
        if self.closing.is_some() {
            return Err(Refused::Closed);
        }
        if now < self.last {
            return Err(Refused::Clock { last: self.last });
        }
        let line = Line { before: Some(self.digest), at: now, what: what.clone() };
        let text = serde_json::to_string(&line).map_err(|_| Refused::Json)?;
        let number = self.entries.len() as u64 + 2 + self.extensions.len() as u64;
        self.take(number, now, what, Sha256::of(text.as_bytes())).map_err(|_| Refused::Json)?;
        self.size += text.len() as u64 + 1;
        Ok(text + "\n")
    }

    pub fn next_number(&self) -> u64 {
        self.entries.len() as u64 + 1
    }

    /// Until when it is authorised.
    pub fn until(&self) -> Timestamp {
        let first = self.opened.checked_add(FIRST_PERIOD).unwrap_or(Timestamp::MAX);
        self.extensions.iter().map(|extension| extension.until).fold(first, Timestamp::max)
    }

    /// Registers a document under the next number, which the entry is given here.
    pub fn register(&mut self, mut entry: EmergencyEntry, now: Timestamp) -> Result<String, Refused> {
        if self.closing.is_none() && now > self.until() {
            return Err(Refused::Over { until: self.until() });
        }
        entry.number = self.next_number();
        entry.check(clock::date_in_rome(now)).map_err(Refused::Invalid)?;
        self.add(Record::Registered(entry), now)
    }

    /// Extends it by days from now.
    pub fn extend(&mut self, days: i64, act: Act, now: Timestamp) -> Result<String, Refused> {
        let mut fields = Fields::default();
        if !(1..=EXTENSION_DAYS_MAX).contains(&days) {
            fields.refuse("days", format!("1 to {EXTENSION_DAYS_MAX}: an act extends it by a week at most"));
        }
        fields.text("act.number", &act.number, limits::TEXT_CHARS_MAX);
        fields.finish().map_err(Refused::Invalid)?;
        let until = now.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX);
        self.add(Record::Extended(Extension { until, act }), now)
    }

    pub fn close(&mut self, restored: Timestamp, now: Timestamp) -> Result<String, Refused> {
        if restored > now || restored < self.opening.began {
            let message = "between the beginning of the interruption and now";
            let error = FieldError { field: "restored".to_owned(), message: message.to_owned() };
            return Err(Refused::Invalid(vec![error]));
        }
        let days = self.days();
        self.add(Record::Closed(Closing { restored, days }), now)
    }

    /// Registered by day.
    pub fn days(&self) -> Vec<DayOf> {
        let mut days = BTreeMap::new();
        for one in &self.entries {
            *days.entry(clock::date_in_rome(one.at)).or_default() += 1;
        }
        days.into_iter().map(|(day, entries)| DayOf { day, entries }).collect()
    }
}

impl EmergencyEntry {
    fn check(&self, today: Date) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::default();
        fields.text("subject", &self.subject, limits::SUBJECT_CHARS_MAX);
        if self.correspondents.is_empty() {
            fields.refuse("correspondents", "at least one sender or recipient");
        }
        check_correspondents(&mut fields, "correspondents", &self.correspondents);
        match (&self.received, self.direction) {
            (Some(received), Direction::Incoming) => received.check(&mut fields, "received", today),
            (None, Direction::Incoming) => {
                fields.refuse("received", "an incoming entry says when and how it was received")
            }
            (Some(_), _) => fields.refuse("received", "only an incoming entry is received"),
            (None, _) => {}
        }
        fields.text("operator", &self.operator, limits::TEXT_CHARS_MAX);
        fields.optional("location", self.location.as_deref());
        fields.finish()
    }
}

impl Registered {
    /// The facts of its entry in the ordinary register. `otherwise` is the class of lines without one.
    pub fn facts(&self, register: Uuid, otherwise: Option<&ClassCode>) -> Result<RegistrationFacts, FieldError> {
        let EmergencyEntry { number, direction, subject, correspondents, received, classification, operator, location } =
            self.entry.clone();
        let classification = classification.or_else(|| otherwise.cloned()).ok_or_else(|| FieldError {
            field: format!("{}.classification", number_text(number)),
            message: "missing: name the class of such lines".to_owned(),
        })?;
        Ok(RegistrationFacts {
            direction,
            subject: subject.trim().to_owned(),
            correspondents: normal_correspondents(&correspondents),
            received,
            classification,
            assignments: Vec::new(),
            confidential: false,
            files: Vec::new(),
            location,
            fields: serde_json::Map::new(),
            links: Vec::new(),
            emergency: Some(Emergency { register, number, at: self.at, operator }),
        })
    }
}

/// What makes a line the same as one that came home before.
pub fn key_of(register: Uuid, number: u64) -> Sha256 {
    Sha256::of_parts(&[b"tabularium emergency entry 1\0", register.as_bytes(), &number.to_be_bytes()])
}
