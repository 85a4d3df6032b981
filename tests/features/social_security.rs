//! A social-security number is never stored, whatever the door it comes by.

use ecoute::moderators::{self, Options, Password, Request, Rights};
use reqwest::StatusCode;

use crate::app::{Answer, TestApp, repository};
use crate::assert_page;
use crate::publishing::files;

/// INSEE's own example.
const NUMBER: &str = "2 69 05 49 588 157 80";

const IDEA: [(&str, &str); 5] = [
    ("kind", "idea"),
    ("category", "Attente"),
    ("title", "Une file plus courte"),
    ("text", "On attend trop."),
    ("email", "autrice@example.org"),
];

/// Whether some of the number is in the store or in the data folder.
async fn is_kept(app: &TestApp) -> bool {
    let (contributions, identities) = app.items().await;
    let mut all = contributions + &identities;
    for (path, bytes) in files(app.data.path()) {
        all.push_str(&path);
        all.push_str(&String::from_utf8_lossy(&bytes));
    }
    ["588 157", "588157", "58815780"]
        .iter()
        .any(|part| all.contains(part))
}

/// What the page says beside a field, and what stands in it.
fn beside(answer: &Answer, field: &str) -> (String, String) {
    let page = answer.page();
    let error = page.words(&format!("#{field}-error"));
    let wanted = page.select(&format!("#{field}"));
    let value = wanted.first().map(|element| match element.attr("value") {
        Some(value) => value.to_owned(),
        None => element.text().collect(),
    });
    (error, value.unwrap())
}

/// Asserts that a form came back with the number refused in a field, and all as it was typed.
#[track_caller]
fn assert_refused(answer: &Answer, field: &str, typed: &str) {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
    let (error, value) = beside(answer, field);
    assert!(error.contains("numéro de sécurité sociale"), "{error}");
    assert_eq!(value, typed, "{field}");
    assert!(
        answer.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("no-store")
    );
}

async fn signal(app: &TestApp, idea: &str, typed: &[(&str, &str)]) -> Answer {
    let links = app.page(idea).await.links("article.idea");
    let address = links.into_iter().find(|href| href.contains("/signaler/"));
    let address = address.unwrap();
    let (_, fields) = app.page(&address).await.form_with("ticket");
    let ticket = fields.iter().find(|(name, _)| name == "ticket").unwrap();
    let mut form = typed.to_vec();
    form.push(("ticket", &ticket.1));
    app.post(&address, &form).await
}

#[tokio::test]
async fn a_report_that_holds_one_comes_back_as_it_was_typed() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let details = format!("On y lit mon numéro : {NUMBER}.");
    let typed = [("why", "personal-data"), ("details", details.as_str())];
    let refused = signal(&app, &idea, &typed).await;
    assert_refused(&refused, "details", &details);
    // What is invisible in it does not hide it.
    for hidden in [
        "2 69 05 49 588\u{202e} 157 80",
        "2 69 05 49     588 157 80",
        "2, 69, 05, 49, 588, 157, 80",
        "|2|69|05|49|588|157|80|",
        "2\u{34f}69\u{fe0f}05 49 588157 80",
        "2️⃣6️⃣9️⃣0️⃣5️⃣4️⃣9️⃣5️⃣8️⃣8️⃣1️⃣5️⃣7️⃣8️⃣0️⃣",
    ] {
        let typed = [("why", "other"), ("details", hidden)];
        let refused = signal(&app, &idea, &typed).await;
        assert_refused(&refused, "details", hidden);
    }
    assert!(!is_kept(&app).await);
    let typed = [
        ("why", "personal-data"),
        ("details", "On y lit mon numéro."),
    ];
    let sent = signal(&app, &idea, &typed).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    assert_page!(refused.page().text());
}

#[tokio::test]
async fn an_address_that_holds_one_is_not_kept() {
    const ADDRESS: &str = "269054958815780@example.org";
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let mut form = IDEA;
    form[4] = ("email", ADDRESS);
    let refused = app.post("/participer/accueil/idees", &form).await;
    assert_refused(&refused, "email", ADDRESS);
    let comment = app.page(&idea).await.form_with("text").0;
    let form = [("text", "Oui."), ("email", ADDRESS)];
    let refused = app.post(&comment, &form).await;
    assert_refused(&refused, "email", ADDRESS);
    let typed = [("why", "personal-data"), ("email", ADDRESS)];
    let refused = signal(&app, &idea, &typed).await;
    assert_refused(&refused, "email", ADDRESS);

    // On the way from the review page to the store.
    let review = app.post("/participer/accueil/idees", &IDEA).await;
    let (action, fields) = review.page().form_with("ticket");
    let form: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| match name.as_str() {
            "email" => ("email", ADDRESS),
            name => (name, value.as_str()),
        })
        .collect();
    let refused = app.post(&action, &form).await;
    assert_refused(&refused, "email", ADDRESS);

    let receipt = app.send_idea(&IDEA).await;
    let form = [("faire", "changer"), ("email", ADDRESS)];
    let refused = app.post(&format!("{receipt}/adresse"), &form).await;
    assert_refused(&refused, "email", ADDRESS);
    assert!(!is_kept(&app).await);
}

#[tokio::test]
async fn no_text_of_a_moderator_keeps_one() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    app.send_idea(&IDEA).await;
    let mut moderator = app.moderator().await;
    let waiting = app.get_as(&mut moderator, "/moderation/").await;
    let text = format!("Votre numéro, {NUMBER}, ne peut pas être public.");
    let text = text.as_str();

    let refusal = [("reason", "personal-data"), ("message", text)];
    let refused = app
        .submit(&mut moderator, &waiting, "/refuser", &refusal)
        .await;
    assert_refused(&refused, "message", text);

    let id = idea.trim_end_matches('/').rsplit('/').next().unwrap();
    let published = format!("/moderation/contributions/{id}");
    let published = app.get_as(&mut moderator, &published).await;
    let forms = [
        (
            "/masquer",
            "message",
            vec![("reason", "personal-data"), ("message", text)],
        ),
        (
            "/reponse",
            "response",
            vec![
                ("faire", "brouillon"),
                ("team", "L’accueil"),
                ("response", text),
            ],
        ),
        (
            "/reponse",
            "response",
            vec![
                ("faire", "publier"),
                ("team", "L’accueil"),
                ("response", text),
            ],
        ),
        (
            "/reponse",
            "team",
            vec![("faire", "publier"), ("team", NUMBER), ("response", "Oui.")],
        ),
        (
            "/suite",
            "outcome",
            vec![("decision", "kept"), ("outcome", text)],
        ),
    ];
    for (end, field, typed) in forms {
        let refused = app.submit(&mut moderator, &published, end, &typed).await;
        let (_, value) = typed.iter().find(|(name, _)| *name == field).unwrap();
        assert_refused(&refused, field, value);
    }

    let alert = [("reason", "alert"), ("message", "")];
    app.submit(&mut moderator, &waiting, "/refuser", &alert)
        .await;
    let alerts = app
        .get_as(&mut moderator, "/moderation/?file=alertes")
        .await;
    let who = format!("le 17, pour {NUMBER}");
    let told = [("faire", "prevenu"), ("who", who.as_str())];
    let refused = app.submit(&mut moderator, &alerts, "/alerte", &told).await;
    assert_refused(&refused, "who", &who);
    assert!(!is_kept(&app).await);
}

#[tokio::test]
async fn no_answer_to_a_report_keeps_one() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let typed = [("why", "personal-data"), ("details", "")];
    signal(&app, &idea, &typed).await.location();
    let mut moderator = app.moderator().await;
    let desk = "/moderation/signalements/";
    let desk = app.get_as(&mut moderator, desk).await.page();
    let item = desk.links("nav.queue").remove(0);
    let item = app.get_as(&mut moderator, &item).await;
    let text = format!("Le numéro {NUMBER} n’y est plus.");
    let text = text.as_str();
    let reason = ("reason", "personal-data");
    let forms = [
        ("/laisser", "kept", vec![("kept", text)]),
        (
            "/retirer",
            "hidden",
            vec![reason, ("message", ""), ("hidden", text)],
        ),
        (
            "/retirer",
            "message",
            vec![reason, ("message", text), ("hidden", "Merci.")],
        ),
    ];
    for (end, field, typed) in forms {
        let refused = app.submit(&mut moderator, &item, end, &typed).await;
        assert_refused(&refused, field, text);
    }
    // Where it was hidden meanwhile, its reports are closed.
    let id = idea.trim_end_matches('/').rsplit('/').next().unwrap();
    let published = format!("/moderation/contributions/{id}");
    let published = app.get_as(&mut moderator, &published).await;
    let hide = [reason, ("message", "")];
    app.submit(&mut moderator, &published, "/masquer", &hide)
        .await
        .location();
    let item = format!("/moderation/signalements/{id}");
    let item = app.get_as(&mut moderator, &item).await;
    let typed = [("hidden", text)];
    let refused = app.submit(&mut moderator, &item, "/clore", &typed).await;
    assert_refused(&refused, "hidden", text);
    assert!(!is_kept(&app).await);
}

#[tokio::test]
async fn a_moderator_is_not_named_by_one() {
    let app = TestApp::start().await;
    let options = Options {
        data: app.site_data(),
        content: repository("tests/fixtures/content"),
        theme: repository("themes/default"),
        now: app.now(),
        request: Request::Add {
            login: "claire".to_owned(),
            name: format!("Claire {NUMBER}"),
            rights: Rights {
                national: true,
                ..Rights::default()
            },
            password: Password::Made,
            oidc_email: None,
        },
    };
    let said = moderators::run(options).await.unwrap_err().to_string();
    assert_eq!(
        said,
        "Le nom ou l’identifiant contient un numéro de sécurité sociale, que nous ne gardons jamais. Donnez-les sans ce numéro."
    );
    assert!(!is_kept(&app).await);
}
