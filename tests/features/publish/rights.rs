//! What a publication asks of AWS is what the policy of who publishes allows (`infra/calls.txt`).

use std::collections::BTreeSet;
use std::sync::Mutex;

use functions::Store;
use serde_json::Value;

use super::*;
use crate::cloud::recorder;

/// What one request asks of tables, and which partition it writes to.
type Noted = Arc<Mutex<BTreeSet<String>>>;

#[tokio::test]
async fn a_publication_asks_for_what_its_policy_allows() {
    let mut site = Fixture::start().await;
    site.app.published_idea("Ouvrir le soir").await;
    let (calls, written) = (Noted::default(), Noted::default());
    let note = {
        let (calls, written) = (Arc::clone(&calls), Arc::clone(&written));
        move |_: &str, operation: &str, asked: &Value| {
            calls
                .lock()
                .unwrap()
                .extend(recorder::calls(operation, asked));
            let put = [&asked["Item"], &asked["Key"]];
            if operation != "GetItem"
                && let Some(partition) = put.iter().find_map(|it| it["pk"]["S"].as_str())
            {
                written.lock().unwrap().insert(partition.to_owned());
            }
        }
    };
    let endpoint = recorder::noting(site.app.store_endpoint(), note).await;
    let store = Store::local(&endpoint, site.app.tables());
    let (told, mut invalidated) = mpsc::unbounded_channel();
    let answer = move || async move {
        told.send(()).unwrap();
        (StatusCode::CREATED, "<Invalidation/>")
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    let publish_now = async |site: &Fixture| {
        let distribution = Distribution::at(&address, "E2EXAMPLE", "a-key", "its-secret");
        let to = Destination::Bucket(site.bucket(), distribution);
        let mut options = site.options(to, Run::Real);
        options.source = Source::Tables(store.clone());
        publish(options).await.unwrap();
    };
    // A new site, a page that changes, and one that goes, each with its content for functions.
    publish_now(&site).await;
    site.edit("pages/charte.md", "title = \"", "title = \"Nouvelle ");
    publish_now(&site).await;
    let pages = site.content.path().join("pages");
    std::fs::rename(pages.join("charte.md"), pages.join("charte-2.md")).unwrap();
    let site_toml = std::fs::read_to_string(site.content.path().join("site.toml")).unwrap();
    if site_toml.contains("charte") {
        site.edit("site.toml", "charte", "charte-2");
    }
    site.now += Duration::from_secs(60);
    publish_now(&site).await;
    invalidated.recv().await.unwrap();

    let mut asked: BTreeSet<String> = calls.lock().unwrap().clone();
    asked.extend(
        site.objects
            .asked()
            .iter()
            .map(|call| format!("{call} site")),
    );
    asked.insert("cloudfront:CreateInvalidation distribution".to_owned());
    recorder::note(asked.iter().map(|call| format!("publish {call}")));
    let text = std::fs::read_to_string(repository("infra/calls.txt")).unwrap();
    let allowed: BTreeSet<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("publish "))
        .map(str::to_owned)
        .collect();
    assert_eq!(asked, allowed);
    // It writes the content, and nothing that anybody sent.
    let written: Vec<String> = written.lock().unwrap().iter().cloned().collect();
    assert_eq!(written, ["BUNDLE"]);
}
