//! What is told of a survey: while it is open, how many took part; then what was answered, and never
//! of fewer than five people in a group.

use super::{PAGES, Participant, site, took_part};
use crate::app::{TestApp, repository};
use crate::assert_page;
use crate::publishing::files;

const RESULTS: &str = "/campagnes/accueil/sondage/resultats/";

/// Fourteen people, of whom eleven came this year: their answers to each page.
async fn fourteen(app: &TestApp) {
    let ages = ["moins-de-30-ans", "de-30-a-59-ans", "60-ans-ou-plus"];
    for number in 0..14_usize {
        let came = number < 11;
        let venue = if came { "oui" } else { "non" };
        let waited = (number * 5).to_string();
        let note = (1 + number % 5).to_string();
        let age = if number < 6 {
            ages[0]
        } else {
            ages[1 + number % 2]
        };
        let [subject, postcode] = match number % 3 {
            0 => ["le-logement", "30000"],
            1 => ["la-naissance", "75012"],
            _ => ["la-rentree", "48000"],
        };
        took_part(
            app,
            [
                &[("q-venue", venue), ("q-sujets", subject)],
                &[("q-attente", &waited), ("q-note", &note)],
                &[
                    ("q-services.l-ecoute", "oui"),
                    ("q-services.le-delai", "non"),
                    ("q-priorites.les-horaires", "1"),
                    ("q-priorites.les-locaux", "2"),
                ],
                &[("q-raison", "Bien"), ("q-histoire", "Un récit secret.")],
                &[("q-age", age), ("q-departement", postcode)],
            ],
        )
        .await;
    }
}

#[tokio::test]
async fn while_a_survey_is_open_only_the_number_of_participants_is_told() {
    let app = site().await;
    let before = app.page(RESULTS).await.text();
    took_part(&app, PAGES).await;
    app.half_a_minute_later();
    took_part(&app, PAGES).await;
    app.half_a_minute_later();
    let campaign = app
        .eventually("/campagnes/accueil/", |answer| {
            answer.body.contains("2 participants au sondage")
        })
        .await;
    app.eventually("/campagnes/", |answer| {
        answer.body.contains("2 participants au sondage")
    })
    .await;
    let now = app
        .eventually(RESULTS, |answer| answer.body.contains("2 personnes"))
        .await;
    assert!(!now.body.contains("Très bon"));
    let file = app.get(&format!("{RESULTS}donnees.csv")).await;
    assert_eq!(file.status, reqwest::StatusCode::NOT_FOUND);
    assert!(campaign.page().text().contains("2 participants au sondage"));
    assert_page!(format!("{before}\n\n=====\n\n{}", now.page().text()));
}

#[tokio::test]
async fn once_it_is_closed_each_question_is_told_and_small_counts_are_hidden() {
    let app = site().await;
    fourteen(&app).await;
    app.set_clock("2026-12-15T23:00:00Z");
    let page = app
        .eventually(RESULTS, |answer| {
            answer.body.contains("Vos mots") || answer.body.contains("Méthode")
        })
        .await;
    let csv = app.get(&format!("{RESULTS}donnees.csv")).await.body;
    let codebook = app.get(&format!("{RESULTS}questions.csv")).await.body;
    let json = app.get(&format!("{RESULTS}donnees.json")).await.body;
    for public in [&page.body, &csv, &codebook, &json] {
        assert!(!public.contains("Un récit secret"));
    }
    let crosses = app.page(&format!("{RESULTS}croisements/")).await.text();
    let campaign = app.page("/campagnes/accueil/").await.text();
    let form = app.page("/campagnes/accueil/sondage/").await.text();
    assert_page!(
        [
            page.page().text().as_str(),
            &csv.replace('\r', ""),
            &codebook.replace('\r', ""),
            &json,
            &crosses,
            &campaign,
            &form,
        ]
        .join("\n\n=====\n\n")
    );
}

#[tokio::test]
async fn with_fewer_than_five_participants_nothing_is_told() {
    let app = site().await;
    for _ in 0..4 {
        took_part(&app, PAGES).await;
    }
    app.set_clock("2026-12-15T23:00:00Z");
    let page = app
        .eventually(RESULTS, |answer| answer.body.contains("Méthode"))
        .await;
    assert_page!(page.page().text());
}

#[tokio::test]
async fn a_full_build_makes_of_surveys_what_the_publisher_left() {
    let content = repository("tests/fixtures/survey");
    let app = TestApp::with_content(&content).await;
    // Closed while the site runs; then one more comes within the minute of grace, and one leaves.
    app.set_clock("2026-12-15T22:30:00Z");
    let first = took_part(&app, PAGES).await;
    for _ in 0..5 {
        took_part(&app, PAGES).await;
    }
    let mut late = Participant::new(&app);
    late.answer(PAGES).await;
    app.set_clock("2026-12-15T23:00:00Z");
    app.eventually(RESULTS, |answer| answer.body.contains("Méthode"))
        .await;
    app.set_clock("2026-12-15T23:00:50Z");
    late.finish().await;
    app.half_a_minute_later();
    app.eventually(RESULTS, |answer| answer.body.contains("7 personnes"))
        .await;
    app.half_a_minute_later();
    app.post(&format!("{first}/retirer"), &[]).await;
    app.half_a_minute_later();
    app.eventually(RESULTS, |answer| answer.body.contains("6 personnes"))
        .await;
    app.half_a_minute_later();
    app.eventually("/espaces/gard/", |answer| {
        answer.body.contains("6 participants au sondage")
    })
    .await;

    let store = app.served.store();
    let (bundle, _) = site_gen::load(
        &content,
        &repository("themes/default"),
        &app.served.site_url,
    )
    .unwrap();
    let published = store
        .published_with_surveys(&bundle.catalogue, app.now())
        .await
        .unwrap();
    let built = crate::publishing::built_of(&app, &content, &published);
    let left = files(&app.site_dir());
    assert_eq!(
        left.keys().collect::<Vec<_>>(),
        built.keys().collect::<Vec<_>>()
    );
    for (path, bytes) in &built {
        assert!(left[path] == *bytes, "{path} differs");
    }
    assert!(built.contains_key("campagnes/accueil/sondage/resultats/donnees.json"));
}

/// A survey of two questions, one by the other, with as many choices each.
fn crossed(answers: usize, groups: usize, kind: &str) -> domain::Survey {
    let choices = |count: usize| -> Vec<serde_json::Value> {
        let id = |number| format!("c{number}");
        let choice = |number| serde_json::json!({"id": id(number), "label": id(number)});
        (0..count).map(choice).collect()
    };
    let offered =
        |count| serde_json::json!({"all": choices(count), "other": false, "order": "written"});
    let question = |id: &str, asks: serde_json::Value| serde_json::json!({"id": id, "label": id, "optional": false, "asks": asks});
    let asks = match kind {
        "several" => {
            serde_json::json!({"several": {"choices": offered(answers), "min": 1, "max": answers}})
        }
        _ => serde_json::json!({"one": offered(answers)}),
    };
    serde_json::from_value(serde_json::json!({
        "lead": "",
        "sections": [{"title": "Une", "questions": [
            question("quoi", asks),
            question("qui", serde_json::json!({"one": offered(groups)})),
        ]}],
        "crosses": [{"question": "quoi", "by": "qui"}],
    }))
    .unwrap()
}

/// What somebody chose of the first question, and the group that they are in.
fn chose(answers: &[usize], group: usize) -> domain::survey::Answers {
    let slug = |text: &str| domain::Slug::parse(text).unwrap();
    let chosen = |numbers: &[usize]| domain::survey::Answer::Chosen {
        choices: numbers.iter().map(|it| slug(&format!("c{it}"))).collect(),
        other: None,
    };
    [
        (slug("quoi"), chosen(answers)),
        (slug("qui"), chosen(&[group])),
    ]
    .into()
}

/// All tables of three rows and three columns with these sums and these counts, as far as they are
/// shown.
fn tables(shown: &[[Option<u64>; 3]; 3], rows: [u64; 3], columns: [u64; 3]) -> Vec<[[u64; 3]; 3]> {
    let mut found = Vec::new();
    let range = |cell: Option<u64>, most: u64| match cell {
        Some(count) => count..=count,
        None => 0..=most,
    };
    for a in range(shown[0][0], rows[0]) {
        for b in range(shown[0][1], rows[0]) {
            for c in range(shown[1][0], rows[1]) {
                for d in range(shown[1][1], rows[1]) {
                    let Some(table) = completed([a, b, c, d], rows, columns) else {
                        continue;
                    };
                    let holds = |row: usize, column: usize| {
                        shown[row][column].is_none_or(|it| it == table[row][column])
                    };
                    if (0..3).all(|row| (0..3).all(|column| holds(row, column))) {
                        found.push(table);
                    }
                }
            }
        }
    }
    found
}

/// A table of which the first two rows and columns are known, with these sums.
fn completed(known: [u64; 4], rows: [u64; 3], columns: [u64; 3]) -> Option<[[u64; 3]; 3]> {
    let [a, b, c, d] = known;
    let first = [a, b, rows[0].checked_sub(a + b)?];
    let second = [c, d, rows[1].checked_sub(c + d)?];
    let mut third = [0; 3];
    for (column, cell) in third.iter_mut().enumerate() {
        *cell = columns[column].checked_sub(first[column] + second[column])?;
    }
    Some([first, second, third])
}

#[test]
fn no_hidden_count_of_a_cross_table_is_found_by_subtraction() {
    let survey = crossed(3, 3, "one");
    // Numbers that look drawn, the same each time.
    let mut state: u64 = 7;
    let mut next = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut hidden_counts = 0;
    let mut shown_counts = 0;
    for _ in 0..60 {
        let mut table = [[0_u64; 3]; 3];
        for cell in table.iter_mut().flatten() {
            *cell = if next(4) == 0 { next(5) } else { 5 + next(15) };
        }
        let mut all = Vec::new();
        for (row, cells) in table.iter().enumerate() {
            for (column, count) in cells.iter().enumerate() {
                all.extend((0..*count).map(|_| chose(&[row], column)));
            }
        }
        let results = domain::SurveyResults::of(&survey, &all);
        let cross = &results.crosses[0];
        let mut shown = [[None; 3]; 3];
        for (row, cells) in shown.iter_mut().enumerate() {
            cells.copy_from_slice(&cross.rows[row].1[..3]);
        }
        let rows = table.map(|cells| cells.iter().sum());
        let columns = [0, 1, 2].map(|column| table.iter().map(|cells| cells[column]).sum());
        let possible = tables(&shown, rows, columns);
        let by_sums_alone = tables(&[[None; 3]; 3], rows, columns);
        assert!(possible.contains(&table));
        for row in 0..3 {
            for column in 0..3 {
                let span = |tables: &[[[u64; 3]; 3]]| {
                    let all = tables.iter().map(|table| table[row][column]);
                    all.clone().max().unwrap() - all.min().unwrap()
                };
                match shown[row][column] {
                    Some(count) => {
                        assert!(count >= 5);
                        shown_counts += 1;
                    }
                    None => {
                        // Within five, or all that the sums of the two questions leave open.
                        let wanted = span(&by_sums_alone).min(5);
                        assert!(span(&possible) >= wanted, "{table:?} {shown:?}");
                        hidden_counts += 1;
                    }
                }
            }
        }
    }
    // The test is of something, and not all is hidden.
    assert!(
        hidden_counts > 100 && shown_counts > 100,
        "{hidden_counts} {shown_counts}"
    );
}

#[test]
fn of_several_answers_neither_those_who_gave_one_nor_those_who_did_not_are_found() {
    let survey = crossed(2, 2, "several");
    let mut all = Vec::new();
    // Of twenty in one group, nineteen gave the first answer: who did not would be one.
    all.extend((0..19).map(|_| chose(&[0, 1], 0)));
    all.push(chose(&[1], 0));
    all.extend((0..30).map(|_| chose(&[0], 1)));
    all.extend((0..30).map(|_| chose(&[1], 1)));
    let results = domain::SurveyResults::of(&survey, &all);
    let rows: Vec<_> = results.crosses[0]
        .rows
        .iter()
        .map(|row| &row.1[..2])
        .collect();
    assert_eq!(rows[0], [None, None]);
    assert_eq!(rows[1], [None, None]);
    let count = |choice: usize| match &results.questions[0].found {
        domain::survey::Found::Choices(counts) => counts[choice].1,
        _ => None,
    };
    assert_eq!([count(0), count(1)], [Some(49), Some(50)]);
}
