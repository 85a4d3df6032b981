//! An e-mail address and a receipt's token go nowhere but to their owner.

use crate::app::TestApp;
use crate::publishing::files;

const CANARY: &str = "canari.7f3a@example.org";

#[tokio::test]
async fn an_address_is_on_no_page_and_in_no_export() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let comment = app.page(&idea).await.form_with("text").0;
    let receipt = app
        .send_idea(&[
            ("kind", "idea"),
            ("category", "Attente"),
            ("title", "Avec une adresse"),
            ("text", "On attend trop."),
            ("email", CANARY),
        ])
        .await;
    let review = app
        .post(&comment, &[("text", "Moi aussi."), ("email", CANARY)])
        .await;
    app.confirm(&review).await;
    let mut moderator = app.moderator().await;
    let mut seen = app.get_as(&mut moderator, "/moderation/").await.body;
    app.publish_next(&mut moderator).await;
    seen.push_str(&app.get_as(&mut moderator, "/moderation/").await.body);
    app.publish_next(&mut moderator).await;
    app.eventually(&idea, |answer| answer.body.contains("Moi aussi."))
        .await;
    seen.push_str(&app.get(&receipt).await.body);
    seen.push_str(&app.served.store().published().await.unwrap().to_lines());
    for (path, bytes) in files(&app.site_dir()) {
        seen.push_str(&path);
        seen.push_str(&String::from_utf8_lossy(&bytes));
    }
    assert!(seen.contains("Avec une adresse") && seen.contains("Moi aussi."));
    let token = receipt.strip_prefix("/suivi/").unwrap();
    let own = format!("/suivi/{token}");
    assert!(!seen.contains("canari.7f3a"));
    assert_eq!(seen.matches(token).count(), seen.matches(&own).count());
    for (path, bytes) in files(&app.site_dir()) {
        assert!(!String::from_utf8_lossy(&bytes).contains(token), "{path}");
    }
}

#[tokio::test]
async fn a_receipt_is_kept_to_itself() {
    let app = TestApp::start().await;
    let receipt = app
        .send_idea(&[
            ("kind", "idea"),
            ("category", "Attente"),
            ("title", "Un titre"),
            ("text", "Un texte."),
        ])
        .await;
    let answer = app.get(&receipt).await;
    let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("x-robots-tag"), "noindex");
    let forged = format!("/suivi/{}", "A".repeat(43));
    assert_eq!(app.get(&forged).await.status, 404);
}
