//! The whole way with npm `oidc-provider`, a certified implementation, set as ProConnect is: tokens
//! and what it tells of people are signed, PKCE is asked for, and the site knows of it what it
//! publishes alone.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use reqwest::{StatusCode, Url};

use super::{LOGIN, SITE, come_back, is_in, keep_moderator, leave, parameter, path_of, settings};
use crate::app::{Browser, TestApp, repository};
use crate::command::Running;

/// A provider that runs until the test ends.
struct Provider {
    issuer: String,
    _process: Running,
}

/// The provider. Where its packages are not installed, none: `npm ci
/// --prefix tests/oidc` does, and where all is tested (`CI`) they must be there.
fn provider() -> Option<Provider> {
    let folder = repository("tests/oidc");
    if !folder.join("node_modules").exists() {
        assert!(
            std::env::var_os("CI").is_none(),
            "npm ci --prefix tests/oidc"
        );
        eprintln!("skipped: npm ci --prefix tests/oidc");
        return None;
    }
    let mut process = Command::new("node")
        .arg("provider.mjs")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut issuer = String::new();
    let said = process.stdout.as_mut().unwrap();
    BufReader::new(said).read_line(&mut issuer).unwrap();
    let asked = process.stdin.as_mut().unwrap();
    writeln!(asked, "{SITE}").unwrap();
    Some(Provider {
        issuer: issuer.trim().to_owned(),
        _process: Running(process),
    })
}

/// Goes through the provider's pages as somebody of this login, until it leads back to the site.
async fn log_in_there(app: &TestApp, there: &mut Browser, from: Url, login: &str) -> Url {
    let mut at = from;
    let mut answer = app.send(there, |client| client.get(at.clone())).await;
    for _ in 0..12 {
        if answer.status.is_redirection() {
            at = at
                .join(answer.headers["location"].to_str().unwrap())
                .unwrap();
            if at.as_str().starts_with(SITE) {
                return at;
            }
            answer = app.send(there, |client| client.get(at.clone())).await;
            continue;
        }
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let (action, mut form) = answer.page().form_with("prompt");
        for (name, value) in &mut form {
            if name == "login" || name == "password" {
                value.push_str(login);
            }
        }
        at = at.join(&action).unwrap();
        answer = app
            .send(there, |client| client.post(at.clone()).form(&form))
            .await;
    }
    panic!("the provider goes round in circles at {at}");
}

#[tokio::test]
async fn a_moderator_enters_and_leaves_by_a_provider_that_signs_all_it_says() {
    let Some(provider) = provider() else {
        return;
    };
    let app = TestApp::with_oidc(SITE, settings(&provider.issuer)).await;
    app.set_clock(&jiff::Timestamp::now().to_string());
    // As it was typed, and not as the provider spells it.
    keep_moderator(&app, "claire", "Claire.Martin@Example.org").await;

    let (mut browser, mut there) = (Browser::default(), Browser::default());
    let away = leave(&app, &mut browser).await;
    for name in ["state", "nonce", "code_challenge"] {
        assert!(parameter(&away, name).len() >= 32, "{name}");
    }
    assert_eq!(parameter(&away, "scope"), "openid email");
    assert_eq!(
        parameter(&away, "claims"),
        r#"{"id_token":{"amr":{"essential":true}}}"#
    );
    let back = log_in_there(&app, &mut there, away, "claire.martin").await;
    let entered = come_back(&app, &mut browser, &back).await;
    assert_eq!(entered.location(), "/moderation/");
    let office = app.get_as(&mut browser, "/moderation/").await;
    assert!(office.body.contains("Personne claire"));

    // Neither the address nor the identifier at the provider is kept anywhere.
    let (contributions, identities) = app.items().await;
    for said in ["claire.martin@", "Claire.Martin", "sub-of-"] {
        assert!(
            !contributions.contains(said) && !identities.contains(said),
            "{said}"
        );
    }

    // What came back once is of no use again.
    let again = app.get_as(&mut browser, &path_of(&back)).await;
    assert_eq!(again.status, StatusCode::GONE);

    // Out here, then out there, then back at the login.
    let out = app
        .post_as(&mut browser, "/moderation/deconnexion", &[])
        .await;
    assert_eq!(out.status, StatusCode::OK);
    assert!(!is_in(&app, &mut browser).await);
    assert!(
        browser
            .cookies
            .iter()
            .all(|(name, _)| !name.contains("fournisseur"))
    );
    let end = Url::parse(&out.page().links(".buttons")[0]).unwrap();
    assert!(parameter(&end, "state").len() >= 32);
    assert_eq!(parameter(&end, "id_token_hint").split('.').count(), 3);
    let asked = app.send(&mut there, |client| client.get(end.clone())).await;
    let (action, mut form) = asked.page().form_with("xsrf");
    form.push(("logout".to_owned(), "yes".to_owned()));
    let action = end.join(&action).unwrap();
    let done = app
        .send(&mut there, |client| client.post(action).form(&form))
        .await;
    let home = done.headers["location"].to_str().unwrap();
    assert!(home.starts_with(&format!("{SITE}{LOGIN}?state=")), "{home}");

    // Somebody else there is nobody here, and nothing is made for them.
    let mut stranger = Browser::default();
    let away = leave(&app, &mut stranger).await;
    let back = log_in_there(&app, &mut Browser::default(), away, "inconnu").await;
    let refused = come_back(&app, &mut stranger, &back).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused
            .page()
            .text()
            .contains("Vous n’avez pas accès à cet espace")
    );
    assert!(!is_in(&app, &mut stranger).await);
    let known = app.served.store().moderators().await.unwrap();
    assert_eq!(known.len(), 2);
}
