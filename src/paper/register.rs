//! What does a register look like on paper? Of a day or of a year: all that was registered, then what was changed.

use jiff::civil::{Date, DateTime};

pub use crate::model::formed::Period;

use super::PaperError;
use super::flow::{Block, write};
use super::sheet::Title;
use super::table::{Cells, Column, Look, Table};
use crate::model::register::{AssignmentMode, CorrespondentRole, Direction};

/// What stands over a register.
#[derive(Debug, Clone)]
pub struct Head {
    /// Its name and its code in the index of public administrations.
    pub administration: (String, String),
    pub area: String,
    /// Code and title.
    pub register: (String, String),
    pub period: Period,
    /// Of the register as a document: gap-free. Without one it is provisional.
    pub number: Option<String>,
    /// The persistent id.
    pub id: Option<String>,
    /// What made it.
    pub operator: String,
    /// Who is responsible for document management, where that is known.
    pub responsible: Option<String>,
    /// The fingerprint of the register before it.
    pub previous: Option<String>,
    /// Entries in it, annulled ones too.
    pub entries: u64,
    pub annulled: u64,
    /// The first and the last number; none in an empty register.
    pub numbers: Option<(String, String)>,
    /// When it was formed, by the clock in Rome, and the hours that this is ahead.
    pub formed: (DateTime, i8),
    pub volume: Volume,
}

/// Which part of a register this is: one too large for one file is bound in volumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Volume {
    pub number: u32,
    pub of: u32,
}

/// Entries of one volume. The library keeps a document in memory until it is whole, several times its size: a hundred
/// thousand entries in one took 626 MB, twenty thousand 123 MB; so many take half of that, however large the year.
pub const VOLUME_ENTRIES: u64 = 10_000;

impl Volume {
    /// All volumes of a register with so many entries; there is always one.
    pub fn all(entries: u64) -> impl Iterator<Item = Self> {
        let of = u32::try_from(entries.div_ceil(VOLUME_ENTRIES)).unwrap_or(u32::MAX).max(1);
        (1..=of).map(move |number| Self { number, of })
    }
}

/// One entry. Times are by the clock in Rome.
#[derive(Debug, Clone)]
pub struct Row {
    pub number: String,
    pub at: DateTime,
    pub direction: Option<Direction>,
    pub correspondents: Vec<(CorrespondentRole, String)>,
    /// None where the law had the facts destroyed.
    pub subject: Option<String>,
    pub sender_number: Option<String>,
    pub sender_date: Option<Date>,
    pub classification: String,
    pub assigned: Vec<(AssignmentMode, String)>,
    /// Of the main document.
    pub fingerprint: Option<String>,
    pub attachments: usize,
    /// What else is to be said: confidential, deferred and why, from the emergency register, …
    pub notes: Vec<String>,
    pub annulled: Option<Annulled>,
}

/// How an entry was annulled.
#[derive(Debug, Clone)]
pub struct Annulled {
    pub at: DateTime,
    pub by: String,
    pub act: String,
    pub reason: String,
}

/// What was done to an earlier entry.
#[derive(Debug, Clone)]
pub struct Change {
    /// Number and year of the entry.
    pub entry: String,
    pub at: DateTime,
    pub by: String,
    /// Annulment, classification, assignment, …
    pub what: String,
    pub before: String,
    pub after: String,
    /// By which act, and why.
    pub act: String,
}

const ENTRIES: [Column; 6] = [
    Column { head: "Numero, data e ora", width: 70.0 },
    Column { head: "Mittente o destinatari", width: 185.0 },
    Column { head: "Oggetto", width: 244.0 },
    Column { head: "Protocollo del mittente", width: 80.0 },
    Column { head: "Classifica e assegnazione", width: 100.89 },
    Column { head: "Impronta SHA-256 del documento", width: 106.0 },
];

const CHANGES: [Column; 5] = [
    Column { head: "Registrazione", width: 80.0 },
    Column { head: "Quando e da chi", width: 110.0 },
    Column { head: "Operazione e provvedimento", width: 205.89 },
    Column { head: "Prima", width: 195.0 },
    Column { head: "Dopo", width: 195.0 },
];

/// A register that is being written.
pub struct RegisterPaper {
    head: Head,
    /// The first and the last number in this volume.
    numbers: Option<(String, String)>,
    entries: Vec<Cells>,
    changes: Vec<Cells>,
}

impl RegisterPaper {
    pub fn new(head: Head) -> Self {
        Self { head, numbers: None, entries: Vec::new(), changes: Vec::new() }
    }

    /// The next entry, in the order of numbers.
    pub fn entry(&mut self, row: &Row) {
        let cells = row.cells(matches!(self.head.period, Period::Year(_)));
        let first = self.numbers.take().map_or_else(|| row.number.clone(), |(first, _)| first);
        self.numbers = Some((first, row.number.clone()));
        self.entries.push(cells);
    }

    /// The next change to an earlier entry, in the order of time.
    pub fn change(&mut self, change: &Change) {
        self.changes.push(change.cells());
    }

    /// The PDF/A.
    pub fn finish(self) -> Result<Vec<u8>, PaperError> {
        let Self { head, numbers, entries, changes } = self;
        let title = head.title();
        let mut blocks = vec![Block::Heading(1, title.clone())];
        blocks.extend(head.facts(numbers.as_ref()).into_iter().map(Block::Text));
        blocks.push(Block::Heading(2, "Registrazioni".to_owned()));
        let (none, changed) = match head.period {
            Period::Day(_) => {
                ("Nessuna registrazione in questo giorno.", "Annullamenti e modifiche di registrazioni precedenti")
            }
            Period::Year(_) => (
                "Nessuna registrazione in questo anno.",
                "Annullamenti e modifiche di registrazioni di anni precedenti",
            ),
        };
        blocks.push(match entries.len() {
            0 => Block::Text(none.to_owned()),
            _ => Block::Table(Table { columns: &ENTRIES, rows: entries }),
        });
        if head.volume.number == head.volume.of {
            blocks.push(Block::Heading(2, changed.to_owned()));
            blocks.push(match changes.len() {
                0 => Block::Text("Nessuna operazione.".to_owned()),
                _ => Block::Table(Table { columns: &CHANGES, rows: changes }),
            });
        }
        let about = Title {
            title: title.clone(),
            subject: format!("{}, {}", head.register.1, head.area),
            author: &head.administration.0,
            written: head.formed,
            id: head.id(),
        };
        let left = format!("{} – {}", head.administration.0, head.area);
        write(about, (&left, &title), &blocks)
    }
}

impl Head {
    fn title(&self) -> String {
        let (code, _) = &self.register;
        let of = match self.period {
            Period::Day(day) => format!("Registro giornaliero di protocollo {code} del {}", date(day)),
            Period::Year(year) => format!("Registro annuale di protocollo {code} dell’anno {year}"),
        };
        match self.volume {
            Volume { of: 0 | 1, .. } => of,
            Volume { number, of: all } => format!("{of}, volume {number} di {all}"),
        }
    }

    fn id(&self) -> String {
        let period = match self.period {
            Period::Day(day) => day.to_string(),
            Period::Year(year) => year.to_string(),
        };
        format!("{}/{}/{}/{period}/{}", self.administration.1, self.area, self.register.0, self.volume.number)
    }

    fn facts(&self, here: Option<&(String, String)>) -> Vec<String> {
        let (name, code) = &self.administration;
        let numbers = match &self.numbers {
            Some((first, last)) => format!("dal numero {first} al numero {last}"),
            None => "nessun numero".to_owned(),
        };
        let annulled = match self.annulled {
            0 => String::new(),
            1 => ", di cui 1 annullata".to_owned(),
            more => format!(", di cui {more} annullate"),
        };
        let formed = format!("Formato il {} alle {}", date(self.formed.0.date()), time(self.formed.0));
        let number = match &self.number {
            Some(number) => format!("Registro n. {number}. "),
            None => "Registro provvisorio. ".to_owned(),
        };
        let mut facts = vec![
            format!("Amministrazione: {name} ({code})"),
            format!("Area organizzativa omogenea: {}", self.area),
            format!("Registro: {} – {}", self.register.0, self.register.1),
            format!("Registrazioni: {}{annulled}; {numbers}", self.entries),
        ];
        if let (Some((first, last)), true) = (here, self.volume.of > 1) {
            facts.push(format!("In questo volume: dal numero {first} al numero {last}"));
        }
        facts.push(format!("{number}{formed}; operatore: {}", self.operator));
        facts.extend(self.responsible.iter().map(|who| format!("Responsabile della gestione documentale: {who}")));
        facts.extend(self.id.iter().map(|id| format!("Identificativo: {id}")));
        facts.extend(self.previous.iter().map(|digest| format!("Impronta SHA-256 del registro precedente: {digest}")));
        facts
    }
}

impl Row {
    fn cells(&self, with_day: bool) -> Cells {
        let mut cells = Cells::default();
        let fixed = if self.annulled.is_some() { Look::Struck } else { Look::Plain };
        cells.say(if self.annulled.is_some() { Look::Struck } else { Look::Strong }, &self.number);
        if with_day {
            cells.say(Look::Plain, &date(self.at.date()));
        }
        cells.say(Look::Plain, &time(self.at));
        cells.say(Look::Plain, self.direction.map_or("", Direction::italian));
        if self.annulled.is_some() {
            cells.say(Look::Strong, "ANNULLATA");
        }
        cells.next();
        for (role, name) in &self.correspondents {
            cells.say(fixed, &format!("{} {name}", by_role(*role)));
        }
        cells.next();
        cells.say(fixed, self.subject.as_deref().unwrap_or("I dati sono stati distrutti a norma di legge."));
        for note in &self.notes {
            cells.say(Look::Plain, note);
        }
        if let Some(Annulled { at, by, act, reason }) = &self.annulled {
            let when = format!("Annullata il {} alle {} da {by}", date(at.date()), time(*at));
            cells.say(Look::Strong, &format!("{when}. Provvedimento: {act}. Motivo: {reason}"));
        }
        cells.next();
        if let Some(number) = &self.sender_number {
            cells.say(fixed, &format!("n. {number}"));
        }
        if let Some(day) = self.sender_date {
            cells.say(fixed, &format!("del {}", date(day)));
        }
        cells.next();
        cells.say(Look::Plain, &self.classification);
        for (mode, to) in &self.assigned {
            let mode = if *mode == AssignmentMode::Responsible { "competenza" } else { "conoscenza" };
            cells.say(Look::Plain, &format!("{to} ({mode})"));
        }
        cells.next();
        cells.say(fixed, self.fingerprint.as_deref().unwrap_or_default());
        match self.attachments {
            0 => {}
            1 => cells.say(Look::Plain, "e 1 allegato"),
            more => cells.say(Look::Plain, &format!("e {more} allegati")),
        }
        cells.pack()
    }
}

impl Change {
    fn cells(&self) -> Cells {
        let mut cells = Cells::default();
        cells.say(Look::Strong, &self.entry);
        cells.next();
        cells.say(Look::Plain, &format!("{}, {}", date(self.at.date()), time(self.at)));
        cells.say(Look::Plain, &self.by);
        cells.next();
        cells.say(Look::Strong, &self.what);
        cells.say(Look::Plain, &self.act);
        cells.next();
        cells.say(Look::Plain, &self.before);
        cells.next();
        cells.say(Look::Plain, &self.after);
        cells.pack()
    }
}

fn date(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

fn time(at: DateTime) -> String {
    at.strftime("%H:%M:%S").to_string()
}

fn by_role(role: CorrespondentRole) -> &'static str {
    match role {
        CorrespondentRole::Sender => "Da:",
        CorrespondentRole::Recipient => "A:",
        CorrespondentRole::Copy => "Per conoscenza:",
    }
}
