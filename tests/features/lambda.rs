//! A site behind its functions' own binaries, whichever way the other tests go: an HTTP API event
//! in, a page out.

use functions::store::bundle_hash;
use reqwest::StatusCode;
use site_gen::Bundle;

use crate::app::{Browser, TestApp};
use crate::page::Page;

/// The title of the front page, and of all others.
fn says(page: &Page, name: &str) -> bool {
    page.text().contains(name)
}

#[tokio::test]
async fn an_idea_goes_through_the_functions_binaries_from_its_form_to_the_queue() {
    let app = TestApp::deployed().await;
    let empty = app.post("/participer/accueil/idees", &[]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = [
        ("kind", "idea"),
        ("category", "Attente"),
        ("title", "Une file plus courte"),
        ("text", "On attend trop."),
    ];
    let receipt = app.send_idea(&form).await;
    assert!(says(&app.page(&receipt).await, "Une file plus courte"));
    assert_eq!(app.served.store().queue(1).await.unwrap().count, 1);
    let mut moderator = app.moderator().await;
    app.publish_next(&mut moderator).await;
    let listed = |answer: &crate::app::Answer| answer.body.contains("Une file plus courte");
    app.eventually("/campagnes/accueil/idees/", listed).await;
}

#[tokio::test]
async fn a_function_refuses_what_did_not_come_through_the_distribution() {
    let app = TestApp::deployed().await;
    let past = |said: Option<&'static str>| {
        let cloud = app.cloud.as_ref().unwrap();
        cloud.past_the_distribution("/moderation/connexion", said)
    };
    assert_eq!(past(None).await, StatusCode::FORBIDDEN);
    let wrong = Some("un autre secret, aussi long que le vrai");
    assert_eq!(past(wrong).await, StatusCode::FORBIDDEN);
    let right = app.get("/moderation/connexion").await;
    assert_eq!(right.status, StatusCode::OK);
}

#[tokio::test]
async fn an_edit_of_content_goes_live_without_a_deployment_of_functions() {
    const RENAMED: &str = "La parole aux habitants";
    let app = TestApp::deployed().await;
    let before = app.page("/moderation/connexion").await;
    assert!(!says(&before, RENAMED));

    let bytes = std::fs::read(app.data.path().join("bundle.json")).unwrap();
    let mut bundle: Bundle = serde_json::from_slice(&bytes).unwrap();
    bundle.catalogue.site.name = RENAMED.to_owned();
    let bytes = serde_json::to_vec(&bundle).unwrap();
    let store = app.served.store();
    assert!(store.keep_bundle(&bytes).await.unwrap());
    assert!(!store.keep_bundle(&bytes).await.unwrap());
    let kept = store.bundle().await.unwrap().unwrap();
    assert_eq!(kept.hash, bundle_hash(&bytes));
    assert_eq!(kept.bytes, bytes);

    let renamed = |answer: &crate::app::Answer| says(&answer.page(), RENAMED);
    app.eventually("/moderation/connexion", renamed).await;
    // One that starts now has it from its first request on.
    let missing = app
        .get_as(&mut Browser::default(), "/suivi/rien-de-tel")
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(says(&missing.page(), RENAMED));

    // What can't be read is not taken, and what there is serves on.
    store.keep_bundle(b"{}").await.unwrap();
    app.eventually("/moderation/connexion", renamed).await;
    let started = app.get("/api/compteurs?ideas=").await;
    assert_ne!(started.status, StatusCode::INTERNAL_SERVER_ERROR);
}
