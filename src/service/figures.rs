//! How long did it take, and how often? Counters for `/metrics`, cheap enough for every request.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the classes of durations, in milliseconds.
const BOUNDS_MS: [u64; 10] = [1, 5, 10, 25, 50, 100, 500, 2_500, 10_000, 30_000];

/// Durations, counted by class.
#[derive(Default)]
pub struct Histogram {
    by_duration: [AtomicU64; BOUNDS_MS.len() + 1],
    microseconds: AtomicU64,
}

impl Histogram {
    pub fn took(&self, duration: Duration) {
        let micros = duration.as_micros() as u64;
        let place = BOUNDS_MS.iter().position(|bound| micros <= bound * 1000).unwrap_or(BOUNDS_MS.len());
        self.by_duration[place].fetch_add(1, Ordering::Relaxed);
        self.microseconds.fetch_add(micros, Ordering::Relaxed);
    }

    /// Lines in the Prometheus text format; `labels` is empty or `name="value"`.
    pub fn write(&self, out: &mut String, name: &str, labels: &str) {
        let (comma, braces) = if labels.is_empty() { ("", String::new()) } else { (",", format!("{{{labels}}}")) };
        let mut total = 0;
        // Writing to a String does not fail.
        for (n, counter) in self.by_duration.iter().enumerate() {
            total += counter.load(Ordering::Relaxed);
            let bound = BOUNDS_MS.get(n).map_or("+Inf".to_owned(), |ms| (*ms as f64 / 1000.0).to_string());
            let _ = writeln!(out, "tabularium_{name}_bucket{{{labels}{comma}le=\"{bound}\"}} {total}");
        }
        let seconds = self.microseconds.load(Ordering::Relaxed) as f64 / 1e6;
        let _ = writeln!(out, "tabularium_{name}_sum{braces} {seconds}");
        let _ = writeln!(out, "tabularium_{name}_count{braces} {total}");
    }
}

/// What stands before the lines of a metric: what it is, in words and in kind.
pub fn heading(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP tabularium_{name} {help}\n# TYPE tabularium_{name} {kind}");
}

/// One line; `labels` is empty or `{name="value"}`.
pub fn line(out: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _ = writeln!(out, "tabularium_{name}{labels} {value}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_add_up() {
        let histogram = Histogram::default();
        for ms in [1, 5, 6, 60_000] {
            histogram.took(Duration::from_millis(ms));
        }
        let mut text = String::new();
        histogram.write(&mut text, "x_seconds", "class=\"a\"");
        for line in [
            "x_seconds_bucket{class=\"a\",le=\"0.001\"} 1",
            "x_seconds_bucket{class=\"a\",le=\"0.005\"} 2",
            "x_seconds_bucket{class=\"a\",le=\"0.01\"} 3",
            "x_seconds_bucket{class=\"a\",le=\"30\"} 3",
            "x_seconds_bucket{class=\"a\",le=\"+Inf\"} 4",
            "x_seconds_sum{class=\"a\"} 60.012",
            "x_seconds_count{class=\"a\"} 4",
        ] {
            assert!(text.contains(&format!("tabularium_{line}\n")), "{line} in {text}");
        }
        text.clear();
        histogram.write(&mut text, "y", "");
        assert!(text.contains("tabularium_y_bucket{le=\"+Inf\"} 4\n") && text.contains("tabularium_y_count 4\n"));
    }
}
