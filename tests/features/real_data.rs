//! 696 real proposals and 3,994 real comments, where they are at hand.

use std::collections::HashMap;
use std::time::Duration;

use ecoute::import::{Options, Publication, Run, import};

use crate::app::{TestApp, repository};

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
