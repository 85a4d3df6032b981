//! The author's consent to a text that a moderator proposes: silence is never consent, a link is
//! good for one proposal and once, and until it is agreed to neither text is public.

use domain::{ContributionId, ContributionRef, Status};
use reqwest::StatusCode;
use reqwest::header::ORIGIN;

use crate::app::{Answer, Browser, TestApp};
use crate::assert_page;
use crate::message::Message;
use crate::page::Page;
use crate::telling::start;

const OWN: &str =
    "Madame Dupont, de l’accueil, m’a crié dessus. J’ai eu mon attestation le 3 mars.";
const PROPOSED: &str =
    "Une personne, de l’accueil, m’a mal parlé. J’ai eu mon attestation le 3 mars.";
const DAY: i64 = 86_400;

/// A testimonial whose author is asked to agree, with its receipt and the path of its link.
async fn proposed(app: &TestApp) -> (String, String) {
    let receipt = app.tell(&[("text", OWN)]).await;
    let mut moderator = app.moderator().await;
    propose(app, &mut moderator, PROPOSED).await;
    app.advance(31);
    let link = link(app, 2, &[]).await;
    (receipt, link)
}

/// Proposes a text in place of what is first in the queue.
async fn propose(app: &TestApp, moderator: &mut Browser, text: &str) -> Answer {
    let queue = app.queue(moderator).await;
    let form = [
        ("proposed_title", "Trois appels pour une attestation"),
        ("proposed_text", text),
        ("proposal_why", "Nous ne nommons personne."),
    ];
    let done = app.submit(moderator, &queue, "/proposer", &form).await;
    assert!(done.location().contains("fait=propose"), "{}", done.body);
    done
}

/// The path of the link by which an author is asked to agree, once so many messages are there: one
/// that is not known yet.
async fn link(app: &TestApp, count: usize, known: &[&str]) -> String {
    let mut found = Vec::new();
    for message in app.outbox(count).await {
        if message.header("Subject").starts_with("Votre accord") {
            let (links, _) = message.links();
            assert_eq!(links.len(), 1, "{links:?}");
            let path = links[0].strip_prefix(&app.served.site_url).unwrap();
            found.push(path.to_owned());
        }
    }
    found.retain(|link| !known.contains(&link.as_str()));
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

async fn press(app: &TestApp, link: &str, button: &str) -> Answer {
    app.post(&format!("{link}/{button}"), &[]).await
}

async fn status(app: &TestApp, receipt: &str) -> String {
    app.page(receipt).await.words(".state")
}

/// Fails where any file of the site has one of these words.
#[track_caller]
fn assert_nowhere(app: &TestApp, words: &[&str]) {
    for (path, bytes) in crate::publishing::files(&app.site_dir()) {
        let text = String::from_utf8_lossy(&bytes);
        for word in words {
            assert!(!text.contains(word), "{path} has {word}");
        }
    }
}

#[tokio::test]
async fn an_author_reads_what_changes_and_agrees() {
    let (app, content) = start().await;
    let (receipt, link) = proposed(&app).await;
    let mut moderator = app.moderator().await;
    let waits = app.page(&receipt).await;
    let page = app.get(&link).await;
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert!(
        page.body
            .contains("<meta name=\"robots\" content=\"noindex\">")
    );
    assert_nowhere(&app, &["Dupont", "mal parlé"]);

    let agreed = press(&app, &link, "publier").await;
    assert_eq!(agreed.status, StatusCode::SEE_OTHER);
    assert_eq!(agreed.location(), format!("{receipt}?fait=accord"));
    let own = app.own_page(&receipt).await;
    let read = app
        .eventually(&own, |answer| answer.status == StatusCode::OK)
        .await;
    assert!(
        read.page()
            .text()
            .contains("Texte modifié avec l’accord de l’auteur")
    );
    assert_nowhere(&app, &["Dupont"]);
    app.assert_as_built(content.path()).await;

    let id = own.trim_end_matches('/').rsplit('/').next().unwrap();
    let path = format!("/moderation/contributions/temoignage-{id}");
    let item = app.get_as(&mut moderator, &path).await;
    let history = item.page().words("article");
    let history = history
        .split("Textes successifs")
        .nth(1)
        .unwrap()
        .to_owned();
    let pages = [
        waits.text(),
        page.page().text(),
        read.page().text(),
        history,
    ];
    assert_page!(pages.join("\n\n----\n\n"));
}

#[tokio::test]
async fn an_author_who_declines_is_not_published() {
    let (app, _content) = start().await;
    let (receipt, link) = proposed(&app).await;
    let declined = press(&app, &link, "ne-pas-publier").await;
    assert_eq!(declined.location(), format!("{receipt}?fait=refus"));
    assert_eq!(status(&app, &receipt).await, "Retirée par vous");
    let again = press(&app, &link, "publier").await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(status(&app, &receipt).await, "Retirée par vous");
    assert_nowhere(&app, &["Dupont", "mal parlé"]);
}

#[tokio::test]
async fn an_author_who_writes_otherwise_is_read_again() {
    let (app, _content) = start().await;
    let (receipt, link) = proposed(&app).await;
    let form = app.page(&format!("{link}/autrement")).await;
    let (action, fields) = form.form_with("text");
    let offered = fields.iter().find(|(name, _)| name == "text").unwrap();
    assert_eq!(offered.1.trim(), PROPOSED);
    let blank = app.post(&action, &[("title", ""), ("text", " ")]).await;
    assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY);
    let otherwise = [
        ("title", "À l’accueil"),
        ("text", "On m’a mal reçue. Appelez-moi au 06 12 34 56 78."),
    ];
    let sent = app.post(&action, &otherwise).await;
    assert_eq!(sent.location(), format!("{receipt}?fait=autrement"));
    // Sent twice, it is one text, and the link is over.
    let twice = app.post(&action, &otherwise).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    assert_eq!(status(&app, &receipt).await, "En attente de lecture");
    let mut moderator = app.moderator().await;
    let queue = app.queue(&mut moderator).await.page().text();
    assert!(queue.contains("On m’a mal reçue"), "{queue}");
    assert!(queue.contains(": téléphone"), "{queue}");
    app.publish_next(&mut moderator).await;
    let own = app.own_page(&receipt).await;
    let read = app
        .eventually(&own, |answer| answer.status == StatusCode::OK)
        .await;
    // The words are the author's own.
    assert!(!read.body.contains("Texte modifié"));
}

#[tokio::test]
async fn silence_is_never_consent() {
    let (app, _content) = start().await;
    let (receipt, link) = proposed(&app).await;
    let subjects = |messages: &[Message]| -> Vec<String> {
        let subject = |message: &Message| message.header("Subject").to_owned();
        let mut subjects: Vec<String> = messages.iter().map(subject).collect();
        subjects.sort();
        subjects
    };
    let received = "Nous avons bien reçu votre contribution";
    let asked = "Votre accord, avant de publier votre témoignage";
    let reminded = "Nous attendons votre accord sur votre témoignage";
    let closed = "Votre témoignage n’est pas publié";
    app.advance(3 * DAY);
    assert_eq!(subjects(&app.outbox(3).await), [reminded, received, asked]);
    app.advance(4 * DAY);
    let messages = app.outbox(4).await;
    assert_eq!(subjects(&messages), [reminded, reminded, received, asked]);
    // A reminder leads where the first message did.
    let (links, _) = messages.last().unwrap().links();
    assert!(messages.iter().filter(|it| it.links().0 == links).count() >= 1);
    app.advance(13 * DAY);
    assert_eq!(status(&app, &receipt).await, "En attente de votre accord");
    app.advance(DAY);
    let messages = app.outbox(5).await;
    assert_eq!(
        subjects(&messages),
        [reminded, reminded, received, asked, closed]
    );
    assert_eq!(status(&app, &receipt).await, "Fermée sans votre accord");
    let late = app.get(&link).await;
    assert_eq!(late.status, StatusCode::GONE);
    let page = late.page();
    for button in ["publier", "ne-pas-publier"] {
        assert_eq!(
            press(&app, &link, button).await.status,
            StatusCode::CONFLICT
        );
    }
    assert_eq!(status(&app, &receipt).await, "Fermée sans votre accord");
    assert_nowhere(&app, &["Dupont", "mal parlé"]);
    let receipt = app.page(&receipt).await;
    let told = messages.iter().find(|it| it.header("Subject") == closed);
    let texts = [page.text(), receipt.text(), told.unwrap().text.clone()];
    assert_page!(texts.join("\n\n----\n\n"));
}

#[tokio::test]
async fn a_link_that_is_opened_a_hundred_times_changes_nothing() {
    let (app, _content) = start().await;
    let (receipt, link) = proposed(&app).await;
    let before = app.items().await;
    for path in ["", "/publier", "/ne-pas-publier", "/autrement"] {
        for _ in 0..25 {
            let answer = app.get(&format!("{link}{path}")).await;
            let is_page = path.is_empty() || path == "/autrement";
            let expected = if is_page {
                StatusCode::OK
            } else {
                StatusCode::METHOD_NOT_ALLOWED
            };
            assert_eq!(answer.status, expected, "{path}");
        }
    }
    assert_eq!(app.items().await, before);
    assert_eq!(status(&app, &receipt).await, "En attente de votre accord");
}

#[tokio::test]
async fn a_link_acts_on_its_own_proposal_alone() {
    let (app, _content) = start().await;
    let (receipt, link) = proposed(&app).await;
    // Another's link, a token that is nobody's, a receipt's token, and another site's page.
    let stranger = app
        .tell(&[("title", "Un autre"), ("text", "Autre chose.")])
        .await;
    let mut moderator = app.moderator().await;
    propose(&app, &mut moderator, "Autre chose, dit autrement.").await;
    app.advance(31);
    let theirs = self::link(&app, 4, &[&link]).await;
    press(&app, &theirs, "ne-pas-publier").await;
    assert_eq!(status(&app, &stranger).await, "Retirée par vous");
    assert_eq!(status(&app, &receipt).await, "En attente de votre accord");
    let (_, token) = link.rsplit_once('/').unwrap();
    let (_, receipt_token) = receipt.rsplit_once('/').unwrap();
    let mut wrong = token.to_owned();
    wrong.replace_range(..1, if wrong.starts_with('A') { "B" } else { "A" });
    for token in [wrong.as_str(), receipt_token, "x", ""] {
        let answer = press(&app, &format!("/accord/{token}"), "publier").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{token}");
    }
    let url = app.url(&format!("{link}/publier"));
    let elsewhere = app
        .send(&mut Browser::default(), |client| {
            client.post(url).header(ORIGIN, "https://ailleurs.example")
        })
        .await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    assert_eq!(status(&app, &receipt).await, "En attente de votre accord");
}

#[tokio::test]
async fn a_link_is_dead_once_the_author_or_a_moderator_went_on() {
    let (app, _content) = start().await;
    let (receipt, first) = proposed(&app).await;
    let texts = [("title", "À l’accueil"), ("text", "On m’a mal reçue.")];
    app.post(&format!("{first}/autrement"), &texts).await;
    let mut moderator = app.moderator().await;
    propose(&app, &mut moderator, "On ne m’a pas bien reçue.").await;
    app.advance(31);
    let second = link(&app, 3, &[&first]).await;
    // The first link does not publish what it never showed.
    for button in ["publier", "ne-pas-publier"] {
        assert_eq!(
            press(&app, &first, button).await.status,
            StatusCode::CONFLICT
        );
    }
    assert_eq!(app.get(&first).await.status, StatusCode::GONE);
    assert_eq!(status(&app, &receipt).await, "En attente de votre accord");
    assert_eq!(
        press(&app, &second, "publier").await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(status(&app, &receipt).await, "Publiée");
    for button in ["publier", "ne-pas-publier"] {
        assert_eq!(
            press(&app, &second, button).await.status,
            StatusCode::CONFLICT
        );
    }
    assert_eq!(status(&app, &receipt).await, "Publiée");
}

#[tokio::test]
async fn of_two_clicks_at_once_one_counts() {
    let (app, _content) = start().await;
    let (receipt, link) = proposed(&app).await;
    let clicks = ["publier", "ne-pas-publier", "publier", "ne-pas-publier"];
    let clicks = clicks.map(|button| press(&app, &link, button));
    let [a, b, c, d] = clicks;
    let (a, b, c, d) = tokio::join!(a, b, c, d);
    let answers = [a, b, c, d];
    let done = answers
        .iter()
        .filter(|it| it.status == StatusCode::SEE_OTHER);
    let done: Vec<String> = done.map(Answer::location).collect();
    assert_eq!(done.len(), 1, "{done:?}");
    let state = if done[0].ends_with("accord") {
        "Publiée"
    } else {
        "Retirée par vous"
    };
    assert_eq!(status(&app, &receipt).await, state);
}

#[tokio::test]
async fn a_proposal_that_is_undone_is_never_told() {
    let (app, _content) = start().await;
    let receipt = app.tell(&[("text", OWN)]).await;
    let mut moderator = app.moderator().await;
    let done = propose(&app, &mut moderator, PROPOSED).await;
    let desk = app.get_as(&mut moderator, &done.location()).await;
    let undone = app.submit(&mut moderator, &desk, "/annuler", &[]).await;
    assert!(
        undone.location().contains("fait=undone"),
        "{}",
        undone.location()
    );
    assert_eq!(status(&app, &receipt).await, "En attente de lecture");
    app.advance(22 * DAY);
    app.queue_of_mail(0, 0, 1).await;
    assert_eq!(status(&app, &receipt).await, "En attente de lecture");
}

#[tokio::test]
async fn an_author_changes_what_is_published_and_it_is_read_again() {
    let (app, content) = start().await;
    let (receipt, own) = app.told(&[]).await;
    let page = app.page(&receipt).await;
    let link = page.links("main");
    let link = link
        .iter()
        .find(|link| link.ends_with("/modifier"))
        .unwrap();
    let form: Page = app.page(link).await;
    let (action, _) = form.form_with("text");
    let texts = [
        ("title", "Quatre appels"),
        ("text", "Il m’en a fallu quatre."),
    ];
    let sent = app.post(&action, &texts).await;
    assert_eq!(sent.location(), format!("{receipt}?fait=autrement"));
    app.eventually(&own, |answer| answer.status == StatusCode::NOT_FOUND)
        .await;
    let mut moderator = app.moderator().await;
    app.publish_next(&mut moderator).await;
    let read = app
        .eventually(&own, |answer| answer.body.contains("Quatre appels"))
        .await;
    assert!(!read.body.contains("trois fois"));
    app.assert_as_built(content.path()).await;
    // What is erased is nowhere, its earlier texts neither.
    let page = app.get(&receipt).await;
    app.submit(&mut Browser::default(), &page, "/effacer", &[])
        .await;
    let id = own.trim_end_matches('/').rsplit('/').next().unwrap();
    let id = ContributionId::parse(id).unwrap();
    let store = app.served.store();
    assert_eq!(store.versions(&id).await.unwrap(), []);
    let held = store.contribution(&ContributionRef::Testimonial(id)).await;
    let held = held.unwrap().unwrap();
    assert_eq!(
        (held.status, held.contribution.body().as_str()),
        (Status::Withdrawn, "…")
    );
}

#[tokio::test]
async fn the_same_text_is_no_proposal() {
    let (app, _content) = start().await;
    app.tell(&[("text", OWN)]).await;
    let mut moderator = app.moderator().await;
    let queue = app.queue(&mut moderator).await;
    let form = [
        ("proposed_title", "Trois appels pour une attestation"),
        ("proposed_text", OWN),
    ];
    let answer = app.submit(&mut moderator, &queue, "/proposer", &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let errors = answer.page().words(".error-summary");
    assert!(
        errors.contains("Ce texte est celui de la personne"),
        "{errors}"
    );
}
