//! A deployment on AWS, as a command beside it works on it: its tables, which are never made here,
//! and its secret.

use functions::store::Limits;
use functions::{Secret, Store, Unanswered};

use crate::error::Stopped;

/// The variable that holds the secret of a deployment's functions, here as there.
const SECRET: &str = "ECOUTE_SECRET";

/// The store of a deployment: its tables answer.
///
/// # Errors
/// One sentence: nobody says who asks or in which region, there are no such tables, or they can't
/// be read.
pub async fn tables(prefix: &str) -> Result<Store, Stopped> {
    let store = Store::from_env(prefix, Limits::OF_COMMANDS).await;
    let store = store.map_err(|error| nobody(&error))?;
    match store.current_bundle().await {
        Ok(_) => Ok(store),
        Err(error) => {
            let key = match error.is_of_no_table() {
                true => "tables-missing",
                false => "tables",
            };
            let args = [("tables", prefix.to_owned()), ("error", error.to_string())];
            Err(Stopped::because(key, &args))
        }
    }
}

/// The secret of its functions, from the environment: others can read a command line. None where
/// it is not there.
///
/// # Errors
/// Where it is none.
pub(crate) fn known_secret() -> Result<Option<Secret>, Stopped> {
    let Ok(raw) = std::env::var(SECRET) else {
        return Ok(None);
    };
    let secret = Secret::parse(&raw);
    secret
        .map(Some)
        .ok_or_else(|| Stopped::because("secret-malformed", &[]))
}

/// The same, where nothing can be done without it.
///
/// # Errors
/// Where it is not there, with the command that gets it.
pub(crate) fn secret(prefix: &str) -> Result<Secret, Stopped> {
    let missing = || Stopped::because("secret-missing", &[("tables", prefix.to_owned())]);
    known_secret()?.ok_or_else(missing)
}

fn nobody(error: &Unanswered) -> Stopped {
    let key = match error {
        Unanswered::Region => "tables-region",
        Unanswered::Credentials(_) | Unanswered::Network(_) => "tables-credentials",
    };
    Stopped::because(key, &[])
}
