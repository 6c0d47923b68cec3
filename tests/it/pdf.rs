//! PDF and scans in real child processes, with the engines of this machine: what is read, what is said, what is barred.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tabularium::text::engines::{Choice, Choices};
use tabularium::text::media::{ODP, ODS, media_type};
use tabularium::text::{
    Engines, Extraction, Extractor, Limits, Pass, ReadBy, Reason, Request, SignedContent, TextState, child,
};

use crate::damage::{KINDS, damaged, recall};

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
    assert_eq!(of("hostile/truncated.pdf").state, TextState::Partial(Reason::Broken));
}

/// What poppler sees: `None` where it is not installed, nothing where it opens nothing.
fn judged(content: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, content).unwrap();
    match std::process::Command::new("pdftotext").arg(&path).arg("-").output() {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(_) => {
            eprintln!("skipped: pdftotext (poppler-utils) is not installed");
            None
        }
    }
}

/// The names of all files in a folder of fixtures.
fn names(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(root().join("fixtures").join(folder)).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Text and state of each office document, with these engines and in this pass.
fn office(engines: &Engines, pass: Pass) -> Vec<(String, Extraction)> {
    let extractor = extractor(engines);
    let read = |name: String| {
        let extraction = read(&extractor, pass, &name, &fixture(&format!("pdf/{name}")));
        (name, extraction)
    };
    names("pdf").into_iter().map(read).collect()
}

/// The files whose text nobody can have as text.
const NOT_FULL: [(&str, TextState); 3] = [
    ("lettera-senza-nomi.pdf", TextState::Partial(Reason::Doubtful)),
    ("protetta-chiusa.pdf", TextState::None(Reason::Encrypted)),
    ("scansione.pdf", TextState::None(Reason::NoTextLayer)),
];

#[test]
fn office_documents_of_many_makers_are_read_whole() {
    for engine in [None, Some("pdfium"), Some("pdftotext")] {
        let Some(engines) = engines(engine.as_slice()) else { continue };
        let read = office(&engines, Pass::First);
        assert!(read.len() >= 20);
        for (name, extraction) in read {
            let case = format!("{name} by {engine:?}: {extraction:?}");
            let not_full = NOT_FULL.iter().find(|(other, _)| *other == name);
            assert_eq!(extraction.state, not_full.map_or(TextState::Full, |(_, state)| *state), "{case}");
            if extraction.state == TextState::Full {
                let theirs = judged(&fixture(&format!("pdf/{name}"))).unwrap_or_else(|| extraction.text.clone());
                let recall = recall(&theirs, &extraction.text).unwrap();
                assert!(recall >= 0.9, "{recall}: {case}");
                assert!(
                    engine.is_none() || extraction.facts.read_by.iter().all(|by| Some(by.engine.as_str()) == engine)
                );
            }
        }
    }
}

#[test]
fn facts_are_what_the_file_says_of_itself() {
    let Some(engines) = engines(&["pdfium"]) else { return };
    let read = office(&engines, Pass::First);
    let facts = |name: &str| &read.iter().find(|(other, _)| other == name).unwrap().1.facts;
    for (name, pages, puid, declares) in [
        ("lettera-libreoffice.pdf", 1, "fmt/20", None),
        ("lettera-font-standard.pdf", 2, "fmt/17", None),
        ("verbale-pdfa2b.pdf", 1, "fmt/477", Some("PDF/A-2b")),
        ("protetta-aperta.pdf", 2, "fmt/276", None),
    ] {
        let facts = facts(name);
        assert_eq!(
            (facts.pages, facts.puid.as_deref(), facts.declares.as_deref()),
            (Some(pages), Some(puid), declares)
        );
    }
    let form = facts("domanda-modulo.pdf");
    let fields: Vec<_> = form.fields.iter().map(|field| (field.name.as_str(), field.value.as_str())).collect();
    assert_eq!(
        fields,
        [
            ("form:genitore", "Ludovica Brambati"),
            ("form:intolleranze", "arachidi e crostacei"),
            ("form:consenso", "Yes")
        ]
    );
    let text = &read.iter().find(|(name, _)| name == "domanda-modulo.pdf").unwrap().1.text;
    assert!(text.contains("arachidi e crostacei"), "what was filled in is searched for: {text}");
}

#[test]
fn signatures_in_a_pdf_are_checked_and_later_changes_are_told() {
    let Some(engines) = engines(&["pdfium"]) else { return };
    let read = office(&engines, Pass::First);
    for (name, content, covers_all) in [
        ("verbale-firmato.pdf", SignedContent::Intact, true),
        ("verbale-firmato-poi-cambiato.pdf", SignedContent::Intact, false),
        ("verbale-firmato-alterato.pdf", SignedContent::Altered, true),
    ] {
        let extraction = &read.iter().find(|(other, _)| other == name).unwrap().1;
        let [signature] = extraction.facts.signatures.as_slice() else { panic!("{name}: {extraction:?}") };
        assert_eq!((signature.content, signature.covers_all), (content, Some(covers_all)), "{name}");
        assert_eq!(signature.signer.as_deref(), Some("Ersilia Montanari"));
        assert_eq!(signature.serial_number.as_deref(), Some("TINIT-MNTRSL70A41X999Z"));
        assert!(signature.signed_at.is_some());
    }
    let later = &read.iter().find(|(name, _)| name == "verbale-firmato-poi-cambiato.pdf").unwrap().1;
    assert!(later.text.contains("Aggiunta dopo la firma"), "{}", later.text);
}

#[test]
fn scans_are_left_for_the_second_pass_and_recognised_there() {
    let Some(engines) = engines(&["pdfium", "tesseract"]) else { return };
    let extractor = extractor(&engines);
    let content = fixture("pdf/scansione.pdf");
    let first = read(&extractor, Pass::First, "scansione.pdf", &content);
    assert_eq!(first.state, TextState::None(Reason::AwaitingRecognition));
    let second = read(&extractor, Pass::Recognising, "scansione.pdf", &content);
    assert_eq!(second.state, TextState::Full, "{second:?}");
    assert_eq!(second.facts.read_by, [ReadBy { engine: "tesseract".to_owned(), pages: "1-2".to_owned() }]);
    assert_scan(&second.text, "libpdfium draws");
    // Rubbish that another program would have shown is read from the page as people see it.
    let nameless = fixture("pdf/lettera-senza-nomi.pdf");
    let read_as_drawn = read(&extractor, Pass::Recognising, "lettera.pdf", &nameless);
    assert_eq!(read_as_drawn.state, TextState::Full);
    assert!(read_as_drawn.text.replace('\n', " ").contains("relazione geologica"), "{}", read_as_drawn.text);
    // Two pages in one file, and a fax.
    for (name, pages, words) in [("licenza-1978.tif", 2, "LICENZA EDILIZIA"), ("fax-neve.tif", 1, "PROTEZIONE CIVILE")]
    {
        let image = read(&extractor, Pass::Recognising, name, &fixture(&format!("demo/{name}")));
        assert_eq!((image.state, image.facts.pages), (TextState::Full, Some(pages)), "{name}");
        assert_eq!(image.text.split('\u{c}').count(), pages as usize, "{name}");
        assert!(image.text.contains(words), "{name}: {}", image.text);
    }
}

fn assert_scan(text: &str, case: &str) {
    let pages: Vec<_> = text.split('\u{c}').collect();
    assert_eq!(pages.len(), 2, "{case}");
    for (page, words) in [(0, "scuola primaria"), (0, "184.310,55"), (1, "Officine Belvedere")] {
        let page = pages[page].split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(page.contains(words), "{case}: {words}: {page}");
    }
}

#[test]
fn scans_are_recognised_without_libpdfium_too() {
    let content = fixture("pdf/scansione.pdf");
    for (names, case) in [(&["pdftoppm", "tesseract"][..], "pdftoppm draws"), (&["tesseract"], "the fax is taken out")]
    {
        let Some(engines) = engines(names) else { continue };
        let read = read(&extractor(&engines), Pass::Recognising, "scansione.pdf", &content);
        assert_eq!(read.state, TextState::Full, "{case}: {read:?}");
        assert_scan(&read.text, case);
    }
}

/// A scan whose pages lie on their side or stand on their head, each with the letters it should have; or so that nobody
/// could read it.
#[test]
fn scans_that_lie_otherwise_are_turned_and_what_stays_rubbish_is_told() {
    let Some(engines) = engines(&["pdftoppm", "tesseract"]) else { return };
    let extractor = extractor(&engines);
    let recognised = |name: &str, content: &[u8]| read(&extractor, Pass::Recognising, name, content);
    // In the place of a font that the pages do not use, so that nothing else moves.
    let scan = fixture("pdf/scansione.pdf");
    for degrees in [90, 180, 270] {
        let turned = format!("/Rotate {degrees:<3} /Resources << /XObject");
        let turned = replaced(&scan, b"/Resources << /Font << /F1 3 0 R >> /XObject", &turned, 2);
        let read = recognised("scansione.pdf", &turned);
        assert_eq!(read.state, TextState::Full, "{degrees}: {read:?}");
        assert_scan(&read.text, &format!("turned by {degrees}"));
    }
    // How an image lies, in the place of how its colours do, which is as everybody has them.
    let fax = fixture("demo/fax-neve.tif");
    let lying = |orientation: u16| {
        let (colours, [low, high]) = (b"\x1c\x01\x03\x00\x01\x00\x00\x00\x01\x00", orientation.to_le_bytes());
        let tag = [0x12, 1, 3, 0, 1, 0, 0, 0, low, high];
        recognised("fax.tif", &replaced(&fax, colours, tag, 1))
    };
    for orientation in [3, 6, 8] {
        let read = lying(orientation);
        assert_eq!(read.state, TextState::Full, "{orientation}: {read:?}");
        assert!(read.text.contains("PROTEZIONE CIVILE"), "{orientation}: {}", read.text);
    }
    let mirrored = lying(2);
    assert_eq!(mirrored.state, TextState::Partial(Reason::Doubtful), "{mirrored:?}");
    // Nor is a page of rubbish a page without letters.
    let mirrored = replaced(&scan, b"q 595 0 0 842 0 0 cm /I0 Do Q", b"-595 0 0 842 595 0 cm/I0 Do", 2);
    let mirrored = recognised("scansione.pdf", &mirrored);
    assert_eq!(mirrored.state, TextState::Partial(Reason::Doubtful), "{mirrored:?}");
}

#[test]
fn pictures_in_sheets_and_slides_are_recognised() {
    use std::io::Write as _;

    let Some(engines) = engines(&["tesseract"]) else { return };
    let extractor = extractor(&engines);
    let picture = fixture("demo/bollettino.png");
    let office = ("[Content_Types].xml", "<Types/>");
    let open_document = |kind| ("mimetype", kind);
    for (kind, (first, says), main, at) in [
        ("presentazione.pptx", office, "ppt/presentation.xml", "ppt/media/image1.png"),
        ("foglio.xlsx", office, "xl/workbook.xml", "xl/media/image1.png"),
        ("presentazione.odp", open_document(ODP), "content.xml", "Pictures/1.png"),
        ("foglio.ods", open_document(ODS), "content.xml", "Pictures/1.png"),
    ] {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        let slide = ("ppt/slides/slide1.xml", &b"<sld/>"[..]);
        let members = [(first, says.as_bytes()), (main, b"<a/>"), slide, (at, &picture)];
        for (name, content) in members {
            zip.start_file(name, stored).unwrap();
            zip.write_all(content).unwrap();
        }
        let content = zip.finish().unwrap().into_inner();
        assert_eq!(read(&extractor, Pass::First, kind, &content).state.reason(), Some(Reason::AwaitingRecognition));
        let read = read(&extractor, Pass::Recognising, kind, &content);
        assert_eq!(read.state, TextState::Full, "{kind}: {read:?}");
        assert!(read.text.to_lowercase().contains("versamento"), "{kind}: {}", read.text);
    }
}

/// The same bytes with something in the place of something else, padded to its length, so many times.
fn replaced(content: &[u8], what: &[u8], by: impl AsRef<[u8]>, times: usize) -> Vec<u8> {
    let mut content = content.to_vec();
    let places: Vec<_> =
        content.windows(what.len()).enumerate().filter(|(_, w)| *w == what).map(|(at, _)| at).collect();
    assert_eq!(places.len(), times);
    let mut by = by.as_ref().to_vec();
    assert!(by.len() <= what.len());
    by.resize(what.len(), b' ');
    for at in places {
        content[at..at + by.len()].copy_from_slice(&by);
    }
    content
}

#[test]
fn a_scan_of_many_pages_gives_its_first_ones() {
    let Some(engines) = engines(&["pdfium", "tesseract"]) else { return };
    // Pages as small as can be read: the count is the point.
    let image = format!(
        "/Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 64 >>\nstream\n{}\nendstream",
        "\0".repeat(64)
    );
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>".to_owned(), String::new()];
    objects.push(format!("<< /Type /XObject /Subtype /Image {image}"));
    objects.push("<< /Length 38 >>\nstream\nq 20 0 0 20 0 0 cm /I Do Q              \nendstream".to_owned());
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 40 40] /Resources << /XObject << /I 3 0 R >> >> /Contents 4 0 R >>";
    objects.extend(std::iter::repeat_n(page.to_owned(), 23));
    let kids: String = (5..28).map(|n| format!("{n} 0 R ")).collect();
    objects[1] = format!("<< /Type /Pages /Count 23 /Kids [{kids}] >>");
    let mut file = "%PDF-1.4\n".to_owned();
    for (n, object) in objects.iter().enumerate() {
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", n + 1));
    }
    file.push_str("trailer\n<< /Root 1 0 R >>\n%%EOF\n");
    let read = read(&extractor(&engines), Pass::Recognising, "contratto.pdf", file.as_bytes());
    assert_eq!(read.facts.pages, Some(23));
    assert_eq!(read.state, TextState::None(Reason::PagesLeftOut), "{read:?}");
}

/// Files broken in every way, with each set of readers: no crash of this process, no hang, no child left behind.
#[test]
fn what_is_broken_on_purpose_costs_nothing_but_its_text() {
    for engine in [None, Some("pdfium"), Some("pdftotext")] {
        let Some(engines) = engines(engine.as_slice()) else { continue };
        let tag = format!("broken-{}-{}", std::process::id(), engine.unwrap_or("none"));
        let arguments = vec!["extract-worker".into(), "".into(), OsString::from(&tag)];
        let limits = Limits { time: Duration::from_secs(4), ..Limits::default() };
        let extractor = Extractor::start(PathBuf::from(PROGRAM), arguments, 1, limits, engines).unwrap();
        for name in names("pdf") {
            let content = fixture(&format!("pdf/{name}"));
            for (kind, what) in KINDS.iter().enumerate() {
                let broken = damaged(&content, kind, 1 + name.len() as u64);
                let begun = Instant::now();
                let read = read(&extractor, Pass::First, &name, &broken);
                assert!(begun.elapsed() < Duration::from_secs(14), "{name}, {what}: {:?}", begun.elapsed());
                assert!(matches!(read.state, TextState::None(_)) == read.text.is_empty(), "{name}, {what}: {read:?}");
                assert!(children(&tag) <= 1, "{name}, {what}");
            }
        }
        assert_eq!(read(&extractor, Pass::First, "a.txt", b"e poi si va avanti").state, TextState::Full);
        drop(extractor);
        assert_eq!(children(&tag), 0, "{engine:?}");
    }
}

#[test]
fn pages_that_only_lead_into_each_other_are_damage() {
    let content = b"%PDF-1.6\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n\
        2 0 obj\n<</Type/Pages/Kids[2 0 R]/Count 1>>\nendobj\ntrailer<</Size 3/Root 1 0 R>>\nstartxref\n0\n%%EOF\n";
    for engine in [None, Some("pdfium"), Some("pdftotext")] {
        let Some(engines) = engines(engine.as_slice()) else { continue };
        let read = read(&extractor(&engines), Pass::First, "a.pdf", content);
        assert_eq!(read.state, TextState::None(Reason::Broken), "{engine:?}");
    }
}

/// Processes of this machine that were started with this argument.
fn children(tag: &str) -> usize {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let started = |process: std::fs::DirEntry| std::fs::read(process.path().join("cmdline")).unwrap_or_default();
    processes.map(started).filter(|line| line.windows(tag.len()).any(|window| window == tag.as_bytes())).count()
}

/// Half of the words that another program finds in broken files are worth little; of sound ones nothing may be lost.
#[test]
fn nearly_all_words_that_another_program_sees_are_found() {
    let Some(engines) = engines(&["pdfium"]) else { return };
    let extractor = extractor(&engines);
    let (mut sum, mut count) = (0.0, 0);
    for name in names("pdf") {
        let content = fixture(&format!("pdf/{name}"));
        let broken = (0..KINDS.len()).map(|kind| damaged(&content, kind, 7));
        for content in std::iter::once(content.clone()).chain(broken) {
            let Some(theirs) = judged(&content) else { return };
            let ours = read(&extractor, Pass::First, &name, &content).text;
            if let Some(recall) = recall(&theirs, &ours) {
                (sum, count) = (sum + recall, count + 1);
            }
        }
    }
    let mean = sum / f64::from(count);
    eprintln!("mean recall over {count} files: {mean:.3}");
    assert!(count > 90 && mean >= 0.95, "{mean} over {count} files");
}
