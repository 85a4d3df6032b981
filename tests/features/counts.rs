//! Counts: live, exact whatever happens, and verified.

use std::path::Path;
use std::sync::Arc;

use domain::{Like, Person, Slug};
use ecoute::Engine;
use ecoute::import::{self, Publication, Run, import};
use ecoute::serve::{Database, Expired};
use ecoute::verify::{self, Then, Verified};
use functions::{CONTENT_SECURITY_POLICY, Publisher, Record, Store};
use reqwest::StatusCode;
use reqwest::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY as CSP, CONTENT_TYPE, SET_COOKIE};
use site_gen::{Directory, Renderer};
use tempfile::TempDir;

use crate::app::{Browser, TestApp, repository};
use crate::assert_page;
use crate::patience::LIMITS;

const COUNTS: &str = "/api/compteurs?campagne=accueil";
const LIKE: [(&str, &str); 1] = [("choice", "like")];

/// What `ecoute verify counts` finds.
async fn verified(app: &TestApp, then: Then) -> Verified {
    let options = verify::Options {
        data_dir: app.data.path().to_owned(),
        campaign: Some("accueil".to_owned()),
        then,
        database: app.database(),
    };
    verify::counts(&options).await.unwrap()
}

/// What it prints.
fn printed(verified: &Verified) -> String {
    let said = match &verified.said {
        Ok(said) => said.clone(),
        Err(stopped) => stopped.to_string(),
    };
    format!("{}\n\n{said}", verified.table)
}

fn id_of(idea: &str) -> domain::ContributionId {
    let id = idea.trim_end_matches('/').rsplit('/').next().unwrap();
    domain::ContributionId::parse(id).unwrap()
}

/// Numbers that look random and are the same each time (xorshift, Marsaglia 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

#[tokio::test]
async fn live_counts_are_those_carried_over_and_those_of_the_site() {
    let app = TestApp::start().await;
    let folder = TempDir::new().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let pairs = |map: &str| map.split(',').map(str::to_owned).collect();
    import(import::Options {
        data_dir: app.data.path().to_owned(),
        content: repository("tests/fixtures/content"),
        theme: repository("themes/default"),
        campaign: "accueil".to_owned(),
        file: file("idees.csv", "id,titre,texte,pour\n1,Premier,Un texte,12\n"),
        map: pairs("title=titre,text=texte,likes=pour"),
        comments: Some(file("dits.csv", "idee,texte\n1,D’accord\n1,Non\n")),
        comments_map: pairs("idea=idee,text=texte"),
        publication: Publication::Now,
        run: Run::Real,
        database: app.database(),
    })
    .await
    .unwrap();
    let list = app
        .eventually("/campagnes/accueil/idees/", |answer| {
            answer.body.contains("12 soutiens, 2 commentaires")
        })
        .await;
    let href = list.body.split_once("<h2><a href=\"").unwrap().1;
    let idea = href.split_once('"').unwrap().0;
    let action = app.page(idea).await.action_ending("/soutien");
    app.post(&action, &LIKE).await;
    app.counted(idea, 13).await;

    let answer = app.get(COUNTS).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_page!(answer.body);
    for (name, value) in [
        (CACHE_CONTROL, "public, max-age=5, s-maxage=5"),
        (CONTENT_TYPE, "application/json"),
        (CSP, CONTENT_SECURITY_POLICY),
    ] {
        assert_eq!(answer.headers[&name], value);
        assert_eq!(answer.headers.get_all(&name).iter().count(), 1);
    }
    assert!(!answer.headers.contains_key(SET_COOKIE));

    // For 5 s it is the same answer; then a newer one is made.
    app.post(&action, &LIKE).await;
    app.counted(idea, 14).await;
    assert_eq!(app.get(COUNTS).await.body, answer.body);
    app.later(5);
    app.eventually(COUNTS, |answer| answer.body.contains(r#""soutiens":14"#))
        .await;
    // An answer that is too old is given to nobody.
    app.post(&action, &LIKE).await;
    app.counted(idea, 15).await;
    app.later(3600);
    let newer = app.get(COUNTS).await;
    assert!(newer.body.contains(r#""soutiens":15"#), "{}", newer.body);
}

#[tokio::test]
async fn counts_of_no_campaign_are_explained() {
    let app = TestApp::start().await;
    let mut said = String::new();
    for (path, status) in [
        ("/api/compteurs?campagne=ailleurs", StatusCode::NOT_FOUND),
        ("/api/compteurs?campagne=../..", StatusCode::NOT_FOUND),
        ("/api/compteurs", StatusCode::BAD_REQUEST),
    ] {
        let answer = app.get(path).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.headers[CONTENT_TYPE], "application/json");
        said.push_str(&answer.body);
        said.push('\n');
    }
    assert_page!(said);
}

#[tokio::test]
async fn a_page_has_what_the_script_needs_while_its_campaign_is_open() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let opening = |html: &str, tag: &str| {
        let (_, rest) = html.split_once(tag).unwrap();
        rest.split_once('>').unwrap().0.to_owned()
    };
    let list = app.get("/campagnes/accueil/idees/").await.body;
    let page = app.get(&idea).await.body;
    let shown = [
        opening(&list, "<ul class=\"cards rows\""),
        opening(&list, "<p class=\"counts\""),
        opening(&page, "<article class=\"idea\""),
        opening(&page, "<p class=\"count\""),
    ];
    assert_page!(shown.join("\n"));
}

#[tokio::test]
async fn likes_of_many_people_at_random_are_counted_exactly() {
    const CLIENTS: u64 = 64;
    let operations: u64 = std::env::var("ECOUTE_TEST_LIKES")
        .ok()
        .and_then(|given| given.parse().ok())
        .unwrap_or(3_000);
    let app = Arc::new(TestApp::start().await);
    let mut ideas = Vec::new();
    for title in ["Un", "Deux", "Trois"] {
        let idea = app.published_idea(title).await;
        let action = app.page(&idea).await.action_ending("/soutien");
        ideas.push((idea, action));
    }
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let (app, ideas) = (app.clone(), ideas.clone());
        clients.spawn(async move {
            let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ (client + 1));
            let mut browser = Browser::default();
            let mut liked = [false; 3];
            for _ in 0..operations / CLIENTS {
                let place = usize::try_from(random.below(3)).unwrap();
                liked[place] = random.below(2) == 0;
                let choice = if liked[place] { "like" } else { "unlike" };
                let action = &ideas[place].1;
                let sent = app
                    .post_as(&mut browser, action, &[("choice", choice)])
                    .await;
                assert_eq!(sent.status, StatusCode::SEE_OTHER);
            }
            liked
        });
    }
    let model = clients
        .join_all()
        .await
        .into_iter()
        .fold([0; 3], |mut sums: [u64; 3], liked| {
            for (sum, liked) in sums.iter_mut().zip(liked) {
                *sum += u64::from(liked);
            }
            sums
        });
    for ((idea, _), likes) in ideas.iter().zip(model) {
        app.counted(idea, likes).await;
    }
    app.half_a_minute_later();
    for ((idea, _), likes) in ideas.iter().zip(model) {
        let shown = format!("data-n=\"{likes}\"><svg");
        app.eventually(idea, |answer| answer.body.contains(&shown))
            .await;
    }
    let said = verified(&app, Then::Say).await.said.unwrap();
    let likes = model.iter().sum::<u64>();
    assert_eq!(
        said.replace('\u{a0}', " "),
        format!("Tout concorde : 3 idées, {likes} soutiens, 0 commentaire, 3 pages lues.")
    );
}

#[tokio::test]
async fn records_that_are_late_repeated_or_lost_do_no_harm() {
    let app = Arc::new(TestApp::start().await);
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.action_ending("/soutien");
    // A second publisher, beside that of the site, with a folder of its own.
    let out = TempDir::new().unwrap();
    let theme = repository("themes/default");
    let content = repository("tests/fixtures/content");
    let (bundle, _) = site_gen::load(&content, &theme, &app.served.site_url).unwrap();
    let now = app.now();
    let publisher = Publisher {
        store: app.served.store().clone(),
        renderer: Arc::new(Renderer::new(bundle, Path::new("templates")).unwrap()),
        output: Directory::open(out.path()).unwrap(),
        clock: Arc::new(move || now),
    };
    let id = id_of(&idea);
    let record = |partition: String, sort: &str| Record {
        partition,
        sort: sort.to_owned(),
        old_status: None,
        new_status: None,
    };
    let mut records: Vec<Record> = (0..8)
        .map(|shard| record(format!("LIKES#{id}#{shard}"), &"0".repeat(32)))
        .collect();
    records.push(record(
        format!("LIKES#{}#3", "0".repeat(16)),
        &"0".repeat(32),
    ));
    records.push(record("LIKES#?#9".to_owned(), ""));
    records.push(record("RECEIPT#x".to_owned(), "RECEIPT"));
    let mut random = Random(88_172_645_463_325_252);
    let shuffle = |records: &mut Vec<Record>, random: &mut Random| {
        for place in (1..records.len()).rev() {
            let other = random.below(place as u64 + 1);
            records.swap(place, usize::try_from(other).unwrap());
        }
    };

    let liking = tokio::spawn({
        let (app, action) = (app.clone(), action.clone());
        async move {
            for _ in 0..60 {
                app.post(&action, &LIKE).await;
            }
        }
    });
    // While people like it, the second publisher counts the same idea again and again.
    while !liking.is_finished() {
        shuffle(&mut records, &mut random);
        let twice: Vec<Record> = records.iter().chain(&records).cloned().collect();
        publisher.publish(&twice).await.unwrap();
    }
    liking.await.unwrap();
    app.counted(&idea, 60).await;

    // A like of which no record is read is counted with the next one of its shard.
    let like = |first: u8| Like {
        idea: id.clone(),
        person: Person::from_bytes([first; 16]),
    };
    let store = publisher.store.clone();
    for shard in 0..8 {
        store.like(&like(shard), now).await.unwrap();
        store.like(&like(shard + 8), now).await.unwrap();
    }
    publisher.publish(&records[..]).await.unwrap();
    app.counted(&idea, 76).await;
    let page = std::fs::read_to_string(out.path().join(idea.trim_matches('/')).join("index.html"));
    assert!(page.unwrap().contains("76 soutiens<"));
}

#[tokio::test]
async fn what_was_not_counted_is_found_and_mended() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&idea).await.action_ending("/soutien");
    app.post(&action, &LIKE).await;
    app.eventually(&idea, |answer| answer.body.contains("1 soutien<"))
        .await;
    let database = app.database();
    let tables = app.tables().to_owned();
    let data = app.stop().await;

    // Two likes, and a tally, while nobody counts.
    {
        let engine = match &database {
            Database::Embedded => Engine::start(data.path(), Expired::Kept).unwrap(),
            Database::At { endpoint, .. } => Engine::at(endpoint),
        };
        let store = Store::local_within(engine.endpoint(), &tables, LIMITS);
        for person in 1..3 {
            let like = Like {
                idea: id_of(&idea),
                person: Person::from_bytes([person; 16]),
            };
            store.like(&like, jiff::Timestamp::now()).await.unwrap();
        }
        let tally = site_gen::Tally {
            ideas: 4,
            comments: 0,
            participants: 0,
        };
        let campaign = Slug::parse("accueil").unwrap();
        store.put_tally(&campaign, tally).await.unwrap();
        tokio::task::spawn_blocking(move || engine.stop())
            .await
            .unwrap();
    }
    let page = data
        .path()
        .join("site")
        .join(idea.trim_matches('/'))
        .join("index.html");
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    let file = std::fs::File::options().write(true).open(&page).unwrap();
    file.set_modified(long_ago).unwrap();

    let run = |campaign: Option<&str>, then| {
        let options = verify::Options {
            data_dir: data.path().to_owned(),
            campaign: campaign.map(str::to_owned),
            then,
            database: database.clone(),
        };
        async move { verify::counts(&options).await }
    };
    let mut said = Vec::new();
    for then in [Then::Say, Then::Repair, Then::Say] {
        said.push(printed(&run(None, then).await.unwrap()));
    }
    let unknown = run(Some("ailleurs"), Then::Say).await;
    said.push(unknown.err().unwrap().to_string());
    assert_page!(said.join("\n\n"));
}

#[tokio::test]
async fn counts_are_kept_by_caches_for_what_is_left_of_five_seconds() {
    let app = TestApp::start().await;
    let kept = async || app.get(COUNTS).await.headers[CACHE_CONTROL].clone();
    assert_eq!(kept().await, "public, max-age=5, s-maxage=5");
    app.advance(2);
    assert_eq!(kept().await, "public, max-age=3, s-maxage=3");
    app.advance(2);
    assert_eq!(kept().await, "public, max-age=1, s-maxage=1");
    // An answer that is being made again is given once more, and kept by nobody.
    app.advance(2);
    assert_eq!(kept().await, "public, max-age=0, s-maxage=0");
    app.eventually(COUNTS, |answer| {
        answer.headers[CACHE_CONTROL] == "public, max-age=5, s-maxage=5"
    })
    .await;
}
