//! The program `tabularium`.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Before anything else: an extraction process has no log, no threads and no rights to speak of.
    if std::env::args_os().nth(1).is_some_and(|argument| argument == "extract-worker") {
        return tabularium::text::child::run();
    }
    tabularium::cli::run()
}
