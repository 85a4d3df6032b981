//! An e-mail address, a secret and where somebody sent from go nowhere but to their owner.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use ecoute::backup::backup;
use ecoute::moderators::{self, Request};
use flate2::read::GzDecoder;
use functions::exports::{Format, Readers};
use functions::store::MailLane;
use tracing_subscriber::EnvFilter;

use crate::account::turn_codes_on;
use crate::app::{Answer, Browser, PASSWORD, TestApp, repository};
use crate::exports::{exported, whole};
use crate::publishing::files;

const AUTHOR: &str = "canari.7f3a@example.org";
const REPORTER: &str = "canari.9c21@example.org";
/// No form asks for one, so that it is kept nowhere.
const POSTCODE: &str = "canari-30127";
const NETWORK: &str = "203.0.113.77";
const MISTYPED: &str = "canari mot de passe";

/// Texts by the place where they are found.
#[derive(Default)]
pub struct Places(BTreeMap<&'static str, String>);

impl Places {
    pub fn add(&mut self, place: &'static str, text: &str) {
        let all = self.0.entry(place).or_default();
        all.push_str(text);
        all.push('\n');
    }

    pub fn add_files(&mut self, place: &'static str, root: &Path) {
        for (path, bytes) in files(root) {
            self.add(place, &path);
            self.add(place, &String::from_utf8_lossy(&bytes));
        }
    }

    /// An answer with its headers, cookies aside: they are for who gets them.
    pub fn add_answer(&mut self, place: &'static str, answer: &Answer) {
        self.add(place, &answer.body);
        for (name, value) in &answer.headers {
            if name != "set-cookie" {
                self.add(place, &format!("{name}: {value:?}"));
            }
        }
    }

    /// The places that hold it as a word of its own: digits are a part of many a hash.
    pub fn of_word(&self, word: &str) -> Vec<&str> {
        let holds = |text: &String| {
            text.match_indices(word).any(|(at, _)| {
                let is_part = |c: char| c.is_ascii_alphanumeric();
                let before = text[..at].chars().next_back();
                let after = text[at + word.len()..].chars().next();
                !before.is_some_and(is_part) && !after.is_some_and(is_part)
            })
        };
        let places = self.0.iter().filter(|(_, text)| holds(text));
        places.map(|(place, _)| *place).collect()
    }

    /// The places that hold it.
    pub fn of(&self, canary: &str) -> Vec<&str> {
        assert!(canary.len() > 5, "{canary:?}");
        let holds = |text: &String| text.to_lowercase().contains(&canary.to_lowercase());
        let places = self.0.iter().filter(|(_, text)| holds(text));
        places.map(|(place, _)| *place).collect()
    }
}

/// What is logged on this thread, where the site's own tasks are.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    pub fn start(&self) -> tracing::subscriber::DefaultGuard {
        let filter = "warn,functions=trace,ecoute=trace,site_gen=trace";
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(filter))
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// What somebody has that nobody else may see.
struct Secrets {
    author_receipt: String,
    reporter_receipt: String,
    liker_cookie: String,
    session: String,
    codes_key: String,
    code: String,
}

#[tokio::test]
async fn an_address_and_a_secret_are_nowhere_but_with_their_owner() {
    let log = Log::default();
    let _logging = log.start();
    let app = TestApp::start().await;
    let mut places = Places::default();
    let secrets = take_part(&app, &mut places).await;
    read(&app, &mut places).await;
    places.add("log", &log.text());
    assert!(places.0["log"].contains("not kept in the outbox"));
    assert!(!places.0["log"].contains(&secrets.code));

    let kept = ["backup", "identities", "mail"];
    assert_eq!(places.of("canari.7f3a"), kept);
    assert_eq!(places.of("canari.9c21"), kept);
    assert_eq!(places.of(&secrets.author_receipt), ["mail", "own receipt"]);
    assert_eq!(
        places.of(&secrets.reporter_receipt),
        ["mail", "own receipt"]
    );
    let (person, signature) = secrets.liker_cookie.split_once('.').unwrap();
    assert_eq!(places.of(person), ["backup", "contributions"]);
    for nowhere in [
        signature,
        &secrets.session,
        &secrets.codes_key,
        app.password(),
        PASSWORD,
        MISTYPED,
        NETWORK,
        POSTCODE,
    ] {
        assert_eq!(places.of(nowhere), Vec::<&str>::new(), "{nowhere}");
    }
    let seen = ["back office", "contributions", "export", "site"];
    assert!(
        seen.iter()
            .all(|place| places.of("Avec une adresse").contains(place))
    );
}

/// Takes part, moderates and logs in with canaries in every field that is one's own.
async fn take_part(app: &TestApp, places: &mut Places) -> Secrets {
    let mut author = Browser::default();
    let form = [
        ("kind", "idea"),
        ("category", "Attente"),
        ("title", "Avec une adresse"),
        ("text", "On attend trop."),
        ("email", AUTHOR),
        ("postcode", POSTCODE),
        ("code_postal", POSTCODE),
    ];
    let ideas = "/participer/accueil/idees";
    let review = app.post_from(NETWORK, &mut author, ideas, &form).await;
    let author_receipt = app.confirm(&review).await.location();
    let mut moderator = app.moderator_with("canari", &["national"]).await;
    let waiting = app.get_as(&mut moderator, "/moderation/").await;
    places.add_answer("back office", &waiting);
    app.publish_next(&mut moderator).await;
    let idea = published(app).await;

    let reply = app.page(&idea).await.form_with("text").0;
    let form = [
        ("text", "Moi aussi."),
        ("email", AUTHOR),
        ("postcode", POSTCODE),
    ];
    let review = app.post_from(NETWORK, &mut author, &reply, &form).await;
    app.confirm(&review).await;
    app.publish_next(&mut moderator).await;
    let mut liker = Browser::default();
    let like = format!("{}/soutien", reply.trim_end_matches("/commentaires"));
    let liked = app.post_from(NETWORK, &mut liker, &like, &[("choice", "like")]);
    places.add_answer("answers", &liked.await);
    app.counted(&idea, 1).await;
    let reporter_receipt = report(app, &idea).await;
    let reports = app
        .get_as(&mut moderator, "/moderation/signalements/")
        .await;
    places.add_answer("back office", &reports);

    // A message that can't leave is told in the log, and leaves later.
    let outbox = app.data.path().join("outbox");
    let aside = app.data.path().join("aside");
    std::fs::rename(&outbox, &aside).unwrap();
    std::fs::write(&outbox, "").unwrap();
    let typed = [("kept", "Rien n’est contraire à la charte.")];
    app.submit(&mut moderator, &reports, "/laisser", &typed)
        .await;
    app.advance(31);
    app.mail_tried(1).await;
    std::fs::remove_file(&outbox).unwrap();
    std::fs::rename(&aside, &outbox).unwrap();

    let (totp, codes_key) = turn_codes_on(app, &mut moderator).await;
    let code = totp.generate(u64::try_from(app.now().as_second()).unwrap());
    let wrong = app.log_in(&mut Browser::default(), AUTHOR, MISTYPED).await;
    assert_eq!(wrong.status, 422);
    for receipt in [&author_receipt, &reporter_receipt] {
        let own = app.get(receipt).await;
        places.add("own receipt", &own.body);
    }
    Secrets {
        author_receipt: token(&author_receipt),
        reporter_receipt: token(&reporter_receipt),
        liker_cookie: cookie(&liker),
        session: cookie(&moderator),
        codes_key,
        code: code.to_string(),
    }
}

/// Signals an idea; answers the receipt.
async fn report(app: &TestApp, idea: &str) -> String {
    let links = app.page(idea).await.links("article.idea");
    let address = links
        .iter()
        .find(|link| link.contains("/signaler/"))
        .unwrap();
    let blank = app.page(address).await;
    let fields = blank.form_with("ticket").1;
    let ticket = fields.iter().find(|(name, _)| name == "ticket").unwrap();
    let form = [
        ("why", "other"),
        ("details", "Ce n’est pas vrai."),
        ("email", REPORTER),
        ("postcode", POSTCODE),
        ("ticket", &ticket.1),
    ];
    let mut browser = Browser::default();
    let sent = app.post_from(NETWORK, &mut browser, address, &form).await;
    sent.location()
}

/// Reads all that others read, and what is kept.
async fn read(app: &TestApp, places: &mut Places) {
    let store = app.served.store();
    app.half_a_minute_later();
    let idea = published(app).await;
    app.eventually(&idea, |answer| answer.body.contains("Moi aussi."))
        .await;
    // Comments are told of once a day.
    app.advance(86_400);
    app.queue_of_mail(0, 0, 7).await;
    places.add_files("site", &app.site_dir());
    places.add_files("mail", &app.data.path().join("outbox"));
    for path in [
        "/api/compteurs?campagne=accueil",
        "/suivi/rien",
        "/nulle-part/",
        &idea,
    ] {
        places.add_answer("answers", &app.get(path).await);
    }
    let mut national = app.moderator().await;
    for path in office_pages(app, &idea).await {
        let page = app.get_as(&mut national, &path).await;
        assert_eq!(page.status, 200, "{path}");
        places.add_answer("back office", &page);
    }
    for file in ["publiees.csv", "publiees.json"] {
        let path = format!("/moderation/exports/accueil/{file}");
        places.add_answer("export", &app.get_as(&mut national, &path).await);
    }
    for file in ["analyse.csv", "analyse.json"] {
        let path = format!("/moderation/exports/accueil/{file}");
        places.add_answer("export", &app.post_as(&mut national, &path, &[]).await);
    }
    for format in [Format::Csv, Format::Json] {
        for readers in [Readers::Public, Readers::Analysts] {
            places.add("export", &whole(&exported(app, format, readers).await));
        }
    }
    places.add("export", &store.published().await.unwrap().to_lines());
    places.add("audit", &format!("{:?}", store.audit_log().await.unwrap()));
    places.add("commands", &list_of_moderators(app).await);
    let (contributions, identities) = app.items().await;
    places.add("contributions", &contributions);
    places.add("identities", &identities);
    places.add("backup", &backed_up(app).await);
}

/// Every page of the back office that is there.
async fn office_pages(app: &TestApp, idea: &str) -> Vec<String> {
    let published = app.served.store().published().await.unwrap();
    let id = idea.trim_end_matches('/').rsplit('/').next().unwrap();
    let comments = published.ideas.values().flat_map(|it| &it.comments);
    let mut pages = vec![format!("contributions/{id}"), format!("soutiens/{id}")];
    pages.extend(comments.map(|comment| format!("contributions/{id}-{}", comment.id)));
    for lane in [MailLane::Waiting, MailLane::Parked, MailLane::Sent] {
        let letters = app.served.store().letters(lane, 100).await.unwrap();
        pages.extend(
            letters
                .iter()
                .map(|it| format!("courrier/{}", it.letter.id())),
        );
    }
    let lists = [
        "",
        "?file=repondre",
        "?file=alertes",
        "?filtrer=oui",
        "signalements/",
        "tableau",
        "journal",
        "courrier",
        "protection",
        "exports/",
        "compte",
    ];
    pages.extend(lists.map(str::to_owned));
    pages
        .iter()
        .map(|page| format!("/moderation/{page}"))
        .collect()
}

async fn list_of_moderators(app: &TestApp) -> String {
    let options = moderators::Options {
        data: app.site_data(),
        content: repository("tests/fixtures/content"),
        theme: repository("themes/default"),
        now: app.now(),
        request: Request::List,
    };
    moderators::run(options).await.unwrap()
}

/// What a backup holds: all that is kept, to which nobody else has access.
pub async fn backed_up(app: &TestApp) -> String {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("sauvegarde.jsonl.gz");
    let done = backup(&app.database(), app.data.path(), &file, app.now()).await;
    let mut text = done.unwrap();
    let packed = std::fs::read(&file).unwrap();
    GzDecoder::new(&packed[..])
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// The page of the idea that is published.
async fn published(app: &TestApp) -> String {
    let ideas = app.served.store().published().await.unwrap().ideas;
    let id = ideas.keys().next().unwrap();
    let page = format!("/campagnes/accueil/idees/{id}/");
    app.eventually(&page, |answer| answer.status == 200).await;
    page
}

fn token(receipt: &str) -> String {
    receipt.rsplit('/').next().unwrap().to_owned()
}

fn cookie(browser: &Browser) -> String {
    browser.cookies[0].1.clone()
}

#[tokio::test]
async fn a_receipt_is_kept_to_itself() {
    let app = TestApp::start().await;
    let receipt = app
        .send_idea(&[
            ("kind", "idea"),
            ("category", "Attente"),
            ("title", "Un titre"),
            ("text", "Un texte."),
        ])
        .await;
    let answer = app.get(&receipt).await;
    let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("x-robots-tag"), "noindex");
    let forged = format!("/suivi/{}", "A".repeat(43));
    assert_eq!(app.get(&forged).await.status, 404);
}
