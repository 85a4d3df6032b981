//! A whole site in a folder of its own, and who uses it over HTTP.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use domain::{Body, Contribution, ContributionId, Idea, IdeaKind, Slug, Title};
use ecoute::Engine;
use ecoute::serve::{self, Database, Expired, Options, Served, Timeouts};
use functions::{Senders, Store, random};
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{ACCEPT_ENCODING, ORIGIN};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use tempfile::TempDir;

/// When it begins: a campaign of the fixture is open.
const BEGINS: &str = "2026-11-23T10:00:00Z";

/// Likes that each idea brought.
const CARRIED: u64 = 7;

pub(crate) struct Site {
    pub(crate) served: Served,
    pub(crate) ideas: Vec<ContributionId>,
    client: Client,
    /// The address of whoever sends next.
    senders: AtomicU32,
    origin: String,
    _data: TempDir,
}

/// The fields of a review page.
pub(crate) struct Review(Vec<(String, String)>);

impl Site {
    /// A site with so many published ideas, which has settled.
    pub(crate) async fn start(ideas: usize) -> Self {
        let data = TempDir::new().unwrap();
        let ideas: Vec<ContributionId> = (0..ideas)
            .map(|_| ContributionId::from_bytes(random()))
            .collect();
        publish(data.path(), &ideas).await;
        let begins: Timestamp = BEGINS.parse().unwrap();
        let began = Instant::now();
        let options = Options {
            data_dir: data.path().to_owned(),
            content: repository("tests/fixtures/content"),
            theme: repository("themes/default"),
            listen: "127.0.0.1:0".to_owned(),
            expired: Expired::Kept,
            site_url: None,
            clock: Arc::new(move || begins + SignedDuration::try_from(began.elapsed()).unwrap()),
            database: Database::Embedded,
            senders: Senders::Proxy,
            timeouts: Timeouts::default(),
            mail: ecoute::post::MailOptions::default(),
            oidc: None,
        };
        let served = match serve::start(options).await {
            Ok(served) => served,
            Err(stopped) => panic!("{stopped}"),
        };
        Self {
            ideas,
            senders: AtomicU32::new(Ipv4Addr::new(10, 0, 0, 1).to_bits()),
            client: Client::builder().redirect(Policy::none()).build().unwrap(),
            origin: served.site_url.clone(),
            served,
            _data: data,
        }
    }

    pub(crate) async fn stop(site: Arc<Self>) {
        let site = Arc::into_inner(site).unwrap();
        drop(site.client);
        site.served.stop().await;
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> (StatusCode, String) {
        // Everybody sends from somewhere else, so that quotas hold nobody back.
        let sender = Ipv4Addr::from_bits(self.senders.fetch_add(1, Ordering::Relaxed));
        let answer = self
            .client
            .post(format!("{}{path}", self.origin))
            .header(ORIGIN, &self.origin)
            .header("x-forwarded-for", sender.to_string())
            .form(form)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        (status, answer.text().await.unwrap())
    }

    /// Sends the form of an idea; answers what its review page carries.
    pub(crate) async fn review(&self) -> Review {
        let form = [
            ("kind", "idea"),
            ("category", "Horaires"),
            ("title", "Ouvrir le soir"),
            (
                "text",
                "Ouvrir le soir aiderait les parents qui travaillent.",
            ),
        ];
        let (status, page) = self.post("/participer/accueil/idees", &form).await;
        assert_eq!(status, StatusCode::OK);
        let mut fields: Vec<(String, String)> = form
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let ticket = page.split_once("name=\"ticket\" value=\"").unwrap().1;
        let ticket = ticket.split_once('"').unwrap().0;
        fields.push(("ticket".to_owned(), ticket.to_owned()));
        Review(fields)
    }

    /// Sends a review page on: the idea is kept.
    pub(crate) async fn send(&self, Review(fields): &Review) {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let (status, _) = self
            .post("/participer/accueil/idees/envoyer", &fields)
            .await;
        assert_eq!(status, StatusCode::SEE_OTHER);
    }

    /// Somebody new likes an idea.
    pub(crate) async fn like(&self, place: usize) {
        let path = format!("/participer/accueil/idees/{}/soutien", self.ideas[place]);
        let (status, _) = self.post(&path, &[("choice", "like")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
    }

    /// How many likes of an idea are kept.
    pub(crate) async fn likes(&self, place: usize) -> u64 {
        let idea = self.served.store().published_idea(&self.ideas[place]);
        idea.await.unwrap().unwrap().likes - CARRIED
    }

    /// Asks for live counts; answers how many bytes they are.
    pub(crate) async fn counts(&self, encoding: &str) -> usize {
        let answer = self
            .client
            .get(format!("{}/api/compteurs?campagne=accueil", self.origin))
            .header(ACCEPT_ENCODING, encoding)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.bytes().await.unwrap().len()
    }
}

/// An idea of the campaign of the fixture.
pub(crate) fn idea(id: ContributionId, carried_likes: u64) -> Idea {
    Idea {
        id,
        campaign: Slug::parse("accueil").unwrap(),
        kind: IdeaKind::Idea,
        category: Some("Horaires".to_owned()),
        question: None,
        title: Title::parse("Ouvrir le soir", Title::MAX).unwrap(),
        body: Body::parse("Ouvrir le soir aiderait les parents qui travaillent.", 2000).unwrap(),
        received_at: BEGINS.parse().unwrap(),
        carried_likes,
    }
}

/// Publishes ideas in a folder before its site starts.
async fn publish(data: &Path, ideas: &[ContributionId]) {
    let engine = Engine::start(data, Expired::Kept).unwrap();
    let store = Arc::new(Store::local(engine.endpoint(), "ecoute"));
    store.create_tables().await.unwrap();
    for some in ideas.chunks(16) {
        let mut writing = tokio::task::JoinSet::new();
        for id in some {
            let (store, id) = (store.clone(), id.clone());
            writing.spawn(async move {
                let contribution = Contribution::Idea(idea(id, CARRIED));
                let at = Some(BEGINS.parse().unwrap());
                store.import(&contribution, at).await.unwrap();
            });
        }
        writing.join_all().await;
    }
    tokio::task::spawn_blocking(move || engine.stop())
        .await
        .unwrap();
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
