//! Importing ideas and comments.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ecoute::import::{Options, Publication, Run, import};
use reqwest::StatusCode;
use tempfile::TempDir;

use crate::app::{TestApp, repository};
use crate::assert_page;
use ecoute::serve::Database;

const IDEAS: &str = "id;titre;texte;sujet;pour\n\
    1;Premier;Un texte;Horaires;12\n\
    2;\"Le \"\"second\"\"\";\"Deux\nlignes\";;0\n";
const COMMENTS: &str = "idee,texte,nom\n1,D’accord,Lina\n1,Pas d’accord,\n2,Peut-être,\n";

fn options(data: &Path, folder: &Path, ideas: &str, comments: &str) -> Options {
    let write = |name: &str, text: &str| -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let pairs = |map: &str| map.split(',').map(str::to_owned).collect();
    Options {
        data_dir: data.to_owned(),
        content: repository("tests/fixtures/content"),
        theme: repository("themes/default"),
        campaign: "accueil".to_owned(),
        file: write("idees.csv", ideas),
        map: pairs("title=titre,text=texte,category=sujet,likes=pour"),
        comments: Some(write("commentaires.csv", comments)),
        comments_map: pairs("idea=idee,text=texte,name=nom"),
        publication: Publication::Now,
        run: Run::Real,
        database: Database::Embedded,
    }
}

/// The same, into the database of a site that runs.
fn beside(app: &TestApp, folder: &Path, ideas: &str, comments: &str) -> Options {
    Options {
        database: app.database(),
        ..options(app.data.path(), folder, ideas, comments)
    }
}

#[tokio::test]
async fn what_is_imported_beside_a_running_site_is_on_its_pages_once() {
    let app = TestApp::start().await;
    let folder = TempDir::new().unwrap();
    let run = || import(beside(&app, folder.path(), IDEAS, COMMENTS));
    let said = run().await.unwrap();
    assert_page!(said);
    let again = run().await.unwrap();
    assert_page!(again);
    app.eventually("/campagnes/accueil/", |answer| {
        answer.body.contains("2 idées publiées, 3 commentaires")
    })
    .await;
    let list = app.page("/campagnes/accueil/idees/").await.text();
    assert!(
        list.contains("Le \"second\"") && list.contains("12 soutiens"),
        "{list}"
    );
}

#[tokio::test]
async fn no_list_leads_to_a_page_that_is_not_there_yet() {
    const MANY: usize = 300;
    const PATIENCE: Duration = Duration::from_secs(180);
    let app = TestApp::start().await;
    let folder = TempDir::new().unwrap();
    let mut rows = String::from("id;titre;texte;sujet;pour\n");
    for row in 0..MANY {
        rows.push_str(&format!("{row};Idée {row};Un texte;;{row}\n"));
    }
    let comments = "idee,texte,nom\n";
    let importing = tokio::spawn(import(beside(&app, folder.path(), &rows, comments)));
    let started = Instant::now();
    loop {
        for path in ["/campagnes/accueil/idees/", "/campagnes/accueil/"] {
            let list = app.get(path).await;
            for idea in list.page().links("li.card") {
                assert_eq!(
                    app.get(&idea).await.status,
                    StatusCode::OK,
                    "{idea} of {path}"
                );
            }
        }
        let home = app.get("/campagnes/accueil/").await;
        if home.body.contains("300 idées publiées") {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "all is published");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    importing.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_import_is_in_the_log_with_the_fingerprints_of_its_files() {
    let app = TestApp::start().await;
    let folder = TempDir::new().unwrap();
    let mut dry = beside(&app, folder.path(), IDEAS, COMMENTS);
    dry.run = Run::Dry;
    import(dry).await.unwrap();
    let about = "campaign:accueil";
    let store = app.served.store();
    assert_eq!(store.history(about).await.unwrap(), []);
    import(beside(&app, folder.path(), IDEAS, COMMENTS))
        .await
        .unwrap();
    let log = store.history(about).await.unwrap();
    let said: Vec<String> = log
        .iter()
        .map(|entry| format!("{} {}: {}", entry.by, entry.action, entry.after))
        .collect();
    // As `sha256sum` tells them.
    let ideas = "3743a2db2e59cb1d565231d85a4ed2b85bfa6278d3290202f0c9b136ee8713b8";
    let comments = "01728d4de31089b7a3f8c8fcd0f7c0709cdc2388ad6879afeb35176550ac0d70";
    assert_eq!(
        said,
        [format!(
            "(command) import: published ideas:2 comments:3 sha256:{ideas} sha256:{comments}"
        )]
    );
}

#[tokio::test]
async fn a_dry_run_checks_and_writes_nothing() {
    let app = TestApp::start().await;
    let folder = TempDir::new().unwrap();
    let mut dry = beside(&app, folder.path(), IDEAS, COMMENTS);
    dry.run = Run::Dry;
    let said = import(dry).await.unwrap();
    assert_page!(said);
    assert_eq!(app.served.store().published().await.unwrap().ideas.len(), 0);
}

#[tokio::test]
async fn without_published_it_goes_to_the_moderators() {
    let app = TestApp::start().await;
    let folder = TempDir::new().unwrap();
    let mut waiting = beside(&app, folder.path(), IDEAS, COMMENTS);
    waiting.publication = Publication::AfterModeration;
    import(waiting).await.unwrap();
    assert_eq!(app.served.store().queue(1).await.unwrap().count, 5);
    let answer = app.get("/campagnes/accueil/idees/").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!answer.body.contains("Premier"));
}

#[tokio::test]
async fn every_row_that_does_not_hold_is_told_and_nothing_is_written() {
    let app = TestApp::start().await;
    let folder = TempDir::new().unwrap();
    let ideas = format!(
        "{IDEAS}2;Doublon;Texte;;\n4;;;;beaucoup\n5;{};ok;;3\n6;court;\n",
        "x".repeat(301)
    );
    let comments = "idee,texte,nom\n9,Bonjour,a@example.org\n1,,\n";
    let failed = import(beside(&app, folder.path(), &ideas, comments)).await;
    let said = failed.unwrap_err().to_string();
    let said = said.replace(&folder.path().display().to_string(), "FOLDER");
    assert_page!(said);
    assert_eq!(app.served.store().published().await.unwrap().ideas.len(), 0);
}

#[tokio::test]
async fn a_map_that_names_no_column_is_told() {
    let folder = TempDir::new().unwrap();
    let mut said = Vec::new();
    for map in ["title=titre,text=rien", "titre=title", "title=titre"] {
        let mut wrong = options(folder.path(), folder.path(), IDEAS, COMMENTS);
        wrong.map = map.split(',').map(str::to_owned).collect();
        said.push(import(wrong).await.unwrap_err().to_string());
    }
    let mut elsewhere = options(folder.path(), folder.path(), IDEAS, COMMENTS);
    elsewhere.campaign = "ailleurs".to_owned();
    said.push(import(elsewhere).await.unwrap_err().to_string());
    let said = said
        .join("\n")
        .replace(&folder.path().display().to_string(), "FOLDER");
    assert_page!(said);
}

#[tokio::test]
async fn a_row_with_a_social_security_number_is_told_and_nothing_is_written() {
    let app = TestApp::start().await;
    let folder = TempDir::new().unwrap();
    // In a text, a title, a category, a number, an id; and in a column that nobody reads, of
    // which the row's identifier would be made where it has none of its own.
    let ideas = "id;titre;texte;sujet;pour;note\n\
        1;Premier;Je suis le 2 69 05 49 588 157 80.;;;\n\
        2;Dossier 269054958815780;Un texte;2690549588157;269054958815780;\n\
        269054958815780;Un titre;Un texte;;;\n\
        269054958815780;Un titre;Un texte;;;\n\
        5;Un titre;Un texte;;;2 69 05 49 588 157 80\n\
        ;Un titre;Un texte;;;2 69 05 49 588 157 80\n";
    let comments = "idee,texte,nom\n\
        5,Moi aussi,Lina 2 69 05 49 588 157 80\n\
        269054958815780,Oui,\n\
        5,\"Appelez le 2 69 05\n49 588 157\",\n";
    let failed = import(beside(&app, folder.path(), ideas, comments)).await;
    let said = failed.unwrap_err().to_string();
    let said = said.replace(&folder.path().display().to_string(), "FOLDER");
    assert_page!(said);
    assert_eq!(app.served.store().published().await.unwrap().ideas.len(), 0);
    let (contributions, _) = app.items().await;
    assert!(!contributions.contains("588"));
}
