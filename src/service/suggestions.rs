//! Completing what is being typed: recent searches, fields and their values, correspondents, titles.
//!
//! Nothing confidential is ever suggested, and nothing that the reader may not see: titles and names come from items
//! that are decided again, the rest from what everybody who signs in may know.

use jiff::Timestamp;
use serde::Serialize;

use super::Archive;
use super::blobs::view_of;
use super::items::Key;
use super::read::permit_in_area;
use super::refusal::Refusal;
use super::search::{find, readable, view_for};
use crate::index::{Filters, ItemKind, Request, Sort};
use crate::limits;
use crate::model::access::{Action, Actor, Decision, Target, decide};
use crate::model::directory::Directory;
use crate::model::register::{Correspondent, CorrespondentKind, CorrespondentRole};

/// Recent searches among the suggestions: titles want room too.
const RECENT_MAX: usize = 5;

/// Fields that are suggested by their beginning, in both languages.
const FIELDS: [&str; 46] = [
    "subject",
    "sender",
    "recipient",
    "name",
    "file",
    "kind",
    "register",
    "direction",
    "office",
    "user",
    "class",
    "state",
    "tax_code",
    "number",
    "year",
    "date",
    "text",
    "language",
    "format",
    "signed",
    "pages",
    "signer",
    "supplier",
    "invoice_number",
    "oggetto",
    "mittente",
    "destinatario",
    "nome",
    "tipo",
    "registro",
    "verso",
    "ufficio",
    "utente",
    "classifica",
    "stato",
    "codice_fiscale",
    "numero",
    "anno",
    "data",
    "lingua",
    "formato",
    "firmato",
    "pagine",
    "firmatario",
    "fornitore",
    "fattura",
];

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// `recent`, `field`, `value`, `correspondent`, or the kind of an item.
    pub kind: &'static str,
    /// Of the recent search or the item; what is typed for a field or a value.
    pub id: String,
    /// What a person reads.
    pub title: String,
    /// What to ask when it is chosen: the query with its end completed.
    pub query: String,
}

/// `GET /api/v1/correspondents`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnownCorrespondent {
    pub name: String,
    pub kind: CorrespondentKind,
    pub tax_code: Option<String>,
    pub email: Option<String>,
    pub pec: Option<String>,
    pub address: Option<String>,
}

/// Whose names are wanted.
struct Wanted<'a> {
    typed: &'a str,
    /// In any role without one.
    role: Option<CorrespondentRole>,
    confidential: bool,
    limit: usize,
}

impl Archive {
    /// What may be meant by what was typed so far, the likeliest first.
    pub fn suggestions(&self, actor: &Actor, typed: &str, limit: usize) -> Result<Vec<Suggestion>, Refusal> {
        permit_in_area(actor, Action::Look)?;
        let limit = limit.clamp(1, limits::PAGE_MAX);
        let (before, last) = last_word(typed);
        let mut suggestions = self.recent_beginning(actor, typed, limit.min(RECENT_MAX))?;
        match last.split_once(':') {
            Some((field, value)) => {
                suggestions.extend(values_of(&self.core().directory(), self.core().clock.now(), before, field, value));
                if let Some(role) = role_of(field) {
                    suggestions.extend(self.named(actor, before, field, value, role, limit)?);
                }
            }
            None => suggestions.extend(fields_beginning(before, last)),
        }
        if suggestions.len() < limit {
            suggestions.extend(self.titles(actor, typed, limit)?);
        }
        suggestions.truncate(limit);
        Ok(suggestions)
    }

    fn recent_beginning(&self, actor: &Actor, typed: &str, limit: usize) -> Result<Vec<Suggestion>, Refusal> {
        let typed = typed.trim().to_lowercase();
        if typed.is_empty() || decide(actor, Action::KeepDesk, Target::Area) != Decision::Allowed {
            return Ok(Vec::new());
        }
        let recent = self.recent_searches(actor)?.into_iter();
        let begins = recent.filter(|recent| recent.query.q.to_lowercase().starts_with(&typed));
        Ok(begins
            .take(limit)
            .map(|recent| Suggestion {
                kind: "recent",
                id: recent.id.to_string(),
                title: recent.query.q.clone(),
                query: recent.query.q,
            })
            .collect())
    }

    /// Titles that complete what was typed.
    fn titles(&self, actor: &Actor, typed: &str, limit: usize) -> Result<Vec<Suggestion>, Refusal> {
        let core = self.core();
        let hits = core.index.suggest(typed, &view_of(actor.audience()), limit).map_err(Refusal::failed)?;
        let mut suggestions = Vec::new();
        for hit in hits {
            if let Some(item) = readable(core, actor, &hit)? {
                // What a colleague made confidential a moment ago may still stand in the index as it was.
                if !item.confidential {
                    let query = format!("\"{}\"", item.title.replace('"', " "));
                    suggestions.push(Suggestion { kind: hit.kind.as_str(), id: hit.id, title: item.title, query });
                }
            }
        }
        Ok(suggestions)
    }

    /// `sender:ros` completed with names.
    fn named(
        &self,
        actor: &Actor,
        before: &str,
        field: &str,
        value: &str,
        role: Option<CorrespondentRole>,
        limit: usize,
    ) -> Result<Vec<Suggestion>, Refusal> {
        let typed = value.trim_matches('"');
        if typed.trim().is_empty() {
            return Ok(Vec::new());
        }
        let mut names: Vec<String> = Vec::new();
        for known in self.known(actor, &Wanted { typed, role, confidential: false, limit })? {
            if !names.contains(&known.name) {
                names.push(known.name);
            }
        }
        let suggestion = |name: String| {
            let id = format!("{field}:\"{}\"", name.replace('"', " "));
            Suggestion { kind: "correspondent", query: format!("{before}{id}"), id, title: name }
        };
        Ok(names.into_iter().map(suggestion).collect())
    }

    /// Correspondents of entries that the actor may read whose names begin so: for filling in the next one.
    pub fn correspondents(&self, actor: &Actor, typed: &str, limit: usize) -> Result<Vec<KnownCorrespondent>, Refusal> {
        permit_in_area(actor, Action::Look)?;
        self.known(actor, &Wanted { typed, role: None, confidential: true, limit })
    }

    fn known(&self, actor: &Actor, wanted: &Wanted<'_>) -> Result<Vec<KnownCorrespondent>, Refusal> {
        let core = self.core();
        let mut words: Vec<String> =
            wanted.typed.split_whitespace().map(|word| format!("name:{}*", plain(word))).collect();
        if !wanted.confidential {
            words.push("-is:confidential".to_owned());
        }
        let filters = Filters { kind: Some(ItemKind::Entry), ..Filters::default() };
        let request = Request {
            text: words.join(" "),
            filters,
            sort: Sort::Newest,
            limit: limits::PAGE_MAX,
            ..Request::default()
        };
        let found = find(core, &request, &view_for(actor, &request.text))?;
        let typed: Vec<String> = wanted.typed.split_whitespace().map(str::to_lowercase).collect();
        let mut known: Vec<KnownCorrespondent> = Vec::new();
        for hit in &found.hits {
            let Some(Key::Entry(id)) = Key::parse(hit.kind, &hit.id) else { continue };
            let Ok(entry) = core.entry_for(actor, Action::ReadEntry, &id) else { continue };
            if entry.access.confidential && !wanted.confidential {
                continue;
            }
            let correspondents = entry.thing.facts.iter().flat_map(|facts| &facts.correspondents);
            for correspondent in correspondents.filter(|one| wanted.role.is_none_or(|role| role == one.role)) {
                let name = correspondent.name.to_lowercase();
                let fits = typed.iter().all(|word| name.split_whitespace().any(|part| part.starts_with(word)));
                let one = KnownCorrespondent::of(correspondent);
                if fits && !known.contains(&one) {
                    known.push(one);
                }
            }
            if known.len() >= wanted.limit {
                break;
            }
        }
        known.truncate(wanted.limit);
        Ok(known)
    }
}

impl KnownCorrespondent {
    fn of(correspondent: &Correspondent) -> Self {
        Self {
            name: correspondent.name.clone(),
            kind: correspondent.kind,
            tax_code: correspondent.tax_code.clone(),
            email: correspondent.email.clone(),
            pec: correspondent.pec.clone(),
            address: correspondent.address.clone(),
        }
    }
}

/// What stands before the word that is being typed, and that word; a quote holds words together.
fn last_word(typed: &str) -> (&str, &str) {
    let (mut start, mut quoted) = (0, false);
    for (at, letter) in typed.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            letter if letter.is_whitespace() && !quoted => start = at + letter.len_utf8(),
            _ => {}
        }
    }
    typed.split_at(start)
}

fn fields_beginning(before: &str, last: &str) -> Vec<Suggestion> {
    let last = last.to_lowercase();
    let begins = FIELDS.iter().filter(|field| last.len() > 1 && field.starts_with(&last));
    begins
        .map(|field| {
            let id = format!("{field}:");
            Suggestion { kind: "field", title: id.clone(), query: format!("{before}{id}"), id }
        })
        .collect()
}

/// The role whose names complete a field: none for all of them.
fn role_of(field: &str) -> Option<Option<CorrespondentRole>> {
    match field.to_lowercase().as_str() {
        "sender" | "mittente" => Some(Some(CorrespondentRole::Sender)),
        "recipient" | "destinatario" => Some(Some(CorrespondentRole::Recipient)),
        "name" | "nome" => Some(None),
        _ => None,
    }
}

/// Values of a field that begin so, by code or in words: what everybody who signs in may know.
fn values_of(directory: &Directory, now: Timestamp, before: &str, field: &str, value: &str) -> Vec<Suggestion> {
    let plain = |values: &[&str]| values.iter().map(|value| ((*value).to_owned(), (*value).to_owned())).collect();
    let known: Vec<(String, String)> = match field.to_lowercase().as_str() {
        "kind" | "tipo" => plain(&ItemKind::ALL.map(ItemKind::as_str)),
        "direction" | "verso" => plain(&["incoming", "outgoing", "internal"]),
        "state" | "stato" => plain(&["open", "closed", "annulled"]),
        "signed" | "firmato" => plain(&["yes", "altered", "no"]),
        "language" | "lingua" => plain(&["it", "en", "de", "fr"]),
        "text" | "testo" => plain(&["full", "partial", "none", "pending"]),
        "register" | "registro" => {
            directory.registers.iter().map(|(code, register)| (code.to_string(), register.title.clone())).collect()
        }
        "office" | "ufficio" => {
            directory.offices.iter().map(|(code, office)| (code.to_string(), office.name.clone())).collect()
        }
        "class" | "classification" | "classifica" => {
            let classes = directory.classification.every_class(now).into_iter();
            classes.map(|class| (class.code.to_string(), format!("{} {}", class.code, class.title))).collect()
        }
        _ => Vec::new(),
    };
    let typed = value.trim_matches('"').to_lowercase();
    let begins = |text: &str| {
        let text = text.to_lowercase();
        text.starts_with(&typed) || text.split_whitespace().any(|word| word.starts_with(&typed))
    };
    known
        .into_iter()
        .filter(|(code, title)| begins(code) || begins(title))
        .map(|(code, title)| {
            let id = format!("{field}:{code}");
            Suggestion { kind: "value", query: format!("{before}{id}"), id, title }
        })
        .collect()
}

/// Letters and digits only: what is typed into a field is no query.
fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_is_what_is_being_typed() {
        assert_eq!(last_word("suolo sender:ros"), ("suolo ", "sender:ros"));
        assert_eq!(last_word("sender:\"Mario Ro"), ("", "sender:\"Mario Ro"));
        assert_eq!(last_word("suolo "), ("suolo ", ""));
        assert_eq!(last_word(""), ("", ""));
    }

    #[test]
    fn fields_and_values_are_completed_in_place() {
        let of = |found: Vec<Suggestion>| found.into_iter().map(|one| one.query).collect::<Vec<_>>();
        assert_eq!(of(fields_beginning("suolo ", "mitt")), ["suolo mittente:"]);
        assert_eq!(of(fields_beginning("", "s")), Vec::<String>::new(), "one letter says nothing");
        assert_eq!(
            of(values_of(&Directory::default(), Timestamp::UNIX_EPOCH, "suolo ", "stato", "ann")),
            ["suolo stato:annulled"]
        );
        assert_eq!(of(values_of(&Directory::default(), Timestamp::UNIX_EPOCH, "", "colore", "")), Vec::<String>::new());
    }
}
