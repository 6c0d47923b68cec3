//! What does the post of the sample town say: reads the texts of `papers/*.txt` into registrations.
//!
//! The texts are data, so that people who write Italian can mend them without Rust. One registration is
//!
//! ```text
//! === subject
//! incoming 21 portal            direction, days ago, channel (incoming only)
//! from rossana                  or: to …, copy …   (names of the address book)
//! number 12/2026                the sender's own number (optional)
//! class 8.4
//! office commercio +polizia     responsible; + for information
//! dossier dehors shown          shown: its parties may see it (optional)
//! confidential                  (optional)
//! file istanza.pdf istanza      name and kind of the main document
//! dear Al Sindaco / Sede        addressee, lines parted by " / " (optional)
//! sign Rossana Pellegrotti      (optional)
//!
//! paragraphs, parted by empty lines; {-12} and {+20} become dates
//! --- planimetria.pdf Planimetria dell'area
//! paragraphs of an attachment
//! ```

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::town::{Assignment, Correspondent, correspondent};

const TEXTS: [&str; 4] = [
    include_str!("papers/territory.txt"),
    include_str!("papers/people.txt"),
    include_str!("papers/money.txt"),
    include_str!("papers/order.txt"),
];

const MONTHS: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Incoming,
    Outgoing,
    Internal,
}

impl Direction {
    /// As API.md spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::Outgoing => "outgoing",
            Self::Internal => "internal",
        }
    }
}

/// One line of the register with its documents, ready for `POST …/entries`.
#[derive(Debug, Clone)]
pub struct Registration {
    pub direction: Direction,
    pub subject: &'static str,
    pub correspondents: Vec<Correspondent>,
    /// Incoming only.
    pub received: Option<Received>,
    pub classification: &'static str,
    pub assignments: Vec<Assignment>,
    pub confidential: bool,
    pub document: Document,
    pub attachments: Vec<Attachment>,
    pub filing: Option<Filing>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub on: Date,
    pub channel: &'static str,
    /// The sender's own number and date.
    pub number: Option<&'static str>,
    pub date: Option<Date>,
}

/// Into which dossier, by its key, and whether its parties may see it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filing {
    pub dossier: &'static str,
    pub shown: bool,
}

#[derive(Debug, Clone)]
pub struct Document {
    pub file_name: &'static str,
    pub kind: &'static str,
    pub paper: Paper,
}

#[derive(Debug, Clone)]
pub struct Attachment {
    pub file_name: &'static str,
    pub description: &'static str,
    pub paper: Paper,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Pdf,
    Text,
}

/// What stands on a sheet, whatever it is written with.
#[derive(Debug, Clone)]
pub struct Paper {
    pub form: Form,
    /// Who writes: name first. The town's own has its letterhead.
    pub head: Vec<String>,
    pub from_town: bool,
    pub place_and_date: String,
    /// Empty for what is no letter: reports, plans, lists.
    pub addressee: Vec<String>,
    pub subject: String,
    pub paragraphs: Vec<String>,
    pub signature: String,
}

impl Paper {
    /// The bytes of the file.
    pub fn content(&self) -> Vec<u8> {
        match self.form {
            Form::Pdf => super::pdf::render_pdf(self),
            Form::Text => self.plain_text().into_bytes(),
        }
    }

    fn plain_text(&self) -> String {
        let letter = !self.addressee.is_empty();
        let subject = if letter { format!("Oggetto: {}", self.subject) } else { self.subject.to_uppercase() };
        let mut blocks = vec![self.head.join("\n"), self.place_and_date.clone(), self.addressee.join("\n")];
        blocks.push(wrapped(&subject));
        blocks.extend(self.paragraphs.iter().map(|paragraph| wrapped(paragraph)));
        blocks.push(self.signature.clone());
        blocks.retain(|block| !block.is_empty());
        blocks.join("\n\n") + "\n"
    }
}

/// Lines of at most 78 characters, as plain mail has them.
fn wrapped(paragraph: &str) -> String {
    let mut text = String::with_capacity(paragraph.len() + 16);
    let mut column = 0;
    for word in paragraph.split(' ') {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > 78 {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += width;
    }
    text
}

/// All registrations, oldest first.
pub(super) fn registrations(today: Date) -> Vec<Registration> {
    let mut dated: Vec<(i64, Registration)> = TEXTS
        .into_iter()
        .flat_map(|text| text.split("\n=== ").skip(1))
        .map(|block| parse(block, today).expect("a test reads every paper"))
        .collect();
    dated.sort_by_key(|(days_ago, _)| std::cmp::Reverse(*days_ago));
    dated.into_iter().map(|(_, registration)| registration).collect()
}

/// What the lines before the text say.
#[derive(Debug, Default)]
struct Header {
    direction: Option<Direction>,
    days_ago: i64,
    channel: Option<&'static str>,
    correspondents: Vec<Correspondent>,
    number: Option<&'static str>,
    class: Option<&'static str>,
    assignments: Vec<Assignment>,
    filing: Option<Filing>,
    confidential: bool,
    file: Option<(&'static str, &'static str)>,
    dear: &'static str,
    sign: &'static str,
}

/// A text that is not written as the head of this file says; `what` is the line or what is missing.
#[derive(Debug, thiserror::Error)]
#[error("paper {subject:?}: {what:?} is missing or not understood")]
struct PaperError {
    subject: &'static str,
    what: &'static str,
}

fn parse(block: &'static str, today: Date) -> Result<(i64, Registration), PaperError> {
    let (subject, rest) = block.split_once('\n').unwrap_or((block, ""));
    let missing = |what| PaperError { subject, what };
    let (head, body) = rest.split_once("\n\n").ok_or_else(|| missing("text"))?;
    let mut header = Header::default();
    for line in head.lines() {
        header_line(&mut header, line).ok_or_else(|| missing(line))?;
    }
    let direction = header.direction.ok_or_else(|| missing("direction"))?;
    let (file_name, kind) = header.file.ok_or_else(|| missing("file"))?;
    let written = today.saturating_sub(days(header.days_ago + i64::from(header.channel == Some("post")) * 2));
    let mut parts = body.split("\n--- ");
    let paper = letter(&header, direction, subject, parts.next().unwrap_or_default(), written, today);
    let attachments = parts
        .map(|part| {
            let (title, text) = part.split_once('\n')?;
            let (file_name, description) = title.split_once(' ')?;
            let form = form_of(file_name);
            let (subject, paragraphs) = (description.to_owned(), paragraphs(text, today));
            let sheet = Paper { form, addressee: Vec::new(), subject, paragraphs, ..paper.clone() };
            Some(Attachment { file_name, description, paper: sheet })
        })
        .collect::<Option<_>>()
        .ok_or_else(|| missing("attachment"))?;
    let received = header.channel.map(|channel| Received {
        on: today.saturating_sub(days(header.days_ago)),
        channel,
        number: header.number,
        date: header.number.map(|_| written),
    });
    let registration = Registration {
        direction,
        subject,
        correspondents: header.correspondents,
        received,
        classification: header.class.ok_or_else(|| missing("class"))?,
        assignments: header.assignments,
        confidential: header.confidential,
        document: Document { file_name, kind, paper },
        attachments,
        filing: header.filing,
    };
    Ok((header.days_ago, registration))
}

/// `None` when the line says nothing that is known.
fn header_line(header: &mut Header, line: &'static str) -> Option<()> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match word {
        "incoming" | "outgoing" | "internal" => {
            let mut parts = rest.split(' ');
            header.days_ago = parts.next()?.parse().ok()?;
            header.channel = parts.next();
            header.direction = Some(match word {
                "incoming" => Direction::Incoming,
                "outgoing" => Direction::Outgoing,
                _ => Direction::Internal,
            });
        }
        "from" | "to" | "copy" => {
            let role = match word {
                "from" => "sender",
                "to" => "recipient",
                _ => "copy",
            };
            for key in rest.split(' ') {
                header.correspondents.push(correspondent(key, role)?);
            }
        }
        "number" => header.number = Some(rest),
        "class" => header.class = Some(rest),
        "office" => header.assignments.extend(rest.split(' ').map(|code| match code.strip_prefix('+') {
            Some(office) => Assignment { office, mode: "information" },
            None => Assignment { office: code, mode: "responsible" },
        })),
        "dossier" => {
            let (dossier, shown) = rest.split_once(' ').unwrap_or((rest, ""));
            header.filing = Some(Filing { dossier, shown: shown == "shown" });
        }
        "confidential" => header.confidential = true,
        "file" => header.file = Some(rest.split_once(' ')?),
        "dear" => header.dear = rest,
        "sign" => header.sign = rest,
        _ => return None,
    }
    Some(())
}

fn letter(header: &Header, direction: Direction, subject: &str, text: &str, written: Date, today: Date) -> Paper {
    let sender = header.correspondents.iter().find(|who| who.role == "sender" && direction == Direction::Incoming);
    let (head, place) = match sender {
        Some(who) => {
            let mut head = vec![who.name.to_owned(), who.address.to_owned()];
            head.extend(who.tax_code.map(|code| match who.kind {
                "person" => format!("codice fiscale {code}"),
                _ => format!("partita IVA {code}"),
            }));
            (head, who.address.rsplit_once(' ').map_or("", |(_, place)| place))
        }
        None => {
            (vec!["Comune di Roccaverde".to_owned(), "piazza della Rocca 1, 99999 Roccaverde".to_owned()], "Roccaverde")
        }
    };
    Paper {
        form: header.file.map_or(Form::Text, |(name, _)| form_of(name)),
        head,
        from_town: sender.is_none(),
        place_and_date: format!("{place}, {}", italian(written)),
        addressee: header.dear.split(" / ").filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        subject: subject.to_owned(),
        paragraphs: paragraphs(text, today),
        signature: header.sign.to_owned(),
    }
}

fn form_of(file_name: &str) -> Form {
    if file_name.ends_with(".pdf") { Form::Pdf } else { Form::Text }
}

/// Empty lines part paragraphs; a line that begins with a dash is one by itself; other line ends are spaces.
fn paragraphs(text: &str, today: Date) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let item = line.starts_with("- ");
        match paragraphs.last_mut() {
            Some(last) if goes_on && !item && !line.is_empty() => *last = format!("{last} {line}"),
            _ if line.is_empty() => {}
            _ => paragraphs.push(line.to_owned()),
        }
        goes_on = !item && !line.is_empty();
    }
    paragraphs.iter().map(|paragraph| with_dates(paragraph, today)).collect()
}

/// Writes the date that `{-12}` or `{+20}` means, counted from today.
fn with_dates(text: &str, today: Date) -> String {
    let mut parts = text.split('{');
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let dated = part.split_once('}').and_then(|(count, rest)| Some((count.parse::<i64>().ok()?, rest)));
        match dated {
            Some((count, rest)) => result.push_str(&(italian(today.saturating_add(days(count))) + rest)),
            None => result.push_str(&format!("{{{part}")),
        }
    }
    result
}

fn days(count: i64) -> Span {
    count.days()
}

/// `3 ottobre 2026`; the first of the month is written `1°`.
fn italian(date: Date) -> String {
    let day = if date.day() == 1 { "1°".to_owned() } else { date.day().to_string() };
    let month = MONTHS.iter().zip(1..).find(|(_, number)| *number == date.month()).map_or("", |(name, _)| name);
    format!("{day} {month} {}", date.year())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use jiff::civil::date;

    use super::*;
    use crate::demo::town::{Town, town};

    fn sample() -> Town {
        town(date(2026, 11, 23))
    }

    #[test]
    fn every_paper_reads_and_there_are_sixty() {
        let mut count = 0;
        for block in TEXTS.into_iter().flat_map(|text| text.split("\n=== ").skip(1)) {
            let (_, registration) = parse(block, date(2026, 1, 1)).unwrap();
            let words: usize = registration.document.paper.paragraphs.iter().map(|p| p.split(' ').count()).sum();
            assert!((80..=420).contains(&words), "{}: {words} words", registration.subject);
            count += 1;
        }
        assert_eq!(count, 60);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for bad in [
            "Oggetto\nfly 3\n\ntesto",
            "Oggetto\nincoming x portal\n\ntesto",
            "Oggetto\nfrom nobody\n\ntesto",
            "Oggetto\nclass 1.1\n\ntesto",
        ] {
            assert!(parse(bad, date(2026, 1, 1)).unwrap_err().to_string().contains("Oggetto"), "{bad}");
        }
    }

    #[test]
    fn codes_that_are_used_exist() {
        let scheme: serde_json::Value =
            serde_json::from_str(include_str!("../../schema/classification/comuni.json")).unwrap();
        let classes: BTreeSet<&str> =
            scheme["classes"].as_array().unwrap().iter().map(|class| class["code"].as_str().unwrap()).collect();
        let town = sample();
        let offices: BTreeSet<&str> = town.offices.iter().map(|office| office.code).collect();
        let users: BTreeSet<&str> = town.people.iter().map(|person| person.user).collect();
        let dossiers: BTreeSet<&str> = town.dossiers.iter().map(|dossier| dossier.key).collect();
        assert_eq!((town.dossiers.len(), dossiers.len()), (12, 12));
        for dossier in &town.dossiers {
            assert!(classes.contains(dossier.classification), "{}", dossier.key);
            assert!(offices.contains(dossier.office) && users.contains(dossier.officer), "{}", dossier.key);
            assert!(
                town.registrations.iter().any(|r| r.filing.is_some_and(|f| f.dossier == dossier.key)),
                "{} is empty",
                dossier.key
            );
        }
        for entry in &town.registrations {
            let subject = entry.subject;
            assert!(classes.contains(entry.classification) && entry.classification.contains('.'), "{subject}");
            assert!(!entry.assignments.is_empty() && !entry.correspondents.is_empty(), "{subject}");
            assert!(entry.assignments.iter().all(|a| offices.contains(a.office)), "{subject}");
            assert!(entry.filing.is_none_or(|f| dossiers.contains(f.dossier)), "{subject}");
            assert_eq!(entry.received.is_some(), entry.direction == Direction::Incoming, "{subject}");
            let channels = ["counter", "post", "email", "pec", "portal", "interoperability", "internal"];
            assert!(entry.received.as_ref().is_none_or(|r| channels.contains(&r.channel)), "{subject}");
            let wanted = if entry.direction == Direction::Incoming { "sender" } else { "recipient" };
            assert!(entry.correspondents.iter().any(|who| who.role == wanted), "{subject}");
        }
    }

    #[test]
    fn the_sample_is_varied_enough_to_try_things_on() {
        let town = sample();
        let count = |test: &dyn Fn(&&Registration) -> bool| town.registrations.iter().filter(test).count();
        assert!(count(&|r| r.filing.is_some()) >= 48);
        assert!(count(&|r| r.filing.is_some_and(|f| f.shown)) >= 12);
        assert!(count(&|r| r.confidential) >= 3);
        assert!(count(&|r| !r.attachments.is_empty()) >= 14);
        assert!(count(&|r| r.document.paper.form == Form::Text) >= 5);
        for direction in [Direction::Incoming, Direction::Outgoing, Direction::Internal] {
            assert!(count(&|r| r.direction == direction) >= 5, "{direction:?}");
        }
        let mut subjects = BTreeMap::new();
        town.registrations.iter().for_each(|r| *subjects.entry(r.subject).or_insert(0) += 1);
        assert!(subjects.values().all(|count| *count == 1), "{subjects:?}");
        for citizen in town.people.iter().filter(|person| person.tax_code.is_some()) {
            let party =
                town.dossiers.iter().find(|d| d.parties.iter().any(|p| p.tax_code == citizen.tax_code)).unwrap();
            let shown = |r: &&Registration| r.filing.is_some_and(|f| f.dossier == party.key && f.shown);
            assert!(count(&shown) > 0, "{} sees nothing", citizen.user);
        }
    }

    #[test]
    fn lines_become_paragraphs() {
        let read = paragraphs("uno\ndue\n- tre\n- quattro\ncinque\nsei\n\n\nsette\n", date(2026, 1, 1));
        assert_eq!(read, ["uno due", "- tre", "- quattro", "cinque sei", "sette"]);
    }

    #[test]
    fn dates_count_from_today() {
        assert_eq!(with_dates("dal {-22} al {+8}.", date(2026, 11, 23)), "dal 1° novembre 2026 al 1° dicembre 2026.");
        assert_eq!(with_dates("{x} {", date(2026, 11, 23)), "{x} {");
        let town = sample();
        let days: Vec<Date> = town.registrations.iter().filter_map(|r| r.received.as_ref()).map(|r| r.on).collect();
        assert!(days.is_sorted() && *days.last().unwrap() <= date(2026, 11, 23));
        let text = |town: &Town| format!("{town:?}");
        assert_eq!(text(&town), text(&sample()));
        assert!(!town.registrations.iter().any(|r| r.document.paper.paragraphs.iter().any(|p| p.contains(['{', '}']))));
    }
}
