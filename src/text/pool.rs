//! Who asks the extraction processes, and what happens when one does not answer?
//!
//! A caller talks to its child with plain blocking reads and writes. One thread, the keeper, starts all children
//! (they die with the thread that started them, so it must be one that lives as long as the pool) and kills those
//! whose time is up, which ends the caller's read or write at once.

use std::ffi::OsString;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use std::os::unix::process::CommandExt as _;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use super::tools::Readers;
use super::wire::{Answer, Ask, Setup, invalid, read_header, write_header};
use super::{Engines, Extraction, Format, Pass, Reason, TextState, unread};
use crate::limits;

/// A child is replaced after this many documents: readers of formats leak.
const DOCUMENTS_PER_CHILD: u32 = 500;

/// How often the keeper looks for children whose time is up.
const KEEPER_TICK: Duration = Duration::from_millis(100);

/// What of a dead child's last words is read.
const LAST_WORDS_MAX: u64 = 4096;

const BUFFER: usize = 64 * 1024;

/// The bounds of one extraction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// From the first byte sent to the last received. A child that can is asked to give what it has a little earlier.
    pub time: Duration,
    /// The same in the second pass, where letters in images are recognised.
    pub recognising: Duration,
    /// Bytes of address space of a child.
    pub address_space: u64,
    /// Larger contents are not handed to a child.
    pub input_max: u64,
    /// Bytes of text kept of one document.
    pub text_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(limits::EXTRACT_SECONDS),
            recognising: Duration::from_secs(limits::RECOGNISE_SECONDS),
            address_space: limits::EXTRACT_ADDRESS_SPACE,
            input_max: limits::EXTRACT_INPUT_MAX,
            text_max: limits::TEXT_MAX,
        }
    }
}

/// One content whose text is wanted. It is streamed to the child and never held here whole.
pub struct Request<'a> {
    /// As `media::media_type` found it in the bytes.
    pub media_type: &'a str,
    pub size: u64,
    pub content: Box<dyn Read + 'a>,
}

/// A pool of extraction processes. Shared by all who want text; each waits until a process is free.
pub struct Extractor {
    limits: Limits,
    first: Seats,
    /// Documents with letters to recognise take long: they have places of their own, and keep nobody waiting.
    recognising: Seats,
    /// After one reader has taken a process along, there is another to ask.
    has_second: bool,
    /// The second pass is over: it ends within a tick of the keeper.
    stopped: Arc<AtomicBool>,
    /// `None` only while the pool is being dropped.
    orders: Option<Sender<StartOrder>>,
    keeper: Option<JoinHandle<()>>,
}

impl Extractor {
    /// A pool of at most `processes` children for the first pass, each `program` with `arguments`, and of few for the
    /// second. None is started yet.
    pub fn start(
        program: PathBuf,
        arguments: Vec<OsString>,
        processes: usize,
        limits: Limits,
        engines: Engines,
    ) -> io::Result<Self> {
        let (orders, received) = mpsc::channel();
        let has_second = engines.pdfium.is_some() || engines.pdftotext.is_some();
        let stopped = Arc::new(AtomicBool::new(false));
        let start =
            Start { program, arguments, address_space: limits.address_space, engines, stopped: Arc::clone(&stopped) };
        let keeper =
            std::thread::Builder::new().name("extraction-keeper".to_owned()).spawn(move || keep(&received, &start))?;
        let (first, recognising) = (Seats::new(processes), Seats::new(limits::RECOGNISE_PROCESSES));
        Ok(Self { limits, first, recognising, has_second, stopped, orders: Some(orders), keeper: Some(keeper) })
    }

    /// The text of a content, read once by all readers in the first pass. Blocks until there is an answer, at the
    /// latest when the time limit is over.
    pub fn extract(&self, request: Request<'_>) -> Extraction {
        match self.attempt(request, Pass::First, Readers::All) {
            Attempt::Answered(extraction) | Attempt::Lost(extraction) => extraction,
        }
    }

    /// The text of a content that can be opened again: what one reader's crash has cost, another may still read.
    pub fn extract_persistently<'a, E>(
        &self,
        pass: Pass,
        mut open: impl FnMut() -> Result<Request<'a>, E>,
    ) -> Result<Extraction, E> {
        let mut lost: Option<Extraction> = None;
        let timeout = TextState::None(Reason::Timeout);
        for readers in Readers::EACH {
            // The built-in reader is left behind in time: it was the second one that did not come back.
            if readers == Readers::OnlySecond && lost.as_ref().is_some_and(|lost| lost.state == timeout) {
                continue;
            }
            match self.attempt(open()?, pass, readers) {
                Attempt::Answered(extraction) => return Ok(extraction),
                Attempt::Lost(extraction) if !self.has_second => return Ok(extraction),
                // A crash says least of what is the matter with a document.
                Attempt::Lost(extraction) => {
                    let crashed = |lost: &Extraction| lost.state == TextState::None(Reason::Crashed);
                    lost = lost.filter(|lost| !crashed(lost)).or(Some(extraction));
                }
            }
        }
        Ok(lost.unwrap_or(Extraction::none(Reason::Crashed)))
    }

    /// Ends the second pass for good, and breaks off what it has in hand.
    pub fn stop_recognising(&self) {
        self.stopped.store(true, Ordering::Release);
    }

    fn attempt(&self, request: Request<'_>, pass: Pass, readers: Readers) -> Attempt {
        let none = |reason| Attempt::Answered(Extraction::none(reason));
        if let Some(reason) = unread(request.media_type, request.size) {
            return none(reason);
        }
        let is_plain = Format::of(request.media_type) == Some(Format::Plain);
        if request.size > self.limits.input_max {
            return none(Reason::TooLarge);
        }
        let (seats, time) = match pass {
            Pass::First => (&self.first, self.limits.time),
            Pass::Recognising => (&self.recognising, self.limits.recognising),
        };
        let mut seat = seats.take();
        let stopped = || pass == Pass::Recognising && self.stopped.load(Ordering::Acquire);
        if stopped() {
            return none(Reason::NotStarted);
        }
        let mut worker = match seat.worker.take().filter(Worker::is_alive).map_or_else(|| self.start_worker(pass), Ok) {
            Ok(worker) => worker,
            Err(error) => {
                tracing::error!(%error, "extraction process could not be started");
                return none(Reason::NotStarted);
            }
        };
        worker.process.watch(Instant::now() + time);
        let outcome = worker.converse(request, self.limits.text_max, time, readers);
        let expired = worker.process.unwatch();
        match outcome {
            Ok((extraction, spent)) => {
                worker.served += 1;
                let tired = spent || worker.served >= DOCUMENTS_PER_CHILD;
                // A document that failed may have left a mess; plain text cannot.
                let suspect = !is_plain && extraction.state != TextState::Full;
                if !expired && !tired && !suspect {
                    seat.worker = Some(worker);
                }
                Attempt::Answered(extraction)
            }
            Err(Failure::Content(error)) => {
                tracing::error!(%error, "content to extract could not be read");
                none(Reason::Unreadable)
            }
            Err(Failure::Child(_)) if stopped() => none(Reason::NotStarted),
            Err(Failure::Child(_)) if expired => Attempt::Lost(Extraction::none(Reason::Timeout)),
            Err(Failure::Child(error)) => {
                let reason = worker.cause_of_death();
                tracing::warn!(%reason, %error, "extraction process lost");
                Attempt::Lost(Extraction::none(reason))
            }
        }
    }

    fn start_worker(&self, pass: Pass) -> io::Result<Worker> {
        let gone = || io::Error::other("the keeper of the extraction processes is gone");
        let (reply, started) = mpsc::sync_channel(1);
        let orders = self.orders.as_ref().ok_or_else(gone)?;
        orders.send(StartOrder(pass, reply)).map_err(|_| gone())?;
        started.recv().map_err(|_| gone())?
    }
}

/// How one child has served.
enum Attempt {
    Answered(Extraction),
    /// It took its answer along.
    Lost(Extraction),
}

/// One seat for each process there may be; the process in it starts when first needed.
struct Seats {
    free: Mutex<Vec<Option<Worker>>>,
    freed: Condvar,
}

impl Seats {
    fn new(count: usize) -> Self {
        let free = std::iter::repeat_with(|| None).take(count.max(1)).collect();
        Self { free: Mutex::new(free), freed: Condvar::new() }
    }

    fn take(&self) -> Seat<'_> {
        let mut free = lock(&self.free);
        loop {
            // The last one back is the warmest.
            match free.pop() {
                Some(worker) => return Seat { seats: self, worker },
                None => free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

impl Drop for Extractor {
    fn drop(&mut self) {
        lock(&self.first.free).clear();
        lock(&self.recognising.free).clear();
        // Without orders to come the keeper ends.
        self.orders = None;
        if let Some(keeper) = self.keeper.take()
            && keeper.join().is_err()
        {
            tracing::error!("keeper of the extraction processes panicked");
        }
    }
}

/// The right to use one process; given back however the caller leaves.
struct Seat<'a> {
    seats: &'a Seats,
    worker: Option<Worker>,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let worker = self.worker.take();
        lock(&self.seats.free).push(worker);
        self.seats.freed.notify_one();
    }
}

enum Failure {
    /// The content could not be read: not the child's fault.
    Content(io::Error),
    /// The child broke off, or said what it should not.
    Child(io::Error),
}

/// A child and its pipes. Dropping it kills and reaps the child.
struct Worker {
    process: Arc<Process>,
    questions: BufWriter<ChildStdin>,
    answers: BufReader<ChildStdout>,
    last_words: ChildStderr,
    served: u32,
}

impl Worker {
    fn is_alive(&self) -> bool {
        !lock(&self.process.0).has_ended()
    }

    fn converse(
        &mut self,
        request: Request<'_>,
        text_max: usize,
        time: Duration,
        readers: Readers,
    ) -> Result<(Extraction, bool), Failure> {
        let milliseconds = u64::try_from(time.as_millis() * 4 / 5).unwrap_or(u64::MAX);
        let media_type = request.media_type.to_owned();
        let ask = Ask { media_type, size: request.size, text_max, milliseconds, readers };
        write_header(&mut self.questions, &ask).map_err(Failure::Child)?;
        self.send(request)?;
        self.receive(text_max).map_err(Failure::Child)
    }

    fn send(&mut self, mut request: Request<'_>) -> Result<(), Failure> {
        let mut left = request.size;
        let mut buffer = vec![0; usize::try_from(left).unwrap_or(BUFFER).min(BUFFER)];
        while left > 0 {
            let want = usize::try_from(left).unwrap_or(BUFFER).min(buffer.len());
            let got = match request.content.read(&mut buffer[..want]) {
                Ok(0) => return Err(Failure::Content(io::ErrorKind::UnexpectedEof.into())),
                Ok(got) => got,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Failure::Content(error)),
            };
            self.questions.write_all(&buffer[..got]).map_err(Failure::Child)?;
            left -= got as u64;
        }
        self.questions.flush().map_err(Failure::Child)
    }

    /// The answer, and whether the child can take no other question.
    fn receive(&mut self, text_max: usize) -> io::Result<(Extraction, bool)> {
        let answer = read_header::<Answer>(&mut self.answers)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        if answer.size > text_max {
            return Err(invalid("a text longer than asked for"));
        }
        let mut text = vec![0; answer.size];
        self.answers.read_exact(&mut text)?;
        let text = String::from_utf8(text).map_err(|_| invalid("a text that is not UTF-8"))?;
        let extraction = Extraction { state: answer.state, text, facts: answer.facts.bounded() };
        Ok((extraction, answer.spent))
    }

    /// What the runtime wrote as the process fell over. Only compared, never shown: it may quote a document.
    fn cause_of_death(&mut self) -> Reason {
        lock(&self.process.0).end();
        let mut words = Vec::new();
        let said = (&mut self.last_words).take(LAST_WORDS_MAX).read_to_end(&mut words);
        let words = String::from_utf8_lossy(&words);
        match said {
            Ok(_) if words.contains("memory allocation of") => Reason::OutOfMemory,
            Ok(_) if words.contains("overflowed its stack") => Reason::NestedTooDeeply,
            _ => Reason::Crashed,
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Before the pipes are dropped: a buffer flushes as it goes, and would wait for a child that does not read.
        lock(&self.process.0).end();
    }
}

/// A child as the keeper and its caller share it.
struct Process(Mutex<ProcessState>, Pass);

struct ProcessState {
    child: Child,
    /// Its number may belong to somebody else now: never signal it again.
    reaped: bool,
    deadline: Option<Instant>,
    expired: bool,
}

impl Process {
    fn watch(&self, deadline: Instant) {
        lock(&self.0).deadline = Some(deadline);
    }

    /// Whether the time ran out. After this the keeper leaves the child alone.
    fn unwatch(&self) -> bool {
        let mut state = lock(&self.0);
        state.deadline = None;
        state.expired
    }

    fn expire(&self, now: Instant, stopped: bool) {
        let mut state = lock(&self.0);
        let over = |deadline| now >= deadline || (stopped && self.1 == Pass::Recognising);
        if state.deadline.is_some_and(over) {
            state.deadline = None;
            state.expired = true;
            state.end();
        }
    }
}

impl ProcessState {
    fn has_ended(&mut self) -> bool {
        // Looked at without reaping: until that its number means nobody else, and programs it started are in its group.
        self.reaped || self.pid().is_none_or(|pid| !matches!(is_running(pid), Ok(true)))
    }

    fn pid(&self) -> Option<Pid> {
        i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
    }

    /// Kills and reaps, with whatever the child may have started itself, also when it has ended already.
    fn end(&mut self) {
        if self.reaped {
            return;
        }
        if let Some(group) = self.pid()
            && let Err(error) = kill_process_group(group, Signal::KILL)
        {
            tracing::warn!(%error, "extraction process could not be killed");
        }
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            tracing::warn!(%error, "extraction process could not be reaped");
        }
        self.reaped = true;
    }
}

/// Whether a child of ours has not ended yet; an error means that there is no such child any more.
fn is_running(pid: Pid) -> rustix::io::Result<bool> {
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    waitid(WaitId::Pid(pid), look).map(|ended| ended.is_none())
}

struct StartOrder(Pass, SyncSender<io::Result<Worker>>);

/// How a child is started.
struct Start {
    program: PathBuf,
    arguments: Vec<OsString>,
    address_space: u64,
    engines: Engines,
    stopped: Arc<AtomicBool>,
}

impl Start {
    fn worker(&self, pass: Pass) -> io::Result<Worker> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear().current_dir("/").process_group(0);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let state = ProcessState { child, reaped: false, deadline: None, expired: false };
        let process = Arc::new(Process(Mutex::new(state), pass));
        let (Some(stdin), Some(stdout), Some(last_words)) = pipes else {
            lock(&process.0).end();
            return Err(io::Error::other("a child without its pipes"));
        };
        let questions = BufWriter::with_capacity(BUFFER, stdin);
        let answers = BufReader::with_capacity(BUFFER, stdout);
        let mut worker = Worker { process, questions, answers, last_words, served: 0 };
        write_header(
            &mut worker.questions,
            &Setup { address_space: self.address_space, engines: self.engines.clone(), pass },
        )?;
        Ok(worker)
    }
}

/// The keeper: starts children on order, kills those whose time is up, ends when no order can come any more.
fn keep(orders: &Receiver<StartOrder>, start: &Start) {
    let mut watched: Vec<Weak<Process>> = Vec::new();
    loop {
        let order = if watched.is_empty() {
            orders.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            orders.recv_timeout(KEEPER_TICK)
        };
        match order {
            Ok(StartOrder(pass, reply)) => {
                let worker = start.worker(pass);
                watched.extend(worker.as_ref().ok().map(|worker| Arc::downgrade(&worker.process)));
                // Whoever ordered it may be gone: then the worker is dropped here, and the child with it.
                drop(reply.send(worker));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let (now, stopped) = (Instant::now(), start.stopped.load(Ordering::Acquire));
        watched.retain(|process| process.upgrade().inspect(|process| process.expire(now, stopped)).is_some());
    }
}

/// What these locks guard stays whole when a holder panics.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
