//! Campaigns: their phases, to the second.

use reqwest::StatusCode;
use reqwest::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH, SET_COOKIE};

use crate::app::TestApp;
use crate::assert_page;
use crate::publishing::files;

const IDEA: [(&str, &str); 4] = [
    ("kind", "idea"),
    ("category", "Attente"),
    ("title", "Une file plus courte"),
    ("text", "On attend trop."),
];

#[tokio::test]
async fn the_public_pages_read_well() {
    let app = TestApp::start().await;
    let mut texts = Vec::new();
    for path in [
        "/",
        "/campagnes/",
        "/campagnes/accueil/",
        "/campagnes/accueil/idees/",
        "/campagnes/conge/proposer/",
        "/espaces/",
        "/espaces/gard/",
        "/charte/",
        "/plan-du-site/",
    ] {
        texts.push(format!("{path}\n{}", app.page(path).await.text()));
    }
    let missing = app.get("/rien/").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    texts.push(missing.page().text());
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn a_campaign_closes_at_its_last_midnight_in_paris() {
    let app = TestApp::start().await;
    app.set_clock("2026-12-15T22:59:59Z");
    let review = app.post("/participer/accueil/idees", &IDEA).await;
    assert_eq!(review.status, StatusCode::OK);
    // What was begun before has a minute.
    app.set_clock("2026-12-15T23:00:59Z");
    let begun = app.post("/participer/accueil/idees", &IDEA).await;
    assert_eq!(begun.status, StatusCode::OK);
    app.set_clock("2026-12-15T23:01:00Z");
    let late = app.post("/participer/accueil/idees", &IDEA).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert_page!(late.page().text());
}

#[tokio::test]
async fn a_form_opened_before_closing_has_a_minute_of_grace() {
    let app = TestApp::start().await;
    app.set_clock("2026-12-15T22:59:59Z");
    let first = app.post("/participer/accueil/idees", &IDEA).await;
    let second = app.post("/participer/accueil/idees", &IDEA).await;
    app.set_clock("2026-12-15T23:00:59.999Z");
    app.confirm(&first).await;
    app.set_clock("2026-12-15T23:01:00Z");
    let (action, fields) = second.page().form_with("ticket");
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let late = app.post(&action, &fields).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.page().text().contains("On attend trop."));
    assert_eq!(app.served.store().queue(9).await.unwrap().count, 1);
}

#[tokio::test]
async fn the_pages_follow_when_a_campaign_closes_and_another_opens() {
    let app = TestApp::start().await;
    assert_eq!(
        app.page("/campagnes/conge/")
            .await
            .select(".campaign-open")
            .len(),
        0
    );
    app.set_clock("2027-01-17T23:00:00Z");
    let opened = app
        .eventually("/campagnes/conge/proposer/", |answer| {
            answer.body.contains("name=\"title\"")
        })
        .await;
    assert_eq!(opened.status, StatusCode::OK);
    let closed = app.page("/campagnes/accueil/proposer/").await;
    assert!(closed.select("[name=title]").is_empty());
}

#[tokio::test]
async fn a_campaign_to_come_takes_nothing() {
    let app = TestApp::start().await;
    let answer = app.post("/participer/conge/idees", &IDEA).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_page!(answer.page().text());
}

#[tokio::test]
async fn a_page_that_has_not_changed_is_not_sent_again() {
    let app = TestApp::start().await;
    for path in [
        "/",
        "/campagnes/accueil/",
        "/espaces/gard/flux.xml",
        "/robots.txt",
    ] {
        let first = app.get(path).await;
        assert_eq!(first.headers[CACHE_CONTROL], "no-cache", "{path}");
        let tag = first.headers[ETAG].to_str().unwrap();
        let again = reqwest::Client::new()
            .get(app.url(path))
            .header(IF_NONE_MATCH, tag);
        let again = again.send().await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(again.headers()[ETAG], tag, "{path}");
        assert_eq!(again.headers()[CACHE_CONTROL], "no-cache", "{path}");
        assert_eq!(again.bytes().await.unwrap().len(), 0);
    }
    let tag = app.get("/campagnes/accueil/").await.headers[ETAG].clone();
    app.published_idea("Ouvrir le soir").await;
    let changed = app
        .eventually("/campagnes/accueil/", |answer| answer.headers[ETAG] != tag)
        .await;
    assert!(changed.body.contains("Ouvrir le soir"));
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_no_public_page_sets_a_cookie() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let mut addresses = vec![idea.clone()];
    addresses.extend(files(&app.site_dir()).into_keys().map(|file| {
        let page = file.strip_suffix("index.html").unwrap_or(&file);
        format!("/{page}")
    }));
    assert!(addresses.len() > 60);
    for path in addresses {
        let answer = app.get(&path).await;
        assert_eq!(answer.headers.get(SET_COOKIE), None, "{path}");
        let expected = match path.starts_with("/assets/") {
            true => "public, max-age=31536000, immutable",
            false => "no-cache",
        };
        assert_eq!(answer.headers[CACHE_CONTROL], expected, "{path}");
    }
    // What functions answer to who only reads.
    let like = app.page(&idea).await.action_ending("/soutien");
    assert_eq!(app.get(&like).await.headers.get(SET_COOKIE), None);
    let missing = app.get("/assets/style.00000000.css").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(missing.headers[CACHE_CONTROL], "no-cache");
}
