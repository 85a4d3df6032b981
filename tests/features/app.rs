//! A whole site to test: its pages and forms over HTTP, its clock, its folders.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use domain::Grant;
use ecoute::data::Data;
use ecoute::post::MailOptions;
use ecoute::serve::{self, DEMO_LOGIN, Database, Expired, Options, Served, Timeouts};
use functions::store::{COMMAND, Change, MailLane, Moderator, Queued};
use functions::{OidcSettings, Senders, Worker};
use jiff::Timestamp;
use reqwest::header::{COOKIE, HeaderMap, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use tempfile::TempDir;

use crate::cloud::function::{Deployed, Pages};
use crate::cloud::{self, Cloud, Deployment};
use crate::message::Message;
use crate::object_store::{BUCKET, ObjectStore};
use crate::page::Page;
use crate::patience::TIMEOUTS;

/// When tests take place, unless they say otherwise: a campaign is open.
pub const NOW: &str = "2026-11-23T10:00:00Z";

/// The password of the moderators that a test makes.
pub const PASSWORD: &str = "un mot de passe pour les tests";

/// For how long something is waited for that comes by itself: on a quiet machine it is there in
/// two seconds, and what is late on a busy one is no defect.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A site that runs in this process.
pub struct TestApp {
    pub served: Served,
    pub data: TempDir,
    content: PathBuf,
    clock: Arc<AtomicI64>,
    client: Client,
    password: String,
    tables: String,
    engine: Option<String>,
    /// What stands before the functions, where they are deployed.
    pub cloud: Option<Cloud>,
    outside: Outside,
}

/// What a site reaches beside its store.
#[derive(Clone, Default)]
struct Outside {
    mail: MailOptions,
    oidc: Option<OidcSettings>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// Somebody who uses the site: the cookies of one browser.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    pub cookies: Vec<(String, String)>,
}

/// A file of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

impl TestApp {
    pub async fn start() -> Self {
        Self::with_content(&repository("tests/fixtures/content")).await
    }

    pub async fn with_content(content: &Path) -> Self {
        Self::started(content, None, Outside::default(), TIMEOUTS).await
    }

    /// A site behind its functions' own binaries, all of which keeps its contributions at this
    /// endpoint, in tables of its own.
    pub async fn deployed_on(endpoint: &str, content: &Path) -> Self {
        let engine = Some(endpoint.to_owned());
        let outside = Outside::default();
        let app = Self::started_on(engine, content, None, outside, TIMEOUTS).await;
        match &app.cloud {
            Some(_) => app,
            None => Self {
                cloud: Some(app.deploy().await),
                ..app
            },
        }
    }

    /// A site that waits for as long as this.
    pub async fn with_timeouts(timeouts: Timeouts) -> Self {
        let content = repository("tests/fixtures/content");
        Self::started(&content, None, Outside::default(), timeouts).await
    }

    /// A site whose mail goes to a server on this machine.
    pub async fn with_smtp(url: &str) -> Self {
        let mail = MailOptions {
            smtp: Some(url.to_owned()),
            ..MailOptions::default()
        };
        let content = repository("tests/fixtures/content");
        let outside = Outside { mail, oidc: None };
        Self::started(&content, None, outside, TIMEOUTS).await
    }

    /// A site at this public address whose moderators have a provider.
    pub async fn with_oidc(site_url: &str, oidc: OidcSettings) -> Self {
        let content = repository("tests/fixtures/content");
        let outside = Outside {
            oidc: Some(oidc),
            ..Outside::default()
        };
        Self::started(&content, Some(site_url), outside, TIMEOUTS).await
    }

    /// A site whose public address is this.
    pub async fn at(site_url: &str) -> Self {
        let content = repository("tests/fixtures/content");
        Self::started(&content, Some(site_url), Outside::default(), TIMEOUTS).await
    }

    /// A site behind its functions' own binaries, whichever way the other tests go.
    pub async fn deployed() -> Self {
        let app = Self::start().await;
        let cloud = Some(app.deploy().await);
        Self { cloud, ..app }
    }

    async fn started(
        content: &Path,
        site_url: Option<&str>,
        outside: Outside,
        timeouts: Timeouts,
    ) -> Self {
        let engine = std::env::var("ECOUTE_TEST_DYNAMODB").ok();
        Self::started_on(engine, content, site_url, outside, timeouts).await
    }

    /// A site that keeps contributions at an endpoint, or on an embedded engine of its own.
    async fn started_on(
        engine: Option<String>,
        content: &Path,
        site_url: Option<&str>,
        outside: Outside,
        timeouts: Timeouts,
    ) -> Self {
        static APPS: AtomicU64 = AtomicU64::new(0);
        let tables = format!(
            "test-{}-{}",
            std::process::id(),
            APPS.fetch_add(1, Ordering::Relaxed)
        );
        let data = TempDir::new().unwrap();
        let clock = Arc::new(AtomicI64::new(
            NOW.parse::<Timestamp>().unwrap().as_millisecond(),
        ));
        let places = Places {
            data: data.path(),
            content,
            tables: &tables,
            engine: engine.as_deref(),
        };
        let served = start(places, &clock, &outside, site_url, timeouts).await;
        let password = served.new_password.clone().unwrap();
        // The site closes a connection that asks nothing for ten seconds: none is used again that
        // may be closed at that moment.
        let client = Client::builder()
            .redirect(Policy::none())
            .pool_idle_timeout(TIMEOUTS.headers / 2)
            .build()
            .unwrap();
        let app = Self {
            served,
            data,
            content: content.to_owned(),
            clock,
            client,
            password,
            tables,
            engine,
            outside,
            cloud: None,
        };
        let cloud = match cloud::is_the_way() {
            true => Some(app.deploy().await),
            false => None,
        };
        Self { cloud, ..app }
    }

    /// What puts this site behind its functions' own binaries.
    async fn deploy(&self) -> Cloud {
        Cloud::start(self.deployment()).await
    }

    fn deployment(&self) -> Deployment<'_> {
        Deployment {
            data: self.data.path(),
            smtp: self.outside.mail.smtp.as_deref(),
            oidc: self.outside.oidc.as_ref(),
            engine: endpoint(self.engine.as_deref(), self.data.path()),
            tables: self.tables(),
            files: self.served.address,
            clock: Arc::clone(&self.clock),
        }
    }

    /// Where the site's contributions are kept, for a command beside it.
    pub fn database(&self) -> Database {
        database(self.engine.as_deref(), &self.tables)
    }

    /// Where its data are, for a command beside it.
    pub fn site_data(&self) -> Data {
        Data::Machine {
            data_dir: self.data.path().to_owned(),
            database: self.database(),
        }
    }

    /// What the names of the store's tables begin with.
    pub fn tables(&self) -> &str {
        match &self.engine {
            Some(_) => &self.tables,
            // One that has an engine of its own needs no other.
            None => "ecoute",
        }
    }

    /// Where its store is asked.
    pub fn store_endpoint(&self) -> String {
        endpoint(self.engine.as_deref(), self.data.path())
    }

    /// The secret of its functions.
    pub fn secret(&self) -> String {
        std::fs::read_to_string(self.data.path().join("secret")).unwrap()
    }

    /// Stops the site; its folder is there until the answer is dropped.
    pub async fn stop(self) -> TempDir {
        self.served.stop().await;
        self.data
    }

    /// Waits until so many likes of an idea are kept, whatever its pages say.
    pub async fn counted(&self, idea: &str, likes: u64) {
        let id = idea.trim_end_matches('/').rsplit('/').next().unwrap();
        let id = domain::ContributionId::parse(id).unwrap();
        let started = Instant::now();
        loop {
            let kept = self.served.store().published_idea(&id).await.unwrap();
            let kept = kept.unwrap().likes;
            if kept == likes {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{kept} likes, not {likes}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Stops the site and starts it again on the same data.
    pub async fn restart(self) -> Self {
        self.served.stop().await;
        let places = Places {
            data: self.data.path(),
            content: &self.content,
            tables: &self.tables,
            engine: self.engine.as_deref(),
        };
        let served = start(places, &self.clock, &self.outside, None, TIMEOUTS).await;
        let app = Self { served, ..self };
        let cloud = match &app.cloud {
            Some(_) => Some(app.deploy().await),
            None => None,
        };
        Self { cloud, ..app }
    }

    /// A worker of this site, which puts pages in a folder of its own.
    pub async fn worker(&self, worker: Worker, site: &Path) -> Arc<Deployed> {
        let pages = Pages::Folder(site.to_owned());
        self.deployment().worker(worker, pages).await
    }

    /// A worker of this site, which puts pages in a bucket.
    pub async fn worker_on(&self, worker: Worker, objects: &ObjectStore) -> Arc<Deployed> {
        let pages = Pages::Bucket {
            endpoint: objects.address.clone(),
            name: BUCKET,
        };
        self.deployment().worker(worker, pages).await
    }

    pub fn set_clock(&self, now: &str) {
        let now: Timestamp = now.parse().unwrap();
        self.clock.store(now.as_millisecond(), Ordering::SeqCst);
    }

    /// Moves the clock on by so many seconds.
    pub fn advance(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    /// Lets time pass until counts of likes are rendered again.
    pub fn half_a_minute_later(&self) {
        self.later(30);
    }

    /// Lets time pass.
    pub fn later(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.clock.load(Ordering::SeqCst)).unwrap()
    }

    pub fn site_dir(&self) -> PathBuf {
        self.data.path().join("site")
    }

    pub fn url(&self, path: &str) -> String {
        let address = match &self.cloud {
            Some(cloud) => cloud.address,
            None => self.served.address,
        };
        format!("http://{address}{path}")
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.get_as(&mut Browser::default(), path).await
    }

    pub async fn get_as(&self, browser: &mut Browser, path: &str) -> Answer {
        let request = self
            .client
            .get(self.url(path))
            .header("x-forwarded-for", somewhere());
        browser.send(request).await
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.post_as(&mut Browser::default(), path, form).await
    }

    pub async fn post_as(
        &self,
        browser: &mut Browser,
        path: &str,
        form: &[(&str, &str)],
    ) -> Answer {
        self.post_from(&somewhere(), browser, path, form).await
    }

    /// Sends a form from a network address, as the proxy before the site tells it.
    pub async fn post_from(
        &self,
        address: &str,
        browser: &mut Browser,
        path: &str,
        form: &[(&str, &str)],
    ) -> Answer {
        let request = self
            .client
            .post(self.url(path))
            .header(ORIGIN, &self.served.site_url)
            .header("x-forwarded-for", address)
            .form(form);
        browser.send(request).await
    }

    /// Sends any request.
    pub async fn send(
        &self,
        browser: &mut Browser,
        request: impl FnOnce(&Client) -> reqwest::RequestBuilder,
    ) -> Answer {
        browser.send(request(&self.client)).await
    }

    /// The demo moderator's password.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// A page that is there now.
    pub async fn page(&self, path: &str) -> Page {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        answer.page()
    }

    /// Asks for a page until it holds, for a minute at the most.
    pub async fn eventually(&self, path: &str, holds: impl Fn(&Answer) -> bool) -> Answer {
        self.eventually_within(PATIENCE, path, holds).await
    }

    /// The same, for as long as this.
    pub async fn eventually_within(
        &self,
        patience: Duration,
        path: &str,
        holds: impl Fn(&Answer) -> bool,
    ) -> Answer {
        let started = Instant::now();
        loop {
            let answer = self.get(path).await;
            if holds(&answer) {
                return answer;
            }
            assert!(
                started.elapsed() < patience,
                "{path} never came to hold; at last {}: {}",
                answer.status,
                answer.page().text()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends an idea through its form and review page; answers the address of its receipt.
    pub async fn send_idea(&self, form: &[(&str, &str)]) -> String {
        let review = self.post("/participer/accueil/idees", form).await;
        assert_eq!(review.status, StatusCode::OK, "{}", review.page().text());
        self.confirm(&review).await.location()
    }

    /// Sends a review page on, once it was read: nobody reads one in less than four seconds.
    pub async fn confirm(&self, review: &Answer) -> Answer {
        const READING_MILLISECONDS: i64 = 4_000;
        let page = review.page();
        let (action, fields) = page.form_with("ticket");
        let ticket = fields.iter().find(|(name, _)| name == "ticket");
        let opened = ticket.and_then(|(_, ticket)| ticket.split('.').nth(1));
        let opened: i64 = opened.unwrap().parse().unwrap();
        self.clock
            .fetch_max(opened + READING_MILLISECONDS, Ordering::SeqCst);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let sent = self.post(&action, &fields).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.page().text());
        sent
    }

    /// Logs in as the demo moderator.
    pub async fn moderator(&self) -> Browser {
        let mut browser = Browser::default();
        let answer = self.log_in(&mut browser, DEMO_LOGIN, &self.password).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        browser
    }

    /// Makes a moderator with these grants, as they are spelled in the store, who logs in.
    pub async fn moderator_with(&self, login: &str, grants: &[&str]) -> Browser {
        self.keep_moderator(login, grants).await;
        let mut browser = Browser::default();
        let answer = self.log_in(&mut browser, login, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        browser
    }

    /// Keeps a moderator with these grants and [`PASSWORD`].
    pub async fn keep_moderator(&self, login: &str, grants: &[&str]) {
        let grants = grants.iter().map(|grant| Grant::parse(grant).unwrap());
        let moderator = Moderator::new(login, &format!("Personne {login}"), grants.collect());
        let hash = functions::hash_password(PASSWORD).unwrap();
        let store = self.served.store();
        let added = store.add_moderator(&moderator, &hash, self.now()).await;
        assert!(added.unwrap());
    }

    /// A change to a moderator, by the command.
    pub fn change<'a>(&self, login: &'a str) -> Change<'a> {
        Change {
            login,
            by: COMMAND,
            now: self.now(),
        }
    }

    /// Sends the form of the login.
    pub async fn log_in(&self, browser: &mut Browser, login: &str, password: &str) -> Answer {
        let form = [("login", login), ("password", password)];
        self.post_from(&at_an_office(), browser, "/moderation/connexion", &form)
            .await
    }

    /// Publishes what is first in the queue.
    pub async fn publish_next(&self, moderator: &mut Browser) {
        let queue = self.get_as(moderator, "/moderation/").await;
        let done = self.submit(moderator, &queue, "/publier", &[]).await;
        let location = done.location();
        assert!(location.contains("fait=publish&"), "{location}");
    }

    /// Sends the form of a page whose action ends so, with what it carries and what is typed.
    pub async fn submit(
        &self,
        browser: &mut Browser,
        page: &Answer,
        end: &str,
        typed: &[(&str, &str)],
    ) -> Answer {
        let (action, hidden) = page.page().form_ending(end);
        let mut form: Vec<(&str, &str)> = hidden
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        form.extend(typed);
        self.post_as(browser, &action, &form).await
    }

    /// An idea that is published, and its address.
    pub async fn published_idea(&self, title: &str) -> String {
        let known = self.idea_addresses();
        let form = [
            ("kind", "idea"),
            ("category", "Horaires"),
            ("title", title),
            (
                "text",
                "Ouvrir le soir aiderait les parents qui travaillent.",
            ),
        ];
        self.send_idea(&form).await;
        let mut moderator = self.moderator().await;
        self.publish_next(&mut moderator).await;
        let started = Instant::now();
        loop {
            let now = self.idea_addresses();
            if let Some(new) = now.into_iter().find(|address| !known.contains(address)) {
                return new;
            }
            assert!(started.elapsed() < PATIENCE, "never published");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The addresses of the published ideas of the campaign of the fixture.
    fn idea_addresses(&self) -> Vec<String> {
        let folder = self.site_dir().join("campagnes/accueil/idees");
        let entries = std::fs::read_dir(folder).map(|entries| {
            entries
                .filter_map(Result::ok)
                .filter(|entry| entry.path().join("index.html").exists())
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .filter(|name| name.len() == 16)
                .map(|id| format!("/campagnes/accueil/idees/{id}/"))
                .collect()
        });
        entries.unwrap_or_default()
    }

    /// The messages in the outbox, in the order of their names, once there are `count`.
    pub async fn outbox(&self, count: usize) -> Vec<Message> {
        let folder = self.data.path().join("outbox");
        let started = Instant::now();
        loop {
            let mut files: Vec<_> = std::fs::read_dir(&folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.extension().is_some_and(|kind| kind == "eml"))
                .collect();
            files.sort();
            if files.len() >= count {
                assert_eq!(files.len(), count, "{files:?}");
                return files
                    .iter()
                    .map(|path| Message::parse(&std::fs::read(path).unwrap()))
                    .collect();
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{} messages, never {count}",
                files.len()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What the engine answers when it is asked past the store, of one of the site's tables.
    pub async fn engine(
        &self,
        operation: &str,
        table: &str,
        mut asked: serde_json::Value,
    ) -> serde_json::Value {
        let endpoint = endpoint(self.engine.as_deref(), self.data.path());
        asked["TableName"] = format!("{}-{table}", self.tables()).into();
        let answer = self
            .client
            .post(&endpoint)
            .header("X-Amz-Target", format!("DynamoDB_20120810.{operation}"))
            .header("Content-Type", "application/x-amz-json-1.0")
            .header("X-Amz-Date", "20261123T100000Z")
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=local/20261123/eu-west-3/dynamodb/aws4_request, \
                 SignedHeaders=host, Signature=0",
            )
            .body(asked.to_string())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// Every item of the store, as the engine tells it: of contributions, then of identities.
    pub async fn items(&self) -> (String, String) {
        let scan = async |table: &str| {
            let answer = self.engine("Scan", table, serde_json::json!({})).await;
            assert!(answer.get("LastEvaluatedKey").is_none());
            let mut items: Vec<String> = answer["Items"]
                .as_array()
                .unwrap()
                .iter()
                .map(ToString::to_string)
                .collect();
            items.sort();
            items.join("\n")
        };
        (scan("contributions").await, scan("identities").await)
    }

    /// Waits until the letters that are to be sent were tried so often in all, and none is
    /// being sent: one that was tried says why it did not leave.
    pub async fn mail_tried(&self, tries: u64) {
        let ended = |letter: &Queued| letter.tries == 0 || letter.problem.is_some();
        let store = self.served.store();
        let started = Instant::now();
        loop {
            let letters = store.letters(MailLane::Waiting, 1_000).await.unwrap();
            let now: u64 = letters.iter().map(|letter| letter.tries).sum();
            if now >= tries && letters.iter().all(ended) {
                assert_eq!(now, tries);
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{now} tries, never {tries}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until no letter is due: each has left, was put aside, or had nothing to say any more.
    pub async fn mail_settled(&self) {
        let store = self.served.store();
        let started = Instant::now();
        loop {
            let waiting = store.letters(MailLane::Waiting, 1_000).await.unwrap();
            // One that is tried now is due later, and has no problem yet.
            let rests = |letter: &Queued| {
                letter.at > self.now() && (letter.tries == 0 || letter.problem.is_some())
            };
            if waiting.iter().all(rests) {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{} wait", waiting.len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What is in the mail queue, once it holds: to be sent, put aside, sent.
    pub async fn queue_of_mail(&self, waiting: usize, parked: usize, sent: usize) {
        let store = self.served.store();
        let started = Instant::now();
        loop {
            let mut now = Vec::new();
            for lane in [MailLane::Waiting, MailLane::Parked, MailLane::Sent] {
                now.push(store.letters(lane, 1_000).await.unwrap().len());
            }
            if now == [waiting, parked, sent] {
                return;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{now:?}, never {waiting}, {parked}, {sent}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// An address that nothing was sent from, so that no quota is met by chance.
fn somewhere() -> String {
    static SENT: AtomicU64 = AtomicU64::new(0);
    let [.., a, b, c] = SENT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    format!("10.{a}.{b}.{c}")
}

/// One of the addresses of one network: failures to log in are counted for it.
pub fn at_an_office() -> String {
    static SENT: AtomicU64 = AtomicU64::new(0);
    format!("203.0.113.{}", SENT.fetch_add(1, Ordering::Relaxed) % 256)
}

/// Where a site has its data and its content.
#[derive(Clone, Copy)]
struct Places<'a> {
    data: &'a Path,
    content: &'a Path,
    tables: &'a str,
    engine: Option<&'a str>,
}

async fn start(
    places: Places<'_>,
    clock: &Arc<AtomicI64>,
    outside: &Outside,
    site_url: Option<&str>,
    timeouts: Timeouts,
) -> Served {
    let Places {
        data,
        content,
        tables,
        engine,
    } = places;
    let clock = Arc::clone(clock);
    let options = Options {
        data_dir: data.to_owned(),
        content: content.to_owned(),
        theme: repository("themes/default"),
        listen: "127.0.0.1:0".to_owned(),
        expired: Expired::Kept,
        site_url: site_url.map(str::to_owned),
        clock: Arc::new(move || Timestamp::from_millisecond(clock.load(Ordering::SeqCst)).unwrap()),
        database: database(engine, tables),
        senders: Senders::Proxy,
        timeouts,
        mail: outside.mail.clone(),
        oidc: outside.oidc.clone(),
    };
    match serve::start(options).await {
        Ok(served) => served,
        Err(stopped) => panic!("{stopped}"),
    }
}

/// Where contributions are kept: on the embedded engine, unless an endpoint is given.
fn database(engine: Option<&str>, tables: &str) -> Database {
    match engine {
        Some(endpoint) => Database::At {
            endpoint: endpoint.to_owned(),
            tables: tables.to_owned(),
        },
        None => Database::Embedded,
    }
}

/// Where the store of a site is asked.
fn endpoint(engine: Option<&str>, data: &Path) -> String {
    match engine {
        Some(endpoint) => endpoint.to_owned(),
        None => std::fs::read_to_string(data.join("engine.lock")).unwrap(),
    }
}

impl Browser {
    async fn send(&mut self, mut request: reqwest::RequestBuilder) -> Answer {
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(COOKIE, cookies.join("; "));
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let headers = response.headers().clone();
        let body = response.text().await.unwrap();
        for cookie in headers.get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        Answer {
            status,
            headers,
            body,
        }
    }
}

impl Answer {
    pub fn page(&self) -> Page {
        Page::parse(&self.body)
    }

    /// Where a redirection leads.
    pub fn location(&self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.page().text());
        self.headers[LOCATION].to_str().unwrap().to_owned()
    }
}
