//! `credentials.json`: password hashes and token hashes, the only secret state, kept out of the journal.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use argon2::Argon2;
use argon2::password_hash::PasswordHasher as _;
use rand::RngExt as _;
use serde::{Deserialize, Serialize};

use super::password_check;
use super::refusal::Refusal;
use crate::digest::Sha256;
use crate::disk::{Disk, DiskError};
use crate::ids::{TokenId, UserId};

/// The file's contents.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Secrets {
    /// argon2id in PHC form.
    #[serde(default)]
    passwords: BTreeMap<UserId, String>,
    /// SHA-256 of the token: a token is 32 random bytes, so no slow hash is needed.
    #[serde(default)]
    tokens: BTreeMap<TokenId, Sha256>,
}

/// Why the credentials were not opened.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    #[error("the credentials in {} cannot be read: put back a copy, or move the file away, make a token with `tabularium token create`, and set new passwords", path.display())]
    Unreadable { path: PathBuf, source: serde_json::Error },
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// What can be wrong with the file.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    #[error("it is missing: nobody can sign in, and no token is known")]
    Missing,
    #[error("it cannot be read: {0}")]
    Unreadable(serde_json::Error),
}

pub struct Credentials {
    disk: Disk,
    path: PathBuf,
    secrets: Mutex<Secrets>,
}

impl Credentials {
    pub fn open(disk: Disk, root: &Path) -> Result<Self, CredentialsError> {
        let path = root.join("credentials.json");
        let secrets = match disk.exists(&path)? {
            false => Secrets::default(),
            true => serde_json::from_slice(&disk.read(&path)?)
                .map_err(|source| CredentialsError::Unreadable { path: path.clone(), source })?,
        };
        Ok(Self { disk, path, secrets: Mutex::new(secrets) })
    }

    /// What is wrong with the file in a data folder.
    pub fn damage(disk: &Disk, root: &Path) -> Result<Option<Damage>, DiskError> {
        let path = root.join("credentials.json");
        if !disk.exists(&path)? {
            return Ok(Some(Damage::Missing));
        }
        Ok(serde_json::from_slice::<Secrets>(&disk.read(&path)?).err().map(Damage::Unreadable))
    }

    pub fn set_password(&self, user: UserId, password: &str) -> Result<(), Refusal> {
        let mut salt = [0_u8; 16];
        rand::rng().fill(&mut salt);
        let hash = Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(|error| Refusal::Failed(error.to_string().into()))?
            .to_string();
        self.change(|secrets| {
            secrets.passwords.insert(user, hash);
        })
    }

    /// Takes some 20 ms by design, also for users who have no password, so that time tells nothing.
    pub fn check_password(&self, user: Option<UserId>, password: &str) -> bool {
        let stored = user.and_then(|user| self.lock().passwords.get(&user).cloned());
        let (hash, known) = match stored {
            Some(hash) => (hash, true),
            None => (NOBODYS_PASSWORD.to_owned(), false),
        };
        let matches = password_check::matches(&hash, password);
        known && matches
    }

    /// What changes with a user's password, and tells nothing of it.
    pub fn password_stamp(&self, user: UserId) -> Option<Sha256> {
        self.lock().passwords.get(&user).map(|hash| Sha256::of(hash.as_bytes()))
    }

    /// Makes a token's secret and remembers its hash. The secret is never seen again.
    pub fn add_token(&self, token: TokenId) -> Result<String, Refusal> {
        let bytes: [u8; 32] = rand::rng().random();
        let secret = format!("tab_{}", hex::encode(bytes));
        let hash = Sha256::of(secret.as_bytes());
        self.change(|secrets| {
            secrets.tokens.insert(token, hash);
        })?;
        Ok(secret)
    }

    pub fn forget_token(&self, token: TokenId) -> Result<(), Refusal> {
        self.change(|secrets| {
            secrets.tokens.remove(&token);
        })
    }

    /// The token whose secret this is.
    pub fn token_of(&self, secret: &str) -> Option<TokenId> {
        let hash = Sha256::of(secret.as_bytes());
        self.lock().tokens.iter().find(|(_, stored)| **stored == hash).map(|(token, _)| *token)
    }

    /// Writes first, then takes effect: what is answered survives a crash.
    fn change(&self, change: impl FnOnce(&mut Secrets)) -> Result<(), Refusal> {
        let mut held = self.lock();
        let mut next = held.clone();
        change(&mut next);
        self.disk.replace_private(&self.path, &serde_json::to_vec_pretty(&next)?)?;
        *held = next;
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Secrets> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A hash that no password has, made with the parameters of the others.
const NOBODYS_PASSWORD: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_tokens_survive_a_restart_and_nothing_else_opens() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Credentials::open(Disk::real(), folder.path()).unwrap();
        let secret = {
            let credentials = open();
            credentials.set_password(UserId(1), "quercia-7").unwrap();
            credentials.add_token(TokenId(3)).unwrap()
        };
        let credentials = open();
        assert!(credentials.check_password(Some(UserId(1)), "quercia-7"));
        assert!(!credentials.check_password(Some(UserId(1)), "quercia-8"));
        assert!(!credentials.check_password(Some(UserId(2)), "quercia-7"));
        assert!(!credentials.check_password(None, ""));
        assert_eq!(credentials.token_of(&secret), Some(TokenId(3)));
        assert_eq!(credentials.token_of("tab_00"), None);
        let text = std::fs::read_to_string(folder.path().join("credentials.json")).unwrap();
        assert!(!text.contains(&secret) && !text.contains("quercia"), "no secret in the clear");
    }
}
