//! Moderators, from the command line: added, listed, kept out, given other rights.

mod rights;
mod table;

use std::io::Read;
use std::path::PathBuf;

use domain::{Email, Grant};
use functions::store::{COMMAND, Change, Changed, LONGEST_LOGIN, Moderator};
use functions::{Store, address_hash, forget_tries, hash_password, holds_number, password_problem};
use jiff::Timestamp;

use crate::data::{Data, Opened};
use crate::error::Stopped;
use crate::first_start::readable_password;
use crate::serve;
use crate::words::say;
use rights::granted;
use table::{spelled, table};

/// What is asked, and where the moderators are.
pub struct Options {
    /// Where they are.
    pub data: Data,
    /// The content, whose spaces roles name.
    pub content: PathBuf,
    /// The theme.
    pub theme: PathBuf,
    /// When.
    pub now: Timestamp,
    /// What is asked.
    pub request: Request,
}

/// What is asked.
#[derive(Debug, Clone)]
pub enum Request {
    /// Another moderator.
    Add {
        /// What they log in as.
        login: String,
        /// Their name.
        name: String,
        /// What they may do.
        rights: Rights,
        /// Where the password comes from.
        password: Password,
        /// The address that a provider knows them by, where they come by one.
        oidc_email: Option<String>,
    },
    /// All of them.
    List,
    /// One is kept out.
    Disable(String),
    /// One is let in again.
    Enable(String),
    /// Another password.
    ResetPassword {
        /// Whose.
        login: String,
        /// Where it comes from.
        password: Password,
        /// Whether codes are asked for as before.
        codes: Codes,
    },
    /// One comes by a provider, or no longer.
    Oidc {
        /// Whose.
        login: String,
        /// The address that the provider knows them by; none where they come by it no longer.
        email: Option<String>,
    },
    /// Other rights in place of those of before.
    Role {
        /// Whose.
        login: String,
        /// What they may do.
        rights: Rights,
    },
}

/// Rights, with the spaces as they were typed.
#[derive(Debug, Clone, Default)]
pub struct Rights {
    /// Everything, everywhere.
    pub national: bool,
    /// Where contributions are moderated.
    pub moderator: Vec<String>,
    /// Where contributions are answered.
    pub answerer: Vec<String>,
    /// Where figures are read.
    pub analyst: Vec<String>,
}

/// Where a password comes from. Never from the command line, which others can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Password {
    /// It is made, and told once.
    Made,
    /// It is the first line of standard input.
    Typed,
}

/// What becomes of the codes of who has another password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codes {
    /// They are asked for as before.
    Kept,
    /// They are turned off: the application is lost.
    Off,
}

/// Does what is asked; answers what there is to say.
///
/// # Errors
/// One clear sentence.
pub async fn run(options: Options) -> Result<String, Stopped> {
    let rights = match &options.request {
        Request::Add { rights, .. } | Request::Role { rights, .. } => Some(rights),
        _ => None,
    };
    let needs_spaces = rights.is_some() || matches!(options.request, Request::List);
    let catalogue = match needs_spaces {
        true => Some(
            serve::load(&options.content, &options.theme, "")?
                .0
                .catalogue,
        ),
        false => None,
    };
    let grants = match (rights, &catalogue) {
        (Some(rights), Some(catalogue)) => granted(rights, catalogue)?,
        _ => Vec::new(),
    };
    let data = options.data.open().await?;
    let done = async {
        let address = match &options.request {
            Request::Add { oidc_email, .. } => oidc_email.as_deref(),
            Request::Oidc { email, .. } => email.as_deref(),
            _ => None,
        };
        let address = address
            .map(|typed| address_kept(&data, typed))
            .transpose()?;
        // Read before anything is done.
        let secret = match &options.request {
            Request::Enable(_) | Request::ResetPassword { .. } => data.known_secret()?,
            _ => None,
        };
        let asked = Asked {
            request: options.request.clone(),
            grants,
            address,
        };
        let said = answer(&data.store, asked, options.now).await?;
        let (Request::Enable(login) | Request::ResetPassword { login, .. }) = &options.request
        else {
            return Ok(said);
        };
        match (secret, data.deployment()) {
            (Some(secret), _) => forget_tries(&data.store, &secret, login).await?,
            (None, Some(tables)) => {
                let args = [("login", login.clone()), ("tables", tables.to_owned())];
                let still = say("moderator.tries-stand", &args);
                return Ok(format!("{said}\n{still}"));
            }
            // Nothing was counted where there is no secret yet.
            (None, None) => {}
        }
        Ok(said)
    };
    let said = done.await;
    data.close().await;
    said
}

/// What is asked, with what was typed as the store keeps it.
struct Asked {
    request: Request,
    grants: Vec<Grant>,
    /// The keyed hash of an address.
    address: Option<String>,
}

/// An address, as it is kept: a hash with the secret of the site that it is for.
fn address_kept(data: &Opened, typed: &str) -> Result<String, Stopped> {
    let email = Email::parse(typed).map_err(|_| Stopped::because("oidc-email", &[]))?;
    Ok(address_hash(&data.secret()?, &email))
}

async fn answer(store: &Store, asked: Asked, now: Timestamp) -> Result<String, Stopped> {
    let Asked {
        request,
        grants,
        address,
    } = asked;
    let change = |login| Change {
        login,
        by: COMMAND,
        now,
    };
    match request {
        Request::List => Ok(table(&store.moderators().await?)),
        Request::Add {
            login,
            name,
            password,
            ..
        } => {
            let login = parse_login(&login)?;
            if holds_number(&login) || holds_number(&name) {
                return Err(Stopped::because("moderator-number", &[]));
            }
            if let Some(address) = &address
                && store.signs_on_with(address).await?.is_some()
            {
                settled(Changed::Taken, &login)?;
            }
            let (password, told) = chosen(&login, password)?;
            let moderator = Moderator::new(&login, name.trim(), grants);
            let hash = hashed(&password)?;
            if !store.add_moderator(&moderator, &hash, now).await? {
                return Err(Stopped::because("moderator-exists", &[("login", login)]));
            }
            if let Some(address) = address {
                let bound = store.set_sign_on(&change(&login), Some(&address)).await?;
                settled(bound, &login)?;
            }
            Ok(with_password("moderator.added", &login, told))
        }
        Request::Disable(login) => {
            settled(store.set_disabled(&change(&login), true).await?, &login)?;
            Ok(say("moderator.disabled", &[("login", login)]))
        }
        Request::Enable(login) => {
            settled(store.set_disabled(&change(&login), false).await?, &login)?;
            Ok(say("moderator.enabled", &[("login", login)]))
        }
        Request::Oidc { login, .. } => {
            let address = address.as_deref();
            let bound = store.set_sign_on(&change(&login), address).await?;
            settled(bound, &login)?;
            let key = match address {
                Some(_) => "moderator.oidc-on",
                None => "moderator.oidc-off",
            };
            Ok(say(key, &[("login", login)]))
        }
        Request::Role { login, .. } => {
            settled(store.set_grants(&change(&login), &grants).await?, &login)?;
            let roles = spelled(&grants);
            Ok(say("moderator.role", &[("login", login), ("roles", roles)]))
        }
        Request::ResetPassword {
            login,
            password,
            codes,
        } => {
            if store.moderator(&login).await?.is_none() {
                settled(Changed::Missing, &login)?;
            }
            let (password, told) = chosen(&login, password)?;
            let hash = hashed(&password)?;
            settled(store.set_password(&change(&login), &hash).await?, &login)?;
            if codes == Codes::Off {
                settled(store.turn_codes_off(&change(&login)).await?, &login)?;
            }
            Ok(with_password("moderator.reset", &login, told))
        }
    }
}

/// A login: letters without accents, digits, and `.`, `-` or `_` between them.
fn parse_login(raw: &str) -> Result<String, Stopped> {
    let login = raw.trim().to_lowercase();
    let fits = (1..=LONGEST_LOGIN).contains(&login.len())
        && login
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b));
    if fits {
        Ok(login)
    } else {
        let raw = raw.to_owned();
        Err(Stopped::because("moderator-login", &[("login", raw)]))
    }
}

/// A password, and what to print of it: nothing where it was typed.
fn chosen(login: &str, password: Password) -> Result<(String, Option<String>), Stopped> {
    match password {
        Password::Made => {
            let made = readable_password();
            Ok((made.clone(), Some(made)))
        }
        Password::Typed => {
            let mut raw = String::new();
            std::io::stdin()
                .read_to_string(&mut raw)
                .map_err(|error| Stopped::because("stdin", &[("error", error.to_string())]))?;
            let typed = raw.lines().next().unwrap_or_default().to_owned();
            match password_problem(login, &typed) {
                None => Ok((typed, None)),
                Some(problem) => Err(Stopped::because(
                    problem.key.rsplit('.').next().unwrap_or_default(),
                    &problem.args,
                )),
            }
        }
    }
}

fn hashed(password: &str) -> Result<functions::store::PasswordHash, Stopped> {
    hash_password(password)
        .map_err(|error| Stopped::because("engine", &[("error", error.to_string())]))
}

fn settled(changed: Changed, login: &str) -> Result<(), Stopped> {
    let login = [("login", login.to_owned())];
    match changed {
        Changed::Done => Ok(()),
        Changed::Missing => Err(Stopped::because("no-moderator", &login)),
        Changed::LastNational => Err(Stopped::because("last-national", &login)),
        Changed::Taken => Err(Stopped::because("oidc-taken", &login)),
    }
}

fn with_password(key: &str, login: &str, told: Option<String>) -> String {
    let said = say(key, &[("login", login.to_owned())]);
    match told {
        Some(password) => {
            let told = say("moderator.password", &[("password", password)]);
            format!("{said}\n{told}")
        }
        None => said,
    }
}
