//! The metadata of Allegato 5: valid for everything of every shape, complete exactly when nothing is found missing, and
//! telling nobody more than he may read. `xmllint` holds them against our schema, as it stands and in its strict form.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use jiff::civil::{Date, DateTime, date};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use tabularium::digest::Sha256;
use tabularium::metadata::{
    Administration, Aggregation, AggregationKind, Assignment, AssignmentKind, Attachment, Body, Change, ChangeKind,
    Classification, Described, Document, Dossier, DossierKind, DossierRole, FindingCode, Flow, ForeignAdministration,
    Format, Formation, Identity, IndexedDocument, IpaCode, Organization, Person, Phase, PhaseKind, Procedure,
    Registration, Role, Software, Subject, Verification,
};
use tabularium::service::{KnownFile, Reader, Writing};
use tabularium::text::{Facts, Signature, SignedContent};

use crate::exchange::{generated, some, validate, words};
use crate::harness::{TAX_CODE, Town, new_entry};
use crate::marks::{correspondents, directory, entry, path};
use crate::program::{Place, Server, welcome};

/// When the retention schedule is looked at.
const NOW: jiff::Timestamp = jiff::Timestamp::UNIX_EPOCH;

/// Our schema as it is published, and what it says when what the rules make mandatory must be there.
struct Schemas {
    published: PathBuf,
    strict: PathBuf,
    _folder: tempfile::TempDir,
}

fn schemas() -> Option<Schemas> {
    if Command::new("xmllint").arg("--version").output().is_err() {
        eprintln!("not held against the schema: xmllint is not installed");
        return None;
    }
    let published = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schema/metadata/allegato5.xsd");
    let text = std::fs::read_to_string(&published).unwrap();
    let many = " minOccurs=\"0\" maxOccurs=\"unbounded\" rules:mandatory=\"true\"";
    let text = text.replace(many, " maxOccurs=\"unbounded\"");
    let text = text.replace(" minOccurs=\"0\" rules:mandatory=\"true\"", "");
    assert!(!text.contains("rules:mandatory=\""), "spelled in another way");
    let folder = tempfile::tempdir().unwrap();
    let strict = folder.path().join("strict.xsd");
    std::fs::write(&strict, text).unwrap();
    Some(Schemas { published, strict, _folder: folder })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![8 => words(), 1 => Just(String::new())]
}

/// What is nearly always there.
fn known() -> impl Strategy<Value = String> {
    prop_oneof![30 => "[A-Za-zàèìòù0-9 .,'&<>]{0,20}[a-z]", 1 => words(), 1 => Just(" ".to_owned())]
}

fn addresses() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![20 => vec("[a-z]{1,9}@pec\\.example", 1..3), 1 => vec(text(), 0..2)]
}

fn ipa_code() -> impl Strategy<Value = IpaCode> {
    let code = prop_oneof![30 => "[a-z]_[a-z0-9]{4}".prop_map(Some), 1 => Just(None)];
    (known(), code).prop_map(|(name, code)| IpaCode { name, code })
}

fn body() -> impl Strategy<Value = Body> {
    let office = prop_oneof![10 => ipa_code().prop_map(Some), 1 => Just(None)];
    (ipa_code(), ipa_code(), office).prop_map(|(administration, area, office)| Body { administration, area, office })
}

fn administration() -> impl Strategy<Value = Administration> {
    (body().boxed(), addresses()).prop_map(|(body, addresses)| Administration { body, addresses })
}

fn foreign() -> impl Strategy<Value = ForeignAdministration> {
    (known(), some(text()), addresses()).prop_map(|(name, office, addresses)| ForeignAdministration {
        name,
        office,
        addresses,
    })
}

fn tax_code() -> impl Strategy<Value = Option<String>> {
    some(prop_oneof![
        5 => Just("VRDDAA70A41H501X".to_owned()),
        5 => "[0-9]{11}",
        1 => text(),
    ])
}

fn person() -> impl Strategy<Value = Person> {
    (known(), known(), tax_code(), of(body().boxed()), vec(text(), 0..3)).prop_map(
        |(family_name, given_name, tax_code, body, addresses)| Person {
            family_name,
            given_name,
            tax_code,
            body,
            addresses,
        },
    )
}

fn organization() -> impl Strategy<Value = Organization> {
    (known(), tax_code(), some(text()), vec(text(), 0..3))
        .prop_map(|(name, tax_code, office, addresses)| Organization { name, tax_code, office, addresses })
}

fn subject() -> impl Strategy<Value = Subject> {
    prop_oneof![
        person().boxed().prop_map(Subject::Person),
        organization().boxed().prop_map(Subject::Organization),
        organization().boxed().prop_map(Subject::Unlisted),
        administration().boxed().prop_map(Subject::Administration),
        foreign().boxed().prop_map(Subject::Foreign),
    ]
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![
        administration().boxed().prop_map(Role::Registering),
        (of(person().boxed()), administration().boxed()).prop_map(|(person, body)| Role::Assignee(person, body)),
        subject().boxed().prop_map(Role::Recipient),
        subject().boxed().prop_map(Role::Sender),
        subject().boxed().prop_map(Role::Author),
        person().boxed().prop_map(Role::Operator),
        person().boxed().prop_map(Role::DocumentsHead),
        person().boxed().prop_map(Role::RegistryHead),
        known().prop_map(Role::Producer),
        (person().boxed(), administration().boxed()).prop_map(|(person, body)| Role::Responsible(person, body)),
    ]
}

fn moment() -> impl Strategy<Value = DateTime> {
    (1_i16..=9999, 1_i8..=12, 1_i8..=28, 0_i8..24, 0_i8..60, 0_i32..1_000_000_000)
        .prop_map(|(year, month, day, hour, minute, nano)| date(year, month, day).at(hour, minute, 59, nano))
}

fn day() -> impl Strategy<Value = Date> {
    moment().prop_map(DateTime::date)
}

fn identity() -> impl Strategy<Value = Identity> {
    (any::<u64>(), known(), prop_oneof![20 => known().prop_map(Some), 1 => Just(None)])
        .prop_map(|(content, id, mark)| Identity { sha256: Sha256::of(&content.to_le_bytes()), id, mark })
}

fn registration() -> impl Strategy<Value = Registration> {
    let register = || prop_oneof![20 => "[A-Za-z0-9_.-]{1,16}", 1 => text()];
    let number = prop_oneof![20 => "[0-9]{7,12}", 1 => "[0-9]{1,6}", 1 => text()];
    prop_oneof![
        (moment(), number, register()).prop_map(|(at, number, register)| Registration::Protocol {
            at,
            number,
            register
        }),
        (moment(), known(), register()).prop_map(|(at, number, register)| Registration::Repertory {
            at,
            number,
            register
        }),
        (moment(), known()).prop_map(|(at, number)| Registration::None { at, number }),
    ]
}

fn classification() -> impl Strategy<Value = Option<Classification>> {
    let class =
        (known(), known(), some(text())).prop_map(|(code, name, scheme)| Some(Classification { code, name, scheme }));
    prop_oneof![10 => class, 1 => Just(None)]
}

fn aggregation() -> impl Strategy<Value = Aggregation> {
    (select(&AggregationKind::ALL[..]), known()).prop_map(|(kind, id)| Aggregation { kind, id })
}

fn retention() -> impl Strategy<Value = Option<u16>> {
    of(prop_oneof![Just(0), Just(1), Just(9_999), any::<u16>()])
}

fn document() -> impl Strategy<Value = Document> {
    let attachment =
        (identity().boxed(), known()).prop_map(|(identity, description)| Attachment { identity, description });
    let software = of((some(text()), some(text()), some(text())).prop_map(|(name, version, maker)| Software {
        name,
        version,
        maker,
    }));
    let flag = || prop_oneof![20 => any::<bool>().prop_map(Some), 1 => Just(None)];
    let verification =
        (flag(), flag(), flag(), any::<bool>()).prop_map(|(signed, sealed, time_stamped, conforming_copy)| {
            Verification { signed, sealed, time_stamped, conforming_copy }
        });
    let change = (select(&ChangeKind::ALL[..]), person().boxed(), moment(), identity().boxed())
        .prop_map(|(kind, by, at, before)| Change { kind, by, at, before });
    let flows = select(&[Flow::Incoming, Flow::Outgoing, Flow::Internal][..]);
    let head = (
        identity().boxed(),
        select(&Formation::ALL[..]),
        known(),
        flows,
        registration().boxed(),
        vec(role().boxed(), 1..4),
    );
    let middle =
        (known(), vec(text(), 0..8), vec(attachment, 0..4), classification().boxed(), any::<bool>(), known(), software);
    let aggregations = prop_oneof![10 => vec(aggregation().boxed(), 1..3), 1 => Just(Vec::new())];
    let tail =
        (verification, aggregations, of(identity().boxed()), known(), 1_u32..3, any::<bool>(), of(change), retention());
    (head, middle, tail, some(text())).prop_map(|(head, middle, tail, note)| {
        let (identity, formation, kind, flow, registration, roles) = head;
        let (subject, keywords, attachments, classification, confidential, name, software) = middle;
        let (verification, aggregations, primary, file_name, version, annulled, change, retention) = tail;
        Document {
            identity,
            formation,
            kind,
            flow,
            registration,
            roles,
            subject,
            keywords,
            attachments,
            classification,
            confidential,
            format: Format { name, software },
            verification,
            aggregations,
            primary,
            file_name,
            version,
            annulled,
            change,
            retention,
            note,
        }
    })
}

fn dossier_role() -> impl Strategy<Value = DossierRole> {
    prop_oneof![
        administration().boxed().prop_map(DossierRole::Owner),
        administration().boxed().prop_map(DossierRole::Participant),
        foreign().boxed().prop_map(DossierRole::ForeignParticipant),
        person().boxed().prop_map(DossierRole::Person),
        organization().boxed().prop_map(DossierRole::LegalPerson),
        (person().boxed(), administration().boxed()).prop_map(|(person, body)| DossierRole::Responsible(person, body)),
        (of(person().boxed()), administration().boxed()).prop_map(|(person, body)| DossierRole::Assignee(person, body)),
    ]
}

fn dossier() -> impl Strategy<Value = Dossier> {
    let kinds = select(&[AssignmentKind::Responsible, AssignmentKind::Information][..]);
    let assignment = (kinds, of(person().boxed()), administration().boxed(), moment(), of(moment()))
        .prop_map(|(kind, person, body, from, until)| Assignment { kind, person, body, from, until });
    let assignments = prop_oneof![10 => vec(assignment, 1..3), 1 => Just(Vec::new())];
    let phase =
        (select(&PhaseKind::ALL[..]), day(), of(day())).prop_map(|(kind, from, until)| Phase { kind, from, until });
    let procedure = (known(), known(), known(), vec(phase, 0..6))
        .prop_map(|(matter, name, catalogue, phases)| Procedure { matter, name, catalogue, phases });
    let item =
        (identity().boxed(), any::<bool>()).prop_map(|(identity, registered)| IndexedDocument { identity, registered });
    let unknown = prop_oneof![5 => Just(None), 1 => Just(Some(DossierRole::Unknown))];
    let ordinal = prop_oneof![10 => any::<u32>().prop_map(Some), 1 => Just(None)];
    let head = (
        aggregation().boxed(),
        of(select(&DossierKind::ALL[..])),
        vec(dossier_role().boxed(), 1..5),
        unknown,
        assignments,
    );
    let middle = (day(), classification().boxed(), ordinal, known(), vec(text(), 0..8), any::<bool>(), of(day()));
    let tail = (of(procedure), vec(item, 0..5), any::<bool>(), any::<bool>(), some(text()), of(aggregation().boxed()));
    (head, middle, tail, retention(), some(text())).prop_map(|(head, middle, tail, retention, note)| {
        let (identity, kind, mut roles, unknown, assignments) = head;
        let (opened, classification, ordinal, subject, keywords, closed, closed_on) = middle;
        let (procedure, documents, awaits_documents, withholds, location, parent) = tail;
        roles.extend(unknown);
        Dossier {
            identity,
            kind,
            roles,
            assignments,
            opened,
            classification,
            ordinal,
            subject,
            keywords,
            closed,
            closed_on,
            procedure,
            documents,
            awaits_documents,
            withholds,
            location,
            parent,
            retention,
            note,
        }
    })
}

/// Missing by the strict schema, not by a rule between fields.
fn lacks(described: &Described) -> bool {
    described.findings.iter().any(|found| found.mandatory && !found.code.conditional())
}

#[test]
fn whatever_is_known_gives_valid_metadata_that_are_complete_when_nothing_is_missing() {
    let Some(schemas) = schemas() else { return };
    let mut all: Vec<Described> = generated(document().boxed(), 250).iter().map(Document::describe).collect();
    all.extend(generated(dossier().boxed(), 250).iter().map(Dossier::describe));
    let written: Vec<String> = all.iter().map(|described| described.tree.xml()).collect();
    validate(&schemas.published, &written).unwrap();
    let refused = validate(&schemas.strict, &written).expect_err("some of them lack something");
    for (n, described) in all.iter().enumerate() {
        let complete = !refused.contains(&format!("/{n}.xml fails to validate"));
        let findings = &described.findings;
        assert_eq!(complete, !lacks(described), "{findings:?}\n{}\n{refused}", written[n]);
    }
    let complete = all.iter().filter(|described| !lacks(described)).count();
    assert!((50..450).contains(&complete), "{complete} are complete: the generator shows one side alone");
    let found: BTreeSet<_> = all.iter().flat_map(|one| one.findings.iter().map(|found| found.code)).collect();
    let never: Vec<_> = FindingCode::ALL.iter().filter(|code| !found.contains(code)).collect();
    assert_eq!(never, [&FindingCode::Attachments], "only ten thousand attachments are not generated");
}

#[test]
fn the_schema_refuses_what_is_wrong() {
    let Some(schemas) = schemas() else { return };
    let described =
        generated(document().boxed(), 40).iter().map(Document::describe).find(|one| one.findings.is_empty());
    let xml = described.expect("one that is complete").tree.xml();
    validate(&schemas.strict, std::slice::from_ref(&xml)).unwrap();
    for (from, to) in [
        ("<Riservato>", "<Riservato>forse"),
        ("<Algoritmo>SHA-256</Algoritmo>", ""),
        ("<VersioneDelDocumento>", "<Altro></Altro><VersioneDelDocumento>"),
        ("<ModalitaDiFormazione>", "<ModalitaDiFormazione> "),
        ("<Impronta>", "<Impronta>A"),
    ] {
        let wrong = xml.replacen(from, to, 1);
        assert_ne!(wrong, xml, "{from} is not there");
        validate(&schemas.published, &[wrong]).expect_err(from);
    }
}

#[test]
fn json_says_what_xml_says() {
    for described in generated(document().boxed(), 60).iter().map(Document::describe) {
        let value = serde_json::to_value(&described.tree).unwrap();
        let (root, inside) = value.as_object().unwrap().iter().next().unwrap();
        let xml = described.tree.xml();
        assert!(xml.starts_with(&format!("<{root}>")));
        assert_eq!(leaves(inside), xml.matches("</").count() - groups(inside) - 1, "{xml}\n{value:#}");
    }
}

fn leaves(value: &Value) -> usize {
    match value {
        Value::Object(fields) => fields.values().map(leaves).sum(),
        Value::Array(values) => values.iter().map(leaves).sum(),
        _ => 1,
    }
}

/// Objects within this one.
fn groups(value: &Value) -> usize {
    match value {
        Value::Object(fields) => fields.values().map(|inner| usize::from(inner.is_object()) + groups(inner)).sum(),
        Value::Array(values) => values.iter().map(|inner| usize::from(inner.is_object()) + groups(inner)).sum(),
        _ => 0,
    }
}

fn signature(serial_number: &str, part: Option<&str>) -> Signature {
    Signature {
        signer: None,
        serial_number: Some(serial_number.to_owned()),
        issuer: None,
        signed_at: None,
        content: SignedContent::Intact,
        covers_all: None,
        part: part.map(str::to_owned),
    }
}

#[test]
fn every_entry_of_every_shape_gives_valid_metadata() {
    let Some(schemas) = schemas() else { return };
    let all = correspondents();
    let known = KnownFile { media_type: "application/pdf".into(), facts: Some(Facts::default()) };
    let mut written = Vec::new();
    for direction in ["incoming", "outgoing", "internal"] {
        let lists = all.iter().map(std::slice::from_ref).chain([&all[..], &all[5..9]]);
        for (n, list) in lists.enumerate() {
            let directory = directory();
            let entry = entry(direction, list, 1 + n % 4, n % 2 == 0);
            let reader = if n % 3 == 0 { Reader::Party } else { Reader::Staff };
            let writing = Writing { directory: &directory, reader, now: NOW };
            for document in entry.documents() {
                let dossiers = (0..n % 3).map(|number| format!("6.3/2026/{number}")).collect();
                let made = writing.registered_document(&entry, document, &known, dossiers).unwrap();
                let described = made.describe();
                let codes: Vec<_> = described.findings.iter().map(|found| found.code).collect();
                assert!(!codes.contains(&FindingCode::Author) && !codes.contains(&FindingCode::RegisteringBody));
                assert_eq!(codes.contains(&FindingCode::Aggregation), n % 3 == 0);
                written.push(described.tree.xml());
            }
        }
    }
    validate(&schemas.published, &written).unwrap();
}

#[test]
fn what_extraction_found_stands_there_and_nothing_that_it_did_not() {
    let directory = directory();
    let writing = Writing { directory: &directory, reader: Reader::Staff, now: NOW };
    let entry = entry("incoming", &correspondents()[..1], 1, false);
    let made = |media_type: &str, facts: Option<Facts>| {
        let known = KnownFile { media_type: media_type.to_owned(), facts };
        let document = entry.document.as_ref().unwrap();
        writing.registered_document(&entry, document, &known, Vec::new()).unwrap()
    };
    let signed = |signatures: Vec<Signature>| {
        let facts = Facts { signatures, puid: Some("fmt/18".into()), ..Facts::default() };
        let document = made("application/pdf", Some(facts));
        assert_eq!(document.format.name, "application/pdf; puid=\"fmt/18\"");
        (document.verification.signed, document.verification.sealed)
    };
    assert_eq!(signed(vec![]), (Some(false), Some(false)));
    assert_eq!(signed(vec![signature("TINIT-VRDDAA70A41H501X", None)]), (Some(true), Some(false)));
    assert_eq!(signed(vec![signature("VATIT-01234567890", None)]), (Some(false), Some(true)));
    // What lies within it is another document.
    assert_eq!(signed(vec![signature("TINIT-VRDDAA70A41H501X", Some("a.p7m"))]), (Some(false), Some(false)));
    let wrapped = made("application/pkcs7-mime", Some(Facts::default()));
    assert_eq!((wrapped.verification.signed, wrapped.verification.sealed), (Some(true), Some(false)));
    let unread = made("application/pdf", None).describe();
    let places: Vec<_> = unread.findings.iter().filter(|found| found.code == FindingCode::Signatures).collect();
    assert_eq!(places.len(), 3, "{places:?}");
}

fn metadata(town: &Town, who: &str, path: &str) -> Value {
    town.as_(who).with("Accept", "application/json").get(&format!("{path}/metadata.xml")).ok()
}

fn codes(answer: &Value) -> BTreeSet<&str> {
    answer["findings"].as_array().unwrap().iter().map(|found| found["code"].as_str().unwrap()).collect()
}

fn check(xml: String) {
    if let Some(schemas) = schemas() {
        validate(&schemas.published, &[xml]).unwrap();
    }
}

#[test]
fn an_entry_is_described_with_its_attachments_its_dossier_and_its_annulment() {
    let town = Town::new();
    let registrar = town.as_("registrar");
    let dossier = json!({"title": "Pratica", "classification": "6.3", "office": "edilizia"});
    let dossier = registrar.post("/api/v1/dossiers", &dossier).created();
    let blob = town.upload("registrar", b"planimetria");
    let more = json!({
        "dossier": dossier["id"],
        "assignments": [{"office": "edilizia", "mode": "responsible"}, {"office": "tributi", "mode": "information"}],
        "attachments": [{"blake3": blob, "file_name": "pianta.txt", "description": "Pianta"}],
    });
    let registered = town.register("Istanza di prova", "testo", more);
    town.settle_index();
    let entry = path(&registered);
    let answer = registrar.get(&format!("{entry}/metadata.xml")).expect(200);
    assert_eq!(answer.header("content-type"), Some("application/xml"));
    assert!(answer.header("content-disposition").unwrap().contains("filename=\"Metadati-PG-"));
    let etag = answer.header("etag").unwrap().to_owned();
    registrar.clone().with("If-None-Match", &etag).get(&format!("{entry}/metadata.xml")).expect(304);
    check(answer.text());
    let json = metadata(&town, "registrar", &entry);
    assert_eq!(
        answer.header("metadata-findings"),
        Some(json["findings"].as_array().unwrap().len().to_string().as_str())
    );
    let document = &json["metadata"]["DocumentoAmministrativoInformatico"];
    assert_eq!(document["IdDoc"]["Segnatura"], registered["mark"]);
    assert_eq!(document["ChiaveDescrittiva"]["Oggetto"], "Istanza di prova");
    assert_eq!(document["Verifica"]["FirmatoDigitalmente"], false);
    assert_eq!(document["Agg"]["TipoAgg"][0]["TipoAggregazione"], "Fascicolo");
    assert!(
        document["Agg"]["TipoAgg"][0]["IdAggregazione"].as_str().unwrap().ends_with(dossier["code"].as_str().unwrap())
    );
    assert_eq!(document["Allegati"]["NumeroAllegati"], 1);
    let roles = document["Soggetti"]["Ruolo"].as_array().unwrap();
    let assigned: Vec<_> = roles.iter().filter_map(|role| role.get("Assegnatario")).collect();
    assert_eq!(assigned.len(), 1, "who shall only know has no role: {roles:?}");
    // The town of the tests has told neither a certified address nor more than the whole name of who wrote.
    assert_eq!(codes(&json), BTreeSet::from(["address", "given-name", "kind", "office-code"]), "{json:#}");

    let attachment = format!("/api/v1/documents/{}", registered["attachments"][0]["id"].as_str().unwrap());
    check(town.as_("officer").get(&format!("{attachment}/metadata.xml")).expect(200).text());
    let attached = metadata(&town, "officer", &attachment);
    let attached = &attached["metadata"]["DocumentoAmministrativoInformatico"];
    assert_eq!(attached["IdIdentificativoDocumentoPrimario"], document["IdDoc"]);
    assert_eq!(attached["IdDoc"], document["Allegati"]["IndiceAllegati"][0]["IdDoc"]);
    assert_eq!(attached["Allegati"], json!({"NumeroAllegati": 0}));

    let annulment = json!({"reason": "Doppia", "act": {"number": "7", "date": "2026-01-02"}});
    registrar.post(&format!("{entry}/annulment"), &annulment).ok();
    check(registrar.get(&format!("{entry}/metadata.xml")).expect(200).text());
    let annulled = &metadata(&town, "registrar", &entry)["metadata"]["DocumentoAmministrativoInformatico"];
    let change = &annulled["TracciatureModificheDocumento"];
    assert_eq!(
        (&change["TipoModifica"], &change["IdDocVersionePrecedente"]),
        (&json!("Annullamento"), &document["IdDoc"])
    );
    assert_eq!(annulled["Note"], "Annullata: Doppia Provvedimento 7 del 2026-01-02.");
}

#[test]
fn what_is_not_registered_is_another_kind_of_document_and_tells_its_versions() {
    let town = Town::new();
    let officer = town.as_("officer");
    let blob = town.upload("officer", b"bozza");
    let draft = officer.post("/api/v1/documents", &json!({"blake3": blob, "file_name": "bozza.txt"})).created();
    let path = format!("/api/v1/documents/{}", draft["id"].as_str().unwrap());
    let first = &metadata(&town, "officer", &path)["metadata"]["DocumentoInformatico"]["IdDoc"];
    let blob = town.upload("officer", b"bozza seconda");
    officer.post(&format!("{path}/versions"), &json!({"blake3": blob, "file_name": "bozza.txt"})).created();
    check(officer.get(&format!("{path}/metadata.xml")).expect(200).text());
    let json = metadata(&town, "officer", &path);
    let document = &json["metadata"]["DocumentoInformatico"];
    assert_eq!(document["VersioneDelDocumento"], "2");
    assert_eq!(document["TracciatureModificheDocumento"]["IdDocVersionePrecedente"], *first);
    assert_eq!(document["DatiDiRegistrazione"]["TipoRegistro"]["Nessuno"]["NumeroDocumento"], draft["id"]);
    assert!(!codes(&json).contains("aggregation") && codes(&json).contains("author"), "{json:#}");
}

#[test]
fn paper_without_its_scan_has_no_metadata_yet() {
    let town = Town::new();
    let registrar = town.as_("registrar");
    let mut paper = new_entry("Carta");
    paper["document"] = Value::Null;
    let client = registrar.clone().with("Idempotency-Key", &town.key());
    let paper = path(&client.post("/api/v1/registers/PG/entries", &paper).created());
    let answer = registrar.get(&format!("{paper}/metadata.xml")).expect(404);
    assert_eq!(answer.problem(), "not-available");
    registrar.get("/api/v1/registers/PG/entries/2026/999999/metadata.xml").expect(404);
}

#[test]
fn a_party_reads_of_a_dossier_what_is_shown() {
    let town = Town::new();
    let registrar = town.as_("registrar");
    let dossier = json!({"title": "Permesso", "classification": "6.3", "office": "edilizia", "procedure": "Permesso",
        "participants": ["tributi"], "officer": "officer", "parties": [{"name": "Mario Rossi", "tax_code": TAX_CODE},
        {"name": "Altra Ditta", "tax_code": "01234567890"}, {"name": "Chissà"}]});
    let dossier = registrar.post("/api/v1/dossiers", &dossier).created();
    let path = format!("/api/v1/dossiers/{}", dossier["id"].as_str().unwrap());
    let mut marks = Vec::new();
    for (subject, shown, confidential) in [("Uno", true, false), ("Due", false, false), ("Tre", false, true)] {
        let entry = town.register(subject, subject, json!({"confidential": confidential}));
        let reference = json!({"register": "PG", "year": entry["year"], "number": entry["number"]});
        registrar.post(&format!("{path}/items"), &json!({"entry": reference, "shown": shown})).created();
        marks.push(entry["mark"].as_str().unwrap().to_owned());
    }
    let read = |who: &str| {
        let answer = town.as_(who).get(&format!("{path}/metadata.xml")).expect(200);
        check(answer.text());
        let json = metadata(&town, who, &path);
        let index = &json["metadata"]["AggregazioneDocumentaliInformatiche"]["IndiceDocumenti"]["TipoDocumento"];
        let listed: Vec<String> = index
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["DocumentoAmministativoinformatico"]["Segnatura"].as_str().unwrap().to_owned())
            .collect();
        (json, listed)
    };
    let (whole, listed) = read("registrar");
    assert_eq!(listed, marks);
    let fields = &whole["metadata"]["AggregazioneDocumentaliInformatiche"];
    assert_eq!(fields["TipologiaFascicolo"], "procedimento amministrativo");
    assert_eq!(fields["Progressivo"], 1);
    assert_eq!(fields["Assegnazione"]["TipoAssegnazione"].as_array().unwrap().len(), 2);
    let told = |json: &Value, name: &str| json.to_string().contains(name);
    assert!(told(&whole, "Mario Rossi") && told(&whole, "Altra Ditta") && codes(&whole).contains("party-kind"));
    assert!(!codes(&whole).contains("withheld"));
    let (seen, listed) = read("officer");
    assert_eq!(listed, marks[..2], "what is confidential is not for every officer");
    assert!(codes(&seen).contains("withheld"));
    let (seen, listed) = read("citizen");
    assert_eq!(listed, marks[..1]);
    assert!(told(&seen, "Mario Rossi") && !told(&seen, "Altra Ditta") && !codes(&seen).contains("party-kind"));
    town.as_("officer").post(&format!("{path}/closure"), &json!({"reason": "Finita"})).ok();
    let closed = metadata(&town, "registrar", &path);
    assert!(closed["metadata"]["AggregazioneDocumentaliInformatiche"]["DataChiusura"].is_string(), "{closed:#}");
}

#[test]
fn everything_in_the_sample_town_has_valid_metadata() {
    let place = Place::empty();
    let mut server = Server::start(&["demo", "--data", &place.data(), "--listen", "127.0.0.1:0"]);
    let welcome = welcome(&mut server);
    let token = welcome.lines().find_map(|line| line.trim().strip_prefix("TOKEN=")).unwrap().to_owned();
    let get = |path: &str| {
        let answer = server.get(path, Some(&token));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap().to_owned(), body.to_owned())
    };
    let mut written = Vec::new();
    let mut without = 0;
    for (list, kind) in [("/api/v1/registers/PG/entries", "entry"), ("/api/v1/dossiers", "dossier")] {
        let mut cursor = String::new();
        loop {
            let (head, body) = get(&format!("{list}?limit=200{cursor}"));
            assert!(head.contains(" 200"), "{head} {body}");
            let page: Value = serde_json::from_str(&body).unwrap();
            for item in page["items"].as_array().unwrap() {
                let at = match kind {
                    "entry" => path(item),
                    _ => format!("/api/v1/dossiers/{}", item["id"].as_str().unwrap()),
                };
                let (head, body) = get(&format!("{at}/metadata.xml"));
                if head.contains(" 404") && kind == "entry" && item["document"].is_null() {
                    without += 1;
                    continue;
                }
                assert!(head.contains(" 200"), "{at}: {head} {body}");
                written.push(body);
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
    }
    assert!(written.len() > 100 && without < 20, "{} and {without} without a document", written.len());
    if let Some(schemas) = schemas() {
        validate(&schemas.published, &written).unwrap();
    }
    assert_eq!(server.stop().0, Some(0));
}
