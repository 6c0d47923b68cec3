//! Which segments are merged, so that a search finds few of them however many commits there were.
//!
//! Segments of like size are merged four at a time, so that an item is written again some ten times on its way into a
//! segment of a million, and each size has at most three segments waiting. The largest stay halves of the index: two
//! cores search them side by side, and no merge rewrites everything.

use tantivy::index::SegmentMeta;
use tantivy::indexer::{MergeCandidate, MergePolicy};

use crate::limits::{INDEX_DELETED_SHARE_MAX, INDEX_MERGED_AT_ONCE};

/// Segments up to this size are of one size: what single commits leave is merged at once.
const SMALLEST: u32 = 16;
/// An index up to this size may become one segment.
const WHOLE: u32 = 50_000;

#[derive(Debug, Clone)]
pub(super) struct BySize;

/// A segment as the policy looks at it.
#[derive(Debug, Clone, Copy)]
struct Size {
    living: u32,
    deleted: u32,
}

impl Size {
    /// In powers of the number that is merged at once.
    fn level(self) -> u32 {
        self.living.max(SMALLEST).div_ceil(SMALLEST).ilog(INDEX_MERGED_AT_ONCE as u32)
    }

    /// Small segments are merged soon anyway.
    fn has_many_deleted(self) -> bool {
        self.living > 64 * SMALLEST
            && f64::from(self.deleted) > f64::from(self.living + self.deleted) * INDEX_DELETED_SHARE_MAX
    }
}

/// Which of the segments become one, by their places in the list.
fn groups(sizes: &[Size]) -> Vec<Vec<usize>> {
    let total: u32 = sizes.iter().map(|size| size.living).sum();
    let most = (total / 2).max(WHOLE);
    let (heavy, mut rest): (Vec<usize>, Vec<usize>) = (0..sizes.len()).partition(|at| sizes[*at].has_many_deleted());
    // What is deleted costs every search until it is written anew, be it alone.
    let mut groups: Vec<Vec<usize>> = heavy.into_iter().map(|at| vec![at]).collect();
    rest.sort_by_key(|at| sizes[*at].living);
    for of_a_size in rest.chunk_by(|a, b| sizes[*a].level() == sizes[*b].level()) {
        if of_a_size.len() < INDEX_MERGED_AT_ONCE {
            continue;
        }
        let mut items = 0;
        let fits = |at: &&usize| {
            items += sizes[**at].living;
            items <= most
        };
        let group: Vec<usize> = of_a_size.iter().take_while(fits).copied().collect();
        if group.len() > 1 {
            groups.push(group);
        }
    }
    groups
}

impl MergePolicy for BySize {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let size = |one: &SegmentMeta| Size { living: one.num_docs(), deleted: one.num_deleted_docs() };
        let sizes: Vec<Size> = segments.iter().map(size).collect();
        let candidate = |group: Vec<usize>| MergeCandidate(group.into_iter().map(|at| segments[at].id()).collect());
        groups(&sizes).into_iter().map(candidate).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Commits of so many items each; gives the most segments there were at a time, and how often an item was written.
    fn commits(number: u32, items: u32) -> (usize, f64, Vec<u32>) {
        let (mut sizes, mut most, mut written): (Vec<Size>, usize, u64) = (Vec::new(), 0, 0);
        for _ in 0..number {
            sizes.push(Size { living: items, deleted: 0 });
            written += u64::from(items);
            loop {
                let groups = groups(&sizes);
                let Some(group) = groups.first() else { break };
                let living = group.iter().map(|at| sizes[*at].living).sum();
                written += u64::from(living);
                let stay = |at: &usize| !group.contains(at);
                sizes = (0..sizes.len()).filter(stay).map(|at| sizes[at]).collect();
                sizes.push(Size { living, deleted: 0 });
            }
            most = most.max(sizes.len());
        }
        let times = written as f64 / f64::from(number * items);
        (most, times, sizes.iter().map(|size| size.living).collect())
    }

    #[test]
    fn a_day_of_single_commits_and_years_of_large_ones_leave_few_segments() {
        let (most, times, _) = commits(20_000, 1);
        assert!(most <= 16 && times < 30.0, "{most} segments, each item written {times:.1} times");
        let (most, times, sizes) = commits(1_000, 1_000);
        assert!(most <= 20 && times < 9.0, "{most} segments, each item written {times:.1} times");
        assert!(sizes.iter().all(|size| *size <= 500_000), "a segment of more than half: {sizes:?}");
        let (most, times, _) = commits(5_000, 4_000);
        assert!(most <= 26 && times < 11.0, "{most} segments, each item written {times:.1} times");
    }

    #[test]
    fn what_is_mostly_deleted_is_written_anew_alone() {
        let sizes = [Size { living: 9_000, deleted: 3_000 }, Size { living: 9_000, deleted: 100 }];
        assert_eq!(groups(&sizes), [[0]]);
        assert!(groups(&sizes[1..]).is_empty());
    }
}
