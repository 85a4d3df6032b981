//! The way of strings through a site of its own.

use ecoute::import::Publication;
use reqwest::StatusCode;

use super::{Strings, batches, carried, plain};
use crate::app::{Answer, Browser, TestApp};
use crate::scan::Seen;

pub(super) const DESK: &str = "/moderation/";
pub(super) const IDEAS: &str = "/participer/accueil/idees";

/// One way through a site of its own.
pub(super) struct Journey {
    pub(super) seen: Seen,
    pub(super) app: TestApp,
    pub(super) strings: Strings,
    pub(super) moderator: Browser,
    /// The page of a published idea, to which the rest is sent.
    pub(super) idea: String,
}

impl Journey {
    async fn start(strings: Strings) -> Self {
        Self::with(TestApp::start().await, strings).await
    }

    pub(super) async fn with(app: TestApp, strings: Strings) -> Self {
        Self {
            seen: Seen::of(&app.served.site_url),
            moderator: app.moderator().await,
            idea: String::new(),
            app,
            strings,
        }
    }

    /// What is seen where every string comes by a file that is imported: as a title, a category,
    /// a text, a name; and where all are answered.
    pub(super) async fn of_files(strings: Strings) -> Seen {
        let mut journey = Self::start(strings).await;
        journey.import_plain(80, Publication::Now).await;
        journey.import_strings().await;
        journey.import_statements().await;
        // All of it is built at once, and not a page after the other.
        journey.app = journey.app.restart().await;
        // What expired by the system's clock, and not by the test's, is gone when a site starts.
        journey.moderator = journey.app.moderator().await;
        journey.seen = Seen::of(&journey.app.served.site_url);
        journey.read_site().await;
        journey.read_office().await;
        journey.read_exports().await;
        journey.seen
    }

    /// What is seen where the public types every string.
    pub(super) async fn of_the_public(strings: Strings) -> Seen {
        let mut journey = Self::start(strings).await;
        journey.import_plain(80, Publication::Now).await;
        journey.import_plain(60, Publication::AfterModeration).await;
        journey.settled().await;
        journey.idea = journey.published().await.remove(0);
        journey.mistype().await;
        journey.ask().await;
        journey.present().await;
        let mut receipts = journey.propose().await;
        journey.read_office().await;
        journey.publish().await;
        receipts.extend(journey.comment().await);
        journey.publish().await;
        journey.signal().await;
        journey.group().await;
        journey.read_site().await;
        journey.read_office().await;
        for receipt in receipts {
            journey.public(&receipt).await;
        }
        journey.read_exports().await;
        journey.read_mail().await;
        journey.seen
    }

    /// What is seen where moderators type every string.
    pub(super) async fn of_moderators(strings: Strings) -> Seen {
        let mut journey = Self::start(strings).await;
        journey.import_plain(80, Publication::Now).await;
        journey.settled().await;
        journey.idea = journey.published().await.remove(0);
        journey.misjudge().await;
        journey.refuse().await;
        journey.alert().await;
        journey.answer().await;
        journey.read_site().await;
        journey.read_office().await;
        journey.be_named().await;
        journey.seen
    }

    /// One string of each sort, as they go in a field of so many characters.
    pub(super) fn short(&self, limit: usize) -> Vec<String> {
        batches(&self.strings.sorts, limit)
    }

    /// All strings, as they go in fields that take so much of them, over and over.
    pub(super) fn long(&self) -> impl Iterator<Item = String> + use<> {
        const LONG: usize = 1_400;
        batches(&self.strings.all, LONG).into_iter().cycle()
    }

    /// Reads a page of the public that is there.
    pub(super) async fn public(&mut self, path: &str) -> Answer {
        let answer = self.app.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        self.seen.page(path, &answer.body);
        answer
    }

    /// Reads a page of the back office that is there.
    pub(super) async fn desk(&mut self, path: &str) -> Answer {
        let answer = self.app.get_as(&mut self.moderator, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        self.seen.page(path, &answer.body);
        answer
    }

    /// Sends a form that does not hold, and looks at what comes back: it gives back what was
    /// typed, so that only its markup counts.
    pub(super) async fn wrong(&mut self, browser: &mut Browser, path: &str, names: &[&str]) {
        let strings = carried(&self.strings.all, names.len());
        for string in plain().into_iter().chain(strings) {
            self.wrong_with(browser, path, names, &string).await;
        }
    }

    pub(super) async fn wrong_with(
        &mut self,
        browser: &mut Browser,
        path: &str,
        names: &[&str],
        string: &str,
    ) {
        let form: Vec<(&str, &str)> = names.iter().map(|&name| (name, string)).collect();
        let answer = self.app.post_as(browser, path, &form).await;
        let status = answer.status.as_u16();
        assert!(
            [200, 400, 404, 410, 422].contains(&status),
            "{status} of {path} for {string:?}"
        );
        self.seen.made_of(&format!("{path}/{status}"), &answer.body);
    }

    /// Sends a form of a page of the back office, which holds.
    pub(super) async fn decide(&mut self, page: &Answer, end: &str, typed: &[(&str, &str)]) {
        let sent = self.app.submit(&mut self.moderator, page, end, typed).await;
        let location = sent.location();
        assert!(location.starts_with(DESK), "{location}");
        assert!(!location.contains("conflict"), "{location}");
    }
}

/// A contribution's page in the back office, from its page on the site.
pub(super) fn office(idea: &str) -> String {
    let id = idea.trim_end_matches('/').rsplit('/').next().unwrap();
    format!("/moderation/contributions/{id}")
}
