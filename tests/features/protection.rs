//! When a campaign is attacked: what moderators see of it, likes of a network set aside.

use reqwest::StatusCode;

use crate::app::{Browser, TestApp};
use crate::assert_page;

/// Likes an idea as somebody new, from an address.
async fn like_from(app: &TestApp, idea: &str, address: &str) {
    let path = idea.replace("/campagnes/", "/participer/");
    let path = format!("{}/soutien", path.trim_end_matches('/'));
    let answer = app
        .send(&mut Browser::default(), |client| {
            client
                .post(app.url(&path))
                .header("origin", &app.served.site_url)
                .header("x-forwarded-for", address)
                .form(&[("choice", "like")])
        })
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

/// Waits until so many likes of ideas are kept, and sees that live counts say so.
async fn assert_counts(app: &TestApp, likes: [(&str, u64); 2]) {
    for (idea, likes) in likes {
        app.counted(idea, likes).await;
    }
    // The answer before is given to nobody after ten seconds.
    app.later(10);
    let counts = app.get("/api/compteurs?campagne=accueil").await.body;
    for (idea, likes) in likes {
        let shown = format!("\"{}\":{{\"soutiens\":{likes},", last(idea));
        assert!(counts.contains(&shown), "{shown} in {counts}");
    }
}

/// The identifier at the end of an idea's address.
fn last(idea: &str) -> &str {
    idea.trim_end_matches('/').rsplit('/').next().unwrap()
}

#[tokio::test]
async fn likes_that_come_from_one_place_are_seen_and_set_aside() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let other = app.published_idea("Des salles plus calmes").await;
    for host in 1..=6 {
        like_from(&app, &idea, &format!("203.0.113.{host}")).await;
    }
    like_from(&app, &idea, "198.51.100.7").await;
    like_from(&app, &idea, "2001:db8:1:2::1").await;
    like_from(&app, &idea, "2001:db8:1:3::1").await;
    like_from(&app, &other, "203.0.113.9").await;
    like_from(&app, &other, "192.0.2.1").await;
    assert_counts(&app, [(&idea, 9), (&other, 2)]).await;

    let mut moderator = app.moderator().await;
    let mut texts = Vec::new();
    let page = app.get_as(&mut moderator, "/moderation/protection").await;
    texts.push(page.page().text());
    let of_idea = format!("/moderation/soutiens/{}", last(&idea));
    let page = app.get_as(&mut moderator, &of_idea).await;
    texts.push(page.page().text());
    let chosen = page
        .body
        .split("href=\"")
        .find(|href| href.contains("?plage="))
        .unwrap();
    let chosen = chosen.split('"').next().unwrap();
    let page = app.get_as(&mut moderator, chosen).await;
    texts.push(page.page().text());
    let everywhere = [("partout", "oui")];
    let done = app
        .submit(&mut moderator, &page, "/annuler", &everywhere)
        .await;
    let page = app.get_as(&mut moderator, &done.location()).await;
    texts.push(page.page().text());
    assert_counts(&app, [(&idea, 3), (&other, 1)]).await;
    // Done again, nothing is left to set aside.
    let network = chosen.split_once("plage=").unwrap().1.to_owned();
    let again = [("plage", network.as_str())];
    let path = format!("{of_idea}/annuler");
    let again = app.post_as(&mut moderator, &path, &again).await;
    assert_eq!(again.location(), format!("{of_idea}?fait=0"));
    // In the next hour they rise still; in the one after, no more.
    for (seconds, rises) in [(3_600, true), (3_600, false)] {
        app.later(seconds);
        let page = app.get_as(&mut moderator, "/moderation/protection").await;
        assert_eq!(page.body.contains("Ouvrir le soir"), rises);
    }
    let journal = app.get_as(&mut moderator, "/moderation/journal").await;
    texts.push(journal.page().text());
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\b([0-9a-f]{32}|[0-9a-f]{6})\b", "[hash]");
    settings.bind(|| assert_page!(texts.join("\n\n")));
}
