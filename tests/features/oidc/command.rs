//! What an administrator says of a provider: which moderator it knows by which address, and where
//! it is.

use std::process::{Command, Stdio};

use reqwest::StatusCode;
use tempfile::TempDir;

use super::entering::enter;
use super::liar::Liar;
use super::{SITE, settings};
use crate::app::{Browser, TestApp, repository};
use crate::assert_page;
use crate::binary::binary;
use crate::cloud::ORIGIN_SECRET;
use crate::moderators::moderator;

#[tokio::test]
async fn a_moderator_is_bound_to_an_address_and_let_go_of_it() {
    if std::env::var("ECOUTE_TEST_DYNAMODB").is_ok() {
        eprintln!("skipped: the command works on the embedded engine");
        return;
    }
    let liar = Liar::start().await;
    let app = TestApp::with_oidc(SITE, settings(&liar.issuer)).await;
    let data = app.data.path().to_owned();
    let run = async |words: &[&str]| {
        let (data, asked) = (data.clone(), words.join(" "));
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let ran = tokio::task::spawn_blocking(move || {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            moderator(&data, &words, "")
        });
        let (code, said) = ran.await.unwrap();
        let said: Vec<&str> = said
            .lines()
            .filter(|line| !line.starts_with("Mot de passe") && !line.starts_with('('))
            .map(|line| line.split("  2").next().unwrap().trim_end())
            .collect();
        format!(
            "$ ecoute moderator {asked}\n{}\n[{}]",
            said.join("\n"),
            code.unwrap()
        )
    };
    let mut all = Vec::new();
    let rights = ["--name", "Claire", "--moderator", "gard"];
    let claire = ["--oidc-email", "claire@example.org"];
    let add = |login| [&["add", login][..], &rights, &claire].concat();
    all.push(run(&add("claire")).await);
    // An address is one moderator's, and is none where it can't be one: nobody is added.
    all.push(run(&add("omar")).await);
    all.push(run(&["oidc", "demo", "--email", "CLAIRE@example.org"]).await);
    all.push(run(&["oidc", "claire", "--email", "claire"]).await);
    all.push(run(&["oidc", "personne", "--email", "personne@example.org"]).await);
    all.push(run(&["list"]).await);
    let mut browser = Browser::default();
    let entered = enter(&app, &liar, &mut browser).await;
    assert_eq!(entered.location(), "/moderation/");
    let list = run(&["list"]).await;
    assert!(list.contains("  relié"), "{list}");
    all.push(run(&["oidc", "claire", "--off"]).await);
    let out = app.get_as(&mut browser, "/moderation/").await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    let refused = enter(&app, &liar, &mut browser).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_page!(all.join("\n\n"));
}

#[test]
fn settings_of_a_provider_that_do_not_hold_are_one_sentence_each() {
    let data = TempDir::new().unwrap();
    let said = |words: &[&str], secret: &str| {
        let output = Command::new(binary("ecoute"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(["--content", "tests/fixtures/content", "--data-dir"])
            .arg(data.path())
            .args(words)
            .env("ECOUTE_OIDC_CLIENT_SECRET", secret)
            .current_dir(repository("."))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let at = |issuer| ["--oidc-issuer", issuer, "--oidc-client-id", "ecoute"];
    assert_page!(
        [
            said(&at("http://fournisseur.example"), "secret"),
            said(&at("fournisseur"), "secret"),
            said(&at("https://fournisseur.example"), " "),
            said(&["--oidc-issuer", "https://fournisseur.example"], "secret"),
        ]
        .join("\n")
    );
}

/// A function of Lambda that is not set right stops at once, and says which variable it is.
#[tokio::test]
async fn the_function_of_the_login_names_the_variable_that_is_wrong() {
    let app = TestApp::start().await;
    let data = app.data.path();
    let secret = std::fs::read_to_string(data.join("secret")).unwrap();
    let said = |variables: &[(&str, &str)]| {
        let output = Command::new(binary("login"))
            .env_clear()
            .env("AWS_REGION", "eu-west-3")
            .env("AWS_ACCESS_KEY_ID", "login")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .env("ECOUTE_ORIGIN_SECRET", ORIGIN_SECRET)
            .env("ECOUTE_BUNDLE", data.join("bundle.json"))
            .env("ECOUTE_SECRET", &secret)
            .env("ECOUTE_TABLES", app.tables())
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    let issuer = ("ECOUTE_OIDC_ISSUER", "https://fournisseur.example");
    let id = ("ECOUTE_OIDC_CLIENT_ID", "ecoute");
    for (variables, wrong) in [
        (
            &[("ECOUTE_OIDC_ISSUER", "http://fournisseur.example"), id][..],
            "ECOUTE_OIDC_ISSUER",
        ),
        (&[issuer], "ECOUTE_OIDC_CLIENT_ID"),
        (
            &[issuer, id, ("ECOUTE_OIDC_CLIENT_SECRET", "")],
            "ECOUTE_OIDC_CLIENT_SECRET",
        ),
    ] {
        let said = said(variables);
        assert!(said.contains(wrong), "{said}");
    }
}
