//! Persons and programs that act, their roles, and what a program's token may do.

use serde::{Deserialize, Serialize};

use crate::ids::{OfficeCode, TokenId, UserId, UserName};
use crate::model::field::{absent_or_null, read_from_word};

/// What one may be; one person may be several (API.md, "Who may do what").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    Administrator,
    Registrar,
    Officer,
    Manager,
    Archivist,
    Auditor,
    Citizen,
    Service,
}

read_from_word!(Role { Administrator = "administrator", Registrar = "registrar", Officer = "officer", Manager = "manager", Archivist = "archivist", Auditor = "auditor", Citizen = "citizen", Service = "service" });

impl Role {
    pub const ALL: [Self; 8] = [
        Self::Administrator,
        Self::Registrar,
        Self::Officer,
        Self::Manager,
        Self::Archivist,
        Self::Auditor,
        Self::Citizen,
        Self::Service,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Registrar => "registrar",
            Self::Officer => "officer",
            Self::Manager => "manager",
            Self::Archivist => "archivist",
            Self::Auditor => "auditor",
            Self::Citizen => "citizen",
            Self::Service => "service",
        }
    }
}

/// What a program's token may do. A person's token has none: it may do what the person may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Read entries, dossiers and documents that are not confidential, search them, follow their events.
    Read,
    /// Register entries in any direction, and handle those it registered.
    Register,
    /// Open dossiers, file into them, show items; create documents.
    Dossiers,
    /// Act for the citizen named by `On-Behalf-Of`, seeing what that person would.
    ActForCitizen,
}

read_from_word!(Scope { Read = "read", Register = "register", Dossiers = "dossiers", ActForCitizen = "act-for-citizen" });

impl Scope {
    pub const ALL: [Self; 4] = [Self::Read, Self::Register, Self::Dossiers, Self::ActForCitizen];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Register => "register",
            Self::Dossiers => "dossiers",
            Self::ActForCitizen => "act-for-citizen",
        }
    }
}

/// A person or program that may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub name: UserName,
    pub full_name: String,
    /// Told apart only where somebody has said so: Allegato 5 asks for both.
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub tax_code: Option<String>,
    pub roles: Vec<Role>,
    pub offices: Vec<OfficeCode>,
    pub active: bool,
}

impl User {
    /// Whether this is a person of the administration: not a citizen or a program alone.
    pub fn is_staff(&self) -> bool {
        self.roles.iter().any(|role| !matches!(role, Role::Citizen | Role::Service))
    }
}

/// A token: who it stands for and what it may do. The secret is known only by its hash, elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub id: TokenId,
    pub user: UserId,
    pub label: String,
    pub scopes: Vec<Scope>,
    pub revoked: bool,
}

/// `POST /api/v1/users`, and `tabularium user add`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    pub name: UserName,
    #[serde(default)]
    pub full_name: Option<String>,
    #[serde(default)]
    pub given_name: Option<String>,
    #[serde(default)]
    pub family_name: Option<String>,
    pub roles: Vec<Role>,
    #[serde(default, deserialize_with = "absent_or_null")]
    pub offices: Vec<OfficeCode>,
    #[serde(default)]
    pub tax_code: Option<String>,
    #[serde(default)]
    pub password: Option<String>,
}

/// `PATCH /api/v1/users/{name}`: what is absent stays; an empty given name, family name or tax code is taken away.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    #[serde(default)]
    pub full_name: Option<String>,
    #[serde(default)]
    pub given_name: Option<String>,
    #[serde(default)]
    pub family_name: Option<String>,
    #[serde(default)]
    pub tax_code: Option<String>,
    #[serde(default)]
    pub roles: Option<Vec<Role>>,
    #[serde(default)]
    pub offices: Option<Vec<OfficeCode>>,
    #[serde(default)]
    pub active: Option<bool>,
    #[serde(default)]
    pub password: Option<String>,
}

/// `POST /api/v1/tokens`, and `tabularium token create`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    pub user: UserName,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "absent_or_null")]
    pub scopes: Vec<Scope>,
}
