//! `tabularium import-register`: a register of an earlier system comes in with its numbers, dates, annulments, documents
//! and dossiers. First everything is checked and told line by line; with a single error nothing is imported.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use clap::{Args, ValueEnum};

use super::archive::{Hand, Way, options, text};
use super::failure::Failure;
use super::progress::Progress;
use super::{Data, Outcome, print};
use crate::clock;
use crate::config::Config;
use crate::control::{Denial, Kind, Request};
use crate::ids::{ClassCode, RegisterCode};
use crate::limits;
use crate::model::earlier::{EarlierFile, Finding, Line, Plan, Severity, YearOf};
use crate::model::registers::NewRegister;
use crate::service::{EarlierRegister, EarlierReport};

/// Import the register of an earlier system, with its own numbers and dates
///
/// FILE is a table (CSV) or JSON Lines; schema/imports says which columns and fields there are. Documents are named by
/// their paths within the folder that FILE lies in. Every line is checked before the first is imported: what is wrong is
/// told line by line, and then nothing is imported and the exit code is 1. Run it again after an interruption: what is
/// there already is found, not doubled. Numbers of past years are never given again, and the archive's own numbers go on
/// after the last imported one.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabularium import-register old/protocollo-2019.csv --register PG --source \"Protocollo Arcadia\" --check --data /srv/archive
  tabularium import-register old/protocollo.jsonl --register DEC --title Decreti --source Arcadia --data /srv/archive")]
pub struct ImportRegister {
    /// A table (CSV) or JSON Lines
    #[arg(value_name = "FILE")]
    what: PathBuf,
    /// The register that the numbers are of, such as PG
    #[arg(long, value_name = "CODE")]
    register: RegisterCode,
    /// Open the register under this title when it is not there yet
    #[arg(long, value_name = "TITLE")]
    title: Option<String>,
    /// The earlier system, as people call it: every entry says that it came from there
    #[arg(long, value_name = "NAME")]
    source: String,
    /// The class of lines that have none, such as 1.6
    #[arg(long, value_name = "CODE")]
    classification: Option<ClassCode>,
    /// Where the documents lie [default: the folder of FILE]
    #[arg(long, value_name = "FOLDER")]
    files: Option<PathBuf>,
    /// How the characters of a table are written
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    encoding: Encoding,
    /// Check and tell, and import nothing
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    data: Data,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Encoding {
    #[value(name = "utf-8")]
    Utf8,
    #[value(name = "windows-1252")]
    Windows1252,
}

impl ImportRegister {
    pub fn run(self, config: &Config) -> Result<Outcome, Failure> {
        let bytes = self.read()?;
        let mut plan = Plan::read(&bytes, clock::today(), self.classification.as_ref());
        drop(bytes);
        let folder = self.files.clone().unwrap_or_else(|| self.what.parent().unwrap_or(Path::new("")).to_owned());
        for line in &plan.lines {
            plan.findings.extend(missing_files(&folder, line));
        }
        let way = Way::to(options(&self.data.folder, config))?;
        let outcome = self.import(&way, &folder, plan);
        way.close();
        outcome
    }

    fn read(&self) -> Result<Vec<u8>, Failure> {
        let refuse = |message: String| Failure::Import { path: self.what.clone(), message };
        let file = File::open(&self.what).map_err(|error| refuse(error.to_string()))?;
        let mut bytes = Vec::new();
        file.take(limits::EARLIER_FILE_MAX + 1).read_to_end(&mut bytes).map_err(|error| refuse(error.to_string()))?;
        if bytes.len() as u64 > limits::EARLIER_FILE_MAX {
            return Err(refuse(format!("more than {} bytes: part it by years", limits::EARLIER_FILE_MAX)));
        }
        Ok(match self.encoding {
            Encoding::Utf8 => bytes,
            Encoding::Windows1252 => {
                encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned().into()
            }
        })
    }

    fn import(&self, way: &Way, folder: &Path, mut plan: Plan) -> Result<Outcome, Failure> {
        let mut hand = way.hand()?;
        let into = EarlierRegister {
            register: self.register.clone(),
            source: self.source.clone(),
            classification: self.classification.clone(),
        };
        let mut known = BTreeSet::new();
        let mut progress = Progress::new("checking");
        let total = plan.lines.len() as u64;
        for (n, lines) in plan.lines.chunks(limits::EARLIER_LINES_AT_ONCE).enumerate() {
            let report = hand_over(&mut hand, lines, |size| Request::CheckEarlier {
                into: into.clone(),
                opens: self.title.is_some(),
                size,
            })?;
            known.extend(report.known);
            plan.findings.extend(report.findings);
            progress.set(((n + 1) * limits::EARLIER_LINES_AT_ONCE) as u64, total);
        }
        drop(progress);
        plan.findings.sort_by_key(|finding| (finding.line, finding.severity));
        plan.findings.dedup();
        // A class or office that is none of today's is told where it first stands, not once for each piece that was checked.
        let mut said = BTreeSet::new();
        plan.findings.retain(|finding| {
            !["classification", "assigned"].contains(&finding.field.as_str())
                || finding.severity == Severity::Error
                || said.insert(finding.text.clone())
        });
        for finding in &plan.findings {
            print(&finding.to_string())?;
        }
        let (errors, warnings) = (plan.errors(), plan.findings.len() - plan.errors());
        if errors > 0 {
            print(&format!("{errors} errors, {warnings} warnings: nothing was imported"))?;
            return Ok(Outcome::No);
        }
        if self.check {
            let new = total - known.len() as u64;
            print(&format!("{new} can be imported, {} already there, {warnings} warnings", known.len()))?;
            return told(&plan.years);
        }
        if let Some(title) = &self.title {
            self.open(&mut hand, title)?;
        }
        let new = import_lines(&mut hand, folder, &into, plan.lines, &known)?;
        let years = serde_json::to_vec(&plan.years).map_err(|error| Denial::because(Kind::Broken, &error))?;
        hand.ask(Request::EndEarlier { into, size: years.len() as u64 }, &mut years.as_slice())?;
        print(&format!("{new} new, {} already there, {warnings} warnings", total - new))?;
        told(&plan.years)
    }

    /// Opens the register, unless it is there.
    fn open(&self, hand: &mut Hand, title: &str) -> Result<(), Failure> {
        let register = NewRegister {
            code: self.register.clone(),
            title: title.to_owned(),
            special: false,
            fields: None,
            exempt: Vec::new(),
        };
        match hand.ask(Request::OpenRegister { register }, &mut io::empty()) {
            Ok(_) => Ok(()),
            Err(denial) if denial.message.contains("already") => Ok(()),
            Err(denial) => Err(denial.into()),
        }
    }
}

fn told(years: &[YearOf]) -> Result<Outcome, Failure> {
    for YearOf { year, entries, first, last, gaps } in years {
        let missing: u64 = gaps.iter().map(|gap| gap.to - gap.from + 1).sum();
        print(&format!("{year}: {entries} entries, numbers {first} to {last}, {missing} missing"))?;
    }
    Ok(Outcome::Yes)
}

/// Hands lines over as the contents of a request.
fn hand_over(hand: &mut Hand, lines: &[Line], request: impl Fn(u64) -> Request) -> Result<EarlierReport, Failure> {
    let broken = |error: serde_json::Error| Denial::because(Kind::Broken, &error);
    let body = serde_json::to_vec(lines).map_err(broken)?;
    let answer = hand.ask(request(body.len() as u64), &mut body.as_slice())?;
    Ok(serde_json::from_value(answer).map_err(broken)?)
}

fn import_lines(
    hand: &mut Hand,
    folder: &Path,
    into: &EarlierRegister,
    lines: Vec<Line>,
    known: &BTreeSet<u64>,
) -> Result<u64, Failure> {
    let mut progress = Progress::new("importing");
    let mut lines: Vec<Line> = lines.into_iter().filter(|line| !known.contains(&line.line)).collect();
    let (total, mut done, mut new) = (lines.len() as u64, 0, 0);
    for lines in lines.chunks_mut(limits::EARLIER_LINES_AT_ONCE) {
        for line in lines.iter_mut() {
            let number = line.line;
            for file in line.entry.files_mut() {
                upload(hand, folder, number, file)?;
            }
        }
        new += hand_over(hand, lines, |size| Request::ImportEarlier { into: into.clone(), size })?.new;
        done += lines.len() as u64;
        progress.set(done, total);
    }
    Ok(new)
}

/// Puts the digest of a file's content where its path stands.
fn upload(hand: &mut Hand, folder: &Path, line: u64, file: &mut EarlierFile) -> Result<(), Failure> {
    let Some(path) = &file.path else { return Ok(()) };
    let path = folder.join(path.replace('\\', "/"));
    let refuse = |message: String| Failure::Import { path: path.clone(), message: format!("line {line}: {message}") };
    let mut content = File::open(&path).map_err(|error| refuse(error.to_string()))?;
    let size = content.metadata().map_err(|error| refuse(error.to_string()))?.len();
    let answer = hand.ask(Request::StageContent { size }, &mut content)?;
    let blake3 = text(&answer, "blake3")?.parse().map_err(|_| refuse("the server gave no digest".to_owned()))?;
    file.blake3 = Some(blake3);
    if file.file_name.is_none() {
        file.file_name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    }
    Ok(())
}

/// Files of a line that are not there, or lie outside the folder.
fn missing_files(folder: &Path, line: &Line) -> Vec<Finding> {
    let missing = line.entry.files().filter_map(|file| {
        let why = match (&file.path, &file.blake3) {
            (None, None) => "a file has a path".to_owned(),
            (None, Some(_)) => "a digest is for uploaded contents: here a file has a path".to_owned(),
            (Some(path), _) => why_missing(folder, path)?,
        };
        Some(Finding { line: line.line, field: "files".to_owned(), severity: Severity::Error, text: why })
    });
    missing.collect()
}

fn why_missing(folder: &Path, path: &str) -> Option<String> {
    let plain = PathBuf::from(path.replace('\\', "/"));
    if !plain.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Some(format!("{path} leads out of the folder: paths begin there"));
    }
    match std::fs::symlink_metadata(folder.join(&plain)) {
        Ok(kind) if kind.is_file() && kind.len() <= limits::UPLOAD_MAX => None,
        Ok(kind) if kind.is_file() => Some(format!("{path} is larger than {} bytes", limits::UPLOAD_MAX)),
        Ok(_) => Some(format!("{path} is no file: links and folders are not followed")),
        Err(error) => Some(format!("{path} is missing: {error}")),
    }
}
