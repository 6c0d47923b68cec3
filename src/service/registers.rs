//! The registers of the area: opening one, changing what it takes, closing it.

use serde::Serialize;
use serde_json::{Map, Value};

use super::Archive;
use super::draft::{Command, Decided, Draft, Fact};
use super::read::permit_in_area;
use super::refusal::Refusal;
use crate::ids::{RegisterCode, UserId};
use crate::model::access::{Action, Actor};
use crate::model::event::{Event, Facts, Nothing, RegisterChanged, RegisterChangedPrivate, RegisterOpened};
use crate::model::registers::{NewRegister, OwnField, Register, RegisterChange};

/// A register as the API shows it.
#[derive(Debug, Clone, Serialize)]
pub struct RegisterView {
    pub code: RegisterCode,
    pub title: String,
    /// A repertorio: its entries need no correspondents.
    pub special: bool,
    /// `open` or `closed`.
    pub state: &'static str,
    /// JSON Schema of what its entries have beyond the law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Map<String, Value>>,
    /// Kinds of document that are not registered here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exempt: Vec<String>,
    /// The same as its rules, with the version that a change names (`If-Match`).
    #[serde(skip)]
    pub rules: Register,
    /// `fields` as a form asks for them.
    #[serde(skip)]
    pub own_fields: Vec<OwnField>,
}

impl RegisterView {
    fn of(code: &RegisterCode, register: &Register) -> Self {
        Self {
            code: code.clone(),
            title: register.title.clone(),
            special: register.special,
            state: if register.closed { "closed" } else { "open" },
            fields: register.fields.clone(),
            exempt: register.exempt.clone(),
            rules: register.clone(),
            own_fields: register.own_fields(),
        }
    }

    pub fn is_open(&self) -> bool {
        !self.rules.closed
    }
}

impl Archive {
    pub fn register_list(&self) -> Vec<RegisterView> {
        let directory = self.core().directory();
        directory.registers.iter().map(|(code, register)| RegisterView::of(code, register)).collect()
    }

    pub fn register_view(&self, code: &RegisterCode) -> Result<RegisterView, Refusal> {
        let directory = self.core().directory();
        let register = directory.registers.get(code).ok_or(Refusal::NotFound("register"))?;
        Ok(RegisterView::of(code, register))
    }

    /// Opens a register; it numbers from 1 in each year.
    pub async fn add_register(&self, actor: &Actor, new: NewRegister) -> Result<RegisterView, Refusal> {
        permit_in_area(actor, Action::Administer)?;
        new.check()?;
        let code = new.code.clone();
        self.submit(OpenRegister { actor: actor.user, new }).await?;
        self.register_view(&code)
    }

    /// Changes what a register takes, closes it or opens it again. `expected` is the version the caller had read.
    pub async fn change_register(
        &self,
        actor: &Actor,
        code: &RegisterCode,
        change: RegisterChange,
        expected: Option<usize>,
    ) -> Result<RegisterView, Refusal> {
        permit_in_area(actor, Action::Administer)?;
        self.register_view(code)?;
        change.check()?;
        self.submit(ChangeRegister { actor: actor.user, code: code.clone(), change, expected }).await?;
        self.register_view(code)
    }
}

struct OpenRegister {
    actor: UserId,
    new: NewRegister,
}

impl Command for OpenRegister {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let code = &self.new.code;
        // Codes that differ by letter case alone would be taken for one another on paper.
        if state.directory.registers.keys().any(|known| known.as_str().eq_ignore_ascii_case(code.as_str())) {
            return Err(Refusal::AlreadyExists(format!("there is a register {code} already")));
        }
        let register = self.new.register();
        let opened = RegisterOpened { register: code.clone(), title: register.title.clone() };
        let opened = Event::RegisterOpened(Facts { public: opened, private: Some(Nothing {}) });
        let mut facts = vec![Fact { subject: path(code), event: opened }];
        let plain = Register { title: register.title.clone(), ..Register::default() };
        if register != plain {
            facts.push(changed(code, register, None));
        }
        Ok(Decided::Commit(facts))
    }
}

struct ChangeRegister {
    actor: UserId,
    code: RegisterCode,
    change: RegisterChange,
    expected: Option<usize>,
}

impl Command for ChangeRegister {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let now = state.directory.registers.get(&self.code).ok_or(Refusal::NotFound("register"))?;
        if self.expected.is_some_and(|expected| expected != now.version) {
            return Err(Refusal::Changed);
        }
        let facts = changed(&self.code, self.change.apply(now), self.change.reason.clone());
        Ok(Decided::Commit(vec![facts]))
    }
}

fn changed(code: &RegisterCode, register: Register, reason: Option<String>) -> Fact {
    let Register { title, special, fields, exempt, closed, version: _ } = register;
    let public = RegisterChanged { register: code.clone(), title, special, fields, exempt, closed };
    let event = Event::RegisterChanged(Facts { public, private: Some(RegisterChangedPrivate { reason }) });
    Fact { subject: path(code), event }
}

fn path(code: &RegisterCode) -> String {
    format!("registers/{code}")
}
