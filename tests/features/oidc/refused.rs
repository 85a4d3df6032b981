//! Everything that can go wrong on the way, each with a page: nobody enters, and nothing of anybody
//! is in the log.

use std::time::Duration;

use axum::http::StatusCode as Status;
use functions::OidcSettings;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::entering::enter;
use super::liar::{Key, Liar, unsigned};
use super::{RETURN, SITE, come_back, is_in, keep_moderator, leave, path_of, settings};
use crate::app::{Answer, Browser, TestApp};
use crate::assert_page;

async fn start() -> (TestApp, Liar) {
    let liar = Liar::start().await;
    let app = TestApp::with_oidc(SITE, settings(&liar.issuer)).await;
    keep_moderator(&app, "claire", "claire@example.org").await;
    (app, liar)
}

/// Comes back as the provider says; what is answered, and nobody is in.
async fn refused(app: &TestApp, liar: &Liar, lie: impl FnOnce(&Liar)) -> Answer {
    let mut browser = Browser::default();
    let away = leave(app, &mut browser).await;
    let back = liar.send_back(&away, app.now());
    lie(liar);
    let answer = come_back(app, &mut browser, &back).await;
    assert!(!is_in(app, &mut browser).await);
    answer
}

#[tokio::test]
async fn a_way_back_that_is_not_this_browser_s_leads_nowhere() {
    let (app, liar) = start().await;
    let mut browser = Browser::default();
    let away = leave(&app, &mut browser).await;
    let back = path_of(&liar.send_back(&away, app.now()));
    let (code, state) = back.split_once("&state=").unwrap();
    let other = Browser::default();
    let mut elsewhere = Browser::default();
    leave(&app, &mut elsewhere).await;
    let mut pages = Vec::new();
    for (who, path) in [
        (&other, back.clone()),
        (&elsewhere, back.clone()),
        (&browser, code.to_owned()),
        (&browser, format!("{code}&state=")),
        (&browser, format!("{code}&state={}", "A".repeat(43))),
        (&browser, format!("{RETURN}?state={state}")),
        (&browser, RETURN.to_owned()),
    ] {
        let shown = app.get_as(&mut who.clone(), &path).await;
        assert_eq!(shown.status, StatusCode::GONE, "{path}");
        // Nor does what the button would send.
        let query = path.split_once('?').map_or("", |(_, query)| query);
        let form: Vec<(&str, &str)> = query
            .split('&')
            .filter_map(|it| it.split_once('='))
            .collect();
        let sent = app.post_as(&mut who.clone(), RETURN, &form).await;
        assert_eq!(sent.status, StatusCode::GONE, "{path}");
        pages.extend([shown.page().text(), sent.page().text()]);
    }
    pages.dedup();
    assert_eq!(liar.said().asked, ["discovery", "keys"]);
    // Nor what comes too late.
    app.advance(601);
    let late = app.get_as(&mut browser, &back).await;
    assert_eq!(late.status, StatusCode::GONE);
    pages.push(late.page().text());
    pages.dedup();
    assert_page!(pages.join("\n\n"));
}

#[tokio::test]
async fn what_came_back_is_good_once() {
    let (app, liar) = start().await;
    let mut browser = Browser::default();
    let away = leave(&app, &mut browser).await;
    let back = liar.send_back(&away, app.now());
    let mut copy = browser.clone();
    let first = come_back(&app, &mut browser, &back).await;
    assert_eq!(first.location(), "/moderation/");
    let second = come_back(&app, &mut copy, &back).await;
    assert_eq!(second.status, StatusCode::GONE);
    assert!(!is_in(&app, &mut copy).await);
    assert_page!(second.page().text());
}

#[tokio::test]
async fn a_token_that_proves_nothing_opens_nothing() {
    let (app, liar) = start().await;
    type Lie = fn(&Liar);
    let lies: [(&str, Lie); 10] = [
        ("of another login", |liar| {
            liar.said().claims["nonce"] = "autre".into()
        }),
        ("of no login", |liar| {
            liar.said().claims.as_object_mut().unwrap().remove("nonce");
        }),
        ("for another site", |liar| {
            liar.said().claims["aud"] = "autre".into()
        }),
        ("for two sites", |liar| {
            liar.said().claims["aud"] = json!(["ecoute", "autre"])
        }),
        ("of another issuer", |liar| {
            liar.said().claims["iss"] = "https://autre.example".into()
        }),
        ("expired", |liar| {
            let now = liar.said().claims["iat"].as_i64().unwrap();
            liar.said().claims["exp"] = (now - 1).into();
        }),
        ("signed by another with the name of its key", |liar| {
            liar.said().key = Key::new("1")
        }),
        ("signed with a key that it does not have", |liar| {
            liar.said().key = Key::new("9")
        }),
        ("signed by nobody", |liar| {
            let header = json!({"alg": "none", "typ": "JWT"});
            let token = format!("{}.", unsigned(&header, &liar.said().claims));
            liar.said().id_token = Some(token);
        }),
        ("no token", |liar| {
            liar.said().id_token = Some("rien".to_owned())
        }),
    ];
    let mut pages = Vec::new();
    for (what, lie) in lies {
        let answer = refused(&app, &liar, lie).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
        pages.push(answer.page().text());
        // The truth again.
        liar.change_key("1");
        liar.said().id_token = None;
        app.advance(86_400);
    }
    pages.dedup();
    assert_page!(pages.join("\n\n"));
    let entered = enter(&app, &liar, &mut Browser::default()).await;
    assert_eq!(entered.location(), "/moderation/");
}

#[tokio::test]
async fn what_is_told_of_somebody_else_or_by_somebody_else_opens_nothing() {
    let (app, liar) = start().await;
    let claire = |subject: &str| json!({"sub": subject, "email": "claire@example.org"});
    let signed = |alg: &str, kid: &str, claims: &Value| {
        let header = json!({"alg": alg, "typ": "JWT", "kid": kid});
        Err(format!("{}.{}", unsigned(&header, claims), "A".repeat(342)))
    };
    let mut told = claire("1234");
    told["iss"] = liar.issuer.as_str().into();
    told["aud"] = "ecoute".into();
    for person in [
        Ok(claire("5678")),
        Ok(json!({"email": "claire@example.org"})),
        signed("RS256", "rsa", &told),
        signed("none", "rsa", &told),
        signed("HS256", "rsa", &told),
        Err("rien".to_owned()),
    ] {
        let said = format!("{person:?}");
        let answer = refused(&app, &liar, |liar| liar.said().person = person).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{said}");
        let page = answer.page().text();
        assert!(
            page.contains("Nous n’avons pas pu vérifier votre identité"),
            "{page}"
        );
    }
}

#[tokio::test]
async fn an_address_that_is_not_verified_is_nobody_s() {
    let (app, liar) = start().await;
    let mut person = json!({"sub": "1234", "email": "claire@example.org", "email_verified": false});
    let answer = refused(&app, &liar, |liar| liar.said().person = Ok(person.clone())).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let unverified = answer.page().text();
    let unknown = json!({"sub": "1234", "email": "inconnue@example.org"});
    let answer = refused(&app, &liar, |liar| liar.said().person = Ok(unknown)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_page!(format!("{unverified}\n\n{}", answer.page().text()));
    for nobody in [
        json!({"sub": "1234"}),
        json!({"sub": "1234", "email": "claire"}),
    ] {
        let answer = refused(&app, &liar, |liar| liar.said().person = Ok(nobody)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    // Once somebody is known, their address is not looked at.
    person["email_verified"] = true.into();
    liar.said().person = Ok(person.clone());
    let entered = enter(&app, &liar, &mut Browser::default()).await;
    assert_eq!(entered.location(), "/moderation/");
    person["email_verified"] = false.into();
    liar.said().person = Ok(person);
    let entered = enter(&app, &liar, &mut Browser::default()).await;
    assert_eq!(entered.location(), "/moderation/");
}

#[tokio::test]
async fn who_turns_back_is_told_so_and_what_the_provider_says_is_not_repeated() {
    let (app, liar) = start().await;
    let mut browser = Browser::default();
    leave(&app, &mut browser).await;
    let back = |error: &str| format!("{RETURN}?error={error}&error_description=<b>du+texte</b>");
    let cancelled = app.get_as(&mut browser, &back("access_denied")).await;
    assert_eq!(cancelled.status, StatusCode::FORBIDDEN);
    let declined = app.get_as(&mut browser, &back("server_error")).await;
    assert_eq!(declined.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!declined.body.contains("du texte"));
    let late = refused(&app, &liar, |liar| {
        liar.said().refusal = Some((Status::BAD_REQUEST, json!({"error": "invalid_grant"})));
    })
    .await;
    assert_eq!(late.status, StatusCode::GONE);
    let unset = refused(&app, &liar, |liar| {
        liar.said().refusal = Some((Status::UNAUTHORIZED, json!({"error": "invalid_client"})));
    })
    .await;
    assert_eq!(unset.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(unset.page().text(), declined.page().text());
    let pages = [cancelled, declined, late].map(|answer| answer.page().text());
    assert_page!(pages.join("\n\n"));
}

#[tokio::test]
async fn a_provider_that_is_down_slow_or_endless_is_not_waited_for() {
    let liar = Liar::start().await;
    let impatient = OidcSettings {
        patience: Duration::from_secs(2),
        ..settings(&liar.issuer)
    };
    let app = TestApp::with_oidc(SITE, impatient).await;
    keep_moderator(&app, "claire", "claire@example.org").await;
    let mut browser = Browser::default();
    let page = app.get_as(&mut browser, super::LOGIN).await;
    for step in ["discovery", "keys"] {
        liar.said().silent_on = Some(step);
        let answer = app.submit(&mut browser, &page, "/fournisseur", &[]).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{step}");
        assert_eq!(answer.headers["retry-after"], "30");
    }
    for step in ["token", "userinfo"] {
        let answer = refused(&app, &liar, |liar| liar.said().silent_on = Some(step));
        liar.said().silent_on = None;
        let answer = answer.await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{step}");
        liar.said().silent_on = None;
        assert!(answer.page().text().contains("ProConnect ne répond pas"));
    }
    // Nor is what has no end read to it.
    let endless = Err("a".repeat(300 * 1024));
    let truth = liar.said().person.clone();
    let answer = refused(&app, &liar, |liar| liar.said().person = endless).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    liar.said().person = truth;
    // It counts for nobody as a failure.
    let entered = enter(&app, &liar, &mut Browser::default()).await;
    assert_eq!(entered.location(), "/moderation/");

    // Nothing listens there any more.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let app = TestApp::with_oidc(SITE, settings(&gone)).await;
    let page = app.get(super::LOGIN).await;
    let answer = app
        .submit(&mut Browser::default(), &page, "/fournisseur", &[])
        .await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_page!(answer.page().text());
}
