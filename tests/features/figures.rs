//! The dashboard: what its figures count, and who reads them.

use reqwest::StatusCode;

use crate::app::{Browser, TestApp};
use crate::assert_page;
use crate::lanes::import;

const IDEA: [(&str, &str); 4] = [
    ("kind", "idea"),
    ("category", "Attente"),
    ("title", "Une file plus courte"),
    ("text", "On attend trop."),
];

const BOARD: &str = "/moderation/tableau";

/// The cells of the last line: all campaigns together.
async fn whole(app: &TestApp, who: &mut Browser) -> Vec<String> {
    let board = app.get_as(who, BOARD).await.page();
    let cells = board.select("tfoot td");
    cells.iter().map(|cell| cell.text().collect()).collect()
}

/// The median delay, and how many it is of.
async fn delays(app: &TestApp, who: &mut Browser) -> String {
    let board = app.get_as(who, BOARD).await.page();
    let cells = whole(app, who).await;
    let said = board.words("main > .hint");
    let decided = said.split("pour ").nth(1).unwrap().split('.').next();
    format!("{} ({})", cells[7], decided.unwrap())
}

#[tokio::test]
async fn an_analyst_reads_figures_and_is_led_to_them() {
    let app = TestApp::start().await;
    app.send_idea(&IDEA).await;
    import(&app, 1, false).await;
    let mut analyst = app.moderator_with("analyse", &["analyst:gard"]).await;
    assert_eq!(whole(&app, &mut analyst).await[0], "1");
    for queue in ["/moderation/", "/moderation/?file=repondre"] {
        let led = app.get_as(&mut analyst, queue).await;
        assert_eq!(led.location(), BOARD);
    }
    let reports = "/moderation/signalements/";
    let led = app.get_as(&mut analyst, reports).await;
    assert_eq!(led.location(), "/moderation/");
    let mut answerer = app.moderator_with("repond", &["answerer:gard"]).await;
    let mut moderator = app.moderator_with("modere", &["moderator:gard"]).await;
    let mut nobody = app.moderator_with("personne", &[]).await;
    let mut texts = Vec::new();
    for who in [&mut analyst, &mut answerer, &mut moderator, &mut nobody] {
        let board = app.get_as(who, BOARD).await;
        assert_eq!(board.status, StatusCode::OK);
        texts.push(board.page().words("header nav"));
    }
    let without = app.get_as(&mut nobody, "/moderation/").await;
    texts.push(without.page().text());
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn a_delay_ends_with_the_first_decision_of_a_moderator_and_no_other() {
    let app = TestApp::start().await;
    let mut moderator = app.moderator().await;
    let withdraw = async |receipt: &str| {
        app.post(&format!("{receipt}/retirer"), &[])
            .await
            .location();
    };
    // What its author takes back unread is decided of by nobody.
    let receipt = app.send_idea(&IDEA).await;
    app.advance(60);
    withdraw(&receipt).await;
    assert_eq!(
        delays(&app, &mut moderator).await,
        "– (0 contribution décidée)"
    );
    // A decision that is taken back was none.
    let receipt = app.send_idea(&IDEA).await;
    app.advance(600);
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    let refuse = [("reason", "off-topic")];
    let done = app
        .submit(&mut moderator, &queue, "/refuser", &refuse)
        .await;
    let after = app.get_as(&mut moderator, &done.location()).await;
    let ten = delays(&app, &mut moderator).await;
    assert_eq!(ten, "10 minutes (1 contribution décidée)");
    app.submit(&mut moderator, &after, "/annuler", &[]).await;
    assert_eq!(
        delays(&app, &mut moderator).await,
        "– (0 contribution décidée)"
    );
    // The first holds, whatever follows: read again, published, taken back.
    app.advance(600);
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    let twenty = "20 minutes (1 contribution décidée)";
    let id = queue.page().form_ending("/refuser").0;
    let item = id.trim_end_matches("/refuser").to_owned();
    app.submit(&mut moderator, &queue, "/refuser", &refuse)
        .await;
    for step in ["/relire", "/publier"] {
        assert_eq!(delays(&app, &mut moderator).await, twenty, "{step}");
        app.advance(6_000);
        let page = app.get_as(&mut moderator, &item).await;
        app.submit(&mut moderator, &page, step, &[]).await;
    }
    withdraw(&receipt).await;
    assert_eq!(delays(&app, &mut moderator).await, twenty);
}

#[tokio::test]
async fn what_is_grouped_is_no_refusal_and_an_import_is_nobody_s_delay() {
    let app = TestApp::start().await;
    let other = app.published_idea("Ouvrir le soir").await;
    app.send_idea(&IDEA).await;
    let imported = import(&app, 1, true).await;
    let mut moderator = app.moderator().await;
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    let into = [("into", other.as_str()), ("faire", "confirmer")];
    app.submit(&mut moderator, &queue, "/regrouper", &into)
        .await;
    let item = format!("/moderation/contributions/{imported}");
    let page = app.get_as(&mut moderator, &item).await;
    let hide = [("reason", "illegal")];
    app.submit(&mut moderator, &page, "/masquer", &hide).await;
    let board = app.get_as(&mut moderator, BOARD).await;
    assert_page!(board.page().text());
}

#[tokio::test]
async fn figures_are_written_as_everywhere_else() {
    let app = TestApp::start().await;
    for place in 0..1_001 {
        import(&app, place, false).await;
    }
    let mut moderator = app.moderator().await;
    let cells = whole(&app, &mut moderator).await;
    assert_eq!(cells[0], "1\u{202f}001");
    assert!(cells.iter().all(|cell| cell != "1001"), "{cells:?}");
}
