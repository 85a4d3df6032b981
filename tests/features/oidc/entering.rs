//! Who enters by a provider, and how far.

use functions::store::SignOn;
use functions::{Entrance, OidcSettings};
use reqwest::StatusCode;
use serde_json::json;

use super::liar::Liar;
use super::{
    LEAVE, LOGIN, RETURN, SITE, bind, come_back, is_in, keep_moderator, leave, parameter, settings,
};
use crate::account::turn_codes_on;
use crate::app::{Answer, Browser, PASSWORD, TestApp};
use crate::assert_page;

/// The whole way, as whom the provider says.
pub async fn enter(app: &TestApp, liar: &Liar, browser: &mut Browser) -> Answer {
    let away = leave(app, browser).await;
    let back = liar.send_back(&away, app.now());
    come_back(app, browser, &back).await
}

/// Another person at the provider, from now on.
fn say_who(liar: &Liar, subject: &str, email: &str) {
    liar.said().person = Ok(json!({"sub": subject, "email": email, "email_verified": true}));
}

async fn enter_as(app: &TestApp, liar: &Liar, subject: &str) -> Answer {
    let mut browser = Browser::default();
    let away = leave(app, &mut browser).await;
    let back = liar.send_back(&away, app.now());
    liar.said().claims["sub"] = subject.into();
    come_back(app, &mut browser, &back).await
}

async fn sign_on(app: &TestApp, login: &str) -> SignOn {
    let known = app.served.store().moderator(login).await.unwrap();
    known.unwrap().0.sign_on
}

#[tokio::test]
async fn without_a_provider_there_is_a_password_and_nothing_else() {
    let app = TestApp::start().await;
    let login = app.get(LOGIN).await;
    assert!(!login.body.contains("fournisseur"));
    assert_eq!(app.post(LEAVE, &[]).await.status, StatusCode::NOT_FOUND);
    let back = app.get(&format!("{RETURN}?code=a&state=b")).await;
    assert_eq!(back.status, StatusCode::NOT_FOUND);
    assert_eq!(app.post(RETURN, &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_provider_comes_first_then_the_password_or_no_password_at_all() {
    let liar = Liar::start().await;
    let app = TestApp::with_oidc(SITE, settings(&liar.issuer)).await;
    let both = app.get(LOGIN).await.page().text();
    let mut browser = Browser::default();
    let page = app.get_as(&mut browser, LOGIN).await;
    let away = app.submit(&mut browser, &page, "/fournisseur", &[]).await;
    let away = away.page().text();

    let alone = OidcSettings {
        entrance: Entrance::ProviderAlone,
        name: "le compte de la Cnaf".to_owned(),
        ..settings(&liar.issuer)
    };
    let app = TestApp::with_oidc(SITE, alone).await;
    app.keep_moderator("claire", &["national"]).await;
    let one = app.get(LOGIN).await.page().text();
    let typed = app
        .log_in(&mut Browser::default(), "claire", PASSWORD)
        .await;
    assert_eq!(typed.status, StatusCode::NOT_FOUND);
    assert_page!(format!("{both}\n\n{away}\n\n{one}"));
}

#[tokio::test]
async fn the_way_back_shows_a_button_and_a_get_changes_nothing() {
    let liar = Liar::start().await;
    let app = TestApp::with_oidc(SITE, settings(&liar.issuer)).await;
    keep_moderator(&app, "claire", "claire@example.org").await;
    let mut browser = Browser::default();
    let away = leave(&app, &mut browser).await;
    let back = liar.send_back(&away, app.now());
    let before = (browser.cookies.clone(), app.items().await);
    let page = app.get_as(&mut browser, &super::path_of(&back)).await;
    assert_eq!((browser.cookies.clone(), app.items().await), before);
    assert_eq!(liar.said().asked, ["discovery", "keys"]);
    assert_page!(page.page().text());
    let entered = app.submit(&mut browser, &page, "/retour", &[]).await;
    assert_eq!(entered.location(), "/moderation/");
    let cookies: Vec<&str> = entered
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|cookie| cookie.to_str().unwrap().split_once("; ").unwrap().1)
        .collect();
    let strict = "HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=28800";
    let gone = "HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0";
    assert_eq!(cookies, [strict, gone, strict]);
    assert!(is_in(&app, &mut browser).await);
    let account = app.get_as(&mut browser, "/moderation/compte").await;
    let told = account
        .page()
        .words("section[aria-labelledby=fournisseur] p");
    assert!(
        told.starts_with("Vous vous connectez aussi avec ProConnect."),
        "{told}"
    );
}

#[tokio::test]
async fn the_provider_is_asked_what_it_is_once() {
    let liar = Liar::start().await;
    let app = TestApp::with_oidc(SITE, settings(&liar.issuer)).await;
    keep_moderator(&app, "claire", "claire@example.org").await;
    for _ in 0..3 {
        let entered = enter(&app, &liar, &mut Browser::default()).await;
        assert_eq!(entered.location(), "/moderation/");
    }
    let login = ["token", "userinfo"];
    let asked = [&["discovery", "keys"][..], &login, &login, &login].concat();
    assert_eq!(liar.said().asked, asked);

    // A key that it did not have is asked for, once.
    liar.change_key("2");
    liar.said().asked.clear();
    let entered = enter(&app, &liar, &mut Browser::default()).await;
    assert_eq!(entered.location(), "/moderation/");
    assert_eq!(liar.said().asked, ["token", "keys", "userinfo"]);

    // What it says of itself may change within a day; where it does not answer then, what it said
    // still holds.
    app.advance(86_400);
    liar.said().asked.clear();
    let away = leave(&app, &mut Browser::default()).await;
    assert_eq!(parameter(&away, "client_id"), "ecoute");
    assert_eq!(liar.said().asked, ["discovery", "keys"]);
}

#[tokio::test]
async fn the_address_counts_once_and_the_identifier_from_then_on() {
    let liar = Liar::start().await;
    let app = TestApp::with_oidc(SITE, settings(&liar.issuer)).await;
    keep_moderator(&app, "claire", "claire@example.org").await;
    keep_moderator(&app, "omar", "omar@example.org").await;
    assert_eq!(sign_on(&app, "claire").await, SignOn::Awaited);
    say_who(&liar, "1234", "Claire@EXAMPLE.org");
    assert_eq!(
        enter_as(&app, &liar, "1234").await.location(),
        "/moderation/"
    );
    assert_eq!(sign_on(&app, "claire").await, SignOn::Bound);
    // Another address, the same person.
    say_who(&liar, "1234", "claire.dupont@example.org");
    assert_eq!(
        enter_as(&app, &liar, "1234").await.location(),
        "/moderation/"
    );
    // The address is given to somebody else: it opens nothing any more.
    say_who(&liar, "5678", "claire@example.org");
    assert_eq!(
        enter_as(&app, &liar, "5678").await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(sign_on(&app, "omar").await, SignOn::Awaited);

    // An administrator says who it is now; whoever it was is out, and does not come in.
    let mut browser = Browser::default();
    say_who(&liar, "1234", "claire@example.org");
    enter(&app, &liar, &mut browser).await;
    assert!(is_in(&app, &mut browser).await);
    bind(&app, "claire", "claire.nouvelle@example.org").await;
    assert!(!is_in(&app, &mut browser).await);
    assert_eq!(
        enter_as(&app, &liar, "1234").await.status,
        StatusCode::FORBIDDEN
    );
    say_who(&liar, "9999", "claire.nouvelle@example.org");
    assert_eq!(
        enter_as(&app, &liar, "9999").await.location(),
        "/moderation/"
    );

    let store = app.served.store();
    let history = store.history("moderator claire").await.unwrap();
    let told: Vec<String> = history
        .iter()
        .map(|entry| {
            format!(
                "{} by {}{}{}",
                entry.action, entry.by, entry.before, entry.after
            )
        })
        .collect();
    assert_eq!(
        told[1..],
        [
            "moderator-provider-on by (command)",
            "moderator-provider-bound by claire",
            "moderator-provider-on by (command)",
            "moderator-provider-bound by claire",
        ]
    );
    assert_eq!(store.verify_audit().await.unwrap().broken, []);
}

#[tokio::test]
async fn one_address_is_one_moderator_s() {
    let liar = Liar::start().await;
    let app = TestApp::with_oidc(SITE, settings(&liar.issuer)).await;
    keep_moderator(&app, "claire", "claire@example.org").await;
    app.keep_moderator("omar", &["moderator:gard"]).await;
    let store = app.served.store();
    let taken = store
        .set_sign_on(&app.change("omar"), Some("une empreinte"))
        .await;
    assert_eq!(taken.unwrap(), functions::store::Changed::Done);
    let taken = store
        .set_sign_on(&app.change("claire"), Some("une empreinte"))
        .await;
    assert_eq!(taken.unwrap(), functions::store::Changed::Taken);
    assert_eq!(
        enter_as(&app, &liar, "1234").await.location(),
        "/moderation/"
    );
    // Of many who come with one address, the first is who it is.
    bind(&app, "omar", "omar@example.org").await;
    let mut entered = 0;
    for subject in ["a", "b", "c"] {
        say_who(&liar, subject, "omar@example.org");
        entered += u32::from(enter_as(&app, &liar, subject).await.status == StatusCode::SEE_OTHER);
    }
    assert_eq!(entered, 1);
}

#[tokio::test]
async fn two_factors_there_are_enough_and_one_is_not_where_codes_are_on() {
    let liar = Liar::start().await;
    let app = TestApp::with_oidc(SITE, settings(&liar.issuer)).await;
    keep_moderator(&app, "claire", "claire@example.org").await;
    let mut browser = Browser::default();
    app.log_in(&mut browser, "claire", PASSWORD).await;
    turn_codes_on(&app, &mut browser).await;
    let mut browser = Browser::default();
    for (claim, value, enough) in [
        ("amr", json!(["pwd", "mfa"]), true),
        ("acr", json!("eidas2"), true),
        (
            "acr",
            json!("https://proconnect.gouv.fr/assurance/self-asserted-2fa"),
            true,
        ),
        ("amr", json!(["pwd"]), false),
        ("amr", json!(["pwd", "mail"]), false),
        ("acr", json!("eidas1"), false),
    ] {
        let away = leave(&app, &mut browser).await;
        let back = liar.send_back(&away, app.now());
        liar.said().claims[claim] = value.clone();
        let answer = come_back(&app, &mut browser, &back).await;
        if enough {
            assert_eq!(answer.location(), "/moderation/", "{value}");
        } else {
            assert_eq!(answer.status, StatusCode::OK, "{value}");
            let page = answer.page();
            assert_eq!(page.words("h1"), "Votre code");
            let wrong = app
                .submit(&mut browser, &answer, "/code", &[("code", "000000")])
                .await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    }
}

#[tokio::test]
async fn a_session_is_as_any_other_and_a_disabled_moderator_has_none() {
    let liar = Liar::start().await;
    let app = TestApp::with_oidc(SITE, settings(&liar.issuer)).await;
    keep_moderator(&app, "claire", "claire@example.org").await;
    let store = app.served.store();
    let change = app.change("claire");
    // Before the first time, and after it.
    for _ in 0..2 {
        store.set_disabled(&change, true).await.unwrap();
        assert_eq!(
            enter_as(&app, &liar, "1234").await.status,
            StatusCode::FORBIDDEN
        );
        store.set_disabled(&change, false).await.unwrap();
        let mut browser = Browser::default();
        assert_eq!(
            enter(&app, &liar, &mut browser).await.location(),
            "/moderation/"
        );
        assert!(is_in(&app, &mut browser).await);
        store.end_sessions(&change).await.unwrap();
        assert!(!is_in(&app, &mut browser).await);
    }
    store.set_sign_on(&change, None).await.unwrap();
    assert_eq!(
        enter_as(&app, &liar, "1234").await.status,
        StatusCode::FORBIDDEN
    );
    let mut browser = Browser::default();
    let password = app.log_in(&mut browser, "claire", PASSWORD).await;
    assert_eq!(password.location(), "/moderation/");
    // Who came with a password leaves at once.
    let out = app
        .post_as(&mut browser, "/moderation/deconnexion", &[])
        .await;
    assert_eq!(out.location(), LOGIN);
}
