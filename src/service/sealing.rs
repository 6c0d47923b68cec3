//! Who seals marks? A program that the configuration names, which has the key or reaches the token that has it; without
//! one, a key for trial that says so.
//!
//! The archive never holds a key that is worth something. What the program answers is verified with the certificate
//! before anything is kept: a seal by the wrong key, or of something else, is no seal.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use self::trial::Trial;
use super::refusal::Refusal;
use crate::disk::{Disk, DiskError};
use crate::exchange::{Algorithm, Prepared, SealCertificate, Unsealed};
use crate::ids::EntryId;
use crate::limits;
use crate::text::program;
use crate::text::signed::{KeyKind, OwnCertificate};

mod trial;

/// The program that signs, and the certificate of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealCommand {
    pub program: PathBuf,
    pub arguments: Vec<String>,
    pub certificate: PathBuf,
    pub within: Duration,
}

/// Why no seal can be set at all.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("the certificate of the seal cannot be read")]
    Read(#[from] DiskError),
    #[error(
        "{} is no certificate in PEM or DER whose key is RSA of 2048 to 8192 bits or of the curves P-256 or P-384",
        .0.display()
    )]
    Certificate(PathBuf),
}

/// A sealed mark.
pub struct Sealed {
    pub xml: String,
    /// By the key for trial: worth nothing.
    pub trial: bool,
}

pub struct Sealer {
    signer: Signer,
    /// Who is sealing now.
    busy: AtomicUsize,
    /// Since when the signer has not answered: it is not asked again at once by everybody.
    away: Mutex<Option<Instant>>,
    /// Entries whose mark somebody wanted while it was away, and the one that is being sealed for them. It may be lost
    /// with the process: a mark is made when it is asked for again.
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    entries: BTreeSet<EntryId>,
    running: bool,
}

enum Signer {
    Command {
        command: SealCommand,
        certificate: OwnCertificate,
    },
    /// Made when it is first needed, and gone with the process: there is nothing to keep.
    Trial(Mutex<Option<Trial>>),
}

/// One that is sealing; makes room when it is dropped.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Sealer {
    pub fn open(command: Option<&SealCommand>) -> Result<Self, SealError> {
        let signer = match command {
            None => Signer::Trial(Mutex::default()),
            Some(command) => {
                let file = Disk::real().read(&command.certificate)?;
                let certificate =
                    OwnCertificate::read(&file).ok_or_else(|| SealError::Certificate(command.certificate.clone()))?;
                Signer::Command { command: command.clone(), certificate }
            }
        };
        Ok(Self { signer, busy: AtomicUsize::new(0), away: Mutex::default(), waiting: Mutex::default() })
    }

    /// Seals a mark, at this moment. May take as long as the signer is allowed to.
    pub fn seal(&self, mark: &Unsealed, now: Timestamp) -> Result<Sealed, Refusal> {
        let place = Place(&self.busy);
        if self.busy.fetch_add(1, Ordering::AcqRel) >= limits::SEALS_AT_ONCE {
            return Err(Refusal::Busy("too many marks are being sealed"));
        }
        let sealed = match &self.signer {
            Signer::Trial(trial) => {
                let mut held = trial.lock().unwrap_or_else(PoisonError::into_inner);
                let trial = match &mut *held {
                    Some(trial) => trial,
                    empty => empty.insert(Trial::new(now).map_err(Refusal::failed)?),
                };
                let certificate = certificate(trial.certificate(), Some(trial::NAME));
                let prepared = Prepared::new(mark, certificate, now);
                let answered = trial.sign(prepared.to_sign()).map_err(Refusal::failed)?;
                finish(&prepared, trial.certificate(), &answered).map(|xml| Sealed { xml, trial: true })
            }
            Signer::Command { command, certificate: own } => {
                self.not_while_away()?;
                let prepared = Prepared::new(mark, certificate(own, None), now);
                let outcome = ask(command, prepared.to_sign()).and_then(|answered| {
                    finish(&prepared, own, &answered).ok_or_else(|| "its answer is no signature by this key".into())
                });
                let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
                *away = outcome.is_err().then(Instant::now);
                match outcome {
                    Ok(xml) => Some(Sealed { xml, trial: false }),
                    Err(cause) => {
                        tracing::error!(program = %command.program.display(), cause, "mark not sealed");
                        return Err(Refusal::SealAway);
                    }
                }
            }
        };
        drop(place);
        sealed.ok_or_else(|| Refusal::Failed("the seal for trial does not verify".into()))
    }

    /// The mark of this entry is wanted as soon as the signer answers.
    pub fn remember(&self, id: &EntryId) {
        let mut waiting = self.waiting();
        if waiting.entries.len() < limits::SEALS_WAITING_MAX {
            waiting.entries.insert(id.clone());
        }
    }

    /// Entries that wait for their seal.
    pub fn waiting_count(&self) -> usize {
        self.waiting().entries.len()
    }

    /// The next that waits, for the one who seals them; nobody while the signer is away, or somebody is at it.
    pub fn take_waiting(&self) -> Option<EntryId> {
        let mut waiting = self.waiting();
        if waiting.running || self.not_while_away().is_err() {
            return None;
        }
        let next = waiting.entries.pop_first()?;
        waiting.running = true;
        Some(next)
    }

    /// Whoever took one is through with it.
    pub fn taken(&self) {
        self.waiting().running = false;
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn not_while_away(&self) -> Result<(), Refusal> {
        let away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        let again = Duration::from_secs(limits::SEAL_RETRY_SECONDS);
        if away.is_some_and(|since| since.elapsed() < again) { Err(Refusal::SealAway) } else { Ok(()) }
    }
}

fn certificate<'a>(own: &'a OwnCertificate, key_name: Option<&'a str>) -> SealCertificate<'a> {
    let algorithm = match own.kind() {
        KeyKind::Rsa => Algorithm::RsaSha256,
        KeyKind::P256 => Algorithm::EcdsaSha256,
        KeyKind::P384 => Algorithm::EcdsaSha384,
    };
    SealCertificate { certificate: own.der(), algorithm, key_name: key_name.or(own.subject()) }
}

/// The sealed mark, when the signature is what it should be.
fn finish(prepared: &Prepared<'_>, own: &OwnCertificate, answered: &[u8]) -> Option<String> {
    Some(prepared.seal(&own.accept(prepared.to_sign(), answered)?))
}

/// The program gets the bytes to sign on its standard input, and answers the signature on its standard output.
fn ask(command: &SealCommand, to_sign: &[u8]) -> Result<Vec<u8>, String> {
    let arguments: Vec<&str> = command.arguments.iter().map(String::as_str).collect();
    let deadline = Instant::now() + command.within;
    let program: &Path = &command.program;
    let answered = program::run(program, &arguments, to_sign, limits::SIGNATURE_MAX, deadline);
    let answered = answered.map_err(|error| error.to_string())?;
    if answered.success { Ok(answered.output) } else { Err(format!("it failed: {}", answered.complaints.trim())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(line: &str, folder: &Path) -> SealCommand {
        let trial = Trial::new("2026-01-02T03:04:05Z".parse().unwrap()).unwrap();
        let certificate = folder.join("seal.der");
        Disk::real().replace(&certificate, trial.certificate().der()).unwrap();
        let arguments = vec!["-c".to_owned(), line.to_owned()];
        SealCommand { program: "/bin/sh".into(), arguments, certificate, within: Duration::from_millis(500) }
    }

    #[test]
    fn a_signer_that_answers_nonsense_or_nothing_is_away_and_not_asked_at_once_again() {
        let folder = tempfile::tempdir().unwrap();
        let mark = crate::exchange::Mark {
            identifier: crate::exchange::Identifier {
                administration: "c_x999".into(),
                area: "AOO1".into(),
                register: "PG".into(),
                number: "0000001".into(),
                date: Some(jiff::civil::date(2026, 1, 2)),
                time: None,
            },
            classification: Some(crate::exchange::Classification::default()),
            sender: Some(crate::exchange::Party::Person(crate::exchange::Person::default())),
            recipients: vec![crate::exchange::Recipient {
                party: crate::exchange::Party::Person(crate::exchange::Person::default()),
                confirm: false,
                copy: false,
            }],
            document: Some(crate::exchange::MarkedDocument {
                file_name: "a.txt".into(),
                media_type: "text/plain".into(),
                fingerprint: Some(crate::digest::Sha256::of(b"a").into()),
                ..crate::exchange::MarkedDocument::default()
            }),
            ..crate::exchange::Mark::default()
        };
        let mark = mark.write(crate::exchange::Carrier::Cooperation).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let called = folder.path().join("called");
        let lines = ["head -c 64 /dev/zero", "exit 3", "exec sleep 30", "exec cat /dev/zero"];
        for line in lines.map(|line| format!("echo >> {}; {line}", called.display())) {
            let sealer = Sealer::open(Some(&script(&line, folder.path()))).unwrap();
            for _ in 0..3 {
                assert!(matches!(sealer.seal(&mark, now), Err(Refusal::SealAway)), "{line}");
            }
        }
        assert_eq!(Disk::real().read(&called).unwrap(), b"\n\n\n\n", "each was asked once");
        let sealed = Sealer::open(None).unwrap().seal(&mark, now).unwrap();
        assert!(sealed.trial && sealed.xml.contains(trial::NAME));
        let none = SealCommand { certificate: called, ..script("true", folder.path()) };
        assert!(matches!(Sealer::open(Some(&none)), Err(SealError::Certificate(_))));
    }
}
