//! How much is asked of the server? Counters for `/metrics`.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the classes of durations, in milliseconds.
const BOUNDS_MS: [u64; 8] = [5, 10, 25, 50, 100, 500, 2_500, 10_000];

/// Requests by class of status and by duration.
#[derive(Default)]
pub struct Traffic {
    by_status: [AtomicU64; 5],
    by_duration: [AtomicU64; BOUNDS_MS.len() + 1],
    microseconds: AtomicU64,
    running: AtomicU64,
}

/// One request under way; counted down when it goes, however it ends.
pub struct Running<'a>(&'a Traffic);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Traffic {
    pub fn begin(&self) -> Running<'_> {
        self.running.fetch_add(1, Ordering::Relaxed);
        Running(self)
    }

    pub fn answered(&self, status: u16, took: Duration) {
        let class = usize::from((status / 100).clamp(1, 5)) - 1;
        self.by_status[class].fetch_add(1, Ordering::Relaxed);
        let milliseconds = took.as_millis() as u64;
        let place = BOUNDS_MS.iter().position(|bound| milliseconds <= *bound).unwrap_or(BOUNDS_MS.len());
        self.by_duration[place].fetch_add(1, Ordering::Relaxed);
        self.microseconds.fetch_add(took.as_micros() as u64, Ordering::Relaxed);
    }

    /// Prometheus text format.
    pub fn metrics(&self) -> String {
        let mut out = String::from("# HELP tabularium_http_requests_total Requests answered.\n");
        out.push_str("# TYPE tabularium_http_requests_total counter\n");
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        // Writing to a String does not fail.
        for (n, counter) in self.by_status.iter().enumerate() {
            let _ = writeln!(out, "tabularium_http_requests_total{{status=\"{}xx\"}} {}", n + 1, read(counter));
        }
        out.push_str("# HELP tabularium_http_request_seconds Time until an answer begins.\n");
        out.push_str("# TYPE tabularium_http_request_seconds histogram\n");
        let mut total = 0;
        for (n, counter) in self.by_duration.iter().enumerate() {
            total += read(counter);
            let bound = BOUNDS_MS.get(n).map_or("+Inf".to_owned(), |ms| (*ms as f64 / 1000.0).to_string());
            let _ = writeln!(out, "tabularium_http_request_seconds_bucket{{le=\"{bound}\"}} {total}");
        }
        let seconds = read(&self.microseconds) as f64 / 1e6;
        let _ = writeln!(out, "tabularium_http_request_seconds_sum {seconds}");
        let _ = writeln!(out, "tabularium_http_request_seconds_count {total}");
        out.push_str("# HELP tabularium_http_requests_running Requests under way.\n");
        out.push_str("# TYPE tabularium_http_requests_running gauge\n");
        let _ = writeln!(out, "tabularium_http_requests_running {}", read(&self.running));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_add_up() {
        let traffic = Traffic::default();
        let running = traffic.begin();
        traffic.answered(201, Duration::from_millis(5));
        traffic.answered(404, Duration::from_millis(6));
        traffic.answered(500, Duration::from_secs(60));
        let text = traffic.metrics();
        for line in [
            "tabularium_http_requests_total{status=\"2xx\"} 1",
            "tabularium_http_request_seconds_bucket{le=\"0.005\"} 1",
            "tabularium_http_request_seconds_bucket{le=\"0.01\"} 2",
            "tabularium_http_request_seconds_bucket{le=\"10\"} 2",
            "tabularium_http_request_seconds_bucket{le=\"+Inf\"} 3",
            "tabularium_http_requests_running 1",
        ] {
            assert!(text.contains(&format!("{line}\n")), "{line} in {text}");
        }
        drop(running);
        assert!(traffic.metrics().contains("requests_running 0"));
    }
}
