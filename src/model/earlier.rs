//! Entries that an earlier system registered: what a line of an import says, and what of it is kept for ever.
//!
//! Number, year and date are those of the register of then (DPR 445/2000 art. 53 and 57: a number is given once). What
//! was not written down then is not invented now; what has no place in today's fields is kept as it was written.

mod lines;
mod moments;
mod table;

pub use lines::{Finding, Gap, Line, Plan, Severity, YearOf};
pub use moments::Moment;
pub use table::{COLUMNS, correspondent};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::digest::{Blake3, Sha256};
use crate::ids::{ClassCode, DossierId, RegisterCode, UserId};
use crate::limits;
use crate::model::annulment::Act;
use crate::model::document::FileFacts;
use crate::model::field::{Fields, check_file_name, normal_tax_code};
use crate::model::register::{
    Channel, Correspondent, Direction, Received, RegistrationFacts, check_correspondents, normal_correspondents,
};

/// A line of an earlier register as it comes: the object of JSON Lines, and what a row of a table becomes.
///
/// Days are texts here, so that one that cannot be is told with its line and field: `2019-03-04` or `04/03/2019`, with
/// `10:15` or `10:15:30` after it where the time is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierEntry {
    pub year: i16,
    pub number: u64,
    /// Day, or day and time, as the clock in Italy showed it.
    pub registered: String,
    pub direction: Direction,
    pub subject: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub correspondents: Vec<Correspondent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<EarlierReceived>,
    /// As it was written then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classification: Option<String>,
    /// Offices and people of then, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub confidential: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<EarlierFile>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<EarlierFile>,
    /// Where the paper is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dossier: Option<EarlierDossier>,
    /// Who registered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annulled: Option<EarlierAnnulled>,
    /// What the earlier system called it inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

/// How an incoming document came, as far as it was written down.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierReceived {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// The sender's own number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The sender's own date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// A file of the import: by its path within the folder, or by the digest of a content that was uploaded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierFile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blake3: Option<Blake3>,
    /// The last part of the path without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl EarlierFile {
    pub fn at(path: &str) -> Self {
        Self { path: Some(path.to_owned()), ..Self::default() }
    }

    fn facts(&self) -> FileFacts {
        let of_path = || self.path.as_deref().and_then(|path| path.rsplit(['/', '\\']).next()).unwrap_or_default();
        let file_name = self.file_name.clone().unwrap_or_else(|| of_path().to_owned());
        FileFacts { file_name, kind: self.kind.clone(), description: self.description.clone() }
    }
}

/// The dossier of then: it is opened once under a code of ours and keeps the old one beside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierDossier {
    pub code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

impl EarlierDossier {
    /// The same dossier gets the same id however often it is imported.
    pub fn id(&self, source: &str, register: &RegisterCode) -> DossierId {
        let parts: [&[u8]; 6] = [
            b"tabularium earlier dossier 1\0",
            source.as_bytes(),
            b"\0",
            register.as_str().as_bytes(),
            b"\0",
            self.code.trim().as_bytes(),
        ];
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&Sha256::of_parts(&parts).as_bytes()[..16]);
        DossierId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// How it is called here.
    pub fn title(&self) -> String {
        let title = self.title.as_deref().map(one_line).filter(|title| !title.is_empty());
        title.unwrap_or_else(|| format!("Fascicolo {}", one_line(&self.code)))
    }
}

/// An annulment of then, as far as it was written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierAnnulled {
    pub on: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act_date: Option<String>,
}

/// What is kept of an imported entry beside the facts that every entry has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// When it was registered.
    pub registered: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annulment: Option<EarlierAnnulment>,
    /// The class as it was written, where that differs from the entry's: absent too when the import gave the class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classification: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned: Option<String>,
    /// The code of its dossier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dossier: Option<String>,
    /// What was written of its receipt, where that is less than a receipt has today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierAnnulment {
    pub on: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Act>,
}

/// That an entry was imported, when and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    pub at: Timestamp,
    pub by: UserId,
    /// The earlier system.
    pub source: String,
    /// `None` when it was destroyed.
    pub earlier: Option<Earlier>,
}

/// A line that can be imported, as far as it says itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    pub year: i16,
    pub number: u64,
    pub facts: RegistrationFacts,
    pub earlier: Earlier,
    pub dossier: Option<EarlierDossier>,
}

/// What is said of a line: errors forbid it, warnings tell what will be otherwise than it says.
#[derive(Debug, Default)]
pub struct Said {
    pub errors: Fields,
    pub warnings: Fields,
}

/// The earliest year that a register can be of.
const YEAR_MIN: i16 = 1861;

impl EarlierEntry {
    /// The files asked for, main document first.
    pub fn files(&self) -> impl Iterator<Item = &EarlierFile> {
        self.document.iter().chain(&self.attachments)
    }

    pub fn files_mut(&mut self) -> impl Iterator<Item = &mut EarlierFile> {
        self.document.iter_mut().chain(&mut self.attachments)
    }

    /// The line as it is kept. `today` is the day in Rome; `otherwise` the class of lines without one.
    pub fn prepare(&self, today: Date, otherwise: Option<&ClassCode>, said: &mut Said) -> Option<Prepared> {
        let registered = self.registered(today, said);
        if self.number == 0 {
            said.errors.refuse("number", "numbers begin at 1");
        }
        let subject = self.subject(said);
        let annulment = self.annulment(registered, today, said);
        let (received, received_text) = self.received(registered, said);
        let (classification, written) = self.class(otherwise, said);
        let mut notes: Vec<String> = self.notes.iter().cloned().collect();
        let correspondents = self.correspondents(&mut notes, said);
        for (n, file) in self.files().enumerate() {
            let at = self.file_field(n);
            check_file_name(&mut said.errors, &format!("{at}.file_name"), &file.facts().file_name);
        }
        for (field, text) in [("author", &self.author), ("id", &self.id), ("location", &self.location)] {
            said.errors.optional(field, text.as_deref());
        }
        if let Some(dossier) = &self.dossier {
            said.errors.text("dossier.code", &dossier.code, limits::TEXT_CHARS_MAX);
        }
        let notes = Some(notes.join("\n")).filter(|notes| !notes.is_empty());
        said.errors.optional_long("notes", notes.as_deref());
        said.errors.optional_long("assigned", self.assigned.as_deref());
        let facts = RegistrationFacts {
            direction: self.direction,
            subject,
            correspondents,
            received,
            classification: classification?,
            assignments: Vec::new(),
            confidential: self.confidential,
            files: self.files().map(EarlierFile::facts).collect(),
            location: self.location.clone(),
            fields: serde_json::Map::new(),
            links: Vec::new(),
            emergency: None,
        };
        let earlier = Earlier {
            registered: registered?,
            author: self.author.clone(),
            annulment,
            classification: written,
            assigned: self.assigned.clone(),
            dossier: self.dossier.as_ref().map(|dossier| dossier.code.trim().to_owned()),
            received: received_text,
            id: self.id.clone(),
            notes,
        };
        Some(Prepared { year: self.year, number: self.number, facts, earlier, dossier: self.dossier.clone() })
    }

    fn file_field(&self, n: usize) -> String {
        match (&self.document, n) {
            (Some(_), 0) => "document".to_owned(),
            (Some(_), n) => format!("attachments[{}]", n - 1),
            (None, n) => format!("attachments[{n}]"),
        }
    }

    fn registered(&self, today: Date, said: &mut Said) -> Option<Moment> {
        let moment = moments::read(&mut said.errors, "registered", &self.registered)?;
        if moment.day.year() != self.year {
            let message =
                format!("{} is not a day of {}: a number belongs to the year of its day", moment.day, self.year);
            said.errors.refuse("registered", message);
        } else if moment.day > today {
            said.errors.refuse("registered", "a day that has not come yet");
        }
        if self.year < YEAR_MIN {
            said.errors.refuse("year", format!("before {YEAR_MIN}"));
        }
        Some(moment)
    }

    /// One line, as everywhere; what was longer than a subject may be is refused, never cut.
    fn subject(&self, said: &mut Said) -> String {
        let subject = one_line(&self.subject);
        if subject != self.subject.trim() {
            said.warnings.refuse("subject", "line breaks and tabs become blanks");
        }
        said.errors.text("subject", &subject, limits::SUBJECT_CHARS_MAX);
        subject
    }

    fn annulment(&self, registered: Option<Moment>, today: Date, said: &mut Said) -> Option<EarlierAnnulment> {
        let annulled = self.annulled.as_ref()?;
        let on = moments::read(&mut said.errors, "annulled.on", &annulled.on)?;
        if on.day > today {
            said.errors.refuse("annulled.on", "a day that has not come yet");
        } else if registered.is_some_and(|registered| on.day < registered.day) {
            said.errors.refuse("annulled.on", "before the day of registration");
        }
        let act = match (&annulled.act_number, &annulled.act_date) {
            (Some(number), Some(date)) => {
                let date = moments::read(&mut said.errors, "annulled.act_date", date).map(|moment| moment.day);
                if date.is_some_and(|date| date > today) {
                    said.errors.refuse("annulled.act_date", "a day that has not come yet");
                }
                said.errors.text("annulled.act_number", number, limits::TEXT_CHARS_MAX);
                date.map(|date| Act { number: number.clone(), date })
            }
            (None, None) => {
                said.warnings
                    .refuse("annulled.act_number", "no act is written down: the annulment is kept without one");
                None
            }
            (Some(_), None) | (None, Some(_)) => {
                let message = "an act has a number and a date: write both, or put what is known into the reason";
                said.errors.refuse("annulled.act_number", message);
                None
            }
        };
        said.errors.optional("annulled.by", annulled.by.as_deref());
        said.errors.optional_long("annulled.reason", annulled.reason.as_deref());
        Some(EarlierAnnulment { on, by: annulled.by.clone(), reason: annulled.reason.clone(), act })
    }

    /// A receipt as we have them, or what was written of one.
    fn received(&self, registered: Option<Moment>, said: &mut Said) -> (Option<Received>, Option<String>) {
        let Some(received) = &self.received else { return (None, None) };
        let mut day = |field: &str, text: &Option<String>| {
            let text = text.as_deref()?;
            moments::read(&mut said.errors, field, text).map(|moment| moment.day)
        };
        let (on, date) = (day("received.on", &received.on), day("received.date", &received.date));
        if let (Some(on), Some(registered)) = (on, registered)
            && on > registered.day
        {
            said.errors.refuse("received.on", "after the day of registration");
        }
        if let (Some(on), Some(date)) = (on, date)
            && date > on
        {
            said.errors.refuse("received.date", "the sender's date is after the day of receipt");
        }
        said.errors.optional("received.number", received.number.as_deref());
        let number = received.number.clone();
        if let (Some(on), Some(channel), Direction::Incoming) = (on, received.channel, self.direction) {
            return (Some(Received { on, channel, number, date, deferred_reason: None }), None);
        }
        let known = [
            on.map(|on| format!("ricevuto il {on}")),
            received.channel.map(|channel| channel.as_str().to_owned()),
            number.map(|number| format!("n. {number}")),
            date.map(|date| format!("del {date}")),
        ];
        let text = known.into_iter().flatten().collect::<Vec<_>>().join(", ");
        if !text.is_empty() {
            said.warnings
                .refuse("received", "not a whole receipt (day and channel of an incoming entry): kept as text");
        }
        (None, Some(text).filter(|text| !text.is_empty()))
    }

    /// The class as a code, and as it was written where that is another.
    fn class(&self, otherwise: Option<&ClassCode>, said: &mut Said) -> (Option<ClassCode>, Option<String>) {
        let written = self.classification.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let Some(written) = written else {
            if otherwise.is_none() {
                said.errors.refuse("classification", "missing: name the class of such lines (--classification)");
            }
            return (otherwise.cloned(), None);
        };
        if let Ok(code) = written.parse() {
            return (Some(code), None);
        }
        let plain: String = written.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '.' }).collect();
        let plain = plain.split('.').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
        let code = plain.parse().ok().or_else(|| otherwise.cloned());
        match &code {
            Some(code) => {
                said.warnings.refuse("classification", format!("{written} is filed as {code} and kept beside it"))
            }
            None => {
                said.errors.refuse("classification", "no class code: name the class of such lines (--classification)")
            }
        }
        (code, Some(written.to_owned()))
    }

    /// A tax code that can be none goes into the notes: it was written down, and must not pass for one.
    fn correspondents(&self, notes: &mut Vec<String>, said: &mut Said) -> Vec<Correspondent> {
        let mut correspondents = self.correspondents.clone();
        for (n, one) in correspondents.iter_mut().enumerate() {
            if let Some(code) = one.tax_code.take_if(|code| normal_tax_code(code).is_none()) {
                let at = format!("correspondents[{n}].tax_code");
                said.warnings.refuse(at, format!("{code} is no tax code: kept in the notes"));
                notes.push(format!("{}: codice fiscale {code}", one.name));
            }
            one.name = one_line(&one.name);
        }
        if correspondents.is_empty() {
            said.warnings.refuse("correspondents", "nobody is named");
        }
        check_correspondents(&mut said.errors, "correspondents", &correspondents);
        normal_correspondents(&correspondents)
    }
}

/// What makes a line the same as one imported before.
pub fn key_of(source: &str, register: &RegisterCode, year: i16, number: u64) -> Sha256 {
    let (year, number) = (year.to_string(), number.to_string());
    let parts: [&[u8]; 8] = [
        b"tabularium earlier entry 1\0",
        source.as_bytes(),
        b"\0",
        register.as_str().as_bytes(),
        b"\0",
        year.as_bytes(),
        b"\0",
        number.as_bytes(),
    ];
    Sha256::of_parts(&parts)
}

fn one_line(text: &str) -> String {
    let blank = |c: char| matches!(c, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}');
    let parts: Vec<&str> = text.split(blank).map(str::trim).filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}
