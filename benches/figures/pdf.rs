//! How many words of a PDF are found, with which engines, and how many pages a second?

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use tabularium::text::engines::{Choice, Choices};
use tabularium::text::media::media_type;
use tabularium::text::{Engines, Extraction, Extractor, Limits, Pass, Request, TextState};

use crate::damage::{KINDS, damaged, recall};
use crate::results::Results;

const SEED: u64 = 7;

/// How often the sound files are read for the pages a second.
const ROUNDS: usize = 40;

pub fn run(results: &mut Results) {
    let files = files();
    for (name, engines) in [("built-in alone", none()), ("with libpdfium", pdfium()), ("with pdftotext", pdftotext())] {
        let engines = Engines::find(&engines, &std::env::var_os("PATH").unwrap_or_default());
        if name != "built-in alone" && engines == Engines::default() {
            println!("pdf: not measured {name}: not installed");
            continue;
        }
        let extractor = extractor(&engines, 2);
        // The judge is no party.
        if name != "with pdftotext" {
            let goal = if name == "with libpdfium" { "at least 0.95" } else { "recorded" };
            let (sound, all) = recalls(&extractor, &files);
            results.set(&format!("pdf: recall of words, sound files, {name}"), mean(&sound), goal);
            results.set(&format!("pdf: recall of words, sound and broken files, {name}"), mean(&all), goal);
        }
        // Words found are the same in every build, times are not.
        if cfg!(debug_assertions) {
            println!("pdf: pages a second are measured in an optimised build only");
        } else {
            let pages = pages_a_second(&extractor, &files);
            results.set(&format!("pdf: pages a second, two processes, {name}"), format!("{pages:.0}"), "recorded");
        }
    }
    let choices = Choices { tesseract: Choice::Search(true), ..pdfium() };
    let engines = Engines::find(&choices, &std::env::var_os("PATH").unwrap_or_default());
    if engines.tesseract.is_some() {
        let content = std::fs::read("fixtures/pdf/scansione.pdf").unwrap();
        let begun = Instant::now();
        let read = read(&extractor(&engines, 1), Pass::Recognising, &content);
        let seconds = begun.elapsed().as_secs_f64() / f64::from(read.facts.pages.unwrap_or(1));
        results.set("pdf: seconds to recognise a scanned page", format!("{seconds:.1}"), "recorded");
    }
}

fn none() -> Choices {
    let off = || Choice::Search(false);
    Choices { pdfium: off(), pdftotext: off(), pdftoppm: off(), tesseract: off() }
}

fn pdfium() -> Choices {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-needs/libpdfium.so");
    Choices { pdfium: Choice::At(library), ..none() }
}

fn pdftotext() -> Choices {
    Choices { pdftotext: Choice::Search(true), ..none() }
}

fn extractor(engines: &Engines, processes: usize) -> Extractor {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_tabularium"));
    Extractor::start(program, vec!["extract-worker".into()], processes, Limits::default(), engines.clone()).unwrap()
}

/// The office documents of the fixtures.
fn files() -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = std::fs::read_dir("fixtures/pdf").unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

fn read(extractor: &Extractor, pass: Pass, content: &[u8]) -> Extraction {
    let request =
        || Request { media_type: media_type(content, "a.pdf"), size: content.len() as u64, content: Box::new(content) };
    extractor.extract_persistently(pass, || Ok::<_, std::convert::Infallible>(request())).unwrap()
}

/// The words that `pdftotext` sees and we see too: of sound files, and of those and their broken copies.
fn recalls(extractor: &Extractor, files: &[Vec<u8>]) -> (Vec<f64>, Vec<f64>) {
    let (mut sound, mut all) = (Vec::new(), Vec::new());
    let path = std::env::temp_dir().join(format!("tabularium-judged-{}.pdf", std::process::id()));
    for file in files {
        for kind in 0..=KINDS.len() {
            let content = if kind == 0 { file.clone() } else { damaged(file, kind - 1, SEED) };
            std::fs::write(&path, &content).unwrap();
            let judged = Command::new("pdftotext").arg(&path).arg("-").output().expect("pdftotext judges");
            let theirs = String::from_utf8_lossy(&judged.stdout);
            let found = recall(&theirs, &read(extractor, Pass::First, &content).text);
            sound.extend(found.filter(|_| kind == 0));
            all.extend(found);
        }
    }
    std::fs::remove_file(&path).unwrap();
    (sound, all)
}

fn mean(shares: &[f64]) -> String {
    format!("{:.3} over {} files", shares.iter().sum::<f64>() / shares.len() as f64, shares.len())
}

fn pages_a_second(extractor: &Extractor, files: &[Vec<u8>]) -> f64 {
    let whole: Vec<_> =
        files.iter().filter(|file| read(extractor, Pass::First, file).state == TextState::Full).collect();
    let begun = Instant::now();
    let pages: u32 = std::thread::scope(|scope| {
        let read_all = || {
            let pages = |file: &&Vec<u8>| read(extractor, Pass::First, file).facts.pages.unwrap_or(0);
            (0..ROUNDS).map(|_| whole.iter().map(|file| pages(file)).sum::<u32>()).sum::<u32>()
        };
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(read_all)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    f64::from(pages) / begun.elapsed().as_secs_f64()
}
