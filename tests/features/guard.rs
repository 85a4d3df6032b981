//! What every function's answer goes through: where a form comes from, how much is taken, how
//! long is waited, and the headers of what is answered.

use std::time::Duration;

use ecoute::serve::Timeouts;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::{Answer, Browser, TestApp};
use crate::assert_page;
use crate::patience::TIMEOUTS;

const FORM: &str = "application/x-www-form-urlencoded";

/// A path of each pattern that functions answer, with the methods that it takes.
async fn routes(app: &TestApp) -> Vec<(String, Vec<Method>)> {
    let mut routes = Vec::new();
    for pattern in functions::paths() {
        let path = filled(&pattern);
        let origin = &app.served.site_url;
        let url = app.url(&path);
        // No route takes OPTIONS: the answer names those it takes.
        let answer = send(app, |client| {
            client
                .request(Method::OPTIONS, url)
                .header("origin", origin)
        })
        .await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let allowed = answer.headers["allow"].to_str().unwrap();
        let methods = allowed.split(',').map(|name| name.parse().unwrap());
        routes.push((path, methods.collect()));
    }
    assert!(routes.len() > 15);
    routes
}

/// A pattern with something in the place of its parameters.
fn filled(pattern: &str) -> String {
    let parts = pattern.split('/').map(|part| match part {
        "{campaign}" => "accueil",
        part if part.starts_with('{') => "0123456789ABCDEF",
        part => part,
    });
    parts
        .collect::<Vec<_>>()
        .join("/")
        .replace("{format}", "csv")
}

async fn send(
    app: &TestApp,
    request: impl FnOnce(&reqwest::Client) -> reqwest::RequestBuilder,
) -> Answer {
    app.send(&mut Browser::default(), request).await
}

#[tokio::test]
async fn a_form_is_taken_from_this_site_s_pages_and_from_nowhere_else() {
    let app = TestApp::start().await;
    let here = app.served.site_url.as_str();
    let other_scheme = here.replace("http://", "https://");
    let fetch = ["same-origin", "same-site", "cross-site", "none", "quoi"];
    let origins = [
        here,
        &other_scheme,
        "null",
        "https://ailleurs.example",
        "http://127.0.0.1.ailleurs.example",
        "",
    ];
    let mut posts = 0;
    for (path, methods) in routes(&app).await {
        if !methods.contains(&Method::POST) {
            continue;
        }
        posts += 1;
        for site in fetch.into_iter().map(Some).chain([None]) {
            for origin in origins.into_iter().map(Some).chain([None]) {
                let answer = send(&app, |client| {
                    let mut request = client.post(app.url(&path)).header(CONTENT_TYPE, FORM);
                    if let Some(site) = site {
                        request = request.header("sec-fetch-site", site);
                    }
                    if let Some(origin) = origin {
                        request = request.header("origin", origin);
                    }
                    request
                })
                .await;
                let taken = match (site, origin) {
                    (Some(site), _) => site == "same-origin",
                    (None, Some("null")) => path.starts_with("/suivi/"),
                    // Behind the distribution functions don't see by which name they were asked.
                    (None, Some(origin)) => {
                        origin == here || (origin == other_scheme && app.cloud.is_none())
                    }
                    (None, None) => false,
                };
                let refused = answer.status == StatusCode::FORBIDDEN;
                assert_eq!(!refused, taken, "{path} {site:?} {origin:?}");
                if refused {
                    assert!(answer.body.contains("Cet envoi a été arrêté"));
                }
            }
        }
    }
    assert!(posts > 10);
    let refused = send(&app, |client| {
        client.post(app.url("/participer/accueil/idees"))
    })
    .await;
    assert_page!(refused.page().text());
}

#[tokio::test]
async fn every_answer_of_a_function_keeps_to_itself() {
    let app = TestApp::start().await;
    let mut moderator = app.moderator().await;
    let mut answers = Vec::new();
    for (path, methods) in routes(&app).await {
        for method in methods {
            let request = |client: &reqwest::Client| {
                client
                    .request(method.clone(), app.url(&path))
                    .header(CONTENT_TYPE, FORM)
                    .header("origin", &app.served.site_url)
            };
            answers.push((format!("{method} {path}"), send(&app, request).await));
            // The moderator goes on with the session that another browser may have closed.
            let answer = app.send(&mut moderator, request).await;
            if moderator.cookies.is_empty() {
                moderator = app.moderator().await;
            }
            answers.push((format!("{method} {path}, as a moderator"), answer));
        }
    }
    answers.push((
        "nothing".to_owned(),
        app.get("/moderation/nulle-part").await,
    ));
    for (what, answer) in answers {
        let header = |name: &str| {
            let value = answer.headers.get(name);
            value.map_or("", |value| value.to_str().unwrap())
        };
        assert_ne!(answer.status.as_u16() / 100, 5, "{what}");
        // Counts are for everybody.
        if !what.contains("/api/compteurs") {
            assert_eq!(header("cache-control"), "no-store", "{what}");
        }
        assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
        assert_eq!(header("x-robots-tag"), "noindex", "{what}");
        assert!(
            ["same-origin", "no-referrer"].contains(&header("referrer-policy")),
            "{what}"
        );
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{what}");
        assert!(policy.contains("frame-ancestors 'none'"), "{what}");
        assert!(!policy.contains("unsafe"), "{what}");
        for inline in ["<script>", "<style", " style=", " onclick="] {
            assert!(!answer.body.contains(inline), "{what}");
        }
    }
}

#[tokio::test]
async fn too_many_headers_are_refused_with_a_page() {
    let app = TestApp::start().await;
    let long = "a".repeat(17 * 1024);
    let large = send(&app, |client| {
        client
            .get(app.url("/moderation/connexion"))
            .header("x-long", &long)
    })
    .await;
    assert_eq!(large.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    let many = send(&app, |client| {
        (0..101).fold(
            client.get(app.url("/moderation/connexion")),
            |request, n| request.header(format!("x-{n}"), "a"),
        )
    })
    .await;
    assert_eq!(many.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    assert_page!(large.page().text());
    for count in [300, 3_000] {
        let lines = "x-a: b\r\n".repeat(count);
        let request = format!("GET / HTTP/1.1\r\nhost: a\r\n{lines}\r\n");
        let answer = raw(&app, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
}

/// What is answered to bytes, until the connection is closed; a minute at the most.
async fn raw(app: &TestApp, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(app.served.address).await.unwrap();
    // The other side may close before it has read all.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let read = tokio::time::timeout(Duration::from_secs(60), read).await;
    // A connection that is reset is closed.
    let _ = read.expect("the connection is closed within a minute");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Asks for a form to be taken, with its body in chunks.
fn chunked(site_url: &str, body: &str) -> String {
    format!(
        "POST /participer/accueil/idees HTTP/1.1\r\nhost: a\r\norigin: {site_url}\r\n\
         content-type: {FORM}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n{body}"
    )
}

#[tokio::test]
async fn a_body_in_chunks_is_limited_like_any_other() {
    let app = TestApp::start().await;
    let chunk = format!("1000\r\n{}\r\n", "a".repeat(0x1000));
    let small = format!("{chunk}0\r\n\r\n");
    let taken = raw(&app, chunked(&app.served.site_url, &small).as_bytes()).await;
    assert!(taken.starts_with("HTTP/1.1 422"), "{taken}");
    let large = format!("{}0\r\n\r\n", chunk.repeat(17));
    let refused = raw(&app, chunked(&app.served.site_url, &large).as_bytes()).await;
    assert!(refused.starts_with("HTTP/1.1 413"), "{refused}");
}

#[tokio::test]
async fn who_sends_half_a_request_is_not_waited_for() {
    let app = TestApp::with_timeouts(Timeouts {
        headers: Duration::from_secs(1),
        request: Duration::from_secs(2),
        ..TIMEOUTS
    })
    .await;
    for half in ["", "G", "GET / HTTP/1.1\r\nhost: a\r\nx-half: "] {
        let answer = raw(&app, half.as_bytes()).await;
        assert!(!answer.contains(" 200 "), "{answer}");
    }
    // The body of a form that never comes whole, in chunks or not.
    let url = &app.served.site_url;
    let half = chunked(url, "5\r\nab");
    let answer = raw(&app, half.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    let half = chunked(url, "title=").replace("transfer-encoding: chunked", "content-length: 99");
    let answer = raw(&app, half.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    // Others are served all the same.
    assert_eq!(app.get("/").await.status, StatusCode::OK);
}
