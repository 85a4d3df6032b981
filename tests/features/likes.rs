//! Liking an idea.

use std::collections::BTreeSet;

use reqwest::StatusCode;
use reqwest::header::SET_COOKIE;

use crate::app::{Answer, Browser, TestApp};
use crate::assert_page;

const LIKE: [(&str, &str); 1] = [("choice", "like")];
const UNLIKE: [(&str, &str); 1] = [("choice", "unlike")];

/// What an answer says of how many like the idea.
fn says(likes: &'static str) -> impl Fn(&Answer) -> bool {
    move |answer| answer.body.contains(&format!("{likes}<"))
}

#[tokio::test]
async fn a_like_is_counted_once_a_person_and_taken_back() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.action_ending("/soutien");
    let (mut anna, mut bilal) = (Browser::default(), Browser::default());

    let sent = app.post_as(&mut anna, &action, &LIKE).await;
    let shown = app.get_as(&mut anna, &sent.location()).await;
    app.eventually(&idea, says("1 soutien")).await;

    app.post_as(&mut anna, &action, &LIKE).await;
    app.post_as(&mut bilal, &action, &LIKE).await;
    app.counted(&idea, 2).await;
    app.half_a_minute_later();
    app.eventually(&idea, says("2 soutiens")).await;

    app.post_as(&mut bilal, &action, &UNLIKE).await;
    let gone = app.get_as(&mut bilal, &action).await;
    app.counted(&idea, 1).await;
    app.half_a_minute_later();
    let page = app.eventually(&idea, says("1 soutien")).await;
    let list = app
        .eventually("/campagnes/accueil/idees/", |answer| {
            answer.body.contains("1 soutien,")
        })
        .await;
    let texts = [
        shown.page().text(),
        gone.page().text(),
        page.page().text(),
        list.page().text(),
    ];
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn pages_are_rendered_for_likes_at_once_then_every_half_minute() {
    let app = TestApp::start().await;
    let ideas = [
        app.published_idea("Ouvrir le soir").await,
        app.published_idea("Ouvrir tôt").await,
    ];
    let mut actions = Vec::new();
    for idea in &ideas {
        actions.push(app.page(idea).await.action_ending("/soutien"));
    }
    app.post(&actions[0], &LIKE).await;
    app.eventually(&ideas[0], says("1 soutien")).await;
    app.post(&actions[0], &LIKE).await;
    app.post(&actions[0], &LIKE).await;
    // Counted at once, and rendered for the other idea: the first waits for its turn.
    app.counted(&ideas[0], 3).await;
    app.post(&actions[1], &LIKE).await;
    app.eventually(&ideas[1], says("1 soutien")).await;
    let first = app.get(&ideas[0]).await;
    assert!(says("1 soutien")(&first));
    app.half_a_minute_later();
    app.eventually(&ideas[0], says("3 soutiens")).await;
    app.eventually("/campagnes/accueil/idees/soutenues/", |answer| {
        answer.body.contains("3 soutiens,") && answer.body.contains("1 soutien,")
    })
    .await;

    // What waits is not lost when the site stops.
    app.post(&actions[0], &LIKE).await;
    let folder = app.site_dir();
    let page = folder.join(ideas[0].trim_matches('/')).join("index.html");
    let _data = app.stop().await;
    let left = std::fs::read_to_string(page).unwrap();
    assert!(left.contains("4 soutiens<"));
}

#[tokio::test]
async fn the_cookie_is_made_by_the_post_and_is_the_server_s_alone() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.action_ending("/soutien");
    for path in ["/", idea.as_str(), action.as_str()] {
        let read = app.get(path).await;
        assert!(!read.headers.contains_key(SET_COOKIE), "{path}");
    }
    app.set_clock("2026-11-23T10:00:00Z");
    let nothing = app.post(&action, &UNLIKE).await;
    assert!(!nothing.headers.contains_key(SET_COOKIE));
    let sent = app.post(&action, &LIKE).await;
    let cookie = sent.headers[SET_COOKIE].to_str().unwrap();
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    assert!(pair.starts_with("soutien-accueil="));
    // From 23 November, 10:00 UTC, to the end of 15 December in Paris; and a day.
    let seconds = (22 * 24 + 13) * 3600 + 86_400;
    assert_eq!(
        attributes,
        format!("HttpOnly; SameSite=Lax; Path=/; Max-Age={seconds}")
    );
}

#[tokio::test]
async fn over_tls_the_cookie_is_bound_to_the_host() {
    let app = TestApp::at("https://ecoute.example.org").await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.action_ending("/soutien");
    let sent = app.post(&action, &LIKE).await;
    let cookie = sent.headers[SET_COOKIE].to_str().unwrap();
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    assert!(pair.starts_with("__Host-soutien-accueil="));
    assert!(attributes.starts_with("HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age="));
}

#[tokio::test]
async fn a_cookie_that_was_not_signed_here_for_this_campaign_is_nobody_s() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.action_ending("/soutien");
    let mut other = Browser::default();
    app.post_as(&mut other, &action, &LIKE).await;
    let of_accueil = other.cookies[0].1.clone();
    let bits = of_accueil.split_once('.').unwrap().0;
    for forged in [
        format!("{}.{}", "0".repeat(32), "A".repeat(43)),
        format!("{bits}.{}", "A".repeat(43)),
        bits.to_owned(),
    ] {
        let mut browser = Browser {
            cookies: vec![("soutien-accueil".to_owned(), forged.clone())],
        };
        app.post_as(&mut browser, &action, &LIKE).await;
        assert_ne!(browser.cookies[0].1, forged);
    }
    // Under the name of another campaign it says nothing either, and is left alone.
    let mut browser = Browser {
        cookies: vec![("soutien-ailleurs".to_owned(), of_accueil.clone())],
    };
    app.post_as(&mut browser, &action, &LIKE).await;
    let names: BTreeSet<&str> = browser.cookies.iter().map(|(name, _)| &**name).collect();
    assert_eq!(
        names,
        BTreeSet::from(["soutien-accueil", "soutien-ailleurs"])
    );
    assert!(
        browser
            .cookies
            .iter()
            .all(|(name, value)| name != "soutien-accueil"
                || value.split_once('.').unwrap().0 != bits)
    );
}

#[tokio::test]
async fn five_hundred_parallel_likes_of_one_cookie_are_one() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.action_ending("/soutien");
    let mut person = Browser::default();
    app.post_as(&mut person, &action, &LIKE).await;
    app.post_as(&mut person, &action, &UNLIKE).await;
    let app = std::sync::Arc::new(app);
    let mut sending = tokio::task::JoinSet::new();
    for _ in 0..500 {
        let (app, mut same, action) = (app.clone(), person.clone(), action.clone());
        sending.spawn(async move { app.post_as(&mut same, &action, &LIKE).await.status });
    }
    for status in sending.join_all().await {
        assert_eq!(status, StatusCode::SEE_OTHER);
    }
    let other = app.post(&action, &LIKE).await;
    assert_eq!(other.status, StatusCode::SEE_OTHER);
    app.counted(&idea, 2).await;
    app.half_a_minute_later();
    app.eventually(&idea, says("2 soutiens")).await;
}

#[tokio::test]
async fn another_site_s_form_is_refused() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.action_ending("/soutien");
    let answer = reqwest::Client::new()
        .post(app.url(&action))
        .header("Origin", "https://ailleurs.example")
        .form(&LIKE)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_browser_that_refuses_the_cookie_is_told_and_offered_no_button() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.action_ending("/soutien");
    let sent = app.post(&action, &LIKE).await;
    let shown = app.page(&sent.location()).await;
    assert!(!shown.text().contains("Vous ne soutenez pas"));
    assert!(shown.select("main form").is_empty());
    assert_page!(shown.text());
}

#[tokio::test]
async fn a_button_pressed_twice_before_a_cookie_comes_is_one_person() {
    const PHONE: &str = "192.0.2.1";
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.action_ending("/soutien");
    let (mut first, mut second) = (Browser::default(), Browser::default());
    let (one, two) = tokio::join!(
        app.post_from(PHONE, &mut first, &action, &LIKE),
        app.post_from(PHONE, &mut second, &action, &LIKE),
    );
    assert_eq!(one.location(), two.location());
    assert_eq!(first.cookies, second.cookies);
    app.counted(&idea, 1).await;
    // Whose script sees to it is not taken for somebody else behind the same connection.
    let once = [("choice", "like"), ("script", "1")];
    app.post_from(PHONE, &mut Browser::default(), &action, &once)
        .await;
    app.counted(&idea, 2).await;
    // Nor is who comes from elsewhere, or three seconds later.
    app.post(&action, &LIKE).await;
    app.later(3);
    app.post_from(PHONE, &mut Browser::default(), &action, &LIKE)
        .await;
    app.counted(&idea, 4).await;
    let (contributions, _) = app.items().await;
    assert!(!contributions.contains(PHONE));
}
