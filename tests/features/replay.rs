//! `ecoute replay`: what Lambda parked of the publisher's failures is published, once.

use std::fs;

use ecoute::import::Run;
use ecoute::replay::{Destination, Options, Parked, Source, replay};
use functions::{File, Output};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::TestApp;
use crate::assert_page;
use crate::object_store::{BUCKET, ObjectStore};
use crate::publishing::files;
use crate::workers::{PUBLISHED, assert_same, copied, idea_changed, settled};

/// What Lambda parks of an invocation: the event is text in the record of it.
fn parked_record(changes: &[Value]) -> Vec<u8> {
    let event = json!({ "Records": changes });
    let record = json!({
        "requestContext": {
            "requestId": "c9b8fa9f-5a7f-xmpl-af9c-0c604cde93a5",
            "functionArn": "arn:aws:lambda:eu-west-3:1:function:ecoute-production-publisher",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 4,
        },
        "responseContext": { "statusCode": 200, "executedVersion": "$LATEST", "functionError": "" },
        "version": "1.0",
        "timestamp": "2026-11-23T10:00:00.000Z",
        "DDBStreamBatchInfo": {
            "shardId": "shardId-00000001573689847184-864758bb",
            "startSequenceNumber": format!("{:021}", 1),
            "endSequenceNumber": format!("{:021}", changes.len()),
            "batchSize": changes.len(),
            "streamArn": "arn:aws:dynamodb:eu-west-3:1:table/ecoute-contributions/stream/2026",
        },
        "payload": event.to_string(),
    });
    record.to_string().into_bytes()
}

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

    let parked = TempDir::new().unwrap();
    let folder = parked.path().join("aws/lambda/mapping/shard");
    fs::create_dir_all(&folder).unwrap();
    let record = parked_record(&[idea_changed(&idea, 1, PUBLISHED)]);
    fs::write(folder.join("2026-11-23T10.00.00-1"), record).unwrap();
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

#[tokio::test]
async fn a_bucket_of_what_was_parked_is_replayed_to_the_end_though_it_was_interrupted() {
    let app = TestApp::start().await;
    let objects = ObjectStore::start().await;
    let (site, parked) = (format!("{BUCKET}/site"), format!("{BUCKET}/parked"));
    let put = async |place: &str, path: &str, bytes: Vec<u8>| {
        let path = path.to_owned();
        let file = File { path, bytes };
        objects.bucket(place).put(vec![file]).await.unwrap();
    };
    for (path, bytes) in files(&app.site_dir()) {
        put(&site, &path, bytes).await;
    }
    let bundle = fs::read(app.data.path().join("bundle.json")).unwrap();
    app.served.store().keep_bundle(&bundle).await.unwrap();
    let mut ideas = Vec::new();
    for title in ["Ouvrir le soir", "Ouvrir le samedi", "Ouvrir le dimanche"] {
        ideas.push(app.published_idea(title).await);
    }
    settled(&app, "3 idées publiées").await;

    // As Lambda names them: by the shard, the day and the time.
    let folder = "aws/lambda/14ce5a4e/shardId-00000001573689847184-864758bb/2026/11/23";
    let changed = |ideas: &[String]| {
        let changed = ideas.iter().zip(1..);
        let changed = changed.map(|(idea, sequence)| idea_changed(idea, sequence, PUBLISHED));
        parked_record(&changed.collect::<Vec<_>>())
    };
    let records = [
        ("2026-11-23T10.00.00-1", changed(&ideas[..1])),
        ("2026-11-23T10.00.01-2", b"coup\xc3\xa9".to_vec()),
        ("2026-11-23T10.00.02-3", changed(&ideas[1..])),
        ("2026-11-23T10.00.03-4", changed(&ideas)),
    ];
    for (name, bytes) in records {
        put(&parked, &format!("{folder}/{name}"), bytes).await;
    }
    let left = || files(&objects.files().join("parked"));
    let stands = |idea: &str| {
        let page = format!("site/{}index.html", idea.trim_start_matches('/'));
        objects.files().join(page).exists()
    };
    let asked = |run| Options {
        from: Parked::Bucket(objects.bucket(&parked)),
        source: Source::Tables(app.served.store().clone()),
        to: Destination::Bucket(objects.bucket(&site)),
        run,
    };
    let would = replay(asked(Run::Dry)).await.unwrap_err().to_string();
    assert_eq!(left().len(), 4);
    assert!(!ideas.iter().any(|idea| stands(idea)));

    // The right to the bucket is taken away after so many requests, and given back.
    let mut interrupted = 0;
    for requests in (0..).step_by(5) {
        objects.refuse_after(Some(requests));
        let stopped = replay(asked(Run::Real)).await.unwrap_err().to_string();
        objects.refuse_after(None);
        // No record went before what it tells was published.
        let left = left();
        let is_left = |name: &str| left.keys().any(|path| path.ends_with(name));
        assert!(is_left("10.00.00-1") || stands(&ideas[0]));
        assert!(is_left("10.00.02-3") || (stands(&ideas[1]) && stands(&ideas[2])));
        assert!(is_left("10.00.01-2"));
        if left.len() == 1 {
            break;
        }
        assert!(stopped.contains("refus"), "{stopped}");
        interrupted += 1;
    }
    assert!(interrupted > 3, "{interrupted}");
    let there = files(&objects.files().join("site"));
    assert!(
        there == files(&app.site_dir()),
        "the bucket holds other pages"
    );
    // A deployment's own publisher may have worked beside it: the clock makes them once more.
    let (items, _) = app.items().await;
    for idea in &ideas {
        let id = idea.trim_end_matches('/').rsplit('/').next().unwrap();
        let noted = |item: &str| item.contains("WAITING-PAGES") && item.contains(id);
        assert!(items.lines().any(noted), "{idea}");
    }
    let again = replay(asked(Run::Real)).await.unwrap_err().to_string();
    assert_page!([would, again].join("\n\n"));
}
