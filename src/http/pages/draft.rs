//! What was typed into the form of a registration, as it was typed: read, shown again, and made into an entry.

use jiff::civil::Date;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::dossier_forms::entry_named;
use super::form::{Fields, LOST};
use crate::digest::Blake3;
use crate::ids::{ClassCode, DossierId};
use crate::model::assignment::Assignee;
use crate::model::classification::Class;
use crate::model::field::FieldError;
use crate::model::link::NewLink;
use crate::model::register::{
    Assignment, AssignmentMode, Channel, Correspondent, CorrespondentKind, CorrespondentRole, Direction, IpaReference,
    NewEntry, NewFile, Received,
};
use crate::model::registers::{OwnField, Register, Shape};

/// What is said where something must be chosen that is not there.
pub const MISSING: &str = "missing";
pub const NO_DATE: &str = "a date such as 2026-11-20 is expected";
pub const NO_CLASS: &str = "a class code such as 6.3, or words of one class";
pub const SEVERAL_CLASSES: &str = "several classes have these words: choose one";
pub const FILE_LOST: &str = "it did not arrive: choose it again";

/// The form's content.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Sent twice, it registers once.
    pub key: String,
    pub direction: Option<Direction>,
    pub received_on: String,
    pub channel: String,
    pub received_number: String,
    pub received_date: String,
    pub deferred_reason: String,
    pub document: Option<Staged>,
    pub attachments: Vec<Staged>,
    pub who: Vec<Who>,
    pub subject: String,
    pub class: String,
    pub given: Vec<Given>,
    pub confidential: bool,
    pub location: String,
    /// What the register asks for beyond the law, by the names of its fields.
    pub own: Vec<(String, String)>,
    /// How it stands to an earlier entry, and to which.
    pub relation: String,
    pub linked: String,
    /// The code of the dossier into which it goes.
    pub dossier: String,
    /// Files that were chosen and did not arrive.
    pub lost: Vec<&'static str>,
}

/// A content that was taken in, with the name of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    pub blake3: Blake3,
    pub name: String,
    pub kind: String,
    pub description: String,
}

impl Staged {
    /// As it stands in a field.
    pub fn value(&self) -> String {
        format!("{} {}", self.blake3, self.name)
    }

    fn read(value: &str, kind: String, description: String) -> Option<Self> {
        let (blake3, name) = value.split_once(' ')?;
        Some(Self { blake3: blake3.parse().ok()?, name: name.to_owned(), kind, description })
    }

    /// Whether there is more than a name, so that the rest is shown.
    pub fn says_more(&self) -> bool {
        !self.kind.is_empty() || !self.description.is_empty()
    }

    fn file(&self) -> NewFile {
        let (kind, description) = (some(&self.kind), some(&self.description));
        NewFile { blake3: Some(self.blake3), file_name: self.name.clone(), kind, description }
    }
}

/// A row for a sender or recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Who {
    pub role: String,
    pub kind: String,
    pub name: String,
    pub tax_code: String,
    pub email: String,
    pub pec: String,
    pub address: String,
    /// Codes of the index of public administrations, of an administration.
    pub ipa_body: String,
    pub ipa_area: String,
    pub ipa_unit: String,
}

impl Who {
    fn is_blank(&self) -> bool {
        self.name.is_empty() && !self.says_more()
    }

    /// Whether there is more than a name, so that the rest is shown.
    pub fn says_more(&self) -> bool {
        let more = [&self.tax_code, &self.email, &self.pec, &self.address];
        more.iter().any(|text| !text.is_empty()) || self.has_codes()
    }

    pub fn has_codes(&self) -> bool {
        [&self.ipa_body, &self.ipa_area, &self.ipa_unit].iter().any(|text| !text.is_empty())
    }
}

/// A row for an office or user to whom the entry is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// `office:edilizia` or `user:marta`.
    pub to: String,
    pub mode: String,
    /// The day by which it is to be done, and what is to be done.
    pub due: String,
    pub note: String,
}

/// A word of a closed list, as the API reads it.
fn word<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::from(text)).ok()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// What a field of the form is called that the register asks for.
pub const OWN: &str = "own-";

fn own_field((name, value): &(String, String)) -> Option<(String, String)> {
    Some((name.strip_prefix(OWN)?.to_owned(), value.trim().to_owned())).filter(|(_, value)| !value.is_empty())
}

/// A key for a form.
pub fn new_key() -> String {
    Uuid::new_v4().to_string()
}

impl Draft {
    /// The form for the next document.
    pub fn fresh(key: String, direction: Option<Direction>, channel: Option<Channel>, on: Date) -> Self {
        let channel = channel.unwrap_or(Channel::Counter);
        let channel = serde_json::to_value(channel).ok().and_then(|value| value.as_str().map(str::to_owned));
        Self {
            key,
            direction,
            received_on: on.to_string(),
            channel: channel.unwrap_or_default(),
            who: vec![Who::default()],
            given: vec![Given::default()],
            ..Self::default()
        }
    }

    pub fn read(fields: &Fields) -> Self {
        let text = |name: &str| fields.text(name).to_owned();
        let column = |name: &'static str| fields.all(name).map(str::to_owned).collect::<Vec<_>>();
        let (roles, kinds, codes) = (column("who-role"), column("who-kind"), column("who-tax-code"));
        let (emails, pecs, addresses) = (column("who-email"), column("who-pec"), column("who-address"));
        let (bodies, areas, units) = (column("who-ipa-body"), column("who-ipa-area"), column("who-ipa-unit"));
        let at = |column: &[String], n: usize| column.get(n).cloned().unwrap_or_default();
        let row = |(n, name): (usize, String)| Who {
            role: at(&roles, n),
            kind: at(&kinds, n),
            name,
            tax_code: at(&codes, n),
            email: at(&emails, n),
            pec: at(&pecs, n),
            address: at(&addresses, n),
            ipa_body: at(&bodies, n),
            ipa_area: at(&areas, n),
            ipa_unit: at(&units, n),
        };
        let (modes, dues, notes) = (column("given-mode"), column("given-due"), column("given-note"));
        let given =
            |(n, to): (usize, String)| Given { to, mode: at(&modes, n), due: at(&dues, n), note: at(&notes, n) };
        let document = |value| Staged::read(value, text("document-kind"), text("document-description"));
        // What is said of attachments stands in line with them, also with those that did not arrive.
        let (kinds_of_files, descriptions) = (column("attachment-kind"), column("attachment-description"));
        let attached = fields.all("attachment").enumerate();
        let attached = attached.filter(|(_, value)| fields.all("gone").all(|gone| gone != *value));
        let attachment = |(n, value)| Staged::read(value, at(&kinds_of_files, n), at(&descriptions, n));
        let lost = |name: &&'static str| fields.all(name).any(|value| value.starts_with(LOST));
        Self {
            key: text("key"),
            direction: word(fields.text("direction")),
            received_on: text("received-on"),
            channel: text("channel"),
            received_number: text("received-number"),
            received_date: text("received-date"),
            deferred_reason: text("deferred-reason"),
            // One that is chosen now comes after the one that was kept, and takes its place.
            document: fields.all("document").filter_map(document).last(),
            attachments: attached.filter_map(attachment).collect(),
            who: column("who-name").into_iter().enumerate().map(row).filter(|who| !who.is_blank()).collect(),
            // A subject is one line, wherever it was copied from.
            subject: fields.text("subject").split_whitespace().collect::<Vec<_>>().join(" "),
            // One of those that had the words that stand there still.
            class: match fields.some("class-choice") {
                Some(choice) if fields.text("class") == fields.text("class-offered") => choice.to_owned(),
                _ => text("class"),
            },
            given: column("given-to").into_iter().enumerate().map(given).filter(|row| !row.to.is_empty()).collect(),
            confidential: fields.ticked("confidential"),
            location: text("location"),
            own: fields.0.iter().filter_map(own_field).collect(),
            relation: text("relation"),
            linked: text("linked"),
            dossier: text("dossier"),
            lost: ["document", "attachment"].into_iter().filter(lost).collect(),
        }
    }

    /// The form once more: at least one row of each kind, and one more or another direction where that was asked for.
    pub fn once_more(mut self, more: &str) -> Self {
        self.direction = word(more).or(self.direction);
        if self.who.is_empty() || more == "correspondent" {
            self.who.push(Who::default());
        }
        if self.given.is_empty() || more == "assignment" {
            self.given.push(Given::default());
        }
        self
    }

    /// The classes that are meant: one by its code, or all that have these words.
    pub fn classes_among<'a>(&self, classes: &'a [Class]) -> Vec<&'a Class> {
        let Some(code) = self.class.split_whitespace().next() else { return Vec::new() };
        if let Some(class) = classes.iter().find(|class| class.code.as_str() == code) {
            return vec![class];
        }
        let typed = self.class.to_lowercase();
        let fits = |class: &&Class| {
            let title = class.title.to_lowercase();
            typed.split_whitespace().all(|word| title.contains(word))
        };
        classes.iter().filter(fits).collect()
    }

    /// The entry that is asked for, with what is wrong already here. What stands in place of it is never registered.
    /// `dossier` is the one whose code was typed, or what is wrong with that.
    pub fn entry(
        &self,
        (register, rules): (&str, &Register),
        classes: &[Class],
        dossier: Result<Option<DossierId>, Vec<FieldError>>,
        today: Date,
    ) -> Result<NewEntry, Vec<FieldError>> {
        let mut wrong = Wrong::default();
        let direction = self.direction.unwrap_or(Direction::Incoming);
        let class = match self.classes_among(classes).as_slice() {
            [class] => Some(class.code.clone()),
            [] => {
                wrong.say("classification", if self.class.is_empty() { MISSING } else { NO_CLASS });
                None
            }
            _ => {
                wrong.say("classification", SEVERAL_CLASSES);
                None
            }
        };
        let dossier = dossier.unwrap_or_else(|errors| {
            wrong.0.extend(errors);
            None
        });
        for (n, given) in self.given.iter().enumerate() {
            if !given.due.is_empty() && given.due.parse::<Date>().is_err() {
                wrong.say(&format!("assignments[{n}].due"), NO_DATE);
            }
        }
        for name in &self.lost {
            wrong.say(if *name == "document" { "document" } else { "attachments" }, FILE_LOST);
        }
        let entry = NewEntry {
            direction,
            subject: self.subject.clone(),
            correspondents: self.who.iter().map(|who| correspondent(who, direction)).collect(),
            received: (direction == Direction::Incoming).then(|| self.received(&mut wrong, today)),
            classification: class.or_else(|| "0".parse::<ClassCode>().ok()).ok_or_else(Vec::new)?,
            assignments: self.given.iter().map(assignment).collect(),
            confidential: self.confidential,
            document: self.document.as_ref().map(Staged::file),
            attachments: self.attachments.iter().map(Staged::file).collect(),
            location: some(&self.location),
            dossier,
            fields: self.own_values(rules),
            links: self.links(&mut wrong, register, today),
        };
        // A form is told all that is wrong with it at once.
        let checked = entry.check(today, rules.special).err().into_iter().chain(rules.check(&entry).err()).flatten();
        let said = wrong.0;
        let others = checked.filter(|error| said.iter().all(|other| other.field != error.field));
        let errors: Vec<FieldError> = others.chain(said.iter().cloned()).collect();
        if errors.is_empty() { Ok(entry) } else { Err(errors) }
    }

    /// What was typed into a field that the register asks for.
    pub fn own_value(&self, name: &str) -> &str {
        self.own.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }

    fn own_values(&self, rules: &Register) -> Map<String, Value> {
        let value = |field: OwnField| {
            let typed = self.own_value(&field.name);
            // A box that is not ticked says no.
            let says = !typed.is_empty() || field.shape == Shape::YesOrNo;
            says.then(|| (field.name.clone(), field.shape.read(typed)))
        };
        rules.own_fields().into_iter().filter_map(value).collect()
    }

    fn links(&self, wrong: &mut Wrong, register: &str, today: Date) -> Vec<NewLink> {
        if self.linked.is_empty() {
            return Vec::new();
        }
        let entry = entry_named(&self.linked, register, today);
        match (word(&self.relation), entry) {
            (Some(relation), Some(entry)) => vec![NewLink { relation, entry }],
            _ => {
                wrong.say("links[0].entry", "not a number");
                Vec::new()
            }
        }
    }

    /// How it came, as far as it was said rightly.
    pub fn received_alone(&self, today: Date) -> Result<Received, Vec<FieldError>> {
        let mut wrong = Wrong::default();
        let received = self.received(&mut wrong, today);
        if wrong.0.is_empty() { Ok(received) } else { Err(wrong.0) }
    }

    fn received(&self, wrong: &mut Wrong, today: Date) -> Received {
        let on = self.received_on.parse().ok();
        if on.is_none() {
            wrong.say("received.on", if self.received_on.is_empty() { MISSING } else { NO_DATE });
        }
        let date = some(&self.received_date).map(|text| text.parse::<Date>());
        if matches!(date, Some(Err(_))) {
            wrong.say("received.date", NO_DATE);
        }
        let channel = word(&self.channel);
        if channel.is_none() {
            wrong.say("received.channel", MISSING);
        }
        Received {
            on: on.unwrap_or(today),
            channel: channel.unwrap_or(Channel::Counter),
            number: some(&self.received_number),
            date: date.and_then(Result::ok),
            deferred_reason: some(&self.deferred_reason),
        }
    }
}

#[derive(Default)]
struct Wrong(Vec<FieldError>);

impl Wrong {
    fn say(&mut self, field: &str, message: &str) {
        self.0.push(FieldError { field: field.to_owned(), message: message.to_owned() });
    }
}

/// A row as the API takes it; who stands in it by default follows from the direction.
pub fn correspondent(who: &Who, direction: Direction) -> Correspondent {
    let role = match direction {
        Direction::Incoming => CorrespondentRole::Sender,
        _ => word(&who.role).unwrap_or(CorrespondentRole::Recipient),
    };
    Correspondent {
        role,
        kind: word(&who.kind).unwrap_or(CorrespondentKind::Person),
        name: who.name.clone(),
        given_name: None,
        family_name: None,
        tax_code: some(&who.tax_code),
        email: some(&who.email),
        pec: some(&who.pec),
        address: some(&who.address),
        ipa: who.has_codes().then(|| IpaReference {
            administration: who.ipa_body.clone(),
            area: some(&who.ipa_area),
            unit: some(&who.ipa_unit),
        }),
    }
}

/// What names neither an office nor a user is refused when the entry is checked.
fn assignment(given: &Given) -> Assignment {
    let Assignee { office, user } = Assignee::parse(&given.to).unwrap_or(Assignee { office: None, user: None });
    let mode = word(&given.mode).unwrap_or(AssignmentMode::Responsible);
    Assignment { office, user, mode, due: given.due.parse().ok(), note: some(&given.note) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::classification::Scheme;

    const TODAY: Date = jiff::civil::date(2026, 11, 24);

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn wrong(draft: &Draft) -> Vec<(String, String)> {
        let errors = draft
            .entry(("PG", &Register::default()), &Scheme::municipalities().classes, Ok(None), TODAY)
            .err()
            .unwrap_or_default();
        errors.into_iter().map(|error| (error.field, error.message)).collect()
    }

    #[test]
    fn rows_stay_in_line_and_blank_ones_do_not_count() {
        let draft = Draft::read(&fields(&[
            ("who-name", ""),
            ("who-tax-code", ""),
            ("who-name", "Edil Nord srl"),
            ("who-tax-code", "01234567890"),
            ("who-kind", "person"),
            ("who-kind", "business"),
            ("given-to", "office:edilizia"),
            ("given-mode", "information"),
            ("given-to", ""),
        ]));
        let names = draft.who.iter().map(|who| (who.name.as_str(), who.tax_code.as_str(), who.kind.as_str()));
        assert_eq!(names.collect::<Vec<_>>(), [("Edil Nord srl", "01234567890", "business")]);
        assert_eq!(draft.given.len(), 1);
        assert_eq!(assignment(&draft.given[0]).mode, AssignmentMode::Information);
        let longer = draft.clone().once_more("correspondent");
        assert_eq!((longer.who.len(), longer.given.len(), longer.direction), (2, 1, None));
        assert_eq!(draft.once_more("outgoing").direction, Some(Direction::Outgoing));
    }

    #[test]
    fn a_class_is_found_by_code_or_by_words_of_one() {
        let classes = Scheme::municipalities().classes;
        let code = |typed: &str| {
            let draft = Draft { class: typed.to_owned(), ..Draft::default() };
            draft.classes_among(&classes).into_iter().map(|class| class.code.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(code("6.3 Edilizia privata"), ["6.3"]);
        assert_eq!(code("edilizia priv"), ["6.3"]);
        assert!(code("edilizia").len() > 1, "two classes have this word");
        assert!(code("").is_empty() && code("xyzzy").is_empty());
        let said = |typed: &str| wrong(&Draft { class: typed.to_owned(), ..Draft::default() });
        assert!(said("edilizia").contains(&("classification".to_owned(), SEVERAL_CLASSES.to_owned())));
        assert!(said("xyzzy").contains(&("classification".to_owned(), NO_CLASS.to_owned())));
    }

    #[test]
    fn a_choice_among_classes_counts_as_long_as_the_words_stay() {
        let class = |typed: &str| {
            Draft::read(&fields(&[("class", typed), ("class-offered", "edilizia"), ("class-choice", "6.3")])).class
        };
        assert_eq!((class("edilizia").as_str(), class("8.5").as_str()), ("6.3", "8.5"));
    }

    #[test]
    fn what_is_said_of_files_stays_with_them() {
        let digest = Blake3::of(b"x");
        let (one, gone, two) = (format!("{digest} uno"), format!("{digest} via"), format!("{digest} due"));
        let mut all = vec![("document", one.as_str()), ("document-kind", "istanza")];
        for (value, kind, description) in
            [(LOST, "", "perso"), (gone.as_str(), "", "tolto"), (two.as_str(), "pianta", "del piano terra")]
        {
            all.extend([("attachment", value), ("attachment-kind", kind), ("attachment-description", description)]);
        }
        all.push(("gone", &gone));
        let draft = Draft::read(&fields(&all));
        assert_eq!(draft.document.map(|one| one.kind).as_deref(), Some("istanza"));
        let kept = draft.attachments.iter().map(|one| (one.name.as_str(), one.kind.as_str(), one.description.as_str()));
        assert_eq!(kept.collect::<Vec<_>>(), [("due", "pianta", "del piano terra")]);
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let digest = Blake3::of(b"x");
        let draft = Draft::read(&fields(&[
            ("direction", "incoming"),
            ("received-on", "ieri"),
            ("channel", "pec"),
            ("attachment", &format!("{digest} pianta.pdf")),
            ("who-name", "Mario Rossi"),
            ("who-tax-code", "XYZ"),
        ]));
        let fields: Vec<String> = wrong(&draft).into_iter().map(|(field, _)| field).collect();
        let expected = ["subject", "correspondents[0].tax_code", "document", "classification", "received.on"];
        assert_eq!(fields, expected);
        assert_eq!(draft.attachments[0].value(), format!("{digest} pianta.pdf"));
    }

    #[test]
    fn what_was_chosen_and_did_not_arrive_is_not_left_out_silently() {
        let mut all = vec![
            ("direction", "incoming"),
            ("received-on", "2026-11-24"),
            ("channel", "counter"),
            ("who-name", "Mario Rossi"),
            ("subject", "Richiesta\r\n di  occupazione"),
            ("class", "6.3"),
        ];
        let draft = Draft::read(&fields(&all));
        assert_eq!(wrong(&draft), [], "paper may be registered before its scan");
        assert_eq!(draft.subject, "Richiesta di occupazione");
        let lost = format!("{LOST}istanza.pdf");
        all.push(("document", &lost));
        assert_eq!(wrong(&Draft::read(&fields(&all))), [("document".to_owned(), FILE_LOST.to_owned())]);
    }
}
