//! The store: the only importer of aws_sdk_dynamodb. One method a question asked of it.
//!
//! Two tables: one for contributions and all that goes with them, one for identities (e-mail
//! addresses), so that each has a key, a policy and a retention of its own.

mod analyses;
mod answers;
mod attempts;
mod attributes;
mod audit;
mod bundle;
mod campaign;
mod clock;
mod consent;
mod contributions;
mod counts;
mod decisions;
mod figures;
mod identities;
mod items;
mod lanes;
mod letters;
mod likes;
mod mailing;
mod moderators;
mod parts;
mod protection;
mod published;
mod quotas;
mod repeated;
mod reports;
mod rewrite;
mod sessions;
mod standing;
mod statements;
mod structure_answers;
mod suppression;
mod surveys;
mod tables;
mod testimonials;
mod turn;
mod waiting_pages;

use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "operator")]
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{Credentials, Region};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::TransactWriteItem;
use tokio::sync::{Mutex, Notify};

use crate::http::Aws;
#[cfg(feature = "operator")]
use crate::signed::Unanswered;

pub use crate::keys::Lane;
pub use analyses::{Keeping, KeptAnalysis};
pub use answers::{AlertStep, Answer};
pub(crate) use attempts::Patience;
pub use audit::{Broken, COMMAND, Entry, Noted, Verified};
pub use bundle::{KeptBundle, bundle_hash};
pub use campaign::Counted;
pub(crate) use clock::LastRun;
pub use consent::Linked;
pub use contributions::Added;
pub use counts::{Difference, Refreshed};
pub use decisions::{AUTHOR, By, CLOCK, Decided, Erased, Ruling};
pub use figures::Standing;
pub use items::{AT_ONCE, Item, Place, Table};
pub use lanes::{InLane, Queue, Signal};
pub use mailing::{MailLane, Queued};
pub(crate) use moderators::Claim;
pub use moderators::{Change, Changed, LONGEST_LOGIN, Moderator, PasswordHash, Proofs, SignOn};
pub(crate) use protection::Network;
pub(crate) use quotas::Busy;
pub use reports::{Closing, ReportsClosed};
pub use suppression::{Suppressed, Suppression};
pub(crate) use surveys::DraftMark;
#[cfg(feature = "tables")]
pub use tables::Flaw;
pub(crate) use waiting_pages::WaitingPages;

/// The store's tables, through DynamoDB's protocol: on AWS, or on the embedded engine.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    tables: Arc<Tables>,
    /// One entry of the audit log at a time: others of this process would only try again.
    audit_turn: Arc<Mutex<()>>,
    /// The salt of the day, read once.
    day_salt: Arc<Mutex<Option<(jiff::civil::Date, String)>>>,
    letter_put: Arc<Notify>,
}

#[derive(Debug)]
struct Tables {
    main: String,
    identities: String,
}

/// The key that Lambda gives a function, and what it opens.
#[derive(Clone)]
pub struct Access {
    /// Where the store is, if not where AWS has it.
    pub endpoint: Option<String>,
    /// The region.
    pub region: String,
    /// The key's identifier.
    pub key: String,
    /// The key.
    pub secret: String,
    /// What makes a key of the moment good.
    pub token: Option<String>,
}

/// How long is waited for the engine.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For a connection.
    pub connect: Duration,
    /// For the answer to a request that is sent once.
    pub attempt: Duration,
    /// For the answer to a request, however often it is sent.
    pub operation: Duration,
}

impl Limits {
    /// Those of a command that reads everything, beside a site that works: nobody waits for its
    /// page.
    pub const OF_COMMANDS: Self = Self {
        connect: Duration::from_secs(10),
        attempt: Duration::from_secs(60),
        operation: Duration::from_secs(180),
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(2),
            attempt: Duration::from_secs(5),
            operation: Duration::from_secs(15),
        }
    }
}

/// Why the store did not answer. Nothing was done, or what was done can be asked again.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine refused or could not be reached.
    #[error("{operation}: {message}")]
    Unavailable {
        /// What was asked.
        operation: &'static str,
        /// What the engine or the network said; it names no contribution.
        message: String,
    },
    /// An item lacks an attribute, or holds one that can't be read.
    #[error("an item of the store has no legible `{0}`")]
    Illegible(&'static str),
}

impl StoreError {
    /// Whether there is no such table.
    #[must_use]
    pub fn is_of_no_table(&self) -> bool {
        let Self::Unavailable { message, .. } = self else {
            return false;
        };
        message.starts_with("ResourceNotFoundException")
    }

    /// Whether who asked has not the right to.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        let Self::Unavailable { message, .. } = self else {
            return false;
        };
        message.starts_with("AccessDeniedException")
    }
}

impl Store {
    /// Connects to a DynamoDB endpoint with any credentials: the embedded engine on loopback.
    #[must_use]
    pub fn local(endpoint: &str, prefix: &str) -> Self {
        Self::local_within(endpoint, prefix, Limits::default())
    }

    /// The same, and waits for the engine as long as this.
    #[must_use]
    pub fn local_within(endpoint: &str, prefix: &str, limits: Limits) -> Self {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version_latest()
            .endpoint_url(endpoint)
            .region(Region::from_static("eu-west-3"))
            .credentials_provider(Credentials::new("local", "local", None, None, "embedded"))
            .http_client(Aws::new(limits.connect))
            .retry_config(retries())
            .timeout_config(timeouts(limits))
            .build();
        Self::new(Client::from_conf(config), prefix)
    }

    /// Connects as somebody's environment says, AWS's variables, profiles and roles, and waits for
    /// the engine as long as this.
    ///
    /// # Errors
    /// [`Unanswered`] where it says no region, or not who asks.
    #[cfg(feature = "operator")]
    pub async fn from_env(prefix: &str, limits: Limits) -> Result<Self, Unanswered> {
        use aws_smithy_http_client::Builder;
        use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

        let ring = Provider::Rustls(CryptoMode::Ring);
        let shared = aws_config::defaults(aws_config::BehaviorVersion::latest())
            .http_client(Builder::new().tls_provider(ring).build_https())
            .retry_config(retries())
            .timeout_config(timeouts(limits))
            .load()
            .await;
        if shared.region().is_none() {
            return Err(Unanswered::Region);
        }
        let who = shared
            .credentials_provider()
            .ok_or_else(|| Unanswered::Credentials(String::new()))?;
        who.provide_credentials()
            .await
            .map_err(|error| Unanswered::Credentials(error.to_string()))?;
        Ok(Self::new(Client::new(&shared), prefix))
    }

    /// Connects with the key that Lambda gives a function.
    #[must_use]
    pub fn on_lambda(access: &Access, prefix: &str) -> Self {
        let credentials = Credentials::new(
            &access.key,
            &access.secret,
            access.token.clone(),
            None,
            "lambda",
        );
        let limits = Limits::default();
        let mut config = aws_sdk_dynamodb::Config::builder()
            .behavior_version_latest()
            .region(Region::new(access.region.clone()))
            .credentials_provider(credentials)
            .http_client(Aws::new(limits.connect))
            .retry_config(retries())
            .timeout_config(timeouts(limits));
        config.set_endpoint_url(access.endpoint.clone());
        Self::new(Client::from_conf(config.build()), prefix)
    }

    fn new(client: Client, prefix: &str) -> Self {
        Self {
            client,
            tables: Arc::new(Tables {
                main: format!("{prefix}-contributions"),
                identities: format!("{prefix}-identities"),
            }),
            audit_turn: Arc::default(),
            day_salt: Arc::default(),
            letter_put: Arc::default(),
        }
    }

    /// The name of the table whose stream the publisher reads.
    #[must_use]
    pub fn streamed_table(&self) -> &str {
        &self.tables.main
    }

    /// Runs a transaction. The outcome is the reasons of its cancellation, an item each, where
    /// a condition failed; conflicts with another transaction are tried again.
    async fn transact(
        &self,
        operation: &'static str,
        items: Vec<TransactWriteItem>,
    ) -> Result<Result<(), Vec<CancelReason>>, StoreError> {
        const TRIES: u32 = 6;
        let mut tries = 0;
        loop {
            tries += 1;
            let sent = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.clone()))
                .send()
                .await;
            let error = match sent {
                Ok(_) => {
                    if letters::puts_letter(&items) {
                        self.letter_put.notify_one();
                    }
                    return Ok(Ok(()));
                }
                Err(error) => error,
            };
            let reasons = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => canceled
                    .cancellation_reasons()
                    .iter()
                    .map(|reason| match reason.code() {
                        Some("ConditionalCheckFailed") => CancelReason::Condition,
                        Some("None") | None => CancelReason::None,
                        Some(_) => CancelReason::Other,
                    })
                    .collect::<Vec<_>>(),
                _ => return Err(unavailable(operation)(error)),
            };
            if reasons.contains(&CancelReason::Condition) {
                return Ok(Err(reasons));
            }
            if tries == TRIES {
                return Err(unavailable(operation)(error));
            }
            tokio::time::sleep(Duration::from_millis(10 << tries)).await;
        }
    }
}

/// Why an item stopped a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CancelReason {
    None,
    Condition,
    Other,
}

/// Turns an error of the SDK into ours, keeping its code and message.
fn unavailable<E, R>(operation: &'static str) -> impl Fn(SdkError<E, R>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    move |error| StoreError::Unavailable {
        operation,
        message: match error.as_service_error() {
            Some(service) => format!(
                "{}: {}",
                service.code().unwrap_or("unknown"),
                service.message().unwrap_or_default()
            ),
            None => {
                let mut message = error.to_string();
                let mut source = std::error::Error::source(&error);
                while let Some(cause) = source {
                    message = format!("{message}: {cause}");
                    source = cause.source();
                }
                message
            }
        },
    }
}

/// Takes an answer; a condition that did not hold is one too.
fn unless_condition<T, E, R>(
    sent: Result<T, SdkError<E, R>>,
    operation: &'static str,
) -> Result<Option<T>, StoreError>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    match sent {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(None),
        Err(error) => Err(unavailable(operation)(error)),
    }
}

/// Turns a request that can't be built into an error; each is built from constants.
fn unbuilt(error: aws_sdk_dynamodb::error::BuildError) -> StoreError {
    StoreError::Unavailable {
        operation: "build a request",
        message: error.to_string(),
    }
}

fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(4)
}

fn timeouts(limits: Limits) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(limits.connect)
        .operation_attempt_timeout(limits.attempt)
        .operation_timeout(limits.operation)
        .build()
}
