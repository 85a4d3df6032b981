//! A whole site to test: its pages and forms over HTTP, its clock, its folders.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use domain::Grant;
use ecoute::serve::{self, DEMO_LOGIN, Database, Options, Served, Timeouts};
use functions::Senders;
use functions::store::{COMMAND, Change, Moderator};
use jiff::{Timestamp, ToSpan};
use reqwest::header::{COOKIE, HeaderMap, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use tempfile::TempDir;

use crate::page::Page;

/// When tests take place, unless they say otherwise: a campaign is open.
pub const NOW: &str = "2026-11-23T10:00:00Z";

/// The password of the moderators that a test makes.
pub const PASSWORD: &str = "un mot de passe pour les tests";

/// A site that runs in this process.
pub struct TestApp {
    pub served: Served,
    pub data: TempDir,
    content: PathBuf,
    clock: Arc<AtomicI64>,
    client: Client,
    password: String,
    tables: String,
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
        Self::with(content, Timeouts::default()).await
    }

    /// A site that waits for as long as this.
    pub async fn with_timeouts(timeouts: Timeouts) -> Self {
        Self::with(&repository("tests/fixtures/content"), timeouts).await
    }

    async fn with(content: &Path, timeouts: Timeouts) -> Self {
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
        let served = start(data.path(), content, &clock, &tables, timeouts).await;
        let password = served.new_password.clone().unwrap();
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self {
            served,
            data,
            content: content.to_owned(),
            clock,
            client,
            password,
            tables,
        }
    }

    /// A site whose campaign is open at the system's own time, and not at the test's.
    pub async fn with_open_campaign() -> Self {
        let folder = TempDir::new().unwrap();
        let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let fixture = repository("tests/fixtures/content");
        for entry in [
            "spaces/national.md",
            "spaces/gard.md",
            "site.toml",
            "campaigns/accueil.md",
        ] {
            let target = folder.path().join(entry);
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            let text = std::fs::read_to_string(fixture.join(entry)).unwrap();
            let text = text
                .replace("2026-11-02", &today.saturating_sub(2.days()).to_string())
                .replace("2026-12-15", &today.saturating_add(2.days()).to_string());
            std::fs::write(target, text).unwrap();
        }
        let app = Self::with_content(folder.path()).await;
        app.set_clock(&Timestamp::now().to_string());
        app
    }

    /// Where the site's contributions are kept, for a command beside it.
    pub fn database(&self) -> Database {
        database(&self.tables)
    }

    /// What the names of the store's tables begin with.
    pub fn tables(&self) -> &str {
        match std::env::var("ECOUTE_TEST_DYNAMODB") {
            Ok(_) => &self.tables,
            Err(_) => "ecoute",
        }
    }

    /// Stops the site and starts it again on the same data.
    pub async fn restart(self) -> Self {
        self.served.stop().await;
        let served = start(
            self.data.path(),
            &self.content,
            &self.clock,
            &self.tables,
            Timeouts::default(),
        )
        .await;
        Self { served, ..self }
    }

    pub fn set_clock(&self, now: &str) {
        let now: Timestamp = now.parse().unwrap();
        self.clock.store(now.as_millisecond(), Ordering::SeqCst);
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.clock.load(Ordering::SeqCst)).unwrap()
    }

    pub fn site_dir(&self) -> PathBuf {
        self.data.path().join("site")
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.served.address)
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

    /// Asks for a page until it holds, for half a minute at the most.
    pub async fn eventually(&self, path: &str, holds: impl Fn(&Answer) -> bool) -> Answer {
        const PATIENCE: Duration = Duration::from_secs(30);
        let started = Instant::now();
        loop {
            let answer = self.get(path).await;
            if holds(&answer) {
                return answer;
            }
            assert!(
                started.elapsed() < PATIENCE,
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

    /// Sends a review page on.
    pub async fn confirm(&self, review: &Answer) -> Answer {
        let page = review.page();
        let (action, fields) = page.form_with("ticket");
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
        self.post_as(browser, "/moderation/connexion", &form).await
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
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "never published"
            );
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

    /// The messages in the outbox, oldest first, decoded.
    pub fn outbox(&self) -> Vec<String> {
        let mut files: Vec<_> = std::fs::read_dir(self.data.path().join("outbox"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort_by_key(|path| std::fs::metadata(path).unwrap().modified().unwrap());
        files
            .iter()
            .map(|path| std::fs::read_to_string(path).unwrap())
            .collect()
    }
}

/// An address that nothing was sent from, so that no quota is met by chance.
fn somewhere() -> String {
    static SENT: AtomicU64 = AtomicU64::new(0);
    let [.., a, b, c] = SENT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    format!("10.{a}.{b}.{c}")
}

async fn start(
    data: &Path,
    content: &Path,
    clock: &Arc<AtomicI64>,
    tables: &str,
    timeouts: Timeouts,
) -> Served {
    let clock = Arc::clone(clock);
    let options = Options {
        data_dir: data.to_owned(),
        content: content.to_owned(),
        theme: repository("themes/default"),
        listen: "127.0.0.1:0".to_owned(),
        site_url: None,
        clock: Arc::new(move || Timestamp::from_millisecond(clock.load(Ordering::SeqCst)).unwrap()),
        database: database(tables),
        senders: Senders::Proxy,
        timeouts,
        mail: ecoute::post::MailOptions::default(),
    };
    match serve::start(options).await {
        Ok(served) => served,
        Err(stopped) => panic!("{stopped}"),
    }
}

/// Where contributions are kept: on the embedded engine, unless an endpoint is given.
fn database(tables: &str) -> Database {
    match std::env::var("ECOUTE_TEST_DYNAMODB") {
        Ok(endpoint) => Database::At {
            endpoint,
            tables: tables.to_owned(),
        },
        Err(_) => Database::Embedded,
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
