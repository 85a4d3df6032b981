//! Requests to AWS that no SDK of the tree makes: signed (SigV4), sent by the HTTP client that the
//! store has, and tried again where that may help.
//!
//! An object store and a distribution are asked six things in all. The SDKs of S3 and CloudFront
//! would answer them too, but a function that is to start in milliseconds would carry both.

use std::time::{Duration, SystemTime};

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::error::display::DisplayErrorContext;

use crate::http::Aws;

/// How often a request is sent at most.
const TRIES: u32 = 5;
/// How long is waited for an answer to a request that is sent once.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends requests in the name of who the environment says.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    connector: SharedHttpConnector,
    credentials: SharedCredentialsProvider,
    region: String,
    service: Service,
}

/// What is asked; each signs its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    /// An object store.
    S3,
    /// A distribution.
    CloudFront,
}

/// A request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'r> {
    /// Its method.
    pub(crate) method: &'static str,
    /// Its address, percent-encoded.
    pub(crate) url: &'r str,
    /// Its headers, but those of a signature.
    pub(crate) headers: &'r [(&'static str, String)],
    /// Its body.
    pub(crate) body: &'r [u8],
}

/// An answer, whatever it says.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: u16,
    /// The header `etag`.
    pub(crate) tag: Option<String>,
    /// Its body.
    pub(crate) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// Nobody says who asks.
    #[error("no credentials: {0}")]
    Credentials(String),
    /// Nobody says in which region.
    #[error("no region")]
    Region,
    /// The network, or who should answer.
    #[error("{0}")]
    Network(String),
}

impl Signed {
    /// Requests as the environment says (AWS's variables and files, and proxies).
    ///
    /// # Errors
    /// [`Unanswered`] where it says no credentials, or no region.
    #[cfg(feature = "operator")]
    pub(crate) async fn from_env(service: Service) -> Result<Self, Unanswered> {
        use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
        use aws_smithy_http_client::{Builder, Connector, proxy::ProxyConfig};

        let ring = Provider::Rustls(CryptoMode::Ring);
        let shared = aws_config::defaults(aws_config::BehaviorVersion::latest())
            .http_client(Builder::new().tls_provider(ring.clone()).build_https())
            .load()
            .await;
        let credentials = shared
            .credentials_provider()
            .ok_or_else(|| Unanswered::Credentials(String::new()))?;
        // A distribution is of no region, and is asked in this one.
        let region = match service {
            Service::CloudFront => "us-east-1".to_owned(),
            Service::S3 => shared.region().ok_or(Unanswered::Region)?.to_string(),
        };
        let connector = Connector::builder()
            .proxy_config(ProxyConfig::from_env())
            .tls_provider(ring)
            .build();
        Ok(Self {
            connector: SharedHttpConnector::new(connector),
            credentials,
            region,
            service,
        })
    }

    /// Requests in somebody's name.
    pub(crate) fn new(
        credentials: SharedCredentialsProvider,
        region: String,
        service: Service,
    ) -> Self {
        Self {
            connector: SharedHttpConnector::new(Aws::new(PATIENCE)),
            credentials,
            region,
            service,
        }
    }

    /// The region that is asked.
    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// Sends a request, and again where nobody answered or who answered asks for patience: each of
    /// them may be sent twice.
    ///
    /// # Errors
    /// [`Unanswered`] where nobody answered the last time either.
    pub(crate) async fn send(&self, request: Request<'_>) -> Result<Answer, Unanswered> {
        let mut tries = 0;
        loop {
            tries += 1;
            let answer = match tokio::time::timeout(PATIENCE, self.send_once(request)).await {
                Ok(answer) => answer,
                Err(_) => Err(Unanswered::Network("timeout".to_owned())),
            };
            let may_pass = match &answer {
                Ok(answer) => matches!(answer.status, 408 | 429 | 500 | 502..=504),
                Err(Unanswered::Network(_)) => true,
                Err(_) => false,
            };
            if !may_pass || tries == TRIES {
                return answer;
            }
            tokio::time::sleep(pause(tries)).await;
        }
    }

    async fn send_once(&self, request: Request<'_>) -> Result<Answer, Unanswered> {
        let network = |error: &dyn std::error::Error| Unanswered::Network(root_of(error));
        let sent = self.sign(request).await?;
        let answer = self.connector.call(sent).await;
        let answer = answer.map_err(|error| network(&error))?;
        let status = answer.status().as_u16();
        let tag = answer.headers().get("etag").map(str::to_owned);
        let body = ByteStream::new(answer.into_body()).collect().await;
        let body = body.map_err(|error| network(&error))?;
        Ok(Answer {
            status,
            tag,
            body: body.into_bytes().into(),
        })
    }

    async fn sign(&self, request: Request<'_>) -> Result<HttpRequest, Unanswered> {
        let credentials = self.credentials.provide_credentials().await;
        let credentials = credentials
            .map_err(|error| Unanswered::Credentials(DisplayErrorContext(error).to_string()))?;
        let identity = credentials.into();
        let (mut settings, name) = (SigningSettings::default(), self.service.name());
        if self.service == Service::S3 {
            // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html: the
            // hash of the body is signed, so that the bucket checks what arrived; a path as it is.
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        }
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(name)
            .time(SystemTime::now())
            .settings(settings)
            .build()
            .expect("all that a signature needs is given")
            .into();
        let malformed =
            |error: &dyn std::fmt::Display| Unanswered::Network(format!("malformed: {error}"));
        let headers = request.headers.iter();
        let headers = headers.map(|(name, value)| (*name, value.as_str()));
        let body = SignableBody::Bytes(request.body);
        let signable = SignableRequest::new(request.method, request.url, headers.clone(), body)
            .map_err(|error| malformed(&error))?;
        let signed = sign(signable, &params).map_err(|error| malformed(&error))?;
        let signed = signed.into_parts().0;
        let mut sent = HttpRequest::new(SdkBody::from(request.body));
        sent.set_method(request.method)
            .map_err(|error| malformed(&error))?;
        sent.set_uri(request.url)
            .map_err(|error| malformed(&error))?;
        for (name, value) in headers.chain(signed.headers()) {
            sent.headers_mut().insert(name.to_owned(), value.to_owned());
        }
        // Said even of no bytes at all, without which an object store refuses to keep them.
        let length = request.body.len().to_string();
        if request.method == "PUT" || request.method == "POST" {
            sent.headers_mut().insert("content-length", length);
        }
        Ok(sent)
    }
}

impl Service {
    fn name(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::CloudFront => "cloudfront",
        }
    }
}

/// What lies beneath an error: what is above it says no more than that something failed.
fn root_of(error: &dyn std::error::Error) -> String {
    let mut root = error;
    while let Some(source) = root.source() {
        root = source;
    }
    root.to_string()
}

/// 0.1 s, then twice as long each time, and up to as much again, so that those who were refused
/// together do not come back together.
fn pause(tries: u32) -> Duration {
    let least = 50 << tries;
    let mut byte = [0];
    // Without randomness they come back together.
    let _ = getrandom::fill(&mut byte);
    Duration::from_millis(least + least * u64::from(byte[0]) / 255)
}
