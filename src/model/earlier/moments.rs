//! When was something done, as registers wrote it down: a day, often without a time.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::clock;
use crate::model::field::Fields;

/// A day in Italy, with the time where that was written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    pub day: Date,
    pub time: Option<Time>,
}

impl Moment {
    /// The moment itself; the beginning of the day where no time is known.
    pub fn timestamp(self) -> Timestamp {
        let at = self.day.to_datetime(self.time.unwrap_or(Time::midnight()));
        at.to_zoned_datetime(clock::rome()).map_or_else(|_| clock::start_of_day(self.day), |zoned| zoned.timestamp())
    }

    /// ISO or Italian, with or without a time. `None` for what cannot be.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (day, time) = match text.split_once(['T', ' ']) {
            Some((day, time)) => (day, Some(time.trim())),
            None => (text, None),
        };
        let time = match time {
            None => None,
            Some(time) => Some(parse_time(time)?),
        };
        Some(Self { day: parse_day(day)?, time })
    }
}

fn parse_day(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let digits =
        |text: &str, lengths: &[usize]| lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let (year, month, day) = if digits(a, &[4]) { (a, b, c) } else { (c, b, a) };
    // Two digits of a year do not say which century.
    if !digits(year, &[4]) || !digits(month, &[1, 2]) || !digits(day, &[1, 2]) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn parse_time(text: &str) -> Option<Time> {
    let text = text.replace('.', ":");
    let parts: Vec<i8> = text.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts.as_slice() {
        [hour, minute] => Time::new(*hour, *minute, 0, 0).ok(),
        [hour, minute, second] => Time::new(*hour, *minute, *second, 0).ok(),
        _ => None,
    }
}

/// The moment that a field says.
pub(super) fn read(errors: &mut Fields, field: &str, text: &str) -> Option<Moment> {
    let moment = Moment::parse(text);
    if moment.is_none() {
        errors.refuse(field, format!("{} is no day: write 2019-03-04 or 04/03/2019, and 10:15 after it", short(text)));
    }
    moment
}

/// What is repeated of a text in a message.
pub(super) fn short(text: &str) -> String {
    let kept: String = text.chars().take(40).filter(|c| !c.is_control()).collect();
    format!("\u{201c}{kept}\u{201d}")
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.time {
            Some(time) => write!(f, "{}", DateTime::from_parts(self.day, time)),
            None => write!(f, "{}", self.day),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("no day, or day and time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_registers_write_them() {
        for (text, told) in [
            ("2019-03-04", "2019-03-04"),
            ("04/03/2019", "2019-03-04"),
            ("4.3.2019", "2019-03-04"),
            ("04-03-2019 9:05", "2019-03-04T09:05:00"),
            ("2019-03-04T10:15:30", "2019-03-04T10:15:30"),
            (" 29/02/2020 ", "2020-02-29"),
        ] {
            assert_eq!(Moment::parse(text).map(|moment| moment.to_string()).as_deref(), Some(told), "{text}");
        }
        for text in [
            "",
            "29/02/2019",
            "2019-13-01",
            "04/03/19",
            "31/04/2019",
            "2019-03-04 25:00",
            "ieri",
            "2019-3",
            "+4/3/2019",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_without_time_begins_in_rome() {
        let moment = Moment::parse("01/07/2019").unwrap();
        assert_eq!(moment.timestamp().to_string(), "2019-06-30T22:00:00Z");
        let moment: Moment = serde_json::from_str("\"2019-07-01T10:00:00\"").unwrap();
        assert_eq!(moment.timestamp().to_string(), "2019-07-01T08:00:00Z");
    }
}
