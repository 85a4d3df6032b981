//! A site whose spaces take testimonials, and people who tell what they lived.

use std::collections::BTreeMap;
use std::path::Path;

use domain::{Body, Channel, ContributionId, Sentiment, Slug, Testimonial, Title, Writer};
use reqwest::StatusCode;
use tempfile::TempDir;

use crate::app::{Answer, Browser, TestApp};
use crate::mail;
use crate::publishing::{files, full_build_of};

/// The content of other tests, with two spaces that take testimonials and four structures.
pub fn content() -> TempDir {
    let folder = mail::content();
    for space in ["national", "gard"] {
        let path = folder.path().join(format!("spaces/{space}.md"));
        let text = std::fs::read_to_string(&path).unwrap();
        let more = "+++\ntestimonials_answered_within_days = 15\n\
            openings = [\"Bonjour et merci pour votre témoignage.\", \"Bonjour.\"]\n\
            closings = [\"Bien à vous.\"]\n";
        let text = text.replacen("+++\n", more, 1);
        std::fs::write(path, text).unwrap();
    }
    structure(folder.path(), "caf-du-gard", "Caf du Gard", "gard", "");
    let parent = "parent = \"caf-du-gard\"\n";
    structure(
        folder.path(),
        "accueil-nimes",
        "Accueil de Nîmes",
        "gard",
        parent,
    );
    structure(
        folder.path(),
        "accueil-ales",
        "Accueil d’Alès",
        "gard",
        parent,
    );
    structure(
        folder.path(),
        "plateforme",
        "Plateforme téléphonique",
        "national",
        "",
    );
    folder
}

fn structure(root: &Path, slug: &str, name: &str, space: &str, more: &str) {
    let folder = root.join("structures");
    std::fs::create_dir_all(&folder).unwrap();
    let text = format!(
        "+++\nname = \"{name}\"\nspace = \"{space}\"\nsummary = \"{name}, pour vos démarches.\"\n{more}+++\n"
    );
    std::fs::write(folder.join(format!("{slug}.md")), text).unwrap();
}

/// A site that takes testimonials.
pub async fn start() -> (TestApp, TempDir) {
    let content = content();
    (TestApp::with_content(content.path()).await, content)
}

/// The form of a testimonial to the Gard, with other fields in place of some.
pub fn form<'f>(other: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let mut form = vec![
        ("title", "Trois appels pour une attestation"),
        (
            "text",
            "J’ai appelé trois fois. À la fin, on m’a bien aidé.",
        ),
        ("sentiment", "negative"),
        ("structure", "accueil-nimes"),
        ("channel_telephone", "1"),
        ("channel_desk", "1"),
        ("aspect_responsiveness", "negative"),
        ("aspect_relation", "positive"),
        ("writer", "oneself"),
        ("postcode", "30133"),
        ("email", "lina@example.org"),
    ];
    for (name, value) in other {
        match form.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => form.push((name, value)),
        }
    }
    form
}

/// A testimonial to the Gard about these structures, as it comes from elsewhere.
pub fn testimonial(number: u8, structures: &[&str]) -> Testimonial {
    let id = ContributionId::from_bytes([number; 10]);
    Testimonial {
        pseudonym: domain::pseudonym(&id),
        id,
        space: Slug::parse("gard").unwrap(),
        title: Title::parse(&format!("Une attente {number}"), Title::MAX).unwrap(),
        body: Body::parse("J’ai attendu longtemps.", Body::MAX).unwrap(),
        sentiment: Sentiment::Negative,
        channels: [Channel::Desk].into(),
        aspects: BTreeMap::new(),
        structures: structures
            .iter()
            .map(|it| Slug::parse(it).unwrap())
            .collect(),
        department: Some("30".to_owned()),
        writer: Writer::Oneself,
        received_at: "2026-11-20T10:00:00Z".parse().unwrap(),
        source: None,
    }
}

impl TestApp {
    /// Tells an experience to the Gard, as far as its receipt; answers its address.
    pub async fn tell(&self, other: &[(&str, &str)]) -> String {
        let review = self.post("/temoigner/gard", &form(other)).await;
        assert_eq!(review.status, StatusCode::OK, "{}", review.page().text());
        self.confirm(&review).await.location()
    }

    /// The same, published; answers its receipt and its own address.
    pub async fn told(&self, other: &[(&str, &str)]) -> (String, String) {
        let receipt = self.tell(other).await;
        let mut moderator = self.moderator().await;
        self.publish_next(&mut moderator).await;
        let address = self.own_page(&receipt).await;
        self.eventually(&address, |answer| answer.status == StatusCode::OK)
            .await;
        (receipt, address)
    }

    /// The page of what a receipt is of, once it is published.
    pub async fn own_page(&self, receipt: &str) -> String {
        let links = self.page(receipt).await.links("main .buttons");
        let mut links = links.into_iter();
        links
            .find(|link| link.starts_with("/temoignages/"))
            .unwrap()
    }

    /// Waits until it is counted that so many had the same experience.
    pub async fn same_counted(&self, own: &str, same: u64) {
        let id = own.trim_end_matches('/').rsplit('/').next().unwrap();
        let id = domain::ContributionId::parse(id).unwrap();
        let started = std::time::Instant::now();
        loop {
            let kept = self.served.store().published_testimonial(&id).await;
            let kept = kept.unwrap().unwrap().same;
            if kept == same {
                return;
            }
            let late = started.elapsed() > std::time::Duration::from_secs(60);
            assert!(!late, "{kept}, not {same}");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// The files that the publisher left, once they are those that a full build makes.
    pub async fn assert_as_built(&self, content: &Path) {
        // What waits for its turn has it.
        self.half_a_minute_later();
        let started = std::time::Instant::now();
        loop {
            let (left, built) = (files(&self.site_dir()), full_build_of(self, content).await);
            if left == built {
                return;
            }
            let late = started.elapsed() > std::time::Duration::from_secs(60);
            assert!(!late, "{}", differing(&left, &built).join(", "));
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// The queue as a moderator sees it.
    pub async fn queue(&self, moderator: &mut Browser) -> Answer {
        self.get_as(moderator, "/moderation/").await
    }
}

/// The files that differ, and those that only one has.
fn differing(left: &BTreeMap<String, Vec<u8>>, built: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let names = left.keys().chain(built.keys());
    let differs = |name: &&String| left.get(*name) != built.get(*name);
    names.filter(differs).cloned().collect()
}
