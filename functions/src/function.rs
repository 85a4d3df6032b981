//! The functions that are deployed, each on its own.
//!
//! Each is a value that knows its routes, and not a case of a list: what a binary does not name
//! is not linked to it, so that each is as small as what it does.

use std::sync::Arc;

use axum::Router;

use crate::lambda::{
    MailOf, ProviderOf, StartError, given_provider, mail_that_leaves, mail_that_waits, no_provider,
};
use crate::routes::Routes;
use crate::{
    App, Oidc, account, comments, consent, counts, ideas, likes, login, moderation, one, receipts,
    reports, same, surveys, testimonials,
};

/// A function that is deployed on its own.
#[derive(Clone, Copy)]
pub struct Function {
    name: &'static str,
    routes: fn() -> Routes,
    mail: MailOf,
    provider: ProviderOf,
}

impl Function {
    /// Ideas are put forward.
    pub const IDEAS: Self = Self::new("ideas", ideas::router);
    /// Comments are sent.
    pub const COMMENTS: Self = Self::new("comments", comments::router);
    /// Likes.
    pub const LIKES: Self = Self::new("likes", likes::router);
    /// Live counts.
    pub const COUNTS: Self = Self::new("counts", counts::router);
    /// Authors see what became of a contribution, and answer what they are asked.
    pub const RECEIPTS: Self =
        Self::new("receipts", || receipts::router().merge(consent::router()));
    /// Something published is signalled, and who signalled it sees what was decided.
    pub const REPORTS: Self = Self::new("reports", reports::router);
    /// Surveys are answered. The link that leads back to a draft leaves at once: its address is
    /// kept nowhere.
    pub const SURVEYS: Self = Self {
        mail: mail_that_leaves,
        ..Self::new("surveys", surveys::router)
    };
    /// Experiences are told.
    pub const TESTIMONIALS: Self = Self::new("testimonials", || {
        testimonials::router().merge(same::router())
    });
    /// Moderators come in and go, and see to their account. It alone has what proves who somebody
    /// is: passwords, codes, and the provider's secret.
    pub const LOGIN: Self = Self {
        provider: given_provider,
        ..Self::new("login", || login::router().merge(account::router()))
    };
    /// Moderators decide.
    pub const MODERATION: Self = Self::new("moderation", moderation::router);
    /// Themes are found, which takes seconds of a processor, and people decide of them.
    pub const ANALYSES: Self = Self::new("analyses", moderation::analyses::router);

    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::IDEAS,
        Self::COMMENTS,
        Self::LIKES,
        Self::COUNTS,
        Self::RECEIPTS,
        Self::REPORTS,
        Self::SURVEYS,
        Self::TESTIMONIALS,
        Self::LOGIN,
        Self::MODERATION,
        Self::ANALYSES,
    ];

    const fn new(name: &'static str, routes: fn() -> Routes) -> Self {
        Self {
            name,
            routes,
            mail: mail_that_waits,
            provider: no_provider,
        }
    }

    /// The name of its binary.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The patterns of the paths that it answers.
    #[must_use]
    pub fn paths(self) -> Vec<String> {
        self.routes().paths()
    }

    pub(crate) fn routes(self) -> Routes {
        (self.routes)()
    }

    /// How its mail leaves.
    pub(crate) fn mail(self) -> MailOf {
        self.mail
    }

    /// Who says who a moderator is, for a site at that address.
    pub(crate) fn provider(self, site_url: &str) -> Result<Option<Arc<Oidc>>, StartError> {
        (self.provider)(site_url)
    }

    /// Its router.
    pub(crate) fn router(self, app: App) -> Router {
        one(app, self.routes())
    }
}
