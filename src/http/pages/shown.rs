//! How do things look on a page? Days, moments, sizes, and the rows of lists.

use jiff::Timestamp;
use jiff::civil::Date;

use super::page::Page;
use crate::clock;
use crate::service::EntryView;

/// An entry in a list.
pub struct Row {
    pub path: String,
    pub number: String,
    pub day: String,
    /// For `datetime`.
    pub moment: String,
    pub subject: String,
    pub correspondents: String,
    pub direction: &'static str,
    pub classification: String,
    pub offices: String,
    pub confidential: bool,
    pub annulled: bool,
}

pub fn row(page: &Page, entry: EntryView) -> Row {
    let day = moment(&entry.registered_at).map(|at| day(clock::date_in_rome(at))).unwrap_or_default();
    let path = format!("/registers/{}/entries/{}/{}", entry.register, entry.year, entry.number);
    let number = format!("{}/{}", entry.number, entry.year);
    let Some(details) = entry.details else {
        return Row {
            path,
            number,
            day,
            moment: entry.registered_at,
            subject: page.t("confidential-entry").into_owned(),
            correspondents: String::new(),
            direction: "",
            classification: String::new(),
            offices: String::new(),
            confidential: true,
            annulled: false,
        };
    };
    let names = details.correspondents.as_array().into_iter().flatten();
    let names: Vec<&str> = names.filter_map(|one| one["name"].as_str()).collect();
    let assigned = details.assignments.iter();
    let assigned: Vec<String> = assigned
        .filter_map(|one| one.office.as_ref().map(ToString::to_string).or(one.user.as_ref().map(ToString::to_string)))
        .collect();
    Row {
        path,
        number,
        day,
        moment: entry.registered_at,
        subject: details.subject.unwrap_or_default(),
        correspondents: names.join(", "),
        direction: details.direction.unwrap_or_default(),
        classification: details.classification.map(|class| class.to_string()).unwrap_or_default(),
        offices: assigned.join(", "),
        confidential: entry.confidential,
        annulled: details.annulled.is_some(),
    }
}

/// A moment as the API writes it.
pub fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// `24/11/2026`, as people here write it in both languages.
pub fn day(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}
