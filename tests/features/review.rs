//! What a review page shows beside the text: personal data, and ideas that are near.

use domain::{Flag, Moderated, PersonalKind};
use reqwest::StatusCode;

use crate::app::{Answer, Browser, TestApp};
use crate::assert_page;
use crate::publishing::files;

const IDEAS: &str = "/participer/accueil/idees";
const NUMBER: &str = "2 69 05 49 588 157 80";

fn idea<'a>(title: &'a str, text: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("kind", "idea"),
        ("category", "Horaires"),
        ("title", title),
        ("text", text),
        ("email", ""),
    ]
}

/// Posts what a review page carries, changed, to one of its addresses.
async fn post_on(app: &TestApp, review: &Answer, end: &str, more: &[(&str, &str)]) -> Answer {
    let (action, fields) = review.page().form_with("ticket");
    let action = action.replace("/envoyer", end);
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .chain(more.iter().copied())
        .collect();
    app.post(&action, &fields).await
}

/// What waits, oldest first.
async fn waiting(app: &TestApp) -> Vec<Moderated> {
    app.served.store().queue(100).await.unwrap().oldest
}

async fn flags_of_last(app: &TestApp) -> Vec<Flag> {
    let waiting = waiting(app).await;
    waiting.last().unwrap().flags.iter().copied().collect()
}

/// Everything that the data folder and the moderators' desk hold, as bytes.
async fn everything(app: &TestApp, moderator: &mut Browser) -> String {
    let mut all = app.get_as(moderator, "/moderation/").await.body;
    for (path, bytes) in files(app.data.path()) {
        all.push_str(&path);
        all.push_str(&String::from_utf8_lossy(&bytes));
    }
    all
}

#[tokio::test]
async fn personal_data_is_shown_to_its_author_who_removes_it() {
    let app = TestApp::start().await;
    let text = "Appelez-moi au 06 12 34 56 78\u{a0}!\n\nOu écrivez à <b>lina@example.org</b>.";
    let form = idea("Rappeler le 06.12.34.56.78", text);
    let review = app.post(IDEAS, &form).await;
    assert_eq!(review.status, StatusCode::OK);
    let without = post_on(&app, &review, "/retirer", &[]).await;
    assert_eq!(without.status, StatusCode::OK);
    let back = post_on(&app, &review, "/modifier", &[]).await;
    assert_eq!(
        back.page().words("textarea[name=text]"),
        text.replace('\n', " ").replace("  ", " ")
    );
    let tickets = [&review, &without].map(|answer| {
        let fields = answer.page().form_with("ticket").1;
        fields.into_iter().find(|(name, _)| name == "ticket")
    });
    assert_eq!(tickets[0], tickets[1]);
    app.confirm(&without).await;
    assert_eq!(flags_of_last(&app).await, []);
    let kept = &waiting(&app).await[0].contribution;
    assert_eq!(
        kept.title(),
        Some("Rappeler le [numéro de téléphone retiré]")
    );
    assert_page!(format!(
        "{}\n\n{}",
        review.page().text(),
        without.page().text()
    ));
}

#[tokio::test]
async fn what_its_author_leaves_is_told_to_the_moderator() {
    let app = TestApp::start().await;
    let text = "Au 0612345678 ou a@b.fr, compte FR14 2004 1010 0505 0001 3M02 606.";
    let review = app.post(IDEAS, &idea("Un titre", text)).await;
    app.confirm(&review).await;
    let personal = [PersonalKind::Email, PersonalKind::Phone, PersonalKind::Iban];
    assert_eq!(flags_of_last(&app).await, personal.map(Flag::PersonalData));
    assert_eq!(waiting(&app).await[0].contribution.body().as_str(), text);
    let mut moderator = app.moderator().await;
    let desk = app.get_as(&mut moderator, "/moderation/").await.page();
    assert_eq!(
        desk.words(".flagged"),
        "Signalé automatiquement\u{a0}: adresse e-mail, téléphone, compte bancaire"
    );
}

#[tokio::test]
async fn a_social_security_number_pasted_from_a_table_is_not_kept() {
    let app = TestApp::start().await;
    for typed in [
        "2    69    05    49    588    157    80",
        "2\t69\t05\t49\t588\t157\t80",
        "2 ; 69 ; 05 ; 49 ; 588 ; 157 ; 80",
        "٢ ٦٩ ٠٥ ٤٩ ٥٨٨ ١٥٧ ٨٠",
    ] {
        let text = format!("Je suis le {typed}.");
        let review = app.post(IDEAS, &idea("Un titre", &text)).await;
        app.confirm(&review).await;
    }
    let kept = waiting(&app).await;
    let texts: Vec<&str> = kept
        .iter()
        .map(|moderated| moderated.contribution.body().as_str())
        .collect();
    assert_eq!(
        texts,
        ["Je suis le [numéro de sécurité sociale retiré]."; 4]
    );
}

#[tokio::test]
async fn a_social_security_number_is_never_kept() {
    let app = TestApp::start().await;
    let commented = app.published_idea("Ouvrir le soir").await;
    let action = app.page(&commented).await.form_with("text").0;
    let title = format!("Mon dossier {NUMBER}");
    let text = format!("Je suis le {NUMBER}.\n\nOu 269054958815780, ou 2-69-05-49-588-157.");
    let mut form = idea(&title, &text);
    form.pop();
    form.push(("email", "lina@example.org"));
    let review = app.post(IDEAS, &form).await;
    app.confirm(&review).await;
    assert_eq!(flags_of_last(&app).await, []);
    let name = format!("Lina {NUMBER}");
    let comment = app.post(&action, &[("text", &text), ("name", &name)]).await;
    app.confirm(&comment).await;
    let alone = app
        .post(&action, &[("text", "Moi aussi."), ("name", NUMBER)])
        .await;
    app.confirm(&alone).await;

    let mut moderator = app.moderator().await;
    let mut seen = everything(&app, &mut moderator).await;
    for _ in 0..3 {
        app.publish_next(&mut moderator).await;
        seen.push_str(&everything(&app, &mut moderator).await);
    }
    app.eventually(&commented, |answer| answer.body.contains("Moi aussi."))
        .await;
    seen.push_str(&everything(&app, &mut moderator).await);
    for message in app.outbox(1).await {
        seen.push_str(&message.raw);
    }
    assert!(seen.contains("[numéro de sécurité sociale retiré]"));
    for part in ["588 157", "269054958815780", "588-157"] {
        assert!(!seen.contains(part), "{part} was kept");
    }
    let read = app.page(&commented).await;
    assert_page!(format!(
        "{}\n\n{}\n\n{}",
        review.page().text(),
        comment.page().text(),
        read.words(".comments")
    ));
}

#[tokio::test]
async fn what_is_too_long_once_removed_goes_back_to_the_form() {
    let app = TestApp::start().await;
    let title = format!("{} a@b.fr", "é".repeat(143));
    let review = app.post(IDEAS, &idea(&title, "Un texte.")).await;
    assert_eq!(review.status, StatusCode::OK);
    let answer = post_on(&app, &review, "/retirer", &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = answer.page().form_with("text").1;
    assert!(fields.contains(&("text".to_owned(), "Un texte.".to_owned())));

    // The number is removed all the same, and the contribution kept.
    let title = format!("{} 2690549588157", "é".repeat(136));
    let review = app.post(IDEAS, &idea(&title, "Un texte.")).await;
    app.confirm(&review).await;
    let kept = &waiting(&app).await[0].contribution;
    assert!(
        kept.title()
            .unwrap()
            .ends_with("é [numéro de sécurité sociale retiré]")
    );
}

#[tokio::test]
async fn ideas_that_are_near_can_be_liked_instead() {
    let app = TestApp::start().await;
    let form = idea(
        "Pouvoir venir le soir",
        "Ouvrir le soir aiderait les parents qui ont du travail.",
    );
    let none = app.post(IDEAS, &form).await;
    assert!(none.page().select(".near").is_empty());
    let published = app.published_idea("Venir <le> soir").await;
    app.published_idea("Une tout autre idée").await;
    // What was read of the campaign is compared for half a minute.
    let after = app.now() + jiff::SignedDuration::from_secs(31);
    app.set_clock(&after.to_string());
    let review = app.post(IDEAS, &form).await;
    let page = review.page();
    assert_eq!(page.links(".near h3")[0], published);
    let like = page.action_ending("/soutien");
    let mut browser = Browser::default();
    let liked = app
        .post_as(&mut browser, &like, &[("choice", "like")])
        .await;
    let said = app.get_as(&mut browser, &liked.location()).await;
    assert_eq!(said.page().words("h1"), "Votre soutien est compté");
    assert_eq!(waiting(&app).await.len(), 0);
    assert_page!(page.text());
}

#[tokio::test]
async fn what_a_program_sends_is_taken_and_told_to_the_moderator() {
    let app = TestApp::start().await;
    let mut form = idea("Un titre", "Un texte bien à moi, sans rien de plus.");
    form.push(("site_web", "https://example.org"));
    let review = app.post(IDEAS, &form).await;
    let sent = post_on(&app, &review, "/envoyer", &[]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    assert_eq!(flags_of_last(&app).await, [Flag::Hasty, Flag::Honeypot]);
    let plain = idea("Un titre", "Un autre texte bien à moi, sans rien de plus.");
    let plain = app.post(IDEAS, &plain).await;
    assert_eq!(
        review
            .page()
            .text()
            .replace("<input type=hidden name=site_web value=1>\n", ""),
        plain
            .page()
            .text()
            .replace("Un autre", "Un")
            .lines()
            .collect::<Vec<_>>()
            .join("\n")
            .replace(&ticket(&plain), &ticket(&review)),
    );
    let mut moderator = app.moderator().await;
    let desk = app.get_as(&mut moderator, "/moderation/").await.page();
    assert_eq!(
        desk.words(".flagged"),
        "Signalé automatiquement\u{a0}: envoi très rapide, champ caché rempli (sans doute un robot)"
    );
}

#[tokio::test]
async fn a_form_filled_in_a_second_is_told_to_the_moderator_and_one_written_is_not() {
    let app = TestApp::start().await;
    let mut number = 0;
    for (seconds, expected) in [
        ("0", &[Flag::Hasty][..]),
        ("2", &[Flag::Hasty]),
        ("3", &[]),
        ("240", &[]),
        ("", &[]),
        ("-1", &[Flag::Hasty]),
        ("9223372036854775807", &[]),
        ("vite", &[]),
    ] {
        number += 1;
        let text = format!("Un texte bien à moi, sans rien de plus, le numéro {number}.");
        let mut form = idea("Un titre", &text);
        form.push(("duree", seconds));
        let review = app.post(IDEAS, &form).await;
        app.confirm(&review).await;
        assert_eq!(flags_of_last(&app).await, expected, "{seconds}");
    }
}

#[tokio::test]
async fn the_mark_of_a_program_goes_wherever_its_form_goes() {
    let app = TestApp::start().await;
    let commented = app.published_idea("Ouvrir le soir").await;
    let comments = app.page(&commented).await.form_with("text").0;
    let form = idea("Un titre", "Un texte bien à moi, sans rien de plus.");
    let comment = vec![("text", "Un commentaire bien à moi, sans rien de plus.")];
    for (door, form, blank) in [(IDEAS, form, "title"), (&comments, comment, "text")] {
        let mut trapped = form.clone();
        trapped.push(("site_web", "https://example.org"));
        let review = app.post(door, &trapped).await;
        let back = post_on(&app, &review, "/modifier", &[]).await;
        assert_eq!(back.status, StatusCode::OK);
        // The form comes back once more, with what is to be corrected.
        let (_, mut fields) = back.page().form_with("site_web");
        fields.retain(|(name, _)| name != blank && name != "kind");
        fields.push(("kind".to_owned(), "idea".to_owned()));
        let wrong: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (&**n, &**v)).collect();
        let wrong = app.post(door, &wrong).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mark = wrong.page().form_with("site_web").1;
        let mark = mark.into_iter().find(|(name, _)| name == "site_web");
        let mark = mark.unwrap().1;
        let mut corrected = form.clone();
        corrected.push(("site_web", &mark));
        let review = app.post(door, &corrected).await;
        app.confirm(&review).await;
        assert_eq!(flags_of_last(&app).await, [Flag::Honeypot], "{door}");
    }
}

fn ticket(review: &Answer) -> String {
    let fields = review.page().form_with("ticket").1;
    fields
        .into_iter()
        .find(|(name, _)| name == "ticket")
        .unwrap()
        .1
}

#[tokio::test]
async fn a_text_that_comes_again_is_told_to_the_moderator() {
    let app = TestApp::start().await;
    let text = "Ouvrez donc les accueils le samedi matin\u{a0}!";
    let again = "ouvrez DONC les accueils, le samedi  matin";
    let first = app.post(IDEAS, &idea("Un titre", text)).await;
    app.confirm(&first).await;
    app.confirm(&first).await;
    assert_eq!(flags_of_last(&app).await, []);
    let second = app.post(IDEAS, &idea("Un autre", again)).await;
    app.confirm(&second).await;
    assert_eq!(flags_of_last(&app).await, [Flag::RepeatedText]);
    for text in ["Oui, tout à fait.", "Oui, tout à fait."] {
        let short = app.post(IDEAS, &idea("Un titre", text)).await;
        app.confirm(&short).await;
    }
    assert_eq!(flags_of_last(&app).await, []);
}
