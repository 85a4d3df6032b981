//! The cookies of a browser: whose each is, how long it is kept, to whom it is sent.

use axum::http::{HeaderMap, header};
use cookie::{Cookie, SameSite, time::Duration};
use domain::{Campaign, Person, Space};

use crate::App;

/// For how long after a campaign closes the cookie of who liked there is kept, in seconds: a
/// day, so that somebody who liked in the last minutes still reads that it was counted.
pub(crate) const AFTER_CLOSING_SECONDS: i64 = 86_400;

/// For how many days the cookie of somebody who had the same experience is kept: testimonials have
/// no end, and six months are the longest that the CNIL allows without asking.
const SAME_DAYS: i64 = 180;

/// The cookie of a person who likes in a campaign, for the time of that campaign. It is sent along
/// links from other sites, so that who follows one sees what they like; what changes something is
/// guarded otherwise.
pub(crate) fn person_cookie(app: &App, campaign: &Campaign, person: &Person) -> String {
    let left = campaign.closes_at().as_second() - app.now().as_second();
    set_cookie(
        app,
        &person_name(campaign),
        app.secret.person_cookie(&campaign.slug, person),
        Duration::seconds(left.max(0) + AFTER_CLOSING_SECONDS),
        SameSite::Lax,
    )
}

/// The cookie of a person who says of a space's testimonials that they had the same experience.
pub(crate) fn space_cookie(app: &App, space: &Space, person: &Person) -> String {
    set_cookie(
        app,
        &person_of_space_name(space),
        app.secret.person_cookie(&space.slug, person),
        Duration::days(SAME_DAYS),
        SameSite::Lax,
    )
}

pub(super) fn person_of_space_name(space: &Space) -> String {
    format!("vecu-{}", space.slug)
}

pub(super) fn person_name(campaign: &Campaign) -> String {
    format!("soutien-{}", campaign.slug)
}

/// The cookie of a moderator's session, for so many seconds. It is sent with nothing that comes
/// from another site, links included: who follows one from a message is shown the login, whose
/// link to the back office goes from this site and so takes the cookie along.
pub(super) fn session_cookie(app: &App, token: &str, seconds: i64) -> String {
    set_cookie(
        app,
        "moderation",
        token.to_owned(),
        Duration::seconds(seconds),
        SameSite::Strict,
    )
}

/// The cookie that ends a moderator's session in the browser.
pub(crate) fn no_session_cookie(app: &App) -> String {
    session_cookie(app, "", 0)
}

pub(crate) fn set_cookie(
    app: &App,
    name: &str,
    value: String,
    max_age: Duration,
    same_site: SameSite,
) -> String {
    let mut cookie = cookie_of_browser(app, name, value, same_site);
    cookie.set_max_age(max_age);
    cookie.to_string()
}

/// A cookie that goes when the browser is closed.
pub(crate) fn cookie_of_browser(
    app: &App,
    name: &str,
    value: String,
    same_site: SameSite,
) -> Cookie<'static> {
    Cookie::build((cookie_name(app, name), value))
        .path("/")
        .http_only(true)
        .secure(app.is_secure())
        .same_site(same_site)
        .build()
}

/// Over TLS the name has the prefix that binds a cookie to this very host (RFC 6265bis, 4.1.3).
pub(super) fn cookie_name(app: &App, name: &str) -> String {
    if app.is_secure() {
        format!("__Host-{name}")
    } else {
        name.to_owned()
    }
}

/// The value of a cookie that a browser sends.
#[must_use]
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}
