//! `ecoute analyse`: rows of a file or a campaign's ideas to themes, and themes to the draft of a
//! results page.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ecoute::analyse::{Options, Progress, Texts, Then, run};
use ecoute::import::{self, Publication, Run};
use ecoute::serve::Database;
use insights::themes::{Grain, Wanted};
use insights::vectors::Cache;
use serde_json::Value;
use tempfile::TempDir;

use crate::app::{TestApp, repository};
use crate::assert_page;
use crate::site::Site;
use crate::wheel::wheel;

const COLUMNS: [&str; 5] = [
    "id=numero",
    "title=titre",
    "text=reponse",
    "weight=soutiens",
    "stance=position",
];

fn answers() -> String {
    std::fs::read_to_string(repository("tests/fixtures/analyse/reponses.csv")).unwrap()
}

fn options(file: &Path, columns: &[&str], out: &Path) -> Options {
    Options {
        texts: Texts::Rows {
            file: file.to_owned(),
            columns: columns.iter().map(|it| (*it).to_owned()).collect(),
        },
        wanted: Wanted::Themes(3),
        model: None,
        cache: None,
        out: out.to_owned(),
        progress: Progress::Bar,
        database: Database::Embedded,
        now: "2026-11-23T10:00:00Z".parse().unwrap(),
    }
}

/// What is said of a file of this name and text, and what was written.
async fn analysed(name: &str, text: &str, columns: &[&str]) -> (String, Option<String>) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, text).unwrap();
    let out = folder.path().join("themes.json");
    let said = match run(options(&file, columns, &out)).await {
        Ok(said) => said,
        Err(stopped) => stopped.to_string(),
    };
    let said = said.replace(&folder.path().display().to_string(), "FOLDER");
    (said, std::fs::read_to_string(out).ok())
}

fn themes(json: &str) -> BTreeMap<u64, Vec<u64>> {
    let json: Value = serde_json::from_str(json).unwrap();
    let mut themes: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for (id, theme) in json["assignments"].as_object().unwrap() {
        if let Some(theme) = theme.as_u64() {
            themes.entry(theme).or_default().push(id.parse().unwrap());
        }
    }
    themes.values_mut().for_each(|ids| ids.sort_unstable());
    themes
}

#[tokio::test]
async fn answers_that_say_the_same_kind_of_thing_are_one_theme() {
    let (said, json) = analysed("reponses.csv", &answers(), &COLUMNS).await;
    assert_page!(said);
    let json = json.unwrap();
    let mut found: Vec<Vec<u64>> = themes(&json).into_values().collect();
    found.sort();
    let expected: [Vec<u64>; 3] = [(1..=8).collect(), (9..=16).collect(), (17..=24).collect()];
    assert_eq!(found, expected);
    let json: Value = serde_json::from_str(&json).unwrap();
    for theme in json["themes"].as_array().unwrap() {
        for verbatim in theme["verbatims"].as_array().unwrap() {
            let id = verbatim["id"].as_str().unwrap();
            assert!(json["texts"][id]["text"].as_str().unwrap().len() > 30);
        }
    }
}

#[tokio::test]
async fn the_same_rows_in_another_order_or_as_json_lines_make_the_same_file() {
    let (_, first) = analysed("reponses.csv", &answers(), &COLUMNS).await;
    let text = answers();
    let mut rows: Vec<&str> = text.lines().skip(1).collect();
    rows.reverse();
    let header = text.lines().next().unwrap();
    let other = format!("{header}\n{}\n", rows.join("\n"));
    let (_, other) = analysed("reponses.csv", &other, &COLUMNS).await;
    assert_eq!(first, other);
    let objects = rows.iter().map(|row| {
        let cells: Vec<&str> = row.split(';').collect();
        let object = serde_json::json!({
            "numero": cells[0].parse::<u64>().unwrap(),
            "titre": cells[1],
            "reponse": cells[2],
            "soutiens": cells[3].parse::<u64>().unwrap(),
            "position": cells[4],
            "rien": null,
        });
        format!("{object}\n")
    });
    let objects: String = objects.collect();
    let (_, of_objects) = analysed("reponses.jsonl", &objects, &COLUMNS).await;
    assert_eq!(first, of_objects);
}

#[tokio::test]
async fn every_row_that_cannot_be_read_is_told_and_nothing_is_written() {
    let rows = "numero;titre;reponse;soutiens;position\n\
        1;A;Un texte;douze;pour\n\
        ;B;Un texte;1;pour\n\
        2;C;Un texte;1;peut-être\n\
        3;D;Un texte;1;pour\n\
        3;E;Un texte;1;pour\n\
        4;F;trop peu\n";
    let (said, written) = analysed("reponses.csv", rows, &COLUMNS).await;
    assert_page!(said);
    assert_eq!(written, None);
    let objects =
        "{\"numero\": 1, \"reponse\": \"Un texte\"}\n[]\n\n{\"numero\": 2,\n{\"numero\": 1}\n";
    let columns = ["id=numero", "text=reponse"];
    let (said, written) = analysed("reponses.jsonl", objects, &columns).await;
    assert_page!(said);
    assert_eq!(written, None);
    let (said, written) = analysed("reponses.jsonl", "\n", &columns).await;
    assert_page!(said);
    assert_eq!(written, None);
    let (said, written) = analysed("reponses.csv", &answers(), &["id=numero", "text=texte"]).await;
    assert_page!(said);
    assert_eq!(written, None);
    let (said, written) = analysed(
        "reponses.csv",
        "numero;titre;reponse;soutiens;position\n",
        &COLUMNS,
    )
    .await;
    assert_page!(said);
    assert_eq!(written, None);
}

#[tokio::test]
async fn a_file_that_is_no_model_is_told_with_where_one_is() {
    let folder = TempDir::new().unwrap();
    let model = folder.path().join("modele.whl");
    std::fs::write(&model, "PK, or nearly").unwrap();
    let out = folder.path().join("themes.json");
    let file = repository("tests/fixtures/analyse/reponses.csv");
    let options = Options {
        model: Some(model),
        ..options(&file, &COLUMNS, &out)
    };
    let said = run(options).await.unwrap_err().to_string();
    assert_page!(said.replace(&folder.path().display().to_string(), "FOLDER"));
    assert!(!out.exists());
}

#[tokio::test]
async fn how_the_others_were_felt_is_learnt_from_three_hundred_rows() {
    // No word of these says anything to the lexicon.
    let row = |n: usize| match n % 2 {
        0 => format!("{n};La borne bleue du hall affiche mon dossier {n};négatif\n"),
        _ => format!("{n};Le guichet vert du couloir garde mon courrier {n};positif\n"),
    };
    let labelled = |count: usize| -> String { (0..count).map(row).collect() };
    let others = "x;La borne bleue du hall affiche mon dossier 100;\n\
        y;Le guichet vert du couloir garde mon courrier 101;\n";
    let columns = ["id=id", "text=texte", "felt=ressenti"];
    let mut felt = Vec::new();
    for count in [300, 298] {
        let rows = format!("id;texte;ressenti\n{}{others}", labelled(count));
        let (_, json) = analysed("reponses.csv", &rows, &columns).await;
        let json: Value = serde_json::from_str(&json.unwrap()).unwrap();
        let of = |kind: &str| -> u64 {
            let themes = json["themes"].as_array().unwrap().iter();
            themes
                .filter_map(|theme| theme["sentiment"][kind].as_u64())
                .sum()
        };
        assert_eq!(json["coverage"]["classified"], count + 2);
        felt.push((of("negative"), of("positive"), of("unknown")));
    }
    assert_eq!(felt, [(151, 151, 0), (149, 149, 2)]);
}

#[tokio::test]
async fn vectors_are_kept_for_the_next_run_and_none_of_a_text_that_is_gone() {
    let folder = TempDir::new().unwrap();
    let model = folder.path().join("modele.whl");
    std::fs::write(&model, wheel()).unwrap();
    let file = folder.path().join("reponses.csv");
    let out = folder.path().join("themes.json");
    let analysed = async |text: &str| {
        std::fs::write(&file, text).unwrap();
        let options = Options {
            model: Some(model.clone()),
            ..options(&file, &COLUMNS, &out)
        };
        run(options).await.unwrap();
        let kept = std::fs::read(folder.path().join("themes.json.vectors")).unwrap();
        (
            std::fs::read_to_string(&out).unwrap(),
            Cache::read(&kept).unwrap(),
        )
    };
    let (first, kept) = analysed(&answers()).await;
    let json: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(json["engine"]["kind"], "semantic");
    assert_eq!(kept.len(), 24);
    let (again, same) = analysed(&answers()).await;
    assert_eq!((first, kept), (again, same));
    let all = answers();
    let fewer: Vec<&str> = all.lines().take(13).collect();
    let (_, kept) = analysed(&(fewer.join("\n") + "\n")).await;
    assert_eq!(kept.len(), 12);
    std::fs::write(folder.path().join("themes.json.vectors"), "something else").unwrap();
    let options = Options {
        model: Some(model.clone()),
        ..options(&file, &COLUMNS, &out)
    };
    let said = run(options).await.unwrap_err().to_string();
    assert_page!(said.replace(&folder.path().display().to_string(), "FOLDER"));
}

/// The analysis of the campaign, made by the command and kept for the back office.
pub async fn keep(app: &TestApp) -> String {
    keep_with(app, None).await.unwrap()
}

/// The same, with the sides that ideas take, as a table says them.
pub async fn keep_with(app: &TestApp, stances: Option<&Path>) -> Result<String, String> {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("themes.json");
    run(Options {
        texts: Texts::Campaign {
            data_dir: app.data.path().to_owned(),
            campaign: "accueil".to_owned(),
            stances: stances.map(Path::to_owned),
            then: Then::Kept,
        },
        database: app.database(),
        ..options(Path::new(""), &[], &out)
    })
    .await
    .map_err(|stopped| {
        stopped
            .to_string()
            .replace(&folder.path().display().to_string(), "")
    })?;
    Ok(std::fs::read_to_string(out).unwrap())
}

/// The answers as published ideas of a campaign.
pub async fn import_answers(app: &TestApp) {
    let pairs = |map: &str| map.split(',').map(str::to_owned).collect();
    import::import(import::Options {
        data_dir: app.data.path().to_owned(),
        content: repository("tests/fixtures/content"),
        theme: repository("themes/default"),
        campaign: "accueil".to_owned(),
        file: repository("tests/fixtures/analyse/reponses.csv"),
        map: pairs("id=numero,title=titre,text=reponse,likes=soutiens"),
        comments: None,
        comments_map: Vec::new(),
        publication: Publication::Now,
        run: Run::Real,
        database: app.database(),
    })
    .await
    .unwrap();
}

/// The same, analysed; and the folder of what was written.
async fn campaign(app: &TestApp) -> (TempDir, PathBuf, String) {
    let folder = TempDir::new().unwrap();
    import_answers(app).await;
    let out = folder.path().join("themes.json");
    let said = run(Options {
        texts: Texts::Campaign {
            data_dir: app.data.path().to_owned(),
            campaign: "accueil".to_owned(),
            stances: None,
            then: Then::Nothing,
        },
        wanted: Wanted::Grain(Grain::Medium),
        database: app.database(),
        ..options(Path::new(""), &[], &out)
    })
    .await
    .unwrap();
    let said = said.replace(&folder.path().display().to_string(), "FOLDER");
    (folder, out, said)
}

#[tokio::test]
async fn the_themes_of_a_campaign_begin_its_page_of_results() {
    let app = TestApp::start().await;
    let (folder, out, said) = campaign(&app).await;
    assert_page!(said);
    let site = Site::of("tests/fixtures/content");
    let published = app.served.store().published().await.unwrap();
    site.write("publiees.jsonl", &published.to_lines());
    let from = out.display().to_string();
    let said = site.run(&["new", "results", "accueil", "--from", &from]);
    assert_page!(said);
    let draft = site.read("content/results/accueil.md");
    let dated = draft.lines().map(|line| match line.split_once(" = ") {
        Some(("published", _)) => "published = TODAY".to_owned(),
        _ => line.to_owned(),
    });
    assert_page!(dated.collect::<Vec<_>>().join("\n"));
    let said = site.run(&["check", "--contributions", "publiees.jsonl"]);
    assert_page!(said);
    drop(folder);
}

#[tokio::test]
async fn results_are_not_begun_from_something_else() {
    let app = TestApp::start().await;
    let (folder, out, _) = campaign(&app).await;
    let json = std::fs::read_to_string(&out).unwrap();
    let site = Site::of("tests/fixtures/content");
    let of_another = json.replacen("\"accueil\"", "\"autre\"", 1);
    let of_a_file = {
        let (_, json) = analysed("reponses.csv", &answers(), &COLUMNS).await;
        json.unwrap()
    };
    site.write("autre.json", &of_another);
    site.write("fichier.json", &of_a_file);
    site.write("rien.json", "{\"themes\": []}\n");
    let problems: Vec<String> = ["autre.json", "fichier.json", "rien.json", "absent.json"]
        .iter()
        .map(|file| site.problems(&["new", "results", "accueil", "--from", file]))
        .collect();
    assert_page!(problems.join("\n"));
    let of_a_page = site.problems(&["new", "page", "essai", "--from", "autre.json"]);
    assert_page!(of_a_page);
    assert!(!site.path("content/results/accueil.md").exists());
    drop(folder);
}

#[tokio::test]
async fn a_campaign_without_published_ideas_is_told_with_those_that_have_some() {
    let app = TestApp::start().await;
    let (folder, out, _) = campaign(&app).await;
    let options = Options {
        texts: Texts::Campaign {
            data_dir: app.data.path().to_owned(),
            campaign: "fermee".to_owned(),
            stances: None,
            then: Then::Nothing,
        },
        database: app.database(),
        ..options(Path::new(""), &[], &out)
    };
    let said = run(options).await.unwrap_err().to_string();
    assert_page!(said);
    drop(folder);
}
