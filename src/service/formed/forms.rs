//! The four forms of a register, written of the same lines as they are told: none holds more than a volume of the PDF.

use std::io::{self, Write};

use jiff::Timestamp;

use crate::clock;
use crate::exchange::Canonical;
use crate::model::annulment::Act;
use crate::model::formed::{ChangeLine, EntryLine, Form, Head};
use crate::model::register::{AssignmentMode, CorrespondentRole};
use crate::paper::{self, RegisterPaper, VOLUME_ENTRIES, Volume};
use crate::service::export::harmless;
use crate::service::refusal::Refusal;

use super::gather::Told;

/// The namespace of the XML form; its schema is `schema/registers/register.xsd`.
const NAMESPACE: &str = "urn:tabularium:register:1";

/// A form that is being written.
pub enum Writing<W: Write> {
    Json(JsonForm<W>),
    Xml(XmlForm<W>),
    Csv(Box<csv::Writer<W>>),
}

impl<W: Write> Writing<W> {
    /// Begins a form that is one file; the PDF has volumes and is [`Volumes`].
    pub fn begin(form: Form, head: &Head, out: W) -> Result<Self, Refusal> {
        match form {
            Form::Json => JsonForm::begin(head, out).map(Self::Json),
            Form::Xml => XmlForm::begin(head, out).map(Self::Xml).map_err(Refusal::failed),
            Form::Csv => begin_csv(head, out).map(Self::Csv),
            Form::Pdf => Err(Refusal::Failed("the PDF is written by volumes".into())),
        }
    }

    pub fn tell(&mut self, told: &Told) -> Result<(), Refusal> {
        match (self, told) {
            (Self::Json(json), told) => json.tell(told),
            (Self::Xml(xml), told) => xml.tell(told).map_err(Refusal::failed),
            (Self::Csv(csv), Told::Entry(entry)) => csv_entry(csv, entry),
            (Self::Csv(csv), Told::Change(change)) => csv_change(csv, change),
        }
    }

    /// Ends the file, and gives back where it was written to.
    pub fn end(self) -> Result<W, Refusal> {
        match self {
            Self::Json(json) => json.end(),
            Self::Xml(xml) => xml.end().map_err(Refusal::failed),
            Self::Csv(csv) => csv.into_inner().map_err(|error| Refusal::failed(error.into_error())),
        }
    }
}

/// `{"head":{…},"entries":[…],"changes":[…]}`, a line for each entry and change.
pub struct JsonForm<W> {
    out: W,
    entries: u64,
    changes: Option<u64>,
}

impl<W: Write> JsonForm<W> {
    fn begin(head: &Head, mut out: W) -> Result<Self, Refusal> {
        let text = serde_json::to_string(head)?;
        // The fields of the head stand beside the lists.
        let fields = text.strip_suffix('}').unwrap_or(&text);
        write!(out, "{fields},\n\"entry_lines\":[").map_err(Refusal::failed)?;
        Ok(Self { out, entries: 0, changes: None })
    }

    fn tell(&mut self, told: &Told) -> Result<(), Refusal> {
        let (before, text) = match told {
            Told::Entry(entry) => {
                self.entries += 1;
                (self.entries > 1, serde_json::to_string(entry)?)
            }
            Told::Change(change) => {
                self.begin_changes().map_err(Refusal::failed)?;
                let changes = self.changes.get_or_insert_default();
                *changes += 1;
                (*changes > 1, serde_json::to_string(change)?)
            }
        };
        let comma = if before { "," } else { "" };
        write!(self.out, "{comma}\n{text}").map_err(Refusal::failed)
    }

    fn begin_changes(&mut self) -> io::Result<()> {
        if self.changes.is_none() {
            self.changes = Some(0);
            self.out.write_all(b"],\n\"change_lines\":[")?;
        }
        Ok(())
    }

    fn end(mut self) -> Result<W, Refusal> {
        self.begin_changes().and_then(|()| self.out.write_all(b"]}\n")).map_err(Refusal::failed)?;
        Ok(self.out)
    }
}

/// The same names as in JSON; what is absent there as `null` has no element.
pub struct XmlForm<W> {
    out: W,
    changes: bool,
}

impl<W: Write> XmlForm<W> {
    fn begin(head: &Head, mut out: W) -> io::Result<Self> {
        let mut xml = Canonical::default();
        xml.open("register", &[("xmlns", NAMESPACE)]);
        xml.element("head", &[], |xml| write_head(xml, head));
        xml.open("entry_lines", &[]);
        out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
        out.write_all(xml.finish().as_bytes())?;
        Ok(Self { out, changes: false })
    }

    fn tell(&mut self, told: &Told) -> io::Result<()> {
        let mut xml = Canonical::default();
        match told {
            Told::Entry(entry) => xml.element("entry", &[], |xml| write_entry(xml, entry)),
            Told::Change(change) => {
                self.begin_changes()?;
                xml.element("change", &[], |xml| write_change(xml, change));
            }
        }
        self.out.write_all(b"\n")?;
        self.out.write_all(xml.finish().as_bytes())
    }

    fn begin_changes(&mut self) -> io::Result<()> {
        if !self.changes {
            self.changes = true;
            self.out.write_all(b"</entry_lines>\n<change_lines>")?;
        }
        Ok(())
    }

    fn end(mut self) -> io::Result<W> {
        self.begin_changes()?;
        self.out.write_all(b"</change_lines></register>\n")?;
        Ok(self.out)
    }
}

fn write_head(xml: &mut Canonical, head: &Head) {
    let number = |n: Option<u64>| n.map(|n| n.to_string());
    xml.optional("id", head.id.as_deref());
    xml.text("state", &[], head.state);
    for (name, code) in [("register", &head.register), ("administration", &head.administration)] {
        xml.element(name, &[], |xml| {
            xml.text("code", &[], &code.code);
            xml.text("title", &[], &code.title);
        });
    }
    xml.text("area", &[], &head.area);
    xml.text("period", &[], &head.period.to_string());
    xml.text("subject", &[], &head.subject);
    xml.optional("number", number(head.number).as_deref());
    xml.text("closed_at", &[], &clock::rfc3339(head.closed_at));
    xml.text("operator", &[], head.operator);
    xml.optional("responsible", head.responsible.as_deref());
    xml.optional("first", number(head.first).as_deref());
    xml.optional("last", number(head.last).as_deref());
    for (name, count) in [("entries", head.entries), ("annulled", head.annulled), ("changes", head.changes)] {
        xml.text(name, &[], &count.to_string());
    }
    xml.optional("previous", head.previous.map(|digest| digest.to_string()).as_deref());
}

fn write_entry(xml: &mut Canonical, entry: &EntryLine) {
    xml.text("year", &[], &entry.year.to_string());
    xml.text("number", &[], &entry.number.to_string());
    xml.text("number_text", &[], &entry.number_text);
    xml.text("registered_at", &[], &clock::rfc3339(entry.registered_at));
    xml.text("confidential", &[], if entry.confidential { "true" } else { "false" });
    xml.optional("direction", entry.direction.map(|direction| direction.as_str()));
    xml.optional("subject", entry.subject.as_deref());
    for one in &entry.correspondents {
        xml.element("correspondent", &[], |xml| {
            xml.text("role", &[], one.role.as_str());
            xml.text("name", &[], &one.name);
        });
    }
    xml.optional("sender_number", entry.sender_number.as_deref());
    xml.optional("sender_date", entry.sender_date.map(|day| day.to_string()).as_deref());
    xml.optional("received_on", entry.received_on.map(|day| day.to_string()).as_deref());
    xml.optional("deferred_reason", entry.deferred_reason.as_deref());
    xml.optional("classification", entry.classification.as_ref().map(|class| class.as_str()));
    for one in &entry.assignments {
        xml.element("assignment", &[], |xml| {
            xml.text("to", &[], &one.to);
            xml.text("mode", &[], one.mode.as_str());
        });
    }
    xml.optional("document", entry.document.map(|digest| digest.to_string()).as_deref());
    for digest in &entry.attachments {
        xml.text("attachment", &[], &digest.to_string());
    }
    if let Some(annulment) = &entry.annulment {
        xml.element("annulment", &[], |xml| {
            xml.text("at", &[], &clock::rfc3339(annulment.at));
            xml.optional("by", annulment.by.as_deref());
            xml.optional("reason", annulment.reason.as_deref());
            write_act(xml, annulment.act.as_ref());
        });
    }
    for change in &entry.changes {
        xml.element("change", &[], |xml| write_change(xml, change));
    }
}

fn write_change(xml: &mut Canonical, change: &ChangeLine) {
    xml.text("year", &[], &change.year.to_string());
    xml.text("number", &[], &change.number.to_string());
    xml.text("number_text", &[], &change.number_text);
    xml.text("at", &[], &clock::rfc3339(change.at));
    xml.text("confidential", &[], if change.confidential { "true" } else { "false" });
    xml.text("what", &[], change.what.as_str());
    xml.optional("by", change.by.as_deref());
    xml.optional("before", change.before.as_deref());
    xml.optional("after", change.after.as_deref());
    xml.optional("reason", change.reason.as_deref());
    write_act(xml, change.act.as_ref());
}

fn write_act(xml: &mut Canonical, act: Option<&Act>) {
    if let Some(act) = act {
        xml.element("act", &[], |xml| {
            xml.text("number", &[], &act.number);
            xml.text("date", &[], &act.date.to_string());
        });
    }
}

/// One table for three kinds of row: what stands over a register, an entry, a change.
const COLUMNS: [&str; 21] = [
    "riga",
    "voce",
    "valore",
    "anno",
    "numero",
    "data e ora",
    "verso",
    "corrispondenti",
    "oggetto",
    "protocollo del mittente",
    "data del mittente",
    "ricevuto il",
    "classifica",
    "assegnazione",
    "impronta",
    "impronte degli allegati",
    "operazione",
    "operatore",
    "prima",
    "dopo",
    "motivo e provvedimento",
];

fn begin_csv<W: Write>(head: &Head, out: W) -> Result<Box<csv::Writer<W>>, Refusal> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    csv.write_record(COLUMNS).map_err(Refusal::failed)?;
    let value = |value: Option<u64>| value.map(|n| n.to_string());
    let facts = [
        ("identificativo", head.id.clone()),
        ("stato", Some(if head.number.is_some() { "formato" } else { "provvisorio" }.to_owned())),
        ("amministrazione", Some(format!("{} ({})", head.administration.title, head.administration.code))),
        ("area organizzativa omogenea", Some(head.area.clone())),
        ("registro", Some(format!("{} – {}", head.register.code, head.register.title))),
        ("periodo", Some(head.period.to_string())),
        ("oggetto", Some(head.subject.clone())),
        ("numero del registro", value(head.number)),
        ("data di chiusura", Some(clock::rfc3339(head.closed_at))),
        ("operatore", Some(head.operator.to_owned())),
        ("responsabile della gestione documentale", head.responsible.clone()),
        ("prima registrazione", value(head.first)),
        ("ultima registrazione", value(head.last)),
        ("registrazioni", Some(head.entries.to_string())),
        ("di cui annullate", Some(head.annulled.to_string())),
        ("operazioni su registrazioni precedenti", Some(head.changes.to_string())),
        ("impronta del registro precedente", head.previous.map(|digest| digest.to_string())),
    ];
    for (name, value) in facts {
        let Some(value) = value else { continue };
        let mut row: [String; COLUMNS.len()] = Default::default();
        row[0] = "metadato".to_owned();
        row[1] = name.to_owned();
        row[2] = harmless(&value);
        csv.write_record(&row).map_err(Refusal::failed)?;
    }
    Ok(Box::new(csv))
}

fn csv_entry<W: Write>(csv: &mut csv::Writer<W>, entry: &EntryLine) -> Result<(), Refusal> {
    let text = |text: &Option<String>| harmless(text.as_deref().unwrap_or_default());
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let annulment = entry.annulment.as_ref();
    let subject = if entry.confidential { "riservato".to_owned() } else { text(&entry.subject) };
    let row: [String; COLUMNS.len()] = [
        "registrazione".to_owned(),
        String::new(),
        String::new(),
        entry.year.to_string(),
        entry.number_text.clone(),
        clock::rfc3339(entry.registered_at),
        entry.direction.map(|direction| direction.italian().to_owned()).unwrap_or_default(),
        joined(entry.correspondents.iter().map(|one| format!("{} {}", role(one.role), one.name))),
        subject,
        text(&entry.sender_number),
        day(entry.sender_date),
        day(entry.received_on),
        entry.classification.as_ref().map(ToString::to_string).unwrap_or_default(),
        joined(entry.assignments.iter().map(|one| format!("{} ({})", one.to, mode(one.mode)))),
        entry.document.map(|digest| digest.to_string()).unwrap_or_default(),
        joined(entry.attachments.iter().map(ToString::to_string)),
        annulment.map(|annulment| format!("annullata {}", clock::rfc3339(annulment.at))).unwrap_or_default(),
        annulment.map(|annulment| text(&annulment.by)).unwrap_or_default(),
        String::new(),
        String::new(),
        annulment.map(|annulment| why(annulment.reason.as_deref(), annulment.act.as_ref())).unwrap_or_default(),
    ];
    csv.write_record(&row).map_err(Refusal::failed)?;
    entry.changes.iter().try_for_each(|change| csv_change(csv, change))
}

fn csv_change<W: Write>(csv: &mut csv::Writer<W>, change: &ChangeLine) -> Result<(), Refusal> {
    let text = |text: &Option<String>| harmless(text.as_deref().unwrap_or_default());
    let mut row: [String; COLUMNS.len()] = Default::default();
    row[0] = "modifica".to_owned();
    row[3] = change.year.to_string();
    row[4].clone_from(&change.number_text);
    row[5] = clock::rfc3339(change.at);
    if change.confidential {
        row[8] = "riservato".to_owned();
    }
    row[16] = change.what.italian().to_owned();
    row[17] = text(&change.by);
    row[18] = text(&change.before);
    row[19] = text(&change.after);
    row[20] = why(change.reason.as_deref(), change.act.as_ref());
    csv.write_record(&row).map_err(Refusal::failed)
}

fn joined(texts: impl Iterator<Item = String>) -> String {
    harmless(&texts.collect::<Vec<_>>().join("; "))
}

fn role(role: CorrespondentRole) -> &'static str {
    match role {
        CorrespondentRole::Sender => "da:",
        CorrespondentRole::Recipient => "a:",
        CorrespondentRole::Copy => "per conoscenza:",
    }
}

fn mode(mode: AssignmentMode) -> &'static str {
    match mode {
        AssignmentMode::Responsible => "competenza",
        AssignmentMode::Information => "conoscenza",
    }
}

fn why(reason: Option<&str>, act: Option<&Act>) -> String {
    let act = act.map(|act| format!("Provvedimento {}", act_told(act)));
    joined(reason.map(str::to_owned).into_iter().chain(act))
}

fn act_told(act: &Act) -> String {
    format!("n. {} del {}", act.number, act.date.strftime("%d/%m/%Y"))
}

/// The PDF, volume by volume: each is handed over when it is whole, so that one alone is in memory.
pub struct Volumes<'a> {
    head: paper::Head,
    left: Vec<Volume>,
    paper: RegisterPaper,
    entries: u64,
    done: &'a mut dyn FnMut(Vec<u8>) -> Result<(), Refusal>,
}

impl<'a> Volumes<'a> {
    pub fn begin(head: &Head, done: &'a mut dyn FnMut(Vec<u8>) -> Result<(), Refusal>) -> Self {
        let mut left: Vec<Volume> = Volume::all(head.entries).collect();
        left.reverse();
        let volume = left.pop().unwrap_or(Volume { number: 1, of: 1 });
        let head = paper_head(head, volume);
        Self { paper: RegisterPaper::new(head.clone()), head, left, entries: 0, done }
    }

    pub fn tell(&mut self, told: &Told) -> Result<(), Refusal> {
        match told {
            Told::Entry(entry) => {
                if self.entries == VOLUME_ENTRIES
                    && let Some(volume) = self.left.pop()
                {
                    let next = RegisterPaper::new(paper::Head { volume, ..self.head.clone() });
                    let whole = std::mem::replace(&mut self.paper, next);
                    (self.done)(whole.finish().map_err(Refusal::failed)?)?;
                    self.entries = 0;
                }
                self.entries += 1;
                self.paper.entry(&paper_row(entry));
            }
            Told::Change(change) => self.paper.change(&paper_change(change)),
        }
        Ok(())
    }

    pub fn end(self) -> Result<(), Refusal> {
        (self.done)(self.paper.finish().map_err(Refusal::failed)?)
    }
}

/// What a PDF says of itself; the volume is one of many.
fn paper_head(head: &Head, volume: Volume) -> paper::Head {
    let formed = clock::in_rome(head.closed_at);
    let number = |n: u64| format!("{n:07}");
    let hours = i8::try_from(formed.offset().seconds() / 3600).unwrap_or_default();
    paper::Head {
        administration: (head.administration.title.clone(), head.administration.code.clone()),
        area: head.area.clone(),
        register: (head.register.code.clone(), head.register.title.clone()),
        period: head.period,
        number: head.number.map(|number| number.to_string()),
        id: head.id.clone(),
        operator: head.operator.to_owned(),
        responsible: head.responsible.clone(),
        previous: head.previous.map(|digest| digest.to_string()),
        entries: head.entries,
        annulled: head.annulled,
        numbers: head.first.map(number).zip(head.last.map(number)),
        formed: (formed.datetime(), hours),
        volume,
    }
}

fn paper_row(entry: &EntryLine) -> paper::Row {
    let mut notes = Vec::new();
    if let Some(reason) = &entry.deferred_reason {
        notes.push(format!("Protocollo differito: {reason}"));
    }
    notes.extend(entry.changes.iter().map(|change| {
        let Change { at, what, by, before, after, why } = Change::of(change);
        let by = if by.is_empty() { String::new() } else { format!(" da {by}") };
        let part = |name: &str, text: String| if text.is_empty() { text } else { format!(". {name}: {text}") };
        format!("{what} {at}{by}{}{}{}", part("Prima", before), part("Dopo", after), part("Perché", why))
    }));
    paper::Row {
        number: entry.number_text.clone(),
        at: clock::in_rome(entry.registered_at).datetime(),
        direction: entry.direction,
        correspondents: entry.correspondents.iter().map(|one| (one.role, one.name.clone())).collect(),
        subject: if entry.confidential { Some("RISERVATO".to_owned()) } else { entry.subject.clone() },
        sender_number: entry.sender_number.clone(),
        sender_date: entry.sender_date,
        classification: entry.classification.as_ref().map(ToString::to_string).unwrap_or_default(),
        assigned: entry.assignments.iter().map(|one| (one.mode, one.to.clone())).collect(),
        fingerprint: entry.document.map(|digest| digest.to_string()),
        attachments: entry.attachments.len(),
        notes,
        annulled: entry.annulment.as_ref().map(|annulment| paper::Annulled {
            at: clock::in_rome(annulment.at).datetime(),
            by: annulment.by.clone().unwrap_or_else(|| "–".to_owned()),
            act: annulment.act.as_ref().map_or_else(|| "–".to_owned(), act_told),
            reason: annulment.reason.clone().unwrap_or_else(|| "–".to_owned()),
        }),
    }
}

/// A change in words.
struct Change {
    at: String,
    what: &'static str,
    by: String,
    before: String,
    after: String,
    why: String,
}

impl Change {
    fn of(change: &ChangeLine) -> Self {
        let act = change.act.as_ref().map(|act| format!("Provvedimento {}", act_told(act)));
        let why: Vec<String> = change.reason.clone().into_iter().chain(act).collect();
        Self {
            at: when(change.at),
            what: change.what.italian(),
            by: change.by.clone().unwrap_or_default(),
            before: change.before.clone().unwrap_or_default(),
            after: change.after.clone().unwrap_or_default(),
            why: why.join(". "),
        }
    }
}

fn paper_change(change: &ChangeLine) -> paper::Change {
    let Change { what, by, before, after, why, .. } = Change::of(change);
    let hidden = if change.confidential { "RISERVATO".to_owned() } else { before };
    paper::Change {
        entry: format!("{}/{}", change.number_text, change.year),
        at: clock::in_rome(change.at).datetime(),
        by,
        what: what.to_owned(),
        before: hidden,
        after,
        act: why,
    }
}

fn when(time: Timestamp) -> String {
    clock::in_rome(time).strftime("il %d/%m/%Y alle %H:%M:%S").to_string()
}
