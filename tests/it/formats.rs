//! What is read of each format, one document of a real program at a time, and of documents within documents.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use tabularium::text::media::media_type;
use tabularium::text::{Bounds, Extraction, Reason, SignedContent, TextState, read_here};

use crate::harness::shared;

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
            let seldom = ["Testo in una casella", "intestazione", "Piè di pagina", "Verificare la spesa"];
            holds(&extraction, &seldom);
            // A page shows it, struck out.
            assert!(!extraction.text.contains("frase cancellata"), "{name}: what was deleted is not in the letter");
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
        ("spese.xlsx", "03/02/2026", "1250,5"),
        ("spese.xls", "03/02/2026", "1250,5"),
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

/// What a cell shows is what people type.
#[test]
fn cells_are_found_as_they_are_shown() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let format = |code: &str| rust_xlsxwriter::Format::new().set_num_format(code);
    for (column, number, code) in [
        (1, 1250.5, "#,##0.00 \"€\""),
        (2, 46_082.0, "dd/mm/yy"),
        (3, 0.22, "0%"),
        (5, 46_082.0, "d mmmm yyyy"),
        (6, 0.335, "0.0%"),
        (7, -75.2, "#,##0.00;[Red]-#,##0.00"),
        (8, 1200.0, "#,##0.00"),
        (9, 7.25, "General"),
    ] {
        sheet.write_number_with_format(1, column, number, &format(code)).unwrap();
    }
    sheet.write_string(1, 0, "Canone loculo").unwrap();
    sheet.write_boolean(1, 4, true).unwrap();
    let book = book.save_to_buffer().unwrap();
    let shown = "Canone loculo 1.250,50 € 01/03/2026 22% VERO 1 marzo 2026 33,5% -75,20 1.200,00 7,25";
    holds(&read(&book), &[shown]);
    holds(&full("documents/canoni.xls"), &[shown]);

    let town = shared();
    let document = json!({"document": {"blake3": town.upload("registrar", &book), "file_name": "canoni.xlsx"}});
    town.register("Prospetto zafferano", "", document);
    town.settle_index();
    for typed in ["1.250,50", "1250,50", "\"1.250,50 €\"", "1200", "01/03/2026", "1 marzo 2026", "22%", "33,5%", "VERO"]
    {
        let body = json!({"q": format!("zafferano {typed}")});
        let found = town.as_("registrar").post("/api/v1/search", &body).ok();
        assert_eq!(found["items"][0]["title"], "Prospetto zafferano", "{typed}: {found}");
        // Without a word left out.
        assert!(found["notes"].as_array().unwrap().iter().all(|note| note["code"] == "read-as"), "{typed}: {found}");
    }
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

/// What a person who opens the document's page is told of its file.
#[test]
fn facts_are_answered_with_the_document() {
    let town = shared();
    let blake3 = town.upload("registrar", &fixture("documents/messaggio.eml"));
    let more = json!({"document": {"blake3": blake3, "file_name": "messaggio.eml"}});
    let registered = town.register("Perizia sui tigli", "", more);
    town.settle_index();
    let address = format!("/api/v1/documents/{}", registered["document"]["id"].as_str().unwrap());
    let document = town.as_("registrar").get(&address).ok();
    assert_eq!((&document["media_type"], &document["text"]["state"]), (&json!("message/rfc822"), &json!("full")));
    let facts = &document["facts"];
    assert_eq!((&facts["puid"], &facts["language"]), (&json!("fmt/278"), &json!("it")));
    assert!(facts["fields"].as_array().unwrap().contains(&json!({"name": "message_id", "value": "42@example.it"})));
    assert_eq!(facts["signatures"][0]["content"], "intact");
    assert_eq!(facts["parts"][0]["path"], "perizia è.pdf");
}

mod hostile {
    use super::*;

    /// In time whatever the machine does beside, and not for ever.
    fn quick(what: &str, content: &[u8]) -> Extraction {
        let begun = Instant::now();
        let extraction = read(content);
        assert!(begun.elapsed() < Duration::from_secs(15), "{what} took {:?}", begun.elapsed());
        extraction
    }

    fn reason(extraction: &Extraction) -> Option<Reason> {
        extraction.state.reason()
    }

    #[test]
    fn archives_that_unpack_to_more_than_there_is() {
        let zeros = vec![b'0'; 40 << 20];
        let flat = zipped(&[("a.txt", &zeros)]);
        drop(zeros);
        assert!(flat.len() < 200_000, "{}", flat.len());
        assert_eq!(reason(&quick("flat", &flat)), Some(Reason::TooLarge));
        let mut nested = flat;
        for level in 0..20 {
            nested = zipped(&[(&format!("livello-{level}.zip"), &nested)]);
        }
        let nested = quick("nested", &nested);
        assert_eq!(reason(&nested), Some(Reason::NestedTooDeeply));
        assert!(nested.text.contains("livello-8.zip"), "{}", nested.text);
        let many: Vec<String> = (0..2000).map(|n| format!("{n}.txt")).collect();
        let many = quick("many", &zipped(&many.iter().map(|name| (&**name, &b"uno"[..])).collect::<Vec<_>>()));
        assert_eq!((reason(&many), many.facts.parts.len()), (Some(Reason::TooLarge), 1000));
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        (0..40).for_each(|_| gzip.write_all(&[b'0'; 1 << 20]).unwrap());
        assert_eq!(reason(&quick("gzip", &gzip.finish().unwrap())), Some(Reason::TooLarge));
    }

    /// One member that every entry of the directory points to.
    #[test]
    fn members_that_lie_over_each_other() {
        let one = zipped(&[("0000.txt", &vec![b'0'; 1 << 20])]);
        let end = one.windows(4).rposition(|window| window == b"PK\x05\x06").unwrap();
        let start = one.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
        let (member, entry) = (&one[..start], &one[start..end]);
        let mut bomb = member.to_vec();
        for n in 0..5000 {
            let mut entry = entry.to_vec();
            entry[46..50].copy_from_slice(format!("{n:04}").as_bytes());
            bomb.extend(entry);
        }
        let (size, place) = (bomb.len() - member.len(), member.len());
        let mut tail = one[end..].to_vec();
        tail[8..12].copy_from_slice(&[(5000 & 0xff) as u8, (5000 >> 8) as u8, (5000 & 0xff) as u8, (5000 >> 8) as u8]);
        tail[12..16].copy_from_slice(&u32::try_from(size).unwrap().to_le_bytes());
        tail[16..20].copy_from_slice(&u32::try_from(place).unwrap().to_le_bytes());
        bomb.extend(tail);
        let extraction = quick("overlapping", &bomb);
        assert!(
            matches!(reason(&extraction), Some(Reason::TooLarge | Reason::Broken | Reason::Cut)),
            "{:?}",
            extraction.state
        );
    }

    #[test]
    fn entities_are_never_resolved() {
        let mut bomb = String::from("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY l0 \"ha\">");
        for n in 1..30 {
            bomb.push_str(&format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10)));
        }
        bomb.push_str("]><a>prima &l29; dopo</a>");
        let extraction = quick("entities", bomb.as_bytes());
        assert_eq!((extraction.state, &*extraction.text), (TextState::Partial(Reason::Doubtful), "prima dopo"));
        let outside =
            "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a b=\"&e;\">prima &e;</a>";
        assert_eq!(quick("outside", outside.as_bytes()).text, "prima");
    }

    #[test]
    fn a_hundred_thousand_levels() {
        let deep = 100_000;
        let xml = format!("<?xml version=\"1.0\"?>{}in fondo{}", "<a>".repeat(deep), "</a>".repeat(deep));
        assert_eq!(quick("xml", xml.as_bytes()).text, "in fondo");
        let html = format!("<!doctype html>{}in fondo{}", "<div>".repeat(deep), "</div>".repeat(deep));
        assert_eq!(quick("html", html.as_bytes()).text, "in fondo");
        let attributes: String = (0..20_000).map(|n| format!(" a{n}=b")).collect();
        assert_eq!(quick("attributes", format!("<!doctype html><p{attributes}>ciao").as_bytes()).text, "ciao");
        let rtf = format!("{{\\rtf1 {}in fondo{}}}", "{\\b ".repeat(deep), "}".repeat(deep));
        assert_eq!(quick("rtf", rtf.as_bytes()).text, "in fondo");
        // The reader of JSON has a bound of its own.
        let json = format!("{}1{}", "[".repeat(deep), "]".repeat(deep));
        let bounds = Bounds { text_max: 100, deadline: Instant::now() + Duration::from_secs(5) };
        let extraction = read_here(json.into_bytes(), "application/json", &bounds);
        assert_eq!(reason(&extraction), Some(Reason::Broken));
        let body = format!("<w:document xmlns:w='w'>{}<w:t>in fondo</w:t>", "<w:p>".repeat(deep));
        let letter = zipped(&[("[Content_Types].xml", b"<a/>"), ("word/document.xml", body.as_bytes())]);
        let letter = quick("docx", &letter);
        assert_eq!((reason(&letter), &*letter.text), (Some(Reason::Broken), "in fondo"), "never closed, and yet read");
    }

    #[test]
    fn messages_and_envelopes_within_each_other() {
        let head = "From: a@example.it\r\nMessage-ID: <1@example.it>\r\nMIME-Version: 1.0\r\n";
        let mut mail = format!("{head}\r\nin fondo\r\n");
        for level in 0..50 {
            mail = format!(
                "{head}Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\nContent-Type: text/plain\r\n\r\n\
                 livello {level}\r\n--b{level}\r\nContent-Type: message/rfc822\r\n\r\n{mail}\r\n--b{level}--\r\n"
            );
        }
        let extraction = quick("mails", mail.as_bytes());
        assert_eq!(reason(&extraction), Some(Reason::NestedTooDeeply));
        assert!(extraction.text.contains("livello 40") && !extraction.text.contains("in fondo"));

        let mut cms = b"in fondo".to_vec();
        for _ in 0..50 {
            cms = envelope(&cms);
        }
        assert_eq!(reason(&quick("envelopes", &cms)), Some(Reason::NestedTooDeeply));
        assert_eq!(quick("one envelope", &envelope(b"in fondo")).text, "in fondo");
        let digits = [0x30, 0x80].repeat(100_000);
        let deep = [&cms_head()[..], &digits].concat();
        assert_eq!(reason(&quick("levels", &deep)), Some(Reason::Broken));
    }

    /// `SEQUENCE { signedData, [0] …`, of indefinite length, as far as the type can be told.
    fn cms_head() -> Vec<u8> {
        [&[0x30, 0x80, 0x06, 0x09][..], b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", &[0xa0, 0x80]].concat()
    }

    /// Signed by nobody.
    fn envelope(content: &[u8]) -> Vec<u8> {
        let element = |tag: u8, content: &[u8]| {
            let length = u32::try_from(content.len()).unwrap().to_be_bytes();
            [&[tag, 0x84][..], &length, content].concat()
        };
        let inner =
            [&[0x06, 0x09][..], b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", &element(0xa0, &element(0x04, content))]
                .concat();
        let data = [&[0x02, 1, 1, 0x31, 0][..], &element(0x30, &inner), &[0x31, 0]].concat();
        let object = [&[0x06, 0x09][..], b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"].concat();
        element(0x30, &[&object[..], &element(0xa0, &element(0x30, &data))].concat())
    }

    #[test]
    fn counts_and_places_that_lie() {
        let sheet = |body: &str, strings: &str| {
            zipped(&[
                ("[Content_Types].xml", b"<a/>"),
                ("xl/workbook.xml", b"<workbook><sheets><sheet name='Uno' r:id='r1'/></sheets></workbook>"),
                ("xl/_rels/workbook.xml.rels", b"<a><Relationship Id='r1' Target='worksheets/sheet1.xml'/></a>"),
                ("xl/sharedStrings.xml", strings.as_bytes()),
                ("xl/worksheets/sheet1.xml", body.as_bytes()),
            ])
        };
        let far = "<worksheet><dimension ref='A1:XFD1048576'/><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c></row>\
                   <row r='1048576'><c r='XFD1048576'><v>42</v></c></row></sheetData></worksheet>";
        let book = sheet(far, "<sst count='1' uniqueCount='4294967295'><si><t>ciao</t></si></sst>");
        assert!(book.len() < 1500);
        assert_eq!(quick("two cells far apart", &book).text, "Uno\nciao\n42");
        let cut = &fixture("documents/relazione.docx")[..6000];
        assert_eq!(quick("half a letter", cut).state, TextState::None(Reason::Broken));
        // Found by a changed byte: the sectors of the workbook follow each other for ever, and fill all memory.
        let endless = quick("a chain without end", &fixture("hostile/chain-without-end.xls"));
        assert_eq!(reason(&endless), Some(Reason::Broken));
        // The table of tables goes on in a sector that names itself, and in which nothing else has room.
        let bounds = Bounds { text_max: 100, deadline: Instant::now() + Duration::from_secs(5) };
        let itself = fixture("hostile/table-that-follows-itself.xls");
        let itself = read_here(itself, media_type(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls"), &bounds);
        assert_eq!(itself.state, TextState::None(Reason::Broken));
        // A sheet says how many rows it has, and where its cells stand: a few gigabytes, or more than any machine has.
        for name in ["hostile/claims-all-rows.xls", "hostile/cells-far-apart.xls"] {
            assert_eq!(quick(name, &fixture(name)).state, TextState::None(Reason::TooLarge), "{name}");
        }
        // The size that a member claims is not believed.
        let mut lying = zipped(&[("a.txt", b"uno due tre")]);
        let directory = lying.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
        lying[directory + 24..directory + 28].copy_from_slice(&u32::MAX.to_le_bytes()[..]);
        let lying = quick("a size that lies", &lying);
        assert!(lying.text.starts_with("a.txt"), "{lying:?}");
    }

    /// Objects by their numbers, from 1; where they lie is for the reader to find.
    fn pdf(objects: &[String]) -> Vec<u8> {
        let objects: Vec<_> =
            objects.iter().zip(1..).map(|(object, number)| format!("{number} 0 obj\n{object}\nendobj\n")).collect();
        let size = objects.len() + 1;
        format!("%PDF-1.4\n{}trailer << /Root 1 0 R /Size {size} >>\n%%EOF\n", objects.concat()).into_bytes()
    }

    fn references(numbers: std::ops::Range<usize>) -> String {
        numbers.map(|number| format!("{number} 0 R ")).collect()
    }

    /// A file of 100 KiB would take 100 MiB, one of two megabytes all there is.
    #[test]
    fn values_and_names_that_thousands_of_fields_inherit() {
        let value = format!("({})", "molte parole ".repeat(8_000));
        let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>";
        let mut form = vec![
            "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            page.to_owned(),
            format!("<< /T (campo) /FT /Tx /V 5 0 R /Kids [{}] >>", references(6..1006)),
            value,
        ];
        form.extend((0..1000).map(|_| "<< /T (a) >>".to_owned()));
        let form = quick("a form", &pdf(&form));
        let values =
            |extraction: &Extraction| extraction.facts.fields.iter().map(|field| field.value.len()).sum::<usize>();
        assert!(form.text.starts_with("molte parole"), "{:?}", form.state);
        assert_eq!(form.state, TextState::Partial(Reason::Cut));
        assert!((1..=4 << 20).contains(&values(&form)), "{}", values(&form));

        let names = "a".repeat(100_000);
        let mut deep = vec![
            "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            page.to_owned(),
            format!("<< /T ({names}) /FT /Tx /V (sì) /Kids [{}] >>", references(5..1005)),
        ];
        deep.extend((0..1000).map(|_| "<< /T (a) >>".to_owned()));
        let deep = quick("long names", &pdf(&deep));
        assert!(deep.facts.fields.iter().all(|field| field.name.len() < 2000) && deep.facts.fields.len() == 1000);
    }

    /// Everything that we can read, with one byte changed, or cut off, at many places: no panic, no long wait.
    #[test]
    fn small_documents_with_a_byte_wrong() {
        for name in
            ["documents/spese.ods", "documents/fattura-semplificata.xml", "signed/ber.p7m", "signed/firmata.eml"]
        {
            let whole = fixture(name);
            for place in (0..whole.len()).step_by(7) {
                let mut wrong = whole.clone();
                wrong[place] ^= 0x15;
                quick(name, &wrong);
                if place % 4 == 0 {
                    quick(name, &whole[..place]);
                }
            }
        }
    }
}

/// A message in the envelope of its operator, and in it an attachment in the envelope of its signer.
#[test]
fn certified_mail() {
    let message = full("signed/certificata.eml");
    holds(
        &message,
        &[
            "è stato inviato da",
            "Gestore di Prova S.p.A.",
            "In allegato la domanda.",
            "Letto, approvato e sottoscritto",
        ],
    );
    let paths: Vec<_> = message.facts.parts.iter().map(|part| &*part.path).collect();
    let inner = "postacert.eml/contratto.txt.p7m";
    assert_eq!(paths, ["daticert.xml", "postacert.eml", inner, &format!("{inner}/contratto.txt")]);
    let signed: Vec<_> = message.facts.signatures.iter().map(|s| (s.part.as_deref(), s.content)).collect();
    assert_eq!(signed.len(), 2);
    assert!(signed.contains(&(None, SignedContent::Intact)), "{signed:?}");
    assert!(signed.contains(&(Some(inner), SignedContent::Intact)), "{signed:?}");
    assert_eq!(fields(&message, "message_subject")[1], "Domanda di occupazione del suolo");
}

/// Receipts of certified mail as real operators write them, anonymised; not ours to keep, so they lie elsewhere.
#[test]
fn certified_mail_of_real_operators() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/pec");
    let Ok(samples) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: no certified messages of real operators in {}", folder.display());
        return;
    };
    let mut read_all = 0;
    for entry in samples {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        let message = read(&content);
        assert!(message.text.contains("essaggio"), "{}", message.text);
        assert!(!message.text.contains("<html>"), "{}", message.text);
        let certificate = message.facts.parts.iter().find(|part| part.path.ends_with("daticert.xml"));
        assert!(certificate.is_some_and(|part| part.state == TextState::Full), "{:?}", message.facts.parts);
        assert!(!fields(&message, "message_subject")[0].is_empty());
        read_all += 1;
    }
    assert!(read_all > 0);
}
