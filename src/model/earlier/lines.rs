//! A whole earlier register as a file: which lines it has, what is wrong with each, and which numbers are missing.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{EarlierEntry, Moment, Said, table};
use crate::ids::ClassCode;
use crate::model::field::FieldError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    Error,
    Warning,
}

/// Something to be said of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Counted from 1, the heading of a table too; 0 for the file as a whole.
    pub line: u64,
    pub field: String,
    pub severity: Severity,
    pub text: String,
}

impl Finding {
    pub fn error(line: u64, field: impl Into<String>, text: impl Into<String>) -> Self {
        Self { line, field: field.into(), severity: Severity::Error, text: text.into() }
    }

    pub fn warning(line: u64, field: impl Into<String>, text: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(line, field, text) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = if self.severity == Severity::Error { "error" } else { "warning" };
        match (self.line, self.field.as_str()) {
            (0, "") => write!(f, "{severity}: {}", self.text),
            (0, field) => write!(f, "{field}: {severity}: {}", self.text),
            (line, "") => write!(f, "line {line}: {severity}: {}", self.text),
            (line, field) => write!(f, "line {line}, {field}: {severity}: {}", self.text),
        }
    }
}

/// A line that could be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub line: u64,
    pub entry: EarlierEntry,
}

/// Numbers that no line has, from first to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    pub from: u64,
    pub to: u64,
}

/// What a register has of a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearOf {
    pub year: i16,
    pub entries: u64,
    pub first: u64,
    pub last: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
}

/// A file that was read: what can be imported, and what is to be said of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The last number of each year first, then all in their order: from the first line on nobody else is given a
    /// number below it, also when the import is broken off and taken up again.
    pub lines: Vec<Line>,
    pub findings: Vec<Finding>,
    pub years: Vec<YearOf>,
}

impl Plan {
    /// Reads JSON Lines or a table, whichever it is, and checks all that can be said without the archive.
    pub fn read(bytes: &[u8], today: Date, otherwise: Option<&ClassCode>) -> Self {
        let mut plan = Self::default();
        let begins = bytes.iter().find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xef | 0xbb | 0xbf));
        let lines = match begins {
            Some(b'{') => json_lines(bytes, &mut plan.findings),
            Some(_) => table::read(bytes, &mut plan.findings),
            None => Vec::new(),
        };
        if lines.is_empty() && plan.findings.is_empty() {
            plan.findings.push(Finding::error(0, "", "there is no line in it"));
        }
        plan.check(lines, today, otherwise);
        plan.findings.sort_by_key(|finding| (finding.line, finding.severity));
        plan
    }

    pub fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
    }

    fn check(&mut self, lines: Vec<Line>, today: Date, otherwise: Option<&ClassCode>) {
        let mut seen: BTreeMap<(i16, u64), (u64, EarlierEntry)> = BTreeMap::new();
        let mut moments = BTreeMap::new();
        for Line { line, entry } in lines {
            let mut said = Said::default();
            let prepared = entry.prepare(today, otherwise, &mut said);
            self.take(line, Severity::Error, said.errors.finish());
            self.take(line, Severity::Warning, said.warnings.finish());
            if let Some(prepared) = prepared {
                moments.entry((entry.year, entry.number)).or_insert((line, prepared.earlier.registered));
            }
            match seen.entry((entry.year, entry.number)) {
                Entry::Vacant(place) => {
                    place.insert((line, entry));
                }
                Entry::Occupied(place) if place.get().1 == entry => {
                    let text = format!("the same as line {}: imported once", place.get().0);
                    self.findings.push(Finding::warning(line, "number", text));
                }
                Entry::Occupied(place) => {
                    let text = format!(
                        "number {}/{} stands in line {} too, with something else: a number is given once",
                        entry.number,
                        entry.year,
                        place.get().0
                    );
                    self.findings.push(Finding::error(line, "number", text));
                }
            }
        }
        self.order(&moments);
        self.years = years(seen.keys().copied());
        for year in &self.years {
            for gap in &year.gaps {
                let numbers =
                    if gap.from == gap.to { gap.from.to_string() } else { format!("{} to {}", gap.from, gap.to) };
                let text = format!("{}: no line has {numbers}; it stays a gap, and nobody is given it", year.year);
                self.findings.push(Finding::warning(0, "number", text));
            }
        }
        let last: BTreeSet<(i16, u64)> = self.years.iter().map(|year| (year.year, year.last)).collect();
        let lines = seen.into_iter().map(|(id, (line, entry))| (last.contains(&id), Line { line, entry }));
        let (first, rest): (Vec<_>, Vec<_>) = lines.partition(|(is_last, _)| *is_last);
        self.lines = first.into_iter().chain(rest).map(|(_, line)| line).collect();
    }

    /// Days go up with numbers; where they do not, somebody wrote down something wrong, then or now.
    fn order(&mut self, moments: &BTreeMap<(i16, u64), (u64, Moment)>) {
        let mut before: Option<(i16, u64, Moment)> = None;
        for ((year, number), (line, moment)) in moments {
            if let Some((of, last, then)) = before
                && of == *year
                && moment.day < then.day
            {
                let text = format!("{} is before the day of number {last}, which is {}", moment.day, then.day);
                self.findings.push(Finding::warning(*line, "registered", text));
            }
            before = Some((*year, *number, *moment));
        }
    }

    fn take(&mut self, line: u64, severity: Severity, said: Result<(), Vec<FieldError>>) {
        for FieldError { field, message } in said.err().into_iter().flatten() {
            self.findings.push(Finding { line, field, severity, text: message });
        }
    }
}

/// Each year with its first and last number and what is missing from 1 on.
fn years(numbers: impl Iterator<Item = (i16, u64)>) -> Vec<YearOf> {
    let mut by_year: BTreeMap<i16, BTreeSet<u64>> = BTreeMap::new();
    for (year, number) in numbers {
        by_year.entry(year).or_default().insert(number);
    }
    let year = |(year, numbers): (i16, BTreeSet<u64>)| {
        let (mut gaps, mut next) = (Vec::new(), 1);
        for &number in &numbers {
            if number > next {
                gaps.push(Gap { from: next, to: number - 1 });
            }
            next = number.saturating_add(1);
        }
        let (first, last) = (numbers.first().copied().unwrap_or(0), numbers.last().copied().unwrap_or(0));
        YearOf { year, entries: numbers.len() as u64, first, last, gaps }
    };
    by_year.into_iter().map(year).collect()
}

/// One object a line; empty lines say nothing.
fn json_lines(bytes: &[u8], findings: &mut Vec<Finding>) -> Vec<Line> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut lines = Vec::new();
    for (n, text) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = n as u64 + 1;
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let Ok(text) = std::str::from_utf8(text) else {
            findings.push(Finding::error(line, "", "it is not UTF-8: JSON is, always"));
            continue;
        };
        match serde_json::from_str(text) {
            Ok(entry) => lines.push(Line { line, entry }),
            Err(error) => {
                let text = error.to_string();
                // The line within the line is always the first.
                let text = text.replace(" at line 1 column ", ", at character ");
                findings.push(Finding::error(line, "", text));
            }
        }
    }
    lines
}
