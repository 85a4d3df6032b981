//! Passwords: argon2id, with the parameters that OWASP asks for (19 MiB, 2 passes, 1 lane).

use argon2::Argon2;
use argon2::password_hash::phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use crate::Failure;
use crate::store::PasswordHash;

/// Hashes a password with a salt of its own. Takes some tens of milliseconds.
///
/// # Errors
/// Where the system has no random bytes.
pub fn hash_password(password: &str) -> Result<PasswordHash, Failure> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| PasswordHash(hash.to_string()))
        .map_err(|_| Failure::Broken("a password can be hashed"))
}

/// As [`hash_password`], beside what else the process does.
pub(crate) async fn hash(password: String) -> Result<PasswordHash, Failure> {
    tokio::task::spawn_blocking(move || hash_password(&password))
        .await
        .map_err(|_| Failure::Broken("a password can be hashed"))?
}

/// Whether this is the password; against no hash, as long and never.
pub(crate) async fn verify(password: String, hash: Option<PasswordHash>) -> Result<bool, Failure> {
    // A hash that no password has, so that an unknown login takes as long as a known one.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let verified = tokio::task::spawn_blocking(move || {
        let known = hash.is_some();
        let kept = hash.map_or_else(|| NOBODY.to_owned(), |hash| hash.0);
        phc::PasswordHash::new(&kept).is_ok_and(|kept| {
            Argon2::default()
                .verify_password(password.as_bytes(), &kept)
                .is_ok()
        }) && known
    });
    verified
        .await
        .map_err(|_| Failure::Broken("a password can be verified"))
}
