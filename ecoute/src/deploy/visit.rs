//! A request to a site, as a reader's browser makes it; what is answered is looked at, and followed
//! nowhere. It is hyper with rustls, by which functions ask a provider of identities.

use std::time::Duration;

use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// Who asks, for who reads the metrics: a web ACL may refuse who says no name.
const NAME: &str = "ecoute-deploy-check";
/// How long is waited for an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest answer that is read, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// Who asks.
pub(super) struct Visitor(Client<HttpsConnector<HttpConnector>, Empty<Bytes>>);

/// What was answered.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Visitor {
    /// # Errors
    /// Where this system has no certificates to trust, in its words.
    pub(super) fn new() -> Result<Self, String> {
        let builder = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|error| error.to_string())?;
        let connector = builder.https_or_http().enable_http1().build();
        Ok(Self(Client::builder(TokioExecutor::new()).build(connector)))
    }

    /// Asks for an address.
    ///
    /// # Errors
    /// Why there is no answer, in the words of the network.
    pub(super) async fn get(&self, url: &str) -> Result<Answer, String> {
        let request = Request::get(url)
            .header(USER_AGENT, NAME)
            .body(Empty::new())
            .map_err(|error| error.to_string())?;
        let asked = async {
            let answer = self.0.request(request).await;
            let answer = answer.map_err(|error| with_causes(&error))?;
            let (parts, body) = answer.into_parts();
            let body = Limited::new(body, LONGEST).collect().await;
            Ok(Answer {
                status: parts.status,
                headers: parts.headers,
                body: body.map_err(|error| error.to_string())?.to_bytes(),
            })
        };
        tokio::time::timeout(PATIENCE, asked)
            .await
            .unwrap_or_else(|_| Err(format!("{} s", PATIENCE.as_secs())))
    }
}

impl Answer {
    /// A header; empty where it is not there.
    pub(super) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// An error of a connection says little by itself.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        said = format!("{said}: {cause}");
        source = cause.source();
    }
    said
}
