//! The embedded engine: what we add to it holds, and data outlives the process.

use std::time::{Duration, Instant};

use ecoute::Engine;
use ecoute::serve::Expired;
use functions::Store;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::app::TestApp;

fn is_embedded() -> bool {
    std::env::var("ECOUTE_TEST_DYNAMODB").is_err()
}

#[tokio::test]
async fn the_stream_s_index_serves_the_engine_s_own_query() {
    if !is_embedded() {
        return;
    }
    let app = TestApp::start().await;
    let database = Connection::open(app.data.path().join("ecoute.db")).unwrap();
    let plan: String = database
        .query_row(
            "EXPLAIN QUERY PLAN SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 \
             FROM _stream_records WHERE table_name = ?1",
            ["ecoute-contributions"],
            |row| row.get(3),
        )
        .unwrap();
    assert!(plan.contains("ecoute_stream_sequence"), "{plan}");
}

#[tokio::test]
async fn stream_records_over_a_day_old_are_removed_and_publishing_goes_on() {
    if !is_embedded() {
        return;
    }
    let app = TestApp::start().await;
    app.published_idea("Ouvrir le soir").await;
    let database = Connection::open(app.data.path().join("ecoute.db")).unwrap();
    let count = || -> i64 {
        database
            .query_row(
                "SELECT COUNT(*) FROM _stream_records WHERE created_at < unixepoch() - 86400",
                [],
                |row| row.get(0),
            )
            .unwrap()
    };
    database
        .execute(
            "UPDATE _stream_records SET created_at = created_at - 90000",
            [],
        )
        .unwrap();
    assert!(count() > 2);
    let app = app.restart().await;
    let started = Instant::now();
    while count() > 1 {
        assert!(started.elapsed() < Duration::from_secs(60), "never trimmed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let idea = app.published_idea("Ouvrir le samedi").await;
    assert_eq!(app.page(&idea).await.words("h1"), "Ouvrir le samedi");
}

/// An endpoint may hold the tables of many, and names a hundred at a time.
#[tokio::test]
async fn tables_that_are_there_are_found_among_many() {
    let data = TempDir::new().unwrap();
    let engine = Engine::start(data.path(), Expired::Kept).unwrap();
    for other in 0..51 {
        let store = Store::local(engine.endpoint(), &format!("other-{other}"));
        store.create_tables().await.unwrap();
    }
    let store = Store::local(engine.endpoint(), "the-last");
    store.create_tables().await.unwrap();
    store.create_tables().await.unwrap();
    tokio::task::spawn_blocking(move || engine.stop())
        .await
        .unwrap();
}
