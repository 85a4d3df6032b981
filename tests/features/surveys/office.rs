//! Surveys in the back office: how many took part, and answers for those who may analyse them.

use ecoute::export::survey::{self, Options, Rows};
use reqwest::StatusCode;

use super::{PAGES, site, took_part};
use crate::app::{TestApp, repository};
use crate::assert_page;

const FOLDER: &str = "/moderation/exports/accueil/sondage/";

/// What the command writes beside a site, and says.
async fn exported(app: &TestApp, rows: Rows, campaign: &str) -> (String, String) {
    let file = app.data.path().join("sondage.csv");
    let options = Options {
        data_dir: app.data.path().to_owned(),
        content: repository("tests/fixtures/survey"),
        theme: repository("themes/default"),
        campaign: campaign.to_owned(),
        rows,
        out: Some(file.clone()),
        now: app.now(),
        database: app.database(),
    };
    match survey::export(options).await {
        Ok(done) => (std::fs::read_to_string(file).unwrap(), done.said),
        Err(stopped) => (String::new(), stopped.to_string()),
    }
}

#[tokio::test]
async fn the_command_writes_what_the_back_office_gives() {
    let app = site().await;
    took_part(&app, PAGES).await;
    let mut national = app.moderator().await;
    for (rows, file) in [(Rows::Answers, "reponses.csv"), (Rows::Texts, "textes.csv")] {
        let path = format!("{FOLDER}{file}");
        let given = app.post_as(&mut national, &path, &[]).await;
        let (written, said) = exported(&app, rows, "accueil").await;
        assert_eq!(written, given.body);
        assert!(said.starts_with("1 participant dans "), "{said}");
    }
    let (_, said) = exported(&app, Rows::Answers, "rien").await;
    assert!(said.contains("rien"), "{said}");
}

#[tokio::test]
async fn the_dashboard_says_how_many_took_part() {
    let app = site().await;
    took_part(&app, PAGES).await;
    app.eventually("/campagnes/accueil/", |answer| {
        answer.body.contains("1 participant au sondage")
    })
    .await;
    let mut moderator = app.moderator().await;
    let page = app.get_as(&mut moderator, "/moderation/tableau").await;
    assert!(
        page.page()
            .text()
            .contains("L’accueil\u{a0}: 1 participant au sondage"),
        "{}",
        page.page().text()
    );
}

#[tokio::test]
async fn answers_are_exported_for_who_may_read_and_analyse() {
    let app = site().await;
    took_part(&app, PAGES).await;
    app.advance(60);
    let mut formula = PAGES;
    formula[3] = &[("q-raison", "=1+1")];
    took_part(&app, formula).await;
    let answers = format!("{FOLDER}reponses.csv");
    let texts = format!("{FOLDER}textes.csv");
    // An analyst works on what is public; a moderator does not analyse.
    for grant in ["analyst:gard", "moderator:gard", "answerer:gard"] {
        let mut other = app.moderator_with(&grant.replace(':', "-"), &[grant]).await;
        for file in [&answers, &texts] {
            let refused = app.post_as(&mut other, file, &[]).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{grant}");
        }
    }
    let grants = ["analyst:gard", "moderator:gard"];
    let mut both = app.moderator_with("les-deux", &grants).await;
    let answers = app.post_as(&mut both, &answers, &[]).await;
    let texts = app.post_as(&mut both, &texts, &[]).await;
    let page = app.get_as(&mut both, "/moderation/exports/").await;
    let mut national = app.moderator().await;
    let journal = app.get_as(&mut national, "/moderation/journal").await;
    assert!(journal.page().text().contains("les-deux"));
    // Identifiers are drawn.
    let mut said = format!("{}\n{}", answers.body, texts.body);
    let ids: Vec<String> = answers
        .body
        .lines()
        .skip(1)
        .filter_map(|line| Some(line.split(';').next()?.to_owned()))
        .filter(|id| id.len() == 16)
        .collect();
    assert_eq!(ids.len(), 2, "{said}");
    for id in &ids {
        said = said.replace(id, "IDENTIFIANT");
    }
    assert_page!(format!(
        "{}\n\n{}",
        said.replace('\r', ""),
        page.page().text()
    ));
}
