//! The moderators' login: what it lets through, what it counts, what it says.

use reqwest::StatusCode;

use crate::app::{Answer, Browser, PASSWORD, TestApp};
use crate::assert_page;

const LOGIN: &str = "/moderation/connexion";

async fn log_in_from(app: &TestApp, address: &str, login: &str, password: &str) -> Answer {
    let form = [("login", login), ("password", password)];
    app.post_from(address, &mut Browser::default(), LOGIN, &form)
        .await
}

#[tokio::test]
async fn five_failures_close_a_login_for_a_quarter_of_an_hour_even_to_the_password() {
    let app = TestApp::start().await;
    app.keep_moderator("claire", &["national"]).await;
    let mut browser = Browser::default();
    for _ in 0..5 {
        let wrong = app.log_in(&mut browser, "claire", "faux").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    app.set_clock("2026-11-23T10:00:20Z");
    let right = app.log_in(&mut browser, "claire", PASSWORD).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(right.headers["retry-after"], "880");
    assert!(browser.cookies.is_empty());
    for _ in 0..5 {
        app.log_in(&mut browser, "personne", "faux").await;
    }
    let unknown = app.log_in(&mut browser, "personne", PASSWORD).await;
    assert_page!(format!(
        "{}\n\n{}",
        right.page().text(),
        unknown.page().text()
    ));

    // Once it is over, the password passes; what failed before is forgotten.
    app.set_clock("2026-11-23T10:15:00Z");
    let right = app.log_in(&mut browser, "claire", PASSWORD).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
    for _ in 0..4 {
        app.log_in(&mut Browser::default(), "claire", "faux").await;
    }
    let right = app.log_in(&mut browser, "claire", PASSWORD).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn each_lock_lasts_twice_as_long_as_the_one_before() {
    let app = TestApp::start().await;
    app.keep_moderator("claire", &["national"]).await;
    let mut waits = Vec::new();
    for _ in 0..6 {
        let mut browser = Browser::default();
        let locked = loop {
            let answer = app.log_in(&mut browser, "claire", "faux").await;
            if answer.status == StatusCode::TOO_MANY_REQUESTS {
                break answer;
            }
        };
        let seconds: i64 = locked.headers["retry-after"]
            .to_str()
            .unwrap()
            .parse()
            .unwrap();
        waits.push(seconds / 60);
        let over = app.now() + jiff::SignedDuration::from_secs(seconds);
        app.set_clock(&over.to_string());
    }
    assert_eq!(waits, [15, 30, 60, 120, 240, 240]);
}

#[tokio::test]
async fn fifty_tries_at_the_same_time_are_counted_exactly() {
    let app = TestApp::start().await;
    app.keep_moderator("claire", &["national"]).await;
    // From as many addresses of one network, so that the login alone counts.
    let statuses = all_at_once(&app, |n| (format!("192.0.2.{n}"), "claire".to_owned())).await;
    assert_eq!(statuses, (5, 45));
    // At as many logins, so that the address alone counts.
    let statuses = all_at_once(&app, |n| {
        ("198.51.100.7".to_owned(), format!("personne-{n}"))
    })
    .await;
    assert_eq!(statuses, (20, 30));
}

#[tokio::test]
async fn who_fails_elsewhere_closes_a_login_to_its_owner_with_many_networks_only() {
    let app = TestApp::start().await;
    app.keep_moderator("claire", &["national"]).await;
    let mut failed = 0;
    for network in 0..10 {
        let owner = log_in_from(&app, "192.0.2.1", "claire", PASSWORD).await;
        assert_eq!(
            owner.status,
            StatusCode::SEE_OTHER,
            "after {failed} failures"
        );
        for n in 0..7 {
            let address = format!("198.51.{network}.{n}");
            let wrong = log_in_from(&app, &address, "claire", "faux").await;
            let closed = wrong.status == StatusCode::TOO_MANY_REQUESTS;
            assert_eq!(closed, n >= 5, "{}", wrong.status);
            failed += u32::from(!closed);
        }
    }
    assert_eq!(failed, 50);
    let owner = log_in_from(&app, "192.0.2.1", "claire", PASSWORD).await;
    assert_eq!(owner.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(owner.headers["retry-after"], "3600");
    app.set_clock("2026-11-23T11:00:00Z");
    let owner = log_in_from(&app, "192.0.2.1", "claire", PASSWORD).await;
    assert_eq!(owner.status, StatusCode::SEE_OTHER);
}

/// How many of fifty wrong passwords were looked at, and how many were not.
async fn all_at_once(app: &TestApp, of: impl Fn(u8) -> (String, String)) -> (usize, usize) {
    let client = reqwest::Client::new();
    let mut tries = tokio::task::JoinSet::new();
    for n in 0..50 {
        let (address, login) = of(n);
        let request = client
            .post(app.url(LOGIN))
            .header("origin", &app.served.site_url)
            .header("x-forwarded-for", address)
            .form(&[("login", login.as_str()), ("password", "faux")]);
        tries.spawn(async move { request.send().await.unwrap().status() });
    }
    let statuses = tries.join_all().await;
    let of = |status| statuses.iter().filter(|found| **found == status).count();
    (
        of(StatusCode::UNPROCESSABLE_ENTITY),
        of(StatusCode::TOO_MANY_REQUESTS),
    )
}

#[tokio::test]
async fn an_office_of_moderators_shares_an_address() {
    let app = TestApp::start().await;
    app.keep_moderator("claire", &["national"]).await;
    for _ in 0..25 {
        let right = log_in_from(&app, "192.0.2.1", "claire", PASSWORD).await;
        assert_eq!(right.status, StatusCode::SEE_OTHER);
    }
    // Of IPv6, the network of a subscriber counts as one; an address elsewhere does not.
    for n in 0..20 {
        let address = format!("2001:db8:1:1::{n}");
        let wrong = log_in_from(&app, &address, &format!("personne-{n}"), "faux").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let same = log_in_from(&app, "2001:db8:1:1:ffff::1", "claire", PASSWORD).await;
    assert_eq!(same.status, StatusCode::TOO_MANY_REQUESTS);
    let other = log_in_from(&app, "2001:db8:1:2::1", "claire", PASSWORD).await;
    assert_eq!(other.status, StatusCode::SEE_OTHER);
    // What a sender says of itself before the proxy does counts for nothing.
    let forged = log_in_from(&app, "203.0.113.9, 2001:db8:1:1::1", "claire", PASSWORD).await;
    assert_eq!(forged.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_disabled_moderator_is_told_as_an_unknown_one() {
    let app = TestApp::start().await;
    let mut open = app.moderator_with("claire", &["moderator:gard"]).await;
    let store = app.served.store();
    let change = app.change("claire");
    store.set_disabled(&change, true).await.unwrap();
    let out = app.get_as(&mut open, "/moderation/").await;
    assert_eq!(out.location(), LOGIN);
    let mut browser = Browser::default();
    let refused = app.log_in(&mut browser, "claire", PASSWORD).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    store.set_disabled(&change, false).await.unwrap();
    let still_out = app.get_as(&mut open, "/moderation/").await;
    assert_eq!(still_out.location(), LOGIN);
    let right = app.log_in(&mut browser, "claire", PASSWORD).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_can_be_no_login_is_told_as_an_unknown_one() {
    let app = TestApp::start().await;
    for login in ["x".repeat(60_000), "\u{0}".to_owned(), "é".repeat(600)] {
        let wrong = app.log_in(&mut Browser::default(), &login, "faux").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
