//! People who like ideas and take it back, at random.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::ContributionId;
use ecoute::verify::{self, Then};
use reqwest::Client;
use reqwest::redirect::Policy;
use tokio::task::JoinSet;

use crate::chance::Chance;
use crate::citizen::Citizen;
use crate::kept::{self, Liked};
use crate::site::{Site, until};
use crate::{Progress, times};

/// How many people.
const PEOPLE: u64 = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_are_what_everybody_did_last() {
    let operations = times(1_500, 1_000_000);
    let site = Site::start().await;
    let ideas = Arc::new(site.publish(9).await);
    let left = Arc::new(AtomicU32::new(operations));
    let progress = Arc::new(Progress::of("likes and unlikes", operations));
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let mut people = JoinSet::new();
    for number in 0..PEOPLE {
        let person = Citizen::with(&client, site.url());
        people.spawn(choosing(
            person,
            Chance::of(number),
            ideas.clone(),
            left.clone(),
            progress.clone(),
        ));
    }
    let all = people.join_all().await;
    let expected = kept::count(&all);
    let store = site.served.store();
    until("counts are exact", async || {
        let cards = kept::cards(store).await;
        expected.iter().all(|(idea, likes)| cards[idea] == *likes)
    })
    .await;
    kept::assert_likes(store, &all).await;
    kept::assert_counts(store).await;

    // The answer before that may still be given for ten seconds.
    site.pass(11);
    let counts = Citizen::new(site.url())
        .get("/api/compteurs?campagne=accueil")
        .await;
    let counts: serde_json::Value = serde_json::from_str(&counts.body).unwrap();
    let shown: BTreeMap<ContributionId, u64> = ideas
        .iter()
        .map(|idea| {
            let likes = counts["idees"][idea.as_str()]["soutiens"].as_u64();
            (idea.clone(), likes.unwrap())
        })
        .collect();
    assert_eq!(shown, expected);

    let verified = verify::counts(&verify::Options {
        data_dir: site.data.path().to_owned(),
        campaign: None,
        then: Then::Say,
        database: site.database.clone(),
    })
    .await
    .unwrap();
    assert_eq!(verified.table, "");
    println!("{operations} likes and unlikes: {}", verified.said.unwrap());
    site.stop().await.assert_pages().await;
}

/// Likes or takes back until enough was done; answers what was done last.
async fn choosing(
    mut person: Citizen,
    mut chance: Chance,
    ideas: Arc<Vec<ContributionId>>,
    left: Arc<AtomicU32>,
    progress: Arc<Progress>,
) -> Liked {
    let take = |left: u32| left.checked_sub(1);
    let mut liked = Liked::default();
    // A cookie comes with the first like.
    person.choose(ideas[0].as_str(), true).await;
    liked.likes.insert(ideas[0].clone(), true);
    while let Ok(left) = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take) {
        progress.at(progress.of - left);
        person.moves();
        let idea = &ideas[chance.below(ideas.len())];
        let likes = chance.percent(50);
        person.choose(idea.as_str(), likes).await;
        liked.likes.insert(idea.clone(), likes);
    }
    liked.cookie = person.cookie;
    liked
}
