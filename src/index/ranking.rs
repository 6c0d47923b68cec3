//! How much is each sign of a good hit worth?
//!
//! Chosen on one half of the relevance collection and reported on the other (`benches/figures/relevance`), which also
//! shows what each sign brings. For comparison: a telling word found once in a text is worth about 3, one that any town
//! hall uses every day less than 1.

/// Worths of one search. Zero leaves a sign out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranking {
    /// The number of an entry, or the code of a dossier: above any heap of words.
    pub exact_number: f32,
    /// The subject is what was typed, neither more nor less.
    pub whole_title: f32,
    /// A word in the subject by its stem, and in just this form; in a name; in a file's name; in just this form anywhere.
    pub in_title: f32,
    pub in_title_exact: f32,
    pub in_name: f32,
    pub in_file: f32,
    pub exact_form: f32,
    /// Two words of the query near each other, in the subject and in a name. Anywhere it cost much and brought nothing.
    pub pair_in_title: f32,
    pub pair_in_name: f32,
    /// Another spelling one slip off (two are worth half), and where it stands in a subject or a name.
    pub one_slip: f32,
    pub slip_in_title: f32,
    pub slip_in_name: f32,
    /// A slip of a word that no item holds, where most of the words have to do: above a word as it is written,
    /// once in the subject. At 30 it cost what was half remembered.
    pub slip_of_none: f32,
    /// A synonym, and one in the subject.
    pub synonym: f32,
    pub synonym_in_title: f32,
    /// Assigned to the office whose name was typed.
    pub office: f32,
    /// A year later.
    pub year_later: f32,
    /// Whether words of the list of common ones tell less.
    pub common_words: bool,
    /// Whether spellings are forgiven, and whether most of the words may do, where nothing is found as written.
    pub forgiving: bool,
    pub most_words: bool,
}

impl Default for Ranking {
    fn default() -> Self {
        Self {
            exact_number: 60.0,
            whole_title: 15.0,
            in_title: 1.5,
            in_title_exact: 1.0,
            in_name: 1.5,
            in_file: 0.5,
            exact_form: 0.6,
            pair_in_title: 0.5,
            pair_in_name: 1.0,
            one_slip: 1.0,
            slip_in_title: 3.0,
            slip_in_name: 5.0,
            slip_of_none: 22.0,
            synonym: 1.5,
            synonym_in_title: 2.0,
            office: 1.5,
            year_later: 0.05,
            common_words: true,
            forgiving: true,
            most_words: true,
        }
    }
}

/// Microseconds of a year, and of the thirty from 1970 to 2000: before, all is equally long ago.
const YEAR: f32 = 365.25 * 86_400.0 * 1e6;
const THIRTY_YEARS: i64 = 946_684_800_000_000;
const YEARS_MAX: f32 = 100.0;

impl Ranking {
    /// What an item's date is worth. No clock is asked: only differences order.
    pub(super) fn of_date(&self, date: i64) -> f32 {
        let years = date.saturating_sub(THIRTY_YEARS) as f32 / YEAR;
        years.clamp(0.0, YEARS_MAX) * self.year_later
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_is_better_by_little() {
        let ranking = Ranking::default();
        let of = |text: &str| ranking.of_date(text.parse::<jiff::Timestamp>().unwrap().as_microsecond());
        assert_eq!(of("1950-01-01T00:00:00Z"), 0.0);
        let year = of("2026-01-01T00:00:00Z") - of("2025-01-01T00:00:00Z");
        assert!((year - ranking.year_later).abs() < 0.01, "{year}");
        assert!(ranking.of_date(i64::MAX).is_finite() && ranking.of_date(i64::MIN) == 0.0);
    }
}
