//! Is it the password? argon2id in memory that is kept from check to check.
//!
//! A check takes 19 MiB by design. Allocated anew each time, the allocator holds back several times that for every
//! thread that ever checked a password; kept here it is taken once for each check that runs at the same time.

use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::Output;
use argon2::{Algorithm, Argon2, Block, Params, PasswordHash, Version};

use crate::limits;

/// Memory that no check uses at this moment.
static SPARE: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// Whether `password` has this hash in PHC form; a hash that cannot be read is nobody's.
pub fn matches(hash: &str, password: &str) -> bool {
    let mut memory = SPARE.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
    let matches = compare(hash, password, &mut memory).unwrap_or(false);
    let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
    if spare.len() < limits::SIGN_INS_AT_ONCE {
        spare.push(memory);
    }
    matches
}

fn compare(hash: &str, password: &str, memory: &mut Vec<Block>) -> Option<bool> {
    let parsed = PasswordHash::new(hash).ok()?;
    let (salt, expected) = (parsed.salt.as_ref()?, parsed.hash.as_ref()?);
    let algorithm = Algorithm::try_from(parsed.algorithm.as_str()).ok()?;
    let version = parsed.version.map(Version::try_from).transpose().ok()?.unwrap_or_default();
    let params = Params::try_from(&parsed).ok()?;
    memory.resize(params.block_count(), Block::default());
    let mut bytes = [0; Output::MAX_LENGTH];
    let found = bytes.get_mut(..expected.len())?;
    let argon2 = Argon2::new(algorithm, version, params);
    argon2.hash_password_into_with_memory(password.as_bytes(), salt.as_ref(), found, memory.as_mut_slice()).ok()?;
    // Compares in a time that does not tell how far they are equal.
    Some(Output::new(found).ok()? == *expected)
}

#[cfg(test)]
mod tests {
    use argon2::PasswordHasher as _;

    use super::*;

    #[test]
    fn used_memory_changes_no_answer() {
        let hash = |password: &str, salt: &[u8]| -> String {
            let hash: PasswordHash = Argon2::default().hash_password_with_salt(password.as_bytes(), salt).unwrap();
            hash.to_string()
        };
        let (one, other) = (hash("quercia-7", b"0123456789abcdef"), hash("olmo-8", b"fedcba9876543210"));
        let mut memory = Vec::new();
        for _ in 0..2 {
            assert_eq!(compare(&one, "quercia-7", &mut memory), Some(true));
            assert_eq!(compare(&other, "quercia-7", &mut memory), Some(false));
            assert_eq!(compare(&other, "olmo-8", &mut memory), Some(true));
            assert_eq!(compare(&one, "", &mut memory), Some(false));
        }
        for unreadable in ["", "quercia-7", "$argon2id$v=19$m=19456,t=2,p=1"] {
            assert!(!matches(unreadable, "quercia-7"), "{unreadable:?}");
        }
        assert!(matches(&one, "quercia-7"));
    }
}
