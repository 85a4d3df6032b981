//! `ecoute deploy --check` of a deployment: a site behind what stands for CloudFront, its tables
//! behind what stands for DynamoDB where the engine is none, and the tests' object store. Each
//! fault is made, seen, and mended.

mod dynamodb;
mod front;

use std::sync::Arc;
use std::time::Duration;

use ecoute::deploy::{Checked, Deployed, Options, Subject, check};
use ecoute::import::Run;
use ecoute::post::MailOptions;
use ecoute::publish::{self, Destination, Source, publish};
use functions::{BucketPlace, Store};
use serde_json::json;
use tempfile::TempDir;

use super::Operator;
use crate::app::{TestApp, repository};
use crate::assert_page;
use crate::object_store::{BUCKET, ObjectStore};
use crate::sink::{Does, Sink};
use crate::site::copy;
use dynamodb::DynamoDb;
use front::{Fault, Front};

/// A deployment, and what it is checked with.
struct Fixture {
    app: TestApp,
    objects: ObjectStore,
    database: DynamoDb,
    front: Front,
    sink: Sink,
    content: TempDir,
    work: TempDir,
}

impl Fixture {
    async fn start() -> Self {
        let sink = Sink::start(Does::Defer).await;
        let app = TestApp::with_smtp(&sink.url()).await;
        let content = TempDir::new().unwrap();
        copy(&repository("tests/fixtures/content"), content.path());
        for table in ["contributions", "identities"] {
            protect(&app, table, true).await;
        }
        Self {
            objects: ObjectStore::start().await,
            database: DynamoDb::before(&app.store_endpoint()).await,
            front: Front::before(&app).await,
            app,
            sink,
            content,
            work: TempDir::new().unwrap(),
        }
    }

    fn store(&self) -> Store {
        Store::local(&self.database.address, self.app.tables())
    }

    fn place(&self) -> BucketPlace {
        BucketPlace::parse(BUCKET).unwrap()
    }

    fn deployed(&self) -> Deployed {
        Deployed {
            tables: Some((self.app.tables().to_owned(), Ok(self.store()))),
            pages: Some((self.place(), Ok(self.objects.bucket(BUCKET)))),
            in_clear: Some(self.front.in_clear.clone()),
            api: Some(self.front.api.clone()),
        }
    }

    fn options(&self, deployed: Deployed) -> Options {
        let now = self.app.now();
        Options {
            content: self.content.path().to_owned(),
            theme: repository("themes/default"),
            work: self.work.path().join("site"),
            site_url: Some(self.front.url.clone()),
            of: Subject::Deployment(Box::new(deployed)),
            mail: MailOptions {
                smtp: Some(self.sink.url()),
                ..MailOptions::default()
            },
            clock: Arc::new(move || now),
        }
    }

    async fn check(&self) -> Checked {
        check(self.options(self.deployed())).await
    }

    async fn publish(&self) {
        let now = self.app.now();
        let options = publish::Options {
            to: Destination::Bucket(self.objects.bucket(BUCKET), None),
            content: self.content.path().to_owned(),
            theme: repository("themes/default"),
            site_url: self.front.url.clone(),
            source: Source::Tables(self.store()),
            work: self.work.path().join("site"),
            run: Run::Real,
            settle: Duration::ZERO,
            clock: Arc::new(move || now),
        };
        publish(options).await.unwrap();
    }

    /// What is not of every run is named.
    fn said(&self, text: &str) -> String {
        let content = self.content.path().display().to_string();
        let tables = self.app.tables();
        let text = text
            .replace(&self.front.url, "SITE")
            .replace(&self.front.in_clear, "CLEAR")
            .replace(&self.front.api, "API")
            .replace(&content, "CONTENT")
            .replace(BUCKET, "BUCKET")
            .replace(&format!("{tables}-"), "TABLES-")
            .replace(&format!("--tables {tables}"), "--tables TABLES")
            .replace(&format!("Tables\u{a0}: {tables}"), "Tables\u{a0}: TABLES");
        // How large the content is changes with the theme.
        let size = text
            .find("en reçoivent ")
            .map(|at| at + "en reçoivent ".len());
        match size {
            Some(at) => {
                let end = at + text[at..].find(".\n").unwrap();
                format!("{}[size]{}", &text[..at], &text[end..])
            }
            None => text,
        }
    }

    /// What a check says that is not well, and how it ends.
    async fn wrong(&self, checked: Checked) -> String {
        let mut lines = Vec::new();
        let mut is_wrong = false;
        for line in checked.report.lines() {
            is_wrong = match line.trim_start().chars().next() {
                Some('✗' | '?') => true,
                Some('✓') | None => false,
                _ => is_wrong && line.starts_with("    "),
            };
            if is_wrong {
                lines.push(line);
            }
        }
        let end = match &checked.said {
            Ok(said) => format!("[well] {said}"),
            Err(stopped) => format!("[1] {stopped}"),
        };
        self.said(&format!("{}\n{end}", lines.join("\n")))
    }
}

async fn protect(app: &TestApp, table: &str, on: bool) {
    let asked = json!({ "DeletionProtectionEnabled": on });
    app.engine("UpdateTable", table, asked).await;
}

#[tokio::test]
async fn a_deployment_that_is_well_says_so_and_nothing_is_changed() {
    let site = Fixture::start().await;
    site.app.published_idea("Ouvrir le soir").await;
    let before = site.wrong(site.check().await).await;
    site.publish().await;
    site.objects.written();
    let items = site.app.items().await;
    let checked = site.check().await;
    assert_eq!(site.objects.written().len(), 0);
    assert!(items == site.app.items().await);
    let said = checked.said.unwrap();
    assert_page!(format!(
        "Before it was published:\n{before}\n\n{}\n\n{said}",
        site.said(&checked.report)
    ));
}

#[tokio::test]
async fn each_fault_of_the_tables_and_of_what_is_in_them_is_said() {
    let site = Fixture::start().await;
    site.publish().await;
    assert!(site.check().await.said.is_ok());
    let mut all = Vec::new();
    let mut note = async |what: &str| {
        let said = site.wrong(site.check().await).await;
        all.push(format!("{what}:\n{said}"));
    };
    for fault in dynamodb::Fault::ALL {
        site.database.has(Some(fault));
        note(&format!("{fault:?}")).await;
    }
    site.database.has(None);
    protect(&site.app, "identities", false).await;
    note("one can be deleted").await;
    protect(&site.app, "identities", true).await;
    let expiry = |on: bool| json!({ "AttributeName": "expires", "Enabled": on });
    for (on, what) in [(false, "nothing expires"), (true, "all is mended")] {
        let asked = json!({ "TimeToLiveSpecification": expiry(on) });
        site.app
            .engine("UpdateTimeToLive", "contributions", asked)
            .await;
        note(what).await;
    }
    for (change, value, what) in [
        (
            "grants",
            json!({"S": "moderator:gard"}),
            "nobody is national",
        ),
        ("disabled", json!({"BOOL": true}), "nobody may enter"),
    ] {
        let asked = json!({
            "Key": {"pk": {"S": "MODERATORS"}, "sk": {"S": "demo"}},
            "UpdateExpression": "SET #it = :value",
            "ConditionExpression": "login = :login",
            "ExpressionAttributeNames": {"#it": change},
            "ExpressionAttributeValues": {":value": value, ":login": {"S": "demo"}},
        });
        site.app.engine("UpdateItem", "contributions", asked).await;
        note(what).await;
    }
    assert_page!(all.join("\n\n"));
}

#[tokio::test]
async fn letters_that_should_have_left_are_said() {
    let site = Fixture::start().await;
    site.app
        .send_idea(&[
            ("kind", "idea"),
            ("category", "Attente"),
            ("title", "Une file plus courte"),
            ("text", "On attend trop."),
            ("email", "presente@example.org"),
        ])
        .await;
    site.app.mail_tried(1).await;
    // Functions that are deployed take forms from the address of the content that is published.
    site.publish().await;
    let well = site.wrong(site.check().await).await;
    let mut later = site.options(site.deployed());
    let now = site.app.now() + jiff::SignedDuration::from_hours(3);
    later.clock = Arc::new(move || now);
    let late = site.wrong(check(later).await).await;
    assert_page!(format!("{well}\n\n{late}"));
}

#[tokio::test]
async fn each_fault_of_the_content_and_of_the_pages_is_said() {
    let site = Fixture::start().await;
    std::fs::write(site.objects.files().join("photo.jpg"), "").unwrap();
    let mut all = Vec::new();
    let mut note = async |what: &str| {
        let said = site.wrong(site.check().await).await;
        all.push(format!("{what}:\n{said}"));
    };
    note("a bucket of others").await;
    std::fs::remove_file(site.objects.files().join("photo.jpg")).unwrap();
    site.publish().await;
    let files = site.objects.files();
    let front = std::fs::read(files.join("index.html")).unwrap();
    std::fs::write(files.join("index.html"), "autre").unwrap();
    std::fs::write(files.join("de-trop.html"), "").unwrap();
    std::fs::remove_file(files.join("404.html")).unwrap();
    note("other pages").await;
    std::fs::write(files.join("index.html"), front).unwrap();
    std::fs::remove_file(files.join("de-trop.html")).unwrap();
    site.publish().await;

    let charter = site.content.path().join("pages/charte.md");
    let written = std::fs::read_to_string(&charter).unwrap();
    std::fs::write(&charter, format!("{written}\nUne phrase de plus.\n")).unwrap();
    note("content that was not published").await;
    std::fs::write(&charter, "+++\n+++\n").unwrap();
    note("content that is none").await;
    std::fs::write(&charter, written).unwrap();
    site.objects.refuse_after(Some(0));
    note("a bucket that may not be listed").await;
    site.objects.refuse_after(None);
    note("all is mended").await;
    assert_page!(all.join("\n\n"));
}

#[tokio::test]
async fn each_fault_of_the_site_and_of_the_mail_is_said() {
    let mut site = Fixture::start().await;
    site.publish().await;
    let mut all = Vec::new();
    for fault in Fault::ALL {
        site.front.has(Some(fault));
        let said = site.wrong(site.check().await).await;
        all.push(format!("{fault:?}:\n{said}"));
    }
    site.front.has(None);
    let mut options = site.options(site.deployed());
    options.mail.smtp = Some("smtp://compte@mail.example.org".to_owned());
    let said = site.wrong(check(options).await).await;
    all.push(format!("a mail server without its password:\n{said}"));
    site.sink = Sink::start(Does::Drop).await;
    let said = site.wrong(site.check().await).await;
    all.push(format!("a mail server that hangs up:\n{said}"));
    assert_page!(all.join("\n\n"));
}

#[tokio::test]
async fn what_can_t_be_reached_is_said_and_the_rest_is_checked_all_the_same() {
    let app = TestApp::start().await;
    let work = TempDir::new().unwrap();
    let folder = work.path().display().to_string();
    let operator = Operator::of(&app)
        .beside()
        .with("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1");
    let words = [
        &["deploy", "--check", "--to", "s3://ecoute-test"][..],
        &["--site-url", "http://ecoute.invalid"],
        &["--api-url", "http://127.0.0.1:1"],
        &["--content", "tests/fixtures/content", "--data-dir", &folder],
    ];
    let (code, said) = operator.run(&words.concat(), "").await;
    // What a resolver says is not of every machine, nor how large the content is.
    let line = |line: &str| {
        let line = line.split(" ne répond pas (").next().unwrap();
        line.split("en reçoivent").next().unwrap().to_owned()
    };
    let said: Vec<String> = said.lines().map(line).collect();
    assert_page!(format!("{}\n[{code}]", said.join("\n")));
}
