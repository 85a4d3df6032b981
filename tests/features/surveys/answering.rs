//! Answering a survey over HTTP, without a script.

use domain::survey::{Choice, Order};
use reqwest::StatusCode;

use super::{PAGES, Participant, site, step, took_part};
use crate::app::Browser;
use crate::assert_page;

#[tokio::test]
async fn a_survey_is_answered_page_by_page_read_again_and_sent() {
    let app = site().await;
    let mut read = vec![
        app.page("/campagnes/accueil/").await.text(),
        app.page("/campagnes/accueil/sondage/").await.text(),
    ];
    let mut participant = Participant::new(&app);
    for (place, typed) in PAGES.iter().enumerate() {
        read.push(participant.next(place + 1, typed).await.page().text());
    }
    let receipt = participant.finish().await;
    let thanks = participant.get(&receipt).await;
    let token = receipt.rsplit('/').next().unwrap();
    read.push(
        thanks
            .page()
            .text()
            .replace(token, "JETON")
            .replace(&reference(&thanks.page().text()), "RÉFÉRENCE"),
    );
    assert_page!(read.join("\n\n=====\n\n"));
}

/// The reference of a receipt: it is drawn.
fn reference(text: &str) -> String {
    let words = text.split([' ', '.', ',']);
    let mut words = words.filter(|word| word.len() == 19 && word.matches('-').count() == 3);
    words.next().unwrap().to_owned()
}

#[tokio::test]
async fn an_empty_page_comes_back_with_every_error_of_each_kind() {
    let app = site().await;
    let mut participant = Participant::new(&app);
    let mut read = Vec::new();
    let answer = participant.send(1, &[], "suite").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    read.push(answer.page().text());
    participant.next(1, PAGES[0]).await;
    for page in [2, 3, 5] {
        let answer = participant.send(page, &[], "suite").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        read.push(answer.page().text());
    }
    // Nothing is asked for on this one.
    let answer = participant.send(4, &[], "suite").await;
    assert_eq!(answer.location(), step("5"));
    assert_page!(read.join("\n\n=====\n\n"));
}

#[tokio::test]
async fn what_does_not_hold_is_told_and_given_back() {
    let app = site().await;
    let mut participant = Participant::new(&app);
    let long = "é".repeat(151);
    let wrong: [(usize, Vec<(&str, &str)>); 9] = [
        (1, vec![("q-venue", "peut-être"), ("q-sujets", "rien")]),
        (
            1,
            vec![
                ("q-venue", "oui"),
                ("q-sujets", "le-logement"),
                ("q-sujets", "la-naissance"),
                ("q-sujets", "la-rentree"),
            ],
        ),
        (1, vec![("q-venue", "oui"), ("q-sujets", "autre")]),
        (1, vec![("q-venue", "oui"), ("q-sujets.autre", &long)]),
        (2, vec![("q-attente", "vingt"), ("q-note", "6")]),
        (2, vec![("q-attente", "601"), ("q-note", "1,5")]),
        (
            3,
            vec![
                ("q-services.l-ecoute", "jamais"),
                ("q-priorites.les-horaires", "1"),
                ("q-priorites.les-locaux", "1"),
            ],
        ),
        (4, vec![("q-raison", "Un mot qui n’en est pas un")]),
        (5, vec![("q-age", "cent"), ("q-departement", "96000")]),
    ];
    let mut read = Vec::new();
    participant.send(1, PAGES[0], "suite").await;
    for (page, typed) in wrong {
        let answer = participant.send(page, &typed, "suite").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed:?}");
        let text = answer.page();
        let errors = text.words(".error-summary");
        for (field, value) in typed {
            let is_text = ["q-attente", "q-raison", "q-departement", "q-sujets.autre"];
            if is_text.contains(&field) {
                let field = text.select(&format!("[name=\"{field}\"]"));
                assert_eq!(field[0].attr("value"), Some(value));
            }
        }
        read.push(errors);
        participant.send(1, PAGES[0], "suite").await;
    }
    assert_page!(read.join("\n"));
}

#[tokio::test]
async fn an_earlier_answer_says_which_pages_and_questions_are_shown() {
    let app = site().await;
    let mut participant = Participant::new(&app);
    let not: &[(&str, &str)] = &[("q-venue", "non"), ("q-sujets", "la-rentree")];
    // The page of the wait is for those who came.
    let next = participant.next(1, not).await;
    assert_eq!(next.page().words("h1"), "Ce qui compte");
    assert_eq!(next.page().words(".progress"), "Page 2 sur 4");
    let skipped = participant.get(&step("2")).await;
    assert_eq!(skipped.location(), step("3"));
    let words = participant.next(3, PAGES[2]).await;
    assert!(words.page().select("[name=q-histoire]").is_empty());
    participant.next(4, &[]).await;
    let review = participant.next(5, PAGES[4]).await;
    assert!(!review.page().text().contains("Combien de minutes"));

    // Who changes their mind is asked what was not.
    let yes = participant.send(1, PAGES[0], "relire").await;
    assert_eq!(yes.location(), format!("{}?de=relire", step("2")));
    let page = participant.get(&yes.location()).await;
    assert_eq!(page.page().select(".error-summary li").len(), 2);
    let back = participant.send(2, PAGES[1], "relire").await;
    assert_eq!(back.location(), step("relire"));

    // What was answered there is not sent, once it is not asked.
    participant.send(1, not, "relire").await;
    participant.finish().await;
    let sent = sent(&app).await;
    assert!(!sent[0].answers.keys().any(|it| it.as_str() == "attente"));
}

async fn sent(app: &crate::app::TestApp) -> Vec<domain::SurveyAnswer> {
    let campaign = domain::Slug::parse("accueil").unwrap();
    app.served.store().survey_answers(&campaign).await.unwrap()
}

#[tokio::test]
async fn one_goes_back_and_forward_without_losing_anything() {
    let app = site().await;
    let mut participant = Participant::new(&app);
    participant.next(1, PAGES[0]).await;
    // What does not hold is kept too, where one goes back.
    let half: &[(&str, &str)] = &[("q-attente", "vingt")];
    let back = participant.send(2, half, "retour").await;
    assert_eq!(back.location(), step("1"));
    let first = participant.get(&step("1")).await.page();
    assert_eq!(first.select("#q-venue-oui[checked]").len(), 1);
    assert_eq!(first.select("#q-sujets-le-logement[checked]").len(), 1);
    let own = first.select("[name=\"q-sujets.autre\"]");
    assert_eq!(own[0].attr("value"), Some("Mon dossier"));
    let again = participant.next(1, PAGES[0]).await.page();
    assert_eq!(
        again.select("[name=q-attente]")[0].attr("value"),
        Some("vingt")
    );
    participant.next(2, PAGES[1]).await;
    participant.next(3, PAGES[2]).await;
    participant.next(4, PAGES[3]).await;
    participant.send(5, PAGES[4], "retour").await;
    let matrix = participant.get(&step("3")).await.page();
    assert_eq!(matrix.select("[checked]").len(), 2);
    assert_eq!(matrix.select("option[selected]").len(), 2);
    let words = participant.get(&step("4")).await.page();
    assert_eq!(
        words.words("textarea"),
        "J’ai attendu. Puis tout est allé vite."
    );
    // A postcode is not kept, but its department is; blank, it stays.
    let you = participant.get(&step("5")).await.page();
    assert_eq!(
        you.select("[name=q-departement]")[0].attr("value"),
        Some("")
    );
    assert!(
        you.text().contains("Nous avons retenu\u{a0}: Gard (30)"),
        "{}",
        you.text()
    );
    let age: &[(&str, &str)] = &[("q-age", "60-ans-ou-plus")];
    let review = participant.next(5, age).await;
    assert!(review.page().text().contains("Gard (30)"));
    // It can be taken back.
    let none: &[(&str, &str)] = &[("q-age", "60-ans-ou-plus"), ("q-departement.retirer", "1")];
    let review = participant.next(5, none).await;
    assert!(!review.page().text().contains("Gard (30)"));
}

#[tokio::test]
async fn what_is_sent_twice_is_one_participation() {
    let app = site().await;
    let mut participant = Participant::new(&app);
    participant.answer(PAGES).await;
    let mut twin = Participant {
        app: &app,
        browser: participant.browser.clone(),
    };
    let (first, second) = tokio::join!(participant.finish(), twin.finish());
    assert_eq!(first, second);
    assert_eq!(participant.finish().await, first);
    assert_eq!(sent(&app).await.len(), 1);

    // The same browser answers once.
    let again = participant.send(1, PAGES[0], "suite").await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_page!(again.page().text());
}

#[tokio::test]
async fn a_social_security_number_is_refused_and_never_kept() {
    let app = site().await;
    let mut participant = Participant::new(&app);
    participant.next(1, PAGES[0]).await;
    let number = "1 85 05 78 006 084 91";
    let text = format!("Mon numéro est {number}.");
    let typed: &[(&str, &str)] = &[("q-raison", "Long"), ("q-histoire", &text)];
    let refused = participant.send(4, typed, "suite").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused
            .page()
            .words(".error-summary")
            .contains("sécurité sociale")
    );
    assert_eq!(refused.page().words("textarea"), text);
    // Nor where one leaves the page as it is.
    participant.send(4, typed, "retour").await;
    let (kept, _) = app.items().await;
    assert!(kept.contains("Long"));
    assert!(!kept.contains("006 084"));
}

#[tokio::test]
async fn personal_data_in_open_answers_is_pointed_out_before_they_are_sent() {
    let app = site().await;
    let mut participant = Participant::new(&app);
    let mut pages = PAGES;
    pages[3] = &[("q-histoire", "Appelez-moi au 06 12 34 56 78.")];
    let review = participant.answer(pages).await;
    assert_page!(review.page().text());
}

#[tokio::test]
async fn a_link_leads_back_to_a_draft_from_another_device() {
    let app = site().await;
    let mut participant = Participant::new(&app);
    participant.next(1, PAGES[0]).await;
    let later = participant
        .send(2, &[("q-attente", "12")], "plus-tard")
        .await;
    assert_eq!(later.location(), step("plus-tard"));
    let form = participant.get(&step("plus-tard")).await;
    let wrong = participant.post("plus-tard", &[("email", "moi@")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let asked = participant
        .post("plus-tard", &[("email", "moi@exemple.fr")])
        .await;
    let done = participant.get(&asked.location()).await;
    let message = app.outbox(1).await.remove(0);
    let link = message
        .text
        .split_whitespace()
        .find(|word| word.contains("/reprendre/"))
        .unwrap();
    let path = link.strip_prefix(&app.served.site_url).unwrap();
    // Nothing knows the address.
    let (items, identities) = app.items().await;
    assert!(!items.contains("exemple.fr") && !identities.contains("exemple.fr"));

    let mut elsewhere = Participant::new(&app);
    let button = elsewhere.get(path).await;
    assert!(elsewhere.browser.cookies.is_empty());
    let resumed = app.post_as(&mut elsewhere.browser, path, &[]).await;
    let page = elsewhere.get(&resumed.location()).await;
    assert_eq!(page.page().words("h1"), "L’attente");
    assert_eq!(
        page.page().select("[name=q-attente]")[0].attr("value"),
        Some("12")
    );
    let token = path.rsplit('/').next().unwrap();
    let read = [
        form.page().text(),
        wrong.page().text(),
        done.page().text(),
        message
            .text
            .replace(token, "JETON")
            .replace(&app.served.site_url, "SITE"),
        button.page().text().replace(token, "JETON"),
    ];
    assert_page!(read.join("\n\n=====\n\n"));

    // After a week, it is forgotten.
    app.advance(7 * 86_400 + 1);
    let gone = elsewhere.get(path).await;
    assert_eq!(gone.status, StatusCode::GONE);
    let wrong = elsewhere.get(&step("reprendre/a.b")).await;
    assert_eq!(wrong.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_draft_is_erased_by_who_asks() {
    let app = site().await;
    let mut participant = Participant::new(&app);
    participant.next(1, PAGES[0]).await;
    let erased = participant.post("effacer", &[]).await;
    assert_eq!(erased.page().words("h1"), "Vos réponses sont effacées");
    assert!(participant.browser.cookies.is_empty());
    let (items, _) = app.items().await;
    assert!(!items.contains("Mon dossier"));
    let review = participant.get(&step("relire")).await;
    assert_eq!(review.status, StatusCode::GONE);
    // The first page leads to what was begun on a device, which may be nothing.
    let none = participant.get(&step("reprendre")).await.page();
    assert_eq!(none.words("h1"), "Vous n’avez pas de réponses en cours");
    participant.next(1, PAGES[0]).await;
    let begun = participant.get(&step("reprendre")).await;
    assert_eq!(begun.location(), step("2"));
}

#[tokio::test]
async fn a_browser_without_cookies_is_told_why_it_does_not_go_on() {
    let app = site().await;
    let sent = Participant::new(&app).send(1, PAGES[0], "suite").await;
    let page = app.get_as(&mut Browser::default(), &sent.location()).await;
    assert_page!(page.page().text());
}

#[tokio::test]
async fn the_server_says_when_a_survey_is_closed() {
    let app = site().await;
    app.set_clock("2026-12-15T22:50:00Z");
    let mut late = Participant::new(&app);
    let mut later = Participant::new(&app);
    late.answer(PAGES).await;
    later.answer(PAGES).await;
    // Within the minute of grace, what was opened before is taken.
    app.set_clock("2026-12-15T23:00:59Z");
    let receipt = late.finish().await;
    app.set_clock("2026-12-15T23:01:00Z");
    let closed = later.post("envoyer", &[]).await;
    assert_eq!(closed.status, StatusCode::CONFLICT);
    // What was sent before leads to its receipt, however late it is sent again.
    assert_eq!(late.finish().await, receipt);
    let first = later.send(1, PAGES[0], "suite").await;
    assert_eq!(first.status, StatusCode::CONFLICT);
    assert_eq!(app.get(&step("2")).await.status, StatusCode::CONFLICT);
    assert_page!(closed.page().text());
}

#[tokio::test]
async fn what_was_sent_is_taken_back_by_who_holds_the_receipt() {
    let app = site().await;
    let mut participant = Participant::new(&app);
    participant.answer(PAGES).await;
    let receipt = participant.finish().await;
    assert_eq!(
        app.get(&format!("{receipt}x")).await.status,
        StatusCode::NOT_FOUND
    );
    let page = participant.get(&receipt).await;
    let withdraw = page.page().action_ending("/retirer");
    let done = app.post_as(&mut participant.browser, &withdraw, &[]).await;
    assert_eq!(done.location(), receipt);
    let page = participant.get(&receipt).await;
    assert_eq!(page.page().words("h1"), "Vos réponses sont retirées");
    assert!(sent(&app).await.is_empty());
    // They may answer again.
    participant.answer(PAGES).await;
    assert_ne!(participant.finish().await, receipt);
}

#[tokio::test]
async fn a_postcode_never_reaches_the_store() {
    let app = site().await;
    let receipt = took_part(&app, PAGES).await;
    let answers = sent(&app).await.remove(0).answers;
    let json = serde_json::to_string(&answers).unwrap();
    assert!(
        json.contains(r#""departement":{"department":"30"}"#),
        "{json}"
    );
    let (items, _) = app.items().await;
    assert!(!items.contains("30000") && !items.contains("30 000"));
    assert!(!receipt.is_empty());
}

#[test]
fn an_order_that_is_drawn_is_each_participant_s_own_and_favours_none() {
    let slug = |text: &str| domain::Slug::parse(text).unwrap();
    let choices: Vec<Choice> = ["a", "b", "c", "d"]
        .map(|id| Choice {
            id: slug(id),
            label: id.to_owned(),
        })
        .into();
    let question = slug("quoi");
    let mut first = std::collections::BTreeMap::new();
    for number in 0..400 {
        let seed = format!("participant{number}");
        let order = Order::Drawn.of(&choices, &seed, &question);
        assert_eq!(order, Order::Drawn.of(&choices, &seed, &question));
        *first.entry(order[0].id.to_string()).or_insert(0) += 1;
    }
    // A hundred each, give or take what chance gives.
    assert_eq!(first.len(), 4);
    assert!(
        first.values().all(|count| (70..130).contains(count)),
        "{first:?}"
    );
    let written = Order::Written.of(&choices, "x", &question);
    assert!(written.iter().zip(&choices).all(|(a, b)| *a == b));
}

#[tokio::test]
async fn what_cannot_be_taken_is_given_back_as_it_was_typed() {
    let app = site().await;
    app.set_clock("2026-12-15T22:00:00Z");
    let mut participant = Participant::new(&app);
    participant.next(1, PAGES[0]).await;
    // Too long for the question, and too late.
    let text = "Un récit très long. ".repeat(20);
    app.set_clock("2026-12-15T23:30:00Z");
    let typed = [("q-raison", "Long"), ("q-histoire", text.as_str())];
    let closed = participant.send(4, &typed, "suite").await;
    assert_eq!(closed.status, StatusCode::CONFLICT);
    let page = closed.page();
    assert!(page.text().contains(text.trim()), "{}", page.text());
    assert!(page.text().contains("Racontez votre visite."));
}

#[tokio::test]
async fn ideas_lead_to_the_survey_of_their_campaign() {
    let app = site().await;
    let form = [
        ("kind", "idea"),
        ("category", "Horaires"),
        ("title", "Ouvrir le soir"),
        ("text", "Pour ceux qui travaillent."),
    ];
    let receipt = app.page(&app.send_idea(&form).await).await;
    let links = receipt.links("main");
    assert!(
        links.contains(&"/campagnes/accueil/sondage/".to_owned()),
        "{links:?}"
    );
}

#[tokio::test]
async fn what_is_typed_is_never_markup() {
    let app = site().await;
    let mut participant = Participant::new(&app);
    let markup = "\"'><script>alert(1)</script><b>";
    let mut read = Vec::new();
    for page in 1..=5 {
        let typed: Vec<(&str, &str)> = NAMES.iter().map(|name| (*name, markup)).collect();
        read.push(participant.send(page, &typed, "suite").await.body);
        read.push(participant.get(&step(&page.to_string())).await.body);
        if page == 1 {
            participant.next(1, PAGES[0]).await;
        }
    }
    let mut pages = PAGES;
    pages[0] = &[
        ("q-venue", "oui"),
        ("q-sujets.autre", "\"'><script>alert(1)</script><b>"),
    ];
    pages[3] = &[(
        "q-histoire",
        "\"'><script>alert(1)</script><b> 06 12 34 56 78",
    )];
    let mut other = Participant::new(&app);
    read.push(other.answer(pages).await.body);
    read.push(other.post("plus-tard", &[("email", markup)]).await.body);
    for body in read {
        assert!(!body.contains("<script>alert") && !body.contains("\"'>"));
    }
}

/// The fields in which one types.
const NAMES: [&str; 6] = [
    "q-sujets.autre",
    "q-attente",
    "q-raison",
    "q-histoire",
    "q-departement",
    "q-venue",
];
