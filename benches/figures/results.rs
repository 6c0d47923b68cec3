//! Figures gathered, kept between runs of single sections, and written for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

const RESULTS: &str = "benches/RESULTS.md";

/// Lines of the table by section and figure.
pub struct Results {
    rows: BTreeMap<String, (String, String)>,
}

impl Results {
    /// What earlier runs have left.
    pub fn read() -> Self {
        let text = std::fs::read_to_string(RESULTS).unwrap_or_default();
        let mut rows = BTreeMap::new();
        for line in text.lines() {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            if let [figure, value, goal] = cells[..]
                && figure != "figure"
                && !figure.starts_with("--")
            {
                rows.insert(figure.to_owned(), (value.to_owned(), goal.to_owned()));
            }
        }
        Self { rows }
    }

    pub fn set(&mut self, figure: &str, value: impl Into<String>, goal: &str) {
        let value = value.into();
        println!("{figure}: {value}   (goal: {goal})");
        self.rows.insert(figure.to_owned(), (value, goal.to_owned()));
    }

    pub fn write(&self) {
        let mut text = String::from(
            "# Figures\n\nWritten by `make bench`; each row by the section named before the colon. Two cores, one disk, \
             the load generator on the\nsame cores as the server. What is meant by each figure stands in \
             `benches/figures/`.\n\n| figure | measured | goal |\n|---|---|---|\n",
        );
        for (figure, (value, goal)) in &self.rows {
            let _ = writeln!(text, "| {figure} | {value} | {goal} |");
        }
        std::fs::write(RESULTS, text).expect("the results can be written");
    }
}

/// Median and 99th percentile.
pub fn quantiles(samples: &mut [f64]) -> (f64, f64) {
    samples.sort_by(f64::total_cmp);
    let at = |share: f64| samples[((samples.len() - 1) as f64 * share) as usize];
    (at(0.5), at(0.99))
}
