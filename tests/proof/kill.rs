//! The process itself, killed in the middle of its work.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::{ContributionId, Status};
use ecoute::serve::Database;
use reqwest::StatusCode;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::chance::Chance;
use crate::citizen::{Citizen, Reviewed, choice, like_action};
use crate::kept::{self, Liked, Marks};
use crate::moderator::{self, Published};
use crate::process::{Places, Process};
use crate::site::{accueil, open};
use crate::times;

const WRITERS: u64 = 4;
const COMMENTERS: u64 = 2;
const PEOPLE: u64 = 8;

/// Something that was sent, with the receipt that acknowledged it, if any did.
struct Sent {
    mark: String,
    reviewed: Reviewed,
    receipt: Option<String>,
}

/// What people did until the site answered no more.
enum Did {
    Sent(Vec<Sent>),
    Liked(Person),
    Published(Vec<String>),
}

/// Somebody who likes; the last thing done, if it was not answered.
struct Person {
    citizen: Citizen,
    liked: Liked,
    unanswered: Option<(ContributionId, bool)>,
}

/// Counts what is acknowledged: all of it, and what was published.
#[derive(Clone)]
struct Acknowledged(Arc<watch::Sender<(u32, u32)>>);

impl Acknowledged {
    fn one(&self) {
        self.0.send_modify(|(all, _)| *all += 1);
    }

    fn published(&self) {
        self.0.send_modify(|(all, published)| {
            *all += 1;
            *published += 1;
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_before_a_kill_is_there_once_after_it() {
    let kills = times(5, 200);
    let folder = TempDir::new().unwrap();
    let places = Places::new(folder.path());
    let mut chance = Chance::of(3_000);
    let mut process = Process::start(&places);
    let password = process.password.clone().unwrap();
    let mut acknowledged = Marks::new();
    let mut published: BTreeSet<String> = BTreeSet::new();
    let mut ideas = Vec::new();
    let mut desk = moderator::logged_in(&places.url, &password).await;
    for number in 0..3 {
        let mark = format!("Idée de départ {number}");
        let mut author = Citizen::new(&places.url);
        let reviewed = author.review_idea(&mark, "auteur@example.org").await;
        author.confirm(&reviewed).await;
        acknowledged.insert(mark);
        let Published::This(about) = moderator::publish_next(&mut desk).await else {
            panic!("nothing was published");
        };
        ideas.extend(id_of(&about));
        published.insert(about);
    }
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        people.push(Person::new(&places.url, &ideas[0]).await);
    }
    let mut unanswered = 0;
    for kill in 0..kills {
        let goal = u32::try_from(20 + chance.below(40)).unwrap();
        let publications = u32::try_from(chance.below(4)).unwrap();
        let (count, mut enough) = watch::channel((0, 0));
        let count = Acknowledged(Arc::new(count));
        let mut doing = JoinSet::new();
        let desk = moderator::logged_in(&places.url, &password).await;
        doing.spawn(moderating(desk, count.clone()));
        for number in 0..WRITERS {
            let name = format!("Idée {kill}-{number}");
            doing.spawn(writing(places.url.clone(), name, None, count.clone()));
        }
        for number in 0..COMMENTERS {
            let about = Some(ideas[chance.below(ideas.len())].clone());
            let name = format!("Commentaire {kill}-{number}");
            doing.spawn(writing(places.url.clone(), name, about, count.clone()));
        }
        for person in people.drain(..) {
            let seed = Chance::of(4_000 + u64::from(kill) * PEOPLE + doing.len() as u64);
            doing.spawn(liking(person, ideas.clone(), seed, count.clone()));
        }
        let is_enough = |(all, published): &(u32, u32)| *all >= goal && *published >= publications;
        enough.wait_for(is_enough).await.unwrap();
        process.kill();
        let did = doing.join_all().await;

        process = Process::start(&places);
        places.assert_pages().await;
        for did in did {
            match did {
                Did::Sent(all) => {
                    for sent in all {
                        unanswered += u32::from(sent.receipt.is_none());
                        acknowledged.insert(sent.again(&places.url).await);
                    }
                }
                Did::Published(all) => published.extend(all),
                Did::Liked(person) => people.push(person.again().await),
            }
        }
        ideas = published.iter().filter_map(|about| id_of(about)).collect();
    }
    process.kill();
    drop(Process::start(&places));

    let (engine, store) = open(&Database::Embedded, &places.data);
    let kept = kept::contributions(&store).await;
    kept::assert_once(&kept, &acknowledged);
    assert_eq!(kept.len(), acknowledged.len());
    assert_eq!(kept::items(&store, "RECEIPT#").await, kept.len());
    let all: Vec<Liked> = people.into_iter().map(|person| person.liked).collect();
    kept::assert_likes(&store, &all).await;
    kept::assert_counts(&store).await;
    kept::assert_decided_once(&store).await;
    let statuses: BTreeMap<String, Status> = store
        .contributions_to(&accueil(), &|_| ())
        .await
        .unwrap()
        .into_iter()
        .map(|counted| {
            let reference = counted.held.contribution.reference();
            (reference.to_string(), counted.held.status)
        })
        .collect();
    for about in &published {
        assert_eq!(statuses[about], Status::Published, "{about}");
    }
    println!(
        "{kills} kills: {} contributions acknowledged ({unanswered} of them after a second try), \
         {} publications, 0 lost, 0 doubled; pages as in a full build after each start",
        acknowledged.len(),
        published.len(),
    );
    tokio::task::spawn_blocking(move || engine.stop())
        .await
        .unwrap();
}

/// The idea that a reference names; none where it is of a comment.
fn id_of(about: &str) -> Option<ContributionId> {
    match domain::ContributionRef::parse(about).unwrap() {
        domain::ContributionRef::Idea(id) => Some(id),
        domain::ContributionRef::Comment { .. } | domain::ContributionRef::Testimonial(_) => None,
    }
}

/// Puts ideas forward, or comments one, until there is no answer.
async fn writing(
    url: String,
    name: String,
    about: Option<ContributionId>,
    count: Acknowledged,
) -> Did {
    let mut all = Vec::new();
    loop {
        let mut author = Citizen::new(&url);
        let mark = format!("{name}-{}", all.len());
        let reviewed = match &about {
            None => author.try_review_idea(&mark, "auteur@example.org").await,
            Some(idea) => author.try_review_comment(idea.as_str(), &mark).await,
        };
        let Ok(reviewed) = reviewed else {
            return Did::Sent(all);
        };
        let answer = author.try_post(&reviewed.action, &reviewed.form).await;
        let receipt = answer.as_ref().ok().map(crate::citizen::Answer::receipt);
        all.push(Sent {
            mark,
            reviewed,
            receipt,
        });
        if answer.is_err() {
            return Did::Sent(all);
        }
        count.one();
    }
}

impl Sent {
    /// Looks at the receipt; or sends it again, where no answer came. Answers what is
    /// acknowledged now.
    async fn again(self, url: &str) -> String {
        let mut author = Citizen::new(url);
        let receipt = match self.receipt {
            Some(receipt) => receipt,
            None => author.confirm(&self.reviewed).await,
        };
        assert_eq!(
            author.get(&receipt).await.status,
            StatusCode::OK,
            "{receipt}"
        );
        self.mark
    }
}

impl Person {
    /// Somebody who likes an idea already, and has a cookie: whose very first like is not
    /// answered has none, and is somebody else the next time.
    async fn new(url: &str, idea: &ContributionId) -> Self {
        let mut citizen = Citizen::new(url);
        citizen.choose(idea.as_str(), true).await;
        let cookie = citizen.cookie.clone();
        Self {
            citizen,
            liked: Liked {
                cookie,
                likes: BTreeMap::from([(idea.clone(), true)]),
            },
            unanswered: None,
        }
    }

    /// Does again what was not answered.
    async fn again(mut self) -> Self {
        if let Some((idea, likes)) = self.unanswered.take() {
            self.citizen.choose(idea.as_str(), likes).await;
            self.liked.likes.insert(idea, likes);
        }
        self
    }
}

/// Likes ideas and takes it back, until there is no answer.
async fn liking(
    mut person: Person,
    ideas: Vec<ContributionId>,
    mut chance: Chance,
    count: Acknowledged,
) -> Did {
    loop {
        let idea = ideas[chance.below(ideas.len())].clone();
        let likes = chance.percent(60);
        person.citizen.moves();
        let action = like_action(idea.as_str());
        let Ok(answer) = person.citizen.try_post(&action, &choice(likes)).await else {
            person.unanswered = Some((idea, likes));
            return Did::Liked(person);
        };
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        person.liked.likes.insert(idea, likes);
        count.one();
    }
}

/// Publishes what waits, until there is no answer.
async fn moderating(mut desk: Citizen, count: Acknowledged) -> Did {
    let mut published = Vec::new();
    while let Ok(done) = moderator::try_publish_next(&mut desk).await {
        if let Published::This(about) = done {
            published.push(about);
            count.published();
        }
    }
    Did::Published(published)
}
