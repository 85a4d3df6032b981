//! Telling an experience with a service.

use reqwest::StatusCode;

use crate::assert_page;
use crate::page::Page;
use crate::telling::{form, start};

#[tokio::test]
async fn a_testimonial_is_reviewed_received_published_and_read() {
    let (app, _content) = start().await;
    let guide = app.page("/temoignages/raconter/").await;
    let blank = app.page("/temoignages/raconter/gard/").await;
    let (action, _) = blank.form_with("postcode");
    assert_eq!(action, "/temoigner/gard");

    let review = app.post(&action, &form(&[])).await;
    assert_eq!(review.status, StatusCode::OK, "{}", review.page().text());
    let receipt = app.confirm(&review).await.location();
    let waiting = app.page(&receipt).await;

    let mut moderator = app.moderator().await;
    let queue = app.queue(&mut moderator).await;
    app.publish_next(&mut moderator).await;
    let list = app
        .eventually("/temoignages/", |answer| {
            answer.body.contains("Trois appels")
        })
        .await;
    let address = app.own_page(&receipt).await;
    let read = app.page(&address).await;
    let published = app.page(&receipt).await;
    let of_structure = app.page("/temoignages/structure/accueil-nimes/").await;
    let of_department = app.page("/temoignages/departement/30/").await;
    let pages = [
        guide,
        blank,
        review.page(),
        waiting,
        queue.page(),
        list.page(),
        read,
        published,
        of_structure,
        of_department,
    ];
    let texts: Vec<String> = pages.iter().map(Page::text).collect();
    assert_page!(texts.join("\n\n----\n\n"));
}

#[tokio::test]
async fn a_blank_testimonial_comes_back_with_all_its_errors() {
    let (app, _content) = start().await;
    let answer = app.post("/temoigner/gard", &[("title", " ")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_page!(answer.page().text());
}

#[tokio::test]
async fn what_was_typed_is_still_there_after_an_error() {
    let (app, _content) = start().await;
    let form = form(&[
        ("postcode", "00123"),
        ("structure_2", "nulle-part"),
        ("email", "lina"),
    ]);
    let answer = app.post("/temoigner/gard", &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.page();
    let errors = page.words(".error-summary");
    assert!(errors.contains("cinq chiffres, comme 30000"), "{errors}");
    assert!(errors.contains("structure de la liste"), "{errors}");
    let (_, fields) = page.form_with("postcode");
    for (name, value) in &form {
        // What is not on the list of structures can't be chosen still.
        if *name == "structure_2" {
            continue;
        }
        let typed = fields
            .iter()
            .any(|(known, kept)| known == name && kept == value);
        let chosen = format!("select[name={name}] option[selected][value={value}]");
        let is_list = name.starts_with("aspect_") || *name == "structure";
        let kept = if is_list {
            !page.select(&chosen).is_empty()
        } else {
            typed
        };
        assert!(kept, "{name}");
    }
}

#[tokio::test]
async fn a_space_that_takes_no_testimonial_has_no_form() {
    let app = crate::app::TestApp::start().await;
    let answer = app.post("/temoigner/gard", &form(&[])).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let page = app.get("/temoignages/").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let home = app.page("/").await;
    assert!(!home.text().contains("Témoignages"));
}

#[tokio::test]
async fn the_publisher_leaves_what_a_full_build_makes() {
    let (app, content) = start().await;
    for title in ["Une attente", "Un guichet fermé", "Un accueil parfait"] {
        let sentiment = if title.ends_with("parfait") {
            "positive"
        } else {
            "negative"
        };
        app.told(&[("title", title), ("sentiment", sentiment)])
            .await;
    }
    let (receipt, address) = app
        .told(&[("title", "Une erreur"), ("postcode", "20090")])
        .await;
    let page = app.get(&receipt).await;
    let mut author = crate::app::Browser::default();
    app.submit(&mut author, &page, "/retirer", &[]).await;
    app.eventually(&address, |answer| answer.status == StatusCode::NOT_FOUND)
        .await;
    let corsica = app.get("/temoignages/departement/2a/").await;
    assert_eq!(corsica.status, StatusCode::NOT_FOUND);
    app.assert_as_built(content.path()).await;
}
