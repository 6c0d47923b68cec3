//! A dossier taken away: whole, readable and checkable without this program, and holding what the reader may see.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::Command;

use sha2::Digest as _;
use tabularium::ids::DossierId;
use tabularium::model::access::Actor;
use tabularium::model::user::Role;
use tabularium::service::{Archive, Options, Refusal};

use crate::archive::{create, file_entry, files, holder, noise, open_dossier, options, register, upload};

/// Names as senders choose them.
const HOSTILE: [&str; 5] =
    ["..%2f..%2fetc.pdf", "\u{202e}fdp.exe", "-rf *.pdf", "<script>alert(1).txt", "con:aux|nul?.\u{e8}\u{300}"];

struct Town {
    _folder: tempfile::TempDir,
    options: Options,
    archive: Archive,
    dossier: DossierId,
}

/// A dossier with two entries (one shown to the party), a document, one item taken out, and two sub-dossiers.
fn town(run: &actix_web::rt::SystemRunner) -> Town {
    let folder = tempfile::tempdir().unwrap();
    let options = options(&folder.path().join("data"));
    let archive = create(run, options.clone());
    let actor = holder();
    let party = serde_json::json!([{"name": "Ada Verdi", "tax_code": "VRDDAA70A41H501X"}, {"name": "Un Altro"}]);
    let dossier = run.block_on(async {
        let new = serde_json::json!({"title": "Dehors <b>\"estivo\"</b>", "classification": "6.3", "parties": party});
        let dossier = open_dossier(&archive, &actor, new).await;
        let mut contents: Vec<(&str, Vec<u8>)> = vec![("istanza.pdf", noise(1, 2_000))];
        contents.extend(HOSTILE.iter().zip(2..).map(|(name, seed)| (*name, noise(seed, 900))));
        // One name and one content twice, an empty one, a large one.
        contents.extend([("doppio.txt", noise(50, 10)), ("doppio.txt", noise(50, 10)), ("vuoto.txt", Vec::new())]);
        contents.push(("grande.bin", noise(60, 50_000)));
        let borrowed: Vec<_> = contents.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        let none = serde_json::json!({});
        let shown = register(&archive, &actor, "Istanza & <i>allegati</i>", &borrowed, none.clone()).await;
        file_entry(&archive, &actor, dossier, &shown, true).await;
        let hidden = register(&archive, &actor, "Parere interno", &[("parere.txt", b"riservatezza")], none.clone());
        file_entry(&archive, &actor, dossier, &hidden.await, false).await;
        let draft = upload(&archive, &actor, b"relazione");
        let long = format!("{}.txt", "è".repeat(120));
        let new = serde_json::json!({"blake3": draft.blake3, "file_name": long});
        let document = archive.create_document(&actor, serde_json::from_value(new).unwrap(), None).await.unwrap();
        let item = serde_json::from_value(serde_json::json!({"document": document})).unwrap();
        archive.file_item(&actor, dossier, item).await.unwrap();
        let wrong = register(&archive, &actor, "Sbagliato", &[("altro.txt", b"non qui")], none.clone()).await;
        let item = file_entry(&archive, &actor, dossier, &wrong, true).await;
        let why = serde_json::from_value(serde_json::json!({"reason": "fascicolo sbagliato"})).unwrap();
        archive.remove_item(&actor, dossier, item, why, None).await.unwrap();
        for n in 1..=2 {
            let title = format!("Integrazioni ../{n}");
            let new = serde_json::json!({"title": title, "classification": "6.3", "parent": dossier});
            let sub = open_dossier(&archive, &actor, new).await;
            let bytes = format!("integrazione {n}");
            let entry = register(&archive, &actor, &title, &[("i.txt", bytes.as_bytes())], none.clone()).await;
            file_entry(&archive, &actor, sub, &entry, false).await;
        }
        dossier
    });
    Town { _folder: folder, options, archive, dossier }
}

fn citizen() -> Actor {
    let tax_code = Some("VRDDAA70A41H501X".into());
    Actor { roles: vec![Role::Citizen], tax_code, area_open: false, scopes: Vec::new(), ..holder() }
}

fn package(town: &Town, actor: &Actor) -> Vec<u8> {
    let mut bytes = Vec::new();
    town.archive.write_package(actor, town.dossier, &mut bytes).unwrap();
    bytes
}

/// The members by their path inside the bag, after every promise of BagIt was checked.
fn checked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut members = BTreeMap::new();
    for n in 0..zip.len() {
        let mut member = zip.by_index(n).unwrap();
        let name = member.name().unwrap().into_owned();
        let path = name.strip_prefix("6.3-2026-1/").unwrap_or_else(|| panic!("{name} is not in the bag")).to_owned();
        assert!(member.enclosed_name().is_some(), "{name}");
        for part in path.split('/') {
            assert!(!part.is_empty() && part.len() <= 255 && part != ".." && part != ".", "{name}");
            assert!(!part.chars().any(|c| c.is_control() || "\\:*?\"<>|%\u{202e}".contains(c)), "{name:?}");
        }
        let mut content = Vec::new();
        member.read_to_end(&mut content).unwrap();
        assert!(members.insert(path, content).is_none(), "{name} twice");
    }
    let text = |path: &str| String::from_utf8(members[path].clone()).unwrap();
    assert_eq!(text("bagit.txt"), "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    let sum = |path: &str| hex::encode(sha2::Sha256::digest(&members[path]));
    let listed = |manifest: &str| -> BTreeSet<String> {
        let rows = text(manifest);
        let paths = rows.lines().map(|row| {
            let (digest, path) = row.split_once("  ").unwrap();
            assert_eq!(digest, sum(path), "{path}");
            path.to_owned()
        });
        paths.collect()
    };
    let payload: BTreeSet<_> = members.keys().filter(|path| path.starts_with("data/")).cloned().collect();
    let tags: BTreeSet<_> =
        members.keys().filter(|path| !payload.contains(*path) && *path != "tagmanifest-sha256.txt").cloned().collect();
    assert_eq!(listed("manifest-sha256.txt"), payload);
    assert_eq!(listed("tagmanifest-sha256.txt"), tags);
    let oxum = format!("{}.{}", payload.iter().map(|path| members[path].len()).sum::<usize>(), payload.len());
    assert!(text("bag-info.txt").lines().any(|line| line == format!("Payload-Oxum: {oxum}")), "{oxum}");
    members
}

#[test]
fn the_holder_takes_all_of_it_and_it_is_a_bag() {
    let run = actix_web::rt::System::new();
    let town = town(&run);
    let bytes = package(&town, &holder());
    assert_eq!(bytes, package(&town, &holder()), "the same package each time");
    let members = checked(&bytes);
    let payload: Vec<_> = members.keys().filter_map(|path| path.strip_prefix("data/")).collect();
    assert_eq!(payload.len(), 10 + 1 + 1 + 2, "{payload:#?}");
    assert_eq!(members["data/001 - PG 2026-0000001 - istanza.pdf"], noise(1, 2_000));
    assert_eq!(members["data/001 - PG 2026-0000001 - allegato 6 - doppio.txt"], noise(50, 10));
    assert_eq!(members["data/001 - PG 2026-0000001 - allegato 7 - doppio.txt"], noise(50, 10));
    assert_eq!(members["data/001 - PG 2026-0000001 - allegato 9 - grande.bin"], noise(60, 50_000));
    let sub = "sottofascicolo 2 - Integrazioni .._2";
    assert_eq!(members[&format!("data/{sub}/001 - PG 2026-0000005 - i.txt")], b"integrazione 2");
    let json: serde_json::Value = serde_json::from_slice(&members["metadata/dossier.json"]).unwrap();
    assert_eq!((&json["code"], &json["included"], &json["withheld"]), (&"6.3/2026/1".into(), &3.into(), &0.into()));
    assert_eq!(json["removed"][0]["removed"]["reason"], "fascicolo sbagliato");
    assert!(members.contains_key(&format!("metadata/{sub}/dossier.json")));
    let entry: serde_json::Value = serde_json::from_slice(&members["metadata/001 - PG 2026-0000001.json"]).unwrap();
    assert_eq!(entry["entry"]["attachments"].as_array().unwrap().len(), 9);
    let html = String::from_utf8(members["index.html"].clone()).unwrap();
    assert!(html.contains("Istanza &amp; &lt;i&gt;allegati") && !html.contains("<script"), "{html}");
    for link in html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        let mut path = Vec::new();
        let mut rest = link.as_bytes();
        while let [first, more @ ..] = rest {
            if *first == b'%' {
                path.extend(hex::decode(&more[..2]).unwrap());
                rest = &more[2..];
            } else {
                path.push(*first);
                rest = more;
            }
        }
        assert!(members.contains_key(std::str::from_utf8(&path).unwrap()), "{link}");
    }
    assert!(members.contains_key("LEGGIMI.txt") && members.contains_key("README.txt"));
    assert!(String::from_utf8_lossy(&members["bag-info.txt"]).contains("Bagging-Date: 2026-02-03\n"));
    town.archive.close();
}

#[test]
fn a_citizen_takes_what_is_shown_and_hears_of_the_rest_that_it_is_there() {
    let run = actix_web::rt::System::new();
    let town = town(&run);
    let members = checked(&package(&town, &citizen()));
    let payload: Vec<_> = members.keys().filter(|path| path.starts_with("data/")).collect();
    assert_eq!(payload.len(), 10, "{payload:#?}");
    let json: serde_json::Value = serde_json::from_slice(&members["metadata/dossier.json"]).unwrap();
    // Withheld are the opinion and the draft; the entry that was taken out is no part of the affair any more.
    assert_eq!(
        (&json["included"], &json["items"], &json["withheld"], &json["removed"]),
        (&1.into(), &1.into(), &2.into(), &serde_json::json!([]))
    );
    let html = String::from_utf8(members["index.html"].clone()).unwrap();
    assert!(html.contains("<li>2.–3. non mostrati; ") && !html.contains("<li>4."), "{html}");
    assert_eq!(json["parties"].as_array().unwrap().len(), 1);
    let everything: Vec<u8> = members.values().flatten().copied().collect();
    let everything = String::from_utf8_lossy(&everything);
    for secret in
        ["Parere", "parere", "riservatezza", "relazione", "Sbagliato", "sbagliato", "Integrazioni", "Un Altro"]
    {
        assert!(!everything.contains(secret), "{secret}");
        assert!(!members.keys().any(|path| path.contains(secret)), "{secret}");
    }
    let stranger = Actor { tax_code: Some("RSSMRA80A01H501U".into()), ..citizen() };
    let refused = town.archive.write_package(&stranger, town.dossier, std::io::sink());
    assert!(matches!(refused, Err(Refusal::NotFound(_))), "{refused:?}");
    town.archive.close();
}

/// Other programs open it: Info-ZIP tests and unpacks it, coreutils check it.
#[test]
fn other_programs_unpack_and_check_it() {
    let there = |program: &str, argument: &str| Command::new(program).arg(argument).output().is_ok();
    if !there("unzip", "-v") || !there("sha256sum", "--version") {
        println!("skipped: unzip or sha256sum is not installed");
        return;
    }
    let run = actix_web::rt::System::new();
    let town = town(&run);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fascicolo.zip");
    std::fs::File::create(&path).unwrap().write_all(&package(&town, &holder())).unwrap();
    let done = |program: &str, arguments: &[&str], at: &Path| {
        let output = Command::new(program).args(arguments).current_dir(at).env("LC_ALL", "C.UTF-8").output().unwrap();
        assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    };
    done("unzip", &["-t", "fascicolo.zip"], folder.path());
    done("unzip", &["-q", "fascicolo.zip"], folder.path());
    let bag = folder.path().join("6.3-2026-1");
    done("sha256sum", &["--strict", "-c", "manifest-sha256.txt"], &bag);
    done("sha256sum", &["--strict", "-c", "tagmanifest-sha256.txt"], &bag);
    town.archive.close();
}

#[test]
fn a_damaged_content_breaks_the_package_off_instead_of_being_delivered() {
    let run = actix_web::rt::System::new();
    let town = town(&run);
    for path in files(&town.options.root.join("blobs/packs")) {
        let pack = std::fs::File::options().read(true).write(true).open(&path).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        if let Some(at) = bytes.windows(9).position(|window| window == b"relazione") {
            pack.write_all_at(b"R", at as u64).unwrap();
        }
    }
    let mut bytes = Vec::new();
    let refused = town.archive.write_package(&holder(), town.dossier, &mut bytes);
    assert!(matches!(&refused, Err(Refusal::Failed(_))), "{refused:?}");
    assert!(bytes.len() > 50_000, "what came before was sent");
    assert!(zip::ZipArchive::new(std::io::Cursor::new(&bytes)).is_err(), "it must not look whole");
    // A receiver that goes away is an error too, and nothing hangs.
    struct Gone(usize);
    impl std::io::Write for Gone {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(std::io::ErrorKind::BrokenPipe)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    assert!(town.archive.write_package(&holder(), town.dossier, Gone(5_000)).is_err());
    town.archive.close();
}
