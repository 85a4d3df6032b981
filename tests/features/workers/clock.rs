//! What the clock does by itself, through its own binary: pages that wait of testimonials and surveys,
//! campaigns that open and close at their minute, and what its log measures.

use std::path::Path;
use std::sync::Arc;

use functions::Worker;
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    PUBLISHED, assert_same, copied, id, idea_changed, liked, publish, record, settled, tick,
};
use crate::app::{Browser, TestApp};
use crate::cloud::function::Deployed;
use crate::publishing::files;
use crate::surveys::{PAGES, site, took_part};
use crate::telling;

/// A worker beside a copy of the site as it is now.
async fn beside(app: &TestApp) -> (TempDir, Arc<Deployed>, Arc<Deployed>) {
    let copy = copied(&app.site_dir());
    let publisher = app.worker(Worker::PUBLISHER, copy.path()).await;
    let clock = app.worker(Worker::CLOCK, copy.path()).await;
    (copy, publisher, clock)
}

/// Waits until a page of a site of one machine says something.
async fn says(app: &TestApp, page: &str, text: &'static str) {
    app.eventually(page, |answer| answer.body.contains(text))
        .await;
}

#[tokio::test]
async fn figures_and_lists_of_testimonials_have_their_turn_by_the_clock() {
    let (app, _content) = telling::start().await;
    let (copy, publisher, clock) = beside(&app).await;
    let none: Vec<String> = Vec::new();
    let (_, own) = app.told(&[]).await;
    app.half_a_minute_later();
    says(&app, "/statistiques/", "1 témoignage").await;
    let keys = json!({
        "pk": { "S": format!("TESTIMONIAL#{}", id(&own)) }, "sk": { "S": "TESTIMONIAL" },
    });
    let told = vec![record(&keys, 1, PUBLISHED)];
    assert_eq!(publish(&publisher, &app, told).await, none);
    let here = |page: &str| copy.path().join(format!("{}index.html", &page[1..]));
    let read = |page: &str| std::fs::read_to_string(here(page)).unwrap();
    assert!(here(&own).exists(), "what was published is there at once");
    assert_ne!(
        read("/statistiques/"),
        served(&app, "/statistiques/"),
        "figures wait"
    );
    tick(&clock, &app).await;
    assert_same(&app.site_dir(), copy.path());

    let action = app.page(&own).await.action_ending("/moi-aussi");
    for _ in 0..2 {
        let mut person = Browser::default();
        app.post_as(&mut person, &action, &[("choice", "like")])
            .await;
    }
    app.same_counted(&own, 2).await;
    app.half_a_minute_later();
    says(&app, &own, "2 personnes ont vécu la même chose").await;
    says(&app, "/temoignages/", "2 personnes ont vécu").await;
    let likes = (0..8).map(|shard| liked(&own, shard, 10 + u32::from(shard)));
    assert_eq!(publish(&publisher, &app, likes.collect()).await, none);
    assert_ne!(read(&own), served(&app, &own), "they wait");
    tick(&clock, &app).await;
    assert_same(&app.site_dir(), copy.path());
}

/// A page as the site of one machine has it.
fn served(app: &TestApp, page: &str) -> String {
    let file = app.site_dir().join(format!("{}index.html", &page[1..]));
    std::fs::read_to_string(file).unwrap()
}

#[tokio::test]
async fn how_many_took_part_in_a_survey_has_its_turn_by_the_clock() {
    let app = site().await;
    let (copy, publisher, clock) = beside(&app).await;
    for _ in 0..2 {
        took_part(&app, PAGES).await;
    }
    app.half_a_minute_later();
    says(&app, "/campagnes/accueil/", "2 participants au sondage").await;
    let keys = json!({ "pk": { "S": "PARTICIPANTS#accueil" }, "sk": { "S": "1" } });
    let none: Vec<String> = Vec::new();
    let took_part = vec![record(&keys, 1, ("", ""))];
    assert_eq!(publish(&publisher, &app, took_part).await, none);
    let page = copy.path().join("campagnes/accueil/index.html");
    let told = || {
        std::fs::read_to_string(&page)
            .unwrap()
            .contains("2 participants")
    };
    assert!(!told(), "they wait");
    tick(&clock, &app).await;
    assert!(told());
    assert_same(&app.site_dir(), copy.path());
}

/// The clock's turn at a time.
async fn tick_at(clock: &Arc<Deployed>, time: &str) {
    let event = json!({ "time": time });
    clock.invoke(event).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_campaign_opens_and_closes_at_midnight_in_paris_by_the_clock_alone() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    settled(&app, "1 idée").await;
    let (copy, _, clock) = beside(&app).await;
    // It sees first what there is: a site that is whole.
    tick(&clock, &app).await;
    assert_same(&app.site_dir(), copy.path());

    // The campaign of the fixture closes when 15 December is over, another opens on 18 January.
    let turns = [
        (
            "2026-12-15T22:59:00Z",
            "2026-12-15T23:00:00Z",
            "/campagnes/accueil/",
        ),
        (
            "2027-01-17T22:59:00Z",
            "2027-01-17T23:00:00Z",
            "/campagnes/conge/",
        ),
    ];
    for (before, at, page) in turns {
        let was = files(copy.path());
        tick_at(&clock, before).await;
        assert!(
            files(copy.path()) == was,
            "nothing changes a minute before {at}"
        );
        tick_at(&clock, at).await;
        let now = files(copy.path());
        let file = format!("{}index.html", &page[1..]);
        assert!(now[&file] != was[&file], "{page} says it");

        let form = was[&file].clone();
        app.set_clock(at);
        app.eventually(page, |answer| answer.body.as_bytes() != form)
            .await;
        eventually_same(&app, copy.path()).await;
        // Asked again within the same minute, it does nothing.
        tick_at(&clock, at).await;
        assert!(files(copy.path()) == now);
    }
    assert!(copy.path().join(&idea[1..]).exists());
}

/// Waits until the site of one machine has the pages of this folder.
async fn eventually_same(app: &TestApp, copy: &Path) {
    let started = std::time::Instant::now();
    while files(&app.site_dir()) != files(copy) {
        if started.elapsed() > crate::app::PATIENCE {
            return assert_same(&app.site_dir(), copy);
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// The metrics that a worker put in its log, by their names, of which the last is whole.
fn measured(app: &TestApp, worker: &str) -> Vec<Value> {
    let log = app.data.path().join(format!("logs/{worker}.log"));
    let log = std::fs::read_to_string(log).unwrap();
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    lines
        .filter(|line: &Value| !line["_aws"].is_null())
        .collect()
}

/// What CloudWatch takes for metrics, whole:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
fn metrics(app: &TestApp, at: i64, metrics: &[(&str, &str, i64)]) -> Value {
    let mut line = json!({
        "_aws": {
            "Timestamp": at,
            "CloudWatchMetrics": [{
                "Namespace": "Ecoute",
                "Dimensions": [["Environment"]],
                "Metrics": metrics
                    .iter()
                    .map(|(name, unit, _)| json!({ "Name": name, "Unit": unit }))
                    .collect::<Vec<_>>(),
            }],
        },
        "Environment": app.tables(),
    });
    for (name, _, value) in metrics {
        line[*name] = (*value).into();
    }
    line
}

/// The moment that a line says, which is that of its event or a little later.
fn moment(line: &Value, event: Timestamp) -> i64 {
    let said = line["_aws"]["Timestamp"].as_i64().unwrap();
    let passed = said - event.as_millisecond();
    assert!(
        (0..120_000).contains(&passed),
        "{passed} ms after its event"
    );
    said
}

#[tokio::test]
async fn the_log_measures_what_waits_and_how_late_pages_are() {
    let sink = crate::sink::Sink::start(crate::sink::Does::Drop).await;
    let app = TestApp::with_smtp(&sink.url()).await;
    let (_copy, publisher, clock) = beside(&app).await;
    let idea = app.published_idea("Ouvrir le soir").await;
    settled(&app, "1 idée").await;
    tick(&clock, &app).await;
    let lines = measured(&app, "clock");
    let none = [
        ("OldestUnmoderated", "Seconds", 0),
        ("LettersWaiting", "Count", 0),
        ("LettersParked", "Count", 0),
    ];
    let at = moment(&lines[0], app.now());
    assert_eq!(lines, [metrics(&app, at, &none)]);

    // An idea waits, and its letter, of which the server is down.
    let received = app.now();
    super::send(&app, "lina@example.org").await;
    app.mail_tried(1).await;
    let later = received + jiff::SignedDuration::from_hours(3);
    tick_at(&clock, &later.to_string()).await;
    let line = measured(&app, "clock").pop().unwrap();
    let at = moment(&line, later);
    let age = line["OldestUnmoderated"].as_i64().unwrap();
    // It was sent four seconds after its form was opened.
    let expected = (at - received.as_millisecond()) / 1000 - 4;
    assert!(
        (expected - 1..=expected + 1).contains(&age),
        "{age}, not {expected}"
    );
    let waiting = [
        ("OldestUnmoderated", "Seconds", age),
        ("LettersWaiting", "Count", 1),
        ("LettersParked", "Count", 0),
    ];
    assert_eq!(line, metrics(&app, at, &waiting));

    // A change of 40 seconds ago is published.
    let mut change = idea_changed(&idea, 1, PUBLISHED);
    let ago = app.now() - jiff::SignedDuration::from_secs(40);
    change["dynamodb"]["ApproximateCreationDateTime"] = ago.as_second().into();
    assert!(publish(&publisher, &app, vec![change]).await.is_empty());
    let lines = measured(&app, "publisher");
    let at = moment(&lines[0], app.now());
    let delay = at / 1000 - ago.as_second();
    assert_eq!(
        lines,
        [metrics(&app, at, &[("PublishDelay", "Seconds", delay)])]
    );
}
