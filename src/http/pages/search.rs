//! The search page: what is looked for stands in the address; facets and days are links that change it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::civil::Date;
use serde_json::Value;

use super::asked::{Asked, address};
use super::form::Submitted;
use super::names::Names;
use super::page::{self, Page, Section};
use super::{shown, things};
use crate::http::body::Id;
use crate::http::guard::{Allowed, KeepDesk, Permission, Search};
use crate::http::problem::{Kind, Problem};
use crate::ids::SearchId;
use crate::service::{
    Archive, BucketView, Conditions, FacetValue, HistogramView, NewSavedSearch, NoteView, RecentSearch, Refusal,
    RegisterView, SavedSearchView, SearchAnswer, SearchHit, SearchQuery,
};

/// Hits of a page.
const HITS: usize = 20;
/// In the order in which they stand at the side.
const FACETS: [&str; 6] = ["kind", "year", "direction", "office", "classification", "state"];
/// Values of a facet that are shown: the most frequent ones.
const VALUES: usize = 8;
/// More bars than these are put together by year.
const BARS: usize = 18;
/// Days that are told week by week.
const DAYS_BY_WEEK: i32 = 62;

type Pairs = Vec<(String, String)>;

struct Facet {
    name: &'static str,
    values: Vec<FacetLink>,
}

struct FacetLink {
    label: String,
    count: u64,
    chosen: bool,
    href: String,
}

/// A stretch of time and what was found in it.
struct Bar {
    label: String,
    count: u64,
    href: String,
}

struct NoteShown {
    text: String,
    /// In another language than the page.
    foreign: bool,
    /// What may be asked instead, and where.
    instead: Option<(String, String)>,
}

struct HitShown {
    path: String,
    kind: &'static str,
    /// Number or code, where it has one.
    number: Option<String>,
    /// HTML, as the index made it: escaped text with `<mark>`.
    title: String,
    /// The same, from the text; none where the title says it already.
    snippet: Option<String>,
    moment: String,
    day: String,
    direction: Option<String>,
    state: Option<String>,
    offices: String,
}

struct SavedShown {
    id: SearchId,
    name: String,
    href: String,
    /// How many results are new, when some are.
    news: Option<String>,
}

#[derive(Template)]
#[template(path = "search/search.html")]
struct SearchPage {
    page: Page,
    query: SearchQuery,
    asked: bool,
    total: u64,
    exact: bool,
    hits: Vec<HitShown>,
    facets: Vec<Facet>,
    bars: Vec<Bar>,
    notes: Vec<NoteShown>,
    /// Filters in force, each with the address without it.
    chips: Vec<(String, String)>,
    next: Option<String>,
    saved: Vec<SavedShown>,
    recent: Vec<(String, String)>,
    /// The conditions as they are kept.
    kept: String,
    /// The name under which they shall be, when it was refused.
    name: Option<String>,
}

impl SearchPage {
    fn results(&self) -> String {
        self.page.n("results", self.total).into_owned()
    }

    fn most(&self) -> u64 {
        self.bars.iter().map(|bar| bar.count).max().unwrap_or(1).max(1)
    }

    fn sorted(&self, order: &str) -> bool {
        self.query.sort.as_deref().unwrap_or("relevance") == order
    }

    fn date(&self, date: &Option<Date>) -> String {
        date.map(|date| date.to_string()).unwrap_or_default()
    }

    /// Filters that are not in the form: they are carried along.
    fn carried(&self) -> Pairs {
        let mut pairs = pairs(&self.query.conditions());
        pairs.retain(|(name, _)| !matches!(name.as_str(), "q" | "from" | "to" | "sort"));
        pairs
    }
}

/// `GET /search`
pub async fn show(
    allowed: Allowed<Search>,
    Asked(query): Asked<SearchQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    page::show(&read(&allowed, &request, query, None).await?)
}

/// What a search found, beside the searches kept.
struct Found {
    answer: Option<SearchAnswer>,
    names: Names,
    registers: Vec<RegisterView>,
    saved: Vec<SavedSearchView>,
    recent: Vec<RecentSearch>,
}

async fn read<P: Permission>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    query: SearchQuery,
    name: Option<String>,
) -> Result<SearchPage, Problem> {
    let page = Page::of(request, allowed, Section::Search);
    let conditions = query.conditions();
    let asked = conditions.say_something();
    let wanted = SearchQuery { limit: Some(HITS), facets: None, histogram: None, ..query.clone() };
    let wanted = match query.cursor {
        Some(_) => wanted,
        None => {
            let (facets, histogram) = (FACETS.join(","), interval(&query).to_owned());
            SearchQuery { facets: Some(facets), histogram: Some(histogram), ..wanted }
        }
    };
    let work = move |archive: &Archive, actor: &_| {
        let answer = if asked { Some(archive.search(actor, &wanted)?) } else { None };
        let saved = archive.saved_searches(actor)?.items;
        let (names, registers) = (Names::read(archive, actor), archive.register_list());
        Ok::<_, Refusal>(Found { answer, names, registers, saved, recent: archive.recent_searches(actor)? })
    };
    let found = allowed.block(work).await??;
    let kept = serde_json::to_string(&conditions).map_err(Problem::internal)?;
    let pairs = pairs(&conditions);
    let labels = Labels { page: &page, found: &found };
    let chips = labels.chips(&pairs);
    let recent = found.recent.iter().take(8).map(|one| labels.recent(&one.query)).collect();
    let saved = found.saved.iter().map(|one| SavedShown {
        id: one.id,
        name: one.name.clone(),
        href: search_address(&one.query),
        news: (one.new > 0).then(|| page.n("saved-new", one.new).into_owned()),
    });
    let saved = saved.collect();
    let mut shown = SearchPage {
        query,
        asked,
        total: 0,
        exact: true,
        hits: Vec::new(),
        facets: Vec::new(),
        bars: Vec::new(),
        notes: Vec::new(),
        chips,
        next: None,
        saved,
        recent,
        kept,
        name,
        page: Page::of(request, allowed, Section::Search),
    };
    if let Some(answer) = &found.answer {
        shown.total = answer.total;
        shown.exact = answer.total_is == "exact";
        shown.hits = answer.items.iter().map(|hit| labels.hit(hit)).collect();
        shown.facets = labels.facets(answer, &pairs);
        shown.bars = answer.histogram.as_ref().map_or_else(Vec::new, |histogram| bars(&page, histogram, &pairs));
        shown.notes = answer.notes.iter().map(|note| told(&page, note, &pairs)).collect();
        shown.next =
            answer.next_cursor.as_ref().map(|cursor| address("/search", &with(&pairs, "cursor", Some(cursor))));
    }
    Ok(shown)
}

/// Conditions as they stand in an address.
fn pairs(conditions: &Conditions) -> Pairs {
    let Ok(Value::Object(fields)) = serde_json::to_value(conditions) else { return Pairs::new() };
    let text = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let pairs = fields.into_iter().filter_map(|(name, value)| Some((name, text(value)?)));
    pairs.filter(|(_, value)| !value.is_empty()).collect()
}

fn search_address(conditions: &Conditions) -> String {
    address("/search", &pairs(conditions))
}

/// The same with another value of one field, or without it.
fn with(pairs: &Pairs, name: &str, value: Option<&str>) -> Pairs {
    let mut pairs: Pairs = pairs.iter().filter(|(other, _)| other != name).cloned().collect();
    pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    pairs
}

/// What is counted together: the nearer one looks, the finer.
fn interval(query: &SearchQuery) -> &'static str {
    match (query.from, query.to) {
        (Some(from), Some(to)) if (to - from).get_days() <= DAYS_BY_WEEK => "week",
        _ => "month",
    }
}

/// Codes and values of a search in words.
struct Labels<'a> {
    page: &'a Page,
    found: &'a Found,
}

impl Labels<'_> {
    fn value(&self, name: &str, value: &str) -> String {
        match name {
            "office" => self.found.names.office(value),
            "classification" => self.found.names.class(value),
            "register" => {
                let register = self.found.registers.iter().find(|one| one.code.as_str() == value);
                register.map_or_else(|| value.to_owned(), |register| register.title.clone())
            }
            "from" | "to" => {
                let day = value.parse().map_or_else(|_| value.to_owned(), shown::day);
                self.page.told(if name == "from" { "since-day" } else { "until-day" }, &day).into_owned()
            }
            "text_state" => self.page.word("text", value).into_owned(),
            _ => self.page.word(name, value).into_owned(),
        }
    }

    fn chips(&self, pairs: &Pairs) -> Vec<(String, String)> {
        let filters = pairs.iter().filter(|(name, _)| !matches!(name.as_str(), "q" | "sort"));
        let chip =
            |(name, value): &(String, String)| (self.value(name, value), address("/search", &with(pairs, name, None)));
        filters.map(chip).collect()
    }

    /// What was looked for, in one line, and where it is looked for again.
    fn recent(&self, conditions: &Conditions) -> (String, String) {
        let pairs = pairs(conditions);
        let mut said: Vec<String> = Vec::new();
        said.extend(Some(conditions.q.trim().to_owned()).filter(|words| !words.is_empty()));
        said.extend(self.chips(&pairs).into_iter().map(|(label, _)| label));
        (said.join(" · "), address("/search", &pairs))
    }

    fn facets(&self, answer: &SearchAnswer, pairs: &Pairs) -> Vec<Facet> {
        let facet = |name: &'static str| {
            let values = answer.facets.get(name)?;
            let chosen = pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
            // One value alone leaves nothing to choose.
            if values.len() < 2 && chosen.is_none() {
                return None;
            }
            let link = |one: &FacetValue| {
                let is_chosen = chosen.is_some_and(|chosen| chosen.eq_ignore_ascii_case(&one.value));
                let value = Some(one.value.as_str()).filter(|_| !is_chosen);
                FacetLink {
                    label: self.value(name, &one.value),
                    count: one.count,
                    chosen: is_chosen,
                    href: address("/search", &with(pairs, name, value)),
                }
            };
            Some(Facet { name, values: values.iter().take(VALUES).map(link).collect() })
        };
        FACETS.into_iter().filter_map(facet).collect()
    }

    fn hit(&self, hit: &SearchHit) -> HitShown {
        let path = things::address(hit.kind, &hit.id);
        let number = hit.number.zip(hit.year).map(|(number, year)| format!("{number}/{year}"));
        // Where nothing of the text matches, the title is highlighted in its place.
        let of_title = plain(&hit.snippet) == hit.title;
        HitShown {
            path,
            kind: hit.kind,
            number: number.or_else(|| hit.code.clone()),
            title: if of_title { hit.snippet.clone() } else { escaped(&hit.title) },
            snippet: Some(hit.snippet.clone()).filter(|_| !of_title),
            moment: hit.date.clone(),
            day: shown::moment(&hit.date).map(|at| shown::day(crate::clock::date_in_rome(at))).unwrap_or_default(),
            direction: hit.direction.clone(),
            state: hit.state.clone(),
            offices: hit.offices.iter().map(|code| self.found.names.office(code)).collect::<Vec<_>>().join(", "),
        }
    }
}

/// The text of the index's HTML.
fn plain(html: &str) -> String {
    let text = html.replace("<mark>", "").replace("</mark>", "");
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&#x27;", "'").replace("&amp;", "&")
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

/// Bars of a histogram, by year where they would be too many.
fn bars(page: &Page, histogram: &HistogramView, pairs: &Pairs) -> Vec<Bar> {
    let by_year = histogram.interval == "year" || histogram.buckets.len() > BARS;
    let mut buckets: Vec<BucketView> = Vec::new();
    for bucket in &histogram.buckets {
        match buckets.last_mut() {
            Some(last) if by_year && last.to.year() == bucket.from.year() => {
                (last.to, last.count) = (bucket.to, last.count + bucket.count);
            }
            _ => buckets.push(bucket.clone()),
        }
    }
    // A single bar compares nothing.
    if buckets.len() < 2 {
        return Vec::new();
    }
    let label = |bucket: &BucketView| match histogram.interval {
        _ if by_year => bucket.from.year().to_string(),
        "month" => {
            format!("{} {}", page.word("month", &bucket.from.month().to_string()), bucket.from.year())
        }
        _ => format!("{} – {}", shown::day(bucket.from), shown::day(bucket.to)),
    };
    let href = |bucket: &BucketView| {
        let since = with(pairs, "from", Some(&bucket.from.to_string()));
        address("/search", &with(&since, "to", Some(&bucket.to.to_string())))
    };
    buckets.iter().map(|bucket| Bar { label: label(bucket), count: bucket.count, href: href(bucket) }).collect()
}

/// A note in the reader's language, where its code is known.
fn told(page: &Page, note: &NoteView, pairs: &Pairs) -> NoteShown {
    let known = page.words.known(&format!("note-{}", note.code)).filter(|said| !said.is_empty());
    let instead = note.query.clone().map(|query| {
        let path = address("/search", &with(pairs, "q", Some(&query)));
        (query, path)
    });
    let foreign = known.is_none() && page.language != super::words::Language::English;
    let of_the_words = ["synonyms", "read-as", "bad-value", "unknown-field", "prefix-too-short"].contains(&note.code);
    // The particulars stand between marks in the archive's own words.
    let particulars: Vec<&str> = note.text.split('`').skip(1).step_by(2).collect();
    let text = match known {
        Some(known) if of_the_words && !particulars.is_empty() => format!("{known} ({})", particulars.join(", ")),
        Some(known) => known.into_owned(),
        None => note.text.clone(),
    };
    NoteShown { text, foreign, instead }
}

/// `POST /saved-searches`
pub async fn save(submitted: Submitted<KeepDesk>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let query: Conditions = serde_json::from_str(fields.text("query"))
        .map_err(|_| Problem::invalid("query", "the conditions of a search as the page gave them"))?;
    let new = NewSavedSearch { name: fields.text("name").to_owned(), query: query.clone() };
    let saved = allowed.block(move |archive, actor| archive.save_search(actor, new)).await?.map_err(Problem::from);
    match saved {
        Ok(_) => Ok(page::go_to(&search_address(&query))),
        Err(problem) if problem.kind == Kind::Invalid => {
            let asked = super::asked::read(search_address(&query).split_once('?').map_or("", |(_, query)| query))?;
            let mut again = read(&allowed, &request, asked, Some(fields.text("name").to_owned())).await?;
            again.page.here = search_address(&query);
            page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /saved-searches/{id}/seen`: what it finds now is no longer new; goes on to what it finds.
pub async fn seen(submitted: Submitted<KeepDesk>, Id(id): Id<SearchId>) -> Result<HttpResponse, Problem> {
    let seen = submitted.allowed.block(move |archive, actor| archive.see_search(actor, id, None)).await??;
    Ok(page::go_to(&search_address(&seen.query)))
}

/// `POST /saved-searches/{id}/removal`
pub async fn remove(submitted: Submitted<KeepDesk>, Id(id): Id<SearchId>) -> Result<HttpResponse, Problem> {
    submitted.allowed.block(move |archive, actor| archive.delete_search(actor, id, None)).await??;
    Ok(back(&submitted))
}

/// `POST /search/recent/removal`
pub async fn forget(submitted: Submitted<KeepDesk>) -> Result<HttpResponse, Problem> {
    submitted.allowed.block(|archive, actor| archive.forget_searches(actor, None)).await??;
    let then = page::ours(submitted.fields.text("then")).unwrap_or("/search");
    // Going back to the results is no search to be remembered.
    Ok(page::go_to(&if then.contains('?') { format!("{then}&remember=false") } else { then.to_owned() }))
}

fn back(submitted: &Submitted<KeepDesk>) -> HttpResponse {
    page::go_to(page::ours(submitted.fields.text("then")).unwrap_or("/search"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(text: &str) -> Conditions {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn conditions_stand_in_the_address() {
        let kept = conditions(r#"{"q":"suolo & città","year":2026,"from":"2026-01-02"}"#);
        assert_eq!(search_address(&kept), "/search?from=2026-01-02&q=suolo+%26+citt%C3%A0&year=2026");
        assert_eq!(search_address(&Conditions::default()), "/search");
        let pairs = pairs(&kept);
        assert_eq!(address("/search", &with(&with(&pairs, "q", None), "from", None)), "/search?year=2026");
    }

    #[test]
    fn html_of_the_index_is_compared_as_text() {
        assert_eq!(plain("l&#39;<mark>acqua</mark> &amp; &lt;b&gt;"), "l'acqua & <b>");
        assert_eq!(plain(&escaped("l'acqua \"& <b>")), "l'acqua \"& <b>");
    }

    #[test]
    fn short_stretches_of_time_are_told_by_week() {
        let of = |text: &str| interval(&serde_json::from_str(text).unwrap());
        assert_eq!(of("{}"), "month");
        assert_eq!(of(r#"{"from":"2026-11-01","to":"2026-11-30"}"#), "week");
        assert_eq!(of(r#"{"from":"2026-01-01","to":"2026-11-30"}"#), "month");
    }
}
