//! A moderator's own account.

use reqwest::StatusCode;
use totp_rs::{Builder, Secret, Totp};

use crate::app::{Answer, Browser, PASSWORD, TestApp, at_an_office};
use crate::assert_page;

const ACCOUNT: &str = "/moderation/compte";
const DESK: &str = "/moderation/";

/// What an application shows at the time of the test, having read the key on the page.
fn application(key: &str) -> Totp {
    let key = key.replace(' ', "");
    Builder::new()
        .with_secret(Secret::try_from_base32(key).unwrap())
        .with_account_name("claire")
        .build()
        .unwrap()
}

fn code(app: &TestApp, totp: &Totp) -> String {
    let now = u64::try_from(app.now().as_second()).unwrap();
    totp.generate(now).to_string()
}

/// Turns codes on; answers what the application shows from then on.
async fn with_codes(app: &TestApp, browser: &mut Browser) -> Totp {
    turn_codes_on(app, browser).await.0
}

/// Turns codes on; answers the application, and the key that it was given.
pub async fn turn_codes_on(app: &TestApp, browser: &mut Browser) -> (Totp, String) {
    let setup = app
        .post_as(browser, "/moderation/compte/code", &[])
        .await
        .page();
    let key = setup.words("main code");
    let totp = application(&key);
    let (action, mut fields) = setup.form_with("ticket");
    for (name, value) in &mut fields {
        if name == "code" {
            *value = code(app, &totp);
        }
    }
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let done = app.post_as(browser, &action, &fields).await;
    assert_eq!(done.location(), "/moderation/compte?fait=code-on");
    (totp, key.replace(' ', ""))
}

/// Sends the second page of a login.
async fn send_code(app: &TestApp, browser: &mut Browser, page: &Answer, code: &str) -> Answer {
    let (action, fields) = page.page().form_with("ticket");
    let mut form: Vec<(&str, &str)> = fields
        .iter()
        .filter(|(name, _)| name != "code")
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    form.push(("code", code));
    app.post_from(&at_an_office(), browser, &action, &form)
        .await
}

#[tokio::test]
async fn the_page_says_who_one_is_and_what_one_may_do() {
    let app = TestApp::start().await;
    app.set_clock("2026-11-23T09:30:00Z");
    app.moderator_with("claire", &["moderator:gard", "analyst:national"])
        .await;
    app.set_clock("2026-11-23T10:00:00Z");
    let mut browser = Browser::default();
    app.log_in(&mut browser, "claire", PASSWORD).await;
    let page = app.get_as(&mut browser, ACCOUNT).await;
    assert_page!(page.page().text());
}

#[tokio::test]
async fn a_password_is_changed_with_the_one_before_and_ends_other_sessions() {
    let app = TestApp::start().await;
    let mut browser = app
        .moderator_with("claire-du-gard", &["moderator:gard"])
        .await;
    let mut elsewhere = Browser::default();
    app.log_in(&mut elsewhere, "claire-du-gard", PASSWORD).await;
    let action = format!("{ACCOUNT}/mot-de-passe");
    let mut pages = Vec::new();
    for (current, new, again) in [
        ("", "court", "autre"),
        (PASSWORD, "Claire-du-Gard", "Claire-du-Gard"),
        (PASSWORD, PASSWORD, PASSWORD),
        ("faux", "une autre phrase", "une autre phrase"),
    ] {
        let form = [("current", current), ("new", new), ("again", again)];
        let answer = app.post_as(&mut browser, &action, &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!answer.body.contains(PASSWORD));
        pages.push(answer.page().words(".error-summary"));
    }
    let form = [
        ("current", PASSWORD),
        ("new", "une autre phrase"),
        ("again", "une autre phrase"),
    ];
    let done = app.post_as(&mut browser, &action, &form).await;
    assert_eq!(done.location(), "/moderation/compte?fait=password");
    let after = app.get_as(&mut browser, &done.location()).await;
    pages.push(after.page().words(".done"));
    assert_page!(pages.join("\n"));
    let out = app.get_as(&mut elsewhere, DESK).await;
    assert_eq!(out.location(), "/moderation/connexion");
    let old = app.log_in(&mut elsewhere, "claire-du-gard", PASSWORD).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = app
        .log_in(&mut elsewhere, "claire-du-gard", "une autre phrase")
        .await;
    assert_eq!(new.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_guess_at_the_password_from_within_is_counted_like_one_at_the_door() {
    let app = TestApp::start().await;
    let mut browser = app.moderator_with("claire", &["moderator:gard"]).await;
    with_codes(&app, &mut browser).await;
    for _ in 0..5 {
        let form = [("password", "faux")];
        let action = format!("{ACCOUNT}/code/desactiver");
        let wrong = app
            .post_from(&at_an_office(), &mut browser, &action, &form)
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let form = [
        ("current", PASSWORD),
        ("new", "une autre phrase"),
        ("again", "une autre phrase"),
    ];
    let action = format!("{ACCOUNT}/mot-de-passe");
    let locked = app
        .post_from(&at_an_office(), &mut browser, &action, &form)
        .await;
    assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn codes_are_turned_on_asked_for_and_turned_off() {
    let app = TestApp::start().await;
    let mut browser = app.moderator_with("claire", &["moderator:gard"]).await;
    let setup = app
        .post_as(&mut browser, "/moderation/compte/code", &[])
        .await;
    let link = setup.page().links("main").remove(0);
    assert!(
        link.starts_with("otpauth://totp/%C3%89coute:claire?secret=")
            && link.ends_with("&issuer=%C3%89coute"),
        "{link}"
    );
    let page = setup.page();
    let picture = page.words("svg[role=img] title");
    assert_eq!(
        picture,
        "Image à scanner avec l’application d’authentification"
    );
    let drawn = page.select("svg[role=img] path");
    assert!(drawn[0].attr("d").unwrap().starts_with("M4 4h1v1h-1z"));
    let shown = setup.page().text();
    let key = setup.page().words("main code");
    let shown = shown
        .replace(&key, "CLÉ")
        .replace(&key.replace(' ', ""), "CLÉ");
    let (action, fields) = setup.page().form_with("ticket");
    let ticket = fields.iter().find(|(name, _)| name == "ticket").unwrap();
    let form = [("ticket", ticket.1.as_str()), ("code", "000000")];
    let wrong = app.post_as(&mut browser, &action, &form).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.page().words("main code"), key);

    let totp = with_codes(&app, &mut browser).await;
    let on = app
        .get_as(&mut browser, "/moderation/compte?fait=code-on")
        .await;
    // The code that turned them on is used up.
    let mut other = Browser::default();
    let asked = app.log_in(&mut other, "claire", PASSWORD).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(other.cookies.is_empty());
    let used = send_code(&app, &mut other, &asked, &code(&app, &totp)).await;
    assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY);
    app.set_clock("2026-11-23T10:01:00Z");
    let next = code(&app, &totp);
    let passed = send_code(&app, &mut other, &used, &next).await;
    assert_eq!(passed.location(), DESK);
    assert_eq!(app.get_as(&mut other, DESK).await.status, StatusCode::OK);
    // Nor is it good a second time.
    let again = send_code(&app, &mut Browser::default(), &asked, &next).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);

    let action = format!("{ACCOUNT}/code/desactiver");
    let form = [("password", PASSWORD)];
    let off = app.post_as(&mut other, &action, &form).await;
    assert_eq!(off.location(), "/moderation/compte?fait=code-off");
    let right = app.log_in(&mut browser, "claire", PASSWORD).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
    let texts = [
        shown,
        on.page().text(),
        asked.page().text(),
        used.page().text(),
    ];
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn codes_are_not_replaced_by_who_has_the_session_alone() {
    let app = TestApp::start().await;
    let mut browser = app.moderator_with("claire", &["moderator:gard"]).await;
    let prepare = "/moderation/compte/code";
    // Prepared while codes are off, and kept until they are on.
    let kept = app.post_as(&mut browser, prepare, &[]).await.page();
    let totp = with_codes(&app, &mut browser).await;
    let again = app.post_as(&mut browser, prepare, &[]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.page().select("main code").is_empty());
    let (action, fields) = kept.form_with("ticket");
    let ticket = fields.iter().find(|(name, _)| name == "ticket").unwrap();
    let other = application(&kept.words("main code"));
    let first = code(&app, &other);
    let form = [("ticket", ticket.1.as_str()), ("code", first.as_str())];
    let replaced = app.post_as(&mut browser, &action, &form).await;
    assert_eq!(replaced.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_page!(replaced.page().words(".error-summary"));

    app.set_clock("2026-11-23T10:01:00Z");
    let mut fresh = Browser::default();
    let asked = app.log_in(&mut fresh, "claire", PASSWORD).await;
    let passed = send_code(&app, &mut fresh, &asked, &code(&app, &totp)).await;
    assert_eq!(passed.location(), DESK);
}

#[tokio::test]
async fn wrong_codes_close_the_login_and_its_second_page_is_short_lived() {
    let app = TestApp::start().await;
    let mut browser = app.moderator_with("claire", &["moderator:gard"]).await;
    let totp = with_codes(&app, &mut browser).await;
    app.set_clock("2026-11-23T10:01:00Z");
    // The right password does not make the wrong codes forgotten.
    for _ in 0..5 {
        let asked = app
            .log_in(&mut Browser::default(), "claire", PASSWORD)
            .await;
        assert_eq!(asked.status, StatusCode::OK);
        let wrong = send_code(&app, &mut Browser::default(), &asked, "000000").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let locked = app
        .log_in(&mut Browser::default(), "claire", PASSWORD)
        .await;
    assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS);
    app.set_clock("2026-11-23T10:20:00Z");
    let asked = app
        .log_in(&mut Browser::default(), "claire", PASSWORD)
        .await;
    app.set_clock("2026-11-23T10:30:01Z");
    let late = send_code(&app, &mut Browser::default(), &asked, &code(&app, &totp)).await;
    assert_eq!(late.status, StatusCode::GONE);
    // Without the page that the password opens, there is no second one.
    let form = [
        ("login", "claire"),
        ("ticket", "x"),
        ("code", &code(&app, &totp)),
    ];
    let forged = app.post("/moderation/connexion/code", &form).await;
    assert_eq!(forged.status, StatusCode::GONE);
}

#[tokio::test]
async fn all_own_sessions_are_counted_and_closed() {
    let app = TestApp::start().await;
    let mut browser = app.moderator_with("claire", &["moderator:gard"]).await;
    let mut elsewhere = Browser::default();
    app.log_in(&mut elsewhere, "claire", PASSWORD).await;
    let page = app.get_as(&mut browser, ACCOUNT).await.page();
    assert!(page.text().contains("2 sessions sont ouvertes"));
    let action = page.action_ending("/sessions/fermer");
    let done = app.post_as(&mut browser, &action, &[]).await;
    assert_eq!(done.location(), "/moderation/connexion");
    for browser in [&mut browser, &mut elsewhere] {
        let out = app.get_as(browser, DESK).await;
        assert_eq!(out.location(), "/moderation/connexion");
    }
}
