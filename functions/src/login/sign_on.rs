//! The login by a provider: somebody leaves for it, comes back, and enters where a moderator is
//! who they are.
//!
//! What brings somebody back is a link of another site, and a GET changes nothing: it shows a
//! button, and what the button sends does the rest (a script presses it). The session's cookie,
//! which no other site may send along, could not be used from there otherwise.

use axum::extract::{Query, State};
use axum::http::{HeaderName, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use cookie::{SameSite, time::Duration};
use domain::Invalid;
use openidconnect::url::Url;
use serde::Deserialize;
use serde_json::json;
use site_gen::address;

use super::{Cookies, code_page, enter, login_page};
use crate::form::Typed;
use crate::moderation::head;
use crate::oidc::{Attempt, Identified, Oidc, Refused, address_hash, subject_hash};
use crate::routes::Routes;
use crate::secret::{new_token, token_hash};
use crate::sender::Sender;
use crate::session::{Presented, SESSION_SECONDS, Visitor, set_cookie};
use crate::store::{Claim, Moderator};
use crate::{App, Failure, SharedApp};

/// For how long somebody may be at the provider, in seconds.
const AWAY_SECONDS: i64 = 10 * 60;

/// What a ticket of these logins is signed for, and the name of the cookie that holds it.
const TICKET: &str = "connexion";

/// The cookie of what logs out of the provider: its ID token, which is of the person whose browser
/// it is, and kept nowhere else.
const TOKEN: &str = "fournisseur";

/// The longest ID token that goes in a cookie, in bytes: browsers keep 4096 for all of a cookie
/// (RFC 6265, section 6.1). A longer one is left out, and the provider may ask who logs out.
const LONGEST_TOKEN: usize = 3_500;

/// The page between this site and the provider: it says where it leads, and the browser goes on
/// by itself. A redirection would be the answer to a form, and the page's policy lets forms go to
/// this site alone.
#[derive(Debug, Clone, Copy)]
pub(super) enum Leaving {
    /// To be identified.
    There,
    /// Logged out here, to be logged out there.
    Out,
}

pub(super) fn router() -> Routes {
    Routes::new()
        .route(address::LOGIN_PROVIDER, post(leave))
        .route(address::LOGIN_RETURN, get(come_back).post(come_in))
}

async fn leave(State(app): State<SharedApp>) -> Result<Response, Failure> {
    let oidc = provider(&app)?;
    let ticket = app.secret.ticket(TICKET, app.now());
    let attempt = Attempt::of(&app.secret, &ticket);
    let to = oidc.way_there(&attempt, app.now()).await?;
    let cookie = ticket_cookie(&app, ticket, AWAY_SECONDS);
    leaving(&app, Leaving::There, &to, Cookies(vec![cookie]))
}

/// What a provider sends back: a code, or why there is none.
#[derive(Deserialize)]
struct Back {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    error: String,
}

async fn come_back(
    State(app): State<SharedApp>,
    browser: Visitor,
    Query(back): Query<Back>,
) -> Result<Html<String>, Failure> {
    let oidc = provider(&app)?;
    match back.error.as_str() {
        "" => {}
        "access_denied" => return Err(Refused::Cancelled.into()),
        _ => {
            // What it says may be anything: a link can be made by anybody.
            tracing::warn!("the provider sends somebody back without a code");
            return Err(Refused::Declined.into());
        }
    }
    attempted(&app, &browser, &back)?;
    let view = json!({
        "action": address::LOGIN_RETURN,
        "name": oidc.name(),
        "state": back.state,
        "code": back.code,
        "again": address::LOGIN,
    });
    let head = head(&app, "sign-on-back", address::LOGIN_RETURN);
    let page = app
        .renderer
        .document("moderation/sign-on-back.html", &head, &view)?;
    Ok(Html(page))
}

async fn come_in(
    State(app): State<SharedApp>,
    browser: Visitor,
    sender: Sender,
    before: Presented,
    Typed(back): Typed<Back>,
) -> Result<Response, Failure> {
    let oidc = provider(&app)?;
    let (ticket, attempt) = attempted(&app, &browser, &back)?;
    let taken = match app.try_as(&attempt.state, &sender).await? {
        Ok(taken) => taken,
        Err(locked) => {
            let page = login_page(&app, "", &locked.invalid(&app, "login"))?;
            return Ok(locked.answer(page));
        }
    };
    if !app
        .store
        .take_return(&token_hash(&ticket), app.now())
        .await?
    {
        return Err(Refused::Used.into());
    }
    let identified = match oidc.identify(&attempt, back.code, app.now()).await {
        Ok(identified) => identified,
        Err(Refused::Unreachable) => {
            // Nobody tried anything wrong.
            taken.goes_on().await?;
            return Err(Refused::Unreachable.into());
        }
        Err(refused) => return Err(refused.into()),
    };
    let moderator = entitled(&app, &identified).await?;
    let cookies = Cookies(vec![
        ticket_cookie(&app, String::new(), 0),
        token_cookie(&app, &identified.id_token),
    ]);
    if moderator.second_factor && !identified.with_two_factors {
        taken.goes_on().await?;
        let page = code_page(&app, &moderator, &Invalid::default())?;
        return Ok((cookies, page).into_response());
    }
    taken.succeeded().await?;
    let entered = enter(&app, &moderator, &before).await?;
    Ok((cookies, entered).into_response())
}

/// The login that this browser left for, if it is the one that comes back.
fn attempted(app: &App, browser: &Visitor, back: &Back) -> Result<(String, Attempt), Refused> {
    let now = app.now();
    let ticket = browser.cookie(app, TICKET).ok_or(Refused::Lost)?;
    let read = app.secret.read_ticket(TICKET, &ticket, now);
    let opened = read.ok_or(Refused::Lost)?.opened;
    let attempt = Attempt::of(&app.secret, &ticket);
    let is_ours = app.secret.is_signed_on("state", &ticket, &back.state);
    if !is_ours || back.code.is_empty() || now.as_second() - opened.as_second() > AWAY_SECONDS {
        return Err(Refused::Lost);
    }
    Ok((ticket, attempt))
}

/// The moderator who somebody is.
async fn entitled(app: &App, identified: &Identified) -> Result<Moderator, Failure> {
    let subject = subject_hash(&app.secret, identified);
    let address = identified.email.as_ref();
    let address = address.map(|email| address_hash(&app.secret, email));
    let claim = Claim {
        subject: &subject,
        address: address.as_deref().filter(|_| !identified.is_unverified),
    };
    let known = app.store.signed_on(claim, app.now()).await?;
    match known.filter(|moderator| !moderator.disabled) {
        Some(moderator) => Ok(moderator),
        None if identified.is_unverified => Err(Refused::Unverified.into()),
        None => {
            let oidc = provider(app)?;
            let to = oidc.way_out(&identified.id_token, new_token(), app.now());
            let way_out = to.await.map(String::from);
            Err(Refused::Unknown { way_out }.into())
        }
    }
}

fn provider(app: &App) -> Result<&Oidc, Failure> {
    app.oidc.as_deref().ok_or(Failure::NotFound)
}

/// Where who logs out here is logged out of the provider, if they came by it.
pub(super) async fn way_out(app: &App, browser: &Visitor) -> Option<Url> {
    let oidc = app.oidc.as_deref()?;
    let token = browser.cookie(app, TOKEN)?;
    oidc.way_out(&token, new_token(), app.now()).await
}

/// The page that leads to the provider.
pub(super) fn leaving(
    app: &App,
    why: Leaving,
    to: &Url,
    cookies: Cookies,
) -> Result<Response, Failure> {
    let messages = app.renderer.messages();
    let name = app.oidc.as_ref().map(|oidc| oidc.name().to_owned());
    let arguments = [("name", name.unwrap_or_default())];
    let say = |part: &str| {
        let table = match why {
            Leaving::There => "sign-on.there",
            Leaving::Out => "sign-on.out",
        };
        messages.text(&format!("{table}.{part}"), &arguments)
    };
    let view = json!({
        "heading": say("heading"),
        "text": say("text"),
        "link": say("link"),
        "to": to.as_str(),
        "back": match why {
            Leaving::There => Some(address::LOGIN),
            Leaving::Out => None,
        },
    });
    let head = head(app, "sign-on-away", address::LOGIN_PROVIDER);
    let page = app
        .renderer
        .document("moderation/sign-on-away.html", &head, &view)?;
    let refresh = [(HeaderName::from_static("refresh"), format!("0;url={to}"))];
    Ok((StatusCode::OK, refresh, cookies, Html(page)).into_response())
}

/// It must come back by a link of the provider, another site: Lax.
fn ticket_cookie(app: &App, ticket: String, seconds: i64) -> String {
    set_cookie(
        app,
        TICKET,
        ticket,
        Duration::seconds(seconds),
        SameSite::Lax,
    )
}

fn token_cookie(app: &App, id_token: &str) -> String {
    let value = match id_token.len() {
        0..=LONGEST_TOKEN => id_token,
        _ => "long",
    };
    let lasts = Duration::seconds(SESSION_SECONDS);
    set_cookie(app, TOKEN, value.to_owned(), lasts, SameSite::Strict)
}

pub(super) fn no_token_cookie(app: &App) -> String {
    set_cookie(app, TOKEN, String::new(), Duration::ZERO, SameSite::Strict)
}
