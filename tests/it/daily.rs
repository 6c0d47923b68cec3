//! Registers of days and years: formed once, in order, whatever the clock and the server do, and read by who may.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::date;
use serde_json::{Value, json};
use tabularium::clock::Clock;
use tabularium::disk::Faulty;
use tabularium::disk::faulty::{Fault, Survival};
use tabularium::http::Settings;
use tabularium::ids::RegisterCode;
use tabularium::model::access::Actor;
use tabularium::model::formed::{Form, Period, Span};
use tabularium::service::{Archive, FormedView, Options, Refusal, RegisterOf, verify, verify_truths};

use crate::harness::Town;
use crate::workbench::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn in_folder(begin: &str, test: impl FnOnce(Options, Clock)) {
    let folder = scratch();
    let options = options(&folder.path().join("data"));
    let clock = options.clock.clone();
    clock.set(at(begin));
    test(options, clock);
}

/// Oldest first.
fn formed(archive: &Archive, register: &RegisterCode, span: Span) -> Vec<FormedView> {
    let page = archive.formed_registers(&Actor::system(), (register, span), None, 500).unwrap();
    assert!(page.next_cursor.is_none());
    page.items.into_iter().rev().collect()
}

fn days(archive: &Archive) -> Vec<FormedView> {
    formed(archive, &pg(), Span::Day)
}

fn bytes_of(archive: &Archive, formed: &FormedView, form: Form) -> Vec<u8> {
    use std::io::Read as _;
    let file = archive.formed_file(&Actor::system(), formed.file(form, None).unwrap()).unwrap();
    let mut bytes = Vec::new();
    file.reader().unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn json_of(archive: &Archive, formed: &FormedView) -> Value {
    serde_json::from_slice(&bytes_of(archive, formed, Form::Json)).unwrap()
}

fn entries(archive: &Archive, keys: &[&str]) {
    block_on(async {
        for key in keys {
            register(archive, key, &[bytes(key, 100)]).await.unwrap();
        }
    });
}

/// Number, day, first and last, and entries of a register.
type Told = (u64, String, Option<u64>, Option<u64>, u64);

fn told(days: &[FormedView]) -> Vec<Told> {
    days.iter().map(|one| (one.number, one.period.to_string(), one.first, one.last, one.entries)).collect()
}

/// What nothing else may have found wrong.
fn is_sound(options: &Options) {
    let mut findings = Vec::new();
    verify(options, false, &mut |finding| findings.push(finding.to_string()), &mut |_| {}).unwrap();
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn a_day_is_formed_after_its_midnight_and_never_again() {
    in_folder("2026-05-28T07:00:00Z", |options, clock| {
        let archive = create(options.clone());
        entries(&archive, &["a", "b"]);
        assert_eq!(archive.form_registers().unwrap(), 0, "the day is not over");
        clock.set(at("2026-05-28T21:59:59.999999Z"));
        assert_eq!(archive.form_registers().unwrap(), 0, "in Rome it is a microsecond before midnight");
        clock.set(at("2026-05-28T22:00:00Z"));
        assert_eq!(archive.form_registers().unwrap(), 1);
        assert_eq!(archive.form_registers().unwrap(), 0);
        let days = days(&archive);
        assert_eq!(told(&days), [(1, "2026-05-28".to_owned(), Some(1), Some(2), 2)]);
        assert_eq!(days[0].id, "c_x999AOO1-20260528-001");
        let names: Vec<_> = days[0].files.iter().map(|file| file.file_name.as_str()).collect();
        let endings = ["pdf", "xml", "csv", "json"].map(|ending| format!("c_x999AOO1-20260528-001.{ending}"));
        assert_eq!(names, endings);
        close(archive);
        is_sound(&options);
        // Opened again, everything stands as it was, and nothing is formed twice.
        let archive = open(options.clone());
        assert_eq!(archive.form_registers().unwrap(), 0);
        assert_eq!(told(&self::days(&archive)), told(&days));
        close(archive);
    });
}

#[test]
fn the_program_forms_by_itself() {
    in_folder("2026-05-28T07:00:00Z", |mut options, clock| {
        options.pace.form_every = Some(Duration::from_millis(10));
        let archive = create(options.clone());
        entries(&archive, &["a"]);
        clock.set(at("2026-05-30T10:00:00Z"));
        let until = Instant::now() + Duration::from_secs(20);
        while days(&archive).len() < 2 {
            assert!(Instant::now() < until, "not formed");
            std::thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(archive.status().daily_registers.due, None);
        close(archive);
        is_sound(&options);
    });
}

#[test]
fn days_on_which_the_server_was_off_are_formed_later_in_order_and_empty_ones_too() {
    in_folder("2026-03-27T08:00:00Z", |options, clock| {
        let archive = create(options.clone());
        entries(&archive, &["a", "b"]);
        close(archive);
        clock.set(at("2026-04-02T08:00:00Z"));
        let archive = open(options.clone());
        assert_eq!(archive.status().daily_registers.due, Some(date(2026, 3, 27)));
        let late = archive.status().notes.iter().any(|note| note.code == "register-late");
        assert!(late, "it is long past one hour after midnight");
        entries(&archive, &["c"]);
        assert_eq!(archive.form_registers().unwrap(), 6);
        let days = days(&archive);
        let empty = |n: u64, day: &str| (n, format!("2026-03-{day}"), None, None, 0);
        assert_eq!(
            told(&days)[..5],
            [
                (1, "2026-03-27".to_owned(), Some(1), Some(2), 2),
                empty(2, "28"),
                empty(3, "29"),
                empty(4, "30"),
                empty(5, "31")
            ]
        );
        assert_eq!(days.len(), 6);
        assert!(archive.status().notes.iter().all(|note| note.code != "register-late"));
        // Each names the one before it.
        for pair in days.windows(2) {
            let before = pair[0].files[0].content.sha256.to_string();
            assert_eq!(json_of(&archive, &pair[1])["previous"], before);
            assert_eq!(pair[0].range.1, pair[1].range.0);
        }
        close(archive);
        is_sound(&options);
    });
}

#[test]
fn a_day_has_23_or_25_hours_when_the_clocks_change() {
    for (first, day, hours) in [("2026-03-28T22:59:59Z", "2026-03-29", 23), ("2026-10-24T21:59:59Z", "2026-10-25", 25)]
    {
        in_folder(first, |options, clock| {
            let archive = create(options);
            entries(&archive, &["before"]);
            let midnight = at(first).as_second() + 1;
            for n in 0..=hours {
                clock.set(Timestamp::from_second(midnight + n * 3600).unwrap());
                entries(&archive, &[&format!("hour {n}")]);
            }
            clock.set(Timestamp::from_second(midnight + 60 * 3600).unwrap());
            archive.form_registers().unwrap();
            let counted: BTreeMap<String, u64> =
                days(&archive).iter().map(|one| (one.period.to_string(), one.entries)).collect();
            assert_eq!(counted[day], hours as u64, "{counted:?}");
            close(archive);
        });
    }
}

#[test]
fn the_year_turns_in_the_middle_of_a_queue_and_both_years_are_whole() {
    in_folder("2026-12-31T22:59:59.96Z", |options, clock| {
        let midnight = at("2026-12-31T23:00:00Z");
        let archive = create(options.clone());
        block_on(async {
            let ask = |n: i64| {
                let (archive, clock) = (archive.clone(), clock.clone());
                tokio::spawn(async move {
                    clock.set(Timestamp::from_microsecond(midnight.as_microsecond() + (n - 40) * 1000).unwrap());
                    register(&archive, &format!("k{n}"), &[]).await.unwrap()
                })
            };
            let asked: Vec<_> = (0..80).map(ask).collect();
            for asked in asked {
                asked.await.unwrap();
            }
        });
        clock.set(at("2027-01-02T09:00:00Z"));
        let formed_now = archive.form_registers().unwrap();
        let (days, years) = (days(&archive), formed(&archive, &pg(), Span::Year));
        assert_eq!((formed_now, days.len(), years.len()), (3, 2, 1));
        let all = everything(&archive);
        let counts = [2026, 2027].map(|year| numbers(&all, year).len() as u64);
        assert_eq!(days.iter().map(|one| one.entries).collect::<Vec<_>>(), counts);
        assert_eq!((days[0].number, days[1].number), (1, 1), "the year begins anew");
        assert_eq!((years[0].number, years[0].entries), (1, counts[0]));
        assert_eq!(years[0].id, "c_x999AOO1-2026-001");
        for (day, year) in days.iter().zip([2026, 2027]) {
            let lines = json_of(&archive, day);
            let lines: Vec<_> = lines["entry_lines"].as_array().unwrap().iter().collect();
            assert!(lines.iter().all(|line| line["year"] == year));
            let told: Vec<u64> = lines.iter().map(|line| line["number"].as_u64().unwrap()).collect();
            assert_eq!(told, numbers(&all, year));
        }
        close(archive);
        is_sound(&options);
    });
}

/// One day with a bit of everything, and the next with what was done to it.
fn two_days(archive: &Archive, clock: &Clock) {
    let system = Actor::system();
    entries(archive, &["one", "two", "three"]);
    block_on(async {
        let mut secret = entry("Segretissimo", &[]);
        secret.confidential = true;
        archive.register(&system, &pg(), "secret", secret).await.unwrap();
        let annulment = |reason: &str| {
            serde_json::from_value(json!({"reason": reason, "act": {"number": "7", "date": "2026-05-28"}})).unwrap()
        };
        archive.annul(&system, &entry_id(2026, 2), annulment("Doppia"), None).await.unwrap();
        clock.set(at("2026-05-29T08:00:00Z"));
        archive.classify(&system, &entry_id(2026, 1), "6.5".parse().unwrap(), None).await.unwrap();
        let anew = json!({"reason": "Errore", "act": {"number": "8", "date": "2026-05-29"},
            "fields": {"subject": "Oggetto giusto"}});
        archive.annul(&system, &entry_id(2026, 3), serde_json::from_value(anew).unwrap(), None).await.unwrap();
        archive.annul(&system, &entry_id(2026, 4), annulment("Motivo nascosto"), None).await.unwrap();
        let mut follows = entry("=Formula", &[upload(archive, &system, b"documento").unwrap()]);
        follows.links = serde_json::from_value(
            json!([{"relation": "follows", "entry": {"register": "PG", "year": 2026, "number": 1}}]),
        )
        .unwrap();
        archive.register(&system, &pg(), "follows", follows).await.unwrap();
    });
}

#[test]
fn what_was_done_to_earlier_entries_stands_after_the_entries_old_and_new_side_by_side() {
    in_folder("2026-05-28T07:00:00Z", |options, clock| {
        let archive = create(options.clone());
        two_days(&archive, &clock);
        clock.set(at("2026-05-30T08:00:00Z"));
        assert_eq!(archive.form_registers().unwrap(), 2);
        let days = days(&archive);
        assert_eq!(
            told(&days),
            [(1, "2026-05-28".to_owned(), Some(1), Some(4), 4), (2, "2026-05-29".to_owned(), Some(5), Some(5), 1),]
        );
        assert_eq!((days[0].annulled, days[0].changes, days[1].annulled, days[1].changes), (1, 0, 0, 4));
        let first = json_of(&archive, &days[0]);
        let lines = first["entry_lines"].as_array().unwrap();
        // As it was at the end of its day: what came later stands in the later register.
        assert_eq!(lines[0]["classification"], "6.3");
        assert_eq!(lines[1]["annulment"]["act"]["number"], "7");
        assert_eq!(lines[1]["subject"], "Richiesta two", "an annulled entry stays readable");
        assert_eq!(lines[2]["subject"], "Richiesta three");
        let second = json_of(&archive, &days[1]);
        let changes = second["change_lines"].as_array().unwrap();
        let whats: Vec<_> = changes.iter().map(|one| (one["number"].clone(), one["what"].clone())).collect();
        let expected = [(1, "classified"), (3, "facts-annulled"), (4, "annulled"), (1, "linked")]
            .map(|(n, w)| (json!(n), json!(w)));
        assert_eq!(whats, expected);
        assert_eq!((&changes[0]["before"], &changes[0]["after"]), (&json!("6.3"), &json!("6.5")));
        assert_eq!(changes[1]["before"], "Oggetto: Richiesta three");
        assert_eq!(changes[1]["after"], "Oggetto: Oggetto giusto");
        assert_eq!(changes[3]["after"], "ha seguito in PG/2026/5");
        // Of what is confidential there is no word in any form.
        assert_eq!(lines[3]["subject"], Value::Null);
        assert_eq!((&lines[3]["confidential"], &changes[2]["confidential"]), (&json!(true), &json!(true)));
        for day in &days {
            for form in Form::ALL {
                let text = match form {
                    Form::Pdf => words(&bytes_of(&archive, day, form)).unwrap_or_default(),
                    _ => String::from_utf8(bytes_of(&archive, day, form)).unwrap(),
                };
                assert!(!text.contains("Segretissimo") && !text.contains("nascosto"), "{form:?}: {text}");
            }
        }
        close(archive);
        is_sound(&options);
    });
}

/// The words of a PDF that qpdf finds whole; nothing where poppler is not installed.
fn words(pdf: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registro.pdf");
    std::fs::write(&file, pdf).unwrap();
    if let Ok(checked) = Command::new("qpdf").arg("--check").arg(&file).output() {
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    }
    let said = Command::new("pdftotext").arg("-raw").arg(&file).arg("-").output().ok()?;
    Some(String::from_utf8(said.stdout).unwrap())
}

/// What `xmllint` has against it; nothing where that is not installed.
fn against_schema(xml: &[u8]) -> Option<String> {
    against(xml, "schema/registers/register.xsd")
}

fn against(xml: &[u8], schema: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registro.xml");
    std::fs::write(&file, xml).unwrap();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join(schema);
    let checked = Command::new("xmllint").args(["--noout", "--schema"]).arg(schema).arg(&file).output().ok()?;
    (!checked.status.success()).then(|| String::from_utf8_lossy(&checked.stderr).into_owned())
}

#[test]
fn the_four_forms_say_the_same() {
    in_folder("2026-05-28T07:00:00Z", |options, clock| {
        let archive = create(options);
        two_days(&archive, &clock);
        clock.set(at("2027-01-01T08:00:00Z"));
        archive.form_registers().unwrap();
        let mut all = days(&archive);
        all.truncate(3);
        all.extend(formed(&archive, &pg(), Span::Year));
        assert_eq!(all.len(), 4, "two days, an empty one, the year");
        for one in &all {
            let told = json_of(&archive, one);
            assert_eq!((&told["id"], &told["number"]), (&json!(one.id), &json!(one.number)));
            assert_eq!((&told["state"], &told["period"]), (&json!("formed"), &json!(one.period.to_string())));
            let entries = told["entry_lines"].as_array().unwrap();
            let changes = told["change_lines"].as_array().unwrap();
            assert_eq!((entries.len() as u64, changes.len() as u64), (one.entries, one.changes));
            assert_eq!((&told["entries"], &told["changes"]), (&json!(one.entries), &json!(one.changes)));

            let xml = String::from_utf8(bytes_of(&archive, one, Form::Xml)).unwrap();
            assert_eq!(against_schema(xml.as_bytes()), None, "{xml}");
            assert_eq!(xml.matches("<entry>").count() as u64, one.entries);
            assert!(xml.contains(&format!("<id>{}</id>", one.id)));

            let csv = bytes_of(&archive, one, Form::Csv);
            assert!(csv.windows(2).filter(|pair| pair[1] == b'\n').all(|pair| pair[0] == b'\r'), "RFC 4180");
            let mut reader = csv::Reader::from_reader(csv.as_slice());
            let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
            let kind = |kind: &str| rows.iter().filter(|row| &row[0] == kind).count() as u64;
            let inside: usize = entries.iter().map(|entry| entry["changes"].as_array().unwrap().len()).sum();
            assert_eq!((kind("registrazione"), kind("modifica")), (one.entries, one.changes + inside as u64));
            assert!(rows.iter().all(|row| !row.iter().any(|cell| cell.starts_with('='))), "no formula");

            let Some(words) = words(&bytes_of(&archive, one, Form::Pdf)) else { return };
            for entry in entries {
                let number = entry["number_text"].as_str().unwrap();
                assert!(words.contains(number) && xml.contains(number), "{number}");
                assert!(rows.iter().any(|row| &row[4] == number), "{number}");
            }
            assert!(words.contains(&one.id), "{words}");
        }
        close(archive);
    });
}

#[test]
fn a_closed_register_has_no_further_days_but_those_on_which_something_happens_to_it() {
    in_folder("2026-05-28T07:00:00Z", |options, clock| {
        let archive = create(options.clone());
        let (system, dec): (_, RegisterCode) = (Actor::system(), "DEC".parse().unwrap());
        let parse = |value: Value| serde_json::from_value(value).unwrap();
        let close_or_open = |closed: bool| {
            let change = serde_json::from_value(json!({"closed": closed, "reason": "prova"})).unwrap();
            block_on(archive.change_register(&system, &dec, change, None)).unwrap();
        };
        clock.set(at("2026-05-29T07:00:00Z"));
        let new = serde_json::from_value(json!({"code": "DEC", "title": "Decreti", "special": true})).unwrap();
        block_on(archive.add_register(&system, new)).unwrap();
        let decree = entry("Decreto", &[upload(&archive, &system, b"decreto").unwrap()]);
        block_on(archive.register(&system, &dec, "d", decree)).unwrap();
        clock.set(at("2026-05-30T07:00:00Z"));
        close_or_open(true);
        clock.set(at("2026-06-03T07:00:00Z"));
        let id = "DEC/2026/1".parse().unwrap();
        let annulment = parse(json!({"reason": "Errore", "act": {"number": "1", "date": "2026-06-03"}}));
        block_on(archive.annul(&system, &id, annulment, None)).unwrap();
        clock.set(at("2026-06-06T07:00:00Z"));
        archive.form_registers().unwrap();
        close_or_open(false);
        clock.set(at("2026-06-08T07:00:00Z"));
        archive.form_registers().unwrap();
        let decrees = formed(&archive, &dec, Span::Day);
        let told: Vec<_> = decrees.iter().map(|one| (one.number, one.period.to_string(), one.changes)).collect();
        let day = |n: u64, day: &str, changes: u64| (n, format!("2026-{day}"), changes);
        assert_eq!(
            told,
            [day(1, "05-29", 0), day(2, "05-30", 0), day(3, "06-03", 1), day(4, "06-06", 0), day(5, "06-07", 0)]
        );
        assert_eq!(decrees[0].id, "c_x999AOO1-DEC-20260529-001");
        assert_eq!(days(&archive).len(), 11, "the other goes on");
        let none = |day| {
            let period = Period::Day(day);
            matches!(archive.register_of(&system, &dec, period), Err(Refusal::NotFound(_)))
        };
        assert!(none(date(2026, 5, 28)) && none(date(2026, 6, 1)) && none(date(2026, 6, 9)));
        close(archive);
        is_sound(&options);
    });
}

#[test]
fn a_register_is_provisional_until_it_is_formed() {
    in_folder("2026-05-28T07:00:00Z", |options, clock| {
        let archive = create(options);
        entries(&archive, &["a", "b"]);
        let system = Actor::system();
        let today = Period::Day(date(2026, 5, 28));
        let provisional = |period| match archive.register_of(&system, &pg(), period).unwrap() {
            RegisterOf::Open(open) => open,
            RegisterOf::Formed(formed) => panic!("formed: {formed:?}"),
        };
        let open = provisional(today);
        for form in Form::ALL {
            let mut written = Vec::new();
            archive.write_open_register(&open, form, &mut written).unwrap();
            match form {
                Form::Json => {
                    let told: Value = serde_json::from_slice(&written).unwrap();
                    assert_eq!(
                        (&told["state"], &told["id"], &told["entries"]),
                        (&json!("open"), &Value::Null, &json!(2))
                    );
                }
                Form::Xml => assert_eq!(against_schema(&written), None),
                Form::Csv => assert!(String::from_utf8(written).unwrap().contains("provvisorio")),
                Form::Pdf => {
                    let words = words(&written);
                    assert!(words.is_none_or(|words| words.contains("provvisorio") && words.contains("0000002")));
                }
            }
        }
        // Between midnight and the forming too.
        clock.set(at("2026-05-28T22:00:01Z"));
        assert_eq!(provisional(today).head.entries, 2);
        assert_eq!(provisional(Period::Year(2026)).head.entries, 2);
        assert!(matches!(
            archive.register_of(&system, &pg(), Period::Day(date(2026, 5, 27))),
            Err(Refusal::NotFound(_))
        ));
        assert!(matches!(
            archive.register_of(&system, &pg(), Period::Day(date(2026, 5, 30))),
            Err(Refusal::NotFound(_))
        ));
        archive.form_registers().unwrap();
        assert!(matches!(archive.register_of(&system, &pg(), today), Ok(RegisterOf::Formed(_))));
        close(archive);
    });
}

#[test]
fn while_registers_are_formed_registration_goes_on_and_nothing_falls_between_two_days() {
    in_folder("2026-05-28T07:00:00Z", |mut options, clock| {
        options.pace.form_every = Some(Duration::from_millis(1));
        let archive = create(options.clone());
        let mut moment = at("2026-05-28T21:00:00Z").as_second();
        block_on(async {
            for n in 0..240 {
                // An hour and a half each, over and over past midnight.
                moment += 5_400;
                clock.set(Timestamp::from_second(moment).unwrap());
                register(&archive, &format!("e{n}"), &[bytes(&n.to_string(), 50)]).await.unwrap();
            }
        });
        clock.set(Timestamp::from_second(moment + 86_400).unwrap());
        archive.form_registers().unwrap();
        let days = days(&archive);
        assert_eq!(days.iter().map(|one| one.entries).sum::<u64>(), 240);
        let mut next = 1;
        for day in days.iter().filter(|day| day.entries > 0) {
            assert_eq!(day.first, Some(next));
            next = day.last.unwrap() + 1;
        }
        assert_eq!(days.iter().map(|one| one.number).collect::<Vec<_>>(), (1..=days.len() as u64).collect::<Vec<_>>());
        close(archive);
        is_sound(&options);
    });
}

/// The process dies at each of its operations on the disk in turn: after the restart the day is formed once, and whole.
#[test]
fn a_crash_between_staging_and_commit_forms_exactly_one() {
    let mut deaths = 0;
    for n in 1.. {
        let folder = scratch();
        let (faulty, live) = (Faulty::new(), folder.path().join("live"));
        std::fs::create_dir(&live).unwrap();
        let clock = Clock::manual(at("2026-05-28T07:00:00Z"));
        let opened = |faulty: &Faulty, projections: &Path| {
            let mut options = faulty_options(faulty, projections);
            options.clock = clock.clone();
            options
        };
        let archive = create(opened(&faulty, &live));
        entries(&archive, &["a", "b"]);
        clock.set(at("2026-05-29T07:00:00Z"));
        faulty.plan(faulty.operations() + n, Fault::Die);
        let outcome = archive.form_registers();
        let died = faulty.is_dead();
        close(archive);
        if !died {
            assert_eq!(outcome.unwrap(), 1);
            break;
        }
        deaths += 1;
        let survival = match n % 3 {
            0 => Survival::Nothing,
            1 => Survival::Everything,
            _ => Survival::Part(n),
        };
        let (left, projections) = (faulty.crash(survival), folder.path().join("after"));
        std::fs::create_dir(&projections).unwrap();
        let archive = open(opened(&left, &projections));
        archive.form_registers().unwrap();
        assert_eq!(told(&days(&archive)), [(1, "2026-05-28".to_owned(), Some(1), Some(2), 2)], "operation {n}");
        assert_eq!(json_of(&archive, &days(&archive)[0])["entries"], 2);
        close(archive);
        verify_truths(&opened(&left, &projections), &mut |finding| panic!("operation {n}: {finding}")).unwrap();
    }
    assert!(deaths > 3, "it writes a pack, a journal, large files: {deaths}");
}

/// A town of yesterday: its clock can be moved.
fn town_of(begin: &str) -> (Town, Clock) {
    let clock = Clock::manual(at(begin));
    let of_town = clock.clone();
    let town = Town::with_options(Settings::default(), |options| {
        options.clock = of_town;
        options.pace.form_every = None;
    });
    (town, clock)
}

#[test]
fn who_reads_registers_reads_them_also_as_documents_and_nobody_else_hears_of_them() {
    let (town, clock) = town_of("2026-05-28T07:00:00Z");
    let made = town.register(
        "Lavori in via Roma",
        "testo",
        json!({"assignments": [{"office": "edilizia", "mode": "responsible"}]}),
    );
    town.register("Cosa segreta", "testo", json!({"confidential": true}));
    clock.set(at("2026-05-29T07:00:00Z"));
    town.archive.form_registers().unwrap();
    town.settle_index();
    let list = town.as_("registrar").get("/api/v1/registers/PG/daily").ok();
    let one = &list["items"][0];
    assert_eq!(
        (&one["period"], &one["entries"], &list["next_cursor"]),
        (&json!("2026-05-28"), &json!(2), &Value::Null)
    );
    let document = one["document"].as_str().unwrap().to_owned();
    let day = "/api/v1/registers/PG/daily/2026-05-28";
    for who in ["registrar", "archivist", "auditor"] {
        let client = town.as_(who);
        let details = client.get(&format!("/api/v1/documents/{document}")).ok();
        assert_eq!(details["title"], "Registro giornaliero di protocollo PG del 28/05/2026", "{who}");
        for (form, ending) in
            [("application/pdf", "pdf"), ("application/xml", "xml"), ("text/csv", "csv"), ("application/json", "json")]
        {
            let answer = client.clone().with("Accept", form).get(day).expect(200);
            assert_eq!(answer.header("content-type"), Some(form));
            let name = format!("attachment; filename=\"c_c722AOO1-20260528-001.{ending}\"");
            assert_eq!(answer.header("content-disposition"), Some(name.as_str()));
            // As a document it is the same bytes, and asked for again it is not sent.
            let at = answer.header("content-location").unwrap();
            assert_eq!(client.get(at).expect(200).body, answer.body);
            let tag = answer.header("etag").unwrap();
            client.clone().with("Accept", form).with("If-None-Match", tag).get(day).expect(304);
            assert!(!answer.text().contains("segreta"));
        }
        let found = client.get("/api/v1/search?q=registro+giornaliero&kind=document").ok();
        assert_eq!((&found["total"], &found["items"][0]["id"]), (&json!(1), &json!(document)), "{who}");
        // What stands in it is found by its entries, once.
        assert_eq!(client.get("/api/v1/search?q=lavori").ok()["total"], 1);
        let heard = client.get("/api/v1/events?kinds=register-formed").ok();
        assert_eq!(heard["items"][0]["data"]["number"], 1, "{who}");
    }
    for who in ["administrator", "officer", "manager", "citizen", "service"] {
        let client = town.as_(who);
        client.get(day).expect(403);
        client.get("/api/v1/registers/PG/daily").expect(403);
        for n in 0..4 {
            let id = document.replace("-0", &format!("-{n}"));
            client.get(&format!("/api/v1/documents/{id}")).expect(404);
            client.get(&format!("/api/v1/documents/{id}/content")).expect(404);
        }
        assert_eq!(client.get("/api/v1/search?q=registro+giornaliero").ok()["total"], 0, "{who}");
        assert_eq!(client.get("/api/v1/events?kinds=register-formed").ok()["items"], json!([]), "{who}");
    }
    // In the fields of Allegato 5 it is what the rules call it; the class alone nobody has told.
    for n in 0..4 {
        let id = document.replace("-0", &format!("-{n}"));
        let answer = town.as_("archivist").get(&format!("/api/v1/documents/{id}/metadata.xml")).expect(200);
        let xml = answer.text();
        for what in [
            "<TipologiaDocumentale>Registro giornaliero di protocollo</TipologiaDocumentale>",
            "generazione o raggruppamento",
            "<NumeroRegistrazioneDocumento>1</NumeroRegistrazioneDocumento>",
        ] {
            assert!(xml.contains(what), "{what}: {xml}");
        }
        assert_eq!(against(xml.as_bytes(), "schema/metadata/allegato5.xsd"), None, "{xml}");
    }
    // Filed in a dossier of an office it is as hidden from it as before.
    let dossier = json!({"title": "Serie dei registri", "classification": "1.6", "office": "edilizia"});
    let dossier = town.as_("registrar").post("/api/v1/dossiers", &dossier).created();
    let items = format!("/api/v1/dossiers/{}/items", dossier["id"].as_str().unwrap());
    town.as_("registrar").post(&items, &json!({"document": document, "shown": true})).created();
    town.settle_index();
    town.as_("officer").get(&format!("/api/v1/documents/{document}")).expect(404);
    assert_eq!(town.as_("officer").get(&items).ok()["items"][0]["withheld"], true);
    assert_eq!(town.as_("officer").get("/api/v1/search?q=giornaliero").ok()["total"], 0);
    // Nobody makes another version of it.
    let blake3 = town.upload("registrar", b"altro");
    let version = json!({"blake3": blake3, "file_name": "a.pdf"});
    town.as_("registrar").post(&format!("/api/v1/documents/{document}/versions"), &version).expect(403);
    assert_eq!(made["number"], 1);
}

#[test]
fn registers_are_listed_newest_first_in_pages_and_asked_for_by_name() {
    let (town, clock) = town_of("2026-12-29T07:00:00Z");
    clock.set(at("2027-01-03T07:00:00Z"));
    town.archive.form_registers().unwrap();
    let archivist = town.as_("archivist");
    let (mut cursor, mut all) = (String::new(), Vec::new());
    loop {
        let page = archivist.get(&format!("/api/v1/registers/PG/daily?limit=2{cursor}")).ok();
        all.extend(page["items"].as_array().unwrap().iter().map(|one| one["period"].clone()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(all, ["2027-01-02", "2027-01-01", "2026-12-31", "2026-12-30", "2026-12-29"]);
    assert_eq!(archivist.get("/api/v1/registers/PG/daily?cursor=x").expect(422).fields(), ["cursor"]);
    let year = archivist.get("/api/v1/registers/PG/yearly/2026").ok();
    assert_eq!((&year["id"], &year["state"]), (&json!("c_c722AOO1-2026-001"), &json!("formed")));
    archivist.get("/api/v1/registers/PG/yearly/2026?format=pdf&volume=1").expect(200);
    assert_eq!(archivist.get("/api/v1/registers/PG/yearly/2026?format=pdf&volume=2").expect(422).fields(), ["volume"]);
    assert_eq!(archivist.get("/api/v1/registers/PG/yearly/2026?volume=1").expect(422).fields(), ["volume"]);
    assert_eq!(archivist.get("/api/v1/registers/PG/yearly/2027?format=pdf").expect(404).problem(), "not-available");
    let open = archivist.get("/api/v1/registers/PG/yearly/2027").expect(200);
    assert_eq!(open.value()["state"], "open");
    let (tag, again) = (open.header("etag").unwrap(), archivist.clone());
    again.with("If-None-Match", tag).get("/api/v1/registers/PG/yearly/2027").expect(304);
    for none in
        ["daily/2026-12-28", "daily/2027-01-04", "daily/2027-02-30", "daily/2027", "yearly/2025", "yearly/2027-01-01"]
    {
        archivist.get(&format!("/api/v1/registers/PG/{none}")).expect(404);
    }
    archivist.get("/api/v1/registers/NO/daily").expect(404);
}

/// A day of 2,000 entries and a year of 100,000: `cargo test --release --test it daily::large -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes; figures of an optimised program are meant"]
fn large_registers_are_formed_in_the_time_promised() {
    in_folder("2026-01-01T07:00:00Z", |options, clock| {
        let archive = create(options);
        block_on(async {
            for from in (0..98_000).step_by(250) {
                clock.set(at("2026-01-02T07:00:00Z"));
                many(&archive, from..from + 250).await;
            }
            clock.set(at("2026-01-05T07:00:00Z"));
            for from in (98_000..100_000).step_by(250) {
                many(&archive, from..from + 250).await;
            }
        });
        clock.set(at("2026-01-05T08:00:00Z"));
        archive.form_registers().unwrap();
        clock.set(at("2026-01-05T23:30:00Z"));
        let begun = Instant::now();
        archive.form_registers().unwrap();
        let day = begun.elapsed();
        assert_eq!(days(&archive).last().unwrap().entries, 2_000);
        clock.set(at("2027-01-01T07:00:00Z"));
        let begun = Instant::now();
        archive.form_registers().unwrap();
        let rest = begun.elapsed();
        let year = formed(&archive, &pg(), Span::Year);
        assert_eq!((year[0].entries, year[0].volumes()), (100_000, 5));
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default().to_owned();
        println!("a day of 2,000: {day:?}; a year of 100,000 and 360 empty days: {rest:?}; {peak}");
        close(archive);
    });
}

async fn many(archive: &Archive, numbers: std::ops::Range<usize>) {
    let asked = numbers.map(|n| async move { register(archive, &format!("n{n}"), &[]).await });
    let results = futures_util::future::join_all(asked).await;
    assert!(results.iter().all(Result::is_ok));
}
