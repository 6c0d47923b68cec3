//! A day of small commits: segments and size stay bounded, and no commit waits for a merge.
//!
//! As many as one waits for gladly in every run; TABULARIUM_COMMITS=20000 for a whole day.

use std::path::Path;
use std::time::{Duration, Instant};

use tantivy::IndexWriter;
use tantivy::merge_policy::NoMergePolicy;

use super::{ask, entry, index};
use crate::index::merging::BySize;
use crate::index::{Index, Item, Settings, Stats, View};

/// Commits in every run.
const USUAL: u64 = 200;
/// Segments that a search may have to go through; `merging.rs` says why it is never more for long.
const SEGMENTS_MAX: usize = 16;
/// A commit may be this slow once, on a machine that does other things too.
const COMMIT_MAX: Duration = Duration::from_secs(2);

fn on_disk(folder: &Path) -> Index {
    Index::open(Some(folder), Settings { heap_bytes: 0, ..Settings::default() }).unwrap()
}

/// An entry with so many words in its text, most of which other entries do not have.
fn wordy(number: u64, words: u64) -> Item {
    let text: Vec<String> = (0..words).map(|word| format!("w{}", (number * 31 + word * word * 7) % 20_011)).collect();
    Item { texts: vec![text.join(" ")], ..entry(number, "Domanda di occupazione del suolo") }
}

fn timed<T>(act: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    (act(), begun.elapsed())
}

/// Bytes on disk, with those of files that are about to go.
fn bytes_in(folder: &Path) -> u64 {
    // A file may go while we look.
    let files = std::fs::read_dir(folder).unwrap().filter_map(|file| file.unwrap().metadata().ok());
    files.map(|file| file.len()).sum()
}

/// Of the segments there are now: those of the last commit may have gone into another since.
fn stats(index: &Index) -> Stats {
    let look = |_| {
        index.reader.reload().unwrap();
        index.stats().ok()
    };
    (0..100).find_map(look).unwrap()
}

/// Commits nothing more until merges have caught up.
fn settle(index: &Index, mut position: u64) {
    let until = Instant::now() + Duration::from_secs(60);
    while stats(index).segments > SEGMENTS_MAX && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
        position += 1;
        index.commit(position).unwrap();
    }
}

#[test]
fn a_day_of_small_commits_leaves_few_segments_and_no_slow_commit() {
    let commits = std::env::var("TABULARIUM_COMMITS").ok().and_then(|count| count.parse().ok()).unwrap_or(USUAL);
    let folder = tempfile::tempdir().unwrap();
    let index = on_disk(folder.path());
    // Every third commit changes an item that is there.
    let items = commits * 2 / 3;
    let (mut times, mut most, mut largest) = (Vec::new(), 0, 0);
    for n in 1..=commits {
        index.put(&wordy(1 + (n - 1) % items, 40)).unwrap();
        times.push(timed(|| index.commit(n).unwrap()).1);
        if n % 20 == 0 {
            most = most.max(stats(&index).segments);
            largest = largest.max(bytes_in(folder.path()));
        }
    }
    settle(&index, commits);
    let stats = stats(&index);
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "{commits} commits: median {:?}, p99 {:?}, worst {:?}; at most {most} segments, then {stats:?}",
        at(0.5),
        at(0.99),
        at(1.0)
    );
    assert!(at(1.0) < COMMIT_MAX, "a commit took {:?}", at(1.0));
    assert!(stats.segments <= SEGMENTS_MAX && most <= SEGMENTS_MAX * 2, "at most {most} segments, then {stats:?}");
    assert_eq!(stats.items, items);

    let at_once = tempfile::tempdir().unwrap();
    let compact = on_disk(at_once.path());
    (1..=items).for_each(|number| compact.put(&wordy(number, 40)).unwrap());
    compact.commit(1).unwrap();
    let compact = bytes_in(at_once.path());
    let last = bytes_in(folder.path());
    println!("{last} bytes at the end, {largest} at most, where one commit leaves {compact}");
    // A merge has its segments twice on disk, and a changed item is gone when its segment is merged.
    assert!(last <= compact * 3 && largest <= compact * 4, "{last}, {largest}, {compact}");
}

/// In memory: what a commit takes is its own work and what it waits for, not the disk's.
#[test]
fn no_commit_waits_for_a_merge() {
    const LARGE: u64 = 400;
    let index = index();
    let with_writer = |act: &dyn Fn(&IndexWriter)| act(index.writer.lock().unwrap().as_ref().unwrap());
    with_writer(&|writer| writer.set_merge_policy(Box::new(NoMergePolicy)));
    for part in 0..2 {
        (1..=LARGE).for_each(|number| index.put(&wordy(part * LARGE + number, 400)).unwrap());
        index.commit(part + 1).unwrap();
    }
    with_writer(&|writer| writer.set_merge_policy(Box::new(BySize)));
    let segments = index.inner.searchable_segment_ids().unwrap();
    assert!(segments.len() >= 2, "{segments:?}");
    let merge = index.writer.lock().unwrap().as_mut().unwrap().merge(&segments);
    let (times, lasted) = std::thread::scope(|scope| {
        let merging = scope.spawn(|| timed(|| merge.wait().unwrap()).1);
        let mut times = Vec::new();
        for n in 1.. {
            // Of the items in the segments that are being merged, too.
            index.put(&Item { title: format!("Cambiato {n}"), ..wordy(n, 10) }).unwrap();
            let took = timed(|| index.commit(2 + n).unwrap()).1;
            if merging.is_finished() {
                break;
            }
            times.push(took);
        }
        (times, merging.join().unwrap())
    });
    let worst = times.iter().max().copied().unwrap_or_default();
    println!("{} commits during a merge of {lasted:?}, the slowest {worst:?}", times.len());
    assert!(times.len() >= 5, "{} commits during a merge of {lasted:?}", times.len());
    assert!(worst < lasted / 2, "a commit took {worst:?} of a merge's {lasted:?}");
    // What was changed while its segment was merged is as it was changed.
    let changed = index.search(&ask("cambiato"), &View::ALL).unwrap().total;
    assert_eq!(changed, index.position() - 2);
    assert_eq!(stats(&index).items, 2 * LARGE);
}
