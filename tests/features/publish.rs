//! `ecoute publish`: to a bucket and to a folder.

mod errors;
mod interrupted;
mod overtaken;
mod readers;
mod rights;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use domain::ContributionId;
use ecoute::Stopped;
use ecoute::import::Run;
use ecoute::publish::{Destination, Options, Published, Source, publish};
use functions::{Bucket, Distribution, Publisher, Record};
use jiff::Timestamp;
use site_gen::Renderer;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::app::{TestApp, repository};
use crate::object_store::{BUCKET, ObjectStore, Written};
use crate::publishing::{files, full_build_of};
use readers::Readers;

/// What a publication notes for the next one.
const MARK: &str = ".ecoute/publication.json";

/// A site with its functions, and a bucket to which it is published.
struct Fixture {
    app: TestApp,
    objects: ObjectStore,
    /// Content that the test may edit.
    content: TempDir,
    theme: PathBuf,
    work: TempDir,
    now: Timestamp,
}

impl Fixture {
    async fn start() -> Self {
        let app = TestApp::start().await;
        let content = TempDir::new().unwrap();
        copy(&repository("tests/fixtures/content"), content.path());
        Self {
            now: app.now(),
            app,
            objects: ObjectStore::start().await,
            content,
            theme: repository("themes/default"),
            work: TempDir::new().unwrap(),
        }
    }

    fn options(&self, to: Destination, run: Run) -> Options {
        let now = self.now;
        Options {
            to,
            content: self.content.path().to_owned(),
            theme: self.theme.clone(),
            site_url: self.app.served.site_url.clone(),
            source: Source::Tables(self.app.served.store().clone()),
            work: self.work.path().join("site"),
            run,
            settle: Duration::ZERO,
            clock: Arc::new(move || now),
        }
    }

    fn bucket(&self) -> Bucket {
        self.objects.bucket(BUCKET)
    }

    async fn publish(&self) -> Result<Published, Stopped> {
        let to = Destination::Bucket(self.bucket(), None);
        publish(self.options(to, Run::Real)).await
    }

    /// The files of the bucket that readers see.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut found = files(&self.objects.files());
        found.remove(MARK);
        found
    }

    /// What a full build of the content makes of what is published.
    async fn full_build(&self) -> BTreeMap<String, Vec<u8>> {
        full_build_of(&self.app, self.content.path()).await
    }

    /// A publisher that works with the content of now, and puts its pages in the bucket.
    fn publisher(&self) -> Publisher<Bucket> {
        let site_url = &self.app.served.site_url;
        let (bundle, _) = site_gen::load(self.content.path(), &self.theme, site_url).unwrap();
        let now = self.now;
        Publisher {
            store: self.app.served.store().clone(),
            renderer: Arc::new(Renderer::new(bundle, Path::new("templates")).unwrap()),
            output: self.bucket(),
            clock: Arc::new(move || now),
        }
    }

    /// Writes something else in a file of the content.
    fn edit(&self, file: &str, from: &str, to: &str) {
        let file = self.content.path().join(file);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(&file, text.replace(from, to)).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[track_caller]
fn assert_same(left: &BTreeMap<String, Vec<u8>>, right: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(
        left.keys().collect::<Vec<_>>(),
        right.keys().collect::<Vec<_>>()
    );
    for (path, bytes) in right {
        assert!(left[path] == *bytes, "{path} differs");
    }
}

fn spoken(said: &str) -> String {
    said.replace('\u{a0}', " ")
}

fn id_of(idea: &str) -> ContributionId {
    let id = idea.trim_end_matches('/').rsplit('/').next().unwrap();
    ContributionId::parse(id).unwrap()
}

fn file_of(page: &str) -> String {
    format!("{}index.html", page.trim_start_matches('/'))
}

/// What the stream says of an idea that is or was public.
fn record(idea: &str) -> Record {
    Record {
        partition: format!("IDEA#{}", id_of(idea)),
        sort: "IDEA".to_owned(),
        old_status: Some("published".to_owned()),
        new_status: Some("published".to_owned()),
    }
}

#[tokio::test]
async fn a_bucket_a_folder_and_the_site_of_one_machine_hold_the_same() {
    let site = Fixture::start().await;
    site.app.published_idea("Ouvrir le soir").await;
    site.app
        .eventually("/espaces/gard/", |page| page.body.contains("1 idée"))
        .await;

    let published = site.publish().await.unwrap();
    let here = files(&site.app.site_dir());
    assert_same(&site.files(), &here);
    assert_eq!(published.added, here.len());
    assert_eq!((published.changed, published.removed), (0, 0));

    let folder = TempDir::new().unwrap();
    let folder = folder.path().join("public");
    let to = || Destination::Folder(folder.clone());
    let published = publish(site.options(to(), Run::Real)).await.unwrap();
    assert_same(&files(&folder), &here);
    assert_eq!(published.added, here.len());
    let again = publish(site.options(to(), Run::Real)).await.unwrap();
    assert_eq!(
        (again.added, again.changed, again.removed),
        (0, 0, 0),
        "{}",
        again.said
    );

    // While it was put, no reader found a page that led nowhere.
    let written = site.objects.written();
    Readers::default().follow(&written);
    for write in &written {
        let Written::Put(file) = write else {
            panic!("{write:?}: nothing was there to be taken away");
        };
        let end = file.path.rsplit('.').next().unwrap();
        let kind = match (file.path.ends_with("/flux.xml"), end) {
            (true, _) => "application/atom+xml; charset=utf-8",
            (_, "html") => "text/html; charset=utf-8",
            (_, "css") => "text/css; charset=utf-8",
            (_, "js") => "text/javascript; charset=utf-8",
            (_, "xml") => "application/xml; charset=utf-8",
            (_, "csv") => "text/csv; charset=utf-8",
            (_, "txt") => "text/plain; charset=utf-8",
            (_, "json") => "application/json",
            (_, "svg") => "image/svg+xml",
            (_, "png") => "image/png",
            (_, "woff2") => "font/woff2",
            (_, end) => panic!("{end}: nobody says what it is"),
        };
        assert_eq!(file.kind, kind, "{}", file.path);
        let kept = if file.path.starts_with("assets/") {
            "public, max-age=31536000, immutable"
        } else {
            "public, max-age=0, s-maxage=30, stale-if-error=86400"
        };
        assert_eq!(file.kept, kept, "{}", file.path);
    }

    // Functions got the same content.
    let kept = site.app.served.store().bundle().await.unwrap().unwrap();
    let kept: site_gen::Bundle = serde_json::from_slice(&kept.bytes).unwrap();
    assert_eq!(kept.site_url, site.app.served.site_url);
}

#[tokio::test]
async fn only_what_changed_is_written_and_what_is_of_no_page_goes() {
    let site = Fixture::start().await;
    site.app.published_idea("Ouvrir le soir").await;
    site.publish().await.unwrap();
    let mut readers = Readers::default();
    readers.follow(&site.objects.written());

    let published = site.publish().await.unwrap();
    assert_eq!(site.objects.written().len(), 0);
    let files = site.files().len();
    assert_eq!(
        spoken(&published.said),
        format!("s3://{BUCKET}/ est à jour : {files} fichiers, rien à changer.")
    );

    // A new page, a page that changes, a page that goes.
    std::fs::rename(
        site.content.path().join("pages/charte.md"),
        site.content.path().join("pages/charte-2.md"),
    )
    .unwrap();
    let site_toml = std::fs::read_to_string(site.content.path().join("site.toml")).unwrap();
    if site_toml.contains("charte") {
        site.edit("site.toml", "charte", "charte-2");
    }
    let to = || Destination::Bucket(site.bucket(), None);
    let would = publish(site.options(to(), Run::Dry)).await.unwrap();
    assert_eq!(site.objects.written().len(), 0);
    assert!(
        would.said.contains("+ charte-2/index.html"),
        "{}",
        would.said
    );
    assert!(would.said.contains("- charte/index.html"), "{}", would.said);

    let published = site.publish().await.unwrap();
    assert_eq!(
        (published.added, published.changed, published.removed),
        (would.added, would.changed, would.removed)
    );
    let written = site.objects.written();
    readers.follow(&written);
    assert_same(&site.files(), &site.full_build().await);
    let is_removed =
        |write: &Written| matches!(write, Written::Removed(path) if path == "charte/index.html");
    assert!(written.iter().any(is_removed));
}

#[tokio::test]
async fn an_old_stylesheet_stays_a_day_for_pages_that_were_opened_before() {
    let mut site = Fixture::start().await;
    let theme = TempDir::new().unwrap();
    copy(&site.theme, theme.path());
    site.theme = theme.path().to_owned();
    site.publish().await.unwrap();
    let styles = |site: &Fixture| -> Vec<String> {
        let files = site.files().into_keys();
        files.filter(|path| path.ends_with(".css")).collect()
    };
    let before = styles(&site);

    let style = theme.path().join("assets/style.css");
    let text = std::fs::read_to_string(&style).unwrap();
    std::fs::write(&style, format!("{text}\n.nouveau {{ color: red }}\n")).unwrap();
    site.publish().await.unwrap();
    let both = styles(&site);
    assert!(both.len() > before.len());
    assert!(before.iter().all(|style| both.contains(style)));

    // An hour later it still does, and a day later it does not.
    site.now += Duration::from_secs(3_600);
    site.publish().await.unwrap();
    assert_eq!(styles(&site), both);
    site.now += Duration::from_secs(24 * 3_600);
    let published = site.publish().await.unwrap();
    assert_eq!(published.removed, both.len() - before.len());
    assert_same(&site.files(), &site.built_with_theme());
}

#[tokio::test]
async fn the_publisher_puts_in_a_bucket_what_it_puts_in_a_folder() {
    let site = Fixture::start().await;
    site.publish().await.unwrap();
    let publisher = site.publisher();
    let mut readers = Readers::default();
    readers.follow(&site.objects.written());
    let mut ideas = Vec::new();
    for number in 0..23 {
        let idea = site.app.published_idea(&format!("Idée {number}")).await;
        ideas.push(idea);
    }
    // One by one, then many together; twice, as records may come.
    publisher.publish(&[record(&ideas[0])]).await.unwrap();
    assert!(site.files().contains_key(&file_of(&ideas[0])));
    let records: Vec<Record> = ideas.iter().map(|idea| record(idea)).collect();
    let done = publisher.publish(&records).await.unwrap();
    assert!(done.written > 23, "{done:?}");
    readers.follow(&site.objects.written());
    let again = publisher.publish(&records).await.unwrap();
    assert_eq!((again.written, again.removed), (0, 0));
    assert_eq!(site.objects.written().len(), 0);
    assert_same(&site.files(), &site.full_build().await);

    // And a publication finds nothing to do.
    let published = site.publish().await.unwrap();
    assert_eq!(
        (published.added, published.changed, published.removed),
        (0, 0, 0),
        "{}",
        published.said
    );

    // What is hidden goes.
    let mut moderator = site.app.moderator().await;
    for idea in &ideas[..3] {
        site.hide(&mut moderator, idea).await;
    }
    let records: Vec<Record> = ideas[..3].iter().map(|idea| record(idea)).collect();
    let done = publisher.publish(&records).await.unwrap();
    assert_eq!(done.removed, 3, "{done:?}");
    assert_same(&site.files(), &site.full_build().await);
}

#[tokio::test]
async fn the_distribution_is_told_what_readers_saw_otherwise() {
    let site = Fixture::start().await;
    let (told, mut paths) = mpsc::unbounded_channel();
    let answer = move |method: Method, uri: Uri, headers: HeaderMap, body: String| async move {
        let name = headers[header::AUTHORIZATION].to_str().unwrap().to_owned();
        told.send((method, uri.to_string(), name, body)).unwrap();
        (StatusCode::CREATED, "<Invalidation/>")
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    let distribution = || Distribution::at(&address, "E2EXAMPLE", "a-key", "its-secret");
    let to = || Destination::Bucket(site.bucket(), distribution());

    // Nobody saw a new site.
    publish(site.options(to(), Run::Real)).await.unwrap();
    assert!(paths.try_recv().is_err());

    site.edit("pages/charte.md", "title = \"", "title = \"Nouvelle ");
    let published = publish(site.options(to(), Run::Real)).await.unwrap();
    let (method, uri, name, body) = paths.try_recv().unwrap();
    assert_eq!(method, Method::POST);
    assert_eq!(uri, "/2020-05-31/distribution/E2EXAMPLE/invalidation");
    let signed = "AWS4-HMAC-SHA256 Credential=a-key/";
    assert!(name.starts_with(signed) && name.contains("/us-east-1/cloudfront/aws4_request"));
    let is_all = body.contains("<Path>/*</Path>");
    let is_charte = body.contains("<Path>/charte/</Path><Path>/charte/index.html</Path>");
    assert!(is_all || is_charte, "{body}");
    assert!(published.said.contains("La distribution a été prévenue"));
}

impl Fixture {
    /// What a full build makes with the theme of the test, without any contribution.
    fn built_with_theme(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.work.path().join("site"))
    }

    /// Hides an idea, as a moderator does.
    async fn hide(&self, moderator: &mut crate::app::Browser, idea: &str) {
        let office = format!("/moderation/contributions/{}", id_of(idea));
        let item = self.app.get_as(moderator, &office).await;
        let typed = [("reason", "illegal"), ("message", "La loi l’interdit.")];
        let hidden = self.app.submit(moderator, &item, "/masquer", &typed).await;
        assert!(hidden.location().contains("fait=hide&"));
    }
}
