//! Backup and restore: every item and every page come back, and nothing of a file that is not
//! as it was written.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use ecoute::backup::{backup, restore};
use ecoute::serve::{self, Database, Expired, Options, Served};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use functions::Store;
use functions::store::Table;
use jiff::Timestamp;
use reqwest::StatusCode;
use tempfile::TempDir;

use crate::app::{Browser, NOW, TestApp, repository};
use crate::assert_page;
use crate::exports::seed;
use crate::patience::TIMEOUTS;
use crate::publishing::files;

fn is_embedded() -> bool {
    std::env::var("ECOUTE_TEST_DYNAMODB").is_err()
}

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// Every item of both tables, a line each, but for letters: their sender moves them all the time.
async fn items(store: &Store) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for table in Table::ALL {
        let mut from = None;
        loop {
            let (items, next) = store.items(table, from).await.unwrap();
            for item in items.iter().filter(|item| !item.is_of_the_moment()) {
                let line = format!("{} {}", table.key(), item.to_json().unwrap());
                if !line.contains("\"pk\":{\"S\":\"LETTER#") {
                    lines.insert(line);
                }
            }
            from = next;
            if from.is_none() {
                break;
            }
        }
    }
    lines
}

/// The site of a folder, under an address that does not depend on the port.
async fn serve_from(data: &Path) -> Served {
    let options = Options {
        data_dir: data.to_owned(),
        content: repository("tests/fixtures/content"),
        theme: repository("themes/default"),
        listen: "127.0.0.1:0".to_owned(),
        expired: Expired::Kept,
        site_url: Some("https://ecoute.example.org".to_owned()),
        clock: Arc::new(now),
        database: Database::Embedded,
        senders: functions::Senders::Connection,
        timeouts: TIMEOUTS,
        mail: ecoute::post::MailOptions::default(),
        oidc: None,
    };
    match serve::start(options).await {
        Ok(served) => served,
        Err(stopped) => panic!("{stopped}"),
    }
}

/// A site that has something of everything, and the address of a receipt.
async fn full_site() -> (TestApp, String) {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    seed(&app).await;
    let page = app.page(&idea).await;
    let like = page.action_ending("/soutien");
    app.post_as(&mut Browser::default(), &like, &[("choice", "like")])
        .await;
    let receipt = app
        .send_idea(&[
            ("kind", "idea"),
            ("category", "Attente"),
            ("title", "Attend d’être lue"),
            ("text", "On attend trop."),
            ("email", "canari@example.org"),
        ])
        .await;
    // Started again, it has published all that it was told.
    let app = app.restart().await;
    app.mail_settled().await;
    (app, receipt)
}

#[tokio::test]
async fn what_is_restored_is_the_same_site_to_the_byte() {
    if !is_embedded() {
        return;
    }
    let (app, receipt) = full_site().await;
    let elsewhere = TempDir::new().unwrap();
    let file = elsewhere.path().join("sauvegarde.jsonl.gz");
    let restored = elsewhere.path().join("data");
    let said = backup(&Database::Embedded, app.data.path(), &file, now()).await;
    let mut said = vec![said.unwrap()];
    let before = items(app.served.store()).await;
    assert!(before.len() > 20);
    let answer = app.get(&receipt).await;
    assert_eq!(answer.status, StatusCode::OK);
    let receipt_before = answer.page().text();

    // A folder that is empty is as good as none.
    std::fs::create_dir(&restored).unwrap();
    said.push(
        restore(&Database::Embedded, &restored, &file)
            .await
            .unwrap(),
    );
    let again = restore(&Database::Embedded, &restored, &file).await;
    said.push(again.unwrap_err().to_string());
    let left: Vec<_> = std::fs::read_dir(elsewhere.path()).unwrap().collect();
    assert_eq!(left.len(), 2, "{left:?}");

    let TestApp { served, data, .. } = app;
    served.stop().await;
    let first = serve_from(data.path()).await;
    let pages = files(&data.path().join("site"));
    first.stop().await;
    let second = serve_from(&restored).await;
    assert_eq!(second.new_password, None);
    let after = items(second.store()).await;
    let differing: Vec<&String> = after.symmetric_difference(&before).collect();
    assert_eq!(differing, Vec::<&String>::new());
    let restored_pages = files(&restored.join("site"));
    let names: Vec<&String> = pages.keys().collect();
    assert_eq!(restored_pages.keys().collect::<Vec<_>>(), names);
    for (name, bytes) in &pages {
        assert!(restored_pages[name] == *bytes, "{name}");
    }
    let url = format!("http://{}{receipt}", second.address);
    let answer = reqwest::get(url).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let receipt_after = crate::page::Page::parse(&answer.text().await.unwrap()).text();
    let at_home = |text: &str| text.replace(&second.site_url, "SITE");
    assert_eq!(
        at_home(&receipt_after),
        receipt_before.replace(
            &format!("http://{}", served_address(&receipt_before)),
            "SITE"
        )
    );
    let said = said
        .join("\n\n")
        .replace(&elsewhere.path().display().to_string(), "FOLDER");
    assert_page!(said);
}

/// The host and port that a page's text names.
fn served_address(text: &str) -> String {
    let rest = text.split("http://127.0.0.1:").nth(1).unwrap_or_default();
    let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
    format!("127.0.0.1:{port}")
}

#[tokio::test]
async fn a_session_is_not_in_a_backup_and_its_file_is_its_owner_s() {
    if !is_embedded() {
        return;
    }
    let app = TestApp::start().await;
    app.moderator().await;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("sauvegarde");
    backup(&Database::Embedded, app.data.path(), &file, now())
        .await
        .unwrap();
    let lines = lines(&std::fs::read(&file).unwrap());
    assert!(lines.contains("\"MODERATORS\""));
    assert!(!lines.contains("SESSION#"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // No copy of the database is left.
    let names: BTreeMap<String, ()> = std::fs::read_dir(app.data.path())
        .unwrap()
        .map(|entry| {
            (
                entry.unwrap().file_name().to_string_lossy().into_owned(),
                (),
            )
        })
        .collect();
    assert!(!names.keys().any(|name| name.contains("part")), "{names:?}");
}

fn lines(gzip: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(gzip).read_to_string(&mut text).unwrap();
    text
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_file_that_is_not_as_it_was_written_is_refused_and_nothing_is_written() {
    if !is_embedded() {
        return;
    }
    let (app, _) = full_site().await;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("sauvegarde");
    backup(&Database::Embedded, app.data.path(), &file, now())
        .await
        .unwrap();
    let whole = std::fs::read(&file).unwrap();
    let text = lines(&whole);
    let without_end: String = text
        .split_inclusive('\n')
        .filter(|line| !line.contains("\"end\""))
        .collect();
    let mut shuffled: Vec<&str> = text.split_inclusive('\n').collect();
    shuffled.swap(3, 4);
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x10;
    let unsound = [
        ("cut in the middle", whole[..middle].to_vec()),
        ("cut by a byte", whole[..whole.len() - 1].to_vec()),
        ("cut at a line", gzip(&without_end)),
        (
            "a text changed",
            gzip(&text.replace("Ouvrir le soir", "Fermer le soir")),
        ),
        ("lines swapped", gzip(&shuffled.concat())),
        ("a line more", gzip(&format!("{text}{{}}\n"))),
        (
            "a later version",
            gzip(&text.replacen("\"version\":1", "\"version\":2", 1)),
        ),
        ("no backup", gzip("bonjour\n")),
        ("no gzip", b"Bonjour, ceci n'en est pas une.\n".to_vec()),
        ("empty", Vec::new()),
        (
            "a line without end",
            gzip(&text.replacen("Ouvrir le soir", &"Ouvrir le soir ".repeat(400_000), 1)),
        ),
    ];
    let mut said = Vec::new();
    for (what, bytes) in unsound {
        std::fs::write(&file, bytes).unwrap();
        let target = folder.path().join("data");
        let refused = restore(&Database::Embedded, &target, &file).await;
        said.push(format!("{what}: {}", refused.unwrap_err()));
        assert!(!target.exists(), "{what}");
    }
    // A flipped bit is seen at a line that depends on the compression.
    std::fs::write(&file, flipped).unwrap();
    let target = folder.path().join("data");
    assert!(restore(&Database::Embedded, &target, &file).await.is_err());
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    let said = said
        .join("\n")
        .replace(&folder.path().display().to_string(), "FOLDER");
    assert_page!(said);
}

#[tokio::test]
async fn a_folder_without_data_is_not_backed_up() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("sauvegarde");
    let nowhere = folder.path().join("nulle-part");
    let refused = backup(&Database::Embedded, &nowhere, &file, now()).await;
    let said = refused.unwrap_err().to_string();
    assert!(!nowhere.exists() && !file.exists());
    assert_page!(said.replace(&folder.path().display().to_string(), "FOLDER"));
}
