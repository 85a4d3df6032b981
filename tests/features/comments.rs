//! Commenting an idea.

use domain::ContributionRef;
use reqwest::StatusCode;

use crate::app::{Answer, Browser, TestApp};
use crate::assert_page;

#[tokio::test]
async fn a_comment_is_reviewed_received_published_and_read() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.form_with("text").0;

    let form = [("name", "Lina"), ("text", "Oui, le mardi."), ("email", "")];
    let review = app.post(&action, &form).await;
    assert_eq!(review.status, StatusCode::OK);
    let receipt = app.confirm(&review).await.location();
    let waiting = app.page(&receipt).await;

    let mut moderator = app.moderator().await;
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    app.publish_next(&mut moderator).await;
    let read = app
        .eventually(&idea, |answer| answer.body.contains("Oui, le mardi."))
        .await;
    let published = app.page(&receipt).await;
    let pages = [review.page(), waiting, queue.page(), read.page(), published];
    let texts: Vec<String> = pages.iter().map(crate::page::Page::text).collect();
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn an_empty_comment_comes_back_with_its_error() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.form_with("text").0;
    let form = [
        ("name", "lina@example.org"),
        ("text", " \r\n "),
        ("email", "x"),
    ];
    let answer = app.post(&action, &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_page!(answer.page().text());
}

#[tokio::test]
async fn the_review_page_leads_back_to_the_form() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.form_with("text").0;
    let form = [("name", "Lina"), ("text", "Oui."), ("email", "")];
    let answer = app.post(&format!("{action}/modifier"), &form).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.page().form_with("text").1,
        [
            ("text".to_owned(), "Oui.".to_owned()),
            ("name".to_owned(), "Lina".to_owned()),
            ("email".to_owned(), String::new()),
            ("site_web".to_owned(), String::new()),
        ]
    );
}

#[tokio::test]
async fn an_idea_that_waits_takes_no_comment() {
    let app = TestApp::start().await;
    let form = [
        ("kind", "idea"),
        ("category", "Horaires"),
        ("title", "Pas encore lue"),
        ("text", "…"),
    ];
    app.send_idea(&form).await;
    let queue = app.served.store().queue(1).await.unwrap();
    let id = queue.oldest[0].contribution.reference();
    let action = format!("/participer/accueil/idees/{id}/commentaires");
    let answer = app.post(&action, &[("text", "Bonjour")]).await;
    assert_eq!(answer.status, StatusCode::GONE);
}

/// Sends what a review page carries to one of its addresses.
async fn send(app: &TestApp, review: &Answer, end: &str) -> Answer {
    let (action, fields) = review.page().form_with("ticket");
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let action = action.strip_suffix("/envoyer").unwrap();
    app.post(&format!("{action}{end}"), &fields).await
}

/// Two review pages of comments on an idea, the second of which was sent: its receipt.
async fn commented(app: &TestApp, idea: &str) -> (Answer, Answer, String) {
    let action = app.page(idea).await.form_with("text").0;
    let mut reviews = Vec::new();
    for text in ["Oui, le mardi.", "Le jeudi plutôt."] {
        let form = [("name", "Lina"), ("text", text)];
        reviews.push(app.post(&action, &form).await);
    }
    let sent = reviews.pop().unwrap();
    let receipt = app.confirm(&sent).await.location();
    (reviews.pop().unwrap(), sent, receipt)
}

async fn office(app: &TestApp, moderator: &mut Browser, idea: &str) -> Answer {
    let id = idea.trim_end_matches('/').rsplit('/').next().unwrap();
    let path = format!("/moderation/contributions/{id}");
    app.get_as(moderator, &path).await
}

/// What all that leads on from a review page answers, the same of each.
async fn what_all_answer(app: &TestApp, review: &Answer, status: StatusCode) -> String {
    let mut texts = Vec::new();
    for end in ["", "/modifier", "/retirer", "/envoyer"] {
        let answer = send(app, review, end).await;
        assert_eq!(answer.status, status, "{end}");
        texts.push(answer.page().text());
    }
    assert!(texts.iter().all(|text| *text == texts[0]));
    texts.remove(0)
}

#[tokio::test]
async fn a_comment_on_an_idea_grouped_meanwhile_is_given_back() {
    let app = TestApp::start().await;
    let stays = app.published_idea("Ouvrir le soir").await;
    let leaves = app.published_idea("Des soirées ouvertes").await;
    let (review, sent, receipt) = commented(&app, &leaves).await;
    let mut moderator = app.moderator().await;
    let item = office(&app, &mut moderator, &leaves).await;
    let merge = [("into", stays.as_str()), ("faire", "confirmer")];
    app.submit(&mut moderator, &item, "/regrouper", &merge)
        .await;
    let told = what_all_answer(&app, &review, StatusCode::CONFLICT).await;
    assert!(told.contains(&format!("]({stays})")), "{told}");
    // What arrived before has its receipt still, which tells of an idea no more than all can read.
    assert_eq!(send(&app, &sent, "/envoyer").await.location(), receipt);
    let receipt = app.page(&receipt).await;
    assert!(!receipt.text().contains("Des soirées ouvertes"));
    assert_page!(format!("{told}\n\n{}", receipt.text()));
}

#[tokio::test]
async fn a_comment_on_an_idea_taken_off_meanwhile_is_given_back() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let (review, sent, receipt) = commented(&app, &idea).await;
    let mut moderator = app.moderator().await;
    let item = office(&app, &mut moderator, &idea).await;
    let typed = [("reason", "illegal")];
    app.submit(&mut moderator, &item, "/masquer", &typed).await;
    let told = what_all_answer(&app, &review, StatusCode::GONE).await;
    assert_eq!(send(&app, &sent, "/envoyer").await.location(), receipt);
    assert_page!(told);
}

#[tokio::test]
async fn many_comments_go_on_pages_of_twenty() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.form_with("text").0;
    for number in 0..21 {
        let text = format!("Commentaire numéro {number}");
        let review = app.post(&action, &[("text", &text)]).await;
        app.confirm(&review).await;
    }
    let mut moderator = app.moderator().await;
    for _ in 0..21 {
        app.publish_next(&mut moderator).await;
    }
    let second = format!("{idea}commentaires/2/");
    app.eventually(&second, |answer| answer.status == StatusCode::OK)
        .await;
    assert_eq!(app.page(&idea).await.select(".comments li[id]").len(), 20);
    assert_eq!(app.page(&second).await.select(".comments li[id]").len(), 1);
}

/// Sends a comment on an idea; its receipt, and its page in the back office.
async fn send_comment(app: &TestApp, idea: &str, email: &str) -> (String, String) {
    let action = app.page(idea).await.form_with("text").0;
    let form = [("text", "Oui, le mardi."), ("email", email)];
    let review = app.post(&action, &form).await;
    let receipt = app.confirm(&review).await.location();
    let waiting = app.served.store().queue(1).await.unwrap();
    let reference = waiting.oldest[0].contribution.reference();
    (receipt, format!("/moderation/contributions/{reference}"))
}

/// A form of one contribution of the back office, on the version that stands.
async fn decide(
    app: &TestApp,
    moderator: &mut Browser,
    item: &str,
    end: &str,
    form: &[(&str, &str)],
) -> Answer {
    let reference = item.rsplit('/').next().unwrap();
    let reference = ContributionRef::parse(reference).unwrap();
    let held = app.served.store().contribution(&reference).await.unwrap();
    let version = held.unwrap().version.to_string();
    let mut all = vec![("version", version.as_str())];
    all.extend(form);
    app.post_as(moderator, &format!("{item}{end}"), &all).await
}

#[tokio::test]
async fn a_comment_is_not_answered_as_an_idea_is() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let (_, item) = send_comment(&app, &idea, "").await;
    let mut moderator = app.moderator().await;
    app.publish_next(&mut moderator).await;
    let response = [("team", "Caf"), ("response", "Oui."), ("faire", "publier")];
    let outcome = [("decision", "kept"), ("outcome", "Dès mars.")];
    for (end, form) in [("/reponse", &response[..]), ("/suite", &outcome[..])] {
        let answer = decide(&app, &mut moderator, &item, end, form).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{end}");
    }
}

#[tokio::test]
async fn a_comment_of_an_idea_that_left_the_site_is_not_said_to_be_there() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let (receipt, item) = send_comment(&app, &idea, "lina@example.org").await;
    let mut moderator = app.moderator().await;
    let hidden = [("reason", "off-topic")];
    let parent = format!(
        "/moderation/contributions/{}",
        idea.trim_end_matches('/').rsplit('/').next().unwrap()
    );
    decide(&app, &mut moderator, &parent, "/masquer", &hidden).await;
    app.outbox(1).await;
    let read = app.get_as(&mut moderator, &item).await.page();
    let published = decide(&app, &mut moderator, &item, "/publier", &[]).await;
    assert!(published.location().contains("fait=publish"));
    let told = app.page(&receipt).await;
    let after = app.get_as(&mut moderator, &item).await.page();
    assert!(!after.text().contains("Voir sur le site public"));
    assert_page!(format!(
        "{}\n\n{}",
        read.words("article .meta a + b"),
        told.text()
    ));
    // Nor is its author written to that it is.
    app.advance(60);
    app.queue_of_mail(1, 0, 1).await;
    app.outbox(1).await;
    // It is, once the idea is there again.
    decide(&app, &mut moderator, &parent, "/retablir", &[]).await;
    let told = app.page(&receipt).await;
    assert_eq!(told.words(".state"), "Publiée");
    // On which idea it is, and where it is read.
    let links = told.links("main");
    let leading = links.iter().filter(|href| href.contains(&idea));
    assert_eq!(leading.count(), 2, "{links:?}");
}

#[tokio::test]
async fn a_merge_says_how_many_comments_leave_with_the_idea() {
    let app = TestApp::start().await;
    let stays = app.published_idea("Ouvrir le soir").await;
    let leaves = app.published_idea("Fermer plus tard").await;
    send_comment(&app, &leaves, "").await;
    let mut moderator = app.moderator().await;
    app.publish_next(&mut moderator).await;
    let id = leaves.trim_end_matches('/').rsplit('/').next().unwrap();
    let item = format!("/moderation/contributions/{id}");
    let into = [("into", stays.as_str())];
    let asked = decide(&app, &mut moderator, &item, "/regrouper", &into).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert_eq!(
        asked.page().words("main .note"),
        "1 commentaire ne sera plus visible."
    );
}
