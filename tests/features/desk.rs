//! The moderators' desk: what else than publish and refuse, and what cannot go wrong.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{ContributionId, Like, Person};
use reqwest::StatusCode;
use tokio::task::JoinSet;

use crate::app::{Browser, TestApp};
use crate::assert_page;

const IDEA: [(&str, &str); 4] = [
    ("kind", "idea"),
    ("category", "Attente"),
    ("title", "Une file plus courte"),
    ("text", "On attend trop."),
];

/// The address of an idea in the back office.
fn office(idea: &str) -> String {
    let id = idea.trim_end_matches('/').rsplit('/').next().unwrap();
    format!("/moderation/contributions/{id}")
}

#[tokio::test]
async fn a_decision_is_taken_back_within_thirty_seconds_and_not_after() {
    let app = TestApp::start().await;
    app.send_idea(&IDEA).await;
    let mut moderator = app.moderator().await;
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    let done = app.submit(&mut moderator, &queue, "/publier", &[]).await;
    let after = app.get_as(&mut moderator, &done.location()).await;
    app.eventually("/campagnes/accueil/idees/", |answer| {
        answer.body.contains("Une file plus courte")
    })
    .await;
    app.set_clock("2026-11-23T10:00:29Z");
    let undone = app.submit(&mut moderator, &after, "/annuler", &[]).await;
    let back = app.get_as(&mut moderator, &undone.location()).await;
    app.eventually("/campagnes/accueil/idees/", |answer| {
        !answer.body.contains("Une file plus courte")
    })
    .await;
    let again = app.submit(&mut moderator, &back, "/publier", &[]).await;
    let after_again = app.get_as(&mut moderator, &again.location()).await;
    app.set_clock("2026-11-23T10:00:59Z");
    let late = app
        .submit(&mut moderator, &after_again, "/annuler", &[])
        .await;
    let told = app.get_as(&mut moderator, &late.location()).await;
    let texts = [after.page().text(), back.page().text(), told.page().text()];
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn what_is_hidden_leaves_the_site_and_comes_back_where_it_was() {
    let app = TestApp::start().await;
    let first = app.published_idea("Ouvrir le soir").await;
    app.set_clock("2026-11-23T11:00:00Z");
    app.published_idea("Ouvrir le samedi").await;
    let list = app.page("/campagnes/accueil/idees/").await.text();
    let mut moderator = app.moderator().await;
    let item = app.get_as(&mut moderator, &office(&first)).await;
    let typed = [("reason", "illegal"), ("message", "La loi l’interdit.")];
    let hidden = app.submit(&mut moderator, &item, "/masquer", &typed).await;
    assert!(hidden.location().contains("fait=hide&"));
    app.eventually(&first, |answer| answer.status == StatusCode::NOT_FOUND)
        .await;
    app.eventually("/campagnes/accueil/idees/", |answer| {
        answer.body.contains("1 idée publiée")
    })
    .await;
    let standing = app.get_as(&mut moderator, &office(&first)).await;
    app.submit(&mut moderator, &standing, "/retablir", &[])
        .await;
    app.eventually(&first, |answer| answer.status == StatusCode::OK)
        .await;
    let back = app
        .eventually("/campagnes/accueil/idees/", |answer| {
            answer.body.contains("2 idées publiées")
        })
        .await;
    assert_eq!(back.page().text(), list);
    assert_page!(standing.page().text());
}

#[tokio::test]
async fn an_idea_is_grouped_with_another_and_each_person_likes_it_once() {
    let app = TestApp::start().await;
    let stays = app.published_idea("Ouvrir le soir").await;
    let leaves = app.published_idea("Des soirées ouvertes").await;
    let like = |idea: &str| {
        format!(
            "/participer{}soutien",
            idea.trim_start_matches("/campagnes")
        )
    };
    let (mut anna, mut bilal) = (Browser::default(), Browser::default());
    let choice = [("choice", "like")];
    app.post_as(&mut anna, &like(&stays), &choice).await;
    app.post_as(&mut anna, &like(&leaves), &choice).await;
    app.post_as(&mut bilal, &like(&leaves), &choice).await;

    let mut moderator = app.moderator().await;
    let item = app.get_as(&mut moderator, &office(&leaves)).await;
    let into = [("into", stays.as_str())];
    let asked = app.submit(&mut moderator, &item, "/regrouper", &into).await;
    let confirm = [("faire", "confirmer")];
    let done = app
        .submit(&mut moderator, &asked, "/regrouper", &confirm)
        .await;
    assert!(
        done.location().contains("fait=merged&"),
        "{}",
        done.location()
    );

    app.set_clock("2026-11-23T10:01:00Z");
    // Pages follow likes every half minute: time goes on until they have.
    app.eventually(&stays, |answer| {
        app.advance(1);
        answer.body.contains("2 soutiens<")
    })
    .await;
    let moved = app
        .eventually(&leaves, |answer| !answer.body.contains("comment-form"))
        .await;
    assert!(
        moved.body.contains(&format!("url={stays}")),
        "{}",
        moved.body
    );
    // Who comes by an old page is led on.
    let late = app.post(&like(&leaves), &choice).await;
    assert_eq!(late.location(), stays);
    let standing = app.get_as(&mut moderator, &office(&leaves)).await;
    let texts = [
        asked.page().text(),
        moved.page().text(),
        standing.page().text(),
    ];
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn ideas_that_say_nearly_the_same_are_offered_to_be_grouped() {
    let app = TestApp::start().await;
    let stays = app.published_idea("Ouvrir un soir par semaine").await;
    app.advance(31);
    let mut near = IDEA.to_vec();
    near[2] = ("title", "Ouvrir un soir chaque semaine");
    near[3] = (
        "text",
        "Ouvrir le soir aiderait les parents qui travaillent.",
    );
    app.send_idea(&near).await;
    let mut moderator = app.moderator().await;
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    let button = queue.page();
    let offered: Vec<&str> = button
        .select("button[name=near]")
        .iter()
        .filter_map(|button| button.attr("value"))
        .collect();
    assert_eq!(offered.len(), 1);
    assert!(stays.contains(offered[0]));
    let typed = [("near", offered[0])];
    let asked = app
        .submit(&mut moderator, &queue, "/regrouper", &typed)
        .await;
    assert_page!(asked.page().text());
}

#[tokio::test]
async fn a_like_that_comes_late_goes_on_and_one_taken_back_stays_so() {
    let app = TestApp::start().await;
    let stays = app.published_idea("Ouvrir le soir").await;
    let leaves = app.published_idea("Des soirées ouvertes").await;
    let id = |idea: &str| {
        let last = idea.trim_end_matches('/').rsplit('/').next().unwrap();
        ContributionId::parse(last).unwrap()
    };
    let like = |idea: &str, person: u8| Like {
        idea: id(idea),
        person: Person::from_bytes([person; 16]),
    };
    let store = app.served.store();
    store.like(&like(&leaves, 1), app.now()).await.unwrap();
    store.like(&like(&leaves, 2), app.now()).await.unwrap();
    let mut moderator = app.moderator().await;
    let item = app.get_as(&mut moderator, &office(&leaves)).await;
    let into = [("into", stays.as_str())];
    let asked = app.submit(&mut moderator, &item, "/regrouper", &into).await;
    let confirm = [("faire", "confirmer")];
    app.submit(&mut moderator, &asked, "/regrouper", &confirm)
        .await;
    // One is taken back; another was on its way to the idea that has left.
    store.unlike(&like(&stays, 1)).await.unwrap();
    store.like(&like(&leaves, 3), app.now()).await.unwrap();
    let started = Instant::now();
    while !store.likes(&like(&stays, 3)).await.unwrap() {
        assert!(started.elapsed() < Duration::from_secs(60), "never carried");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut likes = Vec::new();
    for person in 1..=3 {
        likes.push(store.likes(&like(&stays, person)).await.unwrap());
    }
    assert_eq!(likes, [false, true, true]);
    app.eventually(&stays, |answer| {
        app.advance(1);
        answer.body.contains("2 soutiens<")
    })
    .await;
}

#[tokio::test]
async fn an_idea_is_not_grouped_with_what_is_not_there() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let mut moderator = app.moderator().await;
    for into in [
        "",
        idea.as_str(),
        "0000000000000000",
        "https://ailleurs.example/",
    ] {
        let item = app.get_as(&mut moderator, &office(&idea)).await;
        let typed = [("into", into)];
        let again = app
            .submit(&mut moderator, &item, "/regrouper", &typed)
            .await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!again.page().words("#into-error").is_empty(), "{into}");
    }
}

#[tokio::test]
async fn an_answer_is_drafted_published_and_corrected() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let mut moderator = app.moderator().await;
    let item = app.get_as(&mut moderator, &office(&idea)).await;
    let draft = [
        ("team", "Caf du Gard"),
        ("response", "Nous y pensons."),
        ("faire", "brouillon"),
    ];
    let drafted = app.submit(&mut moderator, &item, "/reponse", &draft).await;
    let item = app.get_as(&mut moderator, &drafted.location()).await;
    assert!(!app.get(&idea).await.body.contains("Nous y pensons"));
    let publish = [
        ("team", "Caf du Gard"),
        ("response", "Oui, dès mars."),
        ("faire", "publier"),
    ];
    app.submit(&mut moderator, &item, "/reponse", &publish)
        .await;
    app.eventually(&idea, |answer| answer.body.contains("Oui, dès mars"))
        .await;
    app.set_clock("2026-11-24T10:00:00Z");
    let mut moderator = app.moderator().await;
    let published = app.get_as(&mut moderator, &office(&idea)).await;
    let correct = [
        ("team", "Caf du Gard"),
        ("response", "Oui, dès avril."),
        ("faire", "publier"),
    ];
    app.submit(&mut moderator, &published, "/reponse", &correct)
        .await;
    // What was read is no longer what stands: nothing is overwritten, nothing is lost.
    let late = [
        ("team", "Caf du Gard"),
        ("response", "Non, en mai."),
        ("faire", "publier"),
    ];
    let conflict = app
        .submit(&mut moderator, &published, "/reponse", &late)
        .await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert_eq!(
        conflict.page().words("textarea[name=response]"),
        "Non, en mai."
    );
    let outcome = [("decision", "kept"), ("outcome", "Le budget est voté.")];
    let settled = app.get_as(&mut moderator, &office(&idea)).await;
    app.submit(&mut moderator, &settled, "/suite", &outcome)
        .await;
    let page = app
        .eventually(&idea, |answer| {
            answer.body.contains("dès avril") && answer.body.contains("budget")
        })
        .await;
    let standing = app.get_as(&mut moderator, &office(&idea)).await;
    let texts = [
        item.page().text(),
        page.page().text(),
        standing.page().text(),
    ];
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn an_alert_is_followed_until_all_are_told() {
    let app = TestApp::start().await;
    app.send_idea(&IDEA).await;
    let mut moderator = app.moderator().await;
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    let alert = [("reason", "alert")];
    app.submit(&mut moderator, &queue, "/refuser", &alert).await;
    let list = app
        .get_as(&mut moderator, "/moderation/?file=alertes")
        .await;
    let told = [("who", "Le 17, par téléphone"), ("faire", "prevenu")];
    let noted = app.submit(&mut moderator, &list, "/alerte", &told).await;
    let noted = app.get_as(&mut moderator, &noted.location()).await;
    let close = [("faire", "clore")];
    let closed = app.submit(&mut moderator, &noted, "/alerte", &close).await;
    let closed = app.get_as(&mut moderator, &closed.location()).await;
    let texts = [
        list.page().text(),
        noted.page().text(),
        closed.page().text(),
    ];
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn several_are_decided_at_once_and_each_on_its_version() {
    let app = TestApp::start().await;
    for (place, title) in ["Une", "Deux", "Trois"].into_iter().enumerate() {
        app.set_clock(&format!("2026-11-23T10:00:0{place}Z"));
        let mut idea = IDEA.to_vec();
        idea[2] = ("title", title);
        app.send_idea(&idea).await;
    }
    let mut moderator = app.moderator().await;
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    let page = queue.page();
    let choices: Vec<String> = page
        .select("input[name=choix]")
        .iter()
        .map(|input| input.attr("value").unwrap().to_owned())
        .collect();
    assert_eq!(choices.len(), 3);
    let none = app
        .submit(&mut moderator, &queue, "/lot", &[("faire", "publier")])
        .await;
    let none = app.get_as(&mut moderator, &none.location()).await;
    assert_eq!(app.served.store().queue(9).await.unwrap().count, 3);
    // One of them is decided in between.
    app.submit(&mut moderator, &queue, "/publier", &[]).await;
    let form: Vec<(&str, &str)> = choices
        .iter()
        .map(|choice| ("choix", choice.as_str()))
        .chain([("faire", "refuser"), ("reason", "off-topic")])
        .collect();
    let done = app.submit(&mut moderator, &queue, "/lot", &form).await;
    let after = app.get_as(&mut moderator, &done.location()).await;
    let texts = [none.page().text(), after.page().text()];
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn lists_are_filtered_and_stay_so_after_a_decision() {
    let app = TestApp::start().await;
    app.send_idea(&IDEA).await;
    let mut other = IDEA.to_vec();
    other[0] = ("kind", "experience");
    other[2] = ("title", "Trois heures debout");
    app.send_idea(&other).await;
    let mut moderator = app.moderator().await;
    let list = "/moderation/?campagne=accueil&genre=experience";
    let filtered = app.get_as(&mut moderator, list).await;
    let done = app.submit(&mut moderator, &filtered, "/publier", &[]).await;
    assert!(
        done.location()
            .starts_with("/moderation/?campagne=accueil&genre=experience&fait=publish&de="),
        "{}",
        done.location()
    );
    let after = app.get_as(&mut moderator, &done.location()).await;
    let mut flagged = IDEA.to_vec();
    flagged[2] = ("title", "Rappeler au 06 12 34 56 78");
    app.send_idea(&flagged).await;
    let mut texts = vec![filtered.page().text(), after.page().text()];
    for looked_for in ["filtrer=oui", "repere=any", "repere=phone", "repere=iban"] {
        let list = format!("/moderation/?{looked_for}");
        let page = app.get_as(&mut moderator, &list).await.page().text();
        texts.push(format!("== {looked_for}\n{page}"));
    }
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn every_decision_is_in_the_log_which_holds() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let mut moderator = app.moderator().await;
    let item = app.get_as(&mut moderator, &office(&idea)).await;
    app.submit(&mut moderator, &item, "/masquer", &[("reason", "illegal")])
        .await;
    let journal = app.get_as(&mut moderator, "/moderation/journal").await;
    let board = app.get_as(&mut moderator, "/moderation/tableau").await;
    let verified = app.served.store().verify_audit().await.unwrap();
    // The first is of the first moderator, made when the site is first started.
    assert_eq!((verified.entries, verified.broken), (3, Vec::new()));
    assert_page!(format!(
        "{}\n\n{}",
        journal.page().text(),
        board.page().text()
    ));
}

#[tokio::test]
async fn parallel_decisions_are_all_in_the_log_in_one_chain() {
    let app = TestApp::start().await;
    let mut sent = Vec::new();
    for place in 0..20 {
        let title = format!("Idée {place}");
        let mut idea = IDEA.to_vec();
        idea[2] = ("title", &title);
        app.send_idea(&idea).await;
        sent.push(title);
    }
    let moderator = app.moderator().await;
    let queue = app.served.store().queue(50).await.unwrap();
    let app = Arc::new(app);
    // Each is published by two moderators at the same time: once.
    let mut deciding = JoinSet::new();
    for held in queue.oldest.iter().chain(&queue.oldest) {
        let reference = held.contribution.reference();
        let path = format!("/moderation/contributions/{reference}/publier");
        let (app, mut browser) = (Arc::clone(&app), moderator.clone());
        deciding.spawn(async move {
            let done = app.post_as(&mut browser, &path, &[("version", "0")]).await;
            done.location().contains("fait=conflict&")
        });
    }
    let conflicts = deciding.join_all().await;
    assert_eq!(conflicts.into_iter().filter(|late| *late).count(), 20);
    let verified = app.served.store().verify_audit().await.unwrap();
    assert_eq!((verified.entries, verified.broken), (21, Vec::new()));
}

#[tokio::test]
async fn what_is_taken_back_stands_as_it_stood_message_and_alert_included() {
    let app = TestApp::start().await;
    let receipt = app.send_idea(&IDEA).await;
    let mut moderator = app.moderator().await;
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    let id = app.served.store().queue(1).await.unwrap().oldest[0]
        .contribution
        .reference();
    let item = format!("/moderation/contributions/{id}");
    let alert = [("reason", "alert"), ("message", "Nous pensons à vous.")];
    app.submit(&mut moderator, &queue, "/refuser", &alert).await;
    let refused = app.served.store().contribution(&id).await.unwrap();
    let told = app.page(&receipt).await.text();
    assert!(told.contains("Nous pensons à vous."));

    app.advance(60);
    let page = app.get_as(&mut moderator, &item).await;
    let again = app.submit(&mut moderator, &page, "/relire", &[]).await;
    let page = app.get_as(&mut moderator, &again.location()).await;
    app.submit(&mut moderator, &page, "/annuler", &[]).await;
    let back = app.served.store().contribution(&id).await.unwrap();
    let standing = |held: Option<domain::Moderated>| {
        let held = held.unwrap();
        (held.status, held.message, held.alert, held.decided_at)
    };
    assert_eq!(standing(back), standing(refused));
    assert_eq!(app.page(&receipt).await.text(), told);
    let alerts = app
        .get_as(&mut moderator, "/moderation/?file=alertes")
        .await
        .page();
    assert_eq!(alerts.words("h1"), "1 alerte à suivre");
}

#[tokio::test]
async fn what_was_grouped_with_another_is_not_shown_again_by_itself() {
    let app = TestApp::start().await;
    let stays = app.published_idea("Ouvrir le soir").await;
    let leaves = app.published_idea("Des soirées ouvertes").await;
    app.send_idea(&IDEA).await;
    let waits = app.served.store().queue(1).await.unwrap().oldest[0]
        .contribution
        .reference()
        .to_string();
    let mut moderator = app.moderator().await;
    for (idea, back) in [(office(&leaves), "/retablir"), (office(&waits), "/relire")] {
        let page = app.get_as(&mut moderator, &idea).await;
        let merge = [("into", stays.as_str()), ("faire", "confirmer")];
        app.submit(&mut moderator, &page, "/regrouper", &merge)
            .await
            .location();
        let id = domain::ContributionRef::parse(idea.rsplit('/').next().unwrap()).unwrap();
        let store = app.served.store();
        let merged = store.contribution(&id).await.unwrap();
        let version = merged.as_ref().unwrap().version.to_string();
        let form = [("version", version.as_str())];
        let late = app
            .post_as(&mut moderator, &format!("{idea}{back}"), &form)
            .await;
        assert!(late.location().contains("fait=conflict"));
        assert_eq!(store.contribution(&id).await.unwrap(), merged);
    }
}
