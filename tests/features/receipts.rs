//! The receipt: what its author sees and may do there, for as long as the contribution is known.

use reqwest::StatusCode;

use crate::app::TestApp;
use crate::assert_page;

const CANARY: &str = "canari.7f3a@example.org";
const IDEA: [(&str, &str); 5] = [
    ("kind", "idea"),
    ("category", "Attente"),
    ("title", "Une file plus courte"),
    ("text", "On attend trop, même le mardi matin."),
    ("email", CANARY),
];

/// Publishes what waits, and answers its address once it is there.
async fn published(app: &TestApp) -> String {
    let mut moderator = app.moderator().await;
    app.publish_next(&mut moderator).await;
    let list = app
        .eventually("/campagnes/accueil/idees/", |answer| {
            answer.body.contains("Une file plus courte")
        })
        .await;
    let links = list.page().links("main .card h3, main .card h2");
    links.into_iter().next().unwrap()
}

#[tokio::test]
async fn an_author_takes_a_published_idea_back_without_an_account() {
    let app = TestApp::start().await;
    let receipt = app.send_idea(&IDEA).await;
    let idea = published(&app).await;
    let before = app.page(&receipt).await;
    let action = before.action_ending("/retirer");
    // Opening it, as a mail scanner does, takes nothing back.
    for _ in 0..3 {
        assert_eq!(
            app.get(&action).await.status,
            StatusCode::METHOD_NOT_ALLOWED
        );
    }
    assert_eq!(app.get(&idea).await.status, StatusCode::OK);
    let done = app.post(&action, &[]).await;
    app.eventually(&idea, |answer| answer.status == StatusCode::NOT_FOUND)
        .await;
    let after = app.page(&done.location()).await;
    // Asked twice, it is so once.
    let again = app.post(&action, &[]).await;
    assert_eq!(again.location(), done.location());
    let log = app.served.store().audit_log().await.unwrap();
    assert_eq!(
        log.iter()
            .filter(|entry| entry.action == "withdraw")
            .count(),
        1
    );
    assert_page!(format!("{}\n\n{}", before.text(), after.text()));
}

#[tokio::test]
async fn what_an_author_erases_is_nowhere() {
    let app = TestApp::start().await;
    let receipt = app.send_idea(&IDEA).await;
    let idea = published(&app).await;
    let erase = app.page(&receipt).await.action_ending("/effacer");
    let done = app.post(&erase, &[]).await;
    app.eventually(&idea, |answer| answer.status == StatusCode::NOT_FOUND)
        .await;
    let after = app.page(&done.location()).await;
    let (contributions, identities) = app.items().await;
    for erased in ["Une file plus courte", "même le mardi", CANARY] {
        assert!(!contributions.contains(erased), "{erased}");
        assert!(!identities.contains(erased), "{erased}");
    }
    let id = idea.trim_end_matches('/').rsplit('/').next().unwrap();
    let mut moderator = app.moderator().await;
    let office = format!("/moderation/contributions/{id}");
    let standing = app.get_as(&mut moderator, &office).await.page();
    assert_page!(format!("{}\n\n{}", after.text(), standing.text()));
}

#[tokio::test]
async fn an_address_is_added_changed_and_refused() {
    let app = TestApp::start().await;
    let mut without = IDEA.to_vec();
    without.pop();
    let receipt = app.send_idea(&without).await;
    let action = app.page(&receipt).await.action_ending("/adresse");
    let wrong = [("faire", "changer"), ("email", "pas une adresse")];
    let again = app.post(&action, &wrong).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let kept = [("faire", "changer"), ("email", CANARY)];
    let done = app.post(&action, &kept).await;
    let after = app.page(&done.location()).await;
    assert!(!after.text().contains("canari"));
    let mut moderator = app.moderator().await;
    app.publish_next(&mut moderator).await;
    app.advance(31);
    let told = app.outbox(1).await.remove(0);
    assert_eq!(told.header("To"), CANARY);
    assert_page!(format!("{}\n\n{}", again.page().text(), after.text()));
}

#[tokio::test]
async fn a_receipt_tells_each_step_and_what_was_answered() {
    let app = TestApp::start().await;
    let receipt = app.send_idea(&IDEA).await;
    let idea = published(&app).await;
    let id = idea.trim_end_matches('/').rsplit('/').next().unwrap();
    let office = format!("/moderation/contributions/{id}");
    let mut moderator = app.moderator().await;
    let item = app.get_as(&mut moderator, &office).await;
    let response = [
        ("team", "Caf du Gard"),
        ("response", "Deux guichets de plus."),
        ("faire", "publier"),
    ];
    app.submit(&mut moderator, &item, "/reponse", &response)
        .await;
    let item = app.get_as(&mut moderator, &office).await;
    let outcome = [("decision", "kept"), ("outcome", "Dès janvier.")];
    app.submit(&mut moderator, &item, "/suite", &outcome).await;
    let told = app.get(&receipt).await;
    assert_eq!(told.headers["referrer-policy"], "no-referrer");
    assert_eq!(told.headers["cache-control"], "no-store");
    assert_eq!(told.headers["x-robots-tag"], "noindex");
    assert_page!(told.page().text());
}

#[tokio::test]
async fn nobody_guesses_a_receipt() {
    let app = TestApp::start().await;
    app.send_idea(&IDEA).await;
    for token in ["A".repeat(43), "x".to_owned(), "é".repeat(20)] {
        let path = format!("/suivi/{token}");
        assert_eq!(app.get(&path).await.status, StatusCode::NOT_FOUND);
        for action in ["adresse", "retirer", "effacer"] {
            let form = [("faire", "effacer")];
            let answer = app.post(&format!("{path}/{action}"), &form).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
    }
}

#[tokio::test]
async fn an_idea_grouped_while_it_waited_is_not_said_to_be_refused() {
    let app = TestApp::start().await;
    let other = app.published_idea("Ouvrir le soir").await;
    let receipt = app.send_idea(&IDEA).await;
    let mut moderator = app.moderator().await;
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    let into = [("into", other.as_str())];
    let asked = app
        .submit(&mut moderator, &queue, "/regrouper", &into)
        .await;
    let sure = [("faire", "confirmer")];
    let done = app
        .submit(&mut moderator, &asked, "/regrouper", &sure)
        .await;
    assert!(done.location().contains("fait=merged"));
    let told = app.page(&receipt).await;
    assert_eq!(told.words(".state"), "Regroupée avec une autre");
    let said = told.text();
    for never in ["Non publiée", "non publiée", "soutiens que vous aviez"] {
        assert!(!said.contains(never), "{never}: {said}");
    }
    assert!(said.contains("Regroupée avec une autre idée"), "{said}");
}
