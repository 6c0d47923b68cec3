//! Which stretch of time does a text name: days, months, years and ranges of them, in Rome.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use crate::clock::rome;

/// Of a range, either may be missing: the first included, the second excluded.
pub(super) type Ends<T> = (Option<T>, Option<T>);

/// Microseconds UTC.
pub(super) type Stretch = Ends<i64>;

/// One day, as people write it within words: `12/03/2026`, `12-3-2026`, `12.03.2026`, `2026-03-12`.
pub(super) fn day(text: &str) -> Option<Date> {
    let sign = ['/', '-', '.'].into_iter().find(|sign| text.contains(*sign))?;
    let parts: Vec<&str> = text.split(sign).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    let digits = |part: &str, most: usize| part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit());
    if year.len() != 4 || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return None;
    }
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    (1800..2200).contains(&date.year()).then_some(date)
}

/// The first day of what a text names and the first day after it: `2026`, `2026-11`, `2026-11-20`, `20/11/2026`.
fn days(text: &str) -> Option<(Date, Date)> {
    let numbers = |separator| {
        let parts: Vec<&str> = text.split(separator).collect();
        let digits =
            parts.iter().all(|part| !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit()));
        digits.then_some(parts)
    };
    let (year, month, day) = match numbers('-')?.as_slice() {
        [year] => (*year, None, None),
        [year, month] => (*year, Some(*month), None),
        [year, month, day] => (*year, Some(*month), Some(*day)),
        _ => return None,
    };
    if year.len() != 4 {
        return None;
    }
    let year = year.parse().ok()?;
    let part = |text: Option<&str>| text.map_or(Some(1), |text| text.parse::<i8>().ok());
    let first = Date::new(year, part(month)?, part(day)?).ok()?;
    let span = match (month, day) {
        (_, Some(_)) => 1.day(),
        (Some(_), None) => 1.month(),
        (None, None) => 1.year(),
    };
    Some((first, first.checked_add(span).ok()?))
}

fn italian(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('/').collect();
    match parts.as_slice() {
        [day, month, year] => Some(format!("{year}-{month}-{day}")),
        [month, year] => Some(format!("{year}-{month}")),
        _ => None,
    }
}

/// [`days`], written the Italian way too.
pub(super) fn days_of(text: &str) -> Option<(Date, Date)> {
    let turned = italian(text);
    let (first, after) = days(turned.as_deref().unwrap_or(text))?;
    // Beyond these, microseconds and time zones have no use for a town.
    (first >= date(1, 1, 1) && after <= date(9998, 12, 31)).then_some((first, after))
}

fn named(text: &str) -> Option<(i64, i64)> {
    let (first, after) = days_of(text)?;
    let start = |day: Date| Some(day.to_zoned_datetime(rome()).ok()?.timestamp().as_microsecond());
    Some((start(first)?, start(after)?))
}

/// What a text names: one of the above, two with `..` between (either may be missing), or one after `>= > <= <`.
pub(super) fn stretch(text: &str) -> Option<Stretch> {
    ends(text, named)
}

/// The ends of a range, where `named` says of one thing where it begins and where the next one does.
pub(super) fn ends<T>(text: &str, named: impl Fn(&str) -> Option<(T, T)>) -> Option<Ends<T>> {
    for (sign, after) in [(">=", false), ("<=", true), (">", true), ("<", false)] {
        if let Some(rest) = text.strip_prefix(sign) {
            let (first, next) = named(rest.trim())?;
            let bound = if after { next } else { first };
            return Some(if sign.starts_with('>') { (Some(bound), None) } else { (None, Some(bound)) });
        }
    }
    let Some((from, to)) = text.split_once("..") else {
        return named(text).map(|(first, after)| (Some(first), Some(after)));
    };
    let end = |text: &str| if text.is_empty() { Some(None) } else { named(text).map(Some) };
    let (from, to) = (end(from)?, end(to)?);
    if from.is_none() && to.is_none() {
        return None;
    }
    Some((from.map(|(first, _)| first), to.map(|(_, after)| after)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Option<i64> {
        Some(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
    }

    #[test]
    fn days_months_and_years_are_those_of_rome() {
        let november_20 = (at("2026-11-19T23:00:00Z"), at("2026-11-20T23:00:00Z"));
        for (text, expect) in [
            ("2026-11-20", november_20),
            ("20/11/2026", november_20),
            ("2026-11", (at("2026-10-31T23:00:00Z"), at("2026-11-30T23:00:00Z"))),
            ("2026", (at("2025-12-31T23:00:00Z"), at("2026-12-31T23:00:00Z"))),
            ("2026-11..2026-12", (at("2026-10-31T23:00:00Z"), at("2026-12-31T23:00:00Z"))),
            (">=2026-07-01", (at("2026-06-30T22:00:00Z"), None)),
            (">2026-07-01", (at("2026-07-01T22:00:00Z"), None)),
            ("<2026-07-01", (None, at("2026-06-30T22:00:00Z"))),
            ("<=2026-07-01", (None, at("2026-07-01T22:00:00Z"))),
            ("2026-07-01..", (at("2026-06-30T22:00:00Z"), None)),
        ] {
            assert_eq!(stretch(text), Some(expect), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "..", "ieri", "2026-13", "2026-02-30", "26-01-01", "2026-1-2-3", ">=", "2026--1", "9999"] {
            assert_eq!(stretch(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in any::<String>(), datish in "[0-9./<>=-]{0,20}") {
            let _ = (stretch(&text), stretch(&datish));
        }
    }
}
