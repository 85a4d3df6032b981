//! The secret by which functions know that a request came through the distribution, and not past
//! it and its limits.

use axum::http::HeaderMap;
use sha2::{Digest, Sha256};

use super::{StartError, variable};

/// The header that the distribution adds.
pub const ORIGIN_HEADER: &str = "x-ecoute-origin";

/// The shortest secret, in characters.
const SHORTEST: usize = 32;

/// The secrets that are taken, as their hashes: while one is changed for another, both.
#[derive(Debug)]
pub(super) struct Origin(Vec<[u8; 32]>);

impl Origin {
    /// Those of `ECOUTE_ORIGIN_SECRET`, separated by commas.
    ///
    /// # Errors
    /// [`StartError::Variable`] where it is missing, or one is short.
    pub(super) fn from_env() -> Result<Self, StartError> {
        const NAME: &str = "ECOUTE_ORIGIN_SECRET";
        let secrets = variable(NAME)?;
        if secrets.split(',').any(|secret| secret.len() < SHORTEST) {
            return Err(StartError::Variable {
                name: NAME,
                problem: "holds a secret of fewer than 32 characters",
            });
        }
        Ok(Self(secrets.split(',').map(hash).collect()))
    }

    /// Whether a request came through the distribution. Hashes are compared, so that how long it
    /// takes tells nothing of a secret.
    pub(super) fn sent(&self, headers: &HeaderMap) -> bool {
        let Some(said) = headers.get(ORIGIN_HEADER) else {
            return false;
        };
        let said = Sha256::digest(said.as_bytes());
        self.0.iter().any(|known| said[..] == known[..])
    }
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
