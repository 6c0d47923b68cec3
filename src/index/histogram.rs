//! How many hits fall on each day, week, month or year, as these begin in Rome.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan as _};

use crate::clock;
use crate::limits::HISTOGRAM_BUCKETS_MAX;

/// What one bucket is as long as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Interval {
    Day,
    /// From Monday to Sunday.
    Week,
    Month,
    Year,
}

/// Hits from a day to a day, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    pub from: Date,
    pub to: Date,
    pub count: u64,
}

/// Buckets without a gap, from the first hit to the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    pub interval: Interval,
    pub buckets: Vec<Bucket>,
}

impl Interval {
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Year];

    /// Its name in requests and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The interval of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|interval| interval.as_str() == name)
    }

    /// The first day of the interval in which a day lies.
    fn first_day(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Week => {
                let since_monday = day.weekday().to_monday_zero_offset();
                day.checked_sub(i64::from(since_monday).days()).unwrap_or(Date::MIN)
            }
            Self::Month => day.first_of_month(),
            Self::Year => date(day.year(), 1, 1),
        }
    }

    /// The first day of the next interval; none at the end of time.
    fn next(self, first: Date) -> Option<Date> {
        let span: Span = match self {
            Self::Day => 1.day(),
            Self::Week => 1.week(),
            Self::Month => 1.month(),
            Self::Year => 1.year(),
        };
        first.checked_add(span).ok()
    }

    fn last_day(self, first: Date) -> Date {
        self.next(first).and_then(|next| next.yesterday().ok()).unwrap_or(Date::MAX)
    }

    /// By what hits are counted, so that longer intervals can be made of it: a week may lie in two months.
    fn counted_by(self) -> Self {
        if self == Self::Week { Self::Day } else { self }
    }

    fn longer(self) -> Option<Self> {
        match self {
            Self::Day => Some(Self::Week),
            Self::Week => Some(Self::Month),
            Self::Month => Some(Self::Year),
            Self::Year => None,
        }
    }
}

/// Hits by day, or by the first day of their month or year.
pub(super) type DayCounts = BTreeMap<Date, u64>;

/// The counts over the documents of one segment. Documents lie nearly by date, so the next one mostly falls into the
/// interval of the one before it, and the calendar is asked once for each interval.
pub(super) fn count_dates(interval: Interval, dates: impl Iterator<Item = i64>) -> DayCounts {
    /// From the first moment, up to the one where the next begins.
    struct Open {
        first: i64,
        next: i64,
    }
    let interval = interval.counted_by();
    let mut known: BTreeMap<i64, (i64, Date, u64)> = BTreeMap::new();
    let mut open = Open { first: 0, next: 0 };
    let mut count = 0;
    for at in dates {
        if at < open.first || at >= open.next {
            add(&mut known, open.first, count);
            count = 0;
            let before = known.range(..=at).next_back().filter(|(_, (next, ..))| at < *next);
            open = match before {
                Some((first, (next, ..))) => Open { first: *first, next: *next },
                None => {
                    let day = interval.first_day(clock::date_in_rome(clock::from_microseconds(at)));
                    let start = |day| clock::start_of_day(day).as_microsecond();
                    let next = interval.next(day).map_or(i64::MAX, start);
                    known.insert(start(day), (next, day, 0));
                    Open { first: start(day), next }
                }
            };
        }
        count += 1;
    }
    add(&mut known, open.first, count);
    known.into_values().map(|(_, day, count)| (day, count)).collect()
}

fn add(known: &mut BTreeMap<i64, (i64, Date, u64)>, first: i64, more: u64) {
    if let Some((_, _, count)) = known.get_mut(&first) {
        *count += more;
    }
}

/// The counts as buckets without a gap. Says whether they are longer than asked for, since there would be too many.
pub(super) fn without_gaps(asked: Interval, counts: &DayCounts) -> (Histogram, bool) {
    let mut interval = asked;
    loop {
        match buckets(interval, counts) {
            Some(buckets) => return (Histogram { interval, buckets }, interval != asked),
            None => match interval.longer() {
                Some(longer) => interval = longer,
                // Nine thousand years of years: no archive holds them.
                None => return (Histogram { interval, buckets: Vec::new() }, true),
            },
        }
    }
}

/// None where there would be more than the bound.
fn buckets(interval: Interval, counts: &DayCounts) -> Option<Vec<Bucket>> {
    let mut buckets: Vec<Bucket> = Vec::new();
    for (day, count) in counts {
        let first = interval.first_day(*day);
        let mut next = buckets.last().map_or(Some(first), |last| last.to.tomorrow().ok());
        while let Some(from) = next.filter(|from| *from <= first) {
            if buckets.len() == HISTOGRAM_BUCKETS_MAX {
                return None;
            }
            buckets.push(Bucket { from, to: interval.last_day(from), count: 0 });
            next = interval.next(from);
        }
        if let Some(last) = buckets.last_mut() {
            last.count += count;
        }
    }
    Some(buckets)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counted(days: &[(Date, u64)]) -> DayCounts {
        days.iter().copied().collect()
    }

    #[test]
    fn intervals_begin_as_people_count_them() {
        let sunday = date(2026, 3, 1);
        assert_eq!(Interval::Week.first_day(sunday), date(2026, 2, 23));
        assert_eq!(Interval::Month.first_day(date(2026, 3, 31)), sunday);
        assert_eq!(Interval::Month.last_day(date(2024, 2, 1)), date(2024, 2, 29));
        assert_eq!(Interval::Year.last_day(date(2026, 1, 1)), date(2026, 12, 31));
    }

    #[test]
    fn empty_buckets_are_shown() {
        let counts = counted(&[(date(2026, 1, 1), 3), (date(2026, 3, 1), 1)]);
        let (histogram, longer) = without_gaps(Interval::Month, &counts);
        let seen: Vec<_> = histogram.buckets.iter().map(|bucket| (bucket.from, bucket.to, bucket.count)).collect();
        let expected = [
            (date(2026, 1, 1), date(2026, 1, 31), 3),
            (date(2026, 2, 1), date(2026, 2, 28), 0),
            (date(2026, 3, 1), date(2026, 3, 31), 1),
        ];
        assert_eq!((seen.as_slice(), longer), (&expected[..], false));
        assert_eq!(without_gaps(Interval::Day, &DayCounts::new()).0.buckets, []);
    }

    #[test]
    fn too_many_buckets_become_longer_ones() {
        let counts = counted(&[(date(2001, 1, 1), 2), (date(2026, 1, 1), 5)]);
        let (histogram, longer) = without_gaps(Interval::Day, &counts);
        assert!(longer && histogram.interval > Interval::Day);
        assert!(histogram.buckets.len() <= HISTOGRAM_BUCKETS_MAX);
        assert_eq!(histogram.buckets.iter().map(|bucket| bucket.count).sum::<u64>(), 7);
        assert_eq!(histogram.buckets.last().map(|bucket| bucket.count), Some(5));
    }

    proptest! {
        #[test]
        fn every_hit_is_counted_once_in_the_bucket_of_its_day(
            days in proptest::collection::vec(0_i64..1_500, 0..60),
            hours in 0_i64..24,
            which in 0_usize..4,
        ) {
            let interval = Interval::ALL[which];
            let dates: Vec<i64> = days.iter().map(|day| 1_700_000_000_000_000 + (day * 24 + hours) * 3_600_000_000).collect();
            let counts = count_dates(interval, dates.iter().copied());
            let (histogram, _) = without_gaps(interval, &counts);
            prop_assert_eq!(histogram.buckets.iter().map(|bucket| bucket.count).sum::<u64>(), dates.len() as u64);
            for pair in histogram.buckets.windows(2) {
                prop_assert_eq!(pair[0].to.tomorrow().unwrap(), pair[1].from);
            }
            for bucket in &histogram.buckets {
                let within = dates.iter().filter(|at| {
                    let day = clock::date_in_rome(clock::from_microseconds(**at));
                    day >= bucket.from && day <= bucket.to
                });
                prop_assert_eq!(within.count() as u64, bucket.count);
            }
        }
    }
}
