//! Telling an experience with a service.

use ecoute::verify::{self, Then};
use reqwest::StatusCode;

use crate::app::{Browser, TestApp};
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
    let app = TestApp::start().await;
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
    let mut author = Browser::default();
    app.submit(&mut author, &page, "/retirer", &[]).await;
    app.eventually(&address, |answer| answer.status == StatusCode::NOT_FOUND)
        .await;
    let corsica = app.get("/temoignages/departement/2a/").await;
    assert_eq!(corsica.status, StatusCode::NOT_FOUND);
    app.assert_as_built(content.path()).await;
}

#[tokio::test]
async fn a_space_that_takes_no_more_testimonials_keeps_those_that_it_has() {
    let (app, content) = start().await;
    let (_, kept) = app.told(&[("title", "Une attente")]).await;
    let (receipt, address) = app.told(&[("title", "Une erreur")]).await;
    let file = content.path().join("spaces/gard.md");
    let space = std::fs::read_to_string(&file).unwrap();
    let takes = |line: &&str| !line.starts_with("testimonials_answered_within_days");
    let closed: Vec<&str> = space.lines().filter(takes).collect();
    std::fs::write(&file, closed.join("\n") + "\n").unwrap();
    for office in ["accueil-ales", "accueil-nimes", "caf-du-gard"] {
        let file = content.path().join(format!("structures/{office}.md"));
        std::fs::remove_file(file).unwrap();
    }
    let app = app.restart().await;
    assert_eq!(
        app.get("/temoignages/raconter/gard/").await.status,
        StatusCode::NOT_FOUND
    );
    // What still becomes of one is on the lists that show the others.
    let page = app.get(&receipt).await;
    let mut author = Browser::default();
    app.submit(&mut author, &page, "/retirer", &[]).await;
    app.eventually(&address, |answer| answer.status == StatusCode::NOT_FOUND)
        .await;
    for list in ["/temoignages/", "/temoignages/espace/gard/"] {
        let list = app.page(list).await.text();
        assert!(list.contains("Une attente") && !list.contains("Une erreur"));
    }
    assert_eq!(app.get(&kept).await.status, StatusCode::OK);
    app.assert_as_built(content.path()).await;
}

#[tokio::test]
async fn one_says_once_that_one_had_the_same_experience_and_takes_it_back() {
    let (app, content) = start().await;
    let (_, own) = app.told(&[]).await;
    let action = app.page(&own).await.action_ending("/moi-aussi");
    let like = [("choice", "like")];
    let mut ana = Browser::default();
    let said = app.post_as(&mut ana, &action, &like).await;
    let shown = app.get_as(&mut ana, &said.location()).await.page();
    app.post_as(&mut ana, &action, &like).await;
    let mut ben = Browser::default();
    app.post_as(&mut ben, &action, &like).await;
    app.same_counted(&own, 2).await;
    app.half_a_minute_later();
    let two = app
        .eventually(&own, |answer| {
            answer.body.contains("2 personnes ont vécu la même chose")
        })
        .await;
    assert!(two.body.contains("J’ai vécu la même chose"));
    app.eventually("/temoignages/", |answer| {
        answer.body.contains("2 personnes ont vécu")
    })
    .await;
    app.post_as(&mut ana, &action, &[("choice", "unlike")])
        .await;
    app.same_counted(&own, 1).await;
    app.half_a_minute_later();
    app.eventually(&own, |answer| answer.body.contains("1 personne a vécu"))
        .await;
    app.assert_as_built(content.path()).await;
    // Reading makes no cookie, nor does taking back what was never said.
    let mut nobody = Browser::default();
    app.get_as(&mut nobody, &action).await;
    app.post_as(&mut nobody, &action, &[("choice", "unlike")])
        .await;
    assert_eq!(nobody.cookies, []);
    let changed = app.get_as(&mut ana, &action).await.page();
    assert_page!(format!("{}\n\n----\n\n{}", shown.text(), changed.text()));
}

#[tokio::test]
async fn who_writes_sees_what_is_published_and_says_nearly_the_same() {
    let (app, _content) = start().await;
    app.told(&[]).await;
    app.later(60);
    let form = form(&[("title", "Trois appels pour une attestation !")]);
    let review = app.post("/temoigner/gard", &form).await;
    let near = review.page().words(".near");
    assert!(
        near.contains("Un témoignage publié ressemble au vôtre"),
        "{near}"
    );
    let action = review.page().action_ending("/moi-aussi");
    let said = app.post(&action, &[("choice", "like")]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_testimonial_can_be_signalled() {
    let (app, _content) = start().await;
    let (_, own) = app.told(&[]).await;
    let links = app.page(&own).await.links("main");
    let report = links
        .iter()
        .find(|link| link.contains("/signaler/"))
        .unwrap();
    let blank = app.get(report).await;
    assert_eq!(blank.status, StatusCode::OK);
    let form = [
        ("why", "names-someone"),
        ("details", "Je reconnais la personne."),
    ];
    let sent = app
        .submit(&mut Browser::default(), &blank, report, &form)
        .await;
    assert!(sent.location().starts_with("/suivi/signalement/"));
    let receipt = app.page(&sent.location()).await;
    let mut moderator = app.moderator().await;
    let reports = app
        .get_as(&mut moderator, "/moderation/signalements/")
        .await;
    let form = [
        ("reason", "names-someone"),
        ("hidden", "Merci. Nous l’avons retiré."),
    ];
    let done = app
        .submit(&mut moderator, &reports, "/retirer", &form)
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.page().text());
    app.eventually(&own, |answer| answer.status == StatusCode::NOT_FOUND)
        .await;
    let pages = [blank.page(), receipt, reports.page()];
    let texts: Vec<String> = pages.iter().map(Page::text).collect();
    assert_page!(texts.join("\n\n----\n\n"));
}

#[tokio::test]
async fn a_testimonial_of_somebody_in_danger_takes_a_way_of_its_own() {
    let (app, _content) = start().await;
    let receipt = app
        .tell(&[("text", "J’ai peur de rentrer chez moi.")])
        .await;
    let mut moderator = app.moderator().await;
    let queue = app.queue(&mut moderator).await;
    let form = [("reason", "alert")];
    app.submit(&mut moderator, &queue, "/refuser", &form).await;
    let told = app.page(&receipt).await.text();
    assert!(told.contains("Appeler le 112"), "{told}");
    let alerts = app
        .get_as(&mut moderator, "/moderation/?file=alertes")
        .await;
    assert!(alerts.body.contains("1 alerte à suivre"));
    let done = app
        .submit(
            &mut moderator,
            &alerts,
            "/alerte",
            &[("who", "le 17, par téléphone"), ("faire", "prevenu")],
        )
        .await;
    assert!(done.location().contains("fait=told"), "{}", done.body);
    app.advance(31);
    // The message says nothing that somebody at the same screen should not read.
    let messages = app.outbox(2).await;
    let text: Vec<&str> = messages.iter().map(|it| it.text.as_str()).collect();
    assert!(!text.concat().contains("danger"), "{text:?}");
}

#[tokio::test]
async fn who_had_the_same_experience_is_counted_again_by_command() {
    let (app, _content) = start().await;
    let (_, own) = app.told(&[]).await;
    let action = app.page(&own).await.action_ending("/moi-aussi");
    for _ in 0..3 {
        let like = [("choice", "like")];
        app.post_as(&mut Browser::default(), &action, &like).await;
    }
    app.same_counted(&own, 3).await;
    let verify = async |then| {
        let options = verify::Options {
            data_dir: app.data.path().to_owned(),
            campaign: None,
            then,
            database: app.database(),
        };
        verify::counts(&options).await.unwrap()
    };
    let agreed = verify(Then::Say).await;
    assert_eq!(agreed.table, "");
    let id = own.trim_end_matches('/').rsplit('/').next().unwrap();
    // The publisher may still have to count what came one by one, and then mends it.
    let started = std::time::Instant::now();
    let differs = loop {
        keep_wrong(&app, id).await;
        let differs = verify(Then::Say).await;
        if differs.said.is_err() {
            break differs;
        }
        let is_late = started.elapsed() > std::time::Duration::from_secs(60);
        assert!(!is_late, "a wrong count is not found");
    };
    assert!(
        differs.table.contains("ont vécu la même chose"),
        "{}",
        differs.table
    );
    verify(Then::Repair).await;
    app.same_counted(&own, 3).await;
}

/// Keeps a wrong count on the card of a testimonial, as no way through the site does.
async fn keep_wrong(app: &TestApp, id: &str) {
    let update = serde_json::json!({
        "Key": {"pk": {"S": "TESTIMONIALS#gard"}, "sk": {"S": format!("CARD#{id}")}},
        "UpdateExpression": "SET same = :wrong",
        "ExpressionAttributeValues": {":wrong": {"N": "7"}},
    });
    app.engine("UpdateItem", "contributions", update).await;
}
