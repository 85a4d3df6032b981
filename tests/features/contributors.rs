//! Whoever contributed and left an address is told once what came out of the campaign.

use std::path::Path;

use functions::store::MailLane;

use crate::app::{PATIENCE, TestApp};
use crate::assert_page;
use crate::mail::{cite, content};
use crate::message::Message;

/// Sends an idea that is to be published, and answers its receipt.
async fn send(app: &TestApp, title: &str, email: &str) -> String {
    let form = [
        ("kind", "idea"),
        ("category", "Attente"),
        ("title", title),
        ("text", "On attend trop, surtout le lundi."),
        ("email", email),
    ];
    app.send_idea(&form).await
}

/// Adds news of what became of the campaign.
fn put_news(content: &Path, name: &str, date: &str) {
    let folder = content.join("outcomes");
    std::fs::create_dir_all(&folder).unwrap();
    let text = format!(
        "+++\ncampaign = \"accueil\"\ndate = {date}\ntitle = \"Un guichet de plus\"\n\
         summary = \"Il ouvre en mars.\"\n+++\nVoilà.\n"
    );
    std::fs::write(folder.join(format!("{name}.md")), text).unwrap();
}

/// Who was told something of the campaign, and what.
fn told(messages: &[Message]) -> Vec<(String, &str)> {
    let said = |subject: &str| subject.contains("résultats") || subject.contains("suite");
    let mut told: Vec<(String, &str)> = messages
        .iter()
        .map(|message| {
            (
                message.header("To").to_lowercase(),
                message.header("Subject"),
            )
        })
        .filter(|(_, subject)| said(subject))
        .collect();
    told.sort_unstable();
    told
}

/// How many letters were sent, once nothing waits and so many were at least.
async fn settled(app: &TestApp, least: usize) -> usize {
    let store = app.served.store();
    let settled = async {
        loop {
            let waiting = store.letters(MailLane::Waiting, 1_000).await.unwrap().len();
            let sent = store.letters(MailLane::Sent, 1_000).await.unwrap().len();
            if waiting == 0 && sent >= least {
                return sent;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, settled).await.unwrap()
}

const CITED: (&str, &str) = ("cite@example.org", "Votre idée est dans les résultats");

#[tokio::test]
async fn each_contributor_is_told_once_of_results_and_of_each_news() {
    const RESULTS: &str = "Les résultats de votre campagne sont publiés";
    const NEWS: &str = "Une suite est donnée à votre campagne";
    let content = content();
    put_news(content.path(), "ancienne", "2026-09-01");
    let app = TestApp::with_content(content.path()).await;
    let cited = send(&app, "Une file plus courte", CITED.0).await;
    let once = send(&app, "Un banc", "deux@example.org").await;
    let again = send(&app, "Un auvent", "Deux@example.org").await;
    let erased = send(&app, "Une affiche", "efface@example.org").await;
    send(&app, "Sans adresse", "").await;
    let mut moderator = app.moderator().await;
    for _ in 0..5 {
        app.publish_next(&mut moderator).await;
    }
    send(&app, "Pas encore lue", "attend@example.org").await;
    app.advance(30);
    app.outbox(9).await;

    let forget = [("faire", "effacer")];
    app.post(&format!("{erased}/adresse"), &forget).await;
    let idea = app.page(&cited).await.links(".buttons").remove(0);
    app.eventually(&idea, |answer| answer.status == 200).await;
    let form = app.page(&idea).await.form_with("text").0;
    let comment = [("text", "Moi aussi."), ("email", "commente@example.org")];
    let review = app.post(&form, &comment).await;
    let comment = app.confirm(&review).await.location();
    // What waits longest comes first.
    app.publish_next(&mut moderator).await;
    app.publish_next(&mut moderator).await;
    app.advance(30);
    app.outbox(12).await;

    // The comment is told of the next morning. The day before, nothing more is.
    cite(content.path(), &idea);
    app.set_clock("2026-12-19T22:59:59Z");
    let app = app.restart().await;
    app.queue_of_mail(0, 0, 13).await;
    // At midnight letters are put; they leave in the morning.
    app.set_clock("2026-12-19T23:00:00Z");
    app.queue_of_mail(4, 0, 13).await;
    app.set_clock("2026-12-20T06:59:59Z");
    app.queue_of_mail(4, 0, 13).await;
    app.set_clock("2026-12-20T07:00:00Z");
    let messages = app.outbox(17).await;
    let of_results = [
        ("attend@example.org", RESULTS),
        CITED,
        ("commente@example.org", RESULTS),
        ("deux@example.org", RESULTS),
    ];
    let expected = of_results.map(|(to, subject)| (to.to_owned(), subject));
    assert_eq!(told(&messages), expected);

    // The idea about which that person was told is taken back: the other is no new reason.
    let letter = messages.iter().find(|message| {
        message.header("To").to_lowercase() == "deux@example.org"
            && message.header("Subject") == RESULTS
    });
    let link = letter.unwrap().links().0.remove(0);
    let chosen = if link.ends_with(&once) { &once } else { &again };
    assert!(link.ends_with(chosen), "{link}");
    app.post(&format!("{chosen}/retirer"), &[]).await;
    let app = app.restart().await;
    app.queue_of_mail(0, 0, 17).await;

    put_news(content.path(), "guichet", "2027-01-11");
    app.set_clock("2027-01-10T12:00:00Z");
    let app = app.restart().await;
    app.queue_of_mail(0, 0, 17).await;
    app.set_clock("2027-01-11T09:00:00Z");
    let messages = app.outbox(21).await;
    let of_news: Vec<String> = told(&messages)
        .into_iter()
        .filter(|(_, subject)| *subject == NEWS)
        .map(|(to, _)| to)
        .collect();
    let everybody = of_results.map(|(to, _)| to.to_owned());
    assert_eq!(of_news, everybody);
    let app = app.restart().await;
    app.queue_of_mail(0, 0, 21).await;
    let links = app.page(&comment).await.links("main p");
    for address in ["resultats/", "suites/"] {
        let address = format!("/campagnes/accueil/{address}");
        assert!(links.contains(&address), "{links:?}");
    }

    let of = |subject: &str| {
        let found = messages.iter().find(|message| {
            message.header("To") == "commente@example.org" && message.header("Subject") == subject
        });
        found.unwrap().told()
    };
    let words = format!("{}\n\n----\n\n{}", of(RESULTS), of(NEWS));
    for said in ["Moi aussi", "guichet", "accueil"] {
        assert!(!words.contains(said), "{words}");
    }
    assert_page!(words);
}

/// Addresses are kept for a year after the campaign closes, on 15 December 2026.
#[tokio::test]
async fn an_address_past_its_time_is_told_nothing() {
    let content = content();
    let app = TestApp::with_content(content.path()).await;
    send(&app, "Une file plus courte", "tard@example.org").await;
    let mut moderator = app.moderator().await;
    app.publish_next(&mut moderator).await;
    app.advance(30);
    app.outbox(2).await;
    put_news(content.path(), "tard", "2027-12-16");
    app.set_clock("2027-12-16T09:00:00Z");
    let app = app.restart().await;
    // It is noted that everybody was told, and nobody was.
    let noted = async {
        while !app.items().await.0.contains("\"TOLD\"") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, noted).await.unwrap();
    app.queue_of_mail(0, 0, 2).await;
}

#[tokio::test]
async fn who_wrote_an_idea_that_was_grouped_with_another_is_told_too_and_once() {
    let content = content();
    let app = TestApp::with_content(content.path()).await;
    let mut moderator = app.moderator().await;
    let ideas = [
        ("Un banc", "reste@example.org"),
        ("Des bancs", "groupe@example.org"),
        ("Un autre banc", "reste@example.org"),
        ("Un abri", "masque@example.org"),
        ("Des abris", "avec@example.org"),
    ];
    let mut receipts = Vec::new();
    for (title, email) in ideas {
        receipts.push(send(&app, title, email).await);
        app.publish_next(&mut moderator).await;
    }
    let mut addresses = Vec::new();
    for receipt in &receipts {
        addresses.push(app.page(receipt).await.links(".buttons").remove(0));
    }
    let id = |idea: &str| {
        idea.trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned()
    };
    let group = [(1, 0), (2, 1), (4, 3)];
    // The second is grouped with the first only once the third was with the second.
    for (from, into) in [group[1], group[0], group[2]] {
        let item = format!("/moderation/contributions/{}", id(&addresses[from]));
        let desk = app.get_as(&mut moderator, &item).await;
        let merge = [("into", addresses[into].as_str()), ("faire", "confirmer")];
        app.submit(&mut moderator, &desk, "/regrouper", &merge)
            .await;
    }
    let item = format!("/moderation/contributions/{}", id(&addresses[3]));
    let desk = app.get_as(&mut moderator, &item).await;
    let hide = [("reason", "off-topic")];
    app.submit(&mut moderator, &desk, "/masquer", &hide).await;
    app.advance(30);
    let before = settled(&app, 0).await;
    assert!(before > 0);

    put_news(content.path(), "guichet", "2027-01-11");
    app.set_clock("2027-01-11T09:00:00Z");
    let app = app.restart().await;
    let sent = settled(&app, before + 2).await;
    let messages = app.outbox(sent).await;
    let told: Vec<String> = told(&messages).into_iter().map(|(to, _)| to).collect();
    assert_eq!(told, ["groupe@example.org", "reste@example.org"]);
    // Once; and the receipt leads to what is told.
    let app = app.restart().await;
    app.queue_of_mail(0, 0, sent).await;
    let links = app.page(&receipts[1]).await.links("main p");
    assert!(
        links.contains(&"/campagnes/accueil/suites/".to_owned()),
        "{links:?}"
    );
}
