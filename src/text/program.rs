//! How does a reader ask a foreign program? Over three pipes, with a time limit and a bound on what it may say.
//!
//! The program gets no environment, no path and no file of ours. It inherits the rights of the extraction process,
//! which are next to none, and stays in its process group: who kills the one kills the other.

use std::io::{self, Read, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Instant;

/// What a program says on its standard error is looked at up to this many bytes.
const COMPLAINTS_MAX: u64 = 8 * 1024;

/// What a program has answered.
#[derive(Debug)]
pub struct Answered {
    pub output: Vec<u8>,
    /// Only compared, never shown: it may quote the document.
    pub complaints: String,
    pub success: bool,
}

/// Why a program has not answered.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    #[error("the program could not be started")]
    Start(#[source] io::Error),
    #[error("the program took longer than is allowed")]
    Timeout,
    #[error("the program said more than is allowed")]
    TooMuch,
}

/// The argument with which this very program gives up starting processes and becomes another program.
pub(super) const ALONE: &str = "alone";

/// This very program, also when its file has been replaced meanwhile.
pub(super) const OURSELVES: &str = "/proc/self/exe";

/// Runs a program as [`run`] does, from within an extraction process: it may have threads, but start nothing.
pub(super) fn run_alone(
    program: &Path,
    arguments: &[&str],
    input: &[u8],
    output_max: u64,
    deadline: Instant,
) -> Result<Answered, ProgramError> {
    let Some(program) = program.to_str() else { return Err(ProgramError::Start(io::ErrorKind::InvalidInput.into())) };
    let arguments = [&["extract-worker", ALONE, program], arguments].concat();
    run(Path::new(OURSELVES), &arguments, input, output_max, deadline)
}

/// Runs a program to its end, at the latest until `deadline`, with `input` on its standard input.
pub fn run(
    program: &Path,
    arguments: &[&str],
    input: &[u8],
    output_max: u64,
    deadline: Instant,
) -> Result<Answered, ProgramError> {
    let mut command = Command::new(program);
    // Threads of its own would only take the cores from others.
    command.args(arguments).env_clear().env("OMP_THREAD_LIMIT", "1").current_dir("/");
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = Running(child.map_err(ProgramError::Start)?);
    let (stdin, stdout, stderr) = (child.0.stdin.take(), child.0.stdout.take(), child.0.stderr.take());
    std::thread::scope(|scope| {
        let (done, told) = channel();
        scope.spawn(move || {
            // A program may know enough before the end; what it says then is looked at. Dropping the pipe ends it.
            let _broken = stdin.map(|mut pipe| pipe.write_all(input));
        });
        let complaints = scope.spawn(move || read_bounded(stderr, COMPLAINTS_MAX));
        scope.spawn(move || done.send(read_bounded(stdout, output_max + 1)));
        let outcome = match told.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(output) if output.len() as u64 > output_max => Err(ProgramError::TooMuch),
            Ok(output) => Ok(output),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err(ProgramError::Timeout),
        };
        // It has closed its output: whatever else it does, it has no more to say. The pipes of a killed one close, so
        // the threads above end.
        let success = child.end(outcome.is_ok());
        let complaints = complaints.join().unwrap_or_default();
        let complaints = String::from_utf8_lossy(&complaints).into_owned();
        outcome.map(|output| Answered { output, complaints, success })
    })
}

/// What comes until the end or the bound; the rest is not waited for.
fn read_bounded(pipe: Option<impl Read>, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What a pipe gave before it failed is what there is.
    let _failed = pipe.map(|pipe| pipe.take(most).read_to_end(&mut bytes));
    bytes
}

/// A child that is killed and reaped when this is dropped.
struct Running(Child);

impl Running {
    /// Waits for one that has said all, kills one that has not; whether it ended well.
    fn end(&mut self, said_all: bool) -> bool {
        if !said_all {
            // It may have ended by itself just now.
            let _ended = self.0.kill();
        }
        self.0.wait().is_ok_and(|status| status.success())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end(false);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn shell(line: &str, input: &[u8], output_max: u64) -> Result<Answered, ProgramError> {
        run(Path::new("/bin/sh"), &["-c", line], input, output_max, Instant::now() + Duration::from_secs(2))
    }

    #[test]
    fn programs_answer_within_their_bounds_or_not_at_all() {
        let long = vec![b'a'; 300_000];
        let answered = shell("cat; echo schade >&2; exit 3", &long, 300_000).unwrap();
        assert_eq!(
            (answered.output.len(), answered.complaints.as_str(), answered.success),
            (300_000, "schade\n", false)
        );
        assert!(shell("head -c 5", &long, 10).unwrap().success, "it need not read to the end");
        assert!(matches!(shell("cat", &long, 299_999), Err(ProgramError::TooMuch)));
        assert!(matches!(shell("exec cat /dev/zero", b"", 100_000), Err(ProgramError::TooMuch)));
        assert!(matches!(shell("exec sleep 1000", &long, 10), Err(ProgramError::Timeout)));
        let nowhere = run(Path::new("/nonexistent"), &[], b"", 1, Instant::now());
        assert!(matches!(nowhere, Err(ProgramError::Start(_))));
        let environment = shell("env", b"", 1000).unwrap().output;
        assert!(!String::from_utf8(environment).unwrap().contains("HOME="));
    }
}
