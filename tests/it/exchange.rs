//! Marks and messages against the published schemas and foreign programs: `xmllint` for what the schema says and for
//! what the canonical form is. The schemas lie beside the project where it is developed; without them it is said.

use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::civil::{date, time};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use tabularium::digest::Sha256;
use tabularium::exchange::{
    Algorithm, Anomaly, Carrier, Classification, Code, Contacts, Content, Detached, DossierReference,
    ElectronicAddress, Identifier, Mark, MarkedDocument, Message, Party, Person, Prepared, Reason, Received, Recipient,
    Reference, SealCertificate, Signed, read,
};

/// Where a published schema lies, or nothing, with a word.
pub fn schema(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/xsd").join(name);
    if std::fs::exists(&path).unwrap() && Command::new("xmllint").arg("--version").output().is_ok() {
        return Some(path);
    }
    eprintln!("not held against {name}: the schema or xmllint is not here");
    None
}

/// Whether all of these are what the schema asks for; otherwise what xmllint says.
pub fn validate(schema: &Path, documents: &[String]) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("xmllint");
    command.args(["--noout", "--nonet", "--schema"]).arg(schema);
    for (n, document) in documents.iter().enumerate() {
        let path = folder.path().join(format!("{n}.xml"));
        std::fs::write(&path, document).unwrap();
        command.arg(path);
    }
    let output = command.output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// The canonical form as xmllint has it.
pub fn canonical(xml: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mark.xml");
    std::fs::write(&path, xml).unwrap();
    let output = Command::new("xmllint").arg("--exc-c14n").arg(&path).output().unwrap();
    assert!(output.status.success(), "{}\n{xml}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A seal as it stands there, by a key that is none: enough for the schema.
fn with_a_seal(mark: &Mark, carrier: Carrier) -> String {
    let unsealed = mark.write(carrier).unwrap();
    let certificate = SealCertificate {
        certificate: b"no certificate",
        algorithm: Algorithm::RsaSha256,
        key_name: Some("Prova & C."),
    };
    let prepared = Prepared::new(&unsealed, certificate, "2026-03-29T01:00:00.5Z".parse().unwrap());
    prepared.seal(&[7; 256])
}

pub fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[A-Za-zàèìòù0-9 .,'\"&<>/()-]{1,40}",
        1 => "\\PC{1,30}",
        1 => proptest::collection::vec(any::<char>(), 1..20).prop_map(String::from_iter),
    ]
}

pub fn some<S: Strategy<Value = String>>(strategy: S) -> impl Strategy<Value = Option<String>> {
    proptest::option::of(strategy)
}

fn code() -> impl Strategy<Value = Code> {
    ("[A-Za-z0-9_]{1,12}", some(words())).prop_map(|(code, description)| Code { code, description })
}

fn identifier() -> impl Strategy<Value = Identifier> {
    let day = (1_i16..=28, 1_i8..=12, 1_i8..=28, 0_i8..24, 0_i8..60, any::<bool>());
    (code(), code(), "[A-Za-z0-9_.-]{1,16}", "[0-9]{7,12}", day).prop_map(
        |(administration, area, register, number, (year, month, day, hour, minute, timed))| Identifier {
            administration,
            area,
            register,
            number,
            date: Some(date(2000 + year, month, day)),
            time: timed.then(|| time(hour, minute, 59, 0)),
        },
    )
}

fn contacts() -> impl Strategy<Value = Contacts> {
    let address = ("smtp|url|other", words(), some(words())).prop_map(|(kind, address, note)| ElectronicAddress {
        kind,
        address,
        note,
    });
    (proptest::collection::vec(address, 0..3), proptest::collection::vec("[0-9 +]{3,12}", 0..3))
        .prop_map(|(electronic, phones)| Contacts { electronic, phones, ..Contacts::default() })
}

fn person() -> impl Strategy<Value = Person> {
    let code = "[A-Z]{6}[0-9]{2}[ABCDEHLMPRST][0-9]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]";
    (some(words()), words(), some(words()), some(code), contacts()).prop_map(
        |(given_name, family_name, title, tax_code, contacts)| Person {
            given_name: given_name.unwrap_or_default(),
            family_name,
            title,
            tax_code,
            contacts,
        },
    )
}

fn party() -> impl Strategy<Value = Party> {
    let people = || proptest::collection::vec(person(), 0..2);
    let vat = || some("[0-9]{11}");
    prop_oneof![
        (words(), vat(), code(), proptest::option::of(code()), proptest::option::of(code()), contacts(), people())
            .prop_map(|(name, tax_code, code, area, unit, contacts, people)| Party::Administration {
                name,
                tax_code,
                code: Some(code),
                area,
                unit,
                contacts,
                people
            }),
        (words(), vat(), contacts(), people()).prop_map(|(name, tax_code, contacts, people)| Party::Organization {
            name,
            tax_code,
            contacts,
            people
        }),
        person().prop_map(Party::Person),
        (words(), some(words()), contacts()).prop_map(|(name, office, contacts)| Party::ForeignAdministration {
            name,
            office,
            contacts
        }),
    ]
}

fn document() -> impl Strategy<Value = MarkedDocument> {
    let detached = || {
        (words(), some(words()), 0_i64..9).prop_map(|(file_name, media_type, order)| Detached {
            file_name,
            media_type,
            order,
        })
    };
    let signed =
        || proptest::option::of(proptest::collection::vec(detached(), 0..3).prop_map(|detached| Signed { detached }));
    (words(), words(), some(words()), any::<u64>(), signed(), signed(), signed()).prop_map(
        |(file_name, media_type, description, content, signed, sealed, time_stamped)| MarkedDocument {
            file_name,
            media_type,
            description,
            fingerprint: Some(Sha256::of(&content.to_le_bytes()).into()),
            location: None,
            signed,
            sealed,
            time_stamped,
        },
    )
}

fn mark() -> impl Strategy<Value = Mark> {
    let class = || (words(), words()).prop_map(|(name, code)| Classification { name, code });
    let dossier = || proptest::option::of((words(), words()).prop_map(|(name, code)| DossierReference { name, code }));
    let first = || proptest::option::of(identifier());
    let reference = (identifier(), first(), words(), class(), dossier()).prop_map(
        |(identifier, first_registration, subject, class, dossier)| Reference {
            identifier: Some(identifier),
            first_registration,
            subject,
            classification: Some(class),
            dossier,
        },
    );
    let recipient =
        (party(), any::<bool>(), any::<bool>()).prop_map(|(party, confirm, copy)| Recipient { party, confirm, copy });
    let head = (identifier(), first(), words(), class(), dossier(), any::<bool>(), some(words()));
    let rest = (
        proptest::option::of(reference),
        party(),
        proptest::collection::vec(recipient, 1..4),
        document(),
        proptest::collection::vec(document(), 0..4),
    );
    (head, rest).prop_map(|(head, (reference, sender, recipients, document, attachments))| {
        let (identifier, first_registration, subject, class, dossier, confidential, note) = head;
        Mark {
            identifier,
            first_registration,
            subject,
            classification: Some(class),
            dossier,
            confidential,
            confidential_note: note.filter(|_| confidential),
            references: reference.into_iter().collect(),
            sender: Some(sender),
            recipients,
            document: Some(document),
            attachments,
        }
    })
}

fn message() -> impl Strategy<Value = Message> {
    let received = || {
        prop_oneof![
            (identifier(), proptest::option::of(identifier().prop_map(Box::new))).prop_map(
                |(identifier, first_registration)| { Received::Registered { identifier, first_registration } }
            ),
            words().prop_map(Received::Described),
        ]
    };
    let anomaly = proptest::option::of(proptest::sample::select(Anomaly::ALL));
    prop_oneof![
        (identifier(), received()).prop_map(|(identifier, received)| Message::Confirmation { identifier, received }),
        (identifier(), received()).prop_map(|(identifier, received)| Message::Update { identifier, received }),
        (proptest::option::of(identifier()), received(), anomaly, words()).prop_map(
            |(identifier, received, anomaly, text)| {
                Message::Exception { identifier, received, reason: Reason { anomaly, text } }
            }
        ),
        (identifier(), words(), words()).prop_map(|(identifier, reason, act)| Message::Annulment {
            identifier,
            reason,
            act
        }),
    ]
}

pub fn generated<T: std::fmt::Debug>(strategy: impl Strategy<Value = T>, count: usize) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

#[test]
fn the_schema_accepts_every_mark_in_both_namespaces() {
    let marks = generated(mark(), 150);
    for (carrier, name) in [(Carrier::Cooperation, "segnatura_protocollo.xsd"), (Carrier::Mail, "pec_message.xsd")] {
        let Some(schema) = schema(name) else { return };
        let written: Vec<String> = marks.iter().map(|mark| with_a_seal(mark, carrier)).collect();
        validate(&schema, &written).unwrap();
        // A test that cannot fail would be none.
        let broken = written[0].replace("prot:versione=\"3.0.0\"", "versione=\"3.0.0\"");
        assert!(validate(&schema, &[broken]).is_err());
    }
}

#[test]
fn the_schema_accepts_every_message() {
    let Some(schema) = schema("pec_message.xsd") else { return };
    let written: Vec<String> = generated(message(), 150).iter().map(|message| message.write().unwrap()).collect();
    validate(&schema, &written).unwrap();
}

#[test]
fn what_is_written_is_its_own_canonical_form() {
    if schema("segnatura_protocollo.xsd").is_none() {
        return;
    }
    for mark in generated(mark(), 25) {
        for carrier in [Carrier::Cooperation, Carrier::Mail] {
            let unsealed = mark.write(carrier).unwrap();
            assert_eq!(canonical(unsealed.canonical()), unsealed.canonical());
            let sealed = with_a_seal(&mark, carrier);
            assert_eq!(canonical(&sealed), sealed);
        }
    }
}

/// What a text is once it has stood in XML: characters that cannot, replaced; white space around it, gone.
fn plain(text: &str) -> String {
    let forbidden = |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars()
        .map(|c| if forbidden(c) { char::REPLACEMENT_CHARACTER } else { c })
        .collect::<String>()
        .trim()
        .to_owned()
}

/// All texts as [`plain`] has them, and an empty one for none.
fn settled(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::String(text) if plain(&text).is_empty() => Value::Null,
        Value::String(text) => Value::String(plain(&text)),
        Value::Array(list) => Value::Array(list.into_iter().map(settled).collect()),
        Value::Object(map) => map.into_iter().map(|(name, value)| (name, settled(value))).collect(),
        other => other,
    }
}

#[test]
fn the_reader_reads_what_the_writer_wrote() {
    for mark in generated(mark(), 300) {
        let reading = read(with_a_seal(&mark, Carrier::Mail).as_bytes()).unwrap();
        assert!(reading.sealed);
        let Content::Mark(found) = reading.content else { panic!() };
        let json = |mark: &Mark| settled(serde_json::to_value(mark).unwrap());
        assert_eq!(json(&found), json(&mark));
    }
    for message in generated(message(), 100) {
        let Content::Message(found) = read(message.write().unwrap().as_bytes()).unwrap().content else { panic!() };
        let json = |message: &Message| settled(serde_json::to_value(message).unwrap());
        assert_eq!(json(&found), json(&message));
    }
}

/// Without its seal, in a debug build and on a busy machine: the bound for the real thing is 5 ms.
#[test]
fn a_mark_is_written_in_no_time() {
    let marks = generated(mark(), 100);
    let began = std::time::Instant::now();
    let bytes: usize = marks.iter().map(|mark| mark.write(Carrier::Cooperation).unwrap().canonical().len()).sum();
    let each = began.elapsed() / 100;
    assert!(each.as_millis() < 5 && bytes > 100_000, "{each:?} for a mark");
}
