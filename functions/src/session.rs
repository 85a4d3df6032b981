//! Who asks: extractors. No extractor, no access.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use cookie::{Cookie, SameSite, time::Duration};
use domain::{Action, Person, Slug};
use site_gen::address;

use crate::error::Lacking;
use crate::secret::token_hash;
use crate::store::Moderator;
use crate::{App, Failure, SharedApp};

/// For how long a moderator's session lasts, in seconds: a working day.
pub(crate) const SESSION_SECONDS: i64 = 8 * 3600;

/// The person whose cookie this is, where there is one.
pub(crate) struct Visitor(pub(crate) Option<Person>);

impl FromRequestParts<SharedApp> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Failure> {
        let name = cookie_name(app, "personne");
        Ok(Self(
            cookie(parts, &name).and_then(|raw| app.secret.read_person(&raw)),
        ))
    }
}

/// A moderator whose session is open. Without one, the way goes to the login.
pub(crate) struct Session {
    pub(crate) moderator: Moderator,
    pub(crate) token_hash: String,
}

/// That a moderator may do something where it is asked: made by asking, and by nothing else.
/// What changes something for a moderator takes one.
#[derive(Debug)]
pub struct Permit {
    login: String,
    name: String,
}

impl Permit {
    /// Who may: what they log in as.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.login
    }

    /// Who may: their name, for their colleagues.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Session {
    /// Whether this moderator may do this in that space.
    pub(crate) fn may(&self, action: Action, space: &Slug) -> bool {
        self.moderator.may(action, space)
    }

    /// Leave to do this in that space.
    ///
    /// # Errors
    /// [`Failure::NotAllowed`].
    pub(crate) fn permit(&self, action: Action, space: &Slug) -> Result<Permit, Failure> {
        if self.may(action, space) {
            Ok(self.permitted())
        } else {
            Err(Failure::NotAllowed(Lacking {
                action,
                space: Some(space.clone()),
            }))
        }
    }

    /// Leave to do this everywhere: for what belongs to no space.
    ///
    /// # Errors
    /// [`Failure::NotAllowed`].
    pub(crate) fn permit_everywhere(&self, action: Action) -> Result<Permit, Failure> {
        if self.moderator.may_everywhere(action) {
            Ok(self.permitted())
        } else {
            Err(Failure::NotAllowed(Lacking {
                action,
                space: None,
            }))
        }
    }

    /// Leave to do this to what belongs to a stored campaign: in its space, and everywhere where
    /// the catalogue no longer has it.
    ///
    /// # Errors
    /// [`Failure::NotAllowed`].
    pub(crate) fn permit_in(
        &self,
        app: &App,
        action: Action,
        campaign: &Slug,
    ) -> Result<Permit, Failure> {
        match app.renderer.catalogue().campaigns.get(campaign) {
            Some(campaign) => self.permit(action, &campaign.space),
            None => self.permit_everywhere(action),
        }
    }

    /// As [`Session::permit_in`], for what is shown where it may be and left out where not.
    pub(crate) fn may_in(&self, app: &App, action: Action, campaign: &Slug) -> bool {
        self.permit_in(app, action, campaign).is_ok()
    }

    fn permitted(&self) -> Permit {
        Permit {
            login: self.moderator.login.clone(),
            name: self.moderator.name.clone(),
        }
    }
}

/// Why there is no session.
pub(crate) enum NoSession {
    LoggedOut,
    Failed(Failure),
}

impl IntoResponse for NoSession {
    fn into_response(self) -> Response {
        match self {
            Self::LoggedOut => Redirect::to(address::LOGIN).into_response(),
            Self::Failed(failure) => failure.into_response(),
        }
    }
}

impl FromRequestParts<SharedApp> for Session {
    type Rejection = NoSession;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, NoSession> {
        let token = cookie(parts, &cookie_name(app, "moderation")).ok_or(NoSession::LoggedOut)?;
        let token_hash = token_hash(&token);
        let moderator = app
            .store
            .session(&token_hash, app.now())
            .await
            .map_err(|error| NoSession::Failed(error.into()))?
            .ok_or(NoSession::LoggedOut)?;
        Ok(Self {
            moderator,
            token_hash,
        })
    }
}

/// The cookie of a person who likes, for a year.
pub(crate) fn person_cookie(app: &App, person: &Person) -> String {
    set_cookie(
        app,
        "personne",
        app.secret.person_cookie(person),
        Duration::days(365),
        SameSite::Lax,
    )
}

/// The cookie of a moderator's session.
pub(crate) fn session_cookie(app: &App, token: &str) -> String {
    set_cookie(
        app,
        "moderation",
        token.to_owned(),
        Duration::seconds(SESSION_SECONDS),
        SameSite::Lax,
    )
}

/// The cookie that ends a moderator's session in the browser.
pub(crate) fn no_session_cookie(app: &App) -> String {
    set_cookie(
        app,
        "moderation",
        String::new(),
        Duration::ZERO,
        SameSite::Lax,
    )
}

fn set_cookie(
    app: &App,
    name: &str,
    value: String,
    max_age: Duration,
    same_site: SameSite,
) -> String {
    Cookie::build((cookie_name(app, name), value))
        .path("/")
        .http_only(true)
        .secure(app.is_secure())
        .same_site(same_site)
        .max_age(max_age)
        .build()
        .to_string()
}

/// Over TLS the name has the prefix that binds a cookie to this very host (RFC 6265bis, 4.1.3).
fn cookie_name(app: &App, name: &str) -> String {
    if app.is_secure() {
        format!("__Host-{name}")
    } else {
        name.to_owned()
    }
}

fn cookie(parts: &Parts, name: &str) -> Option<String> {
    parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}
