//! PDF and scans in real child processes, with the engines of this machine: what is read, what is said, what is barred.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use tabularium::text::engines::{Choice, Choices};
use tabularium::text::media::media_type;
use tabularium::text::{Engines, Extraction, Extractor, Limits, Pass, Reason, Request, TextState, child};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tabularium");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(root().join("fixtures").join(path)).unwrap()
}

/// The engines with these names that are installed for tests; `None`, and a word, when one is missing.
fn engines(names: &[&str]) -> Option<Engines> {
    let choice = |name: &str| Choice::Search(names.contains(&name));
    let library = root().join("target/test-needs/libpdfium.so");
    let choices = Choices {
        pdfium: if names.contains(&"pdfium") { Choice::At(library) } else { Choice::Search(false) },
        pdftotext: choice("pdftotext"),
        pdftoppm: choice("pdftoppm"),
        tesseract: choice("tesseract"),
    };
    let found = Engines::find(&choices, &std::env::var_os("PATH").unwrap_or_default());
    let there = found.fingerprint();
    let missing: Vec<_> = names.iter().filter(|name| !there.split(' ').any(|word| word.starts_with(*name))).collect();
    if missing.is_empty() {
        return Some(found);
    }
    eprintln!("skipped: not installed: {missing:?} (scripts/install-test-needs)");
    None
}

fn arguments() -> Vec<OsString> {
    vec!["extract-worker".into()]
}

fn extractor(engines: &Engines) -> Extractor {
    Extractor::start(PathBuf::from(PROGRAM), arguments(), 1, Limits::default(), engines.clone()).unwrap()
}

fn read(extractor: &Extractor, pass: Pass, name: &str, content: &[u8]) -> Extraction {
    let request =
        || Request { media_type: media_type(content, name), size: content.len() as u64, content: Box::new(content) };
    extractor.extract_persistently(pass, || Ok::<_, std::convert::Infallible>(request())).unwrap()
}

#[test]
fn an_extraction_process_can_do_next_to_nothing() {
    for (names, pass) in [
        (&[][..], Pass::First),
        (&["pdfium"], Pass::First),
        (&["pdftotext"], Pass::First),
        (&["tesseract"], Pass::Recognising),
    ] {
        let Some(engines) = engines(names) else { continue };
        let check = child::check(Path::new(PROGRAM), &arguments(), &engines, pass).unwrap();
        assert_eq!(check.pdfium, names.contains(&"pdfium"));
        if !check.fences.files {
            eprintln!("this kernel has no Landlock: files are not fenced");
        }
        if !check.fences.calls {
            eprintln!("this kernel has no seccomp: calls are not fenced");
        }
        if check.fences.files && check.fences.calls {
            assert_eq!(check.could, Vec::<String>::new(), "{names:?} {pass:?}");
        }
    }
}

#[test]
fn a_second_engine_reads_what_the_first_one_loses() {
    let Some(engines) = engines(&["pdfium"]) else { return };
    let extractor = extractor(&engines);
    let of = |path: &str| read(&extractor, Pass::First, path, &fixture(path));
    let damaged = of("documents/pagina-guasta.pdf");
    assert_eq!((damaged.state, damaged.text.split('\u{c}').count()), (TextState::Full, 3));
    // The built-in reader overflows its stack on this one, and takes its process along.
    let looping = of("hostile/parent-loop.pdf");
    assert_eq!((looping.state, looping.text.as_str()), (TextState::Full, "mai letta"));
    let by: Vec<_> = looping.facts.read_by.iter().map(|by| (by.engine.as_str(), by.pages.as_str())).collect();
    assert_eq!(by, [("pdfium", "1")]);
    assert_eq!(of("documents/protetto.pdf").state, TextState::None(Reason::Encrypted));
    assert_eq!(of("hostile/truncated.pdf").state, TextState::None(Reason::Broken));
}
