//! How the provider is asked: over TLS, without following anything elsewhere, and never waited for
//! longer than said. It is the client of functions ([`crate::http`]).

use std::pin::Pin;
use std::sync::OnceLock;
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use openidconnect::http::Response;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, IssuerUrl};

use crate::http::{Connected, Over, client};

/// The longest answer that is read, in bytes: keys and tokens are a few kilobytes.
const LONGEST_ANSWER: usize = 256 * 1024;

/// What asks the provider. Connections are made when it is first asked: reading the system's
/// certificates is no part of a cold start.
pub(super) struct Http {
    over: Over,
    patience: Duration,
    client: OnceLock<Result<Connected<Full<Bytes>>, HttpProblem>>,
}

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum HttpProblem {
    /// No answer came in time.
    #[error("no answer in {0:?}")]
    Slow(Duration),
    /// There is no connection, or it broke.
    #[error("{0}")]
    Broken(String),
    /// The answer is longer than any that is needed.
    #[error("an answer of more than {LONGEST_ANSWER} bytes")]
    TooLong,
}

impl Http {
    pub(super) fn new(issuer: &IssuerUrl, patience: Duration) -> Self {
        let over = match issuer.url().scheme() {
            "http" => Over::TlsOrClear,
            _ => Over::Tls,
        };
        Self {
            over,
            patience,
            client: OnceLock::new(),
        }
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, HttpProblem> {
        let connected = || client(self.over, self.patience).map_err(HttpProblem::Broken);
        let client = self.client.get_or_init(connected).as_ref();
        let client = client.map_err(Clone::clone)?;
        let request = request.map(|body| Full::new(Bytes::from(body)));
        let asked = async {
            let answer = client.request(request).await;
            let answer = answer.map_err(|error| HttpProblem::Broken(with_causes(&error)))?;
            let (parts, body) = answer.into_parts();
            let body = Limited::new(body, LONGEST_ANSWER).collect().await;
            let body = body.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
                Some(_) => HttpProblem::TooLong,
                None => HttpProblem::Broken(error.to_string()),
            })?;
            Ok(Response::from_parts(parts, body.to_bytes().to_vec()))
        };
        tokio::time::timeout(self.patience, asked)
            .await
            .unwrap_or(Err(HttpProblem::Slow(self.patience)))
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

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpProblem;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpProblem>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}
