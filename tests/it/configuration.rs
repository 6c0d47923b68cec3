//! The file of settings: every command reads the same one. And what a kernel lacks is said where administrators look.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter};
use serde_json::{Value, json};

use crate::program::{Place, Server, fine, program, run, said};

#[test]
fn a_configuration_is_taken_and_its_mistakes_are_named() {
    let place = Place::settled();
    let data = place.data();
    place.write("good.toml", b"[http]\nlisten = \"127.0.0.1:0\"\n[log]\nlevel = \"error\"\n");
    let server = Server::start(&["serve", "--data", &data, "--config", &place.text_path("good.toml")]);
    assert!(server.get("/status", None).starts_with("HTTP/1.1 200"));
    let (code, lines) = server.stop();
    assert_eq!((code, lines), (Some(0), Vec::new()), "errors alone are logged");
    let wrong = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/config/wrong-key.toml");
    let (code, _, err) = run(&["serve", "--data", &data, "--config", wrong.to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(err.contains("lisen"), "{err}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, _, err) = run(&["serve", "--data", &data, "--listen", &address]);
    assert_eq!(code, 3);
    assert!(err.contains(&format!("cannot listen on {address}")), "{err}");
}

/// A place with a recogniser that only this configuration knows, and the path of that.
fn with_a_recogniser() -> (Place, String) {
    let place = Place::settled();
    let says = "[ $1 = --version ] && echo 'tesseract 9.9.9' || printf 'List:\\nita\\n'";
    place.write("own/recogniser", format!("#!/bin/sh\n{says}\n").as_bytes());
    let recogniser = place.path("own/recogniser");
    std::fs::set_permissions(&recogniser, std::fs::Permissions::from_mode(0o755)).unwrap();
    let engines = format!("tesseract = {recogniser:?}\npdfium = false\npdftotext = false\npdftoppm = false\n");
    place.write("own.toml", format!("[engines]\n{engines}[catalogue]\ncache_mib = 16\n").as_bytes());
    let config = place.text_path("own.toml");
    (place, config)
}

#[test]
fn every_command_that_reads_documents_takes_the_engines_of_the_configuration() {
    let (place, config) = with_a_recogniser();
    let data = place.data();
    place.write("in/a.txt", b"delibera del consiglio");
    let folder = place.text_path("in");
    let commands: [&[&str]; 3] = [&["import", &folder], &["verify"], &["verify", "--deep"]];
    for command in commands {
        let arguments = [command, &["--data", &data]].concat();
        let asked = run(&[&arguments as &[&str], &["--config", &config]].concat());
        let surrounded = said(program().args(&arguments).env("TABULARIUM_CONFIG", &config).output().unwrap());
        for (code, out, err) in [asked, surrounded] {
            assert_eq!(code, 0, "{command:?}: {out}{err}");
            assert!(err.contains("engines=\"tesseract-9.9.9-ita\""), "{command:?}: {err}");
        }
        let (_, _, err) = run(&arguments);
        assert!(!err.contains("9.9.9"), "{command:?} takes it from nowhere: {err}");
    }
    let server = Server::start(&["serve", "--data", &data, "--listen", "127.0.0.1:0", "--config", &config]);
    assert_eq!(status(&server)["texts"]["engines"], json!(["tesseract-9.9.9-ita"]));
    assert_eq!(server.stop().0, Some(0));
    fine(&["rebuild", "--data", &data, "--config", &config]);
}

#[test]
fn no_command_overlooks_a_mistake_in_the_configuration() {
    let place = Place::settled();
    let data = place.data();
    place.write("in/a.txt", b"a");
    let folder = place.text_path("in");
    let wrong = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/config/wrong-key.toml");
    let commands: [&[&str]; 9] = [
        &["demo"],
        &["init", "--organization", "c_x999", "--area", "AOO2", "--name", "Altro"],
        &["user", "add", "anna", "--role", "auditor"],
        &["office", "add", "tecnica", "Area tecnica"],
        &["token", "create", "--user", "elena"],
        &["serve"],
        &["import", &folder],
        &["verify"],
        &["rebuild"],
    ];
    for command in commands {
        let arguments = [command, &["--data", &data, "--config", wrong.to_str().unwrap()]].concat();
        let (code, out, err) = run(&arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{command:?}: {err}");
        assert!(err.contains("lisen") && err.contains("line 3"), "{command:?}: {err}");
    }
}

fn status(server: &Server) -> Value {
    let answer = server.get("/status", None);
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// Calls that this thread, and whatever it starts, has no longer: as on a kernel without them.
fn lose_calls(calls: &[libc::c_long]) {
    let rules: BTreeMap<_, _> = calls.iter().map(|call| (*call, Vec::new())).collect();
    let missing = SeccompAction::Errno(libc::ENOSYS.cast_unsigned());
    let filter =
        SeccompFilter::new(rules, SeccompAction::Allow, missing, std::env::consts::ARCH.try_into().unwrap()).unwrap();
    apply_filter(&BpfProgram::try_from(filter).unwrap()).unwrap();
}

/// A kernel too old for a fence is no reason not to serve; but somebody must be able to see it.
#[test]
fn fences_that_the_kernel_does_not_have_are_said_in_the_status() {
    let place = Place::settled();
    place.write("in/a.txt", b"delibera del consiglio");
    fine(&["import", &place.text_path("in"), "--data", &place.data()]);
    let of_all = status(&place.serve());
    let on_an_old_kernel = |calls: &'static [libc::c_long]| {
        let place = &place;
        let served = move || {
            lose_calls(calls);
            status(&place.serve())
        };
        std::thread::scope(|scope| scope.spawn(served).join().unwrap())
    };
    let notes = |status: &Value| status["notes"].as_array().unwrap().iter().map(Value::to_string).collect::<String>();
    let without_landlock = on_an_old_kernel(&[libc::SYS_landlock_create_ruleset]);
    assert_eq!(without_landlock["texts"]["fences"]["files"], false);
    assert_eq!(without_landlock["texts"]["fences"]["calls"], of_all["texts"]["fences"]["calls"]);
    assert!(notes(&without_landlock).contains("documents are read without Landlock"), "{without_landlock}");
    let without_both = on_an_old_kernel(&[libc::SYS_landlock_create_ruleset, libc::SYS_seccomp]);
    assert_eq!(without_both["texts"]["fences"], json!({"calls": false, "files": false}));
    assert!(notes(&without_both).contains("without the filter of system calls"), "{without_both}");
    assert_eq!(without_both["healthy"], true);
    // Where all stands, nothing is said.
    for fence in ["calls", "files"] {
        let name = if fence == "calls" { "filter" } else { "Landlock" };
        assert_eq!(of_all["texts"]["fences"][fence] == false, notes(&of_all).contains(name), "{of_all}");
    }
}
