//! What can be asked at the command line, and what its exit codes mean.

#![expect(clippy::print_stderr, reason = "the command line speaks to a person or a script")]

mod archive;
mod demo;
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
use crate::config::Level;

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
    let log = arguments.log;
    let outcome = logs::level(log).and_then(|level| match arguments.command {
        Command::Serve(serve) => serve.run(level),
        command => {
            logs::start(level.unwrap_or_default());
            carry_out(command)
        }
    });
    match outcome {
        Ok(Outcome::Yes) => ExitCode::SUCCESS,
        Ok(Outcome::No) => ExitCode::from(failure::ANSWER_IS_NO),
        Err(failure) => {
            eprintln!("tabularium: {}", failure.explain());
            ExitCode::from(failure.exit_code())
        }
    }
}

fn carry_out(command: Command) -> Result<Outcome, Failure> {
    match command {
        Command::Demo(demo) => demo.run(),
        Command::Init(init) => init.run(),
        Command::User(user) => user.run(),
        Command::Office(office) => office.run(),
        Command::Token(token) => token.run(),
        Command::Serve(serve) => serve.run(None),
        Command::Import(import) => import.run(),
        Command::Verify(verify) => verify.run(),
        Command::Rebuild(rebuild) => rebuild.run(),
    }
}

/// An answer, on standard output. Unlike `println!` it does not panic when nobody reads any more.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(Failure::Output)
}
