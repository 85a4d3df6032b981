//! A function on Lambda: its app from the environment, its router, its loop.

mod current;
mod exact;
mod origin;
mod received;

use std::path::PathBuf;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use lambda_http::tower::ServiceExt;
use lambda_http::{Request, service_fn};

use crate::store::{Access, bundle_hash};
use crate::{
    App, Function, Mail, Oidc, OidcProblem, OidcSettings, REQUEST_PATIENCE, Secret, Senders, Smtp,
    Store, system_clock,
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
pub async fn run(function: Function) -> Result<(), StartError> {
    log_as_lambda();
    let origin = Origin::from_env()?;
    let received = Received::default();
    let (app, bundle) = App::from_env(function.mail())?;
    let app = App {
        clock: received.clock(),
        oidc: function.provider(&app.site_url)?,
        ..app
    };
    let current = Current::new(app, bundle, |app| function.router(app)).await;
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
    /// `ECOUTE_TABLES` (the prefix of the tables' names), what `mail` reads, and AWS's own
    /// variables. [`Current`] finds a newer bundle.
    ///
    /// # Errors
    /// [`StartError`].
    pub(crate) fn from_env(mail: MailOf) -> Result<(Self, String), StartError> {
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
            store: Store::on_lambda(&access()?, &variable("ECOUTE_TABLES")?),
            renderer,
            mail: mail(&site_url)?,
            site_url,
            secret,
            similar: crate::Similar::default(),
            passwords: crate::Passwords::default(),
            oidc: None,
            clock: system_clock(),
            senders: Senders::Lambda,
            patience: REQUEST_PATIENCE,
        };
        Ok((app, bundle_hash(&bytes)))
    }
}

/// Reads from the environment how mail leaves, for a site at that address.
pub(crate) type MailOf = fn(&str) -> Result<Mail, StartError>;

/// Letters wait for a function that sends; where they are files of the folder `ECOUTE_OUTBOX`, to
/// try it, who asks is told so.
///
/// # Errors
/// None.
pub(crate) fn mail_that_waits(_: &str) -> Result<Mail, StartError> {
    Ok(given("ECOUTE_OUTBOX").map_or_else(Mail::queue, |folder| Mail::outbox(folder.into())))
}

/// Messages leave by the server `ECOUTE_SMTP_URL` with the password `ECOUTE_SMTP_PASSWORD`, from
/// the address `ECOUTE_MAIL_FROM` or else the site's contact; where there is no server, as
/// [`mail_that_waits`] says.
///
/// # Errors
/// [`StartError::Variable`].
pub(crate) fn mail_that_leaves(site_url: &str) -> Result<Mail, StartError> {
    let wrong = |name, problem| StartError::Variable { name, problem };
    let mail = match given("ECOUTE_SMTP_URL") {
        Some(url) => {
            let password = given("ECOUTE_SMTP_PASSWORD");
            let server = Smtp::parse(&url, password.as_deref(), site_url)
                .map_err(|_| wrong("ECOUTE_SMTP_URL", "is not the address of a mail server"))?;
            Mail::smtp(server)
        }
        None => mail_that_waits(site_url)?,
    };
    match given("ECOUTE_MAIL_FROM") {
        None => Ok(mail),
        Some(from) => mail
            .sent_from(&from)
            .ok_or_else(|| wrong("ECOUTE_MAIL_FROM", "is not an e-mail address")),
    }
}

/// Reads from the environment who says who a moderator is, for a site at that address.
pub(crate) type ProviderOf = fn(&str) -> Result<Option<Arc<Oidc>>, StartError>;

/// Nobody.
///
/// # Errors
/// None.
pub(crate) fn no_provider(_: &str) -> Result<Option<Arc<Oidc>>, StartError> {
    Ok(None)
}

/// The provider of `ECOUTE_OIDC_…` ([`OidcSettings::read`]), where one is named.
///
/// # Errors
/// [`StartError::Variable`].
pub(crate) fn given_provider(site_url: &str) -> Result<Option<Arc<Oidc>>, StartError> {
    let settings = OidcSettings::read(|name| std::env::var(name).ok());
    let provider = settings.map(|settings| Oidc::new(&settings, site_url).map(Arc::new));
    Ok(provider.transpose()?)
}

fn given(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The key of a function, which Lambda puts in its environment: the whole chain by which a person's
/// is found would make each binary larger and slower to start.
///
/// # Errors
/// [`StartError::Variable`].
pub(crate) fn access() -> Result<Access, StartError> {
    Ok(Access {
        endpoint: std::env::var("AWS_ENDPOINT_URL_DYNAMODB").ok(),
        region: variable("AWS_REGION")?,
        key: variable("AWS_ACCESS_KEY_ID")?,
        secret: variable("AWS_SECRET_ACCESS_KEY")?,
        token: std::env::var("AWS_SESSION_TOKEN").ok(),
    })
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

pub(crate) fn variable(name: &'static str) -> Result<String, StartError> {
    std::env::var(name).map_err(|_| StartError::Variable {
        name,
        problem: "is missing",
    })
}
