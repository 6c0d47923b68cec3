//! Previews and thumbnails over a real connection: ordinary documents, hostile ones, programs that misbehave.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;
use tabularium::http::Settings;
use tabularium::text::engines::{Choice, Choices};
use tabularium::text::{Engines, RenderError, RenderLimits, Renderer};

use crate::harness::{Answer, Town, shared};

fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)).unwrap()
}

/// The program that draws. Without it these tests say so and prove nothing.
fn pdftoppm() -> Option<PathBuf> {
    let off = || Choice::Search(false);
    let choices = Choices { pdfium: off(), pdftotext: off(), tesseract: off(), ..Choices::default() };
    let found = Engines::find(&choices, &std::env::var_os("PATH").unwrap_or_default()).pdftoppm;
    if found.is_none() {
        eprintln!("skipped: pdftoppm (poppler-utils) is not installed");
    }
    found.map(|engine| engine.path)
}

fn drawn_by(program: impl Into<PathBuf>, seconds: u64) -> Town {
    let limits = RenderLimits { time: Duration::from_secs(seconds), ..RenderLimits::default() };
    Town::with_rendering(Settings::default(), Some((program.into(), limits)))
}

/// Files a document of the officer's; gives its address.
fn filed(town: &Town, file_name: &str, content: &[u8]) -> String {
    let blake3 = town.upload("officer", content);
    let document = json!({"blake3": blake3, "file_name": file_name});
    let document = town.as_("officer").post("/api/v1/documents", &document).created();
    format!("/api/v1/documents/{}", document["id"].as_str().unwrap())
}

#[track_caller]
fn not_available(answer: Answer, because: &str) {
    let answer = answer.expect(404);
    assert_eq!(answer.problem(), "not-available");
    let detail = answer.value()["detail"].as_str().unwrap_or_default().to_owned();
    assert!(detail.contains(because), "{detail:?} does not say {because:?}");
}

/// Width and height of a PNG.
fn sides(png: &[u8]) -> (u32, u32) {
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"), "no PNG");
    let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (side(16), side(20))
}

#[test]
fn a_pdf_is_shown_in_place_and_has_a_thumbnail() {
    let Some(program) = pdftoppm() else { return };
    let town = drawn_by(program, 20);
    let pdf = fixture("documents/delibera.pdf");
    let document = filed(&town, "delibera.pdf", &pdf);
    let officer = || town.as_("officer");

    let preview = officer().get(&format!("{document}/preview")).expect(200);
    assert!(preview.body == pdf);
    assert_eq!(preview.header("content-type"), Some("application/pdf"));
    assert_eq!(preview.header("content-disposition"), Some("inline; filename=\"delibera.pdf\""));
    assert_eq!(preview.header("x-content-type-options"), Some("nosniff"));
    let policy = preview.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("sandbox") && !policy.contains("script"));
    let part = officer().with("Range", "bytes=0-4").get(&format!("{document}/preview")).expect(206);
    assert_eq!((part.text().as_str(), part.header("content-security-policy")), ("%PDF-", Some(policy)));
    let outside = officer().with("Range", "bytes=99999999-").get(&format!("{document}/preview")).expect(416);
    assert_eq!(outside.problem(), "range-not-satisfiable");
    let fresh = officer().with("If-None-Match", preview.header("etag").unwrap());
    assert_eq!(fresh.get(&format!("{document}/preview")).status, 304);

    let thumbnail = officer().get(&format!("{document}/thumbnail")).expect(200);
    assert_eq!(thumbnail.header("content-type"), Some("image/png"));
    assert!(thumbnail.header("content-security-policy").unwrap().starts_with("sandbox"));
    let (width, height) = sides(&thumbnail.body);
    assert_eq!((width, height), (227, 320), "an upright A4 page");
    let again = officer().get(&format!("{document}/thumbnail")).expect(200);
    assert!(again.body == thumbnail.body && again.header("etag") == thumbnail.header("etag"));
    let fresh = officer().with("If-None-Match", thumbnail.header("etag").unwrap());
    assert_eq!(fresh.get(&format!("{document}/thumbnail")).status, 304);

    // Who may not read the document is told that there is none, drawn or not; and the access log says who did.
    for rendition in ["thumbnail", "preview"] {
        let hidden = town.as_("manager").get(&format!("{document}/{rendition}")).expect(404);
        assert_eq!(hidden.problem(), "not-found");
        assert_eq!(town.anonymous().get(&format!("{document}/{rendition}")).status, 401);
    }
    let today = tabularium::clock::date_in_rome(tabularium::clock::Clock::System.now());
    let log = town.as_("auditor").get(&format!("/api/v1/access-log?date={today}")).ok();
    let subject = format!("{}/thumbnail", document.strip_prefix("/api/v1/").unwrap());
    let lines = log["items"].as_array().unwrap().iter().filter(|line| line["subject"] == subject.as_str());
    assert!(lines.clone().any(|line| line["outcome"] == 404) && lines.clone().all(|line| line["what"] == "read"));
}

#[test]
fn what_is_no_pdf_is_shown_as_picture_or_as_text() {
    let town = shared();
    let officer = || town.as_("officer");
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0".as_slice();
    let picture_at = filed(&town, "firma.html", picture);
    let text_at = filed(&town, "nota.txt", "Città\r\ndi prova".as_bytes());
    let page_at = filed(&town, "pagina.txt", b"<html><p>Orario</p><script>alert(1)</script></html>");
    let vector_at = filed(&town, "logo.png", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>");
    let empty_at = filed(&town, "vuoto.txt", b" \n");
    let unread_at = filed(&town, "orario.txt", b"MZ\x90\0\x03\0\0\0");
    town.settle_index();

    let preview = officer().get(&format!("{picture_at}/preview")).expect(200);
    assert!(preview.body == picture && preview.header("content-type") == Some("image/png"));
    assert!(preview.header("content-security-policy").unwrap().starts_with("sandbox"));
    not_available(officer().get(&format!("{picture_at}/thumbnail")), "PDF documents only");

    let preview = officer().get(&format!("{text_at}/preview")).expect(200);
    assert_eq!(preview.text(), "Città\ndi prova");
    assert_eq!(preview.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(preview.header("content-disposition"), Some("inline"));
    assert!(preview.header("content-security-policy").unwrap().starts_with("sandbox"));
    let fresh = officer().with("If-None-Match", preview.header("etag").unwrap());
    assert_eq!(fresh.get(&format!("{text_at}/preview")).status, 304);

    // Scripts are neither run nor shown as something else.
    assert_eq!(officer().get(&format!("{page_at}/preview")).expect(200).text(), "Orario");
    not_available(officer().get(&format!("{vector_at}/preview")), "holds no text");
    not_available(officer().get(&format!("{unread_at}/preview")), "does not read this format");
    not_available(officer().get(&format!("{empty_at}/preview")), "holds no text");
    // The content itself is still a file to be kept.
    let content = officer().get(&format!("{picture_at}/content")).expect(200);
    assert!(content.header("content-disposition").unwrap().starts_with("attachment"));
    assert!(content.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
}

#[test]
fn a_hostile_pdf_costs_one_thumbnail_and_the_server_goes_on() {
    let Some(program) = pdftoppm() else { return };
    let town = drawn_by(program, 1);
    for (name, because) in [
        ("hostile/bomb.pdf", "longer than is allowed"),
        ("hostile/no-objects.pdf", "cannot be drawn"),
        ("hostile/page-tree-loop.pdf", "cannot be drawn"),
        ("hostile/truncated.pdf", "cannot be drawn"),
        ("documents/protetto.pdf", "asks for a password"),
    ] {
        let document = filed(&town, "a.pdf", &fixture(name));
        let thumbnail = format!("{document}/thumbnail");
        let began = Instant::now();
        not_available(town.as_("officer").get(&thumbnail), because);
        assert!(began.elapsed() < Duration::from_secs(10), "{name} took {:?}", began.elapsed());
        // It is remembered: asking again costs nothing, however long it took.
        let began = Instant::now();
        not_available(town.as_("officer").get(&thumbnail), because);
        assert!(began.elapsed() < Duration::from_millis(900), "{name} again took {:?}", began.elapsed());
    }
    let good = filed(&town, "a.pdf", &fixture("documents/delibera.pdf"));
    sides(&town.as_("officer").get(&format!("{good}/thumbnail")).expect(200).body);
}

#[test]
fn without_the_program_thumbnails_are_not_available() {
    let town = Town::new();
    let document = filed(&town, "a.pdf", &fixture("documents/delibera.pdf"));
    not_available(town.as_("officer").get(&format!("{document}/thumbnail")), "not installed");
    let town = drawn_by("/nowhere/pdftoppm", 1);
    let document = filed(&town, "a.pdf", &fixture("documents/delibera.pdf"));
    not_available(town.as_("officer").get(&format!("{document}/thumbnail")), "could not be started");
}

/// A program that is a few lines of shell.
fn program(folder: &Path, lines: &str) -> PathBuf {
    let path = folder.join("draw");
    std::fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn draw(lines: &str, limits: RenderLimits, content: &[u8]) -> Result<Vec<u8>, RenderError> {
    let folder = tempfile::tempdir().unwrap();
    let renderer = Renderer::new(program(folder.path(), lines), limits);
    renderer.place().unwrap().first_page(content.len() as u64, &mut &*content)
}

/// A shell line that writes a PNG of one pixel's header and end, and nothing between.
const PNG: &str = r"printf '\211PNG\r\n\032\n\000\000\000\015IHDR\000\000\000\001\000\000\000\001\010\002\000\000\000crc0\000\000\000\000IEND\256\102\140\202'";

#[test]
fn a_program_that_misbehaves_is_no_better_than_a_document() {
    let short = || RenderLimits { time: Duration::from_secs(1), ..RenderLimits::default() };
    let long = || RenderLimits { time: Duration::from_secs(20), ..RenderLimits::default() };
    let big = vec![7; 1_000_000];
    assert_eq!(sides(&draw(&format!("cat >/dev/null; {PNG}"), long(), &big).unwrap()), (1, 1));
    // It knows before the end of the document; that is no failure of ours.
    assert_eq!(sides(&draw(PNG, long(), &big).unwrap()), (1, 1));
    let draw_short = |lines: &str| draw(lines, short(), &big);
    // It never reads; it never ends; it hands its pipe to a child of its own.
    for lines in ["sleep 60", "cat >/dev/null; sleep 60", "sleep 60 & sleep 61"] {
        let began = Instant::now();
        assert!(matches!(draw_short(lines), Err(RenderError::Timeout)), "{lines}");
        assert!(began.elapsed() < Duration::from_secs(8), "{lines}: {:?}", began.elapsed());
    }
    for lines in [
        "exit 1",
        "kill -9 $$",
        "echo '<script>'",
        &format!("{PNG}; echo more"),
        "cat >/dev/null; head -c 9000000 /dev/zero",
    ] {
        assert!(matches!(draw(lines, long(), &big), Err(RenderError::NoPicture)), "{lines}");
    }
    let small = RenderLimits { input_max: 10, ..short() };
    assert!(matches!(draw(PNG, small.clone(), b"12345678901"), Err(RenderError::TooLarge)));
    assert!(draw(PNG, small, b"1234567890").is_ok());
}

#[test]
fn the_program_is_given_nothing_but_its_limits() {
    let folder = tempfile::tempdir().unwrap();
    // As the archive holds its files: open, and nobody else's business.
    let secret = std::fs::File::create(folder.path().join("secret")).unwrap();
    // It draws only when it finds itself as it should be.
    let lines = format!(
        r#"cat >/dev/null
test "$(pwd)" = / || exit 1
test -z "$HOME$USER$CARGO_MANIFEST_DIR" || exit 1
test "$(ulimit -v)" = 1048576 || exit 1
test "$(ulimit -c)" = 0 || exit 1
test "$(ulimit -n)" = 64 || exit 1
test "$(ulimit -t)" = 21 || exit 1
test "$(nice)" -ge 10 || exit 1
for fd in /proc/$$/fd/*; do
  case "$(readlink "$fd")" in *secret) exit 1 ;; esac
done
{PNG}"#
    );
    let limits = RenderLimits { time: Duration::from_secs(20), ..RenderLimits::default() };
    assert_eq!(sides(&draw(&lines, limits, b"%PDF-1.7").unwrap()), (1, 1));
    drop(secret);
}
