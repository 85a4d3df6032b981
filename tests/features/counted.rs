//! What taking part, moderating and reading ask of the cloud, counted: invocations, calls and units
//! of the store, letters, pages that are put, bytes that are read. What it costs is reckoned from
//! `infra/counted.toml` (`infra/cost.py`), which this writes:
//!
//! `ECOUTE_TEST_COUNTED=write cargo test --workspace --test features -- counted`
//!
//! Without the variable, the functions' invocations and units for an idea are counted again, and
//! must be those of the file.

mod counter;
mod crowd;
mod reading;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use domain::{Body, Contribution, ContributionId, Idea, IdeaKind, Slug, Title};
use ecoute::Engine;
use ecoute::serve::Expired;
use tempfile::TempDir;

use crate::app::{Answer, Browser, TestApp, repository};
use crate::site::dates;
use crate::surveys::{PAGES, Participant};
use crate::telling;
use counter::{Counter, Counts};

/// How often each scenario is gone through; the file has the mean.
const TIMES: u32 = 10;
/// Who asks where the site's process does: the publisher and the mailer.
const WORKERS: &str = "local";

/// A site behind its functions' binaries, and what counts what it asks.
struct Counting {
    app: TestApp,
    counter: Counter,
    engine: Engine,
    _folders: [TempDir; 2],
}

/// What a scenario took, once.
type Took = BTreeMap<String, f64>;

impl Counting {
    async fn start(content: &Path, limit: Option<f64>) -> Self {
        let folder = TempDir::new().unwrap();
        let kept = TempDir::new().unwrap();
        let engine = Engine::start(folder.path(), Expired::Kept).unwrap();
        let counter = Counter::before(engine.endpoint(), limit).await;
        let app = TestApp::deployed_on(&counter.address, content).await;
        Self {
            app,
            counter,
            engine,
            _folders: [folder, kept],
        }
    }

    async fn stop(self) {
        self.app.stop().await;
        tokio::task::spawn_blocking(move || self.engine.stop())
            .await
            .unwrap();
    }

    /// What is done from here on, until [`Counting::took`].
    async fn begin(&self) -> Begun {
        self.later().await;
        self.counter.take();
        Begun {
            invoked: self.app.cloud.as_ref().unwrap().invoked(),
            files: dates(&self.app.site_dir()),
            letters: self.letters(),
        }
    }

    /// Lets what follows come: letters of decisions leave after 30 s, pages have their turn.
    async fn later(&self) {
        self.counter.settled().await;
        self.app.later(31);
        self.counter.settled().await;
    }

    fn letters(&self) -> usize {
        let outbox = std::fs::read_dir(self.app.data.path().join("outbox")).unwrap();
        outbox.count()
    }

    /// What was done since then, divided by how often.
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    async fn took(&self, begun: Begun, times: u32) -> Took {
        self.later().await;
        let Counts {
            asked, partitions, ..
        } = self.counter.take();
        let mut took = Took::new();
        let mut add = |name: String, number: f64| {
            *took.entry(name).or_default() += number / f64::from(times);
        };
        for (function, invoked) in self.app.cloud.as_ref().unwrap().invoked() {
            let more = invoked - begun.invoked[function];
            add(format!("invocations.{function}"), more as f64);
        }
        for ((who, action), taken) in asked {
            let who = if who == WORKERS { "workers" } else { &who };
            add(format!("calls.{who}.{action}"), taken.calls);
            add(format!("read_units.{who}"), taken.read);
            add(format!("write_units.{who}"), taken.write);
        }
        for (partition, units) in partitions {
            add(format!("partitions.{partition}"), units);
        }
        add(
            "letters".to_owned(),
            (self.letters() - begun.letters) as f64,
        );
        let root = self.app.site_dir();
        for (file, changed) in dates(&root) {
            if begun.files.get(&file) != Some(&changed) && !file.starts_with(".site-gen") {
                let bytes = std::fs::metadata(root.join(&file)).unwrap().len();
                add("pages_put".to_owned(), 1.0);
                add("bytes_put".to_owned(), bytes as f64);
            }
        }
        took.retain(|_, number| *number != 0.0);
        took
    }

    /// Ideas that are published already, or wait.
    async fn import(&self, ideas: u32, published: bool) {
        let at = self.app.now();
        for some in (0..ideas).collect::<Vec<_>>().chunks(16) {
            let mut writing = tokio::task::JoinSet::new();
            for _ in some {
                let (store, at) = (self.app.served.store().clone(), published.then_some(at));
                let idea = idea(self.app.now());
                writing.spawn(async move {
                    store.import(&Contribution::Idea(idea), at).await.unwrap();
                });
            }
            writing.join_all().await;
        }
    }

    /// An idea from its form to its receipt.
    async fn send_idea(&self) {
        let receipt = self.app.send_idea(&idea_form()).await;
        self.app.page(&receipt).await;
    }

    /// Decides of what is first in the queue, and goes on to the next.
    async fn decide(&self, moderator: &mut Browser, queue: &Answer) -> Answer {
        let done = self.app.submit(moderator, queue, "/publier", &[]).await;
        self.app.get_as(moderator, &done.location()).await
    }
}

/// What there was when a scenario began.
struct Begun {
    invoked: BTreeMap<&'static str, u64>,
    files: BTreeMap<String, SystemTime>,
    letters: usize,
}

/// A text of the length that is usual: half of the ideas of the République numérique consultation
/// have 500 characters or more.
const TEXT: &str = "Ouvrir le soir, une fois par semaine, aiderait les parents qui travaillent. \
    Aujourd’hui il faut poser une demi-journée pour un rendez-vous de dix minutes, et il n’y en a \
    pas avant trois semaines. Dans ma commune la mairie ouvre jusqu’à dix-neuf heures le jeudi : \
    une permanence dans ses locaux suffirait. On pourrait y déposer des pièces, poser une question \
    et prendre un rendez-vous plus long si le dossier le demande. Beaucoup de voisins me disent la \
    même chose, et ceux qui n’ont pas de voiture encore plus.";

fn idea_form() -> [(&'static str, &'static str); 5] {
    [
        ("kind", "idea"),
        ("category", "Horaires"),
        ("title", "Ouvrir un soir par semaine"),
        ("text", TEXT),
        ("email", "lina@example.org"),
    ]
}

fn idea(received_at: jiff::Timestamp) -> Idea {
    Idea {
        id: ContributionId::from_bytes(functions::random()),
        campaign: Slug::parse("accueil").unwrap(),
        kind: IdeaKind::Idea,
        category: Some("Horaires".to_owned()),
        question: None,
        title: Title::parse("Ouvrir un soir par semaine", Title::MAX).unwrap(),
        body: Body::parse(TEXT, 2000).unwrap(),
        received_at,
        carried_likes: 0,
    }
}

/// The file that is committed.
const COMMITTED: &str = "infra/counted.toml";

#[tokio::test]
async fn what_an_idea_asks_of_functions_is_what_costs_are_reckoned_from() {
    let content = telling::content();
    let counting = Counting::start(content.path(), None).await;
    let took = ideas(&counting).await;
    let mut counted = BTreeMap::from([("idea".to_owned(), took)]);
    if std::env::var("ECOUTE_TEST_COUNTED").as_deref() == Ok("write") {
        others(&counting, &mut counted).await;
        counting.stop().await;
        counted.insert("survey".to_owned(), surveys().await);
        counted.extend(reading::reading());
        std::fs::write(repository(COMMITTED), written(&counted)).unwrap();
        println!("{}", written(&counted));
        return;
    }
    counting.stop().await;
    let committed = std::fs::read_to_string(repository(COMMITTED)).unwrap();
    let committed: toml::Table = toml::from_str(&committed).unwrap();
    let committed = committed["idea"].as_table().unwrap();
    for (name, number) in &counted["idea"] {
        let of_functions = name.starts_with("invocations.")
            || (name.starts_with("write_units.") && !name.ends_with(".workers"));
        if of_functions {
            let before = committed.get(name).and_then(toml::Value::as_float);
            let before = before.unwrap_or_else(|| panic!("{name} is not in {COMMITTED}"));
            // The day's salt is made once, and what is asked by chance varies a little.
            let differs = (before - number).abs() > 0.1 * before.max(1.0);
            assert!(
                !differs,
                "{name} is {number}, not {before}: {COMMITTED} is to be counted again"
            );
        }
    }
}

/// Ideas from their form to their publication and their letters.
async fn ideas(counting: &Counting) -> Took {
    let mut moderator = counting.app.moderator().await;
    // The first of all starts every process.
    counting.send_idea().await;
    let queue = counting.app.queue(&mut moderator).await;
    counting.decide(&mut moderator, &queue).await;
    let begun = counting.begin().await;
    for _ in 0..TIMES {
        counting.send_idea().await;
    }
    let mut queue = counting.app.queue(&mut moderator).await;
    for _ in 0..TIMES {
        queue = counting.decide(&mut moderator, &queue).await;
    }
    counting.took(begun, TIMES).await
}

async fn others(counting: &Counting, counted: &mut BTreeMap<String, Took>) {
    let app = &counting.app;
    let mut moderator = app.moderator().await;
    let own = published(app);

    let action = app.page(&own).await.form_with("text").0;
    let comment = [
        ("name", "Lina"),
        (
            "text",
            "Oui, et le mardi plutôt que le jeudi : c’est jour de marché.",
        ),
        ("email", "lina@example.org"),
    ];
    let begun = counting.begin().await;
    for _ in 0..TIMES {
        let review = app.post(&action, &comment).await;
        let receipt = app.confirm(&review).await.location();
        app.page(&receipt).await;
    }
    let mut queue = app.queue(&mut moderator).await;
    for _ in 0..TIMES {
        queue = counting.decide(&mut moderator, &queue).await;
    }
    counted.insert("comment".to_owned(), counting.took(begun, TIMES).await);

    let like = app.page(&own).await.action_ending("/soutien");
    let begun = counting.begin().await;
    for _ in 0..TIMES * 4 {
        let mut browser = Browser::default();
        let sent = app
            .post_as(&mut browser, &like, &[("choice", "like")])
            .await;
        app.get_as(&mut browser, &sent.location()).await;
    }
    counted.insert("like".to_owned(), counting.took(begun, TIMES * 4).await);

    let mut receipts = Vec::new();
    let begun = counting.begin().await;
    for _ in 0..TIMES {
        let review = app.post("/temoigner/gard", &telling::form(&[])).await;
        let receipt = app.confirm(&review).await.location();
        app.page(&receipt).await;
        receipts.push(receipt);
    }
    let mut queue = app.queue(&mut moderator).await;
    for _ in 0..TIMES {
        queue = counting.decide(&mut moderator, &queue).await;
    }
    for receipt in &receipts {
        let address = app.own_page(receipt).await;
        let text = "Merci de nous l’avoir dit. Le serveur vocal a été revu depuis.";
        app.answers(&mut moderator, &address, "accueil-nimes", text)
            .await;
    }
    counted.insert("testimonial".to_owned(), counting.took(begun, TIMES).await);

    let begun = counting.begin().await;
    for _ in 0..TIMES {
        app.moderator().await;
    }
    counted.insert("login".to_owned(), counting.took(begun, TIMES).await);

    // What grows with how much there is: the queue's length, then the campaign's.
    const WAITING: u32 = 200;
    counting.import(WAITING, false).await;
    let begun = counting.begin().await;
    for _ in 0..TIMES {
        app.queue(&mut moderator).await;
    }
    counted.insert(
        "view_of_200_waiting".to_owned(),
        counting.took(begun, TIMES).await,
    );
    let queue = app.queue(&mut moderator).await;
    let begun = counting.begin().await;
    let mut queue = queue;
    for _ in 0..TIMES {
        queue = counting.decide(&mut moderator, &queue).await;
    }
    let decision = counting.took(begun, TIMES).await;
    counted.insert("decision_of_200_waiting".to_owned(), decision);

    const PUBLISHED: u32 = 1_000;
    counting.import(PUBLISHED, true).await;
    let begun = counting.begin().await;
    for _ in 0..TIMES {
        queue = counting.decide(&mut moderator, &queue).await;
    }
    let decision = counting.took(begun, TIMES).await;
    counted.insert("decision_among_1000_published".to_owned(), decision);
}

/// The address of an idea that is published.
fn published(app: &TestApp) -> String {
    let folder = app.site_dir().join("campagnes/accueil/idees");
    let names = std::fs::read_dir(folder).unwrap();
    let mut names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let id = names.find(|name| name.len() == 16).unwrap();
    format!("/campagnes/accueil/idees/{id}/")
}

async fn surveys() -> Took {
    let counting = Counting::start(&repository("tests/fixtures/survey"), None).await;
    let answered = async || {
        let mut participant = Participant::new(&counting.app);
        participant.answer(PAGES).await;
        let receipt = participant.finish().await;
        participant.get(&receipt).await;
    };
    answered().await;
    let begun = counting.begin().await;
    for _ in 0..TIMES {
        answered().await;
    }
    let took = counting.took(begun, TIMES).await;
    counting.stop().await;
    took
}

/// The file: a table a scenario, sorted.
fn written(counted: &BTreeMap<String, Took>) -> String {
    let mut text = String::from(
        "# What taking part, moderating and reading ask of the cloud, once each: written by\n\
         # ECOUTE_TEST_COUNTED=write cargo test --workspace --test features -- counted\n\
         # Units are what the engine says that requests consume (ReturnConsumedCapacity); those by\n\
         # partition are reckoned from what is sent. The publisher and the mailer are `workers`.\n",
    );
    for (scenario, took) in counted {
        text.push_str(&format!("\n[{scenario}]\n"));
        for (name, number) in took {
            text.push_str(&format!("{name:?} = {number:.2}\n"));
        }
    }
    text
}
