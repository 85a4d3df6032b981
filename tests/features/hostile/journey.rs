//! The way of strings through the site: every form and file they can come by, then everything
//! that comes of them.

use std::time::{Duration, Instant};

use ecoute::import::{Options, Publication, Run, import};
use functions::exports::{Format, Readers};
use functions::store::MailLane;
use reqwest::StatusCode;
use tempfile::TempDir;

use super::{batches, encoded};
use crate::app::{Answer, Browser, TestApp, repository};
use crate::exports::{exported, no_cell_is_a_formula};
use crate::message::Message;
use crate::publishing::files;
use crate::scan::Seen;

const DESK: &str = "/moderation/";
const REPORTS: &str = "/moderation/signalements/";
/// One imported idea in so many has a category.
const CATEGORIES: usize = 16;
/// How many strings are sent alone too.
const ALONE: usize = 515;
const HEADERS: [&str; 9] = [
    "Message-ID",
    "Date",
    "To",
    "Subject",
    "Auto-Submitted",
    "List-Unsubscribe",
    "From",
    "MIME-Version",
    "Content-Type",
];

/// One way through a site of its own.
pub(super) struct Journey {
    seen: Seen,
    app: TestApp,
    strings: Vec<String>,
    moderator: Browser,
    /// A published idea, to which the rest is sent.
    idea: String,
}

impl Journey {
    async fn start(strings: Vec<String>) -> Self {
        let app = TestApp::start().await;
        Self {
            seen: Seen::of(&app.served.site_url),
            moderator: app.moderator().await,
            idea: app.published_idea("Ouvrir le soir").await,
            app,
            strings,
        }
    }

    /// What is seen where every string comes by a file that is imported: as a title, a category,
    /// a text, a name.
    pub(super) async fn by_file(strings: Vec<String>) -> Seen {
        let mut journey = Self::start(strings).await;
        journey.import().await;
        // All of it is built at once, and not a page after the other.
        journey.app = journey.app.restart().await;
        journey.seen = Seen::of(&journey.app.served.site_url);
        journey.read(&[]).await;
        journey.read_exports().await;
        journey.seen
    }

    /// What is seen where every string is typed, by the public and by moderators.
    pub(super) async fn by_form(strings: Vec<String>) -> Seen {
        let mut journey = Self::start(strings).await;
        let start = Instant::now();
        let lap = |what: &str| eprintln!("{what} {:?}", start.elapsed());
        journey.refuse().await;
        lap("refuse");
        journey.signal().await;
        lap("signal");
        journey.answer().await;
        lap("answer");
        journey.ask().await;
        lap("ask");
        let receipts = journey.take_part().await;
        lap("take part");
        journey.publish().await;
        lap("publish");
        journey.read(&receipts).await;
        lap("read");
        journey.read_mail().await;
        journey.seen
    }

    fn batches(&self, limit: usize) -> Vec<String> {
        batches(&self.strings, limit)
    }

    /// The idea's own page in the back office.
    fn office(&self) -> String {
        let id = self.idea.trim_end_matches('/').rsplit('/').next().unwrap();
        format!("/moderation/contributions/{id}")
    }

    async fn desk(&mut self, path: &str) -> Answer {
        let answer = self.app.get_as(&mut self.moderator, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        self.seen.page(path, &answer.body);
        answer
    }

    /// Sends a form of a page of the back office, and answers where that leads, where it holds.
    async fn decide(&mut self, page: &Answer, end: &str, typed: &[(&str, &str)]) -> Option<String> {
        let sent = self.app.submit(&mut self.moderator, page, end, typed).await;
        match sent.status {
            StatusCode::SEE_OTHER => {
                let location = sent.location();
                assert!(location.starts_with(DESK), "{location}");
                Some(location)
            }
            StatusCode::OK | StatusCode::UNPROCESSABLE_ENTITY => {
                let kind = format!("{end}/{}", sent.status.as_u16());
                self.seen.made_of(&kind, &sent.body);
                None
            }
            other => panic!("{other} for {typed:?}"),
        }
    }

    /// Every string as a title, a category, a text and a name of a file that is imported.
    async fn import(&self) {
        let folder = TempDir::new().unwrap();
        let write = |name: &str, header: [&str; 4], rows: Vec<[String; 4]>| {
            let path = folder.path().join(name);
            let mut writer = csv::Writer::from_path(&path).unwrap();
            writer.write_record(header).unwrap();
            rows.iter()
                .for_each(|row| writer.write_record(row).unwrap());
            writer.flush().unwrap();
            path
        };
        let titles = self.batches(domain::Title::MAX);
        let mut texts = self.batches(domain::Body::MAX).into_iter();
        let ideas = titles.into_iter().enumerate().map(|(row, title)| {
            let text = texts.next().unwrap_or_else(|| title.clone());
            // Each category has lists of its own, which name all the others.
            let category = if row % CATEGORIES == 0 {
                title.clone()
            } else {
                String::new()
            };
            [row.to_string(), title, text, category]
        });
        let comments = self.names().into_iter().enumerate();
        let comments =
            comments.map(|(row, name)| [row.to_string(), "0".to_owned(), name.clone(), name]);
        let pairs = |map: &str| map.split(',').map(str::to_owned).collect();
        let options = Options {
            data_dir: self.app.data.path().to_owned(),
            content: repository("tests/fixtures/content"),
            theme: repository("themes/default"),
            campaign: "accueil".to_owned(),
            file: write(
                "ideas.csv",
                ["id", "title", "text", "category"],
                ideas.collect(),
            ),
            map: pairs("title=title,text=text,category=category"),
            comments: Some(write(
                "comments.csv",
                ["id", "idea", "text", "name"],
                comments.collect(),
            )),
            comments_map: pairs("idea=idea,text=text,name=name"),
            publication: Publication::Now,
            run: Run::Real,
            database: self.app.database(),
        };
        import(options).await.unwrap();
    }

    /// The strings that may be names, as many as one name takes.
    fn names(&self) -> Vec<String> {
        let names = self.batches(domain::Name::MAX).into_iter();
        names
            .filter(|name| domain::Name::parse(name).is_ok())
            .collect()
    }

    /// Every string in the forms of an idea and of a comment, and each of some alone, with an
    /// address and a choice that are none. Answers the receipts of what is sent.
    async fn take_part(&mut self) -> Vec<String> {
        let reply = self.app.page(&self.idea).await.form_with("text").0;
        let idea = "/participer/accueil/idees";
        let mut alone: Vec<String> = self.strings.iter().take(ALONE).cloned().collect();
        alone.extend(self.batches(4_000));
        for string in alone {
            let string = string.as_str();
            let form = [
                ("kind", "idea"),
                ("category", "Attente"),
                ("title", string),
                ("text", string),
            ];
            self.try_form(idea, &form).await;
            self.try_form(&reply, &[("text", string), ("name", string)])
                .await;
        }
        for string in self.some(1_000) {
            let names = ["kind", "category", "question", "title", "text", "email"];
            let form = names.map(|name| (name, string.as_str()));
            self.try_form(idea, &form).await;
            self.try_form(&reply, &form[3..]).await;
        }
        let mut receipts = Vec::new();
        let titles = self.batches(150);
        for (text, title) in self.batches(4_000).iter().zip(&titles) {
            let idea = [
                ("kind", "idea"),
                ("category", "Attente"),
                ("title", title),
                ("text", text),
                ("email", "lina@example.org"),
            ];
            receipts.extend(self.send("/participer/accueil/idees", &idea).await);
        }
        let names = self.names();
        for (text, name) in self.batches(2_000).iter().zip(&names) {
            let comment = [("text", text.as_str()), ("name", name), ("email", "")];
            receipts.extend(self.send(&reply, &comment).await);
        }
        receipts
    }

    async fn try_form(&mut self, action: &str, form: &[(&str, &str)]) {
        let answer = self.app.post(action, form).await;
        let status = answer.status.as_u16();
        assert!([200, 422].contains(&status), "{status} for {form:?}");
        self.seen
            .made_of(&format!("{action}/{status}"), &answer.body);
    }

    async fn send(&mut self, action: &str, form: &[(&str, &str)]) -> Option<String> {
        let review = self.app.post(action, form).await;
        self.seen.made_of(&format!("{action}/review"), &review.body);
        if review.status != StatusCode::OK {
            return None;
        }
        Some(self.app.confirm(&review).await.location())
    }

    /// Every string as a message to an author, with what is refused and read again.
    async fn refuse(&mut self) {
        let idea = [
            ("kind", "idea"),
            ("category", "Attente"),
            ("title", "Un titre"),
            ("text", "Un texte."),
        ];
        let receipt = self.app.send_idea(&idea).await;
        let waiting = self.app.served.store().queue(1).await.unwrap().oldest;
        let office = format!(
            "/moderation/contributions/{}",
            waiting[0].contribution.reference()
        );
        for message in self.some(1_000) {
            let item = self.desk(&office).await;
            let typed = [("reason", "illegal"), ("message", message.as_str())];
            self.decide(&item, "/refuser", &typed).await.unwrap();
            let refused = self.desk(&office).await;
            let told = self.app.get(&receipt).await;
            self.seen.page(&receipt, &told.body);
            self.decide(&refused, "/relire", &[]).await.unwrap();
        }
    }

    /// Publishes all that waits, by the list.
    async fn publish(&mut self) {
        loop {
            let desk = self.desk(DESK).await;
            let page = desk.page();
            let boxes = page.select("input[name=choix]");
            let mut typed: Vec<(&str, &str)> = boxes
                .iter()
                .map(|choice| ("choix", choice.attr("value").unwrap()))
                .collect();
            if typed.is_empty() {
                break;
            }
            typed.push(("faire", "publier"));
            self.decide(&desk, "/lot", &typed).await.unwrap();
        }
    }

    /// Every string as what is told of something published, and as what is answered to that.
    async fn signal(&mut self) {
        let page = self.app.page(&self.idea).await;
        let links = page.links("article.idea").into_iter();
        let address = links
            .filter(|link| link.contains("/signaler/"))
            .next()
            .unwrap();
        for details in self.some(1_000) {
            let blank = self.app.get(&address).await;
            let ticket = blank.page().form_with("ticket").1;
            let ticket = ticket.iter().find(|(name, _)| name == "ticket").unwrap();
            let ticket = ("ticket", ticket.1.as_str());
            let nothing = ["why", "details", "email"].map(|name| (name, details.as_str()));
            let form = [nothing[0], nothing[1], nothing[2], ticket];
            let refused = self.app.post(&address, &form).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            self.seen.made_of("signaler/422", &refused.body);
            let form = [
                ("why", "other"),
                ("details", &details),
                ("email", ""),
                ticket,
            ];
            let receipt = self.app.post(&address, &form).await.location();
            let list = self.desk(REPORTS).await;
            let typed = ["reason", "message", "hidden"].map(|name| (name, details.as_str()));
            assert_eq!(self.decide(&list, "/retirer", &typed).await, None);
            let typed = [("kept", details.as_str())];
            self.decide(&list, "/laisser", &typed).await.unwrap();
            let told = self.app.get(&receipt).await;
            self.seen.page(&receipt, &told.body);
        }
    }

    /// Every string as an answer, a team, an outcome, who was told of an alert, another idea.
    async fn answer(&mut self) {
        let office = self.office();
        let teams = self.some(80);
        let responses = self.batches(4_000);
        for (place, team) in teams.iter().enumerate() {
            let item = self.desk(&office).await;
            let response = &responses[place % responses.len()];
            let faire = if place % 2 == 0 {
                "brouillon"
            } else {
                "publier"
            };
            let typed = [
                ("team", team.as_str()),
                ("response", response),
                ("faire", faire),
            ];
            self.decide(&item, "/reponse", &typed).await;
        }
        for outcome in self.batches(2_000) {
            let item = self.desk(&office).await;
            let typed = [("decision", "kept"), ("outcome", outcome.as_str())];
            self.decide(&item, "/suite", &typed).await.unwrap();
            let item = self.desk(&office).await;
            let typed = ["decision", "into", "near", "version", "liste", "suivante"];
            let typed = typed.map(|name| (name, outcome.as_str()));
            self.decide(&item, "/suite", &typed[..1]).await;
            self.decide(&item, "/regrouper", &typed[1..3]).await;
            let typed = [
                typed[4],
                typed[5],
                ("faire", "brouillon"),
                ("team", "x"),
                ("response", "y"),
            ];
            self.decide(&item, "/reponse", &typed).await.unwrap();
        }
    }

    /// Strings as they go in short fields: all of them where `ECOUTE_TEST_PAYLOADS` says so.
    fn some(&self, limit: usize) -> Vec<String> {
        let all = std::env::var("ECOUTE_TEST_PAYLOADS").is_ok();
        let step = if all { 1 } else { 8 };
        self.batches(limit).into_iter().step_by(step).collect()
    }

    /// Every string in what is asked for: addresses, filters, the search, what was just done.
    async fn ask(&mut self) {
        for string in self.some(1_000) {
            let string = encoded(&string);
            for path in [
                "/recherche/?q=",
                "/api/compteurs?campagne=",
                "/",
                "/campagnes/accueil/idees/",
                "/suivi/",
                "/participer/accueil/signaler/",
                "/suivi/x?fait=",
            ] {
                let answer = self.app.get(&format!("{path}{string}")).await;
                match answer.headers.get("content-type") {
                    Some(kind) if kind == "application/json" => self
                        .seen
                        .json(path, &serde_json::from_str(&answer.body).unwrap()),
                    _ => self.seen.page(&format!("{path}[token]"), &answer.body),
                }
            }
            let filters = format!(
                "file={string}&espace={string}&campagne={string}&genre={string}&age={string}&fait={string}&de={string}&n={string}&deja={string}"
            );
            self.desk(&format!("{DESK}?{filters}")).await;
            self.desk(&format!("{}?{filters}", self.office())).await;
            self.desk(&format!("{REPORTS}?{filters}")).await;
        }
    }

    /// Everything that is public, and what the back office shows.
    async fn read(&mut self, receipts: &[String]) {
        let published = self.settled().await;
        for (path, bytes) in &published {
            if let Ok(text) = std::str::from_utf8(bytes) {
                self.seen.file(path, text);
            }
        }
        let counts = self.app.get("/api/compteurs?campagne=accueil").await;
        self.seen
            .json("compteurs", &serde_json::from_str(&counts.body).unwrap());
        for receipt in receipts {
            let told = self.app.get(receipt).await;
            self.seen.page(receipt, &told.body);
        }
        for path in [
            "",
            "?file=repondre",
            "?file=alertes",
            "tableau",
            "journal",
            "exports/",
            "courrier",
            "signalements/",
        ] {
            self.desk(&format!("{DESK}{path}")).await;
        }
    }

    /// The files of the site, once they show all that is published.
    async fn settled(&self) -> std::collections::BTreeMap<String, Vec<u8>> {
        let started = Instant::now();
        let store = self.app.served.store();
        loop {
            let published = store.published().await.unwrap();
            let files = files(&self.app.site_dir());
            let missing = published.ideas.values().find(|published| {
                let page = format!("campagnes/accueil/idees/{}/", published.idea.id);
                let pages = files
                    .range(page.clone()..)
                    .take_while(|(path, _)| path.starts_with(&page));
                let pages: String = pages
                    .map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned())
                    .collect();
                pages.is_empty()
                    || published
                        .comments
                        .iter()
                        .any(|comment| !pages.contains(comment.id.as_str()))
            });
            let Some(missing) = missing else {
                return files;
            };
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "{} is not there",
                missing.idea.id
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Every message: its headers are those of the template, and so are its HTML and its text.
    async fn read_mail(&mut self) {
        self.app.advance(31);
        let started = Instant::now();
        let store = self.app.served.store();
        loop {
            let waiting = store.letters(MailLane::Waiting, 1_000).await.unwrap();
            if waiting.iter().all(|letter| letter.at > self.app.now()) {
                break;
            }
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "mail is still there"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let sent = files(&self.app.data.path().join("outbox"));
        assert!(sent.len() > 5, "{sent:?}");
        for (path, bytes) in sent.iter().filter(|(path, _)| path.ends_with(".eml")) {
            let message = Message::parse(bytes);
            assert_eq!(message.headers(), HEADERS, "{path}");
            self.seen.page("mail", &message.html);
            self.seen.text(path, &message.text);
            self.seen.text(path, &message.raw);
        }
        for letter in store.letters(MailLane::Sent, 50).await.unwrap() {
            let path = format!("/moderation/courrier/{}", letter.letter.id());
            let page = self.app.get_as(&mut self.moderator, &path).await;
            self.seen.page("/moderation/courrier/letter", &page.body);
        }
    }

    /// What is exported, for all and for analysts.
    async fn read_exports(&mut self) {
        for readers in [Readers::Public, Readers::Analysts] {
            let (_, files) = exported(&self.app, Format::Csv, readers).await;
            no_cell_is_a_formula(&files["accueil.csv"]);
            self.seen.text(
                "accueil.csv",
                &files["accueil.csv"].trim_start_matches('\u{feff}'),
            );
            let (_, files) = exported(&self.app, Format::Json, readers).await;
            self.seen.file("accueil.json", &files["accueil.json"]);
        }
        let lines = self
            .app
            .served
            .store()
            .published()
            .await
            .unwrap()
            .to_lines();
        for line in lines.lines() {
            self.seen
                .json("contributions", &serde_json::from_str(line).unwrap());
        }
        let log = self.app.served.store().audit_log().await.unwrap();
        self.seen.text("audit", &format!("{log:?}"));
    }
}
