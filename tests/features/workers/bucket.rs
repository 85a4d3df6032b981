//! Workers whose pages are in a bucket, through their own binaries: what is there is what one machine
//! has; and where the bucket is busy, away or refuses, nothing is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use functions::{File, Output, Worker};
use serde_json::Value;

use super::{PUBLISHED, idea_changed, liked, publish, settled, tick};
use crate::app::{Browser, TestApp, repository};
use crate::cloud::function::Deployed;
use crate::object_store::{BUCKET, ObjectStore};
use crate::publishing::files;

/// A site, and a bucket with the pages that it has now.
async fn with_bucket() -> (TestApp, ObjectStore) {
    let app = TestApp::start().await;
    let objects = ObjectStore::start().await;
    let pages = files(&app.site_dir()).into_iter();
    let pages = pages.map(|(path, bytes)| File { path, bytes });
    objects.bucket(BUCKET).put(pages.collect()).await.unwrap();
    (app, objects)
}

#[track_caller]
fn assert_same(app: &TestApp, objects: &ObjectStore) {
    let (here, there) = (files(&app.site_dir()), files(&objects.files()));
    let paths = |site: &BTreeMap<String, Vec<u8>>| site.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(paths(&here), paths(&there));
    for (path, bytes) in here {
        assert!(there[&path] == bytes, "{path} differs");
    }
}

/// What a policy allows a function of the bucket.
fn allowed(function: &str) -> BTreeSet<String> {
    let calls = std::fs::read_to_string(repository("infra/calls.txt")).unwrap();
    let of_bucket = format!("{function} s3:");
    let calls = calls.lines().filter(|call| call.starts_with(&of_bucket));
    calls.map(str::to_owned).collect()
}

fn changed(ideas: &[String]) -> Vec<Value> {
    let ideas = ideas.iter().zip(1..);
    let records = ideas.map(|(idea, sequence)| idea_changed(idea, sequence, PUBLISHED));
    records.collect()
}

#[tokio::test]
async fn a_bucket_holds_the_pages_that_one_machine_makes() {
    let (app, objects) = with_bucket().await;
    let publisher = app.worker_on(Worker::PUBLISHER, &objects).await;
    let clock = app.worker_on(Worker::CLOCK, &objects).await;
    let none: Vec<String> = Vec::new();
    // So many that a second page of the list comes, and what stands is listed.
    let mut ideas = Vec::new();
    for number in 0..22 {
        ideas.push(
            app.published_idea(&format!("Ouvrir le soir, {number}"))
                .await,
        );
    }
    settled(&app, "22 idées").await;
    assert_eq!(publish(&publisher, &app, changed(&ideas)).await, none);
    assert_same(&app, &objects);
    objects.written();
    assert_eq!(publish(&publisher, &app, changed(&ideas)).await, none);
    assert_eq!(
        objects.written().len(),
        0,
        "the same bytes are not put again"
    );

    // Likes have their turn by the clock.
    let like = app.page(&ideas[0]).await.action_ending("/soutien");
    let mut person = Browser::default();
    app.post_as(&mut person, &like, &[("choice", "like")]).await;
    app.counted(&ideas[0], 1).await;
    app.half_a_minute_later();
    app.eventually("/campagnes/accueil/idees/soutenues/", |answer| {
        answer.body.contains("1 soutien")
    })
    .await;
    let likes = (0..8).map(|shard| liked(&ideas[0], shard, 30 + u32::from(shard)));
    assert_eq!(publish(&publisher, &app, likes.collect()).await, none);
    assert_eq!(objects.written().len(), 0, "likes wait for their turn");
    tick(&clock, &app).await;
    assert_same(&app, &objects);

    // What is hidden goes.
    let mut moderator = app.moderator().await;
    for idea in &ideas[..3] {
        let office = idea.replace("/campagnes/accueil/idees", "/moderation/contributions");
        let office = office.trim_end_matches('/');
        let item = app.get_as(&mut moderator, office).await;
        let typed = [("reason", "illegal"), ("message", "La loi l’interdit.")];
        app.submit(&mut moderator, &item, "/masquer", &typed).await;
    }
    settled(&app, "19 idées").await;
    let hidden = (1..).zip(&ideas[..3]);
    let hidden = hidden.map(|(number, idea)| idea_changed(idea, number, ("published", "hidden")));
    assert_eq!(publish(&publisher, &app, hidden.collect()).await, none);
    assert_same(&app, &objects);

    // A campaign closes.
    app.set_clock("2026-12-15T23:00:00Z");
    app.eventually("/campagnes/accueil/", |answer| {
        !answer.body.contains("/campagnes/accueil/proposer/")
    })
    .await;
    tick(&clock, &app).await;
    assert_same(&app, &objects);

    // All that the publisher may do of the bucket it does, and neither does what it may not.
    let (of_publisher, of_clock) = (allowed("publisher"), allowed("clock"));
    let calls = objects.calls();
    assert!(calls.is_superset(&of_publisher), "{calls:?}");
    let all: BTreeSet<String> = of_publisher.union(&of_clock).cloned().collect();
    assert!(calls.is_subset(&all), "{calls:?}");
}

/// A site with an idea that the bucket lacks, and its publisher.
async fn behind() -> (TestApp, ObjectStore, Arc<Deployed>, Vec<Value>) {
    let (app, objects) = with_bucket().await;
    let publisher = app.worker_on(Worker::PUBLISHER, &objects).await;
    let ideas = [app.published_idea("Ouvrir le soir").await];
    settled(&app, "1 idée").await;
    (app, objects, publisher, changed(&ideas))
}

/// All records that were given, as ones to give again: where nothing can be put, the first is at fault.
fn first() -> Vec<String> {
    vec![format!("{:021}", 1)]
}

fn log(app: &TestApp, function: &str) -> String {
    let log = app.data.path().join(format!("logs/{function}.log"));
    std::fs::read_to_string(log).unwrap()
}

#[tokio::test]
async fn a_bucket_that_is_busy_for_a_moment_is_asked_again() {
    let (app, objects, publisher, records) = behind().await;
    objects.is_busy_for(3);
    let none: Vec<String> = Vec::new();
    assert_eq!(publish(&publisher, &app, records).await, none);
    assert_same(&app, &objects);
}

#[tokio::test]
async fn a_bucket_that_is_busy_or_away_for_longer_gets_all_when_it_is_back() {
    let (app, objects, publisher, records) = behind().await;
    objects.is_busy_for(5);
    let failed = publish(&publisher, &app, records.clone()).await;
    assert_eq!(failed, first());
    assert!(log(&app, "publisher").contains("SlowDown"));
    // Lambda gives it again.
    let none: Vec<String> = Vec::new();
    assert_eq!(publish(&publisher, &app, records).await, none);
    assert_same(&app, &objects);

    // A process that has no connection yet finds nobody.
    let clock = app.worker_on(Worker::CLOCK, &objects).await;
    let ideas = [app.published_idea("Ouvrir le samedi").await];
    settled(&app, "2 idées").await;
    assert_eq!(publish(&publisher, &app, changed(&ideas)).await, none);
    app.half_a_minute_later();
    objects.is_away(true);
    let event = serde_json::json!({ "time": app.now().to_string() });
    let failed = clock.invoke(event.clone()).await.unwrap().unwrap_err();
    assert!(failed.contains("1 part(s)"), "{failed}");
    assert!(log(&app, "clock").contains("the bucket does not answer"));
    objects.is_away(false);
    clock.invoke(event).await.unwrap().unwrap();
    assert_same(&app, &objects);
}

#[tokio::test]
async fn a_bucket_that_refuses_is_said_in_the_log_and_nothing_is_lost() {
    let (app, objects, publisher, records) = behind().await;
    objects.written();
    objects.refuse_after(Some(0));
    assert_eq!(publish(&publisher, &app, records.clone()).await, first());
    let said = log(&app, "publisher");
    let said: Vec<Value> = said
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let said = said.iter().filter(|line| line["level"] == "ERROR");
    let said: Vec<&str> = said
        .map(|line| line["fields"]["cause"].as_str().unwrap())
        .collect();
    assert_eq!(
        said,
        ["the pages can't be written: s3:ListBucket is refused (AccessDenied)"]
    );
    assert_eq!(objects.written().len(), 0);
    objects.refuse_after(None);
    let none: Vec<String> = Vec::new();
    assert_eq!(publish(&publisher, &app, records).await, none);
    assert_same(&app, &objects);
}
