//! How functions ask others: HTTP/1.1 over TLS, by hyper and rustls.
//!
//! The SDK's own client also speaks HTTP/2, which neither DynamoDB nor S3 does, and goes through
//! proxies, of which a function has none: with it each binary is a tenth larger. Commands of a
//! person's machine, which may stand behind a proxy, have the SDK's (feature `operator`).

use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_smithy_runtime_api::client::connection::{CaptureSmithyConnection, ConnectionMetadata};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use hyper::body::Body;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::{self, CaptureConnection, capture_connection};
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};

/// A client whose requests have bodies of that kind.
pub(crate) type Connected<B> = Client<HttpsConnector<connect::HttpConnector>, B>;

/// What requests go over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    /// TLS, and nothing else.
    Tls,
    /// Or not, to this machine.
    TlsOrClear,
}

/// A client that waits so long for a connection. It reads the system's certificates.
///
/// # Errors
/// There are none, in the system's words.
pub(crate) fn client<B>(over: Over, patience: Duration) -> Result<Connected<B>, String>
where
    B: Body + Send,
    B::Data: Send,
{
    let builder = HttpsConnectorBuilder::new()
        .with_native_roots()
        .map_err(|error| error.to_string())?;
    let mut connector = connect::HttpConnector::new();
    connector.enforce_http(false);
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(patience));
    let connector = match over {
        Over::Tls => builder.https_only().enable_http1(),
        Over::TlsOrClear => builder.https_or_http().enable_http1(),
    }
    .wrap_connector(connector);
    Ok(Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .build(connector))
}

/// What the SDK, and who else signs for AWS, sends requests by. Connections are kept.
#[derive(Debug, Clone)]
pub(crate) struct Aws {
    patience: Duration,
    client: Arc<OnceLock<Result<Connected<SdkBody>, String>>>,
}

impl Aws {
    /// Waits so long for a connection; how long for an answer, who asks says.
    pub(crate) fn new(patience: Duration) -> Self {
        Self {
            patience,
            client: Arc::default(),
        }
    }
}

impl HttpClient for Aws {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Aws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self
            .client
            .get_or_init(|| client(Over::TlsOrClear, self.patience));
        let client = match client {
            Ok(client) => client.clone(),
            Err(none) => {
                let error = ConnectorError::user(none.clone().into());
                return HttpConnectorFuture::ready(Err(error));
            }
        };
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x();
            let mut request = request.map_err(|error| ConnectorError::user(error.into()))?;
            let used = capture_connection(&mut request);
            if let Some(capture) = request.extensions().get::<CaptureSmithyConnection>() {
                capture.set_connection_retriever(move || connection(&used));
            }
            let answer = client.request(request).await.map_err(unanswered)?;
            let answer = answer.map(SdkBody::from_body_1_x);
            HttpResponse::try_from(answer)
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// The connection that a request used, which the SDK leaves where an answer says that who answers
/// is unwell.
fn connection(used: &CaptureConnection) -> Option<ConnectionMetadata> {
    let proxied = used.connection_metadata().as_ref()?.is_proxied();
    let used = used.clone();
    let metadata = ConnectionMetadata::builder()
        .proxied(proxied)
        .poison_fn(move || {
            if let Some(connected) = used.connection_metadata().as_ref() {
                connected.poison();
            }
        });
    Some(metadata.build())
}

/// Why there is no answer, as the SDK tells what may be tried again.
fn unanswered(error: legacy::Error) -> ConnectorError {
    let is_of_connection = error.is_connect();
    let error: Box<dyn Error + Send + Sync> = error.into();
    let Some(cause) = find::<hyper::Error>(&*error) else {
        return match is_of_connection || find::<std::io::Error>(&*error).is_some() {
            true => ConnectorError::io(error),
            false => ConnectorError::other(error, None),
        };
    };
    if cause.is_timeout() {
        ConnectorError::timeout(error)
    } else if cause.is_user() {
        ConnectorError::user(error)
    } else if cause.is_incomplete_message() {
        ConnectorError::other(error, Some(ErrorKind::TransientError))
    } else if cause.is_closed() || cause.is_canceled() || find::<std::io::Error>(cause).is_some() {
        ConnectorError::io(error)
    } else {
        ConnectorError::other(error, None)
    }
}

/// The error of a kind among what caused an error.
fn find<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
