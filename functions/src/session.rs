//! Who asks: extractors. No extractor, no access.

mod cookies;

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{
    Action, Campaign, Contribution, Moderated, Person, Place, Slug, Space, Status, may_about,
    may_for,
};
use jiff::ToSpan;
use site_gen::address;

use crate::error::Lacking;
use crate::secret::new_token;
use crate::store::{Moderator, StoreError};
use crate::{App, Failure, SharedApp, secret};

pub use cookies::cookie;
pub(crate) use cookies::{
    AFTER_CLOSING_SECONDS, cookie_of_browser, no_session_cookie, person_cookie, set_cookie,
    space_cookie,
};
use cookies::{cookie_name, person_name, person_of_space_name, session_cookie};

/// For how long a moderator's session lasts, in seconds: a working day.
pub(crate) const SESSION_SECONDS: i64 = 8 * 3600;

/// After how many seconds a session has another token, at the next page that is asked for.
const TOKEN_SECONDS: i64 = 30 * 60;

/// Somebody who may like: the cookies of a browser.
pub(crate) struct Visitor(HeaderMap);

impl Visitor {
    /// Who this is in a campaign, where the browser has a cookie of it that was signed here. The
    /// cookie of another campaign says nothing: nobody is followed from one to the next.
    pub(crate) fn person(&self, app: &App, campaign: &Campaign) -> Option<Person> {
        let name = cookie_name(app, &person_name(campaign));
        cookie(&self.0, &name).and_then(|raw| app.secret.read_person(&campaign.slug, &raw))
    }

    /// Who this is among the testimonials of a space, likewise.
    pub(crate) fn person_of_space(&self, app: &App, space: &Space) -> Option<Person> {
        let name = cookie_name(app, &person_of_space_name(space));
        let raw = cookie(&self.0, &name)?;
        app.secret.read_person(&space.slug, &raw)
    }

    /// The value of a cookie of this site.
    pub(crate) fn cookie(&self, app: &App, name: &str) -> Option<String> {
        cookie(&self.0, &cookie_name(app, name))
    }

    /// What the browser calls itself.
    pub(crate) fn browser(&self) -> &str {
        let name = self.0.get(header::USER_AGENT);
        name.and_then(|name| name.to_str().ok()).unwrap_or_default()
    }
}

impl FromRequestParts<SharedApp> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &SharedApp) -> Result<Self, Infallible> {
        Ok(Self(parts.headers.clone()))
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

    /// Leave to do this to what was sent somewhere: in its space, and everywhere where the
    /// catalogue no longer has it.
    ///
    /// # Errors
    /// [`Failure::NotAllowed`].
    pub(crate) fn permit_in(
        &self,
        app: &App,
        action: Action,
        place: &Place,
    ) -> Result<Permit, Failure> {
        match app.renderer.catalogue().space_of(place) {
            Some(space) => self.permit(action, &space.slug),
            None => self.permit_everywhere(action),
        }
    }

    /// Leave to do this to a contribution as it is stored. Who answers for one structure has it
    /// for testimonials that are public and concern that structure, or a part of it.
    ///
    /// # Errors
    /// [`Failure::NotAllowed`].
    pub(crate) fn permit_on(
        &self,
        app: &App,
        action: Action,
        held: &Moderated,
    ) -> Result<Permit, Failure> {
        let place = held.contribution.place();
        if let Contribution::Testimonial(testimonial) = &held.contribution
            && held.status == Status::Published
            && self.may_about(app, action, &place, &testimonial.structures)
        {
            return Ok(self.permitted());
        }
        self.permit_in(app, action, &place)
    }

    /// As [`Session::permit_on`], for what is shown where it may be and left out where not.
    pub(crate) fn may_on(&self, app: &App, action: Action, held: &Moderated) -> bool {
        self.permit_on(app, action, held).is_ok()
    }

    /// Whether this moderator may do this to a published testimonial that was sent there and
    /// concerns these structures.
    pub(crate) fn may_about(
        &self,
        app: &App,
        action: Action,
        place: &Place,
        structures: &[Slug],
    ) -> bool {
        let catalogue = app.renderer.catalogue();
        let concerns = catalogue.and_above(structures);
        let may = |space: &Space| may_about(&self.moderator.grants, action, &space.slug, &concerns);
        catalogue.space_of(place).is_some_and(may)
    }

    /// Leave to do this in the name of a structure, to what was sent to its space.
    ///
    /// # Errors
    /// [`Failure::NotAllowed`].
    pub(crate) fn permit_for(
        &self,
        app: &App,
        action: Action,
        place: &Place,
        structure: &Slug,
    ) -> Result<Permit, Failure> {
        let space = app.renderer.catalogue().space_of(place);
        let may = |space: &Space| may_for(&self.moderator.grants, action, &space.slug, structure);
        if space.is_some_and(may) {
            return Ok(self.permitted());
        }
        self.permit_in(app, action, place)
    }

    /// As [`Session::permit_for`], for what is shown where it may be and left out where not.
    pub(crate) fn may_for(
        &self,
        app: &App,
        action: Action,
        place: &Place,
        structure: &Slug,
    ) -> bool {
        self.permit_for(app, action, place, structure).is_ok()
    }

    /// As [`Session::permit_in`], for what is shown where it may be and left out where not.
    pub(crate) fn may_in(&self, app: &App, action: Action, place: &Place) -> bool {
        self.permit_in(app, action, place).is_ok()
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
        let Presented(token_hash) = presented(parts, app);
        let token_hash = token_hash.ok_or(NoSession::LoggedOut)?;
        let now = app.now();
        let failed = |error: StoreError| NoSession::Failed(error.into());
        let open = app.store.session(&token_hash, now).await.map_err(failed)?;
        let open = open.ok_or(NoSession::LoggedOut)?;
        let age = now.as_second() - open.issued_at.as_second();
        if parts.method == Method::GET && !open.replaced && age >= TOKEN_SECONDS {
            let token = new_token();
            let replaced = app
                .store
                .replace_token(&open, &token_hash, &secret::token_hash(&token), now)
                .await
                .map_err(failed)?;
            if let (true, Some(renewed)) = (replaced, parts.extensions.get::<Renewed>()) {
                let left = open.expires.as_second() - now.as_second();
                let cookie = session_cookie(app, &token, left);
                // A request has one session, and so one new token.
                let _ = renewed.0.set(cookie);
            }
        }
        Ok(Self {
            moderator: open.moderator,
            token_hash,
        })
    }
}

/// The hash of the token that a browser sends, good or not.
pub(crate) struct Presented(pub(crate) Option<String>);

impl FromRequestParts<SharedApp> for Presented {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Infallible> {
        Ok(presented(parts, app))
    }
}

fn presented(parts: &Parts, app: &App) -> Presented {
    let token = cookie(&parts.headers, &cookie_name(app, "moderation"));
    Presented(token.map(|token| secret::token_hash(&token)))
}

/// The cookie of a token that took the place of another during a request.
#[derive(Clone, Default)]
struct Renewed(Arc<OnceLock<String>>);

/// Sends the new token of a session with the answer.
pub(crate) async fn renew(mut request: Request, next: Next) -> Response {
    let renewed = Renewed::default();
    request.extensions_mut().insert(renewed.clone());
    let mut response = next.run(request).await;
    let cookie = renewed
        .0
        .get()
        .and_then(|cookie| HeaderValue::from_str(cookie).ok());
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Opens a session for a moderator who proved who they are, in place of the one that the
/// browser had; answers its cookie.
pub(crate) async fn open(
    app: &App,
    moderator: &Moderator,
    before: &Presented,
) -> Result<String, Failure> {
    if let Presented(Some(before)) = before {
        app.store.close_session(before).await?;
    }
    let token = new_token();
    let now = app.now();
    let expires = now + SESSION_SECONDS.seconds();
    let hash = secret::token_hash(&token);
    app.store
        .open_session(&hash, moderator, now, expires)
        .await?;
    Ok(session_cookie(app, &token, SESSION_SECONDS))
}
