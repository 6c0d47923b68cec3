//! Extraction in real child processes: ordinary documents, hostile ones, and children that misbehave.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tabularium::text::media::media_type;
use tabularium::text::{Engines, Extraction, Extractor, Facts, Limits, Reason, Request, TextState};

const MIB: u64 = 1024 * 1024;

fn worker(processes: usize, limits: Limits) -> Extractor {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_tabularium"));
    Extractor::start(program, vec!["extract-worker".into()], processes, limits, Engines::default()).unwrap()
}

/// A child that is a line of shell.
fn shell(line: &str, limits: Limits) -> Extractor {
    let arguments: Vec<OsString> = vec!["-c".into(), line.into()];
    Extractor::start(PathBuf::from("/bin/sh"), arguments, 1, limits, Engines::default()).unwrap()
}

fn short() -> Limits {
    Limits { time: Duration::from_secs(2), ..Limits::default() }
}

fn text(extractor: &Extractor, media_type: &str, content: &[u8]) -> Extraction {
    extractor.extract(Request { media_type, size: content.len() as u64, content: Box::new(content) })
}

fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)).unwrap()
}

/// As the service does it: the bytes say the type.
fn read(extractor: &Extractor, path: &str) -> Extraction {
    let content = fixture(path);
    text(extractor, media_type(&content, path), &content)
}

#[test]
fn ordinary_documents() {
    let extractor = worker(1, Limits::default());
    let full = |path: &str| {
        let extraction = read(&extractor, path);
        assert_eq!(extraction.state, TextState::Full, "{path}: {extraction:?}");
        extraction.text
    };
    let delibera = full("documents/delibera.pdf");
    let pages: Vec<_> = delibera.split('\u{c}').collect();
    assert_eq!(pages.len(), 3, "{delibera:?}");
    for (page, words) in [
        (0, "Città di Roccaverde"),
        (0, "perché più alberi"),
        (0, "€ 1.250,00"),
        (1, "regolarità tecnica"),
        (2, "Niccolò Dell'Ùva"),
    ] {
        assert!(pages[page].contains(words), "{words}: {:?}", pages[page]);
    }
    assert_eq!(full("documents/delibera-compressa.pdf"), pages[0]);
    assert_eq!(full("documents/protetto-senza-password.pdf"), "Leggibile senza password: perché no");
    assert_eq!(full("documents/lettera-windows.txt"), "Spett.le Comune,\nla città è più bella così: € 5, “grazie”.");
    assert_eq!(full("documents/lettera-utf16.txt"), "Spett.le Comune,\nperché no?");
    assert_eq!(full("documents/elenco.csv"), "nome;cognome;città\nAda;Rossi;Forlì");
}

#[test]
fn documents_without_all_their_text() {
    let extractor = worker(1, Limits::default());
    for (name, reason, pages) in [("scansione", Reason::NoTextLayer, Some(1)), ("protetto", Reason::Encrypted, None)] {
        let facts = Facts { pages, puid: Some("fmt/276".to_owned()), ..Facts::default() };
        let expected = Extraction { facts, ..Extraction::none(reason) };
        assert_eq!(read(&extractor, &format!("documents/{name}.pdf")), expected);
    }
    let damaged = read(&extractor, "documents/pagina-guasta.pdf");
    assert_eq!(damaged.state, TextState::Partial(Reason::Broken));
    assert_eq!(damaged.text, "Prima pagina sana\u{c}\u{c}Terza pagina sana", "pages keep their numbers");
    let unread = text(&extractor, "application/x-font-ttf", b"ciao");
    assert_eq!(unread.state, TextState::None(Reason::FormatNotRead));
    assert_eq!(text(&extractor, "text/plain", b" \n").state, TextState::None(Reason::Empty));
    assert_eq!(text(&extractor, "application/octet-stream", b"").state, TextState::None(Reason::Empty));
}

#[test]
fn bounds_on_input_and_text() {
    let limits = Limits { input_max: 10, text_max: 4, ..Limits::default() };
    let extractor = worker(1, limits);
    assert_eq!(text(&extractor, "text/plain", b"1234567890a"), Extraction::none(Reason::TooLarge));
    assert_eq!(text(&extractor, "text/plain", b"1234").state, TextState::Full);
    let cut = text(&extractor, "text/plain", b"12345");
    assert_eq!((cut.state, &*cut.text), (TextState::Partial(Reason::Cut), "1234"));
    // A pipe holds 64 KiB, our buffers as much again: beyond both, and back.
    let extractor = worker(1, Limits::default());
    let long = "parola ".repeat(500_000);
    assert_eq!(text(&extractor, "text/plain", long.as_bytes()).text, long.trim_end());
}

#[test]
fn hostile_documents_cost_their_own_text_only() {
    let limits = Limits { time: Duration::from_secs(3), address_space: 512 * MIB, ..Limits::default() };
    let extractor = worker(1, limits);
    let broken: &[Reason] = &[Reason::Broken];
    for (name, allowed) in [
        ("no-objects.pdf", broken),
        ("page-tree-loop.pdf", broken),
        // Debug builds run out of stack, optimised ones turn the recursion into a loop.
        ("parent-loop.pdf", &[Reason::NestedTooDeeply, Reason::Timeout]),
        ("form-calls-itself.pdf", &[Reason::NestedTooDeeply]),
        ("forms-without-end.pdf", &[Reason::Timeout]),
        // How far it gets before the time is over depends on the machine.
        ("bomb.pdf", &[Reason::OutOfMemory, Reason::Timeout]),
    ] {
        let begun = Instant::now();
        let extraction = read(&extractor, &format!("hostile/{name}"));
        assert!(begun.elapsed() < Duration::from_secs(6), "{name} took {:?}", begun.elapsed());
        let TextState::None(reason) = extraction.state else { panic!("{name}: {extraction:?}") };
        assert!(allowed.contains(&reason), "{name}: {reason}");
        assert_eq!(extraction.text, "", "{name}");
        assert_eq!(text(&extractor, "text/plain", b"e poi si va avanti").state, TextState::Full, "after {name}");
    }
}

#[test]
fn what_can_be_had_of_a_hostile_document_is_had() {
    let limits = Limits { time: Duration::from_secs(3), address_space: 512 * MIB, ..Limits::default() };
    let endless = read(&worker(1, limits.clone()), "hostile/text-without-end.pdf");
    assert_eq!(endless.state, TextState::Partial(Reason::Timeout));
    assert!(endless.text.contains("parole senza fine"));
    let bounded = read(&worker(1, Limits { text_max: 1000, ..limits.clone() }), "hostile/text-without-end.pdf");
    assert_eq!(bounded.state, TextState::Partial(Reason::Cut));
    assert!((900..=1000).contains(&bounded.text.len()));
    let extractor = worker(1, limits);
    let truncated = read(&extractor, "hostile/truncated.pdf");
    assert_eq!(truncated.state, TextState::Partial(Reason::Broken), "its end is missing");
    assert!(truncated.text.starts_with("Città di Roccaverde"), "{}", truncated.text);
    // Twenty thousand arrays in an object nobody needs are skipped; two million in the page's content are not.
    assert_eq!(read(&extractor, "hostile/nested-arrays.pdf").text, "sotto");
    let nested = read(&extractor, "hostile/nested-in-content.pdf").state;
    assert!(matches!(nested, TextState::None(Reason::Broken | Reason::NestedTooDeeply)), "{nested:?}");
    assert_eq!(text(&extractor, "text/plain", b"e poi si va avanti").state, TextState::Full);
}

#[test]
fn children_that_misbehave() {
    for (line, expected) in [
        // Neither reads nor answers; its own child holds the pipes open.
        ("sleep 1000", Reason::Timeout),
        ("sleep 1000 & sleep 1000", Reason::Timeout),
        ("exit 0", Reason::Crashed),
        ("kill -SEGV $$", Reason::Crashed),
        // Endless output: its first bytes are no length we accept.
        ("yes", Reason::Crashed),
        ("exec cat /dev/zero", Reason::Crashed),
        // Half an answer, then nothing.
        ("printf '\\100\\000\\000\\000{\"state\"'; sleep 1000", Reason::Timeout),
        // An answer that claims more text than was asked for.
        ("printf '\\046\\000\\000\\000{\"state\":\"full\",\"size\":99999999999999}'; sleep 1000", Reason::Crashed),
        ("printf '\\031\\000\\000\\000{\"state\":\"full\",\"size\":1}\\377'; sleep 1000", Reason::Crashed),
        ("echo 'memory allocation of 9 bytes failed' >&2; kill -ABRT $$", Reason::OutOfMemory),
    ] {
        let extractor = shell(line, Limits { time: Duration::from_millis(500), ..short() });
        // The second is more than a pipe takes when nobody reads: a child that neither reads nor dies is out of time.
        let dies = line.contains("exit 0") || line.contains("kill");
        for (size, expected) in [(10, expected), (300_000, if dies { expected } else { Reason::Timeout })] {
            let content = vec![b'a'; size];
            let begun = Instant::now();
            assert_eq!(text(&extractor, "text/plain", &content), Extraction::none(expected), "{line}");
            assert!(begun.elapsed() < Duration::from_secs(3), "{line}: {:?}", begun.elapsed());
        }
    }
}

#[test]
fn a_missing_program_and_a_failing_source_pass() {
    let nowhere =
        Extractor::start(PathBuf::from("/nonexistent/program"), Vec::new(), 1, short(), Engines::default()).unwrap();
    assert_eq!(text(&nowhere, "text/plain", b"ciao"), Extraction::none(Reason::NotStarted));
    assert!(!Reason::NotStarted.is_lasting() && Reason::Timeout.is_lasting());

    let extractor = worker(1, short());
    let missing = extractor.extract(Request { media_type: "text/plain", size: 5, content: Box::new(&b"ciao"[..]) });
    assert_eq!(missing, Extraction::none(Reason::Unreadable), "four bytes where five were promised");
    assert_eq!(text(&extractor, "text/plain", b"ciao").text, "ciao");
}

/// The child that serves gets replaced when it died between two documents, and nobody notices.
#[test]
fn a_child_that_dies_idle_costs_nothing() {
    // Answers one question, then leaves.
    let answer = "head -c 20 >/dev/null; printf '\\031\\000\\000\\000{\"state\":\"full\",\"size\":4}ciao'";
    let extractor = shell(answer, short());
    for _ in 0..3 {
        assert_eq!(text(&extractor, "text/plain", b"x").text, "ciao");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_child_has_no_rights_and_no_surroundings() {
    // The child's own limits and environment, as the system tells them.
    let extractor = worker(1, short());
    assert_eq!(text(&extractor, "text/plain", b"ciao").text, "ciao");
    let mine = std::process::id().to_string();
    let children: Vec<_> = std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let status = std::fs::read_to_string(path.join("status")).unwrap_or_default();
            let command = std::fs::read(path.join("cmdline")).unwrap_or_default();
            status.contains(&format!("PPid:\t{mine}\n")) && command.ends_with(b"extract-worker\0")
        })
        .collect();
    assert!(!children.is_empty());
    let mut checked = 0;
    for child in children {
        // Children of other tests come and go.
        let (Ok(limits), Ok(environment)) =
            (std::fs::read_to_string(child.join("limits")), std::fs::read(child.join("environ")))
        else {
            continue;
        };
        let limit = |name: &str| {
            let line = limits.lines().find(|line| line.starts_with(name))?;
            line[name.len()..].split_whitespace().nth(1).map(str::to_owned)
        };
        if limit("Max core file size").as_deref() != Some("0") {
            continue; // just started: still giving up its rights
        }
        let space: u64 = limit("Max address space").and_then(|s| s.parse().ok()).unwrap_or(u64::MAX);
        if space > Limits::default().address_space {
            continue;
        }
        assert_eq!(limit("Max file size").as_deref(), Some("0"));
        assert_eq!(limit("Max open files").as_deref(), Some("32"));
        assert_eq!(environment, b"");
        checked += 1;
    }
    assert!(checked > 0);
    assert_eq!(text(&extractor, "text/plain", b"ancora").text, "ancora");
}

#[test]
fn many_callers_share_few_children() {
    let extractor = worker(2, Limits::default());
    std::thread::scope(|scope| {
        for caller in 0..8 {
            let extractor = &extractor;
            scope.spawn(move || {
                for n in 0..100 {
                    let words = format!("chiamante {caller} documento {n}");
                    assert_eq!(text(extractor, "text/plain", words.as_bytes()).text, words);
                }
            });
        }
    });
}

/// More documents than one child serves; with `--nocapture` it tells how long each took.
#[test]
fn one_child_after_the_other_serves_thousands() {
    let extractor = worker(1, Limits::default());
    let words = "parola ".repeat(2048 / 7);
    let pdf = fixture("documents/delibera.pdf");
    for (what, media_type, content, count) in
        [("2 KiB texts", "text/plain", words.as_bytes(), 2000), ("small PDFs", "application/pdf", &pdf, 50)]
    {
        let begun = Instant::now();
        for _ in 0..count {
            assert_eq!(text(&extractor, media_type, content).state, TextState::Full);
        }
        eprintln!("{count} {what}: {:?} each", begun.elapsed() / count);
    }
}

/// The fixtures were not made with the library that reads them; another reader must see the same words.
#[test]
fn poppler_reads_the_same_words() {
    let extractor = worker(1, Limits::default());
    for name in ["delibera.pdf", "delibera-compressa.pdf", "protetto-senza-password.pdf"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents").join(name);
        let output = match std::process::Command::new("pdftotext").arg(path).arg("-").output() {
            Ok(output) => output,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                eprintln!("skipped: pdftotext (poppler-utils) is not installed");
                return;
            }
            Err(error) => panic!("{error}"),
        };
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let theirs = String::from_utf8(output.stdout).unwrap();
        let ours = read(&extractor, &format!("documents/{name}")).text;
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&ours), words(&theirs), "{name}");
    }
}
