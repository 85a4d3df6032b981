//! Surveys in the back office: how many took part, and answers for those who may analyse them.

use ecoute::export::survey::{self, Options, Rows};
use reqwest::StatusCode;
use serde_json::json;

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

#[tokio::test]
async fn an_open_question_is_analysed_and_only_by_who_may_read_its_answers() {
    const ROOM: &str = "/moderation/analyses/accueil.histoire/";
    let app = site().await;
    let rows = std::fs::read_to_string(repository("tests/fixtures/analyse/reponses.csv")).unwrap();
    let texts = rows
        .lines()
        .skip(1)
        .map(|row| row.split(';').nth(2).unwrap());
    let mut texts = texts.enumerate();
    // Identifiers that are drawn would decide of what a theme is called: these are given.
    for (number, text) in texts.by_ref().take(16) {
        let sent = json!({
            "id": format!("{number:016}"),
            "campaign": "accueil",
            "received_at": app.now(),
            "answers": { "histoire": { "text": text } },
        });
        let sent = serde_json::from_value(sent).unwrap();
        app.served.store().add_survey_answer(&sent).await.unwrap();
    }
    let mut analyst = app.moderator().await;
    // Pages of figures take their turn of half a minute.
    app.eventually("/campagnes/accueil/", |answer| {
        app.advance(1);
        answer.body.contains("16 participants au sondage")
    })
    .await;
    let list = app.get_as(&mut analyst, "/moderation/analyses").await;
    assert!(list.page().links("main").contains(&ROOM.to_owned()));
    let run = [("finesse", "moyenne")];
    let made = app
        .post_as(&mut analyst, &format!("{ROOM}lancer"), &run)
        .await;
    assert_eq!(made.location(), format!("{ROOM}?fait=made"));
    let overview = app.get_as(&mut analyst, ROOM).await.page();
    let theme = overview.links("th").remove(0);
    let page = app.get_as(&mut analyst, &theme).await.page();
    let ids = page.select("[name=choix]").into_iter();
    let ids: Vec<String> = ids.map(|it| it.attr("value").unwrap().to_owned()).collect();
    let version = page.select("[name=version]")[0].attr("value").unwrap();
    let split = [
        ("version", version),
        ("faire", "separer"),
        ("nom", "Le soir"),
        ("choix", &ids[0]),
    ];
    let done = app.post_as(&mut analyst, &theme, &split).await;
    let split = app.get_as(&mut analyst, &done.location()).await.page();
    assert_page!(format!(
        "{}\n\n=====\n\n{}",
        overview.text(),
        split
            .text()
            .replace(&*reference(&split.text()), "RÉFÉRENCE")
    ));

    // What its author takes back is neither shown nor counted; and nothing of answers is a draft.
    let typed = [
        ("q-raison", "Long"),
        ("q-histoire", texts.next().unwrap().1),
    ];
    let mut pages = PAGES;
    pages[3] = &typed;
    let receipt = took_part(&app, pages).await;
    let again = app
        .post_as(&mut analyst, &format!("{ROOM}lancer"), &run)
        .await;
    assert_eq!(again.location(), format!("{ROOM}?fait=made"));
    for counted in [17, 16] {
        let file = app
            .get_as(&mut analyst, &format!("{ROOM}analyse.json"))
            .await;
        let found: serde_json::Value = serde_json::from_str(&file.body).unwrap();
        assert_eq!(found["coverage"]["contributions"], counted);
        assert_eq!(found.get("campaign"), None);
        app.post(&format!("{receipt}/retirer"), &[]).await;
    }
    let draft = format!("{ROOM}resultats.md");
    let draft = app.get_as(&mut analyst, &draft).await;
    assert_eq!(draft.status, StatusCode::NOT_FOUND);
    let journal = app.get_as(&mut analyst, "/moderation/journal").await;
    assert!(journal.page().text().contains("histoire"));

    // Other questions, and other people, lead nowhere.
    for path in [
        "accueil.venue/",
        "accueil.rien/",
        "accueil./",
        "rien.histoire/",
    ] {
        let path = format!("/moderation/analyses/{path}");
        let answer = app.get_as(&mut analyst, &path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let mut other = app.moderator_with("claire", &["answerer:national"]).await;
    let answer = app.get_as(&mut other, ROOM).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

/// The reference of an answer: it is drawn.
fn reference(text: &str) -> String {
    let words = text.split([' ', '\n', '.', ',']);
    let mut words = words.filter(|word| word.len() == 19 && word.matches('-').count() == 3);
    words.next().unwrap().to_owned()
}
