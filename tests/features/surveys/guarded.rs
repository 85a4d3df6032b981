//! A survey that programs answer asks for a proof of work, or for a link that came by mail.

use reqwest::StatusCode;

use super::{PAGES, Participant, site, step};
use crate::app::{Answer, TestApp};
use crate::assert_page;
use crate::proof_of_work::proof;

/// A site of which the campaign is attacked.
async fn attacked() -> TestApp {
    let app = site().await;
    let mut moderator = app.moderator().await;
    let page = app.get_as(&mut moderator, "/moderation/protection").await;
    let on = [("faire", "activer")];
    app.submit(&mut moderator, &page, "/accueil", &on).await;
    app
}

async fn participants(app: &TestApp) -> usize {
    let accueil = domain::Slug::parse("accueil").unwrap();
    let answers = app.served.store().survey_answers(&accueil).await.unwrap();
    answers.len()
}

fn asks(review: &Answer) -> bool {
    !review.page().select("form[data-challenge]").is_empty()
}

#[tokio::test]
async fn answers_are_sent_with_a_proof_that_is_theirs() {
    let app = attacked().await;
    let mut first = Participant::new(&app);
    let review = first.answer(PAGES).await;
    let solved = proof(&review);
    let mut other = Participant::new(&app);
    let others = other.answer(PAGES).await;
    let refused = other.post("envoyer", &[("preuve", &solved)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for wrong in ["", "{}", "[]"] {
        let refused = other.post("envoyer", &[("preuve", wrong)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    assert_eq!(participants(&app).await, 0);
    let sent = first.post("envoyer", &[("preuve", &solved)]).await;
    assert!(sent.location().starts_with("/suivi/sondage/"));
    // The same form again is the same participation.
    let again = first.post("envoyer", &[("preuve", &solved)]).await;
    assert_eq!(again.location(), sent.location());
    assert_eq!(participants(&app).await, 1);
    // What was refused is not lost.
    let solved = proof(&others);
    let sent = other.post("envoyer", &[("preuve", &solved)]).await;
    assert!(sent.location().starts_with("/suivi/sondage/"));
    assert_eq!(participants(&app).await, 2);
    assert_page!(refused.page().text());
}

#[tokio::test]
async fn without_javascript_the_link_by_mail_leads_to_what_may_be_sent() {
    let app = attacked().await;
    let mut participant = Participant::new(&app);
    let review = participant.answer(PAGES).await;
    let later = review.page().links("form .note");
    assert_eq!(later, [step("plus-tard")]);
    let email = [("email", "moi@exemple.fr")];
    participant.post("plus-tard", &email).await;
    let message = app.outbox(1).await.remove(0);
    let mut words = message.text.split_whitespace();
    let link = words.find(|word| word.contains("/reprendre/")).unwrap();
    let path = link.strip_prefix(&app.served.site_url).unwrap();
    // A scanner opens the link; nothing changes by that.
    app.get(path).await;
    let refused = participant.post("envoyer", &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let resumed = app.post_as(&mut participant.browser, path, &[]).await;
    let review = participant.get(&resumed.location()).await;
    assert!(!asks(&review));
    let receipt = participant.finish().await;
    assert!(receipt.starts_with("/suivi/sondage/"), "{receipt}");
    assert_eq!(participants(&app).await, 1);
}

#[tokio::test]
async fn who_fills_what_nobody_sees_proves_that_no_program_answers() {
    let app = site().await;
    let mut person = Participant::new(&app);
    assert!(!asks(&person.answer(PAGES).await));
    let mut program = Participant::new(&app);
    let first = program.get("/campagnes/accueil/sondage/").await;
    let page = first.page();
    let trap = page.select(".trap input");
    let name = trap[0].attr("name").unwrap();
    let mut typed = PAGES[0].to_vec();
    typed.push((name, "https://example.org"));
    let mut pages = PAGES;
    pages[0] = &typed;
    let review = program.answer(pages).await;
    assert!(asks(&review));
    let refused = program.post("envoyer", &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(participants(&app).await, 0);
    let solved = proof(&review);
    let sent = program.post("envoyer", &[("preuve", &solved)]).await;
    assert!(sent.location().starts_with("/suivi/sondage/"));
}
