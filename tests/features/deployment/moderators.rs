//! `ecoute moderator --tables`: from the first moderator of a deployment on.

use reqwest::StatusCode;

use super::Operator;
use crate::app::{Browser, TestApp};
use crate::assert_page;
use crate::moderators::password;
use crate::oidc::entering::enter;
use crate::oidc::liar::Liar;
use crate::oidc::{SITE, settings};

const CONTENT: [&str; 2] = ["--content", "tests/fixtures/content"];

/// Runs `ecoute moderator`, and keeps what it said, without a password.
async fn moderator(operator: &Operator, words: &[&str], all: &mut Vec<String>) -> Option<String> {
    let command = [&["moderator"][..], words, &CONTENT].concat();
    let (code, said) = operator.run(&command, "").await;
    let (made, said) = match said.contains("Mot de passe") {
        true => {
            let (made, said) = password(&said);
            (Some(made), said)
        }
        false => (None, said),
    };
    let words = words.join(" ");
    all.push(format!("$ ecoute moderator {words}\n{said}[{code}]"));
    made
}

/// Logs in as claire, in a browser of her own; how that ends, and the browser.
async fn claire(app: &TestApp, password: &str) -> (StatusCode, Browser) {
    let mut browser = Browser::default();
    let answer = app.log_in(&mut browser, "claire", password).await;
    (answer.status, browser)
}

#[tokio::test]
async fn moderators_of_a_deployment_are_added_changed_and_kept_out_by_command() {
    let liar = Liar::start().await;
    let app = TestApp::with_oidc(SITE, settings(&liar.issuer)).await;
    let operator = Operator::of(&app);
    let knowing = operator.clone().with("ECOUTE_SECRET", &app.secret());
    let mut all = Vec::new();

    let add = ["add", "claire", "--name", "Claire", "--moderator", "gard"];
    let made = moderator(&operator, &add, &mut all).await.unwrap();
    let (entered, mut browser) = claire(&app, &made).await;
    assert_eq!(entered, StatusCode::SEE_OTHER);
    let office = app.get_as(&mut browser, "/moderation/").await;
    assert_eq!(office.status, StatusCode::OK);

    // Who has other rights, and who is kept out, is out at once.
    moderator(&operator, &["role", "claire", "--national"], &mut all).await;
    let out = app.get_as(&mut browser, "/moderation/").await;
    assert_eq!(out.location(), "/moderation/connexion");
    moderator(&operator, &["disable", "claire"], &mut all).await;
    let (entered, _) = claire(&app, &made).await;
    assert_eq!(entered, StatusCode::UNPROCESSABLE_ENTITY);

    // A login that failures closed is opened by who knows the secret, and else says so.
    moderator(&operator, &["enable", "claire"], &mut all).await;
    while claire(&app, "faux").await.0 != StatusCode::TOO_MANY_REQUESTS {}
    let reset = ["reset-password", "claire"];
    let made = moderator(&operator, &reset, &mut all).await.unwrap();
    let (closed, _) = claire(&app, &made).await;
    assert_eq!(closed, StatusCode::TOO_MANY_REQUESTS);
    moderator(&knowing, &["enable", "claire"], &mut all).await;
    let (entered, _) = claire(&app, &made).await;
    assert_eq!(entered, StatusCode::SEE_OTHER);

    // What a provider knows them by is kept as a hash, which takes the secret.
    let bind = ["oidc", "claire", "--email", "claire@example.org"];
    moderator(&operator, &bind, &mut all).await;
    let wrong = operator.clone().with("ECOUTE_SECRET", "trop court");
    moderator(&wrong, &bind, &mut all).await;
    moderator(&knowing, &bind, &mut all).await;
    let entered = enter(&app, &liar, &mut Browser::default()).await;
    assert_eq!(entered.location(), "/moderation/");
    moderator(&operator, &["oidc", "claire", "--off"], &mut all).await;
    let refused = enter(&app, &liar, &mut Browser::default()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    moderator(&operator, &["list"], &mut Vec::new()).await;
    let (_, list) = operator.run(&["moderator", "list"], "").await;
    let line = list.lines().find(|line| line.starts_with("claire"));
    let line = line.unwrap().split_whitespace().collect::<Vec<_>>();
    assert_eq!(line[1..6], ["Claire", "national", "actif", "non", "non"]);
    assert_page!(all.join("\n\n"));
    let log = app.served.store().verify_audit().await.unwrap();
    assert_eq!(log.broken, []);
}

#[tokio::test]
async fn what_a_deployment_can_t_be_asked_is_one_sentence_and_nothing_is_made() {
    let app = TestApp::start().await;
    let operator = Operator::of(&app);
    let mut all = Vec::new();
    let add = ["add", "claire", "--name", "Claire", "--national"];
    let beside = operator.clone().beside();
    for _ in 0..2 {
        // The second time as the first: no table was made.
        moderator(&beside, &add, &mut all).await;
    }
    moderator(&operator.clone().with("AWS_REGION", ""), &add, &mut all).await;
    let nobody = operator.clone().with("AWS_ACCESS_KEY_ID", "");
    moderator(&nobody, &add, &mut all).await;
    let both = [&add[..], &["--data-dir", "data"]].concat();
    moderator(&operator, &both, &mut all).await;
    let known = app.served.store().moderators().await.unwrap();
    assert!(known.iter().all(|moderator| moderator.login != "claire"));

    // The same sentence for whatever asks for tables.
    let publish = ["--to", "public", "--site-url", "https://ecoute.example.org"];
    let publish = [&["publish"][..], &publish].concat();
    let replay = ["replay", "--from", "parked", "--to", "public"];
    for words in [&publish[..], &replay] {
        let (code, said) = beside.run(words, "").await;
        all.push(format!("$ ecoute {}\n{said}[{code}]", words.join(" ")));
    }
    assert_page!(all.join("\n\n"));
}
