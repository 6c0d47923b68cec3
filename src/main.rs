//! The program `tabularium`.

use std::process::ExitCode;

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|argument| argument == "extract-worker") {
        return tabularium::text::child::run();
    }
    ExitCode::SUCCESS
}
