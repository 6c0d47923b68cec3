//! The mark of an entry: of every shape valid, sealed so that foreign programs verify it, kept as it once was, and there
//! for those who may read it alone.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::date;
use serde_json::{Value, json};
use tabularium::digest::{Blake3, ContentDigests, Sha256};
use tabularium::exchange::{Algorithm, Carrier, DossierReference, Prepared, SealCertificate};
use tabularium::http::Settings;
use tabularium::ids::UserId;
use tabularium::model::classification::Versions;
use tabularium::model::directory::Directory;
use tabularium::model::event::{EntryRegistered, Event, Facts};
use tabularium::model::register::{Entry, RegistrationFacts};
use tabularium::service::{KnownDocument, SealCommand, mark_of};

use crate::exchange::{canonical, schema, validate};
use crate::harness::{Answer, TAX_CODE, Town};

/// The ways in which a correspondent can be written down.
pub fn correspondents() -> Vec<Value> {
    let mut all = Vec::new();
    for role in ["sender", "recipient", "copy"] {
        for ipa in [
            json!({"administration": "c_x998"}),
            json!({"administration": "c_x997", "area": "A1B2C3D", "unit": "UFX7K2"}),
        ] {
            all.push(json!({"role": role, "kind": "administration", "name": "Comune di Altrove", "ipa": ipa,
                "pec": Some("p@pec.example.org").filter(|_| ipa["area"].is_null())}));
        }
        for kind in ["person", "business", "administration"] {
            for (given, family) in
                [(None, None), (Some("Ada"), None), (None, Some("Verdi")), (Some("Ada"), Some("Verdi"))]
            {
                for code in [None, Some("VRDDAA70A41H501X"), Some("01234567890"), Some("RSSMRA80A01C7\u{e0}2X")] {
                    all.push(
                        json!({"role": role, "kind": kind, "name": "Ada <Verdi> & \"figli\"\u{1}", "given_name": given,
                        "family_name": family, "tax_code": code, "email": "a@example.org",
                        "pec": Some("a@pec.example.org").filter(|_| given.is_some()), "address": "Via Roma 1\n00100"}),
                    );
                }
            }
        }
    }
    all
}

pub fn entry(direction: &str, correspondents: &[Value], documents: usize, confidential: bool) -> Entry {
    let content = |n: usize| {
        let bytes = format!("documento {n}");
        ContentDigests { blake3: Blake3::of(bytes.as_bytes()), sha256: Sha256::of(bytes.as_bytes()), size: 11 }
    };
    let files: Vec<Value> = (0..documents)
        .map(|n| json!({"file_name": format!("atto \"{n}\" è.pdf"), "description": Some("firmata & <timbrata>").filter(|_| n > 0)}))
        .collect();
    let facts: RegistrationFacts = serde_json::from_value(json!({
        "direction": direction, "subject": "Istanza di \"occupazione\" <suolo>\u{2028}\r\n\tè & altro", "correspondents":
        correspondents, "classification": "6.3", "confidential": confidential, "files": files
    }))
    .unwrap();
    let public = EntryRegistered {
        register: "PG".parse().unwrap(),
        year: 2026,
        number: 42,
        documents: (0..documents).map(content).collect(),
        without_main: false,
        key: Sha256::of(b"k"),
        request: Sha256::of(b"r"),
    };
    // Half an hour after midnight in Rome, and the day before in UTC.
    let time = "2026-03-28T23:30:00.999999Z".parse().unwrap();
    let event = Event::EntryRegistered(Facts { public, private: Some(facts) });
    Entry::fold(None, 7, time, UserId(3), &event).unwrap()
}

/// A scheme that was always in force.
pub fn versions(classes: &[(&str, &str)]) -> Versions {
    let classes: Vec<Value> = classes.iter().map(|(code, title)| json!({"code": code, "title": title})).collect();
    let adopted = json!({"scheme": "prova", "title": "Titolario", "classes": classes});
    let mut versions = Versions::default();
    versions.adopt(0, "2020-01-01T00:00:00Z".parse().unwrap(), &serde_json::from_value(adopted).unwrap());
    versions
}

pub fn directory() -> Directory {
    let mut directory = Directory::default();
    directory.area.organization = "c_x999".into();
    directory.area.area = "AOO1".into();
    directory.area.name = "Comune di Prova".into();
    directory.area.pec = Some("protocollo@pec.comune.example".into());
    directory.classification = versions(&[("6.3", "Edilizia privata")]);
    directory
}

#[test]
fn every_entry_of_every_shape_gives_a_valid_mark() {
    let all = correspondents();
    let known = KnownDocument { media_type: "application/pdf".into(), signed: true };
    let mut written = Vec::new();
    for direction in ["incoming", "outgoing", "internal"] {
        let lists = all.iter().map(std::slice::from_ref).chain([&all[..], &all[5..9]]);
        for (n, list) in lists.enumerate() {
            let entry = entry(direction, list, 1 + n % 4, n % 2 == 0);
            let dossier = DossierReference { name: "Pratica".into(), code: "6.3/2026/1".into() };
            let known = vec![known.clone(); 4];
            let mark = mark_of(&directory(), &entry, Some(dossier).filter(|_| n % 3 == 0), &known).unwrap();
            assert_eq!(mark.identifier.date, Some(date(2026, 3, 29)), "the day in Rome");
            assert_eq!(mark.attachments.len(), n % 4);
            let unsealed = mark.write(Carrier::Cooperation).unwrap();
            let certificate = SealCertificate { certificate: b"c", algorithm: Algorithm::RsaSha256, key_name: None };
            written.push(Prepared::new(&unsealed, certificate, entry.registered_at).seal(b"s"));
        }
    }
    if let Some(schema) = schema("segnatura_protocollo.xsd") {
        validate(&schema, &written).unwrap();
    }
}

#[test]
fn what_cannot_be_said_is_left_out_and_nothing_is_guessed() {
    let known = [KnownDocument { media_type: "text/plain".into(), signed: false }];
    let mark = |direction, list: Value| {
        let list = list.as_array().unwrap().clone();
        let mark = mark_of(&directory(), &entry(direction, &list, 1, false), None, &known).unwrap();
        serde_json::to_value(mark).unwrap()
    };
    let person = |more: Value| {
        let mut person = json!({"role": "sender", "kind": "person", "name": "Ada Maria Verdi"});
        person.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([person])
    };
    for (more, given, family) in [
        (json!({}), "", "Ada Maria Verdi"),
        (json!({"given_name": "Ada Maria"}), "Ada Maria", "Verdi"),
        (json!({"family_name": "Verdi"}), "Ada Maria", "Verdi"),
        (json!({"family_name": "Rossi"}), "", "Rossi"),
        (json!({"given_name": "Eva"}), "Eva", "Ada Maria Verdi"),
        (json!({"given_name": "A.", "family_name": "V."}), "A.", "V."),
    ] {
        let sender = &mark("incoming", person(more))["sender"];
        assert_eq!((&sender["given_name"], &sender["family_name"]), (&json!(given), &json!(family)));
    }
    let vat = &mark("incoming", person(json!({"tax_code": "01234567890"})))["sender"];
    assert_eq!(vat["tax_code"], Value::Null, "a person has no place for a VAT number");
    let firm =
        json!([{"role": "recipient", "kind": "business", "name": "Ditta Verdi", "tax_code": "VRDDAA70A41H501X"}]);
    let made = mark("outgoing", firm);
    assert_eq!(
        (&made["recipients"][0]["party"]["tax_code"], &made["sender"]["kind"]),
        (&Value::Null, &json!("administration"))
    );
    let copy = json!([{"role": "sender", "kind": "person", "name": "Eva"}, {"role": "copy", "kind": "administration", "name": "Regione"}]);
    let made = mark("incoming", copy);
    assert_eq!(made["recipients"][0]["party"]["area"]["code"], "AOO1", "the town receives");
    assert_eq!((&made["recipients"][1]["copy"], &made["recipients"][1]["confirm"]), (&json!(true), &json!(true)));
    let long = "R".repeat(17);
    let mut entry = entry("incoming", &correspondents()[..1], 1, false);
    entry.id.register = long.parse().unwrap();
    assert!(mark_of(&directory(), &entry, None, &known).unwrap_err().contains("16 characters"));
}

fn installed(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok();
    if !there {
        eprintln!("not checked with {program}: it is not installed");
    }
    there
}

fn openssl(arguments: &[&str], folder: &Path) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What stands between two texts, with them.
fn piece<'x>(xml: &'x str, from: &str, to: &str) -> &'x str {
    let begin = xml.find(from).unwrap_or_else(|| panic!("no {from}"));
    let end = xml[begin..].find(to).unwrap_or_else(|| panic!("no {to}"));
    &xml[begin..begin + end + to.len()]
}

/// Verifies a seal with foreign programs alone: xmllint makes the canonical forms, openssl the digests and the rest.
fn verify(xml: &str) {
    assert_eq!(canonical(xml), xml, "the whole is canonical");
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let spaces = " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" xmlns:prot=\"http://www.agid.gov.it/protocollo/\" \
                  xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\"";
    // A part in the namespaces around it, as a canonicaliser meets it.
    let part = |tag: &str| {
        let text = piece(xml, &format!("<{tag}"), &format!("</{tag}>"));
        canonical(&text.replacen(&format!("<{tag}"), &format!("<{tag}{spaces}"), 1))
    };
    let signature = piece(xml, "<ds:Signature ", "</ds:Signature>");
    let values: Vec<&str> =
        signature.split("<ds:DigestValue>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    let digest = |bytes: &[u8]| {
        write("part", bytes);
        STANDARD.encode(openssl(&["dgst", "-sha256", "-binary", "part"], folder.path()))
    };
    let text = |tag: &str| {
        let found = piece(signature, &format!("<{tag}>"), &format!("</{tag}>"));
        STANDARD.decode(&found[tag.len() + 2..found.len() - tag.len() - 3]).unwrap()
    };
    let certificate = text("ds:X509Certificate");
    let of_properties = part("xades:SignedProperties");
    assert_eq!(
        values,
        [
            digest(canonical(&xml.replace(signature, "")).as_bytes()),
            digest(of_properties.as_bytes()),
            digest(&certificate),
        ]
    );
    write("certificate", &certificate);
    let public = openssl(&["x509", "-inform", "DER", "-in", "certificate", "-noout", "-pubkey"], folder.path());
    write("public", &public);
    let mut value = text("ds:SignatureValue");
    if signature.contains("ecdsa-sha256") {
        value = in_der(&value);
    }
    write("value", &value);
    write("info", part("ds:SignedInfo").as_bytes());
    openssl(&["dgst", "-sha256", "-verify", "public", "-signature", "value", "info"], folder.path());
    if installed("xmlsec1") {
        write("mark.xml", xml.as_bytes());
        let id = "--id-attr:Id";
        let properties = "http://uri.etsi.org/01903/v1.3.2#:SignedProperties";
        let arguments = ["--verify", "--insecure", "--enabled-key-data", "x509", id, properties, "mark.xml"];
        let output = Command::new("xmlsec1").args(arguments).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The two numbers of an ECDSA signature as OpenSSL wants them.
fn in_der(fixed: &[u8]) -> Vec<u8> {
    let (r, s) = fixed.split_at(fixed.len() / 2);
    let number = |digits: &[u8]| {
        let digits: Vec<u8> = digits.iter().copied().skip_while(|digit| *digit == 0).collect();
        let sign = digits.first().is_none_or(|digit| *digit >= 0x80);
        let digits = [if sign { &[0_u8][..] } else { &[] }, &digits].concat();
        [&[2, digits.len() as u8][..], &digits].concat()
    };
    let both = [number(r), number(s)].concat();
    [&[0x30, both.len() as u8][..], &both].concat()
}

pub fn path(entry: &Value) -> String {
    format!("/api/v1/registers/PG/entries/{}/{}", entry["year"], entry["number"])
}

#[test]
fn a_mark_is_made_once_and_kept_as_it_was() {
    let town = Town::new();
    let entry = path(&town.register("Istanza di prova", "testo", json!({})));
    let registrar = town.as_("registrar");
    let before = registrar.get(&entry).expect(200);
    let first = registrar.get(&format!("{entry}/mark.xml")).expect(200);
    assert_eq!((first.header("content-type"), first.header("seal")), (Some("application/xml"), Some("trial")));
    assert!(first.header("content-disposition").unwrap().contains("filename=\"Segnatura-PG-"));
    let xml = first.text();
    assert!(xml.contains("SIGILLO DI PROVA - SENZA VALORE"), "{xml}");
    if installed("xmllint") && installed("openssl") {
        verify(&xml);
    }
    if let Some(schema) = schema("segnatura_protocollo.xsd") {
        validate(&schema, std::slice::from_ref(&xml)).unwrap();
    }
    let fingerprint = STANDARD.encode(Sha256::of(b"testo").as_bytes());
    assert!(xml.contains(&fingerprint) && xml.contains("<prot:Oggetto>Istanza di prova</prot:Oggetto>"), "{xml}");
    // Being marked changes nothing of the entry: nobody's work on it is refused.
    let after = registrar.get(&entry).expect(200);
    assert_eq!((before.header("etag"), &before.body), (after.header("etag"), &after.body));
    let etag = first.header("etag").unwrap().to_owned();
    registrar.clone().with("If-None-Match", &etag).get(&format!("{entry}/mark.xml")).expect(304);
    registrar.put(&format!("{entry}/classification"), &json!({"classification": "6.4"})).ok();
    let annulment = json!({"reason": "Doppia", "act": {"number": "1", "date": "2026-01-02"}});
    registrar.post(&format!("{entry}/annulment"), &annulment).ok();
    let again = registrar.get(&format!("{entry}/mark.xml")).expect(200);
    assert_eq!((again.header("etag"), &again.body), (first.header("etag"), &first.body), "what was sent is shown");
    let events = registrar.get("/api/v1/events?kinds=entry-marked").ok();
    assert_eq!(events["items"].as_array().unwrap().len(), 1, "{events}");
    // What the mark says is read back.
    let reading =
        registrar.clone().with("Content-Type", "application/xml").send("POST", "/api/v1/marks", &first.body).ok();
    assert_eq!(
        (&reading["generation"], &reading["sealed"], &reading["deviations"]),
        (&json!("2021"), &json!(true), &json!([]))
    );
    assert_eq!(reading["mark"]["subject"], "Istanza di prova");
}

#[test]
fn where_there_can_be_no_mark_the_reason_is_said() {
    let town = Town::new();
    let registrar = town.as_("registrar");
    let unavailable = |entry: &str, why: &str| {
        let answer = registrar.get(&format!("{entry}/mark.xml")).expect(404);
        assert_eq!(answer.problem(), "not-available");
        assert!(answer.text().contains(why), "{}", answer.text());
    };
    let mut paper = crate::harness::new_entry("Carta");
    paper["document"] = Value::Null;
    let client = registrar.clone().with("Idempotency-Key", &town.key());
    let paper = path(&client.post("/api/v1/registers/PG/entries", &paper).created());
    unavailable(&paper, "no document yet");
    let annulled = path(&town.register("Annullata", "testo", json!({})));
    let annulment = json!({"reason": "Doppia", "act": {"number": "1", "date": "2026-01-02"}});
    registrar.post(&format!("{annulled}/annulment"), &annulment).ok();
    unavailable(&annulled, "annulled before");
    registrar.get("/api/v1/registers/PG/entries/2026/999999/mark.xml").expect(404);
}

#[test]
fn a_mark_that_names_a_dossier_is_for_those_who_may_read_that() {
    let town = Town::new();
    let registrar = town.as_("registrar");
    let dossier = json!({"title": "Pratica riservata a noi", "classification": "6.3", "office": "tributi"});
    let dossier = registrar.post("/api/v1/dossiers", &dossier).created();
    let assigned = json!([{"office": "edilizia", "mode": "responsible"}]);
    let more = json!({"assignments": assigned, "dossier": dossier["id"]});
    let entry = path(&town.register("Assegnata fuori", "testo", more));
    town.as_("officer").get(&entry).expect(200);
    town.as_("officer").get(&format!("{entry}/mark.xml")).expect(404);
    let mark = registrar.get(&format!("{entry}/mark.xml")).expect(200);
    assert!(mark.text().contains("<prot:Denominazione>Pratica riservata a noi</prot:Denominazione>"));
    town.as_("officer").get(&format!("{entry}/mark.xml")).expect(404);
    town.as_("manager").get(&format!("{entry}/mark.xml")).expect(200);
    let told =
        |who: &str| town.as_(who).get("/api/v1/events?kinds=entry-marked").ok()["items"].as_array().unwrap().len();
    assert_eq!((told("officer"), told("manager")), (0, 1));
}

#[test]
fn what_is_no_mark_is_refused_and_a_huge_one_before_it_has_come() {
    let town = Town::new();
    let registrar = town.as_("registrar").with("Content-Type", "application/xml");
    let refused = |body: &[u8], status: u16| -> Answer { registrar.send("POST", "/api/v1/marks", body).expect(status) };
    for (body, why) in [
        ("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><Segnatura>&x;</Segnatura>", "DOCTYPE"),
        ("<html/>", "known generation"),
        ("non è XML", "well-formed"),
    ] {
        let answer = refused(body.as_bytes(), 422);
        assert!(answer.text().contains(why), "{}", answer.text());
    }
    let began = std::time::Instant::now();
    // Announced, not sent: the answer comes when the bound is passed.
    let mut connection = registrar.open("POST", "/api/v1/marks", 100 * 1024 * 1024);
    let _ = std::io::Write::write_all(connection.get_mut(), &vec![b' '; 3 * 1024 * 1024]);
    assert_eq!(crate::harness::read_answer(&mut connection, false).status, 413);
    assert!(began.elapsed() < Duration::from_secs(20));
    town.as_("registrar").post("/api/v1/marks", &json!({})).expect(415);
}

/// A key, its certificate, and a signer that fails as long as a file called `away` lies beside it.
fn signer(folder: &Path, key: &[&str]) -> SealCommand {
    openssl(
        &[
            &["req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=Comune di Prova", "-keyout", "key", "-out", "pem"],
            key,
        ]
        .concat(),
        folder,
    );
    let script =
        format!("#!/bin/sh\n[ -e {0}/away ] && exit 1\nexec openssl dgst -sha256 -sign {0}/key\n", folder.display());
    std::fs::write(folder.join("sign"), script).unwrap();
    std::fs::set_permissions(folder.join("sign"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let (program, certificate) = (folder.join("sign"), folder.join("pem"));
    SealCommand { program, arguments: Vec::new(), certificate, within: Duration::from_secs(30) }
}

#[test]
fn a_signer_that_is_away_delays_the_mark_and_not_the_entry() {
    if !installed("openssl") || !installed("xmllint") {
        return;
    }
    for key in [&["-newkey", "rsa:2048"][..], &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]] {
        let folder = tempfile::tempdir().unwrap();
        let command = signer(folder.path(), key);
        let town = Town::with_options(Settings::default(), |options| options.seal = Some(command));
        std::fs::write(folder.path().join("away"), b"").unwrap();
        let entry = path(&town.register("Con sigillo", "testo", json!({})));
        let registrar = town.as_("registrar");
        let away = registrar.get(&format!("{entry}/mark.xml")).expect(503);
        assert_eq!(away.problem(), "seal-away");
        let wait: u64 = away.header("retry-after").unwrap().parse().unwrap();
        registrar.get(&entry).expect(200);
        let status = town.as_("administrator").get("/status").ok().to_string();
        assert!(status.contains("1 marks wait for their seal"), "{status}");
        std::fs::remove_file(folder.path().join("away")).unwrap();
        // The seal follows by itself, without anybody asking again.
        let sealed =
            || town.as_("auditor").get("/api/v1/events?kinds=entry-marked").ok()["items"].as_array().unwrap().len();
        let until = std::time::Instant::now() + Duration::from_secs(wait + 60);
        while sealed() == 0 && std::time::Instant::now() < until {
            std::thread::sleep(Duration::from_millis(200));
        }
        assert_eq!(sealed(), 1);
        let mark = registrar.get(&format!("{entry}/mark.xml")).expect(200);
        assert_eq!(mark.header("seal"), Some("configured"));
        verify(&mark.text());
        // What is sealed needs no signer any more.
        std::fs::write(folder.path().join("away"), b"").unwrap();
        assert_eq!(registrar.get(&format!("{entry}/mark.xml")).expect(200).body, mark.body);
    }
}

#[test]
fn a_token_seals_through_pkcs11() {
    let module = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"];
    let module = module.iter().find(|path| std::fs::exists(path).unwrap());
    let (Some(module), true, true) = (module, std::fs::exists("/usr/bin/pkcs11-tool").unwrap(), installed("openssl"))
    else {
        eprintln!("no seal by a token: softhsm2 or opensc is not installed");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::create_dir(root.join("tokens")).unwrap();
    let tokens = format!("directories.tokendir = {}\n", root.join("tokens").display());
    std::fs::write(root.join("softhsm2.conf"), tokens).unwrap();
    let configured = format!("SOFTHSM2_CONF={}", root.join("softhsm2.conf").display());
    let run = |program: &str, arguments: &[&str]| {
        let output =
            Command::new("/usr/bin/env").arg(&configured).arg(program).args(arguments).current_dir(root).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    run("softhsm2-util", &["--init-token", "--free", "--label", "seal", "--pin", "1234", "--so-pin", "1234"]);
    let tool = ["--module", module, "--token-label", "seal", "--login", "--pin", "1234"];
    run(
        "pkcs11-tool",
        &[&tool[..], &["--keypairgen", "--key-type", "rsa:2048", "--label", "seal", "--id", "01"]].concat(),
    );
    run(
        "pkcs11-tool",
        &[&tool[..], &["--read-object", "--type", "pubkey", "--id", "01", "--output-file", "public"]].concat(),
    );
    // A certificate for the token's key, which never leaves it, by an authority of the test.
    openssl(
        &["req", "-x509", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=Prova CA", "-keyout", "ca.key", "-out", "ca"],
        root,
    );
    openssl(&["req", "-new", "-key", "ca.key", "-subj", "/CN=Comune di Prova", "-out", "request"], root);
    openssl(&["rsa", "-pubin", "-inform", "DER", "-in", "public", "-out", "public.pem"], root);
    let signed =
        ["x509", "-req", "-in", "request", "-CA", "ca", "-CAkey", "ca.key", "-set_serial", "7", "-force_pubkey"];
    openssl(&[&signed[..], &["public.pem", "-out", "pem"]].concat(), root);
    let sign = ["--sign", "--id", "01", "--mechanism", "SHA256-RSA-PKCS"];
    let pipes = ["--input-file", "/dev/stdin", "--output-file", "/dev/stdout"];
    let arguments = [&[configured.as_str(), "/usr/bin/pkcs11-tool"], &tool[..], &sign, &pipes].concat();
    let command = SealCommand {
        program: "/usr/bin/env".into(),
        arguments: arguments.into_iter().map(str::to_owned).collect(),
        certificate: root.join("pem"),
        within: Duration::from_secs(30),
    };
    let town = Town::with_options(Settings::default(), |options| options.seal = Some(command));
    let entry = path(&town.register(
        "Con sigillo",
        "testo",
        json!({"correspondents": [
        {"role": "sender", "kind": "person", "name": "Mario Rossi", "tax_code": TAX_CODE}]}),
    ));
    verify(&town.as_("registrar").get(&format!("{entry}/mark.xml")).expect(200).text());
}
