//! The registers of days and years on pages: which there are, month by month, and what one says.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;

use super::page::{self, Page, Section};
use super::shown;
use crate::clock;
use crate::http::body::{Id, Query};
use crate::http::guard::{Allowed, ReadRegister};
use crate::http::problem::Problem;
use crate::ids::RegisterCode;
use crate::limits;
use crate::model::annulment::Act;
use crate::model::formed::{ChangeLine, EntryLine, Form, Period, Span};
use crate::service::{FormedFile, FormedView, Refusal, RegisterLines, RegisterOf, YearSoFar};

/// Entries of a day on one page.
const ENTRIES_SHOWN: usize = 200;

/// A register in the list of a month.
struct Row {
    day: String,
    path: String,
    formed: FormedView,
}

#[derive(Template)]
#[template(path = "daily/list.html")]
struct ListPage {
    page: Page,
    register: RegisterCode,
    title: String,
    /// `05/2026`
    month: String,
    rows: Vec<Row>,
    years: Vec<FormedView>,
    today: Date,
    before: Option<String>,
    after: Option<String>,
}

impl ListPage {
    fn count_of(&self, register: &FormedView) -> String {
        self.page.n("register-entries-count", register.entries).into_owned()
    }
}

/// `?month=2026-05`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Month {
    month: Option<String>,
}

impl Month {
    /// The first day of the month that was asked for, else of the present one.
    fn begin(&self, today: Date) -> Date {
        let asked = self.month.as_ref().and_then(|month| format!("{month}-01").parse::<Date>().ok());
        asked.filter(|day| *day <= today).unwrap_or_else(|| today.first_of_month())
    }
}

/// `GET /registers/{register}/daily`
pub async fn list(
    allowed: Allowed<ReadRegister>,
    Id(register): Id<RegisterCode>,
    Query(asked): Query<Month>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let page = Page::of(&request, &allowed, Section::Register);
    let of = register.clone();
    let (title, today, formed, years) = allowed
        .block(move |archive, actor| {
            let title = archive.register_view(&of)?.title;
            let today = archive.today();
            let next = asked.begin(today).saturating_add(1.month());
            let before = Some(Period::Day(next));
            // One more than a month has: so it is known whether there are earlier ones.
            let days = archive.formed_registers(actor, (&of, Span::Day), before, 32)?.items;
            let years = archive.formed_registers(actor, (&of, Span::Year), None, limits::PAGE_MAX)?.items;
            Ok::<_, Refusal>((title, (today, asked.begin(today)), days, years))
        })
        .await??;
    let (today, begin) = today;
    let day_of = |formed: &FormedView| match formed.period {
        Period::Day(day) => day,
        Period::Year(year) => jiff::civil::date(year, 1, 1),
    };
    let earlier = formed.iter().any(|formed| day_of(formed) < begin);
    let rows = formed.into_iter().filter(|formed| day_of(formed) >= begin);
    let rows = rows.map(|formed| Row {
        day: shown::day(day_of(&formed)),
        path: format!("/{}", formed.period.path(&formed.register)),
        formed,
    });
    let named = |day: Date| format!("/registers/{register}/daily?month={}", day.strftime("%Y-%m"));
    let next = begin.saturating_add(1.month());
    let shown = ListPage {
        month: begin.strftime("%m/%Y").to_string(),
        rows: rows.collect(),
        before: earlier.then(|| named(begin.saturating_sub(1.month()))),
        after: (next <= today).then(|| named(next)),
        page,
        register,
        title,
        years,
        today,
    };
    page::show(&shown)
}

/// A register as a page shows it, formed or not.
#[derive(Template)]
#[template(path = "daily/show.html")]
struct ShowPage {
    page: Page,
    register: RegisterCode,
    title: String,
    /// `2026-05-28`, for the address.
    period: Period,
    formed: Option<FormedView>,
    numbers: Option<(u64, u64)>,
    /// Entries, those of them that are annulled, changes of earlier ones; not of a year that goes on.
    counts: Option<(u64, u64, u64)>,
    lines: RegisterLines,
    /// Where the page goes on.
    next: Option<String>,
    /// It is not the first page.
    goes_on: bool,
}

impl ShowPage {
    fn is_day(&self) -> bool {
        self.period.span() == Span::Day
    }

    fn first_and_last(&self) -> String {
        self.numbers.map_or_else(|| "–".to_owned(), |(first, last)| format!("{first:07} – {last:07}"))
    }

    fn when(&self, time: &jiff::Timestamp) -> String {
        shown::when(&clock::rfc3339(*time))
    }

    fn time(&self, entry: &EntryLine) -> String {
        clock::in_rome(entry.registered_at).strftime("%H:%M").to_string()
    }

    fn entry_path(&self, entry: &EntryLine) -> String {
        format!("/registers/{}/entries/{}/{}", self.register, entry.year, entry.number)
    }

    fn changed_path(&self, change: &ChangeLine) -> String {
        format!("/{}", change.entry(&self.register).path())
    }

    fn act(&self, act: &Act) -> String {
        format!("{} {} {}", act.number, self.page.t("of-day"), shown::day(act.date))
    }

    fn size(&self, file: &FormedFile) -> String {
        shown::size(file.content.size, self.page.language)
    }

    /// `PDF/A`, `PDF/A, volume 2`, `XML`.
    fn form(&self, file: &FormedFile) -> String {
        let name = match file.form {
            Form::Pdf => "PDF/A",
            Form::Xml => "XML",
            Form::Csv => "CSV",
            Form::Json => "JSON",
        };
        let several = self.formed.as_ref().is_some_and(|formed| formed.volumes() > 1);
        match file.volume.filter(|_| several) {
            Some(volume) => format!("{name}, {} {volume}", self.page.t("register-volume")),
            None => name.to_owned(),
        }
    }
}

/// `?after=`: the last number of the page before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct After {
    after: u64,
}

/// `GET /registers/{register}/daily/{date}`
pub async fn of_day(
    allowed: Allowed<ReadRegister>,
    Id((register, period)): Id<(RegisterCode, Period)>,
    Query(After { after }): Query<After>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let of = register.clone();
    let (found, lines) = allowed
        .block(move |archive, actor| {
            let found = archive.register_of(actor, &of, period)?;
            Ok::<_, Refusal>((found, archive.register_lines(actor, (&of, period), after, ENTRIES_SHOWN)?))
        })
        .await??;
    let next = lines.entries.last().filter(|_| lines.more);
    let next = next.map(|last| format!("/{}?after={}", period.path(&register), last.number));
    let page = Page::of(&request, &allowed, Section::Register);
    page::show(&ShowPage { next, goes_on: after > 0, ..shown_as(page, (register, period), found, lines) })
}

/// `GET /registers/{register}/yearly/{year}`: what is in it, and its files; it is too long for a page.
pub async fn of_year(
    allowed: Allowed<ReadRegister>,
    Id((register, period)): Id<(RegisterCode, Period)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let of = register.clone();
    let YearSoFar { formed, numbers } =
        allowed.block(move |archive, actor| archive.year_so_far(actor, &of, period)).await??;
    let page = Page::of(&request, &allowed, Section::Register);
    let counts = formed.as_ref().map(|view| (view.entries, view.annulled, view.changes));
    let lines = RegisterLines::default();
    let (title, next, goes_on) = (title_of(&page, period), None, false);
    page::show(&ShowPage { page, register, title, period, formed, numbers, counts, lines, next, goes_on })
}

fn title_of(page: &Page, period: Period) -> String {
    match period {
        Period::Day(day) => page.told("daily-register-of", &shown::day(day)).into_owned(),
        Period::Year(year) => page.told("yearly-register-of", &year.to_string()).into_owned(),
    }
}

fn shown_as(
    page: Page,
    (register, period): (RegisterCode, Period),
    found: RegisterOf,
    lines: RegisterLines,
) -> ShowPage {
    let title = title_of(&page, period);
    let (formed, (first, last), counts) = match found {
        RegisterOf::Formed(view) => {
            let (numbers, counts) = ((view.first, view.last), (view.entries, view.annulled, view.changes));
            (Some(*view), numbers, counts)
        }
        RegisterOf::Open(open) => {
            let head = &open.head;
            (None, (head.first, head.last), (head.entries, head.annulled, head.changes))
        }
    };
    let numbers = first.zip(last);
    let (next, goes_on, counts) = (None, false, Some(counts));
    ShowPage { page, register, title, period, formed, numbers, counts, lines, next, goes_on }
}
