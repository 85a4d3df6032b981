//! The process itself, killed in the middle of its work.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};

use domain::{ContributionId, Status};
use ecoute::export::export_site;
use ecoute::serve::Database;
use jiff::{Timestamp, ToSpan};
use reqwest::StatusCode;
use site_gen::Contributions;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::chance::Chance;
use crate::citizen::{Citizen, Reviewed, choice, like_action};
use crate::kept::{self, Liked, Marks};
use crate::moderator::{self, Published};
use crate::site::{accueil, assert_same, files, full_build, open, repository};
use crate::times;

const WRITERS: u64 = 4;
const COMMENTERS: u64 = 2;
const PEOPLE: u64 = 8;

/// The binary, as it was built with this test.
fn binary() -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let mut build = Command::new(env!("CARGO"));
        // Every target, so that dependencies have the features they have for this test; and
        // without what Cargo tells this test, on which build scripts depend.
        build.args(["build", "--quiet", "--workspace", "--all-targets"]);
        for (name, _) in std::env::vars() {
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                build.env_remove(name);
            }
        }
        let built = build.current_dir(repository(".")).status().unwrap();
        assert!(built.success(), "the workspace is built");
    });
    let tests = std::env::current_exe().unwrap();
    let folder = tests.parent().unwrap().parent().unwrap();
    folder.join("ecoute")
}

/// A process that serves a folder, and that ends with the test, however that ends.
struct Process {
    child: Child,
    password: Option<String>,
}

impl Process {
    /// Starts, and waits until the site answers.
    fn start(places: &Places) -> Self {
        let mut child = Command::new(binary())
            .args(["serve", "--behind-proxy"])
            .args(["--listen", places.url.trim_start_matches("http://")])
            .arg("--content")
            .arg(&places.content)
            .arg("--data-dir")
            .arg(&places.data)
            .current_dir(repository("."))
            .env("ECOUTE_LOG", "off")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut process = Self {
            child,
            password: None,
        };
        loop {
            let line = said.next().expect("the site starts").unwrap();
            if let Some((_, password)) = line.split_once("Mot de passe\u{a0}: ") {
                process.password = Some(password.to_owned());
            }
            if line.starts_with("Ctrl-C") {
                return process;
            }
        }
    }

    /// Ends at once, with whatever is under way.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a site is, from one start to the next.
struct Places {
    data: PathBuf,
    content: PathBuf,
    url: String,
}

impl Places {
    /// A folder with a campaign that is open now, and an address that is free.
    fn new(folder: &Path) -> Self {
        let content = folder.join("content");
        let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        for entry in [
            "spaces/national.md",
            "spaces/gard.md",
            "site.toml",
            "campaigns/accueil.md",
        ] {
            let target = content.join(entry);
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            let text = repository("tests/fixtures/content").join(entry);
            let text = std::fs::read_to_string(text).unwrap();
            let text = text
                .replace("2026-11-02", &today.saturating_sub(2.days()).to_string())
                .replace("2026-12-15", &today.saturating_add(2.days()).to_string());
            std::fs::write(target, text).unwrap();
        }
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        Self {
            data: folder.join("data"),
            content,
            url: format!("http://{}", free.local_addr().unwrap()),
        }
    }

    /// Fails where the pages of the site that runs are not those of a full build.
    async fn assert_pages(&self) {
        let exported = self.data.with_file_name("contributions.jsonl");
        export_site(&Database::Embedded, &self.data, &exported)
            .await
            .unwrap_or_else(|stopped| panic!("{stopped}"));
        let published = Contributions::read(&exported).unwrap();
        let now = Timestamp::now();
        let built = full_build(&self.content, &self.url, &published, now);
        assert_same(&files(&self.data.join("site")), &built);
    }
}

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
        domain::ContributionRef::Comment { .. } => None,
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
