//! A database that fails all the time, and people who send again what was not answered.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::{Contribution, ContributionId, Status};
use ecoute::Engine;
use ecoute::serve::{Database, Expired, Timeouts};
use functions::Store;
use functions::store::MailLane;
use reqwest::Client;
use reqwest::redirect::Policy;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::chance::Chance;
use crate::citizen::Citizen;
use crate::kept::{self, Liked, Marks};
use crate::moderator::{self, Published};
use crate::patience::{LIMITS, TIMEOUTS};
use crate::proxy::Proxy;
use crate::site::{Site, accueil, tables, until};
use crate::{Progress, times};

const WRITERS: u64 = 8;
const COMMENTERS: u64 = 3;
const PEOPLE: u64 = 16;
const STAYING: u64 = 2;
const MODERATORS: u64 = 2;

/// What is done until enough went wrong.
#[derive(Clone)]
struct Load {
    client: Client,
    url: String,
    proxy: Arc<Proxy>,
    /// How many requests are to go wrong, and how many answers of the stream.
    goal: (u32, u32),
    ideas: Arc<Vec<ContributionId>>,
    progress: Arc<Progress>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_whatever_the_database_does() {
    let faults = times(240, 10_000);
    let goal = (faults - faults / 20, faults / 20);
    let folder = TempDir::new().unwrap();
    let (engine, database) = upstream(folder.path());
    let Database::At { endpoint, tables } = &database else {
        unreachable!("an endpoint");
    };
    let proxy = Arc::new(Proxy::before(endpoint, goal.0).await);
    // The limits are those of a real site, which faults are to meet; but all is published at the
    // stop, however long that takes.
    let behind = Database::At {
        endpoint: proxy.url.clone(),
        tables: tables.clone(),
    };
    let timeouts = Timeouts {
        stop: TIMEOUTS.stop,
        ..Timeouts::default()
    };
    let site = Site::on(behind, timeouts).await;
    let load = Load {
        client: Client::builder().redirect(Policy::none()).build().unwrap(),
        url: site.url().to_owned(),
        proxy: proxy.clone(),
        goal,
        ideas: Arc::new(site.publish(6).await),
        progress: Arc::new(Progress::of("faults", faults)),
    };
    let password = site.served.new_password.clone().unwrap();
    let mut desk = JoinSet::new();
    let published = Arc::new(AtomicU32::new(0));
    for _ in 0..MODERATORS {
        let moderator = moderator::logged_in(site.url(), &password).await;
        desk.spawn(moderating(load.clone(), moderator, published.clone()));
    }

    // Whose very first like is not answered has no cookie, and is somebody else the next time.
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        let mut person = load.somebody();
        person.choose(load.ideas[0].as_str(), true).await;
        people.push(person);
    }

    proxy.fails(true);
    let mut writing = JoinSet::new();
    for number in 0..WRITERS {
        writing.spawn(ideas(load.clone(), number));
    }
    for number in 0..COMMENTERS {
        writing.spawn(comments(load.clone(), number));
    }
    let mut liking = JoinSet::new();
    for (person, number) in people.into_iter().zip(0..) {
        liking.spawn(likes(load.clone(), person, number));
    }
    let acknowledged: Marks = writing.join_all().await.into_iter().flatten().collect();
    let all = liking.join_all().await;
    desk.join_all().await;
    proxy.fails(false);

    // Letters that were taken and then not known to have left come again after five minutes, and
    // those of a day's comments when it is over.
    site.pass(2 * 24 * 3600);
    let store = Store::local_within(endpoint, tables, LIMITS);
    until("all letters left", async || {
        store
            .letters(MailLane::Waiting, 1)
            .await
            .unwrap()
            .is_empty()
    })
    .await;
    until("counts are exact", async || {
        let published = store.published().await.unwrap();
        store.differences(&published).await.unwrap().is_empty()
    })
    .await;
    let left = site.stop().await;
    let kept = kept::contributions(&store).await;
    kept::assert_once(&kept, &acknowledged);
    let receipts = kept::items(&store, "RECEIPT#").await;
    assert_eq!(receipts, kept.len() - load.ideas.len());
    assert_letters(&store, &left.data.path().join("outbox")).await;
    kept::assert_likes(&store, &all).await;
    kept::assert_counts(&store).await;
    let decided = kept::assert_decided_once(&store).await;
    assert!(decided >= usize::try_from(published.load(Ordering::SeqCst)).unwrap());
    left.assert_pages().await;
    println!(
        "{} faults {:?}: {} contributions acknowledged, 0 lost, 0 doubled; {decided} published",
        proxy.faults().0 + proxy.faults().1,
        proxy.counts(),
        acknowledged.len(),
    );
    drop(left);
    if let Some(engine) = engine {
        tokio::task::spawn_blocking(move || engine.stop())
            .await
            .unwrap();
    }
}

/// The database itself: one of this test, or the one that tests are told.
fn upstream(folder: &Path) -> (Option<Engine>, Database) {
    let (engine, endpoint) = match std::env::var("ECOUTE_TEST_DYNAMODB") {
        Ok(endpoint) => (None, endpoint),
        Err(_) => {
            let engine = Engine::start(folder, Expired::Kept).unwrap();
            let endpoint = engine.endpoint().to_owned();
            (Some(engine), endpoint)
        }
    };
    let tables = tables();
    (engine, Database::At { endpoint, tables })
}

impl Load {
    /// Whether enough requests went wrong.
    fn goes_on(&self) -> bool {
        self.proxy.faults().0 < self.goal.0
    }

    /// Whether enough answers of the stream did: some go on until then, and not so many that what
    /// follows the stream has hours to catch up.
    fn flows_on(&self) -> bool {
        let (requests, stream) = self.proxy.faults();
        self.progress.at(requests + stream.min(self.goal.1));
        self.goes_on() || stream < self.goal.1
    }

    fn somebody(&self) -> Citizen {
        Citizen::with(&self.client, &self.url)
    }
}

/// Puts ideas forward, each until there is a receipt; answers what was acknowledged.
async fn ideas(load: Load, number: u64) -> Vec<String> {
    let mut chance = Chance::of(100 + number);
    let mut acknowledged = Vec::new();
    while load.goes_on() {
        let mut author = load.somebody();
        let title = format!("Idée {number}-{}", acknowledged.len());
        let email = format!("auteur-{number}-{}@example.org", acknowledged.len());
        let reviewed = author.review_idea(&title, &email).await;
        let receipt = author.confirm(&reviewed).await;
        // Some press the button again, or come back and reload.
        if chance.percent(20) {
            assert_eq!(author.confirm(&reviewed).await, receipt);
        }
        acknowledged.push(title);
    }
    acknowledged
}

/// The same of comments.
async fn comments(load: Load, number: u64) -> Vec<String> {
    let mut chance = Chance::of(200 + number);
    let mut acknowledged = Vec::new();
    while load.goes_on() {
        let mut author = load.somebody();
        let text = format!("Commentaire {number}-{}", acknowledged.len());
        let idea = &load.ideas[chance.below(load.ideas.len())];
        let reviewed = author.review_comment(idea.as_str(), &text).await;
        author.confirm(&reviewed).await;
        acknowledged.push(text);
    }
    acknowledged
}

/// Likes ideas and takes it back; answers what was done last.
async fn likes(load: Load, mut person: Citizen, number: u64) -> Liked {
    let mut chance = Chance::of(300 + number);
    let mut likes = BTreeMap::from([(load.ideas[0].clone(), true)]);
    while load.goes_on() || (number < STAYING && load.flows_on()) {
        person.moves();
        let idea = &load.ideas[chance.below(load.ideas.len())];
        let choice = chance.percent(60);
        person.choose(idea.as_str(), choice).await;
        likes.insert(idea.clone(), choice);
    }
    let cookie = person.cookie;
    Liked { cookie, likes }
}

/// Publishes what waits.
async fn moderating(load: Load, mut moderator: Citizen, published: Arc<AtomicU32>) {
    while load.flows_on() {
        match moderator::publish_next(&mut moderator).await {
            Published::This(_) => {
                published.fetch_add(1, Ordering::SeqCst);
            }
            Published::Already => {}
            Published::Nothing => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Fails unless each author was told once that the idea arrived, and once that it is published,
/// where it is.
async fn assert_letters(store: &Store, outbox: &Path) {
    let mut expected: BTreeMap<String, usize> = BTreeMap::new();
    for counted in store.contributions_to(&accueil(), &|_| ()).await.unwrap() {
        let Contribution::Idea(idea) = &counted.held.contribution else {
            continue;
        };
        if let Some(number) = idea.title.as_str().strip_prefix("Idée ")
            && !number.starts_with("de départ")
        {
            let letters = 1 + usize::from(counted.held.status == Status::Published);
            expected.insert(format!("auteur-{number}@example.org"), letters);
        }
    }
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for file in std::fs::read_dir(outbox).unwrap() {
        let message = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let to = message.split_once("To: ").unwrap().1;
        let to = to.lines().next().unwrap().trim_matches(['<', '>', '\r']);
        *told.entry(to.to_owned()).or_default() += 1;
    }
    assert_eq!(told, expected);
}
