//! How many letters leave in a second, one at a time and several at once, in the same run.
//!
//! `cargo bench -p tests --bench mail -- [--letters 200] [--takes 50]`
//!
//! Everything runs in this process: the site with its engine, its mailer, and a mail server that
//! takes so many milliseconds for each message. All letters are due before the first is sent.

#![expect(clippy::unwrap_used, reason = "a measure that can't go on stops")]
#![expect(
    unreachable_pub,
    dead_code,
    reason = "the modules are shared with the tests of features"
)]

#[path = "../features/message.rs"]
mod message;
#[path = "../features/sink.rs"]
mod sink;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{Body, Contribution, ContributionId, Email, Idea, IdeaKind, Slug, Title};
use ecoute::post::MailOptions;
use ecoute::serve::{self, Database, Expired, Options, Served, Timeouts};
use functions::store::MailLane;
use functions::{Arrival, Senders, random};
use jiff::Timestamp;
use tempfile::TempDir;

use sink::{Does, Sink};

/// When it takes place, all of it: a campaign of the fixture is open.
const NOW: &str = "2026-11-23T10:00:00Z";
const AT_ONCE: [usize; 6] = [1, 2, 4, 8, 16, 32];

#[tokio::main]
async fn main() {
    let given: Vec<String> = std::env::args().collect();
    let number = |name: &str, default: usize| {
        let place = given.iter().position(|argument| argument == name);
        place.map_or(default, |place| given[place + 1].parse().unwrap())
    };
    let letters = number("--letters", 200);
    let takes = number("--takes", 50);
    println!("{letters} letters, {takes} ms each at the mail server\n");
    println!("| at once | letters /s | ÷ one at a time |");
    println!("| --: | --: | --: |");
    let mut one = None;
    for at_once in AT_ONCE {
        let rate = rate(at_once, letters, takes).await;
        let one = *one.get_or_insert(rate);
        println!("| {at_once} | {rate:.1} | {:.1} |", rate / one);
    }
}

/// How many letters leave in a second.
async fn rate(at_once: usize, letters: usize, takes: usize) -> f64 {
    let sink = Sink::start(Does::Drop).await;
    let data = TempDir::new().unwrap();
    let site = site(data.path(), format!("{}&connections={at_once}", sink.url())).await;
    // The site's own sender finds the server down, and waits for a minute of a clock that stands.
    put_letter(&site).await;
    while site.store().letters(MailLane::Waiting, 1).await.unwrap()[0]
        .problem
        .is_none()
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for _ in 0..letters {
        put_letter(&site).await;
    }
    sink.does(Does::Slow(Duration::from_millis(takes.try_into().unwrap())));
    let began = Instant::now();
    site.mailer().send_due(|| true).await.unwrap();
    let elapsed = began.elapsed();
    let taken = sink.taken();
    let to: BTreeSet<&str> = taken.iter().map(|message| message.header("To")).collect();
    assert_eq!(
        (taken.len(), to.len()),
        (letters, letters),
        "each left once"
    );
    site.stop().await;
    f64::from(u32::try_from(letters).unwrap()) / elapsed.as_secs_f64()
}

/// Keeps an idea whose author is told so.
async fn put_letter(site: &Served) {
    let id = ContributionId::from_bytes(random());
    let email = Email::parse(&format!("{id}@example.org")).unwrap();
    let idea = Idea {
        id,
        campaign: Slug::parse("accueil").unwrap(),
        kind: IdeaKind::Idea,
        category: Some("Horaires".to_owned()),
        question: None,
        title: Title::parse("Ouvrir le soir", Title::MAX).unwrap(),
        body: Body::parse("Ouvrir le soir aiderait les parents.", 2000).unwrap(),
        received_at: NOW.parse().unwrap(),
        carried_likes: 0,
    };
    let receipt = format!("{:032x}{:032x}", u128::from_be_bytes(random()), 0);
    let (idea, flags) = (Contribution::Idea(idea), BTreeSet::new());
    let email = Some((&email, Timestamp::MAX));
    let store = site.store();
    store
        .add(&idea, &receipt, email, &flags, Arrival::ToRead)
        .await
        .unwrap();
}

async fn site(data: &Path, smtp: String) -> Served {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let within = |path: &str| -> PathBuf { repository.join(path) };
    let now: Timestamp = NOW.parse().unwrap();
    let options = Options {
        data_dir: data.to_owned(),
        content: within("tests/fixtures/content"),
        theme: within("themes/default"),
        listen: "127.0.0.1:0".to_owned(),
        expired: Expired::Kept,
        site_url: None,
        clock: Arc::new(move || now),
        database: Database::Embedded,
        senders: Senders::Proxy,
        timeouts: Timeouts::default(),
        mail: MailOptions {
            smtp: Some(smtp),
            ..MailOptions::default()
        },
        oidc: None,
    };
    match serve::start(options).await {
        Ok(served) => served,
        Err(stopped) => panic!("{stopped}"),
    }
}
