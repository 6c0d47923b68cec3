//! Who may do what: API.md's table as one total function, pure.
//!
//! Reading is decided by *terms*. A thing has terms (`open`, `office:edilizia`, `party:RSSMRA…`), a reader has terms,
//! and the thing may be read when they meet. The same terms stand in the index, so that searches, counts, facets,
//! suggestions and lists are filtered by this very decision inside the query.

use std::collections::BTreeSet;

use crate::ids::{OfficeCode, UserId, UserName};
use crate::model::assignment::Assignee;
use crate::model::dossier::Dossier;
use crate::model::register::{Direction, Entry};
use crate::model::user::{Role, Scope};

/// Who acts, as the archive knows it at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub user: UserId,
    pub name: Option<UserName>,
    pub roles: Vec<Role>,
    /// With all offices below them.
    pub offices: Vec<OfficeCode>,
    /// Absent officers in whose place it works at this moment: what is assigned to them is for it too, and their offices
    /// stand among `offices`. What they did under their own names is not (see [`crate::model::absence`]).
    pub stands_in_for: Vec<UserName>,
    pub tax_code: Option<String>,
    /// What a program's token allows; of no meaning for persons.
    pub scopes: Vec<Scope>,
    /// The area is configured open: officers read all that is not confidential.
    pub area_open: bool,
    /// The program through which a citizen acts.
    pub through: Option<UserId>,
}

impl Actor {
    /// The program itself, or who holds the data folder: may do everything.
    pub fn system() -> Self {
        Self {
            user: UserId::SYSTEM,
            name: None,
            roles: Role::ALL.to_vec(),
            offices: Vec::new(),
            stands_in_for: Vec::new(),
            tax_code: None,
            scopes: Scope::ALL.to_vec(),
            area_open: true,
            through: None,
        }
    }

    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether it reads every entry that is not confidential.
    pub fn reads_what_is_open(&self) -> bool {
        match self.audience() {
            Audience::All => true,
            Audience::Terms(terms) => terms.contains(OPEN),
        }
    }

    /// Whether he reads the registers of days and years, which tell of everything: who sees every number anyway.
    fn reads_registers(&self) -> bool {
        self.is(Role::Registrar) || self.is(Role::Archivist) || self.is(Role::Auditor)
    }

    /// Its own name, and those of the people in whose place it works.
    pub fn names(&self) -> impl Iterator<Item = &UserName> {
        self.name.iter().chain(&self.stands_in_for)
    }

    fn is_officer(&self) -> bool {
        self.is(Role::Officer) || self.is(Role::Manager)
    }

    fn serves(&self, scope: Scope) -> bool {
        self.is(Role::Service) && self.scopes.contains(&scope)
    }

    /// Whether only his being a party lets him read it: then he sees the parts that are shown, whatever else he is.
    pub fn reads_as_party(&self, thing: &ThingAccess) -> bool {
        !self.at_work().audience().meets(&thing.terms())
    }

    /// Whether he may say what becomes of what is given to this office or user: his own, or of one for whom he stands in.
    pub fn answers_for(&self, assignee: &Assignee) -> bool {
        let works = self.is_officer() || self.is(Role::Registrar);
        works
            && (assignee.office.as_ref().is_some_and(|office| self.offices.contains(office))
                || assignee.user.as_ref().is_some_and(|user| self.names().any(|name| name == user)))
    }

    /// The same person without what he may read as a citizen: a party hears nothing of who works on his affair.
    pub fn at_work(&self) -> Self {
        let mut at_work = self.clone();
        at_work.roles.retain(|role| *role != Role::Citizen);
        at_work
    }

    /// The terms this reader has.
    pub fn audience(&self) -> Audience {
        if self.is(Role::Auditor) {
            return Audience::All;
        }
        let mut terms = BTreeSet::new();
        let open = self.is(Role::Registrar)
            || self.is(Role::Archivist)
            || self.serves(Scope::Read)
            || (self.is_officer() && self.area_open);
        if open {
            terms.insert(OPEN.to_owned());
        }
        let own = self.is(Role::Registrar) || self.is_officer() || self.is(Role::Service);
        if own {
            terms.insert(own_term(self.user));
        }
        if self.is_officer() {
            terms.extend(self.offices.iter().map(office_term));
            terms.extend(self.names().map(user_term));
        }
        if self.reads_registers() {
            terms.insert(REGISTERS.to_owned());
        }
        if self.is(Role::Citizen) {
            terms.extend(self.tax_code.as_deref().map(party_term));
            terms.extend(self.tax_code.as_deref().map(one_party_term));
        }
        Audience::Terms(terms)
    }
}

/// What a reader may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    All,
    Terms(BTreeSet<String>),
}

impl Audience {
    pub fn meets(&self, terms: &BTreeSet<String>) -> bool {
        match self {
            Self::All => true,
            Self::Terms(own) => !own.is_disjoint(terms),
        }
    }

    /// What is found by words. One party of several sees the dossier but not who the others are, and their names are
    /// among its words: a search that finds it by them would say so.
    pub fn by_words(self) -> Self {
        match self {
            Self::Terms(mut terms) => {
                terms.retain(|term| !term.starts_with(ONE_PARTY));
                Self::Terms(terms)
            }
            Self::All => Self::All,
        }
    }
}

const OPEN: &str = "open";
const REGISTERS: &str = "registers";

fn office_term(code: &OfficeCode) -> String {
    format!("office:{code}")
}

fn user_term(name: &UserName) -> String {
    format!("user:{name}")
}

fn own_term(user: UserId) -> String {
    format!("own:{user}")
}

fn party_term(tax_code: &str) -> String {
    format!("party:{tax_code}")
}

const ONE_PARTY: &str = "one-party:";

fn one_party_term(tax_code: &str) -> String {
    format!("{ONE_PARTY}{tax_code}")
}

/// What one may want to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    ReadEntry,
    RegisterEntry(Direction),
    AnnulEntry,
    ClassifyEntry,
    AssignEntry,
    /// Say what becomes of what is given to oneself or an office of one's own: see [`Actor::answers_for`].
    AnswerAssignment,
    AddEntryDocument,
    /// Say that it answers, follows or corrects another that the actor may read.
    LinkEntry,
    ReadDocument,
    /// The registers of days and years, as lists of all that was registered.
    ReadRegister,
    CreateDocument,
    AddDocumentVersion,
    ReadDossier,
    OpenDossier,
    FileIntoDossier,
    /// Show or hide an item to the parties, or take it out.
    ChangeDossierItem,
    CloseDossier,
    ReopenDossier,
    Upload,
    /// Search, lists, suggestions, events: allowed to all who signed in, filtered by [`Audience`].
    Look,
    /// Saved and recent searches: everybody's own, and nothing of it for somebody else.
    KeepDesk,
    /// What is assigned to whom and what becomes of it: for those who work here, filtered by [`Actor::at_work`].
    ReadInbox,
    /// Offices, registers, classification scheme.
    ReadDirectory,
    ReadUsers,
    Administer,
    ReadAccessLog,
}

/// What the action is about.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// The area as a whole.
    Area,
    Thing(&'a ThingAccess),
}

/// All that a decision needs to know of an entry, document or dossier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThingAccess {
    pub confidential: bool,
    /// Read by whoever reads what is not confidential (drafts are not).
    pub open: bool,
    /// Who registered, created or opened it.
    pub owner: Option<UserId>,
    /// Offices to which it is assigned, or which keep or take part in the dossier.
    pub offices: BTreeSet<OfficeCode>,
    pub users: BTreeSet<UserName>,
    /// Offices that keep or take part in dossiers it is filed in.
    pub dossier_offices: BTreeSet<OfficeCode>,
    /// Tax codes of citizens to whom it is shown.
    pub parties: BTreeSet<String>,
    /// It is shown to each of several, but not who the others are.
    pub parties_apart: bool,
    /// It is the register of a day or a year: for those who read registers, whatever dossier holds it.
    pub register: bool,
}

/// A dossier in which a thing is filed, and whether it shows it.
#[derive(Debug, Clone, Copy)]
pub struct FiledIn<'a> {
    pub dossier: &'a Dossier,
    pub shown: bool,
}

impl ThingAccess {
    pub fn of_entry(entry: &Entry, filed: &[FiledIn<'_>]) -> Self {
        let mut access = Self {
            confidential: entry.confidential(),
            open: !entry.confidential(),
            // Who imported it did not register it.
            owner: entry.imported.is_none().then_some(entry.registered_by),
            offices: entry.assignments.iter().filter_map(|a| a.office.clone()).collect(),
            users: entry.assignments.iter().filter_map(|a| a.user.clone()).collect(),
            ..Self::default()
        };
        for place in filed {
            access.dossier_offices.extend(place.dossier.offices().cloned());
            if place.shown {
                let correspondents = entry.facts.iter().flat_map(|facts| &facts.correspondents);
                access.parties.extend(correspondents.filter_map(|c| c.tax_code.clone()));
                access.parties.extend(place.dossier.party_codes().map(str::to_owned));
            }
        }
        access
    }

    pub fn of_dossier(dossier: &Dossier, officer: Option<&UserName>) -> Self {
        Self {
            confidential: false,
            open: true,
            owner: Some(dossier.opened_by),
            offices: dossier.offices().cloned().collect(),
            users: officer.cloned().into_iter().collect(),
            dossier_offices: BTreeSet::new(),
            parties: dossier.party_codes().map(str::to_owned).collect(),
            parties_apart: dossier.facts.as_ref().is_some_and(|facts| facts.parties.len() > 1),
            register: false,
        }
    }

    /// A document that is not registered: a draft until a dossier holds it.
    pub fn of_document(created_by: UserId, filed: &[FiledIn<'_>]) -> Self {
        let mut access = Self { open: !filed.is_empty(), owner: Some(created_by), ..Self::default() };
        for place in filed {
            access.dossier_offices.extend(place.dossier.offices().cloned());
            if place.shown {
                access.parties.extend(place.dossier.party_codes().map(str::to_owned));
            }
        }
        access
    }

    /// The register of a day or a year. It tells of entries of every office: no dossier shows it to anybody else.
    pub fn of_register() -> Self {
        Self { register: true, ..Self::default() }
    }

    /// The terms by which it is found.
    pub fn terms(&self) -> BTreeSet<String> {
        let mut terms: BTreeSet<String> = self.offices.iter().map(office_term).collect();
        terms.extend(self.users.iter().map(user_term));
        terms.extend(self.owner.map(own_term));
        let party = if self.parties_apart { one_party_term } else { party_term };
        terms.extend(self.parties.iter().map(|code| party(code)));
        if self.open {
            terms.insert(OPEN.to_owned());
        }
        if self.register {
            terms.insert(REGISTERS.to_owned());
        }
        if !self.confidential {
            // A dossier shows its offices what is filed there, but never what is confidential to others.
            terms.extend(self.dossier_offices.iter().map(office_term));
        }
        terms
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Allowed,
    /// A confidential entry: number, date and that it is confidential, no more.
    Stub,
    /// One may not know of it: answered as if it did not exist.
    Hidden,
    /// One may know of it but not do this.
    Forbidden,
}

/// The one decision. Total: every action has an answer for every actor and target.
pub fn decide(actor: &Actor, action: Action, target: Target<'_>) -> Decision {
    match target {
        Target::Area => allowed_if(may_in_area(actor, action)),
        Target::Thing(thing) => {
            let reading = read(actor, action, thing);
            match action {
                Action::ReadEntry | Action::ReadDocument | Action::ReadDossier => reading,
                _ => match reading {
                    Decision::Allowed => allowed_if(may_do(actor, action, thing)),
                    Decision::Stub => Decision::Forbidden,
                    other => other,
                },
            }
        }
    }
}

fn allowed_if(yes: bool) -> Decision {
    if yes { Decision::Allowed } else { Decision::Forbidden }
}

fn read(actor: &Actor, action: Action, thing: &ThingAccess) -> Decision {
    if actor.audience().meets(&thing.terms()) {
        return Decision::Allowed;
    }
    let sees_numbers = actor.is(Role::Registrar) || actor.is(Role::Archivist);
    let of_entry = !matches!(action, Action::ReadDocument | Action::AddDocumentVersion);
    if thing.confidential && sees_numbers && of_entry { Decision::Stub } else { Decision::Hidden }
}

/// Actions that concern no single thing, or a thing that does not exist yet.
fn may_in_area(actor: &Actor, action: Action) -> bool {
    let works = actor.is(Role::Registrar) || actor.is_officer();
    match action {
        Action::RegisterEntry(direction) => {
            actor.is(Role::Registrar)
                || actor.serves(Scope::Register)
                || (actor.is_officer() && direction != Direction::Incoming)
        }
        Action::CreateDocument | Action::OpenDossier => works || actor.serves(Scope::Dossiers),
        Action::Upload => works || actor.serves(Scope::Register) || actor.serves(Scope::Dossiers),
        Action::Look | Action::ReadDirectory => true,
        Action::KeepDesk => actor.through.is_none(),
        Action::ReadUsers => {
            works || actor.is(Role::Archivist) || actor.is(Role::Auditor) || actor.is(Role::Administrator)
        }
        Action::Administer => actor.is(Role::Administrator),
        Action::ReadAccessLog => actor.is(Role::Auditor),
        Action::ReadRegister => actor.reads_registers(),
        Action::ReadInbox => works || actor.is(Role::Archivist) || actor.is(Role::Auditor) || actor.serves(Scope::Read),
        // The rest is about one thing, and without it there is nothing to allow.
        _ => false,
    }
}

/// Actions on a thing that the actor may read.
fn may_do(actor: &Actor, action: Action, thing: &ThingAccess) -> bool {
    let own = thing.owner == Some(actor.user);
    let at_work = actor.is_officer()
        && (thing.offices.iter().chain(&thing.dossier_offices).any(|office| actor.offices.contains(office))
            || actor.names().any(|name| thing.users.contains(name)));
    let assigned = actor.is_officer()
        && (thing.offices.iter().any(|office| actor.offices.contains(office))
            || actor.names().any(|name| thing.users.contains(name)));
    match action {
        Action::AnnulEntry => actor.is(Role::Registrar),
        Action::ClassifyEntry | Action::AssignEntry => {
            actor.is(Role::Registrar) || actor.is(Role::Archivist) || assigned || (own && actor.serves(Scope::Register))
        }
        // For which of its assignments, the service decides. Who may assign may have it done once more.
        Action::AnswerAssignment => {
            assigned || may_do(actor, Action::AssignEntry, thing) && !actor.serves(Scope::Register)
        }
        Action::AddEntryDocument | Action::LinkEntry => {
            actor.is(Role::Registrar) || assigned || (own && (actor.is_officer() || actor.serves(Scope::Register)))
        }
        Action::AddDocumentVersion => at_work || (own && may_in_area(actor, Action::CreateDocument)),
        Action::FileIntoDossier => {
            actor.is(Role::Registrar) || assigned || (own && actor.is_officer()) || actor.serves(Scope::Dossiers)
        }
        Action::ChangeDossierItem => {
            actor.is(Role::Registrar) || assigned || (own && actor.is_officer()) || actor.serves(Scope::Dossiers)
        }
        Action::CloseDossier | Action::ReopenDossier => {
            actor.is(Role::Archivist) || assigned || (own && (actor.is_officer() || actor.serves(Scope::Dossiers)))
        }
        other => may_in_area(actor, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Role) -> Actor {
        Actor {
            user: UserId(7),
            name: Some("anna".parse().unwrap()),
            roles: vec![role],
            offices: vec!["edilizia".parse().unwrap()],
            stands_in_for: Vec::new(),
            tax_code: Some("RSSMRA80A01C722X".to_owned()),
            scopes: Scope::ALL.to_vec(),
            area_open: false,
            through: None,
        }
    }

    fn entry(confidential: bool) -> ThingAccess {
        ThingAccess { confidential, open: !confidential, owner: Some(UserId(1)), ..ThingAccess::default() }
    }

    fn decision(role: Role, action: Action, thing: &ThingAccess) -> Decision {
        decide(&actor(role), action, Target::Thing(thing))
    }

    #[test]
    fn an_unassigned_entry_is_read_by_the_desk_and_the_archive_not_by_officers() {
        use Decision::{Allowed, Hidden};
        let expected = [
            (Role::Administrator, Hidden),
            (Role::Registrar, Allowed),
            (Role::Officer, Hidden),
            (Role::Manager, Hidden),
            (Role::Archivist, Allowed),
            (Role::Auditor, Allowed),
            (Role::Citizen, Hidden),
            (Role::Service, Allowed),
        ];
        for (role, decision_expected) in expected {
            assert_eq!(decision(role, Action::ReadEntry, &entry(false)), decision_expected, "{role:?}");
        }
    }

    #[test]
    fn a_confidential_entry_shows_its_number_to_the_desk_and_the_archive_only() {
        use Decision::{Allowed, Hidden, Stub};
        let expected = [
            (Role::Administrator, Hidden),
            (Role::Registrar, Stub),
            (Role::Officer, Hidden),
            (Role::Manager, Hidden),
            (Role::Archivist, Stub),
            (Role::Auditor, Allowed),
            (Role::Citizen, Hidden),
            (Role::Service, Hidden),
        ];
        for (role, decision_expected) in expected {
            assert_eq!(decision(role, Action::ReadEntry, &entry(true)), decision_expected, "{role:?}");
        }
        let own = ThingAccess { owner: Some(UserId(7)), ..entry(true) };
        assert_eq!(decision(Role::Registrar, Action::AnnulEntry, &own), Allowed);
        assert_eq!(decision(Role::Registrar, Action::AnnulEntry, &entry(true)), Decision::Forbidden);
    }

    #[test]
    fn an_assignment_opens_even_what_is_confidential_a_dossier_does_not() {
        let office: OfficeCode = "edilizia".parse().unwrap();
        let assigned = ThingAccess { offices: [office.clone()].into(), ..entry(true) };
        assert_eq!(decision(Role::Officer, Action::ReadEntry, &assigned), Decision::Allowed);
        assert_eq!(decision(Role::Officer, Action::AssignEntry, &assigned), Decision::Allowed);
        assert_eq!(decision(Role::Officer, Action::AnnulEntry, &assigned), Decision::Forbidden);
        let filed = ThingAccess { dossier_offices: [office.clone()].into(), ..entry(true) };
        assert_eq!(decision(Role::Officer, Action::ReadEntry, &filed), Decision::Hidden);
        let filed_open = ThingAccess { dossier_offices: [office].into(), ..entry(false) };
        assert_eq!(decision(Role::Officer, Action::ReadEntry, &filed_open), Decision::Allowed);
        assert_eq!(decision(Role::Officer, Action::ClassifyEntry, &filed_open), Decision::Forbidden);
    }

    #[test]
    fn a_citizen_sees_what_a_dossier_shows_and_changes_nothing() {
        let shown = ThingAccess { parties: ["RSSMRA80A01C722X".to_owned()].into(), ..entry(true) };
        assert_eq!(decision(Role::Citizen, Action::ReadEntry, &shown), Decision::Allowed);
        for action in [Action::AnnulEntry, Action::ClassifyEntry, Action::FileIntoDossier, Action::CloseDossier] {
            assert_eq!(decision(Role::Citizen, action, &shown), Decision::Forbidden, "{action:?}");
        }
        assert_eq!(decide(&actor(Role::Citizen), Action::Upload, Target::Area), Decision::Forbidden);
    }

    #[test]
    fn officers_register_what_goes_out_not_what_comes_in() {
        let may = |direction| decide(&actor(Role::Officer), Action::RegisterEntry(direction), Target::Area);
        assert_eq!(may(Direction::Incoming), Decision::Forbidden);
        assert_eq!(may(Direction::Outgoing), Decision::Allowed);
        assert_eq!(may(Direction::Internal), Decision::Allowed);
    }
}
