//! Exports of a campaign: open data, and what analysts see.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use domain::{
    Body, Comment, Contribution, ContributionId, Decided as Outcomes, Decision, Email, Idea,
    IdeaKind, Name, OfficialResponse, Outcome, Slug, Title,
};
use ecoute::export::{Options, export};
use functions::Store;
use functions::exports::{Format, Readers};
use functions::store::{By, Decided, Ruling};
use jiff::Timestamp;
use reqwest::StatusCode;
use serde_json::Value;
use tempfile::TempDir;

use crate::app::{Browser, NOW, TestApp, repository};
use crate::assert_page;

const CANARY: &str = "canari.7f3a@example.org";

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn id(last: char) -> ContributionId {
    ContributionId::parse(&format!("000000000000000{last}")).unwrap()
}

pub fn idea(last: char, title: &str, text: &str) -> Idea {
    Idea {
        id: id(last),
        campaign: Slug::parse("accueil").unwrap(),
        kind: IdeaKind::Idea,
        category: Some("Horaires".to_owned()),
        question: None,
        title: Title::parse(title, Title::MAX).unwrap(),
        body: Body::parse(text, Body::MAX).unwrap(),
        received_at: at(&format!("2026-11-1{last}T08:00:00.250Z")),
        carried_likes: 0,
    }
}

pub fn comment(last: char, of: char, text: &str) -> Comment {
    Comment {
        id: id(last),
        campaign: Slug::parse("accueil").unwrap(),
        idea: id(of),
        name: Some(Name::parse("Lina Canari").unwrap()),
        body: Body::parse(text, Body::MAX).unwrap(),
        received_at: at(&format!("2026-11-1{last}T09:00:00Z")),
    }
}

/// Keeps a contribution with its author's address.
async fn keep(store: &Store, contribution: &Contribution, email: &str) {
    let email = Email::parse(email).unwrap();
    let receipt = format!("hash-{}", contribution.reference());
    let until = at("2028-01-01T00:00:00Z");
    store
        .add(
            contribution,
            &receipt,
            Some((&email, until)),
            &BTreeSet::new(),
            functions::Arrival::ToRead,
        )
        .await
        .unwrap();
}

/// Sends a form of a contribution's page in the back office.
async fn decide(
    app: &TestApp,
    moderator: &mut Browser,
    contribution: &Contribution,
    end: &str,
    typed: &[(&str, &str)],
) {
    let address = format!("/moderation/contributions/{}", contribution.reference());
    let page = app.get_as(moderator, &address).await;
    let done = app.submit(moderator, &page, end, typed).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.page().text());
}

/// Contributions of every status, with an address each, two by the same person.
pub async fn seed(app: &TestApp) {
    let store = app.served.store();
    app.set_clock("2026-11-20T12:00:00Z");
    let mut moderator = app.moderator().await;
    let mut first = idea(
        '1',
        "=SOMME(A1:A9)",
        "Ouvrir « le soir » ; et le samedi.\n\nDeuxième paragraphe.",
    );
    first.carried_likes = 12;
    first.question = Some("Qu’est-ce qui vous ferait gagner du temps ?".to_owned());
    let answered = first.id.clone();
    let first = Contribution::Idea(first);
    let reply = Contribution::Comment(comment('2', '1', "D’accord."));
    let waiting = Contribution::Comment(comment('3', '1', "J’attends."));
    let refused = Contribution::Idea(idea('4', "Refusée", "Mon numéro est le 06."));
    let hidden = Contribution::Idea(idea('5', "Masquée", "Plus là."));
    let orphan = Contribution::Comment(comment('6', '5', "Sous une idée masquée."));
    let taken_back = Contribution::Idea(idea('7', "Retirée", "Je retire."));
    keep(store, &first, CANARY).await;
    keep(store, &reply, "canari.autre@example.org").await;
    keep(store, &waiting, "CANARI.7f3a@example.org").await;
    keep(store, &refused, "canari.4@example.org").await;
    keep(store, &hidden, "canari.5@example.org").await;
    keep(store, &orphan, "canari.6@example.org").await;
    keep(store, &taken_back, "canari.7@example.org").await;
    for published in [&first, &reply, &hidden, &orphan, &taken_back] {
        decide(app, &mut moderator, published, "/publier", &[]).await;
    }
    let reason = [("reason", "personal-data")];
    decide(app, &mut moderator, &refused, "/refuser", &reason).await;
    let reason = [("reason", "insulting")];
    decide(app, &mut moderator, &hidden, "/masquer", &reason).await;
    let ruling = Ruling {
        reference: &taken_back.reference(),
        version: None,
        by: By::Author,
        now: app.now(),
    };
    let withdrawn = store.decide(&ruling, Decision::Withdraw, None).await;
    assert_eq!(withdrawn.unwrap(), Decided::Done);
    let response = OfficialResponse {
        team: "Équipe; accueil".to_owned(),
        text: Body::parse("Merci.\nNous essayons.", Body::MAX).unwrap(),
        published_at: at("2026-11-21T10:00:00Z"),
        corrected_at: None,
    };
    let outcome = Outcome {
        decision: Outcomes::Partly,
        text: Body::parse("Le samedi seulement.", Body::MAX).unwrap(),
        decided_at: at("2026-11-22T10:00:00Z"),
    };
    store
        .import_statements(&answered, Some(response), Some(outcome))
        .await
        .unwrap();
    app.set_clock(NOW);
}

fn options(app: &TestApp, format: Format, readers: Readers, out: &Path) -> Options {
    Options {
        data_dir: app.data.path().to_owned(),
        content: repository("tests/fixtures/content"),
        theme: repository("themes/default"),
        campaign: "accueil".to_owned(),
        format,
        readers,
        out: Some(out.to_owned()),
        site_url: Some("https://ecoute.example.org".to_owned()),
        now: at(NOW),
        database: app.database(),
    }
}

/// Exports, and answers what was said and each file that was written.
pub async fn exported(
    app: &TestApp,
    format: Format,
    readers: Readers,
) -> (String, BTreeMap<String, String>) {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join(format!("accueil.{}", format.key()));
    let done = export(options(app, format, readers, &out)).await.unwrap();
    let said = done
        .said
        .replace(&folder.path().display().to_string(), "FOLDER");
    (said, read(folder.path()))
}

fn read(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        files.insert(name, std::fs::read_to_string(path).unwrap());
    }
    files
}

pub fn whole((said, files): &(String, BTreeMap<String, String>)) -> String {
    let mut whole = said.clone();
    for (name, text) in files {
        whole.push_str(&format!("\n\n== {name}\n{}", text.replace("\r\n", "␍\n")));
    }
    whole
}

/// The rows of a table by column, as who follows its rule of the apostrophe reads them.
fn rows(csv: &str) -> Vec<BTreeMap<String, String>> {
    let text = csv.strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(text.as_bytes());
    let names = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            names
                .iter()
                .zip(record.iter())
                .map(|(name, cell)| {
                    let cell = cell.strip_prefix('\'').unwrap_or(cell);
                    (name.to_owned(), cell.to_owned())
                })
                .collect()
        })
        .collect()
}

#[tokio::test]
async fn open_data_is_what_is_published() {
    let app = TestApp::start().await;
    seed(&app).await;
    let csv = exported(&app, Format::Csv, Readers::Public).await;
    let json = exported(&app, Format::Json, Readers::Public).await;
    let again = exported(&app, Format::Csv, Readers::Public).await;
    assert_eq!(csv, again);
    let seen = format!("{}\n\n{}", whole(&csv), whole(&json));
    assert!(!seen.to_lowercase().contains("canari"), "{seen}");
    assert!(!seen.contains("demo") && !seen.contains("hash-"), "{seen}");
    assert_page!(seen);
}

#[tokio::test]
async fn analysts_see_what_is_not_published_and_an_author_under_one_pseudonym() {
    let app = TestApp::start().await;
    seed(&app).await;
    let csv = exported(&app, Format::Csv, Readers::Analysts).await;
    let json = exported(&app, Format::Json, Readers::Analysts).await;
    let again = exported(&app, Format::Csv, Readers::Analysts).await;
    let seen = format!("{}\n\n{}", whole(&csv), whole(&json));
    assert!(!seen.to_lowercase().contains("canari"), "{seen}");
    assert_page!(seen);

    let pseudonyms = |files: &BTreeMap<String, String>| -> Vec<String> {
        let rows = rows(&files["accueil.csv"]);
        rows.iter().map(|row| row["pseudonyme"].clone()).collect()
    };
    let (first, second) = (pseudonyms(&csv.1), pseudonyms(&again.1));
    // The idea and the comment that waits are of one address, whatever its case.
    assert_eq!(first[0], first[2]);
    let different: BTreeSet<&String> = first.iter().chain(&second).collect();
    assert_eq!(different.len(), 2 * (first.len() - 1));

    let log = app.served.store().audit_log().await.unwrap();
    let exports: Vec<&str> = log
        .iter()
        .filter(|entry| entry.action == "export")
        .map(|entry| entry.about.as_str())
        .collect();
    assert_eq!(exports, ["campaign:accueil"; 3]);
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_for_analysts_is_legible_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let app = TestApp::start().await;
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("analyse.csv");
    export(options(&app, Format::Csv, Readers::Analysts, &out))
        .await
        .unwrap();
    let mode = std::fs::metadata(&out).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn hostile_texts_come_back_as_they_were_and_no_cell_is_a_formula() {
    let folder = repository("../shared/data/hostile");
    if !folder.exists() {
        eprintln!("skipped: {} is not there", folder.display());
        return;
    }
    let naughty = std::fs::read_to_string(folder.join("naughty_strings.json")).unwrap();
    let mut strings: Vec<String> = serde_json::from_str(&naughty).unwrap();
    strings.extend(["=1+1", "+1", "-1", "@A1", "'=1", "''", "\t=1", "a;b\"c\nd"].map(String::from));
    let app = TestApp::start().await;
    let store = app.served.store();
    let mut kept = BTreeMap::new();
    for (place, string) in strings.iter().enumerate() {
        let (Ok(title), Ok(body)) = (
            Title::parse(string, Title::MAX),
            Body::parse(string, Body::MAX),
        ) else {
            continue;
        };
        let mut bytes = [0; 10];
        bytes[8..].copy_from_slice(&u16::try_from(place).unwrap().to_be_bytes());
        let idea = Idea {
            id: ContributionId::from_bytes(bytes),
            category: Some(format!("{}\u{7}\u{0}", title.as_str())),
            title,
            body,
            ..idea('1', "-", "-")
        };
        kept.insert(idea.id.as_str().to_owned(), idea.clone());
        let published_at = Some(idea.received_at);
        store
            .import(&Contribution::Idea(idea), published_at)
            .await
            .unwrap();
    }
    assert!(kept.len() > 400);
    let (_, files) = exported(&app, Format::Csv, Readers::Public).await;
    let csv = &files["accueil.csv"];
    no_cell_is_a_formula(csv);
    let rows = rows(csv);
    assert_eq!(rows.len(), kept.len());
    for row in &rows {
        let idea = &kept[&row["identifiant"]];
        assert_eq!(row["titre"], idea.title.as_str());
        assert_eq!(row["texte"], idea.body.as_str());
        assert_eq!(row["categorie"], idea.title.as_str());
    }
    let (_, files) = exported(&app, Format::Json, Readers::Public).await;
    let json: Value = serde_json::from_str(&files["accueil.json"]).unwrap();
    let ideas = json["idees"].as_array().unwrap();
    assert_eq!(ideas.len(), kept.len());
    for record in ideas {
        let idea = &kept[record["identifiant"].as_str().unwrap()];
        assert_eq!(record["titre"], idea.title.as_str());
        assert_eq!(record["texte"], idea.body.as_str());
    }
}

/// What a table of numbers opens is text, whatever is in it (OWASP, CSV injection).
pub fn no_cell_is_a_formula(csv: &str) {
    assert!(!csv.contains(|c: char| c.is_control() && c != '\n' && c != '\r'));
    let text = csv.strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(text.as_bytes());
    for record in reader.records() {
        for cell in &record.unwrap() {
            assert!(
                !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                "{cell}"
            );
        }
    }
}

/// What a download says of itself.
fn described(answer: &crate::app::Answer) -> String {
    let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
    let names = ["content-type", "content-disposition", "cache-control"];
    let values: Vec<String> = names.into_iter().map(header).collect();
    format!("{} {}", answer.status, values.join(" | "))
}

#[tokio::test]
async fn who_analyses_a_space_downloads_and_nobody_else() {
    let app = TestApp::start().await;
    seed(&app).await;
    let folder = "/moderation/exports/accueil/";
    let mut seen = Vec::new();
    let people = [
        ("national", vec!["national"]),
        ("analyst", vec!["analyst:gard"]),
        ("both", vec!["analyst:gard", "moderator:gard"]),
        ("moderator", vec!["moderator:gard"]),
        ("elsewhere", vec!["analyst:national"]),
    ];
    for (login, grants) in people {
        let mut browser = app.moderator_with(login, &grants).await;
        let page = app.get_as(&mut browser, "/moderation/exports/").await;
        if login == "both" || login == "moderator" {
            seen.push(page.page().text());
        }
        let mut answers = Vec::new();
        for file in ["publiees.csv", "publiees.json", "colonnes.csv"] {
            let answer = app.get_as(&mut browser, &format!("{folder}{file}")).await;
            answers.push(described_or_status(&answer));
        }
        for file in ["analyse.csv", "analyse.json"] {
            let answer = app
                .post_as(&mut browser, &format!("{folder}{file}"), &[])
                .await;
            answers.push(described_or_status(&answer));
            assert!(!answer.body.to_lowercase().contains("canari"));
        }
        seen.push(format!("== {login}\n{}", answers.join("\n")));
    }
    let nobody = app.get(&format!("{folder}publiees.csv")).await;
    assert_eq!(nobody.location(), "/moderation/connexion");
    let mut national = app.moderator_with("nationale", &["national"]).await;
    for missing in ["publiees.xls", "analyse.csv"] {
        let answer = app
            .get_as(&mut national, &format!("{folder}{missing}"))
            .await;
        assert!(answer.status.is_client_error(), "{missing}");
    }
    // The same file as the command's, but for the address of the site.
    let answer = app
        .get_as(&mut national, &format!("{folder}publiees.csv"))
        .await;
    let (_, files) = exported(&app, Format::Csv, Readers::Public).await;
    let own = answer
        .body
        .replace(&app.served.site_url, "https://ecoute.example.org");
    assert_eq!(own, files["accueil.csv"]);
    let journal = app.get_as(&mut national, "/moderation/journal").await;
    assert!(journal.body.contains("L’accueil"));
    assert_page!(seen.join("\n\n"));
}

fn described_or_status(answer: &crate::app::Answer) -> String {
    if answer.status.is_success() {
        described(answer)
    } else {
        answer.status.to_string()
    }
}
