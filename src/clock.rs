//! The only clock. Everything else is handed a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

/// The months as letters and queries name them, January first.
pub const ITALIAN_MONTHS: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];

/// Where the time comes from: the machine, or a test that moves it by hand.
#[derive(Debug, Clone)]
pub enum Clock {
    System,
    /// Microseconds since the Unix epoch.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub fn manual(start: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.as_microsecond())))
    }

    /// Now, in whole microseconds, which is what the journal records.
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
            Self::System => from_microseconds(Timestamp::now().as_microsecond()),
            Self::Manual(at) => from_microseconds(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock; the machine's clock is not ours to move.
    pub fn set(&self, to: Timestamp) {
        if let Self::Manual(at) = self {
            at.store(to.as_microsecond(), Ordering::SeqCst);
        }
    }
}

/// A time from microseconds since the epoch; what is out of range becomes the nearest time there is.
pub fn from_microseconds(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or(if microseconds < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// RFC 3339 in UTC with exactly six decimals: one spelling for one time, so that texts sort as times do.
pub fn rfc3339(time: Timestamp) -> String {
    format!("{time:.6}")
}

/// The zone of the registers: a day and a year begin at midnight in Rome.
pub fn rome() -> TimeZone {
    TimeZone::get("Europe/Rome").expect("the zone table is compiled in")
}

/// A time as the wall clock in Rome shows it.
pub fn in_rome(time: Timestamp) -> ZonedDateTime {
    time.to_zoned_datetime(rome())
}

/// The day in Rome on which a time falls.
pub fn date_in_rome(time: Timestamp) -> Date {
    in_rome(time).date()
}

/// The day that it is in Rome, by the system's clock.
pub fn today() -> Date {
    date_in_rome(Clock::System.now())
}

/// The first moment of a day in Rome.
pub fn start_of_day(date: Date) -> Timestamp {
    // No midnight has been skipped in Rome since 1980; before that the zone's own rule decides.
    date.to_datetime(jiff::civil::Time::midnight())
        .to_zoned_datetime(rome())
        .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// The calendar year in Rome, which is the year of a register (DPR 445/2000 art. 57).
pub fn year_in_rome(time: Timestamp) -> i16 {
    date_in_rome(time).year()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_turns_at_midnight_in_rome() {
        let before: Timestamp = "2026-12-31T22:59:59.999999Z".parse().unwrap();
        let after: Timestamp = "2026-12-31T23:00:00Z".parse().unwrap();
        assert_eq!((year_in_rome(before), year_in_rome(after)), (2026, 2027));
    }

    #[test]
    fn six_decimals_always() {
        assert_eq!(rfc3339("2026-11-23T09:00:00Z".parse().unwrap()), "2026-11-23T09:00:00.000000Z");
        assert_eq!(rfc3339("2026-11-23T09:00:00.1234567Z".parse().unwrap()), "2026-11-23T09:00:00.123456Z");
    }
}
