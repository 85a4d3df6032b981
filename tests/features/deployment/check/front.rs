//! What stands before a site as CloudFront does: it leads from HTTP to itself, and can be made to
//! answer as one that is set wrong.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use tokio::net::TcpListener;

use crate::app::TestApp;
use crate::cloud::passed_on;

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    NoFront,
    NoHeaders,
    NoOrderToKeepToTls,
    EverythingIsAPage,
    MissingIsForbidden,
    FunctionsRefuse,
    FunctionsFail,
    OfficeIsKept,
    OfficeSaysNothing,
    ClearIsServed,
    ApiAnswers,
}

impl Fault {
    pub const ALL: [Self; 11] = [
        Self::NoFront,
        Self::NoHeaders,
        Self::NoOrderToKeepToTls,
        Self::EverythingIsAPage,
        Self::MissingIsForbidden,
        Self::FunctionsRefuse,
        Self::FunctionsFail,
        Self::OfficeIsKept,
        Self::OfficeSaysNothing,
        Self::ClearIsServed,
        Self::ApiAnswers,
    ];
}

type Known = Arc<Mutex<Option<Fault>>>;

pub struct Front {
    /// The public address.
    pub url: String,
    /// Where it is asked in clear.
    pub in_clear: String,
    /// The address of the functions themselves.
    pub api: String,
    fault: Known,
}

impl Front {
    pub async fn before(app: &TestApp) -> Self {
        let fault = Known::default();
        let client = reqwest::Client::new();
        let site = app.url("");
        let known = Arc::clone(&fault);
        let url = serve(Router::new().fallback(move |request: Request| {
            let (client, site) = (client.clone(), site.clone());
            let fault: Option<Fault> = *known.lock().unwrap();
            async move { answered(&client, &site, fault, request).await }
        }))
        .await;
        let (known, to) = (Arc::clone(&fault), format!("{url}/"));
        let in_clear = serve(Router::new().fallback(move || {
            let fault: Option<Fault> = *known.lock().unwrap();
            let to = to.clone();
            async move {
                match fault {
                    Some(Fault::ClearIsServed) => "La page".into_response(),
                    _ => Redirect::permanent(&to).into_response(),
                }
            }
        }))
        .await;
        let known = Arc::clone(&fault);
        let api = serve(Router::new().fallback(move || {
            let fault: Option<Fault> = *known.lock().unwrap();
            async move {
                match fault {
                    Some(Fault::ApiAnswers) => StatusCode::OK,
                    _ => StatusCode::FORBIDDEN,
                }
            }
        }))
        .await;
        Self {
            url,
            in_clear,
            api,
            fault,
        }
    }

    /// It has this fault from now on.
    pub fn has(&self, fault: Option<Fault>) {
        *self.fault.lock().unwrap() = fault;
    }
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn answered(
    client: &reqwest::Client,
    site: &str,
    fault: Option<Fault>,
    request: Request,
) -> Response {
    let path = request.uri().path().to_owned();
    let is_api = path.starts_with("/api/");
    let is_office = path.starts_with("/moderation");
    match fault {
        Some(Fault::NoFront) if path == "/" => return StatusCode::NOT_FOUND.into_response(),
        Some(Fault::FunctionsRefuse) if is_api || is_office => {
            return StatusCode::FORBIDDEN.into_response();
        }
        Some(Fault::FunctionsFail) if is_api || is_office => {
            return StatusCode::BAD_GATEWAY.into_response();
        }
        _ => {}
    }
    let mut answer = passed_on(client, site, request).await;
    let missing = answer.status() == StatusCode::NOT_FOUND;
    match fault {
        Some(Fault::EverythingIsAPage) if missing => *answer.status_mut() = StatusCode::OK,
        Some(Fault::MissingIsForbidden) if missing => *answer.status_mut() = StatusCode::FORBIDDEN,
        _ => {}
    }
    let headers = answer.headers_mut();
    let tls = HeaderValue::from_static("max-age=31536000");
    headers.insert(header::STRICT_TRANSPORT_SECURITY, tls);
    let kept = HeaderName::from_static("x-cache");
    headers.insert(
        kept.clone(),
        HeaderValue::from_static("Miss from cloudfront"),
    );
    match fault {
        Some(Fault::NoHeaders) => {
            headers.remove(header::CONTENT_SECURITY_POLICY);
            headers.remove(header::REFERRER_POLICY);
        }
        Some(Fault::NoOrderToKeepToTls) => {
            headers.remove(header::STRICT_TRANSPORT_SECURITY);
        }
        Some(Fault::OfficeIsKept) if is_office => {
            headers.insert(kept, HeaderValue::from_static("Hit from cloudfront"));
        }
        Some(Fault::OfficeSaysNothing) if is_office => {
            headers.remove(header::CACHE_CONTROL);
        }
        _ => {}
    }
    answer
}
