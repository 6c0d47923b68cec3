//! Which fields does an indexed item have: the schema, and an item as a tantivy document.

use std::collections::BTreeSet;

use tantivy::TantivyDocument;
use tantivy::Term;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{LowerCaser, PreTokenizedString, RawTokenizer, TextAnalyzer, Token, TokenizerManager};

use super::ordered::ordered_word;
use super::words::{Words, is_stop_word};
use super::{Item, ItemKind, Role};
use crate::text::{Facts, NamedField, SignedContent};

/// Raise it with any change of the schema, of the words, of the list of common ones or of what `document` writes: an
/// older index is rebuilt.
pub(super) const SCHEMA_VERSION: u32 = 8;

const STEMMED: &str = "tabularium_stemmed";
const PAIRED: &str = "tabularium_paired";
const EXACT: &str = "tabularium_exact";
const KEYWORD: &str = "tabularium_keyword";
const RAW: &str = "raw";

/// The fields by name. Those of one word are whole values without regard to case, but `key`, `dossier`, `digest`,
/// `inbox` and `audience`, which are compared exactly.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    pub key: Field,
    pub kind: Field,
    pub id: Field,
    pub position: Field,
    pub changed: Field,
    pub tie: Field,
    pub date: Field,
    pub register: Field,
    pub year: Field,
    pub number: Field,
    pub direction: Field,
    pub office: Field,
    pub user: Field,
    pub classification: Field,
    pub dossier: Field,
    pub state: Field,
    pub tax_code: Field,
    pub code: Field,
    pub digest: Field,
    pub text_state: Field,
    pub confidential: Field,
    pub audience: Field,
    /// See [`super::inbox`].
    pub inbox: Field,
    pub title: Field,
    pub title_exact: Field,
    pub sender: Field,
    pub recipient: Field,
    pub name: Field,
    pub file: Field,
    /// Everything a plain word is looked for in: one list to read for a word, whatever the number of fields. Pairs of
    /// frequent words too.
    pub all: Field,
    /// The same words as they are written: for forms, starts and slips. Which items, not where.
    pub word: Field,
    /// The whole title in one number: an item that is asked for by its name is the one meant.
    pub whole_title: Field,
    /// Words of named values, each after its name: `supplier:rossi`.
    pub fact: Field,
    pub language: Field,
    pub format: Field,
    /// yes, altered or no: one for each document whose facts are known.
    pub signed: Field,
    pub pages: Field,
}

fn whole(tokenizer: &str) -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(tokenizer)
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::Basic);
    TextOptions::default().set_indexing_options(indexing)
}

fn words(tokenizer: &str) -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(tokenizer)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    TextOptions::default().set_indexing_options(indexing)
}

/// The schema and its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let column = || whole(KEYWORD).set_fast(RAW);
    let numbers = || NumericOptions::from(FAST);
    let fields = Fields {
        key: builder.add_text_field("key", whole(RAW)),
        kind: builder.add_text_field("kind", column()),
        id: builder.add_text_field("id", TextOptions::default().set_fast(RAW)),
        position: builder.add_u64_field("position", numbers()),
        changed: builder.add_u64_field("changed", numbers()),
        tie: builder.add_u64_field("tie", numbers()),
        date: builder.add_i64_field("date", numbers()),
        register: builder.add_text_field("register", column()),
        year: builder.add_i64_field("year", INDEXED | FAST),
        number: builder.add_u64_field("number", INDEXED),
        direction: builder.add_text_field("direction", column()),
        office: builder.add_text_field("office", column()),
        user: builder.add_text_field("user", whole(KEYWORD)),
        classification: builder.add_text_field("classification", column()),
        dossier: builder.add_text_field("dossier", whole(RAW)),
        state: builder.add_text_field("state", column()),
        tax_code: builder.add_text_field("tax_code", whole(KEYWORD)),
        code: builder.add_text_field("code", whole(KEYWORD)),
        digest: builder.add_text_field("digest", whole(RAW)),
        text_state: builder.add_text_field("text_state", column()),
        confidential: builder.add_bool_field("confidential", INDEXED),
        audience: builder.add_text_field("audience", whole(RAW)),
        inbox: builder.add_text_field("inbox", whole(RAW)),
        title: builder.add_text_field("title", words(STEMMED)),
        title_exact: builder.add_text_field("title_exact", words(EXACT)),
        sender: builder.add_text_field("sender", words(EXACT)),
        recipient: builder.add_text_field("recipient", words(EXACT)),
        name: builder.add_text_field("name", words(EXACT)),
        file: builder.add_text_field("file", words(EXACT)),
        all: builder.add_text_field("all", words(PAIRED)),
        word: builder.add_text_field("word", whole(EXACT)),
        whole_title: builder.add_u64_field("whole_title", INDEXED),
        fact: builder.add_text_field("fact", words(EXACT)),
        language: builder.add_text_field("language", column()),
        format: builder.add_text_field("format", column()),
        signed: builder.add_text_field("signed", column()),
        pages: builder.add_u64_field("pages", INDEXED | FAST),
    };
    (builder.build(), fields)
}

/// The tokenizers the schema names.
pub(super) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    let (stemmed, paired) = Words::stemmed_and_paired();
    manager.register(STEMMED, TextAnalyzer::builder(stemmed).build());
    manager.register(PAIRED, TextAnalyzer::builder(paired).build());
    manager.register(EXACT, TextAnalyzer::builder(Words::exact()).build());
    manager.register(KEYWORD, TextAnalyzer::builder(RawTokenizer::default()).filter(LowerCaser).build());
    manager
}

/// A whole value as the index compares it: `pg` finds `PG`.
pub(super) fn keyword(value: &str) -> String {
    value.to_lowercase()
}

/// `6.3.1` with what stands above it: `6`, `6.3`, `6.3.1`.
pub(super) fn with_ancestors(classification: &str) -> impl Iterator<Item = &str> {
    let ends = classification.match_indices('.').map(|(at, _)| at).chain([classification.len()]);
    ends.map(|end| &classification[..end]).filter(|code| !code.is_empty())
}

fn key_text(kind: ItemKind, id: &str) -> String {
    format!("{kind}/{id}")
}

/// Decides the order of items of one date and position, so that the order is total and paging loses nothing.
fn tie_of(key: &str) -> u64 {
    first_number(blake3::hash(key.as_bytes()))
}

fn first_number(hash: blake3::Hash) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_le_bytes(first)
}

fn distinct(values: &[String]) -> impl Iterator<Item = &String> {
    values.iter().enumerate().filter(|(at, value)| !values[..*at].contains(value)).map(|(_, value)| value)
}

impl Fields {
    pub fn key_term(&self, kind: ItemKind, id: &str) -> Term {
        Term::from_field_text(self.key, &key_text(kind, id))
    }

    /// The item as tantivy takes it.
    pub fn document(&self, item: &Item) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        let key = key_text(item.kind, &item.id);
        document.add_u64(self.tie, tie_of(&key));
        document.add_text(self.key, key);
        document.add_text(self.kind, item.kind.as_str());
        document.add_text(self.id, &item.id);
        document.add_u64(self.position, item.position);
        document.add_u64(self.changed, item.changed);
        document.add_i64(self.date, item.date);
        document.add_bool(self.confidential, item.confidential);
        self.add_values(&mut document, item);
        self.add_words(&mut document, item);
        self.add_facts(&mut document, item);
        document
    }

    fn add_values(&self, document: &mut TantivyDocument, item: &Item) {
        for (field, value) in [
            (self.register, &item.register),
            (self.direction, &item.direction),
            (self.state, &item.state),
            (self.code, &item.code),
        ] {
            if let Some(value) = value {
                document.add_text(field, value);
            }
        }
        if let Some(year) = item.year {
            document.add_i64(self.year, year.into());
        }
        if let Some(number) = item.number {
            document.add_u64(self.number, number);
        }
        for code in item.classification.iter().flat_map(|code| with_ancestors(code)) {
            document.add_text(self.classification, code);
        }
        // A value twice would count twice in a facet.
        for (field, values) in [
            (self.office, &item.offices),
            (self.user, &item.users),
            (self.dossier, &item.dossiers),
            (self.text_state, &item.text_states),
            (self.audience, &item.audience),
        ] {
            for value in distinct(values) {
                document.add_text(field, value);
            }
        }
        for word in &item.inbox {
            document.add_text(self.inbox, word.text());
        }
        for digest in &item.digests {
            document.add_text(self.digest, digest.to_string());
        }
    }

    fn add_words(&self, document: &mut TantivyDocument, item: &Item) {
        document.add_text(self.title, &item.title);
        document.add_text(self.title_exact, &item.title);
        if let Some(title) = whole_title(&item.title) {
            document.add_u64(self.whole_title, title);
        }
        for correspondent in &item.correspondents {
            let of_role = match correspondent.role {
                Role::Sender => Some(self.sender),
                Role::Recipient | Role::Copy => Some(self.recipient),
                Role::Party => None,
            };
            for field in of_role.into_iter().chain([self.name]) {
                document.add_text(field, &correspondent.name);
            }
            if let Some(tax_code) = &correspondent.tax_code {
                document.add_text(self.tax_code, tax_code);
            }
        }
        for name in &item.file_names {
            document.add_text(self.file, name);
        }
        for text in item.searched() {
            document.add_text(self.all, text);
            document.add_text(self.word, text);
        }
    }

    fn add_facts(&self, document: &mut TantivyDocument, item: &Item) {
        let mut words = Words::exact();
        // Two documents of one language are one item of it in a facet.
        let languages: BTreeSet<_> = item.facts.iter().filter_map(|facts| facts.language.as_ref()).collect();
        let formats: BTreeSet<_> = item.facts.iter().filter_map(|facts| facts.puid.as_ref()).collect();
        languages.iter().for_each(|language| document.add_text(self.language, language));
        formats.iter().for_each(|format| document.add_text(self.format, format));
        for (name, value) in &item.named {
            add_fact(document, self.fact, &mut words, name, value);
        }
        for facts in &item.facts {
            if let Some(pages) = facts.pages {
                document.add_u64(self.pages, pages.into());
            }
            for NamedField { name, value } in &facts.fields {
                add_fact(document, self.fact, &mut words, name, value);
                // Any field of a form, whatever its maker called it.
                if name.starts_with("form:") {
                    add_fact(document, self.fact, &mut words, "form", value);
                }
            }
            for signature in &facts.signatures {
                for value in [&signature.signer, &signature.serial_number].into_iter().flatten() {
                    add_fact(document, self.fact, &mut words, "signer", value);
                }
            }
            if let Some(profile) = &facts.declares {
                add_fact(document, self.fact, &mut words, "declares", profile);
            }
        }
        // What stands twice would count twice in a facet.
        let mut signed: Vec<&str> = item.facts.iter().map(signed_word).collect();
        signed.sort_unstable();
        signed.dedup();
        for word in signed {
            document.add_text(self.signed, word);
        }
    }
}

/// Whether a document is signed, in the words of `signed:`.
fn signed_word(facts: &Facts) -> &'static str {
    match facts.signatures.as_slice() {
        [] => "no",
        some if some.iter().any(|signature| signature.content == SignedContent::Altered) => "altered",
        _ => "yes",
    }
}

/// The words that tell a title from others, in one number; none where it has none.
pub(super) fn whole_title(title: &str) -> Option<u64> {
    let mut words = Words::exact().list(title);
    words.retain(|word| !is_stop_word(word));
    if words.is_empty() {
        return None;
    }
    Some(first_number(blake3::hash(words.join(" ").as_bytes())))
}

/// The words of a named value, each after its name.
pub(super) fn fact_words(words: &mut Words, name: &str, value: &str) -> Vec<String> {
    let name = name.trim().to_lowercase().replace(char::is_whitespace, "_");
    words.list(value).into_iter().map(|word| format!("{name}:{word}")).collect()
}

fn add_fact(document: &mut TantivyDocument, field: Field, words: &mut Words, name: &str, value: &str) {
    let token = |(position, text)| Token { position, text, ..Token::default() };
    let mut add = |tokens| document.add_pre_tokenized_text(field, PreTokenizedString { text: String::new(), tokens });
    add(fact_words(words, name, value).into_iter().enumerate().map(token).collect());
    if let Some(ordered) = ordered_word(name, value) {
        add(vec![token((0, ordered))]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_stands_below_its_ancestors() {
        assert_eq!(with_ancestors("6.3.1").collect::<Vec<_>>(), ["6", "6.3", "6.3.1"]);
        assert_eq!(with_ancestors("6").collect::<Vec<_>>(), ["6"]);
        assert_eq!(with_ancestors("").count(), 0);
        assert_eq!(with_ancestors("63").collect::<Vec<_>>(), ["63"]);
    }
}
