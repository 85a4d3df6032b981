//! What every answer goes through: the size of bodies, where a request comes from, and the
//! headers that keep a page to itself.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use site_gen::address;

use crate::{Failure, SharedApp, error, session};

/// The largest body, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// The content security policy of every page: its own style, script and pictures, and forms
/// that go to the site alone.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The most bytes that the names and values of headers have together.
const HEADERS_LIMIT: usize = 16 * 1024;

/// The most headers.
const HEADERS_COUNT: usize = 100;

pub(crate) fn protect(routes: Router<SharedApp>, app: &SharedApp) -> Router<SharedApp> {
    routes
        .layer(middleware::from_fn(session::renew))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(app.clone(), in_time))
        .layer(middleware::from_fn_with_state(app.clone(), same_site))
        .layer(middleware::from_fn(small_headers))
        .layer(middleware::from_fn_with_state(app.clone(), error::pages))
        .layer(middleware::from_fn(headers))
}

async fn small_headers(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let bytes: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if bytes > HEADERS_LIMIT || headers.len() > HEADERS_COUNT {
        return Failure::HeadersTooLarge.into_response();
    }
    next.run(request).await
}

/// Answers within the time there is; a body that does not come is not waited for any longer.
async fn in_time(State(app): State<SharedApp>, request: Request, next: Next) -> Response {
    tokio::time::timeout(app.patience, next.run(request))
        .await
        .unwrap_or_else(|_| Failure::TooSlow.into_response())
}

/// Refuses what another site makes a browser send (OWASP, cross-site request forgery): what
/// changes something must say that it comes from a page of this site. Every browser of today
/// does; what says nothing is no browser, or one that hides it, and is refused too.
async fn same_site(State(app): State<SharedApp>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    if comes_from_here(request.headers(), &app.site_url) || is_of_a_receipt(&request) {
        next.run(request).await
    } else {
        Failure::Forbidden.into_response()
    }
}

fn comes_from_here(headers: &HeaderMap, site_url: &str) -> bool {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    if headers.contains_key("sec-fetch-site") {
        return text("sec-fetch-site") == Some("same-origin");
    }
    let Some(origin) = text("origin") else {
        return false;
    };
    let sender = origin.split_once("://").map(|(_, sender)| sender);
    origin == site_url || (sender.is_some() && sender == text("host"))
}

/// A receipt has no referrer, so that a browser which doesn't know Sec-Fetch-Site sends its forms
/// with `Origin: null`. No other site can make one: it doesn't know the address, which is secret.
fn is_of_a_receipt(request: &Request) -> bool {
    let headers = request.headers();
    request.uri().path().starts_with(address::RECEIPTS)
        && !headers.contains_key("sec-fetch-site")
        && headers
            .get(header::ORIGIN)
            .is_some_and(|origin| origin == "null")
}

/// Pages for one person are kept by nobody: an answer that is for all says so itself. Their
/// addresses are told to no other site, yet to this one: a form of a page without a referrer is sent without an origin (Fetch, "append a
/// request `Origin` header"), and would be taken for another site's. A page that is stricter
/// says so itself.
async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers
        .entry(header::REFERRER_POLICY)
        .or_insert(HeaderValue::from_static("same-origin"));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(HeaderName::from_static("x-robots-tag"), "noindex");
    response
}
