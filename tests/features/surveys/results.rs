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
        let age = if number < 6 { ages[0] } else { ages[1 + number % 2] };
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
        .eventually(RESULTS, |answer| answer.body.contains("Vos mots") || answer.body.contains("Méthode"))
        .await;
    let csv = app.get(&format!("{RESULTS}donnees.csv")).await.body;
    let codebook = app.get(&format!("{RESULTS}questions.csv")).await.body;
    let json = app.get(&format!("{RESULTS}donnees.json")).await.body;
    for public in [&page.body, &csv, &codebook, &json] {
        assert!(!public.contains("Un récit secret"));
    }
    let campaign = app.page("/campagnes/accueil/").await.text();
    let form = app.page("/campagnes/accueil/sondage/").await.text();
    assert_page!(
        [
            page.page().text().as_str(),
            &csv.replace('\r', ""),
            &codebook.replace('\r', ""),
            &json,
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
    let (bundle, _) =
        site_gen::load(&content, &repository("themes/default"), &app.served.site_url).unwrap();
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
