//! The functions: requests in, DynamoDB and pages out. The only room that knows HTTP and AWS.

mod account;
pub mod analysis;
mod comments;
mod consent;
mod counts;
mod difference;
mod error;
pub mod exports;
mod form;
mod given_back;
mod guard;
mod ideas;
mod keys;
mod lambda;
mod likes;
mod lockout;
mod login;
mod mail;
mod moderation;
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
mod similar;
mod social_security;
pub mod store;
mod surveys;
mod testimonials;
mod totp;
mod venue;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use domain::{Campaign, Slug};
use jiff::Timestamp;
use site_gen::Renderer;

use crate::routes::Routes;

pub use account::{LONGEST_PASSWORD, SHORTEST_PASSWORD, password_problem};
pub use error::Failure;
pub use guard::CONTENT_SECURITY_POLICY;
pub use keys::STREAMED;
pub use lambda::{ORIGIN_HEADER, StartError, run};
pub use lockout::forget_tries;
pub use mail::{Mail, MailProblem, Mailer, Smtp, SmtpUrlProblem, Turn};
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
pub use similar::Similar;
pub use social_security::holds_number;
pub use store::Store;

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
    Routes::new()
        .merge(ideas::router())
        .merge(comments::router())
        .merge(likes::router())
        .merge(counts::router())
        .merge(receipts::router())
        .merge(reports::router())
        .merge(surveys::router())
        .merge(testimonials::router())
        .merge(same::router())
        .merge(consent::router())
        .merge(back_office())
}

fn back_office() -> Routes {
    moderation::router()
        .merge(login::router())
        .merge(account::router())
}

/// The router of one function, by the name of its binary.
pub fn function(name: Function, app: App) -> Router {
    one(app, routes(name))
}

/// The patterns of the paths that one function answers.
#[must_use]
pub fn paths_of(name: Function) -> Vec<String> {
    routes(name).paths()
}

fn routes(name: Function) -> Routes {
    match name {
        Function::Ideas => ideas::router(),
        Function::Comments => comments::router(),
        Function::Likes => likes::router(),
        Function::Counts => counts::router(),
        Function::Receipts => receipts::router().merge(consent::router()),
        Function::Reports => reports::router(),
        Function::Surveys => surveys::router(),
        Function::Testimonials => testimonials::router().merge(same::router()),
        Function::Moderation => back_office(),
    }
}

/// A function that is deployed on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Ideas are put forward.
    Ideas,
    /// Comments are sent.
    Comments,
    /// Likes.
    Likes,
    /// Live counts.
    Counts,
    /// Authors see what became of a contribution.
    Receipts,
    /// Something published is signalled, and who signalled it sees what was decided.
    Reports,
    /// Surveys are answered.
    Surveys,
    /// Experiences are told.
    Testimonials,
    /// Moderators decide.
    Moderation,
}

impl Function {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Ideas,
        Self::Comments,
        Self::Likes,
        Self::Counts,
        Self::Receipts,
        Self::Reports,
        Self::Surveys,
        Self::Testimonials,
        Self::Moderation,
    ];

    /// The name of its binary.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ideas => "ideas",
            Self::Comments => "comments",
            Self::Likes => "likes",
            Self::Counts => "counts",
            Self::Receipts => "receipts",
            Self::Reports => "reports",
            Self::Surveys => "surveys",
            Self::Testimonials => "testimonials",
            Self::Moderation => "moderation",
        }
    }
}

fn one(app: App, routes: Routes) -> Router {
    let app = Arc::new(app);
    let routes = routes.into_router();
    guard::protect(routes.fallback(|| async { Failure::NotFound }), &app).with_state(app)
}
