//! A function on Lambda: its app from the environment, its router, its loop.

mod current;
mod exact;
mod origin;
mod received;

use std::path::PathBuf;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use lambda_http::tower::ServiceExt;
use lambda_http::{Request, service_fn};

use crate::store::bundle_hash;
use crate::{
    App, Function, Mail, REQUEST_PATIENCE, Secret, Senders, Smtp, Store, function, system_clock,
};

pub(crate) use current::Current;
use current::opened;
use exact::Exact;
pub use origin::ORIGIN_HEADER;
use origin::Origin;
use received::Received;

/// Why a function does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An environment variable is missing or unreadable.
    #[error("the environment variable {name} {problem}")]
    Variable {
        /// Which.
        name: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The bundle that the generator writes can't be loaded.
    #[error("the bundle {path} can't be loaded: {problem}")]
    Bundle {
        /// Where it should be.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The runtime stopped.
    #[error("the Lambda runtime stopped: {0}")]
    Runtime(#[from] lambda_http::Error),
}

/// Runs one function until Lambda stops it.
///
/// # Errors
/// [`StartError`].
pub async fn run(name: Function) -> Result<(), StartError> {
    log_as_lambda();
    let origin = Origin::from_env()?;
    let received = Received::default();
    let (app, bundle) = App::from_env().await?;
    let app = App {
        clock: received.clock(),
        ..app
    };
    let current = Current::new(app, bundle, |app| function(name, app)).await;
    let answer = |request: Request| {
        received.note(&request);
        let is_ours = origin.sent(request.headers());
        let current = &current;
        async move {
            if !is_ours {
                return Ok(Exact(StatusCode::FORBIDDEN.into_response()));
            }
            current.get().await.oneshot(request).await.map(Exact)
        }
    };
    lambda_http::run(service_fn(answer)).await?;
    Ok(())
}

/// Logs as Lambda wants it: a line of JSON for each event, to which Lambda adds the time.
pub(crate) fn log_as_lambda() {
    tracing_subscriber::fmt()
        .json()
        .with_ansi(false)
        .without_time()
        .init();
}

impl App {
    /// The app that the environment describes, and the hash of its bundle: `ECOUTE_BUNDLE` (the
    /// file that `site-gen build --bundle` writes), `ECOUTE_SECRET` (64 hexadecimal digits),
    /// `ECOUTE_TABLES` (the prefix of the tables' names), what [`mail`] reads, and AWS's own
    /// variables. [`Current`] finds a newer bundle.
    ///
    /// # Errors
    /// [`StartError`].
    pub(crate) async fn from_env() -> Result<(Self, String), StartError> {
        let path = PathBuf::from(variable("ECOUTE_BUNDLE")?);
        let failed = |problem: String| StartError::Bundle {
            path: path.clone(),
            problem,
        };
        let bytes = std::fs::read(&path).map_err(|error| failed(error.to_string()))?;
        let (renderer, site_url) = opened(&bytes).map_err(failed)?;
        let secret = Secret::parse(&variable("ECOUTE_SECRET")?).ok_or(StartError::Variable {
            name: "ECOUTE_SECRET",
            problem: "is not 64 hexadecimal digits",
        })?;
        let app = Self {
            store: Store::from_env(&variable("ECOUTE_TABLES")?).await,
            renderer,
            mail: mail(&site_url)?,
            site_url,
            secret,
            similar: crate::Similar::default(),
            passwords: crate::Passwords::default(),
            clock: system_clock(),
            senders: Senders::Lambda,
            patience: REQUEST_PATIENCE,
        };
        Ok((app, bundle_hash(&bytes)))
    }
}

/// How mail leaves: by the server `ECOUTE_SMTP_URL` with the password `ECOUTE_SMTP_PASSWORD`; where
/// there is none, as files of the folder `ECOUTE_OUTBOX`, to try it; where there is neither,
/// letters wait for a function that sends. It comes from `ECOUTE_MAIL_FROM`, or from the site's
/// contact.
///
/// # Errors
/// [`StartError::Variable`].
fn mail(site_url: &str) -> Result<Mail, StartError> {
    let wrong = |name, problem| StartError::Variable { name, problem };
    let given = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let mail = match (given("ECOUTE_SMTP_URL"), given("ECOUTE_OUTBOX")) {
        (Some(url), _) => {
            let password = given("ECOUTE_SMTP_PASSWORD");
            let server = Smtp::parse(&url, password.as_deref(), site_url)
                .map_err(|_| wrong("ECOUTE_SMTP_URL", "is not the address of a mail server"))?;
            Mail::smtp(server)
        }
        (None, Some(folder)) => Mail::outbox(folder.into()),
        (None, None) => Mail::queue(),
    };
    match given("ECOUTE_MAIL_FROM") {
        None => Ok(mail),
        Some(from) => mail
            .sent_from(&from)
            .ok_or_else(|| wrong("ECOUTE_MAIL_FROM", "is not an e-mail address")),
    }
}

pub(crate) fn variable(name: &'static str) -> Result<String, StartError> {
    std::env::var(name).map_err(|_| StartError::Variable {
        name,
        problem: "is missing",
    })
}
