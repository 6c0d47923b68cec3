//! What does the post of the sample town say: reads the texts of `papers/*.txt` into registrations.
//!
//! The texts are data, so that people who write Italian can mend them without Rust. One registration is
//!
//! ```text
//! === subject
//! incoming 21 portal            direction, days ago or a day (2025-05-14), channel (incoming only)
//! from rossana                  or: to …, copy …   (names of the address book)
//! number 12/2026                the sender's own number (optional)
//! class 8.4
//! office commercio +polizia     responsible; + for information
//! dossier dehors shown          shown: its parties may see it (optional)
//! confidential                  (optional)
//! late Sciopero                 why it is registered later than it came (optional)
//! then class 8.5                what becomes of it afterwards (optional): class …, office …, withheld, removed …,
//! then annulled 14/2026 …       annulled act reason
//! file istanza.pdf istanza      name and kind of the main document; the name's end says what it is written as
//! dear Al Sindaco / Sede        addressee, lines parted by " / " (optional)
//! sign Rossana Pellegrotti      (optional)
//!
//! paragraphs, parted by empty lines; {-12} and {+20} become dates
//! --- planimetria.pdf Planimetria dell'area
//! paragraphs of an attachment
//! +++ foto.jpg
//! paragraphs of a file within the one before: of a mail, an archive, an invoice
//! ```
//!
//! `document 21` in place of a direction makes a paper without a number; its `---` parts are later versions. A line that
//! begins with `# `, `- `, `| ` or `? ` is a paragraph by itself: heading, item, row, field. `@name` as the only
//! paragraph stands for the file of that name in `fixtures/demo`.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::book::{Correspondent, correspondent};
use super::paper::{Enclosed, Form, Paper, italian};
use super::town::Assignment;

#[cfg(test)]
mod tests;

const TEXTS: &[&str] = &[
    include_str!("papers/territory.txt"),
    include_str!("papers/people.txt"),
    include_str!("papers/money.txt"),
    include_str!("papers/order.txt"),
    include_str!("papers/works.txt"),
    include_str!("papers/town_life.txt"),
    include_str!("papers/families.txt"),
    include_str!("papers/offices.txt"),
    include_str!("papers/counter.txt"),
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
    /// The day on which it gets its number.
    pub day: Date,
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
    pub later: Vec<Later>,
}

/// A document without a number, with its versions, oldest first.
#[derive(Debug, Clone)]
pub struct WorkingPaper {
    pub title: &'static str,
    pub classification: &'static str,
    pub versions: Vec<Document>,
    pub filing: Option<Filing>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub on: Date,
    pub channel: &'static str,
    /// The sender's own number and date.
    pub number: Option<&'static str>,
    pub date: Option<Date>,
    pub deferred_reason: Option<&'static str>,
}

/// Into which dossier, by its key, and whether its parties may see it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filing {
    pub dossier: &'static str,
    pub shown: bool,
}

/// What becomes of an entry after it is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Later {
    Classified(&'static str),
    Assigned(Vec<Assignment>),
    Annulled {
        act: &'static str,
        reason: &'static str,
    },
    /// Shown to the parties by mistake, and hidden again.
    Withheld,
    Removed(&'static str),
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

/// All registrations, oldest first, and the papers without a number.
pub(super) fn all(today: Date) -> (Vec<Registration>, Vec<WorkingPaper>) {
    let (mut registrations, mut papers) = (Vec::new(), Vec::new());
    for block in TEXTS.iter().flat_map(|text| text.split("\n=== ").skip(1)) {
        match parse(block, today).expect("a test reads every paper") {
            Post::Entry(registration) => registrations.push(*registration),
            Post::Paper(paper) => papers.push(paper),
        }
    }
    registrations.sort_by_key(|registration| registration.day);
    (registrations, papers)
}

/// Days by which a registration is deferred that is.
const LATE: i64 = 2;

/// What a block of the texts makes.
#[derive(Debug)]
enum Post {
    Entry(Box<Registration>),
    Paper(WorkingPaper),
}

/// What the lines before the text say.
#[derive(Debug, Default)]
struct Header {
    /// `None` for a paper without a number.
    direction: Option<Direction>,
    day: Option<Date>,
    channel: Option<&'static str>,
    correspondents: Vec<Correspondent>,
    number: Option<&'static str>,
    class: Option<&'static str>,
    assignments: Vec<Assignment>,
    filing: Option<Filing>,
    confidential: bool,
    late: Option<&'static str>,
    later: Vec<Later>,
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

fn parse(block: &'static str, today: Date) -> Result<Post, PaperError> {
    let (subject, rest) = block.split_once('\n').unwrap_or((block, ""));
    let missing = |what| PaperError { subject, what };
    // The text keeps a line end in front, so that it may begin with a file within.
    let (head, body) = rest.find("\n\n").map(|at| (&rest[..at], &rest[at + 1..])).ok_or_else(|| missing("text"))?;
    let mut header = Header::default();
    for line in head.lines() {
        header_line(&mut header, line, today).ok_or_else(|| missing(line))?;
    }
    let day = header.day.ok_or_else(|| missing("direction"))?;
    let (file_name, kind) = header.file.ok_or_else(|| missing("file"))?;
    let written = day.saturating_sub(days(if header.channel == Some("post") { 2 } else { 0 }));
    let mut parts = parts(body);
    let main = parts.remove(0);
    let paper = letter(&header, subject, file_name, main.text, written, today).ok_or_else(|| missing("known file"))?;
    let mut document = Document { file_name, kind, paper };
    document.paper.enclosed = enclosed(&document.paper, &main.within, today).ok_or_else(|| missing("enclosed"))?;
    let attachments: Vec<Attachment> = parts
        .iter()
        .map(|part| attachment(&document.paper, part, today))
        .collect::<Option<_>>()
        .ok_or_else(|| missing("attachment"))?;
    let classification = header.class.ok_or_else(|| missing("class"))?;
    let Some(direction) = header.direction else {
        let later = attachments.into_iter().map(|part| Document { file_name: part.file_name, kind, paper: part.paper });
        let versions = std::iter::once(document).chain(later).collect();
        return Ok(Post::Paper(WorkingPaper { title: subject, classification, versions, filing: header.filing }));
    };
    let received = header.channel.map(|channel| Received {
        on: day,
        channel,
        number: header.number,
        date: header.number.map(|_| written),
        deferred_reason: header.late,
    });
    let registration = Registration {
        // What is late came days before its number.
        day: if header.late.is_some() { day.saturating_add(days(LATE)).min(today) } else { day },
        direction,
        subject,
        correspondents: header.correspondents,
        received,
        classification,
        assignments: header.assignments,
        confidential: header.confidential,
        document,
        attachments,
        filing: header.filing,
        later: header.later,
    };
    Ok(Post::Entry(Box::new(registration)))
}

/// The text of a document and what stands after `---` or `+++`; then what is within it.
struct Part {
    title: &'static str,
    text: &'static str,
    within: Vec<(&'static str, &'static str)>,
}

/// The main document first.
fn parts(body: &'static str) -> Vec<Part> {
    let mut pieces = body.split("\n--- ");
    let main = part("", pieces.next().unwrap_or_default());
    let titled = |piece: &'static str| {
        let (title, text) = piece.split_once('\n').unwrap_or((piece, ""));
        part(title, text)
    };
    std::iter::once(main).chain(pieces.map(titled)).collect()
}

fn part(title: &'static str, text: &'static str) -> Part {
    let mut pieces = text.split("\n+++ ");
    let text = pieces.next().unwrap_or_default();
    Part { title, text, within: pieces.map(|piece| piece.split_once('\n').unwrap_or((piece, ""))).collect() }
}

fn attachment(main: &Paper, part: &Part, today: Date) -> Option<Attachment> {
    let (file_name, description) = part.title.split_once(' ')?;
    let mut paper = sheet(main, file_name, description, part.text, today)?;
    paper.enclosed = enclosed(&paper, &part.within, today)?;
    Some(Attachment { file_name, description, paper })
}

fn enclosed(around: &Paper, within: &[(&'static str, &'static str)], today: Date) -> Option<Vec<Enclosed>> {
    let file = |(title, text): &(&'static str, &'static str)| {
        let (file_name, subject) = title.split_once(' ').unwrap_or((title, title));
        Some(Enclosed { file_name, paper: sheet(around, file_name, subject, text, today)? })
    };
    within.iter().map(file).collect()
}

/// A sheet that belongs to a letter: of the same author and day, but no letter itself.
fn sheet(letter: &Paper, file_name: &str, subject: &str, text: &str, today: Date) -> Option<Paper> {
    let (form, paragraphs) = form_and_text(file_name, text, today)?;
    let subject = subject.to_owned();
    Some(Paper {
        form,
        addressee: Vec::new(),
        subject,
        paragraphs,
        certified: false,
        enclosed: Vec::new(),
        ..letter.clone()
    })
}

/// `None` when the line says nothing that is known.
fn header_line(header: &mut Header, line: &'static str, today: Date) -> Option<()> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match word {
        "incoming" | "outgoing" | "internal" | "document" => {
            let mut parts = rest.split(' ');
            header.day = Some(day(parts.next()?, today)?);
            header.channel = parts.next();
            header.direction = match word {
                "incoming" => Some(Direction::Incoming),
                "outgoing" => Some(Direction::Outgoing),
                "internal" => Some(Direction::Internal),
                _ => None,
            };
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
        "office" => header.assignments = assignments(rest),
        "dossier" => {
            let (dossier, shown) = rest.split_once(' ').unwrap_or((rest, ""));
            header.filing = Some(Filing { dossier, shown: shown == "shown" });
        }
        "confidential" => header.confidential = true,
        "late" => header.late = Some(rest),
        "then" => header.later.push(later(rest)?),
        "file" => header.file = Some(rest.split_once(' ')?),
        "dear" => header.dear = rest,
        "sign" => header.sign = rest,
        _ => return None,
    }
    Some(())
}

fn later(line: &'static str) -> Option<Later> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    Some(match word {
        "class" => Later::Classified(rest),
        "office" => Later::Assigned(assignments(rest)),
        "annulled" => {
            let (act, reason) = rest.split_once(' ')?;
            Later::Annulled { act, reason }
        }
        "withheld" => Later::Withheld,
        "removed" => Later::Removed(rest),
        _ => return None,
    })
}

fn assignments(offices: &'static str) -> Vec<Assignment> {
    let one = |code: &'static str| match code.strip_prefix('+') {
        Some(office) => Assignment { office, mode: "information" },
        None => Assignment { office: code, mode: "responsible" },
    };
    offices.split(' ').map(one).collect()
}

/// A number of days ago, or a day.
fn day(text: &str, today: Date) -> Option<Date> {
    if text.contains('-') { text.parse().ok() } else { Some(today.saturating_sub(days(text.parse().ok()?))) }
}

fn letter(
    header: &Header,
    subject: &str,
    file_name: &'static str,
    text: &str,
    written: Date,
    today: Date,
) -> Option<Paper> {
    let incoming = header.direction == Some(Direction::Incoming);
    let of_role = |role: &str| header.correspondents.iter().find(|who| who.role == role).cloned();
    let (form, paragraphs) = form_and_text(file_name, text, today)?;
    Some(Paper {
        form,
        author: of_role("sender").filter(|_| incoming),
        reader: of_role("recipient").filter(|_| !incoming),
        certified: header.channel == Some("pec"),
        number: header.number,
        date: written,
        addressee: header.dear.split(" / ").filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        subject: subject.to_owned(),
        paragraphs,
        signature: header.sign.to_owned(),
        enclosed: Vec::new(),
    })
}

/// By the name of the file, or a file that is kept: then there is no text to set.
fn form_and_text(file_name: &str, text: &str, today: Date) -> Option<(Form, Vec<String>)> {
    match text.trim().strip_prefix('@') {
        Some(kept) => Some((Form::kept(kept)?, Vec::new())),
        None => Some((Form::of_name(file_name)?, paragraphs(text, today))),
    }
}

/// Empty lines part paragraphs; a line that says what it is is one by itself; other line ends are spaces.
fn paragraphs(text: &str, today: Date) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let own = ["- ", "# ", "| ", "? "].iter().any(|mark| line.starts_with(mark));
        match paragraphs.last_mut() {
            Some(last) if goes_on && !own && !line.is_empty() => *last = format!("{last} {line}"),
            _ if line.is_empty() => {}
            _ => paragraphs.push(line.to_owned()),
        }
        goes_on = !own && !line.is_empty();
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
