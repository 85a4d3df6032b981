//! `ecoute replay`: what Lambda parked of the publisher's failures is published, once.

use std::fs;

use ecoute::import::Run;
use ecoute::replay::{Destination, Options, Parked, Source, replay};
use serde_json::json;
use tempfile::TempDir;

use crate::app::TestApp;
use crate::assert_page;
use crate::workers::{PUBLISHED, assert_same, copied, idea_changed, settled};

#[tokio::test]
async fn what_was_parked_is_published_and_removed_and_what_can_t_be_read_stays() {
    if std::env::var("ECOUTE_TEST_DYNAMODB").is_ok() {
        eprintln!("skipped: the command joins the engine of a folder");
        return;
    }
    let app = TestApp::start().await;
    let behind = copied(&app.site_dir());
    let idea = app.published_idea("Ouvrir le soir").await;
    settled(&app, "1 idée publiée").await;

    // As Lambda names and writes them: the event is text in the record of its invocation.
    let parked = TempDir::new().unwrap();
    let folder = parked.path().join("aws/lambda/mapping/shard");
    fs::create_dir_all(&folder).unwrap();
    let event = json!({ "Records": [idea_changed(&idea, 1, PUBLISHED)] });
    let record = json!({
        "requestContext": { "condition": "RetryAttemptsExhausted", "approximateInvokeCount": 4 },
        "DDBStreamBatchInfo": { "shardId": "shard", "batchSize": 1 },
        "payload": event.to_string(),
    });
    fs::write(folder.join("2026-11-23T10.00.00-1"), record.to_string()).unwrap();
    fs::write(folder.join("2026-11-23T10.00.01-2"), "coupé").unwrap();

    let asked = |run| Options {
        from: Parked::Folder(parked.path().to_owned()),
        source: Source::Embedded(app.data.path().to_owned()),
        to: Destination::Folder(behind.path().to_owned()),
        run,
    };
    let left = || fs::read_dir(&folder).unwrap().count();
    let would = replay(asked(Run::Dry)).await.unwrap_err().to_string();
    assert_eq!(left(), 2);
    assert!(!behind.path().join(&idea[1..]).exists());
    let done = replay(asked(Run::Real)).await.unwrap_err().to_string();
    assert_eq!(left(), 1);
    assert_same(behind.path(), &app.site_dir());
    let again = replay(asked(Run::Real)).await.unwrap_err().to_string();
    fs::remove_file(folder.join("2026-11-23T10.00.01-2")).unwrap();
    let none = replay(asked(Run::Real)).await.unwrap();
    assert_page!([would, done, again, none].join("\n\n"));
}
