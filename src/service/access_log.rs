//! `access/<date>.jsonl`: who signed in and who read what. Synced each second; each day's digest goes into the journal.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Archive;
use super::draft::{Command, Decided, Draft, Fact};
use super::read::permit_in_area;
use super::refusal::Refusal;
use crate::clock;
use crate::digest::Sha256;
use crate::disk::{Disk, DiskError, File};
use crate::ids::UserId;
use crate::model::access::{Action, Actor};
use crate::model::event::{AccessLogSealed, Event, Facts, Nothing};

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessLine {
    pub time: String,
    /// Who acted: a user's id.
    pub actor: String,
    /// The citizen for whom a program acted, when it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// `read`, `download`, `sign-in`, `sign-in-refused`, `search`, …
    pub what: String,
    /// API path of what it was about.
    pub subject: String,
    /// HTTP status of the answer.
    pub outcome: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

pub struct AccessLog {
    disk: Disk,
    folder: PathBuf,
    open: Mutex<Option<Open>>,
}

struct Open {
    date: Date,
    file: File,
    length: u64,
    /// Written since the last sync.
    dirty: bool,
}

impl AccessLog {
    pub fn open(disk: Disk, root: &Path) -> Result<Self, DiskError> {
        let folder = root.join("access");
        disk.create_dir(&folder)?;
        disk.sync_dir(root)?;
        Ok(Self { disk, folder, open: Mutex::new(None) })
    }

    /// Appends a line. A log that cannot be written is said in the program's log and stops nobody's work.
    pub fn note(&self, now: Timestamp, line: &AccessLine) {
        if let Err(error) = self.append(now, line) {
            tracing::error!(cause = error.to_string(), "access log not written");
        }
    }

    fn append(&self, now: Timestamp, line: &AccessLine) -> Result<(), Refusal> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        let date = clock::date_in_rome(now);
        let mut held = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let mut open = match held.take() {
            Some(open) if open.date == date => open,
            before => {
                if let Some(before) = before {
                    before.file.sync_data()?;
                }
                let file = self.disk.open_write(&self.path(date))?;
                self.disk.sync_dir(&self.folder)?;
                let length = close_torn_line(&file)?;
                Open { date, file, length, dirty: false }
            }
        };
        open.file.write_at(open.length, &bytes)?;
        open.length += bytes.len() as u64;
        open.dirty = true;
        *held = Some(open);
        Ok(())
    }

    /// Makes what was written durable; called each second.
    pub fn sync(&self) -> Result<(), DiskError> {
        let mut held = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = held.as_mut()
            && open.dirty
        {
            open.file.sync_data()?;
            open.dirty = false;
        }
        Ok(())
    }

    /// The lines of a day, oldest first.
    pub fn lines(&self, date: Date) -> Result<Vec<AccessLine>, Refusal> {
        let path = self.path(date);
        if !self.disk.exists(&path)? {
            return Ok(Vec::new());
        }
        let bytes = self.disk.read(&path)?;
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        // A line cut by a crash is the last of what was written then; the others are whole.
        Ok(lines.filter_map(|line| serde_json::from_slice(line).ok()).collect())
    }

    /// Days that have a log, ascending.
    pub fn days(&self) -> Result<Vec<Date>, DiskError> {
        let mut days: Vec<Date> = self
            .disk
            .list(&self.folder)?
            .iter()
            .filter_map(|entry| entry.name.strip_suffix(".jsonl")?.parse().ok())
            .collect();
        days.sort_unstable();
        Ok(days)
    }

    /// Digest and size of a day's log, for the event that seals it.
    pub fn digest(&self, date: Date) -> Result<AccessLogSealed, DiskError> {
        let path = self.path(date);
        // What is sealed must be on disk: an earlier process may have left it in the page cache.
        self.disk.open_write(&path)?.sync_data()?;
        let bytes = self.disk.read(&path)?;
        Ok(AccessLogSealed { date, sha256: Sha256::of(&bytes), size: bytes.len() as u64 })
    }

    fn path(&self, date: Date) -> PathBuf {
        self.folder.join(format!("{date}.jsonl"))
    }
}

impl Archive {
    /// Writes down who did what, now; the line's `time` is filled in here.
    pub fn note_access(&self, line: AccessLine) {
        let now = self.core().clock.now();
        self.access_log().note(now, &AccessLine { time: clock::rfc3339(now), ..line });
    }

    /// Who signed in and who read what on a day, oldest first.
    pub fn access_lines(&self, actor: &Actor, date: Date) -> Result<Vec<AccessLine>, Refusal> {
        permit_in_area(actor, Action::ReadAccessLog)?;
        self.access_log().lines(date)
    }
}

/// Where the next line of a log begins: a line that a crash or a full disk cut is ended first, so that it does not
/// swallow the next.
fn close_torn_line(file: &File) -> Result<u64, DiskError> {
    let length = file.len()?;
    if length == 0 || file.read_vec(length - 1, 1)? == b"\n" {
        return Ok(length);
    }
    file.write_at(length, b"\n")?;
    Ok(length + 1)
}

/// Puts the digest of a finished day's log into the journal.
pub struct Seal(pub AccessLogSealed);

impl Command for Seal {
    fn actor(&self) -> UserId {
        UserId::SYSTEM
    }

    fn decide(&self, _: &Draft<'_>) -> Result<Decided, Refusal> {
        let subject = format!("access/{}", self.0.date);
        let event = Event::AccessLogSealed(Facts { public: self.0.clone(), private: Some(Nothing {}) });
        Ok(Decided::Commit(vec![Fact { subject, event }]))
    }
}
