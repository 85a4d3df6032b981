//! Answers to testimonials: by each structure, and by others in its place.

use reqwest::StatusCode;

use crate::app::{Answer, Browser, PASSWORD, TestApp};
use crate::assert_page;
use crate::page::Page;
use crate::telling::start;

const LIST: &str = "/moderation/?file=repondre";

/// The address of a testimonial in the back office.
pub fn office(address: &str) -> String {
    let id = address.trim_end_matches('/').rsplit('/').next().unwrap();
    format!("/moderation/contributions/temoignage-{id}")
}

impl TestApp {
    /// Answers a testimonial from its page in the back office, in the name of a structure.
    pub async fn answers(&self, who: &mut Browser, address: &str, structure: &str, text: &str) {
        let page = format!("{}?structure={structure}", office(address));
        let page = self.get_as(who, &page).await;
        let typed = [
            ("team", "L’accueil"),
            ("response", text),
            ("faire", "publier"),
        ];
        let done = self.submit(who, &page, "/reponse-structure", &typed).await;
        assert!(done.location().contains("fait=answer-published"));
    }

    /// Sends a form of a receipt.
    pub async fn says(&self, receipt: &str, end: &str, typed: &[(&str, &str)]) -> Answer {
        self.post(&format!("{receipt}/{end}"), typed).await
    }
}

/// What a receipt says as far as its way, or the page of a testimonial as far as what is the same
/// on each.
pub fn above(page: &Page) -> String {
    let text = page.text();
    let ends = ["\n## Gardez cette adresse", "\nPartager ce témoignage"];
    let end = ends.iter().find_map(|end| text.find(end));
    text[..end.unwrap_or(text.len())].to_owned()
}

/// What the page of a testimonial in the back office says of its answers, and what was done.
pub fn answers(page: &Answer) -> String {
    let page = page.page();
    let text = page.text();
    let begin = [
        "\n### Ce que vous aviez écrit",
        "\n### L’auteur ajoute",
        "\n### Réponses des structures",
    ];
    let begin = begin.iter().find_map(|begin| text.find(begin)).unwrap();
    let ends = ["\nRetirer du site", "\nTouches"];
    let end = ends.iter().find_map(|end| text.find(end)).unwrap();
    let done = page.select(".done").first().map(|_| page.words(".done"));
    let said = format!("{}{}", done.unwrap_or_default(), &text[begin..end]);
    format!("{said}\n\n{}", page.words(".history"))
}

/// The list of the back office, an entry a line.
fn entries(page: &Answer) -> Vec<String> {
    let page = page.page();
    let entries = page.select(".queue li a");
    entries
        .iter()
        .map(|entry| {
            let text: String = entry.text().collect();
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect()
}

#[tokio::test]
async fn an_answer_is_drafted_read_over_published_and_corrected() {
    let (app, content) = start().await;
    let (receipt, address) = app.told(&[]).await;
    let mut nimes = app
        .moderator_with("nimes", &["answerer:gard/accueil-nimes"])
        .await;
    let mut gard = app.moderator_with("gard", &["answerer:gard"]).await;
    let item = office(&address);

    // Who answers for one structure comes to what waits for an answer.
    let list = app.get_as(&mut nimes, "/moderation/").await;
    let typed = [
        ("team", "Caf du Gard, accueil de Nîmes"),
        ("opening", "Bonjour et merci pour votre témoignage."),
        ("response", "Nous avons ajouté deux lignes."),
        ("closing", "Bien à vous."),
        ("faire", "brouillon"),
    ];
    let drafted = app
        .submit(&mut nimes, &list, "/reponse-structure", &typed)
        .await;
    let drafted = app.get_as(&mut nimes, &drafted.location()).await;
    assert!(!app.page(&address).await.text().contains("deux lignes"));

    // Somebody else reads it over, and publishes it as it is.
    let read_over = app.get_as(&mut gard, &item).await;
    let (_, fields) = read_over.page().form_with("response");
    let text = fields.iter().find(|(name, _)| name == "response").unwrap();
    let typed = [
        ("team", "Caf du Gard, accueil de Nîmes"),
        ("response", text.1.as_str()),
        ("faire", "publier"),
    ];
    let done = app
        .submit(&mut gard, &read_over, "/reponse-structure", &typed)
        .await;
    let done = app.get_as(&mut gard, &done.location()).await;
    let published = app
        .eventually(&address, |answer| answer.body.contains("deux lignes"))
        .await;
    let told = app.page(&receipt).await;

    app.set_clock("2026-11-25T10:00:00Z");
    app.log_in(&mut nimes, "nimes", PASSWORD).await;
    let again = app.get_as(&mut nimes, &item).await;
    // What says the same is no correction.
    app.submit(&mut nimes, &again, "/reponse-structure", &typed)
        .await;
    let again = app.get_as(&mut nimes, &item).await;
    assert!(!again.page().text().contains("Corrigée le"));
    let typed = [
        ("team", "Caf du Gard, accueil de Nîmes"),
        ("response", "Bonjour. Nous avons ajouté trois lignes."),
        ("faire", "publier"),
    ];
    app.submit(&mut nimes, &again, "/reponse-structure", &typed)
        .await;
    let corrected = app
        .eventually(&address, |answer| answer.body.contains("trois lignes"))
        .await;
    let answered = app.get_as(&mut nimes, &item).await;
    let texts = [
        list.page().text(),
        answers(&drafted),
        answers(&read_over),
        done.page().text(),
        above(&published.page()),
        above(&told),
        above(&corrected.page()),
        answers(&answered),
    ];
    assert_page!(texts.join("\n\n----\n\n"));
    app.assert_as_built(content.path()).await;
}

#[tokio::test]
async fn what_is_missing_in_an_answer_is_told_and_what_was_typed_is_there() {
    let (app, _content) = start().await;
    let (_, address) = app.told(&[]).await;
    let mut gard = app.moderator_with("gard", &["answerer:gard"]).await;
    let page = app.get_as(&mut gard, &office(&address)).await;
    let long = "é".repeat(4_001);
    let nir = "Votre numéro : 2 55 08 14 168 025 38.";
    let wrong = [
        (
            vec![("response", " "), ("opening", "Bonjour.")],
            "Écrivez la réponse.",
        ),
        (
            vec![("team", " "), ("response", "Merci.")],
            "Dites quel service répond.",
        ),
        (vec![("response", long.as_str())], "Enlevez-en 1."),
        (
            vec![("response", "Merci."), ("opening", "Salut !")],
            "phrase d’ouverture",
        ),
        (
            vec![("response", "Merci."), ("closing", "Salut !")],
            "phrase de fin",
        ),
        (vec![("response", nir)], "numéro de sécurité sociale"),
    ];
    for (typed, said) in wrong {
        let mut form = vec![("faire", "publier")];
        if !typed.iter().any(|(name, _)| *name == "team") {
            form.push(("team", "L’accueil"));
        }
        form.extend(&typed);
        let answer = app
            .submit(&mut gard, &page, "/reponse-structure", &form)
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let summary = answer.page().words(".error-summary");
        assert!(summary.contains(said), "{summary}");
        let (_, fields) = answer.page().form_with("response");
        for (name, value) in typed.iter().filter(|(name, _)| *name == "response") {
            let kept = fields.iter().find(|(known, _)| known == name).unwrap();
            assert_eq!(kept.1.trim(), value.trim());
        }
    }
    assert!(!app.page(&address).await.text().contains("L’accueil"));
}

#[tokio::test]
async fn what_waits_for_an_answer_is_listed_by_age_against_what_is_promised() {
    let (app, _content) = start().await;
    let nimes = [("structure", "accueil-nimes")];
    let both = [
        ("title", "Deux guichets"),
        ("structure", "accueil-nimes"),
        ("structure_2", "accueil-ales"),
    ];
    let (_, shared) = app.told(&both).await;
    app.set_clock("2026-11-24T10:00:00Z");
    app.told(&[("title", "Alès seulement"), ("structure", "accueil-ales")])
        .await;
    app.set_clock("2026-11-30T10:00:00Z");
    app.told(&[("title", "Nîmes seulement"), nimes[0]]).await;
    app.set_clock("2026-12-05T10:00:00Z");
    app.told(&[
        ("title", "Personne ne sait"),
        ("structure", "je-ne-sais-pas"),
    ])
    .await;
    app.set_clock("2026-12-11T12:00:00Z");

    let mut people = Vec::new();
    for (login, grant) in [
        ("nimes", "answerer:gard/accueil-nimes"),
        ("ales", "answerer:gard/accueil-ales"),
        ("caf", "answerer:gard/caf-du-gard"),
        ("gard", "answerer:gard"),
        ("platform", "answerer:national/plateforme"),
    ] {
        people.push((login, app.moderator_with(login, &[grant]).await));
    }
    let mut told = Vec::new();
    for (login, who) in &mut people {
        let list = app.get_as(who, LIST).await;
        told.push(format!("{login}:\n{}", entries(&list).join("\n")));
    }
    // What others still owe comes after what is one's own.
    let nimes = &mut people[0].1;
    app.answers(nimes, &shared, "accueil-nimes", "Nous sommes désolés.")
        .await;
    for (login, who) in &mut people {
        let list = app.get_as(who, LIST).await;
        told.push(format!("{login}, then:\n{}", entries(&list).join("\n")));
    }
    let (_, gard) = &mut people[3];
    let half = app.get_as(gard, &office(&shared)).await;
    told.push(answers(&half));
    assert_page!(told.join("\n\n"));
}

#[tokio::test]
async fn who_answers_for_a_structure_finds_that_list_alone() {
    let (app, _content) = start().await;
    let (_, address) = app.told(&[]).await;
    app.tell(&[("title", "Pas encore lue")]).await;
    let mut nimes = app
        .moderator_with("nimes", &["answerer:gard/accueil-nimes"])
        .await;
    for path in ["/moderation/", LIST, "/moderation/?file=alertes"] {
        let page = app.get_as(&mut nimes, path).await;
        assert_eq!(page.page().words(".lanes"), "Sans réponse (1)", "{path}");
        assert!(!page.body.contains("Pas encore lue"), "{path}");
    }
    let figures = app.get_as(&mut nimes, "/moderation/tableau").await;
    let text = figures.page().text();
    assert!(!text.contains("Caf du Gard"), "{text}");
    let account = app.get_as(&mut nimes, "/moderation/compte").await;
    let text = account.page().text();
    assert!(text.contains("Réponses de la structure"), "{text}");
    // A part of it is answered by whoever answers for that part.
    let mut caf = app
        .moderator_with("caf", &["answerer:gard/caf-du-gard"])
        .await;
    let page = app.get_as(&mut caf, &office(&address)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.page().select("#answer-form").is_empty());
    let select = page.page();
    let choices = select.select("select[name=to] option[value]");
    let choices: Vec<_> = choices.iter().filter_map(|it| it.attr("value")).collect();
    assert_eq!(choices, ["", "caf-du-gard"]);
}

#[tokio::test]
async fn the_second_of_two_who_answer_is_told_and_nothing_is_overwritten() {
    let (app, _content) = start().await;
    let (_, address) = app.told(&[]).await;
    let mut first = app
        .moderator_with("ana", &["answerer:gard/accueil-nimes"])
        .await;
    let mut second = app.moderator_with("bilal", &["answerer:gard"]).await;
    let page = app.get_as(&mut first, &office(&address)).await;
    let typed = |text| {
        [
            ("team", "L’accueil"),
            ("response", text),
            ("faire", "publier"),
        ]
    };
    let done = app
        .submit(
            &mut first,
            &page,
            "/reponse-structure",
            &typed("Le premier texte."),
        )
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let late = app
        .submit(
            &mut second,
            &page,
            "/reponse-structure",
            &typed("Le second texte."),
        )
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    app.eventually(&address, |answer| answer.body.contains("Le premier texte."))
        .await;
    assert!(!app.page(&address).await.text().contains("Le second texte."));

    // A structure that is no longer concerned answers no more: what was typed is given back.
    let (_, address) = app.told(&[("title", "Une erreur")]).await;
    let page = app.get_as(&mut first, &office(&address)).await;
    let mut moderator = app.moderator().await;
    let item = app.get_as(&mut moderator, &office(&address)).await;
    let moved = [
        ("from", "accueil-nimes"),
        ("to", "accueil-ales"),
        ("note", "C’est Alès."),
    ];
    app.submit(&mut moderator, &item, "/structures", &moved)
        .await;
    let gone = app
        .submit(
            &mut first,
            &page,
            "/reponse-structure",
            &typed("Un texte perdu ?"),
        )
        .await;
    assert_eq!(gone.status, StatusCode::FORBIDDEN);
    assert!(gone.body.contains("Un texte perdu ?"));
    let gone = app
        .submit(
            &mut second,
            &page,
            "/reponse-structure",
            &typed("Un texte perdu ?"),
        )
        .await;
    assert_eq!(gone.status, StatusCode::CONFLICT);
    assert!(gone.body.contains("Un texte perdu ?"));
    assert_page!(format!("{}\n\n----\n\n{}", answers(&late), answers(&gone)));
}

#[tokio::test]
async fn an_improvement_is_declared_done_and_taken_back() {
    let (app, content) = start().await;
    let (receipt, address) = app.told(&[]).await;
    let mut nimes = app
        .moderator_with("nimes", &["answerer:gard/accueil-nimes"])
        .await;
    let item = office(&address);
    let before = app.get_as(&mut nimes, &item).await;
    // Nothing is declared before it is answered.
    assert!(before.page().select("#improvement-form").is_empty());
    app.answers(&mut nimes, &address, "accueil-nimes", "Merci.")
        .await;
    let page = app.get_as(&mut nimes, &item).await;
    let blank = [("improvement", "considered"), ("improvement_text", " ")];
    let wrong = app.submit(&mut nimes, &page, "/amelioration", &blank).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let summary = wrong.page().words(".error-summary");
    assert!(summary.contains("Dites ce qui change"), "{summary}");

    let typed = [
        ("improvement", "considered"),
        ("improvement_text", "Un second guichet."),
    ];
    let done = app.submit(&mut nimes, &page, "/amelioration", &typed).await;
    assert!(done.location().contains("fait=improved"));
    let considered = app
        .eventually(&address, |answer| {
            answer.body.contains("Un second guichet.")
        })
        .await;
    app.set_clock("2027-02-01T10:00:00Z");
    app.log_in(&mut nimes, "nimes", PASSWORD).await;
    let page = app.get_as(&mut nimes, &item).await;
    let typed = [
        ("improvement", "done"),
        ("improvement_text", "Le second guichet est ouvert."),
    ];
    app.submit(&mut nimes, &page, "/amelioration", &typed).await;
    let finished = app
        .eventually(&address, |answer| answer.body.contains("est ouvert."))
        .await;
    let told = app.page(&receipt).await;
    let part = |answer: &Answer| answer.page().words("section.answer");
    let texts = [
        part(&considered),
        part(&finished),
        told.words("section.answer"),
    ];
    let page = app.get_as(&mut nimes, &item).await;
    app.submit(&mut nimes, &page, "/amelioration", &[("improvement", "")])
        .await;
    app.eventually(&address, |answer| !answer.body.contains("est ouvert."))
        .await;
    assert_page!(texts.join("\n\n"));
    app.assert_as_built(content.path()).await;
}

#[tokio::test]
async fn other_structures_are_to_answer_and_the_note_is_for_colleagues() {
    let (app, content) = start().await;
    let (_, address) = app.told(&[("structure", "je-ne-sais-pas")]).await;
    let item = office(&address);
    let mut moderator = app.moderator_with("mod", &["moderator:gard"]).await;
    let unknown = app.get_as(&mut moderator, &item).await;
    app.submit(
        &mut moderator,
        &unknown,
        "/structures",
        &[("to", "accueil-nimes")],
    )
    .await;
    app.eventually("/temoignages/structure/accueil-nimes/", |answer| {
        answer.body.contains("Trois appels")
    })
    .await;

    // From one to its parent, with a note; who had it does not see it any more.
    let mut nimes = app
        .moderator_with("nimes", &["answerer:gard/accueil-nimes"])
        .await;
    let page = app.get_as(&mut nimes, &item).await;
    let without = [("from", "accueil-nimes"), ("to", "accueil-ales")];
    let wrong = app.submit(&mut nimes, &page, "/structures", &without).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let note = "Le dossier est suivi à Alès, rue du Puits.";
    let typed = [
        ("from", "accueil-nimes"),
        ("to", "accueil-ales"),
        ("note", note),
    ];
    let done = app.submit(&mut nimes, &page, "/structures", &typed).await;
    assert!(
        done.location().starts_with("/moderation/?"),
        "{}",
        done.location()
    );
    let refused = app.get_as(&mut nimes, &item).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    app.eventually("/temoignages/structure/accueil-ales/", |answer| {
        answer.body.contains("Trois appels")
    })
    .await;
    app.eventually("/temoignages/structure/accueil-nimes/", |answer| {
        !answer.body.contains("Trois appels")
    })
    .await;

    // Another is added; who answered stays; who has not may go.
    let mut ales = app
        .moderator_with("ales", &["answerer:gard/accueil-ales"])
        .await;
    app.answers(&mut ales, &address, "accueil-ales", "Nous vous rappelons.")
        .await;
    let page = app.get_as(&mut moderator, &item).await;
    app.submit(
        &mut moderator,
        &page,
        "/structures",
        &[("to", "caf-du-gard")],
    )
    .await;
    let page = app.get_as(&mut moderator, &item).await;
    let shown = answers(&page);
    for (typed, said) in [
        (vec![], "Choisissez la structure à ajouter"),
        (vec![("from", "accueil-ales")], "Cette structure a répondu"),
        (vec![("to", "accueil-ales")], "concerne déjà"),
        (vec![("to", "plateforme")], "une structure de la liste"),
        (vec![("from", "plateforme")], "que le témoignage concerne"),
    ] {
        let wrong = app
            .submit(&mut moderator, &page, "/structures", &typed)
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let summary = wrong.page().words(".error-summary");
        assert!(summary.contains(said), "{summary}");
    }
    app.submit(
        &mut moderator,
        &page,
        "/structures",
        &[("from", "caf-du-gard")],
    )
    .await;
    // The second of two is told.
    let late = app
        .submit(
            &mut moderator,
            &page,
            "/structures",
            &[("to", "accueil-nimes")],
        )
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    app.eventually(&address, |answer| {
        let is_alone = !answer.body.contains("/temoignages/structure/caf-du-gard/");
        is_alone && answer.body.contains("Nous vous rappelons.")
    })
    .await;

    let about = format!("temoignage-{}", item.rsplit('-').next().unwrap());
    let log = app.served.store().history(&about).await.unwrap();
    let told: Vec<String> = log
        .iter()
        .map(|entry| {
            format!(
                "{} by {}: {} → {}",
                entry.action, entry.by, entry.before, entry.after
            )
        })
        .collect();
    assert!(log.iter().all(|entry| !entry.after.contains("Puits")));
    assert_page!(format!("{shown}\n\n----\n\n{}", told.join("\n")));
    assert!(
        app.served
            .store()
            .verify_audit()
            .await
            .unwrap()
            .broken
            .is_empty()
    );
    app.assert_as_built(content.path()).await;
}

#[tokio::test]
async fn a_moderator_names_the_structure_of_what_is_not_read_yet() {
    let (app, _content) = start().await;
    let receipt = app.tell(&[("structure", "je-ne-sais-pas")]).await;
    let mut moderator = app.moderator().await;
    let queue = app.queue(&mut moderator).await;
    let done = app
        .submit(
            &mut moderator,
            &queue,
            "/structures",
            &[("to", "accueil-ales")],
        )
        .await;
    let named = app.get_as(&mut moderator, &done.location()).await;
    assert_eq!(named.status, StatusCode::OK);
    app.submit(&mut moderator, &named, "/publier", &[]).await;
    let address = app.own_page(&receipt).await;
    app.eventually(&address, |answer| answer.body.contains("Accueil d’Alès"))
        .await;
}
