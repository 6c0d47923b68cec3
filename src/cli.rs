//! What can be asked at the command line, and what its exit codes mean.

#![expect(clippy::print_stderr, reason = "the command line speaks to a person or a script")]

mod archive;
mod demo;
mod earlier;
mod emergency;
mod failure;
mod import;
mod init;
mod logs;
mod people;
mod progress;
mod rebuild;
mod serve;
mod tree;
mod verify;
mod zip_file;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use self::failure::Failure;
use crate::config::{Config, Level};

/// A document archive for public administrations: files documents, gives them protocol numbers, keeps them in
/// dossiers, finds them again and loses nothing.
///
/// Everything lies in one data folder (--data), which one program holds at a time. README.txt in it says how to read it
/// without this program.
#[derive(Debug, Parser)]
#[command(name = "tabularium", version, max_term_width = 110, after_help = FIRST_STEPS, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// How much to say on standard error: error, warn, info, debug, trace [default: TABULARIUM_LOG, else the
    /// configuration's, else info]
    #[arg(long, global = true, value_name = "LEVEL")]
    log: Option<Level>,
    /// A TOML file, the same for all commands; what it does not know is a mistake [default: the one that
    /// TABULARIUM_CONFIG names, else none]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

const FIRST_STEPS: &str = "\
To look around, with a sample town that is gone afterwards:
  tabularium demo

To begin in earnest:
  tabularium init --data /srv/archive --organization c_c722 --area AOO1 --name \"Comune di Ciriè\"
  tabularium user add elena --role administrator --data /srv/archive < password.txt
  tabularium serve --data /srv/archive

Exit codes: 0 fine; 1 the answer is no (a finding, files that were left out); 2 wrong usage; 3 could not be done.";

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Init(init::Init),
    /// People and programs that may sign in
    #[command(subcommand)]
    User(people::UserCommand),
    /// Offices, to which entries are assigned and which keep dossiers
    #[command(subcommand)]
    Office(people::OfficeCommand),
    /// Tokens, with which programs sign in
    #[command(subcommand)]
    Token(people::TokenCommand),
    Serve(serve::Serve),
    Import(import::Import),
    ImportRegister(earlier::ImportRegister),
    /// The emergency register: kept in a file while the archive cannot be reached, and brought home afterwards
    #[command(subcommand)]
    Emergency(emergency::EmergencyCommand),
    Verify(verify::Verify),
    Rebuild(rebuild::Rebuild),
}

/// The folder that everything lies in.
#[derive(Debug, Args)]
struct Data {
    /// The data folder of the archive
    #[arg(long = "data", value_name = "DIR")]
    folder: PathBuf,
}

/// The answer of a command that was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Yes,
    /// Carried out, and the answer is no: a finding, files left out.
    No,
}

/// The whole program, but for its hidden extraction processes.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Where not even that can be said, the exit code says it.
            let _unsaid = error.print();
            return ExitCode::from(if error.use_stderr() { failure::WRONG_USAGE } else { 0 });
        }
    };
    let Arguments { command, log, config } = arguments;
    match settle(log, config).and_then(|config| carry_out(command, config)) {
        Ok(Outcome::Yes) => ExitCode::SUCCESS,
        Ok(Outcome::No) => ExitCode::from(failure::ANSWER_IS_NO),
        Err(failure) => {
            eprintln!("tabularium: {}", failure.explain());
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Reads the configuration; from then on what happens is logged.
fn settle(log: Option<Level>, config: Option<PathBuf>) -> Result<Config, Failure> {
    let level = logs::level(log)?;
    let named = || std::env::var_os("TABULARIUM_CONFIG").filter(|name| !name.is_empty()).map(PathBuf::from);
    let config = config.or_else(named).as_deref().map(Config::read).transpose()?.unwrap_or_default();
    logs::start(level.or(config.log.level).unwrap_or_default());
    Ok(config)
}

fn carry_out(command: Command, config: Config) -> Result<Outcome, Failure> {
    match command {
        Command::Demo(demo) => demo.run(config),
        Command::Init(init) => init.run(&config),
        Command::User(user) => user.run(&config),
        Command::Office(office) => office.run(&config),
        Command::Token(token) => token.run(&config),
        Command::Serve(serve) => serve.run(config),
        Command::Import(import) => import.run(&config),
        Command::ImportRegister(import) => import.run(&config),
        Command::Emergency(emergency) => emergency.run(&config),
        Command::Verify(verify) => verify.run(&config),
        Command::Rebuild(rebuild) => rebuild.run(&config),
    }
}

/// An answer, on standard output. Unlike `println!` it does not panic when nobody reads any more.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(Failure::Output)
}
