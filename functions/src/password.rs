//! Passwords: argon2id, with the parameters that OWASP asks for (19 MiB, 2 passes, 1 lane).

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::Failure;
use crate::store::PasswordHash;

/// Hashes passwords beside what else the process does, as many at once as there are cores: each
/// takes 19 MiB for as long as it lasts, and whoever logs in from many addresses could otherwise
/// take all the memory there is.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            turns: Arc::new(Semaphore::new(cores)),
        }
    }
}

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

impl Passwords {
    /// As [`hash_password`].
    pub(crate) async fn hash(&self, password: String) -> Result<PasswordHash, Failure> {
        self.in_turn(move || hash_password(&password)).await?
    }

    /// Whether this is the password; against no hash, as long and never.
    pub(crate) async fn verify(
        &self,
        password: String,
        hash: Option<PasswordHash>,
    ) -> Result<bool, Failure> {
        // A hash that no password has, so that an unknown login takes as long as a known one.
        const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        self.in_turn(move || {
            let known = hash.is_some();
            let kept = hash.map_or_else(|| NOBODY.to_owned(), |hash| hash.0);
            phc::PasswordHash::new(&kept).is_ok_and(|kept| {
                Argon2::default()
                    .verify_password(password.as_bytes(), &kept)
                    .is_ok()
            }) && known
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let broken = "a password waits for its turn, and is then hashed";
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|_| Failure::Broken(broken))?;
        // The turn goes with the work: who is no longer waited for still has the memory.
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|_| Failure::Broken(broken))
    }
}
