//! `ecoute mail test`, as it is run: one message, and clear words for what keeps it.

use std::process::Command;

use tempfile::TempDir;
use tokio::net::TcpSocket;

use crate::app::repository;
use crate::assert_page;
use crate::binary::binary;
use crate::sink::{Does, Sink};

/// What the command says with these arguments, whether it works or not.
async fn said(arguments: &[&str], password: Option<&str>) -> String {
    let data = TempDir::new().unwrap();
    let mut command = Command::new(binary("ecoute"));
    command
        .args(["mail", "test"])
        .args(arguments)
        .args(["--content", "tests/fixtures/content", "--data-dir"])
        .arg(data.path())
        .current_dir(repository("."))
        .env_remove("ECOUTE_SMTP_PASSWORD");
    if let Some(password) = password {
        command.env("ECOUTE_SMTP_PASSWORD", password);
    }
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    let data = data.path().display().to_string();
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap());
    let said = said.concat().replace(&data, "DATA");
    let code = output.status.code().unwrap();
    // Log lines have a time.
    let said: Vec<&str> = said
        .lines()
        .filter(|line| !line.contains("ERROR"))
        .collect();
    format!("{code}: {}", said.join("\n"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_of_the_mail_says_what_keeps_it() {
    let sink = Sink::start(Does::Accept).await;
    let url = sink.url();
    // Nobody listens there, nor can until this is dropped.
    let held = TcpSocket::new_v4().unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let nobody = format!("smtp://{}", held.local_addr().unwrap());
    let to = "moi@example.org";
    let mut all = Vec::new();
    all.push(said(&[to], None).await);
    all.push(said(&[to, "--smtp", &url], None).await);
    assert_eq!(sink.takes(1).await[0].header("To"), to);
    let from = [
        to,
        "--smtp",
        &url,
        "--mail-from",
        "ne-pas-repondre@example.org",
    ];
    all.push(said(&from, None).await);
    let sent = sink.takes(2).await.remove(1);
    assert!(
        sent.header("From")
            .ends_with("<ne-pas-repondre@example.org>")
    );
    assert_eq!(sent.header("Reply-To"), "contact@example.org");
    all.push(sent.text);
    for does in [
        Does::RefuseAddress,
        Does::RefuseSender,
        Does::Defer,
        Does::Drop,
    ] {
        sink.does(does);
        all.push(said(&[to, "--smtp", &url], None).await);
    }
    sink.does(Does::Silent);
    let silent = sink.url_waiting(2);
    all.push(said(&[to, "--smtp", &silent], None).await);
    sink.does(Does::Accept);
    let tls = format!("smtp://{}?tls=required", sink.address);
    all.push(said(&[to, "--smtp", &tls], None).await);
    let tls = format!("smtps://{}", sink.address);
    all.push(said(&[to, "--smtp", &tls], None).await);
    all.push(said(&[to, "--smtp", &nobody], None).await);
    for wrong in [
        "smtp://moi:secret@mail.example.org",
        "smtp://moi@mail.example.org",
        "smtp://mail.example.org?tls=none",
        "http://mail.example.org",
        "smtp://",
        "smtp://mail.example.org?timeout=0",
    ] {
        all.push(said(&[to, "--smtp", wrong], None).await);
    }
    all.push(said(&["moi"], None).await);
    all.push(said(&[to, "--mail-from", "moi"], None).await);
    assert_eq!(sink.taken().len(), 2);
    drop(held);
    assert_page!(all.join("\n\n"));
}
