//! Liking an idea.

use reqwest::StatusCode;
use reqwest::header::SET_COOKIE;

use crate::app::{Browser, TestApp};
use crate::assert_page;

#[tokio::test]
async fn a_like_is_counted_once_a_person_and_taken_back() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.action_ending("/soutien");
    let (mut anna, mut bilal) = (Browser::default(), Browser::default());

    let sent = app.post_as(&mut anna, &action, &[("choice", "like")]).await;
    let shown = app.get_as(&mut anna, &sent.location()).await;
    app.eventually(&idea, |answer| answer.body.contains("1 soutien<"))
        .await;

    app.post_as(&mut anna, &action, &[("choice", "like")]).await;
    app.post_as(&mut bilal, &action, &[("choice", "like")])
        .await;
    app.eventually(&idea, |answer| answer.body.contains("2 soutiens<"))
        .await;

    app.post_as(&mut bilal, &action, &[("choice", "unlike")])
        .await;
    let gone = app.get_as(&mut bilal, &action).await;
    let page = app
        .eventually(&idea, |answer| answer.body.contains("1 soutien<"))
        .await;
    let list = app.page("/campagnes/accueil/idees/").await;
    let texts = [
        shown.page().text(),
        gone.page().text(),
        page.page().text(),
        list.text(),
    ];
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn the_cookie_is_made_by_the_post_and_is_the_server_s_alone() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.action_ending("/soutien");
    for path in ["/", idea.as_str(), action.as_str()] {
        assert!(
            !app.get(path).await.headers.contains_key(SET_COOKIE),
            "{path}"
        );
    }
    let sent = app.post(&action, &[("choice", "like")]).await;
    let cookie = sent.headers[SET_COOKIE].to_str().unwrap();
    let attributes = cookie.split_once("; ").unwrap().1;
    assert_eq!(
        attributes,
        "HttpOnly; SameSite=Lax; Path=/; Max-Age=31536000"
    );
}

#[tokio::test]
async fn a_cookie_that_was_not_signed_here_is_nobody_s() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.action_ending("/soutien");
    let forged = format!("{}.{}", "0".repeat(32), "A".repeat(43));
    let mut browser = Browser {
        cookies: vec![("personne".to_owned(), forged.clone())],
    };
    app.post_as(&mut browser, &action, &[("choice", "like")])
        .await;
    assert_ne!(browser.cookies[0].1, forged);
}

#[tokio::test]
async fn a_hundred_likes_at_once_are_counted_exactly() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.action_ending("/soutien");
    let mut tasks = Vec::new();
    for _ in 0..100 {
        tasks.push(async {
            let mut browser = Browser::default();
            let sent = app
                .post_as(&mut browser, &action, &[("choice", "like")])
                .await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER);
        });
    }
    for batch in tasks {
        batch.await;
    }
    app.eventually(&idea, |answer| answer.body.contains("100 soutiens<"))
        .await;
}

#[tokio::test]
async fn parallel_likes_of_one_person_are_one() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.action_ending("/soutien");
    let mut person = Browser::default();
    app.post_as(&mut person, &action, &[("choice", "like")])
        .await;
    let send = || async {
        let mut same = person.clone();
        app.post_as(&mut same, &action, &[("choice", "like")]).await;
    };
    tokio::join!(
        send(),
        send(),
        send(),
        send(),
        send(),
        send(),
        send(),
        send()
    );
    let other = app.post(&action, &[("choice", "like")]).await;
    assert_eq!(other.status, StatusCode::SEE_OTHER);
    app.eventually(&idea, |answer| answer.body.contains("2 soutiens<"))
        .await;
}

#[tokio::test]
async fn another_site_s_form_is_refused() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.action_ending("/soutien");
    let answer = reqwest::Client::new()
        .post(app.url(&action))
        .header("Origin", "https://ailleurs.example")
        .form(&[("choice", "like")])
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
}
