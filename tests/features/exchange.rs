//! Testimonials of the national platform: brought in, read, and given back.

mod cells;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ecoute::export::testimonials::{Options as Exporting, export};
use ecoute::import::Run;
use ecoute::import::testimonials::{Options, import};
use ecoute::serve::Database;
use reqwest::StatusCode;
use site_gen::Contributions;
use tempfile::TempDir;

use crate::app::{TestApp, repository};
use crate::assert_page;
use crate::telling;
use cells::{Row, cells, normal};

const HEADER: &str = "ID expérience;Écrit le;Titre;Description;Pseudonyme usager;Ressenti usager;\
    Intitulé département usager;Canaux Typologie 1;Intitulé structure 1;Réponse structure 1;\
    Accessibilité;Information/Explication;Relation;Réactivité;Simplicité/Complexité";

/// Three testimonials: of a known structure and a new one, of none with an answer, of none.
const THREE: &str = "12;2021-03-04;Guichet fermé;\"Deux fois,\n\nporte close ; rien d’affiché.\";\
    Lou;Négatif;Val-d'Oise;Accueil, Téléphone,Accueil;Accueil de Nîmes, CNAV;\
    Bonjour, nous affichons les horaires.;Négatif;;Positif;;\n\
    9;2021-03-05;=1+1;'Merci' ;CBBR@;Positif;;;Hors-structures;Merci à vous.;;;;;\n\
    100;2020-01-01;Rien à dire;'=2;Ange;neutre;Gard;\
    Tchat (messagerie instantanée);;;;;;;\n";

fn file(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("export.csv");
    fs::write(&path, text).unwrap();
    path
}

fn importing(data: &Path, content: &Path, file: PathBuf, database: Database) -> Options {
    Options {
        data_dir: data.to_owned(),
        content: content.to_owned(),
        theme: repository("themes/default"),
        space: "gard".to_owned(),
        file,
        run: Run::Real,
        database,
    }
}

/// A file is imported beside a site; answers what the command said.
async fn imported(app: &TestApp, content: &Path, file: PathBuf) -> Result<String, String> {
    let options = importing(app.data.path(), content, file, app.database());
    import(options).await.map_err(|stopped| stopped.to_string())
}

/// What a site exports.
async fn exported(app: &TestApp, content: &Path) -> String {
    let done = export(Exporting {
        data_dir: app.data.path().to_owned(),
        content: content.to_owned(),
        theme: repository("themes/default"),
        space: Some("gard".to_owned()),
        out: Some("-".into()),
        now: app.now(),
        database: app.database(),
    });
    done.await.unwrap().text.unwrap()
}

async fn published(app: &TestApp) -> usize {
    let published = app.served.store().published().await.unwrap();
    published.testimonials.len()
}

#[tokio::test]
async fn testimonials_are_imported_once_with_their_answers_and_structures() {
    let (app, content) = telling::start().await;
    let folder = TempDir::new().unwrap();
    let write = |text: &str| file(folder.path(), text);
    let text = format!("\u{feff}{HEADER}\n{THREE}").replace('\n', "\r\n");
    let first = imported(&app, content.path(), write(&text)).await.unwrap();
    let before = exported(&app, content.path()).await;
    let again = imported(&app, content.path(), write(&text)).await.unwrap();
    // What this site exports is what it has.
    let own = imported(&app, content.path(), write(&before))
        .await
        .unwrap();
    let structures = ["cnav", "services-publics-plus"].map(|slug| {
        let path = content.path().join(format!("structures/{slug}.md"));
        fs::read_to_string(path).unwrap()
    });
    let said = [first, again, own, before.clone(), structures.join("")].join("\n");
    assert_page!(said.replace(&content.path().display().to_string(), "CONTENT"));
    assert_eq!(exported(&app, content.path()).await, before);
    let log = app.served.store().history("testimonials:gard").await;
    let log = log.unwrap();
    let after = &log[0].after;
    assert!(
        after.starts_with("published testimonials:3 sha256:"),
        "{after}"
    );
    let mut national = app.moderator().await;
    let journal = app.get_as(&mut national, "/moderation/journal").await;
    let journal = journal.page();
    assert!(
        journal.text().contains("publiée, 3 témoignages, texte"),
        "{}",
        journal.text()
    );
    let list = "/temoignages/espace/gard/".to_owned();
    assert!(journal.links("main").contains(&list), "{}", journal.text());

    let app = app.restart().await;
    let structure = app.page("/temoignages/structure/cnav/").await;
    let address = &structure.links("li.card h2")[0];
    let page = app.page(address).await.text();
    assert_page!(page);
    let answered = app
        .page("/temoignages/structure/services-publics-plus/")
        .await;
    assert!(answered.text().contains("=1+1"), "{}", answered.text());
    let list = app.page("/temoignages/").await.text();
    assert!(list.contains("Rien à dire"), "{list}");
    app.assert_as_built(content.path()).await;
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_made() {
    let (app, content) = telling::start().await;
    let folder = TempDir::new().unwrap();
    let file = file(folder.path(), &format!("{HEADER}\n{THREE}"));
    let mut dry = importing(app.data.path(), content.path(), file, app.database());
    dry.run = Run::Dry;
    let said = import(dry).await.unwrap();
    assert_page!(said);
    assert_eq!(published(&app).await, 0);
    assert!(!content.path().join("structures/cnav.md").exists());
}

#[tokio::test]
async fn every_row_that_does_not_hold_is_told_and_nothing_is_written() {
    let (app, content) = telling::start().await;
    let folder = TempDir::new().unwrap();
    let long = ["x".repeat(151), "x ".repeat(4_001)];
    let rows = [
        format!(
            "1;hier;{};{};a@b.fr;Bof;Atlantide;Pigeon,Accueil;A, B, C, D;;Oui;;;;",
            long[0], long[1]
        ),
        "1;2021-01-29;Titre;Texte;Lou;Neutre;;;;;;;;;".to_owned(),
        ";2999-01-01;;;;;;;;;;;;;".to_owned(),
        "4;2021-02-30;Titre;Texte;Lou;Neutre;;;Hors-structures, CNAV;;;;;;".to_owned(),
        "5;20210129;Titre;Je suis le 2 69 05 49 588 157 80.;Lou;Neutre;;;CNAV;;;;;;".to_owned(),
        "6;2021-01-29;Titre;Texte;Lou;Neutre".to_owned(),
        "7;2021-01-29;Titre;Texte;Lou;Neutre;;;!!!;;;;;;".to_owned(),
    ];
    let text = format!("{HEADER}\n{}\n", rows.join("\n"));
    let failed = imported(&app, content.path(), file(folder.path(), &text)).await;
    let said = failed.unwrap_err();
    let place = folder.path().display().to_string();
    assert_page!(said.replace(&place, "FOLDER"));
    assert_eq!(published(&app).await, 0);
    assert!(!content.path().join("structures/cnav.md").exists());
    assert_eq!(
        app.served
            .store()
            .history("testimonials:gard")
            .await
            .unwrap(),
        []
    );
    let (contributions, _) = app.items().await;
    assert!(!contributions.contains("588"));
}

#[tokio::test]
async fn a_file_or_a_space_that_is_none_is_one_sentence() {
    let content = telling::content();
    let folder = TempDir::new().unwrap();
    let database = || Database::Embedded;
    let header = HEADER.replace("Titre;", "").replace("Relation;", "");
    let good = format!("{HEADER}\n{THREE}");
    let mut said = Vec::new();
    for (text, space) in [
        ("", "gard"),
        (header.as_str(), "gard"),
        (good.as_str(), "ailleurs"),
        (good.as_str(), "paris"),
    ] {
        let file = file(folder.path(), text);
        let mut options = importing(folder.path(), content.path(), file, database());
        options.space = space.to_owned();
        said.push(import(options).await.unwrap_err().to_string());
    }
    let said = said.join("\n");
    let place = folder.path().display().to_string();
    assert_page!(said.replace(&place, "FOLDER"));
}

#[tokio::test]
async fn a_structure_that_can_t_be_written_leaves_nothing_behind() {
    let (app, content) = telling::start().await;
    let folder = TempDir::new().unwrap();
    // The second of the two structures can't be written.
    let taken = content
        .path()
        .join("structures/services-publics-plus.md.part");
    fs::create_dir(&taken).unwrap();
    let file = file(folder.path(), &format!("{HEADER}\n{THREE}"));
    let said = imported(&app, content.path(), file).await.unwrap_err();
    let place = content.path().display().to_string();
    assert_page!(said.replace(&place, "CONTENT"));
    assert!(!content.path().join("structures/cnav.md").exists());
    assert_eq!(published(&app).await, 0);
    assert_eq!(
        app.served
            .store()
            .history("testimonials:gard")
            .await
            .unwrap(),
        []
    );
}

#[tokio::test]
async fn a_structure_is_known_by_its_name_and_by_its_address() {
    let (app, content) = telling::start().await;
    let structure = |slug: &str, space: &str, name: &str| {
        let path = content.path().join(format!("structures/{slug}.md"));
        let text = format!(
            "+++\nname = \"{name}\"\nspace = \"{space}\"\nsummary = \"Un service.\"\n+++\n"
        );
        fs::write(path, text).unwrap();
    };
    // A name with a comma; one that editors spelled their way; one of another space.
    structure("accueil-commun", "gard", "Accueil commun, Caf et mairie");
    structure("caf-de-paris", "gard", "Caf de Paris");
    structure("cnav", "national", "CNAV");
    let row = |id: u8, structures: &str| {
        format!("{id};2021-01-29;Titre;Texte;Lou;Neutre;;;{structures};;;;;;\n")
    };
    let long = "Direction départementale de la protection des populations de la Haute-Vienne";
    let rows = [
        row(1, "CNAV, Accueil commun, Caf et mairie, Accueil de Nîmes"),
        row(2, "Caf de PARIS,  CNAV , Caf de PARIS"),
        row(3, &format!("{long}, {long} et du Limousin")),
        row(4, r#""Point ""Info"" \ familles""#),
    ];
    let folder = TempDir::new().unwrap();
    let text = format!("{HEADER}\n{}", rows.concat());
    imported(&app, content.path(), file(folder.path(), &text))
        .await
        .unwrap();
    let cells = cells(exported(&app, content.path()).await.as_bytes());
    let named: Vec<&str> = cells
        .values()
        .map(|row| row["Intitulé structure 1"].as_str())
        .collect();
    assert_eq!(
        named,
        [
            "CNAV, Accueil commun, Caf et mairie, Accueil de Nîmes",
            "Caf de Paris, CNAV",
            &format!("{long}, {long} et du Limousin"),
            r#"Point "Info" \ familles"#,
        ]
    );
    assert!(content.path().join("structures/cnav-gard.md").exists());
}

#[tokio::test]
async fn what_was_told_here_goes_to_another_site_with_each_answer() {
    let (app, content) = telling::start().await;
    let (_, address) = app.told(&[("title", "'=Une formule ?")]).await;
    let id = address.trim_end_matches('/').rsplit('/').next().unwrap();
    let text = exported(&app, content.path()).await;
    let rows = cells(text.as_bytes());
    assert_eq!(rows.keys().collect::<Vec<_>>(), [id]);
    assert_eq!(rows[id]["Titre"], "''=Une formule ?");
    // A second structure answers there.
    let folder = TempDir::new().unwrap();
    let line = text.lines().nth(1).unwrap();
    let line = line.replace("Accueil de Nîmes", "\"Accueil de Nîmes, Accueil d’Alès\"");
    let more = format!("{HEADER};Réponse structure 2\n{line};Bonjour.\n");
    let (other, other_content) = telling::start().await;
    imported(&other, other_content.path(), file(folder.path(), &more))
        .await
        .unwrap();
    let page = other
        .eventually(&address, |answer| answer.status == StatusCode::OK)
        .await;
    let page = page.page().text();
    assert!(
        page.contains("'=Une formule ?") && page.contains("Bonjour."),
        "{page}"
    );
    let back = exported(&other, other_content.path()).await;
    let rows = cells(back.as_bytes());
    assert_eq!(rows[id]["Réponse structure 1"], "");
    assert_eq!(rows[id]["Réponse structure 2"], "Bonjour.");
}

#[tokio::test]
async fn the_demonstration_shows_testimonials_with_and_without_answers() {
    let content = repository("content");
    let app = TestApp::with_content(&content).await;
    let asked = Contributions::read(&content.join("demonstration.jsonl")).unwrap();
    let kept = app.served.store().published().await.unwrap();
    assert_eq!(kept.testimonials, asked.testimonials);
    // A build of the content alone has the same figures.
    assert_eq!(kept.facts, asked.facts);
    let list = app.page("/temoignages/").await.text();
    for shown in [
        "12 témoignages",
        "Avec une réponse (9)",
        "Sans réponse (3)",
        "Négatif (7)",
        "Neutre (2)",
        "Positif (3)",
    ] {
        assert!(list.contains(shown), "{shown}: {list}");
    }
    let improved = app.page("/temoignages/structure/caf-fr/").await;
    assert_eq!(improved.links("li.card h2").len(), 3);
}

#[tokio::test]
async fn a_hundred_real_testimonials_come_back_cell_by_cell() {
    let real = repository("../shared/data/participation/services_publics_plus.csv");
    if !real.exists() {
        eprintln!("skipped: {} is not there", real.display());
        return;
    }
    let (app, content) = telling::start().await;
    let said = imported(&app, content.path(), real.clone()).await.unwrap();
    assert!(
        said.starts_with("Témoignages\u{a0}: 100 ajoutés, 0 déjà là."),
        "{said}"
    );
    let again = imported(&app, content.path(), real.clone()).await.unwrap();
    assert_eq!(again, "Témoignages\u{a0}: 0 ajoutés, 100 déjà là.");
    let asked = cells(&fs::read(&real).unwrap());
    let text = exported(&app, content.path()).await;
    let header = text.lines().next().unwrap().trim_start_matches('\u{feff}');
    assert_eq!(header, HEADER);
    let given = cells(text.as_bytes());
    let ids = |rows: &BTreeMap<String, Row>| rows.keys().cloned().collect::<Vec<_>>();
    assert_eq!(ids(&given), ids(&asked));
    for (id, row) in &asked {
        for (column, cell) in row {
            let back = &given[id][column];
            assert_eq!(normal(column, back), *back, "{id}: {column} is normal");
            assert_eq!(*back, normal(column, cell), "{id}: {column}");
        }
    }

    // A second site makes the same of what the first gives.
    let (other, other_content) = telling::start().await;
    let folder = TempDir::new().unwrap();
    imported(&other, other_content.path(), file(folder.path(), &text))
        .await
        .unwrap();
    assert_eq!(exported(&other, other_content.path()).await, text);

    let app = app.restart().await;
    let store = app.served.store();
    let all = store.published().await.unwrap().testimonials;
    for published in all.values() {
        let path = format!("/temoignages/{}/", published.testimonial.id);
        let page = app.page(&path).await.text();
        let title = published.testimonial.title.as_str();
        assert!(page.contains(title), "{title} on {path}");
        for answer in published.answers.values() {
            let response = answer.response.as_ref().unwrap();
            let words = |text: &str| {
                text.split_whitespace()
                    .take(3)
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(
                page.contains(&words(response.text.as_str())),
                "an answer on {path}"
            );
        }
    }
    app.assert_as_built(content.path()).await;
}
