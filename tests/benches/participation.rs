//! How much the site takes, beside what its engine takes for the same writes in the same run.
//!
//! `cargo bench -p tests --bench participation -- [--seconds 5] [--hot 60] [--ideas 10000]`
//!
//! Everything runs in this process: the engine, the site, and who uses it over HTTP, so that all
//! of them share the machine. The engine's own rate is that of the same writes, through the same SDK
//! client, on an engine of its own with no site in front: for an idea the update of a quota, that
//! of the note of its text, and the transaction that keeps it; for a like the update of a quota
//! and a put.

#![expect(clippy::unwrap_used, reason = "a measure that can't go on stops")]

#[path = "participation/load.rs"]
mod load;
#[path = "participation/site.rs"]
mod site;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{Contribution, ContributionId, ContributionRef, Like, Person, Place, Slug};
use ecoute::Engine;
use ecoute::serve::Expired;
use functions::{Store, random};
use jiff::{Timestamp, ToSpan};
use tempfile::TempDir;

use load::{Measured, for_a_while, milliseconds};
use site::{Site, idea};

const CONNECTIONS: [usize; 2] = [16, 64];
/// How many likes a second one idea gets: 10,000 in half a minute.
const HOT_RATE: u32 = 333;

/// What is asked for on the command line.
struct Asked {
    seconds: u64,
    hot: u64,
    ideas: usize,
}

impl Asked {
    fn read() -> Self {
        let given: Vec<String> = std::env::args().collect();
        let number = |name: &str, default: u64| {
            let place = given.iter().position(|argument| argument == name);
            place.map_or(default, |place| given[place + 1].parse().unwrap())
        };
        Self {
            seconds: number("--seconds", 5),
            hot: number("--hot", 60),
            ideas: usize::try_from(number("--ideas", 10_000)).unwrap(),
        }
    }
}

#[tokio::main]
async fn main() {
    let asked = Asked::read();
    let time = Duration::from_secs(asked.seconds);
    println!(
        "| what | connections | engine /s | site /s | engine ÷ site | site p50 ms | site p99 ms |"
    );
    println!("| --- | --: | --: | --: | --: | --: | --: |");
    for connections in CONNECTIONS {
        let engine = engine_adds(connections, time).await;
        let site = site_ideas(connections, time).await;
        row("ideas", connections, &engine, &site);
    }
    for connections in CONNECTIONS {
        let engine = engine_likes(connections, time).await;
        let site = site_likes(connections, time).await;
        row("likes", connections, &engine, &site);
    }
    println!();
    hot(asked.hot).await;
    println!();
    counts(asked.ideas).await;
}

fn row(what: &str, connections: usize, engine: &Measured, site: &Measured) {
    println!(
        "| {what} | {connections} | {:.0} | {:.0} | {:.2} | {} | {} |",
        engine.rate(),
        site.rate(),
        engine.rate() / site.rate(),
        milliseconds(site.percentile(50)),
        milliseconds(site.percentile(99)),
    );
}

/// An engine with nothing in front, and its store.
async fn bare() -> (TempDir, Engine, Arc<Store>) {
    let folder = TempDir::new().unwrap();
    let engine = Engine::start(folder.path(), Expired::Kept).unwrap();
    let store = Store::local(engine.endpoint(), "ecoute");
    store.create_tables().await.unwrap();
    (folder, engine, Arc::new(store))
}

async fn engine_adds(connections: usize, time: Duration) -> Measured {
    let (_folder, engine, store) = bare().await;
    let measured = for_a_while(connections, time, move || {
        let store = store.clone();
        async move {
            let contribution = Contribution::Idea(idea(ContributionId::from_bytes(random()), 0));
            let receipt = format!("{:032x}{:032x}", u128::from_be_bytes(random()), 0);
            let began = Instant::now();
            let flags = BTreeSet::new();
            small_update(&store).await;
            small_update(&store).await;
            store
                .add(
                    &contribution,
                    &receipt,
                    None,
                    &flags,
                    functions::Arrival::ToRead,
                )
                .await
                .unwrap();
            began.elapsed()
        }
    })
    .await;
    stop(engine).await;
    measured
}

/// One update of a small item of its own: a quota's, or the note of a text.
async fn small_update(store: &Store) {
    let place = Place::Campaign(Slug::parse("accueil").unwrap());
    let id = ContributionId::from_bytes(random());
    let reference = ContributionRef::Idea(id.clone());
    let kept_until = Timestamp::now() + 1.hour();
    store
        .repeats(&place, id.as_str(), &reference, kept_until)
        .await
        .unwrap();
}

async fn engine_likes(connections: usize, time: Duration) -> Measured {
    let (_folder, engine, store) = bare().await;
    let ideas: Arc<Vec<_>> = Arc::new(
        (0..50)
            .map(|_| ContributionId::from_bytes(random()))
            .collect(),
    );
    let measured = for_a_while(connections, time, move || {
        let (store, ideas) = (store.clone(), ideas.clone());
        async move {
            let like = Like {
                idea: ideas[usize::from(random::<1>()[0]) % ideas.len()].clone(),
                person: Person::from_bytes(random()),
            };
            let began = Instant::now();
            small_update(&store).await;
            store.like(&like, Timestamp::now()).await.unwrap();
            began.elapsed()
        }
    })
    .await;
    stop(engine).await;
    measured
}

async fn site_ideas(connections: usize, time: Duration) -> Measured {
    let site = Arc::new(Site::start(0).await);
    let shared = site.clone();
    let measured = for_a_while(connections, time, move || {
        let site = shared.clone();
        async move {
            let review = site.review().await;
            let began = Instant::now();
            site.send(&review).await;
            began.elapsed()
        }
    })
    .await;
    let waiting = site.served.store().queue(0).await.unwrap().count;
    assert_eq!(waiting, measured.count() as u64, "all are kept, once");
    Site::stop(site).await;
    measured
}

async fn site_likes(connections: usize, time: Duration) -> Measured {
    let site = Arc::new(Site::start(50).await);
    let shared = site.clone();
    let measured = for_a_while(connections, time, move || {
        let site = shared.clone();
        async move {
            let place = usize::from(random::<1>()[0]) % site.ideas.len();
            let began = Instant::now();
            site.like(place).await;
            began.elapsed()
        }
    })
    .await;
    Site::stop(site).await;
    measured
}

/// Likes of one idea at a steady rate, whatever the site makes of it.
async fn hot(seconds: u64) {
    let site = Arc::new(Site::start(1).await);
    let total = seconds * u64::from(HOT_RATE);
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / HOT_RATE);
    let mut sending = tokio::task::JoinSet::new();
    let began = Instant::now();
    for _ in 0..total {
        ticks.tick().await;
        let site = site.clone();
        sending.spawn(async move {
            let began = Instant::now();
            site.like(0).await;
            began.elapsed()
        });
    }
    let latencies = sending.join_all().await;
    let measured = Measured {
        elapsed: began.elapsed(),
        latencies,
    };
    let ended = Instant::now();
    while site.likes(0).await != total {
        assert!(ended.elapsed() < Duration::from_secs(60), "never exact");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    println!(
        "| likes of one idea | for | asked /s | done /s | p50 ms | p99 ms | exact after the last |"
    );
    println!("| --: | --: | --: | --: | --: | --: | --: |");
    println!(
        "| {total} | {seconds} s | {HOT_RATE} | {:.0} | {} | {} | {} ms |",
        measured.rate(),
        milliseconds(measured.percentile(50)),
        milliseconds(measured.percentile(99)),
        ended.elapsed().as_millis(),
    );
    Site::stop(site).await;
}

/// The live counts of a campaign of many ideas, while they are made anew every five seconds.
async fn counts(ideas: usize) {
    let site = Arc::new(Site::start(ideas).await);
    println!(
        "| /api/compteurs of {ideas} ideas | bytes | requests | p50 ms | p99 ms | longest ms |"
    );
    println!("| --- | --: | --: | --: | --: | --: |");
    for (name, encoding) in [("gzip", "gzip"), ("not compressed", "identity")] {
        let bytes = site.counts(encoding).await;
        let began = Instant::now();
        let mut latencies = Vec::new();
        while began.elapsed() < Duration::from_secs(12) {
            let began = Instant::now();
            site.counts(encoding).await;
            latencies.push(began.elapsed());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let measured = Measured {
            elapsed: began.elapsed(),
            latencies,
        };
        println!(
            "| {name} | {bytes} | {} | {} | {} | {} |",
            measured.count(),
            milliseconds(measured.percentile(50)),
            milliseconds(measured.percentile(99)),
            milliseconds(measured.percentile(100)),
        );
    }
    Site::stop(site).await;
}

async fn stop(engine: Engine) {
    tokio::task::spawn_blocking(move || engine.stop())
        .await
        .unwrap();
}
