//! Mail to a server that works, refuses, breaks, is silent, slow or hurried: none lost, none sent
//! twice, none kept back by another.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use domain::{Body, Contribution, ContributionId, Email, Idea, IdeaKind, Slug, Title};
use functions::store::MailLane;
use functions::{Arrival, MailProblem, Turn};
use jiff::{SignedDuration, ToSpan};
use serde_json::json;

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
                while !matches!(mailer.send_due(|| true).await.unwrap(), Turn::Idle(_)) {}
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

/// A site in which so many letters are due at one moment, and whose own sender has yet to see that:
/// it found the server down with another, and waits for a clock that stands. Its server then does
/// this.
pub async fn with_letters_due(letters: usize, more: &str, does: Does) -> (TestApp, Sink) {
    let sink = Sink::start(Does::Drop).await;
    let app = TestApp::with_smtp(&format!("{}{more}", sink.url())).await;
    send(&app, 0).await;
    app.mail_tried(1).await;
    // Past the form, for which a person takes four seconds each.
    for number in 1..=letters {
        let idea = Contribution::Idea(Idea {
            id: ContributionId::from_bytes(functions::random()),
            campaign: Slug::parse("accueil").unwrap(),
            kind: IdeaKind::Idea,
            category: Some("Attente".to_owned()),
            question: None,
            title: Title::parse("Une file plus courte", Title::MAX).unwrap(),
            body: Body::parse("On attend trop.", 2000).unwrap(),
            // They are due in the order of their numbers.
            received_at: app.now()
                - SignedDuration::from_millis(i64::try_from(letters - number).unwrap()),
            carried_likes: 0,
        });
        let email = Email::parse(&format!("personne{number}@example.org")).unwrap();
        let email = Some((&email, app.now() + 24.hours()));
        let (receipt, flags) = (format!("{number:064x}"), BTreeSet::new());
        let store = app.served.store();
        let added = store.add(&idea, &receipt, email, &flags, Arrival::ToRead);
        added.await.unwrap();
    }
    app.queue_of_mail(letters + 1, 0, 0).await;
    sink.does(does);
    (app, sink)
}

/// To whom messages went, each once.
#[track_caller]
pub fn each_once(sink: &Sink) -> BTreeSet<String> {
    let taken = sink.taken();
    let to: BTreeSet<String> = taken.iter().map(|it| it.header("To").to_owned()).collect();
    assert_eq!(to.len(), taken.len(), "{to:?}");
    to
}

#[tokio::test]
async fn as_many_leave_at_once_as_the_server_has_connections_for() {
    // The first goes alone; eight others wait for each other at the server.
    let (app, sink) = with_letters_due(17, "", Does::Together(8)).await;
    let turn = app.served.mailer().send_due(|| true).await.unwrap();
    assert!(matches!(turn, Turn::Idle(Some(_))), "{turn:?}");
    assert_eq!(each_once(&sink).len(), 17);
    app.queue_of_mail(1, 0, 17).await;

    let (app, sink) = with_letters_due(4, "&connections=3", Does::Together(3)).await;
    app.served.mailer().send_due(|| true).await.unwrap();
    assert_eq!(each_once(&sink).len(), 4);
}

#[tokio::test]
async fn no_more_leave_in_a_second_than_the_operator_says() {
    const LETTERS: u32 = 12;
    let (app, sink) = with_letters_due(LETTERS as usize, "&rate=10", Does::Accept).await;
    let began = Instant::now();
    app.served.mailer().send_due(|| true).await.unwrap();
    // Each but the first waits a tenth of a second after the one before.
    let least = Duration::from_millis(100) * (LETTERS - 1);
    assert!(began.elapsed() >= least, "{:?}", began.elapsed());
    assert_eq!(each_once(&sink).len(), LETTERS as usize);
}

#[tokio::test]
async fn a_server_that_is_asked_too_fast_gets_all_of_it_slower() {
    const LETTERS: usize = 40;
    let (app, sink) = with_letters_due(LETTERS, "", Does::Takes(10)).await;
    app.served.mailer().send_due(|| true).await.unwrap();
    let waiting = app.served.store();
    let waiting = waiting.letters(MailLane::Waiting, 100).await.unwrap();
    let too_fast = waiting
        .iter()
        .filter(|letter| letter.problem == Some(MailProblem::TooFast));
    assert_eq!(too_fast.count(), LETTERS - sink.taken().len());
    assert!(sink.refused() > 0);
    // What was refused comes again; nothing was put aside, and nothing left twice.
    let mut later = 0;
    while each_once(&sink).len() <= LETTERS {
        assert!(later < 60, "{} left", sink.taken().len());
        later += 1;
        app.advance(120);
        app.mail_settled().await;
    }
    app.queue_of_mail(0, 0, LETTERS + 1).await;
    // At full speed three in four would be, each time.
    assert!(sink.refused() < LETTERS, "{}", sink.refused());
}

#[tokio::test]
async fn a_letter_that_the_server_is_slow_about_keeps_no_other_back() {
    // The first that is due, which would go alone.
    const SLOW: &str = "personne1@example.org";
    let (app, sink) = with_letters_due(6, "", Does::SilentAbout(SLOW)).await;
    let mailer = app.served.mailer();
    let sending = tokio::spawn(async move { mailer.send_due(|| true).await });
    sink.takes(5).await;
    // What comes meanwhile leaves as well.
    send(&app, 7).await;
    sink.takes(6).await;
    assert!(!sending.is_finished());
    assert!(!each_once(&sink).contains(SLOW));
    sending.abort();
    app.queue_of_mail(2, 0, 6).await;

    // A server that takes others is not down: there is no need to wait for it.
    let (app, sink) = with_letters_due(6, "&timeout=4", Does::SilentAbout(SLOW)).await;
    let turn = app.served.mailer().send_due(|| true).await.unwrap();
    assert!(matches!(turn, Turn::Idle(Some(_))), "{turn:?}");
    assert_eq!(each_once(&sink).len(), 5);
}

#[tokio::test]
async fn a_letter_that_cannot_be_read_keeps_no_other_back() {
    let (app, sink) = with_letters_due(3, "", Does::Accept).await;
    // As a later release may have put it, due before all others.
    let item = json!({
        "pk": { "S": "LETTER#0000000000000000#tomorrow.1" }, "sk": { "S": "LETTER" },
        "queue": { "S": "MAIL" }, "queued_at": { "S": "00001#0000000000000000#tomorrow.1" },
        "event": { "S": "tomorrow" }, "recipient": { "S": "author" },
    });
    app.engine("PutItem", "contributions", json!({ "Item": item }))
        .await;
    app.served.mailer().send_due(|| true).await.unwrap();
    assert_eq!(each_once(&sink).len(), 3);
    app.advance(120);
    app.queue_of_mail(0, 0, 4).await;
    // A release that can read it finds it where it was.
    assert!(
        app.items()
            .await
            .0
            .contains("00001#0000000000000000#tomorrow")
    );
}

#[tokio::test]
async fn a_message_that_a_crash_sends_twice_is_known_for_one() {
    let sink = Sink::start(Does::Drop).await;
    let app = TestApp::with_smtp(&sink.url()).await;
    // The site's own sender finds the server down, and waits for a minute of a clock that stands.
    send(&app, 1).await;
    app.mail_tried(1).await;
    send(&app, 2).await;
    sink.does(Does::Slow(Duration::from_secs(1)));
    let mailer = app.served.mailer();
    let crashing = tokio::spawn(async move { mailer.send_due(|| true).await });
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
