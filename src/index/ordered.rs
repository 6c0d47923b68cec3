//! Days and sums that documents name, as words that sort as they do: so that ranges of them can be asked for.
//!
//! They stand among the words of named values, `invoice_date#2026-05-28` beside those for comparing.

use super::dates::{Ends, day, days_of, ends};

/// What follows the name of a value that has an order; the next character ends its range.
const MARK: char = '#';
const AFTER_MARK: char = '$';

#[derive(Clone, Copy)]
enum Order {
    Days,
    Sums,
}

fn order(name: &str) -> Option<Order> {
    match name {
        "invoice_date" | "message_date" => Some(Order::Days),
        "invoice_total" => Some(Order::Sums),
        _ => None,
    }
}

/// The word for the value of a name, where it has an order and can be read.
pub(super) fn ordered_word(name: &str, value: &str) -> Option<String> {
    let value = match order(name)? {
        // A moment begins with its day.
        Order::Days => day(value.get(..10)?)?.to_string(),
        Order::Sums => sortable(hundredths(value)?),
    };
    Some(format!("{name}{MARK}{value}"))
}

/// The words between which those lie that a range names, the first included: `2026-03..2026-05`, `>1000`.
pub(super) fn ordered_range(name: &str, text: &str) -> Option<(String, String)> {
    let (from, to): Ends<String> = match order(name)? {
        Order::Days => texts(ends(text, days_of)?, |day| day.to_string()),
        Order::Sums => texts(ends(text, |text| hundredths(text).map(|sum| (sum, sum + 1)))?, sortable),
    };
    let word = |value: String| format!("{name}{MARK}{value}");
    Some((word(from.unwrap_or_default()), to.map_or_else(|| format!("{name}{AFTER_MARK}"), word)))
}

fn texts<T>((from, to): Ends<T>, text: impl Fn(T) -> String) -> Ends<String> {
    (from.map(&text), to.map(&text))
}

/// The same order among texts as among numbers, those below nought too.
fn sortable(number: i64) -> String {
    format!("{:020}", number.cast_unsigned() ^ (1 << 63))
}

/// A sum as files (`1250.00`) and people (`1.250,00`, `1.250`) write it.
fn hundredths(text: &str) -> Option<i64> {
    let text = text.trim();
    let (below, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, part) = match digits.split_once(',') {
        Some((whole, part)) => (whole.replace('.', ""), part),
        // Three digits behind a point are thousands.
        None => match digits.rsplit_once('.').filter(|(_, part)| part.len() != 3) {
            Some((whole, part)) => (whole.to_owned(), part),
            None => (digits.replace('.', ""), ""),
        },
    };
    let plain = |text: &str, most: usize| text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(&whole, 15) || whole.is_empty() || !plain(part, 2) {
        return None;
    }
    let sum = whole.parse::<i64>().ok()? * 100 + format!("{part:0<2}").parse::<i64>().ok()?;
    Some(if below { -sum } else { sum })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sums_are_read_as_files_and_people_write_them() {
        for (text, sum) in [
            ("610.00", 61_000),
            ("610", 61_000),
            ("610,5", 61_050),
            ("1.250,00", 125_000),
            ("1.250", 125_000),
            ("1250.5", 125_050),
            ("-100.00", -10_000),
            ("1.000.000", 100_000_000),
        ] {
            assert_eq!(hundredths(text), Some(sum), "{text}");
        }
        for text in ["", "-", "uno", "1,2,3", "1e3", "+1", ",50", "1.2345", "9999999999999999"] {
            assert_eq!(hundredths(text), None, "{text}");
        }
    }

    #[test]
    fn a_range_holds_what_it_names_and_nothing_else() {
        let holds = |name: &str, range: &str, value: &str| {
            let (from, to) = ordered_range(name, range).unwrap();
            let word = ordered_word(name, value).unwrap();
            from <= word && word < to
        };
        for (range, inside, outside) in [
            (">1000", vec!["1000.01", "20000.00"], vec!["1000.00", "610.00", "-5000.00"]),
            (">=1.000", vec!["1000.00"], vec!["999.99"]),
            ("<=610,00", vec!["610.00", "-100.00"], vec!["610.01"]),
            ("-100..100", vec!["-100.00", "0.00", "100.00"], vec!["-100.01", "100.01"]),
            ("..100", vec!["-100.01"], vec!["100.01"]),
        ] {
            assert!(inside.iter().all(|sum| holds("invoice_total", range, sum)), "{range}");
            assert!(!outside.iter().any(|sum| holds("invoice_total", range, sum)), "{range}");
        }
        for (range, inside, outside) in [
            ("2026-01..2026-03", vec!["2026-01-01", "2026-03-31"], vec!["2025-12-31", "2026-04-01"]),
            (">2026-05-27", vec!["2026-05-28", "2027-01-01"], vec!["2026-05-27"]),
            ("<28/05/2026", vec!["2026-05-27"], vec!["2026-05-28"]),
        ] {
            assert!(inside.iter().all(|day| holds("invoice_date", range, day)), "{range}");
            assert!(!outside.iter().any(|day| holds("invoice_date", range, day)), "{range}");
        }
        assert!(holds("message_date", "2026-03", "2026-03-12T10:00:00+01:00"));
        for (name, text) in [("supplier", "a..b"), ("invoice_total", ".."), ("invoice_date", ">ieri")] {
            assert_eq!(ordered_range(name, text), None, "{name} {text}");
        }
    }

    proptest! {
        #[test]
        fn texts_sort_as_their_numbers(one in any::<i64>(), other in any::<i64>()) {
            prop_assert_eq!(one.cmp(&other), sortable(one).cmp(&sortable(other)));
        }

        #[test]
        fn any_text_is_read_without_panic(text in "[-0-9.,<>=/]{0,24}|\\PC{0,20}") {
            for name in ["invoice_total", "invoice_date"] {
                let _ = (ordered_word(name, &text), ordered_range(name, &text));
            }
        }
    }
}
