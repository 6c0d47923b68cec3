//! Do foreign programs open every file of the sample town? Each where it is installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jiff::civil::date;

use super::{Form, Paper, town};

/// Files that are broken or locked on purpose.
const SHUT: [&str; 2] = ["preventivo_caldaia.pdf", "verbale_commissione.pdf"];

/// All papers with the names of their files, those within others too.
fn papers() -> Vec<(String, Paper)> {
    let town = town(date(2026, 11, 23));
    let mut all = Vec::new();
    let mut take = |name: &str, paper: &Paper| {
        all.push((name.to_owned(), paper.clone()));
        all.extend(paper.enclosed.iter().map(|file| (file.file_name.to_owned(), file.paper.clone())));
    };
    for entry in &town.registrations {
        take(entry.document.file_name, &entry.document.paper);
        entry.attachments.iter().for_each(|file| take(file.file_name, &file.paper));
    }
    town.papers.iter().flat_map(|paper| &paper.versions).for_each(|file| take(file.file_name, &file.paper));
    all
}

fn is_there(program: &str) -> bool {
    let there = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !there {
        eprintln!("skipped: {program} is not installed");
    }
    there
}

/// Files of the forms that are wanted, numbered so that none hides another.
fn written(folder: &Path, wanted: &[Form]) -> Vec<PathBuf> {
    let chosen = papers().into_iter().filter(|(_, paper)| wanted.contains(&paper.form)).enumerate();
    let write = |(n, (name, paper)): (usize, (String, Paper))| {
        let path = folder.join(format!("{n:03}-{name}"));
        std::fs::write(&path, paper.content()).unwrap();
        path
    };
    let paths: Vec<PathBuf> = chosen.map(write).collect();
    assert!(!paths.is_empty());
    paths
}

fn fine(command: &mut Command) -> String {
    let out = command.output().unwrap();
    let (said, complaint) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{command:?}: {said}{complaint}");
    said.into_owned()
}

#[test]
fn unzip_and_xmllint_take_what_is_packed_and_what_is_xml() {
    if !is_there("unzip") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let office = [Form::Docx, Form::Odt, Form::Pptx, Form::Xlsx, Form::Ods];
    let packed = written(folder.path(), &[&office as &[Form], &[Form::Zip]].concat());
    let mut xml = written(folder.path(), &[Form::Xml, Form::Invoice]);
    for path in &packed {
        fine(Command::new("unzip").arg("-tq").arg(path));
        if path.extension().is_none_or(|end| end != "zip") {
            let inside = path.with_extension("inside");
            fine(Command::new("unzip").arg("-qo").arg(path).arg("-d").arg(&inside));
            let parts = fine(Command::new("find").arg(&inside).args(["-name", "*.xml", "-o", "-name", "*.rels"]));
            xml.extend(parts.lines().map(PathBuf::from));
        }
    }
    if is_there("xmllint") {
        assert!(xml.len() > 200, "{}", xml.len());
        fine(Command::new("xmllint").args(["--noout", "--nonet"]).args(&xml));
    }
}

#[test]
fn python_takes_the_mails_apart() {
    const READ: &str = "
import email, email.policy, sys
for path in sys.argv[1:]:
    message = email.message_from_binary_file(open(path, 'rb'), policy=email.policy.default)
    certified = message['X-Trasporto'] == 'posta-certificata'
    parts = list(message.walk())
    assert not any(part.defects for part in parts), (path, [part.defects for part in parts])
    inner = next(part for part in parts if part.get_content_type() == 'message/rfc822').get_content() if certified else message
    assert inner['Subject'] and inner['From'] and inner['To'] and inner['Date'].datetime, path
    words = inner.get_body(('plain',)).get_content()
    assert len(words) > 40 and '\\ufffd' not in words, path
    if certified:
        assert any(part.get_filename() == 'daticert.xml' and b'<postacert' in part.get_payload(decode=True) for part in parts), path
    for part in inner.iter_attachments():
        assert part.get_filename() and part.get_content(), path
    print('certified' if certified else 'plain', len(list(inner.iter_attachments())))
";
    if !is_there("python3") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mails = written(folder.path(), &[Form::Mail]);
    let said = fine(Command::new("python3").args(["-c", READ]).args(&mails));
    assert!(said.lines().count() >= 20 && said.contains("certified 1") && said.contains("plain 1"), "{said}");
}

#[test]
fn qpdf_finds_nothing_to_mend_and_poppler_the_fields() {
    if !is_there("qpdf") || !is_there("pdftotext") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut forms = 0;
    for (n, (name, paper)) in papers().into_iter().enumerate().filter(|(_, (name, _))| name.ends_with(".pdf")) {
        let path = folder.path().join(format!("{n}.pdf"));
        std::fs::write(&path, paper.content()).unwrap();
        if matches!(paper.form, Form::Kept(_)) {
            let sound = Command::new("qpdf").arg("--check").arg(&path).output().unwrap().status.success();
            // One is a photograph that somebody called a PDF.
            assert_eq!(sound, !SHUT.contains(&name.as_str()) && name != "foto_buca.pdf", "{name}");
            continue;
        }
        fine(Command::new("qpdf").arg("--check").arg(&path));
        let fields = paper.paragraphs.iter().filter_map(|p| p.strip_prefix("? ")?.split_once(" = "));
        let values: Vec<&str> = fields.map(|(_, value)| value.split(' ').next().unwrap()).collect();
        if !values.is_empty() {
            let text = fine(Command::new("pdftotext").arg(&path).arg("-"));
            assert!(values.iter().all(|value| text.contains(value)), "{name}: {values:?} in {text}");
            forms += 1;
        }
    }
    assert!(forms >= 12, "{forms} forms");
}

/// The schemas of the tax authority, as it publishes them, with that of signatures beside them: not ours to keep, so
/// they lie elsewhere. TABULARIUM_XSD may say where.
#[test]
fn e_invoices_are_valid_by_the_official_schemas() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let usual = || root.join("../shared/reference/xsd");
    let schemas = std::env::var_os("TABULARIUM_XSD").map_or_else(usual, PathBuf::from);
    if !schemas.join(INVOICES).is_file() {
        eprintln!("skipped: no {INVOICES} in {}", schemas.display());
        return;
    }
    if !is_there("xmllint") || !is_there("openssl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let valid = |schema: &str, files: &[PathBuf]| {
        let schema = local(&schemas, schema, folder.path());
        fine(Command::new("xmllint").args(["--noout", "--nonet", "--schema"]).arg(schema).args(files));
    };
    let mut invoices = written(folder.path(), &[Form::Invoice]);
    let unsigned = invoices.len();
    for (name, paper) in papers().into_iter().filter(|(name, _)| name.ends_with(".xml.p7m")) {
        let (envelope, invoice) = (folder.path().join(&name), folder.path().join(format!("{name}.xml")));
        std::fs::write(&envelope, paper.content()).unwrap();
        let mut command = Command::new("openssl");
        command.args(["cms", "-verify", "-noverify", "-inform", "DER", "-in"]).arg(&envelope);
        fine(command.arg("-out").arg(&invoice));
        invoices.push(invoice);
    }
    assert!(unsigned > 5 && invoices.len() > unsigned, "{invoices:?}");
    invoices.push(root.join("fixtures/documents/fattura.xml"));
    valid(INVOICES, &invoices);
    valid(SIMPLE_INVOICES, &[root.join("fixtures/documents/fattura-semplificata.xml")]);
}

const INVOICES: &str = "Schema_del_file_xml_FatturaPA_v1.2.2.xsd";
const SIMPLE_INVOICES: &str = "Schema_VFSM10.xsd";

/// A schema that takes the one of signatures from this disk, where it names an address on the net.
fn local(schemas: &Path, name: &str, folder: &Path) -> PathBuf {
    let signatures = ["xmldsig-core-schema.xsd", "import_schemas/xmldsig-core-schema.xsd"];
    let signatures = signatures.map(|name| schemas.join(name)).into_iter().find(|path| path.is_file()).unwrap();
    let schema = std::fs::read_to_string(schemas.join(name)).unwrap();
    let (before, address) = schema.split_once("schemaLocation=\"").unwrap();
    let (_, after) = address.split_once('"').unwrap();
    let local = folder.join(name);
    std::fs::write(&local, format!("{before}schemaLocation=\"{}\"{after}", signatures.display())).unwrap();
    local
}

#[test]
fn openssl_takes_the_signed_ones_and_refuses_the_altered_one() {
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("skipped: openssl is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut seen = Vec::new();
    for (name, paper) in papers().into_iter().filter(|(name, _)| name.ends_with(".p7m")) {
        let path = folder.path().join(&name);
        let content = paper.content();
        std::fs::write(&path, &content).unwrap();
        // Base64 without the lines around it that openssl expects.
        if content[0] == b'M' {
            let armed = [b"-----BEGIN CMS-----\n".as_slice(), &content, b"-----END CMS-----\n"].concat();
            std::fs::write(&path, armed).unwrap();
        }
        let form = if content[0] == b'M' { "PEM" } else { "DER" };
        let mut command = Command::new("openssl");
        command.args(["cms", "-verify", "-noverify", "-inform", form, "-in"]).arg(&path);
        let out = command.args(["-out", "/dev/null"]).output().unwrap();
        assert_eq!(out.status.success(), name != "regolare_esecuzione.pdf.p7m", "{name}");
        seen.push(name);
    }
    assert_eq!(seen.len(), 7, "{seen:?}");
}

#[test]
fn no_name_or_address_is_anybodys() {
    for (name, paper) in papers() {
        if matches!(paper.form, Form::Kept(_)) {
            continue;
        }
        for text in paper.paragraphs.iter().chain([&paper.subject, &paper.signature]) {
            for word in text.split_whitespace() {
                if let Some((_, domain)) = word.split_once('@') {
                    assert!(domain.trim_end_matches('.').ends_with("example.it"), "{name}: {word}");
                }
                let word = word.trim_matches(|c: char| !c.is_alphanumeric());
                let shape = |(place, c): (usize, char)| match place {
                    0..=5 | 8 | 11 | 15 => c.is_ascii_uppercase(),
                    _ => c.is_ascii_digit(),
                };
                if word.len() == 16 && word.chars().enumerate().all(shape) {
                    assert_eq!(&word[11..15], "X999", "{name}: {word}");
                }
            }
        }
    }
}
