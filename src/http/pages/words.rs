//! How is it said? Every text of the pages, in Italian and English, from one Fluent file a language.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// A language that the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Italian,
    English,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::Italian, Self::English];

    /// As in `lang`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Italian => "it",
            Self::English => "en",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    const fn source(self) -> &'static str {
        match self {
            Self::Italian => include_str!("texts/it.ftl"),
            Self::English => include_str!("texts/en.ftl"),
        }
    }

    pub fn words(self) -> &'static Words {
        static ITALIAN: LazyLock<Words> = LazyLock::new(|| Words::read(Language::Italian));
        static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::read(Language::English));
        match self {
            Self::Italian => &ITALIAN,
            Self::English => &ENGLISH,
        }
    }
}

/// All texts of one language.
pub struct Words(FluentBundle<FluentResource>);

impl Words {
    fn read(language: Language) -> Self {
        let id: LanguageIdentifier = language.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // The marks keep directions of writing apart; both our languages have the same.
        bundle.set_use_isolating(false);
        let resource = FluentResource::try_new(language.source().to_owned()).unwrap_or_else(|(resource, errors)| {
            tracing::error!(?errors, language = language.code(), "texts not readable");
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(?errors, language = language.code(), "texts stand twice");
        }
        Self(bundle)
    }

    /// A text by its key; the key itself where there is none, which a test keeps from happening.
    pub fn text(&self, key: &str) -> Cow<'_, str> {
        self.find(key, None).unwrap_or_else(|| Cow::Owned(key.to_owned()))
    }

    /// A text with one thing told in it: `{ $name }`.
    pub fn with<'a>(&'a self, key: &str, name: &'static str, value: impl Into<FluentValue<'a>>) -> Cow<'a, str> {
        let mut told = FluentArgs::new();
        told.set(name, value);
        self.find(key, Some(&told)).unwrap_or_else(|| Cow::Owned(key.to_owned()))
    }

    /// A text by its key, when there is one.
    pub fn known(&self, key: &str) -> Option<Cow<'_, str>> {
        self.find(key, None)
    }

    fn find(&self, key: &str, told: Option<&FluentArgs<'_>>) -> Option<Cow<'_, str>> {
        let pattern = self.0.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = self.0.format_pattern(pattern, told, &mut errors);
        if !errors.is_empty() {
            tracing::error!(key, ?errors, "text not whole");
        }
        Some(Cow::Owned(text.into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use fluent_bundle::FluentResource;

    use super::*;

    fn keys(language: Language) -> BTreeSet<String> {
        let resource = FluentResource::try_new(language.source().to_owned()).map_err(|(_, errors)| errors).unwrap();
        let ids = resource.entries().filter_map(|entry| match entry {
            fluent_syntax::ast::Entry::Message(message) => Some(message.id.name.to_owned()),
            _ => None,
        });
        let ids: Vec<String> = ids.collect();
        let keys: BTreeSet<String> = ids.iter().cloned().collect();
        assert_eq!(ids.len(), keys.len(), "a text stands twice");
        keys
    }

    /// Keys in `t("…")`, `n("…")` and `told("…")` of templates and handlers.
    fn asked() -> BTreeSet<String> {
        let mut asked = BTreeSet::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http/pages");
        let mut folders = vec![root];
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for start in ["page.t(\"", "page.n(\"", "page.told(\""] {
                    asked
                        .extend(text.split(start).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
                }
            }
        }
        asked
    }

    #[test]
    fn both_languages_say_the_same_things_and_all_that_is_asked() {
        let (italian, english) = (keys(Language::Italian), keys(Language::English));
        assert_eq!(italian.symmetric_difference(&english).collect::<Vec<_>>(), Vec::<&String>::new());
        let asked = asked();
        assert!(asked.len() > 20, "templates were not read");
        assert_eq!(asked.difference(&italian).collect::<Vec<_>>(), Vec::<&String>::new(), "asked for and not there");
    }

    #[test]
    fn numbers_are_said_as_the_language_does() {
        let italian = Language::Italian.words();
        assert_eq!(italian.with("results", "count", 1), "1 risultato");
        assert_eq!(italian.with("results", "count", 2), "2 risultati");
        assert_eq!(Language::English.words().with("results", "count", 1), "1 result");
    }
}
