//! What authors are told, and when: whole messages, as they stand in the outbox.

use std::path::Path;

use tempfile::TempDir;

use crate::app::{Browser, TestApp, repository};
use crate::assert_page;
use crate::message::{HEADERS, Message};
use crate::publishing::files;
use crate::site::copy;

const CANARY: &str = "canari.7f3a@example.org";

fn idea<'a>(title: &'a str, email: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("kind", "idea"),
        ("category", "Attente"),
        ("title", title),
        ("text", "On attend trop, surtout le lundi."),
        ("email", email),
    ]
}

/// Refuses what is first in the queue.
async fn refuse_next(app: &TestApp, moderator: &mut Browser, reason: &str) {
    let queue = app.get_as(moderator, "/moderation/").await;
    let form = [("reason", reason), ("message", "Le nom du voisin.")];
    let done = app.submit(moderator, &queue, "/refuser", &form).await;
    assert!(done.location().contains("fait=refuse&"));
}

/// The message of a subject.
fn about<'a>(messages: &'a [Message], subject: &str) -> &'a Message {
    messages
        .iter()
        .find(|message| message.header("Subject") == subject)
        .unwrap()
}

#[tokio::test]
async fn each_message_says_the_fact_and_why_it_comes() {
    let app = TestApp::start().await;
    let receipt = app.send_idea(&idea("Une file plus courte", CANARY)).await;
    app.send_idea(&idea("Mon voisin", "refus@example.org"))
        .await;
    app.send_idea(&idea("J’ai peur", "alerte@example.org"))
        .await;
    let mut moderator = app.moderator().await;
    app.publish_next(&mut moderator).await;
    refuse_next(&app, &mut moderator, "names-someone").await;
    refuse_next(&app, &mut moderator, "alert").await;
    app.advance(30);
    let messages = app.outbox(6).await;

    let own: Vec<&Message> = messages
        .iter()
        .filter(|message| message.header("To") == CANARY)
        .collect();
    assert_eq!(own.len(), 2);
    let link = format!("{}{receipt}", app.served.site_url);
    for message in own {
        assert_eq!(message.links(), (vec![link.clone()], vec![link.clone()]));
        assert_eq!(message.header("List-Unsubscribe"), format!("<{link}>"));
    }
    for message in &messages {
        assert_eq!(message.text.trim_end(), message.html_words());
        assert_eq!(message.headers(), HEADERS);
        assert_eq!(message.header("Auto-Submitted"), "auto-generated");
        for said in ["On attend trop", "Le nom du voisin", "Mon voisin"] {
            assert!(!message.text.contains(said), "{}", message.text);
        }
        for line in message.raw.lines() {
            assert!(line.is_ascii() && line.len() < 200, "{line}");
        }
    }
    let alert = messages
        .iter()
        .find(|message| {
            message.header("To") == "alerte@example.org"
                && message.header("Subject") == "Votre idée n’est pas en ligne"
        })
        .unwrap();
    assert!(!alert.raw.contains("3919"), "{}", alert.raw);
    let mut told: Vec<String> = messages.iter().map(Message::told).collect();
    told.sort();
    assert_page!(told.join("\n\n----\n\n"));
}

#[tokio::test]
async fn comments_are_told_once_a_day_with_their_number() {
    let app = TestApp::start().await;
    let receipt = app.send_idea(&idea("Une file plus courte", CANARY)).await;
    let mut moderator = app.moderator().await;
    app.publish_next(&mut moderator).await;
    app.advance(30);
    app.outbox(2).await;
    let page = app.page(&receipt).await.links(".buttons").remove(0);
    app.eventually(&page, |answer| answer.status == 200).await;
    let send = app.page(&page).await.form_with("text").0;
    for text in ["Moi aussi.", "Oui.", "Non."] {
        let review = app.post(&send, &[("text", text)]).await;
        app.confirm(&review).await;
        app.publish_next(&mut moderator).await;
    }
    app.set_clock("2026-11-24T06:59:59Z");
    app.queue_of_mail(1, 0, 2).await;
    app.set_clock("2026-11-24T07:00:00Z");
    let messages = app.outbox(3).await;
    let digest = about(&messages, "Votre idée a reçu 3 commentaires");
    assert!(!digest.raw.contains("Moi aussi"), "{}", digest.raw);
    let first = digest.told();

    let mut moderator = app.moderator().await;
    let review = app.post(&send, &[("text", "Un de plus.")]).await;
    app.confirm(&review).await;
    app.publish_next(&mut moderator).await;
    app.set_clock("2026-11-25T09:00:00Z");
    let messages = app.outbox(4).await;
    let second = about(&messages, "Votre idée a reçu un commentaire").told();
    assert_page!(format!("{first}\n\n----\n\n{second}"));
}

#[tokio::test]
async fn a_form_sent_twice_is_told_once() {
    let app = TestApp::start().await;
    let review = app
        .post("/participer/accueil/idees", &idea("Deux fois", CANARY))
        .await;
    app.confirm(&review).await;
    app.outbox(1).await;
    app.confirm(&review).await;
    app.queue_of_mail(0, 0, 1).await;
    app.outbox(1).await;
}

#[tokio::test]
async fn an_address_is_in_its_own_table_and_its_own_mail_alone() {
    let app = TestApp::start().await;
    let receipt = app.send_idea(&idea("Avec une adresse", CANARY)).await;
    app.send_idea(&idea("Avec une autre", "autre@example.org"))
        .await;
    let waiting = app.items().await;
    let mut moderator = app.moderator().await;
    app.publish_next(&mut moderator).await;
    app.publish_next(&mut moderator).await;
    let decided = app.items().await;
    app.advance(30);
    for message in app.outbox(4).await {
        let is_own = message.header("To") == CANARY;
        assert_eq!(
            message.raw.matches("canari.7f3a").count(),
            usize::from(is_own)
        );
        let token = receipt.strip_prefix("/suivi/").unwrap();
        assert_eq!(message.text.contains(token), is_own);
        for text in ["Avec une", "On attend trop"] {
            assert!(!message.text.contains(text), "{}", message.text);
        }
    }
    app.queue_of_mail(0, 0, 4).await;
    for (contributions, identities) in [waiting, decided, app.items().await] {
        assert!(!contributions.contains("canari.7f3a"));
        assert_eq!(identities.matches("canari.7f3a").count(), 1);
        let letters: Vec<&str> = contributions
            .lines()
            .filter(|item| item.contains("LETTER#"))
            .collect();
        assert!(!letters.is_empty());
        for letter in letters {
            assert!(!letter.contains("On attend"), "{letter}");
            assert!(!letter.contains("Avec une"), "{letter}");
        }
    }
    for (path, bytes) in files(&app.site_dir()) {
        assert!(!path.contains("canari"));
        assert!(
            !String::from_utf8_lossy(&bytes).contains("canari.7f3a"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn following_a_link_changes_nothing() {
    let app = TestApp::start().await;
    app.send_idea(&idea("Une file plus courte", CANARY)).await;
    let messages = app.outbox(1).await;
    app.queue_of_mail(0, 0, 1).await;
    let before = app.items().await;
    let (links, _) = messages[0].links();
    for link in links {
        let path = link.strip_prefix(&app.served.site_url).unwrap();
        for _ in 0..100 {
            assert_eq!(app.get(path).await.status, 200);
        }
    }
    assert_eq!(app.items().await, before);
    app.outbox(1).await;
}

#[tokio::test]
async fn no_field_adds_a_header() {
    let app = TestApp::start().await;
    let hostile = "Titre\r\nBcc: tous@example.org\r\n\r\n<script>";
    app.send_idea(&idea(hostile, CANARY)).await;
    for address in [
        "a@example.org\r\nBcc: tous@example.org",
        "a@example.org, tous@example.org",
        "<a@example.org>",
        "\"a\\\r\nBcc: b\"@example.org",
    ] {
        let form = idea("Titre", address);
        let answer = app.post("/participer/accueil/idees", &form).await;
        assert_eq!(answer.status, 422, "{address}");
    }
    let messages = app.outbox(1).await;
    assert!(!messages[0].raw.contains("tous@example.org"));
    assert!(!messages[0].html.contains("<script>"));
}

#[tokio::test]
async fn who_has_an_address_erased_is_told_nothing_more() {
    let app = TestApp::start().await;
    let receipt = app.send_idea(&idea("Une file plus courte", CANARY)).await;
    app.outbox(1).await;
    let page = app.page(&receipt).await;
    let action = page.action_ending("/adresse");
    let done = app.post(&action, &[("faire", "effacer")]).await;
    let after = app.page(&done.location()).await;
    assert_page!(format!("{}\n\n{}", page.text(), after.text()));
    let (_, identities) = app.items().await;
    assert!(!identities.contains("canari"));
    let mut moderator = app.moderator().await;
    app.publish_next(&mut moderator).await;
    app.advance(30);
    app.queue_of_mail(0, 0, 1).await;
    app.outbox(1).await;
}

#[tokio::test]
async fn the_back_office_lists_the_mail_and_shows_it_without_its_reader() {
    let app = TestApp::start().await;
    let receipt = app.send_idea(&idea("Une file plus courte", CANARY)).await;
    app.outbox(1).await;
    app.queue_of_mail(0, 0, 1).await;
    let mut moderator = app.moderator().await;
    refuse_next(&app, &mut moderator, "off-topic").await;
    let answer = app.get("/moderation/courrier").await;
    assert_eq!(answer.location(), "/moderation/connexion");
    let list = app.get_as(&mut moderator, "/moderation/courrier").await;
    let mut texts = Vec::new();
    let mut bodies = list.body.clone();
    for href in list.page().links("th") {
        let message = app.get_as(&mut moderator, &href).await;
        texts.push(message.page().text());
        bodies.push_str(&message.body);
        let answer = app.get(&href).await;
        assert_eq!(answer.location(), "/moderation/connexion");
    }
    let token = receipt.strip_prefix("/suivi/").unwrap();
    assert!(!bodies.contains("canari") && !bodies.contains(token));
    let unknown = app.get_as(&mut moderator, "/moderation/courrier/x").await;
    assert_eq!(unknown.status, 404);
    assert_page!(format!("{}\n\n{}", list.page().text(), texts.join("\n\n")));
}

/// The content of the fixture in a folder that can be added to.
pub fn content() -> TempDir {
    let folder = TempDir::new().unwrap();
    copy(&repository("tests/fixtures/content"), folder.path());
    folder
}

/// Adds results of 20 December that rest on an idea, by its address.
pub fn cite(content: &Path, idea: &str) {
    let id = idea.trim_end_matches('/').rsplit('/').next().unwrap();
    let results = format!(
        r#"+++
title = "Ce que nous avons appris"
summary = "L’attente d’abord."
published = 2026-12-20

[[findings]]
title = "L’attente est trop longue"
body = "Une idée le dit."
contributions = ["{id}"]
+++
"#
    );
    std::fs::create_dir_all(content.join("results")).unwrap();
    std::fs::write(content.join("results/accueil.md"), results).unwrap();
}

#[tokio::test]
async fn who_is_cited_in_results_is_told_once() {
    let content = content();
    let app = TestApp::with_content(content.path()).await;
    let receipt = app.send_idea(&idea("Une file plus courte", CANARY)).await;
    let mut moderator = app.moderator().await;
    app.publish_next(&mut moderator).await;
    app.advance(30);
    app.queue_of_mail(0, 0, 2).await;
    let page = app.page(&receipt).await.links(".buttons").remove(0);
    cite(content.path(), &page);
    app.set_clock("2026-12-21T09:00:00Z");
    let app = app.restart().await;
    let messages = app.outbox(3).await;
    let cited = about(&messages, "Votre idée est dans les résultats").told();
    app.set_clock("2027-03-21T09:00:00Z");
    let app = app.restart().await;
    app.queue_of_mail(0, 0, 3).await;
    assert_page!(cited);
}
