//! What everybody who signed in may know of the area: its name and its classification scheme.

use serde::Serialize;

use super::Archive;
use crate::model::access::Actor;
use crate::model::classification::Class;

/// The classification scheme as the API shows it.
#[derive(Debug, Clone, Serialize)]
pub struct SchemeView {
    pub code: String,
    pub title: String,
    /// In the order in which people read them.
    pub classes: Vec<Class>,
}

impl Archive {
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

    pub fn classification(&self) -> SchemeView {
        let directory = self.core().directory();
        let class = |code| {
            let title = directory.classes.get(code).cloned().unwrap_or_default();
            Class { code: code.clone(), title }
        };
        SchemeView {
            code: directory.scheme.clone(),
            title: directory.scheme_title.clone(),
            classes: directory.class_order.iter().map(class).collect(),
        }
    }
}
