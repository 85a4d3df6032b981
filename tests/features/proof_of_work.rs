//! A campaign that is attacked asks for a proof of work, or for an address to be confirmed.

use altcha::{Challenge, Payload, SolveChallengeOptions, solve_challenge};
use reqwest::StatusCode;

use crate::app::{Answer, Browser, TestApp};
use crate::assert_page;

const IDEAS: &str = "/participer/accueil/idees";
const IDEA: [(&str, &str); 4] = [
    ("kind", "idea"),
    ("category", "Horaires"),
    ("title", "Ouvrir le soir"),
    ("text", "Le soir, c’est fermé."),
];

/// A site of which the open campaign asks for a proof.
async fn protected() -> (TestApp, Browser) {
    let app = TestApp::start().await;
    let mut moderator = app.moderator().await;
    let page = app.get_as(&mut moderator, "/moderation/protection").await;
    let on = [("faire", "activer")];
    let done = app.submit(&mut moderator, &page, "/accueil", &on).await;
    assert_eq!(done.location(), "/moderation/protection?fait=on");
    (app, moderator)
}

/// The review page of the idea, with an address or without.
async fn review(app: &TestApp, email: &str) -> Answer {
    let mut form = IDEA.to_vec();
    form.push(("email", email));
    let review = app.post(IDEAS, &form).await;
    assert_eq!(review.status, StatusCode::OK);
    app.advance(4);
    review
}

/// What a browser computes of a review page.
pub fn proof(review: &Answer) -> String {
    let page = review.page();
    let form = page.select("form[data-challenge]").remove(0);
    let challenge = form.attr("data-challenge").unwrap();
    let challenge: Challenge = serde_json::from_str(challenge).unwrap();
    let solution = solve_challenge(SolveChallengeOptions::new(&challenge));
    let solution = solution.unwrap().unwrap();
    let payload = Payload {
        challenge,
        solution,
    };
    serde_json::to_string(&payload).unwrap()
}

async fn send(app: &TestApp, review: &Answer, proof: &str) -> Answer {
    let (action, mut fields) = review.page().form_ending("/envoyer");
    for (name, value) in &mut fields {
        if name == "preuve" {
            proof.clone_into(value);
        }
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (&**n, &**v)).collect();
    app.post(&action, &fields).await
}

async fn waiting(app: &TestApp) -> u64 {
    app.served.store().queue(0).await.unwrap().count
}

#[tokio::test]
async fn what_comes_with_a_proof_is_read_and_a_proof_is_for_one_form() {
    let (app, mut moderator) = protected().await;
    let first = review(&app, "").await;
    let solved = proof(&first);
    let sent = send(&app, &first, &solved).await;
    assert!(sent.location().starts_with("/suivi/"));
    // The same form again is the same idea; the same proof for another form is none.
    assert_eq!(
        send(&app, &first, &solved).await.location(),
        sent.location()
    );
    let second = review(&app, "").await;
    let refused = send(&app, &second, &solved).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for wrong in [
        "",
        "{}",
        "[]",
        &solved.replace("\"counter\":", "\"counter\":1"),
    ] {
        let refused = send(&app, &second, wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    assert_eq!(waiting(&app).await, 1);
    let texts = [second.page().text(), refused.page().text()];

    let page = app.get_as(&mut moderator, "/moderation/protection").await;
    let off = [("faire", "desactiver")];
    app.submit(&mut moderator, &page, "/accueil", &off).await;
    let third = review(&app, "").await;
    assert!(third.page().select("[data-challenge]").is_empty());
    app.confirm(&third).await;
    assert_eq!(waiting(&app).await, 2);
    let journal = app.get_as(&mut moderator, "/moderation/journal").await;
    assert_page!(format!(
        "{}\n\n{}",
        texts.join("\n\n"),
        journal.page().text()
    ));
}

#[tokio::test]
async fn without_javascript_an_address_is_confirmed() {
    let (app, mut moderator) = protected().await;
    let reviewed = review(&app, "lina@example.org").await;
    let sent = send(&app, &reviewed, "").await;
    let receipt = sent.location();
    assert_eq!(waiting(&app).await, 0);
    let mut texts = vec![reviewed.page().text(), app.page(&receipt).await.text()];
    let board = app.get_as(&mut moderator, "/moderation/tableau").await;
    assert!(!board.body.contains("<td>1</td>"));
    let messages = app.outbox(1).await;
    texts.push(messages[0].told());
    let links = messages[0].links().0;
    let path = links[0].strip_prefix(&app.served.site_url).unwrap();

    // A scanner opens every link; a guess confirms nothing.
    for _ in 0..3 {
        let asked = app.get(path).await;
        assert_eq!(asked.status, StatusCode::OK);
    }
    let guessed = format!("{receipt}/confirmer/{}", "a".repeat(43));
    assert_eq!(app.get(&guessed).await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.post(&guessed, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(waiting(&app).await, 0);
    texts.push(app.page(path).await.text());

    // Another address: the first link is no longer good.
    let other = [("faire", "changer"), ("email", "nour@example.org")];
    app.post(&format!("{receipt}/adresse"), &other).await;
    assert_eq!(app.get(path).await.status, StatusCode::NOT_FOUND);
    let messages = app.outbox(2).await;
    let to_nour = |message: &&crate::message::Message| message.header("To") == "nour@example.org";
    let links = messages.iter().find(to_nour).unwrap().links().0;
    let path = links[0].strip_prefix(&app.served.site_url).unwrap();
    let confirmed = app.post(path, &[]).await;
    assert_eq!(confirmed.location(), format!("{receipt}?fait=confirmee"));
    assert_eq!(waiting(&app).await, 1);
    texts.push(app.page(&confirmed.location()).await.text());
    // Done again, it is so already; and the message says that it arrived.
    assert_eq!(app.post(path, &[]).await.location(), confirmed.location());
    app.outbox(3).await;
    app.publish_next(&mut moderator).await;
    assert_page!(texts.join("\n\n----\n\n"));
}

#[tokio::test]
async fn what_is_not_confirmed_may_be_taken_back_and_a_moderator_cannot_publish_it() {
    let (app, mut moderator) = protected().await;
    let reviewed = review(&app, "lina@example.org").await;
    let receipt = send(&app, &reviewed, "").await.location();
    let ids = app.served.store().standings().await.unwrap();
    assert_eq!(ids.len(), 1);
    // First the message: once the idea is taken back, one that has not left never does.
    let links = app.outbox(1).await[0].links().0;
    app.post(&format!("{receipt}/retirer"), &[]).await;
    let path = links[0].strip_prefix(&app.served.site_url).unwrap();
    assert_eq!(app.post(path, &[]).await.location(), receipt);
    assert_eq!(waiting(&app).await, 0);
    let list = app.get_as(&mut moderator, "/moderation/").await;
    assert!(!list.body.contains("Ouvrir le soir"));
}

#[tokio::test]
async fn what_is_not_confirmed_is_read_by_nobody_not_even_a_moderator() {
    let (app, mut moderator) = protected().await;
    let reviewed = review(&app, "lina@example.org").await;
    send(&app, &reviewed, "").await;
    app.outbox(1).await;
    let letters = app
        .served
        .store()
        .letters(functions::store::MailLane::Sent, 9)
        .await
        .unwrap();
    let about = letters[0].letter.about.to_string();
    let item = format!("/moderation/contributions/{about}");
    for path in [
        item.clone(),
        format!("/moderation/?fait=publish&de={about}"),
    ] {
        let page = app.get_as(&mut moderator, &path).await;
        assert_eq!(page.status, StatusCode::OK);
        for text in ["Ouvrir le soir", "c’est fermé", "moderation.status"] {
            assert!(!page.body.contains(text), "{path}: {text}");
        }
    }
    let page = app.get_as(&mut moderator, &item).await.page();
    assert_page!(page.text());
}
