//! `tabularium emergency`: a register on a machine without network and archive, and its way home.

mod serve;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;

use super::archive::{Way, options};
use super::failure::Failure;
use super::{Data, Outcome, print};
use crate::clock::Clock;
use crate::config::Config;
use crate::control::Request;
use crate::disk::{Disk, FolderLock, LockError};
use crate::ids::{ClassCode, RegisterCode};
use crate::limits;
use crate::model::annulment::Act;
use crate::model::earlier::{Moment, correspondent};
use crate::model::emergency::{Book, EmergencyEntry, Opening, Refused, number_text};
use crate::model::register::{Channel, CorrespondentRole, Direction, Received};
use crate::service::Refusal;

#[derive(Debug, Subcommand)]
pub enum EmergencyCommand {
    Open(Open),
    Register(Register),
    Extend(Extend),
    List(List),
    Close(Close),
    Serve(serve::Serve),
    Import(Import),
}

/// Begin an emergency register in a new file
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  tabularium emergency open emergenza.jsonl --organization c_x999 --area AOO1 --register PG \\
    --cause \"Guasto alla rete\" --began \"2026-11-30 08:10\" --act-number 12 --act-date 2026-11-30 --authorised-by \"Ada Verdi\"")]
pub struct Open {
    /// A file that is not there yet
    file: PathBuf,
    /// IPA code of the administration
    #[arg(long, value_name = "CODE")]
    organization: String,
    /// Code of the area (AOO)
    #[arg(long, value_name = "CODE")]
    area: String,
    /// The register in which its lines will get their ordinary numbers
    #[arg(long, value_name = "CODE", default_value = "PG")]
    register: RegisterCode,
    /// Why the archive cannot be used
    #[arg(long, value_name = "TEXT")]
    cause: String,
    /// When the interruption began, as 2026-11-30 08:10 [default: now]
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    began: Option<Timestamp>,
    #[command(flatten)]
    act: ActArguments,
    /// The head of the protocol service, who authorises it
    #[arg(long, value_name = "NAME")]
    authorised_by: String,
}

/// The act that authorises it.
#[derive(Debug, Args)]
struct ActArguments {
    /// Number of the authorising act
    #[arg(long, value_name = "NUMBER")]
    act_number: String,
    /// Day of the authorising act, as 2026-11-30
    #[arg(long, value_name = "DAY")]
    act_date: Date,
}

impl ActArguments {
    fn act(self) -> Act {
        Act { number: self.act_number, date: self.act_date }
    }
}

/// Register a document: the number is printed when it is safe on disk
#[derive(Debug, Args)]
pub struct Register {
    file: PathBuf,
    #[arg(long, value_enum)]
    direction: Flow,
    #[arg(long)]
    subject: String,
    /// Who sent it: "Verdi Ada [VRDDAA70A41H501X]"; may be repeated
    #[arg(long, value_name = "NAME")]
    sender: Vec<String>,
    /// Who receives it; may be repeated
    #[arg(long, value_name = "NAME")]
    recipient: Vec<String>,
    /// The day an incoming document came [default: today]
    #[arg(long, value_name = "DAY")]
    received_on: Option<Date>,
    /// Whether it came by post instead of over the counter
    #[arg(long)]
    by_post: bool,
    /// The class, such as 6.3, where it is known
    #[arg(long, value_name = "CODE")]
    classification: Option<ClassCode>,
    /// Who registers
    #[arg(long, value_name = "NAME")]
    operator: String,
    /// Where the paper lies
    #[arg(long, value_name = "TEXT")]
    location: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Flow {
    Incoming,
    Outgoing,
    Internal,
}

/// Go on for up to a week, by a further act
#[derive(Debug, Args)]
pub struct Extend {
    file: PathBuf,
    /// Days from now, at most 7
    #[arg(long, default_value_t = 7)]
    days: i64,
    #[command(flatten)]
    act: ActArguments,
}

/// Show what it holds, and whether it is still what was written
#[derive(Debug, Args)]
pub struct List {
    file: PathBuf,
}

/// End it: the archive works again
#[derive(Debug, Args)]
pub struct Close {
    file: PathBuf,
    /// When the archive worked again, as 2026-11-30 17:45 [default: now]
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    restored: Option<Timestamp>,
}

/// Bring it home: every line gets its ordinary number, once however often it is imported
#[derive(Debug, Args)]
pub struct Import {
    file: PathBuf,
    /// The class of lines that have none
    #[arg(long, value_name = "CODE")]
    classification: Option<ClassCode>,
    #[command(flatten)]
    data: Data,
}

fn moment(text: &str) -> Result<Timestamp, String> {
    let moment = Moment::parse(text).ok_or("write 2026-11-30 08:10")?;
    Ok(moment.timestamp())
}

impl EmergencyCommand {
    pub fn run(self, config: &Config) -> Result<Outcome, Failure> {
        let now = Clock::System.now();
        match self {
            Self::Open(open) => open.run(now),
            Self::Register(register) => register.run(now),
            Self::Extend(Extend { file, days, act }) => {
                let (book, ()) = write(&file, |book| Ok((book.extend(days, act.act(), now)?, ())))?;
                print(&format!("authorised until {}", book.until()))?;
                Ok(Outcome::Yes)
            }
            Self::List(list) => list.run(),
            Self::Close(Close { file, restored }) => {
                let (book, ()) = write(&file, |book| Ok((book.close(restored.unwrap_or(now), now)?, ())))?;
                tell_days(&book)
            }
            Self::Serve(serve) => serve.run(),
            Self::Import(import) => import.run(config),
        }
    }
}

impl Open {
    fn run(self, now: Timestamp) -> Result<Outcome, Failure> {
        let opening = Opening {
            id: uuid::Uuid::new_v4(),
            organization: self.organization,
            area: self.area,
            register: self.register,
            cause: self.cause,
            began: self.began.unwrap_or(now),
            act: self.act.act(),
            authorised_by: self.authorised_by,
        };
        let (book, line) = Book::open(opening, now).map_err(|refused| refusal(&self.file, refused))?;
        let disk = Disk::real();
        let file = disk.create_private(&self.file)?;
        file.write_at(0, line.as_bytes())?;
        file.sync_data()?;
        disk.sync_dir(folder(&self.file))?;
        print(&format!("emergency register {}, authorised until {}", book.opening.id, book.until()))?;
        Ok(Outcome::Yes)
    }
}

impl Register {
    fn run(self, now: Timestamp) -> Result<Outcome, Failure> {
        let direction = match self.direction {
            Flow::Incoming => Direction::Incoming,
            Flow::Outgoing => Direction::Outgoing,
            Flow::Internal => Direction::Internal,
        };
        let incoming = direction == Direction::Incoming;
        let received = (incoming || self.received_on.is_some()).then(|| Received {
            on: self.received_on.unwrap_or_else(|| crate::clock::date_in_rome(now)),
            channel: if self.by_post { Channel::Post } else { Channel::Counter },
            number: None,
            date: None,
            deferred_reason: None,
        });
        let senders = self.sender.iter().map(|name| correspondent(name, CorrespondentRole::Sender));
        let recipients = self.recipient.iter().map(|name| correspondent(name, CorrespondentRole::Recipient));
        let entry = EmergencyEntry {
            number: 0,
            direction,
            subject: self.subject,
            correspondents: senders.chain(recipients).collect(),
            received,
            classification: self.classification,
            operator: self.operator,
            location: self.location,
        };
        let (_, number) = write(&self.file, |book| {
            let number = book.next_number();
            Ok((book.register(entry, now)?, number))
        })?;
        print(&number_text(number))?;
        Ok(Outcome::Yes)
    }
}

impl List {
    fn run(self) -> Result<Outcome, Failure> {
        let book = match Book::read(&read(&self.file)?) {
            Ok(book) => book,
            Err(altered) => {
                print(&format!("altered: {altered}"))?;
                return Ok(Outcome::No);
            }
        };
        let Opening { id, cause, began, act, authorised_by, .. } = &book.opening;
        print(&format!(
            "emergency register {id}: {cause}; began {began}; act {} of {}, {authorised_by}",
            act.number, act.date
        ))?;
        for one in &book.entries {
            let entry = &one.entry;
            let who: Vec<&str> = entry.correspondents.iter().map(|one| one.name.as_str()).collect();
            let (number, direction) = (number_text(entry.number), entry.direction.as_str());
            print(&format!("{number}\t{}\t{direction}\t{}\t{}", one.at, entry.subject, who.join(", ")))?;
        }
        tell_days(&book)
    }
}

fn tell_days(book: &Book) -> Result<Outcome, Failure> {
    for day in book.days() {
        print(&format!("{}: {}", day.day, day.entries))?;
    }
    match &book.closing {
        Some(closing) => print(&format!("closed; the archive worked again {}", closing.restored))?,
        None => print(&format!("open, authorised until {}", book.until()))?,
    }
    Ok(Outcome::Yes)
}

impl Import {
    fn run(self, config: &Config) -> Result<Outcome, Failure> {
        let bytes = read(&self.file)?;
        let book = Book::read(&bytes).map_err(|altered| refuse(&self.file, altered.to_string()))?;
        let way = Way::to(options(&self.data.folder, config))?;
        let request = Request::ImportEmergency {
            register: book.opening.register,
            classification: self.classification,
            size: bytes.len() as u64,
        };
        let answer = way.hand().and_then(|mut hand| Ok(hand.ask(request, &mut bytes.as_slice())?));
        way.close();
        let answer = answer?;
        for one in answer["entries"].as_array().into_iter().flatten() {
            let text = |name: &str| one[name].as_str().unwrap_or_default();
            print(&format!("{}\t{} {}/{}", text("emergency"), text("register"), text("number_text"), one["year"]))?;
        }
        for warning in answer["warnings"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str) {
            print(&format!("warning: {warning}"))?;
        }
        print(&format!("{} new, {} already there", answer["new"], answer["existing"]))?;
        Ok(Outcome::Yes)
    }
}

fn refuse(file: &Path, message: String) -> Failure {
    Failure::Import { path: file.to_owned(), message }
}

fn refusal(file: &Path, refused: Refused) -> Failure {
    match refused {
        Refused::Invalid(fields) => Failure::Refused(Refusal::Invalid(fields)),
        other => refuse(file, other.to_string()),
    }
}

fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let file = std::fs::File::open(path).map_err(|error| refuse(path, error.to_string()))?;
    let mut bytes = Vec::new();
    let most = limits::EMERGENCY_FILE_MAX;
    file.take(most + 1).read_to_end(&mut bytes).map_err(|error| refuse(path, error.to_string()))?;
    if bytes.len() as u64 > most {
        return Err(refuse(path, format!("more than {most} bytes: it is no emergency register")));
    }
    Ok(bytes)
}

/// Adds a line: on disk when this returns. What a power cut left behind the last whole line goes: nobody was told of it.
fn write<T>(path: &Path, add: impl FnOnce(&mut Book) -> Result<(String, T), Refused>) -> Result<(Book, T), Failure> {
    let _held = FolderLock::take(folder(path)).map_err(|error| match error {
        LockError::Held { .. } => refuse(path, "another window is writing here: try again".to_owned()),
        LockError::Disk(error) => error.into(),
    })?;
    let mut book = Book::read(&read(path)?).map_err(|altered| refuse(path, altered.to_string()))?;
    let size = book.size;
    let (line, more) = add(&mut book).map_err(|refused| refusal(path, refused))?;
    let file = Disk::real().open_write(path)?;
    file.set_len(size)?;
    file.write_at(size, line.as_bytes())?;
    file.sync_data()?;
    Ok((book, more))
}
