//! Moderating.

use reqwest::StatusCode;

use crate::app::{Browser, TestApp};
use crate::assert_page;

const IDEA: [(&str, &str); 5] = [
    ("kind", "idea"),
    ("category", "Attente"),
    ("title", "Une file plus courte"),
    ("text", "On attend trop."),
    ("email", "autrice@example.org"),
];

#[tokio::test]
async fn nobody_moderates_without_a_session() {
    let app = TestApp::start().await;
    app.send_idea(&IDEA).await;
    let queue = app.served.store().queue(1).await.unwrap();
    let id = queue.oldest[0].contribution.reference();
    let item = format!("/moderation/contributions/{id}");
    let mut forged = Browser {
        cookies: vec![("moderation".to_owned(), "A".repeat(43))],
    };
    for browser in [&mut Browser::default(), &mut forged] {
        for path in ["/moderation/", item.as_str()] {
            let answer = app.get_as(browser, path).await;
            assert_eq!(answer.location(), "/moderation/connexion");
        }
        for action in ["publier", "refuser"] {
            let path = format!("{item}/{action}");
            let answer = app
                .post_as(browser, &path, &[("reason", "off-topic")])
                .await;
            assert_eq!(answer.location(), "/moderation/connexion");
        }
    }
    assert_eq!(app.served.store().queue(1).await.unwrap().count, 1);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_are_told_alike() {
    let app = TestApp::start().await;
    let mut pages = Vec::new();
    for (login, password) in [("demo", "faux"), ("personne", "faux"), ("", "")] {
        let form = [("login", login), ("password", password)];
        let answer = app.post("/moderation/connexion", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        pages.push(answer.page().text());
    }
    assert_page!(pages.join("\n\n"));
}

#[tokio::test]
async fn an_empty_queue_says_so() {
    let app = TestApp::start().await;
    let mut moderator = app.moderator().await;
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    assert_page!(queue.page().text());
}

#[tokio::test]
async fn what_is_published_is_told_to_its_author_and_read_by_all() {
    let app = TestApp::start().await;
    let receipt = app.send_idea(&IDEA).await;
    app.set_clock("2026-11-23T13:05:00Z");
    let mut moderator = app.moderator().await;
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    let done = app.submit(&mut moderator, &queue, "/publier", &[]).await;
    let after = app.get_as(&mut moderator, &done.location()).await;
    let list = app
        .eventually("/campagnes/accueil/idees/", |answer| {
            answer.body.contains("Une file plus courte")
        })
        .await;
    let told = app.page(&receipt).await;
    let texts = [
        queue.page().text(),
        after.page().text(),
        list.page().text(),
        told.text(),
    ];
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn a_refusal_needs_a_reason_and_tells_it() {
    let app = TestApp::start().await;
    let receipt = app.send_idea(&IDEA).await;
    let mut moderator = app.moderator().await;
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    let form = [("reason", ""), ("message", "Merci d’enlever le nom.")];
    let again = app.submit(&mut moderator, &queue, "/refuser", &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = [
        ("reason", "names-someone"),
        ("message", "Merci d’enlever le nom."),
    ];
    let done = app.submit(&mut moderator, &queue, "/refuser", &form).await;
    assert!(done.location().starts_with("/moderation/?fait=refuse&de="));
    let told = app.page(&receipt).await;
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    let texts = [again.page().text(), told.text(), queue.page().text()];
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn the_second_of_two_decisions_changes_nothing() {
    let app = TestApp::start().await;
    let receipt = app.send_idea(&IDEA).await;
    let mut first = app.moderator().await;
    let mut second = app.moderator().await;
    let page = app.get_as(&mut first, "/moderation/").await;
    app.submit(&mut first, &page, "/publier", &[]).await;
    let typed = [("reason", "off-topic"), ("message", "Pas ce sujet.")];
    let told = app.submit(&mut second, &page, "/refuser", &typed).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    // What was typed is there still, in the form that hides what is public by now.
    assert_eq!(told.page().words("#hide-form textarea"), "Pas ce sujet.");
    let receipt = app.page(&receipt).await;
    assert_page!(format!("{}\n\n{}", told.page().text(), receipt.text()));
}

#[tokio::test]
async fn a_session_ends_with_the_logout_and_after_eight_hours() {
    let app = TestApp::start().await;
    let mut left = app.moderator().await;
    let mut stayed = app.moderator().await;
    let kept = left.clone();
    app.post_as(&mut left, "/moderation/deconnexion", &[]).await;
    let mut stolen = kept;
    let answer = app.get_as(&mut stolen, "/moderation/").await;
    assert_eq!(answer.location(), "/moderation/connexion");
    app.set_clock("2026-11-23T17:59:59Z");
    let answer = app.get_as(&mut stayed, "/moderation/").await;
    assert_eq!(answer.status, StatusCode::OK);
    app.set_clock("2026-11-23T18:00:00Z");
    let answer = app.get_as(&mut stayed, "/moderation/").await;
    assert_eq!(answer.location(), "/moderation/connexion");
}

#[tokio::test]
async fn an_author_who_left_an_address_gets_mail_and_no_other_does() {
    let app = TestApp::start().await;
    app.send_idea(&IDEA).await;
    let mut without = IDEA.to_vec();
    without.pop();
    app.send_idea(&without).await;
    app.outbox(1).await;
    let mut moderator = app.moderator().await;
    app.publish_next(&mut moderator).await;
    app.publish_next(&mut moderator).await;
    app.advance(29);
    app.outbox(1).await;
    app.advance(1);
    for message in app.outbox(2).await {
        assert_eq!(message.header("To"), "autrice@example.org");
        assert!(!message.raw.contains("On attend trop"), "{}", message.raw);
    }
    app.queue_of_mail(0, 0, 2).await;
}

#[tokio::test]
async fn a_message_too_long_is_told_and_kept_with_the_reason() {
    let app = TestApp::start().await;
    app.send_idea(&IDEA).await;
    let mut moderator = app.moderator().await;
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    let message = "é".repeat(1_001);
    let form = [("reason", "off-topic"), ("message", message.as_str())];
    let again = app.submit(&mut moderator, &queue, "/refuser", &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = again.page();
    assert_eq!(page.words("textarea[name=message]"), message);
    assert_eq!(page.select("input[value=off-topic][checked]").len(), 1);
    let error = page.words(".error-summary a");
    assert_eq!(
        page.select("#message[aria-invalid=true]").len(),
        1,
        "{error}"
    );
    assert!(
        error.contains("1000") || error.contains("1\u{202f}000"),
        "{error}"
    );
}

#[tokio::test]
async fn a_form_of_a_function_s_page_says_where_it_comes_from() {
    let app = TestApp::start().await;
    let login = app.get("/moderation/connexion").await;
    assert_eq!(login.headers["referrer-policy"], "same-origin");
    let review = app.post("/participer/accueil/idees", &IDEA).await;
    assert_eq!(review.headers["referrer-policy"], "same-origin");
}
