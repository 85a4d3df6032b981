//! The analysis of a campaign in the back office: it is made, its themes are named, grouped and
//! moved, and what was decided holds when it is made again.

use reqwest::StatusCode;

use crate::analyse::{import_answers, keep, keep_with};
use crate::app::{Answer, Browser, TestApp, repository};
use crate::assert_page;

const ROOM: &str = "/moderation/analyses/accueil/";

async fn analysed() -> (TestApp, Browser) {
    let app = TestApp::start().await;
    import_answers(&app).await;
    app.eventually("/campagnes/accueil/", |answer| {
        answer.body.contains("24 idées publiées")
    })
    .await;
    let mut moderator = app.moderator().await;
    let made = app
        .post_as(
            &mut moderator,
            &format!("{ROOM}lancer"),
            &[("finesse", "moyenne")],
        )
        .await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    assert_eq!(made.location(), format!("{ROOM}?fait=made"));
    (app, moderator)
}

/// The page of the theme that is called so.
async fn theme(app: &TestApp, moderator: &mut Browser, label: &str) -> (String, Answer) {
    let overview = app.get_as(moderator, ROOM).await.page();
    let links = overview.select("th a").into_iter();
    let named = |link: &scraper::ElementRef<'_>| link.text().any(|text| text.contains(label));
    let link = links.filter(named).find_map(|link| link.attr("href"));
    let href = link
        .unwrap_or_else(|| panic!("no theme is called {label}"))
        .to_owned();
    let page = app.get_as(moderator, &href).await;
    assert_eq!(page.status, StatusCode::OK);
    (href, page)
}

/// Sends one of the forms of a theme, and reads where it leads.
async fn decide(
    app: &TestApp,
    moderator: &mut Browser,
    (href, page): (&str, &Answer),
    fields: &[(&str, &str)],
) -> Answer {
    let page = page.page();
    let version = page.select("[name=version]")[0].attr("value").unwrap();
    let mut form = vec![("version", version)];
    form.extend(fields);
    let sent = app.post_as(moderator, href, &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    app.get_as(moderator, &sent.location()).await
}

/// The identifiers of the contributions on a page of a theme.
fn ids(page: &Answer) -> Vec<String> {
    let page = page.page();
    let boxes = page.select("[name=choix]").into_iter();
    boxes
        .map(|it| it.attr("value").unwrap().to_owned())
        .collect()
}

/// The identifier of the one with this title.
fn id_of(page: &Answer, title: &str) -> String {
    let page = page.page();
    let labels = page.select(".analysed label").into_iter();
    let mut labels = labels.filter(|label| label.text().any(|text| text == title));
    let of = labels.next().and_then(|label| label.attr("for")).unwrap();
    of.split_once('-').unwrap().1.to_owned()
}

#[tokio::test]
async fn a_campaign_is_analysed_and_each_theme_is_read_with_what_was_written() {
    let (app, mut moderator) = analysed().await;
    let page = app
        .get_as(&mut moderator, "/moderation/analyses")
        .await
        .page()
        .text();
    assert_page!(page);
    let page = app.get_as(&mut moderator, ROOM).await.page().text();
    assert_page!(page);
    let (_, page) = theme(&app, &mut moderator, "Téléphone").await;
    assert_page!(page.page().text());
    let left = app
        .get_as(&mut moderator, &format!("{ROOM}non-classees"))
        .await;
    assert_page!(left.page().text());
}

#[tokio::test]
async fn themes_are_named_grouped_split_moved_hidden_and_taken_back() {
    let (app, mut moderator) = analysed().await;
    let (href, page) = theme(&app, &mut moderator, "Téléphone").await;
    let said = decide(
        &app,
        &mut moderator,
        (&href, &page),
        &[
            ("faire", "renommer"),
            ("nom", "  Joindre \n un conseiller "),
        ],
    )
    .await;
    assert!(said.page().text().contains("Le thème a un nouveau nom."));

    let (calls, page) = theme(&app, &mut moderator, "Joindre un conseiller").await;
    let chosen = ids(&page);
    let said = decide(
        &app,
        &mut moderator,
        (&calls, &page),
        &[
            ("faire", "separer"),
            ("nom", "Le serveur vocal"),
            ("choix", &chosen[0]),
            ("choix", &chosen[1]),
        ],
    )
    .await;
    assert!(said.page().text().contains("Voici le nouveau thème."));
    assert_eq!(ids(&said).len(), 2);

    let (href, page) = theme(&app, &mut moderator, "Crèche").await;
    let moved = ids(&page)[0].clone();
    let key = calls.rsplit('/').next().unwrap();
    decide(
        &app,
        &mut moderator,
        (&href, &page),
        &[("faire", "deplacer"), ("vers", key), ("choix", &moved)],
    )
    .await;
    let (_, page) = theme(&app, &mut moderator, "Joindre un conseiller").await;
    assert!(page.page().text().contains("mise ici par l’équipe"));

    let (href, page) = theme(&app, &mut moderator, "Le serveur vocal").await;
    let said = decide(
        &app,
        &mut moderator,
        (&href, &page),
        &[("faire", "regrouper"), ("vers", key)],
    )
    .await;
    assert!(
        said.page()
            .text()
            .contains("Les thèmes sont regroupés ici.")
    );
    assert_eq!(ids(&said).len(), 9);

    let (href, page) = theme(&app, &mut moderator, "Ligne").await;
    decide(
        &app,
        &mut moderator,
        (&href, &page),
        &[("faire", "masquer")],
    )
    .await;
    let (href, page) = theme(&app, &mut moderator, "Crèche").await;
    decide(
        &app,
        &mut moderator,
        (&href, &page),
        &[("faire", "valider")],
    )
    .await;
    let page = app.get_as(&mut moderator, ROOM).await.page().text();
    assert_page!(page);

    let draft = app
        .get_as(&mut moderator, &format!("{ROOM}resultats.md"))
        .await;
    assert_page!(draft.body);

    let undo = format!("{ROOM}annuler");
    for _ in 0..2 {
        let overview = app.get_as(&mut moderator, ROOM).await;
        decide(&app, &mut moderator, (&undo, &overview), &[]).await;
    }
    let text = app.get_as(&mut moderator, ROOM).await.page().text();
    assert!(
        !text.contains("Validé") && !text.contains("Masqué"),
        "{text}"
    );
}

#[tokio::test]
async fn what_was_decided_holds_when_the_analysis_is_made_again() {
    let (app, mut moderator) = analysed().await;
    let (href, page) = theme(&app, &mut moderator, "Téléphone").await;
    let named = [("faire", "renommer"), ("nom", "Joindre un conseiller")];
    decide(&app, &mut moderator, (&href, &page), &named).await;
    app.send_idea(&[
        ("kind", "idea"),
        ("category", "Horaires"),
        ("title", "Un conseiller le samedi"),
        (
            "text",
            "Joindre un conseiller au téléphone le samedi, sans attente ni serveur vocal.",
        ),
    ])
    .await;
    app.publish_next(&mut moderator).await;
    app.eventually("/campagnes/accueil/", |answer| {
        answer.body.contains("25 idées publiées")
    })
    .await;
    let text = app.get_as(&mut moderator, ROOM).await.page().text();
    assert!(text.contains("il y en a maintenant 25."), "{text}");
    let run = format!("{ROOM}lancer");
    app.post_as(&mut moderator, &run, &[("finesse", "moyenne")])
        .await;
    let page = app.get_as(&mut moderator, ROOM).await.page().text();
    assert_page!(page);
}

#[tokio::test]
async fn what_the_command_keeps_is_in_the_back_office_with_what_was_decided() {
    let (app, mut moderator) = analysed().await;
    let (href, page) = theme(&app, &mut moderator, "Téléphone").await;
    let named = [("faire", "renommer"), ("nom", "Joindre un conseiller")];
    decide(&app, &mut moderator, (&href, &page), &named).await;
    let (href, page) = theme(&app, &mut moderator, "Ligne").await;
    decide(
        &app,
        &mut moderator,
        (&href, &page),
        &[("faire", "masquer")],
    )
    .await;
    let json: serde_json::Value = serde_json::from_str(&keep(&app).await).unwrap();
    let labels = json["themes"].as_array().unwrap().iter();
    let labels: Vec<&str> = labels.filter_map(|theme| theme["label"].as_str()).collect();
    assert_eq!(labels.len(), 2, "{labels:?}");
    assert!(labels.contains(&"Joindre un conseiller"), "{labels:?}");
    let text = app.get_as(&mut moderator, ROOM).await.page().text();
    assert!(text.contains("L’analyse d’avant"), "{text}");
    assert!(
        text.contains("Joindre un conseiller") && text.contains("Masqué"),
        "{text}"
    );
}

#[tokio::test]
async fn what_is_taken_off_the_site_is_neither_cited_nor_counted_and_what_is_hidden_comes_back() {
    let (app, mut moderator) = analysed().await;
    let (href, page) = theme(&app, &mut moderator, "Ligne").await;
    decide(
        &app,
        &mut moderator,
        (&href, &page),
        &[("faire", "masquer")],
    )
    .await;
    let (_, page) = theme(&app, &mut moderator, "Téléphone").await;
    let gone = ids(&page)[0].clone();
    let item = format!("/moderation/contributions/{gone}");
    let desk = app.get_as(&mut moderator, &item).await;
    let hide = [("reason", "off-topic")];
    app.submit(&mut moderator, &desk, "/masquer", &hide).await;
    app.eventually("/campagnes/accueil/", |answer| {
        answer.body.contains("23 idées publiées")
    })
    .await;
    let draft = app
        .get_as(&mut moderator, &format!("{ROOM}resultats.md"))
        .await;
    let draft = draft.body.replace('\u{a0}', " ");
    assert!(!draft.contains(&gone), "{draft}");
    assert!(
        draft.contains("7 contributions sur 23 en parlent"),
        "{draft}"
    );
    assert!(
        draft.contains("8 contributions ne sont dans aucun des thèmes"),
        "{draft}"
    );
    let page = app.get_as(&mut moderator, &href).await;
    let said = decide(
        &app,
        &mut moderator,
        (&href, &page),
        &[("faire", "montrer")],
    )
    .await;
    let text = said.page().text();
    assert!(text.contains("Le thème est montré de nouveau."), "{text}");
    assert!(!text.contains("Masqué"), "{text}");
}

#[tokio::test]
async fn three_examples_bring_suggestions_which_nobody_confirmed_yet() {
    let (app, mut moderator) = analysed().await;
    let (href, page) = theme(&app, &mut moderator, "Ligne").await;
    let declared = [
        "Déclaration préremplie",
        "Suivi de ma déclaration",
        "Déclaration perdue",
    ];
    let declared = declared.map(|title| id_of(&page, title));
    let mut fields = vec![("faire", "separer"), ("nom", "La déclaration")];
    fields.extend(declared.iter().map(|id| ("choix", id.as_str())));
    let new = decide(&app, &mut moderator, (&href, &page), &fields).await;
    let text = new.page().text();
    assert!(text.contains("Peut-être aussi dans ce thème"), "{text}");
    let (href, page) = theme(&app, &mut moderator, "La déclaration").await;
    let suggested = ids(&page);
    let others: Vec<&String> = suggested
        .iter()
        .filter(|id| !declared.contains(id))
        .collect();
    let confirmed = [("faire", "confirmer"), ("choix", others[0].as_str())];
    let said = decide(&app, &mut moderator, (&href, &page), &confirmed).await;
    assert!(
        said.page()
            .text()
            .contains("Les contributions cochées sont dans ce thème.")
    );
    let (href, page) = theme(&app, &mut moderator, "La déclaration").await;
    if let Some(declined) = others.get(1) {
        let fields = [("faire", "ecarter"), ("choix", declined.as_str())];
        let said = decide(&app, &mut moderator, (&href, &page), &fields).await;
        assert!(!ids(&said).contains(declined));
    }
}

#[tokio::test]
async fn what_was_sent_twice_with_small_changes_is_told_beside_each() {
    let app = TestApp::start().await;
    import_answers(&app).await;
    app.send_idea(&[
        ("kind", "idea"),
        ("category", "Horaires"),
        ("title", "Le numéro gratuit"),
        (
            "text",
            "Le numéro de téléphone pour joindre un conseiller devrait être gratuit !",
        ),
    ])
    .await;
    let mut moderator = app.moderator().await;
    app.publish_next(&mut moderator).await;
    app.eventually("/campagnes/accueil/", |answer| {
        answer.body.contains("25 idées publiées")
    })
    .await;
    let run = format!("{ROOM}lancer");
    app.post_as(&mut moderator, &run, &[("finesse", "moyenne")])
        .await;
    let themes = app.get_as(&mut moderator, ROOM).await.page().links("th");
    let mut told = 0;
    for href in themes {
        let text = app.get_as(&mut moderator, &href).await.page().text();
        told += text.matches("1 autre dit presque la même chose").count();
    }
    assert_eq!(told, 2);
}

#[tokio::test]
async fn what_cannot_be_decided_says_why_and_changes_nothing() {
    let (app, mut moderator) = analysed().await;
    let (href, page) = theme(&app, &mut moderator, "Téléphone").await;
    let before = app.get_as(&mut moderator, ROOM).await.page().text();
    let one = ids(&page)[0].clone();
    let long = "a".repeat(121);
    let own = href.rsplit('/').next().unwrap().to_owned();
    for (fields, said) in [
        (vec![("faire", "renommer"), ("nom", " ")], "donnez un nom"),
        (vec![("faire", "renommer"), ("nom", &long)], "donnez un nom"),
        (
            vec![("faire", "deplacer"), ("vers", "1")],
            "cochez au moins une contribution",
        ),
        (
            vec![("faire", "deplacer"), ("vers", "x"), ("choix", &one)],
            "choisissez un autre thème",
        ),
        (
            vec![("faire", "deplacer"), ("vers", "999"), ("choix", &one)],
            "n’est plus dans l’analyse",
        ),
        (
            vec![("faire", "deplacer"), ("vers", "1"), ("choix", "inconnue")],
            "n’est plus dans l’analyse",
        ),
        (
            vec![("faire", "regrouper"), ("vers", &own)],
            "n’est plus dans l’analyse",
        ),
    ] {
        let answer = decide(&app, &mut moderator, (&href, &page), &fields).await;
        assert!(
            answer.page().text().contains(said),
            "{fields:?}: {}",
            answer.page().text()
        );
    }
    assert_eq!(app.get_as(&mut moderator, ROOM).await.page().text(), before);

    // Somebody else decides meanwhile, on the page that is still open here.
    let named = [("faire", "renommer"), ("nom", "Joindre un conseiller")];
    decide(&app, &mut moderator, (&href, &page), &named).await;
    let hidden = decide(
        &app,
        &mut moderator,
        (&href, &page),
        &[("faire", "masquer")],
    )
    .await;
    assert!(
        hidden
            .page()
            .text()
            .contains("Quelqu’un a changé cette analyse entre-temps")
    );
    let text = app.get_as(&mut moderator, ROOM).await.page().text();
    assert!(
        text.contains("Joindre un conseiller") && !text.contains("Masqué"),
        "{text}"
    );

    let unknown = app
        .get_as(&mut moderator, &format!("{ROOM}themes/999"))
        .await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let nonsense = app
        .post_as(
            &mut moderator,
            &format!("{ROOM}lancer"),
            &[("finesse", "x")],
        )
        .await;
    assert_eq!(nonsense.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn who_may_not_analyse_a_space_sees_none_of_it() {
    let (app, _) = analysed().await;
    let mut other = app.moderator_with("claire", &["answerer:national"]).await;
    for path in [
        "",
        "non-classees",
        "analyse.json",
        "resultats.md",
        "themes/1",
    ] {
        let answer = app.get_as(&mut other, &format!("{ROOM}{path}")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    for path in ["lancer", "annuler", "non-classees", "themes/1"] {
        let form = [("finesse", "moyenne"), ("version", "1")];
        let answer = app
            .post_as(&mut other, &format!("{ROOM}{path}"), &form)
            .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn the_two_sides_of_a_theme_are_shown_where_a_table_says_who_takes_which() {
    let (app, mut moderator) = analysed().await;
    let text = theme(&app, &mut moderator, "Téléphone")
        .await
        .1
        .page()
        .text();
    assert!(!text.contains("Pour et contre"), "{text}");
    let published = app.served.store().published().await.unwrap();
    let answers = std::fs::read_to_string(repository("tests/fixtures/analyse/reponses.csv"));
    let answers = answers.unwrap();
    let position = |title: &str| {
        let mut rows = answers.lines().map(|row| row.split(';'));
        let mut row = rows.find(|row| row.clone().nth(1) == Some(title)).unwrap();
        row.next_back().unwrap()
    };
    let mut table = String::from("id;position\n");
    for one in published.ideas.values() {
        let (id, title) = (&one.idea.id, one.idea.title.as_str());
        table.push_str(&format!("{id};{}\n", position(title)));
    }
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("positions.csv");
    std::fs::write(&file, &table).unwrap();
    keep_with(&app, Some(&file)).await.unwrap();
    let (_, page) = theme(&app, &mut moderator, "Téléphone").await;
    assert_page!(page.page().text());

    // What is no idea of the campaign, or no side, is told by its line.
    std::fs::write(&file, "id;position\nabc;pour\n").unwrap();
    let unknown = keep_with(&app, Some(&file)).await.unwrap_err();
    let first = published.ideas.keys().next().unwrap();
    std::fs::write(&file, format!("id;position\n{first};peut-être\n")).unwrap();
    let no_side = keep_with(&app, Some(&file)).await.unwrap_err();
    let place = folder.path().display().to_string();
    for (said, line) in [(unknown, "abc"), (no_side, "peut-être")] {
        let said = said.replace(&place, "");
        assert!(said.contains("ligne 2") && said.contains(line), "{said}");
    }
}

#[tokio::test]
async fn who_wrote_several_ideas_counts_once_and_is_not_told_from_others() {
    let app = TestApp::start().await;
    import_answers(&app).await;
    let mut moderator = app.moderator().await;
    let calls = ["Un conseiller le soir", "Rappeler quand on a raccroché"];
    for (title, email) in calls.iter().zip(["nour@example.org", "Nour@example.org"]) {
        let text = "Joindre un conseiller au téléphone est trop long, le serveur vocal raccroche.";
        let form = [
            ("kind", "idea"),
            ("category", "Horaires"),
            ("title", title),
            ("text", text),
            ("email", email),
        ];
        app.send_idea(&form).await;
        app.publish_next(&mut moderator).await;
    }
    app.eventually("/campagnes/accueil/", |answer| {
        answer.body.contains("26 idées publiées")
    })
    .await;
    let run = format!("{ROOM}lancer");
    app.post_as(&mut moderator, &run, &[("finesse", "moyenne")])
        .await;
    let file = format!("{ROOM}analyse.json");
    let json = app.get_as(&mut moderator, &file).await.body;
    let found: serde_json::Value = serde_json::from_str(&json).unwrap();
    let coverage = &found["coverage"];
    assert_eq!(
        (&coverage["contributions"], &coverage["authors"]),
        (&26.into(), &25.into())
    );
    let themes = found["themes"].as_array().unwrap();
    let repeated = themes
        .iter()
        .filter(|theme| theme["authors"].as_u64() < theme["size"].as_u64());
    assert_eq!(repeated.count(), 1);
    // What is kept tells no more: the same bytes, whatever was drawn for the author.
    let again = app.post_as(&mut moderator, &run, &[("finesse", "moyenne")]);
    assert!(again.await.location().ends_with("fait=made"));
    assert_eq!(app.get_as(&mut moderator, &file).await.body, json);
    assert!(!json.contains("nour@"));
}
