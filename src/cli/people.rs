//! `tabularium user`, `office` and `token`: who may do what. With a running server, it is asked to do it.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};
use std::os::fd::{AsFd as _, BorrowedFd};

use clap::{Args, Subcommand};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::archive::{Way, options_without_reading, text};
use super::failure::Failure;
use super::{Data, Outcome, print};
use crate::config::Config;
use crate::control::Request;
use crate::ids::{OfficeCode, UserName};
use crate::model::office::NewOffice;
use crate::model::user::{NewToken, NewUser, Role, Scope};

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    Add(AddUser),
}

#[derive(Debug, Subcommand)]
pub enum OfficeCommand {
    Add(AddOffice),
}

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    Create(CreateToken),
}

/// Add a person or program; the password is read from standard input, one line
///
/// Roles: administrator (users, offices, registers; no content), registrar (registers, and reads what is not
/// confidential), officer (works in offices), manager (an officer who also defines procedures), archivist
/// (classification, retention), auditor (reads all, changes nothing), citizen (needs --tax-code), service (a program;
/// its token lists what it may do).
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabularium user add elena --role administrator --data /srv/archive < password.txt
  tabularium user add marta --role officer --office edilizia --full-name \"Marta Ghirlandi\" --data /srv/archive
  tabularium user add portale --role service --data /srv/archive")]
pub struct AddUser {
    /// The name to sign in with: letters, digits, `_`, `-`, `.`
    name: UserName,
    /// One role, or several parted by commas
    #[arg(long = "role", value_name = "ROLE", required = true, value_delimiter = ',', value_parser = role)]
    roles: Vec<Role>,
    /// An office the person works in; may be given several times
    #[arg(long = "office", value_name = "CODE", value_delimiter = ',')]
    offices: Vec<OfficeCode>,
    /// The name to show [default: the name to sign in with]
    #[arg(long, value_name = "NAME")]
    full_name: Option<String>,
    /// The tax code; a citizen is known by it
    #[arg(long, value_name = "CODE")]
    tax_code: Option<String>,
    /// Read no password: nobody can sign in by this name, tokens can be made for it. So it is for programs anyway
    #[arg(long)]
    no_password: bool,
    #[command(flatten)]
    data: Data,
}

/// Add an office; who belongs to an office belongs to those below it
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  tabularium office add tecnica \"Area tecnica\" --data /srv/archive
  tabularium office add edilizia \"Edilizia privata\" --parent tecnica --data /srv/archive")]
pub struct AddOffice {
    /// A short code, for good: letters, digits, `_`, `-`, `.`
    code: OfficeCode,
    /// Its name, for people
    name: String,
    /// The office above it
    #[arg(long, value_name = "CODE")]
    parent: Option<OfficeCode>,
    #[command(flatten)]
    data: Data,
}

/// Make a token and print it: it is shown this once, and stands for its user until revoked
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  TOKEN=$(tabularium token create --user portale --scope read --scope register --data /srv/archive)
  curl -H \"Authorization: Bearer $TOKEN\" http://127.0.0.1:8080/api/v1/registers")]
pub struct CreateToken {
    /// For whom it stands
    #[arg(long, value_name = "NAME")]
    user: UserName,
    /// What it is for, to tell it from others
    #[arg(long, value_name = "LABEL")]
    name: Option<String>,
    /// What a program may do with it: read, register, dossiers, act-for-citizen; may be given several times [default
    /// for a program: read, register, dossiers; a person's token may do what the person may]
    #[arg(long = "scope", value_name = "SCOPE", value_delimiter = ',', value_parser = scope)]
    scopes: Vec<Scope>,
    #[command(flatten)]
    data: Data,
}

fn role(text: &str) -> Result<Role, String> {
    let found = Role::ALL.into_iter().find(|role| role.as_str() == text);
    found.ok_or_else(|| format!("one of {}", Role::ALL.map(Role::as_str).join(", ")))
}

fn scope(text: &str) -> Result<Scope, String> {
    let found = Scope::ALL.into_iter().find(|scope| scope.as_str() == text);
    found.ok_or_else(|| format!("one of {}", Scope::ALL.map(Scope::as_str).join(", ")))
}

impl UserCommand {
    pub fn run(self, config: &Config) -> Result<Outcome, Failure> {
        let Self::Add(add) = self;
        let program = add.roles == [Role::Service];
        let password = if add.no_password || program { None } else { Some(read_password()?) };
        let user = NewUser {
            name: add.name,
            full_name: add.full_name,
            given_name: None,
            family_name: None,
            roles: add.roles,
            offices: add.offices,
            tax_code: add.tax_code,
            password,
        };
        let answer = ask(&add.data, config, Request::AddUser { user })?;
        print(&format!("added user {}", text(&answer, "name")?))?;
        Ok(Outcome::Yes)
    }
}

impl OfficeCommand {
    pub fn run(self, config: &Config) -> Result<Outcome, Failure> {
        let Self::Add(add) = self;
        let office = NewOffice::named(add.code, add.name, add.parent);
        let answer = ask(&add.data, config, Request::AddOffice { office })?;
        print(&format!("added office {}", text(&answer, "code")?))?;
        Ok(Outcome::Yes)
    }
}

impl TokenCommand {
    pub fn run(self, config: &Config) -> Result<Outcome, Failure> {
        let Self::Create(create) = self;
        let token = NewToken { user: create.user, name: create.name, scopes: create.scopes };
        let answer = ask(&create.data, config, Request::AddToken { token })?;
        print(text(&answer, "token")?)?;
        Ok(Outcome::Yes)
    }
}

fn ask(data: &Data, config: &Config, request: Request) -> Result<serde_json::Value, Failure> {
    let way = Way::to(options_without_reading(&data.folder, config))?;
    let answer = way.ask(request);
    way.close();
    answer
}

/// A terminal that does not show what is typed, until this is dropped. Who breaks off with Ctrl-C gets it back from the
/// shell, which sets it to rights before each prompt.
struct Unseen<'a> {
    terminal: BorrowedFd<'a>,
    before: Termios,
}

impl<'a> Unseen<'a> {
    fn on(terminal: BorrowedFd<'a>) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut modes = before.clone();
        modes.local_modes.remove(LocalModes::ECHO);
        // The end of the line is shown: one sees that it was taken.
        modes.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(terminal, OptionalActions::Now, &modes)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Unseen<'_> {
    fn drop(&mut self) {
        if let Err(error) = tcsetattr(self.terminal, OptionalActions::Now, &self.before) {
            tracing::warn!(%error, "the terminal does not show what is typed: `stty sane` mends that");
        }
    }
}

/// More than any password; what is longer is no password but a file given by mistake.
const PASSWORD_LINE_MAX: u64 = 4096;

fn read_password() -> Result<String, Failure> {
    let stdin = io::stdin();
    let unseen = if stdin.is_terminal() {
        // Before the question: who types at once is not seen either.
        let unseen = Unseen::on(stdin.as_fd()).map_err(Failure::Password)?;
        eprint!("password: ");
        Some(unseen)
    } else {
        None
    };
    let mut line = String::new();
    stdin.lock().take(PASSWORD_LINE_MAX).read_line(&mut line).map_err(Failure::Password)?;
    drop(unseen);
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() { Err(Failure::NoPassword) } else { Ok(password.to_owned()) }
}
