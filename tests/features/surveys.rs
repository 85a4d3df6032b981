//! Surveys: answered page by page, sent once, counted while they are open and told once they are
//! closed.

mod answering;
mod definitions;
mod guarded;
mod office;
mod results;

use reqwest::StatusCode;

use crate::app::{Answer, Browser, TestApp, repository};

/// A site of which the campaign has a survey with a question of each kind.
pub async fn site() -> TestApp {
    TestApp::with_content(&repository("tests/fixtures/survey")).await
}

/// Somebody who answers, in a browser of their own.
pub struct Participant<'a> {
    pub app: &'a TestApp,
    pub browser: Browser,
}

/// What is typed in each page of the survey by somebody who came this year.
pub const PAGES: [&[(&str, &str)]; 5] = [
    &[
        ("q-venue", "oui"),
        ("q-sujets", "le-logement"),
        ("q-sujets.autre", "Mon dossier"),
    ],
    &[("q-attente", "25"), ("q-note", "4")],
    &[
        ("q-services.l-ecoute", "oui"),
        ("q-services.le-delai", "un-peu"),
        ("q-priorites.les-horaires", "2"),
        ("q-priorites.le-telephone", "1"),
    ],
    &[
        ("q-raison", "Long"),
        (
            "q-histoire",
            "J’ai attendu.\r\n\r\nPuis tout est allé vite.",
        ),
    ],
    &[("q-age", "60-ans-ou-plus"), ("q-departement", "30 000")],
];

impl<'a> Participant<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        Self {
            app,
            browser: Browser::default(),
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.app.get_as(&mut self.browser, path).await
    }

    /// Sends a page, to go on with it, back, or elsewhere.
    pub async fn send(&mut self, page: usize, typed: &[(&str, &str)], to: &str) -> Answer {
        let mut form = typed.to_vec();
        form.push(("aller_a", to));
        let path = step(&page.to_string());
        self.app.post_as(&mut self.browser, &path, &form).await
    }

    /// Sends a page that holds, and goes on to the next; answers it.
    pub async fn next(&mut self, page: usize, typed: &[(&str, &str)]) -> Answer {
        let sent = self.send(page, typed, "suite").await;
        let to = sent.location();
        let next = self.get(&to).await;
        assert_eq!(next.status, StatusCode::OK, "{}", next.page().text());
        next
    }

    /// Goes through all pages; answers the review.
    pub async fn answer(&mut self, pages: [&[(&str, &str)]; 5]) -> Answer {
        let mut to = step("1");
        for (place, typed) in pages.iter().enumerate() {
            // A page that is not shown to this participant is left out.
            if to.trim_end_matches("?de=debut") == step(&(place + 1).to_string()) {
                to = self.send(place + 1, typed, "suite").await.location();
            }
        }
        assert_eq!(to, step("relire"));
        self.get(&to).await
    }

    /// Sends all that was answered; answers the address of the receipt.
    pub async fn finish(&mut self) -> String {
        let sent = self.post("envoyer", &[]).await;
        sent.location()
    }

    pub async fn post(&mut self, to: &str, typed: &[(&str, &str)]) -> Answer {
        let path = step(to);
        self.app.post_as(&mut self.browser, &path, typed).await
    }
}

/// The address of a step of the survey.
pub fn step(step: &str) -> String {
    format!("/participer/accueil/sondage/{step}")
}

/// Somebody who answers all of it and sends it; answers the address of the receipt.
pub async fn took_part(app: &TestApp, pages: [&[(&str, &str)]; 5]) -> String {
    let mut participant = Participant::new(app);
    participant.answer(pages).await;
    participant.finish().await
}
