//! `ecoute mail suppress`, `unsuppress` and `status`: whether mail goes to an address. Of an address
//! only a keyed hash is kept, and nothing that is said here repeats it.

use std::io::BufRead;

use domain::Email;
use functions::store::Suppression;
use jiff::Timestamp;
use site_gen::dates;

use crate::data::{Data, Opened};
use crate::error::Stopped;
use crate::words::{say, words};

/// What is asked, of which address.
pub struct Options {
    /// Where the site's data are.
    pub data: Data,
    /// The address; `-` where it is the first line of standard input.
    pub address: String,
    /// When.
    pub now: Timestamp,
    /// What is asked.
    pub request: Request,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// That nothing more is sent to it.
    Suppress,
    /// That mail goes to it again.
    Unsuppress,
    /// Whether mail goes to it.
    Status,
}

/// Does what is asked; answers what there is to say.
///
/// # Errors
/// One clear sentence.
pub async fn run(options: Options) -> Result<String, Stopped> {
    let email = address(&options.address)?;
    options.data.must_exist()?;
    let data = options.data.open().await?;
    let said = answer(&data, &email, options.request, options.now).await;
    data.close().await;
    said
}

async fn answer(
    data: &Opened,
    email: &Email,
    request: Request,
    now: Timestamp,
) -> Result<String, Stopped> {
    let (store, secret) = (&data.store, data.secret()?);
    let said = match request {
        Request::Suppress => {
            let why = Suppression::Operator;
            functions::suppress(store, &secret, email, why, now).await?;
            return Ok(say("suppression.suppressed", &[]));
        }
        Request::Unsuppress => match functions::unsuppress(store, &secret, email).await? {
            true => say("suppression.unsuppressed", &[]),
            false => say("suppression.was-not", &[]),
        },
        Request::Status => match functions::suppressed(store, &secret, email).await? {
            Some(found) => {
                let why = say(&format!("suppression.why.{}", found.why.key()), &[]);
                let args = [
                    ("why", why),
                    ("at", dates::moment(found.at, words())),
                    ("until", dates::moment(found.until, words())),
                ];
                say("suppression.since", &args)
            }
            None => say("suppression.none", &[]),
        },
    };
    Ok(match data.deployment() {
        Some(_) => format!("{said}\n{}", say("suppression.elsewhere", &[])),
        None => said,
    })
}

/// The address that was typed. It is not said back: what is printed may be kept.
fn address(given: &str) -> Result<Email, Stopped> {
    let mut line = String::new();
    let typed = match given {
        "-" => {
            std::io::stdin()
                .lock()
                .read_line(&mut line)
                .map_err(|error| {
                    Stopped::because("stdin-address", &[("error", error.to_string())])
                })?;
            line.trim()
        }
        given => given,
    };
    Email::parse(typed).map_err(|_| Stopped::because("suppression-address", &[]))
}
