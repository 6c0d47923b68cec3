//! What does an extraction process do? It gives up its rights, then answers questions until its pipe is closed.

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, Signal, getrlimit, set_parent_process_death_signal, setrlimit};

use super::wire::{Answer, Ask, Setup, read_header, write_header};
use super::{Bounds, Extraction, Reason, read_here};
use crate::limits;

/// The three pipes, and a few for what the system's libraries open for a moment.
const OPEN_FILES: u64 = 8;

/// The exit code of a process that was spoken to in a way it does not understand, or could not limit itself.
const EXIT_REFUSED: u8 = 70;

/// The body of the hidden subcommand. Not for people: it speaks the pool's language on its standard pipes.
pub fn run() -> ExitCode {
    // A panic is an answer here, and its message may quote the document.
    std::panic::set_hook(Box::new(|_| {}));
    match give_up_rights().map_err(io::Error::from).and_then(|()| serve()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(EXIT_REFUSED),
    }
}

/// Before the first byte of a stranger's document is read.
fn give_up_rights() -> rustix::io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    limit(Resource::Core, 0)?;
    // Pipes are no files: a process that only answers needs to write no file at all.
    limit(Resource::Fsize, 0)?;
    limit(Resource::Nofile, OPEN_FILES)?;
    limit(Resource::As, limits::EXTRACT_ADDRESS_SPACE)
}

/// Lowers a limit; never raises one that is lower already.
fn limit(resource: Resource, most: u64) -> rustix::io::Result<()> {
    let most = Some(getrlimit(resource).maximum.map_or(most, |now| now.min(most)));
    setrlimit(resource, Rlimit { current: most, maximum: most })
}

fn serve() -> io::Result<()> {
    let mut questions = BufReader::with_capacity(64 * 1024, io::stdin().lock());
    let mut answers = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let Some(setup) = read_header::<Setup>(&mut questions)? else { return Ok(()) };
    limit(Resource::As, setup.address_space)?;
    while let Some(ask) = read_header::<Ask>(&mut questions)? {
        let extraction = answer(&ask, &mut questions)?;
        let Extraction { state, text, facts } = extraction;
        write_header(&mut answers, &Answer { state, facts: facts.bounded(), size: text.len() })?;
        answers.write_all(text.as_bytes())?;
        answers.flush()?;
    }
    Ok(())
}

/// Reads the content that follows the question, whole in any case, so that the next question is found.
fn answer(ask: &Ask, questions: &mut impl Read) -> io::Result<Extraction> {
    let deadline = Instant::now() + Duration::from_millis(ask.milliseconds);
    let mut content = Vec::new();
    let fits = usize::try_from(ask.size).is_ok_and(|size| content.try_reserve_exact(size).is_ok());
    let mut rest = questions.take(ask.size);
    if !fits {
        io::copy(&mut rest, &mut io::sink())?;
        return Ok(Extraction::none(Reason::OutOfMemory));
    }
    if rest.read_to_end(&mut content)? as u64 != ask.size {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(read_here(content, &ask.media_type, &Bounds { text_max: ask.text_max, deadline }))
}
