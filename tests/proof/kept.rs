//! What the store keeps, beside what was acknowledged.

use std::collections::BTreeMap;

use domain::{Contribution, ContributionId, Like, Person, Status};
use functions::Store;
use functions::store::Table;

use crate::site::accueil;

/// What somebody was told is kept: its title where it is an idea, its text where it is a comment.
pub type Marks = std::collections::BTreeSet<String>;

/// How often each contribution is kept, by what marks it: [`Marks`].
pub async fn contributions(store: &Store) -> BTreeMap<String, usize> {
    let mut kept: BTreeMap<String, usize> = BTreeMap::new();
    for counted in store.contributions_to(&accueil(), &|_| ()).await.unwrap() {
        let mark = match &counted.held.contribution {
            Contribution::Idea(idea) => idea.title.as_str(),
            Contribution::Comment(comment) => comment.body.as_str(),
            Contribution::Testimonial(testimonial) => testimonial.title.as_str(),
        };
        *kept.entry(mark.to_owned()).or_default() += 1;
    }
    kept
}

/// Fails where something acknowledged is missing, or anything is there twice.
#[track_caller]
pub fn assert_once(kept: &BTreeMap<String, usize>, acknowledged: &Marks) {
    let lost: Vec<&String> = acknowledged
        .iter()
        .filter(|mark| !kept.contains_key(*mark))
        .collect();
    assert!(lost.is_empty(), "acknowledged, and lost: {lost:?}");
    let doubled: Vec<_> = kept.iter().filter(|(_, times)| **times > 1).collect();
    assert!(doubled.is_empty(), "kept twice: {doubled:?}");
}

/// How many items of the main table have a partition that begins so.
pub async fn items(store: &Store, prefix: &str) -> usize {
    let start = format!("\"pk\":{{\"S\":\"{prefix}");
    let mut count = 0;
    let mut from = None;
    loop {
        let (items, next) = store.items(Table::Contributions, from).await.unwrap();
        let lines = items.iter().map(|item| item.to_json().unwrap().to_string());
        count += lines.filter(|line| line.contains(&start)).count();
        from = next;
        if from.is_none() {
            return count;
        }
    }
}

/// Who likes what, as one browser was told last.
#[derive(Debug, Default)]
pub struct Liked {
    pub cookie: Option<String>,
    pub likes: BTreeMap<ContributionId, bool>,
}

/// How many like each idea, by what browsers were told last.
pub fn count(all: &[Liked]) -> BTreeMap<ContributionId, u64> {
    let mut counts: BTreeMap<ContributionId, u64> = BTreeMap::new();
    for (idea, likes) in all.iter().flat_map(|liked| &liked.likes) {
        *counts.entry(idea.clone()).or_default() += u64::from(*likes);
    }
    counts
}

/// Fails where a like that is kept is not what its browser was told last, or where a count that
/// is kept is not that of what browsers were told.
pub async fn assert_likes(store: &Store, all: &[Liked]) {
    for liked in all {
        let Some(cookie) = &liked.cookie else {
            continue;
        };
        let bits = cookie.split_once('=').unwrap().1.split_once('.').unwrap().0;
        let person = Person::parse(bits).unwrap();
        for (idea, likes) in &liked.likes {
            let like = Like {
                idea: idea.clone(),
                person,
            };
            assert_eq!(store.likes(&like).await.unwrap(), *likes, "{idea}");
        }
    }
    let expected = count(all);
    let cards = cards(store).await;
    let mut items = BTreeMap::new();
    for counted in store.contributions_to(&accueil(), &|_| ()).await.unwrap() {
        if let Contribution::Idea(idea) = counted.held.contribution {
            items.insert(idea.id, counted.likes);
        }
    }
    for (idea, likes) in &expected {
        assert_eq!(items[idea], *likes, "items of {idea}");
        assert_eq!(cards[idea], *likes, "the card of {idea}");
    }
}

/// How many like each idea, as its card says.
pub async fn cards(store: &Store) -> BTreeMap<ContributionId, u64> {
    let cards = store.cards(&accueil()).await.unwrap();
    cards
        .into_iter()
        .map(|card| (card.id, card.likes))
        .collect()
}

/// Fails where a count that is kept is not what is counted, or the audit log does not hold.
pub async fn assert_counts(store: &Store) {
    let published = store.published().await.unwrap();
    let differences = store.differences(&published).await.unwrap();
    assert!(differences.is_empty(), "{differences:?}");
    let verified = store.verify_audit().await.unwrap();
    assert!(verified.broken.is_empty(), "{:?}", verified.broken);
}

/// Fails where something published was not published by exactly one entry of the audit log, or
/// the log has another that did nothing.
pub async fn assert_decided_once(store: &Store) -> usize {
    let mut entries: BTreeMap<String, usize> = BTreeMap::new();
    for entry in store.audit_log().await.unwrap() {
        if entry.action == "publish" {
            *entries.entry(entry.about).or_default() += 1;
        }
    }
    let mut decided = 0;
    for counted in store.contributions_to(&accueil(), &|_| ()).await.unwrap() {
        let held = counted.held;
        let about = held.contribution.reference().to_string();
        // What was imported was published by no decision of the log.
        let expected = usize::from(held.status == Status::Published && held.version > 0);
        assert_eq!(
            entries.remove(&about).unwrap_or_default(),
            expected,
            "{about}"
        );
        decided += expected;
    }
    assert!(entries.is_empty(), "{entries:?}");
    decided
}
