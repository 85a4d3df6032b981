//! A publisher that crashes between its steps, and to which the stream says things twice, late
//! and in any order.

use std::future::{Future, poll_fn};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::task::Poll;

use domain::{
    Body, Comment, Contribution, ContributionId, ContributionRef, Decision, Like, Name, Person,
};
use functions::store::{By, Decided, Ruling};
use functions::{Clock, Image, PublishError, Publisher, Record, Store, Throttle, random};
use serde_json::{Value, json};
use site_gen::{Directory, Material, Renderer};
use tempfile::TempDir;

use crate::chance::Chance;
use crate::kept;
use crate::site::{accueil, assert_same, clock, files, full_build, idea, open, repository, tables};
use crate::times;

const SITE_URL: &str = "https://ecoute.example.org";

/// After how many batches all that is due is published, and the pages looked at.
const LOOK: u32 = 15;

/// A history that goes on while it is published.
struct History {
    store: Store,
    clock: Clock,
    chance: Chance,
    ideas: Vec<ContributionId>,
    likes: Vec<Like>,
    /// What the stream has said, and what of it no publisher has published yet.
    said: Vec<Record>,
    due: Vec<Record>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publisher_that_crashes_leaves_the_pages_of_a_full_build() {
    let rounds = times(30, 3_000);
    let data = TempDir::new().unwrap();
    let database = match std::env::var("ECOUTE_TEST_DYNAMODB") {
        Ok(endpoint) => ecoute::serve::Database::At {
            endpoint,
            tables: tables(),
        },
        Err(_) => ecoute::serve::Database::Embedded,
    };
    let (engine, store) = open(&database, data.path());
    store.create_tables().await.unwrap();
    let clock = clock(Arc::new(AtomicI64::new(0)));
    let site = data.path().join("site");
    let (renderer, material) = load();
    let publisher = || Publisher {
        store: store.clone(),
        renderer: Arc::clone(&renderer),
        output: Directory::open(&site).unwrap(),
        clock: Arc::clone(&clock),
    };
    publisher().publish_all(&material).await.unwrap();

    let mut history = History {
        store: store.clone(),
        clock: Arc::clone(&clock),
        chance: Chance::of(2_000),
        ideas: Vec::new(),
        likes: Vec::new(),
        said: Vec::new(),
        due: Vec::new(),
    };
    let mut stream = Stream::open(engine.endpoint(), store.streamed_table()).await;
    let (mut delivered, mut crashed) = (0, 0);
    let mut running = publisher();
    for round in 1..=rounds {
        for _ in 0..history.chance.below(5) {
            history.goes_on().await;
        }
        history.hear(&mut stream).await;
        let batch = history.batch();
        // A batch that was not published is given again, until it is; so is each that is not due.
        delivered += 1;
        let patience = history.chance.below(60);
        let crashes = history.chance.percent(50);
        match dies_after(crashes.then_some(patience), step(&running, &batch)).await {
            Some(published) => published.unwrap(),
            None => {
                crashed += 1;
                history.due.extend(batch);
                running = publisher();
            }
        }
        if round % LOOK == 0 {
            // Ideas that are withdrawn renew every page of a list. So these are published first,
            // and then so many ideas at once that a list has some pages more.
            step(&running, &history.take_due()).await.unwrap();
            for _ in 0..30 + history.chance.below(30) {
                history.new_idea().await;
            }
            history.hear(&mut stream).await;
            step(&running, &history.take_due()).await.unwrap();
            kept::assert_counts(&store).await;
            let published = store.published().await.unwrap();
            assert_eq!(published.ideas.len(), history.ideas.len());
            let content = repository("tests/fixtures/content");
            let built = full_build(&content, SITE_URL, &published, clock());
            assert_same(&files(&site), &built);
        }
    }
    assert!(crashed > 0);
    println!("{delivered} batches, {crashed} crashes: pages as in a full build each time");
    drop(running);
    tokio::task::spawn_blocking(move || engine.stop())
        .await
        .unwrap();
}

fn load() -> (Arc<Renderer>, Material) {
    let content = repository("tests/fixtures/content");
    let theme = repository("themes/default");
    let (bundle, material) = site_gen::load(&content, &theme, SITE_URL).unwrap();
    let renderer = Renderer::new(bundle, Path::new("templates")).unwrap();
    (Arc::new(renderer), material)
}

/// What a publisher does with a batch of records: it counts, renders, and renders for likes.
async fn step(publisher: &Publisher, batch: &[Record]) -> Result<(), PublishError> {
    let mut counted = publisher.count(batch).await?;
    let mut throttle = Throttle::default();
    throttle.take(&mut counted);
    publisher.render(counted).await?;
    publisher.render_likes(&throttle.all()).await?;
    Ok(())
}

/// Does something, or, once it has waited so often for an answer, nothing more of it.
async fn dies_after<T>(waits: Option<usize>, doing: impl Future<Output = T>) -> Option<T> {
    let mut doing = pin!(doing);
    let mut left = waits;
    poll_fn(|context| {
        if left == Some(0) {
            return Poll::Ready(None);
        }
        let polled = doing.as_mut().poll(context).map(Some);
        left = left.map(|left| left - 1);
        polled
    })
    .await
}

impl History {
    /// Something more happens: an idea, a comment, a like; or one of these is taken back.
    async fn goes_on(&mut self) {
        let now = (self.clock)();
        let kind = self.chance.below(20);
        if self.ideas.is_empty() || kind < 3 {
            self.new_idea().await;
        } else if kind < 6 {
            let comment = Comment {
                id: ContributionId::from_bytes(random()),
                campaign: accueil(),
                idea: self.any_idea(),
                name: Some(Name::parse("Camille").unwrap()),
                body: Body::parse("Moi aussi.", 2000).unwrap(),
                received_at: now,
            };
            self.publish(Contribution::Comment(comment)).await;
        } else if kind == 6 {
            let place = self.chance.below(self.ideas.len());
            let reference = ContributionRef::Idea(self.ideas.swap_remove(place));
            let ruling = Ruling {
                reference: &reference,
                version: None,
                by: By::Author,
                now,
            };
            let decided = self.store.decide(&ruling, Decision::Withdraw, None).await;
            assert_eq!(decided.unwrap(), Decided::Done);
        } else if kind < 16 || self.likes.is_empty() {
            let like = Like {
                idea: self.any_idea(),
                person: Person::from_bytes(random()),
            };
            self.store.like(&like, now).await.unwrap();
            self.likes.push(like);
        } else {
            let place = self.chance.below(self.likes.len());
            let like = self.likes.swap_remove(place);
            self.store.unlike(&like).await.unwrap();
        }
    }

    async fn new_idea(&mut self) {
        let mut idea = idea("Ouvrir le soir");
        idea.received_at = (self.clock)();
        self.ideas.push(idea.id.clone());
        self.publish(Contribution::Idea(idea)).await;
    }

    async fn publish(&self, contribution: Contribution) {
        let at = Some((self.clock)());
        self.store.import(&contribution, at).await.unwrap();
    }

    fn any_idea(&mut self) -> ContributionId {
        self.ideas[self.chance.below(self.ideas.len())].clone()
    }

    /// Reads what the stream says.
    async fn hear(&mut self, stream: &mut Stream) {
        let said = stream.read().await;
        self.due.extend(said.iter().cloned());
        self.said.extend(said);
    }

    /// All that is due.
    fn take_due(&mut self) -> Vec<Record> {
        std::mem::take(&mut self.due)
    }

    /// Some of what is due, and some of what was said before, in any order.
    fn batch(&mut self) -> Vec<Record> {
        self.chance.shuffle(&mut self.due);
        let left = self.chance.below(self.due.len() + 1);
        let mut batch = self.due.split_off(left);
        let again = if self.said.is_empty() {
            0
        } else {
            self.chance.below(4)
        };
        for _ in 0..again {
            let place = self.chance.below(self.said.len());
            batch.push(self.said[place].clone());
        }
        self.chance.shuffle(&mut batch);
        batch
    }
}

/// The stream of a store's table, read as any client of DynamoDB would.
struct Stream {
    client: reqwest::Client,
    endpoint: String,
    iterator: String,
}

impl Stream {
    /// From its beginning.
    async fn open(endpoint: &str, table: &str) -> Self {
        let mut stream = Self {
            client: reqwest::Client::new(),
            endpoint: endpoint.to_owned(),
            iterator: String::new(),
        };
        let said = stream.ask("ListStreams", json!({"TableName": table})).await;
        let arn = said["Streams"][0]["StreamArn"].clone();
        let said = stream
            .ask("DescribeStream", json!({"StreamArn": arn}))
            .await;
        let shards = said["StreamDescription"]["Shards"].as_array().unwrap();
        assert_eq!(shards.len(), 1);
        let asked = json!({
            "StreamArn": arn,
            "ShardId": shards[0]["ShardId"],
            "ShardIteratorType": "TRIM_HORIZON",
        });
        let said = stream.ask("GetShardIterator", asked).await;
        stream.iterator = said["ShardIterator"].as_str().unwrap().to_owned();
        stream
    }

    /// What it says since the last time.
    async fn read(&mut self) -> Vec<Record> {
        let mut read = Vec::new();
        loop {
            let asked = json!({"ShardIterator": self.iterator});
            let said = self.ask("GetRecords", asked).await;
            self.iterator = said["NextShardIterator"].as_str().unwrap().to_owned();
            let records = said["Records"].as_array().unwrap();
            if records.is_empty() {
                return read;
            }
            read.extend(records.iter().filter_map(|record| {
                Record::read(|image, name| {
                    let images = &record["dynamodb"];
                    let attributes = match image {
                        Image::Keys => &images["Keys"],
                        Image::Old => &images["OldImage"],
                        Image::New => &images["NewImage"],
                    };
                    attributes[name]["S"].as_str().map(str::to_owned)
                })
            }));
        }
    }

    async fn ask(&self, operation: &str, asked: Value) -> Value {
        let answer = self
            .client
            .post(&self.endpoint)
            .header(
                "X-Amz-Target",
                format!("DynamoDBStreams_20120810.{operation}"),
            )
            .header("Content-Type", "application/x-amz-json-1.0")
            .header("X-Amz-Date", "20261123T100000Z")
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=local/20261123/eu-west-3/dynamodb/aws4_request, \
                 SignedHeaders=host, Signature=0",
            )
            .body(asked.to_string())
            .send()
            .await
            .unwrap();
        let text = answer.text().await.unwrap();
        serde_json::from_str(&text).unwrap()
    }
}
