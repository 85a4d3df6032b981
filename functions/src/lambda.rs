//! A function on Lambda: its app from the environment, its router, its loop.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use site_gen::{Bundle, Renderer};

use crate::{
    App, Function, Mail, Oidc, OidcProblem, OidcSettings, REQUEST_PATIENCE, Secret, Senders, Store,
    function, system_clock,
};

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
    tracing_subscriber::fmt()
        .json()
        .with_ansi(false)
        .without_time()
        .init();
    let app = App::from_env().await?;
    if let Err(error) = app.store.warm_up().await {
        tracing::warn!(cause = %error, "the store did not answer while starting");
    }
    lambda_http::run(function(name, app)).await?;
    Ok(())
}

impl App {
    /// The app that the environment describes: `ECOUTE_BUNDLE` (the file that `site-gen build
    /// --bundle` writes), `ECOUTE_SECRET` (64 hexadecimal digits), `ECOUTE_TABLES` (the prefix of
    /// the tables' names), `ECOUTE_OIDC_…` where moderators have a provider
    /// ([`OidcSettings::read`]), and AWS's own variables.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn from_env() -> Result<Self, StartError> {
        let path = PathBuf::from(variable("ECOUTE_BUNDLE")?);
        let failed = |problem: String| StartError::Bundle {
            path: path.clone(),
            problem,
        };
        let bytes = std::fs::read(&path).map_err(|error| failed(error.to_string()))?;
        let bundle: Bundle =
            serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))?;
        let site_url = bundle.site_url.clone();
        let renderer = Renderer::new(bundle, Path::new("templates"))
            .map_err(|problem| failed(problem.to_string()))?;
        let secret = Secret::parse(&variable("ECOUTE_SECRET")?).ok_or(StartError::Variable {
            name: "ECOUTE_SECRET",
            problem: "is not 64 hexadecimal digits",
        })?;
        let oidc = OidcSettings::read(|name| std::env::var(name).ok())
            .map(|settings| Oidc::new(&settings, &site_url).map(Arc::new))
            .transpose()?;
        Ok(Self {
            store: Store::from_env(&variable("ECOUTE_TABLES")?).await,
            renderer: Arc::new(renderer),
            site_url,
            secret,
            mail: Mail::queue(),
            similar: crate::Similar::default(),
            passwords: crate::Passwords::default(),
            oidc,
            clock: system_clock(),
            senders: Senders::Lambda,
            patience: REQUEST_PATIENCE,
        })
    }
}

impl From<OidcProblem> for StartError {
    fn from(problem: OidcProblem) -> Self {
        let (name, problem) = match problem {
            OidcProblem::Issuer => ("ECOUTE_OIDC_ISSUER", "is not an https:// address"),
            OidcProblem::ClientId => ("ECOUTE_OIDC_CLIENT_ID", "is missing"),
            OidcProblem::ClientSecret => ("ECOUTE_OIDC_CLIENT_SECRET", "is missing"),
            OidcProblem::SiteUrl => ("ECOUTE_BUNDLE", "has no public address of the site"),
        };
        Self::Variable { name, problem }
    }
}

fn variable(name: &'static str) -> Result<String, StartError> {
    std::env::var(name).map_err(|_| StartError::Variable {
        name,
        problem: "is missing",
    })
}
