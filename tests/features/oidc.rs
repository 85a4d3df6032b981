//! Moderators who come by a provider of OpenID Connect: one that keeps to the standards
//! (`standard.rs`), and one that lies (`liar.rs`).

mod command;
pub mod entering;
pub mod liar;
mod refused;
mod standard;

use domain::Email;
use functions::{Entrance, OidcSettings, Secret, address_hash};
use reqwest::{StatusCode, Url};

use crate::app::{Answer, Browser, TestApp};

/// The public address of the site, which its provider knows.
pub const SITE: &str = "https://ecoute.example.org";

pub(super) const LOGIN: &str = "/moderation/connexion";
pub(super) const LEAVE: &str = "/moderation/connexion/fournisseur";
pub(super) const RETURN: &str = "/moderation/connexion/retour";

/// What this site is to a provider.
pub(super) const CLIENT: (&str, &str) = ("ecoute", "un secret de client pour les tests");

/// The settings of a provider at this address.
pub fn settings(issuer: &str) -> OidcSettings {
    OidcSettings {
        issuer: issuer.to_owned(),
        client_id: CLIENT.0.to_owned(),
        client_secret: CLIENT.1.to_owned(),
        name: String::new(),
        scopes: String::new(),
        acr_values: String::new(),
        entrance: Entrance::EitherWay,
        patience: OidcSettings::PATIENCE,
    }
}

/// Keeps a moderator whom the provider knows by this address.
pub(super) async fn keep_moderator(app: &TestApp, login: &str, email: &str) {
    app.keep_moderator(login, &["moderator:gard"]).await;
    bind(app, login, email).await;
}

/// What `ecoute moderator oidc` does.
pub(super) async fn bind(app: &TestApp, login: &str, email: &str) {
    let secret = std::fs::read_to_string(app.data.path().join("secret")).unwrap();
    let hash = address_hash(
        &Secret::parse(&secret).unwrap(),
        &Email::parse(email).unwrap(),
    );
    let store = app.served.store();
    let done = store.set_sign_on(&app.change(login), Some(&hash)).await;
    assert_eq!(done.unwrap(), functions::store::Changed::Done);
}

/// Presses the provider's button; where the browser goes.
pub(super) async fn leave(app: &TestApp, browser: &mut Browser) -> Url {
    let page = app.get_as(browser, LOGIN).await;
    let away = app.submit(browser, &page, "/fournisseur", &[]).await;
    assert_eq!(away.status, StatusCode::OK, "{}", away.page().text());
    let refresh = away.headers["refresh"].to_str().unwrap();
    let to = refresh.strip_prefix("0;url=").unwrap();
    // Who has a browser that does not go on has a link.
    assert_eq!(away.page().links(".buttons"), [to]);
    Url::parse(to).unwrap()
}

/// A parameter of an address.
#[track_caller]
pub(super) fn parameter(url: &Url, name: &str) -> String {
    let mut pairs = url.query_pairs();
    let found = pairs.find(|(known, _)| known == name);
    found
        .unwrap_or_else(|| panic!("no {name} in {url}"))
        .1
        .into_owned()
}

/// Comes back with an address of the site, and presses the button of the page that it shows.
pub(super) async fn come_back(app: &TestApp, browser: &mut Browser, back: &Url) -> Answer {
    let page = app.get_as(browser, &path_of(back)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.page().text());
    app.submit(browser, &page, "/retour", &[]).await
}

pub(super) fn path_of(back: &Url) -> String {
    format!("{}?{}", back.path(), back.query().unwrap_or_default())
}

/// Whether a browser has a session.
pub(super) async fn is_in(app: &TestApp, browser: &mut Browser) -> bool {
    app.get_as(browser, "/moderation/").await.status == StatusCode::OK
}
