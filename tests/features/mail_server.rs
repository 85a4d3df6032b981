//! Mail to a server that works, refuses, breaks, is silent or slow: none lost, none sent twice.

use std::collections::BTreeSet;

use functions::Turn;

use crate::app::TestApp;
use crate::assert_page;
use crate::sink::{Does, Sink};

async fn send(app: &TestApp, number: usize) {
    let title = format!("Idée numéro {number}");
    let email = format!("personne{number}@example.org");
    app.send_idea(&[
        ("kind", "idea"),
        ("category", "Attente"),
        ("title", &title),
        ("text", "On attend trop."),
        ("email", &email),
    ])
    .await;
}

#[tokio::test]
async fn a_message_goes_to_the_server_once() {
    let sink = Sink::start(Does::Accept).await;
    let app = TestApp::with_smtp(&sink.url()).await;
    send(&app, 1).await;
    app.queue_of_mail(0, 0, 1).await;
    let taken = sink.takes(1).await;
    assert_eq!(taken[0].header("To"), "personne1@example.org");
    assert_eq!(
        taken[0].header("Subject"),
        "Nous avons bien reçu votre contribution"
    );
    let app = app.restart().await;
    app.queue_of_mail(0, 0, 1).await;
    sink.takes(1).await;
}

#[tokio::test]
async fn what_waits_while_the_server_is_down_for_hours_is_sent_once() {
    const LETTERS: usize = 8;
    let sink = Sink::start(Does::Drop).await;
    let app = TestApp::with_smtp(&sink.url()).await;
    for number in 0..LETTERS {
        send(&app, number).await;
    }
    // One letter a time is enough to see that the server is down.
    for tried in 1..=12 {
        app.mail_tried(tried).await;
        app.advance(30 * 60);
    }
    app.mail_tried(13).await;
    app.queue_of_mail(LETTERS, 0, 0).await;
    sink.does(Does::Accept);
    let app = app.restart().await;
    app.advance(60 * 60);
    app.queue_of_mail(0, 0, LETTERS).await;
    let to: BTreeSet<String> = sink
        .takes(LETTERS)
        .await
        .iter()
        .map(|message| message.header("To").to_owned())
        .collect();
    assert_eq!(to.len(), LETTERS);
}

#[tokio::test]
async fn senders_at_once_send_each_letter_once() {
    const LETTERS: usize = 12;
    let sink = Sink::start(Does::Accept).await;
    let app = TestApp::with_smtp(&sink.url()).await;
    let mut moderator = app.moderator().await;
    for number in 0..LETTERS {
        send(&app, number).await;
    }
    app.queue_of_mail(0, 0, LETTERS).await;
    // The clock stands, so that none of what follows is due before all are there.
    for _ in 0..LETTERS {
        app.publish_next(&mut moderator).await;
    }
    app.queue_of_mail(LETTERS, 0, LETTERS).await;
    app.advance(30);
    let senders: Vec<_> = (0..3)
        .map(|_| {
            let mailer = app.served.mailer();
            tokio::spawn(async move {
                while !matches!(mailer.send_next().await.unwrap(), Turn::Idle(_)) {}
            })
        })
        .collect();
    for sender in senders {
        sender.await.unwrap();
    }
    app.queue_of_mail(0, 0, 2 * LETTERS).await;
    let names: BTreeSet<String> = sink
        .takes(2 * LETTERS)
        .await
        .iter()
        .map(|message| message.header("Message-ID").to_owned())
        .collect();
    assert_eq!(names.len(), 2 * LETTERS);
}

#[tokio::test]
async fn a_message_that_a_crash_sends_twice_is_known_for_one() {
    let sink = Sink::start(Does::Drop).await;
    let app = TestApp::with_smtp(&sink.url()).await;
    // The site's own sender finds the server down, and waits for a minute of a clock that stands.
    send(&app, 1).await;
    app.mail_tried(1).await;
    send(&app, 2).await;
    sink.does(Does::Slow);
    let mailer = app.served.mailer();
    let crashing = tokio::spawn(async move { mailer.send_next().await });
    let first = sink.takes(1).await.remove(0);
    crashing.abort();
    assert!(crashing.await.unwrap_err().is_cancelled());
    sink.does(Does::Accept);
    app.queue_of_mail(2, 0, 0).await;
    app.advance(6 * 60);
    app.queue_of_mail(0, 0, 2).await;
    let again: Vec<_> = sink
        .takes(3)
        .await
        .into_iter()
        .filter(|message| message.header("To") == first.header("To"))
        .collect();
    assert_eq!(again.len(), 2);
    assert_eq!(again[0].header("Message-ID"), again[1].header("Message-ID"));
    assert_eq!(again[0].text, again[1].text);
}

#[tokio::test]
async fn a_connection_that_ends_before_the_answer_is_tried_again() {
    let sink = Sink::start(Does::DropAfterData).await;
    let app = TestApp::with_smtp(&sink.url()).await;
    send(&app, 1).await;
    app.mail_tried(1).await;
    sink.does(Does::Accept);
    app.advance(6 * 60);
    app.queue_of_mail(0, 0, 1).await;
    let taken = sink.takes(2).await;
    assert_eq!(taken[0].header("Message-ID"), taken[1].header("Message-ID"));
}

#[tokio::test]
async fn an_address_that_the_server_refuses_is_put_aside_at_once() {
    let sink = Sink::start(Does::RefuseAddress).await;
    let app = TestApp::with_smtp(&sink.url()).await;
    send(&app, 1).await;
    app.queue_of_mail(0, 1, 0).await;
    sink.does(Does::Accept);
    app.advance(6 * 24 * 3600);
    send(&app, 2).await;
    app.queue_of_mail(0, 1, 1).await;
    assert_eq!(sink.takes(1).await[0].header("To"), "personne2@example.org");

    let mut moderator = app.moderator().await;
    let list = app
        .get_as(&mut moderator, "/moderation/courrier")
        .await
        .page();
    let again = list.action_ending("received.1/renvoyer");
    for _ in 0..2 {
        let done = app.post_as(&mut moderator, &again, &[]).await;
        assert_eq!(done.location(), "/moderation/courrier");
    }
    // Pressed twice, it left once, and is in the log once.
    let log = app.served.store().audit_log().await.unwrap();
    let again = log.iter().filter(|entry| entry.action == "mail-again");
    let said: Vec<(&str, &str)> = again
        .map(|it| (it.by.as_str(), it.after.as_str()))
        .collect();
    assert_eq!(said, [("demo", "received")]);
    app.queue_of_mail(0, 0, 2).await;
    assert_eq!(sink.takes(2).await[1].header("To"), "personne1@example.org");
    let after = app
        .get_as(&mut moderator, "/moderation/courrier")
        .await
        .page();
    assert_page!(format!("{}\n\n{}", list.text(), after.text()));
}

#[tokio::test]
async fn a_server_that_refuses_the_sender_or_asks_to_wait_is_tried_for_five_days() {
    for does in [Does::RefuseSender, Does::Defer, Does::Silent] {
        let sink = Sink::start(does).await;
        let url = match does {
            Does::Silent => sink.url_waiting(2),
            _ => sink.url(),
        };
        let app = TestApp::with_smtp(&url).await;
        send(&app, 1).await;
        app.mail_tried(1).await;
        app.advance(4 * 24 * 3600);
        app.mail_tried(2).await;
        app.advance(23 * 3600);
        app.mail_tried(3).await;
        app.advance(2 * 3600);
        app.queue_of_mail(0, 1, 0).await;
        assert_eq!(sink.taken().len(), 0);
    }
}
