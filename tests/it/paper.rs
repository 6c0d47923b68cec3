//! Registers, labels and stamped copies, held to by programs that are not ours: qpdf for the structure, poppler for what
//! a person finds on the pages.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Instant;

use jiff::civil::date;
use serde_json::{Value, json};
use tabularium::model::register::{AssignmentMode, CorrespondentRole, Direction};
use tabularium::paper::{Annulled, Change, Head, Period, RegisterPaper, Row, VOLUME_ENTRIES, Volume};

use crate::harness::Town;

/// Runs a program on a file. Without it the test says so and proves less.
fn asked(program: &str, arguments: &[&str], file: &Path) -> Option<Output> {
    let asked = Command::new(program).args(arguments).arg(file).arg("-").output();
    if asked.is_err() {
        eprintln!("skipped: {program} is not installed");
    }
    asked.ok()
}

/// The words of a PDF that is whole, tagged and carries all its fonts.
#[track_caller]
fn words(pdf: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("carta.pdf");
    std::fs::write(&file, pdf).unwrap();
    if let Ok(checked) = Command::new("qpdf").arg("--check").arg(&file).output() {
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    }
    let text = |pdf: &[u8], what: &str| pdf.windows(what.len()).any(|window| window == what.as_bytes());
    assert!(text(pdf, "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>"), "PDF/A-2a");
    assert!(text(pdf, "<pdfuaid:part>1</pdfuaid:part>"), "PDF/UA-1");
    assert!(text(pdf, "/Lang(it-IT)") && text(pdf, "/Marked true"));
    if let Ok(fonts) = Command::new("pdffonts").arg(&file).output() {
        let fonts = String::from_utf8(fonts.stdout).unwrap();
        let embedded = |line: &str| line.contains(" yes yes yes ");
        assert!(fonts.lines().count() > 2 && fonts.lines().skip(2).all(embedded), "{fonts}");
    }
    asked("pdftotext", &["-raw"], &file).map(|said| String::from_utf8(said.stdout).unwrap())
}

/// How often a kind of structure is used, as poppler sees it.
fn structure(pdf: &[u8], kind: &str) -> Option<usize> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("carta.pdf");
    std::fs::write(&file, pdf).unwrap();
    let said = Command::new("pdfinfo").arg("-struct").arg(&file).output().ok()?;
    Some(String::from_utf8_lossy(&said.stdout).lines().filter(|line| first_word(line) == kind).count())
}

/// `TH` of `TH (block):`, and of `TH <id> (block)`.
fn first_word(line: &str) -> &str {
    line.trim().split([' ', ':']).next().unwrap_or_default()
}

fn head(period: Period, entries: u64) -> Head {
    let number = |n: u64| format!("{n:07}");
    Head {
        administration: ("Comune di Prova".into(), "c_x999".into()),
        area: "AOO1".into(),
        register: ("PG".into(), "Protocollo generale".into()),
        period,
        number: Some("0000132".into()),
        id: Some("c_x999AOO1-20260512-132".into()),
        operator: "Tabularium".into(),
        responsible: None,
        previous: None,
        entries,
        annulled: entries / 50,
        numbers: (entries > 0).then(|| (number(1), number(entries))),
        formed: (date(2026, 5, 13).at(0, 5, 0, 0), 2),
        volume: Volume { number: 1, of: 1 },
    }
}

fn row(n: u64, subject: &str) -> Row {
    Row {
        number: format!("{n:07}"),
        at: date(2026, 5, 12).at(9, 5, 7, 0),
        direction: Some(Direction::Incoming),
        correspondents: vec![(CorrespondentRole::Sender, format!("Edil Nord {n} srl, via Garibaldi 14, Prova"))],
        subject: Some(subject.to_owned()),
        sender_number: Some(format!("{n}/2026/U")),
        sender_date: Some(date(2026, 5, 10)),
        classification: "6.3".into(),
        assigned: vec![(AssignmentMode::Responsible, "Edilizia privata".into())],
        fingerprint: Some("n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=".into()),
        attachments: 2,
        notes: Vec::new(),
        annulled: None,
    }
}

const ORDINARY: &str = "Trasmissione del verbale di sopralluogo e richiesta di integrazione documentale ai sensi \
                        dell’art. 10-bis della legge 241/1990";

#[test]
fn a_day_says_all_that_was_registered_and_changed() {
    let mut paper = RegisterPaper::new(head(Period::Day(date(2026, 5, 12)), 61));
    for n in 1..=60 {
        paper.entry(&row(n, ORDINARY));
    }
    paper.entry(&Row {
        annulled: Some(Annulled {
            at: date(2026, 5, 12).at(15, 2, 9, 0),
            by: "Anna Bianchi".into(),
            act: "determina 12 del 12/05/2026".into(),
            reason: "registrata due volte".into(),
        }),
        ..row(61, "Istanza inviata due volte")
    });
    paper.change(&Change {
        entry: "0000099/2025".into(),
        at: date(2026, 5, 12).at(9, 1, 2, 0),
        by: "Anna Bianchi".into(),
        what: "Classificazione".into(),
        before: "6.3".into(),
        after: "6.9".into(),
        act: String::new(),
    });
    let pdf = paper.finish().unwrap();
    let Some(words) = words(&pdf) else { return };
    for said in [
        "Registro giornaliero di protocollo PG del 12/05/2026",
        "Amministrazione: Comune di Prova (c_x999)",
        "Registrazioni: 61, di cui 1 annullata; dal numero 0000001 al numero 0000061",
        "Registro n. 0000132. Formato il 13/05/2026 alle 00:05:00",
        "0000061\n09:05:07\nArrivo\nANNULLATA",
        "Istanza inviata due volte",
        "n. 61/2026/U\ndel 10/05/2026",
        "Provvedimento: determina 12 del 12/05/2026. Motivo: registrata due volte",
        "Annullamenti e modifiche di registrazioni precedenti",
        "0000099/2025",
        "pagina 1 di 5",
        "pagina 5 di 5",
    ] {
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat(&words).contains(&flat(said)), "{said:?} is missing in {words}");
    }
    // 61 entries and a change with the heads of their tables; each row is called by its first cell.
    for (kind, count) in [("Table", 2), ("TR", 61 + 1 + 2), ("TH", 6 + 5 + 61 + 1), ("H1", 1), ("H2", 2)] {
        let found = structure(&pdf, kind);
        assert!(found.is_none_or(|found| found == count), "{kind}: {found:?}, not {count}");
    }
}

#[test]
fn an_empty_day_is_a_register_too() {
    let pdf = RegisterPaper::new(head(Period::Day(date(2026, 8, 15)), 0)).finish().unwrap();
    let Some(words) = words(&pdf) else { return };
    for said in ["Registrazioni: 0; nessun numero", "Nessuna registrazione in questo giorno.", "Nessuna operazione."] {
        assert!(words.contains(said), "{said:?} is missing in {words}");
    }
}

#[test]
fn whatever_a_subject_holds_the_register_says_it() {
    let shown = [
        ("Ștefan Țepeș, Đorđe Čavić", "Ștefan Țepeș, Đorđe Čavić"),
        ("Олена Шевченко", "Олена Шевченко"),
        ("Γεωργία Παπαδοπούλου", "Γεωργία Παπαδοπούλου"),
        // Composed, and where that cannot be with its accent above it.
        ("cafe\u{301}", "café"),
        // No font here has it: its number is on the page, and itself in the text.
        ("王小明", "王小明"),
        // What would turn the line or means nothing is shown as its number, in the text too.
        ("fattura\u{202e}fdp.exe", "fattura[U+202E]fdp.exe"),
        ("\u{e000}", "[U+E000]"),
        ("a\tb\r\nc\u{0}d  e\u{200b}\u{ad}f", "a b c d ef"),
    ];
    let mut paper = RegisterPaper::new(head(Period::Year(2026), shown.len() as u64));
    for (n, (subject, _)) in shown.iter().enumerate() {
        paper.entry(&row(n as u64 + 1, subject));
    }
    let pdf = paper.finish().unwrap();
    let Some(words) = words(&pdf) else { return };
    for (subject, said) in shown {
        assert!(words.contains(said), "{subject:?}: no {said:?} in {words}");
    }
}

#[test]
fn a_row_longer_than_pages_goes_on_over_them() {
    let mut paper = RegisterPaper::new(head(Period::Day(date(2026, 5, 12)), 3));
    paper.entry(&row(1, ORDINARY));
    let long: Vec<_> = (0..500).map(|n| (CorrespondentRole::Recipient, format!("Famiglia Rossi numero{n}"))).collect();
    paper.entry(&Row { correspondents: long, subject: Some("#".repeat(4_000)), ..row(2, "") });
    paper.entry(&row(3, ORDINARY));
    let pdf = paper.finish().unwrap();
    let Some(words) = words(&pdf) else { return };
    for said in ["numero0\n", "numero499", "0000003", "pagina 11 di 11"] {
        assert!(words.contains(said), "{said:?} is missing in {words}");
    }
    assert_eq!(words.matches('#').count(), 4_000, "nothing of the subject is lost");
}

#[test]
fn a_large_year_is_bound_in_volumes() {
    let volumes = |entries: u64| Volume::all(entries).map(|volume| (volume.number, volume.of)).collect::<Vec<_>>();
    assert_eq!(volumes(0), [(1, 1)]);
    assert_eq!(volumes(VOLUME_ENTRIES), [(1, 1)]);
    assert_eq!(volumes(VOLUME_ENTRIES + 1), [(1, 2), (2, 2)]);
    let volume = Volume { number: 1, of: 2 };
    let mut paper = RegisterPaper::new(Head { volume, ..head(Period::Year(2026), VOLUME_ENTRIES + 1) });
    paper.entry(&row(7, ORDINARY));
    paper.entry(&row(8, ORDINARY));
    let Some(words) = words(&paper.finish().unwrap()) else { return };
    assert!(words.contains("dell’anno 2026, volume 1 di 2"), "{words}");
    assert!(words.contains("In questo volume: dal numero 0000007 al numero 0000008"), "{words}");
    assert!(!words.contains("Annullamenti e modifiche"), "they stand in the last volume: {words}");
}

/// Run by hand in a release build: `cargo test --release --test it paper::figures -- --ignored --nocapture`.
#[test]
#[ignore = "figures mean something in a release build alone"]
fn figures_of_a_day_and_a_year() {
    let begun = Instant::now();
    let mut day = RegisterPaper::new(head(Period::Day(date(2026, 5, 12)), 2_000));
    (1..=2_000).for_each(|n| day.entry(&row(n, ORDINARY)));
    let bytes = day.finish().unwrap().len();
    println!("a day of 2,000 entries: {:?}, {bytes} bytes", begun.elapsed());
    let begun = Instant::now();
    for volume in Volume::all(100_000) {
        let mut year = RegisterPaper::new(Head { volume, ..head(Period::Year(2026), 100_000) });
        let first = u64::from(volume.number - 1) * VOLUME_ENTRIES;
        (first + 1..=first + VOLUME_ENTRIES).for_each(|n| year.entry(&row(n, ORDINARY)));
        year.finish().unwrap();
    }
    println!("a year of 100,000 entries: {:?}", begun.elapsed());
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap());
}

#[test]
fn a_label_is_printed_on_a_roll_and_on_a_sheet() {
    let town = Town::new();
    let entry = town.register("Permesso di costruire", "Un'istanza.", json!({}));
    let label = format!("/api/v1/registers/PG/entries/{}/{}/label.pdf", entry["year"], entry["number"]);
    let get = |query: &str| town.as_("registrar").get(&format!("{label}{query}"));
    for query in ["", "?format=roll", "?format=a4", "?format=a4&place=24"] {
        let answer = get(query).expect(200);
        assert_eq!(answer.header("content-type"), Some("application/pdf"));
        assert!(answer.header("content-disposition").unwrap().starts_with("inline; filename=\"etichetta PG"));
        let Some(words) = words(&answer.body) else { continue };
        for said in ["Comune di Prova", entry["mark"].as_str().unwrap(), "Arrivo"] {
            assert!(words.contains(said), "{query}: {said:?} is missing in {words}");
        }
    }
    for (query, field) in [
        ("?format=a4&place=25", "place"),
        ("?format=a4&place=0", "place"),
        ("?place=1", "place"),
        ("?format=a5", "format"),
    ] {
        let refused = get(query).expect(422).value();
        assert_eq!(refused["errors"][0]["field"], field, "{query}: {refused}");
        let message = refused["errors"][0]["message"].as_str().unwrap();
        let page = town.as_("registrar").with("Accept", "text/html");
        let page = page.get(&format!("{}{query}", label.replacen("/api/v1", "", 1))).expect(422).text();
        assert!(field == "format" || !page.contains(message), "{message:?} is said in English: {page}");
    }
}

/// Registers a PDF; gives the address of the document.
fn registered(town: &Town, content: &[u8]) -> String {
    let blake3 = town.upload("registrar", content);
    let document = json!({"blake3": blake3, "file_name": "istanza.pdf"});
    let entry = town.register("Permesso di costruire", "", json!({"document": document}));
    format!("/api/v1/documents/{}", entry["document"]["id"].as_str().unwrap())
}

fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)).unwrap()
}

#[test]
fn a_copy_bears_the_mark_and_the_original_stays() {
    let town = Town::new();
    let folder = tempfile::tempdir().unwrap();
    let plain = ["documents/delibera.pdf", "documents/scansione.pdf", "pdf/verbale-firmato.pdf"];
    let odd = [
        "pdf/verbale-ruotato.pdf",
        "pdf/verbale-flussi-oggetti.pdf",
        "pdf/verbale-pdfa2b.pdf",
        "pdf/lettera-cairo.pdf",
    ];
    for name in plain.into_iter().chain(odd) {
        let content = fixture(name);
        let document = registered(&town, &content);
        let copy = town.as_("registrar").get(&format!("{document}/stamped")).expect(200);
        assert!(copy.header("content-disposition").unwrap().contains("istanza (prot. 00000"), "{name}");
        // What was there is there, byte for byte: signatures are over that.
        assert!(copy.body.starts_with(&content) && copy.body.len() > content.len(), "{name}");
        let again = town.as_("registrar").get(&format!("{document}/content")).expect(200);
        assert!(again.body == content, "{name}: the original is untouched");
        let file: PathBuf = folder.path().join(name.replace('/', "-"));
        std::fs::write(&file, &copy.body).unwrap();
        if let Ok(checked) = Command::new("qpdf").arg("--check").arg(&file).output() {
            assert_ne!(checked.status.code(), Some(2), "{name}: {}", String::from_utf8_lossy(&checked.stderr));
        }
        let Some(said) = asked("pdftotext", &["-raw", "-l", "1"], &file) else { continue };
        let said = String::from_utf8_lossy(&said.stdout).replace('\n', " ");
        assert!(said.contains("Comune di Prova - Prot. n. 0000"), "{name}: {said}");
    }
}

#[test]
fn what_cannot_be_stamped_says_so() {
    let town = Town::new();
    let refused = |path: &str, because: &str| {
        let answer = town.as_("registrar").get(&format!("{path}/stamped")).expect(404);
        assert_eq!(answer.problem(), "not-stampable", "{because}");
        let detail = answer.value()["detail"].as_str().unwrap_or_default().to_owned();
        assert!(detail.contains(because), "{detail:?} does not say {because:?}");
        let page = format!("{}/stamped", path.replacen("/api/v1", "", 1));
        let page = town.as_("registrar").with("Accept", "text/html").get(&page).expect(404).text();
        assert!(page.contains("La copia con la segnatura non è disponibile"), "{page}");
        assert!(!page.contains("<p lang=\"en\""), "{because:?} is said in English: {page}");
    };
    refused(&registered(&town, &fixture("documents/protetto.pdf")), "password");
    refused(&registered(&town, &fixture("documents/protetto-senza-password.pdf")), "password");
    refused(&registered(&town, b"Nient'altro che testo."), "PDF documents only");
    for hostile in ["no-objects", "page-tree-loop"] {
        refused(&registered(&town, &fixture(&format!("hostile/{hostile}.pdf"))), "damaged");
    }
    // Whatever else is hostile gets an answer, and the next document is stamped.
    for hostile in ["bomb", "form-calls-itself", "nested-arrays", "nested-in-content", "parent-loop", "truncated"] {
        let document = registered(&town, &fixture(&format!("hostile/{hostile}.pdf")));
        let status = town.as_("registrar").get(&format!("{document}/stamped")).status;
        assert!(matches!(status, 200 | 404), "{hostile}: {status}");
    }
    let document = registered(&town, &fixture("documents/delibera.pdf"));
    town.as_("registrar").get(&format!("{document}/stamped")).expect(200);
    let blake3 = town.upload("officer", &fixture("documents/delibera.pdf"));
    let free: Value =
        town.as_("officer").post("/api/v1/documents", &json!({"blake3": blake3, "file_name": "a.pdf"})).created();
    let free =
        town.as_("officer").get(&format!("/api/v1/documents/{}/stamped", free["id"].as_str().unwrap())).expect(404);
    assert_eq!(free.problem(), "not-stampable", "it is not registered");
}
