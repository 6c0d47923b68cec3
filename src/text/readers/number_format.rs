//! How does a sheet show a number? As its format says and as this country writes: `1.250,50 €`, `22%`, `01/03/2026`.
//!
//! What people search for is what they have seen. Of a format only what can be searched for matters: decimals, days,
//! times, currencies. Colours, alignment, fractions and powers of ten do not: such numbers are told as plain ones.

use jiff::civil::DateTime;

use crate::clock::ITALIAN_MONTHS;

/// From here on a number has more digits than it knows.
const EXACT_BELOW: f64 = 1e15;

/// Digits that a plain number has in a cell, and those behind its comma that it has at least room for.
const PLAIN_DIGITS: usize = 10;
const PLAIN_DECIMALS_MIN: usize = 2;

/// Digits that a format can ask for: it is a stranger's.
const DIGITS_MAX: usize = 30;

/// The last two of sixteen digits of a number are noise: 1,005 is stored as a little less, and yet rounded up.
const NOISE: f64 = 4.0 * f64::EPSILON;

/// How numbers are shown.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) enum NumberFormat {
    #[default]
    Plain,
    Moment(Moment),
    Number {
        shape: Shape,
        /// What negative ones look like, without a minus of their own.
        negative: Option<Shape>,
    },
}

/// What of a moment is shown.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    day: bool,
    time: bool,
    /// The month by its name.
    named: bool,
    /// Hours since the beginning, more than a day has.
    elapsed: bool,
}

/// Digits, and what stands around them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    before: String,
    after: String,
    digits: usize,
    decimals: usize,
    /// Of these, noughts at the end are not shown.
    decimals_if_any: usize,
    grouped: bool,
    percent: bool,
}

impl NumberFormat {
    /// Of a format's code. All that is not understood makes it plain.
    pub fn of(code: &str) -> Self {
        if let Some(moment) = Moment::of(code) {
            return Self::Moment(moment);
        }
        let mut sections = sections(code);
        let Some(shape) = sections.next().and_then(Shape::of) else { return Self::Plain };
        match sections.next().map(Shape::of) {
            None => Self::Number { shape, negative: None },
            Some(None) => Self::Plain,
            Some(negative) => Self::Number { shape, negative },
        }
    }

    /// Of the formats that files name by number alone, as they look in this country.
    pub fn built_in(number: u32) -> Self {
        Self::of(match number {
            1 => "0",
            2 => "0.00",
            3 | 37 | 38 | 41 => "#,##0",
            4 | 39 | 40 | 43 => "#,##0.00",
            5 | 6 | 42 => "#,##0 €",
            7 | 8 | 44 => "#,##0.00 €",
            9 => "0%",
            10 => "0.00%",
            14 | 27..=36 | 50..=58 => "dd/mm/yyyy",
            15..=17 => "d mmm yyyy",
            18..=21 | 45 | 47 => "h:mm:ss",
            22 => "dd/mm/yyyy h:mm",
            46 => "[h]:mm:ss",
            _ => return Self::Plain,
        })
    }

    /// The number as the cell shows it.
    pub fn shown(&self, number: f64, since_1904: bool) -> String {
        match self {
            Self::Moment(moment) => moment.shown(number, since_1904).unwrap_or_else(|| plain(number)),
            Self::Number { shape, negative } if number.abs() < EXACT_BELOW => match negative {
                Some(negative) if number < 0.0 => negative.shown(-number),
                None if number < 0.0 => format!("-{}", shape.shown(-number)),
                _ => shape.shown(number),
            },
            Self::Plain | Self::Number { .. } => plain(number),
        }
    }
}

impl Moment {
    /// A format has letters for parts of a moment outside what it quotes.
    fn of(code: &str) -> Option<Self> {
        if code.eq_ignore_ascii_case("general") {
            return None;
        }
        let (mut letters, mut elapsed) = (String::new(), false);
        for piece in pieces(sections(code).next()?) {
            match piece {
                Piece::Sign(letter) => letters.push(letter.to_ascii_lowercase()),
                Piece::Bracket(inside) => elapsed |= inside.starts_with(['h', 'H', 'm', 'M']),
                Piece::Quoted(_) => {}
            }
        }
        let has = |any: &[char]| letters.contains(any);
        let time = elapsed || has(&['h', 's']);
        // Of hours and minutes, `m` is the minutes.
        let day = has(&['d', 'y', 'g']) || (has(&['m']) && !time);
        let any = day || time || has(&['m']);
        any.then(|| Self { day, time, named: letters.contains("mmm"), elapsed })
    }

    fn shown(&self, serial: f64, since_1904: bool) -> Option<String> {
        let moment = moment(serial, since_1904)?;
        if self.elapsed {
            let minutes = (serial * 24.0 * 60.0 * (1.0 + NOISE)) as i64;
            return Some(format!("{}:{:02}", minutes / 60, minutes % 60));
        }
        Some(self.of_moment(moment))
    }

    fn of_moment(&self, moment: DateTime) -> String {
        let mut shown = String::new();
        if self.day && self.named {
            let month = usize::try_from(moment.month() - 1).ok().and_then(|month| ITALIAN_MONTHS.get(month));
            shown = format!("{} {} {}", moment.day(), month.unwrap_or(&""), moment.year());
        } else if self.day {
            shown = format!("{:02}/{:02}/{:04}", moment.day(), moment.month(), moment.year());
        }
        if self.time {
            let gap = if shown.is_empty() { "" } else { " " };
            shown.push_str(&format!("{gap}{:02}:{:02}", moment.hour(), moment.minute()));
            if moment.second() != 0 {
                shown.push_str(&format!(":{:02}", moment.second()));
            }
        }
        shown
    }
}

/// A day, and the time of it that is not midnight, as a cell shows it that has no other wish.
pub(super) fn day(moment: DateTime) -> String {
    let time = moment.time() != jiff::civil::Time::midnight();
    Moment { day: true, time, ..Moment::default() }.of_moment(moment)
}

/// Days since the eve of 1900, with a day too many in that February; or since 1904.
fn moment(serial: f64, since_1904: bool) -> Option<DateTime> {
    let days = if since_1904 { serial + 1462.0 } else { serial };
    if !(0.0..2_958_466.0).contains(&days) {
        return None;
    }
    let seconds = (days * 86_400.0).round() as i64;
    let first = DateTime::constant(1899, 12, 30, 0, 0, 0, 0);
    first.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()
}

impl Shape {
    fn of(section: &str) -> Option<Self> {
        let mut shape = Self::default();
        let (mut any, mut in_decimals) = (false, false);
        let mut pieces = pieces(section).peekable();
        while let Some(piece) = pieces.next() {
            let around = if any { &mut shape.after } else { &mut shape.before };
            match piece {
                Piece::Quoted(text) => around.push_str(text),
                // `[$€-410]`: a currency, and how its country writes.
                Piece::Bracket(inside) => match inside.strip_prefix('$') {
                    Some(currency) => around.push_str(currency.split('-').next().unwrap_or_default()),
                    None if inside.starts_with(['<', '>', '=']) => return None,
                    None => {}
                },
                Piece::Sign(sign @ ('0' | '#' | '?')) => {
                    any = true;
                    match (in_decimals, sign) {
                        (false, '0') => shape.digits += 1,
                        (false, _) => {}
                        (true, '0') => shape.decimals += 1,
                        (true, _) => shape.decimals_if_any += 1,
                    }
                }
                Piece::Sign('.') => in_decimals = true,
                Piece::Sign(',') => match pieces.peek() {
                    Some(Piece::Sign('0' | '#' | '?')) => shape.grouped = true,
                    // In thousands.
                    _ => return None,
                },
                Piece::Sign('%') => {
                    shape.percent = true;
                    around.push('%');
                }
                Piece::Sign('e' | 'E' | '/' | '@') => return None,
                Piece::Sign(sign) => around.push(sign),
            }
        }
        shape.digits = shape.digits.min(DIGITS_MAX);
        shape.decimals = shape.decimals.min(DIGITS_MAX);
        shape.decimals_if_any = shape.decimals_if_any.min(DIGITS_MAX);
        any.then_some(shape)
    }

    fn shown(&self, number: f64) -> String {
        let number = if self.percent { number * 100.0 } else { number };
        let digits = rounded(number, self.decimals + self.decimals_if_any);
        let (whole, decimals) = digits.split_once('.').unwrap_or((&digits, ""));
        let kept = decimals.trim_end_matches('0').len().max(self.decimals);
        let mut shown = self.before.clone();
        let whole = format!("{whole:0>width$}", width = self.digits);
        for (at, digit) in whole.char_indices() {
            if self.grouped && at > 0 && (whole.len() - at).is_multiple_of(3) {
                shown.push('.');
            }
            shown.push(digit);
        }
        if kept > 0 {
            shown.push(',');
            shown.push_str(&decimals[..kept]);
        }
        shown + &self.after
    }
}

/// A number in a cell that says nothing about it.
fn plain(number: f64) -> String {
    if !number.is_finite() || number.abs() >= EXACT_BELOW {
        return number.to_string();
    }
    let whole = number.abs().trunc().to_string().len();
    let digits = rounded(number, PLAIN_DIGITS.saturating_sub(whole).max(PLAIN_DECIMALS_MIN));
    digits.trim_end_matches('0').trim_end_matches('.').replace('.', ",")
}

fn rounded(number: f64, decimals: usize) -> String {
    format!("{:.decimals$}", number * (1.0 + NOISE))
}

/// What a format's code consists of.
enum Piece<'c> {
    Sign(char),
    /// As it stands.
    Quoted(&'c str),
    Bracket(&'c str),
}

fn pieces(section: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = section;
    std::iter::from_fn(move || {
        let sign = rest.chars().next()?;
        let after = &rest[sign.len_utf8()..];
        let second = after.chars().next().map_or(0, char::len_utf8);
        let closed_by = |close: char| after.split_once(close).unwrap_or((after, ""));
        let (piece, left) = match sign {
            '"' => (Piece::Quoted(closed_by('"').0), closed_by('"').1),
            '[' => (Piece::Bracket(closed_by(']').0), closed_by(']').1),
            '\\' => (Piece::Quoted(&after[..second]), &after[second..]),
            // As wide as the next sign, or filled up with it.
            '_' => (Piece::Quoted(" "), &after[second..]),
            '*' => (Piece::Quoted(""), &after[second..]),
            sign => (Piece::Sign(sign), after),
        };
        rest = left;
        Some(piece)
    })
}

/// For positive numbers, for negative ones, for nought and for text.
fn sections(code: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(code);
    std::iter::from_fn(move || {
        let all = rest?;
        let (mut quoted, mut escaped) = (false, false);
        let end = all.find(|sign| match sign {
            _ if std::mem::take(&mut escaped) => false,
            '"' => {
                quoted = !quoted;
                false
            }
            '\\' if !quoted => {
                escaped = true;
                false
            }
            sign => sign == ';' && !quoted,
        });
        rest = end.map(|end| &all[end + 1..]);
        Some(&all[..end.unwrap_or(all.len())])
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_look_as_in_their_cells() {
        for (code, number, expected) in [
            ("General", 1250.5, "1250,5"),
            ("General", -12.0, "-12"),
            ("General", 0.1 + 0.2, "0,3"),
            ("General", 1.0 / 3.0, "0,333333333"),
            ("General", 12_345_678_901.25, "12345678901,25"),
            ("0.00", 1250.5, "1250,50"),
            ("#,##0.00", 1250.5, "1.250,50"),
            ("#,##0.00", -1_234_567.891, "-1.234.567,89"),
            ("#,##0", 999.0, "999"),
            ("0.00", 1.005, "1,01"),
            ("#,##0.00 \"€\"", 1250.5, "1.250,50 €"),
            ("[$€-410] #,##0.00;[Red]-[$€-410] #,##0.00", -1250.5, "-€ 1.250,50"),
            ("_-* #,##0.00\\ _€_-;\\-* #,##0.00\\ _€_-;_-* \"-\"??\\ _€_-;_-@_-", -1250.5, "-1.250,50"),
            ("#,##0.00;(#,##0.00)", -2.0, "(2,00)"),
            ("0%", 0.22, "22%"),
            ("0.0%", 0.225, "22,5%"),
            ("00000", 187.0, "00187"),
            ("0.##", 1250.5, "1250,5"),
            ("0.##", 1250.0, "1250"),
            ("0\" giorni; mesi\"", 3.0, "3 giorni; mesi"),
            // What is not told in this form is told in another.
            ("0.00E+00", 1250.5, "1250,5"),
            ("# ?/?", 0.5, "0,5"),
            ("#,##0,", 1_250_500.5, "1250500,5"),
            ("[>100]0.0;0.00", 1250.5, "1250,5"),
            (";;;", 7.0, "7"),
            ("0.00", 1e300, &1e300.to_string()),
            ("0.00", f64::NAN, "NaN"),
        ] {
            assert_eq!(NumberFormat::of(code).shown(number, false).trim(), expected, "{code} {number}");
        }
        assert_eq!(NumberFormat::built_in(44).shown(1250.5, false), "1.250,50 €");
        assert_eq!(NumberFormat::built_in(0).shown(1250.5, false), "1250,5");
    }

    #[test]
    fn numbers_that_are_moments() {
        for (code, serial, since_1904, expected) in [
            ("dd/mm/yyyy", 45_000.0, false, "15/03/2023"),
            ("yyyy-mm-dd", 45_000.0, false, "15/03/2023"),
            ("dd/mm/yyyy", 45_000.5, false, "15/03/2023"),
            ("dd/mm/yyyy hh:mm", 45_000.5, false, "15/03/2023 12:00"),
            ("dd/mm/yyyy", 43_538.0, true, "15/03/2023"),
            ("[$-410]d mmmm yyyy;@", 45_000.0, false, "15 marzo 2023"),
            ("mmm-yy", 45_000.0, false, "15 marzo 2023"),
            ("h:mm", 0.75, false, "18:00"),
            ("h:mm:ss", 0.5 + 1.0 / 86_400.0, false, "12:00:01"),
            ("[h]:mm", 1.5, false, "36:00"),
            ("dd/mm/yyyy", -1.0, false, "-1"),
            ("dd/mm/yyyy", 1e300, false, &1e300.to_string()),
            ("#,##0.00 \"giorni\"", 3.0, false, "3,00 giorni"),
            ("[Red]0.00", 3.0, false, "3,00"),
            ("0.00\\d", 3.0, false, "3,00d"),
            ("\"senza fine", 3.0, false, "3"),
        ] {
            assert_eq!(NumberFormat::of(code).shown(serial, since_1904), expected, "{code} {serial}");
        }
    }

    proptest! {
        #[test]
        fn no_code_and_no_number_make_it_panic(code in "[0#?.,%;\\[\\]$€\"\\\\_*dmyhsE/@ -]{0,24}", number in any::<f64>()) {
            let shown = NumberFormat::of(&code).shown(number, false);
            prop_assert!(shown.len() < 500, "{}", shown);
        }
    }
}
