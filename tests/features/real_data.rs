//! 696 real proposals and 3,994 real comments, where they are at hand.

use std::collections::HashMap;
use std::time::Duration;

use ecoute::analyse;
use ecoute::import::{Options, Publication, Run, import};
use insights::themes::Wanted;
use tempfile::TempDir;

use crate::app::{TestApp, repository};
use crate::page::Page;
use crate::site::Site;

#[tokio::test]
async fn the_pages_hold_and_the_counts_are_the_file_s() {
    let data = repository("../shared/data/participation");
    if !data.exists() {
        eprintln!("skipped: {} is not there", data.display());
        return;
    }
    let ideas_file = data.join("repnum_opinions.tsv");
    let comments_file = data.join("repnum_arguments.tsv");
    let app = TestApp::start().await;
    let pairs = |map: &str| map.split(',').map(str::to_owned).collect();
    let said = import(Options {
        data_dir: app.data.path().to_owned(),
        content: repository("tests/fixtures/content"),
        theme: repository("themes/default"),
        campaign: "accueil".to_owned(),
        file: ideas_file.clone(),
        map: pairs("title=title,text=text,category=label,likes=votes_ok"),
        comments: Some(comments_file.clone()),
        comments_map: pairs("idea=opinion,text=text"),
        publication: Publication::Now,
        run: Run::Real,
        database: app.database(),
    })
    .await
    .unwrap();
    assert_eq!(
        said.replace('\u{a0}', " "),
        "Idées : 696 ajoutées, 0 déjà là. Commentaires : 3994 ajoutés, 0 déjà là."
    );

    let ideas = column(&ideas_file, &["id", "votes_ok"]);
    let mut comments: HashMap<String, u64> = HashMap::new();
    for row in column(&comments_file, &["opinion"]) {
        *comments.entry(row[0].clone()).or_default() += 1;
    }
    let mut expected: Vec<(u64, u64)> = ideas
        .iter()
        .map(|row| {
            let replies = comments.get(&row[0]).copied().unwrap_or_default();
            (row[1].parse().unwrap(), replies)
        })
        .collect();
    expected.sort_unstable();
    // All of it is rendered in one go, which a busy machine does slowly.
    let patience = Duration::from_secs(180);
    app.eventually_within(patience, "/campagnes/accueil/", |answer| {
        answer
            .body
            .contains("696 idées publiées, 3\u{202f}994 commentaires")
    })
    .await;
    let published = app.served.store().published().await.unwrap();
    let mut counted: Vec<(u64, u64)> = published
        .ideas
        .values()
        .map(|idea| (idea.likes, idea.comments.len() as u64))
        .collect();
    counted.sort_unstable();
    assert_eq!(counted, expected);

    let mut listed = 0;
    for page in 1..=35 {
        let path = match page {
            1 => "/campagnes/accueil/idees/".to_owned(),
            _ => format!("/campagnes/accueil/idees/page/{}/", page - 1),
        };
        let links = app.page(&path).await.links("main h2");
        listed += links.len();
        assert_eq!(app.get(&links[0]).await.status, 200, "{}", links[0]);
    }
    assert_eq!(listed, 696);
}

/// The named columns of a tab-separated file.
fn column(path: &std::path::Path, names: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .from_path(path)
        .unwrap();
    let header = reader.headers().unwrap().clone();
    let places: Vec<usize> = names
        .iter()
        .map(|name| header.iter().position(|known| known == *name).unwrap())
        .collect();
    reader
        .records()
        .map(|row| {
            let row = row.unwrap();
            places.iter().map(|place| row[*place].to_owned()).collect()
        })
        .collect()
}

/// 372 real contributions of the consultation on equality, from their file to the page of results.
#[tokio::test]
async fn a_real_consultation_becomes_a_page_of_results_that_the_build_accepts() {
    let file = repository("../shared/data/insights/dev/egalite.tsv");
    if !file.exists() {
        eprintln!("skipped: {} is not there", file.display());
        return;
    }
    let app = TestApp::start().await;
    let folder = TempDir::new().unwrap();
    let titled = folder.path().join("egalite.csv");
    let mut writer = csv::Writer::from_path(&titled).unwrap();
    writer.write_record(["id", "titre", "texte"]).unwrap();
    let rows = column(&file, &["id", "text"]);
    for row in &rows {
        // The real ones have no title, and some are longer than a contribution is here.
        let text: String = row[1].chars().take(3_900).collect();
        let title: Vec<&str> = text.split_whitespace().collect();
        let title: String = title.join(" ").chars().take(60).collect();
        writer.write_record([&row[0], &title, &text]).unwrap();
    }
    writer.flush().unwrap();
    let pairs = |map: &str| map.split(',').map(str::to_owned).collect();
    import(Options {
        data_dir: app.data.path().to_owned(),
        content: repository("tests/fixtures/content"),
        theme: repository("themes/default"),
        campaign: "accueil".to_owned(),
        file: titled,
        map: pairs("id=id,title=titre,text=texte"),
        comments: None,
        comments_map: Vec::new(),
        publication: Publication::Now,
        run: Run::Real,
        database: app.database(),
    })
    .await
    .unwrap();
    let out = folder.path().join("themes.json");
    analyse::run(analyse::Options {
        texts: analyse::Texts::Campaign {
            data_dir: app.data.path().to_owned(),
            campaign: "accueil".to_owned(),
            stances: None,
            then: analyse::Then::Nothing,
        },
        wanted: Wanted::Themes(4),
        model: None,
        cache: None,
        out: out.clone(),
        progress: analyse::Progress::Bar,
        database: app.database(),
        now: app.now(),
    })
    .await
    .unwrap();
    let published = app.served.store().published().await.unwrap();
    assert_eq!(published.ideas.len(), rows.len());
    let site = Site::of("tests/fixtures/content");
    site.write("publiees.jsonl", &published.to_lines());
    let from = out.display().to_string();
    site.run(&["new", "results", "accueil", "--from", &from]);
    let built = site.run(&["build", "--contributions", "publiees.jsonl"]);
    assert!(built.contains("pages dans out"), "{built}");
    let page = Page::parse(&site.read("out/campagnes/accueil/resultats/index.html"));
    let mut findings = page.links("main");
    findings.retain(|link| link.contains("/enseignement-"));
    assert_eq!(findings.len(), 4, "{findings:?}");
    // Each finding leads to all that it rests on, and each of these leads back.
    let mut cited = 0;
    for finding in &findings {
        let page = Page::parse(&site.read(&format!("out{finding}index.html")));
        let mut ideas = page.links("main");
        ideas.retain(|link| link.contains("/idees/"));
        let number = finding.trim_end_matches('/').rsplit('-').next().unwrap();
        let anchor = format!("/campagnes/accueil/resultats/#enseignement-{number}");
        let back = site.read(&format!("out{}index.html", ideas[0]));
        assert!(back.contains(&anchor), "{} leads not back", ideas[0]);
        cited += ideas.len();
    }
    assert!(cited * 10 > rows.len() * 9, "{cited} of {}", rows.len());
}
