//! Strings in what is told of a service: by its author, by who proposes another text, by the teams
//! that answer, and by the author again.

use reqwest::StatusCode;

use super::journey::Journey;
use super::{Strings, carried};
use crate::app::Browser;
use crate::publishing::files;
use crate::telling::{form, start};

const TELL: &str = "/temoigner/gard";
/// How many testimonials there are beside those of strings.
const PLAIN: usize = 60;

impl Journey {
    /// What is seen where every string is told, proposed and answered.
    pub(super) async fn of_testimonials(strings: Strings) -> crate::scan::Seen {
        let (app, content) = start().await;
        let mut journey = Self::with(app, strings).await;
        journey.mistell().await;
        let receipts = journey.tell().await;
        journey.propose_texts().await;
        journey.publish().await;
        journey.answer_all().await;
        journey.app.assert_as_built(content.path()).await;
        for (path, bytes) in files(&journey.app.site_dir()) {
            if let Ok(text) = std::str::from_utf8(&bytes) {
                // The mark that a table for spreadsheets begins with.
                let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                journey.seen.file(&path, text);
            }
        }
        for receipt in receipts {
            journey.public(&receipt).await;
        }
        for path in ["", "?file=repondre", "?file=accord", "tableau", "journal"] {
            journey.desk(&format!("/moderation/{path}")).await;
        }
        journey.read_mail().await;
        journey.seen
    }

    /// Every string in every field of the form, none of which takes them.
    async fn mistell(&mut self) {
        let names: Vec<&str> = form(&[]).iter().map(|(name, _)| *name).collect();
        for string in carried(&self.strings.sorts, names.len()) {
            let typed: Vec<(&str, &str)> = names.iter().map(|it| (*it, string.as_str())).collect();
            let answer = self.app.post(TELL, &typed).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            self.seen.made_of("/temoigner/422", &answer.body);
        }
    }

    /// Every string as a testimonial that holds. Answers the receipts.
    async fn tell(&mut self) -> Vec<String> {
        let mut receipts = Vec::new();
        for (title, text) in self.short(150).into_iter().zip(self.long()) {
            let typed = form(&[("title", title.as_str()), ("text", text.as_str())]);
            let review = self.app.post(TELL, &typed).await;
            let status = review.status.as_u16();
            self.seen
                .made_of(&format!("/temoigner/review/{status}"), &review.body);
            if review.status == StatusCode::OK {
                receipts.push(self.app.confirm(&review).await.location());
            }
        }
        assert!(receipts.len() > 20, "{} receipts", receipts.len());
        // What is personal data, as some strings are, comes back with more on its review page.
        let personal = form(&[("text", "Appelez-moi au 06 12 34 56 78.")]);
        let review = self.app.post(TELL, &personal).await;
        self.seen.made_of("/temoigner/review/200", &review.body);
        // With tamed strings there are as many lists of several pages.
        for number in 0..PLAIN {
            let title = format!("Simplement {number}");
            self.app.tell(&[("title", &title)]).await;
        }
        receipts
    }

    /// Some strings as what is proposed to an author, who reads it and agrees, or not.
    async fn propose_texts(&mut self) {
        const PROPOSALS: usize = 8;
        let mut proposed = 0;
        for (text, title) in self.long().zip(self.short(150)).take(PROPOSALS) {
            let queue = self.desk("/moderation/").await;
            let typed = [
                ("proposed_title", title.as_str()),
                ("proposed_text", text.as_str()),
                ("proposal_why", title.as_str()),
            ];
            let moderator = &mut self.moderator;
            let done = self
                .app
                .submit(moderator, &queue, "/proposer", &typed)
                .await;
            proposed += usize::from(done.status == StatusCode::SEE_OTHER);
            self.seen.made_of("/proposer", &done.body);
        }
        self.desk("/moderation/?file=accord").await;
        self.app.advance(31);
        let mut links = Vec::new();
        for _ in 0..200 {
            links.clear();
            for (path, bytes) in files(&self.app.data.path().join("outbox")) {
                // One that is being written is none yet.
                if !path.ends_with(".eml") {
                    continue;
                }
                let message = crate::message::Message::parse(&bytes);
                let (found, _) = message.links();
                links.extend(found.into_iter().filter(|link| link.contains("/accord/")));
            }
            if links.len() == proposed {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        // One may hold a number that is refused.
        assert!(links.len() == proposed && proposed > PROPOSALS / 2);
        for (place, link) in links.iter().enumerate() {
            let path = link
                .strip_prefix(&self.app.served.site_url)
                .unwrap()
                .to_owned();
            let page = self.app.get(&path).await;
            assert_eq!(page.status, StatusCode::OK);
            self.seen.page("/accord/page", &page.body);
            let rewrite = self.app.get(&format!("{path}/autrement")).await;
            self.seen.page("/accord/autrement", &rewrite.body);
            let button = ["publier", "ne-pas-publier"][place % 2];
            self.app.post(&format!("{path}/{button}"), &[]).await;
            let over = self.app.get(&path).await;
            self.seen.made_of("/accord/410", &over.body);
        }
    }

    /// Every string as what a team answers.
    async fn answer_all(&mut self) {
        const ANSWERS: usize = 16;
        for (text, team) in self.long().zip(self.short(80)).take(ANSWERS) {
            let desk = self.desk("/moderation/?file=repondre").await;
            if desk.page().select("#answer-form").is_empty() {
                break;
            }
            let typed = [
                ("team", team.as_str()),
                ("response", text.as_str()),
                ("faire", "publier"),
            ];
            let moderator: &mut Browser = &mut self.moderator;
            let done = self
                .app
                .submit(moderator, &desk, "/reponse-structure", &typed)
                .await;
            self.seen.made_of("/reponse-structure", &done.body);
        }
    }
}
