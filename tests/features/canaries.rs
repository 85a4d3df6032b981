//! The address and the postcode of who tells an experience go nowhere but to their owner, and the
//! postcode is not even kept.

use crate::app::{Browser, TestApp};
use crate::privacy::{Log, Places, backed_up};
use crate::telling::{form, start};

const ADDRESS: &str = "canari.4b1d@example.org";
const POSTCODE: &str = "30931";
const NETWORK: &str = "203.0.113.78";

#[tokio::test]
async fn the_address_and_the_postcode_of_a_testimonial_are_nowhere() {
    let log = Log::default();
    let _logging = log.start();
    let (app, _content) = start().await;
    let mut places = Places::default();
    let (receipt, link) = take_part(&app, &mut places).await;
    read(&app, &mut places, &receipt, &link).await;
    places.add("log", &log.text());

    assert_eq!(places.of(ADDRESS), ["backup", "identities", "mail"]);
    assert_eq!(places.of_word(POSTCODE), Vec::<&str>::new());
    assert_eq!(places.of(NETWORK), Vec::<&str>::new());
    let token = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    assert_eq!(places.of(&token(&receipt)), ["mail", "own receipt"]);
    assert_eq!(places.of(&token(&link)), ["mail", "own link"]);
    // What is looked for would be found.
    let seen = ["back office", "contributions", "site"];
    let of = places.of("Trois appels");
    assert!(seen.iter().all(|place| of.contains(place)), "{of:?}");
    assert!(places.of_word("30").contains(&"site"));
}

/// Tells an experience, asks its author to agree, agrees, and leaves an error on the way.
async fn take_part(app: &TestApp, places: &mut Places) -> (String, String) {
    let mut author = Browser::default();
    let path = "/temoigner/gard";
    let wrong = form(&[("postcode", POSTCODE), ("email", ADDRESS), ("title", "")]);
    // Who typed it gets it back, and nobody else.
    let answer = app.post_from(NETWORK, &mut author, path, &wrong).await;
    assert!(answer.body.contains(POSTCODE) && answer.body.contains(ADDRESS));
    let typed = form(&[("postcode", POSTCODE), ("email", ADDRESS)]);
    let review = app.post_from(NETWORK, &mut author, path, &typed).await;
    let receipt = app.confirm(&review).await.location();
    let mut moderator = app.moderator().await;
    let queue = app.queue(&mut moderator).await;
    places.add_answer("back office", &queue);
    let proposed = [
        ("proposed_title", "Trois appels"),
        ("proposed_text", "J’ai appelé trois fois."),
    ];
    app.submit(&mut moderator, &queue, "/proposer", &proposed)
        .await;
    app.advance(31);
    let mail = app.outbox(2).await;
    let asked = mail
        .iter()
        .find(|it| it.header("Subject").starts_with("Votre accord"))
        .unwrap();
    let (links, _) = asked.links();
    let link = links[0]
        .strip_prefix(&app.served.site_url)
        .unwrap()
        .to_owned();
    places.add("own link", &app.get(&link).await.body);
    app.post(&format!("{link}/publier"), &[]).await;
    (receipt, link)
}

/// Reads all that others read, and what is kept.
async fn read(app: &TestApp, places: &mut Places, receipt: &str, link: &str) {
    let own = app.own_page(receipt).await;
    app.eventually(&own, |answer| answer.status == 200).await;
    app.eventually("/temoignages/departement/30/", |answer| {
        answer.status == 200
    })
    .await;
    let action = app.page(&own).await.action_ending("/moi-aussi");
    let mut other = Browser::default();
    let said = app.post_from(NETWORK, &mut other, &action, &[("choice", "like")]);
    places.add_answer("answers", &said.await);
    app.same_counted(&own, 1).await;
    app.advance(31);
    app.queue_of_mail(3, 0, 3).await;
    places.add("own receipt", &app.get(receipt).await.body);
    places.add_files("site", &app.site_dir());
    places.add_files("mail", &app.data.path().join("outbox"));
    let mut national = app.moderator().await;
    let id = own.trim_end_matches('/').rsplit('/').next().unwrap();
    let item = format!("contributions/temoignage-{id}");
    for page in [
        item.as_str(),
        "",
        "?file=repondre",
        "tableau",
        "journal",
        "courrier",
    ] {
        let page = app
            .get_as(&mut national, &format!("/moderation/{page}"))
            .await;
        assert_eq!(page.status, 200);
        places.add_answer("back office", &page);
    }
    let late = app.get(link).await;
    assert_eq!(late.status, 410);
    places.add_answer("answers", &late);
    let store = app.served.store();
    places.add("export", &store.published().await.unwrap().to_lines());
    places.add("audit", &format!("{:?}", store.audit_log().await.unwrap()));
    let (contributions, identities) = app.items().await;
    places.add("contributions", &contributions);
    places.add("identities", &identities);
    places.add("backup", &backed_up(app).await);
}
