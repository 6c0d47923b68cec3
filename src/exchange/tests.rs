//! Samples of three generations, whole and broken, and everything hostile that one can put into a small XML.

use std::time::Instant;

use jiff::civil::{date, time};
use proptest::prelude::*;

use super::*;
use crate::digest::Sha256;
use crate::limits;

fn sample(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/marks").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn mark_of(bytes: &[u8]) -> (Generation, Mark, Vec<(&'static str, String)>) {
    let reading = read(bytes).unwrap();
    let deviations = reading.deviations.iter().map(|found| (found.code.name(), found.place.clone())).collect();
    match reading.content {
        Content::Mark(mark) => (reading.generation, *mark, deviations),
        Content::Message(message) => panic!("{message:?}"),
    }
}

fn identifier(number: &str) -> Identifier {
    Identifier {
        administration: "c_x999".into(),
        area: "AOO1".into(),
        register: "PG".to_owned(),
        number: number.to_owned(),
        date: Some(date(2026, 3, 29)),
        time: Some(time(3, 0, 1, 0)),
    }
}

#[test]
fn a_mark_of_2001_is_read_with_its_doctype_and_its_encoding() {
    let (generation, mark, deviations) = mark_of(&sample("2001.xml"));
    assert_eq!(generation, Generation::Dtd2001);
    assert_eq!(deviations, []);
    assert_eq!(mark.subject, "Attività di vigilanza: società partecipate");
    assert_eq!(mark.identifier.number, "0000123");
    assert_eq!(mark.identifier.time, Some(time(16, 9, 19, 710_000_000)));
    assert_eq!(mark.classification.unwrap(), Classification { name: "Vigilanza".into(), code: "4.2".into() });
    let Some(Party::Administration { name, code, area, unit, contacts, people, .. }) = mark.sender else { panic!() };
    assert_eq!((name.as_str(), code.unwrap().code), ("Regione Esempio", "r_esempio".to_owned()));
    assert_eq!(area.unwrap().description.as_deref(), Some("Direzione generale"));
    assert_eq!(unit.unwrap(), Code { code: "U2".into(), description: Some("Settore / Ufficio".into()) });
    assert_eq!(contacts.electronic[0].address, "protocollo@pec.regione.example");
    assert_eq!(
        (contacts.postal[0].street.as_str(), contacts.postal[0].postcode.as_deref()),
        ("via delle Querce", Some("00100"))
    );
    assert_eq!((people[0].given_name.as_str(), people[0].family_name.as_str()), ("Ada", "Verdi"));
    let kinds: Vec<_> = mark.recipients.iter().map(|to| (to.confirm, to.copy)).collect();
    assert_eq!(kinds, [(true, false), (true, false), (false, true)]);
    let Party::Person(person) = &mark.recipients[1].party else { panic!() };
    assert_eq!(person.family_name, "Neri");
    assert_eq!(mark.document.unwrap().file_name, "nota.pdf.p7m");
    let names: Vec<_> = mark.attachments.iter().map(|document| document.file_name.as_str()).collect();
    assert_eq!(names, ["elenco.pdf", "pianta.pdf"]);
    assert_eq!(mark.dossier.unwrap().code, "4.2/2009/7");
    assert_eq!(mark.references[0].identifier.as_ref().unwrap().number, "0000456");
}

#[test]
fn a_mark_of_2013_is_read_and_its_fingerprint_in_hexadecimal_is_flagged() {
    let (generation, mark, deviations) = mark_of(&sample("2013.xml"));
    assert_eq!(generation, Generation::Schema2013);
    let place = "Descrizione/Documento/Impronta".to_owned();
    assert_eq!(deviations, [("fingerprint-hex", place)]);
    assert_eq!(mark.document.unwrap().fingerprint, Some(Fingerprint::from(Sha256::of(b"nota"))));
    assert_eq!(mark.confidential_note.as_deref(), Some("dati personali"));
}

#[test]
fn what_other_programs_get_wrong_in_2021_is_read_and_said() {
    let (generation, mark, deviations) = mark_of(&sample("2021-wrong.xml"));
    assert_eq!(generation, Generation::Schema2021);
    let head = |name: &str| format!("SegnaturaInformatica/@{name}");
    let sender = "Descrizione/Mittente/PersonaGiuridica";
    let primary = |rest: &str| format!("Descrizione/DocumentoPrimario/{rest}");
    let expected = [
        ("attribute-unqualified", head("versione")),
        ("version-unexpected", head("versione")),
        ("missing", head("lang")),
        ("seal-missing", "Signature".to_owned()),
        ("number-malformed", "Intestazione/Identificatore/NumeroRegistrazione".to_owned()),
        ("date-malformed", "Intestazione/Identificatore/DataRegistrazione".to_owned()),
        ("missing", "Intestazione/Classifica".to_owned()),
        ("tax-code-malformed", format!("{sender}/PIVAoCF")),
        ("postcode-five-digits", format!("{sender}/ContattiPersonaGiuridica/IndirizzoPostale/CAP")),
        ("missing", "Descrizione/Destinatario".to_owned()),
        ("attribute-unqualified", primary("@nomeFile")),
        ("attribute-unqualified", primary("@mimeType")),
        ("fingerprint-base64-of-hex", primary("Impronta")),
    ];
    assert_eq!(deviations, expected);
    assert_eq!(mark.identifier.number, "42");
    assert_eq!(mark.identifier.date, None, "30 February");
    assert_eq!(mark.document.unwrap().fingerprint, Some(Fingerprint::from(Sha256::of(b"nota"))));
}

#[test]
fn both_namespaces_of_2021_are_known_and_others_are_told_apart() {
    let written = mark("0000042").write(Carrier::Mail).unwrap();
    let xml = written.canonical();
    assert!(xml.starts_with("<pec:SegnaturaInformatica xmlns:pec="));
    assert_eq!(mark_of(xml.as_bytes()).1, mark("0000042"));
    // As an importer rewrites it, and without any.
    let rewritten = xml.replace("/protocollo/pec/", "/protocollo/");
    assert_eq!(mark_of(rewritten.as_bytes()).1, mark("0000042"));
    let bare = "<SegnaturaInformatica versione='3.0.0' lang='it'/>";
    assert!(mark_of(bare.as_bytes()).2.contains(&("namespace-unexpected", "SegnaturaInformatica".to_owned())));
    for unknown in ["<Segnatura xmlns='urn:agid:2031'/>", "<SegnaturaInformatica xmlns='urn:x'/>", "<html/>"] {
        assert!(matches!(read(unknown.as_bytes()), Err(ReadError::UnknownGeneration { .. })), "{unknown}");
    }
}

fn mark(number: &str) -> Mark {
    let person = Person { given_name: "Ada".into(), family_name: "Verdi".into(), ..Person::default() };
    Mark {
        identifier: identifier(number),
        subject: "Istanza".into(),
        classification: Some(Classification { name: "Edilizia".into(), code: "6.3".into() }),
        sender: Some(Party::Person(person.clone())),
        recipients: vec![Recipient { party: Party::Person(person), confirm: false, copy: true }],
        document: Some(MarkedDocument {
            file_name: "istanza.pdf".into(),
            media_type: "application/pdf".into(),
            fingerprint: Some(Sha256::of(b"istanza").into()),
            ..MarkedDocument::default()
        }),
        ..Mark::default()
    }
}

#[test]
fn what_the_schema_cannot_say_is_refused_with_its_place() {
    let place = |change: &dyn Fn(&mut Mark)| {
        let mut mark = mark("0000042");
        change(&mut mark);
        mark.write(Carrier::Cooperation).unwrap_err().place
    };
    assert_eq!(place(&|mark| mark.identifier.number = "42".into()), "NumeroRegistrazione");
    assert_eq!(place(&|mark| mark.identifier.register = "A".repeat(17)), "CodiceRegistro");
    assert_eq!(place(&|mark| mark.identifier.date = None), "DataRegistrazione");
    assert_eq!(place(&|mark| mark.identifier.area = "".into()), "Identificatore");
    assert_eq!(place(&|mark| mark.classification = None), "Classifica");
    assert_eq!(place(&|mark| mark.recipients.clear()), "Destinatario");
    assert_eq!(place(&|mark| mark.document = None), "DocumentoPrimario");
    assert_eq!(place(&|mark| mark.document.as_mut().unwrap().fingerprint = None), "Impronta");
    let organization = |code: &str| Party::Organization {
        name: "Gamma".into(),
        tax_code: Some(code.into()),
        contacts: Contacts::default(),
        people: Vec::new(),
    };
    assert_eq!(place(&|mark| mark.sender = Some(organization("VRDDAA70A41H501X"))), "PIVAoCF");
}

#[test]
fn hostile_documents_are_refused_at_once() {
    let began = Instant::now();
    let many = |count: usize, what: &str| what.repeat(count);
    let bomb = "<!DOCTYPE Segnatura [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><Segnatura>&b;</Segnatura>";
    let outside = "<!DOCTYPE Segnatura [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><Segnatura>&x;</Segnatura>";
    let parameter = "<!DOCTYPE Segnatura [<!ENTITY % x SYSTEM 'http://127.0.0.1/x'> %x;]><Segnatura/>";
    for declares in [bomb, outside, parameter] {
        assert_eq!(read(declares.as_bytes()), Err(ReadError::Declarations));
    }
    let elsewhere = "<!DOCTYPE Segnatura SYSTEM 'file:///etc/passwd'><Segnatura>&x;</Segnatura>";
    assert_eq!(read(elsewhere.as_bytes()), Err(ReadError::Entity("x".into())));
    let in_attribute = "<Segnatura versione='&x;'/>";
    assert!(matches!(read(in_attribute.as_bytes()), Err(ReadError::Entity(_))));
    let deep = many(100_000, "<a>");
    let wide = format!("<Segnatura>{}</Segnatura>", many(100_000, "<a/>"));
    let attributes: String = (0..1_000).map(|n| format!(" a{n}='1'")).collect();
    let attributes = format!("<Segnatura{attributes}/>");
    let seal = format!("<a><Signature xmlns='http://www.w3.org/2000/09/xmldsig#'>{}", many(100_000, "<a>"));
    for much in [&deep, &wide, &attributes, &seal] {
        assert_eq!(read(much.as_bytes()), Err(ReadError::TooMuch), "{}", &much[..20]);
    }
    for broken in ["", "  ", "{}", "<Segnatura>", "<Segnatura></Altro>", "<Segnatura/><Segnatura/>", "<a b='1' b='2'/>"]
    {
        assert!(
            matches!(read(broken.as_bytes()), Err(ReadError::Broken(_))),
            "{broken}: {:?}",
            read(broken.as_bytes())
        );
    }
    assert_eq!(read(b"<?xml version='1.0' encoding='ebcdic-cp-xx'?><Segnatura/>"), Err(ReadError::Encoding));
    assert_eq!(read(b"<Segnatura>\xff</Segnatura>"), Err(ReadError::Encoding));
    let huge = vec![b' '; limits::MARK_BYTES_MAX + 1];
    assert_eq!(read(&huge), Err(ReadError::TooLarge));
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}

#[test]
fn messages_are_read_as_they_were_written() {
    let registered = Received::Registered {
        identifier: identifier("0000007"),
        first_registration: Some(Box::new(identifier("0000006"))),
    };
    let described = Received::Described("Nota del 3 marzo, senza \"segnatura\" & allegati".into());
    let mut messages = vec![
        Message::Confirmation { identifier: identifier("0000042"), received: registered.clone() },
        Message::Update { identifier: identifier("0000042"), received: described.clone() },
        Message::Annulment {
            identifier: identifier("0000042"),
            reason: "Doppia registrazione".into(),
            act: "Determina 12 del 5 gennaio 2026".into(),
        },
    ];
    for anomaly in Anomaly::ALL {
        let reason = Reason { anomaly: Some(*anomaly), text: "Il file non si apre".into() };
        let own = (*anomaly != Anomaly::Unreceivable).then(|| identifier("0000042"));
        messages.push(Message::Exception { identifier: own, received: registered.clone(), reason });
    }
    for message in messages {
        let xml = message.write().unwrap();
        let reading = read(xml.as_bytes()).unwrap();
        assert_eq!((reading.content, reading.deviations), (Content::Message(Box::new(message)), Vec::new()), "{xml}");
    }
    let old = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><NotificaEccezione versione=\"2001-05-07\">\
        <MessaggioRicevuto><DescrizioneMessaggio>PEC del 3 marzo</DescrizioneMessaggio></MessaggioRicevuto>\
        <Motivo>000_Irricevibile. Il file segnatura.xml non \u{e8} valido</Motivo></NotificaEccezione>";
    let old: Vec<u8> = old.chars().map(|c| c as u8).collect();
    let reading = read(&old).unwrap();
    let Content::Message(message) = reading.content else { panic!() };
    let Message::Exception { identifier: None, reason, .. } = *message else { panic!() };
    assert_eq!((reading.generation, reason.anomaly), (Generation::Dtd2001, Some(Anomaly::Unreceivable)));
    assert_eq!(reason.text, "Il file segnatura.xml non è valido");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }

    #[test]
    fn a_sample_with_a_hole_or_a_blow_never_panics(at in 0_usize..6000, length in 0_usize..40, put in any::<u8>(), n in 0_usize..3) {
        let mut bytes = sample(["2001.xml", "2013.xml", "2021-wrong.xml"][n]);
        let at = at.min(bytes.len());
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, [put]);
        let _ = read(&bytes);
    }
}
