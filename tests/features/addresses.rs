//! An address that is taken at the door is one that mail can be sent to.

use std::path::Path;

use domain::{Email, TextProblem};
use functions::Mail;
use proptest::prelude::*;
use reqwest::StatusCode;
use site_gen::Renderer;
use tempfile::TempDir;

use crate::app::{TestApp, repository};
use crate::text::address;

#[tokio::test]
async fn a_form_with_an_address_that_no_mail_reaches_comes_back() {
    let app = TestApp::start().await;
    let form = [
        ("kind", "idea"),
        ("category", "Attente"),
        ("title", "Une file plus courte"),
        ("text", "On attend trop."),
        ("email", "jean..dupont@example.org"),
    ];
    let answer = app.post("/participer/accueil/idees", &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        answer.page().words("#email-error"),
        "Erreur\u{a0}: Vérifiez votre adresse e-mail\u{a0}: elle s’écrit comme prenom.nom@exemple.fr."
    );
}

#[test]
fn an_address_that_is_taken_can_be_written_to() {
    for refused in [
        "a..b@x.fr",
        ".a@x.fr",
        "jean.@x.fr",
        "jean\u{202e}@x.fr",
        "jean@x\u{200b}.fr",
        "je\u{301}an@x.fr",
        "jean\u{3164}@x.fr",
        "(jean)@x.fr",
        &format!("jean@{}.fr", "a".repeat(64)),
    ] {
        assert_eq!(
            Email::parse(refused),
            Err(TextProblem::Malformed),
            "{refused}"
        );
    }
    let (bundle, _) = site_gen::load(
        &repository("tests/fixtures/content"),
        &repository("themes/default"),
        "https://ecoute.example",
    )
    .unwrap();
    let renderer = Renderer::new(bundle, Path::new("templates")).unwrap();
    let outbox = TempDir::new().unwrap();
    let mail = Mail::outbox(outbox.path().to_owned());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let leaves = |email: &Email| {
        let sent = mail.test(&renderer, "https://ecoute.example", email);
        runtime.block_on(sent)
    };
    for taken in ["o'neil+caf@mairie-nîmes.fr", "zoé.a.b@x.fr", "a{b}@ex.org"] {
        leaves(&Email::parse(taken).unwrap()).unwrap();
    }
    proptest!(|(raw in address())| {
        if let Ok(email) = Email::parse(&raw) {
            let sent = leaves(&email);
            prop_assert!(sent.is_ok(), "{raw:?}: {sent:?}");
        }
    });
}
