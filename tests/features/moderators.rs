//! `ecoute moderator`, beside a site that runs and without one.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use ecoute::moderators::{Codes, Options, Password, Request, run};
use reqwest::StatusCode;

use crate::app::{Browser, TestApp, repository};
use crate::assert_page;
use crate::binary::binary;

/// Runs the command; what it says, whichever way.
pub fn moderator(data: &Path, arguments: &[&str], typed: &str) -> (Option<i32>, String) {
    let mut command = Command::new(binary("ecoute"));
    command
        .arg("moderator")
        .args(arguments)
        .args(["--content", "tests/fixtures/content", "--data-dir"])
        .arg(data)
        .current_dir(repository("."))
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut stdin = process.stdin.take().unwrap();
    // A command that reads nothing may be gone already.
    let _ = stdin.write_all(typed.as_bytes());
    drop(stdin);
    let Output {
        status,
        stdout,
        stderr,
    } = process.wait_with_output().unwrap();
    let said = [stdout, stderr].concat();
    (status.code(), String::from_utf8(said).unwrap())
}

/// The password that was told, and what was said without it.
pub fn password(said: &str) -> (String, String) {
    let line = said
        .lines()
        .find(|line| line.starts_with("Mot de passe"))
        .unwrap();
    let password = line.split_whitespace().last().unwrap().to_owned();
    let without = said.replace(&password, "[password]");
    (password, without)
}

#[tokio::test]
async fn moderators_are_added_listed_kept_out_and_given_other_rights() {
    if std::env::var("ECOUTE_TEST_DYNAMODB").is_ok() {
        eprintln!("skipped: the command works on the embedded engine");
        return;
    }
    let app = TestApp::start().await;
    app.set_clock(&jiff::Timestamp::now().to_string());
    let data = app.data.path().to_owned();
    let run = async |arguments: &[&str], typed: &str| {
        let arguments: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
        let (data, typed) = (data.clone(), typed.to_owned());
        let ran = tokio::task::spawn_blocking(move || {
            let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let (code, said) = moderator(&data, &words, &typed);
            (words.join(" "), code, said)
        });
        ran.await.unwrap()
    };
    let mut all = Vec::new();
    let mut tell = |(words, code, said): (String, Option<i32>, String)| {
        all.push(format!(
            "$ ecoute moderator {words}\n{said}[{}]",
            code.unwrap()
        ));
    };

    let name = ["--name", "Claire Martin"];
    let (words, code, said) = run(
        &["add", "claire", name[0], name[1], "--moderator", "gard"],
        "",
    )
    .await;
    let (made, without) = password(&said);
    tell((words, code, without));
    let mut claire = Browser::default();
    let entered = app.log_in(&mut claire, "claire", &made).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);

    let add = ["add", "ines", "--name", "Inès Roy", "--password-stdin"];
    let roles = ["--answerer", "gard", "national", "--analyst", "gard"];
    let typed = "une phrase bien longue\n";
    tell(run(&[&add[..], &roles[..]].concat(), typed).await);
    let mut ines = Browser::default();
    let entered = app.log_in(&mut ines, "ines", typed.trim()).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);

    for wrong in [
        &["add", "claire", "--name", "Une autre", "--national"][..],
        &["add", "Élise M", "--name", "Élise", "--national"],
        &["add", "elise", "--name", "Élise", "--moderator", "lozere"],
        &["add", "elise", "--name", "Élise"],
        &["disable", "personne"],
        &["disable", "demo"],
        &["role", "demo", "--moderator", "gard"],
    ] {
        tell(run(wrong, "").await);
    }
    let short = ["reset-password", "claire", "--password-stdin"];
    tell(run(&short, "court\n").await);

    tell(run(&["role", "claire", "--national"], "").await);
    let out = app.get_as(&mut claire, "/moderation/").await;
    assert_eq!(out.location(), "/moderation/connexion");
    tell(run(&["disable", "demo"], "").await);
    tell(run(&["disable", "claire"], "").await);
    tell(run(&["enable", "demo"], "").await);
    let (words, code, said) = run(&["reset-password", "claire", "--without-code"], "").await;
    let (made, without) = password(&said);
    tell((words, code, without));
    let mut claire = Browser::default();
    let entered = app.log_in(&mut claire, "claire", &made).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);

    // What is said of the last logins is of today: only whether there was one is compared.
    let (words, code, said) = run(&["list"], "").await;
    let lines: Vec<String> = said
        .lines()
        .map(|line| match year(line) {
            Some(year) => {
                let until = line[..year].trim_end();
                let until = until.trim_end_matches(char::is_alphabetic).trim_end();
                let until = until.trim_end_matches(|c: char| c.is_ascii_alphanumeric());
                format!("{until}[moment]")
            }
            None => line.to_owned(),
        })
        .collect();
    tell((words, code, lines.join("\n") + "\n"));
    assert_page!(all.join("\n\n"));
    let log = app.served.store().verify_audit().await.unwrap();
    assert_eq!(log.broken, []);
}

/// Where the year of a moment begins, « 20 novembre 2026 à 11 h 00 »: a day may be written as a
/// year begins.
fn year(line: &str) -> Option<usize> {
    let year = line.find(" à ")?.checked_sub(4)?;
    let digits = line.get(year..year + 4)?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(year)
}

#[tokio::test]
async fn a_login_that_failures_closed_is_opened_again_by_the_command() {
    let app = TestApp::start().await;
    app.keep_moderator("claire", &["national"]).await;
    let ask = async |request: Request| {
        let options = Options {
            data: app.site_data(),
            content: repository("tests/fixtures/content"),
            theme: repository("themes/default"),
            now: app.now(),
            request,
        };
        run(options).await.unwrap()
    };
    let close = async || {
        loop {
            let mut browser = Browser::default();
            let answer = app.log_in(&mut browser, "claire", "faux").await;
            if answer.status == StatusCode::TOO_MANY_REQUESTS {
                return;
            }
        }
    };
    close().await;
    let said = ask(Request::ResetPassword {
        login: "claire".to_owned(),
        password: Password::Made,
        codes: Codes::Kept,
    });
    let (made, _) = password(&said.await);
    let entered = app.log_in(&mut Browser::default(), "claire", &made).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
    close().await;
    ask(Request::Enable("claire".to_owned())).await;
    let entered = app.log_in(&mut Browser::default(), "claire", &made).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
}

#[test]
fn the_help_has_examples() {
    let mut all = Vec::new();
    for command in [
        "",
        "add",
        "list",
        "disable",
        "enable",
        "reset-password",
        "role",
        "oidc",
    ] {
        let mut help = Command::new(binary("ecoute"));
        help.arg("moderator");
        if !command.is_empty() {
            help.arg(command);
        }
        let output = help.arg("--help").env("COLUMNS", "100").output().unwrap();
        assert!(output.status.success());
        all.push(String::from_utf8(output.stdout).unwrap());
    }
    assert_page!(all.join("\n----\n"));
}
