//! A full disk, and one that fails: who asks hears it at once, reads go on, nothing is half-done, and it goes on after.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tabularium::disk::Faulty;
use tabularium::disk::faulty::{Fault, Survival};
use tabularium::limits;
use tabularium::model::access::Actor;
use tabularium::service::{Archive, Refusal};

use crate::workbench::*;

#[test]
fn a_disk_with_too_little_room_is_refused_beforehand() {
    let folder = tempfile::tempdir().unwrap();
    let faulty = Faulty::new();
    let archive = create(faulty_options(&faulty, folder.path()));
    let one = block_on(register(&archive, "k1", &[bytes("a", 700)])).unwrap().number;
    let before = (faulty.files(), everything(&archive));
    faulty.set_free_space(limits::FREE_SPACE_MIN - 1);
    let refused = block_on(register(&archive, "k2", &[bytes("b", 700)]));
    assert!(matches!(refused, Err(Refusal::Full)), "{refused:?}");
    assert_eq!((faulty.files(), everything(&archive)), before, "nothing of it is there");
    faulty.set_free_space(2 * limits::FREE_SPACE_MIN);
    assert_eq!(block_on(register(&archive, "k2", &[bytes("b", 700)])).unwrap().number, one + 1);
    close(archive);
}

#[test]
fn after_a_failed_sync_nothing_is_written_until_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut seen = 0;
    for n in 1..=3 {
        let faulty = Faulty::new();
        let projections = folder.path().join(n.to_string());
        std::fs::create_dir(&projections).unwrap();
        let archive = create(faulty_options(&faulty, &projections));
        block_on(register(&archive, "k1", &[bytes("a", 700)])).unwrap();
        // Without new contents: the line is written, then synced; with one, the pack before.
        faulty.plan(faulty.operations() + n, Fault::Fail(ErrorKind::Other));
        let refused = block_on(register(&archive, "k2", &[]));
        if archive.status().healthy {
            close(archive);
            continue;
        }
        seen += 1;
        assert!(matches!(refused, Err(Refusal::Stopped(_))), "{refused:?}");
        for key in ["k2", "k3"] {
            let refused = block_on(register(&archive, key, &[]));
            assert!(matches!(refused, Err(Refusal::Stopped(_))), "never tried again: {refused:?}");
        }
        let notes = archive.status().notes;
        assert!(notes.iter().any(|note| note.text.contains("until a restart")), "{notes:?}");
        let view = archive.entry_view(&Actor::system(), &entry_id(2026, 1)).unwrap();
        assert_eq!(contents_of(&archive, &view), [bytes("a", 700)], "reads go on");
        close(archive);
        let left = faulty.crash(Survival::PageCache);
        let archive = open(faulty_options(&left, &projections));
        let number = block_on(register(&archive, "k2", &[])).unwrap().number;
        assert_eq!(number, 2, "the one that was not acknowledged is there once");
        close(archive);
    }
    assert!(seen > 0, "no sync was met");
}

/// A file system of its own, which is gone when the test ends.
struct Mount<'a>(&'a Path);

impl<'a> Mount<'a> {
    /// `None` where mounting is not allowed.
    fn new(at: &'a Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let made = run("mount", &["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs", at.to_str().unwrap()]);
        if !made {
            println!("skipped: only root may mount a small file system");
        }
        made.then_some(Self(at))
    }

    fn resize(&self, size: &str) {
        assert!(run("mount", &["-o", &format!("remount,size={size}"), self.0.to_str().unwrap()]));
    }
}

impl Drop for Mount<'_> {
    fn drop(&mut self) {
        run("umount", &["-l", self.0.to_str().unwrap()]);
    }
}

fn run(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

/// Registers until it is refused, at most `most`; says how many were taken and how long the refusal took.
fn fill(archive: &Archive, from: u64, most: u64) -> (u64, Option<Duration>) {
    for n in 0..most {
        let asked = Instant::now();
        match block_on(async {
            let key = format!("key {}", from + n);
            let asked = register(archive, &key, &[]);
            tokio::time::timeout(Duration::from_secs(30), asked).await.expect("it answers")
        }) {
            Ok(view) => assert_eq!(view.number, from + n),
            Err(Refusal::Full) => return (n, Some(asked.elapsed())),
            Err(other) => panic!("{}", other.causes()),
        }
    }
    (most, None)
}

/// `catalogue/` or `index/` on a file system that fills up, by itself or because something else takes the room.
fn a_full_projection(which: &str, size: &str, leave: u64) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("data");
    let projections = folder.path().join("projections");
    std::fs::create_dir(&projections).unwrap();
    let small = projections.join(which);
    let Some(mount) = Mount::new(&small, size) else { return };
    let with = || {
        let mut options = options(&root);
        options.projections = projections.clone();
        options
    };
    let archive = create(with());
    let (taken, _) = fill(&archive, 1, 20);
    assert_eq!(taken, 20);
    // Something else takes the room.
    let free = || tabularium::disk::Disk::real().free_space(&small).unwrap();
    std::thread::sleep(Duration::from_millis(1_500));
    let eaten = small.join("something else");
    std::fs::write(&eaten, vec![7; free().saturating_sub(leave) as usize]).unwrap();
    let mut waiting = Vec::new();
    let (mut taken, mut refused) = (20, false);
    let began = Instant::now();
    while !refused && began.elapsed() < Duration::from_secs(60) {
        // A registration may be durable and still wait for the catalogue; others must not wait behind it.
        let asking = archive.clone();
        let key = format!("key {}", taken + 1);
        let (done, outcome) = std::sync::mpsc::channel();
        waiting.push(std::thread::spawn(move || {
            let _nobody_waits = done.send(block_on(register(&asking, &key, &[bytes(&key, 20_000)])));
        }));
        match outcome.recv_timeout(Duration::from_secs(3)) {
            Ok(Ok(_)) => taken += 1,
            Ok(Err(Refusal::Full)) => refused = true,
            Ok(Err(other)) => panic!("{}", other.causes()),
            Err(_) => {
                assert!(!archive.status().healthy, "it waits, and says so");
                taken += 1;
            }
        }
    }
    assert!(refused, "{which} never filled up");
    let notes = archive.status().notes;
    assert!(notes.iter().any(|note| note.text.contains("disk is full")), "{notes:?}");
    assert!(!root.join("reserve").try_exists().unwrap(), "the reserve is given back");
    let asked = Instant::now();
    assert!(matches!(block_on(register(&archive, "refused", &[])), Err(Refusal::Full)));
    assert!(asked.elapsed() < Duration::from_secs(2), "refused at once, not after {:?}", asked.elapsed());
    let view = archive.entry_view(&Actor::system(), &entry_id(2026, 7)).unwrap();
    assert_eq!(view.number, 7, "reads go on");
    // There is room again.
    mount.resize("64m");
    let began = Instant::now();
    while !archive.status().healthy {
        assert!(began.elapsed() < Duration::from_secs(30), "it does not go on: {:?}", archive.status().notes);
        std::thread::sleep(Duration::from_millis(50));
    }
    waiting.into_iter().for_each(|waiting| waiting.join().unwrap());
    let all = everything(&archive);
    let there = numbers(&all, 2026);
    assert_eq!(there, (1..=there.len() as u64).collect::<Vec<_>>());
    assert!(there.len() as u64 >= taken, "{} of {taken}", there.len());
    let next = there.len() as u64 + 1;
    assert_eq!(block_on(register(&archive, "after", &[bytes("after", 99)])).unwrap().number, next);
    let all = everything(&archive);
    while archive.status().index_position < archive.status().journal_position {
        assert!(began.elapsed() < Duration::from_secs(40), "the index does not follow: {:?}", archive.status());
        std::thread::sleep(Duration::from_millis(50));
    }
    close(archive);
    let archive = open(with());
    assert_eq!(everything(&archive), all);
    close(archive);
    drop(mount);
}

#[test]
fn the_catalogues_disk_is_full() {
    a_full_projection("catalogue", "4m", 100_000);
}

#[test]
fn the_indexs_disk_is_full() {
    a_full_projection("index", "4m", 4_096);
}

/// Whoever ends a program whose disk is full must not wait for room.
#[test]
fn it_can_be_closed_while_it_waits_for_room() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("data");
    let projections = folder.path().join("projections");
    std::fs::create_dir(&projections).unwrap();
    let small = projections.join("catalogue");
    let Some(mount) = Mount::new(&small, "4m") else { return };
    let with = || {
        let mut options = options(&root);
        options.projections = projections.clone();
        options
    };
    let archive = create(with());
    fill(&archive, 1, 5);
    std::thread::sleep(Duration::from_millis(1_500));
    let free = tabularium::disk::Disk::real().free_space(&small).unwrap();
    std::fs::write(small.join("something else"), vec![7; free as usize]).unwrap();
    let asking = archive.clone();
    let asked = std::thread::spawn(move || {
        let mut n = 0;
        while asking.status().healthy && n < 100_000 {
            n += 1;
            let _refused = block_on(register(&asking, &format!("more {n}"), &[]));
        }
    });
    let began = Instant::now();
    while archive.status().healthy && began.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!archive.status().healthy, "it never filled up");
    let began = Instant::now();
    archive.close();
    assert!(began.elapsed() < Duration::from_secs(5), "closing took {:?}", began.elapsed());
    asked.join().unwrap();
    drop(archive);
    mount.resize("64m");
    let archive = open(with());
    let there = numbers(&everything(&archive), 2026);
    assert_eq!(there, (1..=there.len() as u64).collect::<Vec<_>>());
    close(archive);
    drop(mount);
}
