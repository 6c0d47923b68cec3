//! Do readers survive documents that are almost right? Changed at random, from a seed, in every format that we read.
//!
//! A few of each in every run; TABULARIUM_MUTANTS=100000 for an evening. `make fuzz` goes further, and takes longer.

use std::io::{Cursor, Read as _, Write as _};
use std::panic::PanicHookInfo;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tabularium::text::{Bounds, TextState, media, read_here};

const SEED: u64 = 20_260_203;

/// Documents of each fixture in an ordinary run.
const USUAL: usize = 40;

const TEXT_MAX: usize = 64 * 1024;

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

static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Panics in our own code; those in libraries are what the readers are fenced in for.
fn note(panic: &PanicHookInfo<'_>) {
    let at = panic.location().map(|place| format!("{}:{}", place.file(), place.line())).unwrap_or_default();
    if std::thread::current().name() == Some("reading") && at.starts_with("src/") {
        PANICS.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{at}: {panic}"));
    }
}

#[test]
fn documents_changed_at_random() {
    let rounds = std::env::var("TABULARIUM_MUTANTS").ok().and_then(|count| count.parse().ok()).unwrap_or(USUAL);
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        note(panic);
        usual(panic);
    }));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut random = StdRng::seed_from_u64(SEED);
    let mut slowest = (Duration::ZERO, String::new());
    for name in NAMES {
        let whole = std::fs::read(root.join(name)).unwrap();
        let members = unzipped(&whole);
        for round in 0..rounds {
            let mutant = match &members {
                // What is inside a ZIP is changed without it, which would hide nearly everything behind a checksum.
                Some(members) if round % 8 != 0 => zipped(members, &mut random),
                _ => changed(&whole, &mut random),
            };
            let media_type = media::media_type(&whole, name);
            let begun = Instant::now();
            let bounds = Bounds { text_max: TEXT_MAX, deadline: begun + Duration::from_secs(10) };
            let extraction = read_here(mutant, media_type, &bounds);
            assert!(extraction.text.len() <= TEXT_MAX, "{name} {round}");
            assert_eq!(extraction.text.is_empty(), matches!(extraction.state, TextState::None(_)), "{name} {round}");
            if begun.elapsed() > slowest.0 {
                slowest = (begun.elapsed(), format!("{name} {round}"));
            }
        }
    }
    eprintln!("{} documents of each of {} fixtures; the slowest took {:?}", rounds, NAMES.len(), slowest);
    assert!(slowest.0 < Duration::from_secs(20), "{slowest:?}");
    let panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(panics.is_empty(), "{panics:#?}");
}

const NAMES: [&str; 17] = [
    "documents/fattura.xml",
    "documents/fattura-semplificata.xml",
    "documents/messaggio.eml",
    "documents/piano.odp",
    "documents/piano.pptx",
    "documents/relazione.docx",
    "documents/relazione.html",
    "documents/relazione.odt",
    "documents/relazione.rtf",
    "documents/spese.ods",
    "documents/spese.xls",
    "documents/spese.xlsx",
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
