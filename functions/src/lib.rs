//! The functions: requests in, DynamoDB and pages out. The only room that knows HTTP and AWS.

mod account;
pub mod analysis;
mod bucket;
mod comments;
mod consent;
mod counts;
mod difference;
mod distribution;
mod error;
pub mod exports;
mod form;
mod function;
mod given_back;
mod guard;
mod http;
mod ideas;
mod keys;
mod lambda;
mod likes;
mod lockout;
mod login;
mod mail;
mod moderation;
mod oidc;
mod output;
mod password;
mod proof;
mod publisher;
mod quota;
mod receipts;
mod receiving;
mod reports;
mod review;
mod routes;
mod same;
mod secret;
mod sender;
mod session;
mod signed;
mod similar;
mod social_security;
pub mod store;
mod surveys;
mod testimonials;
mod totp;
mod venue;
mod workers;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use domain::{Campaign, Slug};
use jiff::Timestamp;
use site_gen::Renderer;

use crate::routes::Routes;

pub use account::{LONGEST_PASSWORD, SHORTEST_PASSWORD, password_problem};
pub use bucket::{
    AT_ONCE, Bucket, BucketError, BucketPlace, HEADERS, Outcome, Tag, When, is_asset,
};
pub use distribution::{Distribution, DistributionError};
pub use error::Failure;
pub use function::Function;
pub use guard::CONTENT_SECURITY_POLICY;
pub use keys::STREAMED;
pub use lambda::{ORIGIN_HEADER, StartError, run};
pub use lockout::forget_tries;
pub use mail::{
    Mail, MailProblem, Mailer, Smtp, SmtpUrlProblem, Turn, suppress, suppressed, unsuppress,
};
pub use oidc::{Entrance, Oidc, OidcProblem, OidcSettings, address_hash};
pub use output::{File, Output};
pub use password::{Passwords, hash_password};
pub use proof::Arrival;
pub use publisher::{
    Counted, Due, Image, PublishError, Published, Publisher, RENEWED_EVERY, Record, Throttle,
};
pub use secret::{Secret, Ticket, random};
pub use sender::Senders;
pub use session::Permit;
#[doc(hidden)]
pub use session::cookie;
pub use signed::Unanswered;
pub use similar::Similar;
pub use social_security::holds_number;
pub use store::Store;

pub use workers::{Change as StreamChange, Worker, changes as stream_changes, run_worker};

/// What tells the time: the system's clock, or a test's.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What every handler works with.
#[derive(Clone)]
pub struct App {
    /// The store.
    pub store: Store,
    /// The catalogue and the theme.
    pub renderer: Arc<Renderer>,
    /// The public address of the site, without a slash at the end.
    pub site_url: String,
    /// What signs forms, cookies and receipts.
    pub secret: Secret,
    /// Where mail goes.
    pub mail: Mail,
    /// The ideas that new ones are compared with.
    pub similar: Similar,
    /// What hashes passwords, a few at once.
    pub passwords: Passwords,
    /// The provider that says who moderators are, where there is one beside their passwords.
    pub oidc: Option<Arc<Oidc>>,
    /// What tells the time.
    pub clock: Clock,
    /// Where the address of who sends is read.
    pub senders: Senders,
    /// How long the answer to a request may take, its body included.
    pub patience: Duration,
}

/// How long the answer to a request may take where nothing else is asked for: as long as an HTTP
/// API of AWS waits.
pub const REQUEST_PATIENCE: Duration = Duration::from_secs(30);

/// The app as handlers share it.
pub type SharedApp = Arc<App>;

impl App {
    /// The time, to the millisecond, as the store keeps it.
    pub(crate) fn now(&self) -> Timestamp {
        let now = (self.clock)();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// The campaign of an address.
    pub(crate) fn campaign(&self, slug: &str) -> Result<&Campaign, Failure> {
        Slug::parse(slug)
            .ok()
            .and_then(|slug| self.renderer.catalogue().campaigns.get(&slug))
            .ok_or(Failure::NotFound)
    }

    /// Whether the site is served over TLS, as cookies must know.
    pub(crate) fn is_secure(&self) -> bool {
        self.site_url.starts_with("https://")
    }
}

/// The system's clock.
#[must_use]
pub fn system_clock() -> Clock {
    Arc::new(Timestamp::now)
}

/// All functions as one router: the sum of the modules' routers, behind the same guards.
pub fn router(app: App) -> Router {
    one(app, all())
}

/// The patterns of all paths that functions answer, for tests that go through all of them.
#[must_use]
pub fn paths() -> Vec<String> {
    all().paths()
}

fn all() -> Routes {
    let functions = Function::ALL.iter();
    functions.fold(Routes::new(), |all, function| all.merge(function.routes()))
}

fn one(app: App, routes: Routes) -> Router {
    let app = Arc::new(app);
    let routes = routes.into_router();
    guard::protect(routes.fallback(|| async { Failure::NotFound }), &app).with_state(app)
}
