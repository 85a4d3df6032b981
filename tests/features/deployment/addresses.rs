//! `ecoute mail suppress`, `unsuppress` and `status`, of a deployment and of one machine.

use super::Operator;
use crate::app::{TestApp, repository};
use crate::assert_page;
use crate::binary::binary;
use crate::sink::{Does, Sink};

const ADDRESS: &str = "partie@example.org";

/// Sends an idea with this address.
async fn send(app: &TestApp, address: &str) {
    app.send_idea(&[
        ("kind", "idea"),
        ("category", "Attente"),
        ("title", "Une file plus courte"),
        ("text", "On attend trop."),
        ("email", address),
    ])
    .await;
}

/// Runs `ecoute mail`, and keeps what it said, without the moment.
async fn mail(operator: &Operator, words: &[&str], typed: &str, all: &mut Vec<String>) {
    let (code, said) = operator.run(&[&["mail"][..], words].concat(), typed).await;
    assert!(!said.contains(ADDRESS), "{said}");
    let moments = |line: &str| match line.split_once(", le ") {
        Some((why, _)) => format!("{why}, le [moment]"),
        None => line.to_owned(),
    };
    let said: Vec<String> = said.lines().map(moments).collect();
    let (words, said) = (words.join(" "), said.join("\n"));
    all.push(format!("$ ecoute mail {words}\n{said}\n[{code}]"));
}

#[tokio::test]
async fn what_came_back_is_let_through_again_and_what_is_not_wanted_is_kept_back() {
    let sink = Sink::start(Does::Accept).await;
    let app = TestApp::with_smtp(&sink.url()).await;
    let unknowing = Operator::of(&app);
    let operator = unknowing.clone().with("ECOUTE_SECRET", &app.secret());
    let mut all = Vec::new();

    mail(&unknowing, &["suppress", "-"], ADDRESS, &mut all).await;
    mail(&operator, &["status", ADDRESS], "", &mut all).await;
    // It is told by whoever writes to it, in whatever case.
    let typed = "  Partie@Example.org\r\n";
    mail(&operator, &["suppress", "-"], typed, &mut all).await;
    mail(&operator, &["status", "-"], ADDRESS, &mut all).await;
    send(&app, ADDRESS).await;
    app.queue_of_mail(0, 1, 0).await;
    send(&app, "presente@example.org").await;
    app.queue_of_mail(0, 1, 1).await;

    mail(&operator, &["unsuppress", "-"], ADDRESS, &mut all).await;
    mail(&operator, &["unsuppress", ADDRESS], "", &mut all).await;
    send(&app, ADDRESS).await;
    app.queue_of_mail(0, 1, 2).await;
    // What was put aside is sent again by who asks for it.
    let mut moderator = app.moderator().await;
    let list = app.get_as(&mut moderator, "/moderation/courrier").await;
    let again = list.page().action_ending("received.1/renvoyer");
    app.post_as(&mut moderator, &again, &[]).await;
    app.queue_of_mail(0, 0, 3).await;
    let taken = sink.taken();
    let to = taken.iter().filter(|taken| taken.header("To") == ADDRESS);
    assert_eq!(to.count(), 2);

    mail(&operator, &["suppress", "personne"], "", &mut all).await;
    mail(&operator, &["unsuppress", "-"], "", &mut all).await;
    let wrong = unknowing.clone().with("ECOUTE_SECRET", "0123");
    mail(&wrong, &["unsuppress", "-"], ADDRESS, &mut all).await;
    mail(&operator.beside(), &["status", "-"], ADDRESS, &mut all).await;
    // On one machine the secret is in the folder.
    if std::env::var("ECOUTE_TEST_DYNAMODB").is_err() {
        let here = unknowing.here();
        for asked in ["suppress", "status", "unsuppress", "status"] {
            mail(&here, &[asked, "-"], ADDRESS, &mut all).await;
        }
        let elsewhere = here.at(std::path::Path::new("/nulle-part"));
        mail(&elsewhere, &["status", "-"], ADDRESS, &mut all).await;
        assert_page!(all.join("\n\n"));
    }
}

#[test]
fn the_help_says_how_an_address_stays_out_of_the_history() {
    let help = |command: &str| {
        let output = std::process::Command::new(binary("ecoute"))
            .args(["mail", command, "--help"])
            .current_dir(repository("."))
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let all = ["suppress", "unsuppress", "status"].map(help);
    assert_page!(all.join("\n----\n"));
}
