//! Do readers survive documents that are almost right? Changed at random, from a seed, in every format that we read; and
//! those that once broke a reader, as `make fuzz` or this has found them.
//!
//! A few of each in every run; TABULARIUM_MUTANTS=100000 for an evening. `make fuzz` goes further, and takes longer.
//!
//! They are read in a process of their own, this very test started once more, under a limit of memory and watched by the
//! clock: a reader that runs away costs one document, which is told and left for inspection, and the next one is read by
//! another process.

use std::io::{BufRead as _, BufReader, Cursor, Read as _, Write as _};
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use rustix::process::{Resource, Rlimit, setrlimit};
use tabularium::text::{Bounds, Reason, TextState, media, read_here};

const SEED: u64 = 20_260_203;

/// Documents of each fixture in an ordinary run.
const USUAL: usize = 40;

const TEXT_MAX: usize = 64 * 1024;

/// Bytes of address space, stacks of threads among them: a document of some kilobytes that takes more is no honest one.
const MEMORY_MAX: u64 = 1024 * 1024 * 1024;

/// When a reader should give what it has …
const PATIENCE: Duration = Duration::from_secs(10);

/// … and when it is ended, since it does not listen.
const TIME_MAX: Duration = Duration::from_secs(20);

/// Set for the process that reads: the number of the document to begin with.
const FROM: &str = "TABULARIUM_MUTANTS_FROM";

/// What breaks readers more often than chance finds it.
const WORDS: &[&str] = &[
    "<",
    ">",
    "</",
    "/>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "&#x110000;",
    "&lt",
    "<?",
    "\"",
    "{",
    "}",
    "\\",
    "\\u-1 ",
    "\\bin-5 ",
    "\\bin99999999 ",
    "\\'",
    "\\*",
    "\r\n\r\n",
    "--",
    "=",
    "=\r\n",
    "\u{0}",
    "\u{fffd}",
    "è",
    "999999999999999999999",
    "-1",
    "0x",
    "PK\u{3}\u{4}",
    "1e308",
    "NaN",
    "[",
    "]",
    "charset=utf-16",
    "encoding=\"utf-16\"",
    "t=\"s\"",
    "<v>-1</v>",
];

#[test]
fn documents_changed_at_random() {
    let documents = documents();
    if let Some(from) = std::env::var(FROM).ok().and_then(|from| from.parse().ok()) {
        return read_all(&documents, from);
    }
    let begun = Instant::now();
    let mut wrong = Vec::new();
    let mut next = 0;
    while next < documents.len() {
        let mut reader = Reader::start(next);
        next = reader.watch(&documents, &mut wrong);
    }
    eprintln!("{} documents in {:?}", documents.len(), begun.elapsed());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A saved document as it is, or one that is changed on the way.
struct Document {
    name: String,
    seed: Option<u64>,
}

/// The same list in each process.
fn documents() -> Vec<Document> {
    let rounds = std::env::var("TABULARIUM_MUTANTS").ok().and_then(|count| count.parse().ok()).unwrap_or(USUAL);
    let mut saved: Vec<String> = std::fs::read_dir(fixture("hostile"))
        .unwrap()
        .map(|entry| format!("hostile/{}", entry.unwrap().file_name().into_string().unwrap()))
        // Those of PDF are made to run away: see `text.rs`.
        .filter(|name| !name.ends_with(".pdf"))
        .collect();
    saved.sort_unstable();
    assert!(!saved.is_empty());
    let changed = NAMES.iter().zip(1..).flat_map(|(name, number)| {
        // The same whatever the number of rounds.
        (0..rounds as u64).map(move |round| (name, SEED + number * 1_000_000_000 + round))
    });
    let changed = changed.map(|(name, seed)| Document { name: (*name).to_owned(), seed: Some(seed) });
    saved.into_iter().map(|name| Document { name, seed: None }).chain(changed).collect()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

impl Document {
    fn media_type(&self, whole: &[u8]) -> &'static str {
        media::media_type(whole, &self.name)
    }

    fn content(&self, original: &Original) -> Vec<u8> {
        let Some(seed) = self.seed else { return original.whole.clone() };
        let mut random = StdRng::seed_from_u64(seed);
        match &original.members {
            // What is inside a ZIP is changed without it, which would hide nearly everything behind a checksum.
            Some(members) if !seed.is_multiple_of(8) => zipped(members, &mut random),
            _ => changed(&original.whole, &mut random),
        }
    }

    /// What a person needs to see it again: the document is left beside other things that tests make.
    fn told(&self, what: &str) -> String {
        let Some(seed) = self.seed else { return format!("{}: {what}", self.name) };
        let name = format!("{seed}-{}", self.name.replace('/', "-"));
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&place, self.content(&Original::of(&self.name))).unwrap();
        format!("{} with seed {seed}: {what}; see {}", self.name, place.display())
    }
}

/// A fixture, and what lies in it where it is a ZIP.
struct Original {
    name: String,
    whole: Vec<u8>,
    members: Option<Members>,
}

impl Original {
    fn of(name: &str) -> Self {
        let whole = std::fs::read(fixture(name)).unwrap();
        Self { name: name.to_owned(), members: unzipped(&whole), whole }
    }
}

/// The process that reads, as the test sees it: it says each number before it reads that document.
struct Reader {
    process: Child,
    lines: Receiver<String>,
}

impl Reader {
    fn start(from: usize) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["mutants::documents_changed_at_random", "--exact", "--nocapture"]).env(FROM, from.to_string());
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (tell, lines) = channel();
        let answers = BufReader::new(process.stdout.take().unwrap());
        // Ends with the process; whoever listened may have given up.
        std::thread::spawn(move || answers.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self { process, lines }
    }

    /// Listens until all is read or it ends; returns the number of the document to go on with.
    fn watch(&mut self, documents: &[Document], wrong: &mut Vec<String>) -> usize {
        let mut at: Option<usize> = None;
        let how = loop {
            match self.lines.recv_timeout(TIME_MAX) {
                Ok(line) if line == END => return documents.len(),
                Ok(line) => {
                    wrong.extend(line.strip_prefix(WRONG).zip(at).map(|(what, at)| documents[at].told(what)));
                    at = line.strip_prefix(NUMBER).and_then(|number| number.parse().ok()).or(at);
                }
                Err(RecvTimeoutError::Timeout) => break format!("no end after {TIME_MAX:?}"),
                Err(RecvTimeoutError::Disconnected) => break format!("lost, {}", self.process.wait().unwrap()),
            }
        };
        let at = at.expect("the process begins to read");
        wrong.push(documents[at].told(&how));
        at + 1
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        self.process.wait().unwrap();
    }
}

/// How the lines begin that the process says; the harness says others.
const NUMBER: &str = "document ";
const WRONG: &str = "wrong: ";
const END: &str = "all read";

fn read_all(documents: &[Document], from: usize) {
    for (resource, most) in [(Resource::As, MEMORY_MAX), (Resource::Core, 0)] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).unwrap();
    }
    // Panics in our own code; those in libraries are what the readers are fenced in for.
    std::panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        if panic.location().is_some_and(|place| place.file().starts_with("src/")) {
            say(WRONG, &panic.to_string().replace('\n', " "));
        }
    }));
    let mut original = Original::of(&documents[from].name);
    for (number, document) in documents.iter().enumerate().skip(from) {
        if original.name != document.name {
            original = Original::of(&document.name);
        }
        say(NUMBER, &number.to_string());
        let content = document.content(&original);
        let bounds = Bounds { text_max: TEXT_MAX, deadline: Instant::now() + PATIENCE };
        let extraction = read_here(content, document.media_type(&original.whole), &bounds);
        if extraction.text.len() > TEXT_MAX {
            say(WRONG, "more text than was asked for");
        }
        if extraction.text.is_empty() != matches!(extraction.state, TextState::None(_)) {
            say(WRONG, &format!("{} bytes of text, and yet {:?}", extraction.text.len(), extraction.state));
        }
        if extraction.state.reason() == Some(Reason::Timeout) {
            say(WRONG, &format!("it took more than {PATIENCE:?}"));
        }
    }
    say(END, "");
}

/// On a line of its own, whatever the harness has begun to say.
fn say(kind: &str, what: &str) {
    let mut out = std::io::stdout().lock();
    write!(out, "\n{kind}{what}\n").and_then(|()| out.flush()).unwrap();
}

const NAMES: [&str; 23] = [
    "demo/contrassegno.tif",
    "documents/delibera.pdf",
    "documents/elenco.csv",
    "documents/fattura.xml",
    "documents/fattura-semplificata.xml",
    "documents/messaggio.eml",
    "documents/piano.odp",
    "documents/piano.pptx",
    "documents/relazione.doc",
    "documents/relazione.docx",
    "documents/relazione.html",
    "documents/relazione.odt",
    "documents/relazione.rtf",
    "documents/spese.ods",
    "documents/canoni.xls",
    "documents/spese.xls",
    "documents/spese.xlsx",
    "pdf/verbale-firmato.pdf",
    "signed/ber.p7m",
    "signed/certificata.eml",
    "signed/nested.p7m.p7m",
    "signed/two.p7m",
    "signed/pem.p7m",
];

/// One to eight changes: a bit, a piece taken out, doubled or moved, a word put in.
fn changed(whole: &[u8], random: &mut StdRng) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..random.random_range(1..=8) {
        if bytes.is_empty() {
            break;
        }
        let at = random.random_range(0..bytes.len());
        let end = (at + random.random_range(1..64)).min(bytes.len());
        match random.random_range(0..7) {
            0 => bytes[at] ^= 1 << random.random_range(0..8),
            1 => bytes[at] = random.random(),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                let to = random.random_range(0..=bytes.len());
                bytes.splice(to..to, piece);
            }
            4 => bytes.truncate(at),
            5 => bytes[at..end].fill(random.random()),
            _ => {
                let word = WORDS[random.random_range(0..WORDS.len())];
                bytes.splice(at..at, word.bytes());
            }
        }
    }
    bytes
}

type Members = Vec<(String, Vec<u8>)>;

fn unzipped(whole: &[u8]) -> Option<Members> {
    let mut archive = zip::ZipArchive::new(Cursor::new(whole)).ok()?;
    let mut members = Members::new();
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).ok()?;
        let mut content = Vec::new();
        member.read_to_end(&mut content).ok()?;
        members.push((member.name().ok()?.into_owned(), content));
    }
    Some(members)
}

/// The same members, one of them changed.
fn zipped(members: &Members, random: &mut StdRng) -> Vec<u8> {
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let texts: Vec<usize> = (0..members.len()).filter(|at| members[*at].0.ends_with("l")).collect();
    let chosen = texts[random.random_range(0..texts.len())];
    for (at, (name, content)) in members.iter().enumerate() {
        zip.start_file(&**name, stored).unwrap();
        let changed = if at == chosen { changed(content, random) } else { content.clone() };
        zip.write_all(&changed).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
