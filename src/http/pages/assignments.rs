//! How does an assignment look: to whom, until when, where it stands, and what may be answered to it.

use jiff::Timestamp;
use jiff::civil::Date;

use super::names::Names;
use super::page::Page;
use super::person::Person;
use super::shown;
use crate::model::assignment::{Answer, Assignment, AssignmentState};
use crate::service::{AssignmentOffer, ProgressView};

/// A day by which something is to be done, in words that say how near it is.
pub struct Due {
    pub text: String,
    /// For the colour: `overdue`, `soon` or `later`. The words say the same.
    pub nearness: &'static str,
}

impl Due {
    /// `today` is the day in Rome. What is done is not late any more.
    pub fn of(page: &Page, assignment: &Assignment, state: AssignmentState, today: Date) -> Option<Self> {
        let day = assignment.due?;
        let days = i64::from(day.since(today).map_or(0, |span| span.get_days()));
        let late = |days: i64| page.n("due-days-ago", days.unsigned_abs()).into_owned();
        let (text, nearness) = match days {
            _ if state == AssignmentState::Done => (page.told("due-on", &shown::day(day)).into_owned(), "later"),
            i64::MIN..=-1 => (late(days), "overdue"),
            0 => (page.t("due-today").into_owned(), "soon"),
            1 => (page.t("due-tomorrow").into_owned(), "soon"),
            2..=7 => (page.n("due-in-days", days.unsigned_abs()).into_owned(), "soon"),
            _ => (page.told("due-on", &shown::day(day)).into_owned(), "later"),
        };
        Some(Self { text, nearness })
    }
}

/// Where an assignment stands, in a sentence: `in carico a Marta Ghirlandi, dal 24/11/2026, 09:05`.
pub fn standing(page: &Page, names: &Names, progress: &ProgressView) -> String {
    let who = match (progress.state, &progress.worker) {
        (AssignmentState::Accepted | AssignmentState::Done, Some(worker)) => worker,
        _ => &progress.by,
    };
    let state = page.told(&format!("standing-{}", progress.state.as_str()), &names.person(who)).into_owned();
    format!("{state}, {}", shown::when(&progress.since))
}

/// An assignment on the page of its entry.
pub struct Given {
    pub person: Person,
    pub due: Option<Due>,
    pub note: Option<String>,
    pub reason: Option<String>,
    /// None for a party, who is not told.
    pub standing: Option<String>,
    pub state: &'static str,
    /// `office:edilizia`, as the forms send it.
    pub of: String,
    /// What may be answered by one press, and whether it may be sent back.
    pub presses: Vec<&'static str>,
    pub returns: bool,
}

impl Given {
    pub fn new(
        (page, names): (&Page, &Names),
        (assignment, at): (&Assignment, &Timestamp),
        progress: Option<&ProgressView>,
        offer: Option<&AssignmentOffer>,
        today: Date,
    ) -> Self {
        let answers = offer.map_or(&[][..], |offer| &offer.answers);
        let press = |answer: &&Answer| **answer != Answer::Returned;
        let state = progress.map_or(AssignmentState::Waiting, |progress| progress.state);
        Self {
            person: names.card(page, assignment, at),
            due: Due::of(page, assignment, state, today),
            note: assignment.note.clone(),
            reason: progress.and_then(|progress| progress.reason.clone()),
            standing: progress.map(|progress| standing(page, names, progress)),
            state: state.as_str(),
            of: assignment.assignee().text(),
            presses: answers.iter().filter(press).map(|answer| answer.as_str()).collect(),
            returns: answers.contains(&Answer::Returned),
        }
    }
}
