//! How is the archive? Its health.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::page::{self, Page, Section};
use super::shown;
use crate::http::guard::{Administer, Allowed};
use crate::http::problem::Problem;
use crate::service::{DayView, SizesView, StatusNote, StatusView};

/// A part of a bar that shows how a whole is made up: everything in hundredths of the whole.
struct Piece {
    state: &'static str,
    count: u64,
    from: String,
    width: String,
}

/// A day in the plot of what was registered: what is drawn from the top down, and what is written.
struct Bar {
    day: String,
    count: u64,
    x: usize,
    y: u64,
    height: u64,
}

/// Units of the plot: its height, and how far its bars stand from each other.
const PLOT_HEIGHT: u64 = 60;
const BAR_STEP: usize = 10;

fn bars(days: &[DayView]) -> Vec<Bar> {
    let most = days.iter().map(|day| day.count).max().unwrap_or_default().max(1);
    let bar = |(n, day): (usize, &DayView)| {
        // What is there at all can be seen.
        let height = (day.count * PLOT_HEIGHT).div_ceil(most);
        Bar { day: shown::day(day.day), count: day.count, x: n * BAR_STEP + 1, y: PLOT_HEIGHT - height, height }
    };
    days.iter().enumerate().map(bar).collect()
}

#[derive(Template)]
#[template(path = "administration/health.html")]
struct HealthPage {
    page: Page,
    part: &'static str,
    status: StatusView,
    sizes: SizesView,
    texts: Vec<Piece>,
    days: Vec<Bar>,
}

impl HealthPage {
    fn size(&self, bytes: &u64) -> String {
        shown::size(*bytes, self.page.language)
    }

    /// Free and total space, when both are known.
    fn disk(&self) -> Option<(u64, u64)> {
        self.sizes.disk_free_bytes.zip(self.sizes.disk_total_bytes)
    }

    fn registered(&self) -> String {
        let all: u64 = self.days.iter().map(|bar| bar.count).sum();
        self.page.n("registered-in-weeks", all).into_owned()
    }

    /// The first day and the last.
    fn ends(&self) -> Option<(&Bar, &Bar)> {
        self.days.first().zip(self.days.last())
    }

    /// The first of the fullest days.
    fn fullest(&self) -> Option<&Bar> {
        self.days.iter().rev().max_by_key(|bar| bar.count).filter(|bar| bar.count > 0)
    }

    fn note(&self, note: &StatusNote) -> String {
        self.page.told(&format!("status-{}", note.code), &note.value).into_owned()
    }

    fn day(&self, day: &jiff::civil::Date) -> String {
        shown::day(*day)
    }

    fn ago(&self, seconds: &f64) -> String {
        let seconds = seconds.max(0.0) as u64;
        let (key, count) = match seconds {
            0..=89 => ("ago-seconds", seconds),
            90..=5_399 => ("ago-minutes", seconds / 60),
            5_400..=172_799 => ("ago-hours", seconds / 3_600),
            _ => ("ago-days", seconds / 86_400),
        };
        self.page.n(key, count).into_owned()
    }
}

/// The states of a text, the good ones first.
const TEXT_STATES: [&str; 4] = ["full", "partial", "none", "pending"];

fn pieces(status: &StatusView) -> Vec<Piece> {
    let counts = TEXT_STATES.map(|state| (state, status.texts.items.get(state).copied().unwrap_or_default()));
    let all: u64 = counts.iter().map(|(_, count)| count).sum();
    let mut before = 0;
    let mut pieces = Vec::new();
    for (state, count) in counts {
        let part = |count: u64| format!("{:.2}", 100.0 * count as f64 / all.max(1) as f64);
        pieces.push(Piece { state, count, from: part(before), width: part(count) });
        before += count;
    }
    pieces
}

/// `GET /administration`
pub async fn health(allowed: Allowed<Administer>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let page = Page::of(&request, &allowed, Section::Administration);
    let (status, sizes) = allowed.block(|archive, _| (archive.status(), archive.sizes())).await?;
    let (texts, days) = (pieces(&status), bars(&status.registered_by_day));
    page::show(&HealthPage { page, part: "health", status, sizes, texts, days })
}

#[cfg(test)]
mod tests {
    use super::super::words::Language;
    use super::*;

    #[test]
    fn the_fullest_day_fills_the_plot_and_a_single_entry_can_be_seen() {
        let day = |day, count| DayView { day: jiff::civil::date(2026, 3, day), count };
        let drawn = |days: &[DayView]| bars(days).iter().map(|bar| (bar.x, bar.y, bar.height)).collect::<Vec<_>>();
        assert_eq!(drawn(&[day(1, 0), day(2, 1), day(3, 600)]), [(1, 60, 0), (11, 59, 1), (21, 0, 60)]);
        assert_eq!(drawn(&[day(1, 0)]), [(1, 60, 0)], "nothing is divided by nothing");
        assert_eq!(bars(&[day(9, 4)])[0].day, "09/03/2026");
    }

    #[test]
    fn every_note_on_the_archive_is_said_in_every_language() {
        for code in StatusNote::CODES {
            for language in Language::ALL {
                let key = format!("status-{code}");
                assert_ne!(language.words().with(&key, "value", "7"), key, "{}", language.code());
            }
        }
    }
}
