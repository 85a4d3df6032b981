//! What authors make of answers to their testimonials: whether they helped, and one reply.

use reqwest::StatusCode;

use crate::answering::{above, answers, office};
use crate::app::Browser;
use crate::assert_page;
use crate::telling::start;

#[tokio::test]
async fn the_author_is_told_of_each_answer_and_says_whether_it_helped() {
    let (app, content) = start().await;
    let both = [("structure_2", "accueil-ales")];
    let (receipt, address) = app.told(&both).await;
    app.advance(60);
    app.outbox(2).await;
    let mut gard = app.moderator_with("gard", &["answerer:gard"]).await;
    app.answers(
        &mut gard,
        &address,
        "accueil-nimes",
        "Nous avons deux lignes de plus.",
    )
    .await;
    app.advance(60);
    app.outbox(3).await;
    app.answers(&mut gard, &address, "accueil-ales", "Chez nous aussi.")
        .await;
    app.advance(60);
    let messages = app.outbox(4).await;
    let told: Vec<_> = messages
        .iter()
        .filter(|message| message.header("Subject").contains("a une réponse"))
        .collect();
    assert_eq!(told.len(), 2);
    for message in told {
        assert_eq!(message.header("Subject"), "Votre témoignage a une réponse");
        assert!(message.text.contains("Le service concerné a répondu"));
        assert!(!message.text.contains("équipe"), "{}", message.text);
        assert!(!message.text.contains("lignes de plus"));
    }

    let asked = app.page(&receipt).await;
    let useful = [("structure", "accueil-nimes"), ("faire", "utile")];
    let done = app.says(&receipt, "utile", &useful).await;
    let said = app.get(&done.location()).await;
    app.eventually(&address, |answer| {
        answer.body.contains("a trouvé cette réponse utile")
    })
    .await;
    // It can be changed, and is of one structure.
    let useless = [("structure", "accueil-nimes"), ("faire", "pas-utile")];
    app.says(&receipt, "utile", &useless).await;
    app.eventually(&address, |answer| {
        !answer.body.contains("a trouvé cette réponse utile")
    })
    .await;
    let other = [("structure", "accueil-ales"), ("faire", "utile")];
    app.says(&receipt, "utile", &other).await;
    app.eventually(&address, |answer| {
        answer.body.contains("a trouvé cette réponse utile")
    })
    .await;
    let both_said = app.page(&receipt).await;
    for wrong in [
        vec![("structure", "accueil-nimes")],
        vec![("structure", "NON"), ("faire", "utile")],
    ] {
        let answer = app.says(&receipt, "utile", &wrong).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    let texts = [above(&asked), above(&said.page()), above(&both_said)];
    assert_page!(texts.join("\n\n----\n\n"));
    app.assert_as_built(content.path()).await;
}

#[tokio::test]
async fn the_author_replies_once_and_the_reply_is_read_before_it_is_public() {
    let (app, content) = start().await;
    let (receipt, address) = app.told(&[]).await;
    let reply = |text| [("reply", text)];
    // There is nothing to reply to yet: what was typed is given back.
    let early = app.says(&receipt, "ajout", &reply("Trop tôt.")).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    assert!(early.body.contains("Trop tôt."));
    let mut gard = app.moderator_with("gard", &["answerer:gard"]).await;
    app.answers(
        &mut gard,
        &address,
        "accueil-nimes",
        "Nous avons deux lignes de plus.",
    )
    .await;

    let long = "é".repeat(1_001);
    for (text, said) in [
        (" ", "Écrivez votre message."),
        (&*long, "1 de trop"),
        ("2 55 08 14 168 025 38", "numéro de sécurité sociale"),
    ] {
        let wrong = app.says(&receipt, "ajout", &reply(text)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let summary = wrong.page().words(".error-summary");
        assert!(summary.contains(said), "{summary}");
    }
    // Personal data are shown before it is sent.
    let personal = "Merci. Appelez-moi au 06 12 34 56 78.";
    let shown = app.says(&receipt, "ajout", &reply(personal)).await;
    assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
    let typed = [("reply", personal), ("relu", "oui")];
    let done = app.says(&receipt, "ajout", &typed).await;
    let waits = app.get(&done.location()).await;
    // Sent twice, it is one; another is not taken.
    let twice = app.says(&receipt, "ajout", &typed).await;
    assert!(twice.location().contains("fait=ajout"));
    let other = app.says(&receipt, "ajout", &reply("Encore un mot.")).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert!(other.body.contains("Encore un mot."));
    assert!(!app.page(&address).await.text().contains("Appelez-moi"));

    let mut moderator = app.moderator_with("mod", &["moderator:gard"]).await;
    let queue = app.queue(&mut moderator).await;
    // Several at once are not decided with it, and who answers does not read it before.
    assert!(queue.page().select("input[name=choix]").is_empty());
    let answerer = app.get_as(&mut gard, &office(&address)).await;
    assert!(!answerer.body.contains("Appelez-moi"));
    let wrong = app
        .submit(&mut moderator, &queue, "/ajout", &[("faire", "refuser")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refuse = [("faire", "refuser"), ("reply_reason", "personal-data")];
    let done = app.submit(&mut moderator, &queue, "/ajout", &refuse).await;
    assert!(done.location().contains("fait=reply-refused"));
    let empty = app.get_as(&mut moderator, &done.location()).await;
    let refused = app.page(&receipt).await;
    let late = app
        .submit(&mut moderator, &queue, "/ajout", &[("faire", "publier")])
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    // It may be written otherwise, and not published then as it was.
    let otherwise = app
        .says(&receipt, "ajout", &reply("Merci, tout va bien."))
        .await;
    assert!(otherwise.location().contains("fait=ajout"));
    let waiting = app.queue(&mut moderator).await;
    assert!(waiting.body.contains("Merci, tout va bien."));
    assert!(!waiting.body.contains("Appelez-moi"));
    let texts = [
        above(&shown.page()),
        above(&waits.page()),
        answers(&queue),
        empty.page().text(),
        above(&refused),
    ];
    assert_page!(texts.join("\n\n----\n\n"));
    app.assert_as_built(content.path()).await;
}

#[tokio::test]
async fn a_published_reply_stands_under_the_answers_until_its_author_erases_it() {
    let (app, content) = start().await;
    let (receipt, address) = app.told(&[]).await;
    let mut gard = app.moderator_with("gard", &["answerer:gard"]).await;
    app.answers(
        &mut gard,
        &address,
        "accueil-nimes",
        "Nous avons deux lignes de plus.",
    )
    .await;
    let typed = [("reply", "Merci, cela a bien marché cette fois.")];
    app.says(&receipt, "ajout", &typed).await;
    let mut moderator = app.moderator().await;
    let queue = app.queue(&mut moderator).await;
    app.submit(&mut moderator, &queue, "/ajout", &[("faire", "publier")])
        .await;
    let public = app
        .eventually(&address, |answer| answer.body.contains("bien marché"))
        .await;
    let told = app.page(&receipt).await;
    app.assert_as_built(content.path()).await;
    // What was written for colleagues goes with the rest.
    let item = app.get_as(&mut moderator, &office(&address)).await;
    let typed = [("to", "accueil-ales"), ("note", "Le même jour à Alès.")];
    app.submit(&mut moderator, &item, "/structures", &typed)
        .await;
    let draft = format!("{}?structure=accueil-ales", office(&address));
    let draft = app.get_as(&mut gard, &draft).await;
    let typed = [
        ("team", "Alès"),
        ("response", "Un brouillon."),
        ("faire", "brouillon"),
    ];
    app.submit(&mut gard, &draft, "/reponse-structure", &typed)
        .await;

    let page = app.get(&receipt).await;
    app.submit(&mut Browser::default(), &page, "/effacer", &[])
        .await;
    app.eventually(&address, |answer| answer.status == StatusCode::NOT_FOUND)
        .await;
    let (items, _) = app.items().await;
    for gone in ["bien marché", "même jour", "Un brouillon", "Trois appels"] {
        assert!(!items.contains(gone), "{gone}");
    }
    let erased = app.page(&receipt).await;
    let texts = [above(&public.page()), above(&told), above(&erased)];
    assert_page!(texts.join("\n\n----\n\n"));
    app.assert_as_built(content.path()).await;
}

#[tokio::test]
async fn while_a_reply_waits_another_structure_still_owes_its_answer() {
    let (app, _content) = start().await;
    let two = [("structure_2", "accueil-ales")];
    let (receipt, address) = app.told(&two).await;
    let mut gard = app.moderator_with("gard", &["answerer:gard"]).await;
    app.answers(&mut gard, &address, "accueil-nimes", "C’est noté.")
        .await;
    app.says(&receipt, "ajout", &[("reply", "Merci, et Alès ?")])
        .await;
    let mut moderator = app.moderator().await;
    let owed = app
        .get_as(&mut moderator, "/moderation/?file=repondre")
        .await;
    let lanes = owed.page().words(".lanes");
    assert!(lanes.contains("À lire (1)"), "{lanes}");
    assert!(lanes.contains("Sans réponse (1)"), "{lanes}");

    let queue = app.queue(&mut moderator).await;
    let refuse = [("faire", "refuser"), ("reply_reason", "off-topic")];
    app.submit(&mut moderator, &queue, "/ajout", &refuse).await;
    app.advance(31);
    let subjects = async |count| -> Vec<String> {
        let messages = app.outbox(count).await;
        let subject = |it: &crate::message::Message| it.header("Subject").to_owned();
        messages.iter().map(subject).collect()
    };
    // It arrived, it is published, a structure answered, the reply is refused.
    let told = subjects(4).await;
    assert!(
        told.contains(&"Votre réponse n’est pas en ligne".to_owned()),
        "{told:?}"
    );
    app.says(&receipt, "ajout", &[("reply", "Merci.")]).await;
    let queue = app.queue(&mut moderator).await;
    app.submit(&mut moderator, &queue, "/ajout", &[("faire", "publier")])
        .await;
    let told = subjects(5).await;
    assert!(
        told.contains(&"Votre réponse est en ligne".to_owned()),
        "{told:?}"
    );
    let empty = app.queue(&mut moderator).await.page().words(".lanes");
    assert!(empty.contains("À lire (0)"), "{empty}");
}
