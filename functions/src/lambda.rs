//! A function on Lambda: its app from the environment, its router, its loop.

mod current;
mod origin;
mod received;

use std::path::PathBuf;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use lambda_http::tower::ServiceExt;
use lambda_http::{Request, service_fn};

use crate::store::bundle_hash;
use crate::{
    App, Function, Mail, REQUEST_PATIENCE, Secret, Senders, Store, function, system_clock,
};

pub(crate) use current::Current;
use current::opened;
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
                return Ok(StatusCode::FORBIDDEN.into_response());
            }
            current.get().await.oneshot(request).await
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
    /// The app that the environment describes: `ECOUTE_BUNDLE` (the file that `site-gen build
    /// --bundle` writes), `ECOUTE_SECRET` (64 hexadecimal digits), `ECOUTE_TABLES` (the prefix of
    /// the tables' names), and AWS's own variables. [`Current`] finds a newer bundle.
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
            site_url,
            secret,
            mail: Mail::queue(),
            similar: crate::Similar::default(),
            passwords: crate::Passwords::default(),
            clock: system_clock(),
            senders: Senders::Lambda,
            patience: REQUEST_PATIENCE,
        };
        Ok((app, bundle_hash(&bytes)))
    }
}

pub(crate) fn variable(name: &'static str) -> Result<String, StartError> {
    std::env::var(name).map_err(|_| StartError::Variable {
        name,
        problem: "is missing",
    })
}
