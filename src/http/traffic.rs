//! How much is asked of the server, and how long does it take? Counters for `/metrics`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::service::figures::{Histogram, heading, line};

/// What is asked of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A search without words: filters alone.
    All,
    Words,
    Phrase,
    Wildcard,
    /// Words in a field, values and ranges.
    Field,
    /// With facets, whatever the words.
    Facets,
    /// What completes the typed: suggestions and correspondents.
    Suggestions,
    /// Lists of entries, dossiers and saved searches.
    List,
    /// Everything else below `/search`, and what helps to register.
    Other,
}

impl Asked {
    const ALL: [Self; 9] = [
        Self::All,
        Self::Words,
        Self::Phrase,
        Self::Wildcard,
        Self::Field,
        Self::Facets,
        Self::Suggestions,
        Self::List,
        Self::Other,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Words => "words",
            Self::Phrase => "phrase",
            Self::Wildcard => "wildcard",
            Self::Field => "field",
            Self::Facets => "facets",
            Self::Suggestions => "suggestions",
            Self::List => "list",
            Self::Other => "other",
        }
    }

    /// What kind of search this is, by what costs most.
    pub fn of_search(text: &str, facets: bool) -> Self {
        match text.trim() {
            _ if facets => Self::Facets,
            "" => Self::All,
            text if text.contains(['*', '?']) => Self::Wildcard,
            text if text.contains('"') => Self::Phrase,
            text if text.contains(':') => Self::Field,
            _ => Self::Words,
        }
    }

    /// What a route asks of the index, when it asks anything of it.
    pub fn at(route: &str) -> Option<Self> {
        match route {
            "/api/v1/registers/{register}/entries" | "/api/v1/dossiers" | "/api/v1/inbox" => Some(Self::List),
            "/api/v1/search/suggestions" | "/api/v1/correspondents" => Some(Self::Suggestions),
            // What one asked is not in the index, and whoever waits for something new says nothing of its speed.
            "/api/v1/search/recent" | "/api/v1/search/recent/{id}" | "/api/v1/saved-searches/notices" => None,
            route if route.starts_with("/api/v1/saved-searches") => Some(Self::List),
            "/api/v1/duplicates" | "/api/v1/proposals" => Some(Self::Other),
            route if route.starts_with("/api/v1/search") => Some(Self::Other),
            _ => None,
        }
    }
}

/// Requests by class of status and by duration, and what was asked of the index.
#[derive(Default)]
pub struct Traffic {
    by_status: [AtomicU64; 5],
    seconds: Histogram,
    searches: [Histogram; Asked::ALL.len()],
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
        self.seconds.took(took);
    }

    /// An answer that came from the index.
    pub fn searched(&self, asked: Asked, took: Duration) {
        self.searches[asked as usize].took(took);
    }

    /// Prometheus text format.
    pub fn metrics(&self) -> String {
        let mut out = String::new();
        heading(&mut out, "http_requests_total", "counter", "Requests answered.");
        for (n, counter) in self.by_status.iter().enumerate() {
            let labels = format!("{{status=\"{}xx\"}}", n + 1);
            line(&mut out, "http_requests_total", &labels, counter.load(Ordering::Relaxed));
        }
        heading(&mut out, "http_request_seconds", "histogram", "Time until an answer begins.");
        self.seconds.write(&mut out, "http_request_seconds", "");
        heading(&mut out, "search_seconds", "histogram", "Of those, answers from the index, by what was asked.");
        for asked in Asked::ALL {
            let labels = format!("class=\"{}\"", asked.as_str());
            self.searches[asked as usize].write(&mut out, "search_seconds", &labels);
        }
        heading(&mut out, "http_requests_running", "gauge", "Requests under way.");
        line(&mut out, "http_requests_running", "", self.running.load(Ordering::Relaxed));
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
        for (text, facets) in [("suolo", false), ("suolo", true), ("\"suolo\"", false)] {
            traffic.searched(Asked::of_search(text, facets), Duration::from_millis(3));
        }
        let text = traffic.metrics();
        for class in ["words", "facets", "phrase"] {
            let line = format!("tabularium_search_seconds_count{{class=\"{class}\"}} 1\n");
            assert!(text.contains(&line), "{line} in {text}");
        }
        drop(running);
        assert!(traffic.metrics().contains("requests_running 0"));
    }
}
