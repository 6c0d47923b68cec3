//! What everybody who signed in may know of the area: its name, and where it is written to.

use std::sync::Arc;

use jiff::Timestamp;

use super::Archive;
use crate::model::access::Actor;
use crate::model::directory::Directory;

/// What things were called at some moment.
#[derive(Debug, Clone, Default)]
pub struct Then(Arc<Directory>);

impl Then {
    /// The title of a class in the version that was in force; failing that, in the newest that has it.
    pub fn class_title(&self, code: &str, at: Timestamp) -> Option<String> {
        let class = self.0.classification.class_at(&code.parse().ok()?, at);
        class.map(|class| class.title.clone())
    }

    /// The name that an office had, and the one that it has now.
    pub fn office_names(&self, code: &str, at: Timestamp) -> Option<(String, String)> {
        let office = self.0.offices.get(&code.parse().ok()?)?;
        Some((office.name_at(at).to_owned(), office.name.clone()))
    }
}

impl Archive {
    /// Earlier names and titles.
    pub fn then(&self) -> Then {
        Then(self.core().directory())
    }

    /// The name of the administration.
    pub fn area_name(&self) -> String {
        self.core().directory().area.name.clone()
    }

    /// Who acts, by the name that people call him by; nothing where nobody signed in.
    pub fn full_name(&self, actor: &Actor) -> String {
        let directory = self.core().directory();
        let user = actor.name.as_ref().and_then(|name| directory.user_named(name));
        user.map(|user| user.full_name.clone()).unwrap_or_default()
    }

    /// Where the administration is written to.
    pub fn area_pec(&self) -> Option<String> {
        self.core().directory().area.pec.clone()
    }
}
