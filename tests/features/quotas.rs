//! How much is taken from one network address in an hour, and what is kept of the address.

use reqwest::StatusCode;

use crate::app::{Answer, Browser, TestApp};
use crate::assert_page;

const SCHOOL: &str = "192.0.2.77";

/// Sends an idea from an address, through its review page.
async fn idea_from(app: &TestApp, address: &str) -> Answer {
    let form = [
        ("kind", "idea"),
        ("category", "Attente"),
        ("title", "Une file plus courte"),
        ("text", "On attend <b>trop</b>.\nVraiment."),
    ];
    let path = "/participer/accueil/idees";
    let review = app
        .post_from(address, &mut Browser::default(), path, &form)
        .await;
    confirm_from(app, address, &review).await
}

async fn confirm_from(app: &TestApp, address: &str, review: &Answer) -> Answer {
    let (action, fields) = review.page().form_with("ticket");
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    app.post_from(address, &mut Browser::default(), &action, &fields)
        .await
}

#[tokio::test]
async fn the_thirty_first_idea_in_an_hour_keeps_what_was_typed() {
    let app = TestApp::start().await;
    app.set_clock("2026-11-23T10:20:00Z");
    for _ in 0..30 {
        let sent = idea_from(&app, SCHOOL).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
    }
    let refused = idea_from(&app, SCHOOL).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers["retry-after"], "2400");
    assert_page!(refused.page().text());
    let elsewhere = idea_from(&app, "192.0.2.78").await;
    assert_eq!(elsewhere.status, StatusCode::SEE_OTHER);
    app.set_clock("2026-11-23T11:00:00Z");
    let later = idea_from(&app, SCHOOL).await;
    assert_eq!(later.status, StatusCode::SEE_OTHER);
    assert_eq!(app.served.store().queue(1).await.unwrap().count, 32);
}

#[tokio::test]
async fn a_line_of_one_home_is_one_address_however_it_is_spelled() {
    let app = TestApp::start().await;
    for number in 0..30 {
        let home = match number % 3 {
            0 => "::ffff:192.0.2.77".to_owned(),
            1 => "::ffff:c000:24d".to_owned(),
            _ => SCHOOL.to_owned(),
        };
        let sent = idea_from(&app, &home).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{home}");
        let home = format!("2001:db8:1:2:{number:x}::{number:x}");
        let sent = idea_from(&app, &home).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{home}");
    }
    for full in ["192.0.2.77", "::ffff:192.0.2.77", "2001:db8:1:2:ffff::1"] {
        let refused = idea_from(&app, full).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{full}");
    }
    for other in ["192.0.2.78", "2001:db8:1:3::1"] {
        let sent = idea_from(&app, other).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{other}");
    }
}

#[tokio::test]
async fn comments_and_likes_have_quotas_of_their_own() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let page = app.page(&idea).await;
    let (comment, _) = page.form_with("text");
    let like = page.action_ending("/soutien");
    for _ in 0..60 {
        let form = [("text", "Moi aussi.")];
        let review = app
            .post_from(SCHOOL, &mut Browser::default(), &comment, &form)
            .await;
        let sent = confirm_from(&app, SCHOOL, &review).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
    }
    let form = [("text", "Moi aussi.")];
    let review = app
        .post_from(SCHOOL, &mut Browser::default(), &comment, &form)
        .await;
    let refused = confirm_from(&app, SCHOOL, &review).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.page().words(".typed").contains("Moi aussi."));
    let form = [("choice", "like")];
    for _ in 0..300 {
        let liked = app
            .post_from(SCHOOL, &mut Browser::default(), &like, &form)
            .await;
        assert_eq!(liked.status, StatusCode::SEE_OTHER);
    }
    let refused = app
        .post_from(SCHOOL, &mut Browser::default(), &like, &form)
        .await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_hundred_ideas_at_the_same_time_are_counted_exactly() {
    let app = TestApp::start().await;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let form = [
        ("kind", "idea"),
        ("category", "Attente"),
        ("title", "Une file plus courte"),
        ("text", "On attend trop."),
    ];
    let mut sent = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let review = app.post("/participer/accueil/idees", &form).await;
        let (action, fields) = review.page().form_with("ticket");
        let request = client
            .post(app.url(&action))
            .header("origin", &app.served.site_url)
            .header("x-forwarded-for", SCHOOL)
            .form(&fields);
        sent.spawn(async move { request.send().await.unwrap().status() });
    }
    let statuses = sent.join_all().await;
    let taken = statuses
        .iter()
        .filter(|status| **status == StatusCode::SEE_OTHER)
        .count();
    assert_eq!(taken, 30);
    assert_eq!(app.served.store().queue(1).await.unwrap().count, 30);
}

/// The values of the items of a kind, as the engine's file holds them.
fn items(app: &TestApp, kind: &str) -> Vec<String> {
    let database = rusqlite::Connection::open(app.data.path().join("ecoute.db")).unwrap();
    let tables: Vec<String> = database
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut found = Vec::new();
    for table in tables {
        let mut rows = database
            .prepare(&format!("SELECT * FROM \"{table}\""))
            .unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let cells = (0..columns).map(|column| {
                let cell = row.get_ref(column).unwrap();
                cell.as_bytes()
                    .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
                    .unwrap_or_default()
            });
            let row = cells.collect::<Vec<_>>().join(" ");
            if row.contains(kind) {
                found.push(row);
            }
        }
    }
    found
}

#[tokio::test]
async fn the_store_holds_no_address_and_forgets_whose_a_hash_was() {
    if std::env::var("ECOUTE_TEST_DYNAMODB").is_ok() {
        eprintln!("skipped: there is no file of the engine to read");
        return;
    }
    let app = TestApp::start().await;
    idea_from(&app, SCHOOL).await;
    let typed = "un mot de passe tapé trop haut";
    app.log_in(&mut Browser::default(), typed, "faux").await;
    let first = items(&app, "contribution#");
    assert!(!first.is_empty());
    assert!(!items(&app, "TRIES#").is_empty());
    assert!(!items(&app, "SALT#2026-11-23").is_empty());
    assert_eq!(items(&app, SCHOOL), Vec::<String>::new());
    assert_eq!(items(&app, typed), Vec::<String>::new());
    // Midnight in Paris: another salt, another hash of the same address, and the first is gone.
    app.set_clock("2026-11-23T22:59:59Z");
    idea_from(&app, SCHOOL).await;
    assert!(items(&app, "SALT#2026-11-24").is_empty());
    app.set_clock("2026-11-23T23:00:00Z");
    idea_from(&app, SCHOOL).await;
    assert!(!items(&app, "SALT#2026-11-24").is_empty());
    assert_eq!(items(&app, "SALT#2026-11-23"), Vec::<String>::new());
}
