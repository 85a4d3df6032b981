//! Moderators' sessions: how long they last, and what ends them.

use domain::Grant;
use reqwest::StatusCode;

use crate::app::{Browser, PASSWORD, TestApp};

const DESK: &str = "/moderation/";

#[tokio::test]
async fn a_cookie_is_for_this_site_alone_and_is_not_kept_in_the_store() {
    let app = TestApp::start().await;
    let mut browser = Browser::default();
    let answer = app.log_in(&mut browser, "demo", app.password()).await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    let (value, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(
        attributes,
        "HttpOnly; SameSite=Strict; Path=/; Max-Age=28800"
    );
    let token = value.strip_prefix("moderation=").unwrap();
    assert_eq!(token.len(), 43);
    let database = std::fs::read(app.data.path().join("ecoute.db")).unwrap_or_default();
    assert!(!String::from_utf8_lossy(&database).contains(token));
}

#[tokio::test]
async fn a_login_puts_a_new_session_in_the_place_of_the_one_before() {
    let app = TestApp::start().await;
    let mut browser = app.moderator().await;
    let mut before = browser.clone();
    app.log_in(&mut browser, "demo", app.password()).await;
    assert_ne!(browser.cookies, before.cookies);
    assert_eq!(app.get_as(&mut browser, DESK).await.status, StatusCode::OK);
    let out = app.get_as(&mut before, DESK).await;
    assert_eq!(out.location(), "/moderation/connexion");
}

#[tokio::test]
async fn a_token_is_renewed_every_half_hour_and_the_old_one_is_good_for_a_minute() {
    let app = TestApp::start().await;
    let mut browser = app.moderator().await;
    app.set_clock("2026-11-23T10:29:59Z");
    let kept = browser.clone();
    app.get_as(&mut browser, DESK).await;
    assert_eq!(browser.cookies, kept.cookies);
    app.set_clock("2026-11-23T10:30:00Z");
    // A form that is sent does not change the token, a page that is asked for does; of tabs that
    // ask at the same time one changes it, and the others are still let in.
    app.post_as(&mut browser, "/moderation/compte/code", &[])
        .await;
    assert_eq!(browser.cookies, kept.cookies);
    let (mut one, mut two, mut three) = (kept.clone(), kept.clone(), kept.clone());
    let answers = tokio::join!(
        app.get_as(&mut one, DESK),
        app.get_as(&mut two, DESK),
        app.get_as(&mut three, DESK),
    );
    for answer in [&answers.0, &answers.1, &answers.2] {
        assert_eq!(answer.status, StatusCode::OK);
    }
    let mut renewed = vec![one, two, three];
    renewed.retain(|tab| tab.cookies != kept.cookies);
    assert_eq!(renewed.len(), 1);
    let mut new = renewed.remove(0);
    let mut old = kept;
    app.set_clock("2026-11-23T10:30:59Z");
    assert_eq!(app.get_as(&mut old, DESK).await.status, StatusCode::OK);
    app.set_clock("2026-11-23T10:31:00Z");
    let out = app.get_as(&mut old, DESK).await;
    assert_eq!(out.location(), "/moderation/connexion");
    assert_eq!(app.get_as(&mut new, DESK).await.status, StatusCode::OK);
    // However often it is renewed, a session ends eight hours after the login.
    for time in ["11:10:00", "17:59:59"] {
        app.set_clock(&format!("2026-11-23T{time}Z"));
        assert_eq!(app.get_as(&mut new, DESK).await.status, StatusCode::OK);
    }
    app.set_clock("2026-11-23T18:00:00Z");
    let out = app.get_as(&mut new, DESK).await;
    assert_eq!(out.location(), "/moderation/connexion");
}

#[tokio::test]
async fn a_logout_just_after_a_renewal_ends_the_old_token_too() {
    let app = TestApp::start().await;
    let mut browser = app.moderator().await;
    let mut old = browser.clone();
    app.set_clock("2026-11-23T10:30:00Z");
    app.get_as(&mut browser, DESK).await;
    app.post_as(&mut browser, "/moderation/deconnexion", &[])
        .await;
    let out = app.get_as(&mut old, DESK).await;
    assert_eq!(out.location(), "/moderation/connexion");
}

#[tokio::test]
async fn a_changed_moderator_is_out_at_once_everywhere() {
    let app = TestApp::start().await;
    app.keep_moderator("claire", &["moderator:gard"]).await;
    let store = app.served.store();
    let change = app.change("claire");
    for what in ["role", "password", "state", "sessions"] {
        let mut open = Vec::new();
        for _ in 0..2 {
            let mut browser = Browser::default();
            app.log_in(&mut browser, "claire", PASSWORD).await;
            assert_eq!(app.get_as(&mut browser, DESK).await.status, StatusCode::OK);
            open.push(browser);
        }
        let mut other = app.moderator().await;
        match what {
            "role" => {
                let grants = [Grant::parse("answerer:gard").unwrap()];
                store.set_grants(&change, &grants).await.unwrap();
            }
            "password" => {
                let hash = functions::hash_password(PASSWORD).unwrap();
                store.set_password(&change, &hash).await.unwrap();
            }
            "state" => {
                store.set_disabled(&change, true).await.unwrap();
            }
            _ => {
                store.end_sessions(&change).await.unwrap();
            }
        }
        for browser in &mut open {
            let out = app.get_as(browser, DESK).await;
            assert_eq!(out.location(), "/moderation/connexion", "{what}");
        }
        assert_eq!(app.get_as(&mut other, DESK).await.status, StatusCode::OK);
        store.set_disabled(&change, false).await.unwrap();
    }
    let log = store.verify_audit().await.unwrap();
    assert_eq!(log.broken, []);
    let history = store.history("moderator claire").await.unwrap();
    let actions: Vec<&str> = history.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(
        actions[..3],
        ["moderator-added", "moderator-role", "moderator-state"]
    );
}
