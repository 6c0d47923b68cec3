//! To whom is an entry given, what becomes of that, and who may answer for it?
//!
//! An assignment names an office or a user, and is kept as it was given. What became of it stands beside it as its
//! [`Progress`], folded from the events of the entry: it waits, somebody took it on, it came back with a reason, or it is
//! done. So an entry of the years before answers were kept has assignments that wait, which is true: nobody said more.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{OfficeCode, UserId, UserName};
use crate::limits;
use crate::model::field::{Fields, read_from_word};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AssignmentMode {
    /// Must act (per competenza).
    Responsible,
    /// Must know (per conoscenza).
    Information,
}

read_from_word!(AssignmentMode { Responsible = "responsible", Information = "information" });

impl AssignmentMode {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Responsible => "responsible",
            Self::Information => "information",
        }
    }
}

/// To whom an entry is given: an office or a user, exactly one of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<OfficeCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserName>,
    pub mode: AssignmentMode,
    /// The day, in Rome, by which it is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// What is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Assignment {
    pub fn is_of(&self, assignee: &Assignee) -> bool {
        self.office == assignee.office && self.user == assignee.user
    }

    pub fn assignee(&self) -> Assignee {
        Assignee { office: self.office.clone(), user: self.user.clone() }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.office == other.office && self.user == other.user && self.mode == other.mode
    }
}

/// Whom an assignment names: an office or a user.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignee {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<OfficeCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserName>,
}

impl Assignee {
    /// `office:edilizia` or `user:marta`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("office", code) => Some(Self { office: Some(code.parse().ok()?), user: None }),
            ("user", name) => Some(Self { office: None, user: Some(name.parse().ok()?) }),
            _ => None,
        }
    }

    /// As [`Assignee::parse`] reads it; empty where it names nobody.
    pub fn text(&self) -> String {
        match (&self.office, &self.user) {
            (Some(office), _) => format!("office:{office}"),
            (None, Some(user)) => format!("user:{user}"),
            (None, None) => String::new(),
        }
    }
}

/// What became of an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AssignmentState {
    /// Nobody has taken it on.
    Waiting,
    /// Somebody works on it.
    Accepted,
    /// It came back to who assigns, with a reason.
    Returned,
    /// It was acted upon, or taken note of.
    Done,
}

read_from_word!(AssignmentState { Waiting = "waiting", Accepted = "accepted", Returned = "returned", Done = "done" });

impl AssignmentState {
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Accepted, Self::Returned, Self::Done];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Returned => "returned",
            Self::Done => "done",
        }
    }
}

/// What an assignee says to what was given to him.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    Accepted,
    Returned,
    Done,
    /// It is to be done after all: it waits again.
    Reopened,
}

read_from_word!(Answer { Accepted = "accepted", Returned = "returned", Done = "done", Reopened = "reopened" });

impl Answer {
    pub const ALL: [Self; 4] = [Self::Accepted, Self::Returned, Self::Done, Self::Reopened];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Returned => "returned",
            Self::Done => "done",
            Self::Reopened => "reopened",
        }
    }

    /// The state that it leads to.
    pub const fn state(self) -> AssignmentState {
        match self {
            Self::Accepted => AssignmentState::Accepted,
            Self::Returned => AssignmentState::Returned,
            Self::Done => AssignmentState::Done,
            Self::Reopened => AssignmentState::Waiting,
        }
    }

    /// What is given to be known can be taken note of, and no more. Who has it may give it to a colleague by letting
    /// him accept it; what came back is first given again, by an assignment or by reopening it.
    pub fn fits(self, mode: AssignmentMode, progress: &Progress, by: UserId) -> bool {
        use AssignmentState::{Accepted, Done, Returned, Waiting};
        match (self, progress.state) {
            (Self::Done, Waiting) | (Self::Reopened, Done) => true,
            _ if mode == AssignmentMode::Information => false,
            (Self::Accepted, Waiting) | (Self::Returned, Waiting | Accepted) | (Self::Done, Accepted) => true,
            (Self::Accepted, Accepted) => progress.worker != Some(by),
            (Self::Reopened, Returned) => true,
            _ => false,
        }
    }
}

/// Where an assignment stands, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub state: AssignmentState,
    pub since: Timestamp,
    /// Who brought it there.
    pub by: UserId,
    /// Who gave it: what comes back comes back to him too.
    pub assigned_by: UserId,
    /// Who took it on.
    pub worker: Option<UserId>,
    /// Why it came back, or is to be done again.
    pub reason: Option<String>,
}

impl Progress {
    fn waiting(at: Timestamp, by: UserId) -> Self {
        Self { state: AssignmentState::Waiting, since: at, by, assigned_by: by, worker: None, reason: None }
    }

    /// Of what is given for the first time.
    pub fn of_new(assignments: &[Assignment], at: Timestamp, by: UserId) -> Vec<Self> {
        assignments.iter().map(|_| Self::waiting(at, by)).collect()
    }

    /// Of assignments that take the place of others: one that stays goes on where it was.
    pub fn carried_over(before: (&[Assignment], &[Self]), now: &[Assignment], at: Timestamp, by: UserId) -> Vec<Self> {
        let kept = |one: &Assignment| before.0.iter().zip(before.1).find(|(old, _)| old.is_same(one)).map(|(_, p)| p);
        now.iter().map(|one| kept(one).cloned().unwrap_or_else(|| Self::waiting(at, by))).collect()
    }

    pub fn answered(&mut self, answer: Answer, reason: Option<String>, at: Timestamp, by: UserId) {
        self.worker = match answer {
            Answer::Accepted => Some(by),
            // Who marks as done what nobody took on did it.
            Answer::Done => self.worker.or(Some(by)),
            Answer::Returned | Answer::Reopened => None,
        };
        (self.state, self.since, self.by, self.reason) = (answer.state(), at, by, reason);
    }
}

/// An answer as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<OfficeCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserName>,
    pub answer: Answer,
    /// Who sends something back says why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl NewAnswer {
    pub fn assignee(&self) -> Assignee {
        Assignee { office: self.office.clone(), user: self.user.clone() }
    }

    pub fn check(&self, fields: &mut Fields) {
        if self.office.is_some() == self.user.is_some() {
            fields.refuse("office", "names an office or a user, one of the two");
        }
        match (&self.reason, self.answer) {
            (None, Answer::Returned) => fields.refuse("reason", "missing"),
            (Some(reason), Answer::Returned) => fields.long_text("reason", reason, limits::TEXT_CHARS_MAX),
            (reason, _) => fields.optional_long("reason", reason.as_deref()),
        }
    }
}

/// An assignment names exactly one office or user, and each is named once: as responsible or for information.
pub fn check_assignments(fields: &mut Fields, assignments: &[Assignment]) {
    fields.count("assignments", assignments);
    for (n, assignment) in assignments.iter().enumerate() {
        if assignment.office.is_some() == assignment.user.is_some() {
            fields.refuse(format!("assignments[{n}]"), "names an office or a user, one of the two");
        } else if assignments[..n].iter().any(|other| other.is_of(&assignment.assignee())) {
            fields.refuse(format!("assignments[{n}]"), "is assigned above already: name each office and user once");
        }
        if assignment.due.is_some_and(|due| !(1900..=9999).contains(&due.year())) {
            fields.refuse(format!("assignments[{n}].due"), "not a day by which something can be done");
        }
        fields.optional_long(&format!("assignments[{n}].note"), assignment.note.as_deref());
    }
}

/// Assignments with a further one: who must act takes the place of who had to, who must know comes beside.
pub fn given(before: &[Assignment], new: &Assignment) -> Vec<Assignment> {
    let replaced =
        |one: &Assignment| new.mode == AssignmentMode::Responsible && one.mode == AssignmentMode::Responsible;
    let stays = |one: &&Assignment| !one.is_of(&new.assignee()) && !replaced(one);
    [new.clone()].into_iter().chain(before.iter().filter(stays).cloned()).collect()
}

/// Assignments in which one is given to somebody else: what was to be done, and until when, goes along unless it is
/// said anew.
pub fn given_on(before: &[Assignment], from: &Assignee, to: &Assignment) -> Vec<Assignment> {
    let mut new = to.clone();
    if let Some(old) = before.iter().find(|one| one.is_of(from)) {
        new.due = new.due.or(old.due);
        new.note = new.note.or_else(|| old.note.clone());
    }
    let left: Vec<Assignment> = before.iter().filter(|one| !one.is_of(from)).cloned().collect();
    given(&left, &new)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANNA: UserId = UserId(1);
    const BRUNO: UserId = UserId(2);

    fn to(text: &str, mode: AssignmentMode) -> Assignment {
        let Assignee { office, user } = Assignee::parse(text).unwrap();
        Assignment { office, user, mode, due: None, note: None }
    }

    fn responsible(text: &str) -> Assignment {
        to(text, AssignmentMode::Responsible)
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn who_must_act_takes_the_place_of_who_had_to() {
        let known = to("user:marta", AssignmentMode::Information);
        let before = [responsible("office:protocollo"), known.clone()];
        assert_eq!(given(&before, &responsible("office:edilizia")), [responsible("office:edilizia"), known]);
        assert_eq!(given(&before, &responsible("user:marta")), [responsible("user:marta")], "one stands there once");
        assert_eq!(given(&before, &to("office:edilizia", AssignmentMode::Information)).len(), 3);
    }

    #[test]
    fn what_is_given_on_keeps_its_day_and_what_is_to_be_done() {
        let due = Some(jiff::civil::date(2026, 12, 5));
        let old = Assignment { due, note: Some("parere".to_owned()), ..responsible("office:edilizia") };
        let after = given_on(std::slice::from_ref(&old), &old.assignee(), &responsible("office:tributi"));
        assert_eq!(after, [Assignment { due, note: old.note.clone(), ..responsible("office:tributi") }]);
        let later = Assignment { due: Some(jiff::civil::date(2026, 12, 9)), ..responsible("office:tributi") };
        assert_eq!(given_on(std::slice::from_ref(&old), &old.assignee(), &later)[0].due, later.due);
    }

    #[test]
    fn each_state_takes_the_answers_that_make_sense() {
        use Answer::{Accepted, Done, Reopened, Returned};
        let mut progress = Progress::waiting(at(0), ANNA);
        let fits = |progress: &Progress, mode, by| -> Vec<Answer> {
            Answer::ALL.into_iter().filter(|answer| answer.fits(mode, progress, by)).collect()
        };
        let (act, know) = (AssignmentMode::Responsible, AssignmentMode::Information);
        assert_eq!(fits(&progress, act, BRUNO), [Accepted, Returned, Done]);
        assert_eq!(fits(&progress, know, BRUNO), [Done]);
        progress.answered(Accepted, None, at(1), BRUNO);
        assert_eq!(fits(&progress, act, BRUNO), [Returned, Done], "he has it already");
        assert_eq!(fits(&progress, act, ANNA), [Accepted, Returned, Done]);
        assert_eq!(progress.worker, Some(BRUNO));
        progress.answered(Done, None, at(2), ANNA);
        assert_eq!((fits(&progress, act, BRUNO), progress.worker), (vec![Reopened], Some(BRUNO)));
        progress.answered(Reopened, None, at(3), ANNA);
        progress.answered(Returned, Some("non nostro".to_owned()), at(4), BRUNO);
        assert_eq!(fits(&progress, act, BRUNO), [Reopened]);
        assert_eq!((progress.assigned_by, progress.worker, progress.by), (ANNA, None, BRUNO));
    }

    proptest! {
        /// Whatever is assigned and answered in whatever order: each assignment has one state, and giving the entry to
        /// others takes no state from those who keep it.
        #[test]
        fn states_belong_to_assignments_that_are_there(
            steps in proptest::collection::vec((0..6_usize, 0..4_usize, any::<bool>(), 1..3_u64), 1..40),
        ) {
            let names = ["office:a", "office:b", "office:c", "user:d"];
            let mode = |inform| if inform { AssignmentMode::Information } else { AssignmentMode::Responsible };
            let mut now = vec![responsible(names[0])];
            let mut progress = Progress::of_new(&now, at(0), ANNA);
            for (time, (step, who, inform, by)) in (1..).zip(steps) {
                let (before, states) = (now.clone(), progress.clone());
                if let Some(answer) = Answer::ALL.get(step) {
                    let of = Assignee::parse(names[who]).unwrap();
                    if let Some(place) = now.iter().position(|one| one.is_of(&of))
                        && answer.fits(now[place].mode, &progress[place], UserId(by))
                    {
                        progress[place].answered(*answer, None, at(time), UserId(by));
                        prop_assert_eq!(progress[place].state, answer.state());
                        let worked = matches!(answer, Answer::Accepted | Answer::Done);
                        prop_assert_eq!(progress[place].worker.is_some(), worked);
                        prop_assert!(now[place].mode == AssignmentMode::Responsible
                            || matches!(progress[place].state, AssignmentState::Waiting | AssignmentState::Done));
                    }
                    for (n, (old, new)) in states.iter().zip(&progress).enumerate() {
                        prop_assert!(now[n].is_of(&of) || old == new, "an answer concerns one assignment alone");
                    }
                } else {
                    now = given(&now, &to(names[who], mode(inform)));
                    progress = Progress::carried_over((&before, &states), &now, at(time), UserId(by));
                    for (old, state) in before.iter().zip(&states) {
                        if let Some(place) = now.iter().position(|one| one.is_same(old)) {
                            prop_assert_eq!(&progress[place], state, "what stays goes on where it was");
                        }
                    }
                    for (new, state) in now.iter().zip(&progress) {
                        prop_assert!(before.iter().any(|old| old.is_same(new)) || state.state == AssignmentState::Waiting);
                    }
                }
                prop_assert_eq!(now.len(), progress.len());
                prop_assert!(now.iter().filter(|one| one.mode == AssignmentMode::Responsible).count() <= 1);
            }
        }
    }
}
