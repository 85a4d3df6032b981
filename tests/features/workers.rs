//! The functions that no request starts, through their own binaries: events as AWS sends them, on
//! the store of a site that also publishes by itself, so that both can be held side by side.

mod bucket;
mod clock;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use functions::store::MailLane;
use functions::{MailProblem, Worker};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{Browser, TestApp};
use crate::cloud::function::Deployed;
use crate::mail_server::{each_once, with_letters_due};
use crate::publishing::files;
use crate::sink::Does;

/// A copy of a site, as another deployment of it begins.
pub fn copied(site: &Path) -> TempDir {
    let copy = TempDir::new().unwrap();
    std::fs::write(copy.path().join(".site-gen"), "").unwrap();
    for (path, bytes) in files(site) {
        let path = copy.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    copy
}

/// A change of an idea's item, as the stream of a table tells it.
pub fn idea_changed(address: &str, sequence: u32, status: (&str, &str)) -> Value {
    let keys = json!({ "pk": { "S": format!("IDEA#{}", id(address)) }, "sk": { "S": "IDEA" } });
    record(&keys, sequence, status)
}

fn liked(address: &str, shard: u8, sequence: u32) -> Value {
    let likes = format!("LIKES#{}#{shard}", id(address));
    let keys = json!({ "pk": { "S": likes }, "sk": { "S": "0123456789abcdef" } });
    record(&keys, sequence, ("", ""))
}

fn record(keys: &Value, sequence: u32, (before, after): (&str, &str)) -> Value {
    json!({
        "eventID": format!("event-{sequence}"),
        "eventName": "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-3",
        "eventSourceARN": "arn:aws:dynamodb:eu-west-3:1:table/ecoute-contributions/stream/2026",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_795_428_000.0,
            "Keys": keys,
            "OldImage": { "status": { "S": before } },
            "NewImage": { "status": { "S": after }, "likes": { "N": "3" } },
            "SequenceNumber": format!("{sequence:021}"),
            "SizeBytes": 1024,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    })
}

/// The identifier at the end of an idea's address.
fn id(address: &str) -> &str {
    address.trim_end_matches('/').rsplit('/').next().unwrap()
}

pub const PUBLISHED: (&str, &str) = ("waiting", "published");

/// What the publisher says of a batch: the changes that failed.
async fn publish(publisher: &Arc<Deployed>, app: &TestApp, records: Vec<Value>) -> Vec<String> {
    let event = json!({ "time": app.now().to_string(), "Records": records });
    let answer = publisher.invoke(event).await.unwrap().unwrap();
    let failed = answer["batchItemFailures"].as_array().unwrap();
    let sequence = |failure: &Value| failure["itemIdentifier"].as_str().unwrap().to_owned();
    failed.iter().map(sequence).collect()
}

async fn tick(clock: &Arc<Deployed>, app: &TestApp) {
    let event = json!({
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "1",
        "time": app.now().to_string(),
        "region": "eu-west-3",
        "resources": ["arn:aws:events:eu-west-3:1:rule/ecoute-clock"],
        "detail": {},
    });
    clock.invoke(event).await.unwrap().unwrap();
}

/// Both folders hold the same pages.
#[track_caller]
pub fn assert_same(one: &Path, other: &Path) {
    let (one, other) = (files(one), files(other));
    assert_eq!(
        one.keys().collect::<Vec<_>>(),
        other.keys().collect::<Vec<_>>()
    );
    for (path, bytes) in &one {
        assert!(other[path] == *bytes, "{path} differs");
    }
}

/// Waits until the site has put the last page of what an idea touches.
pub async fn settled(app: &TestApp, said: &'static str) {
    app.eventually("/espaces/gard/", |answer| answer.body.contains(said))
        .await;
}

#[tokio::test]
async fn the_stream_becomes_the_pages_that_one_machine_makes() {
    let app = TestApp::start().await;
    let site = copied(&app.site_dir());
    let publisher = app.worker(Worker::PUBLISHER, site.path()).await;
    let clock = app.worker(Worker::CLOCK, site.path()).await;
    let first = app.published_idea("Ouvrir le soir").await;
    let second = app.published_idea("Ouvrir le samedi").await;
    settled(&app, "2 idées").await;

    // Late, out of order and twice.
    let records = vec![
        idea_changed(&second, 2, PUBLISHED),
        idea_changed(&first, 1, PUBLISHED),
        idea_changed(&second, 2, PUBLISHED),
    ];
    let none: Vec<String> = Vec::new();
    assert_eq!(publish(&publisher, &app, records).await, none);
    assert_same(&app.site_dir(), site.path());

    let like = app.page(&first).await.action_ending("/soutien");
    for _ in 0..3 {
        let mut person = Browser::default();
        app.post_as(&mut person, &like, &[("choice", "like")]).await;
    }
    app.counted(&first, 3).await;
    app.half_a_minute_later();
    app.eventually("/campagnes/accueil/idees/soutenues/", |answer| {
        answer.body.contains("3 soutiens")
    })
    .await;
    let likes = (0..8).map(|shard| liked(&first, shard, 10 + u32::from(shard)));
    assert_eq!(publish(&publisher, &app, likes.collect()).await, none);
    let own = site.path().join(format!("{}index.html", &first[1..]));
    let says = |text: &str| std::fs::read_to_string(&own).unwrap().contains(text);
    assert!(!says("3 soutiens"), "likes wait for their turn");
    tick(&clock, &app).await;
    assert!(says("3 soutiens"));
    assert_same(&app.site_dir(), site.path());
}

#[tokio::test]
async fn a_change_that_cannot_be_read_fails_alone() {
    let app = TestApp::start().await;
    let site = copied(&app.site_dir());
    let publisher = app.worker(Worker::PUBLISHER, site.path()).await;
    let idea = app.published_idea("Ouvrir le soir").await;
    settled(&app, "1 idée").await;
    let poison = record(&json!({}), 3, PUBLISHED);
    let records = vec![
        liked(&idea, 0, 1),
        liked(&idea, 1, 2),
        poison.clone(),
        liked(&idea, 2, 4),
        idea_changed(&idea, 5, PUBLISHED),
    ];
    let third = format!("{:021}", 3);
    assert_eq!(
        publish(&publisher, &app, records).await,
        std::slice::from_ref(&third)
    );
    assert_same(&app.site_dir(), site.path());
    assert_eq!(publish(&publisher, &app, vec![poison]).await, [third]);
}

#[tokio::test]
async fn letters_leave_once_though_two_clocks_run() {
    const LETTERS: usize = 24;
    // Slow enough that both have letters on their way.
    let slow = Does::Slow(Duration::from_millis(50));
    let (app, sink) = with_letters_due(LETTERS, "", slow).await;
    let clock = app.worker(Worker::CLOCK, &app.site_dir()).await;
    // The site's own sender waits: the clocks are far ahead of it.
    let later = app.now() + jiff::SignedDuration::from_hours(2);
    let at_two = || async {
        let event = json!({ "time": later.to_string() });
        clock.invoke(event).await.unwrap().unwrap();
    };
    tokio::join!(at_two(), at_two());
    sink.takes(LETTERS + 1).await;
    at_two().await;
    app.queue_of_mail(0, 0, LETTERS + 1).await;
    assert_eq!(each_once(&sink).len(), LETTERS + 1);
}

async fn send(app: &TestApp, email: &str) {
    app.send_idea(&[
        ("kind", "idea"),
        ("category", "Attente"),
        ("title", "Une file plus courte"),
        ("text", "On attend trop."),
        ("email", email),
    ])
    .await;
}

fn notification(message: &Value) -> Value {
    json!({ "Records": [{
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": "arn:aws:sns:eu-west-3:1:ecoute-bounces:1",
        "Sns": { "Type": "Notification", "MessageId": "m", "Message": message.to_string() },
    }] })
}

fn bounce(kind: &str, address: &str) -> Value {
    notification(&json!({
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "bounceSubType": "General",
            "bouncedRecipients": [{ "emailAddress": address, "action": "failed" }],
            "timestamp": "2026-11-23T10:00:00.000Z",
        },
        "mail": { "destination": [address] },
    }))
}

fn complaint(key: &str, recipient: &str) -> Value {
    let mut message = json!({
        "complaint": {
            "complainedRecipients": [{ "emailAddress": recipient }],
            "complaintFeedbackType": "abuse",
            "feedbackId": "000001378603177f-18c07c78-fa81-4a58-9dd1-fedc3cb8f49a-000000",
            "timestamp": "2026-11-23T10:00:00.000Z",
        },
        "mail": { "destination": [recipient] },
    });
    message[key] = "Complaint".into();
    notification(&message)
}

#[tokio::test]
async fn who_complains_of_a_message_gets_no_second_one() {
    let app = TestApp::start().await;
    let bounces = app.worker(Worker::BOUNCES, &app.site_dir()).await;
    let people = [
        ("notificationType", "lina@example.org", "lina@example.org"),
        ("eventType", "omar@example.org", "Omar <Omar@example.org>"),
    ];
    let mut moderator = app.moderator().await;
    for (place, (key, address, recipient)) in people.into_iter().enumerate() {
        send(&app, address).await;
        app.queue_of_mail(0, place, place + 1).await;
        bounces
            .invoke(complaint(key, recipient))
            .await
            .unwrap()
            .unwrap();
        app.publish_next(&mut moderator).await;
        app.advance(30);
        app.queue_of_mail(0, place + 1, place + 1).await;
    }
    app.outbox(2).await;
    let letters = app
        .served
        .store()
        .letters(MailLane::Parked, 10)
        .await
        .unwrap();
    for letter in letters {
        assert_eq!(letter.problem, Some(MailProblem::Suppressed));
    }
}

#[tokio::test]
async fn nothing_goes_to_an_address_that_mail_came_back_from() {
    let app = TestApp::start().await;
    let bounces = app.worker(Worker::BOUNCES, &app.site_dir()).await;
    let told = |event| async { bounces.invoke(event).await.unwrap() };
    told(bounce("Transient", "absente@example.org"))
        .await
        .unwrap();
    told(bounce("Permanent", "Partie@Example.org"))
        .await
        .unwrap();
    send(&app, "absente@example.org").await;
    app.queue_of_mail(0, 0, 1).await;
    send(&app, "partie@example.org").await;
    app.queue_of_mail(0, 1, 1).await;

    let malformed = notification(&json!({ "notificationType": "Bounce", "who": "x@example.org" }));
    assert!(told(malformed).await.is_err());
    let log = app.data.path().join("logs/bounces.log");
    let log = std::fs::read_to_string(log).unwrap();
    assert!(!log.contains("example.org"), "{log}");
}
