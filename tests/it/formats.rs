//! What is read of each format, one document of a real program at a time, and of documents within documents.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use tabularium::text::media::media_type;
use tabularium::text::{Bounds, Extraction, Reason, SignedContent, TextState, read_here};

fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)).unwrap()
}

/// As a child does it, whose question says the type by the first bytes, without a name.
fn read(content: &[u8]) -> Extraction {
    let bounds = Bounds { text_max: 1024 * 1024, deadline: Instant::now() + Duration::from_secs(20) };
    read_here(content.to_vec(), media_type(content, ""), &bounds)
}

fn full(path: &str) -> Extraction {
    let extraction = read(&fixture(path));
    assert_eq!(extraction.state, TextState::Full, "{path}: {extraction:?}");
    extraction
}

#[track_caller]
fn holds(extraction: &Extraction, words: &[&str]) {
    for words in words {
        assert!(extraction.text.contains(words), "{words} is not in {:?}", extraction.text);
    }
}

fn fields<'e>(extraction: &'e Extraction, name: &str) -> Vec<&'e str> {
    extraction.facts.fields.iter().filter(|field| field.name == name).map(|field| &*field.value).collect()
}

fn parts(extraction: &Extraction) -> Vec<(&str, &str, TextState)> {
    extraction.facts.parts.iter().map(|part| (&*part.path, &*part.media_type, part.state)).collect()
}

/// The same report, saved by one program in four formats.
#[test]
fn letters() {
    for (name, puid, pages) in [
        ("relazione.docx", Some("fmt/412"), None),
        // Of a version that is newer than those we know for sure.
        ("relazione.odt", None, Some(1)),
        ("relazione.rtf", None, None),
        ("relazione.html", Some("fmt/96"), None),
    ] {
        let extraction = full(&format!("documents/{name}"));
        let words =
            ["Relazione sul verde pubblico", "La città è più bella", "trecento tigli, perché no.", "€ 1.250,00"];
        holds(&extraction, &words);
        holds(&extraction, &["Nota a piè sulla potatura"]);
        if !name.ends_with("html") {
            let seldom =
                ["frase cancellata", "Testo in una casella", "intestazione", "Piè di pagina", "Verificare la spesa"];
            holds(&extraction, &seldom);
        }
        let facts = &extraction.facts;
        assert_eq!((facts.puid.as_deref(), facts.pages), (puid, pages), "{name}");
        assert_eq!(facts.language.as_deref(), Some("it"), "{name}");
        assert!(facts.parts.is_empty(), "{name}: {facts:?}");
        assert!(!extraction.text.contains("HYPERLINK") && !extraction.text.contains("Calibri"), "{}", extraction.text);
    }
}

#[test]
fn spreadsheets() {
    for (name, date, amount) in [
        ("spese.xlsx", "2026-02-03", "1250.5"),
        ("spese.xls", "2026-02-03", "1250.5"),
        // As the sheet shows them.
        ("spese.ods", "03/02/2026", "1.250,50"),
    ] {
        let extraction = full(&format!("documents/{name}"));
        let line = format!("Potatura dei tigli {date} {amount}");
        holds(
            &extraction,
            &["Spese del verde\n", "Voce Data Importo\n", &line, "Fornitori\n", "Vivai Niccolò & Figli"],
        );
    }
    holds(&full("documents/spese.xlsx"), &["Commento alla cella", "VERO"]);
}

#[test]
fn presentations() {
    let extraction = full("documents/piano.pptx");
    let slides: Vec<_> = extraction.text.split('\u{c}').collect();
    assert_eq!(slides.len(), 2, "{slides:?}");
    assert!(slides[0].contains("Seconda diapositiva") && slides[0].contains("Tigli"), "shown first: {slides:?}");
    assert!(slides[1].contains("Piano del verde") && slides[1].contains("Nota del relatore: perché no"), "{slides:?}");
    assert_eq!(extraction.facts.pages, Some(2));
    let extraction = full("documents/piano.odp");
    let slides: Vec<_> = extraction.text.split('\u{c}').collect();
    assert!(slides[0].contains("Piano del verde") && slides[0].contains("Nota del relatore: perché no"), "{slides:?}");
    assert_eq!((slides[1], extraction.facts.pages), ("Seconda diapositiva", Some(2)));
}

#[test]
fn what_is_not_read_is_said() {
    assert_eq!(read(&fixture("documents/relazione.doc")).state, TextState::None(Reason::FormatNotRead));
    let closed = read(&fixture("signed/encrypted.p7m"));
    assert_eq!(closed.state, TextState::None(Reason::Encrypted));
}

#[test]
fn invoices() {
    let invoice = full("documents/fattura.xml");
    holds(
        &invoice,
        &[
            "Tipo documento: TD01 (fattura)",
            "Numero: 123/PA",
            "Importo totale documento: 1525.61",
            "Codice CIG: X999999999",
            "Modalita pagamento: MP05 (bonifico)",
            "Descrizione: Potatura di trenta alberi in viale Ùva",
            "elenco-alberi.txt\nElenco degli alberi potati: trenta tigli, perché no.",
        ],
    );
    assert_eq!(fields(&invoice, "invoice_number"), ["123/PA", "124/PA"]);
    assert_eq!(fields(&invoice, "invoice_date"), ["2026-02-03", "2026-02-10"]);
    assert_eq!(fields(&invoice, "invoice_total"), ["1525.61", "100.00"]);
    assert_eq!(fields(&invoice, "supplier"), ["Vivai Niccolò & Figli S.r.l."]);
    assert_eq!(fields(&invoice, "supplier_tax_code"), ["00000000026"]);
    assert_eq!(fields(&invoice, "customer"), ["Comune di Roccaverde"]);
    assert_eq!(fields(&invoice, "customer_tax_code"), ["00000000034"]);
    assert_eq!(parts(&invoice), [("elenco-alberi.txt", "text/plain", TextState::Full)]);

    let simple = full("documents/fattura-semplificata.xml");
    assert_eq!(fields(&simple, "supplier"), ["Niccolò Dell'Ùva"]);
    assert_eq!(fields(&simple, "supplier_tax_code"), ["DE000000000"]);
    assert_eq!(fields(&simple, "customer_tax_code"), ["RSSDAA90C52X999Q"]);
    assert_eq!(fields(&simple, "invoice_number"), ["7"]);
    holds(&simple, &["Descrizione: Caffè e ristoro", "Tipo documento: TD07 (fattura semplificata)"]);
}

#[test]
fn a_message_with_attachments_of_their_own() {
    let message = full("documents/messaggio.eml");
    holds(
        &message,
        &[
            "Da: Niccolò Dell'Ùva <niccolo@example.it>",
            "Oggetto: Perizia sui tigli di viale Ùva: è urgente",
            "La città è più bella così.",
            "perizia è.pdf\n",
            "Città di Roccaverde",
            "contratto.txt.p7m\n",
            "Contratto di comodato",
            "Richiesta di perizia.eml\n",
            "Serve una perizia giurata.",
        ],
    );
    assert!(!message.text.contains("alert") && message.text.matches("in allegato la perizia").count() == 1);
    assert_eq!(
        fields(&message, "message_from"),
        ["Niccolò Dell'Ùva <niccolo@example.it>", "Ada Rossi <ada@example.it>"]
    );
    assert_eq!(fields(&message, "message_id"), ["42@example.it", "41@example.it"]);
    assert_eq!(fields(&message, "message_date")[0], "2026-02-03T10:11:12+01:00");
    assert_eq!(fields(&message, "message_to").len(), 4);
    assert_eq!(
        parts(&message),
        [
            ("perizia è.pdf", "application/pdf", TextState::Full),
            ("contratto.txt.p7m", "application/pkcs7-mime", TextState::Full),
            ("contratto.txt.p7m/contratto.txt", "text/plain", TextState::Full),
            ("Richiesta di perizia.eml", "message/rfc822", TextState::Full),
        ]
    );
    let [signature] = &message.facts.signatures[..] else { panic!("{:?}", message.facts) };
    assert_eq!(signature.content, SignedContent::Intact);
    assert_eq!(signature.part.as_deref(), Some("contratto.txt.p7m"));
    assert_eq!((message.facts.pages, message.facts.puid.as_deref()), (None, Some("fmt/278")));
}

#[test]
fn envelopes_are_what_they_wrap() {
    for name in ["rsa.p7m", "ber.p7m", "base64.p7m", "pem.p7m", "p256.p7m"] {
        let extraction = full(&format!("signed/{name}"));
        holds(&extraction, &["Letto, approvato e sottoscritto: perché no."]);
        assert_eq!(extraction.facts.signatures.len(), 1, "{name}");
        assert_eq!(extraction.facts.signatures[0].part, None, "{name}");
    }
    let twice = full("signed/nested.p7m.p7m");
    let signers: Vec<_> = twice.facts.signatures.iter().map(|s| (s.signer.as_deref().unwrap(), s.content)).collect();
    assert_eq!(signers, [("Niccolò Dell'Ùva", SignedContent::Intact), ("Teresa Bianchi", SignedContent::Intact)]);
    let delibera = full("signed/delibera-compressa.pdf.p7m");
    holds(&delibera, &["Città di Roccaverde"]);
    assert_eq!(delibera.facts.puid, None, "the envelope is no PDF");
    let altered = full("signed/altered-content.p7m");
    assert_eq!(altered.facts.signatures[0].content, SignedContent::Altered, "its text is read all the same");
    let mail = full("signed/firmata.eml");
    assert_eq!(mail.facts.signatures[0].content, SignedContent::Intact, "{:?}", mail.facts);
    let forged = String::from_utf8(fixture("signed/firmata.eml")).unwrap().replace("comodato", "compravendita");
    assert_eq!(read(forged.as_bytes()).facts.signatures[0].content, SignedContent::Altered);
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn what_one_part_lacks_makes_the_whole_partial() {
    let outer = zipped(&[
        ("lettera.txt", b"Spett.le Comune"),
        ("dentro/altro.zip", &zipped(&[("relazione.docx", &fixture("documents/relazione.docx"))])),
        ("protetto.pdf", &fixture("documents/protetto.pdf")),
        ("rotto.docx", &fixture("documents/relazione.docx")[..4000]),
        ("vuoto.txt", b""),
    ]);
    let extraction = read(&outer);
    assert_eq!(extraction.state, TextState::Partial(Reason::Encrypted));
    holds(&extraction, &["lettera.txt\nSpett.le Comune", "dentro/altro.zip\n", "relazione.docx\n", "protetto.pdf"]);
    let states: Vec<_> = extraction.facts.parts.iter().map(|part| (&*part.path, part.state)).collect();
    assert_eq!(
        states,
        [
            ("lettera.txt", TextState::Full),
            ("dentro/altro.zip", TextState::Full),
            ("dentro/altro.zip/relazione.docx", TextState::Full),
            ("protetto.pdf", TextState::None(Reason::Encrypted)),
            ("rotto.docx", TextState::None(Reason::Broken)),
            ("vuoto.txt", TextState::None(Reason::Empty)),
        ]
    );
    assert_eq!(extraction.facts.puid.as_deref(), Some("x-fmt/263"));
}

#[test]
fn office_files_are_told_from_archives_by_what_they_hold() {
    let letter = fixture("documents/relazione.docx");
    let within = zipped(&[("allegati/primo.txt", b"uno"), ("lettera.docx", &letter)]);
    assert_eq!(media_type(&within, "a.docx"), "application/zip", "a ZIP with a letter in it is no letter");
    // So many members before those that tell, that the first bytes do not.
    let padding: Vec<String> = (0..400).map(|n| format!("customXml/item{n}.xml")).collect();
    let mut members: Vec<(&str, &[u8])> = padding.iter().map(|name| (&**name, &b"<a/>"[..])).collect();
    members.insert(0, ("[Content_Types].xml", b"<Types/>"));
    let body = b"<w:document xmlns:w='urn:w'><w:body><w:p><w:r><w:t>in fondo</w:t></w:r></w:p></w:body></w:document>";
    members.push(("word/document.xml", body));
    let late = zipped(&members);
    assert_eq!(media_type(&late, ""), "application/zip");
    assert!(media_type(&late, "a.docx").ends_with("wordprocessingml.document"));
    let extraction = read(&late);
    assert_eq!((extraction.text.as_str(), extraction.facts.puid.as_deref()), ("in fondo", Some("fmt/412")));
    members.push(("word/vbaProject.bin", b""));
    assert_eq!(read(&zipped(&members)).facts.puid.as_deref(), Some("fmt/523"));
}
