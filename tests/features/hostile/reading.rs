//! What is read of a site on which strings were typed or imported.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use functions::store::MailLane;

use super::journey::{DESK, Journey};
use crate::message::{HEADERS, Message};
use crate::publishing::{files, full_build};

impl Journey {
    /// Every file that is public, once it shows all that is published.
    pub(super) async fn read_site(&mut self) {
        for (path, bytes) in self.settled().await {
            if let Ok(text) = std::str::from_utf8(&bytes) {
                self.seen.file(&path, text);
            }
        }
        let counts = self.app.get("/api/compteurs?campagne=accueil").await;
        let counts = serde_json::from_str(&counts.body).unwrap();
        self.seen.json("compteurs", &counts);
    }

    /// The pages of the back office that are of no single contribution.
    pub(super) async fn read_office(&mut self) {
        for path in [
            "",
            "?filtrer=1",
            "?file=repondre",
            "?file=alertes",
            "tableau",
            "journal",
            "exports/",
            "courrier",
            "signalements/",
            "protection",
            "compte",
        ] {
            self.desk(&format!("{DESK}{path}")).await;
        }
    }

    /// The files of the site, once they are what a full build makes.
    pub(super) async fn settled(&self) -> BTreeMap<String, Vec<u8>> {
        const PATIENCE: Duration = Duration::from_secs(180);
        let started = Instant::now();
        let built = full_build(&self.app).await;
        loop {
            let left = files(&self.app.site_dir());
            if left == built {
                return left;
            }
            let differs = |path: &&String| left.get(*path) != built.get(*path);
            let path = left.keys().chain(built.keys()).find(differs);
            assert!(
                started.elapsed() < PATIENCE,
                "{path:?} is not as it should be"
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Every message: its headers are those of the template, and so are its HTML and its text.
    pub(super) async fn read_mail(&mut self) {
        const PATIENCE: Duration = Duration::from_secs(180);
        self.app.advance(31);
        let started = Instant::now();
        loop {
            let store = self.app.served.store();
            let waiting = store.letters(MailLane::Waiting, 1_000).await.unwrap();
            if waiting.iter().all(|letter| letter.at > self.app.now()) {
                break;
            }
            assert!(started.elapsed() < PATIENCE, "mail is still there");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let sent = files(&self.app.data.path().join("outbox"));
        assert!(sent.len() > 50, "{} messages", sent.len());
        for (path, bytes) in sent.iter().filter(|(path, _)| path.ends_with(".eml")) {
            let message = Message::parse(bytes);
            // What asks for consent has no address to stop it: its one link is the consent's.
            let mut headers = HEADERS.to_vec();
            if message.text.contains("/accord/") {
                headers.retain(|header| *header != "List-Unsubscribe");
            }
            assert_eq!(message.headers(), headers, "{path}");
            self.seen.page("mail", &message.html);
            self.seen.text(path, &message.text);
            self.seen.text(path, &message.raw);
        }
        let store = self.app.served.store();
        for lane in [MailLane::Sent, MailLane::Parked] {
            for letter in store.letters(lane, 20).await.unwrap() {
                let path = format!("{DESK}courrier/{}", letter.letter.id());
                let page = self.app.get_as(&mut self.moderator, &path).await;
                self.seen.page("/moderation/courrier/letter", &page.body);
            }
        }
    }
}
