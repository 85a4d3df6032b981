//! Two who work on one contribution at the same time: the second is told who did what, and keeps
//! what was typed.

use reqwest::StatusCode;

use crate::app::TestApp;

fn office(idea: &str) -> String {
    let id = idea.trim_end_matches('/').rsplit('/').next().unwrap();
    format!("/moderation/contributions/{id}")
}

#[tokio::test]
async fn who_comes_second_is_told_what_was_done_last_and_by_whom() {
    let app = TestApp::start().await;
    let idea = [
        ("kind", "idea"),
        ("category", "Attente"),
        ("title", "Une file plus courte"),
        ("text", "On attend trop."),
    ];
    app.send_idea(&idea).await;
    let mut first = app.moderator_with("an", &["national"]).await;
    let mut second = app.moderator_with("nat", &["national"]).await;
    let old = app.get_as(&mut second, "/moderation/").await;
    let page = app.get_as(&mut first, "/moderation/").await;
    let done = app.submit(&mut first, &page, "/publier", &[]).await;
    let page = app.get_as(&mut first, &done.location()).await;
    app.submit(&mut first, &page, "/annuler", &[]).await;
    let late = app.submit(&mut second, &old, "/publier", &[]).await;
    let told = app.get_as(&mut second, &late.location()).await.page();
    let said = told.words(".done").replace('\u{a0}', " ");
    assert!(
        said.starts_with(
            "Une file plus courte : Personne an a agi avant vous (« Décision annulée », le "
        ),
        "{said}"
    );
    assert!(told.words(".history").contains("Publiée, Personne an"));
}

#[tokio::test]
async fn a_draft_that_a_colleague_saved_stands_above_the_one_that_comes_second() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let mut an = app.moderator_with("an", &["answerer:gard"]).await;
    let mut nat = app.moderator_with("nat", &["answerer:gard"]).await;
    let old = app.get_as(&mut nat, &office(&idea)).await;
    let page = app.get_as(&mut an, &office(&idea)).await;
    let draft = |text| {
        [
            ("team", "Caf du Gard"),
            ("response", text),
            ("faire", "brouillon"),
        ]
    };
    app.submit(&mut an, &page, "/reponse", &draft("Celui d’An."))
        .await;
    let late = app
        .submit(&mut nat, &old, "/reponse", &draft("Celui de Nat."))
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let told = late.page();
    let said = told.words(".done").replace('\u{a0}', " ");
    assert!(
        said.contains("Personne an a agi avant vous (« Réponse officielle : brouillon »"),
        "{said}"
    );
    assert_eq!(told.words("textarea[name=response]"), "Celui de Nat.");
    assert!(
        told.words("#response-form").contains("Celui d’An."),
        "{}",
        told.words("#response-form")
    );
}

#[tokio::test]
async fn a_message_to_an_author_is_given_back_where_nothing_can_be_refused_any_more() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let mut first = app.moderator_with("an", &["national"]).await;
    let mut second = app.moderator_with("nat", &["national"]).await;
    let old = app.get_as(&mut second, &office(&idea)).await;
    let reason = [("reason", "off-topic")];
    app.submit(&mut first, &old, "/masquer", &reason).await;
    let typed = [("reason", "illegal"), ("message", "Relisez la charte.")];
    let late = app.submit(&mut second, &old, "/masquer", &typed).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert_eq!(late.page().words("blockquote"), "Relisez la charte.");
}
