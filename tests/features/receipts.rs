//! The receipt: what its author sees and may do there, for as long as the contribution is known.

use reqwest::StatusCode;

use crate::app::TestApp;
use crate::assert_page;
use crate::mail::{cite, content};

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

/// What a page says before and after a form of it was sent.
async fn ended(app: &TestApp, receipt: &str, end: &str) -> String {
    let before = app.page(receipt).await;
    let done = app.post(&before.action_ending(end), &[]).await;
    let after = app.page(&done.location()).await;
    format!("{}\n\n{}", before.text(), after.text())
}

#[tokio::test]
async fn what_was_never_published_is_not_said_to_leave_the_site() {
    let app = TestApp::start().await;
    let withdrawn = ended(&app, &app.send_idea(&IDEA).await, "/retirer").await;
    let erased = ended(&app, &app.send_idea(&IDEA).await, "/effacer").await;
    let said = format!("{withdrawn}\n\n{erased}");
    for untrue in ["quittera le site", "plus sur le site", "quitte le site"] {
        assert!(!said.contains(untrue), "{said}");
    }
    assert_page!(said);
}

#[tokio::test]
async fn a_comment_is_taken_back_without_a_word_of_comments_and_likes() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let send = app.page(&idea).await.form_with("text").0;
    let review = app.post(&send, &[("text", "Moi aussi.")]).await;
    let receipt = app.confirm(&review).await.location();
    let mut moderator = app.moderator().await;
    app.publish_next(&mut moderator).await;
    let page = app.page(&receipt).await.text();
    assert!(!page.contains("soutiens"), "{page}");
    let said = ended(&app, &receipt, "/retirer").await;
    assert_page!(said);
}

#[tokio::test]
async fn no_address_is_kept_for_what_was_taken_back() {
    let app = TestApp::start().await;
    let mut without = IDEA.to_vec();
    without.pop();
    let late = [("faire", "changer"), ("email", CANARY)];
    let mut said = Vec::new();
    // The form of an address is open in another tab.
    for end in ["/retirer", "/effacer"] {
        let page = app.page(&app.send_idea(&without).await).await;
        let (change, end) = (page.action_ending("/adresse"), page.action_ending(end));
        app.post(&end, &[]).await.location();
        let done = app.post(&change, &late).await.location();
        said.push(app.page(&done).await.text());
    }
    // Both tabs at the same time: whichever comes first, nothing is left.
    for _ in 0..10 {
        let page = app.page(&app.send_idea(&without).await).await;
        let (change, erase) = (
            page.action_ending("/adresse"),
            page.action_ending("/effacer"),
        );
        let (erased, _) = tokio::join!(app.post(&erase, &[]), app.post(&change, &late));
        assert!(erased.location().ends_with("?fait=effacee"));
    }
    let (contributions, identities) = app.items().await;
    assert!(!contributions.contains(CANARY));
    assert!(!identities.contains(CANARY), "{identities}");
    assert_page!(said.join("\n\n"));
}

/// What a receipt says of what comes next.
async fn next(app: &TestApp, receipt: &str) -> String {
    let text = app.page(receipt).await.text();
    let (before, steps) = text.split_once("Son chemin").unwrap();
    let (steps, _) = steps.split_once("Gardez cette adresse").unwrap();
    format!("{}\n{}", before.trim(), steps.trim())
}

#[tokio::test]
async fn a_receipt_says_what_comes_next_and_when() {
    let content = content();
    let campaign = content.path().join("campaigns/accueil.md");
    let written = std::fs::read_to_string(&campaign).unwrap();
    let mut app = TestApp::with_content(content.path()).await;
    let receipt = app.send_idea(&IDEA).await;
    let mut said = vec![next(&app, &receipt).await];
    published(&app).await;
    said.push(next(&app, &receipt).await);
    app.set_clock("2026-12-16T09:00:00Z");
    said.push(next(&app, &receipt).await);
    for stage in ["analysis", "results", "archived"] {
        let staged = written.replace("modalities", &format!("stage = \"{stage}\"\nmodalities"));
        std::fs::write(&campaign, staged).unwrap();
        app = app.restart().await;
        said.push(next(&app, &receipt).await);
    }
    assert!(said[0].contains("sous 2 jours ouvrés"));
    assert!(said[1].contains("La campagne se termine le mardi 15 décembre 2026"));
    assert_page!(said.join("\n\n----\n\n"));
}

#[tokio::test]
async fn results_are_told_and_shown_on_the_day_they_appear() {
    let content = content();
    let app = TestApp::with_content(content.path()).await;
    let receipt = app.send_idea(&IDEA).await;
    let idea = published(&app).await;
    app.advance(30);
    app.queue_of_mail(0, 0, 2).await;
    cite(content.path(), &idea);
    app.set_clock("2026-12-19T22:59:59Z");
    let app = app.restart().await;
    let before = next(&app, &receipt).await;
    app.queue_of_mail(0, 0, 2).await;
    app.set_clock("2026-12-19T23:00:00Z");
    app.queue_of_mail(1, 0, 2).await;
    let after = app.page(&receipt).await;
    assert_eq!(
        after.links(".cited li"),
        ["/campagnes/accueil/resultats/#enseignement-1"]
    );
    app.set_clock("2026-12-20T07:00:00Z");
    app.queue_of_mail(0, 0, 3).await;
    let after = next(&app, &receipt).await;
    assert_page!(format!("{before}\n\n----\n\n{after}"));
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
