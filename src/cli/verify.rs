//! `tabularium verify`: is everything still what was written?

use clap::Args;
use serde_json::json;

use super::archive::options;
use super::failure::Failure;
use super::progress::Progress;
use super::{Data, Outcome, print};
use crate::config::Config;
use crate::disk::LockError;
use crate::service::{Finding, Report, Step, VerifyError, verify, verify_deep};

/// Read every byte of the archive and check it: contents, journal, catalogue, search index
///
/// Changes nothing. Each damage is printed with its code, file and place, and the exit code is 1. While a server runs
/// on the folder, only contents and journal are read, up to where they were when the check began.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabularium verify --data /srv/archive
  tabularium verify --data /srv/archive --json | jq '.findings[] | .code'")]
pub struct Verify {
    #[command(flatten)]
    data: Data,
    /// Print one JSON object: {\"report\": {…}, \"findings\": […]}
    #[arg(long)]
    json: bool,
    /// Read every document again and compare its text with the kept one; needs the folder for itself
    #[arg(long)]
    deep: bool,
}

impl Verify {
    pub fn run(self, config: &Config) -> Result<Outcome, Failure> {
        let mut findings = Vec::new();
        let report = self.check(config, &mut findings)?;
        if self.json {
            print(&json!({"report": report, "findings": findings}).to_string())?;
        } else {
            print(&in_words(&report))?;
        }
        Ok(if report.findings == 0 { Outcome::Yes } else { Outcome::No })
    }

    /// Alone when the folder is free, beside the server when one holds it.
    fn check(&self, config: &Config, findings: &mut Vec<Finding>) -> Result<Report, Failure> {
        let options = options(&self.data.folder, config);
        let mut run = |beside: bool| {
            let (mut what, mut progress) = ("", Progress::new(""));
            let mut lines = Vec::new();
            let finding = &mut |finding| {
                if self.json {
                    findings.push(finding);
                } else {
                    lines.push(line(&finding));
                }
            };
            let step = &mut |Step { what: now, done, of }| {
                if what != now {
                    (what, progress) = (now, Progress::new(now));
                }
                progress.set(done, of);
            };
            let checked = match self.deep {
                true => verify_deep(&options, finding, step),
                false => verify(&options, beside, finding, step),
            };
            drop(progress);
            lines.iter().try_for_each(|line| print(line))?;
            Ok::<_, Failure>(checked)
        };
        let checked = match run(false)? {
            Err(VerifyError::Lock(LockError::Held { .. })) if !self.deep => run(true)?,
            other => other,
        };
        checked.map_err(Failure::Verify)
    }
}

fn line(finding: &Finding) -> String {
    let place = finding.offset.map(|offset| format!(" at byte {offset}")).unwrap_or_default();
    format!("{}: {}{place}: {}", finding.code, finding.file.display(), finding.text)
}

fn in_words(report: &Report) -> String {
    let mut text = format!(
        "{} events, {} entries, {} contents of {} bytes: ",
        report.events, report.entries, report.contents, report.bytes
    );
    match report.findings {
        0 => text.push_str("all is as it was written"),
        1 => text.push_str("1 finding"),
        found => text.push_str(&format!("{found} findings")),
    }
    for skipped in &report.skipped {
        text.push_str(&format!("\nnot checked: {skipped}"));
    }
    text
}
