//! A whole site that runs in this process, and its pages beside those of a full build.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use domain::{Body, Contribution, ContributionId, Idea, IdeaKind, Slug, Title};
use ecoute::Engine;
use ecoute::post::MailOptions;
use ecoute::serve::{self, Database, Expired, Options, Served, Timeouts};
use functions::{Clock, Senders, Store, random};
use jiff::{SignedDuration, Timestamp};
use site_gen::{Build, Contributions, Directory, Placement, Renderer};
use tempfile::TempDir;

use crate::patience::{LIMITS, TIMEOUTS};
use crate::times;

/// When it begins: a campaign of the fixture is open.
const BEGINS: &str = "2026-11-23T10:00:00Z";

/// A site; its clock goes on by itself.
pub struct Site {
    pub served: Served,
    pub database: Database,
    pub data: TempDir,
    later: Arc<AtomicI64>,
    pub clock: Clock,
}

/// The folder of a site that was stopped, and its store.
pub struct Left {
    pub store: Store,
    pub data: TempDir,
    pub site_url: String,
    pub now: Timestamp,
    _engine: Engine,
}

impl Site {
    /// A site on the embedded engine, or at the endpoint that tests are told.
    pub async fn start() -> Self {
        let database = match std::env::var("ECOUTE_TEST_DYNAMODB") {
            Ok(endpoint) => Database::At {
                endpoint,
                tables: tables(),
            },
            Err(_) => Database::Embedded,
        };
        Self::on(database, TIMEOUTS).await
    }

    /// A site whose store is there, and that waits as long as this.
    pub async fn on(database: Database, timeouts: Timeouts) -> Self {
        let data = TempDir::new().unwrap();
        let later = Arc::new(AtomicI64::new(0));
        let clock = clock(Arc::clone(&later));
        let served = serve::start(Options {
            data_dir: data.path().to_owned(),
            content: repository("tests/fixtures/content"),
            theme: repository("themes/default"),
            listen: "127.0.0.1:0".to_owned(),
            expired: Expired::Kept,
            site_url: None,
            clock: Arc::clone(&clock),
            database: database.clone(),
            senders: Senders::Proxy,
            timeouts,
            mail: MailOptions::default(),
            oidc: None,
        })
        .await;
        let served = served.unwrap_or_else(|stopped| panic!("{stopped}"));
        Self {
            served,
            database,
            data,
            later,
            clock,
        }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.served.site_url
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: i64) {
        self.later.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// Publishes ideas that come from elsewhere, and waits until their pages are there.
    pub async fn publish(&self, ideas: usize) -> Vec<ContributionId> {
        let mut published = Vec::new();
        for number in 0..ideas {
            let idea = idea(&format!("Idée de départ {number}"));
            let id = idea.id.clone();
            let at = Some(idea.received_at);
            let contribution = Contribution::Idea(idea);
            let store = self.served.store();
            store.import(&contribution, at).await.unwrap();
            published.push(id);
        }
        let folder = self.data.path().join("site/campagnes/accueil/idees");
        let is_there = |id: &ContributionId| folder.join(id.as_str()).join("index.html").exists();
        until("the pages of ideas", async || {
            published.iter().all(is_there)
        })
        .await;
        published
    }

    /// Stops; everything that waits is published before.
    pub async fn stop(self) -> Left {
        let now = (self.clock)();
        let site_url = self.served.site_url.clone();
        self.served.stop().await;
        let (engine, store) = open(&self.database, self.data.path());
        Left {
            store,
            data: self.data,
            site_url,
            now,
            _engine: engine,
        }
    }
}

impl Left {
    /// Fails where the pages are not, byte for byte, those that a full build makes.
    pub async fn assert_pages(&self) {
        let content = repository("tests/fixtures/content");
        let published = self.store.published().await.unwrap();
        let built = full_build(&content, &self.site_url, &published, self.now);
        assert_same(&files(&self.data.path().join("site")), &built);
    }
}

/// An idea of the campaign of the fixture, from elsewhere.
pub fn idea(title: &str) -> Idea {
    Idea {
        id: ContributionId::from_bytes(random()),
        campaign: accueil(),
        kind: IdeaKind::Idea,
        category: Some("Horaires".to_owned()),
        question: None,
        title: Title::parse(title, Title::MAX).unwrap(),
        body: Body::parse("Ouvrir le soir aiderait.", 2000).unwrap(),
        received_at: BEGINS.parse().unwrap(),
        carried_likes: 0,
    }
}

/// The campaign of the fixture that is open.
pub fn accueil() -> Slug {
    Slug::parse("accueil").unwrap()
}

/// Names of tables that nobody has.
pub fn tables() -> String {
    static SITES: AtomicU64 = AtomicU64::new(0);
    let number = SITES.fetch_add(1, Ordering::Relaxed);
    format!("proof-{}-{number}", std::process::id())
}

/// The store of a database that no process holds.
pub fn open(database: &Database, data: &Path) -> (Engine, Store) {
    let (engine, tables) = match database {
        Database::Embedded => (Engine::start(data, Expired::Kept).unwrap(), "ecoute"),
        Database::At { endpoint, tables } => (Engine::at(endpoint), tables.as_str()),
    };
    let store = Store::local_within(engine.endpoint(), tables, LIMITS);
    (engine, store)
}

/// A clock that goes on from [`BEGINS`], and by so many milliseconds more.
pub fn clock(later: Arc<AtomicI64>) -> Clock {
    let begins: Timestamp = BEGINS.parse().unwrap();
    let began = Instant::now();
    Arc::new(move || {
        let elapsed = SignedDuration::try_from(began.elapsed()).unwrap();
        begins + elapsed + SignedDuration::from_millis(later.load(Ordering::SeqCst))
    })
}

/// Asks again and again until something holds, for a minute at the most, and ten in a long run.
pub async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let patience = Duration::from_mins(times(1, 10).into());
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < patience, "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The site that a full build makes of what is published.
pub fn full_build(
    content: &Path,
    site_url: &str,
    published: &Contributions,
    now: Timestamp,
) -> BTreeMap<String, Vec<u8>> {
    let folder = TempDir::new().unwrap();
    let exported = folder.path().join("contributions.jsonl");
    std::fs::write(&exported, published.to_lines()).unwrap();
    let contributions = Contributions::read(&exported).unwrap();
    let theme = repository("themes/default");
    let (bundle, material) = site_gen::load(content, &theme, site_url).unwrap();
    let mut renderer = Renderer::new(bundle, Path::new("templates")).unwrap();
    let out = folder.path().join("site");
    let build = Build {
        renderer: &mut renderer,
        material: &material,
        contributions: &contributions,
        now,
        copies: &[],
    };
    let output = Directory::open(&out).unwrap();
    build.put(&output, Placement::Whole).unwrap();
    files(&out)
}

/// Fails where two sites have not the same files, or one of them differs.
#[track_caller]
pub fn assert_same(left: &BTreeMap<String, Vec<u8>>, built: &BTreeMap<String, Vec<u8>>) {
    let only = |one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>| {
        let names = one.keys().filter(|name| !other.contains_key(*name));
        names.cloned().collect::<Vec<_>>()
    };
    let nothing: Vec<String> = Vec::new();
    assert_eq!(only(left, built), nothing, "pages that no build makes");
    assert_eq!(only(built, left), nothing, "pages that are missing");
    let differing = built.iter().filter(|(name, bytes)| left[*name] != **bytes);
    let differing: Vec<&String> = differing.map(|(name, _)| name).collect();
    assert!(differing.is_empty(), "pages that differ: {differing:?}");
}

/// The files of a site, by path, without the generator's own notes.
pub fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_string_lossy();
            if path.is_dir() {
                folders.push(path);
            } else if !name.starts_with(".site-gen") {
                found.insert(name.into_owned(), std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// A file of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
